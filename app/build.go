package app

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/takebar/takebar/bridge/live"
	"github.com/takebar/takebar/internal/control"
)

// Lines that come and go have fixed places in the menu, so that a menu is never rebuilt because of them.
const (
	landingLines    = 3
	landingProblems = 2
	sentenceLines   = 3
)

// BuildMenu makes the menu from what the core knows and what this menu remembers. It is pure: equal arguments give equal models.
func BuildMenu(s control.Snapshot, ui UI, now time.Time) MenuModel {
	var items []Item
	items = append(items, statusItems(s)...)
	items = append(items, problemItems(s, ui)...)
	items = append(items, landingItems(s)...)
	items = append(items, separator("1"))
	items = append(items, takeItems(s, now)...)
	items = append(items, separator("2"))
	items = append(items, transportItems(s)...)
	items = append(items, bounceMenu(s))
	items = append(items, separator("3"), sourceMenu(s), viewMenu(s), armMenu(s))
	items = append(items, separator("4"), lastTakeMenu(s, ui), windowItem(ui, PageTakes, "Takes…"), takesFolderItem(s))
	items = append(items, separator("5"), setupMenu(s, ui), livesMenu(s))
	items = append(items, exportItems(s, ui)...)
	items = append(items, windowItem(ui, PageSettings, "Settings…"), windowItem(ui, PageAbout, "About and Doctor…"))
	items = append(items, separator("6"))
	items = append(items, quitItems(s)...)
	return MenuModel{Icon: Icon(s), Clock: takeClock(s, now), Tooltip: tooltip(s, now), Items: items}
}

func separator(n string) Item { return Item{Key: "separator/" + n, Kind: Separator} }

// info is a line of text; without a text it takes no room.
func info(key, text string) Item {
	return Item{Key: key, Kind: Info, Label: text, Disabled: true, Hidden: text == ""}
}

func statusItems(s control.Snapshot) []Item {
	return append([]Item{info("status", statusLine(s)), info("status/activity", activityLine(s))}, sentenceItems("status/hint", hintLine(s), "")...)
}

// sentenceItems give a sentence the lines that it needs, out of a fixed number.
func sentenceItems(key, text, mark string) []Item {
	items := make([]Item, sentenceLines)
	text = Clean(text)
	texts := wrap(text, sentenceLines)
	for i := range items {
		items[i] = info(fmt.Sprintf("%s/%d", key, i), "")
		if text == "" || i >= len(texts) {
			continue
		}
		label := texts[i]
		switch {
		case i == 0:
			label = mark + label
		case mark != "":
			label = indent(label, 1)
		}
		items[i] = info(items[i].Key, label)
	}
	return items
}

func problemItems(s control.Snapshot, ui UI) []Item {
	var items []Item
	add := func(key, text, hint string) {
		if Clean(text) == "" {
			text, hint = "", ""
		}
		items = append(items, sentenceItems(key, text, "⚠ ")...)
		items = append(items, sentenceItems(key+"/hint", hint, indent("", 1))...)
	}
	var text, hint string
	if ui.Problem != nil {
		text, hint = ui.Problem.Text, ui.Problem.Hint
	}
	add("problem/click", text, hint)
	add("problem/config", s.Settings.Problem, "Correct config.toml; until then the earlier settings apply")
	add("problem/notify", ui.NotifyProblem, "")
	return items
}

func indent(text string, depth int) string {
	// No-break spaces: some hosts drop ordinary ones at the beginning of a label.
	return strings.Repeat("\u00a0\u00a0\u00a0\u00a0", depth) + text
}

func landingItems(s control.Snapshot) []Item {
	var busy, failed []string
	for _, l := range s.Landings {
		if l.Problem != "" {
			failed = append(failed, fmt.Sprintf("%s: %s", landingName(l), l.Problem))
			continue
		}
		busy = append(busy, line(landingText(l)))
	}
	var items []Item
	for i := range landingProblems {
		text := ""
		if i < len(failed) {
			text = failed[i]
		}
		items = append(items, sentenceItems(fmt.Sprintf("landing/problem/%d", i), text, "⚠ ")...)
	}
	more := ""
	if n := len(failed) - landingProblems; n > 0 {
		more = fmt.Sprintf("⚠ … and %s more", plural(n, "take", "takes"))
	}
	items = append(items, info("landing/problem/more", more))
	return append(items, lines("landing/", busy, landingLines)...)
}

// lines fills n fixed places; the last one counts what does not fit.
func lines(prefix string, texts []string, n int) []Item {
	items := make([]Item, n)
	for i := range items {
		text := ""
		switch {
		case i == n-1 && len(texts) > n:
			text = fmt.Sprintf("… and %d more", len(texts)-n+1)
		case i < len(texts):
			text = texts[i]
		}
		items[i] = info(prefix+strconv.Itoa(i), text)
	}
	return items
}

func landingName(l control.Landing) string {
	if n := name(l.Name); n != "" {
		return n
	}
	return "A take"
}

func landingText(l control.Landing) string {
	step := map[string]string{"waiting": "waiting for Live to finish the file", "copying": "copying", "checking": "checking"}[l.Step]
	if step == "" {
		step = fallback(l.Message, "landing")
	}
	if l.Step != "copying" && l.Step != "checking" {
		return fmt.Sprintf("Landing %s: %s", landingName(l), step)
	}
	// Five-per-cent steps: each other label is a message to the panel.
	percent := int(min(max(l.Done, 0), 1)*20) * 5
	return fmt.Sprintf("Landing %s: %s, %d %%", landingName(l), step, percent)
}

func takeItems(s control.Snapshot, now time.Time) []Item {
	take := s.RunningTake()
	record := Item{
		Key: "take/start", Kind: Action, Label: recordLabel(s), Disabled: !connected(s) || pending(s, "take.start"),
		Hidden: take != nil, Intent: Intent{Verb: TakeStart},
	}
	stop := Item{Key: "take/stop", Kind: Action, Label: "Stop Take", Hidden: take == nil, Intent: Intent{Verb: TakeStop}}
	discard := Item{
		Key: "take/cancel", Kind: Action, Label: "Discard Take (the audio file stays in Live's project)",
		Hidden: take == nil, Intent: Intent{Verb: TakeCancel},
	}
	if runsBounce(s) {
		stop.Label, discard.Label = "Stop Bounce", "Discard Bounce (the audio files stay in Live's project)"
	}
	if counter := takeCounter(s, now); counter != "" {
		stop.Label += "  " + counter
	}
	if take != nil && (take.Phase == live.PhaseStopping || pending(s, "take.stop", "take.cancel")) {
		stop.Label, stop.Disabled, discard.Disabled = "Stopping the Take…", true, true
	}
	return []Item{record, stop, discard}
}

func recordLabel(s control.Snapshot) string {
	const label = "Record Take"
	if !connected(s) {
		return label
	}
	if pending(s, "take.start") {
		return label + "…"
	}
	switch s.Settings.Source {
	case live.SourceMain:
		return label + " (main output)"
	case live.SourceSelected:
		t, ok := s.State.Selected()
		switch {
		case !ok:
			return label + " (no track is selected)"
		case !t.CanBeArmed:
			return fmt.Sprintf("%s (%s cannot be armed)", label, name(t.Name))
		}
		return fmt.Sprintf("%s (%s)", label, name(t.Name))
	case live.SourceArmed, live.SourceTrack:
	}
	armed := s.State.Armed()
	switch len(armed) {
	case 0:
		return label + " (arm a track first)"
	case 1:
		return fmt.Sprintf("%s (%s)", label, name(armed[0].Name))
	}
	return fmt.Sprintf("%s (%s)", label, plural(len(armed), "armed track", "armed tracks"))
}

// transportItems are two items, not one that changes its meaning: a click on what was just Play can never stop.
func transportItems(s control.Snapshot) []Item {
	playing := connected(s) && s.State.Transport.IsPlaying
	busy := !connected(s) || s.RunningTake() != nil
	return []Item{
		{Key: "transport/play", Kind: Action, Label: "Play", Disabled: busy, Hidden: playing, Intent: Intent{Verb: TransportPlay}},
		{Key: "transport/stop", Kind: Action, Label: "Stop", Disabled: busy, Hidden: !playing, Intent: Intent{Verb: TransportStop}},
	}
}

func sourceMenu(s control.Snapshot) Item {
	selected := "Selected Track"
	if connected(s) {
		if t, ok := s.State.Selected(); ok {
			selected += " (" + name(t.Name) + ")"
		}
	}
	source := s.Settings.Source
	if source == "" {
		source = live.SourceArmed
	}
	choice := func(kind live.SourceKind, label string) Item {
		return Item{Key: "source/" + string(kind), Kind: Check, Label: label, Checked: source == kind, Intent: Intent{Verb: SetSource, Target: string(kind)}}
	}
	return Item{Key: "source", Kind: Submenu, Label: "Source", Children: []Item{
		choice(live.SourceArmed, "Armed Tracks"), choice(live.SourceSelected, selected), choice(live.SourceMain, "Main Output"),
	}}
}

func viewMenu(s control.Snapshot) Item {
	view := s.Settings.View
	if view == "" {
		view = live.ViewArrangement
	}
	choice := func(v live.View, label string) Item {
		return Item{Key: "view/" + string(v), Kind: Check, Label: label, Checked: view == v, Intent: Intent{Verb: SetView, Target: string(v)}}
	}
	return Item{Key: "view", Kind: Submenu, Label: "View", Children: []Item{
		choice(live.ViewArrangement, "Arrangement"), choice(live.ViewSession, "Session"),
	}}
}

// windowItem opens a page of the window, where this program has windows.
func windowItem(ui UI, page, label string) Item {
	return Item{Key: "window/" + page, Kind: Action, Label: label, Hidden: !ui.Windows, Intent: Intent{Verb: OpenWindow, Target: page}}
}

func takesFolderItem(s control.Snapshot) Item {
	return Item{
		Key: "takes/folder", Kind: Action, Label: "Open Takes Folder", Disabled: s.Settings.TakesDir == "",
		Intent: Intent{Verb: OpenTakes, Target: s.Settings.TakesDir},
	}
}

func livesMenu(s control.Snapshot) Item {
	menu := Item{Key: "lives", Kind: Submenu, Label: "Which Live", Hidden: len(s.Link.Lives) < 2}
	for _, l := range s.Link.Lives {
		pid := strconv.Itoa(l.PID)
		label := "Live"
		if v := Clean(l.Live); v != "" {
			label += " " + v
		}
		if l.Started > 0 {
			label += ", script up since " + time.UnixMilli(l.Started).Format("15:04")
		}
		menu.Children = append(menu.Children, Item{
			Key: "lives/" + pid, Kind: Check, Label: fmt.Sprintf("%s (process %s)", label, pid),
			Checked: l.Chosen || l.PID == s.Link.PID && l.PID != 0, Intent: Intent{Verb: ChooseLive, Target: pid},
		})
	}
	return menu
}

// quitItems ask while a take records. A menu has no dialogs, so the question is a submenu: it needs a second, aimed click, and
// it says what happens to the take.
func quitItems(s control.Snapshot) []Item {
	recording := s.RunningTake() != nil
	return []Item{
		{Key: "quit", Kind: Action, Label: "Quit Takebar", Hidden: recording, Intent: Intent{Verb: Quit}},
		{Key: "quit/ask", Kind: Submenu, Label: "Quit Takebar (a take is recording)", Hidden: !recording, Children: []Item{
			info("quit/ask/what", "Live goes on recording without Takebar; the take lands at the next start"),
			{Key: "quit/ask/stop", Kind: Action, Label: "Stop the Take, Land It, Then Quit", Intent: Intent{Verb: StopThenQuit}},
			{Key: "quit/ask/anyway", Kind: Action, Label: "Quit Now, Let Live Go On Recording", Intent: Intent{Verb: QuitAnyway}},
		}},
	}
}
