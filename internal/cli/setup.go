package cli

import (
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/takebar/takebar/internal/config"
	"github.com/takebar/takebar/internal/demo"
	"github.com/takebar/takebar/internal/doctor"
	remotescript "github.com/takebar/takebar/remote_script"
)

func (r *run) installCommand() *cobra.Command {
	var library string
	var dryRun, force, undo bool
	c := &cobra.Command{
		Use:   "install-script",
		Short: "Put the Remote Script into Live's User Library, or update it there",
		Long: `Put the Remote Script into Live's User Library, or update it there. What was
there before is kept as a backup; --undo puts it back.`,
		Args: args(0, 0, ""),
		RunE: func(cmd *cobra.Command, _ []string) error {
			o, err := r.scriptOptions(library, dryRun)
			if err != nil {
				return err
			}
			o.Force = force
			if undo {
				result, err := remotescript.Undo(cmd.Context(), o)
				return r.scriptResult(result, "Put back", dryRun, err)
			}
			result, err := remotescript.Install(cmd.Context(), o)
			return r.scriptResult(result, "Installed", dryRun, err)
		},
	}
	c.Flags().StringVar(&library, "user-library", "", "the User Library, if Takebar does not find it by itself")
	c.Flags().BoolVar(&dryRun, "dry-run", false, "only say what would be done")
	c.Flags().BoolVar(&force, "force", false, "also into a folder that does not look like a User Library, and over a newer script")
	c.Flags().BoolVar(&undo, "undo", false, "put back what the last installation or removal replaced")
	return c
}

func (r *run) uninstallCommand() *cobra.Command {
	var library string
	var dryRun bool
	c := &cobra.Command{
		Use:   "uninstall-script",
		Short: "Take the Remote Script out of Live's User Library (a backup is kept)",
		Args:  args(0, 0, ""),
		RunE: func(cmd *cobra.Command, _ []string) error {
			o, err := r.scriptOptions(library, dryRun)
			if err != nil {
				return err
			}
			result, err := remotescript.Uninstall(cmd.Context(), o)
			return r.scriptResult(result, "Removed", dryRun, err)
		},
	}
	c.Flags().StringVar(&library, "user-library", "", "the User Library, if Takebar does not find it by itself")
	c.Flags().BoolVar(&dryRun, "dry-run", false, "only say what would be done")
	return c
}

func (r *run) scriptOptions(library string, dryRun bool) (remotescript.Options, error) {
	o, err := r.Script()
	if err != nil {
		return o, err
	}
	if library != "" {
		if o.UserLibrary, err = filepath.Abs(library); err != nil {
			return o, fmt.Errorf("find %s: %w", library, err)
		}
	}
	o.DryRun = dryRun
	return o, nil
}

func (r *run) scriptResult(result remotescript.Result, did string, dryRun bool, err error) error {
	if err != nil {
		return err
	}
	return r.show(result, func() string {
		var t table
		switch {
		case !result.Changed:
			t.row("Up to date", result.Folder)
		case dryRun:
			t.row("Would change", result.Folder)
		default:
			t.row(did, result.Folder)
		}
		if result.Version != "" {
			t.row("Version", result.Version)
		}
		if result.Replaced != "" && result.Changed {
			t.row("Before", result.Replaced)
		}
		if result.Backup != "" {
			t.row("Backup", result.Backup)
		}
		for _, note := range result.Notes {
			t.row("Note", note)
		}
		return t.String() + "\n" + result.NextSteps
	})
}

func (r *run) doctorCommand() *cobra.Command {
	var o doctor.Options
	var report string
	c := &cobra.Command{
		Use:   "doctor",
		Short: "Find out what keeps Takebar from working, and what to do",
		Long: `Find out what keeps Takebar from working, and what to do about it. The exit code
is 1 if something needs to be mended.

With --live it also tries out the connected Live: how fast it answers, and what
nobody could prove beforehand. That reads only. With --yes it makes an audio
track of its own as well, records two takes of a second on it, and undoes all of
it; it does not begin while Live plays or records. The report is written to two
files that you can send; your name is taken out of the paths.`,
		Args: args(0, 0, ""),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if !o.Live && (o.Yes || o.AskDialog > 0 || o.AskReload > 0) {
				return usagef("--yes, --ask-dialog and --ask-reload go with --live")
			}
			o.Say = r.say
			found, err := r.Doctor(cmd.Context(), o)
			if err != nil && len(found.Checks) == 0 {
				return err
			}
			if showErr := r.show(found, found.Text); showErr != nil {
				return showErr
			}
			if report == "" && found.Live != nil {
				report = "takebar-report-" + r.Now().Format("20060102-150405")
			}
			if report != "" {
				files, saveErr := found.Save(report)
				if saveErr != nil {
					return saveErr
				}
				r.say("The report is in " + strings.Join(files, " and "))
			}
			if err == nil && found.Failed() {
				return silent{exitFailed}
			}
			return err
		},
	}
	c.Flags().BoolVar(&o.Live, "live", false, "also try out the connected Live")
	c.Flags().BoolVar(&o.Yes, "yes", false, "with --live: also the tests that make a track of their own and undo it")
	c.Flags().DurationVar(&o.AskDialog, "ask-dialog", 0, "with --live: wait so long for you to open the Export dialog, such as 1m")
	c.Flags().DurationVar(&o.AskReload, "ask-reload", 0, "with --live: wait so long for you to open another set, such as 1m")
	c.Flags().StringVar(&report, "report", "", "write the report to this file, as .json and .txt")
	return c
}

func (r *run) configCommand() *cobra.Command {
	path := &cobra.Command{
		Use: "path", Short: "Print where config.toml is", Args: args(0, 0, ""),
		RunE: func(*cobra.Command, []string) error {
			f, err := r.Config()
			if err != nil {
				return err
			}
			return r.show(map[string]string{"path": f.Path()}, f.Path)
		},
	}
	show := &cobra.Command{
		Use: "show", Short: "Print the settings that are in force", Args: args(0, 0, ""),
		RunE: func(*cobra.Command, []string) error { return r.configShow() },
	}
	check := &cobra.Command{
		Use: "check", Short: "Look for mistakes in config.toml", Args: args(0, 0, ""),
		RunE: func(*cobra.Command, []string) error { return r.configCheck() },
	}
	set := &cobra.Command{
		Use:   "set <key> <value>",
		Short: "Change one setting in config.toml",
		Long: `Change one setting in config.toml; comments and everything else stay as they are.
Lists are given as several values.`,
		Example: "  takebar config set takes_dir ~/Music/Takes\n  takebar config set notifications false",
		Args:    args(2, -1, "the key and its value"),
		RunE: func(_ *cobra.Command, given []string) error {
			f, err := r.Config()
			if err != nil {
				return err
			}
			value, err := f.Parse(given[0], given[1:])
			if err != nil {
				return usageError{err}
			}
			if err := f.Set(given[0], value); err != nil {
				return err
			}
			return r.configShow()
		},
	}
	return group("config", "Show, check or change the settings", path, show, check, set)
}

func (r *run) configShow() error {
	f, err := r.Config()
	if err != nil {
		return err
	}
	loaded := f.Load()
	takes, err := r.TakesDir(loaded.Config)
	if err != nil {
		return err
	}
	values := loaded.Config.Values()
	result := map[string]any{"path": f.Path(), "settings": map[string]any{}, "takes_dir_in_force": takes, "problem": loaded.Problem()}
	settings := map[string]any{}
	for _, v := range values {
		settings[v.Key] = v.Value
	}
	result["settings"] = settings
	return r.show(result, func() string {
		var t table
		for _, v := range values {
			t.row(v.Key, v.Text)
		}
		text := t.String() + "\nTakes land in " + takes + "\n"
		if p := loaded.Problem(); p != "" {
			text += p + "\n"
		}
		return text
	})
}

func (r *run) configCheck() error {
	f, err := r.Config()
	if err != nil {
		return err
	}
	loaded := f.Load()
	if loaded.Problems == nil {
		loaded.Problems = []config.Note{}
	}
	if loaded.Warnings == nil {
		loaded.Warnings = []config.Note{}
	}
	result := map[string]any{"path": f.Path(), "problems": loaded.Problems, "warnings": loaded.Warnings}
	err = r.show(result, func() string {
		var lines []string
		for _, n := range append(loaded.Problems, loaded.Warnings...) {
			lines = append(lines, n.String())
		}
		if len(lines) == 0 {
			return f.Path() + " is fine."
		}
		if len(loaded.Problems) > 0 {
			lines = append(lines, "The settings from before stay in force.")
		}
		return strings.Join(lines, "\n")
	})
	if err == nil && len(loaded.Problems) > 0 {
		return silent{exitFailed}
	}
	return err
}

func (r *run) simCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "sim [options of livesim]",
		Short: "Run a simulated Live to try things on",
		Long: `Run a simulated Live with Takebar's Remote Script in it, to try things on without
Live. It needs Python 3.7 or newer. The menu-bar app and all commands find it as
they would find Live; takes really land. Ctrl+C ends it.

All options are those of livesim (docs/livesim.md); "takebar sim --help" lists
them. The first line on standard output is JSON and names its control port.`,
		DisableFlagParsing: true,
		RunE: func(cmd *cobra.Command, given []string) error {
			code, err := r.Sim(cmd.Context(), demo.SimOptions{Args: given, Stdout: r.Stdout, Stderr: r.Stderr, Say: r.say})
			if err == nil && code != 0 {
				return silent{code}
			}
			return err
		},
	}
}

func (r *run) demoCommand() *cobra.Command {
	var o demo.Options
	c := &cobra.Command{
		Use:   "demo",
		Short: "See it work: a simulated Live, the icon, one recorded and checked take",
		Long: `See it work: a simulated Live, the menu-bar icon, one take from click to checked
file. Your own settings and takes are not touched. It needs Python 3.7 or newer.
With a desktop it stays open to play with until Ctrl+C. The exit code is 1 if a
check failed.`,
		Args: args(0, 0, ""),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if r.json {
				return usagef("demo has no JSON")
			}
			o.Stdout = r.Stdout
			return r.Demo(cmd.Context(), o)
		},
	}
	c.Flags().StringVar(&o.Out, "out", "", "folder for everything the demo makes (default: a new temporary one)")
	c.Flags().BoolVar(&o.Once, "once", false, "end after the take, also where there is a desktop")
	c.Flags().BoolVar(&o.NoTray, "no-tray", false, "leave the menu-bar icon out")
	c.Flags().DurationVar(&o.Length, "length", 4*time.Second, "length of the take")
	return c
}
