package opened

import (
	"image"
	"image/color"
	"math"

	"fyne.io/fyne/v2/theme"

	"github.com/takebar/takebar/app/opentake"
	"github.com/takebar/takebar/app/window/ports"
	"github.com/takebar/takebar/app/window/ui"
)

// paints are the colours of one picture.
type paints struct{ wave, quiet, hot, rule, grid, middle, shade color.NRGBA }

func newPaints() paints {
	get := func(c color.Color) color.NRGBA { return color.NRGBAModel.Convert(c).(color.NRGBA) }
	p := paints{
		wave: get(theme.Color(ui.ColorWave)), quiet: get(theme.Color(ui.ColorWaveQuiet)), hot: get(theme.Color(ui.ColorMeterHot)),
		rule: get(theme.Color(theme.ColorNameSeparator)), shade: get(theme.Color(ui.ColorBadge)),
	}
	p.grid, p.middle = p.rule, p.quiet
	p.middle.A = 0x80
	p.shade.A = 0xb0
	return p
}

// sketch is a picture being drawn, in pixels of the screen.
type sketch struct {
	*image.NRGBA
	scale float64 // pixels of the screen for one of the toolkit
	paints
}

// draw makes the picture of ruler and waveforms; w and h are pixels of the screen.
func (w *waves) draw(width, height int) image.Image {
	s := sketch{NRGBA: image.NewNRGBA(image.Rect(0, 0, width, height)), scale: 1, paints: newPaints()}
	if size := w.picture.Size(); size.Width > 0 {
		s.scale = float64(width) / float64(size.Width)
	}
	if p := float32(s.scale); p != w.pixels {
		w.pixels = p // the next detail is read for this screen
	}
	if len(w.lanes) == 0 {
		return s
	}
	ruler := int(math.Round(rulerHeight * s.scale))
	line := max(int(math.Round(s.scale)), 1)
	for _, t := range w.ticks() {
		x := int(math.Round(t.X * s.scale))
		long := 5.0
		if t.Label != "" {
			long = 10
			s.fill(x, ruler, line, height-ruler, s.grid)
		}
		s.fill(x, ruler-int(long*s.scale), line, int(long*s.scale), s.middle)
	}
	s.fill(0, ruler-line, width, line, s.rule)
	rows := w.rows()
	first, end := w.visible()
	for i := first; i < end; i++ {
		top := ruler + int(math.Round(float64(i-first)*float64(rows.Each)*s.scale))
		bottom := ruler + int(math.Round(float64(i-first+1)*float64(rows.Each)*s.scale))
		w.drawLane(s, i, top, bottom-line)
		s.fill(0, bottom-line, width, line, s.rule)
	}
	return s
}

// drawLane draws the channels of one lane between two lines of the picture.
func (w *waves) drawLane(s sketch, i, top, bottom int) {
	lane, o := w.lanes[i], &w.outlines[i]
	pre := int(math.Round(w.stretch.X(0) * s.scale))
	if lane.Start > 0 && pre > 0 {
		from := int(math.Round(w.stretch.X(-float64(w.axis.FromLane(lane, lane.Start))) * s.scale))
		s.fill(max(from, 0), top, pre-max(from, 0), bottom-top, s.shade)
	}
	if o.whole == nil && o.detail == nil {
		return
	}
	channels := max(o.shown(lane), 1)
	pad := math.Min(3*s.scale, float64(bottom-top)*0.06)
	each := float64(bottom-top) / float64(channels)
	for c := range channels {
		from, to := float64(top)+float64(c)*each+pad/2, float64(top)+float64(c+1)*each-pad/2
		w.drawChannel(s, i, c, from, to)
	}
}

// shown is how many channels are drawn: as many as the file has, as far as that is known.
func (o *outline) shown(l opentake.Lane) int {
	switch {
	case o.detail != nil:
		return o.detail.Channels
	case l.Channels > 1 && l.Channels <= 8:
		return l.Channels
	}
	return o.whole.Channels
}

// drawChannel draws one channel between two heights. Edges are softened by how much of a pixel they cover.
func (w *waves) drawChannel(s sketch, i, c int, top, bottom float64) {
	lane, o := w.lanes[i], &w.outlines[i]
	middle, half := (top+bottom)/2, (bottom-top)/2
	ink := s.wave
	if !w.mix.Heard(i) {
		ink = s.quiet
	}
	step := w.stretch.PerPixel / s.scale
	rate := 1.0
	if lane.Rate > 0 {
		rate = float64(lane.Rate) / float64(w.axis.Rate)
	}
	from := w.axis.LaneFrame(lane, w.stretch.From)
	previous := [2]float64{math.NaN(), 0}
	for x := range s.Bounds().Dx() {
		a := from + float64(x)*step*rate
		b := a + step*rate
		lowest, highest, clipped, ok := o.between(c, a, b)
		if !ok {
			previous[0] = math.NaN()
			continue
		}
		paint := ink
		if a < float64(lane.Start) {
			paint = s.quiet
		}
		l, h := lowest, highest
		if !math.IsNaN(previous[0]) { // no gap to the column before
			l, h = math.Min(l, previous[1]), math.Max(h, previous[0])
		}
		previous = [2]float64{lowest, highest}
		y0, y1 := middle-h*half, middle-l*half
		if thin := 0.9 * s.scale; y1-y0 < thin {
			y0, y1 = (y0+y1-thin)/2, (y0+y1+thin)/2
		}
		s.column(x, y0, y1, paint)
		if clipped {
			s.column(x, top, top+1.5*s.scale, s.hot)
			s.column(x, bottom-1.5*s.scale, bottom, s.hot)
		}
	}
}

// between is the lowest and highest sample, as parts of full scale, from frame a to b of the file.
func (o *outline) between(c int, a, b float64) (lowest, highest float64, clipped, ok bool) {
	for _, d := range []*ports.Waveform{o.detail, o.whole} {
		if d == nil || a < float64(d.From) || a >= float64(d.Frames) {
			continue
		}
		n := d.Columns()
		first := int((a - float64(d.From)) / float64(d.FramesPerColumn))
		end := int(math.Ceil((math.Min(b, float64(d.Frames)) - float64(d.From)) / float64(d.FramesPerColumn)))
		if first < 0 || first >= n || end > n {
			continue
		}
		if d.FramesPerColumn == 1 && b-a < 1 {
			return smooth(d, c, a, b)
		}
		return extremes(d, c, first, max(end, first+1))
	}
	return 0, 0, false, false
}

// fill paints a rectangle, mixing with what is there.
func (s sketch) fill(x, y, width, height int, c color.NRGBA) {
	r := image.Rect(x, y, x+width, y+height).Intersect(s.Bounds())
	for py := r.Min.Y; py < r.Max.Y; py++ {
		for px := r.Min.X; px < r.Max.X; px++ {
			s.mix(px, py, c, 1)
		}
	}
}

// column paints one column of pixels between two heights.
func (s sketch) column(x int, y0, y1 float64, c color.NRGBA) {
	y0, y1 = math.Max(y0, 0), math.Min(y1, float64(s.Bounds().Dy()))
	for y := int(y0); float64(y) < y1; y++ {
		part := math.Min(float64(y+1), y1) - math.Max(float64(y), y0)
		if part > 0 {
			s.mix(x, y, c, part)
		}
	}
}

// mix lays a colour over a pixel.
func (s sketch) mix(x, y int, c color.NRGBA, part float64) {
	i := s.PixOffset(x, y)
	p := s.Pix[i : i+4 : i+4]
	over := part * float64(c.A) / 255
	if over >= 0.999 {
		p[0], p[1], p[2], p[3] = c.R, c.G, c.B, 255
		return
	}
	under := float64(p[3]) / 255 * (1 - over)
	all := over + under
	if all <= 0 {
		return
	}
	blend := func(a, b uint8) uint8 { return uint8((float64(a)*over+float64(b)*under)/all + 0.5) }
	p[0], p[1], p[2], p[3] = blend(c.R, p[0]), blend(c.G, p[1]), blend(c.B, p[2]), uint8(all*255+0.5)
}

const fullScale = 32768

// extremes are the lowest and highest sample of some columns.
func extremes(d *ports.Waveform, c, first, end int) (lowest, highest float64, clipped, ok bool) {
	c = min(c, d.Channels-1)
	low, high := int16(math.MaxInt16), int16(math.MinInt16)
	for column := first; column < end; column++ {
		at := (column*d.Channels + c) * 2
		low, high = min(low, d.Data[at]), max(high, d.Data[at+1])
	}
	return float64(low) / fullScale, float64(high) / fullScale, low == math.MinInt16 || high == math.MaxInt16, true
}

// smooth joins single samples by straight lines.
func smooth(d *ports.Waveform, c int, a, b float64) (lowest, highest float64, clipped, ok bool) {
	c = min(c, d.Channels-1)
	at := func(frame float64) float64 {
		f := min(max(frame-float64(d.From)-0.5, 0), float64(d.Columns()-1))
		i := int(f)
		j := min(i+1, d.Columns()-1)
		v, u := float64(d.Data[(i*d.Channels+c)*2]), float64(d.Data[(j*d.Channels+c)*2])
		return (v + (u-v)*(f-float64(i))) / fullScale
	}
	p, q := at(a), at(b)
	return math.Min(p, q), math.Max(p, q), false, true
}
