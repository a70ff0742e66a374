package automation

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/takebar/takebar/automation/desktop"
	"github.com/takebar/takebar/automation/keys"
)

// sendChord presses the rehearsed shortcut in Live's main window.
func (a *attempt) sendChord(ctx context.Context) error {
	if err := a.noteBaseline(ctx); err != nil {
		return err
	}
	a.picture(ctx, a.main, "1-before")
	return a.press(ctx, a.plan.Chord, a.main)
}

func (a *attempt) noteBaseline(ctx context.Context) error {
	all, err := a.desk.Windows(ctx)
	if err != nil {
		return asRefusal(err)
	}
	a.baseline = map[desktop.ID]bool{}
	for _, w := range all {
		if isLive(w) {
			a.baseline[w.ID] = true
		}
	}
	return nil
}

// fresh are Live's windows that came up since the chord, topmost first, without those named.
func (a *attempt) fresh(ctx context.Context, without ...desktop.ID) ([]desktop.Window, error) {
	all, err := a.desk.Windows(ctx)
	if err != nil {
		return nil, asRefusal(err)
	}
	var f []desktop.Window
	here := false
	for _, w := range slices.Backward(all) {
		here = here || w.ID == a.main.ID
		if w.PID == a.main.PID && !a.baseline[w.ID] && !w.Hidden && !slices.Contains(without, w.ID) {
			f = append(f, w)
		}
	}
	if !here {
		return nil, &Refusal{Reason: ReasonLiveGone}
	}
	return f, nil
}

// awaitDialog waits until the shortcut opened Export Audio/Video.
func (a *attempt) awaitDialog(ctx context.Context) error {
	w, err := a.awaitNew(ctx, a.e.o.Timing.Dialog, ReasonDialogNeverOpened)
	if err != nil {
		return err
	}
	a.opened = w
	switch k := classify(w); {
	case w.Title == a.plan.Dialog || k == kindExport:
		a.dialog = w
		a.picture(ctx, w, "2-dialog")
		return nil
	case k == kindMIDI || k == kindSave:
		return refuse(ReasonWrongDialog, "The shortcut opened %s (%q); nothing was confirmed in it.", k, w.Title)
	default:
		return refuse(ReasonUnexpectedDialog, "A window came up that Takebar does not know: %s. It pressed nothing.", w)
	}
}

// awaitNew waits for a window of Live's that was not there before, that has a title and the focus.
func (a *attempt) awaitNew(ctx context.Context, limit time.Duration, never Reason, without ...desktop.ID) (desktop.Window, error) {
	var found desktop.Window
	err := a.wait(ctx, limit, func() (bool, error) {
		if err := a.guardFocus(ctx); err != nil {
			return false, err
		}
		if err := a.guardMessage(); err != nil {
			return false, err
		}
		f, err := a.fresh(ctx, without...)
		if err != nil || len(f) == 0 || f[0].Title == "" {
			return false, err
		}
		id, err := a.desk.Active(ctx)
		found = f[0]
		return id == found.ID, err
	})
	if errors.Is(err, errTimeout) {
		if found.ID != 0 {
			return found, refuse(ReasonFocusLostBefore, "%s opened, but did not come to the front.", found)
		}
		return found, &Refusal{Reason: never}
	}
	if err == nil {
		a.trace.add(Event{What: EventWindow, Text: classify(found).String(), Window: &found})
	}
	return found, err
}

// guardMessage ends the attempt when Live shows a message box.
func (a *attempt) guardMessage() error {
	s, err := a.state()
	if err != nil {
		return err
	}
	text := a.message()
	switch {
	case text != "" && s.Transport.IsPlaying:
		return refuse(ReasonStopAudioPrompt, "Live plays and asks: %q. Takebar did not answer.", text)
	case text != "":
		return refuse(ReasonUnexpectedDialog, "Live shows a message: %q. Takebar did not answer it.", text)
	case a.plan.Set.ID != "" && s.Set.ID != a.plan.Set.ID:
		return &Refusal{Reason: ReasonSetChanged}
	}
	return nil
}

// closeDialog ends a dry run: Esc, and look that the dialog goes.
func (a *attempt) closeDialog(ctx context.Context) error {
	if err := a.press(ctx, keys.Escape, a.dialog); err != nil {
		return err
	}
	if err := a.awaitGone(ctx, a.dialog); err != nil {
		return err
	}
	return &Refusal{Reason: ReasonDryRun}
}

func (a *attempt) awaitGone(ctx context.Context, w desktop.Window) error {
	err := a.wait(ctx, a.e.o.Timing.SaveClose, func() (bool, error) {
		open, err := a.isOpen(ctx, w)
		return !open, err
	})
	if errors.Is(err, errTimeout) {
		return refuse(ReasonUnexpectedDialog, "%s did not close after Esc.", w)
	}
	return err
}

func (a *attempt) isOpen(ctx context.Context, w desktop.Window) (bool, error) {
	all, err := a.desk.Windows(ctx)
	if err != nil {
		return false, asRefusal(err)
	}
	return slices.ContainsFunc(all, func(o desktop.Window) bool { return o.ID == w.ID && !o.Hidden }), nil
}

// pressIn presses a key in a dialog that must still be there.
func (a *attempt) pressIn(ctx context.Context, k keys.Key, w desktop.Window) error {
	open, err := a.isOpen(ctx, w)
	if err != nil {
		return err
	}
	if !open {
		return refuse(ReasonDialogLost, "%s went away before it was confirmed.", w)
	}
	err = a.press(ctx, k, w)
	var r *Refusal
	if errors.As(err, &r) && r.Reason == ReasonFocusLostBefore {
		if open, lookErr := a.isOpen(ctx, w); lookErr == nil && !open {
			return refuse(ReasonDialogLost, "%s went away before it was confirmed.", w)
		}
	}
	return err
}

// confirm presses Enter in the export dialog.
func (a *attempt) confirm(ctx context.Context) error {
	s, err := a.state()
	if err != nil {
		return err
	}
	if a.plan.Dialogs != nil && s.App.OpenDialogCount != nil && *s.App.OpenDialogCount > *a.plan.Dialogs {
		return refuse(ReasonUnexpectedDialog, "Live reports %d open dialogs; at the rehearsal there were %d.", *s.App.OpenDialogCount, *a.plan.Dialogs)
	}
	return a.pressIn(ctx, keys.Enter, a.dialog)
}

// awaitSave waits for the Save dialog.
func (a *attempt) awaitSave(ctx context.Context) error {
	w, err := a.awaitNew(ctx, a.e.o.Timing.Save, ReasonSaveNeverOpened, a.dialog.ID)
	if err != nil {
		return err
	}
	switch k := classify(w); k {
	case kindSave, kindExport:
		a.save = w
		a.picture(ctx, w, "3-save")
		return nil
	case kindOverwrite:
		return &Refusal{Reason: ReasonOverwritePrompt}
	default:
		s, err := a.state()
		if err == nil && s.Transport.IsPlaying {
			return refuse(ReasonStopAudioPrompt, "Live plays, and %s came up; Takebar did not answer it.", w)
		}
		return refuse(ReasonUnexpectedDialog, "A window came up that Takebar does not know: %s. It pressed nothing.", w)
	}
}

// confirmSave presses Enter in the Save dialog; once more if it provably did nothing: same dialog, no other window, no new file.
func (a *attempt) confirmSave(ctx context.Context) error {
	for range 2 {
		if err := a.pressIn(ctx, keys.Enter, a.save); err != nil {
			return err
		}
		err := a.wait(ctx, a.e.o.Timing.SaveClose, func() (bool, error) { return a.saveClosed(ctx) })
		if !errors.Is(err, errTimeout) {
			return err
		}
		now, err := shoot(a.plan.Folders)
		if err != nil {
			return err
		}
		if len(a.before.news(now)) > 0 {
			a.note(EventNote, "The Save dialog is still open, but a new file is there.")
			return nil
		}
		a.note(EventNote, "The Save dialog did not react to Enter.")
	}
	return &Refusal{Reason: ReasonSaveWouldNotClose}
}

// saveClosed looks what became of the Save dialog. A prompt on top of it is never answered.
func (a *attempt) saveClosed(ctx context.Context) (bool, error) {
	others, err := a.fresh(ctx, a.dialog.ID, a.save.ID)
	if err != nil {
		return false, err
	}
	open, err := a.isOpen(ctx, a.save)
	if err != nil {
		return false, err
	}
	for _, w := range others {
		switch k := classify(w); {
		case k == kindOverwrite:
			return false, refuse(ReasonOverwritePrompt, "The system asks in %q whether to replace a file; Takebar never answers that.", w.Title)
		case open && k != kindProgress && w.Title != "":
			return false, refuse(ReasonUnexpectedDialog, "A window came up over the Save dialog: %s. Takebar pressed nothing more.", w)
		}
	}
	if !open {
		return true, nil
	}
	return false, a.guardFocus(ctx)
}

// closeOurs closes, with Esc, dialogs that the attempt itself opened, when it ended in a way that makes it safe: a known dialog of ours in front,
// no message in Live, and the user not warding off everything.
func (a *attempt) closeOurs(ctx context.Context, why Reason) {
	switch why {
	case ReasonWrongDialog, ReasonSaveNeverOpened, ReasonUserStopped, ReasonTransportRunning, ReasonRecording:
	default:
		return
	}
	if a.watching || a.desk == nil {
		return
	}
	a.deadline = 0
	if a.trace.state == AwaitSave && a.save.ID == 0 {
		// The Save dialog may be opening this moment.
		err := a.wait(ctx, 2*a.e.o.Timing.Focus, func() (bool, error) {
			f, err := a.fresh(ctx, a.dialog.ID)
			if len(f) > 0 && classify(f[0]) == kindSave {
				a.save = f[0]
			}
			return a.save.ID != 0, err
		})
		if err != nil && !errors.Is(err, errTimeout) {
			a.note(EventNote, "Dialogs were left open: %v", err)
			return
		}
	}
	for _, w := range []desktop.Window{a.save, a.dialog, a.opened} {
		if w.ID == 0 || !a.closeOne(ctx, w) {
			continue
		}
		a.note(EventNote, "%s was closed with Esc.", w)
	}
}

// closeOne presses Esc in a dialog of ours that is open and in front.
func (a *attempt) closeOne(ctx context.Context, w desktop.Window) bool {
	open, err := a.isOpen(ctx, w)
	if err != nil || !open {
		return false
	}
	if a.message() != "" {
		a.note(EventNote, "%s was left open: Live shows a message.", w)
		return false
	}
	if err = a.press(ctx, keys.Escape, w); err == nil {
		err = a.awaitGone(ctx, w)
	}
	if err != nil {
		a.note(EventNote, "%s was left open: %v", w, err)
	}
	return err == nil
}
