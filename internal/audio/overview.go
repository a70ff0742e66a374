package audio

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"sync"
)

// overviewWorkers is the largest number of goroutines that MakePeaks uses, and
// overviewShare the fewest bytes worth one of them.
const (
	overviewWorkers = 4
	overviewShare   = 1 << 20
)

// MakePeaks returns the waveform of the file behind r that info describes: the
// same as an Analyzer with WithPeaks (or WithChannelPeaks, if perChannel) finds,
// but faster, as several parts of the file are read at once and nothing else is
// measured. Other programs that work on sound at this moment may feel that; the
// landing of a take uses an Analyzer.
//
// One frame a pixel, for the closest look at a stretch of a file, is allowed; a
// .dat file cannot hold that.
func MakePeaks(ctx context.Context, r io.ReaderAt, info Info, samplesPerPixel int, perChannel bool) (*Peaks, error) {
	enc, err := info.encoding()
	if err != nil {
		return nil, fmt.Errorf("make waveform: %w", err)
	}
	all := newPeakMaker(info, samplesPerPixel, perChannel)
	spp := int64(all.spp)
	pixels := (info.Frames + spp - 1) / spp
	workers := min(overviewWorkers, int64(runtime.GOMAXPROCS(0)), info.AvailableBytes/overviewShare+1, pixels)

	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	parts := make([]*Peaks, workers)
	var wg sync.WaitGroup
	for i := range workers {
		from, to := pixels*i/workers*spp, min(pixels*(i+1)/workers*spp, info.Frames)
		wg.Go(func() {
			p := partReader{src: r, info: info, enc: enc, maker: newPeakMaker(info, samplesPerPixel, perChannel)}
			if err := p.read(ctx, from, to); err != nil {
				cancel(err)
				return
			}
			parts[i] = p.maker.snapshot()
		})
	}
	wg.Wait()
	if ctx.Err() != nil {
		return nil, fmt.Errorf("make waveform: %w", context.Cause(ctx))
	}
	out := all.snapshot()
	for _, p := range parts {
		out.Data = append(out.Data, p.Data...)
	}
	return out, nil
}

// partReader makes the waveform of one part of a file.
type partReader struct {
	src   io.ReaderAt
	info  Info
	enc   encoding
	maker *peakMaker

	ints    []int32
	floats  []float32
	doubles []float64
}

// read takes in the frames from..to-1.
func (p *partReader) read(ctx context.Context, from, to int64) error {
	block := int64(p.info.BlockAlign)
	buf := make([]byte, max(readerBuffer/block, 1)*block)
	for from < to {
		if err := ctx.Err(); err != nil {
			return err
		}
		b := buf[:min(int64(len(buf)), (to-from)*block)]
		if n, err := p.src.ReadAt(b, p.info.DataOffset+from*block); n < len(b) {
			if err == nil || errors.Is(err, io.EOF) {
				err = io.ErrUnexpectedEOF // the file became shorter after it was probed
			}
			return fmt.Errorf("read samples from frame %d: %w", from, err)
		}
		from += int64(len(b)) / block
		for step := max(blockSamples/p.info.Channels, 1) * p.info.BlockAlign; len(b) > 0; {
			n := min(step, len(b))
			p.take(b[:n])
			b = b[n:]
		}
	}
	return nil
}

// take decodes a few frames.
func (p *partReader) take(b []byte) {
	n := len(b) / p.enc.size()
	switch p.enc {
	case encF32LE, encF32BE:
		p.floats = grow(p.floats, n)
		p.enc.decodeFloat32(p.floats, b)
		addFloats(p.maker, p.floats)
	case encF64LE, encF64BE:
		p.doubles = grow(p.doubles, n)
		p.enc.decodeFloat64(p.doubles, b)
		addFloats(p.maker, p.doubles)
	default:
		p.ints = grow(p.ints, n)
		p.enc.decodeInt32(p.ints, b)
		p.maker.addInts(p.ints)
	}
}

func grow[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	return s[:n]
}
