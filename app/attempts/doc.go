// Package attempts is the model of the window's export page: what is stored about export attempts and what runs now become texts, rows and
// what can be done. It is pure: no toolkit, no files, no clock.
//
// It must not know the engine of attempts (package automation); internal/exports fills Books from it. The export page and internal/exports may
// import it.
package attempts

import "time"

// Outcome is how an attempt ended; the names are those of traces and reports.
type Outcome string

// The five answers. "" is an attempt that has not ended.
const (
	Verified     Outcome = "verified"
	WithWarnings Outcome = "with_warnings"
	Unverified   Outcome = "unverified"
	Failed       Outcome = "failed"
	Cancelled    Outcome = "cancelled"
)

// Outcomes are the five answers in the order in which they are counted up.
func Outcomes() []Outcome { return []Outcome{Verified, WithWarnings, Unverified, Failed, Cancelled} }

// Step is where an attempt is on its way. The steps that a person tells apart are fewer than the states of the engine.
type Step int

// The steps in order.
const (
	Checks Step = iota
	Front
	Dialog
	Save
	Render
	Finish
	Verify
	stepCount
)

// Books are everything that is known of export attempts at one moment.
type Books struct {
	On        bool
	Consent   Consent
	Chords    []Chord // that can be rehearsed, the one to try first at the front
	Rehearsed []Rehearsal
	Running   Running
	Batch     Batch
	Past      []Attempt // newest first
	Problem   string    // a sentence: why something stored could not be read; "" if all could
}

// Consent is the text that a user agrees to before anything is pressed.
type Consent struct {
	Text     string
	Version  int
	Outdated bool // an older text was agreed to
	Pictures bool // pictures of Live's window may be kept
}

// Chord is a shortcut that can be rehearsed.
type Chord struct {
	Name  string // for the engine
	Label string // as it is pressed
}

// Rehearsal is what a shortcut did in one version of Live.
type Rehearsal struct {
	Live     string // version
	Chord    Chord
	Passed   bool
	Sentence string
	Offer    Chord // to rehearse next; zero = none
}

// Running is what runs now.
type Running struct {
	Kind     string // attempt, rehearsal, batch; "" = nothing
	Own      bool   // in this process, where it can be stopped
	Attempt  string // id
	Set      string
	Step     Step
	Sentence string
	Watching bool // Live renders: stopping means to stop watching
	Bytes    int64
	Done     int // sets of a batch
	Total    int
}

// Batch is the list of sets and what came of them.
type Batch struct {
	Items   []Item
	Out     string // folder for the finished files
	Report  string // file; "" while there is none
	Stopped *Stop  // why it stopped before its end
}

// Stop is why a batch stopped.
type Stop struct{ Sentence, Next string }

// Item is one set, or a part of one, in the batch.
type Item struct {
	N        int
	Name     string
	Path     string // of the .als; "" for a part of a set that was never saved
	State    ItemState
	Attempt  string // id; "" while there is none
	Outcome  Outcome
	Sentence string
	Next     string
	Warnings []string
	Files    []string
}

// ItemState is where an item of a batch is.
type ItemState string

// The states of an item.
const (
	Waiting ItemState = "waiting"
	Working ItemState = "running"
	Ended   ItemState = "ended"
)

// Attempt is an attempt that was made.
type Attempt struct {
	ID       string
	Set      string
	Live     string // version
	Outcome  Outcome
	Reason   string // its name; "" where all is well
	Sentence string
	Next     string
	Warnings []string
	Files    []File
	DryRun   bool
	Began    time.Time
	Took     time.Duration
	Folder   string // with the trace
}

// File is a file that came of an attempt.
type File struct {
	Path     string
	Format   string
	Rate     int // Hz, 0 where it is not known
	Bits     int
	Channels int
	Seconds  float64
	PeakDBFS *float64 // nil where the samples were not read
	SHA256   string
}

// Line is one line of a trace.
type Line struct {
	After time.Duration
	Text  string
	Step  bool // a new step; Is says which
	Is    Step
}

// Skipped is what was to be added and is no set.
type Skipped struct{ Path, Why string }

// Facts are what the model must know of the rest of Takebar.
type Facts struct {
	Connected bool   // to Live
	Live      string // its version
	Set       string // that is open
	Taking    bool   // a take or a bounce is being recorded
	Bouncing  string // a line about the running bounce; "" = none
	CanBounce bool
}
