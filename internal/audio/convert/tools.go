package convert

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
)

// EnvLAME names the file of a LAME library, where Takebar does not find it by
// itself.
const EnvLAME = "TAKEBAR_LIBMP3LAME"

// Tools finds what encodes MP3, once, when it is needed first. The zero Tools
// finds nothing.
type Tools struct {
	libraries []string // files or names of LAME's library, in order of preference
	lame      string   // program; "" = not there
	ffmpeg    string

	once sync.Once
	lib  *lameLibrary
}

// FindTools looks for the LAME library and the programs lame and ffmpeg. It loads
// nothing yet.
func FindTools() *Tools {
	t := &Tools{}
	for name, to := range map[string]*string{"lame": &t.lame, "ffmpeg": &t.ffmpeg} {
		if path, err := exec.LookPath(name); err == nil {
			*to = path
		}
	}
	if path := os.Getenv(EnvLAME); path != "" {
		t.libraries = []string{path}
		return t
	}
	t.libraries = libraryNames(runtime.GOOS, []string{t.lame, t.ffmpeg})
	return t
}

// libraryNames lists where the LAME library may be: by name, as the system finds
// it, in the folders of package managers, and on Windows beside the programs.
func libraryNames(system string, programs []string) []string {
	switch system {
	case "darwin":
		names := []string{}
		for _, dir := range []string{"/opt/homebrew/lib", "/usr/local/lib", "/opt/local/lib"} {
			names = append(names, dir+"/libmp3lame.0.dylib", dir+"/libmp3lame.dylib")
		}
		return append(names, "libmp3lame.0.dylib", "libmp3lame.dylib")
	case "windows":
		// By whole paths only: a bare name would also be looked for where anybody may put files.
		var names []string
		for _, p := range programs {
			if p != "" && filepath.IsAbs(p) {
				for _, n := range []string{"libmp3lame.dll", "libmp3lame-0.dll"} {
					names = append(names, filepath.Join(filepath.Dir(p), n))
				}
			}
		}
		return names
	}
	return []string{"libmp3lame.so.0", "libmp3lame.so"}
}

// library loads LAME's library; nil if there is none that can be used.
func (t *Tools) library() *lameLibrary {
	t.once.Do(func() {
		for _, name := range t.libraries {
			if t.lib = loadLame(name); t.lib != nil {
				return
			}
		}
	})
	return t.lib
}

// CanMP3 tells whether anything encodes MP3 here. The *Error otherwise says what
// to install.
func (t *Tools) CanMP3() error {
	if t.library() != nil || t.lame != "" || t.ffmpeg != "" {
		return nil
	}
	return failf(CodeNoEncoder, installHint(runtime.GOOS), nil, "MP3 needs the LAME encoder, which is not on this computer.")
}

func installHint(system string) string {
	switch system {
	case "darwin":
		return "Install it with Homebrew: brew install lame."
	case "windows":
		return "Install ffmpeg, which brings it along: winget install ffmpeg. Then open a new terminal, or start Takebar again."
	}
	return "Install it: sudo apt install lame (Debian, Ubuntu), sudo dnf install lame (Fedora), sudo pacman -S lame (Arch)."
}
