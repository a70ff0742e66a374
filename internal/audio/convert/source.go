package convert

import (
	"context"
	"errors"
	"io"
	"math"
	"path/filepath"

	"github.com/takebar/takebar/internal/audio"
	"github.com/takebar/takebar/internal/audio/loudness"
)

// source is the part of a recording that becomes a copy.
type source struct {
	path   string
	r      *audio.Reader
	info   audio.Info
	start  int64
	frames int64
	gain   float64 // 1 = as it is
	at     int64   // frames read so far
	bad    int64   // samples that are no numbers
}

// blockFrames is how many frames travel together.
const blockFrames = 8192

// openSource opens a recording and checks the wanted range.
func openSource(path string, start, frames int64) (*source, error) {
	r, err := audio.Open(path)
	if err == nil {
		err = r.Info().Err()
		if err != nil {
			_ = r.Close() // read only
		}
	}
	if err != nil {
		return nil, sourceError(path, err)
	}
	s := &source{path: path, r: r, info: r.Info(), start: start, frames: frames, gain: 1}
	if s.frames == 0 {
		s.frames = s.info.Frames - start
	}
	if start < 0 || s.frames <= 0 || start+s.frames > s.info.Frames {
		_ = r.Close() // read only
		return nil, failf(CodeNothing, "", nil, "The file %s has %d frames; frames %d to %d of it cannot be converted.",
			filepath.Base(path), s.info.Frames, start, start+max(s.frames, 0))
	}
	return s, nil
}

func (s *source) close() { _ = s.r.Close() } // read only: nothing can be lost

// rewind makes the next read start at the beginning of the range.
func (s *source) rewind() error {
	s.at, s.bad = 0, 0
	if err := s.r.SeekFrame(s.start); err != nil {
		return sourceError(s.path, err)
	}
	return nil
}

// read fills buf with whole frames, gain applied, and returns how many; 0 at the
// end of the range. Samples that are no numbers become zero.
func (s *source) read(ctx context.Context, buf []float64) (int, error) {
	want := min(int64(len(buf)/s.info.Channels), s.frames-s.at)
	if want == 0 {
		return 0, nil
	}
	n, err := s.r.ReadFloat64(ctx, buf[:want*int64(s.info.Channels)])
	if err == nil && int64(n) < want {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		if ctx.Err() != nil {
			return 0, ctx.Err()
		}
		return 0, sourceError(s.path, err)
	}
	s.at += int64(n)
	buf = buf[:n*s.info.Channels]
	if s.info.Float {
		for i, v := range buf {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				buf[i] = 0
				s.bad++
			}
		}
	}
	if s.gain != 1 {
		for i := range buf {
			buf[i] *= s.gain
		}
	}
	return n, nil
}

// trimEnd leaves out what is below -90 dBFS at the end. It reports whether there
// is anything else; if not, the range stays as it is.
func (s *source) trimEnd(ctx context.Context) (heard bool, err error) {
	floor := math.Pow(10, audio.SilentDBFS/20)
	channels := s.info.Channels
	buf := make([]float64, blockFrames*channels)
	for end := s.frames; end > 0; {
		from := max(0, end-blockFrames)
		if err := s.r.SeekFrame(s.start + from); err != nil {
			return false, sourceError(s.path, err)
		}
		part := buf[:(end-from)*int64(channels)]
		if _, err := s.r.ReadFloat64(ctx, part); err != nil && !errors.Is(err, io.EOF) {
			if ctx.Err() != nil {
				return false, ctx.Err()
			}
			return false, sourceError(s.path, err)
		}
		for i := len(part) - 1; i >= 0; i-- {
			if math.Abs(part[i]) >= floor { // not so for what is no number
				s.frames = from + int64(i/channels) + 1
				return true, nil
			}
		}
		end = from
	}
	return false, nil
}

// measure finds the loudness of the range.
func (s *source) measure(ctx context.Context, moved func(frames int64)) (loudness.Result, error) {
	m, err := loudness.New(s.info.Rate, s.info.Channels)
	if err != nil {
		return loudness.Result{}, failf(CodeUnsupported, "", err, "The loudness of %s cannot be measured.", filepath.Base(s.path))
	}
	if err := s.rewind(); err != nil {
		return loudness.Result{}, err
	}
	buf := make([]float64, blockFrames*s.info.Channels)
	for {
		n, err := s.read(ctx, buf)
		if err != nil || n == 0 {
			return m.Result(), err
		}
		m.Add(buf[:n*s.info.Channels])
		moved(int64(n))
	}
}
