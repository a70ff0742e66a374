package app

import (
	"fmt"
	"path/filepath"
	"strconv"

	"github.com/takebar/takebar/internal/control"
	"github.com/takebar/takebar/internal/take/sidecar"
)

// lastTakeMenu is about the newest take. Its keys carry the take's id: when another take lands while the menu is open, a
// click meant for the old one never reaches the new one.
func lastTakeMenu(s control.Snapshot, ui UI) Item {
	menu := Item{Key: "last", Kind: Submenu, Label: "Last Take"}
	if s.LastTake == nil {
		menu.Label, menu.Disabled = "Last Take (none yet)", ui.Trashed == nil
	} else {
		menu.Label = fmt.Sprintf("Last Take: %s", takeName(*s.LastTake))
		if d := s.LastTake.Duration(); d > 0 {
			menu.Label += fmt.Sprintf(" (%s)", Length(d))
		}
	}
	restore := Item{Key: "last/restore", Kind: Action, Label: "Restore", Hidden: ui.Trashed == nil}
	if ui.Trashed != nil {
		restore.Key += "/" + ui.Trashed.ID
		restore.Label = fmt.Sprintf("Restore “%s”", name(ui.Trashed.Name))
		restore.Intent = Intent{Verb: RestoreTake, Target: ui.Trashed.ID}
	}
	menu.Children = append(menu.Children, restore)
	if s.LastTake != nil {
		menu.Children = append(menu.Children, lastTakeItems(*s.LastTake, ui)...)
	}
	return menu
}

func lastTakeItems(t control.LibraryTake, ui UI) []Item {
	prefix := "last/" + t.ID + "/"
	items := []Item{
		info(prefix+"what", takeFacts(t)),
		info(prefix+"warning", takeWarning(t)),
		{Key: prefix + "reveal", Kind: Action, Label: revealLabel(ui.System), Intent: Intent{Verb: RevealTake, Target: t.ID}},
	}
	switch {
	case len(t.Paths) == 1:
		items = append(items, Item{Key: prefix + "play", Kind: Action, Label: "Play", Intent: Intent{Verb: PlayTake, Target: t.ID, Option: "0"}})
	case len(t.Paths) > 1:
		plays := Item{Key: prefix + "plays", Kind: Submenu, Label: "Play"}
		for i := range t.Paths {
			n := strconv.Itoa(i)
			plays.Children = append(plays.Children, Item{
				Key: prefix + "play/" + n, Kind: Action, Label: fileLabel(t, i),
				Intent: Intent{Verb: PlayTake, Target: t.ID, Option: n},
			})
		}
		items = append(items, plays)
	}
	if len(t.Paths) > 0 {
		label := "Copy Path"
		if len(t.Paths) > 1 {
			label = fmt.Sprintf("Copy %d Paths", len(t.Paths))
		}
		items = append(items, Item{Key: prefix + "copy", Kind: Action, Label: label, Intent: Intent{Verb: CopyTakePath, Target: t.ID}})
	}
	return append(items, Item{
		Key: prefix + "trash", Kind: Action, Label: "Discard (into Takebar's trash)",
		Intent: Intent{Verb: TrashTake, Target: t.ID},
	})
}

func takeName(t control.LibraryTake) string {
	if n := name(t.Name); n != "" {
		return n
	}
	return fmt.Sprintf("Take %d", t.Number)
}

func fileLabel(t control.LibraryTake, i int) string {
	if i < len(t.Files) && Clean(t.Files[i].Track) != "" {
		return fmt.Sprintf("%s (%s)", name(t.Files[i].Track), Length(t.Files[i].Duration()))
	}
	return name(filepath.Base(t.Paths[i]))
}

// takeFacts is the take in one line: its length, files and set.
func takeFacts(t control.LibraryTake) string {
	text := Length(t.Duration())
	switch n := len(t.Paths); {
	case t.Status == sidecar.StatusMIDI:
		text = "MIDI only, no audio file"
	case n == 0:
		text = "No audio file"
	default:
		text += ", " + plural(n, "file", "files")
		switch t.Status {
		case sidecar.StatusLanded:
			text += ", checked"
		case sidecar.StatusRescued:
			text += ", rescued copy"
		case sidecar.StatusLanding, sidecar.StatusPartial, sidecar.StatusMissing, sidecar.StatusMIDI:
		}
	}
	if set := name(t.Set.Name); set != "" {
		text += " – " + set
	}
	return text
}

// takeWarning is what the user should know about the take before relying on it.
func takeWarning(t control.LibraryTake) string {
	silent, clipped := 0, int64(0)
	for _, f := range t.Files {
		if f.Silent {
			silent++
		}
		clipped += f.ClippedSamples
	}
	switch {
	case t.Status == sidecar.StatusMissing:
		return "⚠ Nothing could be copied; see the take's description file"
	case t.Status == sidecar.StatusPartial:
		return "⚠ Some files are missing; see the take's description file"
	case silent > 0 && silent == len(t.Files):
		return "⚠ Silent: check input and level in Live"
	case silent > 0:
		return fmt.Sprintf("⚠ %s silent", plural(silent, "file is", "files are"))
	case clipped > 0:
		return fmt.Sprintf("⚠ %s clipped", plural(int(clipped), "sample", "samples"))
	case len(t.Warnings) > 0:
		return line("⚠ " + t.Warnings[0].Message)
	}
	return ""
}

func revealLabel(system string) string {
	switch system {
	case "darwin":
		return "Reveal in Finder"
	case "windows":
		return "Reveal in Explorer"
	}
	return "Reveal in File Manager"
}
