// Package exports puts export attempts together for one program run: the engine of package automation, a link to Live of its own for as long as it
// is needed, and the keys process. A lock file in Takebar's home keeps two runs from attempting at once, in whichever process they are.
//
// It holds no rule of an attempt (automation does) and shows nothing. internal/cli and main may import it.
package exports

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/takebar/takebar/automation"
	"github.com/takebar/takebar/automation/desktop"
	"github.com/takebar/takebar/automation/keys"
	"github.com/takebar/takebar/bridge"
	"github.com/takebar/takebar/bridge/live"
)

// Options say where things are.
type Options struct {
	Home     string
	Version  string // of this program
	LinkDirs []string
	Keys     []string // command of the keys role
	Chord    string   // "" or as keys.ParseChord reads it
	Folders  []string // to watch where a request names none
	Out      string   // for the files of a batch
	OpenSet  []string // command that opens a .als
	Logger   *slog.Logger
	Off      func() bool             // the settings switch attempts off; nil = they do not
	Pictures func() bool             // the settings allow pictures of Live's window; nil = the consent decides
	Changed  func(automation.Status) // told what runs; nil = nobody
	Timing   automation.Timing
}

// Exports is an engine with its link. Close it.
type Exports struct {
	*automation.Engine
	link *link
	stop context.CancelFunc
	done sync.WaitGroup
}

// Open builds the engine and begins to look for Live.
func Open(o Options) (*Exports, error) {
	chord := keys.ChordE
	if o.Chord != "" {
		parsed, ok := keys.ParseChord(o.Chord)
		if !ok {
			return nil, fmt.Errorf("read the shortcut %q: it must be e or r", o.Chord)
		}
		chord = parsed
	}
	client := bridge.New(bridge.Options{LinkDirs: o.LinkDirs, Version: o.Version, Logger: o.Logger})
	x := &Exports{link: &link{client: client, calls: live.Calls{Caller: client}, first: make(chan struct{})}}
	x.Engine = automation.New(automation.Options{
		Home: o.Home, Version: o.Version, Link: x.link, Keys: &keys.Client{Command: o.Keys}, Desktop: desktop.Open, Logger: o.Logger,
		Off: o.Off, Pictures: o.Pictures, Chord: chord, Folders: o.Folders, Out: o.Out, OpenSet: o.OpenSet, Changed: o.Changed, Timing: o.Timing,
	})
	ctx, stop := context.WithCancel(context.Background())
	x.stop = stop
	x.done.Go(func() {
		if err := client.Run(ctx, x.link.report); err != nil && ctx.Err() == nil && o.Logger != nil {
			o.Logger.Warn("the link of the export attempts ended", "error", err)
		}
	})
	return x, nil
}

// Ready waits, for a moment only, until Live is linked. Without a link the checks of an attempt say so themselves.
func (x *Exports) Ready(ctx context.Context) {
	const patience = 3 * time.Second
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	select {
	case <-x.link.first:
	case <-ctx.Done():
	}
}

// Close ends the link.
func (x *Exports) Close() {
	x.stop()
	x.done.Wait()
}

// link is the bridge as an attempt sees it.
type link struct {
	client *bridge.Client
	calls  live.Calls
	once   sync.Once
	first  chan struct{} // closed once Live was linked

	mu  sync.Mutex
	now live.LinkReport
}

func (l *link) report(r live.LinkReport) {
	l.mu.Lock()
	l.now = r
	l.mu.Unlock()
	if r.State != nil {
		l.once.Do(func() { close(l.first) })
	}
}

// State implements automation.Link. A Live that does not answer cannot be checked, so it counts as not linked.
func (l *link) State() (live.State, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.now.Phase != live.LinkConnected || !l.now.Responding || l.now.State == nil {
		return live.State{}, false
	}
	return *l.now.State, true
}

// SetLoop implements automation.Link.
func (l *link) SetLoop(ctx context.Context, to automation.Loop) error {
	p := live.LoopParams{Loop: &to.On, LoopStart: &to.Start}
	if to.Length > 0 {
		p.LoopLength = &to.Length
	}
	_, err := l.calls.SetLoop(ctx, p)
	return err
}

// Locators implements automation.Link.
func (l *link) Locators(ctx context.Context) ([]automation.Locator, error) {
	r, err := l.calls.CuePoints(ctx)
	if err != nil {
		return nil, err
	}
	all := make([]automation.Locator, len(r.CuePoints))
	for i, c := range r.CuePoints {
		all[i] = automation.Locator{Time: c.Time, Name: c.Name}
	}
	return all, nil
}

var errNoLink = errors.New("there is no link here")

// none is the link of an engine that only looks at what is stored.
type none struct{}

func (none) State() (live.State, bool) { return live.State{}, false }

func (none) SetLoop(context.Context, automation.Loop) error { return errNoLink }

func (none) Locators(context.Context) ([]automation.Locator, error) { return nil, errNoLink }
