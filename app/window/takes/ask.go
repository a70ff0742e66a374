package takes

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"github.com/takebar/takebar/app/window/ui"
)

// question is asked over the page: for a name where answer is set, else for a yes.
type question struct {
	title  string
	hint   string
	answer string
	yes    string
	danger bool
	// do carries it out. then closes the question, or shows why it was refused and leaves it open.
	do func(answer string, then func(error))
}

const questionWide = 380

// ask shows a question. Enter says yes, Esc says no.
func (p *Page) ask(q question) {
	over := p.desk.Window.Canvas()
	var popUp *widget.PopUp
	shut := func() { popUp.Hide() }
	why := widget.NewLabel("")
	why.Wrapping, why.Importance = fyne.TextWrapWord, widget.DangerImportance
	why.Hide()
	entry := newAnswerEntry(q.answer, shut)
	yes := newKeyButton(q.yes, shut)
	no := newKeyButton(p.say("takes.cancel"), shut)
	no.OnTapped = shut
	yes.Importance = widget.HighImportance
	if q.danger {
		yes.Importance = widget.DangerImportance
	}
	yes.OnTapped = func() {
		if yes.Disabled() {
			return // it is being done
		}
		yes.Disable()
		q.do(entry.Text, func(err error) {
			if err == nil {
				shut()
				return
			}
			yes.Enable()
			why.SetText(p.desk.Sentence(err))
			why.Show()
			popUp.Resize(popUp.MinSize())
		})
	}
	entry.OnSubmitted = func(string) { yes.OnTapped() }
	title := ui.Text(q.title, theme.ColorNameForeground, theme.SizeNameSubHeadingText, fyne.TextStyle{Bold: true})
	hint := widget.NewLabel(q.hint)
	hint.Wrapping = fyne.TextWrapWord
	side := theme.InnerPadding() // as labels have it
	edge := layout.NewCustomPaddedLayout(0, 0, side, side)
	body := container.NewVBox(title, hint)
	if q.answer != "" {
		body.Add(container.New(edge, entry))
	}
	width := canvas.NewRectangle(color.Transparent)
	width.SetMinSize(fyne.NewSize(questionWide, 0))
	body.Add(why)
	body.Add(container.New(layout.NewCustomPaddedLayout(8, 4, side, side), container.NewHBox(layout.NewSpacer(), no, yes)))
	popUp = widget.NewModalPopUp(container.NewPadded(container.NewStack(width, body)), over)
	popUp.Show()
	if q.answer == "" {
		over.Focus(yes)
		return
	}
	over.Focus(entry)
	entry.TypedShortcut(&fyne.ShortcutSelectAll{})
}

// answerEntry is left by Esc.
type answerEntry struct {
	widget.Entry
	shut func()
}

func newAnswerEntry(text string, shut func()) *answerEntry {
	e := &answerEntry{shut: shut}
	e.ExtendBaseWidget(e)
	e.SetText(text)
	return e
}

// TypedKey takes Esc.
func (e *answerEntry) TypedKey(k *fyne.KeyEvent) {
	if k.Name == fyne.KeyEscape {
		e.shut()
		return
	}
	e.Entry.TypedKey(k)
}

// keyButton is pressed by Enter as well, and left by Esc, so that nobody who uses keys only is caught in it.
type keyButton struct {
	widget.Button
	shut func()
}

func newKeyButton(text string, shut func()) *keyButton {
	return newIconButton(text, nil, nil, shut)
}

func newIconButton(text string, icon fyne.Resource, tapped, shut func()) *keyButton {
	b := &keyButton{shut: shut}
	b.Text, b.Icon, b.OnTapped = text, icon, tapped
	b.ExtendBaseWidget(b)
	return b
}

// TypedKey takes Enter and Esc.
func (b *keyButton) TypedKey(k *fyne.KeyEvent) {
	switch k.Name {
	case fyne.KeyReturn, fyne.KeyEnter:
		if !b.Disabled() {
			b.OnTapped()
		}
	case fyne.KeyEscape:
		b.shut()
	default:
		b.Button.TypedKey(k)
	}
}
