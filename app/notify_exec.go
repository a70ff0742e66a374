//go:build windows || darwin

package app

import (
	"context"
	"fmt"
	"log/slog"
	"os/exec"
	"runtime"
)

// commandNotifier shows notifications through a tool of the system: osascript on macOS, PowerShell on Windows. They cannot be
// clicked, so the text has to name the folder.
type commandNotifier struct{}

// NewNotifier gives the notifications of this system. files opens what a user reveals from a notification, where the system can.
func NewNotifier(_ *slog.Logger, _ Files) Notifier { return commandNotifier{} }

// Notify implements Notifier.
func (commandNotifier) Notify(ctx context.Context, n Notification) error {
	c := notifyCommand(runtime.GOOS, n)
	path, err := exec.LookPath(c.name)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrNoNotifications, err)
	}
	c.name = path
	if err := prepare(ctx, c).Run(); err != nil {
		return fmt.Errorf("show a notification: %w", err)
	}
	return nil
}

// Close implements Notifier.
func (commandNotifier) Close() error { return nil }
