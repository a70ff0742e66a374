package takelist

import (
	"strings"
	"time"

	"github.com/takebar/takebar/app"
	"github.com/takebar/takebar/app/words"
	"github.com/takebar/takebar/bridge/live"
	"github.com/takebar/takebar/internal/control"
)

// Phase is what the strip is about.
type Phase int

// The phases of the strip.
const (
	Off     Phase = iota // nothing can be recorded; Detail says why
	Ready                // a take can be started
	Waiting              // a take was asked for, or is being prepared or counted in
	Running              // a take or bounce records
	Ending               // Live finishes it
)

// Strip is the upper edge of the page: what records, or what a click on Record would do, and what is on its way into the library.
type Strip struct {
	Phase    Phase
	Title    string
	Detail   string
	Clock    string  // of the running take, "" before it records
	Of       string  // length that was asked for, "" where it is open
	Progress float64 // of a bounce, 0 to 1; below 0 = none
	Bounce   bool
	Tracks   []StripTrack // that record or are armed
	Source   live.SourceKind
	View     live.View
	Landings []StripLanding
	SetUp    bool // the page that sets Live up may help
}

// StripTrack is a track with its input.
type StripTrack struct {
	ID   string
	Name string
	MIDI bool
}

// StripLanding is a take on its way into the library.
type StripLanding struct {
	TakeID  string
	Name    string
	Text    string
	Done    float64 // 0 to 1
	Problem bool    // Text says what is wrong
}

// CanStart says that Record would do something.
func (p Strip) CanStart() bool { return p.Phase == Ready }

// CanStop says that there is something to stop or discard.
func (p Strip) CanStop() bool { return p.Phase == Running || p.Phase == Waiting }

// NewStrip reads the strip from what the core knows.
func NewStrip(s control.Snapshot, now time.Time, say words.Say) Strip {
	strip := Strip{Progress: -1, Source: s.Settings.Source, View: s.Settings.View, Landings: landings(s, say)}
	take := s.RunningTake()
	switch {
	case s.Link.Status != control.LinkConnected || s.State == nil:
		strip.off(s, say)
	case take != nil && take.Bounce != nil:
		strip.bounce(s, take, say)
	case take != nil:
		strip.take(take, now, say)
	case waits(s, "take.start"):
		strip.Phase, strip.Title = Waiting, say("takes.strip.starting")
		strip.Tracks = armed(s.State)
	default:
		strip.ready(s, say)
	}
	return strip
}

func waits(s control.Snapshot, verb string) bool {
	for _, p := range s.Pending {
		if p == verb || strings.HasPrefix(p, verb+" ") {
			return true
		}
	}
	return false
}

func (p *Strip) off(s control.Snapshot, say words.Say) {
	p.Phase = Off
	switch s.Link.Status {
	case control.LinkIncompatible:
		p.Title, p.Detail, p.SetUp = say("takes.strip.incompatible"), say("takes.strip.incompatible.hint"), true
	case control.LinkConnecting, control.LinkConnected:
		p.Title, p.Detail = say("takes.strip.connecting"), ""
	default:
		p.Title, p.Detail, p.SetUp = say("takes.strip.no_live"), say("takes.strip.no_live.hint"), true
	}
}

func (p *Strip) bounce(s control.Snapshot, take *live.Take, say words.Say) {
	done, left, _ := app.BounceProgress(s)
	p.Bounce, p.Progress = true, done
	what := say("takes.strip.bounce.main")
	if take.Bounce.Kind != live.BounceMain {
		what = say("takes.strip.bounce.tracks", words.Data{"Count": len(take.Bounce.Sources)})
		if len(take.Bounce.Sources) == 1 {
			what = say("takes.strip.bounce.one")
		}
	}
	p.Title = what
	switch take.Phase {
	case live.PhaseRecording:
		p.Phase, p.Clock = Running, app.Clock(left.Round(time.Second))
		p.Detail = say("takes.strip.bounce.left", words.Data{"Percent": int(done * 100), "Left": p.Clock})
	case live.PhaseStopping:
		p.Phase, p.Detail = Ending, say("takes.strip.finishing")
	default:
		p.Phase, p.Detail = Waiting, say("takes.strip.preparing")
	}
}

func (p *Strip) take(take *live.Take, now time.Time, say words.Say) {
	for _, t := range take.Tracks {
		p.Tracks = append(p.Tracks, StripTrack{t.ID, app.Clean(t.Name), t.Kind == live.KindMIDI})
	}
	if take.StartedAt != nil {
		end := now
		if take.StoppedAt != nil {
			end = time.UnixMilli(*take.StoppedAt)
		}
		p.Clock = app.Clock(end.Sub(time.UnixMilli(*take.StartedAt)))
		if take.LengthBeats != nil && *take.LengthBeats > 0 && take.Tempo > 0 {
			p.Of = app.Length(time.Duration(*take.LengthBeats * 60 / take.Tempo * float64(time.Second)))
		}
	}
	if take.Name != nil {
		p.Detail = app.Clean(*take.Name)
	}
	if p.Detail == "" && take.Set.Name != nil {
		p.Detail = app.Clean(*take.Set.Name)
	}
	switch take.Phase {
	case live.PhasePreparing:
		p.Phase, p.Title = Waiting, say("takes.strip.preparing")
	case live.PhaseCountingIn:
		p.Phase, p.Title = Waiting, say("takes.strip.counting_in")
	case live.PhaseStopping:
		p.Phase, p.Title = Ending, say("takes.strip.finishing")
	default:
		p.Phase, p.Title = Running, recordingTitle(take, say)
	}
}

func recordingTitle(take *live.Take, say words.Say) string {
	switch {
	case take.Source.Kind == live.SourceMain:
		return say("takes.strip.recording.main")
	case take.MIDIOnly:
		return say("takes.strip.recording.midi")
	case len(take.Tracks) == 1:
		return say("takes.strip.recording.one")
	}
	return say("takes.strip.recording.many", words.Data{"Count": len(take.Tracks)})
}

func (p *Strip) ready(s control.Snapshot, say words.Say) {
	p.Phase = Ready
	p.Tracks = armed(s.State)
	selected, chosen := s.State.Selected()
	const sessionRecordOn = 1
	switch {
	case !s.Link.Responding:
		p.Phase, p.Title, p.Detail = Off, say("takes.strip.busy"), say("takes.strip.busy.hint")
	case s.State.Transport.IsPlaying && (s.State.Record.RecordMode || s.State.Record.SessionRecordStatus == sessionRecordOn):
		p.Phase, p.Title, p.Detail = Off, say("takes.strip.by_hand"), say("takes.strip.by_hand.hint")
	case p.Source == live.SourceMain:
		p.Title = say("takes.strip.ready.main")
	case p.Source == live.SourceSelected && !chosen:
		p.Phase, p.Title, p.Detail = Off, say("takes.strip.unselected"), say("takes.strip.unselected.hint")
	case p.Source == live.SourceSelected && !selected.CanBeArmed:
		p.Phase, p.Title = Off, say("takes.strip.unarmable", words.Data{"Track": app.Clean(selected.Name)})
		p.Detail = say("takes.strip.unarmable.hint")
	case p.Source == live.SourceSelected:
		p.Title = say("takes.strip.ready.selected", words.Data{"Track": app.Clean(selected.Name)})
		p.Tracks = []StripTrack{{selected.ID, app.Clean(selected.Name), selected.Kind == live.KindMIDI}}
	case len(p.Tracks) == 0:
		p.Phase, p.Title, p.Detail = Off, say("takes.strip.unarmed"), say("takes.strip.unarmed.hint")
	case len(p.Tracks) == 1:
		p.Title = say("takes.strip.ready.one")
	default:
		p.Title = say("takes.strip.ready.many", words.Data{"Count": len(p.Tracks)})
	}
}

func armed(s *live.State) []StripTrack {
	var tracks []StripTrack
	for _, t := range s.Armed() {
		tracks = append(tracks, StripTrack{t.ID, app.Clean(t.Name), t.Kind == live.KindMIDI})
	}
	return tracks
}

func landings(s control.Snapshot, say words.Say) []StripLanding {
	var all []StripLanding
	for _, l := range s.Landings {
		if l.Step == "done" && l.Problem == "" {
			continue
		}
		one := StripLanding{TakeID: l.TakeID, Name: app.Clean(l.Name), Done: min(max(l.Done, 0), 1)}
		switch {
		case l.Problem != "":
			one.Text, one.Problem = app.Clean(l.Problem), true
		case l.Step == "copying":
			one.Text = say("takes.landing.copying")
		case l.Step == "checking":
			one.Text = say("takes.landing.checking")
		default:
			one.Text = say("takes.landing.waiting")
		}
		all = append(all, one)
	}
	return all
}

// Empty says why the list has no rows, and what to do about it.
type Empty struct {
	Title, Text string
	Actions     []Step // the most sensible first
}

// Step is something that an empty page offers.
type Step int

// What an empty page offers.
const (
	StepRecord Step = iota // only where CanStart
	StepSetUp
	StepShowAll // clear search and filters
	StepLeaveTrash
	StepRetry
	StepSettings
)

// NewEmpty is for a list without rows. trouble is why the library could not be read, "" if it could; loading is true until it was read for the first time.
func NewEmpty(q Show, strip Strip, all int, loading bool, trouble string, say words.Say) Empty {
	switch {
	case trouble != "":
		return Empty{say("takes.empty.trouble"), trouble, []Step{StepRetry, StepSettings}}
	case loading:
		return Empty{Title: say("takes.empty.loading")}
	case q.Filtered() && all > 0:
		return Empty{say("takes.empty.nothing"), say("takes.empty.nothing.hint"), []Step{StepShowAll}}
	case q.Trash:
		return Empty{say("takes.empty.trash"), say("takes.empty.trash.hint"), []Step{StepLeaveTrash}}
	case strip.SetUp:
		return Empty{say("takes.empty.none"), say("takes.empty.none.set_up"), []Step{StepSetUp}}
	case strip.CanStart():
		return Empty{say("takes.empty.none"), say("takes.empty.none.record"), []Step{StepRecord}}
	case strip.Phase == Waiting, strip.Phase == Running, strip.Phase == Ending, len(strip.Landings) > 0:
		return Empty{say("takes.empty.none"), say("takes.empty.none.soon"), nil}
	}
	return Empty{say("takes.empty.none"), say("takes.empty.none.arm"), nil}
}
