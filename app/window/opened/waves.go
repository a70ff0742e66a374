package opened

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"github.com/takebar/takebar/app/opentake"
	"github.com/takebar/takebar/app/window/ports"
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
