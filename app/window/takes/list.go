package takes

import (
	"image/color"
	"sort"
	"strings"
	"unicode/utf8"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"github.com/takebar/takebar/app/takelist"
)

// designedText is the size of text that the measures of rows are made for.
const designedText = 13

// takeList shows the rows that are in sight, and only those: their objects are used again as it scrolls. Unlike widget.List it knows two heights of
// rows without walking over all of them, and keeps the heading of the topmost take in sight.
type takeList struct {
	widget.BaseWidget
	waves    *waves
	pictures starPictures
	texts    rowTexts
	grouped  bool

	// What rows tell of; set once.
	press  func(row int, modifier fyne.KeyModifier)
	tapped func(*takelist.Item)
	rate   func(*takelist.Item, int)
	menu   func(row int, at fyne.Position)

	rows   []takelist.Row
	tops   []float32 // upper edge of each row, and the end of the last
	chosen *takelist.Selection

	scroll  *container.Scroll
	board   *fyne.Container
	pin     *headRow
	pinBack *canvas.Rectangle
	pinBox  *fyne.Container
	shown   []shownRow // in order
	was     []shownRow
	spare   []*takeRow
	heads   []*headRow // spare ones
	made    int        // rows ever made, for tests
	fits    fitter
}

// shownRow is a row in sight: one of take and head is there.
type shownRow struct {
	row  int
	take *takeRow
	head *headRow
}

// rowTexts are texts that all rows share, said once.
type rowTexts struct {
	tempo  string // unit, with a space before it
	noSet  string
	badges map[takelist.Badges]string
	count  func(takes int, length string) string
}

func newTakeList(w *waves, texts rowTexts, chosen *takelist.Selection) *takeList {
	l := &takeList{waves: w, texts: texts, chosen: chosen}
	l.ExtendBaseWidget(l)
	l.board = container.New(boardLayout{l})
	l.scroll = container.NewVScroll(l.board)
	l.scroll.OnScrolled = func(fyne.Position) { l.update(false) }
	l.pin = newHeadRow(l)
	l.pinBack = canvas.NewRectangle(color.Transparent)
	l.pinBox = container.NewWithoutLayout(l.pinBack, l.pin)
	l.pinBox.Hide()
	return l
}

func (l *takeList) grow() float32     { return theme.TextSize() / designedText }
func (l *takeList) takeHigh() float32 { return rowHeight * l.grow() }
func (l *takeList) headHigh() float32 { return headHeight * l.grow() }

// setRows shows other rows. What is chosen stays with the selection.
func (l *takeList) setRows(rows []takelist.Row, grouped bool) {
	if l.grouped != grouped {
		l.grouped = grouped
		l.recycle()
	}
	l.rows = rows
	l.measure()
	l.scroll.Offset.Y = min(l.scroll.Offset.Y, max(0, l.tops[len(rows)]-l.scroll.Size().Height))
	l.board.Refresh()
	l.scroll.Refresh()
	l.update(true)
}

// measure finds where each row is.
func (l *takeList) measure() {
	l.tops = append(l.tops[:0], 0)
	y, take, head := float32(0), l.takeHigh(), l.headHigh()
	for _, r := range l.rows {
		if r.Head != nil {
			y += head
		} else {
			y += take
		}
		l.tops = append(l.tops, y)
	}
}

// recycle takes all rows off the board.
func (l *takeList) recycle() {
	for _, s := range l.shown {
		l.free(s)
	}
	l.shown = l.shown[:0]
}

func (l *takeList) free(s shownRow) {
	if s.take != nil {
		s.take.drop()
		l.spare = append(l.spare, s.take)
		return
	}
	s.head.head = nil
	l.heads = append(l.heads, s.head)
}

// at is the row at a height.
func (l *takeList) at(y float32) int {
	return max(sort.Search(len(l.rows), func(n int) bool { return l.tops[n+1] > y }), 0)
}

// update puts the rows that are in sight on the board; all looks at those again that were there before.
func (l *takeList) update(all bool) {
	size := l.scroll.Size()
	if len(l.tops) == 0 || size.Height <= 0 {
		return
	}
	from := l.at(l.scroll.Offset.Y)
	to := min(l.at(l.scroll.Offset.Y+size.Height)+1, len(l.rows))
	if !all && len(l.shown) == to-from && (to == from || l.shown[0].row == from) {
		l.pinHead()
		return
	}
	l.was, l.shown = l.shown, l.was[:0]
	// First give back what went out of sight, so that it can be used for what came in.
	for n, s := range l.was {
		if s.row < from || s.row >= to || (s.take != nil) != (l.rows[s.row].Item != nil) {
			l.free(s)
			l.was[n].row = -1
		}
	}
	next := 0
	for row := from; row < to; row++ {
		for next < len(l.was) && (l.was[next].row < 0 || l.was[next].row < row) {
			next++
		}
		var s shownRow
		if next < len(l.was) && l.was[next].row == row {
			s = l.was[next]
			if all {
				l.fill(s)
			}
		} else {
			s = l.newRow(row)
		}
		l.shown = append(l.shown, s)
	}
	l.board.Objects = l.board.Objects[:0]
	for _, s := range l.shown {
		if s.take != nil {
			l.board.Objects = append(l.board.Objects, s.take)
		} else {
			l.board.Objects = append(l.board.Objects, s.head)
		}
	}
	l.arrange()
	canvas.Refresh(l.board)
	l.pinHead()
}

// arrange places the rows on the board.
func (l *takeList) arrange() {
	width := l.scroll.Size().Width
	for n, s := range l.shown {
		if s.row >= len(l.rows) {
			continue
		}
		o := l.board.Objects[n]
		o.Move(fyne.NewPos(0, l.tops[s.row]))
		o.Resize(fyne.NewSize(width, l.tops[s.row+1]-l.tops[s.row]))
	}
}

func (l *takeList) newRow(row int) shownRow {
	s := shownRow{row: row}
	width := l.scroll.Size().Width
	if l.rows[row].Item != nil {
		if n := len(l.spare); n > 0 {
			s.take, l.spare = l.spare[n-1], l.spare[:n-1]
		} else {
			s.take = newTakeRow(l)
			l.made++
		}
		s.take.Resize(fyne.NewSize(width, l.takeHigh()))
	} else {
		if n := len(l.heads); n > 0 {
			s.head, l.heads = l.heads[n-1], l.heads[:n-1]
		} else {
			s.head = newHeadRow(l)
		}
		s.head.Resize(fyne.NewSize(width, l.headHigh()))
	}
	l.fill(s)
	return s
}

func (l *takeList) fill(s shownRow) {
	r := l.rows[s.row]
	if s.take != nil {
		s.take.show(s.row, r.Item, l.chosen.Has(r.Item.ID()), l.chosen.Cursor() == r.Item)
		return
	}
	s.head.show(r.Head)
}

// pinHead keeps the heading of the topmost row in sight; the next heading pushes it out.
func (l *takeList) pinHead() {
	row := l.at(l.scroll.Offset.Y)
	at := row
	for at >= 0 && at < len(l.rows) && l.rows[at].Head == nil {
		at--
	}
	if !l.grouped || at < 0 || at >= len(l.rows) || l.tops[at] >= l.scroll.Offset.Y {
		if l.pinBox.Visible() {
			l.pinBox.Hide()
		}
		return
	}
	y, high := float32(0), l.headHigh()
	for next := row + 1; next < len(l.rows) && l.tops[next] < l.scroll.Offset.Y+high; next++ {
		if l.rows[next].Head != nil {
			y = l.tops[next] - l.scroll.Offset.Y - high
		}
	}
	l.pin.show(l.rows[at].Head)
	size := fyne.NewSize(l.scroll.Size().Width, high)
	l.pinBack.Resize(size)
	l.pin.Resize(size)
	l.pinBox.Resize(size)
	l.pinBox.Move(fyne.NewPos(0, y))
	if !l.pinBox.Visible() {
		l.pinBox.Show()
	}
}

// reveal scrolls as little as is needed to bring a row into sight.
func (l *takeList) reveal(row int) {
	if row < 0 || row >= len(l.rows) {
		return
	}
	top, bottom, high := l.tops[row], l.tops[row+1], l.scroll.Size().Height
	if l.grouped {
		top -= l.headHigh() // it would lie below the pinned heading
	}
	y := l.scroll.Offset.Y
	switch {
	case top < y:
		y = max(top, 0)
	case bottom > y+high:
		y = bottom - high
	default:
		return
	}
	l.scrollTo(y)
}

func (l *takeList) scrollTo(y float32) {
	l.scroll.Offset.Y = max(0, min(y, l.tops[len(l.rows)]-l.scroll.Size().Height))
	l.scroll.Refresh()
	l.update(false)
}

// page is how many takes fit into the list.
func (l *takeList) page() int {
	return max(1, int(l.scroll.Size().Height/l.takeHigh())-1)
}

// waveReady hands an outline to the rows that wait for it.
func (l *takeList) waveReady(path string) {
	for _, s := range l.shown {
		if s.take != nil {
			s.take.waveReady(path)
		}
	}
}

// Refresh shows everything anew, as after a change of the theme.
func (l *takeList) Refresh() {
	l.fits.clear()
	l.measure()
	for _, s := range l.shown {
		if s.take != nil {
			s.take.Refresh()
		} else {
			s.head.Refresh()
		}
	}
	l.update(true)
	l.BaseWidget.Refresh()
}

// CreateRenderer implements fyne.Widget.
func (l *takeList) CreateRenderer() fyne.WidgetRenderer { return &takeListRenderer{l} }

type takeListRenderer struct{ *takeList }

func (r *takeListRenderer) Layout(size fyne.Size) {
	r.scroll.Resize(size)
	r.update(true)
	r.arrange()
}
func (r *takeListRenderer) MinSize() fyne.Size { return fyne.NewSize(260, 3*rowHeight) }
func (r *takeListRenderer) Refresh() {
	r.pinBack.FillColor = theme.Color(theme.ColorNameBackground)
	r.pinBack.Refresh()
	r.pin.Refresh()
}

func (r *takeListRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.scroll, r.pinBox}
}
func (r *takeListRenderer) Destroy() {}

// boardLayout gives the board the height of all rows; update places them.
type boardLayout struct{ list *takeList }

func (b boardLayout) Layout([]fyne.CanvasObject, fyne.Size) { b.list.arrange() }
func (b boardLayout) MinSize([]fyne.CanvasObject) fyne.Size {
	if len(b.list.tops) == 0 {
		return fyne.Size{}
	}
	return fyne.NewSize(240, b.list.tops[len(b.list.tops)-1])
}

// fitter shortens texts with an ellipsis and remembers how.
type fitter struct {
	known map[fitKey]string
}

type fitKey struct {
	text  string
	size  float32
	width int
	bold  bool
}

const fitsKept = 2048

func (f *fitter) clear() { clear(f.known) }

func (l *takeList) fit(text string, size, width float32) string {
	return l.fits.fit(text, size, width, false)
}

func (l *takeList) fitBold(text string, size, width float32) string {
	return l.fits.fit(text, size, width, true)
}

// fit is the text, or as much of it as there is room for, with an ellipsis.
func (f *fitter) fit(text string, size, width float32, bold bool) string {
	style := fyne.TextStyle{Bold: bold}
	width = float32(int(width)) // as it is remembered
	if text == "" || fyne.MeasureText(text, size, style).Width <= width {
		return text
	}
	key := fitKey{text, size, int(width), bold}
	if short, ok := f.known[key]; ok {
		return short
	}
	runes := []rune(text)
	n := sort.Search(len(runes), func(n int) bool {
		return fyne.MeasureText(string(runes[:n+1])+"…", size, style).Width > width
	})
	short := strings.TrimRight(string(runes[:n]), " ,") + "…"
	if utf8.RuneCountInString(short) == 1 && width < size {
		short = ""
	}
	if f.known == nil || len(f.known) >= fitsKept {
		f.known = map[fitKey]string{}
	}
	f.known[key] = short
	return short
}
