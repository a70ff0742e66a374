package cli

import (
	"context"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"sync"

	"github.com/spf13/cobra"

	"github.com/takebar/takebar/app"
	"github.com/takebar/takebar/bridge/live"
	"github.com/takebar/takebar/internal/control"
)

// bounceWords are the flags of takebar bounce.
type bounceWords struct {
	stems, keep                      bool
	span, tail, dir, tapped          string
	format, bits, quality, normalize string
	trim                             bool
	batch, forget, leaveSets, tidy   bool
}

func (r *run) bounceCommand() *cobra.Command {
	var w bounceWords
	c := &cobra.Command{
		Use:   "bounce [track...] | bounce --batch [set, folder or pattern...]",
		Short: "Print the main output, or every track at once, in real time",
		Long: `Print the main output of the set, or with --stems every track at once, through
Live itself: in real time, without a dialog. Live must be stopped. Everything that
is changed in the set for it is put back.

With --stems all audio, MIDI and return tracks are printed, or those that are
named (groups and "selected" too). They begin together, to the sample.

The command ends when the files are in the folder, printing one path a line. The
first Ctrl+C stops the bounce and keeps what was recorded, a second one leaves.

With --batch the words are Live Sets (.als files, folders, patterns). Each is opened
as the system opens it, and bounced as the other options say; no key is pressed. It
ends with a table. A batch that was interrupted goes on with "bounce --batch".`,
		Example: "  takebar bounce --to ~/Desktop\n  takebar bounce --stems --range loop --tail 2bars\n  takebar bounce --range locators --json\n  takebar bounce --stems Drums Bass --range Verse..Chorus\n  takebar bounce --batch Album/*.als --dont-save --format flac --to ~/Desktop/Album",
		Args:    args(0, -1, ""),
		RunE: func(cmd *cobra.Command, tracks []string) error {
			if w.tidy {
				return r.with(cmd.Context(), withLive, r.tidyBounces)
			}
			var sets []string
			if w.batch || w.forget {
				sets, tracks = tracks, nil
			}
			request, err := bounceRequest(w, tracks)
			if err != nil {
				return err
			}
			request.Artist = r.artist()
			if w.batch || w.forget {
				return r.bounceBatch(cmd.Context(), w, request, sets)
			}
			return r.with(cmd.Context(), withLive, func(ctx context.Context, core Core) error { return r.bounce(ctx, core, request) })
		},
	}
	c.Flags().BoolVar(&w.stems, "stems", false, "every track into a file of its own, in one pass")
	c.Flags().StringVar(&w.span, "range", "set", "set, loop, locators (each section), A..B (two locators), or bars:N (from where the song stands)")
	c.Flags().StringVar(&w.tail, "tail", "", "record on after the range: 2bars, 8beats, 3s, ...")
	c.Flags().StringVar(&w.dir, "to", "", "folder for the files (default: Bounces in the takes folder)")
	c.Flags().StringVar(&w.tapped, "tap", "post-mixer", "where stems are taken: post-mixer or post-fx")
	c.Flags().StringVar(&w.format, "format", "wav", "wav, aiff, flac or mp3")
	c.Flags().StringVar(&w.bits, "bits", "", "16, 24, 32 or 32f (floats); not for mp3 (default: as recorded)")
	c.Flags().StringVar(&w.quality, "quality", "", "of an mp3: V0 (the default), V2 or 320")
	c.Flags().StringVar(&w.normalize, "normalize", "", "bring each file to a true peak (-1dBTP) or a loudness (-14LUFS)")
	c.Flags().BoolVar(&w.trim, "trim", false, "leave out the silence at the end of each file")
	c.Flags().BoolVar(&w.batch, "batch", false, "open and bounce several sets, one after the other")
	c.Flags().BoolVar(&w.leaveSets, "dont-save", false, "of a batch: where Live asks, leave sets unsaved that the batch opened and only bounced")
	c.Flags().BoolVar(&w.forget, "forget", false, "forget what is left of the last batch")
	c.Flags().BoolVar(&w.tidy, "tidy", false, "delete tracks that a bounce left behind when its set was closed or Live crashed")
	c.Flags().BoolVar(&w.keep, "keep-tracks", false, "keep the tracks that recorded, muted")
	return c
}

func bounceRequest(w bounceWords, tracks []string) (control.BounceRequest, error) {
	q := control.BounceRequest{Source: live.BounceMain, KeepTracks: w.keep, Format: w.format, Bits: w.bits, Quality: w.quality, Normalize: w.normalize, Trim: w.trim}
	if _, err := (convertWords{format: w.format, bits: w.bits, quality: w.quality, normalize: w.normalize}).options(); err != nil {
		return q, usageError{err}
	}
	if w.stems {
		q.Source = live.BounceStems
	} else if len(tracks) > 0 {
		return q, usagef("tracks are named with --stems only")
	}
	for _, t := range tracks {
		q.Tracks = append(q.Tracks, control.Ref(t))
	}
	switch w.tapped {
	case "post-mixer":
		q.Tap = live.TapPostMixer
	case "post-fx":
		q.Tap = live.TapPostFX
	default:
		return q, usagef("--tap is post-mixer or post-fx, not %q", w.tapped)
	}
	if w.tail != "" && strings.Trim(w.tail, "0") != "" {
		length, err := parseLength(w.tail)
		if err != nil {
			return q, usagef("--tail: %w", err)
		}
		q.TailBeats, q.TailBars, q.TailSecs = length.LengthBeats, length.LengthBars, length.LengthSecs
	}
	if w.dir != "" {
		dir, err := filepath.Abs(w.dir)
		if err != nil {
			return q, fmt.Errorf("find the folder %q: %w", w.dir, err)
		}
		q.Dir = dir
	}
	err := bounceRange(&q, w.span)
	return q, err
}

// bounceRange reads the word of --range.
func bounceRange(q *control.BounceRequest, word string) error {
	from, to, between := strings.Cut(word, "..")
	bars, isBars := strings.CutPrefix(word, "bars:")
	switch {
	case word == "set", word == "loop", word == "locators":
		q.Range = control.RangeKind(word)
	case isBars:
		n, err := strconv.ParseFloat(bars, 64)
		if err != nil || !(n > 0) || n > 100000 {
			return usagef("--range bars:N takes a number of bars over 0, not %q", bars)
		}
		q.Range, q.Bars = control.RangeBars, n
	case between && strings.TrimSpace(from) != "" && strings.TrimSpace(to) != "":
		q.Range, q.From, q.To = control.RangeBetween, from, to
	default:
		return usagef("--range is set, loop, locators, A..B (two locators) or bars:N, not %q", word)
	}
	return nil
}

func (r *run) bounce(ctx context.Context, core Core, q control.BounceRequest) error {
	bouncer, err := bounceCore(core)
	if err != nil {
		return err
	}
	stop, leave, restore := r.stopOnInterrupt()
	defer restore()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	defer context.AfterFunc(leave, func() { cancel(errLeft) })()
	var beside sync.WaitGroup
	defer beside.Wait()
	watching, done := context.WithCancel(ctx)
	defer done()
	beside.Go(func() { r.bounceProgress(watching, core) })
	beside.Go(func() {
		select {
		case <-watching.Done():
			return
		case <-stop.Done():
		}
		if watching.Err() != nil {
			return
		}
		r.say("Stopping the bounce. What was recorded still lands; Ctrl+C again leaves without waiting.")
		if _, err := bouncer.StopBounce(watching); err != nil && watching.Err() == nil {
			r.complain(err)
			cancel(errInterrupted) // it has not begun yet
		}
	})
	b, err := bouncer.Bounce(ctx, q)
	done()
	if err != nil {
		return left(ctx, err)
	}
	err = r.show(b, func() string {
		var paths []string
		for _, f := range b.Files {
			paths = append(paths, f.Path)
		}
		return strings.Join(paths, "\n")
	})
	if err != nil {
		return err
	}
	for _, w := range b.Warnings {
		r.say("Note: " + app.Clean(w.Message))
	}
	if b.Partial {
		return &control.Error{
			Code: "bounce_partial", Message: "The bounce ended early; what was recorded is there, with “partial” in its name or with tracks missing.",
			Hint: "The notes above tell why. Bounce again for all of it.",
		}
	}
	return nil
}

// bounceProgress tells on standard error how far the bounce is, at each tenth: first the recording, then the files.
func (r *run) bounceProgress(ctx context.Context, core Core) {
	bounce, told, cut := "", -1, -1
	for s := range core.Watch(ctx) {
		for _, l := range s.Landings {
			if step := int(l.Done * 10); l.Step == "cutting" && l.Problem == "" && l.TakeID == bounce && step > cut {
				cut = step
				r.say(fmt.Sprintf("Making the files: %d %%", int(l.Done*100)))
			}
		}
		t := s.RunningTake()
		done, _, ok := app.BounceProgress(s)
		if !ok || t.Phase == live.PhasePreparing || t.Phase == live.PhaseStopping {
			continue
		}
		if t.ID != bounce {
			bounce, told, cut = t.ID, -1, -1
		}
		if step := int(done * 10); step > told {
			told = step
			r.say(app.BounceLine(s))
		}
	}
}
