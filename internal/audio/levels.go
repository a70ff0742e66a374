package audio

import "math"

// measureInts updates the levels from a block of interleaved integers.
//
// The fast loops only look for the lowest and highest sample and add up; the
// runs at full scale are counted in a second pass that loud blocks alone need.
func (a *Analyzer) measureInts(s []int32) {
	ceil := fullScale(a.info.Bits)
	switch n := len(a.ch); n {
	case 1:
		c := &a.ch[0]
		lo, hi, sum := rangeMono(s)
		c.takeInts(lo, hi, sum)
		c.countInts(s, 0, 1, lo, hi, ceil)
	case 2:
		l, r := &a.ch[0], &a.ch[1]
		lo0, hi0, sum0, lo1, hi1, sum1 := rangeStereo(s)
		l.takeInts(lo0, hi0, sum0)
		r.takeInts(lo1, hi1, sum1)
		l.countInts(s, 0, 2, lo0, hi0, ceil)
		r.countInts(s, 1, 2, lo1, hi1, ceil)
	default:
		for ch := range a.ch {
			c := &a.ch[ch]
			lo, hi, sum := int32(math.MaxInt32), int32(math.MinInt32), int64(0)
			for i := ch; i < len(s); i += n {
				v := s[i]
				lo, hi, sum = min(lo, v), max(hi, v), sum+int64(v)
			}
			c.takeInts(lo, hi, sum)
			c.countInts(s, ch, n, lo, hi, ceil)
		}
	}
}

// fullScale returns the highest positive sample of the given width, moved to the
// top of 32 bits.
func fullScale(bits int) int32 {
	return math.MaxInt32 &^ int32(uint32(1)<<(32-min(max(bits, 1), 32))-1)
}

func rangeMono(s []int32) (lo, hi int32, sum int64) {
	lo, hi = math.MaxInt32, math.MinInt32
	lo1, hi1 := lo, hi
	for len(s) >= 2 {
		v, w := s[0], s[1]
		lo, hi = min(lo, v), max(hi, v)
		lo1, hi1 = min(lo1, w), max(hi1, w)
		sum += int64(v) + int64(w)
		s = s[2:]
	}
	for _, v := range s {
		lo, hi, sum = min(lo, v), max(hi, v), sum+int64(v)
	}
	return min(lo, lo1), max(hi, hi1), sum
}

func rangeStereo(s []int32) (lo0, hi0 int32, sum0 int64, lo1, hi1 int32, sum1 int64) {
	lo0, hi0, lo1, hi1 = math.MaxInt32, math.MinInt32, math.MaxInt32, math.MinInt32
	for len(s) >= 2 {
		v, w := s[0], s[1]
		lo0, hi0, sum0 = min(lo0, v), max(hi0, v), sum0+int64(v)
		lo1, hi1, sum1 = min(lo1, w), max(hi1, w), sum1+int64(w)
		s = s[2:]
	}
	return lo0, hi0, sum0, lo1, hi1, sum1
}

func (c *channelLevels) takeInts(lo, hi int32, sum int64) {
	c.lo, c.hi = min(c.lo, lo), max(c.hi, hi)
	c.sum += float64(sum)
}

// countInts counts samples at full scale and their runs, where there can be any.
func (c *channelLevels) countInts(s []int32, first, step int, lo, hi, ceil int32) {
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
