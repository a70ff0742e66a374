package takes

import (
	"fmt"
	"testing"

	"fyne.io/fyne/v2"

	"github.com/takebar/takebar/app/takelist"
)

// BenchmarkScroll scrolls through 10,000 takes, 40 points a step, as a wheel does, and keeps rows and waveforms up to date. Drawing is not in it.
func BenchmarkScroll(b *testing.B) {
	s := open(b, light(), &fakeCore{takes: many(10000)}, linked())
	end := s.page.list.tops[len(s.page.list.tops)-1] - s.page.list.scroll.Size().Height
	y := float32(0)
	b.ReportAllocs()
	for b.Loop() {
		if y += 40; y > end {
			y = 0
			s.page.list.scrollTo(0)
		}
		s.page.list.scroll.Scrolled(&fyne.ScrollEvent{Scrolled: fyne.NewDelta(0, -40)})
		s.queue.Drain()
	}
	b.ReportMetric(float64(s.page.list.made), "rows")
}

// BenchmarkScrollDrawn is the same with each step drawn by Fyne's software painter.
func BenchmarkScrollDrawn(b *testing.B) {
	s := open(b, light(), &fakeCore{takes: many(10000)}, linked())
	y := float32(0)
	for b.Loop() {
		y += 40
		s.page.list.scrollTo(y)
		s.window.Canvas().Capture()
	}
}

// BenchmarkType is one letter typed into the search over 10,000 takes, with the list shown anew.
func BenchmarkType(b *testing.B) {
	s := open(b, light(), &fakeCore{takes: many(10000)}, linked())
	n := 0
	for b.Loop() {
		n++
		s.page.setShow(func(q *takelist.Show) { q.Text = fmt.Sprintf("song %d", n%40) })
	}
}
