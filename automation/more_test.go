//go:build linux && cgo

package automation_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/takebar/takebar/automation"
	"github.com/takebar/takebar/automation/desktop"
	"github.com/takebar/takebar/internal/exporttest"
)

// TestDisplayGone takes the display away while the attempt waits for a dialog.
func TestDisplayGone(t *testing.T) {
	t.Setenv("DISPLAY", os.Getenv("DISPLAY")) // put back at the end
	d, err := exporttest.StartDisplay(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	b := newBench(t, fault(exporttest.DialogNever))
	b.at(automation.AwaitDialog, func() { must(t, d.Stop()) })
	r := b.attempt(automation.Request{})
	want(t, r, automation.Failed, automation.ReasonDisplayGone, automation.AwaitDialog)
	for _, e := range b.victim.Events("key") {
		t.Errorf("the victim got a key: %s", e.Key)
	}
	if r.Clean {
		t.Error("nobody can know that Live is in a clean state")
	}
}

// TestFullDisk renders to a disk of 3 MB.
func TestFullDisk(t *testing.T) {
	disk := t.TempDir()
	if out, err := exec.CommandContext(t.Context(), "mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", disk).CombinedOutput(); err != nil {
		if os.Geteuid() == 0 && os.Getenv("CI") != "" {
			t.Fatalf("mounting a small disk: %v: %s", err, out)
		}
		t.Skipf("mounting a small disk needs root: %s", out)
	}
	t.Cleanup(func() {
		if out, err := exec.Command("umount", "-l", disk).CombinedOutput(); err != nil { //nolint:noctx // a cleanup
			t.Errorf("unmounting: %v: %s", err, out)
		}
	})
	b := newBench(t, exporttest.Script{Folder: disk, Seconds: 30})
	r := b.attempt(automation.Request{})
	want(t, r, automation.Failed, automation.ReasonDiskLow, automation.Snapshot) // seen before anything is pressed
	b.opts.Free = roomAtFirst(disk)
	b.build()
	r = b.attempt(automation.Request{})
	want(t, r, automation.Failed, automation.ReasonDiskFull, automation.Rendering)
	b.safe(r)
	if _, err := os.Stat(filepath.Join(disk, "Song.wav")); err != nil {
		t.Errorf("the unfinished file was touched: %v", err)
	}
}

// TestUnwillingOpener covers sets that never come up.
func TestUnwillingOpener(t *testing.T) {
	for _, c := range []struct {
		name    string
		command []string
	}{
		{"says no", []string{"/bin/sh", "-c", "echo no such program >&2; exit 3"}},
		{"does nothing", []string{"/bin/true"}},
		{"is not there", []string{"/no/such/opener"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t, exporttest.Script{})
			b.opts.OpenSet, b.opts.Timing.OpenSet = c.command, 300*time.Millisecond
			b.build()
			sets := []string{writeSet(t, filepath.Join(t.TempDir(), "A.als")), writeSet(t, filepath.Join(t.TempDir(), "B.als"))}
			if _, _, err := b.AddToBatch(t.Context(), automation.BatchAdd{Sets: sets}); err != nil {
				t.Fatal(err)
			}
			got, err := b.RunBatch(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if outcomes(got) != "A=failed/set_never_opened B=waiting" || got.Stopped == nil {
				t.Errorf("%s\n%s", outcomes(got), got.Table())
			}
			b.safe(automation.Result{})
		})
	}
}

// TestSettingsSwitchOff shows that the settings go before what was agreed to.
func TestSettingsSwitchOff(t *testing.T) {
	b := newBench(t, exporttest.Script{})
	b.opts.Off = func() bool { return true }
	b.build()
	_, err := b.Attempt(t.Context(), automation.Request{})
	wantRefusal(t, err, automation.ReasonDisabled)
	if on, err := b.Enabled(); on || err != nil {
		t.Errorf("on: %t, %v", on, err)
	}
}

// TestDoctorNamesTheReason shows that the doctor's findings name each thing that makes attempts impossible here, and the way out.
func TestDoctorNamesTheReason(t *testing.T) {
	problem := func(code, text, fix string) *desktop.Problem {
		return &desktop.Problem{Code: code, Text: text, Fix: fix}
	}
	for _, c := range []struct {
		name    string
		prepare func(*testing.T, *bench)
		at, say string
	}{
		{"all is well", func(*testing.T, *bench) {}, "", ""},
		{"no display", noDisplay, "session", "display"},
		{"wayland", wayland, "session", "Wayland"},
		{"accessibility", func(_ *testing.T, b *bench) {
			b.withDesktop(func(g *guarded) {
				g.ready = problem(desktop.PermissionMissing, "Takebar lacks the Accessibility permission.", "Allow it.")
			})
		}, "session", "Accessibility"},
		{"elevated", elevated, "Live's window", "administrator"},
		{"no key driver", noHelper, "key driver", "no key driver"},
		{"layout ru", layout("ru"), "keyboard layout", "layout"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t, exporttest.Script{})
			c.prepare(t, b)
			found := false
			for _, f := range b.Examine(t.Context()) {
				if !f.OK && f.Name != c.at {
					t.Errorf("%s: %s %s", f.Name, f.Text, f.Fix)
				}
				found = found || !f.OK && f.Name == c.at && strings.Contains(f.Text, c.say) && f.Fix != ""
			}
			if found != (c.at != "") {
				t.Errorf("findings: %+v", b.Examine(t.Context()))
			}
			b.safe(automation.Result{})
		})
	}
}

// TestEveryReasonIsShown keeps the promise that each named outcome has a test.
func TestEveryReasonIsShown(t *testing.T) {
	shown := map[automation.Reason]string{
		automation.ReasonDisabled: "TestOffMeansOff", automation.ReasonBusy: "TestBusyOverProcesses", automation.ReasonSilent: "TestFormats",
		automation.ReasonDisplayGone: "TestDisplayGone", automation.ReasonInterrupted: "TestBatchAfterAKill", automation.ReasonBadInput: "TestBadInput",
		automation.ReasonSetNeverOpened: "TestUnwillingOpener",
	}
	for _, h := range hostiles() {
		shown[h.reason] = h.name
	}
	for _, r := range automation.Reasons() {
		if shown[r] == "" {
			t.Errorf("no test shows %s", r)
		}
	}
	sources := ""
	files, err := filepath.Glob("*_test.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		sources += string(b)
	}
	for r, name := range shown {
		if strings.HasPrefix(name, "Test") && !strings.Contains(sources, "func "+name+"(") {
			t.Errorf("%s is said to be shown by %s, which does not exist", r, name)
		}
	}
	if i := slices.Index(automation.Reasons(), automation.Reason("")); i >= 0 {
		t.Error("there is a reason without a name")
	}
}
