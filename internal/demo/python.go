package demo

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"time"

	"github.com/takebar/takebar/internal/control"
)

// EnvPython names the Python to use.
const EnvPython = "TAKEBAR_PYTHON"

// Python is a command that runs Python 3.7 or newer.
type Python struct {
	Command []string // program and first arguments
	Version string   // such as 3.11.2
}

// FindPython looks for a Python that can run the stand-in for Live: $TAKEBAR_PYTHON, else the usual names.
func FindPython(ctx context.Context) (Python, error) {
	candidates := [][]string{{"python3"}, {"python"}}
	if runtime.GOOS == "windows" {
		candidates = [][]string{{"py", "-3"}, {"python"}, {"python3"}}
	}
	if name := os.Getenv(EnvPython); name != "" {
		candidates = [][]string{{name}}
	}
	var tooOld string
	for _, command := range candidates {
		version, err := pythonVersion(ctx, command)
		if err != nil {
			continue
		}
		if !atLeast37(version) {
			tooOld = version
			continue
		}
		return Python{Command: command, Version: version}, nil
	}
	e := &control.Error{
		Code:    "no_python",
		Message: "The simulated Live needs Python 3.7 or newer, and there is none here.",
		Hint:    "Install it from python.org, or with your system's packages (python3). TAKEBAR_PYTHON names one elsewhere.",
	}
	if tooOld != "" {
		e.Message = fmt.Sprintf("The simulated Live needs Python 3.7 or newer; here is only %s.", tooOld)
	}
	return Python{}, e
}

func pythonVersion(ctx context.Context, command []string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, command[0], append(command[1:len(command):len(command)], "-c", "import platform; print(platform.python_version())")...)
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("ask %s for its version: %w", command[0], err)
	}
	return strings.TrimSpace(string(out)), nil
}

func atLeast37(version string) bool {
	parts := strings.SplitN(version, ".", 3)
	if len(parts) < 2 {
		return false
	}
	major, err := strconv.Atoi(parts[0])
	minor, err2 := strconv.Atoi(parts[1])
	return err == nil && err2 == nil && (major > 3 || major == 3 && minor >= 7)
}
