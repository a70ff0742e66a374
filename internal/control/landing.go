package control

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/takebar/takebar/bridge/live"
)

// prepare does what an earlier run of the core left undone, then lets landings begin.
func (c *Controller) prepare() {
	c.look(c.ctx)
	c.count(1) // Close waits for it as for any landing
	defer c.count(-1)
	c.finishEarlier()
	c.between(func(l *loop) { l.carryOut(l.ledger.begin()) })
	c.resumeBounces()
}

// finishEarlier has the library finish what an earlier run of the core, or another library, left undone. A problem is told once.
func (c *Controller) finishEarlier() {
	landed, problems, err := c.lib().Resume(c.ctx, c.progress)
	if err != nil && c.ctx.Err() == nil {
		c.log.Error("cannot finish earlier landings", "error", err)
		problems = append(problems, asError(err).Error())
	}
	for _, e := range landed {
		c.tell(landingEnded{takeID: e.ID})
		c.notice(landedNotice(e))
	}
	for _, p := range problems {
		if !c.shelf.told[p] {
			c.shelf.told[p] = true
			c.notice(problemNotice(p))
		}
	}
	c.look(c.ctx)
	c.between(func(l *loop) {
		for _, e := range landed {
			l.ledger.known(e)
		}
	})
}

func (c *Controller) notice(n *Notice) {
	stamped := *n
	stamped.At = c.opt.Now()
	c.post(noticed{stamped})
}

func (c *Controller) progress(p Landing) { c.post(landingMoved{p}) }

// ask reads Live's list of takes, for those that ended while nobody was there.
func (c *Controller) ask(from live.Link, pid int) {
	ctx, cancel := context.WithTimeout(c.ctx, backWait)
	defer cancel()
	defer c.hurry(cancel)()
	list, err := c.calls.TakeList(ctx)
	if err != nil {
		if c.ctx.Err() == nil {
			c.log.Warn("cannot read Live's list of takes; it is read again with the next link", "error", err)
		}
		return
	}
	c.between(func(l *loop) { l.carryOut(l.ledger.list(list.Takes, from, pid)) })
}

// hurry calls cancel a moment after the core begins to close, unless the function that it answers is called first: a Live that stands still must not hold up the end.
func (c *Controller) hurry(cancel func()) (stop func()) {
	over := make(chan struct{})
	var watcher sync.WaitGroup
	watcher.Go(func() {
		select {
		case <-c.closing:
		case <-over:
			return
		}
		grace := time.NewTimer(askGrace)
		defer grace.Stop()
		select {
		case <-grace.C:
			cancel()
		case <-over:
		}
	})
	return func() { close(over); watcher.Wait() }
}

// expect tells the library that a take records, or that it was discarded.
func (c *Controller) expect(t live.Take) {
	if err := c.lib().Expect(c.ctx, t); err != nil && c.ctx.Err() == nil {
		c.log.Warn("cannot note that a take records", "take", t.ID, "error", err)
	}
}

// lost tells the library that Live went away during a take.
func (c *Controller) lost(t live.Take) {
	problem, err := c.lib().Lost(c.ctx, t)
	if err != nil {
		c.log.Error("cannot look for the recordings of a lost take", "take", t.ID, "error", err)
	}
	c.between(func(l *loop) { l.carryOut(l.ledger.lost(t.ID, problem)) })
}

// land begins the landing of a take. It is called by the core's goroutine only.
func (c *Controller) land(t live.Take, from live.Link) {
	c.count(1)
	c.work.Go(func() { // also while the core closes in order
		defer c.count(-1)
		select {
		case c.slots <- struct{}{}:
		case <-c.ctx.Done():
			return
		}
		defer func() { <-c.slots }()
		moved := false
		entry, err := c.lib().Land(c.ctx, t, from, func(p Landing) {
			moved = true
			c.progress(p)
		})
		if c.ctx.Err() != nil {
			return // interrupted: the next start goes on with it
		}
		c.hasLanded(t, entry, err, !moved)
	})
}

// hasLanded takes in the end of a landing. again: the library had the take before, which is no news.
func (c *Controller) hasLanded(t live.Take, entry LibraryTake, err error, again bool) {
	err = asError(err)
	problem := ""
	if err != nil {
		c.log.Warn("a take has not landed", "take", t.ID, "error", err)
		if t.Phase == live.PhaseFinished {
			problem = err.Error()
		}
	} else {
		c.log.Info("a take has landed", "take", t.ID, "name", entry.Name, "folder", entry.Folder)
	}
	c.look(c.ctx)
	c.tell(landingEnded{takeID: t.ID, problem: problem})
	if err == nil {
		c.measure(entry) // before anybody who waits for the landing closes the core
	}
	c.between(func(l *loop) { l.carryOut(l.ledger.landed(t.ID, entry, err, again)) })
	if err == nil {
		c.bounceLanded(entry)
	}
}

// WaitLanded implements Core.
func (c *Controller) WaitLanded(ctx context.Context, takeID string) (LibraryTake, error) {
	for asked := false; ; {
		var a account
		var known bool
		c.between(func(l *loop) {
			if p := l.ledger.accounts[takeID]; p != nil {
				a, known = *p, true
			}
		})
		switch {
		case c.ctx.Err() != nil:
			return LibraryTake{}, errEnding()
		case known && a.fate.over() && a.settledNow():
			return a.entry, asError(a.err)
		case known:
			select {
			case <-a.settled:
			case <-ctx.Done():
				return LibraryTake{}, asError(ctx.Err())
			case <-c.ctx.Done():
				return LibraryTake{}, errEnding()
			}
		default:
			entry, err := c.lib().Get(ctx, takeID)
			if err == nil && entry.ID == takeID {
				return entry, nil
			}
			if asked || !c.seekInLive(ctx, takeID) {
				return LibraryTake{}, &Error{CodeTakeNotFound, "There is no take " + takeID + ", neither in Live nor in the library.", "“takebar takes list” shows what there is.", err}
			}
			asked = true
		}
	}
}

func (a *account) settledNow() bool {
	select {
	case <-a.settled:
		return true
	default:
		return false
	}
}

// seekInLive asks Live for a take that the core has not seen.
func (c *Controller) seekInLive(ctx context.Context, id string) bool {
	s := c.Snapshot()
	if s.State == nil {
		return false
	}
	t, err := c.calls.TakeGet(ctx, live.TakeParams{Take: id})
	if err != nil {
		return false
	}
	c.between(func(l *loop) { l.carryOut(l.ledger.see(t, s.State.Link, s.Link.PID)) })
	return true
}

// saw takes in a take from an answer of Live, which may come before the event that tells the same.
func (c *Controller) saw(t live.Take) {
	c.between(func(l *loop) {
		if l.now.State == nil {
			return // the list of takes tells it when the link is back
		}
		l.carryOut(l.ledger.see(t, l.now.State.Link, l.now.Link.PID))
	})
}

// isUnknown says that a call was sent and no verdict came.
func isUnknown(err error) bool {
	return codeOf(err) == CodeOutcomeUnknown && !errors.Is(err, context.Canceled)
}
