//go:build linux

package e2e

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/takebar/takebar/internal/control"
	"github.com/takebar/takebar/internal/simtest"
	"github.com/takebar/takebar/internal/take"
)

// settings are those in force, as a command is told.
func (d *desk) settings() control.Settings {
	d.t.Helper()
	var status struct {
		Settings control.Settings `json:"settings"`
	}
	if out := d.run(0, "status", "--json"); json.Unmarshal([]byte(out), &status) != nil {
		d.t.Fatalf("status: %s", out)
	}
	return status.Settings
}

// TestSettingsCountAtOnce: another takes folder and name template wait for the running take, and for nothing else.
func TestSettingsCountAtOnce(t *testing.T) {
	d := newDesk(t, options{env: []string{"TAKEBAR_TAKES="}}) // so that config.toml decides
	first := d.settings().TakesDir
	d.sim.Do(t, "arm", simtest.Params{"track": "Guitar"}, nil)
	d.click("Record Take")
	d.grow(second)
	configure := func(dir, template string) {
		text := fmt.Sprintf("takes_dir = %q\nname_template = %q\n", dir, template)
		if err := os.WriteFile(filepath.Join(d.home, "config.toml"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	configure(d.takes, "{take} of {track}")
	d.until("the new settings to wait", func() bool { return strings.Contains(d.settings().Problem, "as soon as the running take has landed") })
	if now := d.settings().TakesDir; now != first {
		t.Errorf("the running take would go to %s", now)
	}
	path := strings.TrimSpace(d.run(0, "take", "stop", "--wait"))
	if !strings.HasPrefix(path, first) || strings.HasPrefix(filepath.Base(path), "001 of Guitar") {
		t.Errorf("the take that ran landed as %s", path)
	}
	d.until("the new settings", func() bool { s := d.settings(); return s.TakesDir == d.takes && s.Problem == "" })
	if out := d.run(0, "takes", "list"); !strings.Contains(out, "No takes") {
		t.Errorf("in the new folder: %s", out)
	}
	path = strings.TrimSpace(d.run(0, "take", "start", "--for", "1beats"))
	if want := filepath.Join(d.takes, "002 of Guitar.wav"); path != want && path != filepath.Join(d.takes, "001 of Guitar.wav") {
		t.Errorf("the next take landed as %s, want %s", path, want)
	}
	// Back again while nothing runs.
	configure(first, "")
	d.until("the first folder", func() bool { s := d.settings(); return s.TakesDir == first && s.Problem == "" })
	if out := d.run(0, "takes", "path", "last"); !strings.HasPrefix(out, first) {
		t.Errorf("in the first folder: %s", out)
	}
}

// TestAppKilledWhileRenaming kills the program -9 at every step of a rename; the next start finishes it.
func TestAppKilledWhileRenaming(t *testing.T) {
	for _, step := range take.RenameSteps() {
		t.Run(step, func(t *testing.T) {
			d := newDesk(t, options{env: []string{"TAKEBAR_PAUSE_AT=" + step}})
			d.sim.Do(t, "arm", simtest.Params{"track": "Guitar"}, nil)
			d.run(0, "take", "start", "--for", "1beats")
			before := d.library()[0].Files[0]
			rename := exec.CommandContext(d.ctx, takebar(t), "takes", "rename", "last", "The Riff")
			rename.Env = d.env()
			if err := rename.Start(); err != nil {
				t.Fatal(err)
			}
			d.until("the rename to reach "+step, func() bool { _, err := os.Stat(filepath.Join(d.home, "paused")); return err == nil })
			d.kill()
			if err := rename.Wait(); err == nil {
				t.Error("the command says that it was renamed")
			}
			d.startTray()
			d.until("the take", func() bool { _, _, code := d.command("takes", "path", "The Riff"); return code == 0 })
			path := strings.TrimSpace(d.run(0, "takes", "path", "last"))
			if filepath.Base(path) != "The Riff.wav" || hash(t, path) != before.SHA256 {
				t.Errorf("%s is not the take", path)
			}
			all := d.library()
			if len(all) != 1 || all[0].Name != "The Riff" || countFiles(t, d.takes, ".wav") != 1 {
				t.Errorf("in the library: %+v", all)
			}
			d.tidy()
		})
	}
}
