package automation_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/takebar/takebar/automation"
)

// TestManualNamesEveryReason keeps docs/manual/export.md true: each reason with its answer, sentence and next step.
func TestManualNamesEveryReason(t *testing.T) {
	b, err := os.ReadFile("../docs/manual/export.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range automation.Reasons() {
		e, ok := r.Explain()
		if !ok || e.Sentence == "" || e.NextStep == "" {
			t.Errorf("%s has no sentence or next step", r)
		}
		line := fmt.Sprintf("| `%s` | %s | %s | %s |", r, e.Outcome.Words(), e.Sentence, e.NextStep)
		if !strings.Contains(string(b), line) {
			t.Errorf("docs/manual/export.md does not have the line\n%s", line)
		}
	}
}
