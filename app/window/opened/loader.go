package opened

import (
	"context"
	"errors"
	"math"
	"slices"

	"github.com/takebar/takebar/app"
	"github.com/takebar/takebar/app/window/ports"
)

// atOnce is how many outlines are read at the same time.
const atOnce = 2

// viewMoved is called when another stretch or other lanes are in sight.
func (v *View) viewMoved() {
	v.read()
	v.refreshToolbar()
}

// read reads what is in sight and not yet known, first coarse, then as fine as the screen shows it.
func (v *View) read() {
	if v.entry == nil || !v.seen.Looked || v.waves.size.Width < 2 {
		return
	}
	first, end := v.waves.visible()
	for i := first; i < end && v.reading < atOnce; i++ {
		o := &v.waves.outlines[i]
		if o.loading || o.problem != "" {
			continue
		}
		if o.whole == nil {
			v.readWhole(i)
			continue
		}
		if from, to, per, ok := v.wanted(i); ok {
			if ask := [3]int64{from, to, int64(per)}; ask != o.asked { // an answer that does not help is not asked for twice
				o.asked = ask
				v.readDetail(i, from, to, per)
			}
		}
	}
}

func (v *View) readWhole(i int) {
	path := v.waves.lanes[i].Path
	v.readInto(i, func(ctx context.Context) (*ports.Waveform, error) { return v.deps.Waves.Overview(ctx, path) }, func(o *outline, got *ports.Waveform) {
		o.whole = got
	})
}

func (v *View) readDetail(i int, from, to int64, per int) {
	path := v.waves.lanes[i].Path
	v.readInto(i, func(ctx context.Context) (*ports.Waveform, error) {
		return v.deps.Waves.Detail(ctx, path, from, to, per)
	}, func(o *outline, got *ports.Waveform) {
		o.detail = got
	})
}

// readInto reads one outline in the background. A failure is a sentence in the lane's place: the take is open all the same.
func (v *View) readInto(i int, read func(context.Context) (*ports.Waveform, error), put func(*outline, *ports.Waveform)) {
	opening := v.opening
	v.waves.outlines[i].loading = true
	v.reading++
	var got *ports.Waveform
	finished := func(err error) {
		v.reading--
		if opening != v.opening || i >= len(v.waves.outlines) {
			return // another take is open
		}
		o := &v.waves.outlines[i]
		o.loading = false
		switch {
		case errors.Is(err, context.Canceled):
		case err != nil:
			o.problem = app.ProblemOf(err).Text
			if whole := v.desk.Sentence(plainly(err)); !slices.Contains(v.trouble, whole) && len(v.trouble) < 3 {
				v.trouble = append(v.trouble, whole)
				v.refreshNotices()
				v.parts.take.Refresh()
			}
		case got.Columns() == 0 || got.FramesPerColumn < 1:
			o.problem = v.desk.Say("take.lane.empty")
		default:
			put(o, got)
		}
		v.waves.Refresh()
		v.read()
	}
	// The work ends with the take, the bookkeeping with the window: v.reading must come down in any case.
	v.run(v.desk.Context(), func(context.Context) (err error) {
		got, err = read(opening)
		return err
	}, finished)
}

// wanted says which stretch of a lane's file should be read, unless what is there will do.
func (v *View) wanted(i int) (from, to int64, per int, ok bool) {
	w := v.waves
	lane, o := w.lanes[i], &w.outlines[i]
	rate := 1.0
	if lane.Rate > 0 {
		rate = float64(lane.Rate) / float64(w.axis.Rate)
	}
	pixel := w.stretch.PerPixel * rate / float64(w.pixels)
	per = max(int(math.Floor(pixel)), 1)
	left, right := w.axis.LaneFrame(lane, w.stretch.From), w.axis.LaneFrame(lane, w.stretch.To())
	frames := float64(o.whole.Frames)
	left, right = math.Max(left, 0), math.Min(right, frames)
	if right <= left {
		return 0, 0, 0, false // nothing of this lane is in sight
	}
	if d := o.detail; d != nil {
		end := d.From + int64(d.Columns())*int64(d.FramesPerColumn)
		covers := float64(d.From) <= left && float64(min(end, d.Frames)) >= math.Floor(right)-1
		if covers && d.FramesPerColumn <= per && d.FramesPerColumn*4 > per {
			return 0, 0, 0, false
		}
	}
	margin := (right - left) / 2
	from, to = int64(math.Max(left-margin, 0)), int64(math.Ceil(math.Min(right+margin, frames)))
	from -= from % int64(per)
	return from, to, per, true
}
