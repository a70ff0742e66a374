package export

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"

	"github.com/takebar/takebar/app"
	"github.com/takebar/takebar/app/attempts"
	"github.com/takebar/takebar/app/window/ui"
	"github.com/takebar/takebar/app/words"
	"github.com/takebar/takebar/internal/control"
)

// Page is the export page.
type Page struct {
	desk *ui.Desk
	deps Deps
	say  words.Say

	books attempts.Books
	facts attempts.Facts
	view  attempts.View
	known bool // books have been read

	reading, again bool   // Read runs; something changed meanwhile
	mine           int    // things that this page started and that have not ended
	row            int    // number of the chosen set; 0 = none
	opened         string // id of the attempt that is open; "" = none
	own            bool   // the user chose it: the running one does not take its place
	followed       string // id of the running attempt that was opened by itself
	lines          []attempts.Line
	shownMenu      string // what the menu was told

	content *fyne.Container
	banner  *banner
	off     *offBox
	head    *head
	card    *runCard
	queue   *queueBox
	past    *pastBox
	detail  *detailBox
	on      fyne.CanvasObject
}

var (
	_ ui.Page   = (*Page)(nil)
	_ ui.Leaver = (*Page)(nil)
)

// New makes the page and begins to read.
func New(desk *ui.Desk, deps Deps) *Page {
	if deps.Zone == nil {
		deps.Zone = time.Local //nolint:gosmopolitan // the user's own zone is meant
	}
	p := &Page{desk: desk, deps: deps, say: desk.Say}
	p.banner = newBanner(p)
	p.off, p.head, p.card = newOffBox(p), newHead(p), newRunCard(p)
	p.queue, p.past, p.detail = newQueueBox(p), newPastBox(p), newDetailBox(p)
	below := container.NewHSplit(p.past.content, p.detail.content)
	below.SetOffset(0.36)
	split := container.NewVSplit(p.queue.content, below)
	split.SetOffset(0.5)
	top := container.New(layout.NewCustomPaddedVBoxLayout(gap), p.head.content, p.banner.content, p.card.content)
	body := container.New(layout.NewCustomPaddedLayout(gap-theme.Padding(), 0, 0, 0), container.NewThemeOverride(split, calm{}))
	p.on = container.NewBorder(top, nil, nil, nil, body)
	p.content = container.NewStack()
	p.show()
	p.read()
	p.watch()
	return p
}

// Name implements ui.Page.
func (p *Page) Name() string { return "export" }

// Title implements ui.Page.
func (p *Page) Title() string { return p.say("export.title") }

// Icon implements ui.Page.
func (p *Page) Icon() fyne.Resource { return theme.UploadIcon() }

// Content implements ui.Page.
func (p *Page) Content() fyne.CanvasObject { return p.content }

// Close implements ui.Page. What runs ends with the desk, which waits for it.
func (p *Page) Close() {}

// Shown implements ui.Page; what may be the id of an attempt to open.
func (p *Page) Shown(what string) {
	if what != "" {
		p.open(what, true)
	}
	p.read()
}

// Snapshot implements ui.Page.
func (p *Page) Snapshot(s control.Snapshot) {
	f := attempts.Facts{Connected: s.Link.Status == control.LinkConnected && s.Link.Responding, Taking: s.RunningTake() != nil, CanBounce: p.deps.Bouncer != nil, Bouncing: app.BounceLine(s)}
	if s.State != nil {
		f.Live = s.State.Link.Live
		if s.State.Set.Name != nil {
			f.Set = *s.State.Set.Name
		}
	}
	if f != p.facts {
		p.facts = f
		p.show()
	}
}

// Dropped implements ui.Page: sets and folders go into the batch.
func (p *Page) Dropped(files []fyne.URI) {
	if !p.view.On {
		p.desk.Toast(p.say("export.said.off.drop"))
		return
	}
	var paths []string
	for _, f := range files {
		paths = append(paths, f.Path())
	}
	p.add(paths)
}

// watch reads anew whenever something changed, here or in another process.
func (p *Page) watch() {
	p.desk.Run(func(ctx context.Context) error {
		return p.deps.Engine.Watch(ctx, func() { p.desk.Do(p.read) })
	}, func(err error) {
		if err != nil {
			p.desk.Fail(err)
		}
	})
}

// read asks for the books and shows them; changes meanwhile are read in one more go.
func (p *Page) read() {
	if p.reading {
		p.again = true
		return
	}
	p.reading = true
	var books attempts.Books
	var lines []attempts.Line
	id := p.opened
	p.desk.Run(func(ctx context.Context) (err error) {
		if books, err = p.deps.Engine.Read(ctx); err != nil {
			return err
		}
		if id == "" {
			id = follow(books)
		}
		if id != "" {
			lines, _ = p.deps.Engine.Trace(ctx, id) // one that cannot be read shows as empty
		}
		return nil
	}, func(err error) {
		p.reading = false
		if err != nil {
			p.desk.Fail(err)
			return
		}
		p.take(books, id, lines)
		if p.again {
			p.again = false
			p.read()
		}
	})
}

// follow is the attempt to open where nothing is chosen: the running one, else the newest.
func follow(b attempts.Books) string {
	if b.Running.Attempt != "" {
		return b.Running.Attempt
	}
	if len(b.Past) > 0 {
		return b.Past[0].ID
	}
	return ""
}

// take shows books that were read, with the trace of the attempt id.
func (p *Page) take(books attempts.Books, id string, lines []attempts.Line) {
	if books.Problem != "" && books.Problem != p.books.Problem {
		p.desk.Fail(said(books.Problem))
	}
	p.books, p.known = books, true
	running := books.Running.Attempt
	switch {
	case running != "" && running != p.followed:
		// A new attempt began: it comes up by itself, once.
		p.followed, p.opened, p.own = running, running, false
	case p.opened == "":
		p.opened = id
	case !slices.ContainsFunc(books.Past, func(a attempts.Attempt) bool { return a.ID == p.opened }) && p.opened != running:
		p.opened, p.own = follow(books), false
	}
	p.lines = nil
	if id == p.opened {
		p.lines = lines
	} else if p.opened != "" {
		p.again = true // its trace is read next
	}
	p.show()
}

// open shows an attempt; chosen says that the user asked for it.
func (p *Page) open(id string, chosen bool) {
	if id == "" || id == p.opened {
		return
	}
	p.opened, p.own, p.lines = id, chosen, nil
	p.show()
	p.read()
}

// show brings everything on the page to what is known.
func (p *Page) show() {
	p.view = attempts.Build(p.books, p.facts, p.say, p.deps.Zone)
	p.banner.show(p.view.Bounce)
	switch {
	case !p.known:
	case !p.view.On:
		p.off.show(p.view)
		p.front(p.off.content)
	default:
		p.head.show(p.view)
		p.card.show(p.view)
		if p.view.Running == nil { // advice for before and after
			p.banner.content.Show()
		} else {
			p.banner.content.Hide()
		}
		p.queue.show(p.view)
		p.past.show(p.view)
		p.showDetail()
		p.front(p.on)
		// Lists must have their size before they scroll to what is chosen.
		p.queue.mark()
		p.past.mark()
		p.detail.mark()
	}
	if menu := p.menu(); menu != p.shownMenu {
		p.shownMenu = menu
		p.desk.Refresh()
	}
}

// menu is what the menu says now; making it anew closes one that is open.
func (p *Page) menu() string {
	var b strings.Builder
	for _, c := range p.Commands() {
		fmt.Fprintln(&b, c.Label, c.Off, c.Key, c.Mod)
	}
	return b.String()
}

func (p *Page) front(o fyne.CanvasObject) {
	if len(p.content.Objects) != 1 || p.content.Objects[0] != o {
		p.content.Objects = []fyne.CanvasObject{o}
		p.content.Refresh()
	}
	arrange(o)
}

// arrange lays out everything below an object anew: texts and buttons need another width now. The window would do so at its next frame.
func arrange(o fyne.CanvasObject) {
	switch o := o.(type) {
	case *fyne.Container:
		if o.Layout != nil {
			o.Layout.Layout(o.Objects, o.Size())
		}
		for _, child := range o.Objects {
			arrange(child)
		}
	case *container.Split:
		o.Refresh()
		arrange(o.Leading)
		arrange(o.Trailing)
	case *container.Scroll:
		o.Refresh()
		arrange(o.Content)
	case *container.ThemeOverride:
		arrange(o.Content)
	}
}

func (p *Page) showDetail() {
	a, ok := p.attempt()
	if !ok {
		p.detail.clear()
		return
	}
	p.detail.show(attempts.Tell(a, p.lines, p.say, p.deps.Zone))
}

// attempt is the attempt that is open.
func (p *Page) attempt() (attempts.Attempt, bool) {
	i := slices.IndexFunc(p.books.Past, func(a attempts.Attempt) bool { return a.ID == p.opened })
	if p.opened == "" || i < 0 {
		return attempts.Attempt{}, false
	}
	return p.books.Past[i], true
}

// begin does something that runs until its end and can be stopped.
func (p *Page) begin(work func(ctx context.Context) error, then func()) {
	p.mine++
	p.desk.Run(work, func(err error) {
		p.mine--
		if err != nil {
			p.desk.Fail(err)
		} else if then != nil {
			then()
		}
		p.read()
	})
}

// do changes something and reads anew.
func (p *Page) do(work func(ctx context.Context) error, then func()) {
	p.desk.Run(work, func(err error) {
		if err != nil {
			p.desk.Fail(err)
		} else if then != nil {
			then()
		}
		p.read()
	})
}

// Leaving implements ui.Leaver: closing the window ends what runs in it.
func (p *Page) Leaving(goOn func()) bool {
	if p.mine == 0 || p.view.Running == nil || p.view.Running.Elsewhere {
		return true
	}
	text := p.say("export.ask.leave.text")
	if p.books.Running.Watching {
		text = p.say("export.ask.leave.watching")
	}
	p.ask(p.say("export.ask.leave"), text, p.say("export.ask.leave.yes"), p.say("export.ask.leave.no"), goOn)
	return false
}

// add puts files and folders into the batch and tells what came of it.
func (p *Page) add(paths []string) {
	var added int
	var skipped []attempts.Skipped
	p.do(func(ctx context.Context) (err error) {
		added, skipped, err = p.deps.Engine.Add(ctx, paths)
		return err
	}, func() { p.told(added, skipped) })
}

func (p *Page) told(added int, skipped []attempts.Skipped) {
	var text []string
	switch {
	case added > 0:
		text = append(text, p.say("export.said.added", words.Data{"N": added}))
	case len(skipped) == 0:
		text = append(text, p.say("export.said.there"))
	}
	const most = 3
	for i, s := range skipped {
		if i == most {
			text = append(text, p.say("export.said.more", words.Data{"N": len(skipped) - most}))
			break
		}
		text = append(text, p.say("export.said.skipped", words.Data{"Why": s.Why}))
	}
	if added == 0 && len(skipped) > 0 {
		p.desk.Fail(said(strings.Join(text, "\n")))
		return
	}
	p.desk.Toast(strings.Join(text, "\n"))
}

// said is a sentence that is shown as an error, with nothing to add.
type said string

func (s said) Error() string     { return string(s) }
func (s said) ErrorHint() string { return "" }
