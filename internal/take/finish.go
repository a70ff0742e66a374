package take

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/takebar/takebar/internal/audio"
	"github.com/takebar/takebar/internal/take/sidecar"
)

// Warnings that a landing writes into sidecars, beside those that Live's script gives.
const (
	WarnMIDIOnly      = "midi_only"      // no audio track recorded, so there is no audio file
	WarnSilent        = "silent"         // the peak is below -90 dBFS
	WarnAllZero       = "all_zero"       // not one sample differs from zero
	WarnClipped       = "clipped"        // samples at full scale
	WarnLengthDiffers = "length_differs" // the file is not as long as Live says
	WarnRateDiffers   = "rate_differs"   // the file's sample rate is not the one that Live says
	WarnBadSamples    = "bad_samples"    // floats that are no numbers
	WarnRescued       = "rescued"        // what the repair did
	WarnOtherContent  = "other_content"  // fetched again, and not the same as the first time
)

// finish writes the sidecar, which puts the take into the library.
func (g *landing) finish() (sidecar.Entry, error) {
	l, j := g.lib, g.j
	l.mu.Lock()
	err := g.writeSidecar()
	l.mu.Unlock()
	if err != nil {
		return sidecar.Entry{}, folderError(j.Dir, err)
	}
	l.opt.Step(StepSidecarPlaced)
	return g.close()
}

func (g *landing) writeSidecar() error {
	l, j := g.lib, g.j
	for {
		old, err := g.oldSidecar()
		if errors.Is(err, fs.ErrNotExist) {
			old = nil
		} else if err != nil {
			return err
		}
		var was sidecar.Take
		if old != nil {
			was, err = decodeSidecar(old)
			if err != nil && !errors.Is(err, errNewer) || was.ID != j.ID {
				if err := g.renameSidecar(); err != nil {
					return err
				}
				continue
			}
			j.Take = was
		}
		j.Take = g.result(j.Take)
		l.index.forget(g.abs(j.Sidecar))
		data, err := encodeSidecar(j.Take, old)
		if err != nil {
			return err
		}
		if old != nil {
			return writeOver(g.abs(j.Sidecar), data)
		}
		err = writeNew(g.abs(j.Sidecar), data, func() { l.opt.Step(StepSidecarWritten) })
		if !errors.Is(err, fs.ErrExist) {
			return err
		}
	}
}

// renameSidecar steps around a file that took the name meanwhile.
func (g *landing) renameSidecar() error {
	l, j := g.lib, g.j
	base := strings.TrimSuffix(j.Sidecar, sidecar.Suffix)
	dir := newDirLook(j.Dir)
	for n := 2; ; n++ {
		name := fmt.Sprintf("%s (%d)%s", base, n, sidecar.Suffix)
		isFree := l.free(dir, name, j.ID)
		if dir.err != nil {
			return dir.err
		}
		if isFree {
			j.Sidecar = name
			l.note(j)
			return nil
		}
	}
}

// result is the take with what this landing collected and what it could not.
func (g *landing) result(t sidecar.Take) sidecar.Take {
	j := g.j
	t = cloneTake(t)
	t.Warnings = slices.DeleteFunc(t.Warnings, func(w sidecar.Warning) bool {
		return slices.ContainsFunc(t.Missing, func(m sidecar.Missing) bool { return m.Code == w.Code && m.Message == w.Message })
	})
	t.Missing = nil
	for _, f := range j.Files {
		switch {
		case f.file != nil && f.Replace >= 0 && f.Replace < len(t.Files):
			t.Files[f.Replace] = *f.file
		case f.file != nil:
			t.Files = append(t.Files, *f.file)
		case f.Problem != nil && f.Replace < 0:
			t.Missing = append(t.Missing, sidecar.Missing{
				Track: f.Track, ClipName: f.ClipName, OriginalPath: f.Source, Code: f.Problem.Code, Message: f.Problem.Message,
			})
			t.Warnings = append(t.Warnings, sidecar.Warning{Code: f.Problem.Code, Message: f.Problem.Message})
		}
	}
	t.Status = statusOf(t)
	if t.Status == sidecar.StatusMIDI && !slices.ContainsFunc(t.Warnings, func(w sidecar.Warning) bool { return w.Code == WarnMIDIOnly }) {
		t.Warnings = append(t.Warnings, sidecar.Warning{Code: WarnMIDIOnly, Message: "Only MIDI tracks recorded, so there is no audio file. The MIDI clips are in the set."})
	}
	landed := g.lib.now().UTC()
	t.LandedAt = &landed
	return t
}

func statusOf(t sidecar.Take) sidecar.Status {
	switch {
	case len(t.Missing) > 0 && len(t.Files) == 0:
		return sidecar.StatusMissing
	case len(t.Missing) > 0:
		return sidecar.StatusPartial
	case slices.ContainsFunc(t.Files, func(f sidecar.File) bool { return f.Rescued }):
		return sidecar.StatusRescued
	case len(t.Files) > 0:
		return sidecar.StatusLanded
	case slices.ContainsFunc(t.Tracks, func(t sidecar.Track) bool { return t.Kind == "midi" }):
		return sidecar.StatusMIDI
	default:
		return sidecar.StatusMissing
	}
}

// close ends the landing of a take whose sidecar is in place. The error says why nothing could be collected, if so.
func (g *landing) close() (sidecar.Entry, error) {
	l, j := g.lib, g.j
	t := j.Take
	if err := os.RemoveAll(l.workshop(j)); err != nil {
		l.log.Warn("a folder for repaired copies stays behind", "folder", l.workshop(j), "error", err)
	}
	_ = os.Remove(filepath.Dir(l.workshop(j))) // goes once it is empty
	r := record{take: t}
	entry := r.entry(g.abs(j.Sidecar), false, nil)
	if w := l.lowDisk(j.Dir, t); w != nil {
		entry.Warnings = append(entry.Warnings, *w)
	}
	if len(t.Missing) > 0 {
		return entry, g.closeIncomplete()
	}
	if err := writeRecord(l.donePath(j.ID), doneRecord{Version: journalVersion, ID: j.ID, LandedAt: l.now(), Dir: j.Dir, Sidecar: j.Sidecar, Take: t}); err != nil {
		l.log.Warn("the record of landed takes could not be written", "take", j.ID, "error", err)
	}
	l.opt.Step(StepDoneNoted)
	if err := l.dropJournal(j.ID); err != nil {
		l.log.Warn("the journal of a landed take stays behind", "take", j.ID, "error", err)
	}
	l.opt.Step(StepJournalClosed)
	g.moved = g.total
	g.tell("done", t.Name+" has landed.")
	for _, f := range j.Files {
		if f.Replace >= 0 && f.Problem != nil {
			return entry, f.Problem.err() // the copy that vanished could not be fetched again
		}
	}
	if t.Status == sidecar.StatusMissing {
		return entry, failf(CodeFileMissing, "Look at the tracks in Live: was a track armed, and is its clip there?", nil, "Live recorded no audio file in this take.")
	}
	return entry, nil
}

// closeIncomplete keeps the journal for the files that are missing.
func (g *landing) closeIncomplete() error {
	l, j := g.lib, g.j
	j.Phase = phaseIncomplete
	j.Files = slices.DeleteFunc(j.Files, func(f journalFile) bool {
		return !slices.ContainsFunc(j.Take.Missing, func(m sidecar.Missing) bool { return m.OriginalPath == f.Source && m.Track == f.Track })
	})
	for i := range j.Files {
		f := &j.Files[i]
		f.State, f.Name, f.Part, f.Repair = fileMissing, "", "", false
	}
	m := j.Take.Missing[0]
	j.Problem = &problem{Code: m.Code, Message: m.Message, Hint: fmt.Sprintf("“takebar takes rescue %s” tries again.", j.ID)}
	l.note(j)
	g.moved = g.total
	g.tell("done", fmt.Sprintf("%s has landed, but not all of it.", j.Take.Name))
	if j.Take.Status == sidecar.StatusMissing {
		for _, f := range j.Files {
			if f.Problem != nil {
				return f.Problem.err()
			}
		}
		return j.Problem.err()
	}
	return nil
}

// fileWarnings says in words what is odd about a file.
func fileWarnings(f *journalFile, info audio.Info, stats audio.Stats) []sidecar.Warning {
	var out []sidecar.Warning
	warn := func(code, format string, args ...any) {
		out = append(out, sidecar.Warning{Code: code, Message: fmt.Sprintf(format, args...)})
	}
	switch {
	case stats.AllZero:
		warn(WarnAllZero, "%s is digital silence: every sample is zero. Check the track's input, and that Live may use the audio device.", f.Track)
	case stats.Silent:
		warn(WarnSilent, "%s is silent: its peak is %.1f dBFS. Check the track's input and the cable.", f.Track, stats.PeakDBFS)
	}
	if stats.ClippedSamples > 0 {
		warn(WarnClipped, "%s is clipped: %d samples at full scale.", f.Track, stats.ClippedSamples)
	}
	if stats.BadSamples > 0 {
		warn(WarnBadSamples, "%s has %d samples that are no numbers.", f.Track, stats.BadSamples)
	}
	if f.Rate != nil && int(*f.Rate+0.5) != info.Rate {
		warn(WarnRateDiffers, "Live says that %s was recorded at %.0f Hz; the file says %d Hz.", f.Track, *f.Rate, info.Rate)
	}
	if f.Frames != nil && *f.Frames > 0 && lengthDiffers(*f.Frames, info.Frames, info.Rate) && !f.Rescued {
		warn(WarnLengthDiffers, "Live says that %s has %s (%d frames); the file has %s (%d frames).", f.Track,
			clock(*f.Frames, info.Rate), *f.Frames, clock(info.Frames, info.Rate), info.Frames)
	}
	return out
}

// lengthDiffers says that audio seems to be lost, or that the file holds much more than the clip shows. A millisecond less, or a second more, is nothing to
// worry anybody with.
func lengthDiffers(live, file int64, rate int) bool {
	return file < live-int64(rate)/1000 || file > live+int64(rate)
}

// clock writes a length as 3:05.2.
func clock(frames int64, rate int) string {
	if rate <= 0 {
		return "?"
	}
	tenths := frames * 10 / int64(rate)
	return fmt.Sprintf("%d:%02d.%d", tenths/600, tenths/10%60, tenths%10)
}
