package export

import (
	"context"
	"errors"
	"flag"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/storage"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"github.com/takebar/takebar/app/attempts"
	"github.com/takebar/takebar/app/window/ui"
	"github.com/takebar/takebar/app/window/ui/golden"
	"github.com/takebar/takebar/app/window/ui/uitest"
	"github.com/takebar/takebar/app/words"
	"github.com/takebar/takebar/bridge/live"
	"github.com/takebar/takebar/internal/control"
)

var _ = flag.Bool("update", false, "write the golden files anew")

// fakeEngine keeps books in memory; what it is asked to run runs until it is told to end.
type fakeEngine struct {
	mu      sync.Mutex
	books   attempts.Books
	traces  map[string][]attempts.Line
	asked   []string
	changes chan struct{}
	end     chan error // an attempt ends with it
	stopped chan struct{}
	skipped []attempts.Skipped
	fails   error // of everything that changes something
}

func newEngine(b attempts.Books) *fakeEngine {
	return &fakeEngine{books: b, traces: map[string][]attempts.Line{}, changes: make(chan struct{}, 1), end: make(chan error), stopped: make(chan struct{}, 1)}
}

func (e *fakeEngine) note(words ...string) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.asked = append(e.asked, strings.Join(words, " "))
	return e.fails
}

func (e *fakeEngine) change(f func(b *attempts.Books)) {
	e.mu.Lock()
	f(&e.books)
	e.mu.Unlock()
	select {
	case e.changes <- struct{}{}:
	default:
	}
}

func (e *fakeEngine) Read(context.Context) (attempts.Books, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	b := e.books
	b.Past, b.Batch.Items = slices.Clone(b.Past), slices.Clone(b.Batch.Items)
	return b, nil
}

func (e *fakeEngine) Watch(ctx context.Context, changed func()) error {
	for {
		select {
		case <-e.changes:
			changed()
		case <-ctx.Done():
			return nil
		}
	}
}

func (e *fakeEngine) Trace(_ context.Context, id string) ([]attempts.Line, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.Clone(e.traces[id]), nil
}

func (e *fakeEngine) Enable(_ context.Context, v int, pictures bool) error {
	err := e.note("enable", string(rune('0'+v)), map[bool]string{true: "pictures", false: "no pictures"}[pictures])
	e.change(func(b *attempts.Books) { b.On = true })
	return err
}

func (e *fakeEngine) Disable(context.Context) error {
	err := e.note("disable")
	e.change(func(b *attempts.Books) { b.On = false })
	return err
}

func (e *fakeEngine) Plan(context.Context) (string, error) {
	return "  2. Press Ctrl+Shift+R in it.", e.note("plan")
}

func (e *fakeEngine) Rehearse(_ context.Context, chord string) (attempts.Rehearsal, error) {
	return attempts.Rehearsal{Sentence: "It opened Export MIDI Clip.", Offer: chordR}, e.note("rehearse", chord)
}

func (e *fakeEngine) Attempt(ctx context.Context, dry bool) (attempts.Attempt, error) {
	if err := e.note("attempt", map[bool]string{true: "dry", false: "for good"}[dry]); err != nil {
		return attempts.Attempt{}, err
	}
	e.change(func(b *attempts.Books) {
		b.Running = attempts.Running{Kind: "attempt", Own: true, Attempt: "new", Set: "Song", Step: attempts.Dialog}
		b.Past = append([]attempts.Attempt{{ID: "new", Set: "Song", Live: "12.3.6"}}, b.Past...)
	})
	var err error
	out := attempts.Verified
	select {
	case err = <-e.end:
	case <-e.stopped:
		out = attempts.Cancelled
	case <-ctx.Done():
		out = attempts.Cancelled
	}
	e.change(func(b *attempts.Books) {
		b.Running = attempts.Running{}
		b.Past[0].Outcome, b.Past[0].Sentence = out, "That is how it ended."
	})
	return attempts.Attempt{}, err
}

func (e *fakeEngine) RunBatch(ctx context.Context) error {
	_, err := e.Attempt(ctx, false)
	return err
}

func (e *fakeEngine) Stop(context.Context) (string, error) {
	err := e.note("stop")
	e.stopped <- struct{}{}
	return "Stopping. Nothing more is pressed.", err
}

func (e *fakeEngine) Add(_ context.Context, paths []string) (int, []attempts.Skipped, error) {
	err := e.note(append([]string{"add"}, paths...)...)
	e.mu.Lock()
	defer e.mu.Unlock()
	added := 0
	for _, p := range paths {
		if strings.HasSuffix(p, ".als") {
			added++
			e.books.Batch.Items = append(e.books.Batch.Items, attempts.Item{N: len(e.books.Batch.Items) + 1, Name: strings.TrimSuffix(p[strings.LastIndex(p, "/")+1:], ".als"), Path: p, State: attempts.Waiting})
		}
	}
	return added, e.skipped, err
}

func (e *fakeEngine) AddParts(context.Context) (int, error) { return 2, e.note("parts") }

func (e *fakeEngine) Remove(_ context.Context, n int) error {
	err := e.note("remove", string(rune('0'+n)))
	e.change(func(b *attempts.Books) {
		b.Batch.Items = slices.DeleteFunc(slices.Clone(b.Batch.Items), func(i attempts.Item) bool { return i.N == n })
		for i := range b.Batch.Items {
			b.Batch.Items[i].N = i + 1
		}
	})
	return err
}

func (e *fakeEngine) Move(_ context.Context, n, by int) error {
	return e.note("move", string(rune('0'+n)), map[int]string{1: "down", -1: "up"}[by])
}

func (e *fakeEngine) Clear(context.Context) error { return e.note("clear") }

func (e *fakeEngine) BatchPlan(context.Context) (string, error) {
	return "2 of 2 are left.", e.note("batch plan")
}

func (e *fakeEngine) said() []string {
	e.mu.Lock()
	defer e.mu.Unlock()
	said := e.asked
	e.asked = nil
	return said
}

type fakeFiles struct {
	mu   sync.Mutex
	done []string
}

func (f *fakeFiles) note(text string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.done = append(f.done, text)
	return nil
}

func (f *fakeFiles) all() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.done)
}

func (f *fakeFiles) Reveal(_ context.Context, paths []string) error {
	return f.note("reveal " + strings.Join(paths, " "))
}

func (f *fakeFiles) Play(context.Context, string) error             { return nil }
func (f *fakeFiles) OpenFolder(_ context.Context, dir string) error { return f.note("open " + dir) }
func (f *fakeFiles) Copy(_ context.Context, text string) error      { return f.note("copy " + text) }

type fakeBouncer struct{ asked int }

func (b *fakeBouncer) Bounce(context.Context, control.BounceRequest) (control.Bounced, error) {
	b.asked++
	return control.Bounced{}, nil
}

// bench is a page in a window of the test driver; what it queues for the user interface runs in turn.
type bench struct {
	*Page
	t       *testing.T
	engine  *fakeEngine
	files   *fakeFiles
	bouncer *fakeBouncer
	window  fyne.Window
	later   *uitest.Queue
}

func open(t *testing.T, look ui.Look, language string, size fyne.Size, engine *fakeEngine) *bench {
	t.Helper()
	test.NewTempApp(t).Settings().SetTheme(look)
	say, err := words.In(language)
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{t: t, engine: engine, files: &fakeFiles{}, bouncer: &fakeBouncer{}}
	b.window = test.NewTempWindow(t, nil)
	desk := ui.NewDesk(context.Background(), b.window, say)
	b.later = uitest.NewQueue(t, desk)
	b.Page = New(desk, Deps{Engine: engine, Files: b.files, Bouncer: b.bouncer, Zone: time.UTC})
	b.window.SetContent(stage(b.Content(), desk.Overlay()))
	b.window.Resize(size)
	b.Snapshot(linked())
	b.later.Until("the first look", func() bool { return b.known })
	return b
}

func linked() control.Snapshot {
	name := "Song"
	return control.Snapshot{Link: control.Link{Status: control.LinkConnected, Responding: true}, State: &live.State{Link: live.Link{Live: "12.3.6"}, Set: live.Set{Name: &name}}}
}

// settle lets everything come to rest that does not run on by itself.
func (b *bench) settle() {
	b.t.Helper()
	b.later.Until("rest", func() bool { return !b.reading && !b.again })
}

// command carries out a command of the page by its label, as the menu does.
func (b *bench) command(label string) {
	b.t.Helper()
	for _, c := range b.Commands() {
		if c.Label == label {
			if c.Off {
				b.t.Fatalf("%q is off", label)
			}
			c.Do()
			return
		}
	}
	b.t.Fatalf("there is no command %q", label)
}

func (b *bench) off(label string) bool {
	b.t.Helper()
	for _, c := range b.Commands() {
		if c.Label == label {
			return c.Off
		}
	}
	return true
}

// tap presses a button that shows.
func (b *bench) tap(label string) {
	b.t.Helper()
	button := golden.Find(b.window.Canvas(), func(o *widget.Button) bool { return o.Text == label })
	if button == nil {
		b.t.Fatalf("no button %q shows", label)
	}
	if button.Disabled() {
		b.t.Fatalf("the button %q is off", label)
	}
	test.Tap(button)
}

// shows says whether a text is on the screen, in any of the widgets that show text here.
func (b *bench) shows(text string) bool {
	if l := golden.Find(b.window.Canvas(), func(l *line) bool { return strings.Contains(l.text, text) }); l != nil {
		return true
	}
	if l := golden.Find(b.window.Canvas(), func(l *widget.Label) bool { return strings.Contains(l.Text, text) }); l != nil {
		return true
	}
	if x := golden.Find(b.window.Canvas(), func(x *badge) bool { return strings.Contains(x.text, text) }); x != nil {
		return true
	}
	return golden.Find(b.window.Canvas(), func(s *sheet) bool {
		return slices.ContainsFunc(s.blocks, func(x block) bool { return strings.Contains(x.text, text) })
	}) != nil
}

func (b *bench) asked(want ...string) {
	b.t.Helper()
	var got []string
	b.later.Until("what was asked", func() bool { got = append(got, b.engine.said()...); return len(got) >= len(want) })
	if strings.Join(got, "|") != strings.Join(want, "|") {
		b.t.Errorf("asked %q, want %q", got, want)
	}
}

var (
	chordE = attempts.Chord{Name: "chord_e", Label: "Ctrl+Shift+E"}
	chordR = attempts.Chord{Name: "chord_r", Label: "Ctrl+Shift+R"}
	usual  = fyne.NewSize(930, 660)
)

func ready() attempts.Books {
	return attempts.Books{
		On: true, Chords: []attempts.Chord{chordE, chordR}, Consent: attempts.Consent{Text: consentText, Version: 1},
		Rehearsed: []attempts.Rehearsal{{Live: "12.3.6", Chord: chordR, Passed: true, Sentence: "It opens Export Audio/Video."}},
	}
}

func TestSwitchOnAndOff(t *testing.T) {
	b := open(t, ui.Look{}, "en", usual, newEngine(attempts.Books{Consent: attempts.Consent{Text: consentText, Version: 1}}))
	if !b.shows("It can press nothing else but Esc.") || !b.shows("needs no keys at all") {
		t.Error("the text to agree to does not show")
	}
	b.Dropped([]fyne.URI{storage.NewFileURI("/music/A.als")})
	if len(b.engine.said()) > 0 {
		t.Error("while off, sets can be dropped")
	}
	test.Tap(golden.Find(b.window.Canvas(), func(*widget.Check) bool { return true }))
	b.tap("I Have Read This: Switch Them On")
	b.asked("enable 1 pictures")
	b.later.Until("the page", func() bool { return b.view.On })
	if !b.shows("Drop Live Sets or folders here") {
		t.Error("the empty batch does not show")
	}
	b.command("Switch Export Attempts Off")
	b.asked("disable")
	b.later.Until("the text again", func() bool { return !b.view.On })
}

// TestDrop drops two sets and something else; the sets are in the batch, and what was left out is told.
func TestDrop(t *testing.T) {
	b := open(t, ui.Look{}, "en", usual, newEngine(ready()))
	b.engine.skipped = []attempts.Skipped{{Path: "/music/cover.png", Why: "cover.png is not a Live Set (.als)."}}
	b.Dropped([]fyne.URI{storage.NewFileURI("/music/A.als"), storage.NewFileURI("/music/cover.png"), storage.NewFileURI("/music/It's \"mine\" 🎹.als")})
	b.asked("add /music/A.als /music/cover.png /music/It's \"mine\" 🎹.als")
	b.later.Until("the rows", func() bool { return len(b.queue.rows) == 2 })
	if !b.shows("2 added to the batch.") || !b.shows("cover.png is not a Live Set") || !b.shows(`It's "mine" 🎹`) {
		t.Error("what was added and left out is not told")
	}
	b.engine.fails = &control.Error{Code: "busy", Message: "the batch is running", Hint: "Wait for its end, or stop it."}
	b.Dropped([]fyne.URI{storage.NewFileURI("/music/B.als")})
	b.later.Until("the refusal", func() bool { return b.shows("The batch is running.") })
	if !b.shows("Wait for its end, or stop it.") {
		t.Error("it is not said what to do")
	}
}

func batchOf(names ...string) attempts.Books {
	b := ready()
	for i, n := range names {
		b.Batch.Items = append(b.Batch.Items, attempts.Item{N: i + 1, Name: n, Path: "/music/" + n + ".als", State: attempts.Waiting})
	}
	return b
}

// TestKeyboardAlone goes through a batch without a mouse.
func TestKeyboardAlone(t *testing.T) {
	b := open(t, ui.Look{}, "en", usual, newEngine(batchOf("A", "B", "C")))
	if !b.off("Remove from the Batch") || !b.off("Move Up") {
		t.Error("with nothing chosen something can be moved")
	}
	b.command("Choose the Set Below")
	b.command("Choose the Set Below")
	b.command("Move Up")
	b.asked("move 2 up")
	b.settle()
	if b.row != 1 || !b.off("Move Up") {
		t.Errorf("chosen is %d", b.row)
	}
	b.command("Choose the Set Above") // stays at the top
	b.command("Remove from the Batch")
	b.asked("remove 1")
	b.later.Until("two rows", func() bool { return len(b.queue.rows) == 2 })
	b.command("Empty the Batch…")
	b.tap("Empty It")
	b.asked("clear")
	b.command("Show the Plan…")
	b.later.Until("the plan", func() bool { return b.shows("2. Press Ctrl+Shift+R in it.") })
	b.asked("plan")
	b.tap("Close")
	b.command("Add the Parts Between Locators")
	b.asked("parts")
	for _, c := range b.Commands() {
		if c.Menu == "" || c.Label == "" || c.Do == nil {
			t.Errorf("a command without menu, words or deed: %+v", c)
		}
	}
	keys := map[string]string{}
	for _, c := range b.Commands() {
		if c.Key == "" {
			continue
		}
		k := string(c.Key) + string(rune('0'+c.Mod))
		if other, twice := keys[k]; twice {
			t.Errorf("%q and %q have the same key", c.Label, other)
		}
		keys[k] = c.Label
	}
}

// TestRunStopAndOutcome starts an attempt, follows it, stops it, and shows how it ended.
func TestRunStopAndOutcome(t *testing.T) {
	b := open(t, ui.Look{}, "en", usual, newEngine(ready()))
	b.engine.traces["new"] = []attempts.Line{{Step: true, Is: attempts.Checks}, {After: time.Second, Text: "Live answers."}}
	b.tap("Attempt Export")
	b.asked("attempt for good")
	b.later.Until("the card", func() bool { return b.view.Running != nil && b.shows("Live answers.") })
	if !b.shows("Export attempt: Song") || !b.shows("Waiting for Live’s export dialog.") || !b.off("Attempt Export") {
		t.Error("the running attempt does not show")
	}
	left := false
	if b.Leaving(func() { left = true }) {
		t.Error("the window closes without asking")
	}
	if !b.shows("Closing stops it") {
		t.Error("it is not said what closing does")
	}
	b.tap("Keep It Open")
	b.engine.change(func(x *attempts.Books) {
		x.Running.Step, x.Running.Watching, x.Running.Bytes = attempts.Render, true, 5e6
	})
	b.later.Until("the render", func() bool { return b.books.Running.Watching })
	if !b.shows("only ends the watching") || !b.shows("5.0 MB") {
		t.Error("it is not said that Live goes on")
	}
	b.Leaving(func() { left = true })
	if !b.shows("the file is not checked") {
		t.Error("closing while Live renders is not explained")
	}
	b.tap("Close the Window")
	if !left {
		t.Error("a yes does not close the window")
	}
	b.tap("Stop Watching")
	b.asked("stop")
	b.later.Until("the end", func() bool { return b.view.Running == nil && b.mine == 0 })
	if !b.shows("Cancelled") || !b.shows("That is how it ended.") || b.shows("Export attempt: Song") {
		t.Error("the outcome does not show")
	}
	if !b.Leaving(nil) {
		t.Error("it asks although nothing runs")
	}
}

// TestElsewhere shows an attempt that the menu or a command runs: it can be followed, not stopped here.
func TestElsewhere(t *testing.T) {
	b := open(t, ui.Look{}, "en", usual, newEngine(ready()))
	b.engine.change(func(x *attempts.Books) {
		x.Running = attempts.Running{Kind: "attempt", Attempt: "far", Set: "Far", Step: attempts.Save}
		x.Past = []attempts.Attempt{{ID: "far", Set: "Far"}}
	})
	b.later.Until("the attempt", func() bool { return b.view.Running != nil && b.opened == "far" })
	if !b.shows("It was started from the menu bar or a command.") || !b.off("Stop") || !b.off("Attempt Export") {
		t.Error("an attempt of another process can be stopped here")
	}
	if !b.Leaving(nil) {
		t.Error("closing asks about what others run")
	}
}

func TestRehearsalOffersTheOther(t *testing.T) {
	books := ready()
	books.Rehearsed = nil
	b := open(t, ui.Look{}, "en", usual, newEngine(books))
	if !b.off("Attempt Export") || !b.shows("has not been rehearsed with Live 12.3.6") {
		t.Error("an attempt is possible without a rehearsal")
	}
	b.tap("Rehearse Ctrl+Shift+E…")
	if !b.shows("presses Ctrl+Shift+E once") {
		t.Error("it is not said what a rehearsal does")
	}
	b.tap("Rehearse")
	b.asked("rehearse chord_e")
	b.later.Until("the offer", func() bool { return b.shows("It opened Export MIDI Clip.") })
	b.tap("Rehearse Ctrl+Shift+R")
	b.asked("rehearse chord_r")
}

func TestBatchAsksOnce(t *testing.T) {
	b := open(t, ui.Look{}, "en", usual, newEngine(batchOf("A", "B")))
	b.tap("Run Batch (2)…")
	b.later.Until("the plan", func() bool { return b.shows("2 of 2 are left.") })
	b.tap("Cancel")
	b.tap("Run Batch (2)…")
	b.later.Until("the plan", func() bool { return b.shows("2 of 2 are left.") })
	b.tap("Run")
	b.asked("batch plan", "batch plan", "attempt for good")
	b.engine.end <- errors.New("the disk went away")
	b.later.Until("the error", func() bool { return b.shows("The disk went away.") && b.mine == 0 })
}

func TestOutcomesAndFiles(t *testing.T) {
	engine := newEngine(finished())
	engine.traces["a1"] = story()
	b := open(t, ui.Look{}, "en", usual, engine)
	b.settle()
	for _, text := range []string{"Verified", "Verified, with warnings", "Unverified", "Failed", "Cancelled"} {
		if !b.shows(text) {
			t.Errorf("%s does not show", text)
		}
	}
	looks := map[string]bool{}
	for _, o := range attempts.Outcomes() {
		l := lookOf(o, attempts.Ended)
		looks[l.icon().Name()] = true
	}
	if len(looks) != 5 {
		t.Errorf("the five answers have %d shapes", len(looks))
	}
	b.command("Choose the Set Below")
	b.later.Until("its attempt", func() bool { return b.opened == "a1" && len(b.lines) > 0 })
	if !b.shows("Blue Hour.wav was exported and checked.") || !b.shows("WAV · 3:12 min · 44.1 kHz · 24 bit · stereo · peak -0.8 dBFS") {
		t.Error("the attempt is not open")
	}
	b.command("Reveal the File")
	b.command("Copy the Story")
	b.command("Open the Folder with the Trace")
	b.command("Open the Output Folder")
	b.command("Show the Report")
	b.later.Until("the copy", func() bool { return b.shows("The story is on the clipboard.") })
	b.later.Until("the files", func() bool { return len(b.files.all()) == 5 })
	if got := strings.Join(b.files.all(), "\n"); !strings.Contains(got, "reveal /music/Exports/Blue Hour.wav") || !strings.Contains(got, "Key Ctrl+Shift+R") || !strings.Contains(got, "open /music/Exports") {
		t.Errorf("with the files: %s", got)
	}
	b.command("Older Attempt")
	b.later.Until("the older one", func() bool { return b.opened == "a2" })
	b.command("Newer Attempt")
	b.later.Until("the newer one", func() bool { return b.opened == "a1" })
	b.command("Bounce Main Output")
	b.later.Until("the bounce", func() bool { return b.shows("The bounce has landed in your takes.") })
	if b.bouncer.asked != 1 {
		t.Errorf("bounced %d times", b.bouncer.asked)
	}
}
