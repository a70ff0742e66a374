//go:build linux && cgo

package export

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/takebar/takebar/automation"
	"github.com/takebar/takebar/internal/exporttest"
	"github.com/takebar/takebar/internal/simtest"
	"github.com/takebar/takebar/internal/traytest"
)

func TestMain(m *testing.M) {
	if status, ok := exporttest.Main(); ok {
		os.Exit(status)
	}
	os.Exit(run(m))
}

func run(m *testing.M) int {
	d, err := exporttest.StartDisplay(context.Background())
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	status := m.Run()
	if err := d.Stop(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return status
}

// studio is a musician's computer with Live on it, as far as it can be pretended.
type studio struct {
	t       *testing.T
	ctx     context.Context
	program string
	home    string
	takes   string
	renders string // where Live's Save dialog points to
	sim     *simtest.Sim
	live    *exporttest.Live
	victim  *exporttest.Victim
	bus     *traytest.Bus
	shown   *traytest.Notifications
	item    *traytest.Item
	tray    *exec.Cmd
}

func newStudio(t *testing.T) *studio {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 8*time.Minute)
	t.Cleanup(cancel)
	s := &studio{t: t, ctx: ctx, program: build(t), home: filepath.Join(t.TempDir(), "home"), takes: filepath.Join(t.TempDir(), "Takes"), renders: t.TempDir()}
	must(t, os.MkdirAll(s.home, 0o700))
	must(t, exporttest.Xdotool(ctx, "mousemove", "500", "350"))
	s.sim = simtest.Start(t, simtest.Options{Home: s.home})
	var err error
	if s.victim, err = exporttest.StartVictim(ctx); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { must(t, s.victim.Stop()) })
	if s.live, err = exporttest.StartLive(ctx, exporttest.Script{Set: "Nothing yet", Folder: s.renders}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { must(t, s.live.Stop()) })
	s.bus = traytest.StartBus(t)
	s.shown = s.bus.NewNotifications(t)
	return s
}

// build makes the program with its key driver; TAKEBAR_BIN names one that is built already.
func build(t *testing.T) string {
	t.Helper()
	if path := os.Getenv("TAKEBAR_BIN"); path != "" {
		return path
	}
	root, err := simtest.Root()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "takebar")
	cmd := exec.CommandContext(t.Context(), "go", "build", "-o", path, ".")
	cmd.Dir = root
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("building: %v\n%s", err, out)
	}
	return path
}

func (s *studio) env() []string {
	env := append(os.Environ(), "TAKEBAR_HOME="+s.home, "TAKEBAR_TAKES="+s.takes, "HOME="+filepath.Dir(s.home), "LANG=C.UTF-8")
	return append(append(env, s.bus.Env()...), "DISPLAY="+os.Getenv("DISPLAY"))
}

// startTray starts the tray and waits for its icon.
func (s *studio) startTray() {
	s.t.Helper()
	watcher := s.bus.NewWatcher(s.t)
	cmd := exec.CommandContext(context.WithoutCancel(s.ctx), s.program)
	var out bytes.Buffer
	cmd.Env, cmd.Stdout, cmd.Stderr = s.env(), &out, &out
	if err := cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	s.tray = cmd
	s.t.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt) // it may have ended
		_ = cmd.Wait()                       // how it ended is not the question here
		if s.t.Failed() {
			log, _ := os.ReadFile(filepath.Join(s.home, "logs", "takebar.log"))
			s.t.Logf("the tray said:\n%s\n%s", out.String(), log)
		}
	})
	var err error
	if s.item, err = watcher.WaitItem(s.ctx); err != nil {
		s.t.Fatalf("%v; the tray said\n%s", err, out.String())
	}
}

// command runs a command line and asserts its exit code.
func (s *studio) command(want int, args ...string) string {
	s.t.Helper()
	cmd := exec.CommandContext(s.ctx, s.program, args...)
	var out, errs bytes.Buffer
	cmd.Env, cmd.Stdout, cmd.Stderr = s.env(), &out, &errs
	err := cmd.Run()
	if cmd.ProcessState == nil || cmd.ProcessState.ExitCode() != want {
		s.t.Fatalf("takebar %s: %v, want exit code %d\n%s%s", strings.Join(args, " "), err, want, out.String(), errs.String())
	}
	return out.String() + errs.String()
}

func (s *studio) click(path ...string) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.ctx, patience)
	defer cancel()
	if err := s.item.Click(ctx, path...); err != nil {
		s.t.Fatal(err)
	}
}

// notified waits for the n-th notification with these words, counted from 1.
func (s *studio) notified(n int, words string) string {
	s.t.Helper()
	text := ""
	s.until("notification "+words, func() bool {
		seen := 0
		for _, got := range s.shown.List() {
			if text = got.Title + "\n" + got.Body; strings.Contains(text, words) {
				if seen++; seen == n {
					return true
				}
			}
		}
		return false
	})
	return text
}

func (s *studio) until(what string, cond func() bool) {
	s.t.Helper()
	if err := exporttest.Until(s.ctx, patience, cond); err != nil {
		s.t.Fatalf("%s: %v; there were %+v", what, err, s.shown.List())
	}
}

// load has the musician open a set: in livesim, which the script reports, and in the windows.
func (s *studio) load(name string, sc exporttest.Script) {
	s.sim.Do(s.t, "load_set", simtest.Params{"name": name, "set": emptySet, "project": s.sim.Project}, nil)
	message := sc.Message
	sc.Set, sc.Message = name, ""
	if sc.Folder == "" {
		sc.Folder = s.renders
	}
	if err := s.live.Send(exporttest.Command{Do: "load", Script: &sc}); err != nil {
		s.t.Error(err)
	}
	if message != "" {
		s.sim.Do(s.t, "fault", simtest.Params{"name": "dialog", "message": message, "buttons": 1}, nil)
	}
}

// openSets answers the opener: what it is asked to open is loaded.
func (s *studio) openSets(list string, scripts map[string]exporttest.Script) {
	done, finished := make(chan struct{}), make(chan struct{})
	s.t.Cleanup(func() { close(done); <-finished })
	go func() {
		defer close(finished)
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		for seen := 0; ; {
			select {
			case <-done:
				return
			case <-tick.C:
			}
			text, err := os.ReadFile(list)
			if err != nil {
				continue
			}
			lines := strings.Split(strings.TrimSpace(string(text)), "\n")
			for ; seen < len(lines) && lines[seen] != ""; seen++ {
				name := strings.TrimSuffix(filepath.Base(lines[seen]), ".als")
				s.load(name, scripts[name])
			}
		}
	}()
}

// safe asserts that the victim got no key.
func (s *studio) safe() {
	s.t.Helper()
	for _, e := range s.victim.Events("key") {
		s.t.Errorf("the victim got a key: %s", e.Key)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Error(err)
	}
}

func writeSet(t *testing.T, path string) {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, err := z.Write([]byte(`<?xml version="1.0"?><Ableton Creator="Ableton Live 12.3">`))
	must(t, err)
	must(t, z.Close())
	must(t, os.WriteFile(path, b.Bytes(), 0o600))
}

// ready opens a set and gives consent and rehearsal by commands.
func (s *studio) ready(set string, sc exporttest.Script) {
	s.t.Helper()
	must(s.t, os.WriteFile(filepath.Join(s.home, "config.toml"), fmt.Appendf(nil, "[export]\nfolders = [%q]\n", s.renders), 0o600))
	s.load(set, sc)
	s.until("the set's name on the link", func() bool { return strings.Contains(s.command(0, "status"), set) })
	s.command(0, "export", "enable", "--yes")
	s.command(0, "export", "rehearse", "--chord", "r")
}

// chords counts how often the shortcut was pressed.
func (s *studio) chords() int {
	n := 0
	for _, e := range s.live.Events("key") {
		if e.Key == "ctrl+shift+r" {
			n++
		}
	}
	return n
}

func (s *studio) batch() automation.Batch {
	s.t.Helper()
	var b automation.Batch
	if err := json.Unmarshal([]byte(s.command(0, "batch", "list", "--json")), &b); err != nil {
		s.t.Fatal(err)
	}
	return b
}
