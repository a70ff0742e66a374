package takes

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"github.com/takebar/takebar/app/takelist"
	"github.com/takebar/takebar/app/window/ui"
)

// headRow is a heading in the list: the set, the day, and how much was recorded.
type headRow struct {
	widget.BaseWidget
	list *takeList
	head *takelist.Head

	back    *canvas.Rectangle
	set     *canvas.Text
	day     *canvas.Text
	sum     *canvas.Text
	objects []fyne.CanvasObject
}

func newHeadRow(l *takeList) *headRow {
	h := &headRow{list: l, back: canvas.NewRectangle(color.Transparent), set: canvas.NewText("", color.Transparent), day: canvas.NewText("", color.Transparent), sum: canvas.NewText("", color.Transparent)}
	h.set.TextStyle.Bold = true
	h.sum.Alignment = fyne.TextAlignTrailing
	h.objects = []fyne.CanvasObject{h.back, h.set, h.day, h.sum}
	h.ExtendBaseWidget(h)
	return h
}

func (h *headRow) show(head *takelist.Head) {
	if h.head == head {
		return
	}
	h.head = head
	h.Refresh()
}

// Refresh takes texts, colours and sizes as they are now.
func (h *headRow) Refresh() {
	if h.head == nil {
		return
	}
	h.layout(h.Size())
	h.BaseWidget.Refresh()
}

func (h *headRow) layout(size fyne.Size) {
	if h.head == nil || size.Width <= 0 {
		return
	}
	faint := theme.Color(ui.ColorFaint)
	h.back.FillColor = theme.Color(ui.ColorPanel)
	h.back.CornerRadius = theme.SelectionRadiusSize()
	h.set.Color, h.day.Color, h.sum.Color = theme.Color(theme.ColorNameForeground), faint, faint
	h.set.TextSize, h.day.TextSize, h.sum.TextSize = theme.TextSize(), theme.CaptionTextSize(), theme.CaptionTextSize()
	h.sum.Text = h.list.texts.count(h.head.Takes, h.head.Length())
	h.day.Text = h.head.Day()
	set := h.head.Set
	if set == "" {
		set = h.list.texts.noSet
	}
	measure := func(t *canvas.Text) fyne.Size { return fyne.MeasureText(t.Text, t.TextSize, t.TextStyle) }
	sum, day := measure(h.sum), measure(h.day)
	h.back.Resize(size)
	right := size.Width - rowEdge
	place(h.sum, right-sum.Width, (size.Height-sum.Height)/2, sum.Width, sum.Height)
	right -= sum.Width + columnGap
	room := max(right-rowEdge-day.Width-columnGap, 40)
	h.set.Text = h.list.fitBold(set, h.set.TextSize, room)
	name := measure(h.set)
	place(h.set, rowEdge, (size.Height-name.Height)/2, name.Width, name.Height)
	// Both stand on one line of writing.
	place(h.day, rowEdge+name.Width+columnGap-2, (size.Height+name.Height)/2-day.Height-(name.Height-day.Height)*0.28, day.Width, day.Height)
	h.day.Hidden = rowEdge+name.Width+columnGap+day.Width > right
}

// CreateRenderer implements fyne.Widget.
func (h *headRow) CreateRenderer() fyne.WidgetRenderer { return (*headRowRenderer)(h) }

type headRowRenderer headRow

func (h *headRowRenderer) Layout(size fyne.Size) { (*headRow)(h).layout(size) }
func (h *headRowRenderer) MinSize() fyne.Size    { return fyne.NewSize(200, headHeight) }
func (h *headRowRenderer) Refresh() {
	for _, o := range h.objects {
		o.Refresh()
	}
}
func (h *headRowRenderer) Objects() []fyne.CanvasObject { return h.objects }
func (h *headRowRenderer) Destroy()                     {}
