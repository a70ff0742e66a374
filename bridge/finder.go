package bridge

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/fsnotify/fsnotify"

	"github.com/takebar/takebar/bridge/live"
	"github.com/takebar/takebar/internal/wire"
)

// probeWait is how long a connection attempt may take until a port counts as "does not say". Windows needs about 2 s to report a closed port.
const probeWait = 3 * time.Second

// strangerWait is how long a port is left alone after somebody there did not know the token.
const strangerWait = 10 * time.Second

// found is a running Live and how it was found.
type found struct {
	live.Instance
	path string
	// native: its process id is one of this system's. Not so for Live under Wine.
	native bool
}

// finder lists the running Lives by the link files that their scripts write.
type finder struct {
	log     *slog.Logger
	alive   func(pid int) bool
	refuses func(ctx context.Context, port int) bool

	told  map[string]string // path -> the problem that was logged
	nudge chan struct{}     // look again
	out   chan []found      // size one, latest wins
	// watching: the system tells of changes in every folder, so that polling can be rare.
	watching atomic.Bool

	mu     sync.Mutex
	dirs   []string
	closed map[string]time.Time // token -> when its port was seen closed, or held by a stranger
	linked string               // token of the Live that is connected: it needs no probe
}

func newFinder(dirs []string, log *slog.Logger) *finder {
	return &finder{
		dirs: dirs, log: log, alive: processAlive, refuses: portRefuses,
		told: map[string]string{}, closed: map[string]time.Time{},
		nudge: make(chan struct{}, 1), out: make(chan []found, 1),
	}
}

// look makes run scan again.
func (f *finder) look() {
	select {
	case f.nudge <- struct{}{}:
	default:
	}
}

// setDirs has run look in these folders.
func (f *finder) setDirs(dirs []string) {
	f.mu.Lock()
	same := slices.Equal(f.dirs, dirs)
	f.dirs = dirs
	f.mu.Unlock()
	if !same {
		f.look()
	}
}

func (f *finder) folders() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.dirs
}

// setLinked says which token is connected, "" for none.
func (f *finder) setLinked(token string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.linked = token
}

// setClosed says that the port of this link file refuses connections, or that somebody else holds it: the script is gone.
func (f *finder) setClosed(token string) {
	f.mu.Lock()
	f.closed[token] = time.Now()
	f.mu.Unlock()
	f.look()
}

// run watches the folders until ctx ends.
func (f *finder) run(ctx context.Context) {
	if dirs := f.folders(); len(dirs) > 0 {
		if err := os.MkdirAll(dirs[0], 0o700); err != nil {
			f.log.Warn("cannot create the folder for link files", "error", err)
		}
	}
	watcher, err := fsnotify.NewWatcher()
	if err != nil {
		f.log.Warn("cannot watch the link folders; looking every few seconds instead", "error", err)
		watcher = &fsnotify.Watcher{}
	} else {
		defer func() { _ = watcher.Close() }()
	}
	watched := map[string]bool{}
	var last []found
	for first := true; ; first = false {
		if err == nil {
			f.watch(watcher, watched)
		}
		now := f.scan(ctx)
		if ctx.Err() != nil {
			return
		}
		if first || !slices.Equal(now, last) {
			last = now
			select {
			case <-f.out:
			default:
			}
			f.out <- now
		}
		if !f.wait(ctx, watcher, watched) {
			return
		}
	}
}

// watch adds the folders that are there and not watched yet, and lets go of those that count no more.
func (f *finder) watch(w *fsnotify.Watcher, watched map[string]bool) {
	all, dirs := true, f.folders()
	for dir := range watched {
		if !slices.Contains(dirs, dir) {
			_ = w.Remove(dir) // it may be gone
			delete(watched, dir)
		}
	}
	for _, dir := range dirs {
		if !watched[dir] {
			watched[dir] = w.Add(dir) == nil // a folder that is missing may come later
		}
		all = all && watched[dir]
	}
	f.watching.Store(all)
}

// wait returns when there is reason to scan again, false when ctx ended.
func (f *finder) wait(ctx context.Context, w *fsnotify.Watcher, watched map[string]bool) bool {
	for {
		select {
		case <-ctx.Done():
			return false
		case <-f.nudge:
			return true
		case e, ok := <-w.Events:
			if !ok {
				return false
			}
			if watched[e.Name] && e.Has(fsnotify.Remove|fsnotify.Rename) {
				delete(watched, e.Name)
				return true
			}
			if isLinkFile(filepath.Base(e.Name)) {
				return true
			}
		case err, ok := <-w.Errors:
			if !ok {
				return false
			}
			f.log.Debug("watching the link folders", "error", err)
			return true // events may have been lost
		}
	}
}

func isLinkFile(name string) bool {
	return strings.HasSuffix(name, ".json") && !strings.HasPrefix(name, ".")
}

// scan reads all link files and answers the running Lives, newest first. It removes files of dead ones.
func (f *finder) scan(ctx context.Context) []found {
	var all []found
	seen := map[string]bool{}
	for _, dir := range f.folders() {
		entries, err := os.ReadDir(dir)
		if err != nil {
			continue // not there (yet)
		}
		for _, e := range entries {
			if !isLinkFile(e.Name()) {
				continue
			}
			path := filepath.Join(dir, e.Name())
			seen[path] = true
			if lf, ok := f.read(path, isWine(dir)); ok {
				all = append(all, lf)
			}
		}
	}
	for path := range f.told {
		if !seen[path] {
			delete(f.told, path)
		}
	}
	slices.SortFunc(all, func(a, b found) int {
		return cmp.Or(cmp.Compare(b.Started, a.Started), cmp.Compare(b.PID, a.PID), cmp.Compare(a.path, b.path))
	})
	running := all[:0]
	ports := map[int]bool{}
	for _, lf := range all {
		if f.runs(ctx, lf, ports[lf.Port]) {
			ports[lf.Port] = true
			running = append(running, lf)
		}
	}
	return running
}

// read checks one link file. What is wrong with it is logged once.
func (f *finder) read(path string, wine bool) (found, bool) {
	lf := found{path: path}
	err := wire.ReadFile(path, !wine, &lf.Instance)
	if errors.Is(err, fs.ErrNotExist) {
		return lf, false
	}
	if err == nil {
		err = check(lf.Instance)
	}
	if err != nil {
		if f.told[path] != err.Error() {
			f.told[path] = err.Error()
			f.log.Warn("a link file is ignored", "file", path, "error", err)
		}
		return lf, false
	}
	delete(f.told, path)
	lf.native = !wine && f.alive(lf.PID)
	return lf, true
}

// isWine says whether dir lies inside a Wine prefix, where process ids are Wine's own.
func isWine(dir string) bool {
	for part := range strings.SplitSeq(filepath.ToSlash(dir), "/") {
		if part == "drive_c" || part == "dosdevices" {
			return true
		}
	}
	return false
}

func check(i live.Instance) error {
	switch {
	case i.Protocol < 1:
		return errors.New("it names no protocol version that could be spoken")
	case i.Port < 1 || i.Port > 65535:
		return errors.New("its port is out of range")
	case i.Token == "" || len(i.Token) > 256:
		return errors.New("it has no usable token")
	case i.PID <= 0:
		return errors.New("it has no process id")
	}
	return nil
}

// runs tells a running Live from a file left behind. taken: the port belongs to a newer link file.
//
// A file is removed only where its Live is proven dead: no process of ours, and its port closed or another's. Process ids of Live
// under Wine mean nothing here, so there the port alone decides.
func (f *finder) runs(ctx context.Context, lf found, taken bool) bool {
	f.mu.Lock()
	linked, at := f.linked == lf.Token, f.closed[lf.Token]
	f.mu.Unlock()
	if linked {
		return true
	}
	if lf.native {
		if !at.IsZero() && !f.refuses(ctx, lf.Port) { // open again after all
			f.mu.Lock()
			delete(f.closed, lf.Token)
			f.mu.Unlock()
			at = time.Time{}
		}
		return at.IsZero() && !taken
	}
	if taken || f.refuses(ctx, lf.Port) {
		f.remove(lf)
		return false
	}
	return at.IsZero() || time.Since(at) >= strangerWait
}

// remove deletes a stale link file, unless it was written anew meanwhile.
func (f *finder) remove(lf found) {
	var now live.Instance
	if wire.ReadFile(lf.path, false, &now) != nil || now.Token != lf.Token {
		return
	}
	if err := os.Remove(lf.path); err == nil {
		f.log.Info("removed the link file of a Live that is gone", "file", lf.path, "pid", lf.PID)
	}
}

// portRefuses says that nothing listens there. Any other failure proves nothing.
func portRefuses(ctx context.Context, port int) bool {
	ctx, cancel := context.WithTimeout(ctx, probeWait)
	defer cancel()
	conn, err := wire.Dial(ctx, port)
	if err == nil {
		_ = conn.Close()
	}
	return errors.Is(err, errRefused)
}
