package take

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// renameExclusive is rename(2) that fails where the new name is taken.
func renameExclusive(oldPath, newPath string) error {
	err := unix.Renameat2(unix.AT_FDCWD, oldPath, unix.AT_FDCWD, newPath, unix.RENAME_NOREPLACE)
	if errors.Is(err, unix.EINVAL) || errors.Is(err, unix.ENOSYS) || errors.Is(err, unix.ENOTSUP) {
		return errNotOffered
	}
	if err != nil {
		return &os.LinkError{Op: "rename", Old: oldPath, New: newPath, Err: err}
	}
	return nil
}

// cloneNew makes the new file path share the blocks of src, where the file system can (btrfs, xfs).
// fs.ErrExist if path is taken, errNotOffered if a copy is the only way.
func cloneNew(path string, src *os.File) error {
	dst, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	err = unix.IoctlFileClone(int(dst.Fd()), int(src.Fd()))
	if err := errors.Join(err, dst.Close()); err != nil {
		return errors.Join(errNotOffered, os.Remove(path))
	}
	return nil
}

// freeBytes is the room that this user has on the disk of dir.
func freeBytes(dir string) (int64, error) {
	var st unix.Statfs_t
	if err := unix.Statfs(dir, &st); err != nil {
		return 0, err
	}
	return int64(st.Bavail) * st.Bsize, nil
}

// hintSequential asks for generous read-ahead.
func hintSequential(f *os.File) { _ = unix.Fadvise(int(f.Fd()), 0, 0, unix.FADV_SEQUENTIAL) }

// startWriting lets the disk begin with what was just written, so that the final sync has less to wait for.
func startWriting(f *os.File, from, bytes int64) {
	_ = unix.SyncFileRange(int(f.Fd()), from, bytes, unix.SYNC_FILE_RANGE_WRITE)
}

// forgetCache asks the system to drop its memory of a synced file, so that reading it back asks the disk. It is a request only: another
// program that maps the file keeps it in memory.
func forgetCache(f *os.File) { _ = unix.Fadvise(int(f.Fd()), 0, 0, unix.FADV_DONTNEED) }
