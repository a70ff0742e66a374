package opentake

import (
	"strconv"
	"strings"
	"time"

	"github.com/takebar/takebar/app"
	"github.com/takebar/takebar/app/words"
	"github.com/takebar/takebar/internal/control"
	"github.com/takebar/takebar/internal/take/sidecar"
)

// Fact is one row of what is known.
type Fact struct {
	Label string
	Value string
	Tone  Tone
	Copy  string // what the button beside it copies; "" = no button
	Path  bool   // the value is a path: where it is too long, its end matters
}

// Group is facts under one heading.
type Group struct {
	Title string
	Facts []Fact
}

// Facts are the rows about a take and about the file of one of its lanes.
func Facts(e control.LibraryTake, lane int, o Options) []Group {
	w := wording{say: o.Say, zone: o.Zone}
	if w.zone == nil {
		w.zone = time.Local
	}
	var all []Group
	if lane >= 0 && lane < len(e.Files) {
		title := w.say("take.facts.file")
		if track := app.Clean(e.Files[lane].Track); track != "" && len(e.Files) > 1 {
			title = w.say("take.facts.file_of", words.Data{"Track": track})
		}
		all = append(all, Group{Title: title, Facts: w.fileFacts(e, lane, o.Seen)})
	}
	return append(all, Group{Title: w.say("take.facts.take"), Facts: w.takeFacts(e, o.Seen)})
}

type rows []Fact

func (r *rows) add(label, value string) {
	if value != "" {
		*r = append(*r, Fact{Label: label, Value: value})
	}
}

func (w wording) takeFacts(e control.LibraryTake, seen Seen) []Fact {
	var r rows
	if !e.RecordedAt.IsZero() {
		r.add(w.say("take.fact.recorded"), e.RecordedAt.In(w.zone).Format(w.say("take.date_seconds")))
	}
	if e.Set.Path != "" {
		f := Fact{Label: w.say("take.fact.set"), Value: app.Clean(e.Set.Path), Copy: e.Set.Path, Path: true}
		if seen.Looked && seen.SetGone {
			f.Label, f.Tone = w.say("take.fact.set_missing"), Warn
		}
		r = append(r, f)
	} else {
		r.add(w.say("take.fact.set"), app.Clean(e.Set.Name))
	}
	r.add(w.say("take.fact.tempo"), w.tempo(e))
	if e.StartBeat != nil {
		start := w.say("take.beat", words.Data{"Beat": w.short(*e.StartBeat)})
		if bars := barsOf(*e.StartBeat, e.SignatureNumerator, e.SignatureDenominator); bars != "" {
			start = bars + "  (" + start + ")"
		}
		r.add(w.say("take.fact.start"), start)
	}
	if e.LengthBeats != nil && *e.LengthBeats > 0 {
		r.add(w.say("take.fact.beats"), w.say("take.beats", words.Data{"Beats": w.short(*e.LengthBeats)}))
	}
	r.add(w.say("take.fact.live"), app.Clean(e.Live))
	r.add(w.say("take.fact.script"), app.Clean(e.Script))
	return r
}

func (w wording) fileFacts(e control.LibraryTake, i int, seen Seen) []Fact {
	f := e.Files[i]
	var r rows
	r.add(w.say("take.fact.format"), w.format(f))
	r = append(r, w.levels(f)...)
	if f.Rate > 0 && f.Frames > 0 {
		r.add(w.say("take.fact.length"), Clock(f.Frames, f.Rate))
	}
	if f.StartSample != nil && *f.StartSample > 0 && f.Rate > 0 {
		r.add(w.say("take.fact.preroll"), w.say("take.seconds", words.Data{"Seconds": w.number(float64(*f.StartSample)/float64(f.Rate), 3)}))
	}
	if i < len(e.Paths) {
		file := Fact{Label: w.say("take.fact.file"), Value: app.Clean(e.Paths[i]), Copy: e.Paths[i], Path: true}
		if seen.gone(i) {
			file.Label, file.Tone = w.say("take.fact.file_missing"), Bad
		}
		r = append(r, file)
	}
	if f.SHA256 != "" {
		short := f.SHA256
		if len(short) > 16 {
			short = short[:16] + "…"
		}
		r = append(r, Fact{Label: w.say("take.fact.hash"), Value: short, Copy: f.SHA256})
	}
	if f.Bytes > 0 {
		r.add(w.say("take.fact.size"), w.size(f.Bytes))
	}
	if f.OriginalPath != "" {
		o := Fact{Label: w.say("take.fact.original"), Value: app.Clean(f.OriginalPath), Copy: f.OriginalPath, Path: true}
		if seen.originalGone(i) {
			o.Label, o.Tone = w.say("take.fact.original_missing"), Warn
		}
		r = append(r, o)
	}
	return r
}

func (w wording) levels(f sidecar.File) []Fact {
	var r rows
	if f.Frames <= 0 {
		return nil
	}
	if f.PeakDBFS <= noLevel || f.AllZero {
		return []Fact{{Label: w.say("take.fact.peak"), Value: w.say("take.no_signal"), Tone: Warn}}
	}
	peak := Fact{Label: w.say("take.fact.peak"), Value: w.number(f.PeakDBFS, 2) + " dBFS"}
	if f.Silent {
		peak.Tone = Warn
	}
	r = append(r, peak)
	if f.TruePeakDBTP == nil && f.IntegratedLUFS == nil {
		r.add(w.say("take.fact.loudness"), w.say("take.measuring"))
	}
	if f.TruePeakDBTP != nil && *f.TruePeakDBTP > noLevel {
		t := Fact{Label: w.say("take.fact.truepeak"), Value: w.number(*f.TruePeakDBTP, 1) + " dBTP"}
		if *f.TruePeakDBTP > 0 {
			t.Tone = Warn
		}
		r = append(r, t)
	}
	if f.IntegratedLUFS != nil {
		if *f.IntegratedLUFS > noLevel {
			text := w.number(*f.IntegratedLUFS, 1) + " LUFS"
			if f.RangeLU != nil && *f.RangeLU > noLevel {
				text += w.say("take.range", words.Data{"Range": w.number(*f.RangeLU, 1)})
			}
			r.add(w.say("take.fact.loudness"), text)
		} else {
			r.add(w.say("take.fact.loudness"), w.say("take.too_quiet"))
		}
	}
	clipped := Fact{Label: w.say("take.fact.clipped"), Value: w.say("take.none")}
	if f.ClippedSamples > 0 {
		clipped.Value, clipped.Tone = w.plural64(f.ClippedSamples), Warn
	}
	return append(r, clipped)
}

func (w wording) plural64(n int64) string {
	if n == 1 {
		return w.say("take.sample_one")
	}
	return w.say("take.sample_many", words.Data{"Number": strconv.FormatInt(n, 10)})
}

// FactsText is all facts as text, for the clipboard.
func FactsText(groups []Group) string {
	var b strings.Builder
	for _, g := range groups {
		b.WriteString(g.Title + "\n")
		for _, f := range g.Facts {
			value := f.Value
			if f.Copy != "" {
				value = f.Copy
			}
			b.WriteString(f.Label + ": " + value + "\n")
		}
	}
	return b.String()
}
