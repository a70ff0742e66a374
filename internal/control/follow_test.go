package control

import (
	"context"
	"errors"
	"testing"
)

// TestFollow: a window outlives the core that it talked to, and works with the next one.
func TestFollow(t *testing.T) {
	home := t.TempDir()
	absent := make(chan error, 1)
	ctx, cancel := context.WithCancel(t.Context())
	c := Follow(ctx, home, func(err error) {
		select {
		case absent <- err:
		default:
		}
	})
	if err := <-absent; !errors.Is(err, ErrNoCore) {
		t.Fatalf("absent told %v", err)
	}
	var known *Error
	if err := c.Play(ctx); !errors.As(err, &known) || known.Code != CodeCoreGone || known.Hint == "" {
		t.Errorf("without a core: %v", err)
	}
	if s := c.Snapshot(); s.Link.Status != LinkDisconnected || s.Link.Message == "" || s.Link.Hint == "" {
		t.Errorf("without a core: %+v", s.Link)
	}
	for range 2 { // two cores, one after the other
		link, lib := newFakeLink(), newFakeLibrary()
		core := start(t, Options{Link: link, Library: lib, Settings: Settings{TakesDir: "/takes"}})
		serving, end := context.WithCancel(context.Background())
		served := make(chan error, 1)
		go func() { served <- Serve(serving, core, ServeOptions{Home: home, Version: "1"}) }()
		if _, ok := c.hub.until(t.Context(), func(s Snapshot) bool { return s.Settings.TakesDir == "/takes" }); !ok {
			t.Fatal("the core was not found")
		}
		if _, err := c.Takes(ctx, TakeQuery{}); err != nil {
			t.Errorf("list takes: %v", err)
		}
		end()
		if err := <-served; err != nil {
			t.Fatal(err)
		}
		if _, ok := c.hub.until(t.Context(), func(s Snapshot) bool { return s.Settings.TakesDir == "" }); !ok {
			t.Fatal("the end of the core was not noticed")
		}
		if err := c.Play(ctx); !errors.As(err, &known) || known.Code != CodeCoreGone {
			t.Errorf("after the core: %v", err)
		}
	}
	cancel()
	<-c.Done()
	if err := c.Close(); err != nil {
		t.Error(err)
	}
	for range c.Watch(context.Background()) { // gives the last one and closes
	}
}
