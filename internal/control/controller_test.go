package control

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/takebar/takebar/bridge/live"
)

// stage is a Controller on fakes, in virtual time. synctest fails the test if a goroutine is left.
type stage struct {
	*Controller
	t    *testing.T
	link *fakeLink
	lib  *fakeLibrary
	ran  chan error
}

func play(t *testing.T, f func(s *stage)) { playWith(t, func(*stage) {}, f) }

func playWith(t *testing.T, prepare, f func(s *stage)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s := &stage{t: t, link: newFakeLink(), lib: newFakeLibrary(), ran: make(chan error, 1)}
		prepare(s)
		s.Controller = New(Options{Link: s.link, Library: s.lib, ScriptVersion: "1.1.0"})
		go func() { s.ran <- s.Run(context.Background()) }()
		synctest.Wait()
		f(s)
		s.Close()
		if err := <-s.ran; err != nil {
			t.Errorf("run: %v", err)
		}
	})
}

// rest waits until everything has come to rest, and answers the Snapshot.
func (s *stage) rest() Snapshot {
	synctest.Wait()
	return s.Snapshot()
}

type outcome struct {
	take live.Take
	err  error
}

// click calls a take verb beside the test.
func click(f func(context.Context) (live.Take, error)) <-chan outcome {
	done := make(chan outcome, 1)
	go func() {
		t, err := f(context.Background())
		done <- outcome{t, err}
	}()
	synctest.Wait()
	return done
}

func (s *stage) startMain(ctx context.Context) (live.Take, error) {
	return s.StartTake(ctx, TakeRequest{Source: live.SourceMain})
}

func (s *stage) kinds() string {
	var all []string
	for _, n := range s.rest().Notices {
		all = append(all, string(n.Kind))
	}
	return strings.Join(all, " ")
}

func TestImpatientStarts(t *testing.T) {
	play(t, func(s *stage) {
		h := s.link.holding("take.start", true)
		first, second, third := click(s.startMain), click(s.startMain), click(s.Toggle)
		if p := s.rest().Pending; len(p) != 1 || p[0] != "take.start" {
			t.Errorf("pending: %v", p)
		}
		other := click(func(ctx context.Context) (live.Take, error) {
			return s.StartTake(ctx, TakeRequest{Source: live.SourceTrack, Track: "Bass"})
		})
		codeIs(t, "another take", (<-other).err, CodeTakeRunning)
		<-h.reached
		s.link.free("take.start")
		a, b, c := <-first, <-second, <-third
		if a.err != nil || b.err != nil || c.err != nil || a.take.ID != b.take.ID || a.take.ID != c.take.ID {
			t.Errorf("%+v %+v %+v", a, b, c)
		}
		if n := s.link.count("take.start"); n != 1 {
			t.Errorf("%d starts for three clicks", n)
		}
		if got := s.rest(); len(got.Pending) != 0 || got.RunningTake() == nil {
			t.Errorf("%+v", got.Pending)
		}
	})
}

func TestStopBeforeItBegan(t *testing.T) {
	for name, stop := range map[string]func(s *stage) func(context.Context) (live.Take, error){
		"stop":    func(s *stage) func(context.Context) (live.Take, error) { return s.StopTake },
		"discard": func(s *stage) func(context.Context) (live.Take, error) { return s.CancelTake },
	} {
		for when, before := range map[string]bool{"before Live knows": true, "before Live answers": false} {
			t.Run(name+" "+when, func(t *testing.T) {
				play(t, func(s *stage) {
					s.link.holding("take.start", before)
					started := click(s.startMain)
					stopped, again := click(stop(s)), click(stop(s))
					s.link.free("take.start")
					if o := <-stopped; o.err != nil || o.take.Phase != live.PhaseCancelled {
						t.Errorf("the stop: %+v %v", o.take, o.err)
					}
					if o := <-again; o.err != nil {
						t.Errorf("the stop again: %v", o.err)
					}
					if o := <-started; o.err != nil {
						codeIs(t, "the start", o.err, CodeTakeCancelled)
					}
					if got := s.rest(); got.RunningTake() != nil || len(got.Pending) != 0 || len(s.lib.lands) != 0 {
						t.Errorf("running %v, pending %v, landed %v", got.RunningTake(), got.Pending, s.lib.lands)
					}
				})
			})
		}
	}
}

func TestImpatientStops(t *testing.T) {
	play(t, func(s *stage) {
		if _, err := s.startMain(s.t.Context()); err != nil {
			t.Fatal(err)
		}
		s.link.holding("take.stop", false)
		first, second, third := click(s.StopTake), click(s.StopTake), click(s.Toggle)
		next := click(s.startMain) // Record once more, while the last take stops
		if p := s.rest().Pending; len(p) != 1 || p[0] != "take.stop" {
			t.Errorf("pending: %v", p)
		}
		s.link.free("take.stop")
		a, b, c := <-first, <-second, <-third
		if a.err != nil || b.err != nil || c.err != nil || b.take.ID != a.take.ID || c.take.ID != a.take.ID {
			t.Errorf("%+v %+v %+v", a, b, c)
		}
		if o := <-next; o.err != nil || o.take.ID == a.take.ID || o.take.Phase != live.PhaseRecording {
			t.Errorf("the next take: %+v %v", o.take, o.err)
		}
		if n := s.link.count("take.stop"); n != 1 {
			t.Errorf("%d stops for three clicks", n)
		}
	})
}

func TestImpatientArms(t *testing.T) {
	play(t, func(s *stage) {
		h := s.link.holding("track.arm", true)
		results := make(chan error, 8)
		press := func(on bool) {
			go func() {
				var err error
				if on {
					_, err = s.Arm(context.Background(), ArmRequest{Tracks: []Ref{"Bass"}})
				} else {
					_, err = s.Disarm(context.Background(), []Ref{"2"})
				}
				results <- err
			}()
			synctest.Wait()
		}
		press(true)
		<-h.reached
		for _, on := range []bool{false, true, false, true, false} {
			press(on)
		}
		s.link.free("track.arm")
		for range 6 {
			if err := <-results; err != nil {
				t.Error(err)
			}
		}
		if bass, _ := s.rest().State.TrackByID("t2"); bass.Arm {
			t.Error("the last click was to disarm")
		}
		if a, d := s.link.count("track.arm"), s.link.count("track.disarm"); a > 2 || d != 1 {
			t.Errorf("%d arms and %d disarms for six clicks", a, d)
		}
	})
}

func TestLinkLostWhileStarting(t *testing.T) {
	for name, before := range map[string]bool{"Live never got it": true, "Live had begun": false} {
		t.Run(name, func(t *testing.T) {
			play(t, func(s *stage) {
				h := s.link.holding("take.start", before)
				started := click(s.startMain)
				<-h.reached
				s.link.lose(live.LinkWaiting, 0)
				s.link.free("take.start")
				time.Sleep(time.Second)
				s.link.restore()
				o := <-started
				if o.err != nil || o.take.Phase != live.PhaseRecording {
					t.Errorf("%+v %v", o.take, o.err)
				}
				if len(s.link.takes) != 1 {
					t.Errorf("%d takes of one click", len(s.link.takes))
				}
			})
		})
	}
}

func TestLinkLostWhileStartingAndTooLate(t *testing.T) {
	play(t, func(s *stage) {
		h := s.link.holding("take.start", true)
		started := click(s.startMain)
		<-h.reached
		s.link.lose(live.LinkWaiting, 0)
		s.link.free("take.start")
		time.Sleep(20 * time.Second) // the click is not wanted any more
		s.link.restore()
		codeIs(t, "the start", (<-started).err, CodeNotConnected)
		if len(s.link.takes) != 0 {
			t.Error("it recorded long after the click")
		}
	})
}

func TestLinkNeverComesBack(t *testing.T) {
	play(t, func(s *stage) {
		h := s.link.holding("take.start", true)
		started := click(s.startMain)
		<-h.reached
		s.link.lose(live.LinkSearching, 0)
		o := <-started
		codeIs(t, "the start", o.err, CodeOutcomeUnknown)
		if hintOf(o.err) == "" {
			t.Error("no hint")
		}
	})
}

func TestLinkLostWhileStopping(t *testing.T) {
	for name, before := range map[string]bool{"Live never got it": true, "Live had stopped": false} {
		t.Run(name, func(t *testing.T) {
			play(t, func(s *stage) {
				if _, err := s.startMain(s.t.Context()); err != nil {
					t.Fatal(err)
				}
				h := s.link.holding("take.stop", before)
				stopped := click(s.StopTake)
				<-h.reached
				s.link.lose(live.LinkWaiting, 0)
				s.link.free("take.stop")
				time.Sleep(3 * time.Second)
				s.link.restore()
				o := <-stopped
				if o.err != nil || o.take.Phase != live.PhaseFinished {
					t.Errorf("%+v %v", o.take, o.err)
				}
				if _, err := s.WaitLanded(s.t.Context(), o.take.ID); err != nil {
					t.Error(err)
				}
				if n := s.lib.lands[o.take.ID]; n != 1 {
					t.Errorf("landed %d times", n)
				}
			})
		})
	}
}

func TestTakeEndsWhileNobodyIsThere(t *testing.T) {
	play(t, func(s *stage) {
		take, err := s.startMain(s.t.Context())
		if err != nil {
			t.Fatal(err)
		}
		s.link.lose(live.LinkWaiting, 0)
		if k := s.kinds(); k != "take_started link" {
			t.Errorf("notices: %s", k)
		}
		codeIs(t, "a click without a link", s.Play(s.t.Context()), CodeNotConnected)
		s.link.endTake(take.ID, live.PhaseFinished)
		landed := make(chan error, 1)
		go func() { _, err := s.WaitLanded(context.Background(), take.ID); landed <- err }()
		s.link.restore()
		if err := <-landed; err != nil {
			t.Error(err)
		}
		s.link.lose(live.LinkWaiting, 0)
		s.link.restore()
		if n := s.lib.lands[take.ID]; n != 1 {
			t.Errorf("landed %d times", n)
		}
		if k := s.kinds(); k != "take_started link take_landed" {
			t.Errorf("notices: %s", k)
		}
	})
}

// TestTakesOfBefore: takes that were made without this core land when the link comes up; what the library has is no news.
func TestTakesOfBefore(t *testing.T) {
	playWith(t, func(s *stage) {
		old := time.Now().Add(-time.Hour)
		for _, id := range []string{"known", "fresh", "running"} {
			s.link.takes = append(s.link.takes, ended(live.Take{ID: id}, live.PhaseFinished))
		}
		s.link.takes = append(s.link.takes, ended(live.Take{ID: "bad"}, live.PhaseFailed), ended(live.Take{ID: "dropped"}, live.PhaseCancelled))
		running := live.Take{ID: "running", Phase: live.PhaseRecording}
		s.link.takes[2], s.link.state.Take = running, &running
		known := LibraryTake{}
		known.ID, known.LandedAt = "known", &old
		s.lib.entries = []LibraryTake{known}
		s.lib.problems = []string{"A file is missing."}
	}, func(s *stage) {
		if got := s.rest(); got.RunningTake() == nil || got.RunningTake().ID != "running" {
			t.Error("it does not know the running take")
		}
		if k := s.kinds(); strings.Count(k, "take_landed") != 1 || strings.Count(k, "take_started") != 1 || strings.Count(k, "warning") != 1 || strings.Count(k, "failed") != 0 {
			t.Errorf("notices: %s", k)
		}
		if s.lib.lands["fresh"] != 1 || s.lib.lands["dropped"] != 0 || s.lib.lands["running"] != 0 || s.lib.expected["dropped"] != live.PhaseCancelled || s.lib.expected["running"] != live.PhaseRecording {
			t.Errorf("landed %v, expected %v", s.lib.lands, s.lib.expected)
		}
	})
}

func TestLiveDiesWhileRecording(t *testing.T) {
	play(t, func(s *stage) {
		take, err := s.startMain(s.t.Context())
		if err != nil {
			t.Fatal(err)
		}
		waiting := make(chan error, 1)
		go func() { _, err := s.WaitLanded(context.Background(), take.ID); waiting <- err }()
		synctest.Wait()
		s.link.lose(live.LinkSearching, 4711)
		codeIs(t, "waiting for it", <-waiting, CodeTakeLost)
		if len(s.lib.lostIDs) != 1 || s.lib.lostIDs[0] != take.ID {
			t.Errorf("lost: %v", s.lib.lostIDs)
		}
		got := s.rest()
		if k := s.kinds(); k != "take_started link take_failed" || !strings.Contains(got.Notices[2].Text, "Drums") {
			t.Errorf("notices: %s %+v", k, got.Notices)
		}
		if got.Link.Status != LinkDisconnected || got.State != nil || got.Link.Hint == "" {
			t.Errorf("%+v", got.Link)
		}
		// It was not dead after all, and has finished the take.
		s.link.endTake(take.ID, live.PhaseFinished)
		s.link.restore()
		if s.rest(); s.lib.lands[take.ID] != 1 {
			t.Errorf("landed %d times", s.lib.lands[take.ID])
		}
	})
}

func TestTakeFailsInLive(t *testing.T) {
	play(t, func(s *stage) {
		take, err := s.startMain(s.t.Context())
		if err != nil {
			t.Fatal(err)
		}
		s.link.endTake(take.ID, live.PhaseFailed)
		_, err = s.WaitLanded(s.t.Context(), take.ID)
		codeIs(t, "waiting for it", err, "audio_off")
		if k := s.kinds(); k != "take_started take_failed" {
			t.Errorf("notices: %s", k)
		}
	})
}

func TestLandingFails(t *testing.T) {
	playWith(t, func(s *stage) { s.lib.refuse = &codedError{"disk_full", "The disk is full.", "Make room."} }, func(s *stage) {
		take, err := s.startMain(s.t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.StopTake(s.t.Context()); err != nil {
			t.Fatal(err)
		}
		_, err = s.WaitLanded(s.t.Context(), take.ID)
		codeIs(t, "waiting for it", err, "disk_full")
		got := s.rest()
		if len(got.Landings) != 1 || got.Landings[0].Problem == "" || got.LastTake != nil {
			t.Errorf("%+v", got.Landings)
		}
		if n := got.Notices[len(got.Notices)-1]; n.Kind != NoticeTakeFailed || !strings.Contains(n.Text, "Make room.") {
			t.Errorf("%+v", n)
		}
		// There is room again, and Live still knows the take.
		s.lib.mu.Lock()
		s.lib.refuse = nil
		s.lib.mu.Unlock()
		s.link.lose(live.LinkWaiting, 0)
		s.link.restore()
		s.rest()
		if _, err := s.WaitLanded(s.t.Context(), take.ID); err != nil {
			t.Error(err)
		}
		if got := s.rest(); len(got.Landings) != 0 || got.LastTake == nil {
			t.Errorf("%+v %+v", got.Landings, got.LastTake)
		}
	})
}

func TestCloseWaitsForLandings(t *testing.T) {
	play(t, func(s *stage) {
		s.lib.hold = make(chan struct{})
		if _, err := s.startMain(s.t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, err := s.StopTake(s.t.Context()); err != nil {
			t.Fatal(err)
		}
		closed := make(chan struct{})
		go func() { s.Close(); close(closed) }()
		<-s.lib.begun
		time.Sleep(30 * time.Second)
		select {
		case <-closed:
			t.Error("closed in the middle of a landing")
		default:
		}
		codeIs(t, "a click while it ends", s.Play(s.t.Context()), CodeCoreGone)
		close(s.lib.hold)
		<-closed
		if len(s.lib.entries) != 1 {
			t.Error("the take has not landed")
		}
	})
}

func TestCloseGivesUpOnEndlessLandings(t *testing.T) {
	play(t, func(s *stage) {
		s.lib.hold = make(chan struct{})
		if _, err := s.startMain(s.t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, err := s.StopTake(s.t.Context()); err != nil {
			t.Fatal(err)
		}
		begun := time.Now()
		s.Close()
		if took := time.Since(begun); took != closeWait {
			t.Errorf("it took %v", took)
		}
		if len(s.rest().Notices) != 1 {
			t.Errorf("an interrupted landing is no news: %+v", s.Snapshot().Notices)
		}
	})
}

// TestCloseWhileLiveStandsStill: the core asks Live for its takes when the link comes up. That must not hold up a command's end.
func TestCloseWhileLiveStandsStill(t *testing.T) {
	playWith(t, func(s *stage) { s.link.holding("take.list", false) }, func(s *stage) {
		begun := time.Now()
		s.Close()
		if took := time.Since(begun); took > askGrace {
			t.Errorf("it took %v", took)
		}
	})
}

func TestSettings(t *testing.T) {
	play(t, func(s *stage) {
		s.SetSettings(Settings{Defaults: Defaults{Source: live.SourceMain, View: live.ViewSession}, TakesDir: "/other"})
		if got := s.Snapshot().Settings; got.TakesDir != "/other" || got.Source != live.SourceMain {
			t.Errorf("%+v", got)
		}
	})
}

func TestResume(t *testing.T) {
	landed := LibraryTake{Folder: "/takes"}
	landed.ID, landed.Name = "k1", "Take 1"
	playWith(t, func(s *stage) {
		s.lib.resumed = []LibraryTake{landed}
		s.link.takes = []live.Take{ended(live.Take{ID: "k1"}, live.PhaseFinished)}
	}, func(s *stage) {
		got := s.rest()
		if got.LastTake == nil || got.LastTake.ID != "k1" || len(got.Landings) != 0 || s.kinds() != "take_landed" || s.lib.lands["k1"] != 0 {
			t.Errorf("%+v %s %v", got.LastTake, s.kinds(), s.lib.lands)
		}
	})
}

func TestNoLive(t *testing.T) {
	tests := map[string]struct {
		phase live.LinkPhase
		code  string
	}{
		"none":         {live.LinkSearching, CodeNoLive},
		"loading":      {live.LinkWaiting, CodeNotConnected},
		"connecting":   {live.LinkConnecting, CodeNotConnected},
		"incompatible": {live.LinkIncompatible, CodeIncompatible},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			playWith(t, func(s *stage) { s.link.up, s.link.phase = false, tt.phase }, func(s *stage) {
				verbs := map[string]error{"play": s.Play(s.t.Context()), "message": s.Message(s.t.Context(), "x")}
				_, verbs["start"] = s.startMain(s.t.Context())
				_, verbs["stop"] = s.StopTake(s.t.Context())
				_, verbs["cancel"] = s.CancelTake(s.t.Context())
				_, verbs["toggle"] = s.Toggle(s.t.Context())
				_, verbs["arm"] = s.Arm(s.t.Context(), ArmRequest{Tracks: []Ref{"1"}})
				_, verbs["routings"] = s.Routings(s.t.Context(), "1")
				_, verbs["dialog"] = s.Dialog(s.t.Context())
				for verb, err := range verbs {
					codeIs(t, verb, err, tt.code)
					if hintOf(err) == "" || err != nil && err.Error() == "" {
						t.Errorf("%s: message %v, hint %q", verb, err, hintOf(err))
					}
				}
				if list, err := s.Takes(s.t.Context(), TakeQuery{}); err != nil || list == nil {
					t.Errorf("the library works without Live: %v", err)
				}
			})
		})
	}
}

// TestCommandRightAfterTheStart: a verb waits for the link of a core that has only just started.
func TestCommandRightAfterTheStart(t *testing.T) {
	playWith(t, func(s *stage) { s.link.up, s.link.phase = false, live.LinkConnecting }, func(s *stage) {
		done := make(chan error, 1)
		go func() { done <- s.Play(context.Background()) }()
		time.Sleep(time.Second)
		s.link.restore()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

func TestDefaultsOfAStart(t *testing.T) {
	play(t, func(s *stage) {
		if err := s.SetDefaults(s.t.Context(), Defaults{Source: live.SourceMain, View: live.ViewSession}); err != nil {
			t.Fatal(err)
		}
		take, err := s.StartTake(s.t.Context(), TakeRequest{LengthBars: 2})
		if err != nil || take.Source.Kind != live.SourceMain || take.View != live.ViewSession || take.LengthBeats == nil || *take.LengthBeats != 8 {
			t.Errorf("%+v %v", take, err)
		}
		if _, err := s.StopTake(s.t.Context()); err != nil {
			t.Fatal(err)
		}
		take, err = s.StartTake(s.t.Context(), TakeRequest{Track: "Bass", View: live.ViewArrangement, LengthSecs: 3})
		if err != nil || take.Source.Kind != live.SourceTrack || take.View != live.ViewArrangement || take.LengthBeats == nil || *take.LengthBeats != 6 {
			t.Errorf("%+v %v", take, err)
		}
		id := take.ID
		if len(id) != len("20260131-150918-7c1e") || strings.Trim(id, "0123456789abcdef-") != "" {
			t.Errorf("take id %q", id)
		}
	})
}

func TestSaveDefaultsFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := New(Options{Link: newFakeLink(), Library: newFakeLibrary(), SaveDefaults: func(context.Context, Defaults) error { return errors.New("read-only") }})
		go func() { _ = c.Run(context.Background()) }()
		synctest.Wait()
		if err := c.SetDefaults(t.Context(), Defaults{Source: live.SourceMain}); err == nil {
			t.Error("no error")
		}
		if c.Snapshot().Settings.Source != live.SourceArmed {
			t.Error("changed although it was not saved")
		}
		c.Close()
	})
}

func TestQuit(t *testing.T) {
	play(t, func(s *stage) {
		if _, err := s.startMain(s.t.Context()); err != nil {
			t.Fatal(err)
		}
		codeIs(t, "quit", s.Quit(s.t.Context(), false), CodeTakeRunning)
		if err := s.Quit(s.t.Context(), true); err != nil {
			t.Error(err)
		}
		<-s.Done()
		if t, _ := s.link.known(s.link.takes[0].ID); s.link.takes[t].Phase != live.PhaseRecording {
			s.t.Error("quitting ended the take in Live")
		}
	})
}

func TestContextEndsTheRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		lib := newFakeLibrary()
		lib.hold = make(chan struct{})
		link := newFakeLink()
		link.takes = []live.Take{ended(live.Take{ID: "k1"}, live.PhaseFinished)}
		c := New(Options{Link: link, Library: lib})
		ctx, cancel := context.WithCancel(t.Context())
		ran := make(chan error, 1)
		go func() { ran <- c.Run(ctx) }()
		<-lib.begun
		cancel()
		if err := <-ran; !errors.Is(err, context.Canceled) {
			t.Errorf("run: %v", err)
		}
		<-c.Done()
		c.Close() // harmless
	})
}

// TestNewerTakeHidesTheEndOfAnOlderOne: changes are merged for a slow reader.
func TestNewerTakeHidesTheEndOfAnOlderOne(t *testing.T) {
	play(t, func(s *stage) {
		take, err := s.startMain(s.t.Context())
		if err != nil {
			t.Fatal(err)
		}
		s.link.mu.Lock()
		s.link.takes[0] = ended(s.link.takes[0], live.PhaseFinished)
		s.link.mu.Unlock()
		next := live.Take{ID: "by-hand", Phase: live.PhaseRecording}
		s.link.mu.Lock()
		s.link.takes = append(s.link.takes, next)
		s.link.mu.Unlock()
		s.link.change(func(st *live.State) { st.Take = &next })
		if _, err := s.WaitLanded(s.t.Context(), take.ID); err != nil {
			t.Error(err)
		}
		if r := s.rest().RunningTake(); r == nil || r.ID != "by-hand" {
			t.Errorf("%+v", r)
		}
	})
}

func TestPendingUntilLiveShowsIt(t *testing.T) {
	play(t, func(s *stage) {
		// The answer comes, the event does not.
		s.link.mu.Lock()
		report := s.link.report
		s.link.report = func(live.LinkReport) {}
		s.link.mu.Unlock()
		done := make(chan error, 1)
		go func() { _, err := s.Arm(context.Background(), ArmRequest{Tracks: []Ref{"Bass"}}); done <- err }()
		if p := s.rest().Pending; len(p) != 1 || p[0] != "arm t2" {
			t.Errorf("pending %v", p)
		}
		if bass, _ := s.rest().State.TrackByID("t2"); bass.Arm {
			t.Error("guessed")
		}
		s.link.mu.Lock()
		s.link.report = report
		s.link.tell()
		s.link.mu.Unlock()
		if err := <-done; err != nil {
			t.Error(err)
		}
		if got := s.rest(); len(got.Pending) != 0 {
			t.Errorf("pending %v", got.Pending)
		}
	})
}

func TestScriptUpdate(t *testing.T) {
	play(t, func(s *stage) {
		if got := s.rest().Link.ScriptUpdate; got != "1.1.0" {
			t.Errorf("update %q", got)
		}
	})
}
