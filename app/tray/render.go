package tray

import (
	"time"

	"github.com/takebar/takebar/app"
)

// node is a menu item as it was drawn.
type node struct {
	item     app.Item // Children aside
	handle   handle
	children []*node
	// hiddenSince is when it left the menu, zero while it is part of it (visible or not). Such items are kept for a while: the item may come
	// back, and a click that is on its way must still find it.
	hiddenSince time.Time
}

// keepHidden is how long an item that left the menu is kept. systray closes an item's channel when it is removed, and would panic if a click
// came in just then; nobody clicks what has been invisible for a minute.
const keepHidden = time.Minute

// renderer makes a surface look like a model, touching as little as possible. Hosts can only append, so where the order of a submenu
// changes it hides what stands in the way and appends the rest anew.
type renderer struct {
	surface surface
	clicked func(key string) // called from any goroutine
	now     func() time.Time

	root  node
	byKey map[string]*node
	drawn app.MenuModel
	begun bool
	// sweepAt is when all that left the menu by now can be removed, zero where there is nothing.
	sweepAt time.Time
}

func newRenderer(s surface, now func() time.Time, clicked func(key string)) *renderer {
	return &renderer{surface: s, now: now, clicked: clicked, byKey: map[string]*node{}}
}

// draw brings the surface from the model drawn last to this one.
func (r *renderer) draw(m app.MenuModel) {
	first := !r.begun
	r.begun = true
	changes := app.Diff(r.drawn, m)
	if first || changes.Icon {
		r.surface.icon(m.Icon)
	}
	if first || changes.Clock {
		r.surface.clock(m.Clock)
	}
	if first || changes.Tooltip {
		r.surface.tooltip(m.Tooltip)
	}
	for _, c := range changes.Items {
		if n := r.byKey[c.Item.Key]; n != nil {
			r.change(n, c.Item)
		}
	}
	for _, key := range changes.Rebuild {
		r.rebuild(key, m)
	}
	r.drawn = m
}

func (r *renderer) rebuild(key string, m app.MenuModel) {
	if key == "" {
		r.reconcile(&r.root, m.Items)
		return
	}
	it, ok := m.Find(key)
	if n := r.byKey[key]; ok && n != nil {
		r.reconcile(n, it.Children)
	}
}

// change draws what is new about an item. Nothing is drawn on a hidden one: on Windows that would make it visible.
func (r *renderer) change(n *node, it app.Item) {
	was := n.item
	if it.Hidden {
		if !was.Hidden {
			r.surface.hide(n.handle)
		}
		n.item.Hidden = true
		return
	}
	c := app.Change{Item: it, Label: was.Label != it.Label, Enabled: was.Disabled != it.Disabled, Checked: was.Checked != it.Checked}
	if c.Label || c.Enabled || c.Checked {
		r.surface.update(n.handle, c)
	}
	if was.Hidden {
		r.surface.show(n.handle)
	}
	n.item = bare(it)
}

func bare(it app.Item) app.Item {
	it.Children = nil
	return it
}

// reconcile makes the children of parent be the wanted ones, in that order.
func (r *renderer) reconcile(parent *node, want []app.Item) {
	next := 0 // place among parent's children from which on they are free to use
	for i, it := range want {
		at := find(parent.children[next:], it)
		if at < 0 {
			r.leave(parent.children[next:])
			for _, it := range want[i:] {
				parent.children = append(parent.children, r.add(parent, it))
			}
			return
		}
		r.leave(parent.children[next : next+at])
		n := parent.children[next+at]
		next += at + 1
		n.hiddenSince = time.Time{}
		r.byKey[it.Key] = n
		if it.Kind == app.Separator {
			continue
		}
		r.change(n, it)
		if it.Kind == app.Submenu && !it.Hidden && !app.Dormant(it) {
			r.reconcile(n, it.Children)
		}
	}
	r.leave(parent.children[next:])
}

// find looks for an item that was drawn for the same key and in the same shape.
func find(nodes []*node, it app.Item) int {
	for i, n := range nodes {
		if n.item.Key == it.Key && n.item.Kind == it.Kind {
			return i
		}
	}
	return -1
}

// leave takes items out of the menu. A separator stays where it is: no system can hide one, so models keep them in places that never change.
func (r *renderer) leave(nodes []*node) {
	for _, n := range nodes {
		if n.item.Kind == app.Separator || !n.hiddenSince.IsZero() {
			continue
		}
		if !n.item.Hidden {
			r.surface.hide(n.handle)
			n.item.Hidden = true
		}
		n.hiddenSince = r.now()
		r.sweepAt = n.hiddenSince.Add(keepHidden)
	}
}

// tidy removes what left the menu long ago, once its time has come.
func (r *renderer) tidy() {
	if !r.sweepAt.IsZero() && !r.now().Before(r.sweepAt) {
		r.sweepAt = time.Time{}
		r.sweep(&r.root)
	}
}

// sweep removes what left the menu long ago, on all levels.
func (r *renderer) sweep(parent *node) {
	now := r.now()
	kept := parent.children[:0]
	for _, n := range parent.children {
		if !n.hiddenSince.IsZero() && now.Sub(n.hiddenSince) >= keepHidden {
			r.surface.remove(n.handle)
			r.forget(n)
			continue
		}
		r.sweep(n)
		kept = append(kept, n)
	}
	clear(parent.children[len(kept):])
	parent.children = kept
}

func (r *renderer) forget(n *node) {
	if r.byKey[n.item.Key] == n {
		delete(r.byKey, n.item.Key)
	}
	for _, child := range n.children {
		r.forget(child)
	}
}

// add draws a new item. Its children come before it is hidden: on Windows a hidden item cannot become a submenu.
func (r *renderer) add(parent *node, it app.Item) *node {
	n := &node{item: bare(it)}
	r.byKey[it.Key] = n
	if it.Kind == app.Separator {
		r.surface.separator(parent.handle)
		return n
	}
	key := it.Key
	n.handle = r.surface.add(parent.handle, it, func() { r.clicked(key) })
	for _, child := range it.Children {
		n.children = append(n.children, r.add(n, child))
	}
	if it.Hidden {
		r.surface.hide(n.handle)
	}
	return n
}
