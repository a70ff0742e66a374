// Package about is the model of the about page: what this program is, and the doctor's report made readable. It is pure: no toolkit, no disk, no core.
//
// The window's about page imports it.
package about

import (
	"fmt"
	"strings"

	"github.com/takebar/takebar/app"
	"github.com/takebar/takebar/app/window/ports"
	"github.com/takebar/takebar/app/words"
)

// Site is where the project lives.
const Site = "https://github.com/takebar/takebar"

// Info is what this program says of itself.
type Info struct {
	Version string
	Script  string // version of the script inside it
	System  string // such as linux/amd64
}

// Facts are all that the page shows is made from.
type Facts struct {
	Info     Info
	Report   *ports.Report // nil: there is none yet
	Checking bool
	Problem  string // why the last check came to nothing
}

// Model is what the page shows.
type Model struct {
	Name    string
	Lines   []string // below the name
	Licence string
	Links   []Link
	Summary string
	At      string // when it was checked
	Mood    Mood
	Groups  []Group
	Problem string
	Buttons []Button
}

// Mood says how the report ended.
type Mood string

// The moods of a report.
const (
	Unknown Mood = ""
	Fine    Mood = "fine"
	Look    Mood = "look"
	Mend    Mood = "mend"
)

// Link leads to a page of the web.
type Link struct{ Label, URL string }

// Button does something.
type Button struct {
	Key   string
	Label string
	Off   bool
}

// Keys of the buttons.
const (
	ButtonCheck  = "check"
	ButtonCopy   = "copy"
	ButtonFolder = "folder" // show the config folder
	ButtonLogs   = "logs"
)

// Group are findings that ended alike.
type Group struct {
	Title string
	Rows  []Row
}

// Row is one finding.
type Row struct {
	Status  string // as ports.Finding has it
	Name    string
	Text    string
	Hint    string
	Details []string
	Page    string // of the window, where it can be mended; "" if nowhere
	Go      string // what the button that goes there says
}

// Build makes the page.
func Build(say words.Say, f Facts) Model {
	m := Model{
		Name:    "Takebar " + app.Clean(f.Info.Version),
		Lines:   []string{say("about.tagline"), say("about.inside", words.Data{"Script": f.Info.Script, "System": f.Info.System})},
		Licence: say("about.licence"),
		Links: []Link{
			{say("about.link.site"), Site},
			{say("about.link.manual"), Site + "/tree/main/docs/manual"},
			{say("about.link.issues"), Site + "/issues"},
			{say("about.link.licence"), Site + "/blob/main/LICENSE"},
		},
		Summary: say("about.checking"), Problem: f.Problem,
		Buttons: []Button{
			{Key: ButtonCheck, Label: say("about.check"), Off: f.Checking},
			{Key: ButtonCopy, Label: say("about.copy"), Off: f.Report == nil},
			{Key: ButtonFolder, Label: say("about.folder")},
			{Key: ButtonLogs, Label: say("about.logs")},
		},
	}
	if f.Report != nil {
		report(&m, say, *f.Report)
	}
	if f.Checking || f.Report == nil && f.Problem == "" {
		m.Summary, m.At = say("about.checking"), ""
	} else if f.Report == nil {
		m.Summary = say("about.failed")
	}
	return m
}

// statuses are in the order in which they matter.
const (
	problem = "problem"
	warning = "warning"
	fine    = "ok"
	note    = "note"
)

func report(m *Model, say words.Say, r ports.Report) {
	byStatus := map[string][]Row{}
	for _, f := range r.Findings {
		row := Row{Status: f.Status, Name: app.Clean(f.Name), Text: app.Clean(f.Text), Hint: strings.TrimSpace(f.Hint)}
		for _, d := range f.Details {
			row.Details = append(row.Details, app.Clean(d))
		}
		if f.Status == problem || f.Status == warning {
			row.Page, row.Go = place(say, f.Name)
		}
		byStatus[f.Status] = append(byStatus[f.Status], row)
	}
	for _, g := range []struct{ status, title string }{
		{problem, say("about.group.problem")}, {warning, say("about.group.warning")}, {fine, say("about.group.ok")}, {note, say("about.group.note")},
	} {
		if rows := byStatus[g.status]; len(rows) > 0 {
			m.Groups = append(m.Groups, Group{Title: g.title, Rows: rows})
		}
	}
	bad, odd := len(byStatus[problem]), len(byStatus[warning])
	data := words.Data{"Bad": bad, "Odd": odd}
	switch {
	case bad > 0:
		m.Mood, m.Summary = Mend, say("about.summary.mend", data)
	case odd > 0:
		m.Mood, m.Summary = Look, say("about.summary.look", data)
	default:
		m.Mood, m.Summary = Fine, say("about.summary.fine")
	}
	m.At = say("about.at", words.Data{"Time": r.At.Format("15:04")})
}

// place is the page on which a finding of the doctor can be mended.
func place(say words.Say, name string) (page, label string) {
	switch name {
	case "Script", "Link to Live":
		return app.PageSetup, say("about.go.setup")
	case "Settings", "Takes folder":
		return app.PageSettings, say("about.go.settings")
	}
	return "", ""
}

// String writes the page as text, for tests.
func (m Model) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n", m.Name)
	for _, line := range append(m.Lines, m.Licence) {
		fmt.Fprintf(&b, "  %s\n", line)
	}
	for _, l := range m.Links {
		fmt.Fprintf(&b, "  %s -> %s\n", l.Label, l.URL)
	}
	fmt.Fprintf(&b, "\n%s (%s) %s\n", m.Summary, m.Mood, m.At)
	if m.Problem != "" {
		fmt.Fprintf(&b, "! %s\n", m.Problem)
	}
	for _, button := range m.Buttons {
		off := ""
		if button.Off {
			off = " (off)"
		}
		fmt.Fprintf(&b, "<%s>%s\n", button.Label, off)
	}
	for _, g := range m.Groups {
		fmt.Fprintf(&b, "\n%s\n", g.Title)
		for _, r := range g.Rows {
			fmt.Fprintf(&b, "  [%s] %s: %s\n", r.Status, r.Name, r.Text)
			for _, d := range r.Details {
				fmt.Fprintf(&b, "      %s\n", d)
			}
			if r.Hint != "" {
				fmt.Fprintf(&b, "      > %s\n", strings.ReplaceAll(r.Hint, "\n", "\n        "))
			}
			if r.Page != "" {
				fmt.Fprintf(&b, "      <%s> %s\n", r.Go, r.Page)
			}
		}
	}
	return b.String()
}
