package control

import (
	"context"
	"errors"
	"time"
)

// lookAgain is how often a follower looks for the next core.
const lookAgain = 300 * time.Millisecond

// Follow is a Client for those that stay, such as a window: while no core runs for home, its Snapshot says so and verbs answer CodeCoreGone; as
// soon as one runs, it goes on with that. It ends with ctx; Close then waits for it. absent is called each time that a core was looked for in
// vain or lost, with why; it may be nil.
func Follow(ctx context.Context, home string, absent func(error)) *Client {
	c := &Client{hub: newHub(withoutCore(ErrNoCore)), levels: newLevelFeed(), done: make(chan struct{})}
	if absent == nil {
		absent = func(error) {}
	}
	c.work.Go(func() {
		defer close(c.done)
		defer c.hub.close()
		defer c.levels.feed.Close()
		for ctx.Err() == nil {
			conn, err := dialCore(ctx, home, c.hub, c.levels)
			if err == nil {
				err = c.use(ctx, conn)
			}
			if ctx.Err() != nil {
				return
			}
			if !errors.Is(err, ErrNoCore) || c.hub.snapshot().Version != 0 {
				c.hub.publish(withoutCore(err))
			}
			absent(err)
			select {
			case <-ctx.Done():
			case <-time.After(lookAgain):
			}
		}
	})
	return c
}

// use goes on with a connection until it breaks or ctx ends.
func (c *Client) use(ctx context.Context, conn *coreConn) error {
	c.mu.Lock()
	c.conn = conn
	c.mu.Unlock()
	conn.adopt()
	stop := context.AfterFunc(ctx, conn.sess.Close)
	defer stop()
	c.levels.serve(conn.sess) // until it ends
	return ErrNoCore
}

// withoutCore is what there is to know while no core runs.
func withoutCore(err error) Snapshot {
	link := Link{Status: LinkDisconnected, Message: "Takebar's menu-bar app does not run.", Hint: "Start it; a take that Live records goes on and lands then."}
	var known *Error
	if errors.As(err, &known) {
		link.Message, link.Hint = known.Message, known.Hint
	}
	return Snapshot{Link: link}
}

// Reached waits until a follower has found its first core, at most for the given time; the error says what to do.
func (c *Client) Reached(ctx context.Context, patience time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if _, ok := c.hub.until(ctx, func(s Snapshot) bool { return s.Version > 0 }); ok {
		return nil
	}
	link := c.Snapshot().Link
	return &Error{Code: CodeCoreGone, Message: link.Message, Hint: link.Hint, Err: ErrNoCore}
}
