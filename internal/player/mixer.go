package player

import (
	"sync/atomic"
	"time"
)

const (
	fade       = 0.005 // seconds in which anything becomes louder or quieter
	slotsASec  = 200   // of the meter
	meterSlots = 512
	marks      = 128
	beats      = 16
)

// mixer fills the buffers of a device from the voices. fill and what it calls run on the device's thread; everything else that other
// goroutines may touch is atomic.
type mixer struct {
	slot  int     // frames of one slot of the meter; what is mixed in one go lies within one
	step  float32 // of a gain from one frame to the next
	clock func() time.Duration
	tell  func() // wakes the engine, without waiting

	next    atomic.Pointer[voice] // to be played from now on
	play    atomic.Bool
	audible []atomic.Bool // for each lane
	quietAt atomic.Int64  // tell when so many frames of silence were given

	gains    []float32
	cur, old *voice
	scratch  []float32

	given     atomic.Int64 // frames since the beginning
	silence   atomic.Int64 // frames since the last sound
	underruns atomic.Int64 // frames that were not there in time
	ended     atomic.Pointer[course]

	marks  [marks]mark
	marked atomic.Int64
	beats  [beats]beat
	beaten atomic.Int64
	meter  [meterSlots]meterSlot
	left   float32 // peaks of the slot that is not full yet
	right  float32
}

// mark says that frames of the device, from stream on, came from a course.
type mark struct {
	stream, from, frames atomic.Int64
	course               atomic.Pointer[course]
}

// beat is one call of fill.
type beat struct{ given, at atomic.Int64 }

type meterSlot struct {
	number      atomic.Int64
	left, right atomic.Uint32 // bits of a float
}

func newMixer(lanes, rate int, clock func() time.Duration, tell func()) *mixer {
	m := &mixer{slot: max(rate/slotsASec, 1), step: float32(1 / max(fade*float64(rate), 1)), clock: clock, tell: tell, audible: make([]atomic.Bool, lanes), gains: make([]float32, lanes)}
	m.scratch = make([]float32, 2*m.slot)
	for i := range m.meter {
		m.meter[i].number.Store(-1)
	}
	return m
}

// fill writes the next frames of everything.
func (m *mixer) fill(dst []float32) {
	clear(dst)
	now, given := m.clock(), m.given.Load()
	for len(dst) >= 2 {
		frames := min(len(dst)/2, m.slot-int(given%int64(m.slot)))
		frames = m.change(frames)
		sounds := m.mix(dst[:2*frames], given)
		m.measure(dst[:2*frames], given)
		given += int64(frames)
		dst = dst[2*frames:]
		m.hush(sounds, frames)
	}
	m.given.Store(given)
	i := m.beaten.Load()
	m.beats[i%beats].given.Store(given)
	m.beats[i%beats].at.Store(int64(now))
	m.beaten.Store(i + 1)
}

// hush counts silence and tells when all of the sound has been heard.
func (m *mixer) hush(sounds bool, frames int) {
	if sounds {
		m.silence.Store(0)
		return
	}
	before := m.silence.Load()
	after := before + int64(frames)
	m.silence.Store(after)
	if at := m.quietAt.Load(); before < at && after >= at {
		m.tell()
	}
}

// change lets the next voice take over if it is its time. It returns how many frames may be mixed before it must be asked again.
func (m *mixer) change(frames int) int {
	n := m.next.Load()
	if n == nil || m.old != nil {
		return frames // an old voice that is still fading out goes first
	}
	seamless := false
	if m.cur != nil && n.after == m.cur.course && m.cur.gain > 0 && !m.cur.ended() {
		if wait := n.join - m.cur.given; wait > 0 {
			return int(min(int64(frames), wait))
		}
		late := int(min(m.cur.given-n.join, int64(n.ring.len())))
		n.ring.skip(late)
		n.given += int64(late)
		seamless = late == 0 && n.course.start == m.cur.course.at(n.join)
	}
	if !m.next.CompareAndSwap(n, nil) {
		return frames // replaced just now
	}
	switch {
	case seamless:
		n.gain = m.cur.gain
	case n.course.start == 0:
		n.gain = 1 // the first sound of a take is not softened
	}
	switch {
	case m.cur == nil || m.cur.gain == 0: // nothing sounds: no lane has to fade
		for i := range m.gains {
			m.gains[i] = m.target(i)
		}
	case !seamless:
		m.old = m.cur
		m.old.want = 0
	}
	m.cur = n
	return frames
}

// mix adds the voices to dst and says whether there was anything to hear.
func (m *mixer) mix(dst []float32, given int64) bool {
	sounds := false
	if m.old != nil {
		m.add(m.old, dst)
		sounds = true
		if m.old.gain == 0 || m.old.ended() {
			m.old = nil
		}
	}
	if v := m.cur; v != nil && v.ended() {
		m.ended.Store(v.course)
	} else if v != nil {
		v.want = 0
		if m.play.Load() {
			v.want = 1
		}
		if v.gain > 0 || v.want > 0 {
			sounds = true
			from := v.given
			if n := m.add(v, dst); n > 0 {
				m.mark(v.course, given, from, int64(n))
			}
		}
	}
	frames := len(dst) / 2
	for i := range m.gains {
		m.gains[i] = toward(m.gains[i], m.target(i), m.step*float32(frames))
	}
	return sounds
}

func (m *mixer) target(lane int) float32 {
	if m.audible[lane].Load() {
		return 1
	}
	return 0
}

func toward(v, target, by float32) float32 {
	if v < target {
		return min(v+by, target)
	}
	return max(v-by, target)
}

// add mixes what a voice has ready and returns how many frames that was.
func (m *mixer) add(v *voice, dst []float32) int {
	frames := len(dst) / 2
	n := min(frames, v.ring.len())
	if end := v.end.Load(); n < frames && (end < 0 || v.given+int64(n) < end) {
		m.underruns.Add(int64(frames - n))
	}
	sum := m.scratch[:2*n]
	clear(sum)
	for i := range m.gains {
		gain, target := m.gains[i], m.target(i)
		if gain == 0 && target == 0 {
			continue
		}
		a, b := v.ring.peek(i, n)
		addRamp(sum[len(a):], b, addRamp(sum, a, gain, target, m.step), target, m.step)
	}
	v.gain = addRamp(dst, sum, v.gain, v.want, m.step)
	v.gain = toward(v.gain, v.want, m.step*float32(frames-n))
	v.ring.skip(n)
	v.given += int64(n)
	if v.ring.space() >= v.ring.size()/4 {
		select {
		case v.room <- struct{}{}:
		default:
		}
	}
	return n
}

// addRamp adds src to dst with a gain that moves toward target, and returns where it arrived. With a gain of 1 the samples stay exact.
func addRamp(dst, src []float32, gain, target, step float32) float32 {
	i := 0
	for ; i < len(src) && gain != target; i += 2 {
		gain = toward(gain, target, step)
		dst[i] += src[i] * gain
		dst[i+1] += src[i+1] * gain
	}
	switch {
	case gain == 1:
		for ; i < len(src); i++ {
			dst[i] += src[i]
		}
	case gain != 0:
		for ; i < len(src); i++ {
			dst[i] += src[i] * gain
		}
	}
	return gain
}

// mark notes where frames came from; frames that follow the last ones make its mark longer.
func (m *mixer) mark(c *course, stream, from, frames int64) {
	i := m.marked.Load()
	if i > 0 {
		last := &m.marks[(i-1)%marks]
		n := last.frames.Load()
		if last.course.Load() == c && last.stream.Load()+n == stream && last.from.Load()+n == from {
			last.frames.Store(n + frames)
			return
		}
	}
	mk := &m.marks[i%marks]
	mk.stream.Store(stream)
	mk.from.Store(from)
	mk.frames.Store(frames)
	mk.course.Store(c)
	m.marked.Store(i + 1)
}

// heard is which frame of the device is at the ear now, when latency frames lie between.
func (m *mixer) heard(latency, rate int) int64 {
	i := m.beaten.Load()
	if i == 0 {
		return 0
	}
	b := &m.beats[(i-1)%beats]
	given := b.given.Load()
	since := m.clock() - time.Duration(b.at.Load())
	return min(given, given-int64(latency)+int64(since.Seconds()*float64(rate)))
}

// where tells the course and the frame on it of a frame of the device; nil if nothing was played by then. A frame of silence belongs to the
// last sound before it.
func (m *mixer) where(stream int64) (*course, int64) {
	newest := m.marked.Load()
	var c *course
	var at int64
	for i := newest - 1; i >= 0 && i > newest-marks/2; i-- {
		mk := &m.marks[i%marks]
		c = mk.course.Load()
		begin := mk.stream.Load()
		at = mk.from.Load()
		if begin <= stream {
			return c, at + min(stream-begin, mk.frames.Load())
		}
	}
	return nil, at
}

// now is the course that is being given and how far.
func (m *mixer) now() (*course, int64) { return m.where(m.given.Load()) }
