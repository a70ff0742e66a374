package take

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/takebar/takebar/bridge/live"
	"github.com/takebar/takebar/internal/take/sidecar"
)

// bounced lands a bounce of these recordings, cut at beat 1 of 2. Where Live told frames they are those in marks.
func (s *studio) bounced(id string, marks []*int64, paths ...string) sidecar.Entry {
	s.t.Helper()
	take := s.take(id, paths...)
	take.Source, take.Tempo = live.Source{Kind: live.SourceBounce}, 6000
	take.Bounce = &live.Bounce{Kind: live.BounceStems, Tap: live.TapPostMixer, Length: 2, Cuts: []float64{1}}
	first := int64(100)
	for i := range take.Clips {
		take.Clips[i].StartSample, take.Clips[i].Cuts = &first, marks
	}
	return s.land(take)
}

func TestDeliverBounce(t *testing.T) {
	s := newStudio(t)
	a, b, end := int64(100), int64(500), int64(1000)
	e := s.bounced("b1", []*int64{&a, &b, &end}, s.record("Vox", tone()), s.record("Gtr", tone()))
	if e.Source != "bounce" || e.Bounce == nil || !reflect.DeepEqual(e.Files[0].Cuts, []*int64{&a, &b, &end}) {
		t.Fatalf("landed as %+v", e)
	}
	dir := filepath.Join(t.TempDir(), "new", "folder")
	quiet := func(float64) {}
	if _, err := s.DeliverBounce(t.Context(), e, quiet); err == nil {
		t.Error("delivered without a plan")
	}
	plan := sidecar.BouncePlan{ID: "b1", Dir: dir, Sections: []string{"01 A/B", "02 C"}, Seconds: 1, Tracks: 2}
	for range 2 {
		mustDo(t, s.PlanBounce(t.Context(), plan))
		if all, err := s.PlannedBounces(); err != nil || len(all) != 1 || all[0].ID != "b1" {
			t.Fatalf("planned: %+v, %v", all, err)
		}
		out, err := s.DeliverBounce(t.Context(), e, quiet)
		mustDo(t, err)
		if len(out.Files) != 4 || out.Partial || out.Files[0].Frames != 400 || out.Files[1].Frames != 500 {
			t.Errorf("delivered %+v", out)
		}
		for _, f := range out.Files {
			if _, err := os.Stat(f.Path); err != nil || strings.Contains(filepath.Base(f.Path), "/") {
				t.Errorf("%s: %v", f.Path, err)
			}
		}
	}
	entries, err := os.ReadDir(dir)
	mustDo(t, err)
	if len(entries) != 8 { // nothing was overwritten
		t.Errorf("%d files: %v", len(entries), entries)
	}
	if all, err := s.PlannedBounces(); err != nil || len(all) != 0 {
		t.Errorf("plans are left: %+v, %v", all, err)
	}
}

func TestDeliverBounceGoesOn(t *testing.T) {
	s := newStudio(t)
	a, b, end := int64(100), int64(500), int64(1000)
	e := s.bounced("b2", []*int64{&a, &b, &end}, s.record("Vox", tone()))
	dir := t.TempDir()
	plan := sidecar.BouncePlan{ID: "b2", Dir: dir, Sections: []string{"A", "B"}, Names: []string{"one.wav", "two.wav"}}
	mustDo(t, s.PlanBounce(t.Context(), plan))
	mustDo(t, os.WriteFile(filepath.Join(dir, "two.wav.part"), []byte("half"), 0o600))
	out, err := s.DeliverBounce(t.Context(), e, func(float64) {})
	mustDo(t, err)
	if len(out.Files) != 2 || filepath.Base(out.Files[1].Path) != "two.wav" {
		t.Errorf("%+v", out)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 2 {
		t.Errorf("%v, %v", entries, err)
	}
}

func TestMarksOf(t *testing.T) {
	first, n := int64(100), func(v int64) *int64 { return &v }
	e := sidecar.Entry{Take: sidecar.Take{Tempo: 120, Bounce: &sidecar.Bounce{Start: 4, Length: 4, Tail: 2, Cuts: []float64{6}}}}
	for name, c := range map[string]struct {
		f    sidecar.File
		want []int64
	}{
		"as Live says":       {sidecar.File{Rate: 1000, StartSample: &first, Cuts: []*int64{n(100), n(1200), n(3200)}}, []int64{100, 1200, 3200}},
		"by the tempo":       {sidecar.File{Rate: 1000, StartSample: &first}, []int64{100, 1100, 3100}},
		"Live knows a part":  {sidecar.File{Rate: 1000, StartSample: &first, Cuts: []*int64{nil, n(1150), nil}}, []int64{100, 1150, 3100}},
		"without a pre-roll": {sidecar.File{Rate: 1000}, []int64{0, 1000, 3000}},
		"never backwards":    {sidecar.File{Rate: 1000, Cuts: []*int64{n(50), n(20), n(10)}}, []int64{50, 50, 50}},
	} {
		if got := marksOf(e, c.f); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

func TestPlanBounceRefuses(t *testing.T) {
	s := newStudio(t)
	file := filepath.Join(t.TempDir(), "file")
	mustDo(t, os.WriteFile(file, nil, 0o600))
	for name, p := range map[string]sidecar.BouncePlan{
		"a file":        {ID: "x", Dir: file},
		"below a file":  {ID: "x", Dir: filepath.Join(file, "y")},
		"no folder":     {ID: "x"},
		"relative":      {ID: "x", Dir: "here"},
		"bad id":        {ID: "../x", Dir: t.TempDir()},
		"a full disk":   {ID: "x", Dir: t.TempDir(), Seconds: 1e9, Tracks: 100},
		"bad format":    {ID: "x", Dir: t.TempDir(), Format: "ogg"},
		"bad normalise": {ID: "x", Dir: t.TempDir(), Normalize: "loud"},
	} {
		if err := s.PlanBounce(t.Context(), p); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if all, err := s.PlannedBounces(); err != nil || len(all) != 0 {
		t.Errorf("planned: %+v, %v", all, err)
	}
}

func TestDeliveredBounceIsKnown(t *testing.T) {
	s := newStudio(t)
	a, b, end := int64(100), int64(500), int64(1000)
	e := s.bounced("b3", []*int64{&a, &b, &end}, s.record("Vox", tone()))
	if _, ok, err := s.DeliveredBounce("b3"); ok || err != nil {
		t.Errorf("known before: %v", err)
	}
	mustDo(t, s.PlanBounce(t.Context(), sidecar.BouncePlan{ID: "b3", Dir: t.TempDir(), Sections: []string{"A", "B"}}))
	out, err := s.DeliverBounce(t.Context(), e, func(float64) {})
	mustDo(t, err)
	s.reopen()
	again, ok, err := s.DeliveredBounce("b3")
	if err != nil || !ok || !reflect.DeepEqual(again.Files, out.Files) || again.Dir != out.Dir {
		t.Errorf("%+v, %t, %v; want %+v", again, ok, err, out)
	}
	if _, _, err := s.DeliveredBounce("../b3"); err == nil {
		t.Error("an id that leads out of the folder is taken")
	}
}

// A rescued recording of which Live could not say where it begins gets the pre-roll of the last one.
func TestRescuedBounceGetsThePreRollOfTheLast(t *testing.T) {
	s := newStudio(t)
	e := s.bounced("b4", nil, s.record("Vox", tone()))
	e.Files[0].StartSample, e.Files[0].Cuts = nil, nil
	plan := sidecar.BouncePlan{ID: "b4", Dir: t.TempDir(), Sections: []string{"A", "B"}}
	mustDo(t, s.PlanBounce(t.Context(), plan))
	out, err := s.DeliverBounce(t.Context(), e, func(float64) {})
	mustDo(t, err)
	if len(out.Warnings) == 0 || !strings.Contains(out.Warnings[len(out.Warnings)-1].Message, "may be in front of it") {
		t.Errorf("nothing is known, and it says %+v", out.Warnings)
	}
	s.bounced("other", nil, s.record("Other", tone())) // its pre-roll is 100
	mustDo(t, s.PlanBounce(t.Context(), plan))
	out, err = s.DeliverBounce(t.Context(), e, func(float64) {})
	mustDo(t, err)
	if w := out.Warnings; len(w) == 0 || !strings.Contains(w[len(w)-1].Message, "100 samples of pre-roll") {
		t.Errorf("%+v", w)
	}
	if e.Files[0].StartSample != nil {
		t.Error("the guess found its way into the take")
	}
}

// Three hours at 96 kHz are more than 4 GiB. The recording is a sparse file, so that they need no disk.
func TestDeliverBounceOfThreeHours(t *testing.T) {
	const rate, frameBytes, preRoll = 96000, 6, 8704
	frames := int64(3*3600*rate + preRoll)
	path := filepath.Join(t.TempDir(), "long.wav")
	header := make([]byte, 0, 128)
	header = append(header, "RF64\xff\xff\xff\xffWAVEds64"...)
	header = binary.LittleEndian.AppendUint32(header, 28)
	header = binary.LittleEndian.AppendUint64(header, uint64(72+frames*frameBytes))
	header = binary.LittleEndian.AppendUint64(header, uint64(frames*frameBytes))
	header = binary.LittleEndian.AppendUint64(header, uint64(frames))
	header = binary.LittleEndian.AppendUint32(header, 0)
	header = append(header, "fmt "...)
	header = binary.LittleEndian.AppendUint32(header, 16)
	for _, v := range []uint16{1, 2} { // PCM, stereo
		header = binary.LittleEndian.AppendUint16(header, v)
	}
	header = binary.LittleEndian.AppendUint32(header, rate)
	header = binary.LittleEndian.AppendUint32(header, rate*frameBytes)
	header = binary.LittleEndian.AppendUint16(header, frameBytes)
	header = binary.LittleEndian.AppendUint16(header, 24)
	header = append(header, "data\xff\xff\xff\xff"...)
	f, err := os.Create(path)
	mustDo(t, err)
	_, err = f.Write(header)
	mustDo(t, err)
	from, middle := frames-2*rate, frames-rate // the last two seconds, far beyond 4 GiB
	for frame, mark := range map[int64]string{from - 1: "before", from: "first ", middle: "second", frames - 1: "last  "} {
		_, err = f.WriteAt([]byte(mark), int64(len(header))+frame*frameBytes)
		mustDo(t, err)
	}
	if err := errors.Join(f.Truncate(int64(len(header))+frames*frameBytes), f.Close()); err != nil {
		t.Fatalf("making a long sparse file: %v", err)
	}
	s := newStudio(t)
	e := sidecar.Entry{Paths: []string{path}, Take: sidecar.Take{
		ID: "long", Tempo: 120, Set: sidecar.Set{Name: "Long"}, Bounce: &sidecar.Bounce{Start: 21596, Length: 4, Cuts: []float64{21598}},
		Files: []sidecar.File{{Track: "Main", Rate: rate, Channels: 2, Frames: frames, Cuts: []*int64{&from, &middle, &frames}}},
	}}
	mustDo(t, s.PlanBounce(t.Context(), sidecar.BouncePlan{ID: "long", Dir: t.TempDir(), Sections: []string{"A", "B"}}))
	out, err := s.DeliverBounce(t.Context(), e, func(float64) {})
	mustDo(t, err)
	if len(out.Files) != 2 || out.Partial {
		t.Fatalf("%+v", out)
	}
	for i, ends := range [][2]string{{"first ", strings.Repeat("\x00", frameBytes)}, {"second", "last  "}} {
		data, err := os.ReadFile(out.Files[i].Path)
		mustDo(t, err)
		_, samples, _ := bytes.Cut(data, []byte("data"))
		samples = samples[4:][:rate*frameBytes]
		if out.Files[i].Frames != rate || string(samples[:frameBytes]) != ends[0] || string(samples[len(samples)-frameBytes:]) != ends[1] {
			t.Errorf("section %d of %d frames begins with %q and ends with %q", i, out.Files[i].Frames, samples[:frameBytes], samples[len(samples)-frameBytes:])
		}
	}
}

// Whatever stops the cutting, no half file is left, and the next try goes on with what is there.
func TestDeliverBounceStopsCleanly(t *testing.T) {
	s := newStudio(t)
	var paths []string
	for i := range 6 {
		paths = append(paths, s.record(fmt.Sprint("Track ", i), tone()))
	}
	e := s.bounced("b5", nil, paths...)
	dir := t.TempDir()
	plan := sidecar.BouncePlan{ID: "b5", Dir: dir, Sections: []string{"A", "B"}, Format: "flac"}
	mustDo(t, s.PlanBounce(t.Context(), plan))
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	if _, err := s.DeliverBounce(ctx, e, func(done float64) {
		if done > 0.4 {
			cancel()
		}
	}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	if parts, _ := filepath.Glob(filepath.Join(dir, "*.part*")); len(parts) != 0 {
		t.Errorf("left: %v", parts)
	}
	before, _ := filepath.Glob(filepath.Join(dir, "*.flac"))
	if len(before) == 12 {
		t.Error("nothing was stopped")
	}
	last, told := 0.0, 0
	out, err := s.DeliverBounce(t.Context(), e, func(done float64) {
		if done < last {
			t.Errorf("progress went from %g to %g", last, done)
		}
		last = done
		told++
	})
	mustDo(t, err)
	if after, _ := filepath.Glob(filepath.Join(dir, "*")); len(out.Files) != 12 || len(after) != 12 || last < 0.999 || told > 102 {
		t.Errorf("%d files, %v, progress up to %g in %d steps", len(out.Files), after, last, told)
	}
	for i, f := range out.Files {
		if want := fmt.Sprintf("Track %d", i/2); f.Track != want || !strings.Contains(f.Path, want) {
			t.Errorf("file %d is %+v", i, f)
		}
	}
}
