// Package single lets one window process run for a home folder: the first one keeps the place, a later one tells it what it was asked to
// show and ends. The place is a file lock; the way to it is a link file, window.json, as the core has one.
//
// It must not know what is shown. Only main imports it.
package single

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/creachadair/jrpc2"
	"github.com/gofrs/flock"

	"github.com/takebar/takebar/internal/wire"
)

const (
	lockName = "window.lock"
	fileName = "window.json"
	protocol = 1
	askWait  = 5 * time.Second
	again    = 50 * time.Millisecond
)

type linkFile struct {
	Protocol int    `json:"protocol"`
	Port     int    `json:"port"` // on 127.0.0.1
	Token    string `json:"token"`
	PID      int    `json:"pid"`
}

type showParams struct {
	Page string `json:"page"`
}

// ErrShown says that another process has the place and shows what was asked for.
var ErrShown = errors.New("shown by the window that is open already")

// Place is held by the one window process. Asked gives the pages that later ones were asked for.
type Place struct {
	Asked <-chan string

	lock     *flock.Flock
	path     string
	token    string
	listener net.Listener
	stop     context.CancelFunc
	work     sync.WaitGroup
}

// Take takes the place in home, or has its holder show page and answers ErrShown. A holder that does not answer within five seconds is an
// error.
func Take(ctx context.Context, home, page string) (*Place, error) {
	if err := os.MkdirAll(home, 0o700); err != nil {
		return nil, fmt.Errorf("use the folder %s: %w", home, err)
	}
	ctx, cancel := context.WithTimeout(ctx, askWait)
	defer cancel()
	for {
		lock := flock.New(filepath.Join(home, lockName))
		got, err := lock.TryLock()
		if err != nil {
			return nil, fmt.Errorf("lock the window's place: %w", err)
		}
		if got {
			return hold(home, lock)
		}
		err = ask(ctx, home, page)
		if err == nil {
			return nil, ErrShown
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("reach Takebar's open window: %w", err)
		case <-time.After(again): // it has only begun, or is about to end
		}
	}
}

// ask tells the holder what to show.
func ask(ctx context.Context, home, page string) error {
	var file linkFile
	if err := wire.ReadFile(filepath.Join(home, fileName), true, &file); err != nil {
		return err
	}
	conn, err := wire.Dial(ctx, file.Port)
	if err != nil {
		return err
	}
	s := wire.NewSession(conn, wire.SessionOptions{})
	defer s.Close()
	if err := s.Greet(ctx, wire.Hello{Token: file.Token, Client: "takebar", Protocol: []int{protocol}}, nil); err != nil {
		return err
	}
	return s.Call(ctx, "window.show", showParams{page}, nil)
}

func hold(home string, lock *flock.Flock) (*Place, error) {
	ctx, stop := context.WithCancel(context.Background())
	listener, port, err := wire.Listen(ctx)
	if err != nil {
		stop()
		return nil, errors.Join(fmt.Errorf("open the window's port: %w", err), lock.Unlock())
	}
	asked := make(chan string, 1)
	p := &Place{Asked: asked, lock: lock, path: filepath.Join(home, fileName), token: wire.NewToken(), listener: listener, stop: stop}
	if err := wire.WriteFile(p.path, linkFile{protocol, port, p.token, os.Getpid()}); err != nil {
		stop()
		return nil, errors.Join(err, listener.Close(), lock.Unlock())
	}
	p.work.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			p.work.Go(func() { p.serve(ctx, conn, asked) })
		}
	})
	return p, nil
}

func (p *Place) serve(ctx context.Context, conn net.Conn, asked chan string) {
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer stop()
	defer conn.Close() //nolint:errcheck // the talk is over
	gate := wire.Gate{Token: p.token, Protocols: []int{protocol}, Hint: "Close Takebar's window and open it again.", Welcome: func(wire.Hello, int) any { return linkFile{Protocol: protocol, PID: os.Getpid()} }}
	greeted, _, err := gate.Admit(conn)
	if err != nil {
		return
	}
	server := jrpc2.NewServer(assigner{asked}, &jrpc2.ServerOptions{DisableBuiltin: true})
	server.Start(wire.Channel(greeted, wire.MaxLine))
	_ = server.Wait()
}

type assigner struct{ asked chan string }

// Assign implements jrpc2.Assigner.
func (a assigner) Assign(_ context.Context, method string) jrpc2.Handler {
	if method != "window.show" {
		return nil
	}
	return func(_ context.Context, r *jrpc2.Request) (any, error) {
		var raw json.RawMessage
		var params showParams
		if err := r.UnmarshalParams(&raw); err != nil {
			return nil, err
		}
		if len(raw) > 0 {
			if err := json.Unmarshal(raw, &params); err != nil {
				return nil, err
			}
		}
		select { // the latest wish counts
		case <-a.asked:
		default:
		}
		select {
		case a.asked <- params.Page:
		default:
		}
		return struct{}{}, nil
	}
}

// Release gives the place back.
func (p *Place) Release() error {
	p.stop()
	err := p.listener.Close()
	p.work.Wait()
	var now linkFile
	if wire.ReadFile(p.path, true, &now) == nil && now.Token == p.token {
		err = errors.Join(err, os.Remove(p.path))
	}
	return errors.Join(err, p.lock.Unlock())
}
