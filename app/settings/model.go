// Package settings is the model of the settings page: from config.toml's values and what is known of this machine to rows with texts. It is pure:
// no toolkit, no disk, no core; what is said comes from app/words.
//
// The window's settings page imports it.
package settings

import (
	"fmt"
	"strings"

	"github.com/takebar/takebar/app"
	"github.com/takebar/takebar/app/window/ports"
	"github.com/takebar/takebar/internal/control"
)

// Facts are all that the page shows is made from.
type Facts struct {
	Path     string          // of config.toml
	Settings []ports.Setting // in force; a Setting with a Problem and no Value is a line that Takebar does not know
	Broken   string          // why config.toml cannot be read as a whole, "" if it can
	Snapshot control.Snapshot
	// Refused are sentences about values that were given here and not taken, by key.
	Refused map[string]string
	// Draft is a name template that is being typed; nil = none is.
	Draft    *string
	Disk     *Disk // nil while it is being looked at
	Login    Login
	Export   *app.ExportView // nil: this build has no export attempts
	Consent  string          // the text to agree to before export attempts
	Agreed   bool            // show that text also where attempts are on
	Devices  []ports.Device
	Example  func(template string) (string, error)
	Fields   []string // that a name template may hold, without braces
	Command  bool     // this keyboard has a Command key
	TakesEnv bool     // the environment decides where takes land
}

// Disk is where takes land and how much goes there.
type Disk struct {
	Dir  string
	Free int64 // bytes; negative = not known
}

// Login is whether Takebar starts at login.
type Login struct {
	On      bool
	Where   string // what was written for it
	Problem string
}

// Model is what the page shows.
type Model struct {
	Notes    []Note
	Sections []Section
	Footer   string
}

// Note is a message above the sections.
type Note struct {
	Title    string
	Lines    []string
	Problem  bool // else it is only worth knowing
	OpenFile bool // offers to open config.toml
}

// Section is a group of rows under a heading.
type Section struct {
	Key     string
	Title   string
	Caption string
	Rows    []Row
	Folded  bool // begins folded
}

// Kind says how a row is edited.
type Kind string

// The kinds of rows.
const (
	Text    Kind = "text"    // a line of text
	Folder  Kind = "folder"  // a line of text with a chooser
	Folders Kind = "folders" // a folder a line, with a chooser that adds one
	Switch  Kind = "switch"
	Choice  Kind = "choice"
	Reading Kind = "reading" // a longer text to read
	Plain   Kind = "plain"   // a line to read
)

// Row is one setting.
type Row struct {
	Key     string // as in config.toml, or one of the keys below
	Kind    Kind
	Label   string
	Text    string   // of a Switch, Reading or Plain
	Value   string   // of a Text, Folder or Choice; of Folders a folder a line
	On      bool     // of a Switch
	Hint    string   // shown in the empty field
	Options []Option // of a Choice
	Chips   []string // what can be put into the text with a click
	Buttons []Button
	Caption string // explains
	Fact    string // something true now, such as the free space
	Problem string // a sentence: why a value does not count
	Off     bool   // cannot be changed now
}

// Keys of rows that are not in config.toml.
const (
	KeyLogin   = "login"
	KeyLive    = "which_live"
	KeyConsent = "consent"
	KeyRehears = "rehearsal"
)

// Keys of config.toml that the page knows.
const (
	keyTakesDir = "takes_dir"
	keyName     = "name_template"
	keyArtist   = "artist"
	keySource   = "source"
	keyView     = "view"
	keyArm      = "exclusive_arm"
	keyNotify   = "notifications"
	keyColours  = "colours"
	keyPlayer   = "player_device"
	keyLog      = "log_level"
	keyLibrary  = "live.user_library"
	keyLinks    = "live.link_dirs"
	KeyExport   = "export.enabled"
	keyPictures = "export.pictures"
	keyShortcut = "export.shortcut"
	keyFolders  = "export.folders"
	keyOutput   = "export.output"
	KeyCommand  = "export.open_command"
)

// Option is one value of a Choice.
type Option struct{ Value, Label string }

// Button does something at once.
type Button struct {
	Key   string
	Label string
	Off   bool
}

// Keys of buttons. ButtonRehearse is followed by the shortcut's name.
const (
	ButtonReveal   = "reveal"
	ButtonSetup    = "setup"
	ButtonLogs     = "logs"
	ButtonStop     = "stop"
	ButtonAgreed   = "agreed"
	ButtonRehearse = "rehearse/"
)

// Row finds a row by its key; nil if the page does not show it.
func (m Model) Row(key string) *Row {
	for i := range m.Sections {
		for j := range m.Sections[i].Rows {
			if m.Sections[i].Rows[j].Key == key {
				return &m.Sections[i].Rows[j]
			}
		}
	}
	return nil
}

// String writes the page as text, for tests.
func (m Model) String() string {
	var b strings.Builder
	for _, n := range m.Notes {
		mark := "note"
		if n.Problem {
			mark = "PROBLEM"
		}
		fmt.Fprintf(&b, "%s: %s\n", mark, n.Title)
		for _, line := range n.Lines {
			fmt.Fprintf(&b, "    %s\n", line)
		}
		if n.OpenFile {
			b.WriteString("    <open the file>\n")
		}
	}
	for _, s := range m.Sections {
		fold := ""
		if s.Folded {
			fold = " (folded)"
		}
		fmt.Fprintf(&b, "\n== %s%s\n", s.Title, fold)
		if s.Caption != "" {
			fmt.Fprintf(&b, "   %s\n", s.Caption)
		}
		for _, r := range s.Rows {
			r.write(&b)
		}
	}
	fmt.Fprintf(&b, "\n%s\n", m.Footer)
	return b.String()
}

func (r Row) write(b *strings.Builder) {
	off := ""
	if r.Off {
		off = " (off)"
	}
	fmt.Fprintf(b, "%s [%s]%s\n", r.Label, r.Key, off)
	switch r.Kind {
	case Switch:
		mark := " "
		if r.On {
			mark = "x"
		}
		fmt.Fprintf(b, "    [%s] %s\n", mark, r.Text)
	case Choice:
		for _, o := range r.Options {
			mark := " "
			if o.Value == r.Value {
				mark = "*"
			}
			fmt.Fprintf(b, "    (%s) %s\n", mark, o.Label)
		}
	case Reading, Plain:
		for line := range strings.Lines(r.Text) {
			fmt.Fprintf(b, "    %s\n", strings.TrimRight(line, "\n"))
		}
	case Text, Folder, Folders:
		if r.Value == "" {
			fmt.Fprintf(b, "    <%s>\n", r.Hint)
		}
		for line := range strings.Lines(r.Value) {
			fmt.Fprintf(b, "    %q\n", strings.TrimRight(line, "\n"))
		}
	}
	if len(r.Chips) > 0 {
		fmt.Fprintf(b, "    chips %s\n", strings.Join(r.Chips, " "))
	}
	for _, button := range r.Buttons {
		off := ""
		if button.Off {
			off = " (off)"
		}
		fmt.Fprintf(b, "    <%s>%s\n", button.Label, off)
	}
	for _, line := range []struct{ mark, text string }{{"=", r.Fact}, {"#", r.Caption}, {"!", r.Problem}} {
		if line.text != "" {
			fmt.Fprintf(b, "    %s %s\n", line.mark, line.text)
		}
	}
}
