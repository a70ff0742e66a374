package audio

import "errors"

// WriterFormat is what a Writer writes: little-endian PCM of 16, 24 or 32 bits,
// or floats of 32 bits.
type WriterFormat struct {
	Rate     int // Hz
	Channels int
	Bits     int
	Float    bool
}

// Writer writes a WAV file so that a crash at any moment costs next to nothing.
// The file grows as name.part and takes its name on Close. Its header fills the
// first page and is written again for every second of sound. Beyond 4 GiB it
// turns into an RF64 in place. It is not safe for concurrent use.
type Writer struct{}

// Create starts the file. Neither path nor path.part may exist (fs.ErrExist).
func Create(path string, f WriterFormat) (*Writer, error) { return nil, errors.ErrUnsupported }

// Write appends encoded bytes in the file's own format, in pieces of any size.
func (w *Writer) Write(p []byte) (int, error) { return 0, errors.ErrUnsupported }

// WriteFloat32 appends interleaved frames, full scale being 1.0. Integer
// formats round to the nearest step and limit at full scale.
func (w *Writer) WriteFloat32(samples []float32) error { return errors.ErrUnsupported }

// Frames returns how many whole frames have been written.
func (w *Writer) Frames() int64 { return 0 }

// Flush writes the header for all whole frames so far and syncs the file.
func (w *Writer) Flush() error { return errors.ErrUnsupported }

// Close finishes the header, syncs, renames name.part to name and syncs the
// folder. After a failed Write, as on a full disk, it still does all this for
// the frames that were written.
func (w *Writer) Close() error { return errors.ErrUnsupported }

// Discard gives up and removes name.part.
func (w *Writer) Discard() error { return errors.ErrUnsupported }
