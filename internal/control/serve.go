package control

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/creachadair/jrpc2"

	"github.com/takebar/takebar/bridge/live"
	"github.com/takebar/takebar/internal/wire"
)

// endpointProtocol is the version of docs/core.md.
const endpointProtocol = 1

const (
	coreFileName = "core.json"
	clientsMost  = 64      // at once, those that have not said hello included
	requestsMost = 256     // that one client has carried out at once; more of them wait
	answerMost   = 1 << 26 // bytes: a library of many thousand takes must fit
)

// coreFile is how clients find the core: core.json in the home folder, readable by the user alone.
type coreFile struct {
	Protocol int    `json:"protocol"`
	Port     int    `json:"port"` // on 127.0.0.1
	Token    string `json:"token"`
	PID      int    `json:"pid"`
	Version  string `json:"version"`
	Started  int64  `json:"started"` // Unix ms
}

// welcome is the result of hello.
type welcome struct {
	Protocol int    `json:"protocol"`
	Version  string `json:"version"`
	PID      int    `json:"pid"`
}

// pushed is the event snapshot.changed. With SameTracks the tracks of the state are left out, because they are those of the push before.
type pushed struct {
	Snapshot   Snapshot `json:"snapshot"`
	SameTracks bool     `json:"same_tracks"`
}

// answer is the result of every method of the table. Version is that of a Snapshot which shows what was done, so that a client that follows the
// Snapshots can wait until it has it.
type answer struct {
	Version uint64 `json:"version"`
	Result  any    `json:"result"`
}

// ServeOptions configure the core's endpoint.
type ServeOptions struct {
	Home    string       // where core.json goes
	Version string       // of this program
	Logger  *slog.Logger // nil = discard
	Ready   func()       // called once core.json is there and connections are accepted; may be nil
	// Closing, once closed, ends Serve in order: no new clients and calls are taken (CodeCoreGone: nothing was done), and those that run are
	// answered first, but for those that wait for a landing. nil = only ctx ends Serve.
	Closing <-chan struct{}
}

// server is a running endpoint.
type server struct {
	core  Core
	opt   ServeOptions
	file  coreFile
	table map[string]handler
	conns sync.WaitGroup

	mu      sync.Mutex
	open    map[net.Conn]struct{}
	closing bool           // no new calls
	calls   sync.WaitGroup // that run
	left    chan struct{}  // a client has gone
}

// answerWait is how long clients have to fetch the last answers when the endpoint closes.
const answerWait = 500 * time.Millisecond

// close takes no new calls and waits until those that run are answered, or ctx ends.
func (s *server) close(ctx context.Context) {
	s.mu.Lock()
	s.closing = true
	s.mu.Unlock()
	done := make(chan struct{})
	s.conns.Go(func() {
		s.calls.Wait()
		close(done)
	})
	select {
	case <-done:
	case <-ctx.Done():
		return
	}
	// The answers are on their way; a client that has its own leaves.
	patience := time.NewTimer(answerWait)
	defer patience.Stop()
	for s.clients() > 0 {
		select {
		case <-s.left:
		case <-patience.C:
			return
		case <-ctx.Done():
			return
		}
	}
}

func (s *server) clients() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.open)
}

// enlist counts a call that begins; false: the endpoint closes.
func (s *server) enlist() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.closing {
		s.calls.Add(1)
	}
	return !s.closing
}

// Serve offers core to other processes of the same user until ctx ends or accepting fails.
func Serve(ctx context.Context, core Core, opt ServeOptions) error {
	if opt.Logger == nil {
		opt.Logger = slog.New(slog.DiscardHandler)
	}
	listener, port, err := wire.Listen(ctx)
	if err != nil {
		return fmt.Errorf("open the core's port: %w", err)
	}
	defer func() { _ = listener.Close() }()
	s := &server{
		core: core, opt: opt, table: table(), open: map[net.Conn]struct{}{}, left: make(chan struct{}, 1),
		file: coreFile{endpointProtocol, port, wire.NewToken(), os.Getpid(), opt.Version, time.Now().UnixMilli()},
	}
	path := filepath.Join(opt.Home, coreFileName)
	if err := wire.WriteFile(path, s.file); err != nil {
		return err
	}
	defer s.removeFile(path)
	ctx, cancel := context.WithCancel(ctx)
	defer s.conns.Wait()
	defer s.hangUp()
	defer cancel()
	ended := make(chan struct{})
	defer close(ended)
	s.conns.Go(func() {
		select {
		case <-ctx.Done():
		case <-opt.Closing:
		case <-ended:
		}
		_ = listener.Close()
	})
	if opt.Ready != nil {
		opt.Ready()
	}
	for {
		conn, err := listener.Accept()
		if ctx.Err() != nil {
			return nil
		}
		if err != nil && isClosed(opt.Closing) {
			s.removeFile(path)
			s.close(ctx)
			return nil
		}
		if err != nil {
			return fmt.Errorf("accept a client of the core: %w", err)
		}
		if !s.enter(conn) {
			_ = conn.Close()
			continue
		}
		s.conns.Go(func() {
			defer s.leave(conn)
			s.serve(ctx, conn)
		})
	}
}

func (s *server) removeFile(path string) {
	var now coreFile
	if wire.ReadFile(path, true, &now) == nil && now.Token == s.file.Token {
		_ = os.Remove(path)
	}
}

func (s *server) enter(conn net.Conn) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.open) >= clientsMost {
		return false
	}
	s.open[conn] = struct{}{}
	return true
}

func (s *server) leave(conn net.Conn) {
	_ = conn.Close()
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.open, conn)
	select {
	case s.left <- struct{}{}:
	default:
	}
}

func isClosed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

func (s *server) hangUp() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for conn := range s.open {
		_ = conn.Close()
	}
}

// serve handles one connection until its end.
func (s *server) serve(ctx context.Context, conn net.Conn) {
	gate := wire.Gate{
		Token: s.file.Token, Protocols: []int{endpointProtocol}, Hint: "Quit Takebar and start it again: an older one is still running.",
		Welcome: func(_ wire.Hello, v int) any { return welcome{v, s.opt.Version, s.file.PID} },
	}
	greeted, who, err := gate.Admit(conn)
	if err != nil {
		s.opt.Logger.Debug("a connection to the core was turned away", "error", err)
		return
	}
	s.opt.Logger.Debug("a client of the core has connected", "client", who.Client, "version", who.Version)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	p := &pusher{core: s.core}
	l := &leveler{core: s.core, ctx: ctx}
	defer p.work.Wait()
	defer l.work.Wait()
	defer cancel() // before waiting for those who push
	srv := jrpc2.NewServer(&methods{s, p, l}, &jrpc2.ServerOptions{
		AllowPush: true, DisableBuiltin: true, Concurrency: requestsMost, NewContext: func() context.Context { return ctx },
	})
	push := func(name string, event any) error {
		err := srv.Notify(ctx, name, event)
		if err != nil {
			_ = conn.Close() // half a line may have left
		}
		return err
	}
	p.push = func(event pushed) error { return push("snapshot.changed", event) }
	l.send = func(now Levels) error { return push("levels.changed", now) }
	p.ctx = ctx
	srv.Start(wire.Channel(greeted, answerMost))
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() }) // first: a write that hangs holds jrpc2's lock
	defer stop()
	if err := srv.Wait(); err != nil && ctx.Err() == nil {
		s.opt.Logger.Debug("a client of the core has gone", "client", who.Client, "error", err)
	}
}

// waitLandedName may take as long as a musician plays. It can be asked again of the next core.
const waitLandedName = "take.wait_landed"

// methods assigns the table to one connection.
type methods struct {
	*server
	pusher  *pusher
	leveler *leveler
}

// Assign implements jrpc2.Assigner.
func (m *methods) Assign(_ context.Context, name string) jrpc2.Handler {
	if name == "snapshot.subscribe" {
		return func(context.Context, *jrpc2.Request) (any, error) {
			m.pusher.begin()
			return nothing{}, nil
		}
	}
	if h := m.leveler.assign(name); h != nil {
		return h
	}
	h, ok := m.table[name]
	if !ok {
		return func(context.Context, *jrpc2.Request) (any, error) {
			return nil, wire.Refusal(&Error{Code: "method_not_found", Message: fmt.Sprintf("The core has no method %q.", name), Hint: "docs/core.md lists them; a newer Takebar may have it."})
		}
	}
	return func(ctx context.Context, r *jrpc2.Request) (any, error) {
		var raw json.RawMessage
		if err := r.UnmarshalParams(&raw); err != nil {
			return nil, wire.Refusal(err)
		}
		if name != waitLandedName {
			if !m.enlist() {
				return nil, wire.Refusal(errEnding())
			}
			defer m.calls.Done()
		}
		result, err := h(ctx, m.core, raw)
		if m.pusher.ctx.Err() != nil && codeOf(err) == CodeCancelled {
			err = errEnding() // not the client gave up
		}
		if err != nil {
			return nil, wire.Refusal(asError(err))
		}
		return answer{m.core.Snapshot().Version, result}, nil
	}
}

// pusher sends Snapshots to one client that subscribed. While the client does not read, it stands still, and goes on with the latest.
type pusher struct {
	core Core
	ctx  context.Context // of the connection
	push func(pushed) error
	once sync.Once
	work sync.WaitGroup
}

func (p *pusher) begin() { p.once.Do(func() { p.work.Go(p.run) }) }

func (p *pusher) run() {
	if c, ok := p.core.(*Controller); ok {
		defer c.attend()()
	}
	var last *live.State
	for s := range p.core.Watch(p.ctx) {
		event := pushed{Snapshot: s, SameTracks: sameTracks(last, s.State)}
		last = s.State
		if event.SameTracks {
			lean := *s.State
			lean.Tracks = nil
			event.Snapshot.State = &lean
		}
		if p.push(event) != nil {
			return // the connection has ended
		}
	}
}

// sameTracks says that both states share one list of tracks. Lists are never changed, only replaced.
func sameTracks(a, b *live.State) bool {
	return a != nil && b != nil && len(a.Tracks) == len(b.Tracks) && len(a.Tracks) > 0 && &a.Tracks[0] == &b.Tracks[0]
}
