//go:build linux

package e2e

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/takebar/takebar/app"
	"github.com/takebar/takebar/internal/simtest"
	"github.com/takebar/takebar/internal/take/sidecar"
	"github.com/takebar/takebar/internal/traytest"
)

// second of audio, in frames of livesim's default rate.
const second = 48000

func TestOneClickTake(t *testing.T) {
	d := newDesk(t, options{sim: simtest.Options{Args: []string{"--count-in", "0"}}})
	d.menu("the link", has("Connected to Live 12.3.6 – Demo Song"))
	d.icon(app.IconConnected)

	d.sim.Do(t, "arm", simtest.Params{"track": "Guitar"}, nil) // in Live's own window
	d.menu("the check mark", checked(true, "Arm", "Guitar"))
	d.icon(app.IconArmed)

	d.click("Record Take")
	d.icon(app.IconRecording)
	d.menu("recording", func(m *traytest.Node) bool {
		return has("Stop Take")(m) && has("Discard Take")(m) && hasNot("Record Take")(m)
	})
	d.notified("Guitar")
	for name, read := range map[string]func() (string, error){
		"title":   func() (string, error) { return d.item.Title(d.ctx) },
		"tooltip": func() (string, error) { return d.item.ToolTip(d.ctx) },
	} {
		d.until("a running clock in the "+name, func() bool { text, err := read(); return err == nil && strings.Contains(text, "0:02") })
	}
	d.grow(3 * second)
	d.click("Stop Take")
	truth := d.truth()
	d.icon(app.IconArmed)
	d.menu("the take", has("Last Take", "Reveal in File Manager"))
	landed := d.notified("landed", "0:0")
	d.tidy()

	all := d.library()
	if len(all) != 1 || len(all[0].Files) != 1 {
		t.Fatalf("in the library: %+v", all)
	}
	take := all[0]
	d.same(take.Files[0], truth)
	d.hears(take.Files[0].Name, []float64{*truth.ToneHz}, []float64{*truth.ToneHz + 100, *truth.ToneHz + 200})
	if take.Status != sidecar.StatusLanded || take.Source != "armed" || take.View != "arrangement" || take.Set.Name != "Demo Song" ||
		take.Tempo != 120 || take.SignatureNumerator != 4 || take.SignatureDenominator != 4 || take.Live != "12.3.6" {
		t.Errorf("the sidecar says %+v", take)
	}
	if f := take.Files[0]; f.Silent || f.AllZero || f.ClippedSamples != 0 || f.PeakDBFS < -40 || f.PeakDBFS > 0 || f.Track != "Guitar" {
		t.Errorf("levels in the sidecar: %+v", f)
	}
	if time.Since(take.RecordedAt) > 5*time.Minute || take.LandedAt == nil {
		t.Errorf("recorded at %v, landed at %v", take.RecordedAt, take.LandedAt)
	}
	if !strings.Contains(landed.Body, filepath.Dir(take.Files[0].Name)) {
		t.Errorf("the notification does not name the folder: %+v", landed)
	}
	if n := len(d.sim.Violations(t)); n != 0 {
		t.Errorf("%d rules of Live broken", n)
	}

	// discard, and take it back
	d.click("Last Take", "Discard")
	d.until("the library to be empty", func() bool { return len(d.library()) == 0 })
	d.menu("a way back", has("Last Take", "Restore “"+take.Name+"”"))
	d.click("Last Take", "Restore “"+take.Name+"”")
	d.until("the take to be back", func() bool { return len(d.library()) == 1 })
	if got := d.library()[0]; got.Files[0].Name != take.Files[0].Name || hash(t, got.Files[0].Name) != *truth.SHA256 {
		t.Errorf("restored as %+v", got)
	}
}

func TestDiscardTakeUndoesIt(t *testing.T) {
	d := newDesk(t, options{})
	d.sim.Do(t, "arm", simtest.Params{"track": "Guitar"}, nil)
	before := simtest.Get[int](t, d.sim.Control, "tracks.Guitar.clips.length")
	d.click("Record Take")
	d.grow(second)
	d.click("Discard Take")
	d.menu("the end", has("Record Take"))
	d.sim.Wait(t, "tracks.Guitar.clips.length", before)
	d.sim.Wait(t, "song.is_playing", false)
	if takes := d.library(); len(takes) != 0 {
		t.Errorf("a discarded take landed: %+v", takes)
	}
	truth := d.truth()
	if _, err := os.Stat(*truth.Path); err != nil {
		t.Errorf("the audio file should stay in Live's project: %v", err)
	}
}

func TestMainOutputRecordsTheMix(t *testing.T) {
	d := newDesk(t, options{})
	d.sim.Do(t, "arm", simtest.Params{"track": "Guitar"}, nil)
	d.menu("the check mark", checked(true, "Arm", "Guitar"))
	d.click("Source", "Main Output")
	d.menu("the choice", checked(true, "Source", "Main Output"))
	d.click("Record Take")
	d.icon(app.IconRecording)
	d.grow(2 * second)
	if armed := simtest.Get[bool](t, d.sim.Control, "tracks.Guitar.arm"); armed {
		t.Error("Guitar is armed while the main output records: it would record too")
	}
	d.click("Stop Take")
	truth := d.truth()
	d.notified("landed")
	if truth.Source != "resampling" || len(truth.TonesInMixed) < 3 {
		t.Fatalf("Live recorded %+v", truth)
	}
	var tones []float64
	for _, tone := range truth.TonesInMixed {
		tones = append(tones, tone.Hz)
	}
	all := d.library()
	if len(all) != 1 || all[0].Source != "main" {
		t.Fatalf("in the library: %+v", all)
	}
	d.same(all[0].Files[0], truth)
	d.hears(all[0].Files[0].Name, tones, []float64{4950})
	d.menu("arms as before", checked(true, "Arm", "Guitar"))
	d.sim.Wait(t, "tracks.Takebar Main.arm", false)
}

func TestSeveralTracksInTheSession(t *testing.T) {
	d := newDesk(t, options{sim: simtest.Options{Args: []string{"--format", "aiff", "--bits", "16"}}})
	for _, name := range []string{"Drums", "Bass", "Vocals", "Keys"} {
		d.sim.Do(t, "arm", simtest.Params{"track": name, "exclusive": false}, nil)
	}
	d.menu("four check marks", func(m *traytest.Node) bool {
		return checked(true, "Arm", "Drums")(m) && checked(true, "Arm", "Keys")(m) && checked(true, "Arm", "Vocals")(m)
	})
	d.click("View", "Session")
	d.menu("the choice", checked(true, "View", "Session"))
	d.click("Record Take")
	d.icon(app.IconRecording)
	d.sim.WaitFor(t, simtest.Params{"path": "takes.2.frames", "at_least": second})
	d.click("Stop Take")
	d.notified("landed")
	all := d.library()
	if len(all) != 1 || len(all[0].Files) != 3 || all[0].View != "session" {
		t.Fatalf("in the library: %+v", all)
	}
	for _, f := range all[0].Files {
		if f.Container != "aiff" && f.Container != "aifc" || !strings.HasSuffix(f.Name, ".aif") {
			t.Errorf("%s is %s", f.Name, f.Container)
		}
		i := slices.IndexFunc(d.sim.Takes(t), func(truth simtest.Take) bool { return truth.Path != nil && *truth.Path == f.OriginalPath })
		if i < 0 {
			t.Fatalf("%s comes from %s, which Live did not record", f.Name, f.OriginalPath)
		}
		truth := d.sim.Takes(t)[i]
		d.same(f, truth)
		d.hears(f.Name, []float64{*truth.ToneHz}, []float64{*truth.ToneHz + 150})
	}
	if !slices.ContainsFunc(all[0].Warnings, func(w sidecar.Warning) bool { return w.Code == "midi_skipped" }) {
		t.Errorf("the MIDI track is not mentioned: %+v", all[0].Warnings)
	}
}

func TestMenuFollowsLive(t *testing.T) {
	d := newDesk(t, options{})
	d.menu("the set", has("Arm", "Guitar"))
	d.sim.Do(t, "rename", simtest.Params{"track": "Guitar", "name": "Lead “Gitarre” 🎸"}, nil)
	d.menu("the new name", func(m *traytest.Node) bool {
		return has("Arm", "Lead “Gitarre” 🎸")(m) && hasNot("Arm", "Guitar")(m)
	})
	d.sim.Do(t, "arm", simtest.Params{"track": "Bass"}, nil)
	d.menu("armed", checked(true, "Arm", "Bass"))
	d.sim.Do(t, "disarm", simtest.Params{"track": "Bass"}, nil)
	d.menu("disarmed", checked(false, "Arm", "Bass"))
	order := func(first, then string) func(m *traytest.Node) bool {
		return func(m *traytest.Node) bool {
			_, text, _ := strings.Cut(m.Find("Arm").String(), "Disarm All")
			a, b := strings.Index(text, first), strings.Index(text, then)
			return a >= 0 && b > a
		}
	}
	d.menu("the order", order("Drums", "Bass"))
	d.sim.Do(t, "move", simtest.Params{"track": "Bass", "index": 0}, nil)
	d.menu("the new order", order("Bass", "Drums"))
	d.sim.Do(t, "delete", simtest.Params{"track": "Drums"}, nil)
	d.menu("it gone", hasNot("Arm", "Drums"))
	d.sim.Do(t, "add_audio_track", simtest.Params{"name": "Scratch"}, nil)
	d.menu("a new one", has("Arm", "Scratch"))
	d.click("Arm", "Scratch")
	d.sim.Wait(t, "tracks.Scratch.arm", true)
	d.click("Play")
	d.sim.Wait(t, "song.is_playing", true)
	d.menu("playing", has("Stop"))
	d.click("Stop")
	d.sim.Wait(t, "song.is_playing", false)
}

func TestCommandsWithAndWithoutTheTray(t *testing.T) {
	d := newDesk(t, options{})
	d.menu("the link", has("Arm", "Guitar"))
	// beside the tray: two clients of one core
	if out := d.run(0, "arm", "Guitar"); !strings.Contains(out, "Guitar") {
		t.Errorf("arm said %q", out)
	}
	d.menu("the check mark", checked(true, "Arm", "Guitar"))
	d.run(0, "take", "start")
	d.icon(app.IconRecording)
	d.grow(second)
	path := strings.TrimSpace(d.run(0, "take", "stop", "--wait"))
	if hash(t, path) != *d.truth().SHA256 {
		t.Errorf("%s is not what Live recorded", path)
	}
	d.menu("the take", has("Last Take", "Discard"))
	// record again = stop
	d.run(0, "toggle")
	d.icon(app.IconRecording)
	d.grow(second)
	d.run(0, "toggle")
	d.until("two takes", func() bool { return len(d.library()) == 2 })

	// alone
	d.quit()
	var status struct {
		Link struct {
			Status string `json:"status"`
		} `json:"link"`
	}
	if err := json.Unmarshal([]byte(d.run(0, "status", "--json")), &status); err != nil || status.Link.Status != "connected" {
		t.Errorf("status %+v, %v", status, err)
	}
	path = strings.TrimSpace(d.run(0, "take", "start", "--source", "track:Vocals", "--view", "session", "--for", "2beats", "--name", "Hook"))
	truth := d.truth()
	if hash(t, path) != *truth.SHA256 || truth.TrackName != "Vocals" || truth.View != "session" || !strings.Contains(filepath.Base(path), "Hook") {
		t.Errorf("%s; Live recorded %+v", path, truth)
	}
	d.sim.Wait(t, "tracks.Guitar.arm", true) // put back
	d.run(0, "take", "start")
	d.grow(second)
	d.run(0, "take", "stop")
	var takes []sidecar.Entry
	if err := json.Unmarshal([]byte(d.run(0, "takes", "list", "--json")), &takes); err != nil || len(takes) != 4 {
		t.Errorf("%d takes, %v", len(takes), err)
	}
	for _, wrong := range [][]string{{"arm", "Nobody"}, {"take", "stop"}, {"arm", "A-Reverb"}, {"take", "start", "--source", "track:99"}} {
		_, stderr, code := d.command(wrong...)
		if code != 1 || len(strings.TrimSpace(stderr)) < 20 {
			t.Errorf("takebar %v: exit code %d, %q", wrong, code, stderr)
		}
	}
}
