package take

import (
	"strings"
	"time"
)

// Example is how a take of an imagined set would be called with a name template ("" = DefaultTemplate): its path below the takes folder, with "/"
// on every system. Errors are those of CheckTemplate.
func Example(text string, at time.Time) (string, error) {
	if strings.TrimSpace(text) == "" {
		text = DefaultTemplate
	}
	t, err := parseTemplate(text)
	if err != nil {
		return "", err
	}
	_, files := t.names(nameRequest{set: "Night Drive", tempo: 124, number: 7, at: at, tracks: []string{"Vocals"}, room: 200})
	return files[0].path() + ".wav", nil
}

// TemplateFields lists what a name template may hold in braces, without them.
func TemplateFields() []string { return templateFields() }
