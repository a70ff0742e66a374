package doctor

import (
	"context"
	"errors"
	"flag"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/takebar/takebar/internal/config"
	"github.com/takebar/takebar/internal/wire"
	remotescript "github.com/takebar/takebar/remote_script"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs; go test -update renews it.\ngot\n%s\nwant\n%s", name, got, want)
	}
}

func put(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func machine(t *testing.T) (Machine, string) {
	t.Helper()
	root := t.TempDir()
	t.Setenv(config.EnvHome, "")
	home := filepath.Join(root, "config")
	return Machine{
		Version: "1.0.0", ScriptVersion: "1.0.0", Home: home, Config: config.New(home, nil),
		TakesDir:  func(config.Config) (string, error) { return filepath.Join(root, "Music", "Takebar"), nil },
		LinkDirs:  func(config.Config) []string { return []string{filepath.Join(home, "links")} },
		Preferred: func(c config.Config) string { return c.Live.UserLibrary },
		FreeSpace: func(string) (int64, error) { return 20e9, nil },
		TrayHost:  func(context.Context) Service { return Service{Applies: true, OK: true, Message: "Icons are shown."} },
		Notifier:  func(context.Context) Service { return Service{Applies: false, Message: "Not here."} },
		Now:       func() time.Time { return time.Date(2026, 1, 31, 15, 9, 18, 0, time.UTC) },
	}, root
}

// find gives the checks of a name.
func find(r Report, name string) []Check {
	var found []Check
	for _, c := range r.Checks {
		if c.Name == name {
			found = append(found, c)
		}
	}
	return found
}

func one(t *testing.T, r Report, name string, want Status, says ...string) Check {
	t.Helper()
	found := find(r, name)
	if len(found) != 1 {
		t.Fatalf("%d checks named %s in\n%s", len(found), name, r.Text())
	}
	c := found[0]
	all := c.Text + "\n" + c.Hint + "\n" + strings.Join(c.Details, "\n")
	for _, s := range says {
		if c.Status != want || !strings.Contains(all, s) {
			t.Errorf("%s is %s: %s\nwant %s: %s", name, c.Status, all, want, s)
		}
	}
	if (c.Status == Fail || c.Status == Warn) && c.Hint == "" {
		t.Errorf("%s is %s without a hint", name, c.Status)
	}
	return c
}

func examine(t *testing.T, m Machine) Report {
	t.Helper()
	r, err := Examine(t.Context(), m, Options{})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestFreshMachine(t *testing.T) {
	m, root := machine(t)
	r := examine(t, m)
	if r.Failed() {
		t.Errorf("a fresh machine is not broken:\n%s", r.Text())
	}
	r.System = "testos"
	golden(t, "fresh.txt", strings.ReplaceAll(filepath.ToSlash(r.Text()), filepath.ToSlash(root), "/root"))
}

func TestEachMistakeIsNamedWithWhatToDo(t *testing.T) {
	tests := []struct {
		name  string
		spoil func(t *testing.T, m *Machine, root string)
		check string
		want  Status
		says  []string
	}{
		{"settings", func(t *testing.T, m *Machine, _ string) {
			put(t, m.Config.Path(), "\nview = \"nowhere\"\n")
		}, "Settings", Fail, []string{"line 2", "Mend the line"}},
		{"unknown setting", func(t *testing.T, m *Machine, _ string) {
			put(t, m.Config.Path(), "veiw = \"session\"\n")
		}, "Settings", Warn, []string{"did you mean view?"}},
		{"journal", func(t *testing.T, m *Machine, _ string) {
			put(t, filepath.Join(m.Home, "journal", "x.json"), "{}")
		}, "Unfinished takes", Warn, []string{"1 waits"}},
		{"crash", func(t *testing.T, m *Machine, _ string) {
			put(t, filepath.Join(m.Home, "logs", "crash.log"), "panic")
		}, "Crashes", Warn, []string{"crash.log"}},
		{"disk nearly full", func(_ *testing.T, m *Machine, _ string) {
			m.FreeSpace = func(string) (int64, error) { return 50e6, nil }
		}, "Takes folder", Fail, []string{"2 minutes", "takes_dir"}},
		{"disk low", func(_ *testing.T, m *Machine, _ string) {
			m.FreeSpace = func(string) (int64, error) { return 500e6, nil }
		}, "Takes folder", Warn, []string{"28 minutes"}},
		{"takes folder is a file", func(t *testing.T, _ *Machine, root string) {
			put(t, filepath.Join(root, "Music", "Takebar"), "")
		}, "Takes folder", Fail, []string{"cannot be written to"}},
		{"no tray", func(_ *testing.T, m *Machine, _ string) {
			m.TrayHost = func(context.Context) Service { return Service{Applies: true, Message: "Nothing.", Hint: "Do it."} }
		}, "Tray icon", Warn, []string{"Do it."}},
		{"broken link file", func(t *testing.T, m *Machine, _ string) {
			put(t, filepath.Join(m.Home, "links", "1.json"), "{\"port\":")
		}, "Link to Live", Fail, []string{"cannot be used"}},
		{"script missing", func(t *testing.T, m *Machine, root string) {
			put(t, filepath.Join(root, "User Library", "x"), "")
			put(t, m.Config.Path(), "[live]\nuser_library = \""+filepath.ToSlash(filepath.Join(root, "User Library"))+"\"\n")
		}, "Script", Fail, []string{"not installed", "takebar install-script"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m, root := machine(t)
			tt.spoil(t, &m, root)
			r := examine(t, m)
			one(t, r, tt.check, tt.want, tt.says...)
			if r.Failed() != (tt.want == Fail) {
				t.Errorf("Failed() = %t\n%s", r.Failed(), r.Text())
			}
		})
	}
}

func TestInstalledScript(t *testing.T) {
	m, root := machine(t)
	library := filepath.Join(root, "Music", "Ableton", "User Library")
	put(t, filepath.Join(library, "x"), "")
	m.Seats = remotescript.System{GOOS: "darwin", Home: root}.Seats()
	if _, err := remotescript.Install(t.Context(), remotescript.Options{UserLibrary: library, Backups: root}); err != nil {
		t.Fatal(err)
	}
	version, err := remotescript.Version()
	if err != nil {
		t.Fatal(err)
	}
	m.ScriptVersion = version
	one(t, examine(t, m), "Script", OK, "Version "+version+" is installed")
	put(t, filepath.Join(library, "Remote Scripts", "Takebar", "host.py"), "# changed")
	one(t, examine(t, m), "Script", Warn, "its files were changed")
	put(t, filepath.Join(library, "Remote Scripts", "Takebar", "version.py"), "SCRIPT = \"0.1.0\"\n")
	one(t, examine(t, m), "Script", Warn, "Version 0.1.0 is installed", "updates it")
}

// TestLinkThatIsNotOurs: a port that refuses, and one where somebody else listens.
func TestLinkThatIsNotOurs(t *testing.T) {
	var lc net.ListenConfig
	l, err := lc.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := l.Addr().(*net.TCPAddr).Port
	closed := make(chan struct{})
	go func() {
		defer close(closed)
		for {
			conn, err := l.Accept()
			if errors.Is(err, net.ErrClosed) {
				return
			}
			if err == nil {
				_ = conn.Close() // as the script does for a wrong token
			}
		}
	}()
	file := func(m Machine, name string, port int) {
		path := filepath.Join(m.Home, "links", name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := wire.WriteFile(path, map[string]any{"protocol": 1, "port": port, "token": "0", "pid": 1, "live": "12.3.6", "script": "1.0.0", "started": 1}); err != nil {
			t.Fatal(err)
		}
	}
	m, _ := machine(t)
	file(m, "1.json", port)
	one(t, examine(t, m), "Link to Live", Fail, "did not accept the greeting")
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	<-closed
	one(t, examine(t, m), "Link to Live", Warn, "nothing listens on port")
}

func TestLogOfLive(t *testing.T) {
	const ours = `2026-01-31T15:00:00.1: info: Started: Live 12.3.6 Build: 2026-01-01
2026-01-31T15:00:01.1: info: RemoteScriptMessage: (Takebar) link is up on port 43710
2026-01-31T15:00:02.1: info: RemoteScriptError: Traceback (most recent call last):
2026-01-31T15:00:02.2: info: RemoteScriptError:   File "C:\Users\mia\Remote Scripts\Takebar\host.py", line 3, in tick
2026-01-31T15:00:02.3: info: RemoteScriptError: ValueError: x
2026-01-31T15:00:03.1: info: something else
2026-01-31T15:00:04.1: info: RemoteScriptError: Traceback (most recent call last):
2026-01-31T15:00:04.2: info: RemoteScriptError:   File "Push3/push.py", line 9
`
	tests := []struct {
		name, text string
		loaded     bool
		errors     int
	}{
		{"empty", "", false, 0},
		{"one traceback of ours", ours, true, 3},
		{"an older run does not count", ours + "2026-02-01T09:00:00.1: info: Started: Live 12.3.6\n", false, 0},
		{"not text", "\x00\xff\xfe\nRemoteScriptError: \xff Takebar\n", false, 1},
		{"cut off in a traceback", "RemoteScriptError: Traceback\nRemoteScriptError: Takebar", false, 2},
	}
	for _, tt := range tests {
		got, err := scanLog(strings.NewReader(tt.text))
		if err != nil || got.loaded != tt.loaded || len(got.errors) != tt.errors {
			t.Errorf("%s: %+v %v", tt.name, got, err)
		}
	}

	m, root := machine(t)
	m.Seats = remotescript.System{GOOS: "darwin", Home: root}.Seats()
	put(t, filepath.Join(root, "Library/Preferences/Ableton/Live 12.3.6/Log.txt"), ours)
	one(t, examine(t, m), "Live's log", Fail, "3 lines about errors", "ValueError: x")
}

func FuzzScanLog(f *testing.F) {
	f.Add("RemoteScriptError: Traceback\nRemoteScriptError: Takebar\n")
	f.Fuzz(func(t *testing.T, text string) {
		if got, err := scanLog(strings.NewReader(text)); err == nil && len(got.errors) > strings.Count(text, "\n")+1 {
			t.Errorf("%d lines out of %q", len(got.errors), text)
		}
	})
}

func TestReportWithoutNames(t *testing.T) {
	for in, want := range map[string]string{
		`/Users/mia/Music/Takebar/x.wav`:            `/Users/(user)/Music/Takebar/x.wav`,
		`C:\Users\Mia Maier\Documents\Ableton`:      `C:\Users\(user)\Documents\Ableton`,
		`"C:\\Users\\mia\\x"`:                       `"C:\\Users\\(user)\\x"`,
		`drive_c/users/mia/AppData`:                 `drive_c/users/(user)/AppData`,
		`/home/mia`:                                 `~`,
		`in /home/mia/.config/takebar and /home/jo`: `in ~/.config/takebar and /home/(user)`,
		`nothing to hide`:                           `nothing to hide`,
	} {
		if got := anonymous(in, "/home/mia"); got != want {
			t.Errorf("anonymous(%q) = %q, want %q", in, got, want)
		}
	}
	m, root := machine(t)
	t.Setenv("HOME", root)
	t.Setenv("USERPROFILE", root)
	r := examine(t, m)
	files, err := r.Save(filepath.Join(root, "reports", "r.json"))
	if err != nil || len(files) != 2 || filepath.Base(files[0]) != "r.json" || filepath.Base(files[1]) != "r.txt" {
		t.Fatalf("%v %v", files, err)
	}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil || len(data) == 0 || strings.Contains(string(data), root) {
			t.Errorf("%s: %v\n%s", name, err, data)
		}
	}
}
