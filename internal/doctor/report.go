// Package doctor looks for what keeps Takebar from working on this machine, and with a Live connected tries out what nobody could prove about
// Live beforehand. Each finding says what to do about it.
//
// Apart from the self-test that the user asked for, it changes nothing; it talks to Live only through methods of docs/protocol.md. It must
// not know commands and flags. internal/cli and main may import it.
package doctor

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

// Status is how a check ended.
type Status string

// How a check can end.
const (
	OK            Status = "ok"
	Warn          Status = "warn"
	Fail          Status = "fail"
	NotApplicable Status = "not applicable"
)

// Check is one finding.
type Check struct {
	Name    string   `json:"name"`
	Status  Status   `json:"status"`
	Text    string   `json:"text"`           // a sentence
	Hint    string   `json:"hint,omitempty"` // what to do
	Details []string `json:"details,omitempty"`
}

// Fact is something about this Live that was open before it was measured.
type Fact struct {
	Name   string `json:"name"`
	Answer string `json:"answer"`         // a sentence
	Data   any    `json:"data,omitempty"` // what was measured
}

// SelfTest is what the self-test on a connected Live found.
type SelfTest struct {
	Facts   []Fact   `json:"facts"`
	Changed []string `json:"changed"` // what was changed in the set, each a sentence
	Left    []string `json:"left"`    // what could not be undone, or is left on disk
	NotRun  string   `json:"not_run"` // why the part that changes the set did not run, "" if it did
}

// Report is all that was found.
type Report struct {
	Takebar string    `json:"takebar"`
	Script  string    `json:"script"` // inside this program
	System  string    `json:"system"`
	At      time.Time `json:"at"`
	Checks  []Check   `json:"checks"`
	Live    *SelfTest `json:"live,omitempty"`
}

// Failed says that something needs to be mended.
func (r Report) Failed() bool {
	for _, c := range r.Checks {
		if c.Status == Fail {
			return true
		}
	}
	return false
}

// Text writes the report for reading.
func (r Report) Text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "Takebar %s (script %s) on %s, %s\n\n", r.Takebar, r.Script, r.System, r.At.Format("2006-01-02 15:04"))
	counts := map[Status]int{}
	for _, c := range r.Checks {
		counts[c.Status]++
		fmt.Fprintf(&b, "%-5s %-18s %s\n", mark(c.Status), c.Name, c.Text)
		for _, d := range c.Details {
			fmt.Fprintf(&b, "%25s%s\n", "", d)
		}
		if c.Hint != "" {
			for i, line := range strings.Split(c.Hint, "\n") {
				lead := "> "
				if i > 0 {
					lead = "  "
				}
				fmt.Fprintf(&b, "%25s%s%s\n", "", lead, line)
			}
		}
	}
	if r.Live != nil {
		r.Live.write(&b)
	}
	fmt.Fprintf(&b, "\n%d fine, %d to look at, %d to mend.\n", counts[OK], counts[Warn], counts[Fail])
	return b.String()
}

func mark(s Status) string {
	switch s {
	case OK:
		return "ok"
	case Warn:
		return "look"
	case Fail:
		return "FAIL"
	case NotApplicable:
	}
	return "-"
}

func (s SelfTest) write(b *strings.Builder) {
	b.WriteString("\nWhat this Live does\n")
	for _, f := range s.Facts {
		fmt.Fprintf(b, "  %-24s %s\n", f.Name, f.Answer)
	}
	if s.NotRun != "" {
		fmt.Fprintf(b, "\n%s\n", s.NotRun)
	}
	for _, part := range []struct {
		title string
		lines []string
	}{{"Changed in the set, and undone where not said otherwise", s.Changed}, {"Left behind", s.Left}} {
		if len(part.lines) == 0 {
			continue
		}
		fmt.Fprintf(b, "\n%s\n", part.title)
		for _, line := range part.lines {
			fmt.Fprintf(b, "  %s\n", line)
		}
	}
}

// Save writes the report as <base>.json and <base>.txt, without the user's name in paths, and answers with both names. A ".json" or ".txt" at
// the end of base is dropped.
func (r Report) Save(base string) ([]string, error) {
	if ext := strings.ToLower(filepath.Ext(base)); ext == ".json" || ext == ".txt" {
		base = base[:len(base)-len(ext)]
	}
	if err := os.MkdirAll(filepath.Dir(base), 0o755); err != nil {
		return nil, fmt.Errorf("write the report: %w", err)
	}
	encoded, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("write the report: %w", err)
	}
	files := []string{base + ".json", base + ".txt"}
	for i, text := range []string{nameless(string(encoded) + "\n"), r.Shareable()} {
		if err := os.WriteFile(files[i], []byte(text), 0o600); err != nil {
			return nil, fmt.Errorf("write the report: %w", err)
		}
	}
	return files, nil
}

// Shareable is Text without the user's name in paths, fit for being shown to others.
func (r Report) Shareable() string { return nameless(r.Text()) }

func nameless(text string) string {
	home, err := os.UserHomeDir()
	if err != nil {
		home = ""
	}
	return anonymous(text, home)
}

// userFolder finds the user's name in a path of any system, with plain, doubled (JSON) or forward separators.
var userFolder = regexp.MustCompile(`(?i)((?:/|\\{1,2})(?:users|home)(?:/|\\{1,2}))([^/\\"':\r\n]+)`)

// anonymous takes the user's name out of paths.
func anonymous(text, home string) string {
	for _, spelled := range []string{home, strings.ReplaceAll(home, `\`, `\\`)} {
		if len(spelled) > 1 {
			text = strings.ReplaceAll(text, spelled, "~")
		}
	}
	return userFolder.ReplaceAllString(text, "${1}(user)")
}
