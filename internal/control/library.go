package control

import "context"

// Takes implements Core.
func (c *Controller) Takes(ctx context.Context, q TakeQuery) ([]LibraryTake, error) {
	library := c.lib()
	list, err := library.List(ctx, q)
	if list == nil {
		list = []LibraryTake{}
	}
	if library.Revision() > c.Snapshot().Library.Revision {
		c.stir() // somebody else has changed it, and everybody should know
	}
	return list, asError(err)
}

// Take implements Core.
func (c *Controller) Take(ctx context.Context, ref string) (LibraryTake, error) {
	e, err := c.lib().Get(ctx, ref)
	return e, asError(err)
}

// TrashTake implements Core.
func (c *Controller) TrashTake(ctx context.Context, ref string) (LibraryTake, error) {
	return c.change(func(l Library) (LibraryTake, error) { return l.Trash(ctx, ref) })
}

// RestoreTake implements Core.
func (c *Controller) RestoreTake(ctx context.Context, ref string) (LibraryTake, error) {
	return c.change(func(l Library) (LibraryTake, error) { return l.Restore(ctx, ref) })
}

// AnnotateTake implements Core.
func (c *Controller) AnnotateTake(ctx context.Context, ref string, note *string, rating *int) (LibraryTake, error) {
	return c.change(func(l Library) (LibraryTake, error) { return l.Annotate(ctx, ref, note, rating) })
}

// RenameTake implements Core.
func (c *Controller) RenameTake(ctx context.Context, ref, name string) (LibraryTake, error) {
	return c.change(func(l Library) (LibraryTake, error) { return l.Rename(ctx, ref, name) })
}

// RescueTake implements Core.
func (c *Controller) RescueTake(ctx context.Context, ref string) (LibraryTake, error) {
	var last Landing
	e, err := c.change(func(l Library) (LibraryTake, error) {
		return l.Rescue(ctx, ref, func(p Landing) {
			last = p
			c.progress(p)
		})
	})
	if last.TakeID != "" {
		problem := ""
		if err != nil && ctx.Err() == nil {
			problem = err.Error()
		}
		c.tell(landingEnded{takeID: last.TakeID, problem: problem})
	}
	if err == nil {
		c.bounceLanded(e) // of a bounce, the files go where they were wanted
	}
	return e, err
}

// change carries out a deed on the library, after which another take may be the last one.
func (c *Controller) change(do func(Library) (LibraryTake, error)) (LibraryTake, error) {
	library, release := c.deed()
	defer release()
	e, err := do(library)
	if err == nil {
		c.look(c.ctx)
	}
	return e, asError(err)
}
