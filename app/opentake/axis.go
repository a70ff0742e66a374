package opentake

import (
	"fmt"
	"math"
	"strings"

	"github.com/takebar/takebar/internal/control"
)

// Axis is the time of a take. Positions are frames at Rate; 0 is where the take begins, what is before it is pre-roll.
type Axis struct {
	Rate     int   // Hz, of the first lane that has one
	From, To int64 // of all lanes together; From <= 0 < To

	Tempo     float64 // beats a minute; 0 = there are no bars
	Num, Den  int     // time signature
	StartBeat float64 // song time of frame 0, in quarter notes
}

// fallbackRate counts where no lane says how fast it is.
const fallbackRate = 48000

func axis(e control.LibraryTake, lanes []Lane) Axis {
	a := Axis{}
	for _, l := range lanes {
		if l.Rate > 0 {
			a.Rate = l.Rate
			break
		}
	}
	if a.Rate == 0 {
		a.Rate = fallbackRate
	}
	for _, l := range lanes {
		a.From = min(a.From, -a.FromLane(l, l.Start))
		a.To = max(a.To, a.FromLane(l, l.Frames-l.Start))
	}
	a.To = max(a.To, 1)
	if e.Tempo > 0 && e.SignatureNumerator > 0 && e.SignatureDenominator > 0 {
		a.Tempo, a.Num, a.Den = e.Tempo, e.SignatureNumerator, e.SignatureDenominator
		if e.StartBeat != nil {
			a.StartBeat = *e.StartBeat
		}
	}
	return a
}

// FromLane turns a number of frames of a lane into frames of the take.
func (a Axis) FromLane(l Lane, frames int64) int64 {
	if l.Rate <= 0 || l.Rate == a.Rate {
		return frames
	}
	return int64(math.Round(float64(frames) * float64(a.Rate) / float64(l.Rate)))
}

// LaneFrame is the frame of the lane's file that sounds at a position of the take.
func (a Axis) LaneFrame(l Lane, position float64) float64 {
	if l.Rate > 0 && l.Rate != a.Rate {
		position *= float64(l.Rate) / float64(a.Rate)
	}
	return position + float64(l.Start)
}

// HasBars says whether tempo and signature are known.
func (a Axis) HasBars() bool { return a.Tempo > 0 && a.Num > 0 && a.Den > 0 }

// quarter is how many frames a quarter note has.
func (a Axis) quarter() float64 { return 60 / a.Tempo * float64(a.Rate) }

// Bars writes a position as Live does: bar, beat, sixteenth.
func (a Axis) Bars(frame int64) string {
	if !a.HasBars() {
		return ""
	}
	sixteenths := int64(math.Floor((a.StartBeat+float64(frame)/a.quarter())*float64(a.Den) + 1e-6)) // four to a beat of the signature
	perBar := int64(a.Num) * 4
	bar, rest := floorDiv(sixteenths, perBar)
	return fmt.Sprintf("%d.%d.%d", bar+1, rest/4+1, rest%4+1)
}

// barsOf writes a beat of the song as bar and beat.
func barsOf(beat float64, num, den int) string {
	if num <= 0 || den <= 0 {
		return ""
	}
	bar, rest := floorDiv(int64(math.Floor(beat*float64(den)/4+1e-6)), int64(num))
	return fmt.Sprintf("%d.%d", bar+1, rest+1)
}

func floorDiv(a, b int64) (quotient, rest int64) {
	quotient, rest = a/b, a%b
	if rest < 0 {
		quotient, rest = quotient-1, rest+b
	}
	return quotient, rest
}

// Tick is a mark of the ruler.
type Tick struct {
	X     float64 // pixels from the left edge
	Label string  // "" for marks between
}

// Space that marks need, in pixels.
const (
	labelGap = 78.0
	markGap  = 9.0
	mostTick = 4000
)

// timeSteps are the distances of marks, in microseconds.
func timeSteps() []int64 {
	const ms, s = 1000, 1000000
	return []int64{
		100, 200, 500, 1 * ms, 2 * ms, 5 * ms, 10 * ms, 20 * ms, 50 * ms, 100 * ms, 200 * ms, 500 * ms,
		1 * s, 2 * s, 5 * s, 10 * s, 15 * s, 30 * s, 60 * s, 120 * s, 300 * s, 600 * s, 900 * s, 1800 * s, 3600 * s, 7200 * s, 10800 * s, 21600 * s,
	}
}

// TimeTicks are the marks of a ruler in minutes and seconds.
func (a Axis) TimeTicks(s Stretch) []Tick {
	steps := timeSteps()
	pixels := func(step int64) float64 { return float64(step) / 1e6 * float64(a.Rate) / s.PerPixel }
	major := len(steps) - 1
	for i, step := range steps {
		if pixels(step) >= labelGap {
			major = i
			break
		}
	}
	minor := steps[major]
	for i := range major {
		if steps[major]%steps[i] == 0 && pixels(steps[i]) >= markGap {
			minor = steps[i]
			break
		}
	}
	return a.ticks(s, float64(minor)/1e6*float64(a.Rate), 0, func(k int64) string {
		at := k * minor
		if at%steps[major] != 0 {
			return ""
		}
		return tickLabel(at, steps[major])
	})
}

// tickLabel writes a time with as many places as its distance to the next needs.
func tickLabel(at, step int64) string {
	sign := ""
	if at < 0 {
		sign, at = "-", -at
	}
	h, m, s, us := at/3600000000, at/60000000%60, at/1000000%60, at%1000000
	text := fmt.Sprintf("%d:%02d", m, s)
	if h > 0 {
		text = fmt.Sprintf("%d:%02d:%02d", h, m, s)
	}
	if step < 1000000 {
		places := 1
		for unit := int64(100000); unit > step && places < 4; unit /= 10 {
			places++
		}
		text += "." + fmt.Sprintf("%06d", us)[:places]
	}
	return sign + text
}

// BarTicks are the marks of a ruler in bars and beats. Without bars there are none.
func (a Axis) BarTicks(s Stretch) []Tick {
	if !a.HasBars() {
		return nil
	}
	sixteenth := a.quarter() / float64(a.Den) // a quarter of the signature's beat
	perBar := int64(a.Num) * 4
	steps := []int64{1, 4}
	for bars := int64(1); bars <= 1<<16; bars *= 2 {
		steps = append(steps, bars*perBar)
	}
	pixels := func(step int64) float64 { return float64(step) * sixteenth / s.PerPixel }
	major := steps[len(steps)-1]
	for _, step := range steps {
		if pixels(step) >= labelGap*0.7 {
			major = step
			break
		}
	}
	minor := major
	for _, step := range steps {
		if major%step == 0 && pixels(step) >= markGap {
			minor = step
			break
		}
	}
	origin := -a.StartBeat * a.quarter() // frame of the song's beginning
	return a.ticks(s, float64(minor)*sixteenth, origin, func(k int64) string {
		at := k * minor
		if _, rest := floorDiv(at, major); rest != 0 {
			return ""
		}
		bar, rest := floorDiv(at, perBar)
		text := fmt.Sprintf("%d", bar+1)
		if rest != 0 || major < 4 {
			text += fmt.Sprintf(".%d", rest/4+1)
		}
		if major < 4 {
			text += fmt.Sprintf(".%d", rest%4+1)
		}
		return text
	})
}

// ticks lists the marks in sight, step frames apart, the k-th at origin + k*step.
func (a Axis) ticks(s Stretch, step, origin float64, label func(k int64) string) []Tick {
	if step <= 0 || s.PerPixel <= 0 || s.Width <= 0 {
		return nil
	}
	first := int64(math.Ceil((math.Max(s.From, float64(a.From)) - origin) / step))
	last := int64(math.Floor((math.Min(s.From+s.Width*s.PerPixel, float64(a.To)) - origin) / step))
	var all []Tick
	for k := first; k <= last && len(all) < mostTick; k++ {
		all = append(all, Tick{X: s.X(origin + float64(k)*step), Label: label(k)})
	}
	return all
}

// TicksText lists ticks for tests and traces.
func TicksText(ticks []Tick) string {
	var b strings.Builder
	for _, t := range ticks {
		if t.Label == "" {
			b.WriteString("|")
			continue
		}
		fmt.Fprintf(&b, " %s@%.1f ", t.Label, t.X)
	}
	return strings.TrimSpace(b.String())
}
