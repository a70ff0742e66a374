package opened

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"

	"github.com/takebar/takebar/app/opentake"
	"github.com/takebar/takebar/app/window/ui"
)

type wavesRenderer struct {
	w    *waves
	room fyne.Size
}

func (r *wavesRenderer) MinSize() fyne.Size { return fyne.NewSize(160, rulerHeight+barHeight+60) }

func (r *wavesRenderer) Layout(size fyne.Size) {
	w := r.w
	if size == r.room {
		return
	}
	r.room, w.size = size, size
	w.stretch = w.stretch.Resized(w.axis, float64(w.areaWidth()))
	r.arrange()
	if w.moved != nil {
		w.moved()
	}
}

// arrange brings everything above the picture in line with what the widget says.
func (r *wavesRenderer) arrange() {
	w, p := r.w, &r.w.pool
	w.size = w.Size()
	w.first = w.rows().First(len(w.lanes), w.first)
	if s := w.stretch.Resized(w.axis, float64(w.areaWidth())); s.Width != w.stretch.Width {
		w.stretch = s
	}
	left, width, height := w.left(), w.areaWidth(), w.areaHeight()
	p.back.FillColor, p.back.CornerRadius = theme.Color(ui.ColorPanel), theme.InputRadiusSize()
	p.back.Resize(w.size)
	w.picture.Move(fyne.NewPos(left, 0))
	w.picture.Resize(fyne.NewSize(width, rulerHeight+height))
	r.arrangeLoop(left, width, height)
	r.arrangeLabels(left)
	r.arrangeLanes(left, width)
	r.arrangeBars(left, width, height)
	r.arrangeHover(left, height)
	p.head.StrokeColor, p.head.StrokeWidth, p.knob.FillColor = theme.Color(ui.ColorPlayhead), 1.5, theme.Color(ui.ColorPlayhead)
	p.knob.Resize(fyne.NewSquareSize(8))
	p.placeHead(w)
}

func (r *wavesRenderer) arrangeLoop(left, width, height float32) {
	w, p := r.w, &r.w.pool
	name := theme.ColorNamePrimary
	if !w.loop.On {
		name = ui.ColorFaint
	}
	strong := color.NRGBAModel.Convert(theme.Color(name)).(color.NRGBA)
	soft := strong
	soft.A = 0x22
	p.loop.FillColor = soft
	from, to := float32(w.stretch.X(float64(w.loop.From))), float32(w.stretch.X(float64(w.loop.To)))
	hidden := w.loop.To <= w.loop.From || to < 0 || from > width
	p.loop.Hidden = hidden
	for i, x := range []float32{from, to} {
		e := p.edges[i]
		e.StrokeColor, e.StrokeWidth = strong, 1.5
		e.Position1, e.Position2 = fyne.NewPos(left+x, rulerHeight), fyne.NewPos(left+x, rulerHeight+height)
		e.Hidden = hidden || x < 0 || x > width
	}
	if !hidden {
		from, to = max(from, 0), min(to, width)
		p.loop.Move(fyne.NewPos(left+from, rulerHeight))
		p.loop.Resize(fyne.NewSize(to-from, height))
	}
}

func (r *wavesRenderer) arrangeLabels(left float32) {
	w, p := r.w, &r.w.pool
	n := 0
	for _, t := range w.ticks() {
		if t.Label == "" {
			continue
		}
		if n == len(p.labels) {
			p.labels = append(p.labels, canvas.NewText("", nil))
		}
		l := p.labels[n]
		l.Text, l.TextSize, l.Color = t.Label, theme.CaptionTextSize()-1, theme.Color(ui.ColorFaint)
		size := l.MinSize()
		x := float32(t.X) + 4
		l.Hidden = x+size.Width > w.areaWidth() || t.X < 0
		l.Move(fyne.NewPos(left+x, 2))
		l.Resize(size)
		n++
	}
	for _, l := range p.labels[n:] {
		l.Hidden = true
	}
}

// ticks are the marks of the ruler.
func (w *waves) ticks() []opentake.Tick {
	if len(w.lanes) == 0 || w.size.Width < 2 {
		return nil
	}
	if w.bars && w.axis.HasBars() {
		return w.axis.BarTicks(w.stretch)
	}
	return w.axis.TimeTicks(w.stretch)
}

func (r *wavesRenderer) arrangeLanes(left, width float32) {
	w, p := r.w, &r.w.pool
	rows := w.rows()
	first, end := w.visible()
	for i := first; i < end; i++ {
		n := i - first
		y := rulerHeight + float32(n)*rows.Each
		if n == len(p.messages) {
			p.messages = append(p.messages, faintLine(""))
			p.heads = append(p.heads, newLaneHead(w))
		}
		m, o := p.messages[n], w.outlines[i]
		m.text, m.align = o.problem, fyne.TextAlignCenter
		if o.problem == "" && o.whole == nil && o.detail == nil {
			m.text = w.loading
		}
		m.Hidden = m.text == ""
		height := m.MinSize().Height
		m.Move(fyne.NewPos(left+12, y+(rows.Each-height)/2))
		m.Resize(fyne.NewSize(max(width-24, 1), height))
		h := p.heads[n]
		h.lane, h.Hidden = i, len(w.lanes) < 2
		h.Move(fyne.NewPos(0, y))
		h.Resize(fyne.NewSize(left-1, rows.Each))
	}
	for n := end - first; n < len(p.heads); n++ {
		p.messages[n].Hidden, p.heads[n].Hidden = true, true
	}
}

func (r *wavesRenderer) arrangeBars(left, width, height float32) {
	w, p := r.w, &r.w.pool
	round := func(o *canvas.Rectangle, name fyne.ThemeColorName, x, y, wide, high float32) {
		o.FillColor, o.CornerRadius = theme.Color(name), min(wide, high)/2
		o.Move(fyne.NewPos(x, y))
		o.Resize(fyne.NewSize(wide, high))
	}
	from, to := w.stretch.Thumb(w.axis)
	p.track.Hidden = len(w.lanes) == 0 || w.stretch.IsFit(w.axis)
	p.thumb.Hidden = p.track.Hidden
	y := w.size.Height - barHeight + 3
	round(p.track, ui.ColorBadge, left+4, y, max(width-8, 1), 6)
	round(p.thumb, ui.ColorFaint, left+4+float32(from)*(width-8), y, max(float32(to-from)*(width-8), 12), 6)
	rows := w.rows()
	p.laneTrack.Hidden, p.laneBy.Hidden = !w.scrolls(), !w.scrolls()
	if n := float32(len(w.lanes)); n > 0 {
		x := w.size.Width - laneBar + 1
		round(p.laneTrack, ui.ColorBadge, x, rulerHeight+2, 5, max(height-4, 1))
		round(p.laneBy, ui.ColorFaint, x, rulerHeight+2+float32(w.first)/n*(height-4), 5, max(float32(rows.Shown)/n*(height-4), 10))
	}
}

func (r *wavesRenderer) arrangeHover(left, height float32) {
	w, p := r.w, &r.w.pool
	hidden := w.hover < 0 || len(w.lanes) == 0
	p.hover.Hidden, p.time.Hidden, p.timeBack.Hidden = hidden, hidden, hidden
	if hidden {
		return
	}
	frame := int64(w.stretch.Frame(float64(w.hover)))
	p.time.Text = opentake.Clock(frame, w.axis.Rate)
	if w.bars && w.axis.HasBars() {
		p.time.Text = w.axis.Bars(frame)
	}
	p.time.TextSize, p.time.Color = theme.CaptionTextSize()-1, theme.Color(theme.ColorNameForeground)
	p.timeBack.FillColor, p.timeBack.CornerRadius = theme.Color(ui.ColorBadge), 4
	size := p.time.MinSize()
	x := min(max(w.hover-size.Width/2, 4), max(w.areaWidth()-size.Width-4, 4))
	p.time.Move(fyne.NewPos(left+x, 2))
	p.time.Resize(size)
	p.timeBack.Move(fyne.NewPos(left+x-4, 1))
	p.timeBack.Resize(fyne.NewSize(size.Width+8, size.Height+2))
	p.hover.StrokeColor, p.hover.StrokeWidth = theme.Color(ui.ColorFaint), 0.5
	p.hover.Position1, p.hover.Position2 = fyne.NewPos(left+w.hover, rulerHeight), fyne.NewPos(left+w.hover, rulerHeight+height)
}

// hovered moves what follows the mouse, and leaves the picture as it is.
func (w *waves) hovered(x float32) {
	if w.hover == x || w.pool.hover == nil {
		return
	}
	w.hover = x
	r := &wavesRenderer{w: w}
	r.arrangeHover(w.left(), w.areaHeight())
	w.pool.hover.Refresh()
	w.pool.timeBack.Refresh()
	w.pool.time.Refresh()
}

func (r *wavesRenderer) Refresh() {
	r.arrange()
	for _, o := range r.Objects() {
		o.Refresh()
	}
}

func (r *wavesRenderer) Objects() []fyne.CanvasObject {
	p := &r.w.pool
	all := []fyne.CanvasObject{p.back, r.w.picture, p.loop, p.edges[0], p.edges[1]}
	for _, l := range p.labels {
		all = append(all, l)
	}
	for i := range p.heads {
		all = append(all, p.messages[i], p.heads[i])
	}
	return append(all, p.hover, p.timeBack, p.time, p.head, p.knob, p.track, p.thumb, p.laneTrack, p.laneBy)
}
func (r *wavesRenderer) Destroy() {}
