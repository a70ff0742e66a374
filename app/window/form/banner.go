package form

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"github.com/takebar/takebar/app/window/ui"
)

// Mood is how serious a message is.
type Mood int

// The moods of a message.
const (
	Calm Mood = iota
	Good
	Careful
	Bad
)

// Icon is the sign of a mood, in its colour.
func (m Mood) Icon() fyne.Resource {
	switch m {
	case Good:
		return theme.NewColoredResource(theme.ConfirmIcon(), ui.ColorMeter)
	case Careful:
		return theme.NewColoredResource(theme.WarningIcon(), ui.ColorPlayhead)
	case Bad:
		return theme.NewColoredResource(theme.ErrorIcon(), theme.ColorNameError)
	case Calm:
	}
	return theme.NewColoredResource(theme.InfoIcon(), ui.ColorFaint)
}

// Banner is a message on top of a page.
func Banner(mood Mood, title string, lines []string, buttons ...fyne.CanvasObject) fyne.CanvasObject {
	texts := Stack(-11, Paragraph(title, theme.ColorNameForeground, fyne.TextStyle{Bold: true}))
	for _, line := range lines {
		texts.Add(Paragraph(line, theme.ColorNameForeground, fyne.TextStyle{}))
	}
	icon := container.New(Beside{Width: theme.IconInlineSize() + theme.InnerPadding()}, widget.NewIcon(mood.Icon()), texts)
	content := Stack(0, icon)
	if len(buttons) > 0 {
		content.Add(container.New(Beside{Width: theme.IconInlineSize() + 2*theme.InnerPadding()}, layoutless(), container.NewHBox(buttons...)))
		content.Add(Gap(4))
	}
	stroke := theme.ColorNameSeparator
	switch mood {
	case Bad:
		stroke = theme.ColorNameError
	case Careful:
		stroke = ui.ColorPlayhead
	case Calm, Good:
	}
	return Inset(Panel(content, stroke))
}

func layoutless() fyne.CanvasObject { return container.NewWithoutLayout() }

// Beside is the layout of a sign in a column of a fixed width, and what it stands for at its right.
type Beside struct{ Width float32 }

// MinSize implements fyne.Layout.
func (b Beside) MinSize(o []fyne.CanvasObject) fyne.Size {
	size := o[1].MinSize()
	size.Width += b.Width
	size.Height = max(size.Height, o[0].MinSize().Height)
	return size
}

// Layout implements fyne.Layout.
func (b Beside) Layout(o []fyne.CanvasObject, size fyne.Size) {
	sign := fyne.NewSquareSize(theme.IconInlineSize())
	o[0].Resize(sign)
	// On the middle of the first line of text.
	line := fyne.MeasureText("X", theme.TextSize(), fyne.TextStyle{}).Height
	o[0].Move(fyne.NewPos(theme.InnerPadding(), theme.InnerPadding()+(line-sign.Height)/2))
	o[1].Move(fyne.NewPos(b.Width, 0))
	fit(o[1], size.Width-b.Width)
}
