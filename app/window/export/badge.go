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

// badge shows how an attempt ended: a shape, a colour and a word, so that no two of the five answers can be taken for each other, whatever
// colours somebody sees.
type badge struct {
	widget.BaseWidget
	look badgeLook
	text string

	back *canvas.Rectangle
	icon *canvas.Image
	word *canvas.Text
}

// badgeLook is the look of one answer.
type badgeLook struct {
	colour fyne.ThemeColorName
	icon   func() fyne.Resource
	filled bool // a tinted area; else an outline
}

func lookOf(o attempts.Outcome, state attempts.ItemState) badgeLook {
	switch {
	case state == attempts.Waiting:
		return badgeLook{colour: ui.ColorFaint}
	case o == attempts.Verified:
		return badgeLook{ui.ColorMeter, theme.ConfirmIcon, true}
	case o == attempts.WithWarnings:
		return badgeLook{ui.ColorStar, theme.WarningIcon, true}
	case o == attempts.Unverified:
		return badgeLook{theme.ColorNamePrimary, theme.QuestionIcon, false}
	case o == attempts.Failed:
		return badgeLook{theme.ColorNameError, theme.CancelIcon, true}
	case o == attempts.Cancelled:
		return badgeLook{ui.ColorFaint, theme.ContentRemoveIcon, false}
	}
	return badgeLook{theme.ColorNamePrimary, theme.MediaPlayIcon, true}
}

func newBadge() *badge {
	b := &badge{back: canvas.NewRectangle(color.Transparent), icon: canvas.NewImageFromResource(nil), word: canvas.NewText("", color.Transparent)}
	b.icon.FillMode = canvas.ImageFillContain
	b.ExtendBaseWidget(b)
	return b
}

func (b *badge) set(look badgeLook, text string) {
	b.look, b.text = look, text
	b.Refresh()
}

// Refresh takes colours and sizes as they are now.
func (b *badge) Refresh() {
	b.paint()
	b.BaseWidget.Refresh()
}

func (b *badge) paint() {
	r, g, bl, _ := theme.Color(b.look.colour).RGBA()
	tint := color.NRGBA{R: uint8(r >> 8), G: uint8(g >> 8), B: uint8(bl >> 8), A: 0}
	b.back.CornerRadius = b.high() / 2
	b.back.StrokeWidth = 1
	edge := tint
	edge.A = 0x70
	if b.look.filled {
		tint.A = 0x2e
	}
	if b.look.icon == nil {
		edge.A = 0
	}
	b.back.FillColor, b.back.StrokeColor = tint, edge
	b.icon.Resource = nil
	if b.look.icon != nil {
		b.icon.Resource = theme.NewColoredResource(b.look.icon(), b.look.colour)
	}
	b.word.Text, b.word.TextSize, b.word.Color = b.text, theme.CaptionTextSize(), theme.Color(theme.ColorNameForeground)
	if b.look.icon == nil {
		b.word.Color = theme.Color(ui.ColorFaint)
	}
}

func (b *badge) high() float32 { return theme.CaptionTextSize() + 10 }

// CreateRenderer implements fyne.Widget.
func (b *badge) CreateRenderer() fyne.WidgetRenderer {
	b.paint()
	return &badgeRenderer{b}
}

type badgeRenderer struct{ b *badge }

func (r *badgeRenderer) MinSize() fyne.Size {
	wide := fyne.MeasureText(r.b.text, theme.CaptionTextSize(), fyne.TextStyle{}).Width + 20
	if r.b.look.icon != nil {
		wide += theme.CaptionTextSize() + 5
	}
	return fyne.NewSize(wide, r.b.high())
}

func (r *badgeRenderer) Layout(size fyne.Size) {
	b, need := r.b, r.MinSize()
	top := (size.Height - need.Height) / 2
	wide := min(need.Width, size.Width)
	b.back.Move(fyne.NewPos(0, top))
	b.back.Resize(fyne.NewSize(wide, need.Height))
	x := float32(10)
	if b.look.icon == nil {
		x = 0
	} else {
		side := theme.CaptionTextSize() + 2
		b.icon.Move(fyne.NewPos(x-2, top+(need.Height-side)/2))
		b.icon.Resize(fyne.NewSquareSize(side))
		x += side + 3
	}
	text := shorten(b.text, wide-x-6, b.word.TextSize, fyne.TextStyle{})
	b.word.Text = text
	high := b.word.MinSize().Height
	b.word.Move(fyne.NewPos(x, top+(need.Height-high)/2))
	b.word.Resize(fyne.NewSize(wide-x, high))
}

func (r *badgeRenderer) Refresh() {
	r.Layout(r.b.Size())
	r.b.back.Refresh()
	r.b.icon.Refresh()
	r.b.word.Refresh()
}

func (r *badgeRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.b.back, r.b.icon, r.b.word}
}
func (r *badgeRenderer) Destroy() {}
