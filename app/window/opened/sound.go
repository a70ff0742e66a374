package opened

import (
	"context"
	"math"
	"sync/atomic"
	"time"

	"fyne.io/fyne/v2"

	"github.com/takebar/takebar/app/opentake"
	"github.com/takebar/takebar/app/window/ports"
)

// sound is what is known of the player.
type sound struct {
	loaded   bool // the open take is in the player
	starting bool // a start is under way
	playing  bool
	meter    opentake.Meter
	stop     func() // ends the polling; nil = nobody polls
	device   string // name of the chosen output; "" = the system's
}

// seekStep is how far an arrow key goes, in seconds.
const seekStep = 5

// lanes are the take's files for the player; missing ones are left out.
func (v *View) lanes() []ports.Lane {
	var all []ports.Lane
	mix := v.waves.mix
	for i, l := range v.model.Lanes {
		if l.Problem == "" && l.Path != "" && i < len(mix.Mute) {
			all = append(all, ports.Lane{Path: l.Path, Start: l.Start, Mute: mix.Mute[i], Solo: mix.Solo[i]})
		}
	}
	return all
}

// playPause is the space bar.
func (v *View) playPause() {
	s := &v.sound
	switch {
	case v.entry == nil || !v.model.Can.Play || s.starting:
	case s.playing:
		v.deps.Player.Pause()
		s.playing = false
		v.refreshTransport()
		v.desk.Refresh()
	default:
		v.start()
	}
}

// start loads the take if that is not done, and plays it. The player may have to open files and a device: nobody waits for that here.
func (v *View) start() {
	s, w, p := &v.sound, v.waves, v.deps.Player
	if w.position >= w.axis.To-1 && !w.loop.On {
		w.at(0)
	}
	s.starting = true
	lanes, load, position, loop, axis := v.lanes(), !s.loaded, w.position, w.loop, w.axis
	opening := v.opening
	v.refreshTransport()
	v.run(v.desk.Context(), func(context.Context) error {
		if load {
			if err := p.Load(opening, lanes); err != nil {
				return err
			}
		}
		at := func(frame int64) int64 { return toPlayer(frame, axis, p.State()) }
		if loop.On {
			p.Loop(at(loop.From), at(loop.To))
		} else {
			p.Loop(0, 0)
		}
		p.SeekFrame(at(position))
		return p.Play()
	}, func(err error) {
		s.starting = false
		if opening != v.opening { // another take was opened while this one started
			p.Pause()
			return
		}
		if err != nil {
			v.refreshTransport()
			v.desk.Fail(plainly(err))
			return
		}
		s.loaded, s.playing = true, true
		v.refreshTransport()
		v.desk.Refresh()
		v.startTimer()
	})
}

// toPlayer turns a position of the view into one of the player, which counts at the rate of its first lane.
func toPlayer(frame int64, a opentake.Axis, st ports.PlayerState) int64 {
	if st.Rate <= 0 || st.Rate == a.Rate {
		return frame
	}
	return int64(math.Round(float64(frame) * float64(st.Rate) / float64(a.Rate)))
}

func fromPlayer(frame int64, a opentake.Axis, st ports.PlayerState) int64 {
	if st.Rate <= 0 || st.Rate == a.Rate {
		return frame
	}
	return int64(math.Round(float64(frame) * float64(a.Rate) / float64(st.Rate)))
}

func (v *View) startTimer() {
	if v.sound.stop == nil {
		v.sound.stop = v.timer(v.poll)
	}
}

func (v *View) stopTimer() {
	if v.sound.stop != nil {
		v.sound.stop()
		v.sound.stop = nil
	}
}

// tick is the real timer. It ends with the window at the latest, and never has two polls waiting.
func (v *View) tick(each func()) func() {
	ctx, cancel := context.WithCancel(v.desk.Context())
	v.desk.Run(func(context.Context) error {
		ticker := time.NewTicker(time.Second / opentake.PollsPerSecond)
		defer ticker.Stop()
		var waiting atomic.Bool
		for {
			select {
			case <-ctx.Done():
				return nil
			case <-ticker.C:
				if waiting.CompareAndSwap(false, true) {
					v.do(func() {
						waiting.Store(false)
						if ctx.Err() == nil {
							each()
						}
					})
				}
			}
		}
	}, func(error) {})
	return cancel
}

// poll takes in what the player does. It is called while something plays and until the meter has come to rest.
func (v *View) poll() {
	s, w := &v.sound, v.waves
	st := v.deps.Player.State()
	if v.entry == nil || !s.loaded {
		v.stopTimer()
		return
	}
	if st.Playing || s.playing { // the position where it stopped counts, too
		w.at(min(max(fromPlayer(st.Position, w.axis, st), 0), w.axis.To))
		if st.Playing && w.drag == dragNothing {
			w.look(w.stretch.Following(w.axis, float64(w.position)))
		}
		v.refreshClock()
	}
	peak := st.Peak
	if !st.Playing {
		peak = opentake.NewMeter().Level
	}
	s.meter.Over = v.parts.bar.meter.now.Over // a click may have reset it
	s.meter = s.meter.Step(peak)
	v.parts.bar.meter.set(s.meter)
	if problem := v.parts.bar.problem; problem.text != st.Problem {
		problem.set(st.Problem)
		v.parts.bar.problemBox.Hidden = st.Problem == ""
		v.parts.take.Refresh()
	}
	if st.Playing != s.playing {
		s.playing = st.Playing
		v.refreshTransport()
		v.desk.Refresh()
	}
	if !st.Playing && s.meter.Resting() {
		v.stopTimer()
	}
}

// unload lets go of the take that is in the player.
func (v *View) unload() {
	s := &v.sound
	was := s.loaded || s.playing || s.starting
	s.loaded, s.playing = false, false
	v.stopTimer()
	s.meter = opentake.NewMeter()
	v.parts.bar.meter.set(s.meter)
	v.parts.bar.problem.set("")
	v.parts.bar.problemBox.Hidden = true
	if was {
		v.deps.Player.Pause()
	}
}

// seek moves the playhead.
func (v *View) seek(frame int64) {
	w, p := v.waves, v.deps.Player
	if v.entry == nil || !v.model.Can.Play {
		return
	}
	frame = w.axis.Clamp(float64(frame))
	w.at(frame)
	if v.sound.loaded {
		p.SeekFrame(toPlayer(frame, w.axis, p.State()))
	}
	v.refreshClock()
}

func (v *View) toStart() {
	v.seek(0)
	v.waves.look(v.waves.stretch.Following(v.waves.axis, 0))
}

func (v *View) skip(seconds int) {
	v.seek(v.waves.position + int64(seconds*v.waves.axis.Rate))
	v.waves.look(v.waves.stretch.Following(v.waves.axis, float64(v.waves.position)))
}

func (v *View) setLoop(l opentake.Loop) {
	w, p := v.waves, v.deps.Player
	changed := w.loop.On != l.On
	w.loop = l
	w.Refresh()
	if v.sound.loaded {
		st := p.State()
		if l.On {
			p.Loop(toPlayer(l.From, w.axis, st), toPlayer(l.To, w.axis, st))
		} else {
			p.Loop(0, 0)
		}
	}
	if changed {
		v.refreshTransport()
		v.desk.Refresh()
	}
}

func (v *View) toggleLoop() { v.setLoop(v.waves.loop.Toggled(v.waves.axis)) }
func (v *View) loopBegins() { v.setLoop(v.waves.loop.Begins(v.waves.axis, v.waves.position)) }
func (v *View) loopEnds()   { v.setLoop(v.waves.loop.Ends(v.waves.axis, v.waves.position)) }

// zoomLoop shows the loop as large as it fits.
func (v *View) zoomLoop() {
	w := v.waves
	if w.loop.To > w.loop.From {
		w.look(w.stretch.Around(w.axis, w.loop.From, w.loop.To))
	}
}

func (v *View) zoomFit() {
	w := v.waves
	w.look(opentake.Fit(w.axis, w.stretch.Width))
}

func (v *View) toggleBars() {
	if v.model.Axis.HasBars() {
		v.waves.bars = !v.waves.bars
		v.waves.Refresh()
		v.refreshTransport()
		v.desk.Refresh()
	}
}

func (v *View) setMix(m opentake.Mix) {
	v.waves.mix = m
	v.waves.Refresh()
	if v.sound.loaded {
		v.deps.Player.Lanes(v.lanes())
	}
	v.desk.Refresh()
}

// chooseLane shows a lane's facts and brings it into sight.
func (v *View) chooseLane(i int) {
	w := v.waves
	if i < 0 || i >= len(w.lanes) {
		return
	}
	w.chosen = i
	w.scrollLanes(w.rows().Showing(len(w.lanes), w.first, i))
	w.Refresh()
	v.refreshToolbar()
	v.refreshDetails()
	v.desk.Refresh()
}

// chooseOutput lists the outputs that there are now.
func (v *View) chooseOutput() {
	var devices []ports.Device
	v.run(v.opening, func(ctx context.Context) (err error) {
		devices, err = v.deps.Player.Devices(ctx)
		return err
	}, func(err error) {
		if err != nil {
			v.desk.Fail(plainly(err))
			return
		}
		now := v.deps.Player.State().Device
		system := fyne.NewMenuItem(v.desk.Say("take.output.system"), func() { v.use(ports.Device{}) })
		system.Checked = now == ""
		menu := fyne.NewMenu("", system)
		for _, d := range devices {
			if d.ID == "" {
				continue
			}
			item := fyne.NewMenuItem(d.Name, func() { v.use(d) })
			item.Checked = d.ID == now
			menu.Items = append(menu.Items, item)
		}
		b := v.parts.bar.output
		v.showMenu(menu, fyne.CurrentApp().Driver().AbsolutePositionForObject(b).Add(fyne.NewPos(0, b.Size().Height+2)))
	})
}

func (v *View) use(d ports.Device) {
	v.run(v.desk.Context(), func(ctx context.Context) error { return v.deps.Player.Use(ctx, d.ID) }, func(err error) {
		if err != nil {
			v.desk.Fail(plainly(err))
			return
		}
		v.sound.device = d.Name
		text := d.Name
		if text == "" {
			text = v.desk.Say("take.output.system")
		}
		const most = 18 // characters, so that the meter keeps its room
		if runes := []rune(text); len(runes) > most {
			text = string(runes[:most-1]) + "…"
		}
		v.parts.bar.output.text = text
		v.parts.bar.output.Refresh()
		v.parts.bar.box.Refresh()
	})
}
