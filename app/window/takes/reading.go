package takes

import (
	"context"
	"slices"

	"github.com/takebar/takebar/app/takelist"
	"github.com/takebar/takebar/internal/control"
)

// reading is how far the page is with reading the library.
type reading struct {
	busy    bool
	again   bool   // something changed meanwhile
	trouble string // why it could not be read last time, "" if it could
	open    string // id of a take to open once it is there
}

// follow reads the library again where the core says that it has changed. A take that has just landed is shown at once.
func (p *Page) follow(before control.Snapshot) {
	now := p.snapshot
	if now.LastTake != nil && (before.LastTake == nil || before.LastTake.ID != now.LastTake.ID) && p.library != nil && p.library.Item(now.LastTake.ID) == nil {
		p.library.Put(*now.LastTake)
		p.refresh()
	}
	if changedLibrary(before, now) {
		p.read()
	}
}

func changedLibrary(before, now control.Snapshot) bool {
	if (before.LastTake == nil) != (now.LastTake == nil) {
		return true
	}
	if now.LastTake != nil && (before.LastTake.ID != now.LastTake.ID || before.LastTake.Name != now.LastTake.Name || before.LastTake.Status != now.LastTake.Status) {
		return true
	}
	for _, l := range before.Landings {
		if !slices.ContainsFunc(now.Landings, func(n control.Landing) bool { return n.TakeID == l.TakeID }) {
			return true // it has landed, or was given up
		}
	}
	return before.Settings.TakesDir != "" && before.Settings.TakesDir != now.Settings.TakesDir
}

// read reads the library, and its trash if that was ever looked at, in the background. While it does, what is there stays.
func (p *Page) read() {
	if p.reading.busy {
		p.reading.again = true
		return
	}
	p.reading.busy = true
	withTrash := p.trash != nil || p.show.Trash
	zone := p.deps.Now().Location()
	var library, trash *takelist.Library
	p.desk.Run(func(ctx context.Context) error {
		takes, err := p.deps.Core.Takes(ctx, control.TakeQuery{})
		if err != nil {
			return err
		}
		library = takelist.New(takes, p.say, zone)
		if !withTrash {
			return nil
		}
		if takes, err = p.deps.Core.Takes(ctx, control.TakeQuery{Trashed: true}); err != nil {
			return err
		}
		trash = takelist.New(takes, p.say, zone)
		return nil
	}, func(err error) { p.read1(library, trash, err) })
}

// read1 takes what was read.
func (p *Page) read1(library, trash *takelist.Library, err error) {
	first := p.library == nil && library != nil
	p.reading.busy = false
	p.reading.trouble = ""
	if err != nil {
		p.reading.trouble = p.desk.Sentence(err)
	} else {
		p.library = library
		if trash != nil {
			p.trash = trash
		}
	}
	p.refresh()
	p.bar.trouble(p.reading.trouble)
	if first {
		p.firstLook()
	}
	if p.reading.again {
		p.reading.again = false
		p.read()
	}
}

// firstLook opens the take that was asked for, or the newest.
func (p *Page) firstLook() {
	if p.reading.open != "" {
		p.open(p.reading.open)
		p.reading.open = ""
	}
	if p.chosen.Cursor() == nil {
		p.chosen.To(0, false)
	}
	p.chosenChanged()
}
