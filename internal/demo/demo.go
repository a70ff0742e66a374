package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"time"

	"github.com/gofrs/flock"

	"github.com/takebar/takebar/app"
	"github.com/takebar/takebar/bridge/live"
	"github.com/takebar/takebar/internal/control"
)

// Core is what the demo works with: the tray's core, or one of its own.
type Core interface {
	control.Core
	NeedLive(ctx context.Context) error
	Close(ctx context.Context) error
}

// Options of the demo. Open is required.
type Options struct {
	Out     string        // folder for everything; "" = a new temporary one
	Once    bool          // end after the take, also where there is a display
	NoTray  bool          // leave the menu-bar icon out
	Length  time.Duration // of the take; 0 = 4 s
	Stdout  io.Writer
	Version string
	// Program starts this program again, for the menu-bar icon; "" = no icon.
	Program string
	// Open gives a core for a home and a takes folder.
	Open func(ctx context.Context, home, takes string, say func(string)) (Core, error)
	Now  func() time.Time
}

// ErrChecks says that the demo ran and that something was not as it should be.
var ErrChecks = errors.New("not everything in the demo was as it should be")

const (
	marker      = ".takebar-demo" // in a folder that earlier demos have made
	defaultTake = 4 * time.Second
	trackName   = "Guitar" // of the stand-in's demo set
	setName     = "Demo Song"
)

// Run shows one take from click to checked file. With a display it goes on until ctx ends, to be played with.
func Run(ctx context.Context, o Options) (err error) {
	if o.Length <= 0 {
		o.Length = defaultTake
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	base, release, err := prepare(o.Out)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, release()) }()
	d := &show{
		Options: o, home: filepath.Join(base, "home"), takes: filepath.Join(base, "takes"),
		project: filepath.Join(base, setName+" Project"), log: filepath.Join(base, "Log.txt"),
	}
	d.line("Takebar demo. All of it happens in %s; your own settings and takes are not touched.", base)
	ctx, stop := context.WithCancel(ctx)
	var children sync.WaitGroup
	defer children.Wait()
	defer stop()

	port, err := d.startSim(ctx, &children)
	if err != nil {
		return err
	}
	trayGone := d.startTray(ctx, &children)
	core, err := o.Open(ctx, d.home, d.takes, func(s string) { d.line("   %s", s) })
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, core.Close(context.WithoutCancel(ctx))) }()
	if err := d.link(ctx, core); err != nil {
		return err
	}
	landed, before, err := d.take(ctx, core)
	if err != nil {
		return err
	}
	good, err := d.check(ctx, core, port, landed, before)
	if err != nil {
		return err
	}
	d.line("")
	if good {
		d.line("Everything was checked and is as it should be. Listen to it: %s", strings.Join(landed.Paths, ", "))
	}
	if trayGone != nil && !o.Once {
		d.line("The icon is in your menu bar, linked to the simulated Live: play with it. Ctrl+C or Quit in its menu ends the demo.")
		select {
		case <-ctx.Done():
		case <-trayGone:
		}
	}
	if !good {
		return ErrChecks
	}
	return nil
}

// show is one demo on its way.
type show struct {
	Options
	home, takes, project, log string
}

// line writes what the user sees; what counts is the exit code.
func (d *show) line(format string, args ...any) { _, _ = fmt.Fprintf(d.Stdout, format+"\n", args...) }

func (d *show) step(n int, name, format string, args ...any) {
	d.line("%d. %-18s %s", n, name, fmt.Sprintf(format, args...))
}

// prepare makes the demo's folder. A folder of the user's with anything in it is refused, unless an earlier demo made it; and so is one where
// a demo runs now, because its folders would be cleared under it. release lets the next demo have it.
func prepare(out string) (base string, release func() error, err error) {
	if out == "" {
		dir, err := os.MkdirTemp("", "takebar-demo-")
		if err != nil {
			return "", nil, fmt.Errorf("make a folder for the demo: %w", err)
		}
		return dir, func() error { return nil }, nil
	}
	out, err = filepath.Abs(out)
	if err != nil {
		return "", nil, fmt.Errorf("find %s: %w", out, err)
	}
	if err := os.MkdirAll(out, 0o755); err != nil {
		return "", nil, fmt.Errorf("make a folder for the demo: %w", err)
	}
	entries, err := os.ReadDir(out)
	if err != nil {
		return "", nil, fmt.Errorf("look into %s: %w", out, err)
	}
	if _, err := os.Stat(filepath.Join(out, marker)); err != nil && len(entries) > 0 {
		return "", nil, &control.Error{
			Code:    "folder_not_empty",
			Message: fmt.Sprintf("The folder %s is not empty, and no earlier demo made it.", out),
			Hint:    "Name a new folder with --out.",
		}
	}
	lock := flock.New(filepath.Join(out, marker))
	switch got, err := lock.TryLock(); {
	case err != nil:
		return "", nil, fmt.Errorf("lock the demo's folder: %w", err)
	case !got:
		return "", nil, &control.Error{
			Code:    "demo_running",
			Message: fmt.Sprintf("A demo runs in the folder %s already.", out),
			Hint:    "End that one, or name another folder with --out.",
		}
	}
	for _, name := range []string{"home", "takes", setName + " Project", "Log.txt"} {
		if err := os.RemoveAll(filepath.Join(out, name)); err != nil {
			return "", nil, errors.Join(fmt.Errorf("clear the last demo: %w", err), lock.Unlock())
		}
	}
	return out, lock.Unlock, os.WriteFile(filepath.Join(out, marker), []byte("Made by takebar demo; the next demo here replaces it.\n"), 0o644)
}

// startSim starts the stand-in for Live and answers with the port of its control channel.
func (d *show) startSim(ctx context.Context, children *sync.WaitGroup) (int, error) {
	python, err := FindPython(ctx)
	if err != nil {
		return 0, err
	}
	ready := &firstLine{got: make(chan []byte, 1)}
	var problems bytes.Buffer
	ended := make(chan error, 1)
	children.Go(func() {
		code, err := RunSim(ctx, SimOptions{
			Args: []string{"--project", d.project, "--set", setName, "--log", d.log},
			Env:  []string{"TAKEBAR_HOME=" + d.home}, Stdout: ready, Stderr: &problems,
		})
		if err == nil && code != 0 {
			err = fmt.Errorf("the simulated Live ended with code %d: %s", code, strings.TrimSpace(problems.String()))
		}
		ended <- err
	})
	select {
	case err := <-ended:
		return 0, errors.Join(errors.New("start the simulated Live"), err)
	case line := <-ready.got:
		var sim struct {
			Port   int    `json:"control_port"`
			Live   string `json:"live"`
			Loaded bool   `json:"script_loaded"`
		}
		if err := json.Unmarshal(line, &sim); err != nil {
			return 0, fmt.Errorf("hear from the simulated Live: %w", err)
		}
		if !sim.Loaded {
			return 0, &control.Error{Code: "script_not_loaded", Message: "The simulated Live could not load the Remote Script.", Hint: "Its log says why: " + d.log}
		}
		d.step(1, "A simulated Live", "runs: Live %s with Takebar's script and the set %q (Python %s).", sim.Live, setName, python.Version)
		return sim.Port, nil
	case <-ctx.Done():
		return 0, context.Cause(ctx)
	}
}

// firstLine hands over the first line that is written to it and swallows the rest.
type firstLine struct {
	line []byte
	done bool
	got  chan []byte
}

func (f *firstLine) Write(p []byte) (int, error) {
	if !f.done {
		f.line = append(f.line, p...)
		if i := bytes.IndexByte(f.line, '\n'); i >= 0 {
			f.done = true
			f.got <- f.line[:i]
		}
	}
	return len(p), nil
}

// trayWait is how long the icon may take to come up.
const trayWait = 15 * time.Second

// startTray starts the menu-bar role as its own process, as a user would. The answer is closed when it has gone; nil = there is none.
func (d *show) startTray(ctx context.Context, children *sync.WaitGroup) <-chan struct{} {
	why := ""
	switch {
	case d.NoTray, d.Program == "":
		why = "left out; the take is recorded from the command line."
	case runtime.GOOS == "linux" && os.Getenv("DBUS_SESSION_BUS_ADDRESS") == "" && os.Getenv("DISPLAY") == "" && os.Getenv("WAYLAND_DISPLAY") == "":
		why = "left out, as there is no desktop here; the take is recorded from the command line."
	}
	if why != "" {
		d.step(2, "The menu-bar icon", "%s", why)
		return nil
	}
	cmd := exec.CommandContext(ctx, d.Program, "tray")
	cmd.Env = append(os.Environ(), "TAKEBAR_HOME="+d.home, "TAKEBAR_TAKES="+d.takes)
	cmd.Cancel = func() error { return end(cmd.Process) }
	cmd.WaitDelay = endWait
	var output bytes.Buffer
	cmd.Stdout, cmd.Stderr = &output, &output
	if err := cmd.Start(); err != nil {
		d.step(2, "The menu-bar icon", "could not be started (%v); the take is recorded without it.", err)
		return nil
	}
	gone := make(chan struct{})
	children.Go(func() {
		defer close(gone)
		_ = cmd.Wait() // what matters is seen below and in the link
	})
	if err := d.trayUp(ctx, gone); err != nil {
		<-gone
		d.step(2, "The menu-bar icon", "ended at once; the take is recorded without it. It said: %s", strings.TrimSpace(output.String()))
		return nil
	}
	d.step(2, "The menu-bar icon", "is up.")
	return gone
}

// trayUp waits until the tray's core answers. An error means that the tray has ended.
func (d *show) trayUp(ctx context.Context, gone <-chan struct{}) error {
	patience := time.NewTimer(trayWait)
	defer patience.Stop()
	for {
		client, err := control.Dial(ctx, d.home)
		if err == nil {
			return client.Close()
		}
		select {
		case <-gone:
			return errors.New("the tray ended")
		case <-patience.C:
			return nil // it holds the lock; Open tells what is wrong
		case <-ctx.Done():
			return nil
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// end asks a process to end in order, where the system has a way.
func end(p *os.Process) error {
	if runtime.GOOS == "windows" {
		return p.Kill()
	}
	return p.Signal(os.Interrupt)
}

func (d *show) link(ctx context.Context, core Core) error {
	if err := core.NeedLive(ctx); err != nil {
		return err
	}
	state := core.Snapshot().State
	tracks := 0
	for _, t := range state.Tracks {
		if t.Kind != live.KindReturn && t.Kind != live.KindMain {
			tracks++
		}
	}
	d.step(3, "The link", "is up: the set has %d tracks, %s BPM, %d/%d.", tracks, trim(state.Transport.Tempo),
		state.Transport.SignatureNumerator, state.Transport.SignatureDenominator)
	return nil
}

// take records for a while and waits until the take has landed. before is what was armed and selected, to compare with afterwards.
func (d *show) take(ctx context.Context, core Core) (landed control.LibraryTake, before []live.Track, err error) {
	before = core.Snapshot().State.Tracks
	// What one click on Record Take does with one track as its source.
	take, err := core.StartTake(ctx, control.TakeRequest{Source: live.SourceTrack, Track: trackName, View: live.ViewArrangement, Name: "Demo take"})
	if err != nil {
		return landed, nil, err
	}
	d.step(4, "The take", "is recording: track %q into the Arrangement, for %s.", trackName, d.Length)
	if err := d.clock(ctx, core, take); err != nil {
		return landed, nil, err
	}
	stopped := d.Now()
	if take, err = core.StopTake(ctx); err != nil {
		return landed, nil, err
	}
	if take.Phase == live.PhaseFailed && take.Error != nil {
		return landed, nil, &control.Error{Code: take.Error.Code, Message: take.Error.Message, Hint: take.Error.Hint}
	}
	d.line("   stopped")
	if landed, err = core.WaitLanded(ctx, take.ID); err != nil {
		return landed, nil, err
	}
	d.step(5, "The landing", "took %s:", d.Now().Sub(stopped).Round(10*time.Millisecond))
	for _, path := range landed.Paths {
		d.line("   %s", path)
	}
	d.line("   %s", landed.Sidecar)
	return landed, before, nil
}

// clock shows the take's time each second until its length is over.
func (d *show) clock(ctx context.Context, core Core, take live.Take) error {
	over := time.NewTimer(d.Length)
	defer over.Stop()
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	start := d.Now()
	if take.StartedAt != nil {
		start = time.UnixMilli(*take.StartedAt)
	}
	for {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-over.C:
			return nil
		case now := <-tick.C:
			text := app.Clock(now.Sub(start))
			if s := core.Snapshot().State; s != nil {
				text += fmt.Sprintf("   song at beat %.1f", s.Transport.CurrentSongTime)
			}
			d.line("   %s", text)
		}
	}
}
