package take

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/takebar/takebar/internal/audio"
	"github.com/takebar/takebar/internal/audio/loudness"
	"github.com/takebar/takebar/internal/take/sidecar"
)

// Measure finds the loudness of the files of a take that have none in the sidecar yet, and writes it there. It takes as long as reading
// and computing take, which would be too much for a landing. Files that are missing, or of too strange a format, stay without. Errors are those of
// Get, CodeBusy, and those of the takes folder.
func (l *Library) Measure(ctx context.Context, ref string) (sidecar.Entry, error) {
	e, err := l.find(ctx, ref)
	if err != nil {
		return sidecar.Entry{}, err
	}
	found := map[string]sidecar.File{} // by SHA-256
	for i, f := range e.Files {
		if f.IntegratedLUFS != nil || i >= len(e.Paths) {
			continue
		}
		r, err := measureFile(ctx, e.Paths[i])
		switch {
		case ctx.Err() != nil:
			return sidecar.Entry{}, fmt.Errorf("measure the loudness of a take: %w", ctx.Err())
		case errors.Is(err, fs.ErrNotExist), errors.Is(err, audio.ErrUnsupported):
			continue
		case err != nil:
			return sidecar.Entry{}, folderError(l.opt.Dir, err)
		}
		f.IntegratedLUFS, f.RangeLU, f.TruePeakDBTP = &r.Integrated, &r.Range, &r.TruePeak
		found[f.SHA256] = f
	}
	if len(found) == 0 {
		return e, nil
	}
	return l.noteLoudness(ctx, e.ID, found)
}

func measureFile(ctx context.Context, path string) (loudness.Result, error) {
	r, err := audio.Open(path)
	if err != nil {
		return loudness.Result{}, err
	}
	defer func() { _ = r.Close() }() // read only: nothing can be lost
	return loudness.Measure(ctx, r)
}

// noteLoudness writes what was measured, wherever the take is by now.
func (l *Library) noteLoudness(ctx context.Context, id string, found map[string]sidecar.File) (sidecar.Entry, error) {
	e, err := l.find(ctx, id)
	if err != nil {
		return sidecar.Entry{}, err
	}
	if l.flying(id) {
		return sidecar.Entry{}, busyError(e)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	old, err := readLimited(e.Sidecar, maxSidecar)
	if err != nil {
		return sidecar.Entry{}, folderError(l.opt.Dir, err)
	}
	if err := readable(e, old); err != nil {
		return sidecar.Entry{}, err
	}
	t, err := decodeSidecar(old)
	if err != nil && !errors.Is(err, errNewer) {
		return sidecar.Entry{}, fmt.Errorf("measure the loudness of a take: %w", err)
	}
	for i := range t.Files {
		f := &t.Files[i]
		if m, ok := found[f.SHA256]; ok && f.IntegratedLUFS == nil {
			f.IntegratedLUFS, f.RangeLU, f.TruePeakDBTP = m.IntegratedLUFS, m.RangeLU, m.TruePeakDBTP
		}
	}
	data, err := encodeSidecar(t, old)
	if err != nil {
		return sidecar.Entry{}, err
	}
	if err := writeOver(e.Sidecar, data); err != nil {
		return sidecar.Entry{}, folderError(l.opt.Dir, err)
	}
	l.index.forget(e.Sidecar)
	r := record{take: t}
	return r.entry(e.Sidecar, e.Trashed, nil), nil
}
