package tray

import (
	"context"
	"io"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/takebar/takebar/app"
	"github.com/takebar/takebar/internal/control"
)

// quiet is a notifier that shows nothing.
type quiet struct{}

func (quiet) Notify(context.Context, app.Notification) error { return nil }
func (quiet) Close() error                                   { return nil }

// loop runs a tray on a fake host within a synctest bubble. It ends with the test.
func loop(t *testing.T, n app.Notifier, orders ...order) (*tray, *fakeCore, *host, *strings.Builder) {
	t.Helper()
	var calls strings.Builder
	core := newFakeCore(&calls)
	for _, o := range orders {
		core.obey(o)
	}
	h := &host{t: t}
	tr := newTray(core, h, Options{Logger: slog.New(slog.DiscardHandler), Notifier: n, Files: app.NewFiles(slog.New(slog.DiscardHandler))})
	ctx, cancel := context.WithCancel(t.Context())
	tr.begin()
	done := make(chan struct{})
	go func() { defer close(done); tr.run(ctx) }()
	t.Cleanup(func() { cancel(); <-done })
	synctest.Wait()
	return tr, core, h, &calls
}

func TestSlotThatHasJustChanged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tr, core, _, calls := loop(t, quiet{}, order{Op: "connect", N: 100}, order{Op: "arm", ID: "n1", On: true}, order{Op: "arm", ID: "n2", On: true})
		core.obey(order{Op: "arm", ID: "n1"}) // what stood first is gone, n2 takes its place
		synctest.Wait()
		tr.click("armed/0") // meant for n1
		synctest.Wait()
		if calls.Len() > 0 {
			t.Errorf("a click that came too late did %s", calls)
		}
		time.Sleep(slotGuard)
		tr.click("armed/0")
		synctest.Wait()
		if got := strings.TrimSpace(calls.String()); got != "call Disarm [#n2]" {
			t.Errorf("calls %q", got)
		}
	})
}

func TestProblemGoesByItself(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tr, core, h, _ := loop(t, quiet{}, order{Op: "connect"})
		core.obey(order{Op: "refuse", Name: "StartTake"})
		tr.click("take/start")
		synctest.Wait()
		if !strings.Contains(h.String(), "No track is armed.") {
			t.Fatalf("no word of the problem:\n%s", h)
		}
		time.Sleep(problemShown + time.Millisecond)
		synctest.Wait()
		if strings.Contains(h.String(), "No track is armed.") {
			t.Error("the problem stays")
		}
	})
}

func TestClockTicksOnlyWhileRecording(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tr, core, h, _ := loop(t, quiet{}, order{Op: "connect"}, order{Op: "arm", ID: "t4", On: true})
		_ = h.took()
		time.Sleep(24 * time.Hour)
		core.obey(order{Op: "play"}) // song time alone changes nothing in the menu
		synctest.Wait()
		if calls := h.took(); len(calls) > 0 {
			t.Errorf("an idle day drew %q", calls)
		}
		core.obey(order{Op: "take"})
		synctest.Wait()
		_ = h.took()
		time.Sleep(3*time.Second + time.Millisecond)
		synctest.Wait()
		var clocks []string
		for _, call := range h.took() {
			if strings.HasPrefix(call, "clock ") {
				clocks = append(clocks, call)
			}
		}
		if got := strings.Join(clocks, ", "); got != "clock 0:01, clock 0:02, clock 0:03" {
			t.Errorf("clocks %q", got)
		}
		tr.click("take/stop")
		synctest.Wait()
		_ = h.took()
		time.Sleep(time.Hour)
		synctest.Wait()
		if calls := h.took(); len(calls) > 0 {
			t.Errorf("after the take an idle hour drew %q", calls)
		}
	})
}

func TestWhatLeftIsRemovedByAndBy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tr, core, h, _ := loop(t, quiet{}, order{Op: "connect", N: 100})
		core.obey(order{Op: "connect"}) // another, smaller set
		synctest.Wait()
		_ = h.took()
		time.Sleep(keepHidden + time.Millisecond)
		synctest.Wait()
		removed := 0
		for _, call := range h.took() {
			if strings.HasPrefix(call, "remove ") {
				removed++
			}
		}
		if removed != 5 { // four submenus and that of the main track; what is in them goes with them
			t.Errorf("removed %d items", removed)
		}
		if tr.renderer.byKey["arm/n3"] != nil || !tr.renderer.sweepAt.IsZero() {
			t.Error("tracks of the earlier set are kept")
		}
	})
}

func TestRunEndsWithTheCore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		core := newFakeCore(io.Discard)
		tr := newTray(core, &host{t: t}, Options{Logger: slog.New(slog.DiscardHandler), Notifier: quiet{}})
		tr.begin()
		done := make(chan struct{})
		go func() { defer close(done); tr.run(t.Context()) }()
		if err := core.Quit(t.Context(), false); err != nil {
			t.Fatal(err)
		}
		<-done
	})
}

// counter is a notifier that counts.
type counter struct{ shown []string }

func (c *counter) Notify(_ context.Context, n app.Notification) error {
	c.shown = append(c.shown, n.Title)
	return nil
}
func (c *counter) Close() error { return nil }

func TestNotificationsCanBeSwitchedOff(t *testing.T) {
	for on, want := range map[bool]int{true: 2, false: 0} {
		synctest.Test(t, func(t *testing.T) {
			c := &counter{}
			tr, core, _, _ := loop(t, c, order{Op: "connect"})
			core.change(func(s *control.Snapshot) { s.Settings.Notifications = on })
			core.obey(order{Op: "take"})
			core.obey(order{Op: "refuse", Name: "StopTake"})
			synctest.Wait()
			tr.click("take/stop")
			synctest.Wait()
			if len(c.shown) != want {
				t.Errorf("notifications %v: shown %q, want %d", on, c.shown, want)
			}
		})
	}
}
