package control

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/takebar/takebar/bridge/live"
)

// noticesKept is how many notices a Snapshot has.
const noticesKept = 20

// An event is something that changes the Snapshot. These types are all there are.
type (
	// linkReported: the link has news.
	linkReported struct {
		report live.LinkReport
		ours   string // version of the script inside this program
	}
	// pendingAdded and pendingRemoved: a verb waits for Live, or does so no more.
	pendingAdded   struct{ what string }
	pendingRemoved struct{ what string }
	// landingMoved: a landing has come further. landingEnded: it is over; a problem stays visible.
	landingMoved struct{ progress Landing }
	landingEnded struct{ takeID, problem string }
	// libraryLooked: the library was looked at. last is its newest take; nil: there is none.
	libraryLooked struct {
		state LibraryState
		last  *LibraryTake
	}
	// noticed: the user should know. Seq is given here.
	noticed struct{ notice Notice }
	// defaultsChanged: what a click on Record Take does.
	defaultsChanged struct{ defaults Defaults }
	// settingsChanged: config.toml says something else.
	settingsChanged struct{ settings Settings }
)

// reduce answers the Snapshot that follows s after e. It is pure: s and what it points to stay as they are, and what did not change is shared.
func reduce(s Snapshot, e any) Snapshot {
	switch e := e.(type) {
	case linkReported:
		s.Link, s.State, s.connection = linkOf(e.report, e.ours), e.report.State, e.report.Connection
	case pendingAdded:
		s.Pending = append(slices.Clip(s.Pending), e.what)
	case pendingRemoved:
		i := slices.Index(s.Pending, e.what)
		if i < 0 {
			return s
		}
		s.Pending = slices.Delete(slices.Clone(s.Pending), i, i+1)
	case landingMoved:
		s.Landings = withLanding(s.Landings, e.progress)
	case landingEnded:
		s.Landings = withoutLanding(s.Landings, e)
	case libraryLooked:
		if e.state.Revision <= s.Library.Revision {
			return s // nothing new, or another look was faster
		}
		s.Library, s.LastTake = e.state, e.last
	case noticed:
		e.notice.Seq = 1
		if n := len(s.Notices); n > 0 {
			e.notice.Seq = s.Notices[n-1].Seq + 1
		}
		s.Notices = append(slices.Clip(s.Notices), e.notice)
		s.Notices = s.Notices[max(0, len(s.Notices)-noticesKept):]
	case defaultsChanged:
		s.Settings.Defaults = e.defaults
	case settingsChanged:
		s.Settings = e.settings
	default:
		return s
	}
	s.Version++
	return s
}

func withLanding(list []Landing, p Landing) []Landing {
	next := slices.Clone(list)
	for i := range next {
		if next[i].TakeID == p.TakeID {
			next[i] = p
			return next
		}
	}
	return append(next, p)
}

func withoutLanding(list []Landing, e landingEnded) []Landing {
	next := slices.Clone(list)
	i := slices.IndexFunc(next, func(l Landing) bool { return l.TakeID == e.takeID })
	switch {
	case i < 0 && e.problem == "":
	case i < 0:
		next = append(next, Landing{TakeID: e.takeID, Problem: e.problem})
	case e.problem == "":
		next = slices.Delete(next, i, i+1)
	default:
		next[i].Problem = e.problem
	}
	return next
}

// Where Live's menus are called by name, it is the English one, as in Live's own manual.
const (
	hintNoLive = "Start Live, and choose Takebar under Settings > Link, Tempo & MIDI > Control Surface. “takebar doctor” checks the rest."
	hintStuck  = "If this stays, choose None and then Takebar again under Settings > Link, Tempo & MIDI > Control Surface."
)

// linkOf puts a report into words.
func linkOf(r live.LinkReport, ours string) Link {
	l := Link{Responding: r.Responding, PID: r.PID, Lives: make([]LiveInfo, 0, len(r.Lives))}
	version := ""
	for _, i := range r.Lives {
		l.Lives = append(l.Lives, LiveInfo{PID: i.PID, Live: i.Live, Script: i.Script, Started: i.Started, Chosen: i.PID == r.PID})
		if i.PID == r.PID {
			version = i.Live
		}
	}
	switch r.Phase {
	case live.LinkConnected:
		l.Status = LinkConnected
		l.Message = strings.TrimSpace("Linked to Live "+version) + "."
		if !r.Responding {
			l.Message = "Live does not answer just now."
			l.Hint = "It is busy, or a menu or dialog is open in it. What you click is done if it answers within 5 seconds."
		}
	case live.LinkConnecting:
		l.Status, l.Message = LinkConnecting, "Connecting to Live…"
		if r.Problem != "" {
			l.Message, l.Hint = "Live is there, but its Takebar script does not answer yet.", hintStuck
		}
	case live.LinkWaiting:
		l.Status, l.Message = LinkConnecting, "Live is loading a set; the link comes back by itself."
		l.Hint = hintStuck
	case live.LinkIncompatible:
		l.Status = LinkIncompatible
		l.Message, l.Hint = misfit(r.Protocols)
	default:
		l.Status, l.Message, l.Hint = LinkDisconnected, "No Live with the Takebar script is running.", hintNoLive
	}
	if r.Script != "" && older(r.Script, ours) {
		l.ScriptUpdate = ours
	}
	return l
}

func misfit(versions []int) (message, hint string) {
	if len(versions) > 0 && slices.Min(versions) > live.Protocol {
		return "The Takebar script in Live is newer than this Takebar.", "Update Takebar."
	}
	return "The Takebar script in Live is too old for this Takebar.",
		"Choose Set Up Live, or run “takebar install-script”; then start Live again."
}

// older says whether version a comes before b, e.g. 1.9.0 before 1.10.0. What is no number counts as 0.
func older(a, b string) bool {
	as, bs := strings.Split(a, "."), strings.Split(b, ".")
	for i := range max(len(as), len(bs)) {
		if x, y := part(as, i), part(bs, i); x != y {
			return x < y
		}
	}
	return false
}

func part(parts []string, i int) int {
	if i >= len(parts) {
		return 0
	}
	n, err := strconv.Atoi(parts[i])
	if err != nil {
		return 0
	}
	return n
}

func millis(ms int64) time.Time { return time.UnixMilli(ms) }
