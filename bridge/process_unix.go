//go:build unix

package bridge

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"syscall"
)

const errRefused = syscall.ECONNREFUSED

// processAlive says whether a process of this system has that id. A dead one that its parent has not yet noticed is dead.
func processAlive(pid int) bool {
	if pid <= 0 {
		return false
	}
	if err := syscall.Kill(pid, 0); err != nil && !errors.Is(err, syscall.EPERM) {
		return false
	}
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return true // no /proc on this system
	}
	_, state, _ := bytes.Cut(stat[bytes.LastIndexByte(stat, ')')+1:], []byte(" "))
	return len(state) == 0 || state[0] != 'Z' && state[0] != 'X'
}
