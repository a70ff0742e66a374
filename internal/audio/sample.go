package audio

import (
	"encoding/binary"
	"fmt"
	"math"
)

// encoding is how one sample lies in the file.
type encoding uint8

const (
	encU8 encoding = iota + 1
	encS8
	enc16LE
	enc16BE
	enc24LE
	enc24BE
	enc32LE
	enc32BE
	encF32LE
	encF32BE
	encF64LE
	encF64BE
)

// encoding returns the encoding of the samples, or an error when the fields of
// i contradict each other, which Probe never lets happen.
func (i Info) encoding() (encoding, error) {
	size := i.SampleBytes()
	if i.Channels < 1 || i.Channels > maxChannels || size*i.Channels != i.BlockAlign || i.DataOffset < 0 || i.Frames < 0 {
		return 0, fmt.Errorf("%w: no sample format is known for it", ErrUnsupported)
	}
	base := map[[2]int]encoding{
		{0, 1}: encS8, {0, 2}: enc16LE, {0, 3}: enc24LE, {0, 4}: enc32LE, {1, 4}: encF32LE, {1, 8}: encF64LE,
	}
	float := 0
	if i.Float {
		float = 1
	}
	e, ok := base[[2]int{float, size}]
	switch {
	case !ok:
		return 0, fmt.Errorf("%w: samples of %d bytes", ErrUnsupported, size)
	case e == encS8 && i.Unsigned:
		return encU8, nil
	case e != encS8 && i.BigEndian:
		return e + 1, nil
	}
	return e, nil
}

func (e encoding) float() bool { return e >= encF32LE }

// decodeInt32 decodes integer samples so that full scale is 1<<31, whatever
// their width. src must hold len(dst) samples.
func (e encoding) decodeInt32(dst []int32, src []byte) {
	switch e {
	case encU8:
		for i, b := range src[:len(dst)] {
			dst[i] = int32(b^0x80) << 24
		}
	case encS8:
		for i, b := range src[:len(dst)] {
			dst[i] = int32(b) << 24
		}
	case enc16LE:
		decode16LE(dst, src)
	case enc16BE:
		decode16BE(dst, src)
	case enc24LE:
		decode24LE(dst, src)
	case enc24BE:
		decode24BE(dst, src)
	case enc32LE:
		decode32LE(dst, src)
	case enc32BE:
		decode32BE(dst, src)
	}
}

// The loops below take eight samples at a time from words of 64 bits; the rest,
// sample by sample.

func decode16LE(dst []int32, src []byte) {
	for len(dst) >= 8 && len(src) >= 16 {
		d := (*[8]int32)(dst)
		a, b := binary.LittleEndian.Uint64(src), binary.LittleEndian.Uint64(src[8:])
		d[0] = int32(uint32(a) << 16)
		d[1] = int32(uint32(a) & 0xFFFF0000)
		d[2] = int32(uint32(a>>32) << 16)
		d[3] = int32(uint32(a>>32) & 0xFFFF0000)
		d[4] = int32(uint32(b) << 16)
		d[5] = int32(uint32(b) & 0xFFFF0000)
		d[6] = int32(uint32(b>>32) << 16)
		d[7] = int32(uint32(b>>32) & 0xFFFF0000)
		dst, src = dst[8:], src[16:]
	}
	for i := range dst {
		dst[i] = int32(binary.LittleEndian.Uint16(src[2*i:])) << 16
	}
}

func decode16BE(dst []int32, src []byte) {
	for len(dst) >= 8 && len(src) >= 16 {
		d := (*[8]int32)(dst)
		a, b := binary.BigEndian.Uint64(src), binary.BigEndian.Uint64(src[8:])
		d[0] = int32(uint32(a>>32) & 0xFFFF0000)
		d[1] = int32(uint32(a>>32) << 16)
		d[2] = int32(uint32(a) & 0xFFFF0000)
		d[3] = int32(uint32(a) << 16)
		d[4] = int32(uint32(b>>32) & 0xFFFF0000)
		d[5] = int32(uint32(b>>32) << 16)
		d[6] = int32(uint32(b) & 0xFFFF0000)
		d[7] = int32(uint32(b) << 16)
		dst, src = dst[8:], src[16:]
	}
	for i := range dst {
		dst[i] = int32(binary.BigEndian.Uint16(src[2*i:])) << 16
	}
}

func decode24LE(dst []int32, src []byte) {
	for len(dst) >= 8 && len(src) >= 24 {
		d := (*[8]int32)(dst)
		a, b, c := binary.LittleEndian.Uint64(src), binary.LittleEndian.Uint64(src[8:]), binary.LittleEndian.Uint64(src[16:])
		d[0] = int32(uint32(a) << 8)
		d[1] = int32(uint32(a>>24) << 8)
		d[2] = int32(uint32(a>>48|b<<16) << 8)
		d[3] = int32(uint32(b>>8) << 8)
		d[4] = int32(uint32(b>>32) << 8)
		d[5] = int32(uint32(b>>56|c<<8) << 8)
		d[6] = int32(uint32(c>>16) << 8)
		d[7] = int32(uint32(c>>40) << 8)
		dst, src = dst[8:], src[24:]
	}
	for i := range dst {
		s := src[3*i : 3*i+3]
		dst[i] = int32(uint32(s[0])<<8 | uint32(s[1])<<16 | uint32(s[2])<<24)
	}
}

func decode24BE(dst []int32, src []byte) {
	for len(dst) >= 8 && len(src) >= 24 {
		d := (*[8]int32)(dst)
		a, b, c := binary.BigEndian.Uint64(src), binary.BigEndian.Uint64(src[8:]), binary.BigEndian.Uint64(src[16:])
		d[0] = int32(uint32(a>>40) << 8)
		d[1] = int32(uint32(a>>16) << 8)
		d[2] = int32(uint32(a<<8|b>>56) << 8)
		d[3] = int32(uint32(b>>32) << 8)
		d[4] = int32(uint32(b>>8) << 8)
		d[5] = int32(uint32(b<<16|c>>48) << 8)
		d[6] = int32(uint32(c>>24) << 8)
		d[7] = int32(uint32(c) << 8)
		dst, src = dst[8:], src[24:]
	}
	for i := range dst {
		s := src[3*i : 3*i+3]
		dst[i] = int32(uint32(s[2])<<8 | uint32(s[1])<<16 | uint32(s[0])<<24)
	}
}

func decode32LE(dst []int32, src []byte) {
	for len(dst) >= 4 && len(src) >= 16 {
		d := (*[4]int32)(dst)
		a, b := binary.LittleEndian.Uint64(src), binary.LittleEndian.Uint64(src[8:])
		d[0], d[1] = int32(uint32(a)), int32(uint32(a>>32))
		d[2], d[3] = int32(uint32(b)), int32(uint32(b>>32))
		dst, src = dst[4:], src[16:]
	}
	for i := range dst {
		dst[i] = int32(binary.LittleEndian.Uint32(src[4*i:]))
	}
}

func decode32BE(dst []int32, src []byte) {
	for len(dst) >= 4 && len(src) >= 16 {
		d := (*[4]int32)(dst)
		a, b := binary.BigEndian.Uint64(src), binary.BigEndian.Uint64(src[8:])
		d[0], d[1] = int32(uint32(a>>32)), int32(uint32(a))
		d[2], d[3] = int32(uint32(b>>32)), int32(uint32(b))
		dst, src = dst[4:], src[16:]
	}
	for i := range dst {
		dst[i] = int32(binary.BigEndian.Uint32(src[4*i:]))
	}
}

// decodeFloat32 decodes samples so that full scale is 1.0.
func (e encoding) decodeFloat32(dst []float32, src []byte) {
	switch e {
	case encF32LE:
		src = src[:4*len(dst)]
		for i := range dst {
			dst[i] = math.Float32frombits(binary.LittleEndian.Uint32(src[4*i:]))
		}
	case encF32BE:
		src = src[:4*len(dst)]
		for i := range dst {
			dst[i] = math.Float32frombits(binary.BigEndian.Uint32(src[4*i:]))
		}
	case encF64LE, encF64BE:
		inChunks(dst, src, 8, func(dst []float32, tmp []float64, src []byte) {
			e.decodeFloat64(tmp, src)
			for i, v := range tmp {
				dst[i] = float32(v)
			}
		})
	default:
		inChunks(dst, src, e.size(), func(dst []float32, tmp []int32, src []byte) {
			e.decodeInt32(tmp, src)
			for i, v := range tmp {
				dst[i] = float32(v) * (1.0 / (1 << 31))
			}
		})
	}
}

// decodeFloat64 is decodeFloat32 with 64 bits; integers arrive exactly.
func (e encoding) decodeFloat64(dst []float64, src []byte) {
	switch e {
	case encF64LE:
		src = src[:8*len(dst)]
		for i := range dst {
			dst[i] = math.Float64frombits(binary.LittleEndian.Uint64(src[8*i:]))
		}
	case encF64BE:
		src = src[:8*len(dst)]
		for i := range dst {
			dst[i] = math.Float64frombits(binary.BigEndian.Uint64(src[8*i:]))
		}
	case encF32LE, encF32BE:
		inChunks(dst, src, 4, func(dst []float64, tmp []float32, src []byte) {
			e.decodeFloat32(tmp, src)
			for i, v := range tmp {
				dst[i] = float64(v)
			}
		})
	default:
		inChunks(dst, src, e.size(), func(dst []float64, tmp []int32, src []byte) {
			e.decodeInt32(tmp, src)
			for i, v := range tmp {
				dst[i] = float64(v) * (1.0 / (1 << 31))
			}
		})
	}
}

// decodeToInt32 is decodeInt32 for any encoding: floats are rounded to the
// nearest step and limited at full scale.
func (e encoding) decodeToInt32(dst []int32, src []byte) {
	if !e.float() {
		e.decodeInt32(dst, src)
		return
	}
	inChunks(dst, src, e.size(), func(dst []int32, tmp []float64, src []byte) {
		e.decodeFloat64(tmp, src)
		for i, v := range tmp {
			dst[i] = int32(quantize(v, 32))
		}
	})
}

// size returns the bytes of one sample.
func (e encoding) size() int {
	switch e {
	case encU8, encS8:
		return 1
	case enc16LE, enc16BE:
		return 2
	case enc24LE, enc24BE:
		return 3
	case encF64LE, encF64BE:
		return 8
	}
	return 4
}

// inChunks decodes src to dst by way of a small buffer of another type.
func inChunks[D, T any](dst []D, src []byte, size int, decode func(dst []D, tmp []T, src []byte)) {
	var buf [512]T
	for len(dst) > 0 {
		n := min(len(dst), len(buf))
		decode(dst[:n], buf[:n], src[:n*size])
		dst, src = dst[n:], src[n*size:]
	}
}

// quantize rounds v, full scale being 1.0, to an integer of the given width and
// limits it at full scale. What is not a number becomes 0.
func quantize(v float64, bits int) int64 {
	scale := float64(int64(1) << (bits - 1))
	v = math.RoundToEven(v * scale)
	switch {
	case v >= scale:
		return int64(scale) - 1
	case v <= -scale:
		return -int64(scale)
	case v != v:
		return 0
	}
	return int64(v)
}
