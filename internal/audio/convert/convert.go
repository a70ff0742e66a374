package convert

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"

	"github.com/takebar/takebar/internal/audio/loudness"
)

// Job is one recording, or a part of it, that becomes one file.
type Job struct {
	Source string // path of a WAV or AIFF
	Start  int64  // first frame of it
	Frames int64  // how many; 0 = all that follow
	Dir    string // where the copy goes, made if it is not there; "" = beside the source
	Name   string // of the copy, without folder and extension; "" = the source's own
	Tags   Tags
}

// Options are what several jobs have in common.
type Options struct {
	Format    Format
	Normalize Target
	TrimEnd   bool   // leave out the silence at the end, below -90 dBFS
	Seed      uint64 // of the dither; the same one makes the same file
	Tools     *Tools // nil = FindTools, each time
	// Progress is called from the goroutine that converts; nil = nobody asks. All
	// calls it for one job at a time.
	Progress func(Progress)
}

// Progress is how far one job has come.
type Progress struct {
	Job  int     // which, from 0; of All
	Step string  // measuring, converting, checking, done
	Done float64 // of the job, 0 to 1
}

// The codes of a Warning.
const (
	WarnSilent        = "silent"         // there is no level to bring to a target, or nothing to trim
	WarnClipped       = "clipped"        // samples beyond full scale were limited
	WarnTargetMissed  = "target_missed"  // more gain would have clipped
	WarnBadSamples    = "bad_samples"    // floats that are no numbers became zero
	WarnRateChanged   = "rate_changed"   // an MP3 has another sample rate than its source
	WarnAboveFull     = "above_full"     // the true peak is above full scale, so players may distort
	WarnLevelUnproved = "level_unproved" // no decoder was there to look at an MP3's peak
)

// Warning is something to know about a copy that is there all the same.
type Warning struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

// Levels is how loud a copy is. Levels that do not exist are -200.
type Levels struct {
	IntegratedLUFS float64 `json:"integrated_lufs"`
	RangeLU        float64 `json:"range_lu"`
	TruePeakDBTP   float64 `json:"true_peak_dbtp"`
}

// Result is one finished copy. Of an MP3, levels are those of what was encoded.
type Result struct {
	Source   string    `json:"source"` // absolute
	Path     string    `json:"path"`   // absolute
	Format   Kind      `json:"format"`
	Bits     int       `json:"bits"` // 0 for MP3
	Float    bool      `json:"float"`
	Quality  Quality   `json:"quality"` // "" but for MP3
	Rate     int       `json:"rate"`    // Hz
	Channels int       `json:"channels"`
	Frames   int64     `json:"frames"`
	Bytes    int64     `json:"bytes"`
	Start    int64     `json:"start"`    // first frame of the source that is in it
	Lossless bool      `json:"lossless"` // every sample is the source's
	GainDB   float64   `json:"gain_db"`  // 0 = level as it was
	Levels   *Levels   `json:"loudness"` // null where it cannot be measured
	Encoder  string    `json:"encoder"`  // that made an MP3, "" otherwise
	Warnings []Warning `json:"warnings"`
}

// Convert makes one copy. Errors are *Error, or ctx's. After an error nothing of
// the copy is left.
func Convert(ctx context.Context, job Job, opt Options) (Result, error) {
	if err := ctx.Err(); err != nil {
		return Result{}, fmt.Errorf("convert %s: %w", job.Source, err)
	}
	c := &conversion{job: job, opt: opt}
	if c.opt.Tools == nil {
		c.opt.Tools = FindTools()
	}
	if c.opt.Progress == nil {
		c.opt.Progress = func(Progress) {}
	}
	result, err := c.run(ctx)
	if err != nil && ctx.Err() != nil {
		return Result{}, fmt.Errorf("convert %s: %w", job.Source, ctx.Err())
	}
	return result, err
}

// conversion is one job on its way.
type conversion struct {
	job    Job
	opt    Options
	src    *source
	plan   plan
	result Result
	work   int64 // frames to look at, in all steps
	moved  int64
}

func (c *conversion) run(ctx context.Context) (Result, error) {
	path, err := filepath.Abs(c.job.Source)
	if err != nil {
		return Result{}, sourceError(c.job.Source, err)
	}
	if c.src, err = openSource(path, c.job.Start, c.job.Frames); err != nil {
		return Result{}, err
	}
	defer c.src.close()
	if err := c.prepare(ctx); err != nil {
		return Result{}, err
	}
	dir, base := c.job.Dir, c.job.Name
	if dir == "" {
		dir = filepath.Dir(path)
	}
	if dir, err = filepath.Abs(dir); err != nil {
		return Result{}, targetError(c.job.Dir, err)
	}
	if base == "" {
		base = strings.TrimSuffix(filepath.Base(path), filepath.Ext(path))
	}
	base = cutBase(strings.ReplaceAll(base, string(filepath.Separator), "_"))
	if err := c.make(ctx, dir, base); err != nil {
		return Result{}, err
	}
	c.tell("done", 0)
	return c.result, nil
}

// prepare decides about range, format and level.
func (c *conversion) prepare(ctx context.Context) error {
	s, name := c.src, filepath.Base(c.src.path)
	if c.opt.TrimEnd {
		heard, err := s.trimEnd(ctx)
		if err != nil {
			return err
		}
		if !heard {
			c.warn(WarnSilent, "%s is silent from beginning to end, so nothing was trimmed.", name)
		}
	}
	format, err := c.opt.Format.resolve(name, s.info, s.frames)
	if err != nil {
		return err
	}
	if format.Kind == MP3 {
		if err := c.opt.Tools.CanMP3(); err != nil {
			return err
		}
	}
	c.work = 2 * s.frames
	if c.opt.Normalize.Set {
		c.work += s.frames
		if err := c.normalize(ctx, name); err != nil {
			return err
		}
	}
	c.plan = plan{format: format, info: s.info, frames: s.frames, tags: c.job.Tags.clean()}
	c.result = Result{
		Source: s.path, Format: format.Kind, Bits: format.Bits, Float: format.Float, Quality: format.Quality,
		Rate: s.info.Rate, Channels: s.info.Channels, Frames: s.frames, Start: s.start,
		Lossless: s.gain == 1 && format.exact(s.info), GainDB: c.result.GainDB, Warnings: c.result.Warnings,
	}
	if format.Kind == MP3 {
		if c.result.Rate = mp3Rate(s.info.Rate); c.result.Rate != s.info.Rate {
			c.result.Frames = int64(math.Round(float64(s.frames) * float64(c.result.Rate) / float64(s.info.Rate)))
			c.warn(WarnRateChanged, "An MP3 cannot have %d Hz; %s became %d Hz.", s.info.Rate, name, c.result.Rate)
		}
	}
	return nil
}

// safePeak is the true peak, in dBTP, that a loudness target may not push a copy beyond.
const safePeak = -1.0

// normalize finds the gain that brings the copy to its target.
func (c *conversion) normalize(ctx context.Context, name string) error {
	loud, err := c.src.measure(ctx, func(n int64) { c.tell("measuring", n) })
	if err != nil {
		return err
	}
	target, from := c.opt.Normalize, loud.TruePeak
	if target.LUFS {
		from = loud.Integrated
	}
	if from <= loudness.Floor {
		c.warn(WarnSilent, "%s has no level that could be brought to %s, so it stays as it is.", name, target)
		return nil
	}
	gain := target.Level - from
	if most := safePeak - loud.TruePeak; target.LUFS && gain > most && gain > 0 {
		gain = max(most, 0)
		c.warn(WarnTargetMissed, "%s reaches only %.1f LUFS: with more, its peaks would be above %g dBTP.", name, loud.Integrated+gain, safePeak)
	}
	c.result.GainDB = gain
	c.src.gain = math.Pow(10, gain/20)
	return nil
}

func (c *conversion) warn(code, format string, args ...any) {
	c.result.Warnings = append(c.result.Warnings, Warning{Code: code, Message: fmt.Sprintf(format, args...)})
}

// tell reports progress.
func (c *conversion) tell(step string, frames int64) {
	c.moved += frames
	p := Progress{Step: step, Done: 1}
	if c.work > 0 && step != "done" {
		p.Done = min(1, float64(c.moved)/float64(c.work))
	}
	c.opt.Progress(p)
}

// make writes the copy, checks it and gives it its name.
func (c *conversion) make(ctx context.Context, dir, base string) (err error) {
	ext := c.plan.format.Kind.Ext()
	f, err := createPart(dir, base, ext)
	if err != nil {
		return targetError(dir, err)
	}
	defer func() {
		_ = f.Close() // closed already, unless something failed before
		if err != nil {
			if left := removeParts(f.Name()); left != nil {
				err = errors.Join(err, left)
			}
		}
	}()
	if err := c.fill(ctx, f, dir); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return targetError(dir, err)
	}
	st, err := f.Stat()
	if err != nil {
		return targetError(dir, err)
	}
	if err := f.Close(); err != nil {
		return targetError(dir, err)
	}
	c.result.Bytes = st.Size()
	c.result.Path, err = publish(f.Name(), dir, base, ext)
	return targetError(dir, err)
}

// fill writes all samples into the part and reads them back.
func (c *conversion) fill(ctx context.Context, f *os.File, dir string) error {
	to, err := c.open(ctx, f)
	if err != nil {
		return targetError(dir, err)
	}
	defer to.abandon()
	c.result.Encoder = to.encoder()
	loud, err := c.pour(ctx, to)
	if err != nil {
		return targetError(dir, err)
	}
	if err := to.finish(ctx, loud); err != nil {
		return targetError(dir, err)
	}
	c.tell("checking", 0)
	if err := to.check(ctx); err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return verifyError(filepath.Base(f.Name()), err)
	}
	return nil
}

func (c *conversion) open(ctx context.Context, f *os.File) (sink, error) {
	switch c.plan.format.Kind {
	case MP3:
		return newMP3Sink(ctx, f, &c.plan, c.opt.Tools)
	case FLAC:
		return newFlacSink(f, &c.plan)
	}
	return newPCMSink(f, &c.plan, limit32)
}

// pour brings the samples from the source into the sink and measures them on the
// way, on a core of its own.
func (c *conversion) pour(ctx context.Context, to sink) (*loudness.Result, error) {
	s, p := c.src, &c.plan
	if err := s.rewind(); err != nil {
		return nil, err
	}
	meter := startMeter(s.info.Rate, s.info.Channels)
	defer meter.end()
	size := blockFrames * s.info.Channels
	var q *quantizer
	out := samples{floats: make([]float32, size)}
	if p.format.Kind != MP3 && !p.format.Float {
		q = newQuantizer(p.format.Bits, !c.result.Lossless, c.opt.Seed)
		out = samples{ints: make([]int32, size)}
	}
	ints, floats := out.ints, out.floats
	for {
		buf := meter.buffer(size)
		n, err := s.read(ctx, buf)
		if err != nil {
			return nil, err
		}
		if n == 0 {
			break
		}
		buf = buf[:n*s.info.Channels]
		meter.add(buf)
		if q != nil {
			out.ints = ints[:len(buf)]
			q.ints(out.ints, buf)
		} else {
			out.floats = floats[:len(buf)]
			p.peak = max(p.peak, toFloats(out.floats, buf))
		}
		if err := to.write(ctx, out); err != nil {
			return nil, err
		}
		c.tell("converting", int64(n))
	}
	loud := meter.end()
	if loud != nil {
		c.result.Levels = &Levels{IntegratedLUFS: loud.Integrated, RangeLU: loud.Range, TruePeakDBTP: loud.TruePeak}
	}
	c.judge(q)
	return loud, nil
}

// judge says what a listener may notice.
func (c *conversion) judge(q *quantizer) {
	name := filepath.Base(c.src.path)
	if c.src.bad > 0 {
		c.warn(WarnBadSamples, "%s has %d samples that are no numbers; they became silence.", name, c.src.bad)
	}
	if q != nil && q.clipped > 0 {
		c.warn(WarnClipped, "%d samples of %s were beyond full scale and are limited now; --normalize -1dBTP avoids that.", q.clipped, name)
	} else if l := c.result.Levels; l != nil && c.plan.format.Kind == MP3 && l.TruePeakDBTP > 0 {
		c.warn(WarnAboveFull, "The true peak of %s is %.1f dBTP, so an MP3 of it may distort; --normalize -1dBTP avoids that.", name, l.TruePeakDBTP)
	}
}
