package convert

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/mewkiz/flac/frame"

	"github.com/takebar/takebar/internal/audio"
	"github.com/takebar/takebar/internal/audio/tone"
)

// samplesOf decodes a whole WAV or AIFF, full scale being 1<<31.
func samplesOf(t testing.TB, path string) []int32 {
	t.Helper()
	r, err := audio.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	s := make([]int32, r.Info().Frames*int64(r.Info().Channels))
	if _, err := r.ReadInt32(t.Context(), s); err != nil && !errors.Is(err, io.EOF) {
		t.Fatal(err)
	}
	return s
}

func noise(n int, seed uint64, level float64) []float32 {
	rng := rand.New(rand.NewPCG(seed, 1))
	s := make([]float32, n)
	for i := range s {
		s[i] = float32(level * (2*rng.Float64() - 1))
	}
	return s
}

func failure(t testing.TB, err error, code string) *Error {
	t.Helper()
	var e *Error
	if !errors.As(err, &e) || e.Code != code {
		t.Fatalf("got %v, want the code %s", err, code)
	}
	return e
}

// files lists what is in a folder.
func files(t testing.TB, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	names := []string{}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

// Every width becomes every other one: exactly where it fits, and within a step and a half with dither.
func TestWidths(t *testing.T) {
	dir := t.TempDir()
	sources := []audio.WriterFormat{
		{Rate: 44100, Channels: 2, Bits: 16}, {Rate: 44100, Channels: 2, Bits: 24}, {Rate: 44100, Channels: 2, Bits: 32}, {Rate: 44100, Channels: 2, Bits: 32, Float: true},
	}
	for _, f := range sources {
		src := filepath.Join(dir, fmt.Sprintf("%d%t.wav", f.Bits, f.Float))
		write(t, src, f, noise(2*10001, 7, 0.9))
		want := samplesOf(t, src)
		for _, kind := range []Kind{WAV, AIFF} {
			for _, to := range []Format{{Bits: 16}, {Bits: 24}, {Bits: 32}, {Bits: 32, Float: true}} {
				to.Kind = kind
				r := must(t, Job{Source: src, Dir: filepath.Join(dir, "out")}, Options{Format: to})
				exact := !f.Float && !to.Float && to.Bits >= f.Bits || f.Float && to.Float || to.Float && f.Bits <= 24
				if r.Lossless != exact || r.Bits != to.Bits || r.Float != to.Float {
					t.Errorf("%+v to %+v: %+v", f, to, r)
				}
				step := math.Pow(2, 32-float64(to.Bits))
				if to.Float {
					step = 1 << 8
				}
				worst := 0.0
				got := samplesOf(t, r.Path)
				for i, v := range got {
					worst = max(worst, math.Abs(float64(v)-float64(want[i]))/step)
				}
				if len(got) != len(want) || exact && worst > 0 || worst > 1.51 || !exact && !to.Float && worst < 0.5 {
					t.Errorf("%+v to %+v: %d samples, off by %.2f steps", f, to, len(got), worst)
				}
			}
		}
	}
}

// Dither is noise of the right power that depends on the seed alone, and with it
// a tone below the last bit can still be heard.
func TestDither(t *testing.T) {
	dir := t.TempDir()
	src := filepath.Join(dir, "a.wav")
	write(t, src, audio.WriterFormat{Rate: 48000, Channels: 1, Bits: 24}, tone.Sine(5*48000, 48000, 440, -100))
	want := samplesOf(t, src)
	var first []byte
	for i, seed := range []uint64{0, 0, 1} {
		r := must(t, Job{Source: src, Name: "out"}, Options{Format: Format{Kind: WAV, Bits: 16}, Seed: seed})
		b, err := os.ReadFile(r.Path)
		if err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			first = b
		}
		if bytes.Equal(b, first) != (seed == 0) {
			t.Errorf("seed %d: same file: %t", seed, bytes.Equal(b, first))
		}
		got := samplesOf(t, r.Path)
		power, mean := 0.0, 0.0
		heard := make([]float32, len(got))
		for i, v := range got {
			d := (float64(v) - float64(want[i])) / (1 << 16)
			power += d * d
			mean += d
			heard[i] = float32(v) / (1 << 31)
		}
		rms := math.Sqrt(power / float64(len(got)))
		if math.Abs(rms-0.5) > 0.01 || math.Abs(mean/float64(len(got))) > 0.01 { // sqrt(1/12 + 2/12)
			t.Errorf("noise of %.3f steps, mean %.4f", rms, mean/float64(len(got)))
		}
		if level := tone.Level(heard, 48000, 440); math.Abs(level+100) > 1.5 {
			t.Errorf("the tone is at %.1f dBFS, want -100", level)
		}
	}
}

func TestRangesAreSampleExact(t *testing.T) {
	dir := t.TempDir()
	src := filepath.Join(dir, "a.wav")
	write(t, src, audio.WriterFormat{Rate: 48000, Channels: 2, Bits: 24}, noise(2*30000, 3, 0.5))
	all := samplesOf(t, src)
	for _, c := range []struct{ start, frames, want int64 }{{0, 0, 30000}, {8704, 0, 21296}, {8704, 100, 100}, {29999, 1, 1}, {0, 8192, 8192}, {1, 8193, 8193}} {
		for _, kind := range []Kind{WAV, AIFF, FLAC} {
			r := must(t, Job{Source: src, Start: c.start, Frames: c.frames, Dir: filepath.Join(dir, "out")}, Options{Format: Format{Kind: kind}})
			path := r.Path
			if kind == FLAC {
				path = filepath.Join(t.TempDir(), "b.wav")
				run(t, "flac", "-d", "--silent", "-o", path, r.Path)
			}
			if got := samplesOf(t, path); r.Frames != c.want || r.Start != c.start || !slices.Equal(got, all[2*c.start:2*(c.start+c.want)]) {
				t.Errorf("%s from %d: %d frames, other samples", kind, c.start, r.Frames)
			}
		}
	}
	for _, c := range [][2]int64{{-1, 0}, {30000, 0}, {30001, 0}, {0, 30001}, {0, -1}, {29999, 2}} {
		_, err := Convert(t.Context(), Job{Source: src, Start: c[0], Frames: c[1], Dir: filepath.Join(dir, "none")}, Options{Format: Format{Kind: WAV}})
		_ = failure(t, err, CodeNothing)
	}
	if left := files(t, filepath.Join(dir, "none")); len(left) > 0 {
		t.Errorf("made %v", left)
	}
}

func TestTrimEnd(t *testing.T) {
	dir := t.TempDir()
	for name, c := range map[string]struct {
		loud, quiet int
		level       float64
		want        int64
	}{
		"zeros":          {20000, 50000, 0, 20000},
		"below -90 dBFS": {20000, 50000, math.Pow(10, -95.0/20), 20000},
		"not so soft":    {20000, 50000, math.Pow(10, -80.0/20), 70000},
		"nothing":        {0, 30000, 0, 30000},
		"no silence":     {123, 0, 0, 123},
		"one block":      {1, blockFrames, 0, 1},
	} {
		src := filepath.Join(dir, name+".wav")
		s := make([]float32, 0, 2*(c.loud+c.quiet))
		for range c.loud {
			s = append(s, 0.001, 0.5)
		}
		for range c.quiet {
			s = append(s, float32(c.level), -float32(c.level))
		}
		write(t, src, audio.WriterFormat{Rate: 44100, Channels: 2, Bits: 24}, s)
		r := must(t, Job{Source: src}, Options{Format: Format{Kind: WAV}, TrimEnd: true})
		silent := name == "nothing"
		if r.Frames != c.want || silent != (len(r.Warnings) == 1) {
			t.Errorf("%s: %d frames, want %d; %v", name, r.Frames, c.want, r.Warnings)
		}
		if got := samplesOf(t, r.Path); !slices.Equal(got, samplesOf(t, src)[:2*c.want]) {
			t.Errorf("%s: other samples", name)
		}
	}
}

func TestLevelsThatCannotBeReached(t *testing.T) {
	dir := t.TempDir()
	peaky := make([]float32, 10*48000)
	copy(peaky, tone.Sine(len(peaky), 48000, 1000, -40))
	copy(peaky[100000:], tone.Sine(480, 48000, 1000, -3))
	for name, c := range map[string]struct {
		samples []float32
		target  string
		warns   string
		gain    float64
	}{
		"peaks in the way": {peaky, "-14LUFS", WarnTargetMissed, 2},
		"silence":          {make([]float32, 48000), "-1dBTP", WarnSilent, 0},
		"too short":        {tone.Sine(480, 48000, 1000, -20), "-14LUFS", WarnSilent, 0},
	} {
		src := filepath.Join(dir, name+".wav")
		write(t, src, audio.WriterFormat{Rate: 48000, Channels: 1, Bits: 24}, c.samples)
		target, err := ParseTarget(c.target)
		if err != nil {
			t.Fatal(err)
		}
		r := must(t, Job{Source: src}, Options{Format: Format{Kind: WAV}, Normalize: target})
		if len(r.Warnings) != 1 || r.Warnings[0].Code != c.warns || math.Abs(r.GainDB-c.gain) > 0.1 {
			t.Errorf("%s: gain %.2f, %v", name, r.GainDB, r.Warnings)
		}
	}
}

// Floats may be louder than full scale, or no numbers.
func TestFloats(t *testing.T) {
	dir := t.TempDir()
	src := filepath.Join(dir, "a.wav")
	s := tone.Sine(48000, 48000, 440, 6)
	s[10], s[20], s[30] = float32(math.NaN()), float32(math.Inf(1)), float32(math.Inf(-1))
	write(t, src, audio.WriterFormat{Rate: 48000, Channels: 1, Bits: 32, Float: true}, s)
	codes := func(r Result) (all []string) {
		for _, w := range r.Warnings {
			all = append(all, w.Code)
		}
		return all
	}
	for kind, want := range map[Kind][]string{WAV: {WarnBadSamples}, FLAC: {WarnBadSamples, WarnClipped}, MP3: {WarnBadSamples, WarnAboveFull}} {
		if r := must(t, Job{Source: src}, Options{Format: Format{Kind: kind}}); !slices.Equal(codes(r), want) {
			t.Errorf("%s: %v", kind, r.Warnings)
		}
	}
	target := Target{Set: true, Level: -1}
	r := must(t, Job{Source: src}, Options{Format: Format{Kind: WAV, Bits: 16}, Normalize: target})
	if !slices.Equal(codes(r), []string{WarnBadSamples}) || r.GainDB > -6.9 || math.Abs(r.Levels.TruePeakDBTP+1) > 0.05 {
		t.Errorf("normalized: %+v %+v", r, r.Levels)
	}
}

func TestNothingIsOverwritten(t *testing.T) {
	dir := t.TempDir()
	src := filepath.Join(dir, "a.wav")
	write(t, src, audio.WriterFormat{Rate: 48000, Channels: 1, Bits: 16}, noise(5000, 1, 0.5))
	for _, name := range []string{"a.flac", "a (2).flac", "a.flac.part"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("mine"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var jobs []Job
	for range 8 {
		jobs = append(jobs, Job{Source: src})
	}
	results, errs := All(t.Context(), jobs, Options{Format: Format{Kind: FLAC}}, nil)
	seen := map[string]bool{}
	for i, r := range results {
		if errs[i] != nil || seen[r.Path] {
			t.Errorf("job %d: %s, %v", i, r.Path, errs[i])
		}
		seen[r.Path] = true
		run(t, "flac", "-t", "--silent", r.Path)
	}
	for _, name := range []string{"a.flac", "a (2).flac", "a.flac.part"} {
		if b, err := os.ReadFile(filepath.Join(dir, name)); err != nil || string(b) != "mine" {
			t.Errorf("%s: %q, %v", name, b, err)
		}
	}
	if got := files(t, dir); len(got) != 4+8 {
		t.Errorf("files: %v", got)
	}
}

// A conversion that is cancelled, at whatever moment, leaves nothing.
func TestCancel(t *testing.T) {
	dir := t.TempDir()
	src := filepath.Join(dir, "a.wav")
	write(t, src, audio.WriterFormat{Rate: 48000, Channels: 2, Bits: 24}, noise(2*400000, 1, 0.5))
	all := FindTools()
	ways := map[string]Options{
		"wav": {Format: Format{Kind: WAV}}, "aiff": {Format: Format{Kind: AIFF}}, "flac": {Format: Format{Kind: FLAC}},
		"mp3 library": {Format: Format{Kind: MP3}, Tools: &Tools{libraries: all.libraries}},
		"mp3 lame":    {Format: Format{Kind: MP3}, Tools: &Tools{lame: tool(t, "lame")}},
		"mp3 ffmpeg":  {Format: Format{Kind: MP3}, Tools: &Tools{ffmpeg: tool(t, "ffmpeg")}},
		"normalized":  {Format: Format{Kind: FLAC}, Normalize: Target{Set: true, Level: -1}},
	}
	for name, opt := range ways {
		for _, step := range []string{"", "measuring", "converting", "late", "checking"} {
			if step == "measuring" && !opt.Normalize.Set {
				continue
			}
			t.Run(name+" "+step, func(t *testing.T) {
				t.Parallel()
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				opt := opt
				opt.Progress = func(p Progress) {
					if p.Step == step || step == "late" && p.Step == "converting" && p.Done > 0.4 {
						cancel()
					}
				}
				if step == "" {
					cancel()
				}
				out := filepath.Join(t.TempDir(), "out")
				r, err := Convert(ctx, Job{Source: src, Dir: out}, opt)
				if left := files(t, out); !errors.Is(err, context.Canceled) && err != nil || err == nil && (step != "checking" || len(left) != 1) || err != nil && len(left) > 0 {
					t.Errorf("%+v, %v; left: %v", r, err, left)
				}
			})
		}
	}
}

func TestBadSources(t *testing.T) {
	dir := t.TempDir()
	good := filepath.Join(dir, "good.wav")
	write(t, good, audio.WriterFormat{Rate: 48000, Channels: 2, Bits: 24}, noise(2*5000, 1, 0.5))
	b, err := os.ReadFile(good)
	if err != nil {
		t.Fatal(err)
	}
	put := func(name string, b []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	six := filepath.Join(dir, "six.wav")
	write(t, six, audio.WriterFormat{Rate: 48000, Channels: 6, Bits: 24}, noise(6*5000, 1, 0.5))
	ten := filepath.Join(dir, "ten.wav")
	write(t, ten, audio.WriterFormat{Rate: 48000, Channels: 10, Bits: 16}, noise(10*500, 1, 0.5))
	fast := filepath.Join(dir, "fast.wav")
	write(t, fast, audio.WriterFormat{Rate: 700000, Channels: 1, Bits: 16}, noise(500, 1, 0.5))
	slow := filepath.Join(dir, "slow.wav")
	write(t, slow, audio.WriterFormat{Rate: 4000, Channels: 1, Bits: 16}, noise(500, 1, 0.5))
	for _, c := range []struct {
		path string
		kind Kind
		code string
	}{
		{filepath.Join(dir, "none.wav"), WAV, CodeSourceMissing},
		{put("text.wav", []byte("this is no sound at all, only some words")), WAV, CodeNotAudio},
		{put("empty.wav", nil), WAV, CodeSourceUnfinished},
		{put("cut.wav", b[:len(b)-999]), WAV, CodeSourceUnfinished},
		{dir, WAV, CodeNotAudio},
		{six, MP3, CodeUnsupported},
		{ten, FLAC, CodeUnsupported},
		{fast, FLAC, CodeUnsupported},
		{slow, MP3, CodeUnsupported},
	} {
		out := filepath.Join(dir, "out")
		_, err := Convert(t.Context(), Job{Source: c.path, Dir: out}, Options{Format: Format{Kind: c.kind}})
		e := failure(t, err, c.code)
		if left := files(t, out); len(left) > 0 || strings.Contains(e.Message, "%!") || !strings.HasSuffix(e.Message, ".") {
			t.Errorf("%s: %q, left %v", c.path, e.Message, left)
		}
	}
	// What six channels can become.
	for _, kind := range []Kind{WAV, AIFF, FLAC} {
		r := must(t, Job{Source: six, Dir: filepath.Join(dir, "out")}, Options{Format: Format{Kind: kind}})
		if !bytes.Equal(decoded(t, r.Path, "s24le"), decoded(t, six, "s24le")) {
			t.Errorf("%s: six channels are not the same", kind)
		}
	}
}

func TestNoEncoder(t *testing.T) {
	dir := t.TempDir()
	src := filepath.Join(dir, "a.wav")
	write(t, src, audio.WriterFormat{Rate: 48000, Channels: 1, Bits: 16}, noise(5000, 1, 0.5))
	text := filepath.Join(dir, "not-a-library.so")
	if err := os.WriteFile(text, []byte("no library"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := Convert(t.Context(), Job{Source: src}, Options{Format: Format{Kind: MP3}, Tools: &Tools{libraries: []string{"libtakebar-nothing.so", text, "libc.so.6"}}})
	if e := failure(t, err, CodeNoEncoder); e.Hint == "" {
		t.Error("no word about what to install")
	}
	for system, word := range map[string]string{"linux": "apt install lame", "darwin": "brew install lame", "windows": "winget"} {
		if !strings.Contains(installHint(system), word) {
			t.Errorf("%s: %s", system, installHint(system))
		}
	}
	if got := libraryNames("windows", []string{filepath.Join(dir, "ffmpeg"), "", "lame"}); len(got) != 2 || filepath.Dir(got[0]) != dir {
		t.Errorf("on Windows: %v", got)
	}
	// A program that fails says why.
	script := filepath.Join(dir, "lame")
	if err := os.WriteFile(script, []byte("#!/bin/sh\ncat >/dev/null\necho starting >&2\necho 'it is too late today' >&2\nexit 3\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	_, err = Convert(t.Context(), Job{Source: src, Dir: filepath.Join(dir, "out")}, Options{Format: Format{Kind: MP3}, Tools: &Tools{lame: script}})
	if e := failure(t, err, CodeEncoderFailed); !strings.Contains(e.Message, "too late") || len(files(t, filepath.Join(dir, "out"))) > 0 {
		t.Errorf("%q, left %v", e.Message, files(t, filepath.Join(dir, "out")))
	}
	// One that lies is found out.
	if err := os.WriteFile(script, []byte("#!/bin/sh\ncat >/dev/null\nfor last; do :; done\necho hello >\"$last\"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	_, err = Convert(t.Context(), Job{Source: src, Dir: filepath.Join(dir, "out")}, Options{Format: Format{Kind: MP3}, Tools: &Tools{lame: script}})
	_ = failure(t, err, CodeVerifyFailed)
	if left := files(t, filepath.Join(dir, "out")); len(left) > 0 {
		t.Errorf("left %v", left)
	}
}

// Damage between writing and reading back is noticed, wherever it is.
func TestCheckNoticesDamage(t *testing.T) {
	info := audio.Info{Rate: 48000, Channels: 2, Bits: 24}
	const n = 3*flacBlock + 100
	s := noise(2*n, 9, 0.5)
	ints := make([]int32, len(s))
	for i, v := range s {
		ints[i] = int32(v * (1 << 23))
	}
	for _, kind := range []Kind{WAV, AIFF, FLAC, MP3} {
		for try := range 6 {
			f, err := os.Create(filepath.Join(t.TempDir(), "a"))
			if err != nil {
				t.Fatal(err)
			}
			p := &plan{format: Format{Kind: kind, Bits: 24}, info: info, frames: n, peak: 0.5}
			var to sink
			switch kind {
			case MP3:
				p.format = Format{Kind: MP3, Quality: V0}
				to, err = newMP3Sink(t.Context(), f, p, FindTools())
			case FLAC:
				to, err = newFlacSink(f, p)
			default:
				to, err = newPCMSink(f, p, limit32)
			}
			if err == nil {
				err = to.write(t.Context(), samples{ints: ints, floats: s})
			}
			if err == nil {
				err = to.finish(t.Context(), nil)
			}
			if err != nil {
				t.Fatal(err)
			}
			st, err := f.Stat()
			if err != nil {
				t.Fatal(err)
			}
			switch size := st.Size(); try {
			case 0: // as it is
			case 1:
				err = f.Truncate(size - 7)
			case 2:
				_, err = f.WriteAt([]byte("garbage"), size)
			case 3, 4, 5:
				at := size * int64(try-2) / 4
				b := make([]byte, 4)
				_, err = f.ReadAt(b, at)
				for i := range b {
					b[i] ^= 0xFF
				}
				if _, werr := f.WriteAt(b, at); werr != nil {
					err = werr
				}
			}
			if err != nil {
				t.Fatal(err)
			}
			err = to.check(t.Context())
			to.abandon()
			_ = f.Close()
			harmless := try == 0 || kind == MP3 && try > 2 || try == 2 && (kind == WAV || kind == AIFF)
			if !harmless && err == nil || try == 0 && err != nil {
				t.Errorf("%s, damage %d: %v", kind, try, err)
			}
		}
	}
}

// Beyond 4 GiB a WAV becomes an RF64. The limit is moved down for the test.
func TestRF64(t *testing.T) {
	const n = 5000
	info := audio.Info{Rate: 48000, Channels: 1, Bits: 24}
	path := filepath.Join(t.TempDir(), "big.wav")
	for _, limit := range []int64{limit32, 10000} {
		f, err := os.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		p := &plan{format: Format{Kind: WAV, Bits: 24}, info: info, frames: n, tags: someTags().clean()}
		to, err := newPCMSink(f, p, limit)
		if err != nil {
			t.Fatal(err)
		}
		ints := make([]int32, n)
		for i := range ints {
			ints[i] = int32(i * 1001 % (1 << 23))
		}
		if err := errors.Join(to.write(t.Context(), samples{ints: ints}), to.finish(t.Context(), nil), to.check(t.Context()), f.Close()); err != nil {
			t.Fatal(err)
		}
		got, err := audio.ProbeFile(path)
		want := audio.WAV
		if limit < limit32 {
			want = audio.RF64
		}
		if err != nil || got.Container != want || !got.Complete || got.Frames != n {
			t.Errorf("%+v, %v", got, err)
		}
		if title := ffprobe(t, path).tags()["title"]; title != someTags().Title {
			t.Errorf("%s: title %q", want, title)
		}
		if got := decoded(t, path, "s24le"); !bytes.Equal(got, packInts(nil, ints, 24, false)) {
			t.Errorf("%s: ffmpeg hears other samples", want)
		}
	}
	// And it is a source like any other.
	r := must(t, Job{Source: path, Dir: t.TempDir()}, Options{Format: Format{Kind: FLAC}})
	if !bytes.Equal(decoded(t, r.Path, "s24le"), decoded(t, path, "s24le")) {
		t.Error("a FLAC of an RF64 sounds otherwise")
	}
	// An AIFF cannot be that large.
	if _, err := (Format{Kind: AIFF, Bits: 24}).resolve("x", info, 2<<30); err == nil {
		t.Error("an AIFF of 6 GiB is thought possible")
	}
}

func TestAll(t *testing.T) {
	dir := t.TempDir()
	var jobs []Job
	for i := range 5 {
		path := filepath.Join(dir, fmt.Sprintf("%d.wav", i))
		if i != 2 {
			write(t, path, audio.WriterFormat{Rate: 48000, Channels: 2, Bits: 24}, noise(2*20000, uint64(i), 0.5))
		}
		jobs = append(jobs, Job{Source: path})
	}
	ended := map[int]error{}
	last := map[int]Progress{}
	results, errs := All(t.Context(), jobs, Options{Format: Format{Kind: AIFF}, Progress: func(p Progress) {
		if p.Done < last[p.Job].Done {
			t.Errorf("job %d went back from %g to %g", p.Job, last[p.Job].Done, p.Done)
		}
		last[p.Job] = p
	}}, func(i int, _ Result, err error) { ended[i] = err })
	for i, r := range results {
		if failed := i == 2; failed != (errs[i] != nil) || !failed && (r.Source != jobs[i].Source || last[i].Done != 1 || last[i].Step != "done") || !errors.Is(ended[i], errs[i]) {
			t.Errorf("job %d: %+v, %v, %+v", i, r, errs[i], last[i])
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, errs = All(ctx, jobs, Options{Format: Format{Kind: WAV}}, nil)
	for _, err := range errs {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("after cancel: %v", err)
		}
	}
}

func TestWords(t *testing.T) {
	for _, c := range []struct {
		kind, bits, quality, want string
	}{
		{"wav", "", "", "WAV, 0-bit"},
		{"WAV", "32f", "", "WAV, 32-bit float"},
		{"aif", "16", "", "AIFF, 16-bit"},
		{"flac", "24", "", "FLAC, 24-bit"},
		{"mp3", "", "v2", "MP3, V2"},
		{"mp3", "", "320", "MP3, 320 kbit/s"},
		{"ogg", "", "", ""},
		{"wav", "17", "", ""},
		{"wav", "", "V0", ""},
		{"mp3", "16", "", ""},
		{"mp3", "", "V9", ""},
		{"flac", "32", "", ""},
		{"flac", "32f", "", ""},
	} {
		f, err := ParseFormat(c.kind, c.bits, c.quality)
		if (err == nil) != (c.want != "") || err == nil && f.String() != c.want {
			t.Errorf("%v: %s, %v", c, f, err)
		}
	}
	for text, want := range map[string]string{
		"": "", "-1dBTP": "-1dBTP", "-14LUFS": "-14LUFS", "−14.5 lufs": "-14.5LUFS", "0dbtp": "0dBTP",
		"-14": "?", "1dBTP": "?", "-70LUFS": "?", "loud": "?", "LUFS": "?", "NaNdBTP": "?",
	} {
		got, err := ParseTarget(text)
		if (err != nil) != (want == "?") || err == nil && got.String() != want {
			t.Errorf("%q: %s, %v", text, got, err)
		}
	}
	for rate, want := range map[int]int{44100: 44100, 48000: 48000, 88200: 44100, 96000: 48000, 176400: 44100, 192000: 48000, 8000: 8000, 37800: 44100, 50000: 48000} {
		if got := mp3Rate(rate); got != want {
			t.Errorf("an MP3 of %d Hz gets %d Hz", rate, got)
		}
	}
	for _, c := range []struct {
		got, want float64
		same, ok  bool
	}{{0.5, 0.5, true, true}, {0.3, 0.5, true, true}, {0.2, 0.5, true, false}, {0.2, 0.5, false, true}, {0, 0.5, false, false}, {1, 4, true, true}, {1, 0.2, false, false}, {0, 0, true, true}, {0.0001, 0, true, true}, {0.5, 0, true, false}} {
		if err := comparePeaks(c.got, c.want, c.same); (err == nil) != c.ok {
			t.Errorf("%+v: %v", c, err)
		}
	}
}

// blocks are awkward ones for a FLAC.
func blocks() map[string][][]int32 {
	rng := rand.New(rand.NewPCG(1, 2))
	all := map[string][][]int32{}
	add := func(name string, n int, f func(i int) (l, r int32)) {
		l, r := make([]int32, n), make([]int32, n)
		for i := range n {
			l[i], r[i] = f(i)
		}
		all[name] = [][]int32{l, r}
	}
	const top, low = 1<<23 - 1, -1 << 23
	add("zeros", 4096, func(int) (int32, int32) { return 0, 0 })
	add("constants", 4096, func(int) (int32, int32) { return low, top })
	add("square", 4096, func(i int) (int32, int32) {
		if i/50%2 == 0 {
			return top, low
		}
		return low, top
	})
	add("every other", 4096, func(i int) (int32, int32) {
		if i%2 == 0 {
			return top, low
		}
		return low, top
	})
	add("loud noise", 4096, func(int) (int32, int32) { return rng.Int32N(1<<24) + low, rng.Int32N(1<<24) + low })
	add("16 bits in 24", 4096, func(i int) (int32, int32) { return int32(30000*math.Sin(float64(i)/20)) << 8, int32(i) << 8 })
	add("one click", 4096, func(i int) (int32, int32) {
		if i == 2000 {
			return top, 1
		}
		return 0, 0
	})
	add("sine", 4096, func(i int) (int32, int32) {
		return int32(top * math.Sin(float64(i)/7)), int32(top * math.Sin(float64(i)/7.001))
	})
	for _, n := range []int{1, 2, 3, 4, 5, 15, 16, 17, 33, 64, 255, 1000, 4095} {
		add(fmt.Sprintf("%d samples", n), n, func(i int) (int32, int32) { return int32(i*i%1000) - 500, rng.Int32N(100) })
	}
	return all
}

func TestFlacFrames(t *testing.T) {
	for _, rate := range []int{44100, 48000, 176400, 24000, 37800, 96010, 655350, 96001} {
		c := newFlacCoder(rate, 24)
		number := uint64(0)
		for name, block := range blocks() {
			number = number*7 + 1
			number %= 1 << 31
			checkFrame(t, name, c.frame(nil, number, block), number, block)
			checkFrame(t, name+", mono", c.frame(nil, number, block[:1]), number, block[:1])
		}
	}
	for _, number := range []uint64{0, 0x7F, 0x80, 0x7FF, 0x800, 0xFFFF, 0x10000, 0x1FFFFF, 0x200000, 0x3FFFFFF, 0x4000000, 0x7FFFFFFF} {
		block := blocks()["sine"]
		checkFrame(t, "number", newFlacCoder(48000, 24).frame(nil, number, block), number, block)
	}
}

// checkFrame decodes a frame with the library.
func checkFrame(t testing.TB, name string, b []byte, number uint64, want [][]int32) {
	t.Helper()
	r := bytes.NewReader(b)
	f, err := frame.Parse(r)
	if err != nil || r.Len() > 0 {
		t.Errorf("%s: %v, %d bytes too many", name, err, r.Len())
		return
	}
	for ch, s := range want {
		if f.Num != number || !slices.Equal(f.Subframes[ch].Samples, s) {
			t.Errorf("%s: channel %d of frame %d is not the same", name, ch, f.Num)
		}
	}
	if raw := len(want)*len(want[0])*3 + 32; len(b) > raw {
		t.Errorf("%s: %d bytes for %d of samples", name, len(b), raw)
	}
}

func FuzzFlacFrame(f *testing.F) {
	for _, b := range blocks() {
		f.Add(packInts(nil, b[0][:min(len(b[0]), 300)], 24, false), uint64(77))
	}
	f.Fuzz(func(t *testing.T, data []byte, number uint64) {
		n := min(len(data)/6, flacBlock)
		if n == 0 {
			return
		}
		l, r := make([]int32, n), make([]int32, n)
		for i := range n {
			p := data[6*i:]
			l[i] = int32(uint32(p[0])<<8|uint32(p[1])<<16|uint32(p[2])<<24) >> 8
			r[i] = int32(uint32(p[3])<<8|uint32(p[4])<<16|uint32(p[5])<<24) >> 8
		}
		number %= 1 << 31
		block := [][]int32{l, r}
		checkFrame(t, "fuzz", newFlacCoder(48000, 24).frame(nil, number, block), number, block)
	})
}

func FuzzScanMP3(f *testing.F) {
	one := make([]byte, 417)
	copy(one, []byte{0xFF, 0xFB, 0x90, 0x00})
	f.Add(one)
	tag := slices.Clone(one)
	copy(tag[36:], "Info\x00\x00\x00\x0f\x00\x00\x00\x01")
	f.Add(append(tag, one...))
	f.Fuzz(func(t *testing.T, data []byte) {
		info, err := scanMP3(bytes.NewReader(data))
		if err == nil && (info.frames*24 > int64(len(data)) || info.frames > 0 && info.rate < 8000) {
			t.Errorf("%d bytes: %+v", len(data), info)
		}
	})
}

func TestLevelsInBext(t *testing.T) {
	if got := bextLevels(nil); got != [5]int16{0x7FFF, 0x7FFF, 0x7FFF, 0x7FFF, 0x7FFF} {
		t.Errorf("unknown: %v", got)
	}
	b := bext(Tags{Comment: strings.Repeat("ä", 200), TakeID: strings.Repeat("x", 64), Software: "S"}, Format{Bits: 16}, audio.Info{Rate: 8000, Channels: 1}, nil)
	if len(b) < 602 || binary.LittleEndian.Uint16(b[346:]) != 2 || !strings.HasPrefix(string(b[602:]), "A=PCM,F=8000,W=16,M=mono,T=S\r\n") {
		t.Errorf("%d bytes: %q", len(b), b[min(len(b), 602):])
	}
}
