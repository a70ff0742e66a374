package live

import "time"

// Levels is what the input meters of the armed tracks, and of the tracks of the running take, show at one moment: the params of the event
// levels.changed. It is whole each time and never changed after it was made.
type Levels struct {
	Tracks []TrackLevel `json:"tracks"` // in the set's order
	At     time.Time    `json:"at,omitzero"`
}

// TrackLevel is the input meter of one track, 0 to 1 on the scale of Live's own meter. MIDI tracks show the same on both sides.
type TrackLevel struct {
	ID    string  `json:"id"`
	Left  float64 `json:"left"`
	Right float64 `json:"right"`
}
