package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/adrg/xdg"

	"github.com/takebar/takebar/app"
	"github.com/takebar/takebar/app/tray"
	"github.com/takebar/takebar/automation"
	"github.com/takebar/takebar/bridge"
	"github.com/takebar/takebar/bridge/live"
	"github.com/takebar/takebar/internal/cli"
	"github.com/takebar/takebar/internal/cli/session"
	"github.com/takebar/takebar/internal/config"
	"github.com/takebar/takebar/internal/control"
	"github.com/takebar/takebar/internal/demo"
	"github.com/takebar/takebar/internal/doctor"
	"github.com/takebar/takebar/internal/exports"
	"github.com/takebar/takebar/internal/take"
	remotescript "github.com/takebar/takebar/remote_script"
)

// program is the command line with everything that it needs.
func program(interrupts <-chan os.Signal) *cli.Program {
	files := app.NewFiles(slog.New(slog.DiscardHandler))
	return &cli.Program{
		Version: buildVersion(), Stdout: os.Stdout, Stderr: os.Stderr, Interrupts: interrupts, Files: files,
		Open: func(ctx context.Context, say func(string)) (cli.Core, error) {
			p, err := here()
			if err != nil {
				return nil, err
			}
			return p.open(ctx, say)
		},
		Running: func(ctx context.Context) (cli.Core, error) {
			p, err := here()
			if err != nil {
				return nil, err
			}
			switch runs, err := session.TrayRuns(p.home); {
			case err != nil:
				return nil, err
			case !runs:
				return nil, control.ErrNoCore
			}
			return session.Join(ctx, p.home)
		},
		Window: windowRole(),
		Tray: func(ctx context.Context, say func(string)) error {
			p, err := here()
			if err != nil {
				return err
			}
			return p.tray(ctx, say)
		},
		Script: func() (remotescript.Options, error) {
			p, err := here()
			if err != nil {
				return remotescript.Options{}, err
			}
			return p.scriptOptions(p.file().Load().Config), nil
		},
		Config: func() (*config.File, error) {
			p, err := here()
			if err != nil {
				return nil, err
			}
			return p.file(), nil
		},
		TakesDir: config.Config.Takes,
		Doctor: func(ctx context.Context, o doctor.Options) (doctor.Report, error) {
			p, err := here()
			if err != nil {
				return doctor.Report{}, err
			}
			return p.doctor(ctx, o)
		},
		Exports: func(changed func(automation.Status)) (*exports.Exports, error) {
			p, err := here()
			if err != nil {
				return nil, err
			}
			return p.exports(p.file().Load().Config, nil, changed)
		},
		BounceSets: func() (cli.BounceSets, error) {
			p, err := here()
			if err != nil {
				return cli.BounceSets{}, err
			}
			return p.bounceSets(), nil
		},
		ShowExport: func(on bool) error {
			p, err := here()
			if err != nil {
				return err
			}
			return p.showExport(on)
		},
		Ask: askUser(),
		Sim: demo.RunSim,
		Demo: func(ctx context.Context, o demo.Options) error {
			o.Version, o.Now = buildVersion(), time.Now
			if exe, err := os.Executable(); err == nil {
				o.Program = exe
			}
			o.Open = func(ctx context.Context, home, takes string, say func(string)) (demo.Core, error) {
				return place{home: home, takes: takes}.open(ctx, say)
			}
			return demo.Run(ctx, o)
		},
	}
}

// place is the folders that one run works with.
type place struct {
	home  string
	takes string // "" = as environment and config.toml say
}

func here() (place, error) {
	home, err := config.Home()
	return place{home: home}, err
}

func (p place) file() *config.File { return config.New(p.home, take.CheckTemplate) }

func (p place) takesDir(c config.Config) (string, error) {
	if p.takes != "" {
		return p.takes, nil
	}
	return c.Takes()
}

// open gives a command its core: the running one, or one of its own.
func (p place) open(ctx context.Context, say func(string)) (*session.Session, error) {
	logs := &logs{home: p.home}
	s, err := session.Open(ctx, session.Options{
		Home: p.home, Version: buildVersion(), Say: say,
		Start: func() (session.Runner, error) {
			loaded, logger, err := p.begin(logs)
			if err != nil {
				return nil, err
			}
			ctrl, _, err := p.controller(loaded, logger)
			return ctrl, err
		},
		Closed: logs.Close,
	})
	if err != nil {
		return nil, errors.Join(err, logs.Close())
	}
	return s, nil
}

// begin opens the log and reads the settings. It is called by the process that holds the core's lock.
func (p place) begin(l *logs) (config.Loaded, *slog.Logger, error) {
	file := p.file()
	logger, err := l.open()
	if err != nil {
		return config.Loaded{}, nil, err
	}
	if err := file.Ensure(); err != nil {
		logger.Warn("write the first settings", "error", err)
	}
	loaded := file.Load()
	l.level.Set(loaded.Config.Level())
	for _, note := range slices.Concat(loaded.Problems, loaded.Warnings) {
		logger.Warn("settings", "note", note.String())
	}
	return loaded, logger, nil
}

// controller builds the core: link, library, settings.
func (p place) controller(loaded config.Loaded, logger *slog.Logger) (*control.Controller, *bridge.Client, error) {
	dir, err := p.takesDir(loaded.Config)
	if err != nil {
		return nil, nil, err
	}
	library, err := p.library(loaded.Config, dir, 0, logger)
	if err != nil {
		return nil, nil, err
	}
	scriptVersion, err := remotescript.Version()
	if err != nil {
		return nil, nil, err
	}
	file := p.file()
	link := bridge.New(bridge.Options{LinkDirs: loaded.Config.LinkDirs(p.home), Version: buildVersion(), Logger: logger})
	return control.New(control.Options{
		Link:          link,
		Library:       library,
		Installer:     installer{p},
		Settings:      settings(loaded, dir),
		SaveDefaults:  saveDefaults(file),
		ScriptVersion: scriptVersion,
		Logger:        logger,
	}), link, nil
}

// library opens the take library; after is the revision of the one before it.
func (p place) library(c config.Config, dir string, after uint64, logger *slog.Logger) (*take.Library, error) {
	return take.Open(take.Options{
		Dir: dir, Home: p.home, Template: c.NameTemplate, TakebarVersion: buildVersion(), After: after, Logger: logger, Step: pauseAt(p.home),
	})
}

func settings(loaded config.Loaded, takesDir string) control.Settings {
	c := loaded.Config
	return control.Settings{
		Defaults: control.Defaults{Source: live.SourceKind(c.Source), View: live.View(c.View), Exclusive: c.ExclusiveArm},
		TakesDir: takesDir, ExportEnabled: c.Export.Enabled, Notifications: c.Notifications, Problem: loaded.Problem(),
	}
}

func saveDefaults(file *config.File) func(context.Context, control.Defaults) error {
	return func(_ context.Context, d control.Defaults) error {
		return errors.Join(file.Set("source", string(d.Source)), file.Set("view", string(d.View)), file.Set("exclusive_arm", d.Exclusive))
	}
}

// tray runs the menu-bar role: the core, offered to commands, and the icon.
func (p place) tray(ctx context.Context, say func(string)) (err error) {
	turn, err := session.TakeTurn(p.home)
	if errors.Is(err, session.ErrTrayRunning) {
		say("Takebar already runs; look for its icon in the menu bar.")
		return nil
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, turn.Release()) }()
	hideConsole()

	l := &logs{home: p.home}
	defer func() { err = errors.Join(err, l.Close()) }()
	var ctrl *control.Controller
	var link *bridge.Client
	var begun config.Config
	var logger *slog.Logger
	s, err := session.Become(ctx, session.Options{
		Home: p.home, Version: buildVersion(), Say: say,
		Start: func() (session.Runner, error) {
			loaded, log, err := p.begin(l)
			if err != nil {
				return nil, err
			}
			logger, begun = log, loaded.Config
			catchCrashes(p.home, logger)
			ctrl, link, err = p.controller(loaded, logger)
			return ctrl, err
		},
	})
	if err != nil {
		return err
	}
	logger.Info("takebar starts", "version", buildVersion(), "home", p.home)
	watching, stop := context.WithCancel(ctx)
	var watcher sync.WaitGroup
	watcher.Go(func() { p.reload(watching, begun, ctrl, link, l, logger) })
	attempts, err := p.exportMenu(logger)
	if err == nil {
		watcher.Go(func() {
			if err := attempts.Watch(watching); err != nil {
				logger.Warn("the menu does not follow export commands", "error", err)
			}
		})
		err = tray.Run(ctx, ctrl, tray.Options{Logger: logger, Export: attempts, Windows: windowOpener(logger)})
	}
	stop()
	watcher.Wait()
	err = errors.Join(err, s.Close(context.WithoutCancel(ctx)))
	logger.Info("takebar ends")
	return err
}

// reload takes in what the user saves in config.toml, at once; another takes folder or name template as soon as no take is under way.
// begun is what the core was built from.
func (p place) reload(ctx context.Context, begun config.Config, ctrl *control.Controller, link *bridge.Client, l *logs, logger *slog.Logger) {
	dir := ctrl.Snapshot().Settings.TakesDir // of the library, or of the one that waits to take over
	template := begun.NameTemplate
	err := p.file().Watch(ctx, func(loaded config.Loaded) {
		now := loaded.Config
		l.level.Set(now.Level())
		link.SetLinkDirs(now.LinkDirs(p.home))
		wanted, err := p.takesDir(now)
		if err != nil {
			wanted = dir
		}
		s := settings(loaded, wanted)
		if wanted == dir && now.NameTemplate == template {
			ctrl.SetSettings(s)
			return
		}
		library, err := p.library(now, wanted, ctrl.Snapshot().Library.Revision, logger)
		if err != nil {
			logger.Warn("another take library", "folder", wanted, "error", err)
			s.TakesDir, s.Problem = dir, strings.TrimSpace(s.Problem+" The takes stay where they were: "+err.Error())
			ctrl.SetSettings(s)
			return
		}
		dir, template = wanted, now.NameTemplate
		ctrl.Reconfigure(s, library)
	})
	if err != nil {
		logger.Warn("settings are not read again when they change", "error", err)
	}
}

// logs is the log of the process that holds the core; others write none.
type logs struct {
	home  string
	level slog.LevelVar
	file  io.Closer
}

func (l *logs) open() (*slog.Logger, error) {
	logger, file, err := config.OpenLog(l.home, &l.level)
	l.file = file
	return logger, err
}

// Close closes the log, if it was opened.
func (l *logs) Close() error {
	if l.file == nil {
		return nil
	}
	return l.file.Close()
}

// catchCrashes has the Go runtime write to a file if the program dies of its own fault: the tray has no terminal.
func catchCrashes(home string, logger *slog.Logger) {
	f, err := os.OpenFile(filepath.Join(config.LogDir(home), config.CrashName), os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err == nil {
		err = errors.Join(debug.SetCrashOutput(f, debug.CrashOptions{}), f.Close())
	}
	if err != nil {
		logger.Warn("crashes are not recorded", "error", err)
	}
}

// installer puts the Remote Script in place for the core.
type installer struct{ place }

// Install implements control.Installer.
func (i installer) Install(ctx context.Context, userLibrary string) (control.Install, error) {
	o := i.scriptOptions(i.file().Load().Config)
	o.UserLibrary = userLibrary
	r, err := remotescript.Install(ctx, o)
	if err != nil {
		return control.Install{}, err
	}
	return control.Install{Folder: r.Folder, Version: r.Version, Replaced: r.Replaced, Changed: r.Changed, NextSteps: r.NextSteps}, nil
}

func (p place) scriptOptions(c config.Config) remotescript.Options {
	return remotescript.Options{Preferred: c.Live.UserLibrary, Seats: seats(), Backups: filepath.Join(p.home, "script-backups"), Now: time.Now}
}

func seats() []remotescript.Seat {
	home, err := os.UserHomeDir()
	if err != nil {
		return nil // then nothing of Live's can be found
	}
	return remotescript.System{
		GOOS: runtime.GOOS, Home: home, AppData: os.Getenv("APPDATA"), Documents: xdg.UserDirs.Documents, WineUsers: config.WineUsers(),
	}.Seats()
}

func (p place) doctor(ctx context.Context, o doctor.Options) (doctor.Report, error) {
	scriptVersion, err := remotescript.Version()
	if err != nil {
		return doctor.Report{}, err
	}
	return doctor.Examine(ctx, doctor.Machine{
		Version: buildVersion(), ScriptVersion: scriptVersion, Home: p.home, Config: p.file(),
		TakesDir:  p.takesDir,
		LinkDirs:  func(c config.Config) []string { return c.LinkDirs(p.home) },
		Seats:     seats(),
		Preferred: func(c config.Config) string { return c.Live.UserLibrary },
		FreeSpace: take.FreeSpace,
		TrayHost: func(ctx context.Context) doctor.Service {
			host := tray.HostStatus(ctx)
			return doctor.Service{Applies: true, OK: host.OK, Message: host.Message, Hint: host.Hint}
		},
		Notifier: doctor.Notifications,
		Exports:  p.examineExports,
	}, o)
}

// EnvPauseAt names the step of a landing (take.Steps) at which this process stops for ever, for tests that kill it there: once it has come
// there, the file "paused" is in the home folder.
const EnvPauseAt = "TAKEBAR_PAUSE_AT"

func pauseAt(home string) func(string) {
	wanted := os.Getenv(EnvPauseAt)
	if wanted == "" {
		return nil
	}
	return func(step string) {
		if step != wanted {
			return
		}
		if err := os.WriteFile(filepath.Join(home, "paused"), []byte(step), 0o600); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
		select {}
	}
}
