package control

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"sync"
	"time"

	"github.com/takebar/takebar/bridge/live"
	"github.com/takebar/takebar/internal/wire"
)

const (
	dialWait = 5 * time.Second
	// verdictWait is longer than any verb waits for Live.
	clientVerdict = 2 * time.Minute
)

// Client is a Core in another process. One that Dial made does not reconnect: when the core has ended, every verb answers CodeCoreGone and the
// channels of Watch close. One that Follow made looks for the next core.
type Client struct {
	hub    *hub
	levels *levelFeed
	done   chan struct{} // closed when there is no connection and will be none
	work   sync.WaitGroup
	page   int // takes in one answer, 0 = takesPage

	mu   sync.Mutex
	conn *coreConn
}

// coreConn is one connection to a core.
type coreConn struct {
	sess   *wire.Session
	hub    *hub
	levels *levelFeed
	first  chan struct{} // closed with the first Snapshot
	once   sync.Once
	last   *live.State // touched by the session's reader only

	mu      sync.Mutex
	adopted bool
	held    Snapshot // the latest from before it was adopted
}

// adopt begins to publish what the core tells: the client can make calls through this connection now.
func (c *coreConn) adopt() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.adopted = true
	c.hub.publish(c.held)
}

func (c *coreConn) publish(s Snapshot) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.adopted {
		c.held = s
		return
	}
	c.hub.publish(s)
}

// Dial connects to the core that runs for home. ErrNoCore says that none does.
func Dial(ctx context.Context, home string) (*Client, error) {
	hub, levels := newHub(Snapshot{}), newLevelFeed()
	conn, err := dialCore(ctx, home, hub, levels)
	if err != nil {
		return nil, err
	}
	c := &Client{hub: hub, levels: levels, done: make(chan struct{}), conn: conn}
	conn.adopt()
	c.work.Go(func() {
		c.levels.serve(conn.sess) // until it ends
		c.levels.feed.Close()
		c.hub.close()
		close(c.done)
	})
	return c, nil
}

func dialCore(ctx context.Context, home string, hub *hub, levels *levelFeed) (*coreConn, error) {
	ctx, cancel := context.WithTimeout(ctx, dialWait)
	defer cancel()
	var file coreFile
	err := wire.ReadFile(filepath.Join(home, coreFileName), true, &file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrNoCore
	}
	if err != nil {
		return nil, fmt.Errorf("find the core: %w", err)
	}
	conn, err := wire.Dial(ctx, file.Port)
	if err != nil {
		if ctx.Err() != nil {
			return nil, fmt.Errorf("reach the core: %w", ctx.Err())
		}
		return nil, ErrNoCore // the file was left behind by a core that was killed
	}
	c := &coreConn{hub: hub, levels: levels, first: make(chan struct{})}
	c.sess = wire.NewSession(conn, wire.SessionOptions{MaxIn: answerMost, Verdict: clientVerdict, OnEvent: c.event})
	if err := c.greet(ctx, file.Token); err != nil {
		c.sess.Close()
		return nil, err
	}
	return c, nil
}

func (c *coreConn) greet(ctx context.Context, token string) error {
	err := c.sess.Greet(ctx, wire.Hello{Token: token, Client: "takebar", Protocol: []int{endpointProtocol}}, nil)
	var refused *wire.RemoteError
	switch {
	case errors.As(err, &refused):
		return &Error{refused.Code, "The Takebar that runs is another version than this one.", refused.Hint, err}
	case errors.Is(err, wire.ErrOutcomeUnknown):
		return ErrNoCore // somebody else took over the port of a core that was killed
	case err != nil:
		return fmt.Errorf("greet the core: %w", err)
	}
	if err := c.sess.Plain(ctx, "snapshot.subscribe", nil, nil); err != nil {
		return fmt.Errorf("subscribe to the core: %w", err)
	}
	select {
	case <-c.first:
		return nil
	case <-c.sess.Done():
		return ErrNoCore
	case <-ctx.Done():
		return fmt.Errorf("subscribe to the core: %w", ctx.Err())
	}
}

// event is called by the session's reader.
func (c *coreConn) event(name string, params json.RawMessage) {
	if name == "levels.changed" {
		c.levels.event(params)
		return
	}
	var p pushed
	if name != "snapshot.changed" || json.Unmarshal(params, &p) != nil {
		return
	}
	if p.SameTracks && p.Snapshot.State != nil && c.last != nil {
		p.Snapshot.State.Tracks = c.last.Tracks
	}
	c.last = p.Snapshot.State
	c.publish(p.Snapshot)
	c.once.Do(func() { close(c.first) })
}

// session is the connection of the moment, which may be broken; nil before a follower's first.
func (c *Client) session() *wire.Session {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.conn == nil {
		return nil
	}
	return c.conn.sess
}

// Done is closed when the connection to the core is gone for good.
func (c *Client) Done() <-chan struct{} { return c.done }

// Close leaves the core; it runs on.
func (c *Client) Close() error {
	if s := c.session(); s != nil {
		s.Close()
	}
	c.work.Wait()
	return nil
}

// Snapshot implements Core.
func (c *Client) Snapshot() Snapshot { return c.hub.snapshot() }

// Watch implements Core.
func (c *Client) Watch(ctx context.Context) <-chan Snapshot { return c.hub.watch(ctx) }

// ask calls a method of the core and reads its result.
func ask[R any](ctx context.Context, c *Client, name string, params any) (R, error) {
	var r R
	a := answer{Result: &r}
	sess := c.session()
	if sess == nil {
		return r, noCore(nil)
	}
	if err := sess.Call(ctx, name, params, &a); err != nil {
		return r, c.judge(ctx, err)
	}
	wait, cancel := context.WithTimeout(context.WithoutCancel(ctx), showWait)
	defer cancel()
	c.hub.until(wait, func(s Snapshot) bool { return s.Version >= a.Version })
	return r, nil
}

func (c *Client) judge(ctx context.Context, err error) error {
	var refused *wire.RemoteError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &refused):
		return &Error{refused.Code, refused.Message, refused.Hint, err}
	case errors.Is(ctx.Err(), context.Canceled):
		return asError(ctx.Err())
	case errors.Is(err, wire.ErrNotConnected), errors.Is(err, wire.ErrOutcomeUnknown):
		return noCore(err)
	default:
		return asError(err)
	}
}

func noCore(err error) error {
	return &Error{CodeCoreGone, "Takebar has ended meanwhile.", "Start it again; Live goes on with what it was told.", err}
}

func tell(ctx context.Context, c *Client, name string, params any) error {
	_, err := ask[nothing](ctx, c, name, params)
	return err
}

// Arm implements Core.
func (c *Client) Arm(ctx context.Context, r ArmRequest) ([]live.Track, error) {
	return ask[[]live.Track](ctx, c, "track.arm", r)
}

// Disarm implements Core.
func (c *Client) Disarm(ctx context.Context, tracks []Ref) ([]live.Track, error) {
	return ask[[]live.Track](ctx, c, "track.disarm", refsParams{tracks})
}

// DisarmAll implements Core.
func (c *Client) DisarmAll(ctx context.Context) error { return tell(ctx, c, "track.disarm_all", nil) }

// SetMonitoring implements Core.
func (c *Client) SetMonitoring(ctx context.Context, track Ref, state live.Monitoring) error {
	return tell(ctx, c, "track.set_monitoring", monitorParams{track, state})
}

// Routings implements Core.
func (c *Client) Routings(ctx context.Context, track Ref) (Routings, error) {
	return ask[Routings](ctx, c, "track.routings", refParams{track})
}

// SetInputRouting implements Core.
func (c *Client) SetInputRouting(ctx context.Context, r RoutingRequest) error {
	return tell(ctx, c, "track.set_input_routing", r)
}

// CreateAudioTrack implements Core.
func (c *Client) CreateAudioTrack(ctx context.Context, name string) (live.Track, error) {
	return ask[live.Track](ctx, c, "track.create_audio", nameParams{name})
}

// RenameTrack implements Core.
func (c *Client) RenameTrack(ctx context.Context, track Ref, name string) error {
	return tell(ctx, c, "track.rename", renameParams{track, name})
}

// SelectTrack implements Core.
func (c *Client) SelectTrack(ctx context.Context, track Ref) error {
	return tell(ctx, c, "track.select", refParams{track})
}

// Play implements Core.
func (c *Client) Play(ctx context.Context) error { return tell(ctx, c, "transport.play", nil) }

// Continue implements Core.
func (c *Client) Continue(ctx context.Context) error { return tell(ctx, c, "transport.continue", nil) }

// Stop implements Core.
func (c *Client) Stop(ctx context.Context) error { return tell(ctx, c, "transport.stop", nil) }

// Locate implements Core.
func (c *Client) Locate(ctx context.Context, beats float64) error {
	return tell(ctx, c, "transport.locate", locateParams{beats})
}

// RecordStart implements Core.
func (c *Client) RecordStart(ctx context.Context, view live.View) error {
	return tell(ctx, c, "record.start", viewParams{view})
}

// RecordStop implements Core.
func (c *Client) RecordStop(ctx context.Context) error { return tell(ctx, c, "record.stop", nil) }

// StartTake implements Core.
func (c *Client) StartTake(ctx context.Context, r TakeRequest) (live.Take, error) {
	return ask[live.Take](ctx, c, "take.start", r)
}

// StopTake implements Core.
func (c *Client) StopTake(ctx context.Context) (live.Take, error) {
	return ask[live.Take](ctx, c, "take.stop", nil)
}

// CancelTake implements Core.
func (c *Client) CancelTake(ctx context.Context) (live.Take, error) {
	return ask[live.Take](ctx, c, "take.cancel", nil)
}

// Toggle implements Core.
func (c *Client) Toggle(ctx context.Context) (live.Take, error) {
	return ask[live.Take](ctx, c, "take.toggle", nil)
}

// WaitLanded implements Core.
func (c *Client) WaitLanded(ctx context.Context, takeID string) (LibraryTake, error) {
	return ask[LibraryTake](ctx, c, "take.wait_landed", takeParams{takeID})
}

// FireClip implements Core.
func (c *Client) FireClip(ctx context.Context, track Ref, scene int, recordBeats *float64) error {
	return tell(ctx, c, "clip_slot.fire", slotParams{track, scene, recordBeats})
}

// StopClip implements Core.
func (c *Client) StopClip(ctx context.Context, track Ref, scene int) error {
	return tell(ctx, c, "clip_slot.stop", slotParams{Track: track, Scene: scene})
}

// Undo implements Core.
func (c *Client) Undo(ctx context.Context) error { return tell(ctx, c, "edit.undo", nil) }

// Redo implements Core.
func (c *Client) Redo(ctx context.Context) error { return tell(ctx, c, "edit.redo", nil) }

// CaptureMIDI implements Core.
func (c *Client) CaptureMIDI(ctx context.Context) error {
	return tell(ctx, c, "edit.capture_midi", nil)
}

// Message implements Core.
func (c *Client) Message(ctx context.Context, text string) error {
	return tell(ctx, c, "app.message", textParams{text})
}

// Dialog implements Core.
func (c *Client) Dialog(ctx context.Context) (Dialog, error) {
	return ask[Dialog](ctx, c, "app.dialog", nil)
}

// ChooseLive implements Core.
func (c *Client) ChooseLive(ctx context.Context, pid int) error {
	return tell(ctx, c, "core.choose_live", pidParams{pid})
}

// SetDefaults implements Core.
func (c *Client) SetDefaults(ctx context.Context, d Defaults) error {
	return tell(ctx, c, "core.set_defaults", d)
}

// Takes implements Core.
func (c *Client) Takes(ctx context.Context, q TakeQuery) ([]LibraryTake, error) {
	if q.Limit > 0 || q.After != "" {
		return ask[[]LibraryTake](ctx, c, "takes.list", q)
	}
	for range pagesTries {
		all, err := c.pages(ctx, q)
		if codeOf(err) != codePageLost {
			return all, err
		}
	}
	return ask[[]LibraryTake](ctx, c, "takes.list", q)
}

const (
	// takesPage is how many takes come in one answer: large libraries neither meet the limit of a line nor hold up the Snapshots.
	takesPage    = 2000
	pagesTries   = 3
	codePageLost = "page_lost"
)

// pages asks for takes page by page.
func (c *Client) pages(ctx context.Context, q TakeQuery) ([]LibraryTake, error) {
	q.Limit = takesPage
	if c.page > 0 {
		q.Limit = c.page
	}
	all := []LibraryTake{}
	for {
		part, err := ask[[]LibraryTake](ctx, c, "takes.list", q)
		if err != nil {
			return nil, err
		}
		all = append(all, part...)
		if len(part) < q.Limit || part[len(part)-1].Gone {
			return all, nil
		}
		next := part[len(part)-1].Sidecar
		if next == "" || next == q.After { // nothing that a page could begin after
			q.Limit, q.After = 0, ""
			return ask[[]LibraryTake](ctx, c, "takes.list", q)
		}
		q.After = next
	}
}

// Take implements Core.
func (c *Client) Take(ctx context.Context, ref string) (LibraryTake, error) {
	return ask[LibraryTake](ctx, c, "takes.get", takeParams{ref})
}

// TrashTake implements Core.
func (c *Client) TrashTake(ctx context.Context, ref string) (LibraryTake, error) {
	return ask[LibraryTake](ctx, c, "takes.trash", takeParams{ref})
}

// RestoreTake implements Core.
func (c *Client) RestoreTake(ctx context.Context, ref string) (LibraryTake, error) {
	return ask[LibraryTake](ctx, c, "takes.restore", takeParams{ref})
}

// AnnotateTake implements Core.
func (c *Client) AnnotateTake(ctx context.Context, ref string, note *string, rating *int) (LibraryTake, error) {
	return ask[LibraryTake](ctx, c, "takes.annotate", annotateParams{ref, note, rating})
}

// RenameTake implements Core.
func (c *Client) RenameTake(ctx context.Context, ref, name string) (LibraryTake, error) {
	return ask[LibraryTake](ctx, c, "takes.rename", renameTakeParams{ref, name})
}

// RescueTake implements Core.
func (c *Client) RescueTake(ctx context.Context, ref string) (LibraryTake, error) {
	return ask[LibraryTake](ctx, c, "takes.rescue", takeParams{ref})
}

// InstallScript implements Core.
func (c *Client) InstallScript(ctx context.Context, userLibrary string) (Install, error) {
	return ask[Install](ctx, c, "core.install_script", installParams{userLibrary})
}

// Quit implements Core.
func (c *Client) Quit(ctx context.Context, force bool) error {
	return tell(ctx, c, "core.quit", quitParams{force})
}

// Bounce implements BounceCore.
func (c *Client) Bounce(ctx context.Context, r BounceRequest) (Bounced, error) {
	return ask[Bounced](ctx, c, "bounce.start", r)
}

// StopBounce implements BounceCore.
func (c *Client) StopBounce(ctx context.Context) (live.Take, error) {
	return ask[live.Take](ctx, c, "bounce.stop", nil)
}

// CancelBounce implements BounceCore.
func (c *Client) CancelBounce(ctx context.Context) (live.Take, error) {
	return ask[live.Take](ctx, c, "bounce.cancel", nil)
}

// TidyBounces implements BounceCore.
func (c *Client) TidyBounces(ctx context.Context, remove bool) ([]live.Leftover, error) {
	return ask[[]live.Leftover](ctx, c, "bounce.tidy", tidyParams{remove})
}

// LeaveSet implements BounceCore.
func (c *Client) LeaveSet(ctx context.Context, message string) error {
	_, err := ask[nothing](ctx, c, "bounce.leave_set", textParams{Text: message})
	return err
}

var (
	_ Core = (*Client)(nil)
	_ Core = (*Controller)(nil)

	_ BounceCore = (*Client)(nil)
	_ BounceCore = (*Controller)(nil)
)
