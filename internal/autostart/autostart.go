// Package autostart has the tray started when the user logs in: by an XDG autostart entry, a LaunchAgent, or a value of Windows' Run key.
//
// It takes away only what it wrote itself, and never starts or stops a program. It must not know settings or windows. Only main imports it.
package autostart

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Label is how the entry is called on systems that want a unique name.
const Label = "io.github.takebar.takebar"

// Options say for whom and for which program. Program is required, and Home elsewhere than on Windows.
type Options struct {
	GOOS       string
	Program    string // whole path of the program to start
	Home       string // the user's home folder
	ConfigHome string // $XDG_CONFIG_HOME, "" = .config in Home
	Registry   Registry
}

// Registry is the part of a user's Windows registry (HKEY_CURRENT_USER) that is needed; System gives the real one.
// A key or value that does not exist is no error: there is false, and Delete does nothing.
type Registry interface {
	Text(key, name string) (value string, there bool, err error)
	Binary(key, name string) (value []byte, there bool, err error)
	SetText(key, name, value string) error
	Delete(key, name string) error
}

// Entry is the one that this program is started by, or could be.
type Entry struct {
	program string
	place   place
}

// place is where a system keeps such an entry.
type place interface {
	// read tells which program the entry starts, and whether the system would do so. It answers fs.ErrNotExist where there is no entry, and
	// errForeign where somebody else wrote it.
	read() (program string, on bool, err error)
	write(program string) error
	remove() error
	where() string
}

var errForeign = errors.New("somebody else wrote it")

// New names the entry; it touches nothing.
func New(o Options) (*Entry, error) {
	if !filepath.IsAbs(o.Program) && o.GOOS != "windows" {
		return nil, fmt.Errorf("start Takebar at login: %q is not a whole path", o.Program)
	}
	e := &Entry{program: o.Program}
	switch o.GOOS {
	case "windows":
		if o.Registry == nil {
			return nil, errors.New("start Takebar at login: this system has no registry")
		}
		e.place = runKey{o.Registry}
	case "darwin":
		e.place = launchAgent{filepath.Join(o.Home, "Library", "LaunchAgents", Label+".plist")}
	default:
		config := o.ConfigHome
		if !filepath.IsAbs(config) { // the XDG rules have a relative one ignored
			config = filepath.Join(o.Home, ".config")
		}
		e.place = desktopEntry{filepath.Join(config, "autostart", "takebar.desktop")}
	}
	return e, nil
}

// Where tells what is written.
func (e *Entry) Where() string { return e.place.where() }

// Moved says that the entry starts another program than this one. It is a sentence for the user.
type Moved struct {
	Program string // that it starts
	Gone    bool   // it is not there any more
}

func (m *Moved) Error() string {
	if m.Gone {
		return fmt.Sprintf("At login, %s should start, but it is not there any more. Switch this on to start the Takebar that you use now.", m.Program)
	}
	return fmt.Sprintf("At login, another Takebar starts: %s. Switch this off and on to start the one that you use now.", m.Program)
}

// Enabled says whether something starts at login. A *Moved beside the answer tells that it is another program than this one.
func (e *Entry) Enabled() (bool, error) {
	program, on, err := e.place.read()
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, errForeign):
		return false, nil // what somebody else wrote is not ours to tell of
	case err != nil:
		return false, fmt.Errorf("look whether Takebar starts at login: %w", err)
	case program == e.program || !on:
		return on, nil
	}
	if _, err := os.Stat(program); errors.Is(err, fs.ErrNotExist) {
		return false, &Moved{Program: program, Gone: true}
	}
	return true, &Moved{Program: program}
}

// Set writes the entry for this program, in the place of an older one of ours, or removes it. An entry that somebody else wrote stays, with an error
// that names it.
func (e *Entry) Set(on bool) error {
	_, _, err := e.place.read()
	switch {
	case errors.Is(err, errForeign):
		if !on {
			return nil
		}
		return fmt.Errorf("%s is there already, and Takebar did not write it. Remove it first", e.Where())
	case errors.Is(err, fs.ErrNotExist):
		if !on {
			return nil
		}
	case err != nil:
		return fmt.Errorf("look whether Takebar starts at login: %w", err)
	}
	if !on {
		err = e.place.remove()
	} else {
		err = e.place.write(e.program)
	}
	if err != nil {
		return fmt.Errorf("change what starts at login: %w", err)
	}
	return nil
}

// writeFile replaces a file in one step.
func writeFile(path, text string) error {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	tmp, err := os.CreateTemp(dir, ".takebar-*")
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name()) //nolint:errcheck // gone after the rename
	_, err = tmp.WriteString(text)
	if err = errors.Join(err, tmp.Chmod(0o644), tmp.Close()); err != nil {
		return err
	}
	return os.Rename(tmp.Name(), path)
}
