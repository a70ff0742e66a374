package take

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/takebar/takebar/internal/take/sidecar"
)

// besideLevels is how many folders above a file its sidecar is looked for: the name template may put files into folders of their own.
const besideLevels = 3

// Beside finds the take that a file belongs to by the sidecars around it, without a library. It only reads, and answers false for a
// file that no sidecar names.
func Beside(path string) (sidecar.Take, sidecar.File, bool) {
	path, err := filepath.Abs(path)
	if err != nil {
		return sidecar.Take{}, sidecar.File{}, false
	}
	dir := filepath.Dir(path)
	for range besideLevels {
		entries, err := os.ReadDir(dir)
		if err != nil {
			break
		}
		for _, e := range entries {
			if e.IsDir() || !strings.HasSuffix(e.Name(), sidecar.Suffix) {
				continue
			}
			data, err := readLimited(filepath.Join(dir, e.Name()), maxSidecar)
			if err != nil {
				continue
			}
			t, err := decodeSidecar(data)
			if err != nil && t.ID == "" {
				continue
			}
			for _, f := range t.Files {
				if filepath.Join(dir, filepath.FromSlash(f.Name)) == path {
					return t, f, true
				}
			}
		}
		dir = filepath.Dir(dir)
	}
	return sidecar.Take{}, sidecar.File{}, false
}
