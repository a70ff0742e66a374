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
		r, err := e.result(ids[i])
		if err != nil {
			r = Result{
				ID: ids[i], Folder: e.store.attemptDir(ids[i]), Outcome: Unverified, Sentence: fmt.Sprintf("What was written down about this attempt cannot be read: %v.", err),
				NextStep: "Look into its folder, and at the exported file itself.",
			}
		}
		all = append(all, r)
	}
	return all, nil
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
	var grew *Event
	flush := func() {
		if grew != nil {
			line(&b, *grew, fmt.Sprintf("%s (%s)", grew.Text, filepath.Base(grew.File)))
			grew = nil
		}
	}
	for i := range events {
		ev := events[i]
		flush()
		switch ev.What {
		case EventEnter:
			if i == 0 || events[i-1].State.Sentence() != ev.State.Sentence() {
				line(&b, ev, ev.State.Sentence()+".")
			}
		case EventKey:
			line(&b, ev, fmt.Sprintf("  Key %s for %s.", keys.Key(ev.Key), ev.Window))
		case EventSent:
			line(&b, ev, "  It went out.")
		case EventWindow:
			line(&b, ev, fmt.Sprintf("  Window %s: %s.", ev.Window, ev.Text))
		case EventFile:
			grew = &events[i]
			grew.Text = "  " + grew.Text
		case EventShot:
			line(&b, ev, "  Picture: "+filepath.Base(ev.File))
		case EventEnd:
			// told below
		default:
			line(&b, ev, "  "+ev.Text)
		}
	}
	flush()
	b.WriteString("\n" + r.Summary())
	return b.String(), nil
}

func line(b *strings.Builder, ev Event, text string) {
	d := time.Duration(ev.Ms) * time.Millisecond
	fmt.Fprintf(b, "%9.3f s  %s\n", d.Seconds(), text)
}

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
