// Package cli tests the command line as people use it: the real program, the real Remote Script in livesim, real files; without a desktop.
package cli

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
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/takebar/takebar/internal/control"
	"github.com/takebar/takebar/internal/simtest"
)

// patience bounds every wait; it is long, because the machine may be busy.
const patience = 90 * time.Second

var binary struct {
	once sync.Once
	path string
	err  error
}

// program is the real program: TAKEBAR_BIN, or built here once.
func program(t *testing.T) string {
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

// machine is a musician's computer without a desktop.
type machine struct {
	t     *testing.T
	home  string
	takes string
	env   []string
	sim   *simtest.Sim // nil: no Live
}

func newMachine(t *testing.T) *machine {
	t.Helper()
	root := t.TempDir()
	return &machine{t: t, home: filepath.Join(root, "config"), takes: filepath.Join(root, "Löwe takes"), env: []string{
		"HOME=" + filepath.Join(root, "user"), "DBUS_SESSION_BUS_ADDRESS=unix:path=" + filepath.Join(root, "no-bus"), "DISPLAY=", "WAYLAND_DISPLAY=", "WINEPREFIX=",
		"LANG=C.UTF-8", "XDG_RUNTIME_DIR=" + root,
	}}
}

// withLive starts a Live as well.
func withLive(t *testing.T, args ...string) *machine {
	t.Helper()
	m := newMachine(t)
	m.sim = simtest.Start(t, simtest.Options{Home: m.home, Args: args})
	return m
}

// outcome is what one command did.
type outcome struct {
	out, errs string
	code      int
}

func (m *machine) command(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, program(m.t), args...)
	cmd.Env = append(append(os.Environ(), m.env...), "TAKEBAR_HOME="+m.home, "TAKEBAR_TAKES="+m.takes)
	return cmd
}

// process is a command on its way.
type process struct {
	t         *testing.T
	cmd       *exec.Cmd
	out, errs *buffer
	done      chan struct{}
}

func (m *machine) start(args ...string) *process {
	m.t.Helper()
	p := &process{t: m.t, cmd: m.command(context.WithoutCancel(m.t.Context()), args...), out: newBuffer(), errs: newBuffer(), done: make(chan struct{})}
	p.cmd.Stdout, p.cmd.Stderr = p.out, p.errs
	if err := p.cmd.Start(); err != nil {
		m.t.Fatal(err)
	}
	go func() {
		defer close(p.done)
		_ = p.cmd.Wait() // the exit code is read from ProcessState
	}()
	m.t.Cleanup(func() {
		select {
		case <-p.done:
		default:
			_ = p.cmd.Process.Kill()
			<-p.done
		}
	})
	return p
}

func (p *process) wait() outcome {
	p.t.Helper()
	select {
	case <-p.done:
	case <-time.After(patience):
		_ = p.cmd.Process.Kill()
		<-p.done
		p.t.Fatalf("%v does not end\n%s\n%s", p.cmd.Args[1:], p.out, p.errs)
	}
	return outcome{p.out.String(), p.errs.String(), p.cmd.ProcessState.ExitCode()}
}

func (p *process) signal(s os.Signal) {
	p.t.Helper()
	if err := p.cmd.Process.Signal(s); err != nil {
		p.t.Fatal(err)
	}
}

// try runs a command to its end.
func (m *machine) try(args ...string) outcome {
	m.t.Helper()
	return m.start(args...).wait()
}

// run runs a command that must work, and gives its standard output.
func (m *machine) run(args ...string) string {
	m.t.Helper()
	o := m.try(args...)
	if o.code != 0 {
		m.t.Fatalf("takebar %v: exit code %d\n%s\n%s", args, o.code, o.out, o.errs)
	}
	return o.out
}

// refused runs a command that must fail with this exit code and error code, and gives the error.
func (m *machine) refused(exit int, code string, args ...string) {
	m.t.Helper()
	o := m.try(append(slices.Clone(args), "--json")...)
	var got struct {
		Error struct{ Code, Message, Hint string }
	}
	if err := json.Unmarshal([]byte(o.errs), &got); err != nil || o.code != exit || got.Error.Code != code || got.Error.Message == "" || got.Error.Hint == "" || o.out != "" {
		m.t.Errorf("takebar %v: exit code %d, out %q, errors %q; want exit code %d, %s with a hint", args, o.code, o.out, o.errs, exit, code)
	}
}

func decode[T any](t *testing.T, text string) T {
	t.Helper()
	var v T
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatalf("%v in %q", err, text)
	}
	return v
}

// library lists all takes by the command.
func (m *machine) library() []control.LibraryTake {
	m.t.Helper()
	return decode[[]control.LibraryTake](m.t, m.run("takes", "list", "--json"))
}

// truth is the last recording as Live knows it, finished and hashed.
func (m *machine) truth() simtest.Take {
	m.t.Helper()
	m.sim.WaitFor(m.t, simtest.Params{"path": "takes.-1.sha256", "not_equals": nil})
	all := m.sim.Takes(m.t)
	return all[len(all)-1]
}

// is checks that the file is the recording.
func (m *machine) is(path string, truth simtest.Take) {
	m.t.Helper()
	if rel, err := filepath.Rel(m.takes, path); err != nil || strings.HasPrefix(rel, "..") {
		m.t.Errorf("%s is not in the takes folder %s", path, m.takes)
	}
	if got := hash(m.t, path); got != *truth.SHA256 {
		m.t.Errorf("%s is not what Live recorded to %s", path, *truth.Path)
	}
	if got := hash(m.t, *truth.Path); got != *truth.SHA256 {
		m.t.Errorf("Live's own file %s was changed", *truth.Path)
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

// audioFiles lists the sound files under a folder.
func audioFiles(t *testing.T, dir string) []string {
	t.Helper()
	var all []string
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err == nil && !e.IsDir() && (strings.HasSuffix(path, ".wav") || strings.HasSuffix(path, ".aif") || strings.HasSuffix(path, ".part")) {
			all = append(all, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// until waits for a condition.
func until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	over := time.After(patience)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !ok() {
		select {
		case <-over:
			t.Fatalf("waited in vain for %s", what)
		case <-tick.C:
		}
	}
}

// buffer collects output and lets a test wait for a part of it.
type buffer struct {
	mu      sync.Mutex
	text    bytes.Buffer
	changed chan struct{}
}

func newBuffer() *buffer { return &buffer{changed: make(chan struct{}, 1)} }

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	select {
	case b.changed <- struct{}{}:
	default:
	}
	return b.text.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

// has waits until the output has a text.
func (b *buffer) has(t *testing.T, text string) {
	t.Helper()
	over := time.After(patience)
	for !strings.Contains(b.String(), text) {
		select {
		case <-b.changed:
		case <-over:
			t.Fatalf("waited in vain for %q in %q", text, b.String())
		}
	}
}
