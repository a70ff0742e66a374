package about

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"

	model "github.com/takebar/takebar/app/about"
	"github.com/takebar/takebar/app/window/form"
	"github.com/takebar/takebar/app/window/ports"
	"github.com/takebar/takebar/app/window/ui"
	"github.com/takebar/takebar/app/window/ui/golden"
	"github.com/takebar/takebar/app/window/ui/uitest"
	"github.com/takebar/takebar/app/words"
)

var _ = flag.Bool("update", false, "write the golden files anew")

// ward is everything around the page.
type ward struct {
	t      *testing.T
	window fyne.Window
	desk   *ui.Desk
	page   *Page
	queue  *uitest.Queue

	mu     sync.Mutex
	report ports.Report
	fails  error
	asked  int
	did    []string
}

func (w *ward) Examine(context.Context) (ports.Report, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.asked++
	return w.report, w.fails
}

func (w *ward) Reveal(context.Context, []string) error { return nil }
func (w *ward) Play(context.Context, string) error     { return nil }
func (w *ward) Copy(context.Context, string) error     { return nil }
func (w *ward) OpenFolder(_ context.Context, dir string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.did = append(w.did, dir)
	return nil
}

var at = time.Date(2026, 1, 31, 15, 9, 0, 0, time.UTC)

func good() ports.Report {
	return ports.Report{At: at, Text: "Takebar 1.1.0\nall is well\n", Findings: []ports.Finding{
		{Name: "Config folder", Status: "ok", Text: "/home/mia/.config/takebar"},
		{Name: "Settings", Status: "ok", Text: "/home/mia/.config/takebar/config.toml"},
		{Name: "Script", Status: "ok", Text: "Version 1.1.0 is installed, the one of this program.", Details: []string{"/home/mia/Music/Ableton/User Library (the usual place)"}},
		{Name: "Takes folder", Status: "ok", Text: "/home/mia/Music/Takebar", Details: []string{"212.0 GB free: about 204 hours of stereo at 24 bit and 48 kHz."}},
		{Name: "Export attempts: keys", Status: "note", Text: "They are switched off."},
	}}
}

func bad() ports.Report {
	r := good()
	r.Text = "Takebar 1.1.0\nsomething is not well\n"
	r.Findings[2] = ports.Finding{
		Name: "Script", Status: "problem", Text: "It is not installed here.", Details: []string{"/home/mia/Music/Ableton/User Library (the usual place)"},
		Hint: "takebar install-script (or Set Up Live in the menu), then restart Live.",
	}
	r.Findings = append(r.Findings, ports.Finding{
		Name: "Link to Live", Status: "warning", Text: "No running Live has left a link file.",
		Hint: "Start Live and choose Takebar in Settings > Link, Tempo & MIDI > Control Surface.\nIf Takebar is not in that list, the script is not installed, or Live was not restarted since.",
	})
	return r
}

type options struct {
	look     ui.Look
	language string
	size     fyne.Size
	report   ports.Report
	fails    error
}

func open(t *testing.T, o options) *ward {
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
	w := &ward{t: t, report: o.report, fails: o.fails}
	w.window = test.NewTempWindow(t, nil)
	w.desk = ui.NewDesk(t.Context(), w.window, say)
	w.queue = uitest.NewQueue(t, w.desk)
	w.queue.State = func() string { return fmt.Sprint(w.page.shown) }
	t.Cleanup(w.desk.Close)
	w.desk.Open = func(page, _ string) { w.did = append(w.did, "page "+page) }
	w.page = New(w.desk, Deps{
		Info: model.Info{Version: "1.1.0", Script: "1.1.0", System: "linux/amd64"}, Doctor: w, Files: w, Home: "/home/mia/.config/takebar",
		LogDir: "/home/mia/.config/takebar/logs", Icon: icon(t),
	})
	if o.size.IsZero() {
		o.size = fyne.NewSize(820, 760)
	}
	w.window.SetContent(container.NewStack(w.page.Content()))
	w.window.Resize(o.size)
	return w
}

// icon is the program's, an eighth as wide: drawing the large one takes Fyne's painter a second.
func icon(t *testing.T) []byte {
	t.Helper()
	f, err := os.Open(filepath.Join("..", "..", "..", "Icon.png"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close() //nolint:errcheck // read only
	large, err := png.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	const by = 8
	small := image.NewRGBA(image.Rect(0, 0, large.Bounds().Dx()/by, large.Bounds().Dy()/by))
	for y := range small.Rect.Dy() {
		for x := range small.Rect.Dx() {
			var sum [4]uint32
			for i := range by * by {
				r, g, b, a := large.At(x*by+i%by, y*by+i/by).RGBA()
				for j, v := range [4]uint32{r, g, b, a} {
					sum[j] += v >> 8
				}
			}
			small.SetRGBA(x, y, color.RGBA{R: uint8(sum[0] / by / by), G: uint8(sum[1] / by / by), B: uint8(sum[2] / by / by), A: uint8(sum[3] / by / by)})
		}
	}
	var out bytes.Buffer
	if err := png.Encode(&out, small); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func (w *ward) show() {
	w.page.Shown("")
	w.queue.Settle()
}

func (w *ward) press(text string) {
	w.t.Helper()
	b := golden.Find(w.window.Canvas(), func(b *form.Button) bool { return b.Text == text })
	if b == nil {
		w.t.Fatalf("there is no button %q", text)
	}
	test.Tap(b)
}

func TestCheckAndCopy(t *testing.T) {
	w := open(t, options{report: bad()})
	if c := w.page.Commands()[1]; !c.Off {
		t.Error("a report can be copied before there is one")
	}
	w.page.Shown("")
	if !w.page.facts.Checking || w.page.shown.Summary != "Examining this computer…" {
		t.Errorf("it says %q", w.page.shown.Summary)
	}
	w.queue.Settle()
	if w.page.shown.Mood != model.Mend {
		t.Errorf("%s", w.page.shown)
	}
	w.press("Copy Report")
	if got := fyne.CurrentApp().Clipboard().Content(); got != bad().Text {
		t.Errorf("on the clipboard is %q", got)
	}
	w.mu.Lock()
	w.report = good()
	w.mu.Unlock()
	w.press("Check Again")
	w.queue.Settle()
	if w.page.shown.Mood != model.Fine || w.asked != 2 {
		t.Errorf("asked %d times\n%s", w.asked, w.page.shown)
	}
	w.show()
	if w.asked != 2 {
		t.Error("coming back asks the doctor again")
	}
	for _, c := range w.page.Commands() {
		if c.Key == "" || c.Do == nil || c.Off {
			t.Errorf("%+v", c)
		}
	}
	w.page.Commands()[1].Do()
	if got := fyne.CurrentApp().Clipboard().Content(); got != good().Text {
		t.Errorf("on the clipboard is %q", got)
	}
}

func TestGoToWhereItIsMended(t *testing.T) {
	w := open(t, options{report: bad()})
	w.show()
	w.press("Go to Set-up")
	w.press("Logs")
	w.queue.Settle()
	w.press("Settings Folder")
	w.queue.Settle()
	if !slices.Equal(w.did, []string{"page setup", "/home/mia/.config/takebar/logs", "/home/mia/.config/takebar"}) {
		t.Errorf("did %q", w.did)
	}
}

func TestDoctorThatFails(t *testing.T) {
	w := open(t, options{fails: errors.New("the check was broken off")})
	w.show()
	if w.page.shown.Problem == "" || w.page.facts.Checking {
		t.Errorf("%s", w.page.shown)
	}
	w.mu.Lock()
	w.fails, w.report = nil, good()
	w.mu.Unlock()
	w.window.Canvas().FocusNext()
	for range 10 { // past the links
		if b, ok := w.window.Canvas().Focused().(*form.Button); ok && b.Text == "Check Again" {
			b.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
			break
		}
		w.window.Canvas().FocusNext()
	}
	w.queue.Settle()
	if w.page.shown.Mood != model.Fine || w.page.shown.Problem != "" {
		t.Errorf("%s", w.page.shown)
	}
}

func TestPictures(t *testing.T) {
	light, dark := ui.Look{Variant: theme.VariantLight}, ui.Look{Variant: theme.VariantDark}
	for _, tt := range []struct {
		name  string
		o     options
		scale float32
	}{
		{"fine-light", options{look: light, report: good()}, 1},
		{"fine-dark", options{look: dark, report: good()}, 1},
		{"mend-light", options{look: light, report: bad(), size: fyne.NewSize(820, 900)}, 1},
		{"mend-dark-2x", options{look: dark, report: bad(), size: fyne.NewSize(820, 900)}, 2},
		{"failed-light", options{look: light, fails: errors.New("the check was broken off"), size: fyne.NewSize(820, 420)}, 1},
		{"mend-de", options{look: light, language: "de", report: bad(), size: fyne.NewSize(640, 900)}, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := open(t, tt.o)
			w.show()
			w.page.sheet.Settle()
			golden.Image(t, w.window.Canvas(), tt.name, tt.scale)
		})
	}
}
