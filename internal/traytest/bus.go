//go:build linux

package traytest

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/godbus/dbus/v5"
)

// Bus is a private session bus on which nothing runs but what the test puts there.
type Bus struct {
	// Address is what DBUS_SESSION_BUS_ADDRESS should say.
	Address string

	dir    string
	daemon *exec.Cmd
	leash  io.Closer // the daemon ends when this is closed, also by our own death
}

// busConfig has no service folders: a service of the machine must not be started because a test calls its name.
const busConfig = `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path=%s</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
`

// busScript keeps the daemon as long as somebody holds the other end of its input.
const busScript = `dbus-daemon --config-file="$1" --nofork --nopidfile --nosyslog --print-address=1 &
daemon=$!
cat >/dev/null
kill "$daemon" 2>/dev/null
wait "$daemon" 2>/dev/null`

// StartBus launches a bus for the time of a test.
func StartBus(tb testing.TB) *Bus {
	tb.Helper()
	bus, err := LaunchBus(tb.Context())
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := bus.Close(); err != nil {
			tb.Error(err)
		}
	})
	return bus
}

// LaunchBus starts a bus; Close ends it. ctx limits the start alone.
func LaunchBus(ctx context.Context) (*Bus, error) {
	// A socket's path has at most 107 characters, so it does not go into a test's own long-named folder.
	dir, err := os.MkdirTemp("", "bus")
	if err != nil {
		return nil, fmt.Errorf("make a folder for the bus: %w", err)
	}
	config := filepath.Join(dir, "bus.conf")
	if err := os.WriteFile(config, fmt.Appendf(nil, busConfig, filepath.Join(dir, "socket")), 0o600); err != nil {
		return nil, fmt.Errorf("write the bus's configuration: %w", err)
	}
	b := &Bus{dir: dir, daemon: exec.CommandContext(context.WithoutCancel(ctx), "sh", "-c", busScript, "sh", config)}
	if err := b.start(ctx); err != nil {
		_ = b.Close()
		return nil, fmt.Errorf("start dbus-daemon: %w", err)
	}
	return b, nil
}

func (b *Bus) start(ctx context.Context) error {
	var complaint strings.Builder
	b.daemon.Stderr = &complaint
	leash, err := b.daemon.StdinPipe()
	if err != nil {
		return err
	}
	out, err := b.daemon.StdoutPipe()
	if err != nil {
		return err
	}
	if err := b.daemon.Start(); err != nil {
		return err
	}
	b.leash = leash
	type answer struct {
		line string
		err  error
	}
	read := make(chan answer, 1)
	go func() {
		line, err := bufio.NewReader(out).ReadString('\n')
		read <- answer{line, err}
	}()
	select {
	case a := <-read:
		if a.err != nil {
			return fmt.Errorf("no address: %w %s", a.err, complaint.String())
		}
		b.Address = strings.TrimSpace(a.line)
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Close ends the bus and waits for it.
func (b *Bus) Close() error {
	if b.leash != nil {
		_ = b.leash.Close()
		_ = b.daemon.Wait()
	}
	if err := os.RemoveAll(b.dir); err != nil {
		return fmt.Errorf("remove the bus's folder: %w", err)
	}
	return nil
}

// Env is the environment of a program that shall use this bus, and no display: append it to the rest.
func (b *Bus) Env() []string {
	return []string{"DBUS_SESSION_BUS_ADDRESS=" + b.Address, "DISPLAY=", "WAYLAND_DISPLAY=", "XDG_CURRENT_DESKTOP="}
}

// Connect makes a new connection to the bus.
func (b *Bus) Connect() (*dbus.Conn, error) { return Connect(b.Address) }

// Connect makes a new connection to the bus at an address.
func Connect(address string) (*dbus.Conn, error) {
	conn, err := dbus.Connect(address)
	if err != nil {
		return nil, fmt.Errorf("connect to the bus: %w", err)
	}
	return conn, nil
}

// own connects and takes a well-known name, for the time of the test.
func (b *Bus) own(tb testing.TB, name string, export func(*dbus.Conn) error) *dbus.Conn {
	tb.Helper()
	conn, err := b.Connect()
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = conn.Close() })
	if err := export(conn); err != nil {
		tb.Fatalf("export %s: %v", name, err)
	}
	reply, err := conn.RequestName(name, dbus.NameFlagDoNotQueue)
	if err != nil || reply != dbus.RequestNameReplyPrimaryOwner {
		tb.Fatalf("own %s: reply %d, %v", name, reply, err)
	}
	return conn
}
