package automation

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"time"
)

// watcher follows a render by its files, Live's windows and the link. Nothing is pressed here.
type watcher struct {
	a          *attempt
	began      time.Duration // monotonic
	grew       time.Duration // when a file last changed
	gone       time.Duration // when the progress window was first missing; 0 = it is there or never was
	working    bool          // a progress window is there now
	extra      string        // a window that is neither progress nor known, or Live's message
	diskLooked time.Duration
	settling   bool
}

// render waits until new files came up, grew and are finished.
func (a *attempt) render(ctx context.Context) error {
	a.picture(ctx, a.main, "4-rendering")
	now := a.e.o.Clock.Mono()
	w := &watcher{a: a, began: now, grew: now}
	a.files = shot{}
	return a.wait(ctx, a.plan.RenderMax+time.Hour, func() (bool, error) { return w.look(ctx) })
}

// look takes one look at everything.
func (w *watcher) look(ctx context.Context) (bool, error) {
	a, t, now := w.a, w.a.e.o.Timing, w.a.e.o.Clock.Mono()
	listed, err := shoot(a.plan.Folders)
	if err != nil {
		return false, refuse(ReasonFolderMissing, "The watched folder cannot be read any more: %v.", err)
	}
	vanished := w.compare(a.before.news(listed), now)
	if err := w.windows(ctx, now); err != nil {
		return false, err
	}
	if vanished && len(a.files) == 0 && !w.working {
		return false, &Refusal{Reason: ReasonRenderCancelled}
	}
	if err := w.disk(now); err != nil {
		return false, err
	}
	quiet := now - w.grew
	if w.extra != "" && quiet >= t.Message && !w.complete() {
		if err := w.full(); err != nil {
			return false, err
		}
		return false, refuse(ReasonRenderErrorDialog, "While rendering, Live showed: %s. Takebar did not answer it.", w.extra)
	}
	if len(a.files) == 0 {
		return false, w.notStarted(now)
	}
	if now-w.began > a.plan.RenderMax {
		return false, &Refusal{Reason: ReasonRenderTooLong}
	}
	return w.settled(now, quiet)
}

// compare notes what came, grew, shrank or went. vanished means that a file went.
func (w *watcher) compare(news shot, now time.Duration) (vanished bool) {
	a := w.a
	for path, st := range news {
		old, known := a.files[path]
		switch {
		case !known:
			a.trace.add(Event{What: EventFile, Text: "A new file came up.", File: path, Bytes: st.Size})
		case st.Size < old.Size:
			a.trace.add(Event{What: EventFile, Text: "The render began again from the start.", File: path, Bytes: st.Size})
		}
		if !known || old != st {
			w.grew = now
		}
	}
	for path := range a.files {
		if _, still := news[path]; !still {
			a.trace.add(Event{What: EventFile, Text: "The file went away.", File: path})
			w.grew, vanished = now, true
		}
	}
	var bytes int64
	for _, st := range news {
		bytes += st.Size
	}
	a.files = news
	a.e.update(func(s *Status) { s.Bytes = bytes })
	return vanished
}

// windows looks whether Live is still there, works, or shows something.
func (w *watcher) windows(ctx context.Context, now time.Duration) error {
	a := w.a
	if a.desk == nil {
		return nil
	}
	w.extra = ""
	f, err := a.fresh(ctx, a.dialog.ID, a.save.ID)
	if err != nil {
		return err
	}
	working := false
	for _, x := range f {
		switch k := classify(x); {
		case k == kindOverwrite:
			return refuse(ReasonOverwritePrompt, "The system asks in %q whether to replace a file; Takebar never answers that.", x.Title)
		case k == kindProgress:
			working = true
		case x.Title != "":
			w.extra = x.String()
		}
	}
	if text := a.message(); text != "" && !working || text != "" && w.extra != "" {
		w.extra = fmt.Sprintf("%q", text)
	}
	if working != w.working {
		a.note(EventNote, "%s", map[bool]string{true: "Live shows its progress window.", false: "Live's progress window closed."}[working])
	}
	a.sawWorking = a.sawWorking || working
	w.working = working
	switch {
	case working || !a.sawWorking:
		w.gone = 0
	case w.gone == 0:
		w.gone = now
	}
	return nil
}

// disk looks once a second whether the disk is full.
func (w *watcher) disk(now time.Duration) error {
	a := w.a
	if now-w.grew < a.e.o.Timing.SettleFor || now-w.diskLooked < time.Second && w.diskLooked != 0 || w.complete() {
		return nil
	}
	w.diskLooked = now
	return w.full()
}

// full says that a watched disk has no room.
func (w *watcher) full() error {
	const full = 1 << 20
	for _, dir := range w.a.plan.Folders {
		if free, err := w.a.e.o.Free(dir); err == nil && free < full {
			return refuse(ReasonDiskFull, "The disk of %s is full.", dir)
		}
	}
	return nil
}

// notStarted judges the time without any file.
func (w *watcher) notStarted(now time.Duration) error {
	t := w.a.e.o.Timing
	switch {
	case w.gone != 0 && now-w.gone >= t.SettleMax:
		return refuse(ReasonRenderCancelled, "Live's progress window closed and no file is there: the render was cancelled in Live.")
	case !w.working && now-w.began >= t.RenderStart:
		return &Refusal{Reason: ReasonRenderNeverStarted}
	case w.working && now-w.began >= max(t.Stall, t.RenderStart):
		return refuse(ReasonRenderStalled, "Live shows its progress, but no file came up in the watched folders.")
	}
	return nil
}

// complete says whether every new file is finished by its own header.
func (w *watcher) complete() bool {
	for path := range w.a.files {
		if reason, _ := completeness(path); reason != "" {
			return false
		}
	}
	return len(w.a.files) > 0
}

// settled says whether nothing changed for long enough and everything is complete, or what is wrong with files whose end does not come.
func (w *watcher) settled(now, quiet time.Duration) (bool, error) {
	a, t := w.a, w.a.e.o.Timing
	if quiet < t.SettleFor {
		if w.settling {
			w.settling = false
			a.enter(Rendering)
		}
		return false, nil
	}
	if w.complete() {
		if !w.settling {
			w.settling = true
			a.enter(Settle)
		}
		return !w.working, nil
	}
	ended := w.gone != 0 && now-max(w.gone, w.grew) >= t.SettleMax
	if !ended && quiet < t.Stall {
		return false, nil
	}
	for _, path := range slices.Sorted(keysOf(a.files)) {
		reason, why := completeness(path)
		switch {
		case reason == "":
		case ended:
			return false, refuse(reason, "%s: %s", filepath.Base(path), why)
		default:
			return false, refuse(ReasonRenderStalled, "%s has not grown for %s and is not finished.%s", filepath.Base(path), quiet.Round(time.Second), w.shows())
		}
	}
	return false, nil
}

// shows is what Live says meanwhile, for a report.
func (w *watcher) shows() string {
	if text := w.a.message(); text != "" {
		return fmt.Sprintf(" Live shows: %q.", text)
	}
	return ""
}

func keysOf(s shot) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for k := range s {
			if !yield(k) {
				return
			}
		}
	}
}

// verify reads the finished files and judges them.
func (a *attempt) verify(ctx context.Context) error {
	for _, path := range slices.Sorted(keysOf(a.files)) {
		facts, refusal := inspect(ctx, path)
		if refusal != nil {
			return refusal
		}
		a.facts = append(a.facts, facts)
		a.trace.add(Event{What: EventFile, Text: fmt.Sprintf("%s, %s, checked.", facts.Format, clockText(facts.Seconds)), File: path, Bytes: facts.Bytes})
	}
	now, err := shoot(a.plan.Folders)
	if err != nil {
		return err
	}
	warnings, refusal := judge(a.facts, a.plan, a.before.touched(now))
	a.warnings = warnings
	a.picture(ctx, a.main, "5-after")
	if refusal != nil {
		return refusal
	}
	if err := a.awaitQuiet(ctx); err != nil {
		a.note(EventNote, "Live's dialogs did not close by themselves: %v", err)
	}
	a.enter(Done)
	return nil
}

// awaitQuiet gives Live the moment that its dialogs need to close after a render.
func (a *attempt) awaitQuiet(ctx context.Context) error {
	if a.desk == nil {
		return nil
	}
	return a.wait(ctx, a.e.o.Timing.SettleMax, func() (bool, error) {
		f, err := a.fresh(ctx)
		return len(f) == 0, err
	})
}
