//go:build linux

package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"

	"github.com/takebar/takebar/internal/control"
	"github.com/takebar/takebar/internal/simtest"
	"github.com/takebar/takebar/internal/take/sidecar"
)

// begin starts takebar bounce and waits until Live records that many frames.
func (d *desk) begin(frames int, args ...string) (cmd *exec.Cmd, out, errs *lockedBuffer) {
	d.t.Helper()
	return d.beginNth(0, frames, args...)
}

// beginNth is begin where Live has recorded n times before.
func (d *desk) beginNth(n, frames int, args ...string) (cmd *exec.Cmd, out, errs *lockedBuffer) {
	d.t.Helper()
	cmd = exec.CommandContext(context.WithoutCancel(d.ctx), takebar(d.t), append([]string{"bounce"}, args...)...)
	out, errs = &lockedBuffer{}, &lockedBuffer{}
	cmd.Env, cmd.Stdout, cmd.Stderr = d.env(), out, errs
	if err := cmd.Start(); err != nil {
		d.t.Fatal(err)
	}
	d.t.Cleanup(func() {
		if cmd.ProcessState == nil {
			_ = cmd.Process.Kill()
			_ = cmd.Wait()
		}
	})
	d.sim.WaitFor(d.t, simtest.Params{"path": fmt.Sprintf("takes.%d.frames", n), "at_least": frames})
	return cmd, out, errs
}

// decoded is a FLAC as a WAV.
func (d *desk) decoded(path string) string {
	d.t.Helper()
	wav := filepath.Join(d.t.TempDir(), "decoded.wav")
	if out, err := exec.CommandContext(d.ctx, tool(d.t, "flac"), "-s", "-d", "-o", wav, path).CombinedOutput(); err != nil {
		d.t.Fatalf("%v: %s", err, out)
	}
	return wav
}

func code(cmd *exec.Cmd) int {
	_ = cmd.Wait()
	return cmd.ProcessState.ExitCode()
}

func TestBounceOutlivesTheProgram(t *testing.T) {
	d := bench(t, song(3, 120, 8))
	before := d.whole()
	to := filepath.Join(t.TempDir(), "out")
	cmd, _, _ := d.begin(second, "--stems", "--to", to)
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	code(cmd)
	d.sim.Wait(t, "song.is_playing", false)
	d.until("the script to put everything back by itself", func() bool { return reflect.DeepEqual(before, d.whole()) })
	d.run(0, "status") // whoever is the core next brings the files home
	files, _ := filepath.Glob(filepath.Join(to, "*.wav"))
	if len(files) != 4 {
		t.Fatalf("after the next start there are %v", files)
	}
	for _, f := range files {
		track := strings.TrimSuffix(strings.TrimPrefix(filepath.Base(f), "Demo Song - "), ".wav")
		bounced := sidecar.BouncedFile{Path: f, Track: track, Frames: 4 * second}
		if track == "Notes" {
			continue
		}
		sounds(t, bounced, 0, truthOf(t, d, d.library()[0].ID, track).TonesInMixed)
	}
	d.run(0, "status")
	if again, _ := filepath.Glob(filepath.Join(to, "*")); len(again) != 4 {
		t.Errorf("delivered twice: %v", again)
	}
}

// A command goes on when the menu-bar app that it talks to ends.
func TestBounceOutlivesTheMenuBar(t *testing.T) {
	d := newDesk(t, options{})
	d.sim.Do(t, "loop", simtest.Params{"on": true, "start": 0, "length": 8}, nil)
	before := d.whole()
	cmd, out, errs := d.begin(second, "--range", "loop", "--json")
	d.kill()
	if got := code(cmd); got != 0 {
		t.Fatalf("exit code %d, %s", got, errs)
	}
	var b control.Bounced
	if err := json.Unmarshal([]byte(out.String()), &b); err != nil || len(b.Files) != 1 || b.Partial || b.Files[0].Frames != 4*second {
		t.Fatalf("%v: %s", err, out)
	}
	sounds(t, b.Files[0], 0, truthOf(t, d, b.ID, "Main").TonesInMixed)
	d.untouched(before)
	if n := len(d.sim.Takes(t)); n != 1 {
		t.Errorf("%d recordings", n)
	}
}

func TestStoppedBounceKeepsWhatIsThere(t *testing.T) {
	d := bench(t, song(2, 120, 64))
	before := d.whole()
	cmd, out, errs := d.begin(second, "--json")
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if got := code(cmd); got != 1 || !strings.Contains(errs.String(), "bounce_partial") {
		t.Fatalf("exit code %d, %s", got, errs)
	}
	var b control.Bounced
	if err := json.Unmarshal([]byte(out.String()), &b); err != nil || len(b.Files) != 1 || !b.Partial || !b.Files[0].Partial {
		t.Fatalf("%v: %s", err, out)
	}
	if !strings.Contains(b.Files[0].Path, "partial") || b.Files[0].Frames < second/2 {
		t.Errorf("%+v", b.Files[0])
	}
	sounds(t, b.Files[0], 0, truthOf(t, d, b.ID, "Main").TonesInMixed)
	d.untouched(before)
}

func TestBounceInTrouble(t *testing.T) {
	t.Run("device lost", func(t *testing.T) {
		d := bench(t, song(2, 120, 64))
		before := d.whole()
		cmd, out, errs := d.begin(second)
		d.sim.Fault(t, "device_lost", nil)
		if got := code(cmd); got != 1 || !strings.Contains(errs.String(), "audio device was lost") || !strings.Contains(out.String(), "partial.wav") {
			t.Errorf("exit code %d, %s\n%s", got, out, errs)
		}
		d.untouched(before)
	})
	t.Run("track deleted", func(t *testing.T) {
		d := bench(t, song(3, 120, 8))
		before := d.whole()
		cmd, out, errs := d.begin(second, "--stems", "Track 01", "Track 02", "Track 03")
		d.sim.Fault(t, "track_deleted", simtest.Params{"track": "Bounce Track 02"})
		if got := code(cmd); got != 1 || strings.Count(out.String(), ".wav") < 2 || !strings.Contains(errs.String(), "Track 02") {
			t.Errorf("exit code %d, %s\n%s", got, out, errs)
		}
		d.sim.Wait(t, "tracks.length", 4)
		d.untouched(before)
	})
	t.Run("Live crashes", func(t *testing.T) {
		d := bench(t, song(2, 120, 64))
		cmd, out, errs := d.begin(second)
		d.sim.Kill()
		if got := code(cmd); got == 0 || out.String() != "" || len(errs.String()) < 40 {
			t.Errorf("exit code %d, %s\n%s", got, out, errs)
		}
		if !strings.Contains(errs.String(), "rescue") {
			t.Errorf("it does not say how to get the recording: %s", errs)
		}
	})
	t.Run("another set", func(t *testing.T) {
		d := bench(t, song(2, 120, 64), "--reload-seconds", "0.2")
		to := t.TempDir()
		cmd, out, errs := d.begin(second, "--to", to)
		d.sim.Fault(t, "set_closed", nil)
		if got := code(cmd); got == 0 || out.String() != "" || !strings.Contains(errs.String(), "The set was closed") {
			t.Errorf("exit code %d, %s\n%s", got, out, errs)
		}
		_, id, ok := strings.Cut(errs.String(), "takebar takes rescue ")
		if !ok {
			t.Fatalf("it does not say how to get the recording: %s", errs)
		}
		id, _, _ = strings.Cut(id, "”")
		d.run(0, "takes", "rescue", id)
		if files, _ := filepath.Glob(filepath.Join(to, "*Main - partial.wav")); len(files) != 1 {
			t.Errorf("rescued, but in the folder there are %v", files)
		}
	})
	t.Run("disk full", func(t *testing.T) {
		d := bench(t, song(2, 120, 64))
		before := d.whole()
		cmd, _, errs := d.begin(second)
		d.sim.Fault(t, "disk_full", nil)
		if got := code(cmd); got != 1 || len(errs.String()) < 40 {
			t.Errorf("exit code %d, %s", got, errs)
		}
		d.untouched(before)
	})
}

func TestBouncesQueue(t *testing.T) {
	d := bench(t, song(2, 240, 4))
	before := d.whole()
	to := t.TempDir()
	cmd, _, errs := d.begin(second/4, "--to", to, "--range", "bars:2")
	var others sync.WaitGroup
	for range 2 {
		others.Go(func() {
			if out, stderr, got := d.command("bounce", "--to", to); got != 0 || !strings.Contains(out, ".wav") {
				t.Errorf("exit code %d, %s%s", got, out, stderr)
			}
		})
	}
	others.Wait()
	if got := code(cmd); got != 0 {
		t.Errorf("the first: exit code %d, %s", got, errs)
	}
	if files, _ := filepath.Glob(filepath.Join(to, "*.wav")); len(files) != 3 {
		t.Errorf("%v", files)
	}
	d.untouched(before)
}

func TestBounceFormats(t *testing.T) {
	d := bench(t, song(2, 240, 4))
	b := d.bounce(0, "--format", "flac")
	if len(b.Files) != 1 || !strings.HasSuffix(b.Files[0].Path, ".flac") || b.Files[0].Frames != second {
		t.Fatalf("%+v", b)
	}
	f := b.Files[0]
	f.Path = d.decoded(f.Path)
	sounds(t, f, 0, truthOf(t, d, b.ID, "Main").TonesInMixed)

	loud := d.bounce(0, "--normalize", "-1dBTP", "--range", "bars:1")
	got, _ := samples(t, loud.Files[0].Path)
	peak := 0.0
	for _, v := range got {
		peak = max(peak, math.Abs(v))
	}
	if peak < 0.75 || peak > 0.892 {
		t.Errorf("the peak is %g", peak)
	}
	if data, err := os.ReadFile(loud.Files[0].Path); err != nil || !bytes.Contains(data[:4096], []byte("bext")) {
		t.Errorf("no bext chunk: %v", err)
	}
	if _, stderr, got := d.command("bounce", "--format", "ogg"); got != 2 || !strings.Contains(stderr, "ogg") {
		t.Errorf("exit code %d, %s", got, stderr)
	}
}

func TestBounceFromTheMenu(t *testing.T) {
	d := newDesk(t, options{})
	d.sim.Do(t, "loop", simtest.Params{"on": true, "start": 4, "length": 4}, nil)
	d.menu("the submenu", has("Bounce", "Main Output: Loop"))
	before := d.whole()
	d.click("Bounce", "Main Output: Loop")
	d.menu("the progress", has("Bounce", "Stop Bounce, Keep What Is There"))
	d.notified("Bounce finished", "1 file")
	d.untouched(before)
	to := filepath.Join(d.takes, "Bounces")
	files, _ := filepath.Glob(filepath.Join(to, "*.wav"))
	if len(files) != 1 {
		t.Fatalf("%v", files)
	}
	sounds(t, sidecar.BouncedFile{Path: files[0], Frames: 2 * second}, 2*second, d.truth().TonesInMixed)

	d.click("Bounce", "All Tracks: Whole Set")
	d.sim.WaitFor(t, simtest.Params{"path": "takes.1.frames", "at_least": second})
	d.click("Bounce", "Stop Bounce, Keep What Is There")
	d.notified("Bounce ended early")
	d.untouched(before)
	if files, _ = filepath.Glob(filepath.Join(to, "*partial.wav")); len(files) < 8 {
		t.Errorf("%v", files)
	}
}
