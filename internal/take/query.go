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
	entries, err := l.entries(ctx, q.Trashed)
	if err != nil {
		return nil, err
	}
	text, set := foldText(q.Text), foldText(q.Set)
	entries = slices.DeleteFunc(entries, func(e sidecar.Entry) bool {
		return set != "" && foldText(e.Set.Name) != set || text != "" && !mentions(e.Take, text)
	})
	if q.Limit > 0 && len(entries) > q.Limit {
		entries = slices.Clip(entries[:q.Limit])
	}
	return entries, nil
}

func mentions(t sidecar.Take, text string) bool {
	if strings.Contains(foldText(t.Name), text) || strings.Contains(foldText(t.Set.Name), text) || strings.Contains(foldText(t.Note), text) {
		return true
	}
	return slices.ContainsFunc(t.Tracks, func(t sidecar.Track) bool { return strings.Contains(foldText(t.Name), text) })
}

// entries are all takes of the library or of its trash, newest first.
func (l *Library) entries(ctx context.Context, trashed bool) ([]sidecar.Entry, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.entriesLocked(ctx, trashed)
}

func (l *Library) entriesLocked(ctx context.Context, trashed bool) ([]sidecar.Entry, error) {
	root := l.opt.Dir
	if trashed {
		root = filepath.Join(root, trashFolder)
	}
	entries, err := l.index.scan(ctx, root, trashed)
	if err == nil && len(entries) == 0 {
		err = l.unplugged(l.opt.Dir)
	}
	if err != nil {
		return nil, folderError(l.opt.Dir, err)
	}
	newest(entries)
	return entries, nil
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
	for _, trashed := range []bool{false, true} {
		entries, err := l.entries(ctx, trashed)
		if err != nil {
			return sidecar.Entry{}, err
		}
		if trashed && ref == "last" {
			break
		}
		found, err := pick(entries, ref)
		if err != nil || found != nil {
			return deref(found), err
		}
	}
	return sidecar.Entry{}, notFound(ref)
}

func deref(e *sidecar.Entry) sidecar.Entry {
	if e == nil {
		return sidecar.Entry{}
	}
	return *e
}

func notFound(ref string) error {
	if ref == "last" {
		return failf(CodeTakeNotFound, "Record one first.", nil, "There is no take in the library.")
	}
	return failf(CodeTakeNotFound, "“takebar takes list” shows what there is.", nil, "There is no take %q in the library.", ref)
}

// pick finds the one entry that ref means, nil if none. Entries are sorted, newest first.
func pick(entries []sidecar.Entry, ref string) (*sidecar.Entry, error) {
	if ref == "last" && len(entries) > 0 {
		return &entries[0], nil
	}
	if strings.TrimSpace(ref) == "" {
		return nil, nil
	}
	number, numErr := strconv.Atoi(strings.TrimPrefix(ref, "#"))
	folded := foldText(ref)
	for _, match := range []func(sidecar.Entry) bool{
		func(e sidecar.Entry) bool { return e.ID == ref },
		func(e sidecar.Entry) bool { return numErr == nil && e.Number == number && number > 0 },
		func(e sidecar.Entry) bool { return e.Sidecar == ref || slices.Contains(e.Paths, ref) },
		func(e sidecar.Entry) bool { return e.Name == ref },
		func(e sidecar.Entry) bool { return foldText(e.Name) == folded },
		func(e sidecar.Entry) bool { return strings.HasPrefix(foldText(e.Name), folded) },
	} {
		var found []*sidecar.Entry
		for i := range entries {
			if match(entries[i]) {
				found = append(found, &entries[i])
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

func ambiguous(ref string, found []*sidecar.Entry) error {
	var list []string
	for i, e := range found {
		if i == 5 {
			list = append(list, "…")
			break
		}
		list = append(list, fmt.Sprintf("%s (%s)", e.Sidecar, e.ID))
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
			verdicts[f.Name] = verdict{modified: info.ModTime(), size: info.Size(), changed: sum != f.SHA256}
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
