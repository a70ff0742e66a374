package app

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"syscall"

	"golang.org/x/sys/windows"
)

// detach keeps a console window from flashing up.
func detach(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{HideWindow: true, CreationFlags: windows.CREATE_NO_WINDOW}
}

// reveal selects the first file: Explorer's command line takes one. Explorer answers 1 even when all is well.
func (f *SystemFiles) reveal(ctx context.Context, paths []string) error {
	cmd := exec.CommandContext(context.WithoutCancel(ctx), "explorer.exe")
	cmd.SysProcAttr = &syscall.SysProcAttr{CmdLine: explorerLine(paths[0])}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start Explorer: %w", err)
	}
	return cmd.Process.Release()
}

func (f *SystemFiles) open(_ context.Context, path string) error {
	file, err := windows.UTF16PtrFromString(path)
	if err != nil {
		return fmt.Errorf("read the path: %w", err)
	}
	verb, err := windows.UTF16PtrFromString("open")
	if err != nil {
		return fmt.Errorf("write the verb: %w", err)
	}
	if err := windows.ShellExecute(0, verb, file, nil, nil, windows.SW_SHOWNORMAL); err != nil {
		return fmt.Errorf("open with Windows: %w", err)
	}
	return nil
}

func (f *SystemFiles) copyOtherwise(context.Context, string) error {
	return errors.ErrUnsupported
}
