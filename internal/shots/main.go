//go:build linux

// Command shots takes the pictures of the tray for the manual, and gives `make demo` a place to show itself on a machine without a display.
//
//	shots desktop [-panel dark|light] [-size WxH] -- COMMAND [ARGUMENT...]
//	shots picture -o FILE [-open LABEL[/LABEL...]] [-crop WxH+X+Y] [-pid N]
//	shots click LABEL[/LABEL...]
//	shots wait LABEL[/LABEL...]
//	shots library -o DIR
//
// desktop starts a small desktop of its own (X server, D-Bus, window manager, panel, notifications), runs the command in it, and ends
// with its exit status. The other three work inside: picture opens the tray's menu with the mouse and writes a PNG; click and wait go by the
// labels of the menu, as internal/traytest finds them.
//
// It needs Xvfb, dbus-daemon, openbox, xfce4-panel, xfconf, dunst, xdotool and ImageMagick. scripts/shots.sh calls it.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/takebar/takebar/internal/traytest"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := run(ctx, os.Args[1:])
	var exit *exec.ExitError
	switch {
	case err == nil:
	case errors.As(err, &exit) && exit.Exited():
		os.Exit(exit.ExitCode())
	default:
		fmt.Fprintln(os.Stderr, "shots:", err)
		os.Exit(1)
	}
}

var errUsage = errors.New("usage: shots desktop|picture|click|wait|library ...; see the head of internal/shots/main.go")

func run(ctx context.Context, args []string) error {
	if len(args) == 0 {
		return errUsage
	}
	flags := flag.NewFlagSet(args[0], flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	patience := flags.Duration("timeout", 30*time.Second, "how long to wait for the tray")
	pid := flags.Int("pid", 0, "process of the tray; 0 = any")
	switch args[0] {
	case "desktop":
		var d desktop
		flags.StringVar(&d.panel, "panel", "dark", "dark or light")
		flags.StringVar(&d.size, "size", "1120x700", "of the screen, in pixels")
		if err := flags.Parse(args[1:]); err != nil || flags.NArg() == 0 {
			return errUsage
		}
		return d.run(ctx, flags.Args())
	case "picture":
		var p picture
		flags.StringVar(&p.file, "o", "", "PNG file to write")
		flags.StringVar(&p.open, "open", "", "submenu to open, labels parted by /")
		flags.StringVar(&p.crop, "crop", "", "part of the screen, WxH+X+Y")
		flags.BoolVar(&p.closed, "closed", false, "leave the menu closed")
		if err := flags.Parse(args[1:]); err != nil || p.file == "" || flags.NArg() > 0 {
			return errUsage
		}
		ctx, cancel := context.WithTimeout(ctx, *patience)
		defer cancel()
		return p.take(ctx, *pid)
	case "library":
		dir := flags.String("o", "", "takes folder to fill")
		if err := flags.Parse(args[1:]); err != nil || *dir == "" || flags.NArg() > 0 {
			return errUsage
		}
		return library(*dir, time.Now())
	case "click", "wait":
		if err := flags.Parse(args[1:]); err != nil || flags.NArg() != 1 {
			return errUsage
		}
		ctx, cancel := context.WithTimeout(ctx, *patience)
		defer cancel()
		return touch(ctx, args[0], *pid, strings.Split(flags.Arg(0), "/"))
	}
	return errUsage
}

// touch clicks a menu item or waits for it.
func touch(ctx context.Context, what string, pid int, path []string) error {
	item, done, err := findItem(ctx, pid)
	if err != nil {
		return err
	}
	defer done()
	if what == "click" {
		return item.Click(ctx, path...)
	}
	_, err = item.WaitMenu(ctx, fmt.Sprintf("%q", path), func(m *traytest.Node) bool { return m.Find(path...) != nil })
	return err
}

// findItem waits for the tray to be on the panel.
func findItem(ctx context.Context, pid int) (item *traytest.Item, done func(), err error) {
	conn, err := traytest.Connect(os.Getenv("DBUS_SESSION_BUS_ADDRESS"))
	if err != nil {
		return nil, nil, err
	}
	err = poll(ctx, "the tray on the panel", func() (bool, error) {
		item, err = traytest.FindItem(ctx, conn, pid)
		return err == nil, err
	})
	if err != nil {
		_ = conn.Close()
		return nil, nil, err
	}
	return item, func() { _ = conn.Close() }, nil
}

// poll asks again and again: most of what a desktop does tells nobody.
func poll(ctx context.Context, what string, check func() (bool, error)) error {
	const pause = 50 * time.Millisecond
	ticker := time.NewTicker(pause)
	defer ticker.Stop()
	for {
		ok, err := check()
		if ok {
			return nil
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return fmt.Errorf("wait for %s: %w", what, errors.Join(ctx.Err(), err))
		}
	}
}
