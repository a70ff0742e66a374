package takes

import (
	"fmt"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"
)

// BenchmarkPlainScroll is the reference for BenchmarkScroll: the toolkit's own list of 10,000 lines of text, scrolled by the same steps.
func BenchmarkPlainScroll(b *testing.B) {
	test.NewTempApp(b)
	list := widget.NewList(func() int { return 10000 }, func() fyne.CanvasObject { return widget.NewLabel("") },
		func(id widget.ListItemID, o fyne.CanvasObject) { o.(*widget.Label).SetText(fmt.Sprintf("take %d", id)) })
	w := test.NewTempWindow(b, list)
	w.Resize(fyne.NewSize(950, 640))
	y, end := float32(0), list.MinSize().Height*9000
	b.ReportAllocs()
	for b.Loop() {
		if y += 40; y > end {
			y = 0
		}
		list.ScrollToOffset(y)
	}
}
