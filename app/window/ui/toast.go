package ui

import (
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"github.com/takebar/takebar/app/words"
)

const (
	toastStays = 8 * time.Second
	toastsMost = 3   // at once; the oldest goes
	toastWide  = 560 // at most, with all of it
	toastEdge  = 36  // from the lower edge: the status line stays readable
	toastGap   = 8
)

// Toasts are short messages over the lower edge of the window. One that tells of an error stays until it is closed.
type Toasts struct {
	say  words.Say
	view *fyne.Container
}

func newToasts(say words.Say) *Toasts {
	return &Toasts{say: say, view: container.New(toastLayout{})}
}

// Show adds one message. Saying the same again while it shows changes nothing.
func (t *Toasts) Show(d *Desk, text string, failed bool, actions []Action) {
	for _, o := range t.view.Objects {
		if shown, ok := o.(*toast); ok && shown.text == text && len(actions) == 0 {
			return
		}
	}
	row := container.NewHBox()
	one := &toast{text: text}
	closeIt := func() { t.view.Remove(one) }
	for _, a := range actions {
		button := widget.NewButton(a.Label, func() { closeIt(); a.Do() })
		button.Importance = widget.HighImportance
		row.Add(button)
	}
	shut := widget.NewButtonWithIcon("", theme.CancelIcon(), closeIt)
	shut.Importance = widget.LowImportance
	row.Add(shut)
	icon := theme.NewPrimaryThemedResource(theme.InfoIcon())
	var picture fyne.Resource = icon
	if failed {
		picture = theme.NewWarningThemedResource(theme.WarningIcon())
	}
	one.build(picture, row)
	for len(t.view.Objects) >= toastsMost {
		t.view.Remove(t.view.Objects[0])
	}
	t.view.Add(one)
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

// toast is one message.
type toast struct {
	widget.BaseWidget
	text    string
	label   *widget.Label
	content fyne.CanvasObject
	beside  *fyne.Container
}

func (t *toast) build(icon fyne.Resource, row *fyne.Container) {
	t.ExtendBaseWidget(t)
	t.label = widget.NewLabel(t.text)
	t.label.Wrapping = fyne.TextWrapWord
	back := NewFill(theme.ColorNameOverlayBackground)
	back.Radius, back.Stroke = 10, theme.ColorNameSeparator
	t.beside = row
	inner := container.NewBorder(nil, nil, container.NewPadded(container.NewCenter(widget.NewIcon(icon))), container.NewPadded(container.NewCenter(row)), container.NewVBox(layout.NewSpacer(), t.label, layout.NewSpacer()))
	t.content = container.NewStack(back, inner)
}

// CreateRenderer implements fyne.Widget.
func (t *toast) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(t.content) }

// wide is what the message takes without wrapping.
func (t *toast) wide() float32 {
	var widest float32
	for line := range strings.Lines(t.text) {
		widest = max(widest, fyne.MeasureText(strings.TrimSpace(line), theme.TextSize(), fyne.TextStyle{}).Width)
	}
	return widest + t.beside.MinSize().Width + theme.IconInlineSize() + 10*theme.Padding()
}

// toastLayout stacks the toasts upwards from the middle of the lower edge, each as wide as it needs.
type toastLayout struct{}

// MinSize implements fyne.Layout.
func (toastLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(0, 0) }

// Layout implements fyne.Layout.
func (toastLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	y := size.Height - toastEdge
	for i := len(objects) - 1; i >= 0; i-- {
		width := min(toastWide, size.Width-2*toastGap)
		if t, ok := objects[i].(*toast); ok {
			width = min(width, t.wide())
		}
		objects[i].Resize(fyne.NewSize(width, objects[i].MinSize().Height))
		height := objects[i].MinSize().Height // now that it is known how the text wraps
		objects[i].Resize(fyne.NewSize(width, height))
		y -= height
		objects[i].Move(fyne.NewPos((size.Width-width)/2, y))
		y -= toastGap
	}
}
