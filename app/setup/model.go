// Package setup is the model of the set-up page: from what is known of Live's folders, the Lives that run and the core's Snapshot to steps that turn
// green one after the other, with texts that say what to do next. It is pure: no toolkit, no disk, no core.
//
// The window's set-up page imports it.
package setup

import (
	"fmt"
	"strings"
	"time"

	"github.com/takebar/takebar/internal/control"
)

// Facts are all that the page shows is made from.
type Facts struct {
	Machine    *Machine // nil while it is being looked at
	Snapshot   control.Snapshot
	Chosen     string // the User Library that the user chose here, "" if none
	Installing bool
	Refused    string // why the script could not be installed
	Test       Test
	Mac        bool // menus and keys as on macOS
	Wine       bool // Live runs in Wine
}

// Machine is what was found on this computer.
type Machine struct {
	Script    string    // version inside this program
	Libraries []Library // User Libraries, likeliest first
	Missing   string    // the User Library of the settings, where it is not there; "" otherwise
	Versions  []string  // of Live that have run here, newest first
	// Lives that run, as far as the list of processes tells.
	Lives     []Live
	LivesSeen bool // the list could be read
}

// Library is a User Library and what is in it.
type Library struct {
	Path       string
	From       string    // why it is thought to be one, a sentence's end such as "Live 12.3.6's Library.cfg"
	Configured bool      // the settings name it
	Version    string    // of the script in it, "" if none
	Same       bool      // exactly the one inside this program
	Newer      bool      // than the one inside this program
	Problem    string    // why it cannot be looked at; a sentence
	Installed  time.Time // of the script; zero = unknown
}

// Live is a process.
type Live struct {
	Name    string // such as "Ableton Live 12 Suite"
	Major   int
	Started time.Time // zero = unknown
}

// TestPhase is how far the test take has come.
type TestPhase string

// The phases of the test take.
const (
	TestIdle      TestPhase = ""
	TestStarting  TestPhase = "starting" // asked for, Live has not begun
	TestRecording TestPhase = "recording"
	TestDone      TestPhase = "done"
	TestFailed    TestPhase = "failed"
	TestTrashed   TestPhase = "trashed" // done, and moved to the trash
)

// Test is the test take.
type Test struct {
	Phase   TestPhase
	Take    *control.LibraryTake // once it has landed
	ID      string               // of the take
	Problem string               // of TestFailed, and of a move to the trash that failed
	Busy    bool                 // on its way to the trash
}

// State of a step.
type State string

// The states of a step.
const (
	Done    State = "done"
	Now     State = "now"     // what to do next
	Careful State = "careful" // something is not as it should be
	Busy    State = "busy"
	Later   State = "later"
)

// Model is what the page shows.
type Model struct {
	Summary string
	Ready   bool // all steps but the test are done
	Steps   []Step
}

// Step is one thing to do.
type Step struct {
	Key     string
	Title   string
	State   State
	Lines   []string // what is, or what to do
	Numbers bool     // Lines are things to do one after the other
	Hint    string   // small print
	Path    string   // a folder that it is about
	Problem string
	Options []Option // to choose from; none = nothing to choose
	Chosen  string
	Buttons []Button
	Part    float64 // how far something has come, 0 to 1; negative = unknown
}

// Option is one thing to choose.
type Option struct{ Value, Label string }

// Button does something.
type Button struct {
	Key   string
	Label string
	Main  bool // the one to press next
	Off   bool
}

// Keys of the steps.
const (
	StepScript  = "script"
	StepLive    = "live"
	StepSurface = "surface"
	StepLink    = "link"
	StepTest    = "test"
)

// Keys of the buttons.
const (
	ButtonInstall = "install"
	ButtonFolder  = "folder" // choose a User Library
	ButtonUse     = "use"    // write into the settings that Path is the User Library
	ButtonReveal  = "reveal" // show Path
	ButtonAgain   = "again"  // look again
	ButtonTest    = "test"
	ButtonCancel  = "cancel"
	ButtonShow    = "show"  // show the test take
	ButtonTrash   = "trash" // move the test take there
	ButtonTakes   = "takes" // go to the takes
)

// Step finds a step by its key.
func (m Model) Step(key string) Step {
	for _, s := range m.Steps {
		if s.Key == key {
			return s
		}
	}
	return Step{}
}

// String writes the page as text, for tests.
func (m Model) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n", m.Summary)
	for i, s := range m.Steps {
		fmt.Fprintf(&b, "\n%d. %s (%s)\n", i+1, s.Title, s.State)
		for j, line := range s.Lines {
			mark := " "
			if s.Numbers {
				mark = string(rune('a' + j))
			}
			fmt.Fprintf(&b, "   %s %s\n", mark, line)
		}
		if s.Path != "" {
			fmt.Fprintf(&b, "   @ %s\n", s.Path)
		}
		for _, o := range s.Options {
			mark := " "
			if o.Value == s.Chosen {
				mark = "*"
			}
			fmt.Fprintf(&b, "   (%s) %s\n", mark, o.Label)
		}
		if s.Part != 0 {
			fmt.Fprintf(&b, "   %.0f %%\n", s.Part*100)
		}
		if s.Problem != "" {
			fmt.Fprintf(&b, "   ! %s\n", s.Problem)
		}
		for _, button := range s.Buttons {
			note := ""
			if button.Main {
				note += " (main)"
			}
			if button.Off {
				note += " (off)"
			}
			fmt.Fprintf(&b, "   <%s>%s\n", button.Label, note)
		}
		if s.Hint != "" {
			fmt.Fprintf(&b, "   # %s\n", s.Hint)
		}
	}
	return b.String()
}
