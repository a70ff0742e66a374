package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"

	"github.com/takebar/takebar/internal/control"
)

// OpenWindow has a page of Takebar's window come to the front; Target: its name.
const OpenWindow Verb = "window.open"

// The pages of the window.
const (
	PageTakes    = "takes"
	PageExport   = "export"
	PageSettings = "settings"
	PageSetup    = "setup"
	PageAbout    = "about"
)

// Windows opens Takebar's window, which is a process of its own.
type Windows interface {
	// Open brings a page to the front; "" brings the window to the front as it is. It answers once the page is shown or the window has had its time to refuse.
	Open(ctx context.Context, page string) error
}

// WindowProcess is Windows by running a command.
type WindowProcess struct {
	command []string // the page is put after it
	logger  *slog.Logger
}

// NewWindowProcess opens windows with a command, such as takebar window.
func NewWindowProcess(command []string, logger *slog.Logger) *WindowProcess {
	return &WindowProcess{command: command, logger: logger}
}

// refuseTime is how long a window may take to find out that it cannot open.
const refuseTime = 3 * time.Second

// Open implements Windows. The window lives on when ctx or this program ends.
func (w *WindowProcess) Open(ctx context.Context, page string) error {
	said, err := os.CreateTemp("", "takebar-window-*.log") // not a pipe: a window that outlives its parent would be killed by its next word
	if err != nil {
		return fmt.Errorf("open Takebar's window: %w", err)
	}
	args := slices.Clone(w.command[1:])
	if page != "" {
		args = append(args, page)
	}
	cmd := exec.CommandContext(context.WithoutCancel(ctx), w.command[0], args...)
	cmd.Stderr = said
	detach(cmd)
	if err := cmd.Start(); err != nil {
		w.forget(said)
		return fmt.Errorf("open Takebar's window: %w", err)
	}
	ended := make(chan error, 1)
	go func() {
		err := cmd.Wait()
		if err != nil {
			text, hint := lastWords(said.Name())
			w.logger.Warn("the window has ended with an error", "page", page, "error", err, "said", text)
			err = &control.Error{Code: "window_failed", Message: fallback(text, "Takebar's window could not be opened."), Hint: hint, Err: err}
		}
		w.forget(said)
		ended <- err
	}()
	timer := time.NewTimer(refuseTime)
	defer timer.Stop()
	select {
	case err := <-ended:
		return err
	case <-timer.C:
	case <-ctx.Done():
	}
	return nil
}

func (w *WindowProcess) forget(f *os.File) {
	if err := errors.Join(f.Close(), os.Remove(f.Name())); err != nil {
		w.logger.Debug("clear up after a window", "error", err)
	}
}

// lastWords are the sentence and the hint with which a command ends that failed.
func lastWords(path string) (text, hint string) {
	const most = 4096
	b, err := os.ReadFile(path)
	if err != nil {
		return "", ""
	}
	lines := strings.Split(strings.TrimSpace(string(b[max(0, len(b)-most):])), "\n")
	text = Clean(lines[len(lines)-1])
	if h, ok := strings.CutPrefix(text, "Hint: "); ok && len(lines) > 1 {
		return Clean(lines[len(lines)-2]), h
	}
	return text, ""
}

// Detach has a command live on when this program ends or is interrupted.
func Detach(cmd *exec.Cmd) { detach(cmd) }

func noWindows() error {
	return &control.Error{
		Code: "not_supported", Message: "This build of Takebar has no windows.",
		Hint: "Use the menu and the commands, or install a build with windows; the README says how to build one.",
	}
}

// sensibleScale keeps text readable whatever a desktop says.
func sensibleScale(factor float64) float32 {
	if factor < 0.5 || factor > 3 {
		return 1
	}
	return float32(factor)
}
