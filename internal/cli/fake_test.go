package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/takebar/takebar/bridge/live"
	"github.com/takebar/takebar/internal/control"
	"github.com/takebar/takebar/internal/take/sidecar"
)

// fakeCore is a core whose Live always does as it is told. It shows how commands call and print; what the real core does is tested
// with the real program in test/cli.
type fakeCore struct {
	own      bool
	noLive   bool
	snapshot control.Snapshot
	mu       sync.Mutex
	watches  int
	again    chan struct{}      // closed by the second Watch, which goes on until its ctx ends
	more     []control.Snapshot // what Watch gives after the snapshot; then it ends
	calls    []string
	takes    []control.LibraryTake
	// landWait: WaitLanded waits until the take was stopped, or ctx ends.
	landWait bool
	stopped  chan struct{}
	started  chan struct{}
	fail     error
	closed   int
}

func newFake() *fakeCore {
	return &fakeCore{snapshot: sampleSnapshot(), takes: []control.LibraryTake{sampleTake()}, stopped: make(chan struct{}), started: make(chan struct{})}
}

func (f *fakeCore) call(format string, args ...any) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls = append(f.calls, fmt.Sprintf(format, args...))
	return f.fail
}

func (f *fakeCore) Own() bool { return f.own }

func (f *fakeCore) NeedLive(context.Context) error {
	if f.noLive {
		return &control.Error{Code: "no_live", Message: "No Live with Takebar's script is running.", Hint: "Start Live, or run \"takebar doctor\" to see what is missing."}
	}
	return nil
}

func (f *fakeCore) Close(context.Context) error     { f.closed++; return nil }
func (f *fakeCore) Snapshot() control.Snapshot      { return f.snapshot }
func (f *fakeCore) track(i int) live.Track          { return f.snapshot.State.Tracks[i] }
func (f *fakeCore) DisarmAll(context.Context) error { return f.call("DisarmAll") }
func (f *fakeCore) Play(context.Context) error      { return f.call("Play") }
func (f *fakeCore) Continue(context.Context) error  { return f.call("Continue") }
func (f *fakeCore) Stop(context.Context) error      { return f.call("Stop") }
func (f *fakeCore) RecordStop(context.Context) error {
	return f.call("RecordStop")
}
func (f *fakeCore) Undo(context.Context) error        { return f.call("Undo") }
func (f *fakeCore) Redo(context.Context) error        { return f.call("Redo") }
func (f *fakeCore) CaptureMIDI(context.Context) error { return f.call("CaptureMIDI") }

func (f *fakeCore) Watch(ctx context.Context) <-chan control.Snapshot {
	if f.again != nil && f.watches > 0 { // the next core
		out := make(chan control.Snapshot, 1)
		out <- f.more[len(f.more)-1]
		go func() {
			defer close(out)
			close(f.again)
			<-ctx.Done()
		}()
		return out
	}
	f.watches++
	out := make(chan control.Snapshot, 1+len(f.more))
	out <- f.snapshot
	for _, s := range f.more {
		out <- s
	}
	close(out)
	return out
}

func (f *fakeCore) Arm(_ context.Context, r control.ArmRequest) ([]live.Track, error) {
	return []live.Track{f.track(0), f.track(2)}, f.call("Arm %q %s", r.Tracks, r.Exclusive)
}

func (f *fakeCore) Disarm(_ context.Context, tracks []control.Ref) ([]live.Track, error) {
	return []live.Track{f.track(2)}, f.call("Disarm %q", tracks)
}

func (f *fakeCore) SetMonitoring(_ context.Context, track control.Ref, state live.Monitoring) error {
	return f.call("SetMonitoring %q %d", track, state)
}

func (f *fakeCore) Routings(_ context.Context, track control.Ref) (control.Routings, error) {
	ext, channel := live.RoutingType{DisplayName: "Ext. In", Category: "external"}, "2"
	return control.Routings{
		Types: []live.RoutingType{ext, {DisplayName: "Resampling", Category: "resampling"}}, Channels: []string{"1", "2", "1/2"}, Type: &ext, Channel: &channel,
	}, f.call("Routings %q", track)
}

func (f *fakeCore) SetInputRouting(_ context.Context, r control.RoutingRequest) error {
	return f.call("SetInputRouting %+v", r)
}

func (f *fakeCore) CreateAudioTrack(_ context.Context, name string) (live.Track, error) {
	return live.Track{ID: "t20", Index: 4, Name: name, Kind: live.KindAudio}, f.call("CreateAudioTrack %q", name)
}

func (f *fakeCore) RenameTrack(_ context.Context, track control.Ref, name string) error {
	return f.call("RenameTrack %q %q", track, name)
}

func (f *fakeCore) SelectTrack(_ context.Context, track control.Ref) error {
	return f.call("SelectTrack %q", track)
}

func (f *fakeCore) Locate(_ context.Context, beats float64) error { return f.call("Locate %g", beats) }

func (f *fakeCore) RecordStart(_ context.Context, view live.View) error {
	return f.call("RecordStart %q", view)
}

func (f *fakeCore) StartTake(_ context.Context, r control.TakeRequest) (live.Take, error) {
	err := f.call("StartTake %+v", r)
	take := runningTake()
	if r.LengthBeats > 0 {
		take.LengthBeats = &r.LengthBeats
	}
	return take, err
}

func (f *fakeCore) StopTake(context.Context) (live.Take, error) {
	err := f.call("StopTake")
	take := runningTake()
	take.Phase = live.PhaseFinished
	close(f.stopped)
	return take, err
}

func (f *fakeCore) CancelTake(context.Context) (live.Take, error) {
	take := runningTake()
	take.Phase = live.PhaseCancelled
	return take, f.call("CancelTake")
}

func (f *fakeCore) Toggle(context.Context) (live.Take, error) {
	return runningTake(), f.call("Toggle")
}

func (f *fakeCore) WaitLanded(ctx context.Context, id string) (control.LibraryTake, error) {
	if err := f.call("WaitLanded %s", id); err != nil {
		return control.LibraryTake{}, err
	}
	if f.landWait {
		close(f.started)
		select {
		case <-f.stopped:
		case <-ctx.Done():
			return control.LibraryTake{}, ctx.Err()
		}
	}
	return f.takes[0], nil
}

func (f *fakeCore) FireClip(_ context.Context, track control.Ref, scene int, beats *float64) error {
	if beats != nil {
		return f.call("FireClip %q %d %g beats", track, scene, *beats)
	}
	return f.call("FireClip %q %d", track, scene)
}

func (f *fakeCore) StopClip(_ context.Context, track control.Ref, scene int) error {
	return f.call("StopClip %q %d", track, scene)
}

func (f *fakeCore) Message(_ context.Context, text string) error { return f.call("Message %q", text) }

func (f *fakeCore) Dialog(context.Context) (control.Dialog, error) {
	one, text, buttons := 1, "Save changes?", 3
	return control.Dialog{OpenDialogCount: &one, CurrentDialogMessage: &text, CurrentDialogButtonCount: &buttons}, f.call("Dialog")
}

func (f *fakeCore) ChooseLive(_ context.Context, pid int) error { return f.call("ChooseLive %d", pid) }

func (f *fakeCore) SetDefaults(_ context.Context, d control.Defaults) error {
	return f.call("SetDefaults %+v", d)
}

func (f *fakeCore) Takes(_ context.Context, q control.TakeQuery) ([]control.LibraryTake, error) {
	return f.takes, f.call("Takes %+v", q)
}

func (f *fakeCore) one(verb, ref string) (control.LibraryTake, error) {
	if err := f.call("%s %q", verb, ref); err != nil {
		return control.LibraryTake{}, err
	}
	if len(f.takes) == 0 {
		return control.LibraryTake{}, &control.Error{Code: "take_not_found", Message: "No take goes by that name.", Hint: "takebar takes list shows them."}
	}
	return f.takes[0], nil
}

func (f *fakeCore) Take(_ context.Context, ref string) (control.LibraryTake, error) {
	return f.one("Take", ref)
}

func (f *fakeCore) TrashTake(_ context.Context, ref string) (control.LibraryTake, error) {
	return f.one("TrashTake", ref)
}

func (f *fakeCore) RestoreTake(_ context.Context, ref string) (control.LibraryTake, error) {
	return f.one("RestoreTake", ref)
}

func (f *fakeCore) RescueTake(_ context.Context, ref string) (control.LibraryTake, error) {
	return f.one("RescueTake", ref)
}

func (f *fakeCore) AnnotateTake(_ context.Context, ref string, note *string, rating *int) (control.LibraryTake, error) {
	t, err := f.one("AnnotateTake", ref)
	if note != nil {
		t.Note = *note
	}
	if rating != nil {
		t.Rating = *rating
	}
	return t, err
}

func (f *fakeCore) RenameTake(_ context.Context, ref, name string) (control.LibraryTake, error) {
	if err := f.call("RenameTake %q %q", ref, name); err != nil {
		return control.LibraryTake{}, err
	}
	t, err := f.one("", ref)
	t.Name = name
	return t, err
}

func (f *fakeCore) InstallScript(_ context.Context, library string) (control.Install, error) {
	return control.Install{}, f.call("InstallScript %q", library)
}
func (f *fakeCore) Quit(_ context.Context, force bool) error { return f.call("Quit %t", force) }

// fakeFiles notes what would be shown.
type fakeFiles struct{ core *fakeCore }

func (f fakeFiles) Reveal(_ context.Context, paths []string) error {
	return f.core.call("Reveal %s", strings.Join(paths, " "))
}

func (f fakeFiles) Play(_ context.Context, path string) error { return f.core.call("Play %s", path) }

func (f fakeFiles) OpenFolder(_ context.Context, dir string) error {
	return f.core.call("OpenFolder %s", dir)
}

func (f fakeFiles) Copy(_ context.Context, text string) error { return f.core.call("Copy %s", text) }

func at(seconds int) time.Time {
	return time.Date(2026, 1, 31, 15, 9, 18, 0, time.UTC).Add(time.Duration(seconds) * time.Second)
}

func ptr[T any](v T) *T { return &v }

func sampleSnapshot() control.Snapshot {
	ext := &live.RoutingType{DisplayName: "Ext. In", Category: "external"}
	last := sampleTake()
	return control.Snapshot{
		Version: 7,
		Link: control.Link{
			Status: control.LinkConnected, Responding: true, Message: "Connected to Live 12.3.6.", PID: 4711,
			Lives: []control.LiveInfo{{PID: 4711, Live: "12.3.6", Script: "1.0.0", Started: at(-3600).UnixMilli(), Chosen: true}, {PID: 99, Live: "11.3.2", Script: "1.0.0", Started: at(-7200).UnixMilli()}},
		},
		State: &live.State{
			Link:      live.Link{Live: "12.3.6", Script: "1.0.0", Python: "3.11.6", Protocol: 1, PID: 4711},
			Set:       live.Set{ID: "s1", Name: ptr("Löwenzahn"), Path: ptr("/Users/mia/Music/Löwenzahn Project/Löwenzahn.als")},
			Transport: live.Transport{CurrentSongTime: 16.5, Tempo: 120, SignatureNumerator: 4, SignatureDenominator: 4},
			Record:    live.Record{ExclusiveArm: true},
			Tracks: []live.Track{
				{ID: "t1", Index: 0, Name: "Vocals", Kind: live.KindAudio, CanBeArmed: true, Arm: true, CurrentMonitoringState: ptr(live.MonitoringAuto), InputRoutingType: ext, InputRoutingChannel: ptr("1"), Selected: true},
				{ID: "t2", Index: 1, Name: "合唱", Kind: live.KindGroup},
				{ID: "t3", Index: 2, Name: "Left\n", Kind: live.KindAudio, CanBeArmed: true, ImplicitArm: true, GroupTrack: ptr("t2"), CurrentMonitoringState: ptr(live.MonitoringOff), Mute: true, Solo: true},
				{ID: "t4", Index: 3, Name: "Old", Kind: live.KindMIDI, IsFrozen: true, CurrentMonitoringState: ptr(live.MonitoringIn)},
				{ID: "t5", Index: 0, Name: "A-Reverb", Kind: live.KindReturn},
				{ID: "t6", Index: 0, Name: "Main", Kind: live.KindMain},
			},
		},
		LastTake: &last,
		Notices: []control.Notice{
			{Seq: 1, Kind: control.NoticeWarning, Title: "Too old", Text: "This is not told any more.", At: at(-3600)},
			{Seq: 2, Kind: control.NoticeTakeLanded, Title: "Landed", Text: "Good news is not told again.", At: at(0)},
			{Seq: 3, Kind: control.NoticeWarning, Title: "An earlier take", Text: "It has not landed.", At: at(0)},
		},
		Settings: control.Settings{Defaults: control.Defaults{Source: live.SourceArmed, View: live.ViewArrangement}, TakesDir: "/Users/mia/Music/Takebar"},
	}
}

func runningTake() live.Take {
	return live.Take{
		ID: "20260131-150918-7c1e", Phase: live.PhaseRecording, Source: live.Source{Kind: live.SourceArmed}, View: live.ViewArrangement,
		RequestedAt: at(0).UnixMilli(), StartedAt: ptr(at(0).UnixMilli()), Tempo: 120, SignatureNumerator: 4, SignatureDenominator: 4,
		Tracks: []live.TakeTrack{{ID: "t1", Name: "Vocals", Kind: live.KindAudio}},
	}
}

func sampleTake() control.LibraryTake {
	return control.LibraryTake{
		Take: sidecar.Take{
			Schema: 1, ID: "20260131-150918-7c1e", Name: "Löwenzahn take 3", Number: 3, Status: sidecar.StatusLanded, Source: "armed", View: "arrangement",
			RecordedAt: at(0), Set: sidecar.Set{Name: "Löwenzahn"}, Tempo: 120, SignatureNumerator: 4, SignatureDenominator: 4, StartBeat: ptr(16.0),
			Tracks: []sidecar.Track{{Name: "Vocals", Kind: "audio"}},
			Files: []sidecar.File{{
				Name: "Löwenzahn take 3 - Vocals.wav", Track: "Vocals", OriginalPath: "/Users/mia/Music/Löwenzahn Project/Samples/Recorded/Vocals 0001.wav",
				SHA256: strings.Repeat("9f", 32), Bytes: 1234567, Container: "wav", Rate: 48000, Bits: 24, Channels: 2, Frames: 205760, StartSample: ptr(int64(8704)), PeakDBFS: -6.02,
			}},
			Rating: 4, Note: "the good one",
		},
		Folder: "/takes/Löwenzahn", Sidecar: "/takes/Löwenzahn/Löwenzahn take 3.takebar.json", Paths: []string{"/takes/Löwenzahn/Löwenzahn take 3 - Vocals.wav"},
	}
}

// changed copies the sample and changes the copy.
func changed(change func(*control.Snapshot)) control.Snapshot {
	s := sampleSnapshot()
	state := *s.State
	state.Tracks = slices.Clone(state.Tracks)
	s.State = &state
	change(&s)
	return s
}
