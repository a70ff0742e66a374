package bridge

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"slices"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"

	"github.com/takebar/takebar/bridge/live"
	"github.com/takebar/takebar/internal/wire"
)

// fakeLive speaks the script's end over in-memory connections. What it answers is taken from docs/golden; livesim_test.go makes the same checks
// against the real script.
type fakeLive struct {
	t         *testing.T
	info      live.Instance
	protocols []int
	quiet     bool // reads, and answers nothing
	refuse    bool // nothing listens
	drop      bool // closes without an answer
	offers    []string
	parts     int // of the state, that follow

	mu      sync.Mutex
	state   live.State
	rev     uint64
	conns   []net.Conn
	subs    []net.Conn
	got     []string // methods, hello included
	waiting []func() // answers held back while quiet
}

func newFake(t *testing.T, pid int, started int64) *fakeLive {
	t.Helper()
	return &fakeLive{
		t:         t,
		info:      live.Instance{Protocol: 1, Port: 40000 + pid, Token: fmt.Sprintf("token-%d-%d", pid, started), PID: pid, Live: "12.3.6", Script: "1.0.0", Started: started},
		protocols: []int{1},
		offers:    []string{"takes"},
		state:     goldenState(t),
		rev:       12,
	}
}

func goldenState(t *testing.T) live.State {
	t.Helper()
	f, err := os.Open("../docs/golden/messages.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var m struct {
			Name     string `json:"name"`
			Response struct {
				Result live.StateResult `json:"result"`
			} `json:"response"`
		}
		if json.Unmarshal(lines.Bytes(), &m) == nil && m.Name == "state.subscribe" {
			return m.Response.Result.State
		}
	}
	t.Fatal("no golden state")
	return live.State{}
}

func (f *fakeLive) serve(conn net.Conn) {
	f.mu.Lock()
	f.conns = append(f.conns, conn)
	gate := wire.Gate{Token: f.info.Token, Protocols: f.protocols, Hint: "Update the script.", Welcome: func(h wire.Hello, v int) any {
		return live.HelloResult{Protocol: v, Script: f.info.Script, Live: f.info.Live, PID: f.info.PID, Capabilities: f.offers}
	}}
	drop := f.drop
	f.mu.Unlock()
	if drop {
		_ = conn.Close()
		return
	}
	in, _, err := gate.Admit(conn)
	f.note("hello")
	if err != nil {
		return
	}
	r := bufio.NewReader(in)
	for {
		line, err := r.ReadBytes('\n')
		if err != nil {
			return
		}
		var req struct {
			ID     json.RawMessage `json:"id"`
			Method string          `json:"method"`
			Params json.RawMessage `json:"params"`
		}
		if err := json.Unmarshal(line, &req); err != nil {
			f.t.Errorf("the client sent %q", line)
			return
		}
		f.note(req.Method)
		reply := func() {
			if _, err := conn.Write(f.answer(conn, req.ID, req.Method)); err != nil && !errors.Is(err, net.ErrClosed) {
				return // the client went away
			}
		}
		f.mu.Lock()
		quiet := f.quiet
		if quiet {
			f.waiting = append(f.waiting, reply)
		}
		f.mu.Unlock()
		if !quiet {
			reply()
		}
	}
}

func (f *fakeLive) answer(conn net.Conn, id json.RawMessage, method string) []byte {
	f.mu.Lock()
	defer f.mu.Unlock()
	var result any = live.Empty{}
	switch method {
	case "ping":
		result = live.PingResult{Time: 1, Tick: 1}
	case "state.subscribe":
		result = live.StateResult{Revision: f.rev, State: f.state, Parts: f.parts}
		f.subs = append(f.subs, conn)
	case "transport.play":
		result = live.PlayingResult{IsPlaying: true}
	case "take.start":
		return fmt.Appendf(nil, `{"jsonrpc":"2.0","id":%s,"error":{"code":-32010,"message":"No track is armed.","data":{"code":"nothing_armed","hint":"Arm one."}}}`+"\n", id)
	}
	b, err := json.Marshal(map[string]any{"jsonrpc": "2.0", "id": id, "result": result})
	if err != nil {
		f.t.Error(err)
	}
	return append(b, '\n')
}

func (f *fakeLive) note(method string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.got = append(f.got, method)
}

func (f *fakeLive) count(method string) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := 0
	for _, m := range f.got {
		if m == method {
			n++
		}
	}
	return n
}

// change sends a change to every subscriber. leap makes the revision jump.
func (f *fakeLive) change(leap uint64, changed string) {
	f.t.Helper()
	f.mu.Lock()
	f.rev += leap
	line := fmt.Sprintf(`{"jsonrpc":"2.0","method":"state.changed","params":{"revision":%d,"changed":%s}}`+"\n", f.rev, changed)
	var d live.Delta
	if err := json.Unmarshal([]byte(`{"changed":`+changed+`}`), &d); err != nil {
		f.t.Fatal(err)
	}
	f.state = live.Apply(f.state, d)
	subs := slices.Clone(f.subs)
	f.mu.Unlock()
	for _, c := range subs {
		_, _ = c.Write([]byte(line))
	}
}

func (f *fakeLive) say(line string) {
	f.mu.Lock()
	subs := slices.Clone(f.subs)
	f.mu.Unlock()
	for _, c := range subs {
		_, _ = c.Write([]byte(line + "\n"))
	}
}

// stall makes Live's main thread stand still, or go on.
func (f *fakeLive) stall(on bool) {
	f.mu.Lock()
	f.quiet = on
	var held []func()
	if !on {
		held, f.waiting = f.waiting, nil
	}
	f.mu.Unlock()
	for _, reply := range held {
		reply()
	}
}

// hangUp closes every connection.
func (f *fakeLive) hangUp() {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, c := range f.conns {
		_ = c.Close()
	}
	f.conns, f.subs = nil, nil
}

// bed runs a Client in a synctest bubble: connections in memory, link files by hand.
type bed struct {
	*Client
	t       *testing.T
	k       *keeper
	cancel  context.CancelFunc
	done    chan struct{}
	servers sync.WaitGroup

	mu      sync.Mutex
	lives   []*fakeLive
	dead    map[int]bool
	reports []live.LinkReport
	dials   int
}

func newBed(t *testing.T, lives ...*fakeLive) *bed {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	b := &bed{Client: New(Options{Version: "test"}), t: t, cancel: cancel, done: make(chan struct{}), dead: map[int]bool{}}
	b.k = newKeeper(b.Client, func(r live.LinkReport) {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.reports = append(b.reports, r)
	})
	b.k.find = func(ctx context.Context) { <-ctx.Done() }
	b.k.finder.watching.Store(true)
	b.k.finder.alive = func(pid int) bool {
		b.mu.Lock()
		defer b.mu.Unlock()
		return !b.dead[pid]
	}
	b.k.dial = b.connect
	go func() {
		defer close(b.done)
		b.k.run(ctx)
	}()
	b.files(lives...)
	synctest.Wait()
	return b
}

func (b *bed) connect(_ context.Context, port int) (net.Conn, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.dials++
	for _, l := range slices.Backward(b.lives) { // a later one took the port over
		if l.info.Port == port && !l.refuse {
			near, far := net.Pipe()
			b.servers.Go(func() { l.serve(far) })
			return near, nil
		}
	}
	return nil, syscall.Errno(errRefused)
}

// files makes these the Lives whose link files are there, the newest first.
func (b *bed) files(lives ...*fakeLive) {
	b.mu.Lock()
	for _, l := range lives {
		if !slices.Contains(b.lives, l) {
			b.lives = append(b.lives, l)
		}
	}
	b.mu.Unlock()
	list := make([]found, 0, len(lives))
	for _, l := range lives {
		list = append(list, found{Instance: l.info, path: fmt.Sprintf("links/%d.json", l.info.PID), native: true})
	}
	b.k.finder.out <- list
}

func (b *bed) kill(pid int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.dead[pid] = true
}

// now waits until everything rests and answers the last report.
func (b *bed) now() live.LinkReport {
	b.t.Helper()
	synctest.Wait()
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.reports) == 0 {
		b.t.Fatal("nothing was reported")
	}
	return b.reports[len(b.reports)-1]
}

// dialed waits until everything rests and counts the attempts so far.
func (b *bed) dialed() int {
	synctest.Wait()
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.dials
}

// stop ends the client; synctest fails the test if a goroutine is left.
func (b *bed) stop() {
	b.cancel()
	<-b.done
	b.mu.Lock()
	for _, l := range b.lives {
		l.hangUp()
	}
	b.mu.Unlock()
	b.servers.Wait()
}
