//go:build linux && cgo

// Package export tests export attempts with the whole program: the real tray, the real Remote Script in livesim, real windows and real keys on a
// private display, with the test as desktop and musician.
package export

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/takebar/takebar/automation"
	"github.com/takebar/takebar/internal/exporttest"
	"github.com/takebar/takebar/internal/simtest"
	"github.com/takebar/takebar/internal/traytest"
)

const patience = 90 * time.Second

func TestMain(m *testing.M) {
	if status, ok := exporttest.Main(); ok {
		os.Exit(status)
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

// studio is a musician's computer with Live on it, as far as it can be pretended.
type studio struct {
	t       *testing.T
	ctx     context.Context
	program string
	home    string
	takes   string
	renders string // where Live's Save dialog points to
	sim     *simtest.Sim
	live    *exporttest.Live
	victim  *exporttest.Victim
	bus     *traytest.Bus
	shown   *traytest.Notifications
	item    *traytest.Item
}

var emptySet = simtest.Params{"tracks": []any{simtest.Params{"name": "Piano", "kind": "audio"}}}

func newStudio(t *testing.T) *studio {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 8*time.Minute)
	t.Cleanup(cancel)
	s := &studio{t: t, ctx: ctx, program: build(t), home: filepath.Join(t.TempDir(), "home"), takes: filepath.Join(t.TempDir(), "Takes"), renders: t.TempDir()}
	must(t, os.MkdirAll(s.home, 0o700))
	must(t, exporttest.Xdotool(ctx, "mousemove", "500", "350"))
	s.sim = simtest.Start(t, simtest.Options{Home: s.home})
	var err error
	if s.victim, err = exporttest.StartVictim(ctx); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { must(t, s.victim.Stop()) })
	if s.live, err = exporttest.StartLive(ctx, exporttest.Script{Set: "Nothing yet", Folder: s.renders}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { must(t, s.live.Stop()) })
	s.bus = traytest.StartBus(t)
	s.shown = s.bus.NewNotifications(t)
	return s
}

// build makes the program with its key driver; TAKEBAR_BIN names one that is built already.
func build(t *testing.T) string {
	t.Helper()
	if path := os.Getenv("TAKEBAR_BIN"); path != "" {
		return path
	}
	root, err := simtest.Root()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "takebar")
	cmd := exec.CommandContext(t.Context(), "go", "build", "-o", path, ".")
	cmd.Dir = root
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("building: %v\n%s", err, out)
	}
	return path
}

func (s *studio) env() []string {
	env := append(os.Environ(), "TAKEBAR_HOME="+s.home, "TAKEBAR_TAKES="+s.takes, "HOME="+filepath.Dir(s.home), "LANG=C.UTF-8")
	return append(append(env, s.bus.Env()...), "DISPLAY="+os.Getenv("DISPLAY"))
}

// startTray starts the tray and waits for its icon.
func (s *studio) startTray() {
	s.t.Helper()
	watcher := s.bus.NewWatcher(s.t)
	cmd := exec.CommandContext(context.WithoutCancel(s.ctx), s.program)
	var out bytes.Buffer
	cmd.Env, cmd.Stdout, cmd.Stderr = s.env(), &out, &out
	if err := cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt) // it may have ended
		_ = cmd.Wait()                       // how it ended is not the question here
		if s.t.Failed() {
			log, _ := os.ReadFile(filepath.Join(s.home, "logs", "takebar.log"))
			s.t.Logf("the tray said:\n%s\n%s", out.String(), log)
		}
	})
	var err error
	if s.item, err = watcher.WaitItem(s.ctx); err != nil {
		s.t.Fatalf("%v; the tray said\n%s", err, out.String())
	}
}

// command runs a command line and asserts its exit code.
func (s *studio) command(want int, args ...string) string {
	s.t.Helper()
	cmd := exec.CommandContext(s.ctx, s.program, args...)
	var out, errs bytes.Buffer
	cmd.Env, cmd.Stdout, cmd.Stderr = s.env(), &out, &errs
	err := cmd.Run()
	if cmd.ProcessState == nil || cmd.ProcessState.ExitCode() != want {
		s.t.Fatalf("takebar %s: %v, want exit code %d\n%s%s", strings.Join(args, " "), err, want, out.String(), errs.String())
	}
	return out.String() + errs.String()
}

func (s *studio) click(path ...string) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.ctx, patience)
	defer cancel()
	if err := s.item.Click(ctx, path...); err != nil {
		s.t.Fatal(err)
	}
}

// notified waits for the n-th notification with these words, counted from 1.
func (s *studio) notified(n int, words string) string {
	s.t.Helper()
	text := ""
	s.until("notification "+words, func() bool {
		seen := 0
		for _, got := range s.shown.List() {
			if text = got.Title + "\n" + got.Body; strings.Contains(text, words) {
				if seen++; seen == n {
					return true
				}
			}
		}
		return false
	})
	return text
}

func (s *studio) until(what string, cond func() bool) {
	s.t.Helper()
	if err := exporttest.Until(s.ctx, patience, cond); err != nil {
		s.t.Fatalf("%s: %v; there were %+v", what, err, s.shown.List())
	}
}

// load has the musician open a set: in livesim, which the script reports, and in the windows.
func (s *studio) load(name string, sc exporttest.Script) {
	s.sim.Do(s.t, "load_set", simtest.Params{"name": name, "set": emptySet, "project": s.sim.Project}, nil)
	message := sc.Message
	sc.Set, sc.Message = name, ""
	if sc.Folder == "" {
		sc.Folder = s.renders
	}
	if err := s.live.Send(exporttest.Command{Do: "load", Script: &sc}); err != nil {
		s.t.Error(err)
	}
	if message != "" {
		s.sim.Do(s.t, "fault", simtest.Params{"name": "dialog", "message": message, "buttons": 1}, nil)
	}
}

// openSets answers the opener: what it is asked to open is loaded.
func (s *studio) openSets(list string, scripts map[string]exporttest.Script) {
	done, finished := make(chan struct{}), make(chan struct{})
	s.t.Cleanup(func() { close(done); <-finished })
	go func() {
		defer close(finished)
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		for seen := 0; ; {
			select {
			case <-done:
				return
			case <-tick.C:
			}
			text, err := os.ReadFile(list)
			if err != nil {
				continue
			}
			lines := strings.Split(strings.TrimSpace(string(text)), "\n")
			for ; seen < len(lines) && lines[seen] != ""; seen++ {
				name := strings.TrimSuffix(filepath.Base(lines[seen]), ".als")
				s.load(name, scripts[name])
			}
		}
	}()
}

// safe asserts that the victim got no key.
func (s *studio) safe() {
	s.t.Helper()
	for _, e := range s.victim.Events("key") {
		s.t.Errorf("the victim got a key: %s", e.Key)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Error(err)
	}
}

func writeSet(t *testing.T, path string) {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, err := z.Write([]byte(`<?xml version="1.0"?><Ableton Creator="Ableton Live 12.3">`))
	must(t, err)
	must(t, z.Close())
	must(t, os.WriteFile(path, b.Bytes(), 0o600))
}

// TestWholeProduct switches attempts on in the menu, rehearses both shortcuts, attempts one export by a click, and runs a batch of five sets of which
// one brings an overwrite prompt, one a message about missing files and one a silent render.
func TestWholeProduct(t *testing.T) {
	s := newStudio(t)
	opened := filepath.Join(t.TempDir(), "opened")
	must(t, os.WriteFile(filepath.Join(s.home, "config.toml"), fmt.Appendf(nil, "[export]\nfolders = [%q]\nopen_command = [\"/bin/sh\", \"-c\", %q, %q, \"{}\"]\n",
		s.renders, `printf '%s\n' "$1" >> "$0"`, opened), 0o600))
	s.startTray()
	s.load("First", exporttest.Script{MIDI: "e"})
	s.until("the set's name on the link", func() bool { return strings.Contains(s.command(0, "status"), "First") })

	if out := s.command(1, "export", "attempt"); !strings.Contains(out, "takebar export enable") {
		t.Errorf("while off: %s", out)
	}
	s.click("Export Attempts", "I Have Read This")
	s.notified(1, "Export attempts are switched on")
	s.click("Export Attempts", "Rehearse the Shortcut", "Rehearse Ctrl+Shift+E")
	if got := s.notified(1, "Rehearsal of Ctrl+Shift+E"); !strings.Contains(got, "Export MIDI Clip") || !strings.Contains(got, "Ctrl+Shift+R") {
		t.Errorf("first rehearsal: %s", got)
	}
	s.click("Export Attempts", "Rehearse the Shortcut", "Rehearse Ctrl+Shift+R")
	s.notified(1, "Rehearsal of Ctrl+Shift+R")
	s.click("Export Attempts", "Attempt Export")
	s.notified(1, "Export verified")
	if _, err := os.Stat(filepath.Join(s.renders, "First.wav.export.json")); err != nil {
		t.Errorf("the receipt: %v", err)
	}
	s.safe()

	names := []string{"Good", "Silent", "Missing", "Taken", "Fine"}
	s.openSets(opened, map[string]exporttest.Script{
		"Good": {}, "Silent": {Sound: "silent"}, "Missing": {Message: "Some media files are missing."}, "Taken": {}, "Fine": {Seconds: 1},
	})
	must(t, os.WriteFile(filepath.Join(s.renders, "Taken.wav"), []byte("the old mix"), 0o600))
	project := filepath.Dir(simtest.Get[string](t, s.sim.Control, "set.path"))
	must(t, os.MkdirAll(project, 0o755))
	args := []string{"batch", "add"}
	for _, n := range names {
		path := filepath.Join(project, n+".als")
		writeSet(t, path)
		args = append(args, path)
	}
	s.command(0, args...)
	for round, left := range []int{2, 1, 0} {
		s.click("Export Attempts", "Run Batch", "Run It Now")
		if left > 0 {
			s.notified(round+1, "Batch stopped")
		} else {
			s.notified(1, "Batch finished")
		}
		if b := s.batch(); b.Left() != left {
			t.Fatalf("round %d: %d left\n%s", round, b.Left(), b.Table())
		}
		// The musician closes what is open in Live.
		must(t, s.live.Send(exporttest.Command{Do: "answer"}))
		if simtest.Get[float64](t, s.sim.Control, "application.open_dialog_count") > 0 {
			s.sim.Do(t, "press_dialog", simtest.Params{"button": 0}, nil)
		}
	}
	s.report(s.batch())
	s.safe()
}

// TestStopFromTheMenu follows an attempt in the menu and stops the watching while Live renders: Live goes on, and the answer is neither a success
// nor a failure.
func TestStopFromTheMenu(t *testing.T) {
	s := newStudio(t)
	s.ready("Slow", exporttest.Script{ChunkMs: 400})
	s.startTray()
	s.click("Export Attempts", "Attempt Export")
	ctx, cancel := context.WithTimeout(s.ctx, patience)
	defer cancel()
	if _, err := s.item.WaitMenu(ctx, "the running line", func(m *traytest.Node) bool {
		return strings.Contains(m.String(), "Export attempt: Live is rendering") && m.Find("Stop Watching") != nil
	}); err != nil {
		t.Fatal(err)
	}
	s.click("Stop Watching")
	if got := s.notified(1, "Export unverified"); !strings.Contains(got, "Live itself goes on rendering") {
		t.Errorf("it does not say that Live goes on: %s", got)
	}
	s.until("the end of the render", func() bool { return len(s.live.Events("file")) == 1 })
	if out := s.command(0, "export", "show"); !strings.Contains(out, "Unverified (stopped_watching)") {
		t.Errorf("the story:\n%s", out)
	}
	s.safe()
}

// ready opens a set and gives consent and rehearsal by commands.
func (s *studio) ready(set string, sc exporttest.Script) {
	s.t.Helper()
	must(s.t, os.WriteFile(filepath.Join(s.home, "config.toml"), fmt.Appendf(nil, "[export]\nfolders = [%q]\n", s.renders), 0o600))
	s.load(set, sc)
	s.until("the set's name on the link", func() bool { return strings.Contains(s.command(0, "status"), set) })
	s.command(0, "export", "enable", "--yes")
	s.command(0, "export", "rehearse", "--chord", "r")
}

// chords counts how often the shortcut was pressed.
func (s *studio) chords() int {
	n := 0
	for _, e := range s.live.Events("key") {
		if e.Key == "ctrl+shift+r" {
			n++
		}
	}
	return n
}

// TestRangesAndAKill exports from locator to locator with the loop brace set through the real script. The first run is killed while Live renders; the next
// one goes on watching, presses nothing for that part again, and at the end the brace is the user's own.
func TestRangesAndAKill(t *testing.T) {
	s := newStudio(t)
	s.ready("Parts", exporttest.Script{ChunkMs: 200})
	s.sim.Do(t, "loop", simtest.Params{"on": false, "start": 5, "length": 7}, nil)
	s.sim.Do(t, "add_locator", simtest.Params{"time": 16, "name": "Chorus"}, nil)
	s.sim.Do(t, "add_locator", simtest.Params{"time": 12, "name": "Verse"}, nil)
	s.command(0, "batch", "add", "--locators", "--range", "End=16:20")
	if b := s.batch(); len(b.Items) != 2 || b.Items[0].Range.Name != "End" || b.Items[1].Range.Name != "Verse" || b.Items[1].Range.Length != 4 {
		t.Fatalf("items %+v", b.Items)
	}
	before := s.chords()
	run := exec.CommandContext(s.ctx, s.program, "batch", "run", "--yes")
	run.Env = s.env()
	if err := run.Start(); err != nil {
		t.Fatal(err)
	}
	s.until("the render", func() bool {
		traces, err := filepath.Glob(filepath.Join(s.home, "export", "attempts", "*", "trace.jsonl"))
		if err != nil || len(traces) != 1 {
			return false
		}
		text, err := os.ReadFile(traces[0])
		return err == nil && strings.Contains(string(text), `"state":"rendering"`)
	})
	if on, start := simtest.Get[bool](t, s.sim.Control, "song.loop"), simtest.Get[float64](t, s.sim.Control, "song.loop_start"); !on || start != 16 {
		t.Errorf("while rendering the loop is %t from %g", on, start)
	}
	must(t, run.Process.Kill())
	_ = run.Wait() // it was killed
	if b := s.batch(); b.Items[0].Status != automation.Running {
		t.Errorf("after the kill: %+v", b.Items[0])
	}
	out := s.command(0, "batch", "run", "--yes")
	b := s.batch()
	for _, i := range b.Items {
		if i.Outcome != automation.Verified && i.Outcome != automation.WithWarnings {
			t.Errorf("%s: %s %s\n%s", i.Name(), i.Outcome, i.Reason, out)
		}
	}
	if n := s.chords() - before; n != 2 {
		t.Errorf("the shortcut was pressed %d times for two parts", n)
	}
	for _, n := range []string{"Parts - End.wav", "Parts - Verse.wav"} {
		if _, err := os.Stat(filepath.Join(s.takes, "Exports", n)); err != nil {
			t.Error(err)
		}
	}
	on, start, length := simtest.Get[bool](t, s.sim.Control, "song.loop"), simtest.Get[float64](t, s.sim.Control, "song.loop_start"), simtest.Get[float64](t, s.sim.Control, "song.loop_length")
	if on || start != 5 || length != 7 {
		t.Errorf("the user's loop was off from 5, 7 long; now it is %t from %g, %g long", on, start, length)
	}
	s.safe()
}

func (s *studio) batch() automation.Batch {
	s.t.Helper()
	var b automation.Batch
	if err := json.Unmarshal([]byte(s.command(0, "batch", "list", "--json")), &b); err != nil {
		s.t.Fatal(err)
	}
	return b
}

// report asserts that the batch's report says exactly what happened.
func (s *studio) report(b automation.Batch) {
	s.t.Helper()
	want := []struct {
		outcome automation.Outcome
		reason  automation.Reason
	}{
		{automation.Verified, ""},
		{automation.Unverified, automation.ReasonSilent},
		{automation.Failed, automation.ReasonUnexpectedDialog},
		{automation.Failed, automation.ReasonOverwritePrompt},
		{automation.Verified, ""},
	}
	for i, w := range want {
		if got := b.Items[i]; got.Outcome != w.outcome || got.Reason != w.reason {
			s.t.Errorf("%s: %s %s (%s), want %s %s", got.Set, got.Outcome, got.Reason, got.Sentence, w.outcome, w.reason)
		}
	}
	if text := b.Items[2].Sentence; !strings.Contains(text, "Some media files are missing.") {
		s.t.Errorf("the message is not reported: %s", text)
	}
	if old, err := os.ReadFile(filepath.Join(s.renders, "Taken.wav")); err != nil || string(old) != "the old mix" {
		s.t.Errorf("the old mix is %q, %v", old, err)
	}
	for _, n := range []string{"Good.wav", "Fine.wav"} {
		if _, err := os.Stat(filepath.Join(s.takes, "Exports", n)); err != nil {
			s.t.Error(err)
		}
	}
	var stored automation.Batch
	text, err := os.ReadFile(b.Report)
	if err == nil {
		err = json.Unmarshal(text, &stored)
	}
	if err != nil || len(stored.Items) != len(want) {
		s.t.Errorf("the report %s has %d sets, %v", b.Report, len(stored.Items), err)
	}
	s.t.Logf("\n%s", b.Table())
}
