package player

import "sync/atomic"

// ring holds samples that were read ahead: for each lane left, right, left, ... One goroutine pushes, one thread takes; neither ever waits.
type ring struct {
	lanes    [][]float32
	mask     int64
	pushed   atomic.Int64 // frames since the beginning
	consumed atomic.Int64
}

// newRing makes a ring for at least that many frames.
func newRing(lanes, frames int) *ring {
	size := 1
	for size < frames {
		size *= 2
	}
	r := &ring{lanes: make([][]float32, lanes), mask: int64(size - 1)}
	for i := range r.lanes {
		r.lanes[i] = make([]float32, 2*size)
	}
	return r
}

func (r *ring) size() int  { return int(r.mask) + 1 }
func (r *ring) len() int   { return int(r.pushed.Load() - r.consumed.Load()) }
func (r *ring) space() int { return r.size() - r.len() }

// put copies frames of one lane behind what is there, for a push after all lanes are put. There must be space.
func (r *ring) put(lane int, frames []float32) {
	at := int(r.pushed.Load()&r.mask) * 2
	n := copy(r.lanes[lane][at:], frames)
	copy(r.lanes[lane], frames[n:])
}

// push makes frames that were put visible.
func (r *ring) push(frames int) { r.pushed.Add(int64(frames)) }

// peek gives the next frames of one lane in two parts, the second of which may be empty. They must be there.
func (r *ring) peek(lane, frames int) (a, b []float32) {
	buf, at := r.lanes[lane], int(r.consumed.Load()&r.mask)*2
	if end := at + 2*frames; end > len(buf) {
		return buf[at:], buf[:end-len(buf)]
	}
	return buf[at : at+2*frames], nil
}

// skip forgets the next frames.
func (r *ring) skip(frames int) { r.consumed.Add(int64(frames)) }
