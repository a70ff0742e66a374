package take

import (
	"fmt"
	"math"
	"path"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"
)

// DefaultTemplate names takes where the configuration says nothing else.
const DefaultTemplate = "{set}/{date} take {take} - {track}"

const maxTemplate = 500 // bytes

// The fields of a name template.
const (
	fieldSet   = "set"
	fieldTrack = "track"
	fieldTake  = "take"
	fieldDate  = "date"
	fieldTime  = "time"
	fieldTempo = "tempo"
	fieldWish  = "wish" // not for users: what they called this very take
)

func templateFields() []string {
	return []string{fieldSet, fieldTrack, fieldTake, fieldDate, fieldTime, fieldTempo}
}

// piece is text as it stands, or a field.
type piece struct{ text, field string }

// template is a name template, taken apart: folders and last the file name, each a row of pieces.
type template [][]piece

// CheckTemplate says in a sentence what is wrong with a name template, nil if nothing is.
func CheckTemplate(text string) error {
	_, err := parseTemplate(text)
	return err
}

func parseTemplate(text string) (template, error) {
	bad := func(format string, args ...any) error {
		return failf(CodeBadTemplate, "A good one is "+DefaultTemplate+" .", nil, format, args...)
	}
	if strings.TrimSpace(text) == "" {
		return nil, bad("The name template is empty.")
	}
	if len(text) > maxTemplate {
		return nil, bad("The name template is longer than %d characters.", maxTemplate)
	}
	if strings.ContainsRune(text, '\\') {
		return nil, bad(`The name template %q has a backslash; folders are set apart by "/" on every system.`, text)
	}
	var t template
	for component := range strings.SplitSeq(text, "/") {
		switch strings.TrimSpace(component) {
		case "":
			return nil, bad(`The name template %q has a "/" with nothing before or after it.`, text)
		case ".", "..":
			return nil, bad("The name template %q may not lead out of the takes folder.", text)
		}
		pieces, err := parsePieces(component, bad)
		if err != nil {
			return nil, err
		}
		t = append(t, pieces)
	}
	return t, nil
}

func parsePieces(component string, bad func(string, ...any) error) ([]piece, error) {
	var pieces []piece
	for component != "" {
		open := strings.IndexAny(component, "{}")
		if open < 0 {
			return append(pieces, piece{text: component}), nil
		}
		if open > 0 {
			pieces = append(pieces, piece{text: component[:open]})
		}
		end := strings.IndexByte(component[open:], '}')
		if component[open] == '}' || end < 0 {
			return nil, bad("The name template has a brace without its partner near %q.", component[open:])
		}
		name := component[open+1 : open+end]
		if !slices.Contains(templateFields(), name) {
			return nil, bad("The name template has no field {%s}; it knows {%s}.", name, strings.Join(templateFields(), "}, {"))
		}
		pieces = append(pieces, piece{field: name})
		component = component[open+end+1:]
	}
	return pieces, nil
}

// nameRequest is what names are made from.
type nameRequest struct {
	set    string    // "" = never saved
	tempo  float64   // beats a minute, 0 = unknown
	number int       // {take}
	at     time.Time // {date} and {time}, in the location to be shown
	wish   string    // what the user called the take; takes the place of the file name, not of the folders
	tracks []string  // of each audio file
	room   int       // bytes that a path below the takes folder may have
}

// stem is a path below the takes folder without suffix and extension.
type stem struct {
	folder string // with "/", "" = the takes folder itself
	name   string
}

func (s stem) path() string { return path.Join(s.folder, s.name) }

// names gives the stem of the take (for its sidecar) and of each of its files; all files are distinct, and below the
// take's folder.
func (t template) names(r nameRequest) (takeStem stem, files []stem) {
	t = t.withWish(r)
	expand := func(t template) []stem {
		var stems []stem
		for _, track := range r.tracks {
			stems = append(stems, t.expand(r, track))
		}
		return stems
	}
	files = expand(t)
	if hasDoubles(files) && !slices.Contains(t.last(), piece{field: fieldTrack}) {
		files = expand(t.withTrack())
	}
	countDoubles(files)

	takeStem = t.withoutTrack().expand(r, "")
	if len(files) > 0 {
		takeStem.folder = commonFolder(files)
		limit := min(maxComponent, max(minComponent, r.room-len(takeStem.folder)-1))
		takeStem.name = expandComponent(t.withoutTrack().last(), r, "", limit)
	}
	if takeStem.name == "_" && len(files) == 1 {
		takeStem.name = files[0].name
	} else if takeStem.name == "_" {
		takeStem.name = fmt.Sprintf("take %03d", r.number)
	}
	return takeStem, files
}

func (t template) last() []piece { return t[len(t)-1] }

func (t template) withLast(pieces []piece) template {
	return append(slices.Clone(t[:len(t)-1]), pieces)
}

// withWish puts the user's own name in the place of the file name.
func (t template) withWish(r nameRequest) template {
	if strings.TrimSpace(r.wish) == "" {
		return t
	}
	t = t.withLast([]piece{{field: fieldWish}})
	if len(r.tracks) > 1 {
		t = t.withTrack()
	}
	return t
}

func (t template) withTrack() template {
	return t.withLast(append(slices.Clone(t.last()), piece{text: " - "}, piece{field: fieldTrack}))
}

// withoutTrack leaves {track} out, together with the dash or space that sets it apart, and folders that are nothing but the track.
func (t template) withoutTrack() template {
	var out template
	for i, component := range t {
		var kept []piece
		for k := 0; k < len(component); k++ {
			p := component[k]
			if p.field != fieldTrack {
				kept = append(kept, p)
				continue
			}
			if n := len(kept); n > 0 && isSeparator(kept[n-1]) {
				kept = kept[:n-1]
			} else if k+1 < len(component) && isSeparator(component[k+1]) {
				k++
			}
		}
		if len(kept) > 0 || i == len(t)-1 {
			out = append(out, kept)
		}
	}
	return out
}

func isSeparator(p piece) bool {
	return p.field == "" && strings.Trim(p.text, " -_+,.;#~") == ""
}

// expand fills in the fields and keeps the whole within r.room, by an equal limit for all folders and the name.
func (t template) expand(r nameRequest, track string) stem {
	names := make([]string, len(t))
	fits := func(limit int) bool {
		total := len(t) - 1
		for i, pieces := range t {
			names[i] = expandComponent(pieces, r, track, limit)
			total += len(names[i])
		}
		return total <= r.room
	}
	if !fits(maxComponent) {
		// The largest limit that fits; minComponent if none does.
		below := sort.Search(maxComponent-minComponent, func(i int) bool { return fits(maxComponent - 1 - i) })
		fits(max(minComponent, maxComponent-1-below))
	}
	return stem{folder: path.Join(names[:len(names)-1]...), name: names[len(names)-1]}
}

// expandComponent shortens the longest of the values rather than the end of the name, so that the take's number and the track stay to be seen.
func expandComponent(pieces []piece, r nameRequest, track string, limit int) string {
	const keep = 12 // bytes of a value that are not given up before the others are that short too
	values := make([]string, len(pieces))
	for i, p := range pieces {
		values[i] = r.value(p, track)
	}
	for {
		name := cleanComponent(strings.Join(values, ""))
		over := len(name) - limit
		if over <= 0 {
			return name
		}
		longest := -1
		for i, p := range pieces {
			if p.field != "" && len(values[i]) > keep && (longest < 0 || len(values[i]) > len(values[longest])) {
				longest = i
			}
		}
		if longest < 0 {
			return cleanComponent(cutText(name, limit))
		}
		values[longest] = strings.TrimSpace(cutText(values[longest], max(keep, len(values[longest])-over)))
	}
}

func (r nameRequest) value(p piece, track string) string {
	or := func(s, fallback string) string {
		if s = strings.TrimSpace(cleanValue(s)); s == "" {
			return fallback
		}
		return cutText(s, maxComponent)
	}
	switch p.field {
	case fieldSet:
		return or(r.set, "Unsaved Set")
	case fieldTrack:
		return or(track, "Track")
	case fieldWish:
		return or(r.wish, "Take")
	case fieldTake:
		return fmt.Sprintf("%03d", r.number)
	case fieldDate:
		return r.at.Format(time.DateOnly)
	case fieldTime:
		return r.at.Format("15-04-05")
	case fieldTempo:
		if !(r.tempo > 0 && r.tempo < 10000) { // also where it is no number
			return "unknown"
		}
		return strconv.FormatFloat(math.Round(r.tempo*100)/100, 'f', -1, 64)
	default:
		return p.text
	}
}

func hasDoubles(stems []stem) bool {
	seen := map[string]bool{}
	for _, s := range stems {
		key := nameKey(s.path())
		if seen[key] {
			return true
		}
		seen[key] = true
	}
	return false
}

// countDoubles makes equal stems distinct: "Vox", "Vox 2", "Vox 3".
func countDoubles(stems []stem) {
	seen := map[string]bool{}
	for i := range stems {
		name := stems[i].name
		for n := 2; seen[nameKey(stems[i].path())]; n++ {
			stems[i].name = fmt.Sprintf("%s %d", name, n)
		}
		seen[nameKey(stems[i].path())] = true
	}
}

// commonFolder is the deepest folder that holds all the files.
func commonFolder(files []stem) string {
	common := splitFolder(files[0].folder)
	for _, f := range files[1:] {
		parts := splitFolder(f.folder)
		n := 0
		for n < len(common) && n < len(parts) && common[n] == parts[n] {
			n++
		}
		common = common[:n]
	}
	return path.Join(common...)
}

func splitFolder(folder string) []string {
	if folder == "" {
		return nil
	}
	return strings.Split(folder, "/")
}
