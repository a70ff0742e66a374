package take

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/takebar/takebar/internal/take/sidecar"
)

// follower knows the library by what changed since it looked last, as a window does.
type follower struct {
	*studio
	at    sidecar.Overview
	takes map[string]sidecar.Entry // by id
	told  []string                 // ids of the last answer
}

func follow(s *studio) *follower {
	f := &follower{studio: s}
	f.catchUp()
	return f
}

func (f *follower) look() sidecar.Overview {
	f.t.Helper()
	o, last, err := f.Look(f.t.Context())
	mustDo(f.t, err)
	if (last == nil) != (o.Takes == o.Unreadable) || o.Revision != f.Revision() || o.Base > o.Revision || o.Base == 0 {
		f.t.Errorf("overview %+v, last %v", o, last)
	}
	return o
}

// catchUp asks for what is new; true if the overview says that there is something.
func (f *follower) catchUp() bool {
	f.t.Helper()
	now := f.look()
	news := now.Revision != f.at.Revision
	if f.at.Revision < now.Base {
		f.takes = map[string]sidecar.Entry{}
	}
	answer, err := f.List(f.t.Context(), sidecar.Query{Since: max(1, f.at.Revision)})
	mustDo(f.t, err)
	f.told = nil
	for _, e := range answer {
		f.told = append(f.told, e.ID)
		f.takes[e.ID] = e
		if e.Gone {
			delete(f.takes, e.ID)
		}
	}
	f.at = now
	return news
}

// same compares what the follower knows with a full list.
func (f *follower) same() {
	f.t.Helper()
	want := map[string]sidecar.Entry{}
	for _, trashed := range []bool{false, true} {
		for _, e := range f.list(sidecar.Query{Trashed: trashed}) {
			want[e.ID] = e
		}
	}
	if got, want := fmt.Sprintf("%+v", plain(f.takes)), fmt.Sprintf("%+v", plain(want)); got != want {
		f.t.Errorf("by what changed:\n%s\nin full:\n%s", got, want)
	}
}

func plain(takes map[string]sidecar.Entry) []string {
	var out []string
	for id, e := range takes {
		out = append(out, fmt.Sprintf("%s %s %q %d %q %s trashed %t %v %v", id, e.Status, e.Name, e.Rating, e.Note, e.Sidecar, e.Trashed, e.Paths, e.Warnings))
	}
	slices.Sort(out)
	return out
}

func TestSinceTellsEveryChange(t *testing.T) {
	s := newStudio(t)
	f := follow(s)
	if f.catchUp() {
		t.Error("nothing happened, and the revision changed")
	}
	id := func(n int) string { return fmt.Sprintf("t-%d", n) }
	for i := range 4 {
		s.land(s.take(id(i), s.record(fmt.Sprint("Vox", i), tone())))
		if !f.catchUp() || !slices.Contains(f.told, id(i)) {
			t.Errorf("told %v of the landing of %s", f.told, id(i))
		}
	}
	// What was written shortly before a look is read again, and is no news.
	for range 3 {
		if f.catchUp() {
			t.Errorf("told %v without a reason", f.told)
		}
	}
	one := func(ref string) sidecar.Entry {
		e, err := s.Get(t.Context(), ref)
		mustDo(t, err)
		return e
	}
	edit := func(ref, was, is string) {
		e := one(ref)
		data, err := os.ReadFile(e.Sidecar)
		mustDo(t, err)
		mustDo(t, os.WriteFile(e.Sidecar, bytes.Replace(data, []byte(was), []byte(is), 1), 0o644))
	}
	var copied string
	for _, step := range []struct {
		what string
		do   func()
		told []string
	}{
		{"noted", func() { note := "n"; _, err := s.Annotate(t.Context(), "t-1", &note, nil); mustDo(t, err) }, []string{"t-1"}},
		{"renamed", func() { s.rename("t-1", "Riff") }, []string{"t-1"}},
		{"trashed", func() { _, err := s.Trash(t.Context(), "t-1"); mustDo(t, err) }, []string{"t-1"}},
		{"restored", func() { _, err := s.Restore(t.Context(), "t-1"); mustDo(t, err) }, []string{"t-1"}},
		{"measured", func() { _, err := s.Measure(t.Context(), "t-2"); mustDo(t, err) }, []string{"t-2"}},
		{"edited by hand", func() { edit("t-2", `"note": ""`, `"note": "by hand"`) }, []string{"t-2"}},
		{"rated beyond the stars", func() { edit("t-2", `"rating": 0`, `"rating": 99`) }, []string{"t-2"}},
		{"a file vanished", func() { mustDo(t, os.Remove(one("t-3").Paths[0])) }, []string{"t-3"}},
		{"a file is back, and other", func() { mustDo(t, os.WriteFile(one("t-3").Paths[0], []byte("RIFF"), 0o644)) }, []string{"t-3"}},
		{"moved by hand", func() {
			e := one("t-2")
			mustDo(t, os.Mkdir(filepath.Join(s.opt.Dir, "Best"), 0o755))
			for _, p := range append(e.Paths, e.Sidecar) {
				mustDo(t, os.Rename(p, filepath.Join(s.opt.Dir, "Best", filepath.Base(p))))
			}
		}, []string{"t-2"}},
		{"copied by hand", func() {
			data, err := os.ReadFile(one("t-2").Sidecar)
			mustDo(t, err)
			copied = filepath.Join(s.opt.Dir, "copy"+sidecar.Suffix)
			mustDo(t, os.WriteFile(copied, data, 0o644))
		}, []string{"t-2"}},
		{"the copy removed", func() { mustDo(t, os.Remove(copied)) }, []string{"t-2"}},
		{"removed by hand", func() { mustDo(t, os.Remove(one("t-0").Sidecar)) }, []string{"t-0"}},
		{"a folder removed by hand", func() { mustDo(t, os.RemoveAll(filepath.Join(s.opt.Dir, "Best"))) }, []string{"t-2"}},
	} {
		step.do()
		if !f.catchUp() {
			t.Errorf("%s: the revision is as before", step.what)
		}
		slices.Sort(f.told)
		if got := slices.Compact(f.told); !slices.Equal(got, step.told) {
			t.Errorf("%s: told %v, want %v", step.what, got, step.told)
		}
		if step.what != "copied by hand" { // by id, a follower knows one of the two
			f.same()
		}
	}
	if f.at.Takes != 2 || f.at.Unreadable != 0 || f.at.Problem != "" {
		t.Errorf("%+v", f.at)
	}
	// Another start knows nothing of what the follower knows, and tells everything.
	s.reopen()
	if !f.catchUp() || len(f.told) != 2 {
		t.Errorf("told %v after another start", f.told)
	}
	f.same()
	if all, err := s.List(t.Context(), sidecar.Query{Since: f.at.Revision + 5}); err != nil || len(all) != 2 {
		t.Errorf("a revision of the future: %v %v", all, err)
	}
}

// A sidecar that is no JSON is told with its path and a sentence, hinders no other take, and is told again when it is repaired.
func TestUnreadableSidecarsAreShown(t *testing.T) {
	s := newStudio(t)
	s.land(s.take("t-1", s.record("Vox", tone())))
	good, err := os.ReadFile(s.list(sidecar.Query{})[0].Sidecar)
	mustDo(t, err)
	f := follow(s)
	bad := filepath.Join(s.opt.Dir, "odd"+sidecar.Suffix)
	for _, text := range []string{
		"", "\x00\x00", "{", "null", "[]", `"a"`, "{not json", `{"schema":1}`, `{"schema":1,"id":7}`, `{"schema":1,"id":"x","files":[{"name":"../../etc/passwd"}]}`,
		`{"schema":1,"id":"x","files":[{"name":"a"},{"name":"a"}]}`, strings.Repeat("[", 100000), `{"schema":1,"id":"x","files":{}}`, `{"schema":1e99,"id":"x"}`,
	} {
		mustDo(t, os.WriteFile(bad, []byte(text), 0o644))
		f.catchUp()
		f.same()
		all := s.list(sidecar.Query{})
		i := slices.IndexFunc(all, func(e sidecar.Entry) bool { return e.Sidecar == bad })
		if i < 0 || len(all) != 2 {
			t.Fatalf("%.40q: %+v", text, all)
		}
		e := all[i]
		if e.Status != sidecar.StatusUnreadable || e.Name != "odd" || len(e.Warnings) != 1 || e.Warnings[0].Code != WarnSidecarUnreadable || !strings.Contains(e.Warnings[0].Message, bad) {
			t.Errorf("%.40q: %+v", text, e)
		}
		if o := f.look(); o.Takes != 2 || o.Unreadable != 1 || o.Problem != "" {
			t.Errorf("%.40q: %+v", text, o)
		}
		if last, err := s.Get(t.Context(), "last"); err != nil || last.ID != "t-1" {
			t.Errorf("%.40q: the last take is %+v %v", text, last, err)
		}
		for what, do := range map[string]func() error{
			"rename":   func() error { _, err := s.Rename(t.Context(), e.ID, "x"); return err },
			"annotate": func() error { _, err := s.Annotate(t.Context(), e.ID, &text, nil); return err },
			"trash":    func() error { _, err := s.Trash(t.Context(), e.ID); return err },
		} {
			if do() == nil {
				t.Errorf("%.40q: %s did something", text, what)
			}
		}
		if now, err := os.ReadFile(bad); err != nil || string(now) != text {
			t.Errorf("%.40q was changed: %v", text, err)
		}
	}
	was := s.list(sidecar.Query{})[0].ID
	mustDo(t, os.WriteFile(bad, bytes.Replace(good, []byte(`"t-1"`), []byte(`"t-9"`), 1), 0o644))
	if !f.catchUp() || !slices.Contains(f.told, "t-9") {
		t.Errorf("told %v", f.told)
	}
	if _, still := f.takes[was]; still && strings.HasPrefix(was, "unreadable") {
		t.Errorf("%s is still there", was)
	}
	f.same()
}

func TestOddSidecarsAreHarmless(t *testing.T) {
	s := newStudio(t)
	mustDo(t, os.MkdirAll(s.opt.Dir, 0o755))
	mustDo(t, os.WriteFile(filepath.Join(s.opt.Dir, "odd"+sidecar.Suffix), []byte(`{"schema":1,"id":"odd","rating":-3,"number":-1,"tempo":-1e300,
		"files":[{"name":"a.wav","bytes":-5,"rate":-1,"frames":-9,"channels":0},{"name":"b.wav","rate":1,"frames":9000000000000000000}],"landed_at":null,"tracks":null}`), 0o644))
	e := s.list(sidecar.Query{})[0]
	if e.Rating != 0 || e.Name != "odd" || e.Files[0].Duration() < 0 || len(e.Warnings) != 2 {
		t.Errorf("%+v", e)
	}
	if _, err := s.Get(t.Context(), "odd"); err != nil {
		t.Error(err)
	}
}

func TestLookAtAFolderThatIsAway(t *testing.T) {
	drive := filepath.Join(t.TempDir(), "drive")
	s := newStudio(t, func(o *Options) { o.Dir = filepath.Join(drive, "Takes") })
	mustDo(t, os.MkdirAll(drive, 0o755))
	s.land(s.take("t-1", s.record("Vox", tone())))
	f := follow(s)
	mustDo(t, os.Rename(drive, drive+" unplugged"))
	away := f.look()
	if away.Problem == "" || away.Takes != 0 || away.Revision == f.at.Revision || !strings.Contains(away.Problem, s.opt.Dir) {
		t.Errorf("%+v", away)
	}
	if again := f.look(); again != away {
		t.Errorf("%+v, then %+v", away, again)
	}
	if _, err := s.List(t.Context(), sidecar.Query{Since: 1}); err == nil {
		t.Error("a list of what is away")
	}
	mustDo(t, os.Rename(drive+" unplugged", drive))
	back := f.look()
	if back.Problem != "" || back.Takes != 1 || back.Revision == away.Revision {
		t.Errorf("%+v", back)
	}
	if f.catchUp(); len(f.told) != 0 {
		t.Errorf("told %v: they are what they were", f.told)
	}
	f.same()
}

func TestSinceGoesAlone(t *testing.T) {
	s := newStudio(t)
	for _, q := range []sidecar.Query{{Since: 1, Text: "x"}, {Since: 1, Set: "x"}, {Since: 1, Trashed: true}} {
		_, err := s.List(t.Context(), q)
		mustFail(t, err, CodeBadQuery)
	}
}

func TestPages(t *testing.T) {
	s := newStudio(t)
	s.shelf(t, 25)
	o, _, err := s.Look(t.Context())
	mustDo(t, err)
	note := "n"
	for _, n := range []int{3, 8, 13, 21} {
		_, err = s.Annotate(t.Context(), fmt.Sprint(n), &note, nil)
		mustDo(t, err)
	}
	mustDo(t, os.Remove(s.list(sidecar.Query{Text: "take 00005"})[0].Sidecar))
	for _, q := range []sidecar.Query{{}, {Text: "take 0001"}, {Since: 1}, {Since: o.Revision}} {
		whole := s.list(q)
		if len(whole) < 5 {
			t.Fatalf("%+v: %d takes", q, len(whole))
		}
		for _, limit := range []int{1, 2, 5, 7, 24, 25, 100} {
			q := q
			q.Limit = limit
			var all []sidecar.Entry
			for {
				part := s.list(q)
				all = append(all, part...)
				if len(part) < limit || part[len(part)-1].Gone {
					break
				}
				q.After = part[len(part)-1].Sidecar
			}
			same := func(a, b sidecar.Entry) bool {
				return a.ID == b.ID && a.Sidecar == b.Sidecar && a.Gone == b.Gone && a.Note == b.Note
			}
			if !slices.EqualFunc(all, whole, same) {
				t.Errorf("%+v in pages: %d takes, want %d", q, len(all), len(whole))
			}
		}
	}
	_, err = s.List(t.Context(), sidecar.Query{After: "/nowhere"})
	mustFail(t, err, CodePageLost)
}

func TestHistoryForgetsTheOldest(t *testing.T) {
	x := &index{records: map[string]*record{}, history: newHistory(time.UnixMicro(1000), 5)}
	if later := newHistory(time.UnixMicro(1000), 2000); later.base <= 2000 {
		t.Errorf("the clock was set back, and revisions begin at %d", later.base)
	}
	var all []*record
	for i := range goneMost {
		all = append(all, &record{take: sidecar.Take{ID: fmt.Sprint(i)}})
	}
	var first, second stamp
	x.lost(all, &first)
	if x.base != 1000 || len(x.gone) != goneMost {
		t.Fatalf("base %d, %d gone", x.base, len(x.gone))
	}
	x.lost([]*record{{take: sidecar.Take{ID: "more"}}}, &second)
	if x.base != uint64(first) || len(x.gone) != 1 || x.gone["more"] != uint64(second) {
		t.Errorf("base %d, %d gone", x.base, len(x.gone))
	}
}
