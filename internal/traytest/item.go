//go:build linux

package traytest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	_ "image/png" // for Shows
	"sync"
	"time"

	"github.com/godbus/dbus/v5"
)

const (
	itemInterface = "org.kde.StatusNotifierItem"
	menuInterface = "com.canonical.dbusmenu"
)

// Item is one tray icon with its menu.
type Item struct {
	conn  *dbus.Conn
	owner string
	path  dbus.ObjectPath

	mu      sync.Mutex
	changed chan struct{} // closed at the next signal
	gone    bool
}

func newItem(conn *dbus.Conn, owner string, path dbus.ObjectPath) (*Item, error) {
	it := &Item{conn: conn, owner: owner, path: path, changed: make(chan struct{})}
	const room = 256
	signals := make(chan *dbus.Signal, room)
	conn.Signal(signals)
	for _, match := range [][]dbus.MatchOption{
		{dbus.WithMatchSender(owner)},
		{dbus.WithMatchInterface("org.freedesktop.DBus"), dbus.WithMatchMember("NameOwnerChanged"), dbus.WithMatchArg(0, owner)},
	} {
		if err := conn.AddMatchSignal(match...); err != nil {
			return nil, fmt.Errorf("listen to the tray icon: %w", err)
		}
	}
	go it.listen(signals)
	return it, nil
}

// listen wakes up whoever waits for the icon; it ends with the connection.
func (it *Item) listen(signals <-chan *dbus.Signal) {
	for sig := range signals {
		gone := false
		switch {
		case sig.Name == "org.freedesktop.DBus.NameOwnerChanged" && len(sig.Body) == 3 && sig.Body[0] == it.owner:
			gone = sig.Body[2] == ""
		case sig.Sender != it.owner:
			continue
		}
		it.mu.Lock()
		it.gone = it.gone || gone
		close(it.changed)
		it.changed = make(chan struct{})
		it.mu.Unlock()
	}
}

// Owner is the icon's unique name on the bus.
func (it *Item) Owner() string { return it.owner }

// ErrGone means that the program that showed the icon has left the bus.
var ErrGone = errors.New("the tray icon is gone")

// Wait repeats check until it holds, at every sign of life of the icon. what says in the error what was waited for.
func (it *Item) Wait(ctx context.Context, what string, check func(context.Context) (bool, error)) error {
	// Not everything that counts is followed by a signal: systray answers the first question for the menu with half of it.
	const patrol = 50 * time.Millisecond
	for {
		it.mu.Lock()
		changed, gone := it.changed, it.gone
		it.mu.Unlock()
		ok, err := check(ctx)
		switch {
		case ok:
			return nil
		case gone:
			return fmt.Errorf("wait for %s: %w", what, ErrGone)
		case ctx.Err() != nil:
			return fmt.Errorf("wait for %s: %w", what, errors.Join(ctx.Err(), err))
		}
		timer := time.NewTimer(patrol)
		select {
		case <-changed:
		case <-timer.C:
		case <-ctx.Done():
		}
		timer.Stop()
	}
}

// WaitGone waits until the program has left the bus.
func (it *Item) WaitGone(ctx context.Context) error {
	err := it.Wait(ctx, "the icon to go", func(context.Context) (bool, error) { return false, nil })
	if errors.Is(err, ErrGone) {
		return nil
	}
	return err
}

func (it *Item) property(ctx context.Context, name string) (dbus.Variant, error) {
	var v dbus.Variant
	err := it.conn.Object(it.owner, it.path).CallWithContext(ctx, "org.freedesktop.DBus.Properties.Get", 0, itemInterface, name).Store(&v)
	if err != nil {
		return v, fmt.Errorf("read %s of the tray icon: %w", name, err)
	}
	return v, nil
}

func (it *Item) text(ctx context.Context, name string) (string, error) {
	v, err := it.property(ctx, name)
	if err != nil {
		return "", err
	}
	s, ok := v.Value().(string)
	if !ok {
		return "", fmt.Errorf("%s of the tray icon is a %s", name, v.Signature())
	}
	return s, nil
}

// Title is the icon's title.
func (it *Item) Title(ctx context.Context) (string, error) { return it.text(ctx, "Title") }

// ID is the name by which a panel remembers the icon.
func (it *Item) ID(ctx context.Context) (string, error) { return it.text(ctx, "Id") }

// ToolTip is the title of the icon's tooltip.
func (it *Item) ToolTip(ctx context.Context) (string, error) {
	v, err := it.property(ctx, "ToolTip")
	if err != nil {
		return "", err
	}
	var tip struct {
		Icon  string
		Pix   []pixmap
		Title string
		Text  string
	}
	if err := dbus.Store([]any{v.Value()}, &tip); err != nil {
		return "", fmt.Errorf("read the tooltip: %w", err)
	}
	return tip.Title, nil
}

// pixmap is how a picture travels: alpha, red, green and blue of each pixel, not premultiplied.
type pixmap struct {
	Width, Height int32
	ARGB          []byte
}

// Icon is the icon's picture, the largest if there are several.
func (it *Item) Icon(ctx context.Context) (*image.NRGBA, error) {
	v, err := it.property(ctx, "IconPixmap")
	if err != nil {
		return nil, err
	}
	var all []pixmap
	if err := dbus.Store([]any{v.Value()}, &all); err != nil {
		return nil, fmt.Errorf("read the icon: %w", err)
	}
	var best pixmap
	for _, p := range all {
		if p.Width >= best.Width {
			best = p
		}
	}
	w, h := int(best.Width), int(best.Height)
	if w <= 0 || h <= 0 || len(best.ARGB) != 4*w*h {
		return nil, fmt.Errorf("the icon is %d by %d with %d bytes", w, h, len(best.ARGB))
	}
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	for i := range w * h {
		a, r, g, b := best.ARGB[4*i], best.ARGB[4*i+1], best.ARGB[4*i+2], best.ARGB[4*i+3]
		img.SetNRGBA(i%w, i/w, color.NRGBA{R: r, G: g, B: b, A: a})
	}
	return img, nil
}

// Shows says whether a picture from Icon is this PNG.
func Shows(icon *image.NRGBA, png []byte) (bool, error) {
	want, _, err := image.Decode(bytes.NewReader(png))
	if err != nil {
		return false, fmt.Errorf("read the wanted icon: %w", err)
	}
	if icon.Bounds().Size() != want.Bounds().Size() {
		return false, nil
	}
	// Colours were rounded on their way.
	near := func(a, b uint32) bool { return max(a, b)-min(a, b) <= 0x0800 }
	for y := range icon.Bounds().Dy() {
		for x := range icon.Bounds().Dx() {
			r, g, b, a := icon.At(x, y).RGBA()
			wr, wg, wb, wa := want.At(x, y).RGBA()
			if !near(r, wr) || !near(g, wg) || !near(b, wb) || !near(a, wa) {
				return false, nil
			}
		}
	}
	return true, nil
}

// WaitIcon waits until the icon is this PNG.
func (it *Item) WaitIcon(ctx context.Context, what string, png []byte) error {
	return it.Wait(ctx, what, func(ctx context.Context) (bool, error) {
		icon, err := it.Icon(ctx)
		if err != nil {
			return false, err
		}
		return Shows(icon, png)
	})
}
