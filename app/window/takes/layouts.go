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
	cell.Width = (size.Width+flowGap)/float32(columns) - flowGap
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

// stackedLayout puts lines of text close above each other, in the middle.
type stackedLayout struct{}

const stackedEdge = 10 // left and right

func (stackedLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	high := float32(0)
	for _, o := range objects {
		if o.Visible() {
			high += o.MinSize().Height
		}
	}
	y := (size.Height - high) / 2
	for _, o := range objects {
		if o.Visible() {
			one := o.MinSize().Height
			place(o, stackedEdge, y, max(size.Width-2*stackedEdge, 0), one)
			y += one
		}
	}
}

func (stackedLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	high := float32(0)
	for _, o := range objects {
		high += o.MinSize().Height
	}
	return fyne.NewSize(120, high)
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
		one := o.MinSize()
		place(o, x, (size.Height-clock.Height)/2+(clock.Height-one.Height)*0.76, one.Width, one.Height)
		x += one.Width + 6
	}
}

func (clockLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	size := fyne.Size{}
	for _, o := range objects {
		if o.Visible() {
			one := o.MinSize()
			size = fyne.NewSize(size.Width+one.Width+6, max(size.Height, one.Height))
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
	return fyne.NewSize(300, objects[0].MinSize().Height+4)
}

// sumLayout puts the filters at the left and the sum at the right.
type sumLayout struct{}

func (sumLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	sum := objects[1].MinSize()
	place(objects[1], size.Width-sum.Width-rowEdge, (size.Height-sum.Height)/2, sum.Width, sum.Height)
	place(objects[0], 0, 0, max(size.Width-sum.Width-2*rowEdge, 0), size.Height)
}

func (sumLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(200, objects[1].MinSize().Height+8)
}
