package desktop

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"time"
)

// mac asks the macOS desktop by a script for osascript, in JavaScript: Accessibility for windows, AppKit for keys and mouse. No cgo.
type mac struct {
	run func(ctx context.Context, args ...string) ([]byte, error)
}

//go:embed desktop.js
var macScript string

// Open returns the driver; whether the permission is there, Ready tells.
func Open() (Driver, error) {
	return &mac{run: func(ctx context.Context, args ...string) ([]byte, error) {
		ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
		defer cancel()
		cmd := exec.CommandContext(ctx, "/usr/bin/osascript", append([]string{"-l", "JavaScript", "-"}, args...)...)
		cmd.Stdin = bytes.NewBufferString(macScript)
		return cmd.Output()
	}}, nil
}

func (d *mac) Close() error { return nil }

// ask runs one question of the script and reads its answer.
func (d *mac) ask(ctx context.Context, into any, args ...string) error {
	out, err := d.run(ctx, args...)
	if err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) && bytes.Contains(exit.Stderr, []byte("-1719")) || errors.As(err, &exit) && bytes.Contains(exit.Stderr, []byte("-25211")) {
			return noAccess(err) // errAEIllegalIndex, errAXAPIDisabled: no assistive access
		}
		return fmt.Errorf("asking the desktop (%s): %w", args[0], err)
	}
	if err := json.Unmarshal(out, into); err != nil {
		return fmt.Errorf("reading the desktop's answer (%s): %w", args[0], err)
	}
	return nil
}

func noAccess(err error) error {
	return &Problem{
		Code: PermissionMissing, Text: "macOS does not let Takebar see and reach Live's windows: the Accessibility permission is missing.",
		Fix: "Open System Settings > Privacy & Security > Accessibility, switch Takebar on, then start Takebar again.", Err: err,
	}
}

func (d *mac) Ready(ctx context.Context) error {
	var a struct {
		Trusted bool `json:"trusted"`
		Screens int  `json:"screens"`
	}
	if err := d.ask(ctx, &a, "ready"); err != nil {
		return err
	}
	if a.Screens == 0 {
		return &Problem{Code: UnsupportedSession, Text: "There is no screen in this session.", Fix: "Run this as the user who is logged in at the screen."}
	}
	if !a.Trusted {
		return noAccess(nil)
	}
	return nil
}

func (d *mac) Windows(ctx context.Context) ([]Window, error) {
	var all []Window
	if err := d.ask(ctx, &all, "windows"); err != nil {
		return nil, err
	}
	for i := range all {
		all[i].Title = cleanTitle(all[i].Title)
	}
	return all, nil
}

func (d *mac) Partial() *Problem { return nil }

func (d *mac) Active(ctx context.Context) (ID, error) {
	var a struct {
		ID ID `json:"id"`
	}
	err := d.ask(ctx, &a, "active")
	return a.ID, err
}

func (d *mac) Activate(ctx context.Context, w Window) error {
	var a struct{}
	return d.ask(ctx, &a, "activate", strconv.Itoa(w.PID))
}

func (d *mac) MayType(context.Context, Window) error { return nil } // Ready has asked

func (d *mac) Keys(ctx context.Context) (Keys, error) {
	var k Keys
	err := d.ask(ctx, &k, "keys")
	return k, err
}

func (d *mac) Grabbed(ctx context.Context) (bool, error) {
	var a struct {
		Secure bool `json:"secure"`
	}
	err := d.ask(ctx, &a, "secure") // a password field keeps keys to itself
	return a.Secure, err
}

func (d *mac) Layout(ctx context.Context, letter rune) error {
	var a struct {
		ASCII bool `json:"ascii"`
	}
	if err := d.ask(ctx, &a, "layout"); err != nil {
		return err
	}
	if !a.ASCII {
		return &Problem{
			Code: LayoutUnsupported, Text: fmt.Sprintf("The active keyboard layout has no Latin letter %c, so the shortcut cannot be typed.", letter-'a'+'A'),
			Fix: "Switch to a layout with Latin letters, then try again.",
		}
	}
	return nil
}

func (d *mac) Corner(ctx context.Context) (bool, error) {
	var a struct{ X, Y, Left, Top, Right, Bottom int }
	if err := d.ask(ctx, &a, "mouse"); err != nil {
		return false, err
	}
	return atCorner(a.X, a.Y, a.Left, a.Top, a.Right, a.Bottom), nil
}

func (d *mac) Picture(ctx context.Context, w Window) (image.Image, error) {
	var a struct {
		Number int `json:"number"`
	}
	if err := d.ask(ctx, &a, "number", strconv.Itoa(w.PID)); err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "takebar-*")
	if err != nil {
		return nil, fmt.Errorf("making a folder: %w", err)
	}
	defer func() { _ = os.RemoveAll(dir) }() // the system cleans up what is left
	path := filepath.Join(dir, "w.png")
	if err := exec.CommandContext(ctx, "/usr/sbin/screencapture", "-x", "-o", "-l", strconv.Itoa(a.Number), path).Run(); err != nil {
		return nil, fmt.Errorf("taking the picture: %w", err)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("reading the picture: %w", err)
	}
	return png.Decode(bytes.NewReader(b))
}
