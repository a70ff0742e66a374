package session

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"time"

	"github.com/takebar/takebar/bridge/live"
	"github.com/takebar/takebar/internal/control"
)

// bouncer is the core of the moment, as far as bounces go.
func (s *Session) bouncer() (control.BounceCore, error) {
	core, _, _ := s.core()
	if b, ok := core.(control.BounceCore); ok {
		return b, nil
	}
	return nil, &control.Error{Code: control.CodeNotSupported, Message: "This Takebar cannot bounce.", Hint: "Record a take of the main output instead."}
}

// Snapshot is that of the core of the moment.
func (s *Session) Snapshot() control.Snapshot {
	core, _, _ := s.core()
	return core.Snapshot()
}

// Watch watches the core of the moment; the channel closes when that core ends.
func (s *Session) Watch(ctx context.Context) <-chan control.Snapshot {
	core, _, _ := s.core()
	return core.Watch(ctx)
}

// Bounce waits on when the core ends meanwhile, as WaitLanded does: Live records on by itself, and the next core, which may be this process, brings the
// files where they were wanted.
func (s *Session) Bounce(ctx context.Context, r control.BounceRequest) (control.Bounced, error) {
	if r.ID == "" {
		r.ID = bounceID()
	}
	for {
		b, err := s.bouncer()
		if err != nil {
			return control.Bounced{}, err
		}
		_, thin, _ := s.core()
		out, err := b.Bounce(ctx, r)
		var gone *control.Error
		if thin == nil || ctx.Err() != nil || !errors.As(err, &gone) || gone.Code != control.CodeCoreGone {
			return out, err
		}
		r.TakeUp = r.TakeUp || !NotBegun(err)
		s.opt.Say("The Takebar that this command talked to has ended; going on without it.")
		if reopened := s.reopen(ctx); reopened != nil {
			return out, err
		}
		if missing := s.NeedLive(ctx); missing != nil && !r.TakeUp {
			return out, missing
		}
	}
}

func bounceID() string {
	var random [4]byte
	_, _ = rand.Read(random[:]) // never fails, says crypto/rand
	return time.Now().Format("20060102-150405-") + hex.EncodeToString(random[:])
}

// StopBounce implements control.BounceCore.
func (s *Session) StopBounce(ctx context.Context) (live.Take, error) {
	b, err := s.bouncer()
	if err != nil {
		return live.Take{}, err
	}
	return b.StopBounce(ctx)
}

// CancelBounce implements control.BounceCore.
func (s *Session) CancelBounce(ctx context.Context) (live.Take, error) {
	b, err := s.bouncer()
	if err != nil {
		return live.Take{}, err
	}
	return b.CancelBounce(ctx)
}

// TidyBounces implements control.BounceCore.
func (s *Session) TidyBounces(ctx context.Context, remove bool) ([]live.Leftover, error) {
	b, err := s.bouncer()
	if err != nil {
		return nil, err
	}
	return b.TidyBounces(ctx, remove)
}

// LeaveSet implements control.BounceCore.
func (s *Session) LeaveSet(ctx context.Context, message string) error {
	b, err := s.bouncer()
	if err != nil {
		return err
	}
	return b.LeaveSet(ctx, message)
}

var _ control.BounceCore = (*Session)(nil)
