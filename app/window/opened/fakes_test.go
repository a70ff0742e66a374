package opened

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"math"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"

	"github.com/takebar/takebar/app/window/ports"
	"github.com/takebar/takebar/app/window/ui"
	"github.com/takebar/takebar/app/words"
	"github.com/takebar/takebar/internal/control"
	"github.com/takebar/takebar/internal/take/sidecar"
)

// fakeCore keeps one take, and notes what it was asked.
type fakeCore struct {
	mu    sync.Mutex
	take  control.LibraryTake
	calls []string
	err   error
}

func (c *fakeCore) done(format string, args ...any) (control.LibraryTake, error) {
	c.calls = append(c.calls, fmt.Sprintf(format, args...))
	return c.take, c.err
}

func (c *fakeCore) RenameTake(_ context.Context, ref, name string) (control.LibraryTake, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.err == nil {
		c.take.Name = name
		paths := make([]string, len(c.take.Paths))
		for i, p := range c.take.Paths {
			paths[i] = filepath.Join(filepath.Dir(p), fmt.Sprintf("%s %d.wav", name, i))
		}
		c.take.Paths = paths
	}
	return c.done("rename %s %q", ref, name)
}

func (c *fakeCore) AnnotateTake(_ context.Context, ref string, note *string, rating *int) (control.LibraryTake, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.err != nil {
		return c.done("annotate %s", ref)
	}
	if note != nil {
		c.take.Note = *note
		return c.done("note %s %q", ref, *note)
	}
	c.take.Rating = *rating
	return c.done("rate %s %d", ref, *rating)
}

func (c *fakeCore) TrashTake(_ context.Context, ref string) (control.LibraryTake, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.take.Trashed = c.err == nil
	return c.done("trash %s", ref)
}

func (c *fakeCore) RestoreTake(_ context.Context, ref string) (control.LibraryTake, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.take.Trashed = false
	return c.done("restore %s", ref)
}

func (c *fakeCore) RescueTake(_ context.Context, ref string) (control.LibraryTake, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.done("rescue %s", ref)
}

// fakePlayer does what ports.Player promises, without sound: time moves when a test says so.
type fakePlayer struct {
	mu      sync.Mutex
	state   ports.PlayerState
	lanes   []ports.Lane
	devices []ports.Device
	loadErr error
	playErr error
	loads   int
	length  int64
}

func (p *fakePlayer) Load(_ context.Context, lanes []ports.Lane) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.loadErr != nil {
		return p.loadErr
	}
	p.loads++
	p.lanes = append([]ports.Lane(nil), lanes...)
	p.state = ports.PlayerState{Loaded: len(lanes) > 0, Rate: 48000, Length: p.length, Peak: [2]float64{-200, -200}, Device: p.state.Device}
	return nil
}

func (p *fakePlayer) Play() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.playErr != nil {
		return p.playErr
	}
	p.state.Playing = p.state.Loaded
	return nil
}

func (p *fakePlayer) Pause() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.state.Playing = false
}

func (p *fakePlayer) SeekFrame(frame int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.state.Position = min(max(frame, 0), p.length)
}

func (p *fakePlayer) Loop(from, to int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.state.LoopFrom, p.state.LoopTo = from, to
}

func (p *fakePlayer) Lanes(lanes []ports.Lane) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.lanes = append([]ports.Lane(nil), lanes...)
}

func (p *fakePlayer) Devices(context.Context) ([]ports.Device, error) { return p.devices, nil }

func (p *fakePlayer) Use(_ context.Context, device string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.state.Device = device
	return nil
}

func (p *fakePlayer) State() ports.PlayerState {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.state
}

func (p *fakePlayer) Close() error { return nil }

// plays lets time pass.
func (p *fakePlayer) plays(frames int64, left, right float64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.state.Playing {
		return
	}
	p.state.Peak = [2]float64{left, right}
	p.state.Position += frames
	switch {
	case p.state.LoopTo > p.state.LoopFrom && p.state.Position >= p.state.LoopTo:
		p.state.Position = p.state.LoopFrom + (p.state.Position - p.state.LoopTo)
	case p.state.Position >= p.length:
		p.state.Position, p.state.Playing = p.length, false
	}
}

// fakeWaves draws something like music, always the same for one path.
type fakeWaves struct {
	mu       sync.Mutex
	frames   map[string]int64
	channels map[string]int
	errs     map[string]error
	asked    []string
}

func (w *fakeWaves) Overview(_ context.Context, path string) (*ports.Waveform, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.asked = append(w.asked, "overview "+filepath.Base(path))
	if err := w.errs[path]; err != nil {
		return nil, err
	}
	frames := w.frames[path]
	return outlineOf(path, frames, 1, 0, frames, int(frames/2000)+1), nil
}

func (w *fakeWaves) Detail(_ context.Context, path string, from, to int64, per int) (*ports.Waveform, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.asked = append(w.asked, fmt.Sprintf("detail %s %d-%d/%d", filepath.Base(path), from, to, per))
	if err := w.errs[path]; err != nil {
		return nil, err
	}
	return outlineOf(path, w.frames[path], w.channels[path], from, min(to, w.frames[path]), per), nil
}

func outlineOf(path string, frames int64, channels int, from, to int64, per int) *ports.Waveform {
	w := &ports.Waveform{Rate: 48000, Channels: channels, Frames: frames, From: from, FramesPerColumn: per}
	h := fnv.New32a()
	h.Write([]byte(path))
	seed := float64(h.Sum32()%1000) / 100
	for f := from; f < to; f += int64(per) {
		for c := range channels {
			at := float64(f) / 48000
			envelope := 0.25 + 0.45*math.Abs(math.Sin(at*0.045+seed)) + 0.25*math.Abs(math.Sin(at*0.9+seed*2))*math.Abs(math.Sin(at*0.11))
			grain := 0.55 + 0.45*math.Sin(float64(f%99991)*0.37+seed+float64(c))
			if at < 0.3 || float64(frames-f)/48000 < 2 {
				envelope *= 0.05
			}
			high := min(envelope*grain, 1) * 32767
			low := -min(envelope*(1.1-grain*0.3), 1) * 30000
			if per == 1 {
				high = envelope * math.Sin(at*440*2*math.Pi) * 30000
				low = high
			}
			w.Data = append(w.Data, int16(low), int16(high))
		}
	}
	return w
}

// fakeFiles notes what is done with files.
type fakeFiles struct {
	mu    sync.Mutex
	calls []string
	err   error
}

func (f *fakeFiles) note(format string, args ...any) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls = append(f.calls, fmt.Sprintf(format, args...))
	return f.err
}

func (f *fakeFiles) Reveal(_ context.Context, paths []string) error {
	return f.note("reveal %v", paths)
}

func (f *fakeFiles) Play(_ context.Context, path string) error { return f.note("play %s", path) }

func (f *fakeFiles) OpenFolder(_ context.Context, dir string) error { return f.note("open %s", dir) }

func (f *fakeFiles) Copy(_ context.Context, text string) error { return f.note("copy %s", text) }

func (f *fakeFiles) CopyFiles(_ context.Context, paths []string) error {
	return f.note("copy files %v", paths)
}

// fakeCopies makes nothing; it waits until it may finish.
type fakeCopies struct {
	mu    sync.Mutex
	wish  ports.CopyWish
	noMP3 error
	err   error
	hold  chan struct{} // closed: finish
	begun chan struct{}
}

func (c *fakeCopies) CanMP3(context.Context) error { return c.noMP3 }

func (c *fakeCopies) Make(ctx context.Context, wish ports.CopyWish, progress func(ports.CopyProgress)) ([]ports.Copied, error) {
	c.mu.Lock()
	c.wish = wish
	c.mu.Unlock()
	progress(ports.CopyProgress{Done: 0.4, Files: 1})
	if c.begun != nil {
		close(c.begun)
	}
	if c.hold != nil {
		select {
		case <-c.hold:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	if c.err != nil {
		return nil, c.err
	}
	return []ports.Copied{{Path: "/music/takes/copy." + wish.Format}}, nil
}

// room is a view in a window of its own, with everything faked.
type room struct {
	t      *testing.T
	view   *View
	window fyne.Window
	desk   *ui.Desk
	core   *fakeCore
	player *fakePlayer
	waves  *fakeWaves
	files  *fakeFiles
	copies *fakeCopies
	gone   map[string]bool
	ticks  int // timers that run
	poll   func()
	told   []string
}

func newRoom(t *testing.T, look ui.Look, width, height float32) *room {
	t.Helper()
	return newRoomIn(t, "en", look, width, height)
}

func newRoomIn(t *testing.T, language string, look ui.Look, width, height float32) *room {
	t.Helper()
	a := test.NewTempApp(t)
	a.Settings().SetTheme(look)
	say, err := words.In(language)
	if err != nil {
		t.Fatal(err)
	}
	w := test.NewTempWindow(t, nil)
	r := &room{
		t: t, window: w, desk: ui.NewDesk(t.Context(), w, say), core: &fakeCore{}, player: &fakePlayer{length: 180 * 48000},
		waves: &fakeWaves{frames: map[string]int64{}, channels: map[string]int{}, errs: map[string]error{}},
		files: &fakeFiles{}, copies: &fakeCopies{}, gone: map[string]bool{},
	}
	r.view = New(r.desk, Deps{
		Core: r.core, Files: r.files, Waves: r.waves, Player: r.player, Convert: r.copies, Zone: time.UTC,
		Missing: func(path string) bool { return r.gone[path] },
		Changed: func(e control.LibraryTake) { r.told = append(r.told, e.ID) },
	})
	r.view.timer = func(each func()) func() {
		r.ticks++
		r.poll = each
		return func() { r.ticks-- }
	}
	w.SetContent(r.desk.Overlay())
	w.SetPadded(true)
	w.SetContent(newStack(ui.NewFill(theme.ColorNameBackground), r.view.Content(), r.desk.Overlay()))
	w.Resize(fyne.NewSize(width, height))
	t.Cleanup(func() {
		r.wait()
		r.view.Close()
		r.wait()
		r.desk.Close()
	})
	return r
}

func newStack(objects ...fyne.CanvasObject) fyne.CanvasObject {
	return container.New(stack{}, objects...)
}

type stack struct{}

func (stack) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(100, 100) }
func (stack) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	for _, o := range objects {
		o.Resize(size)
	}
}

// wait until nothing runs in the background.
func (r *room) wait() { r.view.busy.Wait() }

func (r *room) show(e control.LibraryTake) {
	r.t.Helper()
	for i, f := range e.Files {
		r.waves.frames[e.Paths[i]], r.waves.channels[e.Paths[i]] = f.Frames, f.Channels
	}
	r.core.take = e
	r.ui(func() { r.view.Show(&e) })
}

// ui does something as the user interface's goroutine would, and waits for what it sets off.
func (r *room) ui(f func()) {
	r.view.turn.Lock()
	f()
	r.view.turn.Unlock()
	r.wait()
}

// key carries out the command of a key, as the window does where nothing has the focus.
func (r *room) key(key fyne.KeyName, mod fyne.KeyModifier) {
	r.t.Helper()
	for _, c := range r.view.Commands() {
		if c.Key == key && c.Mod == mod {
			if c.Off {
				r.t.Fatalf("%s (%q) cannot be done now", key, c.Label)
			}
			r.ui(c.Do)
			return
		}
	}
	r.t.Fatalf("nothing is done by %s", key)
}

func number[T any](v T) *T { return &v }

// stereoTake is a take as it should be.
func stereoTake() control.LibraryTake {
	at := time.Date(2026, 1, 31, 14, 9, 18, 0, time.UTC)
	return control.LibraryTake{
		Take: sidecar.Take{
			Schema: 1, ID: "20260131-150918-7c1e", Name: "2026-01-31 take 012", Number: 12, Status: sidecar.StatusLanded, Source: "armed", View: "arrangement",
			RecordedAt: at, Set: sidecar.Set{Name: "Night Drive", Path: "/home/ada/Music/Night Drive Project/Night Drive.als"}, Tempo: 120,
			SignatureNumerator: 4, SignatureDenominator: 4, StartBeat: number(64.0), LengthBeats: number(372.5),
			Tracks: []sidecar.Track{{Name: "Vox", Kind: "audio"}}, Files: []sidecar.File{stereoFile("Vox")},
			Note: "Second verse is the one.\nBreath before the last line, fix in the edit.", Rating: 4, Live: "12.3.6", Script: "1.0.0", Takebar: "1.0.0",
		},
		Folder: "/home/ada/Music/Takebar/Night Drive", Sidecar: "/home/ada/Music/Takebar/Night Drive/2026-01-31 take 012.takebar.json",
		Paths: []string{"/home/ada/Music/Takebar/Night Drive/2026-01-31 take 012 - Vox.wav"},
	}
}

func stereoFile(track string) sidecar.File {
	return sidecar.File{
		Name: "2026-01-31 take 012 - " + track + ".wav", Track: track, ClipName: track + " 4",
		OriginalPath: "/home/ada/Music/Night Drive Project/Samples/Recorded/" + track + " 0012 [2026-01-31 150918].wav",
		SHA256:       "9b5f0c6c3a1d4e7f8091a2b3c4d5e6f70123456789abcdef0123456789abcdef", Bytes: 53692460, Container: "wav", Rate: 48000, Bits: 24, Channels: 2,
		Frames: 186*48000 + 20704, StartSample: number(int64(8 * 48000)), StartBeat: number(64.0), PeakDBFS: -3.42,
		IntegratedLUFS: number(-18.3), RangeLU: number(6.1), TruePeakDBTP: number(-3.2),
	}
}

// bandTake is a take of n tracks.
func bandTake(n int) control.LibraryTake {
	e := stereoTake()
	names := []string{"Kick", "Snare Top", "Snare Bottom", "Overheads", "Room (far, ribbon microphones)", "Bass DI", "Guitar Left", "Vox"}
	e.Files, e.Paths, e.Tracks = nil, nil, nil
	for i := range n {
		name := names[i%len(names)]
		if i >= len(names) {
			name = fmt.Sprintf("%s %d", name, i/len(names)+1)
		}
		f := stereoFile(name)
		if i%3 != 0 {
			f.Channels = 1
		}
		if i == 2 {
			f.StartSample, f.Frames = nil, 150*48000
		}
		e.Files = append(e.Files, f)
		e.Paths = append(e.Paths, filepath.Join(e.Folder, f.Name))
		e.Tracks = append(e.Tracks, sidecar.Track{Name: name, Kind: "audio"})
	}
	e.Name = "Full band, third try with the new intro and the long outro"
	return e
}

var errNoOutput = &control.Error{Code: "no_output", Message: "There is no sound output.", Hint: "Plug in headphones or choose another output."}

var errFake = errors.New("the disk is gone")
