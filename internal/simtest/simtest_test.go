package simtest_test

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/takebar/takebar/internal/simtest"
)

func TestTruth(t *testing.T) {
	s := simtest.Start(t, simtest.Options{})
	if _, err := os.Stat(filepath.Join(s.Home, "links", strconv.Itoa(s.PID)+".json")); err != nil {
		t.Errorf("the script left no link file: %v", err)
	}
	s.Do(t, "tempo", simtest.Params{"bpm": 99}, nil)
	if got := simtest.Get[float64](t, s.Control, "song.tempo"); got != 99 {
		t.Errorf("tempo %v", got)
	}
	s.Do(t, "add_audio_track", simtest.Params{"name": "Extra"}, nil)
	s.Do(t, "arm", simtest.Params{"track": "Extra"}, nil)
	s.Do(t, "record", simtest.Params{"on": true}, nil)
	s.WaitFor(t, simtest.Params{"path": "takes.-1.frames", "at_least": 20000})
	s.Do(t, "stop", nil, nil)
	s.Wait(t, "takes.-1.finished", true)
	takes := s.Takes(t)
	if len(takes) != 1 || takes[0].TrackName != "Extra" || takes[0].Path == nil {
		t.Fatalf("%+v", takes)
	}
	if _, err := os.Stat(*takes[0].Path); err != nil {
		t.Error(err)
	}
	if _, err := s.Try(t.Context(), "arm", simtest.Params{"track": "Gitar"}, nil); err == nil {
		t.Error("a track that is not there was armed")
	}
}

func TestStallAndEnd(t *testing.T) {
	s := simtest.Start(t, simtest.Options{Bare: true})
	s.Stall(t, time.Hour)
	if !simtest.Get[bool](t, s.Control, "sim.stalled") {
		t.Error("it does not stand still")
	}
	s.Unstall(t)
	s.Wait(t, "sim.stalled", false)
	s.Kill()
	if s.Alive() {
		t.Error("killed, and alive")
	}
	if _, err := s.Try(t.Context(), "ping", nil, nil); !errors.Is(err, simtest.ErrGone) {
		t.Errorf("after the end: %v", err)
	}
}

func TestNoPython(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	t.Setenv("TAKEBAR_PYTHON", "")
	if _, err := simtest.Launch(t.Context(), simtest.Options{}); !errors.Is(err, simtest.ErrNoPython) {
		t.Errorf("got %v", err)
	}
}
