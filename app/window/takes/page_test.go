package takes

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"github.com/takebar/takebar/app/takelist"
	"github.com/takebar/takebar/app/window/ports"
	"github.com/takebar/takebar/app/window/ui/golden"
	"github.com/takebar/takebar/internal/control"
	"github.com/takebar/takebar/internal/take/sidecar"
)

func wantNames(t *testing.T, s *stage, want ...string) {
	t.Helper()
	if got := s.names(); !slices.Equal(got, want) {
		t.Errorf("the list shows %q, want %q", got, want)
	}
}

func wantChosen(t *testing.T, s *stage, id string) {
	t.Helper()
	got := ""
	if i := s.page.chosen.Cursor(); i != nil {
		got = i.ID()
	}
	if got != id || s.opened.shown != id {
		t.Errorf("chosen is %q and open is %q, want %q", got, s.opened.shown, id)
	}
}

// button finds a button by its text, in what lies on top first.
func (s *stage) button(text string) *widget.Button {
	s.t.Helper()
	if b := golden.Find(s.window.Canvas(), func(b *widget.Button) bool { return b.Text == text }); b != nil {
		return b
	}
	if b := golden.Find(s.window.Canvas(), func(b *keyButton) bool { return b.Text == text }); b != nil {
		return &b.Button
	}
	s.t.Fatalf("there is no button %q", text)
	return nil
}

func (s *stage) says(text string) bool {
	return golden.Find(s.window.Canvas(), func(l *widget.Label) bool { return strings.Contains(l.Text, text) }) != nil
}

func TestSearchAsYouType(t *testing.T) {
	s := open(t, light(), &fakeCore{takes: aBand()}, linked())
	s.key(fyne.KeyF, shortcut)
	entry, ok := s.window.Canvas().Focused().(*searchEntry)
	if !ok {
		t.Fatalf("Ctrl+F gives the focus to %T", s.window.Canvas().Focused())
	}
	test.Type(entry, "overheads")
	wantNames(t, s, "[Salt & Honey Yesterday]", "Salt 19", "Salt 17")
	wantChosen(t, s, "t0019")
	entry.SetText("")
	test.Type(entry, "THUNDER")
	wantNames(t, s, "[Rainy Afternoon Thu, 1 Jan]", "Rainy 2")
	s.key(fyne.KeyEscape)
	if entry.Text != "" || len(s.page.view.Rows) != 16 {
		t.Errorf("Esc leaves %q and %d rows", entry.Text, len(s.page.view.Rows))
	}
	test.Type(entry, "5") // a rating, were it a bare key
	s.key(fyne.KeyDelete)
	if told := s.core.told(); len(told) > 0 {
		t.Errorf("typing into the search asked the core %q", told)
	}
	s.key(fyne.KeyEscape)
	s.key(fyne.KeyEscape)
	if s.window.Canvas().Focused() != nil {
		t.Error("a second Esc does not leave the search")
	}
	s.key(fyne.KeyF, shortcut)
	test.Type(entry, "night drive 2")
	s.key(fyne.KeyA, shortcut)
	if entry.SelectedText() != "night drive 2" || s.page.chosen.Len() > 1 {
		t.Errorf("while one types, Ctrl+A selects %q and chooses %d takes", entry.SelectedText(), s.page.chosen.Len())
	}
	s.key(fyne.KeyDown)
	wantChosen(t, s, "t0023")
	if s.window.Canvas().Focused() != nil {
		t.Error("the arrow does not go into the list")
	}
	test.Type(entry, "zzz")
	if len(s.page.view.Rows) > 0 || !s.says("Nothing matches") {
		t.Error("nothing says that nothing matches")
	}
	test.Tap(s.button("Show All Takes"))
	if entry.Text != "" || len(s.page.view.Rows) != 16 {
		t.Error("Show All Takes leaves the search on")
	}
}

func TestArrows(t *testing.T) {
	s := open(t, light(), &fakeCore{takes: many(300)}, linked())
	wantChosen(t, s, "t0300")
	s.key(fyne.KeyDown)
	s.key(fyne.KeyDown)
	wantChosen(t, s, "t0298")
	s.key(fyne.KeyUp)
	wantChosen(t, s, "t0299")
	s.key(fyne.KeyUp)
	s.key(fyne.KeyUp)
	wantChosen(t, s, "t0300")
	s.key(fyne.KeyEnd)
	wantChosen(t, s, "t0001")
	inSight := func(id string) bool {
		return slices.ContainsFunc(s.page.list.shown, func(r shownRow) bool { return r.take != nil && r.take.item.ID() == id && r.take.chosen })
	}
	if !inSight("t0001") {
		t.Error("End does not scroll to the last take")
	}
	s.key(fyne.KeyPageUp)
	if id := s.page.chosen.Cursor().ID(); id <= "t0004" || id > "t0020" || !inSight(id) {
		t.Errorf("a page up is %s", id)
	}
	s.key(fyne.KeyHome)
	wantChosen(t, s, "t0300")
	if s.page.list.scroll.Offset.Y != 0 {
		t.Error("Home leaves the first heading out of sight")
	}
	s.key(fyne.KeyPageDown)
	if id := s.page.chosen.Cursor().ID(); id >= "t0297" || !inSight(id) {
		t.Errorf("a page down is %s", id)
	}
	s.key(fyne.KeySpace)
	s.key(fyne.KeyReturn)
	if s.opened.played != 101 {
		t.Errorf("Space and Enter reach the opened take as %d", s.opened.played)
	}
}

func TestRateByKeyAndClick(t *testing.T) {
	s := open(t, light(), &fakeCore{takes: aBand()}, linked())
	s.key(fyne.Key3)
	s.told("rate t0024 3")
	s.settle(func() bool { return s.row(0).item.Take.Rating == 3 })
	s.key(fyne.Key3)
	if told := s.core.told(); len(told) > 0 {
		t.Errorf("the same rating again asked the core %q", told)
	}
	star := func(row, n int) {
		r := s.row(row)
		test.TapAt(r, r.stars.Position().AddXY(r.stars.Size().Width*(float32(n)-0.5)/starCount, 6))
	}
	star(1, 5)
	s.told("rate t0023 5")
	s.settle(func() bool { return s.row(1).item.Take.Rating == 5 })
	wantChosen(t, s, "t0023")
	star(1, 5)
	s.told("rate t0023 0")
	s.settle(func() bool { return s.row(1).item.Take.Rating == 0 })
	s.key(fyne.KeyZ, shortcut)
	s.told("rate t0023 5")
	s.settle(func() bool { return s.row(1).item.Take.Rating == 5 })
	s.key(fyne.KeyZ, shortcut)
	s.key(fyne.KeyZ, shortcut)
	s.told("rate t0023 0", "rate t0024 4")
	s.settle(func() bool { return s.row(0).item.Take.Rating == 4 })
	s.core.refuse = &control.Error{Code: "x", Message: "The disk is full.", Hint: "Make room."}
	s.key(fyne.Key1)
	s.settle(func() bool { return s.says("The disk is full.") })
	if s.row(0).item.Take.Rating != 4 {
		t.Error("a refused rating is shown all the same")
	}
}

func TestHoverShowsTheRatingToCome(t *testing.T) {
	s := open(t, light(), &fakeCore{takes: aBand()}, linked())
	r := s.row(1)
	plain := r.stars.Resource
	at := r.stars.Position().AddXY(r.stars.Size().Width*0.5, 5)
	r.MouseIn(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: at}})
	if r.hover != 3 || r.stars.Resource == plain {
		t.Errorf("over the third star the row shows %d", r.hover)
	}
	r.MouseOut()
	if r.stars.Resource != plain {
		t.Error("the rating to come stays")
	}
}

func TestTrashAndUndo(t *testing.T) {
	s := open(t, light(), &fakeCore{takes: aBand()}, linked())
	s.key(fyne.KeyDown)
	s.key(fyne.KeyDelete)
	s.told("trash t0023")
	s.settle(func() bool { return s.says("Night Drive 23 is in the trash.") })
	wantChosen(t, s, "t0022")
	if slices.Contains(s.names(), "Night Drive 23") {
		t.Error("the trashed take is still listed")
	}
	test.Tap(s.button("Undo"))
	s.told("restore t0023")
	s.settle(func() bool { return slices.Contains(s.names(), "Night Drive 23") })
	wantChosen(t, s, "t0023")

	s.page.list.press(1, 0)
	s.page.list.press(3, fyne.KeyModifierShift)
	if s.page.chosen.Len() != 3 {
		t.Errorf("%d takes are chosen", s.page.chosen.Len())
	}
	s.key(fyne.KeyDelete)
	s.told("trash t0024", "trash t0023", "trash t0022")
	s.settle(func() bool { return s.says("3 takes are in the trash.") })
	s.key(fyne.KeyD, shortcut)
	wantNames(t, s, "[Night Drive Today]", "Night Drive 24", "Night Drive 23", "Night Drive 22")
	s.key(fyne.KeyBackspace, shortcut)
	told := []string{}
	s.settle(func() bool { told = append(told, s.core.told()...); return len(told) > 0 && s.page.trash.Len() == 2 })
	if !slices.Equal(told, []string{"restore t0024"}) {
		t.Errorf("restoring asked the core %q", told)
	}
	s.key(fyne.KeyZ, shortcut)
	s.told("trash t0024")
	s.settle(func() bool { return s.page.trash.Len() == 3 })
	s.key(fyne.KeyZ, shortcut)
	s.told("restore t0024", "restore t0023", "restore t0022")
	s.settle(func() bool { return s.says("The trash is empty") })
	test.Tap(s.button("Back to the Takes"))
	if len(s.page.view.Rows) != 16 {
		t.Errorf("%d rows after leaving the trash", len(s.page.view.Rows))
	}
}

func TestRename(t *testing.T) {
	s := open(t, light(), &fakeCore{takes: aBand()}, linked())
	s.key(fyne.KeyF2)
	entry, ok := s.window.Canvas().Focused().(*answerEntry)
	if !ok || entry.Text != "Night Drive 24" || entry.SelectedText() != "Night Drive 24" {
		t.Fatalf("F2 gives the focus to %T", s.window.Canvas().Focused())
	}
	s.core.refuse = &control.Error{Code: "name_taken", Message: "There is a take of that name.", Hint: "Choose another one."}
	entry.SetText("Best vocals")
	s.key(fyne.KeyReturn)
	s.key(fyne.KeyReturn) // an impatient one
	s.told("rename t0024 Best vocals")
	s.settle(func() bool { return s.says("There is a take of that name.") })
	s.core.refuse = nil
	entry.OnSubmitted(entry.Text)
	s.told("rename t0024 Best vocals")
	s.settle(func() bool { return s.window.Canvas().Overlays().Top() == nil })
	if s.row(0).item.Name != "Best vocals" || s.row(0).name.Text != "Best vocals" {
		t.Errorf("the row says %q", s.row(0).name.Text)
	}
	s.key(fyne.KeyZ, shortcut)
	s.told("rename t0024 Night Drive 24")
	s.settle(func() bool { return s.row(0).item.Name == "Night Drive 24" })
	s.key(fyne.KeyF2)
	s.key(fyne.KeyEscape)
	if s.window.Canvas().Overlays().Top() != nil {
		t.Error("Esc does not leave the question")
	}
}

func TestChangesOfTheOpenedTake(t *testing.T) {
	s := open(t, light(), &fakeCore{takes: aBand()}, linked())
	now := s.core.takes[0]
	now.Note = "louder"
	s.opened.changed(now)
	if s.page.library.Item("t0024").Take.Note != "louder" {
		t.Error("the list does not know the note")
	}
	s.key(fyne.KeyZ, shortcut)
	s.settle(func() bool { return s.page.library.Item("t0024").Take.Note == "" })
}

func TestATakeLands(t *testing.T) {
	s := open(t, light(), &fakeCore{takes: aBand()}, linked(recording, func(s *control.Snapshot) { s.Library = control.LibraryState{Revision: 7, Base: 2} }))
	s.core.told()
	s.page.list.press(2, 0)
	wantChosen(t, s, "t0023")
	renamed := s.core.takes[2]
	renamed.Name = "Night Drive, the good one"
	landed := take(25, "Night Drive 25", "Night Drive", 0, 83, "Vocals", "Guitar")
	s.core.mu.Lock()
	s.core.since = []control.LibraryTake{landed, renamed, {Take: sidecar.Take{ID: "t0021"}, Gone: true}, with(s.core.takes[4], func(t *control.LibraryTake) { t.Trashed = true })}
	s.core.mu.Unlock()
	snap := linked(func(s *control.Snapshot) {
		s.LastTake, s.Library = &landed, control.LibraryState{Revision: 8, Base: 2}
	})
	s.page.Snapshot(snap)
	if got := s.names()[1]; got != "Night Drive 25" {
		t.Errorf("the first take is %q", got)
	}
	s.settle(func() bool { return s.page.reading.known == 8 })
	if got := s.names()[:5]; !slices.Equal(got, []string{"[Night Drive Today]", "Night Drive 25", "Night Drive 24", "Night Drive 23", "Night Drive, the good one"}) || s.page.trash.Len() != 1 {
		t.Errorf("the list begins with %q, and %d takes are in the trash", got, s.page.trash.Len())
	}
	if got := s.core.told(); !slices.Equal(got, []string{"since 7"}) {
		t.Errorf("the core was asked %q", got)
	}
	wantChosen(t, s, "t0023")
	s.page.Snapshot(snap)
	if s.page.reading.busy {
		t.Error("the same revision is read twice")
	}
	// Another core, which does not know what was before.
	snap.Library = control.LibraryState{Revision: 100, Base: 90, Problem: "The takes folder is not there."}
	s.page.Snapshot(snap)
	s.settle(func() bool { return s.page.reading.known == 100 })
	if !s.says("The takes folder is not there.") || slices.Contains(s.names(), "Night Drive 25") {
		t.Errorf("after a new beginning the list is %q", s.names())
	}
}

func TestRecordStopDiscard(t *testing.T) {
	s := open(t, light(), &fakeCore{takes: aBand()}, linked())
	test.Tap(s.button("Record Take"))
	s.told("start")
	s.page.Snapshot(linked(recording))
	if s.page.stripView.clock.Text != "1:23" {
		t.Errorf("the clock says %q", s.page.stripView.clock.Text)
	}
	s.now = s.now.Add(2 * time.Second)
	s.settle(func() bool { return s.page.stripView.clock.Text == "1:25" })
	s.key(fyne.KeyF9, shortcut)
	if !s.says("Samples/Recorded") {
		t.Error("Discard does not ask")
	}
	s.key(fyne.KeyDelete) // must not reach the list below
	s.key(fyne.KeyEscape)
	if told := s.core.told(); len(told) > 0 {
		t.Errorf("a question that was left asked the core %q", told)
	}
	s.key(fyne.KeyF9, shortcut)
	s.key(fyne.KeyReturn)
	s.told("cancel")
	s.settle(func() bool { return s.window.Canvas().Overlays().Top() == nil })
	test.Tap(s.button("Stop"))
	s.told("stop")
	s.page.Snapshot(linked())
	s.settle(func() bool { return s.page.ticking == nil })
	for _, c := range s.page.Commands() {
		if c.Label == "Selected Track" {
			c.Do()
		}
	}
	s.told("defaults selected arrangement")
	s.core.refuse = &control.Error{Code: "x", Message: "Live shows a dialog.", Hint: "Answer it."}
	s.key(fyne.KeyF9)
	s.settle(func() bool { return s.says("Live shows a dialog.") })
	if s.button("Record Take").Disabled() {
		t.Error("after a refusal Record cannot be clicked")
	}
}

func TestFilesOfATake(t *testing.T) {
	s := open(t, light(), &fakeCore{takes: aBand()}, linked())
	s.key(fyne.KeyC, shortcut, fyne.KeyModifierShift)
	s.told("copy /music/Takebar/Night Drive/Night Drive 24 Vocals.wav\n/music/Takebar/Night Drive/Night Drive 24 Guitar.wav")
	s.key(fyne.KeyR, shortcut)
	s.told("reveal Night Drive 24 Vocals.wav")
	s.key(fyne.KeyL, shortcut)
	s.told("open /music/Takebar")
	s.page.open("t0015")
	s.key(fyne.KeyR, shortcut)
	s.told("reveal Rainy 3" + sidecar.Suffix)
	s.key(fyne.KeyR, shortcut, fyne.KeyModifierShift)
	s.told("rescue t0015")
	s.settle(func() bool { return s.page.library.Item("t0015").Badges == takelist.Rescued })
}

func TestClicks(t *testing.T) {
	s := open(t, light(), &fakeCore{takes: aBand()}, linked())
	r := s.row(2)
	test.TapAt(r, fyne.NewPos(200, 10))
	wantChosen(t, s, "t0022")
	s.now = s.now.Add(time.Second)
	test.TapAt(r, fyne.NewPos(200, 10))
	if s.opened.played != 0 {
		t.Error("two slow clicks open the take")
	}
	s.now = s.now.Add(100 * time.Millisecond)
	test.TapAt(r, fyne.NewPos(200, 10))
	if s.opened.played != 100 {
		t.Errorf("a double click reaches the opened take as %d", s.opened.played)
	}
	s.row(3).MouseDown(&desktop.MouseEvent{Button: desktop.MouseButtonPrimary, Modifier: fyne.KeyModifierShortcutDefault})
	if s.page.chosen.Len() != 2 {
		t.Errorf("Ctrl and a click choose %d takes", s.page.chosen.Len())
	}
	test.TapSecondaryAt(s.row(0), fyne.NewPos(100, 10))
	wantChosen(t, s, "t0024")
	if s.window.Canvas().Overlays().Top() == nil {
		t.Error("the other button shows no menu")
	}
}

func TestFiltersAreChips(t *testing.T) {
	s := open(t, light(), &fakeCore{takes: aBand()}, linked())
	s.key(fyne.KeyT, shortcut)
	s.key(fyne.KeyB, shortcut)
	wantNames(t, s, "[Night Drive Today]", "Night Drive 24", "Night Drive 22")
	chips := s.page.bar.chips.Objects
	if len(chips) != 2 || chips[0].(*chip).filter.label != "Today" || chips[1].(*chip).filter.label != "Rated 3 or more" {
		t.Fatalf("%d chips", len(chips))
	}
	test.Tap(chips[0].(*chip))
	wantNames(t, s, "[Night Drive Today]", "Night Drive 24", "Night Drive 22", "[Salt & Honey Yesterday]", "Salt 19")
	s.key(fyne.KeyEnd)
	s.key(fyne.KeyT, shortcut, fyne.KeyModifierAlt)
	wantNames(t, s, "[Salt & Honey Yesterday]", "Salt 19")
	s.key(fyne.KeyEscape)
	if len(s.page.view.Rows) != 16 || len(s.page.bar.chips.Objects) != 0 {
		t.Error("Esc leaves filters on")
	}
	s.key(fyne.Key4, shortcut, fyne.KeyModifierAlt)
	if s.names()[0] != "Main mix" && s.page.show.Sort != takelist.Longest {
		t.Errorf("sorted by length the list begins with %q", s.names()[0])
	}
}

func TestTheLibraryCannotBeRead(t *testing.T) {
	core := &fakeCore{takes: aBand(), away: &control.Error{Code: "takes_folder", Message: "The takes folder /Volumes/Disk is not there.", Hint: "Plug the disk in."}}
	s := open(t, light(), core, linked())
	if !s.says("The takes cannot be read") || !s.says("Plug the disk in.") {
		t.Error("nothing says that the library is away")
	}
	core.mu.Lock()
	core.away = nil
	core.mu.Unlock()
	test.Tap(s.button("Try Again"))
	s.settle(func() bool { return len(s.page.view.Rows) == 16 })
	core.mu.Lock()
	core.away = errors.New("read it: input/output error")
	core.mu.Unlock()
	s.page.read()
	s.settle(func() bool { return s.page.reading.failed != "" })
	if len(s.page.view.Rows) != 16 || !s.says("Read it: input/output error") {
		t.Error("a failed reading takes the list away, or is not told")
	}
}

func TestAllTakesAreGoneAtOnce(t *testing.T) {
	library := func(s *control.Snapshot) { s.Library = control.LibraryState{Revision: 3, Base: 3} }
	s := open(t, light(), &fakeCore{takes: aBand()}, linked(library))
	s.settle(func() bool { return s.page.reading.known == 3 && !s.page.reading.busy })
	s.core.mu.Lock()
	s.core.takes = nil
	s.core.mu.Unlock()
	s.page.Snapshot(linked(func(s *control.Snapshot) { s.Library = control.LibraryState{Revision: 9, Base: 9} }))
	s.settle(func() bool { return s.page.reading.known == 9 })
	if !s.says("connect it: /music/Takebar") {
		t.Error("nothing says where the takes may be")
	}
}

func TestNoTakesYet(t *testing.T) {
	s := open(t, light(), &fakeCore{}, control.Snapshot{})
	test.Tap(s.button("Set Up Live"))
	if !slices.Equal(s.opens, []string{"setup "}) {
		t.Errorf("opened %q", s.opens)
	}
	s.page.Snapshot(linked())
	if !s.says("Record your first take.") {
		t.Error("with Live linked, nothing asks for the first take")
	}
	s.page.Snapshot(linked(func(s *control.Snapshot) { s.State.Tracks[0].Arm, s.State.Tracks[1].Arm = false, false }))
	if !s.says("Arm a track in Live") {
		t.Error("with nothing armed, nothing says so")
	}
}

func TestTheFirstTakeLands(t *testing.T) {
	s := open(t, light(), &fakeCore{}, linked(recording))
	if !s.says("The first one is on its way.") {
		t.Error("while the first take records, the list does not say so")
	}
	landed := take(1, "First", "Night Drive", 0, 83, "Vocals")
	s.page.Snapshot(linked(func(s *control.Snapshot) { s.LastTake = &landed }))
	wantNames(t, s, "[Night Drive Today]", "First")
	wantChosen(t, s, "t0001")
}

func TestOutline(t *testing.T) {
	w := &ports.Waveform{Channels: 1, FramesPerColumn: 1}
	for n := range 2 * outlineColumns {
		w.Data = append(w.Data, int16(-n*80), int16(n*80))
	}
	o := newOutline(w)
	for n := 1; n < outlineColumns; n++ {
		if o[n].high < o[n-1].high || o[n].low > o[n-1].low {
			t.Fatalf("column %d is lower than the one before", n)
		}
	}
	if o[0].high > 10 || o[outlineColumns-1].high < 115 || o[outlineColumns-1].low > -115 {
		t.Errorf("from %v to %v", o[0], o[outlineColumns-1])
	}
	if *newOutline(nil) != (outline{}) || *newOutline(&ports.Waveform{Channels: 1, Data: []int16{-32768, 32767}}) == (outline{}) {
		t.Error("a file without columns, or with one, is drawn wrong")
	}
	if bend(-32768) != -127 || bend(32767) != 126 || bend(0) != 0 {
		t.Errorf("the ends are %d and %d", bend(-32768), bend(32767))
	}
}

func TestWaveformsOfRowsInSightOnly(t *testing.T) {
	waves := &fakeWaves{hold: make(chan struct{})}
	s := start(t, light(), &fakeCore{takes: many(1000)}, waves, linked())
	s.settle(func() bool { return s.page.library != nil && len(s.page.waves.running) == wavesAtOnce })
	inSight := len(s.page.list.shown)
	s.page.list.scrollTo(30000)
	gone := func() int {
		waves.mu.Lock()
		defer waves.mu.Unlock()
		return len(waves.gone)
	}
	s.settle(func() bool { return gone() == wavesAtOnce })
	close(waves.hold)
	s.settle(func() bool { return len(s.page.waves.running) == 0 && len(s.page.waves.queue) == 0 })
	if n := s.page.waves.recent.Len(); n == 0 || n > inSight+2 {
		t.Errorf("%d waveforms are kept, with %d rows in sight", n, inSight)
	}
	for _, r := range s.page.list.shown {
		if r.take != nil && r.take.wave == nil {
			t.Errorf("%s has no waveform", r.take.item.Name)
		}
	}
	for y := range 900 {
		s.page.list.scrollTo(float32(y * 50))
		s.settle(func() bool { return len(s.page.waves.running) == 0 && len(s.page.waves.queue) == 0 })
	}
	if n := s.page.waves.recent.Len(); n > wavesKept {
		t.Errorf("%d waveforms are kept", n)
	}
	if s.page.list.made > 40 {
		t.Errorf("scrolling made %d rows", s.page.list.made)
	}
	if len(s.page.waves.wanted) > inSight+2 {
		t.Errorf("%d paths are wanted", len(s.page.waves.wanted))
	}
}

func TestOpenedFromElsewhere(t *testing.T) {
	s := start(t, light(), &fakeCore{takes: aBand()}, &fakeWaves{}, linked())
	s.page.Shown("t0018")
	s.settle(func() bool { return s.page.library != nil })
	wantChosen(t, s, "t0018")
	s.page.setShow(func(q *takelist.Show) { q.Text = "rainy" })
	s.page.Shown("t0022")
	wantChosen(t, s, "t0022")
}

func TestMenusFollowWhatCanBeDone(t *testing.T) {
	s := open(t, light(), &fakeCore{takes: aBand()}, linked())
	seen := map[string]bool{}
	for _, c := range s.page.Commands() {
		if c.Key == "" {
			continue
		}
		if seen[keyOf(c)] {
			t.Errorf("two commands have the key %s", keyOf(c))
		}
		seen[keyOf(c)] = true
	}
	n := s.menus
	s.key(fyne.KeyDown)
	if s.menus != n+1 { // the check mark of the rating has moved
		t.Errorf("the menus were made anew %d times", s.menus-n)
	}
	s.key(fyne.KeyDown)
	s.key(fyne.KeyUp)
	n = s.menus
	s.page.Snapshot(linked(func(s *control.Snapshot) { s.State.Transport.CurrentSongTime = 12 }))
	if s.menus != n {
		t.Error("a song position makes menus anew")
	}
	s.page.Snapshot(control.Snapshot{Link: control.Link{Status: control.LinkDisconnected}, Settings: linked().Settings})
	if s.menus != n+1 {
		t.Errorf("the loss of the link makes menus anew %d times", s.menus-n)
	}
}

func TestLevels(t *testing.T) {
	core := &levelCore{fakeCore: fakeCore{takes: aBand()}, levels: make(chan control.Levels), listens: make(chan context.Context, 1)}
	s := open(t, light(), core, linked())
	s.settle(func() bool { return len(core.listens) == 1 })
	ctx := <-core.listens
	go func() {
		core.levels <- control.Levels{Tracks: []control.TrackLevel{{ID: "t1", Left: 0.5, Right: 0.25}, {ID: "unknown", Left: 1}}}
	}()
	s.settle(func() bool { return s.page.stripView.meters["t1"].level == [2]float64{0.5, 0.25} })
	go func() { core.levels <- control.Levels{} }()
	s.settle(func() bool { return s.page.stripView.meters["t1"].level == [2]float64{} })
	s.page.Snapshot(linked(func(s *control.Snapshot) { s.State.Tracks[0].Arm, s.State.Tracks[1].Arm = false, false }))
	if ctx.Err() == nil {
		t.Error("with nothing armed, somebody still listens")
	}
	s.page.Snapshot(linked())
	s.settle(func() bool { return len(core.listens) == 1 })
}
