//go:build !windows && !darwin

package app

import (
	"context"
	"time"

	"github.com/godbus/dbus/v5"
)

// TextScale is how much larger than usual the user wants text, 1 = as usual: GNOME's setting, which the desktop portal tells on other desktops as
// well.
func TextScale(ctx context.Context) float32 {
	const patience = time.Second
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	conn, err := connectSession(ctx)
	if err != nil {
		return 1
	}
	defer conn.Close() //nolint:errcheck // nothing can be done about it
	var value dbus.Variant
	err = conn.Object("org.freedesktop.portal.Desktop", "/org/freedesktop/portal/desktop").
		CallWithContext(ctx, "org.freedesktop.portal.Settings.Read", 0, "org.gnome.desktop.interface", "text-scaling-factor").Store(&value)
	if err != nil {
		return 1
	}
	for {
		inner, ok := value.Value().(dbus.Variant) // portals wrap it twice
		if !ok {
			break
		}
		value = inner
	}
	factor, _ := value.Value().(float64)
	return sensibleScale(factor)
}
