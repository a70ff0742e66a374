package audio

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const (
	tenFrames = 10 * 6 // bytes: 24 bits, stereo
	hour      = int64(3600 * 48000)
)

func wav24(chunks ...chunk) []byte {
	return buildForm("RIFF", "WAVE", -1, append([]chunk{fmtLE(tagPCM, 2, 48000, 24)}, chunks...)...)
}

func TestProbeComplete(t *testing.T) {
	data := noise(tenFrames, 1)
	base := Info{Rate: 48000, Channels: 2, Bits: 24, BlockAlign: 6, DataBytes: tenFrames, AvailableBytes: tenFrames, Frames: 10, Complete: true}
	with := func(f func(*Info)) Info { i := base; f(&i); return i }
	wave := with(func(i *Info) { i.Container, i.DataOffset = WAV, 44 })
	eight := Info{Container: WAV, Rate: 8000, Channels: 1, Bits: 8, Unsigned: true, BlockAlign: 1, DataOffset: 44, DataBytes: 9, AvailableBytes: 9, Frames: 9, Complete: true}
	tests := []struct {
		name string
		file []byte
		want Info
	}{
		{"plain", wav24(ck("data", data)), wave},
		{
			"bext and unknown chunks", wav24(ck("bext", noise(602, 2)), ck("zzzz", noise(7, 3)), ck("data", data), ck("LIST", noise(31, 4))),
			with(func(i *Info) { i.Container, i.DataOffset = WAV, 44+8+602+8+8 }),
		},
		{
			"odd chunk without padding", wav24(chunk{"LIST", noise(7, 3), -1, true}, ck("data", data)),
			with(func(i *Info) { i.Container, i.DataOffset = WAV, 44+8+7 }),
		},
		{
			"JUNK first", buildForm("RIFF", "WAVE", -1, ck("JUNK", make([]byte, 28)), fmtLE(tagPCM, 2, 48000, 24), ck("data", data)),
			with(func(i *Info) { i.Container, i.DataOffset = WAV, 80 }),
		},
		{"junk inside the whole", func() []byte {
			b := append(wav24(ck("data", data)), make([]byte, 100)...)
			binary.LittleEndian.PutUint32(b[4:], uint32(len(b)-8))
			return b
		}(), wave},
		{"padding not counted", func() []byte {
			b := buildForm("RIFF", "WAVE", -1, fmtLE(tagPCM, 1, 8000, 8), ck("data", noise(9, 1)))
			binary.LittleEndian.PutUint32(b[4:], uint32(len(b)-9))
			return b
		}(), eight},
		{"padding counted, but not written", func() []byte {
			b := buildForm("RIFF", "WAVE", -1, fmtLE(tagPCM, 1, 8000, 8), ck("data", noise(9, 1)))
			return b[:len(b)-1]
		}(), eight},
		{"half a frame of junk after the end", append(wav24(ck("data", data)), 1, 2, 3), wave},
		{"ID3 tag after the end", append(wav24(ck("data", data)), append([]byte("ID3\x04\x00\x00"), noise(300, 5)...)...), wave},
		{"ID3v1 tag after the end", append(wav24(ck("data", data)), append([]byte("TAG"), make([]byte, 125)...)...), wave},
		{"chunk appended without telling", append(wav24(ck("data", data)), "LIST\x04\x00\x00\x00abcd"...), wave},
		{
			"extensible", buildForm("RIFF", "WAVE", -1, fmtExt(tagPCM, 2, 48000, 24, 24), ck("data", data)),
			with(func(i *Info) { i.Container, i.DataOffset = WAV, 68 }),
		},
		{
			"20 bits in 24", buildForm("RIFF", "WAVE", -1, fmtExt(tagPCM, 2, 48000, 24, 20), ck("data", data)),
			with(func(i *Info) { i.Container, i.DataOffset, i.Bits = WAV, 68, 20 }),
		},
		{
			"8 bits are unsigned", buildForm("RIFF", "WAVE", -1, fmtLE(tagPCM, 1, 8000, 8), ck("data", noise(9, 1))),
			eight,
		},
		{
			"float", buildForm("RIFF", "WAVE", -1, fmtLE(tagFloat, 1, 44100, 32), ck("fact", make([]byte, 4)), ck("data", noise(8, 1))),
			Info{Container: WAV, Rate: 44100, Channels: 1, Bits: 32, Float: true, BlockAlign: 4, DataOffset: 56, DataBytes: 8, AvailableBytes: 8, Frames: 2, Complete: true},
		},
		{
			"float of 64 bits, extensible", buildForm("RIFF", "WAVE", -1, fmtExt(tagFloat, 1, 44100, 64, 64), ck("data", noise(16, 1))),
			Info{Container: WAV, Rate: 44100, Channels: 1, Bits: 64, Float: true, BlockAlign: 8, DataOffset: 68, DataBytes: 16, AvailableBytes: 16, Frames: 2, Complete: true},
		},
		{
			"big endian", buildForm("RIFX", "WAVE", -1, ck("fmt ", fmtBody(binary.BigEndian, tagPCM, 2, 48000, 24)), ck("data", data)),
			with(func(i *Info) { i.Container, i.DataOffset, i.BigEndian = RIFX, 44, true }),
		},
		{"RF64", rf64("RF64", tenFrames), with(func(i *Info) { i.Container, i.DataOffset = RF64, 80 })},
		{"BW64", rf64("BW64", tenFrames), with(func(i *Info) { i.Container, i.DataOffset = BW64, 80 })},
		{
			"AIFF", buildForm("FORM", "AIFF", -1, comm(2, 10, 24, 48000, ""), ssnd(0, 0, data)),
			with(func(i *Info) { i.Container, i.DataOffset, i.BigEndian = AIFF, 54, true }),
		},
		{
			"AIFF, COMM last", buildForm("FORM", "AIFF", -1, ssnd(0, 0, data), comm(2, 10, 24, 48000, "")),
			with(func(i *Info) { i.Container, i.DataOffset, i.BigEndian = AIFF, 28, true }),
		},
		{
			"AIFF with an offset", buildForm("FORM", "AIFF", -1, comm(2, 10, 24, 48000, ""), ssnd(100, 0, data)),
			with(func(i *Info) { i.Container, i.DataOffset, i.BigEndian = AIFF, 154, true }),
		},
		{
			"AIFF padded to blocks", buildForm("FORM", "AIFF", -1, comm(2, 10, 24, 48000, ""), ssnd(0, 512, append(data[:tenFrames:tenFrames], make([]byte, 452)...))),
			with(func(i *Info) { i.Container, i.DataOffset, i.BigEndian = AIFF, 54, true }),
		},
		{
			"AIFC sowt", buildForm("FORM", "AIFC", -1, ck("FVER", []byte{0xA2, 0x80, 0x51, 0x40}), comm(2, 10, 24, 48000, "sowt"), ssnd(0, 0, data)),
			with(func(i *Info) { i.Container, i.DataOffset = AIFC, 72 }),
		},
		{
			"AIFC NONE, 44.1 kHz", buildForm("FORM", "AIFC", -1, comm(2, 10, 24, 44100, "NONE"), ssnd(0, 0, data)),
			with(func(i *Info) { i.Container, i.DataOffset, i.BigEndian, i.Rate = AIFC, 60, true, 44100 }),
		},
		{
			"AIFC in24", buildForm("FORM", "AIFC", -1, comm(2, 10, 16, 48000, "in24"), ssnd(0, 0, data)),
			with(func(i *Info) { i.Container, i.DataOffset, i.BigEndian = AIFC, 60, true }),
		},
		{
			"AIFC 42ni", buildForm("FORM", "AIFC", -1, comm(2, 10, 24, 48000, "42ni"), ssnd(0, 0, data)),
			with(func(i *Info) { i.Container, i.DataOffset = AIFC, 60 }),
		},
		{
			"AIFC fl32", buildForm("FORM", "AIFC", -1, comm(1, 15, 32, 48000, "fl32"), ssnd(0, 0, data)),
			Info{Container: AIFC, Rate: 48000, Channels: 1, Bits: 32, Float: true, BigEndian: true, BlockAlign: 4, DataOffset: 60, DataBytes: 60, AvailableBytes: 60, Frames: 15, Complete: true},
		},
		{
			"AIFC FL64", buildForm("FORM", "AIFC", -1, comm(1, 5, 64, 192000, "FL64"), ssnd(0, 0, data[:40])),
			Info{Container: AIFC, Rate: 192000, Channels: 1, Bits: 64, Float: true, BigEndian: true, BlockAlign: 8, DataOffset: 60, DataBytes: 40, AvailableBytes: 40, Frames: 5, Complete: true},
		},
		{
			"AIFC raw", buildForm("FORM", "AIFC", -1, comm(1, 5, 8, 22050, "raw "), ssnd(0, 0, data[:5])),
			Info{Container: AIFC, Rate: 22050, Channels: 1, Bits: 8, Unsigned: true, BigEndian: true, BlockAlign: 1, DataOffset: 60, DataBytes: 5, AvailableBytes: 5, Frames: 5, Complete: true},
		},
	}
	for _, c := range tests {
		t.Run(c.name, func(t *testing.T) {
			got, err := probeBytes(c.file)
			if err != nil {
				t.Fatal(err)
			}
			got.lay, got.cause = layout{}, nil
			if got != c.want {
				t.Errorf("Probe =\n%+v, want\n%+v", got, c.want)
			}
			if err := got.Err(); err != nil {
				t.Errorf("Err = %v, want nil", err)
			}
		})
	}
}

// rf64 returns an RF64 with n bytes of samples.
func rf64(form string, n int) []byte {
	b := buildForm(form, "WAVE", unset, ds64(uint64(72+n), uint64(n), uint64(n/6)), fmtLE(tagPCM, 2, 48000, 24), sized(ck("data", noise(n, 1)), unset))
	return b
}

func TestProbeUnfinished(t *testing.T) {
	data := noise(tenFrames, 1)
	le := func(b []byte, at int, v uint32) []byte { binary.LittleEndian.PutUint32(b[at:], v); return b }
	be := func(b []byte, at int, v uint32) []byte { binary.BigEndian.PutUint32(b[at:], v); return b }
	aiff := func() []byte {
		return buildForm("FORM", "AIFF", -1, comm(2, 10, 24, 48000, ""), ssnd(0, 0, data))
	}
	tests := []struct {
		name   string
		file   []byte
		cause  error
		frames int64
		reason string // part of it
	}{
		{"both sizes 0", le(le(wav24(ck("data", data)), 4, 0), 40, 0), ErrUnfinished, 10, "does not say yet"},
		{"both sizes unset", le(le(wav24(ck("data", data)), 4, unset), 40, unset), ErrUnfinished, 10, "does not say yet"},
		{"only the data size 0", le(wav24(ck("data", data)), 40, 0), ErrUnfinished, 10, "does not say yet"},
		{"size of the whole 0", le(wav24(ck("data", data)), 4, 0), ErrUnfinished, 10, "whole file"},
		{"size of the whole unset", le(wav24(ck("data", data)), 4, unset), ErrUnfinished, 10, "whole file"},
		{"stale sizes", append(wav24(ck("data", data)), noise(60, 2)...), ErrUnfinished, 20, "goes on for 60 bytes"},
		{"stale sizes, silence", append(wav24(ck("data", data)), make([]byte, 66)...), ErrUnfinished, 21, "goes on"},
		{"stale by one frame", append(wav24(ck("data", data)), noise(6, 2)...), ErrUnfinished, 11, "goes on"},
		{"sizes of an empty file", le(le(append(wav24(ck("data", nil)), data...), 4, 36), 40, 0), ErrUnfinished, 10, "does not say yet"},
		{"promises more", wav24(sized(ck("data", data), 600)), ErrTruncated, 10, "promises 100 frames"},
		{"promises more, half a frame", wav24(sized(ck("data", data[:57]), 600)), ErrTruncated, 9, "promises 100 frames"},
		{"chunk after the samples cut", wav24(ck("data", data), ck("LIST", noise(100, 3)))[:150], ErrTruncated, 10, "shorter than its header"},
		{"junk after chunks", append(wav24(ck("data", data), ck("LIST", noise(10, 3))), noise(50, 4)...), ErrUnfinished, 10, "whole file"},
		{"no samples yet", wav24(ck("data", nil)), ErrUnfinished, 0, "no samples"},
		{"no samples, but chunks", wav24(ck("data", nil), ck("LIST", noise(10, 3))), ErrUnfinished, 0, "holds no samples"},
		{"no data chunk yet", wav24(), ErrUnfinished, 0, "no samples"},
		{"less than a frame", wav24(ck("data", data[:5])), ErrUnfinished, 0, "one frame"},
		{"data chunk cut in its header", wav24(ck("data", data))[:42], ErrUnfinished, 0, "no samples"},
		{"RF64 without sizes", buildForm("RF64", "WAVE", unset, ds64(0, 0, 0), fmtLE(tagPCM, 2, 48000, 24), sized(ck("data", data), unset)), ErrUnfinished, 10, "does not say yet"},
		{"RF64 stale", append(rf64("RF64", tenFrames), noise(600, 3)...), ErrUnfinished, 110, "goes on"},
		{"RF64 cut", rf64("RF64", tenFrames)[:80+30], ErrTruncated, 5, "promises 10 frames"},
		{"RF64 with absurd sizes", buildForm("RF64", "WAVE", unset, ds64(1<<63, 1<<64-1, 0), fmtLE(tagPCM, 2, 48000, 24), sized(ck("data", data), unset)), ErrTruncated, 10, "promises"},
		{"AIFF sizes 0", be(be(be(aiff(), 4, 0), 22, 0), 42, 0), ErrUnfinished, 10, "does not say yet"},
		{"AIFF sizes of an empty file", be(be(be(aiff(), 4, 46), 22, 0), 42, 8), ErrUnfinished, 10, "does not say yet"},
		{"AIFF frames 0", be(aiff(), 22, 0), ErrUnfinished, 10, "counts 0 frames"},
		{"AIFF frames behind", be(aiff(), 22, 4), ErrUnfinished, 10, "counts 4 frames"},
		{"AIFF frames ahead", be(aiff(), 22, 400), ErrUnfinished, 10, "counts 400 frames"},
		{"AIFF stale", append(aiff(), noise(60, 2)...), ErrUnfinished, 20, "goes on"},
		{"AIFF cut", aiff()[:54+12], ErrTruncated, 2, "promises 10 frames"},
		{"AIFF, SSND just begun", aiff()[:50], ErrUnfinished, 0, "no samples"},
	}
	for _, c := range tests {
		t.Run(c.name, func(t *testing.T) {
			got, err := probeBytes(c.file)
			if err != nil {
				t.Fatal(err)
			}
			if got.Complete || got.Frames != c.frames || !strings.Contains(got.Reason, c.reason) {
				t.Errorf("Complete %t, Frames %d, Reason %q; want an incomplete file with %d frames and a reason with %q",
					got.Complete, got.Frames, got.Reason, c.frames, c.reason)
			}
			if got.AvailableBytes/6 != got.Frames {
				t.Errorf("AvailableBytes %d does not fit %d frames", got.AvailableBytes, got.Frames)
			}
			if err := got.Err(); !errors.Is(err, c.cause) || !strings.Contains(err.Error(), got.Reason) {
				t.Errorf("Err = %v, want %v with the reason", err, c.cause)
			}
			if got.Rate != 48000 || got.Channels != 2 || got.Bits != 24 {
				t.Errorf("format %d Hz, %d channels, %d bits is lost", got.Rate, got.Channels, got.Bits)
			}
		})
	}
}

func TestProbeErrors(t *testing.T) {
	big := make([]byte, 44)
	tests := []struct {
		name string
		file []byte
		want []error
	}{
		{"empty", nil, []error{ErrUnfinished, ErrNoFormat}},
		{"zeros", big, []error{ErrUnfinished, ErrNoFormat}},
		{"RI", []byte("RI"), []error{ErrUnfinished, ErrNoFormat}},
		{"RIFF and 6 bytes", []byte("RIFF\x00\x00\x00\x00WA"), []error{ErrUnfinished, ErrNoFormat}},
		{"FORM and 7 bytes", []byte("FORM\x00\x00\x00\x00AIF"), []error{ErrUnfinished, ErrNoFormat}},
		{"no fmt", buildForm("RIFF", "WAVE", -1, ck("data", noise(100, 1))), []error{ErrUnfinished, ErrNoFormat}},
		{"no COMM", buildForm("FORM", "AIFF", -1, ssnd(0, 0, noise(100, 1))), []error{ErrUnfinished, ErrNoFormat}},
		{"no chunks", buildForm("RIFF", "WAVE", -1), []error{ErrUnfinished, ErrNoFormat}},
		{"text", []byte("This is a letter, not a song."), []error{ErrNotAudio}},
		{"short text", []byte("Hi"), []error{ErrNotAudio}},
		{"RIFF of another kind", buildForm("RIFF", "AVI ", -1, ck("LIST", noise(100, 1))), []error{ErrNotAudio}},
		{"short RIFF of another kind", []byte("RIFF\x00\x00\x00\x00AV"), []error{ErrNotAudio}},
		{"FLAC", append([]byte("fLaC"), big...), []error{ErrUnsupported}},
		{"M4A", append([]byte("\x00\x00\x00\x20ftypM4A "), big...), []error{ErrUnsupported}},
		{"ADPCM", buildForm("RIFF", "WAVE", -1, fmtLE(2, 2, 48000, 4), ck("data", big)), []error{ErrUnsupported}},
		{"µ-law in AIFC", buildForm("FORM", "AIFC", -1, comm(1, 44, 16, 8000, "ulaw"), ssnd(0, 0, big)), []error{ErrUnsupported}},
		{"AIFC without encoding", buildForm("FORM", "AIFC", -1, comm(1, 44, 16, 8000, ""), ssnd(0, 0, big)), []error{ErrUnsupported}},
		{"fmt too short", buildForm("RIFF", "WAVE", -1, ck("fmt ", big[:14]), ck("data", big)), []error{ErrUnsupported}},
		{"COMM too short", buildForm("FORM", "AIFF", -1, ck("COMM", big[:16]), ssnd(0, 0, big)), []error{ErrUnsupported}},
		{"extensible too short", buildForm("RIFF", "WAVE", -1, fmtLE(tagExtensible, 2, 48000, 16), ck("data", big)), []error{ErrUnsupported}},
		{"extensible with a strange sub-format", buildForm("RIFF", "WAVE", -1, ck("fmt ", append(fmtLE(tagExtensible, 2, 48000, 16).body, big[:24]...)), ck("data", big)), []error{ErrUnsupported}},
		{"no channels", buildForm("RIFF", "WAVE", -1, fmtLE(tagPCM, 0, 48000, 16), ck("data", big)), []error{ErrUnsupported}},
		{"rate 0", buildForm("RIFF", "WAVE", -1, fmtLE(tagPCM, 1, 0, 16), ck("data", big)), []error{ErrUnsupported}},
		{"rate absurd", buildForm("RIFF", "WAVE", -1, fmtLE(tagPCM, 1, 1<<31-1, 16), ck("data", big)), []error{ErrUnsupported}},
		{"AIFF rate negative", func() []byte {
			b := buildForm("FORM", "AIFF", -1, comm(1, 22, 16, 48000, ""), ssnd(0, 0, big))
			b[28] |= 0x80
			return b
		}(), []error{ErrUnsupported}},
		{"AIFF rate infinite", func() []byte {
			b := buildForm("FORM", "AIFF", -1, comm(1, 22, 16, 48000, ""), ssnd(0, 0, big))
			b[28], b[29] = 0x7F, 0xFF
			return b
		}(), []error{ErrUnsupported}},
		{"bits 0", buildForm("RIFF", "WAVE", -1, fmtLE(tagPCM, 1, 48000, 0), ck("data", big)), []error{ErrUnsupported}},
		{"bits 40", buildForm("RIFF", "WAVE", -1, fmtLE(tagPCM, 1, 48000, 40), ck("data", big)), []error{ErrUnsupported}},
		{"float of 16 bits", buildForm("RIFF", "WAVE", -1, fmtLE(tagFloat, 1, 48000, 16), ck("data", big)), []error{ErrUnsupported}},
		{"SSND that starts beyond the file", buildForm("FORM", "AIFF", -1, comm(1, 22, 16, 48000, ""), ck("SSND", append([]byte{0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0}, big...))), []error{ErrUnsupported}},
		{"frame length wrong", func() []byte {
			b := wav24(ck("data", big))
			b[32] = 8
			return b
		}(), []error{ErrUnsupported}},
		{"endless chunks", buildForm("RIFF", "WAVE", -1, ck("LIST", bytes.Repeat([]byte("abcd\x00\x00\x00\x00"), 10)), chunk{"xxxx", nil, 0, false}, ck("yyyy", nil)), []error{ErrUnfinished, ErrNoFormat}},
		{"too many chunks", append(buildForm("RIFF", "WAVE", -1), bytes.Repeat([]byte("abcd\x00\x00\x00\x00"), maxChunks+1)...), []error{ErrUnsupported}},
	}
	for _, c := range tests {
		t.Run(c.name, func(t *testing.T) {
			_, err := probeBytes(c.file)
			if err == nil {
				t.Fatal("no error")
			}
			for _, want := range c.want {
				if !errors.Is(err, want) {
					t.Errorf("error %q is no %q", err, want)
				}
			}
			for _, other := range []error{ErrNotAudio, ErrUnsupported, ErrUnfinished} {
				if !errors.Is(c.want[0], other) && errors.Is(err, other) {
					t.Errorf("error %q is %q as well", err, other)
				}
			}
		})
	}
}

// brokenReader fails as a disk does.
type brokenReader struct{ err error }

func (b brokenReader) ReadAt([]byte, int64) (int, error) { return 0, b.err }

func TestProbePassesReadErrorsOn(t *testing.T) {
	disk := errors.New("disk on fire")
	if _, err := Probe(brokenReader{disk}, 1000); !errors.Is(err, disk) {
		t.Errorf("error %v hides the one of the disk", err)
	}
	whole := wav24(ck("data", noise(tenFrames, 1)))
	if _, err := Probe(bytes.NewReader(whole[:20]), int64(len(whole))); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("a file that shrank gives %v, want %v", err, io.ErrUnexpectedEOF)
	}
}

func TestProbeFile(t *testing.T) {
	// The name says nothing.
	path := writeFile(t, "take.wav", buildForm("FORM", "AIFF", -1, comm(2, 10, 24, 48000, ""), ssnd(0, 0, noise(tenFrames, 1))))
	if i, err := ProbeFile(path); err != nil || i.Container != AIFF {
		t.Errorf("ProbeFile = %+v, %v; want an AIFF", i, err)
	}
	if _, err := ProbeFile(filepath.Join(t.TempDir(), "none.wav")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("missing file: %v", err)
	}
	if _, err := ProbeFile(t.TempDir()); !errors.Is(err, ErrNotAudio) {
		t.Errorf("folder: %v", err)
	}
	bad := writeFile(t, "letter.wav", []byte("Dear friend, listen to this."))
	if _, err := ProbeFile(bad); !errors.Is(err, ErrNotAudio) || !strings.Contains(err.Error(), bad) {
		t.Errorf("text file: %v, want %v with the path", err, ErrNotAudio)
	}
}

// A header of more than 4 GiB is read without 4 GiB of disk.
func TestProbeBeyond4GiB(t *testing.T) {
	const frames = hour * 6 // 6.2 GB
	head := buildForm("RF64", "WAVE", unset, ds64(72+6*uint64(frames), 6*uint64(frames), uint64(frames)),
		fmtLE(tagPCM, 2, 48000, 24), chunk{"data", nil, unset, false})
	path := writeFile(t, "long.wav", head)
	if err := os.Truncate(path, 80+6*frames); err != nil {
		t.Skipf("no sparse files here: %v", err)
	}
	i, err := ProbeFile(path)
	if err != nil || !i.Complete || i.Frames != frames || i.Duration() != 6*time.Hour {
		t.Errorf("Probe = %+v, %v (%v); want %d frames, complete", i, err, i.Duration(), frames)
	}
	// The same length behind a 32-bit header that has wrapped around.
	wrapped := buildForm("RIFF", "WAVE", (36+6*frames)&unset, fmtLE(tagPCM, 2, 48000, 24), chunk{"data", nil, (6 * frames) & unset, false})
	path = writeFile(t, "wrapped.wav", wrapped)
	if err := os.Truncate(path, 44+6*frames); err != nil {
		t.Skipf("no sparse files here: %v", err)
	}
	if i, err := ProbeFile(path); err != nil || i.Complete || i.Frames != frames {
		t.Errorf("wrapped sizes: %+v, %v; want %d frames, not complete", i, err, frames)
	}
}

func TestDuration(t *testing.T) {
	for _, c := range []struct {
		frames int64
		rate   int
		want   time.Duration
	}{
		{0, 48000, 0},
		{48000, 48000, time.Second},
		{1, 3, time.Second / 3},
		{10, 0, 0},
		{-1, 48000, 0},
		{1 << 62, 1, 1<<63 - 1},
		{1 << 62, 192000, 1<<63 - 1},
		{hour, 48000, time.Hour},
	} {
		if got := (Info{Frames: c.frames, Rate: c.rate}).Duration(); got != c.want {
			t.Errorf("%d frames at %d Hz last %v, want %v", c.frames, c.rate, got, c.want)
		}
	}
}
