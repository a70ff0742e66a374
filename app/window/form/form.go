// Package form is what pages that are read from top to bottom are made of: a column of limited width, headings, panels, and fields that scroll
// into sight when the keyboard comes to them. Settings, set-up and about use it.
//
// It must not know a page, a setting or the core. Only pages of the window import it.
package form

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"github.com/takebar/takebar/app/window/ui"
)

// Widest is how wide a column becomes at most, at the usual text size: longer lines are hard to read.
const Widest = 760

// Sheet is a page: a column that scrolls.
type Sheet struct {
	Scroll *container.Scroll
	column *fyne.Container
	body   *fyne.Container
}

// NewSheet makes an empty page.
func NewSheet() *Sheet {
	s := &Sheet{body: container.New(&stack{})}
	s.column = container.New(column{}, s.body)
	s.Scroll = container.NewVScroll(s.column)
	return s
}

// Set shows these parts, one below the other.
func (s *Sheet) Set(parts ...fyne.CanvasObject) {
	s.body.Objects = parts
	s.Settle()
}

// Settle lays out again after heights may have changed, as when a text wraps anew.
func (s *Sheet) Settle() {
	s.body.Refresh()
	s.column.Refresh()
	s.Scroll.Refresh()
}

// Show scrolls until the object can be seen.
func (s *Sheet) Show(o fyne.CanvasObject) {
	driver := fyne.CurrentApp().Driver()
	top := driver.AbsolutePositionForObject(o).Y - driver.AbsolutePositionForObject(s.column).Y
	bottom, view := top+o.Size().Height, s.Scroll.Size().Height
	const margin = 48 // what belongs to a field is mostly below it
	y := s.Scroll.Offset.Y
	switch {
	case top-margin < y:
		y = top - margin
	case bottom+margin > y+view:
		y = bottom + margin - view
	default:
		return
	}
	y = max(0, min(y, s.column.Size().Height-view))
	s.Scroll.ScrollToOffset(fyne.NewPos(0, y))
}

// column limits the width of its one object and leaves some air around it.
type column struct{}

func (column) pad() float32 { return theme.Padding() * 3 }

func (c column) MinSize(objects []fyne.CanvasObject) fyne.Size {
	return objects[0].MinSize().AddWidthHeight(2*c.pad(), 2*c.pad())
}

func (c column) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	widest := Widest * theme.TextSize() / 13
	width := min(size.Width-2*c.pad(), widest)
	objects[0].Move(fyne.NewPos(c.pad(), c.pad()))
	objects[0].Resize(fyne.NewSize(width, size.Height-2*c.pad()))
	if h := objects[0].MinSize().Height; h > size.Height-2*c.pad() {
		objects[0].Resize(fyne.NewSize(width, h))
	}
}

// stack puts objects below each other, each as wide as there is room, with a gap that may be negative: texts bring more air of their own
// than lines of a paragraph want.
type stack struct{ gap float32 }

// Stack makes a container of that kind.
func Stack(gap float32, objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(&stack{gap: gap}, objects...)
}

func (s *stack) MinSize(objects []fyne.CanvasObject) fyne.Size {
	var min fyne.Size
	first := true
	for _, o := range objects {
		if !o.Visible() {
			continue
		}
		m := o.MinSize()
		min.Width = fyne.Max(min.Width, m.Width)
		min.Height += m.Height
		if !first {
			min.Height += s.gap
		}
		first = false
	}
	return min
}

func (s *stack) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	y := float32(0)
	for _, o := range objects {
		if !o.Visible() {
			continue
		}
		o.Move(fyne.NewPos(0, y))
		y += fit(o, size.Width) + s.gap
	}
}

// fit gives an object a width and as much height as it then needs: that of a text that wraps depends on the width.
func fit(o fyne.CanvasObject, width float32) float32 {
	height := o.MinSize().Height
	o.Resize(fyne.NewSize(width, height))
	if again := o.MinSize().Height; again != height {
		height = again
		o.Resize(fyne.NewSize(width, height))
	}
	return height
}

// Title is the large line on top of a page.
func Title(text string) fyne.CanvasObject {
	return ui.Text(text, theme.ColorNameForeground, theme.SizeNameHeadingText, fyne.TextStyle{Bold: true})
}

// Heading begins a section, with a thin line above it.
func Heading(text string) fyne.CanvasObject {
	head := ui.Text(text, theme.ColorNameForeground, theme.SizeNameSubHeadingText, fyne.TextStyle{Bold: true})
	return Stack(2, Divider(), head)
}

// Divider is a thin line between sections.
func Divider() fyne.CanvasObject {
	return Stack(2, Gap(12), container.New(thin{}, ui.NewFill(theme.ColorNameSeparator)), Gap(4))
}

// Inset moves something to where texts begin.
func Inset(o fyne.CanvasObject) fyne.CanvasObject { return container.New(inset{}, o) }

type inset struct{}

func (inset) MinSize(o []fyne.CanvasObject) fyne.Size {
	return o[0].MinSize().AddWidthHeight(theme.InnerPadding(), 0)
}

func (inset) Layout(o []fyne.CanvasObject, size fyne.Size) {
	o[0].Move(fyne.NewPos(theme.InnerPadding(), 0))
	fit(o[0], size.Width-theme.InnerPadding())
}

// thin is a line of one pixel, from where texts begin to the right edge.
type thin struct{}

func (thin) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(1, 1) }

func (thin) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	objects[0].Move(fyne.NewPos(theme.InnerPadding(), 0))
	objects[0].Resize(fyne.NewSize(size.Width-theme.InnerPadding(), 1))
}

// Gap is empty space.
func Gap(height float32) fyne.CanvasObject {
	return container.NewGridWrap(fyne.NewSize(1, height), layout.NewSpacer())
}

// Paragraph is text that wraps, in a colour of the theme.
func Paragraph(text string, colour fyne.ThemeColorName, style fyne.TextStyle) *widget.RichText {
	t := ui.Text(text, colour, theme.SizeNameText, style)
	t.Wrapping = fyne.TextWrapWord
	return t
}

// SetText changes what a text made by Paragraph or ui.Caption says.
func SetText(t *widget.RichText, text string) {
	s, ok := t.Segments[0].(*widget.TextSegment)
	if !ok || s.Text == text {
		return
	}
	s.Text = text
	t.Refresh()
}

// Panel puts content on a ground of its own. stroke is the colour of its border, "" for none.
func Panel(content fyne.CanvasObject, stroke fyne.ThemeColorName) fyne.CanvasObject {
	ground := ui.NewFill(ui.ColorPanel)
	ground.Radius, ground.Stroke = 8, stroke
	return container.NewStack(ground, container.NewPadded(content))
}
