// Package keys is the talk between an export attempt and the keys role: a short-lived process of our own that sends one key and ends.
//
// It names every key that Takebar can ever send, and there are four. It must not send keys itself (automation/robot does) and knows
// neither plans nor files. automation, automation/robot and main may import it.
package keys

import "runtime"

// Key is one of the keys that an attempt may press. There is no way to name another one.
type Key string

// Everything that is ever pressed.
const (
	ChordE Key = "chord_e" // Ctrl+Shift+E, on macOS Cmd+Shift+E
	ChordR Key = "chord_r" // Ctrl+Shift+R, on macOS Cmd+Shift+R
	Enter  Key = "enter"
	Escape Key = "escape"
)

// Known says whether k is one of the four.
func (k Key) Known() bool {
	switch k {
	case ChordE, ChordR, Enter, Escape:
		return true
	}
	return false
}

// Chord says whether k is one of the two shortcuts.
func (k Key) Chord() bool { return k == ChordE || k == ChordR }

// Letter is the chord's letter key in lower case, 0 for Enter and Escape.
func (k Key) Letter() rune {
	switch k {
	case ChordE:
		return 'e'
	case ChordR:
		return 'r'
	}
	return 0
}

// Modifiers are the chord's modifiers on this system: ctrl or cmd, and shift.
func (k Key) Modifiers() []string {
	switch {
	case !k.Chord():
		return nil
	case runtime.GOOS == "darwin":
		return []string{"cmd", "shift"}
	}
	return []string{"ctrl", "shift"}
}

// String is the key as a person writes it on this system.
func (k Key) String() string {
	first := "Ctrl"
	if runtime.GOOS == "darwin" {
		first = "Cmd"
	}
	switch k {
	case ChordE:
		return first + "+Shift+E"
	case ChordR:
		return first + "+Shift+R"
	case Enter:
		return "Enter"
	case Escape:
		return "Esc"
	}
	return "an unknown key"
}

// Other is the other one of the two chords.
func (k Key) Other() Key {
	if k == ChordE {
		return ChordR
	}
	return ChordE
}

// ParseChord reads a chord from a setting: e, r, or as a person writes it.
func ParseChord(s string) (Key, bool) {
	for _, k := range []Key{ChordE, ChordR} {
		letter := string(k.Letter())
		for _, form := range []string{letter, "ctrl+shift+" + letter, "cmd+shift+" + letter, string(k)} {
			if equalFold(s, form) {
				return k, true
			}
		}
	}
	return "", false
}

func equalFold(a, b string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range len(a) {
		x := a[i]
		if 'A' <= x && x <= 'Z' {
			x += 'a' - 'A'
		}
		if x != b[i] {
			return false
		}
	}
	return true
}

// Do is what a keys process is asked to do.
type Do string

// The deeds of a keys process.
const (
	Tap     Do = "tap"     // one key, if the window that is named has the focus
	Release Do = "release" // let go of ctrl, shift, alt and cmd
	Probe   Do = "probe"   // nothing; says whether keys could be sent
)

// Request is the one line that a keys process reads.
type Request struct {
	Do       Do     `json:"do"`
	Key      Key    `json:"key,omitempty"`
	Window   uint64 `json:"window,omitempty"`   // desktop.ID that must have the focus
	PID      int    `json:"pid,omitempty"`      // of the process that must own it
	Title    string `json:"title,omitempty"`    // that it must have
	Deadline int64  `json:"deadline,omitempty"` // Unix ms; nothing is pressed after it
}

// Reply is the one line that a keys process answers.
type Reply struct {
	OK   bool   `json:"ok"`
	Sent bool   `json:"sent"`           // the key went out; whether Live took it is another question
	Code string `json:"code,omitempty"` // why not, one of the named failures of package automation
	Text string `json:"text,omitempty"` // why not, a sentence
	// After is the window that had the focus right after the key, AfterPID its process.
	After    uint64 `json:"after,omitempty"`
	AfterPID int    `json:"after_pid,omitempty"`
}

// Codes of a Reply.
const (
	CodeHelper    = "helper_missing" // built without a key driver, or the request is not understood
	CodeFocus     = "focus_lost_before_key"
	CodeModifiers = "modifiers_held"
	CodeCaps      = "capslock_on"
	CodeDeadline  = "deadline"
	CodeSession   = "unsupported_session"
	CodeCrashed   = "helper_crashed"
)
