package audio

import (
	"encoding/binary"
	"fmt"
	"math"
)

// aiffChunk takes in one chunk of an AIFF or AIFC file.
func (p *prober) aiffChunk(id string, n, body int64) (int64, error) {
	switch id {
	case "COMM":
		if p.info.BlockAlign == 0 && n <= p.size-body {
			return n, p.readComm(n, body)
		}
	case "SSND":
		if !p.hasData {
			return p.readSSND(n, body)
		}
	}
	return n, nil
}

// readSSND notes where the samples are: behind two words, the offset of the
// first sample (nearly always 0) and the size of the blocks they are padded to
// (likewise).
func (p *prober) readSSND(n, body int64) (int64, error) {
	if p.size-body < 8 {
		return -1, nil // the recorder has only begun
	}
	var b [8]byte
	if err := p.read(b[:], body); err != nil {
		return 0, err
	}
	offset := int64(binary.BigEndian.Uint32(b[0:]))
	if offset > p.size-body-8 {
		return 0, fmt.Errorf("%w: its samples are said to start at byte %d of %d", ErrUnsupported, body+8+offset, p.size)
	}
	p.hasData = true
	p.blocked = binary.BigEndian.Uint32(b[4:]) != 0
	p.info.DataOffset = body + 8 + offset
	p.info.lay.dataSizeAt = body - 4
	p.info.lay.dataPrefix = 8 + offset
	if n == unset || n < 8+offset {
		p.dataUnset = true
		return -1, nil
	}
	p.info.DataBytes = n - 8 - offset
	return n, nil
}

// readComm reads the sample format: channels, frames, bits, rate and, in AIFC,
// the name of the encoding.
func (p *prober) readComm(n, body int64) error {
	if n < 18 {
		return fmt.Errorf("%w: its COMM chunk has only %d bytes", ErrUnsupported, n)
	}
	b := make([]byte, min(n, 22))
	if err := p.read(b, body); err != nil {
		return err
	}
	p.frames = int64(binary.BigEndian.Uint32(b[2:]))
	p.info.lay.framesAt = body + 2
	bits := int(binary.BigEndian.Uint16(b[6:]))
	if p.info.Container == AIFC {
		if len(b) < 22 {
			return fmt.Errorf("%w: its COMM chunk does not name an encoding", ErrUnsupported)
		}
		var err error
		if bits, err = p.aifcEncoding(string(b[18:22]), bits); err != nil {
			return err
		}
	}
	rate := math.Round(extended(b[8:18]))
	if rate < 1 || rate > maxRate {
		return fmt.Errorf("%w: it names a sample rate of %g Hz", ErrUnsupported, rate)
	}
	return p.setFormat(int64(rate), int(binary.BigEndian.Uint16(b[0:])), bits, bits, 0)
}

// aifcEncoding notes what the four characters of an AIFC encoding say, and
// returns the bits of a sample where they decide them. The header of a float
// file may name any number of bits.
func (p *prober) aifcEncoding(id string, bits int) (int, error) {
	i := &p.info
	switch id {
	case "NONE", "twos":
	case "sowt":
		i.BigEndian = false
	case "in24":
		bits = 24
	case "in32":
		bits = 32
	case "42ni":
		bits, i.BigEndian = 24, false
	case "23ni":
		bits, i.BigEndian = 32, false
	case "raw ":
		bits, i.Unsigned = 8, true
	case "fl32", "FL32":
		bits, i.Float = 32, true
	case "fl64", "FL64":
		bits, i.Float = 64, true
	default:
		return 0, fmt.Errorf("%w: it holds samples in the encoding %q; uncompressed samples can be read", ErrUnsupported, id)
	}
	return bits, nil
}

// extended returns the value of an 80-bit extended number, as IEEE 754 and the
// 68881 define it: sign and 15 bits of exponent, then 64 bits of mantissa whose
// integer bit is written out.
func extended(b []byte) float64 {
	exp := int(binary.BigEndian.Uint16(b)&0x7FFF) - 16383 - 63
	v := math.Ldexp(float64(binary.BigEndian.Uint64(b[2:])), exp)
	if b[0]&0x80 != 0 {
		return -v
	}
	return v
}
