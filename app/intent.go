package app

// Verb says what a click asks for.
type Verb string

// The verbs of the menu.
const (
	TakeStart     Verb = "take.start"
	TakeStop      Verb = "take.stop"
	TakeCancel    Verb = "take.cancel"
	TransportPlay Verb = "transport.play"
	TransportStop Verb = "transport.stop"
	SetSource     Verb = "defaults.source" // Target: live.SourceKind
	SetView       Verb = "defaults.view"   // Target: live.View
	ArmTrack      Verb = "arm"             // Target: track id
	DisarmTrack   Verb = "disarm"          // Target: track id
	ArmSelected   Verb = "arm.selected"
	DisarmAll     Verb = "disarm.all"
	RevealTake    Verb = "take.reveal"  // Target: take id
	PlayTake      Verb = "take.play"    // Target: take id, Option: number of the file, from 0
	CopyTakePath  Verb = "take.copy"    // Target: take id
	TrashTake     Verb = "take.trash"   // Target: take id
	RestoreTake   Verb = "take.restore" // Target: take id
	OpenTakes     Verb = "folder.open"  // Target: the folder
	InstallScript Verb = "script.install"
	ChooseLive    Verb = "live.choose" // Target: process id, 0 = the newest
	Quit          Verb = "quit"
	QuitAnyway    Verb = "quit.anyway"
	StopThenQuit  Verb = "quit.stop"
)

// Intent is what a click means, as a comparable value.
type Intent struct {
	Verb   Verb
	Target string
	Option string
}

// String writes the intent for logs and tests.
func (i Intent) String() string {
	s := string(i.Verb)
	for _, arg := range []string{i.Target, i.Option} {
		if arg != "" {
			s += " " + arg
		}
	}
	return s
}
