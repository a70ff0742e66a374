// Package cli is the command line: the same verbs as the tray, for shells, stream decks and system shortcuts. Words, flags, JSON and exit codes are
// described in docs/manual/commands.md; scripts rely on them.
//
// It must not talk to Live or to the disk other than through what Program hands it, reads standard input only through Program.Ask and needs no display. Only main may import it.
package cli

import (
	"context"
	"errors"
	"io"
	"os"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/takebar/takebar/app"
	"github.com/takebar/takebar/automation"
	"github.com/takebar/takebar/internal/cli/session"
	"github.com/takebar/takebar/internal/config"
	"github.com/takebar/takebar/internal/control"
	"github.com/takebar/takebar/internal/demo"
	"github.com/takebar/takebar/internal/doctor"
	"github.com/takebar/takebar/internal/exports"
	remotescript "github.com/takebar/takebar/remote_script"
)

// Core is what a command works with: *session.Session, or a stand-in in tests.
type Core interface {
	control.Core
	// Own says that the core ends with this command.
	Own() bool
	// NeedLive waits, bounded, until Live is there.
	NeedLive(ctx context.Context) error
	// Close waits for what still runs, unless ctx ends.
	Close(ctx context.Context) error
}

var _ Core = (*session.Session)(nil)

// Program is what the commands are made of; main fills it in.
type Program struct {
	Version        string
	Stdout, Stderr io.Writer
	// Interrupts delivers Ctrl+C; nil = it never comes.
	Interrupts <-chan os.Signal
	Now        func() time.Time
	Location   *time.Location // of times that are shown; nil = local

	// Open gives a command its core; say takes sentences for the user.
	Open func(ctx context.Context, say func(string)) (Core, error)
	// Running gives the core of the menu-bar app; control.ErrNoCore says that it does not run.
	Running func(ctx context.Context) (Core, error)
	// Tray runs the menu-bar role until it is quit.
	Tray func(ctx context.Context, say func(string)) error
	// Window shows a page of the window until the user closes it, or has an open window show it; nil = this build has no windows.
	Window func(ctx context.Context, page string, say func(string)) error
	// Files shows and plays files on the desktop.
	Files app.Files
	// Script gives the places to install the Remote Script to, without the choices of the command line.
	Script func() (remotescript.Options, error)
	// Config names the settings file.
	Config func() (*config.File, error)
	// TakesDir is the takes folder in force, and where that was decided.
	TakesDir func(config.Config) (string, error)
	// Doctor examines this machine.
	Doctor func(ctx context.Context, o doctor.Options) (doctor.Report, error)
	// Sim runs the stand-in for Live until it or ctx ends and answers with its exit code.
	Sim func(ctx context.Context, o demo.SimOptions) (int, error)
	// Exports opens what export attempts need; changed is told what they do.
	Exports func(changed func(automation.Status)) (*exports.Exports, error)
	// BounceSets gives what a batch of bounces needs; nil = there are no batches.
	BounceSets func() (BounceSets, error)
	// ShowExport writes into config.toml whether the menu shows export attempts.
	ShowExport func(on bool) error
	// Ask puts a yes-or-no question to the user; nil = nobody can answer.
	Ask func(question string) (bool, error)
	// Demo shows everything once.
	Demo func(ctx context.Context, o demo.Options) error
}

// Run carries out one command line (without the program's name) and answers with the exit code.
func Run(ctx context.Context, p *Program, args []string) int {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	r := &run{Program: p, json: wantsJSON(args), cancel: cancel}
	if p.Now == nil {
		p.Now = time.Now
	}
	if p.Location == nil {
		p.Location = time.Local
	}
	done := make(chan struct{})
	var listener sync.WaitGroup
	listener.Go(func() { r.listen(done) })
	defer listener.Wait()
	defer close(done)

	// Windows starts the tray by a double click, which cobra would refuse.
	cobra.MousetrapHelpText = ""
	root := r.root()
	root.SetArgs(args)
	root.SetOut(p.Stdout)
	root.SetErr(p.Stderr)
	r.path = "takebar"
	cmd, err := root.ExecuteContextC(ctx)
	if cmd != nil {
		r.path = cmd.CommandPath()
	}
	if err != nil && errors.Is(context.Cause(ctx), errInterrupted) && !errors.Is(err, errLeft) {
		err = errInterrupted
	}
	r.complain(err)
	return exitCode(err)
}

// run is one command line on its way.
type run struct {
	*Program
	json   bool
	path   string // of the command, such as "takebar take start"
	cancel context.CancelCauseFunc

	mu        sync.Mutex
	interrupt func() // what Ctrl+C does now; nil = end the command
	asked     int    // how often it came
}

var (
	errInterrupted = errors.New("interrupted")
	errLeft        = errors.New("left before the end")
)

// listen turns Ctrl+C into what the command wants it to be.
func (r *run) listen(done <-chan struct{}) {
	for {
		select {
		case <-done:
			return
		case _, ok := <-r.Interrupts:
			if !ok {
				return
			}
			r.mu.Lock()
			f := r.interrupt
			r.asked++
			r.mu.Unlock()
			if f == nil {
				r.cancel(errInterrupted)
			} else {
				f()
			}
		}
	}
}

// onInterrupt replaces what Ctrl+C does; the answer puts back what it did before.
func (r *run) onInterrupt(f func()) (restore func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	before := r.interrupt
	r.interrupt = f
	return func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.interrupt = before
	}
}

// liveNeed says whether a verb can do without Live.
type liveNeed bool

const (
	withLive    liveNeed = true
	withoutLive liveNeed = false
)

// with carries out one verb on a core.
func (r *run) with(ctx context.Context, need liveNeed, verb func(ctx context.Context, core Core) error) error {
	const cores = 5 // that may end, one after the other, just when they are asked
	for n := 1; ; n++ {
		err := r.once(ctx, need, verb)
		if n < cores && session.NotBegun(err) && ctx.Err() == nil {
			continue
		}
		return err
	}
}

func (r *run) once(ctx context.Context, need liveNeed, verb func(ctx context.Context, core Core) error) error {
	core, err := r.Open(ctx, r.say)
	if err != nil {
		return err
	}
	err = r.verb(ctx, core, need, verb)
	// A second Ctrl+C ends the waiting for landings.
	closing, leave := context.WithCancel(context.WithoutCancel(ctx))
	defer leave()
	defer r.onInterrupt(leave)()
	if cause := context.Cause(ctx); cause != nil && !errors.Is(cause, errInterrupted) {
		leave() // the system wants us to end
	}
	if closeErr := core.Close(closing); closeErr != nil && err == nil {
		err = closeErr
	}
	return err
}

func (r *run) verb(ctx context.Context, core Core, need liveNeed, verb func(ctx context.Context, core Core) error) error {
	if need == withLive {
		if err := core.NeedLive(ctx); err != nil {
			return err
		}
	}
	return verb(ctx, core)
}

func wantsJSON(args []string) bool {
	for _, a := range args {
		switch a {
		case "--":
			return false
		case "--json", "--json=true":
			return true
		}
	}
	return false
}
