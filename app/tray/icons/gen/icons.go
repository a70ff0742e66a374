package main

import (
	"image"
	"math"
)

// The sign of Takebar is a take: a dot between an in-point and an out-point, [ ● ]. Its states:
//
//	no Live    the outlines alone, pale
//	connected  a hollow dot
//	busy       three small dots
//	armed      a full red dot
//	recording  the whole tile turns red
//
// In colour it sits on a dark tile of its own, because a panel may be light or dark and does not tell. macOS colours a template
// itself, so there it has no tile; only while recording the tile is there, with the sign cut out of it.

// states are those of app.IconState. They are written out here, because app embeds a picture that this program draws.
var states = []string{"no-live", "connected", "busy", "armed", "recording"}

const (
	slateTop    = 0x454c59
	slateBottom = 0x2a2f38
	white       = 0xf7f8fa
	pale        = 0x868d98 // as far from white as from black
	red         = 0xff4d45
	redTop      = 0xff5a50
	redBottom   = 0xd9261f
	amber       = 0xffc24a
)

// geometry is the sign on a square of size pixels. Everything that has a straight edge is put on whole pixels.
type geometry struct {
	size   float64
	tile   shape
	edge   float64 // thickness of the tile's outline
	signs  shape   // the two brackets
	dot    shape
	ring   shape
	points shape
}

// measure lays the sign out. margin is the room around it, and dot the radius of its dot, in parts of the size.
func measure(size int, margin, dot float64) geometry {
	s := float64(size)
	snap := func(part, least float64) float64 { return math.Max(math.Round(part*s), least) }
	t := snap(0.03, 0)
	in := snap(margin, 1)
	stroke := snap(0.085, 1)
	arm := snap(0.165, 3)
	top := snap(margin+0.025, 1)
	bracket := func(x0, x1 float64) shape {
		// A rounded frame of which only one end is left.
		whole := outline(box(in, top, s-in, s-top, 0.11*s), stroke)
		return within(whole, box(x0, 0, x1, s, 0))
	}
	c := s / 2
	g := geometry{
		size:  s,
		tile:  box(t, t, s-t, s-t, 0.22*s),
		edge:  math.Max(math.Round(0.045*s), 1),
		signs: union(bracket(0, in+arm), bracket(s-in-arm, s)),
		dot:   disc(c, c, dot*s),
		ring:  outline(disc(c, c, dot*s), math.Max(stroke, 0.075*s)),
	}
	small, step := 0.36*dot*s, 0.93*dot*s
	g.points = union(disc(c-step, c, small), disc(c, c, small), disc(c+step, c, small))
	return g
}

// colour is the icon for Linux and Windows.
func colour(state string, size int) *image.NRGBA {
	g := measure(size, 0.155, 0.165)
	tile := layer{g.tile, vertical(slateTop, slateBottom, 0, g.size)}
	edge := layer{outline(g.tile, g.edge), flat(0xffffff, 0.20)}
	ink := flat(white, 1)
	switch state {
	case "no-live":
		dim := flat(pale, 1)
		return render(size, []layer{{outline(g.tile, g.edge), dim}, {g.signs, dim}, {g.ring, dim}})
	case "busy":
		return render(size, []layer{tile, edge, {g.signs, ink}, {g.points, flat(amber, 1)}})
	case "armed":
		return render(size, []layer{tile, edge, {g.signs, ink}, {g.dot, flat(red, 1)}})
	case "recording":
		return render(size, []layer{{g.tile, vertical(redTop, redBottom, 0, g.size)}, edge, {g.signs, ink}, {g.dot, ink}})
	}
	return render(size, []layer{tile, edge, {g.signs, ink}, {g.ring, ink}})
}

// template is the icon for macOS: black, its shape in the alpha channel.
func template(state string, size int) *image.NRGBA {
	const dimmed = 0.45
	g := measure(size, 0.04, 0.21)
	ink := flat(0, 1)
	switch state {
	case "no-live":
		return render(size, []layer{{union(g.signs, g.ring), flat(0, dimmed)}})
	case "busy":
		return render(size, []layer{{union(g.signs, g.points), ink}})
	case "armed":
		return render(size, []layer{{union(g.signs, g.dot), ink}})
	case "recording":
		cut := measure(size, 0.155, 0.175)
		return render(size, []layer{{without(cut.tile, union(cut.signs, cut.dot)), ink}})
	}
	return render(size, []layer{{union(g.signs, g.ring), ink}})
}

// applicationIcon is the large icon of the program: the armed sign on a tile with a little depth.
func applicationIcon(size int) *image.NRGBA {
	s := float64(size)
	margin := 0.095 * s
	tile := box(margin, margin, s-margin, s-margin, 0.185*s)
	in, top, stroke, reach := 0.235*s, 0.265*s, 0.058*s, 0.135*s
	frame := outline(box(in, top, s-in, s-top, 0.075*s), stroke)
	signs := union(within(frame, box(0, 0, in+reach, s, 0)), within(frame, box(s-in-reach, 0, s, s, 0)))
	dot := disc(s/2, s/2, 0.125*s)
	shadow := box(margin, margin+0.014*s, s-margin, s-margin+0.014*s, 0.185*s)
	return render(size, []layer{
		{nil, glow(0x000000, 0.32, shadow, 0.045*s)},
		{tile, vertical(0x4b5362, 0x20242b, margin, s-margin)},
		{outline(tile, 0.006*s), flat(0xffffff, 0.16)},
		{tile, glow(red, 0.42, dot, 0.20*s)},
		{signs, vertical(0xffffff, 0xdfe3e8, top, s-top)},
		{dot, vertical(0xff6a60, 0xe0281f, s/2-0.125*s, s/2+0.125*s)},
	})
}
