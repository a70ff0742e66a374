package export

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"github.com/takebar/takebar/app/attempts"
	"github.com/takebar/takebar/app/window/ui"
)

// queueRow is one set of the batch: number, name over folder, outcome, what came of it.
type queueRow struct {
	widget.BaseWidget
	number, name, where, text *line
	badge                     *badge
}

func newQueueRow() *queueRow {
	r := &queueRow{
		number: newLine(ui.ColorFaint, theme.SizeNameCaptionText), name: newLine(theme.ColorNameForeground, theme.SizeNameText),
		where: newLine(ui.ColorFaint, theme.SizeNameCaptionText), text: newLine(theme.ColorNameForeground, theme.SizeNameCaptionText), badge: newBadge(),
	}
	r.number.right = true
	r.ExtendBaseWidget(r)
	return r
}

func (r *queueRow) show(row attempts.Row) {
	r.number.set(row.Number)
	r.name.set(row.Name)
	r.where.set(row.Where)
	r.text.set(row.Text)
	r.badge.set(lookOf(row.Outcome, row.State), row.Badge)
	place(r.Size(), r.number, r.name, r.where, r.badge, r.text)
}

// columns of the batch, from the left.
func columns(width float32) (name, badge, text, end float32) {
	name = 44
	badge = name + max(140, (width-44)*0.34)
	text = badge + 178
	return name, badge, text, width - 10
}

func place(size fyne.Size, number, name, where, badge, text fyne.CanvasObject) {
	if size.Width <= 0 {
		return
	}
	x, b, t, end := columns(size.Width)
	put(number, 0, 0, 32, size.Height)
	top, tall, small := twoLines(size.Height)
	if l, ok := where.(*line); ok && l.text == "" {
		put(name, x, 0, b-x-14, size.Height)
		put(where, x, top, 0, 0)
	} else {
		put(name, x, top, b-x-14, tall)
		put(where, x, top+tall, b-x-14, small)
	}
	put(badge, b, 0, t-b-10, size.Height)
	put(text, t, 0, end-t, size.Height)
}

// twoLines places a line of text over a small one in the middle of a row.
func twoLines(height float32) (top, tall, small float32) {
	tall = fyne.MeasureText("Mg", theme.TextSize(), fyne.TextStyle{}).Height
	small = fyne.MeasureText("Mg", theme.CaptionTextSize(), fyne.TextStyle{}).Height
	return (height - tall - small) / 2, tall, small
}

func put(o fyne.CanvasObject, x, y, w, h float32) {
	o.Move(fyne.NewPos(x, y))
	o.Resize(fyne.NewSize(max(0, w), max(0, h)))
}

// CreateRenderer implements fyne.Widget.
func (r *queueRow) CreateRenderer() fyne.WidgetRenderer { return &queueRowRenderer{r} }

type queueRowRenderer struct{ r *queueRow }

func (x *queueRowRenderer) Layout(size fyne.Size) {
	place(size, x.r.number, x.r.name, x.r.where, x.r.badge, x.r.text)
}

func (x *queueRowRenderer) MinSize() fyne.Size {
	return fyne.NewSize(480, theme.TextSize()+theme.CaptionTextSize()+18)
}

func (x *queueRowRenderer) Refresh() {
	for _, o := range x.Objects() {
		o.Refresh()
	}
}

func (x *queueRowRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{x.r.number, x.r.name, x.r.where, x.r.badge, x.r.text}
}

func (x *queueRowRenderer) Destroy() {}

// pastRow is one attempt that was made: name and time over outcome and sentence.
type pastRow struct {
	widget.BaseWidget
	name, when *line
	badge      *badge
}

func newPastRow() *pastRow {
	r := &pastRow{name: newLine(theme.ColorNameForeground, theme.SizeNameText), when: newLine(ui.ColorFaint, theme.SizeNameCaptionText), badge: newBadge()}
	r.when.free = true
	r.ExtendBaseWidget(r)
	return r
}

func (r *pastRow) show(row attempts.PastRow) {
	r.name.set(row.Name)
	r.when.set(row.When)
	r.badge.set(lookOf(row.Outcome, attempts.Ended), row.Badge)
	(&pastRowRenderer{r}).Layout(r.Size())
}

// CreateRenderer implements fyne.Widget.
func (r *pastRow) CreateRenderer() fyne.WidgetRenderer { return &pastRowRenderer{r} }

type pastRowRenderer struct{ r *pastRow }

func (x *pastRowRenderer) Layout(size fyne.Size) {
	if size.Width <= 0 {
		return
	}
	top, tall, small := twoLines(size.Height)
	badge := x.r.badge.MinSize().Width
	put(x.r.when, 10, top+tall, size.Width-20, small)
	put(x.r.badge, max(90, size.Width-badge-8), 0, min(badge, size.Width-98), size.Height)
	room := size.Width - badge - 26
	put(x.r.name, 10, top, room, tall)
}

func (x *pastRowRenderer) MinSize() fyne.Size {
	return fyne.NewSize(220, theme.TextSize()+theme.CaptionTextSize()+18)
}

func (x *pastRowRenderer) Refresh() {
	for _, o := range x.Objects() {
		o.Refresh()
	}
}

func (x *pastRowRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{x.r.name, x.r.when, x.r.badge}
}

func (x *pastRowRenderer) Destroy() {}
