package opened

import (
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
)

// dragging is what the mouse has got hold of.
type dragging int

const (
	dragNothing dragging = iota
	dragLoop             // from anchor to the mouse
	dragBar              // the scroll bar
	dragLanes            // the lanes' scroll bar
)

var (
	_ fyne.Tappable          = (*waves)(nil)
	_ fyne.SecondaryTappable = (*waves)(nil)
	_ fyne.Draggable         = (*waves)(nil)
	_ fyne.Scrollable        = (*waves)(nil)
	_ desktop.Hoverable      = (*waves)(nil)
	_ desktop.Cursorable     = (*waves)(nil)
)

// Zoom by one notch of the wheel or one press of a key.
const (
	zoomKey   = 1.6
	zoomWheel = 1.012 // to the power of the toolkit's pixels, about 25 a notch
)

// Tapped implements fyne.Tappable: the playhead goes to the click.
func (w *waves) Tapped(e *fyne.PointEvent) {
	x := e.Position.X - w.left()
	if len(w.lanes) == 0 || x < 0 || x > w.areaWidth() {
		return
	}
	if e.Position.Y > w.size.Height-barHeight {
		w.look(w.stretch.Scrolled(w.axis, w.barFrame(x)-w.stretch.Width/2))
		return
	}
	if row := w.rows(); e.Position.Y > rulerHeight && row.Each > 0 {
		if lane := w.first + int((e.Position.Y-rulerHeight)/row.Each); lane < len(w.lanes) && lane != w.chosen {
			w.choose(lane)
		}
	}
	w.seek(w.axis.Clamp(w.stretch.Frame(float64(x))))
}

// barFrame is how many pixels of the waveforms lie between their left edge and a place of the scroll bar.
func (w *waves) barFrame(x float32) float64 {
	part := float64(x) / float64(w.areaWidth())
	return w.stretch.X(float64(w.axis.From) + part*float64(w.axis.To-w.axis.From))
}

// TappedSecondary implements fyne.SecondaryTappable.
func (w *waves) TappedSecondary(e *fyne.PointEvent) { w.menu(e.AbsolutePosition) }

// Dragged implements fyne.Draggable.
func (w *waves) Dragged(e *fyne.DragEvent) {
	x := e.Position.X - w.left()
	if len(w.lanes) == 0 {
		return
	}
	if w.drag == dragNothing {
		w.grab(x-e.Dragged.DX, e.Position.Y-e.Dragged.DY)
	}
	switch w.drag {
	case dragLoop:
		if loop := w.loop.Between(w.axis, w.anchor, w.stretch.Frame(float64(x))); loop != w.loop {
			w.looped(loop)
		}
		w.hovered(min(max(x, 0), w.areaWidth()))
	case dragBar:
		w.look(w.stretch.Scrolled(w.axis, float64(e.Dragged.DX)/float64(w.areaWidth())*float64(w.axis.To-w.axis.From)/w.stretch.PerPixel))
	case dragLanes:
		w.anchor += float64(e.Dragged.DY) / float64(w.areaHeight()) * float64(len(w.lanes))
		w.scrollLanes(int(math.Round(w.anchor)))
	case dragNothing:
	}
}

// grab decides what a drag that begins here moves.
func (w *waves) grab(x, y float32) {
	switch {
	case w.scrolls() && x > w.areaWidth():
		w.drag, w.anchor = dragLanes, float64(w.first)
	case y > w.size.Height-barHeight:
		w.drag = dragBar
	case x >= 0:
		w.drag, w.anchor = dragLoop, w.stretch.Frame(float64(x))
		switch w.edge(x) {
		case edgeFrom:
			w.anchor = float64(w.loop.To)
		case edgeTo:
			w.anchor = float64(w.loop.From)
		case edgeNone:
		}
	}
}

// DragEnd implements fyne.Draggable.
func (w *waves) DragEnd() { w.drag = dragNothing }

type loopEdge int

const (
	edgeNone loopEdge = iota
	edgeFrom
	edgeTo
)

// edge is the edge of the loop that lies under the mouse.
func (w *waves) edge(x float32) loopEdge {
	const near = 5
	if w.loop.To <= w.loop.From {
		return edgeNone
	}
	switch {
	case math.Abs(w.stretch.X(float64(w.loop.From))-float64(x)) <= near:
		return edgeFrom
	case math.Abs(w.stretch.X(float64(w.loop.To))-float64(x)) <= near:
		return edgeTo
	}
	return edgeNone
}

// Scrolled implements fyne.Scrollable.
func (w *waves) Scrolled(e *fyne.ScrollEvent) { w.wheel(e, modifiers()) }

// modifiers are the keys that are held down, where the driver can tell.
func modifiers() fyne.KeyModifier {
	if d, ok := fyne.CurrentApp().Driver().(desktop.Driver); ok {
		return d.CurrentKeyModifiers()
	}
	return 0
}

// wheel zooms with Ctrl (Cmd), goes through the lanes where they do not all fit, and else, or with Shift, through time.
func (w *waves) wheel(e *fyne.ScrollEvent, held fyne.KeyModifier) {
	dx, dy := e.Scrolled.DX, e.Scrolled.DY
	switch x := e.Position.X - w.left(); {
	case len(w.lanes) == 0:
	case held&fyne.KeyModifierShortcutDefault != 0:
		w.look(w.stretch.Zoomed(w.axis, float64(min(max(x, 0), w.areaWidth())), math.Pow(zoomWheel, -float64(dy))))
	case dx == 0 && w.scrolls() && held&fyne.KeyModifierShift == 0:
		step := 1
		if dy > 0 {
			step = -1
		}
		w.scrollLanes(w.first + step)
	case dx != 0 && held&fyne.KeyModifierShift == 0:
		w.look(w.stretch.Scrolled(w.axis, -2*float64(dx)))
	default:
		w.look(w.stretch.Scrolled(w.axis, -2*float64(dx+dy)))
	}
}

// zoom is one press of a key: about the playhead where it is in sight, else about the middle.
func (w *waves) zoom(factor float64) {
	x := w.stretch.X(float64(w.position))
	if x < 0 || x > w.stretch.Width {
		x = w.stretch.Width / 2
	}
	w.look(w.stretch.Zoomed(w.axis, x, factor))
}

// MouseIn implements desktop.Hoverable.
func (w *waves) MouseIn(e *desktop.MouseEvent) { w.MouseMoved(e) }

// MouseMoved implements desktop.Hoverable.
func (w *waves) MouseMoved(e *desktop.MouseEvent) {
	x := e.Position.X - w.left()
	if x < 0 || x > w.areaWidth() || e.Position.Y > w.size.Height-barHeight {
		x = -1
	}
	w.hovered(x)
}

// MouseOut implements desktop.Hoverable.
func (w *waves) MouseOut() { w.hovered(-1) }

// Cursor implements desktop.Cursorable.
func (w *waves) Cursor() desktop.Cursor {
	if w.hover >= 0 && w.edge(w.hover) != edgeNone {
		return desktop.HResizeCursor
	}
	return desktop.DefaultCursor
}
