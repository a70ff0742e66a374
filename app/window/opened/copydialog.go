package opened

import (
	"context"
	"errors"
	"path/filepath"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"github.com/takebar/takebar/app/opentake"
	"github.com/takebar/takebar/app/window/ports"
	"github.com/takebar/takebar/app/window/ui"
	"github.com/takebar/takebar/app/words"
)

// copying is the copies that are being made, and the wish that was made last.
type copying struct {
	strip  fyne.CanvasObject // progress; nil = none are made
	cancel context.CancelFunc
	wish   ports.CopyWish
}

func (c *copying) running() bool { return c.cancel != nil }

// copyDialog asks what copies are to be.
type copyDialog struct {
	v       *View
	wish    ports.CopyWish
	which   *widget.Select
	format  *widget.RadioGroup
	depth   *widget.Select
	level   *widget.Select
	trim    *widget.Check
	noPre   *widget.Check
	where   *widget.Select
	refused *widget.Label
	box     *dialog.ConfirmDialog
	allowed bool // MP3 can be made; asked once it is chosen
}

// convert asks what copies of the take are to be, and makes them.
func (v *View) convert() {
	if v.entry == nil || !v.model.Can.Convert || v.copy.running() {
		return
	}
	d := &copyDialog{v: v, wish: v.copy.wish}
	d.wish.Take, d.wish.Files = *v.entry, nil
	if d.wish.Format == "" {
		d.wish.Format = "flac"
	}
	d.show()
}

func labels(all []opentake.Choice) []string {
	var texts []string
	for _, c := range all {
		texts = append(texts, c.Label)
	}
	return texts
}

func (d *copyDialog) show() {
	say := d.v.desk.Say
	form := container.New(&formLayout{})
	add := func(label string, o fyne.CanvasObject) {
		form.Objects = append(form.Objects, faintLine(label), o)
	}
	if n := len(d.wish.Take.Files); n > 1 {
		one := d.v.model.Lanes[d.v.waves.chosen].Name
		d.which = widget.NewSelect([]string{say("take.copy.all", words.Data{"Number": n}), say("take.copy.one", words.Data{"Track": one})}, nil)
		d.which.SetSelectedIndex(0)
		add(say("take.copy.which"), d.which)
	}
	d.format = widget.NewRadioGroup(labels(opentake.CopyFormats()), nil)
	d.format.Horizontal, d.format.Required = true, true
	d.format.Selected = opentake.CopyFormats()[opentake.Find(opentake.CopyFormats(), d.wish.Format)].Label
	d.format.OnChanged = d.formatChosen
	add(say("take.copy.format"), d.format)
	d.depth = widget.NewSelect(nil, nil)
	add(say("take.copy.depth"), d.depth)
	levels := opentake.CopyLevels(say)
	d.level = widget.NewSelect(labels(levels), nil)
	d.level.SetSelectedIndex(opentake.Find(levels, d.wish.Level))
	add(say("take.copy.level"), d.level)
	d.trim = widget.NewCheck(say("take.copy.trim"), nil)
	d.trim.Checked = d.wish.TrimEnd
	d.noPre = widget.NewCheck(say("take.copy.nopre"), nil)
	d.noPre.Checked = d.wish.NoPre
	add("", d.trim)
	add("", d.noPre)
	d.where = widget.NewSelect(nil, nil)
	d.places()
	add(say("take.copy.where"), d.where)
	d.refused = newWrapped("")
	d.refused.Importance = widget.WarningImportance
	d.refused.Hide()
	hint := faintWrapped(say("take.copy.hint"), theme.SizeNameCaptionText, fyne.TextAlignLeading)
	content := container.New(&closeList{gap: 10}, form, hint, d.refused)
	d.box = dialog.NewCustomConfirm(say("take.copy.title", words.Data{"Name": d.v.model.Name}), say("take.copy.go"), say("take.cancel"), content, d.answered, d.v.desk.Window)
	d.depths()
	d.box.Resize(fyne.NewSize(460, 0))
	d.box.Show()
	d.v.desk.Window.Canvas().Focus(d.depth)
	d.checkMP3()
}

// places fills the choice of folders.
func (d *copyDialog) places() {
	say := d.v.desk.Say
	d.where.OnChanged = nil
	d.where.Options = []string{say("take.copy.beside"), say("take.copy.choose")}
	d.where.SetSelectedIndex(0)
	if d.wish.Dir != "" {
		d.where.Options = []string{say("take.copy.beside"), d.wish.Dir, say("take.copy.choose")}
		d.where.SetSelectedIndex(1)
	}
	d.where.OnChanged = func(string) {
		switch i := d.where.SelectedIndex(); {
		case i == 0:
			d.wish.Dir = ""
		case i == len(d.where.Options)-1:
			d.chooseFolder()
		}
	}
}

func (d *copyDialog) chooseFolder() {
	dialog.ShowFolderOpen(func(dir fyne.ListableURI, err error) {
		if err != nil {
			d.v.desk.Fail(err)
		}
		if dir != nil {
			d.wish.Dir = filepath.FromSlash(dir.Path())
		}
		d.places()
	}, d.v.desk.Window)
}

func (d *copyDialog) formatChosen(label string) {
	for _, c := range opentake.CopyFormats() {
		if c.Label == label {
			d.wish.Format = c.Value
		}
	}
	d.depths()
	d.checkMP3()
}

// depths offers what goes with the format.
func (d *copyDialog) depths() {
	choices := opentake.CopyDepths(d.wish.Format, d.v.desk.Say)
	d.depth.Options = labels(choices)
	value := d.wish.Bits
	if d.wish.Format == "mp3" {
		value = d.wish.Quality
	}
	d.depth.SetSelectedIndex(opentake.Find(choices, value))
}

// checkMP3 finds out whether MP3 can be made, before the user waits for it.
func (d *copyDialog) checkMP3() {
	d.refused.Hide()
	if d.wish.Format != "mp3" || d.allowed {
		return
	}
	d.v.run(d.v.opening, d.v.deps.Convert.CanMP3, func(err error) {
		d.allowed = err == nil
		if err != nil && d.wish.Format == "mp3" {
			d.refused.SetText(d.v.desk.Sentence(err))
			d.refused.Show()
		}
	})
}

// answered is called when the dialog has been closed.
func (d *copyDialog) answered(yes bool) {
	v := d.v
	choices := opentake.CopyDepths(d.wish.Format, v.desk.Say)
	value := choices[max(d.depth.SelectedIndex(), 0)].Value
	d.wish.Bits, d.wish.Quality = value, ""
	if d.wish.Format == "mp3" {
		d.wish.Bits, d.wish.Quality = "", value
	}
	d.wish.Level = opentake.CopyLevels(v.desk.Say)[max(d.level.SelectedIndex(), 0)].Value
	d.wish.TrimEnd, d.wish.NoPre = d.trim.Checked, d.noPre.Checked
	if d.which != nil && d.which.SelectedIndex() == 1 {
		d.wish.Files = []int{v.waves.chosen}
	}
	if yes && !v.copy.running() {
		v.copy.wish = d.wish
		v.makeCopies(d.wish)
	}
}

// makeCopies makes the copies; the window goes on to work meanwhile, also with another take.
func (v *View) makeCopies(wish ports.CopyWish) {
	say := v.desk.Say
	ctx, cancel := context.WithCancel(v.desk.Context())
	bar := widget.NewProgressBar()
	bar.TextFormatter = func() string { return "" }
	text := plainLine(say("take.copy.running", words.Data{"Name": wish.Take.Name}))
	stop := smallButton(nil, say("take.cancel"), cancel)
	v.copy.cancel = cancel
	v.copy.strip = card(container.New(&row{gap: 10, stretch: 0}, text, fixed(container.New(insets{0, 2}, bar), 150), stop), 10, 6)
	v.refreshCopying()
	var made []ports.Copied
	v.run(v.desk.Context(), func(context.Context) (err error) {
		made, err = v.deps.Convert.Make(ctx, wish, func(p ports.CopyProgress) {
			v.do(func() { bar.SetValue(p.Done) })
		})
		return err
	}, func(err error) {
		cancelled := ctx.Err() != nil
		cancel()
		v.copy.cancel, v.copy.strip = nil, nil
		v.refreshCopying()
		v.tellCopies(made, err, cancelled)
	})
}

func (v *View) refreshCopying() {
	if v.entry != nil {
		v.refreshNotices()
		v.refreshHeader()
		v.parts.take.Refresh()
	}
	v.desk.Refresh()
}

// tellCopies tells what has become of a wish.
func (v *View) tellCopies(made []ports.Copied, err error, cancelled bool) {
	say := v.desk.Say
	var paths, notes []string
	for _, c := range made {
		paths = append(paths, c.Path)
		notes = append(notes, c.Notes...)
	}
	if len(made) > 0 {
		text := say("take.copy.done_one", words.Data{"Name": filepath.Base(paths[0])})
		if len(paths) > 1 {
			text = say("take.copy.done_many", words.Data{"Number": len(paths), "Folder": filepath.Base(filepath.Dir(paths[0]))})
		}
		text = strings.Join(append([]string{text}, first(notes, 3)...), "\n")
		v.desk.Toast(text, ui.Action{Label: say("take.short.reveal"), Do: func() {
			v.desktop(func(ctx context.Context) error { return v.deps.Files.Reveal(ctx, paths) }, "")
		}})
	}
	switch {
	case cancelled && len(made) == 0:
		v.desk.Toast(say("take.copy.cancelled"))
	case err != nil && !cancelled && !errors.Is(err, context.Canceled):
		v.desk.Fail(err)
	}
}

func first(all []string, n int) []string { return all[:min(n, len(all))] }

// formLayout puts labels beside their fields.
type formLayout struct{}

const formLabel = 120

func (formLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	size := fyne.NewSize(400, 0)
	for i := 0; i+1 < len(objects); i += 2 {
		size.Height += objects[i+1].MinSize().Height + 4
		size.Width = max(size.Width, formLabel+objects[i+1].MinSize().Width)
	}
	return size
}

func (formLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	y := float32(0)
	for i := 0; i+1 < len(objects); i += 2 {
		label, field := objects[i], objects[i+1]
		height := field.MinSize().Height
		label.Resize(fyne.NewSize(formLabel-8, label.MinSize().Height))
		label.Move(fyne.NewPos(0, y+(height-label.MinSize().Height)/2))
		field.Resize(fyne.NewSize(size.Width-formLabel, height))
		field.Move(fyne.NewPos(formLabel, y))
		y += height + 4
	}
}
