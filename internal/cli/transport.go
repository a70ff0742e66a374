package cli

import (
	"context"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/takebar/takebar/bridge/live"
	"github.com/takebar/takebar/internal/control"
)

// plain makes a verb without a result: it prints one sentence, or {"done": true}.
func (r *run) plain(done string, verb func(ctx context.Context, core Core, given []string) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, given []string) error {
		return r.with(cmd.Context(), withLive, func(ctx context.Context, core Core) error {
			if err := verb(ctx, core, given); err != nil {
				return err
			}
			return r.show(map[string]bool{"done": true}, func() string { return done })
		})
	}
}

// simple is a command of one word.
func (r *run) simple(use, short, done string, verb func(ctx context.Context, core Core) error) *cobra.Command {
	return &cobra.Command{
		Use: use, Short: short, Args: args(0, 0, ""),
		RunE: r.plain(done, func(ctx context.Context, core Core, _ []string) error { return verb(ctx, core) }),
	}
}

func (r *run) playCommand() *cobra.Command {
	return r.simple("play", "Play from the start marker", "Playing.", func(ctx context.Context, core Core) error { return core.Play(ctx) })
}

func (r *run) continueCommand() *cobra.Command {
	return r.simple("continue", "Play on from where it stopped", "Playing.", func(ctx context.Context, core Core) error { return core.Continue(ctx) })
}

func (r *run) stopCommand() *cobra.Command {
	return r.simple("stop", "Stop playing", "Stopped.", func(ctx context.Context, core Core) error { return core.Stop(ctx) })
}

func (r *run) undoCommand() *cobra.Command {
	return r.simple("undo", "Undo in Live", "Undone.", func(ctx context.Context, core Core) error { return core.Undo(ctx) })
}

func (r *run) redoCommand() *cobra.Command {
	return r.simple("redo", "Redo in Live", "Done again.", func(ctx context.Context, core Core) error { return core.Redo(ctx) })
}

func (r *run) captureCommand() *cobra.Command {
	return r.simple("capture", "Capture MIDI: keep what you just played", "Captured.", func(ctx context.Context, core Core) error { return core.CaptureMIDI(ctx) })
}

func (r *run) locateCommand() *cobra.Command {
	var bar string
	c := &cobra.Command{
		Use:   "locate <beats> | --bar <bar>[.<beat>]",
		Short: "Go to a place in the song",
		Long: `Go to a place in the song: in beats (quarter notes, the song begins at 0), or as
Live shows it with --bar (the song begins at bar 1; by the set's time signature,
signature changes on the way are not known).`,
		Example: "  takebar locate 64\n  takebar locate --bar 17",
		Args:    args(0, 1, ""),
		RunE: func(cmd *cobra.Command, given []string) error {
			if (bar == "") == (len(given) == 0) {
				return usagef("%s: say a place in beats, or --bar", cmd.CommandPath())
			}
			beats := 0.0
			if bar == "" {
				var err error
				if beats, err = strconv.ParseFloat(given[0], 64); err != nil || beats < 0 {
					return usagef("%q is no place in beats; 0 is the start", given[0])
				}
			}
			return r.with(cmd.Context(), withLive, func(ctx context.Context, core Core) error {
				if bar != "" {
					s := core.Snapshot()
					if s.State == nil {
						return &control.Error{Code: "link_lost", Message: "The link to Live was lost.", Hint: "Try again."}
					}
					var err error
					if beats, err = barToBeats(bar, s.State.Transport); err != nil {
						return err
					}
				}
				if err := core.Locate(ctx, beats); err != nil {
					return err
				}
				return r.show(map[string]float64{"current_song_time": beats}, func() string { return "At beat " + round(beats) + "." })
			})
		},
	}
	c.Flags().StringVar(&bar, "bar", "", "bar, or bar.beat, counted from 1")
	return c
}

// barToBeats turns 17 or 17.3 into quarter notes from the start.
func barToBeats(text string, t live.Transport) (float64, error) {
	barText, beatText, hasBeat := strings.Cut(text, ".")
	bar, err := strconv.Atoi(barText)
	beat := 1
	if err == nil && hasBeat {
		beat, err = strconv.Atoi(beatText)
	}
	if err != nil || bar < 1 || beat < 1 {
		return 0, usagef("--bar %q: say a bar like 17, or bar and beat like 17.3", text)
	}
	if beat > t.SignatureNumerator {
		return 0, usagef("--bar %q: a bar of this set has %d beats", text, t.SignatureNumerator)
	}
	units := (bar-1)*t.SignatureNumerator + beat - 1
	return float64(units) * 4 / float64(max(1, t.SignatureDenominator)), nil
}

func (r *run) recordCommand() *cobra.Command {
	var view string
	c := &cobra.Command{
		Use:   "record [start|stop]",
		Short: "Switch Live's recording on or off, without a take",
		Long: `Switch Live's recording on or off, without a take: nothing is collected into the
takes folder. For that, use "takebar take start" or "takebar toggle".

Without a word it starts where nothing records, and stops where something does.`,
		Args: args(0, 1, ""),
		RunE: func(cmd *cobra.Command, given []string) error {
			word := strings.Join(given, "")
			if word != "" && word != "start" && word != "stop" {
				return usagef("%s: say start or stop, not %q", cmd.CommandPath(), word)
			}
			v, err := parseView(view)
			if err != nil {
				return err
			}
			return r.with(cmd.Context(), withLive, func(ctx context.Context, core Core) error {
				stop := word == "stop"
				if s := core.Snapshot().State; word == "" && s != nil {
					stop = recordText(s) != ""
				}
				done := "Recording."
				if stop {
					err, done = core.RecordStop(ctx), "Stopped recording."
				} else {
					err = core.RecordStart(ctx, v)
				}
				if err != nil {
					return err
				}
				return r.show(map[string]bool{"recording": !stop}, func() string { return done })
			})
		},
	}
	c.Flags().StringVar(&view, "view", "", "arrangement or session (as set with \"takebar defaults\")")
	return c
}

// parseView reads --view; "" stays "".
func parseView(text string) (live.View, error) {
	switch v := live.View(strings.ToLower(text)); v {
	case "", live.ViewArrangement, live.ViewSession:
		return v, nil
	}
	return "", usagef("--view is arrangement or session, not %q", text)
}

func (r *run) clipCommand() *cobra.Command {
	var beats float64
	slot := func(given []string) (control.Ref, int, error) {
		scene, err := strconv.Atoi(given[1])
		if err != nil || scene < 1 {
			return "", 0, usagef("%q is no scene; scenes are counted from 1", given[1])
		}
		return control.Ref(given[0]), scene - 1, nil
	}
	fire := &cobra.Command{
		Use:   "fire <track> <scene>",
		Short: "Fire a clip slot: launch its clip, or record into it where the track is armed",
		Args:  args(2, 2, "the track and the scene's number"),
		RunE: func(cmd *cobra.Command, given []string) error {
			track, scene, err := slot(given)
			if err != nil {
				return err
			}
			var record *float64
			if cmd.Flags().Changed("record") {
				if beats <= 0 {
					return usagef("--record is a length in beats, over 0")
				}
				record = &beats
			}
			return r.plain("Fired.", func(ctx context.Context, core Core, _ []string) error {
				return core.FireClip(ctx, track, scene, record)
			})(cmd, given)
		},
	}
	fire.Flags().Float64Var(&beats, "record", 0, "record this many beats, then play them")
	stop := &cobra.Command{
		Use:   "stop <track> <scene>",
		Short: "Stop a clip slot",
		Args:  args(2, 2, "the track and the scene's number"),
		RunE: func(cmd *cobra.Command, given []string) error {
			track, scene, err := slot(given)
			if err != nil {
				return err
			}
			return r.plain("Stopped.", func(ctx context.Context, core Core, _ []string) error {
				return core.StopClip(ctx, track, scene)
			})(cmd, given)
		},
	}
	return group("clip", "Fire or stop a clip slot of the Session", fire, stop)
}
