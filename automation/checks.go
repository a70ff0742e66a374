package automation

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/takebar/takebar/automation/desktop"
	"github.com/takebar/takebar/automation/keys"
)

// preflight checks everything that does not need Live, and opens the desktop.
func (a *attempt) preflight(ctx context.Context, req Request) error {
	if err := a.e.Allowed(); err != nil {
		return err
	}
	c, err := a.e.store.consent()
	if err != nil {
		return err
	}
	a.plan.Pictures, a.plan.DryRun, a.plan.Range = c.Pict, req.DryRun, req.Range
	if a.e.o.Pictures != nil {
		a.plan.Pictures = a.e.o.Pictures()
	}
	if req.Pictures != nil {
		a.plan.Pictures = *req.Pictures
	}
	if a.plan.RenderMax = req.RenderMax; a.plan.RenderMax <= 0 {
		a.plan.RenderMax = a.e.o.Timing.RenderMax
	}
	return a.openDesktop(ctx)
}

// openDesktop checks the session and the keys process.
func (a *attempt) openDesktop(ctx context.Context) error {
	desk, err := a.e.o.Desktop()
	if err != nil {
		return asRefusal(err)
	}
	a.desk = desk
	if err := desk.Ready(ctx); err != nil {
		return asRefusal(err)
	}
	reply, err := a.e.o.Keys.Ask(ctx, keys.Request{Do: keys.Probe})
	var crashed *keys.CrashedError
	switch {
	case errors.As(err, &crashed):
		return &Refusal{Reason: ReasonHelperCrashed, Detail: "The key driver does not start: " + crashed.Why + ".", Err: err}
	case err != nil:
		return &Refusal{Reason: ReasonHelperMissing, Err: err}
	case !reply.OK:
		return &Refusal{Reason: Reason(reply.Code), Detail: reply.Text}
	}
	a.note(EventCheck, "The session can be seen and reached; the key driver answers.")
	return nil
}

// asRefusal turns what a desktop says into a named reason.
func asRefusal(err error) error {
	var p *desktop.Problem
	switch {
	case errors.As(err, &p):
		return &Refusal{Reason: Reason(p.Code), Detail: p.Text, Next: p.Fix, Err: err}
	case errors.Is(err, desktop.ErrGone):
		return &Refusal{Reason: ReasonDisplayGone, Err: err}
	}
	return err
}

// bridgeCheck asks Live through the link, and finds what was rehearsed with this version.
func (a *attempt) bridgeCheck(req Request) error {
	s, err := a.state()
	if err != nil {
		return err
	}
	a.plan.Live, a.plan.Set = s.Link.Live, s.Set
	r, ok, err := a.e.store.rehearsed(s.Link.Live)
	if err != nil {
		return err
	}
	if !ok {
		return refuse(ReasonNotRehearsed, "The shortcut has not been rehearsed with Live %s.", s.Link.Live)
	}
	a.plan.Chord, a.plan.Dialog, a.plan.Dialogs, a.plan.Message = r.Chord, r.Opened, r.Dialogs, r.Message
	a.plan.Expect = expectations(s, req.Range)
	if req.WantSet != "" && !sameSet(s.Set.Path, req.WantSet) {
		return refuse(ReasonSetChanged, "Live has %q open, not %s.", setName(s.Set), filepath.Base(req.WantSet))
	}
	if err := a.checkLive(); err != nil {
		return err
	}
	folders, refusal := a.e.watched(req, s)
	if refusal != nil {
		return refusal
	}
	a.plan.Folders = folders
	a.note(EventCheck, "Live %s answers, is stopped, records nothing and shows no dialog.", s.Link.Live)
	return nil
}

// checkLive is what must hold before the chord, and again at the end for a clean state.
func (a *attempt) checkLive() error {
	s, err := a.state()
	if err != nil {
		return err
	}
	switch {
	case a.plan.Set.ID != "" && s.Set.ID != a.plan.Set.ID:
		return &Refusal{Reason: ReasonSetChanged}
	case s.Record.RecordMode || s.Record.SessionRecord || s.Record.SessionRecordStatus != 0 || (s.Take != nil && !s.Take.Phase.Ended()):
		return &Refusal{Reason: ReasonRecording}
	case s.Transport.IsPlaying || s.Transport.IsCountingIn:
		return &Refusal{Reason: ReasonTransportRunning}
	case s.App.OpenDialogCount != nil && *s.App.OpenDialogCount > 0:
		if text := a.message(); text != "" {
			return refuse(ReasonDialogAlreadyOpen, "Live shows a message: %q", text)
		}
		return &Refusal{Reason: ReasonDialogAlreadyOpen}
	}
	return nil
}

// checkStill is what must go on to hold before Enter, with our dialog open.
func (a *attempt) checkStill() error {
	s, err := a.state()
	if err != nil {
		return err
	}
	if text := a.message(); text != "" {
		return refuse(ReasonUnexpectedDialog, "Live shows a message: %q", text)
	}
	switch {
	case s.Set.ID != a.plan.Set.ID:
		return &Refusal{Reason: ReasonSetChanged}
	case s.Record.RecordMode || s.Record.SessionRecord || s.Record.SessionRecordStatus != 0:
		return &Refusal{Reason: ReasonRecording}
	case s.Transport.IsPlaying:
		return &Refusal{Reason: ReasonTransportRunning}
	}
	return nil
}

// message is what Live's message box says now, "" if there is none. What the rehearsal saw with the export dialog is no message.
func (a *attempt) message() string {
	s, ok := a.e.o.Link.State()
	if !ok || s.App.CurrentDialogMessage == nil || s.App.OpenDialogCount == nil || *s.App.OpenDialogCount == 0 {
		return ""
	}
	if text := strings.TrimSpace(*s.App.CurrentDialogMessage); text != a.plan.Message {
		return text
	}
	return ""
}

// findWindow finds exactly one Live, showing the expected set.
func (a *attempt) findWindow(ctx context.Context) error {
	w, err := a.theLive(ctx)
	if err != nil {
		return err
	}
	if err := asRefusal(a.desk.MayType(ctx, w)); err != nil {
		return err
	}
	a.main, a.plan.Main = w, w
	a.trace.add(Event{What: EventWindow, Text: "Live's main window", Window: &w})
	return nil
}

// theLive is Live's one main window.
func (a *attempt) theLive(ctx context.Context) (desktop.Window, error) {
	all, err := a.desk.Windows(ctx)
	if err != nil {
		return desktop.Window{}, asRefusal(err)
	}
	var mains, others []desktop.Window
	pids := map[int]bool{}
	for _, w := range all {
		if !isLive(w) {
			continue
		}
		pids[w.PID] = true
		if classify(w) == kindMain {
			mains = append(mains, w)
		} else {
			others = append(others, w)
		}
	}
	switch {
	case len(pids) == 0 && a.desk.Partial() != nil:
		return desktop.Window{}, asRefusal(a.desk.Partial())
	case len(pids) == 0:
		return desktop.Window{}, &Refusal{Reason: ReasonLiveNotRunning}
	case len(pids) > 1 || len(mains) > 1:
		return desktop.Window{}, refuse(ReasonSeveralLive, "%d windows of %d Lives are open: it is not certain which one is meant.", len(mains)+len(others), len(pids))
	case len(mains) == 0:
		return desktop.Window{}, refuse(ReasonTitleUnreadable, "Live's window is %s; it is not certain which set it shows.", others[0])
	}
	title, _ := ParseTitle(mains[0].Title)
	if name := a.plan.Set.Name; name != nil && *name != "" && !title.Shows(*name) {
		return desktop.Window{}, refuse(ReasonWrongSet, "Live's window shows %q, the link reports %q.", title.Set, *name)
	}
	return mains[0], nil
}

// snapshot notes what is in the watched folders, and that an export could be written there.
func (a *attempt) snapshot(context.Context) error {
	for _, dir := range a.plan.Folders {
		if err := writable(dir); err != nil {
			return err
		}
		free, err := a.e.o.Free(dir)
		if err != nil {
			return err
		}
		if need := a.need(); free < need {
			return refuse(ReasonDiskLow, "%d MB are free in %s; this export may need %d MB.", free>>20, dir, need>>20)
		}
	}
	before, err := shoot(a.plan.Folders)
	if err != nil {
		return err
	}
	a.before = before
	a.note(EventCheck, "%d files are in the watched folders.", len(before))
	return errors.Join(writeJSON(filepath.Join(a.dir, "snapshot.json"), before), writeJSON(filepath.Join(a.dir, "plan.json"), a.plan))
}

// need is the space that the longest plausible render takes as 32-bit stereo at 96 kHz, and some air.
func (a *attempt) need() uint64 {
	longest := 0.0
	for _, x := range a.plan.Expect {
		longest = max(longest, x.Seconds)
	}
	return uint64(longest*96000*8) + 64<<20
}

// writable tries it: permissions alone do not tell about read-only disks.
func writable(dir string) error {
	st, err := os.Stat(dir)
	switch {
	case errors.Is(err, os.ErrPermission):
		return &Refusal{Reason: ReasonFolderNotWritable, Detail: fmt.Sprintf("You may not look into the folder %s.", dir), Err: err}
	case err != nil:
		return &Refusal{Reason: ReasonFolderMissing, Detail: fmt.Sprintf("The folder %s does not exist.", dir), Err: err}
	case !st.IsDir():
		return &Refusal{Reason: ReasonFolderMissing, Detail: fmt.Sprintf("%s is not a folder.", dir)}
	}
	f, err := os.CreateTemp(dir, ".takebar-*")
	if err == nil {
		err = errors.Join(f.Close(), os.Remove(f.Name()))
	}
	if err != nil {
		return &Refusal{Reason: ReasonFolderNotWritable, Detail: fmt.Sprintf("Nothing can be written to %s.", dir), Err: err}
	}
	return nil
}

// activate brings Live to the front.
func (a *attempt) activate(ctx context.Context) error {
	if err := asRefusal(a.desk.Activate(ctx, a.main)); err != nil {
		return err
	}
	err := a.wait(ctx, a.e.o.Timing.Activate, func() (bool, error) {
		id, err := a.desk.Active(ctx)
		return id == a.main.ID, err
	})
	if errors.Is(err, errTimeout) {
		return &Refusal{Reason: ReasonFocusRefused}
	}
	return err
}

// keysClear waits until no modifier is down.
func (a *attempt) keysClear(ctx context.Context) error {
	var k desktop.Keys
	err := a.wait(ctx, a.e.o.Timing.KeysClear, func() (bool, error) {
		var err error
		k, err = a.desk.Keys(ctx)
		return err == nil && len(k.Held) == 0 && !k.CapsLock, err
	})
	switch {
	case errors.Is(err, errTimeout) && len(k.Held) > 0:
		return refuse(ReasonModifiersHeld, "A modifier key is held down: %s.", strings.Join(k.Held, ", "))
	case errors.Is(err, errTimeout):
		return &Refusal{Reason: ReasonCapsLockOn}
	case err != nil:
		return err
	}
	return asRefusal(a.desk.Layout(ctx, a.plan.Chord.Letter()))
}

// beforeKey is what must hold right before a key: one Live with the right set, the window in front, no modifier, and Live quiet.
// The keys process looks at window and modifiers once more.
func (a *attempt) beforeKey(ctx context.Context, k keys.Key, target *desktop.Window) error {
	if err := a.abort(ctx); err != nil {
		return err
	}
	if k.Chord() {
		if err := a.checkLive(); err != nil {
			return err
		}
	} else if k == keys.Enter {
		if err := a.checkStill(); err != nil {
			return err
		}
	}
	main, err := a.theLive(ctx)
	if err != nil {
		return err
	}
	if target.ID == main.ID {
		*target = main // its title may have changed harmlessly, such as by a star
	}
	held, err := a.desk.Keys(ctx)
	switch {
	case err != nil:
		return asRefusal(err)
	case len(held.Held) > 0:
		return refuse(ReasonModifiersHeld, "A modifier key is held down: %s.", strings.Join(held.Held, ", "))
	case held.CapsLock:
		return &Refusal{Reason: ReasonCapsLockOn}
	}
	grabbed, err := a.desk.Grabbed(ctx)
	switch {
	case err != nil:
		return asRefusal(err)
	case grabbed:
		return refuse(ReasonFocusLostBefore, "Another program has taken the whole keyboard (an open menu or a screen lock); nothing was pressed.")
	}
	err = a.wait(ctx, a.e.o.Timing.Focus, func() (bool, error) {
		id, err := a.desk.Active(ctx)
		return id == target.ID, err
	})
	if errors.Is(err, errTimeout) {
		return &Refusal{Reason: ReasonFocusLostBefore}
	}
	return err
}

// focusAfter judges the focus after a key when the keys process saw something else: it may only have been in passing.
func (a *attempt) focusAfter(ctx context.Context, target desktop.Window) error {
	var last desktop.Window
	err := a.wait(ctx, a.e.o.Timing.Focus, func() (bool, error) {
		w, ok, err := a.active(ctx)
		last = w
		return ok && w.PID == target.PID, err
	})
	if !errors.Is(err, errTimeout) {
		return err
	}
	return refuse(ReasonFocusLostAfter, "Right after the key, %s was in front; nothing more was pressed.", last)
}

// active is the window in front; ok is false while there is none.
func (a *attempt) active(ctx context.Context) (desktop.Window, bool, error) {
	id, err := a.desk.Active(ctx)
	if err != nil || id == 0 {
		return desktop.Window{}, false, err
	}
	all, err := a.desk.Windows(ctx)
	if err != nil {
		return desktop.Window{}, false, err
	}
	for _, w := range all {
		if w.ID == id {
			return w, true, nil
		}
	}
	return desktop.Window{}, false, nil
}

// guardFocus ends the attempt when another program stays in front between two keys.
func (a *attempt) guardFocus(ctx context.Context) error {
	w, ok, err := a.active(ctx)
	if err != nil {
		return asRefusal(err)
	}
	if !ok || w.PID == a.main.PID {
		a.foreign = 0
		return nil
	}
	now := a.e.o.Clock.Mono()
	if a.foreign == 0 {
		a.foreign = now
	}
	if now-a.foreign >= a.e.o.Timing.Focus {
		return refuse(ReasonFocusStolen, "%s came to the front during the attempt; nothing more was pressed.", w)
	}
	return nil
}
