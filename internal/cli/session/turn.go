package session

import (
	"errors"
	"os"
	"path/filepath"

	"github.com/gofrs/flock"
)

// ErrTrayRunning says that the menu-bar app runs already.
var ErrTrayRunning = errors.New("the menu-bar app runs already")

// Turn is the right to be the one menu-bar app of a home folder. It is not the core's lock: a command may hold that for a moment.
type Turn struct{ lock *flock.Flock }

// TakeTurn takes that right, or answers ErrTrayRunning.
func TakeTurn(home string) (*Turn, error) {
	if err := os.MkdirAll(home, 0o700); err != nil {
		return nil, homeError(home, err)
	}
	lock := flock.New(filepath.Join(home, "tray.lock"))
	got, err := lock.TryLock()
	if err != nil {
		return nil, homeError(home, err)
	}
	if !got {
		return nil, ErrTrayRunning
	}
	return &Turn{lock}, nil
}

// Release gives it back.
func (t *Turn) Release() error { return t.lock.Unlock() }

// TrayRuns says whether the menu-bar app of a home folder runs.
func TrayRuns(home string) (bool, error) {
	turn, err := TakeTurn(home)
	if errors.Is(err, ErrTrayRunning) {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	return false, turn.Release()
}
