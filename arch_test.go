package main_test

import (
	"os/exec"
	"strings"
	"testing"
)

const module = "github.com/takebar/takebar/"

// allowed lists, for each package of ours, what else of ours it may reach, directly or not ("lib/..." = all below).
// A package that is not listed here fails the test: say where its arrows may point before adding it.
var allowed = map[string][]string{
	"bridge/live":             {},
	"bridge":                  {"bridge/live", "internal/wire"},
	"internal/wire":           {},
	"internal/audio":          {},
	"internal/audio/loudness": {"internal/audio"},
	"internal/audio/convert":  {"internal/audio", "internal/audio/loudness"},
	"internal/audio/tone":     {},
	"internal/audio/trouble":  {"internal/audio"},
	"internal/waveform":       {"app/window/ports", "internal/audio", "internal/audio/trouble", "internal/take/sidecar"},
	"internal/player":         {"app/window/ports", "internal/audio", "internal/audio/trouble", "internal/take/sidecar"},
	"internal/player/device":  {"internal/player", "app/window/ports", "internal/audio", "internal/audio/trouble", "internal/take/sidecar"},
	"internal/copies":         {"app/window/ports", "internal/audio", "internal/audio/convert", "internal/audio/loudness", "internal/take/sidecar"},
	"internal/take/sidecar":   {},
	"internal/take":           {"internal/audio", "internal/audio/convert", "internal/audio/loudness", "bridge/live", "internal/take/sidecar"},
	"internal/control":        {"bridge/live", "internal/take/sidecar", "internal/wire"},
	"internal/autostart":      {},
	"internal/livefind":       {},
	"internal/bounces":        {"internal/control", "bridge/live", "internal/take/sidecar", "internal/wire"},
	"internal/config":         {},
	"automation":              {"automation/desktop", "automation/keys", "internal/audio", "bridge/live"},
	"automation/desktop":      {},
	"automation/keys":         {},
	"automation/robot":        {"automation/desktop", "automation/keys"},
	"remote_script":           {},
	"app":                     {"internal/control", "bridge/live", "internal/take/sidecar", "internal/wire"},
	"app/tray":                {"app", "app/tray/icons", "internal/control", "bridge/live", "internal/take/sidecar", "internal/wire"},
	"app/tray/icons":          {},
	"app/words":               {},
	"app/sound":               {"app/words", "internal/audio", "internal/audio/trouble"},
	"app/takelist":            models,
	"app/opentake":            models,
	"app/settings":            models,
	"app/setup":               models,
	"app/about":               models,
	"app/attempts":            models,
	"app/window":              pages,
	"app/window/ports":        {"internal/take/sidecar"},
	"app/window/ui":           pages,
	"app/window/form":         {"app/window/ui", "app", "app/words", "internal/control", "bridge/live", "internal/take/sidecar", "internal/wire"},
	"app/window/ui/golden":    {},
	"app/window/ui/uitest":    pages,
	"app/window/takes":        pages,
	"app/window/opened":       pages,
	"app/window/settings":     pages,
	"app/window/setup":        pages,
	"app/window/about":        pages,
	"app/window/export":       pages,
	"internal/single":         {"internal/wire"},
}

// models of pages know the core's nouns and the texts; pages know models and ports.
var (
	models = []string{"app", "app/words", "app/window/ports", "internal/control", "bridge/live", "internal/take/sidecar", "internal/wire"}
	pages  = append([]string{
		"app/takelist", "app/opentake", "app/settings", "app/setup", "app/about", "app/attempts", "app/window/ui", "app/window/form",
		"app/window/takes", "app/window/opened", "app/window/settings", "app/window/setup", "app/window/about", "app/window/export",
	}, models...)
)

// toolkits may be reached from these packages (and from main, which wires them) only.
var toolkits = map[string][]string{
	"fyne.io/systray":            {"app/tray"},
	"fyne.io/fyne/v2":            {"app/window", "app/window/ui", "app/window/ui/golden", "app/window/form", "app/window/takes", "app/window/opened", "app/window/settings", "app/window/setup", "app/window/about", "app/window/export", "test/bench/emptywindow"},
	"fyne.io/fyne/v2/app":        {"app/window", "test/bench/emptywindow"},
	"github.com/gen2brain/malgo": {"internal/player/device"},
	"github.com/go-vgo/robotgo":  {"automation/robot"},
}

func TestArrows(t *testing.T) {
	for _, pkg := range packages(t) {
		name := strings.TrimPrefix(pkg.path, module)
		if name == strings.TrimSuffix(module, "/") || free(name) {
			continue
		}
		rule, listed := allowed[name]
		if !listed {
			t.Errorf("%s has no rule in arch_test.go: say which packages it may import", name)
			continue
		}
		for _, dep := range pkg.deps {
			own, ours := strings.CutPrefix(dep, module)
			if ours && own != name && !contains(rule, own) {
				t.Errorf("%s reaches %s, against the arrows", name, own)
			}
		}
	}
}

func TestToolkitsStayInTheirRooms(t *testing.T) {
	for _, pkg := range packages(t) {
		name := strings.TrimPrefix(pkg.path, module)
		if name == strings.TrimSuffix(module, "/") {
			continue // main wires them
		}
		for toolkit, homes := range toolkits {
			for _, imported := range pkg.imports {
				if (imported == toolkit || strings.HasPrefix(imported, toolkit+"/")) && !contains(homes, name) {
					t.Errorf("%s imports %s; only %v may", name, imported, homes)
				}
			}
		}
	}
}

// free packages may reach anything: main's helpers, the command line, tools and test support.
func free(name string) bool {
	for _, prefix := range []string{"internal/cli", "internal/doctor", "internal/demo", "internal/exports", "internal/pageports", "internal/simtest", "internal/exporttest", "internal/traytest", "internal/shots", "test/", "scripts/", "app/tray/icons/gen"} {
		if name == strings.TrimSuffix(prefix, "/") || strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}

type goPackage struct {
	path          string
	imports, deps []string
}

func packages(t *testing.T) []goPackage {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", "list", "-f",
		"{{.ImportPath}}\t{{join .Imports \" \"}}\t{{join .Deps \" \"}}", "./...").Output()
	if err != nil {
		t.Fatalf("listing packages: %v", err)
	}
	var all []goPackage
	for line := range strings.Lines(string(out)) {
		f := strings.Split(strings.TrimRight(line, "\n"), "\t")
		all = append(all, goPackage{f[0], strings.Fields(f[1]), strings.Fields(f[2])})
	}
	if len(all) < 5 {
		t.Fatalf("only %d packages listed", len(all))
	}
	return all
}

func contains(list []string, s string) bool {
	for _, l := range list {
		if l == s {
			return true
		}
	}
	return false
}
