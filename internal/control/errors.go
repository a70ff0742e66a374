package control

import (
	"context"
	"errors"
)

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

// ErrorCode is the stable name of the failure.
func (e *Error) ErrorCode() string { return e.Code }

// ErrorHint says what a user can do, "" if nothing.
func (e *Error) ErrorHint() string { return e.Hint }

// The core's own codes; docs/core.md explains them. Codes of the script and of the library go through unchanged.
const (
	CodeNoLive         = "no_live"         // no Live with the script runs
	CodeNotConnected   = "not_connected"   // a Live is there, but not linked (yet); nothing was sent
	CodeIncompatible   = "incompatible"    // script and program share no protocol version
	CodeOutcomeUnknown = "outcome_unknown" // sent, and no verdict came
	CodeTimeout        = "timeout"         // the caller's time was over before anything was sent
	CodeCancelled      = "cancelled"       // the caller gave up
	CodeTakeCancelled  = "take_cancelled"  // the take was discarded
	CodeTakeRunning    = "take_running"    // a take runs already
	CodeTakeFailed     = "take_failed"     // the take ended without a recording
	CodeTakeLost       = "take_lost"       // Live went away during the take
	CodeTakeNotFound   = "take_not_found"  // neither Live nor the library knows the take
	CodeNotFound       = "not_found"       // no such track, Live, ...
	CodeAmbiguous      = "ambiguous"       // several tracks go by that name
	CodeInvalid        = "invalid_params"  // a request that makes no sense
	CodeNotSupported   = "not_supported"   // this build or this Live cannot do it
	CodeCoreGone       = "core_gone"       // the core has ended, or ends just now
	CodeInternal       = "internal_error"  // a defect
)

// Errors of finding and being the core, for errors.Is.
var (
	ErrNoCore      = errors.New("no Takebar core is running")
	ErrCoreRunning = errors.New("another Takebar core is running")
)

// asError gives every error of the parts below a code and, where one is known, a hint. It is the core's edge: whoever gets an error from Core gets an *Error.
func asError(err error) error {
	var own *Error
	var coded interface {
		error
		ErrorCode() string
		ErrorHint() string
	}
	switch {
	case err == nil:
		return nil
	case errors.As(err, &own):
		return own
	case errors.As(err, &coded):
		return polish(&Error{Code: coded.ErrorCode(), Message: coded.Error(), Hint: coded.ErrorHint(), Err: err})
	case errors.Is(err, context.DeadlineExceeded):
		return &Error{CodeTimeout, "The time was over before it was done.", "Try again.", err}
	case errors.Is(err, context.Canceled):
		return &Error{CodeCancelled, "It was given up.", "", err}
	default:
		return &Error{CodeInternal, "Something went wrong: " + err.Error() + ".", "Takebar's log has the details.", err}
	}
}

// polish puts sentences in the place of the terse ones of the link.
func polish(e *Error) *Error {
	switch e.Code {
	case CodeOutcomeUnknown:
		e.Message = "The link to Live was lost before Live answered."
		e.Hint = "Look at Live to see whether it happened."
	case CodeNotConnected:
		e.Message = "There is no link to Live just now."
		if e.Hint == "" {
			e.Hint = hintNoLive
		}
	case "deadline_exceeded":
		if e.Hint == "" {
			e.Hint = "Try again."
		}
	}
	return e
}

// codeOf is the code of an error, "" if it has none.
func codeOf(err error) string {
	var coded interface{ ErrorCode() string }
	if errors.As(err, &coded) {
		return coded.ErrorCode()
	}
	return ""
}

// hintOf is what an error says one can do, "" if nothing.
func hintOf(err error) string {
	var hinted interface{ ErrorHint() string }
	if errors.As(err, &hinted) {
		return hinted.ErrorHint()
	}
	return ""
}
