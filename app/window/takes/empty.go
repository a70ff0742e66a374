package takes

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"github.com/takebar/takebar/app/takelist"
)

// emptyView stands in the place of a list without rows: why there are none, and what to do.
type emptyView struct {
	page    *Page
	title   *widget.Label
	text    *widget.Label
	buttons *fyne.Container
	content *fyne.Container
	shown   takelist.Empty
}

const emptyWide = 340

func newEmptyView(p *Page) *emptyView {
	e := &emptyView{page: p, title: widget.NewLabel(""), text: widget.NewLabel(""), buttons: container.NewHBox()}
	e.title.Alignment, e.title.SizeName, e.title.TextStyle.Bold = fyne.TextAlignCenter, theme.SizeNameSubHeadingText, true
	e.text.Alignment, e.text.Wrapping = fyne.TextAlignCenter, fyne.TextWrapWord
	width := canvas.NewRectangle(color.Transparent)
	width.SetMinSize(fyne.NewSize(emptyWide, 0))
	icon := container.NewGridWrap(fyne.NewSquareSize(44), widget.NewIcon(theme.NewDisabledResource(theme.MediaMusicIcon())))
	e.content = container.NewCenter(container.NewStack(width, container.New(layout.NewCustomPaddedVBoxLayout(0), container.NewCenter(icon), e.title, e.text, container.NewCenter(e.buttons))))
	e.content.Hide()
	return e
}

func (e *emptyView) hide() { e.content.Hide() }

func (e *emptyView) show(what takelist.Empty) {
	e.content.Show()
	if what.Title == e.shown.Title && what.Text == e.shown.Text {
		return
	}
	e.shown = what
	e.title.SetText(what.Title)
	e.text.SetText(what.Text)
	e.text.Hidden = what.Text == ""
	e.buttons.RemoveAll()
	for n, a := range what.Actions {
		b := e.button(a)
		if n == 0 {
			b.Importance = widget.HighImportance
		}
		e.buttons.Add(b)
	}
	e.content.Refresh()
}

func (e *emptyView) button(s takelist.Step) *widget.Button {
	p := e.page
	switch s {
	case takelist.StepRecord:
		return widget.NewButtonWithIcon(p.say("takes.record"), theme.MediaRecordIcon(), p.record)
	case takelist.StepSetUp:
		return widget.NewButton(p.say("takes.step.set_up"), func() { p.desk.Open("setup", "") })
	case takelist.StepShowAll:
		return widget.NewButton(p.say("takes.search.clear"), p.escape)
	case takelist.StepLeaveTrash:
		return widget.NewButton(p.say("takes.step.leave_trash"), p.escape)
	case takelist.StepSettings:
		return widget.NewButton(p.say("takes.step.settings"), func() { p.desk.Open("settings", "") })
	}
	return widget.NewButton(p.say("takes.step.retry"), p.read)
}
