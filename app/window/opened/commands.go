package opened

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"github.com/takebar/takebar/app/window/ui"
	"github.com/takebar/takebar/app/words"
)

func shortcut(c ui.Command) fyne.Shortcut {
	return &desktop.CustomShortcut{KeyName: c.Key, Modifier: c.Mod}
}

// Commands are everything that can be done with the open take.
func (v *View) Commands() []ui.Command {
	commands := v.takeCommands()
	commands = append(commands, v.rateCommands()...)
	return append(commands, v.playCommands()...)
}

const (
	ctrl      = fyne.KeyModifierShortcutDefault
	ctrlShift = fyne.KeyModifierShortcutDefault | fyne.KeyModifierShift
)

func (v *View) takeCommands() []ui.Command {
	say, can := v.desk.Say, v.model.Can
	menu := say("take.menu.take")
	_, copies := v.deps.Files.(FileCopier)
	all := []ui.Command{
		{Label: say("take.do.rename"), Key: fyne.KeyF2, Do: v.rename, Off: !can.Edit},
		{Label: say("take.do.note"), Key: fyne.KeyN, Do: v.editNote, Off: !can.Edit},
		{Label: say("take.do.reveal"), Key: fyne.KeyR, Mod: ctrl, Do: v.reveal, Off: !can.Reveal, Split: true},
		{Label: say("take.do.open_file"), Key: fyne.KeyP, Mod: ctrl, Do: v.playElsewhere, Off: !can.OpenFile},
		{Label: say("take.do.original"), Key: fyne.KeyO, Mod: ctrlShift, Do: v.openOriginal, Off: !can.OpenOriginal},
		{Label: say("take.do.open_set"), Key: fyne.KeyO, Mod: ctrl, Do: v.openSet, Off: !can.OpenSet},
		{Label: say("take.do.copy_path"), Key: fyne.KeyC, Mod: ctrlShift, Do: v.copyPath, Off: !can.CopyPath, Split: true},
	}
	if copies {
		all = append(all, ui.Command{Label: say("take.do.copy_files"), Key: fyne.KeyC, Mod: ctrl | fyne.KeyModifierAlt, Do: v.copyFiles, Off: !can.CopyPath})
	}
	all = append(all, ui.Command{Label: say("take.do.convert"), Key: fyne.KeyE, Mod: ctrl, Do: v.convert, Off: !can.Convert || v.copy.running()})
	if can.Rescue {
		all = append(all, ui.Command{Label: say("take.do.rescue"), Key: fyne.KeyR, Mod: ctrlShift, Do: v.rescue})
	}
	if can.Restore {
		all = append(all, ui.Command{Label: say("take.do.restore"), Key: fyne.KeyDelete, Do: v.trashOrRestore, Split: true})
	} else {
		all = append(all, ui.Command{Label: say("take.do.trash"), Key: fyne.KeyDelete, Do: v.trashOrRestore, Off: !can.Trash, Split: true})
	}
	return in(menu, all)
}

func (v *View) rateCommands() []ui.Command {
	say := v.desk.Say
	labels := []string{say("take.rate.none"), say("take.rate.one")}
	for n := 2; n <= mostStars; n++ {
		labels = append(labels, say("take.rate.many", words.Data{"Number": n}))
	}
	var all []ui.Command
	for n, label := range labels {
		all = append(all, ui.Command{
			Label: label, Key: fyne.KeyName(rune('0' + n)), Do: func() { v.rate(n) }, Off: !v.model.Can.Edit, Check: v.entry != nil && v.model.Rating == n,
		})
	}
	return in(say("take.menu.rate"), all)
}

func (v *View) playCommands() []ui.Command {
	say, w := v.desk.Say, v.waves
	off, empty := !v.model.Can.Play, len(w.lanes) == 0
	play := say("take.do.play")
	if v.sound.playing {
		play = say("take.do.pause")
	}
	all := []ui.Command{
		{Label: play, Key: fyne.KeySpace, Do: v.playPause, Off: off},
		{Label: say("take.do.start"), Key: fyne.KeyHome, Do: v.toStart, Off: off},
		{Label: say("take.do.back"), Key: fyne.KeyLeft, Do: func() { v.skip(-seekStep) }, Off: off},
		{Label: say("take.do.ahead"), Key: fyne.KeyRight, Do: func() { v.skip(seekStep) }, Off: off},
		{Label: say("take.do.loop"), Key: fyne.KeyL, Do: v.toggleLoop, Off: off, Check: w.loop.On, Split: true},
		{Label: say("take.do.loop_in"), Key: fyne.KeyI, Do: v.loopBegins, Off: off},
		{Label: say("take.do.loop_out"), Key: fyne.KeyO, Do: v.loopEnds, Off: off},
		{Label: say("take.do.output"), Key: fyne.KeyD, Do: v.chooseOutput, Off: off},
		{Label: say("take.do.zoom_in"), Key: fyne.KeyPlus, Do: func() { w.zoom(1 / zoomKey) }, Off: empty, Split: true},
		{Label: say("take.do.zoom_out"), Key: fyne.KeyMinus, Do: func() { w.zoom(zoomKey) }, Off: empty},
		{Label: say("take.do.zoom_fit"), Key: fyne.KeyF, Do: v.zoomFit, Off: empty},
		{Label: say("take.do.zoom_loop"), Key: fyne.KeyZ, Do: v.zoomLoop, Off: w.loop.To <= w.loop.From},
		{Label: say("take.do.bars"), Key: fyne.KeyB, Do: v.toggleBars, Off: empty || !v.model.Axis.HasBars(), Check: w.bars},
	}
	if n := len(w.lanes); n > 1 {
		all = append(all,
			ui.Command{Label: say("take.do.mute"), Key: fyne.KeyM, Do: func() { w.muted(w.chosen) }, Check: w.mix.Mute[w.chosen], Split: true},
			ui.Command{Label: say("take.do.solo"), Key: fyne.KeyS, Do: func() { w.soloed(w.chosen) }, Check: w.mix.Solo[w.chosen]},
			ui.Command{Label: say("take.do.lane_up"), Key: fyne.KeyUp, Mod: ctrl, Do: func() { v.chooseLane(w.chosen - 1) }, Off: w.chosen == 0},
			ui.Command{Label: say("take.do.lane_down"), Key: fyne.KeyDown, Mod: ctrl, Do: func() { v.chooseLane(w.chosen + 1) }, Off: w.chosen == n-1},
		)
	}
	all = in(say("take.menu.play"), all)
	// On most keyboards plus is Shift and equals.
	return append(all, ui.Command{Key: fyne.KeyEqual, Do: func() { w.zoom(1 / zoomKey) }, Off: empty})
}

func in(menu string, all []ui.Command) []ui.Command {
	for i := range all {
		all[i].Menu = menu
	}
	return all
}

// editNote puts the cursor into the note.
func (v *View) editNote() {
	if v.entry != nil && v.model.Can.Edit {
		v.desk.Window.Canvas().Focus(v.notes.entry)
	}
}
