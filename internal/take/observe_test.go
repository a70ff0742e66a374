package take

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/takebar/takebar/internal/take/sidecar"
)

// watched runs Observe and answers a function that waits until the library is as wanted, told by Observe alone.
func watched(t *testing.T, s *studio) (until func(what string, ok func(sidecar.Overview) bool)) {
	t.Helper()
	if runtime.GOOS != "linux" {
		if err := s.Observe(t.Context(), func() {}); !errors.Is(err, ErrNotObserved) {
			t.Errorf("observe: %v", err)
		}
		t.Skip("this system does not tell of changes")
	}
	ctx, cancel := context.WithCancel(context.Background())
	told, ended := make(chan struct{}, 1), make(chan error, 1)
	go func() {
		ended <- s.Observe(ctx, func() {
			select {
			case told <- struct{}{}:
			default:
			}
		})
	}()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("observe: %v", err)
		}
	})
	return func(what string, ok func(sidecar.Overview) bool) {
		t.Helper()
		limit := time.NewTimer(time.Minute)
		defer limit.Stop()
		for {
			select {
			case <-told:
			case <-limit.C:
				o, _, err := s.Look(t.Context())
				t.Fatalf("%s was not told; the library is %+v %v", what, o, err)
			}
			o, _, err := s.Look(t.Context())
			mustDo(t, err)
			if ok(o) {
				return
			}
		}
	}
}

func TestObserve(t *testing.T) {
	s := newStudio(t)
	s.land(s.take("t-1", s.record("Vox", tone())))
	e, err := s.Get(t.Context(), "t-1")
	mustDo(t, err)
	until := watched(t, s)
	data, err := os.ReadFile(e.Sidecar)
	mustDo(t, err)
	takes := func(n int) func(sidecar.Overview) bool {
		return func(o sidecar.Overview) bool { return o.Takes == n }
	}
	deep := filepath.Join(s.opt.Dir, "New Set", "Deep")
	mustDo(t, os.MkdirAll(deep, 0o755))
	other := filepath.Join(deep, "other"+sidecar.Suffix)
	mustDo(t, os.WriteFile(other, data, 0o644))
	until("a sidecar in a new folder", takes(2))
	mustDo(t, os.WriteFile(other, []byte("{"), 0o644))
	until("a garbled sidecar", func(o sidecar.Overview) bool { return o.Unreadable == 1 })
	was := s.Revision()
	mustDo(t, os.Remove(e.Paths[0]))
	until("a vanished file", func(o sidecar.Overview) bool { return o.Revision != was })
	mustDo(t, os.RemoveAll(filepath.Join(s.opt.Dir, "New Set")))
	until("a removed folder", takes(1))
	mustDo(t, os.MkdirAll(deep, 0o755))
	mustDo(t, os.WriteFile(other, data, 0o644))
	until("the same folder again", takes(2))
	if _, err := s.Trash(t.Context(), other); err != nil {
		t.Fatal(err)
	}
	until("the trash", takes(1))
	mustDo(t, os.RemoveAll(filepath.Join(s.opt.Dir, trashFolder)))
	until("an emptied trash", func(sidecar.Overview) bool { return len(s.list(sidecar.Query{Trashed: true})) == 0 })
}

func TestObserveWaitsForTheFolder(t *testing.T) {
	drive := filepath.Join(t.TempDir(), "drive")
	s := newStudio(t, func(o *Options) { o.Dir = filepath.Join(drive, "Takes") })
	mustDo(t, os.MkdirAll(s.opt.Dir, 0o755))
	s.returnTime = 20 * time.Millisecond
	until := watched(t, s)
	until("the empty folder", func(o sidecar.Overview) bool { return o.Takes == 0 })
	s.land(s.take("t-1", s.record("Vox", tone())))
	until("the first take", func(o sidecar.Overview) bool { return o.Takes == 1 })
	mustDo(t, os.Rename(drive, drive+" away"))
	until("the missing drive", func(o sidecar.Overview) bool { return o.Problem != "" })
	mustDo(t, os.Rename(drive+" away", drive))
	until("the drive", func(o sidecar.Overview) bool { return o.Problem == "" && o.Takes == 1 })
	mustDo(t, os.RemoveAll(s.opt.Dir))
	until("the removed folder", func(o sidecar.Overview) bool { return o.Takes == 0 })
	s.land(s.take("t-2", s.record("Gtr", tone())))
	until("a new folder", func(o sidecar.Overview) bool { return o.Takes == 1 && o.Problem == "" })
}

// Files that grow beside the takes, such as an export by Live, are no reason to look.
func TestObserveLeavesStrangersAlone(t *testing.T) {
	s := newStudio(t)
	e := s.land(s.take("t-1", s.record("Vox", tone())))
	s.list(sidecar.Query{})
	if !s.knows(e.Paths[0]) || s.knows(e.Sidecar) || s.knows(filepath.Join(e.Folder, "export.wav")) {
		t.Error("a file of a take is taken for a stranger, or the other way round")
	}
	s.rename("t-1", "Riff")
	if s.list(sidecar.Query{}); s.knows(e.Paths[0]) {
		t.Error("the old name is known still")
	}
}
