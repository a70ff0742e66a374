package app

import (
	"context"
	"errors"
	"os/exec"
	"runtime"
	"syscall"
)

// detach starts the command in a session of its own, so that Ctrl+C in Takebar's terminal does not end the player.
func detach(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true} }

func (f *SystemFiles) reveal(ctx context.Context, paths []string) error {
	return f.firstOf(ctx, []command{{name: "open", args: append([]string{"-R"}, paths...)}}, openPatience)
}

func (f *SystemFiles) open(ctx context.Context, path string) error {
	return f.firstOf(ctx, openCommands(runtime.GOOS, path), openPatience)
}

func (f *SystemFiles) copyOtherwise(context.Context, string) error {
	return errors.ErrUnsupported
}
