package takes

import (
	"context"
	"slices"
	"strconv"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"

	"github.com/takebar/takebar/app"
	"github.com/takebar/takebar/app/takelist"
	"github.com/takebar/takebar/app/window/ports"
	"github.com/takebar/takebar/app/window/ui"
	"github.com/takebar/takebar/app/words"
	"github.com/takebar/takebar/bridge/live"
	"github.com/takebar/takebar/internal/control"
)

// Core is what the page asks of Takebar's core. If it is a control.LevelCore as well, input levels are shown.
type Core interface {
	Takes(ctx context.Context, q control.TakeQuery) ([]control.LibraryTake, error)
	StartTake(ctx context.Context, r control.TakeRequest) (live.Take, error)
	StopTake(ctx context.Context) (live.Take, error)
	CancelTake(ctx context.Context) (live.Take, error)
	SetDefaults(ctx context.Context, d control.Defaults) error
	AnnotateTake(ctx context.Context, ref string, note *string, rating *int) (control.LibraryTake, error)
	RenameTake(ctx context.Context, ref, name string) (control.LibraryTake, error)
	TrashTake(ctx context.Context, ref string) (control.LibraryTake, error)
	RestoreTake(ctx context.Context, ref string) (control.LibraryTake, error)
	RescueTake(ctx context.Context, ref string) (control.LibraryTake, error)
}

// Opened is the view of the take that is open, on the right.
type Opened interface {
	Content() fyne.CanvasObject
	Show(e *control.LibraryTake) // nil = none is open
	Commands() []ui.Command
	Close()
}

// Deps are what the page needs besides its desk.
type Deps struct {
	Core  Core
	Files app.Files
	Waves ports.Waveforms
	Now   func() time.Time
	// Opened makes the right side. changed is to be called on the user interface's goroutine with a take that was changed there.
	Opened func(desk *ui.Desk, changed func(control.LibraryTake)) Opened
}

// Page is the takes page.
type Page struct {
	desk *ui.Desk
	deps Deps
	say  words.Say

	snapshot control.Snapshot
	strip    takelist.Strip
	library  *takelist.Library // nil until it was read
	trash    *takelist.Library // likewise
	zone     *time.Location    // of the days
	show     takelist.Show
	view     takelist.View
	chosen   takelist.Selection
	opened   *takelist.Item // what the right side shows
	reading  reading
	undo     []change
	changes  int            // ever made
	waiting  []func(func()) // deeds, see inOrder
	working  bool           // one of them is under way
	clicked  click
	menus    string // what the menus said last
	ticking  func() // ends the clock; nil = it stands
	levels   func() // ends the levels; nil = nobody listens

	waves     *waves
	list      *takeList
	bar       *bar
	stripView *stripView
	empty     *emptyView
	right     Opened
	content   fyne.CanvasObject
}

var _ ui.Page = (*Page)(nil)

// click is the last one on a row, to know a double click.
type click struct {
	id string
	at time.Time
}

const doubleClick = 400 * time.Millisecond

// New makes the page. Close it.
func New(desk *ui.Desk, deps Deps) *Page {
	p := &Page{desk: desk, deps: deps, say: desk.Say, zone: deps.Now().Location()}
	p.waves = newWaves(desk, deps.Waves, func(path string) { p.list.waveReady(path) })
	p.list = newTakeList(p.waves, p.rowTexts(), &p.chosen)
	p.list.press, p.list.tapped, p.list.rate, p.list.menu = p.press, p.tapped, p.rateItem, p.contextMenu
	p.bar = newBar(p)
	p.stripView = newStripView(p)
	p.empty = newEmptyView(p)
	p.right = deps.Opened(desk, p.changed)
	p.right.Show(nil)
	left := container.NewBorder(p.bar.content, nil, nil, nil, container.NewStack(p.list, p.empty.content))
	p.content = container.NewBorder(p.stripView.content, nil, nil, nil, newSplit(left, p.right.Content(), 0.55))
	p.applyStrip(takelist.NewStrip(p.snapshot, deps.Now(), p.say))
	p.refresh()
	p.read()
	return p
}

func (p *Page) rowTexts() rowTexts {
	badges := map[takelist.Badges]string{}
	for b := range takelist.Badges(0xffff).Each {
		badges[b] = b.Label(p.say)
	}
	return rowTexts{
		tempo: " " + p.say("takes.tempo.unit"), noSet: p.say("takes.no_set"), badges: badges,
		count: func(takes int, length string) string { return p.countText(takes, length) },
	}
}

func (p *Page) countText(takes int, length string) string {
	text := p.say("takes.count.many", words.Data{"Count": number(takes)})
	if takes == 1 {
		text = p.say("takes.count.one")
	}
	if length != "" {
		text += " · " + length
	}
	return text
}

// number writes a count with a narrow gap before the thousands, which every language here understands.
func number(n int) string {
	s := strconv.Itoa(n)
	if n >= 10000 {
		s = s[:len(s)-3] + "\u00a0" + s[len(s)-3:]
	}
	return s
}

// Name implements ui.Page.
func (p *Page) Name() string { return "takes" }

// Title implements ui.Page.
func (p *Page) Title() string { return p.say("takes.title") }

// Icon implements ui.Page.
func (p *Page) Icon() fyne.Resource { return theme.MediaMusicIcon() }

// Content implements ui.Page.
func (p *Page) Content() fyne.CanvasObject { return p.content }

// Dropped implements ui.Page: nothing can be dropped here.
func (p *Page) Dropped([]fyne.URI) {}

// Close implements ui.Page. The desk ends what runs in the background.
func (p *Page) Close() {
	p.right.Close()
	p.stopClock()
	p.stopLevels()
}

// Shown implements ui.Page: what is the id of a take to open.
func (p *Page) Shown(what string) {
	if what == "" || p.library == nil {
		p.reading.open = what
		return
	}
	p.open(what)
}

// open chooses a take by its id, also where search and filters hide it.
func (p *Page) open(id string) {
	if !p.chosen.ByID(id) {
		if p.library.Item(id) == nil {
			return
		}
		p.showAll()
		p.chosen.ByID(id)
	}
	p.chosenChanged()
}

// Snapshot implements ui.Page.
func (p *Page) Snapshot(s control.Snapshot) {
	before := p.snapshot
	p.snapshot = s
	p.applyStrip(takelist.NewStrip(s, p.deps.Now(), p.say))
	p.follow(before)
}

// refresh finds the rows to show anew. The selection stays as far as it is still there.
func (p *Page) refresh() {
	p.view = takelist.View{}
	if shelf := p.shelf(); shelf != nil {
		p.view = shelf.View(p.show, p.deps.Now())
	}
	p.chosen.Rows(p.view.Rows)
	if p.chosen.Cursor() == nil && p.reading.open == "" {
		p.chosen.To(0, false) // the first take there is
	}
	p.list.setRows(p.view.Rows, p.show.Sort.Grouped())
	p.bar.refresh()
	p.showEmpty()
	p.chosenChanged()
}

// shelf is the library or its trash, whichever is shown; nil if it was not read yet.
func (p *Page) shelf() *takelist.Library {
	if p.show.Trash {
		return p.trash
	}
	return p.library
}

func (p *Page) showEmpty() {
	if len(p.view.Rows) > 0 {
		p.empty.hide()
		p.list.Show()
		return
	}
	shelf, all := p.shelf(), 0
	if shelf != nil {
		all = shelf.Len()
	}
	p.list.Hide()
	p.empty.show(takelist.NewEmpty(p.show, p.strip, all, shelf == nil, p.trouble(), p.say))
}

// setShow changes what the list shows.
func (p *Page) setShow(change func(*takelist.Show)) {
	before := p.show
	change(&p.show)
	if p.show == before {
		return
	}
	if p.show.Sort != before.Sort || p.show.Trash != before.Trash {
		p.list.scroll.Offset.Y = 0
	}
	was := p.chosen.Cursor()
	p.refresh()
	if now := p.chosen.Cursor(); len(p.view.Rows) > 0 && (now == nil || now != was) {
		p.chosen.To(0, false) // the best that was found
		p.chosenChanged()
	}
	p.list.reveal(p.chosen.Row())
}

// showAll takes search and filters away.
func (p *Page) showAll() {
	p.setShow(func(s *takelist.Show) { *s = takelist.Show{Sort: s.Sort} })
	p.bar.setText("")
}

// chosenChanged shows what is chosen: in the list, on the right, in the menus.
func (p *Page) chosenChanged() {
	p.list.update(true)
	p.bar.count()
	item := p.chosen.Cursor()
	if item != p.opened {
		p.opened = item
		if item == nil {
			p.right.Show(nil)
		} else {
			take := item.Take
			p.right.Show(&take)
		}
	}
	p.refreshMenus()
}

// unfocus gives the keys to the list.
func (p *Page) unfocus() { p.desk.Window.Canvas().Unfocus() }

// press is the mouse going down on a row.
func (p *Page) press(row int, modifier fyne.KeyModifier) {
	p.unfocus()
	switch {
	case modifier&fyne.KeyModifierShift != 0:
		p.chosen.To(row, true)
	case modifier&fyne.KeyModifierShortcutDefault != 0:
		p.chosen.Toggle(row)
	default:
		p.chosen.To(row, false)
	}
	p.chosenChanged()
}

// tapped is a whole click on a take; the second one in a row opens it.
func (p *Page) tapped(i *takelist.Item) {
	now := p.deps.Now()
	again := p.clicked.id == i.ID() && now.Sub(p.clicked.at) < doubleClick
	p.clicked = click{i.ID(), now}
	if again {
		p.clicked = click{}
		p.handOver(fyne.KeyReturn)
	}
}

// move moves the cursor.
func (p *Page) move(by int, extend bool) {
	p.chosen.Move(by, extend)
	p.list.reveal(p.chosen.Row())
	p.chosenChanged()
}

// handOver gives a bare key to the opened view, if it knows it.
func (p *Page) handOver(key fyne.KeyName) {
	commands := p.right.Commands()
	if n := slices.IndexFunc(commands, func(c ui.Command) bool { return c.Key == key && c.Mod == 0 }); n >= 0 && !commands[n].Off && commands[n].Do != nil {
		commands[n].Do()
	}
}
