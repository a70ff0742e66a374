package control

import (
	"cmp"
	"context"
	"fmt"

	"github.com/takebar/takebar/bridge/live"
)

// ChooseLive implements Core. It answers once the link is with that Live, or cannot be.
func (c *Controller) ChooseLive(ctx context.Context, pid int) error {
	if err := c.opt.Link.Choose(pid); err != nil {
		return asError(err)
	}
	if pid == 0 {
		return nil
	}
	wait, cancel := context.WithTimeout(ctx, linkWait)
	defer cancel()
	s, ok := c.hub.until(wait, func(s Snapshot) bool {
		return s.Link.PID == pid && (s.Link.Status == LinkConnected || s.Link.Status == LinkIncompatible)
	})
	switch {
	case ok && s.Link.Status == LinkConnected:
		return nil
	case ok:
		return &Error{Code: CodeIncompatible, Message: s.Link.Message, Hint: s.Link.Hint}
	case c.ctx.Err() != nil:
		return errEnding()
	default:
		return &Error{Code: CodeNotConnected, Message: "That Live does not answer yet.", Hint: "The link comes up as soon as it does."}
	}
}

// SetDefaults implements Core.
func (c *Controller) SetDefaults(ctx context.Context, d Defaults) error {
	now := c.Snapshot().Settings.Defaults
	if d.Source == "" {
		d.Source = now.Source
	}
	if d.View == "" {
		d.View = now.View
	}
	if d.Exclusive == "" {
		d.Exclusive = now.Exclusive
	}
	switch d.Source {
	case live.SourceArmed, live.SourceSelected, live.SourceMain:
	default:
		return &Error{Code: CodeInvalid, Message: "“" + string(d.Source) + "” cannot be the default source.", Hint: "It is armed, selected or main."}
	}
	if d.View != live.ViewArrangement && d.View != live.ViewSession {
		return &Error{Code: CodeInvalid, Message: "There is no view “" + string(d.View) + "”.", Hint: "Views are arrangement and session."}
	}
	if err := checkExclusive(d.Exclusive); err != nil {
		return err
	}
	if c.opt.SaveDefaults != nil {
		if err := c.opt.SaveDefaults(ctx, d); err != nil {
			return asError(fmt.Errorf("save the settings: %w", err))
		}
	}
	c.tell(defaultsChanged{d})
	return nil
}

// filled has Takebar's own ways in the places of empty ones.
func (d Defaults) filled() Defaults {
	d.Source = cmp.Or(d.Source, live.SourceArmed)
	d.View = cmp.Or(d.View, live.ViewArrangement)
	d.Exclusive = cmp.Or(d.Exclusive, exclusiveAsLive)
	return d
}

// exclusiveAsLive leaves it to Live's preference whether arming a track disarms the others.
const exclusiveAsLive = "set"

func checkExclusive(how string) error {
	switch how {
	case exclusiveAsLive, "yes", "no":
		return nil
	}
	return &Error{Code: CodeInvalid, Message: "“" + how + "” is no way to arm.", Hint: "Exclusive is set (as Live's preference says), yes or no."}
}

// InstallScript implements Core.
func (c *Controller) InstallScript(ctx context.Context, userLibrary string) (Install, error) {
	if c.opt.Installer == nil {
		return Install{}, &Error{Code: CodeNotSupported, Message: "This core cannot install the script.", Hint: "Run “takebar install-script”."}
	}
	i, err := c.opt.Installer.Install(ctx, userLibrary)
	return i, asError(err)
}

// Quit implements Core.
func (c *Controller) Quit(_ context.Context, force bool) error {
	if t := c.Snapshot().RunningTake(); t != nil && !force {
		return &Error{
			Code: CodeTakeRunning, Message: "Live is recording a take.",
			Hint: "Stop it first. If you quit all the same, Live records on, and the take lands when Takebar runs again.",
		}
	}
	c.beginClosing()
	return nil
}
