package bounces

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/takebar/takebar/bridge/live"
	"github.com/takebar/takebar/internal/control"
	"github.com/takebar/takebar/internal/take/sidecar"
)

// rig is a core whose Live opens what the opener is asked for, and which asks whether to save what was bounced.
type rig struct {
	mu      sync.Mutex
	now     control.Snapshot
	changed chan struct{}
	calls   []string
	dirty   bool
	wanted  string // the set that is opened once Live's question is answered
	asks    string // shown while the next set is opened, in place of the usual question
	deaf    bool   // Live opens nothing
	saves   string // file that Live saves where it should not
	bounce  func(q control.BounceRequest) (control.Bounced, error)
	known   map[string]control.Bounced
	sets    int
}

func newRig() *rig {
	r := &rig{changed: make(chan struct{}), known: map[string]control.Bounced{}}
	r.show("/first.als")
	return r
}

func (r *rig) note(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.calls = append(r.calls, fmt.Sprintf(format, args...))
}

func (r *rig) set(change func(s *control.Snapshot)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := r.now
	change(&now)
	now.Version++
	r.now = now
	close(r.changed)
	r.changed = make(chan struct{})
}

// show is Live with that set open.
func (r *rig) show(path string) {
	r.sets++
	id := fmt.Sprint("s", r.sets)
	r.set(func(s *control.Snapshot) {
		s.Link = control.Link{Status: control.LinkConnected, Responding: true}
		s.State = &live.State{Set: live.Set{ID: id, Path: &path}}
	})
	r.dirty = false
}

func (r *rig) ask(text string) {
	r.set(func(s *control.Snapshot) {
		state, n := *s.State, 1
		state.App.OpenDialogCount, state.App.CurrentDialogMessage = &n, &text
		s.State = &state
	})
}

func (r *rig) Snapshot() control.Snapshot {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.now
}

func (r *rig) Watch(ctx context.Context) <-chan control.Snapshot {
	out := make(chan control.Snapshot)
	go func() { // ends with ctx, which every run ends
		defer close(out)
		for {
			r.mu.Lock()
			now, changed := r.now, r.changed
			r.mu.Unlock()
			select {
			case out <- now:
			case <-ctx.Done():
				return
			}
			select {
			case <-changed:
			case <-ctx.Done():
				return
			}
		}
	}()
	return out
}

func (r *rig) Bounce(_ context.Context, q control.BounceRequest) (control.Bounced, error) {
	if b, ok := r.known[q.ID]; ok {
		r.note("known %s", q.ID)
		return b, nil
	}
	if q.TakeUp {
		return control.Bounced{}, &control.Error{Code: control.CodeTakeNotFound, Message: "Nothing is known."}
	}
	r.note("bounce %s", *r.Snapshot().State.Set.Path)
	r.dirty = true
	if r.bounce != nil {
		return r.bounce(q)
	}
	return control.Bounced{ID: q.ID, Files: []sidecar.BouncedFile{{Path: "/out/" + q.ID}}}, nil
}

func (r *rig) LeaveSet(_ context.Context, message string) error {
	r.note("leave %s", message)
	if message != question {
		return &control.Error{Code: "live_refused", Message: "More than bounces may have changed this set."}
	}
	if r.saves != "" {
		if err := os.WriteFile(r.saves, []byte("another set"), 0o600); err != nil {
			return err
		}
	}
	r.show(r.wanted)
	return nil
}

func (r *rig) StopBounce(context.Context) (live.Take, error) { return live.Take{}, errNever }

func (r *rig) CancelBounce(context.Context) (live.Take, error)            { return live.Take{}, errNever }
func (r *rig) TidyBounces(context.Context, bool) ([]live.Leftover, error) { return nil, errNever }

var errNever = errors.New("a batch never does that")

const (
	question = "Save changes?"
	native   = "(a dialog of the system, which Live has no words for)"
)

func (r *rig) open(_ context.Context, path string) error {
	r.note("open %s", path)
	r.wanted = path
	switch {
	case strings.Contains(path, "unopenable"):
		return errors.New("no application knows it")
	case r.deaf:
	case r.asks == native:
		r.ask("")
	case r.asks != "":
		r.ask(r.asks)
	case r.dirty:
		r.ask(question)
	default:
		r.set(func(s *control.Snapshot) { s.State = nil; s.Link.Status = control.LinkConnecting })
		r.show(path)
	}
	return nil
}

func (r *rig) run(t *testing.T, b Batch, change ...func(*Options)) Batch {
	t.Helper()
	n := 0
	o := Options{
		Core: r, File: filepath.Join(t.TempDir(), "batch.json"), Open: r.open,
		Check: func(path string) error {
			if strings.Contains(path, "broken") {
				return errors.New("no set")
			}
			return nil
		},
		IsOpen:   func(s live.Set, path, _ string) bool { return *s.Path == path },
		NewID:    func() string { n++; return fmt.Sprint("id", n) },
		Now:      func() time.Time { return time.Unix(0, 0) },
		Changed:  func(Batch, int) {},
		Patience: time.Minute,
	}
	for _, f := range change {
		f(&o)
	}
	b, err := Run(t.Context(), b, o)
	if err != nil {
		t.Fatal(err)
	}
	kept, err := Load(o.File)
	if err != nil || !reflect.DeepEqual(statuses(kept), statuses(b)) {
		t.Errorf("kept are %v, %v; want %v", statuses(kept), err, statuses(b))
	}
	return b
}

func statuses(b Batch) []Status {
	var all []Status
	for _, i := range b.Items {
		all = append(all, i.Status)
	}
	return all
}

func (r *rig) did(t *testing.T, want ...string) {
	t.Helper()
	if !reflect.DeepEqual(r.calls, want) {
		t.Errorf("it did\n %s\nwant\n %s", strings.Join(r.calls, "\n "), strings.Join(want, "\n "))
	}
}

func batch(leave bool, sets ...string) Batch { return New("b", control.BounceRequest{}, leave, sets) }

func TestSetsThatWereOpenAreTheUsers(t *testing.T) {
	r := newRig()
	b := r.run(t, batch(true, "/first.als", "/a.als"))
	r.did(t, "bounce /first.als", "open /a.als")
	if want := []Status{Done, Waiting}; !reflect.DeepEqual(statuses(b), want) || b.Stopped == nil || b.Stopped.Code != codeAsked {
		t.Errorf("%v, %v", statuses(b), b.Stopped)
	}
}

func TestSetsThatTheBatchOpenedAreLeft(t *testing.T) {
	r := newRig()
	b := r.run(t, batch(true, "/a.als", "/broken.als", "/b.als"))
	r.did(t, "open /a.als", "bounce /a.als", "open /b.als", "leave "+question, "bounce /b.als")
	if want := []Status{Done, Failed, Done}; !reflect.DeepEqual(statuses(b), want) || b.Stopped != nil || b.Worst() != Failed {
		t.Errorf("%v, %v", statuses(b), b.Stopped)
	}
	for _, words := range []string{"3 in all: 2 done, 1 failed.", "/out/id1", "no set."} {
		if !strings.Contains(b.Table(), words) {
			t.Errorf("no %q in\n%s", words, b.Table())
		}
	}
}

func TestOnlyWhatItMayAnswer(t *testing.T) {
	for name, c := range map[string]struct {
		leave bool
		asks  string
		calls []string
	}{
		"not allowed":      {false, "", []string{"open /a.als", "bounce /a.als", "open /b.als"}},
		"another question": {true, "The file is damaged.", []string{"open /a.als", "bounce /a.als", "open /b.als", "leave The file is damaged."}},
		"a native dialog":  {true, native, []string{"open /a.als", "bounce /a.als", "open /b.als"}},
	} {
		r := newRig()
		r.bounce = func(q control.BounceRequest) (control.Bounced, error) {
			r.asks = c.asks
			return control.Bounced{ID: q.ID}, nil
		}
		b := r.run(t, batch(c.leave, "/a.als", "/b.als"))
		r.did(t, c.calls...)
		if want := []Status{Done, Waiting}; !reflect.DeepEqual(statuses(b), want) || b.Stopped == nil || b.Left() != 1 {
			t.Errorf("%s: %v, %v", name, statuses(b), b.Stopped)
		}
		if !strings.Contains(b.Table(), "1 done, 1 waiting") || !strings.Contains(b.Table(), "goes on with what is left") {
			t.Errorf("%s:\n%s", name, b.Table())
		}
	}
}

// Where the buttons are in another order than Takebar knows, the first set that is saved against its will ends the batch.
func TestASetThatIsSavedEndsTheBatch(t *testing.T) {
	dir := t.TempDir()
	a, b := filepath.Join(dir, "a.als"), filepath.Join(dir, "b.als")
	for _, path := range []string{a, b} {
		if err := os.WriteFile(path, []byte("set"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	r := newRig()
	r.saves = a
	out := r.run(t, batch(true, a, b))
	if want := []Status{Done, Waiting}; !reflect.DeepEqual(statuses(out), want) || out.Stopped == nil || out.Stopped.Code != codeSaved {
		t.Errorf("%v, %v", statuses(out), out.Stopped)
	}
}

func TestWhatDoesNotOpen(t *testing.T) {
	r := newRig()
	b := r.run(t, batch(true, "/unopenable.als", "/b.als"))
	if want := []Status{Failed, Waiting}; !reflect.DeepEqual(statuses(b), want) || !strings.Contains(b.Stopped.Message, "no application knows it") {
		t.Errorf("%v, %v", statuses(b), b.Stopped)
	}
	r = newRig()
	r.deaf = true
	b = r.run(t, batch(true, "/a.als"), func(o *Options) { o.Patience = time.Millisecond })
	if want := []Status{Failed}; !reflect.DeepEqual(statuses(b), want) || b.Stopped.Code != codeNotOpened {
		t.Errorf("%v, %v", statuses(b), b.Stopped)
	}
}

func TestStopping(t *testing.T) {
	r := newRig()
	stop := make(chan struct{})
	r.bounce = func(q control.BounceRequest) (control.Bounced, error) {
		close(stop)
		return control.Bounced{ID: q.ID, Partial: true}, nil
	}
	b := r.run(t, batch(true, "/a.als", "/b.als"), func(o *Options) { o.Stopping = stop })
	r.did(t, "open /a.als", "bounce /a.als")
	if want := []Status{Partial, Waiting}; !reflect.DeepEqual(statuses(b), want) || b.Stopped == nil {
		t.Errorf("%v, %v", statuses(b), b.Stopped)
	}
	r = newRig()
	r.deaf = true
	stop = make(chan struct{})
	b = r.run(t, batch(true, "/a.als"), func(o *Options) {
		o.Stopping = stop
		o.Open = func(context.Context, string) error { close(stop); return nil }
	})
	if want := []Status{Waiting}; !reflect.DeepEqual(statuses(b), want) {
		t.Errorf("while it opens: %v", statuses(b))
	}
}

// A failed bounce ends the batch only where Live is not to be trusted.
func TestFailures(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(r *rig)
		want  []Status
	}{
		"an empty set": {func(*rig) {}, []Status{Failed, Failed}},
		"Live is gone": {func(r *rig) {
			r.set(func(s *control.Snapshot) { s.State = nil; s.Link.Status = control.LinkDisconnected })
		}, []Status{Failed, Waiting}},
		"a dialog": {func(r *rig) { r.ask("Disk full") }, []Status{Failed, Waiting}},
		"it still records": {func(r *rig) {
			r.set(func(s *control.Snapshot) {
				state := *s.State
				state.Take = &live.Take{Phase: live.PhaseRecording}
				s.State = &state
			})
		}, []Status{Failed, Waiting}},
	} {
		r := newRig()
		r.bounce = func(control.BounceRequest) (control.Bounced, error) {
			c.spoil(r)
			r.dirty = false
			return control.Bounced{}, &control.Error{Code: "nothing_to_bounce", Message: "It is empty.", Hint: "Fill it."}
		}
		b := r.run(t, batch(true, "/a.als", "/b.als"))
		if !reflect.DeepEqual(statuses(b), c.want) {
			t.Errorf("%s: %v", name, statuses(b))
		}
		if p := b.Items[0].Problem; p == nil || p.Code != "nothing_to_bounce" || p.Hint == "" {
			t.Errorf("%s: %+v", name, p)
		}
	}
}

func TestTakesUpWhatWasBegun(t *testing.T) {
	begun := batch(true, "/a.als", "/b.als")
	begun.Items[0].Status, begun.Items[0].Bounce, begun.Items[0].Opened = Running, "old", true
	r := newRig()
	r.known["old"] = control.Bounced{ID: "old", Files: []sidecar.BouncedFile{{Path: "/out/old"}}}
	b := r.run(t, begun)
	r.did(t, "known old", "open /b.als", "bounce /b.als")
	if len(b.Items[0].Files) != 1 || b.Items[0].Files[0].Path != "/out/old" {
		t.Errorf("%+v", b.Items[0])
	}
	r = newRig() // nothing came of it
	r.run(t, begun)
	r.did(t, "open /a.als", "bounce /a.als", "open /b.als", "leave "+question, "bounce /b.als")
}

func TestFiles(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new", "batch.json")
	if b, err := Load(path); err != nil || len(b.Items) != 0 {
		t.Errorf("none: %+v, %v", b, err)
	}
	release, err := Acquire(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Acquire(path); err == nil {
		t.Error("two runs at once")
	}
	if err := release(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	var told *control.Error
	if _, err := Load(path); !errors.As(err, &told) || told.Hint == "" {
		t.Errorf("garbled: %v", err)
	}
	if err := Save(filepath.Join(path, "below"), Batch{}); err == nil {
		t.Error("saved below a file")
	}
	left, _ := filepath.Glob(filepath.Join(filepath.Dir(path), ".batch-*"))
	if len(left) != 0 {
		t.Errorf("left: %v", left)
	}
}
