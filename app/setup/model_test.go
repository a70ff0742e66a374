package setup

import (
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"github.com/takebar/takebar/app/words"
	"github.com/takebar/takebar/bridge/live"
	"github.com/takebar/takebar/internal/control"
	"github.com/takebar/takebar/internal/take/sidecar"
)

var update = flag.Bool("update", false, "write the golden files")

var noon = time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)

// fresh is a computer with Live 12 on it and nothing of Takebar.
func fresh() Facts {
	return Facts{
		Machine: &Machine{
			Script: "1.1.0", LivesSeen: true, Versions: []string{"12.3.6", "11.3.2"},
			Libraries: []Library{{Path: "/Users/mia/Music/Ableton/User Library", From: "the usual place"}},
		},
		Snapshot: control.Snapshot{Link: control.Link{Status: control.LinkDisconnected, Message: "No Live with the script is running."}},
		Mac:      true,
	}
}

func (f *Facts) installed() {
	f.Machine.Libraries[0].Version, f.Machine.Libraries[0].Same, f.Machine.Libraries[0].Installed = "1.1.0", true, noon
}

func (f *Facts) running(name string, major int, at time.Time) {
	f.Machine.Lives = append(f.Machine.Lives, Live{Name: name, Major: major, Started: at})
}

func (f *Facts) linked() {
	f.installed()
	f.running("Ableton Live 12 Suite", 12, noon.Add(time.Hour))
	f.Snapshot.Link = control.Link{
		Status: control.LinkConnected, Responding: true, PID: 41, Lives: []control.LiveInfo{{PID: 41, Live: "12.3.6", Script: "1.1.0", Chosen: true}},
	}
	f.Snapshot.State = &live.State{
		Link:      live.Link{Live: "12.3.6", Script: "1.1.0"},
		Transport: live.Transport{Tempo: 120, SignatureNumerator: 4, SignatureDenominator: 4},
	}
}

func (f *Facts) landed(change func(*sidecar.File)) {
	f.linked()
	file := sidecar.File{Rate: 44100, Bits: 24, Frames: 176400, PeakDBFS: -12.34}
	if change != nil {
		change(&file)
	}
	f.Test = Test{Phase: TestDone, ID: "t1", Take: &control.LibraryTake{Take: sidecar.Take{ID: "t1", Files: []sidecar.File{file}}, Paths: []string{"/Users/mia/Music/Takebar/Takebar test.wav"}}}
}

func TestModel(t *testing.T) {
	tests := []struct {
		name, language string
		change         func(*Facts)
	}{
		{"looking", "en", func(f *Facts) { f.Machine = nil }},
		{"fresh", "en", func(*Facts) {}},
		{"fresh-ja", "ja", func(*Facts) {}},
		{"no-live-at-all", "en", func(f *Facts) { f.Machine.Libraries, f.Machine.Versions = nil, nil }},
		{"no-library", "en", func(f *Facts) { f.Machine.Libraries = nil }},
		{"library-moved-away", "en", func(f *Facts) {
			f.Machine.Libraries, f.Machine.Missing = nil, "/Volumes/Samples/User Library"
		}},
		{"library-moved-another-found", "en", func(f *Facts) {
			f.installed()
			f.Machine.Missing = "/Volumes/Samples/User Library"
		}},
		{"two-libraries", "en", func(f *Facts) {
			f.Machine.Libraries = append(f.Machine.Libraries, Library{Path: "/Volumes/Samples/User Library", From: "Live 12.3.6's Library.cfg", Version: "1.1.0", Same: true})
		}},
		{"two-libraries-other-chosen", "en", func(f *Facts) {
			f.Machine.Libraries = append(f.Machine.Libraries, Library{Path: "/Volumes/Samples/User Library", From: "Live 12.3.6's Library.cfg", Version: "1.1.0", Same: true})
			f.Chosen = "/Volumes/Samples/User Library"
		}},
		{"installing", "en", func(f *Facts) { f.Installing = true }},
		{"refused", "en", func(f *Facts) { f.Refused = "Takebar cannot write there.\nQuit Live and try again." }},
		{"older", "en", func(f *Facts) {
			f.installed()
			f.Machine.Libraries[0].Version, f.Machine.Libraries[0].Same = "1.0.0", false
		}},
		{"newer", "en", func(f *Facts) {
			f.installed()
			f.Machine.Libraries[0].Version, f.Machine.Libraries[0].Same, f.Machine.Libraries[0].Newer = "1.2.0", false, true
		}},
		{"changed", "en", func(f *Facts) { f.installed(); f.Machine.Libraries[0].Same = false }},
		{"unreadable", "en", func(f *Facts) { f.Machine.Libraries[0].Problem = "It cannot be read." }},
		{"installed-no-live", "en", func(f *Facts) { f.installed() }},
		{"installed-processes-unknown", "en", func(f *Facts) { f.installed(); f.Machine.LivesSeen = false }},
		{"live-before-script", "en", func(f *Facts) { f.installed(); f.running("Ableton Live 12 Suite", 12, noon.Add(-time.Hour)) }},
		{"surface-12-mac", "en", func(f *Facts) { f.installed(); f.running("Ableton Live 12 Suite", 12, noon.Add(time.Hour)) }},
		{"surface-12-windows", "en", func(f *Facts) {
			f.installed()
			f.running("Ableton Live 12 Suite", 12, noon.Add(time.Hour))
			f.Mac = false
		}},
		{"surface-11-mac", "en", func(f *Facts) { f.installed(); f.running("Ableton Live 11 Intro", 11, noon.Add(time.Hour)) }},
		{"surface-11-wine", "en", func(f *Facts) {
			f.installed()
			f.running("Ableton Live 11 Intro", 11, noon.Add(time.Hour))
			f.Mac, f.Wine = false, true
		}},
		{"surface-12-de", "de", func(f *Facts) { f.installed(); f.running("Ableton Live 12 Suite", 12, noon.Add(time.Hour)) }},
		{"connecting", "en", func(f *Facts) {
			f.linked()
			f.Snapshot.Link.Status, f.Snapshot.State = control.LinkConnecting, nil
		}},
		{"incompatible", "en", func(f *Facts) {
			f.linked()
			f.Machine.Libraries[0].Version, f.Machine.Libraries[0].Same = "0.5.0", false
			f.Snapshot.Link.Status, f.Snapshot.Link.Message, f.Snapshot.State = control.LinkIncompatible, "The script in Live is too old.", nil
		}},
		{"linked", "en", func(f *Facts) { f.linked() }},
		{"linked-script-elsewhere", "en", func(f *Facts) { f.linked(); f.Machine.Libraries[0] = Library{Path: "/x/User Library"} }},
		{"linked-no-library", "en", func(f *Facts) { f.linked(); f.Machine.Libraries = nil }},
		{"silent", "en", func(f *Facts) { f.linked(); f.Snapshot.Link.Responding = false }},
		{"linked-older-script", "en", func(f *Facts) {
			f.linked()
			f.Machine.Libraries[0].Version, f.Machine.Libraries[0].Same = "1.0.0", false
			f.Snapshot.State.Link.Script, f.Snapshot.Link.ScriptUpdate = "1.0.0", "1.1.0"
		}},
		{"linked-older-script-updated", "en", func(f *Facts) {
			f.linked()
			f.Snapshot.State.Link.Script, f.Snapshot.Link.ScriptUpdate = "1.0.0", "1.1.0"
		}},
		{"two-lives", "en", func(f *Facts) {
			f.linked()
			f.Snapshot.Link.Lives = append(f.Snapshot.Link.Lives, control.LiveInfo{PID: 77, Live: "11.3.2", Script: "1.0.0"})
		}},
		{"take-runs", "en", func(f *Facts) {
			f.linked()
			f.Snapshot.State.Take = &live.Take{ID: "other", Phase: live.PhaseRecording}
		}},
		{"test-starting", "en", func(f *Facts) { f.linked(); f.Test.Phase = TestStarting }},
		{"test-recording", "en", func(f *Facts) {
			f.linked()
			f.Test = Test{Phase: TestRecording, ID: "t1"}
			f.Snapshot.State.Take = &live.Take{ID: "t1", Phase: live.PhaseRecording}
		}},
		{"test-landing", "en", func(f *Facts) {
			f.linked()
			f.Test = Test{Phase: TestRecording, ID: "t1"}
			f.Snapshot.Landings = []control.Landing{{TakeID: "t0", Done: 0.9}, {TakeID: "t1", Done: 0.4, Problem: "The disk is slow."}}
		}},
		{"test-done", "en", func(f *Facts) { f.landed(nil) }},
		{"test-done-de", "de", func(f *Facts) { f.landed(nil) }},
		{"test-silent", "en", func(f *Facts) { f.landed(func(s *sidecar.File) { s.Silent = true }) }},
		{"test-clipped", "en", func(f *Facts) { f.landed(func(s *sidecar.File) { s.ClippedSamples = 3 }) }},
		{"test-no-file", "en", func(f *Facts) { f.landed(nil); f.Test.Take.Files = nil }},
		{"test-failed", "en", func(f *Facts) {
			f.linked()
			f.Test = Test{Phase: TestFailed, Problem: "Live's audio engine is off.\nChoose a device in Live."}
		}},
		{"test-trashed", "en", func(f *Facts) { f.landed(nil); f.Test.Phase = TestTrashed }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			say, err := words.In(tt.language)
			if err != nil {
				t.Fatal(err)
			}
			f := fresh()
			tt.change(&f)
			m := Build(say, f)
			got := m.String()
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
			checkOrder(t, m)
		})
	}
}

// checkOrder: at most one step asks for something new to be done, and nothing waits behind steps that are all done.
func checkOrder(t *testing.T, m Model) {
	t.Helper()
	open, asked := false, 0
	for _, s := range m.Steps {
		if s.State == Now {
			asked++
			if open && s.Key != StepTest { // the test take works as soon as there is a link
				t.Errorf("%s asks to be done although a step before it is not", s.Key)
			}
		}
		if s.State == Later && !open {
			t.Errorf("%s waits for nothing", s.Key)
		}
		open = open || s.State != Done
	}
	if asked > 1 {
		t.Errorf("%d steps ask to be done", asked)
	}
}

func TestRequest(t *testing.T) {
	s := func(tempo float64, numerator, denominator int) control.Snapshot {
		return control.Snapshot{State: &live.State{Transport: live.Transport{Tempo: tempo, SignatureNumerator: numerator, SignatureDenominator: denominator}}}
	}
	for _, tt := range []struct {
		snapshot   control.Snapshot
		bars, secs float64
	}{
		{s(120, 4, 4), 2, 0},
		{s(90, 4, 4), 2, 0},
		{s(60, 4, 4), 0, 3},
		{s(60, 3, 4), 2, 0},
		{s(60, 7, 8), 0, 3},
		{s(200, 7, 8), 2, 0},
		{s(0, 4, 4), 0, 3},
		{control.Snapshot{}, 0, 3},
	} {
		want := control.TakeRequest{Source: live.SourceMain, Name: "Takebar test", LengthBars: tt.bars, LengthSecs: tt.secs}
		if got := Request(tt.snapshot); !reflect.DeepEqual(got, want) {
			t.Errorf("%+v: %+v", tt.snapshot.State, got)
		}
	}
}
