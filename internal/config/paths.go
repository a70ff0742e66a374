package config

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/adrg/xdg"
)

// Environment variables that move Takebar's folders.
const (
	EnvHome  = "TAKEBAR_HOME"  // config, links, logs
	EnvTakes = "TAKEBAR_TAKES" // the takes folder
)

// Home is Takebar's config folder, as docs/protocol.md names it for each system: the script inside Live looks for the same one.
// The folder need not exist.
func Home() (string, error) {
	return homeFor(runtime.GOOS, os.Getenv)
}

func homeFor(goos string, getenv func(string) string) (string, error) {
	if h := getenv(EnvHome); h != "" {
		abs, err := filepath.Abs(h)
		if err != nil {
			return "", fmt.Errorf("make %s absolute: %w", EnvHome, err)
		}
		return abs, nil
	}
	switch goos {
	case "darwin":
		if h := getenv("HOME"); h != "" {
			return filepath.Join(h, "Library", "Application Support", "Takebar"), nil
		}
	case "windows":
		if h := getenv("APPDATA"); h != "" {
			return filepath.Join(h, "Takebar"), nil
		}
	default:
		if h := getenv("XDG_CONFIG_HOME"); filepath.IsAbs(h) {
			return filepath.Join(h, "takebar"), nil
		}
		if h := getenv("HOME"); h != "" {
			return filepath.Join(h, ".config", "takebar"), nil
		}
	}
	return "", errors.New("find your home folder: set TAKEBAR_HOME to a folder for Takebar's settings")
}

// Takes is the folder that takes land in: $TAKEBAR_TAKES, else takes_dir of config.toml, else Takebar in the music folder.
func (c Config) Takes() (string, error) {
	if dir := os.Getenv(EnvTakes); dir != "" {
		return Expand(dir)
	}
	if c.TakesDir != "" {
		return c.TakesDir, nil
	}
	if xdg.UserDirs.Music != "" {
		return filepath.Join(xdg.UserDirs.Music, "Takebar"), nil
	}
	h, err := os.UserHomeDir()
	if err != nil {
		return "", fmt.Errorf("find your music folder: %w", err)
	}
	return filepath.Join(h, "Music", "Takebar"), nil
}

// LogDir is where the logs of a config folder are.
func LogDir(home string) string { return filepath.Join(home, "logs") }

// LinkDirs lists the folders in which a running Live may have left its link file: our own, those of config.toml, and on Linux
// the ones inside Wine prefixes. They need not exist yet.
func (c Config) LinkDirs(home string) []string {
	dirs := append([]string{filepath.Join(home, "links")}, c.Live.LinkDirs...)
	if os.Getenv(EnvHome) == "" {
		for _, user := range WineUsers() {
			dirs = append(dirs, filepath.Join(user, "AppData", "Roaming", "Takebar", "links"))
		}
	}
	return slices.Compact(dirs)
}

// WineUsers lists the users' folders inside the Wine prefixes of this user ($WINEPREFIX and ~/.wine); none elsewhere than on Linux.
func WineUsers() []string {
	if runtime.GOOS != "linux" {
		return nil
	}
	return wineUsers(os.Getenv("WINEPREFIX"), os.Getenv("HOME"))
}

func wineUsers(prefix, home string) []string {
	prefixes := []string{}
	if prefix != "" {
		prefixes = append(prefixes, prefix)
	}
	if home != "" && filepath.Join(home, ".wine") != filepath.Clean(prefix) {
		prefixes = append(prefixes, filepath.Join(home, ".wine"))
	}
	var users []string
	for _, p := range prefixes {
		folder := filepath.Join(p, "drive_c", "users")
		entries, err := os.ReadDir(folder)
		if err != nil {
			continue // no such prefix
		}
		for _, e := range entries {
			if e.IsDir() && !strings.EqualFold(e.Name(), "Public") {
				users = append(users, filepath.Join(folder, e.Name()))
			}
		}
	}
	return users
}

// Expand makes a folder absolute; a leading ~ is the user's home folder.
func Expand(path string) (string, error) {
	if path == "~" || strings.HasPrefix(path, "~/") || strings.HasPrefix(path, `~\`) {
		h, err := os.UserHomeDir()
		if err != nil {
			return "", fmt.Errorf("find your home folder: %w", err)
		}
		path = filepath.Join(h, path[1:])
	}
	if !filepath.IsAbs(path) {
		return "", fmt.Errorf("must be a whole path that starts at the top (or with ~), not %s", spell(path))
	}
	return filepath.Clean(path), nil
}
