package export

import (
	"context"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/storage"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"github.com/takebar/takebar/app/attempts"
	"github.com/takebar/takebar/app/window/ui"
	"github.com/takebar/takebar/app/words"
	"github.com/takebar/takebar/internal/control"
)

// Commands implements ui.Page.
func (p *Page) Commands() []ui.Command {
	const ctrl = fyne.KeyModifierShortcutDefault
	v := p.view
	first := p.say("export.menu.export")
	bounce := ui.Command{Menu: first, Label: v.Bounce.Button, Key: fyne.KeyB, Mod: ctrl, Do: p.bounce, Off: v.Bounce.Off, Split: true}
	if !v.On {
		agree := ui.Command{Menu: first, Label: v.Off.Agree, Key: fyne.KeyReturn, Mod: ctrl, Do: func() { p.enable(p.off.pictures.Checked) }, Off: !p.known || !v.CanSwitch}
		return []ui.Command{agree, bounce}
	}
	stop := p.say("export.stop.nothing")
	if v.Running != nil {
		stop = v.Running.Stop
	}
	all := []ui.Command{
		{Menu: first, Label: p.say("export.do.attempt"), Key: fyne.KeyReturn, Mod: ctrl, Do: func() { p.try(false) }, Off: !v.CanAttempt},
		{Menu: first, Label: p.say("export.do.dry"), Key: fyne.KeyD, Mod: ctrl, Do: func() { p.try(true) }, Off: !v.CanAttempt},
		{Menu: first, Label: stop, Key: fyne.KeyPeriod, Mod: ctrl, Do: p.stop, Off: !v.CanStop},
		{Menu: first, Label: p.say("export.do.plan"), Key: fyne.KeyP, Mod: ctrl, Do: p.plan, Split: true},
	}
	for i, c := range p.books.Chords {
		one := ui.Command{Menu: first, Label: p.say("export.ready.rehearse", words.Data{"Chord": c.Label}), Do: func() { p.askRehearse(c) }, Off: !v.CanRehearse, Split: i == 0}
		if c == v.Ready.Chord {
			one.Key, one.Mod = fyne.KeyT, ctrl
		}
		all = append(all, one)
	}
	all = append(all, bounce, ui.Command{Menu: first, Label: p.say("export.do.off"), Do: p.disable, Off: !v.CanSwitch, Split: true})
	return append(append(all, p.batchCommands()...), p.attemptCommands()...)
}

func (p *Page) batchCommands() []ui.Command {
	const ctrl = fyne.KeyModifierShortcutDefault
	v, menu, at := p.view, p.say("export.menu.batch"), p.index()
	last := len(v.Queue.Rows) - 1
	return []ui.Command{
		{Menu: menu, Label: p.say("export.do.add"), Key: fyne.KeyO, Mod: ctrl, Do: p.askSets, Off: !v.CanChange},
		{Menu: menu, Label: p.say("export.do.folder"), Key: fyne.KeyO, Mod: ctrl | fyne.KeyModifierShift, Do: p.askFolder, Off: !v.CanChange},
		{Menu: menu, Label: p.say("export.do.parts"), Key: fyne.KeyL, Mod: ctrl, Do: p.addParts, Off: !v.CanChange || !p.facts.Connected},
		{Menu: menu, Label: v.Queue.Run, Key: fyne.KeyR, Mod: ctrl, Do: p.askBatch, Off: !v.CanRun, Split: true},
		{Menu: menu, Label: p.say("export.do.above"), Key: fyne.KeyUp, Do: func() { p.step(-1) }, Off: last < 0, Split: true},
		{Menu: menu, Label: p.say("export.do.below"), Key: fyne.KeyDown, Do: func() { p.step(1) }, Off: last < 0},
		{Menu: menu, Label: p.say("export.do.up"), Key: fyne.KeyUp, Mod: ctrl, Do: func() { p.move(-1) }, Off: !v.CanChange || at <= 0},
		{Menu: menu, Label: p.say("export.do.down"), Key: fyne.KeyDown, Mod: ctrl, Do: func() { p.move(1) }, Off: !v.CanChange || at < 0 || at == last},
		{Menu: menu, Label: p.say("export.do.remove"), Key: fyne.KeyDelete, Do: p.remove, Off: !v.CanChange || at < 0},
		{Menu: menu, Label: p.say("export.do.clear"), Do: p.askClear, Off: !v.CanChange || last < 0},
		{Menu: menu, Label: p.say("export.do.out"), Do: p.openOut, Off: v.Queue.Out == "", Split: true},
		{Menu: menu, Label: p.say("export.do.report"), Do: p.openReport, Off: v.Queue.Report == ""},
	}
}

func (p *Page) attemptCommands() []ui.Command {
	const ctrl = fyne.KeyModifierShortcutDefault
	menu := p.say("export.menu.attempt")
	a, ok := p.attempt()
	return []ui.Command{
		{Menu: menu, Label: p.say("export.do.reveal"), Key: fyne.KeyE, Mod: ctrl, Do: p.reveal, Off: len(a.Files) == 0},
		{Menu: menu, Label: p.say("export.do.copy"), Key: fyne.KeyC, Mod: ctrl | fyne.KeyModifierShift, Do: p.copyStory, Off: !ok},
		{Menu: menu, Label: p.say("export.do.trace"), Do: p.openTrace, Off: !ok || a.Folder == ""},
		{Menu: menu, Label: p.say("export.do.newer"), Key: fyne.KeyPageUp, Do: func() { p.leaf(-1) }, Off: len(p.books.Past) == 0, Split: true},
		{Menu: menu, Label: p.say("export.do.older"), Key: fyne.KeyPageDown, Do: func() { p.leaf(1) }, Off: len(p.books.Past) == 0},
	}
}

// index is where the chosen set of the batch stands; -1 = none is.
func (p *Page) index() int {
	return slices.IndexFunc(p.books.Batch.Items, func(i attempts.Item) bool { return i.N == p.row })
}

// choose marks a set of the batch, and opens its attempt if it had one.
func (p *Page) choose(n int) {
	p.row = n
	p.show()
	if at := p.index(); at >= 0 {
		p.open(p.books.Batch.Items[at].Attempt, true)
	}
}

// step chooses the set above or below.
func (p *Page) step(by int) {
	items := p.books.Batch.Items
	if len(items) == 0 {
		return
	}
	at := p.index()
	if at < 0 && by < 0 {
		at = len(items)
	}
	p.choose(items[max(0, min(len(items)-1, at+by))].N)
}

// leaf opens the attempt before or after the one that is open.
func (p *Page) leaf(by int) {
	at := slices.IndexFunc(p.books.Past, func(a attempts.Attempt) bool { return a.ID == p.opened })
	if to := at + by; to >= 0 && to < len(p.books.Past) {
		p.open(p.books.Past[to].ID, true)
	}
}

func (p *Page) enable(pictures bool) {
	version := p.books.Consent.Version
	p.do(func(ctx context.Context) error { return p.deps.Engine.Enable(ctx, version, pictures) }, func() { p.desk.Toast(p.say("export.said.on")) })
}

func (p *Page) disable() {
	p.do(p.deps.Engine.Disable, func() { p.desk.Toast(p.say("export.said.off")) })
}

func (p *Page) try(dry bool) {
	if !p.view.CanAttempt {
		return
	}
	p.begin(func(ctx context.Context) error {
		_, err := p.deps.Engine.Attempt(ctx, dry)
		return err
	}, nil)
}

func (p *Page) stop() {
	var sentence string
	p.do(func(ctx context.Context) (err error) {
		sentence, err = p.deps.Engine.Stop(ctx)
		return err
	}, func() {
		if sentence != "" {
			p.desk.Toast(sentence)
		}
	})
}

func (p *Page) bounce() {
	if p.deps.Bouncer == nil {
		return
	}
	p.do(func(ctx context.Context) error {
		_, err := p.deps.Bouncer.Bounce(ctx, control.BounceRequest{})
		return err
	}, func() { p.desk.Toast(p.say("export.bounce.done")) })
}

func (p *Page) rehearseNext() { p.askRehearse(p.view.Ready.Chord) }

func (p *Page) askRehearse(c attempts.Chord) {
	data := words.Data{"Chord": c.Label}
	p.ask(p.say("export.ask.rehearse", data), p.say("export.ask.rehearse.text", data), p.say("export.ask.rehearse.yes"), p.say("export.ask.cancel"), func() { p.rehearse(c) })
}

func (p *Page) rehearse(c attempts.Chord) {
	var got attempts.Rehearsal
	p.begin(func(ctx context.Context) (err error) {
		got, err = p.deps.Engine.Rehearse(ctx, c.Name)
		return err
	}, func() {
		if got.Passed || got.Offer.Name == "" {
			p.desk.Toast(got.Sentence)
			return
		}
		label := p.say("export.ready.rehearse", words.Data{"Chord": got.Offer.Label})
		p.desk.Toast(got.Sentence, ui.Action{Label: strings.TrimSuffix(label, "…"), Do: func() { p.rehearse(got.Offer) }})
	})
}

func (p *Page) plan() {
	var text string
	p.do(func(ctx context.Context) (err error) {
		text, err = p.deps.Engine.Plan(ctx)
		return err
	}, func() { p.pore(p.say("export.ask.plan"), text, "", nil) })
}

func (p *Page) askBatch() {
	if !p.view.CanRun {
		return
	}
	var text string
	p.do(func(ctx context.Context) (err error) {
		text, err = p.deps.Engine.BatchPlan(ctx)
		return err
	}, func() {
		p.pore(p.say("export.ask.batch"), text, p.say("export.ask.batch.yes"), func() { p.begin(p.deps.Engine.RunBatch, nil) })
	})
}

func (p *Page) askClear() {
	p.ask(p.say("export.ask.clear"), p.say("export.ask.clear.text"), p.say("export.ask.clear.yes"), p.say("export.ask.cancel"), func() {
		p.do(p.deps.Engine.Clear, nil)
	})
}

func (p *Page) move(by int) {
	n, at := p.row, p.index()
	if to := at + by; at < 0 || to < 0 || to >= len(p.books.Batch.Items) {
		return
	}
	p.do(func(ctx context.Context) error { return p.deps.Engine.Move(ctx, n, by) }, func() { p.row = n + by })
}

func (p *Page) remove() {
	n, at := p.row, p.index()
	if at < 0 {
		return
	}
	p.do(func(ctx context.Context) error { return p.deps.Engine.Remove(ctx, n) }, func() {
		if at == len(p.books.Batch.Items)-1 {
			p.row-- // the one above it
		}
	})
}

func (p *Page) addParts() {
	var added int
	p.do(func(ctx context.Context) (err error) {
		added, err = p.deps.Engine.AddParts(ctx)
		return err
	}, func() { p.told(added, nil) })
}

func (p *Page) askSets() {
	d := dialog.NewFileOpen(func(file fyne.URIReadCloser, err error) {
		if err != nil {
			p.desk.Fail(err)
		} else if file != nil {
			_ = file.Close() // only its name was wanted
			p.add([]string{file.URI().Path()})
		}
	}, p.desk.Window)
	d.SetFilter(storage.NewExtensionFileFilter([]string{".als", ".ALS"}))
	d.Resize(fyne.NewSize(820, 560))
	d.Show()
}

func (p *Page) askFolder() {
	d := dialog.NewFolderOpen(func(folder fyne.ListableURI, err error) {
		if err != nil {
			p.desk.Fail(err)
		} else if folder != nil {
			p.add([]string{folder.Path()})
		}
	}, p.desk.Window)
	d.Resize(fyne.NewSize(820, 560))
	d.Show()
}

func (p *Page) openOut() {
	out := p.view.Queue.Out
	p.desk.Run(func(ctx context.Context) error { return p.deps.Files.OpenFolder(ctx, out) }, nil)
}

func (p *Page) openReport() {
	report := p.view.Queue.Report
	p.desk.Run(func(ctx context.Context) error { return p.deps.Files.Reveal(ctx, []string{report}) }, nil)
}

func (p *Page) reveal() {
	a, _ := p.attempt()
	var paths []string
	for _, f := range a.Files {
		paths = append(paths, f.Path)
	}
	if len(paths) > 0 {
		p.desk.Run(func(ctx context.Context) error { return p.deps.Files.Reveal(ctx, paths) }, nil)
	}
}

func (p *Page) openTrace() {
	if a, ok := p.attempt(); ok {
		p.desk.Run(func(ctx context.Context) error { return p.deps.Files.OpenFolder(ctx, a.Folder) }, nil)
	}
}

func (p *Page) copyStory() {
	a, ok := p.attempt()
	if !ok {
		return
	}
	text := attempts.Tell(a, p.lines, p.say, p.deps.Zone).Plain()
	p.desk.Run(func(ctx context.Context) error { return p.deps.Files.Copy(ctx, text) }, func(err error) {
		if err != nil {
			p.desk.Fail(err)
			return
		}
		p.desk.Toast(p.say("export.said.copied"))
	})
}

// ask puts a question; yes is done when the answer is yes.
func (p *Page) ask(title, text, yes, no string, do func()) {
	label := widget.NewLabel(text)
	label.Wrapping = fyne.TextWrapWord
	d := dialog.NewCustomConfirm(title, yes, no, label, func(agreed bool) {
		if agreed {
			do()
		}
	}, p.desk.Window)
	d.Resize(fyne.NewSize(460, 200))
	d.Show()
}

// pore shows a text to read, and asks whether to go on with do where there is something to do.
func (p *Page) pore(title, text, yes string, do func()) {
	label := widget.NewLabel(strings.TrimSpace(text))
	label.TextStyle.Monospace, label.Wrapping, label.SizeName = true, fyne.TextWrapWord, theme.SizeNameCaptionText
	scroll := container.NewVScroll(label)
	var d dialog.Dialog
	if do == nil {
		d = dialog.NewCustom(title, p.say("export.ask.close"), scroll, p.desk.Window)
	} else {
		d = dialog.NewCustomConfirm(title, yes, p.say("export.ask.cancel"), scroll, func(agreed bool) {
			if agreed {
				do()
			}
		}, p.desk.Window)
	}
	d.Resize(fyne.NewSize(680, 440))
	d.Show()
}
