package attempts

import (
	"fmt"
	"math"
	"path/filepath"
	"strings"
	"time"

	"github.com/takebar/takebar/app/words"
)

// Detail is one attempt opened: how it ended, what to do next, what came of it, and its trace.
type Detail struct {
	ID       string
	Title    string
	When     string
	Outcome  Outcome
	Badge    string
	Sentence string
	Next     string
	Files    []FileView
	Warnings []string
	Reason   string // its name, for looking it up
	Lines    []LineView
	Empty    string // said where there is no trace
	Folder   string
}

// FileView is a file that came of an attempt.
type FileView struct {
	Path  string
	Name  string
	Facts string
}

// LineView is one line of a trace.
type LineView struct {
	At   string
	Text string
	Step bool
}

// Tell makes the opened attempt. A running one has no outcome yet.
func Tell(a Attempt, lines []Line, say words.Say, zone *time.Location) Detail {
	d := Detail{
		ID: a.ID, Title: setName(a, say), When: when(a.Began, zone), Outcome: a.Outcome, Badge: Badge(a, say), Sentence: a.Sentence, Next: a.Next,
		Warnings: a.Warnings, Reason: a.Reason, Empty: say("export.trace.empty"), Folder: a.Folder,
	}
	if a.Outcome == "" {
		d.Sentence = ""
	}
	if a.Live != "" {
		d.When += " · Live " + a.Live
	}
	if a.Took > 0 {
		d.When += " · " + clock(a.Took.Seconds())
	}
	for _, f := range a.Files {
		d.Files = append(d.Files, FileView{Path: f.Path, Name: filepath.Base(f.Path), Facts: facts(f, say)})
	}
	for _, l := range lines {
		v := LineView{At: fmt.Sprintf("%.1f s", l.After.Seconds()), Text: l.Text, Step: l.Step}
		if l.Step {
			v.Text = StepSentence(l.Is, say)
		}
		d.Lines = append(d.Lines, v)
	}
	return d
}

func facts(f File, say words.Say) string {
	parts := []string{f.Format, clock(f.Seconds)}
	if f.Rate > 0 {
		parts = append(parts, fmt.Sprintf("%g kHz", float64(f.Rate)/1000))
	}
	if f.Bits > 0 {
		parts = append(parts, say("export.file.bits", words.Data{"N": f.Bits}))
	}
	switch f.Channels {
	case 0:
	case 1:
		parts = append(parts, say("export.file.mono"))
	case 2:
		parts = append(parts, say("export.file.stereo"))
	default:
		parts = append(parts, say("export.file.channels", words.Data{"N": f.Channels}))
	}
	if f.PeakDBFS != nil {
		parts = append(parts, say("export.file.peak", words.Data{"Level": fmt.Sprintf("%.1f", *f.PeakDBFS)}))
	}
	return strings.Join(parts, " · ")
}

func clock(seconds float64) string {
	if seconds < 60 {
		return fmt.Sprintf("%.1f s", seconds)
	}
	s := int(math.Round(seconds))
	return fmt.Sprintf("%d:%02d min", s/60, s%60)
}

// Plain is the opened attempt as text, for the clipboard.
func (d Detail) Plain() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s · %s · %s\n%s: %s\n", d.Title, d.When, d.ID, d.Badge, d.Sentence)
	if d.Next != "" {
		fmt.Fprintf(&b, "%s\n", d.Next)
	}
	for _, f := range d.Files {
		fmt.Fprintf(&b, "%s (%s)\n", f.Path, f.Facts)
	}
	for _, w := range d.Warnings {
		fmt.Fprintf(&b, "! %s\n", w)
	}
	b.WriteString("\n")
	for _, l := range d.Lines {
		indent := "  "
		if l.Step {
			indent = ""
		}
		fmt.Fprintf(&b, "%9s  %s%s\n", l.At, indent, l.Text)
	}
	return b.String()
}
