package control

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/takebar/takebar/bridge/live"
	"github.com/takebar/takebar/internal/wire"
)

// host serves a Controller on fakes.
type host struct {
	*Controller
	link *fakeLink
	lib  *fakeLibrary
	home string
	file coreFile
	end  func() error
}

func serveFake(t *testing.T, prepare func(*fakeLink, *fakeLibrary)) *host {
	t.Helper()
	h := &host{link: newFakeLink(), lib: newFakeLibrary(), home: t.TempDir()}
	prepare(h.link, h.lib)
	h.Controller = start(t, Options{Link: h.link, Library: h.lib})
	ctx, cancel := context.WithCancel(context.Background())
	ready, served := make(chan struct{}), make(chan error, 1)
	go func() {
		served <- Serve(ctx, h.Controller, ServeOptions{Home: h.home, Version: "1.2.3", Ready: func() { close(ready) }})
	}()
	<-ready
	h.end = func() error { cancel(); return <-served }
	t.Cleanup(func() { cancel() })
	if err := wire.ReadFile(filepath.Join(h.home, coreFileName), true, &h.file); err != nil {
		t.Fatal(err)
	}
	return h
}

func plainHost(t *testing.T) *host {
	t.Helper()
	return serveFake(t, func(*fakeLink, *fakeLibrary) {})
}

// raw is a client of another make.
func (h *host) raw(t *testing.T, onEvent func(string, json.RawMessage)) *wire.Session {
	t.Helper()
	conn, err := wire.Dial(t.Context(), h.file.Port)
	if err != nil {
		t.Fatal(err)
	}
	s := wire.NewSession(conn, wire.SessionOptions{MaxIn: answerMost, OnEvent: onEvent})
	t.Cleanup(s.Close)
	var w welcome
	if err := s.Greet(t.Context(), wire.Hello{Token: h.file.Token, Client: "test", Protocol: []int{1}}, &w); err != nil {
		t.Fatal(err)
	}
	if w.Protocol != 1 || w.Version != "1.2.3" || w.PID != os.Getpid() {
		t.Errorf("%+v", w)
	}
	return s
}

func TestCoreFileComesAndGoes(t *testing.T) {
	h := plainHost(t)
	path := filepath.Join(h.home, coreFileName)
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("mode %o", info.Mode().Perm())
	}
	if h.file.PID != os.Getpid() || h.file.Version != "1.2.3" || h.file.Protocol != 1 || len(h.file.Token) != 32 {
		t.Errorf("%+v", h.file)
	}
	client, err := Dial(t.Context(), h.home)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = client.Close() }()
	if err := h.end(); err != nil {
		t.Error(err)
	}
	<-client.Done()
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("core.json afterwards: %v", err)
	}
	codeIs(t, "a verb afterwards", client.Play(t.Context()), CodeCoreGone)
}

func TestDialFindsNobody(t *testing.T) {
	h := plainHost(t)
	stranger, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // a test
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = stranger.Close() }()
	go func() {
		for {
			c, err := stranger.Accept()
			if err != nil {
				return
			}
			_, _ = bufio.NewReader(c).ReadString('\n')
			_ = c.Close()
		}
	}()
	gone, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // a test
	if err != nil {
		t.Fatal(err)
	}
	_ = gone.Close()
	tests := map[string]*coreFile{
		"no file":        nil,
		"killed":         {Protocol: 1, Port: gone.Addr().(*net.TCPAddr).Port, Token: "x"},
		"stranger":       {Protocol: 1, Port: stranger.Addr().(*net.TCPAddr).Port, Token: "x"},
		"an older token": {Protocol: 1, Port: h.file.Port, Token: strings.Repeat("0", 32)},
		"bad port":       {Protocol: 1, Port: 0, Token: "x"},
	}
	for name, file := range tests {
		t.Run(name, func(t *testing.T) {
			home := t.TempDir()
			if file != nil {
				if err := wire.WriteFile(filepath.Join(home, coreFileName), file); err != nil {
					t.Fatal(err)
				}
			}
			if _, err := Dial(t.Context(), home); !errors.Is(err, ErrNoCore) {
				t.Errorf("got %v", err)
			}
		})
	}
	t.Run("garbled", func(t *testing.T) {
		home := t.TempDir()
		if err := os.WriteFile(filepath.Join(home, coreFileName), []byte("{"), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Dial(t.Context(), home); err == nil || errors.Is(err, ErrNoCore) {
			t.Errorf("got %v", err)
		}
	})
}

func TestDialAnotherVersion(t *testing.T) {
	l, port, err := wire.Listen(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	go func() {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		_, _, _ = wire.Gate{Token: "x", Protocols: []int{9}, Hint: "Start it again."}.Admit(conn)
	}()
	home := t.TempDir()
	if err := wire.WriteFile(filepath.Join(home, coreFileName), coreFile{Protocol: 9, Port: port, Token: "x"}); err != nil {
		t.Fatal(err)
	}
	_, err = Dial(t.Context(), home)
	codeIs(t, "another version", err, CodeIncompatible)
	if hintOf(err) != "Start it again." {
		t.Errorf("hint %q", hintOf(err))
	}
}

func TestStrangersLearnNothing(t *testing.T) {
	h := plainHost(t)
	for name, line := range map[string]string{
		"web page":    "POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello",
		"wrong token": `{"jsonrpc":"2.0","id":1,"method":"hello","params":{"token":"x","protocol":[1]}}` + "\n",
		"no hello":    `{"jsonrpc":"2.0","id":1,"method":"snapshot.get"}` + "\n",
	} {
		conn, err := wire.Dial(t.Context(), h.file.Port)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(conn, line); err != nil {
			t.Fatal(err)
		}
		if b, _ := io.ReadAll(conn); len(b) != 0 {
			t.Errorf("%s got %q", name, b)
		}
		_ = conn.Close()
	}
}

func TestRawCalls(t *testing.T) {
	h := plainHost(t)
	s := h.raw(t, nil)
	ask := func(method string, params any) error {
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		return s.Plain(ctx, method, params, nil)
	}
	codeIs(t, "unknown method", ask("snapshot.explode", nil), "method_not_found")
	codeIs(t, "reserved method", ask("rpc.serverInfo", nil), "method_not_found")
	codeIs(t, "unknown parameter", ask("track.arm", map[string]any{"trakcs": []string{"1"}}), CodeInvalid)
	codeIs(t, "wrong type", ask("track.arm", map[string]any{"tracks": 5}), CodeInvalid)
	codeIs(t, "wrong deadline", ask("transport.play", map[string]any{"deadline": "soon"}), CodeInvalid)
	codeIs(t, "deadline over", ask("transport.play", map[string]any{"deadline": 1}), CodeTimeout)
	codeIs(t, "a list", ask("transport.play", []int{1}), CodeInvalid)
	if err := ask("transport.play", map[string]any{"deadline": time.Now().Add(time.Minute).UnixMilli()}); err != nil {
		t.Error(err)
	}
	var got struct {
		Version uint64   `json:"version"`
		Result  Snapshot `json:"result"`
	}
	if err := s.Plain(t.Context(), "snapshot.get", nil, &got); err != nil || got.Version == 0 || got.Result.State == nil || !got.Result.State.Transport.IsPlaying {
		t.Errorf("%+v %v", got, err)
	}
}

func manyTracks(n int) func(*fakeLink, *fakeLibrary) {
	return func(l *fakeLink, _ *fakeLibrary) {
		for i := range n {
			l.state.Tracks = append(l.state.Tracks, live.Track{ID: fmt.Sprintf("x%d", i), Index: 5 + i, Name: fmt.Sprintf("Track with a name of some length %d", i), Kind: live.KindAudio, CanBeArmed: true})
		}
		live.SortTracks(l.state.Tracks)
	}
}

// TestTracksAreSentOnce: what did not change is not sent again, and the client has it all the same.
func TestTracksAreSentOnce(t *testing.T) {
	h := serveFake(t, manyTracks(1000))
	pushes := make(chan json.RawMessage, 1000)
	s := h.raw(t, func(_ string, p json.RawMessage) { pushes <- p })
	if err := s.Plain(t.Context(), "snapshot.subscribe", nil, nil); err != nil {
		t.Fatal(err)
	}
	client, err := Dial(t.Context(), h.home)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = client.Close() }()
	w := &world{Core: client, t: t}
	w.until("the tracks", func(s Snapshot) bool { return s.State != nil && len(s.State.Tracks) > 1000 })
	tempo := func(bpm float64) { // without touching the list of tracks
		h.link.mu.Lock()
		defer h.link.mu.Unlock()
		h.link.state.Transport.Tempo = bpm
		h.link.tell()
	}
	tempo(99)
	got := w.until("the tempo", func(s Snapshot) bool { return s.State.Transport.Tempo == 99 })
	if len(got.State.Tracks) < 1000 || got.State.Tracks[500].Name == "" {
		t.Errorf("%d tracks", len(got.State.Tracks))
	}
	for {
		var p pushed
		raw := <-pushes
		if err := json.Unmarshal(raw, &p); err != nil {
			t.Fatal(err)
		}
		if p.Snapshot.State == nil || p.Snapshot.State.Transport.Tempo != 99 {
			continue
		}
		if !p.SameTracks || len(p.Snapshot.State.Tracks) != 0 || len(raw) > 5000 {
			t.Errorf("a change of tempo took %d bytes", len(raw))
		}
		break
	}
}

// TestSlowClient: a client that stops reading holds up neither the core nor others.
func TestSlowClient(t *testing.T) {
	h := serveFake(t, manyTracks(1000))
	conn, err := wire.Dial(t.Context(), h.file.Port)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	if err := conn.(*net.TCPConn).SetReadBuffer(1 << 15); err != nil {
		t.Fatal(err)
	}
	hello := fmt.Sprintf(`{"jsonrpc":"2.0","id":1,"method":"hello","params":{"token":%q,"protocol":[1]}}`, h.file.Token)
	if _, err := io.WriteString(conn, hello+"\n"+`{"jsonrpc":"2.0","id":2,"method":"snapshot.subscribe"}`+"\n"); err != nil {
		t.Fatal(err)
	}
	client, err := Dial(t.Context(), h.home)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = client.Close() }()
	w := &world{Core: client, t: t}
	const changes = 30 // each sends the whole list; all of them are far more than a socket holds
	for i := range changes {
		h.link.change(func(s *live.State) { s.Transport.Tempo = float64(100 + i) })
		if err := client.Message(t.Context(), "still there?"); err != nil {
			t.Fatal(err)
		}
	}
	w.until("the last change", func(s Snapshot) bool { return s.State.Transport.Tempo == 99+changes })
	// When it reads again, it gets the latest, and not every old one.
	lines := bufio.NewReaderSize(conn, 1<<20)
	n := 0
	for {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			t.Fatal(err)
		}
		var e struct{ Params pushed }
		if json.Unmarshal(line, &e) == nil && e.Params.Snapshot.State != nil {
			n++
			if e.Params.Snapshot.State.Transport.Tempo == 99+changes {
				break
			}
		}
	}
	if n > changes-5 {
		t.Errorf("%d snapshots were kept for it", n)
	}
}

// TestClosingInOrder: calls that run are answered, new ones are refused, and whoever waits for a landing is let go.
func TestClosingInOrder(t *testing.T) {
	link := newFakeLink()
	c := start(t, Options{Link: link, Library: newFakeLibrary()})
	home, closing, ready, served := t.TempDir(), make(chan struct{}), make(chan struct{}), make(chan error, 1)
	go func() {
		served <- Serve(context.Background(), c, ServeOptions{Home: home, Closing: closing, Ready: func() { close(ready) }})
	}()
	<-ready
	dial := func() *Client {
		client, err := Dial(t.Context(), home)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = client.Close() })
		return client
	}
	one, two := dial(), dial()
	if _, err := one.StartTake(t.Context(), TakeRequest{Source: live.SourceMain}); err != nil {
		t.Fatal(err)
	}
	h := link.holding("transport.play", false)
	played, landed := make(chan error, 1), make(chan error, 1)
	go func() { played <- one.Play(context.Background()) }()
	go func() { _, err := two.WaitLanded(context.Background(), c.Snapshot().RunningTake().ID); landed <- err }()
	<-h.reached
	close(closing)
	for {
		if _, err := Dial(t.Context(), home); errors.Is(err, ErrNoCore) {
			break
		}
	}
	codeIs(t, "a new call", two.Stop(t.Context()), CodeCoreGone)
	link.free("transport.play")
	if err := <-played; err != nil {
		t.Errorf("the call that ran: %v", err)
	}
	_ = one.Close()
	if err := <-served; err != nil {
		t.Error(err)
	}
	codeIs(t, "who waits for a landing", <-landed, CodeCoreGone)
}

// TestBigLibrary: many takes come whole, also where a page ends with one that has no sidecar, as a take that waits for its files.
func TestBigLibrary(t *testing.T) {
	h := serveFake(t, func(_ *fakeLink, lib *fakeLibrary) {
		for i := range 3000 {
			e := LibraryTake{Folder: "/takes", Paths: []string{"/takes/x.wav"}}
			e.ID, e.Name, e.Note = fmt.Sprintf("k%d", i), fmt.Sprintf("Take %d", i), strings.Repeat("note ", 100)
			if i != 1999 { // where the first page ends
				e.Sidecar = "/takes/" + e.ID + ".takebar.json"
			}
			lib.entries = append(lib.entries, e)
		}
	})
	client, err := Dial(t.Context(), h.home)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = client.Close() }()
	if list, err := client.Takes(t.Context(), TakeQuery{}); err != nil || len(list) != 3000 {
		t.Errorf("%d takes, %v", len(list), err)
	}
}

func TestManyClients(t *testing.T) {
	h := plainHost(t)
	var clients []*Client
	for range 20 {
		c, err := Dial(t.Context(), h.home)
		if err != nil {
			t.Fatal(err)
		}
		clients = append(clients, c)
	}
	if err := clients[0].SetDefaults(t.Context(), Defaults{Source: live.SourceMain}); err != nil {
		t.Fatal(err)
	}
	for _, c := range clients {
		w := &world{Core: c, t: t}
		w.until("the news", func(s Snapshot) bool { return s.Settings.Source == live.SourceMain })
		_ = c.Close()
	}
}

func TestLock(t *testing.T) {
	home := filepath.Join(t.TempDir(), "not", "there", "yet")
	first, err := AcquireCore(home)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := AcquireCore(home); !errors.Is(err, ErrCoreRunning) {
		t.Errorf("a second core: %v", err)
	}
	if other, err := AcquireCore(t.TempDir()); err != nil {
		t.Errorf("another home: %v", err)
	} else if err := other.Release(); err != nil {
		t.Error(err)
	}
	if err := first.Release(); err != nil {
		t.Fatal(err)
	}
	again, err := AcquireCore(home)
	if err != nil {
		t.Fatal(err)
	}
	if err := again.Release(); err != nil {
		t.Error(err)
	}
}

// TestDocumented holds docs/core.md against the table, both ways, and against the codes.
func TestDocumented(t *testing.T) {
	doc, err := os.ReadFile("../../docs/core.md")
	if err != nil {
		t.Fatal(err)
	}
	var documented []string
	for _, m := range regexp.MustCompile("(?m)^\\| `((?:snapshot|levels|track|transport|record|take|takes|bounce|clip_slot|edit|app|core)\\.[a-z_]+)` \\|").FindAllStringSubmatch(string(doc), -1) {
		documented = append(documented, m[1])
	}
	all := []string{"snapshot.subscribe", "levels.subscribe", "levels.unsubscribe"}
	for name := range table() {
		all = append(all, name)
	}
	slices.Sort(all)
	slices.Sort(documented)
	if !slices.Equal(all, documented) {
		t.Errorf("docs/core.md has\n%v\nthe table has\n%v", documented, all)
	}
	for _, code := range []string{
		CodeNoLive, CodeNotConnected, CodeIncompatible, CodeOutcomeUnknown, CodeTimeout, CodeCancelled, CodeTakeCancelled, CodeTakeRunning, CodeTakeFailed,
		CodeTakeLost, CodeTakeNotFound, CodeNotFound, CodeAmbiguous, CodeInvalid, CodeNotSupported, CodeCoreGone, CodeInternal,
	} {
		if !strings.Contains(string(doc), "`"+code+"`") {
			t.Errorf("docs/core.md does not explain %s", code)
		}
	}
}

func FuzzHandlers(f *testing.F) {
	f.Add("track.arm", []byte(`{"tracks":["1"],"exclusive":"yes","deadline":1}`))
	f.Add("take.start", []byte(`{"source":"main","length_bars":1e300}`))
	f.Add("takes.annotate", []byte(`{"take":"last","note":null,"rating":-1}`))
	handlers := table()
	f.Fuzz(func(t *testing.T, name string, params []byte) {
		h, ok := handlers[name]
		if !ok {
			return
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel() // what can be read is not carried out
		c := New(Options{Link: newFakeLink(), Library: newFakeLibrary()})
		c.cancel()
		_, _ = h(ctx, c, params)
	})
}
