package take

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/takebar/takebar/internal/audio/convert"
	"github.com/takebar/takebar/internal/take/sidecar"
)

// CodeTarget says that the folder for a bounce cannot be used.
const CodeTarget = "target_unwritable"

// bounceFrameBytes is what a frame of a bounce takes on disk at most likely: stereo, 24 bits.
const (
	bounceFrameBytes = 6
	bounceRate       = 48000
)

func (l *Library) bouncePlanPath(id string) string {
	return filepath.Join(l.opt.Home, "bounces", id+".json")
}

// PlanBounce notes where the files of a bounce are to go, before it is recorded. It refuses a folder that cannot be written to and disks
// that are too full.
func (l *Library) PlanBounce(_ context.Context, p sidecar.BouncePlan) error {
	if err := checkID(p.ID); err != nil {
		return err
	}
	if _, err := bounceFormat(p); err != nil {
		return err
	}
	if err := tryFolder(p.Dir); err != nil {
		return failf(CodeTarget, "Choose a folder that you may write to.", err, "Nothing can be written to %s: %v.", p.Dir, plainCause(err))
	}
	need := int64(p.Seconds*bounceRate) * bounceFrameBytes * int64(max(1, p.Tracks))
	for _, dir := range []string{p.Dir, l.opt.Dir, p.Project} {
		if dir == "" {
			continue
		}
		if free, err := freeBytes(dir); err == nil && free < need+spareBytes {
			return failf(CodeDiskFull, "Free some space there, or choose another folder.", nil,
				"The disk of %s has %s left, and this bounce needs about %s.", dir, size(free), size(need))
		}
	}
	return writeRecord(l.bouncePlanPath(p.ID), p)
}

// tryFolder makes the folder and writes something into it.
func tryFolder(dir string) error {
	if !filepath.IsAbs(dir) {
		return fmt.Errorf("%w: it is not absolute", fs.ErrInvalid)
	}
	if err := makeDirs(dir); err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, ".takebar-*")
	if err != nil {
		return err
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}

func plainCause(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

// DropBounce forgets the plan of a bounce that does not land.
func (l *Library) DropBounce(id string) error {
	if err := checkID(id); err != nil {
		return err
	}
	return removeIfThere(l.bouncePlanPath(id))
}

// oldPlan is how long the folder of a bounce is remembered that has not landed.
const oldPlan = 60 * 24 * time.Hour

// PlannedBounces lists the bounces whose files are not where they were wanted yet.
func (l *Library) PlannedBounces() ([]sidecar.BouncePlan, error) {
	paths, err := filepath.Glob(filepath.Join(l.opt.Home, "bounces", "*.json"))
	if err != nil {
		return nil, fmt.Errorf("look for planned bounces: %w", err)
	}
	var all []sidecar.BouncePlan
	for _, path := range paths {
		var p sidecar.BouncePlan
		if err := readRecord(path, &p); err != nil || checkID(p.ID) != nil {
			l.log.Warn("the plan of a bounce could not be read", "path", path, "error", err)
			continue
		}
		if l.now().Sub(p.At) > oldPlan && !p.At.IsZero() { // of a bounce that failed and that nobody has rescued
			if err := l.DropBounce(p.ID); err != nil {
				l.log.Warn("an old plan of a bounce could not be removed", "path", path, "error", err)
			}
			continue
		}
		all = append(all, p)
	}
	return all, nil
}

// DeliverBounce cuts the files of a bounce that has landed out of the library's copies, into the folder of its plan. Every file begins with the first sample of its
// section; what was recorded in one pass stays together to the sample. Nothing is overwritten. Doing it again after a crash goes on with what
// is there. A bounce without a plan is CodeTakeNotFound.
func (l *Library) DeliverBounce(ctx context.Context, e sidecar.Entry, progress func(done float64)) (sidecar.Bounced, error) {
	out := sidecar.Bounced{ID: e.ID}
	var plan sidecar.BouncePlan
	err := readRecord(l.bouncePlanPath(e.ID), &plan)
	if errors.Is(err, fs.ErrNotExist) || err == nil && e.Bounce == nil {
		return out, failf(CodeTakeNotFound, "", nil, "Nobody waits for the files of the bounce %s.", e.ID)
	}
	if err != nil {
		return out, err
	}
	out.Dir = plan.Dir
	if err := makeDirs(plan.Dir); err != nil {
		return out, failf(CodeTarget, "The bounce is in the takes folder.", err, "Nothing can be written to %s: %v.", plan.Dir, plainCause(err))
	}
	warned := l.guessPreRoll(ctx, &e)
	pieces := piecesOf(e, plan)
	if len(plan.Names) != len(pieces) {
		if plan.Names, err = bounceNames(e, plan, pieces); err != nil {
			return out, folderError(plan.Dir, err)
		}
		if err := writeRecord(l.bouncePlanPath(e.ID), plan); err != nil {
			return out, err
		}
	}
	made, err := l.cut(ctx, e, plan, pieces, progress)
	if err != nil {
		return out, bounceError(plan.Dir, err)
	}
	for i, p := range pieces {
		for _, w := range made[i].Warnings {
			warned = append(warned, sidecar.Warning{Code: w.Code, Message: w.Message})
		}
		out.Files = append(out.Files, sidecar.BouncedFile{
			Path: made[i].Path, Track: p.file.Track, Section: p.section, Rate: made[i].Rate, Frames: made[i].Frames, Partial: p.partial,
		})
		out.Partial = out.Partial || p.partial
	}
	out.Partial = out.Partial || e.Bounce.Partial || len(e.Missing) > 0
	out.Warnings = append(bounceWarnings(e), warned...)
	if err := l.keepDelivered(out); err != nil {
		l.log.Warn("the end of a bounce could not be noted", "bounce", e.ID, "error", err)
	}
	return out, l.DropBounce(e.ID)
}

// keptDelivered is how many bounces DeliveredBounce knows.
const keptDelivered = 500

func (l *Library) deliveredPath(id string) string {
	return filepath.Join(l.opt.Home, "bounces", "done", id+".json")
}

func (l *Library) keepDelivered(b sidecar.Bounced) error {
	if err := writeRecord(l.deliveredPath(b.ID), b); err != nil {
		return err
	}
	entries, err := os.ReadDir(filepath.Dir(l.deliveredPath(b.ID)))
	if err != nil || len(entries) <= keptDelivered {
		return err
	}
	made := func(e fs.DirEntry) int64 {
		info, err := e.Info()
		if err != nil {
			return 0 // it has gone
		}
		return info.ModTime().UnixNano()
	}
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return cmp.Compare(made(a), made(b)) })
	for _, old := range entries[:len(entries)-keptDelivered] {
		err = errors.Join(err, removeIfThere(filepath.Join(filepath.Dir(l.deliveredPath(b.ID)), old.Name())))
	}
	return err
}

// DeliveredBounce tells of a bounce whose files DeliverBounce has made, for one who asks again after a crash. Only the last ones are known.
func (l *Library) DeliveredBounce(id string) (b sidecar.Bounced, ok bool, err error) {
	if err := checkID(id); err != nil {
		return b, false, err
	}
	switch err := readRecord(l.deliveredPath(id), &b); {
	case errors.Is(err, fs.ErrNotExist):
		return b, false, nil
	case err != nil:
		return b, false, err
	}
	return b, true, nil
}

// bounceError leaves what is said well already.
func bounceError(dir string, err error) error {
	var coded interface{ ErrorCode() string }
	if errors.As(err, &coded) {
		return err
	}
	return folderError(dir, err)
}

// guessPreRoll gives a rescued recording, of which Live could not say any more where its range begins, the pre-roll of the last
// recording that is known: it depends on the audio device only.
func (l *Library) guessPreRoll(ctx context.Context, e *sidecar.Entry) []sidecar.Warning {
	unknown := func(f sidecar.File) bool { return f.StartSample == nil && (len(f.Cuts) == 0 || f.Cuts[0] == nil) }
	if !slices.ContainsFunc(e.Files, unknown) {
		return nil
	}
	e.Files = slices.Clone(e.Files)
	others, err := l.List(ctx, sidecar.Query{})
	if err != nil {
		l.log.Warn("cannot look for the pre-roll of earlier recordings", "bounce", e.ID, "error", err)
	}
	said := ""
	for i := range e.Files {
		f := &e.Files[i]
		if !unknown(*f) {
			continue
		}
		said = "Live could not say where in the recording the range begins, so a short pre-roll may be in front of it."
		if n, ok := lastPreRoll(others, e.ID, f.Rate); ok {
			f.StartSample = &n
			said = fmt.Sprintf("Live could not say where in the recording the range begins. %d samples of pre-roll were cut off, as many as the last recording had.", n)
		}
	}
	return []sidecar.Warning{{Code: "start_sample_unknown", Message: said}}
}

// lastPreRoll finds the pre-roll of the newest Arrangement recording of that rate.
func lastPreRoll(newestFirst []sidecar.Entry, but string, rate int) (int64, bool) {
	for _, o := range newestFirst {
		for _, f := range o.Files {
			if o.ID != but && o.View == "arrangement" && f.Rate == rate && f.StartSample != nil && *f.StartSample > 0 {
				return *f.StartSample, true
			}
		}
	}
	return 0, false
}

func bounceWarnings(e sidecar.Entry) []sidecar.Warning {
	all := append([]sidecar.Warning{}, e.Warnings...)
	for _, f := range e.Files {
		for _, w := range f.Warnings {
			all = append(all, sidecar.Warning{Code: w.Code, Message: f.Track + ": " + w.Message})
		}
	}
	return all
}

// cutting is what one file of a bounce holds: frames from to to of a file of the library.
type cutting struct {
	source   string // path
	file     sidecar.File
	section  string
	beat     float64 // where it begins in the song
	from, to int64
	partial  bool
}

// piecesOf lists the files to make, section by section within a track. A section of which nothing was recorded is left out.
func piecesOf(e sidecar.Entry, plan sidecar.BouncePlan) []cutting {
	var all []cutting
	for i, f := range e.Files {
		marks := marksOf(e, f)
		for s := range len(marks) - 1 {
			from, to := min(marks[s], f.Frames), min(marks[s+1], f.Frames)
			beats := bounceBeats(e)
			name := ""
			if s < len(plan.Sections) {
				name = plan.Sections[s]
			}
			if to > from {
				all = append(all, cutting{source: e.Paths[i], file: f, section: name, beat: beats[s], from: from, to: to, partial: to < marks[s+1]})
			}
		}
	}
	return all
}

// bounceBeats are the places where the files of a bounce begin and end, in beats.
func bounceBeats(e sidecar.Entry) []float64 {
	return append(append([]float64{e.Bounce.Start}, e.Bounce.Cuts...), e.Bounce.End())
}

// marksOf are the frames where a file of a bounce is cut: start, cuts, end. Where Live could not say, the tempo tells.
func marksOf(e sidecar.Entry, f sidecar.File) []int64 {
	beats := bounceBeats(e)
	first := int64(0)
	if f.StartSample != nil {
		first = *f.StartSample
	}
	marks := make([]int64, len(beats))
	for i, beat := range beats {
		marks[i] = first
		if e.Tempo > 0 {
			marks[i] += int64(math.Round((beat - e.Bounce.Start) * 60 / e.Tempo * float64(f.Rate)))
		}
		if i < len(f.Cuts) && f.Cuts[i] != nil {
			marks[i] = *f.Cuts[i]
		}
		if i > 0 {
			marks[i] = max(marks[i], marks[i-1])
		}
	}
	return marks
}

// bounceNames gives every piece a name that is free in the folder: set, track, section. All of one bounce get the same number where one is needed.
func bounceNames(e sidecar.Entry, plan sidecar.BouncePlan, pieces []cutting) ([]string, error) {
	dir := newDirLook(plan.Dir)
	stems := make([]string, len(pieces))
	seen := map[string]int{}
	for i, p := range pieces {
		parts := []string{e.Set.Name, p.file.Track, p.section}
		if p.partial {
			parts = append(parts, "partial")
		}
		parts = slices.DeleteFunc(parts, func(s string) bool { return strings.TrimSpace(s) == "" })
		stems[i] = cleanComponent(cutText(cleanValue(strings.Join(parts, " - ")), maxComponent))
		seen[nameKey(stems[i])]++
		if n := seen[nameKey(stems[i])]; n > 1 { // tracks may share a name
			stems[i] += fmt.Sprintf(" %d", n)
			seen[nameKey(stems[i])]++
		}
	}
	ext := convert.Kind(cmp.Or(plan.Format, string(convert.WAV))).Ext()
	for n := 1; ; n++ {
		names := make([]string, len(stems))
		free := true
		for i, stem := range stems {
			names[i] = stem + ext
			if n > 1 {
				names[i] = fmt.Sprintf("%s (%d)%s", stem, n, ext)
			}
			free = free && !dir.has(names[i]) && !dir.has(names[i]+partSuffix)
		}
		if free || dir.err != nil {
			return names, dir.err
		}
	}
}

// cut makes the files of a bounce, on all cores, each checked before it gets its name. A file that is there already is from before a crash. After the first
// error the others are given up; what is finished stays for the next time.
func (l *Library) cut(ctx context.Context, e sidecar.Entry, plan sidecar.BouncePlan, pieces []cutting, progress func(done float64)) ([]convert.Result, error) {
	opt, err := bounceFormat(plan)
	if err != nil {
		return nil, err
	}
	made := make([]convert.Result, len(pieces))
	done := make([]float64, len(pieces))
	var jobs []convert.Job
	var of []int // the piece of each job
	for i, p := range pieces {
		path := filepath.Join(plan.Dir, plan.Names[i])
		if _, err := os.Lstat(path); err == nil {
			made[i], done[i] = convert.Result{Path: path, Rate: p.file.Rate, Frames: p.to - p.from}, 1
			continue
		}
		if err := removeIfThere(path + partSuffix); err != nil {
			return nil, err
		}
		jobs, of = append(jobs, p.job(e, plan, path, "Takebar "+l.opt.TakebarVersion)), append(of, i)
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	told := 0.0
	opt.Progress = func(p convert.Progress) {
		done[of[p.Job]] = p.Done
		all := 0.0
		for _, d := range done {
			all += d / float64(len(done))
		}
		if all >= told+0.01 || all >= 1-1e-9 && told < 1 {
			told = all
			progress(min(1, all))
		}
	}
	results, _ := convert.All(ctx, jobs, opt, func(_ int, _ convert.Result, err error) {
		if err != nil {
			cancel(err) // the first one counts
		}
	})
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	for j, r := range results {
		made[of[j]] = r
	}
	return made, nil
}

// job is how the piece is made.
func (p cutting) job(e sidecar.Entry, plan sidecar.BouncePlan, path, software string) convert.Job {
	base := strings.TrimSuffix(filepath.Base(path), filepath.Ext(path))
	job := convert.Job{Source: p.source, Start: p.from, Frames: p.to - p.from, Dir: plan.Dir, Name: base, Tags: convert.Tags{
		Title: base, Artist: plan.Artist, Album: e.Set.Name, BPM: e.Tempo, Date: e.RecordedAt.Local(), TakeID: e.ID, Software: software,
		Comment: fmt.Sprintf("Bounce, track %s", p.file.Track),
	}}
	if e.Tempo > 0 {
		job.Tags.Position = int64(math.Round(p.beat * 60 / e.Tempo * float64(p.file.Rate)))
	}
	return job
}

// bounceFormat is what the files are to be; 24-bit recordings stay as they are without a wish.
func bounceFormat(plan sidecar.BouncePlan) (convert.Options, error) {
	format, err := convert.ParseFormat(cmp.Or(plan.Format, string(convert.WAV)), plan.Bits, plan.Quality)
	if err != nil {
		return convert.Options{}, err
	}
	target, err := convert.ParseTarget(plan.Normalize)
	if err != nil {
		return convert.Options{}, err
	}
	opt := convert.Options{Format: format, Normalize: target, TrimEnd: plan.Trim}
	if format.Kind == convert.MP3 {
		opt.Tools = convert.FindTools()
		if err := opt.Tools.CanMP3(); err != nil {
			return opt, err
		}
	}
	return opt, nil
}
