package app

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/takebar/takebar/bridge/live"
	"github.com/takebar/takebar/internal/control"
	"github.com/takebar/takebar/internal/take/sidecar"
)

var update = flag.Bool("update", false, "write the golden files anew")

// noon is when the tests take place.
var noon = time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)

func ptr[T any](v T) *T { return &v }

func track(id string, index int, name string, kind live.TrackKind) live.Track {
	return live.Track{ID: id, Index: index, Name: name, Kind: kind, CanBeArmed: kind == live.KindAudio || kind == live.KindMIDI}
}

// band is a linked set with every sort of track in it; change adapts it.
func band(change ...func(*control.Snapshot)) control.Snapshot {
	tracks := []live.Track{
		track("t1", 0, "Drums", live.KindGroup),
		track("t2", 1, "Kick", live.KindAudio),
		track("t3", 2, "Snare_top & bottom", live.KindAudio),
		track("t4", 3, "Bass", live.KindAudio),
		track("t5", 4, "Keys", live.KindMIDI),
		track("t6", 5, "Pad", live.KindAudio),
		track("t7", 6, "Vocals", live.KindAudio),
		track("r1", 0, "A-Reverb", live.KindReturn),
		track("m", 0, "Main", live.KindMain),
	}
	tracks[1].GroupTrack, tracks[2].GroupTrack = ptr("t1"), ptr("t1")
	tracks[5].IsFrozen, tracks[5].CanBeArmed = true, false
	tracks[6].Selected = true
	s := control.Snapshot{
		Link: control.Link{
			Status: control.LinkConnected, Responding: true, PID: 4711,
			Lives: []control.LiveInfo{{PID: 4711, Live: "12.3.6", Script: "1.0.0", Chosen: true}},
		},
		State: &live.State{
			Link:      live.Link{Live: "12.3.6", Script: "1.0.0", PID: 4711},
			Set:       live.Set{ID: "s1", Name: ptr("Night Drive")},
			Transport: live.Transport{Tempo: 120, SignatureNumerator: 4, SignatureDenominator: 4},
			Tracks:    tracks,
		},
		Settings: control.Settings{
			Defaults: control.Defaults{Source: live.SourceArmed, View: live.ViewArrangement},
			TakesDir: "/music/Takebar", Notifications: true,
		},
	}
	for _, c := range change {
		c(&s)
	}
	return s
}

func arm(ids ...string) func(*control.Snapshot) {
	return func(s *control.Snapshot) {
		for i := range s.State.Tracks {
			for _, id := range ids {
				if s.State.Tracks[i].ID == id {
					s.State.Tracks[i].Arm = true
				}
			}
		}
	}
}

// running adds a take of Bass and Vocals that began that long before noon.
func running(phase live.Phase, since time.Duration) func(*control.Snapshot) {
	return func(s *control.Snapshot) {
		t := &live.Take{
			ID: "k1", Phase: phase, Source: live.Source{Kind: live.SourceArmed}, View: live.ViewArrangement,
			Tempo: 120, SignatureNumerator: 4, SignatureDenominator: 4,
			Tracks: []live.TakeTrack{{ID: "t4", Name: "Bass", Kind: live.KindAudio}, {ID: "t7", Name: "Vocals", Kind: live.KindAudio}},
		}
		if phase == live.PhaseRecording || phase == live.PhaseStopping {
			t.StartedAt = ptr(noon.Add(-since).UnixMilli())
		}
		s.State.Take = t
		s.State.Transport.IsPlaying = true
		s.State.Record.RecordMode = true
	}
}

func landed(change ...func(*sidecar.Entry)) *sidecar.Entry {
	e := &sidecar.Entry{
		Take: sidecar.Take{
			ID: "k0", Name: "Night Drive 12", Number: 12, Status: sidecar.StatusLanded, Set: sidecar.Set{Name: "Night Drive"},
			Files: []sidecar.File{{Name: "b.wav", Track: "Bass", Rate: 48000, Frames: 48000 * 42}, {Name: "v.wav", Track: "Vocals", Rate: 48000, Frames: 48000 * 41}},
		},
		Folder: "/music/Takebar", Sidecar: "/music/Takebar/Night Drive 12.takebar.json",
		Paths: []string{"/music/Takebar/Night Drive 12 Bass.wav", "/music/Takebar/Night Drive 12 Vocals.wav"},
	}
	for _, c := range change {
		c(e)
	}
	return e
}

// many is a large set: groups of ten tracks each.
func many(n int) func(*control.Snapshot) {
	return func(s *control.Snapshot) {
		s.State.Tracks = nil
		for i := range n {
			t := track(fmt.Sprintf("t%d", i), i, fmt.Sprintf("Track %c%d", 'A'+i%26, i), live.KindAudio)
			if i%10 == 0 {
				t.Kind, t.CanBeArmed = live.KindGroup, false
			} else {
				t.GroupTrack = ptr(fmt.Sprintf("t%d", i-i%10))
			}
			s.State.Tracks = append(s.State.Tracks, t)
		}
		s.State.Tracks = append(s.State.Tracks, track("r1", 0, "A-Reverb", live.KindReturn), track("m", 0, "Main", live.KindMain))
	}
}

func TestBuildMenu(t *testing.T) {
	noLive := control.Snapshot{
		Link:     control.Link{Status: control.LinkDisconnected, Message: "No Live found", Hint: "Start Live, or choose Set Up Live"},
		Settings: band().Settings,
	}
	tests := []struct {
		name     string
		snapshot control.Snapshot
		ui       UI
	}{
		{name: "zero"},
		{name: "no-live", snapshot: noLive},
		{name: "connecting", snapshot: control.Snapshot{Link: control.Link{Status: control.LinkConnecting}}},
		{name: "connected", snapshot: band()},
		{name: "armed", snapshot: band(arm("t4", "t7"))},
		{name: "armed-by-push", snapshot: band(func(s *control.Snapshot) { s.State.Tracks[4].ImplicitArm = true })},
		{name: "selected-source", snapshot: band(func(s *control.Snapshot) {
			s.Settings.Source, s.Settings.View = live.SourceSelected, live.ViewSession
		})},
		{name: "selected-unarmable", snapshot: band(func(s *control.Snapshot) { s.State.Tracks[6].Selected, s.State.Tracks[5].Selected = false, true })},
		{name: "main-source", snapshot: band(func(s *control.Snapshot) { s.Settings.Source = live.SourceMain })},
		{name: "playing", snapshot: band(func(s *control.Snapshot) { s.State.Transport.IsPlaying = true })},
		{name: "pending", snapshot: band(func(s *control.Snapshot) { s.Pending = []string{"take.start", "arm t4 t7", "disarm t2"} })},
		{name: "counting-in", snapshot: band(arm("t4", "t7"), running(live.PhaseCountingIn, 0))},
		{name: "recording", snapshot: band(arm("t4", "t7"), running(live.PhaseRecording, 62500*time.Millisecond))},
		{name: "recording-fixed", snapshot: band(running(live.PhaseRecording, 3*time.Second), func(s *control.Snapshot) {
			s.State.Take.LengthBeats = ptr(64.0)
			s.State.Transport.Tempo = 119
		})},
		{name: "recording-midi", snapshot: band(running(live.PhaseRecording, time.Hour), func(s *control.Snapshot) { s.State.Take.MIDIOnly = true })},
		{name: "stopping", snapshot: band(running(live.PhaseStopping, time.Minute))},
		{name: "recording-by-hand", snapshot: band(func(s *control.Snapshot) {
			s.State.Transport.IsPlaying, s.State.Record.RecordMode = true, true
		})},
		{name: "busy", snapshot: band(arm("t4"), func(s *control.Snapshot) { s.Link.Responding = false })},
		{name: "dialog", snapshot: band(func(s *control.Snapshot) {
			s.State.App.OpenDialogCount = ptr(1)
			s.State.App.CurrentDialogMessage = ptr("Save changes to\n\"Night Drive\" before closing?")
		})},
		{name: "script-old", snapshot: band(func(s *control.Snapshot) { s.Link.ScriptUpdate = "1.1.0" })},
		{name: "incompatible", snapshot: control.Snapshot{Link: control.Link{
			Status: control.LinkIncompatible, Message: "Live runs script 0.9, which is too old",
			Hint: "Choose Set Up Live › Update the Script",
		}}},
		{name: "landing", snapshot: band(func(s *control.Snapshot) {
			s.Landings = []control.Landing{
				{TakeID: "a", Name: "Night Drive 12", Step: "copying", Done: 0.63},
				{TakeID: "b", Name: "Night Drive 13", Step: "waiting"},
				{TakeID: "c", Name: "Night Drive 11", Step: "copying", Problem: "the disk of the takes folder is full; make room, and it goes on by itself from where it was"},
				{TakeID: "d", Name: "Night Drive 14", Step: "checking", Done: 1},
				{TakeID: "e", Name: "Night Drive 15", Step: "waiting"},
			}
		})},
		{name: "last-take", snapshot: band(func(s *control.Snapshot) { s.LastTake = landed() })},
		{name: "last-take-mac", ui: UI{System: "darwin"}, snapshot: band(func(s *control.Snapshot) {
			s.LastTake = landed(func(e *sidecar.Entry) { e.Files, e.Paths, e.Files[0].Silent = e.Files[:1], e.Paths[:1], true })
		})},
		{name: "last-take-partial", ui: UI{System: "windows", Trashed: &TrashedTake{ID: "k9", Name: "Night Drive 13"}}, snapshot: band(func(s *control.Snapshot) {
			s.LastTake = landed(func(e *sidecar.Entry) { e.Status = sidecar.StatusPartial })
		})},
		{name: "last-take-midi", snapshot: band(func(s *control.Snapshot) {
			s.LastTake = landed(func(e *sidecar.Entry) { e.Status, e.Files, e.Paths = sidecar.StatusMIDI, nil, nil })
		})},
		{name: "trashed-only", ui: UI{Trashed: &TrashedTake{ID: "k0", Name: "Night Drive 12"}}, snapshot: band()},
		{name: "set-up", snapshot: noLive, ui: UI{Installed: &control.Install{
			Changed: true, Version: "1.0.0", Replaced: "0.9.0",
			Folder: "/home/somebody/Music/Ableton/User Library/Remote Scripts/Takebar",
		}}},
		{name: "installing", snapshot: noLive, ui: UI{Installing: true}},
		{name: "two-lives", snapshot: band(func(s *control.Snapshot) {
			s.Link.Lives = append(s.Link.Lives, control.LiveInfo{PID: 99, Live: "11.3.43"})
		})},
		{
			name: "problems", snapshot: band(func(s *control.Snapshot) {
				s.Settings.Problem = "config.toml, line 4: view must be arrangement or session"
			}),
			ui: UI{Problem: &Problem{Text: "No track is armed.", Hint: "Arm a track in Live, or choose another source."}, NotifyProblem: "No notification service runs here"},
		},
		{name: "export", ui: UI{Export: exportView()}, snapshot: band()},
		{name: "export-off", ui: UI{Export: &ExportView{Consent: []string{"Please read this.", "It can go wrong."}, ConsentVersion: "1"}}, snapshot: band()},
		{name: "export-running", ui: UI{Export: exportView(func(v *ExportView) {
			v.Running, v.Watching = "Export attempt: Live is rendering (12.3 MB)", true
		})}, snapshot: band()},
		{name: "bounce", snapshot: band(running(live.PhaseRecording, 8*time.Second), bouncing(2))},
		{name: "many-tracks", snapshot: band(many(130), arm("t7", "t126"))},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			model := BuildMenu(test.snapshot, withWindows(test.ui), noon)
			checkModel(t, model)
			golden(t, "menu-"+test.name+".txt", model.String())
		})
	}
}

func golden(t *testing.T, file, got string) {
	t.Helper()
	path := filepath.Join("testdata", file)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs; got\n%s\nwant\n%s", file, got, want)
	}
}

// checkModel holds for every menu that can be built.
func checkModel(t *testing.T, m MenuModel) {
	t.Helper()
	seen := map[string]bool{}
	var walk func(items []Item)
	walk = func(items []Item) {
		separated := true // a separator must not come first, nor after another
		for _, it := range items {
			if seen[it.Key] || it.Key == "" {
				t.Errorf("key %q is used twice or empty", it.Key)
			}
			seen[it.Key] = true
			if it.Kind == Separator {
				if separated {
					t.Errorf("separator %q separates nothing", it.Key)
				}
				separated = true
				continue
			}
			if !it.Hidden {
				separated = false
				checkLabel(t, it)
			}
			if (it.Kind == Info || it.Kind == Submenu) && it.Intent != (Intent{}) {
				t.Errorf("%s %q has intent %s", it.Kind, it.Key, it.Intent)
			}
			if it.Kind == Action && !it.Hidden && it.Intent == (Intent{}) {
				t.Errorf("action %q does nothing", it.Key)
			}
			walk(it.Children)
		}
	}
	walk(m.Items)
	if n := utf8.RuneCountInString(m.Tooltip); n == 0 || n > 127 {
		t.Errorf("tooltip of %d characters: %q", n, m.Tooltip)
	}
}

func checkLabel(t *testing.T, it Item) {
	t.Helper()
	if strings.TrimSpace(it.Label) == "" || !utf8.ValidString(it.Label) || utf8.RuneCountInString(it.Label) > 130 {
		t.Errorf("label of %q is empty, not UTF-8 or too long: %q", it.Key, it.Label)
	}
	if i := strings.IndexFunc(it.Label, unicode.IsControl); i >= 0 {
		t.Errorf("label of %q has a control character: %q", it.Key, it.Label)
	}
}

// FuzzBuildMenu feeds names from outside, which may hold anything.
func FuzzBuildMenu(f *testing.F) {
	f.Add("Vocals", "Night Drive", uint8(3), uint16(10))
	f.Add("a\x00b\nc\xff\u202e", "", uint8(255), uint16(500))
	f.Add(strings.Repeat("é", 400), "\t", uint8(17), uint16(31))
	phases := []live.Phase{"", live.PhasePreparing, live.PhaseCountingIn, live.PhaseRecording, live.PhaseStopping, live.PhaseFinished}
	f.Fuzz(func(t *testing.T, track, set string, bits uint8, tracks uint16) {
		s := band(many(int(tracks%600)), func(s *control.Snapshot) {
			s.State.Set.Name = &set
			s.State.Link.Live, s.State.App.CurrentDialogMessage, s.Settings.Problem = set, &track, track
			s.State.App.OpenDialogCount = ptr(int(bits & 1))
			s.Link.Responding, s.Link.Message, s.Link.Hint = bits&2 == 0, track, set
			s.Landings = []control.Landing{{Name: track, Message: set}, {Name: set, Problem: track}}
			for i := range s.State.Tracks {
				s.State.Tracks[i].Name += track
				s.State.Tracks[i].Arm = bits&4 != 0
			}
			s.LastTake = landed(func(e *sidecar.Entry) { e.Name, e.Set.Name, e.Files[0].Track = track, set, track })
		})
		if phase := phases[int(bits)%len(phases)]; phase != "" {
			running(phase, time.Duration(bits)*time.Minute)(&s)
			s.State.Take.Tracks[0].Name = track
		}
		checkModel(t, BuildMenu(s, UI{Trashed: &TrashedTake{ID: "x", Name: track}, Problem: &Problem{Text: track, Hint: set}}, noon))
	})
}

func TestNextTick(t *testing.T) {
	tests := []struct {
		name string
		s    control.Snapshot
		wait time.Duration
		ok   bool
	}{
		{"no Live", control.Snapshot{}, 0, false},
		{"idle", band(), 0, false},
		{"counting in", band(running(live.PhaseCountingIn, 0)), 0, false},
		{"recording", band(running(live.PhaseRecording, 2300*time.Millisecond)), 700 * time.Millisecond, true},
		{"on the second", band(running(live.PhaseRecording, 2*time.Second)), time.Second, true},
		{"stopped", band(running(live.PhaseStopping, time.Second), func(s *control.Snapshot) { s.State.Take.StoppedAt = ptr(noon.UnixMilli()) }), 0, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			wait, ok := NextTick(test.s, noon)
			if wait != test.wait || ok != test.ok {
				t.Errorf("NextTick = %v, %v; want %v, %v", wait, ok, test.wait, test.ok)
			}
		})
	}
}

func TestClockAndBars(t *testing.T) {
	for d, want := range map[time.Duration]string{-time.Second: "0:00", 59900 * time.Millisecond: "0:59", time.Minute: "1:00", 3725 * time.Second: "1:02:05"} {
		if got := Clock(d); got != want {
			t.Errorf("Clock(%v) = %q, want %q", d, got, want)
		}
	}
	tests := []struct {
		beats    float64
		num, den int
		want     string
	}{{0, 4, 4, "1.1"}, {3.99, 4, 4, "1.4"}, {4, 4, 4, "2.1"}, {3, 6, 8, "2.1"}, {2.5, 6, 8, "1.6"}, {-1, 4, 4, ""}, {1, 0, 4, ""}}
	for _, test := range tests {
		if got := barsBeats(test.beats, test.num, test.den); got != test.want {
			t.Errorf("barsBeats(%v, %d/%d) = %q, want %q", test.beats, test.num, test.den, got, test.want)
		}
	}
}

func TestWrap(t *testing.T) {
	tests := []struct {
		text string
		n    int
		want []string
	}{
		{"", 3, []string{""}},
		{"short", 3, []string{"short"}},
		{strings.Repeat("word ", 20), 3, []string{strings.TrimSpace(strings.Repeat("word ", 13)), strings.TrimSpace(strings.Repeat("word ", 7))}},
		{strings.Repeat("x", 100), 2, []string{strings.Repeat("x", 64), strings.Repeat("x", 36)}},
		{strings.Repeat("x", 200), 2, []string{strings.Repeat("x", 64), strings.Repeat("x", 63) + "…"}},
	}
	for _, test := range tests {
		if got := wrap(test.text, test.n); !slices.Equal(got, test.want) {
			t.Errorf("wrap(%q) = %q, want %q", test.text, got, test.want)
		}
	}
}

func BenchmarkBuildAndDiff(b *testing.B) {
	for _, n := range []int{10, 1000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			s := band(many(n), arm("t3"))
			old := BuildMenu(s, UI{}, noon)
			for b.Loop() {
				next := BuildMenu(s, UI{}, noon)
				if !Diff(old, next).Empty() {
					b.Fatal("equal snapshots differ")
				}
			}
		})
	}
}

// withWindows is a program that has windows, as most builds are.
func withWindows(ui UI) UI {
	ui.Windows = true
	return ui
}
