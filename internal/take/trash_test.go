package take

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/takebar/takebar/internal/take/sidecar"
)

func TestTrashAndRestore(t *testing.T) {
	s := newStudio(t)
	paths := []string{s.record("Vox", tone()), s.record("Gtr", tone())}
	e := s.land(s.take("t-1", paths...))
	before := s.files()

	gone, err := s.Trash(t.Context(), "last")
	mustDo(t, err)
	if !gone.Trashed || gone.ID != "t-1" || len(gone.Warnings) != 0 || !strings.HasPrefix(gone.Folder, filepath.Join(s.opt.Dir, ".trash")) {
		t.Errorf("trashed: %+v", gone)
	}
	if len(s.files()) != 0 || len(s.list(sidecar.Query{})) != 0 {
		t.Errorf("left in the library: %v", s.files())
	}
	if ok, _ := exists(e.Folder); ok {
		t.Error("the empty folder of the set stays")
	}
	if got := s.list(sidecar.Query{Trashed: true}); len(got) != 1 || sumOf(t, got[0].Paths[1]) != sumOf(t, paths[1]) {
		t.Errorf("in the trash: %+v", got)
	}
	if again := s.land(s.take("t-1", paths...)); !again.Trashed || len(s.files()) != 0 {
		t.Errorf("a trashed take landed again: %+v", again)
	}
	if got, err := s.Get(t.Context(), "t-1"); err != nil || !got.Trashed {
		t.Errorf("Get: %+v %v", got, err)
	}
	_, err = s.Get(t.Context(), "last")
	mustFail(t, err, CodeTakeNotFound)

	back, err := s.Restore(t.Context(), "1")
	mustDo(t, err)
	if back.Trashed || back.Sidecar != e.Sidecar || len(back.Warnings) != 0 || len(s.list(sidecar.Query{Trashed: true})) != 0 {
		t.Errorf("restored: %+v", back)
	}
	wantFiles(t, s.files(), before)
	_, err = s.Restore(t.Context(), "t-1")
	mustFail(t, err, CodeExists)
	_, err = s.Restore(t.Context(), "nothing")
	mustFail(t, err, CodeTakeNotFound)
	_, err = s.Trash(t.Context(), "nothing")
	mustFail(t, err, CodeTakeNotFound)
}

func TestRestoreNeverOverwrites(t *testing.T) {
	s := newStudio(t)
	e := s.land(s.take("t-1", s.record("Vox", tone())))
	_, err := s.Trash(t.Context(), "t-1")
	mustDo(t, err)
	mustDo(t, os.MkdirAll(e.Folder, 0o755))
	mustDo(t, os.WriteFile(e.Paths[0], []byte("mine"), 0o644))
	back, err := s.Restore(t.Context(), "t-1")
	mustDo(t, err)
	if data, err := os.ReadFile(e.Paths[0]); err != nil || string(data) != "mine" {
		t.Errorf("overwritten: %q %v", data, err)
	}
	if !strings.HasSuffix(back.Paths[0], " (2).wav") || !strings.HasSuffix(back.Sidecar, " (2).takebar.json") || len(back.Warnings) != 0 || sumOf(t, back.Paths[0]) != back.Files[0].SHA256 {
		t.Errorf("restored: %+v", back)
	}
}

func TestRestoreLastIsTheLastTrashed(t *testing.T) {
	s := newStudio(t)
	path := s.record("Vox", tone())
	for _, id := range []string{"t-1", "t-2", "t-3"} {
		s.clock = s.clock.Add(time.Minute)
		s.land(s.take(id, path))
	}
	for _, id := range []string{"t-3", "t-1", "t-2"} {
		s.clock = s.clock.Add(time.Minute)
		_, err := s.Trash(t.Context(), id)
		mustDo(t, err)
	}
	for _, want := range []string{"t-2", "t-1", "t-3"} {
		got, err := s.Restore(t.Context(), "last")
		mustDo(t, err)
		if got.ID != want {
			t.Errorf("restored %s, want %s", got.ID, want)
		}
	}
}

// A move to or from the trash may stop after any of its steps.
func TestTrashStoppedHalfway(t *testing.T) {
	for moved := range 4 { // files of the take that were moved before the stop: none, one, both, and the sidecar
		s := newStudio(t)
		e := s.land(s.take("t-1", s.record("Vox", tone()), s.record("Gtr", tone())))
		before := s.files()
		move := func(from, to []string) {
			for i := range moved {
				mustDo(t, os.Rename(from[i], to[i]))
			}
		}
		room, rec, err := s.newTrash(e)
		mustDo(t, err)
		in := append([]string{}, e.Paths...)
		in = append(in, e.Sidecar)
		var out []string
		for _, p := range in {
			out = append(out, filepath.Join(room, filepath.Base(p)))
		}
		move(in, out)
		s.reopen()
		_, problems, err := s.Resume(t.Context(), nil)
		mustDo(t, err)
		if got := s.list(sidecar.Query{Trashed: true}); len(problems) != 0 || len(s.files()) != 0 || len(got) != 1 || len(got[0].Warnings) != 0 {
			t.Fatalf("%d moved: %v, problems %v", moved, s.files(), problems)
		}

		rec.State, rec.Back, rec.BackName = trashRestoring, rec.Files, rec.Sidecar
		mustDo(t, writeRecord(filepath.Join(room, trashNote), rec))
		mustDo(t, os.MkdirAll(e.Folder, 0o755))
		move(out, in)
		if moved == 3 { // the sidecar is written anew rather than moved
			data, err := os.ReadFile(in[2])
			mustDo(t, err)
			mustDo(t, os.WriteFile(out[2], data, 0o644))
		}
		s.reopen()
		_, problems, err = s.Resume(t.Context(), nil)
		mustDo(t, err)
		if got := s.list(sidecar.Query{}); len(problems) != 0 || len(got) != 1 || len(got[0].Warnings) != 0 || len(s.list(sidecar.Query{Trashed: true})) != 0 {
			t.Fatalf("%d moved back: %v, problems %v", moved, got, problems)
		}
		wantFiles(t, s.files(), before)
	}
}

func TestTrashRecordThatLeadsOut(t *testing.T) {
	s := newStudio(t)
	room := filepath.Join(s.opt.Dir, ".trash", "t-1")
	mustDo(t, os.MkdirAll(room, 0o755))
	victim := filepath.Join(s.root, "victim")
	mustDo(t, os.WriteFile(victim, nil, 0o644))
	mustDo(t, writeRecord(filepath.Join(room, trashNote), trashRecord{Version: 1, ID: "t-1", State: trashMoving, Files: []string{"../victim"}, Sidecar: "x"}))
	_, problems, err := s.Resume(t.Context(), nil)
	if err != nil || len(problems) != 1 {
		t.Errorf("problems %v, %v", problems, err)
	}
	if ok, _ := exists(victim); !ok {
		t.Error("it was moved")
	}
}

func TestTrashOfAnUnreadableSidecarIsRefused(t *testing.T) {
	s := newStudio(t)
	mustDo(t, os.MkdirAll(s.opt.Dir, 0o755))
	path := filepath.Join(s.opt.Dir, "x"+sidecar.Suffix)
	mustDo(t, os.WriteFile(path, []byte("{"), 0o644))
	all := s.list(sidecar.Query{})
	if len(all) != 1 || !hasWarning(all[0].Warnings, WarnSidecarUnreadable) || all[0].Name != "x" {
		t.Fatalf("list: %+v", all)
	}
	_, err := s.Trash(t.Context(), all[0].ID)
	mustFail(t, err, CodeSidecarUnreadable)
	note := "n"
	_, err = s.Annotate(t.Context(), "x", &note, nil)
	mustFail(t, err, CodeSidecarUnreadable)
	if data, err := os.ReadFile(path); err != nil || string(data) != "{" {
		t.Errorf("it was changed: %q %v", data, err)
	}
}
