package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/takebar/takebar/app"
	"github.com/takebar/takebar/internal/audio/convert"
	"github.com/takebar/takebar/internal/control"
	"github.com/takebar/takebar/internal/copies"
	"github.com/takebar/takebar/internal/take"
	"github.com/takebar/takebar/internal/take/sidecar"
)

// convertWords are the flags of convert.
type convertWords struct {
	to, format, bits, quality, normalize string
	trim, trimStart                      bool
}

// converted is what convert prints as JSON.
type converted struct {
	Converted []convert.Result `json:"converted"`
	Failed    []notConverted   `json:"failed"`
}

type notConverted struct {
	Source string `json:"source"`
	failure
}

func (r *run) convertCommand() *cobra.Command {
	var w convertWords
	c := &cobra.Command{
		Use:   "convert <file or take>...",
		Short: "Make copies as WAV, AIFF, FLAC or MP3, brought to a level if you like",
		Long: `Make copies of recordings or takes in another format. The recordings stay as they
are, and nothing is overwritten: a name that is taken gets a number. Each copy is
read back and compared before it gets its name. Prints one path a line.

What is not said stays as it is in the recording. Copies with fewer bits are
dithered. MP3 needs LAME on your computer; Takebar says how to get it.`,
		Example: "  takebar convert last --format mp3\n  takebar convert 12 13 --to ~/Desktop --format flac --bits 16 --normalize -1dBTP\n  takebar convert *.wav --format mp3 --quality 320 --trim",
		Args:    args(1, -1, `which files or takes: a path, a take's number, its name, its id, or "last"`),
		RunE: func(cmd *cobra.Command, given []string) error {
			opt, err := w.options()
			if err != nil {
				return usageError{err}
			}
			if opt.Format.Kind == convert.MP3 {
				if err := opt.Tools.CanMP3(); err != nil {
					return err
				}
			}
			jobs, err := r.convertJobs(cmd.Context(), given, w)
			if err != nil {
				return err
			}
			return r.convertAll(cmd.Context(), jobs, opt)
		},
	}
	f := c.Flags()
	f.StringVar(&w.to, "to", "", "folder for the copies (without it: beside each recording)")
	f.StringVar(&w.format, "format", "wav", "wav, aiff, flac or mp3")
	f.StringVar(&w.bits, "bits", "", "16, 24, 32 or 32f (floats); not for mp3")
	f.StringVar(&w.quality, "quality", "", "of an mp3: V0 (the default), V2 or 320")
	f.StringVar(&w.normalize, "normalize", "", "bring to a true peak (-1dBTP) or a loudness (-14LUFS)")
	f.BoolVar(&w.trim, "trim", false, "leave out the silence at the end")
	f.BoolVar(&w.trimStart, "trim-start", false, "leave out the pre-roll before a take begins")
	return c
}

func (w convertWords) options() (convert.Options, error) {
	format, err := convert.ParseFormat(w.format, w.bits, w.quality)
	if err != nil {
		return convert.Options{}, err
	}
	target, err := convert.ParseTarget(w.normalize)
	if err != nil {
		return convert.Options{}, err
	}
	return convert.Options{Format: format, Normalize: target, TrimEnd: w.trim, Tools: convert.FindTools()}, nil
}

// convertJobs finds the recordings that are meant. A core is asked only for takes that are not named by a file.
func (r *run) convertJobs(ctx context.Context, given []string, w convertWords) ([]convert.Job, error) {
	software, artist := "Takebar "+r.Version, r.artist()
	var jobs []convert.Job
	add := func(path string, t *sidecar.Take, f sidecar.File) {
		job := copies.Job(path, t, f, r.Location)
		job.Dir, job.Tags.Artist, job.Tags.Software = w.to, artist, software
		if w.trimStart && !copies.SkipPreRoll(&job, f) {
			r.say(fmt.Sprintf("Note: It is not known where the take begins in %s, so nothing was cut from its beginning.", filepath.Base(path)))
		}
		jobs = append(jobs, job)
	}
	find := func(ctx context.Context, core Core) error {
		jobs = nil
		for _, ref := range given {
			if isFile(ref) {
				if t, f, ok := take.Beside(ref); ok {
					add(ref, &t, f)
				} else {
					add(ref, nil, sidecar.File{})
				}
				continue
			}
			e, err := core.Take(ctx, ref)
			if err != nil {
				return err
			}
			if len(e.Paths) == 0 {
				return &control.Error{Code: "no_file", Message: fmt.Sprintf("The take %q has no audio file.", e.Name), Hint: "takebar takes show tells why."}
			}
			for i, path := range e.Paths {
				add(path, &e.Take, e.Files[i])
			}
		}
		return nil
	}
	for _, ref := range given {
		if isFile(ref) {
			continue
		}
		if looksLikePath(ref) {
			return nil, &control.Error{Code: convert.CodeSourceMissing, Message: fmt.Sprintf("There is no file %s.", ref), Hint: "Check its name and folder."}
		}
		return jobs, r.with(ctx, withoutLive, func(ctx context.Context, core Core) error { return find(ctx, core) })
	}
	err := find(ctx, nil)
	return jobs, err
}

func isFile(ref string) bool {
	st, err := os.Stat(ref)
	return err == nil && !st.IsDir()
}

// looksLikePath says that no take is meant.
func looksLikePath(ref string) bool {
	switch strings.ToLower(filepath.Ext(ref)) {
	case ".wav", ".aif", ".aiff", ".aifc", ".rf64", ".bwf", ".w64":
		return true
	}
	return strings.ContainsRune(ref, filepath.Separator)
}

// artist is the name of config.toml for tags.
func (r *run) artist() string {
	if r.Config == nil {
		return ""
	}
	file, err := r.Config()
	if err != nil {
		return ""
	}
	return file.Load().Config.Artist
}

// convertAll converts, tells of it, and prints the paths.
func (r *run) convertAll(ctx context.Context, jobs []convert.Job, opt convert.Options) error {
	bar := newBar(r.Stderr, r.json, jobs)
	opt.Progress = bar.moved
	results, errs := convert.All(ctx, jobs, opt, nil)
	bar.clear()
	if err := context.Cause(ctx); err != nil {
		return errors.Join(r.printConverted(jobs, results, errs, nil), err)
	}
	return r.printConverted(jobs, results, errs, func(err error) failure { return r.failureOf(err) })
}

// printConverted prints what is there, and why the rest is not; reasons is nil where the user ended it.
func (r *run) printConverted(jobs []convert.Job, results []convert.Result, errs []error, reasons func(error) failure) error {
	out := converted{Converted: []convert.Result{}, Failed: []notConverted{}}
	var paths []string
	for i, res := range results {
		if errs[i] == nil {
			if res.Warnings == nil {
				res.Warnings = []convert.Warning{}
			}
			out.Converted = append(out.Converted, res)
			paths = append(paths, res.Path)
			r.say(convertedText(res))
			for _, w := range res.Warnings {
				r.say("Note: " + w.Message)
			}
			continue
		}
		if reasons != nil {
			f := reasons(errs[i])
			out.Failed = append(out.Failed, notConverted{jobs[i].Source, f})
		}
	}
	if len(jobs) == 1 && len(out.Failed) == 1 {
		return errs[0]
	}
	if reasons != nil || len(paths) > 0 {
		if err := r.show(out, func() string { return strings.Join(paths, "\n") }); err != nil {
			return err
		}
	}
	for _, f := range out.Failed {
		r.say(f.Message)
		if f.Hint != "" {
			r.say("Hint: " + f.Hint)
		}
	}
	if len(out.Failed) > 0 {
		return silent{exitFailed}
	}
	return nil
}

// convertedText says what a copy has become.
func convertedText(res convert.Result) string {
	format := convert.Format{Kind: res.Format, Bits: res.Bits, Float: res.Float, Quality: res.Quality}
	text := fmt.Sprintf("%s: %s, %s", app.Clean(filepath.Base(res.Path)), format, length(time.Duration(float64(res.Frames)/float64(res.Rate)*float64(time.Second))))
	if res.Levels != nil && res.Levels.IntegratedLUFS > -200 {
		text += fmt.Sprintf(", %.1f LUFS, %.1f dBTP", res.Levels.IntegratedLUFS, res.Levels.TruePeakDBTP)
	}
	if res.GainDB != 0 {
		text += fmt.Sprintf(" (%+.1f dB)", res.GainDB)
	}
	return text
}

// bar is the line that shows progress on a terminal.
type bar struct {
	w     io.Writer // nil: there is no terminal
	names []string
	done  []float64
	shown string
}

func newBar(w io.Writer, quiet bool, jobs []convert.Job) *bar {
	b := &bar{done: make([]float64, len(jobs))}
	for _, j := range jobs {
		b.names = append(b.names, app.Clean(filepath.Base(j.Source)))
	}
	if f, ok := w.(*os.File); ok && !quiet {
		if st, err := f.Stat(); err == nil && st.Mode()&os.ModeCharDevice != 0 {
			b.w = w
		}
	}
	return b
}

// moved is called for one job at a time.
func (b *bar) moved(p convert.Progress) {
	if b.w == nil {
		return
	}
	b.done[p.Job] = p.Done
	sum, finished := 0.0, 0
	for _, d := range b.done {
		sum += d
		if d == 1 {
			finished++
		}
	}
	line := fmt.Sprintf("%3.0f %%  %d of %d  %s %s", 100*sum/float64(len(b.done)), finished, len(b.done), p.Step, b.names[p.Job])
	if line != b.shown {
		b.shown = line
		_, _ = fmt.Fprintf(b.w, "\r\x1b[K%.78s", line)
	}
}

func (b *bar) clear() {
	if b.w != nil && b.shown != "" {
		_, _ = fmt.Fprint(b.w, "\r\x1b[K")
	}
}
