package app

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/takebar/takebar/bridge/live"
	"github.com/takebar/takebar/internal/control"
)

// bouncing makes the running take a bounce of so many tracks, 0 = the main output, in the middle of its 32 beats.
func bouncing(tracks int) func(*control.Snapshot) {
	return func(s *control.Snapshot) {
		b := &live.Bounce{Kind: live.BounceMain, Start: 4, Length: 28, Tail: 4}
		if tracks > 0 {
			b.Kind, b.Sources = live.BounceStems, make([]live.BouncedFrom, tracks)
		}
		s.State.Take.Source.Kind, s.State.Take.Bounce = live.SourceBounce, b
		s.State.Transport.CurrentSongTime = 20
	}
}

func (c *spyCore) Bounce(_ context.Context, r control.BounceRequest) (control.Bounced, error) {
	return control.Bounced{}, c.call("Bounce %s %s", r.Source, r.Range)
}

func (c *spyCore) StopBounce(context.Context) (live.Take, error) {
	return live.Take{}, c.call("StopBounce")
}

func (c *spyCore) CancelBounce(context.Context) (live.Take, error) {
	return live.Take{}, c.call("CancelBounce")
}

func TestBounceProgress(t *testing.T) {
	s := band(running(live.PhaseRecording, time.Second), bouncing(0))
	if done, left, ok := BounceProgress(s); !ok || done != 0.5 || left != 8*time.Second {
		t.Errorf("%g, %v left, %v", done, left, ok)
	}
	if got, want := BounceLine(s), "Bouncing the main output: 50 %, 0:08 left"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	s.State.Transport.CurrentSongTime = 99
	if done, left, _ := BounceProgress(s); done != 1 || left != 0 {
		t.Errorf("beyond the end: %g, %v left", done, left)
	}
	if got := BounceLine(band(running(live.PhaseRecording, time.Second))); got != "" {
		t.Errorf("an ordinary take shows %q", got)
	}
	if got, want := BounceLine(band(running(live.PhasePreparing, 0), bouncing(1))), "Bouncing 1 track: preparing"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestDoBounce(t *testing.T) {
	for in, want := range map[Intent]string{
		{Verb: BounceStart, Target: "stems", Option: "loop"}: "Bounce stems loop",
		{Verb: BounceStop}: "StopBounce",
	} {
		core := &spyCore{}
		if _, err := Do(t.Context(), core, Tools{}, in); err != nil || len(core.calls) != 1 || core.calls[0] != want {
			t.Errorf("%s: %q, %v", in, core.calls, err)
		}
	}
	var refused *control.Error
	_, err := Do(t.Context(), struct{ control.Core }{}, Tools{}, Intent{Verb: BounceStop})
	if !errors.As(err, &refused) || refused.Code != control.CodeNotSupported {
		t.Errorf("a core without bounces: %v", err)
	}
}

func (c *spyCore) LeaveSet(_ context.Context, message string) error {
	return c.call("LeaveSet %s", message)
}

func (c *spyCore) TidyBounces(_ context.Context, remove bool) ([]live.Leftover, error) {
	return nil, c.call("TidyBounces %t", remove)
}
