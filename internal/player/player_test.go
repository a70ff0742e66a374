package player

import (
	"context"
	"errors"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/takebar/takebar/app/window/ports"
	"github.com/takebar/takebar/internal/audio/trouble"
)

// fadeFrames is how long a fade is at 48 kHz, and a little.
const fadeFrames = 241

func TestPlaysTheFilesExactly(t *testing.T) {
	const frames = 30_000
	lanes := []ports.Lane{
		{Path: wav(t, "a.wav", 48000, 2, 24, false, noise(2*frames, 1, 0.5)), Start: 0},
		{Path: wav(t, "b.wav", 48000, 1, 16, false, noise(frames, 2, 0.3)), Start: 700},
		{Path: wav(t, "c.wav", 48000, 2, 32, true, noise(2*frames, 3, 0.2)), Start: -300},
		{Path: wav(t, "d.wav", 48000, 1, 8, false, noise(20_000, 4, 0.2)), Start: 5},
		{Path: wav(t, "e.wav", 48000, 2, 32, false, noise(2*10_000, 5, 0.2)), Start: 0},
	}
	const length = frames + 300 // the third begins 300 frames late
	var parts [][]float32
	for _, l := range lanes {
		parts = append(parts, stereo(t, l.Path, l.Start, length))
	}
	within(t, func(t *testing.T, r *rig) {
		r.load(lanes...)
		if s := r.p.State(); !s.Loaded || s.Playing || s.Rate != 48000 || s.Length != length || s.Position != 0 || s.Peak != [2]float64{-200, -200} {
			t.Errorf("loaded: %+v", s)
		}
		r.play()
		if s := r.p.State(); !s.Playing || s.Position != 0 {
			t.Errorf("playing: %+v", s)
		}
		r.equal("the mix", r.pull(length), sum(parts...))
		if tail := r.drain(); slices.ContainsFunc(tail, func(v float32) bool { return v != 0 }) {
			t.Error("there is sound behind the end")
		}
		if s := r.p.State(); s.Playing || s.Position != length || s.Problem != "" {
			t.Errorf("at the end: %+v", s)
		}
		if n := r.p.Underruns(); n != 0 {
			t.Errorf("%d frames came too late", n)
		}
		r.play() // again from the beginning
		r.equal("again", r.pull(3000), part(sum(parts...), 0, 3000))
	})
}

func TestLoop(t *testing.T) {
	const frames, from, to = 40_000, 10_003, 14_010
	path := wav(t, "a.wav", 48000, 2, 24, false, noise(2*frames, 1, 0.5))
	file := stereo(t, path, 0, frames)
	round := part(file, from, to)
	t.Run("from before it", func(t *testing.T) {
		within(t, func(t *testing.T, r *rig) {
			r.load(ports.Lane{Path: path})
			r.p.Loop(from, to)
			r.play()
			want := slices.Concat(part(file, 0, to), round, round, round, round)
			r.equal("the loop", r.pull(len(want)/2), want)
			if s := r.p.State(); s.Position < from || s.Position >= to || s.LoopFrom != from || s.LoopTo != to {
				t.Errorf("%+v", s)
			}
		})
	})
	t.Run("from behind it", func(t *testing.T) {
		within(t, func(t *testing.T, r *rig) {
			r.load(ports.Lane{Path: path})
			r.p.Loop(from, to)
			r.p.SeekFrame(to + 5)
			r.play()
			r.equal("to the end", part(r.pull(frames-to-5), fadeFrames, frames-to-5), part(file, to+5+fadeFrames, frames))
		})
	})
	t.Run("set while playing", func(t *testing.T) {
		within(t, func(t *testing.T, r *rig) {
			r.load(ports.Lane{Path: path})
			r.play()
			got := r.pull(5000)
			r.p.Loop(from, to)
			got = append(got, r.pull(to-5000+2*(to-from)+100)...)
			r.equal("on and round", got, slices.Concat(part(file, 0, to), round, round, part(file, from, from+100)))
			r.p.Loop(0, 0)
			r.equal("on to the end", r.pull(frames-from-100), part(file, from+100, frames))
		})
	})
	t.Run("set behind the playhead", func(t *testing.T) {
		within(t, func(t *testing.T, r *rig) {
			r.load(ports.Lane{Path: path})
			r.p.SeekFrame(20_000)
			r.play()
			r.pull(1000)
			r.p.Loop(from, to)
			r.equal("undisturbed", r.pull(5000), part(file, 21_000, 26_000))
		})
	})
	t.Run("ending at once", func(t *testing.T) { // the new end of the loop comes before the new voice can
		within(t, func(t *testing.T, r *rig) {
			r.load(ports.Lane{Path: path})
			r.p.SeekFrame(12_000)
			r.play()
			r.pull(1000)
			time.Sleep(voiceEvery) // or the change waits for it
			r.p.Loop(from, 13_500)
			lead := int(frames0(seamlessLead))
			at := from + (13_000 + lead - 13_500)
			got := r.pull(lead + 1000)
			r.equal("up to the seam", part(got, 0, lead), part(file, 13_000, 13_000+lead))
			r.equal("behind the seam", part(got, lead+fadeFrames, lead+1000), part(file, at+fadeFrames, at+1000))
		})
	})
	t.Run("a tiny one", func(t *testing.T) {
		within(t, func(t *testing.T, r *rig) {
			r.load(ports.Lane{Path: path})
			r.p.Loop(frames-3, frames-1)
			if s := r.p.State(); s.LoopTo-s.LoopFrom != 480 || s.LoopTo != frames {
				t.Errorf("%+v", s)
			}
			r.p.Loop(50, 20)
			if s := r.p.State(); s.LoopTo != 0 || s.LoopFrom != 0 {
				t.Errorf("%+v", s)
			}
		})
	})
}

func frames0(seconds float64) int64 { return frames(seconds, 48000) }

func TestSeek(t *testing.T) {
	const frames = 200_000
	path := wav(t, "a.wav", 48000, 2, 16, false, noise(2*frames, 1, 0.5))
	file := stereo(t, path, 0, frames)
	within(t, func(t *testing.T, r *rig) {
		r.load(ports.Lane{Path: path})
		r.p.SeekFrame(1234)
		if s := r.p.State(); s.Position != 1234 {
			t.Errorf("while stopped: %d", s.Position)
		}
		r.play()
		r.equal("from the middle", part(r.pull(5000), fadeFrames, 5000), part(file, 1234+fadeFrames, 1234+5000))
		for _, to := range []int64{150_000, 20, 0, 99_999} {
			time.Sleep(voiceEvery)
			r.p.SeekFrame(to)
			if s := r.p.State(); s.Position != to || !s.Playing {
				t.Errorf("after the seek to %d: %+v", to, s)
			}
			got := r.pull(3000)
			r.equal("after a seek", part(got, fadeFrames, 3000), part(file, int(to)+fadeFrames, int(to)+3000))
			if s := r.p.State(); s.Position < to || s.Position > to+3000 {
				t.Errorf("3000 frames behind the seek to %d: %d", to, s.Position)
			}
		}
		for i := range 200 { // dragging
			r.p.SeekFrame(int64(i * 500))
			if i%3 == 0 {
				r.pull(77)
			}
		}
		if s := r.p.State(); s.Position != 199*500 || !s.Playing {
			t.Errorf("after dragging: %+v", s)
		}
		r.pull(5000)
		if s := r.p.State(); s.Position < 199*500 || s.Position > 199*500+5000 {
			t.Errorf("5000 frames after dragging: %d", s.Position)
		}
		r.p.SeekFrame(77_777)
		got := r.pull(2000)
		r.equal("after all", part(got, fadeFrames, 2000), part(file, 77_777+fadeFrames, 77_777+2000))
		r.p.SeekFrame(-5)
		if s := r.p.State(); s.Position != 0 {
			t.Errorf("before the beginning: %d", s.Position)
		}
		r.p.SeekFrame(frames + 5)
		r.drain()
		if s := r.p.State(); s.Position != frames || s.Playing {
			t.Errorf("behind the end: %+v", s)
		}
		if n := r.p.Underruns(); n != 0 {
			t.Errorf("%d frames came too late", n)
		}
	})
}

func TestPause(t *testing.T) {
	const frames = 100_000
	path := wav(t, "a.wav", 48000, 1, 16, false, steady(frames, 0.5))
	level := stereo(t, path, 0, 1)[0]
	within(t, func(t *testing.T, r *rig) {
		r.load(ports.Lane{Path: path})
		r.play()
		if got := r.pull(1); got[0] != level {
			t.Errorf("the first sample of the take is %v, want %v", got[0], level)
		}
		r.pull(9600)
		at := r.p.State().Position
		r.p.Pause()
		if s := r.p.State(); s.Playing || s.Position != at || s.Peak[0] != -200 {
			t.Errorf("paused: %+v, want %d", s, at)
		}
		tail := r.drain()
		smooth(t, "pausing", tail, level)
		if last := tail[len(tail)-1]; last != 0 || tail[0] == 0 {
			t.Errorf("from %v to %v", tail[0], last)
		}
		if s := r.p.State(); s.Position != at {
			t.Errorf("after pausing: %d, want %d", s.Position, at)
		}
		r.play()
		head := r.pull(2000)
		smooth(t, "going on", append([]float32{0, 0}, head...), level)
		if head[2*fadeFrames] != level {
			t.Errorf("%v after the fade", head[2*fadeFrames])
		}
		if s := r.p.State(); s.Position < at || s.Position > at+2000 {
			t.Errorf("going on: %d, want a little more than %d", s.Position, at)
		}
		// A pause that is taken back at once leaves no gap.
		r.pull(2000)
		r.p.Pause()
		r.pull(100)
		if err := r.p.Play(); err != nil {
			t.Fatal(err)
		}
		r.pull(1000)
		if got := r.pull(100); got[0] != level {
			t.Errorf("%v after a short pause", got[0])
		}
	})
}

// smooth fails where a steady level moves faster than a fade.
func smooth(t *testing.T, what string, s []float32, level float32) {
	t.Helper()
	step := 1.5 * float64(level) / (fade * 48000)
	for i := 2; i < len(s); i++ {
		if d := math.Abs(float64(s[i] - s[i-2])); d > step {
			t.Fatalf("%s: a jump of %v at frame %d", what, d, i/2)
		}
	}
}

func TestMuteAndSolo(t *testing.T) {
	const frames = 60_000
	lanes := []ports.Lane{
		{Path: wav(t, "a.wav", 48000, 1, 16, false, steady(frames, 0.5))},
		{Path: wav(t, "b.wav", 48000, 1, 16, false, steady(frames, 0.25))},
		{Path: wav(t, "c.wav", 48000, 1, 16, false, steady(frames, 0.125))},
	}
	level := make([]float32, 3)
	for i, l := range lanes {
		level[i] = stereo(t, l.Path, 0, 1)[0]
	}
	within(t, func(t *testing.T, r *rig) {
		r.load(lanes...)
		r.play()
		before := r.pull(100)
		for _, c := range []struct {
			name       string
			mute, solo []int
			want       float32
		}{
			{"nothing", nil, nil, level[0] + level[1] + level[2]},
			{"one muted", []int{1}, nil, level[0] + level[2]},
			{"one solo", nil, []int{2}, level[2]},
			{"two solo", nil, []int{0, 2}, level[0] + level[2]},
			{"solo and muted", []int{0}, []int{0, 1}, level[1]},
			{"all muted", []int{0, 1, 2}, nil, 0},
			{"nothing again", nil, nil, level[0] + level[1] + level[2]},
		} {
			now := slices.Clone(lanes)
			for i := range now {
				now[i].Mute, now[i].Solo = slices.Contains(c.mute, i), slices.Contains(c.solo, i)
			}
			r.p.Lanes(now)
			got := r.pull(1000)
			smooth(t, c.name, append(before[len(before)-2:], got...), 0.9)
			r.equal(c.name, part(got, fadeFrames, 1000), steady(2*(1000-fadeFrames), c.want))
			before = got
		}
		r.p.Lanes([]ports.Lane{{Path: "other.wav", Mute: true}})
		r.equal("another take's lanes", r.pull(1000), steady(2000, level[0]+level[1]+level[2]))
	})
}

func TestPosition(t *testing.T) {
	path := wav(t, "a.wav", 48000, 1, 16, false, steady(500_000, 0.1))
	within(t, func(t *testing.T, r *rig) {
		r.load(ports.Lane{Path: path})
		r.p.SeekFrame(1000)
		r.play()
		for given := 480; given <= 48_000; given += 480 {
			r.pull(480) // and 10 ms go by
			want := int64(1000 + max(0, given-fakeLatency+480))
			if got := r.p.State().Position; got != want {
				t.Fatalf("%d frames were given: %d, want %d", given, got, want)
			}
		}
		time.Sleep(time.Second) // the device takes nothing
		if got := r.p.State().Position; got != 1000+48_000 {
			t.Errorf("%d is told as heard, more than the device has", got)
		}
	})
}

func TestMeter(t *testing.T) {
	s := make([]float32, 2*96_000)
	for i := range 48_000 {
		s[2*i], s[2*i+1] = 0.5, -0.25
	}
	path := wav(t, "a.wav", 48000, 2, 32, true, s)
	within(t, func(t *testing.T, r *rig) {
		r.load(ports.Lane{Path: path})
		r.play()
		r.pull(24_000)
		peak := r.p.State().Peak
		if math.Abs(peak[0]+6.0206) > 0.001 || math.Abs(peak[1]+12.0412) > 0.001 {
			t.Errorf("peaks %v, want -6.02 and -12.04 dBFS", peak)
		}
		r.pull(24_000 + fakeLatency + 2400 + 960) // 50 ms and a bit after the last sound was heard
		if peak := r.p.State().Peak; peak != [2]float64{-200, -200} {
			t.Errorf("peaks of silence: %v", peak)
		}
	})
}

func TestOtherRates(t *testing.T) {
	const seconds = 1.0
	sine := func(rate int) []float32 {
		s := make([]float32, int(seconds*float64(rate)))
		for i := range s {
			s[i] = float32(0.5 * math.Sin(2*math.Pi*1000*float64(i)/float64(rate)))
		}
		return s
	}
	quiet := wav(t, "quiet.wav", 48000, 1, 16, false, steady(48_000, 0))
	for _, rate := range []int{44100, 96000, 22050, 192000, 32000} {
		path := wav(t, "sine.wav", rate, 1, 32, true, sine(rate))
		within(t, func(t *testing.T, r *rig) {
			r.load(ports.Lane{Path: quiet}, ports.Lane{Path: path, Start: int64(rate / 50)})
			if s := r.p.State(); s.Rate != 48000 || s.Length != 48_000 {
				t.Errorf("%+v", s)
			}
			r.play()
			got := r.pull(40_000)
			for i := range 40_000 {
				want := 0.5 * math.Sin(2*math.Pi*1000*(float64(i)/48000+0.02))
				if d := math.Abs(float64(got[2*i]) - want); d > 2e-4 {
					t.Fatalf("%d Hz: frame %d is %v, want %v", rate, i, got[2*i], want)
				}
			}
		})
	}
}

func TestFold(t *testing.T) {
	for _, c := range []struct {
		channels  int
		src, want []float32
	}{
		{1, []float32{0.5, -1}, []float32{0.5, 0.5, -1, -1}},
		{2, []float32{0.5, -1}, []float32{0.5, -1}},
		{3, []float32{0.5, 1, -0.25}, []float32{0.125, 0.375}},
		{4, []float32{1, 0.5, 0.5, 0.25}, []float32{0.75, 0.375}},
		{2, []float32{float32(math.NaN()), float32(math.Inf(1))}, []float32{0, loudest}},
	} {
		got := make([]float32, 2*len(c.src)/c.channels)
		fold(got, c.src, c.channels)
		if !slices.Equal(got, c.want) {
			t.Errorf("%d channels: %v, want %v", c.channels, got, c.want)
		}
	}
}

// why finds the trouble in an error.
func why(err error) trouble.Why {
	var e *trouble.Error
	if errors.As(err, &e) {
		return e.Why
	}
	return ""
}

func TestLoadTroubles(t *testing.T) {
	good := wav(t, "good.wav", 48000, 1, 16, false, steady(1000, 0.5))
	text := filepath.Join(t.TempDir(), "text.wav")
	if err := os.WriteFile(text, []byte("no sound at all, just words"), 0o644); err != nil {
		t.Fatal(err)
	}
	gone := filepath.Join(t.TempDir(), "gone.wav")
	within(t, func(t *testing.T, r *rig) {
		if err := r.p.Play(); why(err) != trouble.NothingLoaded {
			t.Errorf("play before load: %v", err)
		}
		for name, c := range map[string]struct {
			lanes []ports.Lane
			want  trouble.Why
		}{
			"no lanes":  {nil, trouble.Empty},
			"vanished":  {[]ports.Lane{{Path: gone}}, trouble.Gone},
			"no sound":  {[]ports.Lane{{Path: text}}, trouble.NotAudio},
			"only past": {[]ports.Lane{{Path: good, Start: 1000}}, trouble.Empty},
		} {
			if err := r.p.Load(t.Context(), c.lanes); why(err) != c.want {
				t.Errorf("%s: %v, want %s", name, err, c.want)
			}
			if s := r.p.State(); s.Loaded {
				t.Errorf("%s: loaded", name)
			}
		}
		r.load(ports.Lane{Path: gone}, ports.Lane{Path: good})
		if s := r.p.State(); !s.Loaded || s.Length != 1000 || !strings.Contains(s.Problem, "gone.wav") {
			t.Errorf("one of two: %+v", s)
		}
		r.play()
		if got := r.pull(10); got[0] < 0.49 {
			t.Errorf("the one that is there is not heard: %v", got[0])
		}
		if err := os.Remove(good); err != nil {
			t.Fatal(err)
		}
		r.p.Pause()
		r.drain()
		if err := r.p.Play(); why(err) != trouble.Gone {
			t.Errorf("vanished after loading: %v", err)
		}
		if s := r.p.State(); s.Playing || s.Problem == "" {
			t.Errorf("vanished after loading: %+v", s)
		}
		r.p.Speak(func(e *trouble.Error) string { return "weg: " + e.Name })
		if err := r.p.Play(); why(err) != trouble.Gone || err.Error() != "weg: good.wav" || r.p.State().Problem != "weg: good.wav" {
			t.Errorf("in other words: %v", err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := r.p.Load(ctx, []ports.Lane{{Path: text}}); !errors.Is(err, context.Canceled) {
			t.Errorf("cancelled: %v", err)
		}
	})
}

// A file that loses its end while it plays stops the sound with a sentence.
func TestFileShrinks(t *testing.T) {
	path := wav(t, "a.wav", 48000, 1, 16, false, steady(400_000, 0.5))
	within(t, func(t *testing.T, r *rig) {
		r.load(ports.Lane{Path: path})
		r.play()
		r.pull(100)
		if err := os.Truncate(path, 10_000); err != nil {
			t.Fatal(err)
		}
		for r.p.State().Playing {
			r.pull(480)
		}
		if s := r.p.State(); !strings.Contains(s.Problem, "changed while it was read") || s.Position >= 400_000 {
			t.Errorf("%+v", s)
		}
	})
}

func TestDevices(t *testing.T) {
	path := wav(t, "a.wav", 48000, 2, 24, false, noise(2*200_000, 1, 0.5))
	file := stereo(t, path, 0, 200_000)
	within(t, func(t *testing.T, r *rig) {
		if list, err := r.p.Devices(t.Context()); err != nil || len(list) != 2 || list[1].Name != "Headphones" {
			t.Errorf("%v, %v", list, err)
		}
		r.load(ports.Lane{Path: path})
		r.play()
		r.pull(4800)
		if err := r.p.Use(t.Context(), "c"); why(err) != trouble.DeviceGone {
			t.Errorf("a device that is not there: %v", err)
		}
		if err := r.p.Use(t.Context(), "b"); err != nil {
			t.Fatal(err)
		}
		at := int(r.p.State().Position)
		for r.out.current().device == "" {
			r.pull(480)
		}
		if s := r.p.State(); s.Device != "b" || !s.Playing || s.Position != int64(at) {
			t.Errorf("%+v, want to go on at %d", s, at)
		}
		if d := r.out.current().device; d != "b" {
			t.Errorf("it plays on %q", d)
		}
		r.equal("on the other device", part(r.pull(3000), fadeFrames, 3000), part(file, at+fadeFrames, at+3000))
		r.p.Pause()
		r.drain()
		time.Sleep(lingerFor + time.Second)
		synctest.Wait()
		if s := r.out.streams[len(r.out.streams)-1]; !s.closed {
			t.Error("the device is held for ever")
		}
	})
}

func TestDeviceTroubles(t *testing.T) {
	path := wav(t, "a.wav", 48000, 1, 16, false, steady(500_000, 0.5))
	begin := func(t *testing.T, r *rig) {
		t.Helper()
		r.load(ports.Lane{Path: path})
		r.play()
		r.pull(9600)
	}
	stopped := func(t *testing.T, r *rig, text string) {
		t.Helper()
		synctest.Wait()
		s := r.p.State()
		if s.Playing || !strings.Contains(s.Problem, text) || s.Position == 0 {
			t.Errorf("%+v, want a problem with %q", s, text)
		}
		r.play()
		if got := r.pull(1000); got[999] == 0 {
			t.Error("playing does not go on")
		}
	}
	t.Run("ends by itself", func(t *testing.T) {
		within(t, func(t *testing.T, r *rig) {
			begin(t, r)
			s := r.out.current()
			_ = s.Stop()
			s.c.Stopped()
			stopped(t, r, "takes no sound")
		})
	})
	t.Run("is unplugged", func(t *testing.T) {
		within(t, func(t *testing.T, r *rig) {
			if err := r.p.Use(t.Context(), "b"); err != nil {
				t.Fatal(err)
			}
			begin(t, r)
			r.out.list = r.out.list[:1]
			s := r.out.current()
			_ = s.Stop()
			s.c.Stopped()
			stopped(t, r, "“Headphones” is gone")
		})
	})
	t.Run("takes nothing more", func(t *testing.T) {
		within(t, func(t *testing.T, r *rig) {
			begin(t, r)
			r.out.current().c.Stopped() // a false alarm
			synctest.Wait()
			if s := r.p.State(); !s.Playing {
				t.Errorf("stopped by a false alarm: %+v", s)
			}
			time.Sleep(deadAfter + time.Second)
			stopped(t, r, "takes no sound")
		})
	})
	t.Run("is busy", func(t *testing.T) {
		within(t, func(t *testing.T, r *rig) {
			r.load(ports.Lane{Path: path})
			r.p.SeekFrame(10)
			r.out.openErr = errors.New("device or resource busy")
			if err := r.p.Play(); why(err) != trouble.DeviceFails || !strings.Contains(err.Error(), "resource busy") {
				t.Errorf("%v", err)
			}
			r.out.openErr = nil
			stopped(t, r, "resource busy")
		})
	})
	t.Run("there is none", func(t *testing.T) {
		within(t, func(t *testing.T, r *rig) {
			r.load(ports.Lane{Path: path})
			r.p.SeekFrame(10)
			r.out.openErr = ErrNoOutput
			if err := r.p.Play(); why(err) != trouble.NoOutput {
				t.Errorf("%v", err)
			}
			r.out.openErr = nil
			stopped(t, r, "No sound output was found")
		})
	})
	t.Run("hangs", func(t *testing.T) {
		within(t, func(t *testing.T, r *rig) {
			r.load(ports.Lane{Path: path})
			r.p.SeekFrame(10)
			hang := make(chan struct{})
			r.out.hang = hang
			if err := r.p.Play(); err != nil { // it does not wait for ever
				t.Errorf("%v", err)
			}
			time.Sleep(opPatience + time.Second)
			synctest.Wait()
			if s := r.p.State(); s.Playing || !strings.Contains(s.Problem, "takes no sound") {
				t.Errorf("%+v", s)
			}
			if err := r.p.Play(); why(err) != trouble.DeviceStuck {
				t.Errorf("while it still hangs: %v", err)
			}
			r.out.mu.Lock()
			r.out.hang = nil
			r.out.mu.Unlock()
			close(hang)
			stopped(t, r, "takes no sound")
		})
	})
}

// Another take is loaded while one plays: the old one fades, the new one stands at its beginning.
func TestLoadWhilePlaying(t *testing.T) {
	a := wav(t, "a.wav", 48000, 1, 16, false, steady(100_000, 0.5))
	level := stereo(t, a, 0, 1)[0]
	b := wav(t, "b.wav", 48000, 2, 24, false, noise(2*50_000, 1, 0.5))
	c := wav(t, "c.wav", 44100, 2, 24, false, noise(2*50_000, 2, 0.5))
	within(t, func(t *testing.T, r *rig) {
		r.load(ports.Lane{Path: a})
		r.play()
		r.pull(5000)
		for i, path := range []string{b, c, b} {
			r.load(ports.Lane{Path: path})
			if s := r.p.State(); s.Playing || s.Position != 0 || s.Length != 50_000 {
				t.Errorf("%+v", s)
			}
			if err := r.p.Play(); err != nil {
				t.Fatal(err)
			}
			var tail []float32
			for r.out.current() != nil && r.p.ses.mixer.given.Load() == 0 {
				tail = append(tail, r.pull(480)...)
				if len(tail) > 200_000 {
					t.Fatal("the new take never begins")
				}
			}
			begun := int(r.p.ses.mixer.given.Load())
			if i == 0 {
				smooth(t, "the old take", tail[:len(tail)-2*begun], level)
			}
			s := stereo(t, path, 0, 50_000)
			r.equal("the new take", r.pull(5000), part(s, begun, begun+5000))
		}
	})
}
