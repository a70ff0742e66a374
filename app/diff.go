package app

// Change says that properties of one item differ. Item has the new ones.
type Change struct {
	Item    Item
	Label   bool
	Enabled bool
	Checked bool
	Visible bool
}

// Changes is what turns one menu into another.
type Changes struct {
	Icon    bool
	Clock   bool
	Tooltip bool
	// Items have other properties; each stands in the same place in both menus.
	Items []Change
	// Rebuild lists submenus whose children are others than before, or in another order ("" is the menu itself). Changes
	// below them are not listed, and neither are items that are hidden in both menus.
	Rebuild []string
}

// Empty says that nothing has to be drawn. Intents may differ nevertheless.
func (c Changes) Empty() bool {
	return !c.Icon && !c.Clock && !c.Tooltip && len(c.Items) == 0 && len(c.Rebuild) == 0
}

// Diff compares what is shown with what is to be shown. A disabled or hidden submenu without children is taken as it
// is: it cannot be opened, and its children will mostly be the same when it can.
func Diff(old, next MenuModel) Changes {
	c := Changes{Icon: old.Icon != next.Icon, Clock: old.Clock != next.Clock, Tooltip: old.Tooltip != next.Tooltip}
	c.diffItems("", old.Items, next.Items)
	return c
}

func (c *Changes) diffItems(parent string, old, next []Item) {
	if !sameStructure(old, next) {
		c.Rebuild = append(c.Rebuild, parent)
		return
	}
	for i := range next {
		a, b := &old[i], &next[i]
		if a.Hidden && b.Hidden {
			continue // whatever shows it draws all of it
		}
		change := Change{Label: a.Label != b.Label, Enabled: a.Disabled != b.Disabled, Checked: a.Checked != b.Checked, Visible: a.Hidden != b.Hidden}
		if change.Label || change.Enabled || change.Checked || change.Visible {
			change.Item = *b
			c.Items = append(c.Items, change)
		}
		switch {
		case b.Kind != Submenu || b.Hidden || Dormant(*b):
		case a.Hidden || Dormant(*a): // what it showed before was not kept up to date
			c.Rebuild = append(c.Rebuild, b.Key)
		default:
			c.diffItems(b.Key, a.Children, b.Children)
		}
	}
}

// Dormant says that an item is a submenu that nobody can open and that has nothing to show.
func Dormant(it Item) bool {
	return it.Kind == Submenu && (it.Disabled || it.Hidden) && len(it.Children) == 0
}

func sameStructure(old, next []Item) bool {
	if len(old) != len(next) {
		return false
	}
	for i := range next {
		if old[i].Key != next[i].Key || old[i].Kind != next[i].Kind {
			return false
		}
	}
	return true
}
