//go:build !windows && !darwin

package tray

import (
	"context"
	"os"
	"strings"

	"github.com/godbus/dbus/v5"
)

const watcherName = "org.kde.StatusNotifierWatcher"

// HostStatus asks whether something on this desktop shows tray icons. Without it systray registers with nobody, and says nothing.
func HostStatus(ctx context.Context) HostReport {
	conn, err := dbus.SessionBusPrivateNoAutoStartup(dbus.WithContext(ctx))
	if err != nil {
		return noBus()
	}
	defer conn.Close() //nolint:errcheck // nothing can be done about it
	if conn.Auth(nil) != nil || conn.Hello() != nil {
		return noBus()
	}
	var owned bool
	if err := conn.BusObject().CallWithContext(ctx, "org.freedesktop.DBus.NameHasOwner", 0, watcherName).Store(&owned); err != nil {
		return noBus()
	}
	return judgeHost(owned, os.Getenv("XDG_CURRENT_DESKTOP"))
}

func noBus() HostReport {
	return HostReport{
		Message: "No D-Bus session was found, so no panel can show Takebar's icon.",
		Hint:    "Start Takebar from your desktop session, or use its commands: takebar toggle, takebar status.",
	}
}

// judgeHost words the report. desktop is XDG_CURRENT_DESKTOP, names parted by colons.
func judgeHost(owned bool, desktop string) HostReport {
	if owned {
		return HostReport{OK: true, Message: "The panel shows tray icons."}
	}
	report := HostReport{Message: "Nothing on this desktop shows tray icons, so Takebar's icon cannot be seen. It appears as soon as something does."}
	switch desktop = strings.ToLower(desktop); {
	case strings.Contains(desktop, "gnome"):
		report.Hint = "Install the GNOME extension “AppIndicator and KStatusNotifierItem Support” (package gnome-shell-extension-appindicator), switch it on, log out and in again."
	case strings.Contains(desktop, "xfce"):
		report.Hint = "Add the “Status Tray Plugin” to the panel."
	default:
		report.Hint = "Add a system tray (StatusNotifier) to your panel: waybar's tray module, snixembed for older panels, or on GNOME the AppIndicator extension."
	}
	return report
}
