package ui

import (
	"fyne.io/fyne/v2"

	"github.com/takebar/takebar/internal/control"
)

// Page is one page of the window. All methods are called on the user interface's goroutine.
type Page interface {
	Name() string // "takes", "export", "settings", "setup", "about"; `takebar window NAME` opens it
	Title() string
	Icon() fyne.Resource
	// Content is what the page shows; the same object every time.
	Content() fyne.CanvasObject
	// Snapshot tells the core's latest state; it comes for pages behind as well.
	Snapshot(s control.Snapshot)
	// Shown tells that the page has come to the front; what is what Desk.Open was given, or "".
	Shown(what string)
	// Commands are everything that can be done here, for the menu and the keyboard. It is asked again when the page has come to the front and
	// when Desk.Refresh is called.
	Commands() []Command
	// Dropped takes files that were dropped on the window while the page was in front.
	Dropped(files []fyne.URI)
	Close()
}

// Leaver is a Page that may want to ask before the window closes, as while something runs in it that would end with it.
type Leaver interface {
	// Leaving says whether the window may close now. Else the page asks, and calls goOn where the answer is yes.
	Leaving(goOn func()) bool
}

// Command is something that can be done on a page: an entry of the window's menu, with its keys.
type Command struct {
	Menu  string // title of the menu that it is in; "" = no entry, keys only
	Label string
	Key   fyne.KeyName     // "" = none
	Mod   fyne.KeyModifier // 0 = the bare key, which counts only while no text is edited
	Do    func()           // on the user interface's goroutine
	Off   bool             // cannot be done now
	Check bool             // shown with a check mark
	Split bool             // a line above it
}
