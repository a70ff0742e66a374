package player

import "math"

const (
	zeroCrossings = 24  // of the sinc, on each side
	tableSteps    = 512 // between two of them
)

// resampler turns a lane's rate into the player's, where the lanes of a take differ. Each frame is computed from its place alone, so that
// seeking and looping are exact and lanes stay aligned.
type resampler struct {
	in, out int64 // Hz
	cutoff  float64
	half    int64 // frames of the file that count on each side of a place
	table   []float64
}

// newResampler makes a windowed sinc (Blackman window) that lets pass what both rates can carry.
func newResampler(in, out int) *resampler {
	r := &resampler{in: int64(in), out: int64(out), cutoff: min(1, float64(out)/float64(in)) * 0.97}
	r.half = int64(math.Ceil(zeroCrossings / r.cutoff))
	r.table = make([]float64, zeroCrossings*tableSteps+2)
	for i := range r.table {
		x := float64(i) / tableSteps
		w := x / zeroCrossings
		if w >= 1 {
			continue
		}
		r.table[i] = 0.42 + 0.5*math.Cos(math.Pi*w) + 0.08*math.Cos(2*math.Pi*w)
		if x > 0 {
			r.table[i] *= math.Sin(math.Pi*x) / (math.Pi * x)
		}
	}
	return r
}

// place is where frame n lies in the file, from the lane's first frame on: whole frames and a part of one.
func (r *resampler) place(n int64) (whole int64, part float64) {
	whole = floorDiv(n*r.in, r.out)
	return whole, float64(n*r.in-whole*r.out) / float64(r.out)
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// need is which frames of the file (from..to-1) the frames n..n+count-1 are computed from.
func (r *resampler) need(n int64, count int) (from, to int64) {
	first, _ := r.place(n)
	last, _ := r.place(n + int64(count) - 1)
	return first - r.half, last + r.half + 2
}

// run computes the frames n, n+1, ... that fit dst. src holds the frames from frame from on, as need told.
func (r *resampler) run(dst []float32, n int64, src []float32, from int64) {
	for i := 0; i < len(dst); i += 2 {
		whole, part := r.place(n + int64(i/2))
		left, right, sum := 0.0, 0.0, 0.0
		at := 2 * (whole - r.half - from)
		for k := -r.half; k <= r.half+1; k++ {
			x := math.Abs(float64(k)-part) * r.cutoff * tableSteps
			if j := int(x); j < len(r.table)-1 {
				c := r.table[j] + (x-float64(j))*(r.table[j+1]-r.table[j])
				left += c * float64(src[at])
				right += c * float64(src[at+1])
				sum += c
			}
			at += 2
		}
		dst[i], dst[i+1] = float32(left/sum), float32(right/sum)
	}
}
