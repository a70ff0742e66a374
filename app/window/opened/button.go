package opened

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"github.com/takebar/takebar/app/window/ui"
)

// button is a small button for the mouse. It never takes the keyboard's focus, since every button here has a key of its own: after a click on
// Loop, the space bar still plays.
type button struct {
	widget.BaseWidget
	icon   fyne.Resource
	text   string
	tapped func()
	off    bool                // cannot be pressed
	on     bool                // pressed in
	tint   fyne.ThemeColorName // of a button that is on; "" = the accent
	bare   bool                // no face until the mouse is over it
	main   bool                // the one that matters most
	small  bool
	tight  bool // no text where there is an icon: room is short

	hovered bool
}

var (
	_ desktop.Hoverable = (*button)(nil)
	_ fyne.Tappable     = (*button)(nil)
)

func newButton(icon fyne.Resource, text string, tapped func()) *button {
	b := &button{icon: icon, text: text, tapped: tapped}
	b.ExtendBaseWidget(b)
	return b
}

func bareButton(icon fyne.Resource, tapped func()) *button {
	b := newButton(icon, "", tapped)
	b.bare = true
	return b
}

func smallButton(icon fyne.Resource, text string, tapped func()) *button {
	b := newButton(icon, text, tapped)
	b.small = true
	return b
}

// state changes what the button looks like, if it does.
func (b *button) state(off, on bool) {
	if b.off != off || b.on != on {
		b.off, b.on = off, on
		b.Refresh()
	}
}

// label is the text that shows.
func (b *button) label() string {
	if b.tight && b.icon != nil {
		return ""
	}
	return b.text
}

func (b *button) setTight(tight bool) {
	if b.tight != tight {
		b.tight = tight
		b.Refresh()
	}
}

func (b *button) setIcon(icon fyne.Resource) {
	if b.icon != icon {
		b.icon = icon
		b.Refresh()
	}
}

// Tapped implements fyne.Tappable.
func (b *button) Tapped(*fyne.PointEvent) {
	if !b.off && b.tapped != nil {
		b.tapped()
	}
}

// MouseIn implements desktop.Hoverable.
func (b *button) MouseIn(*desktop.MouseEvent) { b.hover(true) }

// MouseMoved implements desktop.Hoverable.
func (b *button) MouseMoved(*desktop.MouseEvent) {}

// MouseOut implements desktop.Hoverable.
func (b *button) MouseOut() { b.hover(false) }

func (b *button) hover(in bool) {
	b.hovered = in
	b.Refresh()
}

// CreateRenderer implements fyne.Widget.
func (b *button) CreateRenderer() fyne.WidgetRenderer {
	r := &buttonRenderer{b: b, face: canvas.NewRectangle(color.Transparent), label: canvas.NewText("", nil), icon: canvas.NewImageFromResource(nil)}
	r.icon.FillMode = canvas.ImageFillContain
	r.dress()
	return r
}

type buttonRenderer struct {
	b     *button
	face  *canvas.Rectangle
	icon  *canvas.Image
	label *canvas.Text
}

func (r *buttonRenderer) measures() (height, iconSize, textSize, pad float32) {
	if r.b.small {
		return 22, 16, theme.CaptionTextSize(), 6
	}
	if r.b.main {
		return 36, 22, theme.TextSize(), 11
	}
	return 30, 18, theme.TextSize(), 9
}

func (r *buttonRenderer) dress() {
	b := r.b
	height, _, textSize, _ := r.measures()
	r.face.CornerRadius = theme.InputRadiusSize()
	if b.main {
		r.face.CornerRadius = height / 2
	}
	face, ink := theme.ColorNameButton, theme.ColorNameForeground
	switch {
	case b.main:
		face, ink = theme.ColorNamePrimary, theme.ColorNameForegroundOnPrimary
	case b.on && b.tint != "":
		face, ink = b.tint, theme.ColorNameBackground
	case b.on:
		face, ink = theme.ColorNamePrimary, theme.ColorNameForegroundOnPrimary
	}
	r.face.FillColor = theme.Color(face)
	switch {
	case b.off && b.main:
		r.face.FillColor = theme.Color(theme.ColorNameButton)
	case b.bare && !b.on && (!b.hovered || b.off):
		r.face.FillColor = color.Transparent
	case b.hovered && !b.off && !b.on && !b.main:
		r.face.FillColor = theme.Color(ui.ColorBadge)
	}
	if b.off {
		ink = ui.ColorWaveQuiet
	}
	r.label.Text, r.label.TextSize, r.label.Color = b.label(), textSize, theme.Color(ink)
	r.label.TextStyle.Bold = b.small
	r.label.Alignment = fyne.TextAlignCenter
	r.label.Hidden = b.label() == ""
	r.icon.Hidden = b.icon == nil
	if b.icon != nil {
		r.icon.Resource = theme.NewColoredResource(b.icon, ink)
	}
}

func (r *buttonRenderer) MinSize() fyne.Size {
	height, icon, textSize, pad := r.measures()
	width := 2 * pad
	if r.b.label() != "" {
		size := fyne.MeasureText(r.b.label(), textSize, r.label.TextStyle)
		width += size.Width
		height = max(height, size.Height+4)
	}
	if r.b.icon != nil {
		width += icon
		if r.b.label() != "" {
			width += 5
		}
	}
	return fyne.NewSize(max(width, height), height)
}

func (r *buttonRenderer) Layout(size fyne.Size) {
	_, icon, textSize, _ := r.measures()
	r.face.Resize(size)
	text := fyne.MeasureText(r.b.label(), textSize, r.label.TextStyle)
	width := text.Width
	if r.b.icon != nil {
		width += icon
		if r.b.label() != "" {
			width += 5
		}
	}
	x := (size.Width - width) / 2
	if r.b.icon != nil {
		r.icon.Resize(fyne.NewSquareSize(icon))
		r.icon.Move(fyne.NewPos(x, (size.Height-icon)/2))
		x += icon + 5
	}
	r.label.Resize(text)
	r.label.Move(fyne.NewPos(x, (size.Height-text.Height)/2))
}

func (r *buttonRenderer) Refresh() {
	r.dress()
	r.Layout(r.b.Size())
	r.face.Refresh()
	r.icon.Refresh()
	r.label.Refresh()
}

func (r *buttonRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.face, r.icon, r.label}
}
func (r *buttonRenderer) Destroy() {}
