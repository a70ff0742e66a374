package audio

import (
	"bytes"
	"encoding/binary"
	"fmt"
)

// Format tags of the fmt chunk (Microsoft mmreg.h).
const (
	tagPCM        = 0x0001
	tagFloat      = 0x0003
	tagExtensible = 0xFFFE
)

// The last 14 bytes of the sub-format of WAVE_FORMAT_EXTENSIBLE: the first two
// then are a format tag. The second form is the one of ambisonic files.
var subFormats = [][]byte{
	{0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xAA, 0, 0x38, 0x9B, 0x71},
	{0, 0, 0x21, 0x07, 0xD3, 0x11, 0x86, 0x44, 0xC8, 0xC1, 0xCA, 0, 0, 0},
}

// waveChunk takes in one chunk of a RIFF, RIFX, RF64 or BW64 file.
func (p *prober) waveChunk(id string, n, body int64) (int64, error) {
	if id == "data" && !p.hasData {
		return p.dataChunk(n, body), nil
	}
	if n > p.size-body {
		return n, nil // the walk ends here
	}
	lay := &p.info.lay
	switch id {
	case "JUNK", "PAD ", "junk":
		if body == 20 && n >= ds64Size {
			lay.junkAt = body - 8
		}
	case "ds64":
		is64 := p.info.Container == RF64 || p.info.Container == BW64
		if is64 && n >= ds64Size && lay.ds64At == 0 {
			return n, p.readDS64(body)
		}
	case "fmt ":
		if p.info.BlockAlign == 0 {
			return n, p.readFmt(n, body)
		}
	case "fact":
		if n >= 4 && !p.hasData && lay.factAt == 0 {
			lay.factAt = body
		}
	}
	return n, nil
}

// dataChunk notes where the samples are. It returns a negative length when the
// walk cannot go on behind them.
func (p *prober) dataChunk(n, body int64) int64 {
	p.hasData = true
	p.info.DataOffset = body
	p.info.lay.dataSizeAt = body - 4
	if n == unset {
		// A size of 64 bits is used only where the field of 32 is unset, as
		// EBU Tech 3306 says.
		if p.ds64Data <= 0 {
			p.dataUnset = true
			return -1
		}
		n = p.ds64Data
	}
	p.info.DataBytes = n
	return n
}

// ds64Size is the length of a ds64 chunk without a table: sizes of the whole
// and of the samples, number of frames, length of the table.
const ds64Size = 28

func (p *prober) readDS64(body int64) error {
	var b [16]byte
	if err := p.read(b[:], body); err != nil {
		return err
	}
	p.info.lay.ds64At = body
	// Sizes beyond 1<<62 are nonsense; capping them keeps sums in range.
	p.ds64Form = int64(min(binary.LittleEndian.Uint64(b[0:]), 1<<62))
	p.ds64Data = int64(min(binary.LittleEndian.Uint64(b[8:]), 1<<62))
	return nil
}

func (p *prober) readFmt(n, body int64) error {
	if n < 16 {
		return fmt.Errorf("%w: its fmt chunk has only %d bytes", ErrUnsupported, n)
	}
	b := make([]byte, min(n, 40))
	if err := p.read(b, body); err != nil {
		return err
	}
	tag := p.order.Uint16(b[0:])
	bits := int(p.order.Uint16(b[14:]))
	valid := bits
	if tag == tagExtensible {
		if len(b) < 40 {
			return fmt.Errorf("%w: its extensible fmt chunk has only %d bytes", ErrUnsupported, n)
		}
		known := false
		for _, s := range subFormats {
			known = known || bytes.Equal(b[26:40], s)
		}
		if !known {
			return fmt.Errorf("%w: its sub-format is unknown (% x)", ErrUnsupported, b[24:40])
		}
		tag = p.order.Uint16(b[24:])
		if v := int(p.order.Uint16(b[18:])); v > 0 && v < bits {
			valid = v
		}
	}
	if tag != tagPCM && tag != tagFloat {
		return fmt.Errorf("%w: it holds %s; uncompressed samples can be read", ErrUnsupported, tagName(tag))
	}
	p.info.Float = tag == tagFloat
	p.info.Unsigned = bits <= 8 && !p.info.Float
	return p.setFormat(int64(p.order.Uint32(b[4:])), int(p.order.Uint16(b[2:])), bits, valid, int(p.order.Uint16(b[12:])))
}

func tagName(tag uint16) string {
	switch tag {
	case 0x02, 0x11:
		return "ADPCM"
	case 0x06:
		return "A-law"
	case 0x07:
		return "µ-law"
	case 0x50, 0x55:
		return "MPEG audio"
	}
	return fmt.Sprintf("format 0x%04x", tag)
}

// setFormat checks and notes the sample format. bits is the width that decides
// about the bytes, valid the part of it that carries meaning, block the length
// of a frame as the header names it, or 0.
func (p *prober) setFormat(rate int64, channels, bits, valid, block int) error {
	size := (bits + 7) / 8
	i := &p.info
	i.Channels, i.Bits = channels, valid
	switch {
	case channels < 1 || channels > maxChannels:
		return fmt.Errorf("%w: it names %d channels", ErrUnsupported, channels)
	case rate < 1 || rate > maxRate:
		return fmt.Errorf("%w: it names a sample rate of %d Hz", ErrUnsupported, rate)
	case i.Float && bits != 32 && bits != 64, !i.Float && (bits < 1 || bits > 32):
		return fmt.Errorf("%w: it names samples of %d bits", ErrUnsupported, bits)
	case block != 0 && block != size*channels:
		return fmt.Errorf("%w: frames of %d bytes do not fit %d channels of %d bits", ErrUnsupported, block, channels, bits)
	}
	i.Rate = int(rate)
	i.BlockAlign = size * channels
	return nil
}
