package control

import (
	"context"
	"encoding/json"
	"sync"

	"github.com/creachadair/jrpc2"

	"github.com/takebar/takebar/bridge/live"
	"github.com/takebar/takebar/internal/wire"
)

// LevelCore tells input levels. The Controller and the client of its endpoint implement it, beside Core.
type LevelCore interface {
	// Levels gives what the input meters of the armed tracks and of those of the running take show, about 15 times a second while that changes,
	// and only the latest to a slow reader. Live reads its meters only while somebody listens. Nothing comes before Live has told the first;
	// when Live goes, a value without tracks does. The channel closes when ctx ends or the core stops. Error: CodeNotSupported, CodeCoreGone.
	Levels(ctx context.Context) (<-chan Levels, error)
}

// LevelLink is a LiveLink that tells levels. bridge.Client implements it.
type LevelLink interface {
	// Levels gives the latest levels until ctx ends.
	Levels(ctx context.Context) <-chan live.Levels
}

// Levels is what input meters show at one moment, whole each time. Never changed after it was made.
type Levels = live.Levels

// TrackLevel is the input meter of one track, 0 to 1 on the scale of Live's own meter.
type TrackLevel = live.TrackLevel

func errNoLevels() error {
	return &Error{Code: CodeNotSupported, Message: "This Takebar cannot show input levels.", Hint: "Look at the meters in Live."}
}

// Levels implements LevelCore.
func (c *Controller) Levels(ctx context.Context) (<-chan Levels, error) {
	link, ok := c.opt.Link.(LevelLink)
	if !ok {
		return nil, errNoLevels()
	}
	ctx, cancel := context.WithCancel(ctx)
	stop := context.AfterFunc(c.ctx, cancel)
	context.AfterFunc(ctx, func() { stop() })
	return link.Levels(ctx), nil
}

// leveler sends levels to one client of the endpoint, while it wants them. While the client does not read, it stands still, and goes on with
// the latest.
type leveler struct {
	core Core
	ctx  context.Context // of the connection
	send func(Levels) error
	work sync.WaitGroup

	mu     sync.Mutex
	cancel context.CancelFunc // of the sending that goes on; nil while none does
}

// begin starts sending; asking again is harmless.
func (l *leveler) begin() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.cancel != nil {
		return nil
	}
	core, ok := l.core.(LevelCore)
	if !ok {
		return errNoLevels()
	}
	ctx, cancel := context.WithCancel(l.ctx)
	levels, err := core.Levels(ctx)
	if err != nil {
		cancel()
		return err
	}
	l.cancel = cancel
	l.work.Go(func() {
		for now := range levels {
			if ctx.Err() == nil && l.send(now) != nil {
				return // the connection has ended
			}
		}
	})
	return nil
}

// end stops sending.
func (l *leveler) end() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.cancel != nil {
		l.cancel()
		l.cancel = nil
	}
}

// assign gives the handlers of the two methods that belong to the connection, nil for all others.
func (l *leveler) assign(name string) jrpc2.Handler {
	switch name {
	case "levels.subscribe":
		return func(context.Context, *jrpc2.Request) (any, error) {
			if err := l.begin(); err != nil {
				return nil, wire.Refusal(asError(err))
			}
			return nothing{}, nil
		}
	case "levels.unsubscribe":
		return func(context.Context, *jrpc2.Request) (any, error) {
			l.end()
			return nothing{}, nil
		}
	}
	return nil
}

// levelFeed is a client's part: it asks the core for levels while somebody listens, over connections.
type levelFeed struct {
	feed *wire.Feed[Levels]
	wake chan struct{} // whether somebody listens has changed
}

func newLevelFeed() *levelFeed {
	l := &levelFeed{wake: make(chan struct{}, 1)}
	l.feed = wire.NewFeed[Levels](func() {
		select {
		case l.wake <- struct{}{}:
		default:
		}
	})
	return l
}

// event takes what the core tells.
func (l *levelFeed) event(params json.RawMessage) {
	var now Levels
	if json.Unmarshal(params, &now) == nil {
		l.feed.Publish(now)
	}
}

// Levels implements LevelCore. A follower's channel goes on over cores.
func (c *Client) Levels(ctx context.Context) (<-chan Levels, error) {
	if isClosed(c.done) {
		return nil, noCore(nil)
	}
	ctx, cancel := context.WithCancel(ctx)
	context.AfterFunc(ctx, cancel)
	levels := c.levels.feed.Listen(ctx)
	sess := c.session()
	if sess == nil {
		return levels, nil
	}
	// The feed asks as well; asking twice is harmless, and this one tells whether the core can.
	if err := sess.Plain(ctx, "levels.subscribe", nil, nil); err != nil {
		if err := c.judge(ctx, err); codeOf(err) != CodeCoreGone {
			cancel()
			return nil, err
		}
	}
	return levels, nil
}

// serve asks one core for levels, while somebody listens, until the connection ends. Then the levels are without tracks.
func (l *levelFeed) serve(sess *wire.Session) {
	asked := false
	for {
		if want := l.feed.Wanted(); want != asked {
			method := "levels.unsubscribe"
			if want {
				method = "levels.subscribe"
			}
			// A core that refuses has said so to Levels; it is not asked again before that changes.
			_ = sess.Plain(context.Background(), method, nil, nil)
			asked = want
			continue
		}
		select {
		case <-l.wake:
		case <-sess.Done():
			sess.Close() // nothing more comes after this
			l.feed.Publish(Levels{Tracks: []TrackLevel{}})
			return
		}
	}
}

var (
	_ LevelCore = (*Client)(nil)
	_ LevelCore = (*Controller)(nil)
)
