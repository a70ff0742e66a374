package exports

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"

	"github.com/fsnotify/fsnotify"

	"github.com/takebar/takebar/app/attempts"
	"github.com/takebar/takebar/automation"
	"github.com/takebar/takebar/automation/keys"
)

// pastMost is how many attempts a window lists; older ones stay on disk.
const pastMost = 500

// Window makes export attempts for the export page of the window, in whose process they run. It opens an engine with a link to Live only while
// something runs. It is safe for several goroutines.
type Window struct {
	options func() (Options, error)
	show    func(on bool) error
	keep    func(pictures bool) error
	signal  chan struct{}

	mu      sync.Mutex
	running *Exports
	ended   map[string]attempts.Attempt // that cannot change any more
}

// NewWindow makes the page's side. options gives the settings of the moment; show and keep write into config.toml whether attempts are on, and
// whether pictures may be kept.
func NewWindow(options func() (Options, error), show, keep func(bool) error) *Window {
	return &Window{options: options, show: show, keep: keep, signal: make(chan struct{}, 1), ended: map[string]attempts.Attempt{}}
}

func (w *Window) peek() (*automation.Engine, Options, error) {
	o, err := w.options()
	if err != nil {
		return nil, o, err
	}
	return Peek(o), o, nil
}

func (w *Window) tell() {
	select {
	case w.signal <- struct{}{}:
	default:
	}
}

// Read gives everything that is known now. What cannot be read is told in Problem and leaves the rest as it is.
func (w *Window) Read(context.Context) (attempts.Books, error) {
	e, o, err := w.peek()
	if err != nil {
		return attempts.Books{}, err
	}
	allowed := e.Allowed()
	var why *automation.Refusal
	b := attempts.Books{On: allowed == nil, Consent: attempts.Consent{Text: automation.ConsentText(e.Chord()), Version: automation.ConsentVersion}}
	switch {
	case errors.As(allowed, &why):
		b.Consent.Outdated = why.Reason == automation.ReasonNotConsented
	case allowed != nil:
		b.Problem = allowed.Error()
	}
	if o.Pictures != nil {
		b.Consent.Pictures = o.Pictures()
	}
	b.Chords = []attempts.Chord{chord(e.Chord()), chord(e.Chord().Other())}
	rehearsed, err := e.Rehearsals()
	if err != nil {
		b.Problem = err.Error()
	}
	for _, r := range rehearsed {
		b.Rehearsed = append(b.Rehearsed, rehearsal(r))
	}
	b.Running = w.runs(e)
	if b.On {
		batch, err := e.Batch()
		if err != nil {
			b.Problem = err.Error()
		}
		b.Batch = batchOf(batch, e.BatchFolder(batch))
	}
	if b.Past, err = w.past(e); err != nil {
		b.Problem = err.Error()
	}
	return b, nil
}

// runs is what runs, in this process or another one.
func (w *Window) runs(e *automation.Engine) attempts.Running {
	w.mu.Lock()
	x := w.running
	w.mu.Unlock()
	s, own := automation.Status{}, false
	if x != nil {
		s, own = x.Status(), true
	}
	if s.Kind == "" {
		s, _ = e.Running()
		own = false
	}
	return attempts.Running{
		Kind: s.Kind, Own: own, Attempt: s.Attempt, Set: s.Set, Step: step(s.State), Sentence: s.Sentence, Watching: s.Watching, Bytes: s.Bytes,
		Done: s.Done, Total: s.Total,
	}
}

// past are the attempts that were made, newest first.
func (w *Window) past(e *automation.Engine) ([]attempts.Attempt, error) {
	ids, err := e.IDs()
	if err != nil {
		return nil, err
	}
	var all []attempts.Attempt
	for i := len(ids) - 1; i >= 0 && len(all) < pastMost; i-- {
		w.mu.Lock()
		a, known := w.ended[ids[i]]
		w.mu.Unlock()
		if !known {
			r := e.Told(ids[i])
			a = attemptOf(r)
			if !r.Ended.IsZero() {
				w.mu.Lock()
				w.ended[ids[i]] = a
				w.mu.Unlock()
			}
		}
		all = append(all, a)
	}
	return all, nil
}

// Watch calls changed whenever Read would give something else, until ctx ends: by what runs here, by what other processes store, and by config.toml.
func (w *Window) Watch(ctx context.Context, changed func()) error {
	e, o, err := w.peek()
	if err != nil {
		return err
	}
	if err := e.Prepare(); err != nil {
		return err
	}
	files, err := fsnotify.NewWatcher()
	if err != nil {
		return fmt.Errorf("watch the folder of export attempts: %w", err)
	}
	defer files.Close() //nolint:errcheck // only read from
	for _, dir := range []string{e.Folder(), o.Home} {
		if err := files.Add(dir); err != nil {
			return fmt.Errorf("watch %s: %w", dir, err)
		}
	}
	changed()   // what happened before it was watched
	trace := "" // folder of the attempt that runs, for its trace
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-w.signal:
		case ev, ok := <-files.Events:
			if !ok {
				return nil
			}
			if !tells(ev, e.Folder()) {
				continue
			}
		}
		trace = follow(files, trace, e)
		changed()
	}
}

// tells says whether a change of a file may change what Read gives.
func tells(ev fsnotify.Event, folder string) bool {
	name := filepath.Base(ev.Name)
	if strings.HasPrefix(name, ".") || ev.Has(fsnotify.Chmod) {
		return false
	}
	return filepath.Dir(ev.Name) == folder || name == "config.toml" || name == "trace.jsonl"
}

// follow watches the folder of the attempt that runs instead of the one before.
func follow(files *fsnotify.Watcher, before string, e *automation.Engine) string {
	now := ""
	if s, _ := e.Running(); s.Attempt != "" {
		now = filepath.Join(e.Folder(), "attempts", s.Attempt)
	}
	if now == before {
		return now
	}
	if before != "" {
		_ = files.Remove(before) // it may be gone
	}
	if now != "" {
		_ = files.Add(now) // else its steps show with the next change of the status
	}
	return now
}

// Trace is what happened in an attempt so far.
func (w *Window) Trace(_ context.Context, id string) ([]attempts.Line, error) {
	e, _, err := w.peek()
	if err != nil {
		return nil, err
	}
	lines, err := e.StoryLines(id)
	var all []attempts.Line
	last := attempts.Step(-1)
	for _, l := range lines {
		if l.Step {
			if step(l.State) == last {
				continue // one step for a person
			}
			last = step(l.State)
		}
		all = append(all, attempts.Line{After: l.After, Text: l.Text, Step: l.Step, Is: step(l.State)})
	}
	return all, err
}

// Enable stores the user's yes to the text of that version.
func (w *Window) Enable(_ context.Context, consent int, pictures bool) error {
	e, _, err := w.peek()
	if err != nil {
		return err
	}
	if err := e.Enable(consent, pictures); err != nil {
		return err
	}
	return errors.Join(w.keep(pictures), w.show(true))
}

// Disable takes the yes back.
func (w *Window) Disable(context.Context) error {
	e, _, err := w.peek()
	if err != nil {
		return err
	}
	return errors.Join(e.Disable(), w.show(false))
}

// with opens an engine with its link for as long as do takes.
func (w *Window) with(ctx context.Context, do func(x *Exports) error) error {
	o, err := w.options()
	if err != nil {
		return err
	}
	o.Changed = func(automation.Status) { w.tell() }
	w.mu.Lock()
	if w.running != nil {
		w.mu.Unlock()
		return &automation.Refusal{Reason: automation.ReasonBusy}
	}
	x, err := Open(o)
	w.running = x
	w.mu.Unlock()
	if err != nil {
		return err
	}
	defer func() {
		w.mu.Lock()
		w.running = nil
		w.mu.Unlock()
		x.Close()
		w.tell()
	}()
	if err := x.Allowed(); err != nil {
		return err
	}
	x.Ready(ctx)
	return do(x)
}

// Plan is what an attempt would press in which window, and what is in its way.
func (w *Window) Plan(ctx context.Context) (text string, err error) {
	err = w.with(ctx, func(x *Exports) error {
		p, err := x.Plan(ctx, automation.Request{})
		text = p.Text()
		return err
	})
	return text, err
}

// Rehearse finds out what a shortcut opens.
func (w *Window) Rehearse(ctx context.Context, name string) (got attempts.Rehearsal, err error) {
	err = w.with(ctx, func(x *Exports) error {
		r, err := x.Rehearse(ctx, keys.Key(name))
		got = rehearsal(r)
		return err
	})
	return got, err
}

// Attempt makes one attempt and waits for its end.
func (w *Window) Attempt(ctx context.Context, dryRun bool) (a attempts.Attempt, err error) {
	err = w.with(ctx, func(x *Exports) error {
		r, err := x.Attempt(ctx, automation.Request{DryRun: dryRun})
		a = attemptOf(r)
		return err
	})
	return a, err
}

// RunBatch works through the batch and waits for its end.
func (w *Window) RunBatch(ctx context.Context) error {
	return w.with(ctx, func(x *Exports) error {
		_, err := x.RunBatch(ctx)
		return err
	})
}

// Stop ends what runs in this process. Where it has just ended, there is nothing to say.
func (w *Window) Stop(context.Context) (string, error) {
	w.mu.Lock()
	x := w.running
	w.mu.Unlock()
	if x == nil {
		return "", nil
	}
	sentence, err := x.Stop()
	if err != nil {
		return "", nil //nolint:nilerr // it has just ended
	}
	return sentence, nil
}

// Add puts sets and folders into the batch; what is no set is left out and told.
func (w *Window) Add(ctx context.Context, paths []string) (int, []attempts.Skipped, error) {
	e, _, err := w.peek()
	if err != nil {
		return 0, nil, err
	}
	before, err := e.Batch()
	if err != nil {
		return 0, nil, err
	}
	after, skipped, err := e.AddToBatch(ctx, automation.BatchAdd{Sets: paths, Lenient: true})
	var out []attempts.Skipped
	for _, s := range skipped {
		out = append(out, attempts.Skipped{Path: s.Path, Why: s.Why})
	}
	return max(0, after.Left()-before.Left()), out, err
}

// AddParts adds the parts of the open set between its locators.
func (w *Window) AddParts(ctx context.Context) (added int, err error) {
	err = w.with(ctx, func(x *Exports) error {
		before, err := x.Batch()
		if err != nil {
			return err
		}
		after, _, err := x.AddToBatch(ctx, automation.BatchAdd{Locators: true})
		added = max(0, after.Left()-before.Left())
		return err
	})
	return added, err
}

// Remove takes one set out of the batch.
func (w *Window) Remove(_ context.Context, n int) error {
	e, _, err := w.peek()
	if err == nil {
		_, err = e.RemoveFromBatch(n)
	}
	return err
}

// Move puts one set of the batch so many places down; up where by is negative.
func (w *Window) Move(_ context.Context, n, by int) error {
	e, _, err := w.peek()
	if err == nil {
		_, err = e.MoveInBatch(n, by)
	}
	return err
}

// Clear empties the batch.
func (w *Window) Clear(context.Context) error {
	e, _, err := w.peek()
	if err != nil {
		return err
	}
	return e.ClearBatch()
}

// BatchPlan is what running the batch does.
func (w *Window) BatchPlan(context.Context) (string, error) {
	e, _, err := w.peek()
	if err != nil {
		return "", err
	}
	return e.BatchPlan()
}

func chord(k keys.Key) attempts.Chord { return attempts.Chord{Name: string(k), Label: k.String()} }

func rehearsal(r automation.Rehearsed) attempts.Rehearsal {
	out := attempts.Rehearsal{Live: r.Live, Chord: chord(r.Chord), Passed: r.Passed, Sentence: r.Sentence}
	if r.Offer != "" {
		out.Offer = chord(r.Offer)
	}
	return out
}

func step(s automation.State) attempts.Step {
	switch s {
	case automation.Activate, automation.KeysClear:
		return attempts.Front
	case automation.SendChord, automation.AwaitDialog:
		return attempts.Dialog
	case automation.Confirm, automation.AwaitSave, automation.ConfirmSave:
		return attempts.Save
	case automation.Rendering:
		return attempts.Render
	case automation.Settle:
		return attempts.Finish
	case automation.Verify, automation.Done:
		return attempts.Verify
	case automation.Preflight, automation.BridgeCheck, automation.FindWindow, automation.Snapshot:
	}
	return attempts.Checks
}

func attemptOf(r automation.Result) attempts.Attempt {
	a := attempts.Attempt{
		ID: r.ID, Live: r.Plan.Live, Outcome: attempts.Outcome(r.Outcome), Reason: string(r.Reason), Sentence: r.Sentence, Next: r.NextStep,
		Warnings: warnings(r.Warnings), DryRun: r.DryRun, Began: r.Began, Folder: r.Folder,
	}
	if r.Plan.Live != "" {
		a.Set = r.Plan.SetName()
	}
	if !r.Ended.IsZero() {
		a.Took = r.Ended.Sub(r.Began)
	}
	for _, f := range r.Files {
		a.Files = append(a.Files, attempts.File{
			Path: f.Path, Format: f.Format, Rate: f.Rate, Bits: f.Bits, Channels: f.Channels, Seconds: f.Seconds, PeakDBFS: f.PeakDBFS, SHA256: f.SHA256,
		})
	}
	return a
}

func warnings(all []automation.Warning) []string {
	var texts []string
	for _, w := range all {
		texts = append(texts, w.Text)
	}
	return texts
}

func batchOf(b automation.Batch, out string) attempts.Batch {
	all := attempts.Batch{Out: out, Report: b.Report}
	if b.Stopped != nil {
		all.Stopped = &attempts.Stop{Sentence: b.Stopped.Sentence, Next: b.Stopped.NextStep}
	}
	for _, i := range b.Items {
		all.Items = append(all.Items, attempts.Item{
			N: i.N, Name: i.Name(), Path: i.Path, State: attempts.ItemState(i.Status), Attempt: i.Attempt, Outcome: attempts.Outcome(i.Outcome),
			Sentence: i.Sentence, Next: i.NextStep, Warnings: warnings(i.Warnings), Files: i.Files,
		})
	}
	return all
}
