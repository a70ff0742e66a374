package app

import (
	"context"
	"fmt"
	"time"

	"github.com/takebar/takebar/bridge/live"
	"github.com/takebar/takebar/internal/control"
)

// BounceProgress says how far the running bounce has come; ok is false where none runs. done goes from 0 to 1 by song time, left is what
// remains at the tempo of the moment.
func BounceProgress(s control.Snapshot) (done float64, left time.Duration, ok bool) {
	t := s.RunningTake()
	if t == nil || t.Bounce == nil {
		return 0, 0, false
	}
	b := *t.Bounce
	length := b.End() - b.Start
	at := 0.0
	switch t.Phase {
	case live.PhaseRecording:
		at = min(max(0, s.State.Transport.CurrentSongTime-b.Start), length)
	case live.PhaseStopping:
		at = length
	}
	if length > 0 {
		done = at / length
	}
	if tempo := s.State.Transport.Tempo; tempo > 0 {
		left = time.Duration((length - at) * 60 / tempo * float64(time.Second))
	}
	return done, left, true
}

// BounceLine is one line about the running bounce, "" where none runs.
func BounceLine(s control.Snapshot) string {
	done, left, ok := BounceProgress(s)
	if !ok {
		return ""
	}
	t := s.RunningTake()
	what := "the main output"
	if n := len(t.Bounce.Sources); t.Bounce.Kind != live.BounceMain {
		what = "1 track"
		if n != 1 {
			what = fmt.Sprintf("%d tracks", n)
		}
	}
	switch t.Phase {
	case live.PhaseRecording:
		left = left.Round(time.Second)
		return fmt.Sprintf("Bouncing %s: %d %%, %d:%02d left", what, int(done*100), int(left.Minutes()), int(left.Seconds())%60)
	case live.PhaseStopping:
		return fmt.Sprintf("Bouncing %s: finishing", what)
	default:
		return fmt.Sprintf("Bouncing %s: preparing", what)
	}
}

// The verbs of bounces.
const (
	BounceStart Verb = "bounce.start" // Target: main or stems, Option: set or loop
	BounceStop  Verb = "bounce.stop"
)

// bounceMenu offers what can be bounced, and shows how far the running one is.
func bounceMenu(s control.Snapshot) Item {
	running := runsBounce(s)
	off := !connected(s) || s.RunningTake() != nil
	start := func(source, span, label string) Item {
		return Item{
			Key: "bounce/" + source + "/" + span, Kind: Action, Label: label, Disabled: off || running, Hidden: running,
			Intent: Intent{Verb: BounceStart, Target: source, Option: span},
		}
	}
	return Item{Key: "bounce", Kind: Submenu, Label: "Bounce", Children: []Item{
		info("bounce/progress", line(BounceLine(s))),
		{Key: "bounce/stop", Kind: Action, Label: "Stop Bounce, Keep What Is There", Hidden: !running, Intent: Intent{Verb: BounceStop}},
		start(live.BounceMain, string(control.RangeSet), "Main Output: Whole Set"),
		start(live.BounceMain, string(control.RangeLoop), "Main Output: Loop"),
		start(live.BounceStems, string(control.RangeSet), "All Tracks: Whole Set"),
		start(live.BounceStems, string(control.RangeLoop), "All Tracks: Loop"),
	}}
}

func runsBounce(s control.Snapshot) bool {
	t := s.RunningTake()
	return t != nil && t.Bounce != nil
}

// bounce carries out a verb of bounces. A start waits for the end, which a notice of the core tells.
func bounce(ctx context.Context, core control.Core, in Intent) error {
	b, ok := core.(control.BounceCore)
	if !ok {
		return &control.Error{Code: control.CodeNotSupported, Message: "This Takebar cannot bounce.", Hint: "Record a take of the main output instead."}
	}
	if in.Verb == BounceStop {
		_, err := b.StopBounce(ctx)
		return err
	}
	_, err := b.Bounce(ctx, control.BounceRequest{Source: in.Target, Range: control.RangeKind(in.Option)})
	return err
}
