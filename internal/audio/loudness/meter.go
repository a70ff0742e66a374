package loudness

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"

	"github.com/takebar/takebar/internal/audio"
)

// Floor stands for "no loudness at all", since JSON has no minus infinity: of
// silence, of less than 0.4 s, or of samples that are all zero.
const Floor = audio.FloorDBFS

// Gates of BS.1770-4 and EBU Tech 3342.
const (
	absoluteGate  = -70.0 // LUFS
	relativeGate  = -10.0 // LU below the mean of what passes the absolute gate
	rangeGate     = -20.0 // the same for the loudness range
	offset        = -0.691
	subsPerSecond = 10 // the step of all gating blocks is 0.1 s
	momentarySubs = 4  // 0.4 s
	shortSubs     = 30 // 3 s
)

// Result is what a Meter measured. Levels that do not exist are Floor.
type Result struct {
	Integrated      float64   // LUFS, gated
	Range           float64   // LU; 0 for less than 3 s
	MaxMomentary    float64   // LUFS, highest of all 0.4 s
	MaxShortTerm    float64   // LUFS, highest of all 3 s
	TruePeak        float64   // dBTP, highest of all channels
	ChannelTruePeak []float64 // dBTP
}

// Meter measures interleaved samples as they come. It is not safe for
// concurrent use.
type Meter struct {
	rate, channels int
	weights        []float64
	shelf, high    biquad
	filters        []weighted
	peaks          []*peakMeter

	frames int64 // so far
	subs   int64 // finished steps of 0.1 s
	sum    float64
	recent [shortSubs]float64 // power of the last steps, in a ring
	length [shortSubs]float64 // their frames
	moment []float64          // mean power of every 0.4 s
	short  []float64          // and of every 3 s
	tmp    []float64
}

// Option changes what a Meter does.
type Option func(*Meter)

// WithoutTruePeak leaves out the true peak, which takes most of the time.
// Result.TruePeak is Floor then, and ChannelTruePeak nil.
func WithoutTruePeak() Option { return func(m *Meter) { m.peaks = nil } }

// New returns a Meter for a sample rate in Hz and a number of channels. One to
// four channels count alike; five are taken as left, right, centre and two
// surround channels, six as the same with a bass channel, which does not count,
// in fourth place.
func New(rate, channels int, opts ...Option) (*Meter, error) {
	if rate < 1000 || rate > 1<<24 || channels < 1 || channels > 1024 {
		return nil, fmt.Errorf("measure loudness: %w: %d channels at %d Hz", audio.ErrUnsupported, channels, rate)
	}
	m := &Meter{rate: rate, channels: channels, filters: make([]weighted, channels)}
	m.shelf, m.high = kWeighting(rate)
	m.weights = slices.Repeat([]float64{1}, channels)
	switch channels {
	case 5:
		m.weights[3], m.weights[4] = 1.41, 1.41
	case 6:
		m.weights[3], m.weights[4], m.weights[5] = 0, 1.41, 1.41
	}
	ip := newInterpolator()
	for range channels {
		m.peaks = append(m.peaks, newPeakMeter(ip, rate))
	}
	for _, o := range opts {
		o(m)
	}
	return m, nil
}

// Measure measures everything that r has, from its first frame on.
func Measure(ctx context.Context, r *audio.Reader, opts ...Option) (Result, error) {
	info := r.Info()
	m, err := New(info.Rate, info.Channels, opts...)
	if err != nil {
		return Result{}, err
	}
	if err := r.SeekFrame(0); err != nil {
		return Result{}, fmt.Errorf("measure loudness: %w", err)
	}
	buf := make([]float64, max(8192/info.Channels, 1)*info.Channels)
	for {
		n, err := r.ReadFloat64(ctx, buf)
		m.Add(buf[:n*info.Channels])
		if errors.Is(err, io.EOF) {
			return m.Result(), nil
		}
		if err != nil {
			return Result{}, fmt.Errorf("measure loudness: %w", err)
		}
	}
}

// Add takes whole interleaved frames, full scale being 1.0. Samples that are no
// number count as zero.
func (m *Meter) Add(samples []float64) {
	samples = samples[:len(samples)-len(samples)%m.channels]
	for ch, p := range m.peaks {
		p.add(samples, ch, m.channels)
	}
	for len(samples) > 0 {
		end := (m.subs + 1) * int64(m.rate) / subsPerSecond // frame that ends the step
		n := int(min(end-m.frames, int64(len(samples)/m.channels)))
		m.power(samples[:n*m.channels])
		samples = samples[n*m.channels:]
		if m.frames += int64(n); m.frames == end {
			m.endStep()
		}
	}
}

// AddFloat32 is Add for floats of 32 bits.
func (m *Meter) AddFloat32(samples []float32) {
	step := max(2048/m.channels, 1) * m.channels
	if m.tmp == nil {
		m.tmp = make([]float64, step)
	}
	for len(samples) > 0 {
		n := min(len(samples), step)
		for i, v := range samples[:n] {
			m.tmp[i] = float64(v)
		}
		m.Add(m.tmp[:n])
		samples = samples[n:]
	}
}

// power adds the weighted power of all channels.
func (m *Meter) power(s []float64) {
	if m.channels == 2 {
		l, r := powerStereo(&m.filters[0], &m.filters[1], s, &m.shelf, &m.high)
		m.sum += l + r
		return
	}
	for ch := range m.filters {
		if m.weights[ch] != 0 {
			m.sum += m.weights[ch] * m.filters[ch].power(s[ch:], m.channels, &m.shelf, &m.high)
		}
	}
}

// endStep closes 0.1 s, and with it a block of 0.4 s and one of 3 s.
func (m *Meter) endStep() {
	at := m.subs % shortSubs
	if math.IsNaN(m.sum) || math.IsInf(m.sum, 0) {
		m.sum = 0
	}
	m.recent[at] = m.sum
	m.length[at] = float64((m.subs+1)*int64(m.rate)/subsPerSecond - m.subs*int64(m.rate)/subsPerSecond)
	m.sum = 0
	m.subs++
	if m.subs >= momentarySubs {
		m.moment = append(m.moment, m.mean(momentarySubs))
	}
	if m.subs >= shortSubs {
		m.short = append(m.short, m.mean(shortSubs))
	}
}

// mean returns the mean power of the last n steps.
func (m *Meter) mean(n int64) float64 {
	sum, length := 0.0, 0.0
	for i := m.subs - n; i < m.subs; i++ {
		sum += m.recent[i%shortSubs]
		length += m.length[i%shortSubs]
	}
	return sum / length
}

// Result returns the measurements of what has been added so far.
func (m *Meter) Result() Result {
	r := Result{Integrated: Floor, MaxMomentary: Floor, MaxShortTerm: Floor, TruePeak: Floor}
	for _, p := range m.peaks {
		level := Floor
		if v := p.finish(); v > 0 {
			level = max(Floor, 20*math.Log10(v))
		}
		r.ChannelTruePeak = append(r.ChannelTruePeak, level)
		r.TruePeak = max(r.TruePeak, level)
	}
	if len(m.moment) > 0 {
		r.MaxMomentary = lufs(slices.Max(m.moment))
		r.Integrated = lufs(gatedMean(m.moment, relativeGate))
	}
	if len(m.short) > 0 {
		r.MaxShortTerm = lufs(slices.Max(m.short))
		r.Range = loudnessRange(m.short)
	}
	return r
}

func lufs(power float64) float64 {
	if power <= 0 {
		return Floor
	}
	return max(Floor, offset+10*math.Log10(power))
}

func powerOf(lufs float64) float64 { return math.Pow(10, (lufs-offset)/10) }

// threshold returns the power above which blocks count: the absolute gate, or
// relative LU below the mean of what passes it.
func threshold(blocks []float64, relative float64) float64 {
	gate := powerOf(absoluteGate)
	return max(gate, meanAbove(blocks, gate)*math.Pow(10, relative/10))
}

func gatedMean(blocks []float64, relative float64) float64 {
	return meanAbove(blocks, threshold(blocks, relative))
}

func meanAbove(blocks []float64, gate float64) float64 {
	sum, n := 0.0, 0
	for _, p := range blocks {
		if p > gate {
			sum += p
			n++
		}
	}
	if n == 0 {
		return 0
	}
	return sum / float64(n)
}

// loudnessRange is the distance between the loudness that 10 % of the blocks do
// not reach and the one that 5 % exceed (EBU Tech 3342).
func loudnessRange(blocks []float64) float64 {
	gate := threshold(blocks, rangeGate)
	var passed []float64
	for _, p := range blocks {
		if p > gate {
			passed = append(passed, p)
		}
	}
	if len(passed) == 0 {
		return 0
	}
	slices.Sort(passed)
	at := func(part float64) float64 {
		return lufs(passed[int(math.Round(part*float64(len(passed)-1)))])
	}
	return at(0.95) - at(0.10)
}
