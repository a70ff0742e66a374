package takes

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/takebar/takebar/app/takelist"
	"github.com/takebar/takebar/app/window/ui"
	"github.com/takebar/takebar/app/words"
	"github.com/takebar/takebar/internal/control"
)

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
