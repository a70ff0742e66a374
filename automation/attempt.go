package automation

import (
	"context"
	"errors"
	"fmt"
	"image/png"
	"io/fs"
	"os"
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

// finish names the outcome, leaves keyboard and dialogs as clean as it may, and writes everything down.
func (a *attempt) finish(ctx context.Context, runErr error) (Result, error) {
	o := a.e.o
	res := Result{ID: a.plan.ID, State: a.trace.state, DryRun: a.plan.DryRun, Plan: a.plan, Warnings: a.warnings, Files: a.facts, Began: a.plan.Made, Folder: a.dir}
	var why *Refusal
	switch {
	case runErr == nil && len(a.warnings) > 0:
		res.Outcome, res.Sentence = WithWarnings, fmt.Sprintf("%s was exported and checked; please look at the warnings.", a.fileNames())
	case runErr == nil:
		res.Outcome, res.Sentence = Verified, fmt.Sprintf("%s was exported and checked.", a.fileNames())
	case errors.As(runErr, &why):
	default:
		why = &Refusal{Reason: ReasonUnexpectedDialog, Detail: "The attempt ended by an error: " + runErr.Error() + ".", Next: lookInLive, Err: runErr}
	}
	if why != nil {
		e, _ := why.Reason.Explain()
		res.Outcome, res.Reason, res.Sentence, res.NextStep = e.Outcome, why.Reason, why.Error(), why.ErrorHint()
		if a.watching && e.Outcome == Failed && why.Reason == ReasonDisplayGone {
			res.Outcome = Unverified // Live may render on without our display
		}
	}
	// The way out must work after a stop too.
	out, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	if runErr != nil {
		a.closeOurs(out, res.Reason)
	}
	a.releaseKeys(out, runErr)
	res.Pressed = a.pressed
	switch res.Reason {
	case ReasonStoppedWatching, ReasonRenderStalled, ReasonRenderTooLong, ReasonRenderNeverStarted:
		// Live may still render, out of sight.
	default:
		res.Clean = a.clean(out)
	}
	res.Ended = o.Clock.Now()
	res.Receipts = a.receipts(&res)
	a.trace.add(Event{What: EventEnd, Reason: res.Reason, Out: res.Outcome, Text: res.Sentence})
	if err := errors.Join(a.trace.close(), writeJSON(filepath.Join(a.dir, "result.json"), res)); err != nil {
		o.Logger.Warn("writing down an export attempt", "attempt", res.ID, "err", err)
	}
	return res, nil
}

func (a *attempt) fileNames() string {
	if len(a.facts) == 1 {
		return filepath.Base(a.facts[0].Path)
	}
	return fmt.Sprintf("%d files", len(a.facts))
}

// releaseKeys lets go of every modifier on every way out on which a key may have been pressed. After a good end it only
// looks, and acts if one is still down.
func (a *attempt) releaseKeys(ctx context.Context, runErr error) {
	if !a.asked {
		return
	}
	if runErr == nil {
		if k, err := a.desk.Keys(ctx); err == nil && len(k.Held) == 0 {
			return
		}
	}
	if err := a.e.o.Keys.Release(ctx); err != nil {
		a.note(EventNote, "Releasing the modifiers failed: %v.", err)
		a.e.o.Logger.Warn("releasing modifiers", "err", err)
		return
	}
	a.note(EventFree, "All modifiers were released.")
}

// clean says whether Live is provably as before: the link answers, nothing plays or records, no dialog, one window, no modifier down.
func (a *attempt) clean(ctx context.Context) bool {
	if a.desk == nil || a.main.ID == 0 || a.checkLive() != nil {
		return false
	}
	held, err := a.desk.Keys(ctx)
	if err != nil || len(held.Held) > 0 {
		return false
	}
	all, err := a.desk.Windows(ctx)
	if err != nil {
		return false
	}
	here := false
	for _, w := range all {
		if !isLive(w) {
			continue
		}
		if w.ID == a.main.ID {
			here = true
		} else if !a.baseline[w.ID] {
			return false
		}
	}
	return here
}

func (a *attempt) receipts(res *Result) []string {
	if len(a.facts) == 0 || !res.Outcome.Good() && res.Outcome != Unverified {
		return nil
	}
	s, _ := a.e.o.Link.State()
	var all []string
	for _, f := range a.facts {
		r := Receipt{
			Format: 1, Takebar: a.e.o.Version, Attempt: res.ID, Outcome: res.Outcome, Reason: res.Reason, Warnings: res.Warnings,
			Set: a.plan.SetName(), Range: a.plan.Range, Live: a.plan.Live, Tempo: s.Transport.Tempo, Began: res.Began, Ended: res.Ended, File: f,
		}
		if a.plan.Set.Path != nil {
			r.SetPath = *a.plan.Set.Path
		}
		path := f.Path + receiptSuffix
		if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
			a.note(EventNote, "%s exists already; the receipt is kept with the trace only.", filepath.Base(path))
			continue
		}
		if err := writeJSON(path, r); err != nil {
			a.note(EventNote, "The receipt could not be written: %v.", err)
			continue
		}
		all = append(all, path)
	}
	return all
}

// picture keeps what Live's window shows, if the user allows it.
func (a *attempt) picture(ctx context.Context, w desktop.Window, name string) {
	if !a.plan.Pictures || w.ID == 0 || !isLive(w) {
		return
	}
	img, err := a.desk.Picture(ctx, w)
	if err != nil {
		a.note(EventNote, "No picture of the window: %v.", err)
		return
	}
	f, err := os.OpenFile(filepath.Join(a.dir, name+".png"), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		a.note(EventNote, "No picture of the window: %v.", err)
		return
	}
	if err := errors.Join(png.Encode(f, img), f.Close()); err != nil {
		a.note(EventNote, "No picture of the window: %v.", err)
		return
	}
	a.trace.add(Event{What: EventShot, File: f.Name(), Window: &w})
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
