package pageports

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/takebar/takebar/app/settings"
	"github.com/takebar/takebar/app/setup"
	"github.com/takebar/takebar/app/window/ports"
	"github.com/takebar/takebar/internal/config"
	"github.com/takebar/takebar/internal/doctor"
	"github.com/takebar/takebar/internal/livefind"
	"github.com/takebar/takebar/internal/take"
	remotescript "github.com/takebar/takebar/remote_script"
)

func put(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func of(all []ports.Setting, key string) ports.Setting {
	for _, s := range all {
		if s.Key == key {
			return s
		}
	}
	return ports.Setting{}
}

func TestSettingsFile(t *testing.T) {
	home := t.TempDir()
	s := NewSettingsFile(config.New(home, take.CheckTemplate), take.DefaultTemplate)
	all, err := s.Read()
	if err != nil || len(all) != len(config.Default().Values()) {
		t.Fatalf("%d settings, %v", len(all), err)
	}
	if got := of(all, "name_template"); got.Value != "" || got.Default != take.DefaultTemplate {
		t.Errorf("%+v", got)
	}
	put(t, s.Path(), "view = \"session\"\n")
	if _, err := s.Read(); err != nil {
		t.Fatal(err)
	}
	put(t, s.Path(), "view = \"sesion\"\nsorce = 1\n")
	all, err = s.Read()
	if got := of(all, "view"); err != nil || got.Value != "session" || !strings.HasPrefix(got.Problem, "Line 1: view must be") {
		t.Errorf("%+v %v", got, err)
	}
	if got := of(all, "sorce"); got.Value != nil || !strings.Contains(got.Problem, "Line 2") || !strings.Contains(got.Problem, "source") {
		t.Errorf("%+v", got)
	}
	put(t, s.Path(), "view = session\n")
	if all, err = s.Read(); err == nil || !strings.Contains(err.Error(), "Line 1") || of(all, "view").Value != "session" {
		t.Errorf("%v %+v", err, of(all, "view"))
	}
	put(t, s.Path(), "# mine\n")
	file := filepath.Join(home, "a file")
	put(t, file, "")
	for key, bad := range map[string]any{
		"takes_dir": file, "live.user_library": file, "live.link_dirs": []string{home, file}, "export.folders": []string{"relative"},
		"colours": "pink", "name_template": "{colour}", "no_such": "x",
	} {
		if err := s.Set(key, bad); err == nil || strings.HasPrefix(err.Error(), key) {
			t.Errorf("%s = %v: %v", key, bad, err)
		}
	}
	if err := s.Set("takes_dir", filepath.Join(home, "not there yet")); err != nil {
		t.Error(err)
	}
	if text, err := os.ReadFile(s.Path()); err != nil || !strings.HasPrefix(string(text), "# mine\n") {
		t.Errorf("%v %q", err, text)
	}
}

func TestSettingsFileIsWatched(t *testing.T) {
	home := t.TempDir()
	put(t, filepath.Join(home, config.FileName), "")
	ctx, stop := context.WithCancel(t.Context())
	seen, ended := make(chan struct{}, 16), make(chan error, 1)
	go func() {
		ended <- NewSettingsFile(config.New(home, nil), "").Watch(ctx, func() { seen <- struct{}{} })
	}()
	again := time.NewTicker(500 * time.Millisecond) // the watcher may not be up for the first save
	defer again.Stop()
	for i, done := 0, false; !done; i++ {
		put(t, filepath.Join(home, config.FileName), strings.Repeat("#\n", i+1))
		select {
		case <-seen:
			done = true
		case <-again.C:
		}
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func TestDisk(t *testing.T) {
	home := t.TempDir()
	asked := ""
	disk := Disk(func(dir string) (string, error) {
		switch dir {
		case "":
			return filepath.Join(home, "Music", "Takebar"), nil
		case "odd":
			return "", errors.New("no")
		}
		return dir, nil
	}, func(dir string) (int64, error) {
		asked = dir
		return 42, nil
	})
	if got := disk(""); got != (settings.Disk{Dir: filepath.Join(home, "Music", "Takebar"), Free: 42}) || asked != home {
		t.Errorf("%+v, asked %s", got, asked)
	}
	if got := disk("odd"); got != (settings.Disk{Dir: "odd", Free: -1}) {
		t.Errorf("%+v", got)
	}
	if got := disk(filepath.FromSlash("/no-such-disk/x")); got.Free != -1 {
		t.Errorf("%+v", got)
	}
}

// mac is a home folder in which Live 12.3.6 has run.
func mac(t *testing.T) (home, library string, seats []remotescript.Seat) {
	home = t.TempDir()
	library = filepath.Join(home, "Music", "Ableton", "User Library")
	put(t, filepath.Join(library, "Presets", "x"), "")
	put(t, filepath.Join(home, "Library", "Preferences", "Ableton", "Live 12.3.6", "Log.txt"), "")
	return home, library, remotescript.System{GOOS: "darwin", Home: home}.Seats()
}

func TestMachine(t *testing.T) {
	home, library, seats := mac(t)
	preferred := ""
	var processes []livefind.Process
	var fails error
	m := Machine{
		Seats: seats, Preferred: func() string { return preferred },
		Processes: func(context.Context) ([]livefind.Process, error) { return processes, fails },
	}
	look := func() setup.Machine {
		t.Helper()
		got, err := m.Look(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	got := look()
	if !reflect.DeepEqual(got.Versions, []string{"12.3.6"}) || !got.LivesSeen || len(got.Lives) != 0 || got.Missing != "" ||
		!reflect.DeepEqual(got.Libraries, []setup.Library{{Path: library, From: "the usual place"}}) {
		t.Errorf("fresh: %+v", got)
	}
	if _, err := remotescript.Install(t.Context(), remotescript.Options{UserLibrary: library, Backups: t.TempDir(), Now: time.Now}); err != nil {
		t.Fatal(err)
	}
	got = look()
	if l := got.Libraries[0]; !l.Same || l.Version != got.Script || l.Newer || l.Installed.IsZero() || l.Problem != "" {
		t.Errorf("installed: %+v", l)
	}
	put(t, filepath.Join(library, "Remote Scripts", remotescript.Name, "more.py"), "# mine")
	if l := look().Libraries[0]; l.Same || l.Version != got.Script {
		t.Errorf("changed: %+v", l)
	}

	moved := filepath.Join(home, "Drive", "User Library")
	preferred = moved
	if got := look(); got.Missing != moved || len(got.Libraries) != 1 || got.Libraries[0].Configured {
		t.Errorf("moved away: %+v", got)
	}
	put(t, filepath.Join(moved, "x"), "")
	if got := look(); got.Missing != "" || len(got.Libraries) != 2 || got.Libraries[0].Path != moved || !got.Libraries[0].Configured {
		t.Errorf("moved: %+v", got)
	}
	preferred = library
	if got := look(); len(got.Libraries) != 1 || !got.Libraries[0].Configured {
		t.Errorf("the usual one: %+v", got)
	}

	started := time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)
	processes = []livefind.Process{{PID: 1, Name: "Ableton Live 12 Suite", Major: 12, Started: started}}
	if got := look(); !reflect.DeepEqual(got.Lives, []setup.Live{{Name: "Ableton Live 12 Suite", Major: 12, Started: started}}) {
		t.Errorf("running: %+v", got.Lives)
	}
	fails = errors.New("not allowed")
	if look().LivesSeen {
		t.Error("processes that cannot be listed count as seen")
	}
}

func TestDoctor(t *testing.T) {
	home, err := os.UserHomeDir()
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)
	fails := error(nil)
	d := Doctor(func(context.Context) (doctor.Report, error) {
		return doctor.Report{Takebar: "1.1.0", At: at, Checks: []doctor.Check{
			{Name: "a", Status: doctor.OK, Text: filepath.Join(home, "x")},
			{Name: "b", Status: doctor.Warn, Hint: "h", Details: []string{"d"}},
			{Name: "c", Status: doctor.Fail},
			{Name: "d", Status: doctor.NotApplicable},
		}}, fails
	})
	r, err := d.Examine(t.Context())
	if err != nil || r.At != at {
		t.Fatalf("%+v %v", r, err)
	}
	var statuses []string
	for _, f := range r.Findings {
		statuses = append(statuses, f.Status)
	}
	if !reflect.DeepEqual(statuses, []string{"ok", "warning", "problem", "note"}) || r.Findings[1].Hint != "h" || r.Findings[1].Details[0] != "d" {
		t.Errorf("%+v", r.Findings)
	}
	if strings.Contains(r.Text, home) || !strings.Contains(r.Text, "1.1.0") {
		t.Errorf("the text for others is\n%s", r.Text)
	}
	fails = errors.New("broken off")
	if _, err := d.Examine(t.Context()); err == nil {
		t.Error("an error was lost")
	}
}
