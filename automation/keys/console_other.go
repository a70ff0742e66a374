//go:build !windows

package keys

import "os/exec"

func hideConsole(*exec.Cmd) {}
