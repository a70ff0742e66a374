package take

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// renameExclusive is rename(2) that fails where the new name is taken.
func renameExclusive(oldPath, newPath string) error {
	err := unix.RenameatxNp(unix.AT_FDCWD, oldPath, unix.AT_FDCWD, newPath, unix.RENAME_EXCL)
	if errors.Is(err, unix.EINVAL) || errors.Is(err, unix.ENOSYS) || errors.Is(err, unix.ENOTSUP) {
		return errNotOffered
	}
	if err != nil {
		return &os.LinkError{Op: "rename", Old: oldPath, New: newPath, Err: err}
	}
	return nil
}

// cloneNew makes the new file path share the blocks of src, where the file system can (APFS).
// fs.ErrExist if path is taken, errNotOffered if a copy is the only way.
func cloneNew(path string, src *os.File) error {
	err := unix.Fclonefileat(int(src.Fd()), unix.AT_FDCWD, path, 0)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, unix.EEXIST):
		return &os.PathError{Op: "clone", Path: path, Err: err}
	default:
		return errNotOffered
	}
}

// freeBytes is the room that this user has on the disk of dir.
func freeBytes(dir string) (int64, error) {
	var st unix.Statfs_t
	if err := unix.Statfs(dir, &st); err != nil {
		return 0, err
	}
	return int64(st.Bavail) * int64(st.Bsize), nil
}

func hintSequential(*os.File) {}

func startWriting(*os.File, int64, int64) {}

// forgetCache keeps the reading back out of the system's memory, so that it asks the disk.
func forgetCache(f *os.File) { _, _ = unix.FcntlInt(f.Fd(), unix.F_NOCACHE, 1) }
