package wire

import (
	"encoding/json"
	"errors"

	"github.com/creachadair/jrpc2"
)

// RemoteError is a refusal by the other end, as docs/protocol.md describes it.
type RemoteError struct {
	Code    string // the name to rely on, data.code
	Number  int    // the JSON-RPC number
	Message string
	Hint    string
	Data    json.RawMessage // all of data
}

func (e *RemoteError) Error() string { return e.Message }

// ErrorCode is the name to rely on.
func (e *RemoteError) ErrorCode() string { return e.Code }

// ErrorHint says what the user can do.
func (e *RemoteError) ErrorHint() string { return e.Hint }

// Trouble is a failure of the connection itself. The sentinels below are its only values.
type Trouble struct{ code, message, hint string }

func (e *Trouble) Error() string { return e.message }

// ErrorCode is the name to rely on.
func (e *Trouble) ErrorCode() string { return e.code }

// ErrorHint says what the user can do.
func (e *Trouble) ErrorHint() string { return e.hint }

var (
	// ErrNotConnected says that nothing was sent, because there is no connection.
	ErrNotConnected = &Trouble{"not_connected", "there is no connection", ""}
	// ErrOutcomeUnknown says that the request was sent and no verdict came: it may or may not have been carried out.
	ErrOutcomeUnknown = &Trouble{"outcome_unknown", "the connection was lost before the answer came", "Look at Live to see whether it happened."}
)

type errorData struct {
	Code string `json:"code"`
	Hint string `json:"hint"`
}

// remote reads an error of the other end; one without data gets a code all the same.
func remote(e *jrpc2.Error) *RemoteError {
	d := errorData{Code: "internal_error"}
	_ = json.Unmarshal(e.Data, &d) // best effort: the message says enough
	return &RemoteError{Code: d.Code, Number: int(e.Code), Message: e.Message, Hint: d.Hint, Data: e.Data}
}

// number is the JSON-RPC code of a name, -32000 where it has none of its own.
func number(code string) jrpc2.Code {
	switch code {
	case "parse_error":
		return jrpc2.ParseError
	case "invalid_request":
		return jrpc2.InvalidRequest
	case "method_not_found":
		return jrpc2.MethodNotFound
	case "invalid_params":
		return jrpc2.InvalidParams
	case "internal_error":
		return jrpc2.InternalError
	case "incompatible":
		return -32001
	default:
		return -32000
	}
}

// Refusal turns an error into what goes over the wire. An error without a code becomes internal_error.
func Refusal(err error) *jrpc2.Error {
	d := errorData{Code: "internal_error"}
	var coded interface {
		ErrorCode() string
		ErrorHint() string
	}
	if errors.As(err, &coded) {
		d = errorData{coded.ErrorCode(), coded.ErrorHint()}
	}
	return (&jrpc2.Error{Code: number(d.Code), Message: err.Error()}).WithData(d)
}
