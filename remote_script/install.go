package remotescript

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Options of an installation.
type Options struct {
	UserLibrary string // "" = find it
	Preferred   string // from the settings: goes before what is found, but not before UserLibrary
	Seats       []Seat // where to look for Live's folders
	Backups     string // folder that keeps replaced versions; must lie outside of every User Library
	Force       bool   // also into a folder that does not look like a User Library, and also over a newer version
	DryRun      bool   // only say what would be done
	Now         func() time.Time
}

// Result says what an installation did, or would do.
type Result struct {
	UserLibrary string   `json:"user_library"`
	Folder      string   `json:"folder"`   // of the script
	Version     string   `json:"version"`  // there now (or would be)
	Replaced    string   `json:"replaced"` // version that was there, "" if none
	Changed     bool     `json:"changed"`  // false: it was up to date
	Backup      string   `json:"backup"`   // where the replaced folder is now, "" if there was none
	Notes       []string `json:"notes"`    // sentences worth reading
	NextSteps   string   `json:"next_steps"`
}

// Error is a refusal that a user can act on.
type Error struct {
	code, message, hint string
	err                 error
}

func (e *Error) Error() string { return e.message }

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.err }

// ErrorCode is the stable name of the refusal.
func (e *Error) ErrorCode() string { return e.code }

// ErrorHint says what the user can do.
func (e *Error) ErrorHint() string { return e.hint }

const nextSteps = `1. Quit Live if it runs, and start it again (Live looks for scripts only when it starts).
2. In Live, open Settings > Link, Tempo & MIDI.
3. Choose "Takebar" as a Control Surface, with Input and Output "None".`

// Install puts the script into <User Library>/Remote Scripts/Takebar, or updates it there. The new folder is complete before it takes
// the place of the old one, and the old one is kept in Backups.
func Install(ctx context.Context, o Options) (Result, error) {
	if err := ctx.Err(); err != nil {
		return Result{}, err
	}
	library, notes, err := choose(o)
	if err != nil {
		return Result{}, err
	}
	folder := filepath.Join(library, "Remote Scripts", Name)
	result := Result{UserLibrary: library, Folder: folder, Notes: notes}
	if result.Version, err = Version(); err != nil {
		return Result{}, err
	}
	old, err := inspect(folder)
	if err != nil {
		return Result{}, err
	}
	if old.link != "" {
		return Result{}, &Error{
			code:    "script_is_link",
			message: fmt.Sprintf("%s is a link to %s; Takebar leaves it alone.", folder, old.link),
			hint:    "Remove the link, then install again.",
		}
	}
	if old.there && !old.ours {
		result.Notes = append(result.Notes, fmt.Sprintf("There was a folder %s that is not Takebar's; it was kept as a backup.", folder))
	}
	result.Replaced = old.version
	if old.same {
		result.NextSteps = "The script is up to date. If Live does not list it, start Live again.\n" + nextSteps
		return result, nil
	}
	if old.version != "" && compareVersions(old.version, result.Version) > 0 && !o.Force {
		return Result{}, &Error{
			code:    "script_newer",
			message: fmt.Sprintf("The script in Live (%s) is newer than the one in this program (%s).", old.version, result.Version),
			hint:    "Update Takebar, or install with --force to go back to the older script.",
		}
	}
	result.Changed, result.NextSteps = true, nextSteps
	if o.DryRun {
		return result, nil
	}
	if result.Backup, err = replace(folder, old, o); err != nil {
		return Result{}, writeError(folder, err)
	}
	return result, nil
}

// Uninstall takes the script out of the User Library; it is kept in Backups, and Undo brings it back.
func Uninstall(ctx context.Context, o Options) (Result, error) {
	if err := ctx.Err(); err != nil {
		return Result{}, err
	}
	library, notes, err := choose(o)
	if err != nil {
		return Result{}, err
	}
	folder := filepath.Join(library, "Remote Scripts", Name)
	old, err := inspect(folder)
	if err != nil {
		return Result{}, err
	}
	if !old.there || !old.ours {
		return Result{}, &Error{
			code:    "script_not_installed",
			message: fmt.Sprintf("There is no script of Takebar in %s.", filepath.Dir(folder)),
			hint:    "Name another User Library with --user-library, if Live uses one.",
		}
	}
	result := Result{UserLibrary: library, Folder: folder, Replaced: old.version, Changed: true, Notes: notes, NextSteps: "Start Live again; it then no longer lists Takebar."}
	if o.DryRun {
		return result, nil
	}
	if result.Backup, err = keep(folder, old, o); err != nil {
		return Result{}, writeError(folder, err)
	}
	if err := os.RemoveAll(folder); err != nil {
		return Result{}, writeError(folder, err)
	}
	return result, nil
}

// Undo puts the newest backup back where it was.
func Undo(ctx context.Context, o Options) (Result, error) {
	if err := ctx.Err(); err != nil {
		return Result{}, err
	}
	library, notes, err := choose(o)
	if err != nil {
		return Result{}, err
	}
	folder := filepath.Join(library, "Remote Scripts", Name)
	backup, err := newestBackup(o.Backups, folder)
	if err != nil {
		return Result{}, err
	}
	kept, err := inspect(filepath.Join(backup, Name))
	if err != nil {
		return Result{}, err
	}
	old, err := inspect(folder)
	if err != nil {
		return Result{}, err
	}
	result := Result{UserLibrary: library, Folder: folder, Version: kept.version, Replaced: old.version, Changed: true, Notes: notes, NextSteps: nextSteps}
	if o.DryRun {
		return result, nil
	}
	staged, err := stage(folder, func(to string) error { return copyTree(filepath.Join(backup, Name), to) })
	if err != nil {
		return Result{}, writeError(folder, err)
	}
	if result.Backup, err = keep(folder, old, o); err == nil {
		err = swap(staged, folder)
	}
	if err != nil {
		return Result{}, writeError(folder, errors.Join(err, os.RemoveAll(staged)))
	}
	return result, os.RemoveAll(backup)
}

// choose finds the User Library to work on.
func choose(o Options) (string, []string, error) {
	if o.UserLibrary != "" {
		library := toLibrary(o.UserLibrary)
		if !filepath.IsAbs(library) {
			abs, err := filepath.Abs(library)
			if err != nil {
				return "", nil, fmt.Errorf("find %s: %w", library, err)
			}
			library = abs
		}
		info, err := os.Stat(library)
		if err != nil || !info.IsDir() {
			return "", nil, &Error{
				code:    "user_library_missing",
				message: fmt.Sprintf("There is no folder %s.", library), err: err,
				hint: "Live shows where your User Library is: Settings > Library > Location of User Library.",
			}
		}
		if !IsUserLibrary(library) && !o.Force {
			return "", nil, &Error{
				code:    "not_a_user_library",
				message: fmt.Sprintf("%s does not look like a User Library of Live.", library),
				hint:    "Live shows where yours is: Settings > Library > Location of User Library. If this is the one, add --force.",
			}
		}
		return library, nil, nil
	}
	found := UserLibraries(o.Seats)
	if o.Preferred != "" {
		if library := toLibrary(o.Preferred); IsUserLibrary(library) {
			return library, nil, nil
		}
	}
	if len(found) == 0 {
		return "", nil, &Error{
			code:    "user_library_not_found",
			message: "Takebar cannot find Live's User Library.",
			hint:    "Live shows where it is: Settings > Library > Location of User Library. Then: takebar install-script --user-library \"that folder\".",
		}
	}
	var notes []string
	if o.Preferred != "" {
		notes = append(notes, fmt.Sprintf("The user_library of your settings (%s) is not there, so the one below was used.", o.Preferred))
	}
	for _, other := range found[1:] {
		notes = append(notes, fmt.Sprintf("There is another User Library, %s (%s). For that one, use --user-library.", other.Path, other.From))
	}
	return found[0].Path, notes, nil
}

// toLibrary forgives naming a folder inside the User Library.
func toLibrary(dir string) string {
	dir = filepath.Clean(dir)
	if filepath.Base(dir) == Name && filepath.Base(filepath.Dir(dir)) == "Remote Scripts" {
		dir = filepath.Dir(dir)
	}
	if filepath.Base(dir) == "Remote Scripts" {
		dir = filepath.Dir(dir)
	}
	return dir
}

// found is what lies where the script belongs.
type found struct {
	there   bool
	ours    bool   // it is a version of Takebar's script
	same    bool   // it is exactly the one inside this program
	version string // "" if it is not ours
	link    string // where it points to, if it is a symbolic link
}

// Installed tells which version of the script is in a User Library, "" if none, and whether it is exactly the one inside this program.
func Installed(library string) (version string, same bool, err error) {
	old, err := inspect(filepath.Join(library, "Remote Scripts", Name))
	return old.version, old.same, err
}

func inspect(folder string) (found, error) {
	info, err := os.Lstat(folder)
	if errors.Is(err, fs.ErrNotExist) {
		return found{}, nil
	}
	if err != nil {
		return found{}, writeError(folder, err)
	}
	f := found{there: true}
	if info.Mode()&fs.ModeSymlink != 0 {
		if f.link, err = os.Readlink(folder); err != nil {
			return found{}, writeError(folder, err)
		}
	}
	script := os.DirFS(folder)
	start, err := fs.ReadFile(script, "__init__.py")
	if err != nil || !bytes.Contains(start, []byte(Name)) || !bytes.Contains(start, []byte("create_instance")) {
		return f, nil //nolint:nilerr // it is somebody else's, whatever it is
	}
	if f.version, err = versionOf(script); err != nil {
		return f, nil //nolint:nilerr // likewise
	}
	f.ours = true
	f.same, err = same(script)
	return f, err
}

// same compares a folder with the embedded script; Python's caches do not count.
func same(script fs.FS) (bool, error) {
	want, err := embedded()
	if err != nil {
		return false, err
	}
	equal, seen := true, 0
	err = fs.WalkDir(script, ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir():
			if entry.Name() == "__pycache__" {
				return fs.SkipDir
			}
			return nil
		}
		data, err := fs.ReadFile(script, name)
		if err != nil {
			return err
		}
		if w, ok := want[name]; !ok && !isClutter(name) || ok && !bytes.Equal(w, data) {
			equal = false
		} else if ok {
			seen++
		}
		return nil
	})
	return equal && seen == len(want), err
}

// isClutter: files that file managers leave behind.
func isClutter(name string) bool {
	base := filepath.Base(name)
	return base == ".DS_Store" || base == "Thumbs.db" || base == "desktop.ini" || strings.HasPrefix(base, "._")
}

// replace puts the embedded script in the place of the folder, in one step.
func replace(folder string, old found, o Options) (backup string, err error) {
	staged, err := stage(folder, func(to string) error { return write(Name, to) })
	if err != nil {
		return "", err
	}
	if backup, err = keep(folder, old, o); err == nil {
		err = swap(staged, folder)
	}
	if err != nil {
		return "", errors.Join(err, os.RemoveAll(staged))
	}
	return backup, nil
}

// Folders beside the final one: names that are no identifiers, so Live would not list them.
const (
	stagedPrefix = ".takebar-new-"
	asidePrefix  = ".takebar-old-"
)

// stage fills a folder beside the final one, and removes what an installation that was cut off has left there.
func stage(folder string, fill func(to string) error) (string, error) {
	parent := filepath.Dir(folder)
	if err := os.MkdirAll(parent, 0o755); err != nil {
		return "", err
	}
	entries, err := os.ReadDir(parent)
	if err != nil {
		return "", err
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), stagedPrefix) || strings.HasPrefix(e.Name(), asidePrefix) {
			if err := os.RemoveAll(filepath.Join(parent, e.Name())); err != nil {
				return "", err
			}
		}
	}
	staged, err := os.MkdirTemp(parent, stagedPrefix)
	if err != nil {
		return "", err
	}
	if err := fill(staged); err != nil {
		return "", errors.Join(err, os.RemoveAll(staged))
	}
	return staged, os.Chmod(staged, 0o755)
}

// swap gives the staged folder its name; if that fails, the old folder is put back.
func swap(staged, folder string) error {
	aside := filepath.Join(filepath.Dir(staged), asidePrefix+strings.TrimPrefix(filepath.Base(staged), stagedPrefix))
	err := os.Rename(folder, aside)
	if errors.Is(err, fs.ErrNotExist) {
		return os.Rename(staged, folder)
	}
	if err != nil {
		return err
	}
	if err := os.Rename(staged, folder); err != nil {
		return errors.Join(err, os.Rename(aside, folder))
	}
	_ = os.RemoveAll(aside) // the new script is in place; what is left of the old one goes the next time
	return nil
}

func writeError(folder string, err error) error {
	var own *Error
	if errors.As(err, &own) {
		return err
	}
	hint := "Quit Live and try again."
	if errors.Is(err, fs.ErrPermission) {
		hint = "Allow writing to that folder, or quit Live and try again."
	}
	return &Error{code: "script_not_written", message: fmt.Sprintf("Takebar cannot write %s (%v).", folder, err), hint: hint, err: err}
}
