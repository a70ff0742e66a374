package control

import "context"

// Measurer is a Library that finds the loudness of landed takes later, since that takes longer than a landing may. internal/take is one.
type Measurer interface {
	// Measure completes a take's sidecar with the loudness of its files.
	Measure(ctx context.Context, ref string) (LibraryTake, error)
}

// measure has the loudness of a landed take measured, one take at a time. A core that closes gives it a moment and then leaves it.
func (c *Controller) measure(e LibraryTake) {
	m, ok := c.lib().(Measurer)
	if !ok || len(e.Files) == 0 {
		return
	}
	c.count(1) // Close waits for it, but not for long
	begun := c.spawn(func() {
		defer c.count(-1)
		ctx, cancel := context.WithCancel(c.ctx)
		defer cancel()
		defer c.hurry(cancel)()
		select {
		case c.measuring <- struct{}{}:
		case <-ctx.Done():
			return
		}
		defer func() { <-c.measuring }()
		if _, err := m.Measure(ctx, e.ID); err != nil {
			if ctx.Err() == nil {
				c.log.Warn("cannot measure the loudness of a take", "take", e.ID, "error", err)
			}
			return
		}
		c.look(ctx)
	})
	if !begun {
		c.count(-1)
	}
}
