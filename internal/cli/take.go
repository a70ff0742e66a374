package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/takebar/takebar/app"
	"github.com/takebar/takebar/bridge/live"
	"github.com/takebar/takebar/internal/control"
	"github.com/takebar/takebar/internal/take/sidecar"
)

func (r *run) takeCommand() *cobra.Command {
	return group("take", "Record a take: start, stop, cancel, get", r.takeStartCommand(), r.takeStopCommand(), r.takeCancelCommand(), r.takeGetCommand())
}

func (r *run) takeStartCommand() *cobra.Command {
	var source, view, length, name string
	var wait, strict bool
	c := &cobra.Command{
		Use:   "start",
		Short: "Start a take",
		Long: `Start a take. What is not said is as set with "takebar defaults".

With --for it stops by itself, and the command ends when the take has landed in
the takes folder, printing one path a line. With --wait it goes on until somebody
stops the take: in Live, in the menu, with "takebar take stop", or with Ctrl+C
here (a second Ctrl+C leaves the command at once).`,
		Example: "  takebar take start --source armed --for 4bars\n  takebar take start --source main --for 10s --name \"Rough mix\" --json\n  takebar take start --source track:Vox --view session --wait",
		Args:    args(0, 0, ""),
		RunE: func(cmd *cobra.Command, _ []string) error {
			request, err := takeRequest(source, view, length, name)
			if err != nil {
				return err
			}
			return r.with(cmd.Context(), withLive, func(ctx context.Context, core Core) error {
				return r.startTake(ctx, core, request, wait || length != "", strict)
			})
		},
	}
	c.Flags().StringVar(&source, "source", "", "armed, selected, main, or track:<number or name>")
	c.Flags().StringVar(&view, "view", "", "arrangement or session")
	c.Flags().StringVar(&length, "for", "", "stop by itself after 10s, 8beats, 4bars, ...")
	c.Flags().StringVar(&name, "name", "", "name of the take")
	c.Flags().BoolVar(&wait, "wait", false, "end when the take has landed")
	c.Flags().BoolVar(&strict, "strict", false, "exit code 5 if the take landed with warnings")
	return c
}

func takeRequest(source, view, length, name string) (control.TakeRequest, error) {
	var request control.TakeRequest
	var err error
	if length != "" {
		if request, err = parseLength(length); err != nil {
			return request, err
		}
	}
	if request.View, err = parseView(view); err != nil {
		return request, err
	}
	if len([]rune(name)) > 255 {
		return request, usagef("--name: at most 255 characters")
	}
	request.Name = name
	kind, track, isTrack := strings.Cut(source, ":")
	switch request.Source = live.SourceKind(kind); {
	case source == "":
	case isTrack && request.Source == live.SourceTrack && track != "":
		request.Track = control.Ref(track)
	case !isTrack && (kind == string(live.SourceArmed) || kind == string(live.SourceSelected) || kind == string(live.SourceMain)):
	default:
		return request, usagef("--source is armed, selected, main, or track:<number or name>, not %q", source)
	}
	return request, nil
}

func (r *run) startTake(ctx context.Context, core Core, request control.TakeRequest, wait, strict bool) error {
	if !wait {
		take, err := core.StartTake(ctx, request)
		if err != nil {
			return err
		}
		return r.show(take, func() string { return startedText(take) })
	}
	// From here on Ctrl+C means: stop the take. It may come while Live still prepares.
	stop, leave, restore := r.stopOnInterrupt()
	defer restore()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	defer context.AfterFunc(leave, func() { cancel(errLeft) })()
	take, err := core.StartTake(ctx, request)
	if err != nil {
		return left(ctx, err)
	}
	if take.LengthBeats == nil {
		r.say(startedText(take) + " Stop it in Live, in the menu, with \"takebar take stop\", or with Ctrl+C.")
	} else {
		r.say(startedText(take))
	}
	landed, err := r.waitLanded(ctx, core, take.ID, stop.Done())
	if err != nil {
		return err
	}
	return r.landed(landed, strict)
}

// stopOnInterrupt makes the first Ctrl+C end the context stop, and the second one end leave.
func (r *run) stopOnInterrupt() (stop, leave context.Context, restore func()) {
	stop, doStop := context.WithCancel(context.Background())
	leave, doLeave := context.WithCancel(context.Background())
	putBack := r.onInterrupt(func() {
		if stop.Err() == nil {
			doStop()
		} else {
			doLeave()
		}
	})
	return stop, leave, func() {
		putBack()
		doStop()
		doLeave()
	}
}

// waitLanded waits for the take to land. When stop is closed, it stops the take in Live and waits on.
func (r *run) waitLanded(ctx context.Context, core Core, id string, stop <-chan struct{}) (control.LibraryTake, error) {
	var stopping sync.WaitGroup
	defer stopping.Wait()
	waiting, done := context.WithCancel(ctx)
	defer done()
	stopping.Go(func() {
		select {
		case <-waiting.Done():
			return
		case <-stop:
		}
		if waiting.Err() != nil {
			return
		}
		r.say("Stopping the take. It still lands; Ctrl+C again leaves without waiting.")
		if _, err := core.StopTake(waiting); err != nil && waiting.Err() == nil {
			r.complain(err)
		}
	})
	landed, err := core.WaitLanded(ctx, id)
	return landed, left(ctx, err)
}

// left tells what becomes of the take where the user did not want to wait.
func left(ctx context.Context, err error) error {
	if err != nil && errors.Is(context.Cause(ctx), errLeft) {
		return fmt.Errorf("%w: Live goes on; the take lands as soon as Takebar runs again", errLeft)
	}
	return err
}

func startedText(t live.Take) string {
	what := "Recording"
	if t.Phase == live.PhaseCountingIn {
		what = "Counting in, then recording"
	}
	text := fmt.Sprintf("%s %s into the %s", what, sourceText(t), viewWords(t.View))
	if t.LengthBeats != nil {
		text += fmt.Sprintf(", %s beats", round(*t.LengthBeats))
		if t.Tempo > 0 {
			text += fmt.Sprintf(" (%s)", length(time.Duration(*t.LengthBeats/t.Tempo*float64(time.Minute))))
		}
	}
	return text + "." + warningsText(t.Warnings)
}

func warningsText(all []live.Warning) string {
	text := ""
	for _, w := range all {
		text += " Note: " + app.Clean(w.Message)
	}
	return text
}

// landed prints where a take is now; problems of it go to standard error.
func (r *run) landed(t control.LibraryTake, strict bool) error {
	if err := r.show(t, func() string { return strings.Join(t.Paths, "\n") }); err != nil {
		return err
	}
	warnings := warningsOf(t)
	for _, w := range warnings {
		r.say("Note: " + w)
	}
	switch t.Status {
	case sidecar.StatusMissing, sidecar.StatusPartial:
		return &control.Error{
			Code:    "take_" + string(t.Status),
			Message: fmt.Sprintf("The take %q has landed without all of its files.", t.Name),
			Hint:    fmt.Sprintf("takebar takes show %d tells what is missing; takebar takes rescue %d tries again.", t.Number, t.Number),
		}
	case sidecar.StatusMIDI:
		r.say("It is MIDI only, so there is no audio file.")
	case sidecar.StatusLanding, sidecar.StatusLanded, sidecar.StatusRescued:
	}
	if strict && len(warnings) > 0 {
		return silent{exitWarnings}
	}
	return nil
}

func warningsOf(t control.LibraryTake) []string {
	var all []string
	for _, w := range t.Warnings {
		all = append(all, app.Clean(w.Message))
	}
	for _, f := range t.Files {
		for _, w := range f.Warnings {
			all = append(all, fmt.Sprintf("%s: %s", app.Clean(f.Name), app.Clean(w.Message)))
		}
	}
	return all
}

func (r *run) takeStopCommand() *cobra.Command {
	var wait, strict bool
	c := &cobra.Command{
		Use:   "stop",
		Short: "Stop the running take; it then lands in the takes folder",
		Args:  args(0, 0, ""),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return r.with(cmd.Context(), withLive, func(ctx context.Context, core Core) error {
				take, err := core.StopTake(ctx)
				if err != nil {
					return err
				}
				return r.stopped(ctx, core, take, wait, strict)
			})
		},
	}
	c.Flags().BoolVar(&wait, "wait", false, "end when the take has landed, and print one path a line")
	c.Flags().BoolVar(&strict, "strict", false, "with --wait: exit code 5 if the take landed with warnings")
	return c
}

// stopped reports a take that Live has finished, and waits for it where that was asked for or where nobody else would land it.
func (r *run) stopped(ctx context.Context, core Core, take live.Take, wait, strict bool) error {
	if take.Phase == live.PhaseFailed && take.Error != nil {
		return &control.Error{Code: take.Error.Code, Message: take.Error.Message, Hint: take.Error.Hint}
	}
	if wait {
		landed, err := core.WaitLanded(ctx, take.ID)
		if err != nil {
			return err
		}
		return r.landed(landed, strict)
	}
	if err := r.show(take, func() string { return "Stopped; the take lands now." + warningsText(take.Warnings) }); err != nil {
		return err
	}
	if core.Own() {
		landed, err := core.WaitLanded(ctx, take.ID)
		if err != nil {
			return err
		}
		for _, path := range landed.Paths {
			r.say("Landed: " + path)
		}
	}
	return nil
}

func (r *run) takeCancelCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "cancel",
		Aliases: []string{"discard"},
		Short:   "Discard the running take: stop it and undo it in Live",
		Args:    args(0, 0, ""),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return r.with(cmd.Context(), withLive, func(ctx context.Context, core Core) error {
				take, err := core.CancelTake(ctx)
				if err != nil {
					return err
				}
				return r.show(take, func() string {
					return "Discarded. Live's own audio file stays in its project." + warningsText(take.Warnings)
				})
			})
		},
	}
}

func (r *run) takeGetCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "get",
		Short: "Show the running take, or the last one since Live started",
		Args:  args(0, 0, ""),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return r.with(cmd.Context(), withLive, func(_ context.Context, core Core) error {
				s := core.Snapshot()
				if s.State == nil || s.State.Take == nil {
					return &control.Error{Code: "no_take", Message: "No take was recorded since Live started.", Hint: "takebar takes list shows the library."}
				}
				take := *s.State.Take
				return r.show(take, func() string { return r.runningText(take) })
			})
		},
	}
}

func (r *run) runningText(t live.Take) string {
	var rows table
	rows.row("Take", t.ID)
	rows.row("Phase", phaseWords(t.Phase))
	rows.row("Records", fmt.Sprintf("%s into the %s", sourceText(t), viewWords(t.View)))
	if t.StartedAt != nil {
		end := r.Now()
		if t.StoppedAt != nil {
			end = time.UnixMilli(*t.StoppedAt)
		}
		rows.row("Length", length(end.Sub(time.UnixMilli(*t.StartedAt))))
	}
	for _, c := range t.Clips {
		if c.FilePath != nil {
			rows.row("File in Live", *c.FilePath)
		}
	}
	for _, w := range t.Warnings {
		rows.row("Note", w.Message)
	}
	if t.Error != nil {
		rows.row("Problem", t.Error.Message)
		rows.row("", t.Error.Hint)
	}
	return rows.String()
}

func (r *run) toggleCommand() *cobra.Command {
	var wait, strict bool
	c := &cobra.Command{
		Use:   "toggle",
		Short: "Start a take, or stop the one that runs: one key for everything",
		Args:  args(0, 0, ""),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return r.with(cmd.Context(), withLive, func(ctx context.Context, core Core) error {
				take, err := core.Toggle(ctx)
				if err != nil {
					return err
				}
				if take.Phase.Ended() {
					return r.stopped(ctx, core, take, wait, strict)
				}
				return r.show(take, func() string { return startedText(take) })
			})
		},
	}
	c.Flags().BoolVar(&wait, "wait", false, "where it stops a take: end when it has landed, and print one path a line")
	c.Flags().BoolVar(&strict, "strict", false, "with --wait: exit code 5 if the take landed with warnings")
	return c
}

func (r *run) defaultsCommand() *cobra.Command {
	var source, view, exclusive string
	c := &cobra.Command{
		Use:   "defaults",
		Short: "Show or set what Record Take, toggle and arm do",
		Args:  args(0, 0, ""),
		RunE: func(cmd *cobra.Command, _ []string) error {
			switch source {
			case "", "armed", "selected", "main":
			default:
				return usagef("--source is armed, selected or main, not %q", source)
			}
			switch exclusive {
			case "", "set", "yes", "no":
			default:
				return usagef("--exclusive is set, yes or no, not %q", exclusive)
			}
			v, err := parseView(view)
			if err != nil {
				return err
			}
			return r.with(cmd.Context(), withoutLive, func(ctx context.Context, core Core) error {
				d := core.Snapshot().Settings.Defaults
				if source != "" {
					d.Source = live.SourceKind(source)
				}
				if v != "" {
					d.View = v
				}
				if exclusive != "" {
					d.Exclusive = exclusive
				}
				if source != "" || v != "" || exclusive != "" {
					if err := core.SetDefaults(ctx, d); err != nil {
						return err
					}
				}
				return r.show(d, func() string {
					return fmt.Sprintf("Record Take records %s into the %s.\n%s", sourceWords(d.Source), viewWords(d.View), exclusiveWords(d.Exclusive))
				})
			})
		},
	}
	c.Flags().StringVar(&source, "source", "", "armed, selected or main")
	c.Flags().StringVar(&view, "view", "", "arrangement or session")
	c.Flags().StringVar(&exclusive, "exclusive", "", "whether arming disarms all others: yes, no, or set (as Live's preference says)")
	return c
}

func exclusiveWords(how string) string {
	switch how {
	case "yes":
		return "Arming a track disarms the others."
	case "no":
		return "Arming a track leaves the others armed."
	}
	return "Arming a track does with the others as Live's Exclusive Arm says."
}
