package take

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// partSuffix ends the name of everything that is not complete yet.
const partSuffix = ".part"

// errNotOffered says that the system or this file system cannot do it that way; there is another.
var errNotOffered = errors.New("not offered by this file system")

// moveNew renames without ever overwriting, not even in a race: fs.ErrExist if newPath is taken. Both lie in one
// file system.
func moveNew(oldPath, newPath string) error {
	return mover{rename: renameExclusive, link: os.Link}.move(oldPath, newPath)
}

// mover has the ways of a file system to give a file a new name and no other; some file systems lack one or both.
type mover struct {
	rename, link func(oldPath, newPath string) error
}

func (m mover) move(oldPath, newPath string) error {
	err := m.rename(oldPath, newPath)
	if !errors.Is(err, errNotOffered) {
		return err
	}
	// A hard link fails if the name is taken. For a moment both names are there; whoever finds them so after a
	// crash can see that they are one file.
	if err := m.link(oldPath, newPath); err == nil {
		return os.Remove(oldPath)
	} else if errors.Is(err, fs.ErrExist) || errors.Is(err, fs.ErrNotExist) {
		return err
	}
	// Neither (such as FAT over FUSE): take the name with an empty file, and rename over that. A crash in between leaves the empty
	// file: nobody could tell then that it is not somebody else's.
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

// writeNew writes a file in one piece: complete or not at all. It never overwrites: fs.ErrExist.
// written is called when the bytes are safe under their temporary name.
func writeNew(path string, data []byte, written func()) error {
	return writeWhole(path, data, written, moveNew)
}

// writeOver is writeNew for a file that may be there already.
func writeOver(path string, data []byte) error { return writeWhole(path, data, func() {}, os.Rename) }

func writeWhole(path string, data []byte, written func(), move func(string, string) error) (err error) {
	part := path + partSuffix
	defer func() {
		if err != nil {
			err = errors.Join(err, removeIfThere(part))
		}
	}()
	f, err := os.OpenFile(part, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o644)
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	if _, err := f.Write(data); err != nil {
		return fmt.Errorf("write %s: %w", path, errors.Join(err, f.Close()))
	}
	if err := f.Sync(); err != nil {
		return fmt.Errorf("sync %s: %w", path, errors.Join(err, f.Close()))
	}
	if err := f.Close(); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	written()
	if err := move(part, path); err != nil {
		return fmt.Errorf("name %s: %w", path, err)
	}
	return syncDir(filepath.Dir(path))
}

// makeDirs is os.MkdirAll that also makes the new folders safe against a power cut.
func makeDirs(dir string) error {
	if info, err := os.Stat(dir); err == nil {
		if !info.IsDir() {
			return &fs.PathError{Op: "mkdir", Path: dir, Err: fs.ErrExist}
		}
		return nil
	}
	parent := filepath.Dir(dir)
	if parent != dir {
		if err := makeDirs(parent); err != nil {
			return err
		}
	}
	if err := os.Mkdir(dir, 0o755); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return syncDir(parent)
}

func removeIfThere(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

func exists(path string) (bool, error) {
	_, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

// readLimited reads a small file; a huge one is not one of ours.
func readLimited(path string, limit int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // read only: nothing can be lost
	data, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err == nil && int64(len(data)) > limit {
		err = fmt.Errorf("read %s: larger than %d bytes", path, limit)
	}
	return data, err
}

// pause waits, unless ctx ends first.
func pause(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
