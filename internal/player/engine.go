package player

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/takebar/takebar/internal/audio/trouble"
)

const (
	opPatience   = 5 * time.Second         // that a device may take to open, start, stop or close
	deadAfter    = 2500 * time.Millisecond // without a call of Fill a running device is dead
	watchEvery   = 250 * time.Millisecond
	lingerFor    = 5 * time.Second // that a stopped device stays open
	voiceEvery   = 40 * time.Millisecond
	seamlessLead = 0.06 // seconds in which a voice for another loop is made
)

var (
	errStuck = errors.New("the sound system does not answer")
	errMute  = errors.New("the device takes no samples")
)

// engine makes the device and the voices follow what the Player wants. Everything here runs in its one goroutine, but for the calls of the
// sound system, which get one each, so that a sound system that hangs holds up nothing else.
type engine struct {
	p   *Player
	ctx context.Context

	ses     *session // whose mixer plays
	voice   *voice   // handed to the mixer last
	pending *voice   // reading, not handed over yet
	retired []*voice // were handed over before voice; the mixer may still need them
	made    time.Duration
	reading sync.WaitGroup // all voices

	stream  Stream
	device  string
	rate    int
	started bool
	mix     atomic.Pointer[mixer] // whom the stream asks
	ended   atomic.Bool           // the stream says that it may have ended
	since   time.Duration         // the stream was started or stopped
	stuck   chan struct{}         // closed when the call that hung has come back; nil = none hangs
}

// wish is what the Player wants at one moment.
type wish struct {
	ses        *session
	want       bool
	pos        int64
	seek, loop uint64
	from, to   int64
	device     string
	name       string // of the device
	closed     bool
}

func (e *engine) run() {
	watch := time.NewTicker(watchEvery)
	defer watch.Stop()
	for {
		select {
		case <-e.p.kick:
		case <-watch.C:
			if e.stream == nil && e.stuck == nil && e.pending == nil {
				watch.Stop() // nothing to watch
			}
		}
		w := e.wish()
		if w.closed {
			e.drop()
			e.closeStream()
			e.reading.Wait()
			return
		}
		e.step(w)
		if e.stream != nil || e.pending != nil {
			watch.Reset(watchEvery)
		}
	}
}

func (e *engine) wish() wish {
	p := e.p
	p.mu.Lock()
	defer p.mu.Unlock()
	return wish{p.ses, p.want, p.pos, p.seek, p.loop, p.from, p.to, p.device, p.name, p.closed}
}

// step does what can be done now. Whatever it has to wait for wakes the engine again.
func (e *engine) step(w wish) {
	if w.ses != e.ses || e.stream != nil && (w.device != e.device || w.ses != nil && w.ses.rate != e.rate) {
		if !e.hushed() {
			return
		}
		e.drop()
		if w.ses == nil || w.device != e.device || w.ses.rate != e.rate {
			e.closeStream()
		} else if e.started {
			e.stopStream()
		}
		e.ses = w.ses
		if w.ses != nil {
			e.mix.Store(w.ses.mixer)
		}
	}
	if !w.want || w.ses == nil {
		e.rest()
		return
	}
	if err := e.sound(w); err != nil {
		e.fail(w, err)
	}
}

// hushed lets what sounds fade out, and says whether all of it has been heard.
func (e *engine) hushed() bool {
	if e.pending != nil {
		e.pending.cancel()
		e.pending = nil
	}
	m := e.mix.Load()
	if m == nil {
		return true
	}
	m.play.Store(false)
	m.next.Store(nil)
	if !e.started || e.dead() {
		return true
	}
	return m.silence.Load() >= m.quietAt.Load()
}

// rest stops the device when all is heard, and lets go of it after a while.
func (e *engine) rest() {
	if !e.hushed() {
		return
	}
	e.drop()
	switch {
	case e.started:
		e.stopStream()
	case e.stream != nil && e.p.clock()-e.since > lingerFor:
		e.closeStream()
	}
}

// sound makes sure that what is wanted is played.
func (e *engine) sound(w wish) error {
	if err := e.voices(w); err != nil {
		return err
	}
	m := w.ses.mixer
	if m.next.Load() == nil {
		e.retire()
	}
	if e.voice == nil || e.voice.course.seek != w.seek && !m.play.Load() {
		return nil // what shall be heard is still being read
	}
	if e.stream == nil {
		if err := e.open(w); err != nil {
			return outputTrouble(w.device, w.name, err)
		}
	}
	m.play.Store(true)
	if !e.started {
		if err := e.start(); err != nil {
			return outputTrouble(w.device, w.name, err)
		}
	}
	e.p.mu.Lock()
	if e.p.seek == w.seek {
		e.p.answer(nil)
	}
	e.p.mu.Unlock()
	if m.ended.Load() == e.voice.course && e.pending == nil && e.voice.course.seek == w.seek && m.silence.Load() >= m.quietAt.Load() {
		e.finish(w)
		return nil
	}
	if e.dead() {
		return e.autopsy(w)
	}
	return nil
}

// voices makes the voice that is wanted and hands it to the mixer when it has read enough.
func (e *engine) voices(w wish) error {
	current := func(v *voice) bool { return v != nil && v.course.seek == w.seek && v.loop == w.loop }
	if !current(e.voice) && !current(e.pending) {
		if wait := voiceEvery - (e.p.clock() - e.made); e.voice != nil && wait > 0 {
			time.AfterFunc(wait, e.p.wake) // somebody is dragging the playhead
			return nil
		}
		if e.pending != nil {
			e.pending.cancel()
		}
		e.pending = e.prepare(w)
		e.made = e.p.clock()
	}
	if v := e.pending; v != nil && v.primed.Load() {
		w.ses.mixer.next.Store(v)
		if e.voice != nil {
			e.retired = append(e.retired, e.voice)
		}
		e.voice, e.pending = v, nil
	}
	for _, v := range []*voice{e.voice, e.pending} {
		if v == nil {
			continue
		}
		if err := v.failure(); err != nil {
			return err
		}
	}
	return nil
}

// prepare starts the reading for what is wanted. Another loop goes on where the sound is; anything else begins where the user went.
func (e *engine) prepare(w wish) *voice {
	c := &course{start: w.pos, loopFrom: w.from, loopTo: w.to, length: w.ses.length, seek: w.seek}
	var after *course
	join := int64(0)
	if e.voice != nil && e.voice.course.seek == w.seek {
		playing, n := w.ses.mixer.now()
		if playing != e.voice.course {
			c.start = e.voice.course.start // not even begun
		} else {
			lead := frames(seamlessLead, w.ses.rate)
			if !playing.loops() {
				lead = max(0, min(lead, playing.run(n)))
			}
			c.start = playing.at(n)
			c.start = c.at(lead) // a new end of the loop before the seam is taken at the seam
			after, join = playing, n+lead
		}
	}
	v := newVoice(e.ctx, &e.reading, w.ses, c, w.loop, e.p.wake)
	v.after, v.join = after, join
	return v
}

func (e *engine) open(w wish) error {
	if e.busy() {
		return errStuck
	}
	var s Stream
	var err error
	fill := func(dst []float32) {
		if m := e.mix.Load(); m != nil {
			m.fill(dst)
		} else {
			clear(dst)
		}
	}
	stopped := func() {
		e.ended.Store(true)
		e.p.wake()
	}
	if stuck := e.call(func() { s, err = e.p.out.Open(w.device, w.ses.rate, Callbacks{Fill: fill, Stopped: stopped}) }, func() {
		if s != nil {
			_ = s.Close()
		}
	}); stuck != nil {
		return stuck
	}
	if err != nil {
		return err
	}
	e.stream, e.device, e.rate = s, w.device, w.ses.rate
	e.since = e.p.clock()
	latency := s.Latency()
	w.ses.mixer.quietAt.Store(int64(latency) + frames(0.02, w.ses.rate))
	e.p.mu.Lock()
	e.p.latency = latency
	e.p.mu.Unlock()
	return nil
}

func (e *engine) start() error {
	m := e.mix.Load()
	m.quietAt.Store(int64(e.stream.Latency()) + frames(0.02, e.rate))
	m.silence.Store(0)
	e.ended.Store(false)
	s, err := e.stream, error(nil)
	if stuck := e.call(func() { err = s.Start() }, func() { _ = s.Close() }); stuck != nil {
		e.stream = nil
		return stuck
	}
	if err != nil {
		e.closeStream()
		return err
	}
	e.started, e.since = true, e.p.clock()
	return nil
}

func (e *engine) stopStream() {
	e.started, e.since = false, e.p.clock()
	s, err := e.stream, error(nil)
	if stuck := e.call(func() { err = s.Stop() }, func() { _ = s.Close() }); stuck != nil {
		e.stream = nil
		return
	}
	if err != nil {
		e.p.log.Debug("the sound output did not stop", "error", err)
		e.closeStream()
	}
}

func (e *engine) closeStream() {
	s := e.stream
	e.stream, e.started = nil, false
	if s == nil {
		return
	}
	var err error
	stuck := e.call(func() { err = s.Close() }, func() {})
	if stuck != nil {
		err = stuck
	}
	if err != nil {
		e.p.log.Debug("the sound output did not close", "error", err)
	}
}

// retire ends the voices that the mixer has left behind. What they have read lasts for their fade.
func (e *engine) retire() {
	for _, v := range e.retired {
		v.cancel()
	}
	e.retired = nil
}

// drop ends the voices.
func (e *engine) drop() {
	for _, v := range []*voice{e.voice, e.pending} {
		if v != nil {
			v.cancel()
		}
	}
	e.voice, e.pending = nil, nil
	e.retire()
}

// busy says that an earlier call has not come back yet.
func (e *engine) busy() bool {
	if e.stuck == nil {
		return false
	}
	select {
	case <-e.stuck:
		e.stuck = nil
		return false
	default:
		return true
	}
}

// call runs a call of the sound system and waits for it for a while. If it hangs, the engine goes on without it; late is run when it
// comes back after all.
func (e *engine) call(do, late func()) error {
	back, gaveUp := make(chan struct{}), make(chan struct{})
	var abandoned atomic.Bool
	go func() {
		do()
		close(back)
		<-gaveUp
		if abandoned.Load() {
			late()
		}
	}()
	patience := time.NewTimer(opPatience)
	defer patience.Stop()
	defer close(gaveUp)
	select {
	case <-back:
		return nil
	case <-patience.C:
		abandoned.Store(true)
		e.stuck = back
		return errStuck
	}
}

// dead says that the running stream has ended by itself or takes nothing any more.
func (e *engine) dead() bool {
	if !e.started {
		return false
	}
	if e.ended.Swap(false) && !e.stream.Running() {
		return true
	}
	last := e.since
	if m := e.mix.Load(); m != nil {
		if i := m.beaten.Load(); i > 0 {
			last = max(last, time.Duration(m.beats[(i-1)%beats].at.Load()))
		}
	}
	return e.p.clock()-last > deadAfter
}

// autopsy finds out why a stream has died.
func (e *engine) autopsy(w wish) error {
	e.closeStream()
	var found error
	err := e.call(func() { found = e.look(w.device) }, func() {})
	if err == nil {
		err = found
	}
	if errors.Is(err, errMute) {
		return trouble.Output(trouble.DeviceStuck, w.name, err)
	}
	return outputTrouble(w.device, w.name, err)
}

// look says whether a device is there.
func (e *engine) look(device string) error {
	list, err := e.p.out.Devices(e.ctx)
	if err != nil {
		return err
	}
	for _, d := range list {
		if d.ID == device || device == "" {
			return errMute
		}
	}
	return ErrNoDevice
}

// fail ends playing with a problem for the user.
func (e *engine) fail(w wish, err error) {
	e.p.log.Info("playing stopped", "error", err)
	e.p.mu.Lock()
	if e.p.ses == w.ses && e.p.want {
		e.p.pos = e.p.position()
		e.p.want = false
		e.p.problem = trouble.Say(e.p.say, err).Error()
	}
	e.p.answer(err)
	e.p.mu.Unlock()
	if m := e.mix.Load(); m != nil {
		m.play.Store(false)
	}
	e.p.wake() // to rest
}

// finish is the end of the take: all of it has been heard.
func (e *engine) finish(w wish) {
	e.p.mu.Lock()
	if e.p.ses == w.ses && e.p.seek == w.seek && e.p.want {
		e.p.want = false
		e.p.pos = w.ses.length
	}
	e.p.mu.Unlock()
	e.p.wake()
}
