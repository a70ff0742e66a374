package convert

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"math"
	"os"

	"github.com/takebar/takebar/internal/audio"
	"github.com/takebar/takebar/internal/audio/loudness"
)

// samples is one block on its way into a file: integers, or floats where the
// format has them. Both are interleaved whole frames.
type samples struct {
	ints   []int32
	floats []float32
}

// sink writes one file.
type sink interface {
	// write takes the next block.
	write(ctx context.Context, s samples) error
	// finish completes the file; loud is what was measured, nil if nothing.
	finish(ctx context.Context, loud *loudness.Result) error
	// check reads the file back and tells why it is not what was written, nil if it is.
	check(ctx context.Context) error
	// abandon ends what still runs, after an error.
	abandon()
	// encoder names who encodes.
	encoder() string
}

// plan is what a sink has to know.
type plan struct {
	format Format
	info   audio.Info // of the source
	frames int64
	tags   Tags
	peak   float64 // highest sample that was written, full scale being 1.0; known at the end
}

// limit32 is the largest size that the fields of a WAV of 32 bits may tell; the
// highest value of all stands for "unset".
const limit32 = math.MaxUint32 - 1

// pcmSink writes a WAV or AIFF: a head, the samples, a tail.
type pcmSink struct {
	f         *os.File
	p         *plan
	bigEndian bool
	head      func(*loudness.Result) []byte // of one length, whatever it is told
	tail      []byte
	sum       hash.Hash
	buf       []byte
}

func newPCMSink(f *os.File, p *plan, limit int64) (*pcmSink, error) {
	s := &pcmSink{f: f, p: p, sum: sha256.New()}
	if p.format.Kind == AIFF {
		s.bigEndian = true
		s.tail = aiffTail(p)
		s.head = func(*loudness.Result) []byte { return aiffHead(p, len(s.tail)) }
	} else {
		s.tail = wavTail(p)
		s.head = func(loud *loudness.Result) []byte { return wavHead(p, len(s.tail), limit, loud) }
	}
	_, err := f.Write(s.head(nil))
	return s, err
}

func (s *pcmSink) encoder() string { return "" }

func (s *pcmSink) write(_ context.Context, b samples) error {
	if s.p.format.Float {
		s.buf = packFloats(s.buf[:0], b.floats, s.bigEndian)
	} else {
		s.buf = packInts(s.buf[:0], b.ints, s.p.format.Bits, s.bigEndian)
	}
	_, _ = s.sum.Write(s.buf) // a hash never fails
	_, err := s.f.Write(s.buf)
	return err
}

func (s *pcmSink) finish(_ context.Context, loud *loudness.Result) error {
	tail := s.tail
	if s.p.dataBytes()%2 == 1 {
		tail = append([]byte{0}, tail...)
	}
	if _, err := s.f.Write(tail); err != nil {
		return err
	}
	_, err := s.f.WriteAt(s.head(loud), 0)
	return err
}

func (s *pcmSink) abandon() {}

// check decodes the file with the package that reads recordings, and compares.
func (s *pcmSink) check(ctx context.Context) error {
	return checkPCM(ctx, s.f.Name(), s.p, s.bigEndian, s.sum.Sum(nil))
}

func (p *plan) dataBytes() int64 {
	return p.frames * int64(p.info.Channels) * int64(p.format.Bits/8)
}

// wavHead makes everything before the samples:
//
//	RIFF | JUNK, or ds64 beyond 4 GiB | bext | fmt | fact for floats | data
func wavHead(p *plan, tail int, limit int64, loud *loudness.Result) []byte {
	le := binary.LittleEndian
	data := p.dataBytes()
	body := make([]byte, 28)
	id := "JUNK"
	rest := chunk(nil, le, "bext", bext(p.tags, p.format, p.info, loud))
	rest = appendFmt(rest, p)
	if p.format.Float {
		rest = chunk(rest, le, "fact", le.AppendUint32(nil, uint32(min(p.frames, math.MaxUint32))))
	}
	form := 4 + 8 + int64(len(body)) + int64(len(rest)) + 8 + data + data%2 + int64(tail)
	size32 := func(n int64) uint32 {
		if form > limit {
			return math.MaxUint32
		}
		return uint32(n)
	}
	b := []byte("RIFF")
	if form > limit { // EBU Tech 3306
		b, id = []byte("RF64"), "ds64"
		le.PutUint64(body[0:], uint64(form))
		le.PutUint64(body[8:], uint64(data))
		le.PutUint64(body[16:], uint64(p.frames))
	}
	b = le.AppendUint32(b, size32(form))
	b = append(b, "WAVE"...)
	b = chunk(b, le, id, body)
	b = append(b, rest...)
	b = append(b, "data"...)
	return le.AppendUint32(b, size32(data))
}

// appendFmt appends the fmt chunk: the short form for one or two channels, which
// everything reads, and the extensible form for more.
func appendFmt(b []byte, p *plan) []byte {
	le := binary.LittleEndian
	tag := uint16(1)
	if p.format.Float {
		tag = 3
	}
	channels, bits := p.info.Channels, p.format.Bits
	block := channels * bits / 8
	kind := tag
	if channels > 2 {
		kind = 0xFFFE
	}
	var f []byte
	f = le.AppendUint16(f, kind)
	f = le.AppendUint16(f, uint16(channels))
	f = le.AppendUint32(f, uint32(p.info.Rate))
	f = le.AppendUint32(f, uint32(p.info.Rate*block))
	f = le.AppendUint16(f, uint16(block))
	f = le.AppendUint16(f, uint16(bits))
	switch {
	case channels > 2:
		f = le.AppendUint16(f, 22)
		f = le.AppendUint16(f, uint16(bits))
		f = le.AppendUint32(f, 0) // no speaker positions
		f = le.AppendUint16(f, tag)
		// The rest of the sub-formats for PCM and floats (Microsoft ksmedia.h).
		f = append(f, 0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xAA, 0, 0x38, 0x9B, 0x71)
	case p.format.Float:
		f = le.AppendUint16(f, 0)
	}
	return chunk(b, le, "fmt ", f)
}

func wavTail(p *plan) []byte {
	var b []byte
	if info := listInfo(p.tags); info != nil {
		b = chunk(b, binary.LittleEndian, "LIST", info)
	}
	if tag := p.tags.id3(); tag != nil {
		b = chunk(b, binary.LittleEndian, "id3 ", tag)
	}
	return b
}

// aiffHead makes everything before the samples of an AIFF, or of an AIFC for floats.
func aiffHead(p *plan, tail int) []byte {
	be := binary.BigEndian
	form := "AIFF"
	var comm []byte
	comm = be.AppendUint16(comm, uint16(p.info.Channels))
	comm = be.AppendUint32(comm, uint32(p.frames))
	comm = be.AppendUint16(comm, uint16(p.format.Bits))
	comm = append(comm, extended(p.info.Rate)...)
	var b []byte
	if p.format.Float {
		form = "AIFC"
		b = chunk(b, be, "FVER", be.AppendUint32(nil, 0xA2805140)) // the one version there is
		const name = "32-bit floating point"
		comm = append(append(comm, "fl32"...), byte(len(name)))
		comm = append(comm, name...)
	}
	b = chunk(b, be, "COMM", comm)
	for _, t := range filledTags([][2]string{{"NAME", p.tags.Title}, {"AUTH", p.tags.Artist}, {"ANNO", p.tags.Comment}}) {
		b = chunk(b, be, t[0], []byte(t[1]))
	}
	data := p.dataBytes()
	head := append([]byte("FORM"), be.AppendUint32(nil, uint32(4+int64(len(b))+16+data+data%2+int64(tail)))...)
	head = append(append(head, form...), b...)
	head = append(head, "SSND"...)
	head = be.AppendUint32(head, uint32(8+data))
	return be.AppendUint64(head, 0) // the samples begin at once and are in no blocks
}

func aiffTail(p *plan) []byte {
	if tag := p.tags.id3(); tag != nil {
		return chunk(nil, binary.BigEndian, "ID3 ", tag)
	}
	return nil
}
