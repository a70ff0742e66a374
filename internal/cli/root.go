package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"
)

const about = `Takebar records takes in Ableton Live with one click or one command.

Without a command it runs in the menu bar. Every command below works with and
without the menu-bar app: if it runs, the command talks to it.

Tracks are named by their number as Live shows it (2), by name ("Lead vox"; the
beginning is enough if only one track begins so), or by "selected".`

const exitCodesHelp = `Exit codes, the same for all commands:

    0  done
    1  refused or failed; the message says why and what to do
    2  the command line itself is wrong
    3  Live cannot be reached
    4  timed out, or it is not known whether it worked: look at "takebar status"
    5  only with --strict: the take landed, or the export was verified, with warnings
    6  an export attempt was cancelled
  130  ended by Ctrl+C

Messages go to standard error, results to standard output. With --json, both are
JSON: a result on standard output, or {"error": {"code", "message", "hint"}} on
standard error.`

func (r *run) root() *cobra.Command {
	root := &cobra.Command{
		Use:           "takebar",
		Short:         "Record takes in Ableton Live from the menu bar",
		Long:          about,
		Version:       r.Version,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return nil
			}
			return noCommand(cmd, "there is no command %q", args[0])
		},
		RunE: func(cmd *cobra.Command, _ []string) error { return r.tray(cmd.Context()) },
	}
	root.SetVersionTemplate("takebar {{.Version}}\n")
	root.PersistentFlags().BoolVar(&r.json, "json", r.json, "print JSON")
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError{err} })
	root.SuggestionsMinimumDistance = 2
	root.AddGroup(
		&cobra.Group{ID: "take", Title: "Takes:"},
		&cobra.Group{ID: "live", Title: "Live:"},
		&cobra.Group{ID: "export", Title: "Export attempts:"},
		&cobra.Group{ID: "setup", Title: "Set up and help:"},
	)
	add := func(group string, commands ...*cobra.Command) {
		for _, c := range commands {
			c.GroupID = group
			root.AddCommand(c)
		}
	}
	add("take", r.takeCommand(), r.toggleCommand(), r.bounceCommand(), r.takesCommand(), r.convertCommand(), r.defaultsCommand())
	add("live", r.statusCommand(), r.tracksCommand(), r.levelsCommand(), r.armCommand(), r.disarmCommand(), r.monitorCommand(), r.inputCommand(), r.trackCommand(),
		r.playCommand(), r.continueCommand(), r.stopCommand(), r.locateCommand(), r.recordCommand(), r.clipCommand(),
		r.undoCommand(), r.redoCommand(), r.captureCommand(), r.messageCommand(), r.dialogCommand(), r.liveCommand())
	add("export", r.exportCommand(), r.batchCommand())
	add("setup", r.windowCommand(), r.installCommand(), r.uninstallCommand(), r.doctorCommand(), r.configCommand(), r.simCommand(), r.demoCommand(), r.quitCommand(), r.versionCommand(), r.trayCommand())
	root.AddCommand(&cobra.Command{Use: "exit-codes", Short: "What the exit codes mean", Long: exitCodesHelp})
	root.SetCompletionCommandGroupID("setup")
	root.SetHelpCommandGroupID("setup")
	return root
}

func (r *run) trayCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "tray",
		Short: "Run in the menu bar (what takebar does without a command)",
		Args:  args(0, 0, ""),
		RunE:  func(cmd *cobra.Command, _ []string) error { return r.tray(cmd.Context()) },
	}
}

func (r *run) tray(ctx context.Context) error {
	// Ctrl+C is the way to quit it from a terminal.
	err := r.Tray(ctx, r.say)
	if err != nil && context.Cause(ctx) != nil {
		return nil
	}
	return err
}

func (r *run) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Args:  args(0, 0, ""),
		RunE: func(*cobra.Command, []string) error {
			return r.show(map[string]string{"version": r.Version}, func() string { return "takebar " + r.Version })
		},
	}
}

// args checks how many words follow a command. most < 0: any number.
func args(least, most int, what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, given []string) error {
		switch {
		case len(given) < least:
			return usagef("%s: say %s", cmd.CommandPath(), what)
		case most >= 0 && len(given) > most:
			return usagef("%s: %q is too much", cmd.CommandPath(), given[most])
		}
		return nil
	}
}

// group makes a command that only holds others.
func group(use, short string, commands ...*cobra.Command) *cobra.Command {
	c := &cobra.Command{Use: use, Short: short, SuggestionsMinimumDistance: 2}
	c.RunE = func(cmd *cobra.Command, given []string) error {
		if len(given) == 0 {
			if err := cmd.Help(); err != nil {
				return err
			}
			return silent{exitUsage}
		}
		return noCommand(cmd, cmd.CommandPath()+" has no command %q", given[0])
	}
	c.AddCommand(commands...)
	return c
}

// noCommand names the nearest word to a mistyped one.
func noCommand(cmd *cobra.Command, format, word string) error {
	err := fmt.Errorf(format, word)
	if near := cmd.SuggestionsFor(word); len(near) > 0 {
		err = fmt.Errorf("%w, did you mean %q", err, near[0])
	}
	return usageError{err}
}
