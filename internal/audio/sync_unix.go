//go:build !windows

package audio

import (
	"errors"
	"fmt"
	"os"
	"syscall"
)

// syncFolder makes a rename inside the folder last through a power cut.
func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("open folder to sync it: %w", err)
	}
	err = d.Sync()
	_ = d.Close() // opened for reading: nothing to lose
	// Some network file systems refuse to sync a folder. They need no help.
	if err != nil && !errors.Is(err, syscall.EINVAL) && !errors.Is(err, syscall.ENOTSUP) {
		return fmt.Errorf("sync folder: %w", err)
	}
	return nil
}
