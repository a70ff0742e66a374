package automation

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// fileState is what a listing says about a file.
type fileState struct {
	Size int64     `json:"size"`
	Mod  time.Time `json:"mod"`
}

// shot is what was in the watched folders, by path.
type shot map[string]fileState

// shoot lists the folders, without the folders in them.
func shoot(folders []string) (shot, error) {
	s := shot{}
	for _, dir := range folders {
		entries, err := os.ReadDir(dir)
		if err != nil {
			return nil, fmt.Errorf("listing %s: %w", dir, err)
		}
		for _, e := range entries {
			info, err := e.Info()
			if errors.Is(err, fs.ErrNotExist) {
				continue // went meanwhile
			}
			if err != nil {
				return nil, fmt.Errorf("listing %s: %w", dir, err)
			}
			if info.Mode().IsRegular() {
				s[filepath.Join(dir, e.Name())] = fileState{Size: info.Size(), Mod: info.ModTime()}
			}
		}
	}
	return s, nil
}

// soundFile says whether a name is one that an export may have. Whether it is a sound file is decided by its bytes, later.
func soundFile(name string) bool {
	switch strings.ToLower(filepath.Ext(name)) {
	case ".wav", ".aif", ".aiff", ".aifc", ".flac", ".mp3", ".rf64", ".bw64":
		return !strings.HasPrefix(filepath.Base(name), ".")
	}
	return false
}

// news are the sound files that were not there before.
func (s shot) news(now shot) shot {
	fresh := shot{}
	for path, st := range now {
		if _, old := s[path]; !old && soundFile(path) {
			fresh[path] = st
		}
	}
	return fresh
}

// touched are the sound files that were there before and look different now.
func (s shot) touched(now shot) []string {
	var all []string
	for path, st := range now {
		if old, was := s[path]; was && soundFile(path) && (old.Size != st.Size || !old.Mod.Equal(st.Mod)) {
			all = append(all, path)
		}
	}
	return all
}
