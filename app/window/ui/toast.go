package ui

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"github.com/takebar/takebar/app/words"
)

const (
	toastStays = 8 * time.Second
	toastsMost = 3 // at once; the oldest goes
)

// Toasts are short messages over the lower edge of the window. One that tells of an error stays until it is closed.
type Toasts struct {
	say  words.Say
	list *fyne.Container
	view fyne.CanvasObject
}

func newToasts(say words.Say) *Toasts {
	list := container.NewVBox()
	return &Toasts{say: say, list: list, view: container.NewVBox(layout.NewSpacer(), container.NewPadded(container.NewPadded(container.NewCenter(list))))}
}

// Show adds one message.
func (t *Toasts) Show(d *Desk, text string, failed bool, actions []Action) {
	label := widget.NewLabel(text)
	label.Wrapping = fyne.TextWrapWord
	row := container.NewHBox()
	var toast *fyne.Container
	closeIt := func() { t.list.Remove(toast) }
	for _, a := range actions {
		button := widget.NewButton(a.Label, func() { closeIt(); a.Do() })
		button.Importance = widget.HighImportance
		row.Add(button)
	}
	shut := widget.NewButtonWithIcon("", theme.CancelIcon(), closeIt)
	shut.Importance = widget.LowImportance
	row.Add(shut)
	icon := theme.InfoIcon()
	if failed {
		icon = theme.WarningIcon()
	}
	back := NewFill(theme.ColorNameOverlayBackground)
	back.Radius, back.Stroke = 10, theme.ColorNameSeparator
	width := canvas.NewRectangle(nil)
	width.SetMinSize(fyne.NewSize(min(560, 240+float32(len(text))*4), 0))
	inner := container.NewBorder(nil, nil, container.NewCenter(widget.NewIcon(icon)), container.NewCenter(row), container.NewStack(width, label))
	toast = container.NewStack(back, container.NewPadded(inner))
	for len(t.list.Objects) >= toastsMost {
		t.list.Remove(t.list.Objects[0])
	}
	t.list.Add(toast)
	if failed {
		return
	}
	timer := time.NewTimer(toastStays)
	d.work.Go(func() {
		defer timer.Stop()
		select {
		case <-timer.C:
			d.Do(closeIt)
		case <-d.ctx.Done():
		}
	})
}
