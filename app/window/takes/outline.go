package takes

import (
	"image"
	"image/color"
	"math"

	"github.com/takebar/takebar/app/window/ports"
)

// outlineColumns is how finely a small waveform is kept: enough for its width in the list on a screen of double density.
const outlineColumns = 192

// outline is a waveform as the list draws it: lowest and highest sample of each column, in 1/127 of the height. Quiet is drawn larger than it is
// (see bend): takes are often recorded at -18 dBFS and should be told apart by their shape all the same.
type outline [outlineColumns]struct{ low, high int8 }

// newOutline shrinks a waveform; a file shorter than there are columns is stretched.
func newOutline(w *ports.Waveform) *outline {
	var o outline
	columns := w.Columns()
	if columns == 0 {
		return &o
	}
	step := 2 * w.Channels
	for n := range o {
		from := n * columns / outlineColumns
		to := max((n+1)*columns/outlineColumns, from+1)
		low, high := w.Data[from*step], w.Data[from*step+1]
		for _, v := range w.Data[from*step : to*step] {
			low, high = min(low, v), max(high, v)
		}
		o[n].low, o[n].high = bend(low), bend(high)
	}
	return &o
}

// bend is how high a sample is drawn: full scale fills the height, -18 dBFS a quarter of it.
func bend(sample int16) int8 {
	level := float64(sample) / 32768
	return int8(math.Copysign(127*math.Pow(math.Abs(level), 0.7), level))
}

// draw paints the outline over the whole picture; nil is a thin line.
func (o *outline) draw(picture *image.NRGBA, c color.NRGBA) {
	clear(picture.Pix)
	width, height := picture.Rect.Dx(), picture.Rect.Dy()
	middle := float32(height-1) / 2
	for x := range width {
		low, high := float32(0), float32(0)
		if o != nil {
			from := x * outlineColumns / width
			to := max((x+1)*outlineColumns/width, from+1)
			for _, column := range o[from:to] {
				low, high = min(low, float32(column.low)/127), max(high, float32(column.high)/127)
			}
		}
		// Half a pixel to either side keeps silence visible as a line.
		column(picture, x, middle-high*middle-0.5, middle-low*middle+0.5, c)
	}
}

// column paints from one height to another, with soft ends.
func column(picture *image.NRGBA, x int, top, bottom float32, c color.NRGBA) {
	height := picture.Rect.Dy()
	for y := max(int(top), 0); y <= min(int(bottom)+1, height-1); y++ {
		cover := min(bottom+0.5, float32(y)+0.5) - max(top+0.5, float32(y)-0.5)
		if cover <= 0 {
			continue
		}
		at := picture.PixOffset(x, y)
		picture.Pix[at], picture.Pix[at+1], picture.Pix[at+2] = c.R, c.G, c.B
		picture.Pix[at+3] = uint8(min(cover, 1) * float32(c.A))
	}
}
