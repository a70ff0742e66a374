package take

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/takebar/takebar/internal/audio"
	"github.com/takebar/takebar/internal/take/sidecar"
)

// plan gives the take its number, and names to it and to those files that have none and can be collected. Names are
// free on disk on any kind of system, and promised to nobody else.
func (g *landing) plan(ctx context.Context) error {
	l, j := g.lib, g.j
	l.mu.Lock()
	defer l.mu.Unlock()
	todo, err := g.unnamed()
	if err != nil {
		return folderError(j.Dir, err)
	}
	if len(todo) == 0 && j.Sidecar != "" {
		l.note(j)
		return nil
	}
	if err := g.giveNumber(ctx); err != nil {
		return err
	}
	takeStem, stems := g.stems(todo)
	if err := g.giveNames(takeStem, stems, todo); err != nil {
		return folderError(j.Dir, err)
	}
	l.note(j)
	return nil
}

// unnamed lists the files that need a name. A plan from before a stop still stands where its names are free.
func (g *landing) unnamed() ([]*journalFile, error) {
	var todo []*journalFile
	dir := newDirLook(g.j.Dir)
	for i := range g.j.Files {
		f := &g.j.Files[i]
		if f.State != fileNew {
			continue
		}
		ext := extension(f.look.info.Container)
		if f.Name == "" || path.Ext(f.Name) != ext || !g.lib.free(dir, f.Name, g.j.ID) || !g.lib.free(dir, f.Part, g.j.ID) {
			todo = append(todo, f)
			continue
		}
		if err := makeDirs(filepath.Dir(g.abs(f.Name))); err != nil {
			return nil, err
		}
		f.State, f.Part = filePlanned, f.Name+partSuffix
		g.lib.reserve(g.j, f.Name)
	}
	return todo, dir.err
}

func (g *landing) giveNumber(ctx context.Context) error {
	l, j := g.lib, g.j
	if j.Take.Number > 0 {
		return nil
	}
	takes, err := l.scanAll(ctx, j.Dir)
	if err != nil {
		return folderError(j.Dir, err)
	}
	if l.number == 0 {
		others, _, err := l.journals()
		if err != nil {
			return err
		}
		for _, o := range others {
			l.number = max(l.number, o.Take.Number)
		}
	}
	for _, s := range takes {
		l.number = max(l.number, s.take.Number)
	}
	l.number++
	j.Take.Number = l.number
	return nil
}

// stems are the wanted names. A take that is in the library already keeps its place, and files that come late go beside the others.
func (g *landing) stems(todo []*journalFile) (stem, []stem) {
	j := g.j
	tracks := make([]string, len(todo))
	for i, f := range todo {
		tracks[i] = f.Track
	}
	if j.Sidecar == "" {
		return g.lib.template.names(nameRequest{
			set: j.Take.Set.Name, tempo: j.Take.Tempo, number: j.Take.Number, at: j.Take.RecordedAt.In(g.lib.now().Location()),
			wish: j.Wish, tracks: tracks, room: max(2*minComponent, maxPath-len(j.Dir)-1-suffixRoom),
		})
	}
	folder, base := path.Split(strings.TrimSuffix(j.Sidecar, sidecar.Suffix))
	folder = strings.TrimSuffix(folder, "/")
	stems := make([]stem, len(todo))
	for i, f := range todo {
		stems[i] = stem{folder: folder, name: cleanComponent(cutText(base+" - "+cleanValue(f.Track), maxComponent))}
		if f.Replace >= 0 {
			was := path.Join(folder, j.Take.Files[f.Replace].Name)
			stems[i].folder, stems[i].name = path.Split(strings.TrimSuffix(was, path.Ext(was)))
			stems[i].folder = strings.TrimSuffix(stems[i].folder, "/")
		}
	}
	countDoubles(stems)
	return stem{folder: folder, name: base}, stems
}

// giveNames finds the first of "name", "name (2)", "name (3)" that is free for all files of the take at once, so that they stay
// together. Callers hold l.mu.
func (g *landing) giveNames(takeStem stem, stems []stem, todo []*journalFile) error {
	l, j := g.lib, g.j
	dir := newDirLook(j.Dir)
	folder, err := dir.ready(takeStem.folder)
	if err != nil {
		return err
	}
	folders := make([]string, len(stems))
	for i, s := range stems {
		if folders[i], err = dir.ready(s.folder); err != nil {
			return err
		}
	}
	for n := 1; ; n++ {
		suffix := ""
		if n > 1 {
			suffix = fmt.Sprintf(" (%d)", n)
		}
		wanted := make([]string, len(todo))
		free := true
		for i, s := range stems {
			wanted[i] = path.Join(folders[i], s.name+suffix+extension(todo[i].look.info.Container))
			free = free && l.free(dir, wanted[i], j.ID) && l.free(dir, wanted[i]+partSuffix, j.ID)
		}
		side := path.Join(folder, takeStem.name+suffix+sidecar.Suffix)
		free = free && (j.Sidecar != "" || l.free(dir, side, j.ID))
		if dir.err != nil {
			return dir.err
		}
		if !free {
			continue
		}
		if j.Sidecar == "" {
			j.Sidecar, j.Take.Name = side, takeStem.name+suffix
			l.reserve(j, side)
		}
		for i, f := range todo {
			f.Name, f.Part, f.State = wanted[i], wanted[i]+partSuffix, filePlanned
			l.reserve(j, f.Name)
		}
		return nil
	}
}

// rename gives a planned file the next free name: somebody else took the one that was promised.
func (g *landing) rename(f *journalFile) error {
	l, j := g.lib, g.j
	l.mu.Lock()
	defer l.mu.Unlock()
	ext := path.Ext(f.Name)
	base := strings.TrimSuffix(f.Name, ext)
	dir := newDirLook(j.Dir)
	for n := 2; ; n++ {
		name := fmt.Sprintf("%s (%d)%s", base, n, ext)
		isFree := l.free(dir, name, j.ID) && l.free(dir, name+partSuffix, j.ID)
		if dir.err != nil {
			return dir.err
		}
		if isFree {
			f.Name = name
			l.reserve(j, name)
			l.note(j)
			return nil
		}
	}
}

// free says that a path below the takes folder is neither on disk nor promised to another take.
func (l *Library) free(dir *dirLook, name, id string) bool {
	owner, promised := l.reserved[nameKey(filepath.Join(dir.root, filepath.FromSlash(name)))]
	return (!promised || owner == id) && !dir.has(name)
}

func (l *Library) reserve(j *journal, name string) {
	l.reserved[nameKey(filepath.Join(j.Dir, filepath.FromSlash(name)))] = j.ID
}

// release gives back what was promised to a take.
func (l *Library) release(id string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for name, owner := range l.reserved {
		if owner == id {
			delete(l.reserved, name)
		}
	}
}

// extension of a copy follows what the file is, whatever the original is called.
func extension(c audio.Container) string {
	if c == audio.AIFF || c == audio.AIFC {
		return ".aif"
	}
	return ".wav"
}

// dirLook knows the names in folders below root, by key, as they were when it first looked.
type dirLook struct {
	root    string
	folders map[string]map[string]fs.DirEntry // folder with "/" -> nameKey -> entry
	err     error                             // the first folder that could not be read
}

func newDirLook(root string) *dirLook {
	return &dirLook{root: root, folders: map[string]map[string]fs.DirEntry{}}
}

func (d *dirLook) list(folder string) map[string]fs.DirEntry {
	if names := d.folders[folder]; names != nil {
		return names
	}
	names := map[string]fs.DirEntry{}
	entries, err := os.ReadDir(filepath.Join(d.root, filepath.FromSlash(folder)))
	if err != nil && !errors.Is(err, fs.ErrNotExist) && d.err == nil {
		d.err = err
	}
	for _, e := range entries {
		names[nameKey(e.Name())] = e
	}
	d.folders[folder] = names
	return names
}

// has says that something lies there, on this system or after a move to another one.
func (d *dirLook) has(name string) bool {
	folder, base := path.Split(name)
	_, there := d.list(strings.TrimSuffix(folder, "/"))[nameKey(base)]
	return there
}

// ready makes a folder below root and gives its name as it is on disk. A folder that is there under another spelling ("my
// set" for "My Set") is used; a file or a link of that name is stepped around.
func (d *dirLook) ready(folder string) (string, error) {
	at := ""
	for _, want := range splitFolder(folder) {
		name := want
		for n := 2; ; n++ {
			e, there := d.list(at)[nameKey(name)]
			if d.err != nil {
				return "", d.err
			}
			if !there {
				break
			}
			if e.IsDir() {
				name = e.Name()
				break
			}
			name = fmt.Sprintf("%s (%d)", want, n)
		}
		at = path.Join(at, name)
	}
	if err := makeDirs(filepath.Join(d.root, filepath.FromSlash(at))); err != nil {
		return "", err
	}
	// What was made just now must be seen by the next call.
	for up := at; up != "" && up != "."; up = path.Dir(up) {
		parent := path.Dir(up)
		if parent == "." {
			parent = ""
		}
		delete(d.folders, parent)
	}
	return at, d.err
}
