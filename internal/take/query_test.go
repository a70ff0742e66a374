package take

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/takebar/takebar/internal/take/sidecar"
)

// shelf writes n takes straight into the library, a minute apart, 100 in each set.
func (s *studio) shelf(tb testing.TB, n int) {
	tb.Helper()
	for i := range n {
		folder := filepath.Join(s.opt.Dir, fmt.Sprintf("Set %03d", i/100))
		if err := os.MkdirAll(folder, 0o755); err != nil {
			tb.Fatal(err)
		}
		t := testTake()
		t.ID, t.Number, t.Name = fmt.Sprintf("t-%05d", i), i+1, fmt.Sprintf("take %05d", i+1)
		t.Set.Name, t.RecordedAt = filepath.Base(folder), s.clock.Add(time.Duration(i)*time.Minute)
		t.Files[0].Name = t.Name + ".wav"
		data, err := encodeSidecar(t, nil)
		if err == nil {
			err = os.WriteFile(filepath.Join(folder, t.Name+sidecar.Suffix), data, 0o644)
		}
		if err == nil {
			err = os.WriteFile(filepath.Join(folder, t.Files[0].Name), make([]byte, t.Files[0].Bytes), 0o644)
		}
		if err != nil {
			tb.Fatal(err)
		}
		old := s.clock.Add(-time.Hour)
		for _, name := range []string{t.Name + sidecar.Suffix, t.Files[0].Name} {
			if err := os.Chtimes(filepath.Join(folder, name), old, old); err != nil {
				tb.Fatal(err)
			}
		}
	}
}

func TestListFilters(t *testing.T) {
	s := newStudio(t)
	if got := s.list(sidecar.Query{}); len(got) != 0 {
		t.Fatalf("a folder that never was holds %v", got)
	}
	s.shelf(t, 250)
	note := "the GOOD one, café"
	_, err := s.Annotate(t.Context(), "7", &note, nil)
	mustDo(t, err)
	for _, c := range []struct {
		q     sidecar.Query
		n     int
		first string
	}{
		{sidecar.Query{}, 250, "t-00249"},
		{sidecar.Query{Limit: 3}, 3, "t-00249"},
		{sidecar.Query{Set: "set 001"}, 100, "t-00199"},
		{sidecar.Query{Set: "set"}, 0, ""},
		{sidecar.Query{Text: "good ONE, cafe\u0301"}, 1, "t-00006"},
		{sidecar.Query{Text: "TAKE 0024"}, 10, "t-00248"},
		{sidecar.Query{Text: "set 002", Limit: 1}, 1, "t-00249"},
		{sidecar.Query{Text: "vox", Set: "Set 000"}, 100, "t-00099"},
		{sidecar.Query{Trashed: true}, 0, ""},
	} {
		got := s.list(c.q)
		if len(got) != c.n || c.n > 0 && got[0].ID != c.first {
			t.Errorf("%+v: %d takes, first %+v", c.q, len(got), got[:min(1, len(got))])
		}
	}
}

func TestGet(t *testing.T) {
	s := newStudio(t)
	s.shelf(t, 12)
	for ref, want := range map[string]string{
		"last": "t-00011", "t-00003": "t-00003", "3": "t-00002", "#3": "t-00002", "take 00005": "t-00004", "TAKE 00005": "t-00004", "take 00012": "t-00011",
		filepath.Join(s.opt.Dir, "Set 000", "take 00002.wav"):            "t-00001",
		filepath.Join(s.opt.Dir, "Set 000", "take 00002"+sidecar.Suffix): "t-00001",
	} {
		if got, err := s.Get(t.Context(), ref); err != nil || got.ID != want {
			t.Errorf("Get(%q) = %s, %v, want %s", ref, got.ID, err, want)
		}
	}
	for ref, code := range map[string]string{"take 0000": CodeAmbiguous, "take 000012": CodeTakeNotFound, "13": CodeTakeNotFound, "0": CodeTakeNotFound, " ": CodeTakeNotFound, "": CodeTakeNotFound} {
		_, err := s.Get(t.Context(), ref)
		mustFail(t, err, code)
	}
	// Somebody copied a take with its description.
	data, err := os.ReadFile(filepath.Join(s.opt.Dir, "Set 000", "take 00002"+sidecar.Suffix))
	mustDo(t, err)
	mustDo(t, os.WriteFile(filepath.Join(s.opt.Dir, "copy"+sidecar.Suffix), data, 0o644))
	_, err = s.Get(t.Context(), "t-00001")
	if e := failure(t, err, CodeAmbiguous); !strings.Contains(e.Message, "copy"+sidecar.Suffix) {
		t.Errorf("message: %q", e.Message)
	}
}

func TestListIsIncremental(t *testing.T) {
	s := newStudio(t)
	s.shelf(t, 300)
	s.list(sidecar.Query{})
	reads := func() map[string]*record {
		s.list(sidecar.Query{})
		seen := map[string]*record{}
		for path, r := range s.index.records {
			seen[path] = r
		}
		return seen
	}
	before := reads()
	changed := filepath.Join(s.opt.Dir, "Set 001", "take 00150"+sidecar.Suffix)
	removed := filepath.Join(s.opt.Dir, "Set 001", "take 00151"+sidecar.Suffix)
	data, err := os.ReadFile(changed)
	mustDo(t, err)
	mustDo(t, os.WriteFile(changed, []byte(strings.Replace(string(data), `"note": ""`, `"note": "by hand"`, 1)), 0o644))
	mustDo(t, os.Remove(removed))
	after := reads()
	again := 0
	for path, r := range after {
		if before[path] != r {
			again++
		}
	}
	if again != 1 || len(after) != 299 {
		t.Errorf("%d sidecars were read again, want 1; %d are known, want 299", again, len(after))
	}
	if got, err := s.Get(t.Context(), "150"); err != nil || got.Note != "by hand" {
		t.Errorf("Get: %+v %v", got, err)
	}
}

func TestChangesFromOutsideAreTold(t *testing.T) {
	s := newStudio(t)
	path := s.record("Vox", tone())
	e := s.land(s.take("t-1", path))
	touch := func() {
		later := time.Now().Add(time.Hour)
		mustDo(t, os.Chtimes(e.Paths[0], later, later))
	}
	touch()
	if got := s.list(sidecar.Query{})[0]; !hasWarning(got.Warnings, WarnFileTouched) {
		t.Errorf("not told of a later time: %+v", got.Warnings)
	}
	// Get looks into the file, and what it finds is remembered.
	if got, err := s.Get(t.Context(), "last"); err != nil || len(got.Warnings) != 0 {
		t.Errorf("nothing was changed, but %+v %v", got.Warnings, err)
	}
	if got := s.list(sidecar.Query{})[0]; len(got.Warnings) != 0 {
		t.Errorf("not remembered: %+v", got.Warnings)
	}
	data, err := os.ReadFile(e.Paths[0])
	mustDo(t, err)
	data[1000]++
	mustDo(t, os.WriteFile(e.Paths[0], data, 0o644))
	later := time.Now().Add(2 * time.Hour)
	mustDo(t, os.Chtimes(e.Paths[0], later, later))
	if got, err := s.Get(t.Context(), "last"); err != nil || !hasWarning(got.Warnings, WarnFileChanged) {
		t.Errorf("not told of other samples: %+v %v", got.Warnings, err)
	}
	if got := s.list(sidecar.Query{})[0]; !hasWarning(got.Warnings, WarnFileChanged) {
		t.Errorf("not remembered: %+v", got.Warnings)
	}
	mustDo(t, os.Truncate(e.Paths[0], 5000))
	if got := s.list(sidecar.Query{})[0]; !hasWarning(got.Warnings, WarnFileChanged) {
		t.Errorf("not told of another size: %+v", got.Warnings)
	}
	// None of it is written down.
	if data, err := os.ReadFile(e.Sidecar); err != nil || strings.Contains(string(data), "file_") {
		t.Errorf("the sidecar: %s %v", data, err)
	}
}

func TestAnnotate(t *testing.T) {
	s := newStudio(t)
	e := s.land(s.take("t-1", s.record("Vox", tone())))
	note, stars, bad := "zu laut – “nochmal” <b>", 4, 6
	got, err := s.Annotate(t.Context(), "last", &note, &stars)
	mustDo(t, err)
	if got.Note != note || got.Rating != 4 {
		t.Errorf("entry: %+v", got.Take)
	}
	stars = 5
	got, err = s.Annotate(t.Context(), "last", nil, &stars) // as long as before, within one tick of the clock
	mustDo(t, err)
	if listed := s.list(sidecar.Query{})[0]; got.Rating != 5 || listed.Rating != 5 || listed.Note != note || listed.Files[0].SHA256 != e.Files[0].SHA256 {
		t.Errorf("entry: %+v", listed.Take)
	}
	_, err = s.Annotate(t.Context(), "last", nil, &bad)
	mustFail(t, err, CodeBadRating)
	_, err = s.Annotate(t.Context(), "nothing", &note, nil)
	mustFail(t, err, CodeTakeNotFound)
	if len(s.files()) != 2 {
		t.Errorf("files: %v", s.files())
	}
}

func TestSidecarOfANewerTakebar(t *testing.T) {
	s := newStudio(t)
	e := s.land(s.take("t-1", s.record("Vox", tone())))
	data, err := os.ReadFile(e.Sidecar)
	mustDo(t, err)
	mustDo(t, os.WriteFile(e.Sidecar, []byte(strings.Replace(string(data), `"schema": 1,`, `"schema": 9, "stems": [1.50],`, 1)), 0o644))
	note := "n"
	got, err := s.Annotate(t.Context(), "t-1", &note, nil)
	mustDo(t, err)
	if got.Note != note {
		t.Errorf("entry: %+v", got.Take)
	}
	if got := s.list(sidecar.Query{})[0]; !hasWarning(got.Warnings, WarnNewerSchema) || got.Note != note || got.Schema != 9 {
		t.Errorf("entry: %+v", got)
	}
	if data, err = os.ReadFile(e.Sidecar); err != nil || !strings.Contains(string(data), "1.50") {
		t.Errorf("lost a field: %s %v", data, err)
	}
}

func TestHalfWrittenNotesAreSweptUp(t *testing.T) {
	s := newStudio(t)
	e := s.land(s.take("t-1", s.record("Vox", tone())))
	mustDo(t, os.WriteFile(e.Sidecar+".part", []byte("{"), 0o644))
	mustDo(t, os.WriteFile(e.Paths[0]+".part", []byte("whose?"), 0o644))
	_, problems, err := s.Resume(t.Context(), nil)
	if err != nil || len(problems) != 0 || len(s.files()) != 3 {
		t.Errorf("problems %v, %v, files %v", problems, err, s.files())
	}
}

func TestListStopsWithItsContext(t *testing.T) {
	s := newStudio(t)
	s.shelf(t, 1)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.List(ctx, sidecar.Query{}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestOpen(t *testing.T) {
	dir := t.TempDir()
	if _, err := Open(Options{Dir: "relative", Home: dir}); err == nil {
		t.Error("a relative folder was taken")
	}
	_, err := Open(Options{Dir: dir, Home: dir, Template: "{nope}"})
	mustFail(t, err, CodeBadTemplate)
	l, err := Open(Options{Dir: filepath.Join(dir, "takes"), Home: filepath.Join(dir, "home")})
	mustDo(t, err)
	if _, err := l.List(t.Context(), sidecar.Query{}); err != nil {
		t.Error(err)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 0 {
		t.Errorf("looking made %v %v", entries, err)
	}
}

func BenchmarkList10000(b *testing.B) {
	s := &studio{root: b.TempDir(), clock: time.Now()}
	s.opt = Options{Dir: filepath.Join(s.root, "Takes"), Home: filepath.Join(s.root, "home")}
	s.shelf(b, 10000)
	open := func() *Library {
		l, err := Open(s.opt)
		if err != nil {
			b.Fatal(err)
		}
		return l
	}
	list := func(l *Library) {
		if got, err := l.List(b.Context(), sidecar.Query{}); err != nil || len(got) != 10000 {
			b.Fatal(len(got), err)
		}
	}
	b.Run("first", func(b *testing.B) {
		for b.Loop() {
			list(open())
		}
	})
	b.Run("look", func(b *testing.B) {
		l := open()
		list(l)
		for b.Loop() {
			if o, last, err := l.Look(b.Context()); err != nil || o.Takes != 10000 || last == nil {
				b.Fatal(o, err)
			}
		}
	})
	b.Run("since", func(b *testing.B) {
		l := open()
		list(l)
		o, _, err := l.Look(b.Context())
		if err != nil {
			b.Fatal(err)
		}
		for b.Loop() {
			if got, err := l.List(b.Context(), sidecar.Query{Since: o.Revision}); err != nil || len(got) != 0 {
				b.Fatal(len(got), err)
			}
		}
	})
	b.Run("get", func(b *testing.B) {
		l := open()
		list(l)
		for b.Loop() {
			if _, err := l.Get(b.Context(), "t-05000"); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("again", func(b *testing.B) {
		l := open()
		list(l)
		for b.Loop() {
			list(l)
		}
	})
}
