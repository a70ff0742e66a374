package automation

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/takebar/takebar/automation/keys"
)

// store is the folder "export" in Takebar's home: consent, rehearsals, attempts, the batch.
type store struct{ dir string }

func (s store) path(parts ...string) string {
	return filepath.Join(append([]string{s.dir}, parts...)...)
}

func (s store) attemptDir(id string) string { return s.path("attempts", id) }

// Consent is the user's yes to the text of one version.
type Consent struct {
	Enabled bool      `json:"enabled"`
	Text    int       `json:"text_version"`
	At      time.Time `json:"at"`
	Pict    bool      `json:"pictures"` // pictures of Live's window may be kept with each trace
}

// Rehearsed is what a rehearsal learned about one version of Live.
type Rehearsed struct {
	Live     string    `json:"live"` // version, as the link says it
	Chord    keys.Key  `json:"chord"`
	Passed   bool      `json:"passed"`
	Opened   string    `json:"opened"`  // title of the window that opened, "" if none
	Was      string    `json:"was"`     // what that window is, in words
	Dialogs  *int      `json:"dialogs"` // open_dialog_count while it was open, nil where Live does not say
	Message  string    `json:"message"` // current_dialog_message while it was open
	Main     string    `json:"main"`    // title of Live's main window
	Closed   bool      `json:"closed"`  // Esc closed it
	At       time.Time `json:"at"`
	Sentence string    `json:"sentence"`
	// Offer is the other chord where this one did not open Export Audio/Video.
	Offer keys.Key `json:"offer,omitempty"`
}

func (s store) consent() (Consent, error) {
	var c Consent
	err := readJSON(s.path("consent.json"), &c)
	if errors.Is(err, fs.ErrNotExist) {
		return Consent{}, nil
	}
	return c, err
}

func (s store) rehearsals() ([]Rehearsed, error) {
	var all []Rehearsed
	err := readJSON(s.path("rehearsals.json"), &all)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return all, err
}

// rehearsed is the newest rehearsal that passed with this version of Live.
func (s store) rehearsed(live string) (Rehearsed, bool, error) {
	all, err := s.rehearsals()
	if err != nil {
		return Rehearsed{}, false, err
	}
	for _, r := range slices.Backward(all) {
		if r.Live == live {
			return r, r.Passed, nil
		}
	}
	return Rehearsed{}, false, nil
}

// addRehearsal keeps the newest one for each version and chord; the last of the list counts.
func (s store) addRehearsal(r Rehearsed) error {
	all, err := s.rehearsals()
	if err != nil {
		return err
	}
	all = slices.DeleteFunc(all, func(o Rehearsed) bool { return o.Live == r.Live && o.Chord == r.Chord })
	return writeJSON(s.path("rehearsals.json"), append(all, r))
}

// newID names an attempt by its time, so that a list sorts.
func newID(now time.Time) (string, error) {
	b := make([]byte, 2)
	if _, err := rand.Read(b); err != nil {
		return "", fmt.Errorf("naming the attempt: %w", err)
	}
	return now.Format("20060102-150405") + "-" + hex.EncodeToString(b), nil
}

// Attempts lists the ids of all attempts, oldest first.
func (s store) attempts() ([]string, error) {
	entries, err := os.ReadDir(s.path("attempts"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("listing attempts: %w", err)
	}
	var ids []string
	for _, e := range entries {
		if e.IsDir() {
			ids = append(ids, e.Name())
		}
	}
	return ids, nil
}

// find resolves what a user calls an attempt: its id, a beginning of it, or "last".
func (s store) find(ref string) (string, error) {
	ids, err := s.attempts()
	if err != nil {
		return "", err
	}
	if len(ids) == 0 {
		return "", &Refusal{Reason: ReasonBadInput, Detail: "There has been no export attempt yet."}
	}
	if ref == "" || ref == "last" {
		return ids[len(ids)-1], nil
	}
	var found []string
	for _, id := range ids {
		if id == ref {
			return id, nil
		}
		if strings.HasPrefix(id, ref) {
			found = append(found, id)
		}
	}
	if len(found) == 1 {
		return found[0], nil
	}
	return "", &Refusal{
		Reason: ReasonBadInput, Detail: fmt.Sprintf("There is no attempt %q, or more than one begins so.", ref),
		Next: "`takebar export list` shows them all.",
	}
}

func readJSON(path string, v any) error {
	b, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("reading %s: %w", filepath.Base(path), err)
	}
	if err := json.Unmarshal(b, v); err != nil {
		return fmt.Errorf("reading %s: %w", path, err)
	}
	return nil
}

// writeJSON replaces a file as a whole: a reader, or a crash, sees the old one or the new one.
func writeJSON(path string, v any) error { return replaceJSON(path, v, true) }

// replaceJSON is writeJSON; lasting says whether it must survive the loss of power.
func replaceJSON(path string, v any, lasting bool) error {
	b, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return fmt.Errorf("writing %s: %w", filepath.Base(path), err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("writing %s: %w", filepath.Base(path), err)
	}
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*")
	if err != nil {
		return fmt.Errorf("writing %s: %w", filepath.Base(path), err)
	}
	_, err = f.Write(append(b, '\n'))
	if lasting {
		err = errors.Join(err, f.Sync())
	}
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("writing %s: %w", filepath.Base(path), errors.Join(err, os.Remove(f.Name())))
	}
	return nil
}

func makePrivate(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("making %s: %w", dir, err)
	}
	return nil
}
