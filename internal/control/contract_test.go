package control

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"github.com/takebar/takebar/bridge"
	"github.com/takebar/takebar/bridge/live"
	"github.com/takebar/takebar/internal/simtest"
)

// world is a Core and the Live behind it.
type world struct {
	Core
	t *testing.T
	// What the musician does in Live, and what is true there.
	arm    func(name string)
	rename func(name, to string)
	isArm  func(name string) bool
	stop   func() // ends the core
	onFake bool
}

// The three ways to a Core. All of them pass the same tests.
var worlds = map[string]func(t *testing.T) *world{
	"controller": func(t *testing.T) *world { return fakeWorld(t) },
	"client":     func(t *testing.T) *world { return remote(t, fakeWorld(t)) },
	"livesim":    liveWorld,
	"client of livesim": func(t *testing.T) *world {
		return remote(t, liveWorld(t))
	},
}

func start(t *testing.T, opt Options) *Controller {
	t.Helper()
	c := New(opt)
	go func() { _ = c.Run(context.Background()) }()
	t.Cleanup(c.Close)
	return c
}

func fakeWorld(t *testing.T) *world {
	l := newFakeLink()
	c := start(t, Options{Link: l, Library: newFakeLibrary(), ScriptVersion: "1.0.0"})
	byName := func(s *live.State, name string) *live.Track {
		for i := range s.Tracks {
			if s.Tracks[i].Name == name {
				return &s.Tracks[i]
			}
		}
		t.Fatalf("no track %s", name)
		return nil
	}
	return &world{
		Core: c, t: t, stop: c.Close, onFake: true,
		arm:    func(name string) { l.change(func(s *live.State) { byName(s, name).Arm = true }) },
		rename: func(name, to string) { l.change(func(s *live.State) { byName(s, name).Name = to }) },
		isArm: func(name string) bool {
			l.mu.Lock()
			defer l.mu.Unlock()
			return byName(&l.state, name).Arm
		},
	}
}

func liveWorld(t *testing.T) *world {
	sim := simtest.Start(t, simtest.Options{})
	link := bridge.New(bridge.Options{LinkDirs: []string{filepath.Join(sim.Home, "links")}, Version: "test"})
	c := start(t, Options{Link: link, Library: newFakeLibrary(), ScriptVersion: "1.0.0"})
	return &world{
		Core: c, t: t, stop: c.Close,
		arm:    func(name string) { sim.Do(t, "arm", simtest.Params{"track": name}, nil) },
		rename: func(name, to string) { sim.Do(t, "rename", simtest.Params{"track": name, "name": to}, nil) },
		isArm:  func(name string) bool { return simtest.Get[bool](t, sim.Control, "tracks."+name+".arm") },
	}
}

// remote puts a client between the test and the core.
func remote(t *testing.T, w *world) *world {
	t.Helper()
	home := t.TempDir()
	ctx, cancel := context.WithCancel(context.Background())
	ready, served := make(chan struct{}), make(chan error, 1)
	go func() {
		served <- Serve(ctx, w.Core, ServeOptions{Home: home, Version: "test", Ready: func() { close(ready) }})
	}()
	<-ready
	client, err := Dial(t.Context(), home)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = client.Close()
		cancel()
		if err := <-served; err != nil {
			t.Errorf("serve: %v", err)
		}
	})
	far := *w
	far.Core = client
	far.stop = func() { w.stop(); cancel() }
	return &far
}

func (w *world) until(what string, ok func(Snapshot) bool) Snapshot {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 60*time.Second)
	defer cancel()
	for s := range w.Watch(ctx) {
		if ok(s) {
			return s
		}
	}
	w.t.Fatalf("never came: %s; last: %+v", what, w.Snapshot().Link)
	return Snapshot{}
}

func (w *world) linked() Snapshot {
	w.t.Helper()
	return w.until("the link", func(s Snapshot) bool { return s.Link.Status == LinkConnected && s.State != nil })
}

func (w *world) track(name string) live.Track {
	w.t.Helper()
	s := w.Snapshot().State
	for _, t := range s.Tracks {
		if t.Name == name {
			return t
		}
	}
	w.t.Fatalf("no track %s", name)
	return live.Track{}
}

// TestContract holds every Core to the same behaviour.
func TestContract(t *testing.T) {
	tests := map[string]func(t *testing.T, w *world){
		"link":      contractLink,
		"tracks":    contractTracks,
		"names":     contractNames,
		"transport": contractTransport,
		"takes":     contractTakes,
		"refusals":  contractRefusals,
		"library":   contractLibrary,
		"changes":   contractChanges,
		"settings":  contractSettings,
		"other":     contractOther,
		"watch":     contractWatch,
		"end":       contractEnd,
		"deadline":  contractDeadline,
	}
	for where, build := range worlds {
		t.Run(where, func(t *testing.T) {
			for name, test := range tests {
				t.Run(name, func(t *testing.T) { test(t, build(t)) })
			}
		})
	}
}

func contractLink(t *testing.T, w *world) {
	s := w.linked()
	if len(s.Link.Lives) != 1 || !s.Link.Lives[0].Chosen || s.Link.PID != s.Link.Lives[0].PID || !s.Link.Responding || s.Link.ScriptUpdate != "" || s.Link.Hint != "" {
		t.Errorf("%+v", s.Link)
	}
	if err := w.ChooseLive(t.Context(), s.Link.PID); err != nil {
		t.Error(err)
	}
	if err := w.ChooseLive(t.Context(), 0); err != nil {
		t.Error(err)
	}
	codeIs(t, "choosing nobody", w.ChooseLive(t.Context(), 1), "not_found")
	id := w.track("Bass").ID
	w.rename("Bass", "Low end")
	w.until("the new name", func(s Snapshot) bool { v, _ := s.State.TrackByID(id); return v.Name == "Low end" })
}

func contractTracks(t *testing.T, w *world) {
	ctx := t.Context()
	w.linked()
	armed, err := w.Arm(ctx, ArmRequest{Tracks: []Ref{"Bass"}, Exclusive: "yes"})
	if err != nil || len(armed) != 1 || armed[0].Name != "Bass" || !w.isArm("Bass") || !w.track("Bass").Arm {
		t.Fatalf("%+v %v", armed, err)
	}
	if armed, err = w.Arm(ctx, ArmRequest{Tracks: []Ref{"1", "#" + Ref(w.track("Guitar").ID)}, Exclusive: "no"}); err != nil || len(armed) != 3 {
		t.Errorf("%+v %v", armed, err)
	}
	if armed, err = w.Disarm(ctx, []Ref{"Bass"}); err != nil || len(armed) != 2 || w.isArm("Bass") {
		t.Errorf("%+v %v", armed, err)
	}
	if err := w.DisarmAll(ctx); err != nil || w.isArm("Guitar") || len(w.Snapshot().State.Armed()) != 0 {
		t.Errorf("%v %+v", err, w.Snapshot().State.Armed())
	}
	if err := w.SetMonitoring(ctx, "Bass", live.MonitoringIn); err != nil || *w.track("Bass").CurrentMonitoringState != live.MonitoringIn {
		t.Error(err)
	}
	r, err := w.Routings(ctx, "Bass")
	if err != nil || len(r.Types) < 2 || r.Type == nil || r.Channels == nil {
		t.Errorf("%+v %v", r, err)
	}
	if err := w.SetInputRouting(ctx, RoutingRequest{Track: "Bass", Category: "resampling"}); err != nil || w.track("Bass").InputRoutingType.Category != "resampling" {
		t.Error(err)
	}
	made, err := w.CreateAudioTrack(ctx, "Fresh")
	if err != nil || made.ID == "" || made.Name != "Fresh" || w.track("Fresh").ID != made.ID {
		t.Errorf("%+v %v", made, err)
	}
	if err := w.RenameTrack(ctx, "Fresh", "Fresher"); err != nil || w.track("Fresher").ID != made.ID {
		t.Error(err)
	}
	if err := w.SelectTrack(ctx, "Fresher"); err != nil || !w.track("Fresher").Selected {
		t.Error(err)
	}
	if armed, err = w.Arm(ctx, ArmRequest{Tracks: []Ref{"selected"}}); err != nil || len(armed) != 1 || armed[0].ID != made.ID {
		t.Errorf("%+v %v", armed, err)
	}
	// What the settings say counts where the click does not say it.
	for how, n := range map[string]int{"no": 2, "yes": 1} {
		if err := w.SetDefaults(ctx, Defaults{Exclusive: how}); err != nil {
			t.Error(err)
		}
		if _, err := w.Arm(ctx, ArmRequest{Tracks: []Ref{"Bass"}, Exclusive: "yes"}); err != nil {
			t.Error(err)
		}
		if armed, err = w.Arm(ctx, ArmRequest{Tracks: []Ref{"Guitar"}}); err != nil || len(armed) != n {
			t.Errorf("exclusive %s: %+v %v", how, armed, err)
		}
	}
	if p := w.Snapshot().Pending; len(p) != 0 {
		t.Errorf("still pending: %v", p)
	}
}

func contractNames(t *testing.T, w *world) {
	w.linked()
	for ref, code := range map[Ref]string{"": "invalid_params", "Nobody": "not_found", "99": "not_found", "#t99999": "not_found", "Choir": "not_armable", "Main": "not_armable"} {
		_, err := w.Arm(t.Context(), ArmRequest{Tracks: []Ref{ref}})
		codeIs(t, "arm "+string(ref), err, code)
		if err == nil || hintOf(err) == "" {
			t.Errorf("%s: no hint", ref)
		}
	}
	w.rename("Drums", "Guitar double")
	w.until("the new name", func(s Snapshot) bool { return s.State.Tracks[0].Name == "Guitar double" })
	for ref, name := range map[Ref]string{"guitar": "Guitar", "GUITAR DOUBLE": "Guitar double", "guitar d": "Guitar double", "bas": "Bass", "2": "Bass"} {
		if armed, err := w.Arm(t.Context(), ArmRequest{Tracks: []Ref{ref}, Exclusive: "yes"}); err != nil || len(armed) != 1 || armed[0].Name != name {
			t.Errorf("%s: %+v %v", ref, armed, err)
		}
	}
	_, err := w.Arm(t.Context(), ArmRequest{Tracks: []Ref{"guit"}})
	codeIs(t, "two begin so", err, "ambiguous")
	_, err = w.Arm(t.Context(), ArmRequest{})
	codeIs(t, "no track at all", err, "invalid_params")
	_, err = w.Arm(t.Context(), ArmRequest{Tracks: []Ref{"1"}, Exclusive: "perhaps"})
	codeIs(t, "no such way", err, "invalid_params")
	codeIs(t, "no such state", w.SetMonitoring(t.Context(), "1", 7), "invalid_params")
}

func contractTransport(t *testing.T, w *world) {
	ctx := t.Context()
	w.linked()
	if err := w.Locate(ctx, 8); err != nil {
		t.Error(err)
	}
	codeIs(t, "before the beginning", w.Locate(ctx, -1), "invalid_params")
	if err := w.Play(ctx); err != nil || !w.Snapshot().State.Transport.IsPlaying {
		t.Errorf("play: %v", err)
	}
	if err := w.Stop(ctx); err != nil || w.Snapshot().State.Transport.IsPlaying {
		t.Errorf("stop: %v", err)
	}
	if err := w.Continue(ctx); err != nil || !w.Snapshot().State.Transport.IsPlaying {
		t.Errorf("continue: %v", err)
	}
	codeIs(t, "record nothing", w.RecordStart(ctx, live.ViewArrangement), "nothing_armed")
	w.arm("Bass")
	if err := w.RecordStart(ctx, live.ViewArrangement); err != nil || !w.Snapshot().State.Record.RecordMode {
		t.Errorf("record: %v", err)
	}
	if err := w.RecordStop(ctx); err != nil || w.Snapshot().State.Record.RecordMode {
		t.Errorf("record stop: %v", err)
	}
	if err := w.Stop(ctx); err != nil {
		t.Error(err)
	}
}

func contractTakes(t *testing.T, w *world) {
	ctx := t.Context()
	w.linked()
	take, err := w.StartTake(ctx, TakeRequest{Source: live.SourceTrack, Track: "Bass", Name: "Riff"})
	if err != nil {
		t.Fatal(err)
	}
	if r := w.Snapshot().RunningTake(); take.ID == "" || r == nil || r.ID != take.ID || len(take.Tracks) != 1 || take.Tracks[0].Name != "Bass" || take.Name == nil || *take.Name != "Riff" {
		t.Fatalf("%+v", take)
	}
	codeIs(t, "quitting", w.Quit(ctx, false), "take_running")
	_, err = w.StartTake(ctx, TakeRequest{Source: live.SourceMain})
	codeIs(t, "another take", err, "take_running")
	stopped, err := w.StopTake(ctx)
	if err != nil || stopped.ID != take.ID || stopped.Phase != live.PhaseFinished || len(stopped.Clips) != 1 {
		t.Fatalf("%+v %v", stopped, err)
	}
	entry, err := w.WaitLanded(ctx, take.ID)
	if err != nil || entry.ID != take.ID || len(entry.Paths) != 1 {
		t.Fatalf("%+v %v", entry, err)
	}
	if again, err := w.WaitLanded(ctx, take.ID); err != nil || again.ID != take.ID {
		t.Errorf("waiting again: %+v %v", again, err)
	}
	s := w.until("the news", func(s Snapshot) bool { return len(s.Notices) == 2 && len(s.Landings) == 0 })
	if s.LastTake == nil || s.LastTake.ID != take.ID || s.Notices[0].Kind != NoticeTakeStarted || s.Notices[1].Kind != NoticeTakeLanded || s.Notices[1].Path == "" || s.Notices[1].Seq != 2 {
		t.Errorf("%+v %+v", s.LastTake, s.Notices)
	}

	_, err = w.Toggle(ctx)
	codeIs(t, "toggle with nothing armed", err, "nothing_armed")
	w.arm("Guitar")
	w.until("the armed track", func(s Snapshot) bool { return len(s.State.Armed()) == 1 })
	first, err := w.Toggle(ctx)
	if err != nil {
		t.Fatal(err)
	}
	second, err := w.Toggle(ctx)
	if err != nil || second.ID != first.ID || second.Phase != live.PhaseFinished {
		t.Errorf("%+v %v", second, err)
	}
	if _, err := w.WaitLanded(ctx, first.ID); err != nil {
		t.Error(err)
	}

	bad, err := w.StartTake(ctx, TakeRequest{})
	if err != nil {
		t.Fatal(err)
	}
	if c, err := w.CancelTake(ctx); err != nil || c.ID != bad.ID || c.Phase != live.PhaseCancelled {
		t.Errorf("%+v %v", c, err)
	}
	_, err = w.WaitLanded(ctx, bad.ID)
	codeIs(t, "waiting for a discarded take", err, "take_cancelled")
	if list, err := w.Takes(ctx, TakeQuery{}); err != nil || len(list) != 2 || list[0].ID != first.ID {
		t.Errorf("%+v %v", list, err)
	}
}

func contractRefusals(t *testing.T, w *world) {
	ctx := t.Context()
	w.linked()
	_, err := w.StopTake(ctx)
	codeIs(t, "stop", err, "no_take")
	_, err = w.CancelTake(ctx)
	codeIs(t, "cancel", err, "no_take")
	_, err = w.WaitLanded(ctx, "20200101-000000-0000")
	codeIs(t, "wait for nothing", err, "take_not_found")
	for name, r := range map[string]TakeRequest{
		"two lengths":       {Source: live.SourceMain, LengthBars: 1, LengthSecs: 1},
		"negative length":   {Source: live.SourceMain, LengthBeats: -1},
		"no such source":    {Source: "kitchen"},
		"no such view":      {Source: live.SourceMain, View: "mixer"},
		"track and no wish": {Source: live.SourceMain, Track: "1"},
	} {
		_, err := w.StartTake(ctx, r)
		codeIs(t, name, err, "invalid_params")
	}
	_, err = w.StartTake(ctx, TakeRequest{Source: live.SourceTrack, Track: "Nobody"})
	codeIs(t, "no such track", err, "not_found")
}

func contractLibrary(t *testing.T, w *world) {
	ctx := t.Context()
	w.linked()
	if list, err := w.Takes(ctx, TakeQuery{}); err != nil || list == nil || len(list) != 0 {
		t.Errorf("%v %v", list, err)
	}
	_, err := w.Take(ctx, "last")
	codeIs(t, "no take", err, "take_not_found")
	take, err := w.StartTake(ctx, TakeRequest{Source: live.SourceTrack, Track: "Bass"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.StopTake(ctx); err != nil {
		t.Fatal(err)
	}
	if _, err := w.WaitLanded(ctx, take.ID); err != nil {
		t.Fatal(err)
	}
	note, rating := "keeper", 5
	if e, err := w.AnnotateTake(ctx, "last", &note, &rating); err != nil || e.Note != note || e.Rating != rating {
		t.Errorf("%+v %v", e, err)
	}
	if s := w.Snapshot(); s.LastTake == nil || s.LastTake.Note != note {
		t.Errorf("the last take does not show the note: %+v", s.LastTake)
	}
	if e, err := w.TrashTake(ctx, take.ID); err != nil || !e.Trashed || w.Snapshot().LastTake != nil {
		t.Errorf("%+v %v", e, err)
	}
	if e, err := w.RestoreTake(ctx, take.ID); err != nil || e.Trashed || w.Snapshot().LastTake == nil {
		t.Errorf("%+v %v", e, err)
	}
	old := w.Snapshot().LastTake.Name
	for _, name := range []string{"The Riff", old} { // and back
		if e, err := w.RenameTake(ctx, take.ID, name); err != nil || e.Name != name || e.ID != take.ID || w.Snapshot().LastTake.Name != name {
			t.Errorf("%+v %v", e, err)
		}
	}
	_, err = w.RenameTake(ctx, take.ID, "")
	codeIs(t, "no name", err, "bad_name")
	_, err = w.RenameTake(ctx, "nobody", "x")
	codeIs(t, "no such take", err, "take_not_found")
	if e, err := w.RescueTake(ctx, take.ID); err != nil || e.ID != take.ID || len(w.Snapshot().Landings) != 0 {
		t.Errorf("%+v %v %+v", e, err, w.Snapshot().Landings)
	}
	if e, err := w.Take(ctx, take.ID); err != nil || e.ID != take.ID {
		t.Errorf("%+v %v", e, err)
	}
}

// contractChanges: the Snapshot says that a take has changed, and Since says which.
func contractChanges(t *testing.T, w *world) {
	ctx := t.Context()
	w.linked()
	before := w.until("the first look", func(s Snapshot) bool { return s.Library.Revision > 0 }).Library
	if before.Takes != 0 || before.Problem != "" || before.Base > before.Revision {
		t.Errorf("%+v", before)
	}
	var ids []string
	for range 2 {
		take, err := w.StartTake(ctx, TakeRequest{Source: live.SourceTrack, Track: "Bass"})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.StopTake(ctx); err != nil {
			t.Fatal(err)
		}
		if _, err := w.WaitLanded(ctx, take.ID); err != nil {
			t.Fatal(err)
		}
		ids = append(ids, take.ID)
	}
	now := w.Snapshot().Library
	if now.Takes != 2 || now.Revision <= before.Revision {
		t.Errorf("two takes have landed: %+v, before %+v", now, before)
	}
	if all, err := w.Takes(ctx, TakeQuery{Since: before.Revision}); err != nil || len(all) != 2 {
		t.Errorf("%+v %v", all, err)
	}
	if none, err := w.Takes(ctx, TakeQuery{Since: now.Revision}); err != nil || none == nil || len(none) != 0 {
		t.Errorf("%+v %v", none, err)
	}
	note := "n"
	for name, change := range map[string]func() (LibraryTake, error){
		"annotate": func() (LibraryTake, error) { return w.AnnotateTake(ctx, ids[0], &note, nil) },
		"rename":   func() (LibraryTake, error) { return w.RenameTake(ctx, ids[0], "Riff") },
		"trash":    func() (LibraryTake, error) { return w.TrashTake(ctx, ids[0]) },
	} {
		was := w.Snapshot().Library.Revision
		changed, err := change()
		if err != nil || w.Snapshot().Library.Revision <= was {
			t.Errorf("%s: %v, revision %d, was %d", name, err, w.Snapshot().Library.Revision, was)
		}
		if got, err := w.Takes(ctx, TakeQuery{Since: was}); err != nil || len(got) != 1 || got[0].ID != changed.ID || got[0].Trashed != changed.Trashed {
			t.Errorf("%s: %+v %v", name, got, err)
		}
	}
}

func contractSettings(t *testing.T, w *world) {
	ctx := t.Context()
	if d := w.Snapshot().Settings.Defaults; d.Source != live.SourceArmed || d.View != live.ViewArrangement {
		t.Errorf("%+v", d)
	}
	if err := w.SetDefaults(ctx, Defaults{Source: live.SourceMain}); err != nil {
		t.Error(err)
	}
	if d := w.Snapshot().Settings.Defaults; d.Source != live.SourceMain || d.View != live.ViewArrangement {
		t.Errorf("%+v", d)
	}
	if err := w.SetDefaults(ctx, Defaults{Exclusive: "yes"}); err != nil {
		t.Error(err)
	}
	if d := w.Snapshot().Settings.Defaults; d != (Defaults{live.SourceMain, live.ViewArrangement, "yes"}) {
		t.Errorf("%+v", d)
	}
	codeIs(t, "no such way to arm", w.SetDefaults(ctx, Defaults{Exclusive: "perhaps"}), "invalid_params")
	codeIs(t, "a track as default", w.SetDefaults(ctx, Defaults{Source: live.SourceTrack}), "invalid_params")
	codeIs(t, "no such view", w.SetDefaults(ctx, Defaults{View: "mixer"}), "invalid_params")
	_, err := w.InstallScript(ctx, "")
	codeIs(t, "no installer", err, "not_supported")
}

func contractOther(t *testing.T, w *world) {
	ctx := t.Context()
	w.linked()
	if err := w.Message(ctx, "Hello Live"); err != nil {
		t.Error(err)
	}
	if d, err := w.Dialog(ctx); err != nil || d.OpenDialogCount == nil || *d.OpenDialogCount != 0 {
		t.Errorf("%+v %v", d, err)
	}
	if err := w.FireClip(ctx, "Bass", 0, nil); err != nil {
		t.Error(err)
	}
	if err := w.StopClip(ctx, "Bass", 0); err != nil {
		t.Error(err)
	}
	codeIs(t, "clip of nobody", w.FireClip(ctx, "Nobody", 0, nil), "not_found")
	if err := w.RenameTrack(ctx, "Bass", "Other"); err != nil {
		t.Fatal(err)
	}
	if err := w.Undo(ctx); err != nil {
		t.Error(err)
	}
	if err := w.Redo(ctx); err != nil {
		t.Error(err)
	}
}

func contractWatch(t *testing.T, w *world) {
	w.linked()
	ctx, cancel := context.WithCancel(t.Context())
	slow := w.Watch(ctx)
	for range 20 {
		if err := w.SetDefaults(t.Context(), Defaults{Source: live.SourceMain}); err != nil {
			t.Fatal(err)
		}
	}
	want := w.Snapshot().Version
	if got := <-slow; got.Version < want {
		t.Errorf("a slow watcher got version %d, the latest is %d", got.Version, want)
	}
	cancel()
	for range slow { // closes, perhaps after one more
	}
	gone, stop := context.WithCancel(t.Context())
	stop()
	for range w.Watch(gone) {
	}
}

func contractEnd(t *testing.T, w *world) {
	w.linked()
	snapshots := w.Watch(t.Context())
	if w.onFake {
		if err := w.Quit(t.Context(), false); err != nil {
			t.Error(err)
		}
	}
	w.stop()
	for range snapshots { // closes, because the core has ended
	}
	if _, err := w.Arm(t.Context(), ArmRequest{Tracks: []Ref{"1"}}); codeOf(err) != CodeCoreGone {
		t.Errorf("after the end: %v", err)
	}
	if _, err := w.StartTake(t.Context(), TakeRequest{}); codeOf(err) != CodeCoreGone {
		t.Errorf("after the end: %v", err)
	}
	for range w.Watch(t.Context()) {
	}
}

// contractDeadline: a deadline that has passed reaches Live, or the call is not made at all.
func contractDeadline(t *testing.T, w *world) {
	w.linked()
	ctx, cancel := context.WithDeadline(t.Context(), time.Now().Add(-time.Second))
	defer cancel()
	if err := w.Play(ctx); codeOf(err) != CodeTimeout && codeOf(err) != "deadline_exceeded" {
		t.Errorf("a click that came too late: %v", err)
	}
	if w.Snapshot().State.Transport.IsPlaying {
		t.Error("it plays all the same")
	}
	gone, stop := context.WithCancel(t.Context())
	stop()
	if _, err := w.StartTake(gone, TakeRequest{Source: live.SourceMain}); codeOf(err) != CodeCancelled && codeOf(err) != CodeOutcomeUnknown {
		t.Errorf("given up before it began: %v", err)
	}
}
