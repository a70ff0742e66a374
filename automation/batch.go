package automation

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// ItemStatus is where a set of a batch is.
type ItemStatus string

// The statuses.
const (
	Waiting ItemStatus = "waiting"
	Running ItemStatus = "running"
	Ended   ItemStatus = "ended"
)

// Item is one set, or one range of a set, in the batch.
type Item struct {
	N        int        `json:"n"`              // from 1
	Path     string     `json:"path,omitempty"` // of the .als; "" for a range of a set that was never saved
	SetID    string     `json:"set_id,omitempty"`
	Set      string     `json:"set"`
	Range    *Range     `json:"range,omitempty"`
	Status   ItemStatus `json:"status"`
	Attempt  string     `json:"attempt,omitempty"`
	Outcome  Outcome    `json:"outcome,omitempty"`
	Reason   Reason     `json:"reason,omitempty"`
	Sentence string     `json:"sentence,omitempty"`
	NextStep string     `json:"next_step,omitempty"`
	Warnings []Warning  `json:"warnings,omitempty"`
	Files    []string   `json:"files,omitempty"` // where they are now
	Began    time.Time  `json:"began,omitzero"`
	Ended    time.Time  `json:"ended,omitzero"`
}

// Name is the item for a person, and the name of its file.
func (i Item) Name() string {
	if i.Range != nil {
		return i.Set + " - " + i.Range.Name
	}
	return i.Set
}

// Batch is the list of sets, what came of each, and why it stopped. It is stored after every change.
type Batch struct {
	ID        string        `json:"id"`
	Out       string        `json:"out"` // folder for the finished files
	Folders   []string      `json:"folders,omitempty"`
	RenderMax time.Duration `json:"render_max,omitempty"`
	Items     []Item        `json:"items"`
	Began     time.Time     `json:"began,omitzero"`
	Ended     time.Time     `json:"ended,omitzero"`
	// Stopped is why the batch stopped before its end; nil otherwise.
	Stopped *Refused `json:"stopped,omitempty"`
	// LoopBefore is the user's loop brace while a range has changed it.
	LoopBefore *Loop  `json:"loop_before,omitempty"`
	LoopSet    string `json:"loop_set,omitempty"` // id of the set that it belongs to
	Report     string `json:"report,omitempty"`
}

// Left counts what has not been tried yet.
func (b Batch) Left() int {
	n := 0
	for _, i := range b.Items {
		if i.Status != Ended {
			n++
		}
	}
	return n
}

// BatchAdd says what to put into the batch.
type BatchAdd struct {
	Sets      []string      `json:"sets,omitempty"`    // files, folders, patterns
	Lenient   bool          `json:"lenient,omitempty"` // leave out and tell what is no set, even where it was named itself
	Locators  bool          `json:"locators,omitempty"`
	Ranges    []Range       `json:"ranges,omitempty"`
	Out       string        `json:"out,omitempty"`
	Folders   []string      `json:"folders,omitempty"`
	RenderMax time.Duration `json:"render_max,omitempty"`
}

func (e *Engine) loadBatch() (Batch, error) {
	var b Batch
	err := readJSON(e.store.path("batch.json"), &b)
	if errors.Is(err, fs.ErrNotExist) {
		return Batch{}, nil
	}
	return b, err
}

func (e *Engine) saveBatch(b *Batch) error { return writeJSON(e.store.path("batch.json"), b) }

// Batch is the batch as it stands.
func (e *Engine) Batch() (Batch, error) {
	if err := e.Allowed(); err != nil {
		return Batch{}, err
	}
	return e.loadBatch()
}

// AddToBatch puts sets, or ranges of the open set, at the end of the batch.
func (e *Engine) AddToBatch(ctx context.Context, add BatchAdd) (Batch, []Skipped, error) {
	if err := e.Allowed(); err != nil {
		return Batch{}, nil, err
	}
	if s, _ := e.Running(); s.Kind == "batch" {
		return Batch{}, nil, &Refusal{Reason: ReasonBusy, Detail: "The batch is running.", Next: "Wait for its end, or stop it."}
	}
	b, err := e.loadBatch()
	if err != nil {
		return b, nil, err
	}
	if b.ID == "" || b.Left() == 0 {
		id, err := newID(e.o.Clock.Now())
		if err != nil {
			return b, nil, err
		}
		b = Batch{ID: id} // a finished batch has its report; a new one begins
	}
	if err := b.settings(add); err != nil {
		return b, nil, err
	}
	var skipped []Skipped
	if len(add.Sets) > 0 {
		sets, skip, refusal := expand(add.Sets, add.Lenient)
		if refusal != nil {
			return b, nil, refusal
		}
		skipped = skip
		for _, path := range sets {
			b.add(Item{Path: path, Set: plainName(filepath.Base(path))})
		}
	}
	if add.Locators || len(add.Ranges) > 0 {
		if err := e.addRanges(ctx, &b, add); err != nil {
			return b, nil, err
		}
	}
	if len(b.Items) == 0 && len(skipped) > 0 {
		return b, skipped, nil // nothing to store
	}
	if len(b.Items) == 0 {
		return b, skipped, refuse(ReasonBadInput, "There is nothing to add.")
	}
	return b, skipped, e.saveBatch(&b)
}

func (b *Batch) settings(add BatchAdd) error {
	if add.Out != "" {
		abs, err := filepath.Abs(add.Out)
		if err != nil {
			return &Refusal{Reason: ReasonBadInput, Detail: fmt.Sprintf("%q is no folder.", add.Out), Err: err}
		}
		b.Out = abs
	}
	if len(add.Folders) > 0 {
		b.Folders = nil
		for _, f := range add.Folders {
			abs, err := filepath.Abs(f)
			if err != nil {
				return &Refusal{Reason: ReasonBadInput, Detail: fmt.Sprintf("%q is no folder.", f), Err: err}
			}
			b.Folders = append(b.Folders, abs)
		}
	}
	if add.RenderMax > 0 {
		b.RenderMax = add.RenderMax
	}
	return nil
}

// add appends an item that is not waiting already.
func (b *Batch) add(i Item) {
	same := func(o Item) bool {
		return o.Status != Ended && o.Path == i.Path && o.SetID == i.SetID && (o.Range == nil) == (i.Range == nil) && (o.Range == nil || *o.Range == *i.Range)
	}
	if slices.ContainsFunc(b.Items, same) {
		return
	}
	i.N, i.Status = len(b.Items)+1, Waiting
	b.Items = append(b.Items, i)
}

// addRanges adds named ranges of the set that is open, or one for each locator up to the next.
func (e *Engine) addRanges(ctx context.Context, b *Batch, add BatchAdd) error {
	s, ok := e.o.Link.State()
	if !ok {
		return &Refusal{Reason: ReasonLinkDown}
	}
	ranges := slices.Clone(add.Ranges)
	if add.Locators {
		locators, err := e.o.Link.Locators(ctx)
		if err != nil {
			return err
		}
		slices.SortStableFunc(locators, func(x, y Locator) int { return int(max(-1, min(1, (x.Time-y.Time)*1e6))) })
		for i, l := range locators {
			end := s.Transport.LastEventTime
			if i+1 < len(locators) {
				end = locators[i+1].Time
			}
			if end > l.Time {
				ranges = append(ranges, Range{Name: l.Name, Start: l.Time, Length: end - l.Time})
			}
		}
		if len(locators) == 0 {
			return &Refusal{Reason: ReasonBadInput, Detail: "The set has no locators.", Next: "Set some in Live's Arrangement, or name ranges with --range."}
		}
	}
	used := map[string]int{}
	for _, r := range ranges {
		if r.Length <= 0 || r.Start < 0 {
			return refuse(ReasonBadInput, "The range %q is empty or begins before the song.", r.Name)
		}
		if strings.TrimSpace(r.Name) == "" {
			r.Name = fmt.Sprintf("beat %g", r.Start)
		}
		if used[r.Name]++; used[r.Name] > 1 {
			r.Name = fmt.Sprintf("%s (%d)", r.Name, used[r.Name])
		}
		item := Item{SetID: s.Set.ID, Set: setName(s.Set), Range: &r}
		if s.Set.Path != nil && *s.Set.Path != "" {
			item.Path, item.SetID = localPath(*s.Set.Path), ""
		}
		b.add(item)
	}
	return nil
}

// ClearBatch empties the batch. Files, traces and reports stay.
func (e *Engine) ClearBatch() error {
	if err := e.Allowed(); err != nil {
		return err
	}
	if s, _ := e.Running(); s.Kind == "batch" {
		return &Refusal{Reason: ReasonBusy, Detail: "The batch is running.", Next: "Stop it first."}
	}
	return e.saveBatch(&Batch{})
}

// RemoveFromBatch takes one item out that is not running; n is its number.
func (e *Engine) RemoveFromBatch(n int) (Batch, error) {
	return e.changeBatch(n, func(b *Batch, at int) { b.Items = slices.Delete(b.Items, at, at+1) })
}

// MoveInBatch puts item number n by so many places, towards the end where by is positive. It stops at the ends of the list.
func (e *Engine) MoveInBatch(n, by int) (Batch, error) {
	return e.changeBatch(n, func(b *Batch, at int) {
		item := b.Items[at]
		to := max(0, min(len(b.Items)-1, at+by))
		b.Items = slices.Insert(slices.Delete(b.Items, at, at+1), to, item)
	})
}

// changeBatch changes the batch at one item while no batch runs in any process, and numbers it anew.
func (e *Engine) changeBatch(n int, change func(b *Batch, at int)) (Batch, error) {
	if err := e.Allowed(); err != nil {
		return Batch{}, err
	}
	if s, _ := e.Running(); s.Kind == "batch" {
		return Batch{}, &Refusal{Reason: ReasonBusy, Detail: "The batch is running.", Next: "Wait for its end, or stop it."}
	}
	b, err := e.loadBatch()
	if err != nil {
		return b, err
	}
	at := slices.IndexFunc(b.Items, func(i Item) bool { return i.N == n })
	if at < 0 {
		return b, refuse(ReasonBadInput, "The batch has no set number %d any more.", n)
	}
	change(&b, at)
	for i := range b.Items {
		b.Items[i].N = i + 1
	}
	return b, e.saveBatch(&b)
}

// Table is the batch for a person.
func (b Batch) Table() string {
	if len(b.Items) == 0 {
		return "The batch is empty. Add sets with `takebar batch add`.\n"
	}
	var t strings.Builder
	wide := 4
	for _, i := range b.Items {
		wide = max(wide, min(40, len([]rune(i.Name()))))
	}
	fmt.Fprintf(&t, "%4s  %-*s  %-22s  %s\n", "", wide, "set", "outcome", "")
	counts := map[string]int{}
	for _, i := range b.Items {
		outcome := string(i.Status)
		if i.Status == Ended {
			outcome = i.Outcome.Words()
		}
		counts[outcome]++
		text := ""
		switch {
		case i.Status == Ended && i.Outcome.Good() && len(i.Files) > 0:
			text = filepath.Base(i.Files[0])
			if len(i.Files) > 1 {
				text += fmt.Sprintf(" and %d more", len(i.Files)-1)
			}
			for _, w := range i.Warnings {
				text += "; " + w.Text
			}
		case i.Reason != "":
			text = string(i.Reason) + ": " + i.Sentence
		default:
			text = i.Sentence
		}
		name := []rune(i.Name())
		if len(name) > 40 {
			name = append(name[:39], '…')
		}
		fmt.Fprintf(&t, "%4d  %-*s  %-22s  %s\n", i.N, wide, string(name), outcome, text)
	}
	var parts []string
	for _, o := range []string{Verified.Words(), WithWarnings.Words(), Unverified.Words(), Failed.Words(), Cancelled.Words(), string(Running), string(Waiting)} {
		if counts[o] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", counts[o], o))
		}
	}
	fmt.Fprintf(&t, "\n%d in all: %s.\n", len(b.Items), strings.Join(parts, ", "))
	if b.Stopped != nil {
		fmt.Fprintf(&t, "It stopped (%s): %s\nNext: %s\n", b.Stopped.Reason, b.Stopped.Sentence, b.Stopped.NextStep)
		if left := b.Left(); left > 0 {
			fmt.Fprintf(&t, "%d left; `takebar batch run` goes on with them.\n", left)
		}
	}
	if b.Report != "" {
		fmt.Fprintf(&t, "Report: %s\n", b.Report)
	}
	return t.String()
}
