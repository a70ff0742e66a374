package take

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/takebar/takebar/bridge/live"
	"github.com/takebar/takebar/internal/take/sidecar"
)

// smallDisk mounts a file system of its own in memory. That takes root; without it the test is skipped, but never in CI.
func smallDisk(t *testing.T, dir string, bytes int) {
	t.Helper()
	mustDo(t, os.MkdirAll(dir, 0o755))
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, fmt.Sprintf("size=%d", bytes)); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("a test of a full disk must be able to mount one: %v", err)
		}
		t.Skipf("cannot mount a small disk: %v", err)
	}
	t.Cleanup(func() { mustDo(t, unix.Unmount(dir, unix.MNT_DETACH)) })
}

func remount(t *testing.T, dir string, flags uintptr, options string) {
	t.Helper()
	mustDo(t, unix.Mount("tmpfs", dir, "tmpfs", unix.MS_REMOUNT|flags, options))
}

func TestDiskTooSmallIsSaidBefore(t *testing.T) {
	s := newStudio(t)
	smallDisk(t, s.opt.Dir, 200<<10)
	touched := false
	s.opt.Step = func(step string) { touched = touched || step == StepCopying }
	s.reopen()
	path := s.record("Vox", tone()) // 288 kB
	_, err := s.Land(t.Context(), s.take("t-1", path), live.Link{}, nil)
	e := failure(t, err, CodeDiskFull)
	if !strings.Contains(e.Message, "less than a minute") || !strings.Contains(e.Message, "288 kB") || touched {
		t.Errorf("message %q, bytes written: %v", e.Message, touched)
	}
	s.checkWaiting()

	remount(t, s.opt.Dir, 0, "size=20m")
	landed := s.land(s.take("t-1", path))
	if landed.Status != sidecar.StatusLanded || !hasWarning(landed.Warnings, WarnDiskLow) || len(s.journalFiles()) != 0 {
		t.Errorf("landed: %+v", landed)
	}
	if got := s.list(sidecar.Query{}); hasWarning(got[0].Warnings, WarnDiskLow) {
		t.Error("the warning of the moment was written into the sidecar")
	}
}

// checkWaiting says that nothing half is in the takes folder, and that the take is not forgotten.
func (s *studio) checkWaiting() {
	s.t.Helper()
	if files := s.files(); len(files) != 0 {
		s.t.Errorf("left in the takes folder: %v", files)
	}
	if len(s.journalFiles()) != 1 {
		s.t.Error("the take is not waiting in the journal")
	}
}

func TestDiskFillsUpInTheMiddle(t *testing.T) {
	for _, step := range []string{StepPartCreated, StepCopying, StepJournaledCopy, StepVerified} {
		t.Run(step, func(t *testing.T) {
			s := newStudio(t)
			smallDisk(t, s.opt.Dir, 3<<20)
			ballast := filepath.Join(s.opt.Dir, "ballast.wav.part") // somebody else's, and called as if it were ours
			s.opt.Step = func(at string) {
				if at != step {
					return
				}
				f, err := os.Create(ballast)
				mustDo(t, err)
				block := make([]byte, 4096)
				for err == nil {
					_, err = f.Write(block)
				}
				for err = nil; err == nil; { // the last bytes of the last page too
					_, err = f.Write(block[:1])
				}
				if err := f.Close(); err != nil {
					t.Error(err)
				}
			}
			s.reopen()
			big := tone()
			big.frames = 4 * testRate // 1.1 MB, more than one block
			path := s.record("Vox", big)
			_, err := s.Land(t.Context(), s.take("t-1", path), live.Link{}, nil)
			mustFail(t, err, CodeDiskFull)
			for _, name := range s.files() {
				half := strings.HasSuffix(name, partSuffix) && name != filepath.Base(ballast)
				if half || strings.HasSuffix(name, sidecar.Suffix) {
					t.Errorf("left in the takes folder: %s", name)
				}
			}
			if ok, _ := exists(ballast); !ok {
				t.Error("somebody else's file was removed")
			}
			mustDo(t, os.Remove(ballast))

			// A new start finishes it.
			s.opt.Step = nil
			s.reopen()
			landed, problems, err := s.Resume(t.Context(), nil)
			mustDo(t, err)
			if len(landed) != 1 || len(problems) != 0 || sumOf(t, landed[0].Paths[0]) != sumOf(t, path) || len(s.files()) != 2 || len(s.journalFiles()) != 0 {
				t.Errorf("landed %+v, problems %v, files %v", landed, problems, s.files())
			}
		})
	}
}

func TestHomeDiskFull(t *testing.T) {
	s := newStudio(t)
	smallDisk(t, s.opt.Home, 64<<10)
	path := s.record("Vox", tone())
	ballast, err := os.Create(filepath.Join(s.opt.Home, "ballast"))
	mustDo(t, err)
	for err == nil {
		_, err = ballast.Write(make([]byte, 1024))
	}
	mustDo(t, ballast.Close())
	// A take is worth more than its journal.
	if e := s.land(s.take("t-1", path)); e.Status != sidecar.StatusLanded || len(s.files()) != 2 {
		t.Errorf("entry %+v, files %v", e, s.files())
	}
	if err := s.Expect(t.Context(), s.take("t-2")); err == nil {
		t.Error("a note that could not be written was not told of")
	}
}

func TestTakesFolderReadonly(t *testing.T) {
	s := newStudio(t)
	smallDisk(t, s.opt.Dir, 3<<20)
	remount(t, s.opt.Dir, unix.MS_RDONLY, "")
	path := s.record("Vox", tone())
	_, err := s.Land(t.Context(), s.take("t-1", path), live.Link{}, nil)
	if e := failure(t, err, CodeTakesFolderReadonly); !strings.Contains(e.Message, s.opt.Dir) || e.Hint == "" {
		t.Errorf("%q %q", e.Message, e.Hint)
	}
	s.checkWaiting()

	s.reopen()
	landed, problems, err := s.Resume(t.Context(), nil)
	mustDo(t, err)
	if len(landed) != 0 || len(problems) != 1 || !strings.Contains(problems[0], s.opt.Dir) {
		t.Fatalf("landed %v, problems %v", landed, problems)
	}
	remount(t, s.opt.Dir, 0, "")
	if landed, problems, err = s.Resume(t.Context(), nil); err != nil || len(landed) != 1 || len(problems) != 0 {
		t.Fatalf("landed %v, problems %v, %v", landed, problems, err)
	}

	remount(t, s.opt.Dir, unix.MS_RDONLY, "")
	note := "x"
	_, err = s.Annotate(t.Context(), "1", &note, nil)
	mustFail(t, err, CodeTakesFolderReadonly)
	_, err = s.Trash(t.Context(), "1")
	mustFail(t, err, CodeTakesFolderReadonly)
	_, err = s.Rename(t.Context(), "1", "Riff")
	mustFail(t, err, CodeTakesFolderReadonly)
	if got := s.list(sidecar.Query{}); len(got) != 1 || len(got[0].Warnings) != 0 {
		t.Errorf("list: %+v", got)
	}
}

// A disk that is full before a rename, or fills up in the middle of it, leaves everything as it was.
func TestRenameOnAFullDisk(t *testing.T) {
	for _, step := range []string{"", StepRenameNoted, StepRenameFileMoved} {
		s := newStudio(t)
		smallDisk(t, s.opt.Dir, 20<<20)
		s.land(s.take("t-1", s.record("Vox", tone()), s.record("Gtr", tone())))
		before := s.files()
		fill := filepath.Join(s.opt.Dir, "fill")
		full := func() {
			f, err := os.Create(fill)
			mustDo(t, err)
			for _, size := range []int{1 << 20, 1 << 12, 1} {
				for err == nil {
					_, err = f.Write(make([]byte, size))
				}
				err = nil
			}
			_ = f.Close()
		}
		if step == "" {
			full()
		}
		filled := false
		s.opt.Step = func(name string) {
			if name == step && !filled {
				filled = true
				full()
			}
		}
		s.reopen()
		_, err := s.Rename(t.Context(), "t-1", "Riff")
		if e := failure(t, err, CodeDiskFull); !strings.Contains(e.Hint, "try again") {
			t.Errorf("%s: hint %q", step, e.Hint)
		}
		mustDo(t, os.Remove(fill))
		wantFiles(t, s.files(), before)
		e, err := s.Get(t.Context(), "t-1")
		mustDo(t, err)
		s.whole(e)
		s.whole(s.rename("t-1", "Riff"))
	}
}

func TestTakesFolderUnplugged(t *testing.T) {
	s := newStudio(t)
	drive := filepath.Join(s.root, "drive")
	s.opt.Dir = filepath.Join(drive, "Takes")
	s.reopen()
	path := s.record("Vox", tone())
	s.land(s.take("t-1", path)) // a folder that never was is made
	mustDo(t, os.Rename(drive, drive+" unplugged"))

	_, err := s.Land(t.Context(), s.take("t-2", path), live.Link{}, nil)
	mustFail(t, err, CodeTakesFolderMissing)
	_, err = s.List(t.Context(), sidecar.Query{})
	mustFail(t, err, CodeTakesFolderMissing)
	if ok, _ := exists(drive); ok {
		t.Error("takes would have landed where the drive is not")
	}

	mustDo(t, os.Rename(drive+" unplugged", drive))
	landed, problems, err := s.Resume(t.Context(), nil)
	if err != nil || len(landed) != 1 || len(problems) != 0 || len(s.list(sidecar.Query{})) != 2 {
		t.Errorf("landed %v, problems %v, %v", landed, problems, err)
	}
	// Only tidied up: it is made again.
	mustDo(t, os.RemoveAll(s.opt.Dir))
	s.land(s.take("t-3", path))
}
