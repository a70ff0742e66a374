package convert

import (
	"math"
	"math/bits"
)

// rice says how a residual is stored: in 1<<order partitions of equal length,
// each with a number of low bits of its own.
type rice struct {
	order  int
	params [1 << maxPartition]uint8
	bits   uint64 // about
}

// fold makes small numbers of either sign small numbers.
func fold(v int32) uint32 { return uint32(v<<1) ^ uint32(v>>31) }

// chooseRice looks for the partitions that make the residual shortest. The first
// one lacks the samples that prediction started from.
func chooseRice(res []int32, warm int) (best rice) {
	n := len(res) + warm
	order := maxPartition
	for order > 0 && (n%(1<<order) != 0 || n>>order <= warm) {
		order--
	}
	var sums [1 << maxPartition]uint64
	size := n >> order
	for i, at := 0, 0; i < 1<<order; i++ {
		end := (i+1)*size - warm
		sum := uint64(0)
		for _, v := range res[at:end] {
			sum += uint64(fold(v))
		}
		sums[i], at = sum, end
	}
	best.bits = math.MaxUint64
	for ; order >= 0; order-- {
		try := rice{order: order, bits: 6}
		wide := false
		for i := range 1 << order {
			count := uint64(n >> order)
			if i == 0 {
				count -= uint64(warm)
			}
			k, length := riceParam(sums[i], count)
			try.params[i] = uint8(k)
			try.bits += length
			wide = wide || k > 14
		}
		if try.bits += 4 << order; wide {
			try.bits += 1 << order
		}
		if try.bits < best.bits {
			best = try
		}
		for i := range 1 << order >> 1 {
			sums[i] = sums[2*i] + sums[2*i+1]
		}
	}
	return best
}

// riceParam finds the number of low bits for count numbers with the given sum,
// and the length of them all.
func riceParam(sum, count uint64) (k uint, length uint64) {
	guess := max(bits.Len64(sum/max(count, 1)), 1) - 1
	length = math.MaxUint64
	for try := max(guess-1, 0); try <= min(guess+1, 30); try++ {
		low := count * (1<<try - 1) / 2
		l := count * uint64(try+1)
		if sum > low {
			l += (sum - low) >> try
		}
		if l < length {
			k, length = uint(try), l
		}
	}
	return k, length
}

func (r *rice) write(w *bitWriter, res []int32, warm int) {
	parts := r.params[:1<<r.order]
	method, width := uint64(0), uint(4)
	for _, k := range parts {
		if k > 14 {
			method, width = 1, 5
		}
	}
	w.put(method<<4|uint64(r.order), 6)
	size := (len(res) + warm) >> r.order
	at := 0
	for i, param := range parts {
		k := uint(param)
		w.put(uint64(k), width)
		end := (i+1)*size - warm
		for _, v := range res[at:end] {
			u := uint64(fold(v))
			high := u >> k
			low := u&(1<<k-1) | 1<<k
			if uint(high)+k < 32 {
				w.put(low, uint(high)+k+1)
				continue
			}
			w.zeros(high)
			w.put(low, k+1)
		}
		at = end
	}
}
