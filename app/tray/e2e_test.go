//go:build linux

package tray

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/takebar/takebar/app"
	"github.com/takebar/takebar/app/tray/icons"
	"github.com/takebar/takebar/internal/traytest"
)

// child is a tray in a process of its own.
type child struct {
	t     *testing.T
	cmd   *exec.Cmd
	stdin io.WriteCloser
	out   *transcript // calls of the core
	err   *transcript // log
}

// transcript is what a process writes, to be waited on.
type transcript struct {
	mu      sync.Mutex
	b       strings.Builder
	changed chan struct{}
}

func newTranscript() *transcript { return &transcript{changed: make(chan struct{})} }

func (l *transcript) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	close(l.changed)
	l.changed = make(chan struct{})
	return l.b.Write(p)
}

func (l *transcript) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// wait waits until the text is there.
func (l *transcript) wait(ctx context.Context, text string) error {
	for {
		l.mu.Lock()
		found, changed := strings.Contains(l.b.String(), text), l.changed
		l.mu.Unlock()
		if found {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return fmt.Errorf("wait for %q: %w; there was %q", text, ctx.Err(), l)
		}
	}
}

// startTray starts a fake tray; it ends with the test and must do so in order.
func startTray(t *testing.T, env ...string) *child {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := &child{t: t, cmd: exec.CommandContext(context.WithoutCancel(t.Context()), self), out: newTranscript(), err: newTranscript()}
	c.cmd.Env = append(append(os.Environ(), fakeTrayEnv+"=1", "TAKEBAR_TAKES="+t.TempDir(), "GORACE=exitcode=0 atexit_sleep_ms=0"), env...)
	c.cmd.Stdout, c.cmd.Stderr = c.out, c.err
	if c.stdin, err = c.cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	if err := c.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = c.stdin.Close()
		if err := c.cmd.Wait(); err != nil {
			t.Errorf("the tray ended with %v", err)
		}
		for _, report := range races(c.err.String()) {
			t.Errorf("a data race in the tray:\n%s", report)
		}
		if t.Failed() {
			t.Logf("the tray said:\n%s", c.err)
		}
	})
	return c
}

// races gives the race detector's reports in which code of ours reads or writes. systray and godbus have some among
// themselves: a menu revision counted without its lock, an icon replaced while it is being sent. They are harmless, and not ours to mend.
func races(log string) []string {
	var all []string
	for _, part := range strings.Split(log, "==================") {
		if strings.Contains(part, "WARNING: DATA RACE") && slices.ContainsFunc(accesses(part), func(frame string) bool {
			return strings.HasPrefix(frame, "github.com/takebar/takebar/")
		}) {
			all = append(all, part)
		}
	}
	return all
}

// accesses names the functions that read and wrote, leaving out those of Go itself.
func accesses(report string) []string {
	var all []string
	searching := false
	for line := range strings.Lines(report) {
		frame := strings.TrimSpace(line)
		switch {
		case strings.HasPrefix(frame, "Read at "), strings.HasPrefix(frame, "Write at "), strings.HasPrefix(frame, "Previous "):
			searching = true
		case searching && strings.Contains(frame, "(") && !strings.HasPrefix(frame, "runtime.") && !strings.HasPrefix(frame, "reflect."):
			all = append(all, frame)
			searching = false
		}
	}
	return all
}

func (c *child) order(o order) {
	c.t.Helper()
	b, err := json.Marshal(o)
	if err != nil {
		c.t.Fatal(err)
	}
	if _, err := c.stdin.Write(append(b, '\n')); err != nil {
		c.t.Fatal(err)
	}
}

// lines are the calls so far.
func (c *child) lines() []string { return strings.Split(strings.TrimSpace(c.out.String()), "\n") }

// wait waits until the tray has written a line.
func (c *child) wait(ctx context.Context, line string) {
	c.t.Helper()
	if err := c.out.wait(ctx, line+"\n"); err != nil {
		c.t.Fatal(err)
	}
}

func (c *child) count(line string) int { return strings.Count(c.out.String(), line+"\n") }

// desk is a bus with a watcher and a tray on it.
type desk struct {
	*child
	ctx  context.Context
	bus  *traytest.Bus
	item *traytest.Item
}

func newDesk(t *testing.T, prepare ...func(*traytest.Bus)) *desk {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	t.Cleanup(cancel)
	bus := traytest.StartBus(t)
	watcher := bus.NewWatcher(t)
	for _, p := range prepare {
		p(bus)
	}
	d := &desk{child: startTray(t, bus.Env()...), ctx: ctx, bus: bus}
	item, err := watcher.WaitItem(ctx)
	if err != nil {
		t.Fatalf("%v; the tray said\n%s", err, d.err)
	}
	d.item = item
	return d
}

func (d *desk) menu(what string, ok func(m *traytest.Node) bool) *traytest.Node {
	d.t.Helper()
	m, err := d.item.WaitMenu(d.ctx, what, ok)
	if err != nil {
		d.t.Fatal(err)
	}
	return m
}

func (d *desk) click(path ...string) {
	d.t.Helper()
	if err := d.item.Click(d.ctx, path...); err != nil {
		d.t.Fatal(err)
	}
}

func (d *desk) icon(state app.IconState) {
	d.t.Helper()
	if err := d.item.WaitIcon(d.ctx, "icon "+string(state), icons.For(string(state)).Image); err != nil {
		d.t.Fatal(err)
	}
}

func checked(path ...string) func(m *traytest.Node) bool {
	return func(m *traytest.Node) bool { n := m.Find(path...); return n != nil && n.Checked }
}

func unchecked(path ...string) func(m *traytest.Node) bool {
	return func(m *traytest.Node) bool { n := m.Find(path...); return n != nil && !n.Checked }
}

func has(path ...string) func(m *traytest.Node) bool {
	return func(m *traytest.Node) bool { return m.Find(path...) != nil }
}

func hasNot(path ...string) func(m *traytest.Node) bool {
	return func(m *traytest.Node) bool { return m.Find(path...) == nil }
}

func TestTakeFromTheMenu(t *testing.T) {
	var shown *traytest.Notifications
	var manager *traytest.FileManager
	d := newDesk(t, func(b *traytest.Bus) { shown, manager = b.NewNotifications(t), b.NewFileManager(t) })
	d.icon(app.IconNoLive)
	if id, err := d.item.ID(d.ctx); err != nil || id != "Takebar" {
		t.Errorf("the icon's id is %q, %v", id, err)
	}
	d.menu("no Live", func(m *traytest.Node) bool {
		return has("No Live found")(m) && !m.Find("Arm").Enabled && !m.Find("Record Take").Enabled
	})

	d.order(order{Op: "connect"})
	d.menu("the link", has("Connected to Live 12.3.6 – Night Drive"))
	d.icon(app.IconConnected)

	d.order(order{Op: "arm", ID: "t4", On: true}) // in Live itself
	d.menu("Bass armed", checked("Arm", "Bass"))
	d.icon(app.IconArmed)
	d.click("Arm", "Kick_in & out")
	d.wait(d.ctx, "call Arm [#t2]")
	d.menu("Kick armed", checked("Arm", "Kick_in & out"))
	d.click("Arm", "Kick_in & out")
	d.wait(d.ctx, "call Disarm [#t2]")
	d.menu("Kick disarmed", unchecked("Arm", "Kick_in & out"))

	d.click("Record Take")
	d.icon(app.IconRecording)
	d.menu("recording", func(m *traytest.Node) bool {
		return has("Stop Take")(m) && has("Recording: Bass")(m) && hasNot("Record Take")(m) && has("Discard Take")(m)
	})
	d.clockRuns()
	d.click("Stop Take")
	d.menu("the take", has("Last Take: Night Drive 1 (0:02)"))
	d.icon(app.IconArmed)
	if title, err := d.item.Title(d.ctx); err != nil || title != "Takebar" {
		t.Errorf("title %q, %v after the take", title, err)
	}

	landed, err := shown.Wait(d.ctx, func(n traytest.Notification) bool { return strings.HasPrefix(n.Title, "Take landed") })
	if err != nil {
		t.Fatal(err)
	}
	if landed.Replaces == 0 || landed.Title != "Take landed <1> & checked" || landed.Body != "Night Drive 1 (0:02)" || !slices.Contains(landed.Actions, "reveal") ||
		landed.Picture.X == 0 {
		t.Errorf("notification %+v", landed)
	}
	file := filepath.Join(d.takes(), "Night Drive 1.wav")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := shown.Invoke(landed.ID, "reveal"); err != nil {
		t.Fatal(err)
	}
	revealed := func(uris []string) bool {
		return slices.Equal(uris, []string{"file://" + strings.ReplaceAll(file, " ", "%20")})
	}
	if _, err := manager.Wait(d.ctx, revealed); err != nil {
		t.Error(err)
	}
}

// takes is the folder that the fake core was given.
func (d *desk) takes() string {
	for _, e := range d.cmd.Env {
		if dir, ok := strings.CutPrefix(e, "TAKEBAR_TAKES="); ok {
			return dir
		}
	}
	return ""
}

// clockRuns waits until title, tooltip and menu have shown two different times.
func (d *desk) clockRuns() {
	d.t.Helper()
	for name, read := range map[string]func(context.Context) (string, error){
		"title":   d.item.Title,
		"tooltip": d.item.ToolTip,
		"menu": func(ctx context.Context) (string, error) {
			m, err := d.item.Menu(ctx)
			if err != nil {
				return "", err
			}
			return m.Find("Stop Take").Label, nil
		},
	} {
		seen := map[string]bool{}
		err := d.item.Wait(d.ctx, "a running clock in the "+name, func(ctx context.Context) (bool, error) {
			text, err := read(ctx)
			if strings.Contains(text, "0:0") {
				seen[text] = true
			}
			return len(seen) >= 2, err
		})
		if err != nil {
			d.t.Error(err)
		}
	}
}

func TestMenuFollowsTheSet(t *testing.T) {
	d := newDesk(t)
	d.order(order{Op: "connect"})
	d.menu("the set", has("Arm", "Vocals"))
	d.order(order{Op: "rename", ID: "t7", Name: "Lead"})
	d.menu("another name", func(m *traytest.Node) bool { return has("Arm", "Lead")(m) && hasNot("Arm", "Vocals")(m) })

	labels := func(m *traytest.Node) string {
		var all []string
		for _, n := range m.Find("Arm").Children[3:] {
			if n.Visible {
				all = append(all, strings.TrimSpace(strings.TrimLeft(strings.NewReplacer("\u2002", " ", "\u00a0", " ", "\u2007", "").Replace(n.Label), "0123456789")))
			}
		}
		return strings.Join(all, "|")
	}
	for _, step := range []struct {
		ids  []string
		want string
	}{
		{[]string{"t4", "t7", "m"}, "Bass|Lead|Main (main track: choose Source › Main Output)"},
		{[]string{"t7", "t4", "x1", "m"}, "Lead|Bass|New x1|Main (main track: choose Source › Main Output)"},
		{[]string{"x1", "x2", "t4"}, "New x1|New x2|Bass"},
		{[]string{"x2"}, "New x2"},
		{[]string{"t4", "x2"}, "New t4|New x2"},
	} {
		d.order(order{Op: "order", IDs: step.ids})
		d.menu("the tracks "+step.want, func(m *traytest.Node) bool { return labels(m) == step.want })
	}
	d.click("Arm", "New x2")
	d.wait(d.ctx, "call Arm [#x2]")

	d.order(order{Op: "busy", On: true})
	d.menu("busy", has("Live is busy – waiting for its answer"))
	d.icon(app.IconBusy)
	d.order(order{Op: "disconnect"})
	d.menu("no Live", func(m *traytest.Node) bool { return has("No Live found")(m) && !m.Find("Arm").Enabled })
	d.icon(app.IconNoLive)
}

func TestLargeSet(t *testing.T) {
	d := newDesk(t)
	d.order(order{Op: "connect", N: 300})
	d.menu("submenus", func(m *traytest.Node) bool {
		return has("Arm", "Tracks 276–300")(m) && has("Arm", "Nothing is armed")(m)
	})
	d.click("Arm", "Tracks 126–150", "Track 140")
	d.wait(d.ctx, "call Arm [#n139]")
	d.menu("it repeated on top", func(m *traytest.Node) bool {
		return checked("Arm", "Track 140")(m) && checked("Arm", "Tracks 126–150: Track 126 … Track 150 (1 armed)", "Track 140")(m)
	})
	d.click("Arm", "Track 140")
	d.wait(d.ctx, "call Disarm [#n139]")
	d.menu("nothing on top", func(m *traytest.Node) bool { return has("Arm", "Nothing is armed")(m) && hasNot("Arm", "Track 140")(m) })
	d.order(order{Op: "connect"})
	d.menu("a small set", func(m *traytest.Node) bool { return has("Arm", "Bass")(m) && hasNot("Arm", "Tracks 1–25")(m) })
}

func TestEveryItemReachesTheCore(t *testing.T) {
	d := newDesk(t, func(b *traytest.Bus) { b.NewNotifications(t) })
	d.order(order{Op: "connect"})
	for _, step := range []struct {
		path []string
		want string
		then func(m *traytest.Node) bool
	}{
		{[]string{"Play"}, "call Play", has("Stop")},
		{[]string{"Stop"}, "call Stop", has("Play")},
		{[]string{"Source", "Main Output"}, "call SetDefaults main arrangement", checked("Source", "Main Output")},
		{[]string{"View", "Session"}, "call SetDefaults main session", checked("View", "Session")},
		{[]string{"Arm", "Arm Selected"}, "call Arm [selected]", checked("Arm", "Vocals")},
		{[]string{"Arm", "Disarm All"}, "call DisarmAll", unchecked("Arm", "Vocals")},
		{[]string{"Record Take"}, "call StartTake", has("Discard Take")},
		{[]string{"Discard Take"}, "call CancelTake", has("Record Take")},
		{[]string{"Record Take"}, "call StartTake", has("Stop Take")},
		{[]string{"Stop Take"}, "call StopTake", has("Last Take", "Discard")},
		{[]string{"Last Take", "Discard"}, "call TrashTake k1", has("Last Take", "Restore “Night Drive 1”")},
		{[]string{"Last Take", "Restore “Night Drive 1”"}, "call RestoreTake k1", hasNot("Last Take", "Restore “Night Drive 1”")},
		{[]string{"Set Up Live", "Install the Script Again"}, "call InstallScript", has("Set Up Live", "Script 1.0.0 is in /library/Remote Scripts/Takebar")},
		{[]string{"Quit Takebar"}, "call Quit false", nil},
	} {
		d.click(step.path...)
		d.wait(d.ctx, step.want)
		if step.then != nil {
			d.menu(strings.Join(step.path, " › ")+" done", step.then)
		}
	}
	d.wait(d.ctx, "ended")
	if err := d.item.WaitGone(d.ctx); err != nil {
		t.Error(err)
	}
}

func TestQuitAsksWhileRecording(t *testing.T) {
	for label, want := range map[string][]string{
		"Stop the Take, Land It, Then Quit":  {"call StopTake", "call WaitLanded k1", "call Quit false"},
		"Quit Now, Let Live Go On Recording": {"call Quit true"},
	} {
		t.Run(label, func(t *testing.T) {
			d := newDesk(t)
			d.order(order{Op: "connect"})
			d.order(order{Op: "take"})
			m := d.menu("the question", has("Quit Takebar", "Live goes on recording without Takebar; the take lands at the next start"))
			if err := d.item.ClickID(d.ctx, m.Find("Quit Takebar").ID); err != nil { // the submenu itself
				t.Fatal(err)
			}
			d.click("Quit Takebar", label)
			d.wait(d.ctx, "ended")
			var got []string
			for _, line := range d.lines() {
				if strings.Contains(line, "call ") && line != "call StartTake" {
					got = append(got, line)
				}
			}
			if !slices.Equal(got, want) {
				t.Errorf("calls %q, want %q", got, want)
			}
		})
	}
}

func TestRefusalIsShown(t *testing.T) {
	var shown *traytest.Notifications
	d := newDesk(t, func(b *traytest.Bus) { shown = b.NewNotifications(t) })
	d.order(order{Op: "connect"})
	d.order(order{Op: "refuse", Name: "StartTake"})
	d.click("Record Take")
	d.menu("the refusal", func(m *traytest.Node) bool { return has("⚠ No track is armed.")(m) && has("Arm a track in Live.")(m) })
	n, err := shown.Wait(d.ctx, func(n traytest.Notification) bool { return n.Body == "No track is armed.\nArm a track in Live." })
	if err != nil || n.Urgency != 2 {
		t.Errorf("notification %+v, %v", n, err)
	}
	d.click("Play") // something that works
	d.menu("no refusal", hasNot("⚠ No track is armed."))
}

func TestClicksThatMustNotCount(t *testing.T) {
	d := newDesk(t)
	d.order(order{Op: "connect"})
	m := d.menu("the set", has("Arm", "Bass"))
	record := m.Find("Record Take").ID

	// An impatient user: the first click is still being carried out.
	d.order(order{Op: "hold", Name: "StartTake"})
	for range 5 {
		if err := d.item.ClickID(d.ctx, record); err != nil {
			t.Fatal(err)
		}
	}
	d.wait(d.ctx, "call StartTake")
	d.order(order{Op: "release", Name: "StartTake"})
	m = d.menu("the take", has("Stop Take"))
	// A host that still shows what was there before: on Record Take now stands nothing, and a frozen track cannot be armed.
	for _, id := range []int32{record, m.Find("Arm", "Pad").ID, m.Find("Arm").ID, 9999} {
		if err := d.item.ClickID(d.ctx, id); err != nil {
			t.Fatal(err)
		}
	}
	d.click("Arm", "Bass") // all the others were handled before it
	d.wait(d.ctx, "call Arm [#t4]")
	if n := d.count("call StartTake"); n != 1 {
		t.Errorf("StartTake was called %d times", n)
	}
	if n := d.count("call StopTake"); n != 0 {
		t.Errorf("StopTake was called %d times", n)
	}
}

func TestNoNotificationService(t *testing.T) {
	d := newDesk(t)
	d.order(order{Op: "connect"})
	d.order(order{Op: "take"})
	d.menu("a word about it", has("⚠ No notification service runs: news appears in this menu only"))
	d.click("Stop Take")
	d.menu("the take", has("Last Take: Night Drive 1 (0:02)"))
	d.click("Last Take", "Discard")
	d.wait(d.ctx, "call TrashTake k1")
	if n := strings.Count(d.err.String(), "show a notification"); n != 1 {
		t.Errorf("logged %d times", n)
	}
}

func TestPanelThatComesLater(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	bus := traytest.StartBus(t)
	c := startTray(t, bus.Env()...)
	c.order(order{Op: "connect"})
	if err := c.err.wait(ctx, "Nothing on this desktop shows tray icons"); err != nil {
		t.Fatal(err)
	}
	// systray looks for a panel and only then begins to listen for one; a panel that comes between the two has to come again.
	var item *traytest.Item
	for item == nil {
		watcher := bus.NewWatcher(t)
		attempt, stop := context.WithTimeout(ctx, 2*time.Second)
		found, err := watcher.WaitItem(attempt)
		stop()
		if err != nil && ctx.Err() != nil {
			t.Fatal(err)
		}
		if item = found; item == nil {
			_ = watcher.Close()
		}
	}
	if _, err := item.WaitMenu(ctx, "the set", has("Arm", "Bass")); err != nil {
		t.Error(err)
	}
}

func TestNoBus(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	c := startTray(t, "DBUS_SESSION_BUS_ADDRESS=unix:path="+filepath.Join(t.TempDir(), "none"))
	if err := c.err.wait(ctx, "No D-Bus session was found"); err != nil {
		t.Fatal(err)
	}
	c.order(order{Op: "connect"})
	c.order(order{Op: "take"})
	c.wait(ctx, "call StartTake") // it goes on all the same; the end of the test checks that it ends in order
}

func TestHostStatus(t *testing.T) {
	bus := traytest.StartBus(t)
	t.Setenv("XDG_CURRENT_DESKTOP", "ubuntu:GNOME")
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", bus.Address)
	if r := HostStatus(t.Context()); r.OK || !strings.Contains(r.Hint, "AppIndicator") {
		t.Errorf("without a watcher: %+v", r)
	}
	bus.NewWatcher(t)
	if r := HostStatus(t.Context()); !r.OK {
		t.Errorf("with a watcher: %+v", r)
	}
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path="+filepath.Join(t.TempDir(), "none"))
	if r := HostStatus(t.Context()); r.OK || !strings.Contains(r.Message, "No D-Bus") {
		t.Errorf("without a bus: %+v", r)
	}
	for desktop, want := range map[string]string{"XFCE": "Status Tray Plugin", "": "system tray"} {
		if r := judgeHost(false, desktop); !strings.Contains(r.Hint, want) {
			t.Errorf("%q: hint %q", desktop, r.Hint)
		}
	}
}
