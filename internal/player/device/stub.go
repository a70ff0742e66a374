//go:build !cgo || nowindow

package device

import (
	"context"
	"log/slog"

	"github.com/takebar/takebar/app/window/ports"
	"github.com/takebar/takebar/internal/player"
)

// New returns an Output that only says that it is none.
func New(*slog.Logger) player.Output { return none{} }

type none struct{}

func (none) Devices(context.Context) ([]ports.Device, error) { return nil, player.ErrNoSupport }

func (none) Open(string, int, player.Callbacks) (player.Stream, error) {
	return nil, player.ErrNoSupport
}
