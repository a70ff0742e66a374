package audio

import (
	"bytes"
	"encoding/binary"
	"math"
	"os"
	"path/filepath"
	"testing"
)

// chunk is one chunk of a test file. size overrides the length of body.
type chunk struct {
	id    string
	body  []byte
	size  int64 // -1: as long as the body
	nopad bool
}

func ck(id string, body []byte) chunk { return chunk{id: id, body: body, size: -1} }

// buildForm puts a file together. form is RIFF, FORM, ...; size overrides the
// size of the whole when it is not negative.
func buildForm(form, kind string, size int64, chunks ...chunk) []byte {
	order := binary.ByteOrder(binary.LittleEndian)
	if form == "FORM" || form == "RIFX" {
		order = binary.BigEndian
	}
	word := func(v int64) []byte { b := make([]byte, 4); order.PutUint32(b, uint32(v)); return b }
	var body []byte
	for _, c := range chunks {
		if c.size < 0 {
			c.size = int64(len(c.body))
		}
		body = append(append(append(body, c.id...), word(c.size)...), c.body...)
		if len(c.body)%2 == 1 && !c.nopad {
			body = append(body, 0)
		}
	}
	if size < 0 {
		size = int64(4 + len(body))
	}
	return append(append(append([]byte(form), word(size)...), kind...), body...)
}

// fmtBody is a plain fmt chunk of 16 bytes.
func fmtBody(order binary.ByteOrder, tag, channels, rate, bits int) []byte {
	b := make([]byte, 16)
	block := channels * ((bits + 7) / 8)
	order.PutUint16(b[0:], uint16(tag))
	order.PutUint16(b[2:], uint16(channels))
	order.PutUint32(b[4:], uint32(rate))
	order.PutUint32(b[8:], uint32(rate*block))
	order.PutUint16(b[12:], uint16(block))
	order.PutUint16(b[14:], uint16(bits))
	return b
}

func fmtLE(tag, channels, rate, bits int) chunk {
	return ck("fmt ", fmtBody(binary.LittleEndian, tag, channels, rate, bits))
}

// fmtExt is an extensible fmt chunk.
func fmtExt(sub, channels, rate, bits, valid int) chunk {
	b := fmtBody(binary.LittleEndian, tagExtensible, channels, rate, bits)
	b = binary.LittleEndian.AppendUint16(b, 22)
	b = binary.LittleEndian.AppendUint16(b, uint16(valid))
	b = binary.LittleEndian.AppendUint32(b, 0)
	b = binary.LittleEndian.AppendUint16(b, uint16(sub))
	return ck("fmt ", append(b, subFormats[0]...))
}

func ds64(form, data, frames uint64) chunk {
	b := binary.LittleEndian.AppendUint64(nil, form)
	b = binary.LittleEndian.AppendUint64(b, data)
	b = binary.LittleEndian.AppendUint64(b, frames)
	return ck("ds64", append(b, 0, 0, 0, 0))
}

func comm(channels int, frames int64, bits int, rate float64, encoding string) chunk {
	b := binary.BigEndian.AppendUint16(nil, uint16(channels))
	b = binary.BigEndian.AppendUint32(b, uint32(frames))
	b = binary.BigEndian.AppendUint16(b, uint16(bits))
	frac, exp := math.Frexp(rate)
	b = binary.BigEndian.AppendUint16(b, uint16(exp-1+16383))
	b = binary.BigEndian.AppendUint64(b, uint64(math.Ldexp(frac, 64)))
	if encoding != "" {
		b = append(b, encoding...)
		b = append(b, 0, 0) // an empty name
	}
	return ck("COMM", b)
}

func ssnd(offset, blockSize int, samples []byte) chunk {
	b := binary.BigEndian.AppendUint32(nil, uint32(offset))
	b = binary.BigEndian.AppendUint32(b, uint32(blockSize))
	b = append(b, make([]byte, offset)...)
	return ck("SSND", append(b, samples...))
}

// sized changes the size that a chunk claims.
func sized(c chunk, size int64) chunk { c.size = size; return c }

// noise returns n bytes that look like no chunk and differ from run to run of
// the generator only by seed.
func noise(n int, seed uint64) []byte {
	b := make([]byte, n)
	x := seed*2862933555777941757 + 3037000493
	for i := range b {
		x = x*6364136223846793005 + 1442695040888963407
		b[i] = byte(x>>56) | 0x80
	}
	return b
}

func probeBytes(b []byte) (Info, error) { return Probe(bytes.NewReader(b), int64(len(b))) }

func writeFile(t *testing.T, name string, b []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// appendSample appends v, full scale 1.0, as a sample of the given bytes.
func appendSample(b []byte, v float64, size int, info Info) []byte {
	order := binary.AppendByteOrder(binary.LittleEndian)
	if info.BigEndian {
		order = binary.BigEndian
	}
	switch {
	case info.Float && size == 8:
		return order.AppendUint64(b, math.Float64bits(v))
	case info.Float:
		return order.AppendUint32(b, math.Float32bits(float32(v)))
	}
	q := uint32(quantize(v, 8*size))
	if info.Unsigned {
		q ^= 0x80
	}
	w := order.AppendUint32(nil, q)
	if info.BigEndian {
		return append(b, w[4-size:]...)
	}
	return append(b, w[:size]...)
}

// buildFile puts a header of the fitting kind before encoded samples.
func buildFile(info Info, data []byte) []byte {
	bits := 8 * info.SampleBytes()
	tag, encoding := tagPCM, "NONE"
	if info.Float {
		tag = tagFloat
		encoding = map[int]string{32: "fl32", 64: "fl64"}[bits]
	}
	if info.BigEndian {
		frames := int64(len(data) / info.BlockAlign)
		return buildForm("FORM", "AIFC", -1, comm(info.Channels, frames, bits, float64(info.Rate), encoding), ssnd(0, 0, data))
	}
	return buildForm("RIFF", "WAVE", -1, fmtLE(tag, info.Channels, info.Rate, bits), ck("data", data))
}
