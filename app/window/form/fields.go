package form

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"
)

// Entry is a line (or more) of text that tells when it is given: with Enter, or when the focus goes elsewhere. Esc takes back what was typed.
type Entry struct {
	widget.Entry
	Given   func(text string)
	Left    func() // Esc was pressed
	Gained  func(fyne.CanvasObject)
	Focused bool
}

// NewEntry makes one; lines > 1 makes it a field of several lines.
func NewEntry(lines int) *Entry {
	e := &Entry{Given: func(string) {}, Left: func() {}, Gained: func(fyne.CanvasObject) {}}
	e.ExtendBaseWidget(e)
	e.Scroll = fyne.ScrollHorizontalOnly
	if lines > 1 {
		e.MultiLine, e.Scroll = true, fyne.ScrollBoth
		e.SetMinRowsVisible(lines)
	}
	e.OnSubmitted = func(text string) { e.Given(text) }
	return e
}

// FocusGained implements fyne.Focusable.
func (e *Entry) FocusGained() {
	e.Entry.FocusGained()
	e.Focused = true
	e.Gained(e)
}

// FocusLost implements fyne.Focusable.
func (e *Entry) FocusLost() {
	e.Entry.FocusLost()
	e.Focused = false
	e.Given(e.Text)
}

// TypedKey implements fyne.Focusable.
func (e *Entry) TypedKey(key *fyne.KeyEvent) {
	if key.Name == fyne.KeyEscape {
		e.Left()
		return
	}
	e.Entry.TypedKey(key)
}

// Insert puts text where the cursor is.
func (e *Entry) Insert(text string) {
	for _, r := range text {
		e.TypedRune(r)
	}
}

// Select is a choice.
type Select struct {
	widget.Select
	Gained func(fyne.CanvasObject)
}

// NewSelect makes one.
func NewSelect(changed func(string)) *Select {
	s := &Select{Gained: func(fyne.CanvasObject) {}}
	s.ExtendBaseWidget(s)
	s.OnChanged = changed
	s.PlaceHolder = " "
	return s
}

// FocusGained implements fyne.Focusable.
func (s *Select) FocusGained() {
	s.Select.FocusGained()
	s.Gained(s)
}

// Check is a switch.
type Check struct {
	widget.Check
	Gained func(fyne.CanvasObject)
}

// NewCheck makes one.
func NewCheck(text string, changed func(bool)) *Check {
	c := &Check{Gained: func(fyne.CanvasObject) {}}
	c.ExtendBaseWidget(c)
	c.Text, c.OnChanged = text, changed
	return c
}

// FocusGained implements fyne.Focusable.
func (c *Check) FocusGained() {
	c.Check.FocusGained()
	c.Gained(c)
}

// Button does something.
type Button struct {
	widget.Button
	Gained func(fyne.CanvasObject)
}

// NewButton makes one; Enter presses it as Space does.
func NewButton(text string, icon fyne.Resource, tapped func()) *Button {
	b := &Button{Gained: func(fyne.CanvasObject) {}}
	b.ExtendBaseWidget(b)
	b.Text, b.Icon, b.OnTapped = text, icon, tapped
	return b
}

// FocusGained implements fyne.Focusable.
func (b *Button) FocusGained() {
	b.Button.FocusGained()
	b.Gained(b)
}

// TypedKey implements fyne.Focusable.
func (b *Button) TypedKey(key *fyne.KeyEvent) {
	if key.Name == fyne.KeyReturn || key.Name == fyne.KeyEnter {
		key = &fyne.KeyEvent{Name: fyne.KeySpace}
	}
	b.Button.TypedKey(key)
}
