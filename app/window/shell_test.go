package window

import (
	"context"
	"flag"
	"fmt"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/storage"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"github.com/takebar/takebar/app/window/ui"
	"github.com/takebar/takebar/app/window/ui/golden"
	"github.com/takebar/takebar/app/words"
	"github.com/takebar/takebar/bridge/live"
	"github.com/takebar/takebar/internal/control"
)

var _ = flag.Bool("update", false, "write the golden files anew")

// fakePage notes what the shell tells it.
type fakePage struct {
	name  string
	entry *widget.Entry
	told  []string
	off   bool
}

func (p *fakePage) note(format string, args ...any) {
	p.told = append(p.told, fmt.Sprintf(format, args...))
}
func (p *fakePage) Name() string        { return p.name }
func (p *fakePage) Title() string       { return strings.ToUpper(p.name[:1]) + p.name[1:] }
func (p *fakePage) Icon() fyne.Resource { return theme.MediaMusicIcon() }
func (p *fakePage) Content() fyne.CanvasObject {
	return container.NewVBox(widget.NewLabel(p.Title()), p.entry)
}
func (p *fakePage) Snapshot(s control.Snapshot) { p.note("snapshot %s", s.Link.Message) }
func (p *fakePage) Shown(what string)           { p.note("shown %q", what) }
func (p *fakePage) Dropped(files []fyne.URI)    { p.note("dropped %d", len(files)) }
func (p *fakePage) Close()                      { p.note("closed") }
func (p *fakePage) Commands() []ui.Command {
	return []ui.Command{
		{Menu: "Take", Label: "Play", Key: fyne.KeySpace, Do: func() { p.note("play") }},
		{Menu: "Take", Label: "Find", Key: fyne.KeyF, Mod: fyne.KeyModifierShortcutDefault, Do: func() { p.note("find") }, Split: true},
		{Menu: "Take", Label: "Rename", Key: fyne.KeyF2, Do: func() { p.note("rename") }, Off: p.off},
	}
}

func (p *fakePage) take() []string {
	told := p.told
	p.told = nil
	return told
}

func open(t *testing.T, look ui.Look) (*Shell, *fakePage, *fakePage) {
	t.Helper()
	test.NewTempApp(t).Settings().SetTheme(look)
	say, err := words.English()
	if err != nil {
		t.Fatal(err)
	}
	w := test.NewTempWindow(t, nil)
	w.Resize(fyne.NewSize(760, 420))
	desk := ui.NewDesk(context.Background(), w, say)
	t.Cleanup(desk.Close)
	first, second := &fakePage{name: "takes", entry: widget.NewEntry()}, &fakePage{name: "settings", entry: widget.NewEntry(), off: true}
	return NewShell(desk, []ui.Page{first, second}), first, second
}

func want(t *testing.T, p *fakePage, told ...string) {
	t.Helper()
	if got := p.take(); strings.Join(got, ", ") != strings.Join(told, ", ") {
		t.Errorf("%s was told %q, want %q", p.name, got, told)
	}
}

func TestKeysReachThePageInFront(t *testing.T) {
	s, first, second := open(t, ui.Look{})
	want(t, first, `shown ""`)
	canvas := s.desk.Window.Canvas()
	press := func(key fyne.KeyName) { canvas.OnTypedKey()(&fyne.KeyEvent{Name: key}) }
	press(fyne.KeySpace)
	press(fyne.KeyF2)
	want(t, first, "play", "rename")
	chord(t, s, fyne.KeyF)
	want(t, first, "find")
	chord(t, s, "2")
	want(t, second, `shown ""`)
	press(fyne.KeyF2) // off there
	press(fyne.KeySpace)
	want(t, second, "play")
	want(t, first)
}

// chord chooses the menu entry that shows these keys; that the keys themselves arrive is for a real window to show.
func chord(t *testing.T, s *Shell, key fyne.KeyName) {
	t.Helper()
	for _, m := range s.desk.Window.MainMenu().Items {
		for _, item := range m.Items {
			if c, ok := item.Shortcut.(*desktop.CustomShortcut); ok && c.KeyName == key && c.Modifier == fyne.KeyModifierShortcutDefault {
				item.Action()
				return
			}
		}
	}
	t.Fatalf("no menu entry has the key %s", key)
}

func TestOpenDropAndSnapshot(t *testing.T) {
	s, first, second := open(t, ui.Look{})
	first.take()
	s.desk.Open("settings", "takes_dir")
	want(t, second, `shown "takes_dir"`)
	if got := s.desk.Window.Title(); got != "Settings – Takebar" {
		t.Errorf("title %q", got)
	}
	s.desk.Open("nonsense", "")
	want(t, first, `shown ""`)
	s.pages[s.front].Dropped([]fyne.URI{storage.NewFileURI("/a.als")})
	want(t, first, "dropped 1")
	s.Snapshot(control.Snapshot{Link: control.Link{Status: control.LinkConnected, Responding: true, Message: "Connected"}})
	want(t, first, "snapshot Connected")
	want(t, second, "snapshot Connected")
	if s.lamp.Colour != ui.ColorMeter || s.status.Text != "Connected" {
		t.Errorf("lamp %s, status %q", s.lamp.Colour, s.status.Text)
	}
	s.Snapshot(control.Snapshot{State: &live.State{Take: &live.Take{Phase: live.PhaseRecording}}})
	if s.lamp.Colour != ui.ColorRecord {
		t.Errorf("while recording the lamp is %s", s.lamp.Colour)
	}
}

func TestToasts(t *testing.T) {
	s, _, _ := open(t, ui.Look{})
	undone := false
	s.desk.Toast("Night Drive 12 is in the trash.", ui.Action{Label: "Undo", Do: func() { undone = true }})
	s.desk.Fail(&control.Error{Code: "x", Message: "No track is armed", Hint: "Arm a track in Live"})
	button := golden.Find(s.desk.Window.Canvas(), func(b *widget.Button) bool { return b.Text == "Undo" })
	if button == nil {
		t.Fatal("the toast has no Undo")
	}
	test.Tap(button)
	if !undone || golden.Find(s.desk.Window.Canvas(), func(b *widget.Button) bool { return b.Text == "Undo" }) != nil {
		t.Error("Undo does not work, or stays")
	}
	if golden.Find(s.desk.Window.Canvas(), func(l *widget.Label) bool { return strings.Contains(l.Text, "Arm a track in Live") }) == nil {
		t.Error("the error and its hint are not shown")
	}
	for range 10 {
		s.desk.Toast("again")
	}
	if got := s.desk.Sentence(fmt.Errorf("read x: %w", context.Canceled)); !strings.Contains(got, "\n") {
		t.Errorf("a bare error is said as %q", got)
	}
}

func TestPictures(t *testing.T) {
	for name, look := range map[string]ui.Look{"light": {Variant: theme.VariantLight}, "dark": {Variant: theme.VariantDark}} {
		s, _, _ := open(t, look)
		s.Snapshot(control.Snapshot{Link: control.Link{Status: control.LinkConnected, Responding: true, Message: "Connected to Live 12.3.6 – Night Drive"}})
		s.desk.Toast("Night Drive 12 is in the trash.", ui.Action{Label: "Undo", Do: func() {}})
		s.desk.Fail(&control.Error{Code: "x", Message: "No track is armed", Hint: "Arm a track in Live, or choose another source"})
		golden.Image(t, s.desk.Window.Canvas(), "shell-"+name, 1)
	}
}
