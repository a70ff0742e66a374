package control

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/takebar/takebar/bridge/live"
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

const (
	// closeWait is how long Close waits for landings. They are safe without that: the next start goes on with them.
	closeWait = time.Minute
	// linkWait is how long a verb waits for the link when the core has only just started.
	linkWait = 5 * time.Second
	// backWait is how long a take's verb waits for a lost link to come back, to learn what became of it.
	backWait = 45 * time.Second
	// askGrace is how long Live has to answer what the core asks on its own account while it closes.
	askGrace = 2 * time.Second
	// showWait is how long a verb waits for the Snapshot to show what Live has confirmed already.
	showWait = 2 * time.Second
	// landingsAtOnce keeps copying from disturbing Live, which records to the same disk.
	landingsAtOnce = 2
)

// Controller owns the Snapshot and implements Core.
//
// One goroutine, run, changes the Snapshot and the ledger of takes; everything else posts events to it. Verbs run on their callers' goroutines; what must go on when a
// caller gives up runs in goroutines that Run waits for.
type Controller struct {
	opt   Options // but for the Library: see lib
	shelf *shelf
	log   *slog.Logger
	calls live.Calls
	hub   *hub
	posts chan post

	verbs   coalescer
	intents intents
	bounces *bounces
	slots   chan struct{} // for landings
	// measuring holds one token while the loudness of a take is measured.
	measuring chan struct{}
	linked    chan struct{} // closed once the link has found out whether there is a Live

	ctx    context.Context // of everything that works for the core
	cancel context.CancelFunc
	work   sync.WaitGroup

	mu      sync.Mutex
	started bool
	ending  bool // no new work
	landing int  // how many landings run
	landed  chan struct{}
	closing chan struct{}
	done    chan struct{}
}

// post is an event, or a function to run between two events; done is closed when it is through.
type post struct {
	event any
	run   func(*loop)
	done  chan struct{}
}

// New makes a Controller; Run starts it.
func New(opt Options) *Controller {
	if opt.Logger == nil {
		opt.Logger = slog.New(slog.DiscardHandler)
	}
	if opt.Now == nil {
		opt.Now = time.Now
	}
	opt.Settings.Defaults = opt.Settings.filled()
	first := Snapshot{
		Version:  1,
		Link:     Link{Status: LinkDisconnected, Message: "Looking for Live…", Lives: []LiveInfo{}},
		Pending:  []string{},
		Landings: []Landing{},
		Settings: opt.Settings,
		Notices:  []Notice{},
	}
	c := &Controller{
		opt: opt, shelf: newShelf(opt.Library), log: opt.Logger, calls: live.Calls{Caller: opt.Link}, hub: newHub(first),
		posts: make(chan post, 64), bounces: newBounces(), slots: make(chan struct{}, landingsAtOnce), measuring: make(chan struct{}, 1), linked: make(chan struct{}),
		landed: make(chan struct{}, 1), closing: make(chan struct{}), done: make(chan struct{}),
	}
	c.ctx, c.cancel = context.WithCancel(context.Background())
	return c
}

// Run runs the core, its link included, until ctx ends, Close or Quit. When ctx ends, landings are interrupted; the next start goes on with
// them. Nothing of it runs on after that. It may be called once.
func (c *Controller) Run(ctx context.Context) error {
	c.mu.Lock()
	c.started = true
	c.mu.Unlock()
	stop := context.AfterFunc(ctx, c.cancel)
	defer stop()
	var linkDone sync.WaitGroup
	linkDone.Go(func() {
		if err := c.opt.Link.Run(c.ctx, c.report); err != nil && c.ctx.Err() == nil {
			c.log.Error("the link has ended", "error", err)
		}
	})
	c.spawn(c.prepare)
	c.spawn(c.observe)
	var loopDone sync.WaitGroup
	loopDone.Go(c.run)

	select {
	case <-c.ctx.Done():
	case <-c.closing:
		c.drain()
	}
	c.mu.Lock()
	c.ending = true
	c.mu.Unlock()
	c.cancel()
	linkDone.Wait()
	loopDone.Wait() // it begins landings
	c.work.Wait()
	c.hub.close()
	close(c.done)
	return ctx.Err()
}

// drain waits for landings, within reason.
func (c *Controller) drain() {
	limit := time.NewTimer(closeWait)
	defer limit.Stop()
	for {
		c.mu.Lock()
		n := c.landing
		c.mu.Unlock()
		if n == 0 {
			return
		}
		select {
		case <-c.landed:
		case <-limit.C:
			c.log.Warn("landings take long; the next start goes on with them", "count", n)
			return
		case <-c.ctx.Done():
			return
		}
	}
}

// count adds n to the landings that run.
func (c *Controller) count(n int) {
	c.mu.Lock()
	c.landing += n
	c.mu.Unlock()
	if n < 0 {
		select {
		case c.landed <- struct{}{}:
		default:
		}
		c.settle()
	}
}

// Close ends the core in order: landings that run are finished first (at most a minute). It waits for Run to return.
func (c *Controller) Close() {
	c.beginClosing()
	c.mu.Lock()
	started := c.started
	c.mu.Unlock()
	if started {
		<-c.done
	}
}

// beginClosing refuses new work and has Run end.
func (c *Controller) beginClosing() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.ending {
		c.ending = true
		close(c.closing)
	}
}

// Done is closed when Run has returned.
func (c *Controller) Done() <-chan struct{} { return c.done }

// spawn runs f in a goroutine that Run waits for; false when the core ends.
func (c *Controller) spawn(f func()) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ending || !c.started {
		return false
	}
	c.work.Go(f)
	return true
}

// Snapshot implements Core.
func (c *Controller) Snapshot() Snapshot { return c.hub.snapshot() }

// Watch implements Core.
func (c *Controller) Watch(ctx context.Context) <-chan Snapshot { return c.hub.watch(ctx) }

// post hands an event to the core's goroutine without waiting for it to be handled.
func (c *Controller) post(event any) {
	select {
	case c.posts <- post{event: event}:
	case <-c.ctx.Done():
	}
}

// tell hands an event to the core's goroutine; when it returns, the Snapshot shows it.
func (c *Controller) tell(event any) { c.await(post{event: event}) }

// between runs f on the core's goroutine.
func (c *Controller) between(f func(*loop)) { c.await(post{run: f}) }

func (c *Controller) await(p post) {
	p.done = make(chan struct{})
	select {
	case c.posts <- p:
	case <-c.ctx.Done():
		return
	}
	select {
	case <-p.done:
	case <-c.ctx.Done():
	}
}

// report is called by the link for everything new, in order.
func (c *Controller) report(r live.LinkReport) {
	c.post(linkReported{report: r, ours: c.opt.ScriptVersion})
}

// loop is what the core's goroutine owns.
type loop struct {
	c      *Controller
	now    Snapshot
	ledger *ledger
	linked bool // c.linked is closed
}

func (c *Controller) run() {
	l := &loop{c: c, now: c.hub.snapshot(), ledger: newLedger()}
	for {
		select {
		case <-c.ctx.Done():
			return
		case p := <-c.posts:
			if p.event != nil {
				l.apply(p.event)
			}
			if p.run != nil {
				p.run(l)
			}
			l.succeed()
			if p.done != nil {
				close(p.done)
			}
		}
	}
}

// apply changes the Snapshot and does what follows from it.
func (l *loop) apply(event any) {
	before := l.now.Version
	if l.now = reduce(l.now, event); l.now.Version != before {
		l.c.hub.publish(l.now)
	}
	if e, ok := event.(linkReported); ok {
		if !l.linked && e.report.Phase != live.LinkConnecting {
			l.linked = true
			close(l.c.linked)
		}
		l.carryOut(l.ledger.link(e.report))
	}
}

func (l *loop) carryOut(orders []order) {
	for _, o := range orders {
		switch o.kind {
		case orderNotice:
			n := *o.notice
			n.At = l.c.opt.Now()
			l.apply(noticed{n})
		case orderExpect:
			l.c.spawn(func() { l.c.expect(o.take) })
		case orderLand:
			l.c.land(o.take, o.from)
		case orderLost:
			l.c.spawn(func() { l.c.lost(o.take) })
		case orderAsk:
			from, pid := l.now.State.Link, l.now.Link.PID
			l.c.count(1) // Close waits for it: what ended unseen is brought home first
			l.c.work.Go(func() {
				defer l.c.count(-1)
				l.c.ask(from, pid)
			})
		}
	}
}
