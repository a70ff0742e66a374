//go:build unix && !darwin

package exporttest

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"time"

	"github.com/jezek/xgb/xproto"
	"github.com/jezek/xgb/xtest"

	"github.com/takebar/takebar/automation"
	"github.com/takebar/takebar/bridge/live"
)

const (
	roleEnv   = "EXPORTTEST_ROLE"
	scriptEnv = "EXPORTTEST_SCRIPT"
	// A program with the race detector sleeps for a second at its end by default.
	noRaceSleep = "GORACE=atexit_sleep_ms=0"
)

// Main runs this process as stand-in, victim or crashing key driver if it was started as one. A TestMain calls it first; ok is false for
// the test itself.
func Main() (status int, ok bool) {
	var err error
	switch os.Getenv(roleEnv) {
	case "":
		return 0, false
	case "live":
		var sc Script
		if err = json.Unmarshal([]byte(os.Getenv(scriptEnv)), &sc); err == nil {
			err = runStandin(os.Stdin, os.Stdout, sc)
		}
	case "victim":
		err = runVictim(os.Stdin, os.Stdout)
	case "crash":
		err = crashHoldingKeys()
	default:
		return 0, false
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1, true
	}
	return 0, true
}

// crashHoldingKeys is a key driver that dies with Ctrl and Shift down, as the real one does on some layouts.
func crashHoldingKeys() error {
	s, err := openScreen()
	if err != nil {
		return err
	}
	if err := xtest.Init(s.x); err != nil {
		return fmt.Errorf("asking for XTEST: %w", err)
	}
	for _, code := range []byte{37, 50} { // left Ctrl, left Shift
		if err := xtest.FakeInputChecked(s.x, xproto.KeyPress, code, 0, s.root, 0, 0, 0).Check(); err != nil {
			return fmt.Errorf("pressing: %w", err)
		}
	}
	return syscall.Kill(os.Getpid(), syscall.SIGKILL)
}

// process is a stand-in or a victim that runs.
type process struct {
	cmd    *exec.Cmd
	in     io.WriteCloser
	done   chan struct{}
	ID     uint32 // of its first window
	mu     sync.Mutex
	events []Event
	state  *live.State
	err    error
}

func start(ctx context.Context, role, name string, env ...string) (*process, error) {
	p := &process{done: make(chan struct{})}
	p.cmd = exec.CommandContext(ctx, "/proc/self/exe")
	p.cmd.Args = []string{name}
	p.cmd.Env = append(append(os.Environ(), roleEnv+"="+role, noRaceSleep), env...)
	p.cmd.Stderr = os.Stderr
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	var err error
	if p.in, err = p.cmd.StdinPipe(); err != nil {
		return nil, fmt.Errorf("connecting to %s: %w", role, err)
	}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("connecting to %s: %w", role, err)
	}
	if err := p.cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting %s: %w", role, err)
	}
	ready := make(chan uint32, 1)
	go p.read(out, ready)
	select {
	case p.ID = <-ready:
		return p, nil
	case <-p.done:
		return nil, fmt.Errorf("%s ended at once: %w", role, errors.Join(p.err, errors.New("see above")))
	case <-time.After(15 * time.Second):
		return nil, errors.Join(fmt.Errorf("%s did not come up", role), p.Stop())
	}
}

func (p *process) read(out io.Reader, ready chan<- uint32) {
	defer close(p.done)
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var e Event
		if json.Unmarshal(lines.Bytes(), &e) != nil {
			continue
		}
		p.mu.Lock()
		p.events = append(p.events, e)
		if e.State != nil {
			p.state = e.State
		}
		p.mu.Unlock()
		if e.What == "ready" {
			ready <- e.ID
		}
	}
	p.err = p.cmd.Wait()
	p.mu.Lock()
	p.state = nil // the link goes with the program
	p.mu.Unlock()
}

// Stop ends the program and waits for it.
func (p *process) Stop() error {
	_ = p.in.Close() // it may be gone already
	select {
	case <-p.done:
	case <-time.After(5 * time.Second):
		_ = p.cmd.Process.Kill() // it may be gone already
		<-p.done
	}
	return nil
}

// Kill ends the program as a crash does.
func (p *process) Kill() {
	_ = p.cmd.Process.Kill() // it may be gone already
	<-p.done
}

// PID is the program's process id.
func (p *process) PID() int { return p.cmd.Process.Pid }

// Events are the events of one sort so far.
func (p *process) Events(what string) []Event {
	p.mu.Lock()
	defer p.mu.Unlock()
	var some []Event
	for _, e := range p.events {
		if e.What == what {
			some = append(some, e)
		}
	}
	return some
}

// Live is a running stand-in. It is the Link to itself: what the real script would report, it reports.
type Live struct {
	*process
	mu       sync.Mutex
	down     bool
	Locs     []automation.Locator
	loop     automation.Loop
	LoopSets []automation.Loop // every SetLoop, in order
}

// StartLive starts a stand-in under a process name like Live's under Wine.
func StartLive(ctx context.Context, sc Script) (*Live, error) {
	b, err := json.Marshal(sc)
	if err != nil {
		return nil, fmt.Errorf("writing the script: %w", err)
	}
	p, err := start(ctx, "live", `C:\ProgramData\Ableton\Live 12 Suite\Program\Ableton Live 12 Suite.exe`, scriptEnv+"="+string(b))
	if err != nil {
		return nil, err
	}
	return &Live{process: p}, nil
}

// Send gives the stand-in a command.
func (l *Live) Send(c Command) error {
	b, err := json.Marshal(c)
	if err != nil {
		return fmt.Errorf("writing a command: %w", err)
	}
	_, err = l.in.Write(append(b, '\n'))
	return err
}

// SetDown cuts or mends the link.
func (l *Live) SetDown(down bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.down = down
}

// State implements automation.Link.
func (l *Live) State() (live.State, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.process.mu.Lock()
	defer l.process.mu.Unlock()
	if l.down || l.state == nil {
		return live.State{}, false
	}
	s := *l.state
	s.Transport.Loop, s.Transport.LoopStart, s.Transport.LoopLength = l.loop.On, l.loop.Start, l.loop.Length
	return s, true
}

// SetLoop implements automation.Link.
func (l *Live) SetLoop(_ context.Context, loop automation.Loop) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.loop = loop
	l.LoopSets = append(l.LoopSets, loop)
	return nil
}

// Locators implements automation.Link.
func (l *Live) Locators(context.Context) ([]automation.Locator, error) { return l.Locs, nil }

// Victim is a running victim.
type Victim struct{ *process }

// StartVictim shows the window that must never get a key.
func StartVictim(ctx context.Context) (*Victim, error) {
	p, err := start(ctx, "victim", "/usr/bin/editor")
	if err != nil {
		return nil, err
	}
	return &Victim{process: p}, nil
}

// Send writes "focus", "grab" or "ungrab".
func (v *Victim) Send(line string) error {
	_, err := io.WriteString(v.in, line+"\n")
	return err
}

// CrashCommand is a key driver that dies with Ctrl and Shift down.
func CrashCommand() (command, env []string) {
	return []string{"/proc/self/exe"}, []string{roleEnv + "=crash"}
}
