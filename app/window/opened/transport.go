package opened

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"

	"github.com/takebar/takebar/app/opentake"
	"github.com/takebar/takebar/app/window/ui"
)

// toolbar is the line above the waveforms.
type toolbar struct {
	box              *fyne.Container
	what             *line
	bars             *button
	nearer, all, far *button
}

// transport is the line below them.
type transport struct {
	box              *fyne.Container
	back, play, loop *button
	clock, length    *line
	meter            *meter
	output           *button
	problem          *line
	problemBox       *fyne.Container
}

func (v *View) buildToolbar() toolbar {
	t := toolbar{what: faintLine("")}
	t.what.size = theme.SizeNameCaptionText
	t.bars = smallButton(nil, v.desk.Say("take.short.bars"), v.toggleBars)
	t.far = bareButton(theme.ZoomOutIcon(), func() { v.waves.zoom(zoomKey) })
	t.all = bareButton(theme.ZoomFitIcon(), v.zoomFit)
	t.nearer = bareButton(theme.ZoomInIcon(), func() { v.waves.zoom(1 / zoomKey) })
	for _, b := range []*button{t.far, t.all, t.nearer} {
		b.small = true
	}
	t.box = container.New(&row{gap: 4, stretch: 0}, t.what, t.bars, space(6), t.far, t.all, t.nearer)
	return t
}

// space is a gap.
func space(width float32) fyne.CanvasObject {
	r := canvas.NewRectangle(color.Transparent)
	r.SetMinSize(fyne.NewSize(width, 1))
	return r
}

func (v *View) buildTransport() transport {
	t := transport{clock: newLine("", theme.ColorNameForeground, theme.SizeNameSubHeadingText), length: newLine("", ui.ColorFaint, theme.SizeNameText), meter: newMeter()}
	t.clock.style = fyne.TextStyle{Monospace: true, Bold: true}
	t.length.style.Monospace = true
	t.clock.whole, t.length.whole = true, true
	t.back = newButton(theme.MediaSkipPreviousIcon(), "", v.toStart)
	t.play = newButton(theme.MediaPlayIcon(), "", v.playPause)
	t.play.main = true
	t.loop = newButton(theme.ViewRefreshIcon(), "", v.toggleLoop)
	t.output = newButton(theme.VolumeUpIcon(), v.desk.Say("take.output.system"), v.chooseOutput)
	t.output.bare = true
	times := container.New(&row{gap: 6, stretch: -1}, t.clock, t.length)
	bar := container.New(&row{gap: 8, stretch: 5}, t.back, t.play, t.loop, space(4), times, container.New(insets{10, 0}, t.meter), t.output)
	t.problem = newLine("", theme.ColorNameError, theme.SizeNameCaptionText)
	t.problemBox = container.New(insets{2, 0}, t.problem)
	t.problemBox.Hidden = true
	t.box = container.New(&closeList{gap: 2}, bar, t.problemBox)
	return t
}

func (v *View) refreshTransport() {
	t, m := &v.parts.bar, &v.model
	lanes := len(m.Lanes) > 0
	v.parts.toolbar.box.Hidden, t.box.Hidden = !lanes, !lanes
	v.parts.middle.Objects = []fyne.CanvasObject{v.waves}
	if !lanes {
		icon := theme.MediaMusicIcon()
		title := v.desk.Say("take.no_audio")
		v.parts.middle.Objects = []fyne.CanvasObject{card(v.emptiness(icon, title, m.Instead), 16, 8)}
	}
	v.parts.middle.Refresh()
	off := !m.Can.Play
	t.back.state(off, false)
	t.play.state(off, false)
	t.play.setIcon(theme.MediaPlayIcon())
	if v.sound.playing || v.sound.starting {
		t.play.setIcon(theme.MediaPauseIcon())
	}
	t.loop.state(off, v.waves.loop.On)
	t.output.state(off, false)
	v.refreshClock()
	v.refreshToolbar()
}

func (v *View) refreshToolbar() {
	t, w := &v.parts.toolbar, v.waves
	t.bars.state(!v.model.Axis.HasBars(), w.bars && v.model.Axis.HasBars())
	fit := w.stretch.IsFit(w.axis)
	t.far.state(fit, false)
	t.all.state(fit, false)
	t.nearer.state(len(w.lanes) == 0, false)
	if w.chosen < len(v.model.Lanes) {
		l := v.model.Lanes[w.chosen]
		text := l.Name
		if l.Detail != "" {
			text += "  ·  " + l.Detail
		}
		t.what.set(text)
	}
}

// refreshClock writes where the playhead is; of the transport nothing else is touched, since it happens 30 times a second.
func (v *View) refreshClock() {
	t, a := &v.parts.bar, v.model.Axis
	now, all := opentake.Clock(v.waves.position, a.Rate), opentake.Clock(a.To, a.Rate)
	if v.waves.bars && a.HasBars() {
		now, all = a.Bars(v.waves.position), a.Bars(a.To)
	}
	wider := len(now) != len(t.clock.text) || "/ "+all != t.length.text
	t.clock.set(now)
	t.length.set("/ " + all)
	if wider {
		t.box.Refresh()
	}
}
