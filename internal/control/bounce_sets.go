package control

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/takebar/takebar/bridge/live"
)

// bounceTrack begins the names of the tracks that the script makes for a bounce.
const bounceTrack = "Bounce "

// codeSetChanged is what Live's side answers to calls that another set has cut short.
const codeSetChanged = "set_changed"

const tidyWait = 10 * time.Second

// LeaveSet implements BounceCore.
func (c *Controller) LeaveSet(ctx context.Context, message string) error {
	if _, err := c.needLive(ctx); err != nil {
		return err
	}
	err := c.calls.BounceLeaveSet(ctx, live.LeaveSetParams{Message: message})
	if isUnknown(err) || codeOf(err) == codeSetChanged {
		return nil // the set was closed before Live could tell: that is what was wanted
	}
	return asError(err)
}

// TidyBounces implements BounceCore.
func (c *Controller) TidyBounces(ctx context.Context, remove bool) ([]live.Leftover, error) {
	if _, err := c.needLive(ctx); err != nil {
		return nil, err
	}
	r, err := c.calls.BounceTidy(ctx, live.TidyParams{Delete: remove})
	return r.Tracks, asError(err)
}

// watchLeftovers looks once at each set that is opened whether a bounce has left tracks in it, and tells the user. Nothing is deleted unasked.
func (c *Controller) watchLeftovers() {
	seen := ""
	for s := range c.Watch(c.ctx) {
		if s.State == nil || s.State.Set.ID == seen || s.RunningTake() != nil {
			continue
		}
		seen = s.State.Set.ID
		if !looksBounced(s.State.Tracks) {
			continue
		}
		ctx, cancel := context.WithTimeout(c.ctx, tidyWait)
		r, err := c.calls.BounceTidy(ctx, live.TidyParams{})
		cancel()
		switch {
		case c.ctx.Err() != nil:
			return
		case err != nil:
			c.log.Info("cannot look for what bounces have left in the set", "error", err)
		case len(r.Tracks) > 0:
			c.notice(leftoverNotice(r.Tracks))
		}
	}
}

func looksBounced(tracks []live.Track) bool {
	for _, t := range tracks {
		if t.Kind == live.KindAudio && strings.HasPrefix(t.Name, bounceTrack) {
			return true
		}
	}
	return false
}

func leftoverNotice(tracks []live.Leftover) *Notice {
	names := tracks[0].Name
	switch n := len(tracks); n {
	case 1:
	case 2:
		names += " and " + tracks[1].Name
	default:
		names += fmt.Sprintf(", %s and %d more", tracks[1].Name, n-2)
	}
	return &Notice{
		Kind: NoticeWarning, Title: "A bounce left tracks in this set",
		Text: fmt.Sprintf("It was cut short and could not delete %s. Delete them in Live, or with “takebar bounce --tidy”.", names),
	}
}
