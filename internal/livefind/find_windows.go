package livefind

import (
	"context"
	"errors"
	"fmt"
	"time"
	"unsafe"

	"golang.org/x/sys/windows"
)

// Find lists the Lives that run.
func Find(ctx context.Context) ([]Process, error) {
	list, err := windows.CreateToolhelp32Snapshot(windows.TH32CS_SNAPPROCESS, 0)
	if err != nil {
		return nil, fmt.Errorf("list processes: %w", err)
	}
	defer windows.CloseHandle(list) //nolint:errcheck // nothing is buffered
	entry := windows.ProcessEntry32{}
	entry.Size = uint32(unsafe.Sizeof(entry))
	var all []Process
	for err = windows.Process32First(list, &entry); err == nil; err = windows.Process32Next(list, &entry) {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		p, ok := named(windows.UTF16ToString(entry.ExeFile[:]))
		if !ok {
			continue
		}
		p.PID, p.Started = int(entry.ProcessID), started(entry.ProcessID)
		all = append(all, p)
	}
	if !errors.Is(err, windows.ERROR_NO_MORE_FILES) {
		return nil, fmt.Errorf("list processes: %w", err)
	}
	return all, nil
}

func started(pid uint32) time.Time {
	process, err := windows.OpenProcess(windows.PROCESS_QUERY_LIMITED_INFORMATION, false, pid)
	if err != nil {
		return time.Time{} // such as one of an administrator
	}
	defer windows.CloseHandle(process) //nolint:errcheck // nothing is buffered
	var created, exited, kernel, user windows.Filetime
	if err := windows.GetProcessTimes(process, &created, &exited, &kernel, &user); err != nil {
		return time.Time{}
	}
	return time.Unix(0, created.Nanoseconds())
}
