package control

import (
	"cmp"
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/takebar/takebar/bridge/live"
	"github.com/takebar/takebar/internal/take/sidecar"
)

// BounceCore is what a user can do with bounces. The Controller and the client of its endpoint implement it, beside Core.
type BounceCore interface {
	// Bounce records the wished range once those before it are through, and answers when its files are in Dir.
	Bounce(ctx context.Context, r BounceRequest) (Bounced, error)
	// StopBounce ends the running bounce; what was recorded lands, marked partial.
	StopBounce(ctx context.Context) (live.Take, error)
	// CancelBounce ends the running bounce; nothing lands.
	CancelBounce(ctx context.Context) (live.Take, error)
	// LeaveSet answers Don't Save where Live asks whether to save a set that bounces alone have changed. message is the question as Live shows
	// it. Everything else that Live may ask is left to the user.
	LeaveSet(ctx context.Context, message string) error
	// TidyBounces finds temporary tracks that a bounce could not delete, because its set was closed or Live crashed; with remove they go.
	TidyBounces(ctx context.Context, remove bool) ([]live.Leftover, error)
}

// Bouncer keeps where bounces go, and brings them there. internal/take implements it.
type Bouncer interface {
	// PlanBounce notes where the files go; it refuses folders that cannot be used.
	PlanBounce(ctx context.Context, p sidecar.BouncePlan) error
	// DropBounce forgets a plan.
	DropBounce(id string) error
	// PlannedBounces lists the plans that are not carried out.
	PlannedBounces() ([]sidecar.BouncePlan, error)
	// DeliverBounce makes the files of a bounce that has landed.
	DeliverBounce(ctx context.Context, e LibraryTake, progress func(done float64)) (Bounced, error)
	// DeliveredBounce tells of a bounce whose files were made before; ok is false where nothing is known of it.
	DeliveredBounce(id string) (b Bounced, ok bool, err error)
}

// Bounced is a bounce whose files are where they were wanted.
type Bounced = sidecar.Bounced

// RangeKind says how a range of the Arrangement is named.
type RangeKind string

// The ranges of a bounce.
const (
	RangeSet      RangeKind = "set"      // from 0 to the last event
	RangeLoop     RangeKind = "loop"     // the loop brace
	RangeLocators RangeKind = "locators" // every section between locators, each in a file of its own
	RangeBetween  RangeKind = "between"  // from one locator to another
	RangeBars     RangeKind = "bars"     // so many bars from where the song stands
)

// BounceRequest starts a bounce. Zero fields mean the main output, the whole set, no tail and the folder Bounces in the takes folder.
type BounceRequest struct {
	// ID of the bounce, "" = a new one. Asking again with an id that is known takes up that bounce wherever it stands, and starts none.
	ID         string    `json:"id,omitempty"`
	TakeUp     bool      `json:"take_up,omitempty"` // with ID: never start one; CodeTakeNotFound where it is not known
	Source     string    `json:"source,omitempty"`  // main, stems, selected
	Tracks     []Ref     `json:"tracks,omitempty"`  // of stems; none = all
	Tap        string    `json:"tap,omitempty"`     // of stems: post_mixer, post_fx
	Range      RangeKind `json:"range,omitempty"`
	From       string    `json:"from,omitempty"` // a locator, with RangeBetween
	To         string    `json:"to,omitempty"`   // a locator, with RangeBetween
	Bars       float64   `json:"bars,omitempty"` // with RangeBars
	TailBeats  float64   `json:"tail_beats,omitempty"`
	TailBars   float64   `json:"tail_bars,omitempty"`
	TailSecs   float64   `json:"tail_seconds,omitempty"`
	Dir        string    `json:"dir,omitempty"` // absolute
	KeepTracks bool      `json:"keep_tracks,omitempty"`
	Name       string    `json:"name,omitempty"`      // in the library
	Format     string    `json:"format,omitempty"`    // wav (the default), aiff, flac, mp3
	Bits       string    `json:"bits,omitempty"`      // 16, 24, 32, 32f
	Quality    string    `json:"quality,omitempty"`   // of an MP3: V0, V2, 320
	Normalize  string    `json:"normalize,omitempty"` // such as -1dBTP or -14LUFS; each file by itself
	Trim       bool      `json:"trim,omitempty"`      // leave out the silence at the end of each file
	Artist     string    `json:"artist,omitempty"`    // for tags
}

// bounces is what the Controller knows of bounces.
type bounces struct {
	turn chan struct{} // holds one token while a bounce is under way

	mu        sync.Mutex
	delivered map[string]*delivery
}

// delivery is one bounce on its way from the library to its folder.
type delivery struct {
	done   chan struct{}
	result Bounced
	err    error
}

const (
	bouncePrepare  = 60 * time.Second // how long Live may take until a bounce records
	bouncePerTrack = 2 * time.Second
)

func newBounces() *bounces {
	return &bounces{turn: make(chan struct{}, 1), delivered: map[string]*delivery{}}
}

// bouncer is the library's part of bounces; nil if it has none.
func (c *Controller) bouncer() Bouncer {
	b, _ := c.lib().(Bouncer)
	return b
}

// Bounce implements BounceCore.
func (c *Controller) Bounce(ctx context.Context, r BounceRequest) (Bounced, error) {
	if c.bouncer() == nil {
		return Bounced{}, &Error{Code: CodeNotSupported, Message: "This Takebar cannot bounce.", Hint: "Record a take of the main output instead."}
	}
	if r.ID != "" {
		if b, ok, err := c.bouncer().DeliveredBounce(r.ID); ok || err != nil {
			return b, asError(err)
		}
		if e, err := c.lib().Get(ctx, r.ID); err == nil && e.ID == r.ID {
			b, err := c.deliver(e)
			return b, asError(err)
		}
	}
	if _, err := c.needLive(ctx); err != nil {
		return Bounced{}, err
	}
	waiting, cancel := untilCancelled(ctx)
	defer cancel()
	out := &delivery{done: make(chan struct{})}
	ok := c.spawn(func() {
		defer close(out.done)
		c.tell(pendingAdded{"bounce"})
		defer c.tell(pendingRemoved{"bounce"})
		select {
		case c.bounces.turn <- struct{}{}:
		case <-waiting.Done():
			out.err = waiting.Err()
			return
		case <-c.ctx.Done():
			out.err = errEnding()
			return
		}
		defer func() { <-c.bounces.turn }()
		out.result, out.err = c.bounce(r)
	})
	if !ok {
		return Bounced{}, errEnding()
	}
	select {
	case <-out.done:
		return out.result, asError(out.err)
	case <-waiting.Done():
		return Bounced{}, asError(waiting.Err())
	}
}

// bounce carries out one bounce. It goes on when the one who asked gives up.
func (c *Controller) bounce(r BounceRequest) (Bounced, error) {
	ctx := c.ctx
	state, err := c.needLive(ctx)
	if err != nil {
		return Bounced{}, err
	}
	if b, known, err := c.takeUp(ctx, r.ID); known || err != nil {
		return b, err
	}
	if r.TakeUp {
		return Bounced{}, &Error{Code: CodeTakeNotFound, Message: fmt.Sprintf("Nothing is known of the bounce %s.", r.ID), Hint: "Bounce again."}
	}
	params, plan, err := c.planBounce(ctx, state, r)
	if err != nil {
		return Bounced{}, err
	}
	if err := c.bouncer().PlanBounce(ctx, plan); err != nil {
		return Bounced{}, err
	}
	limit, cancel := context.WithTimeout(ctx, bouncePrepare+time.Duration(len(params.Source.Tracks))*bouncePerTrack)
	defer cancel()
	through := c.Snapshot().connection
	t, err := c.calls.BounceStart(limit, params)
	if isUnknown(err) {
		if _, back := c.linkBack(ctx, through); back {
			t, err = c.calls.BounceGet(ctx, live.BounceParams{Bounce: plan.ID})
		}
	}
	if err == nil {
		c.saw(t)
		err = endOf(t)
	}
	if err != nil {
		if !isUnknown(err) { // else it may have begun, and lands when the link is back
			c.dropBounce(plan.ID)
		}
		return Bounced{}, err
	}
	e, err := c.WaitLanded(ctx, plan.ID)
	if err != nil {
		if code := codeOf(err); ctx.Err() == nil && code != CodeTakeLost && code != CodeTakeFailed { // what is rescued goes where it was wanted
			c.dropBounce(plan.ID)
		}
		return Bounced{}, err
	}
	return c.deliver(e)
}

// takeUp waits for a bounce that an earlier run began. known is false where there is none of that id.
func (c *Controller) takeUp(ctx context.Context, id string) (b Bounced, known bool, err error) {
	if id == "" {
		return Bounced{}, false, nil
	}
	plans, err := c.bouncer().PlannedBounces()
	if err != nil {
		return Bounced{}, false, err
	}
	if !slices.ContainsFunc(plans, func(p sidecar.BouncePlan) bool { return p.ID == id }) {
		return Bounced{}, false, nil
	}
	e, err := c.WaitLanded(ctx, id)
	switch {
	case codeOf(err) == CodeTakeNotFound:
		c.dropBounce(id) // it never began
		return Bounced{}, false, nil
	case err != nil:
		return Bounced{}, true, err
	}
	b, err = c.deliver(e)
	return b, true, err
}

func (c *Controller) dropBounce(id string) {
	if err := c.bouncer().DropBounce(id); err != nil {
		c.log.Warn("cannot forget the plan of a bounce", "bounce", id, "error", err)
	}
}

// bounceLanded brings a bounce on its way once it is in the library, whoever waits for it.
func (c *Controller) bounceLanded(e LibraryTake) {
	if e.Source != sidecar.SourceBounce || c.bouncer() == nil {
		return
	}
	c.count(1)
	c.work.Go(func() {
		defer c.count(-1)
		if _, err := c.deliver(e); err != nil && codeOf(err) != CodeTakeNotFound && c.ctx.Err() == nil {
			c.log.Error("a bounce is not where it was wanted", "bounce", e.ID, "error", err)
		}
	})
}

// resumeBounces goes on with what an earlier run began.
func (c *Controller) resumeBounces() {
	if c.bouncer() == nil {
		return
	}
	plans, err := c.bouncer().PlannedBounces()
	if err != nil {
		c.log.Warn("cannot look for planned bounces", "error", err)
	}
	c.spawn(c.watchLeftovers)
	for _, p := range plans {
		if e, err := c.lib().Get(c.ctx, p.ID); err == nil && e.ID == p.ID {
			c.bounceLanded(e)
		}
	}
}

// deliver makes the files of a bounce, once.
func (c *Controller) deliver(e LibraryTake) (Bounced, error) {
	b := c.bounces
	b.mu.Lock()
	d, known := b.delivered[e.ID]
	if !known {
		d = &delivery{done: make(chan struct{})}
		b.delivered[e.ID] = d
	}
	b.mu.Unlock()
	if known {
		select {
		case <-d.done:
			return d.result, asError(d.err)
		case <-c.ctx.Done():
			return Bounced{}, errEnding()
		}
	}
	defer close(d.done)
	d.result, d.err = c.bouncer().DeliverBounce(c.ctx, e, func(done float64) {
		c.progress(Landing{TakeID: e.ID, Name: e.Name, Step: "cutting", Done: done, Message: "Cutting the files of the bounce."})
	})
	d.err = asError(d.err)
	problem := ""
	if d.err != nil {
		problem = d.err.Error()
		if codeOf(d.err) == CodeTakeNotFound {
			return d.result, d.err // nobody wanted it anywhere but in the library
		}
	}
	c.tell(landingEnded{takeID: e.ID, problem: problem})
	c.notice(bouncedNotice(e, d.result, d.err))
	return d.result, d.err
}

func bouncedNotice(e LibraryTake, b Bounced, err error) *Notice {
	if err != nil {
		return &Notice{Kind: NoticeTakeFailed, Title: "The bounce could not be finished", Text: err.Error(), TakeID: e.ID}
	}
	n := &Notice{Kind: NoticeTakeLanded, Title: "Bounce finished: " + e.Name, TakeID: e.ID, Path: b.Dir}
	if b.Partial {
		n.Title = "Bounce ended early: " + e.Name
	}
	files := "1 file"
	if len(b.Files) != 1 {
		files = fmt.Sprintf("%d files", len(b.Files))
	}
	if len(b.Files) > 0 {
		n.Path = b.Files[0].Path
	}
	lines := []string{files + " in " + b.Dir}
	for _, w := range b.Warnings {
		lines = append(lines, w.Message)
	}
	n.Text = strings.Join(lines[:min(len(lines), 4)], "\n")
	return n
}

// StopBounce implements BounceCore.
func (c *Controller) StopBounce(ctx context.Context) (live.Take, error) {
	if err := c.needBounce(ctx); err != nil {
		return live.Take{}, err
	}
	return c.StopTake(ctx)
}

// CancelBounce implements BounceCore.
func (c *Controller) CancelBounce(ctx context.Context) (live.Take, error) {
	if err := c.needBounce(ctx); err != nil {
		return live.Take{}, err
	}
	return c.CancelTake(ctx)
}

func (c *Controller) needBounce(ctx context.Context) error {
	if _, err := c.needLive(ctx); err != nil {
		return err
	}
	if t := c.Snapshot().RunningTake(); t == nil || t.Source.Kind != live.SourceBounce {
		return &Error{Code: "no_take", Message: "No bounce is running.", Hint: "Start one first."}
	}
	return nil
}

// planBounce finds out what is to be recorded.
func (c *Controller) planBounce(ctx context.Context, s *live.State, r BounceRequest) (live.BounceStartParams, sidecar.BouncePlan, error) {
	p := live.BounceStartParams{Source: &live.BounceSource{Kind: cmp.Or(r.Source, live.BounceMain)}, Tap: r.Tap, KeepTracks: r.KeepTracks, Name: r.Name}
	plan := sidecar.BouncePlan{
		ID: cmp.Or(r.ID, newTakeID(c.opt.Now())), Dir: r.Dir, At: c.opt.Now(), Tracks: 1, Format: r.Format, Bits: r.Bits, Quality: r.Quality,
		Normalize: r.Normalize, Trim: r.Trim, Artist: r.Artist,
	}
	if s.Set.Path != nil && *s.Set.Path != "" {
		plan.Project = filepath.Dir(*s.Set.Path)
	}
	p.Bounce = plan.ID
	if plan.Dir == "" {
		plan.Dir = filepath.Join(c.Snapshot().Settings.TakesDir, "Bounces")
	}
	if t := c.Snapshot().RunningTake(); t != nil {
		return p, plan, &Error{Code: CodeTakeRunning, Message: "A take is running.", Hint: "Stop it first."}
	}
	var err error
	switch {
	case p.Source.Kind == live.BounceStems && len(r.Tracks) > 0:
		if p.Source.Tracks, err = resolveAll(s, r.Tracks); err != nil {
			return p, plan, err
		}
		plan.Tracks = len(p.Source.Tracks)
	case p.Source.Kind == live.BounceStems:
		for _, t := range s.Tracks {
			if t.Kind == live.KindAudio || t.Kind == live.KindMIDI || t.Kind == live.KindReturn {
				plan.Tracks++
			}
		}
	case len(r.Tracks) > 0:
		return p, plan, &Error{Code: CodeInvalid, Message: "Tracks were named, but the main output is to be bounced.", Hint: "Choose stems, or leave the tracks out."}
	}
	t := s.Transport
	if p.Tail, err = beatsOf(TakeRequest{LengthBeats: r.TailBeats, LengthBars: r.TailBars, LengthSecs: r.TailSecs}, t); err != nil {
		return p, plan, err
	}
	if r.TailSecs > 0 {
		p.Tail, p.TailSeconds = 0, r.TailSecs // Live's tempo of the moment counts
	}
	p.Start, p.Length, p.Cuts, plan.Sections, err = c.rangeOf(ctx, t, r)
	if t.Tempo > 0 {
		plan.Seconds = (p.Length+p.Tail)*60/t.Tempo + p.TailSeconds
	}
	return p, plan, err
}

// rangeOf turns the wish into beats: where it starts, how long it is, where it is cut, and what the pieces are called.
func (c *Controller) rangeOf(ctx context.Context, t live.Transport, r BounceRequest) (start, length float64, cuts []float64, sections []string, err error) {
	whole := []string{""}
	switch cmp.Or(r.Range, RangeSet) {
	case RangeSet:
		if t.LastEventTime <= 0 {
			return 0, 0, nil, nil, emptySet()
		}
		return 0, t.LastEventTime, nil, whole, nil
	case RangeLoop:
		if t.LoopLength <= 0 {
			return 0, 0, nil, nil, badRange("The loop has no length.", "Set the loop brace in Live, then bounce again.")
		}
		return t.LoopStart, t.LoopLength, nil, whole, nil
	case RangeBars:
		if r.Bars <= 0 {
			return 0, 0, nil, nil, badRange("A bounce of no bars has no length.", "Give a number of bars over 0.")
		}
		length, err = beatsOf(TakeRequest{LengthBars: r.Bars}, t)
		return t.CurrentSongTime, length, nil, whole, err
	case RangeBetween, RangeLocators:
		list, err := c.calls.CuePoints(ctx)
		if err != nil {
			return 0, 0, nil, nil, err
		}
		if len(list.CuePoints) == 0 {
			return 0, 0, nil, nil, badRange("This set has no locators.", "Add locators in Live's Arrangement, or choose another range.")
		}
		if r.Range == RangeBetween {
			return between(list.CuePoints, r.From, r.To)
		}
		return sectionsOf(list.CuePoints, t.LastEventTime)
	}
	return 0, 0, nil, nil, badRange(fmt.Sprintf("There is no range “%s”.", r.Range), "Ranges are set, loop, locators, A..B and bars:N.")
}

func badRange(message, hint string) error {
	return &Error{Code: CodeInvalid, Message: message, Hint: hint}
}

func emptySet() error {
	return &Error{Code: "nothing_to_bounce", Message: "The Arrangement of this set is empty.", Hint: "Put clips into the Arrangement, or choose another range."}
}

// between is the range from one locator to another.
func between(cues []live.CuePoint, from, to string) (start, length float64, cuts []float64, sections []string, err error) {
	a, err := findCue(cues, from)
	if err != nil {
		return 0, 0, nil, nil, err
	}
	b, err := findCue(cues, to)
	if err != nil {
		return 0, 0, nil, nil, err
	}
	if b.Time <= a.Time {
		return 0, 0, nil, nil, badRange(fmt.Sprintf("The locator “%s” does not come after “%s”.", to, from), "Name the earlier locator first.")
	}
	return a.Time, b.Time - a.Time, nil, []string{strings.TrimSpace(a.Name) + " to " + strings.TrimSpace(b.Name)}, nil
}

func findCue(cues []live.CuePoint, name string) (live.CuePoint, error) {
	for _, same := range []func(string) bool{
		func(s string) bool { return s == name },
		func(s string) bool { return strings.EqualFold(strings.TrimSpace(s), strings.TrimSpace(name)) },
	} {
		var found []live.CuePoint
		for _, c := range cues {
			if same(c.Name) {
				found = append(found, c)
			}
		}
		switch {
		case len(found) == 1:
			return found[0], nil
		case len(found) > 1:
			return live.CuePoint{}, &Error{Code: CodeAmbiguous, Message: fmt.Sprintf("Several locators are called “%s”.", name), Hint: "Rename them in Live."}
		}
	}
	var names []string
	for _, c := range cues {
		names = append(names, c.Name)
	}
	return live.CuePoint{}, &Error{Code: CodeNotFound, Message: fmt.Sprintf("There is no locator “%s” in this set.", name), Hint: "Its locators: " + strings.Join(names, ", ") + "."}
}

// sectionsOf are the pieces from each locator to the next; the last one goes on to the end of the set.
func sectionsOf(cues []live.CuePoint, end float64) (start, length float64, cuts []float64, sections []string, err error) {
	cues = slices.Clone(cues)
	slices.SortStableFunc(cues, func(a, b live.CuePoint) int { return cmp.Compare(a.Time, b.Time) })
	cues = slices.CompactFunc(cues, func(a, b live.CuePoint) bool { return a.Time == b.Time })
	last := cues[len(cues)-1].Time
	if last >= end { // it marks the end
		end = last
		cues = cues[:len(cues)-1]
	}
	if len(cues) == 0 {
		return 0, 0, nil, nil, badRange("There is nothing after the only locator of this set.", "Add locators in Live's Arrangement, or choose another range.")
	}
	for i, c := range cues {
		if i > 0 {
			cuts = append(cuts, c.Time)
		}
		sections = append(sections, strings.TrimSpace(fmt.Sprintf("%02d %s", i+1, c.Name)))
	}
	return cues[0].Time, end - cues[0].Time, cuts, sections, nil
}
