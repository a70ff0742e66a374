// Package remotescript carries the Remote Script (Takebar/) and the stand-in for Live (livesim/) inside the program, and puts the
// script where Live finds it.
//
// It must not talk to a running Live, and it never destroys a folder that it replaces: that one is kept as a backup outside of Live's
// reach. Only main and tests import it.
package remotescript

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
)

// Name is the folder that Live shows as a Control Surface.
const Name = "Takebar"

//go:embed Takebar/*.py livesim/*.py
var files embed.FS

var versionLine = regexp.MustCompile(`(?m)^SCRIPT\s*=\s*["']([^"']+)["']`)

// Version of the Remote Script inside this program, as its version.py says.
func Version() (string, error) {
	script, err := fs.Sub(files, Name)
	if err != nil {
		return "", fmt.Errorf("open the script inside this program: %w", err)
	}
	version, err := versionOf(script)
	if err != nil {
		return "", fmt.Errorf("read the version of the script inside this program: %w", err)
	}
	return version, nil
}

func versionOf(script fs.FS) (string, error) {
	text, err := fs.ReadFile(script, "version.py")
	if err != nil {
		return "", err
	}
	found := versionLine.FindSubmatch(text)
	if found == nil {
		return "", errors.New("version.py names no version")
	}
	return string(found[1]), nil
}

// Extract writes the script to dir/Takebar and the stand-in for Live to dir/livesim.
func Extract(dir string) error {
	for _, folder := range []string{Name, "livesim"} {
		if err := write(folder, filepath.Join(dir, folder)); err != nil {
			return fmt.Errorf("unpack %s: %w", folder, err)
		}
	}
	return nil
}

// write copies one embedded folder to the disk, synced.
func write(folder, to string) error {
	return fs.WalkDir(files, folder, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		target := filepath.Join(to, filepath.FromSlash(strings.TrimPrefix(strings.TrimPrefix(name, folder), "/")))
		if entry.IsDir() {
			return os.MkdirAll(target, 0o755)
		}
		data, err := files.ReadFile(name)
		if err != nil {
			return err
		}
		return writeFile(target, data)
	})
}

func writeFile(target string, data []byte) error {
	f, err := os.OpenFile(target, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o644)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

// embedded gives the script's files by their name in its folder.
func embedded() (map[string][]byte, error) {
	all := map[string][]byte{}
	err := fs.WalkDir(files, Name, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := files.ReadFile(name)
		all[path.Clean(strings.TrimPrefix(name, Name+"/"))] = data
		return err
	})
	return all, err
}
