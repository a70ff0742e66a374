package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/takebar/takebar/bridge"
	"github.com/takebar/takebar/bridge/live"
	"github.com/takebar/takebar/internal/simtest"
)

// session is a simulated Live with a connected client.
type session struct {
	sim     *simtest.Sim
	client  *bridge.Client
	reports chan live.LinkReport
	stop    func()
}

func start(ctx context.Context, o simtest.Options) (*session, error) {
	sim, err := simtest.Launch(ctx, o)
	if err != nil {
		return nil, err
	}
	s := &session{sim: sim, reports: make(chan live.LinkReport, 4096)}
	s.client = bridge.New(bridge.Options{LinkDirs: []string{filepath.Join(sim.Home, "links")}, Version: "bench"})
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = s.client.Run(ctx, func(r live.LinkReport) {
			select {
			case s.reports <- r:
			default:
			}
		})
	}()
	s.stop = func() { cancel(); <-done; sim.Stop() }
	for {
		select {
		case r := <-s.reports:
			if r.State != nil {
				return s, nil
			}
		case <-time.After(30 * time.Second):
			s.stop()
			return nil, fmt.Errorf("the link did not come up")
		}
	}
}

// pause waits a random part of some ticks, so that requests meet the script's timer at any phase.
func pause() { time.Sleep(time.Duration(5+rand.IntN(20_000)) * time.Microsecond) }

func (b *bench) link(ctx context.Context) error {
	n := 500
	if b.quick {
		n = 50
	}
	echo, err := tcpEcho(ctx, n)
	if err != nil {
		return err
	}
	timer, err := timerEcho(ctx, n)
	if err != nil {
		return err
	}
	s, err := start(ctx, simtest.Options{})
	if err != nil {
		return err
	}
	defer s.stop()
	var ping, get, effect times
	for i := range n {
		pause()
		begin := time.Now()
		var r live.PingResult
		if err := s.client.Call(ctx, "ping", nil, &r); err != nil {
			return err
		}
		ping = append(ping, time.Since(begin))
		pause()
		begin = time.Now()
		var st live.StateResult
		if err := s.client.Call(ctx, "state.get", nil, &st); err != nil {
			return err
		}
		get = append(get, time.Since(begin))
		took, err := s.armEffect(ctx, i%2 == 0)
		if err != nil {
			return err
		}
		effect = append(effect, took)
	}
	aim := "p50 <= 7 ms, p99 <= 15 ms"
	ok := func(t times) *bool { return yes(t.at(50) <= 7*time.Millisecond && t.at(99) <= 15*time.Millisecond) }
	ratio := func(t, ref times) float64 { return float64(t.at(50)) / float64(ref.at(50)) }
	b.add(result{"round trip: ping", ping.String(), "echo in an empty 10 ms timer: " + timer.String(), ratio(ping, timer), aim, ok(ping)})
	b.add(result{"round trip: ping", ping.String(), "bare TCP line echo: " + echo.String(), ratio(ping, echo), "", nil})
	b.add(result{"read: state.get", get.String(), "echo in an empty 10 ms timer: " + timer.String(), ratio(get, timer), aim, ok(get)})
	b.add(result{"effect: track.arm until armed in Live", effect.String(), "echo in an empty 10 ms timer: " + timer.String(), ratio(effect, timer), aim, ok(effect)})
	return nil
}

// armEffect measures from the request until the track is armed (or not) in the simulated Live's true state.
func (s *session) armEffect(ctx context.Context, on bool) (time.Duration, error) {
	type outcome struct {
		at  simtest.Moment
		err error
	}
	seen := make(chan outcome, 1)
	go func() {
		at, err := s.sim.Try(ctx, "wait", simtest.Params{"path": "tracks.0.arm", "equals": on, "timeout": 10}, nil)
		seen <- outcome{at, err}
	}()
	pause()
	method := "track.disarm"
	if on {
		method = "track.arm"
	}
	id, err := s.firstTrack(ctx)
	if err != nil {
		return 0, err
	}
	pause()
	begin := time.Now()
	if err := s.client.Call(ctx, method, map[string]any{"tracks": []string{id}}, nil); err != nil {
		return 0, err
	}
	o := <-seen
	return o.at.Time.Sub(begin), o.err
}

func (s *session) firstTrack(ctx context.Context) (string, error) {
	var st live.StateResult
	if err := s.client.Call(ctx, "state.get", nil, &st); err != nil {
		return "", err
	}
	return st.State.Tracks[0].ID, nil
}

// lineTimes sends n lines and times each answer.
func lineTimes(conn net.Conn, n int) (times, error) {
	lines := bufio.NewReader(conn)
	var t times
	for range n {
		pause()
		begin := time.Now()
		if _, err := io.WriteString(conn, `{"jsonrpc":"2.0","id":1,"method":"ping"}`+"\n"); err != nil {
			return nil, err
		}
		if _, err := lines.ReadString('\n'); err != nil {
			return nil, err
		}
		t = append(t, time.Since(begin))
	}
	return t, nil
}

func tcpEcho(ctx context.Context, n int) (times, error) {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	defer func() { _ = l.Close() }()
	go func() {
		conn, err := l.Accept()
		if err == nil {
			_, _ = io.Copy(conn, conn)
		}
	}()
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", l.Addr().String())
	if err != nil {
		return nil, err
	}
	defer func() { _ = conn.Close() }()
	return lineTimes(conn, n)
}

func timerEcho(ctx context.Context, n int) (times, error) {
	root, err := simtest.Root()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "takebar-bench-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	file := filepath.Join(dir, "port")
	sim, err := simtest.Launch(ctx, simtest.Options{Script: filepath.Join(root, "test/bench/scripts/TimerEcho"), Env: []string{"TIMER_ECHO_PORT_FILE=" + file}})
	if err != nil {
		return nil, err
	}
	defer sim.Stop()
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	port, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		return nil, err
	}
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		return nil, err
	}
	defer func() { _ = conn.Close() }()
	return lineTimes(conn, n)
}

// click measures one click: from take.start to record_mode true in the simulated Live, against Live's own record button.
func (b *bench) click(ctx context.Context) error {
	n := 25
	if b.quick {
		n = 4
	}
	s, err := start(ctx, simtest.Options{})
	if err != nil {
		return err
	}
	defer s.stop()
	if _, err := s.sim.Try(ctx, "arm", simtest.Params{"track": 0}, nil); err != nil {
		return err
	}
	until := func(on bool, act func() error) (time.Duration, error) {
		type outcome struct {
			at  simtest.Moment
			err error
		}
		seen := make(chan outcome, 1)
		go func() {
			at, err := s.sim.Try(ctx, "wait", simtest.Params{"path": "song.record_mode", "equals": on, "timeout": 20}, nil)
			seen <- outcome{at, err}
		}()
		pause()
		begin := time.Now()
		if err := act(); err != nil {
			return 0, err
		}
		o := <-seen
		return o.at.Time.Sub(begin), o.err
	}
	var click, button, beyond times
	for range n {
		took, err := until(true, func() error { _, err := s.sim.Try(ctx, "record", simtest.Params{"on": true}, nil); return err })
		if err != nil {
			return err
		}
		button = append(button, took)
		for _, do := range []string{"record", "stop"} {
			if _, err := s.sim.Try(ctx, do, simtest.Params{"on": false}, nil); err != nil && do == "record" {
				return err
			}
		}
		if _, err := s.sim.Try(ctx, "wait", simtest.Params{"path": "song.is_playing", "equals": false}, nil); err != nil {
			return err
		}
		took, err = until(true, func() error {
			return s.client.Call(ctx, "take.start", map[string]any{"source": map[string]any{"kind": "armed"}}, nil)
		})
		if err != nil {
			return err
		}
		click = append(click, took)
		beyond = append(beyond, max(0, took-button[len(button)-1]))
		if err := s.client.Call(ctx, "take.cancel", nil, nil); err != nil {
			return err
		}
	}
	b.add(result{
		"one click: take.start until Live records", click.String(), "Live's own record button: " + button.String(),
		float64(click.at(50)) / float64(button.at(50)), "", nil,
	})
	b.add(result{"one click, beyond what Live takes", beyond.String(), "", 0, "p50 <= 10 ms", yes(beyond.at(50) <= 10*time.Millisecond)})
	return nil
}

// tracks measures a set of 1,000 tracks against a small one: the first state, and one change.
func (b *bench) tracks(ctx context.Context) error {
	n := 50
	if b.quick {
		n = 5
	}
	measure := func(count int) (first time.Duration, change times, err error) {
		s, err := start(ctx, simtest.Options{Args: []string{"--tracks", strconv.Itoa(count)}})
		if err != nil {
			return 0, nil, err
		}
		defer s.stop()
		begin := time.Now()
		var st live.StateResult
		if err := s.client.Call(ctx, "state.get", nil, &st); err != nil {
			return 0, nil, err
		}
		first = time.Since(begin)
		if len(st.State.Tracks) < count {
			return 0, nil, fmt.Errorf("%d tracks in the state, wanted %d", len(st.State.Tracks), count)
		}
		for i := range n {
			pause()
			name := fmt.Sprintf("Renamed %d", i)
			at, err := s.sim.Try(ctx, "rename", simtest.Params{"track": count / 2, "name": name}, nil)
			if err != nil {
				return 0, nil, err
			}
			seen, err := s.awaitName(name)
			if err != nil {
				return 0, nil, err
			}
			change = append(change, seen.Sub(at.Time))
		}
		return first, change, nil
	}
	few, fewChange, err := measure(10)
	if err != nil {
		return err
	}
	many, manyChange, err := measure(1000)
	if err != nil {
		return err
	}
	b.add(result{"first state of a 1,000-track set", ms(many), "10 tracks: " + ms(few), float64(many) / float64(few), "", nil})
	b.add(result{
		"one change in a 1,000-track set, until the app knows", manyChange.String(), "10 tracks: " + fewChange.String(),
		float64(manyChange.at(50)) / float64(fewChange.at(50)), "", nil,
	})
	return nil
}

// awaitName waits until the link reports a track of this name.
func (s *session) awaitName(name string) (time.Time, error) {
	deadline := time.After(20 * time.Second)
	for {
		select {
		case r := <-s.reports:
			now := time.Now()
			if r.State == nil {
				continue
			}
			for _, t := range r.State.Tracks {
				if t.Name == name {
					return now, nil
				}
			}
		case <-deadline:
			return time.Time{}, fmt.Errorf("the app never heard of %q", name)
		}
	}
}
