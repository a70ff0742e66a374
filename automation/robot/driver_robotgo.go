//go:build cgo && !norobot

package robot

import (
	"errors"
	"fmt"

	"github.com/go-vgo/robotgo"
)

var driver keyDriver = robotgoDriver{}

type robotgoDriver struct{}

// tap presses one key with modifiers. The library drops names that it does not know without an error, so they are checked here.
func (robotgoDriver) tap(key string, modifiers []string) error {
	args := make([]any, len(modifiers))
	for i, m := range modifiers {
		switch m {
		case "ctrl", "shift", "cmd":
			args[i] = m
		default:
			return fmt.Errorf("%q is no modifier of an export attempt", m)
		}
	}
	if err := robotgo.KeyTap(key, args...); err != nil {
		return fmt.Errorf("pressing %s: %w", key, err)
	}
	return nil
}

func (robotgoDriver) release() error {
	var failed []error
	for _, m := range []string{"ctrl", "rctrl", "shift", "rshift", "alt", "ralt", "cmd", "rcmd"} {
		if err := robotgo.KeyToggle(m, "up"); err != nil {
			failed = append(failed, fmt.Errorf("letting go of %s: %w", m, err))
		}
	}
	return errors.Join(failed...)
}
