package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"github.com/takebar/takebar/automation"
	"github.com/takebar/takebar/internal/config"
	"github.com/takebar/takebar/internal/doctor"
	"github.com/takebar/takebar/internal/exports"
)

// keysRole is the hidden word that makes this program press one key and end; see automation/robot.
const keysRole = "keys-role"

// exports opens what export attempts need.
func (p place) exports(c config.Config, logger *slog.Logger, changed func(automation.Status)) (*exports.Exports, error) {
	o, err := p.exportOptions(c, logger, changed)
	if err != nil {
		return nil, err
	}
	return exports.Open(o)
}

func (p place) exportOptions(c config.Config, logger *slog.Logger, changed func(automation.Status)) (exports.Options, error) {
	program, err := os.Executable()
	if err != nil {
		return exports.Options{}, fmt.Errorf("find this program's own file: %w", err)
	}
	out := c.Export.Output
	if out == "" {
		takes, err := p.takesDir(c)
		if err != nil {
			return exports.Options{}, err
		}
		out = filepath.Join(takes, "Exports")
	}
	return exports.Options{
		Home: p.home, Version: buildVersion(), LinkDirs: c.LinkDirs(p.home), Keys: []string{program, keysRole},
		Chord: c.Export.Shortcut, Folders: c.Export.Folders, Out: out, OpenSet: c.Export.OpenCommand, Logger: logger, Changed: changed,
		Off:      func() bool { return !p.file().Load().Config.Export.Enabled },
		Pictures: func() bool { return p.file().Load().Config.Export.Pictures },
	}, nil
}

// examineExports is the doctor's look at export attempts.
func (p place) examineExports(ctx context.Context) []doctor.Check {
	x, err := p.exports(p.file().Load().Config, nil, nil)
	if err != nil {
		return []doctor.Check{{Name: "Export attempts", Status: doctor.Fail, Text: err.Error() + "."}}
	}
	defer x.Close()
	on, err := x.Enabled()
	if err == nil && on {
		x.Ready(ctx)
	}
	var all []doctor.Check
	for _, f := range x.Examine(ctx) {
		c := doctor.Check{Name: "Export attempts: " + f.Name, Status: doctor.OK, Text: f.Text}
		if !f.OK {
			c.Status, c.Hint = doctor.Warn, f.Fix
		}
		if !on && !f.OK {
			c.Status = doctor.NotApplicable // nobody misses it
		}
		all = append(all, c)
	}
	return all
}

// askUser puts questions on the terminal; nil where there is none.
func askUser() func(string) (bool, error) {
	in, err := os.Stdin.Stat()
	if err != nil || in.Mode()&os.ModeCharDevice == 0 || in.Mode()&os.ModeNamedPipe != 0 {
		return nil
	}
	if null, err := os.Stat(os.DevNull); err == nil && os.SameFile(in, null) {
		return nil
	}
	return func(question string) (bool, error) {
		fmt.Fprint(os.Stderr, question+" [y/N] ")
		line, err := bufio.NewReader(os.Stdin).ReadString('\n')
		if err != nil {
			return false, fmt.Errorf("read the answer: %w", err)
		}
		answer := strings.ToLower(strings.TrimSpace(line))
		return answer == "y" || answer == "yes", nil
	}
}

// exportMenu makes export attempts for the menu bar.
func (p place) exportMenu(logger *slog.Logger) (*exports.Menu, error) {
	o, err := p.exportOptions(p.file().Load().Config, logger, nil)
	if err != nil {
		return nil, err
	}
	return exports.NewMenu(exports.Peek(o), func(changed func(automation.Status)) (*exports.Exports, error) {
		// The settings of the moment: they may have changed since the menu came up.
		return p.exports(p.file().Load().Config, logger, changed)
	}, p.showExport), nil
}

// showExport writes into config.toml that attempts are on or off.
func (p place) showExport(on bool) error {
	file := p.file()
	return errors.Join(file.Ensure(), file.Set("export.enabled", on))
}
