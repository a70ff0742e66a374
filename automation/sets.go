package automation

import (
	"runtime"
	"strings"

	"github.com/takebar/takebar/bridge/live"
)

// FindSets finds the Live Sets that files, folders and patterns name, each once. What was named itself must be a set; what a folder or pattern has
// besides is skipped. Errors are *Refusal.
func FindSets(args []string) (sets []string, skipped []Skipped, err error) {
	sets, skipped, why := expand(args, false)
	if why != nil {
		return nil, nil, why
	}
	return sets, skipped, nil
}

// CheckSet says whether a file is a Live Set. Errors are *Refusal.
func CheckSet(path string) error {
	if why := checkSet(path); why != nil {
		return why
	}
	return nil
}

// OpenCommand is the command that opens a .als: custom, in which {} stands for the path that else goes last, or the system's own way.
func OpenCommand(custom []string, path string) []string {
	command := custom
	if len(command) == 0 {
		switch runtime.GOOS {
		case "darwin":
			command = []string{"open"}
		case "windows":
			command = []string{"rundll32", "url.dll,FileProtocolHandler"}
		default:
			command = []string{"xdg-open"}
		}
	}
	out := make([]string, 0, len(command)+1)
	placed := false
	for _, c := range command {
		if strings.Contains(c, "{}") {
			c, placed = strings.ReplaceAll(c, "{}", path), true
		}
		out = append(out, c)
	}
	if !placed {
		out = append(out, path)
	}
	return out
}

// SetIsOpen says whether Live has the set of that file open. Before Live 11.3.25 the link has neither path nor name: then it must be
// another set than the one with the id before.
func SetIsOpen(s live.Set, path, before string) bool {
	switch {
	case s.Path != nil:
		return sameSet(s.Path, path)
	case s.Name != nil:
		return plainName(*s.Name) == plainName(baseOf(path))
	}
	return before != "" && s.ID != before
}
