package app

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/takebar/takebar/bridge/live"
	"github.com/takebar/takebar/internal/control"
)

// A set of up to directTracks rows is listed as it is; a larger one in submenus of chunkTracks, with what is armed on top.
const (
	directTracks = 30
	chunkTracks  = 25
	armedSlots   = 12
	chunkName    = 18 // characters of each of the two names in a chunk's label
	maxDepth     = 6  // of groups in groups, as far as the indentation shows them
)

// armMenu lists the set's tracks with check marks. It is left without tracks while no Live is linked: the tray keeps
// what it drew before, greyed out, and finds most of it unchanged when the link is back.
func armMenu(s control.Snapshot) Item {
	menu := Item{Key: "arm", Kind: Submenu, Label: "Arm"}
	if !connected(s) {
		menu.Disabled = true
		return menu
	}
	armed := s.State.Armed()
	menu.Children = append(menu.Children, armSelectedItem(s),
		Item{Key: "arm.none", Kind: Action, Label: "Disarm All", Disabled: len(armed) == 0, Intent: Intent{Verb: DisarmAll}},
		separator("arm"))

	songs, others := splitTracks(s.State.Tracks)
	rows := newRows(s)
	direct := len(s.State.Tracks) <= directTracks
	menu.Children = append(menu.Children, armedItems(rows, armed, direct)...)
	if direct {
		menu.Children = append(menu.Children, rows.items(songs)...)
		menu.Children = append(menu.Children, rows.items(others)...)
		return menu
	}
	for from := 0; from < len(songs); from += chunkTracks {
		menu.Children = append(menu.Children, rows.chunk(from/chunkTracks, songs[from:min(from+chunkTracks, len(songs))]))
	}
	if len(others) > 0 {
		menu.Children = append(menu.Children, Item{Key: "arm/others", Kind: Submenu, Label: "Return and Main Tracks", Children: rows.items(others)})
	}
	return menu
}

// splitTracks parts the tracks that Live numbers from the returns and the main track.
func splitTracks(all []live.Track) (songs, others []live.Track) {
	for i, t := range all {
		if t.Kind == live.KindReturn || t.Kind == live.KindMain {
			return all[:i], all[i:]
		}
	}
	return all, nil
}

func armSelectedItem(s control.Snapshot) Item {
	item := Item{Key: "arm.selected", Kind: Action, Label: "Arm Selected", Disabled: true, Intent: Intent{Verb: ArmSelected}}
	t, ok := s.State.Selected()
	switch {
	case !ok:
		item.Label += " (no track is selected)"
	case t.Arm:
		item.Label += fmt.Sprintf(": %s (armed)", name(t.Name))
	case !t.CanBeArmed:
		item.Label += fmt.Sprintf(": %s (%s)", name(t.Name), whyNot(t))
	default:
		item.Label, item.Disabled = fmt.Sprintf("%s: %s", item.Label, name(t.Name)), false
	}
	return item
}

// whyNot says why a track cannot be armed.
func whyNot(t live.Track) string {
	switch {
	case t.IsFrozen:
		return "frozen: unfreeze it to arm it"
	case t.Kind == live.KindGroup:
		return "group: arm its tracks"
	case t.Kind == live.KindReturn:
		return "return track: cannot be armed"
	case t.Kind == live.KindMain:
		return "main track: choose Source › Main Output"
	}
	return "cannot be armed"
}

// armedItems repeat what is armed above the submenus of a large set. They are fixed places, because a menu can grow at its end
// only, and redrawing hundreds of tracks for one click would be slow.
func armedItems(rows rows, armed []live.Track, hidden bool) []Item {
	title := "Armed:"
	if len(armed) == 0 {
		title = "Nothing is armed"
	}
	items := []Item{{Key: "armed/title", Kind: Info, Label: title, Disabled: true, Hidden: hidden}}
	for i := range armedSlots {
		item := Item{Key: "armed/" + strconv.Itoa(i), Kind: Check, Slot: true, Hidden: true}
		if i < len(armed) && !hidden {
			item = rows.item(armed[i], false)
			item.Key, item.Slot = "armed/"+strconv.Itoa(i), true
		}
		items = append(items, item)
	}
	more := ""
	if n := len(armed) - armedSlots; n > 0 && !hidden {
		more = fmt.Sprintf("… and %d more", n)
	}
	return append(items, info("armed/more", more),
		Item{Key: "arm/title", Kind: Info, Label: "All tracks:", Disabled: true, Hidden: hidden})
}

// rows draws tracks as menu items.
type rows struct {
	snapshot control.Snapshot
	groups   map[string]*string // group of each group
	digits   int
}

func newRows(s control.Snapshot) rows {
	r := rows{snapshot: s, groups: map[string]*string{}}
	highest := 0
	for i := range s.State.Tracks {
		t := &s.State.Tracks[i]
		if t.Kind == live.KindGroup {
			r.groups[t.ID] = t.GroupTrack
		}
		highest = max(highest, t.Index+1)
	}
	r.digits = len(strconv.Itoa(highest))
	return r
}

func (r rows) depth(t live.Track) int {
	depth := 0
	for g := t.GroupTrack; g != nil && depth < maxDepth; g = r.groups[*g] {
		depth++
	}
	return depth
}

func (r rows) items(tracks []live.Track) []Item {
	items := make([]Item, len(tracks))
	for i, t := range tracks {
		items[i] = r.item(t, true)
	}
	return items
}

// item draws one track: its number as in Live, its place in groups, its name, and why it cannot be armed where that is so.
func (r rows) item(t live.Track, indented bool) Item {
	label := name(t.Name)
	if label == "" {
		label = "(no name)"
	}
	if t.Kind == live.KindGroup {
		label = "▾ " + label
	}
	switch {
	case !t.CanBeArmed:
		label += " (" + whyNot(t) + ")"
	case t.Kind == live.KindMIDI && t.ImplicitArm && !t.Arm:
		label += " (MIDI, armed by Push)"
	case t.Kind == live.KindMIDI:
		label += " (MIDI)"
	case t.ImplicitArm && !t.Arm:
		label += " (armed by Push)"
	}
	if pendingTrack(r.snapshot, t.ID) {
		label += " …"
	}
	if indented {
		label = indent(label, r.depth(t))
	}
	if t.Kind != live.KindReturn && t.Kind != live.KindMain {
		label = r.number(t.Index+1) + label
	}
	item := Item{Key: "arm/" + t.ID, Kind: Check, Label: label, Checked: t.Arm || t.ImplicitArm, Disabled: !t.CanBeArmed}
	switch {
	case t.Kind == live.KindGroup || t.Kind == live.KindReturn || t.Kind == live.KindMain:
		item.Kind, item.Disabled, item.Checked = Info, true, false
	case item.Checked:
		item.Intent = Intent{Verb: DisarmTrack, Target: t.ID}
	case t.CanBeArmed:
		item.Intent = Intent{Verb: ArmTrack, Target: t.ID}
	}
	return item
}

// number pads with figure spaces, which are as wide as a digit, so that names line up.
func (r rows) number(n int) string {
	text := strconv.Itoa(n)
	return strings.Repeat("\u2007", max(r.digits-len(text), 0)) + text + "\u2002"
}

// chunk is a submenu of neighbouring tracks, labelled by the first and the last.
func (r rows) chunk(n int, tracks []live.Track) Item {
	first, last := tracks[0], tracks[len(tracks)-1]
	label := fmt.Sprintf("Tracks %d–%d: %s … %s", first.Index+1, last.Index+1, shorten(first.Name, chunkName), shorten(last.Name, chunkName))
	if len(tracks) == 1 {
		label = fmt.Sprintf("Track %d: %s", first.Index+1, shorten(first.Name, chunkName))
	}
	armed := 0
	for _, t := range tracks {
		if t.Arm || t.ImplicitArm {
			armed++
		}
	}
	if armed > 0 {
		label += fmt.Sprintf(" (%d armed)", armed)
	}
	return Item{Key: "arm/chunk/" + strconv.Itoa(n), Kind: Submenu, Label: label, Children: r.items(tracks)}
}
