// Package tone listens to test tones: it measures the level of one frequency
// and finds places where samples of a sine were lost. Tests use it to hear
// whether the right thing was recorded.
//
// It is support for tests and for the demo, which checks what it shows; nothing else may import it.
package tone

import "math"

// Floor is the level, in dBFS, of a frequency that is not there at all.
const Floor = -200.0

// Level returns the level of the frequency hz in samples (one channel, full
// scale 1.0, rate in Hz) in dBFS: 0 for a sine that reaches full scale, Floor
// for nothing. It is the Goertzel algorithm over a Hann window, so frequencies
// further away than 4*rate/len(samples) hardly matter: give it 0.2 s or more.
func Level(samples []float32, rate int, hz float64) float64 {
	if len(samples) < 2 || rate <= 0 {
		return Floor
	}
	step := 2 * math.Pi * hz / float64(rate)
	coeff := 2 * math.Cos(step)
	turn := 2 * math.Pi / float64(len(samples)-1)
	var s1, s2, weight float64
	for i, x := range samples {
		w := 0.5 - 0.5*math.Cos(turn*float64(i))
		weight += w
		s1, s2 = float64(x)*w+coeff*s1-s2, s1
	}
	power := s1*s1 + s2*s2 - coeff*s1*s2
	amplitude := 2 * math.Sqrt(max(power, 0)) / weight
	if !(amplitude > 0) {
		return Floor
	}
	return max(Floor, 20*math.Log10(amplitude))
}

// Sine returns n samples of a sine of the given frequency and level.
func Sine(n, rate int, hz, dbfs float64) []float32 {
	amplitude := math.Pow(10, dbfs/20)
	s := make([]float32, n)
	for i := range s {
		s[i] = float32(amplitude * math.Sin(2*math.Pi*hz*float64(i)/float64(rate)))
	}
	return s
}

// Channel returns one channel of interleaved samples.
func Channel(interleaved []float32, channels, channel int) []float32 {
	s := make([]float32, 0, len(interleaved)/max(channels, 1))
	for i := channel; i < len(interleaved); i += channels {
		s = append(s, interleaved[i])
	}
	return s
}

// Breaks returns the positions at which samples, taken to be one sine of the
// frequency hz, do not follow from the two before, by more than tolerance (full
// scale 1.0; one step of the sample format and a bit is a good value). A sine
// obeys x[n+1] = 2 cos(w) x[n] - x[n-1], so one lost or repeated sample shows.
func Breaks(samples []float32, rate int, hz, tolerance float64) []int {
	c := 2 * math.Cos(2*math.Pi*hz/float64(rate))
	var at []int
	for i := 2; i < len(samples); i++ {
		want := c*float64(samples[i-1]) - float64(samples[i-2])
		// Rounding of the two before can add up to 1 + |c| steps.
		if math.Abs(float64(samples[i])-want) > tolerance*(2+math.Abs(c)) {
			at = append(at, i)
		}
	}
	return at
}
