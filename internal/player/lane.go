package player

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/takebar/takebar/internal/audio"
	"github.com/takebar/takebar/internal/audio/trouble"
)

// track is one file of the loaded take as its header told.
type track struct {
	path  string
	start int64
	info  audio.Info
	err   error // the file is of no use: the lane is silent
}

// frames is the length from the take's frame 0 on, in frames of the given rate.
func (t *track) frames(rate int) int64 {
	n := t.info.Frames - t.start
	if n <= 0 || t.err != nil || t.info.Rate < 1 {
		return 0
	}
	if t.info.Rate == rate {
		return n
	}
	return (n*int64(rate) + int64(t.info.Rate) - 1) / int64(t.info.Rate)
}

// lane reads a track in stereo at the player's rate.
type lane struct {
	track    track
	file     *audio.Reader // nil: silent
	resample *resampler    // nil where the rates agree

	raw    []float32 // as in the file
	stereo []float32 // at the file's rate
}

// openLane opens the file of a track. It must still be what it was when the take was loaded.
func openLane(t track, rate int) (*lane, error) {
	l := &lane{track: t}
	if t.err != nil {
		return l, nil
	}
	file, err := audio.Open(t.path)
	if err != nil {
		return nil, trouble.File(t.path, err)
	}
	l.file = file
	if now := file.Info(); now.Rate != t.info.Rate || now.Channels != t.info.Channels || now.Frames < t.info.Frames {
		return nil, trouble.File(t.path, errors.Join(fmt.Errorf("play: %w", io.ErrUnexpectedEOF), file.Close()))
	}
	if t.info.Rate != rate {
		l.resample = newResampler(t.info.Rate, rate)
	}
	return l, nil
}

func (l *lane) close() {
	if l.file != nil {
		_ = l.file.Close() // opened for reading: nothing to lose
	}
}

// read fills dst with the frames of the take from frame n on. What the file does not have is silence.
func (l *lane) read(ctx context.Context, n int64, dst []float32) error {
	if l.file == nil {
		clear(dst)
		return nil
	}
	if l.resample == nil {
		return l.readFile(ctx, l.track.start+n, dst)
	}
	from, to := l.resample.need(n, len(dst)/2)
	l.stereo = sized(l.stereo, int(2*(to-from)))
	if err := l.readFile(ctx, l.track.start+from, l.stereo); err != nil {
		return err
	}
	l.resample.run(dst, n, l.stereo, from)
	return nil
}

// readFile fills dst with the frames of the file from frame at on, in stereo.
func (l *lane) readFile(ctx context.Context, at int64, dst []float32) error {
	info := l.file.Info()
	frames := int64(len(dst) / 2)
	from, to := min(max(at, 0), info.Frames), min(max(at+frames, 0), info.Frames)
	clear(dst)
	if from >= to {
		return nil
	}
	l.raw = sized(l.raw, int(to-from)*info.Channels)
	if err := l.file.SeekFrame(from); err != nil {
		return trouble.File(l.track.path, err)
	}
	if _, err := l.file.ReadFloat32(ctx, l.raw); err != nil {
		return trouble.File(l.track.path, err)
	}
	fold(dst[2*(from-at):2*(to-at)], l.raw, info.Channels)
	return nil
}

// loudest is what a sample may be at most: 24 dB above full scale. A float file may hold anything.
const loudest = 16

// fold brings any number of channels to two. One goes to both sides; more than two are taken in turn left and right, the odd last one on
// both, each side divided by the number of its channels, so that nothing is lost and nothing gets too loud.
func fold(dst, src []float32, channels int) {
	switch channels {
	case 1:
		for i, v := range src {
			v = tame(v)
			dst[2*i], dst[2*i+1] = v, v
		}
	case 2:
		for i, v := range src {
			dst[i] = tame(v)
		}
	default:
		share := 1 / float32((channels+1)/2)
		for i := 0; i < len(dst); i += 2 {
			var side [2]float32
			for ch, v := range src[:channels] {
				v = tame(v) * share
				side[ch%2] += v
				if ch == channels-1 && ch%2 == 0 {
					side[1] += v
				}
			}
			dst[i], dst[i+1] = side[0], side[1]
			src = src[channels:]
		}
	}
}

func tame(v float32) float32 {
	if v != v {
		return 0
	}
	return min(max(v, -loudest), loudest)
}

func sized(s []float32, n int) []float32 {
	if cap(s) < n {
		return make([]float32, n)
	}
	return s[:n]
}
