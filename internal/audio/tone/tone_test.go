package tone

import (
	"math"
	"testing"
)

func TestLevel(t *testing.T) {
	const rate = 48000
	for _, c := range []struct {
		hz, dbfs, at, want, within float64
	}{
		{440, 0, 440, 0, 0.01},
		{440, -6, 440, -6, 0.01},
		{441.3, -20, 441.3, -20, 0.01}, // no whole number of periods
		{440, -90, 440, -90, 0.05},
		{18000, -3, 18000, -3, 0.01},
	} {
		got := Level(Sine(rate/2, rate, c.hz, c.dbfs), rate, c.at)
		if math.Abs(got-c.want) > c.within {
			t.Errorf("Level of %g Hz at %g dBFS heard at %g Hz = %.3f, want %g ± %g", c.hz, c.dbfs, c.at, got, c.want, c.within)
		}
	}
}

func TestLevelOfAMix(t *testing.T) {
	const rate = 44100
	mix := Sine(rate, rate, 440, -12)
	for i, v := range Sine(rate, rate, 554.37, -30) {
		mix[i] += v
	}
	if got := Level(mix, rate, 440); math.Abs(got+12) > 0.05 {
		t.Errorf("440 Hz: %.2f dBFS, want -12", got)
	}
	if got := Level(mix, rate, 554.37); math.Abs(got+30) > 0.05 {
		t.Errorf("554.37 Hz: %.2f dBFS, want -30", got)
	}
	if got := Level(Sine(rate/2, rate, 440, 0), rate, 550); got > -80 {
		t.Errorf("440 Hz heard at 550 Hz: %.2f dBFS, want nothing", got)
	}
	if got := Level(mix, rate, 880); got > -80 {
		t.Errorf("880 Hz: %.2f dBFS, want nothing", got)
	}
}

func TestLevelOfNothing(t *testing.T) {
	for name, s := range map[string][]float32{"nil": nil, "one": {1}, "zeros": make([]float32, 1000)} {
		if got := Level(s, 48000, 440); got != Floor {
			t.Errorf("%s: %g, want %g", name, got, Floor)
		}
	}
	if got := Level(make([]float32, 10), 0, 440); got != Floor {
		t.Errorf("rate 0: %g, want %g", got, Floor)
	}
}

func TestChannel(t *testing.T) {
	got := Channel([]float32{1, 2, 3, 4, 5, 6}, 2, 1)
	if len(got) != 3 || got[0] != 2 || got[2] != 6 {
		t.Errorf("Channel = %v, want [2 4 6]", got)
	}
}

func TestBreaks(t *testing.T) {
	const rate, step = 48000, 1.0 / (1 << 15)
	clean := Sine(rate, rate, 440, -6)
	for i, v := range clean { // as a 16-bit recording would hold it
		clean[i] = float32(math.Round(float64(v)/step) * step)
	}
	if at := Breaks(clean, rate, 440, step); len(at) != 0 {
		t.Fatalf("a whole sine breaks at %v", at)
	}
	lost := append(append([]float32{}, clean[:1000]...), clean[1001:]...)
	if at := Breaks(lost, rate, 440, step); len(at) == 0 || at[0] < 998 || at[0] > 1002 {
		t.Errorf("a sample lost at 1000 shows at %v", at)
	}
	twice := append(append([]float32{}, clean[:2001]...), clean[2000:]...)
	if at := Breaks(twice, rate, 440, step); len(at) == 0 || at[0] < 1999 || at[0] > 2003 {
		t.Errorf("a sample repeated at 2000 shows at %v", at)
	}
}
