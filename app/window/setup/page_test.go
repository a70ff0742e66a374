package setup

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"

	model "github.com/takebar/takebar/app/setup"
	"github.com/takebar/takebar/app/window/form"
	"github.com/takebar/takebar/app/window/ui"
	"github.com/takebar/takebar/app/window/ui/golden"
	"github.com/takebar/takebar/app/window/ui/uitest"
	"github.com/takebar/takebar/app/words"
	"github.com/takebar/takebar/bridge/live"
	"github.com/takebar/takebar/internal/config"
	"github.com/takebar/takebar/internal/control"
	"github.com/takebar/takebar/internal/pageports"
	"github.com/takebar/takebar/internal/take/sidecar"
)

var _ = flag.Bool("update", false, "write the golden files anew")

// studio is everything around the page: Live's folders on a real disk where it counts, and a core that does as it is told.
type studio struct {
	t      *testing.T
	home   string
	window fyne.Window
	desk   *ui.Desk
	page   *Page
	queue  *uitest.Queue
	ticks  chan time.Time

	mu      sync.Mutex
	machine model.Machine
	looks   int
	did     []string
	fails   error
	landing chan struct{} // a take lands once it is closed
}

func (s *studio) note(what string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.did = append(s.did, what)
	return s.fails
}

func (s *studio) InstallScript(_ context.Context, library string) (control.Install, error) {
	err := s.note("install " + library)
	s.mu.Lock()
	defer s.mu.Unlock()
	if err == nil {
		for i := range s.machine.Libraries {
			if s.machine.Libraries[i].Path == library {
				s.machine.Libraries[i].Version, s.machine.Libraries[i].Same = s.machine.Script, true
			}
		}
	}
	return control.Install{Version: s.machine.Script, Changed: true}, err
}

func (s *studio) ChooseLive(_ context.Context, pid int) error {
	return s.note("choose " + string(rune('0'+pid%10)))
}

func (s *studio) StartTake(_ context.Context, r control.TakeRequest) (live.Take, error) {
	what := "start " + string(r.Source)
	if r.LengthBars == 2 {
		what += " 2 bars"
	}
	return live.Take{ID: "t1", Phase: live.PhaseRecording}, s.note(what)
}

func (s *studio) CancelTake(context.Context) (live.Take, error) {
	close(s.landing)
	return live.Take{}, s.note("cancel")
}

func (s *studio) WaitLanded(ctx context.Context, id string) (control.LibraryTake, error) {
	select {
	case <-s.landing:
	case <-ctx.Done():
		return control.LibraryTake{}, ctx.Err()
	}
	return control.LibraryTake{
		Take:  sidecar.Take{ID: id, Files: []sidecar.File{{Rate: 48000, Bits: 24, Frames: 192000, PeakDBFS: -9.5}}},
		Paths: []string{"/home/mia/Music/Takebar/Takebar test.wav"},
	}, s.note("landed " + id)
}

func (s *studio) TrashTake(_ context.Context, ref string) (control.LibraryTake, error) {
	return control.LibraryTake{}, s.note("trash " + ref)
}

func (s *studio) Look(context.Context) (model.Machine, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.looks++
	m := s.machine
	m.Libraries, m.Lives = slices.Clone(m.Libraries), slices.Clone(m.Lives)
	return m, nil
}

func (s *studio) Reveal(_ context.Context, paths []string) error { return s.note("reveal " + paths[0]) }
func (s *studio) Play(context.Context, string) error             { return nil }
func (s *studio) Copy(context.Context, string) error             { return nil }
func (s *studio) OpenFolder(_ context.Context, dir string) error { return s.note("open " + dir) }

const library = "/home/mia/Music/Ableton/User Library"

type options struct {
	look     ui.Look
	language string
	size     fyne.Size
	machine  func(*model.Machine)
}

func open(t *testing.T, o options) *studio {
	t.Helper()
	test.NewTempApp(t).Settings().SetTheme(o.look)
	golden.Wake()
	if o.language == "" {
		o.language = "en"
	}
	say, err := words.In(o.language)
	if err != nil {
		t.Fatal(err)
	}
	s := &studio{
		t: t, home: t.TempDir(), ticks: make(chan time.Time), landing: make(chan struct{}),
		machine: model.Machine{Script: "1.1.0", LivesSeen: true, Versions: []string{"12.3.6"}, Libraries: []model.Library{{Path: library, From: "the usual place"}}},
	}
	if o.machine != nil {
		o.machine(&s.machine)
	}
	s.window = test.NewTempWindow(t, nil)
	s.desk = ui.NewDesk(t.Context(), s.window, say)
	s.queue = uitest.NewQueue(t, s.desk)
	s.queue.State = func() string { return fmt.Sprint(s.page.shown) }
	s.desk.Open = func(page, _ string) { _ = s.note("page " + page) }
	s.page = New(s.desk, Deps{
		Core: s, Files: s, Machine: s.Look, Ticks: s.ticks, File: pageports.NewSettingsFile(config.New(s.home, nil), ""),
		Library: func(dir string) (string, bool) { return dir, strings.HasSuffix(dir, "User Library") },
	})
	t.Cleanup(func() {
		s.desk.Close()
		s.page.Close()
	})
	if o.size.IsZero() {
		o.size = fyne.NewSize(820, 640)
	}
	s.window.SetContent(container.NewStack(s.page.Content(), s.desk.Overlay()))
	s.window.Resize(o.size)
	s.page.Shown("")
	s.queue.Settle()
	return s
}

// snapshot shows a core's state to the page and waits until it has looked around.
func (s *studio) snapshot(change func(*control.Snapshot)) {
	snap := control.Snapshot{Link: control.Link{Status: control.LinkDisconnected}}
	if change != nil {
		change(&snap)
	}
	s.page.Snapshot(snap)
}

func linked(s *control.Snapshot) {
	s.Link = control.Link{
		Status: control.LinkConnected, Responding: true, PID: 41, Lives: []control.LiveInfo{{PID: 41, Live: "12.3.6", Script: "1.1.0", Chosen: true}},
	}
	s.State = &live.State{
		Link:      live.Link{Live: "12.3.6", Script: "1.1.0"},
		Transport: live.Transport{Tempo: 120, SignatureNumerator: 4, SignatureDenominator: 4},
	}
}

func (s *studio) states(want ...model.State) {
	s.t.Helper()
	var got []model.State
	for _, step := range s.page.shown.Steps {
		got = append(got, step.State)
	}
	if !slices.Equal(got, want) {
		s.t.Errorf("the steps are %v, want %v\n%s", got, want, s.page.shown)
	}
}

func (s *studio) done(want ...string) {
	s.t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if !slices.Equal(s.did, want) {
		s.t.Errorf("did %q, want %q", s.did, want)
	}
	s.did = nil
}

func (s *studio) press(text string) {
	s.t.Helper()
	b := golden.Find(s.window.Canvas(), func(b *form.Button) bool { return b.Text == text })
	if b == nil {
		s.t.Fatalf("there is no button %q:\n%s", text, s.page.shown)
	}
	test.Tap(b)
}

// TestFromNothingToTheFirstTake goes all the way, as a new user does.
func TestFromNothingToTheFirstTake(t *testing.T) {
	s := open(t, options{})
	s.states(model.Now, model.Later, model.Later, model.Later, model.Later)
	s.press("Install the Script")
	s.states(model.Busy, model.Later, model.Later, model.Later, model.Later)
	s.queue.Settle()
	s.done("install " + library)
	s.states(model.Done, model.Now, model.Later, model.Later, model.Later)

	s.mu.Lock()
	s.machine.Lives = []model.Live{{Name: "Ableton Live 12 Suite", Major: 12}}
	s.mu.Unlock()
	s.page.look() // as a tick has it done
	s.queue.Settle()
	s.states(model.Done, model.Done, model.Now, model.Later, model.Later)
	if lines := strings.Join(s.page.shown.Step(model.StepSurface).Lines, "\n"); !strings.Contains(lines, "Options › Settings") || !strings.Contains(lines, "Link, Tempo & MIDI") {
		t.Errorf("it says\n%s", lines)
	}

	s.snapshot(func(c *control.Snapshot) { linked(c); c.Link.Status, c.State = control.LinkConnecting, nil })
	s.queue.Settle()
	s.states(model.Done, model.Done, model.Done, model.Busy, model.Later)
	s.snapshot(linked)
	s.queue.Settle()
	s.states(model.Done, model.Done, model.Done, model.Done, model.Now)
	if !s.page.shown.Ready {
		t.Error("it is not ready")
	}

	s.press("Record a Test Take")
	s.states(model.Done, model.Done, model.Done, model.Done, model.Busy)
	close(s.landing)
	s.queue.Settle()
	s.states(model.Done, model.Done, model.Done, model.Done, model.Done)
	s.done("start main 2 bars", "landed t1")
	if lines := s.page.shown.Step(model.StepTest).Lines; lines[0] != "It works: 4.0 s, 48 kHz, 24 bit, checked byte by byte." {
		t.Errorf("it says %q", lines)
	}
	s.press("Show File")
	s.queue.Settle()
	s.press("Move It to the Trash")
	s.queue.Settle()
	s.done("reveal /home/mia/Music/Takebar/Takebar test.wav", "trash t1")
	s.press("Go to the Takes")
	s.done("page takes")
}

func TestKeyboardAlone(t *testing.T) {
	s := open(t, options{})
	s.window.Canvas().FocusNext()
	b, ok := s.window.Canvas().Focused().(*form.Button)
	if !ok || b.Text != "Install the Script" {
		t.Fatalf("the focus is on %#v", s.window.Canvas().Focused())
	}
	b.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	s.queue.Settle()
	s.done("install " + library)
	s.snapshot(linked)
	s.queue.Settle()
	for _, c := range s.page.Commands() {
		if c.Key == "" || c.Do == nil {
			t.Errorf("%+v", c)
		}
		if c.Label == "Record a Test Take" {
			if c.Off {
				t.Error("the test take cannot be recorded by a key")
			}
			c.Do()
		}
	}
	close(s.landing)
	s.queue.Settle()
	s.done("start main 2 bars", "landed t1")
}

func TestTestTakeThatFails(t *testing.T) {
	s := open(t, options{machine: func(m *model.Machine) { m.Libraries[0].Version, m.Libraries[0].Same = "1.1.0", true }})
	s.snapshot(linked)
	s.queue.Settle()
	s.fails = &control.Error{Message: "Live's audio engine is off.", Hint: "Choose a device in Live."}
	s.press("Record a Test Take")
	s.queue.Settle()
	if step := s.page.shown.Step(model.StepTest); step.State != model.Careful || step.Problem != "Live's audio engine is off.\nChoose a device in Live." {
		t.Errorf("%+v", step)
	}
	s.fails = nil
	s.press("Record Another")
	close(s.landing)
	s.queue.Settle()
	s.fails = &control.Error{Message: "The disk is read-only."}
	s.press("Move It to the Trash")
	s.queue.Settle()
	if step := s.page.shown.Step(model.StepTest); step.State != model.Done || step.Problem != "The disk is read-only." {
		t.Errorf("%+v", step)
	}
}

func TestDiscardTheTestTake(t *testing.T) {
	s := open(t, options{machine: func(m *model.Machine) { m.Libraries[0].Version, m.Libraries[0].Same = "1.1.0", true }})
	s.snapshot(linked)
	s.queue.Settle()
	// StartTake answers, landing waits: as while Live records.
	begun := make(chan struct{})
	s.page.facts.Test = model.Test{Phase: model.TestRecording, ID: "t1"}
	s.snapshot(func(c *control.Snapshot) {
		linked(c)
		c.State.Take = &live.Take{ID: "t1", Phase: live.PhaseRecording}
	})
	close(begun)
	s.press("Discard It")
	s.queue.Settle()
	s.done("cancel")
	if phase := s.page.facts.Test.Phase; phase != model.TestIdle {
		t.Errorf("the test is %q", phase)
	}
}

func TestInstallationThatFails(t *testing.T) {
	s := open(t, options{})
	s.fails = &control.Error{Message: "Takebar cannot write there.", Hint: "Quit Live and try again."}
	s.press("Install the Script")
	s.queue.Settle()
	if step := s.page.shown.Step(model.StepScript); step.State != model.Now || step.Problem != "Takebar cannot write there.\nQuit Live and try again." {
		t.Errorf("%+v", step)
	}
}

// TestMovedUserLibrary: the folder that the user chooses is written into the settings.
func TestMovedUserLibrary(t *testing.T) {
	s := open(t, options{machine: func(m *model.Machine) { m.Libraries, m.Missing = nil, "/Volumes/gone/User Library" }})
	s.states(model.Careful, model.Later, model.Later, model.Later, model.Later)
	s.page.use("/tmp")
	if step := s.page.shown.Step(model.StepScript); !strings.Contains(step.Problem, "does not look like") {
		t.Errorf("%+v", step)
	}
	s.mu.Lock()
	s.machine.Libraries, s.machine.Missing = []model.Library{{Path: "/disk/User Library", Configured: true}}, ""
	s.mu.Unlock()
	s.page.use("/disk/User Library")
	s.queue.Settle()
	s.states(model.Now, model.Later, model.Later, model.Later, model.Later)
	text, err := os.ReadFile(filepath.Join(s.home, config.FileName))
	if err != nil || !strings.Contains(string(text), "user_library = \"/disk/User Library\"") {
		t.Errorf("config.toml: %v\n%s", err, text)
	}
}

func TestTwoLibrariesAndTwoLives(t *testing.T) {
	s := open(t, options{machine: func(m *model.Machine) {
		m.Libraries = append(m.Libraries, model.Library{Path: "/other/User Library", Version: "1.1.0", Same: true})
	}})
	choice := s.page.choices[model.StepScript]
	if choice == nil || choice.Selected != library {
		t.Fatalf("%+v", choice)
	}
	s.window.Canvas().Focus(choice)
	choice.TypedKey(&fyne.KeyEvent{Name: fyne.KeyRight})
	s.queue.Settle()
	s.states(model.Done, model.Now, model.Later, model.Later, model.Later)
	s.snapshot(func(c *control.Snapshot) {
		linked(c)
		c.Link.Lives = append(c.Link.Lives, control.LiveInfo{PID: 77, Live: "11.3.2", Script: "1.0.0"})
	})
	s.queue.Settle()
	lives := s.page.choices[model.StepLink]
	if lives == nil {
		t.Fatalf("no choice of Lives:\n%s", s.page.shown)
	}
	lives.SetSelectedIndex(1)
	s.queue.Settle()
	s.done("choose 7")
}

// TestTicksLookAgain: only the page in front looks, and only until all is well.
func TestTicksLookAgain(t *testing.T) {
	s := open(t, options{})
	looks := func() int {
		s.mu.Lock()
		defer s.mu.Unlock()
		return s.looks
	}
	tick := func() {
		s.ticks <- time.Time{}
		s.ticks <- time.Time{} // the first has been dealt with once the second is taken
		s.queue.Settle()
	}
	before := looks()
	tick()
	if looks() == before {
		t.Error("a tick did not look")
	}
	s.page.facts.Machine.Libraries[0].Same = true
	s.mu.Lock()
	s.machine.Libraries[0].Version, s.machine.Libraries[0].Same = "1.1.0", true
	s.mu.Unlock()
	s.snapshot(linked)
	s.queue.Settle()
	before = looks()
	tick()
	if looks() != before {
		t.Error("it still looks although all is well")
	}
}

func TestPictures(t *testing.T) {
	light, dark := ui.Look{Variant: theme.VariantLight}, ui.Look{Variant: theme.VariantDark}
	installed := func(m *model.Machine) { m.Libraries[0].Version, m.Libraries[0].Same = "1.1.0", true }
	surface := func(m *model.Machine) {
		installed(m)
		m.Lives = []model.Live{{Name: "Ableton Live 12 Suite", Major: 12}}
	}
	for _, tt := range []struct {
		name  string
		o     options
		scale float32
		snap  func(*control.Snapshot)
		do    func(*studio)
	}{
		{"fresh-light", options{look: light}, 1, nil, nil},
		{"surface-light", options{look: light, machine: surface}, 1, nil, nil},
		{"surface-dark-2x", options{look: dark, machine: surface}, 2, nil, nil},
		{"trouble-light", options{look: light, machine: func(m *model.Machine) {
			m.Libraries[0].Version = "1.0.0"
			m.Libraries = append(m.Libraries, model.Library{Path: "/media/mia/A very long name of a disk/And a folder in it/Ableton/User Library"})
			m.Missing = "/media/mia/Samples/User Library"
		}}, 1, func(c *control.Snapshot) {
			linked(c)
			c.Link.ScriptUpdate, c.State.Link.Script = "1.1.0", "1.0.0"
			c.Link.Lives = append(c.Link.Lives, control.LiveInfo{PID: 77, Live: "11.3.2", Script: "1.0.0"})
		}, func(s *studio) {
			s.page.facts.Refused = "Takebar cannot write to that folder.\nAllow writing there, or quit Live and try again."
			s.page.facts.Test = model.Test{Phase: model.TestFailed, Problem: "Live's audio engine is off.\nChoose a device in Live's settings."}
		}},
		{"landing-dark", options{look: dark, machine: surface}, 1, func(c *control.Snapshot) {
			linked(c)
			c.Landings = []control.Landing{{TakeID: "t1", Done: 0.6}}
		}, func(s *studio) { s.page.facts.Test = model.Test{Phase: model.TestRecording, ID: "t1"} }},
		{"done-light", options{look: light, machine: surface}, 1, linked, testDone},
		{"done-dark", options{look: dark, machine: surface}, 1, linked, testDone},
		{"done-de", options{look: light, language: "de", machine: surface, size: fyne.NewSize(640, 640)}, 1, linked, testDone},
		{"surface-de", options{look: light, language: "de", machine: surface, size: fyne.NewSize(640, 640)}, 1, nil, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := open(t, tt.o)
			s.snapshot(tt.snap)
			s.queue.Settle()
			if tt.do != nil {
				tt.do(s)
				s.page.refresh()
			}
			s.page.sheet.Settle()
			golden.Image(t, s.window.Canvas(), tt.name, tt.scale)
		})
	}
}

func testDone(s *studio) {
	take, err := func() (control.LibraryTake, error) {
		close(s.landing)
		return s.WaitLanded(context.Background(), "t1")
	}()
	if err != nil {
		s.t.Fatal(err)
	}
	s.page.facts.Test = model.Test{Phase: model.TestDone, ID: "t1", Take: &take}
}
