package opened

import (
	"context"
	"path/filepath"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"github.com/takebar/takebar/app/window/ui"
	"github.com/takebar/takebar/app/words"
	"github.com/takebar/takebar/internal/control"
)

// paths are the take's files that are there.
func (v *View) paths() []string {
	var all []string
	for _, l := range v.model.Lanes {
		if l.Problem == "" && l.Path != "" {
			all = append(all, l.Path)
		}
	}
	return all
}

// desktop does something with the user's desktop, away from the user interface.
func (v *View) desktop(work func(ctx context.Context) error, done string) {
	v.run(v.desk.Context(), work, func(err error) {
		switch {
		case err != nil:
			v.desk.Fail(err)
		case done != "":
			v.desk.Toast(done)
		}
	})
}

func (v *View) reveal() {
	if v.entry == nil || !v.model.Can.Reveal {
		return
	}
	paths := v.paths()
	if len(paths) == 0 {
		paths = []string{v.entry.Sidecar}
	}
	v.desktop(func(ctx context.Context) error { return v.deps.Files.Reveal(ctx, paths) }, "")
}

// playElsewhere opens the chosen lane with the system's player.
func (v *View) playElsewhere() {
	paths := v.paths()
	if i := v.waves.chosen; i < len(v.model.Lanes) && v.model.Lanes[i].Problem == "" {
		paths = []string{v.model.Lanes[i].Path}
	}
	if len(paths) > 0 {
		v.desktop(func(ctx context.Context) error { return v.deps.Files.Play(ctx, paths[0]) }, "")
	}
}

func (v *View) copyText(text string) {
	v.desktop(func(ctx context.Context) error { return v.deps.Files.Copy(ctx, text) }, v.desk.Say("take.copied"))
}

func (v *View) copyPath() {
	if paths := v.paths(); len(paths) > 0 {
		v.copyText(strings.Join(paths, "\n"))
	}
}

func (v *View) copyFiles() {
	paths := v.paths()
	if c, ok := v.deps.Files.(FileCopier); ok && len(paths) > 0 {
		v.desktop(func(ctx context.Context) error { return c.CopyFiles(ctx, paths) }, v.desk.Say("take.copied_files"))
	}
}

// original is the folder of the chosen lane's original; "" = none is there.
func (v *View) original() string {
	if v.entry == nil {
		return ""
	}
	there := func(i int) bool {
		return v.entry.Files[i].OriginalPath != "" && (i >= len(v.seen.Originals) || !v.seen.Originals[i])
	}
	if i := v.waves.chosen; i < len(v.entry.Files) && there(i) {
		return filepath.Dir(v.entry.Files[i].OriginalPath)
	}
	for i, f := range v.entry.Files {
		if there(i) {
			return filepath.Dir(f.OriginalPath)
		}
	}
	return ""
}

func (v *View) openOriginal() {
	if dir := v.original(); dir != "" {
		v.desktop(func(ctx context.Context) error { return v.deps.Files.OpenFolder(ctx, dir) }, "")
	}
}

func (v *View) openSet() {
	if v.entry != nil && v.model.Can.OpenSet {
		path := v.entry.Set.Path
		v.desktop(func(ctx context.Context) error { return v.deps.Files.Play(ctx, path) }, v.desk.Say("take.opening_set"))
	}
}

// trashOrRestore moves the take into the trash, or out of it again.
func (v *View) trashOrRestore() {
	switch {
	case v.entry == nil:
	case v.model.Can.Restore:
		v.restore(v.entry.ID)
	case v.model.Can.Trash:
		id, name := v.entry.ID, v.model.Name
		v.change(id, true, func(ctx context.Context) (control.LibraryTake, error) { return v.deps.Core.TrashTake(ctx, id) }, func(control.LibraryTake) {
			v.desk.Toast(v.desk.Say("take.trashed", words.Data{"Name": name}), ui.Action{Label: v.desk.Say("take.undo"), Do: func() { v.restore(id) }})
		})
	}
}

func (v *View) restore(id string) {
	v.change(id, true, func(ctx context.Context) (control.LibraryTake, error) { return v.deps.Core.RestoreTake(ctx, id) }, nil)
}

// rescue fetches missing recordings again.
func (v *View) rescue() {
	if v.entry == nil || !v.model.Can.Rescue {
		return
	}
	id := v.entry.ID
	v.desk.Toast(v.desk.Say("take.rescuing"))
	v.change(id, true, func(ctx context.Context) (control.LibraryTake, error) { return v.deps.Core.RescueTake(ctx, id) }, func(e control.LibraryTake) {
		v.desk.Toast(v.desk.Say("take.rescued", words.Data{"Name": e.Name}))
	})
}

// popUp shows the commands as a menu.
func (v *View) popUp(at fyne.Position) {
	menu := fyne.NewMenu("")
	for _, c := range v.Commands() {
		if c.Menu != v.desk.Say("take.menu.take") {
			continue
		}
		if c.Split && len(menu.Items) > 0 {
			menu.Items = append(menu.Items, fyne.NewMenuItemSeparator())
		}
		item := fyne.NewMenuItem(c.Label, c.Do)
		item.Disabled, item.Checked = c.Off, c.Check
		if c.Key != "" && c.Mod != 0 {
			item.Shortcut = shortcut(c)
		} else if c.Key != "" {
			item.Label += "  (" + keyText(v.desk.Say, c.Key) + ")"
		}
		menu.Items = append(menu.Items, item)
	}
	if len(menu.Items) > 0 {
		v.showMenu(menu, at)
	}
}

// keyText is how a bare key is called in a menu.
func keyText(say words.Say, key fyne.KeyName) string {
	switch key {
	case fyne.KeySpace:
		return say("shell.key.space")
	case fyne.KeyDelete:
		return say("shell.key.delete")
	}
	return strings.TrimPrefix(string(key), "Key")
}

func (v *View) showMenu(menu *fyne.Menu, at fyne.Position) {
	widget.ShowPopUpMenuAtPosition(menu, v.desk.Window.Canvas(), at)
}
