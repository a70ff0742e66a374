package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/takebar/takebar/automation"
	"github.com/takebar/takebar/automation/keys"
	"github.com/takebar/takebar/internal/exports"
)

const aboutExport = `Export attempts press Live's own export shortcut for you and watch all the way
to a checked file. They are fragile by nature and off until you switch them on.

A bounce ("takebar bounce") records the main output or every track and needs no
keys at all; use an attempt where only Live's own renderer will do.`

func (r *run) exportCommand() *cobra.Command {
	c := group("export", "Attempt an export by Live's own shortcut (off until you switch it on)",
		r.exportEnable(), r.exportDisable(), r.exportRehearse(), r.exportPlan(), r.exportAttempt(), r.exportShow(), r.exportList())
	c.Long = aboutExport
	return c
}

// exporting gives a command its engine, for as long as it runs. Ctrl+C stops the attempt in order before it ends the command.
func (r *run) exporting(ctx context.Context, do func(ctx context.Context, x *exports.Exports) error) error {
	var last string
	x, err := r.Exports(func(s automation.Status) {
		if line := statusLine(s); line != "" && line != last && !r.json {
			last = line
			r.say(line)
		}
	})
	if err != nil {
		return err
	}
	defer x.Close()
	defer r.onInterrupt(func() {
		if sentence, err := x.Stop(); err == nil {
			r.say(sentence)
			return
		}
		r.cancel(errInterrupted)
	})()
	return do(ctx, x)
}

// allowed is exporting for what is refused while attempts are off. live waits a moment for the link.
func (r *run) allowed(ctx context.Context, live liveNeed, do func(ctx context.Context, x *exports.Exports) error) error {
	return r.exporting(ctx, func(ctx context.Context, x *exports.Exports) error {
		if err := x.Allowed(); err != nil {
			return err
		}
		if live {
			x.Ready(ctx)
		}
		return do(ctx, x)
	})
}

func statusLine(s automation.Status) string {
	if s.Kind == "" || s.Sentence == "" || s.State == automation.Done {
		return ""
	}
	line := s.Sentence
	if s.Kind == "batch" && s.Set != "" {
		line = fmt.Sprintf("[%d of %d] %s: %s", s.Done+1, s.Total, s.Set, s.Sentence)
	}
	if s.Watching {
		line += " (Ctrl+C stops the watching only)"
	}
	return line + "…"
}

func (r *run) exportEnable() *cobra.Command {
	var yes, pictures bool
	c := &cobra.Command{
		Use:   "enable",
		Short: "Read what export attempts do and what can go wrong, and agree to it",
		Args:  args(0, 0, ""),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return r.exporting(cmd.Context(), func(_ context.Context, x *exports.Exports) error {
				r.say(automation.ConsentText(x.Chord()))
				if !yes {
					agreed, err := r.ask("Do you agree, and want export attempts switched on?")
					if err != nil {
						return err
					}
					if !agreed {
						return &automation.Refusal{Reason: automation.ReasonDisabled, Detail: "Nothing was switched on."}
					}
				}
				if err := errors.Join(x.Enable(automation.ConsentVersion, pictures), r.ShowExport(true), r.keepPictures(pictures)); err != nil {
					return err
				}
				return r.show(map[string]any{"enabled": true, "text_version": automation.ConsentVersion, "pictures": pictures}, func() string {
					return "Export attempts are switched on. Next: `takebar export rehearse`, with Live open."
				})
			})
		},
	}
	c.Flags().BoolVar(&yes, "yes", false, "agree without being asked")
	c.Flags().BoolVar(&pictures, "pictures", false, "keep pictures of Live's window with each attempt")
	return c
}

// keepPictures writes into config.toml that pictures of Live's window are kept; without the flag the line there stays as it is.
func (r *run) keepPictures(on bool) error {
	if !on || r.Config == nil {
		return nil
	}
	file, err := r.Config()
	if err != nil {
		return err
	}
	return errors.Join(file.Ensure(), file.Set("export.pictures", true))
}

// ask puts a question that stands between the user and something that presses keys.
func (r *run) ask(question string) (bool, error) {
	if r.Ask == nil || r.json {
		return false, usagef("this asks a question and there is nobody to answer; say --yes to agree")
	}
	return r.Ask(question)
}

func (r *run) exportDisable() *cobra.Command {
	return &cobra.Command{
		Use:   "disable",
		Short: "Switch export attempts off (traces and files stay)",
		Args:  args(0, 0, ""),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return r.allowed(cmd.Context(), withoutLive, func(_ context.Context, x *exports.Exports) error {
				if err := errors.Join(x.Disable(), r.ShowExport(false)); err != nil {
					return err
				}
				return r.show(map[string]bool{"enabled": false}, func() string { return "Export attempts are switched off." })
			})
		},
	}
}

func (r *run) exportRehearse() *cobra.Command {
	var chord string
	c := &cobra.Command{
		Use:   "rehearse",
		Short: "Find out which window the shortcut opens in this Live; it is closed with Esc, nothing is exported",
		Args:  args(0, 0, ""),
		RunE: func(cmd *cobra.Command, _ []string) error {
			var key keys.Key
			if chord != "" {
				k, ok := keys.ParseChord(chord)
				if !ok {
					return usagef("--chord must be e or r, not %q", chord)
				}
				key = k
			}
			return r.allowed(cmd.Context(), withLive, func(ctx context.Context, x *exports.Exports) error {
				return r.rehearse(ctx, x, key)
			})
		},
	}
	c.Flags().StringVar(&chord, "chord", "", "e or r, with Ctrl+Shift (Cmd+Shift on macOS); without it the configured one")
	return c
}

func (r *run) rehearse(ctx context.Context, x *exports.Exports, key keys.Key) error {
	got, err := x.Rehearse(ctx, key)
	if err != nil {
		return err
	}
	if !got.Passed && got.Offer != "" && r.Ask != nil && !r.json {
		r.say(got.Sentence)
		if again, err := r.Ask(fmt.Sprintf("Rehearse %s now?", got.Offer)); err == nil && again {
			return r.rehearse(ctx, x, got.Offer)
		}
	}
	if err := r.show(got, func() string {
		text := got.Sentence
		if got.Offer != "" {
			text += fmt.Sprintf("\nNext: takebar export rehearse --chord %c", got.Offer.Letter())
		}
		return text
	}); err != nil {
		return err
	}
	if !got.Passed {
		return silent{exitFailed}
	}
	return nil
}

// attemptFlags are what plan and attempt share.
type attemptFlags struct {
	folders  []string
	dryRun   bool
	pictures bool
	limit    time.Duration
	strict   bool
}

func (f *attemptFlags) on(c *cobra.Command) {
	c.Flags().StringSliceVar(&f.folders, "folder", nil, "folder that Live's Save dialog points to (may be given several times)")
	c.Flags().BoolVar(&f.dryRun, "dry-run", false, "open the export dialog and close it again")
	c.Flags().DurationVar(&f.limit, "render-limit", 0, "longest time that Live may render, such as 90m")
}

func (f *attemptFlags) request(c *cobra.Command) automation.Request {
	req := automation.Request{Folders: f.folders, DryRun: f.dryRun, RenderMax: f.limit}
	if p := c.Flags().Lookup("pictures"); p != nil && p.Changed {
		req.Pictures = &f.pictures
	}
	return req
}

func (r *run) exportPlan() *cobra.Command {
	var f attemptFlags
	c := &cobra.Command{
		Use:   "plan",
		Short: "Print exactly what would be pressed in which window, and what is expected; nothing is pressed",
		Args:  args(0, 0, ""),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return r.allowed(cmd.Context(), withLive, func(ctx context.Context, x *exports.Exports) error {
				p, err := x.Plan(ctx, f.request(cmd))
				if err != nil {
					return err
				}
				return r.show(p, p.Text)
			})
		},
	}
	f.on(c)
	return c
}

func (r *run) exportAttempt() *cobra.Command {
	var f attemptFlags
	c := &cobra.Command{
		Use:   "attempt",
		Short: "Attempt one export of the open set, and check the file",
		Args:  args(0, 0, ""),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return r.allowed(cmd.Context(), withLive, func(ctx context.Context, x *exports.Exports) error {
				res, err := x.Attempt(ctx, f.request(cmd))
				if err != nil {
					return err
				}
				if err := r.show(res, func() string {
					return res.Summary() + "The whole story: takebar export show " + res.ID
				}); err != nil {
					return err
				}
				return outcomeExit(res, f.strict)
			})
		},
	}
	f.on(c)
	c.Flags().BoolVar(&f.pictures, "pictures", false, "keep pictures of Live's window with the trace, or not (=false)")
	c.Flags().BoolVar(&f.strict, "strict", false, "exit code 5 where the file was verified with warnings")
	return c
}

// outcomeExit gives each of the five answers its exit code.
func outcomeExit(res automation.Result, strict bool) error {
	switch {
	case res.Outcome == automation.Verified, res.Reason == automation.ReasonDryRun:
		return nil
	case res.Outcome == automation.WithWarnings:
		if strict {
			return silent{exitWarnings}
		}
		return nil
	case res.Outcome == automation.Unverified:
		return silent{exitUnknown}
	case res.Outcome == automation.Cancelled:
		return silent{exitCancelled}
	case res.Reason == automation.ReasonLinkDown:
		return silent{exitNoLive}
	}
	return silent{exitFailed}
}

func (r *run) exportShow() *cobra.Command {
	return &cobra.Command{
		Use:   "show [attempt]",
		Short: "Tell the story of an attempt, step by step; without a name the last one's",
		Args:  args(0, 1, ""),
		RunE: func(cmd *cobra.Command, given []string) error {
			return r.allowed(cmd.Context(), withoutLive, func(_ context.Context, x *exports.Exports) error {
				ref := strings.Join(given, "")
				res, err := x.Show(ref)
				if err != nil {
					return err
				}
				story, err := x.Story(res.ID)
				if err != nil {
					return err
				}
				return r.show(res, func() string { return story })
			})
		},
	}
}

func (r *run) exportList() *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "List all attempts, newest first",
		Args:  args(0, 0, ""),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return r.allowed(cmd.Context(), withoutLive, func(_ context.Context, x *exports.Exports) error {
				all, err := x.List()
				if err != nil {
					return err
				}
				return r.show(all, func() string { return attemptLines(all) })
			})
		},
	}
}

func attemptLines(all []automation.Result) string {
	if len(all) == 0 {
		return "There has been no export attempt yet."
	}
	var b strings.Builder
	for _, res := range all {
		outcome := res.Outcome.Words()
		if res.Reason != "" {
			outcome += " (" + string(res.Reason) + ")"
		}
		fmt.Fprintf(&b, "%s  %-40s  %s\n", res.ID, outcome, res.Plan.SetName())
	}
	return b.String()
}
