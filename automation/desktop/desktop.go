// Package desktop is what an export attempt must know of the screen: which windows are there, which one has the focus, which
// modifier keys are down, where the mouse is. There is one driver for each window system, all behind Driver.
//
// It sends no key and no click, ever; that is the keys role in automation/robot. It needs no cgo. automation and main may import it,
// and so may automation/robot for its last look before a key.
package desktop

import (
	"context"
	"errors"
	"fmt"
	"image"
	"strings"
	"unicode/utf8"
)

// ID names a window while it exists; 0 is no window.
type ID uint64

// Window is one top-level window as the window system describes it.
type Window struct {
	ID           ID     `json:"id"`
	PID          int    `json:"pid"`             // of the system that the driver runs on; 0 where the window does not say
	Process      string `json:"process"`         // name of the program's file, without its folder; "" where unknown
	Title        string `json:"title"`           // as text; "" where it has none or cannot be read
	Class        string `json:"class,omitempty"` // window class: X11 the second part of WM_CLASS, Windows the class name
	Owner        ID     `json:"owner,omitempty"` // window that this one belongs on top of
	Hidden       bool   `json:"hidden,omitempty"`
	OtherDesktop bool   `json:"other_desktop,omitempty"` // on a virtual desktop that is not shown
}

// String is the window for a person.
func (w Window) String() string {
	title := w.Title
	if title == "" {
		title = "a window without a readable title"
	} else {
		title = fmt.Sprintf("%q", title)
	}
	if w.Process == "" {
		return title
	}
	return title + " of " + w.Process
}

// Keys is the state of the keyboard that matters before a key is sent.
type Keys struct {
	Held     []string `json:"held,omitempty"` // modifiers that are down: ctrl, shift, alt, cmd
	CapsLock bool     `json:"caps_lock,omitempty"`
}

// The codes of a Problem. They are names of refusals that the manual lists.
const (
	UnsupportedSession = "unsupported_session"
	PermissionMissing  = "permission_missing"
	LayoutUnsupported  = "layout_unsupported"
	FocusRefused       = "focus_refused"
)

// Problem is a refusal of the desktop with its remedy.
type Problem struct {
	Code string // one of the constants above
	Text string // what is the matter, a sentence
	Fix  string // what to do, a sentence
	Err  error  // cause, or nil
}

// Error gives the sentence.
func (p *Problem) Error() string { return p.Text }

// Unwrap gives the cause.
func (p *Problem) Unwrap() error { return p.Err }

// ErrGone says that the window system cannot be asked any more.
var ErrGone = errors.New("the connection to the display was lost")

// Driver answers about one desktop. It is safe for one goroutine at a time. A lost display is ErrGone.
type Driver interface {
	// Ready says whether attempts are possible at all here; a refusal is a *Problem.
	Ready(ctx context.Context) error
	// Partial says why some programs' windows may be out of sight here, nil where all are seen. It is a *Problem for a window that is not found.
	Partial() *Problem
	// Windows lists the top-level windows, lowest first.
	Windows(ctx context.Context) ([]Window, error)
	// Active is the window with the keyboard focus; 0 while there is none.
	Active(ctx context.Context) (ID, error)
	// Activate asks for the focus; Active tells later whether it was granted. A refusal known at once is a *Problem.
	Activate(ctx context.Context, w Window) error
	// MayType says whether keys can reach this window (an elevated window on Windows cannot be reached); a refusal is a *Problem.
	MayType(ctx context.Context, w Window) error
	// Keys tells which modifiers are down.
	Keys(ctx context.Context) (Keys, error)
	// Grabbed says whether a program has taken the whole keyboard, such as an open menu or a screen lock: keys would go to it whatever has the focus.
	Grabbed(ctx context.Context) (bool, error)
	// Layout says whether the active keyboard layout has this Latin letter; a refusal is a *Problem.
	Layout(ctx context.Context, letter rune) error
	// Corner says whether the mouse is in a corner of the screen, the user's emergency brake.
	Corner(ctx context.Context) (bool, error)
	// Picture is what the screen shows of a window.
	Picture(ctx context.Context, w Window) (image.Image, error)
	Close() error
}

// baseName is the file name of a program, whichever system's path it is: Wine programs name themselves in Windows' way.
func baseName(path string) string {
	if i := strings.LastIndexAny(path, `/\`); i >= 0 {
		path = path[i+1:]
	}
	return path
}

// cleanTitle makes a title safe to store and compare.
func cleanTitle(s string) string {
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "\uFFFD")
	}
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, s))
}

// atCorner says whether a point is within two pixels of a corner of the rectangle.
func atCorner(x, y, left, top, right, bottom int) bool {
	const near = 2
	side := func(v, lo, hi int) bool { return v <= lo+near || v >= hi-1-near }
	return side(x, left, right) && side(y, top, bottom)
}
