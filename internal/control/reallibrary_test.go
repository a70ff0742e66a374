package control

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/takebar/takebar/internal/take"
	"github.com/takebar/takebar/internal/take/sidecar"
)

// fillShelf writes n takes with a file each straight into a takes folder, 100 in each set.
func fillShelf(tb testing.TB, dir string, n int) {
	tb.Helper()
	do := func(err error) {
		if err != nil {
			tb.Helper()
			tb.Fatal(err)
		}
	}
	landed := time.Now().Add(-time.Hour).UTC()
	for i := range n {
		set := fmt.Sprintf("Set %03d", i/100)
		e := sidecar.Take{
			Schema: 1, ID: fmt.Sprintf("t-%05d", i), Name: fmt.Sprintf("take %05d", i), Number: i + 1, Status: sidecar.StatusLanded, Source: "armed", View: "arrangement",
			RecordedAt: landed.Add(time.Duration(i) * time.Second), LandedAt: &landed, Set: sidecar.Set{Name: set}, Tempo: 120,
			Tracks: []sidecar.Track{{Name: "Vox", Kind: "audio"}}, Missing: []sidecar.Missing{}, Warnings: []sidecar.Warning{},
			Files: []sidecar.File{{Name: fmt.Sprintf("take %05d - Vox.wav", i), Track: "Vox", Bytes: 4, Rate: 48000, Frames: 48000, Channels: 2, Container: "wav", Warnings: []sidecar.Warning{}, Cuts: []*int64{}}},
		}
		data, err := json.Marshal(e)
		do(err)
		folder := filepath.Join(dir, set)
		do(os.MkdirAll(folder, 0o755))
		for name, content := range map[string][]byte{e.Name + sidecar.Suffix: data, e.Files[0].Name: []byte("RIFF")} {
			path := filepath.Join(folder, name)
			do(os.WriteFile(path, content, 0o644))
			do(os.Chtimes(path, landed, landed))
		}
	}
}

func openShelf(tb testing.TB, home, dir string, after uint64) *take.Library {
	tb.Helper()
	l, err := take.Open(take.Options{Dir: dir, Home: home, TakebarVersion: "test", LiveRecordings: []string{}, After: after})
	if err != nil {
		tb.Fatal(err)
	}
	return l
}

// TestRealLibraryIsFollowed: a client learns what somebody else does in the takes folder, and follows to another one.
func TestRealLibraryIsFollowed(t *testing.T) {
	home, dir, other := t.TempDir(), t.TempDir(), t.TempDir()
	fillShelf(t, dir, 3)
	fillShelf(t, other, 1)
	c := start(t, Options{Link: newFakeLink(), Library: openShelf(t, home, dir, 0), Settings: Settings{TakesDir: dir}})
	w := remote(t, &world{Core: c, t: t, stop: c.Close})
	now := w.until("the first look", func(s Snapshot) bool { return s.Library.Takes == 3 }).Library
	e, err := w.RenameTake(t.Context(), "t-00001", "The Riff")
	if err != nil || e.Name != "The Riff" || filepath.Base(e.Paths[0]) != "The Riff.wav" {
		t.Fatalf("%+v %v", e, err)
	}
	if back, err := w.RenameTake(t.Context(), "t-00001", "take 00001"); err != nil || filepath.Base(back.Paths[0]) != "take 00001 - Vox.wav" {
		t.Fatalf("%+v %v", back, err)
	}
	if got, err := w.Takes(t.Context(), TakeQuery{Since: now.Revision}); err != nil || len(got) != 1 || got[0].ID != "t-00001" {
		t.Errorf("%+v %v", got, err)
	}
	now = w.Snapshot().Library
	bad := filepath.Join(dir, "Set 000", "take 00002"+sidecar.Suffix)
	if err := os.WriteFile(bad, []byte("{not json"), 0o644); err != nil {
		t.Fatal(err)
	}
	seen := w.until("the garbled sidecar", func(s Snapshot) bool { return s.Library.Unreadable == 1 }).Library
	got, err := w.Takes(t.Context(), TakeQuery{Since: now.Revision})
	if err != nil || len(got) != 2 || got[0].Status != sidecar.StatusUnreadable || got[0].Sidecar != bad || len(got[0].Warnings) != 1 || !got[1].Gone || got[1].ID != "t-00002" {
		t.Errorf("%+v %v", got, err)
	}
	if last := w.Snapshot().LastTake; last == nil || last.ID != "t-00001" {
		t.Errorf("the last take is %+v", last)
	}
	c.Reconfigure(Settings{TakesDir: other}, openShelf(t, home, other, c.Snapshot().Library.Revision))
	next := w.until("the other folder", func(s Snapshot) bool { return s.Settings.TakesDir == other && s.Library.Takes == 1 }).Library
	if next.Base <= seen.Revision {
		t.Errorf("the other library begins at %d, the one before came to %d", next.Base, seen.Revision)
	}
	if got, err := w.Takes(t.Context(), TakeQuery{Since: seen.Revision}); err != nil || len(got) != 1 || got[0].ID != "t-00000" {
		t.Errorf("%+v %v", got, err)
	}
}

// TestLargeAnswersComeInPages: a client gets all takes, however many there are, and whatever happens to them meanwhile.
func TestLargeAnswersComeInPages(t *testing.T) {
	home, dir := t.TempDir(), t.TempDir()
	fillShelf(t, dir, 23)
	c := start(t, Options{Link: newFakeLink(), Library: openShelf(t, home, dir, 0)})
	w := remote(t, &world{Core: c, t: t, stop: c.Close})
	client := w.Core.(*Client)
	client.page = 5
	s := w.until("the first look", func(s Snapshot) bool { return s.Library.Takes == 23 })
	for _, q := range []TakeQuery{{}, {Since: 1}, {Text: "take 0001"}, {Since: s.Library.Revision}} {
		want, err := c.Takes(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := w.Takes(t.Context(), q); err != nil || got == nil || fmt.Sprint(ids(got)) != fmt.Sprint(ids(want)) {
			t.Errorf("%+v: %v %v, want %v", q, ids(got), err, ids(want))
		}
	}
	if got, err := w.Takes(t.Context(), TakeQuery{Limit: 12}); err != nil || len(got) != 12 {
		t.Errorf("%d takes, %v", len(got), err)
	}
	_, err := w.Takes(t.Context(), TakeQuery{After: "/nowhere", Limit: 5})
	codeIs(t, "a page after nothing", err, codePageLost)

	// Takes go while somebody reads: what stays is there, once.
	done := make(chan error, 1)
	go func() {
		var err error
		for i := 22; i > 2 && err == nil; i-- {
			_, err = c.TrashTake(context.Background(), fmt.Sprintf("t-%05d", i))
		}
		done <- err
	}()
	for range 20 {
		got, err := w.Takes(t.Context(), TakeQuery{})
		if err != nil {
			t.Fatal(err)
		}
		seen := map[string]bool{}
		for _, e := range got {
			if seen[e.ID] {
				t.Errorf("%s comes twice", e.ID)
			}
			seen[e.ID] = true
		}
		if !seen["t-00000"] || !seen["t-00001"] || !seen["t-00002"] {
			t.Errorf("a take is left out: %v", ids(got))
		}
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func ids(takes []LibraryTake) []string {
	var all []string
	for _, e := range takes {
		all = append(all, e.ID)
	}
	return all
}

// BenchmarkTakes10000 asks a core in another process's place for a library of 10,000 takes: all of it, what has changed, and what that costs a Snapshot.
func BenchmarkTakes10000(b *testing.B) {
	home, dir := b.TempDir(), b.TempDir()
	fillShelf(b, dir, 10000)
	c := New(Options{Link: newFakeLink(), Library: openShelf(b, home, dir, 0)})
	ctx, cancel := context.WithCancel(context.Background())
	ran, served, ready := make(chan error, 1), make(chan error, 1), make(chan struct{})
	go func() { ran <- c.Run(ctx) }()
	go func() {
		served <- Serve(ctx, c, ServeOptions{Home: home, Version: "test", Ready: func() { close(ready) }})
	}()
	<-ready
	client, err := Dial(ctx, home)
	if err != nil {
		b.Fatal(err)
	}
	defer func() {
		_ = client.Close()
		cancel()
		if err := errors.Join(<-ran, <-served); !errors.Is(err, context.Canceled) {
			b.Error(err)
		}
	}()
	s, ok := client.hub.until(ctx, func(s Snapshot) bool { return s.Library.Takes == 10000 })
	if !ok {
		b.Fatal("the core has ended")
	}
	ask := func(b *testing.B, q TakeQuery, n int) {
		for b.Loop() {
			if got, err := client.Takes(ctx, q); err != nil || len(got) != n {
				b.Fatal(len(got), err)
			}
		}
	}
	b.Run("all", func(b *testing.B) { ask(b, TakeQuery{}, 10000) })
	b.Run("since", func(b *testing.B) { ask(b, TakeQuery{Since: s.Library.Revision}, 0) })
	b.Run("change and since", func(b *testing.B) {
		note, stars, held := "", 0, s.Library.Revision
		for b.Loop() {
			stars = (stars + 1) % 6
			if _, err := client.AnnotateTake(ctx, "t-05000", &note, &stars); err != nil {
				b.Fatal(err)
			}
			got, err := client.Takes(ctx, TakeQuery{Since: held})
			if err != nil || len(got) != 1 {
				b.Fatal(len(got), err)
			}
			held = client.Snapshot().Library.Revision
		}
	})
	b.Run("snapshot", func(b *testing.B) {
		data, err := json.Marshal(c.Snapshot())
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(len(data)), "bytes")
		for b.Loop() {
			c.tell(pendingAdded{"x"})
			v := c.Snapshot().Version
			client.hub.until(ctx, func(s Snapshot) bool { return s.Version >= v })
			c.tell(pendingRemoved{"x"})
		}
	})
}
