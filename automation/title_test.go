package automation

import (
	"testing"

	"github.com/takebar/takebar/automation/desktop"
)

func TestParseTitle(t *testing.T) {
	for _, c := range []struct {
		title, set, project, version string
		modified, ok                 bool
	}{
		{"Song - Ableton Live 12 Suite", "Song", "", "12 Suite", false, true},
		{"Song* [Song Project] - Ableton Live 12 Suite", "Song", "Song Project", "12 Suite", true, true},
		{"Song [Song Project]* - Ableton Live 11 Standard", "Song [Song Project]", "", "11 Standard", true, true},
		{"a - Ableton Live 9 - Ableton Live 12 Lite", "a - Ableton Live 9", "", "12 Lite", false, true},
		{"Untitled* - Ableton Live 12 Beta", "Untitled", "", "12 Beta", true, true},
		{"It's \"mine\" 🎹 [draft] [x Project] - Ableton Live 12 Suite", "It's \"mine\" 🎹 [draft]", "x Project", "12 Suite", false, true},
		{"Export Audio/Video", "", "", "", false, false},
		{"Ableton Live 12 Suite", "", "", "", false, false},
		{" - Ableton Live ", "", "", "", false, false},
		{"", "", "", "", false, false},
	} {
		got, ok := ParseTitle(c.title)
		if ok != c.ok || ok && (got.Set != c.set || got.Project != c.project || got.Version != c.version || got.Modified != c.modified) {
			t.Errorf("%q: %+v, %t", c.title, got, ok)
		}
	}
}

func TestTitleShows(t *testing.T) {
	for _, c := range []struct {
		title, set string
		want       bool
	}{
		{"Song* [Song Project] - Ableton Live 12 Suite", "Song", true},
		{"Song* [Song Project] - Ableton Live 12 Suite", "Song.als", true},
		{"Mixes [Song] - Ableton Live 12 Suite", "Song", true}, // the other order of set and project
		{"a [b] - Ableton Live 12 Suite", "a [b]", true},
		{"U\u0308ben - Ableton Live 12 Suite", "\u00dcben", true},
		{"Song 2 - Ableton Live 12 Suite", "Song", false},
	} {
		title, ok := ParseTitle(c.title)
		if !ok || title.Shows(c.set) != c.want {
			t.Errorf("%q shows %q: %t", c.title, c.set, title.Shows(c.set))
		}
	}
}

func TestOnlyLiveIsLive(t *testing.T) {
	for process, want := range map[string]bool{
		"Ableton Live 12 Suite.exe": true, "ableton live 11 lite.exe": true, "Ableton Live 12 Suite Beta.exe": true, "Live": true,
		"Liveness": false, "Ableton Live 12 Suite.exe.bak": false, "live-server": false, "Max for Live": false, "": false, "editor": false,
	} {
		if got := isLive(desktop.Window{Process: process}); got != want {
			t.Errorf("%q: %t", process, got)
		}
	}
}

func TestClassify(t *testing.T) {
	for title, want := range map[string]kind{
		"Export Audio/Video": kindExport, "Audio/Video exportieren": kindExport, "Exporter Audio/Vidéo": kindExport,
		"Export MIDI Clip": kindMIDI, "Save MIDI File": kindMIDI, "Save As": kindSave, "Speichern unter": kindSave, "Save Audio File As": kindSave,
		"Confirm Save As": kindOverwrite, "Song.wav already exists": kindOverwrite, "Exporting": kindProgress,
		"Song - Ableton Live 12 Suite": kindMain, "Plug-in": kindUnknown, "": kindUnknown,
	} {
		if got := classify(desktop.Window{Title: title}); got != want {
			t.Errorf("%q is %s, want %s", title, got, want)
		}
	}
}

func FuzzParseTitle(f *testing.F) {
	f.Add("Song* [Song Project] - Ableton Live 12 Suite")
	f.Add(" [] - Ableton Live x")
	f.Fuzz(func(t *testing.T, s string) {
		if title, ok := ParseTitle(s); ok && title.Version == "" {
			t.Errorf("%q: no version", s)
		}
	})
}
