package exports

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/gofrs/flock"

	"github.com/takebar/takebar/app/attempts"
	"github.com/takebar/takebar/automation"
	"github.com/takebar/takebar/internal/exporttest"
)

type written struct{ on, pictures []bool }

func newTestWindow(t *testing.T) (*Window, string, *written) {
	t.Helper()
	t.Setenv("DISPLAY", "")
	t.Setenv("WAYLAND_DISPLAY", "")
	home := t.TempDir()
	o := &written{}
	return NewWindow(func() (Options, error) {
		return Options{Home: home, LinkDirs: []string{filepath.Join(home, "links")}, Out: filepath.Join(home, "out")}, nil
	}, func(on bool) error {
		o.on = append(o.on, on)
		return nil
	}, func(pictures bool) error {
		o.pictures = append(o.pictures, pictures)
		return nil
	}), home, o
}

func read(t *testing.T, w *Window) attempts.Books {
	t.Helper()
	b, err := w.Read(t.Context())
	if err != nil || b.Problem != "" {
		t.Fatalf("read: %v, %s", err, b.Problem)
	}
	return b
}

func TestWindowSwitchesOnAndOff(t *testing.T) {
	w, _, wrote := newTestWindow(t)
	b := read(t, w)
	if b.On || b.Consent.Version != automation.ConsentVersion || b.Consent.Text != automation.ConsentText("chord_e") || len(b.Chords) != 2 || b.Chords[0].Name != "chord_e" {
		t.Errorf("before: %+v", b)
	}
	if err := w.Enable(t.Context(), 999, true); err == nil || len(wrote.on) > 0 {
		t.Error("a yes to another text counts")
	}
	if err := w.Enable(t.Context(), b.Consent.Version, true); err != nil || !read(t, w).On {
		t.Errorf("on: %v", err)
	}
	if err := w.Disable(t.Context()); err != nil || read(t, w).On {
		t.Errorf("off: %v", err)
	}
	if len(wrote.on) != 2 || !wrote.on[0] || wrote.on[1] || len(wrote.pictures) != 1 || !wrote.pictures[0] {
		t.Errorf("config.toml was told %+v", wrote)
	}
	if _, _, err := w.Add(t.Context(), []string{"/x.als"}); !errors.As(err, new(*automation.Refusal)) {
		t.Errorf("while off sets can be added: %v", err)
	}
	if _, err := w.Attempt(t.Context(), false); !errors.As(err, new(*automation.Refusal)) {
		t.Errorf("while off: %v", err)
	}
}

func TestWindowKeepsTheBatch(t *testing.T) {
	w, home, _ := newTestWindow(t)
	if err := w.Enable(t.Context(), automation.ConsentVersion, false); err != nil {
		t.Fatal(err)
	}
	changes := watch(t, w)
	<-changes // the first look
	dir := t.TempDir()
	for _, n := range []string{"A", "B", `It's "mine" 🎹`} {
		exporttest.WriteSet(t, filepath.Join(dir, n+".als"))
	}
	junk := filepath.Join(dir, "cover.png")
	if err := os.WriteFile(junk, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	added, skipped, err := w.Add(t.Context(), []string{dir, junk, filepath.Join(dir, "none.als")})
	if err != nil || added != 3 || len(skipped) != 2 || skipped[0].Why == "" {
		t.Fatalf("added %d, skipped %v, %v", added, skipped, err)
	}
	select {
	case <-changes:
	case <-time.After(20 * time.Second):
		t.Fatal("the change is not told")
	}
	if added, _, err := w.Add(t.Context(), []string{filepath.Join(dir, "A.als")}); err != nil || added != 0 {
		t.Errorf("the same set again: %d, %v", added, err)
	}
	if err := errors.Join(w.Move(t.Context(), 1, 1), w.Remove(t.Context(), 3)); err != nil {
		t.Error(err)
	}
	b := read(t, w).Batch
	if len(b.Items) != 2 || b.Items[0].Name != "B" || b.Items[1].Name != "A" || b.Items[0].State != attempts.Waiting || b.Out != filepath.Join(home, "out") {
		t.Errorf("batch %+v", b)
	}
	if text, err := w.BatchPlan(t.Context()); err != nil || text == "" {
		t.Errorf("plan %q, %v", text, err)
	}
	if err := w.Clear(t.Context()); err != nil || len(read(t, w).Batch.Items) != 0 {
		t.Errorf("clear: %v", err)
	}
}

// TestWindowTellsAttempts makes an attempt that cannot succeed here, and follows one of another process.
func TestWindowTellsAttempts(t *testing.T) {
	w, home, _ := newTestWindow(t)
	if err := w.Enable(t.Context(), automation.ConsentVersion, false); err != nil {
		t.Fatal(err)
	}
	got, err := w.Attempt(t.Context(), false)
	if err != nil || got.Outcome != attempts.Failed || got.Reason != string(automation.ReasonUnsupportedSession) || got.Next == "" {
		t.Fatalf("without a display: %+v, %v", got, err)
	}
	b := read(t, w)
	if len(b.Past) != 1 || b.Past[0].ID != got.ID || b.Running.Kind != "" {
		t.Errorf("afterwards: %+v", b)
	}
	lines, err := w.Trace(t.Context(), got.ID)
	if err != nil || len(lines) == 0 || !lines[0].Step || lines[0].Is != attempts.Checks {
		t.Errorf("trace %v, %v", lines, err)
	}
	if sentence, err := w.Stop(t.Context()); sentence != "" || err != nil {
		t.Errorf("a late stop: %q, %v", sentence, err)
	}

	lock := flock.New(filepath.Join(home, "export", "attempt.lock"))
	if ok, err := lock.TryLock(); !ok || err != nil {
		t.Fatal(ok, err)
	}
	status := `{"kind":"attempt","attempt":"x","set":"Far","state":"rendering","watching":true,"bytes":7}`
	if err := os.WriteFile(filepath.Join(home, "export", "attempt.status"), []byte(status), 0o600); err != nil {
		t.Fatal(err)
	}
	if r := read(t, w).Running; r.Kind != "attempt" || r.Own || r.Set != "Far" || r.Step != attempts.Render || !r.Watching || r.Bytes != 7 {
		t.Errorf("of another process: %+v", r)
	}
	if _, err := w.Attempt(t.Context(), false); !isBusy(err) {
		t.Errorf("two at once: %v", err)
	}
	if err := lock.Unlock(); err != nil {
		t.Fatal(err)
	}
	if r := read(t, w).Running; r.Kind != "" {
		t.Errorf("after its end: %+v", r)
	}
}

func isBusy(err error) bool {
	var r *automation.Refusal
	return errors.As(err, &r) && r.Reason == automation.ReasonBusy
}

// watch follows changes until the test ends, and waits then until the watching has ended too.
func watch(t *testing.T, w *Window) <-chan struct{} {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	changes, ended := make(chan struct{}, 64), make(chan error, 1)
	go func() { ended <- w.Watch(ctx, func() { changes <- struct{}{} }) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return changes
}

// TestWindowWithDamage: what cannot be read is told and hides nothing else.
func TestWindowWithDamage(t *testing.T) {
	w, home, _ := newTestWindow(t)
	if err := w.Enable(t.Context(), automation.ConsentVersion, false); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(home, "export", "batch.json"), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	b, err := w.Read(t.Context())
	if err != nil || b.Problem == "" || !b.On {
		t.Errorf("%+v, %v", b, err)
	}
}
