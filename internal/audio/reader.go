package audio

import (
	"context"
	"errors"
	"io"
)

// Reader decodes the samples of a file, from any frame on. It is not safe for
// concurrent use.
type Reader struct{}

// Open probes the file at path and returns a Reader for it; Close it after use.
// An unfinished file can be read too, as far as it goes: look at Info.
func Open(path string) (*Reader, error) { return nil, errors.ErrUnsupported }

// NewReader returns a Reader for the file behind r that info describes.
func NewReader(r io.ReaderAt, info Info) (*Reader, error) { return nil, errors.ErrUnsupported }

// Info returns what is known about the file.
func (r *Reader) Info() Info { return Info{} }

// Frame returns the number of the frame that the next read starts with.
func (r *Reader) Frame() int64 { return 0 }

// SeekFrame makes the next read start with the given frame.
func (r *Reader) SeekFrame(frame int64) error { return errors.ErrUnsupported }

// ReadFloat32 fills dst with whole interleaved frames, full scale being 1.0,
// and returns how many frames it read; io.EOF when there are no more.
func (r *Reader) ReadFloat32(ctx context.Context, dst []float32) (frames int, err error) {
	return 0, io.EOF
}

// ReadFloat64 is ReadFloat32 with 64 bits.
func (r *Reader) ReadFloat64(ctx context.Context, dst []float64) (frames int, err error) {
	return 0, io.EOF
}

// ReadInt32 is ReadFloat32 with integers, whatever the width in the file: full
// scale is 1<<31, so a 16-bit sample sits in the upper half.
func (r *Reader) ReadInt32(ctx context.Context, dst []int32) (frames int, err error) {
	return 0, io.EOF
}

// Close closes the file if Open opened it.
func (r *Reader) Close() error { return nil }
