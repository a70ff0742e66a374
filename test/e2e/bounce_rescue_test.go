//go:build linux

package e2e

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"github.com/takebar/takebar/internal/simtest"
	"github.com/takebar/takebar/internal/take/sidecar"
)

// A Live that crashes in a bounce leaves unfinished files. Rescued, they are cut and go to the folder that was wanted.
func TestRescuedBounceGoesWhereItWasWanted(t *testing.T) {
	d := bench(t, song(2, 120, 64, 0, "Intro", 2, "Verse"))
	d.bounce(0, "--range", "bars:1") // from this recording the pre-roll is known
	to := filepath.Join(t.TempDir(), "out")
	d.sim.Do(t, "locate", simtest.Params{"beat": 0}, nil)
	cmd, _, errs := d.beginNth(1, 2*second, "--stems", "Track 01", "Track 02", "--range", "locators", "--to", to, "--format", "flac")
	tones := map[string][]simtest.Tone{}
	for _, truth := range d.sim.Takes(t)[1:] {
		tones[strings.TrimPrefix(truth.TrackName, "Bounce ")] = truth.TonesInMixed
	}
	d.sim.Kill()
	if got := code(cmd); got == 0 {
		t.Fatalf("exit code %d, %s", got, errs)
	}
	_, id, ok := strings.Cut(errs.String(), "takebar takes rescue ")
	if !ok {
		t.Fatalf("it does not say how to get the recording: %s", errs)
	}
	id, _, _ = strings.Cut(id, "”")
	d.run(0, "takes", "rescue", id)
	files, _ := filepath.Glob(filepath.Join(to, "*"))
	if len(files) != 4 {
		t.Fatalf("in the folder: %v; it said %s", files, errs)
	}
	var whole int
	for _, f := range files {
		wav := d.decoded(f)
		_, info := samples(t, wav)
		b := sidecar.BouncedFile{Path: wav, Frames: info.Frames}
		track := "Track 01"
		if strings.Contains(f, "Track 02") {
			track = "Track 02"
		}
		switch {
		case strings.Contains(f, "01 Intro"):
			whole++
			if info.Frames != second {
				t.Errorf("%s has %d frames", f, info.Frames)
			}
			sounds(t, b, 0, tones[track])
		case !strings.Contains(f, "partial"):
			t.Errorf("%s does not say that it is a part", f)
		default:
			sounds(t, b, second, tones[track])
		}
	}
	if whole != 2 {
		t.Errorf("%v", files)
	}
	d.run(3, "status") // there is no Live, but the next core looks for what is left to do
	if again, _ := filepath.Glob(filepath.Join(to, "*")); len(again) != 4 {
		t.Errorf("delivered twice: %v", again)
	}
}

// The set is closed in a bounce and opened again as it was saved: with the temporary tracks in it.
func TestTracksLeftByABounce(t *testing.T) {
	d := newDesk(t, options{})
	d.sim.Do(t, "loop", simtest.Params{"on": true, "start": 0, "length": 64}, nil)
	d.click("Bounce", "All Tracks: Loop")
	d.sim.WaitFor(t, simtest.Params{"path": "takes.0.frames", "at_least": second})
	d.sim.Do(t, "load_set", simtest.Params{"name": "Saved", "set": map[string]any{"tracks": []any{
		map[string]any{"name": "Drums"},
		map[string]any{"name": "Bounce Drums", "arm": true, "monitoring": "off", "input": map[string]any{"type": "track", "source": "Drums"}},
		map[string]any{"name": "Bounce Bass", "arm": true, "monitoring": "off", "input": map[string]any{"type": "track", "source": "Drums"}},
		map[string]any{"name": "Bouncer"},
	}}}, nil)
	d.notified("A bounce left tracks in this set", "Bounce Drums and Bounce Bass", "takebar bounce --tidy")
	var gone struct {
		Deleted []struct {
			Name string `json:"name"`
		} `json:"deleted"`
	}
	if err := json.Unmarshal([]byte(d.run(0, "bounce", "--tidy", "--json")), &gone); err != nil || len(gone.Deleted) != 2 {
		t.Errorf("%v: %+v", err, gone)
	}
	d.sim.Wait(t, "tracks.length", 2)
	if out := d.run(0, "bounce", "--tidy"); !strings.Contains(out, "No bounce has left anything") {
		t.Error(out)
	}
}
