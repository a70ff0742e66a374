package convert

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"

	"github.com/takebar/takebar/internal/audio"
)

// checkPCM decodes a WAV or AIFF and compares its samples with the sum of those
// that were written.
func checkPCM(ctx context.Context, path string, p *plan, bigEndian bool, want []byte) error {
	r, err := audio.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = r.Close() }() // read only
	info := r.Info()
	if err := info.Err(); err != nil {
		return err
	}
	if info.Frames != p.frames || info.Rate != p.info.Rate || info.Channels != p.info.Channels || info.Bits != p.format.Bits || info.Float != p.format.Float {
		return fmt.Errorf("it has %d frames of %d channels with %d bits at %d Hz", info.Frames, info.Channels, info.Bits, info.Rate)
	}
	sum := sha256.New()
	ints := make([]int32, blockFrames*info.Channels)
	floats := make([]float32, len(ints))
	var buf []byte
	for {
		var n int
		if info.Float {
			n, err = r.ReadFloat32(ctx, floats)
			buf = packFloats(buf[:0], floats[:n*info.Channels], bigEndian)
		} else {
			n, err = r.ReadInt32(ctx, ints)
			part := ints[:n*info.Channels]
			for i := range part {
				part[i] >>= 32 - p.format.Bits
			}
			buf = packInts(buf[:0], part, p.format.Bits, bigEndian)
		}
		_, _ = sum.Write(buf) // a hash never fails
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
	}
	if !bytes.Equal(sum.Sum(nil), want) {
		return errDiffers
	}
	return nil
}
