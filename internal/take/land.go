package take

import (
	"context"
	"errors"
	"io/fs"
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
	takes, err := l.scanAll(ctx, l.opt.Dir)
	if err != nil {
		return sidecar.Entry{}, false, folderError(l.opt.Dir, err)
	}
	for _, s := range takes {
		if s.take.ID == id {
			return s.entry(), true, nil
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
func (l *Library) scanAll(ctx context.Context, dir string) ([]shelved, error) {
	absent := func() error { return l.unplugged(dir) }
	takes, err := l.index.scan(ctx, dir, false, absent)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil // the landing finds out, and waits
	}
	if err != nil {
		return nil, err
	}
	trash, err := l.index.scan(ctx, filepath.Join(dir, trashFolder), true, absent)
	if err != nil {
		return nil, err
	}
	return append(takes.found, trash.found...), nil
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
		Warnings: warnings(c.Warnings), Cuts: c.Cuts, State: fileNew, Replace: -1,
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
		Schema: sidecar.Schema, ID: t.ID, Status: sidecar.StatusLanding, Source: sourceOf(t.Source.Kind), View: string(t.View),
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
	if b := t.Bounce; b != nil {
		d.Bounce = &sidecar.Bounce{Kind: b.Kind, Tap: b.Tap, Start: b.Start, Length: b.Length, Tail: b.Tail, Cuts: filled(b.Cuts), Partial: b.Partial}
	}
	for _, track := range t.Tracks {
		d.Tracks = append(d.Tracks, sidecar.Track{Name: track.Name, Kind: string(track.Kind)})
	}
	return d
}

// sourceOf: the selected track is just a track once the take is over.
func sourceOf(kind live.SourceKind) string {
	if kind == live.SourceSelected {
		kind = live.SourceTrack
	}
	return string(kind)
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
