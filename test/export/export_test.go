//go:build linux && cgo

// Package export tests export attempts with the whole program: the real tray, the real Remote Script in livesim, real windows and real keys on a
// private display, with the test as desktop and musician.
package export

import (
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

var emptySet = simtest.Params{"tracks": []any{simtest.Params{"name": "Piano", "kind": "audio"}}}

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
	s.click("Export Attempts", "Open the Dialog and Close It")
	s.notified(1, "Export dry run")
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

// TestKilledTray kills the tray in the middle of a batch, while Live renders. The batch is taken up again by a command, which presses nothing for that set.
func TestKilledTray(t *testing.T) {
	s := newStudio(t)
	s.ready("Long", exporttest.Script{ChunkMs: 300})
	s.startTray()
	path := simtest.Get[string](t, s.sim.Control, "set.path")
	must(t, os.MkdirAll(filepath.Dir(path), 0o755))
	writeSet(t, path)
	s.command(0, "batch", "add", path)
	before := s.chords()
	s.click("Export Attempts", "Run Batch", "Run It Now")
	s.until("the render", func() bool {
		traces, err := filepath.Glob(filepath.Join(s.home, "export", "attempts", "*", "trace.jsonl"))
		if err != nil || len(traces) != 1 {
			return false
		}
		text, err := os.ReadFile(traces[0])
		return err == nil && strings.Contains(string(text), `"state":"rendering"`)
	})
	must(t, s.tray.Process.Kill())
	_ = s.tray.Wait() // it was killed
	s.command(0, "batch", "run", "--yes")
	b := s.batch()
	if len(b.Items) != 1 || !b.Items[0].Outcome.Good() || b.Stopped != nil {
		t.Errorf("after the kill:\n%s", b.Table())
	}
	if n := s.chords() - before; n != 1 {
		t.Errorf("the shortcut was pressed %d times for one set", n)
	}
	s.safe()
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
