package audio

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
)

// Peaks is a waveform overview: for every pixel and channel the lowest and the
// highest sample of 16 bits.
//
// The values are those that the program audiowaveform (BBC R&D) finds for
// 16 bits at the same zoom: wider integers lose their lower bits, floats are
// multiplied by 32767 and lose their fraction, and the mean of the channels is
// rounded towards zero. Floats beyond full scale, for which that program's
// result is undefined, are limited here.
type Peaks struct {
	Rate            int     // Hz
	SamplesPerPixel int     // frames behind one pixel
	Channels        int     // 1 when the channels were mixed
	Data            []int16 // min, max of channel 0, min, max of channel 1, ..., next pixel
}

// Len returns the number of pixels. The last one may stand for fewer frames
// than the others.
func (p *Peaks) Len() int {
	if p.Channels < 1 {
		return 0
	}
	return len(p.Data) / (2 * p.Channels)
}

// peakMaker collects Peaks from blocks of decoded samples. The methods of a nil
// peakMaker do nothing.
type peakMaker struct {
	rate, channels, spp int
	split               bool

	count  int // frames in the current pixel
	lo, hi []int32
	data   []int16
	tmp    []int32
}

func newPeakMaker(info Info, samplesPerPixel int, split bool) *peakMaker {
	m := &peakMaker{rate: info.Rate, channels: info.Channels, spp: max(samplesPerPixel, 1), split: split}
	m.lo, m.hi = make([]int32, m.outChannels()), make([]int32, m.outChannels())
	m.reset()
	return m
}

func (m *peakMaker) outChannels() int {
	if m.split {
		return m.channels
	}
	return 1
}

func (m *peakMaker) reset() {
	m.count = 0
	for i := range m.lo {
		m.lo[i], m.hi[i] = math.MaxInt32, math.MinInt32
	}
}

// addInts takes whole frames with full scale at 1<<31.
func (m *peakMaker) addInts(s []int32) {
	if m == nil {
		return
	}
	for len(s) > 0 {
		n := min(len(s)/m.channels, m.spp-m.count)
		m.pixel(s[:n*m.channels])
		s = s[n*m.channels:]
		m.advance(n)
	}
}

// advance counts frames that the current pixel has taken in, and ends the pixel
// when it is full.
func (m *peakMaker) advance(frames int) {
	if m.count += frames; m.count == m.spp {
		m.data = m.appendPixel(m.data)
		m.reset()
	}
}

// mixes says whether channels are mixed into one waveform.
func (m *peakMaker) mixes() bool { return m != nil && !m.split }

// pixel widens the range of the current pixel. In a mix the range is that of the
// sum of the channels; the division, which keeps the order, comes last.
func (m *peakMaker) pixel(s []int32) {
	switch {
	case m.channels == 1:
		lo, hi := m.lo[0], m.hi[0]
		for _, v := range s {
			lo, hi = min(lo, v), max(hi, v)
		}
		m.lo[0], m.hi[0] = lo, hi
	case m.split:
		for ch := range m.lo {
			lo, hi := m.lo[ch], m.hi[ch]
			for i := ch; i < len(s); i += m.channels {
				lo, hi = min(lo, s[i]), max(hi, s[i])
			}
			m.lo[ch], m.hi[ch] = lo, hi
		}
	case m.channels == 2:
		m.lo[0], m.hi[0] = widenStereo(s, m.lo[0], m.hi[0])
	default:
		lo, hi := m.lo[0], m.hi[0]
		for ; len(s) > 0; s = s[m.channels:] {
			v := int32(0)
			for _, x := range s[:m.channels] {
				v += x >> 16
			}
			lo, hi = min(lo, v), max(hi, v)
		}
		m.lo[0], m.hi[0] = lo, hi
	}
}

// widenStereo widens a range by the sums of the two channels. Two ranges side by
// side let the processor work on two frames at once.
func widenStereo(s []int32, lo, hi int32) (int32, int32) {
	lo2, hi2 := lo, hi
	for len(s) >= 4 {
		v, w := s[0]>>16+s[1]>>16, s[2]>>16+s[3]>>16
		lo, hi = min(lo, v), max(hi, v)
		lo2, hi2 = min(lo2, w), max(hi2, w)
		s = s[4:]
	}
	if len(s) >= 2 {
		v := s[0]>>16 + s[1]>>16
		lo, hi = min(lo, v), max(hi, v)
	}
	return min(lo, lo2), max(hi, hi2)
}

func (m *peakMaker) appendPixel(data []int16) []int16 {
	for ch := range m.lo {
		lo, hi := m.lo[ch], m.hi[ch]
		if m.channels == 1 || m.split {
			lo, hi = lo>>16, hi>>16
		} else {
			lo, hi = lo/int32(m.channels), hi/int32(m.channels)
		}
		data = append(data, int16(lo), int16(hi))
	}
	return data
}

// addFloats takes whole frames with full scale at 1.0.
func addFloats[T float32 | float64](m *peakMaker, s []T) {
	if m == nil {
		return
	}
	if len(m.tmp) < len(s) {
		m.tmp = make([]int32, len(s))
	}
	tmp := m.tmp[:len(s)]
	// What is no number or beyond full scale becomes, on every processor, either
	// 0 or a number of more than 16 bits.
	beyond := uint32(0)
	for i, v := range s {
		t := int32(float32(v) * math.MaxInt16)
		beyond |= uint32(t - math.MinInt16)
		tmp[i] = t << 16
	}
	if beyond > math.MaxUint16 {
		for i, v := range s {
			tmp[i] = floatPeak(float32(v))
		}
	}
	m.addInts(tmp)
}

// floatPeak turns a float of any height into 16 bits at the top of 32.
func floatPeak(v float32) int32 {
	v *= math.MaxInt16
	switch {
	case v >= math.MaxInt16:
		v = math.MaxInt16
	case v <= math.MinInt16:
		v = math.MinInt16
	case v != v:
		v = 0
	}
	return int32(v) << 16
}

// snapshot returns the Peaks so far, with the pixel that is not full yet.
func (m *peakMaker) snapshot() *Peaks {
	data := slices.Clone(m.data)
	if m.count > 0 {
		data = m.appendPixel(data)
	}
	return &Peaks{Rate: m.rate, SamplesPerPixel: m.spp, Channels: m.outChannels(), Data: data}
}

// flag8Bit in the header of a .dat file says that values have 8 bits.
const flag8Bit = 1

// maxPeakValues limits what ReadPeaks takes: 24 hours at 192 kHz and 64 frames
// a pixel come to about as many.
const maxPeakValues = 1 << 29

// WriteTo writes p in audiowaveform's binary format (.dat): version 1 for one
// channel, version 2 for more, as that program does. All numbers are
// little-endian words of 32 bits (version, flags, rate, frames a pixel, pixels,
// and in version 2 channels), then the values of 16 bits.
func (p *Peaks) WriteTo(w io.Writer) (int64, error) {
	if p.Channels < 1 || len(p.Data)%(2*p.Channels) != 0 || int64(p.Len()) > math.MaxUint32 {
		return 0, fmt.Errorf("write waveform: %d values do not fit %d channels", len(p.Data), p.Channels)
	}
	version := uint32(1)
	if p.Channels > 1 {
		version = 2
	}
	b := make([]byte, 0, 24+2*len(p.Data))
	for _, v := range []uint32{version, 0, uint32(p.Rate), uint32(p.SamplesPerPixel), uint32(p.Len())} {
		b = binary.LittleEndian.AppendUint32(b, v)
	}
	if version == 2 {
		b = binary.LittleEndian.AppendUint32(b, uint32(p.Channels))
	}
	for _, v := range p.Data {
		b = binary.LittleEndian.AppendUint16(b, uint16(v))
	}
	n, err := w.Write(b)
	if err != nil {
		return int64(n), fmt.Errorf("write waveform: %w", err)
	}
	return int64(n), nil
}

// ErrBadPeaks says that a file is no waveform that ReadPeaks understands.
var ErrBadPeaks = errors.New("not a waveform file")

// ReadPeaks reads a .dat file of version 1 or 2 with 8 or 16 bits; values of 8
// bits are multiplied by 256. A file that ends early is an error.
func ReadPeaks(r io.Reader) (*Peaks, error) {
	var h [24]byte
	if _, err := io.ReadFull(r, h[:20]); err != nil {
		return nil, badPeaks(err, "its header is cut short")
	}
	word := func(i int) uint32 { return binary.LittleEndian.Uint32(h[4*i:]) }
	p := &Peaks{Rate: int(int32(word(2))), SamplesPerPixel: int(int32(word(3))), Channels: 1}
	switch word(0) {
	case 1:
	case 2:
		if _, err := io.ReadFull(r, h[20:]); err != nil {
			return nil, badPeaks(err, "its header is cut short")
		}
		p.Channels = int(int32(word(5)))
	default:
		return nil, fmt.Errorf("%w: version %d", ErrBadPeaks, word(0))
	}
	values := 2 * int64(p.Channels) * int64(word(4))
	if p.Rate < 1 || p.SamplesPerPixel < 2 || p.Channels < 1 || p.Channels > maxChannels || values > maxPeakValues {
		return nil, fmt.Errorf("%w: %d Hz, %d frames a pixel, %d channels, %d pixels",
			ErrBadPeaks, p.Rate, p.SamplesPerPixel, p.Channels, word(4))
	}
	size := int64(2)
	if word(1)&flag8Bit != 0 {
		size = 1
	}
	// The memory grows with what is really there, whatever the header claims.
	b, err := io.ReadAll(io.LimitReader(r, values*size))
	if err != nil {
		return nil, fmt.Errorf("read waveform: %w", err)
	}
	if int64(len(b)) < values*size {
		return nil, fmt.Errorf("%w: it ends after %d of %d bytes", ErrBadPeaks, len(b), values*size)
	}
	p.Data = make([]int16, values)
	for i := range p.Data {
		if size == 1 {
			p.Data[i] = int16(int8(b[i])) << 8
		} else {
			p.Data[i] = int16(binary.LittleEndian.Uint16(b[2*i:]))
		}
	}
	return p, nil
}

func badPeaks(err error, why string) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("%w: %s", ErrBadPeaks, why)
	}
	return fmt.Errorf("read waveform: %w", err)
}
