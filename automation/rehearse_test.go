//go:build linux && cgo

package automation_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gofrs/flock"

	"github.com/takebar/takebar/automation"
	"github.com/takebar/takebar/automation/keys"
	"github.com/takebar/takebar/internal/exporttest"
)

func forget(t *testing.T, b *bench) {
	t.Helper()
	must(t, os.Remove(filepath.Join(b.home, "export", "rehearsals.json")))
}

// TestRehearsalOffersTheOtherChord is the way of a new user: the default chord opens the MIDI export, is closed with Esc, and the other one is
// offered, rehearsed and used.
func TestRehearsalOffersTheOtherChord(t *testing.T) {
	b := newBench(t, exporttest.Script{MIDI: "e", Counted: true})
	forget(t, b)
	first, err := b.Rehearse(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	if first.Chord != keys.ChordE || first.Passed || !first.Closed || first.Offer != keys.ChordR || first.Opened != "Export MIDI Clip" {
		t.Errorf("first: %+v", first)
	}
	if !strings.Contains(first.Sentence, "not Export Audio/Video") {
		t.Errorf("sentence: %s", first.Sentence)
	}
	r := b.attempt(automation.Request{})
	want(t, r, automation.Failed, automation.ReasonNotRehearsed, automation.BridgeCheck)
	second, err := b.Rehearse(t.Context(), first.Offer)
	if err != nil {
		t.Fatal(err)
	}
	var stored []automation.Rehearsed
	text, err := os.ReadFile(filepath.Join(b.home, "export", "rehearsals.json"))
	must(t, err)
	must(t, json.Unmarshal(text, &stored))
	if len(stored) != 2 || stored[0].Chord != keys.ChordE || stored[0].Opened != "Export MIDI Clip" || stored[1].Chord != keys.ChordR || stored[1].Opened != "Export Audio/Video" ||
		stored[1].Main != "Song - Ableton Live 12 Suite" || stored[1].Dialogs == nil || *stored[1].Dialogs != 1 || stored[1].Live != "12.3.6" {
		t.Errorf("what was learned is stored as\n%s", text)
	}
	if !second.Passed || second.Opened != "Export Audio/Video" || second.Dialogs == nil || *second.Dialogs != 1 || second.Live != "12.3.6" {
		t.Errorf("second: %+v", second)
	}
	r = b.attempt(automation.Request{})
	want(t, r, automation.Verified, "", automation.Done)
	b.safe(r)
	if len(r.Pressed) != 3 || r.Plan.Chord != keys.ChordR {
		t.Errorf("pressed %v", r.Pressed)
	}
	if files, err := filepath.Glob(filepath.Join(b.folder, "*.mid")); err != nil || len(files) > 0 {
		t.Errorf("MIDI files: %v", files)
	}
}

func TestRehearsalWhereNothingOpens(t *testing.T) {
	b := newBench(t, exporttest.Script{})
	forget(t, b)
	got, err := b.Rehearse(t.Context(), keys.ChordE)
	if err != nil {
		t.Fatal(err)
	}
	if got.Passed || got.Offer != keys.ChordR || got.Opened != "" {
		t.Errorf("%+v", got)
	}
	b.safe(automation.Result{})
}

func TestRehearsalPressesNothingInUnknownWindows(t *testing.T) {
	b := newBench(t, exporttest.Script{Fault: exporttest.DialogUnknown})
	forget(t, b)
	_, err := b.Rehearse(t.Context(), keys.ChordR)
	wantRefusal(t, err, automation.ReasonUnexpectedDialog)
	b.safe(automation.Result{})
	if n := len(b.live.Events("key")); n != 1 {
		t.Errorf("%d keys, want the chord alone", n)
	}
}

// TestOffMeansOff shows that while switched off nothing is done and each refusal names the way to switch it on.
func TestOffMeansOff(t *testing.T) {
	b := newBench(t, exporttest.Script{})
	must(t, b.Disable())
	for name, do := range map[string]func() error{
		"attempt":      func() error { _, err := b.Attempt(t.Context(), automation.Request{}); return err },
		"plan":         func() error { _, err := b.Plan(t.Context(), automation.Request{}); return err },
		"rehearse":     func() error { _, err := b.Rehearse(t.Context(), ""); return err },
		"batch add":    func() error { _, _, err := b.AddToBatch(t.Context(), automation.BatchAdd{}); return err },
		"batch list":   func() error { _, err := b.Batch(); return err },
		"batch run":    func() error { _, err := b.RunBatch(t.Context()); return err },
		"batch clear":  b.ClearBatch,
		"export allow": b.Allowed,
	} {
		err := do()
		wantRefusal(t, err, automation.ReasonDisabled)
		if r, ok := err.(*automation.Refusal); !ok || !strings.Contains(r.ErrorHint(), "takebar export enable") { //nolint:errorlint // not wrapped
			t.Errorf("%s: %v", name, err)
		}
	}
	if n := len(b.live.Events("key")); n != 0 {
		t.Errorf("%d keys were pressed", n)
	}
	b.safe(automation.Result{})
	if _, err := os.Stat(filepath.Join(b.home, "export", "attempts")); !os.IsNotExist(err) {
		t.Errorf("attempts were stored: %v", err)
	}
}

// TestBusyOverProcesses shows that a second Takebar (its lock) keeps an attempt from starting.
func TestBusyOverProcesses(t *testing.T) {
	b := newBench(t, exporttest.Script{})
	other := flock.New(filepath.Join(b.home, "export", "attempt.lock"))
	if ok, err := other.TryLock(); !ok || err != nil {
		t.Fatal(ok, err)
	}
	_, err := b.Attempt(t.Context(), automation.Request{})
	wantRefusal(t, err, automation.ReasonBusy)
	must(t, other.Unlock())
	r := b.attempt(automation.Request{DryRun: true})
	want(t, r, automation.Cancelled, automation.ReasonDryRun, automation.Confirm)
	b.safe(r)
}

// TestPlan shows that a plan names window, keys and expectations, says what is in the way, and presses nothing.
func TestPlan(t *testing.T) {
	b := newBench(t, exporttest.Script{Project: "Song Project", Seconds: 64})
	p, err := b.Plan(t.Context(), automation.Request{})
	if err != nil {
		t.Fatal(err)
	}
	text := p.Text()
	for _, s := range []string{`"Song [Song Project] - Ableton Live 12 Suite"`, "Press Ctrl+Shift+R", `"Export Audio/Video"`, "Press Enter in the Save dialog", b.folder, "1:04 (the whole Arrangement)"} {
		if !strings.Contains(text, s) {
			t.Errorf("%q is missing in\n%s", s, text)
		}
	}
	if p.Hindrance != nil {
		t.Errorf("hindrance: %+v", p.Hindrance)
	}
	must(t, b.live.Send(exporttest.Command{Do: "play"}))
	b.until("playing", func() bool { s, _ := b.live.State(); return s.Transport.IsPlaying })
	if p, err = b.Plan(t.Context(), automation.Request{}); err != nil || p.Hindrance == nil || p.Hindrance.Reason != automation.ReasonTransportRunning {
		t.Errorf("%v, hindrance %+v", err, p.Hindrance)
	}
	if n := len(b.live.Events("key")); n != 0 {
		t.Errorf("%d keys were pressed", n)
	}
}

// TestPictures shows that pictures of Live's window are kept only where the user allowed them.
func TestPictures(t *testing.T) {
	b := newBench(t, exporttest.Script{})
	yes := true
	r := b.attempt(automation.Request{Pictures: &yes, DryRun: true})
	got, err := filepath.Glob(filepath.Join(r.Folder, "*.png"))
	if err != nil || len(got) != 2 {
		t.Errorf("pictures with leave: %v, %v", got, err)
	}
	r = b.attempt(automation.Request{DryRun: true})
	if got, err = filepath.Glob(filepath.Join(r.Folder, "*.png")); err != nil || len(got) != 0 {
		t.Errorf("pictures without leave: %v, %v", got, err)
	}
}
