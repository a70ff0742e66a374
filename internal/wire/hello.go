package wire

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"slices"
	"time"
)

// Hello is what the connecting end says first.
type Hello struct {
	Token    string `json:"token"`
	Client   string `json:"client,omitempty"`
	Version  string `json:"version,omitempty"`
	Protocol []int  `json:"protocol"` // versions that it speaks
}

// ErrNoHello says that a connection did not begin as the protocol wants it. It was closed without an answer.
var ErrNoHello = errors.New("no valid hello")

// NewToken makes the secret of a link file: 32 hexadecimal digits.
func NewToken() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails, says crypto/rand
	return hex.EncodeToString(b[:])
}

// Gate lets connections in. A web page can post to a loopback port: whatever is not a hello with the right token learns nothing.
type Gate struct {
	Token     string
	Protocols []int         // versions that this end speaks
	Wait      time.Duration // for the first line; 0 = HelloWait
	Hint      string        // for a client with which no version is shared
	// Welcome makes the result of hello.
	Welcome func(h Hello, protocol int) any
}

// Admit reads the first line of conn and answers it. It answers a connection whose next byte is the one
// after hello. With an error conn is closed.
func (g Gate) Admit(conn net.Conn) (net.Conn, Hello, error) {
	noDelay(conn)
	h, rest, err := g.admit(conn)
	if err != nil {
		_ = conn.Close()
		return nil, Hello{}, err
	}
	return &greeted{conn, rest}, h, nil
}

type greeted struct {
	net.Conn
	r *bufio.Reader
}

func (g *greeted) Read(p []byte) (int, error) { return g.r.Read(p) }

func (g Gate) admit(conn net.Conn) (Hello, *bufio.Reader, error) {
	wait := g.Wait
	if wait == 0 {
		wait = HelloWait
	}
	if err := conn.SetDeadline(time.Now().Add(wait)); err != nil {
		return Hello{}, nil, err
	}
	r := bufio.NewReaderSize(conn, MaxHello+1)
	if first, err := r.Peek(1); err != nil || first[0] != '{' {
		return Hello{}, nil, fmt.Errorf("%w: first byte", ErrNoHello)
	}
	line, err := r.ReadSlice('\n')
	if err != nil {
		return Hello{}, nil, fmt.Errorf("%w: first line: %w", ErrNoHello, err)
	}
	var req struct {
		Version string          `json:"jsonrpc"`
		ID      json.RawMessage `json:"id"`
		Method  string          `json:"method"`
		Params  Hello           `json:"params"`
	}
	if json.Unmarshal(bytes.TrimRight(line, "\r\n"), &req) != nil || req.Version != "2.0" || req.Method != "hello" {
		return Hello{}, nil, fmt.Errorf("%w: first line", ErrNoHello)
	}
	if subtle.ConstantTimeCompare([]byte(req.Params.Token), []byte(g.Token)) != 1 {
		return Hello{}, nil, fmt.Errorf("%w: token", ErrNoHello)
	}
	reply := map[string]any{"jsonrpc": "2.0", "id": req.ID}
	if len(req.ID) == 0 {
		reply["id"] = nil
	}
	common, ok := newest(g.Protocols, req.Params.Protocol)
	if ok {
		reply["result"] = g.Welcome(req.Params, common)
	} else {
		reply["error"] = map[string]any{
			"code": -32001, "message": fmt.Sprintf("This end speaks protocol %v; the client speaks %v.", g.Protocols, req.Params.Protocol),
			"data": map[string]any{"code": "incompatible", "hint": g.Hint, "protocol": g.Protocols},
		}
	}
	b, err := json.Marshal(reply)
	if err != nil {
		return Hello{}, nil, err
	}
	if _, err := conn.Write(append(b, '\n')); err != nil {
		return Hello{}, nil, err
	}
	if !ok {
		return Hello{}, nil, fmt.Errorf("%w: protocol %v", ErrNoHello, req.Params.Protocol)
	}
	return req.Params, r, conn.SetDeadline(time.Time{})
}

func newest(ours, theirs []int) (int, bool) {
	best, ok := 0, false
	for _, v := range ours {
		if slices.Contains(theirs, v) && (!ok || v > best) {
			best, ok = v, true
		}
	}
	return best, ok
}

// Greet says hello on a new session. A *RemoteError with the code incompatible lists the other end's versions in Data.
func (s *Session) Greet(ctx context.Context, h Hello, result any) error {
	return s.Plain(ctx, "hello", h, result)
}
