package audio

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// spoil overwrites a field of 32 bits.
func spoil(b []byte, order binary.ByteOrder, at int, v uint32) []byte {
	order.PutUint32(b[at:], v)
	return b
}

func TestRescue(t *testing.T) {
	le, be := binary.LittleEndian, binary.BigEndian
	data := noise(tenFrames, 1)
	wav := func() []byte { return wav24(ck("data", data)) }
	odd := func() []byte {
		return buildForm("RIFF", "WAVE", -1, fmtLE(tagPCM, 1, 48000, 24), ck("data", data[:15]))
	}
	float := func() []byte {
		return buildForm("RIFF", "WAVE", -1, fmtLE(tagFloat, 1, 48000, 32), ck("fact", []byte{15, 0, 0, 0}), ck("data", data))
	}
	aiff := func() []byte {
		return buildForm("FORM", "AIFF", -1, comm(2, 10, 24, 48000, ""), ck("MARK", noise(5, 1)), ssnd(0, 0, data))
	}
	aifc := func() []byte {
		return buildForm("FORM", "AIFC", -1, comm(2, 15, 16, 48000, "sowt"), ssnd(12, 0, data))
	}
	rifx := func() []byte {
		return buildForm("RIFX", "WAVE", -1, ck("fmt ", fmtBody(be, tagPCM, 2, 48000, 24)), ck("data", data))
	}
	tail := func() []byte { return wav24(ck("data", data), ck("LIST", noise(21, 3))) }
	const mark = 14 // bytes of the MARK chunk
	tests := []struct {
		name    string
		src     []byte
		want    []byte // the whole copy
		dropped int64
	}{
		{"WAV, sizes 0", spoil(spoil(wav(), le, 4, 0), le, 40, 0), wav(), 0},
		{"WAV, sizes unset", spoil(spoil(wav(), le, 4, unset), le, 40, unset), wav(), 0},
		{"WAV, stale", spoil(spoil(wav(), le, 4, 36+12), le, 40, 12), wav(), 0},
		{"WAV, too short for its header", spoil(spoil(wav(), le, 4, 3600), le, 40, 3000), wav(), 0},
		{"WAV, only the size of the whole", spoil(wav(), le, 4, 0), wav(), 0},
		{"WAV, half a frame", append(spoil(spoil(wav(), le, 4, 0), le, 40, 0), 1, 2, 3, 4), wav(), 4},
		{"WAV, odd", spoil(spoil(odd(), le, 4, 0), le, 40, 0)[:44+15], odd(), 0},
		{"WAV, odd, stale whole", spoil(odd(), le, 4, 0), odd(), 0},
		{"WAV, odd, part of a frame", append(spoil(spoil(odd(), le, 4, 0), le, 40, 0)[:44+15], 7, 7), odd(), 2},
		{"WAV, fact", spoil(spoil(spoil(float(), le, 4, 0), le, 52, 0), le, 44, 0), float(), 0},
		{"WAV, chunks behind the samples", spoil(tail(), le, 4, 0), tail(), 0},
		{"WAV, chunk behind the samples cut", spoil(tail(), le, 4, uint32(len(tail())-8))[:len(tail())-10], wav(), int64(len(tail()) - 10 - len(wav()))},
		{"RIFX", spoil(spoil(rifx(), be, 4, 0), be, 40, 0), rifx(), 0},
		{"AIFF, sizes 0", spoil(spoil(spoil(aiff(), be, 4, 0), be, 22, 0), be, 42+mark, 0), aiff(), 0},
		{"AIFF, stale", spoil(spoil(spoil(aiff(), be, 4, 58), be, 22, 2), be, 42+mark, 20), aiff(), 0},
		{"AIFF, half a frame", append(spoil(spoil(spoil(aiff(), be, 4, 0), be, 22, 0), be, 42+mark, 0), 1, 2, 3, 4, 5), aiff(), 5},
		{"AIFF, frames only", spoil(aiff(), be, 22, 0), aiff(), 0},
		{"AIFC with an offset", spoil(spoil(spoil(aifc(), be, 4, 0), be, 22, 0), be, 48, 0), aifc(), 0},
		{"RF64", spoil(spoil(rf64("RF64", tenFrames), le, 20, 0), le, 28, 0), rf64("RF64", tenFrames), 0},
		{"BW64, half a frame", append(rf64("BW64", tenFrames)[:80+54], 1, 2), rf64short("BW64"), 2},
	}
	for _, c := range tests {
		t.Run(c.name, func(t *testing.T) {
			src := writeFile(t, "src", c.src)
			dst := filepath.Join(t.TempDir(), "dst.wav")
			rep, err := Rescue(t.Context(), src, dst)
			if err != nil {
				t.Fatal(err)
			}
			got, err := os.ReadFile(dst)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got, c.want) {
				t.Errorf("copy\n%x, want\n%x", got, c.want)
			}
			if rep.DroppedBytes != c.dropped || rep.Before.Complete || !rep.After.Complete || rep.After.Frames != rep.Before.Frames {
				t.Errorf("report %+v, want %d bytes dropped", rep, c.dropped)
			}
			if len(rep.Notes) < 2 || (c.dropped > 0) != strings.Contains(strings.Join(rep.Notes, " "), "left out") {
				t.Errorf("notes %q", rep.Notes)
			}
			onlyFile(t, dst)
			if after, err := os.ReadFile(src); err != nil || !bytes.Equal(after, c.src) {
				t.Errorf("the source was touched (%v)", err)
			}
			if _, err := Rescue(t.Context(), dst, dst+"2"); !errors.Is(err, ErrComplete) {
				t.Errorf("rescue of the rescued: %v, want %v", err, ErrComplete)
			}
		})
	}
}

// rf64short is rf64 with one frame less.
func rf64short(form string) []byte {
	b := rf64(form, tenFrames)[:80+54]
	le := binary.LittleEndian
	le.PutUint64(b[20:], 72+54)
	le.PutUint64(b[28:], 54)
	le.PutUint64(b[36:], 9)
	return b
}

// onlyFile checks that nothing else lies in the folder of path.
func onlyFile(t *testing.T, path string) {
	t.Helper()
	all, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range all {
		if e.Name() != filepath.Base(path) {
			t.Errorf("%s was left behind", e.Name())
		}
	}
}

func TestRescueOfLargeFiles(t *testing.T) {
	le := binary.LittleEndian
	data := noise(6000, 1)
	const limit = 5000 // instead of 4 GiB
	samples := func(path string) []byte {
		t.Helper()
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		i, err := probeBytes(b)
		if err != nil || !i.Complete {
			t.Fatalf("%+v, %v", i, err)
		}
		return b[i.DataOffset : i.DataOffset+i.DataBytes]
	}
	for name, head := range map[string][]chunk{
		"JUNK to use": {ck("JUNK", make([]byte, 28)), fmtLE(tagPCM, 2, 48000, 24)},
		"long JUNK":   {ck("JUNK", make([]byte, 64)), fmtLE(tagPCM, 2, 48000, 24)},
		"short JUNK":  {ck("JUNK", make([]byte, 20)), fmtLE(tagPCM, 2, 48000, 24)},
		"no JUNK":     {fmtLE(tagPCM, 2, 48000, 24), ck("bext", noise(602, 1))},
	} {
		t.Run(name, func(t *testing.T) {
			src := writeFile(t, "src", buildForm("RIFF", "WAVE", 0, append(head, sized(ck("data", data), 0))...))
			dst := filepath.Join(t.TempDir(), "dst.wav")
			rep, err := rescue(t.Context(), src, dst, limit)
			if err != nil {
				t.Fatal(err)
			}
			if rep.After.Container != RF64 || rep.After.Frames != 1000 || !strings.Contains(strings.Join(rep.Notes, " "), "RF64") {
				t.Errorf("report %+v, want an RF64 with 1000 frames", rep)
			}
			if !bytes.Equal(samples(dst), data) {
				t.Error("the samples differ")
			}
			out, _ := run(t, "ffprobe", "-v", "error", "-show_entries", "stream=duration_ts", "-of", "csv=p=0", dst)
			if got := strings.TrimSpace(string(out)); got != "1000" {
				t.Errorf("ffprobe finds %s frames", got)
			}
		})
	}
	big := map[string][]byte{
		"AIFF": buildForm("FORM", "AIFF", 0, comm(2, 0, 24, 48000, ""), ssnd(0, 0, data)),
		"RIFX": buildForm("RIFX", "WAVE", 0, ck("fmt ", fmtBody(binary.BigEndian, tagPCM, 2, 48000, 24)), sized(ck("data", data), 0)),
	}
	for name, b := range big {
		dst := filepath.Join(t.TempDir(), "dst")
		if _, err := rescue(t.Context(), writeFile(t, "src", b), dst, limit); !errors.Is(err, ErrTooLarge) {
			t.Errorf("%s: %v, want %v", name, err, ErrTooLarge)
		}
		if _, err := os.Lstat(dst); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: something was left behind: %v", name, err)
		}
	}
	// An RF64 stays one, however short it is.
	src := writeFile(t, "src", spoil(rf64("RF64", 60), le, 28, 0))
	dst := filepath.Join(t.TempDir(), "dst")
	if rep, err := Rescue(t.Context(), src, dst); err != nil || rep.After.Container != RF64 {
		t.Errorf("RF64: %+v, %v", rep, err)
	}
}

func TestRescueRefuses(t *testing.T) {
	broken := buildForm("RIFF", "WAVE", 0, fmtLE(tagPCM, 2, 48000, 24), sized(ck("data", noise(60, 1)), 0))
	tests := []struct {
		name string
		src  []byte
		want error
	}{
		{"complete", wav24(ck("data", noise(60, 1))), ErrComplete},
		{"no fmt", buildForm("RIFF", "WAVE", 0, sized(ck("data", noise(60, 1)), 0)), ErrNoFormat},
		{"no COMM", buildForm("FORM", "AIFF", 0, ssnd(0, 0, noise(60, 1))), ErrNoFormat},
		{"empty", nil, ErrNoFormat},
		{"no samples", buildForm("RIFF", "WAVE", 0, fmtLE(tagPCM, 2, 48000, 24), ck("data", nil)), ErrUnfinished},
		{"half a frame", buildForm("RIFF", "WAVE", 0, fmtLE(tagPCM, 2, 48000, 24), sized(ck("data", noise(4, 1)), 0)), ErrUnfinished},
		{"text", []byte("Dear friend, listen to this."), ErrNotAudio},
	}
	for _, c := range tests {
		dst := filepath.Join(t.TempDir(), "dst")
		if _, err := Rescue(t.Context(), writeFile(t, "src", c.src), dst); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
		onlyFile(t, dst)
	}

	src := writeFile(t, "src", broken)
	if _, err := Rescue(t.Context(), src+"x", src+"y"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("missing source: %v", err)
	}
	if _, err := Rescue(t.Context(), src, filepath.Join(src+"none", "dst")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("missing folder: %v", err)
	}
	taken := writeFile(t, "dst.wav", []byte("mine"))
	if _, err := Rescue(t.Context(), src, taken); !errors.Is(err, fs.ErrExist) {
		t.Errorf("taken name: %v, want %v", err, fs.ErrExist)
	}
	if b, err := os.ReadFile(taken); err != nil || string(b) != "mine" {
		t.Errorf("the other file is %q now (%v)", b, err)
	}
	onlyFile(t, taken)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	dst := filepath.Join(t.TempDir(), "dst")
	if _, err := Rescue(ctx, src, dst); !errors.Is(err, context.Canceled) {
		t.Errorf("after cancel: %v", err)
	}
	onlyFile(t, dst)
	if _, err := Rescue(t.Context(), src, src); !errors.Is(err, fs.ErrExist) {
		t.Errorf("onto itself: %v", err)
	}
}

// A name.wav.part that a Writer left behind is rescued to the very name.wav.
func TestRescueOfPart(t *testing.T) {
	dst := filepath.Join(t.TempDir(), "take.wav")
	broken := buildForm("RIFF", "WAVE", 0, fmtLE(tagPCM, 2, 48000, 24), sized(ck("data", noise(60, 1)), 0))
	if err := os.WriteFile(dst+partSuffix, broken, 0o600); err != nil {
		t.Fatal(err)
	}
	// A rescue that crashed does not stand in the way.
	if err := os.WriteFile(dst+".rescue1.part", nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if rep, err := Rescue(t.Context(), dst+partSuffix, dst); err != nil || rep.After.Frames != 10 {
		t.Fatalf("%+v, %v", rep, err)
	}
	if b, err := os.ReadFile(dst + partSuffix); err != nil || !bytes.Equal(b, broken) {
		t.Errorf("the source was touched: %v", err)
	}
}

// What ffmpeg refuses becomes, sample by sample, what it was.
func TestRescueAgainstFFmpeg(t *testing.T) {
	for _, c := range []struct{ file, codec string }{
		{"a.aif", "pcm_s24be"}, {"a.aif", "pcm_s16le"}, {"a.wav", "pcm_s24le"}, {"a.wav", "pcm_f32le"},
	} {
		t.Run(c.file+" "+c.codec, func(t *testing.T) {
			good := filepath.Join(t.TempDir(), c.file)
			run(t, "ffmpeg", "-v", "error", "-f", "lavfi", "-i", "sine=duration=0.5:sample_rate=48000", "-c:a", c.codec, good)
			b, err := os.ReadFile(good)
			if err != nil {
				t.Fatal(err)
			}
			i, err := probeBytes(b)
			if err != nil {
				t.Fatal(err)
			}
			b = b[:i.DataOffset+i.DataBytes-1001] // the crash
			copy(b[4:8], []byte{0, 0, 0, 0})
			copy(b[i.lay.dataSizeAt:], []byte{0, 0, 0, 0})
			if i.lay.framesAt > 0 {
				copy(b[i.lay.framesAt:], []byte{0, 0, 0, 0})
			}
			dst := filepath.Join(t.TempDir(), c.file)
			if _, err := Rescue(t.Context(), writeFile(t, "src", b), dst); err != nil {
				t.Fatal(err)
			}
			decode := func(path string) []byte {
				out, _ := run(t, "ffmpeg", "-v", "error", "-i", path, "-f", "f32le", "-")
				return out
			}
			want, got := decode(good), decode(dst)
			lost := (1001 + i.BlockAlign - 1) / i.BlockAlign
			if len(got) != len(want)-4*lost || !bytes.HasPrefix(want, got) {
				t.Errorf("%d bytes of samples, want the first %d", len(got), len(want)-4*lost)
			}
		})
	}
}
