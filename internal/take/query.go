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
func (l *Library) List(ctx context.Context, q sidecar.Query) ([]sidecar.Entry, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	takes, err := l.shelf(ctx, q.Trashed)
	if err != nil {
		return nil, err
	}
	text, set := foldText(q.Text), foldText(q.Set)
	takes = slices.DeleteFunc(takes, func(s shelved) bool {
		return set != "" && foldText(s.take.Set.Name) != set || text != "" && !mentions(s.take, text)
	})
	if q.Limit > 0 && len(takes) > q.Limit {
		takes = takes[:q.Limit]
	}
	entries := make([]sidecar.Entry, len(takes))
	for i, s := range takes {
		entries[i] = s.entry()
	}
	return entries, nil
}

func mentions(t sidecar.Take, text string) bool {
	if strings.Contains(foldText(t.Name), text) || strings.Contains(foldText(t.Set.Name), text) || strings.Contains(foldText(t.Note), text) {
		return true
	}
	return slices.ContainsFunc(t.Tracks, func(t sidecar.Track) bool { return strings.Contains(foldText(t.Name), text) })
}

// shelf is what the library or its trash holds, newest first. Callers hold l.mu.
func (l *Library) shelf(ctx context.Context, trashed bool) ([]shelved, error) {
	for _, problem := range l.recoverRenames() { // such as after its drive was pulled out
		l.log.Debug("a rename waits", "problem", problem)
	}
	root := l.opt.Dir
	if trashed {
		root = filepath.Join(root, trashFolder)
	}
	takes, err := l.index.scan(ctx, root, trashed)
	if err == nil && len(takes) == 0 {
		err = l.unplugged(l.opt.Dir)
	}
	if err != nil {
		return nil, folderError(l.opt.Dir, err)
	}
	newest(takes)
	return takes, nil
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
	if ref == "last" && len(takes) > 0 {
		return &takes[0], nil
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
		r.verdicts[name] = v
	}
	return r.entry(e.Sidecar, e.Trashed, nil), nil
}
