package automation

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/takebar/takebar/automation/keys"
)

// Show reads how an attempt ended. One that was killed in the middle has no end yet; it is told as interrupted.
func (e *Engine) Show(ref string) (Result, error) {
	id, err := e.store.find(ref)
	if err != nil {
		return Result{}, err
	}
	return e.result(id)
}

func (e *Engine) result(id string) (Result, error) {
	dir := e.store.attemptDir(id)
	var r Result
	err := readJSON(filepath.Join(dir, "result.json"), &r)
	if err == nil {
		return r, nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return Result{}, err
	}
	events, err := readTraceFile(dir)
	if err != nil {
		return Result{}, err
	}
	r = Result{ID: id, Folder: dir}
	if _, err := os.Stat(filepath.Join(dir, "plan.json")); err == nil {
		if err := readJSON(filepath.Join(dir, "plan.json"), &r.Plan); err != nil {
			return Result{}, err
		}
	}
	for _, ev := range events {
		if r.Began.IsZero() {
			r.Began = ev.At
		}
		r.State = ev.State
		if ev.What == EventSent {
			r.Pressed = append(r.Pressed, keys.Key(ev.Key).String())
		}
	}
	if s, _ := e.Running(); s.Attempt == id {
		r.Sentence = "It is running: " + s.Sentence + "."
		return r, nil
	}
	x, _ := ReasonInterrupted.Explain()
	r.Outcome, r.Reason, r.Sentence, r.NextStep = x.Outcome, ReasonInterrupted, x.Sentence, x.NextStep
	if len(r.Pressed) == 0 {
		r.Outcome, r.Sentence = Failed, "Takebar itself ended before it pressed anything."
		r.NextStep = "Nothing happened in Live; try again."
	}
	return r, nil
}

// List reads how all attempts ended, newest first. One that cannot be read stands there as unverified.
func (e *Engine) List() ([]Result, error) {
	ids, err := e.store.attempts()
	if err != nil {
		return nil, err
	}
	all := make([]Result, 0, len(ids))
	for i := len(ids) - 1; i >= 0; i-- {
		all = append(all, e.Told(ids[i]))
	}
	return all, nil
}

// Told is Show for an id that is known; where what was written down cannot be read, it is unverified and says so.
func (e *Engine) Told(id string) Result {
	r, err := e.result(id)
	if err != nil {
		return Result{
			ID: id, Folder: e.store.attemptDir(id), Outcome: Unverified, Sentence: fmt.Sprintf("What was written down about this attempt cannot be read: %v.", err),
			NextStep: "Look into its folder, and at the exported file itself.",
		}
	}
	return r
}

// Story tells an attempt from its trace, step by step, for a person.
func (e *Engine) Story(ref string) (string, error) {
	r, err := e.Show(ref)
	if err != nil {
		return "", err
	}
	events, err := readTraceFile(r.Folder)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "Export attempt %s", r.ID)
	if r.Plan.Live != "" {
		fmt.Fprintf(&b, " in %q, Live %s", r.Plan.SetName(), r.Plan.Live)
	}
	fmt.Fprintf(&b, "\n%s\n\n", r.Began.Format("Monday, 2 January 2006, 15:04:05"))
	for _, l := range storyLines(events) {
		indent := "  "
		if l.Step {
			indent = ""
		}
		fmt.Fprintf(&b, "%9.3f s  %s%s\n", l.After.Seconds(), indent, l.Text)
	}
	b.WriteString("\n" + r.Summary())
	return b.String(), nil
}

// StoryLine is one thing that happened in an attempt, for a person.
type StoryLine struct {
	After time.Duration // since the attempt began
	Text  string
	Step  bool  // a new step of the attempt; the others belong to the step before them
	State State // with Step: which
}

// StoryLines are what happened in an attempt so far, from its trace; it may be running, in any process.
func (e *Engine) StoryLines(id string) ([]StoryLine, error) {
	id, err := e.store.find(id)
	if err != nil {
		return nil, err
	}
	events, err := readTraceFile(e.store.attemptDir(id))
	return storyLines(events), err
}

func storyLines(events []Event) []StoryLine {
	var lines []StoryLine
	add := func(ev Event, format string, args ...any) {
		lines = append(lines, StoryLine{After: time.Duration(ev.Ms) * time.Millisecond, Text: fmt.Sprintf(format, args...)})
	}
	for i, ev := range events {
		switch ev.What {
		case EventEnter:
			if i == 0 || events[i-1].State.Sentence() != ev.State.Sentence() {
				add(ev, "%s.", ev.State.Sentence())
				last := &lines[len(lines)-1]
				last.Step, last.State = true, ev.State
			}
		case EventKey:
			add(ev, "Key %s for %s.", keys.Key(ev.Key), ev.Window)
		case EventSent:
			add(ev, "It went out.")
		case EventWindow:
			add(ev, "Window %s: %s.", ev.Window, ev.Text)
		case EventFile:
			add(ev, "%s (%s)", ev.Text, filepath.Base(ev.File))
		case EventShot:
			add(ev, "Picture: %s", filepath.Base(ev.File))
		case EventEnd:
			// the summary tells it
		default:
			add(ev, "%s", ev.Text)
		}
	}
	return lines
}

// IDs lists the ids of all attempts, oldest first.
func (e *Engine) IDs() ([]string, error) { return e.store.attempts() }

// Summary is the outcome with everything that a user should know.
func (r Result) Summary() string {
	var b strings.Builder
	title := strings.ToUpper(r.Outcome.Words()[:1]) + r.Outcome.Words()[1:]
	if r.Reason != "" {
		title += " (" + string(r.Reason) + ")"
	}
	fmt.Fprintf(&b, "%s: %s\n", title, r.Sentence)
	for _, f := range r.Files {
		fmt.Fprintf(&b, "  %s\n    %s, %s", f.Path, f.Format, clockText(f.Seconds))
		if f.Rate > 0 {
			fmt.Fprintf(&b, ", %d Hz", f.Rate)
		}
		if f.Bits > 0 {
			fmt.Fprintf(&b, ", %d bit", f.Bits)
		}
		if f.Channels > 0 {
			fmt.Fprintf(&b, ", %d channels", f.Channels)
		}
		if f.PeakDBFS != nil {
			fmt.Fprintf(&b, ", peak %.1f dBFS", *f.PeakDBFS)
		}
		fmt.Fprintf(&b, "\n    SHA-256 %s\n", f.SHA256)
	}
	for _, w := range r.Warnings {
		fmt.Fprintf(&b, "  Note (%s): %s\n", w.Code, w.Text)
	}
	if r.NextStep != "" {
		fmt.Fprintf(&b, "Next: %s\n", r.NextStep)
	}
	return b.String()
}
