package live

// Phase is where a take is on its way.
type Phase string

// The phases of a take, in order; the last three are ends.
const (
	PhasePreparing  Phase = "preparing"
	PhaseCountingIn Phase = "counting_in"
	PhaseRecording  Phase = "recording"
	PhaseStopping   Phase = "stopping"
	PhaseFinished   Phase = "finished"
	PhaseCancelled  Phase = "cancelled"
	PhaseFailed     Phase = "failed"
)

// Ended says that nothing more will happen to the take inside Live.
func (p Phase) Ended() bool {
	return p == PhaseFinished || p == PhaseCancelled || p == PhaseFailed
}

// SourceKind says what a take records.
type SourceKind string

// The sources of a take. Selected is only asked for; Live answers with the track that it was.
const (
	SourceArmed    SourceKind = "armed"
	SourceSelected SourceKind = "selected"
	SourceTrack    SourceKind = "track"
	SourceMain     SourceKind = "main"
)

// Source is what a take records. Track is set for SourceTrack, and for SourceMain once Live answered.
type Source struct {
	Kind  SourceKind `json:"kind"`
	Track string     `json:"track,omitempty"`
}

// View is where a take records to.
type View string

// Live's two views.
const (
	ViewArrangement View = "arrangement"
	ViewSession     View = "session"
)

// Take is one recorded pass, as the script reports it.
type Take struct {
	ID                   string      `json:"id"`
	Phase                Phase       `json:"phase"`
	Source               Source      `json:"source"`
	View                 View        `json:"view"`
	Name                 *string     `json:"name"`
	LengthBeats          *float64    `json:"length_beats"`
	RequestedAt          int64       `json:"requested_at"` // Unix ms
	StartedAt            *int64      `json:"started_at"`   // Unix ms, after the count-in
	StoppedAt            *int64      `json:"stopped_at"`   // Unix ms
	StartBeat            *float64    `json:"start_beat"`
	StopBeat             *float64    `json:"stop_beat"`
	Tempo                float64     `json:"tempo"` // beats a minute, at the start
	SignatureNumerator   int         `json:"signature_numerator"`
	SignatureDenominator int         `json:"signature_denominator"`
	Set                  Set         `json:"set"` // at the start
	Tracks               []TakeTrack `json:"tracks"`
	MIDIOnly             bool        `json:"midi_only"`
	Clips                []Clip      `json:"clips"` // empty until finished
	Warnings             []Warning   `json:"warnings"`
	Error                *TakeError  `json:"error"`
	Restored             *bool       `json:"restored"`         // nil while running
	Bounce               *Bounce     `json:"bounce,omitempty"` // nil for all but bounces
}

// TakeTrack names a track that records.
type TakeTrack struct {
	ID   string    `json:"id"`
	Name string    `json:"name"`
	Kind TrackKind `json:"kind"`
}

// Clip is one recorded clip of a take. FilePath is nil for MIDI.
type Clip struct {
	Track       string    `json:"track"`
	TrackName   string    `json:"track_name"`
	Kind        TrackKind `json:"kind"` // audio or midi
	ClipName    string    `json:"clip_name"`
	FilePath    *string   `json:"file_path"`
	SampleRate  *float64  `json:"sample_rate"`  // Hz
	Frames      *int64    `json:"frames"`       // of the whole file, as Live says
	StartSample *int64    `json:"start_sample"` // first frame of the take; before it is pre-roll
	StartBeat   *float64  `json:"start_beat"`   // Arrangement only
	EndBeat     *float64  `json:"end_beat"`     // Arrangement only
	Warnings    []Warning `json:"warnings"`
	Cuts        []*int64  `json:"cuts,omitempty"` // of a bounce: frames at its start, its cuts and its end; nil where Live cannot say
}

// Warning is something that the user should know although it worked. Codes are listed in docs/protocol.md.
type Warning struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

// TakeError says why a take failed and what to do.
type TakeError struct {
	Code    string `json:"code"`
	Message string `json:"message"`
	Hint    string `json:"hint"`
}
