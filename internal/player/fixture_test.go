package player

import (
	"context"
	"encoding/binary"
	"errors"
	"math"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/takebar/takebar/app/window/ports"
	"github.com/takebar/takebar/internal/audio"
)

// wav writes a sound file of samples (full scale 1.0) and gives its path.
func wav(t testing.TB, name string, rate, channels, bits int, float bool, samples []float32) string {
	t.Helper()
	var data []byte
	for _, v := range samples {
		switch {
		case float:
			data = binary.LittleEndian.AppendUint32(data, math.Float32bits(v))
		case bits == 8:
			data = append(data, byte(int(v*127)+128))
		default:
			b := binary.LittleEndian.AppendUint32(nil, uint32(int32(float64(v)*(1<<31-1))))
			data = append(data, b[4-bits/8:]...)
		}
	}
	tag := uint16(1)
	if float {
		tag = 3
	}
	le := binary.LittleEndian
	block := channels * bits / 8
	f := le.AppendUint16(le.AppendUint16(nil, tag), uint16(channels))
	f = le.AppendUint32(le.AppendUint32(f, uint32(rate)), uint32(rate*block))
	f = le.AppendUint16(le.AppendUint16(f, uint16(block)), uint16(bits))
	body := slices.Concat([]byte("WAVEfmt "), le.AppendUint32(nil, 16), f, []byte("data"), le.AppendUint32(nil, uint32(len(data))), data)
	if len(body)%2 == 1 {
		body = append(body, 0)
	}
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, slices.Concat([]byte("RIFF"), le.AppendUint32(nil, uint32(len(body))), body), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// noise is as good as no two stretches alike.
func noise(n int, seed uint64, level float32) []float32 {
	s := make([]float32, n)
	x := seed*0x9E3779B97F4A7C15 + 1
	for i := range s {
		x ^= x << 13
		x ^= x >> 7
		x ^= x << 17
		s[i] = level * float32(int32(x>>32)) / (1 << 31)
	}
	return s
}

func steady(n int, v float32) []float32 {
	s := make([]float32, n)
	for i := range s {
		s[i] = v
	}
	return s
}

// stereo reads a whole file, by its reader alone, from frame start on for so many frames, with silence where it has none.
func stereo(t testing.TB, path string, start int64, frames int) []float32 {
	t.Helper()
	r, err := audio.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	info := r.Info()
	raw := make([]float32, info.Frames*int64(info.Channels))
	if n, err := r.ReadFloat32(context.Background(), raw); err != nil || int64(n) != info.Frames {
		t.Fatalf("read %d frames: %v", n, err)
	}
	out := make([]float32, 2*frames)
	for i := range frames {
		at := (start + int64(i)) * int64(info.Channels)
		if at < 0 || at >= int64(len(raw)) {
			continue
		}
		out[2*i], out[2*i+1] = raw[at], raw[at+int64(info.Channels)-1]
	}
	return out
}

func sum(parts ...[]float32) []float32 {
	out := make([]float32, len(parts[0]))
	for _, p := range parts {
		for i, v := range p {
			out[i] += v
		}
	}
	return out
}

// fake is a sound system whose device takes samples when the test says so.
type fake struct {
	mu      sync.Mutex
	list    []ports.Device
	openErr error
	hang    chan struct{} // Open waits for it
	streams []*fakeStream
}

func (f *fake) Devices(context.Context) ([]ports.Device, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.list), nil
}

func (f *fake) Open(device string, rate int, c Callbacks) (Stream, error) {
	f.mu.Lock()
	hang, err := f.hang, f.openErr
	f.mu.Unlock()
	if hang != nil {
		<-hang
	}
	if err != nil {
		return nil, err
	}
	s := &fakeStream{f: f, device: device, rate: rate, c: c}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.streams = append(f.streams, s)
	return s, nil
}

// current is the stream that runs; nil if none does.
func (f *fake) current() *fakeStream {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, s := range f.streams {
		if s.running {
			return s
		}
	}
	return nil
}

const fakeLatency = 960

type fakeStream struct {
	f               *fake
	device          string
	rate            int
	c               Callbacks
	running, closed bool
}

func (s *fakeStream) set(running, closed bool) error {
	s.f.mu.Lock()
	defer s.f.mu.Unlock()
	if s.closed {
		return errors.New("used after closing")
	}
	s.running, s.closed = running, closed
	return nil
}

func (s *fakeStream) Start() error { return s.set(true, false) }
func (s *fakeStream) Stop() error  { return s.set(false, false) }
func (s *fakeStream) Close() error { return s.set(false, true) }
func (s *fakeStream) Latency() int { return fakeLatency }
func (s *fakeStream) Running() bool {
	s.f.mu.Lock()
	defer s.f.mu.Unlock()
	return s.running
}

// rig is a player with a fake device, inside a bubble of synctest.
type rig struct {
	t   *testing.T
	out *fake
	p   *Player
}

// within runs a test with a rig.
func within(t *testing.T, test func(t *testing.T, r *rig)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		r := &rig{t: t, out: &fake{list: []ports.Device{{ID: "a", Name: "Speakers", Default: true}, {ID: "b", Name: "Headphones"}}}}
		r.p = New(r.out, Options{})
		defer func() {
			if err := r.p.Close(); err != nil {
				t.Error(err)
			}
			synctest.Wait()
			for i, s := range r.out.streams {
				if !s.closed {
					t.Errorf("stream %d was left open", i)
				}
			}
		}()
		test(t, r)
	})
}

func (r *rig) load(lanes ...ports.Lane) {
	r.t.Helper()
	if err := r.p.Load(r.t.Context(), lanes); err != nil {
		r.t.Fatal(err)
	}
	synctest.Wait()
}

func (r *rig) play() {
	r.t.Helper()
	if err := r.p.Play(); err != nil {
		r.t.Fatal(err)
	}
	synctest.Wait()
}

// pull lets the device take so many frames, ten milliseconds at a time.
func (r *rig) pull(frames int) []float32 {
	r.t.Helper()
	out := make([]float32, 2*frames)
	for rest := out; len(rest) > 0; {
		synctest.Wait() // everything read ahead, nobody at work
		s := r.out.current()
		if s == nil {
			r.t.Fatalf("no stream runs (%+v)", r.p.State())
		}
		n := min(len(rest), 2*s.rate/100)
		s.c.Fill(rest[:n])
		rest = rest[n:]
		time.Sleep(10 * time.Millisecond)
	}
	return out
}

// drain pulls until the stream is stopped, as after a pause or at the end.
func (r *rig) drain() []float32 {
	r.t.Helper()
	var out []float32
	for range 1000 {
		synctest.Wait()
		if r.out.current() == nil {
			return out
		}
		out = append(out, r.pull(480)...)
	}
	r.t.Fatal("the stream never stops")
	return nil
}

// equal compares exactly.
func (r *rig) equal(what string, got, want []float32) {
	r.t.Helper()
	if len(got) != len(want) {
		r.t.Fatalf("%s: %d samples, want %d", what, len(got), len(want))
	}
	for i := range got {
		if got[i] != want[i] {
			r.t.Fatalf("%s: sample %d (frame %d) is %v, want %v", what, i, i/2, got[i], want[i])
		}
	}
}

// part is the frames from..to-1 of interleaved stereo.
func part(s []float32, from, to int) []float32 { return s[2*from : 2*to] }
