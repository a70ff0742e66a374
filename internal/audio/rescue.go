package audio

import (
	"context"
	"errors"
)

// RescueReport tells what Rescue did.
type RescueReport struct {
	Before Info // the file as it was found
	After  Info // the repaired copy, probed again after writing
	// DroppedBytes counts the bytes of the last frame that was only partly
	// written; they are left out of the copy.
	DroppedBytes int64
	// Notes are sentences for the user: what was wrong and what was done.
	Notes []string
}

// Rescue writes a repaired copy of the unfinished or truncated file src to dst:
// the sizes in the header are worked out anew from the length of the file. The
// samples stay as they are. src is only read.
//
// dst must not exist (fs.ErrExist). The copy grows in the same folder under a
// name of its own that ends in ".part", is synced, probed and only then
// renamed; on an error or when ctx ends nothing is left behind. A WAV of more
// than 4 GiB becomes an RF64; an AIFF cannot be that large (ErrTooLarge).
// ErrComplete says that src needs no repair, ErrNoFormat that the part of the
// header that names the sample format was lost.
func Rescue(ctx context.Context, src, dst string) (RescueReport, error) {
	return RescueReport{}, errors.ErrUnsupported
}
