package ports

import (
	"context"

	"github.com/takebar/takebar/internal/take/sidecar"
)

// CopyWish is what copies of a take's files are to be. Format, Bits, Quality and Level are the words that the command line takes.
type CopyWish struct {
	Take    sidecar.Entry
	Files   []int  // which of its files; none = all
	Format  string // wav, aiff, flac, mp3
	Bits    string // 16, 24, 32, 32f; "" = as recorded
	Quality string // of an MP3: V0, V2, 320; "" = V0
	Level   string // such as -1dBTP or -14LUFS; "" = as recorded
	TrimEnd bool   // leave out the silence at the end
	NoPre   bool   // leave out the pre-roll
	Dir     string // "" = beside the recordings
}

// CopyProgress is how far all copies of a wish have come.
type CopyProgress struct {
	Done  float64 // 0 to 1
	Files int     // how many there will be
	Ready int     // of them
}

// Copied is one finished copy.
type Copied struct {
	Path  string
	Notes []string // sentences to know, such as that its level could not be reached
}

// Copies makes copies of recordings in other formats; the recordings stay as they are and nothing is overwritten.
type Copies interface {
	// CanMP3 tells whether MP3 can be made here; the error is a sentence, and says what to install. It may take a moment.
	CanMP3(ctx context.Context) error
	// Make makes the copies and answers with those that there are, also where others failed or ctx ended. Errors are sentences for the user. progress
	// comes from goroutines of its own, one call at a time.
	Make(ctx context.Context, wish CopyWish, progress func(CopyProgress)) ([]Copied, error)
}
