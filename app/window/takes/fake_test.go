package takes

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"github.com/takebar/takebar/app/window/ports"
	"github.com/takebar/takebar/app/window/ui"
	"github.com/takebar/takebar/app/window/ui/uitest"
	"github.com/takebar/takebar/app/words"
	"github.com/takebar/takebar/bridge/live"
	"github.com/takebar/takebar/internal/control"
	"github.com/takebar/takebar/internal/take/sidecar"
)

var _ = flag.Bool("update", false, "write the golden files anew")

// evening is when the tests take place.
var evening = time.Date(2026, 1, 31, 21, 40, 0, 0, time.UTC)

func ptr[T any](v T) *T { return &v }

// fakeCore is a library in memory.
type fakeCore struct {
	mu     sync.Mutex
	takes  []control.LibraryTake // the trash as well
	calls  []string
	refuse error                 // of everything that changes something
	away   error                 // of Takes
	since  []control.LibraryTake // the answer to what has changed
}

// base gives the fake below one that can more.
func (c *fakeCore) base() *fakeCore { return c }

// anyCore is a fakeCore or one that can more.
type anyCore interface {
	Core
	base() *fakeCore
}

// levelCore tells levels as well.
type levelCore struct {
	fakeCore
	levels  chan control.Levels
	listens chan context.Context
}

func (c *levelCore) Levels(ctx context.Context) (<-chan control.Levels, error) {
	c.listens <- ctx
	return c.levels, nil
}

func (c *fakeCore) note(format string, args ...any) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.calls = append(c.calls, fmt.Sprintf(format, args...))
	return c.refuse
}

// told gives what was asked of the core since the last time.
func (c *fakeCore) told() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	told := c.calls
	c.calls = nil
	return told
}

func (c *fakeCore) Takes(_ context.Context, q control.TakeQuery) ([]control.LibraryTake, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.away != nil {
		return nil, c.away
	}
	if q.Since > 0 {
		c.calls = append(c.calls, fmt.Sprintf("since %d", q.Since))
		return c.since, nil
	}
	var found []control.LibraryTake
	for _, t := range c.takes {
		if t.Trashed == q.Trashed {
			found = append(found, t)
		}
	}
	return found, nil
}

func (c *fakeCore) change(ref string, how func(*control.LibraryTake)) (control.LibraryTake, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.refuse != nil {
		return control.LibraryTake{}, c.refuse
	}
	n := slices.IndexFunc(c.takes, func(t control.LibraryTake) bool { return t.ID == ref })
	if n < 0 {
		return control.LibraryTake{}, &control.Error{Code: "take_not_found", Message: "There is no take " + ref + "."}
	}
	how(&c.takes[n])
	return c.takes[n], nil
}

func (c *fakeCore) StartTake(context.Context, control.TakeRequest) (live.Take, error) {
	return live.Take{}, c.note("start")
}

func (c *fakeCore) StopTake(context.Context) (live.Take, error) { return live.Take{}, c.note("stop") }

func (c *fakeCore) CancelTake(context.Context) (live.Take, error) {
	return live.Take{}, c.note("cancel")
}

func (c *fakeCore) SetDefaults(_ context.Context, d control.Defaults) error {
	return c.note("defaults %s %s", d.Source, d.View)
}

func (c *fakeCore) AnnotateTake(_ context.Context, ref string, note *string, rating *int) (control.LibraryTake, error) {
	if rating != nil {
		_ = c.note("rate %s %d", ref, *rating)
	}
	return c.change(ref, func(t *control.LibraryTake) {
		if note != nil {
			t.Note = *note
		}
		if rating != nil {
			t.Rating = *rating
		}
	})
}

func (c *fakeCore) RenameTake(_ context.Context, ref, name string) (control.LibraryTake, error) {
	_ = c.note("rename %s %s", ref, name)
	return c.change(ref, func(t *control.LibraryTake) { t.Name = name })
}

func (c *fakeCore) TrashTake(_ context.Context, ref string) (control.LibraryTake, error) {
	_ = c.note("trash %s", ref)
	return c.change(ref, func(t *control.LibraryTake) { t.Trashed = true })
}

func (c *fakeCore) RestoreTake(_ context.Context, ref string) (control.LibraryTake, error) {
	_ = c.note("restore %s", ref)
	return c.change(ref, func(t *control.LibraryTake) { t.Trashed = false })
}

func (c *fakeCore) RescueTake(_ context.Context, ref string) (control.LibraryTake, error) {
	_ = c.note("rescue %s", ref)
	return c.change(ref, func(t *control.LibraryTake) { t.Status, t.Warnings, t.Missing = sidecar.StatusRescued, nil, nil })
}

// fakeFiles notes what would have been shown.
type fakeFiles struct{ core *fakeCore }

func (f fakeFiles) Reveal(_ context.Context, paths []string) error {
	return f.core.note("reveal %s", filepath.Base(paths[0]))
}
func (f fakeFiles) Play(context.Context, string) error { return nil }
func (f fakeFiles) OpenFolder(_ context.Context, dir string) error {
	return f.core.note("open %s", dir)
}

func (f fakeFiles) Copy(_ context.Context, text string) error { return f.core.note("copy %s", text) }

// fakeWaves draws a waveform that depends on the path only.
type fakeWaves struct {
	mu   sync.Mutex
	hold chan struct{} // if there is one, each reading waits for it or for its end
	read []string
	gone []string // whose reading was given up
}

func (w *fakeWaves) Overview(ctx context.Context, path string) (*ports.Waveform, error) {
	w.mu.Lock()
	hold := w.hold
	w.read = append(w.read, path)
	w.mu.Unlock()
	if hold != nil {
		select {
		case <-hold:
		case <-ctx.Done():
			w.mu.Lock()
			w.gone = append(w.gone, path)
			w.mu.Unlock()
			return nil, ctx.Err()
		}
	}
	seed := 0
	for _, c := range path {
		seed = seed*31 + int(c)
	}
	wave := &ports.Waveform{Rate: 48000, Channels: 1, Frames: 480000, FramesPerColumn: 480}
	for n := range 1000 {
		x := float64(n) / 1000
		swell := 0.25 + 0.75*math.Abs(math.Sin(x*math.Pi*float64(1+uint(seed)%3)+float64(uint(seed)%7)))
		beat := math.Exp(-math.Mod(x*float64(8+uint(seed)%17), 1) * float64(1+uint(seed)%4))
		v := 32000 * swell * (0.25 + 0.75*beat)
		wave.Data = append(wave.Data, int16(-v*0.93), int16(v))
	}
	return wave, nil
}

func (w *fakeWaves) Detail(context.Context, string, int64, int64, int) (*ports.Waveform, error) {
	return nil, errors.New("not asked for")
}

// fakeOpened is a right side that only says which take it shows.
type fakeOpened struct {
	shown   string
	label   *widget.Label
	played  int
	changed func(control.LibraryTake)
}

func (o *fakeOpened) Content() fyne.CanvasObject { return container.NewStack(o.label) }
func (o *fakeOpened) Show(e *control.LibraryTake) {
	o.shown = ""
	if e != nil {
		o.shown = e.ID
	}
	o.label.SetText(o.shown)
}
func (o *fakeOpened) Close() {}
func (o *fakeOpened) Commands() []ui.Command {
	return []ui.Command{
		{Menu: "Take", Label: "Play", Key: fyne.KeySpace, Do: func() { o.played++ }},
		{Menu: "Take", Label: "Open", Key: fyne.KeyReturn, Do: func() { o.played += 100 }},
		{Menu: "Take", Label: "Reveal in File Manager", Key: fyne.KeyE, Do: func() {}},
	}
}

// stage is a page in a window under Fyne's test driver. What the page has others run on the user interface waits in a queue until settle.
type stage struct {
	t      testing.TB
	page   *Page
	core   *fakeCore
	waves  *fakeWaves
	opened *fakeOpened
	window fyne.Window
	desk   *ui.Desk
	queue  *uitest.Queue
	now    time.Time
	opens  []string // pages that were asked for
	menus  int      // how often the menus were made anew
}

// open makes a page of takes with a snapshot. It returns when the library is read and all waveforms in sight are there.
func open(t testing.TB, look ui.Look, core anyCore, snap control.Snapshot) *stage {
	t.Helper()
	s := start(t, look, core, &fakeWaves{}, snap)
	s.settle(func() bool { return s.page.reading.known > 0 || s.page.library != nil || s.page.reading.failed != "" })
	s.settle(func() bool { return len(s.page.waves.running) == 0 && len(s.page.waves.queue) == 0 })
	return s
}

func start(t testing.TB, look ui.Look, core anyCore, waves *fakeWaves, snap control.Snapshot) *stage {
	t.Helper()
	a := test.NewApp()
	a.Settings().SetTheme(look)
	t.Cleanup(func() { test.NewApp() })
	say, err := words.English()
	if err != nil {
		t.Fatal(err)
	}
	w := test.NewWindow(nil)
	w.SetPadded(false)
	s := &stage{t: t, core: core.base(), waves: waves, window: w, now: evening}
	s.desk = ui.NewDesk(t.Context(), w, say)
	s.queue = uitest.NewQueue(t, s.desk)
	s.desk.Open = func(page, what string) { s.opens = append(s.opens, page+" "+what) }
	s.desk.Refresh = func() { s.menus++; s.page.Commands() }
	s.page = New(s.desk, Deps{
		Core: core, Files: fakeFiles{core.base()}, Waves: waves, Now: func() time.Time { return s.now },
		Opened: func(_ *ui.Desk, changed func(control.LibraryTake)) Opened {
			s.opened = &fakeOpened{label: widget.NewLabel(""), changed: changed}
			return s.opened
		},
	})
	t.Cleanup(s.page.Close)
	w.SetContent(container.NewStack(container.NewPadded(s.page.Content()), s.desk.Overlay()))
	w.Resize(fyne.NewSize(950, 640))
	s.page.Snapshot(snap)
	s.page.Shown("")
	s.page.Commands()
	return s
}

// settle runs what waits for the user interface until something is so.
func (s *stage) settle(until func() bool) {
	s.t.Helper()
	s.queue.Until("what the test waits for", until)
}

// told runs what waits until the core was asked something.
func (s *stage) told(want ...string) {
	s.t.Helper()
	var told []string
	s.settle(func() bool { told = append(told, s.core.told()...); return len(told) >= len(want) })
	if !slices.Equal(told, want) {
		s.t.Errorf("the core was asked %q, want %q", told, want)
	}
}

// key presses a key as the window would: bare keys reach commands only while nothing has the focus.
func (s *stage) key(key fyne.KeyName, mod ...fyne.KeyModifier) {
	s.t.Helper()
	if f := s.window.Canvas().Focused(); f != nil && len(mod) == 0 {
		f.TypedKey(&fyne.KeyEvent{Name: key})
		return
	}
	var m fyne.KeyModifier
	for _, one := range mod {
		m |= one
	}
	for _, c := range s.page.Commands() {
		if c.Key == key && c.Mod == m {
			if !c.Off {
				c.Do()
			}
			return
		}
	}
	s.t.Fatalf("no command has the key %s %d", key, m)
}

// row is the take shown at a place in the list, headings not counted.
func (s *stage) row(n int) *takeRow {
	s.t.Helper()
	for _, r := range s.page.list.shown {
		if r.take == nil {
			continue
		}
		if n == 0 {
			return r.take
		}
		n--
	}
	s.t.Fatal("the list has no such row in sight")
	return nil
}

// names lists what the list shows, headings in brackets.
func (s *stage) names() []string {
	var all []string
	for _, r := range s.page.view.Rows {
		if r.Head != nil {
			all = append(all, "["+r.Head.Set+" "+r.Head.Day()+"]")
		} else {
			all = append(all, r.Item.Name)
		}
	}
	return all
}

func light() ui.Look { return ui.Look{Variant: theme.VariantLight} }
func dark() ui.Look  { return ui.Look{Variant: theme.VariantDark} }
