package export

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// line is one line of text in a colour and size of the theme. What does not fit ends with an ellipsis, and it pushes nothing away.
type line struct {
	widget.BaseWidget
	text   string
	colour fyne.ThemeColorName
	size   fyne.ThemeSizeName
	bold   bool
	mono   bool
	right  bool
	free   bool // takes the room that the text needs instead of shortening it

	drawn *canvas.Text
}

func newLine(colour fyne.ThemeColorName, size fyne.ThemeSizeName) *line {
	l := &line{colour: colour, size: size, drawn: canvas.NewText("", color.Transparent)}
	l.ExtendBaseWidget(l)
	return l
}

func (l *line) set(text string) {
	if l.text != text {
		l.text = text
		l.Refresh()
	}
}

func (l *line) style() fyne.TextStyle { return fyne.TextStyle{Bold: l.bold, Monospace: l.mono} }

// Refresh takes text, colour and size as they are now.
func (l *line) Refresh() {
	l.fit(l.Size().Width)
	l.BaseWidget.Refresh()
}

func (l *line) fit(width float32) {
	l.drawn.Color, l.drawn.TextSize, l.drawn.TextStyle = theme.Color(l.colour), theme.Size(l.size), l.style()
	l.drawn.Alignment = fyne.TextAlignLeading
	if l.right {
		l.drawn.Alignment = fyne.TextAlignTrailing
	}
	l.drawn.Text = l.text
	if !l.free {
		l.drawn.Text = shorten(l.text, width, l.drawn.TextSize, l.style())
	}
}

// shorten cuts a text so that it fits, with an ellipsis.
func shorten(text string, width, size float32, style fyne.TextStyle) string {
	wide := func(s string) float32 { return fyne.MeasureText(s, size, style).Width }
	if width <= 0 || wide(text) <= width {
		return text
	}
	runes := []rune(text)
	low, high := 0, len(runes)
	for low < high {
		if middle := (low + high + 1) / 2; wide(string(runes[:middle])+"…") <= width {
			low = middle
		} else {
			high = middle - 1
		}
	}
	return string(runes[:low]) + "…"
}

// CreateRenderer implements fyne.Widget.
func (l *line) CreateRenderer() fyne.WidgetRenderer {
	l.fit(l.Size().Width)
	return &lineRenderer{l}
}

type lineRenderer struct{ l *line }

func (r *lineRenderer) Layout(size fyne.Size) {
	r.l.fit(size.Width)
	high := r.l.drawn.MinSize().Height
	r.l.drawn.Move(fyne.NewPos(0, (size.Height-high)/2))
	r.l.drawn.Resize(fyne.NewSize(size.Width, high))
}

func (r *lineRenderer) MinSize() fyne.Size {
	full := fyne.MeasureText(r.l.text, theme.Size(r.l.size), r.l.style())
	if r.l.free {
		return full
	}
	return fyne.NewSize(20, full.Height)
}

func (r *lineRenderer) Refresh()                     { r.l.drawn.Refresh() }
func (r *lineRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.l.drawn} }
func (r *lineRenderer) Destroy()                     {}
