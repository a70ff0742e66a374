//go:build !windows && !darwin

package app

import (
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"runtime"
	"syscall"
	"time"

	"github.com/godbus/dbus/v5"
)

// detach starts the command in a session of its own, so that Ctrl+C in Takebar's terminal does not end the player.
func detach(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true} }

// reveal asks the desktop's file manager, which can select files; the folder alone is second best.
func (f *SystemFiles) reveal(ctx context.Context, paths []string) error {
	uris := make([]string, len(paths))
	for i, p := range paths {
		uris[i] = fileURI(p)
	}
	err := callSession(ctx, "org.freedesktop.FileManager1", "/org/freedesktop/FileManager1", "org.freedesktop.FileManager1.ShowItems", uris, "")
	if err == nil {
		return nil
	}
	f.logger.Debug("no file manager on D-Bus, open the folder", "error", err)
	return f.open(ctx, filepath.Dir(paths[0]))
}

func (f *SystemFiles) open(ctx context.Context, path string) error {
	return f.firstOf(ctx, openCommands(runtime.GOOS, path), openPatience)
}

// copyOtherwise asks KDE's clipboard, which needs no tool.
func (f *SystemFiles) copyOtherwise(ctx context.Context, text string) error {
	return callSession(ctx, "org.kde.klipper", "/klipper", "org.kde.klipper.klipper.setClipboardContents", text)
}

// callSession makes one call on the session bus, with a connection of its own: such calls are rare.
func callSession(ctx context.Context, name string, path dbus.ObjectPath, method string, args ...any) error {
	const patience = 5 * time.Second
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	conn, err := connectSession(ctx)
	if err != nil {
		return err
	}
	defer conn.Close() //nolint:errcheck // nothing can be done about it
	if err := conn.Object(name, path).CallWithContext(ctx, method, 0, args...).Err; err != nil {
		return fmt.Errorf("call %s: %w", method, err)
	}
	return nil
}

// connectSession connects to the session bus that is there. Unlike dbus.ConnectSessionBus it never starts one: a bus of our own would
// have nobody on it.
func connectSession(ctx context.Context) (*dbus.Conn, error) {
	conn, err := dbus.SessionBusPrivateNoAutoStartup(dbus.WithContext(ctx))
	if err != nil {
		return nil, fmt.Errorf("connect to the session bus: %w", err)
	}
	if err := conn.Auth(nil); err != nil {
		_ = conn.Close()
		return nil, fmt.Errorf("sign in to the session bus: %w", err)
	}
	if err := conn.Hello(); err != nil {
		_ = conn.Close()
		return nil, fmt.Errorf("greet the session bus: %w", err)
	}
	return conn, nil
}
