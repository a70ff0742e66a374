package cli

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/takebar/takebar/bridge/live"
	"github.com/takebar/takebar/internal/control"
)

// numbered is a track with the number that Live shows.
type numbered struct {
	Number string `json:"number"`
	live.Track
}

func numberedAll(tracks []live.Track) []numbered {
	all := make([]numbered, len(tracks))
	for i, t := range tracks {
		all[i] = numbered{trackNumber(t), t}
	}
	return all
}

func refs(words []string) []control.Ref {
	all := make([]control.Ref, len(words))
	for i, w := range words {
		all[i] = control.Ref(w)
	}
	return all
}

func (r *run) tracksCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "tracks",
		Short: "List the set's tracks",
		Args:  args(0, 0, ""),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return r.with(cmd.Context(), withLive, func(_ context.Context, core Core) error {
				s := core.Snapshot()
				if s.State == nil {
					return &control.Error{Code: "link_lost", Message: "The link to Live was lost.", Hint: "Try again."}
				}
				return r.show(numberedAll(s.State.Tracks), func() string { return tracksText(s.State.Tracks) })
			})
		},
	}
}

func tracksText(tracks []live.Track) string {
	depth := map[string]int{}
	var t table
	t.row("#", "Track", "Kind", "Armed", "Monitor", "Input", "")
	for _, track := range tracks {
		if track.GroupTrack != nil {
			depth[track.ID] = depth[*track.GroupTrack] + 1
		}
		t.indented(1, 2*depth[track.ID], trackNumber(track), track.Name, string(track.Kind), armText(track), monitoring(track.CurrentMonitoringState), inputText(track), remarks(track))
	}
	return t.String()
}

func armText(t live.Track) string {
	switch {
	case t.Arm:
		return "armed"
	case t.ImplicitArm:
		return "armed by Push"
	case !t.CanBeArmed:
		return "-"
	}
	return ""
}

func inputText(t live.Track) string {
	if t.InputRoutingType == nil || t.InputRoutingType.DisplayName == "" {
		return ""
	}
	text := t.InputRoutingType.DisplayName
	if t.InputRoutingChannel != nil && *t.InputRoutingChannel != "" {
		text += " / " + *t.InputRoutingChannel
	}
	return text
}

func remarks(t live.Track) string {
	var all []string
	for _, r := range []struct {
		is   bool
		text string
	}{{t.Selected, "selected"}, {t.Mute, "muted"}, {t.Solo, "solo"}, {t.IsFrozen, "frozen"}} {
		if r.is {
			all = append(all, r.text)
		}
	}
	return strings.Join(all, ", ")
}

// armed prints which tracks are armed now.
func (r *run) armed(tracks []live.Track) error {
	return r.show(map[string]any{"armed": numberedAll(tracks)}, func() string { return "Armed: " + trackList(tracks) })
}

func (r *run) armCommand() *cobra.Command {
	var exclusive string
	c := &cobra.Command{
		Use:   "arm <track>...",
		Short: "Arm tracks",
		Long: `Arm tracks, and print all tracks that are armed then.

Whether others are disarmed is as exclusive_arm in config.toml says, which leaves it
to Live's preference Exclusive Arm at first. --exclusive yes disarms them,
--exclusive no leaves them.`,
		Example: "  takebar arm 2\n  takebar arm \"Lead vox\" Guitar --exclusive no",
		Args:    args(1, -1, "which track: its number or its name"),
		RunE: func(cmd *cobra.Command, given []string) error {
			switch exclusive {
			case "", "set", "yes", "no":
			default:
				return usagef("--exclusive is set, yes or no, not %q", exclusive)
			}
			return r.with(cmd.Context(), withLive, func(ctx context.Context, core Core) error {
				tracks, err := core.Arm(ctx, control.ArmRequest{Tracks: refs(given), Exclusive: exclusive})
				if err != nil {
					return err
				}
				return r.armed(tracks)
			})
		},
	}
	c.Flags().StringVar(&exclusive, "exclusive", "", "disarm all others: yes, no, or set (as Live's preference says); else as the settings say")
	return c
}

func (r *run) disarmCommand() *cobra.Command {
	var all bool
	c := &cobra.Command{
		Use:   "disarm <track>... | --all",
		Short: "Disarm tracks",
		Args:  cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, given []string) error {
			if all == (len(given) > 0) {
				return usagef("%s: say which tracks, or --all", cmd.CommandPath())
			}
			return r.with(cmd.Context(), withLive, func(ctx context.Context, core Core) error {
				if all {
					if err := core.DisarmAll(ctx); err != nil {
						return err
					}
					return r.armed(nil)
				}
				tracks, err := core.Disarm(ctx, refs(given))
				if err != nil {
					return err
				}
				return r.armed(tracks)
			})
		},
	}
	c.Flags().BoolVar(&all, "all", false, "disarm every track")
	return c
}

func (r *run) monitorCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "monitor <track> in|auto|off",
		Short: "Set a track's monitoring",
		Args:  args(2, 2, "the track, and in, auto or off"),
		RunE: func(cmd *cobra.Command, given []string) error {
			states := map[string]live.Monitoring{"in": live.MonitoringIn, "auto": live.MonitoringAuto, "off": live.MonitoringOff}
			state, ok := states[strings.ToLower(given[1])]
			if !ok {
				return usagef("monitoring is in, auto or off, not %q", given[1])
			}
			return r.with(cmd.Context(), withLive, func(ctx context.Context, core Core) error {
				if err := core.SetMonitoring(ctx, control.Ref(given[0]), state); err != nil {
					return err
				}
				return r.show(map[string]any{"current_monitoring_state": state}, func() string { return "Monitoring: " + monitoring(&state) })
			})
		},
	}
}

func (r *run) inputCommand() *cobra.Command {
	var category, name, channel string
	c := &cobra.Command{
		Use:     "input <track> [--category C | --name N] [--channel N]",
		Aliases: []string{"routing"},
		Short:   "Show or set a track's input",
		Long: `Show the inputs that Live offers for a track, or choose one.

Names are translated by Live; categories are not: external, resampling, track,
none, rewire, master, parent_group_track.`,
		Example: "  takebar input 3\n  takebar input 3 --category resampling\n  takebar input Vox --name \"Ext. In\" --channel 2",
		Args:    args(1, 1, "which track"),
		RunE: func(cmd *cobra.Command, given []string) error {
			track := control.Ref(given[0])
			if channel != "" && category == "" && name == "" {
				return usagef("--channel needs --category or --name as well")
			}
			return r.with(cmd.Context(), withLive, func(ctx context.Context, core Core) error {
				if category != "" || name != "" {
					request := control.RoutingRequest{Track: track, Category: category, Name: name, Channel: channel}
					if err := core.SetInputRouting(ctx, request); err != nil {
						return err
					}
				}
				routings, err := core.Routings(ctx, track)
				if err != nil {
					return err
				}
				return r.show(routings, func() string { return routingsText(routings) })
			})
		},
	}
	c.Flags().StringVar(&category, "category", "", "choose the input of this category")
	c.Flags().StringVar(&name, "name", "", "choose the input of this name")
	c.Flags().StringVar(&channel, "channel", "", "choose this channel of the input")
	return c
}

func routingsText(o control.Routings) string {
	var t table
	t.row("", "Input", "Category")
	for _, kind := range o.Types {
		mark := ""
		if o.Type != nil && *o.Type == kind {
			mark = "*"
		}
		t.row(mark, kind.DisplayName, kind.Category)
	}
	text := t.String()
	if len(o.Channels) > 0 {
		var channels table
		channels.row("", "Channel")
		for _, name := range o.Channels {
			mark := ""
			if o.Channel != nil && *o.Channel == name {
				mark = "*"
			}
			channels.row(mark, name)
		}
		text += "\n" + channels.String()
	}
	return text
}

func (r *run) trackCommand() *cobra.Command {
	create := &cobra.Command{
		Use:   "create [name]",
		Short: "Create an audio track after the last one",
		Args:  args(0, 1, ""),
		RunE: func(cmd *cobra.Command, given []string) error {
			name := strings.Join(given, "")
			return r.with(cmd.Context(), withLive, func(ctx context.Context, core Core) error {
				track, err := core.CreateAudioTrack(ctx, name)
				if err != nil {
					return err
				}
				return r.show(numbered{trackNumber(track), track}, func() string { return fmt.Sprintf("Created track %s.", trackList([]live.Track{track})) })
			})
		},
	}
	rename := &cobra.Command{
		Use:   "rename <track> <new name>",
		Short: "Rename a track",
		Args:  args(2, 2, "the track and its new name"),
		RunE: func(cmd *cobra.Command, given []string) error {
			return r.with(cmd.Context(), withLive, func(ctx context.Context, core Core) error {
				if err := core.RenameTrack(ctx, control.Ref(given[0]), given[1]); err != nil {
					return err
				}
				return r.show(map[string]string{"name": given[1]}, func() string { return fmt.Sprintf("Renamed to %q.", given[1]) })
			})
		},
	}
	choose := &cobra.Command{
		Use:   "select <track>",
		Short: "Select a track in Live",
		Args:  args(1, 1, "which track"),
		RunE: r.plain("Selected.", func(ctx context.Context, core Core, given []string) error {
			return core.SelectTrack(ctx, control.Ref(given[0]))
		}),
	}
	return group("track", "Create, rename or select a track", create, rename, choose)
}
