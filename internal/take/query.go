package take

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/takebar/takebar/internal/take/sidecar"
)

// List gives the takes that match, newest first. Sidecars that cannot be read and files that vanished or changed are told of in
// Warnings (WarnSidecarUnreadable and the others). A takes folder that was never made holds no takes.
//
// With Since they are those that changed after that revision, in the library and in the trash, and after them those that are gone; together with another
// filter it is refused (CodeBadQuery). CodePageLost: the take that a page is to begin after is not there.
func (l *Library) List(ctx context.Context, q sidecar.Query) ([]sidecar.Entry, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if q.Since > 0 {
		if q != (sidecar.Query{Since: q.Since, Limit: q.Limit, After: q.After}) {
			return nil, failf(CodeBadQuery, "Leave the other filters out.", nil, "What changed since a revision can only be asked for the whole library.")
		}
		takes, _, err := l.everything(ctx)
		if err != nil {
			return nil, err
		}
		return l.index.since(q, takes)
	}
	takes, err := l.shelf(ctx, q.Trashed)
	if err != nil {
		return nil, err
	}
	text, set := foldText(q.Text), foldText(q.Set)
	takes = slices.DeleteFunc(takes, func(s shelved) bool {
		return set != "" && foldText(s.take.Set.Name) != set || text != "" && !mentions(s.take, text)
	})
	if takes, _, err = page(takes, q); err != nil {
		return nil, err
	}
	entries := make([]sidecar.Entry, len(takes))
	for i, s := range takes {
		entries[i] = s.entry()
	}
	return entries, nil
}

// page leaves the takes that the query asks for; more says that others follow.
func page(takes []shelved, q sidecar.Query) (left []shelved, more bool, err error) {
	if q.After != "" {
		i := slices.IndexFunc(takes, func(s shelved) bool { return s.full == q.After })
		if i < 0 {
			return nil, false, failf(CodePageLost, "Begin with the first page again.", nil, "The take that this page was to begin after is no longer in the list.")
		}
		takes = takes[i+1:]
	}
	if q.Limit > 0 && len(takes) > q.Limit {
		return takes[:q.Limit], true, nil
	}
	return takes, false, nil
}

func mentions(t sidecar.Take, text string) bool {
	if strings.Contains(foldText(t.Name), text) || strings.Contains(foldText(t.Set.Name), text) || strings.Contains(foldText(t.Note), text) {
		return true
	}
	return slices.ContainsFunc(t.Tracks, func(t sidecar.Track) bool { return strings.Contains(foldText(t.Name), text) })
}

// Look brings the overview up to date, and finds the newest take that is not in the trash, nil if there is none. Trouble of the takes folder is
// told in the Overview; the only error is the end of ctx.
func (l *Library) Look(ctx context.Context) (sidecar.Overview, *sidecar.Entry, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	takes, closed, err := l.everything(ctx)
	if ctx.Err() != nil {
		return sidecar.Overview{}, nil, fmt.Errorf("look at the library: %w", ctx.Err())
	}
	if err != nil {
		l.index.troubled(sentenceOf(err))
		return l.index.overview(), nil, nil
	}
	trouble := ""
	if len(closed) > 0 {
		trouble = closed[0]
	}
	if len(closed) > 1 {
		trouble += fmt.Sprintf(" The same goes for %d more.", len(closed)-1)
	}
	l.index.troubled(trouble)
	o := l.index.overview()
	var last *sidecar.Entry
	for _, s := range takes {
		if s.trashed {
			continue
		}
		o.Takes++
		if s.take.Status == sidecar.StatusUnreadable {
			o.Unreadable++
		} else if last == nil {
			e := s.entry()
			last = &e
		}
	}
	return o, last, nil
}

// Revision is that of the last look at the library, whatever it was for.
func (l *Library) Revision() uint64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.index.revision
}

// everything is what library and trash hold, newest first, with a look at each file. closed tells of folders that cannot be read. Callers hold l.mu.
func (l *Library) everything(ctx context.Context) (takes []shelved, closed []string, err error) {
	for _, trashed := range []bool{false, true} {
		s, err := l.scan(ctx, trashed)
		if err != nil {
			return nil, nil, err
		}
		l.index.lookAtFiles(s.found, &s.stamp)
		takes, closed = append(takes, s.found...), append(closed, s.closed...)
	}
	newest(takes)
	return takes, closed, nil
}

// shelf is what the library or its trash holds, newest first. Callers hold l.mu.
func (l *Library) shelf(ctx context.Context, trashed bool) ([]shelved, error) {
	s, err := l.scan(ctx, trashed)
	if err != nil {
		return nil, err
	}
	newest(s.found)
	return s.found, nil
}

// scan looks at the library or its trash. Callers hold l.mu.
func (l *Library) scan(ctx context.Context, trashed bool) (*scanner, error) {
	for _, problem := range l.recoverRenames() { // such as after its drive was pulled out
		l.log.Debug("a rename waits", "problem", problem)
	}
	root := l.opt.Dir
	if trashed {
		root = filepath.Join(root, trashFolder)
	}
	s, err := l.index.scan(ctx, root, trashed, func() error { return l.unplugged(l.opt.Dir) })
	if err != nil {
		return nil, folderError(l.opt.Dir, err)
	}
	return s, nil
}

// Get finds one take: "last", an id, a number, a name (exact, else ignoring case, else the only one that begins so), or the path of one
// of its files. Takes in the trash are found where no other is meant. Errors: CodeTakeNotFound, CodeAmbiguous.
//
// Files that were written to after they landed are read, to see whether they are still the same.
func (l *Library) Get(ctx context.Context, ref string) (sidecar.Entry, error) {
	e, err := l.find(ctx, ref)
	if err != nil {
		return sidecar.Entry{}, err
	}
	return l.examine(ctx, e)
}

func (l *Library) find(ctx context.Context, ref string) (sidecar.Entry, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, trashed := range []bool{false, true} {
		found, err := l.findIn(ctx, ref, trashed)
		if err != nil || found != nil {
			return found.orNone(), err
		}
		if ref == "last" {
			break
		}
	}
	return sidecar.Entry{}, notFound(ref)
}

// findIn looks in the library or in its trash; nil if the take is not there. Callers hold l.mu.
func (l *Library) findIn(ctx context.Context, ref string, trashed bool) (*shelved, error) {
	takes, err := l.shelf(ctx, trashed)
	if err != nil {
		return nil, err
	}
	if trashed && ref == "last" {
		lastTrashedFirst(takes)
	}
	return pick(takes, ref)
}

func (s *shelved) orNone() sidecar.Entry {
	if s == nil {
		return sidecar.Entry{}
	}
	return s.entry()
}

func notFound(ref string) error {
	if ref == "last" {
		return failf(CodeTakeNotFound, "Record one first.", nil, "There is no take in the library.")
	}
	return failf(CodeTakeNotFound, "“takebar takes list” shows what there is.", nil, "There is no take %q in the library.", ref)
}

// pick finds the one take that ref means, nil if none. Takes are sorted, newest first.
func pick(takes []shelved, ref string) (*shelved, error) {
	if ref == "last" {
		for i := range takes {
			if takes[i].take.Status != sidecar.StatusUnreadable { // nobody knows when that was recorded
				return &takes[i], nil
			}
		}
	}
	if strings.TrimSpace(ref) == "" {
		return nil, nil
	}
	number, numErr := strconv.Atoi(strings.TrimPrefix(ref, "#"))
	folded := foldText(ref)
	for _, match := range []func(shelved) bool{
		func(s shelved) bool { return s.take.ID == ref },
		func(s shelved) bool { return numErr == nil && s.take.Number == number && number > 0 },
		func(s shelved) bool { return s.has(ref) },
		func(s shelved) bool { return s.take.Name == ref },
		func(s shelved) bool { return foldText(s.take.Name) == folded },
		func(s shelved) bool { return strings.HasPrefix(foldText(s.take.Name), folded) },
	} {
		var found []*shelved
		for i := range takes {
			if match(takes[i]) {
				found = append(found, &takes[i])
			}
		}
		switch {
		case len(found) == 1:
			return found[0], nil
		case len(found) > 1:
			return nil, ambiguous(ref, found)
		}
	}
	return nil, nil
}

func ambiguous(ref string, found []*shelved) error {
	var list []string
	for i, s := range found {
		if i == 5 {
			list = append(list, "…")
			break
		}
		list = append(list, fmt.Sprintf("%s (%s)", s.full, s.take.ID))
	}
	return failf(CodeAmbiguous, "Name it by its id or by the path of one of its files.", nil,
		"%d takes go by %q: %s.", len(found), ref, strings.Join(list, ", "))
}

// examine reads files that were written to after they landed, and remembers what came out.
func (l *Library) examine(ctx context.Context, e sidecar.Entry) (sidecar.Entry, error) {
	touched := slices.ContainsFunc(e.Warnings, func(w sidecar.Warning) bool { return w.Code == WarnFileTouched })
	if !touched {
		return e, nil
	}
	verdicts := map[string]verdict{}
	for i, f := range e.Files {
		info, err := os.Stat(e.Paths[i])
		if err != nil || info.Size() != f.Bytes || !info.ModTime().After(e.LandedAt.Add(touchSlack)) {
			continue // told already, or not touched
		}
		sum, err := hashFile(ctx, e.Paths[i])
		if ctx.Err() != nil {
			return sidecar.Entry{}, fmt.Errorf("examine a file: %w", ctx.Err())
		}
		if err == nil {
			verdicts[f.Name] = verdict{modified: info.ModTime(), size: info.Size(), sum: sum}
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	r := l.index.records[e.Sidecar]
	if r == nil {
		return e, nil
	}
	for name, v := range verdicts {
		if was := r.verdicts[name]; was.sum != v.sum || was.size != v.size || !was.modified.Equal(v.modified) {
			r.verdicts[name] = v
			r.revision = l.index.changed()
		}
	}
	return r.entry(e.Sidecar, e.Trashed, nil), nil
}
