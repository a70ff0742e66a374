//go:build !windows && !darwin

package app

import (
	"testing"

	"github.com/godbus/dbus/v5"

	"github.com/takebar/takebar/internal/traytest"
)

// portal is a desktop portal with one setting.
type portal struct{ factor any }

// Read wraps the value twice, as portals do.
func (p portal) Read(namespace, key string) (dbus.Variant, *dbus.Error) {
	if namespace != "org.gnome.desktop.interface" || key != "text-scaling-factor" {
		return dbus.Variant{}, dbus.NewError("org.freedesktop.portal.Error.NotFound", nil)
	}
	return dbus.MakeVariant(dbus.MakeVariant(p.factor)), nil
}

func TestTextScaleOfTheDesktop(t *testing.T) {
	bus := traytest.StartBus(t)
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", bus.Address)
	if got := TextScale(t.Context()); got != 1 {
		t.Errorf("without a portal: %v", got)
	}
	conn, err := bus.Connect()
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close() //nolint:errcheck // the end
	if _, err := conn.RequestName("org.freedesktop.portal.Desktop", dbus.NameFlagDoNotQueue); err != nil {
		t.Fatal(err)
	}
	for factor, want := range map[any]float32{1.5: 1.5, 1.0: 1, 99.0: 1, "large": 1} {
		if err := conn.Export(portal{factor}, "/org/freedesktop/portal/desktop", "org.freedesktop.portal.Settings"); err != nil {
			t.Fatal(err)
		}
		if got := TextScale(t.Context()); got != want {
			t.Errorf("with the factor %v: %v, want %v", factor, got, want)
		}
	}
}
