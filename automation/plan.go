package automation

import (
	"fmt"
	"math"
	"path/filepath"
	"strings"
	"time"

	"github.com/takebar/takebar/automation/desktop"
	"github.com/takebar/takebar/automation/keys"
	"github.com/takebar/takebar/bridge/live"
)

// Request asks for one attempt.
type Request struct {
	Folders  []string `json:"folders,omitempty"` // to watch; where Live's Save dialog points to. Empty: the configured ones, else the set's folder
	DryRun   bool     `json:"dry_run,omitempty"` // open the dialog and close it again
	Pictures *bool    `json:"pictures,omitempty"`
	// RenderMax is the longest that Live may render; 0 = the usual.
	RenderMax time.Duration `json:"render_max,omitempty"`
	// Range is what the loop brace was set to for this attempt; nil for the set as it is.
	Range *Range `json:"range,omitempty"`
	// WantSet is the path of the set that must be open; "" for whichever is.
	WantSet string `json:"want_set,omitempty"`
}

// Range is a named part of the Arrangement, in beats.
type Range struct {
	Name   string  `json:"name"`
	Start  float64 `json:"start"`
	Length float64 `json:"length"`
}

// Expect is a length that the file may plausibly have.
type Expect struct {
	What    string  `json:"what"`
	Seconds float64 `json:"seconds"`
}

// Plan is everything that an attempt is going to do, before it does it.
type Plan struct {
	ID        string         `json:"id"`
	Made      time.Time      `json:"made"`
	Live      string         `json:"live"` // version
	Set       live.Set       `json:"set"`
	Main      desktop.Window `json:"main"` // zero while it has not been found
	Chord     keys.Key       `json:"chord"`
	Dialog    string         `json:"dialog"` // title that the rehearsal saw
	Dialogs   *int           `json:"dialogs"`
	Message   string         `json:"message,omitempty"`
	Folders   []string       `json:"folders"`
	Expect    []Expect       `json:"expect"`
	DryRun    bool           `json:"dry_run"`
	Pictures  bool           `json:"pictures"`
	RenderMax time.Duration  `json:"render_max"`
	Range     *Range         `json:"range,omitempty"`
	// Hindrance is why it would be refused right now; nil if nothing is in the way.
	Hindrance *Refused `json:"hindrance,omitempty"`
}

// Refused is a refusal as data.
type Refused struct {
	Reason   Reason `json:"reason"`
	Sentence string `json:"sentence"`
	NextStep string `json:"next_step"`
}

func asRefused(r *Refusal) *Refused {
	return &Refused{Reason: r.Reason, Sentence: r.Error(), NextStep: r.ErrorHint()}
}

// SetName is the set's name for a person.
func (p Plan) SetName() string { return setName(p.Set) }

func setName(s live.Set) string {
	switch {
	case s.Name != nil && *s.Name != "":
		return *s.Name
	case s.Path != nil && *s.Path != "":
		return plainName(baseOf(*s.Path))
	}
	return "(unsaved set)"
}

// baseOf is the last part of a path of any system: Live under Wine reports Windows paths.
func baseOf(p string) string {
	if i := strings.LastIndexAny(p, `/\`); i >= 0 {
		return p[i+1:]
	}
	return p
}

// Text prints exactly what would be pressed in which window, and what is expected.
func (p Plan) Text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "Export attempt in %q (Live %s)\n", p.SetName(), p.Live)
	if p.Range != nil {
		fmt.Fprintf(&b, "Range: %q, beats %g to %g; the loop brace is set to it and put back afterwards\n", p.Range.Name, p.Range.Start, p.Range.Start+p.Range.Length)
	}
	main := p.Main.String()
	if p.Main.ID == 0 {
		main = "Live's main window (not found yet)"
	}
	fmt.Fprintf(&b, "\n  1. Bring to the front: %s\n", main)
	fmt.Fprintf(&b, "  2. Press %s in it.\n     Expected: the window %q opens.\n", p.Chord, p.Dialog)
	if p.DryRun {
		fmt.Fprintf(&b, "  3. Press Esc in that window.\n     Expected: it closes. Nothing is exported (dry run).\n")
	} else {
		fmt.Fprintf(&b, "  3. Press Enter in that window.\n     Expected: the Save dialog opens, with the set's name filled in.\n")
		fmt.Fprintf(&b, "  4. Press Enter in the Save dialog (once more if it did not react).\n     Expected: it closes and Live renders.\n")
		fmt.Fprintf(&b, "  5. Press nothing more. Watch for a new file in:\n")
		for _, f := range p.Folders {
			fmt.Fprintf(&b, "       %s\n", f)
		}
		b.WriteString("     Expected: a complete, audible file")
		for i, x := range p.Expect {
			if i == 0 {
				b.WriteString(" of about ")
			} else {
				b.WriteString(" or ")
			}
			fmt.Fprintf(&b, "%s (%s)", clockText(x.Seconds), x.What)
		}
		b.WriteString(".\n")
	}
	b.WriteString("\nNothing else is pressed. Any other window, message or change of focus stops it.\n")
	if p.Hindrance != nil {
		fmt.Fprintf(&b, "\nRight now it would be refused (%s): %s\n%s\n", p.Hindrance.Reason, p.Hindrance.Sentence, p.Hindrance.NextStep)
	}
	return b.String()
}

func clockText(seconds float64) string {
	if seconds < 60 {
		return fmt.Sprintf("%.1f s", seconds)
	}
	s := int(math.Round(seconds))
	return fmt.Sprintf("%d:%02d", s/60, s%60)
}

// expectations are the lengths that a render of this set may have: the range, the loop, the whole Arrangement. Render Start
// and Length themselves cannot be read. A tempo that changes in the set makes them wrong, so a mismatch only warns.
func expectations(s live.State, r *Range) []Expect {
	if s.Transport.Tempo <= 0 {
		return nil
	}
	seconds := func(beats float64) float64 { return beats * 60 / s.Transport.Tempo }
	if r != nil {
		return []Expect{{"the range", seconds(r.Length)}}
	}
	var all []Expect
	if s.Transport.Loop && s.Transport.LoopLength > 0 {
		all = append(all, Expect{"the loop", seconds(s.Transport.LoopLength)})
	}
	if s.Transport.LastEventTime > 0 {
		all = append(all, Expect{"the whole Arrangement", seconds(s.Transport.LastEventTime)})
	}
	return all
}

// plausible says whether a length fits one of the expectations: within 2 per cent, or 1 s (a render may round up to its last bar or buffer).
func plausible(got float64, want []Expect) bool {
	for _, x := range want {
		if math.Abs(got-x.Seconds) <= max(1, x.Seconds*0.02) {
			return true
		}
	}
	return len(want) == 0
}

// watched resolves which folders a request watches.
func (e *Engine) watched(req Request, s live.State) ([]string, *Refusal) {
	folders := req.Folders
	if len(folders) == 0 {
		folders = e.o.Folders
	}
	if len(folders) == 0 && s.Set.Path != nil && *s.Set.Path != "" {
		folders = []string{filepath.Dir(localPath(*s.Set.Path))}
	}
	if len(folders) == 0 {
		return nil, &Refusal{
			Reason: ReasonFolderMissing, Detail: "It is not known which folder to watch: the set has never been saved, and no folder was named.",
			Next: "Name the folder that Live's Save dialog points to with --folder.",
		}
	}
	all := make([]string, len(folders))
	for i, f := range folders {
		abs, err := filepath.Abs(f)
		if err != nil {
			return nil, &Refusal{Reason: ReasonFolderMissing, Detail: fmt.Sprintf("The folder %q cannot be found.", f), Err: err}
		}
		all[i] = abs
	}
	return all, nil
}

// localPath turns a path that Live reports under Wine (Z:\home\me\Song.als) into the path outside; others stay as they are.
func localPath(p string) string {
	if filepath.Separator == '/' && len(p) > 2 && (p[0] == 'Z' || p[0] == 'z') && p[1] == ':' && (p[2] == '\\' || p[2] == '/') {
		return strings.ReplaceAll(p[2:], `\`, "/")
	}
	return p
}
