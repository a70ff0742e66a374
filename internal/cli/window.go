package cli

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/takebar/takebar/app"
	"github.com/takebar/takebar/internal/control"
)

func windowPages() []string {
	return []string{app.PageTakes, app.PageExport, app.PageSettings, app.PageSetup, app.PageAbout}
}

func (r *run) windowCommand() *cobra.Command {
	pages := windowPages()
	return &cobra.Command{
		Use:   "window [" + strings.Join(pages, "|") + "]",
		Short: "Open the window: takes, export attempts, settings, set-up, about",
		Long: `Open Takebar's window at one of its pages. If it is open already, it comes to the front. If the menu-bar app does not run, it is started.
The window only shows and asks: closing it, or losing it, does nothing to a take that records.`,
		Args:      args(0, 1, ""),
		ValidArgs: pages,
		RunE: func(cmd *cobra.Command, given []string) error {
			page := "" // the first one, or whatever an open window shows
			if len(given) > 0 {
				page = given[0]
			}
			if page != "" && !slices.Contains(pages, page) {
				return usagef("there is no page %q; the pages are %s", page, strings.Join(pages, ", "))
			}
			if r.Window == nil {
				return &control.Error{
					Code: "not_supported", Message: "This build of Takebar has no windows.",
					Hint: "Use the menu and the commands, or install a build with windows; the README says how to build one.",
				}
			}
			return r.Window(cmd.Context(), page, r.say)
		},
	}
}
