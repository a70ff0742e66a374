package convert

import (
	"errors"
	"syscall"
)

// System error codes of Windows (winerror.h).
const (
	errorWriteProtect   = syscall.Errno(19)
	errorHandleDiskFull = syscall.Errno(39)
	errorDiskFull       = syscall.Errno(112)
)

func isDiskFull(err error) bool {
	return errors.Is(err, errorHandleDiskFull) || errors.Is(err, errorDiskFull)
}

func isReadOnly(err error) bool { return errors.Is(err, errorWriteProtect) }
