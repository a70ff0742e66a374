package remotescript

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestEverythingOnDiskIsEmbedded(t *testing.T) {
	for _, folder := range []string{Name, "livesim"} {
		err := fs.WalkDir(os.DirFS("."), folder, func(name string, entry fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			if entry.IsDir() {
				if entry.Name() == "__pycache__" {
					return fs.SkipDir
				}
				return nil
			}
			if isClutter(name) || strings.HasSuffix(name, ".pyc") {
				return nil
			}
			if _, err := files.ReadFile(name); err != nil {
				t.Errorf("%s is not embedded; widen the pattern in embed.go", name)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if _, err := files.ReadFile("Takebar/__init__.py"); err != nil {
		t.Error(err)
	}
	if v, err := Version(); err != nil || len(strings.Split(v, ".")) != 3 {
		t.Errorf("Version() = %q, %v", v, err)
	}
}

func TestExtract(t *testing.T) {
	dir := t.TempDir()
	if err := Extract(dir); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"Takebar/__init__.py", "Takebar/version.py", "livesim/__init__.py"} {
		got, err := os.ReadFile(filepath.Join(dir, name))
		want, err2 := files.ReadFile(name)
		if err := errors.Join(err, err2); err != nil || string(got) != string(want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// library makes a User Library and the options to install there.
func library(t *testing.T) (string, Options) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "Löwe [1]", "User Library")
	mkdir(t, dir)
	clock := time.Date(2026, 1, 31, 15, 9, 18, 0, time.UTC)
	return dir, Options{UserLibrary: dir, Backups: filepath.Join(t.TempDir(), "backups"), Now: func() time.Time {
		clock = clock.Add(time.Second)
		return clock
	}}
}

func mkdir(t *testing.T, dir string) {
	t.Helper()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
}

func put(t *testing.T, path, text string) {
	t.Helper()
	mkdir(t, filepath.Dir(path))
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func tree(t *testing.T, dir string) []string {
	t.Helper()
	var names []string
	err := fs.WalkDir(os.DirFS(dir), ".", func(name string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			names = append(names, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func code(err error) string {
	var own *Error
	if errors.As(err, &own) {
		if own.ErrorHint() == "" {
			return own.ErrorCode() + " without a hint"
		}
		return own.ErrorCode()
	}
	return ""
}

func older(t *testing.T, folder, version string) {
	t.Helper()
	put(t, filepath.Join(folder, "__init__.py"), "\"\"\"Takebar\"\"\"\ndef create_instance(c): pass\n")
	put(t, filepath.Join(folder, "version.py"), "SCRIPT = '"+version+"'\n")
	put(t, filepath.Join(folder, "gone_since.py"), "x = 1\n")
	put(t, filepath.Join(folder, "__pycache__", "old.pyc"), "junk")
}

func TestInstallUpdateUndoUninstall(t *testing.T) {
	dir, o := library(t)
	folder := filepath.Join(dir, "Remote Scripts", Name)
	version, err := Version()
	if err != nil {
		t.Fatal(err)
	}
	want, err := embedded()
	if err != nil {
		t.Fatal(err)
	}

	// A dry run changes nothing.
	dry := o
	dry.DryRun = true
	if r, err := Install(t.Context(), dry); err != nil || !r.Changed || len(tree(t, dir)) != 0 {
		t.Fatalf("dry run: %+v %v, files %v", r, err, tree(t, dir))
	}

	r, err := Install(t.Context(), o)
	if err != nil || !r.Changed || r.Version != version || r.Replaced != "" || r.Folder != folder || r.Backup != "" {
		t.Fatalf("first: %+v %v", r, err)
	}
	if got := tree(t, folder); len(got) != len(want) {
		t.Errorf("installed %v, want %d files", got, len(want))
	}
	if !strings.Contains(r.NextSteps, "Control Surface") {
		t.Errorf("next steps: %s", r.NextSteps)
	}
	if entries, _ := os.ReadDir(filepath.Join(dir, "Remote Scripts")); len(entries) != 1 {
		t.Errorf("something else was left: %v", entries)
	}

	put(t, filepath.Join(folder, "__pycache__", "x.pyc"), "cache")
	put(t, filepath.Join(folder, ".DS_Store"), "")
	if r, err = Install(t.Context(), o); err != nil || r.Changed || r.Replaced != version {
		t.Fatalf("again: %+v %v", r, err)
	}

	if err := os.RemoveAll(folder); err != nil {
		t.Fatal(err)
	}
	older(t, folder, "0.9.1")
	if r, err = Install(t.Context(), o); err != nil || !r.Changed || r.Replaced != "0.9.1" || r.Backup == "" {
		t.Fatalf("update: %+v %v", r, err)
	}
	if v, same, err := Installed(dir); v != version || !same || err != nil {
		t.Errorf("installed now: %q %v %v", v, same, err)
	}
	if _, err := os.Stat(filepath.Join(folder, "gone_since.py")); err == nil {
		t.Error("a module of the old version is still there")
	}
	if got := tree(t, r.Backup); !slices.Equal(got, []string{"Takebar/__init__.py", "Takebar/gone_since.py", "Takebar/version.py", "from.txt"}) {
		t.Errorf("backup %v", got)
	}

	if r, err = Undo(t.Context(), o); err != nil || r.Version != "0.9.1" || r.Replaced != version {
		t.Fatalf("undo: %+v %v", r, err)
	}
	if v, _, _ := Installed(dir); v != "0.9.1" {
		t.Errorf("after undo: %q", v)
	}

	if r, err = Uninstall(t.Context(), o); err != nil || r.Replaced != "0.9.1" {
		t.Fatalf("uninstall: %+v %v", r, err)
	}
	if _, err := os.Stat(folder); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("still there: %v", err)
	}
	if _, err = Uninstall(t.Context(), o); code(err) != "script_not_installed" {
		t.Errorf("uninstall twice: %v", err)
	}
	if r, err = Undo(t.Context(), o); err != nil || r.Version != "0.9.1" {
		t.Fatalf("undo of uninstall: %+v %v", r, err)
	}
}

func TestNothingOfOthersIsLost(t *testing.T) {
	dir, o := library(t)
	folder := filepath.Join(dir, "Remote Scripts", Name)
	put(t, filepath.Join(folder, "__init__.py"), "# my own Takebar\n")
	put(t, filepath.Join(folder, "deep", "er.txt"), "precious")
	r, err := Install(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if data, err := os.ReadFile(filepath.Join(r.Backup, Name, "deep", "er.txt")); err != nil || string(data) != "precious" {
		t.Errorf("%v %q", err, data)
	}
	if len(r.Notes) != 1 || !strings.Contains(r.Notes[0], "not Takebar's") {
		t.Errorf("notes %q", r.Notes)
	}
}

func TestNewerScriptIsNotReplacedUnasked(t *testing.T) {
	dir, o := library(t)
	folder := filepath.Join(dir, "Remote Scripts", Name)
	older(t, folder, "99.0.0")
	if _, err := Install(t.Context(), o); code(err) != "script_newer" {
		t.Errorf("got %v", err)
	}
	if v, _, _ := Installed(dir); v != "99.0.0" {
		t.Errorf("now %q", v)
	}
	o.Force = true
	if r, err := Install(t.Context(), o); err != nil || r.Replaced != "99.0.0" {
		t.Errorf("forced: %+v %v", r, err)
	}
}

func TestFailedSwapPutsTheOldScriptBack(t *testing.T) {
	dir, o := library(t)
	folder := filepath.Join(dir, "Remote Scripts", Name)
	older(t, folder, "0.9.0")
	// No backup possible: a file is where the folder of the backups should be.
	put(t, o.Backups, "in the way")
	_, err := Install(t.Context(), o)
	if code(err) != "script_not_written" {
		t.Fatalf("got %v", err)
	}
	if v, _, _ := Installed(dir); v != "0.9.0" {
		t.Errorf("now %q", v)
	}
	if entries, _ := os.ReadDir(filepath.Join(dir, "Remote Scripts")); len(entries) != 1 {
		t.Errorf("something was left: %v", entries)
	}
	// What an installation that was cut off left behind goes with the next one.
	put(t, filepath.Join(dir, "Remote Scripts", ".takebar-new-123", "x"), "")
	if err := os.Remove(o.Backups); err != nil {
		t.Fatal(err)
	}
	if _, err := Install(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	if entries, _ := os.ReadDir(filepath.Join(dir, "Remote Scripts")); len(entries) != 1 {
		t.Errorf("something was left: %v", entries)
	}
}

func TestLinkIsLeftAlone(t *testing.T) {
	dir, o := library(t)
	mine := t.TempDir()
	mkdir(t, filepath.Join(dir, "Remote Scripts"))
	if err := os.Symlink(mine, filepath.Join(dir, "Remote Scripts", Name)); err != nil {
		t.Skipf("no symbolic links here: %v", err)
	}
	if _, err := Install(t.Context(), o); code(err) != "script_is_link" {
		t.Errorf("got %v", err)
	}
}

func TestWhichUserLibrary(t *testing.T) {
	root := t.TempDir()
	moved := filepath.Join(root, "Drive", "My Ableton", "User Library")
	usual := filepath.Join(root, "home", "Music", "Ableton", "User Library")
	none := filepath.Join(root, "empty")
	odd := filepath.Join(root, "odd")
	for _, d := range []string{moved, none, odd} {
		mkdir(t, d)
	}
	prefs := filepath.Join(root, "home", "Library", "Preferences", "Ableton")
	mkdir(t, filepath.Join(prefs, "Live Reports"))
	put(t, filepath.Join(prefs, "Live 12.3.6", "Library.cfg"), `<?xml version="1.0" encoding="UTF-8"?>
<Ableton MajorVersion="5"><ContentLibrary><PackPath Value="/nowhere"/>
<UserLibrary><LibraryProject Id="0"><ProjectName Value="User Library"/><ProjectPath Value="`+filepath.Dir(moved)+`"/></LibraryProject></UserLibrary></ContentLibrary></Ableton>`)
	put(t, filepath.Join(prefs, "Live 9.7.1", "Library.cfg"), "\x00\x01 not XML at all <<<")
	seats := System{GOOS: "darwin", Home: filepath.Join(root, "home")}.Seats()

	tests := []struct {
		name string
		o    Options
		want string
		code string
	}{
		{"named by Live", Options{Seats: seats}, moved, ""},
		{"given", Options{Seats: seats, UserLibrary: filepath.Join(moved, "Remote Scripts")}, moved, ""},
		{"given, not one", Options{UserLibrary: none}, "", "not_a_user_library"},
		{"given, forced", Options{UserLibrary: none, Force: true}, none, ""},
		{"given, not there", Options{UserLibrary: filepath.Join(root, "nope"), Force: true}, "", "user_library_missing"},
		{"preferred", Options{Seats: seats, Preferred: filepath.Join(root, "other", "User Library")}, moved, ""},
		{"none", Options{}, "", "user_library_not_found"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, _, err := choose(tt.o)
			if got != tt.want || code(err) != tt.code {
				t.Errorf("got %q %v, want %q %q", got, err, tt.want, tt.code)
			}
		})
	}

	mkdir(t, usual)
	got, notes, err := choose(Options{Seats: seats})
	if got != moved || len(notes) != 1 || !strings.Contains(notes[0], usual) || err != nil {
		t.Errorf("two libraries: %q %q %v", got, notes, err)
	}
	if _, err := Install(t.Context(), Options{UserLibrary: none}); code(err) != "not_a_user_library" || len(tree(t, none)) != 0 {
		t.Errorf("refused, but: %v %v", err, tree(t, none))
	}
}

func TestWinePrefix(t *testing.T) {
	prefix := t.TempDir()
	user := filepath.Join(prefix, "drive_c", "users", "mia")
	lib := filepath.Join(prefix, "drive_c", "Sounds", "User Library")
	mkdir(t, lib)
	put(t, filepath.Join(user, "AppData", "Roaming", "Ableton", "Live 11.3.2", "Preferences", "Library.cfg"),
		`<Ableton><ContentLibrary><UserLibrary><LibraryProject><ProjectPath Value="C:\Sounds" /></LibraryProject></UserLibrary></ContentLibrary></Ableton>`)
	seats := System{GOOS: "linux", WineUsers: []string{user}}.Seats()
	if got := UserLibraries(seats); !reflect.DeepEqual(got, []UserLibrary{{Path: lib, From: "Live 11.3.2's Library.cfg"}}) {
		t.Errorf("got %+v", got)
	}
	live := seats[0].LiveFolders()
	if len(live) != 1 || live[0].Log != filepath.Join(user, "AppData", "Roaming", "Ableton", "Live 11.3.2", "Preferences", "Log.txt") {
		t.Errorf("got %+v", live)
	}
}

func TestWindowsPlaces(t *testing.T) {
	seats := System{GOOS: "windows", Home: "/h", AppData: "/appdata", Documents: "/OneDrive/Documents"}.Seats()
	if got := filepath.ToSlash(seats[0].UserLibrary); got != "/OneDrive/Documents/Ableton/User Library" {
		t.Error(got)
	}
}

func TestVersionOrder(t *testing.T) {
	order := []string{"0.9", "1.0.0-beta", "1.0.0", "1.0.1", "1.2", "1.10.0", "12.3", "12.3.6"}
	for i, a := range order {
		for j, b := range order {
			want := 0
			if i < j {
				want = -1
			} else if i > j {
				want = 1
			}
			if got := compareVersions(a, b); got != want {
				t.Errorf("compareVersions(%q, %q) = %d, want %d", a, b, got, want)
			}
		}
	}
	if compareVersions("12.4b12", "12.4") != 0 {
		t.Error("letters behind a number should not count")
	}
}

func FuzzLibraryCfg(f *testing.F) {
	f.Add(`<a><UserLibrary><ProjectPath Value="/x"/></UserLibrary></a>`)
	f.Add(`</a><b path="`)
	f.Add("\xff\xfe<\x00")
	f.Fuzz(func(t *testing.T, text string) {
		for _, v := range libraryValues(strings.NewReader(text)) {
			if strings.TrimSpace(v) != v || v == "" {
				t.Errorf("%q", v)
			}
		}
	})
}
