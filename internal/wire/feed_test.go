package wire_test

import (
	"context"
	"sync"
	"testing"

	"github.com/takebar/takebar/internal/wire"
)

func TestFeed(t *testing.T) {
	changes := make(chan bool, 10)
	var feed *wire.Feed[int]
	feed = wire.NewFeed[int](func() { changes <- feed.Wanted() })
	feed.Publish(1) // to nobody
	one, stopOne := context.WithCancel(t.Context())
	first := feed.Listen(one)
	if !<-changes {
		t.Error("the first listener is not wanted")
	}
	select {
	case v := <-first:
		t.Errorf("an old value: %d", v)
	default:
	}
	feed.Publish(2)
	feed.Publish(3)
	if v := <-first; v != 3 {
		t.Errorf("got %d, want the latest", v)
	}
	two, stopTwo := context.WithCancel(t.Context())
	second := feed.Listen(two)
	if v := <-second; v != 3 {
		t.Errorf("the second listener got %d first", v)
	}
	stopOne()
	for range first {
		t.Error("a value after the end")
	}
	if !feed.Wanted() {
		t.Error("the second listener was forgotten")
	}
	stopTwo()
	for range second {
		t.Error("a value after the end")
	}
	if <-changes {
		t.Error("wanted by nobody")
	}
	third := feed.Listen(t.Context())
	<-changes
	select {
	case v := <-third:
		t.Errorf("what was true when nobody listened: %d", v)
	default:
	}
	feed.Close()
	if _, open := <-third; open {
		t.Error("open after Close")
	}
	if _, open := <-feed.Listen(t.Context()); open {
		t.Error("open after Close")
	}
}

func TestFeedUnderLoad(t *testing.T) {
	feed := wire.NewFeed[int](func() {})
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			ctx, stop := context.WithCancel(t.Context())
			defer stop()
			last := -1
			for v := range feed.Listen(ctx) {
				if v < last {
					t.Errorf("%d after %d", v, last)
				}
				if last = v; v >= 999 {
					return
				}
			}
		})
	}
	done := make(chan struct{})
	go func() {
		all.Wait()
		close(done)
	}()
	for v := 0; ; v++ {
		feed.Publish(min(v, 999))
		select {
		case <-done:
			return
		default:
		}
	}
}
