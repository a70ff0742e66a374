//go:build linux

package e2e

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// screen is an X server with a window manager, and a hand on keyboard and mouse.
type screen struct {
	t       *testing.T
	display string
}

func newScreen(t *testing.T) *screen {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	server := exec.CommandContext(context.WithoutCancel(t.Context()), "Xvfb", "-displayfd", "3", "-screen", "0", "1280x900x24", "-nolisten", "tcp", "-noreset")
	server.ExtraFiles = []*os.File{w}
	startFor(t, server)
	_ = w.Close()
	line, err := bufio.NewReader(r).ReadString('\n')
	_ = r.Close()
	if err != nil {
		t.Fatalf("Xvfb named no display: %v", err)
	}
	s := &screen{t: t, display: ":" + strings.TrimSpace(line)}
	config := filepath.Join(t.TempDir(), "rc.xml")
	rules := `<?xml version="1.0"?><openbox_config xmlns="http://openbox.org/3.4/rc"><keyboard/><focus><focusNew>yes</focusNew></focus></openbox_config>`
	if err := os.WriteFile(config, []byte(rules), 0o600); err != nil {
		t.Fatal(err)
	}
	manager := exec.CommandContext(context.WithoutCancel(t.Context()), "openbox", "--sm-disable", "--config-file", config)
	manager.Env = append(os.Environ(), s.env()...)
	startFor(t, manager)
	return s
}

func (s *screen) env() []string { return []string{"DISPLAY=" + s.display, "WAYLAND_DISPLAY="} }

// startFor starts a program that ends with the test.
func startFor(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGTERM}
	if err := cmd.Start(); err != nil {
		t.Fatalf("starting %s: %v", cmd.Path, err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		_ = cmd.Wait()
	})
}

func (s *screen) xdotool(args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(s.t.Context(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, "xdotool", args...)
	cmd.Env = append(os.Environ(), s.env()...)
	out, err := cmd.Output()
	return strings.TrimSpace(string(out)), err
}

// windows lists Takebar's windows that can be seen, as X names them.
func (s *screen) windows() []string {
	out, err := s.xdotool("search", "--onlyvisible", "--name", " – Takebar$")
	if err != nil {
		return nil // xdotool's way to say none
	}
	return strings.Fields(out)
}

// title is that of the one window that can be seen, "" if there is not just one.
func (s *screen) title() string {
	ids := s.windows()
	if len(ids) != 1 {
		return ""
	}
	name, err := s.xdotool("getwindowname", ids[0])
	if err != nil {
		return ""
	}
	return name
}

// focused says that the window has the keyboard.
func (s *screen) focused() bool {
	ids := s.windows()
	active, err := s.xdotool("getactivewindow")
	return err == nil && len(ids) == 1 && active == ids[0]
}

// keys presses keys, one after the other, as a person does.
func (s *screen) keys(keys ...string) {
	s.t.Helper()
	for _, k := range keys {
		if _, err := s.xdotool("key", "--delay", "30", k); err != nil {
			s.t.Fatalf("pressing %s: %v", k, err)
		}
	}
}

// types types text.
func (s *screen) types(text string) {
	s.t.Helper()
	if _, err := s.xdotool("type", "--delay", "30", text); err != nil {
		s.t.Fatalf("typing %q: %v", text, err)
	}
}

// click clicks at a place of the window, in pixels from its upper left corner.
func (s *screen) click(x, y int) {
	s.t.Helper()
	ids := s.windows()
	if len(ids) != 1 {
		s.t.Fatalf("windows: %v", ids)
	}
	if _, err := s.xdotool("mousemove", "--window", ids[0], fmt.Sprint(x), fmt.Sprint(y), "click", "1"); err != nil {
		s.t.Fatalf("clicking: %v", err)
	}
}

// picture keeps what the screen shows where the test fails, for people.
func (s *screen) picture(name string) {
	dir := os.Getenv("TAKEBAR_PICTURES")
	if dir == "" {
		return
	}
	cmd := exec.CommandContext(s.t.Context(), "import", "-window", "root", filepath.Join(dir, name+".png"))
	cmd.Env = append(os.Environ(), s.env()...)
	if out, err := cmd.CombinedOutput(); err != nil {
		s.t.Logf("no picture: %v %s", err, out)
	}
}

// speakers are a sound server whose output can be listened to.
type speakers struct {
	t      *testing.T
	server string
}

func newSpeakers(t *testing.T) *speakers {
	t.Helper()
	dir, err := os.MkdirTemp("", "pulse") //nolint:usetesting // a socket's path must be short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	s := &speakers{t: t, server: "unix:" + filepath.Join(dir, "s")}
	cmd := exec.CommandContext(context.WithoutCancel(t.Context()), "pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no", "--disable-shm=yes",
		"-L", "module-native-protocol-unix auth-anonymous=1 socket="+filepath.Join(dir, "s"),
		"-L", "module-null-sink sink_name=speakers format=float32le rate=48000 channels=2")
	cmd.Env = append(os.Environ(), "HOME="+dir, "XDG_RUNTIME_DIR="+dir, "PULSE_RUNTIME_PATH="+dir, "XDG_CONFIG_HOME="+dir)
	log := &lockedBuffer{}
	cmd.Stderr = log
	startFor(t, cmd)
	deadline := time.After(patience)
	for {
		ask := exec.CommandContext(t.Context(), "pactl", "info")
		ask.Env = append(os.Environ(), s.env()...)
		if ask.Run() == nil {
			return s
		}
		select {
		case <-deadline:
			t.Fatalf("PulseAudio did not come up: %s", log)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func (s *speakers) env() []string { return []string{"PULSE_SERVER=" + s.server} }

// listener keeps what the speakers play: stereo float samples at 48 kHz.
type listener struct {
	cmd *exec.Cmd
	mu  sync.Mutex
	raw []byte
	all sync.WaitGroup
}

func (s *speakers) listen() *listener {
	s.t.Helper()
	l := &listener{cmd: exec.CommandContext(context.WithoutCancel(s.t.Context()), "parec", "--device=speakers.monitor", "--format=float32le", "--rate=48000", "--channels=2", "--latency-msec=20")}
	l.cmd.Env = append(os.Environ(), s.env()...)
	l.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGTERM}
	out, err := l.cmd.StdoutPipe()
	if err != nil {
		s.t.Fatal(err)
	}
	if err := l.cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	l.all.Go(func() {
		buffer := make([]byte, 1<<16)
		for {
			n, err := out.Read(buffer)
			l.mu.Lock()
			l.raw = append(l.raw, buffer[:n]...)
			l.mu.Unlock()
			if err != nil {
				return
			}
		}
	})
	s.t.Cleanup(l.stop)
	return l
}

func (l *listener) stop() {
	if l.cmd.ProcessState != nil {
		return
	}
	_ = l.cmd.Process.Signal(syscall.SIGTERM)
	l.all.Wait()
	var exit *exec.ExitError
	if err := l.cmd.Wait(); err != nil && !errors.As(err, &exit) {
		panic(err)
	}
}

// heard is the left channel so far, from the first sample that is not silence.
func (l *listener) heard() []float32 {
	l.mu.Lock()
	raw := bytes.Clone(l.raw)
	l.mu.Unlock()
	var left []float32
	for i := 0; i+7 < len(raw); i += 8 {
		v := float32frombytes(raw[i:])
		if len(left) == 0 && v > -1e-4 && v < 1e-4 {
			continue
		}
		left = append(left, v)
	}
	return left
}
