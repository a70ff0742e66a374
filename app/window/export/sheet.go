package export

import (
	"strings"
	"unicode"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// block is a paragraph on a sheet.
type block struct {
	text   string
	gutter string               // left of it: a time, or a bullet
	icon   func() fyne.Resource // left of it instead
	tint   fyne.ThemeColorName  // of the icon
	tone   fyne.ThemeColorName  // of the text
	size   fyne.ThemeSizeName
	bold   bool
	above  float32 // space
}

// sheet is text that wraps, set densely: what a label's own margins would blow up to several times the height.
type sheet struct {
	widget.BaseWidget
	blocks []block
	column float32 // width of the gutter
	most   float32 // width of the text at most; 0 = all there is

	width float32 // that it was set for
	high  float32
	drawn []fyne.CanvasObject
	// taller is told when the height has changed by a new width.
	taller func()
}

func newSheet(column float32) *sheet {
	s := &sheet{column: column}
	s.ExtendBaseWidget(s)
	return s
}

func (s *sheet) set(blocks []block) {
	s.blocks = blocks
	s.compose(s.width)
	s.BaseWidget.Refresh()
}

// Refresh takes colours and sizes as they are now.
func (s *sheet) Refresh() {
	s.compose(s.width)
	s.BaseWidget.Refresh()
}

func (s *sheet) compose(width float32) {
	s.width, s.drawn, s.high = width, nil, 0
	if width <= 0 {
		return
	}
	y := float32(0)
	for _, b := range s.blocks {
		y += b.above
		size, style := theme.Size(b.size), fyne.TextStyle{Bold: b.bold}
		left := float32(0)
		if b.gutter != "" || b.icon != nil {
			left = s.column
		}
		room := width - left
		if s.most > 0 {
			room = min(room, s.most-left)
		}
		pitch := fyne.MeasureText("Mg", size, style).Height + 2
		switch {
		case b.icon != nil:
			i := canvas.NewImageFromResource(theme.NewColoredResource(b.icon(), b.tint))
			i.FillMode = canvas.ImageFillContain
			i.Move(fyne.NewPos(max(0, left-pitch-6), y))
			i.Resize(fyne.NewSize(pitch, pitch))
			s.drawn = append(s.drawn, i)
		case b.gutter != "":
			small := theme.Size(theme.SizeNameCaptionText)
			if b.gutter == "•" {
				small = size
			}
			t := canvas.NewText(b.gutter, theme.Color(theme.ColorNamePlaceHolder))
			t.TextSize, t.Alignment = small, fyne.TextAlignTrailing
			t.Move(fyne.NewPos(0, y+(pitch-t.MinSize().Height)/2))
			t.Resize(fyne.NewSize(left-8, t.MinSize().Height))
			s.drawn = append(s.drawn, t)
		}
		for _, text := range wrap(b.text, room, size, style) {
			t := canvas.NewText(text, theme.Color(b.tone))
			t.TextSize, t.TextStyle = size, style
			t.Move(fyne.NewPos(left, y))
			t.Resize(fyne.NewSize(room, pitch))
			s.drawn = append(s.drawn, t)
			y += pitch
		}
	}
	s.high = y
}

// wrap breaks a text into lines: after spaces, and anywhere where there are none, as in Japanese or in paths.
func wrap(text string, width, size float32, style fyne.TextStyle) []string {
	var lines []string
	wide := func(r []rune) float32 { return fyne.MeasureText(string(r), size, style).Width }
	for _, paragraph := range strings.Split(text, "\n") {
		rest := []rune(paragraph)
		for len(rest) > 1 && wide(rest) > width {
			low, high := 1, len(rest)-1
			for low < high {
				if middle := (low + high + 1) / 2; wide(rest[:middle]) <= width {
					low = middle
				} else {
					high = middle - 1
				}
			}
			cut := low
			for i := low; i > 0; i-- {
				if unicode.IsSpace(rest[i]) || unicode.IsSpace(rest[i-1]) {
					cut = i
					break
				}
			}
			lines = append(lines, strings.TrimSpace(string(rest[:cut])))
			rest = []rune(strings.TrimLeftFunc(string(rest[cut:]), unicode.IsSpace))
		}
		lines = append(lines, string(rest))
	}
	return lines
}

// CreateRenderer implements fyne.Widget.
func (s *sheet) CreateRenderer() fyne.WidgetRenderer { return &sheetRenderer{s} }

type sheetRenderer struct{ s *sheet }

func (r *sheetRenderer) Layout(size fyne.Size) {
	if size.Width == r.s.width {
		return
	}
	before := r.s.high
	r.s.compose(size.Width)
	if r.s.high != before && r.s.taller != nil {
		r.s.taller()
	}
}

func (r *sheetRenderer) MinSize() fyne.Size { return fyne.NewSize(120, r.s.high) }
func (r *sheetRenderer) Refresh() {
	for _, o := range r.s.drawn {
		o.Refresh()
	}
	canvas.Refresh(r.s)
}
func (r *sheetRenderer) Objects() []fyne.CanvasObject { return r.s.drawn }
func (r *sheetRenderer) Destroy()                     {}
