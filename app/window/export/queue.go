package export

import (
	"fmt"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"github.com/takebar/takebar/app/attempts"
	"github.com/takebar/takebar/app/window/ui"
)

// queueBox is the batch: its sets as a table, how they ended, and what can be done with them.
type queueBox struct {
	p       *Page
	rows    []attempts.Row
	list    *widget.List
	telling bool
	working int // number of the set that is at work; 0 = none
	summary *line
	counts  *fyne.Container
	stopped *sheet
	stop    fyne.CanvasObject
	add     *widget.Button
	folder  *widget.Button
	up      *widget.Button
	down    *widget.Button
	remove  *widget.Button
	run     *widget.Button
	table   fyne.CanvasObject
	empty   fyne.CanvasObject
	content fyne.CanvasObject
}

func newQueueBox(p *Page) *queueBox {
	b := &queueBox{p: p, summary: newLine(ui.ColorFaint, theme.SizeNameCaptionText), counts: container.NewHBox(), stopped: newSheet(24)}
	b.list = widget.NewList(func() int { return len(b.rows) }, func() fyne.CanvasObject { return newQueueRow() }, func(i widget.ListItemID, o fyne.CanvasObject) {
		if row, ok := o.(*queueRow); ok && i < len(b.rows) {
			row.show(b.rows[i])
		}
	})
	b.list.HideSeparators = true
	b.list.OnSelected = func(i widget.ListItemID) {
		if !b.telling && i < len(b.rows) {
			p.choose(b.rows[i].N)
		}
	}
	b.add = widget.NewButtonWithIcon(p.say("export.do.add"), theme.ContentAddIcon(), p.askSets)
	b.folder = widget.NewButtonWithIcon(p.say("export.do.folder"), theme.FolderOpenIcon(), p.askFolder)
	b.up, b.down = iconButton(theme.MoveUpIcon(), func() { p.move(-1) }), iconButton(theme.MoveDownIcon(), func() { p.move(1) })
	b.remove = iconButton(theme.DeleteIcon(), p.remove)
	b.run = widget.NewButtonWithIcon("", theme.MediaFastForwardIcon(), p.askBatch)
	b.run.Importance = widget.HighImportance

	title := newLine(theme.ColorNameForeground, theme.SizeNameText)
	title.bold, title.free = true, true
	title.set(p.say("export.queue.title"))
	bar := container.NewBorder(nil, nil, title, container.NewHBox(b.up, b.down, b.remove, b.add, b.folder, b.run), container.New(layout.NewCustomPaddedLayout(0, 0, 8, 8), b.summary))
	b.stop = container.New(layout.NewCustomPaddedLayout(4, 4, 8, 8), b.stopped)
	captions := container.New(captionLayout{}, caption(p.say("export.column.set")), caption(p.say("export.column.outcome")), caption(p.say("export.column.result")))
	counts := container.New(layout.NewCustomPaddedLayout(2, 2, 8, 8), b.counts)
	b.table = container.NewBorder(container.NewVBox(counts, b.stop, captions), nil, nil, nil, b.list)

	word := newLine(theme.ColorNameForeground, theme.SizeNameSubHeadingText)
	word.free = true
	word.set(p.say("export.queue.empty"))
	hint := centred(p.say("export.queue.hint"))
	icon := widget.NewIcon(theme.NewColoredResource(theme.DownloadIcon(), ui.ColorFaint))
	frame := ui.NewFill(theme.ColorNameBackground)
	frame.Radius, frame.Stroke = 8, theme.ColorNameSeparator
	b.empty = container.NewStack(frame, container.NewVBox(layout.NewSpacer(),
		container.NewCenter(container.NewGridWrap(fyne.NewSquareSize(28), icon)), container.NewCenter(word), container.New(narrow{520}, hint), layout.NewSpacer()))

	back := ui.NewFill(ui.ColorPanel)
	back.Radius = radius
	b.content = container.NewStack(back, container.NewBorder(container.New(layout.NewCustomPaddedLayout(6, 4, 12, 6), bar), nil, nil, nil,
		container.New(layout.NewCustomPaddedLayout(0, 6, 6, 6), container.NewStack(b.table, b.empty))))
	return b
}

// centred is small text of second rank in the middle.
func centred(text string) *widget.RichText {
	t := ui.Caption(text)
	for _, s := range t.Segments {
		if s, ok := s.(*widget.TextSegment); ok {
			s.Style.Alignment = fyne.TextAlignCenter
		}
	}
	return t
}

func caption(text string) *line {
	l := newLine(ui.ColorFaint, theme.SizeNameCaptionText)
	l.set(text)
	return l
}

// captionLayout places the captions over the columns of the rows.
type captionLayout struct{}

func (captionLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(300, objects[0].MinSize().Height+4)
}

func (captionLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	name, badge, text, end := columns(size.Width)
	put(objects[0], name, 0, badge-name-10, size.Height)
	put(objects[1], badge, 0, text-badge-10, size.Height)
	put(objects[2], text, 0, end-text, size.Height)
}

// narrow keeps a text in the middle from becoming too wide.
type narrow struct{ most float32 }

func (n narrow) MinSize(objects []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(100, objects[0].MinSize().Height)
}

func (n narrow) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	wide := min(n.most, size.Width)
	put(objects[0], (size.Width-wide)/2, 0, wide, size.Height)
}

func (b *queueBox) show(v attempts.View) {
	q := v.Queue
	b.rows = q.Rows
	b.summary.set(q.Summary)
	b.counts.RemoveAll()
	for _, c := range q.Counts {
		one := newBadge()
		one.set(lookOf(c.Outcome, attempts.Ended), fmt.Sprintf("%d %s", c.N, c.Label))
		b.counts.Add(one)
	}
	if len(q.Counts) == 0 {
		b.counts.Hide()
	} else {
		b.counts.Show()
	}
	if q.Stopped == "" {
		b.stop.Hide()
	} else {
		b.stopped.set([]block{
			{text: q.Stopped, icon: theme.WarningIcon, tint: ui.ColorStar, tone: theme.ColorNameForeground, size: theme.SizeNameText, bold: true},
			{text: strings.ReplaceAll(q.Next, "`", ""), tone: theme.ColorNameForeground, size: theme.SizeNameText, gutter: " ", above: 2},
		})
		b.stop.Show()
	}
	button(b.run, q.Run, v.CanRun)
	button(b.add, b.add.Text, v.CanChange)
	button(b.folder, b.folder.Text, v.CanChange)
	at := b.p.index()
	button(b.up, "", v.CanChange && at > 0)
	button(b.down, "", v.CanChange && at >= 0 && at < len(q.Rows)-1)
	button(b.remove, "", v.CanChange && at >= 0)
	if len(q.Rows) == 0 {
		b.table.Hide()
		b.empty.Show()
	} else {
		b.empty.Hide()
		b.table.Show()
	}
	b.list.Refresh()
}

// mark chooses in the list what is chosen, and brings the set that is at work into view.
func (b *queueBox) mark() {
	b.telling = true
	if at := b.p.index(); at >= 0 {
		b.list.Select(at)
	} else {
		b.list.UnselectAll()
	}
	b.telling = false
	// The list follows the work, and leaves the user alone otherwise.
	work := slices.IndexFunc(b.rows, func(r attempts.Row) bool { return r.State == attempts.Working })
	if work < 0 {
		b.working = 0
	} else if n := b.rows[work].N; n != b.working {
		b.working = n
		b.list.ScrollTo(work)
	}
}
