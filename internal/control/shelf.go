package control

import (
	"context"
	"strings"
	"sync/atomic"
	"time"
)

// Observer is a Library that is told by the system when something in its folder changed, whoever changed it. internal/take is one.
type Observer interface {
	// Observe calls changed, from its caller's goroutine, a moment after each change, until ctx ends. An error says that it can not be told, or not any more.
	Observe(ctx context.Context, changed func()) error
}

const (
	// restAfterLook is how much longer than the look at the library the rest after it is at least, so that others who change much do not keep the core busy.
	restAfterLook = 10
	// Where the system does not tell of changes, the core looks now and then while somebody watches: a look takes a small part of that time. Where it does, that catches what
	// happens on a network drive.
	pollTimes    = 200
	pollLeast    = 2 * time.Second
	pollObserved = 30 * time.Second
	pollMost     = 5 * time.Minute
)

// shelf is the library of the core, which may be changed for another one, and who watches it.
type shelf struct {
	// Guarded by Controller.mu.
	now     Library
	next    *successor
	deeds   int           // that change the library and run now, landings not counted
	changed chan struct{} // closed when now is another one

	stirred  chan struct{}   // a look is due; size one
	watchers atomic.Int64    // clients that follow the Snapshots
	told     map[string]bool // problems that were told; touched by one Resume at a time
}

// successor is the library that takes over as soon as nothing is under way.
type successor struct {
	library  Library
	settings Settings
}

func newShelf(l Library) *shelf {
	return &shelf{now: l, changed: make(chan struct{}), stirred: make(chan struct{}, 1), told: map[string]bool{}}
}

// lib is the library of the moment.
func (c *Controller) lib() Library {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.shelf.now
}

// deed keeps the library from being changed for another one until release is called.
func (c *Controller) deed() (l Library, release func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.shelf.deeds++
	return c.shelf.now, func() {
		c.mu.Lock()
		c.shelf.deeds--
		c.mu.Unlock()
		c.settle()
	}
}

// settle has the core's goroutine see whether the next library can take over.
func (c *Controller) settle() {
	c.mu.Lock()
	waits := c.shelf.next != nil
	c.mu.Unlock()
	if waits {
		c.post(nil)
	}
}

const waitsForTake = "The new takes folder and names count as soon as the running take has landed."

// SetSettings takes in what config.toml says now.
func (c *Controller) SetSettings(s Settings) { c.Reconfigure(s, nil) }

// Reconfigure takes in what config.toml says now, with the library that it asks for; nil where that stays. Takes that run or land, and what else is under way in the
// library, come to their end in the old one first: until then Settings.TakesDir is the old one, and Settings.Problem says so. What waits in the journal, such as for a
// folder that is full, is tried again with the new one.
func (c *Controller) Reconfigure(s Settings, library Library) {
	s.Defaults = s.filled()
	c.between(func(l *loop) {
		c.mu.Lock()
		switch next := c.shelf.next; {
		case library != nil:
			c.shelf.next = &successor{library, s}
		case next != nil:
			next.settings = s
		}
		waits := c.shelf.next != nil
		c.mu.Unlock()
		if !waits {
			l.apply(settingsChanged{s})
		} else if !l.succeed() {
			s.TakesDir = l.now.Settings.TakesDir
			s.Problem = strings.TrimSpace(s.Problem + " " + waitsForTake)
			l.apply(settingsChanged{s})
		}
	})
}

// succeed lets the next library take over if nothing is under way; false if it has to wait.
func (l *loop) succeed() bool {
	c := l.c
	c.mu.Lock()
	s := c.shelf
	next := s.next
	if next == nil || c.ending || c.landing > 0 || s.deeds > 0 || len(c.bounces.turn) > 0 || l.now.RunningTake() != nil {
		c.mu.Unlock()
		return false
	}
	s.now, s.next = next.library, nil
	close(s.changed)
	s.changed = make(chan struct{})
	c.mu.Unlock()
	l.apply(settingsChanged{next.settings})
	c.log.Info("another take library", "folder", next.settings.TakesDir)
	c.count(1) // nothing changes the library again while it finishes what waits
	c.work.Go(func() {
		defer c.count(-1)
		c.look(c.ctx)
		c.finishEarlier()
		c.resumeBounces()
	})
	return true
}

// attend counts somebody who follows the Snapshots until leave is called.
func (c *Controller) attend() (leave func()) {
	if c.shelf.watchers.Add(1) == 1 {
		c.stir()
	}
	return func() { c.shelf.watchers.Add(-1) }
}

// stir has the library looked at soon.
func (c *Controller) stir() {
	select {
	case c.shelf.stirred <- struct{}{}:
	default:
	}
}

// look brings the Snapshot up to date with the library.
func (c *Controller) look(ctx context.Context) {
	state, last, err := c.lib().Look(ctx)
	if err != nil {
		if ctx.Err() == nil {
			c.log.Warn("cannot look at the take library", "error", err)
		}
		return
	}
	c.tell(libraryLooked{state, last})
}

// observe looks at the library whenever somebody else may have changed it, until the core ends.
func (c *Controller) observe() {
	for c.ctx.Err() == nil {
		c.mu.Lock()
		library, changed := c.shelf.now, c.shelf.changed
		c.mu.Unlock()
		ctx, cancel := context.WithCancel(c.ctx)
		told := make(chan struct{}) // closed when the system does not tell
		observer, ok := library.(Observer)
		if !ok {
			close(told)
		}
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			if !ok {
				return
			}
			if err := observer.Observe(ctx, c.stir); err != nil && ctx.Err() == nil {
				c.log.Info("the takes folder is looked at now and then", "reason", err)
				close(told)
			}
		}()
		c.lookWhenDue(changed, told)
		cancel()
		<-ended
	}
}

// lookWhenDue looks at one library until changed is closed. blind is closed when the system does not tell of changes.
func (c *Controller) lookWhenDue(changed, blind <-chan struct{}) {
	poll := time.NewTimer(pollObserved)
	defer poll.Stop()
	least := pollObserved
	for {
		var begun time.Time
		select {
		case <-c.ctx.Done():
			return
		case <-changed:
			return
		case <-blind:
			least, blind = pollLeast, nil
			begun = time.Now()
		case <-poll.C:
			if c.shelf.watchers.Load() == 0 {
				continue // the first who comes stirs
			}
			begun = time.Now()
			c.look(c.ctx)
		case <-c.shelf.stirred:
			begun = time.Now()
			c.look(c.ctx)
		}
		took := time.Since(begun)
		rest := time.NewTimer(restAfterLook * took)
		select {
		case <-rest.C:
		case <-c.ctx.Done():
		}
		rest.Stop()
		if c.shelf.watchers.Load() > 0 {
			poll.Reset(min(pollMost, max(least, pollTimes*took)))
		}
	}
}
