package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/takebar/takebar/internal/control"
	"github.com/takebar/takebar/internal/doctor"
	"github.com/takebar/takebar/internal/simtest"
	"github.com/takebar/takebar/internal/take/sidecar"
)

// TestCtrlCWhileWaiting: the first Ctrl+C stops the take, and the command still ends with the landed file.
func TestCtrlCWhileWaiting(t *testing.T) {
	m := withLive(t)
	p := m.start("take", "start", "--source", "track:Guitar", "--wait")
	m.sim.WaitFor(t, simtest.Params{"path": "takes.-1.frames", "at_least": 48000})
	p.errs.has(t, "Recording Guitar")
	p.signal(os.Interrupt)
	o := p.wait()
	if o.code != 0 || !strings.Contains(o.errs, "Stopping the take") {
		t.Fatalf("%+v", o)
	}
	m.is(strings.TrimSpace(o.out), m.truth())
}

// TestStoppedInLiveWhileWaiting: the command sees that somebody stopped the take there.
func TestStoppedInLiveWhileWaiting(t *testing.T) {
	m := withLive(t)
	p := m.start("take", "start", "--source", "track:Guitar", "--wait", "--json")
	m.sim.WaitFor(t, simtest.Params{"path": "takes.-1.frames", "at_least": 48000})
	m.sim.Do(t, "stop", nil, nil)
	o := p.wait()
	if o.code != 0 || o.errs != "" {
		t.Fatalf("%+v", o)
	}
	m.is(decode[control.LibraryTake](t, o.out).Paths[0], m.truth())
}

// TestKilledWhileWaiting: the command dies; Live records on; the next command finds the take.
func TestKilledWhileWaiting(t *testing.T) {
	m := withLive(t)
	p := m.start("take", "start", "--source", "track:Guitar", "--wait")
	m.sim.WaitFor(t, simtest.Params{"path": "takes.-1.frames", "at_least": 48000})
	p.signal(os.Kill)
	p.wait()
	m.is(strings.TrimSpace(m.run("take", "stop", "--wait")), m.truth())
	if got := audioFiles(t, m.takes); len(got) != 1 {
		t.Errorf("files %v", got)
	}
}

// TestKilledWhileLanding: the command dies in the middle of the copy; the next command finishes it, once.
func TestKilledWhileLanding(t *testing.T) {
	m := withLive(t)
	m.run("arm", "Guitar")
	m.run("take", "start")
	m.sim.WaitFor(t, simtest.Params{"path": "takes.-1.frames", "at_least": 48000})
	m.env = append(m.env, "TAKEBAR_PAUSE_AT=copied")
	p := m.start("take", "stop", "--wait")
	until(t, "the copy", func() bool { _, err := os.Stat(filepath.Join(m.home, "paused")); return err == nil })
	p.signal(os.Kill)
	p.wait()
	m.env = m.env[:len(m.env)-1]
	truth := m.truth()
	m.run("status")
	all := m.library()
	if len(all) != 1 || all[0].Status != sidecar.StatusLanded {
		t.Fatalf("%+v", all)
	}
	m.is(all[0].Paths[0], truth)
	if got := audioFiles(t, m.takes); len(got) != 1 {
		t.Errorf("files %v", got)
	}
}

// TestLiveDiesWhileWaiting: the command says so, and what to do.
func TestLiveDiesWhileWaiting(t *testing.T) {
	m := withLive(t)
	p := m.start("take", "start", "--source", "track:Guitar", "--wait")
	m.sim.WaitFor(t, simtest.Params{"path": "takes.-1.frames", "at_least": 48000})
	broken := *m.sim.Takes(t)[0].Path
	m.sim.Kill()
	o := p.wait()
	if o.code == 0 || o.out != "" || !strings.Contains(o.errs, "Hint: ") {
		t.Fatalf("%+v", o)
	}
	before := hash(t, broken)
	path := strings.TrimSpace(m.run("takes", "rescue", broken))
	if all := m.library(); len(all) != 1 || all[0].Status != sidecar.StatusRescued || all[0].Paths[0] != path {
		t.Errorf("%+v", all)
	}
	if hash(t, broken) != before {
		t.Error("the original was touched")
	}
}

// TestTray: commands talk to the menu-bar app while it runs; it needs no desktop to be useful.
func TestTray(t *testing.T) {
	m := withLive(t)
	tray := m.start("tray")
	core := filepath.Join(m.home, "core.json")
	until(t, "the tray", func() bool { _, err := os.Stat(core); return err == nil })
	if o := m.try(); o.code != 0 || !strings.Contains(o.errs, "already runs") {
		t.Errorf("a second tray: %+v", o)
	}
	m.run("arm", "Guitar")
	m.run("take", "start")
	m.sim.WaitFor(t, simtest.Params{"path": "takes.-1.frames", "at_least": 48000})
	m.refused(1, "take_running", "quit")
	m.is(strings.TrimSpace(m.run("take", "stop", "--wait")), m.truth())
	m.run("quit")
	if o := tray.wait(); o.code != 0 {
		t.Errorf("%+v", o)
	}
	if _, err := os.Stat(core); err == nil {
		t.Error("core.json is left")
	}
}

// TestTrayComesWhileACommandWorks: it waits for its turn, and takes over.
func TestTrayComesWhileACommandWorks(t *testing.T) {
	m := withLive(t)
	command := m.start("take", "start", "--source", "track:Guitar", "--wait")
	m.sim.WaitFor(t, simtest.Params{"path": "takes.-1.frames", "at_least": 24000})
	tray := m.start("tray")
	tray.errs.has(t, "waiting until it has finished")
	m.run("take", "stop")
	o := command.wait()
	if o.code != 0 {
		t.Fatalf("%+v", o)
	}
	m.is(strings.TrimSpace(o.out), m.truth())
	until(t, "the tray's core", func() bool { return m.try("status").code == 0 })
	tray.signal(os.Interrupt)
	if o := tray.wait(); o.code != 0 {
		t.Errorf("%+v", o)
	}
}

// TestTrayGoesWhileACommandWaits: the command carries on by itself.
func TestTrayGoesWhileACommandWaits(t *testing.T) {
	m := withLive(t)
	tray := m.start("tray")
	until(t, "the tray", func() bool { _, err := os.Stat(filepath.Join(m.home, "core.json")); return err == nil })
	command := m.start("take", "start", "--source", "track:Guitar", "--wait")
	m.sim.WaitFor(t, simtest.Params{"path": "takes.-1.frames", "at_least": 24000})
	command.errs.has(t, "Recording Guitar")
	tray.signal(os.Kill)
	tray.wait()
	m.run("take", "stop")
	o := command.wait()
	if o.code != 0 {
		t.Fatalf("%+v", o)
	}
	m.is(strings.TrimSpace(o.out), m.truth())
}

// TestSettingsAreReadAgain while the tray runs.
func TestSettingsAreReadAgain(t *testing.T) {
	m := withLive(t)
	tray := m.start("tray")
	until(t, "the tray", func() bool { _, err := os.Stat(filepath.Join(m.home, "core.json")); return err == nil })
	m.run("config", "set", "view", "session")
	until(t, "the new view", func() bool { return decode[control.Defaults](t, m.run("defaults", "--json")).View == "session" })
	file := filepath.Join(m.home, "config.toml")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(strings.Replace(string(text), `view = "session"`, `view = "sessoin"`, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	problem := func() control.Settings { return decode[control.Snapshot](t, m.run("status", "--json")).Settings }
	until(t, "the mistake to be told", func() bool { return strings.Contains(problem().Problem, "view must be") })
	if got := problem().View; got != "session" {
		t.Errorf("the view is %q", got)
	}
	tray.signal(os.Interrupt)
	tray.wait()
}

func TestStalledLive(t *testing.T) {
	m := withLive(t)
	p := m.start("status", "--watch")
	p.out.has(t, "connected")
	m.sim.Stall(t, 4*time.Second)
	// The click is not lost, and its outcome is told truthfully when Live moves again.
	if out := m.run("arm", "Guitar"); !strings.Contains(out, "Guitar") {
		t.Errorf("arm said %q", out)
	}
	p.signal(os.Interrupt)
	p.wait()
}

func TestInstallScript(t *testing.T) {
	m := newMachine(t)
	library := filepath.Join(t.TempDir(), "User Library")
	m.refused(1, "user_library_not_found", "install-script")
	m.refused(1, "user_library_missing", "install-script", "--user-library", library)
	if err := os.MkdirAll(library, 0o755); err != nil {
		t.Fatal(err)
	}
	if out := m.run("install-script", "--user-library", library, "--dry-run"); !strings.Contains(out, "Would change") {
		t.Errorf("dry run said %q", out)
	}
	if out := m.run("install-script", "--user-library", library); !strings.Contains(out, "Control Surface") {
		t.Errorf("install said %q", out)
	}
	folder := filepath.Join(library, "Remote Scripts", "Takebar")
	// What was installed is what runs in Live.
	m.sim = simtest.Start(t, simtest.Options{Home: m.home, Script: folder})
	m.run("tracks")
	if out := m.run("install-script", "--user-library", library); !strings.Contains(out, "Up to date") {
		t.Errorf("again: %q", out)
	}
	m.run("uninstall-script", "--user-library", library)
	if _, err := os.Stat(folder); err == nil {
		t.Error("it is still there")
	}
	m.run("install-script", "--user-library", library, "--undo")
	if _, err := os.Stat(filepath.Join(folder, "__init__.py")); err != nil {
		t.Error(err)
	}
}

func TestDoctor(t *testing.T) {
	m := withLive(t)
	before := m.run("tracks", "--json")
	report := decode[doctor.Report](t, m.run("doctor", "--json"))
	if report.Failed() || report.Live != nil {
		t.Errorf("%+v", report)
	}
	base := filepath.Join(t.TempDir(), "report")
	report = decode[doctor.Report](t, m.run("doctor", "--live", "--yes", "--json", "--report", base))
	facts := map[string]any{}
	for _, f := range report.Live.Facts {
		facts[f.Name] = f.Data
	}
	if facts["undo"] != true || facts["ClipSlot.fire"] != true || facts["pre-roll"] != 8704.0 || facts["session pre-roll"] != 0.0 || report.Live.NotRun != "" {
		t.Errorf("%+v", report.Live)
	}
	if after := m.run("tracks", "--json"); after != before {
		t.Errorf("the set is not as it was:\n%s\n%s", before, after)
	}
	for _, ext := range []string{".json", ".txt"} {
		if info, err := os.Stat(base + ext); err != nil || info.Size() == 0 {
			t.Errorf("%s: %v", base+ext, err)
		}
	}
	// It does not begin while Live plays.
	m.run("play")
	report = decode[doctor.Report](t, m.run("doctor", "--live", "--yes", "--json", "--report", base))
	if !strings.Contains(report.Live.NotRun, "playing") || len(report.Live.Changed) != 0 {
		t.Errorf("%+v", report.Live)
	}
	// Something to mend: exit code 1.
	if err := os.WriteFile(filepath.Join(m.home, "config.toml"), []byte("view = 1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if o := m.try("doctor"); o.code != 1 || !strings.Contains(o.out, "FAIL") {
		t.Errorf("%+v", o)
	}
}

// TestDoctorOnALiveWithoutLengths: the answer is the other one there, and all is undone all the same.
func TestDoctorOnALiveWithoutLengths(t *testing.T) {
	m := withLive(t, "--refuse-fire-arguments", "--live", "11.0")
	before := m.run("tracks", "--json")
	report := decode[doctor.Report](t, m.run("doctor", "--live", "--yes", "--json", "--report", filepath.Join(t.TempDir(), "r")))
	for _, f := range report.Live.Facts {
		if f.Name == "ClipSlot.fire" && f.Data != false || f.Name == "set name" && f.Data != false {
			t.Errorf("%+v", f)
		}
	}
	if after := m.run("tracks", "--json"); after != before {
		t.Errorf("the set is not as it was:\n%s\n%s", before, after)
	}
	m.sim.Do(t, "violations", simtest.Params{"clear": true}, nil) // trying the length out is one here
}

func TestDemo(t *testing.T) {
	m := newMachine(t)
	out := filepath.Join(t.TempDir(), "demo")
	for range 2 { // the second one replaces the first
		o := m.try("demo", "--once", "--no-tray", "--out", out, "--length", "1500ms")
		if o.code != 0 || strings.Contains(o.out, "FAIL") || strings.Count(o.out, "   ok ") != 5 {
			t.Fatalf("%+v", o)
		}
		if got := audioFiles(t, filepath.Join(out, "takes")); len(got) != 1 {
			t.Errorf("files %v", got)
		}
	}
	for _, dir := range []string{m.home, m.takes} {
		if _, err := os.Stat(dir); err == nil {
			t.Errorf("the demo touched %s", dir)
		}
	}
	mine := t.TempDir()
	if err := os.WriteFile(filepath.Join(mine, "song.als"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if o := m.try("demo", "--once", "--no-tray", "--out", mine); o.code != 1 || !strings.Contains(o.errs, "not empty") {
		t.Errorf("%+v", o)
	}
	m.env = append(m.env, "TAKEBAR_PYTHON=/nowhere/python3")
	if o := m.try("demo", "--once", "--no-tray"); o.code != 1 || !strings.Contains(o.errs, "Python 3.7") {
		t.Errorf("%+v", o)
	}
}

func TestSim(t *testing.T) {
	m := newMachine(t)
	p := m.start("sim", "--project", filepath.Join(t.TempDir(), "P"), "--tracks", "3")
	p.out.has(t, `"script_loaded": true`)
	if out := m.run("tracks"); !strings.Contains(out, "1-Audio") {
		t.Errorf("tracks said %q", out)
	}
	p.signal(os.Interrupt)
	if o := p.wait(); o.code != 0 {
		t.Errorf("%+v", o)
	}
	if o := m.try("sim", "--nonsense"); o.code != 2 {
		t.Errorf("%+v", o)
	}
}
