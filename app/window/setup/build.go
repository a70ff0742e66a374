package setup

import (
	"image/color"
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	model "github.com/takebar/takebar/app/setup"
	"github.com/takebar/takebar/app/window/form"
	"github.com/takebar/takebar/app/window/ui"
)

// build makes all steps anew. The keyboard stays where it was.
func (p *Page) build() {
	c := p.desk.Window.Canvas()
	focused := ""
	for key, b := range p.buttons {
		if c.Focused() == fyne.Focusable(b) {
			focused = key
		}
	}
	for key, s := range p.choices {
		if c.Focused() == fyne.Focusable(s) {
			focused = key
		}
	}
	p.buttons, p.choices = map[string]*form.Button{}, map[string]*form.Select{}
	if p.moving != nil {
		p.moving.Stop() // or it would go on, unseen
		p.moving = nil
	}
	summary := form.Paragraph(p.shown.Summary, ui.ColorFaint, fyne.TextStyle{})
	parts := []fyne.CanvasObject{form.Stack(-12, form.Title(p.Title()), summary), form.Gap(10)}
	for i, s := range p.shown.Steps {
		parts = append(parts, p.step(i+1, s, i == len(p.shown.Steps)-1))
	}
	p.sheet.Set(append(parts, form.Gap(20))...)
	if b := p.buttons[focused]; b != nil && !b.Disabled() {
		c.Focus(b)
	} else if s := p.choices[focused]; s != nil {
		c.Focus(s)
	}
}

// step is a sign with a number or a tick, and beside it what there is to say.
func (p *Page) step(number int, s model.Step, last bool) fyne.CanvasObject {
	name, style := theme.ColorNameForeground, fyne.TextStyle{Bold: true}
	if s.State == model.Later {
		name, style = ui.ColorFaint, fyne.TextStyle{}
	}
	text := form.Stack(-11, ui.Text(s.Title, name, theme.SizeNameText, style))
	colour := theme.ColorNameForeground
	if s.State == model.Done {
		colour = ui.ColorFaint
	}
	for i, line := range s.Lines {
		said := form.Paragraph(line, colour, fyne.TextStyle{})
		if s.Numbers {
			mark := ui.Text(strconv.Itoa(i+1)+".", ui.ColorFaint, theme.SizeNameText, fyne.TextStyle{})
			text.Add(container.New(marked{}, mark, said))
			continue
		}
		text.Add(said)
	}
	if s.Path != "" && len(s.Options) == 0 {
		path := ui.Caption(s.Path)
		path.Wrapping, path.Truncation = fyne.TextWrapOff, fyne.TextTruncateEllipsis
		text.Add(path)
	}
	if s.Problem != "" {
		text.Add(form.Paragraph(s.Problem, theme.ColorNameError, fyne.TextStyle{}))
	}
	body := form.Stack(2, text)
	if s.Part != 0 {
		body.Add(form.Inset(p.progress(s.Part)))
		body.Add(form.Gap(4))
	}
	if len(s.Options) > 0 {
		body.Add(form.Inset(p.choice(s)))
		body.Add(form.Gap(2))
	}
	if len(s.Buttons) > 0 {
		body.Add(form.Inset(p.row(s)))
	}
	if s.Hint != "" {
		body.Add(ui.Caption(s.Hint))
	}
	body.Add(form.Gap(8))
	var line fyne.CanvasObject = ui.NewFill(theme.ColorNameSeparator)
	if last {
		line = container.NewWithoutLayout()
	}
	return container.New(stepLayout{}, line, sign(number, s.State), body)
}

func (p *Page) progress(part float64) fyne.CanvasObject {
	var bar fyne.CanvasObject
	if part < 0 {
		p.moving = widget.NewProgressBarInfinite()
		bar = p.moving
	} else {
		b := widget.NewProgressBar()
		b.TextFormatter = func() string { return "" }
		b.SetValue(part)
		bar = b
	}
	return container.New(slim{}, bar)
}

// slim is a progress bar that is no more than a thick line.
type slim struct{}

func (slim) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(200, 6) }

func (slim) Layout(o []fyne.CanvasObject, size fyne.Size) {
	o[0].Resize(fyne.NewSize(min(size.Width, 320), 6))
}

func (p *Page) choice(s model.Step) fyne.CanvasObject {
	labels, selected := []string{}, ""
	for _, o := range s.Options {
		labels = append(labels, o.Label)
		if o.Value == s.Chosen {
			selected = o.Label
		}
	}
	choice := form.NewSelect(nil)
	choice.Gained = p.sheet.Show
	choice.Options, choice.Selected = labels, selected
	choice.OnChanged = func(string) {
		if i := choice.SelectedIndex(); i >= 0 && s.Options[i].Value != s.Chosen {
			p.pick(s.Key, s.Options[i].Value)
		}
	}
	p.choices[s.Key] = choice
	return container.New(wide{}, choice)
}

// wide is a choice of long names; they are cut off where there is no room.
type wide struct{}

func (wide) MinSize(o []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(200, o[0].MinSize().Height)
}

func (wide) Layout(o []fyne.CanvasObject, size fyne.Size) {
	o[0].Resize(fyne.NewSize(min(size.Width, 520), size.Height))
}

func (p *Page) row(s model.Step) fyne.CanvasObject {
	row := container.NewHBox()
	for _, b := range s.Buttons {
		button := form.NewButton(b.Label, nil, func() { p.press(b.Key) })
		button.Gained = p.sheet.Show
		if b.Main {
			button.Importance = widget.HighImportance
		}
		if b.Key == model.ButtonTest && b.Main {
			button.SetIcon(theme.MediaRecordIcon())
		}
		if b.Off {
			button.Disable()
		}
		p.buttons[b.Key] = button
		row.Add(button)
	}
	return row
}

// sign is the round mark of a step.
func sign(number int, state model.State) fyne.CanvasObject {
	ground, ink := ui.ColorBadge, theme.ColorNameForeground
	text := strconv.Itoa(number)
	var icon fyne.ThemeIconName
	switch state {
	case model.Done:
		ground, icon, ink = ui.ColorMeter, theme.IconNameConfirm, theme.ColorNameBackground
	case model.Now, model.Busy:
		ground, ink = theme.ColorNamePrimary, theme.ColorNameBackground
	case model.Careful:
		ground, ink, text = ui.ColorPlayhead, theme.ColorNameBackground, "!"
	case model.Later:
		ink = ui.ColorFaint
	}
	return newDisc(ground, ink, text, icon)
}

// disc is a filled circle with a letter or an icon in it.
type disc struct {
	widget.BaseWidget
	ground, ink fyne.ThemeColorName
	text        string
	icon        fyne.ThemeIconName

	circle *canvas.Circle
	letter *canvas.Text
	image  *canvas.Image
}

func newDisc(ground, ink fyne.ThemeColorName, text string, icon fyne.ThemeIconName) *disc {
	d := &disc{ground: ground, ink: ink, text: text, icon: icon}
	d.ExtendBaseWidget(d)
	return d
}

// CreateRenderer implements fyne.Widget.
func (d *disc) CreateRenderer() fyne.WidgetRenderer {
	d.circle = canvas.NewCircle(color.Transparent)
	d.letter = canvas.NewText(d.text, color.Transparent)
	d.letter.Alignment, d.letter.TextStyle = fyne.TextAlignCenter, fyne.TextStyle{Bold: true}
	objects := []fyne.CanvasObject{d.circle}
	if d.icon == "" {
		objects = append(objects, d.letter)
	} else {
		d.image = canvas.NewImageFromResource(theme.NewColoredResource(theme.Icon(d.icon), d.ink))
		d.image.FillMode = canvas.ImageFillContain
		objects = append(objects, container.New(middle{}, d.image))
	}
	d.paint()
	return widget.NewSimpleRenderer(container.NewStack(objects...))
}

// Refresh takes the colours of the theme as it is now.
func (d *disc) Refresh() {
	if d.circle != nil {
		d.paint()
	}
	d.BaseWidget.Refresh()
}

func (d *disc) paint() {
	variant := fyne.CurrentApp().Settings().ThemeVariant()
	d.circle.FillColor = d.Theme().Color(d.ground, variant)
	d.letter.Color, d.letter.TextSize = d.Theme().Color(d.ink, variant), theme.TextSize()
}

// middle leaves air around an icon.
type middle struct{}

func (middle) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(1, 1) }

func (middle) Layout(o []fyne.CanvasObject, size fyne.Size) {
	const air = 5
	o[0].Move(fyne.NewPos(air, air))
	o[0].Resize(size.SubtractWidthHeight(2*air, 2*air))
}

// stepLayout puts a line, a sign and a body: the line leads from the sign down to the next one.
type stepLayout struct{}

const (
	signSize = 26
	signLeft = 8
	bodyLeft = signLeft + signSize + 6
)

func (stepLayout) MinSize(o []fyne.CanvasObject) fyne.Size {
	size := o[2].MinSize()
	return fyne.NewSize(size.Width+bodyLeft, max(size.Height, signSize+12))
}

func (stepLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	const top = 4 // the middle of the sign is that of the title
	o[0].Move(fyne.NewPos(signLeft+signSize/2-1, top+signSize+4))
	o[0].Resize(fyne.NewSize(2, max(0, size.Height-signSize-4)))
	o[1].Move(fyne.NewPos(signLeft, top))
	o[1].Resize(fyne.NewSquareSize(signSize))
	o[2].Move(fyne.NewPos(bodyLeft, 0))
	o[2].Resize(fyne.NewSize(size.Width-bodyLeft, size.Height))
	if h := o[2].MinSize().Height; h != size.Height {
		o[2].Resize(fyne.NewSize(size.Width-bodyLeft, h))
	}
}

// marked puts a number before a line.
type marked struct{}

const markWidth = 20

func (marked) MinSize(o []fyne.CanvasObject) fyne.Size {
	return o[1].MinSize().AddWidthHeight(markWidth, 0)
}

func (marked) Layout(o []fyne.CanvasObject, size fyne.Size) {
	o[0].Resize(o[0].MinSize())
	o[1].Move(fyne.NewPos(markWidth, 0))
	o[1].Resize(fyne.NewSize(size.Width-markWidth, o[1].MinSize().Height))
}
