package wire

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"strconv"
	"sync"
	"time"

	"github.com/creachadair/jrpc2"
)

// SessionOptions configure a Session.
type SessionOptions struct {
	MaxIn int // longest line to accept, bytes; 0 = MaxLine
	// OnEvent gets the other end's events in order, from the goroutine that reads: it must not wait.
	OnEvent func(method string, params json.RawMessage)
	// Deadline is how long after a call the other end may still begin it, where ctx has no deadline; 0 = none is sent.
	Deadline time.Duration
	// Verdict is how much longer than the deadline a call waits for the answer; 0 = until the connection is lost.
	Verdict time.Duration
}

// Session is the connecting end of one connection: it owns its reading goroutine and its pending calls.
//
// It does not use jrpc2's client: that delivers each message from a goroutine of its own, so that events overtake each other,
// and an answer that is followed by the end of the connection may be lost.
type Session struct {
	opt    SessionOptions
	conn   net.Conn
	lines  *lines
	reader sync.WaitGroup
	done   chan struct{}
	err    error // why it ended; read after done

	send    sync.Mutex
	mu      sync.Mutex
	last    int64                // id of the last request
	pending map[int64]chan reply // nil once the session has ended
}

// reply is an answer, or nothing where the connection ended first.
type reply struct {
	result json.RawMessage
	err    *jrpc2.Error
	lost   bool
}

// NewSession takes over conn.
func NewSession(conn net.Conn, opt SessionOptions) *Session {
	if opt.MaxIn == 0 {
		opt.MaxIn = MaxLine
	}
	s := &Session{opt: opt, conn: conn, lines: newLines(conn, opt.MaxIn, MaxLine), done: make(chan struct{}), pending: map[int64]chan reply{}}
	s.reader.Go(s.read)
	return s
}

// Done is closed when the connection is gone.
func (s *Session) Done() <-chan struct{} { return s.done }

// Err says why the connection is gone. Call it after Done.
func (s *Session) Err() error { return s.err }

// Heard is when something last came in.
func (s *Session) Heard() time.Time {
	return s.lines.in.born.Add(time.Duration(s.lines.in.last.Load()))
}

// Pending counts the calls that wait for an answer.
func (s *Session) Pending() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.pending)
}

// Close ends the connection. Pending calls end with ErrOutcomeUnknown. The session's goroutine has ended when it returns.
func (s *Session) Close() {
	s.fail(net.ErrClosed)
	s.reader.Wait()
}

// fail ends the session once.
func (s *Session) fail(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.pending == nil {
		return
	}
	for _, waiting := range s.pending {
		waiting <- reply{lost: true}
	}
	s.pending = nil
	s.err = err
	_ = s.conn.Close()
	close(s.done)
}

func (s *Session) read() {
	for {
		line, err := s.lines.Recv()
		if err != nil {
			s.fail(err)
			return
		}
		if err := s.take(line); err != nil {
			s.fail(err)
			return
		}
	}
}

// take handles one line that came in.
func (s *Session) take(line []byte) error {
	var m struct {
		ID     json.RawMessage `json:"id"`
		Method string          `json:"method"`
		Params json.RawMessage `json:"params"`
		Result json.RawMessage `json:"result"`
		Error  *jrpc2.Error    `json:"error"`
	}
	if err := json.Unmarshal(line, &m); err != nil {
		return fmt.Errorf("%w: %w", ErrGarbage, err)
	}
	if m.Method != "" {
		if s.opt.OnEvent != nil && (len(m.ID) == 0 || string(m.ID) == "null") {
			s.opt.OnEvent(m.Method, m.Params)
		}
		return nil
	}
	id, err := strconv.ParseInt(string(m.ID), 10, 64)
	if err != nil {
		return nil // the answer to a line that was no request; ours are
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if waiting, ok := s.pending[id]; ok { // else its caller gave up
		delete(s.pending, id)
		waiting <- reply{result: m.Result, err: m.Error}
	}
	return nil
}

// Call makes a call with a deadline (see docs/protocol.md): that of ctx, or the session's. When it has passed, Call goes on
// waiting for the verdict; when ctx is cancelled it does not. ErrOutcomeUnknown says that no verdict came, ErrNotConnected that nothing was sent.
func (s *Session) Call(ctx context.Context, method string, params, result any) error {
	if err := ctx.Err(); err != nil {
		return err // nothing was sent
	}
	deadline, ok := ctx.Deadline()
	if !ok && s.opt.Deadline > 0 {
		deadline, ok = time.Now().Add(s.opt.Deadline), true
	}
	raw, err := marshalParams(params)
	if err != nil {
		return fmt.Errorf("call %s: %w", method, err)
	}
	// The call outlives the deadline of ctx, but not its cancellation.
	callCtx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	if ok {
		raw = addDeadline(raw, deadline.UnixMilli())
		if s.opt.Verdict > 0 {
			callCtx, cancel = context.WithDeadline(callCtx, later(deadline, time.Now()).Add(s.opt.Verdict))
			defer cancel()
		}
	}
	release := context.AfterFunc(ctx, func() {
		if errors.Is(ctx.Err(), context.Canceled) {
			cancel()
		}
	})
	defer release()
	if err := s.call(callCtx, method, raw, result); !errors.Is(err, ErrOutcomeUnknown) || ctx.Err() == nil {
		return err
	}
	return fmt.Errorf("%w: %w", ErrOutcomeUnknown, ctx.Err())
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// Plain makes a call without a deadline, for what may be answered at any time or not at all. It ends with ctx.
func (s *Session) Plain(ctx context.Context, method string, params, result any) error {
	raw, err := marshalParams(params)
	if err != nil {
		return fmt.Errorf("call %s: %w", method, err)
	}
	if err := s.call(ctx, method, raw, result); !errors.Is(err, ErrOutcomeUnknown) || ctx.Err() == nil {
		return err
	}
	return ctx.Err()
}

func (s *Session) call(ctx context.Context, method string, params json.RawMessage, result any) error {
	id, answer, ok := s.enlist()
	if !ok {
		return fmt.Errorf("call %s: %w", method, ErrNotConnected)
	}
	if err := s.post(id, method, params); err != nil {
		s.forget(id)
		return fmt.Errorf("call %s: %w", method, err)
	}
	select {
	case r := <-answer:
		return r.into(method, result)
	case <-ctx.Done():
		s.forget(id)
		select {
		case r := <-answer: // it came at the same moment
			return r.into(method, result)
		default:
		}
		return fmt.Errorf("call %s: %w: %w", method, ErrOutcomeUnknown, ctx.Err())
	}
}

func (s *Session) enlist() (int64, <-chan reply, bool) {
	answer := make(chan reply, 1) // whoever takes it out of pending writes once and never waits
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.pending == nil {
		return 0, nil, false
	}
	s.last++
	s.pending[s.last] = answer
	return s.last, answer, true
}

func (s *Session) forget(id int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.pending, id)
}

func (s *Session) post(id int64, method string, params json.RawMessage) error {
	msg, err := json.Marshal(struct {
		Version string          `json:"jsonrpc"`
		ID      int64           `json:"id"`
		Method  string          `json:"method"`
		Params  json.RawMessage `json:"params,omitempty"`
	}{"2.0", id, method, params})
	if err != nil {
		return err
	}
	if len(msg) > MaxLine {
		return fmt.Errorf("%w: %d bytes", ErrLineTooLong, len(msg))
	}
	s.send.Lock()
	defer s.send.Unlock()
	if err := s.lines.Send(msg); err != nil {
		s.fail(err) // half a line may have left: what follows would be garbage
		return fmt.Errorf("%w: %w", ErrOutcomeUnknown, err)
	}
	return nil
}

func (r reply) into(method string, result any) error {
	switch {
	case r.lost:
		return fmt.Errorf("call %s: %w", method, ErrOutcomeUnknown)
	case r.err != nil:
		return fmt.Errorf("call %s: %w", method, remote(r.err))
	case result == nil:
		return nil
	}
	if err := json.Unmarshal(r.result, result); err != nil {
		return fmt.Errorf("call %s: read the result: %w", method, err)
	}
	return nil
}

func marshalParams(params any) (json.RawMessage, error) {
	if params == nil {
		return nil, nil
	}
	return json.Marshal(params)
}

// addDeadline puts the deadline into params, which are an object or nothing.
func addDeadline(params json.RawMessage, ms int64) json.RawMessage {
	field := `"deadline":` + strconv.FormatInt(ms, 10) + "}"
	body := bytes.TrimSpace(params)
	if len(body) < 2 || body[0] != '{' || body[len(body)-1] != '}' {
		return json.RawMessage("{" + field)
	}
	body = bytes.TrimSpace(body[:len(body)-1])
	out := make([]byte, 0, len(body)+len(field)+1)
	out = append(out, body...)
	if len(body) > 1 {
		out = append(out, ',')
	}
	return append(out, field...)
}
