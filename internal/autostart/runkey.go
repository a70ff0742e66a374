package autostart

import (
	"io/fs"
	"strings"
)

// Keys below HKEY_CURRENT_USER. The second is where Task Manager and Windows' Settings note that the user switched an entry off: a first byte that
// is odd. (Measured by many, documented nowhere; a missing value means on.)
const (
	runKeyPath      = `Software\Microsoft\Windows\CurrentVersion\Run`
	approvedKeyPath = `Software\Microsoft\Windows\CurrentVersion\Explorer\StartupApproved\Run`
	runValue        = "Takebar"
)

// runKey is a value of the Run key, which Windows starts at login.
type runKey struct{ registry Registry }

func (k runKey) where() string { return `HKEY_CURRENT_USER\` + runKeyPath + `, ` + runValue }

func (k runKey) write(program string) error {
	if err := k.registry.SetText(runKeyPath, runValue, `"`+program+`"`); err != nil {
		return err
	}
	return k.registry.Delete(approvedKeyPath, runValue)
}

func (k runKey) remove() error {
	if err := k.registry.Delete(runKeyPath, runValue); err != nil {
		return err
	}
	return k.registry.Delete(approvedKeyPath, runValue)
}

func (k runKey) read() (program string, on bool, err error) {
	line, there, err := k.registry.Text(runKeyPath, runValue)
	if err != nil {
		return "", false, err
	}
	if !there {
		return "", false, fs.ErrNotExist
	}
	program, quoted := strings.CutPrefix(line, `"`)
	program, rest, closed := strings.Cut(program, `"`)
	name := program[strings.LastIndexAny(program, `\/`)+1:]
	if !quoted || !closed || rest != "" || !strings.HasPrefix(strings.ToLower(name), "takebar") {
		return "", false, errForeign
	}
	approved, noted, err := k.registry.Binary(approvedKeyPath, runValue)
	if err != nil {
		return "", false, err
	}
	return program, !noted || len(approved) == 0 || approved[0]%2 == 0, nil
}
