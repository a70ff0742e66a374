package take

import (
	"context"
	"errors"
	"math"
	"os"
	"strings"
	"testing"

	"github.com/takebar/takebar/internal/take/sidecar"
)

func TestMeasure(t *testing.T) {
	s := newStudio(t)
	silent := tone()
	silent.frames = testRate
	s.land(s.take("t-1", s.record("Vox", tone()), s.record("Bass", tone())))
	landed := s.list(sidecar.Query{})[0]
	for _, f := range landed.Files {
		if f.IntegratedLUFS != nil || f.RangeLU != nil || f.TruePeakDBTP != nil {
			t.Errorf("the landing measured: %+v", f)
		}
	}
	// What the user and later versions write stays.
	old, err := os.ReadFile(landed.Sidecar)
	mustDo(t, err)
	mustDo(t, os.WriteFile(landed.Sidecar, []byte(strings.Replace(string(old), `"note": ""`, `"mine": [1, 2], "note": "hello"`, 1)), 0o644))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Measure(ctx, "t-1"); !errors.Is(err, context.Canceled) {
		t.Errorf("after cancel: %v", err)
	}
	e, err := s.Measure(t.Context(), "t-1")
	mustDo(t, err)
	for i, f := range e.Files {
		// The tone is a sine: its true peak is its peak, and it is 3 LU (one channel) or nothing below that.
		if f.IntegratedLUFS == nil || f.TruePeakDBTP == nil || f.RangeLU == nil {
			t.Fatalf("not measured: %+v", f)
		}
		if d := *f.TruePeakDBTP - f.PeakDBFS; d < -0.01 || d > 0.2 {
			t.Errorf("file %d: %.2f dBTP, %.2f dBFS", i, *f.TruePeakDBTP, f.PeakDBFS)
		}
		if d := f.PeakDBFS - *f.IntegratedLUFS; d < -1 || d > 5 || *f.RangeLU > 0.5 {
			t.Errorf("file %d: %.2f LUFS, %.2f LU, peak %.2f dBFS", i, *f.IntegratedLUFS, *f.RangeLU, f.PeakDBFS)
		}
	}
	data, err := os.ReadFile(landed.Sidecar)
	mustDo(t, err)
	if e.Note != "hello" || !strings.Contains(string(data), `"mine"`) {
		t.Errorf("written over: %s", data)
	}
	if got := s.list(sidecar.Query{})[0]; got.Files[0].IntegratedLUFS == nil || *got.Files[0].IntegratedLUFS != *e.Files[0].IntegratedLUFS || len(got.Warnings) != 0 {
		t.Errorf("listed: %+v", got)
	}
	mustDo(t, loadSchema(t).check(data))
	// Again: nothing to do, and nothing is written.
	before, err := os.Stat(landed.Sidecar)
	mustDo(t, err)
	if _, err := s.Measure(t.Context(), "last"); err != nil {
		t.Error(err)
	}
	if after, err := os.Stat(landed.Sidecar); err != nil || !after.ModTime().Equal(before.ModTime()) || !os.SameFile(before, after) {
		t.Errorf("written again (%v)", err)
	}
	// A file that is gone is no reason to fail.
	s.land(s.take("t-2", s.record("Gtr", silent)))
	e2 := s.list(sidecar.Query{})[0]
	mustDo(t, os.Remove(e2.Paths[0]))
	if e2, err = s.Measure(t.Context(), e2.ID); err != nil || e2.Files[0].IntegratedLUFS != nil {
		t.Errorf("%+v, %v", e2.Files, err)
	}
	_, err = s.Measure(t.Context(), "nobody")
	mustFail(t, err, CodeTakeNotFound)
	if v := math.Abs(*e.Files[0].IntegratedLUFS); v > 100 {
		t.Errorf("%.1f LUFS", v)
	}
}
