package opened

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"github.com/takebar/takebar/app/opentake"
	"github.com/takebar/takebar/app/window/ui"
)

// meter shows what is heard, left above right, with the highest level of late. A click forgets that full scale was reached.
type meter struct {
	widget.BaseWidget
	now opentake.Meter
}

func newMeter() *meter {
	m := &meter{now: opentake.NewMeter()}
	m.ExtendBaseWidget(m)
	return m
}

func (m *meter) set(now opentake.Meter) {
	if m.now != now {
		m.now = now
		m.Refresh()
	}
}

// Tapped implements fyne.Tappable.
func (m *meter) Tapped(*fyne.PointEvent) {
	now := m.now
	now.Over = [2]bool{}
	m.set(now)
}

// CreateRenderer implements fyne.Widget.
func (m *meter) CreateRenderer() fyne.WidgetRenderer {
	r := &meterRenderer{m: m}
	for c := range r.back {
		r.back[c], r.bar[c], r.hot[c] = canvas.NewRectangle(nil), canvas.NewRectangle(nil), canvas.NewRectangle(nil)
		r.hold[c], r.over[c] = canvas.NewRectangle(nil), canvas.NewRectangle(nil)
	}
	r.dress()
	return r
}

type meterRenderer struct {
	m                          *meter
	back, bar, hot, hold, over [2]*canvas.Rectangle
}

// hotFrom is where a level turns red, in dBFS.
const hotFrom = -1.0

func (r *meterRenderer) dress() {
	for c := range r.back {
		r.back[c].FillColor = theme.Color(ui.ColorBadge)
		r.bar[c].FillColor, r.hold[c].FillColor = theme.Color(ui.ColorMeter), theme.Color(ui.ColorMeter)
		r.hot[c].FillColor = theme.Color(ui.ColorMeterHot)
		if r.m.now.Hold[c] > hotFrom {
			r.hold[c].FillColor = theme.Color(ui.ColorMeterHot)
		}
		r.over[c].FillColor = theme.Color(ui.ColorBadge)
		if r.m.now.Over[c] {
			r.over[c].FillColor = theme.Color(ui.ColorMeterHot)
		}
		for _, o := range []*canvas.Rectangle{r.back[c], r.over[c]} {
			o.CornerRadius = 2
		}
		r.bar[c].CornerRadius = 2
	}
}

func (r *meterRenderer) MinSize() fyne.Size { return fyne.NewSize(48, 18) }

func (r *meterRenderer) Layout(size fyne.Size) {
	const lamp, gap, thick = 6, 3, 6
	width := size.Width - lamp - gap
	top := (size.Height - 2*thick - gap) / 2
	for c := range r.back {
		y := top + float32(c)*(thick+gap)
		place := func(o fyne.CanvasObject, x, w float32) {
			o.Move(fyne.NewPos(x, y))
			o.Resize(fyne.NewSize(w, thick))
		}
		place(r.back[c], 0, width)
		place(r.over[c], width+gap, lamp)
		level := float32(opentake.MeterPart(r.m.now.Level[c])) * width
		hot := float32(opentake.MeterPart(hotFrom)) * width
		place(r.bar[c], 0, min(level, hot))
		place(r.hot[c], hot, max(level-hot, 0))
		hold := float32(opentake.MeterPart(r.m.now.Hold[c])) * width
		place(r.hold[c], max(hold-2, 0), 2)
		r.hold[c].Hidden = hold <= 0
		r.hot[c].Hidden = level <= hot
		r.bar[c].Hidden = level <= 0
	}
}

func (r *meterRenderer) Refresh() {
	r.dress()
	r.Layout(r.m.Size())
	for _, o := range r.Objects() {
		o.Refresh()
	}
}

func (r *meterRenderer) Objects() []fyne.CanvasObject {
	var all []fyne.CanvasObject
	for c := range r.back {
		all = append(all, r.back[c], r.bar[c], r.hot[c], r.hold[c], r.over[c])
	}
	return all
}
func (r *meterRenderer) Destroy() {}
