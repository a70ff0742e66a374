package takes

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"github.com/takebar/takebar/app/window/ui"
)

// split puts the list beside the opened take, with a fine line between them that can be dragged.
type split struct {
	widget.BaseWidget
	left, right fyne.CanvasObject
	divider     *divider
	offset      float32 // of the width, for the left side
}

const dividerWide = 9 // as far as the mouse finds it; the line itself is one wide

func newSplit(left, right fyne.CanvasObject, offset float32) *split {
	s := &split{left: left, right: right, offset: offset}
	s.divider = newDivider(s)
	s.ExtendBaseWidget(s)
	return s
}

func (s *split) layout(size fyne.Size) {
	room := max(size.Width-dividerWide, 0)
	left := max(s.left.MinSize().Width, min(room*s.offset, room-s.right.MinSize().Width))
	place(s.left, 0, 0, left, size.Height)
	place(s.divider, left, 0, dividerWide, size.Height)
	place(s.right, left+dividerWide, 0, max(room-left, 0), size.Height)
}

// CreateRenderer implements fyne.Widget.
func (s *split) CreateRenderer() fyne.WidgetRenderer { return (*splitRenderer)(s) }

type splitRenderer split

func (r *splitRenderer) Layout(size fyne.Size) { (*split)(r).layout(size) }
func (r *splitRenderer) MinSize() fyne.Size {
	left, right := r.left.MinSize(), r.right.MinSize()
	return fyne.NewSize(left.Width+right.Width+dividerWide, max(left.Height, right.Height))
}

func (r *splitRenderer) Refresh() {
	(*split)(r).layout(r.Size())
	for _, o := range r.Objects() {
		o.Refresh()
	}
}

func (r *splitRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.left, r.right, r.divider}
}
func (r *splitRenderer) Destroy() {}

// divider is the line between both sides.
type divider struct {
	widget.BaseWidget
	split   *split
	hovered bool
	line    *canvas.Rectangle
}

var (
	_ fyne.Draggable     = (*divider)(nil)
	_ desktop.Cursorable = (*divider)(nil)
	_ desktop.Hoverable  = (*divider)(nil)
)

func newDivider(s *split) *divider {
	d := &divider{split: s, line: canvas.NewRectangle(color.Transparent)}
	d.ExtendBaseWidget(d)
	return d
}

// Dragged moves the line.
func (d *divider) Dragged(e *fyne.DragEvent) {
	width := d.split.Size().Width - dividerWide
	if width <= 0 {
		return
	}
	d.split.offset = min(max((d.Position().X+e.Dragged.DX)/width, 0), 1)
	d.split.layout(d.split.Size())
	canvas.Refresh(d.split)
}

// DragEnd implements fyne.Draggable.
func (d *divider) DragEnd() {}

// Cursor implements desktop.Cursorable.
func (d *divider) Cursor() desktop.Cursor { return desktop.HResizeCursor }

// MouseIn implements desktop.Hoverable.
func (d *divider) MouseIn(*desktop.MouseEvent) { d.hover(true) }

// MouseMoved implements desktop.Hoverable.
func (d *divider) MouseMoved(*desktop.MouseEvent) {}

// MouseOut implements desktop.Hoverable.
func (d *divider) MouseOut() { d.hover(false) }

func (d *divider) hover(on bool) {
	d.hovered = on
	d.Refresh()
}

// CreateRenderer implements fyne.Widget.
func (d *divider) CreateRenderer() fyne.WidgetRenderer {
	r := (*dividerRenderer)(d)
	r.paint()
	return r
}

type dividerRenderer divider

func (r *dividerRenderer) paint() {
	r.line.FillColor = theme.Color(theme.ColorNameSeparator)
	if r.hovered {
		r.line.FillColor = theme.Color(ui.ColorFaint)
	}
}

func (r *dividerRenderer) Layout(size fyne.Size)        { place(r.line, dividerWide/2, 0, 1, size.Height) }
func (r *dividerRenderer) MinSize() fyne.Size           { return fyne.NewSize(dividerWide, 40) }
func (r *dividerRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.line} }
func (r *dividerRenderer) Destroy()                     {}
func (r *dividerRenderer) Refresh() {
	r.paint()
	r.line.Refresh()
}
