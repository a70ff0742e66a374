// Package golden compares what a window draws under Fyne's test driver with pictures in testdata, and finds widgets in it.
// It is for tests only.
package golden

import (
	"errors"
	"flag"
	"image"
	"image/draw"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"
)

// Image compares a picture of the canvas with testdata/NAME.png; with the test flag -update it writes that anew. Where they differ, what was
// drawn is left in testdata/failed. scale is 1, or 2 as on a display of double density.
func Image(t *testing.T, c fyne.Canvas, name string, scale float32) {
	t.Helper()
	if sized, ok := c.(interface{ SetScale(float32) }); ok {
		sized.SetScale(scale)
		defer sized.SetScale(1)
	} else if scale != 1 {
		t.Fatalf("this canvas has no scale")
	}
	got := plain(c.Capture())
	path := filepath.Join("testdata", name+".png")
	if update() {
		if err := write(path, got); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := read(path)
	if errors.Is(err, os.ErrNotExist) {
		t.Errorf("%s is missing: run the test with -update and look at it", path)
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	if differing := differ(want, got); differing > 0 {
		failed := filepath.Join("testdata", "failed", name+".png")
		if err := write(failed, got); err != nil {
			t.Error(err)
		}
		t.Errorf("%s: %d pixels differ (%v, drawn %v); see %s", name, differing, want.Bounds(), got.Bounds(), failed)
	}
}

// Wake is called before a window is built. Fyne's caches learn the time only when something is drawn: without it, what was built more than a minute
// after the last picture counts as expired in the next one, and is drawn without having been laid out. Slow machines and the race detector get there.
func Wake() { test.NewCanvas().Capture() }

// differ counts pixels that are not equal; a difference of one step in a channel counts as equal, since processors round differently.
func differ(a, b *image.NRGBA) int {
	if a.Bounds() != b.Bounds() {
		return max(a.Bounds().Dx()*a.Bounds().Dy(), b.Bounds().Dx()*b.Bounds().Dy())
	}
	n := 0
	for i := 0; i+3 < len(a.Pix); i += 4 {
		for j := range 4 {
			if d := int(a.Pix[i+j]) - int(b.Pix[i+j]); d > 1 || d < -1 {
				n++
				break
			}
		}
	}
	return n
}

func update() bool {
	f := flag.Lookup("update")
	return f != nil && f.Value.String() == "true"
}

func plain(img image.Image) *image.NRGBA {
	out := image.NewNRGBA(image.Rect(0, 0, img.Bounds().Dx(), img.Bounds().Dy()))
	draw.Draw(out, out.Bounds(), img, img.Bounds().Min, draw.Src)
	return out
}

func read(path string) (*image.NRGBA, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close() //nolint:errcheck // it was only read
	img, err := png.Decode(f)
	if err != nil {
		return nil, err
	}
	return plain(img), nil
}

func write(path string, img image.Image) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	encoder := png.Encoder{CompressionLevel: png.BestCompression}
	return errors.Join(encoder.Encode(f, img), f.Close())
}

// Find gives the first object on the canvas, overlays first, that is a T and fits; nil if there is none. It sees inside widgets.
func Find[T fyne.CanvasObject](c fyne.Canvas, fits func(T) bool) (found T) {
	var roots []fyne.CanvasObject
	for _, o := range c.Overlays().List() {
		roots = append([]fyne.CanvasObject{o}, roots...)
	}
	roots = append(roots, c.Content())
	for _, root := range roots {
		if f, ok := find(root, fits); ok {
			return f
		}
	}
	return found
}

func find[T fyne.CanvasObject](o fyne.CanvasObject, fits func(T) bool) (none T, ok bool) {
	if o == nil || !o.Visible() {
		return none, false
	}
	if t, is := o.(T); is && fits(t) {
		return t, true
	}
	for _, child := range children(o) {
		if t, is := find(child, fits); is {
			return t, true
		}
	}
	return none, false
}

func children(o fyne.CanvasObject) []fyne.CanvasObject {
	switch v := o.(type) {
	case *fyne.Container:
		return v.Objects
	case *container.Scroll:
		return []fyne.CanvasObject{v.Content}
	case fyne.Widget:
		return test.WidgetRenderer(v).Objects()
	}
	return nil
}
