package pageports

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/takebar/takebar/app/setup"
	"github.com/takebar/takebar/internal/livefind"
	remotescript "github.com/takebar/takebar/remote_script"
)

// Machine looks for Live's folders and for Lives that run, for the set-up page.
type Machine struct {
	Seats     []remotescript.Seat
	Preferred func() string // the User Library of the settings, "" if they name none
	Processes func(ctx context.Context) ([]livefind.Process, error)
}

// Look answers with what is there now. It reads some small files and the list of processes.
func (m Machine) Look(ctx context.Context) (setup.Machine, error) {
	version, err := remotescript.Version()
	if err != nil {
		return setup.Machine{}, err
	}
	out := setup.Machine{Script: version}
	for _, seat := range m.Seats {
		for _, live := range seat.LiveFolders() {
			out.Versions = append(out.Versions, live.Version)
		}
	}
	libraries := remotescript.UserLibraries(m.Seats)
	preferred := m.Preferred()
	if preferred != "" {
		i := slices.IndexFunc(libraries, func(l remotescript.UserLibrary) bool { return l.Path == preferred })
		switch {
		case i >= 0:
			libraries = append([]remotescript.UserLibrary{libraries[i]}, slices.Delete(slices.Clone(libraries), i, i+1)...)
		case remotescript.IsUserLibrary(preferred):
			libraries = append([]remotescript.UserLibrary{{Path: preferred, From: "your settings"}}, libraries...)
		default:
			out.Missing = preferred
		}
	}
	for _, l := range libraries {
		out.Libraries = append(out.Libraries, library(l, l.Path == preferred, version))
	}
	if processes, err := m.Processes(ctx); err == nil {
		out.LivesSeen = true
		for _, p := range processes {
			out.Lives = append(out.Lives, setup.Live{Name: p.Name, Major: p.Major, Started: p.Started})
		}
	}
	return out, ctx.Err()
}

func library(l remotescript.UserLibrary, configured bool, own string) setup.Library {
	out := setup.Library{Path: l.Path, From: l.From, Configured: configured}
	version, same, err := remotescript.Installed(l.Path)
	if err != nil {
		out.Problem = fmt.Sprintf("The script's folder cannot be read (%v).", err)
		return out
	}
	out.Version, out.Same = version, same
	out.Newer = version != "" && remotescript.Newer(version, own)
	folder := filepath.Join(l.Path, "Remote Scripts", remotescript.Name)
	info, err := os.Lstat(folder)
	switch {
	case err == nil && info.Mode()&fs.ModeSymlink != 0:
		return out // a developer's link: when it was made says nothing
	case err == nil:
		out.Installed = info.ModTime()
	case !errors.Is(err, fs.ErrNotExist):
		out.Problem = fmt.Sprintf("The script's folder cannot be read (%v).", err)
	}
	return out
}
