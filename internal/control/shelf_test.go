package control

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/takebar/takebar/bridge/live"
)

// observedLibrary is told of changes by the system, as long as told is not nil.
type observedLibrary struct {
	*fakeLibrary
	told  chan struct{}
	looks chan struct{}
	ended chan struct{}
}

func (o *observedLibrary) Observe(ctx context.Context, changed func()) error {
	defer close(o.ended)
	if o.told == nil {
		return errors.New("not here")
	}
	for {
		select {
		case <-o.told:
			changed()
		case <-ctx.Done():
			return nil
		}
	}
}

func (o *observedLibrary) Look(ctx context.Context) (LibraryState, *LibraryTake, error) {
	o.looks <- struct{}{}
	return o.fakeLibrary.Look(ctx)
}

func (o *observedLibrary) count() (n int) {
	synctest.Wait()
	for {
		select {
		case <-o.looks:
			n++
		default:
			return n
		}
	}
}

func observed(t *testing.T, tells bool, f func(c *Controller, o *observedLibrary)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		var told chan struct{}
		if tells {
			told = make(chan struct{})
		}
		o := &observedLibrary{newFakeLibrary(), told, make(chan struct{}, 1000), make(chan struct{})}
		c := New(Options{Link: newFakeLink(), Library: o})
		ran := make(chan error, 1)
		go func() { ran <- c.Run(context.Background()) }()
		o.count()
		f(c, o)
		c.Close()
		if err := <-ran; err != nil {
			t.Error(err)
		}
		<-o.ended
	})
}

// byHand changes a take behind the core's back.
func (f *fakeLibrary) byHand(name string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	e := LibraryTake{}
	e.ID, e.Name = name, name
	f.entries = append([]LibraryTake{e}, f.entries...)
	f.touch(e.ID)
}

func TestChangesByOthersAreSeen(t *testing.T) {
	observed(t, true, func(c *Controller, o *observedLibrary) {
		o.byHand("a")
		o.told <- struct{}{}
		if o.count(); c.Snapshot().Library.Takes != 1 || c.Snapshot().LastTake.ID != "a" {
			t.Errorf("%+v", c.Snapshot().Library)
		}
		// A change that shows while somebody lists is told to everybody else, too.
		o.byHand("b")
		if list, err := c.Takes(context.Background(), TakeQuery{}); err != nil || len(list) != 2 {
			t.Errorf("%v %v", list, err)
		}
		if o.count(); c.Snapshot().Library.Takes != 2 {
			t.Errorf("%+v", c.Snapshot().Library)
		}
		version := c.Snapshot().Version
		o.told <- struct{}{}
		if n := o.count(); n != 1 || c.Snapshot().Version != version {
			t.Errorf("nothing new: %d looks, version %d, was %d", n, c.Snapshot().Version, version)
		}
		time.Sleep(24 * time.Hour)
		if n := o.count(); n != 0 {
			t.Errorf("%d looks while nobody watches and nothing happens", n)
		}
	})
}

func TestWithoutASystemThatTellsTheCoreLooksForThoseWhoWatch(t *testing.T) {
	observed(t, false, func(c *Controller, o *observedLibrary) {
		time.Sleep(24 * time.Hour)
		if n := o.count(); n != 0 {
			t.Errorf("%d looks while nobody watches", n)
		}
		o.byHand("a")
		leave := c.attend()
		if n := o.count(); n != 1 || c.Snapshot().Library.Takes != 1 {
			t.Errorf("%d looks when somebody comes: %+v", n, c.Snapshot().Library)
		}
		o.byHand("b")
		time.Sleep(pollLeast + time.Millisecond)
		if n := o.count(); n != 1 || c.Snapshot().Library.Takes != 2 {
			t.Errorf("%d looks while somebody watches: %+v", n, c.Snapshot().Library)
		}
		leave()
		time.Sleep(24 * time.Hour)
		if n := o.count(); n != 0 {
			t.Errorf("%d looks after that", n)
		}
	})
}

// another makes a library for another folder.
func another() *fakeLibrary {
	l := newFakeLibrary()
	l.base += 1 << 40
	return l
}

func TestAnotherLibraryAtOnce(t *testing.T) {
	play(t, func(s *stage) {
		s.lib.byHand("old")
		next := another()
		next.byHand("new")
		next.problems = []string{"Take “x”: the disk is full."}
		s.Reconfigure(Settings{TakesDir: "/next"}, next)
		now := s.rest()
		if now.Settings.TakesDir != "/next" || now.Settings.Problem != "" || now.LastTake == nil || now.LastTake.ID != "new" || now.Library.Takes != 1 {
			t.Errorf("%+v %+v", now.Settings, now.Library)
		}
		if n := len(now.Notices); n != 1 || now.Notices[0].Text != next.problems[0] {
			t.Errorf("%+v", now.Notices)
		}
		if list, err := s.Takes(s.t.Context(), TakeQuery{}); err != nil || len(list) != 1 || list[0].ID != "new" {
			t.Errorf("%+v %v", list, err)
		}
		// The same problem is not told again.
		third := another()
		third.base += 10
		third.problems = next.problems
		s.Reconfigure(Settings{TakesDir: "/third"}, third)
		if now = s.rest(); len(now.Notices) != 1 || now.Settings.TakesDir != "/third" || now.LastTake != nil {
			t.Errorf("%+v %+v", now.Notices, now.LastTake)
		}
	})
}

func TestAnotherLibraryWaitsForTheTake(t *testing.T) {
	play(t, func(s *stage) {
		s.SetSettings(Settings{TakesDir: "/old"})
		s.lib.hold = make(chan struct{})
		take, err := s.startMain(s.t.Context())
		if err != nil {
			t.Fatal(err)
		}
		waiting := func(when string) {
			t.Helper()
			now := s.rest().Settings
			if now.TakesDir != "/old" || !strings.Contains(now.Problem, waitsForTake) || now.Source != live.SourceMain {
				t.Errorf("%s: %+v", when, now)
			}
			if s.lib != s.Controller.lib() {
				t.Errorf("%s: the library has changed", when)
			}
		}
		next, skipped := another(), another()
		s.Reconfigure(Settings{TakesDir: "/skipped", Defaults: Defaults{Source: live.SourceMain}}, skipped)
		waiting("while it records")
		s.Reconfigure(Settings{TakesDir: "/next", Defaults: Defaults{Source: live.SourceMain}, Problem: "A mistake."}, next)
		waiting("while it records, after another change")
		s.SetSettings(Settings{TakesDir: "/next", Defaults: Defaults{Source: live.SourceMain}, Notifications: true})
		waiting("while it records, after a change of something else")
		if _, err := s.StopTake(s.t.Context()); err != nil {
			t.Fatal(err)
		}
		waiting("while it lands")
		close(s.lib.hold)
		now := s.rest().Settings
		if now.TakesDir != "/next" || now.Problem != "" || !now.Notifications || s.Controller.lib() != next {
			t.Errorf("after it: %+v", now)
		}
		if e, err := s.lib.Get(s.t.Context(), take.ID); err != nil || e.ID != take.ID {
			t.Errorf("it landed elsewhere: %v", err)
		}
		if _, err := s.WaitLanded(s.t.Context(), take.ID); err != nil {
			t.Errorf("who asks for it late: %v", err)
		}
	})
}

// slowTrash holds up a deed in the library.
type slowTrash struct {
	*fakeLibrary
	hold chan struct{}
}

func (l *slowTrash) Trash(ctx context.Context, ref string) (LibraryTake, error) {
	<-l.hold
	return l.fakeLibrary.Trash(ctx, ref)
}

func TestAnotherLibraryWaitsForDeeds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		old, next := &slowTrash{newFakeLibrary(), make(chan struct{})}, another()
		old.byHand("a")
		c := New(Options{Link: newFakeLink(), Library: old, Settings: Settings{TakesDir: "/old"}})
		ran := make(chan error, 1)
		go func() { ran <- c.Run(context.Background()) }()
		synctest.Wait()
		trashed := make(chan error, 1)
		go func() {
			_, err := c.TrashTake(t.Context(), "a")
			trashed <- err
		}()
		synctest.Wait()
		c.Reconfigure(Settings{TakesDir: "/next"}, next)
		if s := c.Snapshot().Settings; s.TakesDir != "/old" {
			t.Errorf("in the middle of a deed: %+v", s)
		}
		close(old.hold)
		synctest.Wait()
		if err := <-trashed; err != nil || c.Snapshot().Settings.TakesDir != "/next" || c.lib() != Library(next) {
			t.Errorf("%v %+v", err, c.Snapshot().Settings)
		}
		c.Close()
		if err := <-ran; err != nil {
			t.Error(err)
		}
	})
}
