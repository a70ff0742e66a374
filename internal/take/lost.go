package take

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/takebar/takebar/bridge/live"
	"github.com/takebar/takebar/internal/audio"
)

// Expect notes that this take records, so that it is missed if nobody ever finishes it. Safe to repeat; it writes only what is new.
// A take that was discarded is forgotten.
func (l *Library) Expect(_ context.Context, t live.Take) error {
	if err := checkID(t.ID); err != nil {
		return err
	}
	if l.flying(t.ID) {
		return nil
	}
	j, err := l.load(t.ID)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		l.log.Warn("the journal of a take could not be read", "take", t.ID, "error", err)
	}
	switch {
	case t.Phase == live.PhaseCancelled:
		if j != nil && (j.Phase == phaseExpected || j.Phase == phaseLost) {
			return l.dropJournal(t.ID)
		}
		return nil
	case j != nil && j.Phase != phaseExpected && j.Phase != phaseLost:
		return nil // it is on its way
	case j != nil && j.Phase == phaseExpected && sameNews(*j.Live, t):
		return nil
	}
	if _, landed := l.landedBefore(t.ID); landed {
		return nil
	}
	noted := l.now()
	if j != nil {
		noted = j.NotedAt
	}
	return l.save(&journal{ID: t.ID, Phase: phaseExpected, NotedAt: noted, Live: &t, Dir: l.opt.Dir})
}

// sameNews says that the second report has nothing that Lost would need.
func sameNews(a, b live.Take) bool {
	return a.Phase == b.Phase && (a.StartedAt == nil) == (b.StartedAt == nil) && len(a.Tracks) == len(b.Tracks) && len(a.Clips) == len(b.Clips)
}

// Lost tells that Live went away during this take. The sentence says where its recordings lie and how to save them; nothing
// is copied unasked. It is "" for a take that is in the library or on its way there.
func (l *Library) Lost(ctx context.Context, t live.Take) (problem string, err error) {
	if err := checkID(t.ID); err != nil {
		return "", err
	}
	if l.flying(t.ID) {
		return "", nil
	}
	j, err := l.load(t.ID)
	if err == nil && j.Phase != phaseExpected && j.Phase != phaseLost {
		return "", nil
	}
	if _, known, err := l.known(ctx, t.ID); err != nil || known {
		return "", err
	}
	found, folders := l.search(ctx, t)
	p := lostProblem(t, found, folders, "Live went away")
	if len(found) == 0 {
		return p.sentence(), l.dropJournal(t.ID) // nothing that could be told again later
	}
	next := &journal{ID: t.ID, Phase: phaseLost, NotedAt: l.now(), Live: &t, Dir: l.opt.Dir, Problem: p}
	if j != nil {
		next.NotedAt = j.NotedAt
	}
	for _, f := range found {
		next.Found = append(next.Found, f.path)
	}
	return p.sentence(), l.save(next)
}

// failed tells about a take that Live could not finish, and whether anything of it is on disk.
func (l *Library) failed(ctx context.Context, t live.Take) error {
	out := failf(CodeTakeFailed, "", nil, "The take ended without a recording.")
	if t.Error != nil {
		out = failf(t.Error.Code, t.Error.Hint, nil, "%s", t.Error.Message)
	}
	found, folders := l.search(ctx, t)
	if len(found) == 0 {
		return errors.Join(l.dropJournal(t.ID), out)
	}
	p := lostProblem(t, found, folders, "Live could not finish")
	out.Hint = p.sentence()
	j := &journal{ID: t.ID, Phase: phaseLost, NotedAt: l.now(), Live: &t, Dir: l.opt.Dir, Problem: p}
	for _, f := range found {
		j.Found = append(j.Found, f.path)
	}
	if err := l.save(j); err != nil {
		l.log.Warn("the journal of a lost take could not be written", "take", t.ID, "error", err)
	}
	return out
}

// nowhere says why a file that Live gave no path for is missing, and which file it may be.
func (l *Library) nowhere(ctx context.Context, j *journal, f *journalFile) error {
	if j.Live != nil {
		found, _ := l.search(ctx, *j.Live)
		for _, c := range found {
			taken := slices.ContainsFunc(j.Files, func(o journalFile) bool { return o.Source == c.path })
			if foldText(c.track) == foldText(f.Track) && !taken {
				f.Source, f.Unasked = c.path, true
				return failf(CodeFileMissing, fmt.Sprintf("“takebar takes rescue \"%s\"” collects it.", c.path), nil,
					"Live did not say which file %s recorded to. It may be %s.", f.Track, c.path)
			}
		}
	}
	return failf(CodeFileMissing, "Look in the project's folder Samples/Recorded; “takebar takes rescue” with the path of the file collects it.", nil,
		"Live did not say which file %s recorded to.", f.Track)
}

// candidate is a file that may belong to a take.
type candidate struct {
	path     string
	track    string // whose name it begins with
	bytes    int64
	complete bool
	length   time.Duration
}

// search looks where the take must have recorded to, for sound files that were made since it began and are named like its tracks.
func (l *Library) search(ctx context.Context, t live.Take) (found []candidate, folders []string) {
	since := time.UnixMilli(t.RequestedAt).Add(-2 * time.Second) // names and some file systems know whole seconds only
	folders = l.recordedFolders(t, since)
	tracks, prefix := t.Tracks, ""
	if t.Source.Kind == live.SourceBounce { // its tracks are named for what they record
		prefix, tracks = "Bounce ", slices.Clone(t.Tracks)
		for i := range tracks {
			tracks[i].Name = prefix + tracks[i].Name
		}
	}
	for _, folder := range folders {
		entries, err := os.ReadDir(folder)
		if err != nil || ctx.Err() != nil {
			continue // an unreadable folder has nothing to offer
		}
		for _, e := range entries {
			if c, ok := consider(filepath.Join(folder, e.Name()), tracks, since, l.now().Location()); ok {
				c.track = strings.TrimPrefix(c.track, prefix)
				found = append(found, c)
			}
		}
	}
	slices.SortFunc(found, func(a, b candidate) int { return cmp.Compare(a.path, b.path) })
	return slices.CompactFunc(found, func(a, b candidate) bool { return a.path == b.path }), folders
}

// recordedFolders are the folders that Live may have recorded to: those of the clips it told of, the project of the saved set, or else
// the temporary projects that were used since the take began.
func (l *Library) recordedFolders(t live.Take, since time.Time) []string {
	var folders []string
	add := func(dir string) {
		if dir = filepath.Clean(dir); filepath.IsAbs(dir) && !slices.Contains(folders, dir) {
			folders = append(folders, dir)
		}
	}
	for _, c := range t.Clips {
		if c.FilePath != nil {
			add(filepath.Dir(*c.FilePath))
		}
	}
	recorded := filepath.Join("Samples", "Recorded")
	if t.Set.Path != nil && *t.Set.Path != "" {
		add(filepath.Join(filepath.Dir(*t.Set.Path), recorded))
	}
	if len(folders) > 0 {
		return folders
	}
	for _, root := range l.opt.LiveRecordings {
		projects, err := os.ReadDir(root)
		if err != nil {
			continue // Live never recorded there
		}
		for _, p := range projects {
			folder := filepath.Join(root, p.Name(), recorded)
			if info, err := os.Stat(folder); err == nil && !info.ModTime().Before(since) { // a new file changes its folder's time
				add(folder)
			}
		}
	}
	return folders
}

func consider(path string, tracks []live.TakeTrack, since time.Time, zone *time.Location) (candidate, bool) {
	name := filepath.Base(path)
	track, ok := trackOf(name, tracks)
	if !ok {
		return candidate{}, false
	}
	lk, err := lookAt(path)
	if lk.stat == nil || err != nil && (!errors.Is(err, audio.ErrUnfinished) || !soundName(name)) {
		return candidate{}, false
	}
	made, stamped := recordedAt(name, zone)
	if !stamped {
		made = lk.stat.ModTime() // no earlier than the moment it was made
	}
	if made.Before(since) {
		return candidate{}, false
	}
	return candidate{path: path, track: track, bytes: lk.stat.Size(), complete: lk.info.Complete, length: lk.info.Duration()}, true
}

// soundName is asked only for files so young that they have no header yet.
func soundName(name string) bool {
	switch strings.ToLower(filepath.Ext(name)) {
	case ".wav", ".aif", ".aiff":
		return true
	default:
		return false
	}
}

// trackOf finds the track whose name the file name begins with; the longest if there are several.
func trackOf(name string, tracks []live.TakeTrack) (string, bool) {
	best, found := "", false
	for _, t := range tracks {
		rest, ok := strings.CutPrefix(foldText(name), foldText(strings.Map(liveRune, t.Name)))
		next, _ := utf8.DecodeRuneInString(rest)
		if ok && !unicode.IsLetter(next) && !unicode.IsDigit(next) && (!found || len(t.Name) > len(best)) {
			best, found = t.Name, true
		}
	}
	return best, found
}

// liveRune is what Live makes of a character of a track's name in a file name.
func liveRune(r rune) rune {
	if strings.ContainsRune(`<>:"/\|?*`, r) {
		return '_'
	}
	return r
}

// recordedAt reads the time in names such as "Vox 0001 [2026-01-31 150918].wav", which Live writes since version 10.
func recordedAt(name string, zone *time.Location) (time.Time, bool) {
	open, end := strings.LastIndexByte(name, '['), strings.LastIndexByte(name, ']')
	if open < 0 || end < open {
		return time.Time{}, false
	}
	at, err := time.ParseInLocation("2006-01-02 150405", name[open+1:end], zone)
	return at, err == nil
}

// lostProblem names what was found of a take that Live did not finish.
func lostProblem(t live.Take, found []candidate, folders []string, what string) *problem {
	p := &problem{Code: CodeFileUnfinished, Message: fmt.Sprintf("%s while it recorded %s.", what, trackNames(t))}
	switch {
	case len(found) == 0 && len(folders) == 0:
		p.Message += " Takebar does not know where the set keeps its recordings."
		p.Hint = "Look in the folder Samples/Recorded of the project; “takebar takes rescue” with the path of the file makes a repaired copy."
	case len(found) == 0:
		p.Message += fmt.Sprintf(" No file of the take is in %s.", strings.Join(folders, ", "))
	default:
		var parts, commands []string
		for _, c := range found {
			state := "unfinished"
			if c.complete {
				state = "complete"
			}
			parts = append(parts, fmt.Sprintf("%s (%s, %s, %s)", c.path, size(c.bytes), c.length.Round(time.Second), state))
			commands = append(commands, fmt.Sprintf("“takebar takes rescue \"%s\"”", c.path))
		}
		p.Message += " What was recorded is still there: " + strings.Join(parts, "; ") + "."
		if t.Bounce != nil { // its files belong together
			commands = []string{fmt.Sprintf("“takebar takes rescue %s”", t.ID)}
		}
		p.Hint = fmt.Sprintf("%s makes a repaired copy; the file itself stays as it is. “takebar takes trash %s” stops this reminder.", strings.Join(commands, ", "), t.ID)
	}
	return p
}

func trackNames(t live.Take) string {
	var names []string
	for _, track := range t.Tracks {
		names = append(names, "“"+track.Name+"”")
	}
	if len(names) == 0 {
		return "a take"
	}
	if len(names) > 4 {
		return fmt.Sprintf("%d tracks", len(names))
	}
	return strings.Join(names, ", ")
}
