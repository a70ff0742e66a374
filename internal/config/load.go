package config

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"
)

// goodName holds a copy of the last file that was without mistakes, so that the settings survive a mistake and a restart.
const goodName = "config.last-good.toml"

// File is config.toml in one config folder. It may be used by one goroutine at a time.
type File struct {
	home     string
	settings []setting
}

// New names the settings file of a config folder; it does not touch the disk. checkTemplate says what is wrong with a
// name_template (nil: anything goes).
func New(home string, checkTemplate func(string) error) *File {
	return &File{home: home, settings: settings(checkTemplate)}
}

// Path of config.toml.
func (f *File) Path() string { return filepath.Join(f.home, FileName) }

// Note is something about one line of config.toml.
type Note struct {
	Line int    `json:"line"` // from 1; 0 where no line can be named
	Key  string `json:"key,omitempty"`
	Text string `json:"text"` // a sentence
}

func (n Note) String() string {
	if n.Line > 0 {
		return fmt.Sprintf("%s, line %d: %s", FileName, n.Line, n.Text)
	}
	return fmt.Sprintf("%s: %s", FileName, n.Text)
}

// Loaded is what reading config.toml gave.
type Loaded struct {
	Config   Config
	Problems []Note // mistakes; Config then holds the settings from before them
	Warnings []Note // keys that Takebar does not know; they change nothing
}

// Problem is all mistakes in one sentence or two for a status line, "" if there are none.
func (l Loaded) Problem() string {
	if len(l.Problems) == 0 {
		return ""
	}
	texts := make([]string, len(l.Problems))
	for i, p := range l.Problems {
		texts[i] = p.String()
	}
	return strings.Join(texts, " ") + " The settings from before stay in force."
}

// Load reads and checks the file. It always answers with settings that can be used: those of the file, or where it has a mistake those of the
// last file that had none. A file that is not there means the defaults.
func (f *File) Load() Loaded {
	data, err := os.ReadFile(f.Path())
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return Loaded{Config: Default()}
	case err != nil:
		return Loaded{Config: f.lastGood(Default()), Problems: []Note{{Text: fmt.Sprintf("it cannot be read (%v).", err)}}}
	}
	loaded := f.parse(data)
	if len(loaded.Problems) > 0 {
		loaded.Config = f.lastGood(loaded.Config)
		return loaded
	}
	f.keepGood(data)
	return loaded
}

// lastGood answers with the last settings without a mistake, else with the ones given.
func (f *File) lastGood(otherwise Config) Config {
	data, err := os.ReadFile(filepath.Join(f.home, goodName))
	if err != nil {
		return otherwise
	}
	loaded := f.parse(data)
	if len(loaded.Problems) > 0 {
		return otherwise
	}
	return loaded.Config
}

// keepGood is an extra: not being able to keep the copy must not stop anything.
func (f *File) keepGood(data []byte) {
	path := filepath.Join(f.home, goodName)
	if old, err := os.ReadFile(path); err == nil && bytes.Equal(old, data) {
		return
	}
	_ = writeFile(path, data)
}

// parse reads text without touching the disk. With mistakes, Config holds the defaults in the places of the bad values.
func (f *File) parse(data []byte) Loaded {
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")) // some editors on Windows write one
	loaded := Loaded{Config: Default()}
	var tree map[string]any
	if err := toml.Unmarshal(data, &tree); err != nil {
		note := Note{Text: fmt.Sprintf("it is not valid TOML (%s).", strings.TrimPrefix(err.Error(), "toml: "))}
		var at *toml.DecodeError
		if errors.As(err, &at) {
			note.Line, _ = at.Position()
		}
		loaded.Problems = append(loaded.Problems, note)
		return loaded
	}
	lines := linesOf(data)
	values := map[string]any{}
	f.flatten("", tree, values)
	keys := make([]string, 0, len(values))
	for key := range values {
		keys = append(keys, key)
	}
	slices.SortFunc(keys, func(a, b string) int {
		return cmp.Or(cmp.Compare(lineOf(lines, a), lineOf(lines, b)), strings.Compare(a, b))
	})
	for _, key := range keys {
		s, known := f.find(key)
		if !known {
			loaded.Warnings = append(loaded.Warnings, Note{Line: lineOf(lines, key), Key: key, Text: f.unknown(key)})
			continue
		}
		if err := s.put(&loaded.Config, values[key]); err != nil {
			loaded.Problems = append(loaded.Problems, Note{Line: lineOf(lines, key), Key: key, Text: fmt.Sprintf("%s %v.", key, err)})
		}
	}
	return loaded
}

// flatten turns nested tables into dotted keys. Tables that no setting lives in stay whole, so that they are named once.
func (f *File) flatten(prefix string, tree, into map[string]any) {
	for name, value := range tree {
		key := prefix + name
		if sub, ok := value.(map[string]any); ok && f.isTable(key) {
			f.flatten(key+".", sub, into)
			continue
		}
		into[key] = value
	}
}

func (f *File) isTable(key string) bool {
	for _, s := range f.settings {
		if s.table == key {
			return true
		}
	}
	return false
}

func (f *File) find(key string) (setting, bool) {
	for _, s := range f.settings {
		if s.key() == key {
			return s, true
		}
	}
	return setting{}, false
}

func (f *File) unknown(key string) string {
	best, bestAway := "", 4
	for _, s := range f.settings {
		if away := distance(key, s.key()); away < bestAway {
			best, bestAway = s.key(), away
		}
		if away := distance(key, s.name); away < bestAway {
			best, bestAway = s.key(), away
		}
	}
	if best != "" {
		return fmt.Sprintf("Takebar does not know %s; did you mean %s?", key, best)
	}
	return fmt.Sprintf("Takebar does not know %s, so it changes nothing.", key)
}

// distance is the number of letters to change, add or drop to get from a to b (Levenshtein).
func distance(a, b string) int {
	ra, rb := []rune(a), []rune(b)
	row := make([]int, len(rb)+1)
	for j := range row {
		row[j] = j
	}
	for i, x := range ra {
		corner := row[0]
		row[0] = i + 1
		for j, y := range rb {
			cost := 1
			if x == y {
				cost = 0
			}
			corner, row[j+1] = row[j+1], min(row[j]+1, row[j+1]+1, corner+cost)
		}
	}
	return row[len(rb)]
}

// linesOf says on which line each key of a valid document is, dotted keys and tables included.
func linesOf(data []byte) map[string]int {
	lines := map[string]int{}
	walk(data, func(key string, p *unstable.Parser, e *unstable.Node) {
		if _, seen := lines[key]; !seen {
			it := e.Key()
			it.Next()
			lines[key] = p.Shape(it.Node().Raw).Start.Line
		}
	})
	return lines
}

// lineOf finds the line of a key, or of the inline table that it is in.
func lineOf(lines map[string]int, key string) int {
	for {
		if line, ok := lines[key]; ok {
			return line
		}
		dot := strings.LastIndexByte(key, '.')
		if dot < 0 {
			return 0
		}
		key = key[:dot]
	}
}

// walk calls visit with the full dotted key of every table header and every key-value expression.
func walk(data []byte, visit func(key string, p *unstable.Parser, e *unstable.Node)) {
	var p unstable.Parser
	p.Reset(data)
	table := ""
	for p.NextExpression() {
		e := p.Expression()
		var parts []string
		switch e.Kind { //nolint:exhaustive // the parser gives only these three on the top level
		case unstable.Table, unstable.ArrayTable, unstable.KeyValue:
			for it := e.Key(); it.Next(); {
				parts = append(parts, string(it.Node().Data))
			}
		default:
			continue
		}
		key := strings.Join(parts, ".")
		if e.Kind == unstable.KeyValue {
			if table != "" {
				key = table + "." + key
			}
		} else {
			table = key
		}
		visit(key, &p, e)
	}
}
