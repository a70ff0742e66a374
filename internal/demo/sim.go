// Package demo starts the stand-in for Live (livesim) from inside the program: for "takebar sim", and for "takebar demo", which shows a whole
// take from click to checked file.
//
// It must not touch the user's own settings or takes, and must not know commands and flags. internal/cli and main may import it.
package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	remotescript "github.com/takebar/takebar/remote_script"
)

// SimOptions say how to run the stand-in for Live.
type SimOptions struct {
	Args           []string // its own options, see docs/livesim.md
	Env            []string // more environment, NAME=value
	Stdout, Stderr io.Writer
	Say            func(sentence string) // nil = nobody listens
}

// endWait is how long the stand-in may take to close its files.
const endWait = 10 * time.Second

// RunSim unpacks script and stand-in into a folder of its own, runs the stand-in until it or ctx ends, and removes the folder. The answer is
// the stand-in's exit code.
func RunSim(ctx context.Context, o SimOptions) (code int, err error) {
	python, err := FindPython(ctx)
	if err != nil {
		return 1, err
	}
	dir, err := os.MkdirTemp("", "takebar-sim-")
	if err != nil {
		return 1, fmt.Errorf("make a folder for the simulated Live: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	if err := remotescript.Extract(dir); err != nil {
		return 1, err
	}
	cmd := python.command(ctx, dir, o)
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return 1, fmt.Errorf("start the simulated Live: %w", err)
	}
	// Closing its standard input ends it in order, on every system; only if that does not help it is killed.
	cmd.Cancel = stdin.Close
	cmd.WaitDelay = endWait
	if o.Say != nil {
		o.Say(fmt.Sprintf("Starting a simulated Live with Python %s. Ctrl+C ends it.", python.Version))
	}
	err = cmd.Run()
	var exit *exec.ExitError
	switch {
	case err == nil, ctx.Err() != nil:
		return 0, nil
	case errors.As(err, &exit) && exit.ExitCode() > 0:
		return exit.ExitCode(), nil
	}
	return 1, fmt.Errorf("run the simulated Live: %w", err)
}

// command is the stand-in with the script from dir, ready to start.
func (p Python) command(ctx context.Context, dir string, o SimOptions) *exec.Cmd {
	args := append(slices.Clone(p.Command[1:]), "-m", "livesim")
	if !slices.ContainsFunc(o.Args, func(a string) bool { return a == "--script" || strings.HasPrefix(a, "--script=") }) {
		args = append(args, "--script", filepath.Join(dir, remotescript.Name))
	}
	args = append(append(args, o.Args...), "--exit-when-stdin-closes")
	cmd := exec.CommandContext(ctx, p.Command[0], args...)
	cmd.Env = append(os.Environ(), "PYTHONPATH="+dir, "PYTHONDONTWRITEBYTECODE=1", "PYTHONUNBUFFERED=1")
	cmd.Env = append(cmd.Env, o.Env...)
	cmd.Stdout, cmd.Stderr = o.Stdout, o.Stderr
	return cmd
}
