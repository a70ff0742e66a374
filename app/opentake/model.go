// Package opentake is the model of one opened take: what the window says and offers about it, where its waveforms, ticks and playhead lie, and
// which of its lanes are heard. It turns a library entry and what was found on disk into texts and numbers.
//
// It must not know a toolkit, touch the disk or call the core; everything here is a value or a pure function. app/window/opened draws it.
package opentake

import (
	"path/filepath"
	"time"

	"github.com/takebar/takebar/app"
	"github.com/takebar/takebar/app/words"
	"github.com/takebar/takebar/internal/control"
	"github.com/takebar/takebar/internal/take/sidecar"
)

// Seen is what was found on disk. The zero Seen means that nobody has looked yet; everything then counts as there.
type Seen struct {
	Looked    bool
	Gone      []bool // the take's files, in order
	Originals []bool // true: the original of that file is gone
	SetGone   bool
}

// Tone says how a text is meant.
type Tone int

// Tones of a text.
const (
	Plain Tone = iota
	Hint       // to know, nothing wrong
	Warn       // look at it
	Bad        // something is missing
)

// Remedy is what a button beside a notice does.
type Remedy int

// Remedies of a notice.
const (
	NoRemedy Remedy = iota
	Rescue          // fetch the recording again
	Restore         // out of the trash
)

// Notice is a sentence above the waveform.
type Notice struct {
	Tone   Tone
	Text   string
	Remedy Remedy
	Label  string // of the remedy's button
}

// Lane is one audio file of the take.
type Lane struct {
	Name     string
	Detail   string // format in a few words
	Brief    string // mono, stereo, ...
	Path     string // absolute
	Rate     int    // Hz; 0 = unknown
	Channels int
	Frames   int64 // of the file
	Start    int64 // frame of the file that is frame 0 of the take
	Problem  string
}

// Can says what is possible with the take now.
type Can struct {
	Play, Edit, Reveal, OpenFile, CopyPath, Convert, Trash, Restore, OpenOriginal, OpenSet, Rescue bool
}

// Model is one opened take as it is shown.
type Model struct {
	ID      string
	Name    string
	Line    string // set, date, length, tempo
	Rating  int    // 0 to 5
	Note    string
	Trashed bool
	Notices []Notice
	Lanes   []Lane
	// Instead is shown where waveforms would be: why there are none. Of a take with lanes it is "".
	Instead string
	Axis    Axis
	Can     Can
}

// Options are what a Model depends on besides the take.
type Options struct {
	Say  words.Say
	Zone *time.Location // of dates; nil = the system's
	Seen Seen
}

// New makes the model of a take.
func New(e control.LibraryTake, o Options) Model {
	w := wording{say: o.Say, zone: o.Zone}
	if w.zone == nil {
		w.zone = time.Local
	}
	m := Model{ID: e.ID, Name: w.name(e), Line: w.line(e), Rating: min(max(e.Rating, 0), 5), Note: e.Note, Trashed: e.Trashed}
	for i, f := range e.Files {
		m.Lanes = append(m.Lanes, w.lane(e, i, f, o.Seen))
	}
	m.Axis = axis(e, m.Lanes)
	m.Notices = w.notices(e, o.Seen)
	m.Can = possible(e, o.Seen)
	if len(m.Lanes) == 0 {
		m.Instead = w.instead(e)
	}
	return m
}

// Gone says whether file i is known to be missing.
func (s Seen) gone(i int) bool { return s.Looked && i < len(s.Gone) && s.Gone[i] }

func (s Seen) originalGone(i int) bool {
	return s.Looked && i < len(s.Originals) && s.Originals[i]
}

func possible(e control.LibraryTake, seen Seen) Can {
	there, original, missing := 0, false, len(e.Missing) > 0
	for i, f := range e.Files {
		if i < len(e.Paths) && !seen.gone(i) {
			there++
		} else {
			missing = true
		}
		if f.OriginalPath != "" && !seen.originalGone(i) {
			original = true
		}
	}
	return Can{
		Play: there > 0, Edit: !e.Trashed && e.Sidecar != "", Reveal: there > 0 || e.Sidecar != "", OpenFile: there > 0, CopyPath: there > 0,
		Convert: there > 0 && !e.Trashed, Trash: !e.Trashed, Restore: e.Trashed, OpenOriginal: original,
		OpenSet: e.Set.Path != "" && (!seen.Looked || !seen.SetGone), Rescue: missing && !e.Trashed,
	}
}

func (w wording) lane(e control.LibraryTake, i int, f sidecar.File, seen Seen) Lane {
	l := Lane{Name: app.Clean(f.Track), Detail: w.format(f), Brief: w.channels(f), Rate: f.Rate, Channels: f.Channels, Frames: max(f.Frames, 0)}
	if i < len(e.Paths) {
		l.Path = e.Paths[i]
	}
	if l.Name == "" {
		l.Name = app.Clean(filepath.Base(filepath.FromSlash(f.Name)))
	}
	if f.StartSample != nil && *f.StartSample > 0 && *f.StartSample < l.Frames {
		l.Start = *f.StartSample
	}
	switch {
	case l.Path == "":
		l.Problem = w.say("take.lane.gone")
	case seen.gone(i) && e.Trashed:
		l.Problem = w.say("take.lane.gone")
	case seen.gone(i) && !seen.originalGone(i) && f.OriginalPath != "":
		l.Problem = w.say("take.lane.gone_original")
	case seen.gone(i):
		l.Problem = w.say("take.lane.gone")
	}
	return l
}

// instead says why there is nothing to hear.
func (w wording) instead(e control.LibraryTake) string {
	switch {
	case e.Status == sidecar.StatusMIDI:
		return w.say("take.instead.midi")
	case e.Status == sidecar.StatusLanding:
		return w.say("take.instead.landing")
	case e.Status == sidecar.StatusUnreadable || e.Schema == 0:
		return w.say("take.instead.unreadable")
	}
	return w.say("take.instead.nothing")
}

// notices are the sentences above the waveform, what matters most first.
func (w wording) notices(e control.LibraryTake, seen Seen) []Notice {
	var all []Notice
	said := map[string]bool{}
	add := func(n Notice) {
		if n.Text != "" && !said[n.Text] {
			said[n.Text] = true
			all = append(all, n)
		}
	}
	if e.Trashed {
		add(Notice{Tone: Hint, Text: w.say("take.notice.trashed"), Remedy: Restore, Label: w.say("take.do.restore")})
	}
	offered := false
	rescue := func(tone Tone, text string) {
		n := Notice{Tone: tone, Text: text}
		if !e.Trashed && !offered { // one click fetches all that is missing
			n.Remedy, n.Label, offered = Rescue, w.say("take.do.rescue"), true
		}
		add(n)
	}
	if gone := countGone(e, seen); gone > 0 {
		rescue(Bad, w.plural(gone, "take.notice.gone_one", "take.notice.gone_many"))
	}
	for _, m := range e.Missing {
		rescue(Bad, w.missing(m))
	}
	told := map[string]bool{} // missing recordings are among the warnings as well
	for _, m := range e.Missing {
		told[m.Code+m.Message] = true
	}
	for _, x := range e.Warnings {
		if !told[x.Code+x.Message] && (x.Code != "file_vanished" || !seen.Looked) && (x.Code != "midi_only" || len(e.Files) > 0) {
			add(Notice{Tone: tone(x.Code), Text: w.warning(x, "")})
		}
	}
	for _, f := range e.Files {
		track := ""
		if len(e.Files) > 1 {
			track = app.Clean(f.Track)
		}
		for _, x := range f.Warnings {
			add(Notice{Tone: tone(x.Code), Text: w.warning(x, track)})
		}
		if f.Silent && !hasCode(f.Warnings, "silent", "all_zero") {
			add(Notice{Tone: Warn, Text: w.warning(sidecar.Warning{Code: "silent"}, track)})
		}
	}
	return all
}

func countGone(e control.LibraryTake, seen Seen) int {
	n := 0
	for i := range e.Files {
		if seen.gone(i) {
			n++
		}
	}
	return n
}

func hasCode(all []sidecar.Warning, codes ...string) bool {
	for _, x := range all {
		for _, c := range codes {
			if x.Code == c {
				return true
			}
		}
	}
	return false
}

func tone(code string) Tone {
	switch code {
	case "file_vanished", "sidecar_unreadable", "files_gone":
		return Bad
	case "midi_only", "rescued", "newer_schema":
		return Hint
	}
	return Warn
}
