// Package copies makes copies of takes in other formats for whoever has a take in hand: it turns a wish into jobs of internal/audio/convert, with
// what is known of the take in their tags.
//
// It must not know a toolkit, the core or the library on disk. main builds it for the windows; internal/cli shares its jobs.
package copies

import (
	"context"
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"strings"
	"time"

	"github.com/takebar/takebar/app/window/ports"
	"github.com/takebar/takebar/internal/audio/convert"
	"github.com/takebar/takebar/internal/take/sidecar"
)

// Options are what a Maker depends on.
type Options struct {
	Version string         // of this program, for tags
	Artist  func() string  // for tags, as config.toml has it now; nil = none
	Zone    *time.Location // of dates in tags; nil = the system's
}

// Maker is ports.Copies.
type Maker struct{ o Options }

var _ ports.Copies = (*Maker)(nil)

// New makes a Maker.
func New(o Options) *Maker {
	if o.Zone == nil {
		o.Zone = time.Local
	}
	if o.Artist == nil {
		o.Artist = func() string { return "" }
	}
	return &Maker{o: o}
}

// Job is the copy of one file: its tags, without a folder. t may be nil for a file that belongs to no take.
func Job(path string, t *sidecar.Take, f sidecar.File, zone *time.Location) convert.Job {
	job := convert.Job{Source: path}
	tags := &job.Tags
	tags.Title = strings.TrimSuffix(filepath.Base(path), filepath.Ext(path))
	if t == nil {
		return job
	}
	tags.Album, tags.BPM, tags.TakeID = t.Set.Name, t.Tempo, t.ID
	if !t.RecordedAt.IsZero() {
		tags.Date = t.RecordedAt.In(zone)
	}
	if tags.Comment = t.Note; tags.Comment == "" {
		tags.Comment = fmt.Sprintf("Take %d, track %s", t.Number, f.Track)
	}
	beat := f.StartBeat
	if beat == nil {
		beat = t.StartBeat
	}
	if beat != nil && t.Tempo > 0 {
		tags.Position = int64(math.Round(*beat * 60 / t.Tempo * float64(f.Rate)))
		if f.StartSample != nil {
			tags.Position -= *f.StartSample // of the file's first frame
		}
	}
	return job
}

// SkipPreRoll has a job begin where the take does. It answers false where nobody knows where that is.
func SkipPreRoll(job *convert.Job, f sidecar.File) bool {
	if f.StartSample == nil {
		return false
	}
	job.Start = *f.StartSample
	job.Tags.Position += job.Start
	return true
}

// CanMP3 implements ports.Copies.
func (*Maker) CanMP3(context.Context) error { return convert.FindTools().CanMP3() }

// Make implements ports.Copies.
func (m *Maker) Make(ctx context.Context, wish ports.CopyWish, progress func(ports.CopyProgress)) ([]ports.Copied, error) {
	format, err := convert.ParseFormat(wish.Format, wish.Bits, wish.Quality)
	if err != nil {
		return nil, err
	}
	target, err := convert.ParseTarget(wish.Level)
	if err != nil {
		return nil, err
	}
	jobs, notes, err := m.jobs(wish)
	if err != nil {
		return nil, err
	}
	opt := convert.Options{Format: format, Normalize: target, TrimEnd: wish.TrimEnd, Tools: convert.FindTools()}
	if format.Kind == convert.MP3 {
		if err := opt.Tools.CanMP3(); err != nil {
			return nil, err
		}
	}
	done := make([]float64, len(jobs))
	opt.Progress = func(p convert.Progress) {
		done[p.Job] = p.Done
		now := ports.CopyProgress{Files: len(jobs)}
		for _, d := range done {
			now.Done += d / float64(len(jobs))
			if d >= 1 {
				now.Ready++
			}
		}
		progress(now)
	}
	results, errs := convert.All(ctx, jobs, opt, nil)
	var made []ports.Copied
	var failed []error
	for i, r := range results {
		if errs[i] != nil {
			failed = append(failed, errs[i])
			continue
		}
		c := ports.Copied{Path: r.Path, Notes: notes[i]}
		for _, w := range r.Warnings {
			c.Notes = append(c.Notes, w.Message)
		}
		made = append(made, c)
	}
	if err := context.Cause(ctx); err != nil {
		return made, err
	}
	return made, first(failed, len(jobs))
}

// jobs are the copies of a wish, and what is to be known of each beforehand.
func (m *Maker) jobs(wish ports.CopyWish) ([]convert.Job, [][]string, error) {
	which := wish.Files
	if len(which) == 0 {
		for i := range wish.Take.Files {
			which = append(which, i)
		}
	}
	var jobs []convert.Job
	var notes [][]string
	for _, i := range which {
		if i < 0 || i >= len(wish.Take.Files) || i >= len(wish.Take.Paths) {
			continue
		}
		f := wish.Take.Files[i]
		job := Job(wish.Take.Paths[i], &wish.Take.Take, f, m.o.Zone)
		job.Dir, job.Tags.Artist, job.Tags.Software = wish.Dir, m.o.Artist(), "Takebar "+m.o.Version
		var known []string
		if wish.NoPre && !SkipPreRoll(&job, f) {
			known = append(known, fmt.Sprintf("It is not known where the take begins in %s, so nothing was cut from its beginning.", filepath.Base(job.Source)))
		}
		jobs, notes = append(jobs, job), append(notes, known)
	}
	if len(jobs) == 0 {
		return nil, nil, &convert.Error{Code: convert.CodeNothing, Message: fmt.Sprintf("The take %q has no audio file.", wish.Take.Name), Hint: "Its notes say why."}
	}
	return jobs, notes, nil
}

// first is the first failure; where there are more, it says how many of how many.
func first(failed []error, of int) error {
	switch len(failed) {
	case 0:
		return nil
	case 1:
		return failed[0]
	}
	e := &convert.Error{Code: convert.CodeNothing, Message: fmt.Sprintf("%d of %d copies could not be made. The first: %s", len(failed), of, failed[0]), Err: failed[0]}
	var known *convert.Error
	if errors.As(failed[0], &known) {
		e.Code, e.Hint = known.Code, known.Hint
	}
	return e
}
