package automation

import (
	"context"
	"errors"
	"fmt"
	"image/png"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/takebar/takebar/automation/desktop"
)

// finish names the outcome, leaves keyboard and dialogs as clean as it may, and writes everything down.
func (a *attempt) finish(ctx context.Context, runErr error) (Result, error) {
	o := a.e.o
	res := Result{ID: a.plan.ID, State: a.trace.state, DryRun: a.plan.DryRun, Plan: a.plan, Warnings: a.warnings, Files: a.facts, Began: a.plan.Made, Folder: a.dir}
	var why *Refusal
	switch {
	case runErr == nil && len(a.warnings) > 0:
		res.Outcome, res.Sentence = WithWarnings, fmt.Sprintf("%s was exported and checked; please look at the warnings.", a.fileNames())
	case runErr == nil:
		res.Outcome, res.Sentence = Verified, fmt.Sprintf("%s was exported and checked.", a.fileNames())
	case errors.As(runErr, &why):
	default:
		why = &Refusal{Reason: ReasonUnexpectedDialog, Detail: "The attempt ended by an error: " + runErr.Error() + ".", Next: lookInLive, Err: runErr}
	}
	if why != nil {
		e, _ := why.Reason.Explain()
		res.Outcome, res.Reason, res.Sentence, res.NextStep = e.Outcome, why.Reason, why.Error(), why.ErrorHint()
		if a.watching && e.Outcome == Failed && why.Reason == ReasonDisplayGone {
			res.Outcome = Unverified // Live may render on without our display
		}
	}
	// The way out must work after a stop too.
	out, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	if runErr != nil {
		a.closeOurs(out, res.Reason)
	}
	a.releaseKeys(out, runErr)
	res.Pressed = a.pressed
	switch res.Reason {
	case ReasonStoppedWatching, ReasonRenderStalled, ReasonRenderTooLong, ReasonRenderNeverStarted:
		// Live may still render, out of sight.
	default:
		res.Clean = a.clean(out)
	}
	res.Ended = o.Clock.Now()
	res.Receipts = a.receipts(&res)
	a.trace.add(Event{What: EventEnd, Reason: res.Reason, Out: res.Outcome, Text: res.Sentence})
	if err := errors.Join(a.trace.close(), writeJSON(filepath.Join(a.dir, "result.json"), res)); err != nil {
		o.Logger.Warn("writing down an export attempt", "attempt", res.ID, "err", err)
	}
	return res, nil
}

func (a *attempt) fileNames() string {
	if len(a.facts) == 1 {
		return filepath.Base(a.facts[0].Path)
	}
	return fmt.Sprintf("%d files", len(a.facts))
}

// releaseKeys lets go of every modifier on every way out on which a key may have been pressed. After a good end it only
// looks, and acts if one is still down.
func (a *attempt) releaseKeys(ctx context.Context, runErr error) {
	if !a.asked {
		return
	}
	if runErr == nil {
		if k, err := a.desk.Keys(ctx); err == nil && len(k.Held) == 0 {
			return
		}
	}
	if err := a.e.o.Keys.Release(ctx); err != nil {
		a.note(EventNote, "Releasing the modifiers failed: %v.", err)
		a.e.o.Logger.Warn("releasing modifiers", "err", err)
		return
	}
	a.note(EventFree, "All modifiers were released.")
}

// clean says whether Live is provably as before: the link answers, nothing plays or records, no dialog, one window, no modifier down.
func (a *attempt) clean(ctx context.Context) bool {
	if a.desk == nil || a.main.ID == 0 || a.checkLive() != nil {
		return false
	}
	held, err := a.desk.Keys(ctx)
	if err != nil || len(held.Held) > 0 {
		return false
	}
	all, err := a.desk.Windows(ctx)
	if err != nil {
		return false
	}
	here := false
	for _, w := range all {
		if !isLive(w) {
			continue
		}
		switch {
		case w.ID == a.main.ID:
			here = true
		case w.PID != a.main.PID || !a.baseline[w.ID]:
			return false // a second Live, or a window that was not there before
		}
	}
	return here
}

func (a *attempt) receipts(res *Result) []string {
	if len(a.facts) == 0 || !res.Outcome.Good() && res.Outcome != Unverified {
		return nil
	}
	s, _ := a.e.o.Link.State()
	var all []string
	for _, f := range a.facts {
		r := Receipt{
			Format: 1, Takebar: a.e.o.Version, Attempt: res.ID, Outcome: res.Outcome, Reason: res.Reason, Warnings: res.Warnings,
			Set: a.plan.SetName(), Range: a.plan.Range, Live: a.plan.Live, Tempo: s.Transport.Tempo, Began: res.Began, Ended: res.Ended, File: f,
		}
		if a.plan.Set.Path != nil {
			r.SetPath = *a.plan.Set.Path
		}
		path := f.Path + receiptSuffix
		if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
			a.note(EventNote, "%s exists already; the receipt is kept with the trace only.", filepath.Base(path))
			continue
		}
		if err := writeJSON(path, r); err != nil {
			a.note(EventNote, "The receipt could not be written: %v.", err)
			continue
		}
		all = append(all, path)
	}
	return all
}

// picture keeps what Live's window shows, if the user allows it.
func (a *attempt) picture(ctx context.Context, w desktop.Window, name string) {
	if !a.plan.Pictures || w.ID == 0 || !isLive(w) {
		return
	}
	img, err := a.desk.Picture(ctx, w)
	if err != nil {
		a.note(EventNote, "No picture of the window: %v.", err)
		return
	}
	f, err := os.OpenFile(filepath.Join(a.dir, name+".png"), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		a.note(EventNote, "No picture of the window: %v.", err)
		return
	}
	if err := errors.Join(png.Encode(f, img), f.Close()); err != nil {
		a.note(EventNote, "No picture of the window: %v.", err)
		return
	}
	a.trace.add(Event{What: EventShot, File: f.Name(), Window: &w})
}
