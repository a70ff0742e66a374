package bridge_test

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/takebar/takebar/bridge"
	"github.com/takebar/takebar/bridge/live"
	"github.com/takebar/takebar/internal/simtest"
)

// running is a Client against the real script, with everything that it reported.
type running struct {
	*bridge.Client
	live.Calls
	t    *testing.T
	mu   sync.Mutex
	all  []live.LinkReport
	news chan struct{}
}

func link(t *testing.T, home string) *running {
	t.Helper()
	before := runtime.NumGoroutine()
	r := &running{Client: bridge.New(bridge.Options{LinkDirs: []string{filepath.Join(home, "links")}, Version: "test"}), t: t, news: make(chan struct{}, 1)}
	r.Calls = live.Calls{Caller: r.Client}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = r.Run(ctx, func(report live.LinkReport) {
			r.mu.Lock()
			r.all = append(r.all, report)
			r.mu.Unlock()
			select {
			case r.news <- struct{}{}:
			default:
			}
		})
	}()
	t.Cleanup(func() {
		cancel()
		<-done
		for limit := time.Now().Add(10 * time.Second); runtime.NumGoroutine() > before; runtime.Gosched() {
			if time.Now().After(limit) {
				stacks := make([]byte, 1<<16)
				t.Errorf("goroutines are left behind:\n%s", stacks[:runtime.Stack(stacks, true)])
				break
			}
		}
	})
	return r
}

func (r *running) last() (live.LinkReport, int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.all) == 0 {
		return live.LinkReport{}, 0
	}
	return r.all[len(r.all)-1], len(r.all)
}

// until waits for a report.
func (r *running) until(what string, ok func(live.LinkReport) bool) live.LinkReport {
	r.t.Helper()
	limit := time.After(60 * time.Second)
	for {
		report, n := r.last()
		if n > 0 && ok(report) {
			return report
		}
		select {
		case <-r.news:
		case <-limit:
			report.State = nil
			r.t.Fatalf("never came: %s; last report %+v", what, report)
		}
	}
}

func connected(r live.LinkReport) bool { return r.Phase == live.LinkConnected && r.Responding }

func TestRealScript(t *testing.T) {
	sim := simtest.Start(t, simtest.Options{Args: []string{"--set", "Löwenzahn"}})
	r := link(t, sim.Home)
	report := r.until("the link", connected)
	if report.PID != sim.PID || report.State.Link.PID != sim.PID || len(report.State.Tracks) < 3 || report.State.Set.Name == nil || *report.State.Set.Name != "Löwenzahn" {
		t.Errorf("%+v", report.State)
	}

	// What the musician does is seen here.
	audio := firstAudio(t, report.State)
	sim.Do(t, "rename", simtest.Params{"track": audio.Name, "name": "Mia's guitar"}, nil)
	r.until("the new name", func(l live.LinkReport) bool { v, _ := l.State.TrackByID(audio.ID); return v.Name == "Mia's guitar" })
	sim.Do(t, "move", simtest.Params{"track": "Mia's guitar", "index": 1}, nil)
	r.until("the new place", func(l live.LinkReport) bool { return l.State.Tracks[1].ID == audio.ID && l.State.Tracks[1].Index == 1 })

	// What is called here is done there, and is in the state when the answer is here.
	ctx := t.Context()
	if _, err := r.Arm(ctx, live.ArmParams{Tracks: []string{audio.ID}}); err != nil {
		t.Fatal(err)
	}
	r.until("the armed track", func(l live.LinkReport) bool { return armed(l, audio.ID) })
	if !simtest.Get[bool](t, sim.Control, "tracks.Mia's guitar.arm") {
		t.Error("it is not armed in Live")
	}
	if _, err := r.Disarm(ctx, live.TracksParams{Tracks: []string{audio.ID}}); err != nil {
		t.Fatal(err)
	}
	if _, err := r.TakeStart(ctx, live.TakeStartParams{}); code(err) != "nothing_armed" {
		t.Errorf("a take without an armed track: %v", err)
	}
	if _, err := r.Locate(ctx, live.LocateParams{Time: -1}); code(err) != "invalid_params" {
		t.Errorf("a place before the beginning: %v", err)
	}
	sim.Do(t, "delete", simtest.Params{"track": "Mia's guitar"}, nil)
	r.until("one track less", func(l live.LinkReport) bool { _, ok := l.State.TrackByID(audio.ID); return !ok })
	if _, err := r.Rename(ctx, live.RenameParams{Track: audio.ID, Name: "x"}); code(err) != "not_found" {
		t.Errorf("renaming a track that is gone: %v", err)
	}
	agree(t, r)
}

// TestRealTakes records one take of each kind through the typed calls.
func TestRealTakes(t *testing.T) {
	sim := simtest.Start(t, simtest.Options{})
	r := link(t, sim.Home)
	audio := firstAudio(t, r.until("the link", connected).State)
	for _, tt := range []struct {
		source live.Source
		view   live.View
	}{
		{live.Source{Kind: live.SourceTrack, Track: audio.ID}, live.ViewArrangement},
		{live.Source{Kind: live.SourceTrack, Track: audio.ID}, live.ViewSession},
		{live.Source{Kind: live.SourceMain}, live.ViewArrangement},
	} {
		t.Run(string(tt.source.Kind)+" "+string(tt.view), func(t *testing.T) {
			id := "take-" + strconv.Itoa(len(sim.Takes(t)))
			take, err := r.TakeStart(t.Context(), live.TakeStartParams{Source: &tt.source, View: tt.view, Take: id})
			if err != nil {
				t.Fatal(err)
			}
			if take.ID != id {
				t.Errorf("%+v", take)
			}
			r.until("the take", func(l live.LinkReport) bool { return l.State.Take != nil && l.State.Take.ID == id })
			again, err := r.TakeStart(t.Context(), live.TakeStartParams{Source: &tt.source, View: tt.view, Take: id})
			if err != nil || again.ID != id {
				t.Errorf("asking again: %+v %v", again, err)
			}
			if take, err = r.TakeStop(t.Context(), live.TakeParams{Take: id}); err != nil {
				t.Fatal(err)
			}
			truth := sim.Takes(t)
			if take.Phase != live.PhaseFinished || len(take.Clips) != 1 || take.Clips[0].FilePath == nil || *take.Clips[0].FilePath != *truth[len(truth)-1].Path {
				t.Errorf("%+v", take)
			}
		})
	}
	list, err := r.TakeList(t.Context())
	if err != nil || len(list.Takes) != 3 {
		t.Errorf("%d takes, %v", len(list.Takes), err)
	}
	agree(t, r)
}

func TestRealSetReload(t *testing.T) {
	sim := simtest.Start(t, simtest.Options{Args: []string{"--reload-seconds", "0.5"}})
	r := link(t, sim.Home)
	before := r.until("the link", connected)
	sim.Do(t, "load_set", simtest.Params{"name": "Second"}, nil)
	after := r.until("the link to the second set", func(l live.LinkReport) bool {
		return connected(l) && l.State.Set.ID != before.State.Set.ID
	})
	if after.PID != before.PID || len(after.Lives) != 1 || after.Lives[0].Token == before.Lives[0].Token {
		t.Errorf("%+v", after.Lives)
	}
	if phases := r.phases(); !slices.Contains(phases, live.LinkWaiting) || slices.Contains(phases, live.LinkIncompatible) {
		t.Errorf("phases on the way: %v", phases)
	}
	agree(t, r)
}

func (r *running) phases() []live.LinkPhase {
	r.mu.Lock()
	defer r.mu.Unlock()
	var all []live.LinkPhase
	for _, report := range r.all {
		if len(all) == 0 || all[len(all)-1] != report.Phase {
			all = append(all, report.Phase)
		}
	}
	return all
}

func TestRealLivesComeAndGo(t *testing.T) {
	first := simtest.Start(t, simtest.Options{})
	r := link(t, first.Home)
	r.until("the first Live", connected)
	second := simtest.Start(t, simtest.Options{Home: first.Home})
	report := r.until("the newest Live", func(l live.LinkReport) bool { return connected(l) && l.PID == second.PID })
	if len(report.Lives) != 2 || report.Lives[0].PID != second.PID {
		t.Errorf("%+v", report.Lives)
	}
	if err := r.Choose(first.PID); err != nil {
		t.Fatal(err)
	}
	r.until("the chosen Live", func(l live.LinkReport) bool { return connected(l) && l.PID == first.PID })
	first.Kill()
	r.until("the other Live, after the chosen one crashed", func(l live.LinkReport) bool {
		return connected(l) && l.PID == second.PID && len(l.Lives) == 1
	})
	if _, err := os.Stat(filepath.Join(first.Home, "links", strconv.Itoa(first.PID)+".json")); err == nil {
		t.Error("the link file of the crashed Live is still there")
	}
	second.Do(t, "quit", nil, nil)
	<-second.Exited()
	r.until("no Live", func(l live.LinkReport) bool { return l.Phase == live.LinkSearching && l.Gone == second.PID })
	third := simtest.Start(t, simtest.Options{Home: first.Home})
	r.until("a new Live", func(l live.LinkReport) bool { return connected(l) && l.PID == third.PID })
}

// TestRealStall lets Live's main thread stand still while a call waits: the verdict is the truth, and the link stays.
func TestRealStall(t *testing.T) {
	sim := simtest.Start(t, simtest.Options{})
	r := link(t, sim.Home)
	r.until("the link", connected)
	sim.Stall(t, time.Hour)
	type verdict struct {
		name string
		err  error
	}
	verdicts := make(chan verdict, 2)
	ask := func(name string, limit time.Duration, f func(context.Context) error) {
		go func() {
			ctx, cancel := context.WithTimeout(context.Background(), limit)
			defer cancel()
			verdicts <- verdict{name, f(ctx)}
		}()
	}
	ask("late", 10*time.Millisecond, func(ctx context.Context) error {
		_, err := r.CreateAudio(ctx, live.CreateAudioParams{Name: "Too late"})
		return err
	})
	ask("in time", time.Hour, func(ctx context.Context) error {
		_, err := r.CreateAudio(ctx, live.CreateAudioParams{Name: "In time"})
		return err
	})
	r.until("Live does not respond", func(l live.LinkReport) bool { return l.Phase == live.LinkConnected && !l.Responding })
	sim.Unstall(t)
	for range 2 {
		switch v := <-verdicts; {
		case v.name == "late" && code(v.err) != "deadline_exceeded":
			t.Errorf("late: %v", v.err)
		case v.name == "in time" && v.err != nil:
			t.Errorf("in time: %v", v.err)
		}
	}
	report := r.until("the track that came in time", func(l live.LinkReport) bool { return connected(l) && named(l, "In time") })
	if named(report, "Too late") {
		t.Error("what came too late was done all the same")
	}
	if phases := r.phases(); phases[len(phases)-1] != live.LinkConnected || slices.Index(phases, live.LinkConnected) != len(phases)-1 {
		t.Errorf("the link was cut: %v", phases)
	}
}

func named(r live.LinkReport, name string) bool {
	return slices.ContainsFunc(r.State.Tracks, func(t live.Track) bool { return t.Name == name })
}

// TestRealLevels: what the meters of the simulated Live show arrives here, also after another set.
func TestRealLevels(t *testing.T) {
	sim := simtest.Start(t, simtest.Options{Args: []string{"--arm", "Guitar"}})
	r := link(t, sim.Home)
	r.until("the link", connected)
	ctx, stop := context.WithTimeout(t.Context(), 60*time.Second)
	defer stop()
	levels := r.Levels(ctx)
	await := func(what string, ok func([]live.TrackLevel) bool) {
		t.Helper()
		for l := range levels {
			if ok(l.Tracks) {
				return
			}
		}
		t.Fatalf("never came: %s", what)
	}
	await("the armed track", func(all []live.TrackLevel) bool {
		return len(all) == 1 && all[0].Left > 0.6 && all[0].Right > 0.5 && all[0].Right < all[0].Left
	})
	sim.Do(t, "sound", simtest.Params{"track": "Guitar", "silent": true}, nil)
	await("silence", func(all []live.TrackLevel) bool { return len(all) == 1 && all[0].Left == 0 && all[0].Right == 0 })
	sim.Do(t, "load_set", simtest.Params{"name": "Next"}, nil)
	await("no tracks while a set loads", func(all []live.TrackLevel) bool { return len(all) == 0 })
	sim.Do(t, "arm", simtest.Params{"track": "Bass"}, nil)
	await("the track of the next set", func(all []live.TrackLevel) bool { return len(all) == 1 && all[0].Left > 0.6 })
}

func TestRealBigSet(t *testing.T) {
	sim := simtest.Start(t, simtest.Options{Args: []string{"--tracks", "1000"}})
	r := link(t, sim.Home)
	report := r.until("the link", connected)
	if len(report.State.Tracks) < 1000 {
		t.Fatalf("%d tracks", len(report.State.Tracks))
	}
	last := report.State.Tracks[999]
	if _, err := r.Rename(t.Context(), live.RenameParams{Track: last.ID, Name: "The last one"}); err != nil {
		t.Fatal(err)
	}
	r.until("the new name", func(l live.LinkReport) bool { return l.State.Tracks[999].Name == "The last one" })
	agree(t, r)
}

// TestRealHugeSet: a set whose state does not fit into a line arrives whole, and stays so.
func TestRealHugeSet(t *testing.T) {
	const tracks = 3000
	sim := simtest.Start(t, simtest.Options{Args: []string{"--tracks", strconv.Itoa(tracks)}})
	r := link(t, sim.Home)
	report := r.until("the link", connected)
	if n := len(report.State.Tracks); n != tracks+3 {
		t.Fatalf("%d tracks in the first report", n)
	}
	for i, track := range report.State.Tracks[:tracks] {
		if track.Index != i {
			t.Fatalf("track %d is at place %d", track.Index, i)
		}
	}
	last := report.State.Tracks[tracks-1]
	if _, err := r.Rename(t.Context(), live.RenameParams{Track: last.ID, Name: "The last one"}); err != nil {
		t.Fatal(err)
	}
	r.until("the new name", func(l live.LinkReport) bool { return l.State.Tracks[tracks-1].Name == "The last one" })
	whole, err := r.State(t.Context())
	if err != nil || len(whole.State.Tracks) != tracks+3 {
		t.Errorf("read %d tracks, %v", len(whole.State.Tracks), err)
	}
}

// TestRealStrangers: link files that are of no use do not keep the link from the one that is.
func TestRealStrangers(t *testing.T) {
	home := t.TempDir()
	links := filepath.Join(home, "links")
	if err := os.MkdirAll(links, 0o700); err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{"1.json": "{half", "2.json": "", "3.json": `{"protocol":1,"port":1,"token":"x","pid":` + strconv.Itoa(os.Getpid()) + `,"started":99999999999999}`} {
		if err := os.WriteFile(filepath.Join(links, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	sim := simtest.Start(t, simtest.Options{Home: home})
	r := link(t, home)
	if report := r.until("the link", connected); report.PID != sim.PID {
		t.Errorf("%+v", report)
	}
}

// TestRealWrongToken: the script ends a connection with a wrong token without a word, and the right one gets in afterwards.
func TestRealWrongToken(t *testing.T) {
	sim := simtest.Start(t, simtest.Options{})
	path := filepath.Join(sim.Home, "links", strconv.Itoa(sim.PID)+".json")
	right, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var info live.Instance
	if err := json.Unmarshal(right, &info); err != nil {
		t.Fatal(err)
	}
	wrong := strings.Replace(string(right), info.Token, strings.Repeat("0", 32), 1)
	home := t.TempDir()
	if err := os.MkdirAll(filepath.Join(home, "links"), 0o700); err != nil {
		t.Fatal(err)
	}
	mine := filepath.Join(home, "links", "1.json")
	if err := os.WriteFile(mine, []byte(wrong), 0o600); err != nil {
		t.Fatal(err)
	}
	r := link(t, home)
	r.until("a refusal", func(l live.LinkReport) bool { return l.Phase == live.LinkConnecting && l.Problem != "" })
	if err := os.WriteFile(mine, right, 0o600); err != nil {
		t.Fatal(err)
	}
	r.until("the link", connected)
}

// TestRealNewerScript lets the real script speak newer versions of the protocol only. There is no older one than ours yet.
func TestRealNewerScript(t *testing.T) {
	root, err := simtest.Root()
	if err != nil {
		t.Fatal(err)
	}
	script := filepath.Join(t.TempDir(), "Takebar")
	if err := os.CopyFS(script, os.DirFS(filepath.Join(root, "remote_script", "Takebar"))); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(script, "version.py")
	source, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	newer := regexp.MustCompile(`(?m)^PROTOCOLS = .*$`).ReplaceAll(source, []byte("PROTOCOLS = (2, 3)"))
	if string(newer) == string(source) {
		t.Fatal("version.py has no PROTOCOLS any more")
	}
	if err := os.WriteFile(file, newer, 0o600); err != nil {
		t.Fatal(err)
	}
	sim := simtest.Start(t, simtest.Options{Script: script})
	r := link(t, sim.Home)
	report := r.until("the misfit", func(l live.LinkReport) bool { return l.Phase == live.LinkIncompatible })
	if !slices.Equal(report.Protocols, []int{2, 3}) || report.PID != sim.PID || report.Script == "" {
		t.Errorf("%+v", report)
	}
}

// agree compares the state that was put together from changes with a whole one.
func agree(t *testing.T, r *running) {
	t.Helper()
	var whole live.StateResult
	for range 50 { // the song may play, and move on between the two
		var err error
		if whole, err = r.State(t.Context()); err != nil {
			t.Fatal(err)
		}
		if report, _ := r.last(); report.Revision == whole.Revision {
			a, _ := json.Marshal(report.State)
			b, _ := json.Marshal(whole.State)
			if string(a) != string(b) {
				t.Errorf("the changes do not add up:\n got %s\nwant %s", a, b)
			}
			return
		}
	}
	t.Error("never saw the same revision")
}

func firstAudio(t *testing.T, s *live.State) live.Track {
	t.Helper()
	for _, track := range s.Tracks {
		if track.Kind == live.KindAudio && track.CanBeArmed {
			return track
		}
	}
	t.Fatal("no audio track")
	return live.Track{}
}

func armed(r live.LinkReport, id string) bool {
	t, ok := r.State.TrackByID(id)
	return ok && t.Arm
}

func code(err error) string {
	var refused *bridge.RemoteError
	if errors.As(err, &refused) {
		return refused.Code
	}
	return ""
}
