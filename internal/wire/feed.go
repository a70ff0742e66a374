package wire

import (
	"context"
	"sync"
)

// Feed hands the latest value of something that comes over a connection to any number of listeners. A slow one finds only the latest;
// none can hold up the one who publishes.
type Feed[T any] struct {
	changed func()

	mu        sync.Mutex
	last      T
	has       bool
	closed    bool
	listeners map[chan T]struct{}
}

// NewFeed makes a Feed. changed is called, from any goroutine, when the first listener has come and when the last one has gone; it must not
// wait.
func NewFeed[T any](changed func()) *Feed[T] {
	return &Feed[T]{changed: changed, listeners: map[chan T]struct{}{}}
}

// Listen gives the last value, where there is one, and then the latest after each Publish. The channel closes when ctx ends or the feed closes.
func (f *Feed[T]) Listen(ctx context.Context) <-chan T {
	listener := make(chan T, 1)
	f.mu.Lock()
	if f.closed {
		f.mu.Unlock()
		close(listener)
		return listener
	}
	if f.has {
		listener <- f.last
	}
	f.listeners[listener] = struct{}{}
	first := len(f.listeners) == 1
	f.mu.Unlock()
	if first {
		f.changed()
	}
	context.AfterFunc(ctx, func() { f.leave(listener) })
	return listener
}

func (f *Feed[T]) leave(listener chan T) {
	f.mu.Lock()
	_, there := f.listeners[listener]
	if there {
		delete(f.listeners, listener)
		close(listener)
	}
	last := there && len(f.listeners) == 0
	if last {
		f.forget() // nobody is told any more, so it will not stay true
	}
	f.mu.Unlock()
	if last {
		f.changed()
	}
}

func (f *Feed[T]) forget() {
	var none T
	f.last, f.has = none, false
}

// Publish hands v to all listeners; without any it is forgotten. It never waits: each channel has room for one, and only Publish fills it.
func (f *Feed[T]) Publish(v T) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.listeners) == 0 {
		return
	}
	f.last, f.has = v, true
	for listener := range f.listeners {
		select {
		case <-listener:
		default:
		}
		listener <- v
	}
}

// Wanted says whether somebody listens.
func (f *Feed[T]) Wanted() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.listeners) > 0
}

// Close ends all listening.
func (f *Feed[T]) Close() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.closed = true
	f.forget()
	for listener := range f.listeners {
		delete(f.listeners, listener)
		close(listener)
	}
}
