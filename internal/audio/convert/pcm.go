package convert

import (
	"encoding/binary"
	"math"
	"math/rand/v2"
)

// quantizer turns samples, full scale being 1.0, into integers of some bits.
type quantizer struct {
	bits    int
	scale   float64
	top     float64
	rng     *rand.PCG // nil: round without dither
	clipped int64     // samples beyond full scale
}

// newQuantizer makes one; with dither, noise of triangular shape and the height
// of one step to either side takes the place of distortion. The same seed makes
// the same noise.
func newQuantizer(bits int, dither bool, seed uint64) *quantizer {
	q := &quantizer{bits: bits, scale: float64(int64(1) << (bits - 1))}
	q.top = q.scale - 1
	if dither {
		q.rng = rand.NewPCG(seed, 0x54616b65626172)
	}
	return q
}

// ints rounds src to dst, both of the same length.
func (q *quantizer) ints(dst []int32, src []float64) {
	scale, top, low := q.scale, q.top, -q.scale
	for i, v := range src {
		v *= scale
		if v > scale || v < low {
			q.clipped++
		}
		if q.rng != nil {
			// The difference of two even ones, from the halves of one number.
			r := q.rng.Uint64()
			v += (float64(uint32(r)) - float64(uint32(r>>32))) * (1.0 / (1 << 32))
		}
		v = math.RoundToEven(v)
		if v > top {
			v = top
		} else if v < low {
			v = low
		}
		dst[i] = int32(v)
	}
}

// packInts appends samples of whole bytes, in either byte order.
func packInts(b []byte, s []int32, bits int, bigEndian bool) []byte {
	switch {
	case bits == 16 && bigEndian:
		for _, v := range s {
			b = append(b, byte(v>>8), byte(v))
		}
	case bits == 16:
		for _, v := range s {
			b = append(b, byte(v), byte(v>>8))
		}
	case bits == 24 && bigEndian:
		for _, v := range s {
			b = append(b, byte(v>>16), byte(v>>8), byte(v))
		}
	case bits == 24:
		for _, v := range s {
			b = append(b, byte(v), byte(v>>8), byte(v>>16))
		}
	case bigEndian:
		for _, v := range s {
			b = binary.BigEndian.AppendUint32(b, uint32(v))
		}
	default:
		for _, v := range s {
			b = binary.LittleEndian.AppendUint32(b, uint32(v))
		}
	}
	return b
}

// toFloats copies src to dst, both of the same length, and returns the highest
// absolute value.
func toFloats(dst []float32, src []float64) float64 {
	top, low := 0.0, 0.0
	for i, v := range src[:len(dst)] {
		dst[i] = float32(v)
		if v > top {
			top = v
		}
		if v < low {
			low = v
		}
	}
	return max(top, -low)
}

func packFloats(b []byte, s []float32, bigEndian bool) []byte {
	if bigEndian {
		for _, v := range s {
			b = binary.BigEndian.AppendUint32(b, math.Float32bits(v))
		}
		return b
	}
	for _, v := range s {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
	}
	return b
}
