package main

import (
	"image"
	"image/color"
)

// forSystray makes a 16-bit picture of an 8-bit one that comes through systray unharmed.
//
// On Linux systray takes the low byte of each 16-bit premultiplied component that image/color gives it, where the protocol wants
// the 8-bit component itself, not premultiplied. For opaque pixels the two are the same; on smooth edges the result is noise. Sixteen bits leave room
// to do both: the high byte is the true premultiplied value, so that anything else shows the picture right, and the low byte is what
// systray is to send.
func forSystray(img *image.NRGBA) *image.NRGBA64 {
	out := image.NewNRGBA64(img.Rect)
	for y := range img.Rect.Dy() {
		for x := range img.Rect.Dx() {
			c := img.NRGBAAt(x, y)
			if c.A == 0 {
				continue
			}
			a := uint32(c.A) * 0x101
			component := func(v uint8) uint16 {
				premultiplied := uint32(v) * uint32(c.A) / 0xff
				low := premultiplied<<8 | uint32(v)
				if low > a { // brighter than its alpha allows: one step down keeps the low byte
					low -= 0x100
				}
				return uint16((low*0xffff + a - 1) / a) // the least value that image/color turns into low
			}
			out.SetNRGBA64(x, y, color.NRGBA64{R: component(c.R), G: component(c.G), B: component(c.B), A: uint16(a)})
		}
	}
	return out
}
