package takes

import (
	"image/color"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"github.com/takebar/takebar/app"
	"github.com/takebar/takebar/app/takelist"
	"github.com/takebar/takebar/app/window/ui"
	"github.com/takebar/takebar/app/words"
)

// bar is the line above the list: search, filters, order, and how much there is.
type bar struct {
	page     *Page
	entry    *searchEntry
	filter   *keyButton
	sort     *keyButton
	chips    *fyne.Container
	sum      *line
	second   *fyne.Container // chips and sum
	problem  *fyne.Container
	sentence *widget.Label
	content  fyne.CanvasObject

	shown takelist.Show // that the chips were made for
}

func newBar(p *Page) *bar {
	b := &bar{page: p, entry: newSearchEntry(p), chips: container.NewHBox()}
	b.filter = newIconButton(p.say("takes.filter"), theme.MenuDropDownIcon(), b.showFilters, p.unfocus)
	b.sort = newIconButton("", theme.MenuDropDownIcon(), b.showSorts, p.unfocus)
	for _, button := range []*keyButton{b.filter, b.sort} {
		button.IconPlacement = widget.ButtonIconTrailingText
		button.Importance = widget.LowImportance
	}
	b.sum = newLine(&p.list.fits, ui.ColorFaint, theme.SizeNameCaptionText, fyne.TextStyle{})
	b.sum.whole = true
	b.sentence = widget.NewLabel("")
	b.sentence.Wrapping = fyne.TextWrapWord
	again := widget.NewButton(p.say("takes.step.retry"), p.read)
	back := ui.NewFill(ui.ColorPanel)
	back.Radius = 6
	b.problem = container.NewStack(back, container.NewPadded(container.NewBorder(nil, nil,
		container.NewPadded(widget.NewIcon(theme.NewWarningThemedResource(theme.WarningIcon()))), container.NewCenter(again), b.sentence)))
	b.problem.Hide()
	first := container.NewBorder(nil, nil, nil, container.NewHBox(b.filter, b.sort), b.entry)
	b.second = container.New(sumLayout{}, b.chips, b.sum)
	b.content = container.NewVBox(first, b.second, b.problem)
	return b
}

func (b *bar) focus() {
	b.page.desk.Window.Canvas().Focus(b.entry)
	b.entry.TypedShortcut(&fyne.ShortcutSelectAll{})
}

// setText changes what is searched for from outside.
func (b *bar) setText(text string) {
	if b.entry.Text != text {
		b.entry.SetText(text)
	}
}

// refresh shows filters, order and sum as they are now.
func (b *bar) refresh() {
	p := b.page
	if label := p.show.Sort.Label(p.say); b.sort.Text != label {
		b.sort.SetText(label)
	}
	b.count()
	if before := b.shown; before.Rating == p.show.Rating && before.Set == p.show.Set && before.Today == p.show.Today && before.Trash == p.show.Trash {
		return
	}
	b.shown = p.show
	b.chips.RemoveAll()
	for _, c := range b.active() {
		b.chips.Add(newChip(c))
	}
	b.chips.Refresh()
}

// filter is one that can be switched off.
type filter struct {
	label string
	off   func(*takelist.Show)
	page  *Page
}

func (b *bar) active() []filter {
	p, q := b.page, b.page.show
	var all []filter
	add := func(on bool, label string, off func(*takelist.Show)) {
		if on {
			all = append(all, filter{label, off, p})
		}
	}
	add(q.Trash, p.say("takes.filter.trash"), func(s *takelist.Show) { s.Trash = false })
	add(q.Today, p.say("takes.filter.today"), func(s *takelist.Show) { s.Today = false })
	add(q.Rating > 0, b.rated(q.Rating), func(s *takelist.Show) { s.Rating = 0 })
	add(q.Set != "", q.Set, func(s *takelist.Show) { s.Set = "" })
	return all
}

func (b *bar) rated(n int) string {
	if n == starCount {
		return b.page.say("takes.filter.rating.most")
	}
	return b.page.say("takes.filter.rating", words.Data{"Stars": n})
}

// count says how much is shown, or how much of it is chosen.
func (b *bar) count() {
	p := b.page
	length := ""
	if p.view.Length > 0 {
		length = app.Length(p.view.Length)
	}
	text := p.countText(p.view.Takes, length)
	if n := p.chosen.Len(); n > 1 {
		text = p.say("takes.count.chosen", words.Data{"Count": number(n)}) + " · " + text
	}
	if p.view.Takes == 0 {
		text = ""
	}
	if b.sum.text != text {
		b.sum.set(text)
		b.second.Refresh()
	}
}

// trouble tells above the list why it may not be up to date.
func (b *bar) trouble(why string) {
	hidden := why == "" || len(b.page.view.Rows) == 0
	if !hidden {
		b.sentence.SetText(why)
	}
	if b.problem.Hidden != hidden {
		setHidden(b.problem, hidden)
		b.page.content.Refresh() // the list gives room, or takes it back
	}
}

func (b *bar) showSorts() {
	p := b.page
	var items []*fyne.MenuItem
	for _, s := range takelist.Sorts() {
		item := fyne.NewMenuItem(s.Label(p.say), func() { p.setShow(func(q *takelist.Show) { q.Sort = s }) })
		item.Checked = s == p.show.Sort
		items = append(items, item)
	}
	p.popUpBelow(items, b.sort)
}

const setsListed = 20 // the newest ones; the others are found by searching

func (b *bar) showFilters() {
	p := b.page
	check := func(label string, on bool, change func(*takelist.Show)) *fyne.MenuItem {
		item := fyne.NewMenuItem(label, func() { p.setShow(change) })
		item.Checked = on
		return item
	}
	items := []*fyne.MenuItem{check(p.say("takes.filter.today"), p.show.Today, func(q *takelist.Show) { q.Today = !q.Today }), fyne.NewMenuItemSeparator()}
	for n := 1; n <= starCount; n++ {
		items = append(items, check(b.rated(n), p.show.Rating == n, func(q *takelist.Show) {
			if q.Rating == n {
				n = 0
			}
			q.Rating = n
		}))
	}
	items = append(items, fyne.NewMenuItemSeparator(), b.setsItem(), fyne.NewMenuItemSeparator(),
		check(p.say("takes.filter.trash"), p.show.Trash, func(q *takelist.Show) { q.Trash = !q.Trash }))
	p.popUpBelow(items, b.filter)
}

func (b *bar) setsItem() *fyne.MenuItem {
	p := b.page
	item := fyne.NewMenuItem(p.say("takes.filter.set"), nil)
	var sets []string
	if shelf := p.shelf(); shelf != nil {
		sets = shelf.Sets()
	}
	if len(sets) > setsListed {
		sets = sets[:setsListed]
	}
	if p.show.Set != "" && !slices.Contains(sets, p.show.Set) {
		sets = append(sets, p.show.Set)
	}
	item.Disabled = len(sets) == 0
	var children []*fyne.MenuItem
	for _, set := range sets {
		child := fyne.NewMenuItem(p.list.fit(set, theme.TextSize(), 260), func() {
			p.setShow(func(q *takelist.Show) {
				if q.Set == set {
					q.Set = ""
					return
				}
				q.Set = set
			})
		})
		child.Checked = set == p.show.Set
		children = append(children, child)
	}
	item.ChildMenu = fyne.NewMenu("", children...)
	return item
}

// popUpBelow shows a menu below a button.
func (p *Page) popUpBelow(items []*fyne.MenuItem, under fyne.CanvasObject) {
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(under)
	p.popUp(items, at.AddXY(0, under.Size().Height))
}

func (p *Page) popUp(items []*fyne.MenuItem, at fyne.Position) {
	if len(items) == 0 {
		return
	}
	menu := widget.NewPopUpMenu(fyne.NewMenu("", items...), p.desk.Window.Canvas())
	menu.ShowAtPosition(at)
	p.desk.Window.Canvas().Focus(menu)
}

// searchEntry searches as one types. Esc clears it, then leaves it; the arrows go into the list.
type searchEntry struct {
	widget.Entry
	page  *Page
	clear *widget.Button
}

func newSearchEntry(p *Page) *searchEntry {
	e := &searchEntry{page: p}
	e.ExtendBaseWidget(e)
	e.SetPlaceHolder(p.say("takes.search.hint"))
	e.Icon = theme.SearchIcon()
	e.OnChanged = func(text string) {
		setHidden(e.clear, text == "")
		p.setShow(func(q *takelist.Show) { q.Text = text })
	}
	e.OnSubmitted = func(string) { e.leave() }
	e.clear = widget.NewButtonWithIcon("", theme.CancelIcon(), func() { e.SetText("") })
	e.clear.Importance = widget.LowImportance
	e.clear.Hide()
	e.ActionItem = e.clear
	return e
}

// leave gives the keys back to the list.
func (e *searchEntry) leave() {
	e.page.desk.Window.Canvas().Unfocus()
	if e.page.chosen.Cursor() == nil {
		e.page.move(1, false)
	}
}

// TypedKey takes the keys that are not for text.
func (e *searchEntry) TypedKey(k *fyne.KeyEvent) {
	switch k.Name {
	case fyne.KeyEscape:
		if e.Text == "" {
			e.page.desk.Window.Canvas().Unfocus()
			return
		}
		e.SetText("")
	case fyne.KeyDown, fyne.KeyUp:
		e.page.desk.Window.Canvas().Unfocus()
		if k.Name == fyne.KeyDown {
			e.page.move(1, false)
		} else {
			e.page.move(-1, false)
		}
	default:
		e.Entry.TypedKey(k)
	}
}

// chip is a filter that is on; a click switches it off.
type chip struct {
	widget.BaseWidget
	filter filter

	back    *canvas.Rectangle
	text    *canvas.Text
	cross   *widget.Icon
	objects []fyne.CanvasObject
}

func newChip(f filter) *chip {
	c := &chip{filter: f, back: canvas.NewRectangle(color.Transparent), text: canvas.NewText("", color.Transparent), cross: widget.NewIcon(theme.CancelIcon())}
	c.ExtendBaseWidget(c)
	c.objects = []fyne.CanvasObject{c.back, c.text, c.cross}
	return c
}

// Tapped switches the filter off.
func (c *chip) Tapped(*fyne.PointEvent) { c.filter.page.setShow(c.filter.off) }

// CreateRenderer implements fyne.Widget.
func (c *chip) CreateRenderer() fyne.WidgetRenderer {
	r := &chipRenderer{c}
	r.paint()
	return r
}

const (
	chipWidest = 150
	chipCross  = 13
)

type chipRenderer struct{ *chip }

func (r *chipRenderer) paint() {
	r.back.FillColor = theme.Color(ui.ColorBadge)
	r.text.Color, r.text.TextSize = theme.Color(theme.ColorNameForeground), theme.CaptionTextSize()
	r.text.Text = r.filter.page.list.fit(r.filter.label, r.text.TextSize, chipWidest)
}

func (r *chipRenderer) textSize() fyne.Size {
	return fyne.MeasureText(r.text.Text, r.text.TextSize, r.text.TextStyle)
}

func (r *chipRenderer) MinSize() fyne.Size {
	size := r.textSize()
	return fyne.NewSize(size.Width+chipCross+8+4+6, size.Height+6)
}

func (r *chipRenderer) Layout(size fyne.Size) {
	text := r.textSize()
	high := text.Height + 4
	r.back.CornerRadius = high / 2
	place(r.back, 0, (size.Height-high)/2, size.Width, high)
	place(r.text, 8, (size.Height-text.Height)/2, text.Width, text.Height)
	place(r.cross, size.Width-chipCross-6, (size.Height-chipCross)/2, chipCross, chipCross)
}

func (r *chipRenderer) Refresh() {
	r.paint()
	r.Layout(r.Size())
	for _, o := range r.objects {
		o.Refresh()
	}
}
func (r *chipRenderer) Objects() []fyne.CanvasObject { return r.objects }
func (r *chipRenderer) Destroy()                     {}
