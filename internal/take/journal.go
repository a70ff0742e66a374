package take

import (
	"crypto/sha256"
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

	"github.com/takebar/takebar/bridge/live"
	"github.com/takebar/takebar/internal/take/sidecar"
)

// A journal is what is known of one take that is not safely in the library yet: a file in Home/journal, replaced in one piece
// at each step. It is written before the step that it names could be lost, so that whoever reads it after a crash finds
// on disk either what it says or the step that follows.
type journal struct {
	Version   int       `json:"version"`
	ID        string    `json:"id"`
	Phase     phase     `json:"phase"`
	NotedAt   time.Time `json:"noted_at"`
	UpdatedAt time.Time `json:"updated_at"`
	Problem   *problem  `json:"problem"`   // why it is still here
	Forgotten bool      `json:"forgotten"` // the user does not want to hear of it any more

	Live  *live.Take `json:"live"`  // as last reported; nil for a file
	Found []string   `json:"found"` // recordings that may belong to a lost take

	Dir     string        `json:"dir"`     // the takes folder that it goes to
	Wish    string        `json:"wish"`    // name that the user asked for
	Sidecar string        `json:"sidecar"` // below Dir, with "/"; "" until planned
	Take    sidecar.Take  `json:"take"`    // the sidecar as far as it is known
	Files   []journalFile `json:"files"`
}

// phase is how far the take as a whole has come.
type phase string

const (
	phaseExpected   phase = "expected"   // Live records it, or did when we last heard
	phaseLost       phase = "lost"       // Live went away before it ended
	phaseLanding    phase = "landing"    // on its way
	phaseIncomplete phase = "incomplete" // in the library, with files missing
)

// journalFile is one audio file of the take.
type journalFile struct {
	Source      string            `json:"source"` // absolute; "" if Live did not say
	Track       string            `json:"track"`
	ClipName    string            `json:"clip_name"`
	Rate        *float64          `json:"rate"`   // Hz, as Live says
	Frames      *int64            `json:"frames"` // as Live says
	StartSample *int64            `json:"start_sample"`
	StartBeat   *float64          `json:"start_beat"`
	Warnings    []sidecar.Warning `json:"warnings"`
	Cuts        []*int64          `json:"cuts,omitempty"` // of a bounce
	Repair      bool              `json:"repair"`         // the user asked for a repaired copy
	Unasked     bool              `json:"unasked"`        // only a guess: copied when the user asks, not by itself
	Expected    string            `json:"expected_sha256"`
	Replace     int               `json:"replace"` // index in Take.Files of a copy that vanished; -1 = a new one

	State   fileState `json:"state"`
	Name    string    `json:"name"` // below Dir, with "/"
	Part    string    `json:"part"` // below Dir, with "/"
	SHA256  string    `json:"sha256"`
	Bytes   int64     `json:"bytes"`
	Rescued bool      `json:"rescued"`
	Problem *problem  `json:"problem"`

	look look          // at the source, just before copying
	file *sidecar.File // once read back and equal
}

// fileState is how far one file has come. That it has its final name and reads back well is not
// noted: looking again costs less than writing it down each time.
type fileState string

const (
	fileNew     fileState = "new"     // nothing done
	filePlanned fileState = "planned" // it has a name; a part may be there
	fileCopied  fileState = "copied"  // the part is complete and synced; it may have its name already
	fileMissing fileState = "missing" // given up, see Problem
)

// problem is an Error at rest.
type problem struct {
	Code    string `json:"code"`
	Message string `json:"message"`
	Hint    string `json:"hint"`
}

func problemOf(err error) *problem {
	if err == nil {
		return nil
	}
	var e *Error
	if errors.As(err, &e) {
		return &problem{Code: e.Code, Message: e.Message, Hint: e.Hint}
	}
	return &problem{Code: CodeTakesFolderFailed, Message: err.Error()}
}

func (p *problem) err() error {
	if p == nil {
		return nil
	}
	return &Error{Code: p.Code, Message: p.Message, Hint: p.Hint}
}

// sentence is message and hint for a list of problems.
func (p *problem) sentence() string {
	return strings.TrimSpace(p.Message + " " + p.Hint)
}

const (
	journalVersion = 1
	journalSuffix  = ".json"
	maxJournal     = 16 << 20 // bytes
	doneFolder     = "done"
	keepDone       = 45 * 24 * time.Hour // longer than anybody leaves one Live running
)

// doneRecord remembers a take that landed, so that it does not land again after the user moved its files elsewhere.
type doneRecord struct {
	Version  int          `json:"version"`
	ID       string       `json:"id"`
	LandedAt time.Time    `json:"landed_at"`
	Dir      string       `json:"dir"`
	Sidecar  string       `json:"sidecar"` // below Dir, with "/"
	Take     sidecar.Take `json:"take"`
}

// idFileName is a file name for a take's id: the id, with something to tell ids apart that differ only in case.
func idFileName(id string) string {
	if id == strings.ToLower(id) && !isDevice(id) {
		return id
	}
	sum := sha256.Sum256([]byte(id))
	return "x" + strings.ToLower(id) + "-" + hex.EncodeToString(sum[:4])
}

// checkID refuses ids that the protocol does not know: they become file names.
func checkID(id string) error {
	const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"
	if len(id) >= 1 && len(id) <= 64 && strings.Trim(id, letters) == "" {
		return nil
	}
	return failf(CodeBadTake, "", nil, "The take has an id that Takebar cannot use: %q.", id)
}

func (l *Library) journalDir() string { return filepath.Join(l.opt.Home, "journal") }

func (l *Library) journalPath(id string) string {
	return filepath.Join(l.journalDir(), idFileName(id)+journalSuffix)
}

func (l *Library) donePath(id string) string {
	return filepath.Join(l.journalDir(), doneFolder, idFileName(id)+journalSuffix)
}

// save writes the journal. A take is worth more than its journal: whether a failure matters is the caller's to say.
func (l *Library) save(j *journal) error {
	j.Version, j.UpdatedAt = journalVersion, l.now()
	return writeRecord(l.journalPath(j.ID), j)
}

// note is save on the way of a landing, which goes on without a journal (such as with a full home disk): then only a crash at the wrong
// moment leaves a ".part" file behind or makes the landing start anew.
func (l *Library) note(j *journal) {
	if err := l.save(j); err != nil {
		l.log.Warn("the journal of a take could not be written", "take", j.ID, "error", err)
	}
}

func writeRecord(path string, v any) error {
	data, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return fmt.Errorf("encode %s: %w", path, err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return writeOver(path, append(data, '\n'))
}

func readRecord(path string, v any) error {
	data, err := readLimited(path, maxJournal)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(data, v); err != nil {
		return fmt.Errorf("read %s: %w", path, err)
	}
	return nil
}

// load reads a take's journal; fs.ErrNotExist if there is none.
func (l *Library) load(id string) (*journal, error) { return readJournal(l.journalPath(id)) }

func readJournal(path string) (*journal, error) {
	var j journal
	if err := readRecord(path, &j); err != nil {
		return nil, err
	}
	if err := j.check(); err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	return &j, nil
}

// check refuses a journal that somebody has meddled with: its paths say what may be written and removed.
func (j *journal) check() error {
	if j.Version != journalVersion {
		return fmt.Errorf("journal version %d is not known", j.Version)
	}
	if err := checkID(j.ID); err != nil {
		return err
	}
	below := []string{j.Sidecar}
	for _, f := range j.Files {
		below = append(below, f.Name, f.Part)
		if f.Replace >= len(j.Take.Files) {
			return fmt.Errorf("file %d of %d is not there", f.Replace, len(j.Take.Files))
		}
	}
	for _, p := range below {
		if p != "" && !filepath.IsLocal(filepath.FromSlash(p)) {
			return fmt.Errorf("path %q leads out of the takes folder", p)
		}
	}
	return nil
}

func (l *Library) dropJournal(id string) error {
	if err := removeIfThere(l.journalPath(id)); err != nil {
		return fmt.Errorf("remove the journal of a take: %w", err)
	}
	return nil
}

// journals reads all journals, oldest first, and a sentence for each that cannot be read. Those stay where they are.
func (l *Library) journals() (all []*journal, problems []string, err error) {
	entries, err := os.ReadDir(l.journalDir())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, fmt.Errorf("read the journal folder: %w", err)
	}
	for _, e := range entries {
		path := filepath.Join(l.journalDir(), e.Name())
		if e.IsDir() || !strings.HasSuffix(e.Name(), journalSuffix) {
			continue
		}
		j, err := readJournal(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue // finished meanwhile
		}
		if err != nil {
			problems = append(problems, fmt.Sprintf("Takebar cannot read its note about a take, %s (%v). The recording itself is in Live's project.", path, err))
			continue
		}
		all = append(all, j)
	}
	slices.SortStableFunc(all, func(a, b *journal) int { return a.NotedAt.Compare(b.NotedAt) })
	return all, problems, nil
}

// pruneDone forgets landed takes that no running Live can still tell about, and leftovers of interrupted writes.
func (l *Library) pruneDone() error {
	dir := filepath.Join(l.journalDir(), doneFolder)
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read the record of landed takes: %w", err)
	}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil || l.now().Sub(info.ModTime()) < keepDone {
			continue
		}
		if err := removeIfThere(filepath.Join(dir, e.Name())); err != nil {
			return fmt.Errorf("tidy the record of landed takes: %w", err)
		}
	}
	return nil
}
