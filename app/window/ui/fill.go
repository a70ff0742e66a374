package ui

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// Fill is a plain area in a colour of the theme. Unlike a canvas.Rectangle it follows when the user changes between light and dark.
type Fill struct {
	widget.BaseWidget
	Colour fyne.ThemeColorName
	Stroke fyne.ThemeColorName // "" = none
	Radius float32

	rectangle *canvas.Rectangle
}

// NewFill makes one without a border.
func NewFill(colour fyne.ThemeColorName) *Fill {
	f := &Fill{Colour: colour}
	f.ExtendBaseWidget(f)
	return f
}

// CreateRenderer implements fyne.Widget.
func (f *Fill) CreateRenderer() fyne.WidgetRenderer {
	f.rectangle = canvas.NewRectangle(color.Transparent)
	f.paint()
	return widget.NewSimpleRenderer(f.rectangle)
}

// Refresh takes the colours of the theme as it is now.
func (f *Fill) Refresh() {
	if f.rectangle != nil {
		f.paint()
	}
	f.BaseWidget.Refresh()
}

func (f *Fill) paint() {
	current := f.Theme()
	variant := fyne.CurrentApp().Settings().ThemeVariant()
	f.rectangle.FillColor = current.Color(f.Colour, variant)
	f.rectangle.CornerRadius = f.Radius
	f.rectangle.StrokeColor, f.rectangle.StrokeWidth = color.Transparent, 0
	if f.Stroke != "" {
		f.rectangle.StrokeColor, f.rectangle.StrokeWidth = current.Color(f.Stroke, variant), 1
	}
}

// Text is a line in a colour and size of the theme; it follows the theme as Fill does and never wraps.
func Text(text string, colour fyne.ThemeColorName, size fyne.ThemeSizeName, style fyne.TextStyle) *widget.RichText {
	segment := &widget.TextSegment{Text: text, Style: widget.RichTextStyle{ColorName: colour, SizeName: size, TextStyle: style, Inline: true}}
	r := widget.NewRichText(segment)
	r.Truncation = fyne.TextTruncateOff
	return r
}

// Caption is small text of second rank that wraps.
func Caption(text string) *widget.RichText {
	r := Text(text, ColorFaint, theme.SizeNameCaptionText, fyne.TextStyle{})
	r.Wrapping = fyne.TextWrapWord
	return r
}
