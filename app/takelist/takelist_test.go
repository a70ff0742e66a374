package takelist

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/takebar/takebar/app/words"
	"github.com/takebar/takebar/bridge/live"
	"github.com/takebar/takebar/internal/control"
	"github.com/takebar/takebar/internal/take/sidecar"
)

var update = flag.Bool("update", false, "write the golden files anew")

// evening is when the tests take place, somewhere with a clock of its own.
var evening = time.Date(2026, 1, 31, 21, 40, 0, 0, time.FixedZone("studio", 3600))

func ptr[T any](v T) *T { return &v }

func in(t testing.TB, language string) words.Say {
	t.Helper()
	say, err := words.In(language)
	if err != nil {
		t.Fatal(err)
	}
	return say
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name+".txt")
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs. Got:\n%s", path, got)
	}
}

func take(number int, name, set string, hours float64, seconds int, tracks ...string) control.LibraryTake {
	t := control.LibraryTake{Take: sidecar.Take{
		ID: fmt.Sprintf("t%d", number), Name: name, Number: number, Status: sidecar.StatusLanded, Set: sidecar.Set{Name: set},
		RecordedAt: evening.Add(-time.Duration(hours * float64(time.Hour))).UTC(), Tempo: 120,
	}}
	for _, track := range tracks {
		t.Tracks = append(t.Tracks, sidecar.Track{Name: track, Kind: "audio"})
		t.Files = append(t.Files, sidecar.File{Name: name + " " + track + ".wav", Rate: 48000, Frames: int64(seconds) * 48000})
		t.Paths = append(t.Paths, "/takes/"+name+" "+track+".wav")
	}
	return t
}

func with(t control.LibraryTake, change func(*control.LibraryTake)) control.LibraryTake {
	change(&t)
	return t
}

func someTakes() []control.LibraryTake {
	return []control.LibraryTake{
		with(take(9, "Night Drive 9", "Night Drive", 0.5, 213, "Vocals", "Guitar"), func(t *control.LibraryTake) { t.Rating = 4 }),
		take(10, "Night Drive 10", "Night Drive", 1, 48, "Vocals"),
		with(take(3, "Interlude", "Salt & Honey", 2, 301, "Drums"), func(t *control.LibraryTake) { t.Rating, t.Tempo = 5, 92.456 }),
		with(take(8, "Night Drive 8", "Night Drive", 3, 9, "Vocals"), func(t *control.LibraryTake) { t.Files[0].Silent = true }),
		with(take(7, "", "", 22, 75, "Bass"), func(t *control.LibraryTake) { t.Files[0].ClippedSamples = 1 }),
		with(take(6, "Übermut", "Salt & Honey", 23, 0), func(t *control.LibraryTake) {
			t.Status, t.Tracks, t.Tempo = sidecar.StatusMIDI, []sidecar.Track{{Name: "Keys", Kind: "midi"}}, 0
		}),
		with(take(5, "Mix", "Salt & Honey", 24, 3725, "Main"), func(t *control.LibraryTake) {
			t.Bounce = &sidecar.Bounce{Kind: "main", Partial: true}
		}),
		with(take(4, "Broken", "Old", 9000, 60, "Room", "Close"), func(t *control.LibraryTake) {
			t.Status, t.Missing = sidecar.StatusPartial, []sidecar.Missing{{Track: "Overheads"}}
			t.Note = "the one with\nthe thunder"
		}),
		with(take(2, "Gone", "Old", 9001, 60, "Room"), func(t *control.LibraryTake) {
			t.Warnings = []sidecar.Warning{{Code: "file_vanished"}}
		}),
		with(take(1, "Half gone", "Old", 9002, 60, "Room", "Close"), func(t *control.LibraryTake) {
			t.Status, t.Warnings = sidecar.StatusRescued, []sidecar.Warning{{Code: "file_vanished"}, {Code: "file_changed"}}
		}),
		with(take(0, "Scrambled", "", 9003, 0), func(t *control.LibraryTake) {
			t.Status, t.Warnings = sidecar.StatusMissing, []sidecar.Warning{{Code: "sidecar_unreadable"}}
		}),
	}
}

func draw(v View, say words.Say) string {
	var b strings.Builder
	for _, r := range v.Rows {
		if h := r.Head; h != nil {
			fmt.Fprintf(&b, "== %s, %s: %d, %s\n", h.Set, h.Day(), h.Takes, h.Length())
			continue
		}
		i := r.Item
		below := i.Tracks
		if i.Trouble != "" {
			below = "! " + i.Trouble
		}
		var badges []string
		for one := range i.Badges.Each {
			badges = append(badges, one.Label(say))
		}
		fmt.Fprintf(&b, "%-14s | %-7s | %-6s | %s %s | %d | %s | %s\n", i.Name, i.Length, i.Tempo, i.Date, i.Time, i.Take.Rating, strings.Join(badges, " "), below)
	}
	fmt.Fprintf(&b, "%d takes, %v\n", v.Takes, v.Length)
	return b.String()
}

func TestViews(t *testing.T) {
	for _, language := range words.Languages() {
		say := in(t, language)
		l := New(someTakes(), say, evening.Location())
		golden(t, "all-"+language, draw(l.View(Show{}, evening), say))
	}
	say := in(t, "en")
	l := New(someTakes(), say, evening.Location())
	var b strings.Builder
	for _, q := range []Show{
		{Sort: Oldest},
		{Sort: ByName},
		{Sort: Longest},
		{Sort: ByRating},
		{Sort: BySet},
		{Text: "vocals"},
		{Text: "  DRIVE 9 "},
		{Text: "THUNDER close"},
		{Text: "ÜBERMUT"},
		{Text: "ubermut"},
		{Text: "u\u0308bermut"},
		{Text: "nothing like it"},
		{Rating: 4},
		{Set: "Salt & Honey"},
		{Today: true},
		{Today: true, Set: "Night Drive", Rating: 1, Text: "guitar"},
	} {
		fmt.Fprintf(&b, "# %+v\n%s\n", q, draw(l.View(q, evening), say))
	}
	golden(t, "shows", b.String())
	if got := l.Sets(); !slices.Equal(got, []string{"Night Drive", "Salt & Honey", "Old"}) {
		t.Errorf("sets %q", got)
	}
}

func TestWave(t *testing.T) {
	l := New(someTakes(), in(t, "en"), time.UTC)
	for id, want := range map[string]string{"t9": "/takes/Night Drive 9 Vocals.wav", "t6": "", "t0": "", "t8": "/takes/Night Drive 8 Vocals.wav"} {
		if got := l.Item(id).Wave(); got != want {
			t.Errorf("%s is drawn from %q, want %q", id, got, want)
		}
	}
	l.Put(with(someTakes()[0], func(t *control.LibraryTake) { t.Files[0].Silent = true }))
	if got := l.Item("t9").Wave(); got != "/takes/Night Drive 9 Guitar.wav" {
		t.Errorf("with a silent first file it is drawn from %q", got)
	}
}

func TestPutAndRemove(t *testing.T) {
	l := New(someTakes(), in(t, "en"), time.UTC)
	l.View(Show{Sort: ByName}, evening)
	l.Put(with(someTakes()[1], func(t *control.LibraryTake) { t.Name = "Aardvark" }))
	if v := l.View(Show{Sort: ByName}, evening); v.Rows[0].Item.Name != "Aardvark" || v.Takes != 11 {
		t.Errorf("the first of %d is %q", v.Takes, v.Rows[0].Item.Name)
	}
	if l.Remove("nobody") || !l.Remove("t10", "t9") || l.Len() != 9 {
		t.Errorf("%d takes are left", l.Len())
	}
	if v := l.View(Show{}, evening); v.Rows[1].Item.ID() != "t3" {
		t.Errorf("the newest is %s", v.Rows[1].Item.ID())
	}
}

func TestNatural(t *testing.T) {
	sorted := []string{"", "a", "a 1", "a 02", "a 10", "a 10b", "a b", "b", "b1"}
	for i := range sorted {
		for j := range sorted {
			if got, want := natural(sorted[i], sorted[j]), i-j; got*want < 0 || (got == 0) != (want == 0) {
				t.Errorf("%q and %q compare as %d", sorted[i], sorted[j], got)
			}
		}
	}
}

func rowsOf(l *Library, q Show) []Row { return slices.Clone(l.View(q, evening).Rows) }

func chosenIDs(s *Selection) string {
	var ids []string
	for _, i := range s.Items() {
		ids = append(ids, i.ID())
	}
	cursor := ""
	if c := s.Cursor(); c != nil {
		cursor = c.ID()
	}
	return strings.Join(ids, " ") + " > " + cursor
}

func TestSelection(t *testing.T) {
	l := New(someTakes(), in(t, "en"), evening.Location())
	all := rowsOf(l, Show{})
	var s Selection
	step := func(what, want string) {
		t.Helper()
		if got := chosenIDs(&s); got != want {
			t.Errorf("%s: chosen %q, want %q", what, got, want)
		}
	}
	s.Move(1, false)
	step("before there are rows", " > ")
	s.Rows(all)
	step("nothing", " > ")
	s.Move(1, false)
	step("down from nothing", "t9 > t9")
	s.Move(1, false)
	s.Move(1, false)
	step("down over a heading", "t3 > t3")
	s.Move(1, true)
	step("extended", "t3 t8 > t8")
	s.Move(-2, true)
	step("extended the other way", "t10 t3 > t10")
	s.Toggle(s.at["t9"])
	step("one more", "t9 t10 t3 > t9")
	s.Toggle(s.at["t9"])
	step("one less", "t10 t3 > t10")
	s.Toggle(0)
	step("a heading", "t10 t3 > t10")
	s.Rows(rowsOf(l, Show{Set: "Salt & Honey"}))
	step("where only a part is shown", "t3 > t3")
	s.Rows(rowsOf(l, Show{Set: "Old"}))
	step("where nothing of it is shown", "t4 > t4")
	s.Rows(nil)
	step("in an empty list", " > ")
	s.Rows(all)
	s.Move(-1, false)
	step("up from nothing", "t0 > t0")
	s.Move(1<<30, false)
	step("down from the end", "t0 > t0")
	s.Move(-1<<30, false)
	step("home", "t9 > t9")
	s.To(0, false)
	step("a heading chooses what is below it", "t9 > t9")
	s.To(4, true)
	step("extended over a heading", "t9 t10 t3 > t3")
	s.All()
	if s.Len() != 11 {
		t.Errorf("all are %d", s.Len())
	}
	if s.ByID("nobody") || !s.ByID("t7") {
		t.Error("finds the wrong ones")
	}
	l.Remove("t7")
	s.Rows(rowsOf(l, Show{}))
	step("the next one after its take went", "t6 > t6")
	s.Toggle(s.Row())
	step("the last one stays", "t6 > t6")
}

// linked is a set with three tracks, two of them armed.
func linked(change ...func(*control.Snapshot)) control.Snapshot {
	s := control.Snapshot{
		Link: control.Link{Status: control.LinkConnected, Responding: true},
		State: &live.State{
			Set: live.Set{Name: ptr("Night Drive")}, Transport: live.Transport{Tempo: 120},
			Tracks: []live.Track{
				{ID: "t1", Name: "Vocals", Kind: live.KindAudio, Arm: true, CanBeArmed: true},
				{ID: "t2", Name: "Keys", Kind: live.KindMIDI, ImplicitArm: true, CanBeArmed: true},
				{ID: "t3", Name: "Drums", Kind: live.KindGroup},
			},
		},
		Settings: control.Settings{Defaults: control.Defaults{Source: live.SourceArmed, View: live.ViewSession}},
	}
	for _, c := range change {
		c(&s)
	}
	return s
}

func running(phase live.Phase, change ...func(*live.Take)) func(*control.Snapshot) {
	return func(s *control.Snapshot) {
		s.State.Take = &live.Take{
			ID: "x", Phase: phase, Source: live.Source{Kind: live.SourceArmed}, Set: s.State.Set, Tempo: 120,
			Tracks: []live.TakeTrack{{ID: "t1", Name: "Vocals", Kind: live.KindAudio}, {ID: "t2", Name: "Keys", Kind: live.KindMIDI}},
		}
		if phase == live.PhaseRecording || phase == live.PhaseStopping {
			s.State.Take.StartedAt = ptr(evening.Add(-83 * time.Second).UnixMilli())
		}
		for _, c := range change {
			c(s.State.Take)
		}
	}
}

func TestStrips(t *testing.T) {
	source := func(k live.SourceKind) func(*control.Snapshot) {
		return func(s *control.Snapshot) { s.Settings.Source = k }
	}
	selected := func(n int) func(*control.Snapshot) {
		return func(s *control.Snapshot) { s.State.Tracks[n].Selected = true }
	}
	bounce := func(kind string, sources int) func(*live.Take) {
		return func(t *live.Take) {
			t.Bounce = &live.Bounce{Kind: kind, Length: 64, Sources: make([]live.BouncedFrom, sources)}
		}
	}
	snaps := []struct {
		name string
		s    control.Snapshot
	}{
		{"no Live", control.Snapshot{Link: control.Link{Status: control.LinkDisconnected}}},
		{"nothing known", control.Snapshot{}},
		{"connecting", control.Snapshot{Link: control.Link{Status: control.LinkConnecting}}},
		{"incompatible", control.Snapshot{Link: control.Link{Status: control.LinkIncompatible}}},
		{"busy", linked(func(s *control.Snapshot) { s.Link.Responding = false })},
		{"recording by hand", linked(func(s *control.Snapshot) { s.State.Transport.IsPlaying, s.State.Record.RecordMode = true, true })},
		{"ready", linked()},
		{"one armed", linked(func(s *control.Snapshot) { s.State.Tracks[1].ImplicitArm = false })},
		{"nothing armed", linked(func(s *control.Snapshot) { s.State.Tracks[0].Arm, s.State.Tracks[1].ImplicitArm = false, false })},
		{"main output", linked(source(live.SourceMain))},
		{"selected", linked(source(live.SourceSelected), selected(0))},
		{"selected nothing", linked(source(live.SourceSelected))},
		{"selected a group", linked(source(live.SourceSelected), selected(2))},
		{"starting", linked(func(s *control.Snapshot) { s.Pending = []string{"take.start"} })},
		{"preparing", linked(running(live.PhasePreparing))},
		{"counting in", linked(running(live.PhaseCountingIn))},
		{"recording", linked(running(live.PhaseRecording))},
		{"recording one", linked(running(live.PhaseRecording, func(t *live.Take) { t.Tracks, t.Name = t.Tracks[:1], ptr("Chorus") }))},
		{"recording eight bars", linked(running(live.PhaseRecording, func(t *live.Take) { t.LengthBeats = ptr(320.0) }))},
		{"recording MIDI", linked(running(live.PhaseRecording, func(t *live.Take) { t.MIDIOnly = true }))},
		{"recording main", linked(running(live.PhaseRecording, func(t *live.Take) { t.Source.Kind = live.SourceMain }))},
		{"stopping", linked(running(live.PhaseStopping, func(t *live.Take) { t.StoppedAt = ptr(evening.Add(-3 * time.Second).UnixMilli()) }))},
		{"finished", linked(running(live.PhaseFinished))},
		{"bouncing", linked(running(live.PhaseRecording, bounce(live.BounceMain, 0)), func(s *control.Snapshot) { s.State.Transport.CurrentSongTime = 16 })},
		{"bouncing one", linked(running(live.PhasePreparing, bounce(live.BounceStems, 1)))},
		{"bouncing three", linked(running(live.PhaseStopping, bounce(live.BounceStems, 3)))},
		{"landing", linked(func(s *control.Snapshot) {
			s.Landings = []control.Landing{
				{TakeID: "a", Name: "A", Step: "waiting"},
				{TakeID: "b", Name: "B", Step: "copying", Done: 0.25},
				{TakeID: "c", Name: "C", Step: "checking", Done: 7},
				{TakeID: "d", Name: "D", Step: "copying", Problem: "The disk is full."},
				{TakeID: "e", Name: "E", Step: "done", Done: 1},
			}
		})},
	}
	for _, language := range words.Languages() {
		say := in(t, language)
		var b strings.Builder
		for _, one := range snaps {
			p := NewStrip(one.s, evening, say)
			fmt.Fprintf(&b, "%s: phase %d start %t stop %t setup %t\n  %s / %s\n", one.name, p.Phase, p.CanStart(), p.CanStop(), p.SetUp, p.Title, p.Detail)
			if p.Clock != "" || p.Progress >= 0 {
				fmt.Fprintf(&b, "  clock %q of %q, %g, bounce %t\n", p.Clock, p.Of, p.Progress, p.Bounce)
			}
			for _, track := range p.Tracks {
				fmt.Fprintf(&b, "  - %s %s midi %t\n", track.ID, track.Name, track.MIDI)
			}
			for _, l := range p.Landings {
				fmt.Fprintf(&b, "  + %s %s: %s %g problem %t\n", l.TakeID, l.Name, l.Text, l.Done, l.Problem)
			}
			e := NewEmpty(Show{}, p, 0, false, "", say)
			fmt.Fprintf(&b, "  empty: %s / %s %v\n", e.Title, e.Text, e.Actions)
		}
		golden(t, "strips-"+language, b.String())
	}
}

func TestEmpty(t *testing.T) {
	say := in(t, "en")
	ready := NewStrip(linked(), evening, say)
	var b strings.Builder
	for _, e := range []Empty{
		NewEmpty(Show{}, ready, 0, true, "", say),
		NewEmpty(Show{}, ready, 0, true, "The disk is away.", say),
		NewEmpty(Show{Text: "x"}, ready, 9, false, "", say),
		NewEmpty(Show{Text: "x"}, ready, 0, false, "", say),
		NewEmpty(Show{Trash: true}, ready, 0, false, "", say),
		NewEmpty(Show{Trash: true, Rating: 3}, ready, 2, false, "", say),
	} {
		fmt.Fprintf(&b, "%s / %s %v\n", e.Title, e.Text, e.Actions)
	}
	golden(t, "empty", b.String())
}

func manyTakes(n int) []control.LibraryTake {
	all := make([]control.LibraryTake, n)
	for i := range all {
		all[i] = take(n-i, fmt.Sprintf("Song %d take %d", i/7%40, n-i), fmt.Sprintf("Song %d", i/7%40), float64(i)*1.3, 20+i%300, "Vocals", "Guitar", "Drums")
		all[i].Rating, all[i].Note = i%6, "a note of some length, as people write them after a long night"
	}
	return all
}

// BenchmarkSearch is one letter typed into the search of a library of 10,000 takes.
func BenchmarkSearch(b *testing.B) {
	l := New(manyTakes(10000), in(b, "en"), time.UTC)
	for b.Loop() {
		l.View(Show{Text: "song 3 drums"}, evening)
	}
}

// BenchmarkSort is the first look at another order.
func BenchmarkSort(b *testing.B) {
	l := New(manyTakes(10000), in(b, "en"), time.UTC)
	for b.Loop() {
		l.orders[ByName] = nil // so that it is sorted anew
		l.View(Show{Sort: ByName}, evening)
	}
}

// BenchmarkRate is the list after one of 10,000 takes has changed.
func BenchmarkRate(b *testing.B) {
	takes := manyTakes(10000)
	l := New(takes, in(b, "en"), time.UTC)
	for b.Loop() {
		l.Put(takes[77])
		l.View(Show{}, evening)
	}
}

// BenchmarkRead makes a library of 10,000 takes, as in the background after the window opens.
func BenchmarkRead(b *testing.B) {
	takes, say := manyTakes(10000), in(b, "en")
	for b.Loop() {
		New(takes, say, time.UTC)
	}
}

// TestOrdersStayRight changes takes one by one and compares each order with one sorted anew.
func TestOrdersStayRight(t *testing.T) {
	say := in(t, "en")
	takes := manyTakes(80)
	l := New(takes, say, time.UTC)
	for s := range sorts {
		l.order(s)
	}
	for step := range 60 {
		n := step * 7 % len(takes)
		switch step % 4 {
		case 0:
			takes[n].Rating = 5 - takes[n].Rating
		case 1:
			takes[n].Name = fmt.Sprintf("Another %d", step)
		case 2:
			takes[n].Set.Name = "Moved"
		default:
			l.Remove(takes[n].ID)
			takes = slices.Delete(takes, n, n+1)
			continue
		}
		l.Put(takes[n])
	}
	fresh := New(takes, say, time.UTC)
	for s := range sorts {
		var got, want []string
		for _, i := range l.order(s) {
			got = append(got, i.ID())
		}
		for _, i := range fresh.order(s) {
			want = append(want, i.ID())
		}
		if !slices.Equal(got, want) {
			t.Errorf("order %d is\n%v, want\n%v", s, got, want)
		}
	}
}
