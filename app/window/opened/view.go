package opened

import (
	"context"
	"errors"
	"os"
	"slices"
	"sync"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"github.com/takebar/takebar/app"
	"github.com/takebar/takebar/app/opentake"
	"github.com/takebar/takebar/app/window/ports"
	"github.com/takebar/takebar/app/window/ui"
	"github.com/takebar/takebar/internal/control"
)

// Core is what the view asks of the core. control.Core with RenameTake is one.
type Core interface {
	RenameTake(ctx context.Context, ref, name string) (control.LibraryTake, error)
	AnnotateTake(ctx context.Context, ref string, note *string, rating *int) (control.LibraryTake, error)
	TrashTake(ctx context.Context, ref string) (control.LibraryTake, error)
	RestoreTake(ctx context.Context, ref string) (control.LibraryTake, error)
	RescueTake(ctx context.Context, ref string) (control.LibraryTake, error)
}

// Converter makes copies; internal/copies is one.
type Converter = ports.Copies

// FileCopier puts files on the clipboard, for pasting them into another program. Where Deps.Files is one too, Copy File is offered.
type FileCopier interface {
	CopyFiles(ctx context.Context, paths []string) error
}

// Deps are what a View is made of.
type Deps struct {
	Core    Core
	Files   app.Files
	Waves   ports.Waveforms
	Player  ports.Player
	Convert Converter
	// Changed tells of a take that was changed here; nil = nobody asks.
	Changed func(control.LibraryTake)
	// Missing says whether a file is not there; nil = look on the disk. It may block.
	Missing func(path string) bool
	// Zone is where dates are; nil = the system's.
	Zone *time.Location
}

// View shows one take. Its methods are called on the user interface's goroutine.
type View struct {
	desk *ui.Desk
	deps Deps

	entry   *control.LibraryTake // nil = nothing chosen
	seen    opentake.Seen
	model   opentake.Model
	opening context.Context // ends when another take is shown
	leave   context.CancelFunc

	waves *waves
	parts parts
	sound sound
	notes notes
	copy  copying

	reading int      // outlines being read
	trouble []string // what went wrong with reading, each once

	busy sync.WaitGroup // background work of this view; for tests
	// turn lets answers in one at a time. On a desktop they come on one goroutine anyway; Fyne's test driver runs each on the goroutine it was
	// posted from.
	turn sync.Mutex
	// timer calls each about PollsPerSecond times a second until it is stopped.
	timer func(each func()) (stop func())
}

// New makes a View with nothing in it.
func New(desk *ui.Desk, deps Deps) *View {
	if deps.Changed == nil {
		deps.Changed = func(control.LibraryTake) {}
	}
	if deps.Missing == nil {
		deps.Missing = func(path string) bool {
			_, err := os.Stat(path)
			return errors.Is(err, os.ErrNotExist)
		}
	}
	v := &View{desk: desk, deps: deps, opening: desk.Context(), leave: func() {}, waves: newWaves()}
	v.timer = v.tick
	w := v.waves
	w.loading = desk.Say("take.reading")
	w.seek, w.looped, w.moved = v.seek, v.setLoop, v.viewMoved
	w.muted = func(i int) { v.setMix(w.mix.Muted(i)) }
	w.soloed = func(i int) { v.setMix(w.mix.Soloed(i)) }
	w.choose, w.menu = v.chooseLane, v.popUp
	v.sound.meter = opentake.NewMeter()
	v.build()
	v.refresh()
	return v
}

// Content is the view's object; the same every time.
func (v *View) Content() fyne.CanvasObject { return v.parts.root }

// Close stops what plays, and keeps a note that is being written.
func (v *View) Close() {
	v.saveNoteNow()
	v.leave()
	v.stopTimer()
	v.deps.Player.Pause()
}

// Show shows a take; nil = none. For the take that is open already it takes in what has changed, and plays on.
func (v *View) Show(e *control.LibraryTake) {
	if e == nil {
		v.forget()
		v.refresh()
		return
	}
	take := *e
	if v.entry == nil || v.entry.ID != take.ID {
		v.forget()
		v.opening, v.leave = context.WithCancel(v.desk.Context())
	}
	moved := v.entry == nil || !slices.Equal(v.entry.Paths, take.Paths)
	v.entry = &take
	if moved {
		v.seen = opentake.Seen{}
		v.unload()
	}
	v.refresh()
	v.lookAround()
}

// forget ends everything about the take that was open.
func (v *View) forget() {
	v.saveNote()
	v.endRename(false)
	v.leave()
	v.leave = func() {}
	v.stopTimer()
	v.unload()
	v.entry, v.seen, v.model, v.trouble = nil, opentake.Seen{}, opentake.Model{}, nil
	v.waves.show(nil, opentake.Axis{Rate: 1, To: 1})
}

// lookAround finds out which files are there, and then reads the waveforms.
func (v *View) lookAround() {
	e, ctx := *v.entry, v.opening
	var seen opentake.Seen
	v.run(ctx, func(context.Context) error {
		seen = opentake.Seen{Looked: true, SetGone: e.Set.Path != "" && v.deps.Missing(e.Set.Path)}
		for i, f := range e.Files {
			seen.Gone = append(seen.Gone, i >= len(e.Paths) || v.deps.Missing(e.Paths[i]))
			seen.Originals = append(seen.Originals, f.OriginalPath != "" && v.deps.Missing(f.OriginalPath))
		}
		return nil
	}, func(error) {
		if v.entry == nil || !slices.Equal(v.entry.Paths, e.Paths) {
			return
		}
		v.seen = seen
		v.refresh()
		v.read()
	})
}

// refresh brings everything in line with the take.
func (v *View) refresh() {
	p := &v.parts
	if v.entry == nil {
		p.root.Objects = []fyne.CanvasObject{p.nothing}
		p.root.Refresh()
		v.desk.Refresh()
		return
	}
	before := len(v.model.Lanes)
	fresh := v.model.ID != v.entry.ID
	v.model = opentake.New(*v.entry, opentake.Options{Say: v.desk.Say, Zone: v.deps.Zone, Seen: v.seen})
	if w := v.waves; fresh || before != len(v.model.Lanes) {
		w.show(v.model.Lanes, v.model.Axis)
		w.idle = !v.model.Can.Play
	} else {
		w.lanes, w.idle = v.model.Lanes, !v.model.Can.Play
		for i := range w.outlines {
			if w.outlines[i].problem = w.lanes[i].Problem; w.outlines[i].problem != "" {
				w.outlines[i].whole, w.outlines[i].detail = nil, nil
			}
		}
		w.Refresh()
	}
	v.refreshHeader()
	v.refreshNotices()
	v.refreshTransport()
	v.refreshDetails()
	p.root.Objects = []fyne.CanvasObject{p.take}
	p.root.Refresh()
	v.desk.Refresh()
}

// run does work away from the user interface; then is called there, unless ctx has ended meanwhile.
func (v *View) run(ctx context.Context, work func(ctx context.Context) error, then func(error)) {
	if v.desk.Context().Err() != nil {
		return
	}
	v.busy.Add(1)
	v.desk.Run(func(context.Context) error { return work(ctx) }, func(err error) {
		defer v.busy.Done()
		v.turn.Lock()
		defer v.turn.Unlock()
		if ctx.Err() == nil && then != nil {
			then(err)
		}
	})
}

// do has f run on the user interface, after what runs there now.
func (v *View) do(f func()) {
	v.desk.Do(func() {
		v.turn.Lock()
		defer v.turn.Unlock()
		f()
	})
}

// parts are the objects that the view is built of.
type parts struct {
	root    *fyne.Container
	nothing fyne.CanvasObject
	take    fyne.CanvasObject
	header  header
	notices *fyne.Container
	toolbar toolbar
	middle  *fyne.Container
	bar     transport
	details details
}

// build makes the objects once; refresh fills them.
func (v *View) build() {
	p := &v.parts
	p.root = container.NewStack()
	p.nothing = v.buildNothing()
	p.header = v.buildHeader()
	p.notices = container.New(&closeList{gap: 4})
	p.toolbar = v.buildToolbar()
	p.middle = container.NewStack()
	p.bar = v.buildTransport()
	p.details = v.buildDetails()
	p.take = container.New(&column{lanes: func() int { return len(v.model.Lanes) }, width: v.fitInto},
		p.header.box, p.notices, p.toolbar.box, p.middle, p.bar.box, p.details.box)
}

// tightBelow is the width below which buttons lose their texts.
const tightBelow = 540

// fitInto makes room where there is little.
func (v *View) fitInto(width float32) {
	h := &v.parts.header
	for _, b := range []*button{h.reveal, h.convert, v.parts.bar.output} {
		b.setTight(width < tightBelow)
	}
	v.parts.bar.length.Hidden = width < tightBelow // the meter needs its room
}

// told is an error that is a whole sentence already: it gets no hint added.
type told struct{ error }

// ErrorHint is empty.
func (told) ErrorHint() string { return "" }

// Unwrap gives the error itself.
func (t told) Unwrap() error { return t.error }

// plainly has the desk tell errors of the ports as they are.
func plainly(err error) error {
	var known *control.Error
	var hinted interface{ ErrorHint() string }
	if err == nil || errors.As(err, &known) || errors.As(err, &hinted) {
		return err
	}
	return told{err}
}
