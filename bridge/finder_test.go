package bridge

import (
	"bytes"
	"context"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/takebar/takebar/bridge/live"
	"github.com/takebar/takebar/internal/wire"
)

// logs collects what is logged.
type logs struct {
	mu sync.Mutex
	bytes.Buffer
}

func (l *logs) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.Buffer.Write(p)
}

func (l *logs) count(text string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Count(l.String(), text)
}

func testFinder(dirs ...string) (*finder, *logs) {
	l := &logs{}
	return newFinder(dirs, slog.New(slog.NewTextHandler(l, nil))), l
}

func openPort(t *testing.T) int {
	t.Helper()
	l, port, err := wire.Listen(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			_ = c.Close()
		}
	}()
	return port
}

func closedPort(t *testing.T) int {
	t.Helper()
	l, port, err := wire.Listen(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	_ = l.Close()
	return port
}

// deadPID is the id of a process that has ended.
func deadPID(t *testing.T) int {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self, "-test.run=^$")
	if err := cmd.Run(); err != nil {
		t.Fatal(err)
	}
	return cmd.Process.Pid
}

func write(t *testing.T, dir, name string, i live.Instance) string {
	t.Helper()
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, name)
	if err := wire.WriteFile(path, i); err != nil {
		t.Fatal(err)
	}
	return path
}

func pids(found []found) []int {
	var all []int
	for _, f := range found {
		all = append(all, f.PID)
	}
	return all
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func TestScan(t *testing.T) {
	self, dead := os.Getpid(), deadPID(t)
	tests := map[string]struct {
		folder  string
		file    live.Instance
		runs    bool
		removed bool
	}{
		"running":                               {"links", live.Instance{PID: self, Port: openPort(t)}, true, false},
		"running, port not asked":               {"links", live.Instance{PID: self, Port: closedPort(t)}, true, false},
		"dead":                                  {"links", live.Instance{PID: dead, Port: closedPort(t)}, false, true},
		"no such process, but its port is open": {"links", live.Instance{PID: dead, Port: openPort(t)}, true, false},
		"in Wine, where the process id means less":  {"drive_c/links", live.Instance{PID: dead, Port: openPort(t)}, true, false},
		"in Wine, port closed, id in use elsewhere": {"drive_c/links", live.Instance{PID: self, Port: closedPort(t)}, false, true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), filepath.FromSlash(tt.folder))
			tt.file.Protocol, tt.file.Token = 1, "secret"
			path := write(t, dir, "1.json", tt.file)
			f, _ := testFinder(dir)
			if got := f.scan(t.Context()); (len(got) == 1) != tt.runs {
				t.Errorf("found %v", pids(got))
			}
			if exists(path) == tt.removed {
				t.Errorf("file there: %v", exists(path))
			}
		})
	}
}

func TestScanSortsNewestFirst(t *testing.T) {
	a, b := filepath.Join(t.TempDir(), "links"), filepath.Join(t.TempDir(), "more")
	self := os.Getpid()
	for i, started := range []int64{30, 10, 20} {
		dir := a
		if i == 1 {
			dir = b
		}
		write(t, dir, string(rune('a'+i))+".json", live.Instance{Protocol: 1, Token: string(rune('a' + i)), PID: self, Port: 1000 + i, Started: started})
	}
	f, _ := testFinder(a, b, filepath.Join(a, "missing"))
	got := f.scan(t.Context())
	if len(got) != 3 || got[0].Started != 30 || got[1].Started != 20 || got[2].Started != 10 {
		t.Errorf("%+v", got)
	}
}

// TestScanOnePortOneLive: a crashed Live leaves its file, and the next one takes over the preferred port.
func TestScanOnePortOneLive(t *testing.T) {
	dir, port := t.TempDir(), openPort(t)
	stale := write(t, dir, "1.json", live.Instance{Protocol: 1, Token: "a", PID: deadPID(t), Port: port, Started: 1})
	write(t, dir, "2.json", live.Instance{Protocol: 1, Token: "b", PID: os.Getpid(), Port: port, Started: 2})
	f, _ := testFinder(dir)
	if got := f.scan(t.Context()); len(got) != 1 || got[0].Token != "b" {
		t.Errorf("%+v", got)
	}
	if exists(stale) {
		t.Error("the stale file is still there")
	}
}

func TestScanIgnoresWithOneWord(t *testing.T) {
	whole := `{"protocol":1,"port":43710,"token":"secret","pid":1,"live":"12.3.6","script":"1.0.0","started":1}`
	tests := map[string]struct {
		name, content string
		mode          os.FileMode
		words         int
	}{
		"half":               {"1.json", whole[:40], 0o600, 1},
		"garbled":            {"1.json", "\x00\xff", 0o600, 1},
		"empty":              {"1.json", "", 0o600, 1},
		"no protocol":        {"1.json", strings.Replace(whole, `"protocol":1`, `"protocol":0`, 1), 0o600, 1},
		"port out of range":  {"1.json", strings.Replace(whole, "43710", "99999", 1), 0o600, 1},
		"no token":           {"1.json", strings.Replace(whole, "secret", "", 1), 0o600, 1},
		"no process":         {"1.json", strings.Replace(whole, `"pid":1`, `"pid":0`, 1), 0o600, 1},
		"wrong type":         {"1.json", strings.Replace(whole, `"port":43710`, `"port":"x"`, 1), 0o600, 1},
		"others can read it": {"1.json", whole, 0o644, 1},
		"still being made":   {"1.json.secret.tmp", whole[:10], 0o600, 0},
		"hidden":             {".1.json", whole[:10], 0o600, 0},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if tt.mode&0o077 != 0 && runtime.GOOS == "windows" {
				t.Skip("Windows has no such mode")
			}
			dir := t.TempDir()
			path := filepath.Join(dir, tt.name)
			if err := os.WriteFile(path, []byte(tt.content), tt.mode); err != nil {
				t.Fatal(err)
			}
			f, l := testFinder(dir)
			for range 3 {
				if got := f.scan(t.Context()); len(got) != 0 {
					t.Errorf("found %+v", got)
				}
			}
			if n := l.count("ignored"); n != tt.words {
				t.Errorf("logged %d times", n)
			}
			if !exists(path) {
				t.Error("removed although nothing is proven")
			}
		})
	}
}

func TestClosedPortOfARunningProcess(t *testing.T) {
	dir, port := t.TempDir(), closedPort(t)
	path := write(t, dir, "1.json", live.Instance{Protocol: 1, Token: "a", PID: os.Getpid(), Port: port})
	f, _ := testFinder(dir)
	f.setClosed("a")
	if got := f.scan(t.Context()); len(got) != 0 || !exists(path) {
		t.Errorf("found %v, file there: %v", pids(got), exists(path))
	}
	var c net.ListenConfig
	l, err := c.Listen(t.Context(), "tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	if err != nil {
		t.Skipf("the port was taken by somebody else: %v", err)
	}
	defer func() { _ = l.Close() }()
	if got := f.scan(t.Context()); len(got) != 1 {
		t.Error("its port is open again, and it was not found")
	}
}

func TestStrangerOnThePortOfADeadLive(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "1.json", live.Instance{Protocol: 1, Token: "a", PID: deadPID(t), Port: openPort(t)})
	f, _ := testFinder(dir)
	if got := f.scan(t.Context()); len(got) != 1 {
		t.Fatal("not tried at all")
	}
	f.setClosed("a")
	if got := f.scan(t.Context()); len(got) != 0 {
		t.Error("tried again at once")
	}
}

// TestWatch: a link file is noticed when it comes, changes and goes, also in a folder that is made later.
func TestWatch(t *testing.T) {
	home := t.TempDir()
	own, late := filepath.Join(home, "own", "links"), filepath.Join(home, "late")
	f, _ := testFinder(own, late)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); f.run(ctx) }()
	defer func() { cancel(); <-done }()
	wait := func(what string, ok func([]found) bool) {
		t.Helper()
		for {
			select {
			case got := <-f.out:
				if ok(got) {
					return
				}
			case <-t.Context().Done():
				t.Fatalf("never saw: %s", what)
			}
		}
	}
	wait("nothing", func(l []found) bool { return len(l) == 0 })
	path := write(t, own, "1.json", live.Instance{Protocol: 1, Token: "a", PID: os.Getpid(), Port: 5})
	wait("a new file", func(l []found) bool { return len(l) == 1 && l[0].Token == "a" })
	write(t, own, "1.json", live.Instance{Protocol: 1, Token: "b", PID: os.Getpid(), Port: 5})
	wait("a changed file", func(l []found) bool { return len(l) == 1 && l[0].Token == "b" })
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	wait("no file", func(l []found) bool { return len(l) == 0 })
	write(t, late, "2.json", live.Instance{Protocol: 1, Token: "c", PID: os.Getpid(), Port: 6})
	f.look() // what the slow poll does
	wait("a late folder", func(l []found) bool { return len(l) == 1 && l[0].Token == "c" })
	if !f.watching.Load() {
		t.Error("not every folder is watched")
	}
	if err := os.RemoveAll(own); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(own, 0o700); err != nil {
		t.Fatal(err)
	}
	write(t, own, "3.json", live.Instance{Protocol: 1, Token: "d", PID: os.Getpid(), Port: 7, Started: 9})
	f.look()
	wait("a folder made anew", func(l []found) bool { return len(l) == 2 && l[0].Token == "d" })
	other := filepath.Join(home, "other")
	write(t, other, "4.json", live.Instance{Protocol: 1, Token: "e", PID: os.Getpid(), Port: 8})
	f.setDirs([]string{own, other})
	wait("another folder in the place of one", func(l []found) bool { return len(l) == 2 && l[0].Token == "d" && l[1].Token == "e" })
	write(t, other, "4.json", live.Instance{Protocol: 1, Token: "f", PID: os.Getpid(), Port: 8})
	wait("a change there", func(l []found) bool { return len(l) == 2 && l[1].Token == "f" })
}

// TestSetLinkDirs: a folder that is added while the link runs is looked into at once.
func TestSetLinkDirs(t *testing.T) {
	own, other := filepath.Join(t.TempDir(), "own"), t.TempDir()
	write(t, other, "1.json", live.Instance{Protocol: 1, Token: "a", PID: os.Getpid(), Port: openPort(t)})
	c := New(Options{LinkDirs: []string{own}})
	ctx, cancel := context.WithCancel(t.Context())
	lives, done := make(chan int, 100), make(chan struct{})
	go func() {
		defer close(done)
		_ = c.Run(ctx, func(r live.LinkReport) { lives <- len(r.Lives) })
	}()
	defer func() { cancel(); <-done }()
	wait := func(n int) {
		t.Helper()
		for {
			select {
			case got := <-lives:
				if got == n {
					return
				}
			case <-t.Context().Done():
				t.Fatalf("never saw %d Lives", n)
			}
		}
	}
	wait(0)
	c.SetLinkDirs([]string{own, other})
	wait(1)
	c.SetLinkDirs([]string{own})
	wait(0)
}

func TestProcessAlive(t *testing.T) {
	if !processAlive(os.Getpid()) {
		t.Error("this very process is not alive")
	}
	for _, pid := range []int{0, -1, deadPID(t)} {
		if processAlive(pid) {
			t.Errorf("process %d is alive", pid)
		}
	}
	if runtime.GOOS != "linux" {
		return
	}
	cmd := exec.CommandContext(t.Context(), "sleep", "60")
	if err := cmd.Start(); err != nil {
		t.Skip(err)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	for processAlive(cmd.Process.Pid) { // killed, and nobody has asked for its exit code yet
		if t.Context().Err() != nil {
			t.Fatal("a dead process that its parent has not noticed counts as alive")
		}
		runtime.Gosched()
	}
	_ = cmd.Wait()
}

func FuzzLinkFile(f *testing.F) {
	f.Add([]byte(`{"protocol":1,"port":43710,"token":"x","pid":4711,"live":"12.3.6","script":"1.0.0","started":1769872158123}`))
	f.Add([]byte(`{"port":-1}`))
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, data []byte) {
		path := filepath.Join(dir, "1.json")
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		fd, _ := testFinder(dir)
		if got, ok := fd.read(path, false); ok && (got.Port < 1 || got.Port > 65535 || got.Token == "" || got.PID < 1 || got.Protocol < 1) {
			t.Errorf("accepted %+v", got)
		}
	})
}
