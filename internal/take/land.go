package take

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"github.com/takebar/takebar/bridge/live"
	"github.com/takebar/takebar/internal/take/sidecar"
)

// Land collects a take that ended in Live: waits for its files, copies, checks, writes the sidecar. Doing it again for
// a known id answers with what is there, and tries files again that were missing. progress may be nil; it is called from this goroutine.
//
// A take of which nothing could be collected is in the library all the same, with StatusMissing, and the
// error says why. Trouble of the takes folder (CodeDiskFull, CodeTakesFolderReadonly, CodeTakesFolderMissing) leaves no sidecar; the take waits in the journal for Resume or
// another Land. A discarded take is CodeTakeCancelled and forgotten.
func (l *Library) Land(ctx context.Context, t live.Take, from live.Link, progress func(sidecar.Progress)) (sidecar.Entry, error) {
	if err := checkID(t.ID); err != nil {
		return sidecar.Entry{}, err
	}
	return l.fly(ctx, t.ID, func() (sidecar.Entry, error) { return l.land(ctx, t, from, progress) })
}

func (l *Library) land(ctx context.Context, t live.Take, from live.Link, progress func(sidecar.Progress)) (sidecar.Entry, error) {
	if !t.Phase.Ended() {
		return sidecar.Entry{}, failf(CodeNotEnded, "Stop the take first.", nil, "Live still records this take.")
	}
	if t.Phase == live.PhaseCancelled {
		if err := l.dropJournal(t.ID); err != nil {
			return sidecar.Entry{}, err
		}
		return sidecar.Entry{}, failf(CodeTakeCancelled, "", nil, "The take was discarded; there is nothing to land.")
	}
	j, err := l.load(t.ID)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		// Whatever it was, Live tells it again now; the landing starts anew.
		l.log.Warn("the journal of a take could not be read", "take", t.ID, "error", err)
	}
	entry, known, err := l.known(ctx, t.ID)
	if err != nil {
		return sidecar.Entry{}, err
	}
	if known && (j == nil || entry.Trashed || j.Phase == phaseExpected || j.Phase == phaseLost) {
		return entry, l.dropJournal(t.ID)
	}
	if t.Phase == live.PhaseFailed && len(t.Clips) == 0 {
		return sidecar.Entry{}, l.failed(ctx, t)
	}
	if j == nil || j.Phase == phaseExpected || j.Phase == phaseLost {
		j = l.newJournal(t, from, j)
	}
	j.addClips(t)
	j.Forgotten = false
	return l.carry(ctx, j, progress, l.opt.GiveUp)
}

// known finds a take that is in the library, in its trash, or was and has gone by the user's hand.
func (l *Library) known(ctx context.Context, id string) (sidecar.Entry, bool, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	entries, err := l.scanAll(ctx, l.opt.Dir)
	if err != nil {
		return sidecar.Entry{}, false, folderError(l.opt.Dir, err)
	}
	for _, e := range entries {
		if e.ID == id {
			return e, true, nil
		}
	}
	done, there := l.landedBefore(id)
	if !there {
		return sidecar.Entry{}, false, nil
	}
	e := done.entry()
	e.Warnings = append(e.Warnings, goneWarning())
	return e, true, nil
}

func goneWarning() sidecar.Warning {
	return sidecar.Warning{
		Code:    WarnFilesGone,
		Message: "This take has landed before and was moved or removed since. “takebar takes rescue” with the path of the recording fetches it again.",
	}
}

// landedBefore looks into the record of landed takes.
func (l *Library) landedBefore(id string) (doneRecord, bool) {
	var done doneRecord
	err := readRecord(l.donePath(id), &done)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		l.log.Warn("the record of a landed take could not be read", "take", id, "error", err)
	}
	return done, err == nil && done.ID == id
}

func (d doneRecord) entry() sidecar.Entry {
	r := record{take: d.Take}
	return r.entry(filepath.Join(d.Dir, filepath.FromSlash(d.Sidecar)), false, nil)
}

// scanAll looks at a takes folder and its trash. Callers hold l.mu.
func (l *Library) scanAll(ctx context.Context, dir string) ([]sidecar.Entry, error) {
	entries, err := l.index.scan(ctx, dir, false)
	if err != nil {
		return nil, err
	}
	trash, err := l.index.scan(ctx, filepath.Join(dir, trashFolder), true)
	return append(entries, trash...), err
}

// newJournal begins the landing of a take that Live has ended.
func (l *Library) newJournal(t live.Take, from live.Link, was *journal) *journal {
	j := &journal{ID: t.ID, Phase: phaseLanding, NotedAt: l.now(), Live: &t, Dir: l.opt.Dir, Take: l.draft(t, from)}
	if was != nil {
		j.NotedAt = was.NotedAt
	}
	if t.Name != nil {
		j.Wish = *t.Name
	}
	seen := map[string]bool{}
	for _, c := range t.Clips {
		f := clipFile(c)
		if f.Source == "" && c.Kind == live.KindMIDI {
			j.Take.Warnings = append(j.Take.Warnings, f.Warnings...)
			continue
		}
		// A loop recording shows one file as several clips.
		if f.Source == "" || !seen[f.Source] {
			j.Files = append(j.Files, f)
		}
		seen[f.Source] = true
	}
	l.addSilentTracks(j, t)
	return j
}

// addClips tells a journal of an earlier landing about files that it did not know of, or only guessed.
func (j *journal) addClips(t live.Take) {
	for _, c := range t.Clips {
		if c.FilePath == nil || *c.FilePath == "" {
			continue
		}
		known := false
		for i := range j.Files {
			if j.Files[i].Source == *c.FilePath {
				j.Files[i].Unasked, known = false, true
			}
		}
		for _, f := range j.Take.Files {
			known = known || f.OriginalPath == *c.FilePath
		}
		if !known {
			j.Files = append(j.Files, clipFile(c))
		}
	}
}

func clipFile(c live.Clip) journalFile {
	f := journalFile{
		Track: c.TrackName, ClipName: c.ClipName, Rate: c.SampleRate, Frames: c.Frames, StartSample: c.StartSample, StartBeat: c.StartBeat,
		Warnings: warnings(c.Warnings), State: fileNew, Replace: -1,
	}
	if c.FilePath != nil {
		f.Source = *c.FilePath
	}
	return f
}

// addSilentTracks adds the audio tracks that recorded without a clip to show for it.
func (l *Library) addSilentTracks(j *journal, t live.Take) {
	for _, track := range t.Tracks {
		found := track.Kind != live.KindAudio
		for _, c := range t.Clips {
			found = found || c.Track == track.ID
		}
		if !found {
			j.Files = append(j.Files, journalFile{Track: track.Name, State: fileNew, Replace: -1})
		}
	}
}

// draft is the sidecar as far as Live knows it.
func (l *Library) draft(t live.Take, from live.Link) sidecar.Take {
	d := sidecar.Take{
		Schema: sidecar.Schema, ID: t.ID, Status: sidecar.StatusLanding, Source: string(t.Source.Kind), View: string(t.View),
		RecordedAt: time.UnixMilli(t.RequestedAt).UTC(), Tempo: t.Tempo,
		SignatureNumerator: t.SignatureNumerator, SignatureDenominator: t.SignatureDenominator,
		StartBeat: t.StartBeat, LengthBeats: t.LengthBeats,
		Warnings: warnings(t.Warnings), Live: from.Live, Script: from.Script, Takebar: l.opt.TakebarVersion,
	}
	if t.StartedAt != nil {
		d.RecordedAt = time.UnixMilli(*t.StartedAt).UTC()
	}
	if t.StartBeat != nil && t.StopBeat != nil && *t.StopBeat >= *t.StartBeat {
		length := *t.StopBeat - *t.StartBeat
		d.LengthBeats = &length
	}
	d.Set = setOf(t.Set)
	for _, track := range t.Tracks {
		d.Tracks = append(d.Tracks, sidecar.Track{Name: track.Name, Kind: string(track.Kind)})
	}
	return d
}

func setOf(s live.Set) (set sidecar.Set) {
	if s.Path != nil {
		set.Path = *s.Path
		base := set.Path[strings.LastIndexAny(set.Path, `/\`)+1:]
		set.Name = strings.TrimSuffix(base, filepath.Ext(base))
	}
	if s.Name != nil && *s.Name != "" {
		set.Name = *s.Name
	}
	return set
}

func warnings(list []live.Warning) []sidecar.Warning {
	out := make([]sidecar.Warning, 0, len(list))
	for _, w := range list {
		out = append(out, sidecar.Warning(w))
	}
	return out
}

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
		Rescued: f.Rescued, Warnings: filled(f.Warnings),
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
