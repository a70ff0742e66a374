package app

import (
	"fmt"

	"github.com/takebar/takebar/internal/control"
)

// setupMenu installs the script and says what remains to be done inside Live, until the link is up.
func setupMenu(s control.Snapshot, ui UI) Item {
	menu := Item{Key: "setup", Kind: Submenu, Label: "Set Up Live"}
	install := Item{Key: "setup/install", Kind: Action, Label: "Install the Script", Disabled: ui.Installing, Intent: Intent{Verb: InstallScript}}
	switch {
	case ui.Installing:
		install.Label = "Installing the Script…"
	case s.Link.Status == control.LinkIncompatible || s.Link.ScriptUpdate != "":
		menu.Label += " (script update)"
		install.Label = "Update the Script"
	case connected(s):
		install.Label = "Install the Script Again"
	}
	done := ""
	if ui.Installed != nil {
		done = installedLine(*ui.Installed)
	}
	menu.Children = []Item{
		windowItem(ui, PageSetup, "Guide Me…"),
		install,
		info("setup/done", done),
		separator("setup"),
		info("setup/1", "1. Restart Live, so that it finds the script"),
		info("setup/2", "2. In Live, open Settings › Link, Tempo & MIDI"),
		info("setup/3", "3. Choose Takebar as Control Surface, Input and Output: None"),
		info("setup/status", setupStatus(s, ui)),
	}
	return menu
}

func installedLine(in control.Install) string {
	what := "is in"
	switch {
	case !in.Changed:
		what = "was already in"
	case in.Replaced != "":
		what = "replaced " + Clean(in.Replaced) + " in"
	}
	return fmt.Sprintf("Script %s %s %s", Clean(in.Version), what, tail(in.Folder))
}

// tail keeps the end of a path, which says more than its beginning.
func tail(path string) string {
	const n = 52
	runes := []rune(Clean(path))
	if len(runes) <= n {
		return string(runes)
	}
	return "…" + string(runes[len(runes)-n+1:])
}

func setupStatus(s control.Snapshot, ui UI) string {
	switch {
	case connected(s) && s.Link.ScriptUpdate != "":
		return "→ Linked, but Live still runs the older script"
	case connected(s):
		return fmt.Sprintf("✓ Linked to Live %s, script %s", Clean(s.State.Link.Live), Clean(s.State.Link.Script))
	case s.Link.Status == control.LinkIncompatible:
		return "→ Live runs a script that does not match"
	case s.Link.Status == control.LinkConnecting:
		return "→ Connecting…"
	case ui.Installed != nil:
		return "→ Waiting for Live…"
	}
	return "→ Not linked yet"
}
