package opentake

import "math"

// Stretch is the part of a take that is in sight.
type Stretch struct {
	From     float64 // frame at the left edge
	PerPixel float64 // frames
	Width    float64 // pixels, as the toolkit counts them
}

// finest is how few frames a pixel may stand for.
const finest = 0.125

// Fit shows all of a take.
func Fit(a Axis, width float64) Stretch {
	width = math.Max(width, 1)
	return Stretch{From: float64(a.From), PerPixel: float64(a.To-a.From) / width, Width: width}
}

// Frame is the position at a pixel.
func (s Stretch) Frame(x float64) float64 { return s.From + x*s.PerPixel }

// X is the pixel of a position.
func (s Stretch) X(frame float64) float64 { return (frame - s.From) / s.PerPixel }

// To is the position at the right edge.
func (s Stretch) To() float64 { return s.Frame(s.Width) }

// IsFit says that all is in sight.
func (s Stretch) IsFit(a Axis) bool { return s.PerPixel >= Fit(a, s.Width).PerPixel*(1-1e-9) }

// Zoomed shows factor times as much, with what is at pixel x staying there.
func (s Stretch) Zoomed(a Axis, x, factor float64) Stretch {
	under := s.Frame(x)
	all := Fit(a, s.Width)
	s.PerPixel = math.Min(math.Max(s.PerPixel*factor, finest), math.Max(all.PerPixel, finest))
	s.From = under - x*s.PerPixel
	return s.within(a)
}

// Scrolled moves by so many pixels; positive = later.
func (s Stretch) Scrolled(a Axis, pixels float64) Stretch {
	s.From += pixels * s.PerPixel
	return s.within(a)
}

// Resized is the same stretch in another width. What showed all goes on to show all.
func (s Stretch) Resized(a Axis, width float64) Stretch {
	if s.Width <= 0 || s.PerPixel <= 0 || s.IsFit(a) {
		return Fit(a, width)
	}
	s.Width = math.Max(width, 1)
	s.PerPixel = math.Min(s.PerPixel, math.Max(Fit(a, s.Width).PerPixel, finest))
	return s.within(a)
}

// Around shows so many frames from and to, with a little room on both sides.
func (s Stretch) Around(a Axis, from, to int64) Stretch {
	const room = 0.05
	length := float64(to - from)
	s.PerPixel = math.Min(math.Max(length*(1+2*room)/s.Width, finest), math.Max(Fit(a, s.Width).PerPixel, finest))
	s.From = (float64(from)+float64(to))/2 - s.Width*s.PerPixel/2
	return s.within(a)
}

// Following turns the page where a position has left it.
func (s Stretch) Following(a Axis, frame float64) Stretch {
	if s.IsFit(a) || frame >= s.From && frame < s.To() {
		return s
	}
	const lead = 0.08
	s.From = frame - lead*s.Width*s.PerPixel
	return s.within(a)
}

func (s Stretch) within(a Axis) Stretch {
	last := float64(a.To) - s.Width*s.PerPixel
	s.From = math.Max(math.Min(s.From, last), float64(a.From))
	return s
}

// Thumb is where the scroll bar's thumb is, as parts of its length.
func (s Stretch) Thumb(a Axis) (from, to float64) {
	length := float64(a.To - a.From)
	from = (s.From - float64(a.From)) / length
	return math.Max(from, 0), math.Min((s.To()-float64(a.From))/length, 1)
}

// Loop is the range that plays over and over, in frames of the take.
type Loop struct {
	From, To int64
	On       bool
}

// shortest is the least length of a loop: below it a slip of the mouse would make one.
func (a Axis) shortest() int64 { return max(int64(a.Rate)/100, 1) }

// Toggled switches the loop. Where nothing was ever chosen it is the whole take.
func (l Loop) Toggled(a Axis) Loop {
	if l.To-l.From < a.shortest() {
		l.From, l.To = 0, a.To
	}
	l.On = !l.On
	return l
}

// Between is the loop between two positions, in either order.
func (l Loop) Between(a Axis, p, q float64) Loop {
	if p > q {
		p, q = q, p
	}
	from, to := a.Clamp(p), a.Clamp(q)
	if to-from < a.shortest() {
		return l
	}
	return Loop{From: from, To: to, On: true}
}

// Begins moves the loop's start; Ends its end. One that would be before the other takes it along to the take's edge.
func (l Loop) Begins(a Axis, frame int64) Loop {
	if l.To-frame < a.shortest() {
		l.To = a.To
	}
	return l.Between(a, float64(frame), float64(l.To))
}

// Ends moves the loop's end.
func (l Loop) Ends(a Axis, frame int64) Loop {
	if frame-l.From < a.shortest() {
		l.From = 0
	}
	return l.Between(a, float64(l.From), float64(frame))
}

// Clamp brings a position into the take; pre-roll is seen, and not played.
func (a Axis) Clamp(frame float64) int64 {
	return min(max(int64(math.Round(frame)), 0), a.To)
}
