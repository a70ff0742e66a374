package automation

// Outcome is how an attempt ended. The five are never mixed up: "unverified" is neither a success nor a failure.
type Outcome string

// The five answers.
const (
	Verified     Outcome = "verified"      // a new, complete, audible file of a plausible length
	WithWarnings Outcome = "with_warnings" // verified, and something the user should look at
	Unverified   Outcome = "unverified"    // there may be a file; Takebar cannot say that it is good
	Failed       Outcome = "failed"        // no good file came of it
	Cancelled    Outcome = "cancelled"     // ended by the user before Live rendered, or in Live
)

// Words is the outcome for a person.
func (o Outcome) Words() string {
	switch o {
	case Verified:
		return "verified"
	case WithWarnings:
		return "verified with warnings"
	case Unverified:
		return "unverified"
	case Failed:
		return "failed"
	case Cancelled:
		return "cancelled"
	}
	return "running"
}

// Good says whether a checked file exists.
func (o Outcome) Good() bool { return o == Verified || o == WithWarnings }

// State is where an attempt is on its way.
type State string

// The states in order. Keys are pressed in SendChord, Confirm and ConfirmSave only.
const (
	Preflight   State = "preflight"
	BridgeCheck State = "bridge_check"
	FindWindow  State = "find_window"
	Snapshot    State = "snapshot"
	Activate    State = "activate"
	KeysClear   State = "keys_clear"
	SendChord   State = "send_chord"
	AwaitDialog State = "await_dialog"
	Confirm     State = "confirm"
	AwaitSave   State = "await_save"
	ConfirmSave State = "confirm_save"
	Rendering   State = "rendering"
	Settle      State = "settle"
	Verify      State = "verify"
	Done        State = "done"
)

// Sentence is the state for the status line.
func (s State) Sentence() string {
	switch s {
	case Preflight, BridgeCheck, FindWindow, Snapshot:
		return "Checking that it is safe to begin"
	case Activate, KeysClear:
		return "Bringing Live to the front"
	case SendChord, AwaitDialog:
		return "Waiting for Live's export dialog"
	case Confirm, AwaitSave:
		return "Waiting for the Save dialog"
	case ConfirmSave:
		return "Confirming the Save dialog"
	case Rendering:
		return "Live is rendering"
	case Settle:
		return "Waiting until the file is finished"
	case Verify:
		return "Checking the file"
	case Done:
		return "Done"
	}
	return string(s)
}

// Watching says that Live renders already: no key is sent any more, and stopping means to stop watching.
func (s State) Watching() bool { return s == Rendering || s == Settle || s == Verify }

// Reason names why an attempt did not end as verified. It is stable: scripts may rely on it.
type Reason string

// Explanation is a Reason for a person.
type Explanation struct {
	State    State   // where it can happen; "" = anywhere
	Outcome  Outcome // how an attempt with this reason ends
	Sentence string  // what happened
	NextStep string  // what to do now
}

// Explain gives the sentence and the next step of a reason; ok is false for a name that does not exist.
func (r Reason) Explain() (Explanation, bool) {
	e, ok := explanations()[r]
	return e, ok
}

// Reasons lists every reason in the order in which an attempt can meet them.
func Reasons() []Reason {
	all := make([]Reason, 0, len(reasonTable))
	for _, row := range reasonTable {
		all = append(all, row.Reason)
	}
	return all
}

func explanations() map[Reason]Explanation {
	m := make(map[Reason]Explanation, len(reasonTable))
	for _, row := range reasonTable {
		m[row.Reason] = row.Explanation
	}
	return m
}

// Warning is something that a user should look at although the file was verified.
type Warning struct {
	Code string `json:"code"`
	Text string `json:"text"`
}
