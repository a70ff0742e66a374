package demo

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"strconv"

	"github.com/takebar/takebar/bridge/live"
	"github.com/takebar/takebar/internal/audio"
	"github.com/takebar/takebar/internal/audio/tone"
	"github.com/takebar/takebar/internal/control"
	"github.com/takebar/takebar/internal/take/sidecar"
)

// check compares what landed with what the simulated Live says that it recorded, and prints each finding.
func (d *show) check(ctx context.Context, core Core, port int, landed control.LibraryTake, before []live.Track) (good bool, err error) {
	t, err := connectTruth(ctx, port)
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, t.close()) }()
	truth, err := t.lastTake(ctx)
	if err != nil {
		return false, err
	}
	d.step(6, "The checks", "against what the simulated Live knows:")
	if len(landed.Paths) != 1 || len(landed.Files) != 1 {
		d.line("   FAIL  one file should have landed, not %d", len(landed.Paths))
		return false, nil
	}
	good = true
	for _, finding := range []finding{
		sameBytes(landed, truth), sidecarTrue(landed, truth), toneHeard(ctx, landed, truth), levelTrue(landed, truth),
		putBack(before, core.Snapshot().State),
	} {
		word := "ok  "
		if finding.wrong {
			word, good = "FAIL", false
		}
		d.line("   %s  %s", word, finding.text)
	}
	return good, nil
}

type finding struct {
	wrong bool
	text  string
}

func is(right bool, format string, args ...any) finding {
	return finding{wrong: !right, text: fmt.Sprintf(format, args...)}
}

func failed(what string, err error) finding {
	return finding{wrong: true, text: fmt.Sprintf("%s: %v", what, err)}
}

func hashFile(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close() //nolint:errcheck // read only
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// sameBytes: the landed file and the one in Live's project are the same, byte for byte, and the latter was left as Live wrote it.
func sameBytes(landed control.LibraryTake, truth trueTake) finding {
	copied, err := hashFile(landed.Paths[0])
	if err != nil {
		return failed("read the take", err)
	}
	original, err := hashFile(truth.Path)
	if err != nil {
		return failed("read the original", err)
	}
	if original != truth.SHA256 {
		return is(false, "the original in Live's project was changed after Live wrote it")
	}
	return is(copied == original && copied == landed.Files[0].SHA256,
		"the take is identical to the file in Live's project, which is untouched (SHA-256 %s…)", copied[:12])
}

// sidecarTrue: the description on the disk says what is so.
func sidecarTrue(landed control.LibraryTake, truth trueTake) finding {
	data, err := os.ReadFile(landed.Sidecar)
	if err != nil {
		return failed("read the description", err)
	}
	var said sidecar.Take
	if err := json.Unmarshal(data, &said); err != nil {
		return failed("read the description", err)
	}
	if len(said.Files) != 1 {
		return is(false, "the description names %d files", len(said.Files))
	}
	f := said.Files[0]
	preRoll := int64(-1)
	if f.StartSample != nil {
		preRoll = *f.StartSample
	}
	right := said.Status == sidecar.StatusLanded && f.Frames == truth.Frames && f.Rate == truth.Rate && preRoll == truth.PreRoll &&
		f.Track == truth.Track && f.OriginalPath == truth.Path && said.Set.Name == setName
	return is(right, "the description is true: track %s of %q, %d frames at %d Hz (%.1f s), of which %d are pre-roll",
		f.Track, said.Set.Name, f.Frames, f.Rate, f.Duration().Seconds(), preRoll)
}

// toneHeard: each simulated track sounds a tone of its own; that one must be in the file, as loud as it was, and no other.
func toneHeard(ctx context.Context, landed control.LibraryTake, truth trueTake) finding {
	left, rate, err := leftChannel(ctx, landed.Paths[0], truth.PreRoll)
	if err != nil {
		return failed("listen to the take", err)
	}
	if len(truth.Tones) != 1 {
		return is(false, "the simulated Live recorded %d tones instead of one", len(truth.Tones))
	}
	want := truth.Tones[0]
	wantDB := 20 * math.Log10(want.Amplitude)
	got := tone.Level(left, rate, want.Hz)
	other := tone.Level(left, rate, want.Hz*1.5)
	return is(math.Abs(got-wantDB) < 0.5 && other < got-40,
		"the tone of this track is in it: %s Hz at %.1f dBFS (played at %.1f)", trim(want.Hz), got, wantDB)
}

// leftChannel reads at most two seconds after the pre-roll.
func leftChannel(ctx context.Context, path string, from int64) (samples []float32, rate int, err error) {
	r, err := audio.Open(path)
	if err != nil {
		return nil, 0, err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	info := r.Info()
	if err := r.SeekFrame(from); err != nil {
		return nil, 0, err
	}
	all := make([]float32, int(min(info.Frames-from, int64(2*info.Rate)))*info.Channels)
	for read := 0; read < len(all); {
		frames, err := r.ReadFloat32(ctx, all[read:])
		read += frames * info.Channels
		if errors.Is(err, io.EOF) && read == len(all) {
			break
		}
		if err != nil {
			return nil, 0, err
		}
	}
	return tone.Channel(all, info.Channels, 0), info.Rate, nil
}

// levelTrue: the levels that the landing measured are those of the tone.
func levelTrue(landed control.LibraryTake, truth trueTake) finding {
	f := landed.Files[0]
	if len(truth.Tones) != 1 {
		return is(false, "no single level to compare with")
	}
	want := 20 * math.Log10(truth.Tones[0].Amplitude)
	return is(math.Abs(f.PeakDBFS-want) < 0.5 && !f.Silent && f.ClippedSamples == 0,
		"the level was measured: peak %.1f dBFS, not silent, nothing clipped", f.PeakDBFS)
}

// putBack: after the take, the tracks are armed and monitored as they were before.
func putBack(before []live.Track, state *live.State) finding {
	if state == nil {
		return is(false, "the link was lost")
	}
	for _, was := range before {
		now, there := state.TrackByID(was.ID)
		if !there || now.Arm != was.Arm || monitoring(now) != monitoring(was) {
			return is(false, "the track %q was not put back as it was", was.Name)
		}
	}
	return is(!state.Record.RecordMode, "the set is as it was: every track armed or not as before, recording off")
}

func monitoring(t live.Track) live.Monitoring {
	if t.CurrentMonitoringState == nil {
		return -1
	}
	return *t.CurrentMonitoringState
}

// trim writes a number without needless zeros.
func trim(f float64) string { return strconv.FormatFloat(math.Round(f*100)/100, 'f', -1, 64) }
