package takes

import (
	"context"

	"github.com/takebar/takebar/bridge/live"
	"github.com/takebar/takebar/internal/control"
)

// record starts a take with the defaults.
func (p *Page) record() {
	if p.strip.CanStart() {
		p.stripView.wait()
		p.desk.Run(func(ctx context.Context) error {
			_, err := p.deps.Core.StartTake(ctx, control.TakeRequest{})
			return err
		}, p.answered)
	}
}

func (p *Page) stop() {
	if p.strip.CanStop() {
		p.stripView.wait()
		p.desk.Run(func(ctx context.Context) error {
			if stopper, ok := p.deps.Core.(bounceStopper); ok && p.strip.Bounce {
				_, err := stopper.StopBounce(ctx)
				return err
			}
			_, err := p.deps.Core.StopTake(ctx)
			return err
		}, p.answered)
	}
}

// bounceStopper is the part of control.BounceCore that the strip needs.
type bounceStopper interface {
	StopBounce(ctx context.Context) (live.Take, error)
	CancelBounce(ctx context.Context) (live.Take, error)
}

// discard asks first: nothing of the take will land.
func (p *Page) discard() {
	if !p.strip.CanStop() {
		return
	}
	bounce := p.strip.Bounce
	q := question{title: p.say("takes.discard.title"), hint: p.say("takes.discard.hint"), yes: p.say("takes.discard.do"), danger: true}
	if bounce {
		q.title, q.hint = p.say("takes.discard.bounce.title"), p.say("takes.discard.bounce.hint")
	}
	q.do = func(_ string, then func(error)) {
		p.desk.Run(func(ctx context.Context) error {
			if stopper, ok := p.deps.Core.(bounceStopper); ok && bounce {
				_, err := stopper.CancelBounce(ctx)
				return err
			}
			_, err := p.deps.Core.CancelTake(ctx)
			return err
		}, then)
	}
	p.ask(q)
}

// answered is the core's verdict on Record and Stop.
func (p *Page) answered(err error) {
	p.stripView.refresh(p.strip)
	if err != nil {
		p.desk.Fail(err)
	}
}

func (p *Page) setDefaults(change func(*control.Defaults)) {
	d := p.snapshot.Settings.Defaults
	change(&d)
	if d != p.snapshot.Settings.Defaults {
		p.desk.Run(func(ctx context.Context) error { return p.deps.Core.SetDefaults(ctx, d) }, nil)
	}
}
