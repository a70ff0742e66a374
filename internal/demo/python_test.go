package demo

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/takebar/takebar/internal/control"
)

func TestWhichPythonWillDo(t *testing.T) {
	for version, want := range map[string]bool{"3.7.0": true, "3.7": true, "3.11.6": true, "4.0.1": true, "3.6.15": false, "2.7.18": false, "": false, "x.y": false, "3": false} {
		if got := atLeast37(version); got != want {
			t.Errorf("%q: %t", version, got)
		}
	}
}

func TestNoPythonIsSaid(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the stand-in for an old Python below is a shell script")
	}
	old := filepath.Join(t.TempDir(), "python3")
	if err := os.WriteFile(old, []byte("#!/bin/sh\necho 3.6.15\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	for name, says := range map[string]string{
		filepath.Join(t.TempDir(), "nothing"): "The simulated Live needs Python 3.7 or newer, and there is none here.",
		old:                                   "The simulated Live needs Python 3.7 or newer; here is only 3.6.15.",
	} {
		t.Setenv(EnvPython, name)
		_, err := FindPython(t.Context())
		var own *control.Error
		if !errors.As(err, &own) || own.Message != says || own.Hint == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestDemoLeavesFoldersOfTheUserAlone(t *testing.T) {
	mine := t.TempDir()
	if err := os.WriteFile(filepath.Join(mine, "song.als"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, _, err := prepare(mine); err == nil {
		t.Error("a folder with something in it was taken")
	}
	made := filepath.Join(t.TempDir(), "new")
	for range 2 {
		dir, release, err := prepare(made)
		if err != nil || dir != made {
			t.Fatal(dir, err)
		}
		var own *control.Error
		if _, _, err := prepare(made); !errors.As(err, &own) || own.Code != "demo_running" {
			t.Errorf("a second demo in the same folder: %v", err)
		}
		if err := os.MkdirAll(filepath.Join(dir, "takes"), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := release(); err != nil {
			t.Fatal(err)
		}
	}
}
