// Package ui is what the pages of the window share: the desk that they work at (background work, toasts, questions, errors as sentences), the
// shape of a page and its commands, the theme and its measures, and a few widgets.
//
// It must not know a page, the core's endpoint or Live. Pages and app/window may import it. It does not import fyne.io/fyne/v2/app, so that
// everything here runs under Fyne's test driver without a display.
package ui

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"

	"fyne.io/fyne/v2"

	"github.com/takebar/takebar/app"
	"github.com/takebar/takebar/app/words"
	"github.com/takebar/takebar/internal/control"
)

// Desk is where pages work: one for each window.
type Desk struct {
	Say    words.Say
	Window fyne.Window
	// Open brings a page to the front; what is for that page to understand, such as the id of a take.
	Open func(page, what string)
	// Refresh has the menu ask the page's Commands again.
	Refresh func()
	// Later runs what Do is given on the user interface's goroutine; nil = fyne.Do. Fyne's test driver runs it at once, on whatever goroutine it
	// is: tests put in a queue of their own and stay free of races.
	Later func(func())

	ctx    context.Context
	stop   context.CancelFunc
	work   sync.WaitGroup
	busy   atomic.Int64
	toasts *Toasts
}

// NewDesk makes a desk for a window. Close it.
func NewDesk(ctx context.Context, w fyne.Window, say words.Say) *Desk {
	inner, stop := context.WithCancel(ctx)
	return &Desk{Say: say, Window: w, Open: func(string, string) {}, Refresh: func() {}, ctx: inner, stop: stop, toasts: newToasts(say)}
}

// Context ends when the window closes.
func (d *Desk) Context() context.Context { return d.ctx }

// Close ends background work and waits for it.
func (d *Desk) Close() {
	d.stop()
	d.work.Wait()
}

// Busy counts what Run was given and has not come to its end yet, what it calls then included.
func (d *Desk) Busy() int { return int(d.busy.Load()) }

// Overlay lies over the window's content and shows the toasts.
func (d *Desk) Overlay() fyne.CanvasObject { return d.toasts.view }

// Run does work away from the user interface and then calls then on it. then may be nil: an error is shown as a toast all the same.
func (d *Desk) Run(work func(ctx context.Context) error, then func(error)) {
	if d.ctx.Err() != nil {
		return
	}
	d.busy.Add(1)
	d.work.Go(func() {
		err := work(d.ctx)
		if d.ctx.Err() != nil {
			d.busy.Add(-1)
			return // nobody is looking any more
		}
		d.Do(func() {
			defer d.busy.Add(-1)
			if then != nil {
				then(err)
			} else if err != nil {
				d.Fail(err)
			}
		})
	})
}

// Stream calls each on the user interface for every value of a channel, until the channel or the window closes.
func Stream[T any](d *Desk, values <-chan T, each func(T)) {
	d.work.Go(func() {
		for {
			select {
			case v, ok := <-values:
				if !ok {
					return
				}
				d.Do(func() { each(v) })
			case <-d.ctx.Done():
				return
			}
		}
	})
}

// Do runs f on the user interface's goroutine. This is the only place that does so.
func (d *Desk) Do(f func()) {
	if d.Later != nil {
		d.Later(f)
		return
	}
	fyne.Do(f)
}

// Action is a button on a toast.
type Action struct {
	Label string
	Do    func()
}

// Toast tells something in passing, at the lower edge; actions are such as Undo. Call it on the user interface's goroutine.
func (d *Desk) Toast(text string, actions ...Action) { d.toasts.Show(d, text, false, actions) }

// Fail tells what went wrong and what to do about it.
func (d *Desk) Fail(err error) {
	d.toasts.Show(d, d.Sentence(err), true, nil)
}

// Sentence says an error to a person: what happened, and on a second line what to do.
func (d *Desk) Sentence(err error) string {
	p := app.ProblemOf(err)
	var hinted interface{ ErrorHint() string }
	var known *control.Error
	switch {
	case errors.As(err, &known):
	case errors.As(err, &hinted):
		p.Hint = hinted.ErrorHint()
	default:
		p.Hint = d.Say("shell.error.unknown")
	}
	if p.Hint == "" {
		return p.Text
	}
	return p.Text + "\n" + p.Hint
}
