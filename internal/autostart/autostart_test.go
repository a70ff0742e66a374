package autostart

import (
	"context"
	"errors"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "write the golden files")

// hive is a registry in memory.
type hive map[string]any

func (h hive) Text(key, name string) (string, bool, error) {
	v, there := h[key+"|"+name].(string)
	return v, there, nil
}

func (h hive) Binary(key, name string) ([]byte, bool, error) {
	v, there := h[key+"|"+name].([]byte)
	return v, there, nil
}

func (h hive) SetText(key, name, value string) error {
	h[key+"|"+name] = value
	return nil
}

func (h hive) Delete(key, name string) error {
	delete(h, key+"|"+name)
	return nil
}

// desk is one system under test.
type desk struct {
	t    *testing.T
	goos string
	root string
	hive hive
}

func (d desk) entry(program string) *Entry {
	d.t.Helper()
	e, err := New(Options{GOOS: d.goos, Program: program, Home: d.root, Registry: d.hive})
	if err != nil {
		d.t.Fatal(err)
	}
	return e
}

func (d desk) program(name string) string {
	d.t.Helper()
	path := filepath.Join(d.root, "Applications & more", name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		d.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte("x"), 0o700); err != nil {
		d.t.Fatal(err)
	}
	return path
}

func (d desk) want(e *Entry, on bool) {
	d.t.Helper()
	if got, err := e.Enabled(); got != on || err != nil {
		d.t.Errorf("enabled: %v %v, want %v", got, err, on)
	}
}

func (d desk) set(e *Entry, on bool) {
	d.t.Helper()
	if err := e.Set(on); err != nil {
		d.t.Error(err)
	}
}

func systems(t *testing.T, run func(desk)) {
	for _, goos := range []string{"linux", "darwin", "windows"} {
		t.Run(goos, func(t *testing.T) { run(desk{t: t, goos: goos, root: t.TempDir(), hive: hive{}}) })
	}
}

func TestOnAndOff(t *testing.T) {
	systems(t, func(d desk) {
		e := d.entry(d.program("takebar"))
		d.want(e, false)
		d.set(e, false) // nothing to take away is fine
		d.set(e, true)
		d.want(e, true)
		d.set(e, true)
		d.want(e, true)
		d.set(e, false)
		d.want(e, false)
		if len(d.hive) != 0 {
			d.t.Errorf("left in the registry: %v", d.hive)
		}
		if _, err := os.Stat(e.Where()); err == nil {
			d.t.Errorf("%s is still there", e.Where())
		}
	})
}

func TestMovedProgramIsNoticedAndMended(t *testing.T) {
	systems(t, func(d desk) {
		before, after := d.program("takebar-old"), d.program("takebar")
		d.set(d.entry(before), true)
		e := d.entry(after)
		var moved *Moved
		on, err := e.Enabled()
		if !on || !errors.As(err, &moved) || moved.Program != before || moved.Gone {
			d.t.Errorf("another program: %v %v", on, err)
		}
		if err := os.Remove(before); err != nil {
			d.t.Fatal(err)
		}
		on, err = e.Enabled()
		if on || !errors.As(err, &moved) || !moved.Gone {
			d.t.Errorf("a program that is gone: %v %v", on, err)
		}
		d.set(e, true)
		d.want(e, true)
		d.set(e, false)
		d.want(e, false)
	})
}

func TestWhatOthersWroteStays(t *testing.T) {
	for goos, text := range map[string]string{
		"linux":  "[Desktop Entry]\nType=Application\nName=Mine\nExec=/usr/bin/takebar --of-my-own\n",
		"darwin": "<plist><dict><key>Label</key><string>org.example</string></dict></plist>",
	} {
		d := desk{t: t, goos: goos, root: t.TempDir()}
		e := d.entry(d.program("takebar"))
		if err := os.MkdirAll(filepath.Dir(e.Where()), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(e.Where(), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		d.want(e, false)
		if err := e.Set(true); err == nil || !strings.Contains(err.Error(), e.Where()) {
			t.Errorf("%s: switched on over somebody else's: %v", goos, err)
		}
		d.set(e, false)
		if got, err := os.ReadFile(e.Where()); string(got) != text || err != nil {
			t.Errorf("%s: %q %v", goos, got, err)
		}
	}
	d := desk{t: t, goos: "windows", hive: hive{runKeyPath + `|` + runValue: `C:\tools\other.exe --x`}}
	e := d.entry(`C:\Takebar\takebar.exe`)
	d.want(e, false)
	if err := e.Set(true); err == nil {
		t.Error("switched on over somebody else's value")
	}
	d.set(e, false)
	if len(d.hive) != 1 {
		t.Error("somebody else's value is gone")
	}
}

// TestSwitchedOffElsewhere: GNOME's and Windows' own settings switch entries off without removing them.
func TestSwitchedOffElsewhere(t *testing.T) {
	d := desk{t: t, goos: "linux", root: t.TempDir()}
	e := d.entry(d.program("takebar"))
	for _, line := range []string{"Hidden=true\n", "X-GNOME-Autostart-enabled=false\n"} {
		d.set(e, true)
		old, err := os.ReadFile(e.Where())
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(e.Where(), append(old, line...), 0o600); err != nil {
			t.Fatal(err)
		}
		d.want(e, false)
		d.set(e, true)
		d.want(e, true)
	}
	d = desk{t: t, goos: "windows", hive: hive{}}
	e = d.entry(d.t.TempDir() + `\takebar.exe`)
	d.set(e, true)
	d.hive[approvedKeyPath+"|"+runValue] = []byte{3, 0, 0, 0}
	d.want(e, false)
	d.set(e, true)
	d.want(e, true)
}

func TestConfigHome(t *testing.T) {
	for config, want := range map[string]string{"": "/h/.config", "/c": "/c", "relative": "/h/.config"} {
		e, err := New(Options{GOOS: "linux", Program: "/bin/takebar", Home: "/h", ConfigHome: config})
		if err != nil || e.Where() != want+"/autostart/takebar.desktop" {
			t.Errorf("%q: %s %v", config, e.Where(), err)
		}
	}
	if _, err := New(Options{GOOS: "linux", Program: "takebar", Home: "/h"}); err == nil {
		t.Error("a program without a whole path was taken")
	}
}

// TestFiles compares what is written, for a path with everything that wants escaping.
func TestFiles(t *testing.T) {
	const program = "/opt/100% \"Mia's\" $HOME `x` a\\b & <c>/takebar"
	for _, goos := range []string{"linux", "darwin"} {
		d := desk{t: t, goos: goos, root: t.TempDir()}
		e := d.entry(program)
		d.set(e, true)
		d.want(e, true)
		got, err := os.ReadFile(e.Where())
		if err != nil {
			t.Fatal(err)
		}
		golden := filepath.Join("testdata", filepath.Base(e.Where()))
		if *update {
			if err := os.WriteFile(golden, got, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if want, err := os.ReadFile(golden); string(want) != string(got) || err != nil {
			t.Errorf("got\n%s\nwant\n%s %v", got, want, err)
		}
	}
}

// TestDesktopFileStartsTheProgram has GLib's own launcher read the entry, where it is installed. (A % in the path is left out: GLib looks
// for the program before it turns %% into %, so it refuses what the rules allow.)
func TestDesktopFileStartsTheProgram(t *testing.T) {
	gio, err := exec.LookPath("gio")
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("gio is needed for this test (libglib2.0-bin): %v", err)
		}
		t.Skip("gio is not installed (libglib2.0-bin)")
	}
	root := t.TempDir()
	program, proof := filepath.Join(root, `an "odd" $x`+" `y`", "takebar"), filepath.Join(root, "proof")
	if err := os.MkdirAll(filepath.Dir(program), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(program, []byte("#!/bin/sh\nprintf started > '"+proof+".part' && mv '"+proof+".part' '"+proof+"'\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	e, err := New(Options{GOOS: "linux", Program: program, Home: root})
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Set(true); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.CommandContext(t.Context(), gio, "launch", e.Where()).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	patience, stop := context.WithTimeout(t.Context(), 20*time.Second)
	defer stop()
	for ; ; runtime.Gosched() {
		if got, err := os.ReadFile(proof); err == nil {
			if string(got) != "started" {
				t.Errorf("%q", got)
			}
			return
		}
		if patience.Err() != nil {
			t.Fatal("the program was not started")
		}
	}
}

func FuzzPlist(f *testing.F) {
	f.Add("<plist><dict><key>Label</key><string>x</string></dict></plist>")
	f.Add("<a><true/>")
	f.Fuzz(func(t *testing.T, text string) {
		if _, arguments, _, err := plist(strings.NewReader(text)); err != nil && arguments != nil {
			t.Errorf("%q with %v", arguments, err)
		}
	})
}
