package take

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/takebar/takebar/bridge/live"
	"github.com/takebar/takebar/internal/take/sidecar"
)

// DefaultTemplate names takes where the configuration says nothing else.
const DefaultTemplate = "{set}/{date} take {take} - {track}"

// Options say where a Library lives and how it behaves. Dir and Home are required.
type Options struct {
	Dir            string // the takes folder, absolute; made when the first take lands
	Home           string // Takebar's own folder; the journal lives in its folder "journal"
	Template       string // of names, "" = DefaultTemplate
	TakebarVersion string // written into sidecars

	// LiveRecordings are the folders that hold the temporary projects of unsaved sets. Nil means Music/Ableton/Live Recordings
	// of the user.
	LiveRecordings []string

	Logger *slog.Logger     // nil = silent
	Now    func() time.Time // nil = time.Now; its location is the one of dates in names
	Poll   time.Duration    // between two looks at a file, 0 = 200 ms
	GiveUp time.Duration    // how long to wait for an unfinished file, 0 = 10 s

	// Step is called on the way of a landing at each of Steps, for tests that stop the program there. Nil = nothing.
	Step func(name string)
}

// Library is the takes folder and what is on its way there. It is safe for concurrent use. One process at a time may
// use the same Home; Takebar's core holds a lock for that.
type Library struct {
	opt Options
}

// Open gives the Library. It touches neither folder: a takes folder on a drive that is not plugged in is no reason not to start.
// The only errors are a bad template and missing options.
func Open(opt Options) (*Library, error) { return &Library{opt: opt}, nil }

// Expect notes that this take records, so that it is missed if nobody ever finishes it. Safe to repeat.
func (l *Library) Expect(ctx context.Context, t live.Take) error { return errors.ErrUnsupported }

// Land collects a take that ended in Live.
func (l *Library) Land(ctx context.Context, t live.Take, from live.Link, progress func(sidecar.Progress)) (sidecar.Entry, error) {
	return sidecar.Entry{}, errors.ErrUnsupported
}

// Lost tells that Live went away during this take.
func (l *Library) Lost(ctx context.Context, t live.Take) (problem string, err error) {
	return "", errors.ErrUnsupported
}

// Resume finishes what an earlier run of the program began, and names what is missing.
func (l *Library) Resume(ctx context.Context, progress func(sidecar.Progress)) (landed []sidecar.Entry, problems []string, err error) {
	return nil, nil, errors.ErrUnsupported
}

// List gives the takes that match, newest first.
func (l *Library) List(ctx context.Context, q sidecar.Query) ([]sidecar.Entry, error) {
	return nil, errors.ErrUnsupported
}

// Get finds one take by id, number, name or "last".
func (l *Library) Get(ctx context.Context, ref string) (sidecar.Entry, error) {
	return sidecar.Entry{}, errors.ErrUnsupported
}

// Trash moves a take into the trash of the takes folder.
func (l *Library) Trash(ctx context.Context, ref string) (sidecar.Entry, error) {
	return sidecar.Entry{}, errors.ErrUnsupported
}

// Restore brings a take back from the trash.
func (l *Library) Restore(ctx context.Context, ref string) (sidecar.Entry, error) {
	return sidecar.Entry{}, errors.ErrUnsupported
}

// Annotate changes note and rating; nil leaves them as they are.
func (l *Library) Annotate(ctx context.Context, ref string, note *string, rating *int) (sidecar.Entry, error) {
	return sidecar.Entry{}, errors.ErrUnsupported
}

// Rescue lands a repaired copy of an unfinished recording.
func (l *Library) Rescue(ctx context.Context, ref string, progress func(sidecar.Progress)) (sidecar.Entry, error) {
	return sidecar.Entry{}, errors.ErrUnsupported
}

// CheckTemplate says in a sentence what is wrong with a name template, nil if nothing is.
func CheckTemplate(template string) error { return nil }
