// Package live holds the nouns of the link to Ableton Live: set, transport, track, take, clip. They are plain values
// with the JSON spelling of docs/protocol.md, which in turn uses the spelling of Live's own API.
//
// It must not open connections, keep state or know who uses it. Anybody may import it; it imports only the
// standard library.
package live

// State is everything the script tells about one running Live.
// Beats are quarter notes; a nil pointer means that this version of Live does not have the field.
type State struct {
	Link      Link      `json:"link"`
	Set       Set       `json:"set"`
	Transport Transport `json:"transport"`
	Record    Record    `json:"record"`
	App       App       `json:"app"`
	Tracks    []Track   `json:"tracks"` // tracks, returns, main; each sort by Index
	Take      *Take     `json:"take"`   // running, or the last one since the script started
}

// Link names the two ends that talk.
type Link struct {
	Live     string `json:"live"`
	Python   string `json:"python"`
	Script   string `json:"script"`
	Protocol int    `json:"protocol"`
	PID      int    `json:"pid"`
	Started  int64  `json:"started"` // Unix ms
}

// Set is the Live Set that is open. ID changes when another set is loaded.
type Set struct {
	ID   string  `json:"id"`
	Name *string `json:"name"`
	Path *string `json:"path"` // nil before Live 11.3.25 and for a set that was never saved
}

// Transport is play, stop, position and tempo.
type Transport struct {
	IsPlaying            bool    `json:"is_playing"`
	IsCountingIn         bool    `json:"is_counting_in"`
	CurrentSongTime      float64 `json:"current_song_time"` // beats
	Tempo                float64 `json:"tempo"`             // beats a minute
	SignatureNumerator   int     `json:"signature_numerator"`
	SignatureDenominator int     `json:"signature_denominator"`
	Loop                 bool    `json:"loop"`
	LoopStart            float64 `json:"loop_start"`  // beats
	LoopLength           float64 `json:"loop_length"` // beats
	PunchIn              bool    `json:"punch_in"`
	PunchOut             bool    `json:"punch_out"`
	Metronome            bool    `json:"metronome"`
	CountInDuration      int     `json:"count_in_duration"` // 0, 1, 2, 3 = none, 1, 2, 4 bars
	LastEventTime        float64 `json:"last_event_time"`   // beats
	CanUndo              *bool   `json:"can_undo"`
	CanRedo              *bool   `json:"can_redo"`
	CanCaptureMIDI       *bool   `json:"can_capture_midi"`
}

// Record is Live's record switches and the Exclusive Arm preference.
type Record struct {
	RecordMode          bool `json:"record_mode"` // Arrangement record
	SessionRecord       bool `json:"session_record"`
	SessionRecordStatus int  `json:"session_record_status"` // 0 off, 1 on, 2 transition
	ExclusiveArm        bool `json:"exclusive_arm"`
}

// App is what Live tells about itself.
type App struct {
	AverageProcessUsage  *float64 `json:"average_process_usage"` // per cent
	OpenDialogCount      *int     `json:"open_dialog_count"`
	CurrentDialogMessage *string  `json:"current_dialog_message"`
}

// TrackKind says what sort of track it is.
type TrackKind string

// The kinds of track that Live has.
const (
	KindAudio  TrackKind = "audio"
	KindMIDI   TrackKind = "midi"
	KindGroup  TrackKind = "group"
	KindReturn TrackKind = "return"
	KindMain   TrackKind = "main"
)

// Monitoring is Live's current_monitoring_state.
type Monitoring int

// In, Auto and Off are Live's values for a track's Monitor switch.
const (
	MonitoringIn Monitoring = iota
	MonitoringAuto
	MonitoringOff
)

// Track is one track. ID stays while the track lives, wherever it is moved.
type Track struct {
	ID                     string       `json:"id"`
	Index                  int          `json:"index"` // among its own sort (tracks, returns), from 0
	Name                   string       `json:"name"`
	Kind                   TrackKind    `json:"kind"`
	Color                  int          `json:"color"` // 0xRRGGBB
	CanBeArmed             bool         `json:"can_be_armed"`
	Arm                    bool         `json:"arm"`
	ImplicitArm            bool         `json:"implicit_arm"`
	CurrentMonitoringState *Monitoring  `json:"current_monitoring_state"`
	Mute                   bool         `json:"mute"`
	Solo                   bool         `json:"solo"`
	GroupTrack             *string      `json:"group_track"` // id of the group that it is in
	IsFrozen               bool         `json:"is_frozen"`
	InputRoutingType       *RoutingType `json:"input_routing_type"`
	InputRoutingChannel    *string      `json:"input_routing_channel"`
	Selected               bool         `json:"selected"`
}

// RoutingType is one entry of a track's input chooser. DisplayName is translated by Live; Category is not.
type RoutingType struct {
	DisplayName string `json:"display_name"`
	Category    string `json:"category"` // external, rewire, resampling, master, track, parent_group_track, none, invalid
}

// TrackByID finds a track.
func (s *State) TrackByID(id string) (Track, bool) {
	for _, t := range s.Tracks {
		if t.ID == id {
			return t, true
		}
	}
	return Track{}, false
}

// Armed lists the tracks that would record now, implicitly armed ones included.
func (s *State) Armed() []Track {
	var armed []Track
	for _, t := range s.Tracks {
		if t.Arm || t.ImplicitArm {
			armed = append(armed, t)
		}
	}
	return armed
}

// Selected is the track selected in Live.
func (s *State) Selected() (Track, bool) {
	for _, t := range s.Tracks {
		if t.Selected {
			return t, true
		}
	}
	return Track{}, false
}
