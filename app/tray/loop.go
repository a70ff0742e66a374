package tray

import (
	"context"
	"errors"
	"log/slog"
	"runtime"
	"sync"
	"time"

	"github.com/takebar/takebar/app"
	"github.com/takebar/takebar/internal/control"
)

const (
	// problemShown is how long the menu says what went wrong with a click.
	problemShown = time.Minute
	// slotGuard is how long after a slot came to mean another track a click on it is not believed to mean that.
	slotGuard = 400 * time.Millisecond
)

// result is what came of a click.
type result struct {
	intent  app.Intent
	outcome app.Outcome
	err     error
}

// tray is one goroutine that owns the menu, and those that carry out clicks for it.
type tray struct {
	core      control.Core
	tools     app.Tools
	logger    *slog.Logger
	announcer *app.Announcer
	renderer  *renderer
	now       func() time.Time

	clicks  chan string // keys
	results chan result
	work    sync.WaitGroup

	// Owned by run.
	snapshot     control.Snapshot
	ui           app.UI
	notices      app.Notices
	problemSince time.Time
	busy         map[app.Intent]bool
	slots        map[string]time.Time // when a slot changed its meaning, by key
}

func newTray(core control.Core, s surface, o Options) *tray {
	const room = 64
	t := &tray{
		core: core, tools: app.Tools{Files: o.Files, Export: o.Export, Windows: o.Windows}, logger: o.Logger,
		announcer: app.NewAnnouncer(o.Notifier, o.Logger), now: time.Now,
		clicks: make(chan string, room), results: make(chan result, room),
		ui:      app.UI{System: runtime.GOOS, Windows: o.Windows != nil},
		notices: app.Notices{Since: o.Since}, busy: map[app.Intent]bool{}, slots: map[string]time.Time{},
	}
	t.lookAtExports()
	t.renderer = newRenderer(s, func() time.Time { return t.now() }, t.click)
	return t
}

// click queues a click; it is called on the item's goroutine and must not wait.
func (t *tray) click(key string) {
	select {
	case t.clicks <- key:
	default:
		t.logger.Warn("drop a click: too many are waiting", "item", key)
	}
}

// begin draws the first menu, before the host may read it.
func (t *tray) begin() {
	t.snapshot = t.core.Snapshot()
	t.draw()
}

// run keeps the menu true and carries out clicks until ctx ends or the core stops, and waits for everything it started.
func (t *tray) run(ctx context.Context) {
	ctx, cancel := context.WithCancel(ctx)
	defer t.work.Wait()
	defer cancel()
	t.work.Go(func() { t.announcer.Run(ctx) })
	snapshots := t.core.Watch(ctx)
	wake := time.NewTimer(0)
	defer wake.Stop()
	for {
		t.setWake(wake)
		select {
		case <-ctx.Done():
			return
		case s, ok := <-snapshots:
			if !ok {
				return
			}
			t.observe(s)
		case key := <-t.clicks:
			t.handle(ctx, key)
		case r := <-t.results:
			t.finish(r)
		case <-t.announcer.Changed():
			t.ui.NotifyProblem = t.announcer.Problem()
		case <-t.exportChanges():
			t.lookAtExports()
		case <-wake.C:
		}
		t.expire()
		t.draw()
	}
}

// setWake sets the timer to the next moment at which time alone changes the menu. Without such a moment it is stopped: an idle tray
// does nothing at all.
func (t *tray) setWake(wake *time.Timer) {
	wait, ok := app.NextTick(t.snapshot, t.now())
	if t.ui.Problem != nil {
		wait, ok = sooner(wait, ok, t.problemSince.Add(problemShown).Sub(t.now()))
	}
	if at := t.renderer.sweepAt; !at.IsZero() {
		wait, ok = sooner(wait, ok, at.Sub(t.now()))
	}
	if !ok {
		wake.Stop()
		return
	}
	wake.Reset(wait)
}

func sooner(wait time.Duration, ok bool, left time.Duration) (time.Duration, bool) {
	left = max(left, 0)
	if !ok || left < wait {
		return left, true
	}
	return wait, true
}

// exportChanges is nil, and so never ready, where there are no export attempts.
func (t *tray) exportChanges() <-chan struct{} {
	if t.tools.Export == nil {
		return nil
	}
	return t.tools.Export.Changed()
}

func (t *tray) lookAtExports() {
	if t.tools.Export == nil {
		return
	}
	view := t.tools.Export.View()
	t.ui.Export = &view
}

func (t *tray) observe(s control.Snapshot) {
	t.snapshot = s
	for _, n := range t.notices.New(s) {
		t.announcer.Announce(app.FromNotice(n))
	}
}

func (t *tray) expire() {
	if t.ui.Problem != nil && t.now().Sub(t.problemSince) >= problemShown {
		t.ui.Problem = nil
	}
}

func (t *tray) draw() {
	before := t.renderer.drawn
	now := t.now()
	model := app.BuildMenu(t.snapshot, t.ui, now)
	t.watchSlots(before.Items, model.Items, now)
	t.renderer.draw(model)
	t.renderer.tidy()
}

// watchSlots notes which slots changed their meaning under the user's hand.
func (t *tray) watchSlots(old, next []app.Item, now time.Time) {
	was := map[string]app.Item{}
	eachSlot(old, func(it app.Item) { was[it.Key] = it })
	eachSlot(next, func(it app.Item) {
		before, known := was[it.Key]
		if known && !before.Hidden && before.Intent.Target != it.Intent.Target {
			t.slots[it.Key] = now
		}
	})
}

func eachSlot(items []app.Item, do func(app.Item)) {
	for _, menu := range items {
		for _, it := range menu.Children {
			if it.Slot {
				do(it)
			}
		}
	}
}

// handle turns a click into a deed, by what the item means now.
func (t *tray) handle(ctx context.Context, key string) {
	it, ok := t.renderer.drawn.Find(key)
	if !ok || it.Hidden || it.Disabled || it.Intent == (app.Intent{}) {
		t.logger.Debug("ignore a click on an item that is gone", "item", key)
		return
	}
	if changed, ok := t.slots[key]; ok && it.Slot && t.now().Sub(changed) < slotGuard {
		t.logger.Info("ignore a click on an item that has just changed", "item", key)
		return
	}
	in := it.Intent
	if t.busy[in] {
		t.logger.Debug("ignore a click: it is being carried out", "intent", in.String())
		return
	}
	t.busy[in] = true
	if in.Verb == app.InstallScript {
		t.ui.Installing = true
	}
	t.logger.Info("click", "intent", in.String())
	t.work.Go(func() {
		out, err := app.Do(ctx, t.core, t.tools, in)
		select {
		case t.results <- result{in, out, err}:
		case <-ctx.Done():
		}
	})
}

// finish shows what came of a click.
func (t *tray) finish(r result) {
	delete(t.busy, r.intent)
	if r.intent.Verb == app.InstallScript {
		t.ui.Installing = false
	}
	if errors.Is(r.err, context.Canceled) {
		return
	}
	if r.err != nil {
		t.logger.Warn("carry out a click", "intent", r.intent.String(), "error", r.err)
		problem := app.ProblemOf(r.err)
		t.ui.Problem, t.problemSince = &problem, t.now()
		t.announce(app.FromError(r.err))
		return
	}
	t.ui.Problem = nil
	if r.outcome.Install != nil {
		t.ui.Installed = r.outcome.Install
	}
	if r.outcome.Trashed != nil {
		t.ui.Trashed = r.outcome.Trashed
	}
	if r.outcome.Restored {
		t.ui.Trashed = nil
	}
	if r.outcome.Announce.Title != "" {
		t.announce(r.outcome.Announce)
	}
}

func (t *tray) announce(n app.Notification) {
	if t.snapshot.Settings.Notifications {
		t.announcer.Announce(n)
	}
}
