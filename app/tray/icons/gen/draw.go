package main

import (
	"image"
	"image/color"
	"math"
)

// A shape says how far a point lies outside of it (negative: inside), in pixels.
type shape func(x, y float64) float64

// box is a rectangle with round corners.
func box(x0, y0, x1, y1, radius float64) shape {
	cx, cy, w, h := (x0+x1)/2, (y0+y1)/2, (x1-x0)/2-radius, (y1-y0)/2-radius
	return func(x, y float64) float64 {
		dx, dy := math.Abs(x-cx)-w, math.Abs(y-cy)-h
		return math.Hypot(math.Max(dx, 0), math.Max(dy, 0)) + math.Min(math.Max(dx, dy), 0) - radius
	}
}

func disc(cx, cy, radius float64) shape {
	return func(x, y float64) float64 { return math.Hypot(x-cx, y-cy) - radius }
}

// outline is the inner edge of a shape, width thick.
func outline(s shape, width float64) shape {
	return func(x, y float64) float64 { return math.Abs(s(x, y)+width/2) - width/2 }
}

func union(shapes ...shape) shape {
	return func(x, y float64) float64 {
		d := math.Inf(1)
		for _, s := range shapes {
			d = math.Min(d, s(x, y))
		}
		return d
	}
}

func without(s, hole shape) shape {
	return func(x, y float64) float64 { return math.Max(s(x, y), -hole(x, y)) }
}

func within(s, frame shape) shape {
	return func(x, y float64) float64 { return math.Max(s(x, y), frame(x, y)) }
}

// A paint gives the colour at a point; components and alpha from 0 to 1, not premultiplied.
type paint func(x, y float64) [4]float64

func flat(rgb uint32, alpha float64) paint {
	c := [4]float64{float64(rgb>>16&0xff) / 255, float64(rgb>>8&0xff) / 255, float64(rgb&0xff) / 255, alpha}
	return func(_, _ float64) [4]float64 { return c }
}

// vertical runs from one colour at y0 to another at y1.
func vertical(top, bottom uint32, y0, y1 float64) paint {
	a, b := flat(top, 1)(0, 0), flat(bottom, 1)(0, 0)
	return func(_, y float64) [4]float64 {
		t := math.Min(math.Max((y-y0)/(y1-y0), 0), 1)
		var c [4]float64
		for i := range c {
			c[i] = a[i] + (b[i]-a[i])*t
		}
		return c
	}
}

// glow fades away from a shape over reach pixels.
func glow(rgb uint32, alpha float64, s shape, reach float64) paint {
	base := flat(rgb, alpha)(0, 0)
	return func(x, y float64) [4]float64 {
		t := math.Min(math.Max(1-s(x, y)/reach, 0), 1)
		c := base
		c[3] *= t * t
		return c
	}
}

type layer struct {
	shape shape // nil: everywhere
	paint paint
}

// render paints layers over each other. How much of a pixel a shape covers follows from the distance of the pixel's middle to the shape's edge:
// edges that lie between pixels come out smooth, and those on pixel borders stay sharp.
func render(size int, layers []layer) *image.NRGBA {
	img := image.NewNRGBA(image.Rect(0, 0, size, size))
	for py := range size {
		for px := range size {
			img.SetNRGBA(px, py, pixel(float64(px)+0.5, float64(py)+0.5, layers))
		}
	}
	return img
}

func pixel(x, y float64, layers []layer) color.NRGBA {
	var sum [4]float64 // premultiplied
	for _, l := range layers {
		c := l.paint(x, y)
		if l.shape != nil {
			c[3] *= math.Min(math.Max(0.5-l.shape(x, y), 0), 1)
		}
		for i := range 3 {
			sum[i] = c[i]*c[3] + sum[i]*(1-c[3])
		}
		sum[3] = c[3] + sum[3]*(1-c[3])
	}
	if sum[3] <= 0 {
		return color.NRGBA{}
	}
	channel := func(v float64) uint8 { return uint8(math.Round(math.Min(v/sum[3], 1) * 255)) }
	return color.NRGBA{R: channel(sum[0]), G: channel(sum[1]), B: channel(sum[2]), A: uint8(math.Round(sum[3] * 255))}
}
