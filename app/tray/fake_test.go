package tray

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/takebar/takebar/bridge/live"
	"github.com/takebar/takebar/internal/control"
	"github.com/takebar/takebar/internal/take/sidecar"
)

// fakeTrayEnv makes the test binary be a tray over a fakeCore: "1" for tests, with orders on its input and calls on its output.
const fakeTrayEnv = "TAKEBAR_FAKE_TRAY"

func TestMain(m *testing.M) {
	if os.Getenv(fakeTrayEnv) != "" {
		os.Exit(fakeTray())
	}
	os.Exit(m.Run())
}

// fakeTray runs on the goroutine of main, as systray wants it.
func fakeTray() int {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	core := newFakeCore(os.Stdout)
	go func() {
		defer cancel() // the test has gone
		lines := bufio.NewScanner(os.Stdin)
		for lines.Scan() {
			var o order
			if err := json.Unmarshal(lines.Bytes(), &o); err != nil {
				fmt.Fprintln(os.Stderr, "order:", err)
				continue
			}
			core.obey(o)
		}
	}()
	logger := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelDebug}))
	if err := Run(ctx, core, Options{Logger: logger}); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	fmt.Println("ended")
	return 0
}

// order is what a test tells the fake Live to do.
type order struct {
	Op   string   `json:"op"`
	ID   string   `json:"id,omitempty"`
	Name string   `json:"name,omitempty"`
	N    int      `json:"n,omitempty"`
	On   bool     `json:"on,omitempty"`
	IDs  []string `json:"ids,omitempty"`
}

// fakeCore is a core with a little Live inside: enough for every item of the menu to do something.
type fakeCore struct {
	out io.Writer

	mu       sync.Mutex
	snapshot control.Snapshot
	watchers []chan control.Snapshot
	stopped  bool
	refuse   map[string]*control.Error // by method
	hold     map[string]chan struct{}  // methods that wait
	trashed  *control.LibraryTake
	seq      uint64
}

var _ control.Core = (*fakeCore)(nil)

func newFakeCore(out io.Writer) *fakeCore {
	return &fakeCore{out: out, refuse: map[string]*control.Error{}, hold: map[string]chan struct{}{}, snapshot: control.Snapshot{
		Link: control.Link{Status: control.LinkDisconnected, Message: "No Live found", Hint: "Start Live, or choose Set Up Live"},
		Settings: control.Settings{
			Defaults: control.Defaults{Source: live.SourceArmed, View: live.ViewArrangement}, Notifications: true,
			TakesDir: os.Getenv("TAKEBAR_TAKES"),
		},
	}}
}

// call notes a call for the test, waits where the test wants that, and answers as the test ordered.
func (c *fakeCore) call(method string, args ...any) error {
	_, _ = io.WriteString(c.out, strings.TrimSpace("call "+method+" "+fmt.Sprintln(args...))+"\n")
	c.mu.Lock()
	hold, refusal := c.hold[method], c.refuse[method]
	c.mu.Unlock()
	if hold != nil {
		<-hold
	}
	if refusal != nil {
		return refusal
	}
	return nil
}

// change makes a new snapshot and tells everybody.
func (c *fakeCore) change(do func(s *control.Snapshot)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	s := c.snapshot
	if s.State != nil {
		state := *s.State
		state.Tracks = slices.Clone(state.Tracks)
		s.State = &state
	}
	s.Notices = slices.Clone(s.Notices)
	do(&s)
	s.Version++
	c.snapshot = s
	for _, w := range c.watchers {
		select {
		case <-w:
		default:
		}
		w <- s
	}
}

func (c *fakeCore) notice(s *control.Snapshot, n control.Notice) {
	c.seq++
	n.Seq, n.At = c.seq, time.Now()
	s.Notices = append(s.Notices, n)
}

func (c *fakeCore) Snapshot() control.Snapshot {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.snapshot
}

func (c *fakeCore) Watch(ctx context.Context) <-chan control.Snapshot {
	w := make(chan control.Snapshot, 1)
	c.mu.Lock()
	w <- c.snapshot
	if c.stopped {
		close(w)
	} else {
		c.watchers = append(c.watchers, w)
	}
	c.mu.Unlock()
	out := make(chan control.Snapshot)
	go func() {
		defer close(out)
		for {
			select {
			case s, ok := <-w:
				if !ok {
					return
				}
				select {
				case out <- s:
				case <-ctx.Done():
					return
				}
			case <-ctx.Done():
				return
			}
		}
	}()
	return out
}

func fakeTracks() []live.Track {
	group := "t1"
	return []live.Track{
		{ID: "t1", Name: "Drums", Kind: live.KindGroup},
		{ID: "t2", Name: "Kick_in & out", Kind: live.KindAudio, CanBeArmed: true, GroupTrack: &group},
		{ID: "t3", Name: "Snare", Kind: live.KindAudio, CanBeArmed: true, GroupTrack: &group},
		{ID: "t4", Name: "Bass", Kind: live.KindAudio, CanBeArmed: true},
		{ID: "t5", Name: "Keys", Kind: live.KindMIDI, CanBeArmed: true},
		{ID: "t6", Name: "Pad", Kind: live.KindAudio, IsFrozen: true},
		{ID: "t7", Name: "Vocals", Kind: live.KindAudio, CanBeArmed: true, Selected: true},
		{ID: "r1", Name: "A-Reverb", Kind: live.KindReturn},
		{ID: "m", Name: "Main", Kind: live.KindMain},
	}
}

func number(tracks []live.Track) {
	index := map[bool]int{}
	for i := range tracks {
		other := tracks[i].Kind == live.KindReturn || tracks[i].Kind == live.KindMain
		tracks[i].Index = index[other]
		index[other]++
	}
}

// obey carries out an order of the test: things that happen in Live.
func (c *fakeCore) obey(o order) {
	edit := func(do func(t *live.Track)) {
		c.change(func(s *control.Snapshot) {
			for i := range s.State.Tracks {
				if s.State.Tracks[i].ID == o.ID {
					do(&s.State.Tracks[i])
				}
			}
		})
	}
	switch o.Op {
	case "connect":
		c.change(func(s *control.Snapshot) { c.connect(s, o) })
	case "disconnect":
		c.change(func(s *control.Snapshot) {
			s.State, s.Link = nil, control.Link{Status: control.LinkDisconnected, Message: "No Live found"}
		})
	case "busy":
		c.change(func(s *control.Snapshot) { s.Link.Responding = !o.On })
	case "arm":
		edit(func(t *live.Track) { t.Arm = o.On })
	case "rename":
		edit(func(t *live.Track) { t.Name = o.Name })
	case "order":
		c.change(func(s *control.Snapshot) { reorder(s, o.IDs) })
	case "refuse":
		c.mu.Lock()
		c.refuse[o.Name] = &control.Error{Code: "nothing_armed", Message: "No track is armed.", Hint: "Arm a track in Live."}
		c.mu.Unlock()
	case "hold", "release":
		c.mu.Lock()
		if o.Op == "hold" {
			c.hold[o.Name] = make(chan struct{})
		} else {
			close(c.hold[o.Name])
			delete(c.hold, o.Name)
		}
		c.mu.Unlock()
	case "take":
		_, _ = c.StartTake(context.Background(), control.TakeRequest{})
	case "play": // what Live sends ten times a second
		c.change(func(s *control.Snapshot) { s.State.Transport.CurrentSongTime += 0.2 })
	}
}

func (c *fakeCore) connect(s *control.Snapshot, o order) {
	set := "Night Drive"
	tracks := fakeTracks()
	if o.N > 0 {
		tracks = nil
		for i := range o.N {
			tracks = append(tracks, live.Track{ID: fmt.Sprintf("n%d", i), Name: fmt.Sprintf("Track %d", i+1), Kind: live.KindAudio, CanBeArmed: true})
		}
		tracks = append(tracks, live.Track{ID: "m", Name: "Main", Kind: live.KindMain})
	}
	number(tracks)
	s.Link = control.Link{Status: control.LinkConnected, Responding: true, PID: 4711, Lives: []control.LiveInfo{{PID: 4711, Live: "12.3.6", Chosen: true}}}
	s.State = &live.State{
		Link: live.Link{Live: "12.3.6", Script: "1.0.0", PID: 4711}, Set: live.Set{ID: "s1", Name: &set},
		Transport: live.Transport{Tempo: 120, SignatureNumerator: 4, SignatureDenominator: 4}, Tracks: tracks,
	}
}

// reorder makes the set consist of these tracks in this order; unknown ids are new tracks.
func reorder(s *control.Snapshot, ids []string) {
	old := s.State.Tracks
	s.State.Tracks = nil
	for _, id := range ids {
		i := slices.IndexFunc(old, func(t live.Track) bool { return t.ID == id })
		if i < 0 {
			s.State.Tracks = append(s.State.Tracks, live.Track{ID: id, Name: "New " + id, Kind: live.KindAudio, CanBeArmed: true})
			continue
		}
		s.State.Tracks = append(s.State.Tracks, old[i])
	}
	number(s.State.Tracks)
}

func (c *fakeCore) arm(refs []control.Ref, on bool) []live.Track {
	var armed []live.Track
	c.change(func(s *control.Snapshot) {
		for i := range s.State.Tracks {
			t := &s.State.Tracks[i]
			for _, r := range refs {
				if string(r) == "#"+t.ID || r == "selected" && t.Selected {
					t.Arm = on
				}
			}
		}
		armed = s.State.Armed()
	})
	return armed
}

func (c *fakeCore) Arm(_ context.Context, r control.ArmRequest) ([]live.Track, error) {
	if err := c.call("Arm", r.Tracks); err != nil {
		return nil, err
	}
	return c.arm(r.Tracks, true), nil
}

func (c *fakeCore) Disarm(_ context.Context, tracks []control.Ref) ([]live.Track, error) {
	if err := c.call("Disarm", tracks); err != nil {
		return nil, err
	}
	return c.arm(tracks, false), nil
}

func (c *fakeCore) DisarmAll(context.Context) error {
	c.change(func(s *control.Snapshot) {
		for i := range s.State.Tracks {
			s.State.Tracks[i].Arm = false
		}
	})
	return c.call("DisarmAll")
}

func (c *fakeCore) StartTake(context.Context, control.TakeRequest) (live.Take, error) {
	if err := c.call("StartTake"); err != nil {
		return live.Take{}, err
	}
	now := time.Now().UnixMilli()
	take := live.Take{
		ID: "k1", Phase: live.PhaseRecording, Source: live.Source{Kind: live.SourceArmed}, View: live.ViewArrangement,
		StartedAt: &now, Tempo: 120, SignatureNumerator: 4, SignatureDenominator: 4,
	}
	c.change(func(s *control.Snapshot) {
		for _, t := range s.State.Armed() {
			take.Tracks = append(take.Tracks, live.TakeTrack{ID: t.ID, Name: t.Name, Kind: t.Kind})
		}
		s.State.Take, s.State.Transport.IsPlaying, s.State.Record.RecordMode = &take, true, true
		c.notice(s, control.Notice{Kind: control.NoticeTakeStarted, Title: "Recording", Text: "Bass", TakeID: take.ID})
	})
	return take, nil
}

func (c *fakeCore) end(phase live.Phase) live.Take {
	var take live.Take
	c.change(func(s *control.Snapshot) {
		take = *s.State.Take
		now := time.Now().UnixMilli()
		take.Phase, take.StoppedAt = phase, &now
		s.State.Take, s.State.Transport.IsPlaying, s.State.Record.RecordMode = &take, false, false
		if phase != live.PhaseFinished {
			return
		}
		path := filepath.Join(s.Settings.TakesDir, "Night Drive 1.wav")
		s.LastTake = &control.LibraryTake{
			Folder: s.Settings.TakesDir, Sidecar: path + sidecar.Suffix, Paths: []string{path},
			Take: sidecar.Take{
				ID: "k1", Name: "Night Drive 1", Number: 1, Status: sidecar.StatusLanded,
				Files: []sidecar.File{{Name: "Night Drive 1.wav", Track: "Bass", Rate: 48000, Frames: 96000}},
			},
		}
		c.notice(s, control.Notice{Kind: control.NoticeTakeLanded, Title: "Take landed <1> & checked", Text: "Night Drive 1 (0:02)", TakeID: take.ID, Path: path})
	})
	return take
}

func (c *fakeCore) StopTake(context.Context) (live.Take, error) {
	if err := c.call("StopTake"); err != nil {
		return live.Take{}, err
	}
	return c.end(live.PhaseFinished), nil
}

func (c *fakeCore) CancelTake(context.Context) (live.Take, error) {
	if err := c.call("CancelTake"); err != nil {
		return live.Take{}, err
	}
	return c.end(live.PhaseCancelled), nil
}

func (c *fakeCore) WaitLanded(_ context.Context, id string) (control.LibraryTake, error) {
	return control.LibraryTake{}, c.call("WaitLanded", id)
}

func (c *fakeCore) transport(method string, playing bool) error {
	if err := c.call(method); err != nil {
		return err
	}
	c.change(func(s *control.Snapshot) { s.State.Transport.IsPlaying = playing })
	return nil
}

func (c *fakeCore) Play(context.Context) error     { return c.transport("Play", true) }
func (c *fakeCore) Continue(context.Context) error { return c.transport("Continue", true) }
func (c *fakeCore) Stop(context.Context) error     { return c.transport("Stop", false) }

func (c *fakeCore) SetDefaults(_ context.Context, d control.Defaults) error {
	c.change(func(s *control.Snapshot) { s.Settings.Defaults = d })
	return c.call("SetDefaults", d.Source, d.View)
}

func (c *fakeCore) Take(_ context.Context, ref string) (control.LibraryTake, error) {
	if last := c.Snapshot().LastTake; last != nil && last.ID == ref {
		return *last, c.call("Take", ref)
	}
	return control.LibraryTake{}, &control.Error{Code: "not_found", Message: "There is no take " + ref + "."}
}

func (c *fakeCore) TrashTake(_ context.Context, ref string) (control.LibraryTake, error) {
	err := c.call("TrashTake", ref)
	c.change(func(s *control.Snapshot) { c.trashed, s.LastTake = s.LastTake, nil })
	return *c.trashed, err
}

func (c *fakeCore) RestoreTake(_ context.Context, ref string) (control.LibraryTake, error) {
	err := c.call("RestoreTake", ref)
	c.change(func(s *control.Snapshot) { s.LastTake = c.trashed })
	return *c.trashed, err
}

func (c *fakeCore) InstallScript(context.Context, string) (control.Install, error) {
	return control.Install{Version: "1.0.0", Changed: true, Folder: "/library/Remote Scripts/Takebar", NextSteps: "Start Live."}, c.call("InstallScript")
}

func (c *fakeCore) Quit(_ context.Context, force bool) error {
	if err := c.call("Quit", force); err != nil {
		return err
	}
	if c.Snapshot().RunningTake() != nil && !force {
		return &control.Error{Code: "take_running", Message: "A take is running."}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.stopped {
		c.stopped = true
		for _, w := range c.watchers {
			close(w)
		}
		c.watchers = nil
	}
	return nil
}

// The rest is not on the menu.

func (c *fakeCore) SetMonitoring(context.Context, control.Ref, live.Monitoring) error {
	return c.call("SetMonitoring")
}

func (c *fakeCore) Routings(context.Context, control.Ref) (control.Routings, error) {
	return control.Routings{}, c.call("Routings")
}

func (c *fakeCore) SetInputRouting(context.Context, control.RoutingRequest) error {
	return c.call("SetInputRouting")
}

func (c *fakeCore) CreateAudioTrack(context.Context, string) (live.Track, error) {
	return live.Track{}, c.call("CreateAudioTrack")
}

func (c *fakeCore) RenameTrack(context.Context, control.Ref, string) error {
	return c.call("RenameTrack")
}
func (c *fakeCore) SelectTrack(context.Context, control.Ref) error { return c.call("SelectTrack") }
func (c *fakeCore) Locate(context.Context, float64) error          { return c.call("Locate") }
func (c *fakeCore) RecordStart(context.Context, live.View) error   { return c.call("RecordStart") }
func (c *fakeCore) RecordStop(context.Context) error               { return c.call("RecordStop") }
func (c *fakeCore) Toggle(context.Context) (live.Take, error)      { return live.Take{}, c.call("Toggle") }

func (c *fakeCore) FireClip(context.Context, control.Ref, int, *float64) error {
	return c.call("FireClip")
}
func (c *fakeCore) StopClip(context.Context, control.Ref, int) error { return c.call("StopClip") }
func (c *fakeCore) Undo(context.Context) error                       { return c.call("Undo") }
func (c *fakeCore) Redo(context.Context) error                       { return c.call("Redo") }
func (c *fakeCore) CaptureMIDI(context.Context) error                { return c.call("CaptureMIDI") }
func (c *fakeCore) Message(context.Context, string) error            { return c.call("Message") }
func (c *fakeCore) Dialog(context.Context) (control.Dialog, error) {
	return control.Dialog{}, c.call("Dialog")
}
func (c *fakeCore) ChooseLive(_ context.Context, pid int) error { return c.call("ChooseLive", pid) }
func (c *fakeCore) Takes(context.Context, control.TakeQuery) ([]control.LibraryTake, error) {
	return nil, c.call("Takes")
}

func (c *fakeCore) RenameTake(context.Context, string, string) (control.LibraryTake, error) {
	return control.LibraryTake{}, nil
}

func (c *fakeCore) AnnotateTake(context.Context, string, *string, *int) (control.LibraryTake, error) {
	return control.LibraryTake{}, c.call("AnnotateTake")
}

func (c *fakeCore) RescueTake(context.Context, string) (control.LibraryTake, error) {
	return control.LibraryTake{}, c.call("RescueTake")
}
