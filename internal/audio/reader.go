package audio

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
)

// Reader decodes the samples of a file, from any frame on. It is not safe for
// concurrent use.
type Reader struct {
	src    io.ReaderAt
	info   Info
	enc    encoding
	frame  int64 // the next one
	buf    []byte
	closer io.Closer
}

// readerBuffer is about how many bytes a Reader takes from the file at a time.
const readerBuffer = 64 << 10

// Open probes the file at path and returns a Reader for it; Close it after use.
// An unfinished file can be read too, as far as it goes: look at Info.
func Open(path string) (*Reader, error) {
	f, info, err := openProbed(path)
	if err != nil {
		return nil, err
	}
	r, err := NewReader(f, info)
	if err != nil {
		_ = f.Close()
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	r.closer = f
	return r, nil
}

// NewReader returns a Reader for the file behind r that info describes.
func NewReader(r io.ReaderAt, info Info) (*Reader, error) {
	enc, err := info.encoding()
	if err != nil {
		return nil, err
	}
	frames := max(1, readerBuffer/info.BlockAlign)
	return &Reader{src: r, info: info, enc: enc, buf: make([]byte, frames*info.BlockAlign)}, nil
}

// Info returns what is known about the file.
func (r *Reader) Info() Info { return r.info }

// Frame returns the number of the frame that the next read starts with.
func (r *Reader) Frame() int64 { return r.frame }

// SeekFrame makes the next read start with the given frame. The end of the file
// (Info().Frames) is allowed, what lies beyond is not.
func (r *Reader) SeekFrame(frame int64) error {
	if frame < 0 || frame > r.info.Frames {
		return fmt.Errorf("seek to frame %d: the file has %d", frame, r.info.Frames)
	}
	r.frame = frame
	return nil
}

// ReadFloat32 fills dst with whole interleaved frames, full scale being 1.0,
// and returns how many frames it read; io.EOF when there are no more. It reads
// fewer than fit only at the end of the file or with an error, such as ctx's.
func (r *Reader) ReadFloat32(ctx context.Context, dst []float32) (frames int, err error) {
	return readFrames(ctx, r, dst, r.enc.decodeFloat32)
}

// ReadFloat64 is ReadFloat32 with 64 bits. Integers of any width arrive exactly.
func (r *Reader) ReadFloat64(ctx context.Context, dst []float64) (frames int, err error) {
	return readFrames(ctx, r, dst, r.enc.decodeFloat64)
}

// ReadInt32 is ReadFloat32 with integers, whatever the width in the file: full
// scale is 1<<31, so a 16-bit sample sits in the upper half. Floats are rounded
// and limited at full scale.
func (r *Reader) ReadInt32(ctx context.Context, dst []int32) (frames int, err error) {
	return readFrames(ctx, r, dst, r.enc.decodeToInt32)
}

// Close closes the file if Open opened it.
func (r *Reader) Close() error {
	if r.closer == nil {
		return nil
	}
	c := r.closer
	r.closer = nil
	if err := c.Close(); err != nil && !errors.Is(err, os.ErrClosed) {
		return fmt.Errorf("close sound file: %w", err)
	}
	return nil
}

func readFrames[T any](ctx context.Context, r *Reader, dst []T, decode func([]T, []byte)) (int, error) {
	channels := r.info.Channels
	if len(dst) < channels {
		return 0, fmt.Errorf("read samples: %w: %d samples for %d channels", io.ErrShortBuffer, len(dst), channels)
	}
	if r.frame >= r.info.Frames {
		return 0, io.EOF
	}
	want := int(min(int64(len(dst)/channels), r.info.Frames-r.frame))
	done := 0
	for done < want {
		if err := ctx.Err(); err != nil {
			return done, fmt.Errorf("read samples: %w", err)
		}
		n := min(want-done, len(r.buf)/r.info.BlockAlign)
		b := r.buf[:n*r.info.BlockAlign]
		off := r.info.DataOffset + r.frame*int64(r.info.BlockAlign)
		if m, err := r.src.ReadAt(b, off); m < len(b) {
			if err == nil || errors.Is(err, io.EOF) {
				err = io.ErrUnexpectedEOF // the file became shorter after it was probed
			}
			return done, fmt.Errorf("read samples from frame %d: %w", r.frame, err)
		}
		decode(dst[done*channels:(done+n)*channels], b)
		done += n
		r.frame += int64(n)
	}
	return done, nil
}
