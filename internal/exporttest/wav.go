package exporttest

import (
	"encoding/binary"
	"math"
)

const rate = 44100

// header makes the header of a file with so many bytes of samples; with final false its sizes are still zero, as while a program renders.
func header(format string, data int, final bool) []byte {
	if !final {
		data = 0
	}
	tag, bits := uint16(1), uint16(24)
	switch format {
	case "wav8":
		bits = 8
	case "wav16":
		bits = 16
	case "float":
		tag, bits = 3, 32
	case "aiff":
		return aiffHeader(data, final)
	}
	block := 2 * bits / 8
	var b []byte
	le := binary.LittleEndian
	riff := uint32(0)
	if final {
		riff = uint32(36 + data)
	}
	if format == "rf64" {
		b = append(b, "RF64"...)
		b = le.AppendUint32(b, 0xFFFFFFFF)
		b = append(b, "WAVEds64"...)
		b = le.AppendUint32(b, 28)
		size := uint64(0)
		if final {
			size = uint64(72 + data)
		}
		b = le.AppendUint64(b, size)
		b = le.AppendUint64(b, uint64(data))
		b = le.AppendUint64(b, uint64(data)/uint64(block))
		b = le.AppendUint32(b, 0)
	} else {
		b = append(b, "RIFF"...)
		b = le.AppendUint32(b, riff)
		b = append(b, "WAVE"...)
	}
	b = append(b, "fmt "...)
	b = le.AppendUint32(b, 16)
	b = le.AppendUint16(b, tag)
	b = le.AppendUint16(b, 2)
	b = le.AppendUint32(b, rate)
	b = le.AppendUint32(b, rate*uint32(block))
	b = le.AppendUint16(b, block)
	b = le.AppendUint16(b, bits)
	b = append(b, "data"...)
	if format == "rf64" {
		return le.AppendUint32(b, 0xFFFFFFFF)
	}
	return le.AppendUint32(b, uint32(data))
}

func aiffHeader(data int, final bool) []byte {
	be := binary.BigEndian
	form, frames, ssnd := uint32(0), uint32(0), uint32(0)
	if final {
		form, frames, ssnd = uint32(46+data), uint32(data/6), uint32(8+data)
	}
	b := append([]byte(nil), "FORM"...)
	b = be.AppendUint32(b, form)
	b = append(b, "AIFFCOMM"...)
	b = be.AppendUint32(b, 18)
	b = be.AppendUint16(b, 2)
	b = be.AppendUint32(b, frames)
	b = be.AppendUint16(b, 24)
	b = append(b, 0x40, 0x0E, 0xAC, 0x44, 0, 0, 0, 0, 0, 0) // 44100 as an 80-bit float
	b = append(b, "SSND"...)
	b = be.AppendUint32(b, ssnd)
	return append(b, 0, 0, 0, 0, 0, 0, 0, 0)
}

// samples makes stereo frames of a 440 Hz tone, silence, or a tone driven into clipping.
func samples(format, sound string, frames int) []byte {
	var b []byte
	for i := range frames {
		v := 0.5 * math.Sin(2*math.Pi*440*float64(i)/rate)
		switch sound {
		case "silent":
			v = 0
		case "clipped":
			v = max(-1, min(1, v*6))
		}
		for range 2 {
			switch format {
			case "wav8":
				b = append(b, byte(128+math.Round(v*127)))
			case "wav16":
				b = binary.LittleEndian.AppendUint16(b, uint16(int16(math.Round(v*32767))))
			case "float":
				b = binary.LittleEndian.AppendUint32(b, math.Float32bits(float32(v)))
			default:
				n := uint32(int32(math.Round(v * 8388607)))
				if format == "aiff" {
					b = append(b, byte(n>>16), byte(n>>8), byte(n))
				} else {
					b = append(b, byte(n), byte(n>>8), byte(n>>16))
				}
			}
		}
	}
	return b
}

// WAV is a whole, finished file.
func WAV(format, sound string, seconds float64) []byte {
	data := samples(format, sound, int(seconds*rate))
	return append(header(format, len(data), true), data...)
}
