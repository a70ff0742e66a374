package convert

import (
	"encoding/binary"
	"fmt"
	"math"

	"github.com/takebar/takebar/internal/audio"
	"github.com/takebar/takebar/internal/audio/loudness"
)

// chunk appends one chunk with its padding byte.
func chunk(b []byte, order binary.AppendByteOrder, id string, body []byte) []byte {
	b = append(b, id...)
	b = order.AppendUint32(b, uint32(len(body)))
	b = append(b, body...)
	if len(body)%2 == 1 {
		b = append(b, 0)
	}
	return b
}

// bext makes the body of the chunk that Broadcast WAV adds (EBU Tech 3285,
// version 2). loud is nil while the loudness is not known; the length is the same.
func bext(t Tags, f Format, info audio.Info, loud *loudness.Result) []byte {
	le := binary.LittleEndian
	fixed := func(s string, n int) []byte {
		b := make([]byte, n)
		copy(b, cutBytes(s, n))
		return b
	}
	description := t.Comment
	if description == "" {
		description = t.Title
	}
	date, clock := "", ""
	if !t.Date.IsZero() {
		date, clock = t.Date.Format("2006-01-02"), t.Date.Format("15:04:05")
	}
	var b []byte
	b = append(b, fixed(description, 256)...)
	b = append(b, fixed(t.originator(), 32)...)
	b = append(b, fixed(t.TakeID, 32)...)
	b = append(b, fixed(date, 10)...)
	b = append(b, fixed(clock, 8)...)
	b = le.AppendUint64(b, uint64(t.Position)) // low word first
	b = le.AppendUint16(b, 2)
	b = append(b, make([]byte, 64)...) // no UMID
	for _, v := range bextLevels(loud) {
		b = le.AppendUint16(b, uint16(v))
	}
	b = append(b, make([]byte, 180)...)
	mode := map[int]string{1: "mono", 2: "stereo"}[info.Channels]
	if mode == "" {
		mode = "multitrack"
	}
	return fmt.Appendf(b, "A=PCM,F=%d,W=%d,M=%s,T=%s\r\n", info.Rate, f.Bits, mode, t.originator())
}

// bextLevels gives loudness, range, true peak, highest momentary and highest
// short-term loudness in hundredths; 0x7FFF stands for "not known".
func bextLevels(loud *loudness.Result) [5]int16 {
	const unknown = 0x7FFF
	if loud == nil {
		return [5]int16{unknown, unknown, unknown, unknown, unknown}
	}
	level := func(v float64) int16 {
		if v <= loudness.Floor {
			return unknown
		}
		return int16(math.Round(min(max(v, -99.99), 99.99) * 100))
	}
	r := level(loud.Range)
	if loud.Integrated <= loudness.Floor {
		r = unknown
	}
	return [5]int16{level(loud.Integrated), r, level(loud.TruePeak), level(loud.MaxMomentary), level(loud.MaxShortTerm)}
}

// listInfo makes the body of a LIST chunk of the form INFO; nil without tags.
func listInfo(t Tags) []byte {
	var b []byte
	for _, tag := range filledTags([][2]string{
		{"INAM", t.Title}, {"IART", t.Artist}, {"IPRD", t.Album}, {"ICRD", t.date()}, {"ICMT", t.Comment}, {"ISFT", t.Software},
	}) {
		b = chunk(b, binary.LittleEndian, tag[0], append([]byte(tag[1]), 0))
	}
	if b == nil {
		return nil
	}
	return append([]byte("INFO"), b...)
}

// extended encodes a sample rate as the 80-bit number that AIFF wants: 15 bits of
// exponent, then a mantissa of 64 bits whose first one is written out.
func extended(rate int) []byte {
	frac, exp := math.Frexp(float64(rate))
	b := binary.BigEndian.AppendUint16(nil, uint16(exp-1+16383))
	return binary.BigEndian.AppendUint64(b, uint64(math.Ldexp(frac, 64)))
}
