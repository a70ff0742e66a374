//go:build !windows && !darwin

package app

import (
	"bytes"
	"context"
	_ "embed" // the picture
	"errors"
	"fmt"
	"image"
	"image/draw"
	"image/png"
	"log/slog"
	"slices"
	"strings"
	"sync"

	"github.com/godbus/dbus/v5"
)

// Names of the desktop notification service, see specifications.freedesktop.org/notification-spec.
const (
	notifyName  = "org.freedesktop.Notifications"
	notifyPath  = "/org/freedesktop/Notifications"
	notifyShape = "org.freedesktop.Notifications"

	revealAction  = "reveal"
	defaultAction = "default" // a click on the notification itself
)

// dbusNotifier shows notifications through the desktop's service. Its connection is made at the first notification and again
// after it was lost.
type dbusNotifier struct {
	logger  *slog.Logger
	files   Files
	ctx     context.Context // of reveals that the user asks for; ends with Close
	cancel  context.CancelFunc
	readers sync.WaitGroup

	mu    sync.Mutex
	conn  *dbus.Conn
	able  []string            // what the service can do
	ids   map[string]uint32   // by key
	paths map[uint32][]string // to reveal, by id
}

// NewNotifier gives the notifications of this system. files opens what a user reveals from a notification, where the system can.
func NewNotifier(logger *slog.Logger, files Files) Notifier {
	ctx, cancel := context.WithCancel(context.Background())
	return &dbusNotifier{logger: logger, files: files, ctx: ctx, cancel: cancel, ids: map[string]uint32{}, paths: map[uint32][]string{}}
}

// Notify implements Notifier.
func (d *dbusNotifier) Notify(ctx context.Context, n Notification) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.connect(ctx); err != nil {
		return err
	}
	text := n.Text
	if slices.Contains(d.able, "body-markup") {
		text = escapeMarkup(text)
	}
	actions := []string{}
	if len(n.Paths) > 0 && slices.Contains(d.able, "actions") {
		actions = []string{defaultAction, "Reveal", revealAction, "Reveal"}
	}
	urgency := byte(1)
	if n.Problem {
		urgency = 2
	}
	hints := map[string]dbus.Variant{"urgency": dbus.MakeVariant(urgency), "desktop-entry": dbus.MakeVariant("takebar"), "image-data": d.picture()}
	const expireByService = int32(-1)
	var id uint32
	err := d.conn.Object(notifyName, notifyPath).CallWithContext(ctx, notifyShape+".Notify", 0,
		"Takebar", d.ids[n.Key], "", n.Title, text, actions, hints, expireByService).Store(&id)
	if err != nil {
		return d.explain(err)
	}
	d.ids[n.Key] = id
	d.paths[id] = n.Paths
	return nil
}

//go:embed notification.png
var notificationPicture []byte

// imageData is a picture as notifications carry it.
type imageData struct {
	Width, Height, Stride int32
	Alpha                 bool
	Bits, Channels        int32
	Pixels                []byte
}

// picture is Takebar's sign. The program has no folder of its own among the desktop's icons, so the picture itself goes along.
func (d *dbusNotifier) picture() dbus.Variant {
	img, err := png.Decode(bytes.NewReader(notificationPicture))
	if err != nil {
		d.logger.Error("read the picture for notifications", "error", err)
		return dbus.MakeVariant(imageData{})
	}
	w, h := img.Bounds().Dx(), img.Bounds().Dy()
	pixels := image.NewNRGBA(image.Rect(0, 0, w, h))
	draw.Draw(pixels, pixels.Rect, img, img.Bounds().Min, draw.Src)
	const bits, channels = 8, 4
	return dbus.MakeVariant(imageData{int32(w), int32(h), int32(pixels.Stride), true, bits, channels, pixels.Pix})
}

// explain tells a service that is missing from one that fails.
func (d *dbusNotifier) explain(err error) error {
	var e dbus.Error
	if errors.As(err, &e) && (e.Name == "org.freedesktop.DBus.Error.ServiceUnknown" || e.Name == "org.freedesktop.DBus.Error.NameHasNoOwner") {
		return fmt.Errorf("%w: %w", ErrNoNotifications, err)
	}
	return fmt.Errorf("show a notification: %w", err)
}

// connect makes a connection if there is none. The lock is held.
func (d *dbusNotifier) connect(ctx context.Context) error {
	if d.conn != nil && d.conn.Connected() {
		if d.able == nil {
			return d.ask(ctx)
		}
		return nil
	}
	conn, err := connectSession(d.ctx)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrNoNotifications, err)
	}
	if err := conn.AddMatchSignal(dbus.WithMatchInterface(notifyShape), dbus.WithMatchObjectPath(notifyPath)); err != nil {
		_ = conn.Close()
		return fmt.Errorf("listen to the notification service: %w", err)
	}
	const room = 16
	signals := make(chan *dbus.Signal, room)
	conn.Signal(signals)
	d.readers.Go(func() { d.read(signals) })
	d.conn, d.able = conn, nil
	clear(d.ids)
	clear(d.paths)
	return d.ask(ctx)
}

// ask learns what the service can do. It also starts a service that D-Bus knows how to start.
func (d *dbusNotifier) ask(ctx context.Context) error {
	able := []string{}
	if err := d.conn.Object(notifyName, notifyPath).CallWithContext(ctx, notifyShape+".GetCapabilities", 0).Store(&able); err != nil {
		return d.explain(err)
	}
	d.able = able
	return nil
}

// read handles what the user does with notifications until the connection ends.
func (d *dbusNotifier) read(signals <-chan *dbus.Signal) {
	for sig := range signals {
		if len(sig.Body) < 2 {
			continue
		}
		id, ok := sig.Body[0].(uint32)
		if !ok {
			continue
		}
		switch sig.Name {
		case notifyShape + ".ActionInvoked":
			d.reveal(id)
		case notifyShape + ".NotificationClosed":
			d.forget(id)
		}
	}
}

func (d *dbusNotifier) reveal(id uint32) {
	d.mu.Lock()
	paths := d.paths[id]
	d.mu.Unlock()
	if len(paths) == 0 {
		return // somebody else's notification
	}
	if err := d.files.Reveal(d.ctx, paths); err != nil && d.ctx.Err() == nil {
		d.logger.Warn("reveal a take from its notification", "error", err)
	}
}

func (d *dbusNotifier) forget(id uint32) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.paths, id)
	for key, other := range d.ids {
		if other == id {
			delete(d.ids, key)
		}
	}
}

// Close implements Notifier.
func (d *dbusNotifier) Close() error {
	d.cancel()
	d.mu.Lock()
	conn := d.conn
	d.mu.Unlock()
	var err error
	if conn != nil {
		err = conn.Close()
	}
	d.readers.Wait()
	return err
}

// escapeMarkup keeps names from being read as markup.
func escapeMarkup(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(s)
}
