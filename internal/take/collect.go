package take

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/takebar/takebar/internal/take/sidecar"
)

const attempts = 4 // at a file that changes, or a copy that does not read back

// collect copies one file, gives it its name and reads it back. Errors are those of the takes folder or the end of ctx; trouble with the file
// itself is noted at the file.
func (g *landing) collect(ctx context.Context, f *journalFile) error {
	for attempt := 1; ; attempt++ {
		err := g.collectOnce(ctx, f)
		switch {
		case err == nil:
			return nil
		case ctx.Err() != nil:
			return fmt.Errorf("land the take: %w", ctx.Err())
		case errors.Is(err, errChanged) && attempt < attempts:
			if err := g.settle(ctx, f); err != nil || f.State == fileMissing {
				return err
			}
		case errors.Is(err, errChanged):
			return g.giveUp(ctx, f, failf(CodeFileChanged, "Stop what writes to it, then try again.", err, "%s kept changing while it was copied.", f.Source))
		case errors.Is(err, errDiffers) && attempt < attempts:
			if f.look.stat == nil { // after a stop, nobody has looked at the source yet
				if err := g.settle(ctx, f); err != nil || f.State == fileMissing {
					return err
				}
			}
		case errors.Is(err, fs.ErrExist) && attempt < attempts: // somebody made a file with the name of our part
			if err := g.rename(f); err != nil {
				return folderError(g.j.Dir, err)
			}
			f.Part = f.Name + partSuffix
		case errors.Is(err, errDiffers):
			return failf(CodeVerifyFailed, "Check that drive; the recording in Live's project is untouched, and the take waits.", err,
				"The copy in %s does not read back as it was written.", g.j.Dir)
		case isSourceError(err):
			return g.giveUp(ctx, f, err)
		default:
			return folderError(g.j.Dir, err)
		}
	}
}

func isSourceError(err error) bool {
	var e *Error
	if !errors.As(err, &e) {
		return false
	}
	switch e.Code {
	case CodeFileMissing, CodeFileUnfinished, CodeFileUnreadable, CodeNotAudio, CodeRescueFailed, CodeFileChanged:
		return true
	default:
		return false
	}
}

func (g *landing) collectOnce(ctx context.Context, f *journalFile) error {
	l := g.lib
	if f.State == filePlanned {
		if err := g.copy(ctx, f); err != nil {
			return err
		}
		f.State = fileCopied
		l.note(g.j)
		l.opt.Step(StepJournaledCopy)
	}
	mine, err := g.place(f)
	if err != nil {
		return err
	}
	return g.verify(ctx, f, mine)
}

// copy makes the complete, synced part.
func (g *landing) copy(ctx context.Context, f *journalFile) error {
	l := g.lib
	g.tell("copying", "Copying "+f.Track+".")
	if !f.look.info.Complete {
		return g.repair(ctx, f)
	}
	before := g.moved
	sum, err := copyPart(ctx, f.Source, f.look, g.abs(f.Part), copyHooks{
		created: func() { l.opt.Step(StepPartCreated) },
		half:    func() { l.opt.Step(StepCopying) },
		moved:   g.advance,
		room:    func() error { return g.room(f) },
	})
	if err == nil {
		var same bool
		if same, err = l.unchanged(ctx, f, f.look); err == nil && !same {
			err = errChanged
		}
		if err != nil {
			err = errors.Join(err, removeIfThere(g.abs(f.Part)))
		}
	}
	if err != nil {
		g.moved = before
		return err
	}
	f.SHA256, f.Bytes = sum, f.look.stat.Size()
	l.opt.Step(StepCopied)
	return nil
}

// place gives the part its name. mine is the file as it was placed; nil after a stop, when only its hash can tell whose it is.
func (g *landing) place(f *journalFile) (mine fs.FileInfo, err error) {
	part := g.abs(f.Part)
	mine, err = os.Lstat(part)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil // placed before the stop
	}
	if err != nil {
		return nil, err
	}
	for {
		err = moveNew(part, g.abs(f.Name))
		if !errors.Is(err, fs.ErrExist) {
			break
		}
		if err := g.rename(f); err != nil {
			return nil, err
		}
	}
	if err != nil {
		return nil, err
	}
	g.lib.opt.Step(StepPlaced)
	if err := syncDir(filepath.Dir(g.abs(f.Name))); err != nil {
		return nil, err
	}
	g.lib.opt.Step(StepFolderSynced)
	return mine, nil
}

// verify reads the named file back and describes it.
func (g *landing) verify(ctx context.Context, f *journalFile, mine fs.FileInfo) error {
	g.tell("checking", "Checking "+f.Track+".")
	name := g.abs(f.Name)
	before := g.moved
	got, err := readBack(ctx, name, g.advance)
	if err == nil && (got.sum != f.SHA256 || got.bytes != f.Bytes) {
		err = errDiffers
	}
	if errors.Is(err, errDiffers) {
		g.moved = before
		return errors.Join(err, g.again(f, mine))
	}
	if err != nil {
		return err
	}
	f.file = g.describe(f, got)
	g.lib.opt.Step(StepVerified)
	return nil
}

// again makes ready for another copy after one that is not right. It is removed only if it is certainly the file that we placed.
func (g *landing) again(f *journalFile, mine fs.FileInfo) error {
	now, err := os.Lstat(g.abs(f.Name))
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return err
	case mine != nil && os.SameFile(mine, now):
		if err := os.Remove(g.abs(f.Name)); err != nil {
			return err
		}
	default:
		if err := g.rename(f); err != nil {
			return err
		}
	}
	f.State, f.SHA256, f.Part = filePlanned, "", f.Name+partSuffix
	g.lib.note(g.j)
	return nil
}

// describe is the sidecar's entry of a file that reads back well.
func (g *landing) describe(f *journalFile, got checked) *sidecar.File {
	out := &sidecar.File{
		Name: path.Base(f.Name), Track: f.Track, ClipName: f.ClipName, OriginalPath: f.Source,
		SHA256: got.sum, Bytes: got.bytes,
		Container: strings.ToLower(string(got.info.Container)), Rate: got.info.Rate, Bits: got.info.Bits, Float: got.info.Float,
		Channels: got.info.Channels, Frames: got.info.Frames,
		StartSample: f.StartSample, StartBeat: f.StartBeat,
		PeakDBFS: got.stats.PeakDBFS, Silent: got.stats.Silent, AllZero: got.stats.AllZero, ClippedSamples: got.stats.ClippedSamples,
		Rescued: f.Rescued, Warnings: filled(f.Warnings), Cuts: f.Cuts,
	}
	if rel, err := filepath.Rel(filepath.FromSlash(path.Dir(g.j.Sidecar)), filepath.FromSlash(f.Name)); err == nil {
		out.Name = filepath.ToSlash(rel)
	}
	out.Warnings = append(out.Warnings, fileWarnings(f, got.info, got.stats)...)
	if f.Expected != "" && f.Expected != got.sum {
		out.Warnings = append(out.Warnings, sidecar.Warning{
			Code: WarnOtherContent, Message: fmt.Sprintf("%s was fetched again, and the recording in Live's project is no longer what landed the first time.", f.Track),
		})
	}
	return out
}
