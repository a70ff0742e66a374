package tray

import (
	"log/slog"
	"runtime"
	"strings"
	"sync"

	"fyne.io/systray"

	"github.com/takebar/takebar/app"
	"github.com/takebar/takebar/app/tray/icons"
)

// handle is a menu item of the host; nil is the menu itself.
type handle any

// surface draws. Items can be added at the end of a menu, changed and hidden, and no more than that: no system's menu
// lets systray insert or move one. Only one goroutine may draw.
type surface interface {
	add(parent handle, it app.Item, clicked func()) handle
	separator(parent handle)
	// update draws the changed properties of an item that is visible.
	update(h handle, c app.Change)
	show(h handle)
	hide(h handle)
	// remove forgets a hidden item and what is below it.
	remove(h handle)
	icon(state app.IconState)
	clock(text string)
	tooltip(text string)
}

// systraySurface draws with systray.
type systraySurface struct {
	system string
	logger *slog.Logger
	done   <-chan struct{} // closed when no click is wanted any more
	clicks sync.WaitGroup
}

func newSystraySurface(logger *slog.Logger, done <-chan struct{}) *systraySurface {
	return &systraySurface{system: runtime.GOOS, logger: logger, done: done}
}

func (s *systraySurface) add(parent handle, it app.Item, clicked func()) handle {
	item := s.newItem(parent, it)
	if it.Kind == app.Action || it.Kind == app.Check {
		s.listen(item, clicked)
	}
	if it.Disabled {
		item.Disable()
	}
	return item
}

func (s *systraySurface) newItem(parent handle, it app.Item) *systray.MenuItem {
	label := escapeLabel(s.system, it.Label)
	above, nested := parent.(*systray.MenuItem)
	switch {
	case nested && it.Kind == app.Check:
		return above.AddSubMenuItemCheckbox(label, "", it.Checked)
	case nested:
		return above.AddSubMenuItem(label, "")
	case it.Kind == app.Check:
		return systray.AddMenuItemCheckbox(label, "", it.Checked)
	}
	return systray.AddMenuItem(label, "")
}

// listen hands clicks on at once: systray drops a click while nobody receives. The goroutine ends with the item or the tray.
func (s *systraySurface) listen(item *systray.MenuItem, clicked func()) {
	clicks := item.ClickedCh
	s.clicks.Go(func() {
		for {
			select {
			case _, ok := <-clicks:
				if !ok {
					return
				}
				clicked()
			case <-s.done:
				return
			}
		}
	})
}

func (s *systraySurface) separator(parent handle) {
	if above, nested := parent.(*systray.MenuItem); nested {
		above.AddSeparator()
		return
	}
	systray.AddSeparator()
}

func (s *systraySurface) update(h handle, c app.Change) {
	item, ok := h.(*systray.MenuItem)
	if !ok {
		return
	}
	if c.Label {
		item.SetTitle(escapeLabel(s.system, c.Item.Label))
	}
	if c.Enabled && c.Item.Disabled {
		item.Disable()
	} else if c.Enabled {
		item.Enable()
	}
	if c.Checked && c.Item.Checked {
		item.Check()
	} else if c.Checked {
		item.Uncheck()
	}
}

func (s *systraySurface) show(h handle) {
	if item, ok := h.(*systray.MenuItem); ok {
		item.Show()
	}
}

func (s *systraySurface) hide(h handle) {
	if item, ok := h.(*systray.MenuItem); ok {
		item.Hide()
	}
}

func (s *systraySurface) remove(h handle) {
	if item, ok := h.(*systray.MenuItem); ok {
		item.Remove()
	}
}

func (s *systraySurface) icon(state app.IconState) {
	icon := icons.For(string(state))
	if icon.Template {
		systray.SetTemplateIcon(icon.Image, icon.Image)
		return
	}
	systray.SetIcon(icon.Image)
}

// clock shows the running clock. On macOS the title stands beside the icon, so it holds the clock and nothing else; elsewhere it is the
// name of the icon.
func (s *systraySurface) clock(text string) { systray.SetTitle(title(s.system, text)) }

const programName = "Takebar"

func title(system, clock string) string {
	switch {
	case system == "darwin":
		return clock
	case clock == "":
		return programName
	}
	return programName + " " + clock
}

func (s *systraySurface) tooltip(text string) { systray.SetTooltip(text) }

// escapeLabel keeps characters that a host takes for the mark of a keyboard shortcut: an underscore in D-Bus menus, an ampersand on
// Windows. systray passes labels on as they are.
func escapeLabel(system, label string) string {
	switch system {
	case "darwin":
		return label
	case "windows":
		return strings.ReplaceAll(label, "&", "&&")
	}
	return strings.ReplaceAll(label, "_", "__")
}
