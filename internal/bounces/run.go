package bounces

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"github.com/takebar/takebar/bridge/live"
	"github.com/takebar/takebar/internal/control"
)

// Core is what a batch needs of the core.
type Core interface {
	Snapshot() control.Snapshot
	Watch(ctx context.Context) <-chan control.Snapshot
	control.BounceCore
}

// Options are what a run works with.
type Options struct {
	Core Core
	File string // where the batch is kept
	// Open has the system open a .als; it answers once the opener has ended. Live may have to start for it.
	Open func(ctx context.Context, path string) error
	// Check says why a file is no Live Set.
	Check func(path string) error
	// IsOpen says whether Live has the set of that file open; before is the id of the set that was open when the file was opened.
	IsOpen   func(s live.Set, path, before string) bool
	NewID    func() string
	Now      func() time.Time
	Patience time.Duration        // until a set is open; 0 = 3 minutes
	Changed  func(b Batch, n int) // told at each change; n counts from 1, 0 = the batch as a whole
	// Stopping is closed when the user wants the batch to end: the bounce that runs is stopped by whoever closes it.
	Stopping <-chan struct{}
}

const patience = 3 * time.Minute

// runner is one run over a batch.
type runner struct {
	Options
	b Batch
}

// Run works through what is left of a batch. A set that fails is noted, and the next one is tried as long as Live is there and asks nothing.
// The error is only about the list itself; what stopped the batch is in Stopped.
func Run(ctx context.Context, b Batch, o Options) (Batch, error) {
	b.Items = slices.Clone(b.Items)
	r := &runner{Options: o, b: b}
	if r.Patience == 0 {
		r.Patience = patience
	}
	r.b.Stopped = nil
	if r.b.Began.IsZero() {
		r.b.Began = r.Now()
	}
	for i := range r.b.Items {
		if r.b.Items[i].Status.Ended() {
			continue
		}
		if r.stopping() || ctx.Err() != nil {
			r.b.Stopped = stoppedByUser()
			break
		}
		stop, err := r.one(ctx, i)
		if err != nil {
			return r.b, err
		}
		if stop != nil {
			r.b.Stopped = stop
			break
		}
	}
	r.b.Ended = r.Now()
	return r.b, r.save(0)
}

func stoppedByUser() *Problem {
	return &Problem{Code: "cancelled", Message: "You stopped it.", Hint: ""}
}

func (r *runner) stopping() bool {
	select {
	case <-r.Stopping:
		return true
	default:
		return false
	}
}

func (r *runner) save(n int) error {
	if err := Save(r.File, r.b); err != nil {
		return err
	}
	r.Changed(r.b, n)
	return nil
}

// one does one set. stop says why no other set may be tried.
func (r *runner) one(ctx context.Context, i int) (stop *Problem, err error) {
	item := &r.b.Items[i]
	if item.Status == Running && item.Bounce != "" { // an earlier run began it, and it may be recorded
		q := r.b.Request
		q.ID, q.TakeUp = item.Bounce, true
		if b, err := r.Core.Bounce(ctx, q); !unknown(err) {
			return r.bounced(ctx, item, b, err)
		}
	}
	item.Status, item.Began, item.Opened, item.Bounce = Running, r.Now(), false, ""
	if err := r.save(item.N); err != nil {
		return nil, err
	}
	if err := r.Check(item.Path); err != nil {
		item.end(Failed, problem(err), r.Now())
		return nil, r.save(item.N)
	}
	if why := r.open(ctx, i); why != nil {
		return r.notOpened(ctx, item, why)
	}
	item.Bounce = r.NewID()
	if err := r.save(item.N); err != nil {
		return nil, err
	}
	q := r.b.Request
	q.ID = item.Bounce
	b, err := r.Core.Bounce(ctx, q)
	return r.bounced(ctx, item, b, err)
}

// unknown says that nothing of a bounce is known any more, so that it has to be made again.
func unknown(err error) bool {
	var known *control.Error
	return errors.As(err, &known) && (known.Code == control.CodeTakeNotFound || known.Code == control.CodeNoLive)
}

func (i *Item) end(s Status, p *Problem, at time.Time) { i.Status, i.Problem, i.Ended = s, p, at }

// bounced notes how a bounce ended.
func (r *runner) bounced(ctx context.Context, item *Item, b control.Bounced, err error) (stop *Problem, _ error) {
	item.Files, item.Warnings = append(item.Files[:0], b.Files...), append(item.Warnings[:0], b.Warnings...)
	switch {
	case err == nil && b.Partial:
		item.end(Partial, &Problem{Code: "bounce_partial", Message: "The bounce ended early; what was recorded is there."}, r.Now())
	case err == nil:
		item.end(Done, nil, r.Now())
	case ctx.Err() != nil:
		stop = stoppedByUser() // it stays as it is: the next run takes it up
	default:
		item.end(Failed, problem(err), r.Now())
		if !r.clean() {
			stop = &Problem{Code: item.Problem.Code, Message: fmt.Sprintf("After “%s” Live is gone, asks something or still records.", item.Set), Hint: "Look at Live, then go on."}
		}
	}
	return stop, r.save(item.N)
}

// notOpened notes a set that is not there. Live may still be loading or asking, so the batch stops.
func (r *runner) notOpened(ctx context.Context, item *Item, why error) (*Problem, error) {
	p := problem(why)
	if ctx.Err() != nil || errors.Is(why, errStopping) {
		item.Status = Waiting
		return stoppedByUser(), r.save(item.N)
	}
	item.Status, item.Problem, item.Ended = Failed, p, r.Now()
	if p.Code == codeAsked || p.Code == codeSaved { // nothing happened to this set yet
		item.Status, item.Problem, item.Ended = Waiting, nil, time.Time{}
	}
	return p, r.save(item.N)
}

// clean says that another set may be opened.
func (r *runner) clean() bool {
	s := r.Core.Snapshot()
	return connected(s) && s.RunningTake() == nil && dialogs(s) == 0
}

func connected(s control.Snapshot) bool {
	return s.Link.Status == control.LinkConnected && s.Link.Responding && s.State != nil
}

func dialogs(s control.Snapshot) int {
	if s.State == nil || s.State.App.OpenDialogCount == nil {
		return 0
	}
	return *s.State.App.OpenDialogCount
}

const (
	codeAsked     = "live_asks"
	codeNotOpened = "set_not_opened"
	codeSaved     = "set_saved"
)

var errStopping = errors.New("stopped")

// open opens a set and waits through the link until Live really has it.
func (r *runner) open(ctx context.Context, i int) error {
	item := &r.b.Items[i]
	s := r.Core.Snapshot()
	o := opening{runner: r, item: item}
	if connected(s) {
		o.before = s.State.Set.ID
		switch {
		case s.RunningTake() != nil:
			return &control.Error{Code: codeAsked, Message: "Live is recording.", Hint: "Wait for its end, then go on."}
		case dialogs(s) > 0:
			return asked(s, item.Set)
		case r.IsOpen(s.State.Set, item.Path, ""):
			return nil
		}
	}
	if r.b.LeaveSets && s.State != nil {
		o.ours = r.ours(s.State.Set, i)
	}
	o.leave, o.was = o.ours != "", stampOf(o.ours)
	if err := r.Open(ctx, item.Path); err != nil {
		return &control.Error{
			Code: codeNotOpened, Message: fmt.Sprintf("“%s” could not be opened: %v.", item.Set, err),
			Hint: "Say with “takebar config set export.open_command ...” how a .als is opened.", Err: err,
		}
	}
	limited, cancel := context.WithTimeout(ctx, r.Patience)
	defer cancel()
	for changes := r.Core.Watch(limited); ; {
		select {
		case s, ok := <-changes:
			switch {
			case !ok && ctx.Err() != nil:
				return ctx.Err()
			case !ok:
				return &control.Error{
					Code: codeNotOpened, Message: fmt.Sprintf("Live did not open “%s” within %s.", item.Set, r.Patience), Hint: "Look at Live, then go on.",
				}
			}
			if opened, err := o.observe(ctx, s); opened || err != nil {
				return err
			}
		case <-r.Stopping:
			return errStopping
		}
	}
}

// opening is a set on its way into Live.
type opening struct {
	*runner
	item     *Item
	before   string // id of the set that was open
	ours     string // path of that set where Don't Save may be answered for it
	was      stamp  // of that file
	leave    bool   // Live's question is still to be answered
	answered string // the question that was answered
}

// observe looks at what Live shows now, and says whether it has the set.
func (o *opening) observe(ctx context.Context, s control.Snapshot) (opened bool, err error) {
	if !connected(s) {
		return false, nil // usual while Live loads
	}
	same := s.State.Set.ID == o.before
	if dialogs(s) > 0 {
		switch asks := message(s); {
		case same && o.answered != "" && asks == o.answered:
			return false, nil // the answer is on its way
		case same && o.leave && asks != "":
			o.leave, o.answered = false, asks
			if err := o.Core.LeaveSet(ctx, asks); err != nil {
				return false, asked(s, o.item.Set)
			}
			return false, nil
		}
		return false, asked(s, o.item.Set)
	}
	if same || !o.IsOpen(s.State.Set, o.item.Path, o.before) {
		return false, nil
	}
	o.item.Opened = true
	if o.answered != "" && stampOf(o.ours) != o.was {
		return false, &control.Error{
			Code: codeSaved, Message: fmt.Sprintf("Live saved %s, although Takebar had answered Don't Save.", o.ours),
			Hint: "Nothing but a bounce had changed it, and that was put back; the version before is in the Backup folder of its project. Leave out --dont-save and answer yourself.",
		}
	}
	return true, nil
}

// message is what Live asks.
func message(s control.Snapshot) string {
	if s.State == nil || s.State.App.CurrentDialogMessage == nil {
		return ""
	}
	return *s.State.App.CurrentDialogMessage
}

func asked(s control.Snapshot, set string) error {
	text := fmt.Sprintf("Live shows a dialog, so “%s” was not opened.", set)
	if m := message(s); m != "" {
		text = fmt.Sprintf("Live asks “%s”, so “%s” was not opened.", m, set)
	}
	return &control.Error{Code: codeAsked, Message: text, Hint: "Answer it in Live, then go on. With --dont-save Takebar leaves sets unsaved that the batch opened and only bounced."}
}

// ours is the path of the open set if it is one that this batch opened and bounced, else "".
func (r *runner) ours(s live.Set, but int) string {
	for j, item := range r.b.Items {
		if j != but && item.Opened && item.Status.Ended() && r.IsOpen(s, item.Path, "") {
			return item.Path
		}
	}
	return ""
}

// stamp tells whether a file was written again.
type stamp struct {
	size int64
	at   time.Time
}

func stampOf(path string) stamp {
	info, err := os.Stat(path)
	if err != nil {
		return stamp{}
	}
	return stamp{info.Size(), info.ModTime()}
}
