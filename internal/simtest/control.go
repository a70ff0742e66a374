package simtest

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"sync"
	"testing"
	"time"
)

// waitMost is how long a condition may take where a test does not say. It is long, because the machine may be busy.
const waitMost = 60 * time.Second

// Params are the parameters of a command.
type Params map[string]any

// Control is a connection to livesim's control channel.
type Control struct {
	conn net.Conn
	done chan struct{}

	mu      sync.Mutex
	next    int
	pending map[int]chan answer // nil once the connection has ended
}

type answer struct {
	ID     int             `json:"id"`
	OK     bool            `json:"ok"`
	Result json.RawMessage `json:"result"`
	Error  string          `json:"error"`
	At     float64         `json:"at"`
	UnixNs int64           `json:"unix_ns"`
}

// ErrGone says that the control channel has ended: livesim quit or crashed.
var ErrGone = errors.New("livesim is gone")

// Connect opens the control channel of a running livesim.
func Connect(ctx context.Context, port int) (*Control, error) {
	var d net.Dialer
	conn, err := d.DialContext(ctx, "tcp", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		return nil, err
	}
	c := &Control{conn: conn, done: make(chan struct{}), pending: map[int]chan answer{}}
	go c.read()
	return c, nil
}

func (c *Control) read() {
	defer close(c.done)
	lines := bufio.NewReaderSize(c.conn, 1<<16)
	for {
		line, err := lines.ReadBytes('\n')
		var a answer
		if err != nil || json.Unmarshal(line, &a) != nil {
			break
		}
		c.mu.Lock()
		if waiting, ok := c.pending[a.ID]; ok {
			delete(c.pending, a.ID)
			waiting <- a
		}
		c.mu.Unlock()
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, waiting := range c.pending {
		close(waiting)
	}
	c.pending = nil
	_ = c.conn.Close()
}

// Close ends the connection.
func (c *Control) Close() {
	_ = c.conn.Close()
	<-c.done
}

// Moment is when a command was carried out, or a condition came true.
type Moment struct {
	At   float64   // seconds of the machine's monotonic clock
	Time time.Time // the same by the wall clock
}

// Try carries out a command. result may be nil.
func (c *Control) Try(ctx context.Context, do string, p Params, result any) (Moment, error) {
	msg := map[string]any{"do": do}
	for k, v := range p {
		msg[k] = v
	}
	waiting := make(chan answer, 1)
	c.mu.Lock()
	if c.pending == nil {
		c.mu.Unlock()
		return Moment{}, ErrGone
	}
	c.next++
	msg["id"] = c.next
	id := c.next
	c.pending[id] = waiting
	c.mu.Unlock()
	defer func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		delete(c.pending, id)
	}()
	b, err := json.Marshal(msg)
	if err != nil {
		return Moment{}, err
	}
	if _, err := c.conn.Write(append(b, '\n')); err != nil {
		return Moment{}, fmt.Errorf("%w: %w", ErrGone, err)
	}
	select {
	case a, ok := <-waiting:
		if !ok {
			return Moment{}, ErrGone
		}
		at := Moment{a.At, time.Unix(0, a.UnixNs)}
		if !a.OK {
			return at, fmt.Errorf("livesim, %s: %s", do, a.Error)
		}
		if result == nil {
			return at, nil
		}
		return at, json.Unmarshal(a.Result, result)
	case <-ctx.Done():
		return Moment{}, fmt.Errorf("livesim, %s: %w", do, ctx.Err())
	}
}

// Do carries out a command and fails the test if it is refused.
func (c *Control) Do(t testing.TB, do string, p Params, result any) Moment {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), waitMost) // also from a Cleanup
	defer cancel()
	at, err := c.Try(ctx, do, p, result)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// Get reads a value of the true state, e.g. "tracks.Guitar.arm".
func Get[T any](t testing.TB, c *Control, path string) T {
	t.Helper()
	var v T
	c.Do(t, "get", Params{"path": path}, &v)
	return v
}

// Wait waits until the value at path equals want.
func (c *Control) Wait(t testing.TB, path string, want any) Moment {
	t.Helper()
	return c.WaitFor(t, Params{"path": path, "equals": want})
}

// WaitFor waits for any condition of docs/livesim.md, e.g. {"path": "song.current_song_time", "at_least": 8}.
func (c *Control) WaitFor(t testing.TB, condition Params) Moment {
	t.Helper()
	p := Params{"timeout": waitMost.Seconds() - 5}
	for k, v := range condition {
		p[k] = v
	}
	return c.Do(t, "wait", p, nil)
}

// Fault makes one of the faults of docs/livesim.md.
func (c *Control) Fault(t testing.TB, name string, p Params) {
	t.Helper()
	all := Params{"name": name}
	for k, v := range p {
		all[k] = v
	}
	c.Do(t, "fault", all, nil)
}

// Stall makes Live's main thread stand still for d, or until Unstall.
func (c *Control) Stall(t testing.TB, d time.Duration) {
	t.Helper()
	c.Fault(t, "stall", Params{"seconds": d.Seconds()})
}

// Unstall lets it go on.
func (c *Control) Unstall(t testing.TB) { t.Helper(); c.Do(t, "unstall", nil, nil) }
