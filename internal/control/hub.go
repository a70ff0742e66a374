package control

import (
	"context"
	"sync"
)

// hub hands Snapshots to watchers. A slow one finds only the latest; none can hold up the core.
type hub struct {
	mu       sync.Mutex
	last     Snapshot
	watchers map[chan Snapshot]struct{}
	closed   bool
}

func newHub(first Snapshot) *hub {
	return &hub{last: first, watchers: map[chan Snapshot]struct{}{}}
}

func (h *hub) snapshot() Snapshot {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.last
}

// publish never waits: each channel has room for one, and only publish fills it.
func (h *hub) publish(s Snapshot) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.last = s
	for w := range h.watchers {
		select {
		case <-w:
		default:
		}
		w <- s
	}
}

// watch gives the current Snapshot and then the latest after each change, until ctx ends or the hub closes.
func (h *hub) watch(ctx context.Context) <-chan Snapshot {
	w := make(chan Snapshot, 1)
	h.mu.Lock()
	defer h.mu.Unlock()
	w <- h.last
	if h.closed {
		close(w)
		return w
	}
	h.watchers[w] = struct{}{}
	context.AfterFunc(ctx, func() { h.leave(w) })
	return w
}

func (h *hub) leave(w chan Snapshot) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if _, ok := h.watchers[w]; ok {
		delete(h.watchers, w)
		close(w)
	}
}

func (h *hub) close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.closed = true
	for w := range h.watchers {
		delete(h.watchers, w)
		close(w)
	}
}

// until waits for a Snapshot that fulfils ok, or answers false when ctx or the hub ended first.
func (h *hub) until(ctx context.Context, ok func(Snapshot) bool) (Snapshot, bool) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	for s := range h.watch(ctx) {
		if ok(s) {
			return s, true
		}
	}
	return Snapshot{}, false
}
