// Package trouble says in sentences for the user why a sound file cannot be drawn or played, or why no sound comes out.
//
// It decides nothing and reads nothing. internal/waveform and internal/player make these errors; windows look at Why where they say the
// same in another language.
package trouble

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/takebar/takebar/internal/audio"
)

// Why is the kind of an Error.
type Why string

// What can be wrong with a file.
const (
	Gone        Why = "gone"        // the file is not there
	Away        Why = "away"        // its folder is not there either
	Denied      Why = "denied"      // no right to read it
	NotAudio    Why = "not_audio"   // other bytes than sound
	Damaged     Why = "damaged"     // its header does not say what it holds
	Unsupported Why = "unsupported" // sound in a form that is not read here
	Changed     Why = "changed"     // it became another one while it was in use
	Unreadable  Why = "unreadable"  // the disk says no
	TooFine     Why = "too_fine"    // more columns were asked for than any screen has
)

// What can be wrong with the sound output.
const (
	NothingLoaded Why = "nothing_loaded" // play before any take was loaded
	Empty         Why = "empty"          // the take has no sound
	NoOutput      Why = "no_output"      // no sound system or no device at all
	DeviceGone    Why = "device_gone"    // the chosen device is not there, or went away while it played
	DeviceFails   Why = "device_fails"   // it is there and refuses
	DeviceStuck   Why = "device_stuck"   // it takes no sound, without an error
	NotBuilt      Why = "not_built"      // this program was built without sound
)

// Error is one trouble. Its text is a sentence for the user.
type Error struct {
	Why  Why
	Name string // of the file or the device; "" if there is none
	Err  error  // the cause; may be nil
}

// Error says it in English.
func (e *Error) Error() string {
	text := e.text()
	if rest, ok := strings.CutPrefix(text, "the "); ok {
		return "The " + rest
	}
	return text
}

func (e *Error) text() string {
	name := "“" + e.Name + "”"
	if e.Name == "" {
		name = "the chosen sound output"
	}
	switch e.Why {
	case Gone:
		return name + " is not there any more. It may have been moved, renamed or thrown away."
	case Away:
		return "The folder of " + name + " is not there. Is its disk plugged in?"
	case Denied:
		return "Takebar may not read " + name + ". Look at who is allowed to open it."
	case NotAudio:
		return name + " is no WAV or AIFF sound file."
	case Damaged:
		return "The beginning of " + name + " is damaged or not written yet, so that nobody can tell what kind of sound it holds."
	case Unsupported:
		return name + " holds a kind of sound that Takebar does not read: " + e.cause() + "."
	case Changed:
		return name + " changed while it was read. Please try again."
	case TooFine:
		return name + " cannot be drawn that large. Please show a shorter part of it."
	case NothingLoaded:
		return "There is no take to play yet. Choose one first."
	case Empty:
		return "There is nothing to hear: the files of this take hold no sound."
	case NoOutput:
		return "No sound output was found. Connect one, or start the sound system of this computer, and press play again."
	case DeviceGone:
		return name + " is gone, so playing stopped. Connect it again or choose another sound output."
	case DeviceFails:
		return name + " cannot be used now: " + e.cause() + ". Another program may hold it; try again or choose another sound output."
	case DeviceStuck:
		return name + " takes no sound. Try again or choose another sound output."
	case NotBuilt:
		return "This Takebar was built without sound, so it cannot play takes. Open them in another program instead."
	}
	return name + " cannot be read: " + e.cause() + "."
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

func (e *Error) cause() string {
	if e.Err == nil {
		return "no reason was given"
	}
	var p *fs.PathError
	if errors.As(e.Err, &p) {
		return p.Err.Error()
	}
	return e.Err.Error()
}

// File says why the file at path could not be read. A nil error, an Error and the end of a context come back as they are.
func File(path string, err error) error {
	var known *Error
	if err == nil || errors.As(err, &known) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	e := &Error{Why: Unreadable, Name: filepath.Base(path), Err: err}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		e.Why = Gone
		if _, dirErr := os.Stat(filepath.Dir(path)); errors.Is(dirErr, fs.ErrNotExist) {
			e.Why = Away
		}
	case errors.Is(err, fs.ErrPermission):
		e.Why = Denied
	case errors.Is(err, audio.ErrNotAudio):
		e.Why = NotAudio
	case errors.Is(err, audio.ErrNoFormat):
		e.Why = Damaged
	case errors.Is(err, audio.ErrUnsupported):
		e.Why = Unsupported
	case errors.Is(err, io.ErrUnexpectedEOF):
		e.Why = Changed
	}
	return e
}

// Output says what is wrong with a sound output by its name; "" = whatever the system plays on.
func Output(why Why, name string, err error) error { return &Error{Why: why, Name: name, Err: err} }

// Nothing says why there is nothing to play.
func Nothing(why Why) error { return &Error{Why: why} }

// Say gives an error the words of another language, where it is an Error; say makes the sentence, nil = English. The result still is
// what err is, for errors.Is and errors.As.
func Say(say func(*Error) string, err error) error {
	var e *Error
	if say == nil || !errors.As(err, &e) {
		return err
	}
	return &said{say(e), err}
}

type said struct {
	text string
	err  error
}

func (s *said) Error() string { return s.text }
func (s *said) Unwrap() error { return s.err }

// Cause is why the file or the device refused, in the words of the system; "" if it did not say.
func (e *Error) Cause() string {
	if e.Err == nil {
		return ""
	}
	return e.cause()
}
