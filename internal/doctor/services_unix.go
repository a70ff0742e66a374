//go:build !windows && !darwin

package doctor

import (
	"context"
	"fmt"
	"slices"

	"github.com/godbus/dbus/v5"
)

const notifierName = "org.freedesktop.Notifications"

// Notifications says whether something shows desktop notifications, or would be started for it.
func Notifications(ctx context.Context) Service {
	missing := Service{
		Applies: true, Message: "Nothing on this desktop shows notifications; news about takes appear in the menu only.",
		Hint: "Start a notification service, such as dunst or mako.",
	}
	conn, err := dbus.SessionBusPrivateNoAutoStartup(dbus.WithContext(ctx))
	if err != nil {
		missing.Message = "No D-Bus session was found, so no notifications can be shown."
		missing.Hint = "Start Takebar from your desktop session."
		return missing
	}
	defer conn.Close() //nolint:errcheck // nothing can be done about it
	if conn.Auth(nil) != nil || conn.Hello() != nil {
		return missing
	}
	for _, list := range []string{"ListNames", "ListActivatableNames"} {
		var names []string
		if err := conn.BusObject().CallWithContext(ctx, "org.freedesktop.DBus."+list, 0).Store(&names); err != nil {
			missing.Message = fmt.Sprintf("D-Bus does not answer (%v).", err)
			return missing
		}
		if slices.Contains(names, notifierName) {
			return Service{Applies: true, OK: true, Message: "A notification service is there."}
		}
	}
	return missing
}
