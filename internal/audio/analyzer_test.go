package audio

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"math"
	"reflect"
	"strings"
	"testing"
)

// analyze feeds file to an Analyzer in pieces of n bytes.
func analyze(t testing.TB, file []byte, n int, opts ...AnalyzerOption) *Analyzer {
	t.Helper()
	info, err := probeBytes(file)
	if err != nil {
		t.Fatal(err)
	}
	a := NewAnalyzer(info, opts...)
	for len(file) > 0 {
		m, err := a.Write(file[:min(n, len(file))])
		if err != nil || m != min(n, len(file)) {
			t.Fatalf("Write = %d, %v", m, err)
		}
		file = file[m:]
	}
	return a
}

// file16 is a WAV of 16 bits with the given samples.
func file16(channels int, samples ...int16) []byte {
	b := make([]byte, 0, 2*len(samples))
	for _, v := range samples {
		b = append(b, byte(v), byte(uint16(v)>>8))
	}
	return buildForm("RIFF", "WAVE", -1, fmtLE(tagPCM, channels, 48000, 16), ck("bext", noise(602, 9)), ck("data", b), ck("LIST", noise(40, 8)))
}

func fileFloat(bits, channels int, samples ...float64) []byte {
	info := Info{Rate: 48000, Channels: channels, Bits: bits, Float: true, BlockAlign: channels * bits / 8}
	var b []byte
	for _, v := range samples {
		b = appendSample(b, v, bits/8, info)
	}
	return buildFile(info, b)
}

func db(amplitude float64) float64 { return 20 * math.Log10(amplitude) }

func TestStats(t *testing.T) {
	full := int16(math.MaxInt16)
	tests := []struct {
		name string
		file []byte
		want Stats
	}{
		{"zeros", file16(2, 0, 0, 0, 0), Stats{
			Frames: 2, PeakDBFS: -200, ChannelPeakDBFS: []float64{-200, -200}, Silent: true, AllZero: true, ChannelDC: []float64{0, 0},
		}},
		{"one step", file16(1, 0, 1, 0, 0), Stats{
			Frames: 4, PeakDBFS: db(1.0 / 32768), ChannelPeakDBFS: []float64{db(1.0 / 32768)}, Silent: true, ChannelDC: []float64{0.25 / 32768},
		}},
		{"two steps are not silent", file16(1, 0, -2, 0, 0), Stats{
			Frames: 4, PeakDBFS: db(2.0 / 32768), ChannelPeakDBFS: []float64{db(2.0 / 32768)}, ChannelDC: []float64{-0.5 / 32768},
		}},
		{"one channel empty", file16(2, 16384, 0, -8192, 0), Stats{
			Frames: 2, PeakDBFS: db(0.5), ChannelPeakDBFS: []float64{db(0.5), -200}, ChannelDC: []float64{0.125, 0},
		}},
		{"lowest sample is 0 dBFS", file16(1, 0, math.MinInt16), Stats{
			Frames: 2, PeakDBFS: 0, ChannelPeakDBFS: []float64{0}, FullScaleSamples: 1, ChannelDC: []float64{-0.5},
		}},
		{"two at full scale are not clipped", file16(1, full, full, 0, 0, full, 0, full, full), Stats{
			Frames: 8, PeakDBFS: db(32767.0 / 32768), ChannelPeakDBFS: []float64{db(32767.0 / 32768)}, FullScaleSamples: 5, ChannelDC: []float64{5 * 32767.0 / 32768 / 8},
		}},
		{"three and four are", file16(1, full, full, full, 0, -full, -32768, -full, -full), Stats{
			Frames: 8, PeakDBFS: 0, ChannelPeakDBFS: []float64{0}, FullScaleSamples: 7, ClippedSamples: 7, ChannelDC: []float64{(-32767 - 1) / 32768.0 / 8},
		}},
		{"runs belong to a channel", file16(2, full, 0, full, 0, 0, full, 0, full), Stats{
			Frames: 4, PeakDBFS: db(32767.0 / 32768), ChannelPeakDBFS: []float64{db(32767.0 / 32768), db(32767.0 / 32768)}, FullScaleSamples: 4, ChannelDC: []float64{32767.0 / 32768 / 2, 32767.0 / 32768 / 2},
		}},
		{"float beyond full scale", fileFloat(32, 1, 2, 1, -1.5, 0.5), Stats{
			Frames: 4, PeakDBFS: db(2), ChannelPeakDBFS: []float64{db(2)}, FullScaleSamples: 3, ClippedSamples: 3, ChannelDC: []float64{0.5},
		}},
		{"floats that are none", fileFloat(32, 2, math.NaN(), 0.5, math.Inf(1), -0.25, math.Inf(-1), 0.25, 0.125, 0), Stats{
			Frames: 4, PeakDBFS: db(0.5), ChannelPeakDBFS: []float64{db(0.125), db(0.5)}, BadSamples: 3, ChannelDC: []float64{0.125 / 4, 0.5 / 4},
		}},
		{"doubles beyond everything", fileFloat(64, 1, 1e300, -1e300, 0.5, 1e-300), Stats{
			Frames: 4, PeakDBFS: db(0.5), ChannelPeakDBFS: []float64{db(0.5)}, BadSamples: 2, ChannelDC: []float64{0.125},
		}},
		{"a double next to nothing", fileFloat(64, 1, 0, 1e-300), Stats{
			Frames: 2, PeakDBFS: -200, ChannelPeakDBFS: []float64{-200}, Silent: true, ChannelDC: []float64{5e-301},
		}},
		{"no samples", file16(1), Stats{
			PeakDBFS: -200, ChannelPeakDBFS: []float64{-200}, Silent: true, AllZero: true, ChannelDC: []float64{0},
		}},
	}
	for _, c := range tests {
		t.Run(c.name, func(t *testing.T) {
			for _, n := range []int{1, 7, 1 << 20} {
				got := analyze(t, c.file, n).Stats()
				if !closeStats(got, c.want) {
					t.Errorf("in pieces of %d:\n%+v, want\n%+v", n, got, c.want)
				}
				if _, err := json.Marshal(got); err != nil {
					t.Errorf("JSON: %v", err)
				}
			}
		})
	}
}

// closeStats compares with room for the rounding of sums.
func closeStats(a, b Stats) bool {
	near := func(x, y []float64) bool {
		if len(x) != len(y) {
			return false
		}
		for i := range x {
			if math.Abs(x[i]-y[i]) > 1e-9 {
				return false
			}
		}
		return true
	}
	ok := near(a.ChannelDC, b.ChannelDC) && near(a.ChannelPeakDBFS, b.ChannelPeakDBFS) && near([]float64{a.PeakDBFS}, []float64{b.PeakDBFS})
	a.ChannelDC, a.ChannelPeakDBFS, a.PeakDBFS = b.ChannelDC, b.ChannelPeakDBFS, b.PeakDBFS
	return ok && reflect.DeepEqual(a, b)
}

// Every format, in pieces of any size, must give the same as a plain look at
// each sample.
func TestAnalyzerAgainstPlainLook(t *testing.T) {
	for _, f := range benchFormats {
		for _, channels := range []int{1, 2, 5} {
			info := f.info
			info.Channels, info.BlockAlign, info.Frames = channels, info.SampleBytes()*channels, 5003
			var data []byte
			for i := range int(info.Frames) * channels {
				v := 1.2 * math.Sin(float64(i)*float64(i)) // as good as noise that clips at times
				if !info.Float {
					v = max(-1, min(v, 1))
				}
				data = appendSample(data, v, info.SampleBytes(), info)
			}
			file := append(buildFile(info, data), noise(info.BlockAlign-1, 3)...)
			want := plainStats(t, file)
			if want.ClippedSamples == 0 || want.FullScaleSamples <= want.ClippedSamples {
				t.Fatalf("%s: the signal shows nothing: %+v", f.name, want)
			}
			var peaks *Peaks
			for _, n := range []int{len(file), 1, 13, 4096, 65536 + 1} {
				a := analyze(t, file, n, WithPeaks(100))
				if got := a.Stats(); !closeStats(got, want) {
					t.Errorf("%s, %d channels, pieces of %d:\n%+v, want\n%+v", f.name, channels, n, got, want)
				}
				if peaks == nil {
					peaks = a.Peaks()
				}
				if got := a.Peaks(); !reflect.DeepEqual(got, peaks) || got.Len() != 51 {
					t.Errorf("%s, %d channels, pieces of %d: other peaks (%d pixels)", f.name, channels, n, got.Len())
				}
			}
		}
	}
}

// plainStats finds the levels of file by way of a Reader, one sample at a time.
func plainStats(t *testing.T, file []byte) Stats {
	t.Helper()
	info, err := probeBytes(file)
	if err != nil {
		t.Fatal(err)
	}
	r, err := NewReader(strings.NewReader(string(file)), info)
	if err != nil {
		t.Fatal(err)
	}
	s := make([]float64, info.Frames*int64(info.Channels))
	if n, err := r.ReadFloat64(t.Context(), s); err != nil || int64(n) != info.Frames {
		t.Fatalf("read %d frames of %d: %v", n, info.Frames, err)
	}
	full := 1.0
	if !info.Float {
		full = 1 - math.Ldexp(1, 1-info.Bits)
	}
	want := Stats{Frames: info.Frames, PeakDBFS: FloorDBFS}
	for ch := range info.Channels {
		peak, sum, run := 0.0, 0.0, int64(0)
		end := func() {
			if run >= ClipRun {
				want.ClippedSamples += run
			}
			run = 0
		}
		for i := ch; i < len(s); i += info.Channels {
			peak = max(peak, math.Abs(s[i]))
			sum += s[i]
			if math.Abs(s[i]) >= full {
				want.FullScaleSamples++
				run++
			} else {
				end()
			}
		}
		end()
		want.ChannelPeakDBFS = append(want.ChannelPeakDBFS, db(peak))
		want.PeakDBFS = max(want.PeakDBFS, db(peak))
		want.ChannelDC = append(want.ChannelDC, sum/float64(info.Frames))
	}
	return want
}

func TestAnalyzerOfUnfinishedFile(t *testing.T) {
	file := buildForm("RIFF", "WAVE", 0, fmtLE(tagPCM, 1, 48000, 16), chunk{"data", []byte{0, 0x40, 0, 0x20, 1}, 0, true})
	got := analyze(t, file, 3).Stats()
	if got.Frames != 2 || math.Abs(got.PeakDBFS-db(0.5)) > 1e-9 {
		t.Errorf("Stats = %+v, want 2 frames with a peak of -6 dBFS", got)
	}
}

func TestAnalyzerWithoutInfo(t *testing.T) {
	for _, i := range []Info{{}, {Channels: 2, BlockAlign: 5}, {Channels: 1, BlockAlign: 4, Frames: -1}, {Channels: 1, BlockAlign: 7}} {
		a := NewAnalyzer(i, WithPeaks(10))
		if _, err := a.Write(make([]byte, 100)); !errors.Is(err, ErrUnsupported) {
			t.Errorf("Write for %+v: %v, want %v", i, err, ErrUnsupported)
		}
		if s := a.Stats(); s.Frames != 0 || !s.Silent || a.Peaks() != nil {
			t.Errorf("Stats for %+v = %+v", i, s)
		}
	}
}

func TestReaderSeeksAndStops(t *testing.T) {
	samples := make([]int16, 40000)
	for i := range samples {
		samples[i] = int16(i)
	}
	file := file16(2, samples...)
	info, err := probeBytes(file)
	if err != nil {
		t.Fatal(err)
	}
	r, err := NewReader(strings.NewReader(string(file)), info)
	if err != nil {
		t.Fatal(err)
	}
	buf := make([]int32, 6)
	for _, frame := range []int64{19998, 0, 7777, 19999} {
		if err := r.SeekFrame(frame); err != nil {
			t.Fatal(err)
		}
		n, err := r.ReadInt32(t.Context(), buf)
		if want := min(3, int(20000-frame)); err != nil || n != want || r.Frame() != frame+int64(want) {
			t.Fatalf("read %d frames from %d (%v), now at %d; want %d", n, frame, err, r.Frame(), want)
		}
		if buf[0] != int32(int16(2*frame))<<16 {
			t.Errorf("frame %d starts with %d", frame, buf[0]>>16)
		}
	}
	if _, err := r.ReadInt32(t.Context(), buf); !errors.Is(err, io.EOF) {
		t.Errorf("at the end: %v, want io.EOF", err)
	}
	for _, bad := range []int64{-1, 20001} {
		if err := r.SeekFrame(bad); err == nil {
			t.Errorf("seek to %d succeeds", bad)
		}
	}
	if err := r.SeekFrame(20000); err != nil {
		t.Errorf("seek to the end: %v", err)
	}
	if err := r.SeekFrame(0); err != nil {
		t.Fatal(err)
	}
	if _, err := r.ReadInt32(t.Context(), buf[:1]); !errors.Is(err, io.ErrShortBuffer) {
		t.Errorf("half a frame: %v, want %v", err, io.ErrShortBuffer)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if n, err := r.ReadInt32(ctx, buf); n != 0 || !errors.Is(err, context.Canceled) {
		t.Errorf("after cancel: %d, %v", n, err)
	}
	short, err := NewReader(strings.NewReader(string(file[:1000])), info)
	if err != nil {
		t.Fatal(err)
	}
	if n, err := short.ReadInt32(t.Context(), make([]int32, 2000)); n != 0 || !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("a file that shrank: %d, %v; want %v", n, err, io.ErrUnexpectedEOF)
	}
	if _, err := NewReader(short.src, Info{}); !errors.Is(err, ErrUnsupported) {
		t.Errorf("NewReader without Info: %v", err)
	}
}

func TestQuantize(t *testing.T) {
	for _, c := range []struct {
		v    float64
		bits int
		want int64
	}{
		{0, 16, 0},
		{1, 16, 32767},
		{-1, 16, -32768},
		{2, 16, 32767},
		{-2, 16, -32768},
		{0.5, 16, 16384},
		{1.5 / 32768, 16, 2},
		{2.5 / 32768, 16, 2},
		{-1.5 / 32768, 16, -2},
		{math.NaN(), 16, 0},
		{math.Inf(1), 24, 1<<23 - 1},
		{math.Inf(-1), 24, -1 << 23},
		{1, 32, math.MaxInt32},
		{-1, 32, math.MinInt32},
		{0.25, 32, 1 << 29},
	} {
		if got := quantize(c.v, c.bits); got != c.want {
			t.Errorf("quantize(%v, %d) = %d, want %d", c.v, c.bits, got, c.want)
		}
	}
}
