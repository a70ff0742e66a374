package about

import (
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/takebar/takebar/app/window/ports"
	"github.com/takebar/takebar/app/words"
)

var update = flag.Bool("update", false, "write the golden files")

func findings(statuses ...string) *ports.Report {
	r := &ports.Report{At: time.Date(2026, 1, 31, 15, 9, 0, 0, time.UTC), Text: "the report"}
	names := []string{"Settings", "Script", "Link to Live", "Takes folder", "Crashes"}
	for i, s := range statuses {
		r.Findings = append(r.Findings, ports.Finding{
			Name: names[i%len(names)], Status: s, Text: "It is\nso.", Hint: "Do this.\nThen that.", Details: []string{"/a/path"},
		})
	}
	return r
}

func TestModel(t *testing.T) {
	info := Info{Version: "1.1.0", Script: "1.1.0", System: "linux/amd64"}
	for name, f := range map[string]Facts{
		"checking":       {Info: info, Checking: true},
		"failed":         {Info: info, Problem: "The check was broken off."},
		"fine":           {Info: info, Report: findings("ok", "note", "ok")},
		"look":           {Info: info, Report: findings("ok", "warning", "warning", "ok")},
		"mend":           {Info: info, Report: findings("ok", "problem", "warning", "problem", "note")},
		"checking-again": {Info: info, Report: findings("problem"), Checking: true},
	} {
		for _, language := range []string{"en", "de"} {
			say, err := words.In(language)
			if err != nil {
				t.Fatal(err)
			}
			got := Build(say, f).String()
			golden := filepath.Join("testdata", name+"-"+language+".txt")
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil || string(want) != got {
				t.Errorf("%s (%v):\n%s", golden, err, got)
			}
		}
	}
}
