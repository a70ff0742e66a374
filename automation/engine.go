package automation

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"sync"
	"time"

	"github.com/takebar/takebar/automation/desktop"
	"github.com/takebar/takebar/automation/keys"
	"github.com/takebar/takebar/bridge/live"
)

// Link is what an attempt asks Live through the link.
type Link interface {
	// State is what the link knows now; ok is false while no Live is connected and answering.
	State() (s live.State, ok bool)
	// SetLoop sets Live's loop brace and waits until Live shows it.
	SetLoop(ctx context.Context, l Loop) error
	// Locators lists the set's locators in order of time.
	Locators(ctx context.Context) ([]Locator, error)
}

// Loop is Live's loop brace, in beats.
type Loop struct {
	On     bool    `json:"on"`
	Start  float64 `json:"start"`
	Length float64 `json:"length"`
}

// Locator is a named place in the Arrangement, in beats.
type Locator struct {
	Time float64 `json:"time"`
	Name string  `json:"name"`
}

// Presser sends keys through the keys process. keys.Client implements it.
type Presser interface {
	Ask(ctx context.Context, r keys.Request) (keys.Reply, error)
	Release(ctx context.Context) error
}

// Clock tells the time twice: as the wall shows it, and as it passes. They drift apart when the clock is set or the computer slept.
type Clock interface {
	Now() time.Time
	Mono() time.Duration
}

// Timing is how patient an attempt is. Zero fields mean the usual.
type Timing struct {
	Poll        time.Duration // between two looks
	Focus       time.Duration // how long the focus may be elsewhere in passing
	Activate    time.Duration // until Live is in front
	KeysClear   time.Duration // until modifiers are let go
	Dialog      time.Duration // until the export dialog is open
	Save        time.Duration // until the Save dialog is open
	SaveClose   time.Duration // until it closed, once for each of two Enters
	BeforeStart time.Duration // all of the above together
	RenderStart time.Duration // until a file appears
	Stall       time.Duration // without growth
	Message     time.Duration // a message in Live with no growth meanwhile
	RenderMax   time.Duration
	SettleFor   time.Duration // size and header unchanged
	SettleMax   time.Duration // for the end of the file to come after Live's progress window closed
	OpenSet     time.Duration // until a set of a batch is open
}

func (t Timing) withDefaults() Timing {
	for _, f := range []struct {
		at  *time.Duration
		use time.Duration
	}{
		{&t.Poll, 50 * time.Millisecond},
		{&t.Focus, 400 * time.Millisecond},
		{&t.Activate, 5 * time.Second},
		{&t.KeysClear, 8 * time.Second},
		{&t.Dialog, 10 * time.Second},
		{&t.Save, 10 * time.Second},
		{&t.SaveClose, 6 * time.Second},
		{&t.BeforeStart, 60 * time.Second},
		{&t.RenderStart, 60 * time.Second},
		{&t.Stall, 3 * time.Minute},
		{&t.Message, 5 * time.Second},
		{&t.RenderMax, 6 * time.Hour},
		{&t.SettleFor, time.Second},
		{&t.SettleMax, 20 * time.Second},
		{&t.OpenSet, 3 * time.Minute},
	} {
		if *f.at <= 0 {
			*f.at = f.use
		}
	}
	return t
}

// Options build an Engine.
type Options struct {
	Home    string // Takebar's config folder
	Version string // of Takebar, for receipts
	Link    Link
	Keys    Presser
	Desktop func() (desktop.Driver, error) // desktop.Open
	Logger  *slog.Logger
	Clock   Clock                            // nil: the system's
	Free    func(dir string) (uint64, error) // bytes free on a disk; nil: asks the system
	Timing  Timing
	// Off says that the settings switch attempts off, whatever was agreed to; nil = they do not.
	Off func() bool
	// Pictures says whether pictures of Live's window may be kept, whatever was said at the consent; nil = as was said there.
	Pictures func() bool
	// Chord is tried first; "" means Ctrl+Shift+E (Cmd+Shift+E on macOS).
	Chord keys.Key
	// Folders are watched when a request names none.
	Folders []string
	// Out is where a batch puts finished files when it names no folder.
	Out string
	// OpenSet is the command that opens a .als; {} stands for the path, which else goes last. Empty: the system's opener.
	OpenSet []string
	// Changed is told what the running attempt, rehearsal or batch does; from its goroutine.
	Changed func(Status)
}

// Status is what runs now, for a status line.
type Status struct {
	Kind     string    `json:"kind"` // attempt, rehearsal, batch; "" when nothing runs
	Attempt  string    `json:"attempt,omitempty"`
	Set      string    `json:"set,omitempty"`
	State    State     `json:"state,omitempty"`
	Sentence string    `json:"sentence"`
	Since    time.Time `json:"since"`
	Watching bool      `json:"watching"` // Live renders: Stop means to stop watching
	Bytes    int64     `json:"bytes,omitempty"`
	Done     int       `json:"done,omitempty"`  // sets of a batch
	Total    int       `json:"total,omitempty"` // sets of a batch
}

// Engine makes attempts. One thing runs at a time, over all processes of the user.
type Engine struct {
	o     Options
	store store

	mu     sync.Mutex
	status Status
	stop   context.CancelCauseFunc // of what runs now

	published   Status
	publishedAt time.Duration
}

// New builds an Engine. Nothing is touched until it is asked for something.
func New(o Options) *Engine {
	o.Timing = o.Timing.withDefaults()
	if o.Clock == nil {
		o.Clock = systemClock{begin: time.Now()}
	}
	if o.Free == nil {
		o.Free = freeBytes
	}
	if o.Chord == "" {
		o.Chord = keys.ChordE
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return &Engine{o: o, store: store{dir: filepath.Join(o.Home, "export")}}
}

type systemClock struct{ begin time.Time }

func (c systemClock) Now() time.Time      { return time.Now().Round(0) } // without the monotonic part
func (c systemClock) Mono() time.Duration { return time.Since(c.begin) }

// Refusal is a reason with what was special about it this time.
type Refusal struct {
	Reason Reason
	Detail string // replaces the reason's sentence where set
	Next   string // replaces the reason's next step where set
	Err    error
}

// Error is the sentence.
func (r *Refusal) Error() string {
	if r.Detail != "" {
		return r.Detail
	}
	e, _ := r.Reason.Explain()
	return e.Sentence
}

// Unwrap gives the cause.
func (r *Refusal) Unwrap() error { return r.Err }

// ErrorCode is the reason's name, for the core.
func (r *Refusal) ErrorCode() string { return string(r.Reason) }

// ErrorHint is the next step, for the core.
func (r *Refusal) ErrorHint() string {
	if r.Next != "" {
		return r.Next
	}
	e, _ := r.Reason.Explain()
	return e.NextStep
}

func refuse(r Reason, format string, args ...any) *Refusal {
	return &Refusal{Reason: r, Detail: fmt.Sprintf(format, args...)}
}

var (
	errStop = errors.New("stopped by the user")
	errBusy = &Refusal{Reason: ReasonBusy}
)

// begin claims the one place for something that runs. end must be called.
func (e *Engine) begin(ctx context.Context, s Status) (run context.Context, end func(), err error) {
	e.mu.Lock()
	defer func() {
		e.mu.Unlock()
		if err == nil {
			e.tell(s) // outside the lock, so that whoever is told may ask and stop
		}
	}()
	if e.stop != nil {
		return nil, nil, errBusy
	}
	if err := makePrivate(e.store.dir); err != nil {
		return nil, nil, err
	}
	lock, got, err := e.claim(ctx)
	if err != nil {
		return nil, nil, fmt.Errorf("locking %s: %w", lock.Path(), err)
	}
	if !got {
		return nil, nil, errBusy
	}
	run, stop := context.WithCancelCause(ctx)
	s.Since = e.o.Clock.Now()
	e.stop, e.status = stop, s
	return run, func() {
		stop(nil)
		e.publish(Status{})
		e.mu.Lock()
		e.stop, e.status = nil, Status{}
		if err := lock.Unlock(); err != nil {
			e.o.Logger.Warn("unlocking", "file", lock.Path(), "err", err)
		}
		e.mu.Unlock()
		e.tell(Status{})
	}, nil
}

func (e *Engine) tell(s Status) {
	if s.Kind != "" {
		e.publish(s)
	}
	if e.o.Changed != nil {
		e.o.Changed(s)
	}
}

// update changes the status line.
func (e *Engine) update(change func(*Status)) {
	e.mu.Lock()
	running := e.stop != nil
	if running {
		change(&e.status)
	}
	now := e.status
	e.mu.Unlock()
	if running {
		e.tell(now)
	}
}

// Folder is where consent, rehearsals, traces and the batch are stored.
func (e *Engine) Folder() string { return e.store.dir }

// Prepare makes that folder.
func (e *Engine) Prepare() error { return makePrivate(e.store.dir) }

// Chord is the shortcut that a rehearsal tries first.
func (e *Engine) Chord() keys.Key { return e.o.Chord }

// Status is what runs now.
func (e *Engine) Status() Status {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.status
}

// Stop ends what runs now: before Live renders nothing more is pressed; after that only the watching ends. The sentence says which.
func (e *Engine) Stop() (string, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.stop == nil {
		return "", refuse(ReasonBadInput, "No export attempt is running.")
	}
	e.stop(errStop)
	if e.status.Watching {
		return "Takebar stopped watching. Live itself goes on rendering; cancel there if you want it to end.", nil
	}
	return "Stopping. Nothing more is pressed.", nil
}

// stopReason turns the end of a context into a reason.
func stopReason(ctx context.Context, watching bool) *Refusal {
	if watching {
		return &Refusal{Reason: ReasonStoppedWatching, Err: context.Cause(ctx)}
	}
	return &Refusal{Reason: ReasonUserStopped, Err: context.Cause(ctx)}
}
