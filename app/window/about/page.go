// Package about is the about page of the window: what app/about says, with the doctor's report.
//
// It must not examine anything itself: ports.Doctor does. Only main imports it.
package about

import (
	"context"
	"net/url"
	"reflect"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"github.com/takebar/takebar/app"
	model "github.com/takebar/takebar/app/about"
	"github.com/takebar/takebar/app/window/form"
	"github.com/takebar/takebar/app/window/ports"
	"github.com/takebar/takebar/app/window/ui"
	"github.com/takebar/takebar/internal/control"
)

// Deps are what the page needs. All but Icon are required.
type Deps struct {
	Info    model.Info
	Doctor  ports.Doctor
	Files   app.Files
	Home    string // the config folder
	LogDir  string
	Icon    []byte // of the program, as PNG
	Copying func(text string)
}

// Page is the about page.
type Page struct {
	desk    *ui.Desk
	deps    Deps
	sheet   *form.Sheet
	facts   model.Facts
	shown   model.Model
	buttons map[string]*form.Button
}

var _ ui.Page = (*Page)(nil)

// New makes the page. The doctor is asked when it comes to the front for the first time.
func New(desk *ui.Desk, deps Deps) *Page {
	if deps.Copying == nil {
		deps.Copying = func(text string) { fyne.CurrentApp().Clipboard().SetContent(text) }
	}
	p := &Page{desk: desk, deps: deps, sheet: form.NewSheet(), facts: model.Facts{Info: deps.Info}}
	p.refresh()
	return p
}

// Close implements ui.Page.
func (p *Page) Close() {}

// Name implements ui.Page.
func (p *Page) Name() string { return app.PageAbout }

// Title implements ui.Page.
func (p *Page) Title() string { return p.desk.Say("about.page") }

// Icon implements ui.Page.
func (p *Page) Icon() fyne.Resource { return theme.InfoIcon() }

// Content implements ui.Page.
func (p *Page) Content() fyne.CanvasObject { return p.sheet.Scroll }

// Snapshot implements ui.Page.
func (p *Page) Snapshot(control.Snapshot) {}

// Shown implements ui.Page.
func (p *Page) Shown(string) {
	if p.facts.Report == nil {
		p.check()
	}
}

// Dropped implements ui.Page.
func (p *Page) Dropped([]fyne.URI) {}

// Commands implements ui.Page.
func (p *Page) Commands() []ui.Command {
	say := p.desk.Say
	menu, mod := say("about.menu"), fyne.KeyModifierShortcutDefault
	return []ui.Command{
		{Menu: menu, Label: say("about.check"), Key: fyne.KeyF5, Do: p.check, Off: p.facts.Checking},
		{Menu: menu, Label: say("about.copy"), Key: fyne.KeyC, Mod: mod, Do: p.copyReport, Off: p.facts.Report == nil},
		{Menu: menu, Label: say("about.logs"), Key: fyne.KeyL, Mod: mod, Do: func() { p.press(model.ButtonLogs) }, Split: true},
	}
}

func (p *Page) check() {
	if p.facts.Checking {
		return
	}
	p.facts.Checking, p.facts.Problem = true, ""
	p.refresh()
	var found ports.Report
	p.desk.Run(func(ctx context.Context) (err error) {
		found, err = p.deps.Doctor.Examine(ctx)
		return err
	}, func(err error) {
		p.facts.Checking = false
		if err != nil {
			p.facts.Problem = p.desk.Sentence(err)
		} else {
			p.facts.Report = &found
		}
		p.refresh()
	})
}

func (p *Page) copyReport() {
	if p.facts.Report == nil {
		return
	}
	p.deps.Copying(p.facts.Report.Text)
	p.desk.Toast(p.desk.Say("about.copied"))
}

func (p *Page) press(key string) {
	switch key {
	case model.ButtonCheck:
		p.check()
	case model.ButtonCopy:
		p.copyReport()
	case model.ButtonFolder:
		p.desk.Run(func(ctx context.Context) error { return p.deps.Files.OpenFolder(ctx, p.deps.Home) }, nil)
	case model.ButtonLogs:
		p.desk.Run(func(ctx context.Context) error { return p.deps.Files.OpenFolder(ctx, p.deps.LogDir) }, nil)
	}
}

// refresh shows the model as it is now.
func (p *Page) refresh() {
	m := model.Build(p.desk.Say, p.facts)
	if reflect.DeepEqual(m, p.shown) {
		return
	}
	p.shown = m
	p.build()
	p.desk.Refresh()
}

func (p *Page) build() {
	c := p.desk.Window.Canvas()
	focused := ""
	for key, b := range p.buttons {
		if c.Focused() == fyne.Focusable(b) {
			focused = key
		}
	}
	p.buttons = map[string]*form.Button{}
	parts := []fyne.CanvasObject{p.head(), form.Heading(p.desk.Say("about.doctor")), p.summary()}
	if p.shown.Problem != "" {
		parts = append(parts, form.Banner(form.Bad, p.shown.Problem, nil))
	}
	for _, g := range p.shown.Groups {
		title := ui.Text(g.Title, ui.ColorFaint, theme.SizeNameCaptionText, fyne.TextStyle{Bold: true})
		rows := form.Stack(4)
		for _, r := range g.Rows {
			rows.Add(p.finding(r))
		}
		parts = append(parts, form.Gap(6), title, form.Inset(form.Panel(rows, "")))
	}
	p.sheet.Set(append(parts, form.Gap(20))...)
	if b := p.buttons[focused]; b != nil && !b.Disabled() {
		c.Focus(b)
	}
}

// head is what the program says of itself.
func (p *Page) head() fyne.CanvasObject {
	texts := form.Stack(-11, form.Title(p.shown.Name))
	for _, line := range p.shown.Lines {
		texts.Add(form.Paragraph(line, ui.ColorFaint, fyne.TextStyle{}))
	}
	links := container.NewHBox()
	for _, l := range p.shown.Links {
		where, err := url.Parse(l.URL)
		if err != nil {
			continue // they are our own
		}
		links.Add(widget.NewHyperlink(l.Label, where))
	}
	head := form.Stack(0, texts, links, ui.Caption(p.shown.Licence))
	if len(p.deps.Icon) == 0 {
		return head
	}
	icon := canvas.NewImageFromResource(fyne.NewStaticResource("Icon.png", p.deps.Icon))
	icon.FillMode = canvas.ImageFillContain
	return container.New(portrait{}, icon, head)
}

// portrait puts the program's icon beside what it says.
type portrait struct{}

const iconSize = 72

func (portrait) MinSize(o []fyne.CanvasObject) fyne.Size {
	return o[1].MinSize().AddWidthHeight(iconSize+theme.InnerPadding(), 0)
}

func (portrait) Layout(o []fyne.CanvasObject, size fyne.Size) {
	o[0].Resize(fyne.NewSquareSize(iconSize))
	o[0].Move(fyne.NewPos(theme.InnerPadding(), theme.InnerPadding()))
	left := iconSize + 2*theme.InnerPadding()
	o[1].Move(fyne.NewPos(left, 0))
	o[1].Resize(fyne.NewSize(size.Width-left, size.Height))
}

// summary is how the report ended, and what can be done with it.
func (p *Page) summary() fyne.CanvasObject {
	mood := map[model.Mood]form.Mood{model.Fine: form.Good, model.Look: form.Careful, model.Mend: form.Bad}[p.shown.Mood]
	said := form.Stack(-13, form.Paragraph(p.shown.Summary, theme.ColorNameForeground, fyne.TextStyle{Bold: true}))
	if p.shown.At != "" {
		said.Add(ui.Caption(p.shown.At))
	}
	line := container.New(form.Beside{Width: theme.IconInlineSize() + theme.InnerPadding()}, widget.NewIcon(mood.Icon()), said)
	row := container.NewHBox()
	icons := map[string]fyne.Resource{
		model.ButtonCheck: theme.ViewRefreshIcon(), model.ButtonCopy: theme.ContentCopyIcon(), model.ButtonFolder: theme.FolderOpenIcon(), model.ButtonLogs: theme.DocumentIcon(),
	}
	for _, b := range p.shown.Buttons {
		button := form.NewButton(b.Label, icons[b.Key], func() { p.press(b.Key) })
		button.Gained = p.sheet.Show
		if b.Off {
			button.Disable()
		}
		p.buttons[b.Key] = button
		row.Add(button)
	}
	return form.Stack(2, line, form.Inset(row), form.Gap(4))
}

// finding is one line of the report.
func (p *Page) finding(r model.Row) fyne.CanvasObject {
	mood := map[string]form.Mood{"ok": form.Good, "warning": form.Careful, "problem": form.Bad}[r.Status]
	texts := form.Stack(-12, form.Paragraph(r.Name, theme.ColorNameForeground, fyne.TextStyle{Bold: true}), form.Paragraph(r.Text, theme.ColorNameForeground, fyne.TextStyle{}))
	for _, d := range r.Details {
		texts.Add(ui.Caption(d))
	}
	body := form.Stack(0, texts)
	if r.Hint != "" {
		texts.Add(form.Paragraph("› "+strings.ReplaceAll(r.Hint, "\n", "\n› "), theme.ColorNameForeground, fyne.TextStyle{}))
	}
	if r.Page != "" {
		button := form.NewButton(r.Go, theme.NavigateNextIcon(), func() { p.desk.Open(r.Page, "") })
		button.IconPlacement = widget.ButtonIconTrailingText
		button.Gained = p.sheet.Show
		p.buttons["go/"+r.Page+"/"+r.Name] = button
		body.Add(form.Inset(container.NewHBox(button)))
		body.Add(form.Gap(4))
	}
	return container.New(form.Beside{Width: theme.IconInlineSize() + theme.InnerPadding()}, widget.NewIcon(mood.Icon()), body)
}
