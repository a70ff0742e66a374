package take

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/takebar/takebar/internal/take/sidecar"
)

// landing is one journal on its way.
type landing struct {
	lib      *Library
	j        *journal
	report   func(sidecar.Progress)
	deadline time.Time // for files that Live has not finished

	total, moved int64 // bytes to copy and to read back
	shown        time.Time
	step         string
}

// carry brings a journal as far as it goes. patience is how long to wait for files that are not finished.
func (l *Library) carry(ctx context.Context, j *journal, progress func(sidecar.Progress), patience time.Duration) (sidecar.Entry, error) {
	if progress == nil {
		progress = func(sidecar.Progress) {}
	}
	g := &landing{lib: l, j: j, report: progress, deadline: time.Now().Add(patience)}
	defer l.release(j.ID)
	entry, err := g.run(ctx)
	var own *Error
	if err != nil && errors.As(err, &own) {
		j.Problem = problemOf(err)
		if j.Phase == phaseLanding {
			l.note(j)
		}
		g.tell("", j.Problem.Message)
	}
	return entry, err
}

func (g *landing) run(ctx context.Context) (sidecar.Entry, error) {
	l, j := g.lib, g.j
	j.Problem = nil
	g.chooseDir()
	l.note(j)
	l.opt.Step(StepNoted)
	if err := l.readyDir(j.Dir); err != nil {
		return sidecar.Entry{}, err
	}
	if entry, done, err := g.recover(); done || err != nil {
		return entry, err
	}
	if err := g.settleAll(ctx); err != nil {
		return sidecar.Entry{}, err
	}
	if err := g.plan(ctx); err != nil {
		return sidecar.Entry{}, err
	}
	l.opt.Step(StepPlanned)
	for i := range j.Files {
		f := &j.Files[i]
		if f.State == fileMissing || f.file != nil {
			continue
		}
		if err := g.collect(ctx, f); err != nil {
			return sidecar.Entry{}, err
		}
	}
	return g.finish()
}

// chooseDir follows the user to another takes folder, unless something of the take lies in the old one already.
func (g *landing) chooseDir() {
	l, j := g.lib, g.j
	if j.Dir == l.opt.Dir || j.Phase == phaseIncomplete {
		return
	}
	for _, f := range j.Files {
		if f.State == fileCopied {
			return
		}
	}
	for i := range j.Files {
		f := &j.Files[i]
		if f.State == filePlanned {
			if err := removeIfThere(g.abs(f.Part)); err != nil {
				l.log.Warn("a part stays behind in the former takes folder", "file", g.abs(f.Part), "error", err)
			}
			f.State = fileNew
		}
		f.Name, f.Part = "", ""
	}
	j.Dir, j.Sidecar, j.Take.Number = l.opt.Dir, "", 0
}

func (g *landing) abs(name string) string {
	return filepath.Join(g.j.Dir, filepath.FromSlash(name))
}

// recover brings the journal in line with the disk after a stop at any moment. done says that the take was safe already.
func (g *landing) recover() (entry sidecar.Entry, done bool, err error) {
	l, j := g.lib, g.j
	if done, there := l.landedBefore(j.ID); there {
		return done.entry(), true, l.dropJournal(j.ID)
	}
	if err := g.recoverFiles(); err != nil {
		return entry, false, folderError(j.Dir, err)
	}
	if j.Sidecar == "" {
		return entry, false, nil
	}
	if err := removeIfThere(g.abs(j.Sidecar) + partSuffix); err != nil {
		return entry, false, folderError(j.Dir, err)
	}
	old, err := g.oldSidecar()
	switch {
	case errors.Is(err, fs.ErrNotExist) && j.Phase == phaseIncomplete:
		return g.removedByUser()
	case errors.Is(err, fs.ErrNotExist):
		return entry, false, nil
	case err != nil:
		return entry, false, folderError(j.Dir, err)
	}
	was, err := decodeSidecar(old)
	if err != nil || was.ID != j.ID {
		return entry, false, nil // somebody else's: finish finds another name
	}
	j.Take = was // with notes that the user has made meanwhile
	if j.Phase == phaseLanding {
		// The sidecar is written last: with it in place, all is done but the closing.
		entry, err = g.close()
		return entry, true, err
	}
	return entry, false, nil
}

func (g *landing) recoverFiles() error {
	workshopBusy := false
	for i := range g.j.Files {
		f := &g.j.Files[i]
		switch f.State {
		case filePlanned: // the name still stands
			if err := removeIfThere(g.abs(f.Part)); err != nil {
				return err
			}
			f.State = fileNew
		case fileCopied:
			if err := g.recoverCopied(f); err != nil {
				return err
			}
			workshopBusy = workshopBusy || strings.HasPrefix(f.Part, rescueFolder+"/")
		case fileMissing:
			if !f.Unasked || f.Repair {
				f.State, f.Problem = fileNew, nil
			}
		}
	}
	if workshopBusy {
		return nil
	}
	return os.RemoveAll(g.lib.workshop(g.j))
}

// recoverCopied looks which of part and named file are there.
func (g *landing) recoverCopied(f *journalFile) error {
	part, partErr := os.Lstat(g.abs(f.Part))
	named, namedErr := os.Lstat(g.abs(f.Name))
	for _, err := range []error{partErr, namedErr} {
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	switch {
	case partErr == nil && namedErr == nil && os.SameFile(part, named):
		return os.Remove(g.abs(f.Part)) // stopped between the two halves of a rename by links
	case partErr != nil && namedErr != nil:
		f.State = fileNew // somebody tidied up: once more
	}
	return nil
}

func (g *landing) oldSidecar() ([]byte, error) {
	return readLimited(g.abs(g.j.Sidecar), maxSidecar)
}

// removedByUser closes the journal of an incomplete take whose sidecar is gone: nobody wants it any more.
func (g *landing) removedByUser() (sidecar.Entry, bool, error) {
	r := record{take: g.j.Take}
	entry := r.entry(g.abs(g.j.Sidecar), false, nil)
	entry.Warnings = append(entry.Warnings, goneWarning())
	return entry, true, g.lib.dropJournal(g.j.ID)
}

// settleAll takes the first look at every file that is to be copied. Those that cannot be are given up for now, with a reason.
func (g *landing) settleAll(ctx context.Context) error {
	for i := range g.j.Files {
		f := &g.j.Files[i]
		if f.State != fileNew {
			continue
		}
		g.tell("waiting", "Waiting for Live to finish the file of "+f.Track+".")
		if err := g.settle(ctx, f); err != nil {
			return err
		}
		if f.look.stat != nil {
			g.total += 2 * f.look.stat.Size()
		}
	}
	return nil
}

func (g *landing) settle(ctx context.Context, f *journalFile) error {
	var err error
	if f.Source == "" {
		err = g.lib.nowhere(ctx, g.j, f)
	} else {
		f.look, err = g.lib.settle(ctx, f, g.deadline)
	}
	return g.giveUp(ctx, f, err)
}

// giveUp notes why a file cannot be collected. Only the end of ctx goes on as an error.
func (g *landing) giveUp(ctx context.Context, f *journalFile, err error) error {
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return fmt.Errorf("land the take: %w", ctx.Err())
	}
	f.State, f.Problem, f.look = fileMissing, problemOf(err), look{}
	g.lib.log.Warn("a file of a take cannot be collected", "take", g.j.ID, "file", f.Source, "error", err)
	return nil
}

// workshop is the folder for repaired copies on their way.
func (l *Library) workshop(j *journal) string {
	return filepath.Join(j.Dir, rescueFolder, idFileName(j.ID))
}

const rescueFolder = ".rescue"

// tell reports progress, at most ten times a second within one step.
func (g *landing) tell(step, message string) {
	now := time.Now()
	if step == "" {
		step = g.step
	} else if step == g.step && now.Sub(g.shown) < 100*time.Millisecond && message == "" {
		return
	}
	g.step, g.shown = step, now
	p := sidecar.Progress{TakeID: g.j.ID, Name: cmp.Or(g.j.Take.Name, g.j.Wish, "Take"), Step: step, Message: message}
	if g.total > 0 {
		p.Done = min(1, float64(g.moved)/float64(g.total))
	}
	if g.j.Problem != nil {
		p.Problem = g.j.Problem.Message
	}
	g.report(p)
}

func (g *landing) advance(bytes int64) {
	g.moved += bytes
	g.tell(g.step, "")
}
