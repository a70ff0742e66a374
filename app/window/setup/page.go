// Package setup is the set-up page of the window: what app/setup says, as steps that turn green one after the other, with the test take at their end.
//
// It must not know Live's folders nor the disk: main's ports do. Only main imports it.
package setup

import (
	"context"
	"reflect"
	"strconv"
	"sync"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"github.com/takebar/takebar/app"
	model "github.com/takebar/takebar/app/setup"
	"github.com/takebar/takebar/app/window/form"
	"github.com/takebar/takebar/app/window/ports"
	"github.com/takebar/takebar/app/window/ui"
	"github.com/takebar/takebar/app/words"
	"github.com/takebar/takebar/bridge/live"
	"github.com/takebar/takebar/internal/control"
)

// Core is what the page needs of control.Core.
type Core interface {
	InstallScript(ctx context.Context, userLibrary string) (control.Install, error)
	ChooseLive(ctx context.Context, pid int) error
	StartTake(ctx context.Context, r control.TakeRequest) (live.Take, error)
	CancelTake(ctx context.Context) (live.Take, error)
	WaitLanded(ctx context.Context, takeID string) (control.LibraryTake, error)
	TrashTake(ctx context.Context, ref string) (control.LibraryTake, error)
}

// Deps are what the page needs. All but Ticks are required.
type Deps struct {
	Core  Core
	File  ports.SettingsFile
	Files app.Files
	// Machine looks at this computer; it may block.
	Machine func(ctx context.Context) (model.Machine, error)
	// Library gives the User Library that a chosen folder is, or is inside of; false: it looks like none.
	Library func(dir string) (string, bool)
	Mac     bool // menus and keys as on macOS
	Wine    bool // Live runs in Wine
	// Ticks tell when to look at this computer again while the page is in front; nil = every two seconds.
	Ticks <-chan time.Time
}

// every is how often the page looks whether Live was started.
const every = 2 * time.Second

// Page is the set-up page.
type Page struct {
	desk  *ui.Desk
	deps  Deps
	sheet *form.Sheet

	facts   model.Facts
	shown   model.Model
	buttons map[string]*form.Button
	choices map[string]*form.Select
	moving  *widget.ProgressBarInfinite // that shows; nil = none
	front   bool
	looking bool

	stop  context.CancelFunc
	watch sync.WaitGroup
}

var _ ui.Page = (*Page)(nil)

// New makes the page. It looks at the computer when it comes to the front.
func New(desk *ui.Desk, deps Deps) *Page {
	p := &Page{desk: desk, deps: deps, sheet: form.NewSheet(), facts: model.Facts{Mac: deps.Mac, Wine: deps.Wine}}
	p.refresh()
	ctx, stop := context.WithCancel(desk.Context())
	p.stop = stop
	p.watch.Go(func() { p.tick(ctx) })
	return p
}

func (p *Page) tick(ctx context.Context) {
	ticks := p.deps.Ticks
	if ticks == nil {
		ticker := time.NewTicker(every)
		defer ticker.Stop()
		ticks = ticker.C
	}
	for {
		select {
		case <-ticks:
			p.desk.Do(func() {
				if p.front && !p.shown.Ready && p.desk.Window.Content().Visible() {
					p.look()
				}
			})
		case <-ctx.Done():
			return
		}
	}
}

// Close implements ui.Page.
func (p *Page) Close() {
	p.stop()
	p.watch.Wait()
}

// Name implements ui.Page.
func (p *Page) Name() string { return app.PageSetup }

// Title implements ui.Page.
func (p *Page) Title() string { return p.desk.Say("setup.page") }

// Icon implements ui.Page.
func (p *Page) Icon() fyne.Resource { return theme.ListIcon() }

// Content implements ui.Page.
func (p *Page) Content() fyne.CanvasObject { return p.sheet.Scroll }

// Snapshot implements ui.Page.
func (p *Page) Snapshot(s control.Snapshot) {
	before := p.facts.Snapshot.Link
	p.facts.Snapshot = s
	if !p.front {
		return
	}
	p.refresh()
	if before.Status != s.Link.Status || before.ScriptUpdate != s.Link.ScriptUpdate {
		p.look()
	}
}

// Shown implements ui.Page.
func (p *Page) Shown(string) {
	p.front = true
	p.refresh()
	p.look()
}

// Dropped implements ui.Page: a folder is a User Library.
func (p *Page) Dropped(files []fyne.URI) {
	if len(files) == 1 {
		p.use(files[0].Path())
	}
}

// Commands implements ui.Page.
func (p *Page) Commands() []ui.Command {
	say := p.desk.Say
	menu, mod := say("setup.menu"), fyne.KeyModifierShortcutDefault
	return []ui.Command{
		{Menu: menu, Label: say("setup.script.install"), Key: fyne.KeyI, Mod: mod, Do: func() { p.press(model.ButtonInstall) }, Off: !p.offers(model.ButtonInstall)},
		{Menu: menu, Label: say("setup.script.choose"), Key: fyne.KeyO, Mod: mod, Do: func() { p.press(model.ButtonFolder) }},
		{Menu: menu, Label: say("setup.test.start"), Key: fyne.KeyT, Mod: mod, Do: func() { p.press(model.ButtonTest) }, Off: !p.offers(model.ButtonTest), Split: true},
		{Menu: menu, Label: say("setup.test.trash"), Key: fyne.KeyDelete, Do: func() { p.press(model.ButtonTrash) }, Off: !p.offers(model.ButtonTrash)},
		{Menu: menu, Label: say("setup.again"), Key: fyne.KeyF5, Do: func() { p.press(model.ButtonAgain) }, Split: true},
	}
}

// offers says whether a button can be pressed now.
func (p *Page) offers(key string) bool {
	for _, s := range p.shown.Steps {
		for _, b := range s.Buttons {
			if b.Key == key && !b.Off {
				return true
			}
		}
	}
	return false
}

// look looks at the computer again, unless that is being done.
func (p *Page) look() {
	if p.looking {
		return
	}
	p.looking = true
	var found model.Machine
	p.desk.Run(func(ctx context.Context) (err error) {
		found, err = p.deps.Machine(ctx)
		return err
	}, func(err error) {
		p.looking = false
		if err != nil {
			p.desk.Fail(err)
			return
		}
		p.facts.Machine = &found
		p.refresh()
	})
}

// refresh shows the model as it is now.
func (p *Page) refresh() {
	m := model.Build(p.desk.Say, p.facts)
	if reflect.DeepEqual(m, p.shown) {
		return
	}
	p.shown = m
	p.build()
	if p.front {
		p.desk.Refresh()
	}
}

// press does what a button says.
func (p *Page) press(key string) {
	switch key {
	case model.ButtonInstall:
		p.install()
	case model.ButtonFolder:
		p.choose()
	case model.ButtonUse:
		p.use(p.shown.Step(model.StepScript).Path)
	case model.ButtonReveal:
		dir := p.shown.Step(model.StepScript).Path
		p.desk.Run(func(ctx context.Context) error { return p.deps.Files.OpenFolder(ctx, dir) }, nil)
	case model.ButtonAgain:
		p.look()
	case model.ButtonTest:
		p.record()
	case model.ButtonCancel:
		p.discard()
	case model.ButtonShow:
		p.desk.Run(func(ctx context.Context) error { return p.deps.Files.Reveal(ctx, p.facts.Test.Take.Paths) }, nil)
	case model.ButtonTrash:
		p.trash()
	case model.ButtonTakes:
		p.desk.Open(app.PageTakes, "")
	}
}

// pick takes a choice of a step.
func (p *Page) pick(step, value string) {
	if step == model.StepScript {
		p.use(value)
		return
	}
	pid, err := strconv.Atoi(value)
	if err != nil {
		return // the model names processes by numbers
	}
	p.desk.Run(func(ctx context.Context) error { return p.deps.Core.ChooseLive(ctx, pid) }, nil)
}

func (p *Page) install() {
	if p.facts.Installing || !p.offers(model.ButtonInstall) {
		return
	}
	library := p.shown.Step(model.StepScript).Path
	p.facts.Installing, p.facts.Refused = true, ""
	p.refresh()
	var done control.Install
	p.desk.Run(func(ctx context.Context) (err error) {
		done, err = p.deps.Core.InstallScript(ctx, library)
		return err
	}, func(err error) {
		p.facts.Installing = false
		if err != nil {
			p.facts.Refused = p.desk.Sentence(err)
		} else {
			p.desk.Toast(p.desk.Say("setup.script.done", words.Data{"Version": done.Version}))
		}
		p.refresh()
		p.look()
	})
}

// choose asks for the User Library.
func (p *Page) choose() {
	d := dialog.NewFolderOpen(func(dir fyne.ListableURI, err error) {
		switch {
		case err != nil:
			p.desk.Fail(err)
		case dir != nil:
			p.use(dir.Path())
		}
	}, p.desk.Window)
	d.Show()
	d.Resize(p.desk.Window.Canvas().Size().Subtract(fyne.NewSize(80, 80)))
}

// use writes a User Library into the settings, where the core and the doctor find it as well.
func (p *Page) use(dir string) {
	library, ok := p.deps.Library(dir)
	if !ok {
		p.facts.Refused = p.desk.Say("setup.script.notlibrary", words.Data{"Path": dir})
		p.refresh()
		return
	}
	p.facts.Refused, p.facts.Chosen = "", library
	p.refresh()
	p.desk.Run(func(context.Context) error { return p.deps.File.Set("live.user_library", library) }, func(err error) {
		if err != nil {
			p.facts.Refused = p.desk.Sentence(err)
			p.refresh()
		}
		p.look()
	})
}

// record makes the test take and waits for it to land.
func (p *Page) record() {
	if !p.offers(model.ButtonTest) {
		return
	}
	request := model.Request(p.facts.Snapshot)
	p.facts.Test = model.Test{Phase: model.TestStarting}
	p.refresh()
	var begun live.Take
	p.desk.Run(func(ctx context.Context) (err error) {
		begun, err = p.deps.Core.StartTake(ctx, request)
		return err
	}, func(err error) {
		if err != nil {
			p.failed(err)
			return
		}
		p.facts.Test = model.Test{Phase: model.TestRecording, ID: begun.ID}
		p.refresh()
		p.land(begun.ID)
	})
}

func (p *Page) land(id string) {
	var landed control.LibraryTake
	p.desk.Run(func(ctx context.Context) (err error) {
		landed, err = p.deps.Core.WaitLanded(ctx, id)
		return err
	}, func(err error) {
		switch {
		case p.facts.Test.ID != id || p.facts.Test.Phase != model.TestRecording:
			return // it was discarded
		case err != nil:
			p.failed(err)
		default:
			p.facts.Test = model.Test{Phase: model.TestDone, ID: id, Take: &landed}
			p.refresh()
		}
	})
}

func (p *Page) failed(err error) {
	p.facts.Test = model.Test{Phase: model.TestFailed, Problem: p.desk.Sentence(err)}
	p.refresh()
}

func (p *Page) discard() {
	p.desk.Run(func(ctx context.Context) error {
		_, err := p.deps.Core.CancelTake(ctx)
		return err
	}, func(err error) {
		if err != nil {
			p.desk.Fail(err)
			return
		}
		p.facts.Test = model.Test{}
		p.refresh()
	})
}

func (p *Page) trash() {
	if !p.offers(model.ButtonTrash) {
		return
	}
	id := p.facts.Test.ID
	p.facts.Test.Busy = true
	p.refresh()
	p.desk.Run(func(ctx context.Context) error {
		_, err := p.deps.Core.TrashTake(ctx, id)
		return err
	}, func(err error) {
		p.facts.Test.Busy = false
		if err != nil {
			p.facts.Test.Problem = p.desk.Sentence(err)
		} else {
			p.facts.Test.Phase, p.facts.Test.Problem = model.TestTrashed, ""
		}
		p.refresh()
	})
}
