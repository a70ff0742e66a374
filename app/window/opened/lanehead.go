package opened

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"github.com/takebar/takebar/app/window/ui"
)

// laneHead is the left end of a lane: its track's name, mute and solo. A click chooses the lane.
type laneHead struct {
	widget.BaseWidget
	w          *waves
	lane       int
	back, rule *canvas.Rectangle
	name, what *line
	mute, solo *button
}

func newLaneHead(w *waves) *laneHead {
	h := &laneHead{w: w, back: canvas.NewRectangle(nil), rule: canvas.NewRectangle(nil), name: plainLine(""), what: faintLine("")}
	h.what.size = theme.SizeNameCaptionText
	h.name.style.Bold = true
	h.mute = smallButton(nil, "M", func() { w.muted(h.lane) })
	h.solo = smallButton(nil, "S", func() { w.soloed(h.lane) })
	h.mute.tint, h.solo.tint = ui.ColorPlayhead, theme.ColorNamePrimary
	h.ExtendBaseWidget(h)
	return h
}

// Tapped implements fyne.Tappable.
func (h *laneHead) Tapped(*fyne.PointEvent) { h.w.choose(h.lane) }

// CreateRenderer implements fyne.Widget.
func (h *laneHead) CreateRenderer() fyne.WidgetRenderer {
	r := &headRenderer{h}
	r.dress()
	return r
}

type headRenderer struct{ h *laneHead }

func (r *headRenderer) dress() {
	h := r.h
	h.rule.FillColor = theme.Color(theme.ColorNameSeparator)
	h.back.FillColor = color.Transparent
	if h.lane >= len(h.w.lanes) {
		return
	}
	if h.lane == h.w.chosen {
		h.back.FillColor = theme.Color(ui.ColorBadge)
	}
	l := h.w.lanes[h.lane]
	h.name.text, h.what.text = l.Name, l.Brief
	h.name.color = theme.ColorNameForeground
	if !h.w.mix.Heard(h.lane) || l.Problem != "" {
		h.name.color = ui.ColorFaint
	}
	h.mute.on, h.solo.on = h.w.mix.Mute[h.lane], h.w.mix.Solo[h.lane]
	h.mute.off, h.solo.off = l.Problem != "", l.Problem != ""
}

func (r *headRenderer) MinSize() fyne.Size { return fyne.NewSize(60, 24) }

func (r *headRenderer) Layout(size fyne.Size) {
	h := r.h
	const pad, gap = 10, 4
	h.back.Resize(size)
	h.rule.Resize(fyne.NewSize(size.Width, 1))
	h.rule.Move(fyne.NewPos(0, size.Height-1))
	b := h.mute.MinSize()
	x := size.Width - 2*b.Width - gap - 6
	name, what := h.name.MinSize().Height, h.what.MinSize().Height
	h.what.Hidden = size.Height < name+what+4
	block := name
	if !h.what.Hidden {
		block += what
	}
	y := (size.Height - block) / 2
	h.name.Move(fyne.NewPos(pad, y))
	h.name.Resize(fyne.NewSize(x-pad-gap, name))
	h.what.Move(fyne.NewPos(pad, y+name))
	h.what.Resize(fyne.NewSize(x-pad-gap, what))
	h.mute.Resize(b)
	h.mute.Move(fyne.NewPos(x, (size.Height-b.Height)/2))
	h.solo.Resize(b)
	h.solo.Move(fyne.NewPos(x+b.Width+gap, (size.Height-b.Height)/2))
}

func (r *headRenderer) Refresh() {
	r.dress()
	r.Layout(r.h.Size())
	for _, o := range r.Objects() {
		o.Refresh()
	}
}

func (r *headRenderer) Objects() []fyne.CanvasObject {
	h := r.h
	return []fyne.CanvasObject{h.back, h.rule, h.name, h.what, h.mute, h.solo}
}
func (r *headRenderer) Destroy() {}
