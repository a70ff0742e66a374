package waveform

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/takebar/takebar/app/window/ports"
	"github.com/takebar/takebar/internal/audio"
	"github.com/takebar/takebar/internal/audio/trouble"
)

// format is a kind of file that a test writes.
type format struct {
	name     string
	bits     int
	channels int
	float    bool
	aiff     bool
}

var formats = []format{
	{"8-bit mono", 8, 1, false, false},
	{"16-bit stereo", 16, 2, false, false},
	{"24-bit stereo", 24, 2, false, false},
	{"32-bit six channels", 32, 6, false, false},
	{"float stereo", 32, 2, true, false},
	{"AIFF 24-bit stereo", 24, 2, false, true},
	{"AIFF 16-bit mono", 16, 1, false, true},
}

// sound is frames*channels integers of 16 bits that no two stretches share: a swelling noise.
func sound(frames, channels int) []int16 {
	s := make([]int16, frames*channels)
	x := uint64(0x9E3779B97F4A7C15)
	for i := range s {
		x ^= x << 13
		x ^= x >> 7
		x ^= x << 17
		s[i] = int16(float64(int16(x)) * math.Abs(math.Sin(float64(i)/9000)))
	}
	return s
}

// encode builds a sound file of those samples. 8 bits keep the upper ones.
func encode(f format, rate int, s []int16) []byte {
	var order binary.AppendByteOrder = binary.LittleEndian
	if f.aiff {
		order = binary.BigEndian
	}
	var data []byte
	for _, v := range s {
		switch {
		case f.bits == 8:
			data = append(data, byte(v>>8)+128)
		case f.bits == 16:
			data = order.AppendUint16(data, uint16(v))
		case f.bits == 24 && f.aiff:
			data = append(data, byte(v>>8), byte(v), 0)
		case f.bits == 24:
			data = append(data, 0, byte(v), byte(v>>8))
		case f.float:
			data = order.AppendUint32(data, math.Float32bits(float32(v)/math.MaxInt16))
		default:
			data = order.AppendUint32(data, uint32(v)<<16)
		}
	}
	block := f.channels * f.bits / 8
	if f.aiff {
		comm := binary.BigEndian.AppendUint16(nil, uint16(f.channels))
		comm = binary.BigEndian.AppendUint32(comm, uint32(len(data)/block))
		comm = binary.BigEndian.AppendUint16(comm, uint16(f.bits))
		comm = binary.BigEndian.AppendUint16(comm, 16383+15) // the rate as a float of 80 bits
		comm = binary.BigEndian.AppendUint64(comm, uint64(rate)<<(63-15))
		ssnd := append(make([]byte, 8), data...)
		body := slices.Concat([]byte("AIFFCOMM"), order.AppendUint32(nil, uint32(len(comm))), comm, []byte("SSND"), order.AppendUint32(nil, uint32(len(ssnd))), ssnd)
		return slices.Concat([]byte("FORM"), order.AppendUint32(nil, uint32(len(body))), body)
	}
	tag := uint16(1)
	if f.float {
		tag = 3
	}
	fmtChunk := order.AppendUint16(nil, tag)
	fmtChunk = order.AppendUint16(fmtChunk, uint16(f.channels))
	fmtChunk = order.AppendUint32(fmtChunk, uint32(rate))
	fmtChunk = order.AppendUint32(fmtChunk, uint32(rate*block))
	fmtChunk = order.AppendUint16(fmtChunk, uint16(block))
	fmtChunk = order.AppendUint16(fmtChunk, uint16(f.bits))
	body := slices.Concat([]byte("WAVEfmt "), order.AppendUint32(nil, 16), fmtChunk, []byte("data"), order.AppendUint32(nil, uint32(len(data))), data)
	if len(data)%2 == 1 {
		body = append(body, 0)
	}
	return slices.Concat([]byte("RIFF"), order.AppendUint32(nil, uint32(len(body))), body)
}

// old is a time of change that a Store trusts.
var old = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// put writes a file that was last changed long ago.
func put(t testing.TB, path string, b []byte) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, b, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(path, old, old); err != nil {
		t.Fatal(err)
	}
	return path
}

func newStore(t testing.TB, o Options) *Store {
	t.Helper()
	s := New(o)
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// plain finds the columns of a stretch by looking at every sample.
func plain(f format, s []int16, from, to, step int, mixed bool) []int16 {
	if f.bits == 8 {
		s = slices.Clone(s)
		for i := range s {
			s[i] = s[i] >> 8 << 8
		}
	}
	var out []int16
	for a := from; a < to; a += step {
		b := min(a+step, to)
		n := f.channels
		if mixed {
			n = 1
		}
		for ch := range n {
			lo, hi := math.MaxInt, math.MinInt
			for i := a; i < b; i++ {
				v := int(s[i*f.channels+ch])
				if mixed {
					v = 0
					for _, x := range s[i*f.channels : (i+1)*f.channels] {
						v += int(x)
					}
					v /= f.channels
				}
				lo, hi = min(lo, v), max(hi, v)
			}
			out = append(out, int16(lo), int16(hi))
		}
	}
	return out
}

func TestOverview(t *testing.T) {
	const frames = 33_001
	for _, f := range formats {
		t.Run(f.name, func(t *testing.T) {
			dir := t.TempDir()
			samples := sound(frames, f.channels)
			path := put(t, filepath.Join(dir, "take 1.sound"), encode(f, 48000, samples))
			for _, where := range []string{"", dir, dir} { // the third finds it kept
				w, err := newStore(t, Options{Dir: where}).Overview(t.Context(), path)
				if err != nil {
					t.Fatal(err)
				}
				want := &ports.Waveform{Rate: 48000, Channels: 1, Frames: frames, FramesPerColumn: 16, Data: plain(f, samples, 0, frames, 16, true)}
				same(t, w, want)
			}
		})
	}
}

func same(t *testing.T, got, want *ports.Waveform) {
	t.Helper()
	if got.Rate != want.Rate || got.Channels != want.Channels || got.Frames != want.Frames || got.From != want.From || got.FramesPerColumn != want.FramesPerColumn {
		t.Errorf("got %d Hz, %d channels, %d frames from %d, %d a column; want %d, %d, %d, %d, %d", got.Rate, got.Channels, got.Frames, got.From, got.FramesPerColumn,
			want.Rate, want.Channels, want.Frames, want.From, want.FramesPerColumn)
	}
	if len(got.Data) != len(want.Data) {
		t.Fatalf("%d values, want %d", len(got.Data), len(want.Data))
	}
	for i := range got.Data {
		if got.Data[i] != want.Data[i] {
			t.Fatalf("value %d is %d, want %d", i, got.Data[i], want.Data[i])
		}
	}
}

func TestDetail(t *testing.T) {
	const frames = 70_003
	for _, f := range formats {
		t.Run(f.name, func(t *testing.T) {
			samples := sound(frames, f.channels)
			s := newStore(t, Options{})
			path := put(t, filepath.Join(t.TempDir(), "a"), encode(f, 44100, samples))
			for _, c := range []struct{ from, to, step int }{
				{0, 100, 1}, {0, frames, 8}, {12_345, 23_456, 7}, {frames - 5, frames, 1}, {1000, 1000, 10}, // from the file
				{0, frames, 1024}, {256 * 10, 256 * 200, 2048}, {256 * 3, frames, 256 * 5}, {0, frames, 1 << 20}, // from the level
			} {
				w, err := s.Detail(t.Context(), path, int64(c.from), int64(c.to), c.step)
				if err != nil {
					t.Fatal(err)
				}
				same(t, w, &ports.Waveform{
					Rate: 44100, Channels: f.channels, Frames: frames, From: int64(c.from), FramesPerColumn: c.step,
					Data: plain(f, samples, c.from, c.to, c.step, false),
				})
			}
			w, err := s.Detail(t.Context(), path, -7, frames+1000, 16)
			if err != nil || w.From != 0 || w.Columns() != (frames+15)/16 {
				t.Errorf("beyond both ends: from %d, %d columns, %v", w.From, w.Columns(), err)
			}
		})
	}
}

// Columns between the pixels of the level never miss a peak.
func TestDetailBetweenPixels(t *testing.T) {
	f := format{bits: 16, channels: 2}
	const frames, from, step = 70_003, 777, 1500
	samples := sound(frames, 2)
	path := put(t, filepath.Join(t.TempDir(), "a.wav"), encode(f, 44100, samples))
	w, err := newStore(t, Options{}).Detail(t.Context(), path, from, frames, step)
	if err != nil {
		t.Fatal(err)
	}
	exact := plain(f, samples, from, frames, step, false)
	if len(w.Data) != len(exact) {
		t.Fatalf("%d values, want %d", len(w.Data), len(exact))
	}
	for i := range exact {
		if i%2 == 0 && w.Data[i] > exact[i] || i%2 == 1 && w.Data[i] < exact[i] {
			t.Fatalf("value %d is %d: a peak of %d is missing", i, w.Data[i], exact[i])
		}
	}
}

func TestTroubles(t *testing.T) {
	dir := t.TempDir()
	good := encode(format{bits: 16, channels: 1}, 48000, sound(5000, 1))
	corrupt := bytes.Clone(good)
	copy(corrupt[12:], "junk")
	adpcm := bytes.Clone(good)
	adpcm[20] = 2
	for name, c := range map[string]struct {
		path string
		why  trouble.Why
	}{
		"vanished":        {filepath.Join(dir, "gone.wav"), trouble.Gone},
		"unplugged":       {filepath.Join(dir, "disk", "gone.wav"), trouble.Away},
		"no sound":        {put(t, filepath.Join(dir, "text.wav"), []byte(strings.Repeat("hello ", 50))), trouble.NotAudio},
		"empty":           {put(t, filepath.Join(dir, "empty.wav"), nil), trouble.Damaged},
		"corrupt header":  {put(t, filepath.Join(dir, "corrupt.wav"), corrupt), trouble.Damaged},
		"other encodings": {put(t, filepath.Join(dir, "adpcm.wav"), adpcm), trouble.Unsupported},
		"a folder":        {dir, trouble.NotAudio},
	} {
		s := newStore(t, Options{Dir: dir})
		_, err := s.Overview(t.Context(), c.path)
		_, detail := s.Detail(t.Context(), c.path, 0, 100, 2)
		for _, err := range []error{err, detail} {
			var e *trouble.Error
			if !errors.As(err, &e) || e.Why != c.why {
				t.Errorf("%s: %v, want %s", name, err, c.why)
			}
		}
	}
	other := newStore(t, Options{})
	other.Speak(func(e *trouble.Error) string { return "weg: " + e.Name })
	if _, err := other.Overview(t.Context(), filepath.Join(dir, "gone.wav")); err == nil || err.Error() != "weg: gone.wav" {
		t.Errorf("in other words: %v", err)
	}
	var e *trouble.Error
	path := put(t, filepath.Join(dir, "long.wav"), encode(format{bits: 16, channels: 1}, 48000, sound(maxColumns+1, 1)))
	if _, err := newStore(t, Options{}).Detail(t.Context(), path, 0, maxColumns+1, 1); !errors.As(err, &e) || e.Why != trouble.TooFine {
		t.Errorf("too many columns: %v", err)
	}
}

// A file that a crash cut short is drawn as far as it goes.
func TestUnfinished(t *testing.T) {
	f := format{bits: 16, channels: 1}
	samples := sound(9000, 1)
	b := encode(f, 48000, samples)
	path := put(t, filepath.Join(t.TempDir(), "cut.wav"), b[:44+2*8000])
	w, err := newStore(t, Options{}).Overview(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	same(t, w, &ports.Waveform{Rate: 48000, Channels: 1, Frames: 8000, FramesPerColumn: 2, Data: plain(f, samples, 0, 8000, 2, true)})
	none := put(t, filepath.Join(t.TempDir(), "none.wav"), b[:44])
	if w, err := newStore(t, Options{}).Overview(t.Context(), none); err != nil || w.Columns() != 0 || w.Rate != 48000 {
		t.Errorf("no frames yet: %+v, %v", w, err)
	}
}

// sparse makes a 12-hour RF64 of 6 GB that takes no room on disk, with one loud frame at the given time.
func sparse(t testing.TB, loud int64) string {
	t.Helper()
	const rate, block = 48000, 3
	frames := int64(12 * 3600 * rate)
	le := binary.LittleEndian
	head := append([]byte("RF64\xff\xff\xff\xffWAVEds64"), le.AppendUint32(nil, 28)...)
	head = le.AppendUint64(head, uint64(frames*block+72))
	head = le.AppendUint64(head, uint64(frames*block))
	head = le.AppendUint64(head, uint64(frames))
	head = le.AppendUint32(head, 0)
	head = append(head, "fmt \x10\x00\x00\x00\x01\x00\x01\x00"...)
	head = le.AppendUint32(head, rate)
	head = le.AppendUint32(head, rate*block)
	head = le.AppendUint16(head, block)
	head = le.AppendUint16(head, 24)
	head = append(head, "data\xff\xff\xff\xff"...)
	path := filepath.Join(t.TempDir(), "night.wav")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	_, err = f.Write(head)
	_, err2 := f.WriteAt([]byte{0, 0, 0x40}, int64(len(head))+loud*block)
	if err := errors.Join(err, err2, f.Truncate(int64(len(head))+frames*block), f.Close(), os.Chtimes(path, old, old)); err != nil {
		t.Fatalf("making a long sparse file: %v", err)
	}
	return path
}

func TestTwelveHours(t *testing.T) {
	const loud = 11*3600*48000 + 12345
	path := sparse(t, loud)
	s := newStore(t, Options{})
	w, err := s.Detail(t.Context(), path, loud-50, loud+50, 1)
	if err != nil || w.Frames != 12*3600*48000 || w.Columns() != 100 || w.Data[2*50+1] != 0x4000 || w.Data[2*49+1] != 0 {
		t.Fatalf("%d columns of %d frames (%v)", w.Columns(), w.Frames, err)
	}
	if raceDetector {
		return // it would read 6 GB at a crawl
	}
	w, err = s.Overview(t.Context(), path)
	if err != nil || w.Columns() > 4096 || w.Columns() < 2048 {
		t.Fatalf("%d columns (%v)", w.Columns(), err)
	}
	for i := range w.Columns() {
		want := int16(0)
		if i == loud/w.FramesPerColumn {
			want = 0x4000
		}
		if w.Data[2*i+1] != want {
			t.Errorf("column %d shows %d, want %d", i, w.Data[2*i+1], want)
		}
	}
}

// Giving up ends the reading of a long file, unless somebody else waits for it too.
func TestGivingUp(t *testing.T) {
	path := sparse(t, 0)
	s := newStore(t, Options{})
	src, err := find(path)
	if err != nil {
		t.Fatal(err)
	}
	started := make(chan struct{}, 1)
	result := make(chan error, 2)
	first, cancelFirst := context.WithCancel(t.Context())
	second, cancelSecond := context.WithCancel(t.Context())
	defer cancelFirst()
	defer cancelSecond()
	work := func(ctx context.Context) (kept, error) {
		started <- struct{}{}
		return s.compute(ctx, src, overview)
	}
	ask := func(ctx context.Context) {
		_, err := s.flights.do(ctx, flightKey{src, overview}, work)
		result <- err
	}
	go ask(first)
	<-started
	f, err := s.flights.join(second, flightKey{src, overview}, work)
	if err != nil {
		t.Fatal(err)
	}
	cancelFirst()
	if err := <-result; !errors.Is(err, context.Canceled) {
		t.Fatalf("the first: %v", err)
	}
	select {
	case <-f.done:
		t.Error("the work ended while somebody was still waiting")
	default:
	}
	s.flights.mu.Lock()
	f.waiting = 0 // as do does
	f.cancel()
	s.flights.mu.Unlock()
	<-f.done
	if !errors.Is(f.err, context.Canceled) {
		t.Errorf("nobody waits: %v", f.err)
	}
	cancelSecond()
	if _, err := s.Overview(second, path); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled before: %v", err)
	}
	if _, err := s.Detail(second, path, 0, 1000, 1); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled before: %v", err)
	}
}

func TestClosing(t *testing.T) {
	path := sparse(t, 0)
	s := New(Options{})
	result := make(chan error, 1)
	go func() {
		_, err := s.Overview(context.Background(), path)
		result <- err
	}()
	s.slots <- struct{}{} // one of the two; whether the reading has begun or not, it must end
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-result; !errors.Is(err, errClosed) {
		t.Errorf("got %v", err)
	}
	if _, err := s.Overview(t.Context(), path); !errors.Is(err, errClosed) {
		t.Errorf("after closing: %v", err)
	}
}

// A file that is being written is drawn as it is at the moment, and drawn again the next time.
func TestGrowingFile(t *testing.T) {
	f := format{bits: 16, channels: 1}
	dir := t.TempDir()
	path := filepath.Join(dir, "now.wav")
	samples := sound(4000, 1)
	s := newStore(t, Options{Dir: dir})
	for _, frames := range []int{1000, 2500, 4000} {
		b := encode(f, 48000, samples[:frames])
		if err := os.WriteFile(path, b, 0o644); err != nil {
			t.Fatal(err)
		}
		w, err := s.Overview(t.Context(), path)
		if err != nil {
			t.Fatal(err)
		}
		same(t, w, &ports.Waveform{Rate: 48000, Channels: 1, Frames: int64(frames), FramesPerColumn: 2, Data: plain(f, samples, 0, frames, 2, true)})
	}
	if entries := entries(t, dir); len(entries) != 0 {
		t.Errorf("%v were kept of a file that is not settled", entries)
	}
}

func TestZoomOfLevel(t *testing.T) {
	for _, c := range []struct {
		hours    int64
		channels int
		want     int
	}{{0, 1, 256}, {1, 2, 256}, {12, 2, 512}, {24, 2, 1024}, {12, 32, 8192}} {
		info := audio.Info{Frames: c.hours * 3600 * 48000, Channels: c.channels}
		if got := zoomOfLevel(info); got != c.want {
			t.Errorf("%d hours of %d channels: %d, want %d", c.hours, c.channels, got, c.want)
		}
	}
}
