package automation

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// checkSet says whether a file is a Live Set: gzip around XML whose first element is Ableton.
func checkSet(path string) *Refusal {
	bad := func(next, format string, args ...any) *Refusal {
		return &Refusal{Reason: ReasonBadInput, Detail: fmt.Sprintf(format, args...), Next: next}
	}
	name := filepath.Base(path)
	st, err := os.Stat(path)
	isSet := strings.EqualFold(filepath.Ext(path), ".als")
	switch {
	case errors.Is(err, fs.ErrNotExist) && isSet:
		return bad("Check the name and the folder.", "There is no file %s.", path)
	case errors.Is(err, fs.ErrNotExist):
		return bad("Check the name and the folder.", "There is no file or folder %s.", path)
	case !isSet:
		return bad("Name files that end in .als, or folders with such files.", "The file %s is not a Live Set (.als).", name)
	case errors.Is(err, fs.ErrPermission):
		return bad("Change the rights of the folder, or copy the set to one of yours.", "You may not look at %s.", path)
	case err != nil:
		return bad("Check the disk.", "%s cannot be looked at: %v.", path, err)
	case !st.Mode().IsRegular():
		return bad("Name the file itself.", "%s is not a file.", path)
	}
	f, err := os.Open(path)
	if err != nil {
		return bad("Change the rights of the file, or copy the set to a folder of yours.", "You may not read %s.", path)
	}
	defer func() { _ = f.Close() }() // opened for reading
	z, err := gzip.NewReader(bufio.NewReader(f))
	if err != nil {
		return bad("Save it again in Live, or leave it out.", "The file %s is not a Live Set: it is not packed as Live does it.", name)
	}
	head := make([]byte, 2048)
	n, err := io.ReadFull(z, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return bad("Take it from a backup (the Backup folder of the project).", "The file %s is damaged: %v.", name, err)
	}
	if !bytes.Contains(head[:n], []byte("<Ableton")) {
		return bad("Save it again in Live, or leave it out.", "The file %s is not a Live Set: there is no set in it.", name)
	}
	return nil
}

// Skipped is a file that a folder or pattern named and that is no set.
type Skipped struct {
	Path string `json:"path"`
	Why  string `json:"why"`
}

// expand finds the sets that files, folders and patterns name. What was named itself must be a set, unless lenient; what a folder has
// besides is skipped.
func expand(args []string, lenient bool) (sets []string, skipped []Skipped, refusal *Refusal) {
	for _, arg := range args {
		found, named, r := candidates(arg)
		if r != nil && lenient {
			skipped = append(skipped, Skipped{Path: arg, Why: r.Error()})
			continue
		}
		if r != nil {
			return nil, nil, r
		}
		for _, path := range found {
			if r := checkSet(path); r != nil {
				if named && !lenient {
					return nil, nil, r
				}
				skipped = append(skipped, Skipped{Path: path, Why: r.Error()})
				continue
			}
			if !slices.Contains(sets, path) {
				sets = append(sets, path)
			}
		}
	}
	return sets, skipped, nil
}

// candidates resolves one argument. named says that it named a file itself.
func candidates(arg string) (paths []string, named bool, refusal *Refusal) {
	abs, err := filepath.Abs(arg)
	if err != nil {
		return nil, false, &Refusal{Reason: ReasonBadInput, Detail: fmt.Sprintf("%q is no path.", arg), Err: err}
	}
	st, err := os.Stat(abs)
	switch {
	case err == nil && st.IsDir():
		return inFolder(abs)
	case err == nil || !strings.ContainsAny(arg, "*?["):
		return []string{abs}, true, nil
	}
	found, err := filepath.Glob(abs)
	if err != nil || len(found) == 0 {
		return nil, false, &Refusal{Reason: ReasonBadInput, Detail: fmt.Sprintf("No file fits %q.", arg), Next: "Check the pattern; * stands for any letters.", Err: err}
	}
	for _, p := range found {
		if strings.EqualFold(filepath.Ext(p), ".als") {
			paths = append(paths, p)
		}
	}
	return paths, false, nil
}

// inFolder walks a folder. Backup folders hold older versions that Live keeps by itself: nobody means those.
func inFolder(dir string) ([]string, bool, *Refusal) {
	var paths []string
	err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && d.Name() == "Backup":
			return filepath.SkipDir
		case !d.IsDir() && strings.EqualFold(filepath.Ext(p), ".als") && !strings.HasPrefix(d.Name(), "."):
			paths = append(paths, p)
		}
		return nil
	})
	if err != nil {
		return nil, false, &Refusal{Reason: ReasonBadInput, Detail: fmt.Sprintf("The folder %s cannot be read: %v.", dir, err), Next: "Change its rights, or name the sets one by one.", Err: err}
	}
	if len(paths) == 0 {
		return nil, false, &Refusal{Reason: ReasonBadInput, Detail: fmt.Sprintf("There is no .als in %s.", dir), Next: "Name the folder that holds the sets."}
	}
	return paths, false, nil
}
