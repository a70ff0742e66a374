package take

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/takebar/takebar/internal/take/sidecar"
)

const (
	trashFolder = ".trash"     // in the takes folder, so that moving there is a rename
	trashNote   = "trash.json" // in each take's folder there
)

// trashRecord is the journal of a move to or from the trash. It lies in the take's own folder of the trash and is written before
// anything moves, so that the move can be finished after a stop at any moment.
type trashRecord struct {
	Version   int        `json:"version"`
	ID        string     `json:"id"`
	State     trashState `json:"state"`
	TrashedAt time.Time  `json:"trashed_at"`
	Folder    string     `json:"folder"`  // of the sidecar, below the takes folder, with "/"
	Sidecar   string     `json:"sidecar"` // its name
	Files     []string   `json:"files"`   // names as in the sidecar, below Folder
	Back      []string   `json:"back"`    // while restoring: the names that the files get
	BackName  string     `json:"back_name"`
}

type trashState string

const (
	trashMoving    trashState = "moving"
	trashRests     trashState = "trashed"
	trashRestoring trashState = "restoring"
)

// check refuses a record that leads out of the takes folder.
func (t *trashRecord) check() error {
	if t.Version != journalVersion {
		return fmt.Errorf("version %d is not known", t.Version)
	}
	if t.State == trashRestoring && len(t.Back) != len(t.Files) {
		return errors.New("it has not a name for each file")
	}
	for _, name := range slices.Concat(t.Files, t.Back, []string{t.Sidecar, t.BackName}) {
		if name != "" && !safeName(name) {
			return fmt.Errorf("it leads out of its folder: %q", name)
		}
	}
	if t.Folder != "" && !safeName(t.Folder) {
		return fmt.Errorf("it leads out of the takes folder: %q", t.Folder)
	}
	return nil
}

// Trash moves a take with its files into the trash of the takes folder, from where Restore brings it back. A take that is not in the
// library yet, because its files are missing, is no longer reminded of. Errors: those of Get, CodeBusy, CodeSidecarUnreadable.
func (l *Library) Trash(ctx context.Context, ref string) (sidecar.Entry, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	found, err := l.findIn(ctx, ref, false)
	if err != nil {
		return sidecar.Entry{}, err
	}
	if found == nil {
		return l.forgetTake(ref, true)
	}
	e := found.entry()
	if l.flying(e.ID) {
		return sidecar.Entry{}, busyError(e)
	}
	data, err := readLimited(e.Sidecar, maxSidecar)
	if err != nil {
		return sidecar.Entry{}, deedError(l.opt.Dir, err)
	}
	if err := readable(e, data); err != nil {
		return sidecar.Entry{}, err
	}
	room, rec, err := l.newTrash(e)
	if err != nil {
		return sidecar.Entry{}, deedError(l.opt.Dir, err)
	}
	if err := l.moveToTrash(room, rec); err != nil {
		return sidecar.Entry{}, deedError(l.opt.Dir, err)
	}
	if j, err := l.load(e.ID); err == nil && j.Phase == phaseIncomplete {
		j.Forgotten = true
		l.note(j)
	}
	return l.entryAt(filepath.Join(room, rec.Sidecar), true)
}

// forgetTake switches the reminders of a take that is not in the library off or on.
func (l *Library) forgetTake(ref string, forgotten bool) (sidecar.Entry, error) {
	j := l.waiting(ref)
	if j == nil || l.flying(j.ID) {
		return sidecar.Entry{}, notFound(ref)
	}
	j.Forgotten = forgotten
	if err := l.save(j); err != nil {
		return sidecar.Entry{}, err
	}
	t := cloneTake(j.Take)
	if j.Live != nil && t.ID == "" {
		t = l.newJournal(*j.Live, linkUnknown(), nil).Take
	}
	t.Status = sidecar.StatusMissing
	return sidecar.Entry{Take: t, Folder: j.Dir, Paths: []string{}, Trashed: forgotten}, nil
}

// newTrash makes a folder in the trash and notes in it what is to move there.
func (l *Library) newTrash(e sidecar.Entry) (room string, rec *trashRecord, err error) {
	folder, err := filepath.Rel(l.opt.Dir, e.Folder)
	if err != nil {
		return "", nil, err
	}
	rec = &trashRecord{
		Version: journalVersion, ID: e.ID, State: trashMoving, TrashedAt: l.now(),
		Folder: strings.TrimPrefix(filepath.ToSlash(folder), "."), Sidecar: filepath.Base(e.Sidecar), Files: []string{}, Back: []string{},
	}
	for _, f := range e.Files {
		rec.Files = append(rec.Files, f.Name)
	}
	trash := filepath.Join(l.opt.Dir, trashFolder)
	if err := makeDirs(trash); err != nil {
		return "", nil, err
	}
	base := cleanComponent(cutText(e.ID, maxComponent))
	for n := 1; ; n++ {
		room = filepath.Join(trash, base)
		if n > 1 {
			room = filepath.Join(trash, fmt.Sprintf("%s (%d)", base, n))
		}
		err := os.Mkdir(room, 0o755)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err != nil {
			return "", nil, err
		}
		return room, rec, writeRecord(filepath.Join(room, trashNote), rec)
	}
}

// moveToTrash carries out what the record says; doing it again after a stop does the rest. The sidecar goes last: until then the take is in the
// library.
func (l *Library) moveToTrash(room string, rec *trashRecord) error {
	from := filepath.Join(l.opt.Dir, filepath.FromSlash(rec.Folder))
	for _, name := range append(slices.Clone(rec.Files), rec.Sidecar) {
		source, target := filepath.Join(from, filepath.FromSlash(name)), filepath.Join(room, filepath.FromSlash(name))
		if err := makeDirs(filepath.Dir(target)); err != nil {
			return err
		}
		err := moveNew(source, target)
		if err != nil && !errors.Is(err, fs.ErrNotExist) { // vanished before, or moved before the stop
			return err
		}
	}
	if err := syncDir(room); err != nil {
		return err
	}
	if err := syncDir(from); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	rec.State = trashRests
	if err := writeRecord(filepath.Join(room, trashNote), rec); err != nil {
		return err
	}
	for _, name := range rec.Files {
		l.tidyFolders(path.Join(rec.Folder, path.Dir(name)))
	}
	l.tidyFolders(rec.Folder)
	return nil
}

// tidyFolders removes folders that a take leaves empty, up to the takes folder itself.
func (l *Library) tidyFolders(folder string) {
	for folder != "" && folder != "." {
		if os.Remove(filepath.Join(l.opt.Dir, filepath.FromSlash(folder))) != nil {
			return // not empty
		}
		folder = path.Dir(folder)
	}
}

// Restore brings a take back from the trash, to the folder where it was. It never overwrites: where a name is taken meanwhile, the
// file gets the next free one. "last" is the one that was put there last. Errors: those of Get, CodeExists for a take that is not in the trash.
func (l *Library) Restore(ctx context.Context, ref string) (sidecar.Entry, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	found, err := l.findIn(ctx, ref, true)
	if err != nil {
		return sidecar.Entry{}, err
	}
	if found == nil {
		there, err := l.findIn(ctx, ref, false)
		if err == nil && there != nil {
			return sidecar.Entry{}, failf(CodeExists, "", nil, "The take “%s” is not in the trash.", there.take.Name)
		}
		return l.forgetTake(ref, false)
	}
	room := filepath.Dir(found.full)
	rec, err := readTrash(room)
	if err != nil {
		return sidecar.Entry{}, failf(CodeSidecarUnreadable, "Move the files in that folder back by hand.", err, "The note of the trash in %s cannot be read: %v.", room, err)
	}
	full, err := l.moveBack(room, rec)
	if err != nil {
		return sidecar.Entry{}, deedError(l.opt.Dir, err)
	}
	if j, err := l.load(rec.ID); err == nil && j.Forgotten {
		j.Forgotten, j.Sidecar = false, path.Join(rec.Folder, filepath.Base(full))
		l.note(j)
	}
	return l.entryAt(full, false)
}

func lastTrashedFirst(takes []shelved) {
	at := map[string]time.Time{}
	for _, s := range takes {
		if rec, err := readTrash(filepath.Dir(s.full)); err == nil {
			at[s.full] = rec.TrashedAt
		}
	}
	slices.SortStableFunc(takes, func(a, b shelved) int { return at[b.full].Compare(at[a.full]) })
}

func readTrash(room string) (*trashRecord, error) {
	var rec trashRecord
	if err := readRecord(filepath.Join(room, trashNote), &rec); err != nil {
		return nil, err
	}
	return &rec, rec.check()
}

// moveBack carries out a restore, or the rest of one after a stop. It answers with the path of the sidecar.
func (l *Library) moveBack(room string, rec *trashRecord) (string, error) {
	dir := newDirLook(l.opt.Dir)
	folder, err := dir.ready(rec.Folder)
	if err != nil {
		return "", err
	}
	if rec.State != trashRestoring || rec.Folder != folder {
		rec.State, rec.Folder = trashRestoring, folder
		if err := l.chooseBack(dir, room, rec); err != nil {
			return "", err
		}
	}
	to := filepath.Join(l.opt.Dir, filepath.FromSlash(folder))
	for i, name := range rec.Files {
		if err := l.moveOneBack(room, rec, i, filepath.Join(room, filepath.FromSlash(name)), to); err != nil {
			return "", err
		}
	}
	full, err := l.sidecarBack(room, rec, to)
	if err != nil {
		return "", err
	}
	if err := syncDir(to); err != nil {
		return "", err
	}
	return full, os.RemoveAll(room)
}

// chooseBack finds free names and notes them.
func (l *Library) chooseBack(dir *dirLook, room string, rec *trashRecord) error {
	rec.Back = rec.Back[:0]
	for n := 1; ; n++ {
		free := l.free(dir, path.Join(rec.Folder, numbered(rec.Sidecar, sidecar.Suffix, n)), rec.ID)
		var back []string
		for _, name := range rec.Files {
			name = numbered(name, path.Ext(name), n)
			free = free && l.free(dir, path.Join(rec.Folder, name), rec.ID)
			back = append(back, name)
		}
		if dir.err != nil {
			return dir.err
		}
		if free {
			rec.Back, rec.BackName = back, numbered(rec.Sidecar, sidecar.Suffix, n)
			return writeRecord(filepath.Join(room, trashNote), rec)
		}
	}
}

// numbered puts " (2)" before the extension; nothing for 1.
func numbered(name, ext string, n int) string {
	if n == 1 {
		return name
	}
	return fmt.Sprintf("%s (%d)%s", strings.TrimSuffix(name, ext), n, ext)
}

func (l *Library) moveOneBack(room string, rec *trashRecord, i int, source, to string) error {
	for {
		target := filepath.Join(to, filepath.FromSlash(rec.Back[i]))
		if err := makeDirs(filepath.Dir(target)); err != nil {
			return err
		}
		err := moveNew(source, target)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil // vanished, or moved before the stop
		case !errors.Is(err, fs.ErrExist):
			return err
		}
		dir := newDirLook(l.opt.Dir)
		for n := 2; !l.free(dir, path.Join(rec.Folder, rec.Back[i]), rec.ID) && dir.err == nil; n++ {
			rec.Back[i] = numbered(rec.Files[i], path.Ext(rec.Files[i]), n)
		}
		if err := errors.Join(dir.err, writeRecord(filepath.Join(room, trashNote), rec)); err != nil {
			return err
		}
	}
}

// sidecarBack puts the sidecar into the library, with the names that the files have now. The one in the trash goes
// with its folder.
func (l *Library) sidecarBack(room string, rec *trashRecord, to string) (string, error) {
	target := filepath.Join(to, rec.BackName)
	old, err := readLimited(filepath.Join(room, rec.Sidecar), maxSidecar)
	if err != nil {
		return "", err
	}
	t, err := decodeSidecar(old)
	if err != nil && !errors.Is(err, errNewer) {
		return "", err
	}
	for i := range t.Files {
		if at := slices.Index(rec.Files, t.Files[i].Name); at >= 0 {
			t.Files[i].Name = rec.Back[at]
		}
	}
	data, err := encodeSidecar(t, old)
	if err != nil {
		return "", err
	}
	for n := 2; ; n++ {
		l.index.forget(target)
		err := writeNew(target, data, func() {})
		if !errors.Is(err, fs.ErrExist) {
			return target, err
		}
		there, readErr := readLimited(target, maxSidecar)
		if was, decodeErr := decodeSidecar(there); readErr == nil && (decodeErr == nil || errors.Is(decodeErr, errNewer)) && was.ID == t.ID {
			return target, nil // placed before the stop
		}
		target = filepath.Join(to, numbered(rec.Sidecar, sidecar.Suffix, n))
	}
}

// recoverTrash finishes moves that were stopped, and says which cannot be.
func (l *Library) recoverTrash(ctx context.Context) (problems []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	trash := filepath.Join(l.opt.Dir, trashFolder)
	rooms, err := os.ReadDir(trash)
	if err != nil {
		return nil // nothing was ever trashed, or the takes folder is away; that is told elsewhere
	}
	for _, e := range rooms {
		if ctx.Err() != nil {
			return problems
		}
		room := filepath.Join(trash, e.Name())
		rec, err := readTrash(room)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			_ = os.Remove(filepath.Join(room, trashNote+partSuffix)) // stopped before anything moved
			_ = os.Remove(room)                                      // only if it is empty
			continue
		case err != nil:
			problems = append(problems, fmt.Sprintf("The note of the trash in %s cannot be read (%v). The files in it were left alone.", room, err))
			continue
		case rec.State == trashMoving:
			err = l.moveToTrash(room, rec)
		case rec.State == trashRestoring:
			_, err = l.moveBack(room, rec)
		}
		if err != nil {
			problems = append(problems, fmt.Sprintf("A take could not be moved to or from the trash, %s: %v.", room, err))
		}
	}
	return problems
}

// entryAt reads one sidecar. Callers hold l.mu.
func (l *Library) entryAt(full string, trashed bool) (sidecar.Entry, error) {
	info, err := os.Stat(full)
	if err != nil {
		return sidecar.Entry{}, deedError(l.opt.Dir, err)
	}
	return l.index.read(full, l.opt.Dir, info).entry(full, trashed, nil), nil
}
