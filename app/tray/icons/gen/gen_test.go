package main

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/takebar/takebar/app"
)

func TestEveryStateIsDrawn(t *testing.T) {
	var want []string
	for _, state := range app.IconStates() {
		want = append(want, string(state))
	}
	if !slices.Equal(states, want) {
		t.Errorf("draws %q, want %q", states, want)
	}
}

// TestFilesAreUpToDate compares pixels and not bytes: another Go may pack a PNG otherwise, and another processor may round a half otherwise.
func TestFilesAreUpToDate(t *testing.T) {
	files, err := drawAll()
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range files {
		have, err := os.ReadFile(filepath.Join("..", name))
		if err != nil {
			t.Errorf("%v; run go generate", err)
			continue
		}
		a, b := pixels(t, name, have), pixels(t, name, want)
		if len(a) != len(b) {
			t.Errorf("%s has another size than what is drawn; run go generate", name)
			continue
		}
		for i := range a {
			if d := int(a[i]) - int(b[i]); d < -2 || d > 2 {
				t.Errorf("%s differs from what is drawn; run go generate", name)
				break
			}
		}
	}
}

func pixels(t *testing.T, name string, content []byte) []byte {
	t.Helper()
	if strings.HasSuffix(name, ".ico") {
		return content // not packed
	}
	img, err := png.Decode(bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	nrgba := image.NewNRGBA(img.Bounds())
	for y := range img.Bounds().Dy() {
		for x := range img.Bounds().Dx() {
			nrgba.Set(x, y, img.At(x, y))
		}
	}
	return nrgba.Pix
}

// distance is the mean difference of two pictures on a background, 0 to 255.
func distance(a, b *image.NRGBA, background int) float64 {
	sum := 0
	for i := 0; i < len(a.Pix); i += 4 {
		for c := range 3 {
			over := func(p []uint8) int { return (int(p[c])*int(p[3]) + background*(255-int(p[3]))) / 255 }
			d := over(a.Pix[i:i+4]) - over(b.Pix[i:i+4])
			sum += max(d, -d)
		}
	}
	return float64(sum) / float64(len(a.Pix)/4*3)
}

func TestStatesLookDifferent(t *testing.T) {
	tests := []struct {
		name       string
		draw       func(string, int) *image.NRGBA
		background int
	}{
		{"colour on dark", colour, 0x22},
		{"colour on light", colour, 0xf2},
		{"template", template, 0xf2}, // macOS turns it white on dark
	}
	const visible = 4
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			for i, a := range states {
				picture := test.draw(a, 22)
				if d := distance(picture, image.NewNRGBA(picture.Rect), test.background); d < visible {
					t.Errorf("%s can hardly be seen: %.1f", a, d)
				}
				for _, b := range states[i+1:] {
					if d := distance(picture, test.draw(b, 22), test.background); d < visible {
						t.Errorf("%s and %s look the same: %.1f", a, b, d)
					}
				}
			}
		})
	}
}

func TestTemplatesAreBlack(t *testing.T) {
	for _, state := range states {
		img := template(state, 32)
		for i := 0; i < len(img.Pix); i += 4 {
			if img.Pix[i] != 0 || img.Pix[i+1] != 0 || img.Pix[i+2] != 0 {
				t.Fatalf("%s has a colour", state)
			}
		}
	}
}

func TestICO(t *testing.T) {
	var images []*image.NRGBA
	for _, size := range []int{16, 20} {
		images = append(images, colour("recording", size))
	}
	b := ico(images)
	if n := binary.LittleEndian.Uint16(b[4:]); n != 2 {
		t.Fatalf("%d pictures, want 2", n)
	}
	end := 0
	for i, img := range images {
		entry := b[6+16*i:]
		size, length, offset := int(entry[0]), int(binary.LittleEndian.Uint32(entry[8:])), int(binary.LittleEndian.Uint32(entry[12:]))
		if size != img.Bounds().Dx() || offset+length > len(b) || i > 0 && offset != end {
			t.Fatalf("entry %d: size %d, %d bytes at %d of %d", i, size, length, offset, len(b))
		}
		end = offset + length
		dib := b[offset:end]
		if h := int(binary.LittleEndian.Uint32(dib[8:])); h != 2*size {
			t.Errorf("height %d, want twice %d", h, size)
		}
		// The bitmap begins with the lowest row.
		for _, x := range []int{0, size / 2} {
			got, want := dib[40+4*x:44+4*x], img.NRGBAAt(x, size-1)
			if !bytes.Equal(got, []byte{want.B, want.G, want.R, want.A}) {
				t.Errorf("pixel %d of the lowest row is %v, want %v", x, got, want)
			}
		}
	}
	if end != len(b) {
		t.Errorf("%d bytes, want %d", len(b), end)
	}
}

// TestColoursComeThroughSystray does to every pixel what systray does on Linux.
func TestColoursComeThroughSystray(t *testing.T) {
	for _, state := range states {
		want := colour(state, 44)
		content, err := encode(forSystray(want))
		if err != nil {
			t.Fatal(err)
		}
		got, err := png.Decode(bytes.NewReader(content))
		if err != nil {
			t.Fatal(err)
		}
		for y := range 44 {
			for x := range 44 {
				r, g, b, a := got.At(x, y).RGBA()
				sent := [4]byte{byte(r), byte(g), byte(b), byte(a)}
				c := want.NRGBAAt(x, y)
				if c.A == 0 {
					c.R, c.G, c.B = 0, 0, 0
				}
				if sent != [4]byte{c.R, c.G, c.B, c.A} {
					t.Fatalf("%s: pixel %d, %d is sent as %v, want %v", state, x, y, sent, c)
				}
				if high := [4]byte{byte(r >> 8), byte(g >> 8), byte(b >> 8), byte(a >> 8)}; !closeTo(high, c) {
					t.Fatalf("%s: pixel %d, %d looks like %v elsewhere, want %v", state, x, y, high, c)
				}
			}
		}
	}
}

// closeTo compares premultiplied components with a colour.
func closeTo(premultiplied [4]byte, c color.NRGBA) bool {
	r, g, b, a := c.RGBA()
	for i, want := range []uint32{r >> 8, g >> 8, b >> 8, a >> 8} {
		if d := int(premultiplied[i]) - int(want); d < -2 || d > 2 {
			return false
		}
	}
	return true
}
