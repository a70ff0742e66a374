package takes

import (
	"context"
	"time"

	"github.com/takebar/takebar/app/takelist"
	"github.com/takebar/takebar/app/words"
	"github.com/takebar/takebar/internal/control"
)

// reading is how far the page is with reading the library.
type reading struct {
	busy   bool
	again  bool   // something changed meanwhile
	known  uint64 // revision of the library that is shown; 0 = none
	had    bool   // there were takes in this folder: if all are gone at once, so is the folder
	failed string // why it could not be read last time, "" if it could
	open   string // id of a take to open once it is there
}

// follow reads what has changed in the library where the core says that something has. A take that has just landed is shown at once.
func (p *Page) follow(before control.Snapshot) {
	now := p.snapshot
	if now.LastTake != nil && (before.LastTake == nil || before.LastTake.ID != now.LastTake.ID) && p.library != nil && p.library.Item(now.LastTake.ID) == nil {
		p.library.Put(*now.LastTake)
		p.refresh()
	}
	if now.Library.Problem != before.Library.Problem {
		p.showTrouble()
	}
	switch {
	case before.Settings.TakesDir != "" && before.Settings.TakesDir != now.Settings.TakesDir:
		p.reading.known, p.reading.had = 0, false // another library
		p.read()
	case now.Library.Revision != p.reading.known:
		p.read()
	}
}

// read reads the library in the background: what has changed since the last time, or all of it. While it does, what is there stays.
func (p *Page) read() {
	if p.reading.busy {
		p.reading.again = true
		return
	}
	p.reading.busy = true
	from, to := p.reading.known, p.snapshot.Library
	partly := p.library != nil && from > 0 && from >= to.Base && from <= to.Revision
	var answer answer
	p.desk.Run(func(ctx context.Context) error {
		if partly {
			changed, err := p.deps.Core.Takes(ctx, control.TakeQuery{Since: from})
			answer.changed = changed
			return err
		}
		return answer.all(ctx, p.deps.Core, p.say, p.zone)
	}, func(err error) {
		if err == nil {
			p.reading.known = to.Revision
		}
		p.answer(answer, err)
	})
}

// answer is what came of reading: all takes, or those that changed.
type answer struct {
	library, trash *takelist.Library
	changed        []control.LibraryTake
}

func (a *answer) all(ctx context.Context, core Core, say words.Say, zone *time.Location) error {
	takes, err := core.Takes(ctx, control.TakeQuery{})
	if err != nil {
		return err
	}
	trashed, err := core.Takes(ctx, control.TakeQuery{Trashed: true})
	if err != nil {
		return err
	}
	a.library, a.trash = takelist.New(takes, say, zone), takelist.New(trashed, say, zone)
	return nil
}

// answer shows what came of reading.
func (p *Page) answer(a answer, err error) {
	first := p.library == nil && a.library != nil
	p.reading.busy, p.reading.failed = false, ""
	switch {
	case err != nil:
		p.reading.failed = p.desk.Sentence(err)
	case a.library != nil:
		p.library, p.trash = a.library, a.trash
	default:
		p.shelve(a.changed)
	}
	p.reading.had = p.reading.had || !p.reading.again && p.library != nil && p.library.Len() > 0
	if p.reading.failed == "" && len(a.changed) == 0 && a.library == nil {
		p.showTrouble() // nothing is new
	} else {
		p.refresh()
		p.showTrouble()
	}
	if first {
		p.firstLook()
	}
	if p.reading.again {
		p.reading.again = false
		if p.reading.known != p.snapshot.Library.Revision || err != nil {
			p.read()
		}
	}
}

// shelve puts takes where they belong now: into the library, into its trash, or nowhere.
func (p *Page) shelve(takes []control.LibraryTake) {
	var library, trash []control.LibraryTake
	var out, in []string
	for _, t := range takes {
		switch {
		case t.Gone:
			out, in = append(out, t.ID), append(in, t.ID)
		case t.Trashed:
			trash, out = append(trash, t), append(out, t.ID)
		default:
			library, in = append(library, t), append(in, t.ID)
		}
		if p.library != nil {
			if i := p.library.Item(t.ID); i != nil {
				p.waves.renew(i.Take, t)
			}
		}
	}
	if p.library != nil {
		p.library.Put(library...)
		p.library.Remove(out...)
	}
	if p.trash != nil {
		p.trash.Put(trash...)
		p.trash.Remove(in...)
	}
}

// showTrouble says above the list, or in its place, why the library cannot be read or is not whole.
func (p *Page) showTrouble() {
	p.bar.trouble(p.trouble())
	if len(p.view.Rows) == 0 {
		p.showEmpty()
	}
}

// trouble is a sentence about the library as a whole, "" if all is well.
func (p *Page) trouble() string {
	switch {
	case p.reading.failed != "":
		return p.reading.failed
	case p.snapshot.Library.Problem != "":
		return p.snapshot.Library.Problem
	case p.reading.had && p.library.Len() == 0 && p.trash.Len() == 0:
		return p.say("takes.empty.gone", words.Data{"Dir": p.snapshot.Settings.TakesDir})
	}
	return ""
}

// firstLook opens the take that was asked for, or the newest.
func (p *Page) firstLook() {
	if id := p.reading.open; id != "" {
		p.reading.open = ""
		p.open(id)
	}
	if p.chosen.Cursor() == nil {
		p.chosen.To(0, false)
	}
	p.chosenChanged()
}
