package convert

import "math"

// linear predicts with coefficients made for the block.
func (c *flacCoder) linear(s []int32, width int) (p prediction, ok bool) {
	n := len(s)
	if n <= 4*maxLPC {
		return p, false
	}
	window := c.window
	if n != len(window) {
		window = tukey(n)
	}
	c.data = c.data[:0]
	for i, v := range s {
		c.data = append(c.data, float64(v)*window[i])
	}
	coeffs, order := levinson(autocorrelation(c.data), n, width)
	if order == 0 {
		return p, false
	}
	p = prediction{kind: subLPC, order: order, precision: 15}
	if width <= 17 {
		p.precision = 14
	}
	if p.coeffs, p.shift, ok = quantizeCoeffs(coeffs, p.precision); !ok {
		return p, false
	}
	if p.residual, ok = lpcResidual(c.residual[1][:0], s, p.coeffs, uint(p.shift)); !ok {
		return p, false
	}
	c.residual[1] = p.residual
	p.rice = chooseRice(p.residual, order)
	return p, true
}

// autocorrelation compares samples with those up to maxLPC before.
func autocorrelation(d []float64) (r [maxLPC + 1]float64) {
	for i := range min(maxLPC, len(d)) {
		for lag := 0; lag <= i; lag++ {
			r[lag] += d[i] * d[i-lag]
		}
	}
	var r0, r1, r2, r3, r4, r5, r6, r7, r8 float64
	for i := maxLPC; i < len(d); i++ {
		w := (*[maxLPC + 1]float64)(d[i-maxLPC:])
		x := w[8]
		r0 += x * x
		r1 += x * w[7]
		r2 += x * w[6]
		r3 += x * w[5]
		r4 += x * w[4]
		r5 += x * w[3]
		r6 += x * w[2]
		r7 += x * w[1]
		r8 += x * w[0]
	}
	for i, v := range [...]float64{r0, r1, r2, r3, r4, r5, r6, r7, r8} {
		r[i] += v
	}
	return r
}

// levinson solves for the coefficients of the order that promises the shortest
// subframe; order 0 means none does.
func levinson(r [maxLPC + 1]float64, n, width int) (coeffs []float64, order int) {
	if !(r[0] > 0) {
		return nil, 0
	}
	var a [maxLPC]float64
	rest := r[0]
	shortest := math.Inf(1)
	for i := range maxLPC {
		k := r[i+1]
		for j := range i {
			k -= a[j] * r[i-j]
		}
		k /= rest
		next := a
		next[i] = k
		for j := range i {
			next[j] = a[j] - k*a[i-1-j]
		}
		a = next
		if rest *= 1 - k*k; !(rest > 0) {
			break
		}
		// The bits of a residual of this power, and of the coefficients.
		each := max(0, 0.5*math.Log2(rest/float64(n)*0.5*math.Ln2*math.Ln2*2))
		total := each*float64(n-i-1) + float64((i+1)*(width+15))
		if total < shortest {
			shortest, order = total, i+1
			coeffs = append(coeffs[:0], a[:order]...)
		}
	}
	return coeffs, order
}

// quantizeCoeffs rounds coefficients to integers of the given precision that are
// shifted to the right after use. Rounding errors go on to the next one.
func quantizeCoeffs(coeffs []float64, precision int) (q []int32, shift int, ok bool) {
	top := 0.0
	for _, v := range coeffs {
		top = max(top, math.Abs(v))
	}
	if !(top > 0) || math.IsInf(top, 0) {
		return nil, 0, false
	}
	_, exp := math.Frexp(top)
	if shift = min(precision-1-exp, 15); shift < 0 {
		return nil, 0, false
	}
	limit := float64(int(1) << (precision - 1))
	carry := 0.0
	for _, v := range coeffs {
		carry += v * float64(int(1)<<shift)
		r := min(max(math.Round(carry), -limit), limit-1)
		carry -= r
		q = append(q, int32(r))
	}
	return q, shift, true
}

// lpcResidual appends what prediction leaves over; not ok if that is too large.
func lpcResidual(res, s, coeffs []int32, shift uint) ([]int32, bool) {
	order := len(coeffs)
	var bad int64
	add := func(i int) {
		sum := int64(0)
		for j, q := range coeffs {
			sum += int64(q) * int64(s[i-1-j])
		}
		r := int64(s[i]) - sum>>shift
		bad |= r ^ int64(int32(r))
		res = append(res, int32(r))
	}
	if order < maxLPC {
		for i := order; i < len(s); i++ {
			add(i)
		}
	} else {
		c := (*[maxLPC]int32)(coeffs)
		c0, c1, c2, c3 := int64(c[0]), int64(c[1]), int64(c[2]), int64(c[3])
		c4, c5, c6, c7 := int64(c[4]), int64(c[5]), int64(c[6]), int64(c[7])
		for i := order; i < len(s); i++ {
			w := (*[maxLPC + 1]int32)(s[i-maxLPC:])
			sum := c7*int64(w[0]) + c6*int64(w[1]) + c5*int64(w[2]) + c4*int64(w[3]) +
				c3*int64(w[4]) + c2*int64(w[5]) + c1*int64(w[6]) + c0*int64(w[7])
			r := int64(w[8]) - sum>>shift
			bad |= r ^ int64(int32(r))
			res = append(res, int32(r))
		}
	}
	for _, v := range res {
		if v == math.MinInt32 { // the format leaves that one out
			return res, false
		}
	}
	return res, bad == 0
}
