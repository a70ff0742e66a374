package convert

import (
	"encoding/binary"
	"math"
	"math/bits"
)

// How blocks of sound become frames of a FLAC, after RFC 9639. Both the program
// flac and the Go library read them; each file is decoded with the library
// before it gets its name.

const (
	flacBlock    = 4096 // frames of sound in a frame of the file, as the program flac has it
	maxLPC       = 8    // order of prediction, likewise
	maxPartition = 6    // 64 partitions at most, with a Rice parameter each
	fixedOrders  = 5    // 0 to 4
)

// Types of subframes and assignments of channels.
const (
	subConstant = 0x00
	subVerbatim = 0x01
	subFixed    = 0x08
	subLPC      = 0x20
	leftSide    = 0x8
	sideRight   = 0x9
	midSide     = 0xA
)

// bitWriter collects bits, highest first.
type bitWriter struct {
	b   []byte
	acc uint64
	n   uint // bits in acc that are not in b yet, fewer than 32
}

// put appends the lowest width bits of v, at most 32; v must have no others.
func (w *bitWriter) put(v uint64, width uint) {
	w.acc = w.acc<<width | v
	if w.n += width; w.n >= 32 {
		w.n -= 32
		w.b = binary.BigEndian.AppendUint32(w.b, uint32(w.acc>>w.n))
	}
}

// signed appends a number of two's complement.
func (w *bitWriter) signed(v int32, width uint) {
	w.put(uint64(uint32(v))&(1<<width-1), width)
}

// zeros appends any number of zeros.
func (w *bitWriter) zeros(n uint64) {
	for ; n > 32; n -= 32 {
		w.put(0, 32)
	}
	w.put(0, uint(n))
}

// align fills up the last byte with zeros and returns all bytes.
func (w *bitWriter) align() []byte {
	w.put(0, (8-w.n%8)%8)
	for w.n > 0 {
		w.n -= 8
		w.b = append(w.b, byte(w.acc>>w.n))
	}
	return w.b
}

// flacCoder turns blocks into frames. It keeps no state between blocks but room.
type flacCoder struct {
	rate, bits int
	window     []float64 // for blocks of flacBlock
	crc8       [256]byte
	crc16      [256]uint16
	data       []float64
	mid, side  []int32
	shifted    []int32
	residual   [2][]int32
}

func newFlacCoder(rate, sampleBits int) *flacCoder {
	c := &flacCoder{rate: rate, bits: sampleBits, window: tukey(flacBlock)}
	for i := range 256 {
		a, b := byte(i), uint16(i)<<8
		for range 8 {
			a = a<<1 ^ a>>7*0x07
			b = b<<1 ^ b>>15*0x8005
		}
		c.crc8[i], c.crc16[i] = a, b
	}
	return c
}

// tukey is a window that is flat for half of its length.
func tukey(n int) []float64 {
	w := make([]float64, n)
	taper := n / 4
	for i := range w {
		w[i] = 1
		if edge := min(i, n-1-i); edge < taper {
			w[i] = 0.5 - 0.5*math.Cos(math.Pi*float64(edge)/float64(taper))
		}
	}
	return w
}

// frame appends the frame with the given number to b. channels hold one block,
// of at most flacBlock samples each.
func (c *flacCoder) frame(b []byte, number uint64, channels [][]int32) []byte {
	start := len(b)
	n := len(channels[0])
	assignment, subs, extra := c.arrange(channels)
	b = c.header(b, number, n, assignment)
	b = append(b, c.sum8(b[start:]))
	w := bitWriter{b: b}
	for i, s := range subs {
		width := c.bits
		if extra == i {
			width++ // a difference needs one bit more
		}
		c.subframe(&w, s, width)
	}
	b = w.align()
	sum := uint16(0)
	for _, v := range b[start:] {
		sum = sum<<8 ^ c.crc16[byte(sum>>8)^v]
	}
	return binary.BigEndian.AppendUint16(b, sum)
}

func (c *flacCoder) sum8(b []byte) byte {
	sum := byte(0)
	for _, v := range b {
		sum = c.crc8[sum^v]
	}
	return sum
}

func (c *flacCoder) header(b []byte, number uint64, n, assignment int) []byte {
	sizeCode, rateCode := 7, 0 // size behind the header; rate as the file's header says
	if n == flacBlock {
		sizeCode = 12
	}
	// 176400 and 24000 have codes as well; at those the library complains on standard error that nobody ever gave it such a file.
	codes := map[int]int{88200: 1, 192000: 3, 8000: 4, 16000: 5, 22050: 6, 32000: 8, 44100: 9, 48000: 10, 96000: 11}
	if code, ok := codes[c.rate]; ok {
		rateCode = code
	} else if c.rate < 1<<16 {
		rateCode = 13 // in Hz
	} else if c.rate%10 == 0 {
		rateCode = 14 // in tens of Hz
	}
	bitsCode := map[int]byte{16: 4, 24: 6}[c.bits]
	b = append(b, 0xFF, 0xF8, byte(sizeCode<<4|rateCode), byte(assignment<<4)|bitsCode<<1)
	b = appendNumber(b, number)
	if sizeCode == 7 {
		b = binary.BigEndian.AppendUint16(b, uint16(n-1))
	}
	switch rateCode {
	case 13:
		b = binary.BigEndian.AppendUint16(b, uint16(c.rate))
	case 14:
		b = binary.BigEndian.AppendUint16(b, uint16(c.rate/10))
	}
	return b
}

// appendNumber writes a number of up to 36 bits the way UTF-8 would.
func appendNumber(b []byte, v uint64) []byte {
	if v < 0x80 {
		return append(b, byte(v))
	}
	more := 1
	for more < 6 && v>>(6*more+6-more) != 0 {
		more++
	}
	b = append(b, byte(0xFF<<(7-more))|byte(v>>(6*more)))
	for more--; more >= 0; more-- {
		b = append(b, 0x80|byte(v>>(6*more))&0x3F)
	}
	return b
}

// arrange chooses what to store of two channels: themselves, or one of them or
// their mean beside their difference; whichever changes least from sample to
// sample. extra is the number of the difference, -1 without one.
func (c *flacCoder) arrange(channels [][]int32) (assignment int, subs [][]int32, extra int) {
	if len(channels) != 2 {
		return len(channels) - 1, channels, -1
	}
	l, r := channels[0], channels[1]
	var left, right, mid, side uint64
	for i := 2; i < len(l); i++ {
		// The second differences, which a simple prediction leaves over.
		a := int64(l[i]) - 2*int64(l[i-1]) + int64(l[i-2])
		b := int64(r[i]) - 2*int64(r[i-1]) + int64(r[i-2])
		left += magnitude(a)
		right += magnitude(b)
		mid += magnitude((a + b) >> 1)
		side += magnitude(a - b)
	}
	best := min(left+right, left+side, side+right, mid+side)
	if best == left+right {
		return 1, channels, -1
	}
	c.mid, c.side = c.mid[:0], c.side[:0]
	for i := range l {
		c.side = append(c.side, l[i]-r[i])
	}
	switch best {
	case left + side:
		return leftSide, [][]int32{l, c.side}, 1
	case side + right:
		return sideRight, [][]int32{c.side, r}, 0
	}
	for i := range l {
		c.mid = append(c.mid, (l[i]+r[i])>>1)
	}
	return midSide, [][]int32{c.mid, c.side}, 1
}

func magnitude(v int64) uint64 {
	if v < 0 {
		v = -v
	}
	return uint64(v)
}

// prediction is one way to store a subframe.
type prediction struct {
	kind      int // subFixed or subLPC
	order     int
	coeffs    []int32
	precision int
	shift     int
	residual  []int32
	rice      rice
}

// bits is about how long the subframe gets.
func (p *prediction) bits(width int) uint64 {
	n := uint64(p.order*width) + p.rice.bits
	if p.kind == subLPC {
		n += uint64(9 + p.order*p.precision)
	}
	return n
}

// subframe appends one channel of a block.
func (c *flacCoder) subframe(w *bitWriter, s []int32, width int) {
	var all int32
	same := true
	for _, v := range s {
		all |= v
		same = same && v == s[0]
	}
	if same {
		w.put(subConstant<<1, 8)
		w.signed(s[0], uint(width))
		return
	}
	wasted := bits.TrailingZeros32(uint32(all))
	if wasted > 0 {
		c.shifted = c.shifted[:0]
		for _, v := range s {
			c.shifted = append(c.shifted, v>>wasted)
		}
		s, width = c.shifted, width-wasted
	}
	start := func(kind int) {
		w.put(uint64(kind)<<1|uint64(min(wasted, 1)), 8)
		if wasted > 0 {
			w.put(1, uint(wasted))
		}
	}
	best := c.fixed(s)
	if lpc, ok := c.linear(s, width); ok && lpc.bits(width) < best.bits(width) {
		best = lpc
	}
	if best.residual == nil || best.bits(width) >= uint64(len(s)*width) {
		start(subVerbatim)
		for _, v := range s {
			w.signed(v, uint(width))
		}
		return
	}
	if best.kind == subLPC {
		start(subLPC | (best.order - 1))
	} else {
		start(subFixed | best.order)
	}
	for _, v := range s[:best.order] {
		w.signed(v, uint(width))
	}
	if best.kind == subLPC {
		w.put(uint64(best.precision-1), 4)
		w.put(uint64(best.shift), 5)
		for _, q := range best.coeffs {
			w.signed(q, uint(best.precision))
		}
	}
	best.rice.write(w, best.residual, best.order)
}

// fixed predicts with the polynomial that leaves least over. Without a residual
// the samples are too many or too large for any.
func (c *flacCoder) fixed(s []int32) prediction {
	var sums [fixedOrders]uint64
	var d [fixedOrders]int64 // the differences at the sample before
	for i, v := range s {
		next := int64(v)
		for order := range fixedOrders {
			if i >= fixedOrders-1 {
				sums[order] += magnitude(next)
			}
			next, d[order] = next-d[order], next
		}
	}
	order := 0
	for o := 1; o < min(fixedOrders, len(s)); o++ {
		if sums[o] < sums[order] {
			order = o
		}
	}
	p := prediction{kind: subFixed, order: order}
	res := c.residual[0][:0]
	for i := order; i < len(s); i++ {
		var r int64
		switch order {
		case 0:
			r = int64(s[i])
		case 1:
			r = int64(s[i]) - int64(s[i-1])
		case 2:
			r = int64(s[i]) - 2*int64(s[i-1]) + int64(s[i-2])
		case 3:
			r = int64(s[i]) - 3*int64(s[i-1]) + 3*int64(s[i-2]) - int64(s[i-3])
		case 4:
			r = int64(s[i]) - 4*int64(s[i-1]) + 6*int64(s[i-2]) - 4*int64(s[i-3]) + int64(s[i-4])
		}
		if r != int64(int32(r)) || r == math.MinInt32 {
			return p
		}
		res = append(res, int32(r))
	}
	c.residual[0] = res
	p.residual = res
	p.rice = chooseRice(res, order)
	return p
}
