package player

import (
	"context"
	"sync"
	"sync/atomic"
)

const (
	readAhead  = 0.6  // seconds of sound in a ring, at least
	primeAhead = 0.08 // seconds after which a voice may begin
	chunk      = 2048 // frames that are read at a time
)

// voice reads the lanes along a course ahead of the mixer.
type voice struct {
	course *course
	loop   uint64 // number of the loop setting it follows
	ring   *ring
	room   chan struct{} // the mixer tells here that there is room again

	// after and join let the voice take over without a seam from the one with that course, when that has given join frames.
	after *course
	join  int64

	primed atomic.Bool
	end    atomic.Int64 // frames of the whole course, -1 = not known (yet)
	err    atomic.Pointer[error]
	cancel context.CancelFunc

	// The mixer's own.
	given      int64 // frames taken from the ring
	gain, want float32
}

// newVoice starts reading. tell is called when the voice is primed, has failed or has ended.
func newVoice(ctx context.Context, wait *sync.WaitGroup, s *session, c *course, loop uint64, tell func()) *voice {
	ctx, cancel := context.WithCancel(ctx)
	v := &voice{
		course: c, loop: loop, ring: newRing(len(s.tracks), int(readAhead*float64(s.rate))+2*chunk), room: make(chan struct{}, 1),
		cancel: cancel,
	}
	v.end.Store(-1)
	wait.Go(func() {
		if err := v.read(ctx, s, tell); err != nil && ctx.Err() == nil {
			v.err.Store(&err)
		}
		tell()
	})
	return v
}

func (v *voice) failure() error {
	if err := v.err.Load(); err != nil {
		return *err
	}
	return nil
}

func (v *voice) read(ctx context.Context, s *session, tell func()) error {
	var lanes []*lane
	defer func() {
		for _, l := range lanes {
			l.close()
		}
	}()
	for _, t := range s.tracks {
		l, err := openLane(t, s.rate)
		if err != nil {
			return err
		}
		lanes = append(lanes, l)
	}
	buf := make([]float32, 2*chunk)
	prime := int64(min(primeAhead*float64(s.rate), float64(v.ring.size()/2)))
	for n := int64(0); ; {
		run := v.course.run(n)
		if run == 0 {
			v.end.Store(n)
			v.primed.Store(true)
			return nil
		}
		if v.ring.space() < chunk {
			select {
			case <-v.room:
				continue
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		frames := int(min(run, chunk))
		for i, l := range lanes {
			if err := l.read(ctx, v.course.at(n), buf[:2*frames]); err != nil {
				return err
			}
			v.ring.put(i, buf[:2*frames])
		}
		v.ring.push(frames)
		if n += int64(frames); n >= prime && !v.primed.Load() {
			v.primed.Store(true)
			tell()
		}
	}
}

// ended is asked by the mixer: everything was given.
func (v *voice) ended() bool {
	end := v.end.Load()
	return end >= 0 && v.given >= end
}
