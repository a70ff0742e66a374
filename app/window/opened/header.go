package opened

import (
	"context"
	"image/color"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"github.com/takebar/takebar/app/opentake"
	"github.com/takebar/takebar/app/window/ui"
	"github.com/takebar/takebar/app/words"
	"github.com/takebar/takebar/internal/control"
)

// header is name, rating, what it is, and the actions.
type header struct {
	box     *fyne.Container
	name    *line
	title   *fyne.Container // name, or the entry over it
	edit    *nameEntry
	stars   *stars
	facts   *line
	reveal  *button
	convert *button
	trash   *button
	more    *button
}

func (v *View) buildHeader() header {
	say := v.desk.Say
	h := header{name: newLine("", theme.ColorNameForeground, theme.SizeNameHeadingText), facts: faintLine("")}
	h.name.style.Bold = true
	h.name.doubleTapped = v.rename
	h.title = container.NewStack(h.name)
	h.stars = newStars(v.rate)
	h.reveal = newButton(theme.FolderOpenIcon(), say("take.short.reveal"), v.reveal)
	h.convert = newButton(theme.MediaMusicIcon(), say("take.short.convert"), v.convert)
	h.trash = newButton(theme.DeleteIcon(), "", v.trashOrRestore)
	h.more = newButton(theme.MoreHorizontalIcon(), "", func() {
		v.popUp(fyne.CurrentApp().Driver().AbsolutePositionForObject(h.more).Add(fyne.NewPos(0, h.more.Size().Height+2)))
	})
	actions := container.New(&row{gap: 6, stretch: -1}, h.reveal, h.convert, h.trash, h.more)
	first := container.New(&row{gap: 12}, h.title, actions)
	second := container.New(&row{gap: 12, stretch: 1}, h.stars, h.facts)
	h.box = container.New(&closeList{gap: 3}, first, second)
	return h
}

func (v *View) refreshHeader() {
	h, m := &v.parts.header, &v.model
	h.name.set(m.Name)
	h.facts.set(m.Line)
	h.stars.set(m.Rating, !m.Can.Edit)
	h.reveal.state(!m.Can.Reveal, false)
	h.convert.state(!m.Can.Convert || v.copy.running(), false)
	h.trash.state(!m.Can.Trash && !m.Can.Restore, false)
	h.trash.setIcon(theme.DeleteIcon())
	if m.Can.Restore {
		h.trash.setIcon(theme.ContentUndoIcon())
	}
}

// nameEntry is the name being changed. Enter and going elsewhere keep the change, Esc drops it.
type nameEntry struct {
	widget.Entry
	end func(keep bool)
}

func newNameEntry(text string, end func(keep bool)) *nameEntry {
	e := &nameEntry{end: end}
	e.ExtendBaseWidget(e)
	e.Text = text
	e.OnSubmitted = func(string) { e.end(true) }
	return e
}

// TypedKey implements fyne.Focusable.
func (e *nameEntry) TypedKey(k *fyne.KeyEvent) {
	if k.Name == fyne.KeyEscape {
		e.end(false)
		return
	}
	e.Entry.TypedKey(k)
}

// FocusLost implements fyne.Focusable.
func (e *nameEntry) FocusLost() {
	e.Entry.FocusLost()
	e.end(true)
}

// rename puts an entry over the name.
func (v *View) rename() {
	h := &v.parts.header
	if v.entry == nil || !v.model.Can.Edit || h.edit != nil {
		return
	}
	h.edit = newNameEntry(v.entry.Name, v.endRename)
	h.title.Objects = []fyne.CanvasObject{h.edit}
	h.title.Refresh()
	h.box.Refresh()
	if c := v.desk.Window.Canvas(); c != nil {
		c.Focus(h.edit)
	}
	h.edit.TypedShortcut(&fyne.ShortcutSelectAll{})
}

// endRename takes the entry away, and the name with it where keep is set.
func (v *View) endRename(keep bool) {
	h := &v.parts.header
	edit := h.edit
	if edit == nil {
		return
	}
	h.edit = nil
	h.title.Objects = []fyne.CanvasObject{h.name}
	h.title.Refresh()
	h.box.Refresh()
	if c := v.desk.Window.Canvas(); c != nil && c.Focused() == edit {
		c.Unfocus()
	}
	name := strings.TrimSpace(edit.Text)
	if keep && v.entry != nil && name != "" && name != v.entry.Name {
		v.renameTo(v.entry.ID, v.entry.Name, name, true)
	}
}

// renameTo gives a take a name; undo offers the way back.
func (v *View) renameTo(id, old, name string, undo bool) {
	v.change(id, true, func(ctx context.Context) (control.LibraryTake, error) { return v.deps.Core.RenameTake(ctx, id, name) }, func(e control.LibraryTake) {
		if undo {
			v.desk.Toast(v.desk.Say("take.renamed", words.Data{"Name": e.Name}), ui.Action{
				Label: v.desk.Say("take.undo"), Do: func() { v.renameTo(id, e.Name, old, false) },
			})
		}
	})
}

func (v *View) rate(rating int) {
	if v.entry == nil || !v.model.Can.Edit {
		return
	}
	v.parts.header.stars.set(rating, false) // at once; the answer puts it right where it was refused
	id := v.entry.ID
	v.change(id, false, func(ctx context.Context) (control.LibraryTake, error) {
		return v.deps.Core.AnnotateTake(ctx, id, nil, &rating)
	}, nil)
}

// change changes a take through the core and shows what became of it. files: its files are moved, so the player lets go of them first.
func (v *View) change(id string, files bool, work func(context.Context) (control.LibraryTake, error), then func(control.LibraryTake)) {
	var got control.LibraryTake
	v.run(v.desk.Context(), func(ctx context.Context) (err error) {
		if files {
			_ = v.deps.Player.Load(ctx, nil) // a player without files may say so
		}
		got, err = work(ctx)
		return err
	}, func(err error) {
		if files && v.entry != nil && v.entry.ID == id {
			v.unload()
		}
		if err != nil {
			v.desk.Fail(err)
			if v.entry != nil {
				v.refresh()
			}
			return
		}
		if v.entry != nil && v.entry.ID == got.ID {
			v.Show(&got)
		}
		v.deps.Changed(got)
		if then != nil {
			then(got)
		}
	})
}

// refreshNotices shows the sentences above the waveform.
func (v *View) refreshNotices() {
	p := &v.parts
	const most = 4
	p.notices.Objects = nil
	for i, n := range v.model.Notices {
		if i == most {
			more := v.desk.Say("take.notice.more", words.Data{"Number": len(v.model.Notices) - most})
			p.notices.Objects = append(p.notices.Objects, v.notice(opentake.Notice{Text: more, Tone: opentake.Hint}))
			break
		}
		p.notices.Objects = append(p.notices.Objects, v.notice(n))
	}
	for _, text := range v.trouble {
		p.notices.Objects = append(p.notices.Objects, v.notice(opentake.Notice{Text: text, Tone: opentake.Warn}))
	}
	if strip := v.copy.strip; strip != nil {
		p.notices.Objects = append(p.notices.Objects, strip)
	}
	p.notices.Hidden = len(p.notices.Objects) == 0
	p.notices.Refresh()
}

func (v *View) notice(n opentake.Notice) fyne.CanvasObject {
	icon, name := theme.InfoIcon(), ui.ColorFaint
	switch n.Tone {
	case opentake.Warn:
		icon, name = theme.WarningIcon(), ui.ColorPlayhead
	case opentake.Bad:
		icon, name = theme.ErrorIcon(), theme.ColorNameError
	case opentake.Hint, opentake.Plain:
	}
	text := newWrapped(n.Text)
	parts := []fyne.CanvasObject{sized(widget.NewIcon(theme.NewColoredResource(icon, name)), 18), text}
	switch n.Remedy {
	case opentake.Rescue:
		parts = append(parts, smallButton(nil, n.Label, v.rescue))
	case opentake.Restore:
		parts = append(parts, smallButton(nil, n.Label, v.trashOrRestore))
	case opentake.NoRemedy:
	}
	return card(container.New(&row{gap: 9, stretch: 1}, parts...), 10, 0)
}

// sized gives an object a square of its own.
func sized(o fyne.CanvasObject, side float32) fyne.CanvasObject {
	return container.NewGridWrap(fyne.NewSquareSize(side), o)
}

// card lies a shade off the background.
func card(o fyne.CanvasObject, x, y float32) *fyne.Container {
	back := ui.NewFill(ui.ColorPanel)
	back.Radius = theme.InputRadiusSize()
	return container.NewStack(back, container.New(insets{x, y}, o))
}

type insets struct{ x, y float32 }

func (i insets) MinSize(objects []fyne.CanvasObject) fyne.Size {
	return objects[0].MinSize().AddWidthHeight(2*i.x, 2*i.y)
}

func (i insets) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	objects[0].Move(fyne.NewPos(i.x, i.y))
	objects[0].Resize(size.SubtractWidthHeight(2*i.x, 2*i.y))
}

// buildNothing is what shows while no take is chosen.
func (v *View) buildNothing() fyne.CanvasObject {
	return v.emptiness(theme.MediaMusicIcon(), v.desk.Say("take.nothing"), v.desk.Say("take.nothing_hint"))
}

// emptiness is a calm picture in the middle of nothing.
func (v *View) emptiness(icon fyne.Resource, title, hint string) fyne.CanvasObject {
	head := newLine(title, theme.ColorNameForeground, theme.SizeNameSubHeadingText)
	head.align, head.style.Bold = fyne.TextAlignCenter, true
	text := faintWrapped(hint, theme.SizeNameText, fyne.TextAlignCenter)
	width := canvas.NewRectangle(color.Transparent)
	width.SetMinSize(fyne.NewSize(320, 0))
	image := container.NewCenter(sized(widget.NewIcon(theme.NewColoredResource(icon, ui.ColorWaveQuiet)), 44))
	parts := []fyne.CanvasObject{image, container.NewStack(width, head)}
	if hint != "" {
		parts = append(parts, text)
	}
	return container.NewCenter(container.New(&closeList{gap: 8}, parts...))
}

// faintWrapped is text of second rank that wraps.
func faintWrapped(text string, size fyne.ThemeSizeName, align fyne.TextAlign) *widget.RichText {
	t := ui.Caption(text)
	segment := t.Segments[0].(*widget.TextSegment)
	segment.Style.SizeName, segment.Style.Alignment, segment.Style.Inline = size, align, false
	return t
}

// newWrapped is text that wraps.
func newWrapped(text string) *widget.Label {
	l := widget.NewLabel(text)
	l.Wrapping = fyne.TextWrapWord
	return l
}
