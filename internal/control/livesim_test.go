package control

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/takebar/takebar/bridge"
	"github.com/takebar/takebar/bridge/live"
	"github.com/takebar/takebar/internal/simtest"
	"github.com/takebar/takebar/internal/take"
)

// realCore is a core with nothing faked but Live itself.
func realCore(t *testing.T, sim *simtest.Sim, takes string) *world {
	t.Helper()
	lib, err := take.Open(take.Options{Dir: takes, Home: sim.Home, TakebarVersion: "test", LiveRecordings: []string{}})
	if err != nil {
		t.Fatal(err)
	}
	link := bridge.New(bridge.Options{LinkDirs: []string{filepath.Join(sim.Home, "links")}, Version: "test"})
	c := start(t, Options{Link: link, Library: lib})
	w := &world{Core: c, t: t, stop: c.Close}
	w.linked()
	return w
}

func sum(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	h := sha256.Sum256(b)
	return hex.EncodeToString(h[:])
}

// TestTakeOutlivesTheCore: Live records on while no core is there, and the next one lands the take, once.
func TestTakeOutlivesTheCore(t *testing.T) {
	sim := simtest.Start(t, simtest.Options{})
	takes := t.TempDir()
	first := realCore(t, sim, takes)
	running, err := first.StartTake(t.Context(), TakeRequest{Source: live.SourceTrack, Track: "Bass"})
	if err != nil {
		t.Fatal(err)
	}
	first.stop()
	sim.WaitFor(t, simtest.Params{"path": "takes.-1.frames", "at_least": 30000})

	second := realCore(t, sim, takes)
	if r := second.Snapshot().RunningTake(); r == nil || r.ID != running.ID {
		t.Fatalf("the running take: %+v", r)
	}
	if _, err := second.StopTake(t.Context()); err != nil {
		t.Fatal(err)
	}
	second.stop() // waits for the landing

	third := realCore(t, sim, takes)
	entry, err := third.WaitLanded(t.Context(), running.ID)
	if err != nil {
		t.Fatal(err)
	}
	truth := sim.Takes(t)
	if len(truth) != 1 || len(entry.Paths) != 1 || sum(t, entry.Paths[0]) != sum(t, *truth[0].Path) || entry.Files[0].SHA256 != sum(t, *truth[0].Path) {
		t.Errorf("landed %+v, recorded %+v", entry, truth)
	}
	if list, err := third.Takes(t.Context(), TakeQuery{}); err != nil || len(list) != 1 {
		t.Errorf("%d takes in the library, %v", len(list), err)
	}
	for _, n := range third.Snapshot().Notices {
		if n.Kind == NoticeTakeLanded || n.Kind == NoticeTakeFailed {
			t.Errorf("old news: %+v", n)
		}
	}
}

func TestRealLiveDiesWhileRecording(t *testing.T) {
	sim := simtest.Start(t, simtest.Options{})
	w := realCore(t, sim, t.TempDir())
	running, err := w.StartTake(t.Context(), TakeRequest{Source: live.SourceTrack, Track: "Bass"})
	if err != nil {
		t.Fatal(err)
	}
	sim.WaitFor(t, simtest.Params{"path": "takes.-1.frames", "at_least": 30000})
	path := *sim.Takes(t)[0].Path
	sim.Kill()
	_, err = w.WaitLanded(t.Context(), running.ID)
	codeIs(t, "waiting for it", err, CodeTakeLost)
	if err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("it does not name %s: %v", path, err)
	}
	s := w.until("the news", func(s Snapshot) bool {
		return len(s.Notices) > 0 && s.Notices[len(s.Notices)-1].Kind == NoticeTakeFailed
	})
	if s.Link.Status == LinkConnected || s.State != nil {
		t.Errorf("%+v", s.Link)
	}
	if entry, err := w.RescueTake(t.Context(), path); err != nil || len(entry.Paths) != 1 {
		t.Errorf("rescue: %+v %v", entry, err)
	}
}

func TestRealSetClosedWhileRecording(t *testing.T) {
	sim := simtest.Start(t, simtest.Options{Args: []string{"--reload-seconds", "0.5"}})
	w := realCore(t, sim, t.TempDir())
	before := w.Snapshot().State.Set.ID
	running, err := w.StartTake(t.Context(), TakeRequest{Source: live.SourceTrack, Track: "Bass"})
	if err != nil {
		t.Fatal(err)
	}
	sim.WaitFor(t, simtest.Params{"path": "takes.-1.frames", "at_least": 30000})
	sim.Do(t, "load_set", simtest.Params{"name": "Second"}, nil)
	entry, err := w.WaitLanded(t.Context(), running.ID)
	t.Logf("landed as %q, error %v", entry.Status, err)
	if err != nil && hintOf(err) == "" {
		t.Errorf("an error without a hint: %v", err)
	}
	w.until("the second set", func(s Snapshot) bool { return s.State != nil && s.State.Set.ID != before })
	list, lerr := w.Takes(t.Context(), TakeQuery{})
	if lerr != nil || len(list) > 1 || err == nil && len(list) != 1 {
		t.Errorf("%d takes in the library, %v", len(list), lerr)
	}
}

// TestRealStalledClicks: clicks on a Live that stands still make one take, and the verdict is the truth.
func TestRealStalledClicks(t *testing.T) {
	sim := simtest.Start(t, simtest.Options{})
	w := realCore(t, sim, t.TempDir())
	sim.Stall(t, time.Hour)
	results := make(chan outcome, 3)
	for range 3 {
		go func() {
			take, err := w.StartTake(context.Background(), TakeRequest{Source: live.SourceTrack, Track: "Bass"})
			results <- outcome{take, err}
		}()
	}
	w.until("the pending click", func(s Snapshot) bool {
		return len(s.Pending) == 1 && s.Pending[0] == "take.start" && s.RunningTake() == nil
	})
	sim.Unstall(t)
	ids := map[string]bool{}
	for range 3 {
		o := <-results
		if o.err != nil {
			t.Error(o.err)
		}
		ids[o.take.ID] = true
	}
	if len(ids) != 1 || len(sim.Takes(t)) != 1 {
		t.Errorf("three clicks made the takes %v; Live recorded %d", ids, len(sim.Takes(t)))
	}
	if _, err := w.StopTake(t.Context()); err != nil {
		t.Error(err)
	}
}

// TestRealTooLate: a click that Live could not begin within its deadline does nothing.
func TestRealTooLate(t *testing.T) {
	sim := simtest.Start(t, simtest.Options{})
	w := realCore(t, sim, t.TempDir())
	sim.Stall(t, time.Hour)
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Millisecond)
	defer cancel()
	done := make(chan outcome, 1)
	go func() {
		take, err := w.StartTake(ctx, TakeRequest{Source: live.SourceTrack, Track: "Bass"})
		done <- outcome{take, err}
	}()
	w.until("Live does not respond", func(s Snapshot) bool { return !s.Link.Responding })
	sim.Unstall(t)
	codeIs(t, "the click", (<-done).err, "deadline_exceeded")
	if n := len(sim.Takes(t)); n != 0 {
		t.Errorf("%d takes were recorded all the same", n)
	}
}
