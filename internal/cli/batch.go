package cli

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/takebar/takebar/automation"
	"github.com/takebar/takebar/internal/exports"
)

func (r *run) batchCommand() *cobra.Command {
	c := group("batch", "Attempt the exports of many sets, or of many ranges of one set",
		r.batchAdd(), r.batchList(), r.batchRun(), r.batchStatus(), r.batchClear())
	c.Long = aboutExport
	return c
}

func (r *run) batchAdd() *cobra.Command {
	var add automation.BatchAdd
	var ranges []string
	c := &cobra.Command{
		Use:   "add [set, folder or pattern...]",
		Short: "Put sets, or ranges of the open set, into the batch",
		Long: `Put sets into the batch: .als files, folders (with all sets below them, but not
Live's Backup folders) and patterns in quotes ("Album/*.als").

--locators and --range put parts of the set that is open into the batch. The loop
brace is set to each part and put back at the end.`,
		Args: args(0, -1, ""),
		RunE: func(cmd *cobra.Command, given []string) error {
			if len(given) == 0 && !add.Locators && len(ranges) == 0 {
				return usagef("takebar batch add: say which sets, folders or patterns, --locators or --range")
			}
			for _, text := range ranges {
				part, err := parseRange(text)
				if err != nil {
					return err
				}
				add.Ranges = append(add.Ranges, part)
			}
			add.Sets = given
			need := liveNeed(add.Locators || len(ranges) > 0)
			return r.allowed(cmd.Context(), need, func(ctx context.Context, x *exports.Exports) error {
				b, skipped, err := x.AddToBatch(ctx, add)
				if err != nil {
					return err
				}
				for _, s := range skipped {
					r.say(fmt.Sprintf("Left out: %s (%s)", s.Path, s.Why))
				}
				return r.show(map[string]any{"batch": b, "skipped": skipped}, func() string {
					return fmt.Sprintf("%d in the batch, %d to be tried. `takebar batch run` starts it.", len(b.Items), b.Left())
				})
			})
		},
	}
	c.Flags().BoolVar(&add.Locators, "locators", false, "each locator of the open set up to the next one")
	c.Flags().StringArrayVar(&ranges, "range", nil, "a part of the open set, such as \"Chorus=16:32\" (beats, from and to)")
	c.Flags().StringVar(&add.Out, "out", "", "folder for the finished files")
	c.Flags().StringSliceVar(&add.Folders, "folder", nil, "folder that Live's Save dialog points to; without it each set's own")
	c.Flags().DurationVar(&add.RenderMax, "render-limit", 0, "longest time that Live may render one of them, such as 90m")
	return c
}

// parseRange reads NAME=FROM:TO in beats.
func parseRange(text string) (automation.Range, error) {
	name, span, ok := strings.Cut(text, "=")
	from, to, ok2 := strings.Cut(span, ":")
	start, err := strconv.ParseFloat(strings.TrimSpace(from), 64)
	end, err2 := strconv.ParseFloat(strings.TrimSpace(to), 64)
	if !ok || !ok2 || err != nil || err2 != nil || start < 0 || !(end > start) {
		return automation.Range{}, usagef("--range must look like \"Chorus=16:32\" (beats, from and to), not %q", text)
	}
	return automation.Range{Name: strings.TrimSpace(name), Start: start, Length: end - start}, nil
}

func (r *run) batchShow(use, short string) *cobra.Command {
	return &cobra.Command{
		Use: use, Short: short, Args: args(0, 0, ""),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return r.allowed(cmd.Context(), withoutLive, func(_ context.Context, x *exports.Exports) error {
				b, err := x.Batch()
				if err != nil {
					return err
				}
				if use == "status" {
					return r.show(batchCounts(b), func() string { return batchLine(b) })
				}
				return r.show(b, b.Table)
			})
		},
	}
}

func (r *run) batchList() *cobra.Command {
	return r.batchShow("list", "Show every set of the batch and what came of it")
}

func (r *run) batchStatus() *cobra.Command {
	return r.batchShow("status", "Say in one line how far the batch is and why it stopped")
}

func batchCounts(b automation.Batch) map[string]any {
	counts := map[automation.Outcome]int{}
	running := ""
	for _, i := range b.Items {
		switch i.Status {
		case automation.Ended:
			counts[i.Outcome]++
		case automation.Running:
			running = i.Name()
		case automation.Waiting:
		}
	}
	return map[string]any{"total": len(b.Items), "left": b.Left(), "running": running, "outcomes": counts, "stopped": b.Stopped, "report": b.Report}
}

func batchLine(b automation.Batch) string {
	if len(b.Items) == 0 {
		return "The batch is empty."
	}
	line := fmt.Sprintf("%d of %d done, %d left.", len(b.Items)-b.Left(), len(b.Items), b.Left())
	for _, i := range b.Items {
		if i.Status == automation.Running {
			line += fmt.Sprintf(" At work on %q since %s.", i.Name(), i.Began.Format(time.TimeOnly))
		}
	}
	if b.Stopped != nil {
		line += fmt.Sprintf("\nIt stopped (%s): %s\nNext: %s", b.Stopped.Reason, b.Stopped.Sentence, b.Stopped.NextStep)
	}
	return line
}

func (r *run) batchRun() *cobra.Command {
	var yes bool
	c := &cobra.Command{
		Use:   "run",
		Short: "Work through the batch; it shows its plan and asks once",
		Args:  args(0, 0, ""),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return r.allowed(cmd.Context(), withLive, func(ctx context.Context, x *exports.Exports) error {
				plan, err := x.BatchPlan()
				if err != nil {
					return err
				}
				r.say(plan)
				if !yes {
					agreed, err := r.ask("Run the batch?")
					if err != nil {
						return err
					}
					if !agreed {
						return &automation.Refusal{Reason: automation.ReasonUserStopped, Detail: "Nothing was started.", Next: "`takebar batch run` asks again."}
					}
				}
				b, err := x.RunBatch(ctx)
				if err != nil {
					return err
				}
				if err := r.show(b, b.Table); err != nil {
					return err
				}
				return batchExit(b)
			})
		},
	}
	c.Flags().BoolVar(&yes, "yes", false, "run without being asked")
	return c
}

// batchExit: 0 only if everything was verified; 4 if the worst is that something could not be verified.
func batchExit(b automation.Batch) error {
	unknown := false
	for _, i := range b.Items {
		switch {
		case i.Status != automation.Ended || i.Outcome == automation.Failed || i.Outcome == automation.Cancelled:
			return silent{exitFailed}
		case i.Outcome == automation.Unverified:
			unknown = true
		}
	}
	if unknown {
		return silent{exitUnknown}
	}
	return nil
}

func (r *run) batchClear() *cobra.Command {
	return &cobra.Command{
		Use:   "clear",
		Short: "Empty the batch (files, traces and reports stay)",
		Args:  args(0, 0, ""),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return r.allowed(cmd.Context(), withoutLive, func(_ context.Context, x *exports.Exports) error {
				if err := x.ClearBatch(); err != nil {
					return err
				}
				return r.show(map[string]bool{"cleared": true}, func() string { return "The batch is empty." })
			})
		},
	}
}
