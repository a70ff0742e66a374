package take

import (
	"fmt"

	"github.com/takebar/takebar/internal/take/sidecar"
)

const (
	// spareBytes stay free on the disk of the takes folder: sidecars and the names of files need room too.
	spareBytes = 1 << 20
	// lowMinutes of recording like the last take left are worth a warning.
	lowMinutes = 20
)

// room refuses to begin a copy that does not fit. A disk that does not tell its free space is given a try.
func (g *landing) room(f *journalFile) error {
	free, err := freeBytes(g.j.Dir)
	need := f.look.stat.Size()
	if err != nil || free >= need+spareBytes {
		return nil
	}
	left := ""
	if rate := bytesPerSecond(f.look.info.Rate, f.look.info.BlockAlign); rate > 0 {
		left = fmt.Sprintf(", which is %s of such a recording", minutes(free/rate))
	}
	return failf(CodeDiskFull, "Free some space there, or choose another takes folder; the take waits and is tried again.", nil,
		"The disk of the takes folder is nearly full: only %s are left%s, and this take needs %s.", size(free), left, size(need))
}

// lowDisk warns while there is still time.
func (l *Library) lowDisk(dir string, t sidecar.Take) *sidecar.Warning {
	var rate int64
	for _, f := range t.Files {
		rate += bytesPerSecond(f.Rate, (f.Bits+7)/8*f.Channels)
	}
	free, err := freeBytes(dir)
	if err != nil || rate == 0 || free/rate >= lowMinutes*60 {
		return nil
	}
	return &sidecar.Warning{
		Code:    WarnDiskLow,
		Message: fmt.Sprintf("The disk of the takes folder has %s left: %s of recording like this take.", size(free), minutes(free/rate)),
	}
}

func bytesPerSecond(rate, frameBytes int) int64 { return int64(rate) * int64(frameBytes) }

func minutes(seconds int64) string {
	switch m := seconds / 60; m {
	case 0:
		return "less than a minute"
	case 1:
		return "1 minute"
	default:
		return fmt.Sprintf("%d minutes", m)
	}
}

// size writes bytes as drives are sold, in steps of 1000.
func size(bytes int64) string {
	switch {
	case bytes >= 1e9:
		return fmt.Sprintf("%.1f GB", float64(bytes)/1e9)
	case bytes >= 1e6:
		return fmt.Sprintf("%.0f MB", float64(bytes)/1e6)
	default:
		return fmt.Sprintf("%.0f kB", float64(bytes)/1e3)
	}
}
