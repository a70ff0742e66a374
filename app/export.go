package app

import (
	"context"
	"fmt"

	"github.com/takebar/takebar/internal/control"
)

// The verbs of export attempts.
const (
	ExportAttempt   Verb = "export.attempt"
	ExportDryRun    Verb = "export.dry_run"
	ExportStop      Verb = "export.stop"
	ExportRehearse  Verb = "export.rehearse" // Target: the shortcut, as the Exporter named it
	ExportRunBatch  Verb = "export.batch"
	ExportSwitchOn  Verb = "export.enable" // Target: version of the text that was shown
	ExportSwitchOff Verb = "export.disable"
)

// Exporter makes export attempts for the menu.
type Exporter interface {
	// View is what the menu shows of them now.
	View() ExportView
	// Changed receives after View changed.
	Changed() <-chan struct{}
	// Do carries out one of the export verbs and waits for its end, which the Notification tells.
	Do(ctx context.Context, in Intent) (Notification, error)
}

// ExportView is what a menu knows of export attempts.
type ExportView struct {
	Enabled bool
	// Consent is what to read before switching on, a line each, and ConsentVersion its version.
	Consent        []string
	ConsentVersion string
	// Running says what an attempt, a rehearsal or a batch does now, "" if nothing runs.
	Running string
	// Watching says that Live renders already: stopping only ends the watching.
	Watching bool
	// Chords are the shortcuts that can be rehearsed, the one to try first at the front.
	Chords []ExportChord
	// Rehearsal is what the last one learned, "" if there was none.
	Rehearsal string
	// Left counts what the batch still has to try, and Batch says what running it does, a line each.
	Left  int
	Batch []string
	// Last is how the last attempt ended, "" if there was none.
	Last string
}

// ExportChord is a shortcut that can be rehearsed.
type ExportChord struct{ Name, Label string }

// exportItems are the line of what runs with its Stop, and the submenu. Before attempts are switched on, the submenu is the text to agree to.
func exportItems(s control.Snapshot, ui UI) []Item {
	v := ui.Export
	if v == nil {
		return []Item{info("export/running", ""), {Key: "export/stop", Kind: Action, Label: "Stop", Hidden: true}, {Key: "export", Kind: Submenu, Label: "Export Attempts…", Hidden: true}}
	}
	running := v.Running != ""
	stop := "Stop the Export Attempt"
	if v.Watching {
		stop = "Stop Watching (Live Goes On Rendering)"
	}
	menu := Item{Key: "export", Kind: Submenu, Label: "Export Attempts…"}
	if v.Enabled {
		menu.Children = exportActions(s, v, running)
	} else {
		for i, text := range v.Consent {
			menu.Children = append(menu.Children, info(fmt.Sprintf("export/consent/%d", i), text))
		}
		menu.Children = append(menu.Children, separator("export/consent"),
			Item{Key: "export/enable", Kind: Action, Label: "I Have Read This: Switch Them On", Intent: Intent{Verb: ExportSwitchOn, Target: v.ConsentVersion}})
	}
	menu.Children = append(menu.Children, windowItem(ui, PageExport, "Queue and Outcomes…"))
	return []Item{
		info("export/running", line(v.Running)),
		{Key: "export/stop", Kind: Action, Label: stop, Hidden: !running, Intent: Intent{Verb: ExportStop}},
		menu,
	}
}

func exportActions(s control.Snapshot, v *ExportView, running bool) []Item {
	off := running || !connected(s) || s.RunningTake() != nil
	items := []Item{
		{Key: "export/attempt", Kind: Action, Label: "Attempt Export", Disabled: off, Intent: Intent{Verb: ExportAttempt}},
		{Key: "export/dry", Kind: Action, Label: "Open the Dialog and Close It (Dry Run)", Disabled: off, Intent: Intent{Verb: ExportDryRun}},
		info("export/last", line(v.Last)),
	}
	batch := Item{Key: "export/batch", Kind: Submenu, Label: fmt.Sprintf("Run Batch (%d Left)", v.Left), Hidden: v.Left == 0}
	for i, text := range v.Batch {
		batch.Children = append(batch.Children, info(fmt.Sprintf("export/batch/%d", i), text))
	}
	batch.Children = append(batch.Children, Item{Key: "export/batch/run", Kind: Action, Label: "Run It Now", Disabled: off, Intent: Intent{Verb: ExportRunBatch}})
	rehearse := Item{Key: "export/rehearse", Kind: Submenu, Label: "Rehearse the Shortcut", Children: []Item{info("export/rehearsal", line(v.Rehearsal))}}
	for _, c := range v.Chords {
		rehearse.Children = append(rehearse.Children, Item{Key: "export/rehearse/" + c.Name, Kind: Action, Label: "Rehearse " + c.Label, Disabled: off, Intent: Intent{Verb: ExportRehearse, Target: c.Name}})
	}
	return append(items, batch, rehearse,
		Item{Key: "export/disable", Kind: Action, Label: "Switch Export Attempts Off", Disabled: running, Intent: Intent{Verb: ExportSwitchOff}})
}

// export carries out an export verb.
func export(ctx context.Context, tools Tools, in Intent) (Outcome, error) {
	if tools.Export == nil {
		return Outcome{}, &control.Error{
			Code: "not_supported", Message: "This build of Takebar has no export attempts.",
			Hint: "Record a take of the main output instead.",
		}
	}
	n, err := tools.Export.Do(ctx, in)
	return Outcome{Announce: n}, err
}
