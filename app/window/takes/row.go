package takes

import (
	"image"
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"github.com/takebar/takebar/app/takelist"
	"github.com/takebar/takebar/app/window/ui"
)

// Measures of a row, for text of the designed size; rowHeight and headHeight grow with the text.
const (
	rowHeight  = 46
	headHeight = 30
	rowEdge    = 12 // left and right
	waveWide   = 84
	waveHigh   = 30
	columnGap  = 12
	lengthWide = 56
	dateWide   = 86
	badgeGap   = 5
	badgesMost = 3
)

// takeRow is one take in the list. Rows are used again for other takes as the list scrolls.
type takeRow struct {
	widget.BaseWidget
	list *takeList

	row    int
	item   *takelist.Item
	chosen bool
	cursor bool
	wave   *outline
	path   string // whose waveform is wanted; "" = none

	hovered bool
	hover   int // rating under the pointer, 0 = none
	pressed bool

	back    *canvas.Rectangle
	line    *canvas.Rectangle
	raster  *canvas.Raster
	picture *image.NRGBA
	name    *canvas.Text
	below   *canvas.Text
	length  *canvas.Text
	tempo   *canvas.Text
	when    *canvas.Text
	stars   *canvas.Image
	drawn   fyne.Resource // what stars shows
	badges  [badgesMost]badge
	objects []fyne.CanvasObject
}

type badge struct {
	back *canvas.Rectangle
	text *canvas.Text
}

var (
	_ fyne.Tappable          = (*takeRow)(nil)
	_ fyne.SecondaryTappable = (*takeRow)(nil)
	_ desktop.Hoverable      = (*takeRow)(nil)
	_ desktop.Mouseable      = (*takeRow)(nil)
)

func newTakeRow(l *takeList) *takeRow {
	r := &takeRow{list: l, back: canvas.NewRectangle(color.Transparent), line: canvas.NewRectangle(color.Transparent), stars: &canvas.Image{}}
	r.ExtendBaseWidget(r)
	for _, t := range []**canvas.Text{&r.name, &r.below, &r.length, &r.tempo, &r.when} {
		*t = canvas.NewText("", color.Transparent)
	}
	r.length.Alignment, r.tempo.Alignment, r.when.Alignment = fyne.TextAlignTrailing, fyne.TextAlignTrailing, fyne.TextAlignTrailing
	r.raster = canvas.NewRaster(r.draw)
	r.stars.FillMode = canvas.ImageFillContain
	r.objects = []fyne.CanvasObject{r.back, r.line, r.raster, r.name, r.below, r.length, r.tempo, r.when, r.stars}
	for n := range r.badges {
		r.badges[n] = badge{canvas.NewRectangle(color.Transparent), canvas.NewText("", color.Transparent)}
		r.badges[n].back.CornerRadius = 4
		r.objects = append(r.objects, r.badges[n].back, r.badges[n].text)
	}
	return r
}

// draw paints the small waveform.
func (r *takeRow) draw(w, h int) image.Image {
	if r.picture == nil || r.picture.Rect.Dx() != w || r.picture.Rect.Dy() != h {
		r.picture = image.NewNRGBA(image.Rect(0, 0, w, h))
	}
	name := ui.ColorWave
	if r.wave == nil {
		name = ui.ColorWaveQuiet
	}
	if r.item != nil && r.path == "" {
		clear(r.picture.Pix) // nothing to hear, and nothing to wait for
	} else {
		r.wave.draw(r.picture, nrgba(theme.Color(name)))
	}
	return r.picture
}

// show makes the row one about another take, or about the same one in another state.
func (r *takeRow) show(row int, item *takelist.Item, chosen, cursor bool) {
	same := r.item == item
	if same && r.row == row && r.chosen == chosen && r.cursor == cursor {
		return
	}
	r.row, r.chosen, r.cursor = row, chosen, cursor
	if !same {
		r.drop()
		r.item, r.path = item, item.Wave()
		if r.path != "" {
			r.wave, _ = r.list.waves.want(r.path)
		}
		r.hover = 0
	}
	r.paint()
	r.layout(r.Size())
	r.BaseWidget.Refresh()
}

// drop tells that the row no longer shows its take.
func (r *takeRow) drop() {
	if r.path != "" {
		r.list.waves.release(r.path)
	}
	r.item, r.path, r.wave, r.hovered, r.pressed = nil, "", nil, false, false
}

// waveReady takes the outline of the row's file where it has just come.
func (r *takeRow) waveReady(path string) {
	if r.path != path || r.item == nil {
		return
	}
	if e, ok := r.list.waves.kept[path]; ok {
		r.wave = e.Value.(keptWave).outline
		r.raster.Refresh()
	}
}

// paint sets texts and colours.
func (r *takeRow) paint() {
	i := r.item
	if i == nil {
		return
	}
	faint, fore := theme.Color(ui.ColorFaint), theme.Color(theme.ColorNameForeground)
	caption := theme.CaptionTextSize()
	r.back.CornerRadius = theme.SelectionRadiusSize()
	r.back.FillColor = color.Transparent
	switch {
	case r.chosen:
		r.back.FillColor = theme.Color(theme.ColorNameSelection)
	case r.hovered:
		r.back.FillColor = theme.Color(theme.ColorNameHover)
	}
	r.line.FillColor = theme.Color(theme.ColorNameSeparator)
	r.line.Hidden = r.chosen
	r.name.Color, r.name.TextSize = fore, theme.TextSize()
	for _, t := range []*canvas.Text{r.below, r.tempo, r.when} {
		t.Color, t.TextSize = faint, caption
	}
	r.length.Color, r.length.TextSize = fore, theme.TextSize()
	r.length.Text = i.Length
	r.tempo.Text = ""
	if i.Tempo != "" {
		r.tempo.Text = i.Tempo + r.list.texts.tempo
	}
	r.when.Text = i.Time
	if !r.list.grouped {
		r.when.Text = i.Date
	}
	r.list.pictures.renew(theme.Color(ui.ColorStar), faint)
	rating, open := i.Take.Rating, r.hovered && !i.Take.Trashed
	if r.hover > 0 {
		rating = r.hover
	}
	r.stars.Resource = r.list.pictures.of(rating, open)
	n := 0
	for b := range i.Badges.Each {
		if n == badgesMost {
			break
		}
		r.badges[n].text.Text = r.list.texts.badges[b]
		r.badges[n].text.Color, r.badges[n].text.TextSize = theme.Color(badgeColour(b)), caption-1
		r.badges[n].back.FillColor = theme.Color(ui.ColorBadge)
		r.badges[n].back.Hidden, r.badges[n].text.Hidden = false, false
		n++
	}
	for ; n < badgesMost; n++ {
		r.badges[n].back.Hidden, r.badges[n].text.Hidden = true, true
	}
}

// layout places the columns. It also shortens the texts to the room that there is.
func (r *takeRow) layout(size fyne.Size) {
	if r.item == nil || size.Width <= 0 {
		return
	}
	grow := theme.TextSize() / designedText
	middle := size.Height / 2
	r.back.Resize(fyne.NewSize(size.Width, size.Height-1))
	place(r.line, rowEdge, size.Height-1, size.Width-2*rowEdge, 1)
	place(r.raster, rowEdge, (size.Height-waveHigh*grow)/2, waveWide, waveHigh*grow)

	starsW, starsH := float32(starsWide)*grow, float32(starsHigh)*grow
	right := size.Width - rowEdge
	lineHigh := fyne.MeasureText("0", r.name.TextSize, r.name.TextStyle).Height
	captionHigh := fyne.MeasureText("0", r.below.TextSize, r.below.TextStyle).Height
	top, under := middle-lineHigh+1, middle+1
	side := starsW
	if !r.list.grouped {
		side = max(side, dateWide*grow)
	}
	place(r.stars, right-starsW, top+(lineHigh-starsH)/2, starsW, starsH)
	place(r.when, right-side, under, side, captionHigh)
	right -= side + columnGap
	place(r.length, right-lengthWide*grow, top, lengthWide*grow, lineHigh)
	place(r.tempo, right-lengthWide*grow, under, lengthWide*grow, captionHigh)
	right -= lengthWide*grow + columnGap

	left := float32(rowEdge + waveWide + columnGap)
	room := max(right-left, 0)
	badges := r.badgesWidth()
	nameRoom := max(room-badges, min(room, 60*grow))
	r.name.Text = r.list.fit(r.item.Name, r.name.TextSize, nameRoom)
	nameWide := fyne.MeasureText(r.name.Text, r.name.TextSize, r.name.TextStyle).Width
	place(r.name, left, top, nameWide, lineHigh)
	r.placeBadges(left+nameWide+badgeGap+2, right, top, lineHigh)
	text := r.item.Trouble
	if text == "" {
		text = r.item.Tracks
	}
	r.below.Text = r.list.fit(text, r.below.TextSize, room)
	place(r.below, left, under, room, captionHigh)
}

func (r *takeRow) badgesWidth() float32 {
	width := float32(3)
	for _, b := range r.badges {
		if !b.text.Hidden {
			width += fyne.MeasureText(b.text.Text, b.text.TextSize, b.text.TextStyle).Width + 10 + badgeGap
		}
	}
	return width
}

// placeBadges puts them in a line; one that has no room is left out.
func (r *takeRow) placeBadges(left, right, top, height float32) {
	for _, b := range r.badges {
		if b.text.Hidden {
			continue
		}
		size := fyne.MeasureText(b.text.Text, b.text.TextSize, b.text.TextStyle)
		if left+size.Width+10 > right {
			b.text.Hidden, b.back.Hidden = true, true
			continue
		}
		high := size.Height + 1
		place(b.back, left, top+(height-high)/2, size.Width+10, high)
		place(b.text, left+5, top+(height-size.Height)/2, size.Width, size.Height)
		left += size.Width + 10 + badgeGap
	}
}

func place(o fyne.CanvasObject, x, y, w, h float32) {
	o.Move(fyne.NewPos(x, y))
	o.Resize(fyne.NewSize(w, h))
}

// Tapped chooses the take, or rates it where a star was hit; twice opens it.
func (r *takeRow) Tapped(e *fyne.PointEvent) {
	if r.item == nil {
		return
	}
	if n := r.starAt(e.Position); n > 0 && !r.item.Take.Trashed {
		if !r.pressed {
			r.list.press(r.row, 0)
		}
		r.pressed = false
		r.list.rate(r.item, n)
		return
	}
	if !r.pressed {
		r.list.press(r.row, 0)
	}
	r.pressed = false
	r.list.tapped(r.item)
}

// TappedSecondary shows what can be done with the take.
func (r *takeRow) TappedSecondary(e *fyne.PointEvent) {
	if r.item != nil {
		r.list.menu(r.row, e.AbsolutePosition)
	}
}

// MouseDown chooses at once, as soon as the button goes down.
func (r *takeRow) MouseDown(e *desktop.MouseEvent) {
	if r.item != nil && e.Button == desktop.MouseButtonPrimary {
		r.pressed = true
		r.list.press(r.row, e.Modifier)
	}
}

// MouseUp implements desktop.Mouseable.
func (r *takeRow) MouseUp(*desktop.MouseEvent) {}

// MouseIn implements desktop.Hoverable.
func (r *takeRow) MouseIn(e *desktop.MouseEvent) { r.pointer(true, e.Position) }

// MouseMoved implements desktop.Hoverable.
func (r *takeRow) MouseMoved(e *desktop.MouseEvent) { r.pointer(true, e.Position) }

// MouseOut implements desktop.Hoverable.
func (r *takeRow) MouseOut() { r.pointer(false, fyne.Position{X: -1}) }

func (r *takeRow) pointer(inside bool, at fyne.Position) {
	star := 0
	if inside && r.item != nil && !r.item.Take.Trashed {
		star = r.starAt(at)
	}
	if r.hovered == inside && r.hover == star {
		return
	}
	r.hovered, r.hover = inside, star
	r.Refresh()
}

// starAt is the star at a place, 1 to 5; 0 = none.
func (r *takeRow) starAt(at fyne.Position) int {
	from, size := r.stars.Position(), r.stars.Size()
	if at.X < from.X || at.X >= from.X+size.Width || at.Y < 0 || at.Y > from.Y+size.Height+2 {
		return 0
	}
	return int((at.X-from.X)/(size.Width/starCount)) + 1
}

// Refresh takes colours and sizes of the theme as it is now.
func (r *takeRow) Refresh() {
	r.paint()
	r.layout(r.Size())
	r.BaseWidget.Refresh()
}

// CreateRenderer implements fyne.Widget.
func (r *takeRow) CreateRenderer() fyne.WidgetRenderer { return (*takeRowRenderer)(r) }

type takeRowRenderer takeRow

func (r *takeRowRenderer) Layout(size fyne.Size) { (*takeRow)(r).layout(size) }
func (r *takeRowRenderer) MinSize() fyne.Size    { return fyne.NewSize(240, rowHeight) }
func (r *takeRowRenderer) Refresh() {
	for _, o := range r.objects {
		if o == fyne.CanvasObject(r.stars) && r.drawn == r.stars.Resource {
			continue // reading a picture anew costs more than all the rest
		}
		o.Refresh()
	}
	r.drawn = r.stars.Resource
}
func (r *takeRowRenderer) Objects() []fyne.CanvasObject { return r.objects }
func (r *takeRowRenderer) Destroy()                     {}
