// Package settings is the settings page of the window: what app/settings says, as fields. Every change is written to config.toml at once; what is
// changed there by hand shows here.
//
// It must not know what a setting means, nor the disk: the model does, and main's ports. Only main imports it.
package settings

import (
	"context"
	"reflect"
	"strconv"
	"strings"
	"sync"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"github.com/takebar/takebar/app"
	model "github.com/takebar/takebar/app/settings"
	"github.com/takebar/takebar/app/window/form"
	"github.com/takebar/takebar/app/window/ports"
	"github.com/takebar/takebar/app/window/ui"
	"github.com/takebar/takebar/internal/control"
)

// Core is what the page needs of control.Core.
type Core interface {
	ChooseLive(ctx context.Context, pid int) error
}

// Deps are what the page needs. Core, File, Login, Disk and Files are required.
type Deps struct {
	Core  Core
	File  ports.SettingsFile
	Login ports.Autostart
	// Disk looks where takes land with a takes_dir; it may block.
	Disk    func(takesDir string) model.Disk
	Example func(template string) (string, error) // see take.Example
	Fields  []string                              // of a name template
	Files   app.Files
	// Attempts are export attempts, and Consent the text to agree to before; nil = this build has none.
	Attempts app.Exporter
	Consent  string
	// Devices lists the player's outputs; nil = there is no player.
	Devices func(ctx context.Context) ([]ports.Device, error)
	// Use has the player play on a device; it is called when one is set, at the start and whenever that changes. nil = there is no player.
	Use      func(ctx context.Context, device string) error
	LogDir   string
	Command  bool // this keyboard has a Command key
	TakesEnv bool // the environment decides where takes land
	// Colours is told the colours to show, at the start and whenever they change: system, light or dark. nil = nobody minds.
	Colours func(colours string)
}

// Page is the settings page.
type Page struct {
	desk  *ui.Desk
	deps  Deps
	sheet *form.Sheet

	facts  model.Facts
	shown  model.Model
	fields map[string]*field
	folds  map[string]*fold
	front  bool

	jobs  []job // changes, in the order in which they were made
	busy  bool
	stop  context.CancelFunc
	watch sync.WaitGroup
}

// job is a change that goes to the disk or the core.
type job struct {
	key string
	do  func(ctx context.Context) error
}

var _ ui.Page = (*Page)(nil)

// New makes the page. It reads config.toml once before it answers.
func New(desk *ui.Desk, deps Deps) *Page {
	p := &Page{desk: desk, deps: deps, sheet: form.NewSheet(), fields: map[string]*field{}, folds: map[string]*fold{}}
	p.facts = model.Facts{
		Path: deps.File.Path(), Refused: map[string]string{}, Example: deps.Example, Fields: deps.Fields, Consent: deps.Consent, Command: deps.Command,
		TakesEnv: deps.TakesEnv,
	}
	p.take(read(deps))
	p.refresh()
	ctx, stop := context.WithCancel(desk.Context())
	p.stop = stop
	p.watch.Go(func() {
		if err := deps.File.Watch(ctx, func() { desk.Do(p.reload) }); err != nil && ctx.Err() == nil {
			desk.Do(func() { desk.Fail(err) })
		}
	})
	if deps.Attempts != nil {
		p.watch.Go(func() {
			for {
				select {
				case <-deps.Attempts.Changed():
					desk.Do(p.attempts)
				case <-ctx.Done():
					return
				}
			}
		})
	}
	return p
}

// Close gives what is being typed to the file and ends the page.
func (p *Page) Close() {
	for _, f := range p.fields {
		if f.entry != nil && f.entry.Focused {
			if value, err := model.Given(p.desk.Say, f.row, f.entry.Text); err == nil && f.entry.Text != f.row.Value {
				_ = p.deps.File.Set(f.row.Key, value) // nobody is there to be told
			}
		}
	}
	p.stop()
	p.watch.Wait()
}

// Name implements ui.Page.
func (p *Page) Name() string { return app.PageSettings }

// Title implements ui.Page.
func (p *Page) Title() string { return p.desk.Say("settings.page") }

// Icon implements ui.Page.
func (p *Page) Icon() fyne.Resource { return theme.SettingsIcon() }

// Content implements ui.Page.
func (p *Page) Content() fyne.CanvasObject { return p.sheet.Scroll }

// Snapshot implements ui.Page.
func (p *Page) Snapshot(s control.Snapshot) {
	p.facts.Snapshot = s
	if p.front {
		p.refresh()
	}
}

// Shown implements ui.Page. what may be the key of a setting.
func (p *Page) Shown(what string) {
	p.front = true
	p.reload()
	if f := p.fields[what]; f != nil {
		f.focus(p.desk.Window.Canvas())
	}
}

// Dropped implements ui.Page: a folder becomes the takes folder.
func (p *Page) Dropped(files []fyne.URI) {
	if len(files) == 1 {
		p.give("takes_dir", files[0].Path())
	}
}

// Commands implements ui.Page.
func (p *Page) Commands() []ui.Command {
	say := p.desk.Say
	menu := say("settings.menu")
	return []ui.Command{
		{Menu: menu, Label: say("settings.choose_takes"), Key: fyne.KeyO, Mod: fyne.KeyModifierShortcutDefault, Do: func() { p.choose("takes_dir") }},
		{Menu: menu, Label: say("settings.show_takes"), Key: fyne.KeyR, Mod: fyne.KeyModifierShortcutDefault, Do: func() { p.press(model.ButtonReveal) }},
		{Menu: menu, Label: say("settings.open_file"), Key: fyne.KeyE, Mod: fyne.KeyModifierShortcutDefault, Do: p.openFile, Split: true},
	}
}

// readings are what the disk and the system say.
type readings struct {
	settings []ports.Setting
	broken   error
	login    model.Login
}

func read(deps Deps) readings {
	var r readings
	r.settings, r.broken = deps.File.Read()
	if a, ok := deps.Attempts.(interface{ Refresh() }); ok {
		a.Refresh() // config.toml may switch them off
	}
	on, err := deps.Login.Enabled()
	r.login = model.Login{On: on, Where: deps.Login.Where()}
	if err != nil {
		r.login.Problem = app.ProblemOf(err).Text
	}
	return r
}

func (p *Page) take(r readings) {
	colours, device := p.text("colours"), p.text("player_device")
	p.facts.Settings, p.facts.Login, p.facts.Broken = r.settings, r.login, ""
	if r.broken != nil {
		p.facts.Broken = app.ProblemOf(r.broken).Text
	}
	if p.deps.Attempts != nil {
		view := p.deps.Attempts.View()
		p.facts.Export = &view
	}
	if now := p.text("colours"); now != colours && p.deps.Colours != nil {
		p.deps.Colours(now)
	}
	if now := p.text("player_device"); now != device && p.deps.Use != nil {
		p.desk.Run(func(ctx context.Context) error { return p.deps.Use(ctx, now) }, func(err error) {
			if err != nil {
				p.refuse("player_device", err)
			}
		})
	}
}

func (p *Page) text(key string) string {
	for _, s := range p.facts.Settings {
		if s.Key == key {
			text, _ := s.Value.(string)
			return text
		}
	}
	return ""
}

// reload reads everything again, away from the user interface.
func (p *Page) reload() {
	var r readings
	var disk model.Disk
	var devices []ports.Device
	p.desk.Run(func(ctx context.Context) error {
		r = read(p.deps)
		dir := ""
		for _, s := range r.settings {
			if s.Key == "takes_dir" {
				dir, _ = s.Value.(string)
			}
		}
		disk = p.deps.Disk(dir)
		if p.deps.Devices != nil {
			devices, _ = p.deps.Devices(ctx) // none: the choice is not shown
		}
		return nil
	}, func(error) {
		p.take(r)
		p.facts.Disk, p.facts.Devices = &disk, devices
		p.refresh()
	})
}

// attempts shows what export attempts do now.
func (p *Page) attempts() {
	view := p.deps.Attempts.View()
	p.facts.Export = &view
	p.refresh()
}

// refresh shows the model as it is now.
func (p *Page) refresh() {
	m := model.Build(p.desk.Say, p.facts)
	if reflect.DeepEqual(m, p.shown) {
		return
	}
	same := alike(m, p.shown)
	p.shown = m
	if same {
		for _, s := range m.Sections {
			for _, r := range s.Rows {
				p.fields[r.Key].update(r)
			}
		}
		p.sheet.Settle()
		return
	}
	p.build()
}

// give takes a text that was typed or chosen for a key.
func (p *Page) give(key, text string) {
	row := p.shown.Row(key)
	if row == nil || row.Off {
		return
	}
	if key == "name_template" {
		p.facts.Draft = nil
	}
	value, err := model.Given(p.desk.Say, *row, text)
	if err != nil {
		p.refuse(key, err)
		return
	}
	if text == row.Value && row.Kind != model.Switch {
		if p.facts.Refused[key] != "" {
			delete(p.facts.Refused, key)
		}
		p.refresh()
		return
	}
	p.change(key, func(context.Context) error { return p.deps.File.Set(key, value) })
}

func (p *Page) refuse(key string, err error) {
	p.facts.Refused[key] = p.desk.Sentence(err)
	if hint := "\n" + p.desk.Say("shell.error.unknown"); strings.HasSuffix(p.facts.Refused[key], hint) {
		p.facts.Refused[key] = strings.TrimSuffix(p.facts.Refused[key], hint) // it says all by itself
	}
	p.refresh()
}

// change does something in the background, one after the other, and then shows what came of it.
func (p *Page) change(key string, do func(ctx context.Context) error) {
	p.jobs = append(p.jobs, job{key, do})
	if !p.busy {
		p.next()
	}
}

func (p *Page) next() {
	if len(p.jobs) == 0 {
		p.busy = false
		p.reload()
		return
	}
	j := p.jobs[0]
	p.jobs, p.busy = p.jobs[1:], true
	p.desk.Run(j.do, func(err error) {
		if err != nil {
			p.refuse(j.key, err)
			if f := p.fields[j.key]; f != nil {
				f.reset()
			}
		} else {
			delete(p.facts.Refused, j.key)
		}
		p.next()
	})
}

// flip takes a switch.
func (p *Page) flip(key string, on bool) {
	switch {
	case key == model.KeyLogin:
		p.change(key, func(context.Context) error { return p.deps.Login.Set(on) })
	case key == model.KeyExport && p.deps.Attempts != nil:
		in := app.Intent{Verb: app.ExportSwitchOff}
		if on {
			in = app.Intent{Verb: app.ExportSwitchOn, Target: p.facts.Export.ConsentVersion}
		}
		p.facts.Agreed = false
		p.change(key, func(ctx context.Context) error {
			_, err := p.deps.Attempts.Do(ctx, in)
			return err
		})
	default:
		p.give(key, strconv.FormatBool(on))
	}
}

// pick takes a choice.
func (p *Page) pick(key, value string) {
	if key != model.KeyLive {
		p.give(key, value)
		return
	}
	pid, err := strconv.Atoi(value)
	if err != nil {
		return // the model names processes by numbers
	}
	p.change(key, func(ctx context.Context) error { return p.deps.Core.ChooseLive(ctx, pid) })
}

// press does what a button says.
func (p *Page) press(key string) {
	switch {
	case key == model.ButtonReveal:
		if d := p.facts.Disk; d != nil {
			p.desk.Run(func(ctx context.Context) error { return p.deps.Files.OpenFolder(ctx, d.Dir) }, nil)
		}
	case key == model.ButtonLogs:
		p.desk.Run(func(ctx context.Context) error { return p.deps.Files.OpenFolder(ctx, p.deps.LogDir) }, nil)
	case key == model.ButtonSetup:
		p.desk.Open(app.PageSetup, "")
	case key == model.ButtonAgreed:
		p.facts.Agreed = !p.facts.Agreed
		p.refresh()
	case key == model.ButtonStop:
		p.attempt(app.Intent{Verb: app.ExportStop})
	case strings.HasPrefix(key, model.ButtonRehearse):
		p.attempt(app.Intent{Verb: app.ExportRehearse, Target: strings.TrimPrefix(key, model.ButtonRehearse)})
	}
}

// attempt has the export attempts do something that may take long; the queue of changes does not wait for it.
func (p *Page) attempt(in app.Intent) {
	delete(p.facts.Refused, model.KeyRehears)
	p.desk.Run(func(ctx context.Context) error {
		_, err := p.deps.Attempts.Do(ctx, in)
		return err
	}, func(err error) {
		if err != nil {
			p.refuse(model.KeyRehears, err)
		}
		p.attempts()
	})
}

func (p *Page) openFile() {
	p.desk.Run(func(ctx context.Context) error { return p.deps.Files.Play(ctx, p.deps.File.Path()) }, nil)
}
