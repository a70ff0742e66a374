package control

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

// measuringLibrary takes its time to measure.
type measuringLibrary struct {
	*fakeLibrary
	hold chan struct{}
	left chan error // what ctx said, when it was left
}

func (m *measuringLibrary) Measure(ctx context.Context, ref string) (LibraryTake, error) {
	select {
	case <-m.hold:
	case <-ctx.Done():
		m.left <- ctx.Err()
		return LibraryTake{}, ctx.Err()
	}
	return m.edit(ref, func(e *LibraryTake) {
		level := -14.5
		e.Files[0].IntegratedLUFS = &level
	})
}

// A take is measured after it has landed. That holds up nobody, and the end of the core for a moment only.
func TestLoudnessIsMeasuredLater(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		lib := &measuringLibrary{fakeLibrary: newFakeLibrary(), hold: make(chan struct{}), left: make(chan error, 1)}
		s := &stage{t: t, link: newFakeLink(), lib: lib.fakeLibrary, ran: make(chan error, 1)}
		s.Controller = New(Options{Link: s.link, Library: lib, ScriptVersion: "1.1.0"})
		go func() { s.ran <- s.Run(context.Background()) }()
		synctest.Wait()
		record := func() LibraryTake {
			if _, err := s.startMain(t.Context()); err != nil {
				t.Fatal(err)
			}
			take, err := s.StopTake(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			e, err := s.WaitLanded(t.Context(), take.ID)
			if err != nil || e.Files[0].IntegratedLUFS != nil {
				t.Errorf("%+v, %v", e, err)
			}
			return e
		}
		record()
		close(lib.hold)
		if last := s.rest().LastTake; last == nil || last.Files[0].IntegratedLUFS == nil {
			t.Errorf("last take: %+v", last)
		}
		lib.hold = make(chan struct{})
		record()
		begun := time.Now()
		s.Close()
		if took := time.Since(begun); took != askGrace || <-lib.left == nil {
			t.Errorf("closing took %v", took)
		}
		if err := <-s.ran; err != nil {
			t.Error(err)
		}
	})
}
