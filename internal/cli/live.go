package cli

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/takebar/takebar/internal/control"
)

func (r *run) messageCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "message <text>...",
		Short: "Show a text in Live's status bar",
		Args:  args(1, -1, "what to show"),
		RunE: r.plain("Shown.", func(ctx context.Context, core Core, given []string) error {
			return core.Message(ctx, strings.Join(given, " "))
		}),
	}
}

func (r *run) dialogCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "dialog",
		Short: "Show what Live asks, if it does",
		Args:  args(0, 0, ""),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return r.with(cmd.Context(), withLive, func(ctx context.Context, core Core) error {
				d, err := core.Dialog(ctx)
				if err != nil {
					return err
				}
				return r.show(d, func() string { return dialogText(d) })
			})
		},
	}
}

func dialogText(d control.Dialog) string {
	switch {
	case d.OpenDialogCount == nil:
		return "This version of Live does not tell about its dialogs."
	case *d.OpenDialogCount == 0:
		return "Live shows no dialog."
	}
	text := "Live shows a dialog."
	if d.CurrentDialogMessage != nil && *d.CurrentDialogMessage != "" {
		text += " It says: " + *d.CurrentDialogMessage
	}
	if n := d.CurrentDialogButtonCount; n != nil {
		text += fmt.Sprintf(" (%d buttons)", *n)
	}
	return text
}

func (r *run) liveCommand() *cobra.Command {
	list := &cobra.Command{
		Use:   "list",
		Short: "List the Lives that run with Takebar's script",
		Args:  args(0, 0, ""),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return r.with(cmd.Context(), withLive, func(_ context.Context, core Core) error {
				lives := core.Snapshot().Link.Lives
				return r.show(lives, func() string { return r.livesText(lives) })
			})
		},
	}
	choose := &cobra.Command{
		Use:   "choose <process id> | newest",
		Short: "Choose the Live to work with",
		Long: `Choose the Live to work with, by its process id as "takebar live list" shows it, or
"newest". The choice lasts as long as the menu-bar app runs.`,
		Args: args(1, 1, "a process id, or newest"),
		RunE: func(cmd *cobra.Command, given []string) error {
			pid := 0
			if given[0] != "newest" {
				var err error
				if pid, err = strconv.Atoi(given[0]); err != nil || pid <= 0 {
					return usagef("%q is no process id; \"takebar live list\" shows them", given[0])
				}
			}
			return r.with(cmd.Context(), withLive, func(ctx context.Context, core Core) error {
				if err := core.ChooseLive(ctx, pid); err != nil {
					return err
				}
				if core.Own() {
					r.say("The menu-bar app does not run, so the choice ends with this command.")
				}
				return r.show(map[string]int{"pid": pid}, func() string { return "Chosen." })
			})
		},
	}
	return group("live", "List the running Lives, or choose one", list, choose)
}

func (r *run) livesText(lives []control.LiveInfo) string {
	var t table
	t.row("", "Process", "Live", "Script", "Started")
	for _, l := range lives {
		mark := ""
		if l.Chosen {
			mark = "*"
		}
		t.row(mark, strconv.Itoa(l.PID), l.Live, l.Script, r.when(time.UnixMilli(l.Started)))
	}
	return t.String()
}

func (r *run) quitCommand() *cobra.Command {
	var force bool
	c := &cobra.Command{
		Use:   "quit",
		Short: "Quit the menu-bar app",
		Args:  args(0, 0, ""),
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx := cmd.Context()
			core, err := r.Running(ctx)
			switch {
			case errors.Is(err, control.ErrNoCore):
				return r.show(map[string]bool{"running": false}, func() string { return "Takebar does not run." })
			case err != nil:
				return err
			}
			if err := errors.Join(core.Quit(ctx, force), core.Close(ctx)); err != nil {
				return err
			}
			return r.show(map[string]bool{"running": false}, func() string { return "Takebar quit." })
		},
	}
	c.Flags().BoolVar(&force, "force", false, "also while a take is recording (Live records on)")
	return c
}
