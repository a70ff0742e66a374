package opened

import "fyne.io/fyne/v2"

// closeList puts objects below each other, as wide as there is room.
type closeList struct{ gap float32 }

func (l *closeList) MinSize(objects []fyne.CanvasObject) (size fyne.Size) {
	for _, o := range objects {
		if o.Visible() {
			m := o.MinSize()
			size.Width = max(size.Width, m.Width)
			size.Height += m.Height + l.gap
		}
	}
	size.Height = max(size.Height-l.gap, 0)
	return size
}

func (l *closeList) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	y := float32(0)
	for _, o := range objects {
		if !o.Visible() {
			continue
		}
		o.Resize(fyne.NewSize(size.Width, o.MinSize().Height))
		o.Move(fyne.NewPos(0, y))
		y += o.Size().Height + l.gap
	}
}

// row puts objects beside each other, all in the middle of its height. The one at stretch takes what is left.
type row struct {
	gap     float32
	stretch int
}

func (r *row) MinSize(objects []fyne.CanvasObject) (size fyne.Size) {
	for _, o := range objects {
		if o.Visible() {
			m := o.MinSize()
			size.Width += m.Width + r.gap
			size.Height = max(size.Height, m.Height)
		}
	}
	size.Width = max(size.Width-r.gap, 0)
	return size
}

func (r *row) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	spare := size.Width - r.MinSize(objects).Width
	x := float32(0)
	for i, o := range objects {
		if !o.Visible() {
			continue
		}
		m := o.MinSize()
		if i == r.stretch {
			m.Width = max(m.Width+spare, 1)
		}
		o.Resize(m)
		o.Move(fyne.NewPos(x, (size.Height-m.Height)/2))
		x += m.Width + r.gap
	}
}

// column lays out the whole view: header, notices, toolbar, waveforms, transport, details.
type column struct {
	lanes func() int
	width func(width float32) // is told first
}

const (
	columnGap  = 8
	leastWaves = 110
	leastFacts = 96
)

func (c *column) MinSize(objects []fyne.CanvasObject) fyne.Size {
	height := float32(leastWaves + leastFacts)
	for i, o := range objects {
		if i != 3 && i != 5 && o.Visible() {
			height += o.MinSize().Height
		}
	}
	return fyne.NewSize(380, height)
}

func (c *column) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	c.width(size.Width)
	rest := size.Height
	heights := make([]float32, len(objects))
	for i, o := range objects {
		if !o.Visible() {
			continue
		}
		if i != 3 && i != 5 {
			heights[i] = o.MinSize().Height
			if heights[i] == 0 {
				continue
			}
			rest -= heights[i]
		}
		rest -= columnGap
	}
	rest += columnGap
	part := float32(0.48)
	if c.lanes() > 2 {
		part = 0.62
	}
	heights[3] = max(rest*part, leastWaves)
	heights[5] = max(rest-heights[3], leastFacts)
	y := float32(0)
	for i, o := range objects {
		if !o.Visible() || heights[i] == 0 {
			continue
		}
		o.Resize(fyne.NewSize(size.Width, heights[i]))
		o.Move(fyne.NewPos(0, y))
		y += heights[i] + columnGap
	}
}

// pair puts note and facts beside each other where there is room, and else below each other.
type pair struct{}

const (
	pairFrom = 560 // width
	noteLow  = 86
)

func (pair) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(300, leastFacts) }

func (pair) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	if size.Width >= pairFrom {
		left := (size.Width - 2*columnGap) * 0.38
		objects[0].Resize(fyne.NewSize(left, size.Height))
		objects[0].Move(fyne.NewPos(0, 0))
		objects[1].Resize(fyne.NewSize(size.Width-left-2*columnGap, size.Height))
		objects[1].Move(fyne.NewPos(left+2*columnGap, 0))
		return
	}
	note := min(noteLow, size.Height/2)
	objects[0].Resize(fyne.NewSize(size.Width, note))
	objects[0].Move(fyne.NewPos(0, 0))
	objects[1].Resize(fyne.NewSize(size.Width, max(size.Height-note-columnGap, 1)))
	objects[1].Move(fyne.NewPos(0, note+columnGap))
}
