package audio

import "math"

// measureInts updates the levels, and the waveform if one is wanted, from a block
// of interleaved integers.
//
// The fast loops only add up and watch whether a sample leaves the range known so
// far or reaches full scale. Few blocks have such a sample; they are looked at
// again, sample by sample.
func (a *Analyzer) measureInts(s []int32) {
	ceil := fullScale(a.info.Bits)
	out := false
	switch n := len(a.ch); {
	case n == 1:
		out = insideMono(&a.ch[0], s, ceil)
		a.peaks.addInts(s)
	case n == 2 && a.peaks.mixes():
		out = a.stereoWithMix(s, ceil)
	case n == 2:
		out = insideStereo(&a.ch[0], &a.ch[1], s, ceil)
		a.peaks.addInts(s)
	default:
		out = true
		for ch := range a.ch {
			sum := int64(0)
			for i := ch; i < len(s); i += n {
				sum += int64(s[i])
			}
			a.ch[ch].sum += float64(sum)
		}
		a.peaks.addInts(s)
	}
	for ch := range a.ch {
		if out {
			a.ch[ch].scan(s, ch, len(a.ch), ceil)
		} else {
			a.ch[ch].run = 0
		}
	}
}

// fullScale returns the highest positive sample of the given width, moved to the
// top of 32 bits.
func fullScale(bits int) int32 {
	return math.MaxInt32 &^ int32(uint32(1)<<(32-min(max(bits, 1), 32))-1)
}

// known returns the range in which a sample tells nothing new: between the lowest
// and the highest so far, and below full scale.
func (c *channelLevels) known(ceil int32) (lo, hi int32) {
	return max(c.lo, 1-ceil), min(c.hi, ceil-1)
}

func insideMono(c *channelLevels, s []int32, ceil int32) (out bool) {
	lo, hi := c.known(ceil)
	sum := int64(0)
	for _, v := range s {
		if v > hi || v < lo {
			out = true
		}
		sum += int64(v)
	}
	c.sum += float64(sum)
	return out
}

func insideStereo(cl, cr *channelLevels, s []int32, ceil int32) (out bool) {
	llo, lhi := cl.known(ceil)
	rlo, rhi := cr.known(ceil)
	var suml, sumr int64
	for i := 1; i < len(s); i += 2 {
		l, r := s[i-1], s[i]
		if l > lhi || l < llo || r > rhi || r < rlo {
			out = true
		}
		suml += int64(l)
		sumr += int64(r)
	}
	cl.sum += float64(suml)
	cr.sum += float64(sumr)
	return out
}

// stereoWithMix is insideStereo that collects the waveform of both channels
// together in the same go.
func (a *Analyzer) stereoWithMix(s []int32, ceil int32) (out bool) {
	m, cl, cr := a.peaks, &a.ch[0], &a.ch[1]
	llo, lhi := cl.known(ceil)
	rlo, rhi := cr.known(ceil)
	var suml, sumr int64
	for len(s) >= 2 {
		n := min(len(s)/2, m.spp-m.count)
		pixel := s[:2*n]
		s = s[2*n:]
		lo, hi := m.lo[0], m.hi[0]
		for i := 1; i < len(pixel); i += 2 {
			l, r := pixel[i-1], pixel[i]
			if l > lhi || l < llo || r > rhi || r < rlo {
				out = true
			}
			suml += int64(l)
			sumr += int64(r)
			v := l>>16 + r>>16
			lo, hi = min(lo, v), max(hi, v)
		}
		m.lo[0], m.hi[0] = lo, hi
		m.advance(n)
	}
	cl.sum += float64(suml)
	cr.sum += float64(sumr)
	return out
}

// scan looks at each sample of one channel: range, full scale, runs.
func (c *channelLevels) scan(s []int32, first, step int, ceil int32) {
	lo, hi := c.lo, c.hi
	for i := first; i < len(s); i += step {
		lo, hi = min(lo, s[i]), max(hi, s[i])
	}
	c.lo, c.hi = lo, hi
	if hi < ceil && lo > -ceil {
		c.run = 0
		return
	}
	for i := first; i < len(s); i += step {
		c.count(s[i] >= ceil || s[i] <= -ceil)
	}
}

// count takes the next sample into the counts.
func (c *channelLevels) count(full bool) {
	if !full {
		c.run = 0
		return
	}
	c.full++
	c.run++
	switch {
	case c.run == ClipRun:
		c.clip += ClipRun
	case c.run > ClipRun:
		c.clip++
	}
}

// measureFloats updates the levels from a block of interleaved floats.
func measureFloats[T float32 | float64](chans []channelLevels, s []T) {
	n := len(chans)
	if n <= 2 && insideFloats(chans, s) {
		return
	}
	for ch := range chans {
		c := &chans[ch]
		var peak T
		sum := 0.0
		for i := ch; i < len(s); i += n {
			v := s[i]
			sum += float64(v)
			if v < 0 {
				v = -v
			}
			if v > peak {
				peak = v
			}
		}
		// Anything that is no number or infinite makes the sum so as well.
		if float64(peak) > math.MaxFloat32 || math.IsNaN(sum) || math.IsInf(sum, 0) {
			addWithBad(c, s, ch, n)
			continue
		}
		c.peak = max(c.peak, float64(peak))
		c.sum += sum
		if peak < 1 {
			c.run = 0
			continue
		}
		for i := ch; i < len(s); i += n {
			c.count(s[i] >= 1 || s[i] <= -1)
		}
	}
}

// insideFloats takes in a block of one or two channels in which no sample is
// higher than those before it or reaches full scale. Any other block it leaves
// alone and returns false.
func insideFloats[T float32 | float64](chans []channelLevels, s []T) bool {
	const below = 1 - 1.0/(1<<24) // the float of 32 bits before 1
	l, r := &chans[0], &chans[len(chans)-1]
	topl, topr := T(min(l.peak, below)), T(min(r.peak, below))
	out := false
	var a, b, c, d float64 // sums; more than one per channel, to add several at a time
	i := 3
	for ; i < len(s); i += 4 {
		v, w, x, y := s[i-3], s[i-2], s[i-1], s[i]
		if v > topl || v < -topl || w > topr || w < -topr || x > topl || x < -topl || y > topr || y < -topr {
			out = true
		}
		a += float64(v)
		b += float64(w)
		c += float64(x)
		d += float64(y)
	}
	for i -= 3; i < len(s); i++ {
		if v := s[i]; i%len(chans) == 0 {
			out = out || v > topl || v < -topl
			a += float64(v)
		} else {
			out = out || v > topr || v < -topr
			b += float64(v)
		}
	}
	// A sample that is no number passes all comparisons, but spoils the sum.
	if all := a + b + c + d; out || math.IsNaN(all) {
		return false
	}
	l.sum += a + c
	r.sum += b + d // both are the same when there is one channel
	l.run, r.run = 0, 0
	return true
}

// addWithBad measures one channel of a block that has samples which are no
// number, infinite, or too large for a float of 32 bits.
func addWithBad[T float32 | float64](c *channelLevels, s []T, first, step int) {
	for i := first; i < len(s); i += step {
		v := float64(s[i])
		if math.IsNaN(v) || math.Abs(v) > math.MaxFloat32 {
			c.bad++
			v = 0
		}
		c.peak = max(c.peak, math.Abs(v))
		c.sum += v
		c.count(math.Abs(v) >= 1)
	}
}
