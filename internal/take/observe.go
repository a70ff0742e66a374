package take

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/fsnotify/fsnotify"

	"github.com/takebar/takebar/internal/take/sidecar"
)

// ErrNotObserved says that this system does not tell of changes in folders at a price worth paying: looking now and then is better.
var ErrNotObserved = errors.New("changes in the takes folder are not told by this system")

const (
	observedMost = 2000                   // folders; each costs the system a little
	calmTime     = 250 * time.Millisecond // programs change files in several steps
	returnTime   = 5 * time.Second        // how soon a takes folder that was away is found again
)

// Observe calls changed, from this goroutine, a moment after something in the takes folder changed, whoever changed it, until ctx ends. It may call
// once too often, and it may miss what another machine does on a network drive. A takes folder that is away is waited for.
//
// It answers ErrNotObserved at once on macOS, where the system wants each file opened for that, and on Windows, where open folders could neither be renamed nor their drive be taken
// out.
func (l *Library) Observe(ctx context.Context, changed func()) error {
	if runtime.GOOS != "linux" {
		return ErrNotObserved
	}
	watcher, err := fsnotify.NewWatcher()
	if err != nil {
		return errors.Join(ErrNotObserved, err)
	}
	defer func() { _ = watcher.Close() }() // it has nothing to lose
	o := &observer{lib: l, watcher: watcher, folders: map[string]bool{}}
	o.calm, o.away = time.NewTimer(calmTime), time.NewTimer(l.returnTime)
	defer o.calm.Stop()
	defer o.away.Stop()
	o.findRoot()
	for {
		select {
		case <-ctx.Done():
			return nil
		case e, ok := <-watcher.Events:
			if !ok {
				return ErrNotObserved
			}
			o.event(e)
		case err, ok := <-watcher.Errors:
			if !ok {
				return ErrNotObserved
			}
			l.log.Debug("changes in the takes folder may have been missed", "error", err)
			o.add(l.opt.Dir, 0)
			o.stir()
		case <-o.calm.C:
			o.stirred = false
			changed()
		case <-o.away.C:
			o.away.Reset(l.returnTime)
			o.findRoot()
		}
	}
}

type observer struct {
	lib     *Library
	watcher *fsnotify.Watcher
	root    fs.FileInfo     // of the takes folder, as it was watched first
	folders map[string]bool // that are watched
	full    bool            // no more of them can be
	stirred bool            // calm runs
	calm    *time.Timer
	away    *time.Timer
}

// stir has changed called soon.
func (o *observer) stir() {
	if !o.stirred {
		o.stirred = true
		o.calm.Reset(calmTime)
	}
}

// add watches a folder and those below it that hold takes.
func (o *observer) add(dir string, depth int) {
	if !o.folders[dir] && !o.watch(dir) || depth >= maxDepth {
		return
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return
	}
	for _, e := range entries {
		if e.IsDir() && (!strings.HasPrefix(e.Name(), ".") || depth == 0 && e.Name() == trashFolder) {
			o.add(filepath.Join(dir, e.Name()), depth+1)
		}
	}
}

func (o *observer) watch(dir string) bool {
	if o.full {
		return false
	}
	if len(o.folders) >= observedMost {
		o.full = true
		o.lib.log.Warn("there are very many folders in the takes folder; changes by others in some of them show later", "folders", len(o.folders))
		return false
	}
	err := o.watcher.Add(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		o.lib.log.Warn("a folder of takes cannot be watched; changes by others in it show later", "folder", dir, "error", err)
	}
	if err == nil {
		o.folders[dir] = true
	}
	return err == nil
}

// findRoot looks whether the takes folder is there, and is the one that is watched: no system tells that a drive was taken out or put in.
func (o *observer) findRoot() {
	dir := o.lib.opt.Dir
	info, err := os.Stat(dir)
	switch watched := o.folders[dir]; {
	case err == nil && watched && os.SameFile(o.root, info):
	case err == nil:
		o.forget(dir)
		o.root = info
		o.add(dir, 0)
		o.stir()
	case watched:
		o.forget(dir)
		o.stir()
	}
}

func (o *observer) event(e fsnotify.Event) {
	if e.Op == fsnotify.Chmod || strings.HasSuffix(e.Name, partSuffix) {
		return
	}
	switch {
	case o.folders[e.Name] && e.Has(fsnotify.Remove|fsnotify.Rename):
		o.forget(e.Name)
	case e.Has(fsnotify.Create):
		if info, err := os.Lstat(e.Name); err == nil && info.IsDir() {
			o.created(e.Name)
		}
	case e.Op == fsnotify.Write && !strings.HasSuffix(e.Name, sidecar.Suffix) && !o.lib.knows(e.Name):
		return // a file of somebody else that grows, such as an export
	}
	o.stir()
}

func (o *observer) created(dir string) {
	rel, err := filepath.Rel(o.lib.opt.Dir, dir)
	if err != nil || rel != trashFolder && hidden(dir, o.lib.opt.Dir) && !strings.HasPrefix(rel, trashFolder+string(filepath.Separator)) {
		return
	}
	o.add(dir, strings.Count(rel, string(filepath.Separator))+1)
}

// forget leaves out a folder that has gone, and all below it: they may come back under the same names, and are other folders then.
func (o *observer) forget(dir string) {
	for folder := range o.folders {
		if folder == dir || strings.HasPrefix(folder, dir+string(filepath.Separator)) {
			_ = o.watcher.Remove(folder) // the system may have done so already
			delete(o.folders, folder)
			o.full = false
		}
	}
}

// knows says that the file belongs to a take, as far as the last look has seen.
func (l *Library) knows(path string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	x := l.index
	if x.files == nil || x.filesAt != x.revision {
		x.files, x.filesAt = map[string]bool{}, x.revision
		for full, r := range x.records {
			for _, f := range r.take.Files {
				x.files[filepath.Join(filepath.Dir(full), filepath.FromSlash(f.Name))] = true
			}
		}
	}
	return x.files[path]
}
