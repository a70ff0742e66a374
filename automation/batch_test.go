//go:build linux && cgo

package automation_test

import (
	"compress/gzip"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/takebar/takebar/automation"
	"github.com/takebar/takebar/automation/desktop"
	"github.com/takebar/takebar/internal/exporttest"
)

// writeSet writes a file that is a Live Set as far as its first bytes tell.
func writeSet(t *testing.T, path string) string {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	z := gzip.NewWriter(f)
	if _, err := z.Write([]byte(`<?xml version="1.0" encoding="UTF-8"?>` + "\n" + `<Ableton MajorVersion="5" Creator="Ableton Live 12.3">`)); err != nil {
		t.Fatal(err)
	}
	must(t, z.Close())
	must(t, f.Close())
	return path
}

// opening makes the stand-in open sets: the opener writes down what it is asked for, and the stand-in loads it with the script for that set.
func (b *bench) opening(scripts map[string]exporttest.Script) {
	list := filepath.Join(b.t.TempDir(), "opened")
	b.opts.OpenSet = []string{"/bin/sh", "-c", `printf '%s\n' "$1" >> "$0"`, list, "{}"}
	b.opts.Out = filepath.Join(b.t.TempDir(), "out")
	b.build()
	done, finished := make(chan struct{}), make(chan struct{})
	b.t.Cleanup(func() { close(done); <-finished })
	go func() {
		defer close(finished)
		seen := 0
		for tick := time.NewTicker(10 * time.Millisecond); ; {
			select {
			case <-done:
				tick.Stop()
				return
			case <-tick.C:
			}
			text, err := os.ReadFile(list)
			if err != nil {
				continue
			}
			lines := strings.Split(strings.TrimSpace(string(text)), "\n")
			for ; seen < len(lines) && lines[seen] != ""; seen++ {
				name := strings.TrimSuffix(filepath.Base(lines[seen]), ".als")
				sc, ok := scripts[name]
				if !ok {
					continue
				}
				sc.Set, sc.Path = name, lines[seen]
				if sc.Folder == "" {
					sc.Folder = b.folder
				}
				must(b.t, b.live.Send(exporttest.Command{Do: "load", Script: &sc}))
			}
		}
	}()
}

func outcomes(b automation.Batch) string {
	var s []string
	for _, i := range b.Items {
		o := string(i.Outcome)
		if i.Status != automation.Ended {
			o = string(i.Status)
		}
		if i.Reason != "" {
			o += "/" + string(i.Reason)
		}
		s = append(s, i.Set+"="+o)
	}
	return strings.Join(s, " ")
}

// TestBatchOfFive has two good sets, a silent render, a message on opening and an overwrite prompt. It stops at both prompts, answers neither, and
// goes on when the user has cleared them away.
func TestBatchOfFive(t *testing.T) {
	b := newBench(t, exporttest.Script{Set: "Empty"})
	b.opening(map[string]exporttest.Script{
		"Good":    {},
		"Silent":  {Sound: "silent"},
		"Missing": {Message: "Some media files are missing."},
		"Taken":   {},
		"Fine":    {Seconds: 1},
	})
	sets := t.TempDir()
	for _, n := range []string{"Good", "Silent", "Missing", "Taken", "Fine"} {
		writeSet(t, filepath.Join(sets, n+".als"))
	}
	must(t, os.WriteFile(filepath.Join(b.folder, "Taken.wav"), []byte("the old mix"), 0o600))
	var args []string
	for _, n := range []string{"Good", "Silent", "Missing", "Taken", "Fine"} {
		args = append(args, filepath.Join(sets, n+".als"))
	}
	if _, _, err := b.AddToBatch(t.Context(), automation.BatchAdd{Sets: args}); err != nil {
		t.Fatal(err)
	}
	for _, stage := range []string{
		"Good=verified Silent=unverified/silent Missing=failed/unexpected_dialog Taken=waiting Fine=waiting",
		"Good=verified Silent=unverified/silent Missing=failed/unexpected_dialog Taken=failed/overwrite_prompt Fine=waiting",
		"Good=verified Silent=unverified/silent Missing=failed/unexpected_dialog Taken=failed/overwrite_prompt Fine=verified",
	} {
		got, err := b.RunBatch(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if outcomes(got) != stage {
			t.Fatalf("got  %s\nwant %s\n%s", outcomes(got), stage, got.Table())
		}
		if stopped := got.Stopped != nil; stopped != (got.Left() > 0) {
			t.Errorf("stopped: %+v with %d left", got.Stopped, got.Left())
		}
		// The user looks at Live and closes what is open there.
		must(t, b.live.Send(exporttest.Command{Do: "answer"}))
		b.until("dialogs closed", func() bool { s, ok := b.live.State(); return ok && *s.App.OpenDialogCount == 0 })
	}
	b.safe(automation.Result{})
	got, err := b.Batch()
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(got.Items[2].Sentence, "Some media files are missing.") {
		t.Errorf("the message's text is not reported: %s", got.Items[2].Sentence)
	}
	for i, name := range map[int]string{0: "Good.wav", 4: "Fine.wav"} {
		path := filepath.Join(b.opts.Out, name)
		if len(got.Items[i].Files) != 1 || got.Items[i].Files[0] != path {
			t.Errorf("%s is at %v", name, got.Items[i].Files)
		}
		for _, p := range []string{path, path + ".export.json"} {
			if _, err := os.Stat(p); err != nil {
				t.Error(err)
			}
		}
	}
	if old, err := os.ReadFile(filepath.Join(b.folder, "Taken.wav")); err != nil || string(old) != "the old mix" {
		t.Errorf("the old mix is %q, %v", old, err)
	}
	report, err := os.ReadFile(got.Report)
	if err != nil || !json.Valid(report) || !strings.HasPrefix(got.Report, b.opts.Out) {
		t.Errorf("report %s: %v", got.Report, err)
	}
	if table := got.Table(); !strings.Contains(table, "5 in all: 2 verified, 1 unverified, 2 failed.") {
		t.Errorf("table:\n%s", table)
	}
}

// TestRangesOfOneSet exports between locators, each with the loop brace around it, and puts the user's brace back.
func TestRangesOfOneSet(t *testing.T) {
	b := newBench(t, exporttest.Script{Path: "/music/Song.als", Seconds: 4})
	writeSet(t, filepath.Join(t.TempDir(), "x.als"))
	path := writeSet(t, filepath.Join(t.TempDir(), "Song.als"))
	b.opening(map[string]exporttest.Script{"Song": {Seconds: 4}})
	must(t, b.live.Send(exporttest.Command{Do: "load", Script: &exporttest.Script{Set: "Song", Path: path, Folder: b.folder, Seconds: 4, LastBeat: 16}}))
	b.until("the set", func() bool { s, ok := b.live.State(); return ok && s.Set.Path != nil && *s.Set.Path == path })
	mine := automation.Loop{On: false, Start: 3, Length: 5}
	must(t, b.live.SetLoop(t.Context(), mine))
	b.live.Locs = []automation.Locator{{Time: 8, Name: "Chorus"}, {Time: 0, Name: "Verse"}}
	if _, _, err := b.AddToBatch(t.Context(), automation.BatchAdd{Locators: true}); err != nil {
		t.Fatal(err)
	}
	got, err := b.RunBatch(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if outcomes(got) != "Song=verified Song=verified" {
		t.Fatalf("%s\n%s", outcomes(got), got.Table())
	}
	wantLoops := []automation.Loop{mine, {On: true, Start: 0, Length: 8}, {On: true, Start: 8, Length: 8}, mine}
	if fmt.Sprint(b.live.LoopSets) != fmt.Sprint(wantLoops) {
		t.Errorf("loops %v, want %v", b.live.LoopSets, wantLoops)
	}
	for _, n := range []string{"Song - Verse.wav", "Song - Chorus.wav"} {
		if _, err := os.Stat(filepath.Join(b.opts.Out, n)); err != nil {
			t.Error(err)
		}
	}
	b.safe(automation.Result{})
}

// TestBatchAfterAKill takes up a batch whose run was killed at each kind of moment.
func TestBatchAfterAKill(t *testing.T) {
	for _, c := range []struct {
		name    string
		trace   string // of the attempt that was under way
		present bool   // the file is there
		want    string
		stopped bool
	}{
		{"before any key", `{"state":"activate","what":"enter"}`, false, "Song=verified", false},
		{"between the keys", `{"state":"send_chord","what":"key","key":"chord_r"}` + "\n" + `{"state":"send_chord","what":"sent","key":"chord_r"}` + "\n" + `{"state":"await_dialog","what":"enter"}`, false, "Song=unverified/interrupted", true},
		{"while rendering", `{"state":"send_chord","what":"sent","key":"chord_r"}` + "\n" + `{"state":"rendering","what":"enter"}`, true, "Song=verified", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t, exporttest.Script{Set: "Empty", Seconds: 1})
			path := writeSet(t, filepath.Join(t.TempDir(), "Song.als"))
			b.opening(map[string]exporttest.Script{"Song": {Seconds: 1}})
			added, _, err := b.AddToBatch(t.Context(), automation.BatchAdd{Sets: []string{path}})
			if err != nil {
				t.Fatal(err)
			}
			const id = "20260131-150918-dead"
			dir := filepath.Join(b.home, "export", "attempts", id)
			must(t, os.MkdirAll(dir, 0o700))
			must(t, os.WriteFile(filepath.Join(dir, "trace.jsonl"), []byte(c.trace+"\n"), 0o600))
			plan, err := json.Marshal(automation.Plan{ID: id, Main: desktop.Window{ID: desktop.ID(b.live.ID), PID: b.live.PID()}, Folders: []string{b.folder}, RenderMax: time.Minute})
			must(t, err)
			must(t, os.WriteFile(filepath.Join(dir, "plan.json"), plan, 0o600))
			before := fmt.Sprintf(`{%q: {"size": 20, "mod": %q}}`, b.oldMix(), lastWeek().Format(time.RFC3339))
			must(t, os.WriteFile(filepath.Join(dir, "snapshot.json"), []byte(before), 0o600))
			added.Items[0].Status, added.Items[0].Attempt = automation.Running, id
			text, err := json.Marshal(added)
			must(t, err)
			must(t, os.WriteFile(filepath.Join(b.home, "export", "batch.json"), text, 0o600))
			if c.present {
				// What Live went on to render while Takebar was away: a good file, made by an attempt of another home.
				b.render(filepath.Join(b.folder, "Song.wav"))
			}
			got, err := b.RunBatch(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if outcomes(got) != c.want || (got.Stopped != nil) != c.stopped {
				t.Errorf("%s, stopped %+v\n%s", outcomes(got), got.Stopped, got.Table())
			}
			if c.stopped && !strings.Contains(got.Items[0].Sentence, "Ctrl+Shift+R") {
				t.Errorf("it does not say what had been pressed: %s", got.Items[0].Sentence)
			}
			b.safe(automation.Result{})
		})
	}
}

// render writes a complete, audible file.
func (b *bench) render(path string) {
	b.t.Helper()
	must(b.t, os.WriteFile(path, exporttest.WAV("wav24", "tone", 1), 0o600))
}

func TestBadInput(t *testing.T) {
	b := newBench(t, exporttest.Script{})
	dir := t.TempDir()
	plain := filepath.Join(dir, "plain.als")
	must(t, os.WriteFile(plain, []byte("<Ableton>"), 0o600))
	other := filepath.Join(dir, "other.als")
	f, err := os.Create(other)
	must(t, err)
	z := gzip.NewWriter(f)
	_, err = z.Write([]byte("<html>"))
	must(t, err)
	must(t, z.Close())
	must(t, f.Close())
	text := filepath.Join(dir, "song.txt")
	must(t, os.WriteFile(text, nil, 0o600))
	empty := t.TempDir()
	for _, c := range []struct{ arg, say string }{
		{filepath.Join(dir, "none.als"), "There is no file"},
		{plain, "not packed as Live does it"},
		{other, "there is no set in it"},
		{text, "is not a Live Set (.als)"},
		{empty, "There is no .als in"},
		{filepath.Join(empty, "*.als"), "No file fits"},
		{"relative.als", "There is no file /"},
	} {
		_, _, err := b.AddToBatch(t.Context(), automation.BatchAdd{Sets: []string{c.arg}})
		wantRefusal(t, err, automation.ReasonBadInput)
		if err != nil && !strings.Contains(err.Error(), c.say) {
			t.Errorf("%s: %v", c.arg, err)
		}
	}
	if got, err := b.Batch(); err != nil || len(got.Items) != 0 {
		t.Errorf("the batch has %v, %v", got.Items, err)
	}
	// Dropped on a window, the good ones count and the others are told.
	got, skipped, err := b.AddToBatch(t.Context(), automation.BatchAdd{Sets: []string{text, empty}, Lenient: true})
	if err != nil || len(got.Items) != 0 || len(skipped) != 2 || skipped[0].Why == "" {
		t.Errorf("nothing but junk: %v, %v, %v", got.Items, skipped, err)
	}
	good := writeSet(t, filepath.Join(dir, "good.als"))
	if got, skipped, err = b.AddToBatch(t.Context(), automation.BatchAdd{Sets: []string{text, good, plain}, Lenient: true}); err != nil || len(got.Items) != 1 || len(skipped) != 2 {
		t.Errorf("one good among junk: %v, %v, %v", got.Items, skipped, err)
	}
	b.safe(automation.Result{})
}

// TestBatchGoesOn shows that a set which merely failed does not end the batch where Live is provably as before: one whose file went meanwhile, and one whose
// export is greyed out. The sets come up by the system's own opener, and a name that is taken in the output folder is left alone.
func TestBatchGoesOn(t *testing.T) {
	b := newBench(t, exporttest.Script{Set: "Empty"})
	b.opening(map[string]exporttest.Script{"Greyed": {Fault: exporttest.ExportDisabled}, "Good": {}})
	tools := t.TempDir() // the system's opener of this test
	must(t, os.WriteFile(filepath.Join(tools, "xdg-open"), []byte("#!/bin/sh\nprintf '%s\\n' \"$1\" >> '"+b.opts.OpenSet[3]+"'\n"), 0o700))
	t.Setenv("PATH", tools+":"+os.Getenv("PATH"))
	b.opts.OpenSet = nil
	b.build()
	must(t, os.MkdirAll(b.opts.Out, 0o700))
	must(t, os.WriteFile(filepath.Join(b.opts.Out, "Good.wav"), []byte("somebody else's"), 0o600))
	var sets []string
	for _, n := range []string{"Gone", "Greyed", "Good"} {
		sets = append(sets, writeSet(t, filepath.Join(t.TempDir(), n+".als")))
	}
	if _, _, err := b.AddToBatch(t.Context(), automation.BatchAdd{Sets: sets}); err != nil {
		t.Fatal(err)
	}
	must(t, os.Remove(sets[0]))
	got, err := b.RunBatch(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if outcomes(got) != "Gone=failed/bad_input Greyed=failed/save_never_opened Good=verified" || got.Stopped != nil {
		t.Errorf("%s, stopped %+v\n%s", outcomes(got), got.Stopped, got.Table())
	}
	if want := filepath.Join(b.opts.Out, "Good (2).wav"); len(got.Items[2].Files) != 1 || got.Items[2].Files[0] != want {
		t.Errorf("the file is at %v, want %s", got.Items[2].Files, want)
	}
	if old, err := os.ReadFile(filepath.Join(b.opts.Out, "Good.wav")); err != nil || string(old) != "somebody else's" {
		t.Errorf("the file that was there is %q, %v", old, err)
	}
	b.safe(automation.Result{})
}

// TestSavePromptIsLeftAlone has Live ask about unsaved changes when the next set is opened: the text is reported, nothing is pressed.
func TestSavePromptIsLeftAlone(t *testing.T) {
	b := newBench(t, exporttest.Script{Set: "Empty"})
	const question = "Save changes to the Live Set 'Empty' before closing?"
	b.opening(map[string]exporttest.Script{"Next": {Message: question}})
	if _, _, err := b.AddToBatch(t.Context(), automation.BatchAdd{Sets: []string{writeSet(t, filepath.Join(t.TempDir(), "Next.als"))}}); err != nil {
		t.Fatal(err)
	}
	got, err := b.RunBatch(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if outcomes(got) != "Next=failed/unexpected_dialog" || got.Stopped == nil || !strings.Contains(got.Stopped.Sentence, question) {
		t.Errorf("%s\n%s", outcomes(got), got.Table())
	}
	if n := len(b.live.Events("key")); n != 0 {
		t.Errorf("%d keys were pressed", n)
	}
	b.safe(automation.Result{})
}

// TestManySets adds 500 sets by folder, pattern and odd names, each once, and leaves Live's backups alone.
func TestManySets(t *testing.T) {
	b := newBench(t, exporttest.Script{})
	dir := t.TempDir()
	must(t, os.Mkdir(filepath.Join(dir, "Backup"), 0o700))
	writeSet(t, filepath.Join(dir, "Backup", "old.als"))
	for i := range 499 {
		writeSet(t, filepath.Join(dir, fmt.Sprintf("Song %03d.als", i)))
	}
	odd := writeSet(t, filepath.Join(dir, `It's "mine" 🎹.als`))
	t.Chdir(dir)
	got, _, err := b.AddToBatch(t.Context(), automation.BatchAdd{Sets: []string{dir, "Song 0*.als", filepath.Base(odd)}})
	if err != nil || len(got.Items) != 500 {
		t.Fatalf("%d items, %v", len(got.Items), err)
	}
	if table := got.Table(); !strings.Contains(table, "500 in all: 500 waiting.") {
		t.Error("the table does not count them")
	}
	plan, err := b.BatchPlan()
	if err != nil || !strings.Contains(plan, "and 480 more") {
		t.Errorf("plan (%v):\n%s", err, plan)
	}
	must(t, b.ClearBatch())
	if got, err := b.Batch(); err != nil || len(got.Items) != 0 {
		t.Errorf("after clear: %d, %v", len(got.Items), err)
	}
}
