// Package ports is what the windows need from the rest of the program besides control.Core and app.Files, as small interfaces and values.
// main builds the real ones; models and pages know only these. It must not know a toolkit.
package ports

import (
	"context"
	"time"
)

// Waveform is the outline of a stretch of one audio file: for each column and channel its lowest and highest sample.
type Waveform struct {
	Rate            int     // Hz
	Channels        int     // shown: 1 where the channels were mixed
	Frames          int64   // of the whole file
	From            int64   // the first frame of the first column
	FramesPerColumn int     // frames behind one column; the last column may stand for fewer
	Data            []int16 // min, max of channel 0, min, max of channel 1, ..., next column
}

// Columns is how many columns there are.
func (w *Waveform) Columns() int {
	if w == nil || w.Channels < 1 {
		return 0
	}
	return len(w.Data) / 2 / w.Channels
}

// Waveforms gives outlines of audio files. Both methods block, may be called from several goroutines, and end with ctx.
// Errors are sentences for the user.
type Waveforms interface {
	// Overview is the whole file, its channels mixed, in at most 4096 columns; computed once for each file and kept beside the library.
	Overview(ctx context.Context, path string) (*Waveform, error)
	// Detail is the stretch from frame from to before frame to, channel by channel, read from the file or a kept zoom level. framesPerColumn is at
	// least 1.
	Detail(ctx context.Context, path string, from, to int64, framesPerColumn int) (*Waveform, error)
}

// Lane is one file of a take in the player.
type Lane struct {
	Path  string
	Start int64 // frame of the file that belongs to frame 0 of the take: what is before it is pre-roll
	Mute  bool
	Solo  bool
}

// Device is a sound output.
type Device struct {
	ID      string // "" = whatever the system plays on
	Name    string
	Default bool
}

// PlayerState is what the player does now.
type PlayerState struct {
	Loaded   bool
	Playing  bool
	Rate     int   // Hz, of positions
	Position int64 // frame of the take that is heard
	Length   int64 // frames of the longest lane
	LoopFrom int64 // the loop is on where LoopTo > LoopFrom
	LoopTo   int64
	Peak     [2]float64 // dBFS of the last 50 ms, left and right; -200 = nothing
	Device   string     // ID
	Problem  string     // a sentence, such as an output that went away; "" if all is well
}

// Player plays the lanes of one take, together. Its methods may be called from any goroutine; none waits for sound.
type Player interface {
	// Load replaces what is loaded and stops it. Lanes may differ in rate, bits and channels; positions count in the rate of the first.
	Load(ctx context.Context, lanes []Lane) error
	Play() error // errors are sentences for the user
	Pause()
	SeekFrame(frame int64)
	Loop(from, to int64) // to <= from: no loop
	Lanes(lanes []Lane)  // the same paths with other mutes and solos, at once
	Devices(ctx context.Context) ([]Device, error)
	Use(ctx context.Context, device string) error
	State() PlayerState
	Close() error
}

// Autostart starts the tray at login.
type Autostart interface {
	Enabled() (bool, error)
	Set(on bool) error
	// Where tells what was written, for the curious.
	Where() string
}

// Setting is one value of config.toml as a page shows it.
type Setting struct {
	Key     string // as in config.toml, such as "export.enabled"
	Value   any    // string, bool or []string
	Default any
	Problem string // a sentence: why the value in the file does not count
}

// SettingsFile reads and changes config.toml; comments and order stay as the user left them.
type SettingsFile interface {
	Path() string
	Read() ([]Setting, error)
	Set(key string, value any) error // checks first; errors are sentences
	// Watch calls changed whenever the file has changed, until ctx ends.
	Watch(ctx context.Context, changed func()) error
}

// Finding is one line of the doctor's report.
type Finding struct {
	Name    string
	Status  string // ok, note, warning, problem
	Text    string
	Hint    string
	Details []string
}

// Report is what the doctor found.
type Report struct {
	At       time.Time
	Findings []Finding
	Text     string // all of it, for the clipboard
}

// Doctor examines this machine. It may take some seconds.
type Doctor interface {
	Examine(ctx context.Context) (Report, error)
}
