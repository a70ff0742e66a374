package audio

import "math"

// FloorDBFS is the level that stands for "all samples are zero". JSON has no
// minus infinity.
const FloorDBFS = -200.0

// SilentDBFS is the peak level below which a file counts as silent.
const SilentDBFS = -90.0

// ClipRun is how many samples in a row, in one channel, must be at or beyond
// full scale to count as clipped. A single one is often no more than the
// highest point of a normalised file.
const ClipRun = 3

// Stats is what an Analyzer found out.
//
// Full scale, where samples are counted, is the highest positive value on
// either side: 32767 and -32767 for 16 bits, 1.0 and -1.0 for floats. Where
// levels are told, it is 32768, as it is for other meters, so that a positive
// peak of 16 bits reads -0.0003 dBFS at the most.
type Stats struct {
	// Frames counts the whole frames that were seen.
	Frames int64
	// PeakDBFS is the highest absolute sample value of all channels in dB
	// relative to full scale; FloorDBFS when all samples are zero. Floats may go
	// above 0.
	PeakDBFS float64
	// ChannelPeakDBFS is the same for each channel.
	ChannelPeakDBFS []float64
	// Silent is true when PeakDBFS is below SilentDBFS, so also for all zeros
	// and for no frames at all.
	Silent bool
	// AllZero is true when not one sample differs from zero.
	AllZero bool
	// ClippedSamples counts the samples in runs of at least ClipRun at or beyond
	// full scale.
	ClippedSamples int64
	// FullScaleSamples counts all samples at or beyond full scale.
	FullScaleSamples int64
	// BadSamples counts floats that are no number, infinite, or too large for 32
	// bits. They count as
	// zero everywhere else.
	BadSamples int64
	// ChannelDC is the mean of each channel, as a part of full scale.
	ChannelDC []float64
}

// Analyzer measures the samples of a file while its bytes pass by. Feed it the
// whole file from offset 0, in pieces of any size; the header and whatever
// follows the samples are skipped. It is not safe for concurrent use.
type Analyzer struct {
	info Info
	enc  encoding
	err  error // the Info was no good

	pos        int64 // offset in the file of the next byte
	start, end int64 // where the samples are
	part       []byte
	partLen    int // bytes of a frame that the last Write cut in two

	frames int64
	ch     []channelLevels
	peaks  *peakMaker

	// One block of decoded samples, of which only the fitting one is used.
	ints    []int32
	floats  []float32
	doubles []float64
}

// channelLevels is what is known about one channel so far.
type channelLevels struct {
	lo, hi int32   // integers
	peak   float64 // floats
	sum    float64
	full   int64 // samples at or beyond full scale
	clip   int64 // those of them in long runs
	run    int   // length of the run that the last sample belongs to
	bad    int64
}

// blockSamples is how many samples are decoded at a time: few enough to stay in
// the first cache, so that looking at them twice costs little.
const blockSamples = 2048

// AnalyzerOption asks an Analyzer for more than the levels.
type AnalyzerOption func(*Analyzer)

// WithPeaks makes the Analyzer collect a waveform too: one minimum and one
// maximum for every samplesPerPixel frames (at least 2), all channels mixed
// into one.
func WithPeaks(samplesPerPixel int) AnalyzerOption {
	return func(a *Analyzer) { a.peaks = newPeakMaker(a.info, max(samplesPerPixel, 2), false) }
}

// WithChannelPeaks is WithPeaks with a waveform for each channel.
func WithChannelPeaks(samplesPerPixel int) AnalyzerOption {
	return func(a *Analyzer) { a.peaks = newPeakMaker(a.info, max(samplesPerPixel, 2), true) }
}

// NewAnalyzer returns an Analyzer for the file that info describes. For an
// unfinished file it measures the frames that are there.
func NewAnalyzer(info Info, opts ...AnalyzerOption) *Analyzer {
	a := &Analyzer{info: info}
	if a.enc, a.err = info.encoding(); a.err != nil {
		return a
	}
	a.start = info.DataOffset
	a.end = a.start + info.Frames*int64(info.BlockAlign)
	a.part = make([]byte, info.BlockAlign)
	a.ch = make([]channelLevels, info.Channels)
	n := max(blockSamples/info.Channels, 1) * info.Channels
	switch a.enc {
	case encF32LE, encF32BE:
		a.floats = make([]float32, n)
	case encF64LE, encF64BE:
		a.doubles = make([]float64, n)
	default:
		a.ints = make([]int32, n)
	}
	for _, o := range opts {
		o(a)
	}
	return a
}

// Write takes the next bytes of the file. It never keeps p. It fails only when
// the Analyzer was made from an Info that Probe did not fill.
func (a *Analyzer) Write(p []byte) (int, error) {
	if a.err != nil {
		return 0, a.err
	}
	total := len(p)
	from := a.pos
	a.pos += int64(total)
	if skip := a.start - from; skip > 0 {
		p = p[min(skip, int64(len(p))):]
		from = a.start
	}
	p = p[:max(0, min(int64(len(p)), a.end-from))]

	if a.partLen > 0 {
		n := copy(a.part[a.partLen:], p)
		a.partLen += n
		p = p[n:]
		if a.partLen < len(a.part) {
			return total, nil
		}
		a.partLen = 0
		a.block(a.part)
	}
	size := a.enc.size()
	step := (len(a.ints) + len(a.floats) + len(a.doubles)) * size // bytes of a block
	for len(p) >= step {
		a.block(p[:step])
		p = p[step:]
	}
	whole := len(p) - len(p)%a.info.BlockAlign
	if whole > 0 {
		a.block(p[:whole])
	}
	a.partLen = copy(a.part, p[whole:])
	return total, nil
}

// block measures whole frames, at most one block of them.
func (a *Analyzer) block(p []byte) {
	n := len(p) / a.enc.size()
	a.frames += int64(n / a.info.Channels)
	switch {
	case a.ints != nil:
		s := a.ints[:n]
		a.enc.decodeInt32(s, p)
		a.measureInts(s)
	case a.floats != nil:
		s := a.floats[:n]
		a.enc.decodeFloat32(s, p)
		measureFloats(a.ch, s)
		addFloats(a.peaks, s)
	default:
		s := a.doubles[:n]
		a.enc.decodeFloat64(s, p)
		measureFloats(a.ch, s)
		addFloats(a.peaks, s)
	}
}

// Stats returns the measurements of what has been written so far.
func (a *Analyzer) Stats() Stats {
	s := Stats{
		Frames: a.frames, PeakDBFS: FloorDBFS, AllZero: true,
		ChannelPeakDBFS: make([]float64, len(a.ch)), ChannelDC: make([]float64, len(a.ch)),
	}
	for i, c := range a.ch {
		peak := c.peak
		if a.ints != nil {
			peak = max(float64(c.hi), -float64(c.lo)) / (1 << 31)
			c.sum /= 1 << 31
		}
		s.AllZero = s.AllZero && peak == 0
		s.ChannelPeakDBFS[i] = dbfs(peak)
		s.PeakDBFS = max(s.PeakDBFS, s.ChannelPeakDBFS[i])
		s.ClippedSamples += c.clip
		s.FullScaleSamples += c.full
		s.BadSamples += c.bad
		if a.frames > 0 {
			s.ChannelDC[i] = c.sum / float64(a.frames)
		}
	}
	s.Silent = s.PeakDBFS < SilentDBFS
	return s
}

// dbfs turns an amplitude into dB, with a floor instead of minus infinity.
func dbfs(amplitude float64) float64 {
	if amplitude <= 0 {
		return FloorDBFS
	}
	return max(FloorDBFS, 20*math.Log10(amplitude))
}

// Peaks returns the waveform of what has been written so far; nil unless
// WithPeaks or WithChannelPeaks asked for it.
func (a *Analyzer) Peaks() *Peaks {
	if a.peaks == nil {
		return nil
	}
	return a.peaks.snapshot()
}
