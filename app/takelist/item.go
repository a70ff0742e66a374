package takelist

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/takebar/takebar/app"
	"github.com/takebar/takebar/app/words"
	"github.com/takebar/takebar/internal/control"
	"github.com/takebar/takebar/internal/take/sidecar"
)

// Badges is what is remarkable about a take, one bit each.
type Badges uint16

// The badges, most pressing first.
const (
	Unreadable Badges = 1 << iota // its description cannot be read
	Missing                       // no file of it is in the library (any more)
	Partial                       // some of it is missing
	Changed                       // a file is not what landed
	Silent
	Clipped
	Rescued
	MIDI // only MIDI: no audio file
	Bounced

	troubled = Unreadable | Missing | Partial | Changed | Silent | Clipped
)

// Each gives the single badges of a set, most pressing first.
func (b Badges) Each(yield func(Badges) bool) {
	for one := Unreadable; one <= Bounced; one <<= 1 {
		if b&one != 0 && !yield(one) {
			return
		}
	}
}

// Troubled says that at least one of the badges is a warning.
func (b Badges) Troubled() bool { return b&troubled != 0 }

// Label is a single badge in a word or two.
func (b Badges) Label(say words.Say) string {
	switch b {
	case Unreadable:
		return say("takes.badge.unreadable")
	case Missing:
		return say("takes.badge.missing")
	case Partial:
		return say("takes.badge.partial")
	case Changed:
		return say("takes.badge.changed")
	case Silent:
		return say("takes.badge.silent")
	case Clipped:
		return say("takes.badge.clipped")
	case Rescued:
		return say("takes.badge.rescued")
	case MIDI:
		return say("takes.badge.midi")
	case Bounced:
		return say("takes.badge.bounce")
	}
	return ""
}

// Item is one take with its texts as the list shows them. It is never changed after it was made.
type Item struct {
	Take    control.LibraryTake
	Name    string
	Tracks  string // names, in one line
	Length  string // m:ss, "" where there is no audio
	Tempo   string // without a unit, "" where unknown
	Time    string // of day
	Date    string // short, for a column
	Badges  Badges
	Trouble string // one sentence about what is wrong, "" if nothing is

	duration time.Duration
	at       int64     // when it was recorded, Unix ns
	day      time.Time // midnight of its day
	sets     string    // the set's name as shown
	text     string    // what the search looks through, folded
	byName   string    // folded
	bySet    string    // folded
}

// ID is the take's id.
func (i *Item) ID() string { return i.Take.ID }

// Set is the name of the set as shown, "" where it is not known.
func (i *Item) Set() string { return i.sets }

// Wave is the file whose waveform stands for the take: the first that is not silent; "" = none.
func (i *Item) Wave() string {
	if i.Badges&(MIDI|Unreadable) != 0 || len(i.Take.Paths) == 0 {
		return ""
	}
	for n, f := range i.Take.Files {
		if !f.Silent && n < len(i.Take.Paths) {
			return i.Take.Paths[n]
		}
	}
	return i.Take.Paths[0]
}

// reader makes Items.
type reader struct {
	say   words.Say
	zone  *time.Location
	point string               // between a number and its decimals
	dates map[time.Time]string // of days, said once; nil = not kept
}

// date is a day for a column.
func (r reader) date(day time.Time) string {
	date, known := r.dates[day]
	if !known {
		date = shortDay(r.say, day)
		if r.dates != nil {
			r.dates[day] = date
		}
	}
	return date
}

func (r reader) item(t control.LibraryTake) *Item {
	at := t.RecordedAt.In(r.zone)
	i := &Item{
		Take: t, Name: app.Clean(t.Name), Tracks: tracksOf(t), Badges: badgesOf(t),
		duration: t.Duration(), sets: app.Clean(t.Set.Name),
		day: time.Date(at.Year(), at.Month(), at.Day(), 0, 0, 0, 0, r.zone),
	}
	if i.Name == "" {
		i.Name = r.say("takes.unnamed", words.Data{"Number": t.Number})
	}
	if i.duration > 0 {
		i.Length = app.Length(i.duration)
	}
	if t.Tempo > 0 {
		i.Tempo = strings.Replace(strconv.FormatFloat(float64(int(t.Tempo*100+0.5))/100, 'f', -1, 64), ".", r.point, 1)
	}
	i.Time = at.Format("15:04")
	i.Date = r.date(i.day)
	i.at = t.RecordedAt.UnixNano()
	i.Trouble = r.trouble(t, i.Badges)
	i.byName, i.bySet = fold(i.Name), fold(i.sets)
	i.text = strings.Join([]string{i.byName, i.bySet, fold(i.Tracks), fold(app.Clean(t.Note))}, "\n")
	i.Tracks = shorten(i.Tracks)
	return i
}

const tracksShown = 160 // characters; no row is wider

// shorten cuts off what no row has room for: measuring it would cost time.
func shorten(s string) string {
	if len(s) <= tracksShown {
		return s
	}
	n := 0
	for at := range s {
		if n == tracksShown {
			return s[:at] + "…"
		}
		n++
	}
	return s
}

// fold makes texts alike that differ in case, in accents, or in how their accents are spelled: macOS takes letters apart in file names.
func fold(s string) string {
	ascii := true
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			ascii = false
			break
		}
	}
	if ascii {
		return strings.ToLower(s)
	}
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return unicode.ToLower(r)
	}, norm.NFKD.String(s))
}

func tracksOf(t control.LibraryTake) string {
	if len(t.Tracks) == 1 {
		return app.Clean(t.Tracks[0].Name)
	}
	var b strings.Builder
	for n, track := range t.Tracks {
		if n > 0 {
			b.WriteString(", ")
		}
		b.WriteString(app.Clean(track.Name))
	}
	return b.String()
}

// Codes of the library's warnings that have a badge.
const (
	codeUnreadable = "sidecar_unreadable"
	codeVanished   = "file_vanished"
	codeGone       = "files_gone"
	codeChanged    = "file_changed"
)

func badgesOf(t control.LibraryTake) Badges {
	var b Badges
	vanished := 0
	for _, w := range t.Warnings {
		switch w.Code {
		case codeUnreadable:
			return Unreadable
		case codeVanished:
			vanished++
		case codeGone:
			b |= Missing
		case codeChanged:
			b |= Changed
		}
	}
	switch {
	case vanished > 0 && vanished >= len(t.Files):
		b |= Missing
	case vanished > 0:
		b |= Partial
	}
	switch t.Status {
	case sidecar.StatusUnreadable:
		return Unreadable
	case sidecar.StatusMissing:
		b |= Missing
	case sidecar.StatusPartial:
		b |= Partial
	case sidecar.StatusRescued:
		b |= Rescued
	case sidecar.StatusMIDI:
		b |= MIDI
	case sidecar.StatusLanding, sidecar.StatusLanded:
	}
	if t.Bounce != nil {
		b |= Bounced
		if t.Bounce.Partial {
			b |= Partial
		}
	}
	return b | soundBadges(t)
}

func soundBadges(t control.LibraryTake) Badges {
	var b Badges
	silent := 0
	for _, f := range t.Files {
		if f.Silent {
			silent++
		}
		if f.ClippedSamples > 0 {
			b |= Clipped
		}
		if f.Rescued {
			b |= Rescued
		}
	}
	if silent > 0 && silent == len(t.Files) {
		b |= Silent
	}
	return b
}

// trouble is what the list says in the place of the tracks where a take is not whole.
func (r reader) trouble(t control.LibraryTake, b Badges) string {
	has := func(code string) bool {
		return slices.ContainsFunc(t.Warnings, func(w sidecar.Warning) bool { return w.Code == code })
	}
	switch {
	case b&Unreadable != 0:
		return r.say("takes.trouble.unreadable")
	case b&Missing != 0 && (has(codeVanished) || has(codeGone)):
		return r.say("takes.trouble.vanished")
	case b&Missing != 0:
		return r.say("takes.trouble.missing")
	case b&Partial != 0 && has(codeVanished):
		return r.say("takes.trouble.some_vanished")
	case b&Partial != 0 && len(t.Missing) > 0:
		all := len(t.Files) + len(t.Missing)
		return r.say("takes.trouble.partial", words.Data{"Missing": len(t.Missing), "All": all})
	case b&Changed != 0:
		return r.say("takes.trouble.changed")
	}
	return ""
}
