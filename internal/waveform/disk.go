package waveform

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"
)

const (
	hiddenDir  = ".takebar"
	peaksDir   = "peaks"
	entryExt   = ".dat"
	entryBytes = 2*levelValues + entryPath + 1024 // of one entry at most
	sweepEvery = 64                               // entries written between two looks at the whole folder
	staleTemp  = time.Hour                        // after which an unfinished file belongs to nobody
)

// entryName is how our own files in the folder are called. Nothing else there is touched.
var entryName = regexp.MustCompile(`^[0-9a-f]{32}-(overview|channels)\.dat$`)

// disk is the folder of waveforms beside the takes. The methods of a nil disk do nothing.
type disk struct {
	takes string
	limit int64
	log   *slog.Logger
	now   func() time.Time

	mu      sync.Mutex
	written int // since New
}

func (d *disk) dir() string { return filepath.Join(d.takes, hiddenDir, peaksDir) }

// name is how the folder calls a source: by its path from the takes folder on, so that the disk may be mounted elsewhere tomorrow.
func (d *disk) name(path string) string {
	takes, err := filepath.Abs(d.takes)
	if err != nil {
		return path
	}
	if rel, err := filepath.Rel(takes, path); err == nil && filepath.IsLocal(rel) {
		return filepath.ToSlash(rel)
	}
	return path
}

// full is where the source of that name is.
func (d *disk) full(name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(d.takes, filepath.FromSlash(name))
}

func (d *disk) file(name string, what kind) string {
	sum := sha256.Sum256([]byte(name))
	return filepath.Join(d.dir(), hex.EncodeToString(sum[:16])+"-"+string(what)+entryExt)
}

// read finds the waveform of exactly this state of a file. Whatever is wrong with an entry, it is not there.
func (d *disk) read(src source, what kind) (kept, bool) {
	if d == nil {
		return kept{}, false
	}
	name := d.name(src.path)
	b, err := readAtMost(d.file(name, what), entryBytes)
	if err != nil {
		return kept{}, false
	}
	o, p, err := parseEntry(b)
	if err != nil || o.path != name || o.size != src.size || o.modified != src.modified || what == overview && p.SamplesPerPixel != zoomOfOverview(o.frames) {
		return kept{}, false
	}
	return kept{frames: o.frames, peaks: p}, true
}

// write keeps a waveform: all of it or nothing, and now and then makes room.
func (d *disk) write(src source, what kind, k kept) error {
	if d == nil {
		return nil
	}
	name := d.name(src.path)
	b, err := appendEntry(nil, name, src, k)
	if err != nil {
		return err
	}
	if int64(len(b)) > min(d.limit/4, entryBytes) || len(name) > entryPath {
		return fmt.Errorf("keep a waveform of %d bytes: too large for the folder", len(b))
	}
	if err := d.prepare(); err != nil {
		return err
	}
	if err := replace(d.file(name, what), b); err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.written++; d.written%sweepEvery == 1 {
		d.sweep()
	}
	return nil
}

// prepare makes the folder, but never the takes folder itself: where its disk is unplugged, that would hide the disk from its owner.
func (d *disk) prepare() error {
	for _, dir := range []string{filepath.Join(d.takes, hiddenDir), d.dir()} {
		if err := os.Mkdir(dir, 0o755); err != nil && !errors.Is(err, fs.ErrExist) {
			return fmt.Errorf("make the folder of waveforms: %w", err)
		}
	}
	return nil
}

// replace writes a file beside its place and moves it there. It is not synced: after a power cut the checksum tells.
func replace(path string, b []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), "*.part")
	if err != nil {
		return fmt.Errorf("keep a waveform: %w", err)
	}
	_, err = f.Write(b)
	if err = errors.Join(err, f.Chmod(0o644), f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("keep a waveform: %w", errors.Join(err, os.Remove(f.Name())))
	}
	return nil
}

// room is one entry as sweep sees it.
type room struct {
	path     string
	bytes    int64
	modified time.Time
}

// sweep removes what nobody needs: the waveforms of files that are gone or have changed, leftovers of crashes, and the oldest ones beyond
// the limit.
func (d *disk) sweep() {
	list, err := os.ReadDir(d.dir())
	if err != nil {
		return
	}
	var all []room
	total := int64(0)
	for _, e := range list {
		st, err := e.Info()
		if err != nil || !st.Mode().IsRegular() {
			continue
		}
		path := filepath.Join(d.dir(), e.Name())
		switch {
		case strings.HasSuffix(e.Name(), ".part"):
			if d.now().Sub(st.ModTime()) > staleTemp {
				d.remove(path)
			}
		case !entryName.MatchString(e.Name()):
		case !d.current(path):
			d.remove(path)
		default:
			all = append(all, room{path, st.Size(), st.ModTime()})
			total += st.Size()
		}
	}
	slices.SortFunc(all, func(a, b room) int { return cmp.Or(a.modified.Compare(b.modified), cmp.Compare(a.path, b.path)) })
	for _, r := range all {
		if total <= d.limit {
			break
		}
		d.remove(r.path)
		total -= r.bytes
	}
}

func (d *disk) remove(path string) {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		d.log.Debug("an old waveform was not removed", "file", path, "error", err)
	}
}

// current says that an entry belongs to a file as it is now. It reads the end of the entry only.
func (d *disk) current(path string) bool {
	f, err := os.Open(path)
	if err != nil {
		return true // not ours to judge
	}
	defer func() { _ = f.Close() }()
	st, err := f.Stat()
	if err != nil {
		return true
	}
	n := min(st.Size(), entryPath+int64(entryTail))
	b := make([]byte, n)
	if _, err := f.ReadAt(b, st.Size()-n); err != nil {
		return false
	}
	o, err := parseTail(b)
	if err != nil {
		return false
	}
	src, err := os.Stat(d.full(o.path))
	return err == nil && src.Size() == o.size && src.ModTime().UnixNano() == o.modified
}

func readAtMost(path string, limit int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	b, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err != nil {
		return nil, err
	}
	if int64(len(b)) > limit {
		return nil, errBadEntry
	}
	return b, nil
}
