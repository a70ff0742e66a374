package take

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/takebar/takebar/internal/take/sidecar"
)

// Resume finishes what an earlier run of the program began: landings, renames, moves to and from the trash, files that were missing.
// problems are sentences about what is still missing, and about takes that recorded when the program was last there. The error
// says that ctx ended, or that the journal folder cannot be read. Call it once at the start, before takes land.
func (l *Library) Resume(ctx context.Context, progress func(sidecar.Progress)) (landed []sidecar.Entry, problems []string, err error) {
	all, problems, err := l.journals()
	if err != nil {
		return nil, nil, err
	}
	l.mu.Lock()
	problems = append(problems, l.recoverRenames()...)
	l.mu.Unlock()
	problems = append(problems, l.recoverTrash(ctx)...)
	if err := l.sweep(ctx); err != nil {
		return nil, problems, err
	}
	for _, j := range all {
		if j.Forgotten {
			if l.now().Sub(j.UpdatedAt) > keepDone {
				err = l.dropJournal(j.ID)
			}
			if err != nil {
				return landed, problems, err
			}
			continue
		}
		var entry *sidecar.Entry
		var problem string
		if j.Phase == phaseExpected || j.Phase == phaseLost {
			problem, err = l.remind(ctx, j)
		} else {
			entry, problem, err = l.resume(ctx, j, progress)
		}
		if err != nil {
			return landed, problems, err
		}
		if entry != nil {
			landed = append(landed, *entry)
		}
		if problem != "" {
			problems = append(problems, problem)
		}
	}
	return landed, problems, l.pruneDone()
}

// sweep removes sidecars that were never completed: half of a note that was being written when the program stopped.
func (l *Library) sweep(ctx context.Context) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	var halves []string
	s := scanner{index: l.index, root: l.opt.Dir, seen: map[string]bool{}, half: func(path string) { halves = append(halves, path) }}
	if err := s.folder(ctx, l.opt.Dir, 0); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return folderError(l.opt.Dir, err)
	}
	for _, path := range halves {
		if err := removeIfThere(path); err != nil {
			l.log.Warn("half a sidecar stays behind", "file", path, "error", err)
		}
	}
	return nil
}

// resume carries one landing on. The entry is nil where nothing new has landed.
func (l *Library) resume(ctx context.Context, j *journal, progress func(sidecar.Progress)) (*sidecar.Entry, string, error) {
	missing := len(j.Take.Missing)
	first := j.Phase == phaseLanding
	patience := l.opt.GiveUp
	if j.Problem != nil {
		patience = 0 // it was waited for once; two looks must do
	}
	entry, err := l.fly(ctx, j.ID, func() (sidecar.Entry, error) {
		now, err := l.load(j.ID)
		if errors.Is(err, fs.ErrNotExist) {
			return sidecar.Entry{}, nil // somebody else has finished it meanwhile
		}
		if err != nil {
			return sidecar.Entry{}, err
		}
		return l.carry(ctx, now, progress, patience)
	})
	if ctx.Err() != nil {
		return nil, "", fmt.Errorf("resume landings: %w", ctx.Err())
	}
	if err != nil {
		return nil, about(j, problemOf(err).sentence()), nil
	}
	if entry.ID == "" || gone(entry) {
		return nil, "", nil
	}
	problem := ""
	if len(entry.Missing) > 0 {
		problem = about(j, fmt.Sprintf("%s “takebar takes rescue %s” tries again.", entry.Missing[0].Message, j.ID))
	}
	if !first && len(entry.Missing) >= missing {
		return nil, problem, nil
	}
	return &entry, problem, nil
}

func about(j *journal, sentence string) string {
	name := j.Take.Name
	if name == "" {
		name = j.ID
	}
	return fmt.Sprintf("Take “%s”: %s", name, sentence)
}

// forgetExpected is how long a take that left no file is asked after.
const forgetExpected = 48 * time.Hour

// remind tells about a take that nobody has finished.
func (l *Library) remind(ctx context.Context, j *journal) (string, error) {
	if _, known, err := l.known(ctx, j.ID); err == nil && known || j.Live == nil {
		return "", l.dropJournal(j.ID)
	}
	found, folders := l.search(ctx, *j.Live)
	if len(found) == 0 {
		if j.Phase == phaseLost || l.now().Sub(j.NotedAt) > forgetExpected {
			return "", l.dropJournal(j.ID) // its files were moved or removed, by somebody who knew
		}
		return fmt.Sprintf("Takebar stopped while %s was being recorded. If Live still has the take, it lands as soon as Live is connected.", trackNames(*j.Live)), nil
	}
	if j.Phase == phaseLost {
		return lostProblem(*j.Live, found, folders, "Live went away").sentence(), nil
	}
	p := lostProblem(*j.Live, found, folders, "Takebar stopped")
	return p.Message + " If Live still has the take, it lands as soon as Live is connected; otherwise: " + p.Hint, nil
}
