//go:build linux

package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/takebar/takebar/internal/traytest"
)

// desktop is a screen with a panel, for as long as a command runs.
type desktop struct {
	panel string // dark, light
	size  string

	dir     string
	env     []string // of the desktop's own programs
	display string
	started []*exec.Cmd
}

// panelConfig is a panel along the upper edge with nothing on it but the tray and a clock.
const panelConfig = `<?xml version="1.0" encoding="UTF-8"?>
<channel name="xfce4-panel" version="1.0">
  <property name="configver" type="int" value="2"/>
  <property name="panels" type="array">
    <value type="int" value="1"/>
    <property name="dark-mode" type="bool" value="%t"/>
    <property name="panel-1" type="empty">
      <property name="position" type="string" value="p=6;x=0;y=0"/>
      <property name="length" type="uint" value="100"/>
      <property name="position-locked" type="bool" value="true"/>
      <property name="size" type="uint" value="%d"/>
      <property name="plugin-ids" type="array">
        <value type="int" value="1"/>
        <value type="int" value="2"/>
      </property>
    </property>
  </property>
  <property name="plugins" type="empty">
    <property name="plugin-1" type="string" value="separator">
      <property name="expand" type="bool" value="true"/>
      <property name="style" type="uint" value="0"/>
    </property>
    <property name="plugin-2" type="string" value="systray">
      <property name="square-icons" type="bool" value="true"/>
      <property name="icon-size" type="int" value="22"/>
    </property>
  </property>
</channel>
`

const panelHeight = 30

const notificationConfig = `[global]
    font = DejaVu Sans 10
    origin = top-left
    offset = 24x54
    width = 380
    frame_width = 1
    corner_radius = 8
    padding = 12
    horizontal_padding = 14
    icon_position = left
    show_indicators = no
    max_icon_size = 32
[urgency_low]
    background = "%[1]s"
    foreground = "%[2]s"
    frame_color = "#8888"
[urgency_normal]
    background = "%[1]s"
    foreground = "%[2]s"
    frame_color = "#8888"
[urgency_critical]
    background = "%[1]s"
    foreground = "%[2]s"
    frame_color = "#e5352b"
`

// run starts the desktop, then the command, and ends the desktop after it.
func (d *desktop) run(ctx context.Context, command []string) error {
	var err error
	if d.dir, err = os.MkdirTemp("", "desk"); err != nil {
		return fmt.Errorf("make a folder for the desktop: %w", err)
	}
	defer os.RemoveAll(d.dir) //nolint:errcheck // it is the temporary folder's
	defer d.stop()
	bus, err := traytest.LaunchBus(ctx)
	if err != nil {
		return err
	}
	defer bus.Close() //nolint:errcheck // the end
	if err := d.start(ctx, bus); err != nil {
		return fmt.Errorf("start a desktop: %w", err)
	}
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	cmd.Env = append(os.Environ(), "DISPLAY="+d.display, "WAYLAND_DISPLAY=", "DBUS_SESSION_BUS_ADDRESS="+bus.Address, "XDG_CURRENT_DESKTOP=XFCE")
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = 10 * time.Second
	return cmd.Run()
}

func (d *desktop) start(ctx context.Context, bus *traytest.Bus) error {
	if err := d.screen(ctx); err != nil {
		return err
	}
	theme, dark := "Adwaita", d.panel != "light"
	back, text := "#f6f5f4", "#2e3436"
	wallpaper := "gradient:#b9c6d6-#8193ab"
	if dark {
		theme, back, text, wallpaper = "Adwaita:dark", "#2d3036", "#eceff4", "gradient:#39485c-#1c232e"
	}
	d.env = append(os.Environ(), "DISPLAY="+d.display, "WAYLAND_DISPLAY=", "DBUS_SESSION_BUS_ADDRESS="+bus.Address, "GTK_THEME="+theme,
		"HOME="+d.dir, "XDG_CONFIG_HOME="+d.dir, "XDG_CACHE_HOME="+filepath.Join(d.dir, "cache"), "XDG_RUNTIME_DIR="+d.dir, "NO_AT_BRIDGE=1",
		"XDG_CURRENT_DESKTOP=XFCE")
	files := map[string]string{
		"xfce4/xfconf/xfce-perchannel-xml/xfce4-panel.xml": fmt.Sprintf(panelConfig, dark, panelHeight),
		"dunst/dunstrc": fmt.Sprintf(notificationConfig, back, text),
	}
	for name, content := range files {
		path := filepath.Join(d.dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			return err
		}
	}
	xfconf, err := xfconfd()
	if err != nil {
		return err
	}
	for _, program := range [][]string{
		{"openbox"},
		{xfconf},
		{"xfce4-panel", "--disable-wm-check"},
		{"dunst"},
		{"display", "-window", "root", "-size", d.size, wallpaper},
	} {
		if err := d.launch(ctx, program...); err != nil {
			return err
		}
	}
	return d.waitFor(ctx, bus, "org.kde.StatusNotifierWatcher", "org.freedesktop.Notifications")
}

// screen starts the X server on a display number of its own choice.
func (d *desktop) screen(ctx context.Context) error {
	read, write, err := os.Pipe()
	if err != nil {
		return err
	}
	defer read.Close() //nolint:errcheck // only read from
	cmd := exec.CommandContext(context.WithoutCancel(ctx), "Xvfb", "-displayfd", "3", "-screen", "0", d.size+"x24", "-nolisten", "tcp", "-noreset")
	cmd.ExtraFiles = []*os.File{write}
	err = cmd.Start()
	_ = write.Close()
	if err != nil {
		return fmt.Errorf("start Xvfb: %w", err)
	}
	d.started = append(d.started, cmd)
	line, err := bufio.NewReader(read).ReadString('\n')
	if err != nil {
		return fmt.Errorf("read the display of Xvfb: %w", err)
	}
	d.display = ":" + strings.TrimSpace(line)
	return nil
}

func (d *desktop) launch(ctx context.Context, program ...string) error {
	cmd := exec.CommandContext(context.WithoutCancel(ctx), program[0], program[1:]...)
	cmd.Env = d.env
	if os.Getenv("SHOTS_DEBUG") != "" {
		cmd.Stderr = os.Stderr
	}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start %s: %w", program[0], err)
	}
	d.started = append(d.started, cmd)
	return nil
}

// xfconfd is not on the PATH: D-Bus starts it as a rule, and ours starts nothing.
func xfconfd() (string, error) {
	for _, pattern := range []string{"/usr/lib/*/xfce4/xfconf/xfconfd", "/usr/lib/xfce4/xfconf/xfconfd", "/usr/lib*/xfconf/xfconfd", "/usr/libexec/xfconfd"} {
		if found, _ := filepath.Glob(pattern); len(found) > 0 {
			return found[0], nil
		}
	}
	return "", fmt.Errorf("find xfconfd: %w; install xfconf", exec.ErrNotFound)
}

// waitFor waits until these names are on the bus.
func (d *desktop) waitFor(ctx context.Context, bus *traytest.Bus, names ...string) error {
	const patience = 20 * time.Second
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	conn, err := bus.Connect()
	if err != nil {
		return err
	}
	defer conn.Close() //nolint:errcheck // the end
	for _, name := range names {
		err := poll(ctx, name, func() (owned bool, err error) {
			err = conn.BusObject().CallWithContext(ctx, "org.freedesktop.DBus.NameHasOwner", 0, name).Store(&owned)
			return owned, err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// stop ends what was started, the last first, and waits for it.
func (d *desktop) stop() {
	for i := len(d.started) - 1; i >= 0; i-- {
		cmd := d.started[i]
		_ = cmd.Process.Signal(syscall.SIGTERM)
		gone := make(chan struct{})
		go func() { _ = cmd.Wait(); close(gone) }()
		select {
		case <-gone:
		case <-time.After(3 * time.Second):
			_ = cmd.Process.Kill()
			<-gone
		}
	}
}
