package take

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/takebar/takebar/bridge/live"
	"github.com/takebar/takebar/internal/audio"
	"github.com/takebar/takebar/internal/take/sidecar"
)

func crashed() sound {
	s := tone()
	s.unfinished = true
	return s
}

func (s *studio) rescue(ref string) sidecar.Entry {
	s.t.Helper()
	e, err := s.Rescue(s.t.Context(), ref, nil)
	mustDo(s.t, err)
	return e
}

// checkRepaired says that the copy is complete and holds the samples of the recording, which was not touched.
func checkRepaired(t *testing.T, e sidecar.Entry, i int, path string, frames int64) {
	t.Helper()
	info, err := audio.ProbeFile(e.Paths[i])
	mustDo(t, err)
	f := e.Files[i]
	if !info.Complete || info.Frames != frames || f.Frames != frames || !f.Rescued || !hasWarning(f.Warnings, WarnRescued) || f.OriginalPath != path || f.SHA256 != sumOf(t, e.Paths[i]) {
		t.Errorf("copy %+v, file %+v", info, f)
	}
	if info, err := audio.ProbeFile(path); err != nil || info.Complete {
		t.Errorf("the recording itself was repaired: %+v %v", info, err)
	}
	// The samples are at the end of both, after headers that may differ.
	was, err := os.ReadFile(path)
	mustDo(t, err)
	now, err := os.ReadFile(e.Paths[i])
	mustDo(t, err)
	n := int(frames * 6)
	if string(was[len(was)-n:]) != string(now[len(now)-n:]) {
		t.Error("the samples differ")
	}
}

func TestRescueFile(t *testing.T) {
	for _, aiff := range []bool{false, true} {
		s := newStudio(t)
		what := crashed()
		what.aiff = aiff
		path := s.record("Lead Vox", what)
		e := s.rescue(path)
		if e.Status != sidecar.StatusRescued || e.Source != "file" || e.Set.Name != "My Song" || e.Tracks[0].Name != "Lead Vox" || e.Number != 1 {
			t.Errorf("entry: %+v", e.Take)
		}
		if want := s.clock.Truncate(time.Second); !e.RecordedAt.Equal(want) {
			t.Errorf("recorded at %v, want %v", e.RecordedAt, want)
		}
		checkRepaired(t, e, 0, path, testRate)
		if again := s.rescue(path); again.Sidecar != e.Sidecar || len(s.files()) != 2 || len(s.journalFiles()) != 0 {
			t.Errorf("rescued twice: %v", s.files())
		}
		// Moved away by the user and asked for once more.
		mustDo(t, os.RemoveAll(e.Folder))
		if again := s.rescue(path); len(s.files()) != 2 || len(again.Warnings) != 0 {
			t.Errorf("not rescued again: %v %+v", s.files(), again)
		}
	}
}

func TestRescueFinishedFile(t *testing.T) {
	s := newStudio(t)
	path := s.record("Vox", tone())
	e := s.rescue(path)
	if e.Status != sidecar.StatusLanded || e.Source != "file" || sumOf(t, e.Paths[0]) != sumOf(t, path) {
		t.Errorf("entry: %+v", e.Take)
	}
	_, err := s.Rescue(t.Context(), e.Paths[0], nil)
	mustFail(t, err, CodeExists)
}

func TestRescueRefuses(t *testing.T) {
	s := newStudio(t)
	text := filepath.Join(s.root, "text.wav")
	mustDo(t, os.WriteFile(text, []byte(strings.Repeat("x", 5000)), 0o644))
	empty := filepath.Join(s.root, "empty.wav")
	mustDo(t, os.WriteFile(empty, nil, 0o644))
	for ref, code := range map[string]string{
		text:                        CodeNotAudio,
		empty:                       CodeRescueFailed,
		s.root:                      CodeNotAudio,
		filepath.Join(s.root, "no"): CodeFileMissing,
		"nothing":                   CodeTakeNotFound,
		"":                          CodeTakeNotFound,
	} {
		_, err := s.Rescue(t.Context(), ref, nil)
		if e := failure(t, err, code); code == CodeRescueFailed && strings.Contains(e.Hint, "rescue") {
			t.Errorf("the hint goes in circles: %q", e.Hint)
		}
	}
	s.land(s.take("t-1", s.record("Vox", tone())))
	_, err := s.Rescue(t.Context(), "t-1", nil)
	mustFail(t, err, CodeExists)
	if len(s.list(sidecar.Query{})) != 1 || len(s.journalFiles()) != 0 {
		t.Errorf("a refusal left traces: %v %v", s.files(), s.journalFiles())
	}
}

func TestRescueFileThatIsBeingWritten(t *testing.T) {
	s := newStudio(t)
	path := s.record("Vox", crashed())
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		f, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0)
		for err == nil {
			select {
			case <-stop:
				if err := f.Close(); err != nil {
					t.Error(err)
				}
				return
			default:
				_, err = f.Write(make([]byte, 600))
			}
		}
	}()
	_, err := s.Rescue(t.Context(), path, nil)
	close(stop)
	<-stopped
	mustFail(t, err, CodeFileUnfinished)
	if len(s.files()) != 0 || len(s.journalFiles()) != 0 {
		t.Errorf("left: %v %v", s.files(), s.journalFiles())
	}
	checkRepaired(t, s.rescue(path), 0, path, s.frames(path))
}

func (s *studio) frames(path string) int64 {
	s.t.Helper()
	info, err := audio.ProbeFile(path)
	mustDo(s.t, err)
	return info.Frames
}

func TestRescueTakeWithMissingFiles(t *testing.T) {
	s := newStudio(t)
	vox, gtr := s.record("Vox", tone()), s.record("Gtr", crashed())
	e := s.land(s.take("t-1", vox, gtr))
	if e.Status != sidecar.StatusPartial {
		t.Fatalf("status %s", e.Status)
	}
	s.reopen()
	e = s.rescue("1")
	if e.Status != sidecar.StatusRescued || len(e.Files) != 2 || len(e.Missing) != 0 || len(e.Warnings) != 0 || e.Files[0].Rescued {
		t.Errorf("entry: %+v", e.Take)
	}
	checkRepaired(t, e, 1, gtr, testRate)
	if len(s.journalFiles()) != 0 || len(s.list(sidecar.Query{})) != 1 {
		t.Errorf("journal: %v", s.journalFiles())
	}
}

// The journal may be gone, such as on another computer: the sidecar knows enough.
func TestRescueFromTheSidecarAlone(t *testing.T) {
	s := newStudio(t)
	vox, gtr := s.record("Vox", crashed()), s.record("Gtr", crashed())
	_, err := s.Land(t.Context(), s.take("t-1", vox, gtr), live.Link{}, nil)
	mustFail(t, err, CodeFileUnfinished)
	mustDo(t, os.RemoveAll(s.opt.Home))
	s.reopen()
	e := s.rescue(gtr) // by its path: the take that misses it
	if e.ID != "t-1" || e.Status != sidecar.StatusPartial || len(e.Files) != 1 || len(e.Missing) != 1 || e.Missing[0].OriginalPath != vox {
		t.Fatalf("entry: %+v", e.Take)
	}
	e = s.rescue("t-1")
	if e.Status != sidecar.StatusRescued || len(e.Files) != 2 || len(s.list(sidecar.Query{})) != 1 {
		t.Fatalf("entry: %+v", e.Take)
	}
	checkRepaired(t, e, 1, vox, testRate)
}

func TestRescueCopyThatVanished(t *testing.T) {
	s := newStudio(t)
	path := s.record("Vox", tone())
	e := s.land(s.take("t-1", path, s.record("Gtr", tone())))
	note := "keep"
	_, err := s.Annotate(t.Context(), "t-1", &note, nil)
	mustDo(t, err)
	mustDo(t, os.Remove(e.Paths[0]))
	if got := s.list(sidecar.Query{})[0]; !hasWarning(got.Warnings, WarnFileVanished) || hasWarning(got.Warnings, WarnFileChanged) {
		t.Errorf("warnings: %+v", got.Warnings)
	}
	back := s.rescue("t-1")
	if back.Paths[0] != e.Paths[0] || sumOf(t, back.Paths[0]) != sumOf(t, path) || len(back.Files) != 2 || back.Note != note || back.Status != sidecar.StatusLanded || len(back.Warnings) != 0 {
		t.Errorf("entry: %+v", back)
	}
	// Other content by now: said, not hidden.
	mustDo(t, os.Remove(e.Paths[0]))
	other := tone()
	other.level = 0.2
	mustDo(t, os.WriteFile(path, other.bytes(), 0o644))
	if back = s.rescue("t-1"); !hasWarning(back.Files[0].Warnings, WarnOtherContent) {
		t.Errorf("file: %+v", back.Files[0])
	}
	// Neither copy nor original.
	mustDo(t, os.Remove(e.Paths[0]))
	mustDo(t, os.Remove(path))
	_, err = s.Rescue(t.Context(), "t-1", nil)
	mustFail(t, err, CodeFileMissing)
	if got := s.list(sidecar.Query{}); len(got) != 1 || len(got[0].Files) != 2 {
		t.Errorf("list: %+v", got)
	}
}

func TestRescueSurvivesAKill(t *testing.T) {
	for _, step := range []string{StepNoted, StepPlanned, StepPartCreated, StepCopied, StepJournaledCopy, StepPlaced, StepVerified, StepSidecarPlaced} {
		t.Run(step, func(t *testing.T) {
			s := newStudio(t)
			path := s.record("Vox", crashed())
			stopAt(s, step, func() {
				_, err := s.Rescue(t.Context(), path, nil)
				t.Errorf("it went past %s: %v", step, err)
			})
			s.opt.Step = nil
			s.reopen()
			landed, problems, err := s.Resume(t.Context(), nil)
			mustDo(t, err)
			if len(landed) != 1 || len(problems) != 0 || len(s.files()) != 2 || len(s.journalFiles()) != 0 {
				t.Fatalf("landed %v, problems %v, files %v", landed, problems, s.files())
			}
			checkRepaired(t, landed[0], 0, path, testRate)
			if left := s.rescue(path); left.Sidecar != landed[0].Sidecar || len(s.files()) != 2 {
				t.Errorf("rescued twice: %v", s.files())
			}
		})
	}
}

// stopAt runs deed until the step, and never again: the disk stays as a kill would leave it, and the old Library is not used any more.
func stopAt(s *studio, step string, deed func()) {
	s.t.Helper()
	reached := make(chan struct{})
	leave := make(chan struct{})
	s.opt.Step = func(at string) {
		if at == step {
			close(reached)
			<-leave
			runtimeGoexit()
		}
	}
	s.reopen()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		deed()
	}()
	<-reached
	s.t.Cleanup(func() {
		close(leave)
		<-ended
	})
}
