package take

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/takebar/takebar/internal/take/sidecar"
)

const maxSidecar = 16 << 20 // bytes

// errNewer says that a later version of Takebar wrote the sidecar. What this version knows of it is there all the same.
var errNewer = errors.New("it was written by a newer Takebar")

// decodeSidecar reads a sidecar and makes sure that nothing in it leads out of its folder. With errNewer the Take is usable.
func decodeSidecar(data []byte) (sidecar.Take, error) {
	data = trimMark(data)
	var t sidecar.Take
	if err := json.Unmarshal(data, &t); err != nil {
		return sidecar.Take{}, fmt.Errorf("it is not JSON of the right kind: %w", err)
	}
	switch {
	case t.Schema < 1:
		return sidecar.Take{}, errors.New("it has no schema number")
	case t.ID == "":
		return sidecar.Take{}, errors.New("it has no take id")
	}
	t.Rating = min(5, max(0, t.Rating)) // somebody may have typed anything
	seen := map[string]bool{}
	for _, f := range t.Files {
		if !safeName(f.Name) {
			return sidecar.Take{}, fmt.Errorf("it names a file outside its folder: %q", f.Name)
		}
		if seen[f.Name] {
			return sidecar.Take{}, fmt.Errorf("it names the file %q twice", f.Name)
		}
		seen[f.Name] = true
	}
	if t.Schema > sidecar.Schema {
		return t, errNewer
	}
	return t, nil
}

// trimMark leaves out the mark that editors on Windows like to put before a text.
func trimMark(data []byte) []byte { return bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")) }

// safeName says that the name, with "/", stays below the sidecar's folder on every system.
func safeName(name string) bool {
	return name != "." && filepath.IsLocal(filepath.FromSlash(name)) && !strings.ContainsAny(name, "\\:\x00")
}

// encodeSidecar gives the JSON of a sidecar. old is what was there before, nil if nothing: fields in it that this version does not know
// are kept, and so is the order of the others.
func encodeSidecar(t sidecar.Take, old []byte) ([]byte, error) {
	t.Files, t.Tracks = filled(t.Files), filled(t.Tracks)
	t.Missing, t.Warnings = filled(t.Missing), filled(t.Warnings)
	for i := range t.Files {
		t.Files[i].Warnings = filled(t.Files[i].Warnings)
		t.Files[i].Cuts = filled(t.Files[i].Cuts)
	}
	data, err := plainJSON(t)
	if err != nil {
		return nil, fmt.Errorf("encode the sidecar: %w", err)
	}
	if old != nil {
		if data, err = mergeJSON(trimMark(old), data); err != nil {
			return nil, fmt.Errorf("change the sidecar: %w", err)
		}
	}
	var pretty bytes.Buffer
	if err := json.Indent(&pretty, data, "", "  "); err != nil {
		return nil, fmt.Errorf("encode the sidecar: %w", err)
	}
	pretty.WriteByte('\n')
	return pretty.Bytes(), nil
}

// filled makes JSON write [] rather than null, on a copy.
func filled[T any](s []T) []T { return append([]T{}, s...) }

func plainJSON(v any) ([]byte, error) {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSpace(out.Bytes()), nil
}

// member is one field of a JSON object; a slice of them keeps the order.
type member struct {
	key   string
	value json.RawMessage
}

func parseMembers(data []byte) ([]member, error) {
	dec := json.NewDecoder(bytes.NewReader(data))
	if t, err := dec.Token(); err != nil {
		return nil, err
	} else if t != json.Delim('{') {
		return nil, errors.New("it is not a JSON object")
	}
	var members []member
	for dec.More() {
		t, err := dec.Token()
		if err != nil {
			return nil, err
		}
		m := member{key: t.(string)} // within an object, Token gives nothing else in this place
		if err := dec.Decode(&m.value); err != nil {
			return nil, err
		}
		members = append(members, m)
	}
	if _, err := dec.Token(); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	return members, nil
}

func encodeMembers(members []member) ([]byte, error) {
	var out bytes.Buffer
	out.WriteByte('{')
	for i, m := range members {
		if i > 0 {
			out.WriteByte(',')
		}
		key, err := plainJSON(m.key)
		if err != nil {
			return nil, err
		}
		out.Write(key)
		out.WriteByte(':')
		out.Write(m.value)
	}
	out.WriteByte('}')
	return out.Bytes(), nil
}

// mergeJSON puts the fields of the object next over those of old. Lists of files and tracks are merged entry by entry, since entries stay
// in their places; all else is replaced.
func mergeJSON(old, next []byte) ([]byte, error) {
	was, err := parseMembers(old)
	if err != nil {
		return nil, err
	}
	now, err := parseMembers(next)
	if err != nil {
		return nil, err
	}
	for _, m := range now {
		i := slices.IndexFunc(was, func(w member) bool { return w.key == m.key })
		if i < 0 {
			was = append(was, m)
			continue
		}
		merge := func(_, next []byte) ([]byte, error) { return next, nil }
		switch m.key {
		case "files", "tracks":
			merge = mergeList
		case "set":
			merge = mergeJSON
		case "schema":
			continue // what a newer Takebar wrote stays as new as it is
		}
		merged, err := merge(was[i].value, m.value)
		if err != nil {
			merged = m.value // there was something of another kind, such as null
		}
		was[i].value = merged
	}
	return encodeMembers(was)
}

func mergeList(old, next []byte) ([]byte, error) {
	var was, now []json.RawMessage
	if err := json.Unmarshal(old, &was); err != nil {
		return nil, err
	}
	if err := json.Unmarshal(next, &now); err != nil {
		return nil, err
	}
	for i := range min(len(was), len(now)) {
		merged, err := mergeJSON(was[i], now[i])
		if err != nil {
			return nil, err
		}
		now[i] = merged
	}
	return plainJSON(now)
}

// setMembers changes some fields of a sidecar, removes those with a nil value, and leaves everything else as it is.
func setMembers(old []byte, changes []member) ([]byte, error) {
	members, err := parseMembers(trimMark(old))
	if err != nil {
		return nil, fmt.Errorf("change the sidecar: %w", err)
	}
	for _, change := range changes {
		i := slices.IndexFunc(members, func(m member) bool { return m.key == change.key })
		switch {
		case change.value == nil:
			members = slices.DeleteFunc(members, func(m member) bool { return m.key == change.key })
		case i < 0:
			members = append(members, change)
		default:
			members[i].value = change.value
		}
	}
	data, err := encodeMembers(members)
	if err != nil {
		return nil, fmt.Errorf("change the sidecar: %w", err)
	}
	var pretty bytes.Buffer
	if err := json.Indent(&pretty, data, "", "  "); err != nil {
		return nil, fmt.Errorf("change the sidecar: %w", err)
	}
	pretty.WriteByte('\n')
	return pretty.Bytes(), nil
}
