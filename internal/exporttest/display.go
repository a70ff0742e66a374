//go:build unix && !darwin

package exporttest

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"

	"github.com/takebar/takebar/automation/desktop"
)

// Display is a private X server with openbox on it.
type Display struct {
	Name   string // such as :7
	server *exec.Cmd
	wm     *exec.Cmd
}

// StartDisplay starts Xvfb and openbox, sets DISPLAY for this process and waits until windows can be managed.
func StartDisplay(ctx context.Context) (*Display, error) {
	for _, tool := range []string{"Xvfb", "openbox", "xdotool", "setxkbmap"} {
		if _, err := exec.LookPath(tool); err != nil {
			return nil, fmt.Errorf("%s is missing; these tests need: apt-get install xvfb openbox xdotool x11-xkb-utils", tool)
		}
	}
	r, w, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("making a pipe: %w", err)
	}
	d := &Display{server: exec.CommandContext(ctx, "Xvfb", "-displayfd", "3", "-screen", "0", "1000x700x24", "-nolisten", "tcp", "-noreset")}
	d.server.ExtraFiles = []*os.File{w}
	d.server.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGTERM}
	if err := d.server.Start(); err != nil {
		return nil, fmt.Errorf("starting Xvfb: %w", err)
	}
	_ = w.Close() // the server has its own
	line, err := bufio.NewReader(r).ReadString('\n')
	_ = r.Close() // read
	if err != nil {
		return nil, errors.Join(fmt.Errorf("the display server named no display: %w", err), d.Stop())
	}
	d.Name = ":" + strings.TrimSpace(line)
	if err := errors.Join(os.Setenv("DISPLAY", d.Name), os.Unsetenv("WAYLAND_DISPLAY"), os.Unsetenv("XDG_SESSION_TYPE")); err != nil {
		return nil, errors.Join(err, d.Stop())
	}
	config, err := writeConfig()
	if err != nil {
		return nil, errors.Join(err, d.Stop())
	}
	defer os.Remove(config) //nolint:errcheck // read by then; the system cleans up what is left
	d.wm = exec.CommandContext(ctx, "openbox", "--sm-disable", "--config-file", config)
	d.wm.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGTERM}
	if err := d.wm.Start(); err != nil {
		return nil, errors.Join(fmt.Errorf("starting openbox: %w", err), d.Stop())
	}
	desk, err := desktop.Open()
	if err != nil {
		return nil, errors.Join(err, d.Stop())
	}
	defer func() { _ = desk.Close() }() // nothing was written
	if err := Until(ctx, 10*time.Second, func() bool { return desk.Ready(ctx) == nil }); err != nil {
		return nil, errors.Join(fmt.Errorf("openbox did not come up: %w", err), d.Stop())
	}
	return d, nil
}

// writeConfig makes a window manager configuration without any key of its own.
func writeConfig() (string, error) {
	f, err := os.CreateTemp("", "openbox-*.xml")
	if err != nil {
		return "", fmt.Errorf("writing openbox's configuration: %w", err)
	}
	_, err = f.WriteString(`<?xml version="1.0"?><openbox_config xmlns="http://openbox.org/3.4/rc"><keyboard/></openbox_config>`)
	return f.Name(), errors.Join(err, f.Close())
}

// Stop ends window manager and server.
func (d *Display) Stop() error {
	var all error
	for _, c := range []*exec.Cmd{d.wm, d.server} {
		if c == nil || c.Process == nil {
			continue
		}
		if err := c.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
			all = errors.Join(all, err)
		}
		var exit *exec.ExitError
		if err := c.Wait(); err != nil && !errors.As(err, &exit) {
			all = errors.Join(all, err)
		}
	}
	return all
}

// Until polls a condition.
func Until(ctx context.Context, limit time.Duration, cond func() bool) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !cond() {
		select {
		case <-ctx.Done():
			return fmt.Errorf("waited %s in vain: %w", limit, ctx.Err())
		case <-tick.C:
		}
	}
	return nil
}

// Xdotool moves the mouse or holds keys as a user would: through the X server, never by events to a window.
func Xdotool(ctx context.Context, args ...string) error {
	out, err := exec.CommandContext(ctx, "xdotool", args...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("xdotool %s: %w: %s", strings.Join(args, " "), err, out)
	}
	return nil
}
