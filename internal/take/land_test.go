package take

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/takebar/takebar/bridge/live"
	"github.com/takebar/takebar/internal/take/sidecar"
)

func asError(err error, target **Error) bool { return errors.As(err, target) }

func TestLandOneTrack(t *testing.T) {
	s := newStudio(t)
	src := s.record("Vox", tone())
	before, err := os.Stat(src)
	mustDo(t, err)
	take := s.take("t-1", src)
	frames := int64(testRate)
	take.Clips[0].Frames = &frames

	var steps []string
	e, err := s.Land(t.Context(), take, live.Link{Live: "12.3.6", Script: "1.0.0"}, func(p sidecar.Progress) {
		if len(steps) == 0 || steps[len(steps)-1] != p.Step {
			steps = append(steps, p.Step)
		}
		if p.Done < 0 || p.Done > 1 || p.TakeID != "t-1" || p.Name == "" {
			t.Errorf("odd progress: %+v", p)
		}
	})
	mustDo(t, err)
	if want := []string{"waiting", "copying", "checking", "done"}; !slices.Equal(steps, want) {
		t.Errorf("progress went %v, want %v", steps, want)
	}
	day := s.clock.Format("2006-01-02")
	wantFiles(t, s.files(), []string{
		"My Song/" + day + " take 001 - Vox.wav",
		"My Song/" + day + " take 001.takebar.json",
	})
	if e.Status != sidecar.StatusLanded || e.Number != 1 || e.Name != day+" take 001" || e.Source != "armed" || e.View != "arrangement" {
		t.Errorf("entry: %+v", e.Take)
	}
	if len(e.Paths) != 1 || sumOf(t, e.Paths[0]) != sumOf(t, src) || e.Files[0].SHA256 != sumOf(t, src) {
		t.Errorf("the copy is not the recording: %+v", e)
	}
	f := e.Files[0]
	if f.Container != "wav" || f.Rate != testRate || f.Bits != 24 || f.Float || f.Channels != 2 || f.Frames != testRate || f.Bytes != before.Size() ||
		f.OriginalPath != src || f.Track != "Vox" || f.ClipName != "Vox 1" || f.Silent || f.AllZero || f.ClippedSamples != 0 || f.Rescued {
		t.Errorf("file: %+v", f)
	}
	if f.PeakDBFS < -6.1 || f.PeakDBFS > -5.9 {
		t.Errorf("peak is %v, want -6.0", f.PeakDBFS)
	}
	if *e.StartBeat != 8 || *e.LengthBeats != 8 || e.Tempo != 120 || e.Live != "12.3.6" || e.Script != "1.0.0" || e.Takebar != "1.0.0" || e.Set.Name != "My Song" {
		t.Errorf("entry: %+v", e.Take)
	}
	after, err := os.Stat(src)
	mustDo(t, err)
	if !after.ModTime().Equal(before.ModTime()) || after.Size() != before.Size() {
		t.Error("the recording was touched")
	}
	if left := s.journalFiles(); len(left) != 0 {
		t.Errorf("the journal still has %v", left)
	}
	if got := s.list(sidecar.Query{}); len(got) != 1 || got[0].ID != "t-1" || len(got[0].Warnings) != 0 {
		t.Errorf("list: %+v", got)
	}
}

func TestLandAgainAnswersWithWhatIsThere(t *testing.T) {
	s := newStudio(t)
	take := s.take("t-1", s.record("Vox", tone()))
	first := s.land(take)
	s.reopen()
	if again := s.land(take); again.Sidecar != first.Sidecar || again.Number != 1 {
		t.Errorf("landed again: %+v", again)
	}
	if n := len(s.files()); n != 2 {
		t.Errorf("%d files, want 2: %v", n, s.files())
	}
	// Also after the user moved it all away, and in another run.
	mustDo(t, os.RemoveAll(first.Folder))
	s.reopen()
	e := s.land(take)
	if !hasWarning(e.Warnings, WarnFilesGone) || len(s.files()) != 0 {
		t.Errorf("it landed once more: %v %+v", s.files(), e)
	}
}

func TestLandSeveralTracksAndContainers(t *testing.T) {
	s := newStudio(t)
	aiff, rf64 := tone(), tone()
	aiff.aiff, rf64.rf64 = true, true
	take := s.take("t-1", s.record("Vox", aiff), s.record("Gtr_L", rf64))
	take.Clips[1].TrackName = "Gtr/L"
	e := s.land(take)
	day := s.clock.Format("2006-01-02")
	wantFiles(t, s.files(), []string{
		"My Song/" + day + " take 001 - Vox.aif",
		"My Song/" + day + " take 001 - Gtr_L.wav",
		"My Song/" + day + " take 001.takebar.json",
	})
	if e.Files[0].Container != "aiff" || e.Files[1].Container != "rf64" || e.Duration() != time.Second {
		t.Errorf("files: %+v", e.Files)
	}
}

func TestLandWarnsInWords(t *testing.T) {
	quiet, zero, loud := tone(), tone(), tone()
	quiet.level, zero.level, loud.level = 0.00001, 0, 1.5
	for _, c := range []struct {
		name  string
		what  sound
		code  string
		check func(sidecar.File) bool
	}{
		{"silent", quiet, WarnSilent, func(f sidecar.File) bool { return f.Silent && !f.AllZero }},
		{"all zero", zero, WarnAllZero, func(f sidecar.File) bool { return f.Silent && f.AllZero && f.PeakDBFS == -200 }},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newStudio(t)
			e := s.land(s.take("t-1", s.record("Vox", c.what)))
			if !c.check(e.Files[0]) || !hasWarning(e.Files[0].Warnings, c.code) {
				t.Errorf("file: %+v", e.Files[0])
			}
		})
	}
	t.Run("clipped", func(t *testing.T) {
		s := newStudio(t)
		data := tone().bytes()
		for i := len(data) - 600; i < len(data); i += 3 {
			copy(data[i:], []byte{0xff, 0xff, 0x7f})
		}
		path := s.record("Vox", tone())
		mustDo(t, os.WriteFile(path, data, 0o644))
		e := s.land(s.take("t-1", path))
		if e.Files[0].ClippedSamples != 200 || !hasWarning(e.Files[0].Warnings, WarnClipped) {
			t.Errorf("file: %+v", e.Files[0])
		}
	})
	t.Run("shorter than the clip", func(t *testing.T) {
		s := newStudio(t)
		take := s.take("t-1", s.record("Vox", tone()))
		frames, rate := int64(2*testRate), 44100.0
		take.Clips[0].Frames, take.Clips[0].SampleRate = &frames, &rate
		take.Warnings = []live.Warning{{Code: "cpu_high", Message: "Live was busy."}}
		e := s.land(take)
		if !hasWarning(e.Files[0].Warnings, WarnLengthDiffers) || !hasWarning(e.Files[0].Warnings, WarnRateDiffers) || !hasWarning(e.Warnings, "cpu_high") {
			t.Errorf("entry: %+v", e)
		}
	})
}

func TestLandMIDIOnly(t *testing.T) {
	s := newStudio(t)
	take := s.take("t-1")
	take.MIDIOnly = true
	take.Tracks = []live.TakeTrack{{ID: "t1", Name: "Keys", Kind: live.KindMIDI}}
	take.Clips = []live.Clip{{Track: "t1", TrackName: "Keys", Kind: live.KindMIDI, ClipName: "Keys 1"}}
	e := s.land(take)
	if e.Status != sidecar.StatusMIDI || len(e.Paths) != 0 || !hasWarning(e.Warnings, WarnMIDIOnly) {
		t.Errorf("entry: %+v", e)
	}
	wantFiles(t, s.files(), []string{"My Song/" + s.clock.Format("2006-01-02") + " take 001.takebar.json"})
}

func TestLandWaitsForTheFile(t *testing.T) {
	s := newStudio(t, func(o *Options) { o.GiveUp = time.Minute })
	full := tone().bytes()
	unfinished := tone()
	unfinished.unfinished = true
	path := s.record("Vox", unfinished)
	mustDo(t, os.Truncate(path, 4000))

	waiting := make(chan struct{})
	finished := make(chan error, 1)
	go func() {
		<-waiting
		finished <- os.WriteFile(path, full, 0o644)
	}()
	var once sync.Once
	e, err := s.Land(t.Context(), s.take("t-1", path), live.Link{}, func(p sidecar.Progress) {
		if p.Step == "waiting" {
			once.Do(func() { close(waiting) })
		}
	})
	mustDo(t, <-finished)
	mustDo(t, err)
	if e.Status != sidecar.StatusLanded || e.Files[0].Frames != testRate || sumOf(t, e.Paths[0]) != sumOf(t, path) {
		t.Errorf("entry: %+v", e)
	}
}

func TestLandGivesUpOnAnUnfinishedFile(t *testing.T) {
	s := newStudio(t)
	unfinished := tone()
	unfinished.unfinished = true
	path := s.record("Vox", unfinished)
	e, err := s.Land(t.Context(), s.take("t-1", path), live.Link{}, nil)
	if fail := failure(t, err, CodeFileUnfinished); !strings.Contains(fail.Hint, "takes rescue") || !strings.Contains(fail.Hint, path) {
		t.Errorf("the hint does not help: %q", fail.Hint)
	}
	if e.Status != sidecar.StatusMissing || len(e.Missing) != 1 || e.Missing[0].OriginalPath != path || !hasWarning(e.Warnings, CodeFileUnfinished) {
		t.Errorf("entry: %+v", e.Take)
	}
	for _, name := range s.files() {
		if !strings.HasSuffix(name, sidecar.Suffix) {
			t.Errorf("an unfinished file was copied: %s", name)
		}
	}
	if len(s.journalFiles()) != 1 {
		t.Error("the take is not waiting in the journal")
	}

	// Live finishes it after all: the next start lands it.
	mustDo(t, os.WriteFile(path, tone().bytes(), 0o644))
	s.reopen()
	landed, problems, err := s.Resume(t.Context(), nil)
	mustDo(t, err)
	if len(landed) != 1 || landed[0].Status != sidecar.StatusLanded || len(problems) != 0 || len(landed[0].Missing) != 0 || hasWarning(landed[0].Warnings, CodeFileUnfinished) {
		t.Errorf("landed %+v, problems %v", landed, problems)
	}
	if landed[0].Sidecar != e.Sidecar || len(s.journalFiles()) != 0 {
		t.Errorf("it is not the same take: %s %s", landed[0].Sidecar, e.Sidecar)
	}
}

func TestLandPartial(t *testing.T) {
	s := newStudio(t)
	vox, gone := s.record("Vox", tone()), filepath.Join(s.recorded, "Gtr 0001.wav")
	e := s.land(s.take("t-1", vox, gone))
	if e.Status != sidecar.StatusPartial || len(e.Files) != 1 || len(e.Missing) != 1 || e.Missing[0].Code != CodeFileMissing || !hasWarning(e.Warnings, CodeFileMissing) {
		t.Fatalf("entry: %+v", e.Take)
	}
	s.reopen()
	landed, problems, err := s.Resume(t.Context(), nil)
	mustDo(t, err)
	if len(landed) != 0 || len(problems) != 1 || !strings.Contains(problems[0], gone) {
		t.Errorf("landed %v, problems %v", landed, problems)
	}
	// The user has made notes and a newer version a field meanwhile; the file comes late, and joins the others.
	note := "good one"
	_, err = s.Annotate(t.Context(), "t-1", &note, nil)
	mustDo(t, err)
	data, err := os.ReadFile(e.Sidecar)
	mustDo(t, err)
	mustDo(t, os.WriteFile(e.Sidecar, []byte(strings.Replace(string(data), `"schema": 1,`, `"schema": 1, "mood": {"a": 1},`, 1)), 0o644))
	mustDo(t, os.WriteFile(gone, tone().bytes(), 0o644))
	e = s.land(s.take("t-1", vox, gone))
	if e.Status != sidecar.StatusLanded || len(e.Files) != 2 || len(e.Missing) != 0 || e.Note != note || len(e.Warnings) != 0 {
		t.Errorf("entry: %+v", e.Take)
	}
	data, err = os.ReadFile(e.Sidecar)
	mustDo(t, err)
	if !strings.Contains(string(data), `"mood": {`) {
		t.Errorf("an unknown field was lost:\n%s", data)
	}
	if len(s.journalFiles()) != 0 {
		t.Error("the journal is not closed")
	}
}

func TestLandNotAudio(t *testing.T) {
	s := newStudio(t)
	path := s.record("Vox", tone())
	mustDo(t, os.WriteFile(path, []byte(strings.Repeat("no sound at all\n", 100)), 0o644))
	_, err := s.Land(t.Context(), s.take("t-1", path), live.Link{}, nil)
	mustFail(t, err, CodeNotAudio)
}

func TestLandRefuses(t *testing.T) {
	s := newStudio(t)
	running := s.take("t-1")
	running.Phase = live.PhaseRecording
	_, err := s.Land(t.Context(), running, live.Link{}, nil)
	mustFail(t, err, CodeNotEnded)

	_, err = s.Land(t.Context(), s.take("../../x"), live.Link{}, nil)
	mustFail(t, err, CodeBadTake)

	mustDo(t, s.Expect(t.Context(), running))
	cancelled := running
	cancelled.Phase = live.PhaseCancelled
	_, err = s.Land(t.Context(), cancelled, live.Link{}, nil)
	mustFail(t, err, CodeTakeCancelled)
	if left := s.journalFiles(); len(left) != 0 {
		t.Errorf("the journal still has %v", left)
	}

	failed := s.take("t-2")
	failed.Phase, failed.Error = live.PhaseFailed, &live.TakeError{Code: "audio_off", Message: "Live's audio is off.", Hint: "Switch it on."}
	_, err = s.Land(t.Context(), failed, live.Link{}, nil)
	if e := failure(t, err, "audio_off"); e.Hint != "Switch it on." {
		t.Errorf("hint: %q", e.Hint)
	}
	if got := s.list(sidecar.Query{}); len(got) != 0 {
		t.Errorf("list: %+v", got)
	}
}

func TestLandFileThatChangesMeanwhile(t *testing.T) {
	var s *studio
	var path string
	changes := 0
	grow := func(o *Options) {
		o.Step = func(step string) {
			if step != StepCopying || changes == 0 {
				return
			}
			changes--
			// As long as before, other content, and a later time: somebody edits the file in place.
			other := tone()
			other.level = 0.1 + float64(changes)/100
			mustDo(t, os.WriteFile(path, other.bytes(), 0o644))
			mustDo(t, os.Chtimes(path, time.Time{}, time.Now().Add(time.Duration(10-changes)*time.Second)))
		}
	}
	t.Run("once", func(t *testing.T) {
		s = newStudio(t, grow)
		path = s.record("Vox", tone())
		changes = 1
		e := s.land(s.take("t-1", path))
		if e.Files[0].SHA256 != sumOf(t, path) || len(s.files()) != 2 {
			t.Errorf("landed something that is not there: %+v %v", e.Files[0], s.files())
		}
	})
	t.Run("for ever", func(t *testing.T) {
		s = newStudio(t, grow)
		path = s.record("Vox", tone())
		changes = 1000
		e, err := s.Land(t.Context(), s.take("t-1", path), live.Link{}, nil)
		mustFail(t, err, CodeFileChanged)
		if e.Status != sidecar.StatusMissing || len(s.files()) != 1 {
			t.Errorf("entry %+v, files %v", e.Take, s.files())
		}
	})
}

func TestLandCopyThatDoesNotReadBack(t *testing.T) {
	var s *studio
	spoil := 0
	s = newStudio(t, func(o *Options) {
		o.Step = func(step string) {
			if step != StepFolderSynced || spoil == 0 {
				return
			}
			spoil--
			for _, name := range s.files() {
				if strings.HasSuffix(name, ".wav") {
					f, err := os.OpenFile(filepath.Join(s.opt.Dir, filepath.FromSlash(name)), os.O_WRONLY, 0)
					mustDo(t, err)
					_, err = f.WriteAt([]byte("bit rot"), 1000)
					mustDo(t, errors.Join(err, f.Close()))
				}
			}
		}
	})
	path := s.record("Vox", tone())
	spoil = 1
	e := s.land(s.take("t-1", path))
	if sumOf(t, e.Paths[0]) != sumOf(t, path) || len(s.files()) != 2 {
		t.Errorf("entry %+v, files %v", e, s.files())
	}
	spoil = 1000
	_, err := s.Land(t.Context(), s.take("t-2", path), live.Link{}, nil)
	mustFail(t, err, CodeVerifyFailed)
	if len(s.files()) != 2 || len(s.journalFiles()) != 1 {
		t.Errorf("files %v, journal %v", s.files(), s.journalFiles())
	}
	spoil = 0
	s.reopen()
	landed, problems, err := s.Resume(t.Context(), nil)
	if err != nil || len(landed) != 1 || len(problems) != 0 {
		t.Errorf("landed %v, problems %v, %v", landed, problems, err)
	}
}

func TestLandNeverOverwrites(t *testing.T) {
	var s *studio
	day := ""
	s = newStudio(t, func(o *Options) {
		o.Step = func(step string) {
			// Between the plan and the rename, somebody takes all the names.
			if step == StepJournaledCopy {
				base := filepath.Join(s.opt.Dir, "My Song", day+" take 001")
				mustDo(t, os.WriteFile(base+" - Vox.wav", []byte("mine"), 0o644))
				mustDo(t, os.WriteFile(base+".takebar.json", []byte("mine too"), 0o644))
			}
		}
	})
	day = s.clock.Format("2006-01-02")
	e := s.land(s.take("t-1", s.record("Vox", tone())))
	wantFiles(t, s.files(), []string{
		"My Song/" + day + " take 001 - Vox.wav", "My Song/" + day + " take 001.takebar.json",
		"My Song/" + day + " take 001 - Vox (2).wav", "My Song/" + day + " take 001 (2).takebar.json",
	})
	if data, err := os.ReadFile(filepath.Join(e.Folder, day+" take 001 - Vox.wav")); err != nil || string(data) != "mine" {
		t.Errorf("somebody's file: %q %v", data, err)
	}
	if e.Files[0].Name != day+" take 001 - Vox (2).wav" {
		t.Errorf("the sidecar names %q", e.Files[0].Name)
	}
}

func TestLandStepsAroundNamesThatOnlyLookFree(t *testing.T) {
	s := newStudio(t, func(o *Options) { o.Template = "{set}/{track}" })
	folder := filepath.Join(s.opt.Dir, "my song")
	mustDo(t, os.MkdirAll(folder, 0o755))
	mustDo(t, os.WriteFile(filepath.Join(folder, "CAFE\u0301.WAV"), nil, 0o644))
	mustDo(t, os.WriteFile(filepath.Join(folder, "café (2).wav.part"), nil, 0o644))
	e := s.land(s.take("t-1", s.record("Café", tone())))
	if got := filepath.Base(e.Paths[0]); got != "Café (3).wav" || filepath.Base(e.Folder) != "my song" {
		t.Errorf("it landed as %s", e.Paths[0])
	}
}

func TestConcurrentLandings(t *testing.T) {
	s := newStudio(t, func(o *Options) { o.Template = "{set}/{track}" })
	const n = 8
	path := s.record("Vox", tone())
	var wg sync.WaitGroup
	for i := range n {
		for range 2 { // each of them twice
			wg.Go(func() {
				if _, err := s.Land(context.WithoutCancel(t.Context()), s.take(string(rune('a'+i)), path), live.Link{}, nil); err != nil {
					t.Error(err)
				}
			})
		}
	}
	wg.Wait()
	all := s.list(sidecar.Query{})
	numbers, names := map[int]bool{}, map[string]bool{}
	for _, e := range all {
		numbers[e.Number], names[e.Paths[0]] = true, true
	}
	if len(all) != n || len(numbers) != n || len(names) != n || len(s.files()) != 2*n || len(s.journalFiles()) != 0 {
		t.Errorf("%d takes, %d numbers, %d names, files %v", len(all), len(numbers), len(names), s.files())
	}
}

func TestLandStopsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	s := newStudio(t, func(o *Options) {
		o.Step = func(step string) {
			if step == StepCopying {
				cancel()
			}
		}
	})
	big := tone()
	big.frames = 10 * testRate // several blocks
	take := s.take("t-1", s.record("Vox", big))
	_, err := s.Land(ctx, take, live.Link{}, nil)
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v", err)
	}
	if len(s.files()) != 0 || len(s.journalFiles()) != 1 {
		t.Errorf("files %v, journal %v", s.files(), s.journalFiles())
	}
	s.reopen()
	landed, problems, err := s.Resume(t.Context(), nil)
	if err != nil || len(landed) != 1 || len(problems) != 0 {
		t.Errorf("landed %v, problems %v, %v", landed, problems, err)
	}
}
