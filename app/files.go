package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"time"

	"github.com/takebar/takebar/internal/control"
)

// Files opens and shows files with the means of the user's desktop. Paths are absolute. Errors are *control.Error with a
// hint that holds the path, so that the user gets there by hand.
type Files interface {
	// Reveal shows the files in the file manager, selected where it can.
	Reveal(ctx context.Context, paths []string) error
	// Play opens a file with the program that the user chose for its kind.
	Play(ctx context.Context, path string) error
	// OpenFolder shows what is in a folder.
	OpenFolder(ctx context.Context, dir string) error
	// Copy puts text on the clipboard.
	Copy(ctx context.Context, text string) error
}

// SystemFiles is Files on the desktop that this program runs on.
type SystemFiles struct {
	logger *slog.Logger
}

// NewFiles makes a SystemFiles.
func NewFiles(logger *slog.Logger) *SystemFiles { return &SystemFiles{logger: logger} }

var _ Files = (*SystemFiles)(nil)

// Reveal implements Files.
func (f *SystemFiles) Reveal(ctx context.Context, paths []string) error {
	if err := exists(paths...); err != nil {
		return err
	}
	return withPath(f.reveal(ctx, paths), "show the file", paths[0])
}

// Play implements Files.
func (f *SystemFiles) Play(ctx context.Context, path string) error {
	if err := exists(path); err != nil {
		return err
	}
	return withPath(f.open(ctx, path), "play the file", path)
}

// OpenFolder implements Files.
func (f *SystemFiles) OpenFolder(ctx context.Context, dir string) error {
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		return &control.Error{
			Code: "not_found", Message: "The takes folder is not there yet.",
			Hint: "It is made when the first take lands: " + dir, Err: err,
		}
	}
	return withPath(f.open(ctx, dir), "open the folder", dir)
}

// Copy implements Files.
func (f *SystemFiles) Copy(ctx context.Context, text string) error {
	commands := copyCommands(runtime.GOOS, text, os.Getenv)
	err := f.firstOf(ctx, commands, copyPatience)
	if errors.Is(err, exec.ErrNotFound) && f.copyOtherwise(ctx, text) == nil {
		return nil
	}
	if errors.Is(err, exec.ErrNotFound) {
		return &control.Error{
			Code: "no_clipboard", Message: "No program for the clipboard was found.",
			Hint: "Install xclip or wl-clipboard. The path is " + text, Err: err,
		}
	}
	return withPath(err, "copy the path", text)
}

func exists(paths ...string) error {
	for _, p := range paths {
		if _, err := os.Stat(p); err != nil {
			return &control.Error{Code: "not_found", Message: "The file is not there any more.", Hint: "It was " + p, Err: err}
		}
	}
	if len(paths) == 0 {
		return &control.Error{Code: "not_found", Message: "There is no file to show."}
	}
	return nil
}

// withPath turns a failure into a sentence with the path as a hint.
func withPath(err error, what, path string) error {
	switch {
	case err == nil, errors.Is(err, context.Canceled):
		return err
	case errors.Is(err, exec.ErrNotFound):
		return &control.Error{
			Code: "no_program", Message: fmt.Sprintf("Takebar found no program to %s.", what),
			Hint: "Install xdg-utils, or go there yourself: " + path, Err: err,
		}
	}
	return &control.Error{Code: "no_program", Message: fmt.Sprintf("Takebar could not %s: %v.", what, err), Hint: "It is " + path, Err: err}
}

// How long a tool may take to say that it failed. A player that is still running by then has opened the file.
const (
	openPatience = 3 * time.Second
	copyPatience = 10 * time.Second
)

// firstOf runs the first of these commands that is installed.
func (f *SystemFiles) firstOf(ctx context.Context, commands []command, patience time.Duration) error {
	for _, c := range commands {
		path, err := exec.LookPath(c.name)
		if err != nil {
			continue
		}
		c.name = path
		return launch(ctx, c, patience)
	}
	return fmt.Errorf("find a program: %w", exec.ErrNotFound)
}

// launch starts a command and waits until it ends or patience is over. It is not killed then: it may be the player itself, which
// lives on after this program. The goroutine that waits for it only collects its exit status; nobody needs to wait for that.
func launch(ctx context.Context, c command, patience time.Duration) error {
	cmd := prepare(context.WithoutCancel(ctx), c)
	var complaint limitedBuffer
	if !c.mute {
		cmd.Stderr = &complaint
	}
	cmd.WaitDelay = time.Second // for a program that leaves a child behind unasked
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start %s: %w", c.name, err)
	}
	done := make(chan error, 1)
	go func() { done <- cmd.Wait() }()
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case err := <-done:
		if err == nil || errors.Is(err, exec.ErrWaitDelay) {
			return nil
		}
		if text := strings.TrimSpace(complaint.String()); text != "" {
			return fmt.Errorf("%s: %s: %w", c.name, text, err)
		}
		return fmt.Errorf("%s: %w", c.name, err)
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func prepare(ctx context.Context, c command) *exec.Cmd {
	cmd := exec.CommandContext(ctx, c.name, c.args...)
	if len(c.env) > 0 {
		cmd.Env = append(os.Environ(), c.env...)
	}
	if c.stdin != nil {
		cmd.Stdin = bytes.NewReader(c.stdin)
	}
	detach(cmd)
	return cmd
}

// limitedBuffer keeps the beginning of what a tool complains about.
type limitedBuffer struct{ bytes.Buffer }

// Write keeps at most 4 KiB and takes the rest without an error, so that the tool never stalls.
func (b *limitedBuffer) Write(p []byte) (int, error) {
	const most = 4096
	if room := most - b.Len(); room > 0 {
		b.Buffer.Write(p[:min(len(p), room)])
	}
	return len(p), nil
}
