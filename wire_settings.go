//go:build cgo && !nowindow

package main

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"github.com/takebar/takebar/app"
	"github.com/takebar/takebar/app/about"
	aboutpage "github.com/takebar/takebar/app/window/about"
	"github.com/takebar/takebar/app/window/ports"
	settingspage "github.com/takebar/takebar/app/window/settings"
	setuppage "github.com/takebar/takebar/app/window/setup"
	"github.com/takebar/takebar/automation"
	"github.com/takebar/takebar/automation/keys"
	"github.com/takebar/takebar/internal/autostart"
	"github.com/takebar/takebar/internal/config"
	"github.com/takebar/takebar/internal/control"
	"github.com/takebar/takebar/internal/doctor"
	"github.com/takebar/takebar/internal/livefind"
	"github.com/takebar/takebar/internal/pageports"
	"github.com/takebar/takebar/internal/take"
	remotescript "github.com/takebar/takebar/remote_script"
)

// settingsPorts are what the settings page wants besides what is here.
type settingsPorts struct {
	Core     control.Core
	Files    app.Files
	Attempts app.Exporter                                      // of this process; nil = none. Its Watch must run
	Devices  func(ctx context.Context) ([]ports.Device, error) // of the player; nil = none
	Use      func(ctx context.Context, device string) error    // has it play on one of them; nil = none
	Colours  func(colours string)                              // told system, light or dark
}

// settingsFile is config.toml for one page. Each page has its own: a config.File serves one at a time.
func (p place) settingsFile() *pageports.SettingsFile {
	return pageports.NewSettingsFile(p.file(), take.DefaultTemplate)
}

func (p place) settingsDeps(o settingsPorts) (settingspage.Deps, error) {
	login, err := loginEntry()
	if err != nil {
		return settingspage.Deps{}, err
	}
	chord, ok := keys.ParseChord(p.file().Load().Config.Export.Shortcut)
	if !ok {
		chord = keys.ChordE
	}
	return settingspage.Deps{
		Core: o.Core, File: p.settingsFile(), Login: login, Files: o.Files, Attempts: o.Attempts, Devices: o.Devices, Use: o.Use, Colours: o.Colours,
		Consent: automation.ConsentText(chord), Fields: take.TemplateFields(), LogDir: config.LogDir(p.home),
		Example: func(template string) (string, error) { return take.Example(template, time.Now()) },
		Disk: pageports.Disk(func(dir string) (string, error) {
			if expanded, err := config.Expand(dir); err == nil {
				dir = expanded
			}
			return p.takesDir(config.Config{TakesDir: dir})
		}, take.FreeSpace),
		Command: runtime.GOOS == "darwin", TakesEnv: os.Getenv(config.EnvTakes) != "" || p.takes != "",
	}, nil
}

// loginEntry starts this very program at login; an AppImage is started by its file, not by where it is mounted now.
func loginEntry() (*autostart.Entry, error) {
	program := os.Getenv("APPIMAGE")
	if !filepath.IsAbs(program) {
		var err error
		if program, err = os.Executable(); err != nil {
			return nil, err
		}
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return nil, err
	}
	return autostart.New(autostart.Options{
		GOOS: runtime.GOOS, Program: program, Home: home, ConfigHome: os.Getenv("XDG_CONFIG_HOME"), Registry: autostart.System(),
	})
}

func (p place) setupDeps(core control.Core, files app.Files) setuppage.Deps {
	machine := pageports.Machine{
		Seats: seats(), Preferred: func() string { return p.file().Load().Config.Live.UserLibrary }, Processes: livefind.Find,
	}
	return setuppage.Deps{
		Core: core, File: p.settingsFile(), Files: files, Machine: machine.Look, Library: remotescript.LibraryOf,
		Mac: runtime.GOOS == "darwin", Wine: len(config.WineUsers()) > 0,
	}
}

// aboutDeps: icon is a picture of the program, as PNG.
func (p place) aboutDeps(files app.Files, icon []byte) (aboutpage.Deps, error) {
	script, err := remotescript.Version()
	if err != nil {
		return aboutpage.Deps{}, err
	}
	return aboutpage.Deps{
		Info: about.Info{Version: buildVersion(), Script: script, System: runtime.GOOS + "/" + runtime.GOARCH},
		Doctor: pageports.Doctor(func(ctx context.Context) (doctor.Report, error) {
			return p.doctor(ctx, doctor.Options{})
		}),
		Files: files, Home: p.home, LogDir: config.LogDir(p.home), Icon: icon,
	}, nil
}
