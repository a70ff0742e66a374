package control

import "errors"

// Error is a refusal or failure that a user can act on. Code is stable (docs/protocol.md for Live's, docs/core.md for the core's own).
type Error struct {
	Code    string `json:"code"`
	Message string `json:"message"` // what happened, a sentence
	Hint    string `json:"hint"`    // what to do now, a sentence or ""
	Err     error  `json:"-"`
}

// Error gives the sentence without the hint; the edge adds that once.
func (e *Error) Error() string { return e.Message }

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// Errors of finding and being the core, for errors.Is.
var (
	ErrNoCore      = errors.New("no Takebar core is running")
	ErrCoreRunning = errors.New("another Takebar core is running")
)
