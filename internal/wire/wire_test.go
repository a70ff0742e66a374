package wire_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/takebar/takebar/internal/wire"
)

// peer is the far end of a session, spoken by hand.
type peer struct {
	t    *testing.T
	conn net.Conn
	r    *bufio.Reader
}

type request struct {
	ID     json.RawMessage
	Method string
	Params json.RawMessage
}

func pair(t *testing.T, opt wire.SessionOptions) (*wire.Session, *peer) {
	t.Helper()
	near, far := net.Pipe()
	s := wire.NewSession(near, opt)
	return s, &peer{t, far, bufio.NewReader(far)}
}

func (p *peer) read() request {
	p.t.Helper()
	line, err := p.r.ReadBytes('\n')
	if err != nil {
		p.t.Fatal(err)
	}
	var r request
	if err := json.Unmarshal(line, &r); err != nil {
		p.t.Fatal(err)
	}
	return r
}

func (p *peer) say(format string, args ...any) {
	p.t.Helper()
	if _, err := fmt.Fprintf(p.conn, format+"\n", args...); err != nil {
		p.t.Fatal(err)
	}
}

func call(ctx context.Context, s *wire.Session, method string, params, result any) <-chan error {
	done := make(chan error, 1)
	go func() { done <- s.Call(ctx, method, params, result) }()
	return done
}

func TestCallAnswered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, p := pair(t, wire.SessionOptions{Deadline: 5 * time.Second, Verdict: 40 * time.Second})
		defer s.Close()
		var got struct{ Armed []string }
		done := call(t.Context(), s, "track.arm", map[string]any{"tracks": []string{"t3"}}, &got)
		r := p.read()
		var params struct {
			Tracks   []string
			Deadline int64
		}
		if err := json.Unmarshal(r.Params, &params); err != nil {
			t.Fatal(err)
		}
		if want := time.Now().Add(5 * time.Second).UnixMilli(); params.Deadline != want || r.Method != "track.arm" || len(params.Tracks) != 1 {
			t.Errorf("request %s %s, want deadline %d", r.Method, r.Params, want)
		}
		p.say(`{"jsonrpc":"2.0","id":%s,"result":{"armed":["t3"]}}`, r.ID)
		if err := <-done; err != nil || len(got.Armed) != 1 {
			t.Errorf("%v %v", got, err)
		}
	})
}

func TestCallOutlivesItsDeadline(t *testing.T) {
	for name, hasDeadline := range map[string]bool{"default deadline": false, "deadline of the context": true} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, p := pair(t, wire.SessionOptions{Deadline: 5 * time.Second, Verdict: 40 * time.Second})
				defer s.Close()
				ctx := t.Context()
				if hasDeadline {
					short, cancel := context.WithTimeout(ctx, time.Second)
					defer cancel()
					ctx = short
				}
				done := call(ctx, s, "transport.play", nil, nil)
				r := p.read()
				time.Sleep(20 * time.Second) // virtual: Live stands still far beyond the deadline
				select {
				case err := <-done:
					t.Fatalf("gave up before the verdict: %v", err)
				default:
				}
				p.say(`{"jsonrpc":"2.0","id":%s,"error":{"code":-32003,"message":"Nothing was done.","data":{"code":"deadline_exceeded","hint":"Try again."}}}`, r.ID)
				var refused *wire.RemoteError
				if err := <-done; !errors.As(err, &refused) || refused.Code != "deadline_exceeded" || refused.Hint != "Try again." || refused.Number != -32003 {
					t.Errorf("got %#v", err)
				}
			})
		})
	}
}

func TestNoVerdict(t *testing.T) {
	tests := map[string]func(cancel context.CancelFunc, p *peer, s *wire.Session){
		"never answered":  func(context.CancelFunc, *peer, *wire.Session) {},
		"peer gone":       func(_ context.CancelFunc, p *peer, _ *wire.Session) { _ = p.conn.Close() },
		"closed here":     func(_ context.CancelFunc, _ *peer, s *wire.Session) { s.Close() },
		"caller gave up":  func(cancel context.CancelFunc, _ *peer, _ *wire.Session) { cancel() },
		"garbage arrives": func(_ context.CancelFunc, p *peer, _ *wire.Session) { p.say("{nonsense") },
	}
	for name, spoil := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, p := pair(t, wire.SessionOptions{Deadline: 5 * time.Second, Verdict: 40 * time.Second})
				defer s.Close()
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				begin := time.Now()
				done := call(ctx, s, "take.start", nil, nil)
				p.read()
				if s.Pending() != 1 {
					t.Errorf("%d pending", s.Pending())
				}
				spoil(cancel, p, s)
				if err := <-done; !errors.Is(err, wire.ErrOutcomeUnknown) {
					t.Errorf("got %v", err)
				}
				if name == "never answered" && time.Since(begin) != 45*time.Second {
					t.Errorf("gave up after %v", time.Since(begin))
				}
				if s.Pending() != 0 {
					t.Errorf("%d pending", s.Pending())
				}
			})
		})
	}
}

func TestNothingSent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, p := pair(t, wire.SessionOptions{})
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := s.Call(ctx, "x", nil, nil); !errors.Is(err, context.Canceled) || errors.Is(err, wire.ErrOutcomeUnknown) {
			t.Errorf("cancelled before: %v", err)
		}
		if err := s.Call(t.Context(), "x", map[string]string{"a": strings.Repeat("x", wire.MaxLine)}, nil); !errors.Is(err, wire.ErrLineTooLong) {
			t.Errorf("too long: %v", err)
		}
		_ = p.conn.Close()
		<-s.Done()
		if err := s.Call(t.Context(), "x", nil, nil); !errors.Is(err, wire.ErrNotConnected) || errors.Is(err, wire.ErrOutcomeUnknown) {
			t.Errorf("after the end: %v", err)
		}
		s.Close()
	})
}

func TestEventsKeepTheirOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var got []string
		s, p := pair(t, wire.SessionOptions{OnEvent: func(method string, params json.RawMessage) {
			got = append(got, method+string(params))
		}})
		defer s.Close()
		done := call(t.Context(), s, "state.subscribe", nil, nil)
		r := p.read()
		var want []string
		for i := range 500 {
			p.say(`{"jsonrpc":"2.0","method":"state.changed","params":{"revision":%d}}`, i)
			want = append(want, fmt.Sprintf(`state.changed{"revision":%d}`, i))
		}
		p.say(`{"jsonrpc":"2.0","id":%s,"result":{"name":"a \"method\" in a name"}}`, r.ID)
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		if strings.Join(got, "\n") != strings.Join(want, "\n") {
			t.Errorf("order of %d events: %v", len(got), got)
		}
	})
}

func TestLineLimit(t *testing.T) {
	answer := func(size int) string {
		shell := `{"jsonrpc":"2.0","id":1,"result":{"x":""}}`
		return strings.Replace(shell, `""`, `"`+strings.Repeat("x", size-len(shell))+`"`, 1)
	}
	for size, fits := range map[int]bool{400_000: true, wire.MaxLine: true, wire.MaxLine + 1: false, 10 << 20: false} {
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			s, p := pair(t, wire.SessionOptions{})
			defer s.Close()
			var got struct{ X string }
			done := call(t.Context(), s, "state.get", nil, &got)
			p.read()
			go func() { _, _ = io.WriteString(p.conn, answer(size)+"\n") }()
			err := <-done
			if fits && (err != nil || len(got.X) < size-100) {
				t.Errorf("%d bytes: %v", len(got.X), err)
			}
			if !fits {
				<-s.Done()
				if !errors.Is(s.Err(), wire.ErrLineTooLong) || !errors.Is(err, wire.ErrOutcomeUnknown) {
					t.Errorf("got %v, session %v", err, s.Err())
				}
			}
		})
	}
}

func TestDeadlineIsAddedToAnyParams(t *testing.T) {
	for give, want := range map[string]string{
		``:               `{"deadline":5000}`,
		`{}`:             `{"deadline":5000}`,
		`{ }`:            `{"deadline":5000}`,
		`{"a":{"b":[]}}`: `{"a":{"b":[]},"deadline":5000}`,
	} {
		if got := string(wire.AddDeadline(json.RawMessage(give), 5000)); got != want {
			t.Errorf("%q: got %s, want %s", give, got, want)
		}
	}
}

func gate(token string) wire.Gate {
	return wire.Gate{Token: token, Protocols: []int{1, 2}, Hint: "Update.", Welcome: func(_ wire.Hello, v int) any { return map[string]int{"protocol": v} }}
}

func TestGateAdmits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		near, far := net.Pipe()
		admitted := make(chan net.Conn, 1)
		go func() {
			conn, h, err := gate("secret").Admit(far)
			if err != nil || h.Client != "takebar" {
				t.Errorf("%+v %v", h, err)
			}
			admitted <- conn
		}()
		s := wire.NewSession(near, wire.SessionOptions{})
		var welcome struct{ Protocol int }
		if err := s.Greet(t.Context(), wire.Hello{Token: "secret", Client: "takebar", Protocol: []int{1, 2, 3}}, &welcome); err != nil || welcome.Protocol != 2 {
			t.Fatalf("%+v %v", welcome, err)
		}
		conn := <-admitted
		done := call(t.Context(), s, "next", nil, nil)
		line, err := bufio.NewReader(conn).ReadString('\n')
		if err != nil || !strings.Contains(line, `"next"`) {
			t.Errorf("after hello: %q %v", line, err)
		}
		time.Sleep(time.Minute) // virtual: the time limit of hello is lifted
		if _, err := io.WriteString(conn, `{"jsonrpc":"2.0","id":2,"result":{}}`+"\n"); err != nil {
			t.Error(err)
		}
		if err := <-done; err != nil {
			t.Error(err)
		}
		s.Close()
	})
}

func TestGateKeepsWhatFollowsHello(t *testing.T) {
	near, far := net.Pipe()
	go func() {
		_, _ = io.WriteString(near, `{"jsonrpc":"2.0","id":1,"method":"hello","params":{"token":"secret","protocol":[1]}}`+"\n{second}\n")
	}()
	go func() { _, _ = io.Copy(io.Discard, near) }()
	conn, _, err := gate("secret").Admit(far)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	if line, err := bufio.NewReader(conn).ReadString('\n'); line != "{second}\n" || err != nil {
		t.Errorf("%q %v", line, err)
	}
}

func TestGateSaysNothingToStrangers(t *testing.T) {
	tests := map[string]string{
		"web page":          "POST / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n" + `{"jsonrpc":"2.0","id":1,"method":"hello","params":{"token":"secret","protocol":[1]}}` + "\n",
		"space first":       ` {"jsonrpc":"2.0","id":1,"method":"hello","params":{"token":"secret","protocol":[1]}}` + "\n",
		"wrong token":       `{"jsonrpc":"2.0","id":1,"method":"hello","params":{"token":"secreT","protocol":[1]}}` + "\n",
		"no token":          `{"jsonrpc":"2.0","id":1,"method":"hello"}` + "\n",
		"other method":      `{"jsonrpc":"2.0","id":1,"method":"ping","params":{"token":"secret","protocol":[1]}}` + "\n",
		"not JSON":          "{hello}\n",
		"endless line":      "{" + strings.Repeat(" ", wire.MaxHello+10) + "\n",
		"half a line":       `{"jsonrpc":"2.0","id":1,"me`,
		"nothing at all":    "",
		"wrong JSON-RPC":    `{"jsonrpc":"1.0","id":1,"method":"hello","params":{"token":"secret","protocol":[1]}}` + "\n",
		"token of no type ": `{"jsonrpc":"2.0","id":1,"method":"hello","params":{"token":5,"protocol":[1]}}` + "\n",
	}
	for name, line := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				near, far := net.Pipe()
				go func() { _, _ = io.WriteString(near, line) }()
				got := make(chan string, 1)
				go func() {
					b, _ := io.ReadAll(near)
					got <- string(b)
				}()
				begin := time.Now()
				if _, _, err := gate("secret").Admit(far); err == nil {
					t.Error("admitted")
				}
				if time.Since(begin) > wire.HelloWait {
					t.Errorf("held it for %v", time.Since(begin))
				}
				if answer := <-got; answer != "" {
					t.Errorf("answered %q", answer)
				}
				_ = near.Close()
			})
		})
	}
}

func TestGateExplainsVersions(t *testing.T) {
	near, far := net.Pipe()
	go func() { _, _, _ = gate("secret").Admit(far) }()
	s := wire.NewSession(near, wire.SessionOptions{})
	defer s.Close()
	err := s.Greet(t.Context(), wire.Hello{Token: "secret", Protocol: []int{7}}, nil)
	var refused *wire.RemoteError
	if !errors.As(err, &refused) || refused.Code != "incompatible" || refused.Number != -32001 || refused.Hint != "Update." || !strings.Contains(string(refused.Data), `"protocol":[1,2]`) {
		t.Errorf("%#v", err)
	}
}

func TestFiles(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "4711.json")
	type file struct{ Token string }
	if err := wire.WriteFile(path, file{"a"}); err != nil {
		t.Fatal(err)
	}
	if err := wire.WriteFile(path, file{"b"}); err != nil {
		t.Fatal(err)
	}
	var got file
	if err := wire.ReadFile(path, true, &got); err != nil || got.Token != "b" {
		t.Fatalf("%+v %v", got, err)
	}
	if names, _ := os.ReadDir(dir); len(names) != 1 {
		t.Errorf("left behind: %v", names)
	}
	if runtime.GOOS != "windows" {
		for mode, want := range map[fs.FileMode][2]bool{0o600: {true, true}, 0o644: {false, true}, 0o664: {false, false}, 0o666: {false, false}} {
			if err := os.Chmod(path, mode); err != nil {
				t.Fatal(err)
			}
			for i, private := range []bool{true, false} {
				if err := wire.ReadFile(path, private, &got); (err == nil) != want[i] || err != nil && !errors.Is(err, wire.ErrNotPrivate) {
					t.Errorf("mode %o, private %v: %v", mode, private, err)
				}
			}
		}
		link := filepath.Join(dir, "link.json")
		if err := os.Symlink(path, link); err != nil {
			t.Fatal(err)
		}
		if err := wire.ReadFile(link, false, &got); err == nil {
			t.Error("followed a symbolic link")
		}
	}
	for name, content := range map[string]string{"garbled": "{", "large": `{"Token":"` + strings.Repeat("x", wire.MaxFile) + `"}`} {
		p := filepath.Join(dir, name)
		if err := os.WriteFile(p, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := wire.ReadFile(p, true, &got); err == nil {
			t.Errorf("%s was read", name)
		}
	}
	if err := wire.WriteFile(filepath.Join(dir, "none", "x"), file{}); err == nil {
		t.Error("wrote into a folder that is not there")
	}
	if a, b := wire.NewToken(), wire.NewToken(); a == b || len(a) != 32 {
		t.Errorf("tokens %q %q", a, b)
	}
}

func TestRefusal(t *testing.T) {
	for _, tt := range []struct {
		err    error
		number int
		code   string
	}{
		{fmt.Errorf("doing it: %w", &wire.RemoteError{Code: "nothing_armed", Message: "No track is armed.", Hint: "Arm one."}), -32000, "nothing_armed"},
		{wire.ErrNotConnected, -32000, "not_connected"},
		{&wire.RemoteError{Code: "invalid_params"}, -32602, "invalid_params"},
		{errors.New("boom"), -32603, "internal_error"},
	} {
		e := wire.Refusal(tt.err)
		if int(e.Code) != tt.number || !strings.Contains(string(e.Data), tt.code) || e.Message != tt.err.Error() {
			t.Errorf("%v: %+v %s", tt.err, e, e.Data)
		}
	}
}

// FuzzGate lets nobody in without the token, whatever the first line is.
func FuzzGate(f *testing.F) {
	f.Add([]byte(`{"jsonrpc":"2.0","id":1,"method":"hello","params":{"token":"secret","protocol":[1]}}` + "\n"))
	f.Add([]byte("GET / HTTP/1.1\r\n"))
	f.Add([]byte("{\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		near, far := net.Pipe()
		go func() {
			_, _ = near.Write(data)
			_ = near.Close()
		}()
		_, h, err := gate("a secret that fuzzing will not guess: 8f14e45fceea167a").Admit(far)
		if err == nil {
			t.Fatalf("admitted %+v", h)
		}
	})
}

// FuzzSession reads whatever a peer sends without falling over or staying behind.
func FuzzSession(f *testing.F) {
	f.Add([]byte(`{"jsonrpc":"2.0","id":1,"result":{}}` + "\n"))
	f.Add([]byte(`{"jsonrpc":"2.0","method":"state.changed","params":{}}` + "\n" + `{"id":null,"method":"x"}` + "\n"))
	f.Add([]byte("[]\n[{}]\n{\"id\":1}\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		near, far := net.Pipe()
		s := wire.NewSession(near, wire.SessionOptions{})
		done := call(t.Context(), s, "ping", nil, nil)
		go func() {
			_, _ = bufio.NewReader(far).ReadBytes('\n')
			_, _ = far.Write(data)
			_ = far.Close()
		}()
		if err := <-done; err != nil && errors.Is(err, wire.ErrNotConnected) {
			t.Error("the request was sent")
		}
		<-s.Done()
		s.Close()
	})
}
