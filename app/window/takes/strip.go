package takes

import (
	"context"
	"image/color"
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"github.com/takebar/takebar/app/takelist"
	"github.com/takebar/takebar/app/window/ui"
	"github.com/takebar/takebar/app/words"
	"github.com/takebar/takebar/bridge/live"
)

// stripView is the upper edge of the page: what records now or could, with input levels, and what is landing.
type stripView struct {
	page     *Page
	record   *keyButton
	stop     *keyButton
	discard  *keyButton
	source   *keyButton
	clock    *canvas.Text
	of       *canvas.Text
	title    *line
	detail   *line
	progress *thinBar
	tracks   *fyne.Container
	meters   map[string]*meter // by track
	landings *fyne.Container
	landed   map[string]*landingRow
	back     *ui.Fill
	content  *fyne.Container
	shown    takelist.Strip
	high     float32
}

const tracksShown = 12 // meters in the strip; the others are counted

func newStripView(p *Page) *stripView {
	v := &stripView{page: p, meters: map[string]*meter{}, landed: map[string]*landingRow{}}
	v.record = newIconButton(p.say("takes.record"), theme.NewErrorThemedResource(theme.MediaRecordIcon()), p.record, p.unfocus)
	v.stop = newIconButton(p.say("takes.stop"), theme.MediaStopIcon(), p.stop, p.unfocus)
	v.stop.Importance = widget.DangerImportance
	v.discard = newIconButton(p.say("takes.discard")+"…", nil, p.discard, p.unfocus)
	v.discard.Importance = widget.LowImportance
	v.source = newIconButton("", theme.MenuDropDownIcon(), v.showSources, p.unfocus)
	v.source.IconPlacement, v.source.Importance = widget.ButtonIconTrailingText, widget.LowImportance
	v.clock, v.of = canvas.NewText("", color.Transparent), canvas.NewText("", color.Transparent)
	v.title = newLine(&p.list.fits, theme.ColorNameForeground, theme.SizeNameText, fyne.TextStyle{Bold: true})
	v.detail = newLine(&p.list.fits, ui.ColorFaint, theme.SizeNameCaptionText, fyne.TextStyle{})
	v.progress = newThinBar()
	v.tracks = container.New(&flowLayout{})
	v.landings = container.NewVBox()
	v.back = ui.NewFill(ui.ColorPanel)
	v.back.Radius = 8
	texts := container.New(stackedLayout{}, v.title, v.detail)
	left := container.NewHBox(centred(container.NewStack(v.record, v.stop)), container.New(clockLayout{}, v.clock, v.of))
	right := centred(container.NewStack(v.source, v.discard))
	first := container.NewBorder(nil, nil, left, right, texts)
	body := container.NewVBox(first, v.progress, v.tracks, v.landings)
	v.content = container.New(layout.NewCustomPaddedLayout(0, 8, 0, 0), container.NewStack(v.back, container.New(layout.NewCustomPaddedLayout(6, 6, 8, 8), body)))
	return v
}

func centred(o fyne.CanvasObject) fyne.CanvasObject {
	return container.NewVBox(layout.NewSpacer(), o, layout.NewSpacer())
}

// wait disables the buttons until the core has answered.
func (v *stripView) wait() {
	v.record.Disable()
	v.stop.Disable()
}

// refresh shows the strip as it is now.
func (v *stripView) refresh(s takelist.Strip) {
	p := v.page
	running := s.CanStop() || s.Phase == takelist.Ending
	setHidden(v.record, running)
	setHidden(v.stop, !running)
	setHidden(v.discard, !running)
	setHidden(v.source, running)
	setDisabled(v.record, !s.CanStart())
	setDisabled(v.stop, !s.CanStop())
	setDisabled(v.discard, !s.CanStop())
	v.title.set(s.Title)
	v.detail.set(s.Detail)
	setHidden(v.detail, s.Detail == "")
	if label := sourceLabel(s, p.say); v.source.Text != label {
		v.source.SetText(label)
	}
	v.paintClock(s)
	setHidden(v.progress, s.Progress < 0)
	v.progress.set(s.Progress, ui.ColorRecord)
	if !slices.Equal(v.shown.Tracks, s.Tracks) {
		v.showTracks(s.Tracks)
	}
	v.showLandings(s.Landings)
	v.shown = s
	if high := v.content.MinSize().Height; high != v.high && p.content != nil {
		v.high = high
		p.content.Refresh() // the list gives room, or takes it back
		return
	}
	v.content.Refresh()
}

func (v *stripView) paintClock(s takelist.Strip) {
	v.clock.Text, v.of.Text = s.Clock, ""
	if s.Of != "" {
		v.of.Text = v.page.say("takes.strip.of", words.Data{"Length": s.Of})
	}
	v.clock.Color, v.of.Color = theme.Color(ui.ColorRecord), theme.Color(ui.ColorFaint)
	v.clock.TextSize, v.of.TextSize = theme.TextHeadingSize(), theme.CaptionTextSize()
	v.clock.Hidden, v.of.Hidden = s.Clock == "" || s.Bounce, s.Of == "" || s.Bounce
	v.clock.Refresh()
	v.of.Refresh()
}

func sourceLabel(s takelist.Strip, say words.Say) string {
	label := say("takes.source.armed")
	switch s.Source {
	case live.SourceSelected:
		label = say("takes.source.selected")
	case live.SourceMain:
		label = say("takes.source.main")
	}
	view := say("takes.view.arrangement")
	if s.View == live.ViewSession {
		view = say("takes.view.session")
	}
	return label + " · " + view
}

func (v *stripView) showSources() {
	p := v.page
	var items []*fyne.MenuItem
	for n, c := range p.defaultCommands("") {
		if c.Split && n > 0 {
			items = append(items, fyne.NewMenuItemSeparator())
		}
		item := fyne.NewMenuItem(c.Label, c.Do)
		item.Checked = c.Check
		items = append(items, item)
	}
	p.popUpBelow(items, v.source)
}

func (v *stripView) showTracks(tracks []takelist.StripTrack) {
	old := v.meters
	v.meters = map[string]*meter{}
	v.tracks.RemoveAll()
	for n, t := range tracks {
		if n == tracksShown-1 && len(tracks) > tracksShown {
			more := newLine(&v.page.list.fits, ui.ColorFaint, theme.SizeNameCaptionText, fyne.TextStyle{})
			more.set(v.page.say("takes.strip.more", words.Data{"Count": len(tracks) - n}))
			v.tracks.Add(more)
			break
		}
		m := old[t.ID]
		if m == nil {
			m = newMeter(v.page)
		}
		m.setTrack(t)
		v.meters[t.ID] = m
		v.tracks.Add(m)
	}
	setHidden(v.tracks, len(tracks) == 0)
	v.tracks.Refresh()
}

func (v *stripView) showLandings(all []takelist.StripLanding) {
	if slices.Equal(v.shown.Landings, all) {
		return
	}
	old := v.landed
	v.landed = map[string]*landingRow{}
	v.landings.RemoveAll()
	for _, l := range all {
		row := old[l.TakeID]
		if row == nil {
			row = newLandingRow(&v.page.list.fits)
		}
		row.set(l)
		v.landed[l.TakeID] = row
		v.landings.Add(row.content)
	}
	setHidden(v.landings, len(all) == 0)
}

// landingRow is one take on its way into the library.
type landingRow struct {
	name    *line
	text    *line
	bar     *thinBar
	content fyne.CanvasObject
}

func newLandingRow(fits *fitter) *landingRow {
	r := &landingRow{
		name: newLine(fits, theme.ColorNameForeground, theme.SizeNameCaptionText, fyne.TextStyle{}),
		text: newLine(fits, ui.ColorFaint, theme.SizeNameCaptionText, fyne.TextStyle{}), bar: newThinBar(),
	}
	r.content = container.New(landingLayout{}, r.name, r.bar, r.text)
	return r
}

func (r *landingRow) set(l takelist.StripLanding) {
	r.name.set(l.Name)
	r.text.set(l.Text)
	colour := ui.ColorFaint
	if l.Problem {
		colour = theme.ColorNameError
	}
	r.text.setColour(colour)
	setHidden(r.bar, l.Problem)
	r.bar.set(l.Done, theme.ColorNamePrimary)
}

// applyStrip shows a strip, and has clock and levels run while they are needed.
func (p *Page) applyStrip(s takelist.Strip) {
	before := p.strip
	p.strip = s
	if !sameStrip(before, s) || p.stripView.shown.Title == "" {
		p.stripView.refresh(s)
	}
	if len(p.view.Rows) == 0 {
		p.showEmpty()
	}
	if s.Clock != "" && !s.Bounce {
		p.startClock()
	} else {
		p.stopClock()
	}
	if len(s.Tracks) > 0 {
		p.startLevels()
	} else {
		p.stopLevels()
	}
	p.refreshMenus()
}

func sameStrip(a, b takelist.Strip) bool {
	same := slices.Equal(a.Tracks, b.Tracks) && slices.Equal(a.Landings, b.Landings)
	a.Tracks, b.Tracks, a.Landings, b.Landings = nil, nil, nil, nil
	return same && a.Phase == b.Phase && a.Title == b.Title && a.Detail == b.Detail && a.Clock == b.Clock && a.Of == b.Of &&
		a.Progress == b.Progress && a.SetUp == b.SetUp && a.Bounce == b.Bounce && a.Source == b.Source && a.View == b.View
}

const clockTick = 250 * time.Millisecond

// startClock has the strip read the time while a take records.
func (p *Page) startClock() {
	if p.ticking != nil {
		return
	}
	ctx, stop := context.WithCancel(p.desk.Context())
	p.ticking = stop
	ticks := make(chan struct{})
	p.desk.Run(func(context.Context) error {
		defer close(ticks)
		ticker := time.NewTicker(clockTick)
		defer ticker.Stop()
		for {
			select {
			case <-ticker.C:
			case <-ctx.Done():
				return nil
			}
			select {
			case ticks <- struct{}{}:
			case <-ctx.Done():
				return nil
			}
		}
	}, func(error) {})
	ui.Stream(p.desk, ticks, func(struct{}) {
		if p.ticking != nil {
			p.applyStrip(takelist.NewStrip(p.snapshot, p.deps.Now(), p.say))
		}
	})
}

func (p *Page) stopClock() {
	if p.ticking != nil {
		p.ticking()
		p.ticking = nil
	}
}

func setHidden(o fyne.CanvasObject, hidden bool) {
	if o.Visible() != hidden {
		return
	}
	if hidden {
		o.Hide()
	} else {
		o.Show()
	}
}

func setDisabled(b *keyButton, off bool) {
	if b.Disabled() == off {
		return
	}
	if off {
		b.Disable()
	} else {
		b.Enable()
	}
}
