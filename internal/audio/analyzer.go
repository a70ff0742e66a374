package audio

import "errors"

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
	// BadSamples counts floats that are no number or infinite. They count as
	// zero everywhere else.
	BadSamples int64
	// ChannelDC is the mean of each channel, as a part of full scale.
	ChannelDC []float64
}

// Analyzer measures the samples of a file while its bytes pass by. Feed it the
// whole file from offset 0, in pieces of any size; the header and whatever
// follows the samples are skipped. It is not safe for concurrent use.
type Analyzer struct{}

// AnalyzerOption asks an Analyzer for more than the levels.
type AnalyzerOption func(*Analyzer)

// WithPeaks makes the Analyzer collect a waveform too: one minimum and one
// maximum for every samplesPerPixel frames, all channels mixed into one.
func WithPeaks(samplesPerPixel int) AnalyzerOption { return func(*Analyzer) {} }

// NewAnalyzer returns an Analyzer for the file that info describes.
func NewAnalyzer(info Info, opts ...AnalyzerOption) *Analyzer { return &Analyzer{} }

// Write takes the next bytes of the file. It never keeps p. It fails only when
// the Analyzer was made from an Info that Probe did not fill.
func (a *Analyzer) Write(p []byte) (int, error) { return 0, errors.ErrUnsupported }

// Stats returns the measurements of what has been written so far.
func (a *Analyzer) Stats() Stats { return Stats{} }

// Peaks returns the waveform of what has been written so far; nil unless
// WithPeaks asked for it.
func (a *Analyzer) Peaks() *Peaks { return nil }

// Peaks is a waveform overview: for every pixel and channel the lowest and the
// highest sample of 16 bits.
type Peaks struct {
	Rate            int     // Hz
	SamplesPerPixel int     // frames behind one pixel
	Channels        int     // 1 when the channels were mixed
	Data            []int16 // min, max of channel 0, min, max of channel 1, ..., next pixel
}
