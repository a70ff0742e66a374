package exporttest

import "github.com/takebar/takebar/bridge/live"

// Script is what a stand-in does. The zero values behave well.
type Script struct {
	Set     string `json:"set"`
	Path    string `json:"path"` // of the .als, as the link reports it
	Project string `json:"project"`
	Version string `json:"version"` // in the title, default "12 Suite"
	Live    string `json:"live"`    // on the link, default 12.3.6
	NoTitle bool   `json:"no_title"`
	Title   string `json:"title"` // of the main window, instead of the usual one

	Chord   string `json:"chord"` // letter that opens Export Audio/Video with Ctrl+Shift, default r
	MIDI    string `json:"midi"`  // letter that opens Export MIDI Clip
	Counted bool   `json:"counted"`

	Folder   string  `json:"folder"`  // that the Save dialog points to
	File     string  `json:"file"`    // default <set>.wav
	Format   string  `json:"format"`  // wav24 (default), wav8, wav16, float, rf64, aiff
	Sound    string  `json:"sound"`   // tone (default), silent, clipped
	Content  string  `json:"content"` // file whose bytes are rendered as they are, instead of Format and Sound
	Seconds  float64 `json:"seconds"`
	ChunkMs  int     `json:"chunk_ms"` // between two chunks of the file, default 2
	Playing  bool    `json:"playing"`
	Record   bool    `json:"record"`
	LastBeat float64 `json:"last_beat"`
	// Message is open in Live from the start.
	Message string `json:"message"`
	// Fault is one hostile habit, see the constants.
	Fault Fault `json:"fault"`
}

// Fault is a hostile habit of the stand-in.
type Fault string

// The hostile habits.
const (
	DialogNever      Fault = "dialog_never"
	DialogLate       Fault = "dialog_late"
	DialogUnknown    Fault = "dialog_unknown"
	ExportDisabled   Fault = "export_disabled"
	LengthZero       Fault = "length_zero"
	StopAudio        Fault = "stop_audio"
	SaveIgnoresFirst Fault = "save_ignores_first"
	SaveIgnoresAll   Fault = "save_ignores_all"
	NoFile           Fault = "no_file"
	ErrorMidRender   Fault = "error_mid_render"
	Stalls           Fault = "stalls"
	Restarts         Fault = "restarts"
	CancelledInLive  Fault = "cancelled"
	SecondFile       Fault = "second_file"
	TitleStar        Fault = "title_star"  // the title gains its star after the chord
	TitleOther       Fault = "title_other" // the title names another set after the chord
	DiesMidRender    Fault = "dies"
	HeaderOnly       Fault = "header_only"
	Truncated        Fault = "truncated"
	ZeroBytes        Fault = "zero_bytes"
	NotAudio         Fault = "not_audio"
	NeverFinal       Fault = "never_final" // all samples there, header never completed, progress closed
	Endless          Fault = "endless"     // grows for ever
)

// Command is one line to a stand-in's standard input.
type Command struct {
	Do     string  `json:"do"` // load, play, stop, record, message, answer, quit
	Text   string  `json:"text,omitempty"`
	Script *Script `json:"script,omitempty"`
}

// Event is one line that a stand-in or a victim prints.
type Event struct {
	What   string      `json:"what"` // ready, state, key, window, file
	Window string      `json:"window,omitempty"`
	Key    string      `json:"key,omitempty"`
	State  *live.State `json:"state,omitempty"`
	ID     uint32      `json:"id,omitempty"`
}
