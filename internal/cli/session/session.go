// Package session gives one command its core: the one that runs already (the tray's, or another command's), else one of its own for as
// long as the command takes. Exactly one core runs for a home folder; a lock decides who it is.
//
// It must not know commands, words or output. Only internal/cli, internal/demo and main may import it.
package session

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/takebar/takebar/bridge/live"
	"github.com/takebar/takebar/internal/control"
	"github.com/takebar/takebar/internal/wire"
)

// Runner is a core of one's own; *control.Controller is one.
type Runner interface {
	control.Core
	// Run runs it until ctx ends, Close or Quit.
	Run(ctx context.Context) error
	// Close ends it in order: running landings are finished first.
	Close()
	// Done is closed when Run has returned.
	Done() <-chan struct{}
}

// Options of a Session. Home, Version and Start are required.
type Options struct {
	Home    string
	Version string // of this program, told to those who connect
	// Start builds a core; it is called only by the one process that holds the lock.
	Start func() (Runner, error)
	// Say tells the user why something takes long; nil = nobody listens.
	Say    func(sentence string)
	Logger *slog.Logger // nil = discard

	// Closed is called once a core of one's own has ended; nil = nothing.
	Closed func() error

	// Wait bounds how long another process may hold the lock without answering; 0 = 5 s.
	Wait time.Duration
	// LinkWait bounds how long NeedLive waits where no Live is known; 0 = 2 s. Where one is known, but busy loading, it waits four times as long.
	LinkWait time.Duration
}

const (
	defaultWait     = 5 * time.Second
	defaultLinkWait = 2 * time.Second
	retry           = 50 * time.Millisecond
)

// filled has the defaults in the places of zero values.
func (o Options) filled() Options {
	if o.Wait == 0 {
		o.Wait = defaultWait
	}
	if o.LinkWait == 0 {
		o.LinkWait = defaultLinkWait
	}
	if o.Say == nil {
		o.Say = func(string) {}
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Closed == nil {
		o.Closed = func() error { return nil }
	}
	return o
}

// Session is a command's core. It is used by one command and closed at its end.
type Session struct {
	control.Core // the first one; see core

	opt  Options
	mu   sync.Mutex
	thin *control.Client // nil with a core of one's own
	own  *ownCore        // nil with a core elsewhere
}

// core is the one at the moment: WaitLanded may have changed it.
func (s *Session) core() (now control.Core, thin *control.Client, own *ownCore) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.own != nil {
		return s.own.runner, nil, s.own
	}
	return s.thin, s.thin, nil
}

// Open finds the running core or becomes it.
func Open(ctx context.Context, opt Options) (*Session, error) {
	opt = opt.filled()
	patience := time.NewTimer(opt.Wait)
	defer patience.Stop()
	for {
		s, err := attempt(ctx, opt)
		var final *control.Error
		if !errors.Is(err, control.ErrCoreRunning) || errors.As(err, &final) {
			return s, err
		}
		// Somebody holds the lock and does not answer yet, or not any more.
		select {
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		case <-patience.C:
			return nil, &control.Error{
				Code:    "core_not_answering",
				Message: "Another Takebar is running, but it does not answer.",
				Hint:    "Wait a moment and try again. If that does not help, quit Takebar and start it again.",
				Err:     err,
			}
		case <-time.After(retry):
		}
	}
}

// Join connects to the core that runs already; control.ErrNoCore says that none does.
func Join(ctx context.Context, home string) (*Session, error) {
	thin, err := control.Dial(ctx, home)
	if err != nil {
		return nil, err
	}
	return &Session{Core: thin, opt: Options{LinkWait: defaultLinkWait, Say: func(string) {}}, thin: thin}, nil
}

// attempt answers control.ErrCoreRunning where it is worth trying again; an *control.Error beside it says that it is not.
func attempt(ctx context.Context, opt Options) (*Session, error) {
	thin, dialErr := control.Dial(ctx, opt.Home)
	if dialErr == nil {
		return &Session{Core: thin, opt: opt, thin: thin}, nil
	}
	// The lock decides whether there is a core; core.json may be a leftover in any state.
	lock, err := control.AcquireCore(opt.Home)
	switch {
	case errors.Is(err, control.ErrCoreRunning):
		return nil, errors.Join(err, dialErr)
	case err != nil:
		return nil, homeError(opt.Home, err)
	}
	return become(ctx, opt, lock)
}

func homeError(home string, err error) error {
	return &control.Error{
		Code:    "home_not_usable",
		Message: fmt.Sprintf("Takebar cannot use its folder %s (%v).", home, err),
		Hint:    "Allow writing there, or set TAKEBAR_HOME to another folder, for Live as well.",
		Err:     err,
	}
}

// NotBegun says that an error means: the core was ending, and nothing was done. It is safe to ask the next core.
func NotBegun(err error) bool {
	var own *control.Error
	if !errors.As(err, &own) || own.Code != control.CodeCoreGone {
		return false
	}
	var refused *wire.RemoteError
	return own.Err == nil || errors.As(own.Err, &refused) || errors.Is(own.Err, wire.ErrNotConnected)
}

func become(ctx context.Context, opt Options, lock *control.Lock) (*Session, error) {
	own, err := begin(ctx, opt, lock)
	if err != nil {
		return nil, errors.Join(err, lock.Release())
	}
	return &Session{Core: own.runner, opt: opt, own: own}, nil
}

// Become waits until no other core runs, however long that takes, and becomes the core: the way of the menu-bar app.
func Become(ctx context.Context, opt Options) (*Session, error) {
	opt = opt.filled()
	for told := false; ; told = true {
		lock, err := control.AcquireCore(opt.Home)
		if err == nil {
			return become(ctx, opt, lock)
		}
		if !errors.Is(err, control.ErrCoreRunning) {
			return nil, homeError(opt.Home, err)
		}
		if !told {
			opt.Say("A takebar command is at work; waiting until it has finished.")
		}
		select {
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		case <-time.After(retry):
		}
	}
}

// Own says that the core lives in this process and ends with the session.
func (s *Session) Own() bool {
	_, _, own := s.core()
	return own != nil
}

// StopTake may be called while WaitLanded waits.
func (s *Session) StopTake(ctx context.Context) (live.Take, error) {
	core, _, _ := s.core()
	return core.StopTake(ctx)
}

// WaitLanded waits on when the core ends meanwhile (the menu-bar app is quit, another command is done): the take is recorded by
// Live, and whoever is the core next brings it home. If nobody else is, this process becomes the core.
func (s *Session) WaitLanded(ctx context.Context, id string) (control.LibraryTake, error) {
	for {
		core, thin, _ := s.core()
		landed, err := core.WaitLanded(ctx, id)
		var gone *control.Error
		if thin == nil || ctx.Err() != nil || !errors.As(err, &gone) || gone.Code != control.CodeCoreGone {
			return landed, err
		}
		s.opt.Say("The Takebar that this command talked to has ended; going on without it.")
		if err := s.reopen(ctx); err != nil {
			return landed, err
		}
	}
}

func (s *Session) reopen(ctx context.Context) error {
	next, err := Open(ctx, s.opt)
	if err != nil {
		return err
	}
	s.mu.Lock()
	old := s.thin
	s.thin, s.own = next.thin, next.own
	s.mu.Unlock()
	_ = old.Close() // it is broken already
	return next.NeedLive(ctx)
}

// NeedLive waits until Live is connected and its state known; after a bounded time it answers with an *control.Error that says why not.
func (s *Session) NeedLive(ctx context.Context) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	soon, late := time.NewTimer(s.opt.LinkWait), time.NewTimer(4*s.opt.LinkWait)
	defer soon.Stop()
	defer late.Stop()
	waited, told := false, false
	for snapshots, last := s.Watch(ctx), s.Snapshot(); ; {
		switch {
		case last.Link.Status == control.LinkConnected && last.State != nil:
			return nil
		case last.Link.Status == control.LinkIncompatible:
			return linkError(last.Link)
		case waited && last.Link.Status == control.LinkDisconnected:
			return linkError(last.Link)
		case waited && !told:
			told = true
			s.opt.Say("Live is there, but not ready yet; waiting for it.")
		}
		var open bool
		select {
		case <-soon.C:
			waited = true
		case <-late.C:
			return linkError(s.Snapshot().Link)
		case last, open = <-snapshots:
			if !open {
				if ctx.Err() != nil {
					return context.Cause(ctx)
				}
				return &control.Error{Code: "core_gone", Message: "Takebar quit meanwhile.", Hint: "Try again."}
			}
		}
	}
}

// Codes for a Live that cannot be reached.
const (
	CodeNoLive       = "no_live"
	CodeIncompatible = "incompatible"
)

func linkError(l control.Link) error {
	e := &control.Error{Code: CodeNoLive, Message: l.Message, Hint: l.Hint}
	if l.Status == control.LinkIncompatible {
		e.Code = CodeIncompatible
	}
	if e.Message == "" {
		e.Message = "No Live with Takebar's script is running."
	}
	if e.Hint == "" {
		e.Hint = "Start Live, or run \"takebar doctor\" to see what is missing."
	}
	return e
}

// Close ends the session. A core of one's own first finishes landings that run, and lets other commands finish that lean on it, unless ctx
// ends. Closing twice is harmless.
func (s *Session) Close(ctx context.Context) error {
	_, thin, own := s.core()
	if thin != nil {
		return thin.Close()
	}
	return own.end(ctx, s.opt)
}

// ownCore is a core of this process, offered to other commands as well.
type ownCore struct {
	runner Runner
	lock   *control.Lock
	leave  func()             // ends the endpoint in order
	served chan struct{}      // closed when it has ended
	stop   context.CancelFunc // ends runner and endpoint at once
	ended  chan struct{}      // closed when runner and endpoint have returned
	once   sync.Once
	err    error // of running; read after ended
}

func begin(ctx context.Context, opt Options, lock *control.Lock) (*ownCore, error) {
	runner, err := opt.Start()
	if err != nil {
		return nil, err
	}
	// It outlives the command's ctx: an interrupted command still ends in order.
	running, stop := context.WithCancel(context.WithoutCancel(ctx))
	closing, ready := make(chan struct{}), make(chan struct{})
	own := &ownCore{
		runner: runner, lock: lock, stop: stop, ended: make(chan struct{}), served: make(chan struct{}), leave: sync.OnceFunc(func() { close(closing) }),
	}
	var ends sync.WaitGroup
	var runErr, serveErr error
	ends.Go(func() {
		runErr = runner.Run(running)
		stop() // after Quit there is nothing left to serve
	})
	ends.Go(func() {
		defer close(own.served)
		serveErr = control.Serve(running, runner, control.ServeOptions{
			Home: opt.Home, Version: opt.Version, Logger: opt.Logger, Ready: func() { close(ready) }, Closing: closing,
		})
	})
	go func() {
		ends.Wait()
		own.err = errors.Join(asked(runErr), asked(serveErr))
		close(own.ended)
	}()
	select {
	case <-ready:
		return own, nil
	case <-own.ended:
	case <-ctx.Done():
	}
	stop()
	<-own.ended
	if err := errors.Join(own.err, context.Cause(ctx)); err != nil {
		return nil, fmt.Errorf("start a core: %w", err)
	}
	return nil, errors.New("start a core: it ended at once")
}

// asked drops the error of having been asked to stop.
func asked(err error) error {
	if errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

func (o *ownCore) end(ctx context.Context, opt Options) error {
	var err error
	o.once.Do(func() {
		if waitErr := o.waitLandings(ctx, opt); waitErr == nil {
			o.leave()
			select {
			case <-o.served:
				o.runner.Close()
			case <-ctx.Done():
			}
		}
		o.stop()
		<-o.ended
		err = errors.Join(o.err, o.lock.Release(), opt.Closed())
	})
	return err
}

// waitLandings waits for landings that get on; those with a problem are taken up by the next start.
func (o *ownCore) waitLandings(ctx context.Context, opt Options) error {
	watch, stop := context.WithCancel(ctx)
	defer stop()
	told := false
	for snapshot := range o.runner.Watch(watch) {
		moving := 0
		for _, landing := range snapshot.Landings {
			if landing.Problem == "" {
				moving++
			}
		}
		if moving == 0 {
			return nil
		}
		if !told {
			told = true
			opt.Say("Waiting until the take has landed (Ctrl+C leaves; the next start then finishes it).")
		}
	}
	return ctx.Err()
}
