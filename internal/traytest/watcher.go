//go:build linux

package traytest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/godbus/dbus/v5"
	"github.com/godbus/dbus/v5/prop"
)

const (
	watcherName = "org.kde.StatusNotifierWatcher"
	watcherPath = "/StatusNotifierWatcher"
)

// Watcher is a panel that programs register their icons with.
type Watcher struct {
	conn  *dbus.Conn
	items chan *Item

	mu    sync.Mutex
	known []*Item
}

// NewWatcher puts a watcher on the bus for the time of a test. There can be one at a time.
func (b *Bus) NewWatcher(tb testing.TB) *Watcher {
	tb.Helper()
	const room = 16
	w := &Watcher{items: make(chan *Item, room)}
	b.own(tb, watcherName, func(conn *dbus.Conn) error {
		w.conn = conn
		if err := conn.Export(watcherMethods{w}, watcherPath, watcherName); err != nil {
			return err
		}
		_, err := prop.Export(conn, watcherPath, prop.Map{watcherName: {
			"RegisteredStatusNotifierItems":  {Value: []string{}, Emit: prop.EmitFalse},
			"IsStatusNotifierHostRegistered": {Value: true, Emit: prop.EmitFalse},
			"ProtocolVersion":                {Value: int32(0), Emit: prop.EmitFalse},
		}})
		return err
	})
	return w
}

// Close takes the watcher off the bus before the test ends.
func (w *Watcher) Close() error {
	if err := w.conn.Close(); err != nil {
		return fmt.Errorf("close the watcher: %w", err)
	}
	return nil
}

// WaitItem waits for an icon that registers and was not handed out before.
func (w *Watcher) WaitItem(ctx context.Context) (*Item, error) {
	select {
	case item := <-w.items:
		return item, nil
	case <-ctx.Done():
		return nil, fmt.Errorf("wait for a tray icon: %w", ctx.Err())
	}
}

// watcherMethods are what programs call.
type watcherMethods struct{ w *Watcher }

// RegisterStatusNotifierItem takes an object path of the caller, or a bus name.
func (m watcherMethods) RegisterStatusNotifierItem(sender dbus.Sender, service string) *dbus.Error {
	owner, path := string(sender), dbus.ObjectPath(service)
	if !strings.HasPrefix(service, "/") {
		owner, path = service, "/StatusNotifierItem"
	}
	m.w.mu.Lock()
	defer m.w.mu.Unlock()
	for _, item := range m.w.known {
		if item.owner == owner && item.path == path {
			return nil // it may register twice: at its start, and because it sees us
		}
	}
	item, err := newItem(m.w.conn, owner, path)
	if err != nil {
		return dbus.MakeFailedError(err)
	}
	m.w.known = append(m.w.known, item)
	select {
	case m.w.items <- item:
	default:
	}
	return nil
}

// RegisterStatusNotifierHost does nothing: the watcher is the host.
func (m watcherMethods) RegisterStatusNotifierHost(string) *dbus.Error { return nil }

// FindItem finds an icon of this process id, or any with 0, that is registered with somebody else's watcher: the panel of a desktop.
func FindItem(ctx context.Context, conn *dbus.Conn, pid int) (*Item, error) {
	var found dbus.Variant
	err := conn.Object(watcherName, watcherPath).CallWithContext(ctx, "org.freedesktop.DBus.Properties.Get", 0,
		watcherName, "RegisteredStatusNotifierItems").Store(&found)
	if err != nil {
		return nil, fmt.Errorf("ask the panel for its icons: %w", err)
	}
	services, ok := found.Value().([]string)
	if !ok {
		return nil, fmt.Errorf("the panel's list of icons is a %s", found.Signature())
	}
	for _, service := range services {
		owner, path, _ := strings.Cut(service, "/")
		if path == "" {
			path = "StatusNotifierItem"
		}
		var owned uint32
		if err := conn.BusObject().CallWithContext(ctx, "org.freedesktop.DBus.GetConnectionUnixProcessID", 0, owner).Store(&owned); err != nil {
			continue // it has just gone
		}
		if pid == 0 || int(owned) == pid {
			return newItem(conn, owner, dbus.ObjectPath("/"+path))
		}
	}
	return nil, ErrNoItem
}

// ErrNoItem means that the panel has no such icon (yet).
var ErrNoItem = errors.New("the panel has no such icon")
