// Package export is the window's export page: the batch, the attempt that runs with its steps, how attempts ended and what happened in each, and,
// while attempts are switched off, the text to agree to.
//
// Attempts run in this process where they are started here (docs/adr/0013); what others run is shown. The page knows the engine of attempts as
// Engine only, which internal/exports implements, and says nothing that package attempts has not put into words. Only main imports it.
package export

import (
	"context"
	"time"

	"github.com/takebar/takebar/app"
	"github.com/takebar/takebar/app/attempts"
	"github.com/takebar/takebar/internal/control"
)

// Engine makes export attempts and keeps their books. Its methods block and are called away from the user interface; errors are sentences, with a
// hint where they can give one.
type Engine interface {
	// Read gives everything that is known now.
	Read(ctx context.Context) (attempts.Books, error)
	// Watch calls changed whenever Read would give something else, until ctx ends.
	Watch(ctx context.Context, changed func()) error
	// Trace is what happened in an attempt so far.
	Trace(ctx context.Context, id string) ([]attempts.Line, error)

	Enable(ctx context.Context, consent int, pictures bool) error
	Disable(ctx context.Context) error
	// Plan is what an attempt would press in which window, and what is in its way, as text.
	Plan(ctx context.Context) (string, error)
	// Rehearse, Attempt and RunBatch wait for the end. They end early, in order, with ctx.
	Rehearse(ctx context.Context, chord string) (attempts.Rehearsal, error)
	Attempt(ctx context.Context, dryRun bool) (attempts.Attempt, error)
	RunBatch(ctx context.Context) error
	// Stop ends what runs in this process; the sentence says what that means.
	Stop(ctx context.Context) (string, error)

	// Add puts sets and folders into the batch and tells what was left out.
	Add(ctx context.Context, paths []string) (added int, skipped []attempts.Skipped, err error)
	// AddParts adds the parts of the open set between its locators.
	AddParts(ctx context.Context) (added int, err error)
	Remove(ctx context.Context, n int) error
	Move(ctx context.Context, n, by int) error
	Clear(ctx context.Context) error
	// BatchPlan is what running the batch does, as text.
	BatchPlan(ctx context.Context) (string, error)
}

// Bouncer bounces the open set; control.BounceCore is one.
type Bouncer interface {
	Bounce(ctx context.Context, r control.BounceRequest) (control.Bounced, error)
}

// Deps are what the page needs.
type Deps struct {
	Engine Engine
	Files  app.Files
	// Bouncer is nil where this Takebar cannot bounce.
	Bouncer Bouncer
	// Zone is where the user is; nil = as the system says.
	Zone *time.Location
}
