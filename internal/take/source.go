package take

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/takebar/takebar/internal/audio"
)

// look is a recorded file as it was at one moment. A file is finished when two looks, at least Options.Poll
// apart, find it complete and the same. The copy is made between the two, into a ".part" file, which is thrown away if they differ: so
// the wait costs nothing, and nothing unfinished gets a name.
type look struct {
	at   time.Time
	stat fs.FileInfo
	info audio.Info
}

// same says that nothing was written to the file between two looks.
func (a look) same(b look) bool {
	return a.stat != nil && b.stat != nil && os.SameFile(a.stat, b.stat) && a.stat.Size() == b.stat.Size() &&
		a.stat.ModTime().Equal(b.stat.ModTime()) && a.info.Frames == b.info.Frames && a.info.Complete == b.info.Complete
}

// lookAt reads the header of a recorded file. An error says that there is nothing to copy, or nothing yet.
func lookAt(source string) (lk look, err error) {
	lk.at = time.Now()
	f, err := os.Open(source)
	if err != nil {
		return lk, err
	}
	defer func() { _ = f.Close() }() // read only: nothing can be lost
	if lk.stat, err = f.Stat(); err != nil {
		return lk, err
	}
	if !lk.stat.Mode().IsRegular() {
		return lk, fmt.Errorf("%w: it is not a file", audio.ErrNotAudio)
	}
	lk.info, err = audio.Probe(f, lk.stat.Size())
	return lk, err
}

// settle waits until the file looks finished, at most until deadline. Where repair is allowed, an unfinished
// file that nobody writes to any more will do.
func (l *Library) settle(ctx context.Context, f *journalFile, deadline time.Time) (look, error) {
	var last look
	for {
		lk, err := lookAt(f.Source)
		switch {
		case err == nil && lk.info.Complete:
			return lk, nil
		case hopeless(err):
			return lk, sourceError(f.Source, err)
		case f.Repair && err == nil && lk.same(last):
			return lk, nil
		}
		if !time.Now().Before(deadline) && (!f.Repair || err != nil || last.stat != nil) {
			if f.Repair && err == nil {
				return lk, failf(CodeFileUnfinished, "Stop recording in Live, then try again.", nil,
					"%s is still being written.", f.Source)
			}
			if err == nil {
				err = lk.info.Err()
			}
			if f.Repair {
				return lk, rescueError(f.Source, err)
			}
			return lk, sourceError(f.Source, err)
		}
		last = lk
		if err := pause(ctx, l.opt.Poll); err != nil {
			return lk, err
		}
	}
}

// unchanged is the second look.
func (l *Library) unchanged(ctx context.Context, f *journalFile, first look) (bool, error) {
	if err := pause(ctx, time.Until(first.at.Add(l.opt.Poll))); err != nil {
		return false, err
	}
	second, err := lookAt(f.Source)
	if err != nil && !errors.Is(err, audio.ErrUnfinished) {
		return false, sourceError(f.Source, err)
	}
	return err == nil && first.same(second), nil
}

// hopeless says that looking again will not help. A file that cannot be opened may still be held by Live, on Windows.
func hopeless(err error) bool {
	return errors.Is(err, audio.ErrNotAudio) || errors.Is(err, audio.ErrUnsupported)
}

// sourceError says in a musician's words why a recorded file cannot be collected.
func sourceError(source string, err error) error {
	var own *Error
	name := filepath.Base(source)
	switch {
	case errors.As(err, &own):
		return err
	case errors.Is(err, fs.ErrNotExist):
		return failf(CodeFileMissing, "Look in the project's folder Samples/Recorded; “takebar takes rescue” with the path of the file collects it.", err,
			"Live says that it recorded to %s, but there is no such file.", source)
	case errors.Is(err, audio.ErrUnfinished), errors.Is(err, audio.ErrTruncated):
		return failf(CodeFileUnfinished, rescueHint(source), err,
			"Live has not finished the file %s: %v.", name, err)
	case errors.Is(err, audio.ErrNotAudio), errors.Is(err, audio.ErrUnsupported):
		return failf(CodeNotAudio, "Open it in Live or another program to see what it is.", err,
			"%s is not a recording that Takebar can read: %v.", source, err)
	default:
		return failf(CodeFileUnreadable, "Check the drive and the rights of the file; the take waits and is tried again.", err,
			"%s cannot be read: %v.", source, err)
	}
}

// rescueHint names the command that saves what an unfinished file holds.
func rescueHint(source string) string {
	return fmt.Sprintf("If Live has crashed or stopped, “takebar takes rescue \"%s\"” makes a repaired copy; the file itself stays as it is.", source)
}

// noDeadline is a deadline that has passed: two looks must do.
func noDeadline() time.Time { return time.Time{} }
