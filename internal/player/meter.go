package player

import "math"

const (
	meterFloor = -200.0 // dBFS of nothing
	meterSpan  = 10     // slots of 5 ms that count
)

// measure takes the peaks of frames that lie in one slot.
func (m *mixer) measure(frames []float32, given int64) {
	left, right := m.left, m.right
	for i := 0; i+1 < len(frames); i += 2 {
		left, right = max(left, abs(frames[i])), max(right, abs(frames[i+1]))
	}
	m.left, m.right = left, right
	if end := given + int64(len(frames)/2); end%int64(m.slot) == 0 {
		number := end/int64(m.slot) - 1
		s := &m.meter[number%meterSlots]
		s.number.Store(-1)
		s.left.Store(math.Float32bits(left))
		s.right.Store(math.Float32bits(right))
		s.number.Store(number)
		m.left, m.right = 0, 0
	}
}

func abs(v float32) float32 { return math.Float32frombits(math.Float32bits(v) &^ (1 << 31)) }

// peak is the level of the 50 ms before a frame of the device, in dBFS.
func (m *mixer) peak(heard int64) [2]float64 {
	left, right := float32(0), float32(0)
	last := heard / int64(m.slot)
	for n := max(0, last-meterSpan); n < last; n++ {
		if s := &m.meter[n%meterSlots]; s.number.Load() == n {
			left, right = max(left, math.Float32frombits(s.left.Load())), max(right, math.Float32frombits(s.right.Load()))
		}
	}
	return [2]float64{dbfs(left), dbfs(right)}
}

func dbfs(v float32) float64 {
	if v <= 0 {
		return meterFloor
	}
	return max(meterFloor, 20*math.Log10(float64(v)))
}
