//go:build linux

package e2e

import (
	"compress/gzip"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/takebar/takebar/internal/bounces"
	"github.com/takebar/takebar/internal/simtest"
)

const saveQuestion = "Save changes to the current Live Set before closing?"

// album is a bench whose system opens sets in Live, and Live asks whether to save a set that was changed.
type album struct {
	*desk
	sets map[string]string // name -> path
	to   string            // where the bounces go
}

func newAlbum(t *testing.T, sets map[string]map[string]any) *album {
	t.Helper()
	return newAlbumOn(t, bench(t, song(1, 240, 1), "--reload-seconds", "0.2"), sets)
}

func newAlbumOn(t *testing.T, d *desk, sets map[string]map[string]any) *album {
	t.Helper()
	a := &album{desk: d, sets: map[string]string{}, to: filepath.Join(t.TempDir(), "Album")}
	projects := t.TempDir()
	for name := range sets {
		project := filepath.Join(projects, name+" Project")
		a.sets[name] = filepath.Join(project, name+".als")
		writeALS(t, a.sets[name])
	}
	wishes := filepath.Join(projects, "wishes")
	config := fmt.Sprintf("[export]\nopen_command = [\"/bin/sh\", \"-c\", %q, %q, \"{}\"]\n", `test -e "$1" && printf '%s\n' "$1" >> "$0"`, wishes)
	if err := os.WriteFile(filepath.Join(a.home, "config.toml"), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	var live sync.WaitGroup
	stop := make(chan struct{})
	t.Cleanup(func() { close(stop); live.Wait() })
	live.Go(func() {
		look := time.NewTicker(20 * time.Millisecond)
		defer look.Stop()
		for done := 0; ; {
			data, _ := os.ReadFile(wishes)
			lines := strings.Split(strings.TrimSuffix(string(data), "\n"), "\n")
			for ; len(data) > 0 && done < len(lines); done++ {
				name := strings.TrimSuffix(filepath.Base(lines[done]), ".als")
				if !a.open(name, sets[name], stop) {
					return
				}
			}
			select {
			case <-stop:
				return
			case <-look.C:
			}
		}
	})
	return a
}

// open does what Live does when a set is opened. False where the test has ended.
func (a *album) open(name string, set map[string]any, stop <-chan struct{}) bool {
	if steps := simtest.Get[[]string](a.t, a.sim.Control, "song.undo_steps"); len(steps) > 0 {
		pressed := len(simtest.Get[[]any](a.t, a.sim.Control, "application.pressed_buttons"))
		a.sim.Fault(a.t, "dialog", simtest.Params{"message": saveQuestion, "buttons": []string{"Don't Save", "Cancel", "Save"}})
		for {
			now := simtest.Get[[]any](a.t, a.sim.Control, "application.pressed_buttons")
			if len(now) > pressed {
				if now[len(now)-1] != "Don't Save" {
					return true
				}
				break
			}
			select {
			case <-stop:
				return false
			case <-time.After(20 * time.Millisecond):
			}
		}
	}
	a.sim.Do(a.t, "load_set", simtest.Params{"name": name, "set": set, "project": filepath.Dir(a.sets[name])}, nil)
	return true
}

// another is the musician opening another set: whether the one before was to be saved is no question for Takebar.
func (a *album) another() {
	a.t.Helper()
	a.sim.Do(a.t, "load_set", simtest.Params{"name": "Another", "set": song(1, 120, 1)}, nil)
}

func writeALS(t *testing.T, path string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	z := gzip.NewWriter(f)
	_, err = z.Write([]byte("<?xml version=\"1.0\"?>\n<Ableton/>\n"))
	if err := errorsOf(err, z.Close(), f.Close()); err != nil {
		t.Fatal(err)
	}
}

func errorsOf(all ...error) error {
	for _, err := range all {
		if err != nil {
			return err
		}
	}
	return nil
}

func (a *album) batch(want int, args ...string) bounces.Batch {
	a.t.Helper()
	out := a.run(want, append([]string{"bounce", "--json", "--batch"}, args...)...)
	var b bounces.Batch
	if err := json.Unmarshal([]byte(out), &b); err != nil {
		a.t.Fatalf("%v: %s", err, out)
	}
	return b
}

// heard checks the one file of each set against what Live recorded.
func (a *album) heard(b bounces.Batch, rate int) {
	a.t.Helper()
	for _, item := range b.Items {
		if item.Status != bounces.Done || len(item.Files) != 1 || filepath.Dir(item.Files[0].Path) != a.to {
			a.t.Errorf("%+v", item)
			continue
		}
		if want := item.Set + " - Main.wav"; filepath.Base(item.Files[0].Path) != want {
			a.t.Errorf("%s, want %s", item.Files[0].Path, want)
		}
		sounds(a.t, item.Files[0], 0, truthOf(a.t, a.desk, item.Bounce, "Main").TonesInMixed)
	}
}

func three() map[string]map[string]any {
	return map[string]map[string]any{"One": song(1, 240, 4), "Two: \"B\" 🎸": song(2, 120, 3), "Three": song(3, 200, 4)}
}

func (a *album) in(names ...string) []string {
	var paths []string
	for _, n := range names {
		paths = append(paths, a.sets[n])
	}
	return paths
}

func TestBounceSeveralSets(t *testing.T) {
	a := newAlbum(t, three())
	all := a.in("One", "Two: \"B\" 🎸", "Three")
	b := a.batch(0, append(all, "--dont-save", "--to", a.to)...)
	if len(b.Items) != 3 || b.Left() != 0 || b.Stopped != nil {
		t.Fatalf("%+v", b)
	}
	for i, item := range b.Items {
		seconds := []float64{1, 1.5, 1.2}[i]
		if len(item.Files) != 1 || item.Files[0].Frames != int64(seconds*second) {
			t.Errorf("%+v", item)
		}
	}
	// the name of a file cannot have what the name of a set can
	b.Items[1].Set = "Two_ _B_ 🎸"
	a.heard(b, second)
	pressed := simtest.Get[[]any](t, a.sim.Control, "application.pressed_buttons")
	if !slices.Equal(pressed, []any{"Don't Save", "Don't Save"}) {
		t.Errorf("pressed %v", pressed)
	}
	if _, stderr, code := a.command("bounce", "--batch"); code != 2 || !strings.Contains(stderr, "othing is left") {
		t.Errorf("exit code %d, %s", code, stderr)
	}
	a.another()
	out := a.run(0, append([]string{"bounce", "--batch", "--dont-save", "--range", "bars:1", "--to", a.to}, all[:1]...)...)
	if !strings.Contains(out, "1 in all: 1 done.") || !strings.Contains(out, "One - Main (2).wav") {
		t.Errorf("the table:\n%s", out)
	}
}

func TestBatchStopsWhereLiveAsks(t *testing.T) {
	a := newAlbum(t, three())
	b := a.batch(1, append(a.in("One", "Three"), "--to", a.to)...)
	if b.Items[0].Status != bounces.Done || b.Items[1].Status != bounces.Waiting || b.Stopped == nil || !strings.Contains(b.Stopped.Message, saveQuestion) {
		t.Fatalf("%+v", b)
	}
	if len(simtest.Get[[]any](t, a.sim.Control, "application.pressed_buttons")) != 0 {
		t.Error("Takebar answered what it was not told to")
	}
	if _, stderr, code := a.command("bounce", "--batch", a.sets["One"]); code != 1 || !strings.Contains(stderr, "1 of 2 sets of the last batch are left") {
		t.Errorf("exit code %d, %s", code, stderr)
	}
	a.sim.Do(t, "press_dialog", simtest.Params{"button": 0}, nil) // the musician answers
	a.sim.Wait(t, "set.name", "Three")
	b = a.batch(0)
	a.heard(b, second)
}

func TestBatchGoesOnWhereItWasKilled(t *testing.T) {
	a := newAlbum(t, map[string]map[string]any{"One": song(1, 240, 4), "Two": song(2, 120, 8), "Three": song(3, 200, 4)})
	cmd, _, _ := a.begin(second/10, append([]string{"--batch", "--dont-save", "--to", a.to}, a.in("One", "Two", "Three")...)...)
	a.sim.WaitFor(t, simtest.Params{"path": "takes.1.frames", "at_least": second})
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	code(cmd)
	a.sim.Wait(t, "song.is_playing", false)
	b := a.batch(0)
	a.heard(b, second)
	if n := len(a.sim.Takes(t)); n != 3 {
		t.Errorf("%d recordings for 3 sets", n)
	}
	if files, _ := filepath.Glob(filepath.Join(a.to, "*")); len(files) != 3 {
		t.Errorf("%v", files)
	}
}

// With the menu-bar app running, a batch goes through it, and goes on without it when it ends.
func TestBatchOutlivesTheMenuBar(t *testing.T) {
	d := newDesk(t, options{sim: simtest.Options{Args: []string{"--reload-seconds", "0.2"}}})
	a := newAlbumOn(t, d, map[string]map[string]any{"One": song(1, 240, 4), "Two": song(2, 120, 8), "Three": song(3, 200, 4)})
	cmd, out, errs := a.begin(second/10, append([]string{"--batch", "--json", "--dont-save", "--to", a.to}, a.in("One", "Two", "Three")...)...)
	a.sim.WaitFor(t, simtest.Params{"path": "takes.1.frames", "at_least": second})
	d.kill()
	if got := code(cmd); got != 0 {
		t.Fatalf("exit code %d\n%s\n%s", got, out, errs)
	}
	var b bounces.Batch
	if err := json.Unmarshal([]byte(out.String()), &b); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	a.heard(b, second)
	if n := len(a.sim.Takes(t)); n != 3 {
		t.Errorf("%d recordings for 3 sets", n)
	}
}

func TestBatchNamesWhatDidNotWork(t *testing.T) {
	empty := map[string]any{"tracks": []any{map[string]any{"name": "Nothing"}}}
	a := newAlbum(t, map[string]map[string]any{"Empty": empty, "Gone": song(1, 120, 1), "Last": song(1, 240, 4)})
	folder := filepath.Dir(filepath.Dir(a.sets["Last"]))
	if err := os.WriteFile(filepath.Join(folder, "broken.als"), []byte("no set"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, stderr, code := a.command("bounce", "--batch", filepath.Join(folder, "broken.als")); code == 0 || !strings.Contains(stderr, "not a Live Set") {
		t.Errorf("exit code %d, %s", code, stderr)
	}
	// a set that vanishes after the list was made
	cmd, out, errs := a.begin(second/10, append([]string{"--batch", "--dont-save", "--to", a.to, "--range", "bars:2"}, a.in("Last", "Empty", "Gone")...)...)
	if err := os.Remove(a.sets["Gone"]); err != nil {
		t.Fatal(err)
	}
	if got := code(cmd); got != 1 || !strings.Contains(out.String(), "3 in all: 2 done, 1 failed.") || !strings.Contains(out.String(), "There is no file") {
		t.Errorf("exit code %d\n%s\n%s", got, out, errs)
	}
	a.another()
	b := a.batch(1, append(a.in("Empty", "Last"), "--dont-save", "--to", a.to)...)
	if b.Items[0].Status != bounces.Failed || b.Items[0].Problem.Code != "nothing_to_bounce" || b.Items[1].Status != bounces.Done {
		t.Errorf("%+v", b)
	}
	if _, stderr, code := a.command("bounce", "--forget"); code != 0 {
		t.Errorf("exit code %d, %s", code, stderr)
	}
}

func TestBatchStopsAtCtrlC(t *testing.T) {
	a := newAlbum(t, map[string]map[string]any{"Long": song(1, 120, 400), "Next": song(1, 240, 4)})
	cmd, out, errs := a.begin(second, append([]string{"--batch", "--dont-save", "--to", a.to}, a.in("Long", "Next")...)...)
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if got := code(cmd); got != 1 || !strings.Contains(out.String(), "1 partial, 1 waiting") || !strings.Contains(out.String(), "You stopped it") {
		t.Errorf("exit code %d\n%s\n%s", got, out, errs)
	}
	b := a.batch(1)
	if b.Items[0].Status != bounces.Partial || b.Items[1].Status != bounces.Done {
		t.Errorf("%+v", b)
	}
}
