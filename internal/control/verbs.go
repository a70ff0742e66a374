package control

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/takebar/takebar/bridge/live"
)

// clickWait is how long after a click Live may still begin to do it.
const clickWait = 5 * time.Second

// needLive answers Live's state, or why there is none. Right after the core's start it waits for the link, so that a command that starts a core of
// its own works.
func (c *Controller) needLive(ctx context.Context) (*live.State, error) {
	if ctx.Err() != nil {
		return nil, asError(ctx.Err())
	}
	if c.ctx.Err() == nil {
		limit := time.NewTimer(linkWait)
		defer limit.Stop()
		select {
		case <-c.linked:
		case <-limit.C:
		case <-ctx.Done():
		case <-c.ctx.Done():
		}
	}
	s := c.Snapshot()
	switch {
	case s.State != nil:
		return s.State, nil
	case c.ctx.Err() != nil:
		return nil, errEnding()
	case ctx.Err() != nil:
		return nil, asError(ctx.Err())
	}
	e := &Error{Code: CodeNoLive, Message: s.Link.Message, Hint: s.Link.Hint}
	switch s.Link.Status {
	case LinkIncompatible:
		e.Code = CodeIncompatible
	case LinkConnecting:
		e.Code = CodeNotConnected
	}
	if e.Hint == "" {
		e.Hint = "Try again in a moment."
	}
	return nil, e
}

// verb is a deed on the way to Live.
type verb struct {
	pending string // as shown in the Snapshot
	subject string // what it is about: of several deeds about one subject only the last counts. "" = each counts
	call    func(ctx context.Context) error
	shown   func(s *live.State) bool // the Snapshot shows it; nil = nothing to see
}

// perform carries out a verb and waits for Live's verdict.
func (c *Controller) perform(ctx context.Context, v verb) error {
	run := func() error {
		// It goes on when the caller gives up: it cannot be called back from Live.
		base := c.ctx
		if deadline, ok := ctx.Deadline(); ok {
			limited, cancel := context.WithDeadline(base, deadline)
			defer cancel()
			base = limited
		}
		c.tell(pendingAdded{v.pending})
		err := v.call(base)
		if err == nil && v.shown != nil {
			c.untilShown(func(s Snapshot) bool { return s.State == nil || v.shown(s.State) })
		}
		c.tell(pendingRemoved{v.pending})
		return err
	}
	patient, cancel := untilCancelled(ctx)
	defer cancel()
	if v.subject == "" {
		return asError(c.alone(patient, run))
	}
	return asError(c.verbs.do(patient, c.spawn, v.subject, v.pending, run))
}

// untilCancelled makes a context that ends when ctx is cancelled, but not at its deadline: that one is for Live, which must not begin after it; the verdict
// is worth waiting for.
func untilCancelled(ctx context.Context) (context.Context, context.CancelFunc) {
	patient, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() {
		if errors.Is(ctx.Err(), context.Canceled) {
			cancel()
		}
	})
	return patient, func() { stop(); cancel() }
}

// alone runs f beside the caller, who may give up waiting.
func (c *Controller) alone(ctx context.Context, f func() error) error {
	done := make(chan error, 1)
	if !c.spawn(func() { done <- f() }) {
		return errEnding()
	}
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// untilShown waits a moment until the Snapshot shows what Live has confirmed.
func (c *Controller) untilShown(ok func(Snapshot) bool) {
	wait, cancel := context.WithTimeout(c.ctx, showWait)
	defer cancel()
	c.hub.until(wait, ok)
}

// Arm implements Core.
func (c *Controller) Arm(ctx context.Context, r ArmRequest) ([]live.Track, error) {
	r.Exclusive = cmp.Or(r.Exclusive, c.Snapshot().Settings.Exclusive)
	if err := checkExclusive(r.Exclusive); err != nil {
		return nil, err
	}
	return c.arm(ctx, r.Tracks, "arm", true, func(ctx context.Context, ids []string) (live.ArmedResult, error) {
		return c.calls.Arm(ctx, live.ArmParams{Tracks: ids, Exclusive: r.Exclusive})
	})
}

// Disarm implements Core.
func (c *Controller) Disarm(ctx context.Context, tracks []Ref) ([]live.Track, error) {
	return c.arm(ctx, tracks, "disarm", false, func(ctx context.Context, ids []string) (live.ArmedResult, error) {
		return c.calls.Disarm(ctx, live.TracksParams{Tracks: ids})
	})
}

func (c *Controller) arm(ctx context.Context, refs []Ref, name string, on bool, call func(context.Context, []string) (live.ArmedResult, error)) ([]live.Track, error) {
	state, err := c.needLive(ctx)
	if err != nil {
		return nil, err
	}
	ids, err := resolveAll(state, refs)
	if err != nil {
		return nil, err
	}
	key := strings.Join(slices.Sorted(slices.Values(ids)), " ")
	err = c.perform(ctx, verb{
		pending: name + " " + key, subject: "arm " + key,
		call: func(ctx context.Context) error { _, err := call(ctx, ids); return err },
		shown: func(s *live.State) bool {
			for _, id := range ids {
				if t, ok := s.TrackByID(id); ok && t.Arm != on {
					return false
				}
			}
			return true
		},
	})
	if err != nil {
		return nil, err
	}
	return c.armed(), nil
}

func (c *Controller) armed() []live.Track {
	s := c.Snapshot().State
	if s == nil {
		return []live.Track{}
	}
	return append([]live.Track{}, s.Armed()...)
}

// DisarmAll implements Core.
func (c *Controller) DisarmAll(ctx context.Context) error {
	if _, err := c.needLive(ctx); err != nil {
		return err
	}
	return c.perform(ctx, verb{
		pending: "disarm_all", subject: "disarm_all",
		call:  func(ctx context.Context) error { _, err := c.calls.DisarmAll(ctx); return err },
		shown: func(s *live.State) bool { return len(s.Armed()) == 0 },
	})
}

// track resolves one Ref for a verb.
func (c *Controller) track(ctx context.Context, ref Ref) (live.Track, error) {
	state, err := c.needLive(ctx)
	if err != nil {
		return live.Track{}, err
	}
	return resolve(state, ref)
}

// showsTrack makes a condition on one track. A track that is gone shows nothing more.
func showsTrack(id string, ok func(live.Track) bool) func(*live.State) bool {
	return func(s *live.State) bool {
		t, there := s.TrackByID(id)
		return !there || ok(t)
	}
}

// SetMonitoring implements Core.
func (c *Controller) SetMonitoring(ctx context.Context, ref Ref, state live.Monitoring) error {
	if state < live.MonitoringIn || state > live.MonitoringOff {
		return &Error{Code: CodeInvalid, Message: fmt.Sprintf("%d is no monitoring state.", state), Hint: "It is In (0), Auto (1) or Off (2)."}
	}
	t, err := c.track(ctx, ref)
	if err != nil {
		return err
	}
	return c.perform(ctx, verb{
		pending: fmt.Sprintf("monitoring %s %d", t.ID, state), subject: "monitoring " + t.ID,
		call: func(ctx context.Context) error {
			_, err := c.calls.SetMonitoring(ctx, live.MonitoringParams{Track: t.ID, State: state})
			return err
		},
		shown: showsTrack(t.ID, func(t live.Track) bool {
			return t.CurrentMonitoringState == nil || *t.CurrentMonitoringState == state
		}),
	})
}

// Routings implements Core.
func (c *Controller) Routings(ctx context.Context, ref Ref) (Routings, error) {
	t, err := c.track(ctx, ref)
	if err != nil {
		return Routings{}, err
	}
	r, err := c.calls.Routings(ctx, live.TrackParams{Track: t.ID})
	return Routings(r), asError(err)
}

// SetInputRouting implements Core.
func (c *Controller) SetInputRouting(ctx context.Context, r RoutingRequest) error {
	t, err := c.track(ctx, r.Track)
	if err != nil {
		return err
	}
	var now live.RoutingResult
	return c.perform(ctx, verb{
		pending: strings.TrimSpace(fmt.Sprintf("input %s %s %s %s", t.ID, r.Category, r.Name, r.Channel)), subject: "input " + t.ID,
		call: func(ctx context.Context) (err error) {
			now, err = c.calls.SetInputRouting(ctx, live.RoutingParams{Track: t.ID, Category: r.Category, Name: r.Name, Channel: r.Channel})
			return err
		},
		shown: showsTrack(t.ID, func(t live.Track) bool {
			return now.Type == nil || t.InputRoutingType != nil && *t.InputRoutingType == *now.Type
		}),
	})
}

// CreateAudioTrack implements Core.
func (c *Controller) CreateAudioTrack(ctx context.Context, name string) (live.Track, error) {
	if _, err := c.needLive(ctx); err != nil {
		return live.Track{}, err
	}
	var made live.TrackResult
	err := c.perform(ctx, verb{
		pending: "create_audio_track",
		call: func(ctx context.Context) (err error) {
			made, err = c.calls.CreateAudio(ctx, live.CreateAudioParams{Name: name})
			return err
		},
		shown: func(s *live.State) bool {
			t, ok := s.TrackByID(made.Track)
			return ok && (name == "" || t.Name == name)
		},
	})
	if err != nil {
		return live.Track{}, err
	}
	if s := c.Snapshot().State; s != nil {
		if t, ok := s.TrackByID(made.Track); ok {
			return t, nil
		}
	}
	return live.Track{ID: made.Track, Name: name, Kind: live.KindAudio}, nil
}

// RenameTrack implements Core.
func (c *Controller) RenameTrack(ctx context.Context, ref Ref, name string) error {
	t, err := c.track(ctx, ref)
	if err != nil {
		return err
	}
	var now live.NameResult
	return c.perform(ctx, verb{
		pending: "rename " + t.ID, // each counts: another name is another wish
		call: func(ctx context.Context) (err error) {
			now, err = c.calls.Rename(ctx, live.RenameParams{Track: t.ID, Name: name})
			return err
		},
		shown: showsTrack(t.ID, func(t live.Track) bool { return t.Name == now.Name }),
	})
}

// SelectTrack implements Core.
func (c *Controller) SelectTrack(ctx context.Context, ref Ref) error {
	t, err := c.track(ctx, ref)
	if err != nil {
		return err
	}
	return c.perform(ctx, verb{
		pending: "select " + t.ID, subject: "select",
		call:  func(ctx context.Context) error { return c.calls.Select(ctx, live.TrackParams{Track: t.ID}) },
		shown: showsTrack(t.ID, func(t live.Track) bool { return t.Selected }),
	})
}

// transport carries out one of play, continue and stop; of impatient clicks the last one counts.
func (c *Controller) transport(ctx context.Context, name string, call func(context.Context) (live.PlayingResult, error)) error {
	if _, err := c.needLive(ctx); err != nil {
		return err
	}
	var now live.PlayingResult
	return c.perform(ctx, verb{
		pending: "transport." + name, subject: "transport",
		call:  func(ctx context.Context) (err error) { now, err = call(ctx); return err },
		shown: func(s *live.State) bool { return s.Transport.IsPlaying == now.IsPlaying },
	})
}

// Play implements Core.
func (c *Controller) Play(ctx context.Context) error { return c.transport(ctx, "play", c.calls.Play) }

// Continue implements Core.
func (c *Controller) Continue(ctx context.Context) error {
	return c.transport(ctx, "continue", c.calls.Continue)
}

// Stop implements Core.
func (c *Controller) Stop(ctx context.Context) error { return c.transport(ctx, "stop", c.calls.Stop) }

// simple carries out a verb with nothing to see in the Snapshot.
func (c *Controller) simple(ctx context.Context, name string, call func(context.Context) error) error {
	if _, err := c.needLive(ctx); err != nil {
		return err
	}
	return c.perform(ctx, verb{pending: name, call: call})
}

// Locate implements Core.
func (c *Controller) Locate(ctx context.Context, beats float64) error {
	return c.simple(ctx, "transport.locate", func(ctx context.Context) error {
		_, err := c.calls.Locate(ctx, live.LocateParams{Time: beats})
		return err
	})
}

// record carries out record.start or record.stop.
func (c *Controller) record(ctx context.Context, name string, call func(context.Context) (live.RecordResult, error)) error {
	if _, err := c.needLive(ctx); err != nil {
		return err
	}
	var now live.RecordResult
	return c.perform(ctx, verb{
		pending: "record." + name, subject: "record",
		call:  func(ctx context.Context) (err error) { now, err = call(ctx); return err },
		shown: func(s *live.State) bool { return s.Record.RecordMode == now.RecordMode },
	})
}

// RecordStart implements Core.
func (c *Controller) RecordStart(ctx context.Context, view live.View) error {
	return c.record(ctx, "start", func(ctx context.Context) (live.RecordResult, error) {
		return c.calls.RecordStart(ctx, live.RecordParams{View: view})
	})
}

// RecordStop implements Core.
func (c *Controller) RecordStop(ctx context.Context) error {
	return c.record(ctx, "stop", c.calls.RecordStop)
}

// FireClip implements Core.
func (c *Controller) FireClip(ctx context.Context, ref Ref, scene int, recordBeats *float64) error {
	t, err := c.track(ctx, ref)
	if err != nil {
		return err
	}
	return c.simple(ctx, "clip_slot.fire "+t.ID, func(ctx context.Context) error {
		return c.calls.FireSlot(ctx, live.FireParams{Track: t.ID, Index: scene, RecordLength: recordBeats})
	})
}

// StopClip implements Core.
func (c *Controller) StopClip(ctx context.Context, ref Ref, scene int) error {
	t, err := c.track(ctx, ref)
	if err != nil {
		return err
	}
	return c.simple(ctx, "clip_slot.stop "+t.ID, func(ctx context.Context) error {
		return c.calls.StopSlot(ctx, live.Slot{Track: t.ID, Index: scene})
	})
}

// Undo implements Core.
func (c *Controller) Undo(ctx context.Context) error {
	return c.simple(ctx, "edit.undo", func(ctx context.Context) error { _, err := c.calls.Undo(ctx); return err })
}

// Redo implements Core.
func (c *Controller) Redo(ctx context.Context) error {
	return c.simple(ctx, "edit.redo", func(ctx context.Context) error { _, err := c.calls.Redo(ctx); return err })
}

// CaptureMIDI implements Core.
func (c *Controller) CaptureMIDI(ctx context.Context) error {
	return c.simple(ctx, "edit.capture_midi", c.calls.CaptureMIDI)
}

// Message implements Core.
func (c *Controller) Message(ctx context.Context, text string) error {
	return c.simple(ctx, "app.message", func(ctx context.Context) error {
		return c.calls.Message(ctx, live.MessageParams{Text: text})
	})
}

// Dialog implements Core.
func (c *Controller) Dialog(ctx context.Context) (Dialog, error) {
	if _, err := c.needLive(ctx); err != nil {
		return Dialog{}, err
	}
	d, err := c.calls.Dialog(ctx)
	return Dialog(d), asError(err)
}
