package tray

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"runtime"
	"sync"
	"time"

	"fyne.io/systray"

	"github.com/takebar/takebar/app"
	"github.com/takebar/takebar/internal/control"
)

// Options are what a tray needs besides the core. The zero Options is fine.
type Options struct {
	Logger *slog.Logger // nil: none
	// Notifier shows desktop notifications; nil: the system's.
	Notifier app.Notifier
	// Files opens takes and folders; nil: with the system's programs.
	Files app.Files
	// Export makes export attempts; nil: the menu has none.
	Export app.Exporter
	// Windows opens pages of the window; nil: the menu has none.
	Windows app.Windows
	// Since leaves out notices from before it, so that old news is not told again; zero: from the last half minute on.
	Since time.Time
	// Warnings is told in plain words why the icon cannot be seen, where that is so; nil: os.Stderr.
	Warnings io.Writer
}

// Run shows the tray until ctx ends, the core stops or the system ends the program. It must be called once, on the goroutine of main: macOS
// wants its event loop on the first thread. Where nothing on this desktop shows tray icons it says so and runs on: one may come later.
func Run(ctx context.Context, core control.Core, o Options) error {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Since.IsZero() {
		const recent = 30 * time.Second
		o.Since = time.Now().Add(-recent)
	}
	if o.Warnings == nil {
		o.Warnings = os.Stderr
	}
	if o.Files == nil {
		o.Files = app.NewFiles(o.Logger)
	}
	if o.Notifier == nil {
		o.Notifier = app.NewNotifier(o.Logger, o.Files)
		defer o.Notifier.Close() //nolint:errcheck // the program ends
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var hostCheck sync.WaitGroup
	defer hostCheck.Wait()
	defer cancel()
	hostCheck.Go(func() { tellHost(ctx, o) })

	drawing := newSystraySurface(o.Logger, ctx.Done())
	prepare(drawing, core.Snapshot())
	t := newTray(core, drawing, o)
	finished := make(chan struct{})
	ready := func() {
		t.begin()
		go func() {
			t.run(ctx)
			cancel()
			drawing.clicks.Wait()
			close(finished)
			systray.Quit()
		}()
	}
	// The system ends the program: there is a moment to leave in order. It is a short one, because on macOS the goroutine that
	// draws may wait for this very thread.
	exit := func() {
		cancel()
		select {
		case <-finished:
		case <-time.After(leaveTime):
		}
	}
	systray.Run(ready, exit)
	cancel()
	select {
	case <-finished:
		return nil
	case <-time.After(leaveTime):
		return errors.New("leave the menu bar: the menu is still being drawn")
	}
}

const leaveTime = 3 * time.Second

// prepare gives the icon its name and picture before a host asks for them. On Linux the name becomes the icon's id, by which
// panels remember where the user put it. Elsewhere there is nothing to draw on yet.
func prepare(s surface, snapshot control.Snapshot) {
	if runtime.GOOS == "darwin" || runtime.GOOS == "windows" {
		return
	}
	s.icon(app.Icon(snapshot))
	s.clock("")
}

// tellHost says why the icon cannot be seen.
func tellHost(parent context.Context, o Options) {
	const patience = 5 * time.Second
	ctx, cancel := context.WithTimeout(parent, patience)
	defer cancel()
	report := HostStatus(ctx)
	if report.OK || ctx.Err() != nil {
		return
	}
	o.Logger.Warn("the tray icon cannot be seen", "reason", report.Message, "hint", report.Hint)
	_, _ = fmt.Fprintf(o.Warnings, "%s\n%s\n", report.Message, report.Hint)
	if o.Windows == nil {
		return
	}
	// Somebody who starts a program wants to see something.
	if err := o.Windows.Open(parent, ""); err != nil {
		o.Logger.Warn("the window instead of the icon cannot be seen either", "error", err)
	}
}

// HostReport says whether something on this desktop shows tray icons.
type HostReport struct {
	OK      bool
	Message string // a sentence
	Hint    string // what to do, "" if nothing
}
