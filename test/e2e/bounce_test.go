//go:build linux

package e2e

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/takebar/takebar/internal/audio"
	"github.com/takebar/takebar/internal/control"
	"github.com/takebar/takebar/internal/simtest"
	"github.com/takebar/takebar/internal/take/sidecar"
)

// bench is a desk without a menu bar: Live and the command line.
func bench(t *testing.T, set map[string]any, args ...string) *desk {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	t.Cleanup(cancel)
	d := &desk{t: t, ctx: ctx, home: filepath.Join(t.TempDir(), "home"), takes: filepath.Join(t.TempDir(), "Takes")}
	if err := os.MkdirAll(d.home, 0o700); err != nil {
		t.Fatal(err)
	}
	if set != nil {
		file := filepath.Join(t.TempDir(), "set.json")
		data, err := json.Marshal(set)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, data, 0o600); err != nil {
			t.Fatal(err)
		}
		args = append(args, "--set-file", file)
	}
	d.sim = simtest.Start(t, simtest.Options{Home: d.home, Args: args})
	return d
}

// song is a set of n audio tracks, with one clip that makes it so many beats long.
func song(n int, tempo, beats float64, locators ...any) map[string]any {
	var tracks []any
	for i := range n {
		tracks = append(tracks, map[string]any{"name": fmt.Sprintf("Track %02d", i+1), "arm": i == 1})
	}
	tracks = append(tracks, map[string]any{"name": "Notes", "kind": "midi", "silent": true, "clips": []any{map[string]any{"name": "All", "start": 0, "length": beats}}})
	cues := []any{}
	for i := 0; i+1 < len(locators); i += 2 {
		cues = append(cues, map[string]any{"time": locators[i], "name": locators[i+1]})
	}
	return map[string]any{"tempo": tempo, "tracks": tracks, "locators": cues, "metronome": true, "selected": "Track 01", "loop": map[string]any{"on": true, "start": 2, "length": 4}}
}

// bounce runs takebar bounce and answers with what it says.
func (d *desk) bounce(want int, args ...string) control.Bounced {
	d.t.Helper()
	var b control.Bounced
	out := d.run(want, append([]string{"bounce", "--json"}, args...)...)
	if err := json.Unmarshal([]byte(out), &b); err != nil {
		d.t.Fatalf("%v: %s", err, out)
	}
	return b
}

// whole is Live's true state as far as a bounce must leave it alone: all but the history of undo steps.
func (d *desk) whole() map[string]any {
	d.t.Helper()
	var state map[string]any
	d.sim.Do(d.t, "state", simtest.Params{"parts": []string{"song", "tracks", "return_tracks", "main_track", "scenes", "cue_points"}}, &state)
	for _, history := range []string{"can_undo", "can_redo", "can_capture_midi", "undo_steps"} {
		delete(state["song"].(map[string]any), history)
	}
	return state
}

func (d *desk) untouched(before map[string]any) {
	d.t.Helper()
	if after := d.whole(); !reflect.DeepEqual(before, after) {
		for part, was := range before {
			a, _ := json.MarshalIndent(was, "", " ")
			b, _ := json.MarshalIndent(after[part], "", " ")
			old, now := strings.Split(string(a), "\n"), strings.Split(string(b), "\n")
			for i := range min(len(old), len(now)) {
				if old[i] != now[i] {
					d.t.Errorf("%s was changed: %s is now %s", part, old[i], now[i])
				}
			}
			if len(old) != len(now) {
				d.t.Errorf("%s was changed: %d lines are now %d", part, len(old), len(now))
			}
		}
	}
}

// samples reads a whole file, interleaved.
func samples(t *testing.T, path string) ([]float64, audio.Info) {
	t.Helper()
	r, err := audio.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	info := r.Info()
	if err := info.Err(); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	all := make([]float64, info.Frames*int64(info.Channels))
	if n, err := r.ReadFloat64(t.Context(), all); err != nil && !errors.Is(err, io.EOF) || int64(n) != info.Frames {
		t.Fatalf("%s: %d frames, %v", path, n, err)
	}
	return all, info
}

// sounds compares every sample with the tones, whose phase is 0 at beat 0 of the song.
func sounds(t *testing.T, f sidecar.BouncedFile, startSample int64, tones []simtest.Tone) {
	t.Helper()
	got, info := samples(t, f.Path)
	if info.Frames != f.Frames || info.Channels != 2 {
		t.Fatalf("%s has %d frames of %d channels, want %d of 2", f.Path, info.Frames, info.Channels, f.Frames)
	}
	worst, at := 0.0, int64(0)
	for n := range info.Frames {
		want := 0.0
		for _, tone := range tones {
			want += tone.Amplitude * math.Cos(2*math.Pi*tone.Hz*float64((startSample+n)%int64(info.Rate))/float64(info.Rate))
		}
		for channel, share := range []float64{1, 0.5} {
			if off := math.Abs(got[2*n+int64(channel)] - want*share); off > worst {
				worst, at = off, n
			}
		}
	}
	if limit := 1.5 / float64(int64(1)<<(min(info.Bits, 24)-1)); worst > limit {
		t.Errorf("%s: frame %d is off by %g, more than %g", filepath.Base(f.Path), at, worst, limit)
	}
}

// truthOf finds what Live recorded for a file of the bounce.
func truthOf(t *testing.T, d *desk, id, track string) simtest.Take {
	t.Helper()
	for _, e := range d.library() {
		for _, f := range e.Files {
			if e.ID != id || f.Track != track {
				continue
			}
			for _, truth := range d.sim.Takes(t) {
				if truth.Path != nil && *truth.Path == f.OriginalPath {
					return truth
				}
			}
		}
	}
	t.Fatalf("nothing was recorded for %s", track)
	return simtest.Take{}
}

func TestBounceMainOutput(t *testing.T) {
	d := bench(t, song(6, 120, 8))
	before := d.whole()
	to := filepath.Join(t.TempDir(), "out")
	b := d.bounce(0, "--to", to)
	if len(b.Files) != 1 || b.Partial || filepath.Dir(b.Files[0].Path) != to {
		t.Fatalf("%+v", b)
	}
	if f := b.Files[0]; f.Frames != 4*second || f.Track != "Main" {
		t.Errorf("%+v", f)
	}
	truth := truthOf(t, d, b.ID, "Main")
	if truth.Source != "resampling" || len(truth.TonesInMixed) != 6 {
		t.Fatalf("Live recorded %+v", truth)
	}
	sounds(t, b.Files[0], 0, truth.TonesInMixed)
	d.untouched(before)

	// without words: text, and never over what is there
	lines := strings.Fields(strings.ReplaceAll(strings.TrimSpace(d.run(0, "bounce", "--range", "bars:1", "--to", to)), " ", "_"))
	if len(lines) != 1 || !strings.HasSuffix(lines[0], "_(2).wav") {
		t.Errorf("printed %q", lines)
	}
	d.untouched(before)
	all := d.library()
	i := slices.IndexFunc(all, func(s sidecar.Take) bool { return s.ID != b.ID })
	if i < 0 {
		t.Fatalf("in the library: %+v", all)
	}
	if e := all[i]; e.Source != "bounce" || e.Bounce == nil || e.Bounce.Length != 4 {
		t.Errorf("the sidecar says %+v", e)
	}
}

func TestStemsAddUpToTheMain(t *testing.T) {
	d := bench(t, song(6, 97, 4))
	before := d.whole()
	main := d.bounce(0, "--range", "loop", "--tail", "1beats")
	stems := d.bounce(0, "--stems", "--range", "loop", "--tail", "1beats")
	d.untouched(before)
	frames := int64(math.Round(5 * 60.0 / 97 * 48000))
	start := int64(math.Round(2 * 60.0 / 97 * 48000))
	if len(main.Files) != 1 || len(stems.Files) != 7 || main.Files[0].Frames != frames { // Notes is one of them
		t.Fatalf("%+v\n%+v", main, stems)
	}
	sum := make([]float64, 2*frames)
	for _, f := range stems.Files {
		if f.Frames != frames {
			t.Errorf("%s has %d frames, want %d", f.Track, f.Frames, frames)
		}
		if strings.HasPrefix(f.Track, "Track") {
			sounds(t, f, start, truthOf(t, d, stems.ID, f.Track).TonesInMixed)
		}
		got, _ := samples(t, f.Path)
		for i, v := range got {
			sum[i] += v
		}
	}
	got, _ := samples(t, main.Files[0].Path)
	for i, v := range got {
		if off := math.Abs(v - sum[i]); off > 7*0.5/(1<<23)+1e-12 {
			t.Fatalf("sample %d of the main output is off by %g from the sum of the stems", i, off)
		}
	}
}

func Test24StemsInOnePass(t *testing.T) {
	set := song(24, 160, 4)
	for _, track := range set["tracks"].([]any)[:24] {
		track.(map[string]any)["level"] = 0.25 // so that nothing is turned down on the main track
	}
	d := bench(t, set)
	before := d.whole()
	var names []string
	for i := range 24 {
		names = append(names, fmt.Sprintf("Track %02d", i+1))
	}
	b := d.bounce(0, append([]string{"--stems", "--tap", "post-fx"}, names...)...)
	d.untouched(before)
	if len(b.Files) != 24 || b.Partial {
		t.Fatalf("%+v", b)
	}
	seen := map[float64]bool{}
	sum := make([]float64, 2*72000)
	for i, f := range b.Files {
		truth := truthOf(t, d, b.ID, f.Track)
		if f.Track != names[i] || f.Frames != 72000 || truth.ToneHz == nil || *truth.ToneHz != float64(100*(i+1)) {
			t.Fatalf("%+v, Live recorded %+v", f, truth)
		}
		seen[*truth.ToneHz] = true
		sounds(t, f, 0, truth.TonesInMixed)
		got, _ := samples(t, f.Path)
		for i, v := range got {
			sum[i] += v
		}
	}
	if len(seen) != 24 {
		t.Errorf("%d different tones", len(seen))
	}
	for _, truth := range d.sim.Takes(t) {
		if truth.StartBeat != 0 {
			t.Errorf("%s began at beat %g", truth.TrackName, truth.StartBeat)
		}
	}
	main := d.bounce(0)
	worst := 0.0
	got, _ := samples(t, main.Files[0].Path)
	if len(got) != len(sum) {
		t.Fatalf("the main output has %d samples, the stems have %d", len(got), len(sum))
	}
	for i, v := range got {
		worst = max(worst, math.Abs(v-sum[i]))
	}
	if most := 25*0.5/(1<<23) + 1e-12; worst > most { // half a step of 24 bits for each file
		t.Errorf("the main output is off by up to %g from the sum of the stems, more than %g", worst, most)
	}
	t.Logf("24 stems add up to the main output within %.1f steps of 24 bits", worst*(1<<23))
}

func TestLocatorSections(t *testing.T) {
	d := bench(t, song(3, 150, 8, 1, "Intro", 4.5, "Verse: /1", 6, "Chorus 🎸"))
	before := d.whole()
	b := d.bounce(0, "--range", "locators", "--tail", "0.25s")
	d.untouched(before)
	want := []struct {
		section string
		from    float64
		beats   float64
	}{{"01 Intro", 1, 3.5}, {"02 Verse: /1", 4.5, 1.5}, {"03 Chorus 🎸", 6, 2 + 0.625}}
	if len(b.Files) != len(want) {
		t.Fatalf("%+v", b)
	}
	truth := truthOf(t, d, b.ID, "Main")
	if n := len(d.sim.Takes(t)); n != 1 {
		t.Errorf("recorded in %d passes", n)
	}
	for i, w := range want {
		f := b.Files[i]
		if f.Section != w.section || f.Frames != int64(math.Round(w.beats*0.4*48000)) {
			t.Errorf("%+v, want %+v", f, w)
		}
		sounds(t, f, int64(math.Round(w.from*0.4*48000)), truth.TonesInMixed)
	}
	one := d.bounce(0, "--range", "intro..Verse: /1")
	if len(one.Files) != 1 || one.Files[0].Frames != int64(math.Round(3.5*0.4*48000)) {
		t.Errorf("%+v", one)
	}
	sounds(t, one.Files[0], int64(math.Round(1*0.4*48000)), truth.TonesInMixed)
}

func TestBounceAtAnyTempoAndRate(t *testing.T) {
	for _, c := range []struct {
		tempo float64
		rate  int
		args  []string
	}{
		{20, 44100, []string{"--format", "aiff"}}, {999, 96000, []string{"--bits", "16"}}, {128, 192000, []string{"--bits", "32"}}, {77.7, 88200, []string{"--count-in", "1"}},
	} {
		t.Run(fmt.Sprintf("%g at %d", c.tempo, c.rate), func(t *testing.T) {
			d := bench(t, song(2, c.tempo, 1), append(c.args, "--rate", fmt.Sprint(c.rate))...)
			before := d.whole()
			b := d.bounce(0)
			d.untouched(before)
			if len(b.Files) != 1 || b.Files[0].Rate != c.rate || b.Files[0].Frames != int64(math.Round(60/c.tempo*float64(c.rate))) {
				t.Fatalf("%+v", b)
			}
			sounds(t, b.Files[0], 0, truthOf(t, d, b.ID, "Main").TonesInMixed)
		})
	}
}

func TestBounceThatCannotBe(t *testing.T) {
	d := bench(t, song(2, 120, 4))
	before := d.whole()
	locked := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(locked, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"--range", "locators"}, 1, "no locators"},
		{[]string{"--range", "A..B"}, 1, "no locators"},
		{[]string{"--range", "bars:0"}, 2, "over 0"},
		{[]string{"--range", "sideways"}, 2, "--range is"},
		{[]string{"--tail", "soon"}, 2, "--tail"},
		{[]string{"Track 01"}, 2, "--stems"},
		{[]string{"--stems", "Nobody"}, 1, "Nobody"},
		{[]string{"--stems", "Main"}, 1, "No track can be bounced"},
		{[]string{"--to", filepath.Join(locked, "below")}, 1, "Nothing can be written"},
	} {
		out, stderr, code := d.command(append([]string{"bounce"}, c.args...)...)
		if code != c.code || !strings.Contains(stderr, c.says) || out != "" {
			t.Errorf("takebar bounce %v: exit code %d, %q, want %d and %q", c.args, code, stderr, c.code, c.says)
		}
	}
	d.sim.Do(t, "add_locator", simtest.Params{"time": 2, "name": "A"}, nil)
	d.sim.Do(t, "add_locator", simtest.Params{"time": 3, "name": "B"}, nil)
	before["cue_points"] = d.whole()["cue_points"]
	for _, span := range []string{"A..A", "B..A", "A..C"} {
		if _, stderr, code := d.command("bounce", "--range", span); code != 1 || len(stderr) < 30 {
			t.Errorf("--range %s: exit code %d, %q", span, code, stderr)
		}
	}
	d.untouched(before)
	if n := len(d.sim.Takes(t)); n != 0 {
		t.Errorf("%d recordings were made", n)
	}
	if left, _ := filepath.Glob(filepath.Join(d.home, "bounces", "*")); len(left) != 0 {
		t.Errorf("plans are left: %v", left)
	}
	d.run(0, "play")
	if _, stderr, code := d.command("bounce"); code != 1 || !strings.Contains(stderr, "Live is playing") {
		t.Errorf("while Live plays: exit code %d, %q", code, stderr)
	}
	empty := bench(t, map[string]any{"tracks": []any{map[string]any{"name": "A/B: \"x\" *"}}})
	if _, stderr, code := empty.command("bounce"); code != 1 || !strings.Contains(stderr, "is empty") {
		t.Errorf("an empty set: exit code %d, %q", code, stderr)
	}
	b := empty.bounce(0, "--stems", "A/B: \"x\" *", "--range", "bars:1")
	if len(b.Files) != 1 || strings.ContainsAny(filepath.Base(b.Files[0].Path), `/:"*`) {
		t.Errorf("%+v", b)
	}
	if n := len(slices.Compact(b.Files)); n != 1 {
		t.Errorf("%d files", n)
	}
}
