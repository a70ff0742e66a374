package takes

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/takebar/takebar/app/takelist"
	"github.com/takebar/takebar/app/window/ui"
	"github.com/takebar/takebar/app/words"
	"github.com/takebar/takebar/bridge/live"
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

// each does something to every chosen take, and shows what came of it even where one of them failed.
func (p *Page) each(items []*takelist.Item, deed func(ctx context.Context, id string) (control.LibraryTake, error), then func([]control.LibraryTake)) {
	var done []control.LibraryTake
	p.run(func(ctx context.Context) error {
		var failed error
		for _, i := range items {
			t, err := deed(ctx, i.ID())
			if err != nil {
				failed = errors.Join(failed, err)
				continue
			}
			done = append(done, t)
		}
		if joined, ok := failed.(interface{ Unwrap() []error }); ok {
			failed = joined.Unwrap()[0] // one sentence is enough
		}
		return failed
	}, func(err error) {
		if len(done) > 0 {
			then(done)
		}
		if err != nil {
			p.desk.Fail(err)
		}
	})
}

// rate rates all chosen takes.
func (p *Page) rate(rating int) { p.rateItems(p.chosen.Items(), rating) }

// rateItem is a click on a star: the one that is set already takes the rating away.
func (p *Page) rateItem(i *takelist.Item, rating int) {
	if i.Take.Rating == rating {
		rating = 0
	}
	p.rateItems([]*takelist.Item{i}, rating)
}

func (p *Page) rateItems(items []*takelist.Item, rating int) {
	var others []*takelist.Item
	before := map[string]int{}
	for _, i := range items {
		if i.Take.Rating != rating && !i.Take.Trashed {
			others = append(others, i)
			before[i.ID()] = i.Take.Rating
		}
	}
	if len(others) == 0 {
		return
	}
	core := p.deps.Core
	p.each(others, func(ctx context.Context, id string) (control.LibraryTake, error) {
		return core.AnnotateTake(ctx, id, nil, &rating)
	}, func(done []control.LibraryTake) {
		p.remember(change{done: p.say("takes.undone.rating"), back: p.backEach(done, func(ctx context.Context, id string) (control.LibraryTake, error) {
			was := before[id]
			return core.AnnotateTake(ctx, id, nil, &was)
		})})
		p.put(done...)
	})
}

// backEach undoes something for each of some takes.
func (p *Page) backEach(done []control.LibraryTake, deed func(ctx context.Context, id string) (control.LibraryTake, error)) func(context.Context) ([]control.LibraryTake, error) {
	return func(ctx context.Context) ([]control.LibraryTake, error) {
		var back []control.LibraryTake
		for _, t := range done {
			b, err := deed(ctx, t.ID)
			if err != nil {
				return back, err
			}
			back = append(back, b)
		}
		return back, nil
	}
}

// moveToTrash trashes all chosen takes; a toast offers to take it back.
func (p *Page) moveToTrash() {
	items := p.chosen.Items()
	if len(items) == 0 || p.show.Trash {
		return
	}
	p.each(items, p.deps.Core.TrashTake, func(done []control.LibraryTake) {
		undo := p.rememberTrash(done)
		p.put(done...)
		text := p.say("takes.trashed.one", words.Data{"Name": p.nameOf(done[0])})
		if len(done) > 1 {
			text = p.say("takes.trashed.many", words.Data{"Count": len(done)})
		}
		p.desk.Toast(text, ui.Action{Label: p.say("takes.undo"), Do: undo})
	})
}

// nameOf is what a take is called in the list.
func (p *Page) nameOf(t control.LibraryTake) string {
	for _, shelf := range []*takelist.Library{p.library, p.trash} {
		if shelf != nil {
			if i := shelf.Item(t.ID); i != nil {
				return i.Name
			}
		}
	}
	return t.Name
}

// rememberTrash notes that takes were trashed and answers how to take just that back.
func (p *Page) rememberTrash(done []control.LibraryTake) func() {
	c := p.remember(change{done: p.say("takes.undone.trash"), back: p.backEach(done, p.deps.Core.RestoreTake)})
	number := c.number
	return func() {
		p.inOrder(func(done func()) {
			n := slices.IndexFunc(p.undo, func(c change) bool { return c.number == number })
			if n < 0 { // it was taken back already
				done()
				return
			}
			p.undo = slices.Delete(p.undo, n, n+1)
			p.takeBack(c, done)
		})
	}
}

// restore brings all chosen takes back from the trash.
func (p *Page) restore() {
	items := p.chosen.Items()
	if len(items) == 0 || !p.show.Trash {
		return
	}
	p.each(items, p.deps.Core.RestoreTake, func(done []control.LibraryTake) {
		p.remember(change{done: p.say("takes.undone.restore"), back: p.backEach(done, p.deps.Core.TrashTake)})
		p.put(done...)
		text := p.say("takes.restored.one", words.Data{"Name": p.nameOf(done[0])})
		if len(done) > 1 {
			text = p.say("takes.restored.many", words.Data{"Count": len(done)})
		}
		p.desk.Toast(text)
	})
}

// rescue fetches missing files again from where Live recorded them.
func (p *Page) rescue() {
	i := p.chosen.Cursor()
	if i == nil {
		return
	}
	p.each([]*takelist.Item{i}, p.deps.Core.RescueTake, func(done []control.LibraryTake) {
		for _, path := range done[0].Paths {
			p.waves.forget(path)
		}
		p.put(done...)
		p.desk.Toast(p.say("takes.rescued", words.Data{"Name": p.nameOf(done[0])}))
	})
}

// rename asks for a name.
func (p *Page) rename() {
	i := p.chosen.Cursor()
	if i == nil || p.show.Trash {
		return
	}
	p.ask(question{
		title: p.say("takes.rename.title"), hint: p.say("takes.rename.hint"), answer: i.Name, yes: p.say("takes.rename.do"),
		do: func(name string, then func(error)) {
			name = strings.TrimSpace(name)
			if name == "" || name == i.Take.Name {
				then(nil)
				return
			}
			var now control.LibraryTake
			p.run(func(ctx context.Context) (err error) {
				now, err = p.deps.Core.RenameTake(ctx, i.ID(), name)
				return err
			}, func(err error) {
				if err == nil {
					p.rememberChange(i.Take, now)
					p.put(now)
				}
				then(err)
			})
		},
	})
}

// reveal shows the files in the file manager; where there are none, the take's description.
func (p *Page) reveal() {
	i := p.chosen.Cursor()
	if i == nil {
		return
	}
	paths := i.Take.Paths
	if len(paths) == 0 || i.Badges&takelist.Missing != 0 {
		paths = []string{i.Take.Sidecar}
	}
	p.desk.Run(func(ctx context.Context) error { return p.deps.Files.Reveal(ctx, paths) }, nil)
}

// copyPath puts the paths of all chosen takes on the clipboard, one a line.
func (p *Page) copyPath() {
	var paths []string
	for _, i := range p.chosen.Items() {
		paths = append(paths, i.Take.Paths...)
	}
	if len(paths) == 0 {
		return
	}
	p.desk.Run(func(ctx context.Context) error { return p.deps.Files.Copy(ctx, strings.Join(paths, "\n")) }, func(err error) {
		if err != nil {
			p.desk.Fail(err)
			return
		}
		if len(paths) == 1 {
			p.desk.Toast(p.say("takes.copied.one"))
			return
		}
		p.desk.Toast(p.say("takes.copied.many", words.Data{"Count": len(paths)}))
	})
}

func (p *Page) openFolder() {
	dir := p.snapshot.Settings.TakesDir
	p.desk.Run(func(ctx context.Context) error { return p.deps.Files.OpenFolder(ctx, dir) }, nil)
}

// record starts a take with the defaults.
func (p *Page) record() {
	if p.strip.CanStart() {
		p.stripView.wait()
		p.desk.Run(func(ctx context.Context) error {
			_, err := p.deps.Core.StartTake(ctx, control.TakeRequest{})
			return err
		}, p.answered)
	}
}

func (p *Page) stop() {
	if p.strip.CanStop() {
		p.stripView.wait()
		p.desk.Run(func(ctx context.Context) error {
			if stopper, ok := p.deps.Core.(bounceStopper); ok && p.strip.Bounce {
				_, err := stopper.StopBounce(ctx)
				return err
			}
			_, err := p.deps.Core.StopTake(ctx)
			return err
		}, p.answered)
	}
}

// bounceStopper is the part of control.BounceCore that the strip needs.
type bounceStopper interface {
	StopBounce(ctx context.Context) (live.Take, error)
	CancelBounce(ctx context.Context) (live.Take, error)
}

// discard asks first: nothing of the take will land.
func (p *Page) discard() {
	if !p.strip.CanStop() {
		return
	}
	bounce := p.strip.Bounce
	q := question{title: p.say("takes.discard.title"), hint: p.say("takes.discard.hint"), yes: p.say("takes.discard.do"), danger: true}
	if bounce {
		q.title, q.hint = p.say("takes.discard.bounce.title"), p.say("takes.discard.bounce.hint")
	}
	q.do = func(_ string, then func(error)) {
		p.desk.Run(func(ctx context.Context) error {
			if stopper, ok := p.deps.Core.(bounceStopper); ok && bounce {
				_, err := stopper.CancelBounce(ctx)
				return err
			}
			_, err := p.deps.Core.CancelTake(ctx)
			return err
		}, then)
	}
	p.ask(q)
}

// answered is the core's verdict on Record and Stop.
func (p *Page) answered(err error) {
	p.stripView.refresh(p.strip)
	if err != nil {
		p.desk.Fail(err)
	}
}

func (p *Page) setDefaults(change func(*control.Defaults)) {
	d := p.snapshot.Settings.Defaults
	change(&d)
	if d != p.snapshot.Settings.Defaults {
		p.desk.Run(func(ctx context.Context) error { return p.deps.Core.SetDefaults(ctx, d) }, nil)
	}
}
