package words_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/takebar/takebar/app/words"
)

var place = regexp.MustCompile(`\{\{[^}]*\}\}`)

func TestEveryLanguageSaysTheSame(t *testing.T) {
	english, err := words.Texts(words.Source)
	if err != nil {
		t.Fatal(err)
	}
	for _, language := range words.Languages() {
		texts, err := words.Texts(language)
		if err != nil {
			t.Fatal(err)
		}
		for key, text := range english {
			other, ok := texts[key]
			if !ok || strings.TrimSpace(other) == "" {
				t.Errorf("%s lacks %s (%q)", language, key, text)
				continue
			}
			want, got := place.FindAllString(text, -1), place.FindAllString(other, -1)
			slices.Sort(want)
			slices.Sort(got)
			if !slices.Equal(slices.Compact(want), slices.Compact(got)) {
				t.Errorf("%s: %s has the places %v, English has %v", language, key, got, want)
			}
		}
		for key := range texts {
			if _, ok := english[key]; !ok {
				t.Errorf("%s has %s, which English lacks", language, key)
			}
		}
	}
}

// TestKeysInCodeAndFiles compares the keys that the code of app and its pages names with those that there are.
// A key is written whole in the code: nothing is put together from parts.
func TestKeysInCodeAndFiles(t *testing.T) {
	english, err := words.Texts(words.Source)
	if err != nil {
		t.Fatal(err)
	}
	used := literals(t)
	for key := range english {
		if !used[key] {
			t.Errorf("nothing says %s", key)
		}
	}
	pages := map[string]bool{}
	for key := range english {
		pages[key[:strings.IndexByte(key, '.')]] = true
	}
	looksLikeKey := regexp.MustCompile(`^[a-z]+(\.[a-z0-9_]+)+$`)
	for text := range used {
		if !looksLikeKey.MatchString(text) || !pages[text[:strings.IndexByte(text, '.')]] || strings.HasSuffix(text, ".json") {
			continue
		}
		if _, ok := english[text]; !ok && !wireWord(text) {
			t.Errorf("the code says %s, which has no text", text)
		}
	}
}

// wireWord knows names of methods and settings that look like keys.
func wireWord(s string) bool {
	return slices.Contains([]string{"take.start", "take.stop", "take.cancel", "export.enabled", "export.pictures", "export.shortcut", "export.folders", "export.output", "export.open_command"}, s)
}

func literals(t *testing.T) map[string]bool {
	t.Helper()
	found := map[string]bool{}
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		if dir := filepath.ToSlash(filepath.Dir(path)); dir == ".." || strings.HasPrefix(dir, "../tray") {
			return nil // the menu bar speaks without these files
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
				if s, err := strconv.Unquote(lit.Value); err == nil {
					found[s] = true
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestFill(t *testing.T) {
	say, err := words.English()
	if err != nil {
		t.Fatal(err)
	}
	if got := say("no.such.key"); got != "no.such.key" {
		t.Errorf("an unknown key says %q", got)
	}
	if got := say("shell.title", words.Data{"Page": "Takes"}); got != "Takes – Takebar" {
		t.Errorf("got %q", got)
	}
}
