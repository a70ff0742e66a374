package take

import (
	"testing"
	"time"
)

func TestExample(t *testing.T) {
	at := time.Date(2026, 1, 31, 15, 9, 18, 0, time.UTC)
	for template, want := range map[string]string{
		"":                        "Night Drive/2026-01-31 take 007 - Vocals.wav",
		"{date}/{tempo} {track}":  "2026-01-31/124 Vocals.wav",
		"{set} {take} {time}":     "Night Drive 007 15-09-18.wav",
		"always the same":         "always the same.wav",
		"../{set}":                "",
		"{colour}":                "",
		"{set} {take} {time} \\x": "",
	} {
		got, err := Example(template, at)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q %v, want %q", template, got, err, want)
		}
	}
	for _, field := range TemplateFields() {
		if _, err := Example("{"+field+"}", at); err != nil {
			t.Errorf("%s: %v", field, err)
		}
	}
}
