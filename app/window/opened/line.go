package opened

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"github.com/takebar/takebar/app/window/ui"
)

// line is one line of text that gives way: what does not fit ends in an ellipsis, and of a path the end stays. It needs less room than a
// widget.Label, so that facts can stand close together.
type line struct {
	widget.BaseWidget
	text  string
	color fyne.ThemeColorName
	size  fyne.ThemeSizeName
	style fyne.TextStyle
	align fyne.TextAlign
	path  bool // cut at the front
	whole bool // never cut: its MinSize is all of it

	doubleTapped func()
}

func newLine(text string, color fyne.ThemeColorName, size fyne.ThemeSizeName) *line {
	l := &line{text: text, color: color, size: size}
	l.ExtendBaseWidget(l)
	return l
}

func plainLine(text string) *line {
	return newLine(text, theme.ColorNameForeground, theme.SizeNameText)
}

func faintLine(text string) *line { return newLine(text, ui.ColorFaint, theme.SizeNameText) }

func (l *line) set(text string) {
	if l.text != text {
		l.text = text
		l.Refresh()
	}
}

// DoubleTapped implements fyne.DoubleTappable.
func (l *line) DoubleTapped(*fyne.PointEvent) {
	if l.doubleTapped != nil {
		l.doubleTapped()
	}
}

// CreateRenderer implements fyne.Widget.
func (l *line) CreateRenderer() fyne.WidgetRenderer {
	r := &lineRenderer{line: l, text: canvas.NewText("", nil)}
	r.dress()
	return r
}

type lineRenderer struct {
	line *line
	text *canvas.Text
	room fyne.Size
}

func (r *lineRenderer) dress() {
	l := r.line
	r.text.TextSize, r.text.TextStyle, r.text.Alignment = theme.Size(l.size), l.style, l.align
	r.text.Color = theme.Color(l.color)
	r.text.Text = l.text
	if !l.whole && r.room.Width > 0 {
		r.text.Text = cut(l.text, r.room.Width, r.text.TextSize, l.style, l.path)
	}
}

// cut shortens a text to a width.
func cut(text string, width, size float32, style fyne.TextStyle, front bool) string {
	if fyne.MeasureText(text, size, style).Width <= width {
		return text
	}
	runes := []rune(text)
	try := func(n int) string {
		if front {
			return "…" + string(runes[len(runes)-n:])
		}
		return string(runes[:n]) + "…"
	}
	low, high := 0, len(runes)-1
	for low < high {
		middle := (low + high + 1) / 2
		if fyne.MeasureText(try(middle), size, style).Width <= width {
			low = middle
		} else {
			high = middle - 1
		}
	}
	return try(max(low, 0))
}

func (r *lineRenderer) MinSize() fyne.Size {
	size := fyne.MeasureText(r.line.text, theme.Size(r.line.size), r.line.style)
	if r.line.whole {
		return size
	}
	return fyne.NewSize(min(size.Width, 24), size.Height)
}

func (r *lineRenderer) Layout(size fyne.Size) {
	r.room = size
	r.dress()
	r.text.Resize(size)
}

func (r *lineRenderer) Refresh() {
	r.dress()
	r.text.Refresh()
}

func (r *lineRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.text} }
func (r *lineRenderer) Destroy()                     {}
