package export

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"github.com/takebar/takebar/app/attempts"
	"github.com/takebar/takebar/app/window/ui"
)

const stepDot = 18 // diameter

// steps shows the way of an attempt: a row of dots on a line, done ones ticked, the present one filled.
type steps struct {
	widget.BaseWidget
	views []attempts.StepView
	rail  *canvas.Line
	gone  *canvas.Line // the part of the rail that lies behind
	dots  []stepDots
	drawn []fyne.CanvasObject
}

type stepDots struct {
	dot  *canvas.Circle
	core *canvas.Circle
	tick *canvas.Image
	word *canvas.Text
}

func newSteps() *steps {
	s := &steps{rail: canvas.NewLine(color.Transparent), gone: canvas.NewLine(color.Transparent)}
	s.rail.StrokeWidth, s.gone.StrokeWidth = 2, 2
	s.drawn = []fyne.CanvasObject{s.rail, s.gone}
	s.ExtendBaseWidget(s)
	return s
}

func (s *steps) set(views []attempts.StepView) {
	for len(s.dots) < len(views) {
		d := stepDots{canvas.NewCircle(color.Transparent), canvas.NewCircle(color.Transparent), canvas.NewImageFromResource(nil), canvas.NewText("", color.Transparent)}
		d.tick.FillMode = canvas.ImageFillContain
		d.word.Alignment = fyne.TextAlignCenter
		s.dots = append(s.dots, d)
		s.drawn = append(s.drawn, d.dot, d.core, d.tick, d.word)
	}
	s.views = views
	s.Refresh()
}

// Refresh takes texts, colours and sizes as they are now.
func (s *steps) Refresh() {
	s.layout(s.Size())
	s.BaseWidget.Refresh()
}

func (s *steps) layout(size fyne.Size) {
	n := len(s.views)
	for i := range s.dots {
		for _, o := range []fyne.CanvasObject{s.dots[i].dot, s.dots[i].core, s.dots[i].tick, s.dots[i].word} {
			if i < n {
				o.Show()
			} else {
				o.Hide()
			}
		}
	}
	s.rail.Hidden, s.gone.Hidden = n < 2, n < 2
	if n == 0 || size.Width <= 0 {
		return
	}
	primary, faint, quiet := theme.Color(theme.ColorNamePrimary), theme.Color(ui.ColorFaint), theme.Color(theme.ColorNameSeparator)
	cell := size.Width / float32(n)
	middle := func(i int) float32 { return cell*float32(i) + cell/2 }
	y := float32(stepDot) / 2
	reached := 0
	for i, v := range s.views {
		if v.State != attempts.Next {
			reached = i
		}
	}
	s.rail.StrokeColor, s.gone.StrokeColor = quiet, primary
	s.rail.Position1, s.rail.Position2 = fyne.NewPos(middle(0), y), fyne.NewPos(middle(n-1), y)
	s.gone.Position1, s.gone.Position2 = fyne.NewPos(middle(0), y), fyne.NewPos(middle(reached), y)
	for i, v := range s.views {
		d := s.dots[i]
		d.dot.Move(fyne.NewPos(middle(i)-stepDot/2, 0))
		d.dot.Resize(fyne.NewSquareSize(stepDot))
		d.core.Move(fyne.NewPos(middle(i)-4, y-4))
		d.core.Resize(fyne.NewSquareSize(8))
		d.tick.Move(fyne.NewPos(middle(i)-6, y-6))
		d.tick.Resize(fyne.NewSquareSize(12))
		d.dot.StrokeWidth, d.dot.StrokeColor = 2, primary
		d.dot.FillColor, d.core.FillColor, d.tick.Resource = theme.Color(ui.ColorPanel), color.Transparent, nil
		d.word.Color, d.word.TextStyle.Bold = faint, false
		switch v.State {
		case attempts.Done:
			d.dot.FillColor, d.tick.Resource = primary, theme.NewColoredResource(theme.ConfirmIcon(), theme.ColorNameBackground)
		case attempts.Now:
			d.core.FillColor = primary
			d.word.Color, d.word.TextStyle.Bold = theme.Color(theme.ColorNameForeground), true
		case attempts.Next:
			d.dot.StrokeColor = quiet
		}
		d.word.TextSize = theme.CaptionTextSize()
		d.word.Text = shorten(v.Label, cell-4, d.word.TextSize, d.word.TextStyle)
		d.word.Move(fyne.NewPos(cell*float32(i), stepDot+4))
		d.word.Resize(fyne.NewSize(cell, d.word.MinSize().Height))
	}
}

// CreateRenderer implements fyne.Widget.
func (s *steps) CreateRenderer() fyne.WidgetRenderer { return &stepsRenderer{s} }

type stepsRenderer struct{ s *steps }

func (r *stepsRenderer) Layout(size fyne.Size) { r.s.layout(size) }
func (r *stepsRenderer) MinSize() fyne.Size {
	if len(r.s.views) == 0 {
		return fyne.NewSize(0, 0)
	}
	return fyne.NewSize(300, stepDot+6+fyne.MeasureText("M", theme.CaptionTextSize(), fyne.TextStyle{}).Height)
}

func (r *stepsRenderer) Refresh() {
	for _, o := range r.s.drawn {
		o.Refresh()
	}
}
func (r *stepsRenderer) Objects() []fyne.CanvasObject { return r.s.drawn }
func (r *stepsRenderer) Destroy()                     {}
