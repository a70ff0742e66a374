package takes

import (
	"fmt"
	"slices"
	"strings"

	"fyne.io/fyne/v2"

	"github.com/takebar/takebar/app/takelist"
	"github.com/takebar/takebar/app/window/ui"
	"github.com/takebar/takebar/app/words"
	"github.com/takebar/takebar/bridge/live"
	"github.com/takebar/takebar/internal/control"
)

const (
	shortcut = fyne.KeyModifierShortcutDefault
	far      = 1 << 30 // further than any list is long
)

// Commands implements ui.Page. What the opened view can do follows what the list can do. Where both can do the same, the list does it: to all
// takes that are chosen.
func (p *Page) Commands() []ui.Command {
	own := slices.Concat(p.recordCommands(), p.takeCommands(), p.rateCommands(), p.editCommands(), p.showCommands(), p.moveCommands())
	keys := map[string]ui.Command{}
	for _, c := range own {
		keys[keyOf(c)] = c
	}
	delete(keys, "")
	first := true
	for _, c := range p.right.Commands() {
		other, taken := keys[keyOf(c)]
		switch {
		case taken && other.Menu != "":
			continue
		case taken: // it moves in the list: the command stays without a key
			c.Key, c.Mod = "", 0
		}
		if first && c.Menu == p.say("takes.menu.take") {
			first, c.Split = false, true
		}
		own = append(own, c)
	}
	for n := range own {
		if own[n].Mod == 0 && own[n].Do != nil && own[n].Key != "" {
			own[n].Do = p.unlessAsked(own[n].Do)
		}
	}
	p.menus = menusOf(own)
	return own
}

func keyOf(c ui.Command) string {
	if c.Key == "" {
		return ""
	}
	return fmt.Sprintf("%s+%d", c.Key, c.Mod)
}

// unlessAsked keeps bare keys away from the list while a question or a menu lies over the window.
func (p *Page) unlessAsked(do func()) func() {
	return func() {
		if p.desk.Window.Canvas().Overlays().Top() == nil {
			do()
		}
	}
}

// refreshMenus has the menus made anew where something in them has changed.
func (p *Page) refreshMenus() {
	if before := p.menus; before != "" {
		if p.Commands(); p.menus != before {
			p.desk.Refresh()
		}
	}
}

func menusOf(commands []ui.Command) string {
	var b strings.Builder
	for _, c := range commands {
		fmt.Fprintf(&b, "%s/%s/%t/%t\n", c.Menu, c.Label, c.Off, c.Check)
	}
	return b.String()
}

func (p *Page) recordCommands() []ui.Command {
	menu := p.say("takes.menu.record")
	first := ui.Command{Menu: menu, Label: p.say("takes.record"), Key: fyne.KeyF9, Do: p.record, Off: !p.strip.CanStart()}
	if p.strip.CanStop() || p.strip.Phase == takelist.Ending {
		first = ui.Command{Menu: menu, Label: p.say("takes.stop"), Key: fyne.KeyF9, Do: p.stop, Off: !p.strip.CanStop()}
	}
	all := []ui.Command{first, {
		Menu: menu, Label: p.say("takes.discard") + "…", Key: fyne.KeyF9, Mod: shortcut, Do: p.discard, Off: !p.strip.CanStop(),
	}}
	return append(all, p.defaultCommands(menu)...)
}

// defaultCommands choose what Record records, and where to.
func (p *Page) defaultCommands(menu string) []ui.Command {
	d := p.snapshot.Settings.Defaults
	source := func(kind live.SourceKind, label string, split bool) ui.Command {
		return ui.Command{
			Menu: menu, Label: label, Check: d.Source == kind, Split: split,
			Do: func() { p.setDefaults(func(d *control.Defaults) { d.Source = kind }) },
		}
	}
	view := func(v live.View, label string, split bool) ui.Command {
		return ui.Command{
			Menu: menu, Label: label, Check: d.View == v, Split: split,
			Do: func() { p.setDefaults(func(d *control.Defaults) { d.View = v }) },
		}
	}
	return []ui.Command{
		source(live.SourceArmed, p.say("takes.source.armed"), true),
		source(live.SourceSelected, p.say("takes.source.selected"), false),
		source(live.SourceMain, p.say("takes.source.main"), false),
		view(live.ViewArrangement, p.say("takes.view.arrangement"), true),
		view(live.ViewSession, p.say("takes.view.session"), false),
	}
}

func (p *Page) takeCommands() []ui.Command {
	menu := p.say("takes.menu.take")
	i, n := p.chosen.Cursor(), p.chosen.Len()
	none, trash := n == 0, p.show.Trash
	audio := i != nil && len(i.Take.Paths) > 0
	broken := i != nil && i.Badges&(takelist.Missing|takelist.Partial) != 0 && i.Badges&takelist.Unreadable == 0
	return []ui.Command{
		{Menu: menu, Label: p.say("takes.rename") + "…", Key: fyne.KeyF2, Do: p.rename, Off: i == nil || trash || n > 1},
		{Menu: menu, Label: p.say("takes.reveal"), Key: fyne.KeyR, Mod: shortcut, Do: p.reveal, Off: i == nil, Split: true},
		{Menu: menu, Label: p.say("takes.copy_path"), Key: fyne.KeyC, Mod: shortcut | fyne.KeyModifierShift, Do: p.copyPath, Off: !audio},
		{Menu: menu, Label: p.say("takes.rescue"), Key: fyne.KeyR, Mod: shortcut | fyne.KeyModifierShift, Do: p.rescue, Off: !broken || trash},
		{Menu: menu, Label: p.say("takes.trash"), Key: fyne.KeyDelete, Do: p.moveToTrash, Off: none || trash, Split: true},
		{Menu: menu, Label: p.say("takes.restore"), Key: fyne.KeyBackspace, Mod: shortcut, Do: p.restore, Off: none || !trash},
	}
}

func (p *Page) rateCommands() []ui.Command {
	var commands []ui.Command
	i := p.chosen.Cursor()
	for rating := range starCount + 1 {
		label := p.say("takes.rate.many", words.Data{"Stars": rating})
		switch rating {
		case 0:
			label = p.say("takes.rate.none")
		case 1:
			label = p.say("takes.rate.one")
		}
		commands = append(commands, ui.Command{
			Menu: p.say("takes.menu.rate"), Label: label, Key: fyne.KeyName(rune('0' + rating)), Do: func() { p.rate(rating) },
			Off: i == nil || p.show.Trash, Check: i != nil && i.Take.Rating == rating,
		})
	}
	return commands
}

func (p *Page) editCommands() []ui.Command {
	menu := p.say("takes.menu.edit")
	return []ui.Command{
		{Menu: menu, Label: p.say("takes.undo"), Key: fyne.KeyZ, Mod: shortcut, Do: p.orText(&fyne.ShortcutUndo{}, p.undoLast), Off: len(p.undo) == 0},
		{Menu: menu, Label: p.say("takes.search"), Key: fyne.KeyF, Mod: shortcut, Do: p.bar.focus, Split: true},
		{Menu: menu, Label: p.say("takes.search.clear"), Key: fyne.KeyEscape, Do: p.escape, Off: !p.show.Filtered() && !p.show.Trash},
		{Menu: menu, Label: p.say("takes.choose_all"), Key: fyne.KeyA, Mod: shortcut, Do: p.orText(&fyne.ShortcutSelectAll{}, p.chooseAll), Off: p.view.Takes == 0, Split: true},
	}
}

// orText gives a shortcut to the text that is being edited, if there is one: menus see it first.
func (p *Page) orText(s fyne.Shortcut, do func()) func() {
	return func() {
		if text, ok := p.desk.Window.Canvas().Focused().(fyne.Shortcutable); ok {
			text.TypedShortcut(s)
			return
		}
		do()
	}
}

func (p *Page) chooseAll() {
	p.chosen.All()
	p.chosenChanged()
}

// escape goes one step back: from a search or filters to all takes, from the trash to the library.
func (p *Page) escape() {
	switch {
	case p.show.Filtered():
		trash := p.show.Trash
		p.showAll()
		p.setShow(func(s *takelist.Show) { s.Trash = trash })
	case p.show.Trash:
		p.setShow(func(s *takelist.Show) { s.Trash = false })
	}
}

func (p *Page) showCommands() []ui.Command {
	menu := p.say("takes.menu.show")
	var commands []ui.Command
	for n, s := range takelist.Sorts() {
		commands = append(commands, ui.Command{
			Menu: menu, Label: s.Label(p.say), Key: fyne.KeyName(rune('1' + n)), Mod: shortcut | fyne.KeyModifierAlt, Check: p.show.Sort == s,
			Do: func() { p.setShow(func(q *takelist.Show) { q.Sort = s }) },
		})
	}
	commands = append(commands, p.filterCommands(menu)...)
	return append(commands, ui.Command{
		Menu: menu, Label: p.say("takes.folder"), Key: fyne.KeyL, Mod: shortcut, Do: p.openFolder, Off: p.snapshot.Settings.TakesDir == "", Split: true,
	})
}

func (p *Page) filterCommands(menu string) []ui.Command {
	alt := fyne.KeyModifierAlt
	return []ui.Command{
		{
			Menu: menu, Label: p.say("takes.filter.today"), Key: fyne.KeyT, Mod: shortcut, Check: p.show.Today, Split: true,
			Do: func() { p.setShow(func(q *takelist.Show) { q.Today = !q.Today }) },
		},
		{
			Menu: menu, Label: p.say("takes.filter.this_set"), Key: fyne.KeyT, Mod: shortcut | alt, Check: p.show.Set != "",
			Off: p.show.Set == "" && (p.chosen.Cursor() == nil || p.chosen.Cursor().Set() == ""), Do: p.thisSet,
		},
		{
			Menu: menu, Label: p.say("takes.filter.rated"), Key: fyne.KeyB, Mod: shortcut, Check: p.show.Rating > 0,
			Do: func() { p.setShow(func(q *takelist.Show) { q.Rating = next(q.Rating) }) },
		},
		{
			Menu: menu, Label: p.say("takes.filter.trash"), Key: fyne.KeyD, Mod: shortcut, Check: p.show.Trash, Split: true,
			Do: func() { p.setShow(func(q *takelist.Show) { q.Trash = !q.Trash }) },
		},
	}
}

// next goes from no filter by rating over three stars and more to five, and back.
func next(rating int) int {
	switch {
	case rating == 0:
		return 3
	case rating < starCount:
		return rating + 1
	}
	return 0
}

// thisSet shows only the set of the take under the cursor, or all sets again.
func (p *Page) thisSet() {
	set := ""
	if i := p.chosen.Cursor(); p.show.Set == "" && i != nil {
		set = i.Set()
	}
	p.setShow(func(q *takelist.Show) { q.Set = set })
}

func (p *Page) moveCommands() []ui.Command {
	key := func(k fyne.KeyName, mod fyne.KeyModifier, do func()) ui.Command {
		return ui.Command{Key: k, Mod: mod, Do: do}
	}
	return []ui.Command{
		key(fyne.KeyDown, 0, func() { p.move(1, false) }),
		key(fyne.KeyUp, 0, func() { p.move(-1, false) }),
		key(fyne.KeyPageDown, 0, func() { p.move(p.list.page(), false) }),
		key(fyne.KeyPageUp, 0, func() { p.move(-p.list.page(), false) }),
		key(fyne.KeyHome, 0, func() { p.move(-far, false) }),
		key(fyne.KeyEnd, 0, func() { p.move(far, false) }),
		key(fyne.KeyDown, shortcut|fyne.KeyModifierShift, func() { p.move(1, true) }),
		key(fyne.KeyUp, shortcut|fyne.KeyModifierShift, func() { p.move(-1, true) }),
	}
}

// contextMenu is what a click with the other button shows.
func (p *Page) contextMenu(row int, at fyne.Position) {
	if row < len(p.view.Rows) && p.view.Rows[row].Item != nil && !p.chosen.Has(p.view.Rows[row].Item.ID()) {
		p.chosen.To(row, false)
		p.chosenChanged()
	}
	var items []*fyne.MenuItem
	menu := p.say("takes.menu.take")
	for _, c := range p.Commands() {
		if c.Menu != menu || c.Off {
			continue
		}
		if c.Split && len(items) > 0 {
			items = append(items, fyne.NewMenuItemSeparator())
		}
		item := fyne.NewMenuItem(c.Label, c.Do)
		item.Checked = c.Check
		items = append(items, item)
	}
	p.popUp(items, at)
}
