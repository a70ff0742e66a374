package bridge

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"slices"
	"sync"
	"time"

	"github.com/takebar/takebar/bridge/live"
	"github.com/takebar/takebar/internal/wire"
)

// keeper keeps the link up. One goroutine owns all of it; whatever waits for the network runs beside it and posts what came out.
type keeper struct {
	c       *Client
	finder  *finder
	find    func(ctx context.Context) // runs the finder
	dial    func(ctx context.Context, port int) (net.Conn, error)
	report  func(live.LinkReport)
	ctx     context.Context // ends with run
	workers sync.WaitGroup
	posts   chan func()
	ring    chan struct{} // events wait in the connection's queue

	found   []found
	lives   []live.Instance
	scanned bool // found is known
	conn    *connection
	hold    hold
	gone    int
	count   uint64 // of connections that came up

	tries    int    // failed attempts in a row
	tried    string // token of the last attempt
	retryAt  time.Time
	problem  string         // of the last attempt
	outdated map[string]int // token -> 1 where the versions do not fit, so that it is not tried again
	versions []int          // that the incompatible script speaks
	polled   time.Time
	last     live.LinkReport
	told     bool
}

// hold is the Live that was linked and is expected back, so that a click does not end up in another one meanwhile.
type hold struct {
	pid    int
	native bool
	until  time.Time
}

func newKeeper(c *Client, report func(live.LinkReport)) *keeper {
	f := newFinder(c.linkDirs(), c.log)
	return &keeper{
		c: c, report: report, finder: f, find: f.run, dial: wire.Dial,
		posts: make(chan func()), ring: make(chan struct{}, 1), outdated: map[string]int{},
	}
}

func (k *keeper) run(ctx context.Context) {
	ctx, cancel := context.WithCancel(ctx)
	k.ctx = ctx
	defer k.workers.Wait()
	defer k.drop("")
	defer cancel()
	k.workers.Go(func() { k.find(ctx) })
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		k.decide(time.Now())
		k.tell()
		timer.Reset(time.Until(k.next(time.Now())))
		select {
		case <-ctx.Done():
			return
		case k.found = <-k.finder.out:
			k.scanned = true
			k.lives = make([]live.Instance, len(k.found))
			for i, f := range k.found {
				k.lives[i] = f.Instance
			}
			k.c.setLives(k.lives)
		case f := <-k.posts:
			f()
		case <-k.ring:
			k.drain()
		case <-k.c.wake:
			k.finder.setDirs(k.c.linkDirs())
		case <-timer.C:
		}
	}
}

// post hands f to the keeper's goroutine.
func (k *keeper) post(f func()) {
	select {
	case k.posts <- f:
	case <-k.ctx.Done():
	}
}

// settle returns when all events that came in before have been reported.
func (k *keeper) settle() {
	settled := make(chan struct{})
	k.post(func() { k.drain(); close(settled) })
	select {
	case <-settled:
	case <-k.ctx.Done():
	}
}

// decide does what is due.
func (k *keeper) decide(now time.Time) {
	k.drain() // what Live said last may be why not to leave it
	k.checkHold(now)
	want := k.pick()
	if n := k.conn; n != nil {
		switch {
		case n.sess == nil && (want == nil || want.Token != n.to.Token):
			k.drop("") // its link file has gone or another Live was chosen
		case n.sess != nil && want != nil && want.Token != n.to.Token && k.mayLeave(*want):
			k.c.log.Info("changing to another Live", "pid", want.PID)
			k.drop("")
			k.hold = hold{}
		case n.sess != nil:
			k.beat(now)
			k.askLevels(n)
		}
	}
	if k.conn == nil && want != nil {
		if want.Token != k.tried { // a new link file: no reason to wait
			k.tries, k.retryAt = 0, time.Time{}
		}
		if k.outdated[want.Token] == 0 && !now.Before(k.retryAt) {
			k.connect(*want)
		}
	}
	if pace := k.pace(); pace > 0 && now.Sub(k.polled) >= pace {
		k.polled = now
		k.finder.look()
	}
}

// pick answers the Live to be linked to, nil if none should be now.
func (k *keeper) pick() *found {
	choice := k.c.chosen()
	for _, pid := range []int{choice, k.hold.pid} {
		if pid == 0 {
			continue
		}
		if i := slices.IndexFunc(k.found, func(f found) bool { return f.PID == pid }); i >= 0 {
			return &k.found[i]
		}
		if pid == k.hold.pid {
			return nil
		}
	}
	if len(k.found) == 0 {
		return nil
	}
	return &k.found[0]
}

// mayLeave says whether the connected Live may be left for another one: when the user chose that, when it came back under a new link file, or when it is only
// the newest and nothing is going on here.
func (k *keeper) mayLeave(want found) bool {
	n := k.conn
	if want.PID == n.to.PID && want.path == n.to.path {
		return true
	}
	if !slices.ContainsFunc(k.found, func(f found) bool { return f.Token == n.to.Token }) {
		return false // it is about to say bye
	}
	return k.c.chosen() == want.PID || !n.busy()
}

func (k *keeper) checkHold(now time.Time) {
	if k.hold.pid == 0 {
		return
	}
	if k.hold.native && !k.finder.alive(k.hold.pid) || !now.Before(k.hold.until) {
		k.gone = k.hold.pid
		k.hold = hold{}
		k.finder.look()
	}
}

func (k *keeper) pace() time.Duration {
	switch {
	case !k.finder.watching.Load() && (k.conn == nil || len(k.c.linkDirs()) == 1):
		return pollBlind
	case k.conn == nil || k.conn.sess == nil:
		return pollSearching
	case len(k.found) > 1:
		return pollConnected // another one may die without a word
	default:
		return 0
	}
}

// next is when something is due without any event.
func (k *keeper) next(now time.Time) time.Time {
	next := now.Add(time.Hour)
	sooner := func(t time.Time) {
		if t.Before(next) {
			next = t
		}
	}
	if pace := k.pace(); pace > 0 {
		sooner(k.polled.Add(pace))
	}
	if k.hold.pid != 0 {
		sooner(now.Add(checkHeld))
	}
	switch n := k.conn; {
	case n == nil && k.retryAt.After(now):
		sooner(k.retryAt)
	case n != nil && n.sess != nil:
		sooner(n.nextBeat(now))
	}
	return next
}

// connect begins an attempt.
func (k *keeper) connect(to found) {
	ctx, cancel := context.WithCancel(k.ctx)
	n := &connection{to: to, cancel: cancel}
	n.queue.ring, n.queue.meters = k.ring, k.c.levels.Publish
	k.conn, k.tried = n, to.Token
	k.workers.Go(func() {
		sess, hello, err := k.greet(ctx, n)
		k.post(func() {
			if k.conn != n { // given up meanwhile
				if sess != nil {
					sess.Close()
				}
				return
			}
			if err != nil {
				k.failed(n, err)
				return
			}
			k.greeted(ctx, n, sess, hello)
		})
		if k.ctx.Err() != nil && sess != nil { // nobody takes it over any more
			sess.Close()
		}
	})
}

// greet connects and says hello. It runs beside the keeper.
func (k *keeper) greet(ctx context.Context, n *connection) (*wire.Session, live.HelloResult, error) {
	var hello live.HelloResult
	ctx, cancel := context.WithTimeout(ctx, helloWait)
	defer cancel()
	conn, err := k.dial(ctx, n.to.Port)
	if err != nil {
		return nil, hello, err
	}
	sess := wire.NewSession(conn, wire.SessionOptions{Deadline: callDeadline, Verdict: verdictWait, OnEvent: n.queue.put})
	err = sess.Greet(ctx, wire.Hello{Token: n.to.Token, Client: "takebar", Version: k.c.opt.Version, Protocol: Protocols()}, &hello)
	if err == nil && !slices.Contains(Protocols(), hello.Protocol) {
		err = fmt.Errorf("the script answered with protocol %d", hello.Protocol)
	}
	if err != nil {
		sess.Close()
		return nil, hello, err
	}
	return sess, hello, nil
}

// failed plans the next attempt.
func (k *keeper) failed(n *connection, err error) {
	n.cancel()
	k.conn = nil
	if versions, ok := incompatible(err); ok {
		k.outdated = map[string]int{n.to.Token: 1}
		k.versions = versions
		k.c.log.Warn("the script in Live and this program do not fit", "pid", n.to.PID, "script", n.to.Script, "script_protocols", versions)
		return
	}
	k.problem = err.Error()
	if k.tries == 0 {
		k.c.log.Info("cannot link to Live yet", "pid", n.to.PID, "error", err)
	}
	if errors.Is(err, errRefused) || !n.to.native && errors.Is(err, wire.ErrOutcomeUnknown) {
		k.finder.setClosed(n.to.Token) // nobody there, or a stranger that does not know the token
	}
	k.backOff()
}

func (k *keeper) backOff() {
	wait := min(retryFirst<<min(k.tries, 10), retryMost)
	wait += rand.N(wait/4) - wait/8 // two clients should not knock together
	k.tries++
	k.retryAt = time.Now().Add(wait)
}

func (k *keeper) greeted(ctx context.Context, n *connection, sess *wire.Session, hello live.HelloResult) {
	n.sess, n.hello, n.responding = sess, hello, true
	k.finder.setLinked(n.to.Token)
	k.workers.Go(func() {
		<-sess.Done()
		k.post(func() { k.ended(n) })
	})
	k.sync(ctx, n)
}

// sync reads the whole state and asks for what follows.
func (k *keeper) sync(ctx context.Context, n *connection) {
	if n.syncing {
		return
	}
	n.syncing = true
	k.workers.Go(func() {
		var r live.StateResult
		err := n.sess.Plain(ctx, "state.subscribe", nil, &r)
		k.post(func() { k.synced(n, r, err) })
	})
}

func (k *keeper) synced(n *connection, r live.StateResult, err error) {
	n.syncing = false
	if k.conn != n {
		return
	}
	if err != nil {
		k.c.log.Warn("cannot read Live's state", "error", err)
		k.problem = err.Error()
		k.drop(n.bye)
		k.backOff()
		return
	}
	first := n.state == nil
	live.SortTracks(r.State.Tracks)
	n.state, n.revision, n.parts = &r.State, r.Revision, r.Parts
	if first {
		k.tries, k.problem, k.gone, k.hold = 0, "", 0, hold{}
		k.count++
		k.c.setSession(n.sess, k.settle)
		k.c.log.Info("linked to Live", "pid", n.to.PID, "live", n.hello.Live, "script", n.hello.Script, "tracks", len(r.State.Tracks))
	}
	k.tell()
	k.drain()
}

// drain applies the events that wait. Each one is reported, because a take may go through several phases at once.
func (k *keeper) drain() {
	n := k.conn
	if n == nil || n.sess == nil || n.syncing || n.state == nil {
		return // they wait for the state that they belong to
	}
	deltas, lost, bye := n.queue.takeAll()
	n.bye = bye
	if len(deltas) > 0 {
		n.responding = true
	}
	for _, d := range deltas {
		if err := n.apply(d); err != nil {
			k.c.log.Warn("reading Live's whole state again", "error", err)
			lost = true
			break
		}
		k.tell()
	}
	if lost {
		k.sync(k.ctx, n)
	}
}

// ended is the end of a connection that was up.
func (k *keeper) ended(n *connection) {
	if k.conn != n {
		return
	}
	if n.state != nil {
		n.syncing = false
		k.drain() // what Live said last counts
	}
	_, _, n.bye = n.queue.takeAll()
	k.c.log.Info("the link to Live has ended", "pid", n.to.PID, "reason", n.bye, "error", n.sess.Err())
	up := n.state != nil
	k.problem = ""
	k.drop(n.bye)
	if !up { // it let us in and left us before the first state: do not knock on and on
		k.backOff()
	}
	k.finder.look()
}

// drop gives up the connection, whatever it has come to. A Live that was linked is then expected back.
func (k *keeper) drop(bye string) {
	n := k.conn
	if n == nil {
		return
	}
	k.conn = nil
	n.cancel()
	k.finder.setLinked("")
	k.c.setSession(nil, nil)
	if n.sess != nil {
		n.sess.Close()
	}
	if n.state == nil {
		return
	}
	k.c.levels.Publish(live.Levels{Tracks: []live.TrackLevel{}, At: time.Now()}) // after Close nothing more comes from there
	wait := holdFor
	if !n.to.native {
		wait = holdWine
	}
	if bye == "quit" {
		wait = min(wait, holdAfterQuit)
	}
	k.hold = hold{pid: n.to.PID, native: n.to.native, until: time.Now().Add(wait)}
	// The old link file may still be there for a moment. It is worth a try, a few times.
	k.tries, k.retryAt = 0, time.Now().Add(retryFirst)
}
