package app

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/takebar/takebar/bridge/live"
	"github.com/takebar/takebar/internal/control"
)

// Connected says that Live is linked and its state known.
func connected(s control.Snapshot) bool {
	return s.Link.Status == control.LinkConnected && s.State != nil
}

// recordsByItself says that Live records although no take of ours runs.
func recordsByItself(s control.Snapshot) bool {
	if !connected(s) || s.RunningTake() != nil || !s.State.Transport.IsPlaying {
		return false
	}
	const sessionRecordOn = 1
	return s.State.Record.RecordMode || s.State.Record.SessionRecordStatus == sessionRecordOn
}

// Icon chooses the icon for a snapshot: what matters most wins.
func Icon(s control.Snapshot) IconState {
	if !connected(s) {
		return IconNoLive
	}
	take := s.RunningTake()
	switch {
	case take != nil && (take.Phase == live.PhaseRecording || take.Phase == live.PhaseCountingIn):
		return IconRecording
	case recordsByItself(s):
		return IconRecording
	case take != nil, !s.Link.Responding, pending(s, "take.start"):
		return IconBusy
	case len(s.State.Armed()) > 0:
		return IconArmed
	}
	return IconConnected
}

// pending says that one of these verbs, with this target or with any, waits for Live.
func pending(s control.Snapshot, verbs ...string) bool {
	for _, p := range s.Pending {
		for _, verb := range verbs {
			if p == verb || strings.HasPrefix(p, verb+" ") {
				return true
			}
		}
	}
	return false
}

// pendingTrack says that this track, alone or among others ("arm t3 t4"), waits to be armed or disarmed.
func pendingTrack(s control.Snapshot, id string) bool {
	for _, p := range s.Pending {
		words := strings.Fields(p)
		if len(words) > 1 && (words[0] == "arm" || words[0] == "disarm") && slices.Contains(words[1:], id) {
			return true
		}
	}
	return false
}

// statusLine is the first line of the menu: the link and the set.
func statusLine(s control.Snapshot) string {
	switch s.Link.Status {
	case control.LinkConnected:
		if s.State == nil {
			return "Connecting to Live…"
		}
		if !s.Link.Responding {
			return "Live is busy – waiting for its answer"
		}
		text := "Connected to Live"
		if v := Clean(s.State.Link.Live); v != "" {
			text += " " + v
		}
		if set := setName(s.State.Set); set != "" {
			text += " – " + set
		}
		return text
	case control.LinkConnecting:
		return fallback(s.Link.Message, "Connecting to Live…")
	case control.LinkIncompatible:
		return fallback(s.Link.Message, "The Takebar script in Live does not match this version")
	case control.LinkDisconnected:
	}
	return fallback(s.Link.Message, "No Live found")
}

func fallback(text, otherwise string) string {
	if text = line(text); text != "" {
		return text
	}
	return otherwise
}

// hintLine says what to do about the status, "" where nothing needs doing.
func hintLine(s control.Snapshot) string {
	if connected(s) {
		if n := s.State.App.OpenDialogCount; n != nil && *n > 0 {
			if m := s.State.App.CurrentDialogMessage; m != nil && Clean(*m) != "" {
				return "Live asks: " + *m
			}
			return "Live shows a dialog: answer it in Live"
		}
		if s.Link.ScriptUpdate != "" {
			return "A newer script is ready: choose Set Up Live › Update the Script"
		}
	}
	return s.Link.Hint
}

// activityLine says what Live does with regard to takes: what records, or what is armed.
func activityLine(s control.Snapshot) string {
	if !connected(s) {
		return ""
	}
	if text := BounceLine(s); text != "" {
		return text
	}
	if take := s.RunningTake(); take != nil {
		return takeLine(take)
	}
	if recordsByItself(s) {
		return "Live is recording, but not a take"
	}
	if pending(s, "take.start") {
		return "Starting a take…"
	}
	armed := s.State.Armed()
	if len(armed) == 0 {
		return "Nothing is armed"
	}
	all := make([]string, len(armed))
	for i, t := range armed {
		all[i] = t.Name
	}
	return "Armed: " + names(all)
}

func takeLine(take *live.Take) string {
	what := takeTracks(take)
	switch take.Phase {
	case live.PhasePreparing:
		return "Preparing: " + what
	case live.PhaseCountingIn:
		return "Counting in: " + what
	case live.PhaseStopping:
		return "Finishing: " + what
	case live.PhaseRecording, live.PhaseFinished, live.PhaseCancelled, live.PhaseFailed:
	}
	if take.MIDIOnly {
		return "Recording MIDI only, no audio file: " + what
	}
	return "Recording: " + what
}

func takeTracks(take *live.Take) string {
	if take.Source.Kind == live.SourceMain {
		return "main output"
	}
	all := make([]string, len(take.Tracks))
	for i, t := range take.Tracks {
		all[i] = t.Name
	}
	if len(all) == 0 {
		return "a take"
	}
	return names(all)
}

// takeElapsed is how long the take has been recording; ok is false before it does and after it has ended.
func takeElapsed(s control.Snapshot, now time.Time) (elapsed time.Duration, ok bool) {
	take := s.RunningTake()
	if take == nil || take.StartedAt == nil {
		return 0, false
	}
	end := now
	if take.StoppedAt != nil {
		end = time.UnixMilli(*take.StoppedAt)
	}
	return max(end.Sub(time.UnixMilli(*take.StartedAt)), 0), true
}

// takeClock is the running take's length, for the title, "" while none records.
func takeClock(s control.Snapshot, now time.Time) string {
	if elapsed, ok := takeElapsed(s, now); ok {
		return Clock(elapsed)
	}
	return ""
}

// takeCounter is the clock for the Stop Take item: length, wanted length, and bars and beats where the set knows them.
func takeCounter(s control.Snapshot, now time.Time) string {
	take := s.RunningTake()
	if take == nil {
		return ""
	}
	if take.Phase == live.PhaseCountingIn {
		return "counting in"
	}
	elapsed, ok := takeElapsed(s, now)
	if !ok {
		return ""
	}
	elapsed = elapsed.Truncate(counterStep(s))
	text := Clock(elapsed)
	if take.LengthBeats != nil && take.Tempo > 0 {
		wanted := time.Duration(*take.LengthBeats / take.Tempo * float64(time.Minute))
		text += " of " + Clock(wanted+time.Second/2)
	}
	if bars := takeBars(s, take, elapsed); bars != "" {
		text += " · bar " + bars
	}
	return text
}

// counterStep is how often the clock in the menu moves on. A panel reads the whole menu again for each new label; with many hundreds
// of tracks in it that would cost more than a recording computer should spend on a clock. Title and tooltip show every second.
func counterStep(s control.Snapshot) time.Duration {
	const many = 200
	if len(s.State.Tracks) > many {
		return 5 * time.Second
	}
	return time.Second
}

// takeBars is the take's length in bars and beats by the tempo at its start. The set's own song time would also know of tempo
// changes, but it jumps in a loop, and it would redraw the menu ten times a second.
func takeBars(s control.Snapshot, take *live.Take, elapsed time.Duration) string {
	if take.Tempo <= 0 || s.State.Transport.Tempo != take.Tempo {
		return ""
	}
	return barsBeats(elapsed.Minutes()*take.Tempo, take.SignatureNumerator, take.SignatureDenominator)
}

// NextTick is how long until the running clock shows another second; ok is false where no clock runs, so that nothing
// needs to wake up.
func NextTick(s control.Snapshot, now time.Time) (wait time.Duration, ok bool) {
	take := s.RunningTake()
	elapsed, running := takeElapsed(s, now)
	if !running || take.StoppedAt != nil {
		return 0, false
	}
	return time.Second - elapsed%time.Second, true
}

// tooltip is one short line: Windows shows at most 127 characters of it.
func tooltip(s control.Snapshot, now time.Time) string {
	text := statusLine(s)
	if connected(s) && s.Link.Responding {
		if activity := activityLine(s); s.RunningTake() != nil || recordsByItself(s) {
			text = activity
		} else {
			text = fmt.Sprintf("%s – %s", text, lowerFirst(activity))
		}
	}
	if clock := takeClock(s, now); clock != "" {
		text = clock + " – " + text
	}
	return shorten("Takebar: "+text, 120)
}

func lowerFirst(s string) string {
	if s == "" {
		return s
	}
	return strings.ToLower(s[:1]) + s[1:]
}
