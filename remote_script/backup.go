package remotescript

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// whereFile in a backup says where its folder was.
const whereFile = "from.txt"

// keep copies a folder that is about to be replaced into the backups: <backups>/<time> <version>/Takebar. It copies,
// because the User Library is often on another drive, and because a copy that failed has destroyed nothing.
func keep(folder string, old found, o Options) (string, error) {
	if !old.there {
		return "", nil
	}
	if o.Backups == "" {
		return "", errors.New("no folder for backups was given")
	}
	now := time.Now
	if o.Now != nil {
		now = o.Now
	}
	name := now().Format("2006-01-02 150405") + " " + cmp.Or(old.version, "foreign")
	if err := os.MkdirAll(o.Backups, 0o700); err != nil {
		return "", err
	}
	backup := filepath.Join(o.Backups, name)
	for n := 2; ; n++ {
		err := os.Mkdir(backup, 0o700)
		if err == nil {
			break
		}
		if !errors.Is(err, fs.ErrExist) {
			return "", err
		}
		backup = filepath.Join(o.Backups, fmt.Sprintf("%s (%d)", name, n))
	}
	err := copyTree(folder, filepath.Join(backup, Name))
	if err == nil {
		err = writeFile(filepath.Join(backup, whereFile), []byte(folder+"\n"))
	}
	if err != nil {
		return "", errors.Join(fmt.Errorf("keep a backup: %w", err), os.RemoveAll(backup))
	}
	return backup, nil
}

// newestBackup finds the last backup that was taken of this folder.
func newestBackup(backups, folder string) (string, error) {
	entries, err := os.ReadDir(backups)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("read the backups: %w", err)
	}
	slices.Reverse(entries) // names begin with the time
	for _, e := range entries {
		from, err := os.ReadFile(filepath.Join(backups, e.Name(), whereFile))
		if err == nil && strings.TrimSpace(string(from)) == folder {
			return filepath.Join(backups, e.Name()), nil
		}
	}
	return "", &Error{
		code:    "no_backup",
		message: fmt.Sprintf("There is no backup of %s.", folder),
		hint:    "Backups are made when a script is replaced or removed.",
	}
}

// copyTree copies folders, files and links; Python's caches are left out.
func copyTree(from, to string) error {
	info, err := os.Lstat(from)
	if err != nil {
		return err
	}
	if !info.IsDir() {
		return copyEntry(from, to, info)
	}
	return filepath.WalkDir(from, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, name)
		if err != nil {
			return err
		}
		target := filepath.Join(to, rel)
		if entry.IsDir() {
			if entry.Name() == "__pycache__" {
				return fs.SkipDir
			}
			return os.MkdirAll(target, 0o755)
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		return copyEntry(name, target, info)
	})
}

func copyEntry(from, to string, info fs.FileInfo) error {
	switch {
	case info.Mode()&fs.ModeSymlink != 0:
		target, err := os.Readlink(from)
		if err != nil {
			return err
		}
		return os.Symlink(target, to)
	case !info.Mode().IsRegular():
		return fmt.Errorf("%s is no file or folder", from)
	}
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close() //nolint:errcheck // read only
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, info.Mode().Perm()|0o200)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	if err == nil {
		err = out.Sync()
	}
	return errors.Join(err, out.Close())
}
