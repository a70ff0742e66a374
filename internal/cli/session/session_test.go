package session

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/takebar/takebar/bridge/live"
	"github.com/takebar/takebar/internal/control"
	"github.com/takebar/takebar/internal/take/sidecar"
)

// fakeRunner is a core that is where a test wants it to be. What it does not implement is not called.
type fakeRunner struct {
	control.Core
	mu      sync.Mutex
	now     control.Snapshot
	changed chan struct{} // closed at each change
	closing chan struct{}
	done    chan struct{}
	once    sync.Once
	slow    chan struct{} // Undo waits for it
	begun   chan struct{} // Undo has begun
	landed  chan struct{} // WaitLanded waits for it
}

func newRunner() *fakeRunner {
	return &fakeRunner{
		now:     control.Snapshot{Version: 1, Link: control.Link{Status: control.LinkDisconnected, Message: "No Live found.", Hint: "Start Live."}},
		changed: make(chan struct{}), closing: make(chan struct{}), done: make(chan struct{}),
		slow: make(chan struct{}), begun: make(chan struct{}, 8), landed: make(chan struct{}),
	}
}

func (f *fakeRunner) set(change func(*control.Snapshot)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	change(&f.now)
	f.now.Version++
	close(f.changed)
	f.changed = make(chan struct{})
}

func (f *fakeRunner) connect() {
	f.set(func(s *control.Snapshot) {
		s.Link = control.Link{Status: control.LinkConnected}
		s.State = &live.State{}
	})
}

func (f *fakeRunner) Snapshot() control.Snapshot {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.now
}

func (f *fakeRunner) Watch(ctx context.Context) <-chan control.Snapshot {
	out := make(chan control.Snapshot)
	go func() {
		defer close(out)
		for {
			f.mu.Lock()
			now, changed := f.now, f.changed
			f.mu.Unlock()
			select {
			case out <- now:
			case <-ctx.Done():
				return
			case <-f.done:
				return
			}
			select {
			case <-changed:
			case <-ctx.Done():
				return
			case <-f.done:
				return
			}
		}
	}()
	return out
}

func (f *fakeRunner) Run(ctx context.Context) error {
	defer close(f.done)
	select {
	case <-ctx.Done():
	case <-f.closing:
	}
	return ctx.Err()
}

func (f *fakeRunner) Close() {
	f.once.Do(func() { close(f.closing) })
	<-f.done
}

func (f *fakeRunner) Done() <-chan struct{} { return f.done }

func (f *fakeRunner) Undo(ctx context.Context) error {
	f.begun <- struct{}{}
	select {
	case <-f.slow:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (f *fakeRunner) WaitLanded(ctx context.Context, id string) (control.LibraryTake, error) {
	f.begun <- struct{}{}
	select {
	case <-f.landed:
		return control.LibraryTake{Take: sidecar.Take{ID: id}}, nil
	case <-ctx.Done():
		return control.LibraryTake{}, ctx.Err()
	}
}

// said collects sentences.
type said struct {
	mu  sync.Mutex
	all []string
}

func (s *said) say(text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all = append(s.all, text)
}

func (s *said) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return strings.Join(s.all, "\n")
}

func options(home string, f *fakeRunner) Options {
	return Options{Home: home, Version: "1.0.0", Start: func() (Runner, error) { return f, nil }, Wait: time.Minute, LinkWait: time.Millisecond}
}

func open(t *testing.T, o Options) *Session {
	t.Helper()
	s, err := Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return s
}

func code(err error) string {
	var own *control.Error
	if errors.As(err, &own) {
		return own.Code
	}
	return ""
}

func TestTheFirstOneIsTheCoreAndOthersJoin(t *testing.T) {
	home := filepath.Join(t.TempDir(), "home")
	first := open(t, options(home, newRunner()))
	second := open(t, options(home, nil))
	if !first.Own() || second.Own() {
		t.Errorf("own: %t, %t", first.Own(), second.Own())
	}
	joined, err := Join(t.Context(), home)
	if err != nil {
		t.Fatal(err)
	}
	if err := joined.Close(t.Context()); err != nil {
		t.Error(err)
	}
	if err := first.Close(t.Context()); err != nil {
		t.Error(err)
	}
	if _, err := Join(t.Context(), home); !errors.Is(err, control.ErrNoCore) {
		t.Errorf("after the end: %v", err)
	}
	third := open(t, options(home, newRunner()))
	if !third.Own() {
		t.Error("nobody took over")
	}
}

func TestStartThatFailsLeavesNothing(t *testing.T) {
	home := t.TempDir()
	o := options(home, nil)
	o.Start = func() (Runner, error) { return nil, errors.New("no library") }
	if _, err := Open(t.Context(), o); err == nil || !strings.Contains(err.Error(), "no library") {
		t.Errorf("got %v", err)
	}
	open(t, options(home, newRunner()))
}

func TestLeftoverOfAKilledCore(t *testing.T) {
	for _, text := range []string{"", "{", `{"protocol":1,"port":9,"token":"0123456789abcdef0123456789abcdef","pid":1}`} {
		home := t.TempDir()
		if err := os.WriteFile(filepath.Join(home, "core.json"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if s := open(t, options(home, newRunner())); !s.Own() {
			t.Errorf("%q: joined nobody", text)
		}
	}
}

func TestLockedButSilent(t *testing.T) {
	home := t.TempDir()
	lock, err := control.AcquireCore(home)
	if err != nil {
		t.Fatal(err)
	}
	o := options(home, nil)
	o.Wait = time.Millisecond
	if _, err := Open(t.Context(), o); code(err) != "core_not_answering" {
		t.Errorf("got %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	o.Wait = time.Minute
	if _, err := Open(ctx, o); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if err := lock.Release(); err != nil {
		t.Error(err)
	}
}

func TestHomeThatCannotBeUsed(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	home := filepath.Join(file, "home")
	_, err := Open(t.Context(), options(home, nil))
	_, becomeErr := Become(t.Context(), options(home, nil))
	_, turnErr := TakeTurn(home)
	for _, err := range []error{err, becomeErr, turnErr} {
		if code(err) != "home_not_usable" {
			t.Errorf("got %v", err)
		}
	}
}

func TestNeedLive(t *testing.T) {
	f := newRunner()
	var heard said
	o := options(t.TempDir(), f)
	o.Say = heard.say
	s := open(t, o)
	err := s.NeedLive(t.Context())
	var own *control.Error
	if !errors.As(err, &own) || own.Code != CodeNoLive || own.Hint != "Start Live." {
		t.Errorf("no Live: %v", err)
	}
	f.set(func(s *control.Snapshot) {
		s.Link = control.Link{Status: control.LinkIncompatible, Message: "Too old."}
	})
	if err := s.NeedLive(t.Context()); code(err) != CodeIncompatible {
		t.Errorf("incompatible: %v", err)
	}
	f.set(func(s *control.Snapshot) { s.Link = control.Link{Status: control.LinkConnecting} })
	if err := s.NeedLive(t.Context()); code(err) != CodeNoLive || !strings.Contains(heard.String(), "not ready yet") {
		t.Errorf("loading: %v, said %q", err, heard.String())
	}
	f.connect()
	if err := s.NeedLive(t.Context()); err != nil {
		t.Errorf("connected: %v", err)
	}
}

// TestEndWaitsForOthersAndForLandings: a core of one command cuts nobody off.
func TestEndWaitsForOthersAndForLandings(t *testing.T) {
	home := t.TempDir()
	f := newRunner()
	var heard said
	o := options(home, f)
	o.Say = heard.say
	first, err := Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	second := open(t, options(home, nil))
	answered := make(chan error, 1)
	go func() { answered <- second.Undo(context.WithoutCancel(t.Context())) }()
	<-f.begun
	f.set(func(s *control.Snapshot) {
		s.Landings = []control.Landing{{TakeID: "a", Step: "copying"}, {TakeID: "b", Problem: "The disk is full."}}
	})
	closed := make(chan error, 1)
	go func() { closed <- first.Close(context.WithoutCancel(t.Context())) }()
	for heard.String() == "" {
		select {
		case err := <-closed:
			t.Fatalf("it did not wait for the landing (%v)", err)
		case <-time.After(time.Millisecond):
		}
	}
	f.set(func(s *control.Snapshot) { s.Landings = s.Landings[1:] }) // one that waits for room on the disk holds nobody up
	// Now it closes, but for the call that runs. A new one is refused as not begun.
	for {
		_, err := os.Stat(filepath.Join(home, "core.json"))
		if errors.Is(err, os.ErrNotExist) {
			break
		}
		<-time.After(time.Millisecond)
	}
	if err := second.Redo(t.Context()); !NotBegun(err) {
		t.Errorf("a new call: %v", err)
	}
	select {
	case err := <-closed:
		t.Fatalf("it ended under a call that runs (%v)", err)
	default:
	}
	close(f.slow)
	if err := <-answered; err != nil {
		t.Errorf("the call that ran: %v", err)
	}
	if err := <-closed; err != nil {
		t.Error(err)
	}
}

func TestCloseIsCutShort(t *testing.T) {
	f := newRunner()
	f.set(func(s *control.Snapshot) { s.Landings = []control.Landing{{TakeID: "a", Step: "copying"}} })
	s, err := Open(t.Context(), options(t.TempDir(), f))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Close(ctx); err != nil {
		t.Error(err)
	}
	if err := s.Close(t.Context()); err != nil {
		t.Errorf("twice: %v", err)
	}
}

// TestWaitLandedGoesOnWithTheNextCore: the core that a command leans on ends; the command becomes the core and waits on.
func TestWaitLandedGoesOnWithTheNextCore(t *testing.T) {
	home := t.TempDir()
	f, next := newRunner(), newRunner()
	next.connect()
	first, err := Open(t.Context(), options(home, f))
	if err != nil {
		t.Fatal(err)
	}
	second := open(t, options(home, next))
	landed := make(chan string, 1)
	go func() {
		take, err := second.WaitLanded(context.WithoutCancel(t.Context()), "x")
		if err != nil {
			t.Error(err)
		}
		landed <- take.ID
	}()
	<-f.begun
	if err := first.Close(t.Context()); err != nil {
		t.Error(err)
	}
	<-next.begun
	if !second.Own() {
		t.Error("it did not become the core")
	}
	close(next.landed)
	if id := <-landed; id != "x" {
		t.Errorf("landed %q", id)
	}
}

func TestTheTrayWaitsForItsTurn(t *testing.T) {
	home := t.TempDir()
	turn, err := TakeTurn(home)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := TakeTurn(home); !errors.Is(err, ErrTrayRunning) {
		t.Errorf("a second tray: %v", err)
	}
	command := open(t, options(home, newRunner()))
	var heard said
	o := options(home, newRunner())
	o.Say = heard.say
	became := make(chan *Session, 1)
	go func() {
		s, err := Become(context.WithoutCancel(t.Context()), o)
		if err != nil {
			t.Error(err)
		}
		became <- s
	}()
	for heard.String() == "" {
		<-time.After(time.Millisecond)
	}
	if err := command.Close(t.Context()); err != nil {
		t.Error(err)
	}
	tray := <-became
	if tray == nil || !tray.Own() {
		t.Fatal("the tray did not become the core")
	}
	if err := errors.Join(tray.Close(t.Context()), turn.Release()); err != nil {
		t.Error(err)
	}
	if turn, err = TakeTurn(home); err != nil {
		t.Errorf("after the end: %v", err)
	} else if err := turn.Release(); err != nil {
		t.Error(err)
	}
}
