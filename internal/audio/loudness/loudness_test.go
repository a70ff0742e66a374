package loudness

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/takebar/takebar/internal/audio"
	"github.com/takebar/takebar/internal/audio/tone"
)

// The coefficients that BS.1770-4 publishes for 48 kHz.
func TestKWeightingIsThePublishedOne(t *testing.T) {
	shelf, high := kWeighting(48000)
	for _, c := range []struct {
		name      string
		got, want float64
	}{
		{"shelf b0", shelf.b0, 1.53512485958697},
		{"shelf b1", shelf.b1, -2.69169618940638},
		{"shelf b2", shelf.b2, 1.19839281085285},
		{"shelf a1", shelf.a1, -1.69065929318241},
		{"shelf a2", shelf.a2, 0.73248077421585},
		{"high b0", high.b0, 1},
		{"high b1", high.b1, -2},
		{"high b2", high.b2, 1},
		{"high a1", high.a1, -1.99004745483398},
		{"high a2", high.a2, 0.99007225036621},
	} {
		if math.Abs(c.got-c.want) > 5e-12 {
			t.Errorf("%s = %.14f, want %.14f", c.name, c.got, c.want)
		}
	}
}

// part is a stretch of a 1 kHz sine with the given level in each channel.
type part struct {
	seconds float64
	dbfs    []float64
}

// quiet stands for a channel without sound.
const quiet = -300.0

func stereo(seconds, dbfs float64) part { return part{seconds, []float64{dbfs, dbfs}} }

func play(rate int, parts ...part) []float64 {
	var s []float64
	n := 0
	for _, p := range parts {
		var amplitude []float64
		for _, l := range p.dbfs {
			amplitude = append(amplitude, math.Pow(10, l/20))
		}
		for range int(p.seconds * float64(rate)) {
			v := math.Sin(2 * math.Pi * 1000 * float64(n) / float64(rate))
			for _, a := range amplitude {
				s = append(s, v*a)
			}
			n++
		}
	}
	return s
}

func measure(t testing.TB, rate, channels int, s []float64, opts ...Option) Result {
	t.Helper()
	m, err := New(rate, channels, opts...)
	if err != nil {
		t.Fatal(err)
	}
	m.Add(s)
	return m.Result()
}

// The synthetic cases of EBU Tech 3341 (loudness, ±0.1 LU) and Tech 3342 (range,
// ±1 LU). All are sines of 1 kHz.
func TestEBUCases(t *testing.T) {
	nan := math.NaN() // not checked
	six := []float64{-28, -28, -24, quiet, -30, -30}
	for _, c := range []struct {
		name            string
		parts           []part
		integrated, lra float64
		rates           int
	}{
		{"3341-1", []part{stereo(20, -23)}, -23, 0, 2},
		{"3341-2", []part{stereo(20, -33)}, -33, 0, 1},
		{"3341-3", []part{stereo(10, -36), stereo(60, -23), stereo(10, -36)}, -23, nan, 1},
		{"3341-4", []part{stereo(10, -72), stereo(10, -36), stereo(60, -23), stereo(10, -36), stereo(10, -72)}, -23, nan, 1},
		{"3341-5", []part{stereo(20, -26), stereo(20.1, -20), stereo(20, -26)}, -23, nan, 2},
		{"3341-6", []part{{20, six}}, -23, nan, 1},
		{"3342-1", []part{stereo(20, -20), stereo(20, -30)}, nan, 10, 2},
		{"3342-2", []part{stereo(20, -20), stereo(20, -15)}, nan, 5, 1},
		{"3342-3", []part{stereo(20, -40), stereo(20, -20)}, nan, 20, 1},
		{"3342-4", []part{stereo(20, -50), stereo(20, -35), stereo(20, -20), stereo(20, -35), stereo(20, -50)}, nan, 15, 1},
	} {
		// 8 kHz keeps the test short; the filters are made for each rate anew.
		for _, rate := range []int{8000, 48000}[:c.rates] {
			got := measure(t, rate, len(c.parts[0].dbfs), play(rate, c.parts...), WithoutTruePeak())
			if got.TruePeak != Floor || got.ChannelTruePeak != nil {
				t.Errorf("a true peak without asking: %+v", got)
			}
			if math.Abs(got.Integrated-c.integrated) > 0.1 {
				t.Errorf("%s at %d Hz: %.3f LUFS, want %.1f", c.name, rate, got.Integrated, c.integrated)
			}
			if math.Abs(got.Range-c.lra) > 0.5 {
				t.Errorf("%s at %d Hz: range %.3f LU, want %.1f", c.name, rate, got.Range, c.lra)
			}
		}
	}
}

// The true-peak cases 15 to 19 of EBU Tech 3341, with a tolerance of +0.2 and
// -0.4 dB: sines at a quarter (and less) of the rate whose samples miss the top.
func TestEBUTruePeakCases(t *testing.T) {
	for _, c := range []struct {
		part      float64 // of the rate
		phase     float64 // degrees
		amplitude float64
		want      float64
	}{
		{1.0 / 4, 0, 0.5, -6},
		{1.0 / 4, 45, 0.5, -6},
		{1.0 / 6, 60, 0.5, -6},
		{1.0 / 8, 67.5, 0.5, -6},
		{1.0 / 4, 45, 1.41, 3},
		{0.45, 10, 0.5, -6},
	} {
		for _, rate := range []int{44100, 48000, 96000, 192000} {
			s := make([]float64, rate/2)
			for i := range s {
				// The ends fade, as a step would ring.
				fade := min(1, float64(min(i, len(s)-1-i))/1000)
				s[i] = fade * c.amplitude * math.Sin(2*math.Pi*c.part*float64(i)+c.phase*math.Pi/180)
			}
			if rate > 50000 && c.part > 0.13 {
				continue // beyond hearing; one reading in two or one is enough there
			}
			got := measure(t, rate, 1, s).TruePeak
			if d := got - c.want; d > 0.1 || d < -0.11 && rate < 90000 || d < -0.75 {
				t.Errorf("%.3f of %d Hz, %g°: %.3f dBTP, want %.1f", c.part, rate, c.phase, got, c.want)
			}
		}
	}
}

func TestPiecesMakeNoDifference(t *testing.T) {
	s := play(44100, stereo(1, -20), part{2.345, []float64{-3, -30}}, stereo(1.5, -40))
	want := measure(t, 44100, 2, s)
	for _, n := range []int{2, 14, 1000, 44100, 100002} {
		m, err := New(44100, 2)
		if err != nil {
			t.Fatal(err)
		}
		for p := s; len(p) > 0; p = p[min(n, len(p)):] {
			m.Add(p[:min(n, len(p))])
		}
		got := m.Result()
		if math.Abs(got.Integrated-want.Integrated) > 1e-9 || math.Abs(got.Range-want.Range) > 1e-9 || got.TruePeak != want.TruePeak ||
			math.Abs(got.MaxMomentary-want.MaxMomentary) > 1e-9 || math.Abs(got.MaxShortTerm-want.MaxShortTerm) > 1e-9 {
			t.Errorf("in pieces of %d: %+v, want %+v", n, got, want)
		}
	}
	m, err := New(44100, 2)
	if err != nil {
		t.Fatal(err)
	}
	small := make([]float32, len(s))
	for i, v := range s {
		small[i] = float32(v)
	}
	m.AddFloat32(small)
	if got := m.Result(); math.Abs(got.Integrated-want.Integrated) > 1e-4 || math.Abs(got.TruePeak-want.TruePeak) > 1e-4 {
		t.Errorf("as floats of 32 bits: %+v, want %+v", got, want)
	}
}

func TestNothingToHear(t *testing.T) {
	for name, s := range map[string][]float64{
		"nothing":   nil,
		"too short": play(48000, stereo(0.39, -20)),
		"zeros":     make([]float64, 48000*10),
		"too quiet": play(48000, stereo(5, -80)),
	} {
		r := measure(t, 48000, 2, s)
		if r.Integrated != Floor || r.Range != 0 {
			t.Errorf("%s: %+v, want no loudness", name, r)
		}
		if _, err := json.Marshal(r); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What is skipped for speed must not change the result.
func TestSkippingLosesNothing(t *testing.T) {
	s := make([]float64, 200000)
	x := uint64(7)
	for i := range s {
		x = x*6364136223846793005 + 1442695040888963407
		s[i] = float64(int64(x)) / (1 << 63) * (1 + math.Sin(float64(i)/5000)) / 2
	}
	fast, slow := newPeakMeter(newInterpolator(), 48000), newPeakMeter(newInterpolator(), 48000)
	if g := fast.ip.gain; g < 1.5 || g > 3 {
		t.Errorf("gain %g", g)
	}
	slow.ip.gain, slow.ip.rest = 1e9, 1e9
	fast.add(s, 0, 1)
	slow.add(s, 0, 1)
	if got, want := fast.finish(), slow.finish(); got != want || want < 1 {
		t.Errorf("true peak %v, without skipping %v", got, want)
	}
	// The gain is right: no signal of height 1 gives a higher point. The signs
	// that make the highest one are those of the filter itself.
	for _, sign := range []float64{1, -1} {
		w := make([]float64, 200)
		for i := range w {
			d := float64(i) - 99.5
			w[i] = sign * math.Copysign(1, math.Sin(math.Pi*d)/d)
		}
		m := newPeakMeter(newInterpolator(), 48000)
		m.add(w, 0, 1)
		if got := m.finish(); got > m.ip.gain || got < 0.9*m.ip.gain {
			t.Errorf("the worst signal gives %v, the gain is %v", got, m.ip.gain)
		}
	}
}

// One bad sample must not spoil the rest.
func TestBadSamples(t *testing.T) {
	s := play(48000, stereo(10, -23))
	for i, v := range []float64{math.NaN(), math.Inf(1), math.Inf(-1), 1e300} {
		s[100000+10000*i] = v
	}
	r := measure(t, 48000, 2, s)
	if math.Abs(r.Integrated+23) > 0.3 || math.Abs(r.TruePeak+23) > 1.5 {
		t.Errorf("%+v, want about -23", r)
	}
	if _, err := json.Marshal(r); err != nil {
		t.Error(err)
	}
}

func TestNewRefuses(t *testing.T) {
	for _, c := range [][2]int{{0, 2}, {48000, 0}, {48000, -1}, {-5, 2}, {48000, 5000}, {10, 1}} {
		if _, err := New(c[0], c[1]); !errors.Is(err, audio.ErrUnsupported) {
			t.Errorf("%d Hz, %d channels: %v", c[0], c[1], err)
		}
	}
}

func tool(t testing.TB, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("%s is needed for this test: %v", name, err)
		}
		t.Skipf("%s is not installed", name)
	}
	return path
}

func run(t testing.TB, name string, args ...string) string {
	t.Helper()
	var out, errs bytes.Buffer
	c := exec.CommandContext(t.Context(), tool(t, name), args...)
	c.Stdout, c.Stderr = &out, &errs
	if err := c.Run(); err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, errs.String())
	}
	return out.String()
}

// ffmpeg returns the last value of each of ebur128's measurements.
func ffmpeg(t testing.TB, path string) map[string]float64 {
	t.Helper()
	out := run(t, "ffmpeg", "-v", "error", "-i", path, "-af", "ebur128=peak=true:metadata=1,ametadata=print:file=-", "-f", "null", "-")
	last := map[string]float64{}
	for line := range strings.Lines(out) {
		if name, value, ok := strings.Cut(strings.TrimSpace(line), "="); ok {
			if v, err := strconv.ParseFloat(value, 64); err == nil {
				last[strings.TrimPrefix(name, "lavfi.r128.")] = v
			}
		}
	}
	return last
}

func TestAgainstFFmpeg(t *testing.T) {
	for _, c := range []struct {
		name     string
		rate     int
		channels int
		effects  string
		lra      float64 // how far the range may be off; 0: 0.1 LU
	}{
		{"pink noise", 48000, 2, "synth 12 pinknoise gain -6", 0},
		{"pink noise 44.1", 44100, 2, "synth 12 pinknoise gain -6", 0},
		{"brown noise 96", 96000, 2, "synth 12 brownnoise gain -3", 0},
		{"pluck", 48000, 2, "synth 12 pluck 220 pluck 331 gain -2", 0},
		{"square", 44100, 1, "synth 8 square 443 gain -9", 0},
		{"saw, loud and soft", 48000, 2, "synth 24 saw 110 saw 111 tremolo 0.1 95 gain -4", 0},
		{"fading noise", 48000, 2, "synth 15 pinknoise fade t 6 15 6 gain -1", 0.6},
		{"sweep", 48000, 2, "synth 10 sine 50-18000 gain -3 fade t 0.1 10 0.1", 0},
		{"loud mono", 48000, 1, "synth 6 pinknoise gain -n 0 overdrive 20", 0},
		{"gaps", 44100, 2, "synth 3 pinknoise pad 4 4 repeat 2 gain -3", 1.5},
		{"22050", 22050, 2, "synth 9 pinknoise gain -5", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "a.wav")
			args := append([]string{"-R", "-n", "-r", fmt.Sprint(c.rate), "-c", fmt.Sprint(c.channels), "-b", "32", "-e", "float", path}, strings.Fields(c.effects)...)
			run(t, "sox", args...)
			want := ffmpeg(t, path)
			r, err := audio.Open(path)
			if err != nil {
				t.Fatal(err)
			}
			got, err := Measure(t.Context(), r)
			if err := errors.Join(err, r.Close()); err != nil {
				t.Fatal(err)
			}
			if d := got.Integrated - want["I"]; !(math.Abs(d) <= 0.05) {
				t.Errorf("%.3f LUFS, ffmpeg says %.3f", got.Integrated, want["I"])
			}
			// ffmpeg takes the block before the one that Tech 3342 names, which
			// shows where few blocks are far apart.
			if d := got.Range - want["LRA"]; !(math.Abs(d) <= max(0.1, c.lra)) {
				t.Errorf("range %.3f LU, ffmpeg says %.3f", got.Range, want["LRA"])
			}
			tp := 20 * math.Log10(want["true_peak"])
			if d := got.TruePeak - tp; !(math.Abs(d) <= 0.1) {
				t.Errorf("%.3f dBTP, ffmpeg says %.3f", got.TruePeak, tp)
			}
			t.Logf("%.3f LUFS (%.3f), %.2f LU (%.2f), %.3f dBTP (%.3f)", got.Integrated, want["I"], got.Range, want["LRA"], got.TruePeak, tp)
		})
	}
}

func TestMeasureStops(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.wav")
	w, err := audio.Create(path, audio.WriterFormat{Rate: 48000, Channels: 1, Bits: 24})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.WriteFloat32(tone.Sine(48000, 48000, 1000, -20)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	r, err := audio.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Measure(ctx, r); !errors.Is(err, context.Canceled) {
		t.Errorf("after cancel: %v", err)
	}
	got, err := Measure(t.Context(), r)
	// One channel of a sine reads 3 LU below two of them.
	if err != nil || math.Abs(got.Integrated+23.01) > 0.05 {
		t.Errorf("%+v, %v; want -23 LUFS", got, err)
	}
}

func BenchmarkMeter(b *testing.B) {
	b.Run("all", func(b *testing.B) { benchMeter(b) })
	b.Run("without true peak", func(b *testing.B) { benchMeter(b, WithoutTruePeak()) })
}

func benchMeter(b *testing.B, opts ...Option) {
	b.Helper()
	s := make([]float64, 2*480000)
	x := uint64(1)
	low := 0.0
	for i := range s { // noise with less and less above, as music has
		x = x*6364136223846793005 + 1442695040888963407
		low += 0.1 * (float64(int64(x))/(1<<63) - low)
		s[i] = low * (0.5 + 0.5*math.Sin(float64(i)/30000))
	}
	b.SetBytes(int64(3 * len(s))) // as if of 24 bits
	for b.Loop() {
		m, err := New(48000, 2, opts...)
		if err != nil {
			b.Fatal(err)
		}
		for p := s; len(p) > 0; p = p[min(8192, len(p)):] {
			m.Add(p[:min(8192, len(p))])
		}
		if r := m.Result(); r.Integrated == Floor {
			b.Fatal(r)
		}
	}
}
