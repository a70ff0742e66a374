package convert

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"

	"github.com/takebar/takebar/internal/audio"
)

// The codes of an Error. They are stable: scripts and tests may rely on them.
const (
	CodeSourceMissing    = "source_missing"    // there is no such file
	CodeSourceUnreadable = "source_unreadable" // the source cannot be read
	CodeSourceUnfinished = "source_unfinished" // the source's header is not complete
	CodeNotAudio         = "not_audio"         // the source is no WAV or AIFF
	CodeNothing          = "nothing_to_convert"
	CodeUnsupported      = "unsupported"    // the format cannot hold this recording
	CodeNoEncoder        = "no_mp3_encoder" // LAME is not there
	CodeEncoderFailed    = "encoder_failed" // an encoder gave up
	CodeDiskFull         = "disk_full"      // no room at the target
	CodeTargetReadonly   = "target_readonly"
	CodeTargetFailed     = "target_failed" // any other trouble of the target
	CodeVerifyFailed     = "verify_failed" // the copy is not what was written
	CodeBadFormat        = "bad_format"    // the wish cannot be understood
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

func failf(code, hint string, cause error, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...), Hint: hint, Err: cause}
}

// sourceError says what is wrong with a source.
func sourceError(path string, err error) error {
	name := filepath.Base(path)
	why := strings.TrimPrefix(strings.TrimPrefix(err.Error(), "read "+path+": "), "open "+path+": ")
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return failf(CodeSourceMissing, "Check its name and folder.", err, "There is no file %s.", path)
	case errors.Is(err, audio.ErrUnfinished), errors.Is(err, audio.ErrTruncated):
		return failf(CodeSourceUnfinished, "Wait until the recording has ended. After a crash, “takebar takes rescue” makes a repaired copy.", err,
			"The file %s is not complete: %s.", name, why)
	case errors.Is(err, audio.ErrNotAudio), errors.Is(err, audio.ErrNoFormat), errors.Is(err, audio.ErrUnsupported):
		return failf(CodeNotAudio, "Takebar converts WAV and AIFF files with uncompressed samples.", err, "The file %s cannot be converted: %s.", name, why)
	case errors.Is(err, fs.ErrPermission):
		return failf(CodeSourceUnreadable, "Allow reading it.", err, "Takebar may not read %s.", path)
	}
	return failf(CodeSourceUnreadable, "", err, "The file %s cannot be read (%v).", path, err)
}

// targetError says what is wrong with the folder that a copy goes to.
func targetError(dir string, err error) error {
	var own *Error
	switch {
	case err == nil || errors.As(err, &own):
		return err
	case isDiskFull(err):
		return failf(CodeDiskFull, "Free some space there, or choose another folder.", err, "The disk of %s is full.", dir)
	case errors.Is(err, fs.ErrPermission), isReadOnly(err):
		return failf(CodeTargetReadonly, "Choose another folder, or allow writing there.", err, "Takebar may not write to %s.", dir)
	}
	return failf(CodeTargetFailed, "Choose another folder, or check the drive.", err, "The copy could not be written to %s (%v).", dir, err)
}

func verifyError(name string, err error) error {
	return failf(CodeVerifyFailed, "Try again. If it stays so, check the drive.", err, "The converted file %s is not what it should be (%v); it was removed.", name, err)
}

// toolError says why a program that encodes gave up, in its own last words.
func toolError(tool, said string, err error) error {
	last := ""
	for line := range strings.Lines(said) {
		if s := strings.TrimSpace(line); s != "" {
			last = s
		}
	}
	if last == "" {
		last = err.Error()
	}
	return failf(CodeEncoderFailed, "", err, "The program %s could not make the file: %s.", tool, strings.TrimRight(last, "."))
}
