package control

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
)

func TestCoalescer(t *testing.T) {
	tests := map[string]struct {
		clicks []string // the first one is under way while the others come
		did    []string
		last   int // how many clicks learn the outcome of the last deed
	}{
		"one":               {[]string{"on"}, []string{"on"}, 1},
		"the same again":    {[]string{"on", "on", "on"}, []string{"on"}, 3},
		"there and back":    {[]string{"on", "off"}, []string{"on", "off"}, 1},
		"and there again":   {[]string{"on", "off", "on"}, []string{"on"}, 3},
		"only the last":     {[]string{"a", "b", "c", "d"}, []string{"a", "d"}, 3},
		"the last twice":    {[]string{"a", "b", "c", "c"}, []string{"a", "c"}, 3},
		"many there, back":  {[]string{"on", "off", "on", "off", "on", "off"}, []string{"on", "off"}, 1},
		"back to the first": {[]string{"a", "b", "a", "b", "a"}, []string{"a"}, 5},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var c coalescer
				var mu sync.Mutex
				var did []string
				release := make(chan struct{})
				results := make(chan error, len(tt.clicks))
				start := func(f func()) bool { go f(); return true }
				failed := errors.New("outcome of the last deed")
				for _, wish := range tt.clicks {
					go func() {
						results <- c.do(context.Background(), start, "track", wish, func() error {
							mu.Lock()
							did = append(did, wish)
							mu.Unlock()
							<-release
							if wish == tt.did[len(tt.did)-1] {
								return failed
							}
							return nil
						})
					}()
					synctest.Wait()
				}
				close(release)
				last := 0
				for range tt.clicks {
					if errors.Is(<-results, failed) {
						last++
					}
				}
				synctest.Wait()
				if !slices.Equal(did, tt.did) {
					t.Errorf("did %v, want %v", did, tt.did)
				}
				if last != tt.last {
					t.Errorf("%d of %d clicks learned the outcome of the last deed, want %d", last, len(tt.clicks), tt.last)
				}
				if len(c.lanes) != 0 {
					t.Errorf("left behind: %v", c.lanes)
				}
			})
		})
	}
}

func TestCoalescerSubjectsAreApart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var c coalescer
		start := func(f func()) bool { go f(); return true }
		release := make(chan struct{})
		go func() { _ = c.do(context.Background(), start, "a", "on", func() error { <-release; return nil }) }()
		synctest.Wait()
		if err := c.do(t.Context(), start, "b", "on", func() error { return nil }); err != nil {
			t.Error(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := c.do(ctx, start, "a", "off", func() error { return nil }); !errors.Is(err, context.Canceled) {
			t.Errorf("given up: %v", err)
		}
		close(release)
	})
}

func TestCoalescerWhileTheCoreEnds(t *testing.T) {
	var c coalescer
	for range 2 {
		err := c.do(t.Context(), func(func()) bool { return false }, "a", "on", func() error { return nil })
		codeIs(t, "ending", err, CodeCoreGone)
	}
}

func TestIntents(t *testing.T) {
	w, other := takeWish{name: "a"}, takeWish{name: "b"}
	start, dropped, stop, cancel := &flight{wish: w}, &flight{wish: w, dropped: true}, &flight{}, &flight{}
	tests := map[string]struct {
		q                     *intents
		start, stop, cancel   step
		onStart, onStop, onCl *flight
	}{
		"nothing waits":              {&intents{}, stepLead, stepLead, stepLead, nil, nil, nil},
		"the same start":             {&intents{start: start}, stepJoin, stepLead, stepLead, start, start, start},
		"another start":              {&intents{start: &flight{wish: other}}, stepBusy, stepLead, stepLead, nil, nil, nil},
		"a start that was given up":  {&intents{start: dropped, cancel: cancel}, stepAfter, stepJoin, stepJoin, dropped, cancel, cancel},
		"a stop":                     {&intents{stop: stop}, stepAfter, stepJoin, stepLead, stop, stop, nil},
		"a discard":                  {&intents{cancel: cancel}, stepAfter, stepJoin, stepJoin, cancel, cancel, cancel},
		"a stop and a discard of it": {&intents{stop: stop, cancel: cancel}, stepAfter, stepJoin, stepJoin, stop, cancel, cancel},
		"a start waits for the stop": {&intents{stop: stop}, stepAfter, stepJoin, stepLead, stop, stop, nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got, f := tt.q.onStart(w); got != tt.start || tt.onStart != nil && f != tt.onStart {
				t.Errorf("a start: %v", got)
			}
			if got, f := tt.q.onStop(); got != tt.stop || tt.onStop != nil && f != tt.onStop {
				t.Errorf("a stop: %v", got)
			}
			if got, f := tt.q.onCancel(); got != tt.cancel || tt.onCl != nil && f != tt.onCl {
				t.Errorf("a discard: %v", got)
			}
		})
	}
}
