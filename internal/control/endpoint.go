package control

import (
	"context"
	"log/slog"
)

// ServeOptions configure the core's endpoint.
type ServeOptions struct {
	Home    string       // where core.json goes
	Version string       // of this program
	Logger  *slog.Logger // nil = discard
	Ready   func()       // called once core.json is there and connections are accepted; may be nil
}

// Serve offers core to other processes of the same user until ctx ends.
func Serve(ctx context.Context, _ Core, _ ServeOptions) error { <-ctx.Done(); return nil }

// Client is a Core in another process.
type Client struct{ Core }

// Dial connects to the core that runs for home. ErrNoCore says that none does.
func Dial(_ context.Context, _ string) (*Client, error) { return nil, ErrNoCore }

// Done is closed when the connection to the core is gone.
func (c *Client) Done() <-chan struct{} { return nil }

// Close leaves the core; it runs on.
func (c *Client) Close() error { return nil }

// Lock is the right to be the one core of a home folder.
type Lock struct{}

// AcquireCore takes that right, or answers ErrCoreRunning.
func AcquireCore(_ string) (*Lock, error) { return nil, ErrCoreRunning }

// Release gives it back.
func (l *Lock) Release() error { return nil }
