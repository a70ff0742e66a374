//go:build linux

package traytest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/godbus/dbus/v5"
)

// Node is one item of a menu; the root has no label.
type Node struct {
	ID        int32
	Label     string // as a user reads it
	Enabled   bool
	Visible   bool
	Checkable bool
	Checked   bool
	Separator bool
	Submenu   bool
	Children  []*Node
}

// layout is how a menu travels.
type layout struct {
	ID         int32
	Properties map[string]dbus.Variant
	Children   []dbus.Variant
}

func (l layout) node() (*Node, error) {
	n := &Node{ID: l.ID, Enabled: true, Visible: true}
	for name, v := range l.Properties {
		switch value := v.Value().(type) {
		case bool:
			switch name {
			case "enabled":
				n.Enabled = value
			case "visible":
				n.Visible = value
			}
		case string:
			switch name {
			case "label":
				n.Label = unescape(value)
			case "type":
				n.Separator = value == "separator"
			case "toggle-type":
				n.Checkable = value != ""
			case "children-display":
				n.Submenu = value == "submenu"
			}
		case int32:
			if name == "toggle-state" {
				n.Checked = value == 1
			}
		}
	}
	for _, v := range l.Children {
		var child layout
		if err := dbus.Store([]any{v.Value()}, &child); err != nil {
			return nil, fmt.Errorf("read a menu item: %w", err)
		}
		c, err := child.node()
		if err != nil {
			return nil, err
		}
		n.Children = append(n.Children, c)
	}
	return n, nil
}

// unescape undoes what a menu does with underscores: two are one, a single one marks a key.
func unescape(label string) string {
	return strings.ReplaceAll(strings.ReplaceAll(strings.ReplaceAll(label, "__", "\x00"), "_", ""), "\x00", "_")
}

func (it *Item) menu(ctx context.Context) (*Node, error) {
	v, err := it.property(ctx, "Menu")
	if err != nil {
		return nil, err
	}
	path, ok := v.Value().(dbus.ObjectPath)
	if !ok {
		return nil, fmt.Errorf("the menu's place is a %s", v.Signature())
	}
	var revision uint32
	var root layout
	err = it.conn.Object(it.owner, path).CallWithContext(ctx, menuInterface+".GetLayout", 0, int32(0), int32(-1), []string{}).Store(&revision, &root)
	if err != nil {
		return nil, fmt.Errorf("read the menu: %w", err)
	}
	return root.node()
}

// whole says that every submenu came with its items.
func (n *Node) whole() bool {
	for _, c := range n.Children {
		if c.Submenu && len(c.Children) == 0 || !c.whole() {
			return false
		}
	}
	return true
}

// Menu reads the menu. systray answers the first time with the top level only; Menu waits for the rest.
func (it *Item) Menu(ctx context.Context) (*Node, error) {
	return it.WaitMenu(ctx, "a whole menu", func(*Node) bool { return true })
}

// WaitMenu waits until ok holds for the menu, and gives that menu. With the error it gives the last one that was read.
func (it *Item) WaitMenu(ctx context.Context, what string, ok func(*Node) bool) (*Node, error) {
	var last *Node
	err := it.Wait(ctx, what, func(ctx context.Context) (bool, error) {
		menu, err := it.menu(ctx)
		if err != nil {
			return false, err
		}
		last = menu
		return menu.whole() && ok(menu), nil
	})
	if err != nil && last != nil {
		err = fmt.Errorf("%w; the menu is\n%s", err, last)
	}
	return last, err
}

// Click clicks the item at the end of a path of labels, each as Find takes it, and waits before that until it is there and enabled.
func (it *Item) Click(ctx context.Context, path ...string) error {
	var target *Node
	_, err := it.WaitMenu(ctx, fmt.Sprintf("%q to click on", path), func(menu *Node) bool {
		target = menu.Find(path...)
		return target != nil && target.Enabled
	})
	if err != nil {
		return err
	}
	return it.ClickID(ctx, target.ID)
}

// ClickID clicks an item by its number, which may be one that is hidden or disabled by now: hosts lag behind.
func (it *Item) ClickID(ctx context.Context, id int32) error {
	v, err := it.property(ctx, "Menu")
	if err != nil {
		return err
	}
	path, _ := v.Value().(dbus.ObjectPath)
	err = it.conn.Object(it.owner, path).CallWithContext(ctx, menuInterface+".Event", 0,
		id, "clicked", dbus.MakeVariant(int32(0)), uint32(time.Now().Unix())).Err
	var e dbus.Error
	if errors.As(err, &e) && e.Name == "org.freedesktop.DBus.Error.NoReply" {
		return nil // it was Quit: the program left before it could answer
	}
	if err != nil {
		return fmt.Errorf("click menu item %d: %w", id, err)
	}
	return nil
}

// Find follows a path of labels through what is visible; nil if there is no such item, or more than one. A label may be
// given without the number that stands before it, and without what follows a colon, a bracket, an ellipsis or two spaces:
// "Record Take" finds "Record Take (2 armed tracks)", and "Bass" finds "4 Bass (MIDI)".
func (n *Node) Find(path ...string) *Node {
	for _, label := range path {
		next := n.child(label)
		if next == nil {
			return nil
		}
		n = next
	}
	return n
}

func (n *Node) child(label string) *Node {
	for _, same := range []func(string, string) bool{
		func(have, want string) bool { return have == want },
		func(have, want string) bool { return unnumbered(have) == want },
		func(have, want string) bool { return begins(have, want) || begins(unnumbered(have), want) },
	} {
		var found []*Node
		for _, c := range n.Children {
			if c.Visible && !c.Separator && same(plain(c.Label), plain(label)) {
				found = append(found, c)
			}
		}
		if len(found) == 1 {
			return found[0]
		}
	}
	return nil
}

// plain makes ordinary spaces of all kinds of them.
func plain(label string) string {
	return strings.TrimSpace(strings.NewReplacer("\u00a0", " ", "\u2002", " ", "\u2007", " ").Replace(label))
}

func unnumbered(label string) string {
	return strings.TrimSpace(strings.TrimLeft(label, "0123456789"))
}

func begins(label, with string) bool {
	rest, ok := strings.CutPrefix(label, with)
	if !ok {
		return false
	}
	for _, end := range []string{":", " (", "…", " …", "  "} {
		if strings.HasPrefix(rest, end) {
			return true
		}
	}
	return false
}

// String draws what is visible of the menu.
func (n *Node) String() string {
	var b strings.Builder
	n.write(&b, 0)
	return b.String()
}

func (n *Node) write(b *strings.Builder, depth int) {
	for _, c := range n.Children {
		if !c.Visible {
			continue
		}
		b.WriteString(strings.Repeat("    ", depth))
		switch {
		case c.Separator:
			b.WriteString("────\n")
			continue
		case c.Checked:
			b.WriteString("☑ ")
		case c.Checkable:
			b.WriteString("☐ ")
		case c.Submenu:
			b.WriteString("▸ ")
		case c.Enabled:
			b.WriteString("• ")
		default:
			b.WriteString("  ")
		}
		b.WriteString(c.Label)
		if !c.Enabled && (c.Checkable || c.Submenu) {
			b.WriteString("  (disabled)")
		}
		b.WriteString("\n")
		c.write(b, depth+1)
	}
}
