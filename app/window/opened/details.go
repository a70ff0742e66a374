package opened

import (
	"context"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"github.com/takebar/takebar/app/opentake"
	"github.com/takebar/takebar/app/window/ui"
	"github.com/takebar/takebar/internal/control"
)

// details are note and facts.
type details struct {
	box    *fyne.Container
	scroll *container.Scroll
	facts  *fyne.Container
}

// notes is the note and what is known to be saved of it.
type notes struct {
	entry *noteEntry
	id    string // of the take whose note it is
	saved string
	// pending: what was written has not been taken in yet, or was refused; it must not be overwritten.
	pending bool
}

// noteEntry is the note: saved by going elsewhere or with Ctrl+Enter, put back with Esc.
type noteEntry struct {
	widget.Entry
	save, drop func()
	leave      func()
}

func newNoteEntry() *noteEntry {
	e := &noteEntry{}
	e.ExtendBaseWidget(e)
	e.MultiLine, e.Wrapping = true, fyne.TextWrapWord
	e.SetMinRowsVisible(2)
	return e
}

// TypedKey implements fyne.Focusable.
func (e *noteEntry) TypedKey(k *fyne.KeyEvent) {
	if k.Name == fyne.KeyEscape {
		e.drop()
		e.leave()
		return
	}
	e.Entry.TypedKey(k)
}

// TypedShortcut implements fyne.Shortcutable.
func (e *noteEntry) TypedShortcut(s fyne.Shortcut) {
	if c, ok := s.(*desktop.CustomShortcut); ok && c.Modifier == fyne.KeyModifierShortcutDefault && (c.KeyName == fyne.KeyReturn || c.KeyName == fyne.KeyEnter) {
		e.leave()
		return
	}
	e.Entry.TypedShortcut(s)
}

// FocusLost implements fyne.Focusable.
func (e *noteEntry) FocusLost() {
	e.Entry.FocusLost()
	e.save()
}

// AcceptsTab implements fyne.Tabbable: Tab goes on to the next field.
func (*noteEntry) AcceptsTab() bool { return false }

func (v *View) buildDetails() details {
	e := newNoteEntry()
	e.PlaceHolder = v.desk.Say("take.note.hint")
	e.save, e.drop = v.saveNote, func() { e.SetText(v.notes.saved) }
	e.leave = func() { v.desk.Window.Canvas().Unfocus() }
	v.notes.entry = e
	d := details{facts: container.New(&closeList{gap: 1})}
	note := container.NewBorder(container.New(insets{0, 2}, heading(v.desk.Say("take.note"))), nil, nil, nil, e)
	d.scroll = container.NewVScroll(container.New(&closeList{}, container.New(insets{0, 2}, d.facts)))
	d.box = container.New(pair{}, note, d.scroll)
	return d
}

func heading(text string) *line {
	l := newLine(text, theme.ColorNameForeground, theme.SizeNameCaptionText)
	l.style.Bold = true
	return l
}

func (v *View) refreshDetails() {
	d := &v.parts.details
	v.refreshNote()
	d.facts.Objects = nil
	for i, g := range opentake.Facts(*v.entry, v.waves.chosen, opentake.Options{Say: v.desk.Say, Zone: v.deps.Zone, Seen: v.seen}) {
		if i > 0 {
			d.facts.Objects = append(d.facts.Objects, gapOf(6))
		}
		d.facts.Objects = append(d.facts.Objects, heading(g.Title), gapOf(1))
		for _, f := range g.Facts {
			d.facts.Objects = append(d.facts.Objects, v.fact(f))
		}
	}
	d.facts.Refresh()
	d.scroll.Refresh()
}

func gapOf(height float32) fyne.CanvasObject {
	return container.NewGridWrap(fyne.NewSize(1, height))
}

// factLabel is how wide the labels of facts are.
const factLabel = 118

func (v *View) fact(f opentake.Fact) fyne.CanvasObject {
	label, value := faintLine(f.Label), plainLine(f.Value)
	value.path = f.Path
	switch f.Tone {
	case opentake.Warn:
		value.color, label.color = ui.ColorPlayhead, ui.ColorPlayhead
	case opentake.Bad:
		value.color, label.color = theme.ColorNameError, theme.ColorNameError
	case opentake.Plain, opentake.Hint:
	}
	parts := []fyne.CanvasObject{fixed(label, factLabel), value}
	if f.Copy != "" {
		b := bareButton(theme.ContentCopyIcon(), func() { v.copyText(f.Copy) })
		b.small = true
		parts = append(parts, b)
	} else {
		parts = append(parts, container.NewGridWrap(fyne.NewSize(22, 22)))
	}
	return container.New(&row{gap: 6, stretch: 1}, parts...)
}

// fixed gives an object a width of its own.
func fixed(o fyne.CanvasObject, width float32) fyne.CanvasObject {
	return container.New(fixedWidth(width), o)
}

type fixedWidth float32

func (w fixedWidth) MinSize(objects []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(float32(w), objects[0].MinSize().Height)
}

func (fixedWidth) Layout(objects []fyne.CanvasObject, size fyne.Size) { objects[0].Resize(size) }

// refreshNote shows the note, but never over words that are just being typed.
func (v *View) refreshNote() {
	n := &v.notes
	if v.entry == nil {
		return
	}
	focused := n.id == v.entry.ID && v.desk.Window.Canvas().Focused() == fyne.Focusable(n.entry)
	if n.id != v.entry.ID || !focused && !n.pending && n.entry.Text != v.entry.Note {
		n.id, n.pending = v.entry.ID, false
		n.entry.SetText(v.entry.Note)
	}
	n.saved = v.entry.Note
	if v.model.Can.Edit {
		n.entry.Enable()
	} else {
		n.entry.Disable()
	}
}

// saveNote keeps what was written.
func (v *View) saveNote() {
	n := &v.notes
	if v.entry == nil || n.id != v.entry.ID || n.entry.Text == n.saved || !v.model.Can.Edit {
		return
	}
	text, old, id := strings.TrimRight(n.entry.Text, " \n"), n.saved, n.id
	n.saved, n.pending = n.entry.Text, true
	v.annotate(id, text, func(control.LibraryTake) {
		if n.id == id {
			n.pending = false
			v.refreshNote()
		}
		v.desk.Toast(v.desk.Say("take.note.saved"), ui.Action{Label: v.desk.Say("take.undo"), Do: func() { v.annotate(id, old, nil) }})
	})
}

// lastPatience is how long a window that closes waits for the note.
const lastPatience = 2 * time.Second

// saveNoteNow keeps what was written while the window closes. Background work ends then, so this waits; there is nobody left to tell of a failure.
func (v *View) saveNoteNow() {
	n := &v.notes
	if v.entry == nil || n.id != v.entry.ID || n.entry.Text == n.saved && !n.pending || !v.model.Can.Edit {
		return
	}
	text := strings.TrimRight(n.entry.Text, " \n")
	ctx, cancel := context.WithTimeout(context.WithoutCancel(v.desk.Context()), lastPatience)
	defer cancel()
	_, _ = v.deps.Core.AnnotateTake(ctx, n.id, &text, nil)
	n.saved, n.pending = n.entry.Text, false
}

func (v *View) annotate(id, text string, then func(control.LibraryTake)) {
	v.change(id, false, func(ctx context.Context) (control.LibraryTake, error) {
		return v.deps.Core.AnnotateTake(ctx, id, &text, nil)
	}, then)
}
