package config

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/pelletier/go-toml/v2/unstable"
)

// Ensure writes config.toml with every setting explained, if there is no such file yet.
func (f *File) Ensure() error {
	if _, err := os.Stat(f.Path()); !errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return f.write(f.fresh())
}

// BadValue says that a value cannot be used for a setting.
type BadValue struct {
	Key string
	Err error // what the value should have been: "must be ..."
}

func (b *BadValue) Error() string { return b.Key + " " + b.Err.Error() }

// Unwrap gives what the value should have been.
func (b *BadValue) Unwrap() error { return b.Err }

// Parse reads words of a command line as the value of a setting, for Set.
func (f *File) Parse(key string, words []string) (any, error) {
	s, ok := f.find(key)
	if !ok {
		return nil, errors.New(f.unknown(key))
	}
	switch s.get(Default()).(type) {
	case []string:
		if len(words) == 1 && words[0] == "" {
			return []string{}, nil
		}
		return words, nil
	case bool:
		if len(words) == 1 && (words[0] == "true" || words[0] == "false") {
			return words[0] == "true", nil
		}
		return nil, fmt.Errorf("%s is true or false", key)
	}
	if len(words) != 1 {
		return nil, fmt.Errorf("%s has one value; put quotes around it", key)
	}
	return words[0], nil
}

// Set changes one setting and leaves every other byte of the file as it is. The value is a string, bool or []string. A file with a
// mistake is not touched: the error names the mistake.
func (f *File) Set(key string, value any) error {
	s, ok := f.find(key)
	if !ok {
		return fmt.Errorf("change %s: %s", FileName, f.unknown(key))
	}
	changed := Default()
	if err := s.put(&changed, value); err != nil {
		return fmt.Errorf("change %s: %w", FileName, &BadValue{Key: key, Err: err})
	}
	data, err := os.ReadFile(f.Path())
	if errors.Is(err, fs.ErrNotExist) {
		data, err = f.fresh(), nil
	}
	if err != nil {
		return fmt.Errorf("change %s: %w", FileName, err)
	}
	if before := f.parse(data); len(before.Problems) > 0 {
		return fmt.Errorf("change %s: mend this first: %s", FileName, before.Problems[0])
	}
	edited := replace(data, s, literal(value))
	if bytes.Equal(edited, data) {
		return nil
	}
	// The editor below is our own: never let it turn a good file into a bad one.
	if after := f.parse(edited); len(after.Problems) > 0 {
		return fmt.Errorf("change %s: %s cannot be set by itself here; edit the file by hand", FileName, key)
	}
	return f.write(edited)
}

func (f *File) write(data []byte) error {
	if err := writeFile(f.Path(), data); err != nil {
		return fmt.Errorf("write %s: %w", FileName, err)
	}
	f.keepGood(data)
	return nil
}

// fresh is the text of a new config.toml.
func (f *File) fresh() []byte {
	var b bytes.Buffer
	b.WriteString("# Takebar's settings. Changes take effect when you save this file.\n")
	b.WriteString("# A line with a mistake is named in the menu and by \"takebar config check\"; until you mend it, nothing changes.\n")
	defaults, table := Default(), ""
	for _, s := range f.settings {
		b.WriteByte('\n')
		if s.table != table {
			table = s.table
			fmt.Fprintf(&b, "[%s]\n", table)
		}
		for line := range strings.SplitSeq(s.comment, "\n") {
			fmt.Fprintf(&b, "# %s\n", line)
		}
		fmt.Fprintf(&b, "%s = %s\n", s.name, literal(s.get(defaults)))
	}
	return b.Bytes()
}

// replace puts a literal in the place of a setting's value, or adds a line where the setting belongs.
func replace(data []byte, s setting, literal string) []byte {
	bom := 0
	if bytes.HasPrefix(data, []byte("\xef\xbb\xbf")) {
		bom = 3
	}
	body := data[bom:]
	from, to := -1, -1
	firstTable, tableEnd := -1, -1
	walk(body, func(key string, p *unstable.Parser, e *unstable.Node) {
		if e.Kind != unstable.KeyValue {
			it := e.Key()
			it.Next()
			at := int(it.Node().Raw.Offset)
			if firstTable < 0 {
				firstTable = lineStart(body, at)
			}
			if key == s.table && e.Kind == unstable.Table && s.table != "" {
				tableEnd = lineEnd(body, at)
			}
			return
		}
		if key == s.key() {
			var last *unstable.Node
			for it := e.Key(); it.Next(); {
				last = it.Node()
			}
			from = int(last.Raw.Offset + last.Raw.Length)
			from += bytes.IndexByte(body[from:], '=') + 1
			for from < len(body) && (body[from] == ' ' || body[from] == '\t') {
				from++
			}
			to = int(e.Raw.Offset + e.Raw.Length)
		}
	})
	line := s.name + " = " + literal + "\n"
	var out []byte
	switch {
	case from >= 0:
		out = splice(body, from, to, literal)
	case s.table == "" && firstTable >= 0:
		out = splice(body, firstTable, firstTable, line+"\n")
	case s.table == "":
		out = append(endLine(body), line...)
	case tableEnd >= 0:
		if tableEnd > 0 && body[tableEnd-1] != '\n' {
			line = "\n" + line
		}
		out = splice(body, tableEnd, tableEnd, line)
	default:
		out = append(endLine(body), "\n["+s.table+"]\n"+line...)
	}
	return append(bytes.Clone(data[:bom]), out...)
}

func splice(b []byte, from, to int, text string) []byte {
	out := make([]byte, 0, len(b)+len(text))
	out = append(out, b[:from]...)
	out = append(out, text...)
	return append(out, b[to:]...)
}

func lineStart(b []byte, at int) int { return bytes.LastIndexByte(b[:at], '\n') + 1 }

func lineEnd(b []byte, at int) int {
	if i := bytes.IndexByte(b[at:], '\n'); i >= 0 {
		return at + i + 1
	}
	return len(b)
}

func endLine(b []byte) []byte {
	out := bytes.Clone(b)
	if len(out) > 0 && out[len(out)-1] != '\n' {
		out = append(out, '\n')
	}
	return out
}

// literal spells a value in TOML.
func literal(v any) string {
	switch v := v.(type) {
	case string:
		return quote(v)
	case []string:
		quoted := make([]string, len(v))
		for i, s := range v {
			quoted[i] = quote(s)
		}
		return "[" + strings.Join(quoted, ", ") + "]"
	default:
		return fmt.Sprint(v)
	}
}

// quote spells text in TOML: Windows paths without escapes where possible.
func quote(s string) string {
	if strings.Contains(s, `\`) && !strings.ContainsFunc(s, func(r rune) bool { return r == '\'' || r < ' ' || r == 0x7f }) {
		return "'" + s + "'"
	}
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case r < ' ' || r == 0x7f:
			fmt.Fprintf(&b, `\u%04X`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// writeFile replaces a file in one step, so that a reader or a crash never sees half of it.
func writeFile(path string, data []byte) error {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	// A link to a file elsewhere stays a link: write where it points.
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path, dir = real, filepath.Dir(real)
	}
	tmp, err := os.CreateTemp(dir, filepath.Base(path)+".*.part")
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name()) //nolint:errcheck // gone after the rename
	if _, err := tmp.Write(data); err != nil {
		return errors.Join(err, tmp.Close())
	}
	if err := errors.Join(tmp.Sync(), tmp.Close()); err != nil {
		return err
	}
	return os.Rename(tmp.Name(), path)
}
