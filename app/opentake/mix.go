package opentake

import (
	"math"
	"slices"
)

// Mix says which lanes are heard.
type Mix struct{ Mute, Solo []bool }

// NewMix plays all of n lanes.
func NewMix(n int) Mix { return Mix{Mute: make([]bool, n), Solo: make([]bool, n)} }

// Heard says whether lane i sounds: where any lane is solo, only those do.
func (m Mix) Heard(i int) bool {
	return i < len(m.Mute) && !m.Mute[i] && (m.Solo[i] || !slices.Contains(m.Solo, true))
}

// Muted switches the mute of lane i.
func (m Mix) Muted(i int) Mix {
	m.Mute = slices.Clone(m.Mute)
	m.Mute[i] = !m.Mute[i]
	return m
}

// Soloed switches the solo of lane i.
func (m Mix) Soloed(i int) Mix {
	m.Solo = slices.Clone(m.Solo)
	m.Solo[i] = !m.Solo[i]
	return m
}

// Rows is how lanes share a height. Lanes scroll by whole ones, so that none is ever cut off.
type Rows struct {
	Each  float32 // height of one lane
	Shown int     // so many at once
}

// lowest is the least height of a lane.
const lowest = 50

// Share gives n lanes their height.
func Share(n int, height float32) Rows {
	if n < 1 || height <= 0 {
		return Rows{}
	}
	shown := min(n, max(int(height/lowest), 1))
	return Rows{Each: height / float32(shown), Shown: shown}
}

// First keeps the first lane in sight within what there is.
func (r Rows) First(n, first int) int { return max(min(first, n-r.Shown), 0) }

// Showing is the first lane in sight such that lane i is.
func (r Rows) Showing(n, first, i int) int {
	switch {
	case i < first:
		first = i
	case i >= first+r.Shown:
		first = i - r.Shown + 1
	}
	return r.First(n, first)
}

// Meter is a level meter with peak hold; Step moves it, PollsPerSecond times a second.
type Meter struct {
	Level [2]float64 // dBFS, falling slowly
	Hold  [2]float64 // dBFS, the highest of late
	Over  [2]bool    // full scale was reached since Reset
	age   [2]int
}

// PollsPerSecond is how often the player is asked while it plays.
const PollsPerSecond = 30

// Of the meter: the level where its bar begins, how fast it falls, how long the peak stays.
const (
	MeterFloor = -60.0 // dBFS
	meterFall  = 26.0 / PollsPerSecond
	holdPolls  = 3 * PollsPerSecond / 2
)

// NewMeter is a meter at rest.
func NewMeter() Meter {
	return Meter{Level: [2]float64{noLevel, noLevel}, Hold: [2]float64{noLevel, noLevel}}
}

// Step takes in the peaks of the moment, in dBFS.
func (m Meter) Step(peak [2]float64) Meter {
	for c, p := range peak {
		if math.IsNaN(p) {
			p = noLevel
		}
		m.Over[c] = m.Over[c] || p >= -0.01
		m.Level[c] = max(p, m.Level[c]-meterFall)
		if m.Level[c] < MeterFloor {
			m.Level[c] = noLevel
		}
		switch m.age[c]++; {
		case p >= m.Hold[c]:
			m.Hold[c], m.age[c] = p, 0
		case m.age[c] > holdPolls:
			m.Hold[c] = max(m.Hold[c]-meterFall, m.Level[c])
		}
		if m.Hold[c] < MeterFloor {
			m.Hold[c] = noLevel
		}
	}
	return m
}

// Resting says that nothing moves any more.
func (m Meter) Resting() bool {
	return max(m.Level[0], m.Level[1], m.Hold[0], m.Hold[1]) <= noLevel
}

// MeterPart is how far along the meter a level is, 0 to 1.
func MeterPart(db float64) float64 {
	return min(max(1-db/MeterFloor, 0), 1)
}
