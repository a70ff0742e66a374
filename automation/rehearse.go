package automation

import (
	"context"
	"errors"
	"fmt"

	"github.com/takebar/takebar/automation/desktop"
	"github.com/takebar/takebar/automation/keys"
)

// Rehearse sends one chord to the real Live, looks which window opens, closes it with Esc and stores what it learned. An error means that nothing was
// learned; a chord that opens something else is an answer, with the other chord offered.
func (e *Engine) Rehearse(ctx context.Context, chord keys.Key) (Rehearsed, error) {
	if err := e.Allowed(); err != nil {
		return Rehearsed{}, err
	}
	if chord == "" {
		chord = e.o.Chord
	}
	if !chord.Chord() {
		return Rehearsed{}, refuse(ReasonBadInput, "%s is no shortcut that can be rehearsed.", chord)
	}
	run, end, err := e.begin(ctx, Status{Kind: "rehearsal", Sentence: "Rehearsing " + chord.String()})
	if err != nil {
		return Rehearsed{}, err
	}
	defer end()
	id, err := newID(e.o.Clock.Now())
	if err != nil {
		return Rehearsed{}, err
	}
	a := &attempt{e: e, dir: e.store.path("rehearsals", id), plan: Plan{ID: id, Made: e.o.Clock.Now(), Chord: chord}}
	if err := makePrivate(a.dir); err != nil {
		return Rehearsed{}, err
	}
	if a.trace, err = openTrace(a.dir, e.o.Clock); err != nil {
		return Rehearsed{}, err
	}
	a.lastWall, a.lastMono = e.o.Clock.Now(), e.o.Clock.Mono()
	r, runErr := a.rehearse(run)
	if a.desk != nil {
		out := context.WithoutCancel(ctx)
		a.releaseKeys(out, runErr)
		_ = a.desk.Close() // nothing was written through it
	}
	var why *Refusal
	if errors.As(runErr, &why) {
		a.trace.add(Event{What: EventEnd, Reason: why.Reason, Text: why.Error()})
	} else {
		a.trace.add(Event{What: EventEnd, Text: r.Sentence})
	}
	if err := a.trace.close(); err != nil {
		e.o.Logger.Warn("writing the rehearsal's trace", "err", err)
	}
	if runErr != nil {
		return r, runErr
	}
	return r, e.store.addRehearsal(r)
}

func (a *attempt) rehearse(ctx context.Context) (Rehearsed, error) {
	o := a.e.o
	r := Rehearsed{Chord: a.plan.Chord, At: o.Clock.Now()}
	a.deadline = o.Clock.Mono() + o.Timing.BeforeStart
	link := func(context.Context) error {
		s, err := a.state()
		if err != nil {
			return err
		}
		a.plan.Live, a.plan.Set, r.Live = s.Link.Live, s.Set, s.Link.Live
		return a.checkLive()
	}
	for _, s := range []step{
		{Preflight, a.openDesktop},
		{BridgeCheck, link},
		{FindWindow, a.findWindow},
		{Activate, a.activate},
		{KeysClear, a.keysClear},
		{SendChord, a.sendChord},
	} {
		a.enter(s.state)
		if err := s.do(ctx); err != nil {
			return r, err
		}
	}
	a.enter(AwaitDialog)
	r.Main = a.main.Title
	w, err := a.whatOpened(ctx)
	if err != nil {
		return r, err
	}
	if w.ID == 0 {
		r.Offer = r.Chord.Other()
		r.Was = "nothing"
		r.Sentence = fmt.Sprintf("%s opened nothing. In most versions of Live, %s opens Export Audio/Video; or the menu entry is greyed out.", r.Chord, r.Offer)
		return r, nil
	}
	a.trace.add(Event{What: EventWindow, Text: classify(w).String(), Window: &w})
	s, err := a.state()
	if err != nil {
		return r, err
	}
	k := classify(w)
	r.Opened, r.Was, r.Dialogs = w.Title, k.String(), s.App.OpenDialogCount
	if s.App.CurrentDialogMessage != nil {
		r.Message = *s.App.CurrentDialogMessage
	}
	a.plan.Message = r.Message
	if k != kindExport && k != kindMIDI && k != kindSave {
		return r, refuse(ReasonUnexpectedDialog, "The shortcut opened a window that Takebar does not know: %s. It pressed nothing more; close it by hand.", w)
	}
	a.enter(Confirm)
	if err := a.press(ctx, keys.Escape, w); err != nil {
		return r, err
	}
	if err := a.awaitGone(ctx, w); err != nil {
		return r, err
	}
	r.Closed = true
	if r.Passed = k == kindExport; r.Passed {
		r.Sentence = fmt.Sprintf("%s opens %q in Live %s, and Esc closes it. Export attempts may use it.", r.Chord, r.Opened, r.Live)
		return r, nil
	}
	r.Offer = r.Chord.Other()
	r.Sentence = fmt.Sprintf("%s opened %s (%q), not Export Audio/Video. It was closed with Esc and nothing was written. In most versions of Live the shortcut is %s.", r.Chord, k, r.Opened, r.Offer)
	return r, nil
}

// whatOpened waits for any new window of Live's in front; none is an answer too.
func (a *attempt) whatOpened(ctx context.Context) (desktop.Window, error) {
	var found desktop.Window
	err := a.wait(ctx, a.e.o.Timing.Dialog, func() (bool, error) {
		if err := a.guardFocus(ctx); err != nil {
			return false, err
		}
		f, err := a.fresh(ctx)
		if err != nil || len(f) == 0 || f[0].Title == "" {
			return false, err
		}
		id, err := a.desk.Active(ctx)
		if id == f[0].ID {
			found = f[0]
		}
		return id == f[0].ID, err
	})
	if errors.Is(err, errTimeout) {
		if text := a.message(); text != "" {
			return found, refuse(ReasonUnexpectedDialog, "Live shows a message: %q. Takebar did not answer it.", text)
		}
		return desktop.Window{}, nil
	}
	return found, err
}

// Rehearsals lists what was learned, the valid one of each Live version last.
func (e *Engine) Rehearsals() ([]Rehearsed, error) { return e.store.rehearsals() }
