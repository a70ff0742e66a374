//go:build linux && cgo

package export

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/storage"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"github.com/takebar/takebar/app/window/export"
	"github.com/takebar/takebar/app/window/ui"
	"github.com/takebar/takebar/app/window/ui/golden"
	"github.com/takebar/takebar/app/words"
	"github.com/takebar/takebar/bridge/live"
	"github.com/takebar/takebar/internal/control"
	"github.com/takebar/takebar/internal/exports"
	"github.com/takebar/takebar/internal/exporttest"
	"github.com/takebar/takebar/internal/simtest"
)

// window is the export page, drawn without a display of its own, over the real engine of attempts.
type window struct {
	*export.Page
	s      *studio
	canvas fyne.Canvas
	queued chan func()
}

func (s *studio) page(open []string) *window {
	s.t.Helper()
	test.NewTempApp(s.t).Settings().SetTheme(ui.Look{})
	say, err := words.English()
	if err != nil {
		s.t.Fatal(err)
	}
	engine := exports.NewWindow(func() (exports.Options, error) {
		return exports.Options{
			Home: s.home, Version: "test", LinkDirs: []string{filepath.Join(s.home, "links")}, Keys: []string{s.program, "keys-role"},
			Folders: []string{s.renders}, Out: filepath.Join(s.takes, "Exports"), OpenSet: open,
		}, nil
	}, func(bool) error { return nil }, func(bool) error { return nil })
	w := &window{s: s, queued: make(chan func(), 256)}
	shown := test.NewTempWindow(s.t, nil)
	desk := ui.NewDesk(s.ctx, shown, say)
	desk.Later = func(f func()) { w.queued <- f }
	w.Page, w.canvas = export.New(desk, export.Deps{Engine: engine}), shown.Canvas()
	s.t.Cleanup(func() {
		done := make(chan struct{})
		go func() { desk.Close(); close(done) }()
		for {
			select {
			case <-w.queued:
			case <-done:
				return
			}
		}
	})
	shown.SetContent(container.NewStack(w.Content(), desk.Overlay()))
	shown.Resize(fyne.NewSize(1000, 700))
	name := "x"
	w.Snapshot(control.Snapshot{Link: control.Link{Status: control.LinkConnected, Responding: true}, State: &live.State{Link: live.Link{Live: "12.3.6"}, Set: live.Set{Name: &name}}})
	return w
}

// until lets the page work until a text is on it.
func (w *window) until(what string, cond func() bool) {
	w.s.t.Helper()
	ctx, cancel := context.WithTimeout(w.s.ctx, patience)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !cond() {
		select {
		case f := <-w.queued:
			f()
		case <-tick.C:
		case <-ctx.Done():
			w.s.t.Fatalf("%s did not come", what)
		}
	}
}

func (w *window) shows(text string) bool {
	return golden.Find(w.canvas, func(t *canvas.Text) bool { return strings.Contains(t.Text, text) }) != nil
}

func (w *window) can(label string) bool {
	for _, c := range w.Commands() {
		if c.Label == label && !c.Off {
			return true
		}
	}
	return false
}

func (w *window) do(label string) {
	w.s.t.Helper()
	w.until("the command "+label, func() bool { return w.can(label) })
	for _, c := range w.Commands() {
		if c.Label == label {
			c.Do()
			return
		}
	}
}

func (w *window) tap(label string) {
	w.s.t.Helper()
	var b *widget.Button
	w.until("the button "+label, func() bool {
		b = golden.Find(w.canvas, func(b *widget.Button) bool { return b.Text == label && !b.Disabled() })
		return b != nil
	})
	test.Tap(b)
}

// TestWindowPage attempts an export from the window's page, follows one that a command runs, stops its watching from neither place that did not start it,
// and runs a batch of dropped sets of which one renders silence.
func TestWindowPage(t *testing.T) {
	s := newStudio(t)
	s.ready("First", exporttest.Script{})
	opened := filepath.Join(t.TempDir(), "opened")
	w := s.page([]string{"/bin/sh", "-c", `printf '%s\n' "$1" >> "$0"`, opened, "{}"})
	w.do("Attempt Export")
	w.until("the outcome", func() bool { return w.shows("First.wav was exported and checked.") && w.can("Attempt Export") })
	if _, err := os.Stat(filepath.Join(s.renders, "First.wav.export.json")); err != nil {
		t.Errorf("the receipt: %v", err)
	}

	// One that a command runs.
	s.load("Slow", exporttest.Script{ChunkMs: 300})
	s.until("the set on the link", func() bool { return strings.Contains(s.command(0, "status"), "Slow") })
	ended := make(chan string, 1)
	go func() { ended <- s.command(0, "export", "attempt") }()
	w.until("the attempt of the command", func() bool {
		return w.shows("Export attempt: Slow") && w.shows("It was started from the menu bar or a command.")
	})
	if w.can("Attempt Export") || w.can("Stop") || w.can("Stop Watching") {
		t.Error("what another process runs can be stopped, or joined, here")
	}
	<-ended
	w.until("its end", func() bool { return w.shows("Slow.wav was exported and checked.") && w.can("Attempt Export") })

	// A batch.
	s.openSets(opened, map[string]exporttest.Script{"Good": {}, "Silent": {Sound: "silent"}})
	project := filepath.Dir(simtest.Get[string](t, s.sim.Control, "set.path"))
	must(t, os.MkdirAll(project, 0o755))
	var files []fyne.URI
	for _, n := range []string{"Silent", "Good"} {
		writeSet(t, filepath.Join(project, n+".als"))
		files = append(files, storage.NewFileURI(filepath.Join(project, n+".als")))
	}
	must(t, os.WriteFile(filepath.Join(project, "notes.txt"), nil, 0o600))
	w.Dropped(append(files, storage.NewFileURI(filepath.Join(project, "notes.txt"))))
	w.do("Run Batch (2)…")
	w.tap("Run")
	w.until("the report", func() bool {
		return w.shows("Finished: 2 tried") && w.shows("1 Verified") && w.shows("1 Unverified") && w.shows("Good.wav")
	})
	if _, err := os.Stat(filepath.Join(s.takes, "Exports", "Good.wav")); err != nil {
		t.Error(err)
	}
	if b := s.batch(); b.Left() != 0 || b.Report == "" {
		t.Errorf("the batch as a command sees it:\n%s", b.Table())
	}
	s.safe()
}
