// Package words holds every text of the windows, in each language: one folder a language, one file a page, each a flat JSON object from
// key to text. English is complete by definition; a key that another language lacks shows in English.
//
// A text may have places for values, written {{.Name}}. Keys begin with the name of their file ("takes.search.hint" is in takes.json).
// The package must not know a toolkit; models and windows may import it. app/window hands the files to Fyne's lang package, which
// chooses the language of the system; English reads them without a toolkit, for models under test.
package words

import (
	"embed"
	"encoding/json"
	"fmt"
	"path"
	"slices"
	"strings"
	"text/template"
)

//go:embed en/*.json de/*.json ja/*.json
var files embed.FS

// Source is the language that every text is first written in.
const Source = "en"

// Data are the values for the places of a text.
type Data map[string]any

// Say gives the text of a key in the user's language, with the values put in. At most one Data counts.
type Say func(key string, data ...Data) string

// Languages lists what there are texts for: "de", "en", "ja".
func Languages() []string {
	var names []string
	entries, err := files.ReadDir(".")
	if err != nil {
		return nil
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	slices.Sort(names)
	return names
}

// Texts are all texts of a language.
func Texts(language string) (map[string]string, error) {
	all := map[string]string{}
	entries, err := files.ReadDir(language)
	if err != nil {
		return nil, fmt.Errorf("read the texts of %q: %w", language, err)
	}
	for _, e := range entries {
		raw, err := files.ReadFile(path.Join(language, e.Name()))
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", e.Name(), err)
		}
		var page map[string]string
		if err := json.Unmarshal(raw, &page); err != nil {
			return nil, fmt.Errorf("read %s/%s: %w", language, e.Name(), err)
		}
		for key, text := range page {
			if name := strings.TrimSuffix(e.Name(), ".json"); !strings.HasPrefix(key, name+".") {
				return nil, fmt.Errorf("read %s/%s: key %q does not begin with %q", language, e.Name(), key, name+".")
			}
			all[key] = text
		}
	}
	return all, nil
}

// English says texts in English. A key that does not exist is said as it is, so that it catches the eye.
func English() (Say, error) { return In(Source) }

// In says texts in one language, and in English what that language lacks.
func In(language string) (Say, error) {
	texts, err := Texts(Source)
	if err != nil {
		return nil, err
	}
	own, err := Texts(language)
	if err != nil {
		return nil, err
	}
	for key, text := range own {
		texts[key] = text
	}
	return func(key string, data ...Data) string { return fill(key, texts[key], data) }, nil
}

func fill(key, text string, data []Data) string {
	if text == "" {
		return key
	}
	if len(data) == 0 || !strings.Contains(text, "{{") {
		return text
	}
	t, err := template.New(key).Parse(text)
	if err != nil {
		return text
	}
	var b strings.Builder
	if err := t.Execute(&b, data[0]); err != nil {
		return text
	}
	return b.String()
}

// JSON is all texts of a language as one flat object, as Fyne's lang package reads it.
func JSON(language string) ([]byte, error) {
	texts, err := Texts(language)
	if err != nil {
		return nil, err
	}
	raw, err := json.Marshal(texts)
	if err != nil {
		return nil, fmt.Errorf("write the texts of %q: %w", language, err)
	}
	return raw, nil
}
