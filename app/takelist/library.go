package takelist

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/takebar/takebar/app"
	"github.com/takebar/takebar/app/words"
	"github.com/takebar/takebar/internal/control"
)

// Sort is an order of the list.
type Sort int

// The orders. Newest, Oldest and BySet group the takes under headings.
const (
	Newest Sort = iota
	Oldest
	ByName
	Longest
	ByRating
	BySet
	sorts
)

// Sorts are all orders as a menu lists them.
func Sorts() []Sort { return []Sort{Newest, Oldest, ByName, Longest, ByRating, BySet} }

// Label is the name of an order.
func (s Sort) Label(say words.Say) string {
	switch s {
	case Oldest:
		return say("takes.sort.oldest")
	case ByName:
		return say("takes.sort.name")
	case Longest:
		return say("takes.sort.longest")
	case ByRating:
		return say("takes.sort.rating")
	case BySet:
		return say("takes.sort.set")
	}
	return say("takes.sort.newest")
}

// Grouped says that takes stand under headings of set and day.
func (s Sort) Grouped() bool { return s == Newest || s == Oldest || s == BySet }

// Library is the takes of the library, or those of its trash, ready to be searched. It belongs to one goroutine at a time.
type Library struct {
	reader reader
	byID   map[string]*Item
	orders [sorts][]*Item // nil = not sorted since the last change
	rows   []Row          // of the last View, to be used again
}

// group is what stands under one heading.
type group struct {
	set string
	day time.Time
}

// New makes a Library of takes; days are those of the zone. It may run away from the user interface.
func New(takes []control.LibraryTake, say words.Say, zone *time.Location) *Library {
	l := &Library{reader: reader{say: say, zone: zone, point: say("takes.decimal_point"), dates: map[time.Time]string{}}, byID: make(map[string]*Item, len(takes))}
	for _, t := range takes {
		l.byID[t.ID] = l.reader.item(t)
	}
	l.order(Newest)
	l.reader.dates = nil // only good while many are read
	return l
}

// Len is how many takes there are.
func (l *Library) Len() int { return len(l.byID) }

// Item finds a take by its id; nil if it is not here.
func (l *Library) Item(id string) *Item { return l.byID[id] }

const fewTakes = 64 // up to so many are put into the orders one by one

// Put adds takes or puts them in the place of those with the same ids.
func (l *Library) Put(takes ...control.LibraryTake) {
	for _, t := range takes {
		old, item := l.byID[t.ID], l.reader.item(t)
		l.byID[t.ID] = item
		if len(takes) > fewTakes {
			continue
		}
		for s := range sorts {
			if old != nil {
				l.orders[s] = without(l.orders[s], old, compare(s))
			}
			if l.orders[s] != nil {
				n, _ := slices.BinarySearchFunc(l.orders[s], item, compare(s))
				l.orders[s] = slices.Insert(l.orders[s], n, item)
			}
		}
	}
	if len(takes) > fewTakes {
		l.orders = [sorts][]*Item{}
	}
}

// Remove takes takes out, and tells whether any was there.
func (l *Library) Remove(ids ...string) bool {
	removed := false
	for _, id := range ids {
		old := l.byID[id]
		if old == nil {
			continue
		}
		removed = true
		delete(l.byID, id)
		for s := range sorts {
			l.orders[s] = without(l.orders[s], old, compare(s))
		}
	}
	return removed
}

func without(order []*Item, old *Item, by func(a, b *Item) int) []*Item {
	if order == nil {
		return nil
	}
	n, found := slices.BinarySearchFunc(order, old, by)
	if !found {
		return nil // cannot be, but then it is sorted anew
	}
	return slices.Delete(order, n, n+1)
}

// Sets are the names of the sets, the one of the newest take first.
func (l *Library) Sets() []string {
	var names []string
	seen := map[string]bool{}
	for _, i := range l.order(Newest) {
		if i.sets != "" && !seen[i.sets] {
			seen[i.sets] = true
			names = append(names, i.sets)
		}
	}
	return names
}

func newer(a, b *Item) int {
	if c := cmp.Compare(b.at, a.at); c != 0 {
		return c
	}
	return cmp.Or(cmp.Compare(b.Take.Number, a.Take.Number), cmp.Compare(b.Take.ID, a.Take.ID))
}

// compare is the comparison of an order. No two takes are equal: where nothing else tells them apart, the newer one goes first.
func compare(s Sort) func(a, b *Item) int {
	switch s {
	case Oldest:
		return func(a, b *Item) int { return newer(b, a) }
	case ByName:
		return func(a, b *Item) int { return orNewer(natural(a.byName, b.byName), a, b) }
	case Longest:
		return func(a, b *Item) int { return orNewer(cmp.Compare(b.duration, a.duration), a, b) }
	case ByRating:
		return func(a, b *Item) int { return orNewer(cmp.Compare(b.Take.Rating, a.Take.Rating), a, b) }
	case BySet:
		return func(a, b *Item) int { return orNewer(bySet(a, b), a, b) }
	}
	return newer
}

func orNewer(c int, a, b *Item) int {
	if c != 0 {
		return c
	}
	return newer(a, b)
}

func (l *Library) order(s Sort) []*Item {
	if l.orders[s] != nil {
		return l.orders[s]
	}
	all := make([]*Item, 0, len(l.byID))
	for _, i := range l.byID {
		all = append(all, i)
	}
	slices.SortFunc(all, compare(s))
	l.orders[s] = all
	return all
}

// bySet puts takes without a set last.
func bySet(a, b *Item) int {
	if (a.bySet == "") != (b.bySet == "") {
		return cmp.Compare(b.bySet, a.bySet)
	}
	return natural(a.bySet, b.bySet)
}

// natural compares two texts so that "take 9" goes before "take 10".
func natural(a, b string) int {
	for a != "" && b != "" {
		if !digit(a[0]) || !digit(b[0]) {
			if a[0] != b[0] {
				return cmp.Compare(a[0], b[0])
			}
			a, b = a[1:], b[1:]
			continue
		}
		n, restA := number(a)
		m, restB := number(b)
		if c := cmp.Or(cmp.Compare(len(n), len(m)), cmp.Compare(n, m)); c != 0 {
			return c
		}
		a, b = restA, restB
	}
	return cmp.Compare(len(a), len(b))
}

func digit(c byte) bool { return c >= '0' && c <= '9' }

// number cuts off the digits at the beginning of s; zeros in front of them do not count.
func number(s string) (digits, rest string) {
	end := 0
	for end < len(s) && digit(s[end]) {
		end++
	}
	return strings.TrimLeft(s[:end], "0"), s[end:]
}

// Show is what the list shows of the library. The zero Show is everything, newest first.
type Show struct {
	Text   string // words that a take must have in its name, set, tracks or note, in any case
	Sort   Sort
	Rating int    // at least
	Set    string // "" = of every set
	Today  bool
	Trash  bool
}

// Filtered says that takes may be left out.
func (q Show) Filtered() bool {
	return strings.TrimSpace(q.Text) != "" || q.Rating > 0 || q.Set != "" || q.Today
}

// Row is a heading or a take: exactly one of both is there.
type Row struct {
	Head *Head
	Item *Item
}

// Head stands above the takes of a set and day.
type Head struct {
	Set   string // "" = its takes belong to no set
	Takes int

	group    group
	duration time.Duration
	now      time.Time
	say      words.Say
}

// Day is the day as it is called now. It is put into words when it is asked for: few headings are ever in sight.
func (h *Head) Day() string { return longDay(h.say, h.group.day, h.now) }

// Length is the length of its takes together, "" where there is no audio.
func (h *Head) Length() string {
	if h.duration <= 0 {
		return ""
	}
	return app.Length(h.duration)
}

// View is the list as it is shown. It counts until the next View of the same Library.
type View struct {
	Rows   []Row
	Takes  int
	Length time.Duration // of the takes together
}

// View finds and orders takes.
func (l *Library) View(q Show, now time.Time) View {
	needles := strings.Fields(fold(q.Text))
	today := now.In(l.reader.zone)
	v := View{Rows: l.rows[:0]}
	var head *Head
	for _, i := range l.order(q.Sort) {
		if i.Take.Rating < q.Rating || q.Set != "" && i.sets != q.Set || q.Today && !sameDay(i.day, today) || !i.matches(needles) {
			continue
		}
		if q.Sort.Grouped() {
			if head == nil || head.group.set != i.sets || !head.group.day.Equal(i.day) {
				head = &Head{Set: i.sets, group: group{i.sets, i.day}, now: today, say: l.reader.say}
				v.Rows = append(v.Rows, Row{Head: head})
			}
			head.Takes++
			head.duration += i.duration
		}
		v.Rows = append(v.Rows, Row{Item: i})
		v.Takes++
		v.Length += i.duration
	}
	l.rows = v.Rows
	return v
}

func (i *Item) matches(needles []string) bool {
	for _, n := range needles {
		if !strings.Contains(i.text, n) {
			return false
		}
	}
	return true
}
