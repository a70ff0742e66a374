//go:build cgo && !nowindow

package main

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"runtime"
	"sync"
	"time"

	"fyne.io/fyne/v2"

	"github.com/takebar/takebar/app"
	"github.com/takebar/takebar/app/window"
	"github.com/takebar/takebar/internal/cli/session"
	"github.com/takebar/takebar/internal/control"
	"github.com/takebar/takebar/internal/single"
)

//go:embed Icon.png
var windowIcon []byte

// windowOpener opens the window in a process of its own.
func windowOpener(logger *slog.Logger) app.Windows {
	program, err := os.Executable()
	if err != nil {
		logger.Warn("the menu has no windows: this program's own file was not found", "error", err)
		return nil
	}
	return app.NewWindowProcess([]string{program, "window"}, logger)
}

// windowRole runs the window.
func windowRole() func(ctx context.Context, page string, say func(string)) error {
	return func(ctx context.Context, page string, say func(string)) error {
		p, err := here()
		if err != nil {
			return err
		}
		return p.window(ctx, page, say)
	}
}

func (p place) window(ctx context.Context, page string, say func(string)) (err error) {
	if !displayThere() {
		return &control.Error{
			Code: "no_display", Message: "There is no display to open a window on.",
			Hint: "Log in to a desktop (DISPLAY or WAYLAND_DISPLAY is set there), or use the commands: takebar help.",
		}
	}
	place, err := single.Take(ctx, p.home, page)
	if errors.Is(err, single.ErrShown) {
		say("Takebar's window is open already; there it is.")
		return nil
	}
	if err != nil {
		return err
	}
	release := sync.OnceValue(place.Release)
	defer func() { err = errors.Join(err, release()) }()
	hideConsole()
	prepareCache()
	logger := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	catchCrashes(p.home, logger)

	following, stop := context.WithCancel(ctx)
	starter := &trayStarter{home: p.home, logger: logger}
	core := control.Follow(following, p.home, starter.absent)
	leave := sync.OnceValue(func() error { stop(); return core.Close() })
	defer func() { err = errors.Join(err, leave()) }()
	if err := core.Reached(ctx, coreWait); err != nil {
		return err
	}
	starter.enough()
	parts, err := p.windowParts(following, core, logger)
	if err != nil {
		return err
	}
	end := sync.OnceValue(func() error { return errors.Join(leave(), parts.Close()) })
	defer func() { err = errors.Join(err, end()) }()
	return window.Run(ctx, window.Options{
		Core: core, Logger: logger, Page: page, Asked: place.Asked, Look: parts.look(parts.colours()), Looks: parts.looks,
		Icon: windowPicture(), Pages: parts.pages, Closed: func() { leaveSoon(errors.Join(end(), release())) },
	})
}

// leaveSoon ends this process if it does not end by itself: Fyne's event queue sometimes waits for ever for a main loop that has ended
// (fyne.io/fyne/v2@v2.8.1 internal/driver/glfw/loop.go: what is queued while it drains is lost), and that process would stay.
func leaveSoon(err error) {
	status := 0
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		status = 1
	}
	const patience = 2 * time.Second
	time.AfterFunc(patience, func() { os.Exit(status) })
}

func windowPicture() fyne.Resource { return fyne.NewStaticResource("Icon.png", windowIcon) }

// coreWait is how long the menu-bar app may take to start.
const coreWait = 8 * time.Second

// displayThere says whether a window can open: Fyne ends the program where it cannot.
func displayThere() bool {
	return runtime.GOOS == "windows" || runtime.GOOS == "darwin" || os.Getenv("DISPLAY") != "" || os.Getenv("WAYLAND_DISPLAY") != ""
}

// trayStarter starts the menu-bar app once, if the window finds none. Where the user quits it later, it stays so.
type trayStarter struct {
	home   string
	logger *slog.Logger
	once   sync.Once
}

func (s *trayStarter) absent(err error) {
	if !errors.Is(err, control.ErrNoCore) {
		return
	}
	s.once.Do(func() {
		if err := startTray(s.home); err != nil {
			s.logger.Warn("start the menu-bar app", "error", err)
		}
	})
}

// enough: from now on the user has quit it.
func (s *trayStarter) enough() { s.once.Do(func() {}) }

// startTray starts the menu-bar app, which outlives this process.
func startTray(home string) error {
	switch runs, err := session.TrayRuns(home); {
	case err != nil:
		return err
	case runs:
		return nil // it has only begun
	}
	program, err := os.Executable()
	if err != nil {
		return fmt.Errorf("find this program's own file: %w", err)
	}
	cmd := exec.Command(program, "tray") //nolint:noctx // it outlives the window
	app.Detach(cmd)
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start the menu-bar app: %w", err)
	}
	return cmd.Process.Release()
}

// prepareCache: Fyne wants the cache folder to be there, and complains where a new user has none.
func prepareCache() {
	if dir, err := os.UserCacheDir(); err == nil {
		_ = os.MkdirAll(dir, 0o700)
	}
}
