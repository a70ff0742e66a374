package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/takebar/takebar/app"
	"github.com/takebar/takebar/internal/control"
)

// The exit codes. docs/manual/commands.md and "takebar help exit-codes" list them; scripts rely on them.
const (
	exitOK          = 0
	exitFailed      = 1   // refused or failed
	exitUsage       = 2   // the command line itself is wrong
	exitNoLive      = 3   // Live cannot be reached
	exitUnknown     = 4   // timed out, or the outcome is not known
	exitWarnings    = 5   // with --strict: the take landed, with warnings
	exitCancelled   = 6   // an export attempt was cancelled, by the user or in Live
	exitInterrupted = 130 // Ctrl+C
)

// usageError is a command line that cannot be understood.
type usageError struct{ err error }

func (e usageError) Error() string { return e.err.Error() }
func (e usageError) Unwrap() error { return e.err }

func usagef(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// silent is an exit code whose reason the output has told already.
type silent struct{ code int }

func (s silent) Error() string { return fmt.Sprintf("exit code %d", s.code) }

// exitCodes of the core's and Live's error codes; all others are exitFailed.
var exitCodes = map[string]int{
	"no_live":            exitNoLive,
	"not_connected":      exitNoLive,
	"link_down":          exitNoLive,
	"incompatible":       exitNoLive,
	"deadline_exceeded":  exitUnknown,
	"not_confirmed":      exitUnknown,
	"outcome_unknown":    exitUnknown,
	"link_lost":          exitUnknown,
	"timeout":            exitUnknown,
	"core_gone":          exitUnknown,
	"core_not_answering": exitUnknown,
	"cancelled":          exitInterrupted,
}

func exitCode(err error) int {
	var usage usageError
	var quiet silent
	var coded interface{ ErrorCode() string }
	var own *control.Error
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &quiet):
		return quiet.code
	case errors.As(err, &usage):
		return exitUsage
	case errors.Is(err, errInterrupted):
		return exitInterrupted
	case errors.Is(err, errLeft):
		return exitUnknown
	case errors.As(err, &own):
		return codeOr(own.Code)
	case errors.As(err, &coded):
		return codeOr(coded.ErrorCode())
	case errors.Is(err, context.DeadlineExceeded):
		return exitUnknown
	case errors.Is(err, context.Canceled):
		return exitInterrupted
	}
	return exitFailed
}

func codeOr(code string) int {
	if exit, ok := exitCodes[code]; ok {
		return exit
	}
	return exitFailed
}

// failure is an error as it is written.
type failure struct {
	Code    string `json:"code"`
	Message string `json:"message"`
	Hint    string `json:"hint"`
}

func (r *run) failureOf(err error) failure {
	var usage usageError
	var coded interface{ ErrorCode() string }
	var hinted interface{ ErrorHint() string }
	var own *control.Error
	f := failure{Code: "failed"}
	if errors.As(err, &coded) {
		f.Code = coded.ErrorCode()
	}
	if errors.As(err, &hinted) {
		f.Hint = hinted.ErrorHint()
	}
	switch {
	case errors.As(err, &own):
		f.Code = own.Code
	case errors.As(err, &usage):
		hint := fmt.Sprintf("%q shows how it is used.", r.path+" --help")
		message := usage.Error() + "."
		if !strings.HasPrefix(message, "takebar") { // that is a command's name
			message = app.ProblemOf(usage).Text
		}
		return failure{Code: "usage", Message: message, Hint: hint}
	case errors.Is(err, errInterrupted):
		f.Code = "interrupted"
	case errors.Is(err, errLeft):
		f.Code = "left"
	}
	problem := app.ProblemOf(err)
	f.Message = problem.Text
	if problem.Hint != "" {
		f.Hint = problem.Hint
	}
	return f
}

// complain writes why the command failed, on standard error: the sentence, and what to do.
func (r *run) complain(err error) {
	var quiet silent
	if err == nil || errors.As(err, &quiet) {
		return
	}
	f := r.failureOf(err)
	if r.json {
		line, marshalErr := json.Marshal(struct {
			Error failure `json:"error"`
		}{f})
		if marshalErr == nil {
			r.tell(string(line))
			return
		}
	}
	r.tell(strings.TrimSpace(f.Message))
	if f.Hint != "" {
		r.tell("Hint: " + f.Hint)
	}
}

// say tells the user something beside the result, on standard error.
func (r *run) say(sentence string) {
	if r.json {
		return // standard error then holds errors only, one JSON object a line
	}
	r.tell(sentence)
}

// tell writes to standard error. If that cannot be written to, there is nobody to complain to.
func (r *run) tell(line string) { _, _ = fmt.Fprintln(r.Stderr, line) }

// show writes a result: JSON where it was asked for, else as a person reads it.
func (r *run) show(value any, text func() string) error {
	out := ""
	if r.json {
		encoded, err := json.MarshalIndent(value, "", "  ")
		if err != nil {
			return fmt.Errorf("write the result as JSON: %w", err)
		}
		out = string(encoded)
	} else if out = strings.TrimRight(text(), "\n"); out == "" {
		return nil
	}
	if _, err := fmt.Fprintln(r.Stdout, out); err != nil {
		return fmt.Errorf("write the result: %w", err)
	}
	return nil
}
