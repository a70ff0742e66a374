package settings

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	model "github.com/takebar/takebar/app/settings"
	"github.com/takebar/takebar/app/window/form"
)

// field is a row on the screen.
type field struct {
	row       model.Row
	frame     *form.Row
	view      fyne.CanvasObject
	focusable fyne.Focusable

	entry   *form.Entry
	choice  *form.Select
	check   *form.Check
	text    *widget.RichText
	buttons []*form.Button
	quiet   bool // a change of the widget does not come from the user
}

func (p *Page) field(r model.Row, width float32) *field {
	f := &field{row: r}
	var main fyne.CanvasObject
	switch r.Kind {
	case model.Text:
		main = p.line(f, r, 1)
		if len(r.Chips) > 0 {
			main = form.Stack(4, main, p.chips(f, r), form.Gap(1))
		}
	case model.Folder:
		main = p.withButtons(f, r, p.line(f, r, 1), p.chooser(r.Key, "settings.choose"))
	case model.Folders:
		main = p.withButtons(f, r, p.line(f, r, 2), p.chooser(r.Key, "settings.add"))
	case model.Switch:
		main = p.withButtons(f, r, p.switching(f, r))
	case model.Choice:
		main = p.withButtons(f, r, p.choosing(f, r))
	case model.Reading:
		main = form.Panel(reading(r.Text), "")
	case model.Plain:
		f.text = form.Paragraph(r.Text, theme.ColorNameForeground, fyne.TextStyle{})
		main = p.withButtons(f, r, f.text)
	}
	f.frame = form.NewRow(r.Label, width, main)
	f.view = f.frame.View
	f.update(r)
	return f
}

func (p *Page) line(f *field, r model.Row, lines int) fyne.CanvasObject {
	e := form.NewEntry(lines)
	e.Gained = p.sheet.Show
	e.Given = func(text string) { p.give(r.Key, text) }
	e.Left = func() {
		p.facts.Draft = nil
		delete(p.facts.Refused, r.Key)
		f.quiet = true
		e.SetText(f.row.Value)
		f.quiet = false
		p.refresh()
	}
	e.OnChanged = func(text string) {
		if r.Key == "name_template" && !f.quiet {
			p.facts.Draft = &text
			delete(p.facts.Refused, r.Key)
			p.refresh()
		}
	}
	f.entry, f.focusable = e, e
	return e
}

func (p *Page) chips(f *field, r model.Row) fyne.CanvasObject {
	chips := container.NewHBox()
	for _, text := range r.Chips {
		chips.Add(form.NewChip(text, func() {
			if f.entry.Disabled() {
				return
			}
			p.desk.Window.Canvas().Focus(f.entry)
			f.entry.Insert(text)
		}))
	}
	return form.Inset(chips)
}

func (p *Page) chooser(key, label string) *form.Button {
	icon := theme.FolderOpenIcon()
	text := p.desk.Say("settings.choose")
	if label == "settings.add" {
		icon, text = theme.ContentAddIcon(), p.desk.Say("settings.add")
	}
	b := form.NewButton(text, icon, func() { p.choose(key) })
	b.Gained = p.sheet.Show
	return b
}

func (p *Page) switching(f *field, r model.Row) fyne.CanvasObject {
	c := form.NewCheck(r.Text, func(on bool) {
		if !f.quiet {
			p.flip(r.Key, on)
		}
	})
	c.Gained = p.sheet.Show
	f.check, f.focusable = c, c
	return c
}

func (p *Page) choosing(f *field, r model.Row) fyne.CanvasObject {
	s := form.NewSelect(func(string) {
		if i := f.choice.SelectedIndex(); !f.quiet && i >= 0 && i < len(f.row.Options) {
			p.pick(r.Key, f.row.Options[i].Value)
		}
	})
	s.Gained = p.sheet.Show
	f.choice, f.focusable = s, s
	return container.New(narrow{}, s)
}

// narrow keeps a choice from becoming as wide as the page.
type narrow struct{}

func (narrow) MinSize(o []fyne.CanvasObject) fyne.Size { return o[0].MinSize() }

func (narrow) Layout(o []fyne.CanvasObject, size fyne.Size) {
	widest := 300 * theme.TextSize() / 13
	o[0].Resize(fyne.NewSize(min(size.Width, max(widest, o[0].MinSize().Width)), size.Height))
}

// withButtons puts one or two buttons beside a field, and more, or those of a text that wraps, below it.
func (p *Page) withButtons(f *field, r model.Row, main fyne.CanvasObject, first ...*form.Button) fyne.CanvasObject {
	row := container.NewHBox()
	for _, b := range first {
		f.buttons = append(f.buttons, b)
		row.Add(b)
	}
	for _, b := range r.Buttons {
		button := form.NewButton(b.Label, nil, func() { p.press(b.Key) })
		button.Gained = p.sheet.Show
		f.buttons = append(f.buttons, button)
		row.Add(button)
	}
	switch {
	case len(row.Objects) == 0:
		return main
	case r.Kind == model.Plain && r.Key == model.KeyRehears:
		return form.Stack(0, main, form.Inset(container.NewHBox(row)), form.Gap(4))
	case r.Kind == model.Choice:
		return container.NewBorder(nil, nil, nil, row, main)
	case r.Kind == model.Folders:
		return container.NewBorder(nil, nil, nil, container.NewVBox(row), main)
	}
	return container.NewBorder(nil, nil, nil, row, main)
}

// reading shows a longer text.
func reading(text string) fyne.CanvasObject {
	rich := widget.NewRichText()
	rich.Wrapping = fyne.TextWrapWord
	body := widget.RichTextStyle{SizeName: theme.SizeNameCaptionText, ColorName: theme.ColorNameForeground}
	bold := body
	bold.TextStyle = fyne.TextStyle{Bold: true}
	var bullets *widget.ListSegment
	for _, b := range model.Blocks(text) {
		switch b.Kind {
		case model.Bullet:
			if bullets == nil {
				bullets = &widget.ListSegment{}
				rich.Segments = append(rich.Segments, bullets)
			}
			bullets.Items = append(bullets.Items, &widget.TextSegment{Text: b.Text, Style: body})
		case model.Heading:
			bullets = nil
			rich.Segments = append(rich.Segments, &widget.TextSegment{Text: b.Text, Style: bold})
		case model.Paragraph:
			bullets = nil
			rich.Segments = append(rich.Segments, &widget.TextSegment{Text: b.Text, Style: body})
		}
	}
	return rich
}

// update shows another state of the same row.
func (f *field) update(r model.Row) {
	before := f.row
	f.row = r
	f.quiet = true
	switch {
	case f.entry != nil:
		f.entry.SetPlaceHolder(strings.TrimSpace(r.Hint))
		// What is being typed stays.
		if !f.entry.Focused || f.entry.Text == before.Value {
			if f.entry.Text != r.Value && (r.Problem == "" || f.entry.Text == before.Value) {
				f.entry.SetText(r.Value)
			}
		}
		enable(f.entry, !r.Off)
	case f.choice != nil:
		labels := make([]string, len(r.Options))
		selected := -1
		for i, o := range r.Options {
			labels[i] = o.Label
			if o.Value == r.Value {
				selected = i
			}
		}
		f.choice.Options = labels
		f.choice.Selected = ""
		if selected >= 0 {
			f.choice.Selected = labels[selected]
		}
		f.choice.Refresh()
		enable(f.choice, !r.Off)
	case f.check != nil:
		f.check.SetText(r.Text)
		f.check.SetChecked(r.On)
		enable(f.check, !r.Off)
	case f.text != nil:
		form.SetText(f.text, r.Text)
	}
	f.quiet = false
	for _, button := range f.buttons[:len(f.buttons)-len(r.Buttons)] {
		enable(button, !r.Off)
	}
	for i, b := range r.Buttons {
		button := f.buttons[len(f.buttons)-len(r.Buttons)+i]
		button.SetText(b.Label)
		enable(button, !b.Off)
	}
	f.frame.Say(r.Fact, r.Caption, r.Problem)
}

func enable(w interface {
	Enable()
	Disable()
	Disabled() bool
}, on bool,
) {
	switch {
	case on && w.Disabled():
		w.Enable()
	case !on && !w.Disabled():
		w.Disable()
	}
}

// reset shows the value in force again, after another one was refused. A text stays as it was typed, to be mended.
func (f *field) reset() {
	f.quiet = true
	defer func() { f.quiet = false }()
	switch {
	case f.entry != nil && f.row.Problem == "":
		f.entry.SetText(f.row.Value)
	case f.check != nil:
		f.check.SetChecked(f.row.On)
	case f.choice != nil:
		f.choice.Selected = ""
		for _, o := range f.row.Options {
			if o.Value == f.row.Value {
				f.choice.Selected = o.Label
			}
		}
		f.choice.Refresh()
	}
}

// focus brings the keyboard here.
func (f *field) focus(c fyne.Canvas) {
	if f.focusable != nil {
		c.Focus(f.focusable)
	}
}
