//go:build unix

package wire

import (
	"io/fs"
	"os"
	"syscall"
)

func ownedByUser(info fs.FileInfo, forbidden fs.FileMode) bool {
	st, ok := info.Sys().(*syscall.Stat_t)
	return ok && int(st.Uid) == os.Getuid() && info.Mode().Perm()&forbidden == 0
}
