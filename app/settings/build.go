package settings

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"github.com/takebar/takebar/app"
	"github.com/takebar/takebar/app/words"
	"github.com/takebar/takebar/internal/control"
)

// Build makes the page.
func Build(say words.Say, f Facts) Model {
	b := builder{say: say, f: f}
	m := Model{Notes: b.notes(), Sections: b.sections(), Footer: say("settings.footer", words.Data{"Path": f.Path})}
	if len(m.Notes) > 0 && m.Notes[0].Problem { // config.toml takes no changes until it is mended
		for _, s := range f.Settings {
			if r := m.Row(s.Key); r != nil {
				r.Off = true
			}
		}
	}
	return m
}

type builder struct {
	say words.Say
	f   Facts
}

// value is what config.toml says, or what holds where it says nothing.
func (b builder) value(key string) any {
	for _, s := range b.f.Settings {
		if s.Key == key {
			return s.Value
		}
	}
	return nil
}

func (b builder) text(key string) string {
	s, _ := b.value(key).(string)
	return s
}

func (b builder) on(key string) bool {
	on, _ := b.value(key).(bool)
	return on
}

func (b builder) list(key string) []string {
	list, _ := b.value(key).([]string)
	return list
}

// problem is about the value that was given last: here, else in the file.
func (b builder) problem(key string) string {
	if p := b.f.Refused[key]; p != "" {
		return p
	}
	for _, s := range b.f.Settings {
		if s.Key == key {
			return s.Problem
		}
	}
	return ""
}

// notes tell of mistakes in config.toml, and of what waits for a running take.
func (b builder) notes() []Note {
	mistakes := Note{Title: b.say("settings.broken.title"), Problem: true, OpenFile: true}
	unknown := Note{Title: b.say("settings.unknown.title"), OpenFile: true}
	if b.f.Broken != "" {
		mistakes.Lines = append(mistakes.Lines, b.f.Broken)
	}
	for _, s := range b.f.Settings {
		switch {
		case s.Problem == "":
		case s.Value == nil:
			unknown.Lines = append(unknown.Lines, s.Problem)
		default:
			mistakes.Lines = append(mistakes.Lines, s.Problem)
		}
	}
	var notes []Note
	if len(mistakes.Lines) > 0 {
		mistakes.Lines = append(mistakes.Lines, b.say("settings.broken.hint"))
		notes = append(notes, mistakes)
	} else if p := b.f.Snapshot.Settings.Problem; p != "" {
		notes = append(notes, Note{Title: p})
	}
	if len(unknown.Lines) > 0 {
		notes = append(notes, unknown)
	}
	return notes
}

func (b builder) sections() []Section {
	say := b.say
	return []Section{
		{Key: "takes", Title: say("settings.takes.title"), Rows: []Row{b.takesDir(), b.name(), {
			Key: keyArtist, Kind: Text, Label: say("settings.artist.label"), Value: b.text(keyArtist), Hint: say("settings.artist.hint"),
			Caption: say("settings.artist.caption"), Problem: b.problem(keyArtist),
		}}},
		{Key: "recording", Title: say("settings.recording.title"), Rows: b.recording()},
		{Key: "app", Title: say("settings.app.title"), Rows: b.program()},
		{Key: "export", Title: say("settings.export.title"), Caption: say("settings.export.caption"), Rows: b.export()},
		{Key: "advanced", Title: say("settings.advanced.title"), Caption: say("settings.advanced.caption"), Folded: true, Rows: b.advanced()},
	}
}

func (b builder) takesDir() Row {
	r := Row{
		Key: keyTakesDir, Kind: Folder, Label: b.say("settings.folder.label"), Value: b.text(keyTakesDir), Problem: b.problem(keyTakesDir),
		Buttons: []Button{{Key: ButtonReveal, Label: b.say("settings.folder.show")}},
	}
	if d := b.f.Disk; d != nil {
		if r.Value == "" {
			r.Hint = d.Dir
		}
		r.Fact = b.space(d.Free)
		switch now := b.f.Snapshot.Settings.TakesDir; {
		case b.f.TakesEnv && now != "":
			r.Caption = b.say("settings.folder.env", words.Data{"Dir": now})
		case now != "" && now != d.Dir:
			r.Caption = b.say("settings.folder.later", words.Data{"Dir": now})
		}
	}
	return r
}

// BytesPerMinute of a stereo recording at 24 bit and 48 kHz.
const BytesPerMinute = 48000 * 2 * 3 * 60

func (b builder) space(free int64) string {
	if free < 0 {
		return b.say("settings.space.unknown")
	}
	minutes := free / BytesPerMinute
	data := words.Data{"Free": b.size(free), "Minutes": minutes, "Hours": minutes / 60}
	switch {
	case minutes < 60:
		return b.say("settings.space.low", data)
	case minutes < 120:
		return b.say("settings.space.minutes", data)
	}
	return b.say("settings.space.hours", data)
}

// size writes bytes as disks are sold: in powers of ten.
func (b builder) size(n int64) string {
	for _, unit := range []struct {
		bytes float64
		name  string
	}{{1e12, "TB"}, {1e9, "GB"}, {1e6, "MB"}} {
		if v := float64(n) / unit.bytes; v >= 1 || unit.name == "MB" {
			digits := 0
			if v < 10 && unit.name != "MB" {
				digits = 1
			}
			return strings.Replace(strconv.FormatFloat(v, 'f', digits, 64), ".", b.say("settings.decimal_point"), 1) + " " + unit.name
		}
	}
	return ""
}

func (b builder) name() Row {
	r := Row{
		Key: keyName, Kind: Text, Label: b.say("settings.name.label"), Value: b.text(keyName), Caption: b.say("settings.name.caption"),
		Problem: b.problem(keyName),
	}
	for _, field := range b.f.Fields {
		r.Chips = append(r.Chips, "{"+field+"}")
	}
	for _, s := range b.f.Settings {
		if s.Key == keyName {
			if hint, ok := s.Default.(string); ok {
				r.Hint = hint
			}
		}
	}
	template := r.Value
	if b.f.Draft != nil {
		template = *b.f.Draft
	}
	if b.f.Example == nil {
		return r
	}
	example, err := b.f.Example(template)
	if err != nil {
		r.Problem = cmp.Or(b.f.Refused[keyName], app.ProblemOf(err).Text)
		return r
	}
	r.Fact = b.say("settings.name.example", words.Data{"Example": strings.ReplaceAll(example, "/", " › ")})
	if b.f.Draft != nil {
		r.Problem = "" // what is typed now is good, whatever was there before
	}
	return r
}

func (b builder) recording() []Row {
	say := b.say
	rows := []Row{
		{
			Key: keySource, Kind: Choice, Label: say("settings.source.label"), Value: b.text(keySource), Problem: b.problem(keySource),
			Options: []Option{{"armed", say("settings.source.armed")}, {"selected", say("settings.source.selected")}, {"main", say("settings.source.main")}},
			Caption: say("settings.source.caption"),
		},
		{
			Key: keyView, Kind: Choice, Label: say("settings.view.label"), Value: b.text(keyView), Problem: b.problem(keyView),
			Options: []Option{{"arrangement", say("settings.view.arrangement")}, {"session", say("settings.view.session")}},
		},
		{
			Key: keyArm, Kind: Choice, Label: say("settings.arm.label"), Value: b.text(keyArm), Problem: b.problem(keyArm),
			Options: []Option{{"set", say("settings.arm.set")}, {"yes", say("settings.arm.yes")}, {"no", say("settings.arm.no")}},
			Caption: say("settings.arm.caption"),
		},
	}
	return append(rows, b.live())
}

// live is the Live that Takebar is linked to, with a choice where several run.
func (b builder) live() Row {
	link := b.f.Snapshot.Link
	r := Row{Key: KeyLive, Kind: Plain, Label: b.say("settings.live.label"), Text: link.Message, Buttons: []Button{{Key: ButtonSetup, Label: b.say("settings.live.setup")}}}
	switch {
	case link.Status == control.LinkConnected && b.f.Snapshot.State != nil:
		r.Text = b.say("settings.live.linked", words.Data{"Version": app.Clean(b.f.Snapshot.State.Link.Live)})
	case len(link.Lives) == 0:
		r.Text = b.say("settings.live.none")
	}
	if len(link.Lives) < 2 {
		return r
	}
	r.Kind, r.Text, r.Caption = Choice, "", b.say("settings.live.caption")
	for _, l := range link.Lives {
		r.Options = append(r.Options, Option{Value: strconv.Itoa(l.PID), Label: b.say("settings.live.one", words.Data{"Version": app.Clean(l.Live), "PID": l.PID})})
		if l.Chosen {
			r.Value = strconv.Itoa(l.PID)
		}
	}
	return r
}

func (b builder) program() []Row {
	say := b.say
	rows := []Row{
		{
			Key: KeyLogin, Kind: Switch, Label: say("settings.login.label"), Text: say("settings.login.text"), On: b.f.Login.On,
			Problem: cmp.Or(b.f.Refused[KeyLogin], b.f.Login.Problem),
		},
		{
			Key: keyNotify, Kind: Switch, Label: say("settings.notify.label"), Text: say("settings.notify.text"), On: b.on(keyNotify), Problem: b.problem(keyNotify),
		},
		{
			Key: keyColours, Kind: Choice, Label: say("settings.colours.label"), Value: b.text(keyColours), Problem: b.problem(keyColours),
			Options: []Option{{"system", say("settings.colours.system")}, {"light", say("settings.colours.light")}, {"dark", say("settings.colours.dark")}},
		},
	}
	if b.f.Login.On {
		rows[0].Caption = b.f.Login.Where
	}
	if len(b.f.Devices) > 0 {
		rows = append(rows, b.player())
	}
	return rows
}

func (b builder) player() Row {
	r := Row{Key: keyPlayer, Kind: Choice, Label: b.say("settings.player.label"), Value: b.text(keyPlayer), Problem: b.problem(keyPlayer)}
	r.Options = []Option{{"", b.say("settings.player.system")}}
	known := r.Value == ""
	for _, d := range b.f.Devices {
		if d.ID == "" {
			continue
		}
		known = known || d.ID == r.Value
		r.Options = append(r.Options, Option{Value: d.ID, Label: app.Clean(d.Name)})
	}
	if !known {
		r.Options = append(r.Options, Option{Value: r.Value, Label: b.say("settings.player.gone", words.Data{"Name": app.Clean(r.Value)})})
	}
	return r
}

func (b builder) export() []Row {
	say, v := b.say, b.f.Export
	if v == nil {
		return []Row{{Key: KeyExport, Kind: Plain, Label: say("settings.attempts.label"), Text: say("settings.attempts.missing")}}
	}
	on, running := v.Enabled && b.on(KeyExport), v.Running != ""
	allow := Row{
		Key: KeyExport, Kind: Switch, Label: say("settings.attempts.label"), Text: say("settings.attempts.text"), On: on, Off: running,
		Problem: b.problem(KeyExport),
	}
	consent := Row{Key: KeyConsent, Kind: Reading, Label: say("settings.consent.label"), Text: b.f.Consent}
	if !on {
		allow.Text = say("settings.attempts.agree")
		return []Row{consent, allow}
	}
	allow.Buttons = []Button{{Key: ButtonAgreed, Label: say("settings.attempts.read")}}
	rows := []Row{allow}
	if b.f.Agreed {
		rows = append(rows, consent)
	}
	ctrl := "Ctrl"
	if b.f.Command {
		ctrl = "Cmd"
	}
	rows = append(rows,
		Row{
			Key: keyShortcut, Kind: Choice, Label: say("settings.shortcut.label"), Value: b.text(keyShortcut), Problem: b.problem(keyShortcut),
			Options: []Option{{"e", ctrl + "+Shift+E"}, {"r", ctrl + "+Shift+R"}}, Caption: say("settings.shortcut.caption"),
		},
		b.rehearsal(),
		Row{
			Key: keyPictures, Kind: Switch, Label: say("settings.pictures.label"), Text: say("settings.pictures.text"), On: b.on(keyPictures),
			Caption: say("settings.pictures.caption"), Problem: b.problem(keyPictures),
		})
	return rows
}

func (b builder) rehearsal() Row {
	v := b.f.Export
	r := Row{Key: KeyRehears, Kind: Plain, Label: b.say("settings.rehearsal.label"), Text: v.Rehearsal, Problem: b.f.Refused[KeyRehears]}
	if r.Text == "" {
		r.Text = b.say("settings.rehearsal.none")
	}
	r.Caption = b.say("settings.rehearsal.caption")
	if v.Running != "" {
		r.Text = v.Running
		r.Buttons = []Button{{Key: ButtonStop, Label: b.say("settings.rehearsal.stop")}}
		return r
	}
	s := b.f.Snapshot
	idle := s.Link.Status == control.LinkConnected && s.RunningTake() == nil
	for _, c := range v.Chords {
		r.Buttons = append(r.Buttons, Button{Key: ButtonRehearse + c.Name, Label: b.say("settings.rehearsal.start", words.Data{"Shortcut": c.Label}), Off: !idle})
	}
	if !idle {
		r.Caption = b.say("settings.rehearsal.off")
	}
	return r
}

func (b builder) advanced() []Row {
	say := b.say
	folders := func(key, label, hint, caption string) Row {
		return Row{Key: key, Kind: Folders, Label: label, Value: strings.Join(b.list(key), "\n"), Hint: hint, Caption: caption, Problem: b.problem(key)}
	}
	return []Row{
		{
			Key: keyLibrary, Kind: Folder, Label: say("settings.library.label"), Value: b.text(keyLibrary), Hint: say("settings.library.hint"),
			Caption: say("settings.library.caption"), Problem: b.problem(keyLibrary),
		},
		folders(keyLinks, say("settings.links.label"), say("settings.links.hint"), say("settings.links.caption")),
		folders(keyFolders, say("settings.saves.label"), say("settings.saves.hint"), say("settings.saves.caption")),
		{
			Key: keyOutput, Kind: Folder, Label: say("settings.output.label"), Value: b.text(keyOutput), Hint: say("settings.output.hint"),
			Caption: say("settings.output.caption"), Problem: b.problem(keyOutput),
		},
		{
			Key: KeyCommand, Kind: Text, Label: say("settings.command.label"), Value: JoinWords(b.list(KeyCommand)), Hint: say("settings.command.hint"),
			Caption: say("settings.command.caption"), Problem: b.problem(KeyCommand),
		},
		{
			Key: keyLog, Kind: Choice, Label: say("settings.log.label"), Value: b.text(keyLog), Problem: b.problem(keyLog),
			Options: []Option{{"error", say("settings.log.error")}, {"warn", say("settings.log.warn")}, {"info", say("settings.log.info")}, {"debug", say("settings.log.debug")}},
			Caption: say("settings.log.caption"), Buttons: []Button{{Key: ButtonLogs, Label: say("settings.log.show")}},
		},
	}
}

// Given turns what was typed or chosen in a row into the value for config.toml. The error is a sentence.
func Given(say words.Say, r Row, text string) (any, error) {
	switch {
	case r.Kind == Folders:
		list := []string{}
		for line := range strings.Lines(text) {
			if line = strings.TrimSpace(line); line != "" {
				list = append(list, line)
			}
		}
		return list, nil
	case r.Key == KeyCommand:
		list, ok := SplitWords(text)
		if !ok {
			return nil, fmt.Errorf("%s", say("settings.command.quote"))
		}
		return list, nil
	case r.Kind == Switch:
		return text == "true", nil
	case r.Kind == Folder:
		return strings.TrimSpace(text), nil
	}
	return text, nil
}
