package automation

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/takebar/takebar/automation/desktop"
)

// Event is one line of an attempt's trace (trace.jsonl).
type Event struct {
	At     time.Time        `json:"at"`
	Ms     int64            `json:"ms"` // since the attempt began
	State  State            `json:"state"`
	What   EventKind        `json:"what"`
	Text   string           `json:"text,omitempty"`
	Key    string           `json:"key,omitempty"` // one of package keys
	Window *desktop.Window  `json:"window,omitempty"`
	File   string           `json:"file,omitempty"`
	Bytes  int64            `json:"bytes,omitempty"`
	Reason Reason           `json:"reason,omitempty"`
	Out    Outcome          `json:"outcome,omitempty"`
	Others []desktop.Window `json:"windows,omitempty"`
}

// EventKind sorts the lines of a trace.
type EventKind string

// The kinds of trace lines.
const (
	EventEnter  EventKind = "enter"  // a state began
	EventCheck  EventKind = "check"  // something was looked at and is as it should be
	EventKey    EventKind = "key"    // a key is about to be asked for
	EventSent   EventKind = "sent"   // the keys process says that it went out
	EventWindow EventKind = "window" // a window came up
	EventFile   EventKind = "file"   // a file came up, grew or went
	EventNote   EventKind = "note"
	EventShot   EventKind = "picture"
	EventFree   EventKind = "released" // all modifiers were released
	EventEnd    EventKind = "end"
)

// trace writes lines as they happen, so that a killed attempt can still be told.
type trace struct {
	f     *os.File
	clock Clock
	start time.Duration // on the monotonic clock
	state State
	err   error
	// discard keeps nothing: for a plan, which only looks.
	discard bool
}

func openTrace(dir string, clock Clock) (*trace, error) {
	f, err := os.OpenFile(filepath.Join(dir, "trace.jsonl"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("opening the trace: %w", err)
	}
	return &trace{f: f, clock: clock, start: clock.Mono()}, nil
}

func (t *trace) add(e Event) {
	if t.discard {
		return
	}
	e.At, e.Ms, e.State = t.clock.Now(), (t.clock.Mono() - t.start).Milliseconds(), t.state
	b, err := json.Marshal(e)
	if err == nil {
		_, err = t.f.Write(append(b, '\n'))
	}
	t.err = errors.Join(t.err, err)
}

func (t *trace) enter(s State) {
	t.state = s
	t.add(Event{What: EventEnter})
}

func (t *trace) close() error { return errors.Join(t.err, t.f.Close()) }

// ReadTrace reads a trace. A line that a crash cut short ends it without an error.
func ReadTrace(r io.Reader) ([]Event, error) {
	var all []Event
	lines := bufio.NewReader(r)
	for {
		line, err := lines.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return all, fmt.Errorf("reading the trace: %w", err)
		}
		var e Event
		if err := json.Unmarshal(line, &e); err != nil {
			return all, fmt.Errorf("reading line %d of the trace: %w", len(all)+1, err)
		}
		all = append(all, e)
	}
}

func readTraceFile(dir string) ([]Event, error) {
	f, err := os.Open(filepath.Join(dir, "trace.jsonl"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("opening the trace: %w", err)
	}
	defer func() { _ = f.Close() }() // opened for reading
	return ReadTrace(f)
}
