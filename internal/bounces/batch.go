// Package bounces works through a list of Live Sets: opens each, waits through the link until it is really there, bounces it, goes on. No key
// is pressed. The list is on disk after every step, so a run that was killed goes on where it was.
//
// It does everything through control.BounceCore and opens sets with the function that it is given; it must not speak to Live, to a
// desktop or to the library itself. internal/cli and main may import it.
package bounces

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/gofrs/flock"

	"github.com/takebar/takebar/internal/control"
	"github.com/takebar/takebar/internal/take/sidecar"
)

// Status is where a set of a batch is.
type Status string

// The statuses.
const (
	Waiting Status = "waiting"
	Running Status = "running"
	Done    Status = "done"    // all files are there
	Partial Status = "partial" // it ended early; what was recorded is there
	Failed  Status = "failed"
)

// Ended says that nothing more will happen to the set by itself.
func (s Status) Ended() bool { return s == Done || s == Partial || s == Failed }

// Problem is why something did not work, and what to do.
type Problem struct {
	Code    string `json:"code"`
	Message string `json:"message"`
	Hint    string `json:"hint"`
}

// Item is one set of the batch.
type Item struct {
	N        int                   `json:"n"` // from 1
	Path     string                `json:"path"`
	Set      string                `json:"set"`
	Status   Status                `json:"status"`
	Bounce   string                `json:"bounce"` // id, once it was tried
	Opened   bool                  `json:"opened"` // by the batch: until then nobody but it has changed the set
	Files    []sidecar.BouncedFile `json:"files"`
	Warnings []sidecar.Warning     `json:"warnings"`
	Problem  *Problem              `json:"problem"`
	Began    time.Time             `json:"began,omitzero"`
	Ended    time.Time             `json:"ended,omitzero"`
}

// Batch is the list of sets, what each bounce is to be, and what came of it.
type Batch struct {
	ID      string                `json:"id"`
	Request control.BounceRequest `json:"request"`
	// LeaveSets lets the batch answer Don't Save where Live asks about a set that the batch opened and only bounced.
	LeaveSets bool      `json:"leave_sets"`
	Items     []Item    `json:"items"`
	Began     time.Time `json:"began,omitzero"`
	Ended     time.Time `json:"ended,omitzero"`
	// Stopped is why the batch stopped before its end; nil otherwise.
	Stopped *Problem `json:"stopped"`
}

// New is a batch of these sets, given by absolute paths.
func New(id string, request control.BounceRequest, leaveSets bool, sets []string) Batch {
	b := Batch{ID: id, Request: request, LeaveSets: leaveSets}
	for i, path := range sets {
		name := strings.TrimSuffix(filepath.Base(path), filepath.Ext(path))
		b.Items = append(b.Items, Item{N: i + 1, Path: path, Set: name, Status: Waiting, Files: []sidecar.BouncedFile{}, Warnings: []sidecar.Warning{}})
	}
	return b
}

// Left counts what has not ended.
func (b Batch) Left() int {
	n := 0
	for _, i := range b.Items {
		if !i.Status.Ended() {
			n++
		}
	}
	return n
}

// Worst is the worst end of a set: Waiting where some are left, else Failed, Partial or Done.
func (b Batch) Worst() Status {
	worst := Done
	for _, i := range b.Items {
		switch {
		case !i.Status.Ended():
			return Waiting
		case i.Status == Failed, i.Status == Partial && worst == Done:
			worst = i.Status
		}
	}
	return worst
}

// Table is the batch for a person.
func (b Batch) Table() string {
	const most = 40
	var t strings.Builder
	wide := 3
	for _, i := range b.Items {
		wide = max(wide, min(most, len([]rune(i.Set))))
	}
	counts := map[Status]int{}
	for _, i := range b.Items {
		counts[i.Status]++
		name := []rune(i.Set)
		if len(name) > most {
			name = append(name[:most-1], '…')
		}
		fmt.Fprintf(&t, "%4d  %-*s  %-8s %s\n", i.N, wide, string(name), i.Status, i.told())
	}
	var parts []string
	for _, s := range []Status{Done, Partial, Failed, Running, Waiting} {
		if counts[s] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", counts[s], s))
		}
	}
	fmt.Fprintf(&t, "\n%d in all: %s.", len(b.Items), strings.Join(parts, ", "))
	if b.Stopped != nil {
		fmt.Fprintf(&t, "\nIt stopped: %s", b.Stopped)
	}
	if b.Left() > 0 {
		t.WriteString("\n“takebar bounce --batch” goes on with what is left, “takebar bounce --batch --forget” forgets it.")
	}
	return t.String()
}

func (i Item) told() string {
	text := ""
	if len(i.Files) > 0 {
		text = i.Files[0].Path
		if n := len(i.Files) - 1; n > 0 {
			text += fmt.Sprintf(" and %d more", n)
		}
	}
	if i.Problem != nil {
		text = strings.TrimSpace(text + "  " + i.Problem.String())
	}
	return text
}

// String is the problem in one line.
func (p *Problem) String() string {
	return strings.ReplaceAll(strings.TrimSpace(p.Message+" "+p.Hint), "\n", " ")
}

// problem is an error for the list.
func problem(err error) *Problem {
	var coded interface {
		error
		ErrorCode() string
		ErrorHint() string
	}
	if errors.As(err, &coded) {
		return &Problem{Code: coded.ErrorCode(), Message: coded.Error(), Hint: coded.ErrorHint()}
	}
	return &Problem{Code: "failed", Message: err.Error() + "."}
}

// Acquire takes the right to run the batch kept in file, which one process has at a time.
func Acquire(file string) (release func() error, err error) {
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return nil, fmt.Errorf("lock the batch: %w", err)
	}
	lock := flock.New(file+".lock", flock.SetPermissions(0o600))
	switch got, err := lock.TryLock(); {
	case err != nil:
		return nil, fmt.Errorf("lock the batch: %w", err)
	case !got:
		return nil, &control.Error{Code: "batch_running", Message: "A batch of bounces is running already.", Hint: "Wait for its end, or stop it with Ctrl+C where it runs."}
	}
	return lock.Unlock, nil
}

// Load reads a batch; one without items where there is none.
func Load(path string) (Batch, error) {
	var b Batch
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return b, nil
	}
	if err != nil {
		return b, fmt.Errorf("read the batch: %w", err)
	}
	if err := json.Unmarshal(data, &b); err != nil {
		return b, &control.Error{
			Code: "batch_unreadable", Message: fmt.Sprintf("The list of the last batch, %s, cannot be read: %v.", path, err),
			Hint: "“takebar bounce --batch --forget” begins anew.", Err: err,
		}
	}
	return b, nil
}

// Save writes a batch, whole or not at all.
func Save(path string, b Batch) (err error) {
	data, err := json.MarshalIndent(b, "", "  ")
	if err != nil {
		return fmt.Errorf("write the batch: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("write the batch: %w", err)
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".batch-*")
	if err != nil {
		return fmt.Errorf("write the batch: %w", err)
	}
	defer func() {
		if err != nil {
			err = fmt.Errorf("write the batch: %w", errors.Join(err, os.Remove(f.Name())))
		}
	}()
	_, err = f.Write(append(data, '\n'))
	if err = cmp.Or(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
