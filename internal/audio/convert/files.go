package convert

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"unicode/utf8"
)

// partSuffix marks a file that is not finished.
const partSuffix = ".part"

// maxBase is how many bytes of a name are kept, so that " (2)", an extension and
// .part still fit into the 255 that file systems allow.
const maxBase = 220

// createPart makes a new file for a copy called base+ext in dir. A part that an
// earlier run left behind is stepped around.
func createPart(dir, base, ext string) (*os.File, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	for n := 1; ; n++ {
		path := filepath.Join(dir, numbered(base, n)+ext+partSuffix)
		f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o644)
		if err == nil || !errors.Is(err, fs.ErrExist) || n >= 1000 {
			return f, err
		}
	}
}

// numbered is the n-th name to try.
func numbered(base string, n int) string {
	if n == 1 {
		return base
	}
	return fmt.Sprintf("%s (%d)", base, n)
}

// cutBase shortens a name that is too long, never within a character.
func cutBase(base string) string {
	if len(base) <= maxBase {
		return base
	}
	end := maxBase
	for end > 0 && !utf8.RuneStart(base[end]) {
		end--
	}
	return base[:end]
}

// publish gives a finished part the first free name, and makes that last through
// a power cut.
func publish(part, dir, base, ext string) (string, error) {
	for n := 1; ; n++ {
		path := filepath.Join(dir, numbered(base, n)+ext)
		err := moveNew(part, path)
		if errors.Is(err, fs.ErrExist) && n < 10000 {
			continue
		}
		if err != nil {
			return "", err
		}
		return path, syncFolder(dir)
	}
}

// moveNew renames without ever overwriting: fs.ErrExist if the name is taken. A
// hard link fails for a name that is taken, in one step. Where a file system has
// no links (FAT), an empty file takes the name first.
func moveNew(oldPath, newPath string) error {
	if _, err := os.Lstat(newPath); err == nil {
		return &fs.PathError{Op: "rename", Path: newPath, Err: fs.ErrExist}
	}
	err := os.Link(oldPath, newPath)
	if err == nil {
		return os.Remove(oldPath)
	}
	if errors.Is(err, fs.ErrExist) || errors.Is(err, fs.ErrNotExist) {
		return err
	}
	reserved, err := os.OpenFile(newPath, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	if err := reserved.Close(); err != nil {
		return err
	}
	if err := os.Rename(oldPath, newPath); err != nil {
		return errors.Join(err, os.Remove(newPath))
	}
	return nil
}

// removeParts removes files as far as they are there.
func removeParts(paths ...string) error {
	var all error
	for _, p := range paths {
		if err := os.Remove(p); err != nil && !errors.Is(err, fs.ErrNotExist) {
			all = errors.Join(all, err)
		}
	}
	return all
}
