package sidecar

import "time"

// SourceBounce is the Source of a take that is a bounce.
const SourceBounce = "bounce"

// Bounce is what a bounce was asked to print. Positions and lengths are in beats.
type Bounce struct {
	Kind    string    `json:"kind"` // main, stems, selected
	Tap     string    `json:"tap"`  // of stems: post_mixer, post_fx
	Start   float64   `json:"start"`
	Length  float64   `json:"length"`
	Tail    float64   `json:"tail"`    // recorded after Length
	Cuts    []float64 `json:"cuts"`    // inside the range, rising
	Partial bool      `json:"partial"` // it ended before its end, or a recording is missing
}

// End is where the bounce ends, tail included, in beats.
func (b Bounce) End() float64 { return b.Start + b.Length + b.Tail }

// BouncePlan is where the files of a bounce go once it has landed. It outlives the program.
type BouncePlan struct {
	ID       string    `json:"id"`       // of the take
	Dir      string    `json:"dir"`      // absolute
	Sections []string  `json:"sections"` // names of the pieces between the cuts; one "" where there are none
	At       time.Time `json:"at"`
	Seconds  float64   `json:"seconds"` // how much is to be recorded
	Tracks   int       `json:"tracks"`  // how many files of that length
	Names    []string  `json:"names"`   // of the files, once they are chosen

	Format    string `json:"format"`    // wav, aiff, flac, mp3; "" = wav
	Bits      string `json:"bits"`      // 16, 24, 32, 32f; "" = as recorded
	Quality   string `json:"quality"`   // of an MP3: V0, V2, 320; "" = V0
	Trim      bool   `json:"trim"`      // leave out the silence at the end
	Normalize string `json:"normalize"` // such as -1dBTP; "" = the level as it is
	Artist    string `json:"artist"`    // for tags
	Project   string `json:"project"`   // folder of the Live Set, to which Live records; "" = not known
}

// Bounced is a bounce that has landed where it was wanted.
type Bounced struct {
	ID       string        `json:"id"`
	Dir      string        `json:"dir"`
	Files    []BouncedFile `json:"files"`
	Partial  bool          `json:"partial"`
	Warnings []Warning     `json:"warnings"`
}

// BouncedFile is one file of a bounce. Its first frame is the first of the range or section.
type BouncedFile struct {
	Path    string `json:"path"`
	Track   string `json:"track"`
	Section string `json:"section"`
	Rate    int    `json:"rate"` // Hz
	Frames  int64  `json:"frames"`
	Partial bool   `json:"partial"` // shorter than it should be
}
