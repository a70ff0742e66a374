//go:build linux

package e2e

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/takebar/takebar/app"
	"github.com/takebar/takebar/internal/simtest"
	"github.com/takebar/takebar/internal/take"
	"github.com/takebar/takebar/internal/take/sidecar"
	"github.com/takebar/takebar/internal/traytest"
)

func TestLiveKilledWhileRecording(t *testing.T) {
	d := newDesk(t, options{})
	d.sim.Do(t, "arm", simtest.Params{"track": "Guitar"}, nil)
	d.click("Record Take")
	d.grow(2 * second)
	broken := *d.sim.Takes(t)[0].Path
	d.sim.Kill()
	d.icon(app.IconNoLive)
	d.menu("no Live", says("No Live with the Takebar script"))
	n := d.notified("rescue")
	if !strings.Contains(n.Body, filepath.Base(broken)) && !strings.Contains(n.Body, filepath.Dir(broken)) {
		t.Errorf("the notification does not say where the recording is: %+v", n)
	}
	before := hash(t, broken)
	out := strings.TrimSpace(d.run(0, "takes", "rescue", broken))
	all := d.library()
	if len(all) != 1 || all[0].Status != sidecar.StatusRescued {
		t.Fatalf("rescued: %q, library %+v", out, all)
	}
	d.hears(all[0].Files[0].Name, []float64{300}, []float64{450})
	if hash(t, broken) != before {
		t.Error("the original was touched")
	}
	// and Live comes back
	again := simtest.Start(t, simtest.Options{Home: d.home})
	d.menu("the link", says("Connected to Live 12.3.6"))
	again.Do(t, "arm", simtest.Params{"track": "Bass"}, nil)
	d.menu("armed", checked(true, "Arm", "Bass"))
}

func TestAnotherSetWhileRecording(t *testing.T) {
	d := newDesk(t, options{sim: simtest.Options{Args: []string{"--reload-seconds", "1"}}})
	d.sim.Do(t, "arm", simtest.Params{"track": "Guitar"}, nil)
	d.click("Record Take")
	d.grow(second)
	d.sim.Do(t, "load_set", simtest.Params{"name": "Other Song"}, nil)
	d.menu("the other set", has("Connected to Live 12.3.6 – Other Song"))
	path := *d.sim.Takes(t)[0].Path
	n := d.notified("set")
	if n.Title == "" || n.Body == "" {
		t.Errorf("notification %+v", n)
	}
	d.run(0, "takes", "rescue", path)
	all := d.library()
	if len(all) == 0 || hash(t, all[0].Files[0].Name) != hash(t, path) {
		t.Errorf("library %+v", all)
	}
}

// TestAppKilledWhileLanding kills the program -9 at every step of a landing; the next start finishes it.
func TestAppKilledWhileLanding(t *testing.T) {
	if len(take.Steps()) < 10 {
		t.Fatalf("only %d steps", len(take.Steps()))
	}
	for _, step := range take.Steps() {
		t.Run(step, func(t *testing.T) {
			d := newDesk(t, options{env: []string{"TAKEBAR_PAUSE_AT=" + step}})
			d.sim.Do(t, "arm", simtest.Params{"track": "Guitar"}, nil)
			d.click("Record Take")
			d.grow(second)
			d.click("Stop Take")
			d.until("the landing to reach "+step, func() bool { _, err := os.Stat(filepath.Join(d.home, "paused")); return err == nil })
			d.kill()
			truth := d.truth()

			d.startTray()
			d.menu("the take", has("Last Take", "Discard"))
			all := d.library()
			if len(all) != 1 || len(all[0].Files) != 1 || all[0].Status != sidecar.StatusLanded {
				t.Fatalf("in the library: %+v", all)
			}
			d.same(all[0].Files[0], truth)
			d.tidy()
			if n := countFiles(t, d.takes, ".wav"); n != 1 {
				t.Errorf("%d audio files in the takes folder", n)
			}
			if left, _ := filepath.Glob(filepath.Join(d.home, "journal", "*.json")); len(left) != 0 {
				t.Errorf("the journal still has %v", left)
			}
		})
	}
}

func TestAppKilledWhileRecording(t *testing.T) {
	d := newDesk(t, options{})
	d.sim.Do(t, "arm", simtest.Params{"track": "Guitar"}, nil)
	d.click("Record Take")
	d.grow(second)
	d.kill()
	d.grow(2 * second) // Live goes on
	d.startTray()
	d.icon(app.IconRecording)
	d.click("Stop Take")
	d.notified("landed")
	all := d.library()
	if len(all) != 1 {
		t.Fatalf("in the library: %+v", all)
	}
	d.same(all[0].Files[0], d.truth())
}

func countFiles(t *testing.T, dir, suffix string) int {
	t.Helper()
	n := 0
	if err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(path, suffix) {
			n++
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return n
}

// TestFullDisk lands on a file system that is really full, then makes room.
func TestFullDisk(t *testing.T) {
	disk := t.TempDir()
	if out, err := exec.CommandContext(t.Context(), "mount", "-t", "tmpfs", "-o", "size=300k", "tmpfs", disk).CombinedOutput(); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("mounting a small disk: %v: %s", err, out)
		}
		t.Skipf("mounting a small disk needs root: %s", out)
	}
	t.Cleanup(func() {
		if out, err := exec.Command("umount", "-l", disk).CombinedOutput(); err != nil { //nolint:noctx // a cleanup
			t.Errorf("unmounting: %v: %s", err, out)
		}
	})
	d := newDesk(t, options{takes: filepath.Join(disk, "Takes")})
	d.sim.Do(t, "arm", simtest.Params{"track": "Guitar"}, nil)
	d.click("Record Take")
	d.grow(2 * second)
	d.click("Stop Take")
	truth := d.truth()
	n := d.notified("full")
	if n.Body == "" {
		t.Errorf("notification %+v", n)
	}
	d.menu("the problem", says("full"))
	if hash(t, *truth.Path) != *truth.SHA256 {
		t.Error("the original was touched")
	}
	d.tidy()
	if takes := d.library(); len(takes) != 0 {
		t.Errorf("in the library: %+v", takes)
	}
	if out, err := exec.CommandContext(t.Context(), "mount", "-o", "remount,size=20m", disk).CombinedOutput(); err != nil {
		t.Fatalf("making room: %v: %s", err, out)
	}
	d.quit()
	d.startTray()
	d.menu("the take", has("Last Take", "Discard"))
	all := d.library()
	if len(all) != 1 {
		t.Fatalf("in the library: %+v", all)
	}
	d.same(all[0].Files[0], truth)
}

func TestOlderScript(t *testing.T) {
	root, err := simtest.Root()
	if err != nil {
		t.Fatal(err)
	}
	old := filepath.Join(t.TempDir(), "Takebar")
	if err := os.CopyFS(old, os.DirFS(filepath.Join(root, "remote_script", "Takebar"))); err != nil {
		t.Fatal(err)
	}
	edit := func(from, to string) {
		t.Helper()
		path := filepath.Join(old, "version.py")
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		changed := strings.Replace(string(text), from, to, 1)
		if changed == string(text) {
			t.Fatalf("version.py has no %q", from)
		}
		if err := os.WriteFile(path, []byte(changed), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	edit("1.0.0", "0.9.0")
	d := newDesk(t, options{sim: simtest.Options{Script: old}})
	d.menu("a hint that the script is old", says("A newer script is ready"))
	d.sim.Do(t, "arm", simtest.Params{"track": "Guitar"}, nil)
	d.menu("that it works all the same", checked(true, "Arm", "Guitar"))
	d.sim.Stop()

	edit("PROTOCOLS = (1,)", "PROTOCOLS = (7,)")
	sim := simtest.Start(t, simtest.Options{Script: old, Home: d.home})
	d.menu("what to do", func(m *traytest.Node) bool {
		return says("update")(m) || says("Update")(m) || says("older")(m) || says("newer")(m)
	})
	_ = sim
}

func TestTwoLives(t *testing.T) {
	d := newDesk(t, options{sim: simtest.Options{Args: []string{"--set", "First Song"}}})
	d.menu("the first", has("Connected to Live 12.3.6 – First Song"))
	second := simtest.Start(t, simtest.Options{Home: d.home, Args: []string{"--set", "Second Song"}})
	d.menu("the newest", has("Connected to Live 12.3.6 – Second Song"))
	second.Kill()
	d.menu("the first again", has("Connected to Live 12.3.6 – First Song"))
}

// TestBusyLive lets Live's main thread stand still: nothing is said to have failed that then happens.
func TestBusyLive(t *testing.T) {
	d := newDesk(t, options{})
	d.sim.Do(t, "arm", simtest.Params{"track": "Guitar"}, nil)
	d.menu("armed", checked(true, "Arm", "Guitar"))
	d.sim.Fault(t, "stall", simtest.Params{"seconds": 12})
	_, stderr, code := d.command("take", "start")
	if code == 0 {
		t.Fatal("a request whose deadline had passed was carried out late")
	}
	if !strings.Contains(stderr, "Live") {
		t.Errorf("it said %q", stderr)
	}
	if simtest.Get[bool](t, d.sim.Control, "song.record_mode") {
		t.Error("Live records, and the command said that it does not")
	}
	d.menu("Live being back", has("Record Take"))
	d.run(0, "take", "start")
	d.sim.Wait(t, "song.record_mode", true)
	d.run(0, "take", "cancel")
}
