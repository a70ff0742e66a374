package settings

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/storage"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	model "github.com/takebar/takebar/app/settings"
	"github.com/takebar/takebar/app/window/form"
	"github.com/takebar/takebar/app/window/ui"
)

// alike says whether the same fields show both models.
func alike(a, b model.Model) bool {
	if len(a.Sections) != len(b.Sections) || len(a.Notes) != len(b.Notes) {
		return false
	}
	for i := range a.Notes {
		if a.Notes[i].Title != b.Notes[i].Title || len(a.Notes[i].Lines) != len(b.Notes[i].Lines) {
			return false
		}
		for j := range a.Notes[i].Lines {
			if a.Notes[i].Lines[j] != b.Notes[i].Lines[j] {
				return false
			}
		}
	}
	for i := range a.Sections {
		if len(a.Sections[i].Rows) != len(b.Sections[i].Rows) {
			return false
		}
		for j, r := range a.Sections[i].Rows {
			if !alikeRows(r, b.Sections[i].Rows[j]) {
				return false
			}
		}
	}
	return true
}

func alikeRows(a, b model.Row) bool {
	if a.Key != b.Key || a.Kind != b.Kind || len(a.Buttons) != len(b.Buttons) || len(a.Chips) != len(b.Chips) {
		return false
	}
	for i := range a.Buttons {
		if a.Buttons[i].Key != b.Buttons[i].Key {
			return false
		}
	}
	return true
}

// fold is a section that can be folded away.
type fold struct {
	open   bool
	button *form.Button
	body   *fyne.Container
}

// build makes all fields anew. The keyboard stays where it was.
func (p *Page) build() {
	canvas := p.desk.Window.Canvas()
	focused := ""
	var typing *form.Entry
	for key, f := range p.fields {
		if f.focusable != nil && canvas.Focused() == f.focusable {
			focused, typing = key, f.entry
		}
	}
	if typing != nil {
		typing.Given = func(string) {} // what is being typed is not given yet: it goes on in the new field
	}
	p.fields = map[string]*field{}
	var labels []string
	for _, s := range p.shown.Sections {
		for _, r := range s.Rows {
			labels = append(labels, r.Label)
		}
	}
	width := form.LabelWidth(labels)
	parts := []fyne.CanvasObject{form.Title(p.Title()), form.Gap(2)}
	for _, n := range p.shown.Notes {
		parts = append(parts, p.note(n), form.Gap(8))
	}
	for _, s := range p.shown.Sections {
		parts = append(parts, p.section(s, width)...)
	}
	open := form.NewButton(p.desk.Say("settings.open_file"), theme.DocumentIcon(), p.openFile)
	open.Gained = p.sheet.Show
	parts = append(parts, form.Gap(14), ui.Caption(p.shown.Footer), form.Inset(container.NewHBox(open)), form.Gap(20))
	p.sheet.Set(parts...)
	if f := p.fields[focused]; f != nil {
		if typing != nil && f.entry != nil && !f.entry.Disabled() {
			f.quiet = true
			f.entry.SetText(typing.Text)
			f.entry.CursorColumn, f.entry.CursorRow = typing.CursorColumn, typing.CursorRow
			f.quiet = false
		}
		f.focus(canvas)
	}
}

func (p *Page) note(n model.Note) fyne.CanvasObject {
	mood := form.Calm
	switch {
	case n.Problem:
		mood = form.Bad
	case n.OpenFile:
		mood = form.Careful
	}
	var buttons []fyne.CanvasObject
	if n.OpenFile {
		open := form.NewButton(p.desk.Say("settings.open_file"), theme.DocumentIcon(), p.openFile)
		open.Gained = p.sheet.Show
		buttons = append(buttons, open)
	}
	return form.Banner(mood, n.Title, n.Lines, buttons...)
}

func (p *Page) section(s model.Section, width float32) []fyne.CanvasObject {
	body := form.Stack(6)
	if s.Caption != "" {
		body.Add(ui.Caption(s.Caption))
	}
	for _, r := range s.Rows {
		f := p.field(r, width)
		p.fields[r.Key] = f
		body.Add(f.view)
	}
	if !s.Folded {
		return []fyne.CanvasObject{form.Heading(s.Title), body}
	}
	before := p.folds[s.Key]
	f := &fold{body: body}
	f.button = form.NewButton(s.Title, nil, func() { p.unfold(f, !f.open) })
	f.button.Importance, f.button.Alignment = widget.LowImportance, widget.ButtonAlignLeading
	f.button.Gained = p.sheet.Show
	p.folds[s.Key] = f
	open := before != nil && before.open
	for _, r := range s.Rows {
		open = open || r.Problem != ""
	}
	p.unfold(f, open)
	return []fyne.CanvasObject{form.Divider(), container.NewHBox(f.button), body}
}

func (p *Page) unfold(f *fold, open bool) {
	f.open = open
	if open {
		f.button.SetIcon(theme.MenuDropDownIcon())
		f.body.Show()
	} else {
		f.button.SetIcon(theme.MenuExpandIcon())
		f.body.Hide()
	}
	p.sheet.Settle()
}

// choose asks for a folder and gives it to a row, or adds it to the folders that a row has.
func (p *Page) choose(key string) {
	row := p.shown.Row(key)
	if row == nil || row.Off {
		return
	}
	d := dialog.NewFolderOpen(func(dir fyne.ListableURI, err error) {
		switch {
		case err != nil:
			p.desk.Fail(err)
		case dir != nil:
			p.chosen(key, dir.Path())
		}
	}, p.desk.Window)
	start := row.Value
	if start == "" && p.facts.Disk != nil {
		start = p.facts.Disk.Dir
	}
	if where, err := storage.ListerForURI(storage.NewFileURI(start)); err == nil && row.Kind == model.Folder {
		d.SetLocation(where)
	}
	d.Show()
	d.Resize(p.desk.Window.Canvas().Size().Subtract(fyne.NewSize(80, 80)))
}

func (p *Page) chosen(key, dir string) {
	row := p.shown.Row(key)
	if row == nil {
		return
	}
	if row.Kind == model.Folders && row.Value != "" {
		dir = row.Value + "\n" + dir
	}
	p.give(key, dir)
}
