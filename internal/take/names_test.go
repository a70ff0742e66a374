package take

import (
	"fmt"
	"math/rand/v2"
	"path"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// unsafeName says what is wrong with a file name on some system; "" if nothing. It is written apart from the code that makes names.
func unsafeName(name string) string {
	stem, _, _ := strings.Cut(name, ".")
	stem = strings.ToUpper(strings.TrimRight(stem, " "))
	switch {
	case name == "" || name == "." || name == "..":
		return "no name"
	case !utf8.ValidString(name):
		return "not UTF-8"
	case !norm.NFC.IsNormalString(name):
		return "not NFC"
	case strings.ContainsAny(name, "<>:\"/\\|?*"):
		return "a character that Windows refuses"
	case strings.HasPrefix(name, "."), strings.HasPrefix(name, " "):
		return "hidden, or begins with a space"
	case strings.HasSuffix(name, "."), strings.HasSuffix(name, " "):
		return "ends with a dot or a space"
	case len(name) > 255:
		return "too long"
	}
	for _, device := range strings.Fields("CON PRN AUX NUL COM0 COM1 COM2 COM3 COM4 COM5 COM6 COM7 COM8 COM9 COM¹ COM² COM³ " +
		"LPT0 LPT1 LPT2 LPT3 LPT4 LPT5 LPT6 LPT7 LPT8 LPT9 LPT¹ LPT² LPT³ CONIN$ CONOUT$") {
		if stem == device {
			return "a device"
		}
	}
	for _, r := range name {
		if unicode.IsControl(r) || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 || r == 0x200e || r == 0x200f || r == 0x61c || r == 0xfeff {
			return fmt.Sprintf("an invisible character %U", r)
		}
	}
	return ""
}

func TestCleanComponent(t *testing.T) {
	for in, want := range map[string]string{
		"Vox":                  "Vox",
		"":                     "_",
		"   ":                  "_",
		"...":                  "_",
		"../../x":              "_.._x",
		`C:\temp`:              "C__temp",
		"what? <*>|\"":         "what_ _____",
		"CON":                  "CON_",
		"con.wav":              "con_.wav",
		"Nul .take":            "Nul_ .take",
		"lpt¹":                 "lpt¹_",
		"COM10":                "COM10",
		"Console":              "Console",
		"dot.":                 "dot",
		".hidden":              "hidden",
		"a\x00b\x7fc\u0085d":   "abcd",
		"tab\there":            "tab here",
		"evil\u202Egnp.exe":    "evilgnp.exe",
		"cafe\u0301":           "café",
		"日本語 🎸":                "日本語 🎸",
		"👩\u200d🎤":             "👩\u200d🎤",
		"می\u200cخواهم":        "می\u200cخواهم",
		"bad\xffbyte":          "bad_byte",
		"\u3000wide\u3000":     "wide",
		"e\u200e\u0301":        "é",
		"Zoë's “best” #1 100%": "Zoë's “best” #1 100%",
	} {
		if got := cleanComponent(in); got != want {
			t.Errorf("cleanComponent(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestNameKey(t *testing.T) {
	same := [][]string{{"Vox.wav", "VOX.WAV"}, {"café", "cafe\u0301", "CAFÉ"}, {"Straße", "STRASSE"}, {"x", "x. ."}, {"Σας", "σασ"}}
	for _, group := range same {
		for _, name := range group[1:] {
			if nameKey(name) != nameKey(group[0]) {
				t.Errorf("%q and %q have different keys", group[0], name)
			}
		}
	}
	if nameKey("Vox") == nameKey("Vox 2") || nameKey("é") == nameKey("e") {
		t.Error("different names have one key")
	}
}

func TestCutText(t *testing.T) {
	for _, c := range []struct {
		in    string
		limit int
		want  string
	}{
		{"Vox", 3, "Vox"},
		{"Vox", 2, "Vo"},
		{"aé", 2, "a"},
		{"xe\u0323\u0301", 4, "x"},
		{"a👩\u200d🎤", 8, "a"},
		{"\u0301\u0301\u0301", 5, "\u0301\u0301"},
	} {
		if got := cutText(c.in, c.limit); got != c.want {
			t.Errorf("cutText(%q, %d) = %q, want %q", c.in, c.limit, got, c.want)
		}
	}
}

func testRequest() nameRequest {
	return nameRequest{
		set: "My Song", tempo: 127.5, number: 7, at: time.Date(2026, 1, 31, 15, 9, 18, 0, time.UTC), tracks: []string{"Vox"}, room: 200,
	}
}

func TestTemplateNames(t *testing.T) {
	for _, c := range []struct {
		name, template string
		change         func(*nameRequest)
		take           string
		files          []string
	}{
		{"default", DefaultTemplate, nil, "My Song/2026-01-31 take 007", []string{"My Song/2026-01-31 take 007 - Vox"}},
		{"all fields", "{date}/{time} {tempo} {set} {take} {track}", nil, "2026-01-31/15-09-18 127.5 My Song 007", []string{"2026-01-31/15-09-18 127.5 My Song 007 Vox"}},
		{"track in the middle", "{take} - {track} - {date}", nil, "007 - 2026-01-31", []string{"007 - Vox - 2026-01-31"}},
		{"track first", "{track} take {take}", nil, "take 007", []string{"Vox take 007"}},
		{"track alone", "{set}/{track}", nil, "My Song/Vox", []string{"My Song/Vox"}},
		{"track alone, two of them", "{set}/{track}", func(r *nameRequest) { r.tracks = []string{"Vox", "Gtr"} }, "My Song/take 007", []string{"My Song/Vox", "My Song/Gtr"}},
		{"track as a folder", "{set}/{track}/{take}", func(r *nameRequest) { r.tracks = []string{"Vox", "Gtr"} }, "My Song/007", []string{"My Song/Vox/007", "My Song/Gtr/007"}},
		{"no track, one file", "{date}", nil, "2026-01-31", []string{"2026-01-31"}},
		{"no track, two files", "{date}", func(r *nameRequest) { r.tracks = []string{"Vox", "vox"} }, "2026-01-31", []string{"2026-01-31 - Vox", "2026-01-31 - vox 2"}},
		{"unsaved set", DefaultTemplate, func(r *nameRequest) { r.set = "" }, "Unsaved Set/2026-01-31 take 007", []string{"Unsaved Set/2026-01-31 take 007 - Vox"}},
		{"escape", DefaultTemplate, func(r *nameRequest) { r.set, r.tracks = "../../x", []string{"../y"} }, "_.._x/2026-01-31 take 007", []string{"_.._x/2026-01-31 take 007 - .._y"}},
		{"wish", DefaultTemplate, func(r *nameRequest) { r.wish = "Best/ever" }, "My Song/Best_ever", []string{"My Song/Best_ever"}},
		{"wish, two files", DefaultTemplate, func(r *nameRequest) { r.wish, r.tracks = "Best", []string{"Vox", "Gtr"} }, "My Song/Best", []string{"My Song/Best - Vox", "My Song/Best - Gtr"}},
		{"no file", DefaultTemplate, func(r *nameRequest) { r.tracks = nil }, "My Song/2026-01-31 take 007", nil},
		{"unknown tempo", "{tempo}", func(r *nameRequest) { r.tempo = 0 }, "unknown", []string{"unknown"}},
		{"big number", "{take}", func(r *nameRequest) { r.number = 12345 }, "12345", []string{"12345"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			tmpl, err := parseTemplate(c.template)
			mustDo(t, err)
			r := testRequest()
			if c.change != nil {
				c.change(&r)
			}
			take, files := tmpl.names(r)
			if take.path() != c.take {
				t.Errorf("take %q, want %q", take.path(), c.take)
			}
			for i, f := range files {
				if i >= len(c.files) || f.path() != c.files[i] {
					t.Errorf("file %d is %q, want %q", i, f.path(), c.files)
				}
			}
			if len(files) != len(c.files) {
				t.Errorf("%d files, want %d", len(files), len(c.files))
			}
		})
	}
}

func TestLongNamesKeepWhatTellsThemApart(t *testing.T) {
	tmpl, err := parseTemplate(DefaultTemplate)
	mustDo(t, err)
	r := testRequest()
	r.set, r.tracks = strings.Repeat("長い", 100), []string{strings.Repeat("Gitarre ", 60)}
	_, files := tmpl.names(r)
	got := files[0]
	if len(got.path()) > r.room || !strings.HasPrefix(got.name, "2026-01-31 take 007 - Gitarre") || !strings.HasPrefix(got.folder, "長い長い") {
		t.Errorf("%d bytes: %q", len(got.path()), got.path())
	}
}

func TestCheckTemplate(t *testing.T) {
	for _, good := range []string{DefaultTemplate, "{take}", "a/b/{set}", "plain"} {
		if err := CheckTemplate(good); err != nil {
			t.Errorf("CheckTemplate(%q): %v", good, err)
		}
	}
	for bad, word := range map[string]string{
		"":              "empty",
		"{sett}/{take}": "{sett}",
		"{set":          "brace",
		"set}":          "brace",
		"/{take}":       "nothing before",
		"{take}/":       "nothing before",
		"a//b":          "nothing before",
		"../{take}":     "lead out",
		"a/./b":         "lead out",
		`{set}\{take}`:  "backslash",

		strings.Repeat("x", 501): "longer",
	} {
		err := CheckTemplate(bad)
		if err == nil || !strings.Contains(err.Error(), word) {
			t.Errorf("CheckTemplate(%q) = %v, want something about %q", bad, err, word)
		}
		if err != nil {
			mustFail(t, err, CodeBadTemplate)
		}
	}
}

// checkNames tells whether names made from anything at all are safe, distinct and in place.
func checkNames(t *testing.T, template string, r nameRequest) {
	t.Helper()
	tmpl, err := parseTemplate(template)
	if err != nil {
		return
	}
	take, files := tmpl.names(r)
	seen := map[string]bool{}
	for i, s := range append(files, take) {
		if strings.Contains(s.name, "/") {
			t.Fatalf("a separator in %q", s.name)
		}
		for _, part := range append(splitFolder(s.folder), s.name) {
			if why := unsafeName(part); why != "" {
				t.Fatalf("template %q, %+v: %q is unsafe: %s", template, r, part, why)
			}
			if len(part)+len(" (9999).takebar.json.part") > 255 {
				t.Fatalf("no room for a suffix after %q", part)
			}
		}
		if i < len(files) {
			if seen[nameKey(s.path())] {
				t.Fatalf("template %q, %+v: %q twice", template, r, s.path())
			}
			seen[nameKey(s.path())] = true
			if take.folder != "" && s.folder != take.folder && !strings.HasPrefix(s.folder, take.folder+"/") {
				t.Fatalf("%q is not below the folder of the take, %q", s.path(), take.folder)
			}
		}
		if room := max(r.room, (strings.Count(template, "/")+1)*(minComponent+1)); len(path.Join(s.folder, s.name)) > room+8 {
			t.Fatalf("%d bytes, want at most %d: %q", len(s.path()), room, s.path())
		}
	}
}

func FuzzNames(f *testing.F) {
	f.Add(DefaultTemplate, "My Song", "Vox", "Gtr", "", 120.0, 1)
	f.Add("{track}/{take} {tempo}", "../../x", "CON", "con ", "nul.", 0.0, -5)
	f.Add("{time}{date}", "\u202e", "e\u0301", "é", "", 1e300, 1<<40)
	f.Add("..{track}. /{set}.", "a\xff", " .", "", "x", -1.0, 0)
	f.Fuzz(func(t *testing.T, template, set, one, two, wish string, tempo float64, number int) {
		r := testRequest()
		r.set, r.tracks, r.wish, r.tempo, r.number = set, []string{one, two, one}, wish, tempo, number
		checkNames(t, template, r)
		if c := cleanComponent(set); cleanComponent(c) != c || unsafeName(cutText(c, 255)) != "" && len(c) <= 255 {
			t.Fatalf("cleaning %q gives %q, and once more %q", set, c, cleanComponent(c))
		}
	})
}

// TestNamesOfAnything throws what is awkward at the names, in all mixtures.
func TestNamesOfAnything(t *testing.T) {
	awkward := []string{
		"..", ".", "/", "\\", "CON", "aux", "COM¹", "lpt9.", " ", "", "a", "Vox", "vox", "VOX", "é", "e\u0301", "\u202e", "\u200d", "👩\u200d🎤", "\x00", "\xff", "\ufffe",
		strings.Repeat("x", 400), strings.Repeat("é", 300), strings.Repeat("e\u0301", 200), strings.Repeat("🎸", 100), ":", "?", "*", "~", "-", "日本", "ß", "ẞ", "İ", "ΐ", "ﷺ", "क़",
	}
	templates := []string{
		DefaultTemplate, "{track}", "{set}{track}", "{track}/{take}", "{track}/{track}", "{set}/{set}/{set}/{track}", "{take}", "x{wish", "{tempo}.{track}.", " {track} ", "{set}/..{track}",
	}
	rng := rand.New(rand.NewPCG(1, 2))
	mix := func() string {
		var b strings.Builder
		for range rng.IntN(4) {
			b.WriteString(awkward[rng.IntN(len(awkward))])
		}
		return b.String()
	}
	for range 2000 {
		r := testRequest()
		r.set, r.tracks, r.room = mix(), nil, 60+rng.IntN(200)
		for range rng.IntN(4) {
			r.tracks = append(r.tracks, mix())
		}
		if rng.IntN(3) == 0 {
			r.wish = mix()
		}
		checkNames(t, templates[rng.IntN(len(templates))], r)
	}
}
