package take

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/takebar/takebar/bridge/live"
	"github.com/takebar/takebar/internal/take/sidecar"
)

func runtimeGoexit() { runtime.Goexit() }

// running is a take that Live records right now.
func (s *studio) running(id string, tracks ...string) live.Take {
	t := s.take(id)
	t.Phase, t.StopBeat, t.StoppedAt = live.PhaseRecording, nil, nil
	for i, name := range tracks {
		t.Tracks = append(t.Tracks, live.TakeTrack{ID: fmt.Sprint("t", i), Name: name, Kind: live.KindAudio})
	}
	return t
}

func TestLostTakeIsFoundAndRescued(t *testing.T) {
	s := newStudio(t)
	s.clock = s.clock.Add(-time.Hour)
	old := s.record("Vox", tone()) // of an earlier take
	mustDo(t, os.Chtimes(old, s.clock, s.clock))
	s.clock = s.clock.Add(time.Hour)
	take := s.running("t-1", "Vox", "Gtr: left", "Keys")
	mustDo(t, s.Expect(t.Context(), take))
	mustDo(t, s.Expect(t.Context(), take))
	vox, gtr := s.record("Vox", crashed()), s.record("Gtr_ left", crashed())
	s.record("Voxxx", crashed()) // another track
	mustDo(t, os.WriteFile(vox+".asd", []byte("analysis"), 0o644))

	problem, err := s.Lost(t.Context(), take)
	mustDo(t, err)
	for _, want := range []string{vox, gtr, "takebar takes rescue", "unfinished", "“Vox”"} {
		if !strings.Contains(problem, want) {
			t.Errorf("%q does not say %q", problem, want)
		}
	}
	for _, wrong := range []string{old, "Voxxx", ".asd"} {
		if strings.Contains(problem, wrong) {
			t.Errorf("%q says %q", problem, wrong)
		}
	}
	if len(s.files()) != 0 {
		t.Errorf("copied unasked: %v", s.files())
	}

	// The next start says it again.
	s.reopen()
	landed, problems, err := s.Resume(t.Context(), nil)
	if err != nil || len(landed) != 0 || len(problems) != 1 || !strings.Contains(problems[0], vox) {
		t.Errorf("landed %v, problems %v, %v", landed, problems, err)
	}

	e := s.rescue(vox)
	if e.ID != "t-1" || e.Status != sidecar.StatusPartial || e.Tempo != 120 || e.Source != "armed" || len(e.Missing) != 2 {
		t.Fatalf("entry: %+v", e.Take)
	}
	checkRepaired(t, e, 0, vox, testRate)
	e = s.rescue(gtr)
	if e.ID != "t-1" || len(e.Files) != 2 || len(e.Missing) != 1 || e.Missing[0].Track != "Keys" {
		t.Fatalf("entry: %+v", e.Take)
	}
	// Keys never recorded; nobody wants to be told for ever.
	_, err = s.Trash(t.Context(), "t-1")
	mustDo(t, err)
	if _, problems, err = s.Resume(t.Context(), nil); err != nil || len(problems) != 0 {
		t.Errorf("problems %v, %v", problems, err)
	}
}

func TestLostTakeRescuedById(t *testing.T) {
	s := newStudio(t)
	take := s.running("t-1", "Vox", "Gtr")
	vox, gtr := s.record("Vox", crashed()), s.record("Gtr", tone())
	_, err := s.Lost(t.Context(), take)
	mustDo(t, err)
	e := s.rescue("t-1")
	if e.Status != sidecar.StatusRescued || len(e.Files) != 2 || len(s.journalFiles()) != 0 {
		t.Fatalf("entry: %+v", e.Take)
	}
	checkRepaired(t, e, 0, vox, testRate)
	if sumOf(t, e.Paths[1]) != sumOf(t, gtr) || e.Files[1].Rescued {
		t.Errorf("file: %+v", e.Files[1])
	}
	if problem, err := s.Lost(t.Context(), take); err != nil || problem != "" {
		t.Errorf("Lost of a take in the library: %q %v", problem, err)
	}
}

func TestLostForgotten(t *testing.T) {
	s := newStudio(t)
	s.record("Vox", crashed())
	_, err := s.Lost(t.Context(), s.running("t-1", "Vox"))
	mustDo(t, err)
	e, err := s.Trash(t.Context(), "t-1")
	if err != nil || e.ID != "t-1" || !e.Trashed {
		t.Fatalf("%+v %v", e, err)
	}
	if _, problems, err := s.Resume(t.Context(), nil); err != nil || len(problems) != 0 {
		t.Errorf("still told: %v %v", problems, err)
	}
	_, err = s.Restore(t.Context(), "t-1")
	mustDo(t, err)
	if _, problems, err := s.Resume(t.Context(), nil); err != nil || len(problems) != 1 {
		t.Errorf("not told again: %v %v", problems, err)
	}
}

func TestLostInAnUnsavedSet(t *testing.T) {
	s := newStudio(t)
	take := s.running("t-1", "1-Audio")
	take.Set = live.Set{ID: "s"}
	folder := filepath.Join(s.opt.LiveRecordings[0], "2026-01-31 150900 Temp Project", "Samples", "Recorded")
	mustDo(t, os.MkdirAll(folder, 0o755))
	s.recorded = folder
	path := s.record("1-Audio", crashed())
	problem, err := s.Lost(t.Context(), take)
	if err != nil || !strings.Contains(problem, path) {
		t.Errorf("%q %v", problem, err)
	}
}

func TestLostWithNothingToFind(t *testing.T) {
	s := newStudio(t)
	take := s.running("t-1", "Vox")
	mustDo(t, s.Expect(t.Context(), take))
	problem, err := s.Lost(t.Context(), take)
	if err != nil || !strings.Contains(problem, s.recorded) || strings.Contains(problem, "rescue") {
		t.Errorf("%q %v", problem, err)
	}
	if _, problems, err := s.Resume(t.Context(), nil); err != nil || len(problems) != 0 || len(s.journalFiles()) != 0 {
		t.Errorf("told again: %v %v", problems, err)
	}
	take.Set = live.Set{}
	if problem, err = s.Lost(t.Context(), take); err != nil || !strings.Contains(problem, "does not know where") {
		t.Errorf("%q %v", problem, err)
	}
}

func TestExpectedTakeIsMissed(t *testing.T) {
	s := newStudio(t)
	take := s.running("t-1", "Vox")
	mustDo(t, s.Expect(t.Context(), take))
	s.reopen()
	_, problems, err := s.Resume(t.Context(), nil)
	if err != nil || len(problems) != 1 || !strings.Contains(problems[0], "If Live still has the take") {
		t.Fatalf("problems %v, %v", problems, err)
	}
	path := s.record("Vox", crashed())
	if _, problems, err = s.Resume(t.Context(), nil); err != nil || len(problems) != 1 || !strings.Contains(problems[0], path) {
		t.Fatalf("problems %v, %v", problems, err)
	}
	// Live still had it.
	mustDo(t, os.WriteFile(path, tone().bytes(), 0o644))
	e := s.land(s.take("t-1", path))
	mustDo(t, s.Expect(t.Context(), take)) // news that come late
	if _, problems, err = s.Resume(t.Context(), nil); err != nil || len(problems) != 0 || len(s.journalFiles()) != 0 || e.Status != sidecar.StatusLanded {
		t.Errorf("problems %v, %v, journal %v", problems, err, s.journalFiles())
	}
	// Without any file, it is not asked after for ever.
	mustDo(t, s.Expect(t.Context(), s.running("t-2", "Nobody")))
	s.clock = s.clock.Add(72 * time.Hour)
	if _, problems, err = s.Resume(t.Context(), nil); err != nil || len(problems) != 0 || len(s.journalFiles()) != 0 {
		t.Errorf("problems %v, %v", problems, err)
	}
}

// A track deleted while recording leaves a file that Live no longer tells of.
func TestLandWithoutAPathNamesTheLikelyFile(t *testing.T) {
	s := newStudio(t)
	vox, gtr := s.record("Vox", tone()), s.record("Gtr", crashed())
	take := s.take("t-1", vox)
	take.Tracks = append(take.Tracks, live.TakeTrack{ID: "t9", Name: "Gtr", Kind: live.KindAudio})
	take.Warnings = []live.Warning{{Code: "track_deleted", Message: "Gtr was deleted."}}
	e := s.land(take)
	if e.Status != sidecar.StatusPartial || len(e.Missing) != 1 || e.Missing[0].OriginalPath != gtr || !strings.Contains(e.Missing[0].Message, gtr) {
		t.Fatalf("entry: %+v", e.Take)
	}
	if len(e.Files) != 1 {
		t.Error("copied unasked")
	}
	// A mere guess is not copied at the next start either, but when asked for.
	mustDo(t, os.WriteFile(gtr, tone().bytes(), 0o644))
	if landed, problems, err := s.Resume(t.Context(), nil); err != nil || len(landed) != 0 || len(problems) != 1 {
		t.Errorf("landed %v, problems %v, %v", landed, problems, err)
	}
	if e = s.rescue("t-1"); e.Status != sidecar.StatusLanded || len(e.Files) != 2 {
		t.Errorf("entry: %+v", e.Take)
	}
}

func TestFailedTakeNamesWhatIsOnDisk(t *testing.T) {
	s := newStudio(t)
	take := s.running("t-1", "Vox")
	take.Phase, take.Error = live.PhaseFailed, &live.TakeError{Code: "audio_off", Message: "Live's audio is off.", Hint: "Switch it on."}
	path := s.record("Vox", crashed())
	_, err := s.Land(t.Context(), take, live.Link{}, nil)
	if e := failure(t, err, "audio_off"); !strings.Contains(e.Hint, path) {
		t.Errorf("hint: %q", e.Hint)
	}
	if e := s.rescue(path); e.ID != "t-1" || e.Status != sidecar.StatusRescued {
		t.Errorf("entry: %+v", e.Take)
	}
}

func TestTrackOf(t *testing.T) {
	tracks := []live.TakeTrack{{Name: "Vox"}, {Name: "Vox 2"}, {Name: "A/B"}, {Name: "Café"}}
	for name, want := range map[string]string{
		"Vox 0001 [2026-01-31 150918].wav":        "Vox",
		"Vox 2 0001 [2026-01-31 150918].wav":      "Vox 2",
		"A_B 0001.aif":                            "A/B",
		"cafe\u0301 0001 [2026-01-31 150918].wav": "Café",
		"Voxy 0001 [2026-01-31 150918].wav":       "",
		"Drums Vox 0001 [2026-01-31 150918].wav":  "",
		"Vox2 0001 [2026-01-31 150918].wav":       "",
		"Vox.wav":                                 "Vox",
	} {
		if got, ok := trackOf(name, tracks); got != want || ok != (want != "") {
			t.Errorf("trackOf(%q) = %q, want %q", name, got, want)
		}
	}
}
