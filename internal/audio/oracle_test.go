package audio

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// tool finds a program that serves as a reference. Without it a test is skipped
// on a developer's machine, but fails in CI.
func tool(t testing.TB, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("%s is needed for this test: %v", name, err)
		}
		t.Skipf("%s is not installed", name)
	}
	return path
}

// run runs a program and returns what it printed.
func run(t testing.TB, name string, args ...string) (stdout []byte, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	c := exec.CommandContext(t.Context(), tool(t, name), args...)
	c.Stdout, c.Stderr = &out, &errs
	if err := c.Run(); err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, errs.String())
	}
	return out.Bytes(), errs.String()
}

// sample is a sound file made by another program.
type sample struct {
	name string
	with string   // sox or ffmpeg
	args []string // how the file is written
	file string   // its name
	want Info     // what matters of it
}

// samples lists the files. Those of sox come straight from its noise generator,
// those of ffmpeg from one of sox's files with floats.
func samples() []sample {
	var all []sample
	add := func(with, file string, want Info, args ...string) {
		name := fmt.Sprintf("%s %s %d bits, %d channels, %d Hz", with, want.Container, want.Bits, want.Channels, want.Rate)
		if want.Float {
			name += ", float"
		}
		if want.BigEndian {
			name += ", big endian"
		}
		all = append(all, sample{name, with, args, file, want})
	}
	for _, bits := range []int{8, 16, 24, 32} {
		enc := "signed"
		if bits == 8 {
			enc = "unsigned"
		}
		for _, ch := range []int{1, 2, 6} {
			w := Info{Container: WAV, Rate: 44100, Channels: ch, Bits: bits, Unsigned: bits == 8}
			add("sox", "a.wav", w, "-b", strconv.Itoa(bits), "-e", enc)
		}
		a := Info{Container: AIFF, Rate: 48000, Channels: 2, Bits: bits, BigEndian: true}
		add("sox", "a.aiff", a, "-b", strconv.Itoa(bits), "-e", "signed")
		a.Channels = 1
		add("sox", "a.aif", a, "-b", strconv.Itoa(bits), "-e", "signed")
		a.Container = AIFC
		add("sox", "a.aifc", a, "-b", strconv.Itoa(bits), "-e", "signed")
	}
	for _, bits := range []int{32, 64} {
		b := strconv.Itoa(bits)
		for _, ch := range []int{1, 2, 3} {
			add("sox", "a.wav", Info{Container: WAV, Rate: 96000, Channels: ch, Bits: bits, Float: true}, "-b", b, "-e", "float")
		}
		add("sox", "a.aifc", Info{Container: AIFC, Rate: 22050, Channels: 2, Bits: bits, Float: true, BigEndian: true}, "-b", b, "-e", "float")
	}
	for _, bits := range []int{16, 24} {
		add("sox", "a.wav", Info{Container: RIFX, Rate: 48000, Channels: 2, Bits: bits, BigEndian: true}, "-b", strconv.Itoa(bits), "-B")
	}
	ff := func(file, codec string, want Info, args ...string) {
		want.Rate, want.Channels = 48000, 2
		add("ffmpeg", file, want, append([]string{"-c:a", codec}, args...)...)
	}
	ff("a.aif", "pcm_s16le", Info{Container: AIFC, Bits: 16})
	ff("a.aif", "pcm_s24be", Info{Container: AIFF, Bits: 24, BigEndian: true})
	ff("a.aif", "pcm_f32be", Info{Container: AIFC, Bits: 32, Float: true, BigEndian: true})
	ff("a.aif", "pcm_f64be", Info{Container: AIFC, Bits: 64, Float: true, BigEndian: true})
	ff("a.wav", "pcm_s24le", Info{Container: RF64, Bits: 24}, "-rf64", "always")
	ff("a.wav", "pcm_f32le", Info{Container: RF64, Bits: 32, Float: true}, "-rf64", "always", "-write_bext", "1")
	ff("a.wav", "pcm_s16le", Info{Container: WAV, Bits: 16}, "-write_bext", "1", "-metadata", "title=odd", "-metadata", "description=a take")
	return all
}

// write makes the file and returns its path.
func (s sample) write(t testing.TB) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), s.file)
	rate, ch := strconv.Itoa(s.want.Rate), strconv.Itoa(s.want.Channels)
	synth := []string{"synth", "0.3713", "pinknoise", "gain", "-1", "dcshift", "0.01"}
	if s.with == "sox" {
		args := append([]string{"-R", "-n", "-r", rate, "-c", ch}, s.args...)
		run(t, "sox", append(append(args, path), synth...)...)
		return path
	}
	noise := filepath.Join(t.TempDir(), "noise.wav")
	run(t, "sox", append([]string{"-R", "-n", "-r", rate, "-c", ch, "-b", "32", "-e", "float", noise}, synth...)...)
	run(t, "ffmpeg", append(append([]string{"-v", "error", "-i", noise}, s.args...), path)...)
	return path
}

func TestAgainstOtherPrograms(t *testing.T) {
	for _, s := range samples() {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			path := s.write(t)
			info, err := ProbeFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if !info.Complete || info.Container != s.want.Container || info.Rate != s.want.Rate || info.Channels != s.want.Channels ||
				info.Bits != s.want.Bits || info.Float != s.want.Float || info.BigEndian != s.want.BigEndian || info.Unsigned != s.want.Unsigned {
				t.Fatalf("Probe = %+v, want a complete %+v", info, s.want)
			}
			checkFFprobe(t, path, info)
			checkDecoding(t, path, info)
			checkStats(t, path, info)
		})
	}
}

func checkFFprobe(t *testing.T, path string, info Info) {
	t.Helper()
	if info.Container == RIFX {
		return // ffmpeg reads it, but its answer says nothing about byte order
	}
	out, _ := run(t, "ffprobe", "-v", "error", "-show_entries", "stream=sample_rate,channels,duration_ts", "-of", "csv=p=0", path)
	want := fmt.Sprintf("%d,%d,%d", info.Rate, info.Channels, info.Frames)
	if got := strings.TrimSpace(string(out)); got != want {
		t.Errorf("ffprobe says %s, Probe %s", got, want)
	}
}

// checkDecoding compares every sample, read in odd pieces, with what sox and
// ffmpeg decode.
func checkDecoding(t *testing.T, path string, info Info) {
	t.Helper()
	r, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	}()
	if info.Float || info.Container == RIFX {
		// sox passes everything through 32-bit integers; ffmpeg knows no RIFX of
		// more than 16 bits.
		same(t, "ffmpeg's float32", words(decodeWith(t, path, info, 32), math.Float32frombits, binary.LittleEndian.Uint32, 4), readAll(t, r, r.ReadFloat32))
		if info.Float {
			same(t, "ffmpeg's float64", words(decodeWith(t, path, info, 64), math.Float64frombits, binary.LittleEndian.Uint64, 8), readAll(t, r, r.ReadFloat64))
		}
		return
	}
	raw, _ := run(t, "sox", path, "-t", "raw", "-e", "signed", "-b", "32", "-L", "-")
	want := words(raw, func(v uint32) int32 { return int32(v) }, binary.LittleEndian.Uint32, 4)
	got := readAll(t, r, r.ReadInt32)
	same(t, "sox's integers", want, got)
	f64, f32 := readAll(t, r, r.ReadFloat64), readAll(t, r, r.ReadFloat32)
	for i, v := range want {
		if f64[i] != float64(v)/(1<<31) || f32[i] != float32(v)/(1<<31) {
			t.Fatalf("sample %d: %v and %v for the integer %d", i, f64[i], f32[i], v)
		}
	}
}

func decodeWith(t *testing.T, path string, info Info, bits int) []byte {
	t.Helper()
	if info.Container == RIFX {
		raw, _ := run(t, "sox", path, "-t", "raw", "-e", "float", "-b", strconv.Itoa(bits), "-L", "-")
		return raw
	}
	raw, _ := run(t, "ffmpeg", "-v", "error", "-i", path, "-f", fmt.Sprintf("f%dle", bits), "-")
	return raw
}

func words[U, V any](raw []byte, conv func(U) V, get func([]byte) U, size int) []V {
	out := make([]V, len(raw)/size)
	for i := range out {
		out[i] = conv(get(raw[i*size:]))
	}
	return out
}

func same[T comparable](t *testing.T, what string, want, got []T) {
	t.Helper()
	if len(want) != len(got) {
		t.Fatalf("%s: %d samples, want %d", what, len(got), len(want))
	}
	for i := range want {
		if want[i] != got[i] {
			t.Fatalf("%s: sample %d is %v, want %v", what, i, got[i], want[i])
		}
	}
}

// readAll reads the file from its start in pieces of a length that divides
// nothing.
func readAll[T any](t *testing.T, r *Reader, read func(context.Context, []T) (int, error)) []T {
	t.Helper()
	if err := r.SeekFrame(0); err != nil {
		t.Fatal(err)
	}
	ch := r.Info().Channels
	buf := make([]T, 997*ch+ch-1)
	var all []T
	for {
		n, err := read(t.Context(), buf)
		all = append(all, buf[:n*ch]...)
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// checkStats compares the Analyzer with sox's stats, which have two decimals for
// levels and six for the mean.
func checkStats(t *testing.T, path string, info Info) {
	t.Helper()
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	a := NewAnalyzer(info)
	if _, err := a.Write(file); err != nil {
		t.Fatal(err)
	}
	got := a.Stats()
	if got.Frames != info.Frames || got.Silent || got.AllZero {
		t.Errorf("Stats = %+v for %d frames of noise", got, info.Frames)
	}
	_, out := run(t, "sox", path, "-n", "stats")
	peaks, means := soxRow(t, out, "Pk lev dB"), soxRow(t, out, "DC offset")
	if info.Channels > 1 { // the first column is for all channels together
		if math.Abs(got.PeakDBFS-peaks[0]) > 0.00501 {
			t.Errorf("peak %.4f dBFS, sox says %.2f", got.PeakDBFS, peaks[0])
		}
		peaks, means = peaks[1:], means[1:]
	}
	for ch := range info.Channels {
		if math.Abs(got.ChannelPeakDBFS[ch]-peaks[ch]) > 0.00501 {
			t.Errorf("channel %d: peak %.4f dBFS, sox says %.2f", ch, got.ChannelPeakDBFS[ch], peaks[ch])
		}
		if math.Abs(got.ChannelDC[ch]-means[ch]) > 0.00000051 {
			t.Errorf("channel %d: mean %.8f, sox says %.6f", ch, got.ChannelDC[ch], means[ch])
		}
	}
}

func soxRow(t *testing.T, stats, row string) []float64 {
	t.Helper()
	for line := range strings.Lines(stats) {
		rest, ok := strings.CutPrefix(line, row)
		if !ok {
			continue
		}
		var vs []float64
		for _, f := range strings.Fields(rest) {
			v, err := strconv.ParseFloat(f, 64)
			if err != nil {
				t.Fatalf("sox's %s: %v", row, err)
			}
			vs = append(vs, v)
		}
		return vs
	}
	t.Fatalf("sox's stats have no %s:\n%s", row, stats)
	return nil
}

func TestOthersRefuseWhatWeRefuse(t *testing.T) {
	path := filepath.Join(t.TempDir(), "mu.wav")
	run(t, "sox", "-n", "-r", "8000", "-c", "1", "-e", "mu-law", path, "synth", "0.1", "sine", "440")
	if _, err := ProbeFile(path); err == nil || !strings.Contains(err.Error(), "µ-law") {
		t.Errorf("a µ-law file gives %v, want an error that names it", err)
	}
	flac := filepath.Join(t.TempDir(), "a.wav") // the name lies
	run(t, "sox", "-n", "-r", "8000", "-c", "1", "-t", "flac", flac, "synth", "0.1", "sine", "440")
	if _, err := ProbeFile(flac); err == nil || !strings.Contains(err.Error(), "FLAC") {
		t.Errorf("a FLAC file gives %v, want an error that names it", err)
	}
}

// A file written to a pipe never gets its sizes, as one that is being recorded.
func TestPipedFileIsUnfinished(t *testing.T) {
	for _, prog := range []struct {
		name string
		args []string
	}{
		{"ffmpeg", []string{"-v", "error", "-f", "lavfi", "-i", "sine=duration=0.5:sample_rate=48000", "-c:a", "pcm_s24le", "-f", "wav", "-"}},
		{"sox", []string{"-n", "-r", "48000", "-c", "1", "-b", "24", "-t", "wav", "-", "synth", "0.5", "sine", "440"}},
	} {
		out, _ := run(t, prog.name, prog.args...)
		i, err := probeBytes(out)
		if err != nil || i.Complete || i.Frames != 24000 || i.Bits != 24 {
			t.Errorf("%s: %+v, %v; want 24000 frames, not complete", prog.name, i, err)
		}
	}
}
