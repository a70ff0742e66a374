package export

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"github.com/takebar/takebar/app/attempts"
	"github.com/takebar/takebar/app/window/ui"
)

// detailBox is one attempt opened.
type detailBox struct {
	p       *Page
	title   *line
	when    *line
	badge   *badge
	reveal  *widget.Button
	copy    *widget.Button
	folder  *widget.Button
	sheet   *sheet
	scroll  *container.Scroll
	empty   fyne.CanvasObject
	filled  fyne.CanvasObject
	shown   attempts.Detail
	follow  bool // scroll to the end
	fresh   bool // scroll to the top
	content fyne.CanvasObject
}

func newDetailBox(p *Page) *detailBox {
	d := &detailBox{p: p, title: newLine(theme.ColorNameForeground, theme.SizeNameSubHeadingText), when: newLine(ui.ColorFaint, theme.SizeNameCaptionText), badge: newBadge(), sheet: newSheet(58)}
	d.title.bold = true
	d.reveal = iconButton(theme.MediaMusicIcon(), p.reveal)
	d.copy = iconButton(theme.ContentCopyIcon(), p.copyStory)
	d.folder = iconButton(theme.FolderOpenIcon(), p.openTrace)
	d.scroll = container.NewVScroll(container.New(layout.NewCustomPaddedLayout(0, 8, 12, 12), d.sheet))
	d.sheet.taller = d.scroll.Refresh
	top := container.NewBorder(nil, nil, nil, container.NewHBox(middle(d.badge), d.reveal, d.copy, d.folder), container.NewVBox(d.title, d.when))
	d.filled = container.NewBorder(container.New(layout.NewCustomPaddedLayout(8, 6, 12, 6), top), nil, nil, nil, d.scroll)
	d.empty = container.NewVBox(layout.NewSpacer(), centred(p.say("export.detail.empty")), layout.NewSpacer())
	back := ui.NewFill(ui.ColorPanel)
	back.Radius = radius
	d.content = container.NewStack(back, d.empty, d.filled)
	d.clear()
	return d
}

func (d *detailBox) clear() {
	d.shown = attempts.Detail{}
	d.filled.Hide()
	d.empty.Show()
}

func (d *detailBox) show(v attempts.Detail) {
	other := d.shown.ID != v.ID
	atEnd := d.scroll.Offset.Y+d.scroll.Size().Height >= d.scroll.Content.MinSize().Height-4
	d.shown = v
	d.empty.Hide()
	d.filled.Show()
	d.title.set(v.Title)
	d.when.set(v.When)
	d.badge.set(lookOf(v.Outcome, attempts.Ended), v.Badge)
	if len(v.Files) == 0 {
		d.reveal.Disable()
	} else {
		d.reveal.Enable()
	}
	d.sheet.set(d.blocks(v))
	d.follow, d.fresh = v.Outcome == "" && (atEnd || other), other
}

// mark follows a running attempt to its last line, and begins another one at its top.
func (d *detailBox) mark() {
	switch {
	case d.follow:
		d.scroll.ScrollToBottom()
	case d.fresh:
		d.scroll.ScrollToTop()
	}
	d.follow, d.fresh = false, false
}

func (d *detailBox) blocks(v attempts.Detail) []block {
	const text, small = theme.SizeNameText, theme.SizeNameCaptionText
	var all []block
	if v.Sentence != "" {
		all = append(all, block{text: v.Sentence, tone: theme.ColorNameForeground, size: text, bold: true})
	}
	if v.Next != "" {
		all = append(all, block{text: d.p.say("export.detail.next") + " " + strings.ReplaceAll(v.Next, "`", ""), tone: theme.ColorNameForeground, size: text, above: 4})
	}
	for _, f := range v.Files {
		all = append(all, block{text: f.Name, tone: theme.ColorNameForeground, size: text, above: 8}, block{text: f.Facts, tone: ui.ColorFaint, size: small})
	}
	for _, w := range v.Warnings {
		all = append(all, block{text: w, icon: theme.WarningIcon, tint: ui.ColorStar, tone: theme.ColorNameForeground, size: text, above: 6})
	}
	if v.Reason != "" {
		all = append(all, block{text: v.Reason, tone: ui.ColorFaint, size: small, above: 4})
	}
	above := float32(14)
	if len(all) == 0 {
		above = 0
	}
	if len(v.Lines) == 0 {
		return append(all, block{text: v.Empty, tone: ui.ColorFaint, size: small, above: above})
	}
	for _, l := range v.Lines {
		b := block{text: l.Text, gutter: l.At, tone: ui.ColorFaint, size: small, above: 1}
		if l.Step {
			b.tone, b.bold, b.above = theme.ColorNameForeground, true, 7
		}
		if above > 0 {
			b.above, above = above, 0
		}
		all = append(all, b)
	}
	return all
}
