package take

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/maphash"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/takebar/takebar/internal/take/sidecar"
)

// Warnings that are found while looking at the library. They are not written into sidecars.
const (
	WarnSidecarUnreadable = "sidecar_unreadable" // Message says why; the files are left alone
	WarnNewerSchema       = "newer_schema"       // a newer Takebar wrote the sidecar
	WarnFileVanished      = "file_vanished"      // a file of the take is no longer in the library
	WarnFileChanged       = "file_changed"       // a file is not what landed
	WarnFileTouched       = "file_touched"       // a file was written to after it landed; perhaps changed
	WarnFilesGone         = "files_gone"         // the take landed once and is no longer in the library
	WarnDiskLow           = "disk_low"           // little room is left in the takes folder
)

// index remembers the sidecars of the library by the time and size of their files, so that looking again costs a
// look at the folders only. It can be thrown away at any time: the sidecars are the truth.
type index struct {
	records map[string]*record // by path of the sidecar
	seed    maphash.Seed
	history

	files   map[string]bool // of the takes, absolute, as of the revision filesAt; nil = never asked
	filesAt uint64
}

// forget makes the next look read a sidecar anew. Whoever writes one calls it: a change within one tick of the file system's clock
// does not show in its time.
func (x *index) forget(sidecar string) {
	if r := x.records[sidecar]; r != nil {
		r.fresh = true
	}
}

// record is one sidecar as last read.
type record struct {
	fresh    bool   // written so shortly before reading that a later change may not show in its time
	sum      uint64 // of its bytes
	revision uint64 // of the index when the take changed last
	marks    []mark // of its files, as the last look saw them; nil = not looked at yet
	modified time.Time
	size     int64
	take     sidecar.Take
	warning  *sidecar.Warning // about the sidecar itself
	verdicts map[string]verdict
}

// verdict is what the hash of a touched file said.
type verdict struct {
	modified time.Time
	size     int64
	sum      string // SHA-256
}

// folderView is one folder as ReadDir saw it.
type folderView map[string]fs.DirEntry

// shelved is one sidecar as scan found it. What is true of its files is looked up when somebody asks for the Entry.
type shelved struct {
	*record
	full    string // path of the sidecar
	trashed bool
	view    folderView // of its folder; nil = look at each file
}

func (s shelved) entry() sidecar.Entry { return s.record.entry(s.full, s.trashed, s.view) }

// has says that the path is the sidecar's or one of the take's files.
func (s shelved) has(path string) bool {
	return s.full == path || slices.ContainsFunc(s.take.Files, func(f sidecar.File) bool {
		return filepath.Join(filepath.Dir(s.full), filepath.FromSlash(f.Name)) == path
	})
}

// scan brings the index up to date below root and tells of each sidecar there, in no order. Folders whose name begins with
// a dot are left out. A root that is not there holds no takes. absent says why an empty root is no news about the takes in it, if it is not.
func (x *index) scan(ctx context.Context, root string, trashed bool, absent func() error) (*scanner, error) {
	s := &scanner{index: x, root: root, trashed: trashed, seen: map[string]bool{}}
	if err := s.folder(ctx, root, 0); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	if len(s.found) == 0 {
		if err := absent(); err != nil {
			return nil, err
		}
	}
	prefix := root + string(filepath.Separator)
	var lost []*record
	for path, r := range x.records {
		if strings.HasPrefix(path, prefix) && !s.seen[path] && (trashed || !hidden(path, root)) {
			delete(x.records, path)
			lost = append(lost, r)
		}
	}
	x.lost(lost, &s.stamp)
	return s, nil
}

// hidden says that the path lies in a folder below root that scan leaves out.
func hidden(path, root string) bool {
	rel, err := filepath.Rel(root, path)
	return err != nil || strings.HasPrefix(rel, ".") || strings.Contains(rel, string(filepath.Separator)+".")
}

type scanner struct {
	index   *index
	root    string
	trashed bool
	seen    map[string]bool
	found   []shelved
	closed  []string // folders that could not be read, and why
	stamp   stamp
	half    func(path string) // told of sidecars that were never completed; may be nil
}

const maxDepth = 32 // folders below each other; deeper ones are no work of ours

func (s *scanner) folder(ctx context.Context, dir string, depth int) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	list, err := os.ReadDir(dir)
	if err != nil {
		if depth > 0 { // a folder that cannot be read hides its own takes only
			if !errors.Is(err, fs.ErrNotExist) {
				s.closed = append(s.closed, fmt.Sprintf("The folder %s cannot be read (%v); takes in it are not shown.", dir, plainCause(err)))
			}
			return nil
		}
		return fmt.Errorf("read the takes folder: %w", err)
	}
	view := make(folderView, len(list))
	for _, e := range list {
		view[e.Name()] = e
	}
	for _, e := range list {
		switch {
		case strings.HasPrefix(e.Name(), "."):
		case e.IsDir() && depth < maxDepth:
			if err := s.folder(ctx, filepath.Join(dir, e.Name()), depth+1); err != nil {
				return err
			}
		case strings.HasSuffix(e.Name(), sidecar.Suffix) && e.Type().IsRegular():
			s.sidecar(dir, e, view)
		case strings.HasSuffix(e.Name(), sidecar.Suffix+partSuffix) && s.half != nil:
			s.half(filepath.Join(dir, e.Name()))
		}
	}
	return nil
}

func (s *scanner) sidecar(dir string, e fs.DirEntry, view folderView) {
	info, err := e.Info()
	if err != nil {
		return // it went while we looked
	}
	full := filepath.Join(dir, e.Name())
	s.seen[full] = true
	r := s.index.records[full]
	if r == nil || r.fresh || !r.modified.Equal(info.ModTime()) || r.size != info.Size() {
		was := r
		r = s.index.read(full, s.root, info)
		s.index.took(was, r, &s.stamp)
		s.index.records[full] = r
	}
	s.found = append(s.found, shelved{record: r, full: full, trashed: s.trashed, view: view})
}

// read makes a record of a sidecar, whatever is in it.
func (x *index) read(full, root string, info fs.FileInfo) *record {
	r := &record{modified: info.ModTime(), size: info.Size(), verdicts: map[string]verdict{}}
	r.fresh = time.Since(r.modified) < 50*time.Millisecond
	data, err := readLimited(full, maxSidecar)
	if err == nil {
		r.sum = maphash.Bytes(x.seed, data)
		r.take, err = decodeSidecar(data)
	}
	if r.take.Name == "" {
		r.take.Name = strings.TrimSuffix(filepath.Base(full), sidecar.Suffix)
	}
	switch {
	case errors.Is(err, errNewer):
		r.warning = &sidecar.Warning{Code: WarnNewerSchema, Message: "This take was described by a newer Takebar; some of it may not be shown."}
	case err != nil:
		rel, relErr := filepath.Rel(root, full)
		if relErr != nil {
			rel = full
		}
		sum := sha256.Sum256([]byte(filepath.ToSlash(rel)))
		r.take = sidecar.Take{
			ID:         "unreadable-" + hex.EncodeToString(sum[:6]),
			Name:       strings.TrimSuffix(filepath.Base(full), sidecar.Suffix),
			Status:     sidecar.StatusUnreadable,
			RecordedAt: info.ModTime(),
		}
		r.warning = &sidecar.Warning{
			Code:    WarnSidecarUnreadable,
			Message: fmt.Sprintf("The description %s cannot be read (%v). Nothing was changed; the audio files beside it are as they were.", full, err),
		}
	}
	return r
}

// entry is the record with its places on disk and what is wrong there. Its lists are its own.
func (r *record) entry(full string, trashed bool, view folderView) sidecar.Entry {
	e := sidecar.Entry{Take: cloneTake(r.take), Folder: filepath.Dir(full), Sidecar: full, Trashed: trashed, Paths: []string{}}
	if r.warning != nil {
		e.Warnings = append(e.Warnings, *r.warning)
	}
	for _, f := range e.Files {
		p := filepath.Join(e.Folder, filepath.FromSlash(f.Name))
		e.Paths = append(e.Paths, p)
		if w := r.look(f, p, view); w != nil {
			e.Warnings = append(e.Warnings, *w)
		}
	}
	return e
}

func cloneTake(t sidecar.Take) sidecar.Take {
	t.Tracks, t.Files = filled(t.Tracks), filled(t.Files)
	t.Missing, t.Warnings = filled(t.Missing), filled(t.Warnings)
	for i := range t.Files {
		t.Files[i].Warnings = filled(t.Files[i].Warnings)
	}
	return t
}

// look compares a file with what its sidecar says, without reading it.
func (r *record) look(f sidecar.File, full string, view folderView) *sidecar.Warning {
	var info fs.FileInfo
	var err error
	if e, here := view[f.Name]; here {
		info, err = e.Info()
	} else { // in a folder below, or under a name that the file system spells in another way
		info, err = os.Lstat(full)
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return &sidecar.Warning{Code: WarnFileVanished, Message: fmt.Sprintf("%s is no longer there. “takebar takes rescue” fetches it again from %s.", full, f.OriginalPath)}
	case err != nil:
		return &sidecar.Warning{Code: WarnFileVanished, Message: fmt.Sprintf("%s cannot be looked at (%v).", full, err)}
	case info.Size() != f.Bytes:
		return changedWarning(full)
	case r.take.LandedAt == nil || !info.ModTime().After(r.take.LandedAt.Add(touchSlack)):
		return nil
	}
	if v, known := r.verdicts[f.Name]; known && v.size == info.Size() && v.modified.Equal(info.ModTime()) {
		if v.sum != f.SHA256 {
			return changedWarning(full)
		}
		return nil
	}
	return &sidecar.Warning{Code: WarnFileTouched, Message: fmt.Sprintf("%s was written to after it landed; it may have been changed.", full)}
}

// touchSlack is how much later than the landing a file may seem to have been written: clocks of network drives differ a little.
const touchSlack = 2 * time.Second

func changedWarning(full string) *sidecar.Warning {
	return &sidecar.Warning{Code: WarnFileChanged, Message: full + " was changed after it landed."}
}

// newest sorts takes, the latest recording first.
func newest(takes []shelved) {
	slices.SortFunc(takes, func(a, b shelved) int {
		return cmp.Or(b.take.RecordedAt.Compare(a.take.RecordedAt), cmp.Compare(b.take.Number, a.take.Number), cmp.Compare(b.take.ID, a.take.ID), cmp.Compare(b.full, a.full))
	})
}
