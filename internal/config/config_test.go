package config

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/adrg/xdg"
)

func checkTemplate(s string) error {
	if strings.Contains(s, "{nonsense}") {
		return errors.New("has {nonsense}, which is not a placeholder")
	}
	return nil
}

func write(t *testing.T, f *File, text string) {
	t.Helper()
	if err := os.WriteFile(f.Path(), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, f *File) string {
	t.Helper()
	data, err := os.ReadFile(f.Path())
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestFreshFileMeansTheDefaults(t *testing.T) {
	f := New(filepath.Join(t.TempDir(), "new", "home"), checkTemplate)
	if got := f.Load(); !reflect.DeepEqual(got, Loaded{Config: Default()}) {
		t.Errorf("no file: %+v", got)
	}
	if err := f.Ensure(); err != nil {
		t.Fatal(err)
	}
	text := read(t, f)
	for _, s := range f.settings {
		if !strings.Contains(text, "\n"+s.name+" = ") {
			t.Errorf("the new file does not have %s", s.key())
		}
	}
	want := Default()
	want.Live.LinkDirs = []string{}
	want.Export.Folders, want.Export.OpenCommand = []string{}, []string{}
	if got := f.Load(); !reflect.DeepEqual(got, Loaded{Config: want}) {
		t.Errorf("fresh file: %+v, want %+v", got, want)
	}
	write(t, f, "# mine\n")
	if err := f.Ensure(); err != nil || read(t, f) != "# mine\n" {
		t.Errorf("Ensure changed a file that was there: %v %q", err, read(t, f))
	}
}

func TestMistakesNameTheirLineAndKeepTheSettingsFromBefore(t *testing.T) {
	const good = "source = \"main\"\nview = \"session\"\n"
	tests := []struct {
		name, text string
		line       int
		says       string
	}{
		{"word", "view = \"session\"\n\nsource = \"mian\"\n", 3, `source must be "armed", "selected" or "main", not "mian".`},
		{"sort", "notifications = \"yes\"", 1, `notifications must be true or false, not "yes".`},
		{"relative", "# a\n# b\ntakes_dir = \"takes\"", 3, "whole path"},
		{"number", "takes_dir = 7", 1, "must be text in quotes, not 7"},
		{"table key", "source = \"armed\"\n[export]\nenabled = 1\n", 3, "export.enabled must be true or false, not 1."},
		{"inline table", "\nexport = { enabled = 1 }\n", 2, "export.enabled"},
		{"dotted", "export.enabled = 1\n", 1, "export.enabled"},
		{"list", "[live]\nlink_dirs = \"/x\"\n", 2, "must be a list of folders"},
		{"list entry", "[live]\nlink_dirs = [\"/x\", 3]\n", 2, "not 3"},
		{"template", "name_template = \"{nonsense}\"\n", 1, "{nonsense}"},
		{"no quotes", "view = \"session\"\nsource = main\n", 2, "not valid TOML"},
		{"twice", "view = \"session\"\nview = \"session\"\n", 2, "not valid TOML"},
		{"half a line", "view = \"session\"\nsource =", 2, "not valid TOML"},
		{"not UTF-8", "view = \"\xff\"\n", 1, "not valid TOML"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			home := t.TempDir()
			f := New(home, checkTemplate)
			write(t, f, good)
			if p := f.Load().Problem(); p != "" {
				t.Fatal(p)
			}
			write(t, f, tt.text)
			// Another process, started after the mistake was made.
			got := New(home, checkTemplate).Load()
			if len(got.Problems) != 1 || got.Problems[0].Line != tt.line || !strings.Contains(got.Problems[0].Text, tt.says) {
				t.Errorf("problems %+v, want line %d: %s", got.Problems, tt.line, tt.says)
			}
			if got.Config.Source != "main" || got.Config.View != "session" {
				t.Errorf("settings from before are gone: %+v", got.Config)
			}
			if read(t, f) != tt.text {
				t.Errorf("the user's file was changed")
			}
			if err := f.Set("view", "arrangement"); err == nil || read(t, f) != tt.text {
				t.Errorf("Set changed a file with a mistake (%v)", err)
			}
		})
	}
}

func TestMistakeInTheFirstFileKeepsTheGoodLines(t *testing.T) {
	f := New(t.TempDir(), nil)
	write(t, f, "source = \"nope\"\nview = \"session\"\n")
	got := f.Load()
	if len(got.Problems) != 1 || got.Config.Source != "armed" || got.Config.View != "session" {
		t.Errorf("%+v", got)
	}
}

func TestUnknownKeysAreNamedWithTheNearest(t *testing.T) {
	f := New(t.TempDir(), nil)
	write(t, f, "sorce = \"main\"\nsomething_else = 1\n[exports]\nenabled = true\n[live]\nlink_dir = []\n")
	got := f.Load()
	if len(got.Problems) != 0 {
		t.Fatalf("problems %+v", got.Problems)
	}
	var texts []string
	for _, w := range got.Warnings {
		texts = append(texts, w.String())
	}
	want := []string{
		"config.toml, line 1: Takebar does not know sorce; did you mean source?",
		"config.toml, line 2: Takebar does not know something_else, so it changes nothing.",
		"config.toml, line 3: Takebar does not know exports, so it changes nothing.",
		"config.toml, line 6: Takebar does not know live.link_dir; did you mean live.link_dirs?",
	}
	if !reflect.DeepEqual(texts, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(texts, "\n"), strings.Join(want, "\n"))
	}
}

func TestSetKeepsEverythingElse(t *testing.T) {
	tests := []struct {
		name, before, key string
		value             any
		after             string
	}{
		{
			"in place", "# top\nsource   =  \"armed\"   # what I like\nview = \"session\"\n", "source", "main",
			"# top\nsource   =  \"main\"   # what I like\nview = \"session\"\n",
		},
		{"in a table", "[live]\n[export]\n# no\nenabled = false\n", "export.enabled", true, "[live]\n[export]\n# no\nenabled = true\n"},
		{"dotted", "export . enabled = false # x", "export.enabled", true, "export . enabled = true # x"},
		{"new at the top", "# c\n[export]\nenabled = true\n", "view", "session", "# c\nview = \"session\"\n\n[export]\nenabled = true\n"},
		{"new at the end", "view = \"session\"", "source", "main", "view = \"session\"\nsource = \"main\"\n"},
		{"new in its table", "[export]\n\n[live]\n", "export.enabled", true, "[export]\nenabled = true\n\n[live]\n"},
		{"new table", "view = \"session\"\n", "export.enabled", true, "view = \"session\"\n\n[export]\nenabled = true\n"},
		{"table without a line end", "[export]", "export.enabled", true, "[export]\nenabled = true\n"},
		{"several lines", "[live]\nlink_dirs = [\n  \"/a\", # one\n  \"/b\",\n]\nuser_library = \"\"\n", "live.link_dirs", []string{"/c"}, "[live]\nlink_dirs = [\"/c\"]\nuser_library = \"\"\n"},
		{"long text", "name_template = \"\"\"\n{set}\"\"\"\nview = \"session\"", "name_template", "{take}", "name_template = \"{take}\"\nview = \"session\""},
		{"unchanged", "view = 'session'", "view", "session", "view = \"session\""},
		{"byte order mark", "\xef\xbb\xbfview = 'arrangement'\r\n", "view", "session", "\xef\xbb\xbfview = \"session\"\r\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := New(t.TempDir(), nil)
			write(t, f, tt.before)
			if err := f.Set(tt.key, tt.value); err != nil {
				t.Fatal(err)
			}
			if got := read(t, f); got != tt.after {
				t.Errorf("got\n%s\nwant\n%s", got, tt.after)
			}
		})
	}
}

func TestSetRefuses(t *testing.T) {
	f := New(t.TempDir(), nil)
	for _, tt := range []struct {
		before, key string
		value       any
		says        string
	}{
		{"", "sorce", "main", "did you mean source?"},
		{"", "source", "all", "must be"},
		{"export = { enabled = false }\n", "export.enabled", true, "by hand"},
	} {
		write(t, f, tt.before)
		if err := f.Set(tt.key, tt.value); err == nil || !strings.Contains(err.Error(), tt.says) {
			t.Errorf("Set(%q, %v) = %v, want %q", tt.key, tt.value, err, tt.says)
		}
		if got := read(t, f); got != tt.before {
			t.Errorf("file changed to %q", got)
		}
	}
}

func TestSetFollowsALink(t *testing.T) {
	home, elsewhere := t.TempDir(), t.TempDir()
	f := New(home, nil)
	target := filepath.Join(elsewhere, "my.toml")
	if err := os.WriteFile(target, []byte("view = \"session\"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(target, f.Path()); err != nil {
		t.Skipf("no symbolic links here: %v", err)
	}
	if err := f.Set("source", "main"); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Lstat(f.Path()); err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Errorf("the link was replaced by a file")
	}
	if f.Load().Config.Source != "main" {
		t.Errorf("the target was not changed")
	}
}

func TestWatchTellsOfEachSave(t *testing.T) {
	f := New(t.TempDir(), nil)
	write(t, f, "")
	ctx, cancel := context.WithCancel(t.Context())
	seen := make(chan Loaded, 16)
	done := make(chan error, 1)
	go func() { done <- New(f.home, nil).Watch(ctx, func(l Loaded) { seen <- l }) }()
	// The watcher may not have been ready for the first save: save until one is seen.
	view := []string{"session", "arrangement"}
	var got Loaded
	for i := 0; ; i++ {
		if err := f.Set("view", view[i%2]); err != nil {
			t.Fatal(err)
		}
		select {
		case got = <-seen:
		case <-time.After(10 * settleTime):
			continue
		}
		break
	}
	if got.Problem() != "" {
		t.Error(got.Problem())
	}
	write(t, f, "view = 1\n")
	for got.Problem() == "" {
		got = <-seen
	}
	if !strings.Contains(got.Problem(), "line 1") || got.Config.View == "" {
		t.Errorf("%+v", got)
	}
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func TestHomeOnEachSystem(t *testing.T) {
	env := func(m map[string]string) func(string) string { return func(k string) string { return m[k] } }
	abs := t.TempDir()
	for _, tt := range []struct {
		goos string
		env  map[string]string
		want string
	}{
		{"linux", map[string]string{"TAKEBAR_HOME": abs, "HOME": "/home/mia"}, abs},
		{"linux", map[string]string{"HOME": "/home/mia"}, "/home/mia/.config/takebar"},
		{"linux", map[string]string{"HOME": "/home/mia", "XDG_CONFIG_HOME": abs}, filepath.Join(abs, "takebar")},
		{"linux", map[string]string{"HOME": "/home/mia", "XDG_CONFIG_HOME": "relative"}, "/home/mia/.config/takebar"},
		{"darwin", map[string]string{"HOME": "/Users/mia"}, "/Users/mia/Library/Application Support/Takebar"},
		{"windows", map[string]string{"APPDATA": "/appdata"}, "/appdata/Takebar"},
	} {
		got, err := homeFor(tt.goos, env(tt.env))
		if err != nil || filepath.ToSlash(got) != filepath.ToSlash(tt.want) {
			t.Errorf("%s %v: %q %v, want %q", tt.goos, tt.env, got, err, tt.want)
		}
	}
	if _, err := homeFor("linux", env(nil)); err == nil {
		t.Error("no environment at all, and no error")
	}
}

func TestTakesFolder(t *testing.T) {
	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("USERPROFILE", home)
	t.Setenv("XDG_MUSIC_DIR", filepath.Join(home, "Musik"))
	t.Setenv(EnvTakes, "")
	xdg.Reload()
	t.Cleanup(xdg.Reload)
	set := Config{TakesDir: filepath.Join(home, "elsewhere")}
	if got, err := set.Takes(); err != nil || got != set.TakesDir {
		t.Errorf("takes_dir: %q %v", got, err)
	}
	if got, err := (Config{}).Takes(); err != nil || filepath.Base(got) != "Takebar" || filepath.Dir(got) == home {
		t.Errorf("default: %q %v", got, err)
	}
	t.Setenv(EnvTakes, "~/here")
	if got, err := set.Takes(); err != nil || got != filepath.Join(home, "here") {
		t.Errorf("TAKEBAR_TAKES: %q %v", got, err)
	}
}

func TestWinePrefixes(t *testing.T) {
	home, prefix := t.TempDir(), t.TempDir()
	for _, dir := range []string{
		filepath.Join(home, ".wine/drive_c/users/mia"), filepath.Join(home, ".wine/drive_c/users/Public"),
		filepath.Join(prefix, "drive_c/users/live"),
	} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	want := []string{filepath.Join(prefix, "drive_c/users/live"), filepath.Join(home, ".wine/drive_c/users/mia")}
	if got := wineUsers(prefix, home); !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func FuzzParseAndSet(f *testing.F) {
	f.Add("source = \"main\"\n[live]\nlink_dirs = [\"/a\"]\n", "armed")
	f.Add("export = {enabled = true}\nview='x'", "\\ \" '")
	f.Add("[[live]]\na.b.\"c d\" = 1979-05-27\n", "{take}\n")
	f.Fuzz(func(t *testing.T, text, value string) {
		file := New(t.TempDir(), nil)
		write(t, file, text)
		before := file.Load()
		if err := file.Set("name_template", value); err != nil {
			if read(t, file) != text {
				t.Fatalf("refused (%v), but changed the file", err)
			}
			return
		}
		after := file.Load()
		if len(after.Problems) > 0 {
			t.Fatalf("Set broke the file: %v\n%s", after.Problem(), read(t, file))
		}
		want := before.Config
		want.NameTemplate = value
		if !reflect.DeepEqual(after.Config, want) {
			t.Fatalf("got %+v, want %+v", after.Config, want)
		}
	})
}

func TestLooksAndArming(t *testing.T) {
	f := New(t.TempDir(), nil)
	const text = "# mine\nexclusive_arm = \"no\" # live on stage\ncolours = \"dark\"\nplayer_device = \"Out 3/4\"\n[export]\npictures = true\n"
	write(t, f, text)
	c := f.Load().Config
	if c.ExclusiveArm != "no" || c.Colours != "dark" || c.PlayerDevice != "Out 3/4" || !c.Export.Pictures {
		t.Errorf("%+v", c)
	}
	for key, bad := range map[string]any{"exclusive_arm": "maybe", "colours": "pink", "player_device": true, "export.pictures": "yes"} {
		if err := f.Set(key, bad); err == nil || read(t, f) != text {
			t.Errorf("%s took %v: %v", key, bad, err)
		}
	}
	for key, good := range map[string]any{"exclusive_arm": "yes", "colours": "light", "player_device": "", "export.pictures": false} {
		if err := f.Set(key, good); err != nil {
			t.Errorf("%s: %v", key, err)
		}
	}
	if got, want := read(t, f), "# mine\nexclusive_arm = \"yes\" # live on stage\ncolours = \"light\"\nplayer_device = \"\"\n[export]\npictures = false\n"; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// TestEverySetKeepsAFileOfTheUsersOwn sets each setting in a file that its user wrote in an order and with comments of their own.
func TestEverySetKeepsAFileOfTheUsersOwn(t *testing.T) {
	f := New(t.TempDir(), nil)
	var text strings.Builder
	text.WriteString("# my settings\n")
	for i := len(f.settings) - 1; i >= 0; i-- {
		s := f.settings[i]
		fmt.Fprintf(&text, "\n# why %s\n%s = %s # so\n", s.key(), s.key(), literal(s.get(Default())))
	}
	write(t, f, text.String())
	if p := f.Load().Problem(); p != "" {
		t.Fatal(p)
	}
	other := map[string]any{
		"takes_dir": "/t", "source": "main", "view": "session", "exclusive_arm": "no", "colours": "dark", "log_level": "debug",
		"live.user_library": "/u", "export.output": "/o", "export.shortcut": "r",
	}
	for _, s := range f.settings {
		v, named := other[s.key()]
		if !named {
			switch now := s.get(Default()).(type) {
			case bool:
				v = !now
			case []string:
				v = []string{"/one", "/two"}
			default:
				v = "something"
			}
		}
		want := strings.Replace(read(t, f), "\n"+s.key()+" = "+literal(s.get(Default()))+" # so\n", "\n"+s.key()+" = "+literal(v)+" # so\n", 1)
		if err := f.Set(s.key(), v); err != nil {
			t.Errorf("%s: %v", s.key(), err)
			continue
		}
		if got := read(t, f); got != want {
			t.Errorf("after %s:\n%s\nwant\n%s", s.key(), got, want)
		}
	}
}
