//go:build windows || darwin

package doctor

import "context"

// Notifications says whether something shows desktop notifications: here the system itself does.
func Notifications(context.Context) Service {
	return Service{Applies: true, OK: true, Message: "The system shows them, if its settings allow it for Takebar."}
}
