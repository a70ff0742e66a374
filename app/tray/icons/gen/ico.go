package main

import (
	"bytes"
	"encoding/binary"
	"image"
)

// ico packs images of different sizes into one Windows icon, as 32-bit bitmaps: every Windows reads those. The layout is that of
// ICONDIR, ICONDIRENTRY and BITMAPINFOHEADER in Microsoft's documentation.
func ico(images []*image.NRGBA) []byte {
	const dirSize, entrySize = 6, 16
	var head, body bytes.Buffer
	put := func(b *bytes.Buffer, values ...any) {
		for _, v := range values {
			_ = binary.Write(b, binary.LittleEndian, v) // a bytes.Buffer cannot fail
		}
	}
	put(&head, uint16(0), uint16(1), uint16(len(images)))
	for _, img := range images {
		dib := bitmap(img)
		side := uint8(img.Bounds().Dx()) // 256 is written as 0
		put(&head, side, side, uint8(0), uint8(0), uint16(1), uint16(32), uint32(len(dib)),
			uint32(dirSize+entrySize*len(images)+body.Len()))
		body.Write(dib)
	}
	return append(head.Bytes(), body.Bytes()...)
}

// bitmap is an image as an icon holds it: header, rows from the bottom up in blue, green, red, alpha, and a mask of one bit
// a pixel that is only read where alpha is not.
func bitmap(img *image.NRGBA) []byte {
	const headerSize = 40
	var b bytes.Buffer
	w, h := img.Bounds().Dx(), img.Bounds().Dy()
	maskRow := (w + 31) / 32 * 4
	header := []any{
		uint32(headerSize), int32(w), int32(2 * h), uint16(1), uint16(32), uint32(0), uint32(w*h*4 + maskRow*h),
		int32(0), int32(0), uint32(0), uint32(0),
	}
	for _, v := range header {
		_ = binary.Write(&b, binary.LittleEndian, v)
	}
	mask := make([]byte, maskRow*h)
	for y := range h {
		for x := range w {
			c := img.NRGBAAt(x, h-1-y)
			b.Write([]byte{c.B, c.G, c.R, c.A})
			if c.A == 0 {
				mask[y*maskRow+x/8] |= 0x80 >> (x % 8)
			}
		}
	}
	b.Write(mask)
	return b.Bytes()
}
