package opened

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"github.com/takebar/takebar/app/opentake"
	"github.com/takebar/takebar/app/window/ports"
	"github.com/takebar/takebar/app/window/ui"
)

// Measures of the waveforms.
const (
	rulerHeight = 24
	barHeight   = 12  // of the scroll bar
	headMost    = 150 // width of the lanes' heads
	headLeast   = 118
	laneBar     = 8 // scroll bar of the lanes
)

// outline is what is known of one lane's waveform.
type outline struct {
	whole   *ports.Waveform // coarse
	detail  *ports.Waveform // what is in sight, and some more
	problem string          // a sentence where there is none
	loading bool
	asked   [3]int64 // from, to, frames of a column of the last detail
}

// waves shows the lanes of a take as waveforms under a ruler, with playhead, loop and scroll bars. Ruler and waveforms are one picture, drawn
// again only where what is in sight changes; the playhead is a line above it.
type waves struct {
	widget.BaseWidget

	lanes    []opentake.Lane
	axis     opentake.Axis
	outlines []outline
	mix      opentake.Mix
	stretch  opentake.Stretch
	loop     opentake.Loop
	bars     bool // ruler in bars
	position int64
	chosen   int
	first    int // lane in sight
	loading  string
	idle     bool // nothing can be played: no playhead

	seek   func(frame int64)
	looped func(opentake.Loop)
	moved  func() // something else is in sight
	muted  func(lane int)
	soloed func(lane int)
	choose func(lane int)
	menu   func(at fyne.Position)

	hover   float32 // x of the mouse in the waveforms; below 0 = not there
	drag    dragging
	anchor  float64
	pixels  float32 // of the screen for one of the toolkit
	size    fyne.Size
	picture *canvas.Raster
	pool    pool
}

func newWaves() *waves {
	w := &waves{hover: -1, pixels: 1}
	w.ExtendBaseWidget(w)
	return w
}

// show replaces all lanes.
func (w *waves) show(lanes []opentake.Lane, axis opentake.Axis) {
	w.lanes, w.axis = lanes, axis
	w.outlines = make([]outline, len(lanes))
	for i, l := range lanes {
		w.outlines[i].problem = l.Problem
	}
	w.mix = opentake.NewMix(len(lanes))
	w.loop, w.position, w.chosen, w.first, w.hover, w.drag = opentake.Loop{}, 0, 0, 0, -1, dragNothing
	w.stretch = opentake.Fit(axis, float64(w.areaWidth()))
	w.Refresh()
}

func (w *waves) left() float32 {
	if len(w.lanes) > 1 {
		return max(min(w.size.Width*0.3, headMost), headLeast)
	}
	return 0
}

func (w *waves) areaWidth() float32 {
	width := w.size.Width - w.left()
	if w.scrolls() {
		width -= laneBar
	}
	return max(width, 1)
}

func (w *waves) areaHeight() float32 { return max(w.size.Height-rulerHeight-barHeight, 1) }

func (w *waves) rows() opentake.Rows { return opentake.Share(len(w.lanes), w.areaHeight()) }

func (w *waves) scrolls() bool { return w.rows().Shown < len(w.lanes) }

// visible are the lanes in sight.
func (w *waves) visible() (first, end int) {
	rows := w.rows()
	first = rows.First(len(w.lanes), w.first)
	return first, min(first+rows.Shown, len(w.lanes))
}

// look shows another stretch.
func (w *waves) look(s opentake.Stretch) {
	if s != w.stretch {
		w.stretch = s
		w.Refresh()
		w.moved()
	}
}

// at moves the playhead, and nothing else.
func (w *waves) at(position int64) {
	w.position = position
	w.pool.placeHead(w)
}

// scrollLanes brings another lane to the top.
func (w *waves) scrollLanes(first int) {
	if first = w.rows().First(len(w.lanes), first); first != w.first {
		w.first = first
		w.Refresh()
		w.moved()
	}
}

// CreateRenderer implements fyne.Widget.
func (w *waves) CreateRenderer() fyne.WidgetRenderer {
	w.picture = canvas.NewRaster(w.draw)
	w.pool = newPool()
	r := &wavesRenderer{w: w}
	r.arrange()
	return r
}

// pool is what lies above the picture.
type pool struct {
	back              *canvas.Rectangle
	loop              *canvas.Rectangle
	edges             [2]*canvas.Line
	hover, head       *canvas.Line
	knob              *canvas.Circle
	time              *canvas.Text // under the mouse
	timeBack          *canvas.Rectangle
	track, thumb      *canvas.Rectangle
	laneTrack, laneBy *canvas.Rectangle
	labels            []*canvas.Text
	messages          []*line
	heads             []*laneHead
}

func newPool() pool {
	p := pool{
		back: canvas.NewRectangle(nil), loop: canvas.NewRectangle(nil), hover: canvas.NewLine(nil), head: canvas.NewLine(nil), knob: canvas.NewCircle(nil),
		time: canvas.NewText("", nil), timeBack: canvas.NewRectangle(nil),
		track: canvas.NewRectangle(nil), thumb: canvas.NewRectangle(nil), laneTrack: canvas.NewRectangle(nil), laneBy: canvas.NewRectangle(nil),
	}
	for i := range p.edges {
		p.edges[i] = canvas.NewLine(nil)
	}
	return p
}

// placeHead puts the playhead where it belongs.
func (p *pool) placeHead(w *waves) {
	if p.head == nil {
		return
	}
	x := float32(w.stretch.X(float64(w.position)))
	hidden := w.idle || len(w.lanes) == 0 || x < -0.5 || x > w.areaWidth()+0.5
	if p.head.Hidden != hidden {
		p.head.Hidden, p.knob.Hidden = hidden, hidden
		p.head.Refresh()
		p.knob.Refresh()
	}
	if hidden {
		return
	}
	x += w.left()
	p.head.Position1, p.head.Position2 = fyne.NewPos(x, rulerHeight-6), fyne.NewPos(x, w.size.Height-barHeight)
	p.head.Refresh()
	p.knob.Move(fyne.NewPos(x-4, rulerHeight-10))
}

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
