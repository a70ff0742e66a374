//go:build linux && cgo && shots

package export

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/takebar/takebar/internal/exporttest"
	"github.com/takebar/takebar/internal/simtest"
)

// statusFirst puts what a command printed to standard error before its result, as a terminal shows it.
func statusFirst(text string) string {
	var status, result []string
	for line := range strings.Lines(text) {
		if strings.HasSuffix(line, "…\n") {
			status = append(status, line)
		} else {
			result = append(result, line)
		}
	}
	return strings.Join(append(status, result...), "")
}

// TestShots makes what scripts/export-shots.sh turns into the pictures of docs/images: what the commands print, and the screen while an attempt runs.
func TestShots(t *testing.T) {
	out := os.Getenv("SHOTS_OUT")
	if out == "" {
		t.Fatal("SHOTS_OUT names no folder")
	}
	s := newStudio(t)
	opened := filepath.Join(t.TempDir(), "opened")
	must(t, os.WriteFile(filepath.Join(s.home, "config.toml"), fmt.Appendf(nil, "[export]\nfolders = [%q]\nopen_command = [\"/bin/sh\", \"-c\", %q, %q, \"{}\"]\n",
		s.renders, `printf '%s\n' "$1" >> "$0"`, opened), 0o600))
	s.load("Night Drive", exporttest.Script{Project: "Night Drive Project", ChunkMs: 150})
	s.until("the set's name on the link", func() bool { return strings.Contains(s.command(0, "status"), "Night Drive") })
	sums := regexp.MustCompile(`[0-9a-f]{64}`)
	save := func(name, command, text string) {
		text = strings.NewReplacer(s.renders, "~/Music/Renders", s.takes, "~/Music/Takebar", s.home, "~/.config/takebar").Replace(text)
		text = sums.ReplaceAllStringFunc(text, func(sum string) string { return sum[:24] + "…" })
		must(t, os.WriteFile(filepath.Join(out, name+".txt"), []byte("$ "+command+"\n"+text), 0o600))
	}
	result, text, _ := strings.Cut(s.command(0, "export", "enable", "--yes"), "\n")
	save("export-consent", "takebar export enable", text+"\nDo you agree, and want export attempts switched on? [y/N] y\n"+result)
	s.command(0, "export", "rehearse", "--chord", "r")
	save("export-plan", "takebar export plan", s.command(0, "export", "plan"))

	done := make(chan string, 1)
	go func() { done <- s.command(0, "export", "attempt") }()
	s.until("the progress window", func() bool {
		for _, e := range s.live.Events("window") {
			if e.Window == "progress" {
				return true
			}
		}
		return false
	})
	if b, err := exec.CommandContext(context.WithoutCancel(s.ctx), "import", "-window", "root", filepath.Join(out, "screen.png")).CombinedOutput(); err != nil {
		t.Fatalf("import (apt-get install imagemagick): %v: %s", err, b)
	}
	save("export-attempt", "takebar export attempt", statusFirst(<-done))

	s.openSets(opened, map[string]exporttest.Script{"Blue Hour": {}, "Lullaby": {Sound: "silent"}, "Old Town": {Seconds: 1}, "Rain": {}})
	project := filepath.Dir(simtest.Get[string](t, s.sim.Control, "set.path"))
	must(t, os.MkdirAll(project, 0o755))
	must(t, os.WriteFile(filepath.Join(s.renders, "Rain.wav"), []byte("an old mix"), 0o600))
	args := []string{"batch", "add"}
	for _, n := range []string{"Blue Hour", "Lullaby", "Old Town", "Rain"} {
		path := filepath.Join(project, n+".als")
		writeSet(t, path)
		args = append(args, path)
	}
	s.command(0, args...)
	s.command(1, "batch", "run", "--yes")
	save("export-batch", "takebar batch list", s.command(0, "batch", "list"))
}
