//go:build linux

package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/takebar/takebar/internal/simtest"
)

// tool finds a program that the test cannot do without.
func tool(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("%s is needed for this test: %v", name, err)
		}
		t.Skipf("there is no %s here", name)
	}
	return path
}

// tagsOf reads the tags of a file as ffprobe sees them, names in lower case.
func tagsOf(t *testing.T, path string) map[string]string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), tool(t, "ffprobe"), "-v", "error", "-show_format", "-of", "json", path).Output()
	if err != nil {
		t.Fatal(err)
	}
	var probe struct {
		Format struct {
			Tags map[string]string `json:"tags"`
		} `json:"format"`
	}
	if err := json.Unmarshal(out, &probe); err != nil {
		t.Fatal(err)
	}
	tags := map[string]string{}
	for k, v := range probe.Format.Tags {
		tags[strings.ToLower(k)] = v
	}
	return tags
}

// truePeak is what loudgain measures, in dBTP. A bounce may begin in the middle of a wave, and ffmpeg's meter does not hear how that overshoots.
func truePeak(t *testing.T, path string) float64 {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), tool(t, "loudgain"), "-k", path).CombinedOutput()
	if err != nil {
		t.Fatal(err)
	}
	_, rest, ok := strings.Cut(string(out), " Peak:")
	var linear, peak float64
	if !ok {
		t.Fatalf("loudgain says %s", out)
	}
	if _, err := fmt.Sscanf(strings.TrimSpace(rest), "%f (%f dBTP)", &linear, &peak); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return peak
}

func TestBounceIntoEveryFormat(t *testing.T) {
	d := bench(t, song(2, 240, 8))
	d.run(0, "config", "set", "artist", "The Band")
	before := d.whole()
	to := t.TempDir()
	for _, c := range []struct {
		format string
		args   []string
		peak   float64 // how far the true peak may be off, in dB
	}{
		{"wav", nil, 0.1},
		{"wav", []string{"--bits", "16"}, 0.1},
		{"wav", []string{"--bits", "32f"}, 0.1},
		{"aiff", nil, 0.1},
		{"flac", nil, 0.1},
		{"mp3", nil, 1},
		{"mp3", []string{"--quality", "V2"}, 1.2},
		{"mp3", []string{"--quality", "320"}, 1},
	} {
		args := append([]string{"--format", c.format, "--normalize", "-1dBTP", "--to", to}, c.args...)
		b := d.bounce(0, args...)
		if len(b.Files) != 1 || !strings.HasSuffix(b.Files[0].Path, "."+c.format) || b.Files[0].Frames != 2*second {
			t.Fatalf("%v: %+v", args, b)
		}
		path := b.Files[0].Path
		if peak := truePeak(t, path); math.Abs(peak+1) > c.peak {
			t.Errorf("%v: the true peak is %g dBTP", args, peak)
		}
		tags := tagsOf(t, path)
		title := strings.TrimSuffix(filepath.Base(path), "."+c.format)
		tags["bpm"] += tags["tbpm"] // ffprobe leaves ID3's name
		if c.format == "wav" {      // where ffprobe reads bext and INFO, but not the id3 chunk
			tags["takebar_take_id"] = tags["originator_reference"]
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if _, frame, ok := bytes.Cut(data, []byte("TBPM")); ok {
				tags["bpm"] = string(frame[7:10]) // after size, flags and encoding
			}
			if tags["time_reference"] != "0" || !strings.HasPrefix(tags["coding_history"], "A=PCM,F=48000") {
				t.Errorf("%v: bext says %v", args, tags)
			}
		}
		tags["year"] = tags["date"][:min(4, len(tags["date"]))]
		for tag, want := range map[string]string{
			"title": title, "artist": "The Band", "album": "Demo Song", "comment": "Bounce, track Main", "bpm": "240", "takebar_take_id": b.ID,
			"year": time.Now().Format("2006"),
		} {
			if tags[tag] != want {
				t.Errorf("%v: %s is %q, want %q (%v)", args, tag, tags[tag], want, tags)
			}
		}
		if c.format == "flac" {
			if out, err := exec.CommandContext(t.Context(), tool(t, "flac"), "-t", "-s", path).CombinedOutput(); err != nil {
				t.Errorf("flac -t: %v: %s", err, out)
			}
		}
	}
	d.untouched(before)
}

func TestBounceTrimmed(t *testing.T) {
	set := song(1, 240, 4)
	d := bench(t, set)
	d.sim.Do(t, "sound", simtest.Params{"track": "Track 01", "silent": true}, nil)
	silent := d.bounce(0, "--trim", "--range", "bars:1")
	if len(silent.Files) != 1 || silent.Files[0].Frames != second || !strings.Contains(fmt.Sprint(silent.Warnings), "silent") {
		t.Errorf("all of it is silent: %+v", silent)
	}
	d.sim.Do(t, "sound", simtest.Params{"track": "Track 01", "silent": false}, nil)
	cmd, out, errs := d.begin(0, "--trim", "--range", "bars:4", "--json")
	d.sim.WaitFor(t, simtest.Params{"path": "takes.1.frames", "at_least": second})
	d.sim.Do(t, "sound", simtest.Params{"track": "Track 01", "silent": true}, nil)
	if got := code(cmd); got != 0 {
		t.Fatalf("exit code %d, %s", got, errs)
	}
	var b struct {
		Files []struct{ Frames int64 }
	}
	if err := json.Unmarshal([]byte(out.String()), &b); err != nil || len(b.Files) != 1 {
		t.Fatalf("%v: %s", err, out)
	}
	if n := b.Files[0].Frames; n < second/2 || n > 3*second {
		t.Errorf("%d frames of %d are left", n, 4*second)
	}
}

func TestBounceOfATrackBySelection(t *testing.T) {
	d := bench(t, song(3, 240, 4))
	d.sim.Do(t, "select", simtest.Params{"track": "Track 02"}, nil)
	before := d.whole()
	b := d.bounce(0, "--stems", "selected")
	if len(b.Files) != 1 || b.Files[0].Track != "Track 02" {
		t.Fatalf("%+v", b)
	}
	truth := truthOf(t, d, b.ID, "Track 02")
	if truth.ToneHz == nil || *truth.ToneHz != 200 {
		t.Errorf("Live recorded %+v", truth)
	}
	sounds(t, b.Files[0], 0, truth.TonesInMixed)
	d.untouched(before)
}

func TestBounceWarns(t *testing.T) {
	d := bench(t, song(1, 240, 4))
	d.sim.Fault(t, "cpu", simtest.Params{"percent": 92})
	d.sim.Do(t, "sound", simtest.Params{"track": "Track 01", "silent": true}, nil)
	_, stderr, got := d.command("bounce")
	if got != 0 || !strings.Contains(stderr, "CPU") || !strings.Contains(stderr, "silence") {
		t.Errorf("exit code %d, %s", got, stderr)
	}
}
