package session

import (
	"context"

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

// Bounce implements control.BounceCore. If the core ends meanwhile, Live goes on, and the next core brings the files where they were wanted.
func (s *Session) Bounce(ctx context.Context, r control.BounceRequest) (control.Bounced, error) {
	b, err := s.bouncer()
	if err != nil {
		return control.Bounced{}, err
	}
	return b.Bounce(ctx, r)
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
