// Package simtest starts livesim, the stand-in for Live, for tests and benchmarks written in Go, and speaks its control channel (docs/livesim.md).
//
// It must not be part of what ships: only tests, test/ and benchmarks may import it. It knows nothing of the link, the core or the library, so that
// what it says about Live is independent of them.
package simtest

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// startWait is how long livesim may take until the script is loaded; a busy machine is slow.
const startWait = 60 * time.Second

// Options say which Live to pretend.
type Options struct {
	Home    string   // TAKEBAR_HOME of the script; "" = a temporary folder
	Project string   // "" = a temporary folder
	Script  string   // folder of the Remote Script; "" = this repository's
	Bare    bool     // no script at all
	Live    string   // version, "" = livesim's default
	Args    []string // more options of livesim
	Env     []string // more environment, "NAME=value"
	Python  string   // interpreter; "" = TAKEBAR_PYTHON or the first one that is found
	Stderr  *os.File // nil = kept, and shown where starting fails
}

// Sim is a running livesim.
type Sim struct {
	*Control
	Home     string
	Project  string
	Recorded string // folder of the recordings
	LogFile  string // Live's Log.txt
	PID      int
	Live     string // version
	Python   string // version

	cmd     *exec.Cmd
	stdin   interface{ Close() error }
	errors  *bytes.Buffer
	exited  chan struct{}
	exitErr error
	temps   []string
}

// ErrNoPython says that no interpreter was found.
var ErrNoPython = errors.New("no Python 3 found; set TAKEBAR_PYTHON to one")

// Start runs livesim until the test ends. A missing Python skips the test, but fails it where CI is set. Rules of Live that the script broke fail
// the test at its end.
func Start(t testing.TB, o Options) *Sim {
	t.Helper()
	if o.Home == "" {
		o.Home = t.TempDir()
	}
	if o.Project == "" {
		o.Project = filepath.Join(t.TempDir(), "Song Project")
	}
	s, err := Launch(context.WithoutCancel(t.Context()), o)
	if errors.Is(err, ErrNoPython) && os.Getenv("CI") == "" {
		t.Skip(err)
	}
	if err != nil {
		t.Fatalf("starting livesim: %v", err)
	}
	t.Cleanup(func() {
		if s.Alive() {
			for _, v := range s.Violations(t) {
				t.Errorf("the script broke a rule of Live: %s: %s (%s)", v.Rule, v.Message, v.Where)
			}
		}
		s.Stop()
		if t.Failed() {
			log, _ := os.ReadFile(s.LogFile)
			t.Logf("Log.txt:\n%s\nstderr:\n%s", tail(log), tail(s.errors.Bytes()))
		}
	})
	return s
}

func tail(b []byte) []byte { return b[max(0, len(b)-4000):] }

// Launch runs livesim until Stop. ctx bounds only the start.
func Launch(ctx context.Context, o Options) (*Sim, error) {
	python, err := findPython(o.Python)
	if err != nil {
		return nil, err
	}
	root, err := Root()
	if err != nil {
		return nil, err
	}
	s := &Sim{errors: &bytes.Buffer{}, exited: make(chan struct{})}
	for _, folder := range []*string{&o.Home, &o.Project} {
		if *folder != "" {
			continue
		}
		if *folder, err = os.MkdirTemp("", "takebar-sim-"); err != nil {
			return nil, err
		}
		s.temps = append(s.temps, *folder)
	}
	args := []string{"-m", "livesim", "--project", o.Project, "--exit-when-stdin-closes"}
	if !o.Bare {
		if o.Script == "" {
			o.Script = filepath.Join(root, "remote_script", "Takebar")
		}
		args = append(args, "--script", o.Script)
	}
	if o.Live != "" {
		args = append(args, "--live", o.Live)
	}
	s.cmd = exec.Command(python, append(args, o.Args...)...) //nolint:noctx // it lives until Stop
	s.cmd.Env = append(os.Environ(), "TAKEBAR_HOME="+o.Home, "PYTHONPATH="+filepath.Join(root, "remote_script"), "PYTHONDONTWRITEBYTECODE=1")
	s.cmd.Env = append(s.cmd.Env, o.Env...)
	s.cmd.Stderr = s.errors
	if o.Stderr != nil {
		s.cmd.Stderr = o.Stderr
	}
	s.Home = o.Home
	if err := s.start(ctx); err != nil {
		s.Stop()
		return nil, fmt.Errorf("%w\n%s", err, tail(s.errors.Bytes()))
	}
	return s, nil
}

func (s *Sim) start(ctx context.Context) error {
	stdin, err := s.cmd.StdinPipe()
	if err != nil {
		return err
	}
	s.stdin = stdin
	stdout, err := s.cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := s.cmd.Start(); err != nil {
		close(s.exited)
		return err
	}
	line := make(chan []byte, 1)
	read := make(chan struct{})
	go func() {
		defer close(read)
		b, _ := bufio.NewReader(stdout).ReadBytes('\n')
		line <- b
	}()
	go func() {
		<-read // Wait closes the pipe
		s.exitErr = s.cmd.Wait()
		close(s.exited)
	}()
	ctx, cancel := context.WithTimeout(ctx, startWait)
	defer cancel()
	var b []byte
	select {
	case b = <-line:
	case <-ctx.Done():
		return fmt.Errorf("livesim did not get ready: %w", ctx.Err())
	}
	var ready struct {
		Port     int    `json:"control_port"`
		PID      int    `json:"pid"`
		Live     string `json:"live"`
		Python   string `json:"python"`
		Project  string `json:"project"`
		Recorded string `json:"recorded"`
		Log      string `json:"log"`
	}
	if err := json.Unmarshal(b, &ready); err != nil {
		return fmt.Errorf("livesim did not get ready: %q", b)
	}
	s.PID, s.Live, s.Python = ready.PID, ready.Live, ready.Python
	s.Project, s.Recorded, s.LogFile = ready.Project, ready.Recorded, ready.Log
	s.Control, err = Connect(ctx, ready.Port)
	return err
}

// Alive says whether the process still runs.
func (s *Sim) Alive() bool {
	select {
	case <-s.exited:
		return false
	default:
		return true
	}
}

// Kill ends Live without warning, as a crash does, and waits for its end.
func (s *Sim) Kill() {
	_ = s.cmd.Process.Kill()
	<-s.exited
}

// Exited is closed when the process has ended.
func (s *Sim) Exited() <-chan struct{} { return s.exited }

// Stop ends livesim, if it still runs, and removes the temporary folders that Launch made.
func (s *Sim) Stop() {
	if s.Control != nil {
		s.Close()
	}
	if s.stdin != nil {
		_ = s.stdin.Close() // livesim quits by itself then
	}
	if s.cmd.Process != nil {
		select {
		case <-s.exited:
		case <-time.After(10 * time.Second):
			s.Kill()
		}
	}
	for _, folder := range s.temps {
		_ = os.RemoveAll(folder)
	}
}

// Root is the folder of go.mod, found from the working folder upwards.
func Root() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		up := filepath.Dir(dir)
		if up == dir {
			return "", errors.New("not inside the repository: no go.mod upwards")
		}
		dir = up
	}
}

func findPython(wish string) (string, error) {
	for _, name := range []string{wish, os.Getenv("TAKEBAR_PYTHON"), "python3.11", "python3", "python"} {
		if name == "" {
			continue
		}
		path, err := exec.LookPath(name)
		if err != nil {
			continue
		}
		out, err := exec.Command(path, "-c", "import sys; print(sys.version_info >= (3, 7))").Output() //nolint:noctx // ends at once
		if err == nil && strings.TrimSpace(string(out)) == "True" {
			return path, nil
		}
	}
	return "", ErrNoPython
}

// Violation is a rule of Live that the script broke.
type Violation struct {
	Rule    string `json:"rule"`
	Message string `json:"message"`
	Where   string `json:"where"`
}

// Take is a recorded pass of one track, as it truly happened.
type Take struct {
	ID           string   `json:"id"`
	Track        string   `json:"track"`
	TrackName    string   `json:"track_name"`
	View         string   `json:"view"`
	IsAudio      bool     `json:"is_audio"`
	Path         *string  `json:"path"`
	Format       string   `json:"format"`
	Bits         int      `json:"bits"`
	Rate         int      `json:"rate"`
	Channels     int      `json:"channels"`
	Source       string   `json:"source"`
	ToneHz       *float64 `json:"tone_hz"`
	PreRoll      int64    `json:"pre_roll_frames"`
	StartBeat    float64  `json:"start_beat"`
	EndBeat      *float64 `json:"end_beat"`
	Frames       int64    `json:"frames"`
	Finished     bool     `json:"finished"`
	Failed       string   `json:"failed"`
	SHA256       *string  `json:"sha256"`
	TonesInMixed []Tone   `json:"tones"`
}

// Tone is a tone in a file.
type Tone struct {
	Hz        float64 `json:"hz"`
	Amplitude float64 `json:"amplitude"` // of the left channel; 1.0 = full scale
}

// Violations lists the rules of Live that were broken so far.
func (s *Sim) Violations(t testing.TB) []Violation {
	t.Helper()
	var all []Violation
	s.Do(t, "violations", nil, &all)
	return slices.Clip(all)
}

// Takes lists what was truly recorded, oldest first.
func (s *Sim) Takes(t testing.TB) []Take {
	t.Helper()
	var state struct {
		Takes []Take `json:"takes"`
	}
	s.Do(t, "state", Params{"parts": []string{"takes"}}, &state)
	return state.Takes
}
