package takes

import (
	"image/color"
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"github.com/takebar/takebar/app/takelist"
	"github.com/takebar/takebar/app/window/ui"
)

const (
	meterWide  = 190
	meterName  = 84 // for the name, at least
	meterShare = 0.45
	meterBar   = 4
	meterHot   = 0.97 // of Live's meter, which is full at the edge of clipping
)

// meter is a track with the level of its input, left over right.
type meter struct {
	widget.BaseWidget
	page  *Page
	track takelist.StripTrack
	level [2]float64

	name    *canvas.Text
	backs   [2]*canvas.Rectangle
	bars    [2]*canvas.Rectangle
	objects []fyne.CanvasObject
}

func newMeter(p *Page) *meter {
	m := &meter{page: p, name: canvas.NewText("", color.Transparent)}
	m.objects = append(m.objects, m.name)
	for n := range m.bars {
		m.backs[n], m.bars[n] = canvas.NewRectangle(color.Transparent), canvas.NewRectangle(color.Transparent)
		m.backs[n].CornerRadius, m.bars[n].CornerRadius = meterBar/2, meterBar/2
		m.objects = append(m.objects, m.backs[n], m.bars[n])
	}
	m.ExtendBaseWidget(m)
	return m
}

func (m *meter) setTrack(t takelist.StripTrack) {
	if m.track != t {
		m.track = t
		m.Refresh()
	}
}

// set shows a level, 0 to 1 as in Live.
func (m *meter) set(left, right float64) {
	if m.level != [2]float64{left, right} {
		m.level = [2]float64{left, right}
		m.paint()
		m.layout(m.Size())
		for _, b := range m.bars {
			b.Refresh()
		}
	}
}

func (m *meter) paint() {
	m.name.Color, m.name.TextSize = theme.Color(ui.ColorFaint), theme.CaptionTextSize()
	for n, b := range m.bars {
		m.backs[n].FillColor = theme.Color(ui.ColorBadge)
		b.FillColor = theme.Color(ui.ColorMeter)
		if m.level[n] >= meterHot {
			b.FillColor = theme.Color(ui.ColorMeterHot)
		}
	}
}

func (m *meter) layout(size fyne.Size) {
	text := fyne.MeasureText("0", m.name.TextSize, m.name.TextStyle)
	name := max(meterName*m.page.list.grow(), size.Width*meterShare)
	m.name.Text = m.page.list.fit(m.track.Name, m.name.TextSize, name)
	place(m.name, 0, (size.Height-text.Height)/2, name, text.Height)
	wide := size.Width - name - 8
	for n := range m.bars {
		y := size.Height/2 - meterBar - 0.5 + float32(n)*(meterBar+1)
		place(m.backs[n], name+6, y, wide, meterBar)
		filled := wide * float32(math.Min(math.Max(m.level[n], 0), 1))
		place(m.bars[n], name+6, y, filled, meterBar)
		m.bars[n].Hidden = filled < meterBar/2
	}
	for n := range m.bars {
		m.backs[n].Hidden = m.track.MIDI
		m.bars[n].Hidden = m.bars[n].Hidden || m.track.MIDI
	}
}

// Refresh takes colours and texts as they are now.
func (m *meter) Refresh() {
	m.paint()
	m.layout(m.Size())
	m.BaseWidget.Refresh()
}

// CreateRenderer implements fyne.Widget.
func (m *meter) CreateRenderer() fyne.WidgetRenderer {
	m.paint()
	return (*meterRenderer)(m)
}

type meterRenderer meter

func (r *meterRenderer) Layout(size fyne.Size) { (*meter)(r).layout(size) }
func (r *meterRenderer) MinSize() fyne.Size {
	return fyne.NewSize(meterWide*r.page.list.grow(), fyne.MeasureText("0", theme.CaptionTextSize(), fyne.TextStyle{}).Height+4)
}

func (r *meterRenderer) Refresh() {
	for _, o := range r.objects {
		o.Refresh()
	}
}
func (r *meterRenderer) Objects() []fyne.CanvasObject { return r.objects }
func (r *meterRenderer) Destroy()                     {}

// thinBar is a progress bar without a text.
type thinBar struct {
	widget.BaseWidget
	done   float64
	colour fyne.ThemeColorName
	back   *canvas.Rectangle
	bar    *canvas.Rectangle
}

const thinHigh = 4

func newThinBar() *thinBar {
	b := &thinBar{colour: theme.ColorNamePrimary, back: canvas.NewRectangle(color.Transparent), bar: canvas.NewRectangle(color.Transparent)}
	b.back.CornerRadius, b.bar.CornerRadius = thinHigh/2, thinHigh/2
	b.ExtendBaseWidget(b)
	return b
}

func (b *thinBar) set(done float64, colour fyne.ThemeColorName) {
	if b.done != done || b.colour != colour {
		b.done, b.colour = done, colour
		b.Refresh()
	}
}

func (b *thinBar) layout(size fyne.Size) {
	b.back.FillColor, b.bar.FillColor = theme.Color(ui.ColorBadge), theme.Color(b.colour)
	y := (size.Height - thinHigh) / 2
	place(b.back, 0, y, size.Width, thinHigh)
	place(b.bar, 0, y, max(size.Width*float32(min(max(b.done, 0), 1)), thinHigh), thinHigh)
}

// Refresh takes the colours of the theme as it is now.
func (b *thinBar) Refresh() {
	b.layout(b.Size())
	b.BaseWidget.Refresh()
}

// CreateRenderer implements fyne.Widget.
func (b *thinBar) CreateRenderer() fyne.WidgetRenderer { return (*thinBarRenderer)(b) }

type thinBarRenderer thinBar

func (r *thinBarRenderer) Layout(size fyne.Size) { (*thinBar)(r).layout(size) }
func (r *thinBarRenderer) MinSize() fyne.Size    { return fyne.NewSize(40, thinHigh+4) }
func (r *thinBarRenderer) Refresh() {
	r.back.Refresh()
	r.bar.Refresh()
}

func (r *thinBarRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.back, r.bar} }
func (r *thinBarRenderer) Destroy()                     {}
