package bridge

import (
	"context"
	"reflect"
	"testing"
	"testing/synctest"

	"github.com/takebar/takebar/bridge/live"
)

const levelsLine = `{"jsonrpc":"2.0","method":"levels.changed","params":{"tracks":[{"id":"t3","left":0.5,"right":0.25}]}}`

// metered is a Live that tells levels.
func metered(t *testing.T, pid int, started int64) *fakeLive {
	f := newFake(t, pid, started)
	f.offers = []string{"takes", "levels"}
	return f
}

func heard(t *testing.T, from <-chan live.Levels) []live.TrackLevel {
	t.Helper()
	synctest.Wait()
	select {
	case l, open := <-from:
		if !open || l.At.IsZero() {
			t.Errorf("levels %+v, open %v", l, open)
		}
		return l.Tracks
	default:
		t.Error("no levels")
		return nil
	}
}

func TestLevels(t *testing.T) {
	play(t, func(t *testing.T) {
		f := metered(t, 1, 100)
		b := newBed(t, f)
		defer b.stop()
		b.now()
		if n := f.count("levels.subscribe"); n != 0 {
			t.Errorf("asked for levels %d times though nobody listens", n)
		}
		one, stopOne := context.WithCancel(t.Context())
		two, stopTwo := context.WithCancel(t.Context())
		first, second := b.Levels(one), b.Levels(two)
		b.now()
		if n := f.count("levels.subscribe"); n != 1 {
			t.Errorf("asked for levels %d times, want once", n)
		}
		want := []live.TrackLevel{{ID: "t3", Left: 0.5, Right: 0.25}}
		for range 3 {
			f.say(levelsLine)
		}
		f.say(`{"jsonrpc":"2.0","method":"levels.changed","params":{"tracks":7}}`)
		for _, from := range []<-chan live.Levels{first, second} {
			if got := heard(t, from); !reflect.DeepEqual(got, want) {
				t.Errorf("heard %v", got)
			}
		}
		stopOne()
		for range first {
			t.Error("levels after the end")
		}
		b.now()
		if n := f.count("levels.unsubscribe"); n != 0 {
			t.Error("ended although somebody listens")
		}
		stopTwo()
		b.now()
		if n := f.count("levels.unsubscribe"); n != 1 {
			t.Errorf("ended %d times, want once", n)
		}
	})
}

func TestLevelsOverConnections(t *testing.T) {
	play(t, func(t *testing.T) {
		b := newBed(t)
		defer b.stop()
		levels := b.Levels(t.Context())
		f := metered(t, 1, 100)
		b.files(f)
		b.now()
		if n := f.count("levels.subscribe"); n != 1 {
			t.Errorf("asked for levels %d times, want once", n)
		}
		f.say(levelsLine)
		heard(t, levels)
		f.hangUp()
		if got := heard(t, levels); len(got) != 0 {
			t.Errorf("levels of a Live that has gone: %v", got)
		}
		again := metered(t, 1, 200)
		again.info.Port = f.info.Port
		b.files(again)
		b.now()
		if n := again.count("levels.subscribe"); n != 1 {
			t.Errorf("asked the next Live %d times, want once", n)
		}
	})
}

func TestLevelsOfAnOlderScript(t *testing.T) {
	play(t, func(t *testing.T) {
		f := newFake(t, 1, 100)
		b := newBed(t, f)
		defer b.stop()
		_ = b.Levels(t.Context())
		b.now()
		if n := f.count("levels.subscribe"); n != 0 {
			t.Errorf("asked %d times a script that cannot", n)
		}
	})
}
