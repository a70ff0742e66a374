package automation

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"github.com/takebar/takebar/automation/desktop"
	"github.com/takebar/takebar/automation/keys"
	"github.com/takebar/takebar/bridge/live"
)

// Result is how an attempt ended, and what is left of it.
type Result struct {
	ID       string      `json:"id"`
	Outcome  Outcome     `json:"outcome"`
	Reason   Reason      `json:"reason,omitempty"`
	Sentence string      `json:"sentence"`
	NextStep string      `json:"next_step,omitempty"`
	State    State       `json:"state"` // where it ended
	Warnings []Warning   `json:"warnings,omitempty"`
	Files    []FileFacts `json:"files,omitempty"`
	Receipts []string    `json:"receipts,omitempty"`
	Pressed  []string    `json:"pressed,omitempty"` // keys that went out, in order
	DryRun   bool        `json:"dry_run,omitempty"`
	Plan     Plan        `json:"plan"`
	Began    time.Time   `json:"began"`
	Ended    time.Time   `json:"ended"`
	// Clean says that Live was provably as before when the attempt ended: one window, no dialog, stopped.
	Clean  bool   `json:"clean"`
	Folder string `json:"folder"` // trace and pictures
}

// attempt is one run of the state machine. It belongs to one goroutine.
type attempt struct {
	e      *Engine
	dir    string
	plan   Plan
	trace  *trace
	desk   desktop.Driver
	before shot

	main     desktop.Window
	baseline map[desktop.ID]bool // Live's windows before the chord
	dialog   desktop.Window      // the export dialog
	save     desktop.Window
	opened   desktop.Window // the window that came up after the chord, whatever it is
	asked    bool           // a keys process was started to press something
	pressed  []string
	watching bool

	foreign    time.Duration // since when another program has the focus; 0 = it has not
	lastWall   time.Time
	lastMono   time.Duration
	deadline   time.Duration // on the monotonic clock; 0 = none
	files      shot
	facts      []FileFacts
	warnings   []Warning
	sawWorking bool // a progress window was there
}

// Attempt plans, presses, watches and judges. A Result is given for everything that began; an error only when nothing was tried.
func (e *Engine) Attempt(ctx context.Context, req Request) (Result, error) {
	if err := e.Allowed(); err != nil {
		var r *Refusal
		if !errors.As(err, &r) || r.Reason == ReasonDisabled {
			return Result{}, err
		}
	}
	run, end, err := e.begin(ctx, Status{Kind: "attempt", Sentence: Preflight.Sentence()})
	if err != nil {
		return Result{}, err
	}
	defer end()
	return e.attempt(run, req, nil)
}

// attempt is Attempt inside the place that begin claimed. started is told the id before anything happens.
func (e *Engine) attempt(ctx context.Context, req Request, started func(id string) error) (Result, error) {
	id, err := newID(e.o.Clock.Now())
	if err != nil {
		return Result{}, err
	}
	a := &attempt{e: e, dir: e.store.attemptDir(id), plan: Plan{ID: id, Made: e.o.Clock.Now()}}
	if err := makePrivate(a.dir); err != nil {
		return Result{}, err
	}
	if a.trace, err = openTrace(a.dir, e.o.Clock); err != nil {
		return Result{}, err
	}
	if started != nil {
		if err := started(id); err != nil {
			return Result{}, errors.Join(err, a.trace.close())
		}
	}
	return a.carryOut(ctx, func(ctx context.Context) error { return a.run(ctx, req) })
}

// carryOut runs the states and finishes, whatever came of them.
func (a *attempt) carryOut(ctx context.Context, run func(context.Context) error) (Result, error) {
	a.lastWall, a.lastMono = a.e.o.Clock.Now(), a.e.o.Clock.Mono()
	a.e.update(func(s *Status) { s.Attempt = a.plan.ID })
	defer func() {
		if a.desk != nil {
			_ = a.desk.Close() // nothing was written through it
		}
	}()
	return a.finish(ctx, run(ctx))
}

// resume goes on watching for an attempt that rendered when Takebar ended. No key is pressed.
func (e *Engine) resume(ctx context.Context, id string) (Result, error) {
	a := &attempt{e: e, dir: e.store.attemptDir(id)}
	if err := errors.Join(readJSON(filepath.Join(a.dir, "plan.json"), &a.plan), readJSON(filepath.Join(a.dir, "snapshot.json"), &a.before)); err != nil {
		return Result{}, err
	}
	var err error
	if a.trace, err = openTrace(a.dir, e.o.Clock); err != nil {
		return Result{}, err
	}
	a.main = a.plan.Main
	return a.carryOut(ctx, func(ctx context.Context) error {
		a.enter(Rendering)
		a.note(EventNote, "Takebar ended in the middle and goes on watching.")
		if desk, err := e.o.Desktop(); err == nil {
			a.desk = desk
		}
		if a.desk != nil {
			if w, err := a.theLive(ctx); err != nil || w.ID != a.main.ID {
				a.note(EventNote, "Live's window is not there any more; only the files are watched.")
				_ = a.desk.Close() // nothing was written through it
				a.desk = nil
			} else {
				a.baseline = map[desktop.ID]bool{a.main.ID: true}
			}
		}
		if err := a.render(ctx); err != nil {
			return err
		}
		a.enter(Verify)
		return a.verify(ctx)
	})
}

type step struct {
	state State
	do    func(context.Context) error
}

func (a *attempt) run(ctx context.Context, req Request) error {
	steps := []step{
		{Preflight, func(ctx context.Context) error { return a.preflight(ctx, req) }},
		{BridgeCheck, func(context.Context) error { return a.bridgeCheck(req) }},
		{FindWindow, a.findWindow},
		{Snapshot, a.snapshot},
		{Activate, a.activate},
		{KeysClear, a.keysClear},
		{SendChord, a.sendChord},
		{AwaitDialog, a.awaitDialog},
	}
	if req.DryRun {
		steps = append(steps, step{Confirm, a.closeDialog})
	} else {
		steps = append(steps, step{Confirm, a.confirm}, step{AwaitSave, a.awaitSave}, step{ConfirmSave, a.confirmSave}, step{Rendering, a.render}, step{Verify, a.verify})
	}
	a.deadline = a.e.o.Clock.Mono() + a.e.o.Timing.BeforeStart
	for _, s := range steps {
		a.enter(s.state)
		if err := s.do(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (a *attempt) enter(s State) {
	a.trace.enter(s)
	a.watching = s.Watching()
	if a.watching {
		a.deadline = 0
	}
	a.e.update(func(st *Status) {
		st.State, st.Sentence, st.Watching, st.Set = s, s.Sentence(), a.watching, a.plan.SetName()
	})
}

func (a *attempt) note(kind EventKind, format string, args ...any) {
	a.trace.add(Event{What: kind, Text: fmt.Sprintf(format, args...)})
}

var errTimeout = errors.New("the condition did not come true in time")

// wait looks again and again until a condition holds, and abandons everything on a stop, a corner, a jump of the clock, a lost display
// or, before Live renders, the deadline of the whole attempt. errTimeout leaves the naming to the caller.
func (a *attempt) wait(ctx context.Context, limit time.Duration, cond func() (bool, error)) error {
	end := a.e.o.Clock.Mono() + limit
	tick := time.NewTicker(a.e.o.Timing.Poll)
	defer tick.Stop()
	for {
		if err := a.abort(ctx); err != nil {
			return err
		}
		ok, err := cond()
		switch {
		case errors.Is(err, desktop.ErrGone):
			return &Refusal{Reason: ReasonDisplayGone, Err: err}
		case err != nil:
			return err
		case ok:
			return nil
		case a.e.o.Clock.Mono() >= end:
			return errTimeout
		}
		select {
		case <-ctx.Done():
		case <-tick.C:
		}
	}
}

// abort is what ends an attempt from anywhere.
func (a *attempt) abort(ctx context.Context) error {
	if ctx.Err() != nil {
		return stopReason(ctx, a.watching)
	}
	wall, mono := a.e.o.Clock.Now(), a.e.o.Clock.Mono()
	drift := wall.Sub(a.lastWall) - (mono - a.lastMono)
	a.lastWall, a.lastMono = wall, mono
	const most = 5 * time.Second
	if drift > most || drift < -most {
		if !a.watching {
			return refuse(ReasonClockJump, "The clock jumped by %s (sleep, or the time was set), so what was checked may not hold any more.", drift.Round(time.Second))
		}
		a.note(EventNote, "The clock jumped by %s; watching goes on.", drift.Round(time.Second))
	}
	if a.watching || a.desk == nil {
		return nil // nothing is pressed any more: the corner has nothing to stop
	}
	if a.deadline != 0 && mono > a.deadline {
		return &Refusal{Reason: ReasonDeadline}
	}
	corner, err := a.desk.Corner(ctx)
	if errors.Is(err, desktop.ErrGone) {
		return &Refusal{Reason: ReasonDisplayGone, Err: err}
	}
	if corner {
		return &Refusal{Reason: ReasonCornerStop}
	}
	return nil
}

// state is the link's view of Live, or the refusal that there is none.
func (a *attempt) state() (live.State, error) {
	s, ok := a.e.o.Link.State()
	if !ok {
		return s, &Refusal{Reason: ReasonLinkDown}
	}
	return s, nil
}

// press sends one key to one window, after every check, and looks where the focus is right after it.
func (a *attempt) press(ctx context.Context, k keys.Key, target desktop.Window) error {
	if err := a.beforeKey(ctx, k, &target); err != nil {
		return err
	}
	a.trace.add(Event{What: EventKey, Key: string(k), Window: &target})
	a.asked = true
	reply, err := a.e.o.Keys.Ask(ctx, keys.Request{
		Do: keys.Tap, Key: k, Window: uint64(target.ID), PID: target.PID, Title: target.Title,
		Deadline: time.Now().Add(4 * time.Second).UnixMilli(),
	})
	var crashed *keys.CrashedError
	switch {
	case errors.As(err, &crashed):
		if ctx.Err() != nil {
			return stopReason(ctx, a.watching)
		}
		a.note(EventNote, "The key driver ended: %s %s", crashed.Why, crashed.Stderr)
		return &Refusal{Reason: ReasonHelperCrashed, Err: err}
	case errors.Is(err, keys.ErrMissing):
		return &Refusal{Reason: ReasonHelperMissing, Err: err}
	case err != nil:
		return err
	}
	if !reply.Sent {
		return &Refusal{Reason: Reason(reply.Code), Detail: reply.Text}
	}
	a.pressed = append(a.pressed, k.String())
	a.trace.add(Event{What: EventSent, Key: string(k)})
	if reply.AfterPID != target.PID {
		return a.focusAfter(ctx, target)
	}
	return nil
}
