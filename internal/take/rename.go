package take

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"unicode/utf8"

	"github.com/takebar/takebar/internal/take/sidecar"
)

// The moments of a rename that Options.Step is called at, beside those of a landing.
const (
	StepRenameNoted          = "rename_noted"           // the note of what is to move is safe
	StepRenameFileMoved      = "rename_file_moved"      // one more file has its new name
	StepRenameSidecarWritten = "rename_sidecar_written" // the sidecar tells the new names, under its old one
	StepRenameSidecarMoved   = "rename_sidecar_moved"   // the sidecar has its new name
	StepRenameClosed         = "rename_closed"          // the note is gone
)

// RenameSteps lists the names that Options.Step is called with, in the order in which a rename passes them.
func RenameSteps() []string {
	return []string{StepRenameNoted, StepRenameFileMoved, StepRenameSidecarWritten, StepRenameSidecarMoved, StepRenameClosed}
}

const (
	renameFolder = ".rename" // in the takes folder, so that the folder can be finished on another machine
	formerKey    = "former_names"
	formerMost   = 20
)

// renameRecord is the journal of a rename. It is written before anything moves, so that the rename can be finished after a stop at any moment. Turned
// around it takes everything back.
type renameRecord struct {
	Version int         `json:"version"`
	ID      string      `json:"id"`
	Folder  string      `json:"folder"` // of the sidecar, below the takes folder, with "/"
	From    renameState `json:"from"`
	To      renameState `json:"to"`
}

// renameState is what a take and its files are called. Former are the names from before, newest last.
type renameState struct {
	formerName
	Former []formerName `json:"former"`
}

// formerName is what a take was called once.
type formerName struct {
	Name    string   `json:"name"`
	Sidecar string   `json:"sidecar"` // of the file, without folder
	Files   []string `json:"files"`   // as in the sidecar
}

func (n formerName) check() error {
	for _, name := range append([]string{n.Sidecar}, n.Files...) {
		if !safeName(name) {
			return fmt.Errorf("it leads out of its folder: %q", name)
		}
	}
	if !strings.HasSuffix(n.Sidecar, sidecar.Suffix) {
		return fmt.Errorf("%q is no name of a sidecar", n.Sidecar)
	}
	return nil
}

// check refuses a record that leads out of the takes folder.
func (r *renameRecord) check() error {
	if r.Version != journalVersion {
		return fmt.Errorf("version %d is not known", r.Version)
	}
	if r.Folder != "" && !safeName(r.Folder) {
		return fmt.Errorf("it leads out of the takes folder: %q", r.Folder)
	}
	if len(r.From.Files) != len(r.To.Files) {
		return errors.New("it has not a name for each file")
	}
	return errors.Join(r.From.check(), r.To.check())
}

func (r *renameRecord) reversed() *renameRecord {
	back := *r
	back.From, back.To = r.To, r.From
	return &back
}

// Rename gives a take another name, and with it its files and its sidecar: they are called as if it had landed under that name. A name that the take
// had before brings the names back that its files had then. Nothing is overwritten: where a name is taken, the take gets the next free
// one. A file that cannot be moved, such as one that another program holds, leaves everything as it was. Errors: CodeBadName, CodeTrashed,
// CodeBusy, CodeSidecarUnreadable, those of Get and of the takes folder.
func (l *Library) Rename(ctx context.Context, ref, name string) (sidecar.Entry, error) {
	if err := checkName(name); err != nil {
		return sidecar.Entry{}, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	found, err := l.findIn(ctx, ref, false)
	if err != nil {
		return sidecar.Entry{}, err
	}
	if found == nil {
		if trashed, err := l.findIn(ctx, ref, true); err == nil && trashed != nil && ref != "last" {
			return sidecar.Entry{}, failf(CodeTrashed, "Restore it first.", nil, "The take “%s” is in the trash.", trashed.take.Name)
		}
		return sidecar.Entry{}, notFound(ref)
	}
	e := found.entry()
	release, alone := l.keepOff(e.ID)
	if !alone {
		return sidecar.Entry{}, busyError(e)
	}
	defer release()
	old, err := readLimited(e.Sidecar, maxSidecar)
	if err != nil {
		return sidecar.Entry{}, deedError(l.opt.Dir, err)
	}
	if err := readable(e, old); err != nil {
		return sidecar.Entry{}, err
	}
	if name == e.Name {
		return e, nil
	}
	rec, err := l.planRename(e, old, name)
	if err != nil {
		return sidecar.Entry{}, deedError(l.opt.Dir, err)
	}
	note := l.renamePath(e.ID)
	if there, err := exists(note); there || err != nil {
		return sidecar.Entry{}, errors.Join(busyError(e), err) // one that cannot be finished
	}
	full, err := l.beginRename(note, rec)
	if err != nil {
		return sidecar.Entry{}, renameError(l.opt.Dir, e, err)
	}
	return l.entryAt(full, false)
}

// checkName refuses names that nothing would be left of in the name of a file, or too much.
func checkName(name string) error {
	clean := cleanComponent(name)
	switch {
	case !utf8.ValidString(name):
		return failf(CodeBadName, "Type it anew.", nil, "This name is not readable text.")
	case strings.TrimSpace(name) == "":
		return failf(CodeBadName, "Give it a word or two.", nil, "A take needs a name.")
	case clean == "_" && !strings.ContainsRune(name, '_'):
		return failf(CodeBadName, "Use a letter or a number.", nil, "No file can be called “%s”.", strings.TrimSpace(name))
	case len(clean) > maxComponent:
		return failf(CodeBadName, "Shorten it, and put the rest into the note.", nil, "This name is too long for a file.")
	}
	return nil
}

// keepOff has landings of the take wait until release is called; false: there is one under way.
func (l *Library) keepOff(id string) (release func(), ok bool) {
	f := &flight{done: make(chan struct{}), err: context.Canceled} // those who wait begin their own deed then
	if l.takeOff(id, f) != nil {
		return nil, false
	}
	return func() {
		l.flightMu.Lock()
		delete(l.flights, id)
		l.flightMu.Unlock()
		close(f.done)
	}, true
}

func renameError(dir string, e sidecar.Entry, err error) error {
	var own *Error
	switch {
	case errors.As(err, &own):
		return err
	case isDiskFull(err):
		return failf(CodeDiskFull, "Free some space there, then try again.", err, "The take “%s” was not renamed: the disk of the takes folder %s is full.", e.Name, dir)
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS), isHeld(err):
		return failf(CodeTakesFolderReadonly, "Close the program that has one of its files open, or allow writing there, then try again.", err,
			"The take “%s” was not renamed: its files cannot be moved.", e.Name)
	default:
		return deedError(dir, err)
	}
}

func (l *Library) renamePath(id string) string {
	return filepath.Join(l.opt.Dir, renameFolder, cleanComponent(cutText(idFileName(id), maxComponent))+journalSuffix)
}

// planRename finds free names for a take and its files. Callers hold l.mu.
func (l *Library) planRename(e sidecar.Entry, old []byte, name string) (*renameRecord, error) {
	folder, err := filepath.Rel(l.opt.Dir, e.Folder)
	if err != nil {
		return nil, err
	}
	from := renameState{formerName: formerName{Name: e.Name, Sidecar: filepath.Base(e.Sidecar), Files: []string{}}, Former: formerNames(old)}
	for _, f := range e.Files {
		from.Files = append(from.Files, f.Name)
	}
	rec := &renameRecord{Version: journalVersion, ID: e.ID, From: from, Folder: strings.TrimPrefix(filepath.ToSlash(folder), ".")}
	dir := newDirLook(l.opt.Dir)
	wanted, known := formerly(from.Former, name, len(from.Files))
	if !known || !l.freeFor(dir, rec, wanted) {
		base := l.derive(e, rec.Folder, name)
		for n := 1; ; n++ {
			if wanted = base.numbered(n); l.freeFor(dir, rec, wanted) {
				break
			}
			if dir.err != nil {
				return nil, dir.err
			}
		}
	}
	rec.To = renameState{formerName: wanted}
	for _, f := range append(slices.Clone(from.Former), from.formerName) {
		if f.Name != wanted.Name {
			rec.To.Former = append(rec.To.Former, f)
		}
	}
	rec.To.Former = rec.To.Former[max(0, len(rec.To.Former)-formerMost):]
	return rec, dir.err
}

// formerNames reads what the take was called before. What cannot be used is left out.
func formerNames(data []byte) []formerName {
	var has struct {
		Former []formerName `json:"former_names"`
	}
	if json.Unmarshal(trimMark(data), &has) != nil {
		return nil
	}
	return slices.DeleteFunc(has.Former, func(n formerName) bool { return n.check() != nil })
}

func formerly(former []formerName, name string, files int) (formerName, bool) {
	for _, f := range slices.Backward(former) {
		if f.Name == name && len(f.Files) == files {
			return f, true
		}
	}
	return formerName{}, false
}

// derive gives the names that a landing would give to a take of that name. The folders stay as they are.
func (l *Library) derive(e sidecar.Entry, folder, name string) formerName {
	r := nameRequest{
		set: e.Set.Name, tempo: e.Tempo, number: e.Number, at: e.RecordedAt.In(l.now().Location()), wish: name,
		room: max(2*minComponent, maxPath-len(l.opt.Dir)-1-suffixRoom-len(folder)-1),
	}
	for _, f := range e.Files {
		r.tracks = append(r.tracks, f.Track)
	}
	takeStem, stems := template{{{field: fieldWish}}}.names(r)
	out := formerName{Name: takeStem.name, Sidecar: takeStem.name + sidecar.Suffix, Files: []string{}}
	for i, f := range e.Files {
		out.Files = append(out.Files, path.Join(path.Dir(f.Name), stems[i].name+path.Ext(f.Name)))
	}
	return out
}

// numbered is the same with " (2)" in all names.
func (n formerName) numbered(count int) formerName {
	out := formerName{Name: numbered(n.Name, "", count), Sidecar: numbered(n.Sidecar, sidecar.Suffix, count), Files: []string{}}
	for _, f := range n.Files {
		out.Files = append(out.Files, numbered(f, path.Ext(f), count))
	}
	return out
}

// freeFor says that the take can have these names: each is free, or that of the same file in another spelling.
func (l *Library) freeFor(dir *dirLook, rec *renameRecord, wanted formerName) bool {
	free := func(from, to string) bool {
		return nameKey(from) == nameKey(to) || l.free(dir, path.Join(rec.Folder, to), rec.ID)
	}
	for i := range wanted.Files {
		if !free(rec.From.Files[i], wanted.Files[i]) {
			return false
		}
	}
	return free(rec.From.Sidecar, wanted.Sidecar) && dir.err == nil
}

// beginRename notes a rename and carries it out, or takes it back where it cannot be. It answers with the path of the sidecar.
func (l *Library) beginRename(note string, rec *renameRecord) (string, error) {
	if err := makeDirs(filepath.Dir(note)); err != nil {
		return "", err
	}
	if err := writeRecord(note, rec); err != nil {
		return "", err
	}
	l.opt.Step(StepRenameNoted)
	full, err := l.carryRename(note, rec)
	if err == nil {
		return full, nil
	}
	back := rec.reversed()
	if err := writeRecord(note, back); err != nil {
		l.log.Warn("a rename cannot be noted as taken back", "take", rec.ID, "error", err)
	}
	if _, backErr := l.carryRename(note, back); backErr != nil {
		l.log.Error("a rename can neither be finished nor taken back now; it is tried again", "take", rec.ID, "error", backErr)
	}
	return "", err
}

// carryRename does what the record says; doing it again after a stop does the rest. The sidecar goes last, in two steps that each leave it whole: first it
// tells the new names, then it gets its own.
func (l *Library) carryRename(note string, rec *renameRecord) (string, error) {
	at := func(name string) string {
		return filepath.Join(l.opt.Dir, filepath.FromSlash(rec.Folder), filepath.FromSlash(name))
	}
	folders := map[string]bool{at(""): true}
	for i, name := range rec.From.Files {
		err := l.moveRenamed(note, rec, at(name), &rec.To.Files[i])
		if err != nil && !errors.Is(err, fs.ErrNotExist) { // vanished before, or moved before the stop
			return "", err
		}
		folders[filepath.Dir(at(name))] = true
		l.opt.Step(StepRenameFileMoved)
	}
	for folder := range folders {
		if err := syncDir(folder); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return "", err
		}
	}
	now := at(rec.From.Sidecar)
	if there, err := exists(now); err != nil {
		return "", err
	} else if !there {
		now = at(rec.To.Sidecar) // moved before the stop
	}
	l.index.forget(at(rec.From.Sidecar))
	if err := rewriteNames(now, rec); err != nil {
		return "", err
	}
	l.opt.Step(StepRenameSidecarWritten)
	if now != at(rec.To.Sidecar) {
		if err := l.moveRenamed(note, rec, now, &rec.To.Sidecar); err != nil {
			return "", err
		}
	}
	l.index.forget(at(rec.To.Sidecar))
	if err := syncDir(filepath.Dir(now)); err != nil {
		return "", err
	}
	l.opt.Step(StepRenameSidecarMoved)
	return at(rec.To.Sidecar), l.closeRename(note, rec)
}

// moveRenamed gives a file the name *to beside it, or the next free one if somebody took it meanwhile.
func (l *Library) moveRenamed(note string, rec *renameRecord, source string, to *string) error {
	wanted := *to
	ext := path.Ext(wanted)
	if strings.HasSuffix(wanted, sidecar.Suffix) {
		ext = sidecar.Suffix
	}
	for n := 2; ; n++ {
		err := moveSpelled(source, filepath.Join(l.opt.Dir, filepath.FromSlash(rec.Folder), filepath.FromSlash(*to)))
		if !errors.Is(err, fs.ErrExist) {
			return err
		}
		dir := newDirLook(l.opt.Dir)
		for ; ; n++ {
			*to = numbered(wanted, ext, n)
			if l.free(dir, path.Join(rec.Folder, *to), rec.ID) || dir.err != nil {
				break
			}
		}
		if err := errors.Join(dir.err, writeRecord(note, rec)); err != nil {
			return err
		}
	}
}

// moveSpelled is moveNew that can also change nothing but the spelling ("riff" to "Riff") where the file system takes both for the same, and that finishes a
// move by links.
func moveSpelled(source, target string) error {
	if source == target {
		return nil
	}
	err := moveNew(source, target)
	if !errors.Is(err, fs.ErrExist) {
		return err
	}
	a, aErr := os.Lstat(source)
	b, bErr := os.Lstat(target)
	if aErr != nil || bErr != nil || !os.SameFile(a, b) {
		return errors.Join(err, aErr)
	}
	both, listErr := listed(source, target)
	switch {
	case listErr != nil:
		return listErr
	case both:
		return os.Remove(source) // one file under two names
	default:
		return os.Rename(source, target) // one file, one name
	}
}

// listed says that both paths are entries of their folders, spelled just so.
func listed(paths ...string) (bool, error) {
	for _, p := range paths {
		entries, err := os.ReadDir(filepath.Dir(p))
		if err != nil {
			return false, err
		}
		if !slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return e.Name() == filepath.Base(p) }) {
			return false, nil
		}
	}
	return true, nil
}

// rewriteNames makes the sidecar tell the names of the record. Everything else in it stays.
func rewriteNames(full string, rec *renameRecord) error {
	old, err := readLimited(full, maxSidecar)
	if err != nil {
		return err
	}
	t, err := decodeSidecar(old)
	if err != nil && !errors.Is(err, errNewer) {
		return err
	}
	if t.ID != rec.ID {
		return fmt.Errorf("%s is now that of another take", full)
	}
	t.Name = rec.To.Name
	for i := range t.Files {
		if k := slices.Index(rec.From.Files, t.Files[i].Name); k >= 0 {
			t.Files[i].Name = rec.To.Files[k]
		}
	}
	data, err := encodeSidecar(t, old)
	if err != nil {
		return err
	}
	var former json.RawMessage // nil: none
	if len(rec.To.Former) > 0 {
		if former, err = plainJSON(rec.To.Former); err != nil {
			return err
		}
	}
	if data, err = setMembers(data, []member{{key: formerKey, value: former}}); err != nil {
		return err
	}
	if string(data) == string(old) {
		return nil
	}
	return writeOver(full, data)
}

// closeRename tells the journal of a take with missing files where its sidecar is now, and forgets the record.
func (l *Library) closeRename(note string, rec *renameRecord) error {
	if j, err := l.load(rec.ID); err == nil && j.Phase == phaseIncomplete && j.Dir == l.opt.Dir && j.Sidecar == path.Join(rec.Folder, rec.From.Sidecar) {
		j.Sidecar, j.Take.Name = path.Join(rec.Folder, rec.To.Sidecar), rec.To.Name
		if err := l.save(j); err != nil {
			return err
		}
	}
	if err := removeIfThere(note); err != nil {
		return err
	}
	_ = os.Remove(filepath.Dir(note)) // only if it is empty
	l.opt.Step(StepRenameClosed)
	return nil
}

// abandoned says that the take is gone from where it was and from where it was to be: somebody has moved or removed it after the stop.
func (l *Library) abandoned(rec *renameRecord) bool {
	for _, name := range []string{rec.From.Sidecar, rec.To.Sidecar} {
		there, err := exists(filepath.Join(l.opt.Dir, filepath.FromSlash(rec.Folder), name))
		if there || err != nil {
			return false
		}
	}
	return true
}

// recoverRenames finishes renames that were stopped, and says which cannot be. Callers hold l.mu.
func (l *Library) recoverRenames() (problems []string) {
	folder := filepath.Join(l.opt.Dir, renameFolder)
	notes, err := os.ReadDir(folder)
	if err != nil {
		return nil // there is none, or the takes folder is away; that is told elsewhere
	}
	for _, e := range notes {
		note := filepath.Join(folder, e.Name())
		if !strings.HasSuffix(note, journalSuffix) {
			_ = removeIfThere(note) // half of a note: nothing has moved
			continue
		}
		var rec renameRecord
		err := readRecord(note, &rec)
		if err == nil {
			err = rec.check()
		}
		if err != nil {
			problems = append(problems, fmt.Sprintf("The note of a rename in %s cannot be read (%v). The files of that take were left alone.", note, err))
			continue
		}
		if l.abandoned(&rec) {
			_ = removeIfThere(note) // the next look tries again
			continue
		}
		if _, err := l.carryRename(note, &rec); err != nil {
			problems = append(problems, fmt.Sprintf("The take “%s” could not be renamed to “%s” completely: %v.", rec.From.Name, rec.To.Name, err))
		}
	}
	_ = os.Remove(folder) // only if it is empty
	return problems
}
