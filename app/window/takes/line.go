package takes

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// line is one line of text without the padding of labels. Where there is not enough room it ends in an ellipsis.
type line struct {
	widget.BaseWidget
	text   string
	colour fyne.ThemeColorName
	size   fyne.ThemeSizeName
	whole  bool // asks for all the room that its text needs; else for none
	drawn  *canvas.Text
	fits   *fitter
}

func newLine(fits *fitter, colour fyne.ThemeColorName, size fyne.ThemeSizeName, style fyne.TextStyle) *line {
	l := &line{colour: colour, size: size, drawn: canvas.NewText("", color.Transparent), fits: fits}
	l.drawn.TextStyle = style
	l.ExtendBaseWidget(l)
	return l
}

func (l *line) set(text string) {
	if l.text != text {
		l.text = text
		l.Refresh()
	}
}

func (l *line) setColour(c fyne.ThemeColorName) {
	if l.colour != c {
		l.colour = c
		l.Refresh()
	}
}

// Refresh takes text, colour and size as they are now.
func (l *line) Refresh() {
	l.layout(l.Size())
	l.BaseWidget.Refresh()
}

func (l *line) measure(text string) fyne.Size {
	return fyne.MeasureText(text, theme.Size(l.size), l.drawn.TextStyle)
}

func (l *line) layout(size fyne.Size) {
	l.drawn.Color, l.drawn.TextSize = theme.Color(l.colour), theme.Size(l.size)
	l.drawn.Text = l.fits.fit(l.text, l.drawn.TextSize, size.Width+1, l.drawn.TextStyle.Bold)
	high := l.measure("0").Height
	place(l.drawn, 0, (size.Height-high)/2, size.Width, high)
}

// CreateRenderer implements fyne.Widget.
func (l *line) CreateRenderer() fyne.WidgetRenderer { return (*lineRenderer)(l) }

type lineRenderer line

func (r *lineRenderer) Layout(size fyne.Size) { (*line)(r).layout(size) }
func (r *lineRenderer) MinSize() fyne.Size {
	l := (*line)(r)
	size := l.measure("0")
	size.Width = 0
	if l.whole {
		size.Width = l.measure(l.text).Width
	}
	return size
}
func (r *lineRenderer) Refresh()                     { r.drawn.Refresh() }
func (r *lineRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.drawn} }
func (r *lineRenderer) Destroy()                     {}
