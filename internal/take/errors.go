package take

import (
	"errors"
	"fmt"
	"io/fs"
	"syscall"
)

// The codes of an Error. They are stable: scripts and tests may rely on them.
const (
	CodeDiskFull            = "disk_full"             // no room in the takes folder
	CodeTakesFolderMissing  = "takes_folder_missing"  // it was there before and is gone, such as an unplugged drive
	CodeTakesFolderReadonly = "takes_folder_readonly" // nothing may be written there
	CodeTakesFolderFailed   = "takes_folder_failed"   // any other trouble of the takes folder
	CodeFileUnfinished      = "file_unfinished"       // Live has not completed the recorded file
	CodeFileMissing         = "file_missing"          // the recorded file is not where Live said
	CodeFileChanged         = "file_changed"          // the recorded file kept changing while it was copied
	CodeFileUnreadable      = "file_unreadable"       // the recorded file cannot be read
	CodeNotAudio            = "not_audio"             // the recorded file is no WAV or AIFF
	CodeVerifyFailed        = "verify_failed"         // the copy does not read back as it was written
	CodeTakeNotFound        = "take_not_found"        // no take goes by that name
	CodeAmbiguous           = "ambiguous"             // several takes go by that name
	CodeExists              = "exists"                // nothing to do: it is there already
	CodeNotEnded            = "take_running"          // Live has not ended the take yet
	CodeTakeCancelled       = "take_cancelled"        // the take was discarded: there is nothing to land
	CodeTakeFailed          = "take_failed"           // the take ended without a recording
	CodeBadTake             = "bad_take"              // the take's id cannot be used
	CodeBadTemplate         = "bad_template"          // the name template is wrong
	CodeBadRating           = "bad_rating"            // a rating is 0 to 5
	CodeBadQuery            = "bad_query"             // filters that do not go together
	CodePageLost            = "page_lost"             // the take that a page is to begin after is gone
	CodeBadName             = "bad_name"              // no file can be called so
	CodeTrashed             = "in_trash"              // the take is in the trash
	CodeSidecarUnreadable   = "sidecar_unreadable"    // the sidecar cannot be understood
	CodeRescueFailed        = "rescue_failed"         // the recording cannot be repaired
	CodeBusy                = "busy"                  // another deed for this take is under way
)

// Error is a refusal or failure that a user can act on.
type Error struct {
	Code    string // one of the Code constants
	Message string // what happened, a sentence
	Hint    string // what to do now, a sentence or ""
	Err     error  // the cause, nil if there is none
}

// Error gives the sentence without the hint; the edge adds that once.
func (e *Error) Error() string { return e.Message }

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// ErrorCode is the stable name of the failure.
func (e *Error) ErrorCode() string { return e.Code }

// ErrorHint says what a user can do, "" if nothing.
func (e *Error) ErrorHint() string { return e.Hint }

// Is makes errors.Is compare codes, so that errors.Is(err, &Error{Code: CodeDiskFull}) works.
func (e *Error) Is(target error) bool {
	other, ok := target.(*Error)
	return ok && other.Code == e.Code && other.Message == ""
}

func failf(code, hint string, cause error, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...), Hint: hint, Err: cause}
}

// folderError says what is wrong with the takes folder in a musician's words.
func folderError(dir string, err error) error {
	return folderTrouble(dir, "the take waits and is tried again.", err)
}

// deedError is folderError for what a user asked of a take that is in the library: nobody tries that again but the user.
func deedError(dir string, err error) error { return folderTrouble(dir, "then try again.", err) }

func folderTrouble(dir, then string, err error) error {
	var own *Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &own):
		return err
	case isDiskFull(err):
		return failf(CodeDiskFull, "Free some space there; "+then, err,
			"The disk of the takes folder %s is full.", dir)
	case errors.Is(err, syscall.EROFS), errors.Is(err, fs.ErrPermission):
		return failf(CodeTakesFolderReadonly, "Choose another takes folder, or allow writing there; "+then, err,
			"Takebar may not write to the takes folder %s.", dir)
	case errors.Is(err, fs.ErrNotExist):
		return failf(CodeTakesFolderMissing, "Connect its drive, or choose another takes folder; "+then, err,
			"The takes folder %s is not there.", dir)
	default:
		return failf(CodeTakesFolderFailed, "Check the drive, or choose another takes folder; "+then, err,
			"Takebar cannot use the takes folder %s (%v).", dir, err)
	}
}
