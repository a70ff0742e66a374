package app

import (
	"fmt"
	"strings"

	"github.com/takebar/takebar/internal/control"
)

// IconState says which icon the menu bar shows.
type IconState string

// The icon states, from the quietest to the one that matters most.
const (
	IconNoLive    IconState = "no-live"
	IconConnected IconState = "connected"
	IconBusy      IconState = "busy" // Live does not answer, or a take is being prepared or finished
	IconArmed     IconState = "armed"
	IconRecording IconState = "recording"
)

// IconStates lists every state that has an icon.
func IconStates() []IconState {
	return []IconState{IconNoLive, IconConnected, IconBusy, IconArmed, IconRecording}
}

// ItemKind says what sort of menu item it is. It never changes for one key.
type ItemKind string

// The kinds of menu item.
const (
	Action    ItemKind = "action"
	Check     ItemKind = "check"
	Info      ItemKind = "info" // text only
	Submenu   ItemKind = "submenu"
	Separator ItemKind = "separator"
)

// Item is one line of a menu.
type Item struct {
	// Key names the item for as long as it means the same, for example "arm/t3". No two items of a menu share one.
	Key      string
	Kind     ItemKind
	Label    string
	Disabled bool
	Checked  bool // Check only
	Hidden   bool
	// Slot marks a place that may come to mean something else while it is visible (the list of armed tracks): whoever
	// handles clicks should drop one that comes right after such a change.
	Slot     bool
	Intent   Intent // what a click does; none for Info, Submenu and Separator
	Children []Item // Submenu only
}

// MenuModel is everything that the menu bar shows.
type MenuModel struct {
	Icon    IconState
	Clock   string // the running take's length, "" when nothing records
	Tooltip string
	Items   []Item
}

// Find gives the item with that key.
func (m MenuModel) Find(key string) (Item, bool) { return findItem(m.Items, key) }

func findItem(items []Item, key string) (Item, bool) {
	for _, it := range items {
		if it.Key == key {
			return it, true
		}
		if found, ok := findItem(it.Children, key); ok {
			return found, true
		}
	}
	return Item{}, false
}

// String draws the visible menu as text, one line an item. Tests and doctor read it.
func (m MenuModel) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "icon %s", m.Icon)
	if m.Clock != "" {
		fmt.Fprintf(&b, " · clock %s", m.Clock)
	}
	fmt.Fprintf(&b, "\ntooltip %q\n", m.Tooltip)
	writeItems(&b, m.Items, 0)
	return b.String()
}

func writeItems(b *strings.Builder, items []Item, depth int) {
	for _, it := range items {
		if it.Hidden {
			continue
		}
		b.WriteString(strings.Repeat("    ", depth))
		if it.Kind == Separator {
			b.WriteString("────\n")
			continue
		}
		mark := map[ItemKind]string{Action: "•", Info: " ", Submenu: "▸", Check: "☐"}[it.Kind]
		if it.Checked {
			mark = "☑"
		}
		fmt.Fprintf(b, "%s %s", mark, it.Label)
		if it.Disabled && it.Kind != Info {
			b.WriteString("  (disabled)")
		}
		if it.Intent != (Intent{}) {
			fmt.Fprintf(b, "  → %s", it.Intent)
		}
		b.WriteString("\n")
		writeItems(b, it.Children, depth+1)
	}
}

// UI is what a menu knows beyond the core's Snapshot: results of clicks in this very menu, and what its system can do.
// The zero UI is a fresh menu on Linux.
type UI struct {
	System  string // GOOS; "" = linux
	Windows bool   // this program has windows
	// Installed is the result of the last Set Up Live from this menu.
	Installed  *control.Install
	Installing bool
	// Trashed is the take that this menu put into the trash last, so that it can be brought back.
	Trashed *TrashedTake
	// Problem is what went wrong with the last click; nil once it is old news.
	Problem *Problem
	// NotifyProblem says why no desktop notifications appear, "" where they do.
	NotifyProblem string
	// Export is what is known of export attempts; nil where this program has none.
	Export *ExportView
}

// TrashedTake names a take in the trash.
type TrashedTake struct {
	ID   string
	Name string
}

// Problem is a sentence and what to do about it.
type Problem struct {
	Text string
	Hint string
}
