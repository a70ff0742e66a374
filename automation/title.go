package automation

import (
	"path/filepath"
	"regexp"
	"strings"

	"golang.org/x/text/unicode/norm"

	"github.com/takebar/takebar/automation/desktop"
)

// Title is what the title of Live's main window says.
type Title struct {
	Set      string // without the star of a modified set
	Project  string // what stood in brackets at the end; "" if nothing
	Whole    string // set and brackets, for a set whose name ends in brackets itself
	Modified bool
	Version  string // behind "Ableton Live ", such as "12 Suite"
}

const titleMark = " - Ableton Live "

// ParseTitle reads a title such as "Song* [Song Project] - Ableton Live 12 Suite". ok is false for any other window.
func ParseTitle(s string) (t Title, ok bool) {
	at := strings.LastIndex(s, titleMark)
	if at < 0 {
		return Title{}, false
	}
	left := strings.TrimSpace(s[:at])
	t.Version = strings.TrimSpace(s[at+len(titleMark):])
	t.Whole = strings.TrimSuffix(left, "*")
	t.Modified = t.Whole != left
	t.Set = t.Whole
	if open := strings.LastIndex(left, " ["); open >= 0 && strings.HasSuffix(left, "]") {
		t.Project = left[open+2 : len(left)-1]
		t.Set = strings.TrimSuffix(left[:open], "*")
		t.Modified = t.Set != left[:open]
	}
	return t, t.Version != ""
}

// Shows says whether the title names this set. Sources disagree whether set or project comes first, so either place counts.
func (t Title) Shows(set string) bool {
	set = plainName(set)
	for _, name := range []string{t.Set, t.Project, t.Whole} {
		if name != "" && plainName(name) == set {
			return true
		}
	}
	return false
}

// plainName is a set's name for comparing: without .als, in one Unicode form (macOS decomposes file names).
func plainName(s string) string {
	s = strings.TrimSpace(norm.NFC.String(s))
	if ext := filepath.Ext(s); strings.EqualFold(ext, ".als") {
		s = s[:len(s)-len(ext)]
	}
	return s
}

var liveProcess = regexp.MustCompile(`(?i)^(ableton live \d+( [a-z]+)*\.exe|live)$`)

// isLive says whether a window belongs to Live: by the exact name of its program, never by a part of it.
func isLive(w desktop.Window) bool { return liveProcess.MatchString(w.Process) }

// kind sorts Live's windows by their titles.
type kind int

const (
	kindUnknown kind = iota
	kindMain
	kindExport    // Export Audio/Video
	kindMIDI      // the Save dialog of Export MIDI Clip
	kindSave      // a native Save dialog
	kindOverwrite // "already exists, replace?"
	kindProgress
)

// String names the kind for reports.
func (k kind) String() string {
	return [...]string{"a window that Takebar does not know", "Live's main window", "Export Audio/Video", "Export MIDI Clip", "a Save dialog", "an overwrite prompt", "a progress window"}[k]
}

// Words in the languages that Live and the systems below it speak; all in lower case.
var (
	midiWords      = []string{"midi"}
	overwriteWords = []string{"confirm save", "already exists", "replace", "overwrite", "ersetzen", "überschreiben", "existiert bereits", "remplacer", "écraser", "sobrescribir", "reemplazar", "sostituire", "上書き", "置き換え", "替换"}
	progressWords  = []string{"rendering", "exporting", "progress", "wird exportiert", "exportation en cours", "exportando"}
	exportWords    = []string{"export", "exportieren", "exporter", "exportar", "esporta", "書き出し", "导出"}
	saveWords      = []string{"save", "speichern", "enregistrer", "guardar", "salva", "保存"}
)

// classify says what a window of Live's process probably is.
func classify(w desktop.Window) kind {
	if _, ok := ParseTitle(w.Title); ok {
		return kindMain
	}
	title := strings.ToLower(norm.NFC.String(w.Title))
	has := func(words []string) bool {
		for _, word := range words {
			if strings.Contains(title, word) {
				return true
			}
		}
		return false
	}
	switch {
	case has(midiWords):
		return kindMIDI
	case has(overwriteWords):
		return kindOverwrite
	case has(progressWords):
		return kindProgress
	case has(saveWords):
		return kindSave
	case has(exportWords), strings.Contains(title, "audio") && (strings.Contains(title, "video") || strings.Contains(title, "vidéo")):
		return kindExport
	}
	return kindUnknown
}
