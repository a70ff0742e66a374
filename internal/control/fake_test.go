package control

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/takebar/takebar/bridge/live"
	"github.com/takebar/takebar/internal/take/sidecar"
)

// fakeLink is a Live of a few tracks, without time. The suite of contract_test.go holds it to what the real script under livesim does.
type fakeLink struct {
	mu     sync.Mutex
	report func(live.LinkReport)
	state  live.State
	rev    uint64
	pid    int
	up     bool
	phase  live.LinkPhase // while it is not up
	gone   int
	takes  []live.Take
	holds  map[string]*hold
	called []string      // methods, in order
	lost   chan struct{} // closed when the link is lost
	ups    uint64        // of connections
}

// hold keeps calls of one method waiting.
type hold struct {
	reached chan struct{}
	release chan struct{}
	before  bool // wait before it is done, else before it is answered
}

type codedError struct{ code, message, hint string }

func (e *codedError) Error() string     { return e.message }
func (e *codedError) ErrorCode() string { return e.code }
func (e *codedError) ErrorHint() string { return e.hint }

func refuse(code, format string, args ...any) error {
	return &codedError{code, fmt.Sprintf(format, args...), "Do something about it."}
}

func newFakeLink() *fakeLink {
	auto, off := live.MonitoringAuto, live.MonitoringOff
	ext := &live.RoutingType{DisplayName: "Ext. In", Category: "external"}
	track := func(id string, index int, name string, kind live.TrackKind) live.Track {
		t := live.Track{ID: id, Index: index, Name: name, Kind: kind}
		if kind == live.KindAudio || kind == live.KindMIDI {
			t.CanBeArmed, t.CurrentMonitoringState, t.InputRoutingType = true, &auto, ext
		}
		if name == "Bass" {
			t.CurrentMonitoringState = &off
		}
		return t
	}
	no := false
	l := &fakeLink{pid: 4711, up: true, holds: map[string]*hold{}, lost: make(chan struct{}), state: live.State{
		Link:      live.Link{Live: "12.3.6", Python: "3.11.7", Script: "1.0.0", Protocol: 1, PID: 4711, Started: 1},
		Set:       live.Set{ID: "s1"},
		Transport: live.Transport{Tempo: 120, SignatureNumerator: 4, SignatureDenominator: 4, CanUndo: &no, CanRedo: &no},
		Tracks: []live.Track{
			track("t1", 0, "Drums", live.KindAudio), track("t2", 1, "Bass", live.KindAudio), track("t3", 2, "Guitar", live.KindAudio),
			track("t4", 3, "Keys", live.KindMIDI), track("t5", 4, "Choir", live.KindGroup), track("t6", 0, "A-Reverb", live.KindReturn), track("t7", 0, "Main", live.KindMain),
		},
	}}
	l.state.Tracks[0].Selected = true
	return l
}

// Run implements LiveLink.
func (l *fakeLink) Run(ctx context.Context, report func(live.LinkReport)) error {
	l.mu.Lock()
	l.report = report
	l.tell()
	l.mu.Unlock()
	<-ctx.Done()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.cut()
	l.report = nil
	return ctx.Err()
}

// tell reports what is. Callers hold mu.
func (l *fakeLink) tell() {
	if l.report == nil {
		return
	}
	r := live.LinkReport{Phase: l.phase, Gone: l.gone}
	if l.phase == "" {
		r.Phase = live.LinkSearching
	}
	if l.up {
		state := l.state
		l.rev++
		r = live.LinkReport{
			Phase: live.LinkConnected, Responding: true, PID: l.pid, Script: "1.0.0", State: &state, Revision: l.rev, Connection: l.ups,
			Lives: []live.Instance{{Protocol: 1, PID: l.pid, Live: "12.3.6", Script: "1.0.0", Started: 1}},
		}
	}
	l.report(r)
}

// cut ends pending calls. Callers hold mu.
func (l *fakeLink) cut() {
	if l.up {
		l.up = false
		close(l.lost)
	}
}

// lose cuts the link; gone is the id of a Live that is known to have ended.
func (l *fakeLink) lose(phase live.LinkPhase, gone int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.cut()
	l.phase, l.gone = phase, gone
	l.tell()
}

// restore brings the link back.
func (l *fakeLink) restore() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.up, l.gone, l.lost = true, 0, make(chan struct{})
	l.ups++
	l.tell()
}

// holding makes calls of a method wait.
func (l *fakeLink) holding(method string, before bool) *hold {
	h := &hold{reached: make(chan struct{}, 100), release: make(chan struct{}), before: before}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.holds[method] = h
	return h
}

func (l *fakeLink) free(method string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	close(l.holds[method].release)
	delete(l.holds, method)
}

func (l *fakeLink) count(method string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := 0
	for _, c := range l.called {
		if c == method {
			n++
		}
	}
	return n
}

// change lets the musician do something.
func (l *fakeLink) change(f func(s *live.State)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.state.Tracks = slices.Clone(l.state.Tracks)
	f(&l.state)
	if l.up {
		l.tell()
	}
}

// Choose implements LiveLink.
func (l *fakeLink) Choose(pid int) error {
	if pid != 0 && pid != l.pid {
		return refuse("not_found", "That Live is not running any more.")
	}
	return nil
}

// Call implements LiveLink.
func (l *fakeLink) Call(ctx context.Context, method string, params, result any) error {
	l.mu.Lock()
	if !l.up {
		l.mu.Unlock()
		return refuse("not_connected", "there is no connection")
	}
	l.called = append(l.called, method)
	h, lost := l.holds[method], l.lost
	l.mu.Unlock()
	patient, stop := untilCancelled(ctx)
	defer stop()
	wait := func() error {
		h.reached <- struct{}{}
		select {
		case <-h.release:
			return nil
		case <-patient.Done():
			return patient.Err()
		case <-lost:
			return refuse("outcome_unknown", "the connection was lost before the answer came")
		}
	}
	if h != nil && h.before {
		if err := wait(); err != nil {
			return err
		}
	}
	if d, ok := ctx.Deadline(); ok && time.Now().After(d) {
		return refuse("deadline_exceeded", "Live was busy until after the request's deadline; nothing was done.")
	}
	answer, err := l.do(method, params)
	if h != nil && !h.before {
		if err := wait(); err != nil {
			return err
		}
	}
	if err != nil {
		return err
	}
	b, err := json.Marshal(answer)
	if err != nil {
		return err
	}
	return json.Unmarshal(b, result)
}

func (l *fakeLink) do(method string, params any) (any, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.state.Tracks = slices.Clone(l.state.Tracks)
	answer, err := l.carryOut(method, params)
	if err == nil && l.up {
		l.tell()
	}
	return answer, err
}

func (l *fakeLink) track(id string) (*live.Track, error) {
	for i := range l.state.Tracks {
		if l.state.Tracks[i].ID == id {
			return &l.state.Tracks[i], nil
		}
	}
	return nil, refuse("not_found", "There is no track %q (any more).", id)
}

func (l *fakeLink) armed() live.ArmedResult {
	r := live.ArmedResult{Armed: []string{}}
	for _, t := range l.state.Armed() {
		r.Armed = append(r.Armed, t.ID)
	}
	return r
}

func (l *fakeLink) carryOut(method string, params any) (any, error) {
	switch p := params.(type) {
	case live.ArmParams:
		for _, id := range p.Tracks {
			if t, err := l.track(id); err != nil {
				return nil, err
			} else if !t.CanBeArmed {
				return nil, refuse("not_armable", "%q cannot be armed.", t.Name)
			}
		}
		for i := range l.state.Tracks {
			t := &l.state.Tracks[i]
			alone := p.Exclusive == "yes" || p.Exclusive == "set" && l.state.Record.ExclusiveArm
			t.Arm = slices.Contains(p.Tracks, t.ID) || t.Arm && !alone
		}
		return l.armed(), nil
	case live.TracksParams:
		for _, id := range p.Tracks {
			t, err := l.track(id)
			if err != nil {
				return nil, err
			}
			t.Arm = false
		}
		return l.armed(), nil
	case live.MonitoringParams:
		t, err := l.track(p.Track)
		if err != nil {
			return nil, err
		}
		if t.CurrentMonitoringState == nil {
			return nil, refuse("not_supported", "%q has no monitoring.", t.Name)
		}
		t.CurrentMonitoringState = &p.State
		return live.MonitoringResult{CurrentMonitoringState: p.State}, nil
	case live.RoutingParams:
		return l.route(p)
	case live.CreateAudioParams:
		id := fmt.Sprintf("t%d", len(l.state.Tracks)+10)
		auto := live.MonitoringAuto
		l.state.Tracks = append(l.state.Tracks, live.Track{ID: id, Index: 5, Name: p.Name, Kind: live.KindAudio, CanBeArmed: true, CurrentMonitoringState: &auto})
		live.SortTracks(l.state.Tracks)
		return live.TrackResult{Track: id}, nil
	case live.RenameParams:
		t, err := l.track(p.Track)
		if err != nil {
			return nil, err
		}
		if p.Name == "" {
			return nil, refuse("invalid_params", "name is too short")
		}
		t.Name = p.Name
		return live.NameResult{Name: p.Name}, nil
	case live.LocateParams:
		if p.Time < 0 {
			return nil, refuse("invalid_params", "time is negative")
		}
		l.state.Transport.CurrentSongTime = p.Time
		return live.LocateResult{CurrentSongTime: p.Time}, nil
	case live.TakeStartParams:
		return l.startTake(p)
	case live.TakeParams:
		return l.takeVerb(method, p)
	}
	return l.carryOutRest(method, params)
}

func (l *fakeLink) route(p live.RoutingParams) (any, error) {
	t, err := l.track(p.Track)
	if err != nil {
		return nil, err
	}
	for _, r := range l.inputs() {
		if (p.Category == "" || p.Category == r.Category) && (p.Name == "" || p.Name == r.DisplayName) {
			t.InputRoutingType = &r
			return live.RoutingResult{Type: &r}, nil
		}
	}
	return nil, refuse("routing_unavailable", "%q does not offer this input.", t.Name)
}

func (l *fakeLink) inputs() []live.RoutingType {
	return []live.RoutingType{{DisplayName: "Ext. In", Category: "external"}, {DisplayName: "Resampling", Category: "resampling"}}
}

func (l *fakeLink) carryOutRest(method string, params any) (any, error) {
	song := &l.state.Transport
	switch method {
	case "track.disarm_all":
		for i := range l.state.Tracks {
			l.state.Tracks[i].Arm, l.state.Tracks[i].ImplicitArm = false, false
		}
		return l.armed(), nil
	case "track.routings":
		t, err := l.track(params.(live.TrackParams).Track)
		if err != nil {
			return nil, err
		}
		return live.RoutingsResult{Types: l.inputs(), Channels: []string{"1", "2"}, Type: t.InputRoutingType}, nil
	case "track.select":
		for i := range l.state.Tracks {
			l.state.Tracks[i].Selected = l.state.Tracks[i].ID == params.(live.TrackParams).Track
		}
		return live.Empty{}, nil
	case "transport.play", "transport.continue", "transport.stop":
		song.IsPlaying = method != "transport.stop"
		return live.PlayingResult{IsPlaying: song.IsPlaying}, nil
	case "record.start":
		if len(l.state.Armed()) == 0 {
			return nil, refuse("nothing_armed", "No track is armed.")
		}
		l.state.Record.RecordMode, song.IsPlaying = true, true
		return live.RecordResult{RecordMode: true, Slots: []live.Slot{}}, nil
	case "record.stop":
		l.state.Record.RecordMode = false
		return live.RecordResult{Slots: []live.Slot{}}, nil
	case "take.list":
		return live.TakeListResult{Takes: append([]live.Take{}, l.takes...)}, nil
	case "edit.undo", "edit.redo":
		return live.UndoResult{CanUndo: song.CanUndo, CanRedo: song.CanRedo}, nil
	case "app.dialog":
		none, text := 0, ""
		return live.DialogResult{OpenDialogCount: &none, CurrentDialogMessage: &text, CurrentDialogButtonCount: &none}, nil
	case "app.message", "clip_slot.fire", "clip_slot.stop", "edit.capture_midi":
		return live.Empty{}, nil
	}
	return nil, refuse("method_not_found", "There is no method %q.", method)
}

func (l *fakeLink) known(id string) (int, bool) {
	for i, t := range l.takes {
		if t.ID == id {
			return i, true
		}
	}
	return 0, false
}

func (l *fakeLink) startTake(p live.TakeStartParams) (any, error) {
	if i, ok := l.known(p.Take); ok {
		return l.takes[i], nil
	}
	if l.state.Take != nil && !l.state.Take.Phase.Ended() {
		return nil, refuse("take_running", "A take is running already.")
	}
	t := live.Take{
		ID: p.Take, Phase: live.PhaseRecording, Source: *p.Source, View: p.View, RequestedAt: time.Now().UnixMilli(),
		Tempo: 120, SignatureNumerator: 4, SignatureDenominator: 4, Tracks: []live.TakeTrack{}, Clips: []live.Clip{}, Warnings: []live.Warning{},
	}
	if p.Name != "" {
		t.Name = &p.Name
	}
	if p.LengthBeats > 0 {
		t.LengthBeats = &p.LengthBeats
	}
	switch p.Source.Kind {
	case live.SourceArmed:
		for _, a := range l.state.Armed() {
			t.Tracks = append(t.Tracks, live.TakeTrack{ID: a.ID, Name: a.Name, Kind: a.Kind})
		}
		if len(t.Tracks) == 0 {
			return nil, refuse("nothing_armed", "No track is armed.")
		}
	case live.SourceTrack:
		a, err := l.track(p.Source.Track)
		if err != nil {
			return nil, err
		}
		t.Tracks = append(t.Tracks, live.TakeTrack{ID: a.ID, Name: a.Name, Kind: a.Kind})
	default:
		t.Tracks = append(t.Tracks, live.TakeTrack{ID: "t9", Name: "Takebar Main", Kind: live.KindAudio})
	}
	l.setTake(t)
	return t, nil
}

func (l *fakeLink) setTake(t live.Take) {
	if i, ok := l.known(t.ID); ok {
		l.takes[i] = t
	} else {
		l.takes = append(l.takes, t)
	}
	l.state.Take = &t
}

// endTake ends a take as Live does by itself.
func (l *fakeLink) endTake(id string, phase live.Phase) {
	l.mu.Lock()
	defer l.mu.Unlock()
	i, _ := l.known(id)
	l.setTake(ended(l.takes[i], phase))
	if l.up {
		l.tell()
	}
}

func ended(t live.Take, phase live.Phase) live.Take {
	t.Phase = phase
	if phase == live.PhaseFinished {
		path := "/project/Samples/Recorded/" + t.ID + ".wav"
		t.Clips = []live.Clip{{Track: "t1", TrackName: "Drums", Kind: live.KindAudio, FilePath: &path, Warnings: []live.Warning{}}}
	}
	if phase == live.PhaseFailed {
		t.Error = &live.TakeError{Code: "audio_off", Message: "Song time stands still.", Hint: "Check Live's audio settings."}
	}
	return t
}

func (l *fakeLink) takeVerb(method string, p live.TakeParams) (any, error) {
	id := p.Take
	if id == "" && l.state.Take != nil {
		id = l.state.Take.ID
	}
	i, ok := l.known(id)
	if !ok && p.Take != "" {
		return nil, refuse("not_found", "There is no take %q.", id)
	}
	if !ok || method != "take.get" && l.takes[i].Phase.Ended() && p.Take == "" {
		return nil, refuse("no_take", "No take is running.")
	}
	t := l.takes[i]
	if t.Phase.Ended() {
		return t, nil
	}
	switch method {
	case "take.stop":
		l.setTake(ended(t, live.PhaseFinished))
	case "take.cancel":
		l.setTake(ended(t, live.PhaseCancelled))
	}
	return l.takes[i], nil
}

// fakeLibrary keeps takes in memory.
type fakeLibrary struct {
	mu       sync.Mutex
	entries  []LibraryTake
	lands    map[string]int // how often a take was landed
	expected map[string]live.Phase
	lostIDs  []string
	refuse   error // of Land
	hold     chan struct{}
	begun    chan string
	resumed  []LibraryTake
	problems []string
	now      func() time.Time
	base     uint64 // of the revisions
	changes  uint64
	changed  map[string]uint64 // by take
}

func newFakeLibrary() *fakeLibrary {
	return &fakeLibrary{lands: map[string]int{}, expected: map[string]live.Phase{}, begun: make(chan string, 100), now: time.Now, base: uint64(time.Now().UnixMicro()), changed: map[string]uint64{}}
}

func (f *fakeLibrary) Expect(_ context.Context, t live.Take) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.expected[t.ID] = t.Phase
	return nil
}

func (f *fakeLibrary) Land(ctx context.Context, t live.Take, from live.Link, progress func(Landing)) (LibraryTake, error) {
	f.mu.Lock()
	f.lands[t.ID]++
	hold, refusal := f.hold, f.refuse
	for _, e := range f.entries {
		if e.ID == t.ID {
			f.mu.Unlock()
			return e, nil
		}
	}
	f.mu.Unlock()
	f.begun <- t.ID
	progress(Landing{TakeID: t.ID, Name: "Take", Step: "copying", Done: 0.5})
	if hold != nil {
		select {
		case <-hold:
		case <-ctx.Done():
			return LibraryTake{}, ctx.Err()
		}
	}
	if t.Phase == live.PhaseFailed {
		return LibraryTake{}, refuse(t.Error.Code, "%s", t.Error.Message)
	}
	if refusal != nil {
		return LibraryTake{}, refusal
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	now := f.now()
	e := LibraryTake{Folder: "/takes", Sidecar: "/takes/" + t.ID + ".takebar.json", Paths: []string{"/takes/" + t.ID + ".wav"}}
	e.ID, e.Name, e.Number, e.Status, e.LandedAt = t.ID, fmt.Sprintf("Take %d", len(f.entries)+1), len(f.entries)+1, sidecar.StatusLanded, &now
	e.Live = from.Live
	e.Files = []sidecar.File{{Name: t.ID + ".wav", Rate: 48000, Frames: 48000 * 83, SHA256: strings.Repeat("0", 64)}}
	f.entries = append([]LibraryTake{e}, f.entries...)
	f.touch(e.ID)
	return e, nil
}

// touch notes that a take has changed. Callers hold mu.
func (f *fakeLibrary) touch(id string) {
	f.changes++
	f.changed[id] = f.base + f.changes
}

func (f *fakeLibrary) Look(context.Context) (LibraryState, *LibraryTake, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	state := LibraryState{Revision: f.base + f.changes, Base: f.base}
	var last *LibraryTake
	for _, e := range f.entries {
		if !e.Trashed {
			state.Takes++
			if last == nil {
				last = &e
			}
		}
	}
	return state, last, nil
}

func (f *fakeLibrary) Revision() uint64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.base + f.changes
}

func (f *fakeLibrary) Lost(_ context.Context, t live.Take) (string, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.lostIDs = append(f.lostIDs, t.ID)
	return "Live went away while it recorded “Drums”.", nil
}

func (f *fakeLibrary) Resume(_ context.Context, progress func(Landing)) ([]LibraryTake, []string, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, e := range f.resumed {
		progress(Landing{TakeID: e.ID, Step: "copying"})
		f.entries = append(f.entries, e)
		f.touch(e.ID)
	}
	return f.resumed, f.problems, nil
}

func (f *fakeLibrary) List(_ context.Context, q TakeQuery) ([]LibraryTake, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	var list []LibraryTake
	for _, e := range f.entries {
		if q.Since > 0 && f.changed[e.ID] > q.Since || q.Since == 0 && e.Trashed == q.Trashed {
			list = append(list, e)
		}
	}
	if q.After != "" {
		i := slices.IndexFunc(list, func(e LibraryTake) bool { return e.Sidecar == q.After })
		if i < 0 {
			return nil, refuse("page_lost", "The take is gone.")
		}
		list = list[i+1:]
	}
	if q.Limit > 0 {
		list = list[:min(len(list), q.Limit)]
	}
	return list, nil
}

// find answers the place of an entry. Callers hold mu.
func (f *fakeLibrary) find(ref string) (*LibraryTake, error) {
	for i, e := range f.entries {
		if e.ID == ref || e.Name == ref || ref == "last" && !e.Trashed {
			return &f.entries[i], nil
		}
	}
	return nil, refuse("take_not_found", "There is no take %q in the library.", ref)
}

func (f *fakeLibrary) edit(ref string, change func(*LibraryTake)) (LibraryTake, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	e, err := f.find(ref)
	if err != nil {
		return LibraryTake{}, err
	}
	before := *e
	change(e)
	if !reflect.DeepEqual(before, *e) {
		f.touch(e.ID)
	}
	return *e, nil
}

func (f *fakeLibrary) Get(_ context.Context, ref string) (LibraryTake, error) {
	return f.edit(ref, func(*LibraryTake) {})
}

func (f *fakeLibrary) Trash(_ context.Context, ref string) (LibraryTake, error) {
	return f.edit(ref, func(e *LibraryTake) { e.Trashed = true })
}

func (f *fakeLibrary) Restore(_ context.Context, ref string) (LibraryTake, error) {
	return f.edit(ref, func(e *LibraryTake) { e.Trashed = false })
}

func (f *fakeLibrary) Annotate(_ context.Context, ref string, note *string, rating *int) (LibraryTake, error) {
	return f.edit(ref, func(e *LibraryTake) {
		if note != nil {
			e.Note = *note
		}
		if rating != nil {
			e.Rating = *rating
		}
	})
}

func (f *fakeLibrary) Rename(_ context.Context, ref, name string) (LibraryTake, error) {
	if name == "" {
		return LibraryTake{}, refuse("bad_name", "A take needs a name.")
	}
	return f.edit(ref, func(e *LibraryTake) { e.Name = name })
}

func (f *fakeLibrary) Rescue(_ context.Context, ref string, progress func(Landing)) (LibraryTake, error) {
	progress(Landing{TakeID: ref, Step: "copying"})
	return f.edit(ref, func(e *LibraryTake) { e.Status = sidecar.StatusRescued })
}

// codeIs checks the code of an error, and that it says what to do.
func codeIs(t *testing.T, what string, err error, code string) {
	t.Helper()
	if got := codeOf(err); got != code {
		t.Errorf("%s: error %q (%v), want code %s", what, got, err, code)
	}
}
