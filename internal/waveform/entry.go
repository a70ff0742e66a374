package waveform

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"

	"github.com/takebar/takebar/internal/audio"
)

// An entry of the folder is a waveform in audiowaveform's .dat format, which other programs can read, and behind it a record of what it was
// made from:
//
//	source path, UTF-8
//	int64 size, int64 time of change (nanoseconds since 1970), int64 frames of the source
//	uint32 length of the path, uint32 CRC-32 (IEEE) of all bytes before it, 8 bytes "tbpeaks1"
//
// Numbers are little-endian.
const (
	entryMagic = "tbpeaks1"
	entryTail  = 3*8 + 2*4 + len(entryMagic)
	entryPath  = 4096 // bytes of a path at most
)

var errBadEntry = errors.New("not a kept waveform")

// appendEntry writes an entry. path is the source's as the folder names it.
func appendEntry(b []byte, path string, src source, k kept) ([]byte, error) {
	buf := bytes.NewBuffer(b)
	if _, err := k.peaks.WriteTo(buf); err != nil {
		return nil, err
	}
	buf.WriteString(path)
	b = buf.Bytes()
	for _, v := range []int64{src.size, src.modified, k.frames} {
		b = binary.LittleEndian.AppendUint64(b, uint64(v))
	}
	b = binary.LittleEndian.AppendUint32(b, uint32(len(path)))
	b = binary.LittleEndian.AppendUint32(b, crc32.ChecksumIEEE(b))
	return append(b, entryMagic...), nil
}

// origin is what an entry was made from.
type origin struct {
	path           string
	size, modified int64
	frames         int64
}

// parseTail reads the record at the end of an entry.
func parseTail(b []byte) (origin, error) {
	if len(b) < entryTail || string(b[len(b)-len(entryMagic):]) != entryMagic {
		return origin{}, errBadEntry
	}
	tail := b[len(b)-entryTail:]
	word := func(i int) int64 { return int64(binary.LittleEndian.Uint64(tail[8*i:])) }
	o := origin{size: word(0), modified: word(1), frames: word(2)}
	n := binary.LittleEndian.Uint32(tail[24:])
	if n > entryPath || int(n) > len(b)-entryTail || o.size < 0 || o.frames < 0 {
		return origin{}, errBadEntry
	}
	o.path = string(b[len(b)-entryTail-int(n) : len(b)-entryTail])
	return o, nil
}

// parseEntry reads an entry that is whole.
func parseEntry(b []byte) (origin, *audio.Peaks, error) {
	o, err := parseTail(b)
	if err != nil {
		return origin{}, nil, err
	}
	sumAt := len(b) - len(entryMagic) - 4
	if crc32.ChecksumIEEE(b[:sumAt]) != binary.LittleEndian.Uint32(b[sumAt:]) {
		return origin{}, nil, fmt.Errorf("%w: its checksum is wrong", errBadEntry)
	}
	p, err := audio.ReadPeaks(bytes.NewReader(b[:len(b)-entryTail-len(o.path)]))
	if err != nil {
		return origin{}, nil, fmt.Errorf("%w: %w", errBadEntry, err)
	}
	if want := (o.frames + int64(p.SamplesPerPixel) - 1) / int64(p.SamplesPerPixel); int64(p.Len()) != want {
		return origin{}, nil, fmt.Errorf("%w: %d pixels for %d frames", errBadEntry, p.Len(), o.frames)
	}
	return o, p, nil
}
