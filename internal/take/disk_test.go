package take

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/takebar/takebar/internal/take/sidecar"
)

// Every way to give a file its name must refuse a name that is taken, and leave nothing else behind.
func TestMoveNew(t *testing.T) {
	no := func(string, string) error { return errNotOffered }
	for name, m := range map[string]mover{
		"rename": {rename: renameExclusive, link: no},
		"link":   {rename: no, link: os.Link},
		"name":   {rename: no, link: no},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			from, to, taken := filepath.Join(dir, "from"), filepath.Join(dir, "to"), filepath.Join(dir, "taken")
			mustDo(t, os.WriteFile(from, []byte("x"), 0o644))
			mustDo(t, os.WriteFile(taken, []byte("mine"), 0o644))
			if err := m.move(from, taken); !errors.Is(err, fs.ErrExist) {
				t.Errorf("got %v for a name that is taken", err)
			}
			mustDo(t, m.move(from, to))
			if err := m.move(from, to); err == nil {
				t.Error("a file that is not there was moved")
			}
			if data, err := os.ReadFile(to); err != nil || string(data) != "x" {
				t.Errorf("moved: %q %v", data, err)
			}
			if data, err := os.ReadFile(taken); err != nil || string(data) != "mine" {
				t.Errorf("overwritten: %q %v", data, err)
			}
			wantFiles(t, filesBelow(t, dir), []string{"taken", "to"})
			missing := filepath.Join(dir, "free")
			if err := m.move(from, missing); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("got %v for a file that is not there", err)
			}
			wantFiles(t, filesBelow(t, dir), []string{"taken", "to"})
		})
	}
}

// Without renameat2 the name is given by a hard link, and a stop may leave both names.
func TestKilledBetweenLinkAndRemove(t *testing.T) {
	s := newStudio(t)
	paths := s.twoFiles()
	mustDo(t, os.WriteFile(paths[0], tone().bytes(), 0o644))
	aiff := tone()
	aiff.aiff = true
	mustDo(t, os.WriteFile(paths[1], aiff.bytes(), 0o644))
	killAt(t, s, StepJournaledCopy, 0)
	name := filepath.Join(s.opt.Dir, "My Song", s.clock.Format("2006-01-02")+" take 001 - Vox.wav")
	mustDo(t, os.Link(name+partSuffix, name))
	landed, problems, err := s.Resume(t.Context(), nil)
	if err != nil || len(landed) != 1 || len(problems) != 0 {
		t.Fatalf("landed %v, problems %v, %v", landed, problems, err)
	}
	s.checkWhole(paths)
}

func TestWriteWhole(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "x")
	mustDo(t, writeNew(path, []byte("one"), func() {}))
	if err := writeNew(path, []byte("two"), func() {}); !errors.Is(err, fs.ErrExist) {
		t.Errorf("got %v", err)
	}
	mustDo(t, writeOver(path, []byte("three")))
	if data, err := os.ReadFile(path); err != nil || string(data) != "three" {
		t.Errorf("%q %v", data, err)
	}
	wantFiles(t, filesBelow(t, dir), []string{"x"})
	if err := writeNew(filepath.Join(dir, "no", "x"), nil, func() {}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v", err)
	}
}

func TestTakeWaitingForRoomGoesByItsNumber(t *testing.T) {
	s := newStudio(t)
	fail := true
	s.opt.Step = func(step string) {
		if step == StepPlanned && fail {
			mustDo(t, os.RemoveAll(filepath.Join(s.opt.Dir, "My Song"))) // whatever goes wrong with the folder
		}
	}
	s.reopen()
	take := s.take("t-1", s.record("Vox", tone()))
	wish := "The One"
	take.Name = &wish
	_, err := s.Land(t.Context(), take, linkUnknown(), nil)
	if err == nil || len(s.journalFiles()) != 1 {
		t.Fatalf("got %v, journal %v", err, s.journalFiles())
	}
	fail = false
	if e := s.rescue("the one"); e.ID != "t-1" || e.Number != 1 || e.Name != wish || e.Status != sidecar.StatusLanded || e.Source != "armed" {
		t.Errorf("entry: %+v", e)
	}
}
