//go:build linux && cgo

package automation_test

import (
	"os"
	"strconv"

	"golang.org/x/sys/unix"

	"github.com/takebar/takebar/automation"
	"github.com/takebar/takebar/bridge/live"
)

// frozenLink goes on reporting one state.
type frozenLink struct {
	automation.Link
	state live.State
}

func (f frozenLink) State() (live.State, bool) { return f.state, true }

func itoa(id uint32) string { return strconv.FormatUint(uint64(id), 10) }

// roomAtFirst says that there is room until something was written, and then the truth.
func roomAtFirst(dir string) func(string) (uint64, error) {
	return func(string) (uint64, error) {
		var st unix.Statfs_t
		if err := unix.Statfs(dir, &st); err != nil {
			return 0, err
		}
		if files, err := os.ReadDir(dir); err != nil || len(files) <= 1 { // the old mix is there from the start
			return 1 << 40, err
		}
		return st.Bavail * uint64(st.Bsize), nil
	}
}
