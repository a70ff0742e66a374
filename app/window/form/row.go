package form

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"github.com/takebar/takebar/app/window/ui"
)

// Row is a label, a field beside it, and sentences below the field.
type Row struct {
	View *fyne.Container

	fact, caption, problem *widget.RichText
}

// NewRow makes one. labels is the width of the labels' column.
func NewRow(label string, labels float32, field fyne.CanvasObject) *Row {
	r := &Row{fact: ui.Caption(""), caption: ui.Caption(""), problem: ui.Caption("")}
	if s, ok := r.fact.Segments[0].(*widget.TextSegment); ok {
		s.Style.ColorName = theme.ColorNameForeground
	}
	if s, ok := r.problem.Segments[0].(*widget.TextSegment); ok {
		s.Style.ColorName = theme.ColorNameError
	}
	name := ui.Text(label, theme.ColorNameForeground, theme.SizeNameText, fyne.TextStyle{})
	name.Truncation = fyne.TextTruncateEllipsis
	below := Stack(-11, r.problem, r.fact, r.caption)
	r.View = container.New(rowLayout{labels}, name, field, below)
	return r
}

// Say changes the sentences below the field; "" hides one.
func (r *Row) Say(fact, caption, problem string) {
	for _, line := range []struct {
		text *widget.RichText
		say  string
	}{{r.fact, fact}, {r.caption, caption}, {r.problem, problem}} {
		SetText(line.text, line.say)
		if line.say == "" {
			line.text.Hide()
		} else {
			line.text.Show()
		}
	}
	r.View.Refresh()
}

// LabelWidth is how wide the labels' column must be for these labels.
func LabelWidth(labels []string) float32 {
	width := float32(0)
	for _, l := range labels {
		width = max(width, fyne.MeasureText(l, theme.TextSize(), fyne.TextStyle{}).Width)
	}
	return width + 2*theme.InnerPadding() + theme.Padding()
}

type rowLayout struct{ labels float32 }

// Texts bring air of their own, more than is wanted here.
const (
	belowGap = -8
	belowEnd = -5
)

func (l rowLayout) MinSize(o []fyne.CanvasObject) fyne.Size {
	size := o[1].MinSize()
	size.Height = max(size.Height, o[0].MinSize().Height)
	if below := o[2].MinSize(); below.Height > 0 {
		size.Height += below.Height + belowGap + belowEnd
	}
	size.Width += l.labels
	return size
}

func (l rowLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	width := size.Width - l.labels
	label := o[0].MinSize().Height
	height := fit(o[1], width)
	o[0].Resize(fyne.NewSize(l.labels, label))
	o[0].Move(fyne.NewPos(0, 0))
	top := float32(0)
	if height < label { // such as a switch: its middle on that of the label
		top = (label - height) / 2
	} else if height < 1.5*label { // a field of one line: the label on its middle
		o[0].Move(fyne.NewPos(0, (height-label)/2))
	}
	o[1].Move(fyne.NewPos(l.labels, top))
	o[2].Move(fyne.NewPos(l.labels, max(height, label)+belowGap))
	fit(o[2], width)
}

// Chip is a small piece of text to click on. It takes no focus: whoever uses the keyboard types the text.
type Chip struct {
	widget.BaseWidget
	text   string
	tapped func()
}

// NewChip makes one.
func NewChip(text string, tapped func()) *Chip {
	c := &Chip{text: text, tapped: tapped}
	c.ExtendBaseWidget(c)
	return c
}

// Tapped implements fyne.Tappable.
func (c *Chip) Tapped(*fyne.PointEvent) { c.tapped() }

// Text is what it says.
func (c *Chip) Text() string { return c.text }

// CreateRenderer implements fyne.Widget.
func (c *Chip) CreateRenderer() fyne.WidgetRenderer {
	ground := ui.NewFill(ui.ColorBadge)
	ground.Radius = 9
	text := ui.Text(c.text, theme.ColorNameForeground, theme.SizeNameCaptionText, fyne.TextStyle{})
	return widget.NewSimpleRenderer(container.New(chipLayout{}, ground, text))
}

type chipLayout struct{}

func (chipLayout) MinSize(o []fyne.CanvasObject) fyne.Size {
	return o[1].MinSize().SubtractWidthHeight(2, 11)
}

func (chipLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	text := o[1].MinSize()
	o[0].Move(fyne.NewPos(0, 0))
	o[0].Resize(size)
	o[1].Resize(text)
	o[1].Move(fyne.NewPos((size.Width-text.Width)/2, (size.Height-text.Height)/2))
}
