// Package sidecar is the description that lies beside every take on disk, as a Go value and as JSON.
// docs/sidecar.md is its reference. The sidecar is the truth about a take; any index can be rebuilt from it.
//
// It holds values only: it must not touch the disk and must not know Live or the core. Anybody may import it; it imports only
// the standard library.
package sidecar

import "time"

// Schema is the version of the JSON written by this program.
const Schema = 1

// Suffix ends the name of every sidecar file.
const Suffix = ".takebar.json"

// Status says how a take came to rest.
type Status string

// What can be said of a take in the library.
const (
	StatusLanding Status = "landing" // on its way; not yet safe
	StatusLanded  Status = "landed"  // every file copied, read back and checked
	StatusPartial Status = "partial" // some files are missing; see Warnings
	StatusMissing Status = "missing" // nothing could be copied; see Warnings
	StatusRescued Status = "rescued" // repaired copy of an unfinished file
	StatusMIDI    Status = "midi"    // MIDI only: no audio file

	// StatusUnreadable is that of an Entry whose sidecar cannot be understood: its Warnings say why. No sidecar has it.
	StatusUnreadable Status = "unreadable"
)

// Take is one take in the library.
type Take struct {
	Schema               int        `json:"schema"`
	ID                   string     `json:"id"`
	Name                 string     `json:"name"`   // as shown; from the name template or the user's wish
	Number               int        `json:"number"` // {take}: counts up in the library
	Status               Status     `json:"status"`
	Source               string     `json:"source"` // armed, track, main, file, bounce
	View                 string     `json:"view"`   // arrangement, session
	RecordedAt           time.Time  `json:"recorded_at"`
	LandedAt             *time.Time `json:"landed_at"`
	Set                  Set        `json:"set"`
	Tempo                float64    `json:"tempo"` // beats a minute
	SignatureNumerator   int        `json:"signature_numerator"`
	SignatureDenominator int        `json:"signature_denominator"`
	StartBeat            *float64   `json:"start_beat"`
	LengthBeats          *float64   `json:"length_beats"`
	Tracks               []Track    `json:"tracks"`
	Files                []File     `json:"files"`
	Missing              []Missing  `json:"missing"` // recorded, but not in the library
	Warnings             []Warning  `json:"warnings"`
	Bounce               *Bounce    `json:"bounce"` // nil for all but bounces
	Note                 string     `json:"note"`
	Rating               int        `json:"rating"` // 0 to 5
	Live                 string     `json:"live"`   // version of Live
	Script               string     `json:"script"` // version of the Remote Script
	Takebar              string     `json:"takebar"`
}

// Set is the Live Set that a take was recorded in.
type Set struct {
	Name string `json:"name"`
	Path string `json:"path"`
}

// Track is a track that recorded.
type Track struct {
	Name string `json:"name"`
	Kind string `json:"kind"`
}

// File is one audio file of a take.
type File struct {
	Name           string    `json:"name"` // beside the sidecar
	Track          string    `json:"track"`
	ClipName       string    `json:"clip_name"`
	OriginalPath   string    `json:"original_path"`
	SHA256         string    `json:"sha256"` // of the whole file, hexadecimal
	Bytes          int64     `json:"bytes"`
	Container      string    `json:"container"` // wav, rf64, aiff, aifc
	Rate           int       `json:"rate"`      // Hz
	Bits           int       `json:"bits"`
	Float          bool      `json:"float"`
	Channels       int       `json:"channels"`
	Frames         int64     `json:"frames"`
	StartSample    *int64    `json:"start_sample"` // first frame of the take; before it is pre-roll
	StartBeat      *float64  `json:"start_beat"`
	PeakDBFS       float64   `json:"peak_dbfs"` // -200 where every sample is zero
	Silent         bool      `json:"silent"`
	AllZero        bool      `json:"all_zero"`
	ClippedSamples int64     `json:"clipped_samples"`
	IntegratedLUFS *float64  `json:"integrated_lufs"` // nil until it is measured; -200 = none, as of silence
	RangeLU        *float64  `json:"range_lu"`        // likewise
	TruePeakDBTP   *float64  `json:"true_peak_dbtp"`  // likewise; -200 where every sample is zero
	Rescued        bool      `json:"rescued"`
	Warnings       []Warning `json:"warnings"`
	Cuts           []*int64  `json:"cuts"` // of a bounce: frames at its start, its cuts and its end; nil where Live could not say
}

// Missing is a recording of the take that could not be collected.
type Missing struct {
	Track        string `json:"track"`
	ClipName     string `json:"clip_name"`
	OriginalPath string `json:"original_path"` // "" where not even that is known
	Code         string `json:"code"`          // why, such as file_unfinished
	Message      string `json:"message"`       // why, a sentence
}

// Warning is something to know about a take or a file that is there all the same.
type Warning struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

// Duration of the file's audio.
func (f File) Duration() time.Duration {
	if f.Rate <= 0 {
		return 0
	}
	return time.Duration(float64(f.Frames) / float64(f.Rate) * float64(time.Second))
}

// Duration of the take: its longest file.
func (t Take) Duration() time.Duration {
	var longest time.Duration
	for _, f := range t.Files {
		longest = max(longest, f.Duration())
	}
	return longest
}
