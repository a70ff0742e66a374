package opentake_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/takebar/takebar/app/opentake"
)

func song() opentake.Axis {
	return opentake.Axis{Rate: 48000, From: -48000, To: 180 * 48000, Tempo: 120, Num: 4, Den: 4, StartBeat: 64}
}

func TestRuler(t *testing.T) {
	long := opentake.Axis{Rate: 48000, To: 12 * 3600 * 48000}
	waltz := opentake.Axis{Rate: 44100, To: 60 * 44100, Tempo: 90, Num: 6, Den: 8, StartBeat: -3}
	var b strings.Builder
	show := func(name string, a opentake.Axis, s opentake.Stretch) {
		fmt.Fprintf(&b, "%s\n  time %s\n  bars %s\n", name, opentake.TicksText(a.TimeTicks(s)), opentake.TicksText(a.BarTicks(s)))
	}
	all := opentake.Fit(song(), 600)
	show("all of three minutes", song(), all)
	show("ten seconds", song(), all.Around(song(), 0, 480000))
	show("a second", song(), all.Around(song(), 96000, 144000))
	show("ten milliseconds", song(), all.Around(song(), 96000, 96480))
	show("single samples", song(), all.Zoomed(song(), 300, 1e-9))
	show("twelve hours", long, opentake.Fit(long, 600))
	show("a narrow window", song(), opentake.Fit(song(), 60))
	show("six eighths, begun before bar 1", waltz, opentake.Fit(waltz, 600))
	golden(t, "ruler", b.String())
}

func TestTicksAreInSightAndApart(t *testing.T) {
	for _, width := range []float64{1, 37, 500, 4000} {
		s := opentake.Fit(song(), width)
		for range 60 {
			for _, ticks := range [][]opentake.Tick{song().TimeTicks(s), song().BarTicks(s)} {
				last := math.Inf(-1)
				for _, k := range ticks {
					if k.X < -1e-6 || k.X > width+1e-6 {
						t.Fatalf("width %v, %+v: a tick at %v", width, s, k.X)
					}
					if k.Label != "" {
						if k.X-last < 50 && !math.IsInf(last, -1) {
							t.Fatalf("width %v, %+v: labels at %v and %v", width, s, last, k.X)
						}
						last = k.X
					}
				}
			}
			s = s.Zoomed(song(), width/3, 0.8)
		}
	}
}

func TestBars(t *testing.T) {
	a := song() // half a second a beat
	for frame, want := range map[int64]string{0: "17.1.1", 24000: "17.2.1", 6000: "17.1.2", 96000: "18.1.1", -24000: "16.4.1", -1: "16.4.4"} {
		if got := a.Bars(frame); got != want {
			t.Errorf("frame %d is at %s, want %s", frame, got, want)
		}
	}
	if got := (opentake.Axis{Rate: 48000}).Bars(5); got != "" {
		t.Errorf("bars without a tempo: %q", got)
	}
}

func TestClock(t *testing.T) {
	for _, c := range []struct {
		frame int64
		rate  int
		want  string
	}{{0, 48000, "0:00.000"}, {47999, 48000, "0:00.999"}, {61 * 44100, 44100, "1:01.000"}, {12 * 3600 * 48000, 48000, "12:00:00.000"}, {-24000, 48000, "-0:00.500"}, {5, 0, "0:00.000"}, {math.MaxInt64, 192000, "13343998895:54:45.290"}} {
		if got := opentake.Clock(c.frame, c.rate); got != c.want {
			t.Errorf("%d at %d Hz is %s, want %s", c.frame, c.rate, got, c.want)
		}
	}
}

func TestZoomKeepsWhatIsUnderTheMouse(t *testing.T) {
	a := song()
	s := opentake.Fit(a, 600)
	if !s.IsFit(a) || s.X(float64(a.From)) != 0 || math.Abs(s.X(float64(a.To))-600) > 1e-6 {
		t.Fatalf("all: %+v", s)
	}
	under := s.Frame(250)
	for range 8 {
		s = s.Zoomed(a, 250, 0.5)
		if math.Abs(s.Frame(250)-under) > 1e-3 {
			t.Fatalf("zoomed in, %v moved to %v", under, s.Frame(250))
		}
	}
	if s.IsFit(a) {
		t.Fatal("nothing was zoomed")
	}
	for range 40 {
		s = s.Zoomed(a, 250, 2)
	}
	if !s.IsFit(a) || math.Abs(s.From-float64(a.From)) > 1e-6 {
		t.Fatalf("zoomed out: %+v", s)
	}
	for range 100 {
		s = s.Zoomed(a, 0, 0.5)
	}
	if s.PerPixel != 0.125 {
		t.Errorf("the finest is %v frames a pixel", s.PerPixel)
	}
}

func TestScrollStaysInTheTake(t *testing.T) {
	a := song()
	s := opentake.Fit(a, 600).Zoomed(a, 300, 0.25)
	if left := s.Scrolled(a, -1e9); left.From != float64(a.From) {
		t.Errorf("left: %v", left.From)
	}
	right := s.Scrolled(a, 1e9)
	if math.Abs(right.To()-float64(a.To)) > 1e-3 {
		t.Errorf("right: %v", right.To())
	}
	from, to := right.Thumb(a)
	if math.Abs(to-1) > 1e-9 || math.Abs(to-from-0.25) > 1e-9 {
		t.Errorf("thumb %v to %v", from, to)
	}
	if wide := s.Resized(a, 1200); wide.From != s.From || wide.PerPixel != s.PerPixel || wide.Width != 1200 {
		t.Errorf("resized %+v from %+v", wide, s)
	}
	if fit := opentake.Fit(a, 600).Resized(a, 300); !fit.IsFit(a) {
		t.Errorf("what showed all no longer does: %+v", fit)
	}
}

func TestFollowing(t *testing.T) {
	a := song()
	all := opentake.Fit(a, 600)
	if all.Following(a, 9e9) != all {
		t.Error("all in sight, and yet it moved")
	}
	s := all.Zoomed(a, 0, 0.1)
	if s.Following(a, s.Frame(300)) != s {
		t.Error("in sight, and yet it moved")
	}
	f := s.Frame(700)
	if moved := s.Following(a, f); moved.X(f) < 0 || moved.X(f) > 100 {
		t.Errorf("turned the page, and the playhead is at %v", moved.X(f))
	}
}

func TestLoop(t *testing.T) {
	a := song()
	whole := (opentake.Loop{}).Toggled(a)
	if whole != (opentake.Loop{From: 0, To: a.To, On: true}) {
		t.Errorf("nothing chosen: %+v", whole)
	}
	l := (opentake.Loop{}).Between(a, 480000, 96000)
	if l != (opentake.Loop{From: 96000, To: 480000, On: true}) {
		t.Errorf("dragged to the left: %+v", l)
	}
	if off := l.Toggled(a); off.On || off.From != l.From || off.Toggled(a) != l {
		t.Errorf("off and on: %+v", off)
	}
	if l.Between(a, 100, 101) != l {
		t.Error("a slip of the mouse changed the loop")
	}
	if got := l.Between(a, -1e12, 1e12); got.From != 0 || got.To != a.To {
		t.Errorf("beyond the take: %+v", got)
	}
	if got := l.Begins(a, 960000); got.From != 960000 || got.To != a.To {
		t.Errorf("begun behind its end: %+v", got)
	}
	if got := l.Ends(a, 48000); got.From != 0 || got.To != 48000 {
		t.Errorf("ended before its start: %+v", got)
	}
}

func TestMix(t *testing.T) {
	heard := func(m opentake.Mix) string {
		text := ""
		for i := range m.Mute {
			if m.Heard(i) {
				text += fmt.Sprint(i)
			}
		}
		return text
	}
	m := opentake.NewMix(4)
	for _, c := range []struct {
		mix  opentake.Mix
		want string
	}{{m, "0123"}, {m.Muted(1), "023"}, {m.Muted(1).Muted(1), "0123"}, {m.Soloed(2), "2"}, {m.Soloed(2).Soloed(0), "02"}, {m.Soloed(2).Muted(2), ""}, {m.Muted(1).Soloed(3), "3"}} {
		if got := heard(c.mix); got != c.want {
			t.Errorf("%+v: heard %s, want %s", c.mix, got, c.want)
		}
	}
	if heard(m) != "0123" {
		t.Error("a mix changed in place")
	}
}

func TestRows(t *testing.T) {
	for _, c := range []struct {
		n      int
		height float32
		shown  int
	}{{1, 300, 1}, {4, 300, 4}, {8, 300, 6}, {60, 300, 6}, {60, 10, 1}, {0, 300, 0}} {
		r := opentake.Share(c.n, c.height)
		if r.Shown != c.shown || r.Shown > 0 && math.Abs(float64(r.Each)*float64(r.Shown)-float64(c.height)) > 0.01 {
			t.Errorf("%d lanes in %v: %+v", c.n, c.height, r)
		}
	}
	r := opentake.Share(60, 300)
	if got := r.Showing(60, 0, 59); got != 54 {
		t.Errorf("to show the last of 60, the first in sight is %d", got)
	}
	if got := r.Showing(60, 54, 3); got != 3 {
		t.Errorf("to show the fourth: %d", got)
	}
	if got := r.First(60, 99); got != 54 {
		t.Errorf("scrolled too far: %d", got)
	}
}

func TestMeter(t *testing.T) {
	m := opentake.NewMeter()
	if !m.Resting() {
		t.Fatal("a new meter moves")
	}
	m = m.Step([2]float64{-6, math.NaN()})
	if m.Level != [2]float64{-6, -200} || m.Hold[0] != -6 {
		t.Fatalf("%+v", m)
	}
	quiet := [2]float64{-200, -200}
	for range 45 {
		m = m.Step(quiet)
	}
	if m.Hold[0] != -6 || m.Level[0] >= -30 {
		t.Errorf("after a second and a half: %+v", m)
	}
	for n := 0; !m.Resting(); n++ {
		if n > 300 {
			t.Fatal("it never comes to rest")
		}
		m = m.Step(quiet)
	}
	if m = m.Step([2]float64{0, -1}); !m.Over[0] || m.Over[1] {
		t.Errorf("full scale: %+v", m)
	}
	for db, want := range map[float64]float64{-60: 0, -200: 0, 0: 1, 12: 1, -30: 0.5} {
		if got := opentake.MeterPart(db); got != want {
			t.Errorf("%v dB is at %v", db, got)
		}
	}
}

func TestCopyChoices(t *testing.T) {
	if got := opentake.CopyFormats()[opentake.Find(opentake.CopyFormats(), "mp3")].Label; got != "MP3" {
		t.Errorf("mp3 is called %q", got)
	}
	if opentake.Find(opentake.CopyFormats(), "ogg") != 0 {
		t.Error("an unknown format is not the first")
	}
}
