//go:build !windows

package convert

import (
	"errors"
	"os"
	"syscall"
)

// syncFolder makes a new name in the folder last through a power cut.
func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	err = d.Sync()
	_ = d.Close() // opened for reading: nothing to lose
	// Some network file systems refuse to sync a folder. They need no help.
	if errors.Is(err, syscall.EINVAL) || errors.Is(err, syscall.ENOTSUP) {
		return nil
	}
	return err
}
