package settings

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"

	"github.com/takebar/takebar/app"
	model "github.com/takebar/takebar/app/settings"
	"github.com/takebar/takebar/app/window/form"
	"github.com/takebar/takebar/app/window/ports"
	"github.com/takebar/takebar/app/window/ui"
	"github.com/takebar/takebar/app/window/ui/golden"
	"github.com/takebar/takebar/app/window/ui/uitest"
	"github.com/takebar/takebar/app/words"
	"github.com/takebar/takebar/automation"
	"github.com/takebar/takebar/automation/keys"
	"github.com/takebar/takebar/bridge/live"
	"github.com/takebar/takebar/internal/config"
	"github.com/takebar/takebar/internal/control"
	"github.com/takebar/takebar/internal/pageports"
	"github.com/takebar/takebar/internal/take"
)

var _ = flag.Bool("update", false, "write the golden files anew")

// mine is a config.toml as somebody wrote it, with an order and comments of their own.
const mine = `# Mia's settings, do not touch
view = "session"   # for the stage

# what I play
source = "armed"
artist = "Mia Sol"
notifications = true # on tour: false

[export]
# see the wiki
shortcut = "r"
`

// world is everything around the page.
type world struct {
	t      *testing.T
	home   string
	desk   *ui.Desk
	window fyne.Window
	page   *Page
	queue  *uitest.Queue

	mu      sync.Mutex
	chosen  []int
	opened  []string
	did     []app.Intent
	login   bool
	fails   error
	view    app.ExportView
	changed chan struct{}
	colours []string
}

func (w *world) ChooseLive(_ context.Context, pid int) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.chosen = append(w.chosen, pid)
	return w.fails
}

func (w *world) Enabled() (bool, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.login, nil
}

func (w *world) Set(on bool) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.fails == nil {
		w.login = on
	}
	return w.fails
}

func (w *world) Where() string { return "/home/mia/.config/autostart/takebar.desktop" }

func (w *world) Reveal(context.Context, []string) error { return nil }
func (w *world) Copy(context.Context, string) error     { return nil }
func (w *world) Play(_ context.Context, path string) error {
	return w.OpenFolder(context.Background(), path)
}

func (w *world) OpenFolder(_ context.Context, dir string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.opened = append(w.opened, filepath.Base(dir))
	return w.fails
}

func (w *world) View() app.ExportView {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.view
}

func (w *world) Changed() <-chan struct{} { return w.changed }

func (w *world) Do(_ context.Context, in app.Intent) (app.Notification, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.did = append(w.did, in)
	switch in.Verb {
	case app.ExportSwitchOn:
		w.view.Enabled = true
		return app.Notification{}, config.New(w.home, nil).Set("export.enabled", true)
	case app.ExportSwitchOff:
		w.view.Enabled = false
		return app.Notification{}, config.New(w.home, nil).Set("export.enabled", false)
	case app.ExportRehearse:
		w.view.Rehearsal = "Ctrl+Shift+R opened Export Audio/Video."
	}
	return app.Notification{}, w.fails
}

type options struct {
	look     ui.Look
	language string
	text     string // of config.toml; "" = there is none
	size     fyne.Size
	change   func(*world, *Deps)
}

func open(t *testing.T, o options) *world {
	t.Helper()
	test.NewTempApp(t).Settings().SetTheme(o.look)
	golden.Wake()
	if o.language == "" {
		o.language = "en"
	}
	say, err := words.In(o.language)
	if err != nil {
		t.Fatal(err)
	}
	w := &world{
		t: t, home: t.TempDir(), login: true, changed: make(chan struct{}, 1),
		view: app.ExportView{ConsentVersion: "1", Chords: []app.ExportChord{{Name: "e", Label: "Ctrl+Shift+E"}, {Name: "r", Label: "Ctrl+Shift+R"}}},
	}
	if o.text != "" {
		w.write(o.text)
	}
	w.window = test.NewTempWindow(t, nil)
	w.desk = ui.NewDesk(t.Context(), w.window, say)
	w.queue = uitest.NewQueue(t, w.desk)
	w.queue.State = func() string { return fmt.Sprint(w.page.shown) }
	deps := Deps{
		Core: w, Login: w, Files: w, Attempts: w, LogDir: "/logs", Fields: take.TemplateFields(),
		File:    pageports.NewSettingsFile(config.New(w.home, take.CheckTemplate), take.DefaultTemplate),
		Disk:    func(dir string) model.Disk { return model.Disk{Dir: orDefault(dir), Free: 212e9} },
		Consent: automation.ConsentText(keys.ChordE),
		Example: func(template string) (string, error) {
			return take.Example(template, time.Date(2026, 1, 31, 15, 9, 18, 0, time.UTC))
		},
		Colours: func(c string) { w.colours = append(w.colours, c) },
	}
	if o.change != nil {
		o.change(w, &deps)
	}
	w.page = New(w.desk, deps)
	t.Cleanup(func() {
		w.desk.Close()
		w.page.Close()
	})
	if o.size.IsZero() {
		o.size = fyne.NewSize(900, 1900)
	}
	w.window.SetContent(w.page.Content())
	w.window.Resize(o.size)
	w.page.Snapshot(linked())
	w.page.Shown("")
	w.queue.Settle()
	w.page.sheet.Settle()
	return w
}

func orDefault(dir string) string {
	if dir == "" {
		return "/home/mia/Music/Takebar"
	}
	return dir
}

func linked() control.Snapshot {
	return control.Snapshot{
		Link:     control.Link{Status: control.LinkConnected, Responding: true, PID: 41, Lives: []control.LiveInfo{{PID: 41, Live: "12.3.6", Chosen: true}}},
		State:    &live.State{Link: live.Link{Live: "12.3.6"}},
		Settings: control.Settings{TakesDir: "/home/mia/Music/Takebar"},
	}
}

func (w *world) write(text string) {
	w.t.Helper()
	if err := os.WriteFile(filepath.Join(w.home, config.FileName), []byte(text), 0o600); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) read() string {
	w.t.Helper()
	text, err := os.ReadFile(filepath.Join(w.home, config.FileName))
	if err != nil {
		w.t.Fatal(err)
	}
	return string(text)
}

func (w *world) field(key string) *field {
	w.t.Helper()
	f := w.page.fields[key]
	if f == nil {
		w.t.Fatalf("the page does not show %s", key)
	}
	return f
}

func (w *world) focus(key string) *field {
	w.t.Helper()
	f := w.field(key)
	f.focus(w.window.Canvas())
	return f
}

func (w *world) key(name fyne.KeyName) {
	if f := w.window.Canvas().Focused(); f != nil {
		f.TypedKey(&fyne.KeyEvent{Name: name})
	}
}

// enter types a text where the focus is.
func (w *world) enter(text string) { test.Type(w.window.Canvas().Focused(), text) }

// clear empties the entry that has the focus, as Ctrl+A and Delete do.
func (w *world) clear() {
	if e, ok := w.window.Canvas().Focused().(*form.Entry); ok {
		e.TypedShortcut(&fyne.ShortcutSelectAll{})
	}
	w.key(fyne.KeyDelete)
}

func (w *world) want(from, to string) {
	w.t.Helper()
	w.queue.Settle()
	want := strings.Replace(mine, from, to, 1)
	if from == "" {
		want = to
	}
	if got := w.read(); got != want {
		w.t.Errorf("config.toml is\n%s\nwant\n%s", got, want)
	}
}

// press presses a button by its text.
func (w *world) press(text string) {
	w.t.Helper()
	b := golden.Find(w.window.Canvas(), func(b *form.Button) bool { return b.Text == text })
	if b == nil {
		w.t.Fatalf("there is no button %q", text)
	}
	test.Tap(b)
}

func TestEachSettingByKeyboard(t *testing.T) {
	for _, tt := range []struct {
		key, from, to string
		do            func(w *world)
	}{
		{"artist", `"Mia Sol"`, `"Mia"`, func(w *world) {
			w.clear()
			w.enter("Mia")
			w.key(fyne.KeyReturn)
		}},
		{"artist", `"Mia Sol"`, `"Mia Sol & Band"`, func(w *world) {
			w.key(fyne.KeyEnd)
			w.enter(" & Band")
			w.window.Canvas().FocusNext()
		}},
		{"source", `source = "armed"`, `source = "selected"`, func(w *world) { w.key(fyne.KeyRight) }},
		{"source", `source = "armed"`, `source = "main"`, func(w *world) { w.key(fyne.KeyRight); w.queue.Settle(); w.key(fyne.KeyRight) }},
		{"source", `source = "armed"`, `source = "main"`, func(w *world) {
			w.key(fyne.KeySpace) // the list opens
			for range 3 {
				w.key(fyne.KeyDown)
			}
			w.key(fyne.KeyReturn)
		}},
		{"view", `view = "session" `, `view = "arrangement" `, func(w *world) { w.key(fyne.KeyLeft) }},
		{"exclusive_arm", "\n[export]", "\nexclusive_arm = \"yes\"\n\n[export]", func(w *world) { w.key(fyne.KeyRight) }},
		{"colours", "\n[export]", "\ncolours = \"light\"\n\n[export]", func(w *world) { w.key(fyne.KeyRight) }},
		{"notifications", "= true #", "= false #", func(w *world) { w.enter(" ") }},
		{"takes_dir", "\n[export]", "\ntakes_dir = \"/music/Takes\"\n\n[export]", func(w *world) {
			w.enter("/music/Takes")
			w.key(fyne.KeyReturn)
		}},
		{"name_template", "\n[export]", "\nname_template = \"{set}/{take}\"\n\n[export]", func(w *world) {
			w.enter("{set}/{take}")
			w.key(fyne.KeyReturn)
		}},
		{"live.link_dirs", "", mine + "\n[live]\nlink_dirs = [\"/a\", \"/b\"]\n", func(w *world) {
			w.page.unfold(w.page.folds["advanced"], true)
			w.focus("live.link_dirs")
			w.enter("/a")
			w.key(fyne.KeyReturn)
			w.enter("/b")
			w.window.Canvas().FocusNext()
		}},
		{"export.open_command", "[export]\n", "[export]\nopen_command = [\"wine\", \"a b\", \"{}\"]\n", func(w *world) {
			w.page.unfold(w.page.folds["advanced"], true)
			w.focus("export.open_command")
			w.enter(`wine "a b" {}`)
			w.key(fyne.KeyReturn)
		}},
	} {
		t.Run(tt.key, func(t *testing.T) {
			w := open(t, options{text: mine})
			w.focus(tt.key)
			tt.do(w)
			w.want(tt.from, tt.to)
		})
	}
}

func TestEachSettingByMouse(t *testing.T) {
	w := open(t, options{text: mine})
	test.Tap(w.field("notifications").check)
	w.want("= true #", "= false #")
	test.Tap(w.field("notifications").check)
	w.want("", mine)

	test.Tap(w.field("source").choice)
	var labels []string
	for _, o := range w.field("source").row.Options {
		labels = append(labels, o.Label)
	}
	popup := w.window.Canvas().Overlays().Top()
	if popup == nil {
		t.Fatal("the choice did not open")
	}
	w.field("source").choice.SetSelected(labels[2])
	w.window.Canvas().Overlays().Remove(popup)
	w.want(`source = "armed"`, `source = "main"`)
	w.field("source").choice.SetSelected(labels[0])
	w.want("", mine)

	for _, text := range []string{"{set}", "{take}"} {
		chip := golden.Find(w.window.Canvas(), func(c *form.Chip) bool { return c.Text() == text })
		test.Tap(chip)
	}
	if e := w.field("name_template").entry; e.Text != "{set}{take}" || !e.Focused {
		t.Errorf("chips made %q, focus %v", e.Text, e.Focused)
	}
	if fact := w.page.shown.Row("name_template").Fact; !strings.Contains(fact, "Night Drive007") {
		t.Errorf("the example says %q", fact)
	}
	w.window.Canvas().Unfocus()
	w.want("\n[export]", "\nname_template = \"{set}{take}\"\n\n[export]")

	w.page.chosen("takes_dir", "/chosen")
	w.queue.Settle()
	w.page.chosen("live.link_dirs", "/one")
	w.queue.Settle()
	w.page.chosen("live.link_dirs", "/two")
	w.queue.Settle()
	if got := w.read(); !strings.Contains(got, `takes_dir = "/chosen"`) || !strings.Contains(got, `link_dirs = ["/one", "/two"]`) {
		t.Errorf("after the choosers:\n%s", got)
	}

	w.press("Show")
	w.queue.Settle()
	w.press("Open config.toml")
	w.queue.Settle()
	if !slices.Equal(w.opened, []string{"chosen", "config.toml"}) {
		t.Errorf("opened %q", w.opened)
	}
}

func TestChooserAsksForAFolder(t *testing.T) {
	w := open(t, options{text: mine})
	w.press("Choose…")
	if w.window.Canvas().Overlays().Top() == nil {
		t.Error("no dialog came up")
	}
}

func TestBadValuesDoNotApply(t *testing.T) {
	file := filepath.Join(t.TempDir(), "a file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ key, text, says string }{
		{"takes_dir", "somewhere", "whole path"},
		{"takes_dir", file, "not a folder"},
		{"name_template", "{colour}", "{colour}"},
		{"name_template", "../{set}", "lead out"},
		{"live.user_library", "x", "whole path"},
		{"export.open_command", `wine "x`, "partner"},
	} {
		t.Run(tt.key, func(t *testing.T) {
			w := open(t, options{text: mine})
			w.page.unfold(w.page.folds["advanced"], true)
			w.focus(tt.key)
			w.enter(tt.text)
			w.key(fyne.KeyReturn)
			w.want("", mine)
			if got := w.page.shown.Row(tt.key).Problem; !strings.Contains(got, tt.says) || strings.Contains(got, tt.key) {
				t.Errorf("it says %q, want something about %q", got, tt.says)
			}
			f := w.field(tt.key)
			if f.entry.Text != tt.text {
				t.Errorf("what was typed became %q", f.entry.Text)
			}
			w.key(fyne.KeyEscape)
			w.queue.Settle()
			if f = w.field(tt.key); f.entry.Text != "" || w.page.shown.Row(tt.key).Problem != "" {
				t.Errorf("after Esc: %q, %q", f.entry.Text, w.page.shown.Row(tt.key).Problem)
			}
			w.want("", mine)
		})
	}
}

func TestRefusedSwitchAndChoiceGoBack(t *testing.T) {
	w := open(t, options{text: mine})
	w.fails = errors.New("the disk is full")
	test.Tap(w.field(model.KeyLogin).check)
	w.queue.Settle()
	if !w.field(model.KeyLogin).check.Checked || w.page.shown.Row(model.KeyLogin).Problem != "The disk is full." {
		t.Errorf("%v %q", w.field(model.KeyLogin).check.Checked, w.page.shown.Row(model.KeyLogin).Problem)
	}
	w.fails = nil
	test.Tap(w.field(model.KeyLogin).check)
	w.queue.Settle()
	if w.login || w.field(model.KeyLogin).check.Checked || w.page.shown.Row(model.KeyLogin).Problem != "" {
		t.Errorf("%v %q", w.login, w.page.shown.Row(model.KeyLogin).Problem)
	}
}

func TestEditsByHandShowAtOnce(t *testing.T) {
	w := open(t, options{text: mine})
	w.write(strings.Replace(mine, "Mia Sol", "Somebody Else", 1))
	w.queue.Until("the new artist", func() bool { return w.field("artist").entry.Text == "Somebody Else" })

	w.write(strings.Replace(mine, `"armed"`, `"amred"`, 1))
	w.queue.Until("the mistake", func() bool { return len(w.page.shown.Notes) == 1 })
	if n := w.page.shown.Notes[0]; !n.Problem || !strings.Contains(n.Lines[0], "Line 5") || !strings.Contains(n.Lines[0], "amred") {
		t.Errorf("%+v", n)
	}
	if !w.field("artist").entry.Disabled() {
		t.Error("a setting can be changed although the file has a mistake")
	}
	w.write("= what")
	w.queue.Until("the broken file", func() bool {
		return len(w.page.shown.Notes) == 1 && strings.Contains(w.page.shown.Notes[0].Lines[0], "Line 1")
	})
	if w.field("artist").entry.Text != "Somebody Else" {
		t.Errorf("the settings from before are gone: %q", w.field("artist").entry.Text)
	}
	w.write(mine)
	w.queue.Until("the mended file", func() bool { return len(w.page.shown.Notes) == 0 })
	if w.field("artist").entry.Disabled() || w.field("artist").entry.Text != "Mia Sol" {
		t.Errorf("%q", w.field("artist").entry.Text)
	}
}

func TestTypingGoesOnWhileTheFileChanges(t *testing.T) {
	w := open(t, options{text: mine})
	w.focus("artist")
	w.key(fyne.KeyEnd)
	w.enter("!")
	w.write(strings.Replace(mine, `"armed"`, `"main"`, 1))
	w.page.reload()
	w.queue.Settle()
	if got := w.field("artist").entry.Text; got != "Mia Sol!" {
		t.Errorf("what was typed became %q", got)
	}
	if w.page.shown.Row("source").Value != "main" {
		t.Error("the other change does not show")
	}
}

func TestTypingGoesOnWhileThePageChanges(t *testing.T) {
	w := open(t, options{text: mine})
	w.focus("artist")
	w.key(fyne.KeyEnd)
	w.enter("!")
	before := w.field("artist").entry
	s := linked()
	s.Link.Lives = append(s.Link.Lives, control.LiveInfo{PID: 77, Live: "11.3.2"})
	w.page.Snapshot(s)
	w.queue.Settle()
	after := w.field("artist").entry
	if before == after || after.Text != "Mia Sol!" || w.window.Canvas().Focused() != fyne.Focusable(after) {
		t.Errorf("after the page was made anew: %q, focus on %T", after.Text, w.window.Canvas().Focused())
	}
	w.want("", mine)
	w.enter("?")
	w.key(fyne.KeyReturn)
	w.want(`"Mia Sol"`, `"Mia Sol!?"`)
}

func TestClosingKeepsWhatWasTyped(t *testing.T) {
	w := open(t, options{text: mine})
	w.focus("artist")
	w.key(fyne.KeyEnd)
	w.enter("!")
	w.page.Close()
	if got := w.read(); got != strings.Replace(mine, "Mia Sol", "Mia Sol!", 1) {
		t.Errorf("config.toml is\n%s", got)
	}
}

func TestExportAttempts(t *testing.T) {
	w := open(t, options{text: mine})
	test.Tap(w.field(model.KeyExport).check)
	w.queue.Settle()
	if len(w.did) != 1 || w.did[0] != (app.Intent{Verb: app.ExportSwitchOn, Target: "1"}) || w.page.shown.Row(model.KeyConsent) != nil {
		t.Fatalf("did %+v\n%s", w.did, w.page.shown)
	}
	w.press("What You Agreed To")
	if w.page.shown.Row(model.KeyConsent) == nil {
		t.Error("the text cannot be read again")
	}
	w.press("Rehearse Ctrl+Shift+R")
	w.queue.Settle()
	if got := w.page.shown.Row(model.KeyRehears).Text; got != "Ctrl+Shift+R opened Export Audio/Video." || w.did[1] != (app.Intent{Verb: app.ExportRehearse, Target: "r"}) {
		t.Errorf("%q after %+v", got, w.did)
	}
	w.fails = &control.Error{Message: "Live is not in front.", Hint: "Bring it to the front."}
	w.press("Rehearse Ctrl+Shift+E")
	w.queue.Settle()
	if got := w.page.shown.Row(model.KeyRehears).Problem; got != "Live is not in front.\nBring it to the front." {
		t.Errorf("it says %q", got)
	}
	w.fails = nil
	test.Tap(w.field("export.pictures").check)
	w.queue.Settle()
	if !strings.Contains(w.read(), "pictures = true") {
		t.Errorf("config.toml is\n%s", w.read())
	}
	w.mu.Lock()
	w.view.Running = "Export attempt: waiting for the dialog"
	w.mu.Unlock()
	w.page.attempts()
	if w.page.shown.Row(model.KeyRehears).Text != "Export attempt: waiting for the dialog" {
		t.Errorf("%s", w.page.shown)
	}
	w.press("Stop")
	w.queue.Settle()
	if w.did[len(w.did)-1].Verb != app.ExportStop {
		t.Errorf("did %+v", w.did)
	}
}

func TestWhichLive(t *testing.T) {
	w := open(t, options{text: mine})
	s := linked()
	s.Link.Lives = append(s.Link.Lives, control.LiveInfo{PID: 77, Live: "11.3.2"})
	w.page.Snapshot(s)
	w.focus(model.KeyLive)
	w.key(fyne.KeyRight)
	w.queue.Settle()
	if !slices.Equal(w.chosen, []int{77}) {
		t.Errorf("chose %v", w.chosen)
	}
}

func TestColoursAreTold(t *testing.T) {
	w := open(t, options{text: "colours = \"dark\"\n"})
	w.focus("colours")
	w.key(fyne.KeyLeft)
	w.queue.Settle()
	if !slices.Equal(w.colours, []string{"dark", "light"}) {
		t.Errorf("told %q", w.colours)
	}
}

func TestPlayerPlaysOnTheChosenDevice(t *testing.T) {
	w := open(t, options{text: "player_device = \"hw:1\"\n", change: func(w *world, d *Deps) {
		d.Devices = func(context.Context) ([]ports.Device, error) {
			return []ports.Device{{Name: "System", Default: true}, {ID: "hw:1", Name: "Scarlett 2i2"}, {ID: "hw:2", Name: "Headphones"}}, nil
		}
		d.Use = func(_ context.Context, device string) error {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.opened = append(w.opened, device)
			return w.fails
		}
	}})
	if got := w.field("player_device").choice.Selected; got != "Scarlett 2i2" {
		t.Errorf("chosen is %q", got)
	}
	w.focus("player_device")
	w.key(fyne.KeyRight)
	w.queue.Settle()
	w.fails = errors.New("that output is gone")
	w.key(fyne.KeyRight)
	w.queue.Settle()
	if !slices.Equal(w.opened, []string{"hw:1", "hw:2", ""}) || w.page.shown.Row("player_device").Problem != "That output is gone." {
		t.Errorf("used %q, it says %q", w.opened, w.page.shown.Row("player_device").Problem)
	}
	if got := w.read(); got != "player_device = \"\"\n" {
		t.Errorf("config.toml is %q", got)
	}
}

func TestKeyboardReachesEverythingAndScrolls(t *testing.T) {
	w := open(t, options{text: mine, size: fyne.NewSize(900, 320)})
	w.page.unfold(w.page.folds["advanced"], true)
	c := w.window.Canvas()
	reached := map[fyne.Focusable]bool{}
	for range 100 {
		c.FocusNext()
		f := c.Focused()
		if f == nil || reached[f] {
			break
		}
		reached[f] = true
		o, ok := f.(fyne.CanvasObject)
		if !ok {
			t.Fatalf("%T is no object", f)
		}
		top := fyne.CurrentApp().Driver().AbsolutePositionForObject(o).Y
		if top < 0 || top+min(o.Size().Height, 60) > 320 {
			t.Errorf("%T is at %v, out of sight", f, top)
		}
	}
	for key, f := range w.page.fields {
		if f.focusable != nil && !reached[f.focusable] {
			t.Errorf("the keyboard does not reach %s", key)
		}
	}
}

func TestCommands(t *testing.T) {
	w := open(t, options{text: mine})
	for _, c := range w.page.Commands() {
		if c.Menu == "" || c.Label == "" || c.Key == "" || c.Do == nil {
			t.Errorf("%+v", c)
		}
	}
	if w.page.Name() != "settings" || w.page.Title() != "Settings" || w.page.Icon() == nil {
		t.Error("the page lacks its name")
	}
}

func TestPictures(t *testing.T) {
	light, dark := ui.Look{Variant: theme.VariantLight}, ui.Look{Variant: theme.VariantDark}
	problems := func(w *world) {
		s := linked()
		s.Link.Lives = append(s.Link.Lives, control.LiveInfo{PID: 77, Live: "11.3.2"})
		w.page.Snapshot(s)
		w.page.facts.Login.Problem = "At login, another Takebar starts: /opt/takebar-beta/takebar. Switch this off and on to start the one that you use now."
		w.page.facts.Disk = &model.Disk{Dir: "/home/mia/Music/Takebar", Free: 0.6e9}
		w.page.facts.Refused["takes_dir"] = "Must be a whole path that starts at the top (or with ~), not \"Takes\"."
		w.page.facts.Export.Rehearsal = "Ctrl+Shift+E opened Export MIDI Clip, not Export Audio/Video. Try Ctrl+Shift+R."
		w.page.refresh()
		w.page.unfold(w.page.folds["advanced"], true)
	}
	on := func(w *world, _ *Deps) { w.view.Enabled = true }
	for _, tt := range []struct {
		name  string
		o     options
		scale float32
		do    func(*world)
	}{
		{"first-light", options{look: light, size: fyne.NewSize(900, 1230)}, 1, nil},
		{"normal-dark", options{look: dark, text: mine, size: fyne.NewSize(900, 1230)}, 1, nil},
		{"crowded-light", options{look: light, text: "[export]\nenabled = true\n", size: fyne.NewSize(900, 1700), change: on}, 1, problems},
		{"crowded-dark", options{look: dark, text: "[export]\nenabled = true\n", size: fyne.NewSize(900, 1700), change: on}, 1, problems},
		{"mistake-light", options{look: light, text: "view = \"sesion\"\ncolors = \"dark\"\n", size: fyne.NewSize(900, 760)}, 1, nil},
		{"narrow-de", options{look: dark, language: "de", text: "[export]\nenabled = true\n", size: fyne.NewSize(640, 1750), change: on}, 1, problems},
		{"large-text-de", options{look: ui.Look{Variant: theme.VariantLight, Text: 1.5}, language: "de", text: mine, size: fyne.NewSize(900, 1300)}, 1, nil},
		{"normal-2x", options{look: light, text: mine, size: fyne.NewSize(820, 560)}, 2, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := open(t, tt.o)
			w.page.facts.Path = "/home/mia/.config/takebar/config.toml"
			w.page.refresh()
			w.page.build()
			if tt.do != nil {
				tt.do(w)
			}
			w.page.sheet.Settle()
			golden.Image(t, w.window.Canvas(), tt.name, tt.scale)
		})
	}
}
