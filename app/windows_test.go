package app

import (
	"errors"
	"log/slog"
	"os"
	"runtime"
	"testing"

	"github.com/takebar/takebar/internal/control"
)

// TestWindowProcess has /bin/sh be the window.
func TestWindowProcess(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("needs a POSIX shell")
	}
	t.Setenv("TMPDIR", t.TempDir())
	open := func(script string) error {
		return NewWindowProcess([]string{"/bin/sh", "-c", script, "window"}, slog.New(slog.DiscardHandler)).Open(t.Context(), "takes")
	}
	if err := open(`test "$1" = takes`); err != nil {
		t.Errorf("a window that another process shows: %v", err)
	}
	var refused *control.Error
	err := open(`echo "There is no display." >&2; echo "Hint: Log in to a desktop." >&2; exit 1`)
	if !errors.As(err, &refused) || refused.Message != "There is no display." || refused.Hint != "Log in to a desktop." {
		t.Errorf("got %v", err)
	}
	if err := open(`exit 1`); !errors.As(err, &refused) || refused.Message == "" {
		t.Errorf("a silent failure: %v", err)
	}
	if err := NewWindowProcess([]string{"/no/such/program"}, slog.New(slog.DiscardHandler)).Open(t.Context(), "takes"); err == nil {
		t.Error("a missing program opened a window")
	}
	left, err := os.ReadDir(os.Getenv("TMPDIR"))
	if err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestSensibleScale(t *testing.T) {
	for factor, want := range map[float64]float32{1: 1, 1.5: 1.5, 0: 1, -2: 1, 40: 1} {
		if got := sensibleScale(factor); got != want {
			t.Errorf("sensibleScale(%v) = %v, want %v", factor, got, want)
		}
	}
}
