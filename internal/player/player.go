package player

import (
	"context"
	"errors"
	"log/slog"
	"math"
	"slices"
	"sync"
	"time"

	"github.com/takebar/takebar/app/window/ports"
	"github.com/takebar/takebar/internal/audio"
	"github.com/takebar/takebar/internal/audio/trouble"
)

const (
	playPatience  = 250 * time.Millisecond // that Play waits for the device before it leaves the answer to State
	closePatience = 2 * time.Second        // that Close waits for a device that hangs
	shortestLoop  = 0.01                   // seconds
)

// Options are what a Player may be told.
type Options struct {
	Logger *slog.Logger // nil = silent
}

// Player plays one take at a time. It implements ports.Player.
type Player struct {
	out   Output
	log   *slog.Logger
	clock func() time.Duration

	kick   chan struct{} // the engine looks again
	done   chan struct{} // the engine has ended
	asking chan struct{} // one token: somebody lists devices

	mu      sync.Mutex
	say     func(*trouble.Error) string // nil = English
	ses     *session                    // nil = nothing loaded
	want    bool                        // playing is wanted
	pos     int64                       // where playing begins, or where it was last asked to go
	seek    uint64                      // number of the last load, play or seek
	loop    uint64                      // number of the last change of the loop
	from    int64                       // of the loop
	to      int64
	device  string
	name    string // of the device
	problem string
	latency int   // of the stream
	heard   int64 // latest frame of the device that was told as heard
	waiting []chan error
	closed  bool
}

var _ ports.Player = (*Player)(nil)

// session is a loaded take.
type session struct {
	tracks []track
	rate   int
	length int64
	mixer  *mixer
}

// New returns a Player that plays into out, and starts its engine; Close it after use. It opens no device before Play.
func New(out Output, o Options) *Player {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	begin := time.Now()
	p := &Player{
		out: out, log: o.Logger, clock: func() time.Duration { return time.Since(begin) },
		kick: make(chan struct{}, 1), done: make(chan struct{}), asking: make(chan struct{}, 1),
	}
	ctx, cancel := context.WithCancel(context.Background())
	e := &engine{p: p, ctx: ctx}
	go func() {
		defer close(p.done)
		defer cancel()
		e.run()
	}()
	return p
}

// wake lets the engine look again. It never waits.
func (p *Player) wake() {
	select {
	case p.kick <- struct{}{}:
	default:
	}
}

// Load implements ports.Player. Where some of the files are of no use, the others are loaded and State tells the problem; the
// error is for the case that nothing can be played.
func (p *Player) Load(ctx context.Context, lanes []ports.Lane) error {
	s := &session{}
	var first error
	for _, l := range lanes {
		t := track{path: l.Path, start: l.Start}
		if err := ctx.Err(); err != nil {
			return err
		}
		if t.info, t.err = audio.ProbeFile(l.Path); t.err == nil && s.rate == 0 {
			s.rate = t.info.Rate
		}
		if t.err = trouble.File(l.Path, t.err); first == nil {
			first = t.err
		}
		s.tracks = append(s.tracks, t)
	}
	for _, t := range s.tracks {
		s.length = max(s.length, t.frames(s.rate))
	}
	if s.length == 0 && first == nil {
		first = trouble.Nothing(trouble.Empty)
	}
	if s.rate > 0 {
		s.mixer = newMixer(len(s.tracks), s.rate, p.clock, p.wake)
		s.hear(lanes)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.want, p.pos, p.from, p.to, p.heard, p.problem = false, 0, 0, 0, 0, ""
	p.seek++
	p.loop++
	p.ses = s
	if s.length == 0 {
		p.ses = nil
	} else if first != nil {
		p.problem = trouble.Say(p.say, first).Error()
		first = nil
	}
	p.wake()
	return trouble.Say(p.say, first)
}

// hear sets which lanes are heard: where any lane is solo, only those; never a muted one.
func (s *session) hear(lanes []ports.Lane) {
	solo := false
	for _, l := range lanes {
		solo = solo || l.Solo
	}
	for i, t := range s.tracks {
		if i < len(lanes) && lanes[i].Path == t.path {
			s.mixer.audible[i].Store(!lanes[i].Mute && (!solo || lanes[i].Solo))
		}
	}
}

// Lanes implements ports.Player. A lane whose path is not the loaded one at its place is left as it is.
func (p *Player) Lanes(lanes []ports.Lane) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ses != nil {
		p.ses.hear(lanes)
	}
}

// Play implements ports.Player. It begins where State says, at the end of the take from the beginning. If the device needs longer than a
// quarter of a second, Play returns nil and State tells what came of it.
func (p *Player) Play() error {
	p.mu.Lock()
	switch {
	case p.closed || p.ses == nil:
		p.mu.Unlock()
		return p.told(trouble.Nothing(trouble.NothingLoaded))
	case p.want:
		p.mu.Unlock()
		return nil
	case p.pos >= p.ses.length:
		p.pos = 0
	}
	p.want, p.problem = true, ""
	p.seek++
	answer := make(chan error, 1)
	p.waiting = append(p.waiting, answer)
	p.wake()
	p.mu.Unlock()

	patience := time.NewTimer(playPatience)
	defer patience.Stop()
	select {
	case err := <-answer:
		return p.told(err)
	case <-patience.C:
		return nil
	}
}

// Pause implements ports.Player.
func (p *Player) Pause() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.want {
		p.pos = p.position()
		p.want = false
		p.answer(nil)
		p.wake()
	}
}

// SeekFrame implements ports.Player. Frames beyond the take count as its ends.
func (p *Player) SeekFrame(frame int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ses != nil {
		p.pos = min(max(frame, 0), p.ses.length)
		p.seek++
		p.wake()
	}
}

// Loop implements ports.Player. A loop is at least 10 ms long. Who plays behind it goes on to the end.
func (p *Player) Loop(from, to int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ses == nil {
		return
	}
	from, to = max(from, 0), min(to, p.ses.length)
	if to <= from {
		from, to = 0, 0
	} else if shortest := int64(shortestLoop * float64(p.ses.rate)); to-from < shortest {
		to = min(from+shortest, p.ses.length)
		from = max(0, to-shortest)
	}
	if from != p.from || to != p.to {
		p.from, p.to = from, to
		p.loop++
		p.wake()
	}
}

// Devices implements ports.Player.
func (p *Player) Devices(ctx context.Context) ([]ports.Device, error) {
	select {
	case p.asking <- struct{}{}: // one at a time: a sound system that hangs shall not collect callers
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-p.done:
		return nil, p.told(trouble.Nothing(trouble.NoOutput))
	}
	type answer struct {
		list []ports.Device
		err  error
	}
	answers := make(chan answer, 1)
	go func() { // ends when the sound system answers; its owner is the token
		list, err := p.out.Devices(ctx)
		<-p.asking
		answers <- answer{list, err}
	}()
	select {
	case a := <-answers:
		if a.err != nil && ctx.Err() == nil {
			return nil, p.told(outputTrouble("", "", a.err))
		}
		return a.list, a.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Use implements ports.Player. What plays goes on with the other device.
func (p *Player) Use(ctx context.Context, device string) error {
	name := ""
	if device != "" {
		list, err := p.Devices(ctx)
		if err != nil {
			return err
		}
		at := slices.IndexFunc(list, func(d ports.Device) bool { return d.ID == device })
		if at < 0 {
			return p.told(trouble.Output(trouble.DeviceGone, "", ErrNoDevice))
		}
		name = list[at].Name
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.device != device {
		if p.want {
			p.pos = p.position()
			p.seek++
		}
		p.device, p.name, p.problem = device, name, ""
		p.wake()
	}
	return nil
}

// State implements ports.Player.
func (p *Player) State() ports.PlayerState {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := ports.PlayerState{Device: p.device, Problem: p.problem, Peak: [2]float64{meterFloor, meterFloor}}
	if p.ses == nil {
		return s
	}
	s.Loaded, s.Playing, s.Rate, s.Length, s.LoopFrom, s.LoopTo = true, p.want, p.ses.rate, p.ses.length, p.from, p.to
	s.Position = p.position()
	if p.want {
		s.Peak = p.ses.mixer.peak(p.heard)
	}
	return s
}

// Underruns is how many frames of silence were given since the take was loaded because the disk was too slow.
func (p *Player) Underruns() int64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ses == nil {
		return 0
	}
	return p.ses.mixer.underruns.Load()
}

// position is called with the lock held. Between a seek and its sound it is where the user went.
func (p *Player) position() int64 {
	if !p.want {
		return p.pos
	}
	p.heard = max(p.heard, p.ses.mixer.heard(p.latency, p.ses.rate))
	c, n := p.ses.mixer.where(p.heard)
	if c == nil || c.seek != p.seek {
		return p.pos
	}
	return c.at(n)
}

// Close stops and lets go of the device. It waits for a device that hangs for two seconds at most.
func (p *Player) Close() error {
	p.mu.Lock()
	p.closed, p.want = true, false
	p.wake()
	p.mu.Unlock()
	patience := time.NewTimer(closePatience)
	defer patience.Stop()
	select {
	case <-p.done:
		return nil
	case <-patience.C:
		return errors.New("close the sound output: it does not answer")
	}
}

// answer tells all who wait in Play. The lock is held.
func (p *Player) answer(err error) {
	for _, w := range p.waiting {
		w <- err
	}
	p.waiting = nil
}

// Speak gives the sentences of another language for troubles from now on; nil = English.
func (p *Player) Speak(say func(*trouble.Error) string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.say = say
}

// told gives an error the user's words.
func (p *Player) told(err error) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return trouble.Say(p.say, err)
}

// outputTrouble says what an error of an Output means.
func outputTrouble(device, name string, err error) error {
	why := trouble.DeviceFails
	switch {
	case errors.Is(err, ErrNoSupport):
		why = trouble.NotBuilt
	case errors.Is(err, ErrNoOutput):
		why = trouble.NoOutput
	case errors.Is(err, ErrNoDevice):
		why = trouble.DeviceGone
		if device == "" {
			why = trouble.NoOutput
		}
	case errors.Is(err, errStuck):
		why = trouble.DeviceStuck
	}
	return trouble.Output(why, name, err)
}

// seconds in frames.
func frames(seconds float64, rate int) int64 { return int64(math.Ceil(seconds * float64(rate))) }
