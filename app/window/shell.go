package window

import (
	"runtime"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"github.com/takebar/takebar/app/window/ui"
	"github.com/takebar/takebar/app/words"
	"github.com/takebar/takebar/internal/control"
)

const (
	lampSize = 9
	sideWide = 150
)

// Shell is the frame around the pages: side bar, status line, menu and keys.
type Shell struct {
	desk   *ui.Desk
	pages  []ui.Page
	front  int
	tabs   []*widget.Button
	middle *fyne.Container
	status *widget.Label
	lamp   *ui.Fill
	keys   []ui.Command
	bound  []fyne.Shortcut
}

// NewShell puts the pages into the desk's window. The first page comes to the front.
func NewShell(desk *ui.Desk, pages []ui.Page) *Shell {
	s := &Shell{desk: desk, pages: pages, front: -1, middle: container.NewStack(), status: widget.NewLabel(""), lamp: ui.NewFill(ui.ColorFaint)}
	s.status.Truncation = fyne.TextTruncateEllipsis
	s.status.SizeName = theme.SizeNameCaptionText
	side := container.NewVBox()
	for i, p := range pages {
		b := widget.NewButtonWithIcon(p.Title(), p.Icon(), func() { s.show(i, "") })
		b.Alignment = widget.ButtonAlignLeading
		b.Importance = widget.LowImportance
		s.tabs = append(s.tabs, b)
		side.Add(b)
	}
	room := container.NewGridWrap(fyne.NewSize(sideWide, 1), layout.NewSpacer())
	left := container.NewStack(ui.NewFill(ui.ColorPanel), container.NewPadded(container.NewVBox(room, side)))
	s.lamp.Radius = lampSize / 2
	lamp := container.NewCenter(container.NewGridWrap(fyne.NewSquareSize(lampSize), s.lamp))
	foot := container.NewStack(ui.NewFill(ui.ColorPanel), container.NewBorder(nil, nil, container.NewPadded(container.NewPadded(lamp)), nil, s.status))
	body := container.New(frame{}, left, container.NewPadded(s.middle), ui.NewFill(theme.ColorNameSeparator), foot)
	w := desk.Window
	w.SetPadded(false)
	w.SetContent(container.NewStack(body, desk.Overlay()))
	w.Canvas().SetOnTypedKey(func(e *fyne.KeyEvent) { s.typed(e.Name) })
	w.SetCloseIntercept(s.leave)
	w.SetOnDropped(func(_ fyne.Position, files []fyne.URI) { s.pages[s.front].Dropped(files) })
	desk.Open = s.open
	desk.Refresh = s.menu
	s.show(0, "")
	return s
}

// open brings a page to the front by its name; an unknown name is the first page.
func (s *Shell) open(page, what string) {
	for i, p := range s.pages {
		if p.Name() == page {
			s.show(i, what)
			return
		}
	}
	s.show(0, what)
}

func (s *Shell) show(i int, what string) {
	if i != s.front {
		s.front = i
		for j, b := range s.tabs {
			b.Importance = widget.LowImportance
			if j == i {
				b.Importance = widget.MediumImportance
			}
			b.Refresh()
		}
		s.middle.Objects = []fyne.CanvasObject{s.pages[i].Content()}
		s.middle.Refresh()
		s.desk.Window.SetTitle(s.desk.Say("shell.title", words.Data{"Page": s.pages[i].Title()}))
		s.desk.Window.Canvas().Unfocus()
	}
	s.pages[i].Shown(what)
	s.menu()
}

// leave closes the window, unless a page has something to ask before.
func (s *Shell) leave() {
	for i, p := range s.pages {
		if l, ok := p.(ui.Leaver); ok && !l.Leaving(s.desk.Window.Close) {
			s.show(i, "")
			return
		}
	}
	s.desk.Window.Close()
}

// Snapshot shows the core's latest state.
func (s *Shell) Snapshot(snap control.Snapshot) {
	name := ui.ColorFaint
	switch {
	case snap.RunningTake() != nil:
		name = ui.ColorRecord
	case snap.Link.Status == control.LinkConnected && snap.Link.Responding:
		name = ui.ColorMeter
	}
	if s.lamp.Colour != name {
		s.lamp.Colour = name
		s.lamp.Refresh()
	}
	if s.status.Text != snap.Link.Message {
		s.status.SetText(snap.Link.Message)
	}
	for _, p := range s.pages {
		p.Snapshot(snap)
	}
}

// menu makes the window's menu from what can be done now, and binds the keys.
func (s *Shell) menu() {
	commands := s.pages[s.front].Commands()
	for i, p := range s.pages {
		commands = append(commands, ui.Command{
			Menu: s.desk.Say("shell.menu.go"), Label: p.Title(), Key: fyne.KeyName(rune('1' + i)), Mod: fyne.KeyModifierShortcutDefault,
			Do: func() { s.show(i, "") }, Check: i == s.front,
		})
	}
	commands = append(commands, ui.Command{
		Menu: s.desk.Say("shell.menu.go"), Label: s.desk.Say("shell.close"), Key: fyne.KeyW, Mod: fyne.KeyModifierShortcutDefault, Split: true,
		Do: s.leave,
	})
	s.keys = nil
	for _, old := range s.bound {
		s.desk.Window.Canvas().RemoveShortcut(old)
	}
	s.bound = nil
	var menus []*fyne.Menu
	byTitle := map[string]*fyne.Menu{}
	for _, c := range commands {
		s.bind(c)
		if c.Menu == "" {
			continue
		}
		m := byTitle[c.Menu]
		if m == nil {
			m = fyne.NewMenu(c.Menu)
			byTitle[c.Menu], menus = m, append(menus, m)
		}
		if c.Split && len(m.Items) > 0 {
			m.Items = append(m.Items, fyne.NewMenuItemSeparator())
		}
		item := fyne.NewMenuItem(c.Label, c.Do)
		item.Disabled, item.Checked = c.Off, c.Check
		switch {
		case c.Key != "" && c.Mod != 0:
			item.Shortcut = chordOf(c.Key, c.Mod)
		case c.Key != "":
			item.Label += "  (" + keyName(s.desk.Say, c.Key) + ")"
		}
		m.Items = append(m.Items, item)
	}
	s.desk.Window.SetMainMenu(fyne.NewMainMenu(menus...))
}

func (s *Shell) bind(c ui.Command) {
	if c.Key == "" || c.Do == nil {
		return
	}
	if c.Mod == 0 {
		s.keys = append(s.keys, c)
		return
	}
	shortcut := chordOf(c.Key, c.Mod)
	s.bound = append(s.bound, shortcut)
	s.desk.Window.Canvas().AddShortcut(shortcut, func(fyne.Shortcut) {
		if !c.Off {
			c.Do()
		}
	})
}

// chordOf is the shortcut that Fyne reports for these keys: some have names of their own.
func chordOf(key fyne.KeyName, mod fyne.KeyModifier) fyne.Shortcut {
	if mod == fyne.KeyModifierShortcutDefault {
		switch key {
		case fyne.KeyZ:
			return &fyne.ShortcutUndo{}
		case fyne.KeyY:
			return &fyne.ShortcutRedo{}
		case fyne.KeyC:
			return &fyne.ShortcutCopy{}
		case fyne.KeyX:
			return &fyne.ShortcutCut{}
		case fyne.KeyV:
			return &fyne.ShortcutPaste{}
		case fyne.KeyA:
			return &fyne.ShortcutSelectAll{}
		}
	}
	return &desktop.CustomShortcut{KeyName: key, Modifier: mod}
}

// typed carries out the command of a bare key. It is called where no widget has the focus, and by Keys.
func (s *Shell) typed(key fyne.KeyName) bool {
	for _, c := range s.keys {
		if c.Key == key || (c.Key == fyne.KeyReturn && key == fyne.KeyEnter) || (c.Key == fyne.KeyDelete && key == fyne.KeyBackspace && runtime.GOOS == "darwin") {
			if !c.Off {
				c.Do()
			}
			return true
		}
	}
	return false
}

// keyName is how a bare key is called in a menu.
func keyName(say words.Say, key fyne.KeyName) string {
	switch key {
	case fyne.KeySpace:
		return say("shell.key.space")
	case fyne.KeyReturn:
		return say("shell.key.enter")
	case fyne.KeyDelete:
		return say("shell.key.delete")
	case fyne.KeyEscape:
		return say("shell.key.escape")
	}
	return strings.TrimPrefix(string(key), "Key")
}

// frame lays out side bar, page, a thin line and the status line, in this order, without gaps.
type frame struct{}

// MinSize implements fyne.Layout.
func (frame) MinSize(o []fyne.CanvasObject) fyne.Size {
	side, page, status := o[0].MinSize(), o[1].MinSize(), o[3].MinSize()
	return fyne.NewSize(side.Width+page.Width, max(side.Height, page.Height)+1+status.Height)
}

// Layout implements fyne.Layout.
func (frame) Layout(o []fyne.CanvasObject, size fyne.Size) {
	side, status := o[0].MinSize().Width, o[3].MinSize().Height
	high := size.Height - status - 1
	place := func(o fyne.CanvasObject, x, y, width, height float32) {
		o.Move(fyne.NewPos(x, y))
		o.Resize(fyne.NewSize(width, height))
	}
	place(o[0], 0, 0, side, high)
	place(o[1], side, 0, size.Width-side, high)
	place(o[2], 0, high, size.Width, 1)
	place(o[3], 0, high+1, size.Width, status)
}
