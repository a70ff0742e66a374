package take

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/takebar/takebar/bridge/live"
	"github.com/takebar/takebar/internal/take/sidecar"
)

func TestIncompleteTakeRemovedByHandIsForgotten(t *testing.T) {
	s := newStudio(t)
	vox, gone := s.record("Vox", tone()), filepath.Join(s.recorded, "Gtr 0001.wav")
	take := s.take("t-1", vox, gone)
	e := s.land(take)
	mustDo(t, os.RemoveAll(e.Folder))
	if again := s.land(take); !hasWarning(again.Warnings, WarnFilesGone) || len(s.files()) != 0 {
		t.Errorf("entry %+v, files %v", again, s.files())
	}
	landed, problems, err := s.Resume(t.Context(), nil)
	if err != nil || len(landed) != 0 || len(problems) != 0 || len(s.journalFiles()) != 0 {
		t.Errorf("landed %v, problems %v, %v", landed, problems, err)
	}
}

func TestIdsThatDifferOnlyInCase(t *testing.T) {
	s := newStudio(t)
	path := s.record("Vox", tone())
	for _, id := range []string{"Abc", "abc", "ABC", "CON", "nul", "-", "a_B-9"} {
		if e := s.land(s.take(id, path)); e.ID != id {
			t.Errorf("take %q landed as %q", id, e.ID)
		}
	}
	if got := s.list(sidecar.Query{}); len(got) != 7 {
		t.Errorf("%d takes, want 7", len(got))
	}
	names := map[string]bool{}
	for _, name := range filesBelow(t, filepath.Join(s.opt.Home, "journal", "done")) {
		if why := unsafeName(name); why != "" || names[strings.ToLower(name)] {
			t.Errorf("the record %q is unsafe (%s), or there twice", name, why)
		}
		names[strings.ToLower(name)] = true
	}
}

// Somebody has a file of the very name that our .part file wants.
func TestPartOfSomebodyElse(t *testing.T) {
	var s *studio
	foreign := ""
	s = newStudio(t, func(o *Options) {
		o.Step = func(step string) {
			if step == StepPlanned {
				foreign = filepath.Join(s.opt.Dir, "My Song", s.clock.Format("2006-01-02")+" take 001 - Vox.wav.part")
				mustDo(t, os.WriteFile(foreign, []byte("mine"), 0o644))
			}
		}
	})
	e := s.land(s.take("t-1", s.record("Vox", tone())))
	if data, err := os.ReadFile(foreign); err != nil || string(data) != "mine" {
		t.Errorf("somebody's file: %q %v", data, err)
	}
	if !strings.HasSuffix(e.Paths[0], " (2).wav") || len(s.files()) != 3 {
		t.Errorf("it landed as %s; files %v", e.Paths[0], s.files())
	}
}

func TestTakeOnItsWayIsLeftAlone(t *testing.T) {
	s := newStudio(t)
	take := s.take("t-1", s.record("Vox", tone()), filepath.Join(s.recorded, "Gtr 0001.wav"))
	s.land(take) // partial: a second landing will try again
	var busy []error
	s.Library.opt.Step = func(step string) {
		if step != StepPlanned {
			return
		}
		note := "n"
		_, trash := s.Trash(t.Context(), "t-1")
		_, annotate := s.Annotate(t.Context(), "t-1", &note, nil)
		busy = append(busy, trash, annotate)
		mustDo(t, s.Expect(t.Context(), take))
		if problem, err := s.Lost(t.Context(), take); problem != "" || err != nil {
			t.Errorf("Lost: %q %v", problem, err)
		}
	}
	s.land(take)
	if len(busy) != 2 {
		t.Fatalf("%d refusals", len(busy))
	}
	for _, err := range busy {
		mustFail(t, err, CodeBusy)
	}
}

// Live may crash before the first header is on disk.
func TestLostFileWithoutAHeader(t *testing.T) {
	s := newStudio(t)
	path := s.record("Vox", tone())
	mustDo(t, os.Truncate(path, 0))
	problem, err := s.Lost(t.Context(), s.running("t-1", "Vox"))
	if err != nil || !strings.Contains(problem, path) {
		t.Errorf("%q %v", problem, err)
	}
	_, err = s.Rescue(t.Context(), path, nil)
	mustFail(t, err, CodeRescueFailed)
}

func TestExpectForgetsADiscardedTake(t *testing.T) {
	s := newStudio(t)
	take := s.running("t-1", "Vox")
	mustDo(t, s.Expect(t.Context(), take))
	take.Phase = live.PhaseCancelled
	mustDo(t, s.Expect(t.Context(), take))
	mustDo(t, s.Expect(t.Context(), take))
	if left := s.journalFiles(); len(left) != 0 {
		t.Errorf("the journal still has %v", left)
	}
	take.ID = "no such/id"
	mustFail(t, s.Expect(t.Context(), take), CodeBadTake)
}

// A file of many blocks, not a multiple of any of them.
func TestLandLongFile(t *testing.T) {
	s := newStudio(t)
	long := tone()
	long.frames = 61*testRate + 12345
	path := s.record("Vox", long)
	e := s.land(s.take("t-1", path))
	if e.Files[0].Frames != int64(long.frames) || e.Files[0].SHA256 != sumOf(t, path) || sumOf(t, e.Paths[0]) != sumOf(t, path) {
		t.Errorf("file: %+v", e.Files[0])
	}
}

func TestSelectedTrackIsATrack(t *testing.T) {
	s := newStudio(t)
	take := s.take("t-1", s.record("Vox", tone()))
	take.Source = live.Source{Kind: live.SourceSelected, Track: "t0"}
	if e := s.land(take); e.Source != "track" {
		t.Errorf("source %q", e.Source)
	}
}

func TestErrorTellsCodeAndHint(t *testing.T) {
	var err error = failf(CodeDiskFull, "Make room.", os.ErrInvalid, "The disk %s is full.", "x")
	var told interface {
		ErrorCode() string
		ErrorHint() string
	}
	if !errors.As(err, &told) || told.ErrorCode() != CodeDiskFull || told.ErrorHint() != "Make room." || err.Error() != "The disk x is full." {
		t.Errorf("%v: %+v", err, told)
	}
	if !errors.Is(err, os.ErrInvalid) || !errors.Is(err, &Error{Code: CodeDiskFull}) || errors.Is(err, &Error{Code: CodeExists}) {
		t.Error("errors.Is does not see code and cause")
	}
}

func TestRestoreWhileNamesAreTaken(t *testing.T) {
	s := newStudio(t)
	e := s.land(s.take("t-1", s.record("Vox", tone())))
	gone, err := s.Trash(t.Context(), "t-1")
	mustDo(t, err)
	// Stopped while restoring, and before the next start somebody takes both names.
	room := gone.Folder
	rec, err := readTrash(room)
	mustDo(t, err)
	rec.State, rec.Back, rec.BackName = trashRestoring, rec.Files, rec.Sidecar
	mustDo(t, writeRecord(filepath.Join(room, trashNote), rec))
	mustDo(t, os.MkdirAll(e.Folder, 0o755))
	mustDo(t, os.WriteFile(e.Paths[0], []byte("mine"), 0o644))
	mustDo(t, os.WriteFile(e.Sidecar, []byte("mine"), 0o644))
	_, problems, err := s.Resume(t.Context(), nil)
	if err != nil || len(problems) != 0 {
		t.Fatalf("problems %v, %v", problems, err)
	}
	for _, path := range []string{e.Paths[0], e.Sidecar} {
		if data, err := os.ReadFile(path); err != nil || string(data) != "mine" {
			t.Errorf("overwritten: %q %v", data, err)
		}
	}
	back, err := s.Get(t.Context(), "t-1")
	mustDo(t, err)
	if back.Trashed || len(back.Warnings) != 0 || !strings.HasSuffix(back.Paths[0], " (2).wav") {
		t.Errorf("restored: %+v", back)
	}
}
