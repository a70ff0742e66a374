package setup

import (
	"strconv"
	"strings"

	"github.com/takebar/takebar/app"
	"github.com/takebar/takebar/app/words"
	"github.com/takebar/takebar/internal/control"
)

// Build makes the page.
func Build(say words.Say, f Facts) Model {
	b := builder{say: say, f: f}
	steps := []Step{b.script(), b.live(), b.surface(), b.link(), b.test()}
	m := Model{Ready: true}
	open := false // a step before is not done: what comes after it waits
	done := 0
	for i := range steps {
		s := &steps[i]
		if s.State == Done {
			done++
		} else if i < len(steps)-1 {
			m.Ready = false
		}
		if open && s.State == Now && (s.Key != StepTest || !b.linked()) {
			s.State, s.Lines, s.Numbers, s.Hint, s.Buttons, s.Options = Later, nil, false, "", nil, nil
		}
		open = open || s.State != Done
	}
	m.Steps = steps
	switch {
	case m.Ready && done == len(steps):
		m.Summary = say("setup.summary.all")
	case m.Ready:
		m.Summary = say("setup.summary.ready")
	default:
		m.Summary = say("setup.summary.some", words.Data{"Done": done, "All": len(steps)})
	}
	return m
}

type builder struct {
	say words.Say
	f   Facts
}

func (b builder) linked() bool { return b.f.Snapshot.Link.Status == control.LinkConnected }

// library is the User Library that the page is about: the chosen one, else the one of the settings, else the likeliest.
func (b builder) library() *Library {
	if b.f.Machine == nil {
		return nil
	}
	all := b.f.Machine.Libraries
	for i := range all {
		if all[i].Path == b.f.Chosen {
			return &all[i]
		}
	}
	for i := range all {
		if all[i].Configured {
			return &all[i]
		}
	}
	if len(all) > 0 {
		return &all[0]
	}
	return nil
}

func (b builder) script() Step {
	s := Step{Key: StepScript, Title: b.say("setup.script.title"), Problem: b.f.Refused}
	lib := b.library()
	choose := Button{Key: ButtonFolder, Label: b.say("setup.script.choose")}
	switch {
	case b.f.Machine == nil:
		s.State, s.Lines, s.Part = Busy, []string{b.say("setup.script.looking")}, -1
		return s
	case b.f.Installing:
		s.State, s.Lines, s.Part = Busy, []string{b.say("setup.script.installing")}, -1
		return s
	case lib == nil:
		return b.noLibrary(s, choose)
	}
	s.Path = lib.Path
	if len(b.f.Machine.Libraries) > 1 {
		s.Chosen = lib.Path
		for _, l := range b.f.Machine.Libraries {
			s.Options = append(s.Options, Option{Value: l.Path, Label: l.Path})
		}
		s.Hint = b.say("setup.script.several")
	}
	b.inLibrary(&s, *lib)
	if b.f.Machine.Missing != "" {
		s.Buttons = append(s.Buttons, Button{Key: ButtonUse, Label: b.say("setup.script.use"), Main: len(s.Buttons) == 0})
		s.Lines = append(s.Lines, b.say("setup.script.missing", words.Data{"Path": b.f.Machine.Missing}))
		if s.State == Done {
			s.State = Careful
		}
	}
	if s.State != Done || len(s.Options) > 0 {
		s.Buttons = append(s.Buttons, choose)
	} else {
		s.Buttons = []Button{{Key: ButtonReveal, Label: b.say("setup.script.show")}}
	}
	return s
}

// noLibrary: Live's folder was not found at all.
func (b builder) noLibrary(s Step, choose Button) Step {
	s.State = Now
	choose.Main = true
	switch {
	case b.linked():
		s.State, s.Lines = Done, []string{b.say("setup.script.elsewhere")}
		return s
	case b.f.Machine.Missing != "":
		s.State, s.Lines = Careful, []string{b.say("setup.script.missing", words.Data{"Path": b.f.Machine.Missing})}
	case len(b.f.Machine.Versions) == 0:
		s.Lines = []string{b.say("setup.script.nolive")}
	default:
		s.Lines = []string{b.say("setup.script.nolibrary")}
	}
	s.Hint = b.say("setup.script.where")
	s.Buttons = []Button{choose, {Key: ButtonAgain, Label: b.say("setup.again")}}
	return s
}

// inLibrary says what is in the User Library.
func (b builder) inLibrary(s *Step, lib Library) {
	data := words.Data{"Version": app.Clean(lib.Version), "Own": b.f.Machine.Script}
	install := Button{Key: ButtonInstall, Label: b.say("setup.script.install"), Main: true}
	switch {
	case lib.Problem != "":
		s.State, s.Lines = Careful, []string{lib.Problem}
		s.Buttons = []Button{install}
	case lib.Version == "" && b.linked():
		s.State, s.Lines = Careful, []string{b.say("setup.script.other")}
		s.Buttons = []Button{install}
	case lib.Version == "":
		s.State, s.Lines = Now, []string{b.say("setup.script.none")}
		s.Buttons = []Button{install}
	case lib.Same:
		s.State, s.Lines = Done, []string{b.say("setup.script.done", data)}
	case lib.Newer:
		s.State, s.Lines = Done, []string{b.say("setup.script.newer", data)}
	case lib.Version == b.f.Machine.Script:
		s.State, s.Lines = Careful, []string{b.say("setup.script.changed", data)}
		install.Label = b.say("setup.script.restore")
		s.Buttons = []Button{install}
	default:
		s.State, s.Lines = Careful, []string{b.say("setup.script.older", data)}
		install.Label = b.say("setup.script.update", data)
		s.Buttons = []Button{install}
	}
}

func (b builder) live() Step {
	s := Step{Key: StepLive, Title: b.say("setup.live.title")}
	link := b.f.Snapshot.Link
	if len(link.Lives) > 0 {
		var names []string
		for _, l := range link.Lives {
			names = append(names, "Live "+app.Clean(l.Live))
		}
		s.State, s.Lines = Done, []string{b.say("setup.live.runs", words.Data{"Name": names[0]})}
		if len(names) > 1 {
			s.Lines = []string{b.say("setup.live.several", words.Data{"Names": strings.Join(names, ", ")})}
		}
		return s
	}
	m := b.f.Machine
	switch {
	case b.linked():
		s.State = Done
	case m == nil:
		s.State = Later
	case !m.LivesSeen:
		s.State, s.Lines, s.Hint = Now, []string{b.say("setup.live.start")}, b.say("setup.live.restart_hint")
	case len(m.Lives) == 0:
		s.State, s.Lines, s.Hint = Now, []string{b.say("setup.live.start")}, b.say("setup.live.waiting")
	case b.tooEarly():
		s.State, s.Lines, s.Hint = Careful, []string{b.say("setup.live.restart", words.Data{"Name": app.Clean(m.Lives[0].Name)})}, b.say("setup.live.restart_hint")
	default:
		s.State, s.Lines = Done, []string{b.say("setup.live.runs", words.Data{"Name": app.Clean(m.Lives[0].Name)})}
	}
	return s
}

// tooEarly: every Live was started before the script came into its folder, so that none knows it.
func (b builder) tooEarly() bool {
	lib := b.library()
	if lib == nil || lib.Installed.IsZero() || lib.Version == "" {
		return false
	}
	for _, l := range b.f.Machine.Lives {
		if l.Started.IsZero() || l.Started.After(lib.Installed) {
			return false
		}
	}
	return true
}

// major is the Live that the words are for: 0 where nothing is known of it.
func (b builder) major() int {
	m := b.f.Machine
	if m == nil {
		return 0
	}
	for _, l := range m.Lives {
		if l.Major > 0 {
			return l.Major
		}
	}
	for _, v := range m.Versions {
		head, _, _ := strings.Cut(v, ".")
		if n, err := strconv.Atoi(head); err == nil {
			return n
		}
	}
	return 0
}

func (b builder) surface() Step {
	s := Step{Key: StepSurface, Title: b.say("setup.surface.title")}
	if status := b.f.Snapshot.Link.Status; status == control.LinkConnected || status == control.LinkIncompatible || len(b.f.Snapshot.Link.Lives) > 0 {
		s.State, s.Lines = Done, []string{b.say("setup.surface.done")}
		return s
	}
	s.State, s.Numbers = Now, true
	old := b.major() > 0 && b.major() < 12
	tab := b.say("setup.surface.tab_12")
	var open string
	switch {
	case old && b.f.Mac:
		open = b.say("setup.surface.open_11_mac")
	case old:
		open = b.say("setup.surface.open_11_win")
	case b.f.Mac:
		open = b.say("setup.surface.open_12_mac")
	default:
		open = b.say("setup.surface.open_12_win")
	}
	if old {
		tab = b.say("setup.surface.tab_11")
	}
	s.Lines = []string{open, tab, b.say("setup.surface.choose"), b.say("setup.surface.ports")}
	s.Hint = b.say("setup.surface.hint")
	if b.f.Wine {
		s.Hint += " " + b.say("setup.surface.wine")
	}
	return s
}

func (b builder) link() Step {
	link := b.f.Snapshot.Link
	s := Step{Key: StepLink, Title: b.say("setup.link.title")}
	b.chooseLive(&s)
	live, script := "", ""
	if st := b.f.Snapshot.State; st != nil {
		live, script = app.Clean(st.Link.Live), app.Clean(st.Link.Script)
	}
	for _, l := range link.Lives {
		if live == "" && l.Chosen {
			live, script = app.Clean(l.Live), app.Clean(l.Script)
		}
	}
	data := words.Data{"Live": live, "Script": script, "Own": link.ScriptUpdate}
	switch {
	case link.Status == control.LinkIncompatible:
		s.State, s.Lines = Careful, []string{app.Clean(link.Message), b.say("setup.link.incompatible")}
		b.updateButton(&s)
	case link.Status == control.LinkConnecting:
		s.State, s.Lines, s.Part = Busy, []string{b.say("setup.link.connecting")}, -1
	case link.Status != control.LinkConnected:
		s.State, s.Lines = Now, []string{b.say("setup.link.waiting")}
	case !link.Responding:
		s.State, s.Lines = Careful, []string{b.say("setup.link.silent")}
	case link.ScriptUpdate != "":
		s.State = Careful
		if lib := b.library(); lib != nil && lib.Same {
			s.Lines = []string{b.say("setup.link.restart", data)}
		} else {
			s.Lines = []string{b.say("setup.link.older", data)}
			b.updateButton(&s)
		}
	default:
		s.State, s.Lines = Done, []string{b.say("setup.link.done", data)}
	}
	return s
}

// chooseLive offers the Lives that run, if there are several.
func (b builder) chooseLive(s *Step) {
	lives := b.f.Snapshot.Link.Lives
	if len(lives) < 2 {
		return
	}
	for _, l := range lives {
		value := strconv.Itoa(l.PID)
		s.Options = append(s.Options, Option{Value: value, Label: b.say("setup.link.one", words.Data{"Live": app.Clean(l.Live), "Script": app.Clean(l.Script), "PID": l.PID})})
		if l.Chosen {
			s.Chosen = value
		}
	}
	s.Hint = b.say("setup.link.several")
}

// updateButton says how a script that does not fit is replaced: the first step does it.
func (b builder) updateButton(s *Step) {
	lib := b.library()
	switch {
	case b.f.Installing:
	case lib == nil:
		s.Buttons = append(s.Buttons, Button{Key: ButtonFolder, Label: b.say("setup.script.choose"), Main: true})
	case lib.Same:
		s.Lines = append(s.Lines, b.say("setup.link.restart_only"))
	default:
		s.Lines = append(s.Lines, b.say("setup.link.update_above"))
	}
}
