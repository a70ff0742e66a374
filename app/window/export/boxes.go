package export

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"github.com/takebar/takebar/app/attempts"
	"github.com/takebar/takebar/app/window/ui"
)

const (
	radius = 10 // of panels
	gap    = 8  // between panels
)

// panel is an area a shade off the background.
func panel(content fyne.CanvasObject) fyne.CanvasObject {
	back := ui.NewFill(ui.ColorPanel)
	back.Radius = radius
	return container.NewStack(back, container.New(layout.NewCustomPaddedLayout(10, 10, 14, 14), content))
}

func iconButton(icon fyne.Resource, tapped func()) *widget.Button {
	b := widget.NewButtonWithIcon("", icon, tapped)
	b.Importance = widget.LowImportance
	return b
}

// button changes what a button says and whether it can be pressed.
func button(b *widget.Button, label string, on bool) {
	if b.Text != label {
		b.SetText(label)
	}
	if on && b.Disabled() {
		b.Enable()
	} else if !on && !b.Disabled() {
		b.Disable()
	}
}

func middle(objects ...fyne.CanvasObject) fyne.CanvasObject {
	return container.NewVBox(layout.NewSpacer(), container.NewHBox(objects...), layout.NewSpacer())
}

// banner recommends bounces.
type banner struct {
	text    *line
	button  *widget.Button
	twin    *banner // the same on the other face of the page; nil = none
	content fyne.CanvasObject
}

func newBanner(p *Page) *banner {
	b := &banner{text: newLine(theme.ColorNameForeground, theme.SizeNameText)}
	b.button = widget.NewButton("", p.bounce)
	icon := widget.NewIcon(theme.NewPrimaryThemedResource(theme.InfoIcon()))
	b.content = panel(container.NewBorder(nil, nil, container.New(layout.NewCustomPaddedLayout(0, 0, 0, 6), icon), b.button, b.text))
	return b
}

func (b *banner) show(v attempts.Bounce) {
	b.text.set(v.Text)
	button(b.button, v.Button, !v.Off)
	if b.twin != nil {
		b.twin.show(v)
	}
}

// head is the title, whether the shortcut is rehearsed, and what can be begun.
type head struct {
	ready    *line
	icon     *widget.Icon
	rehearse *widget.Button
	attempt  *widget.Button
	content  fyne.CanvasObject
}

func newHead(p *Page) *head {
	title := newLine(theme.ColorNameForeground, theme.SizeNameHeadingText)
	title.bold = true
	title.set(p.say("export.heading"))
	h := &head{ready: newLine(ui.ColorFaint, theme.SizeNameText), icon: widget.NewIcon(nil)}
	h.rehearse = widget.NewButton("", p.rehearseNext)
	h.attempt = widget.NewButtonWithIcon(p.say("export.do.attempt"), theme.MediaPlayIcon(), func() { p.try(false) })
	h.attempt.Importance = widget.HighImportance
	left := container.NewVBox(title, container.NewBorder(nil, nil, h.icon, nil, h.ready))
	h.content = container.New(layout.NewCustomPaddedLayout(4, 8, 6, 0), container.NewBorder(nil, nil, nil, middle(h.rehearse, h.attempt), left))
	return h
}

func (h *head) show(v attempts.View) {
	text := v.Ready.Text
	if v.Running == nil && v.Why != "" && v.Ready.OK {
		text += "  " + v.Why
	}
	h.ready.set(text)
	icon := theme.NewColoredResource(theme.WarningIcon(), ui.ColorStar)
	if v.Ready.OK {
		icon = theme.NewColoredResource(theme.ConfirmIcon(), ui.ColorMeter)
	}
	h.icon.SetResource(icon)
	button(h.rehearse, v.Ready.Label, v.CanRehearse)
	button(h.attempt, h.attempt.Text, v.CanAttempt)
}

// runCard is what runs now.
type runCard struct {
	title, count, text, note *line
	bar                      *fyne.Container
	part                     *portion
	steps                    *steps
	stop                     *widget.Button
	content                  *fyne.Container
}

func newRunCard(p *Page) *runCard {
	c := &runCard{
		title: newLine(theme.ColorNameForeground, theme.SizeNameSubHeadingText), count: newLine(ui.ColorFaint, theme.SizeNameText),
		text: newLine(theme.ColorNameForeground, theme.SizeNameText), note: newLine(ui.ColorFaint, theme.SizeNameCaptionText),
		part: &portion{}, steps: newSteps(),
	}
	c.title.bold, c.count.free = true, true
	trough, done := ui.NewFill(ui.ColorBadge), ui.NewFill(theme.ColorNamePrimary)
	trough.Radius, done.Radius = barHigh/2, barHigh/2
	c.bar = container.New(c.part, trough, done)
	c.stop = widget.NewButtonWithIcon("", theme.MediaStopIcon(), p.stop)
	c.stop.Importance = widget.DangerImportance
	top := container.NewBorder(nil, nil, nil, middle(c.count, c.stop), container.NewVBox(c.title, c.text))
	c.content = container.NewVBox(panel(container.NewVBox(top, container.New(layout.NewCustomPaddedLayout(6, 2, 0, 0), c.steps), c.bar, c.note)))
	c.content.Hide()
	return c
}

const barHigh = 5

// portion lays one object over a part of another, from the left.
type portion struct{ part float64 }

// MinSize implements fyne.Layout.
func (*portion) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(20, barHigh) }

// Layout implements fyne.Layout.
func (l *portion) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	put(objects[0], 0, 0, size.Width, size.Height)
	put(objects[1], 0, 0, size.Width*float32(l.part), size.Height)
}

func (c *runCard) show(v attempts.View) {
	r := v.Running
	if r == nil {
		c.content.Hide()
		return
	}
	c.title.set(r.Title)
	c.count.set(r.Count)
	text := r.Text
	if r.Size != "" {
		text += "  " + r.Size
	}
	c.text.set(text)
	c.note.set(r.Note)
	c.steps.set(r.Steps)
	if len(r.Steps) == 0 {
		c.steps.Hide()
	} else {
		c.steps.Show()
	}
	if r.Part < 0 {
		c.bar.Hide()
	} else {
		c.part.part = r.Part
		c.bar.Show()
		c.bar.Refresh()
	}
	button(c.stop, r.Stop, v.CanStop)
	if r.Elsewhere {
		c.stop.Hide()
	} else {
		c.stop.Show()
	}
	c.content.Show()
	c.content.Refresh()
}

// offBox is the text to agree to.
type offBox struct {
	p        *Page
	title    *line
	again    *line
	text     *sheet
	pictures *widget.Check
	agree    *widget.Button
	begun    bool // pictures shows what the settings say
	content  fyne.CanvasObject
}

func newOffBox(p *Page) *offBox {
	o := &offBox{p: p, title: newLine(theme.ColorNameForeground, theme.SizeNameHeadingText), again: newLine(theme.ColorNameError, theme.SizeNameText), text: newSheet(22)}
	o.title.bold = true
	o.text.most = 760
	o.pictures = widget.NewCheck("", nil)
	o.agree = widget.NewButtonWithIcon("", theme.ConfirmIcon(), func() { p.enable(o.pictures.Checked) })
	o.agree.Importance = widget.HighImportance
	scroll := container.NewVScroll(container.New(layout.NewCustomPaddedLayout(4, 10, 2, 10), o.text))
	o.text.taller = scroll.Refresh
	top := container.New(layout.NewCustomPaddedLayout(4, 8, 6, 0), container.NewVBox(o.title, o.again))
	foot := container.New(layout.NewCustomPaddedLayout(8, 0, 0, 0), container.NewBorder(nil, nil, nil, o.agree, o.pictures))
	head := container.New(layout.NewCustomPaddedVBoxLayout(gap), top, newBannerAgain(p))
	body := container.New(layout.NewCustomPaddedLayout(gap-theme.Padding(), 0, 0, 0), panel(container.NewThemeOverride(scroll, calm{})))
	o.content = container.NewBorder(head, foot, nil, nil, body)
	return o
}

// newBannerAgain is the same advice where attempts are off; one object cannot be in two places.
func newBannerAgain(p *Page) fyne.CanvasObject {
	p.banner.twin = newBanner(p)
	return p.banner.twin.content
}

func (o *offBox) show(v attempts.View) {
	o.title.set(v.Off.Title)
	o.again.set(v.Off.Again)
	if v.Off.Again == "" {
		o.again.Hide()
	} else {
		o.again.Show()
	}
	if o.pictures.Text != v.Off.Permit {
		o.pictures.Text = v.Off.Permit
		o.pictures.Refresh()
	}
	button(o.agree, v.Off.Agree, v.CanSwitch)
	if !o.begun {
		o.begun = true
		o.pictures.SetChecked(o.p.books.Consent.Pictures)
	}
	var blocks []block
	for _, x := range v.Off.Text {
		b := block{text: x.Text, tone: theme.ColorNameForeground, size: theme.SizeNameText, above: 6}
		switch {
		case x.Heading:
			b.bold, b.above = true, 18
		case x.Point:
			b.gutter = "•"
		default:
			b.above = 10
		}
		blocks = append(blocks, b)
	}
	if len(blocks) > 0 {
		blocks[0].above = 0
	}
	o.text.set(blocks)
}

// pastBox is the list of attempts that were made.
type pastBox struct {
	p       *Page
	rows    []attempts.PastRow
	list    *widget.List
	empty   *line
	telling bool // the list is told what is chosen, not the user
	content fyne.CanvasObject
}

func newPastBox(p *Page) *pastBox {
	b := &pastBox{p: p}
	b.list = widget.NewList(func() int { return len(b.rows) }, func() fyne.CanvasObject { return newPastRow() }, func(i widget.ListItemID, o fyne.CanvasObject) {
		if row, ok := o.(*pastRow); ok && i < len(b.rows) {
			row.show(b.rows[i])
		}
	})
	b.list.HideSeparators = true
	b.list.OnSelected = func(i widget.ListItemID) {
		if !b.telling && i < len(b.rows) {
			p.open(b.rows[i].ID, true)
		}
	}
	b.empty = caption(p.say("export.past.empty"))
	b.empty.free = true
	b.content = titled(p.say("export.past.title"), nil, container.NewStack(b.list, container.NewCenter(b.empty)))
	return b
}

// titled is a section with its title, and what stands right of that.
func titled(title string, right, content fyne.CanvasObject) fyne.CanvasObject {
	t := newLine(theme.ColorNameForeground, theme.SizeNameText)
	t.bold = true
	t.set(title)
	back := ui.NewFill(ui.ColorPanel)
	back.Radius = radius
	bar := container.New(layout.NewCustomPaddedLayout(6, 2, 12, 6), container.NewBorder(nil, nil, nil, right, t))
	return container.NewStack(back, container.NewBorder(bar, nil, nil, nil, container.New(layout.NewCustomPaddedLayout(0, 6, 6, 6), content)))
}

func (b *pastBox) show(v attempts.View) {
	b.rows = v.Past
	if len(b.rows) == 0 {
		b.empty.Show()
	} else {
		b.empty.Hide()
	}
	b.list.Refresh()
}

// mark chooses in the list what is open.
func (b *pastBox) mark() {
	b.telling = true
	defer func() { b.telling = false }()
	for i, r := range b.rows {
		if r.ID == b.p.opened {
			b.list.Select(i)
			return
		}
	}
	b.list.UnselectAll()
}
