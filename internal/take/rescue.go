package take

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/takebar/takebar/bridge/live"
	"github.com/takebar/takebar/internal/audio"
	"github.com/takebar/takebar/internal/take/sidecar"
)

// Rescue lands recordings that nobody else will land: ref is the absolute path of a recorded file, or a take whose files are missing (by
// id, number or name). An unfinished file is repaired on a copy, with StatusRescued; a finished one is simply copied. The recording itself is never
// touched. Rescuing the same file again answers with what is there. progress may be nil; it is called from this goroutine.
//
// Errors: CodeExists where nothing is missing, CodeRescueFailed, CodeFileUnfinished for a file that is still being written, and those of Get and Land.
func (l *Library) Rescue(ctx context.Context, ref string, progress func(sidecar.Progress)) (sidecar.Entry, error) {
	var j *journal
	var err error
	if filepath.IsAbs(ref) {
		j, err = l.rescueFile(ctx, filepath.Clean(ref))
	} else {
		j, err = l.rescueTake(ctx, ref)
	}
	if err != nil {
		return sidecar.Entry{}, err
	}
	return l.fly(ctx, j.ID, func() (sidecar.Entry, error) {
		if e, known, err := l.known(ctx, j.ID); err != nil {
			return sidecar.Entry{}, err
		} else if known && e.Trashed {
			return sidecar.Entry{}, failf(CodeExists, fmt.Sprintf("“takebar takes restore %s” brings it back.", e.ID), nil, "The take “%s” is in the trash.", e.Name)
		} else if known && j.Phase == phaseLanding && !gone(e) {
			return e, nil
		}
		if err := l.collectable(ctx, j); err != nil {
			return sidecar.Entry{}, err
		}
		// Asked for by name, it lands again even if it did before.
		if err := removeIfThere(l.donePath(j.ID)); err != nil {
			return sidecar.Entry{}, fmt.Errorf("rescue a take: %w", err)
		}
		j.Forgotten = false
		return l.carry(ctx, j, progress, 2*l.opt.Poll)
	})
}

// gone says that the entry is only a memory of a take.
func gone(e sidecar.Entry) bool {
	return slices.ContainsFunc(e.Warnings, func(w sidecar.Warning) bool { return w.Code == WarnFilesGone })
}

// collectable refuses a rescue of which nothing can come, before it leaves any trace.
func (l *Library) collectable(ctx context.Context, j *journal) error {
	var first error
	for i := range j.Files {
		f := &j.Files[i]
		if f.State == fileCopied {
			return nil
		}
		if f.Unasked && !f.Repair || f.Source == "" {
			continue
		}
		if _, err := l.settle(ctx, f, noDeadline()); err == nil {
			return nil
		} else if ctx.Err() != nil {
			return fmt.Errorf("rescue a take: %w", ctx.Err())
		} else if first == nil {
			first = err
		}
	}
	if first == nil {
		first = failf(CodeFileMissing, "Look in the project's folder Samples/Recorded; “takebar takes rescue” with the path of the file collects it.", nil,
			"Nobody knows where the recordings of this take are.")
	}
	return first
}

// rescueFile prepares the landing of one file: for the take that misses it, or as a take of its own.
func (l *Library) rescueFile(ctx context.Context, path string) (*journal, error) {
	all, _, err := l.journals()
	if err != nil {
		return nil, err
	}
	for _, j := range all {
		if slices.Contains(j.Found, path) && (j.Phase == phaseLost || j.Phase == phaseExpected) {
			return l.fromLost(ctx, j, path), nil
		}
		if at := slices.IndexFunc(j.Files, func(f journalFile) bool { return f.Source == path }); at >= 0 {
			j.Files[at].Repair = true
			return j, nil
		}
		if j.Phase == phaseExpected && j.Live != nil {
			if found, _ := l.search(ctx, *j.Live); slices.ContainsFunc(found, func(c candidate) bool { return c.path == path }) {
				return l.fromLost(ctx, j, path), nil
			}
		}
	}
	l.mu.Lock()
	takes, err := l.shelf(ctx, false)
	l.mu.Unlock()
	if err != nil {
		return nil, err
	}
	for _, s := range takes {
		if s.has(path) {
			return nil, failf(CodeExists, "", nil, "%s is in the library already, as “%s”.", path, s.take.Name)
		}
		if slices.ContainsFunc(s.take.Missing, func(m sidecar.Missing) bool { return m.OriginalPath == path }) {
			e, err := l.find(ctx, s.full)
			if err != nil {
				return nil, err
			}
			return l.fromEntry(e, path)
		}
	}
	return l.fromFile(path)
}

// fromFile makes a take of a file of which only its name and place tell anything.
func (l *Library) fromFile(path string) (*journal, error) {
	info, err := os.Stat(path)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			err = failf(CodeFileMissing, "Give the whole path of a recorded file, or a take's id, number or name.", err, "There is no file %s.", path)
		}
		return nil, sourceError(path, err)
	}
	if info.IsDir() {
		return nil, failf(CodeNotAudio, "Name one of the files in it.", nil, "%s is a folder.", path)
	}
	sum := sha256.Sum256([]byte(path + "\x00" + strconv.FormatInt(info.Size(), 10) + "\x00" + info.ModTime().UTC().String()))
	id := "file-" + hex.EncodeToString(sum[:8]) // the same file is the same take
	made, stamped := recordedAt(filepath.Base(path), l.now().Location())
	if !stamped {
		made = info.ModTime()
		if lk, err := lookAt(path); err == nil {
			made = made.Add(-lk.info.Duration())
		}
	}
	track := fileTrack(filepath.Base(path))
	j := &journal{
		ID: id, Phase: phaseLanding, NotedAt: l.now(), Dir: l.opt.Dir,
		Take: sidecar.Take{
			Schema: sidecar.Schema, ID: id, Status: sidecar.StatusLanding, Source: "file", RecordedAt: made.UTC(),
			Set: projectOf(path), Tracks: []sidecar.Track{{Name: track, Kind: string(live.KindAudio)}}, Takebar: l.opt.TakebarVersion,
		},
		Files: []journalFile{{Source: path, Track: track, Repair: true, State: fileNew, Replace: -1}},
	}
	return j, nil
}

// fileTrack guesses the track from a name such as "Vox 0001 [2026-01-31 150918].wav" or "Vox 0001.aif".
func fileTrack(name string) string {
	name = strings.TrimSuffix(name, filepath.Ext(name))
	if m := regexp.MustCompile(`^(.+?) \d{4}( \[[^\]]*\])?$`).FindStringSubmatch(name); m != nil {
		return m[1]
	}
	return name
}

// projectOf guesses the set from the folder: <name> Project/Samples/Recorded/<file>.
func projectOf(path string) sidecar.Set {
	recorded := filepath.Dir(path)
	samples := filepath.Dir(recorded)
	if filepath.Base(recorded) != "Recorded" || filepath.Base(samples) != "Samples" {
		return sidecar.Set{}
	}
	return sidecar.Set{Name: strings.TrimSuffix(filepath.Base(filepath.Dir(samples)), " Project")}
}

// rescueTake prepares another try at a take's missing files.
func (l *Library) rescueTake(ctx context.Context, ref string) (*journal, error) {
	e, err := l.find(ctx, ref)
	if errors.Is(err, &Error{Code: CodeTakeNotFound}) {
		if j := l.waiting(ref); j != nil {
			return l.asked(ctx, j), nil
		}
	}
	if err != nil {
		return nil, err
	}
	if e.Trashed {
		return nil, failf(CodeExists, fmt.Sprintf("“takebar takes restore %s” brings it back.", e.ID), nil, "The take “%s” is in the trash.", e.Name)
	}
	if j, err := l.load(e.ID); err == nil {
		return l.asked(ctx, j), nil
	}
	return l.fromEntry(e, "")
}

// waiting finds a take that is not in the library yet, by id, number or name; nil if there is none.
func (l *Library) waiting(ref string) *journal {
	all, _, err := l.journals()
	if err != nil || strings.TrimSpace(ref) == "" {
		return nil
	}
	number, numErr := strconv.Atoi(strings.TrimPrefix(ref, "#"))
	for _, match := range []func(*journal) bool{
		func(j *journal) bool { return j.ID == ref },
		func(j *journal) bool { return numErr == nil && number > 0 && j.Take.Number == number },
		func(j *journal) bool { return foldText(j.Take.Name) == foldText(ref) },
	} {
		if i := slices.IndexFunc(all, match); i >= 0 {
			return all[i]
		}
	}
	return nil
}

// asked makes every missing file of a journal one that may be repaired.
func (l *Library) asked(ctx context.Context, j *journal) *journal {
	if j.Phase == phaseLost || j.Phase == phaseExpected {
		return l.fromLost(ctx, j, "")
	}
	for i := range j.Files {
		j.Files[i].Repair = true
	}
	return j
}

// fromLost makes a landing of a take that Live never finished, from the files that were found. only is the one to repair now, "" = all.
func (l *Library) fromLost(ctx context.Context, was *journal, only string) *journal {
	if was.Live == nil {
		return was
	}
	if was.Live.Bounce != nil {
		only = "" // its files belong together
	}
	found, _ := l.search(ctx, *was.Live)
	j := l.newJournal(*was.Live, linkUnknown(), was)
	for _, c := range found {
		if slices.ContainsFunc(j.Files, func(f journalFile) bool { return f.Source == c.path }) {
			continue
		}
		at := slices.IndexFunc(j.Files, func(f journalFile) bool { return f.Source == "" && f.Track == c.track })
		if at < 0 {
			j.Files = append(j.Files, journalFile{Track: c.track, State: fileNew, Replace: -1})
			at = len(j.Files) - 1
		}
		j.Files[at].Source = c.path
	}
	for i := range j.Files {
		f := &j.Files[i]
		if f.Source != "" && (only == "" || f.Source == only) {
			f.Repair = true
		} else if f.Source != "" {
			f.Unasked, f.State = true, fileMissing
			f.Problem = &problem{
				Code: CodeFileUnfinished, Message: fmt.Sprintf("%s was recorded too, to %s, and not collected yet.", f.Track, f.Source), Hint: rescueHint(f.Source),
			}
		}
	}
	return j
}

// linkUnknown stands for a Live of which nothing is known any more.
func linkUnknown() live.Link { return live.Link{} }

// fromEntry makes a landing of a take in the library with files missing, or copies that vanished. only is the one to collect, "" = all.
func (l *Library) fromEntry(e sidecar.Entry, only string) (*journal, error) {
	rel, err := filepath.Rel(l.opt.Dir, e.Sidecar)
	if err != nil {
		return nil, fmt.Errorf("rescue a take: %w", err)
	}
	data, err := readLimited(e.Sidecar, maxSidecar)
	if err != nil {
		return nil, folderError(l.opt.Dir, err)
	}
	if err := readable(e, data); err != nil {
		return nil, err
	}
	t, _ := decodeSidecar(data)
	j := &journal{ID: e.ID, Phase: phaseIncomplete, NotedAt: l.now(), Dir: l.opt.Dir, Sidecar: filepath.ToSlash(rel), Take: t}
	for _, m := range t.Missing {
		f := journalFile{Source: m.OriginalPath, Track: m.Track, ClipName: m.ClipName, State: fileNew, Replace: -1, Repair: true}
		if only != "" && m.OriginalPath != only {
			f.Repair, f.Unasked, f.State, f.Problem = false, true, fileMissing, &problem{Code: m.Code, Message: m.Message}
		}
		j.Files = append(j.Files, f)
	}
	for i, f := range t.Files {
		if there, err := exists(e.Paths[i]); err != nil || there || f.OriginalPath == "" {
			continue
		}
		j.Files = append(j.Files, journalFile{
			Source: f.OriginalPath, Track: f.Track, ClipName: f.ClipName, StartSample: f.StartSample, StartBeat: f.StartBeat, Cuts: f.Cuts,
			State: fileNew, Replace: i, Repair: f.Rescued, Expected: f.SHA256,
		})
	}
	if len(j.Files) == 0 {
		return nil, failf(CodeExists, "", nil, "Nothing is missing: every file of “%s” is in the library.", e.Name)
	}
	return j, nil
}

// repair makes the part from a repaired copy of an unfinished file. It grows in a folder of its own, which a restart can clear.
func (g *landing) repair(ctx context.Context, f *journalFile) error {
	l := g.lib
	if err := g.room(f); err != nil {
		return err
	}
	workshop := l.workshop(g.j)
	if err := makeDirs(workshop); err != nil {
		return err
	}
	name := strconv.Itoa(slices.IndexFunc(g.j.Files, func(o journalFile) bool { return o.Name == f.Name })) + filepath.Ext(f.Name)
	part := filepath.Join(workshop, name)
	l.opt.Step(StepPartCreated)
	report, err := audio.Rescue(ctx, f.Source, part)
	if err != nil {
		return rescueError(f.Source, err)
	}
	same, err := l.unchanged(ctx, f, f.look)
	if err == nil && !same {
		err = errChanged
	}
	var info fs.FileInfo
	if err == nil {
		info, err = os.Stat(part)
	}
	if err == nil {
		f.SHA256, err = hashFile(ctx, part)
	}
	if err != nil {
		return errors.Join(err, os.RemoveAll(workshop))
	}
	f.Part, f.Bytes, f.Rescued = strings.Join([]string{rescueFolder, idFileName(g.j.ID), name}, "/"), info.Size(), true
	f.Warnings = append(slices.DeleteFunc(f.Warnings, func(w sidecar.Warning) bool { return w.Code == WarnRescued }),
		sidecar.Warning{Code: WarnRescued, Message: "A repaired copy of an unfinished file. " + strings.Join(report.Notes, " ")})
	g.advance(f.look.stat.Size())
	l.opt.Step(StepCopied)
	return nil
}

// rescueError tells a file that cannot be repaired from a folder that cannot be written to.
func rescueError(source string, err error) error {
	var at *fs.PathError
	switch {
	case errors.Is(err, audio.ErrComplete):
		return errChanged // it was finished meanwhile
	case errors.Is(err, audio.ErrNoFormat), errors.Is(err, audio.ErrUnfinished), errors.Is(err, audio.ErrTooLarge), errors.Is(err, audio.ErrUnsupported), errors.Is(err, audio.ErrNotAudio):
		return failf(CodeRescueFailed, "The file itself was not touched; an audio editor that imports raw data may still read it.", err, "%s cannot be repaired: %v.", source, err)
	case errors.As(err, &at) && at.Path == source:
		return sourceError(source, err)
	default:
		return err
	}
}
