//go:build linux && cgo

package automation_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/takebar/takebar/automation"
	"github.com/takebar/takebar/automation/desktop"
	"github.com/takebar/takebar/automation/keys"
	"github.com/takebar/takebar/automation/robot"
	"github.com/takebar/takebar/internal/exporttest"
)

const keysEnv = "AUTOMATION_TEST_KEYS"

func TestMain(m *testing.M) {
	if status, ok := exporttest.Main(); ok {
		os.Exit(status)
	}
	if os.Getenv(keysEnv) != "" {
		os.Exit(robot.Serve(context.Background(), os.Stdin, os.Stdout))
	}
	os.Exit(run(m))
}

func run(m *testing.M) int {
	d, err := exporttest.StartDisplay(context.Background())
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	status := m.Run()
	if err := d.Stop(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return status
}

// realKeys is the real key driver, in a process of its own as in the program.
func realKeys() *keys.Client {
	return &keys.Client{Command: []string{"/proc/self/exe"}, Env: []string{keysEnv + "=1", "GORACE=atexit_sleep_ms=0"}, Timeout: 10 * time.Second}
}

// quick is a patience that keeps tests short and still gives a loaded machine room.
func quick() automation.Timing {
	return automation.Timing{
		Poll: 10 * time.Millisecond, Focus: time.Second, Activate: 3 * time.Second, KeysClear: 400 * time.Millisecond, Dialog: 4 * time.Second,
		Save: 4 * time.Second, SaveClose: 2500 * time.Millisecond, BeforeStart: 60 * time.Second, RenderStart: 2500 * time.Millisecond, Stall: 3 * time.Second,
		Message: 400 * time.Millisecond, RenderMax: 30 * time.Second, SettleFor: 150 * time.Millisecond, SettleMax: 600 * time.Millisecond, OpenSet: 8 * time.Second,
	}
}

// bench is one stand-in, one victim and one engine.
type bench struct {
	t      *testing.T
	live   *exporttest.Live
	victim *exporttest.Victim
	desk   desktop.Driver
	folder string // that Live renders to
	home   string
	opts   automation.Options
	after  func() // before anything is asserted
	*automation.Engine

	mu     sync.Mutex
	hooks  map[automation.State]func()
	states []automation.State
}

// newBench starts everything with consent given and Ctrl+Shift+R rehearsed for Live 12.3.6, as a user's machine is on an ordinary day.
func newBench(t *testing.T, sc exporttest.Script) *bench {
	t.Helper()
	b := &bench{t: t, folder: t.TempDir(), home: t.TempDir(), hooks: map[automation.State]func(){}}
	if sc.Set == "" {
		sc.Set = "Song"
	}
	if sc.Folder == "" {
		sc.Folder = b.folder
	}
	b.folder = sc.Folder
	var err error
	// The mouse in the middle, Caps Lock off, a plain layout: what the test before left must not matter.
	must(t, exporttest.Xdotool(t.Context(), "mousemove", "500", "350"))
	if b.desk, err = desktop.Open(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.desk.Close() })
	if b.victim, err = exporttest.StartVictim(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { must(t, b.victim.Stop()) })
	if b.live, err = exporttest.StartLive(t.Context(), sc); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { must(t, b.live.Stop()) })
	b.until("the stand-in's window and state", func() bool {
		_, ok := b.live.State()
		return ok && b.listed(desktop.ID(b.live.ID)) && b.listed(desktop.ID(b.victim.ID))
	})
	must(t, os.WriteFile(filepath.Join(b.home, "config.toml"), []byte("# mine\n"), 0o600))
	must(t, os.WriteFile(b.oldMix(), []byte("the mix of last week"), 0o600))
	must(t, os.Chtimes(b.oldMix(), lastWeek(), lastWeek()))
	b.opts = automation.Options{
		Home: b.home, Version: "test", Link: b.live, Keys: realKeys(), Desktop: desktop.Open, Timing: quick(), Folders: []string{b.folder},
		Changed: b.changed,
	}
	b.build()
	must(t, b.Enable(automation.ConsentVersion, false))
	must(t, os.WriteFile(filepath.Join(b.home, "export", "rehearsals.json"),
		[]byte(`[{"live":"12.3.6","chord":"chord_r","passed":true,"opened":"Export Audio/Video","closed":true}]`), 0o600))
	return b
}

func (b *bench) build() { b.Engine = automation.New(b.opts) }

func (b *bench) changed(s automation.Status) {
	if s.State == "" {
		return
	}
	b.mu.Lock()
	fresh := len(b.states) == 0 || b.states[len(b.states)-1] != s.State
	if fresh {
		b.states = append(b.states, s.State)
	}
	hook := b.hooks[s.State]
	b.mu.Unlock()
	if fresh && hook != nil {
		hook()
	}
}

// at runs something when the attempt enters a state, before the state does anything.
func (b *bench) at(s automation.State, do func()) { b.hooks[s] = do }

func (b *bench) until(what string, cond func() bool) {
	b.t.Helper()
	if err := exporttest.Until(b.t.Context(), 15*time.Second, cond); err != nil {
		b.t.Fatalf("%s: %v", what, err)
	}
}

func (b *bench) listed(id desktop.ID) bool {
	all, err := b.desk.Windows(b.t.Context())
	return err == nil && slices.ContainsFunc(all, func(w desktop.Window) bool { return w.ID == id })
}

// steal brings the victim to the front and waits until it is there.
func (b *bench) steal() {
	b.t.Helper()
	must(b.t, b.victim.Send("focus"))
	b.until("the victim in front", func() bool {
		id, err := b.desk.Active(b.t.Context())
		return err == nil && id == desktop.ID(b.victim.ID)
	})
}

// oldMix is a file that was in Live's folder before, and must be there afterwards as it was.
func (b *bench) oldMix() string { return filepath.Join(b.folder, "Old Mix.wav") }

func lastWeek() time.Time { return time.Date(2026, 1, 24, 20, 15, 0, 0, time.UTC) }

// exported are the files in Live's folder that were not there before.
func (b *bench) exported() []string {
	b.t.Helper()
	entries, err := os.ReadDir(b.folder)
	if err != nil {
		b.t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		if e.Name() != filepath.Base(b.oldMix()) {
			names = append(names, e.Name())
		}
	}
	return names
}

// attempt runs one attempt to its end.
func (b *bench) attempt(req automation.Request) automation.Result {
	b.t.Helper()
	r, err := b.Attempt(b.t.Context(), req)
	if err != nil {
		b.t.Fatal(err)
	}
	return r
}

// safe asserts what must hold after every attempt whatever happened: the victim got no key, no modifier is down, nothing that was there
// before was touched, nothing unexpected was pressed, and the trace tells the end.
func (b *bench) safe(r automation.Result) {
	b.t.Helper()
	for _, e := range b.victim.Events("key") {
		b.t.Errorf("the victim got a key: %s", e.Key)
	}
	k, err := b.desk.Keys(b.t.Context())
	if err != nil || len(k.Held) > 0 {
		b.t.Errorf("modifiers after the attempt: %v, %v", k.Held, err)
	}
	if got, err := os.ReadFile(filepath.Join(b.home, "config.toml")); err != nil || string(got) != "# mine\n" {
		b.t.Errorf("config.toml is %q, %v", got, err)
	}
	if got, err := os.ReadFile(b.oldMix()); err != nil || string(got) != "the mix of last week" {
		b.t.Errorf("the old mix is %q, %v", got, err)
	}
	if st, err := os.Stat(b.oldMix()); err != nil || !st.ModTime().Equal(lastWeek()) {
		b.t.Errorf("the old mix was touched: %v, %v", st, err)
	}
	for _, e := range b.live.Events("key") {
		switch e.Window + " " + e.Key {
		case "main ctrl+shift+r", "main ctrl+shift+e", "export Return", "export Escape", "save Return", "save Escape", "midi Escape":
		default:
			b.t.Errorf("Live got %s in its %s window", e.Key, e.Window)
		}
	}
	if r.ID == "" {
		return
	}
	f, err := os.Open(filepath.Join(r.Folder, "trace.jsonl"))
	if err != nil {
		b.t.Fatal(err)
	}
	defer func() { must(b.t, f.Close()) }()
	events, err := automation.ReadTrace(f)
	if err != nil {
		b.t.Fatal(err)
	}
	if len(events) == 0 {
		b.t.Fatal("the trace is empty")
	}
	last := events[len(events)-1]
	if last.What != automation.EventEnd || last.Out != r.Outcome || last.Reason != r.Reason || last.State != r.State {
		b.t.Errorf("the trace ends with %+v, the result is %s %s in %s", last, r.Outcome, r.Reason, r.State)
	}
	asked, sent := 0, 0
	for _, e := range events {
		switch e.What {
		case automation.EventKey:
			asked++
			if e.Window == nil || e.Window.PID != b.live.PID() {
				b.t.Errorf("a key was meant for %v", e.Window)
			}
		case automation.EventSent:
			sent++
		}
	}
	if sent != len(r.Pressed) || asked < sent {
		b.t.Errorf("trace: %d keys asked, %d sent; result: %v", asked, sent, r.Pressed)
	}
	if story, err := b.Story(r.ID); err != nil || !strings.Contains(story, r.Sentence) {
		b.t.Errorf("the story does not tell the end (%v):\n%s", err, story)
	}
}

// want asserts outcome, reason and where it ended.
func want(t *testing.T, r automation.Result, outcome automation.Outcome, reason automation.Reason, state automation.State) {
	t.Helper()
	if r.Outcome != outcome || r.Reason != reason || r.State != state {
		t.Errorf("got %s %q in %s (%s), want %s %q in %s", r.Outcome, r.Reason, r.State, r.Sentence, outcome, reason, state)
	}
	if r.Sentence == "" || (reason != "" && r.NextStep == "") {
		t.Errorf("no sentence or next step: %q, %q", r.Sentence, r.NextStep)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Error(err)
	}
}

func wantRefusal(t *testing.T, err error, reason automation.Reason) {
	t.Helper()
	var r *automation.Refusal
	if !errors.As(err, &r) || r.Reason != reason {
		t.Errorf("got %v, want a refusal %q", err, reason)
		return
	}
	if r.Error() == "" || r.ErrorHint() == "" {
		t.Errorf("no sentence or next step: %q, %q", r.Error(), r.ErrorHint())
	}
}
