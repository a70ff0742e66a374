package control

import (
	"context"

	"github.com/takebar/takebar/bridge/live"
)

// Caller makes one call to the chosen Live and waits for its verdict.
// params and result are values of docs/protocol.md. Errors that a user can act on have the methods ErrorCode() string and
// ErrorHint() string; the core turns them into *Error at its edge.
type Caller = live.Caller

// LiveLink is the link to Live. bridge.Client implements it.
type LiveLink interface {
	Caller
	// Run keeps the link up until ctx ends and reports every change, in order, from one goroutine.
	Run(ctx context.Context, report func(live.LinkReport)) error
	// Choose picks one of the running Lives by process id; 0 = the newest.
	Choose(pid int) error
}

// Library is the take library on disk. internal/take implements it.
type Library interface {
	// Expect notes that this take records, so that it is missed if nobody ever finishes it. Safe to repeat.
	Expect(ctx context.Context, t live.Take) error
	// Land collects a take that ended in Live: waits for its files, copies, checks, writes the sidecar. Doing it again
	// for a known id answers with what is there. progress is called from this goroutine, at least once where something new has landed and not at
	// all where the take was known.
	Land(ctx context.Context, t live.Take, from live.Link, progress func(Landing)) (LibraryTake, error)
	// Lost tells that Live went away during this take: what can be found is named, nothing is copied unasked.
	Lost(ctx context.Context, t live.Take) (problem string, err error)
	// Resume finishes what an earlier run of the program began, and names what is missing.
	Resume(ctx context.Context, progress func(Landing)) (landed []LibraryTake, problems []string, err error)

	// Look tells how the library is, and its newest take, nil if there is none. Trouble of its folder is told in the state; the only error is the end of ctx.
	Look(ctx context.Context) (LibraryState, *LibraryTake, error)
	// Revision is that of the last look, whatever it was for. It costs nothing.
	Revision() uint64
	List(ctx context.Context, q TakeQuery) ([]LibraryTake, error)
	Get(ctx context.Context, ref string) (LibraryTake, error)
	Trash(ctx context.Context, ref string) (LibraryTake, error)
	Restore(ctx context.Context, ref string) (LibraryTake, error)
	Annotate(ctx context.Context, ref string, note *string, rating *int) (LibraryTake, error)
	Rename(ctx context.Context, ref, name string) (LibraryTake, error)
	Rescue(ctx context.Context, ref string, progress func(Landing)) (LibraryTake, error)
}

// Installer puts the Remote Script into a User Library. remote_script implements it by way of main.
type Installer interface {
	Install(ctx context.Context, userLibrary string) (Install, error)
}
