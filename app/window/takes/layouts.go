package takes

import "fyne.io/fyne/v2"

// flowLayout puts objects beside each other, as many as there is room for, in columns of one width.
type flowLayout struct {
	wide float32 // what was given last; the height follows from it
}

const flowGap = 14

func (f *flowLayout) columns(objects []fyne.CanvasObject) (columns int, cell fyne.Size) {
	for _, o := range objects {
		if o.Visible() {
			cell = cell.Max(o.MinSize())
		}
	}
	return max(1, int((f.wide+flowGap)/(cell.Width+flowGap))), cell
}

func (f *flowLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	f.wide = size.Width
	columns, cell := f.columns(objects)
	n := 0
	for _, o := range objects {
		if o.Visible() {
			place(o, float32(n%columns)*(cell.Width+flowGap), float32(n/columns)*cell.Height, cell.Width, cell.Height)
			n++
		}
	}
}

func (f *flowLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	columns, cell := f.columns(objects)
	rows := (len(objects) + columns - 1) / columns
	return fyne.NewSize(cell.Width, float32(rows)*cell.Height)
}

// stackedLayout puts two lines of text close above each other, in the middle; a hidden or empty second line leaves the first alone.
type stackedLayout struct{}

const stackedOverlap = 13 // of the padding that text widgets bring along

func (stackedLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	first, second := objects[0].MinSize(), objects[1].MinSize()
	if !hasText(objects[1]) {
		place(objects[0], 0, (size.Height-first.Height)/2, size.Width, first.Height)
		place(objects[1], 0, size.Height, size.Width, second.Height)
		return
	}
	top := (size.Height - first.Height - second.Height + stackedOverlap) / 2
	place(objects[0], 0, top, size.Width, first.Height)
	place(objects[1], 0, top+first.Height-stackedOverlap, size.Width, second.Height)
}

func (stackedLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	first, second := objects[0].MinSize(), objects[1].MinSize()
	return fyne.NewSize(120, first.Height+second.Height-stackedOverlap)
}

// clockLayout puts the clock and the wished length on one line of writing, without the padding of widgets.
type clockLayout struct{}

func (clockLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	x := float32(6)
	clock := objects[0].MinSize()
	for _, o := range objects {
		if !o.Visible() {
			continue
		}
		min := o.MinSize()
		y := (size.Height-clock.Height)/2 + (clock.Height-min.Height)*0.76
		place(o, x, y, min.Width, min.Height)
		x += min.Width + 6
	}
}

func (clockLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	size := fyne.Size{}
	for _, o := range objects {
		if o.Visible() {
			min := o.MinSize()
			size = fyne.NewSize(size.Width+min.Width+6, max(size.Height, min.Height))
		}
	}
	return size.AddWidthHeight(6, 0)
}

// landingLayout is name, bar and text in columns.
type landingLayout struct{}

const landingName, landingBar = 240, 160

func (landingLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	name := min(landingName, size.Width*0.35)
	place(objects[0], 0, 0, name, size.Height)
	x := name + 8
	if objects[1].Visible() {
		place(objects[1], x, 0, landingBar, size.Height)
		x += landingBar + 8
	}
	place(objects[2], x, 0, max(0, size.Width-x), size.Height)
}

func (landingLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(300, objects[0].MinSize().Height-6)
}
