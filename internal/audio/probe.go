package audio

import (
	"errors"
	"io"
)

// Probe reads the header of the sound file of size bytes behind r.
//
// A file that a recorder has not finished, or that was cut short, is no error:
// Info then has Complete false and a Reason, and Info.Err gives both as an
// error. An error means that there is no usable Info:
//
//   - ErrUnfinished: too little has been written yet to know the format (an
//     empty file, half a header); ask again later. It also wraps ErrNoFormat
//     when there is a header without a format chunk.
//   - ErrNotAudio, ErrUnsupported: no point in asking again.
//   - any other error comes from r.
func Probe(r io.ReaderAt, size int64) (Info, error) {
	return Info{}, errors.ErrUnsupported
}

// ProbeFile opens the file at path and probes it. Its errors name the path.
func ProbeFile(path string) (Info, error) { return Info{}, errors.ErrUnsupported }
