package loudness

import "math"

// The true peak is the highest point of the curve that a converter draws through
// the samples. It is looked for at four times the sample rate (twice from 88.2
// kHz on, and in the samples themselves from 176.4 kHz on), as BS.1770-4 asks.
// The short filter printed there reads up to half a dB low towards the top of the
// band; this one has the length and window that common resamplers use. It comes
// in two steps to stay fast: the points halfway between samples, then those
// halfway between all of these.
const (
	halfTaps    = 16 // samples on each side of a point of the first step
	quarterTaps = 5  // points on each side of a point of the second step
	halfBeta    = 9.0
	quarterBeta = 5.0

	lead    = (quarterTaps + 1) / 2 // samples beside a segment whose points the second step needs
	margin  = halfTaps + lead       // samples beside a segment that the first step needs
	segment = 96                    // samples that are looked at together
	mids    = segment + 2*lead      // points of the first step for a segment
	window  = segment + 2*margin    // samples behind a segment
)

// interpolator holds the two filters. Both are symmetrical, so one half is
// enough.
type interpolator struct {
	half    [halfTaps]float64
	quarter [quarterTaps]float64
	gain    float64 // no point is higher than this times the highest sample near it
	rest    float64 // share of all but the nearest two in a point of the second step
}

func newInterpolator() *interpolator {
	ip := &interpolator{}
	sinc(ip.half[:], halfBeta)
	sinc(ip.quarter[:], quarterBeta)
	for _, h := range ip.quarter[1:] {
		ip.rest += 2 * math.Abs(h)
	}
	// What a sample of 1 alone adds to a point of each kind, summed up over all
	// samples near the point, is how high the point can be.
	var half, before, after float64
	for at := range window {
		var w [window]float64
		w[at] = 1
		m := peakMeter{ip: ip}
		m.half(&w)
		const i = mids &^ 1 // a sample in the middle; i+1 is the point behind it
		half += math.Abs(m.mid[i+1])
		before += math.Abs(m.between(i))
		after += math.Abs(m.between(i + 1))
	}
	ip.gain = max(1, half, before, after)
	return ip
}

// sinc fills h with one side of a filter that finds the point halfway between
// samples: a sinc under a Kaiser window, with a sum of one half.
func sinc(h []float64, beta float64) {
	sum := 0.0
	for i := range h {
		x := float64(i) + 0.5
		r := x / float64(len(h))
		h[i] = math.Sin(math.Pi*x) / (math.Pi * x) * bessel(beta*math.Sqrt(1-r*r)) / bessel(beta)
		sum += h[i]
	}
	for i := range h {
		h[i] *= 0.5 / sum
	}
}

// bessel is the modified Bessel function of order zero.
func bessel(x float64) float64 {
	sum, term := 1.0, 1.0
	for k := 1.0; term > 1e-17*sum; k++ {
		term *= x * x / (4 * k * k)
		sum += term
	}
	return sum
}

// peakMeter finds the true peak of one channel.
type peakMeter struct {
	ip   *interpolator
	over int // 4, 2 or 1
	peak float64
	buf  []float64         // the samples that wait, and margin samples before them
	mid  [2 * mids]float64 // samples and points in turn
}

func newPeakMeter(ip *interpolator, rate int) *peakMeter {
	m := &peakMeter{ip: ip, over: 4, buf: make([]float64, margin, 4096)}
	switch {
	case rate >= 176400:
		m.over = 1
	case rate >= 88200:
		m.over = 2
	}
	return m
}

// add takes the samples of one of several interleaved channels.
func (m *peakMeter) add(s []float64, channel, channels int) {
	for len(s) > 0 {
		n := min(len(s), 1024*channels)
		for i := channel; i < n; i += channels {
			v := s[i]
			if !(math.Abs(v) < absurd) { // a NaN neither
				v = 0
			}
			m.buf = append(m.buf, v)
		}
		s = s[n:]
		m.work()
	}
}

// work looks at all segments whose surroundings have arrived.
func (m *peakMeter) work() {
	b := m.buf
	for len(b) >= window {
		m.segment((*[window]float64)(b))
		b = b[segment:]
	}
	m.buf = m.buf[:copy(m.buf, b)]
}

// finish looks at the samples that still wait, silence taken to follow.
func (m *peakMeter) finish() float64 {
	tail := *m
	tail.buf = append(append(make([]float64, 0, len(m.buf)+2*window), m.buf...), make([]float64, segment+margin)...)
	tail.work()
	return tail.peak
}

// segment looks at the samples w[margin:margin+segment] and the points between
// each and the next.
func (m *peakMeter) segment(w *[window]float64) {
	lo, hi := 0.0, 0.0
	for _, v := range w {
		if v < lo {
			lo = v
		}
		if v > hi {
			hi = v
		}
	}
	high := max(-lo, hi)
	if m.over == 1 {
		m.peak = max(m.peak, high)
		return
	}
	if high*m.ip.gain <= m.peak {
		return // no point between these can be higher than the peak so far
	}
	twice := m.half(w) // highest of the samples and the points of the first step
	m.peak = max(m.peak, twice)
	if m.over == 4 {
		m.quarter(twice)
	}
}

// half fills m.mid with the samples of the segment and the points halfway
// between them, and returns the highest of all these.
func (m *peakMeter) half(w *[window]float64) float64 {
	h := &m.ip.half
	high := 0.0
	for i := range mids {
		// The point between w[at-1] and w[at], the first being lead before the
		// segment. Four sums let the processor work on four products at once.
		at := margin - lead + i + 1
		l, r := (*[halfTaps]float64)(w[at-halfTaps:at]), (*[halfTaps]float64)(w[at:at+halfTaps])
		var a, b, c, d float64
		for k := 0; k < halfTaps; k += 4 {
			a += h[k] * (l[halfTaps-1-k] + r[k])
			b += h[k+1] * (l[halfTaps-2-k] + r[k+1])
			c += h[k+2] * (l[halfTaps-3-k] + r[k+2])
			d += h[k+3] * (l[halfTaps-4-k] + r[k+3])
		}
		v := a + b + (c + d)
		m.mid[2*i], m.mid[2*i+1] = w[at-1], v
		high = max(high, math.Abs(v), math.Abs(w[at-1]))
	}
	return high
}

// quarter looks at the points halfway between those in m.mid, none of which is
// higher than high.
func (m *peakMeter) quarter(high float64) {
	// A point is at most the higher of its neighbours times their share in it,
	// plus high times the rest. So it cannot matter where both are below this:
	matter := (m.peak - high*m.ip.rest) / (2 * m.ip.quarter[0])
	last := math.Abs(m.mid[2*lead])
	for i := 2 * lead; i < 2*(lead+segment); i++ {
		next := math.Abs(m.mid[i+1])
		if max(last, next) > matter {
			m.peak = max(m.peak, math.Abs(m.between(i)))
		}
		last = next
	}
}

// between returns the point between m.mid[i] and m.mid[i+1].
func (m *peakMeter) between(i int) float64 {
	p := (*[2 * quarterTaps]float64)(m.mid[i+1-quarterTaps : i+1+quarterTaps])
	v := 0.0
	for k, q := range &m.ip.quarter {
		v += q * (p[quarterTaps-1-k] + p[quarterTaps+k])
	}
	return v
}
