package control

import (
	"context"
	"sync"
)

// coalescer keeps impatient clicks from piling up. For each subject (a track, the transport) one deed is under way and at most one waits: the last that
// was asked for. Whoever asked for one that was overtaken gets the outcome of the one that took its place.
type coalescer struct {
	mu    sync.Mutex
	lanes map[string]*lane
}

type lane struct{ current, next *deed }

type deed struct {
	wish     string // what is asked for, to know the same wish again
	run      func() error
	done     chan struct{}
	err      error
	overtook *deed // set before done is closed: this one's outcome counts
}

// do makes subject be as wished and waits for the outcome, or for ctx. start runs a function in a goroutine that somebody waits for; it answers false when
// the core ends.
func (c *coalescer) do(ctx context.Context, start func(func()) bool, subject, wish string, run func() error) error {
	d := c.enter(start, subject, wish, run)
	for {
		select {
		case <-d.done:
		case <-ctx.Done():
			return ctx.Err()
		}
		if d.overtook == nil {
			return d.err
		}
		d = d.overtook
	}
}

func (c *coalescer) enter(start func(func()) bool, subject, wish string, run func() error) *deed {
	c.mu.Lock()
	defer c.mu.Unlock()
	l := c.lanes[subject]
	if l == nil {
		if c.lanes == nil {
			c.lanes = map[string]*lane{}
		}
		l = &lane{}
		c.lanes[subject] = l
	}
	d := &deed{wish: wish, run: run, done: make(chan struct{})}
	switch {
	case l.current == nil:
		l.current = d
		c.begin(start, subject, l)
	case l.next != nil && l.next.wish == wish:
		return l.next
	case l.current.wish == wish: // what is under way will do, and what waited is not wanted any more
		l.overtake(l.current)
		return l.current
	default:
		l.overtake(d)
		l.next = d
	}
	return d
}

// overtake ends the one that waits in favour of d.
func (l *lane) overtake(d *deed) {
	if l.next != nil {
		l.next.overtook = d
		close(l.next.done)
		l.next = nil
	}
}

// begin carries out the current deed and those that follow. Callers hold c.mu.
func (c *coalescer) begin(start func(func()) bool, subject string, l *lane) {
	ok := start(func() {
		for {
			c.mu.Lock()
			d := l.current
			c.mu.Unlock()
			d.err = d.run()
			c.mu.Lock()
			close(d.done)
			l.current, l.next = l.next, nil
			if l.current == nil {
				delete(c.lanes, subject)
				c.mu.Unlock()
				return
			}
			c.mu.Unlock()
		}
	})
	if !ok {
		l.current.err = errEnding()
		close(l.current.done)
		delete(c.lanes, subject)
	}
}

func errEnding() error {
	return &Error{Code: CodeCoreGone, Message: "Takebar is quitting.", Hint: "Start it again."}
}
