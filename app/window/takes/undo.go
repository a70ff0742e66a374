package takes

import (
	"context"

	"github.com/takebar/takebar/internal/control"
)

// change is something that can be taken back.
type change struct {
	done   string // what is said when it is taken back
	back   func(ctx context.Context) ([]control.LibraryTake, error)
	number int
}

const undoMost = 50

func (p *Page) remember(c change) change {
	p.changes++
	c.number = p.changes
	p.undo = append(p.undo, c)
	if len(p.undo) > undoMost {
		p.undo = p.undo[1:]
	}
	return c
}

// inOrder does one thing after the other, in the order in which they were asked for: a rating must not overtake the one before it. begin runs
// on the user interface's goroutine and calls done when what it began is over.
func (p *Page) inOrder(begin func(done func())) {
	p.waiting = append(p.waiting, begin)
	if !p.working {
		p.nextDeed()
	}
}

func (p *Page) nextDeed() {
	p.working = len(p.waiting) > 0
	if p.working {
		begin := p.waiting[0]
		p.waiting = p.waiting[1:]
		begin(p.nextDeed)
	}
}

// run does work in its turn.
func (p *Page) run(work func(ctx context.Context) error, then func(error)) {
	p.inOrder(func(done func()) {
		p.desk.Run(work, func(err error) {
			then(err)
			done()
		})
	})
}

// undoLast takes the last change back, once those before it are made.
func (p *Page) undoLast() {
	p.inOrder(func(done func()) {
		if len(p.undo) == 0 {
			done()
			return
		}
		last := p.undo[len(p.undo)-1]
		p.undo = p.undo[:len(p.undo)-1]
		p.takeBack(last, done)
	})
}

func (p *Page) takeBack(c change, done func()) {
	var takes []control.LibraryTake
	p.desk.Run(func(ctx context.Context) (err error) {
		takes, err = c.back(ctx)
		return err
	}, func(err error) {
		defer done()
		p.put(takes...)
		if len(takes) > 0 {
			p.chosen.ByID(takes[0].ID)
			p.list.reveal(p.chosen.Row())
			p.chosenChanged()
		}
		if err != nil {
			p.desk.Fail(err)
			return
		}
		p.desk.Toast(c.done)
	})
}

// put shows takes as they are now: in the library or in its trash.
func (p *Page) put(takes ...control.LibraryTake) {
	if len(takes) == 0 {
		return
	}
	p.shelve(takes)
	p.refresh()
}

// changed is told by the opened view of a take that it changed; it can be taken back here as well.
func (p *Page) changed(now control.LibraryTake) {
	if p.library != nil {
		if before := p.library.Item(now.ID); before != nil {
			p.rememberChange(before.Take, now)
		}
	}
	p.put(now)
}

func (p *Page) rememberChange(before, now control.LibraryTake) {
	one := func(t control.LibraryTake, err error) ([]control.LibraryTake, error) {
		if err != nil {
			return nil, err
		}
		return []control.LibraryTake{t}, nil
	}
	switch {
	case now.Trashed != before.Trashed:
		p.rememberTrash([]control.LibraryTake{now})
	case now.Name != before.Name:
		p.remember(change{done: p.say("takes.undone.rename"), back: func(ctx context.Context) ([]control.LibraryTake, error) {
			return one(p.deps.Core.RenameTake(ctx, now.ID, before.Name))
		}})
	case now.Rating != before.Rating:
		p.remember(change{done: p.say("takes.undone.rating"), back: func(ctx context.Context) ([]control.LibraryTake, error) {
			return one(p.deps.Core.AnnotateTake(ctx, now.ID, nil, &before.Rating))
		}})
	case now.Note != before.Note:
		p.remember(change{done: p.say("takes.undone.note"), back: func(ctx context.Context) ([]control.LibraryTake, error) {
			return one(p.deps.Core.AnnotateTake(ctx, now.ID, &before.Note, nil))
		}})
	}
}
