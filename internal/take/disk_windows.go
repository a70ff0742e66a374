package take

import (
	"errors"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/windows"
)

func isDiskFull(err error) bool {
	return errors.Is(err, windows.ERROR_DISK_FULL) || errors.Is(err, windows.ERROR_HANDLE_DISK_FULL) ||
		errors.Is(err, windows.ERROR_DISK_QUOTA_EXCEEDED)
}

// isHeld says that another program keeps a file from being moved.
func isHeld(err error) bool {
	return errors.Is(err, windows.ERROR_SHARING_VIOLATION) || errors.Is(err, windows.ERROR_LOCK_VIOLATION)
}

// syncDir does nothing: Windows cannot sync a folder; NTFS keeps names in its own journal.
func syncDir(string) error { return nil }

// renameExclusive is a move that fails where the new name is taken.
func renameExclusive(oldPath, newPath string) error {
	from, err := windows.UTF16PtrFromString(longPath(oldPath))
	if err != nil {
		return err
	}
	to, err := windows.UTF16PtrFromString(longPath(newPath))
	if err != nil {
		return err
	}
	if err := windows.MoveFileEx(from, to, windows.MOVEFILE_WRITE_THROUGH); err != nil {
		return &os.LinkError{Op: "rename", Old: oldPath, New: newPath, Err: err}
	}
	return nil
}

// longPath lifts the limit of 260 characters, as package os does by itself.
func longPath(path string) string {
	if len(path) < 248 || strings.HasPrefix(path, `\\`) || !filepath.IsAbs(path) {
		return path
	}
	return `\\?\` + filepath.Clean(path)
}

func cloneNew(string, *os.File) error { return errNotOffered }

// freeBytes is the room that this user has on the disk of dir.
func freeBytes(dir string) (int64, error) {
	name, err := windows.UTF16PtrFromString(dir)
	if err != nil {
		return 0, err
	}
	var free uint64
	if err := windows.GetDiskFreeSpaceEx(name, &free, nil, nil); err != nil {
		return 0, err
	}
	return int64(min(free, 1<<62)), nil
}

func hintSequential(*os.File) {}

func startWriting(*os.File, int64, int64) {}

func forgetCache(*os.File) {}
