package opened

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"github.com/takebar/takebar/app/opentake"
	"github.com/takebar/takebar/app/window/ports"
	"github.com/takebar/takebar/app/window/ui"
	"github.com/takebar/takebar/app/window/ui/golden"
	"github.com/takebar/takebar/internal/control"
)

func lightRoom(t *testing.T) *room {
	t.Helper()
	return newRoom(t, ui.Look{Variant: theme.VariantLight}, 640, 640)
}

// wavePoint is where a position of the take is in the waveforms.
func (r *room) wavePoint(frame int64) fyne.Position {
	w := r.view.waves
	return fyne.NewPos(w.left()+float32(w.stretch.X(float64(frame))), rulerHeight+20)
}

// onCanvas turns a place in the waveforms into one on the canvas.
func (r *room) onCanvas(p fyne.Position) fyne.Position {
	return fyne.CurrentApp().Driver().AbsolutePositionForObject(r.view.waves).Add(p)
}

func near(a, b, by int64) bool { return a-b <= by && b-a <= by }

// toast says whether a text is on the canvas.
func (r *room) says(text string) bool {
	return golden.Find(r.window.Canvas(), func(l *widget.Label) bool { return strings.Contains(l.Text, text) }) != nil
}

// press presses a Fyne button by its text.
func (r *room) press(text string) {
	r.t.Helper()
	b := golden.Find(r.window.Canvas(), func(b *widget.Button) bool { return b.Text == text })
	if b == nil {
		r.t.Fatalf("there is no button %q", text)
	}
	r.ui(func() { test.Tap(b) })
}

// pressOwn presses one of the view's own buttons by its text.
func (r *room) pressOwn(text string) {
	r.t.Helper()
	b := golden.Find(r.window.Canvas(), func(b *button) bool { return b.text == text })
	if b == nil {
		r.t.Fatalf("there is no button %q", text)
	}
	r.ui(func() { test.Tap(b) })
}

func TestClickSeeks(t *testing.T) {
	r := lightRoom(t)
	r.show(stereoTake())
	test.TapCanvas(r.window.Canvas(), r.onCanvas(r.wavePoint(60*48000)))
	if got := r.view.waves.position; !near(got, 60*48000, 48000) {
		t.Fatalf("clicked on 1:00, the playhead is at %s", opentake.Clock(got, 48000))
	}
	if got := r.view.parts.bar.clock.text; !strings.HasPrefix(got, "1:00") && !strings.HasPrefix(got, "0:59") {
		t.Errorf("the clock says %s", got)
	}
	test.TapCanvas(r.window.Canvas(), r.onCanvas(r.wavePoint(-4*48000)))
	if got := r.view.waves.position; got != 0 {
		t.Errorf("clicked into the pre-roll, the playhead is at %d", got)
	}
	if r.player.loads != 0 {
		t.Error("a click opened files")
	}
	r.ui(func() { r.view.playPause() })
	test.TapCanvas(r.window.Canvas(), r.onCanvas(r.wavePoint(90*48000)))
	if got := r.player.State().Position; !near(got, 90*48000, 48000) {
		t.Errorf("the player was sent to %d", got)
	}
}

func TestDragLoops(t *testing.T) {
	r := lightRoom(t)
	r.show(stereoTake())
	drag := func(from, to int64) {
		// Like the desktop's driver: the place where the mouse is now, and how far it came since the event before.
		w, a, b := r.view.waves, r.wavePoint(from), r.wavePoint(to)
		half := fyne.NewDelta((b.X-a.X)/2, 0)
		w.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: a.Add(half)}, Dragged: half})
		w.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: b}, Dragged: half})
		w.DragEnd()
	}
	drag(30*48000, 70*48000)
	l := r.view.waves.loop
	if !l.On || !near(l.From, 30*48000, 48000) || !near(l.To, 70*48000, 48000) {
		t.Fatalf("dragged from 0:30 to 1:10, the loop is %+v", l)
	}
	drag(l.To, 100*48000) // its end
	if got := r.view.waves.loop; !near(got.From, l.From, 1) || !near(got.To, 100*48000, 48000) {
		t.Errorf("dragged its end to 1:40, the loop is %+v", got)
	}
	drag(150*48000, 120*48000) // to the left
	if got := r.view.waves.loop; !near(got.From, 120*48000, 48000) || !near(got.To, 150*48000, 48000) {
		t.Errorf("dragged to the left: %+v", got)
	}
	r.ui(func() { r.view.playPause() })
	if st := r.player.State(); st.LoopFrom != r.view.waves.loop.From || st.LoopTo != r.view.waves.loop.To {
		t.Errorf("the player loops %d to %d", st.LoopFrom, st.LoopTo)
	}
	r.key(fyne.KeyL, 0)
	if st := r.player.State(); r.view.waves.loop.On || st.LoopTo != 0 {
		t.Errorf("switched off: %+v, the player has %d", r.view.waves.loop, st.LoopTo)
	}
	r.key(fyne.KeyL, 0)
	if got := r.view.waves.loop; !got.On || !near(got.From, 120*48000, 48000) {
		t.Errorf("switched on again: %+v", got)
	}
}

func TestWheel(t *testing.T) {
	r := lightRoom(t)
	r.show(stereoTake())
	w := r.view.waves
	at := r.wavePoint(60 * 48000)
	notch := func(dy float32, held fyne.KeyModifier) {
		r.ui(func() {
			w.wheel(&fyne.ScrollEvent{PointEvent: fyne.PointEvent{Position: at}, Scrolled: fyne.NewDelta(0, dy)}, held)
		})
	}
	notch(-25, 0)
	if !w.stretch.IsFit(w.axis) {
		t.Error("the wheel alone zoomed")
	}
	for range 8 {
		notch(25, fyne.KeyModifierShortcutDefault)
	}
	if w.stretch.IsFit(w.axis) || !near(int64(w.stretch.Frame(float64(at.X))), 60*48000, 48000) {
		t.Fatalf("zoomed: %+v, under the mouse is %v", w.stretch, w.stretch.Frame(float64(at.X)))
	}
	before := w.stretch.From
	notch(-25, 0)
	if w.stretch.From <= before {
		t.Error("the wheel did not scroll to later")
	}
	details := func() (n int) {
		for _, a := range r.waves.asked {
			if strings.HasPrefix(a, "detail") {
				n++
			}
		}
		return n
	}
	if n := details(); n < 2 || n > 20 {
		t.Errorf("%d details were read: %v", n, r.waves.asked)
	}
	last := r.view.waves.outlines[0].detail
	if float64(last.From) > w.axis.LaneFrame(w.lanes[0], w.stretch.From) || last.FramesPerColumn > int(w.stretch.PerPixel)+1 {
		t.Errorf("what is in sight was not read: %d frames a column from %d, in sight %+v", last.FramesPerColumn, last.From, w.stretch)
	}
	for range 40 {
		notch(-25, fyne.KeyModifierShortcutDefault)
	}
	if !w.stretch.IsFit(w.axis) {
		t.Error("it cannot be zoomed out again")
	}
}

func TestZoomedToSamples(t *testing.T) {
	r := lightRoom(t)
	r.show(stereoTake())
	for range 60 {
		r.key(fyne.KeyPlus, 0)
	}
	r.window.Canvas().Capture()
	if got := r.view.waves.outlines[0].detail.FramesPerColumn; got != 1 {
		t.Errorf("%d frames a column", got)
	}
	r.key(fyne.KeyF, 0)
	if w := r.view.waves; !w.stretch.IsFit(w.axis) {
		t.Error("F does not show all")
	}
}

func TestLanesWheelMuteSolo(t *testing.T) {
	r := newRoom(t, ui.Look{Variant: theme.VariantDark}, 720, 600)
	r.show(bandTake(60))
	w := r.view.waves
	if !w.scrolls() {
		t.Fatal("60 lanes fit?")
	}
	asked := len(r.waves.asked)
	if asked > 2*w.rows().Shown {
		t.Errorf("%d outlines were read for %d lanes in sight", asked, w.rows().Shown)
	}
	r.ui(func() {
		w.wheel(&fyne.ScrollEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(300, 100)}, Scrolled: fyne.NewDelta(0, -25)}, 0)
	})
	if w.first != 1 || len(r.waves.asked) != asked+2 {
		t.Errorf("one lane further: first %d, read %d more", w.first, len(r.waves.asked)-asked)
	}
	for range 59 {
		r.key(fyne.KeyDown, ctrl)
	}
	if first, end := w.visible(); w.chosen != 59 || end != 60 {
		t.Errorf("at the last lane %d to %d are in sight, %d is chosen", first, end, w.chosen)
	}
	r.key(fyne.KeyS, 0)
	if !w.mix.Heard(59) || w.mix.Heard(0) {
		t.Errorf("solo: %v", w.mix)
	}
	r.ui(func() { r.view.playPause() })
	if n := len(r.player.lanes); n != 60 || !r.player.lanes[59].Solo {
		t.Fatalf("%d lanes in the player", n)
	}
	r.key(fyne.KeyS, 0)
	r.key(fyne.KeyM, 0)
	if l := r.player.lanes[59]; l.Solo || !l.Mute {
		t.Errorf("muted: %+v", l)
	}
	w.scrollLanes(0)
	head := golden.Find(r.window.Canvas(), func(h *laneHead) bool { return h.lane == 2 })
	test.Tap(head.mute)
	r.ui(func() { test.Tap(head) })
	if !r.player.lanes[2].Mute || w.chosen != 2 {
		t.Errorf("clicked on mute and name: %+v, chosen %d", r.player.lanes[2], w.chosen)
	}
	if start := r.player.lanes[0].Start; start != 8*48000 {
		t.Errorf("the take begins at frame %d of the first file", start)
	}
}

func TestPlayback(t *testing.T) {
	r := lightRoom(t)
	r.show(stereoTake())
	r.key(fyne.KeySpace, 0)
	if !r.player.State().Playing || r.ticks != 1 {
		t.Fatalf("playing %v, %d timers", r.player.State().Playing, r.ticks)
	}
	r.player.plays(48000, -3, -6)
	r.poll()
	if got := r.view.parts.bar.clock.text; got != "0:01.000" {
		t.Errorf("after a second the clock says %s", got)
	}
	if m := r.view.parts.bar.meter.now; m.Level != [2]float64{-3, -6} {
		t.Errorf("the meter shows %+v", m)
	}
	r.key(fyne.KeySpace, 0)
	if r.player.State().Playing {
		t.Fatal("it plays on")
	}
	for n := 0; r.ticks > 0; n++ {
		if n > 1000 {
			t.Fatal("paused, and still polled after half a minute")
		}
		r.poll()
	}
	r.key(fyne.KeyRight, 0)
	if got := r.player.State().Position; got != 6*48000 {
		t.Errorf("five seconds ahead: %d", got)
	}
	r.key(fyne.KeyHome, 0)
	if got := r.player.State().Position; got != 0 {
		t.Errorf("at the start: %d", got)
	}
	r.key(fyne.KeySpace, 0)
	if r.player.loads != 1 {
		t.Errorf("the take was opened %d times", r.player.loads)
	}
	r.player.plays(r.player.length, -200, -200)
	r.poll()
	if r.view.sound.playing {
		t.Error("it ended, and the button does not know")
	}
}

func TestFollowsThePlayhead(t *testing.T) {
	r := lightRoom(t)
	r.show(stereoTake())
	w := r.view.waves
	r.key(fyne.KeyI, 0)
	r.ui(func() { w.look(w.stretch.Around(w.axis, 0, 10*48000)) })
	r.key(fyne.KeySpace, 0)
	r.player.plays(30*48000, -3, -3)
	r.ui(func() { r.poll() })
	if x := w.stretch.X(float64(w.position)); x < 0 || x > w.stretch.Width {
		t.Errorf("the playhead has left the window: x %v", x)
	}
}

func TestPlayerTroubles(t *testing.T) {
	r := lightRoom(t)
	r.show(stereoTake())
	r.player.playErr = errNoOutput
	r.key(fyne.KeySpace, 0)
	if !r.says("There is no sound output.") || !r.says("Plug in headphones") || r.view.sound.playing || r.ticks != 0 {
		t.Error("no sentence about the missing output")
	}
	r.player.playErr = nil
	r.key(fyne.KeySpace, 0)
	r.player.mu.Lock()
	r.player.state.Playing, r.player.state.Problem = false, "The headphones were unplugged."
	r.player.mu.Unlock()
	r.poll()
	if p := r.view.parts.bar; p.problem.text != "The headphones were unplugged." || p.problemBox.Hidden {
		t.Errorf("the line says %q", p.problem.text)
	}
	// In a file that cannot be opened the player's own sentence is enough.
	other := stereoTake()
	other.ID, other.Paths = "other", []string{"/takes/other.wav"}
	r.show(other)
	r.player.loadErr = errors.New("other.wav is not there any more; fetch it again")
	r.key(fyne.KeySpace, 0)
	if !r.says("Other.wav is not there any more; fetch it again.") || r.says("Doctor") {
		t.Error("the sentence of the player is not told as it is")
	}
}

func TestOutputs(t *testing.T) {
	r := lightRoom(t)
	r.show(stereoTake())
	r.player.devices = []ports.Device{{ID: "", Name: "default", Default: true}, {ID: "hdmi", Name: "HDMI of a television with a very long name"}}
	r.key(fyne.KeyD, 0)
	menu, ok := r.window.Canvas().Overlays().Top().(interface{ Objects() []fyne.CanvasObject })
	_ = menu
	if !ok && r.window.Canvas().Overlays().Top() == nil {
		t.Fatal("no menu opened")
	}
	r.ui(func() { r.view.use(r.player.devices[1]) })
	if r.player.State().Device != "hdmi" || r.view.parts.bar.output.text != "HDMI of a televis…" {
		t.Errorf("plays on %q, the button says %q", r.player.State().Device, r.view.parts.bar.output.text)
	}
}

func TestRename(t *testing.T) {
	r := lightRoom(t)
	r.show(stereoTake())
	r.key(fyne.KeySpace, 0)
	r.key(fyne.KeyF2, 0)
	entry, ok := r.window.Canvas().Focused().(*nameEntry)
	if !ok {
		t.Fatal("F2 does not edit the name")
	}
	entry.SetText("Best verse")
	r.ui(func() { entry.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn}) })
	if got := r.view.parts.header.name.text; got != "Best verse" {
		t.Fatalf("the name is %q", got)
	}
	if r.view.sound.playing || r.player.State().Loaded {
		t.Error("the player still holds files that were moved")
	}
	r.key(fyne.KeySpace, 0)
	if got := r.player.lanes[0].Path; got != r.view.entry.Paths[0] || !strings.Contains(got, "Best verse") {
		t.Errorf("the player plays %s", got)
	}
	if !r.says("Renamed to “Best verse”") {
		t.Error("no toast")
	}
	r.press("Undo")
	if got := r.view.parts.header.name.text; got != "2026-01-31 take 012" {
		t.Errorf("undone, the name is %q", got)
	}
	r.key(fyne.KeyF2, 0)
	r.window.Canvas().Focused().(*nameEntry).SetText("dropped")
	r.ui(func() { r.window.Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape}) })
	test.DoubleTap(r.view.parts.header.name)
	entry = r.window.Canvas().Focused().(*nameEntry)
	entry.SetText("  ")
	r.ui(func() { r.window.Canvas().Unfocus() })
	want := []string{`rename 20260131-150918-7c1e "Best verse"`, `rename 20260131-150918-7c1e "2026-01-31 take 012"`}
	if !slices.Equal(r.core.calls, want) {
		t.Errorf("the core was asked %v", r.core.calls)
	}
}

func TestNote(t *testing.T) {
	r := lightRoom(t)
	r.show(stereoTake())
	old := r.view.entry.Note
	r.key(fyne.KeyN, 0)
	note := r.view.notes.entry
	if r.window.Canvas().Focused() != fyne.Focusable(note) {
		t.Fatal("N does not go to the note")
	}
	note.SetText("Take the breath from 013.")
	r.ui(func() {
		note.TypedShortcut(&desktop.CustomShortcut{KeyName: fyne.KeyReturn, Modifier: fyne.KeyModifierShortcutDefault})
	})
	if r.core.take.Note != "Take the breath from 013." || !r.says("Note saved") {
		t.Fatalf("the note is %q", r.core.take.Note)
	}
	if !slices.Equal(r.told, []string{r.view.entry.ID}) {
		t.Errorf("the list was told of %v", r.told)
	}
	r.press("Undo")
	if r.core.take.Note != old || note.Text != old {
		t.Errorf("undone: %q, shown %q", r.core.take.Note, note.Text)
	}
	r.key(fyne.KeyN, 0)
	note.SetText("never mind")
	r.ui(func() { note.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape}) })
	if note.Text != old || r.core.take.Note != old {
		t.Errorf("Esc left %q", note.Text)
	}
	// Refused: what was written stays, and is saved by the next try.
	r.core.err = errFake
	r.key(fyne.KeyN, 0)
	note.SetText("not lost")
	r.ui(func() { r.window.Canvas().Unfocus() })
	if note.Text != "not lost" {
		t.Errorf("refused, and the note became %q", note.Text)
	}
	r.core.err = nil
	r.key(fyne.KeyN, 0)
	r.ui(func() { r.window.Canvas().Unfocus() })
	if r.core.take.Note != "not lost" {
		t.Errorf("the second try left %q", r.core.take.Note)
	}
	// Another take: what is being written belongs to the first.
	r.key(fyne.KeyN, 0)
	note.SetText("for the first take")
	other := stereoTake()
	other.ID, other.Note = "other", "of the other"
	r.ui(func() { r.view.Show(&other) })
	if !slices.Contains(r.core.calls, `note 20260131-150918-7c1e "for the first take"`) || note.Text != "of the other" {
		t.Errorf("calls %v, the note shows %q", r.core.calls, note.Text)
	}
}

func TestRating(t *testing.T) {
	r := lightRoom(t)
	r.show(stereoTake())
	for n := 0; n <= 5; n++ {
		r.key(fyne.KeyName(rune('0'+n)), 0)
		if r.core.take.Rating != n || r.view.parts.header.stars.rating != n {
			t.Errorf("key %d: the rating is %d, %d stars show", n, r.core.take.Rating, r.view.parts.header.stars.rating)
		}
	}
	s := r.view.parts.header.stars
	r.ui(func() { test.TapAt(s, fyne.NewPos(2*starSize+5, 5)) })
	if r.core.take.Rating != 3 {
		t.Errorf("the third star gives %d", r.core.take.Rating)
	}
	r.ui(func() { test.TapAt(s, fyne.NewPos(2*starSize+5, 5)) })
	if r.core.take.Rating != 0 {
		t.Errorf("a click on the last star leaves %d", r.core.take.Rating)
	}
	r.core.err = errFake
	r.ui(func() { test.TapAt(s, fyne.NewPos(5, 5)) })
	if s.rating != 0 || !r.says("The disk is gone.") {
		t.Errorf("refused, and %d stars show", s.rating)
	}
}

func TestTrash(t *testing.T) {
	r := lightRoom(t)
	r.show(stereoTake())
	r.key(fyne.KeyDelete, 0)
	if !r.core.take.Trashed || !r.says("is in the trash") {
		t.Fatal("not in the trash")
	}
	for _, c := range r.view.Commands() {
		if c.Key == fyne.KeyF2 && !c.Off {
			t.Error("a take in the trash can be renamed")
		}
	}
	r.press("Undo")
	if r.core.take.Trashed || r.view.model.Trashed {
		t.Error("it is still in the trash")
	}
	r.key(fyne.KeyDelete, 0)
	r.pressOwn("Restore")
	if r.core.take.Trashed {
		t.Error("Restore left it in the trash")
	}
}

func TestFilesAndClipboard(t *testing.T) {
	r := lightRoom(t)
	e := bandTake(2)
	r.gone[e.Files[0].OriginalPath] = true
	r.show(e)
	r.key(fyne.KeyR, ctrl)
	r.key(fyne.KeyP, ctrl)
	r.key(fyne.KeyO, ctrl)
	r.key(fyne.KeyO, ctrlShift)
	r.key(fyne.KeyC, ctrlShift)
	r.key(fyne.KeyC, ctrl|fyne.KeyModifierAlt)
	want := []string{
		"reveal [" + e.Paths[0] + " " + e.Paths[1] + "]", "play " + e.Paths[0], "play " + e.Set.Path,
		"open /home/ada/Music/Night Drive Project/Samples/Recorded", "copy " + e.Paths[0] + "\n" + e.Paths[1], "copy files [" + e.Paths[0] + " " + e.Paths[1] + "]",
	}
	if !slices.Equal(r.files.calls, want) {
		t.Errorf("got  %q\nwant %q", r.files.calls, want)
	}
	r.files.err = &control.Error{Message: "No program for the clipboard was found.", Hint: "Install xclip."}
	r.key(fyne.KeyC, ctrlShift)
	if !r.says("Install xclip.") {
		t.Error("no word of what to install")
	}
}

func TestBadFiles(t *testing.T) {
	r := lightRoom(t)
	e := bandTake(4)
	r.gone[e.Paths[0]] = true
	r.waves.errs[e.Paths[1]] = errors.New("the header of the file is damaged; rescue makes a repaired copy")
	e.Files[2].Frames, e.Files[2].StartSample = 0, nil
	r.show(e)
	r.window.Canvas().Capture()
	o := r.view.waves.outlines
	if o[0].problem == "" || o[1].problem != "The header of the file is damaged; rescue makes a repaired copy." || o[3].whole == nil {
		t.Errorf("problems %q, %q", o[0].problem, o[1].problem)
	}
	if !r.says("The header of the file is damaged") {
		t.Error("no notice of the damaged header")
	}
	for _, a := range r.waves.asked {
		if strings.Contains(a, "Kick") {
			t.Errorf("a file that is gone was read: %s", a)
		}
	}
	asked := len(r.waves.asked)
	r.ui(func() { r.view.read() })
	if len(r.waves.asked) != asked {
		t.Error("what failed is tried again and again")
	}
	r.ui(func() { r.view.playPause() })
	if len(r.player.lanes) != 3 {
		t.Errorf("%d lanes play", len(r.player.lanes))
	}
	r.pressOwn("Fetch Again")
	if !slices.Contains(r.core.calls, "rescue "+e.ID) {
		t.Errorf("the core was asked %v", r.core.calls)
	}
}

func TestLongAndOddTakes(t *testing.T) {
	for name, change := range map[string]func(e *control.LibraryTake){
		"twelve hours": func(e *control.LibraryTake) { e.Files[0].Frames, e.Files[0].Container = 12*3600*48000, "rf64" },
		"8-bit mono":   func(e *control.LibraryTake) { e.Files[0].Bits, e.Files[0].Channels, e.Files[0].Rate = 8, 1, 8000 },
		"one frame":    func(e *control.LibraryTake) { e.Files[0].Frames, e.Files[0].StartSample = 1, nil },
		"24 channels":  func(e *control.LibraryTake) { e.Files[0].Channels = 24 },
		"no format":    func(e *control.LibraryTake) { e.Files[0].Rate, e.Files[0].Channels, e.Files[0].Bits = 0, 0, 0 },
	} {
		t.Run(name, func(t *testing.T) {
			r := lightRoom(t)
			e := stereoTake()
			change(&e)
			r.show(e)
			r.waves.channels[e.Paths[0]] = max(e.Files[0].Channels, 1)
			r.window.Canvas().Capture()
			for range 50 {
				r.key(fyne.KeyPlus, 0)
			}
			r.key(fyne.KeyB, 0)
			r.window.Canvas().Capture()
			r.key(fyne.KeySpace, 0)
			r.poll()
			if r.view.waves.outlines[0].whole == nil {
				t.Errorf("no waveform: %q", r.view.waves.outlines[0].problem)
			}
		})
	}
}

func TestOtherTakeWhileReading(t *testing.T) {
	r := lightRoom(t)
	slow := &slowWaves{fakeWaves: r.waves, begun: make(chan struct{}), hold: make(chan struct{})}
	r.view.deps.Waves = slow
	first := stereoTake()
	r.waves.frames[first.Paths[0]], r.waves.channels[first.Paths[0]] = 1000, 1
	r.view.Show(&first)
	<-slow.begun
	r.view.turn.Lock() // as the one goroutine of the user interface
	r.view.deps.Waves = r.waves
	second := stereoTake()
	second.ID, second.Name, second.Paths = "second", "Second", []string{"/takes/second.wav"}
	r.waves.frames[second.Paths[0]], r.waves.channels[second.Paths[0]] = 480000, 2
	r.view.Show(&second)
	r.view.turn.Unlock()
	r.wait()
	if o := r.view.waves.outlines[0]; o.whole == nil || o.whole.Frames != 480000 || r.view.reading != 0 {
		t.Errorf("the second take's outline is not there (%+v), %d reads are open", o.whole, r.view.reading)
	}
	r.ui(func() { r.view.Show(nil) })
	if r.view.entry != nil || len(r.view.parts.root.Objects) != 1 || r.view.parts.root.Objects[0] != r.view.parts.nothing {
		t.Error("nothing chosen, and something shows")
	}
	for _, c := range r.view.Commands() {
		if !c.Off && c.Menu != "" {
			t.Errorf("nothing is open, and %q can be done", c.Label)
		}
		if c.Do != nil && !c.Off {
			c.Do()
		}
	}
}

// slowWaves reads until its context ends.
type slowWaves struct {
	*fakeWaves
	begun, hold chan struct{}
}

func (s *slowWaves) Overview(ctx context.Context, _ string) (*ports.Waveform, error) {
	close(s.begun)
	<-ctx.Done()
	return nil, ctx.Err()
}

func TestSameTakeAgainKeepsItsPlace(t *testing.T) {
	r := lightRoom(t)
	e := stereoTake()
	r.show(e)
	r.key(fyne.KeyPlus, 0)
	r.view.seek(48000)
	r.key(fyne.KeySpace, 0)
	before := r.view.waves.stretch
	e.Files = slices.Clone(e.Files)
	e.Files[0].TruePeakDBTP = number(-1.0)
	r.show(e)
	if r.view.waves.stretch != before || !r.player.State().Playing || r.view.waves.position != 48000 {
		t.Error("a new measurement moved the view or stopped the player")
	}
	if r.view.entry.Files[0].TruePeakDBTP == nil || *r.view.entry.Files[0].TruePeakDBTP != -1 {
		t.Error("the measurement is not shown")
	}
}

func TestNothingBlocksTheWindow(t *testing.T) {
	r := lightRoom(t)
	hold := make(chan struct{})
	r.view.deps.Missing = func(string) bool { <-hold; return false } // a drive that does not answer
	e := stereoTake()
	r.view.Show(&e)
	if r.view.parts.header.name.text != e.Name {
		t.Error("the take does not show before its drive answers")
	}
	close(hold)
	r.wait()
}

func TestEveryCommandHasAKeyAndALabel(t *testing.T) {
	r := lightRoom(t)
	r.show(bandTake(3))
	seen := map[string]string{}
	for _, c := range r.view.Commands() {
		if c.Menu == "" {
			continue
		}
		if c.Key == "" || c.Label == "" || strings.Contains(c.Label, "take.") || c.Do == nil {
			t.Errorf("%+v", c)
		}
		key := string(c.Key) + string(rune('a'+c.Mod))
		if other, twice := seen[key]; twice {
			t.Errorf("%s does %q and %q", c.Key, other, c.Label)
		}
		seen[key] = c.Label
	}
}

func TestNoteOutlivesTheWindow(t *testing.T) {
	r := lightRoom(t)
	r.show(stereoTake())
	r.key(fyne.KeyN, 0)
	r.view.notes.entry.SetText("half a thought")
	r.view.Close()
	r.desk.Close()
	if r.core.take.Note != "half a thought" {
		t.Errorf("the window closed, and the note is %q", r.core.take.Note)
	}
}
