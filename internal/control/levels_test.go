package control

import (
	"context"
	"testing"
	"time"

	"github.com/takebar/takebar/bridge/live"
	"github.com/takebar/takebar/internal/wire"
)

// levelLink is a fakeLink that tells levels.
type levelLink struct {
	*fakeLink
	feed   *wire.Feed[live.Levels]
	wanted chan bool
}

func newLevelLink() *levelLink {
	l := &levelLink{fakeLink: newFakeLink(), wanted: make(chan bool, 100)}
	l.feed = wire.NewFeed[live.Levels](func() { l.wanted <- l.feed.Wanted() })
	return l
}

// Levels implements LevelLink.
func (l *levelLink) Levels(ctx context.Context) <-chan live.Levels { return l.feed.Listen(ctx) }

func (l *levelLink) show(left float64) {
	l.feed.Publish(live.Levels{Tracks: []live.TrackLevel{{ID: "t2", Left: left, Right: left / 2}}, At: time.UnixMilli(1769872158123)})
}

func (l *levelLink) expect(t *testing.T, wanted bool) {
	t.Helper()
	select {
	case now := <-l.wanted:
		if now != wanted {
			t.Errorf("somebody listens: %v, want %v", now, wanted)
		}
	case <-time.After(20 * time.Second):
		t.Fatal("nobody came or left")
	}
}

func levelsOf(t *testing.T, ctx context.Context, core Core) <-chan Levels {
	t.Helper()
	levels, err := core.(LevelCore).Levels(ctx)
	if err != nil {
		t.Fatal(err)
	}
	return levels
}

func awaitLevels(t *testing.T, what string, from <-chan Levels, ok func([]TrackLevel) bool) {
	t.Helper()
	late := time.After(30 * time.Second)
	for {
		select {
		case now, open := <-from:
			if !open {
				t.Fatalf("closed before %s", what)
			}
			if ok(now.Tracks) {
				return
			}
		case <-late:
			t.Fatalf("never came: %s", what)
		}
	}
}

func leftIs(left float64) func([]TrackLevel) bool {
	return func(all []TrackLevel) bool {
		return len(all) == 1 && all[0] == TrackLevel{ID: "t2", Left: left, Right: left / 2}
	}
}

func levelsEnd(t *testing.T, from <-chan Levels) {
	t.Helper()
	late := time.After(30 * time.Second)
	for {
		select {
		case _, open := <-from:
			if !open {
				return
			}
		case <-late:
			t.Fatal("the channel stays open")
		}
	}
}

// TestLevelsOnlyWhileWanted: Live is asked when the first listener comes, and left alone when the last one has gone, here and over the endpoint.
func TestLevelsOnlyWhileWanted(t *testing.T) {
	for _, far := range []bool{false, true} {
		link := newLevelLink()
		c := start(t, Options{Link: link, Library: newFakeLibrary()})
		w := &world{Core: c, t: t, stop: c.Close}
		if far {
			w = remote(t, w)
		}
		one, stopOne := context.WithCancel(t.Context())
		two, stopTwo := context.WithCancel(t.Context())
		first := levelsOf(t, one, w.Core)
		link.expect(t, true)
		second := levelsOf(t, two, w.Core)
		link.show(0.5)
		awaitLevels(t, "a level", first, leftIs(0.5))
		awaitLevels(t, "a level", second, leftIs(0.5))
		stopOne()
		levelsEnd(t, first)
		link.show(0.75)
		awaitLevels(t, "another level", second, leftIs(0.75))
		stopTwo()
		levelsEnd(t, second)
		link.expect(t, false)

		third := levelsOf(t, t.Context(), w.Core)
		link.expect(t, true)
		link.show(0.25)
		awaitLevels(t, "a level of the new listener", third, leftIs(0.25))
		w.stop()
		levelsEnd(t, third)
		link.expect(t, false)
	}
}

func TestLevelsNotSupported(t *testing.T) {
	c := start(t, Options{Link: newFakeLink(), Library: newFakeLibrary()})
	for _, core := range []Core{c, remote(t, &world{Core: c, t: t, stop: c.Close}).Core} {
		_, err := core.(LevelCore).Levels(t.Context())
		codeIs(t, "levels", err, CodeNotSupported)
	}
}

// TestLevelsOverCores: a window's levels go on with the next core.
func TestLevelsOverCores(t *testing.T) {
	home := t.TempDir()
	ctx, cancel := context.WithCancel(t.Context())
	c := Follow(ctx, home, nil)
	levels := levelsOf(t, ctx, c)
	for range 2 {
		link := newLevelLink()
		core := start(t, Options{Link: link, Library: newFakeLibrary()})
		serving, end := context.WithCancel(context.Background())
		served := make(chan error, 1)
		go func() { served <- Serve(serving, core, ServeOptions{Home: home, Version: "1"}) }()
		link.expect(t, true)
		link.show(0.5)
		awaitLevels(t, "a level", levels, leftIs(0.5))
		end()
		if err := <-served; err != nil {
			t.Fatal(err)
		}
		awaitLevels(t, "no tracks without a core", levels, func(all []TrackLevel) bool { return len(all) == 0 })
		link.expect(t, false)
	}
	cancel()
	levelsEnd(t, levels)
	<-c.Done()
	if err := c.Close(); err != nil {
		t.Error(err)
	}
	if _, err := c.Levels(t.Context()); err == nil {
		t.Error("levels of a client that has ended")
	}
}

// TestLevelsOfLive: the meters of the simulated Live arrive, through core and endpoint.
func TestLevelsOfLive(t *testing.T) {
	w := remote(t, liveWorld(t))
	w.linked()
	levels := levelsOf(t, t.Context(), w.Core)
	bass := w.track("Bass").ID
	awaitLevels(t, "nothing armed", levels, func(all []TrackLevel) bool { return len(all) == 0 })
	w.arm("Bass")
	awaitLevels(t, "the armed track", levels, func(all []TrackLevel) bool {
		return len(all) == 1 && all[0].ID == bass && all[0].Left > 0.6 && all[0].Right > 0.5 && all[0].Right < all[0].Left
	})
}
