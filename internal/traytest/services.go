//go:build linux

package traytest

import (
	"context"
	"fmt"
	"image"
	"slices"
	"sync"
	"testing"

	"github.com/godbus/dbus/v5"
)

// record is a list that can be waited on.
type record[T any] struct {
	mu      sync.Mutex
	all     []T
	changed chan struct{}
}

func newRecord[T any]() *record[T] { return &record[T]{changed: make(chan struct{})} }

func (r *record[T]) add(v T) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.all = append(r.all, v)
	close(r.changed)
	r.changed = make(chan struct{})
}

func (r *record[T]) list() []T {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.all)
}

func (r *record[T]) wait(ctx context.Context, ok func(T) bool) (T, error) {
	for {
		r.mu.Lock()
		all, changed := slices.Clone(r.all), r.changed
		r.mu.Unlock()
		for _, v := range all {
			if ok(v) {
				return v, nil
			}
		}
		select {
		case <-changed:
		case <-ctx.Done():
			var none T
			return none, fmt.Errorf("%w; there were %+v", ctx.Err(), all)
		}
	}
}

const (
	notificationsName = "org.freedesktop.Notifications"
	notificationsPath = "/org/freedesktop/Notifications"
)

// Notification is what a program asked the desktop to show.
type Notification struct {
	ID       uint32
	Replaces uint32
	App      string
	Icon     string
	Picture  image.Point // size of the picture that came along, zero if none
	Title    string
	Body     string
	Actions  []string // keys and labels by turns
	Urgency  byte     // 0 low, 1 normal, 2 critical
}

// Notifications is a notification service that writes down what it is asked to show.
type Notifications struct {
	conn   *dbus.Conn
	record *record[Notification]
}

// NewNotifications puts the service on the bus for the time of a test.
func (b *Bus) NewNotifications(tb testing.TB) *Notifications {
	tb.Helper()
	n := &Notifications{record: newRecord[Notification]()}
	n.conn = b.own(tb, notificationsName, func(conn *dbus.Conn) error {
		return conn.Export(notificationMethods{n}, notificationsPath, notificationsName)
	})
	return n
}

// List is what was shown so far, oldest first.
func (n *Notifications) List() []Notification { return n.record.list() }

// Wait waits for a notification for which ok holds; earlier ones count.
func (n *Notifications) Wait(ctx context.Context, ok func(Notification) bool) (Notification, error) {
	found, err := n.record.wait(ctx, ok)
	if err != nil {
		return found, fmt.Errorf("wait for a notification: %w", err)
	}
	return found, nil
}

// Invoke does what a user does who clicks a button of a notification.
func (n *Notifications) Invoke(id uint32, action string) error {
	if err := n.conn.Emit(notificationsPath, notificationsName+".ActionInvoked", id, action); err != nil {
		return fmt.Errorf("invoke %q: %w", action, err)
	}
	return nil
}

// Dismiss does what a user does who closes a notification.
func (n *Notifications) Dismiss(id uint32) error {
	const byUser = uint32(2)
	if err := n.conn.Emit(notificationsPath, notificationsName+".NotificationClosed", id, byUser); err != nil {
		return fmt.Errorf("dismiss a notification: %w", err)
	}
	return nil
}

type notificationMethods struct{ n *Notifications }

// GetCapabilities names what the service can do.
func (notificationMethods) GetCapabilities() ([]string, *dbus.Error) {
	return []string{"body", "body-markup", "actions"}, nil
}

// GetServerInformation names the service.
func (notificationMethods) GetServerInformation() (name, vendor, version, spec string, err *dbus.Error) {
	return "traytest", "takebar", "1", "1.2", nil
}

// CloseNotification does nothing.
func (notificationMethods) CloseNotification(uint32) *dbus.Error { return nil }

// Notify writes the notification down. One that replaces another keeps its number, as the specification wants.
func (m notificationMethods) Notify(app string, replaces uint32, icon, title, body string, actions []string, hints map[string]dbus.Variant, _ int32) (uint32, *dbus.Error) {
	urgency, _ := hints["urgency"].Value().(byte)
	id := replaces
	if id == 0 {
		id = uint32(len(m.n.record.list())) + 1
	}
	var picture struct {
		Width, Height, Stride int32
		Alpha                 bool
		Bits, Channels        int32
		Pixels                []byte
	}
	if v, ok := hints["image-data"]; ok {
		if err := dbus.Store([]any{v.Value()}, &picture); err != nil || len(picture.Pixels) != int(picture.Stride*picture.Height) {
			return 0, dbus.MakeFailedError(fmt.Errorf("the picture is of no use: %w", err))
		}
	}
	m.n.record.add(Notification{ID: id, Replaces: replaces, App: app, Icon: icon, Picture: image.Pt(int(picture.Width), int(picture.Height)), Title: title, Body: body, Actions: actions, Urgency: urgency})
	return id, nil
}

// FileManager is a file manager that writes down what it is asked to show.
type FileManager struct {
	record *record[[]string]
}

// NewFileManager puts the service on the bus for the time of a test.
func (b *Bus) NewFileManager(tb testing.TB) *FileManager {
	tb.Helper()
	const name, path = "org.freedesktop.FileManager1", "/org/freedesktop/FileManager1"
	f := &FileManager{record: newRecord[[]string]()}
	b.own(tb, name, func(conn *dbus.Conn) error { return conn.Export(fileManagerMethods{f}, path, name) })
	return f
}

// Shown lists the addresses (file://...) of each request, oldest first.
func (f *FileManager) Shown() [][]string { return f.record.list() }

// Wait waits for a request for which ok holds; earlier ones count.
func (f *FileManager) Wait(ctx context.Context, ok func(uris []string) bool) ([]string, error) {
	found, err := f.record.wait(ctx, ok)
	if err != nil {
		return nil, fmt.Errorf("wait for a file to be shown: %w", err)
	}
	return found, nil
}

type fileManagerMethods struct{ f *FileManager }

// ShowItems is asked to select files.
func (m fileManagerMethods) ShowItems(uris []string, _ string) *dbus.Error {
	m.f.record.add(uris)
	return nil
}

// ShowFolders is asked to open folders.
func (m fileManagerMethods) ShowFolders(uris []string, _ string) *dbus.Error {
	m.f.record.add(uris)
	return nil
}
