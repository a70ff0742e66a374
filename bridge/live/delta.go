package live

import (
	"errors"
	"fmt"
	"slices"
)

// Delta is what changed in a State: the params of the event state.changed.
type Delta struct {
	Revision uint64 `json:"revision"` // the one that follows
	Changed  Change `json:"changed"`
}

// Change has the sections that changed, with their changed fields only.
type Change struct {
	Link      *LinkChange      `json:"link,omitempty"`
	Set       *SetChange       `json:"set,omitempty"`
	Transport *TransportChange `json:"transport,omitempty"`
	Record    *RecordChange    `json:"record,omitempty"`
	App       *AppChange       `json:"app,omitempty"`
	Tracks    *TracksChange    `json:"tracks,omitempty"`
	Take      Opt[*Take]       `json:"take,omitzero"` // whole, or nil
}

// LinkChange has the changed fields of Link.
type LinkChange struct {
	Live     Opt[string] `json:"live,omitzero"`
	Python   Opt[string] `json:"python,omitzero"`
	Script   Opt[string] `json:"script,omitzero"`
	Protocol Opt[int]    `json:"protocol,omitzero"`
	PID      Opt[int]    `json:"pid,omitzero"`
	Started  Opt[int64]  `json:"started,omitzero"`
}

// SetChange has the changed fields of Set.
type SetChange struct {
	ID   Opt[string]  `json:"id,omitzero"`
	Name Opt[*string] `json:"name,omitzero"`
	Path Opt[*string] `json:"path,omitzero"`
}

// TransportChange has the changed fields of Transport.
type TransportChange struct {
	IsPlaying            Opt[bool]    `json:"is_playing,omitzero"`
	IsCountingIn         Opt[bool]    `json:"is_counting_in,omitzero"`
	CurrentSongTime      Opt[float64] `json:"current_song_time,omitzero"`
	Tempo                Opt[float64] `json:"tempo,omitzero"`
	SignatureNumerator   Opt[int]     `json:"signature_numerator,omitzero"`
	SignatureDenominator Opt[int]     `json:"signature_denominator,omitzero"`
	Loop                 Opt[bool]    `json:"loop,omitzero"`
	LoopStart            Opt[float64] `json:"loop_start,omitzero"`
	LoopLength           Opt[float64] `json:"loop_length,omitzero"`
	PunchIn              Opt[bool]    `json:"punch_in,omitzero"`
	PunchOut             Opt[bool]    `json:"punch_out,omitzero"`
	Metronome            Opt[bool]    `json:"metronome,omitzero"`
	CountInDuration      Opt[int]     `json:"count_in_duration,omitzero"`
	LastEventTime        Opt[float64] `json:"last_event_time,omitzero"`
	CanUndo              Opt[*bool]   `json:"can_undo,omitzero"`
	CanRedo              Opt[*bool]   `json:"can_redo,omitzero"`
	CanCaptureMIDI       Opt[*bool]   `json:"can_capture_midi,omitzero"`
}

// RecordChange has the changed fields of Record.
type RecordChange struct {
	RecordMode          Opt[bool] `json:"record_mode,omitzero"`
	SessionRecord       Opt[bool] `json:"session_record,omitzero"`
	SessionRecordStatus Opt[int]  `json:"session_record_status,omitzero"`
	ExclusiveArm        Opt[bool] `json:"exclusive_arm,omitzero"`
}

// AppChange has the changed fields of App.
type AppChange struct {
	AverageProcessUsage  Opt[*float64] `json:"average_process_usage,omitzero"`
	OpenDialogCount      Opt[*int]     `json:"open_dialog_count,omitzero"`
	CurrentDialogMessage Opt[*string]  `json:"current_dialog_message,omitzero"`
}

// TracksChange has changed and new tracks, and the ids of those that are gone.
type TracksChange struct {
	Changed []TrackChange `json:"changed,omitempty"`
	Removed []string      `json:"removed,omitempty"`
}

// TrackChange has the id and the changed fields of a track; a new track has all of them.
type TrackChange struct {
	ID                     string            `json:"id"`
	Index                  Opt[int]          `json:"index,omitzero"`
	Name                   Opt[string]       `json:"name,omitzero"`
	Kind                   Opt[TrackKind]    `json:"kind,omitzero"`
	Color                  Opt[int]          `json:"color,omitzero"`
	CanBeArmed             Opt[bool]         `json:"can_be_armed,omitzero"`
	Arm                    Opt[bool]         `json:"arm,omitzero"`
	ImplicitArm            Opt[bool]         `json:"implicit_arm,omitzero"`
	CurrentMonitoringState Opt[*Monitoring]  `json:"current_monitoring_state,omitzero"`
	Mute                   Opt[bool]         `json:"mute,omitzero"`
	Solo                   Opt[bool]         `json:"solo,omitzero"`
	GroupTrack             Opt[*string]      `json:"group_track,omitzero"`
	IsFrozen               Opt[bool]         `json:"is_frozen,omitzero"`
	InputRoutingType       Opt[*RoutingType] `json:"input_routing_type,omitzero"`
	InputRoutingChannel    Opt[*string]      `json:"input_routing_channel,omitzero"`
	Selected               Opt[bool]         `json:"selected,omitzero"`
}

// ErrMisfit says that a Delta belongs to another State; subscribe again to get a whole one.
var ErrMisfit = errors.New("the change does not fit the state")

// Check says whether d can be applied to s: every track that it changes must be there already or come whole.
func (d Delta) Check(s State) error {
	if d.Changed.Tracks == nil {
		return nil
	}
	at := placesOf(s.Tracks)
	for _, c := range d.Changed.Tracks.Changed {
		_, known := at[c.ID]
		whole := c.Kind.Set && c.Name.Set && c.Index.Set
		if c.ID == "" || !known && !whole {
			return fmt.Errorf("%w: unknown track %q", ErrMisfit, c.ID)
		}
	}
	return nil
}

// Apply answers s with d applied. It changes neither; what did not change is shared between s and the answer.
func Apply(s State, d Delta) State {
	c := d.Changed
	if l := c.Link; l != nil {
		applyLink(&s.Link, *l)
	}
	if x := c.Set; x != nil {
		x.ID.apply(&s.Set.ID)
		x.Name.apply(&s.Set.Name)
		x.Path.apply(&s.Set.Path)
	}
	if t := c.Transport; t != nil {
		applyTransport(&s.Transport, *t)
	}
	if r := c.Record; r != nil {
		r.RecordMode.apply(&s.Record.RecordMode)
		r.SessionRecord.apply(&s.Record.SessionRecord)
		r.SessionRecordStatus.apply(&s.Record.SessionRecordStatus)
		r.ExclusiveArm.apply(&s.Record.ExclusiveArm)
	}
	if a := c.App; a != nil {
		a.AverageProcessUsage.apply(&s.App.AverageProcessUsage)
		a.OpenDialogCount.apply(&s.App.OpenDialogCount)
		a.CurrentDialogMessage.apply(&s.App.CurrentDialogMessage)
	}
	if c.Tracks != nil {
		s.Tracks = applyTracks(s.Tracks, *c.Tracks)
	}
	c.Take.apply(&s.Take)
	return s
}

func applyLink(to *Link, c LinkChange) {
	c.Live.apply(&to.Live)
	c.Python.apply(&to.Python)
	c.Script.apply(&to.Script)
	c.Protocol.apply(&to.Protocol)
	c.PID.apply(&to.PID)
	c.Started.apply(&to.Started)
}

func applyTransport(to *Transport, c TransportChange) {
	c.IsPlaying.apply(&to.IsPlaying)
	c.IsCountingIn.apply(&to.IsCountingIn)
	c.CurrentSongTime.apply(&to.CurrentSongTime)
	c.Tempo.apply(&to.Tempo)
	c.SignatureNumerator.apply(&to.SignatureNumerator)
	c.SignatureDenominator.apply(&to.SignatureDenominator)
	c.Loop.apply(&to.Loop)
	c.LoopStart.apply(&to.LoopStart)
	c.LoopLength.apply(&to.LoopLength)
	c.PunchIn.apply(&to.PunchIn)
	c.PunchOut.apply(&to.PunchOut)
	c.Metronome.apply(&to.Metronome)
	c.CountInDuration.apply(&to.CountInDuration)
	c.LastEventTime.apply(&to.LastEventTime)
	c.CanUndo.apply(&to.CanUndo)
	c.CanRedo.apply(&to.CanRedo)
	c.CanCaptureMIDI.apply(&to.CanCaptureMIDI)
}

func applyTrack(to *Track, c TrackChange) {
	c.Index.apply(&to.Index)
	c.Name.apply(&to.Name)
	c.Kind.apply(&to.Kind)
	c.Color.apply(&to.Color)
	c.CanBeArmed.apply(&to.CanBeArmed)
	c.Arm.apply(&to.Arm)
	c.ImplicitArm.apply(&to.ImplicitArm)
	c.CurrentMonitoringState.apply(&to.CurrentMonitoringState)
	c.Mute.apply(&to.Mute)
	c.Solo.apply(&to.Solo)
	c.GroupTrack.apply(&to.GroupTrack)
	c.IsFrozen.apply(&to.IsFrozen)
	c.InputRoutingType.apply(&to.InputRoutingType)
	c.InputRoutingChannel.apply(&to.InputRoutingChannel)
	c.Selected.apply(&to.Selected)
}

// applyTracks copies the list, because older States keep theirs.
func applyTracks(old []Track, c TracksChange) []Track {
	if len(c.Changed) == 0 && len(c.Removed) == 0 {
		return old
	}
	tracks := make([]Track, len(old), len(old)+len(c.Changed))
	copy(tracks, old)
	sorted := true
	at := placesOf(old)
	for _, change := range c.Changed {
		i, known := at[change.ID]
		if !known {
			i = len(tracks)
			tracks = append(tracks, Track{ID: change.ID})
			at[change.ID] = i
		}
		applyTrack(&tracks[i], change)
		sorted = sorted && known && !change.Index.Set && !change.Kind.Set
	}
	if len(c.Removed) > 0 {
		gone := make(map[string]bool, len(c.Removed))
		for _, id := range c.Removed {
			gone[id] = true
		}
		tracks = slices.DeleteFunc(tracks, func(t Track) bool { return gone[t.ID] })
	}
	if !sorted {
		SortTracks(tracks)
	}
	return tracks
}

// SortTracks puts tracks in Live's order: tracks, returns, main; each sort by Index.
func SortTracks(tracks []Track) {
	slices.SortStableFunc(tracks, func(a, b Track) int {
		if ra, rb := rank(a.Kind), rank(b.Kind); ra != rb {
			return ra - rb
		}
		return a.Index - b.Index
	})
}

func rank(k TrackKind) int {
	switch k {
	case KindReturn:
		return 1
	case KindMain:
		return 2
	default:
		return 0
	}
}

func placesOf(tracks []Track) map[string]int {
	at := make(map[string]int, len(tracks))
	for i, t := range tracks {
		at[t.ID] = i
	}
	return at
}
