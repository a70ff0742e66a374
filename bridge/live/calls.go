package live

import "context"

// Params and results of the methods of docs/protocol.md. hello is missing: it belongs to the connection.
type (
	// HelloResult is what the script says of itself.
	HelloResult struct {
		Protocol     int      `json:"protocol"`
		Script       string   `json:"script"`
		Live         string   `json:"live"`
		Python       string   `json:"python"`
		PID          int      `json:"pid"`
		Capabilities []string `json:"capabilities"`
		Limits       Limits   `json:"limits"`
	}
	// Limits of the script.
	Limits struct {
		Line    int `json:"line"`    // bytes
		Clients int `json:"clients"` // at once
		Queue   int `json:"queue"`   // requests that wait, for one client
	}
	// Empty is the result of methods that have none.
	Empty struct{}
	// PingResult answers ping.
	PingResult struct {
		Time int64 `json:"time"` // Unix ms
		Tick int64 `json:"tick"`
	}
	// StateParams ask for the state with its tracks from a place on, for sets that are too big for one line.
	StateParams struct {
		From int `json:"from,omitempty"`
	}
	// StateResult answers state.get and state.subscribe.
	StateResult struct {
		Revision uint64 `json:"revision"`
		State    State  `json:"state"`
		Parts    int    `json:"parts,omitempty"` // of state.subscribe: so many changes follow that have the rest of the tracks
		Next     int    `json:"next,omitempty"`  // of state.get: the place of the first track that is missing, 0 if none
	}
	// ArmParams arm tracks. Exclusive is set (default), yes or no.
	ArmParams struct {
		Tracks    []string `json:"tracks"`
		Exclusive string   `json:"exclusive,omitempty"`
	}
	// TracksParams name tracks by id.
	TracksParams struct {
		Tracks []string `json:"tracks"`
	}
	// ArmedResult has the ids of all armed tracks.
	ArmedResult struct {
		Armed []string `json:"armed"`
	}
	// MonitoringParams set a track's Monitor switch.
	MonitoringParams struct {
		Track string     `json:"track"`
		State Monitoring `json:"state"`
	}
	// MonitoringResult is the switch afterwards.
	MonitoringResult struct {
		CurrentMonitoringState Monitoring `json:"current_monitoring_state"`
	}
	// TrackParams name one track by id.
	TrackParams struct {
		Track string `json:"track"`
	}
	// TrackResult names a new track.
	TrackResult struct {
		Track string `json:"track"`
	}
	// RoutingsResult has a track's possible inputs and the chosen one.
	RoutingsResult struct {
		Types    []RoutingType `json:"types"`
		Channels []string      `json:"channels"`
		Type     *RoutingType  `json:"type"`
		Channel  *string       `json:"channel"`
	}
	// RoutingParams choose a track's input by category, display name, or both.
	RoutingParams struct {
		Track    string `json:"track"`
		Category string `json:"category,omitempty"`
		Name     string `json:"name,omitempty"`
		Channel  string `json:"channel,omitempty"`
	}
	// RoutingResult is the input afterwards.
	RoutingResult struct {
		Type    *RoutingType `json:"type"`
		Channel *string      `json:"channel"`
	}
	// CreateAudioParams make an audio track. Index nil = after the last.
	CreateAudioParams struct {
		Index *int   `json:"index,omitempty"`
		Name  string `json:"name,omitempty"`
	}
	// RenameParams give a track a name of 1 to 255 characters.
	RenameParams struct {
		Track string `json:"track"`
		Name  string `json:"name"`
	}
	// NameResult is the name afterwards.
	NameResult struct {
		Name string `json:"name"`
	}
	// PlayingResult is the transport afterwards.
	PlayingResult struct {
		IsPlaying bool `json:"is_playing"`
	}
	// LocateParams move the transport.
	LocateParams struct {
		Time float64 `json:"time"` // beats
	}
	// LocateResult is the place afterwards.
	LocateResult struct {
		CurrentSongTime float64 `json:"current_song_time"` // beats
	}
	// LoopParams change the loop brace; nil fields stay as they are.
	LoopParams struct {
		Loop       *bool    `json:"loop,omitempty"`
		LoopStart  *float64 `json:"loop_start,omitempty"`  // beats
		LoopLength *float64 `json:"loop_length,omitempty"` // beats, over 0
	}
	// LoopResult is the loop brace afterwards.
	LoopResult struct {
		Loop       bool    `json:"loop"`
		LoopStart  float64 `json:"loop_start"`  // beats
		LoopLength float64 `json:"loop_length"` // beats
	}
	// CuePoint is a locator.
	CuePoint struct {
		Time float64 `json:"time"` // beats
		Name string  `json:"name"`
	}
	// CuePointsResult has the set's locators in order of time.
	CuePointsResult struct {
		CuePoints []CuePoint `json:"cue_points"`
	}
	// RecordParams choose where to record; "" = Arrangement.
	RecordParams struct {
		View View `json:"view,omitempty"`
	}
	// RecordResult is Live's record switches afterwards and the slots that record.
	RecordResult struct {
		RecordMode    bool   `json:"record_mode"`
		SessionRecord bool   `json:"session_record"`
		Slots         []Slot `json:"slots"`
	}
	// Slot is a clip slot.
	Slot struct {
		Track string `json:"track"`
		Index int    `json:"index"` // scene, from 0
	}
	// TakeStartParams start a take.
	TakeStartParams struct {
		Source      *Source `json:"source,omitempty"` // nil = armed
		View        View    `json:"view,omitempty"`
		LengthBeats float64 `json:"length_beats,omitempty"` // 0 = until it is stopped
		Name        string  `json:"name,omitempty"`
		Take        string  `json:"take,omitempty"` // id
	}
	// TakeParams name a take by id; "" = the running or last one.
	TakeParams struct {
		Take string `json:"take,omitempty"`
	}
	// TakeListResult has the last takes since Live started, oldest first.
	TakeListResult struct {
		Takes []Take `json:"takes"`
	}
	// FireParams fire a clip slot. RecordLength in beats, nil = until it is stopped.
	FireParams struct {
		Track        string   `json:"track"`
		Index        int      `json:"index"`
		RecordLength *float64 `json:"record_length,omitempty"`
	}
	// UndoResult says what can be undone and redone afterwards.
	UndoResult struct {
		CanUndo *bool `json:"can_undo"`
		CanRedo *bool `json:"can_redo"`
	}
	// MessageParams are a text of 1 to 255 characters for Live's status bar.
	MessageParams struct {
		Text string `json:"text"`
	}
	// DialogResult is what Live shows on top of its window; nil where this Live cannot say.
	DialogResult struct {
		OpenDialogCount          *int    `json:"open_dialog_count"`
		CurrentDialogMessage     *string `json:"current_dialog_message"`
		CurrentDialogButtonCount *int    `json:"current_dialog_button_count"`
	}
)

// Calls are the methods of docs/protocol.md with types, carried by any Caller. Errors are those of the Caller.
type Calls struct{ Caller }

func call[R any](ctx context.Context, c Calls, method string, params any) (R, error) {
	var r R
	err := c.Call(ctx, method, params, &r)
	return r, err
}

// Ping asks whether Live's main thread answers.
func (c Calls) Ping(ctx context.Context) (PingResult, error) {
	return call[PingResult](ctx, c, "ping", nil)
}

// statesMost bounds how often State begins anew, because the set changes while it is read in parts.
const statesMost = 20

// State reads the whole state, in several parts where the set is big.
func (c Calls) State(ctx context.Context) (StateResult, error) {
	whole, err := c.StatePart(ctx, StateParams{})
	for begun := 1; err == nil && whole.Next > 0; {
		var part StateResult
		if part, err = c.StatePart(ctx, StateParams{From: whole.Next}); err != nil {
			break
		}
		if part.Revision != whole.Revision && begun < statesMost {
			begun++
			whole, err = c.StatePart(ctx, StateParams{})
			continue
		}
		whole.State.Tracks = append(whole.State.Tracks, part.State.Tracks...)
		whole.Next = part.Next
	}
	return whole, err
}

// StatePart reads as much of the state as fits into a line.
func (c Calls) StatePart(ctx context.Context, p StateParams) (StateResult, error) {
	if p.From == 0 {
		return call[StateResult](ctx, c, "state.get", nil)
	}
	return call[StateResult](ctx, c, "state.get", p)
}

// Subscribe reads the whole state and asks for the events that follow.
func (c Calls) Subscribe(ctx context.Context) (StateResult, error) {
	return call[StateResult](ctx, c, "state.subscribe", nil)
}

// Unsubscribe ends the events.
func (c Calls) Unsubscribe(ctx context.Context) error {
	_, err := call[Empty](ctx, c, "state.unsubscribe", nil)
	return err
}

// WatchLevels has the link tell the input levels from now on, as events.
func (c Calls) WatchLevels(ctx context.Context) error {
	_, err := call[Empty](ctx, c, "levels.subscribe", nil)
	return err
}

// IgnoreLevels ends WatchLevels.
func (c Calls) IgnoreLevels(ctx context.Context) error {
	_, err := call[Empty](ctx, c, "levels.unsubscribe", nil)
	return err
}

// Arm arms tracks.
func (c Calls) Arm(ctx context.Context, p ArmParams) (ArmedResult, error) {
	return call[ArmedResult](ctx, c, "track.arm", p)
}

// Disarm disarms tracks.
func (c Calls) Disarm(ctx context.Context, p TracksParams) (ArmedResult, error) {
	return call[ArmedResult](ctx, c, "track.disarm", p)
}

// DisarmAll disarms every track, also those armed implicitly.
func (c Calls) DisarmAll(ctx context.Context) (ArmedResult, error) {
	return call[ArmedResult](ctx, c, "track.disarm_all", nil)
}

// SetMonitoring sets a track's Monitor switch.
func (c Calls) SetMonitoring(ctx context.Context, p MonitoringParams) (MonitoringResult, error) {
	return call[MonitoringResult](ctx, c, "track.set_monitoring", p)
}

// Routings lists a track's inputs.
func (c Calls) Routings(ctx context.Context, p TrackParams) (RoutingsResult, error) {
	return call[RoutingsResult](ctx, c, "track.routings", p)
}

// SetInputRouting chooses a track's input.
func (c Calls) SetInputRouting(ctx context.Context, p RoutingParams) (RoutingResult, error) {
	return call[RoutingResult](ctx, c, "track.set_input_routing", p)
}

// CreateAudio makes an audio track.
func (c Calls) CreateAudio(ctx context.Context, p CreateAudioParams) (TrackResult, error) {
	return call[TrackResult](ctx, c, "track.create_audio", p)
}

// Rename names a track.
func (c Calls) Rename(ctx context.Context, p RenameParams) (NameResult, error) {
	return call[NameResult](ctx, c, "track.rename", p)
}

// Select selects a track.
func (c Calls) Select(ctx context.Context, p TrackParams) error {
	_, err := call[Empty](ctx, c, "track.select", p)
	return err
}

// Play plays from the start marker.
func (c Calls) Play(ctx context.Context) (PlayingResult, error) {
	return call[PlayingResult](ctx, c, "transport.play", nil)
}

// Continue plays from where the transport stopped.
func (c Calls) Continue(ctx context.Context) (PlayingResult, error) {
	return call[PlayingResult](ctx, c, "transport.continue", nil)
}

// Stop stops the transport.
func (c Calls) Stop(ctx context.Context) (PlayingResult, error) {
	return call[PlayingResult](ctx, c, "transport.stop", nil)
}

// Locate moves the transport.
func (c Calls) Locate(ctx context.Context, p LocateParams) (LocateResult, error) {
	return call[LocateResult](ctx, c, "transport.locate", p)
}

// SetLoop is transport.set_loop.
func (c Calls) SetLoop(ctx context.Context, p LoopParams) (LoopResult, error) {
	return call[LoopResult](ctx, c, "transport.set_loop", p)
}

// CuePoints is transport.cue_points.
func (c Calls) CuePoints(ctx context.Context) (CuePointsResult, error) {
	return call[CuePointsResult](ctx, c, "transport.cue_points", nil)
}

// RecordStart starts recording without a take.
func (c Calls) RecordStart(ctx context.Context, p RecordParams) (RecordResult, error) {
	return call[RecordResult](ctx, c, "record.start", p)
}

// RecordStop stops recording; the transport plays on.
func (c Calls) RecordStop(ctx context.Context) (RecordResult, error) {
	return call[RecordResult](ctx, c, "record.stop", nil)
}

// TakeStart answers once the take records or counts in.
func (c Calls) TakeStart(ctx context.Context, p TakeStartParams) (Take, error) {
	return call[Take](ctx, c, "take.start", p)
}

// TakeStop answers once the take is finished.
func (c Calls) TakeStop(ctx context.Context, p TakeParams) (Take, error) {
	return call[Take](ctx, c, "take.stop", p)
}

// TakeCancel answers once the take is stopped and undone.
func (c Calls) TakeCancel(ctx context.Context, p TakeParams) (Take, error) {
	return call[Take](ctx, c, "take.cancel", p)
}

// TakeGet reads one take.
func (c Calls) TakeGet(ctx context.Context, p TakeParams) (Take, error) {
	return call[Take](ctx, c, "take.get", p)
}

// TakeList reads the last takes.
func (c Calls) TakeList(ctx context.Context) (TakeListResult, error) {
	return call[TakeListResult](ctx, c, "take.list", nil)
}

// FireSlot fires a clip slot.
func (c Calls) FireSlot(ctx context.Context, p FireParams) error {
	_, err := call[Empty](ctx, c, "clip_slot.fire", p)
	return err
}

// StopSlot stops a clip slot.
func (c Calls) StopSlot(ctx context.Context, p Slot) error {
	_, err := call[Empty](ctx, c, "clip_slot.stop", p)
	return err
}

// Undo undoes Live's last step.
func (c Calls) Undo(ctx context.Context) (UndoResult, error) {
	return call[UndoResult](ctx, c, "edit.undo", nil)
}

// Redo does it again.
func (c Calls) Redo(ctx context.Context) (UndoResult, error) {
	return call[UndoResult](ctx, c, "edit.redo", nil)
}

// CaptureMIDI is Live's command of that name.
func (c Calls) CaptureMIDI(ctx context.Context) error {
	_, err := call[Empty](ctx, c, "edit.capture_midi", nil)
	return err
}

// Message shows a text in Live's status bar.
func (c Calls) Message(ctx context.Context, p MessageParams) error {
	_, err := call[Empty](ctx, c, "app.message", p)
	return err
}

// Dialog reads what Live shows on top of its window.
func (c Calls) Dialog(ctx context.Context) (DialogResult, error) {
	return call[DialogResult](ctx, c, "app.dialog", nil)
}
