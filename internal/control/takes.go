package control

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"sync"
	"time"

	"github.com/takebar/takebar/bridge/live"
)

// intents are the clicks on Record and Stop that wait for Live. There is one of each kind at most:
//
//   - a second start of the same take joins the first; of another take it is refused,
//   - a start while a take stops waits for that, and then starts,
//   - a stop or discard while the start has not come through discards: nothing has been recorded that anybody wanted,
//   - stops join stops, discards join discards, and a stop joins a discard.
type intents struct {
	mu                  sync.Mutex
	start, stop, cancel *flight
}

// flight is one take verb that waits for Live. It goes on when the one who asked gives up.
type flight struct {
	wish    takeWish // of a start
	id      string   // of the take
	dropped bool     // of a start: somebody wants it stopped meanwhile
	done    chan struct{}
	take    live.Take
	err     error
}

// takeWish is a start with all its parts known, to tell the same wish from another one.
type takeWish struct {
	source live.Source
	view   live.View
	beats  float64
	name   string
}

func (f *flight) wait(ctx context.Context) (live.Take, error) {
	ctx, cancel := untilCancelled(ctx)
	defer cancel()
	select {
	case <-f.done:
		return f.take, asError(f.err)
	case <-ctx.Done():
		return live.Take{}, asError(ctx.Err())
	}
}

// step is what a click comes to.
type step string

const (
	stepLead  step = "lead"  // do it
	stepJoin  step = "join"  // wait for the one that does it already
	stepAfter step = "after" // wait for another one, then look again
	stepBusy  step = "busy"  // another take is about to start
)

// onStart, onStop and onCancel decide what a click comes to, and with whom. Callers hold mu.
func (q *intents) onStart(w takeWish) (step, *flight) {
	switch {
	case q.start != nil && q.start.dropped:
		return stepAfter, q.start
	case q.start != nil && q.start.wish == w:
		return stepJoin, q.start
	case q.start != nil:
		return stepBusy, q.start
	case q.stop != nil:
		return stepAfter, q.stop
	case q.cancel != nil:
		return stepAfter, q.cancel
	default:
		return stepLead, nil
	}
}

func (q *intents) onStop() (step, *flight) {
	switch {
	case q.cancel != nil:
		return stepJoin, q.cancel
	case q.stop != nil:
		return stepJoin, q.stop
	default:
		return stepLead, q.start
	}
}

func (q *intents) onCancel() (step, *flight) {
	if q.cancel != nil {
		return stepJoin, q.cancel
	}
	return stepLead, q.start
}

// newTakeID makes an id that sorts by time, e.g. 20260131-150918-7c1e.
func newTakeID(now time.Time) string {
	var b [2]byte
	_, _ = rand.Read(b[:]) // never fails, says crypto/rand
	return now.Local().Format("20060102-150405-") + hex.EncodeToString(b[:])
}

// StartTake implements Core.
func (c *Controller) StartTake(ctx context.Context, r TakeRequest) (live.Take, error) {
	for {
		state, err := c.needLive(ctx)
		if err != nil {
			return live.Take{}, err
		}
		w, err := c.wishOf(state, r)
		if err != nil {
			return live.Take{}, err
		}
		f, what := c.enterStart(ctx, w)
		switch what {
		case stepAfter:
			select {
			case <-f.done:
			case <-ctx.Done():
				return live.Take{}, asError(ctx.Err())
			}
		case stepBusy:
			return live.Take{}, &Error{Code: CodeTakeRunning, Message: "Another take is about to start.", Hint: "Stop it first."}
		default:
			return f.wait(ctx)
		}
	}
}

func (c *Controller) wishOf(s *live.State, r TakeRequest) (takeWish, error) {
	d := c.Snapshot().Settings.Defaults
	w := takeWish{source: live.Source{Kind: r.Source}, view: r.View, name: r.Name}
	if w.source.Kind == "" {
		w.source.Kind = d.Source
		if r.Track != "" {
			w.source.Kind = live.SourceTrack
		}
	}
	if w.view == "" {
		w.view = d.View
	}
	switch w.source.Kind {
	case live.SourceTrack:
		t, err := resolve(s, r.Track)
		if err != nil {
			return w, err
		}
		w.source.Track = t.ID
	case live.SourceArmed, live.SourceMain, live.SourceSelected:
		if r.Track != "" {
			return w, &Error{Code: CodeInvalid, Message: "A track was named, but the source is not a track.", Hint: "Leave the track out, or choose it as the source."}
		}
	default:
		return w, &Error{Code: CodeInvalid, Message: "There is no source “" + string(w.source.Kind) + "”.", Hint: "Sources are armed, selected, main and a track."}
	}
	if w.view != live.ViewArrangement && w.view != live.ViewSession {
		return w, &Error{Code: CodeInvalid, Message: "There is no view “" + string(w.view) + "”.", Hint: "Views are arrangement and session."}
	}
	var err error
	w.beats, err = beatsOf(r, s.Transport)
	return w, err
}

func (c *Controller) enterStart(ctx context.Context, w takeWish) (*flight, step) {
	q := &c.intents
	q.mu.Lock()
	defer q.mu.Unlock()
	what, other := q.onStart(w)
	if what != stepLead {
		return other, what
	}
	f := &flight{wish: w, id: newTakeID(c.opt.Now()), done: make(chan struct{})}
	q.start = f
	c.fly(ctx, f, &q.start, "take.start", func(ctx context.Context) (live.Take, error) { return c.start(ctx, f) })
	return f, stepLead
}

// fly carries out a flight beside its caller. slot is where it stands among the intents. Callers hold the intents' lock.
func (c *Controller) fly(ctx context.Context, f *flight, slot **flight, verb string, deed func(context.Context) (live.Take, error)) {
	deadline, limited := ctx.Deadline()
	ok := c.spawn(func() {
		ctx := c.ctx
		if limited {
			limit, cancel := context.WithDeadline(ctx, deadline)
			defer cancel()
			ctx = limit
		}
		c.tell(pendingAdded{verb})
		f.take, f.err = deed(ctx)
		if f.err == nil {
			c.saw(f.take)
			c.untilShown(func(s Snapshot) bool { return shows(s, f.take) })
		}
		c.intents.mu.Lock()
		*slot = nil
		if f.dropped && f.err != nil {
			f.err = errDiscarded() // that is why, whatever Live called it
		}
		c.intents.mu.Unlock()
		c.tell(pendingRemoved{verb})
		close(f.done)
	})
	if !ok {
		*slot = nil
		f.err = errEnding()
		close(f.done)
	}
}

// shows says that the Snapshot knows the take as far as t.
func shows(s Snapshot, t live.Take) bool {
	if s.State == nil {
		return true // the link is gone again; nothing to wait for
	}
	have := s.State.Take
	return have != nil && (have.ID != t.ID || have.Phase.Ended() || !t.Phase.Ended())
}

// start asks Live for the take. If the link is lost meanwhile, it asks again with the same id, which starts nothing twice.
func (c *Controller) start(ctx context.Context, f *flight) (live.Take, error) {
	deadline, ok := ctx.Deadline()
	if !ok {
		deadline = time.Now().Add(clickWait)
	}
	limited, cancel := context.WithDeadline(ctx, deadline)
	defer cancel()
	source := f.wish.source
	p := live.TakeStartParams{Source: &source, View: f.wish.view, LengthBeats: f.wish.beats, Name: f.wish.name, Take: f.id}
	through := c.Snapshot().connection
	t, err := c.calls.TakeStart(limited, p)
	for isUnknown(err) {
		lost := err
		if through, ok = c.linkBack(ctx, through); !ok {
			return t, lost
		}
		if t, err = c.calls.TakeGet(context.WithoutCancel(ctx), live.TakeParams{Take: f.id}); codeOf(err) == CodeNotFound {
			if !time.Now().Before(deadline) {
				return t, &Error{CodeNotConnected, "The link to Live was lost before the take began. Nothing was recorded.", "Record again.", err}
			}
			t, err = c.calls.TakeStart(limited, p)
		}
		if codeOf(err) == CodeNotConnected { // lost once more
			err = lost
		}
	}
	if err != nil {
		return t, err
	}
	return t, endOf(t)
}

// endOf is the error of a take that ended instead of beginning.
func endOf(t live.Take) error {
	switch {
	case t.Phase == live.PhaseCancelled:
		return errDiscarded()
	case t.Phase == live.PhaseFailed && t.Error != nil:
		return &Error{Code: t.Error.Code, Message: t.Error.Message, Hint: t.Error.Hint}
	case t.Phase == live.PhaseFailed:
		return &Error{Code: CodeTakeFailed, Message: "The take failed in Live.", Hint: "Look at Live, then record again."}
	}
	return nil
}

// linkBack waits until there is another connection than the one that was lost, and answers which.
func (c *Controller) linkBack(ctx context.Context, lost uint64) (uint64, bool) {
	wait, cancel := context.WithTimeout(context.WithoutCancel(ctx), backWait)
	defer cancel()
	stop := context.AfterFunc(c.ctx, cancel)
	defer stop()
	s, ok := c.hub.until(wait, func(s Snapshot) bool { return s.State != nil && s.connection != lost })
	return s.connection, ok
}

// StopTake implements Core.
func (c *Controller) StopTake(ctx context.Context) (live.Take, error) {
	if _, err := c.needLive(ctx); err != nil {
		return live.Take{}, err
	}
	q := &c.intents
	q.mu.Lock()
	what, other := q.onStop()
	if what == stepJoin {
		q.mu.Unlock()
		return other.wait(ctx)
	}
	if other != nil { // it has not begun: nothing to keep
		f := c.discard(ctx, other)
		q.mu.Unlock()
		return f.wait(ctx)
	}
	f := &flight{done: make(chan struct{}), id: c.runningID()}
	q.stop = f
	c.fly(ctx, f, &q.stop, "take.stop", func(ctx context.Context) (live.Take, error) {
		return c.end(ctx, f.id, c.calls.TakeStop)
	})
	q.mu.Unlock()
	return f.wait(ctx)
}

// CancelTake implements Core.
func (c *Controller) CancelTake(ctx context.Context) (live.Take, error) {
	if _, err := c.needLive(ctx); err != nil {
		return live.Take{}, err
	}
	q := &c.intents
	q.mu.Lock()
	what, other := q.onCancel()
	if what != stepJoin {
		other = c.discard(ctx, other)
	}
	q.mu.Unlock()
	return other.wait(ctx)
}

// discard cancels the running take, or the one that starting is about. Callers hold the intents' lock.
func (c *Controller) discard(ctx context.Context, starting *flight) *flight {
	f := &flight{done: make(chan struct{}), id: c.runningID()}
	if starting != nil {
		starting.dropped = true
		f.id = starting.id
	}
	c.intents.cancel = f
	c.fly(ctx, f, &c.intents.cancel, "take.cancel", func(ctx context.Context) (live.Take, error) {
		return c.discarded(ctx, f.id, starting)
	})
	return f
}

func (c *Controller) discarded(ctx context.Context, id string, starting *flight) (live.Take, error) {
	for {
		t, err := c.end(ctx, id, c.calls.TakeCancel)
		if starting == nil || codeOf(err) != CodeNotFound && codeOf(err) != "no_take" {
			return t, err
		}
		// Live has not heard of it yet. Once the start is through, there is something to cancel, or it has failed.
		<-starting.done
		if starting.err != nil {
			return starting.take, errDiscarded()
		}
		starting = nil
	}
}

// end stops or cancels a take, over a loss of the link.
func (c *Controller) end(ctx context.Context, id string, call func(context.Context, live.TakeParams) (live.Take, error)) (live.Take, error) {
	through, ok := c.Snapshot().connection, false
	t, err := call(ctx, live.TakeParams{Take: id})
	for isUnknown(err) && id != "" {
		lost := err
		if through, ok = c.linkBack(ctx, through); !ok {
			return t, lost
		}
		if t, err = c.calls.TakeGet(context.WithoutCancel(ctx), live.TakeParams{Take: id}); err == nil && !t.Phase.Ended() {
			t, err = call(ctx, live.TakeParams{Take: id})
		}
		if codeOf(err) == CodeNotConnected { // lost once more
			err = lost
		}
	}
	if codeOf(err) == "no_take" {
		// It may have ended by itself just before the click.
		if s := c.Snapshot().State; s != nil && s.Take != nil && s.Take.ID == id && id != "" && s.Take.Phase.Ended() {
			return *s.Take, nil
		}
	}
	return t, err
}

func (c *Controller) runningID() string {
	if t := c.Snapshot().RunningTake(); t != nil {
		return t.ID
	}
	return ""
}

// Toggle implements Core. A click while the start has not come through yet is impatience, not a wish to stop.
func (c *Controller) Toggle(ctx context.Context) (live.Take, error) {
	q := &c.intents
	q.mu.Lock()
	starting, stopping := q.start, q.stop
	q.mu.Unlock()
	switch {
	case starting != nil && !starting.dropped:
		return starting.wait(ctx)
	case stopping != nil:
		return stopping.wait(ctx)
	}
	if _, err := c.needLive(ctx); err != nil {
		return live.Take{}, err
	}
	if c.runningID() != "" {
		return c.StopTake(ctx)
	}
	return c.StartTake(ctx, TakeRequest{})
}
