package takelist

// Selection is what is chosen in the list: takes by id, one of which is the cursor. It lives on when the rows change. The zero
// Selection has chosen nothing.
type Selection struct {
	rows   []Row
	at     map[string]int // row of each take
	chosen map[string]bool
	cursor string
	anchor string // where an extended selection begins
	last   int    // row that the cursor was on, for when its take goes away
}

// Rows tells the rows that are shown now. What is no longer shown is no longer chosen; where the cursor's take is gone, the take in its place is
// chosen. It tells whether the cursor's take is another one now.
func (s *Selection) Rows(rows []Row) (moved bool) {
	s.rows = rows
	if s.at == nil {
		s.at, s.chosen = map[string]int{}, map[string]bool{}
	}
	clear(s.at)
	for n, r := range rows {
		if r.Item != nil {
			s.at[r.Item.Take.ID] = n
		}
	}
	for id := range s.chosen {
		if _, here := s.at[id]; !here {
			delete(s.chosen, id)
		}
	}
	if s.cursor == "" {
		return false
	}
	if n, here := s.at[s.cursor]; here {
		s.last = n
		return false
	}
	for id := range s.chosen { // a part of what was chosen is still there
		if first := s.first(); first >= 0 {
			id = rows[first].Item.ID()
		}
		s.cursor, s.anchor, s.last = id, id, s.at[id]
		return true
	}
	n := s.near(min(s.last, len(rows)-1))
	if n < 0 {
		s.Clear()
		return true
	}
	s.set(n)
	return true
}

func (s *Selection) first() int {
	for n, r := range s.rows {
		if r.Item != nil && s.chosen[r.Item.ID()] {
			return n
		}
	}
	return -1
}

// near is the row of the take at n or next to it, downwards first; -1 if there is none.
func (s *Selection) near(n int) int {
	for down := max(n, 0); down < len(s.rows); down++ {
		if s.rows[down].Item != nil {
			return down
		}
	}
	for up := min(n, len(s.rows)-1); up >= 0; up-- {
		if s.rows[up].Item != nil {
			return up
		}
	}
	return -1
}

func (s *Selection) set(n int) {
	id := s.rows[n].Item.ID()
	clear(s.chosen)
	s.chosen[id] = true
	s.cursor, s.anchor, s.last = id, id, n
}

// Clear chooses nothing.
func (s *Selection) Clear() {
	clear(s.chosen)
	s.cursor, s.anchor = "", ""
}

// Cursor is the take that keys go to; nil if there is none.
func (s *Selection) Cursor() *Item {
	if n, here := s.at[s.cursor]; here {
		return s.rows[n].Item
	}
	return nil
}

// Row is the row of the cursor, -1 if there is none.
func (s *Selection) Row() int {
	if n, here := s.at[s.cursor]; here {
		return n
	}
	return -1
}

// Has says that a take is chosen.
func (s *Selection) Has(id string) bool { return s.chosen[id] }

// Len is how many takes are chosen.
func (s *Selection) Len() int { return len(s.chosen) }

// Items are the chosen takes in the order of the list.
func (s *Selection) Items() []*Item {
	items := make([]*Item, 0, len(s.chosen))
	for _, r := range s.rows {
		if r.Item != nil && s.chosen[r.Item.ID()] {
			items = append(items, r.Item)
		}
	}
	return items
}

// To chooses the take at a row or, at a heading, the one below it; extend chooses everything from the last one clicked as well.
func (s *Selection) To(row int, extend bool) {
	n := s.near(row)
	if n < 0 {
		return
	}
	from, anchored := s.at[s.anchor]
	if !extend || !anchored {
		s.set(n)
		return
	}
	clear(s.chosen)
	for r := min(from, n); r <= max(from, n); r++ {
		if s.rows[r].Item != nil {
			s.chosen[s.rows[r].Item.ID()] = true
		}
	}
	s.cursor, s.last = s.rows[n].Item.ID(), n
}

// ByID chooses a take; false if it is not shown.
func (s *Selection) ByID(id string) bool {
	n, here := s.at[id]
	if here {
		s.set(n)
	}
	return here
}

// Toggle adds the take at a row to what is chosen, or takes it out.
func (s *Selection) Toggle(row int) {
	if row < 0 || row >= len(s.rows) || s.rows[row].Item == nil {
		return
	}
	id := s.rows[row].Item.ID()
	if !s.chosen[id] {
		s.chosen[id] = true
		s.cursor, s.anchor, s.last = id, id, row
		return
	}
	if len(s.chosen) == 1 {
		return
	}
	delete(s.chosen, id)
	if s.cursor == id {
		n := s.first()
		s.cursor, s.last = s.rows[n].Item.ID(), n
	}
	s.anchor = s.cursor
}

// Move goes up (negative) or down by so many takes.
func (s *Selection) Move(by int, extend bool) {
	n := s.Row()
	if n < 0 {
		if by < 0 {
			n = len(s.rows)
		} else {
			n = -1
		}
	}
	step, target := 1, n
	if by < 0 {
		step = -1
	}
	for left := by * step; left > 0; {
		n += step
		if n < 0 || n >= len(s.rows) {
			break
		}
		if s.rows[n].Item != nil {
			target, left = n, left-1
		}
	}
	if target >= 0 && target < len(s.rows) {
		s.To(target, extend)
	}
}

// All chooses every take shown.
func (s *Selection) All() {
	for _, r := range s.rows {
		if r.Item != nil {
			s.chosen[r.Item.ID()] = true
		}
	}
	if s.cursor == "" {
		if n := s.first(); n >= 0 {
			s.cursor, s.anchor, s.last = s.rows[n].Item.ID(), s.rows[n].Item.ID(), n
		}
	}
}
