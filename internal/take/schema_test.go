package take

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/takebar/takebar/bridge/live"
	"github.com/takebar/takebar/internal/take/sidecar"
)

const (
	schemaFile = "../../docs/sidecar.schema.json"
	docFile    = "../../docs/sidecar.md"
)

// schema checks JSON values against the part of JSON Schema that docs/sidecar.schema.json uses. A word that it does not know is an error,
// so that nothing in the schema goes unchecked.
type schema struct {
	root map[string]any
}

func loadSchema(t *testing.T) schema {
	t.Helper()
	data, err := os.ReadFile(schemaFile)
	mustDo(t, err)
	var s schema
	mustDo(t, json.Unmarshal(data, &s.root))
	return s
}

func (s schema) check(data []byte) error {
	var v any
	if err := json.Unmarshal(data, &v); err != nil {
		return err
	}
	return s.value(s.root, v, "$")
}

func (s schema) value(rule map[string]any, v any, at string) error {
	for word, arg := range rule {
		if err := s.word(word, arg, rule, v, at); err != nil {
			return err
		}
	}
	return nil
}

func (s schema) word(word string, arg any, rule map[string]any, v any, at string) error {
	fail := func(format string, args ...any) error { return fmt.Errorf("%s: %s", at, fmt.Sprintf(format, args...)) }
	switch word {
	case "$schema", "title", "description", "$defs":
	case "$ref":
		name := strings.TrimPrefix(arg.(string), "#/$defs/")
		return s.value(s.root["$defs"].(map[string]any)[name].(map[string]any), v, at)
	case "type":
		names, several := arg.([]any)
		if !several {
			names = []any{arg}
		}
		if !slices.ContainsFunc(names, func(n any) bool { return isType(n.(string), v) }) {
			return fail("%v is not of type %v", v, arg)
		}
	case "enum":
		if !slices.Contains(arg.([]any), v) {
			return fail("%v is none of %v", v, arg)
		}
	case "minimum", "maximum":
		n, isNumber := v.(float64)
		if isNumber && (word == "minimum" && n < arg.(float64) || word == "maximum" && n > arg.(float64)) {
			return fail("%v is beyond the %s %v", n, word, arg)
		}
	case "minLength":
		if text, isText := v.(string); isText && float64(utf8.RuneCountInString(text)) < arg.(float64) {
			return fail("%q is too short", text)
		}
	case "pattern":
		if text, isText := v.(string); isText && !regexp.MustCompile(arg.(string)).MatchString(text) {
			return fail("%q does not look like %v", text, arg)
		}
	case "format":
		if text, isText := v.(string); isText {
			if _, err := time.Parse(time.RFC3339Nano, text); err != nil || arg != "date-time" {
				return fail("%q is no %v", text, arg)
			}
		}
	case "required":
		for _, name := range arg.([]any) {
			if object, isObject := v.(map[string]any); isObject && !has(object, name.(string)) {
				return fail("%v is missing", name)
			}
		}
	case "properties":
		object, _ := v.(map[string]any)
		for name, sub := range arg.(map[string]any) {
			if has(object, name) {
				if err := s.value(sub.(map[string]any), object[name], at+"."+name); err != nil {
					return err
				}
			}
		}
	case "items":
		list, _ := v.([]any)
		for i, item := range list {
			if err := s.value(arg.(map[string]any), item, fmt.Sprintf("%s[%d]", at, i)); err != nil {
				return err
			}
		}
	default:
		return fail("the test does not know the word %q of the schema", word)
	}
	return nil
}

func has(object map[string]any, name string) bool {
	_, there := object[name]
	return there
}

func isType(name string, v any) bool {
	switch v := v.(type) {
	case nil:
		return name == "null"
	case bool:
		return name == "boolean"
	case string:
		return name == "string"
	case float64:
		return name == "number" || name == "integer" && v == math.Trunc(v)
	case []any:
		return name == "array"
	default:
		return name == "object"
	}
}

// TestSchemaAndStructsAgree compares the fields of the Go values with the schema and with the page.
func TestSchemaAndStructsAgree(t *testing.T) {
	s := loadSchema(t)
	page, err := os.ReadFile(docFile)
	mustDo(t, err)
	props := func(rule map[string]any) map[string]any { return rule["properties"].(map[string]any) }
	items := func(name string) map[string]any {
		return props(s.root)[name].(map[string]any)["items"].(map[string]any)
	}
	for _, c := range []struct {
		of   any
		rule map[string]any
		doc  string // before the field's name on the page
	}{
		{sidecar.Take{}, s.root, ""},
		{sidecar.Set{}, props(s.root)["set"].(map[string]any), "set."},
		{sidecar.Track{}, items("tracks"), ""},
		{sidecar.File{}, items("files"), ""},
		{sidecar.Missing{}, items("missing"), ""},
		{sidecar.Warning{}, s.root["$defs"].(map[string]any)["warning"].(map[string]any), ""},
	} {
		typ := reflect.TypeOf(c.of)
		var fields []string
		for i := range typ.NumField() {
			name := typ.Field(i).Tag.Get("json")
			if strings.Contains(name, ",") {
				t.Errorf("%s.%s: options in the tag; every field is always written", typ, name)
			}
			fields = append(fields, name)
			if !has(props(c.rule), name) {
				t.Errorf("%s.%s is not in the schema", typ, name)
			}
			if !slices.Contains(c.rule["required"].([]any), any(name)) {
				t.Errorf("%s.%s is not required by the schema", typ, name)
			}
			if !strings.Contains(string(page), "`"+c.doc+name+"`") {
				t.Errorf("%s.%s is not on the page", typ, name)
			}
		}
		for name := range props(c.rule) {
			if !slices.Contains(fields, name) {
				t.Errorf("the schema has %s.%s, the program has not", typ, name)
			}
		}
	}
	for _, status := range props(s.root)["status"].(map[string]any)["enum"].([]any) {
		if !strings.Contains(string(page), "| `"+status.(string)+"` |") {
			t.Errorf("the status %s is not on the page", status)
		}
	}
	for _, code := range []string{
		WarnMIDIOnly, WarnSilent, WarnAllZero, WarnClipped, WarnLengthDiffers, WarnRateDiffers, WarnBadSamples, WarnRescued, WarnOtherContent,
		WarnSidecarUnreadable, WarnNewerSchema, WarnFileVanished, WarnFileChanged, WarnFileTouched, WarnFilesGone, WarnDiskLow,
		CodeFileUnfinished, CodeFileMissing, CodeFileChanged, CodeFileUnreadable, CodeNotAudio, CodeRescueFailed,
	} {
		if !strings.Contains(string(page), "`"+code+"`") {
			t.Errorf("the code %s is not on the page", code)
		}
	}
}

func TestExampleOfThePageFitsTheSchema(t *testing.T) {
	page, err := os.ReadFile(docFile)
	mustDo(t, err)
	_, rest, _ := strings.Cut(string(page), "```json\n")
	example, _, found := strings.Cut(rest, "```")
	if !found {
		t.Fatal("no example on the page")
	}
	s := loadSchema(t)
	mustDo(t, s.check([]byte(example)))
	take, err := decodeSidecar([]byte(example))
	mustDo(t, err)
	again, err := encodeSidecar(take, nil)
	mustDo(t, err)
	if string(again) != example {
		t.Errorf("the program would write it in another way:\n%s", again)
	}
	for was, is := range map[string]string{
		`"rating": 4`: `"rating": 6`, `"status": "landed"`: `"status": "lost"`, `"silent": false,`: "", `"missing": [],`: "", `"9b5f`: `"xyz`, `"2026-01-31T14:09:18.204Z"`: `"yesterday"`,
	} {
		if err := s.check([]byte(strings.Replace(example, was, is, 1))); err == nil {
			t.Errorf("the schema takes %s for %s", is, was)
		}
	}
}

// TestSidecarsFitTheSchema checks what the program writes in all sorts of landings.
func TestSidecarsFitTheSchema(t *testing.T) {
	s := loadSchema(t)
	studio := newStudio(t)
	aiff := tone()
	aiff.aiff = true
	vox, gtr := studio.record("Vox", tone()), studio.record("Gtr", aiff)
	lost := studio.record("Bass", crashed())
	midi := studio.take("midi")
	midi.MIDIOnly, midi.Tracks = true, []live.TakeTrack{{ID: "t1", Name: "Keys", Kind: live.KindMIDI}}
	midi.StartBeat, midi.StopBeat, midi.Set = nil, nil, live.Set{}
	studio.land(studio.take("whole", vox, gtr))
	studio.land(studio.take("partial", vox, lost))
	studio.land(midi)
	studio.rescue("partial")
	if _, err := studio.Land(t.Context(), studio.take("none", lost), live.Link{}, nil); err == nil {
		t.Error("an unfinished file landed")
	}
	studio.rescue(lost)
	studio.rescue(studio.record("Drums", crashed()))
	all := studio.list(sidecar.Query{})
	if len(all) < 5 {
		t.Fatalf("%d takes", len(all))
	}
	for _, e := range all {
		data, err := os.ReadFile(e.Sidecar)
		mustDo(t, err)
		if err := s.check(data); err != nil {
			t.Errorf("%s: %v\n%s", e.ID, err, data)
		}
	}
}
