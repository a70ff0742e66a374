package keys

import (
	"os/exec"
	"syscall"
)

// hideConsole keeps a console window from flashing up, which would take the focus away from Live.
func hideConsole(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{HideWindow: true} }
