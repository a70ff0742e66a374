package automation

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/takebar/takebar/bridge/live"
)

// BatchPlan prints what a run would do, for the one question before it.
func (e *Engine) BatchPlan() (string, error) {
	b, err := e.Batch()
	if err != nil {
		return "", err
	}
	var t strings.Builder
	fmt.Fprintf(&t, "%d of %d are left. For each of them Takebar\n", b.Left(), len(b.Items))
	fmt.Fprintf(&t, "  1. opens the set with: %s\n", strings.Join(e.opener("<the .als>"), " "))
	t.WriteString("     and waits through the link until it is really there (a range: sets the loop brace, and puts it back at the end)\n")
	t.WriteString("  2. presses the rehearsed shortcut, Enter and Enter, each after every check (see `takebar export plan`)\n")
	fmt.Fprintf(&t, "  3. checks the new file and moves it to %s, overwriting nothing\n\n", e.batchOut(b))
	t.WriteString("It stops at the first unsafe situation. Save prompts and messages are never answered.\n\n")
	shown := 0
	for _, i := range b.Items {
		if i.Status == Ended {
			continue
		}
		if shown++; shown > 20 {
			fmt.Fprintf(&t, "  and %d more\n", b.Left()-20)
			break
		}
		fmt.Fprintf(&t, "  %3d  %s\n", i.N, i.Name())
	}
	return t.String(), nil
}

// BatchFolder is where the batch's finished files go.
func (e *Engine) BatchFolder(b Batch) string { return e.batchOut(b) }

func (e *Engine) batchOut(b Batch) string {
	if b.Out != "" {
		return b.Out
	}
	if e.o.Out != "" {
		return e.o.Out
	}
	return filepath.Join(e.o.Home, "export", "files")
}

// opener is the command that opens a set.
func (e *Engine) opener(path string) []string {
	return OpenCommand(e.o.OpenSet, path)
}

// batchRun is one run over the batch.
type batchRun struct {
	e *Engine
	b Batch
}

// RunBatch works through what is left. It stops at the first unsafe situation; a set that merely failed is reported and the next one is tried only
// if Live is provably in a clean state. A run that was killed is taken up again, or it says why not.
func (e *Engine) RunBatch(ctx context.Context) (Batch, error) {
	if err := e.Allowed(); err != nil {
		return Batch{}, err
	}
	b, err := e.loadBatch()
	if err != nil {
		return b, err
	}
	if b.Left() == 0 {
		return b, &Refusal{Reason: ReasonBadInput, Detail: "Nothing is left in the batch.", Next: "Add sets with `takebar batch add`."}
	}
	run, end, err := e.begin(ctx, Status{Kind: "batch", Sentence: "Starting the batch", Total: len(b.Items), Done: len(b.Items) - b.Left()})
	if err != nil {
		return b, err
	}
	defer end()
	r := &batchRun{e: e, b: b}
	r.b.Stopped = nil
	if r.b.Began.IsZero() {
		r.b.Began = e.o.Clock.Now()
	}
	stop := r.all(run)
	// What was changed in Live is put back whatever happened.
	if restore := r.restoreLoop(context.WithoutCancel(ctx)); restore != nil && stop == nil {
		stop = restore
	}
	if stop != nil {
		r.b.Stopped = asRefused(stop)
	}
	r.b.Ended = e.o.Clock.Now()
	return r.b, errors.Join(r.report(), e.saveBatch(&r.b))
}

// all runs the items; the refusal is why it stopped early.
func (r *batchRun) all(ctx context.Context) *Refusal {
	for i := range r.b.Items {
		item := &r.b.Items[i]
		if item.Status == Ended {
			continue
		}
		if ctx.Err() != nil {
			return &Refusal{Reason: ReasonUserStopped, Detail: "You stopped the batch.", Next: "`takebar batch run` goes on with the rest."}
		}
		done := len(r.b.Items) - r.b.Left()
		r.e.update(func(s *Status) { s.Done, s.Total, s.Set = done, len(r.b.Items), item.Name() })
		res, err := r.one(ctx, item)
		if err != nil {
			var why *Refusal
			if errors.As(err, &why) {
				return why
			}
			return &Refusal{Reason: ReasonUnexpectedDialog, Detail: "The batch stopped by an error: " + err.Error() + ".", Err: err}
		}
		r.end(item, res)
		if err := r.e.saveBatch(&r.b); err != nil {
			return &Refusal{Reason: ReasonDiskFull, Detail: "The batch cannot be written down: " + err.Error() + ".", Err: err}
		}
		if res.Outcome == Cancelled && res.Reason != ReasonRenderCancelled {
			return &Refusal{Reason: res.Reason, Detail: res.Sentence, Next: res.NextStep}
		}
		if !res.Clean {
			next := "Look at Live, close what is open there, then run the batch again."
			if r.b.Left() == 0 {
				next = "Look at Live and close what is open there."
			}
			return &Refusal{Reason: res.Reason.orUnclean(), Detail: fmt.Sprintf("After %q Live was not provably in a clean state. %s", item.Name(), res.Sentence), Next: next}
		}
	}
	return nil
}

func (r Reason) orUnclean() Reason {
	if r == "" {
		return ReasonDialogAlreadyOpen
	}
	return r
}

func (r *batchRun) end(item *Item, res Result) {
	item.Status, item.Outcome, item.Reason, item.Sentence, item.NextStep = Ended, res.Outcome, res.Reason, res.Sentence, res.NextStep
	item.Warnings, item.Ended = res.Warnings, r.e.o.Clock.Now()
	if item.Attempt == "" {
		item.Attempt = res.ID
	}
	if len(item.Files) == 0 {
		for _, f := range res.Files {
			item.Files = append(item.Files, f.Path)
		}
	}
}

// one runs an item, or takes it up where a killed run left it. An error stops the batch and leaves the item waiting.
func (r *batchRun) one(ctx context.Context, item *Item) (Result, error) {
	if item.Status == Running && item.Attempt != "" {
		res, again, err := r.takeUp(ctx, item)
		if err != nil || !again {
			return res, err
		}
	}
	failed := func(why *Refusal, clean bool) Result {
		x, _ := why.Reason.Explain()
		return Result{Outcome: x.Outcome, Reason: why.Reason, Sentence: why.Error(), NextStep: why.ErrorHint(), Clean: clean}
	}
	if item.Path != "" {
		if why := checkSet(item.Path); why != nil {
			return failed(why, true), nil // nothing was touched
		}
	}
	if why := r.quiet(); why != nil {
		return Result{}, why
	}
	item.Status, item.Began, item.Attempt = Running, r.e.o.Clock.Now(), ""
	if err := r.e.saveBatch(&r.b); err != nil {
		return Result{}, err
	}
	if why := r.open(ctx, item); why != nil {
		if why.Reason == ReasonUserStopped {
			item.Status = Waiting
			return Result{}, why
		}
		return failed(why, false), nil
	}
	if item.Range != nil {
		if why := r.setLoop(ctx, *item.Range); why != nil {
			return failed(why, r.quiet() == nil), nil
		}
	}
	res, err := r.e.attempt(ctx, r.request(item), func(id string) error {
		item.Attempt = id
		return r.e.saveBatch(&r.b)
	})
	if err != nil {
		return res, err
	}
	return r.collect(item, res), nil
}

func (r *batchRun) request(item *Item) Request {
	req := Request{Folders: r.b.Folders, RenderMax: r.b.RenderMax, Range: item.Range}
	if s, ok := r.e.o.Link.State(); ok && s.Set.Path != nil {
		req.WantSet = item.Path
	}
	return req
}

// takeUp looks how far a killed run came with an item. again means that it may be run from its start.
func (r *batchRun) takeUp(ctx context.Context, item *Item) (res Result, again bool, err error) {
	if res, err = r.e.result(item.Attempt); err != nil {
		return res, false, err
	}
	switch {
	case res.Reason != ReasonInterrupted && (res.Outcome != Failed || !res.Ended.IsZero()):
		return r.collect(item, res), false, nil // it had ended; only the batch did not know
	case len(res.Pressed) == 0:
		return res, true, nil // nothing had been pressed
	case res.State.Watching():
		if res, err = r.e.resume(ctx, item.Attempt); err != nil {
			return res, false, err
		}
		return r.collect(item, res), false, nil
	}
	res.Sentence = fmt.Sprintf("Takebar ended in the middle of %q, after %s. A dialog may be open in Live, so it is not tried again by itself.", item.Name(), strings.Join(res.Pressed, ", "))
	return res, false, nil // not clean: the batch stops and says so
}

// quiet says why no set may be opened now.
func (r *batchRun) quiet() *Refusal {
	a := &attempt{e: r.e}
	var why *Refusal
	if err := a.checkLive(); errors.As(err, &why) {
		return why
	}
	return nil
}

// open opens the item's set and waits through the link until it is really there.
func (r *batchRun) open(ctx context.Context, item *Item) *Refusal {
	s, ok := r.e.o.Link.State()
	if item.Path == "" {
		if ok && s.Set.ID == item.SetID {
			return nil
		}
		return refuse(ReasonSetChanged, "The set %q, which was never saved, is not open any more.", item.Set)
	}
	before := s.Set.ID
	if ok && r.there(s, item, "") {
		return nil
	}
	r.e.update(func(st *Status) { st.Sentence = "Opening " + item.Set })
	command := r.e.opener(item.Path)
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	if out, err := cmd.CombinedOutput(); err != nil {
		return &Refusal{
			Reason: ReasonSetNeverOpened, Detail: fmt.Sprintf("%s could not be opened: %s: %v %s", item.Set, command[0], err, strings.TrimSpace(string(out))),
			Next: "Set the command that opens a .als in config.toml (export.open_command).", Err: err,
		}
	}
	a := &attempt{e: r.e, trace: &trace{clock: r.e.o.Clock, discard: true}}
	a.lastWall, a.lastMono = r.e.o.Clock.Now(), r.e.o.Clock.Mono()
	if desk, err := r.e.o.Desktop(); err == nil {
		a.desk = desk
		defer func() { _ = desk.Close() }() // nothing was written through it
	}
	err := a.wait(ctx, r.e.o.Timing.OpenSet, func() (bool, error) {
		now, ok := r.e.o.Link.State()
		if !ok {
			return false, nil // usual while Live loads
		}
		if text := a.message(); text != "" {
			return false, refuse(ReasonUnexpectedDialog, "While opening %q Live asked: %q. Takebar did not answer.", item.Set, text)
		}
		if n := now.App.OpenDialogCount; n != nil && *n > 0 {
			return false, refuse(ReasonUnexpectedDialog, "While opening %q Live showed a dialog. Takebar did not answer it.", item.Set)
		}
		if !r.there(now, item, before) {
			return false, nil
		}
		a.plan.Set = now.Set
		if a.desk == nil {
			return true, nil
		}
		_, err := a.theLive(ctx) // its title follows a little later
		return err == nil, nil
	})
	var why *Refusal
	switch {
	case err == nil:
		return nil
	case errors.As(err, &why):
		return why
	case errors.Is(err, errTimeout):
		return refuse(ReasonSetNeverOpened, "Live did not open %q within %s.", item.Set, r.e.o.Timing.OpenSet)
	}
	return &Refusal{Reason: ReasonSetNeverOpened, Detail: err.Error(), Err: err}
}

// there says whether Live has the item's set open. Before Live 11.3.25 the link has no path: then it must be a set of that
// name, or at least another one than before the opening.
func (r *batchRun) there(s live.State, item *Item, before string) bool {
	if s.Set.Path != nil {
		return sameSet(s.Set.Path, item.Path)
	}
	if s.Set.Name != nil {
		return plainName(*s.Set.Name) == plainName(item.Set)
	}
	return before != "" && s.Set.ID != before
}

// setLoop puts the loop brace around a range and remembers where it was, on disk first: a killed run must be able to put it back.
func (r *batchRun) setLoop(ctx context.Context, to Range) *Refusal {
	s, ok := r.e.o.Link.State()
	if !ok {
		return &Refusal{Reason: ReasonLinkDown}
	}
	if r.b.LoopBefore == nil || r.b.LoopSet != s.Set.ID {
		r.b.LoopBefore = &Loop{On: s.Transport.Loop, Start: s.Transport.LoopStart, Length: s.Transport.LoopLength}
		r.b.LoopSet = s.Set.ID
		if err := r.e.saveBatch(&r.b); err != nil {
			return &Refusal{Reason: ReasonDiskFull, Detail: err.Error(), Err: err}
		}
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	if err := r.e.o.Link.SetLoop(ctx, Loop{On: true, Start: to.Start, Length: to.Length}); err != nil {
		return &Refusal{Reason: ReasonLinkDown, Detail: fmt.Sprintf("The loop brace could not be set: %v.", err), Err: err}
	}
	return nil
}

// restoreLoop puts the user's loop brace back, if that set is still open.
func (r *batchRun) restoreLoop(ctx context.Context) *Refusal {
	if r.b.LoopBefore == nil {
		return nil
	}
	s, ok := r.e.o.Link.State()
	if ok && s.Set.ID != r.b.LoopSet {
		r.b.LoopBefore = nil // that set is closed, and Live asked about its changes or not
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	before := *r.b.LoopBefore
	if err := r.e.o.Link.SetLoop(ctx, before); err != nil {
		return &Refusal{
			Reason: ReasonLinkDown, Detail: fmt.Sprintf("The loop brace could not be put back (it was %s): %v.", before, err),
			Next: "Set it by hand, or run the batch again once the link is up.", Err: err,
		}
	}
	r.b.LoopBefore = nil
	return nil
}

// String is a loop for a person.
func (l Loop) String() string {
	on := "off"
	if l.On {
		on = "on"
	}
	return fmt.Sprintf("%s, from beat %g, %g beats long", on, l.Start, l.Length)
}
