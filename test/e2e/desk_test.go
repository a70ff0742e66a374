//go:build linux

// Package e2e tests the whole program without mocks: the real binary, the real Remote Script in livesim, a private D-Bus on which the
// test is desktop and musician, real disks.
package e2e

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/takebar/takebar/app"
	"github.com/takebar/takebar/app/tray/icons"
	"github.com/takebar/takebar/internal/audio"
	"github.com/takebar/takebar/internal/audio/tone"
	"github.com/takebar/takebar/internal/simtest"
	"github.com/takebar/takebar/internal/take/sidecar"
	"github.com/takebar/takebar/internal/traytest"
)

// patience bounds every wait; it is long, because the machine may be busy.
const patience = 60 * time.Second

var binary struct {
	once sync.Once
	path string
	err  error
}

// takebar is the real program: TAKEBAR_BIN, or built here once.
func takebar(t *testing.T) string {
	t.Helper()
	binary.once.Do(func() {
		if binary.path = os.Getenv("TAKEBAR_BIN"); binary.path != "" {
			return
		}
		root, err := simtest.Root()
		if err != nil {
			binary.err = err
			return
		}
		binary.path = filepath.Join(root, "bin", "takebar-test")
		cmd := exec.CommandContext(context.Background(), "go", "build", "-o", binary.path, ".")
		cmd.Dir = root
		if out, err := cmd.CombinedOutput(); err != nil {
			binary.err = errors.New(string(out))
		}
	})
	if binary.err != nil {
		t.Fatal(binary.err)
	}
	return binary.path
}

// desk is a musician's computer: a Live, a desktop with a menu bar, Takebar.
type desk struct {
	t     *testing.T
	ctx   context.Context
	home  string
	takes string
	sim   *simtest.Sim
	bus   *traytest.Bus
	shown *traytest.Notifications
	item  *traytest.Item
	watch *traytest.Watcher
	tray  *exec.Cmd
	log   *lockedBuffer
}

// options of a desk.
type options struct {
	sim   simtest.Options
	takes string   // "" = a temporary folder
	env   []string // more environment of the tray
	noSim bool
}

func newDesk(t *testing.T, o options) *desk {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	t.Cleanup(cancel)
	d := &desk{t: t, ctx: ctx, home: filepath.Join(t.TempDir(), "home"), takes: o.takes}
	if d.takes == "" {
		d.takes = filepath.Join(t.TempDir(), "Takes")
	}
	if err := os.MkdirAll(d.home, 0o700); err != nil {
		t.Fatal(err)
	}
	if !o.noSim {
		o.sim.Home = d.home
		d.sim = simtest.Start(t, o.sim)
	}
	d.bus = traytest.StartBus(t)
	d.shown = d.bus.NewNotifications(t)
	d.watch = d.bus.NewWatcher(t)
	d.startTray(o.env...)
	return d
}

// env is what every Takebar of this desk is started with.
func (d *desk) env(more ...string) []string {
	env := append(os.Environ(), "TAKEBAR_HOME="+d.home, "TAKEBAR_TAKES="+d.takes, "HOME="+filepath.Dir(d.home), "LANG=C.UTF-8")
	if d.bus != nil {
		env = append(env, d.bus.Env()...)
	}
	return append(env, more...)
}

// startTray starts the tray and waits for its icon.
func (d *desk) startTray(env ...string) {
	d.t.Helper()
	cmd := exec.CommandContext(context.WithoutCancel(d.ctx), takebar(d.t))
	log := &lockedBuffer{}
	cmd.Env, cmd.Stdout, cmd.Stderr = d.env(env...), log, log
	if err := cmd.Start(); err != nil {
		d.t.Fatal(err)
	}
	d.tray, d.log = cmd, log
	d.t.Cleanup(func() {
		if cmd.ProcessState == nil {
			_ = cmd.Process.Signal(os.Interrupt)
			done := make(chan error, 1)
			go func() { done <- cmd.Wait() }()
			select {
			case err := <-done:
				if err != nil {
					d.t.Errorf("the tray ended with %v", err)
				}
			case <-time.After(20 * time.Second):
				_ = cmd.Process.Kill()
				d.t.Error("the tray did not end when asked to")
			}
		}
		if d.t.Failed() {
			text, _ := os.ReadFile(filepath.Join(d.home, "logs", "takebar.log"))
			d.t.Logf("the tray said:\n%s\nits log:\n%s", log, tail(text))
		}
	})
	item, err := d.watch.WaitItem(d.ctx)
	if err != nil {
		d.t.Fatalf("%v; the tray said\n%s", err, log)
	}
	d.item = item
}

func tail(b []byte) []byte { return b[max(0, len(b)-6000):] }

// kill ends the tray as a crash or the power switch does.
func (d *desk) kill() {
	d.t.Helper()
	_ = d.tray.Process.Kill()
	_ = d.tray.Wait()
	if err := d.item.WaitGone(d.ctx); err != nil {
		d.t.Fatal(err)
	}
}

// lockedBuffer is what a process writes.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// run runs one command of Takebar and answers with its output; it fails the test unless the exit code is as wanted.
func (d *desk) run(want int, args ...string) string {
	d.t.Helper()
	out, stderr, code := d.command(args...)
	if code != want {
		d.t.Fatalf("takebar %s: exit code %d, want %d\n%s%s", strings.Join(args, " "), code, want, out, stderr)
	}
	return out
}

func (d *desk) command(args ...string) (stdout, stderr string, code int) {
	d.t.Helper()
	ctx, cancel := context.WithTimeout(d.ctx, patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, takebar(d.t), args...)
	var out, errs bytes.Buffer
	cmd.Env, cmd.Stdout, cmd.Stderr = d.env(), &out, &errs
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		d.t.Fatal(err)
	}
	return out.String(), errs.String(), cmd.ProcessState.ExitCode()
}

// menu waits until the menu is as wanted.
func (d *desk) menu(what string, ok func(m *traytest.Node) bool) *traytest.Node {
	d.t.Helper()
	ctx, cancel := context.WithTimeout(d.ctx, patience)
	defer cancel()
	m, err := d.item.WaitMenu(ctx, what, ok)
	if err != nil {
		d.t.Fatal(err)
	}
	return m
}

func (d *desk) click(path ...string) {
	d.t.Helper()
	ctx, cancel := context.WithTimeout(d.ctx, patience)
	defer cancel()
	if err := d.item.Click(ctx, path...); err != nil {
		d.t.Fatal(err)
	}
}

func (d *desk) icon(state app.IconState) {
	d.t.Helper()
	ctx, cancel := context.WithTimeout(d.ctx, patience)
	defer cancel()
	if err := d.item.WaitIcon(ctx, "icon "+string(state), icons.For(string(state)).Image); err != nil {
		d.t.Fatal(err)
	}
}

// notified waits for a desktop notification whose title and text hold all of these words.
func (d *desk) notified(words ...string) traytest.Notification {
	d.t.Helper()
	ctx, cancel := context.WithTimeout(d.ctx, patience)
	defer cancel()
	n, err := d.shown.Wait(ctx, func(n traytest.Notification) bool {
		for _, w := range words {
			if !strings.Contains(n.Title+"\n"+n.Body, w) {
				return false
			}
		}
		return true
	})
	if err != nil {
		d.t.Fatalf("no notification with %q: %v; there were %+v", words, err, d.shown.List())
	}
	return n
}

func has(path ...string) func(m *traytest.Node) bool {
	return func(m *traytest.Node) bool { return m.Find(path...) != nil }
}

func hasNot(path ...string) func(m *traytest.Node) bool {
	return func(m *traytest.Node) bool { return m.Find(path...) == nil }
}

func checked(on bool, path ...string) func(m *traytest.Node) bool {
	return func(m *traytest.Node) bool { n := m.Find(path...); return n != nil && n.Checked == on }
}

// says reports whether any label of the menu holds the words.
func says(words string) func(m *traytest.Node) bool {
	return func(m *traytest.Node) bool { return strings.Contains(m.String(), words) }
}

// until waits for a condition of the outside world, such as a file.
func (d *desk) until(what string, ok func() bool) {
	d.t.Helper()
	deadline := time.After(patience)
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for !ok() {
		select {
		case <-tick.C:
		case <-deadline:
			d.t.Fatalf("waited in vain for %s", what)
		}
	}
}

// grow waits until the running recording has so many frames.
func (d *desk) grow(frames int) {
	d.t.Helper()
	d.sim.WaitFor(d.t, simtest.Params{"path": "takes.-1.frames", "at_least": frames})
}

// truth waits until the last recording of the simulated Live is finished and hashed.
func (d *desk) truth() simtest.Take {
	d.t.Helper()
	d.sim.WaitFor(d.t, simtest.Params{"path": "takes.-1.sha256", "not_equals": nil})
	all := d.sim.Takes(d.t)
	return all[len(all)-1]
}

// quit ends the tray by command and waits for its end.
func (d *desk) quit() {
	d.t.Helper()
	d.run(0, "quit")
	if err := d.tray.Wait(); err != nil {
		d.t.Errorf("the tray ended with %v", err)
	}
	if err := d.item.WaitGone(d.ctx); err != nil {
		d.t.Fatal(err)
	}
}

// tidy fails the test if anything half-written lies about in the takes folder.
func (d *desk) tidy() {
	d.t.Helper()
	if n := countFiles(d.t, d.takes, ".part"); n != 0 {
		d.t.Errorf("%d half-written files were left in the takes folder", n)
	}
}

// library reads every sidecar in the takes folder (not the trash).
func (d *desk) library() []sidecar.Take {
	d.t.Helper()
	var all []sidecar.Take
	err := filepath.WalkDir(d.takes, func(path string, e fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil
		case err != nil:
			return err
		case e.IsDir() && (e.Name() == ".trash" || e.Name() == "Broken"):
			return fs.SkipDir
		case strings.HasSuffix(path, sidecar.Suffix):
			data, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			var take sidecar.Take
			if err := json.Unmarshal(data, &take); err != nil {
				return err
			}
			for i := range take.Files {
				take.Files[i].Name = filepath.Join(filepath.Dir(path), take.Files[i].Name)
			}
			all = append(all, take)
		}
		return nil
	})
	if err != nil {
		d.t.Fatal(err)
	}
	return all
}

// same fails the test unless the landed file is what the simulated Live truly recorded, and the sidecar tells the truth about it.
func (d *desk) same(f sidecar.File, want simtest.Take) {
	d.t.Helper()
	sum := hash(d.t, f.Name)
	if want.SHA256 == nil || sum != *want.SHA256 || f.SHA256 != sum {
		d.t.Errorf("%s: hash %s, in the sidecar %s, in Live's project %v", f.Name, sum, f.SHA256, want.SHA256)
	}
	if want.Path == nil || f.OriginalPath != *want.Path || hash(d.t, f.OriginalPath) != sum {
		d.t.Errorf("the original is said to be %q, and is %v", f.OriginalPath, want.Path)
	}
	if f.Rate != want.Rate || f.Bits != want.Bits || f.Channels != want.Channels || f.Frames != want.Frames {
		d.t.Errorf("sidecar: %d Hz, %d bits, %d channels, %d frames; truth: %d, %d, %d, %d",
			f.Rate, f.Bits, f.Channels, f.Frames, want.Rate, want.Bits, want.Channels, want.Frames)
	}
	if f.StartSample == nil || *f.StartSample != want.PreRoll {
		d.t.Errorf("sidecar: start sample %v, truth: pre-roll %d", f.StartSample, want.PreRoll)
	}
	if f.StartBeat != nil && *f.StartBeat != want.StartBeat {
		d.t.Errorf("sidecar: start beat %v, truth: %v", *f.StartBeat, want.StartBeat)
	}
}

// hears fails the test unless the file holds these tones and not the others.
func (d *desk) hears(file string, wanted, unwanted []float64) {
	d.t.Helper()
	r, err := audio.Open(file)
	if err != nil {
		d.t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	info := r.Info()
	interleaved := make([]float32, int(info.Frames)*info.Channels)
	if n, err := r.ReadFloat32(d.ctx, interleaved); err != nil || int64(n) != info.Frames {
		d.t.Fatalf("%s: %d of %d frames read, %v", file, n, info.Frames, err)
	}
	samples := tone.Channel(interleaved, info.Channels, 0)
	for _, hz := range wanted {
		if level := tone.Level(samples, info.Rate, hz); level < -60 {
			d.t.Errorf("%s: %g Hz is at %.0f dBFS, it should be heard", file, hz, level)
		}
	}
	for _, hz := range unwanted {
		if level := tone.Level(samples, info.Rate, hz); level > -80 {
			d.t.Errorf("%s: %g Hz is at %.0f dBFS, it should not be there", file, hz, level)
		}
	}
}

func hash(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}
