package loudness

import "math"

// biquad is a filter of second order, a0 being 1.
type biquad struct {
	b0, b1, b2, a1, a2 float64
}

// The K-weighting of BS.1770-4 is given as coefficients for 48 kHz only. These
// are the analogue parameters behind them: a shelf that stands for the head, and
// a high pass. With them the filters can be made for any rate; for 48 kHz they
// agree with the published coefficients to all their digits, which a test shows.
const (
	shelfHz   = 1681.974450955533
	shelfGain = 3.999843853973347 // dB
	shelfQ    = 0.7071752369554196
	shelfBand = 0.4996667741545416 // exponent of the gain at the corner
	highHz    = 38.13547087602444
	highQ     = 0.5003270373238773
)

// kWeighting returns the two filters for a rate in Hz.
func kWeighting(rate int) (shelf, high biquad) {
	k := math.Tan(math.Pi * shelfHz / float64(rate))
	v := math.Pow(10, shelfGain/20)
	b := math.Pow(v, shelfBand)
	a0 := 1 + k/shelfQ + k*k
	shelf = biquad{
		b0: (v + b*k/shelfQ + k*k) / a0,
		b1: 2 * (k*k - v) / a0,
		b2: (v - b*k/shelfQ + k*k) / a0,
		a1: 2 * (k*k - 1) / a0,
		a2: (1 - k/shelfQ + k*k) / a0,
	}
	k = math.Tan(math.Pi * highHz / float64(rate))
	a0 = 1 + k/highQ + k*k
	// The published numerator 1, -2, 1 is not scaled by a0, so neither is this.
	high = biquad{b0: 1, b1: -2, b2: 1, a1: 2 * (k*k - 1) / a0, a2: (1 - k/highQ + k*k) / a0}
	return shelf, high
}

// weighted is the state of both filters for one channel, in transposed direct
// form II.
type weighted struct {
	s1, s2, h1, h2 float64
}

// power filters the samples of one channel and returns the sum of their squares.
// step is the distance between two samples of the channel.
func (w *weighted) power(s []float64, step int, shelf, high *biquad) float64 {
	s1, s2, h1, h2 := w.s1, w.s2, w.h1, w.h2
	sum := 0.0
	for i := 0; i < len(s); i += step {
		x := s[i]
		y := shelf.b0*x + s1
		s1 = shelf.b1*x - shelf.a1*y + s2
		s2 = shelf.b2*x - shelf.a2*y
		z := y + h1
		h1 = -2*y - high.a1*z + h2
		h2 = y - high.a2*z
		sum += z * z
	}
	w.s1, w.s2, w.h1, w.h2 = settle(s1), settle(s2), settle(h1), settle(h2)
	return sum
}

// powerStereo is power for two interleaved channels at once, which lets the
// processor work on both while each waits for its own last result.
func powerStereo(l, r *weighted, s []float64, shelf, high *biquad) (suml, sumr float64) {
	ls1, ls2, lh1, lh2 := l.s1, l.s2, l.h1, l.h2
	rs1, rs2, rh1, rh2 := r.s1, r.s2, r.h1, r.h2
	sb0, sb1, sb2, sa1, sa2 := shelf.b0, shelf.b1, shelf.b2, shelf.a1, shelf.a2
	ha1, ha2 := high.a1, high.a2
	for len(s) >= 2 {
		xl, xr := s[0], s[1]
		yl, yr := sb0*xl+ls1, sb0*xr+rs1
		ls1, rs1 = sb1*xl-sa1*yl+ls2, sb1*xr-sa1*yr+rs2
		ls2, rs2 = sb2*xl-sa2*yl, sb2*xr-sa2*yr
		zl, zr := yl+lh1, yr+rh1
		lh1, rh1 = -2*yl-ha1*zl+lh2, -2*yr-ha1*zr+rh2
		lh2, rh2 = yl-ha2*zl, yr-ha2*zr
		suml += zl * zl
		sumr += zr * zr
		s = s[2:]
	}
	*l = weighted{settle(ls1), settle(ls2), settle(lh1), settle(lh2)}
	*r = weighted{settle(rs1), settle(rs2), settle(rh1), settle(rh2)}
	return suml, sumr
}

// absurd is far beyond any sample.
const absurd = 1e25

// settle ends the tail of a filter in silence, before its numbers become so
// small that the processor takes many times as long for each. It also ends what
// samples without a number would spoil for ever.
func settle(v float64) float64 {
	if a := math.Abs(v); a > 1e-25 && a < absurd {
		return v
	}
	return 0
}
