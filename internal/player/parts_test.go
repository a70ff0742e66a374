package player

import (
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func TestCourse(t *testing.T) {
	for _, c := range []struct {
		name     string
		course   course
		n        []int64
		at, runs []int64
	}{
		{"straight", course{start: 10, length: 100}, []int64{0, 5, 90, 95}, []int64{10, 15, 100, 100}, []int64{90, 85, 0, 0}},
		{"round", course{start: 10, loopFrom: 20, loopTo: 30, length: 100}, []int64{0, 19, 20, 29, 30, 1000}, []int64{10, 29, 20, 29, 20, 20}, []int64{20, 1, 10, 1, 10, 10}},
		{"inside", course{start: 25, loopFrom: 20, loopTo: 30, length: 100}, []int64{0, 4, 5}, []int64{25, 29, 20}, []int64{5, 1, 10}},
		{"behind", course{start: 30, loopFrom: 20, loopTo: 30, length: 100}, []int64{0, 69, 70}, []int64{30, 99, 100}, []int64{70, 1, 0}},
	} {
		for i, n := range c.n {
			if at, run := c.course.at(n), c.course.run(n); at != c.at[i] || run != c.runs[i] {
				t.Errorf("%s: after %d frames at %d for %d more, want %d for %d", c.name, n, at, run, c.at[i], c.runs[i])
			}
		}
	}
}

// FuzzRing pushes and takes in any pieces: what comes out is what went in.
func FuzzRing(f *testing.F) {
	f.Add([]byte{3, 200, 17, 255, 255, 0, 9})
	f.Fuzz(func(t *testing.T, pieces []byte) {
		const lanes = 3
		r := newRing(lanes, 100)
		pushed, taken := 0, 0
		for i, b := range pieces {
			if i%2 == 0 {
				n := min(int(b), r.space())
				for lane := range lanes {
					part := make([]float32, 2*n)
					for j := range part {
						part[j] = float32(lane*1_000_000 + 2*pushed + j)
					}
					r.put(lane, part)
				}
				r.push(n)
				pushed += n
				continue
			}
			n := min(int(b), r.len())
			for lane := range lanes {
				a, b := r.peek(lane, n)
				for j, v := range slices.Concat(a, b) {
					if want := float32(lane*1_000_000 + 2*taken + j); v != want {
						t.Fatalf("lane %d, frame %d: %v, want %v", lane, taken+j/2, v, want)
					}
				}
				if len(a)+len(b) != 2*n {
					t.Fatalf("%d frames, want %d", (len(a)+len(b))/2, n)
				}
			}
			r.skip(n)
			taken += n
		}
		if r.len() != pushed-taken || r.space() != r.size()-r.len() {
			t.Errorf("%d frames in it, want %d", r.len(), pushed-taken)
		}
	})
}

// The thread of the sound device must not allocate: the garbage collector could hold it up.
func TestMixerDoesNotAllocate(t *testing.T) {
	const lanes, frames = 8, 2_000_000
	path := wav(t, "a.wav", 48000, 2, 16, false, noise(2*frames, 1, 0.1))
	s := &session{rate: 48000, length: frames}
	for range lanes {
		tr := track{path: path}
		tr.info.Frames, tr.info.Rate, tr.info.Channels = frames, 48000, 2
		s.tracks = append(s.tracks, tr)
	}
	s.mixer = newMixer(lanes, 48000, func() time.Duration { return 0 }, func() {})
	var wait sync.WaitGroup
	defer wait.Wait()
	ready := make(chan struct{}, 100)
	v := newVoice(t.Context(), &wait, s, &course{length: frames}, 0, func() { ready <- struct{}{} })
	defer v.cancel()
	<-ready
	s.mixer.next.Store(v)
	s.mixer.play.Store(true)
	dst := make([]float32, 2*480)
	i := 0
	if n := testing.AllocsPerRun(200, func() {
		s.mixer.audible[i%lanes].Store(i%3 == 0)
		i++
		s.mixer.fill(dst)
	}); n != 0 {
		t.Errorf("%v allocations for each buffer", n)
	}
	if s.mixer.given.Load() != 201*480 {
		t.Errorf("%d frames were given", s.mixer.given.Load())
	}
}

// A disk that does not keep up gives silence that is counted, and the sound goes on where it was.
func TestUnderrun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMixer(1, 48000, func() time.Duration { return 0 }, func() {})
		m.audible[0].Store(true)
		v := &voice{course: &course{length: 1000}, ring: newRing(1, 4096), room: make(chan struct{}, 1)}
		v.end.Store(-1)
		s := noise(2*1000, 1, 0.5)
		v.ring.put(0, s[:2*300])
		v.ring.push(300)
		m.next.Store(v)
		m.play.Store(true)
		got := make([]float32, 2*480)
		m.fill(got)
		if want := append(slices.Clone(s[:600]), make([]float32, 360)...); !slices.Equal(got, want) {
			t.Error("not what was there, and then silence")
		}
		if n := m.underruns.Load(); n != 180 {
			t.Errorf("%d frames are counted as missing, want 180", n)
		}
		v.ring.put(0, s[600:])
		v.ring.push(700)
		v.end.Store(1000)
		got = make([]float32, 2*960)
		m.fill(got)
		if want := append(slices.Clone(s[600:]), make([]float32, 2*260)...); !slices.Equal(got, want) {
			t.Error("the sound does not go on where it was")
		}
		if n := m.underruns.Load(); n != 180 || m.ended.Load() != v.course {
			t.Errorf("%d frames are counted as missing at the end, want 180", n)
		}
		if c, n := m.where(480 + 100); c != v.course || n != 400 {
			t.Errorf("heard frame %d of the course, want 400", n)
		}
		if c, n := m.where(400); c != v.course || n != 300 {
			t.Errorf("heard frame %d of the course in the gap, want 300", n)
		}
	})
}
