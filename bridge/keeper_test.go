package bridge

import (
	"context"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/takebar/takebar/bridge/live"
)

// play runs a test in virtual time and checks that nothing is left behind.
func play(t *testing.T, f func(t *testing.T)) {
	t.Helper()
	synctest.Test(t, f)
}

func TestNoLive(t *testing.T) {
	play(t, func(t *testing.T) {
		b := newBed(t)
		defer b.stop()
		if r := b.now(); r.Phase != live.LinkSearching || len(r.Lives) != 0 || r.State != nil {
			t.Errorf("%+v", r)
		}
		if err := b.Call(t.Context(), "transport.play", nil, nil); !errors.Is(err, ErrNotConnected) {
			t.Errorf("call: %v", err)
		}
		time.Sleep(time.Minute)
		if n := b.dialed(); n != 0 {
			t.Errorf("%d attempts to reach nobody", n)
		}
	})
}

func TestFollowsLive(t *testing.T) {
	play(t, func(t *testing.T) {
		f := newFake(t, 1, 100)
		b := newBed(t, f)
		defer b.stop()
		r := b.now()
		if r.Phase != live.LinkConnected || !r.Responding || r.PID != 1 || r.Revision != 12 || len(r.State.Tracks) != 8 || r.Script != "1.0.0" || len(r.Capabilities) != 1 {
			t.Fatalf("%+v", r)
		}
		before := r.State
		f.change(1, `{"record":{"record_mode":true},"tracks":{"changed":[{"id":"t1","arm":true}]}}`)
		f.change(1, `{"transport":{"tempo":99}}`)
		r = b.now()
		if armed, _ := r.State.TrackByID("t1"); !armed.Arm || !r.State.Record.RecordMode || r.State.Transport.Tempo != 99 || r.Revision != 14 {
			t.Errorf("%+v", r.State)
		}
		if before.Record.RecordMode {
			t.Error("a reported state changed afterwards")
		}
		f.change(7, `{"transport":{"tempo":77}}`) // merged for a slow reader: a leap loses nothing
		if r = b.now(); r.State.Transport.Tempo != 77 || r.Revision != 21 || f.count("state.subscribe") != 1 {
			t.Errorf("after a leap: %v, %d subscriptions", r.Revision, f.count("state.subscribe"))
		}
		f.say(`{"jsonrpc":"2.0","method":"state.changed","params":{"revision":20,"changed":{"transport":{"tempo":1}}}}`)
		f.say(`{"jsonrpc":"2.0","method":"weather.changed","params":{"rain":true}}`)
		if r = b.now(); r.State.Transport.Tempo != 77 {
			t.Error("an old change was applied")
		}
	})
}

// TestStateInParts: the state of a big set is reported once all of it is there.
func TestStateInParts(t *testing.T) {
	play(t, func(t *testing.T) {
		f := newFake(t, 1, 100)
		whole := f.state.Tracks
		f.state.Tracks, f.parts = whole[:3], 2
		b := newBed(t, f)
		defer b.stop()
		if r := b.now(); r.State != nil {
			t.Errorf("reported %d tracks of %d", len(r.State.Tracks), len(whole))
		}
		for i, part := range [][]live.Track{whole[3:5], whole[5:]} {
			raw, err := json.Marshal(part)
			if err != nil {
				t.Fatal(err)
			}
			if i == 1 && b.now().State != nil {
				t.Error("reported before the last part")
			}
			f.change(1, `{"tracks":{"changed":`+string(raw)+`}}`)
		}
		r := b.now()
		if r.Phase != live.LinkConnected || r.State == nil || !reflect.DeepEqual(r.State.Tracks, whole) || r.Revision != 14 {
			t.Errorf("%+v", r)
		}
	})
}

func TestReadsAgainWhatDoesNotFit(t *testing.T) {
	for name, line := range map[string]string{
		"unknown track": `{"jsonrpc":"2.0","method":"state.changed","params":{"revision":13,"changed":{"tracks":{"changed":[{"id":"t99","arm":true}]}}}}`,
		"wrong type":    `{"jsonrpc":"2.0","method":"state.changed","params":{"revision":13,"changed":{"transport":{"tempo":"fast"}}}}`,
	} {
		t.Run(name, func(t *testing.T) {
			play(t, func(t *testing.T) {
				f := newFake(t, 1, 100)
				b := newBed(t, f)
				defer b.stop()
				f.say(line)
				if r := b.now(); r.Phase != live.LinkConnected || f.count("state.subscribe") != 2 {
					t.Errorf("%v after %d subscriptions", r.Phase, f.count("state.subscribe"))
				}
				f.change(2, `{"transport":{"tempo":99}}`)
				if r := b.now(); r.State.Transport.Tempo != 99 {
					t.Error("it does not follow any more")
				}
			})
		})
	}
}

func TestEveryPhaseOfATakeIsReported(t *testing.T) {
	play(t, func(t *testing.T) {
		f := newFake(t, 1, 100)
		b := newBed(t, f)
		defer b.stop()
		phases := []string{"preparing", "counting_in", "recording", "stopping", "finished"}
		for _, p := range phases {
			f.change(1, `{"take":{"id":"k1","phase":"`+p+`"}}`)
		}
		b.now()
		var got []string
		b.mu.Lock()
		defer b.mu.Unlock()
		for _, r := range b.reports {
			if r.State != nil && r.State.Take.ID == "k1" {
				got = append(got, string(r.State.Take.Phase))
			}
		}
		if strings.Join(got, " ") != strings.Join(phases, " ") {
			t.Errorf("reported %v", got)
		}
	})
}

func TestCalls(t *testing.T) {
	play(t, func(t *testing.T) {
		f := newFake(t, 1, 100)
		b := newBed(t, f)
		defer b.stop()
		b.now()
		calls := live.Calls{Caller: b}
		if r, err := calls.Play(t.Context()); err != nil || !r.IsPlaying {
			t.Errorf("%+v %v", r, err)
		}
		_, err := calls.TakeStart(t.Context(), live.TakeStartParams{})
		var refused *RemoteError
		if !errors.As(err, &refused) || refused.Code != "nothing_armed" || refused.Hint == "" {
			t.Errorf("%v", err)
		}
	})
}

// TestStall: Live's main thread stands still for 12 s. The link stays, and the call gets its verdict.
func TestStall(t *testing.T) {
	play(t, func(t *testing.T) {
		f := newFake(t, 1, 100)
		b := newBed(t, f)
		defer b.stop()
		b.now()
		f.stall(true)
		done := make(chan error, 1)
		go func() {
			_, err := live.Calls{Caller: b}.Play(context.Background())
			done <- err
		}()
		time.Sleep(3500 * time.Millisecond)
		if r := b.now(); !r.Responding {
			t.Error("it was called unresponsive too soon")
		}
		time.Sleep(time.Second)
		if r := b.now(); r.Responding || r.Phase != live.LinkConnected || r.State == nil {
			t.Errorf("while it stands still: %v, responding %v", r.Phase, r.Responding)
		}
		time.Sleep(7500 * time.Millisecond)
		f.stall(false)
		if err := <-done; err != nil {
			t.Errorf("verdict: %v", err)
		}
		if r := b.now(); !r.Responding || f.count("hello") != 1 {
			t.Errorf("afterwards: responding %v, %d hellos", r.Responding, f.count("hello"))
		}
	})
}

func TestSilenceForAMinuteEndsTheConnection(t *testing.T) {
	play(t, func(t *testing.T) {
		f := newFake(t, 1, 100)
		b := newBed(t, f)
		defer b.stop()
		b.now()
		f.stall(true)
		time.Sleep(59 * time.Second)
		if b.now(); f.count("hello") != 1 {
			t.Error("given up before the minute was over")
		}
		time.Sleep(5 * time.Second)
		if r := b.now(); f.count("hello") < 2 || r.Phase != live.LinkConnecting {
			t.Errorf("%d hellos, %v", f.count("hello"), r.Phase)
		}
		f.hangUp()
		f.stall(false)
		time.Sleep(3 * time.Second)
		if r := b.now(); r.Phase != live.LinkConnected || r.Problem != "" {
			t.Errorf("%v %q", r.Phase, r.Problem)
		}
	})
}

func TestIdleIsQuiet(t *testing.T) {
	play(t, func(t *testing.T) {
		f := newFake(t, 1, 100)
		b := newBed(t, f)
		defer b.stop()
		b.now()
		b.mu.Lock()
		reports := len(b.reports)
		b.mu.Unlock()
		time.Sleep(60 * time.Second)
		b.now()
		if n := f.count("ping"); n < 25 || n > 31 {
			t.Errorf("%d pings in a minute", n)
		}
		b.mu.Lock()
		defer b.mu.Unlock()
		if len(b.reports) != reports || b.dials != 1 || f.count("state.subscribe") != 1 {
			t.Errorf("%d reports, %d dials while nothing happened", len(b.reports)-reports, b.dials)
		}
	})
}

func TestBackoff(t *testing.T) {
	play(t, func(t *testing.T) {
		f := newFake(t, 1, 100)
		f.drop = true
		b := newBed(t, f)
		defer b.stop()
		if r := b.now(); r.Phase != live.LinkConnecting || r.Problem == "" || r.PID != 1 {
			t.Errorf("%+v", r)
		}
		time.Sleep(time.Second)
		if n := b.dialed(); n < 4 || n > 6 { // 0, 50, 150, 350, 750 ms and jitter
			t.Errorf("%d attempts in the first second", n)
		}
		time.Sleep(29 * time.Second)
		if n := b.dialed(); n < 17 || n > 24 {
			t.Errorf("%d attempts in half a minute", n)
		}
		// The script starts again: a new link file, and no waiting.
		again := newFake(t, 1, 200)
		b.files(again)
		if r := b.now(); r.Phase != live.LinkConnected {
			t.Errorf("after the new link file: %v", r.Phase)
		}
	})
}

func TestSetReload(t *testing.T) {
	play(t, func(t *testing.T) {
		other, f := newFake(t, 2, 50), newFake(t, 1, 100)
		b := newBed(t, f, other)
		defer b.stop()
		if r := b.now(); r.PID != 1 || len(r.Lives) != 2 {
			t.Fatalf("%+v", r)
		}
		f.change(1, `{"transport":{"tempo":99}}`)
		f.say(`{"jsonrpc":"2.0","method":"bye","params":{"reason":"set_closed"}}`)
		f.hangUp()
		b.files(other)
		r := b.now()
		if r.Phase != live.LinkWaiting || r.PID != 1 || r.State != nil || r.Gone != 0 {
			t.Errorf("while the set loads: %+v", r)
		}
		if err := b.Call(t.Context(), "take.start", nil, nil); !errors.Is(err, ErrNotConnected) {
			t.Errorf("a click while the set loads went to %v", err)
		}
		time.Sleep(3 * time.Second)
		b.now()
		if other.count("hello") != 0 {
			t.Error("it hopped to the other Live")
		}
		again := newFake(t, 1, 200)
		b.files(again, other)
		if r := b.now(); r.Phase != live.LinkConnected || r.PID != 1 {
			t.Errorf("the set is there, the link is %v", r.Phase)
		}
	})
}

func TestLiveDies(t *testing.T) {
	play(t, func(t *testing.T) {
		other, f := newFake(t, 2, 50), newFake(t, 1, 100)
		b := newBed(t, f, other)
		defer b.stop()
		b.now()
		done := make(chan error, 1)
		f.stall(true)
		go func() { done <- b.Call(context.Background(), "transport.play", nil, nil) }()
		synctest.Wait()
		b.kill(1)
		f.hangUp()
		if err := <-done; !errors.Is(err, ErrOutcomeUnknown) {
			t.Errorf("the call that waited: %v", err)
		}
		b.files(other)
		time.Sleep(time.Second)
		if r := b.now(); r.PID != 2 || r.Phase != live.LinkConnected {
			t.Errorf("%+v", r)
		}
		var gone bool
		b.mu.Lock()
		defer b.mu.Unlock()
		for _, r := range b.reports {
			gone = gone || r.Gone == 1
		}
		if !gone {
			t.Error("nobody was told that Live is gone")
		}
	})
}

func TestLiveNeverComesBack(t *testing.T) {
	play(t, func(t *testing.T) {
		f := newFake(t, 1, 100)
		b := newBed(t, f)
		defer b.stop()
		b.now()
		f.say(`{"jsonrpc":"2.0","method":"bye","params":{"reason":"set_closed"}}`)
		f.hangUp()
		b.files()
		time.Sleep(90 * time.Second)
		if r := b.now(); r.Phase != live.LinkWaiting {
			t.Errorf("a big set may load for long: %v", r.Phase)
		}
		time.Sleep(40 * time.Second)
		if r := b.now(); r.Phase != live.LinkSearching || r.Gone != 1 {
			t.Errorf("%+v", r)
		}
	})
}

func TestTwoLives(t *testing.T) {
	play(t, func(t *testing.T) {
		first, second := newFake(t, 1, 100), newFake(t, 2, 200)
		first.state.Take = nil
		b := newBed(t, first)
		defer b.stop()
		b.now()
		first.change(1, `{"take":{"id":"k1","phase":"recording"}}`)
		b.files(second, first)
		if r := b.now(); r.PID != 1 || len(r.Lives) != 2 || r.Lives[0].PID != 2 {
			t.Errorf("it left a Live that records: %+v", r)
		}
		first.change(1, `{"take":{"id":"k1","phase":"finished"}}`)
		if r := b.now(); r.PID != 2 || r.Phase != live.LinkConnected || r.Gone != 0 {
			t.Errorf("the newest is the default: %+v", r)
		}
		if err := b.Choose(1); err != nil {
			t.Fatal(err)
		}
		if r := b.now(); r.PID != 1 || r.Phase != live.LinkConnected {
			t.Errorf("chosen: %+v", r)
		}
		third := newFake(t, 3, 300)
		b.files(third, second, first)
		if r := b.now(); r.PID != 1 {
			t.Errorf("a choice holds: %+v", r)
		}
		if err := b.Choose(9); !errors.Is(err, ErrNoSuchLive) {
			t.Errorf("choosing nobody: %v", err)
		}
		if err := b.Choose(0); err != nil {
			t.Fatal(err)
		}
		if r := b.now(); r.PID != 3 {
			t.Errorf("back to the newest: %+v", r)
		}
	})
}

func TestChoosingInterruptsAnAttempt(t *testing.T) {
	play(t, func(t *testing.T) {
		frozen, fine := newFake(t, 2, 200), newFake(t, 1, 100)
		frozen.quiet = true
		b := newBed(t, frozen, fine)
		defer b.stop()
		if r := b.now(); r.PID != 2 || r.Phase != live.LinkConnecting {
			t.Fatalf("%+v", r)
		}
		if err := b.Choose(1); err != nil {
			t.Fatal(err)
		}
		if r := b.now(); r.PID != 1 || r.Phase != live.LinkConnected {
			t.Errorf("%+v", r)
		}
	})
}

func TestIncompatible(t *testing.T) {
	for name, versions := range map[string][]int{"newer script": {2, 3}, "older script": {0}} {
		t.Run(name, func(t *testing.T) {
			play(t, func(t *testing.T) {
				f := newFake(t, 1, 100)
				f.protocols = versions
				b := newBed(t, f)
				defer b.stop()
				r := b.now()
				if r.Phase != live.LinkIncompatible || len(r.Protocols) != len(versions) || r.Protocols[0] != versions[0] {
					t.Errorf("%+v", r)
				}
				time.Sleep(time.Minute)
				if n := b.dialed(); n != 1 {
					t.Errorf("%d attempts although it cannot work", n)
				}
				b.files(newFake(t, 1, 200)) // the user updated the script
				if r := b.now(); r.Phase != live.LinkConnected {
					t.Errorf("after the update: %v", r.Phase)
				}
			})
		})
	}
}

func TestWrongToken(t *testing.T) {
	play(t, func(t *testing.T) {
		f := newFake(t, 1, 100)
		b := newBed(t)
		defer b.stop()
		b.lives = append(b.lives, f)
		stale := f.info
		stale.Token = "of an earlier start"
		b.k.finder.out <- []found{{Instance: stale, path: "links/1.json", native: true}}
		time.Sleep(10 * time.Second)
		if r := b.now(); r.Phase != live.LinkConnecting || r.State != nil || r.Problem == "" {
			t.Errorf("%+v", r)
		}
		b.files(f)
		if r := b.now(); r.Phase != live.LinkConnected {
			t.Errorf("%+v", r)
		}
	})
}

func TestRefusedConnectionAsksTheFinder(t *testing.T) {
	play(t, func(t *testing.T) {
		f := newFake(t, 1, 100)
		f.refuse = true
		b := newBed(t, f)
		defer b.stop()
		b.now()
		if _, ok := b.k.finder.closed[f.info.Token]; !ok {
			t.Error("the finder was not told that nobody is there")
		}
	})
}

func TestStopLeavesNothing(t *testing.T) {
	for name, prepare := range map[string]func(f *fakeLive){
		"connected":     func(*fakeLive) {},
		"greeting":      func(f *fakeLive) { f.quiet = true },
		"refused":       func(f *fakeLive) { f.refuse = true },
		"call in there": func(*fakeLive) {},
	} {
		t.Run(name, func(t *testing.T) {
			play(t, func(t *testing.T) {
				f := newFake(t, 1, 100)
				prepare(f)
				b := newBed(t, f)
				synctest.Wait()
				done := make(chan error, 1)
				if name == "call in there" {
					f.stall(true)
					go func() { done <- b.Call(context.Background(), "transport.play", nil, nil) }()
					synctest.Wait()
				} else {
					done <- ErrOutcomeUnknown
				}
				b.stop()
				if err := <-done; !errors.Is(err, ErrOutcomeUnknown) {
					t.Errorf("pending call: %v", err)
				}
				if err := b.Call(t.Context(), "transport.play", nil, nil); !errors.Is(err, ErrNotConnected) {
					t.Errorf("call afterwards: %v", err)
				}
			})
		})
	}
}
