package convert

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/takebar/takebar/internal/audio"
	"github.com/takebar/takebar/internal/audio/tone"
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

func run(t testing.TB, name string, args ...string) []byte {
	t.Helper()
	var out, errs bytes.Buffer
	c := exec.CommandContext(t.Context(), tool(t, name), args...)
	c.Stdout, c.Stderr = &out, &errs
	if err := c.Run(); err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, errs.String())
	}
	return out.Bytes()
}

// decoded is what ffmpeg hears in a file.
func decoded(t testing.TB, path, format string) []byte {
	t.Helper()
	return run(t, "ffmpeg", "-v", "error", "-i", "file:"+path, "-f", format, "-c:a", "pcm_"+format, "-")
}

// probed is what ffprobe reads of a file.
type probed struct {
	Streams []struct {
		Codec    string            `json:"codec_name"`
		Rate     string            `json:"sample_rate"`
		Channels int               `json:"channels"`
		BitRate  string            `json:"bit_rate"`
		Tags     map[string]string `json:"tags"`
	} `json:"streams"`
	Format struct {
		Name string            `json:"format_name"`
		Tags map[string]string `json:"tags"`
	} `json:"format"`
}

// tags has all of them, with lower-case names.
func (p probed) tags() map[string]string {
	all := map[string]string{}
	for _, s := range p.Streams {
		for k, v := range s.Tags {
			all[strings.ToLower(k)] = v
		}
	}
	for k, v := range p.Format.Tags {
		all[strings.ToLower(k)] = v
	}
	return all
}

func ffprobe(t testing.TB, path string) probed {
	t.Helper()
	var p probed
	if err := json.Unmarshal(run(t, "ffprobe", "-v", "error", "-show_format", "-show_streams", "-of", "json", "file:"+path), &p); err != nil || len(p.Streams) != 1 {
		t.Fatalf("ffprobe %s: %+v, %v", path, p, err)
	}
	return p
}

// noisy makes a recording with sox: noise, loud and soft.
func noisy(t testing.TB, path string, rate, channels, bits int, seconds float64) {
	t.Helper()
	run(t, "sox", "-R", "-n", "-r", strconv.Itoa(rate), "-c", strconv.Itoa(channels), "-b", strconv.Itoa(bits), path,
		"synth", fmt.Sprint(seconds), "pinknoise", "gain", "-3", "tremolo", "2", "60")
}

// write makes a recording of the given samples.
func write(t testing.TB, path string, f audio.WriterFormat, samples []float32) {
	t.Helper()
	w, err := audio.Create(path, f)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.WriteFloat32(samples); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
}

func someTags() Tags {
	return Tags{
		Title: `Té "live" 🎸`, Artist: "Ada & the Löwen", Album: "My Söng: Mix", Comment: "second verse\nis the one", TakeID: "take-5f-12",
		BPM: 127.5, Date: time.Date(2026, 1, 31, 15, 9, 18, 0, time.UTC), Position: 1 << 33, Software: "Takebar 1.0.0",
	}
}

// must converts, and makes sure that nothing but the copy is left.
func must(t testing.TB, job Job, opt Options) Result {
	t.Helper()
	r, err := Convert(t.Context(), job, opt)
	if err != nil {
		t.Fatalf("%s: %v", opt.Format.Kind, err)
	}
	st, err := os.Stat(r.Path)
	if err != nil || st.Size() != r.Bytes {
		t.Errorf("%s: %v, %d bytes said", r.Path, err, r.Bytes)
	}
	parts, _ := filepath.Glob(filepath.Join(filepath.Dir(r.Path), "*.part*"))
	if len(parts) > 0 {
		t.Errorf("left behind: %v", parts)
	}
	return r
}

// Every format, at every usual rate, mono and stereo, is what other programs
// think it is: the same samples, or nearly so for MP3.
func TestFormatsAgainstOthers(t *testing.T) {
	tools := FindTools()
	for _, rate := range []int{44100, 48000, 88200, 96000, 176400, 192000} {
		for channels := 1; channels <= 2; channels++ {
			t.Run(fmt.Sprintf("%d Hz, %d channels", rate, channels), func(t *testing.T) {
				t.Parallel()
				dir := t.TempDir()
				src := filepath.Join(dir, `Vöx "1" 🎤's.wav`)
				noisy(t, src, rate, channels, 24, 0.7)
				before, err := os.ReadFile(src)
				if err != nil {
					t.Fatal(err)
				}
				want := decoded(t, src, "s24le")
				for _, kind := range []Kind{WAV, AIFF, FLAC, MP3} {
					r := must(t, Job{Source: src, Dir: filepath.Join(dir, "out"), Tags: someTags()}, Options{Format: Format{Kind: kind}, Tools: tools})
					if base := filepath.Base(r.Path); base != `Vöx "1" 🎤's`+kind.Ext() {
						t.Errorf("it is called %q", base)
					}
					if kind == MP3 {
						checkMP3(t, src, r)
						continue
					}
					if got := decoded(t, r.Path, "s24le"); !bytes.Equal(got, want) || !r.Lossless || r.Bits != 24 || r.Rate != rate || r.Frames != int64(len(want)/3/channels) {
						t.Errorf("%s: other samples (%d bytes, %d wanted): %+v", kind, len(got), len(want), r)
					}
					if kind == FLAC {
						run(t, "flac", "--test", "--silent", "--warnings-as-errors", r.Path)
					} else if got := run(t, "sox", r.Path, "-t", "raw", "-e", "signed", "-b", "24", "-L", "-"); !bytes.Equal(got, want) {
						t.Errorf("%s: sox hears other samples", kind)
					}
				}
				if after, err := os.ReadFile(src); err != nil || !bytes.Equal(before, after) {
					t.Errorf("the source was changed (%v)", err)
				}
			})
		}
	}
}

// checkMP3 compares length, level and kind with the source's.
func checkMP3(t *testing.T, src string, r Result) {
	t.Helper()
	want := 44100
	if r.Rate%48000 == 0 {
		want = 48000
	}
	p := ffprobe(t, r.Path)
	if p.Streams[0].Codec != "mp3" || p.Streams[0].Rate != strconv.Itoa(want) || r.Rate != want || p.Streams[0].Channels != r.Channels {
		t.Errorf("MP3: %+v, %+v", p, r)
	}
	frames := int64(len(decoded(t, r.Path, "s16le")) / 2 / r.Channels)
	if d := frames - r.Frames; d < -1200 || d > 1200 {
		t.Errorf("MP3: %d samples heard, %d said", frames, r.Frames)
	}
	rms := func(path string) float64 {
		out := run(t, "ffmpeg", "-v", "error", "-i", "file:"+path, "-af", "aresample=44100,astats=measure_perchannel=none:metadata=1:reset=0,ametadata=print:key=lavfi.astats.Overall.RMS_level:file=-", "-f", "null", "-")
		lines := strings.Split(strings.TrimSpace(string(out)), "\n")
		_, v, _ := strings.Cut(lines[len(lines)-1], "=")
		level, err := strconv.ParseFloat(v, 64)
		if err != nil {
			t.Fatalf("no level in %q", lines[len(lines)-1])
		}
		return level
	}
	if a, b := rms(src), rms(r.Path); math.Abs(a-b) > 0.5 {
		t.Errorf("MP3: %.2f dB, the source has %.2f dB", b, a)
	}
}

// Each way to an MP3 gives the same length and the wanted quality.
func TestWaysToMP3(t *testing.T) {
	dir := t.TempDir()
	src := filepath.Join(dir, "a.wav")
	noisy(t, src, 48000, 2, 24, 6)
	all := FindTools()
	ways := map[string]*Tools{
		"libmp3lame": {libraries: all.libraries},
		"lame":       {lame: tool(t, "lame")},
		"ffmpeg":     {ffmpeg: tool(t, "ffmpeg"), libraries: []string{filepath.Join(dir, "no.so")}},
	}
	for name, tools := range ways {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if name == "libmp3lame" && tools.library() == nil {
				tool(t, "the LAME library")
			}
			rates := map[Quality]float64{}
			for _, q := range []Quality{V0, V2, Q320} {
				r := must(t, Job{Source: src, Dir: filepath.Join(dir, name), Tags: someTags()}, Options{Format: Format{Kind: MP3, Quality: q}, Tools: tools})
				if !strings.HasPrefix(r.Encoder, name) {
					t.Errorf("%s came from %q", q, r.Encoder)
				}
				p := ffprobe(t, r.Path)
				rates[q], _ = strconv.ParseFloat(p.Streams[0].BitRate, 64)
				if frames := len(decoded(t, r.Path, "s16le")) / 4; frames != 6*48000 {
					t.Errorf("%s: %d frames", q, frames)
				}
				if tags := p.tags(); tags["title"] != someTags().Title || tags["takebar_take_id"] != "take-5f-12" {
					t.Errorf("%s: tags %v", q, tags)
				}
				mediainfo := string(run(t, "mediainfo", "--Inform=Audio;%BitRate_Mode%", r.Path))
				if wantMode := map[bool]string{true: "CBR", false: "VBR"}[q == Q320]; !strings.Contains(mediainfo, wantMode) {
					t.Errorf("%s: mediainfo says %q", q, mediainfo)
				}
			}
			if !(rates[V2] > 100_000 && rates[V2] < rates[V0] && rates[V0] < rates[Q320] && math.Abs(rates[Q320]-320_000) < 2000) {
				t.Errorf("bit rates %v", rates)
			}
		})
	}
}

// Other programs read the tags.
func TestTagsAgainstOthers(t *testing.T) {
	dir := t.TempDir()
	src := filepath.Join(dir, "a.wav")
	noisy(t, src, 48000, 2, 24, 1)
	want := someTags()
	for _, kind := range []Kind{WAV, AIFF, FLAC, MP3} {
		r := must(t, Job{Source: src, Name: "out", Tags: want}, Options{Format: Format{Kind: kind}})
		got := ffprobe(t, r.Path).tags()
		date := "2026-01-31"
		for name, value := range map[string]string{"title": want.Title, "artist": want.Artist, "comment": want.Comment, "album": want.Album, "takebar_take_id": want.TakeID} {
			if kind == FLAC || kind == MP3 || name == "title" || name == "artist" || kind == AIFF || name != "takebar_take_id" {
				if got[name] != value {
					t.Errorf("%s: %s is %q", kind, name, got[name])
				}
			}
		}
		bpm := map[Kind]string{FLAC: "127.5"}[kind]
		if kind == MP3 {
			bpm = "128"
			if got["bpm"] != "127.5" {
				t.Errorf("%s: exact bpm %q", kind, got["bpm"])
			}
			got["bpm"] = got["tbpm"]
		}
		if bpm != "" && got["bpm"] != bpm {
			t.Errorf("%s: bpm %q", kind, got["bpm"])
		}
		if kind != AIFF && !strings.HasPrefix(got["date"], date) {
			t.Errorf("%s: date %q", kind, got["date"])
		}
		if kind == WAV {
			for name, value := range map[string]string{"time_reference": "8589934592", "originator_reference": want.TakeID, "encoded_by": want.Software} {
				if got[name] != value {
					t.Errorf("bext: %s is %q, not %q", name, got[name], value)
				}
			}
			if b, err := os.ReadFile(r.Path); err != nil || !bytes.Contains(b, []byte("2026-01-3115:09:18")) {
				t.Errorf("bext: the date is not where it should be (%v)", err)
			}
		}
	}
	// metaflac and mediainfo agree.
	flac := filepath.Join(dir, "out.flac")
	if out := string(run(t, "metaflac", "--no-utf8-convert", "--export-tags-to=-", flac)); !strings.Contains(out, "TITLE="+want.Title+"\n") || !strings.Contains(out, "BPM=127.5\n") {
		t.Errorf("metaflac: %s", out)
	}
	for _, ext := range []string{".wav", ".aiff", ".mp3"} { // it takes the oldest kinds of tags for Latin-1, so not the title
		if out := string(run(t, "mediainfo", "--Inform=General;%Performer%|%BPM%", filepath.Join(dir, "out"+ext))); !strings.HasPrefix(out, want.Artist+"|128 / 127.5") {
			t.Errorf("mediainfo: %s: %q", ext, out)
		}
	}
	// No tags, no chunks for them.
	r := must(t, Job{Source: src, Name: "bare"}, Options{Format: Format{Kind: AIFF}})
	if got := ffprobe(t, r.Path).tags(); len(got) != 0 {
		t.Errorf("tags out of nothing: %v", got)
	}
}

// levels is what ffmpeg measures.
func levels(t testing.TB, path string) (integrated, lra, peak float64) {
	t.Helper()
	out := run(t, "ffmpeg", "-v", "error", "-i", "file:"+path, "-af", "ebur128=peak=true:metadata=1,ametadata=print:file=-", "-f", "null", "-")
	last := map[string]float64{}
	for line := range strings.Lines(string(out)) {
		if name, value, ok := strings.Cut(strings.TrimSpace(line), "="); ok {
			if v, err := strconv.ParseFloat(value, 64); err == nil {
				last[strings.TrimPrefix(name, "lavfi.r128.")] = v
			}
		}
	}
	return last["I"], last["LRA"], 20 * math.Log10(last["true_peak"])
}

func TestNormalizedAgainstFFmpeg(t *testing.T) {
	dir := t.TempDir()
	for _, c := range []struct {
		rate, channels int
		kind           Kind
		target         string
	}{
		{44100, 2, WAV, "-1dBTP"},
		{48000, 1, FLAC, "-0.5dBTP"},
		{96000, 2, AIFF, "-6dBTP"},
		{48000, 2, WAV, "-23LUFS"},
		{44100, 1, FLAC, "-30LUFS"},
		{192000, 2, WAV, "-20LUFS"},
		{48000, 2, MP3, "-23LUFS"},
		{44100, 2, MP3, "-6dBTP"},
	} {
		t.Run(fmt.Sprintf("%s %s at %d Hz", c.kind, c.target, c.rate), func(t *testing.T) {
			t.Parallel()
			src := filepath.Join(dir, fmt.Sprintf("%d-%d-%s.wav", c.rate, c.channels, c.target))
			noisy(t, src, c.rate, c.channels, 24, 8)
			target, err := ParseTarget(c.target)
			if err != nil {
				t.Fatal(err)
			}
			r := must(t, Job{Source: src, Dir: filepath.Join(dir, "out "+c.target+string(c.kind))}, Options{Format: Format{Kind: c.kind}, Normalize: target})
			integrated, lra, peak := levels(t, r.Path)
			got, within := peak, 0.1
			if target.LUFS {
				got, within = integrated, 0.06
			}
			if c.kind == MP3 { // encoding moves peaks
				within = 0.8
			}
			if math.Abs(got-target.Level) > within || r.GainDB == 0 || r.Lossless {
				t.Errorf("%.3f for %s: %+v", got, c.target, r)
			}
			if l := r.Levels; math.Abs(l.IntegratedLUFS-integrated) > within || math.Abs(l.RangeLU-lra) > 0.3 || math.Abs(l.TruePeakDBTP-peak) > within {
				t.Errorf("said %+v; ffmpeg says %.2f LUFS, %.2f LU, %.2f dBTP", *l, integrated, lra, peak)
			}
		})
	}
}

// A FLAC is about as small as the one that flac makes.
func TestFlacSize(t *testing.T) {
	dir := t.TempDir()
	for name, effects := range map[string]string{
		"music": "synth 8 pluck 220 synth 8 pluck mix 331 tremolo 0.5 50 gain -4",
		"noise": "synth 8 pinknoise gain -1",
		"sweep": "synth 8 sine 50-15000 gain -6",
	} {
		src := filepath.Join(dir, name+".wav")
		run(t, "sox", append([]string{"-R", "-n", "-r", "48000", "-c", "2", "-b", "24", src}, strings.Fields(effects)...)...)
		r := must(t, Job{Source: src}, Options{Format: Format{Kind: FLAC}})
		ref := filepath.Join(dir, name+".ref.flac")
		run(t, "flac", "-5", "--silent", "-o", ref, src)
		st, err := os.Stat(ref)
		if err != nil {
			t.Fatal(err)
		}
		ratio := float64(r.Bytes) / float64(st.Size())
		t.Logf("%s: %.3f times the size", name, ratio)
		if ratio > 1.03 {
			t.Errorf("%s: %.3f times the size of what flac -5 makes", name, ratio)
		}
	}
}

func TestToneSurvives(t *testing.T) {
	dir := t.TempDir()
	src := filepath.Join(dir, "a.wav")
	write(t, src, audio.WriterFormat{Rate: 96000, Channels: 1, Bits: 24}, tone.Sine(2*96000, 96000, 440, -12))
	r := must(t, Job{Source: src}, Options{Format: Format{Kind: MP3, Quality: V2}})
	raw := decoded(t, r.Path, "f32le")
	var s []float32
	for i := 0; i+4 <= len(raw); i += 4 {
		s = append(s, math.Float32frombits(uint32(raw[i])|uint32(raw[i+1])<<8|uint32(raw[i+2])<<16|uint32(raw[i+3])<<24))
	}
	if level := tone.Level(s[4800:len(s)-4800], 48000, 440); math.Abs(level+12) > 0.2 {
		t.Errorf("440 Hz at %.2f dBFS after resampling, want -12", level)
	}
}
