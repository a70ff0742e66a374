package takes

import (
	"fmt"
	"image/color"
	"math"
	"strings"

	"fyne.io/fyne/v2"

	"github.com/takebar/takebar/app/takelist"
	"github.com/takebar/takebar/app/window/ui"
)

const (
	starCount = 5
	starPitch = 14 // width of one star with its gap
	starsWide = starCount * starPitch
	starsHigh = 14
)

// starPictures are the ratings from 0 to 5 in the colours of one theme; empty places are dots, or stars in outline while they can be clicked.
type starPictures struct {
	colours [2]color.NRGBA
	plain   [starCount + 1]fyne.Resource
	open    [starCount + 1]fyne.Resource
}

// renew draws them again where the colours are others now.
func (p *starPictures) renew(star, faint color.Color) {
	colours := [2]color.NRGBA{nrgba(star), nrgba(faint)}
	if p.colours == colours && p.plain[0] != nil {
		return
	}
	p.colours = colours
	for n := range p.plain {
		p.plain[n] = starsResource(n, false, colours)
		p.open[n] = starsResource(n, true, colours)
	}
}

func (p *starPictures) of(rating int, open bool) fyne.Resource {
	rating = min(max(rating, 0), starCount)
	if open {
		return p.open[rating]
	}
	return p.plain[rating]
}

func nrgba(c color.Color) color.NRGBA { return color.NRGBAModel.Convert(c).(color.NRGBA) }

func starsResource(rating int, open bool, colours [2]color.NRGBA) fyne.Resource {
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d">`, starsWide, starsHigh, starsWide, starsHigh)
	for n := range starCount {
		x := float64(n)*starPitch + starPitch/2
		switch {
		case n < rating:
			fmt.Fprintf(&b, `<path d="%s" fill="%s"/>`, starPath(x, starsHigh/2, 6), hex(colours[0]))
		case open:
			fmt.Fprintf(&b, `<path d="%s" fill="none" stroke="%s" stroke-width="1"/>`, starPath(x, starsHigh/2, 5.2), hex(colours[1]))
		default:
			fmt.Fprintf(&b, `<circle cx="%g" cy="7.4" r="1.1" fill="%s" fill-opacity="0.55"/>`, x, hex(colours[1]))
		}
	}
	b.WriteString(`</svg>`)
	name := fmt.Sprintf("stars-%d-%t-%s-%s.svg", rating, open, hex(colours[0])[1:], hex(colours[1])[1:])
	return fyne.NewStaticResource(name, []byte(b.String()))
}

func hex(c color.NRGBA) string { return fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B) }

// starPath is a star with five points around (x, y).
func starPath(x, y, radius float64) string {
	var b strings.Builder
	for n := range 10 {
		r := radius
		if n%2 == 1 {
			r *= 0.42
		}
		angle := float64(n)*math.Pi/5 - math.Pi/2
		letter := "L"
		if n == 0 {
			letter = "M"
		}
		fmt.Fprintf(&b, "%s%.2f %.2f", letter, x+r*math.Cos(angle), y+0.5+r*math.Sin(angle))
	}
	return b.String() + "Z"
}

// badgeColour is the text colour of a badge.
func badgeColour(b takelist.Badges) fyne.ThemeColorName {
	if b.Troubled() {
		return ui.ColorPlayhead
	}
	return ui.ColorFaint
}
