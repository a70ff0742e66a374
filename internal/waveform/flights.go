package waveform

import (
	"context"
	"errors"
	"sync"
)

// errClosed is what callers get whose Store was closed under them.
var errClosed = errors.New("drawing waveforms has ended: the window closes")

type flightKey struct {
	src  source
	what kind
}

// flights lets several callers wait for one computation. It ends early once nobody waits for it any more.
type flights struct {
	mu     sync.Mutex
	going  map[flightKey]*flight
	closed bool
	wait   *sync.WaitGroup // the Store waits for every computation
}

type flight struct {
	cancel  context.CancelFunc
	waiting int
	done    chan struct{}
	result  kept
	err     error
}

func newFlights(wait *sync.WaitGroup) *flights {
	return &flights{going: map[flightKey]*flight{}, wait: wait}
}

// do runs work, or waits for the one that is running for the same key.
func (x *flights) do(ctx context.Context, key flightKey, work func(context.Context) (kept, error)) (kept, error) {
	if err := ctx.Err(); err != nil {
		return kept{}, err
	}
	f, err := x.join(ctx, key, work)
	if err != nil {
		return kept{}, err
	}
	select {
	case <-f.done:
		return f.result, f.err
	case <-ctx.Done():
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	if f.waiting--; f.waiting == 0 {
		f.cancel()
		x.forget(key, f)
	}
	return kept{}, ctx.Err()
}

func (x *flights) join(ctx context.Context, key flightKey, work func(context.Context) (kept, error)) (*flight, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.closed {
		return nil, errClosed
	}
	if f, ok := x.going[key]; ok {
		f.waiting++
		return f, nil
	}
	// The work must outlive the caller who began it, if others wait too.
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	f := &flight{cancel: cancel, waiting: 1, done: make(chan struct{})}
	x.going[key] = f
	x.wait.Go(func() {
		defer cancel()
		f.result, f.err = work(ctx)
		x.mu.Lock()
		x.forget(key, f)
		if x.closed && errors.Is(f.err, context.Canceled) {
			f.err = errClosed
		}
		x.mu.Unlock()
		close(f.done)
	})
	return f, nil
}

// forget is called with the lock held.
func (x *flights) forget(key flightKey, f *flight) {
	if x.going[key] == f {
		delete(x.going, key)
	}
}

func (x *flights) close() {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.closed = true
	for _, f := range x.going {
		f.cancel()
	}
}
