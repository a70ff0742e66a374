package wire

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// MaxFile is the largest link file that is read, in bytes.
const MaxFile = 1 << 16

// ErrNotPrivate says that a link file belongs to another user or could be read by one.
var ErrNotPrivate = errors.New("the file is not private to this user")

// WriteFile writes v as JSON, readable by the user alone, so that a reader sees the old file or the whole new one.
func WriteFile(path string, v any) (err error) {
	b, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*.part")
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	defer func() {
		if err != nil {
			_ = os.Remove(f.Name())
			err = fmt.Errorf("write %s: %w", path, err)
		}
	}()
	_, werr := f.Write(append(b, '\n')) // CreateTemp made it 0600
	if err := errors.Join(werr, f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

// ReadFile reads what WriteFile wrote. With private set it answers ErrNotPrivate for a file that is not the user's own or that others can
// read; without, only for one that is not the user's own or that others can write (Wine does not keep the mode).
func ReadFile(path string, private bool, v any) error {
	info, err := os.Lstat(path)
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return &fs.PathError{Op: "read", Path: path, Err: errors.New("not a plain file")}
	}
	forbidden := fs.FileMode(0o022)
	if private {
		forbidden = 0o077
	}
	if !ownedByUser(info, forbidden) {
		return &fs.PathError{Op: "read", Path: path, Err: ErrNotPrivate}
	}
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	b, err := io.ReadAll(io.LimitReader(f, MaxFile+1))
	if err != nil {
		return err
	}
	if len(b) > MaxFile {
		return &fs.PathError{Op: "read", Path: path, Err: errors.New("too large")}
	}
	if err := json.Unmarshal(b, v); err != nil {
		return fmt.Errorf("read %s: %w", path, err)
	}
	return nil
}
