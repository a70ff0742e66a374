package opened

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"github.com/takebar/takebar/app/window/ui"
)

const (
	mostStars = 5
	starSize  = 20
)

// starIcon is a five-pointed star in a square of 24.
func starIcon() fyne.Resource {
	return fyne.NewStaticResource("star.svg", []byte(`<svg xmlns="http://www.w3.org/2000/svg" width="24" height="24" viewBox="0 0 24 24"><path fill="#000000" d="M12 2.6 14.9 8.9 21.8 9.7 16.7 14.4 18.1 21.2 12 17.8 5.9 21.2 7.3 14.4 2.2 9.7 9.1 8.9Z"/></svg>`))
}

// stars is a rating from 0 to 5. A click on the last star that is lit takes the rating away.
type stars struct {
	widget.BaseWidget
	rating int
	off    bool
	rated  func(int)

	over int // the star under the mouse, from 1; 0 = none
}

var _ desktop.Hoverable = (*stars)(nil)

func newStars(rated func(int)) *stars {
	s := &stars{rated: rated}
	s.ExtendBaseWidget(s)
	return s
}

func (s *stars) set(rating int, off bool) {
	if s.rating != rating || s.off != off {
		s.rating, s.off = rating, off
		s.Refresh()
	}
}

// Tapped implements fyne.Tappable.
func (s *stars) Tapped(e *fyne.PointEvent) {
	n := s.at(e.Position.X)
	if s.off || n < 1 {
		return
	}
	if n == s.rating {
		n = 0
	}
	s.rated(n)
}

func (s *stars) at(x float32) int { return min(max(int(x/starSize)+1, 0), mostStars) }

// MouseIn implements desktop.Hoverable.
func (s *stars) MouseIn(e *desktop.MouseEvent) { s.MouseMoved(e) }

// MouseMoved implements desktop.Hoverable.
func (s *stars) MouseMoved(e *desktop.MouseEvent) {
	if n := s.at(e.Position.X); n != s.over && !s.off {
		s.over = n
		s.Refresh()
	}
}

// MouseOut implements desktop.Hoverable.
func (s *stars) MouseOut() {
	s.over = 0
	s.Refresh()
}

// CreateRenderer implements fyne.Widget.
func (s *stars) CreateRenderer() fyne.WidgetRenderer {
	r := &starsRenderer{s: s}
	for range mostStars {
		r.images = append(r.images, canvas.NewImageFromResource(nil))
	}
	r.dress()
	return r
}

type starsRenderer struct {
	s      *stars
	images []fyne.CanvasObject
}

func (r *starsRenderer) dress() {
	icon := starIcon()
	for i, o := range r.images {
		name := ui.ColorStar
		switch lit := max(r.s.over, r.s.rating); {
		case i >= lit:
			name = theme.ColorNameInputBorder
		case i >= r.s.rating:
			name = ui.ColorWaveQuiet
		}
		image := o.(*canvas.Image)
		image.FillMode = canvas.ImageFillContain
		image.Resource = theme.NewColoredResource(icon, name)
	}
}

func (r *starsRenderer) MinSize() fyne.Size { return fyne.NewSize(starSize*mostStars, starSize) }

func (r *starsRenderer) Layout(size fyne.Size) {
	for i, o := range r.images {
		o.Resize(fyne.NewSquareSize(starSize - 3))
		o.Move(fyne.NewPos(float32(i)*starSize, (size.Height-starSize+3)/2))
	}
}

func (r *starsRenderer) Refresh() {
	r.dress()
	for _, o := range r.images {
		o.Refresh()
	}
}
func (r *starsRenderer) Objects() []fyne.CanvasObject { return r.images }
func (r *starsRenderer) Destroy()                     {}
