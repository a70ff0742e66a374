package audio

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"testing"
)

// seeds returns one file of every kind, and broken ones.
func seeds() [][]byte {
	data := noise(tenFrames, 1)
	be := binary.BigEndian
	whole := [][]byte{
		wav24(ck("data", data)),
		wav24(ck("bext", noise(602, 2)), ck("data", data[:57]), ck("LIST", noise(31, 3))),
		buildForm("RIFF", "WAVE", -1, fmtLE(tagPCM, 1, 8000, 8), ck("data", data[:9])),
		buildForm("RIFF", "WAVE", -1, ck("JUNK", make([]byte, 28)), fmtExt(tagFloat, 2, 44100, 64, 64), ck("fact", data[:4]), ck("data", data[:48])),
		buildForm("RIFX", "WAVE", -1, ck("fmt ", fmtBody(be, tagPCM, 2, 48000, 24)), ck("data", data)),
		rf64("RF64", tenFrames), rf64("BW64", tenFrames),
		buildForm("FORM", "AIFF", -1, comm(2, 10, 24, 48000, ""), ck("MARK", noise(5, 1)), ssnd(0, 0, data)),
		buildForm("FORM", "AIFF", -1, ssnd(3, 16, data), comm(2, 10, 24, 48000, "")),
		buildForm("FORM", "AIFC", -1, comm(1, 15, 32, 96000, "fl32"), ssnd(0, 0, data)),
		buildForm("FORM", "AIFC", -1, comm(2, 15, 16, 44100, "sowt"), ssnd(12, 0, data)),
		file16(2, 1, 2, 32767, 32767, 32767, -32768), fileFloat(32, 1, 2, -2, 0.5),
	}
	all := whole
	for _, b := range whole {
		all = append(all, b[:len(b)-len(b)/3], append(bytes.Clone(b), noise(50, 7)...))
		zero := bytes.Clone(b)
		copy(zero[4:], []byte{0, 0, 0, 0})
		if i := bytes.Index(zero, []byte("data")); i > 0 {
			copy(zero[i+4:], []byte{0, 0, 0, 0})
		}
		all = append(all, zero)
	}
	return append(all, nil, []byte("RIFF"), make([]byte, 40))
}

// FuzzProbe checks that whatever Probe says of a file can be relied on.
func FuzzProbe(f *testing.F) {
	for _, b := range seeds() {
		f.Add(b, uint16(10))
	}
	f.Fuzz(func(t *testing.T, file []byte, piece uint16) {
		i, err := probeBytes(file)
		if err != nil {
			if !errors.Is(err, ErrNotAudio) && !errors.Is(err, ErrUnsupported) && !errors.Is(err, ErrUnfinished) {
				t.Fatalf("unnamed error %v", err)
			}
			return
		}
		if i.Rate < 1 || i.Channels < 1 || i.Bits < 1 || i.SampleBytes()*i.Channels != i.BlockAlign || i.Bits > 8*i.SampleBytes() {
			t.Fatalf("impossible format: %+v", i)
		}
		if i.DataBytes < 0 || i.AvailableBytes < 0 || i.Frames != i.AvailableBytes/int64(i.BlockAlign) ||
			i.Frames > 0 && (i.DataOffset < 12 || i.DataOffset+i.AvailableBytes > int64(len(file))) {
			t.Fatalf("impossible sizes in %d bytes: %+v", len(file), i)
		}
		if i.Complete != (i.Reason == "") || i.Complete != (i.Err() == nil) || i.Complete && (i.Frames == 0 || i.DataBytes > i.AvailableBytes) {
			t.Fatalf("contradiction: %+v, %v", i, i.Err())
		}
		fuzzMeasure(t, file, i, int(piece)+1)
	})
}

// fuzzMeasure reads the file with a Reader and an Analyzer.
func fuzzMeasure(t *testing.T, file []byte, i Info, piece int) {
	t.Helper()
	whole, parts := NewAnalyzer(i, WithPeaks(3)), NewAnalyzer(i, WithPeaks(3))
	if _, err := whole.Write(file); err != nil {
		t.Fatal(err)
	}
	for p := file; len(p) > 0; p = p[min(piece, len(p)):] {
		if _, err := parts.Write(p[:min(piece, len(p))]); err != nil {
			t.Fatal(err)
		}
	}
	a, b := whole.Stats(), parts.Stats()
	a.ChannelDC, b.ChannelDC = nil, nil // sums of floats depend on the order
	if !reflect.DeepEqual(a, b) || !reflect.DeepEqual(whole.Peaks(), parts.Peaks()) {
		t.Fatalf("in pieces of %d:\n%+v, as a whole\n%+v", piece, b, a)
	}
	if a.Frames != i.Frames || a.AllZero && a.PeakDBFS != FloorDBFS || !(a.PeakDBFS >= FloorDBFS && a.PeakDBFS < 800) {
		t.Fatalf("Stats %+v of %+v", a, i)
	}
	r, err := NewReader(bytes.NewReader(file), i)
	if err != nil {
		t.Fatal(err)
	}
	frames, buf := int64(0), make([]int32, 100*i.Channels)
	for {
		n, err := r.ReadInt32(t.Context(), buf)
		frames += int64(n)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if frames != i.Frames {
		t.Fatalf("the Reader finds %d frames, Probe %d", frames, i.Frames)
	}
}

// FuzzRescue checks that a rescue gives a complete file with all frames, or
// nothing.
func FuzzRescue(f *testing.F) {
	for _, b := range seeds() {
		f.Add(b, false)
		f.Add(b, true)
	}
	f.Fuzz(func(t *testing.T, file []byte, large bool) {
		dir := t.TempDir()
		src, dst := filepath.Join(dir, "src"), filepath.Join(dir, "dst")
		if err := os.WriteFile(src, file, 0o600); err != nil {
			t.Fatal(err)
		}
		limit := int64(maxSize32)
		if large {
			limit = 64
		}
		rep, err := rescue(t.Context(), src, dst, limit)
		if after, rerr := os.ReadFile(src); rerr != nil || !bytes.Equal(after, file) {
			t.Fatalf("the source was touched (%v)", rerr)
		}
		left, rerr := os.ReadDir(dir)
		if rerr != nil {
			t.Fatal(rerr)
		}
		if err != nil {
			if len(left) != 1 {
				t.Fatalf("%v was left behind after %v", left, err)
			}
			return
		}
		copied, err := os.ReadFile(dst)
		if err != nil || len(left) != 2 {
			t.Fatalf("copy: %v, files %v", err, left)
		}
		i, err := probeBytes(copied)
		if err != nil || !i.Complete || i.Frames != rep.Before.Frames || i.BlockAlign != rep.Before.BlockAlign {
			t.Fatalf("the copy is %+v, %v; the file was %+v", i, err, rep.Before)
		}
		n := i.Frames * int64(i.BlockAlign)
		if !bytes.Equal(copied[i.DataOffset:i.DataOffset+n], file[rep.Before.DataOffset:rep.Before.DataOffset+n]) {
			t.Fatal("the samples differ")
		}
	})
}

// FuzzReadPeaks checks that what ReadPeaks takes can be written and read again.
func FuzzReadPeaks(f *testing.F) {
	for _, c := range peakCases {
		b, err := os.ReadFile(filepath.Join("testdata", c.golden))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
		f.Add(b[:len(b)-3])
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		p, err := ReadPeaks(bytes.NewReader(file))
		if err != nil {
			if !errors.Is(err, ErrBadPeaks) {
				t.Fatalf("unnamed error %v", err)
			}
			return
		}
		var b bytes.Buffer
		if _, err := p.WriteTo(&b); err != nil {
			t.Fatal(err)
		}
		if q, err := ReadPeaks(&b); err != nil || !reflect.DeepEqual(p, q) {
			t.Fatalf("%v, %v after %v", q, err, p)
		}
	})
}
