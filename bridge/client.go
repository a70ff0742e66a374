// Package bridge is the link to Ableton Live: it finds every running Live by its link files, connects to the chosen one, says
// hello, follows its state, and carries calls with deadlines. It reconnects on its own after Live restarts or another set loads.
//
// It must not know the core, the take library or any user interface, and it never guesses what Live did: a call whose answer was lost
// ends with ErrOutcomeUnknown. main imports it and hands it to the core; tests and benchmarks may import it.
package bridge

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/takebar/takebar/bridge/live"
	"github.com/takebar/takebar/internal/wire"
)

// Protocols are the versions of docs/protocol.md that this package speaks.
func Protocols() []int { return []int{live.Protocol} }

// RemoteError is a refusal by the script; Code is a name of docs/protocol.md.
type RemoteError = wire.RemoteError

var (
	// ErrNotConnected says that no Live is connected. Nothing was sent.
	ErrNotConnected = wire.ErrNotConnected
	// ErrOutcomeUnknown says that the link was lost, or 45 s went by, while a call waited: it may or may not have been carried out.
	ErrOutcomeUnknown = wire.ErrOutcomeUnknown
	// ErrNoSuchLive says that no running Live has the process id that was asked for.
	ErrNoSuchLive = &problem{"not_found", "That Live is not running any more.", "Choose one of those that run."}
)

type problem struct{ code, message, hint string }

func (p *problem) Error() string     { return p.message }
func (p *problem) ErrorCode() string { return p.code }
func (p *problem) ErrorHint() string { return p.hint }

// Times of the link. Tests of other packages need not change them: they are waits for things that do not happen in order.
const (
	callDeadline  = 5 * time.Second  // Live may begin a call so much later
	stopDeadline  = 30 * time.Second // somebody who wants it to stop wants it late rather than not at all
	verdictWait   = 40 * time.Second // beyond the deadline
	retryFirst    = 50 * time.Millisecond
	retryMost     = 2 * time.Second
	beat          = 2 * time.Second // between two signs of life; each costs the idle tray
	missedBeat    = 2 * time.Second
	silenceMost   = 60 * time.Second
	helloWait     = 30 * time.Second // Live may stand still just when we connect
	holdFor       = 2 * time.Minute  // a big set may load that long
	holdWine      = 30 * time.Second // where nothing tells whether Live still runs
	holdAfterQuit = 15 * time.Second
	checkHeld     = 500 * time.Millisecond // whether the process still runs
	pollSearching = 3 * time.Second
	pollBlind     = 2 * time.Second // where the system does not tell of changes in the link folders
	pollConnected = 15 * time.Second
)

// Options configure a Client.
type Options struct {
	// LinkDirs are the folders where Lives leave their link files; the first one is Takebar's own and is created if it is missing. Folders inside a
	// Wine prefix are recognised by their path.
	LinkDirs []string
	// Version of this program, told to the script for Live's log.
	Version string
	// Logger; nil = discard.
	Logger *slog.Logger
}

// Client is the link to the chosen Live. Its methods may be called from any goroutine.
type Client struct {
	opt  Options
	log  *slog.Logger
	wake chan struct{} // the choice or the folders changed, or whether somebody wants levels

	levels *wire.Feed[live.Levels]

	mu     sync.Mutex
	sess   *wire.Session // nil unless connected
	settle func()        // waits until what came in was reported
	lives  []live.Instance
	choice int // process id, 0 = the newest
	dirs   []string
}

// New makes a Client; Run starts it.
func New(opt Options) *Client {
	log := opt.Logger
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	c := &Client{opt: opt, log: log, wake: make(chan struct{}, 1), dirs: slices.Clone(opt.LinkDirs)}
	c.levels = wire.NewFeed[live.Levels](c.rouse)
	return c
}

// Run finds Lives, keeps the link up and reports every change, in order, from one goroutine; report must not wait for a call. Run returns
// when ctx ends; nothing of it runs on. It may be called once.
func (c *Client) Run(ctx context.Context, report func(live.LinkReport)) error {
	newKeeper(c, report).run(ctx)
	return ctx.Err()
}

// Call carries one call to the chosen Live and waits for the verdict. The script may begin it until the deadline of ctx, or for 5 s (30 s where
// something is to stop); the verdict may come up to 40 s after that. Cancelling ctx ends the wait. Errors: *RemoteError (refused), ErrNotConnected
// (nothing was sent), ErrOutcomeUnknown.
func (c *Client) Call(ctx context.Context, method string, params, result any) error {
	c.mu.Lock()
	sess, settle := c.sess, c.settle
	c.mu.Unlock()
	if sess == nil {
		return fmt.Errorf("call %s: %w", method, ErrNotConnected)
	}
	if _, ok := ctx.Deadline(); !ok && stops(method) {
		long, cancel := context.WithTimeout(ctx, stopDeadline)
		defer cancel()
		ctx = long
	}
	err := sess.Call(ctx, method, params, result)
	// The script sends what changed before it answers: whoever gets the answer shall find it in the reported state.
	settle()
	return err
}

func stops(method string) bool {
	switch method {
	case "take.stop", "take.cancel", "record.stop", "transport.stop", "clip_slot.stop":
		return true
	}
	return false
}

// Choose picks one of the running Lives by process id, also for when it comes back; 0 = the newest.
func (c *Client) Choose(pid int) error {
	c.mu.Lock()
	known := pid == 0
	for _, l := range c.lives {
		known = known || l.PID == pid
	}
	if known {
		c.choice = pid
	}
	c.mu.Unlock()
	if !known {
		return ErrNoSuchLive
	}
	c.rouse()
	return nil
}

// SetLinkDirs has Lives looked for in these folders from now on; see Options.LinkDirs. A link that is up stays, also where its folder is not among them.
func (c *Client) SetLinkDirs(dirs []string) {
	c.mu.Lock()
	c.dirs = slices.Clone(dirs)
	c.mu.Unlock()
	c.rouse()
}

func (c *Client) linkDirs() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.dirs
}

// rouse has Run look again at what is wanted.
func (c *Client) rouse() {
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

func (c *Client) chosen() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.choice
}

func (c *Client) setSession(s *wire.Session, settle func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.sess, c.settle = s, settle
}

func (c *Client) setLives(lives []live.Instance) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.lives = lives
}
