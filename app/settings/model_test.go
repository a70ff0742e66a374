package settings

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/takebar/takebar/app"
	"github.com/takebar/takebar/app/window/ports"
	"github.com/takebar/takebar/app/words"
	"github.com/takebar/takebar/bridge/live"
	"github.com/takebar/takebar/internal/control"
)

var update = flag.Bool("update", false, "write the golden files")

const consent = `Export attempts press Live's own export shortcut for you. Please read this first.

What Takebar does
  - It presses Ctrl+Shift+E.
  - It checks before every key that the right window is in front,
    and stops otherwise.

If you need a file that simply must be there, record a take.
`

func facts() Facts {
	return Facts{
		Path: "/home/mia/.config/takebar/config.toml",
		Settings: []ports.Setting{
			{Key: "takes_dir", Value: "", Default: ""},
			{Key: "name_template", Value: "", Default: "{set}/{date} take {take} - {track}"},
			{Key: "artist", Value: "Mia Sol", Default: ""},
			{Key: "source", Value: "armed", Default: "armed"},
			{Key: "view", Value: "arrangement", Default: "arrangement"},
			{Key: "exclusive_arm", Value: "set", Default: "set"},
			{Key: "notifications", Value: true, Default: true},
			{Key: "colours", Value: "system", Default: "system"},
			{Key: "player_device", Value: "", Default: ""},
			{Key: "log_level", Value: "info", Default: "info"},
			{Key: "live.user_library", Value: "", Default: ""},
			{Key: "live.link_dirs", Value: []string{}, Default: []string{}},
			{Key: "export.enabled", Value: false, Default: false},
			{Key: "export.pictures", Value: false, Default: false},
			{Key: "export.shortcut", Value: "e", Default: "e"},
			{Key: "export.folders", Value: []string{}, Default: []string{}},
			{Key: "export.output", Value: "", Default: ""},
			{Key: "export.open_command", Value: []string{}, Default: []string{}},
		},
		Snapshot: control.Snapshot{
			Link:     control.Link{Status: control.LinkConnected, Responding: true, PID: 41, Lives: []control.LiveInfo{{PID: 41, Live: "12.3.6", Chosen: true}}},
			State:    &live.State{Link: live.Link{Live: "12.3.6"}},
			Settings: control.Settings{TakesDir: "/home/mia/Music/Takebar"},
		},
		Disk:    &Disk{Dir: "/home/mia/Music/Takebar", Free: 212e9},
		Login:   Login{On: true, Where: "/home/mia/.config/autostart/takebar.desktop"},
		Consent: consent,
		Export:  &app.ExportView{ConsentVersion: "1", Chords: []app.ExportChord{{Name: "e", Label: "Ctrl+Shift+E"}, {Name: "r", Label: "Ctrl+Shift+R"}}},
		Example: func(template string) (string, error) {
			if strings.Contains(template, "{colour}") {
				return "", errors.New("the name template has no field {colour}")
			}
			return "Night Drive/2026-01-31 take 007 - Vocals.wav", nil
		},
		Fields: []string{"set", "track", "take", "date", "time", "tempo"},
	}
}

func (f *Facts) set(key string, value any, problem string) {
	for i := range f.Settings {
		if f.Settings[i].Key == key {
			f.Settings[i].Value, f.Settings[i].Problem = value, problem
			return
		}
	}
	f.Settings = append(f.Settings, ports.Setting{Key: key, Value: value, Problem: problem})
}

func TestModel(t *testing.T) {
	tests := []struct {
		name, language string
		change         func(*Facts)
	}{
		{"normal", "en", func(*Facts) {}},
		{"normal-de", "de", func(*Facts) {}},
		{"normal-ja", "ja", func(*Facts) {}},
		{"looking", "en", func(f *Facts) { f.Disk, f.Export = nil, nil }},
		{"export-on", "en", func(f *Facts) {
			f.Export.Enabled, f.Export.Rehearsal = true, "Ctrl+Shift+E opened Export MIDI Clip. Try Ctrl+Shift+R."
			f.set("export.enabled", true, "")
			f.set("export.open_command", []string{"wine", "start", "/unix", "a b", "{}"}, "")
		}},
		{"export-switched-off-in-the-file", "en", func(f *Facts) { f.Export.Enabled = true }},
		{"export-running", "en", func(f *Facts) {
			f.Export.Enabled, f.Export.Running, f.Agreed = true, "Rehearsing Ctrl+Shift+E", true
			f.set("export.enabled", true, "")
		}},
		{"mistakes", "en", func(f *Facts) {
			f.set("source", "armed", "Line 3: source must be \"armed\", \"selected\" or \"main\", not \"mian\".")
			f.set("sorce", nil, "Line 9: Takebar does not know sorce; did you mean source?")
			f.Login = Login{Problem: "At login, /old/takebar should start, but it is not there any more."}
			f.Disk = &Disk{Dir: "/mnt/unplugged", Free: -1}
		}},
		{"broken", "en", func(f *Facts) { f.Broken = "Line 2: it is not valid TOML." }},
		{"refused", "en", func(f *Facts) {
			draft := "{colour}"
			f.Draft, f.Refused = &draft, map[string]string{"takes_dir": "takes_dir must be a whole path."}
			f.Disk.Free = 300e6
		}},
		{"two-lives", "en", func(f *Facts) {
			f.Snapshot.Link.Lives = append(f.Snapshot.Link.Lives, control.LiveInfo{PID: 77, Live: "11.3.2"})
			f.set("takes_dir", "/mnt/takes", "")
			f.Disk.Dir, f.Disk.Free = "/mnt/takes", 1.5e9
			f.Snapshot.Settings.Problem = "The new takes folder and names count as soon as the running take has landed."
			f.Devices = []ports.Device{{Name: "System", Default: true}, {ID: "hw:1", Name: "Scarlett 2i2"}}
			f.set("player_device", "hw:9", "")
			f.set("live.link_dirs", []string{"/wine/links", "/other"}, "")
		}},
		{"no-live", "en", func(f *Facts) {
			f.Snapshot.Link, f.Snapshot.State = control.Link{Status: control.LinkDisconnected, Message: "No Live found."}, nil
			f.Export.Enabled = true
			f.set("export.enabled", true, "")
			f.Command, f.TakesEnv = true, true
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			say, err := words.In(tt.language)
			if err != nil {
				t.Fatal(err)
			}
			f := facts()
			tt.change(&f)
			got := Build(say, f).String()
			golden := filepath.Join("testdata", tt.name+".txt")
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil || string(want) != got {
				t.Errorf("%s (%v):\n%s", golden, err, got)
			}
		})
	}
}

func TestGiven(t *testing.T) {
	say, err := words.English()
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		row  Row
		text string
		want any
	}{
		{Row{Kind: Text, Key: "artist"}, " Mia ", " Mia "},
		{Row{Kind: Folder}, " /x ", "/x"},
		{Row{Kind: Switch}, "true", true},
		{Row{Kind: Switch}, "false", false},
		{Row{Kind: Folders}, "/a\n\n /b \n", []string{"/a", "/b"}},
		{Row{Kind: Folders}, "", []string{}},
		{Row{Kind: Text, Key: KeyCommand}, `wine "a b" {}`, []string{"wine", "a b", "{}"}},
	} {
		got, err := Given(say, tt.row, tt.text)
		if err != nil || !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%+v %q: %#v %v", tt.row, tt.text, got, err)
		}
	}
	if got, err := Given(say, Row{Kind: Text, Key: KeyCommand}, `wine "a`); err == nil {
		t.Errorf("an open quote gave %v", got)
	}
}

func TestBlocks(t *testing.T) {
	got := Blocks(consent)
	want := []Block{
		{Paragraph, "Export attempts press Live's own export shortcut for you. Please read this first."},
		{Heading, "What Takebar does"},
		{Bullet, "It presses Ctrl+Shift+E."},
		{Bullet, "It checks before every key that the right window is in front, and stops otherwise."},
		{Paragraph, "If you need a file that simply must be there, record a take."},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%+v", got)
	}
}

func TestSize(t *testing.T) {
	say, err := words.In("de")
	if err != nil {
		t.Fatal(err)
	}
	b := builder{say: say}
	for n, want := range map[int64]string{0: "0 MB", 999e3: "1 MB", 300e6: "300 MB", 1.5e9: "1,5 GB", 212e9: "212 GB", 2.25e12: "2,2 TB", 31e12: "31 TB"} {
		if got := b.size(n); got != want {
			t.Errorf("%d: %q, want %q", n, got, want)
		}
	}
}

func FuzzWords(f *testing.F) {
	f.Add(`wine start "a b" {}`)
	f.Add(`"" x"y"z`)
	f.Fuzz(func(t *testing.T, text string) {
		list, ok := SplitWords(text)
		if !ok {
			return
		}
		again, ok := SplitWords(JoinWords(list))
		if !ok || !reflect.DeepEqual(list, again) {
			t.Errorf("%q: %q, then %q", text, list, again)
		}
	})
}
