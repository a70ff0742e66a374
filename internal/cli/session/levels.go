package session

import (
	"context"

	"github.com/takebar/takebar/internal/control"
)

// Levels implements control.LevelCore.
func (s *Session) Levels(ctx context.Context) (<-chan control.Levels, error) {
	core, _, _ := s.core()
	if l, ok := core.(control.LevelCore); ok {
		return l.Levels(ctx)
	}
	return nil, &control.Error{Code: control.CodeNotSupported, Message: "This Takebar cannot show input levels.", Hint: "Look at the meters in Live."}
}

var _ control.LevelCore = (*Session)(nil)
