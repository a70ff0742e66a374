package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/takebar/takebar/app"
	"github.com/takebar/takebar/internal/control"
)

const (
	// levelsWait is how long Live has for its first levels.
	levelsWait = 5 * time.Second
	// levelsPace is the least time between two lines for a person.
	levelsPace = 200 * time.Millisecond
	barWidth   = 30
)

func (r *run) levelsCommand() *cobra.Command {
	var watch bool
	c := &cobra.Command{
		Use:   "levels",
		Short: "Show the input levels of the armed tracks",
		Long: `Show the input levels of the armed tracks and of the tracks of the running take, as
Live's meters show them: 0 is silence, 100 the top of the meter.

With --watch it goes on, until Ctrl+C; with --json as well, it prints a line for
each change, about 15 a second at most.`,
		Args: args(0, 0, ""),
		RunE: func(cmd *cobra.Command, _ []string) error {
			err := r.with(cmd.Context(), withLive, func(ctx context.Context, core Core) error { return r.levels(ctx, core, watch) })
			if watch && cmd.Context().Err() != nil {
				return nil // Ctrl+C is the way to end it
			}
			return err
		},
	}
	c.Flags().BoolVarP(&watch, "watch", "w", false, "go on until Ctrl+C")
	return c
}

func (r *run) levels(ctx context.Context, core Core, watch bool) error {
	metered, ok := core.(control.LevelCore)
	if !ok {
		return noLevels()
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	levels, err := metered.Levels(ctx)
	if err != nil {
		return err
	}
	late := time.NewTimer(levelsWait)
	defer late.Stop()
	for {
		select {
		case now, open := <-levels:
			if !open {
				return &control.Error{Code: control.CodeCoreGone, Message: "Takebar has ended meanwhile.", Hint: "Try again."}
			}
			late.Stop()
			if err := r.showLevels(core.Snapshot(), now, watch); err != nil || !watch {
				return err
			}
		case <-late.C:
			return noLevels()
		case <-ctx.Done():
			return context.Cause(ctx)
		}
		if !r.json {
			select {
			case <-time.After(levelsPace):
			case <-ctx.Done():
			}
		}
	}
}

func noLevels() error {
	return &control.Error{Code: control.CodeNotSupported, Message: "The Takebar script in Live tells no input levels.", Hint: "Update it with \"takebar install-script\" and start Live again."}
}

// namedLevel is a track's level with what names the track.
type namedLevel struct {
	Number string `json:"number"`
	Name   string `json:"name"`
	control.TrackLevel
}

func (r *run) showLevels(s control.Snapshot, now control.Levels, watch bool) error {
	all := []namedLevel{}
	for _, level := range now.Tracks {
		if s.State == nil {
			break
		}
		if track, ok := s.State.TrackByID(level.ID); ok { // a new one may be a moment late
			all = append(all, namedLevel{trackNumber(track), track.Name, level})
		}
	}
	if !watch {
		return r.show(all, func() string { return levelsText(all) })
	}
	line := levelsLine(all)
	if r.json {
		b, err := json.Marshal(all)
		if err != nil {
			return fmt.Errorf("write the levels as JSON: %w", err)
		}
		line = string(b)
	}
	if _, err := fmt.Fprintln(r.Stdout, line); err != nil {
		return fmt.Errorf("write the levels: %w", err)
	}
	return nil
}

func percent(level float64) string { return strconv.Itoa(int(level*100 + 0.5)) }

func levelsText(all []namedLevel) string {
	if len(all) == 0 {
		return "No track is armed."
	}
	var t table
	t.row("#", "Track", "Left", "Right", "")
	for _, l := range all {
		filled := int(max(l.Left, l.Right)*barWidth + 0.5)
		t.row(l.Number, l.Name, percent(l.Left), percent(l.Right), strings.Repeat("#", filled)+strings.Repeat(".", max(0, barWidth-filled)))
	}
	return t.String()
}

// levelsLine is all of them in one line: name, left, right.
func levelsLine(all []namedLevel) string {
	if len(all) == 0 {
		return "no track is armed"
	}
	parts := make([]string, len(all))
	for i, l := range all {
		parts[i] = fmt.Sprintf("%s %s/%s", app.Clean(l.Name), percent(l.Left), percent(l.Right))
	}
	return strings.Join(parts, "   ")
}
