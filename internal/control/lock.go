package control

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/gofrs/flock"
)

// Lock is the right to be the one core of a home folder. The system takes it back when the process ends, however that happens.
type Lock struct{ file *flock.Flock }

// AcquireCore takes that right, or answers ErrCoreRunning at once. It makes the home folder if it is missing.
func AcquireCore(home string) (*Lock, error) {
	if err := os.MkdirAll(home, 0o700); err != nil {
		return nil, fmt.Errorf("make the home folder: %w", err)
	}
	file := flock.New(filepath.Join(home, "core.lock"), flock.SetPermissions(0o600))
	got, err := file.TryLock()
	if err != nil {
		return nil, fmt.Errorf("lock the home folder: %w", err)
	}
	if !got {
		return nil, ErrCoreRunning
	}
	return &Lock{file}, nil
}

// Release gives it back.
func (l *Lock) Release() error { return l.file.Unlock() }
