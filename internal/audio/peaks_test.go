package audio

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strconv"
	"testing"
)

var update = flag.Bool("update", false, "let the reference programs write the golden files anew")

// peakCases are the waveforms whose golden files audiowaveform 1.10.3 has
// written.
var peakCases = []struct {
	golden   string
	bits     int
	float    bool
	big      bool
	channels int
	zoom     int
	split    bool
}{
	{"wav16mono256.dat", 16, false, false, 1, 256, false},
	{"wav16stereo100.dat", 16, false, false, 2, 100, false},
	{"wav16stereo100split.dat", 16, false, false, 2, 100, true},
	{"wav24stereo256.dat", 24, false, false, 2, 256, false},
	{"wav24six128.dat", 24, false, false, 6, 128, false},
	{"wav32stereo64.dat", 32, false, false, 2, 64, false},
	{"wav8three77.dat", 8, false, false, 3, 77, false},
	{"float32mono256.dat", 32, true, false, 1, 256, false},
	{"float32stereo100.dat", 32, true, false, 2, 100, false},
	{"float64stereo333.dat", 64, true, false, 2, 333, false},
	{"aiff24stereo256split.dat", 24, false, true, 2, 256, true},
	{"aiff16mono2.dat", 16, false, true, 1, 2, false},
}

// peakFile makes a sound file whose every sample is known: noise that swells,
// with negative odd sums, full scale and silence in it.
func peakFile(bits int, float, big bool, channels int) []byte {
	const frames = 3001
	info := Info{
		Rate: 44100, Channels: channels, Bits: bits, Float: float, BigEndian: big, Unsigned: bits == 8,
		BlockAlign: channels * bits / 8, Frames: frames,
	}
	var data []byte
	x := uint64(88172645463325252)
	for i := range frames * channels {
		x ^= x << 13
		x ^= x >> 7
		x ^= x << 17
		v := float64(int64(x)) / (1 << 63) * float64(i%1500) / 1400
		if i/channels > 2500 {
			v = 0
		}
		data = appendSample(data, max(-1, min(v, 1)), bits/8, info)
	}
	return buildFile(info, data)
}

func TestPeaksAreThoseOfAudiowaveform(t *testing.T) {
	for _, c := range peakCases {
		t.Run(c.golden, func(t *testing.T) {
			file := peakFile(c.bits, c.float, c.big, c.channels)
			golden := filepath.Join("testdata", c.golden)
			if *update {
				writePeaksGolden(t, file, golden, c.zoom, c.split)
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			opt := WithPeaks(c.zoom)
			if c.split {
				opt = WithChannelPeaks(c.zoom)
			}
			p := analyze(t, file, 1000, opt).Peaks()
			var got bytes.Buffer
			if n, err := p.WriteTo(&got); err != nil || n != int64(got.Len()) {
				t.Fatalf("WriteTo = %d, %v", n, err)
			}
			if !bytes.Equal(got.Bytes(), want) {
				ref, err := ReadPeaks(bytes.NewReader(want))
				t.Fatalf("peaks differ:\n%v, want\n%v %v", p, ref, err)
			}
			info, err := probeBytes(file)
			if err != nil {
				t.Fatal(err)
			}
			made, err := MakePeaks(t.Context(), bytes.NewReader(file), info, c.zoom, c.split)
			if err != nil || !reflect.DeepEqual(made, p) {
				t.Errorf("MakePeaks = %v, %v; want %v", made, err, p)
			}
			back, err := ReadPeaks(&got)
			if err != nil || !reflect.DeepEqual(back, p) {
				t.Errorf("ReadPeaks = %v, %v; want %v", back, err, p)
			}
		})
	}
}

// writePeaksGolden lets audiowaveform, built from its public source, write the
// golden file. The program is in no Debian release, so that only golden files
// can stand for it everywhere.
func writePeaksGolden(t *testing.T, file []byte, golden string, zoom int, split bool) {
	t.Helper()
	path, err := exec.LookPath("audiowaveform")
	if err != nil {
		t.Fatalf("-update needs audiowaveform on the path: %v", err)
	}
	in := writeFile(t, "in.wav", file) // the program takes few names, but reads by content
	out := filepath.Join(t.TempDir(), "out.dat")
	args := []string{"-q", "-i", in, "-o", out, "-b", "16", "-z", strconv.Itoa(zoom)}
	if split {
		args = append(args, "--split-channels")
	}
	run(t, path, args...)
	b, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(golden, b, 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestReadPeaks(t *testing.T) {
	head := func(version, flags, rate, zoom, length uint32, more ...byte) []byte {
		var b []byte
		for _, v := range []uint32{version, flags, rate, zoom, length} {
			b = append(b, byte(v), byte(v>>8), byte(v>>16), byte(v>>24))
		}
		return append(b, more...)
	}
	two := []byte{2, 0, 0, 0}
	for name, c := range map[string]struct {
		file []byte
		want *Peaks
	}{
		"8 bits":            {head(1, 1, 44100, 256, 2, 0x80, 0x7F, 0xFF, 1), &Peaks{44100, 256, 1, []int16{-32768, 127 * 256, -256, 256}}},
		"version 2, 8 bits": {head(2, 1, 44100, 256, 1, append(two, 0x80, 0x7F, 0xFF, 1)...), &Peaks{44100, 256, 2, []int16{-32768, 127 * 256, -256, 256}}},
		"16 bits":           {head(1, 0, 8000, 2, 1, 0, 0x80, 0xFF, 0x7F), &Peaks{8000, 2, 1, []int16{-32768, 32767}}},
		"no pixels":         {head(1, 0, 8000, 2, 0), &Peaks{8000, 2, 1, []int16{}}},
		"more behind":       {head(1, 0, 8000, 2, 1, 0, 0x80, 0xFF, 0x7F, 9, 9), &Peaks{8000, 2, 1, []int16{-32768, 32767}}},
		"empty":             {nil, nil},
		"short header":      {head(1, 0, 8000, 2, 1)[:17], nil},
		"short header 2":    {head(2, 0, 8000, 2, 1, 1, 0), nil},
		"version 3":         {head(3, 0, 8000, 2, 1, 0, 0, 0, 0), nil},
		"rate 0":            {head(1, 0, 0, 2, 1, 0, 0, 0, 0), nil},
		"zoom 1":            {head(1, 0, 8000, 1, 1, 0, 0, 0, 0), nil},
		"no channels":       {head(2, 0, 8000, 2, 1, 0, 0, 0, 0), nil},
		"channels negative": {head(2, 0, 8000, 2, 1, 0xFF, 0xFF, 0xFF, 0xFF), nil},
		"cut":               {head(1, 0, 8000, 2, 2, 0, 0x80, 0xFF, 0x7F), nil},
		"absurdly long":     {head(1, 0, 8000, 2, 0xFFFFFFFF, 0, 0, 0, 0), nil},
	} {
		got, err := ReadPeaks(bytes.NewReader(c.file))
		if c.want == nil {
			if !errors.Is(err, ErrBadPeaks) {
				t.Errorf("%s: %v, want %v", name, err, ErrBadPeaks)
			}
		} else if err != nil || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %v, %v; want %v", name, got, err, c.want)
		}
	}
}

func TestWritePeaksRefusesNonsense(t *testing.T) {
	for _, p := range []*Peaks{{Rate: 1, SamplesPerPixel: 2}, {Rate: 1, SamplesPerPixel: 2, Channels: 2, Data: make([]int16, 6)}} {
		if _, err := p.WriteTo(&bytes.Buffer{}); err == nil {
			t.Errorf("%+v can be written", p)
		}
	}
}

func TestFloatPeaksAreLimited(t *testing.T) {
	p := analyze(t, fileFloat(32, 1, 0, 3, -3, 0), 100, WithPeaks(2)).Peaks()
	if want := []int16{0, 32767, -32768, 0}; !reflect.DeepEqual(p.Data, want) {
		t.Errorf("peaks %v, want %v", p.Data, want)
	}
}

// A long file is read in several parts, which must meet without a seam.
func TestMakePeaksInParts(t *testing.T) {
	for _, f := range benchFormats {
		info := f.info
		info.Frames = 300001
		file := buildFile(info, music(info))
		info, err := probeBytes(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, zoom := range []int{2, 255, 4096, 1000000} {
			want := analyze(t, file, 1<<16, WithPeaks(zoom)).Peaks()
			got, err := MakePeaks(t.Context(), bytes.NewReader(file), info, zoom, false)
			if err != nil || !reflect.DeepEqual(got, want) {
				t.Errorf("%s, zoom %d: %d pixels (%v), want %d", f.name, zoom, got.Len(), err, want.Len())
			}
		}
	}
}

func TestMakePeaksFails(t *testing.T) {
	file := peakFile(16, false, false, 2)
	info, err := probeBytes(file)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := MakePeaks(ctx, bytes.NewReader(file), info, 256, false); !errors.Is(err, context.Canceled) {
		t.Errorf("after cancel: %v", err)
	}
	if _, err := MakePeaks(t.Context(), bytes.NewReader(file[:1000]), info, 256, false); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("a file that shrank: %v, want %v", err, io.ErrUnexpectedEOF)
	}
	if _, err := MakePeaks(t.Context(), bytes.NewReader(file), Info{}, 256, false); !errors.Is(err, ErrUnsupported) {
		t.Errorf("without Info: %v, want %v", err, ErrUnsupported)
	}
	info.Frames, info.AvailableBytes = 0, 0
	if p, err := MakePeaks(t.Context(), bytes.NewReader(file), info, 256, false); err != nil || p.Len() != 0 {
		t.Errorf("no frames: %v, %v", p, err)
	}
}
