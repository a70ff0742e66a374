package attempts

import (
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/takebar/takebar/app/words"
)

// View is the export page as texts, rows and what can be done.
type View struct {
	On      bool
	Problem string // something stored could not be read
	Off     Off
	Ready   Ready
	Bounce  Bounce
	Running *Run // nil while nothing runs
	Queue   Queue
	Past    []PastRow

	// What can be done now.
	CanAttempt  bool
	CanRehearse bool
	CanRun      bool // the batch
	CanChange   bool // the batch
	CanSwitch   bool
	CanStop     bool
	// Why says why nothing can be started now; "" if it can.
	Why string
}

// Off is the text to agree to, in pieces.
type Off struct {
	Title  string
	Text   []Paragraph
	Again  string // said where an older text was agreed to
	Agree  string
	Permit string // pictures
}

// Paragraph is a piece of the text to agree to.
type Paragraph struct {
	Heading bool
	Point   bool // a point of a list
	Text    string
}

// Ready says whether the shortcut is rehearsed.
type Ready struct {
	OK    bool
	Text  string
	Chord Chord  // to rehearse next
	Label string // of the button
}

// Bounce is the banner that recommends bounces.
type Bounce struct {
	Text   string
	Button string
	Off    bool
}

// Run is what runs now.
type Run struct {
	Title     string
	Text      string // the step in words
	Size      string // of the new file; "" while there is none
	Steps     []StepView
	Stop      string // label of the button
	Note      string // what stopping means now, or where to stop it
	Elsewhere bool
	Attempt   string
	Part      float64 // of the batch, 0 to 1; negative = no batch
	Count     string  // of the batch
}

// StepView is one step of the way.
type StepView struct {
	Label string
	State StepState
}

// StepState says how far a step is.
type StepState int

// The states of a step.
const (
	Next StepState = iota
	Now
	Done
)

// Queue is the batch.
type Queue struct {
	Rows    []Row
	Counts  []Count // of what has ended, without those of zero
	Summary string
	Empty   string // said where there is nothing
	Hint    string
	Run     string // label of the button
	Stopped string // why it stopped; "" if it did not
	Next    string // what to do about it
	Out     string
	Report  string
}

// Count is how many ended so.
type Count struct {
	Outcome Outcome
	N       int
	Label   string
}

// Row is one set of the batch.
type Row struct {
	N       int
	Number  string
	Name    string
	Where   string // its folder
	State   ItemState
	Outcome Outcome
	Badge   string
	Text    string // what came of it
	Attempt string
}

// PastRow is one attempt that was made.
type PastRow struct {
	ID      string
	Name    string
	When    string
	Outcome Outcome
	Badge   string
	Text    string
}

// Build makes the page. zone is where the user is.
func Build(b Books, f Facts, say words.Say, zone *time.Location) View {
	v := View{On: b.On, Problem: b.Problem, Bounce: bounce(f, say)}
	v.Off = off(b.Consent, say)
	if !b.On {
		v.CanSwitch = true
		return v
	}
	v.Ready = ready(b, f, say)
	v.Running = run(b, say)
	v.Queue = queue(b.Batch, say)
	for _, a := range b.Past {
		v.Past = append(v.Past, PastRow{ID: a.ID, Name: setName(a, say), When: when(a.Began, zone), Outcome: a.Outcome, Badge: Badge(a, say), Text: a.Sentence})
	}
	busy := b.Running.Kind != ""
	v.Why = hindrance(b, f, say)
	free := v.Why == ""
	v.CanStop = busy && b.Running.Own
	v.CanSwitch = !busy
	v.CanRehearse = free
	v.CanAttempt = free && v.Ready.OK
	v.CanRun = free && v.Ready.OK && left(b.Batch) > 0
	v.CanChange = b.Running.Kind != "batch"
	if free && !v.Ready.OK {
		v.Why = say("export.why.rehearse")
	}
	return v
}

func hindrance(b Books, f Facts, say words.Say) string {
	switch {
	case b.Running.Kind != "":
		return say("export.why.running")
	case !f.Connected:
		return say("export.why.link")
	case f.Taking:
		return say("export.why.recording")
	}
	return ""
}

func setName(a Attempt, say words.Say) string {
	if a.Set == "" {
		return say("export.set.none")
	}
	return a.Set
}

func when(t time.Time, zone *time.Location) string {
	if t.IsZero() {
		return ""
	}
	return t.In(zone).Format("2006-01-02 15:04")
}

// OutcomeText is an outcome in words.
func OutcomeText(o Outcome, say words.Say) string {
	switch o {
	case Verified:
		return say("export.outcome.verified")
	case WithWarnings:
		return say("export.outcome.with_warnings")
	case Unverified:
		return say("export.outcome.unverified")
	case Failed:
		return say("export.outcome.failed")
	case Cancelled:
		return say("export.outcome.cancelled")
	}
	return say("export.outcome.running")
}

// Badge is what an attempt's badge says.
func Badge(a Attempt, say words.Say) string {
	if a.DryRun && a.Outcome == Cancelled && a.Reason == "dry_run" {
		return say("export.outcome.dry_run")
	}
	return OutcomeText(a.Outcome, say)
}

func bounce(f Facts, say words.Say) Bounce {
	b := Bounce{Text: say("export.bounce.text"), Button: say("export.bounce.button"), Off: !f.CanBounce || !f.Connected || f.Taking}
	if f.Bouncing != "" {
		b.Text = f.Bouncing
	}
	return b
}

// off takes the text to agree to apart: lines that begin at the edge are headings or sentences, "  - " begins a point, deeper lines go on.
func off(c Consent, say words.Say) Off {
	o := Off{Title: say("export.off.title"), Agree: say("export.off.agree"), Permit: say("export.off.pictures")}
	if c.Outdated {
		o.Again = say("export.off.again")
	}
	blank := true
	for line := range strings.Lines(c.Text) {
		line = strings.TrimRight(line, "\n")
		text := strings.TrimSpace(line)
		switch last := len(o.Text) - 1; {
		case text == "":
			blank = true
			continue
		case strings.HasPrefix(line, "  - "):
			o.Text = append(o.Text, Paragraph{Point: true, Text: strings.TrimPrefix(text, "- ")})
		case strings.HasPrefix(line, "   ") && last >= 0 && !blank:
			o.Text[last].Text += " " + text
		default:
			o.Text = append(o.Text, Paragraph{Heading: !strings.ContainsAny(text[len(text)-1:], ".!?:"), Text: text})
		}
		blank = false
	}
	return o
}

// ready finds what was rehearsed with the Live that is linked, or with the last one where none is.
func ready(b Books, f Facts, say words.Say) Ready {
	r := Ready{}
	if len(b.Chords) > 0 {
		r.Chord = b.Chords[0]
	}
	var last *Rehearsal
	for i := range b.Rehearsed {
		if f.Live == "" || b.Rehearsed[i].Live == f.Live {
			last = &b.Rehearsed[i]
		}
	}
	switch {
	case last == nil && f.Live != "":
		r.Text = say("export.ready.never", words.Data{"Live": f.Live})
	case last == nil:
		r.Text = say("export.ready.none")
	case last.Passed:
		r.OK, r.Chord = true, last.Chord
		r.Text = say("export.ready.passed", words.Data{"Chord": last.Chord.Label, "Live": last.Live})
	default:
		r.Text = last.Sentence
		if last.Offer.Name != "" {
			r.Chord = last.Offer
		}
	}
	r.Label = say("export.ready.rehearse", words.Data{"Chord": r.Chord.Label})
	if r.OK {
		r.Label = say("export.ready.again", words.Data{"Chord": r.Chord.Label})
	}
	return r
}

func run(b Books, say words.Say) *Run {
	n := b.Running
	if n.Kind == "" {
		return nil
	}
	r := &Run{Elsewhere: !n.Own, Attempt: n.Attempt, Part: -1, Stop: say("export.stop.now"), Note: say("export.stop.now.note")}
	r.Text = stepText(n, say)
	if n.Bytes > 0 {
		r.Size = size(n.Bytes)
	}
	if n.Watching {
		r.Stop, r.Note = say("export.stop.watching"), say("export.stop.watching.note")
	}
	if r.Elsewhere {
		r.Note = say("export.stop.elsewhere")
		if n.Watching {
			r.Note = say("export.stop.elsewhere.watching")
		}
	}
	set := n.Set
	if set == "" {
		set = say("export.set.open")
	}
	switch n.Kind {
	case "rehearsal":
		r.Title = say("export.run.rehearsal")
		return r
	case "batch":
		r.Title = say("export.run.batch", words.Data{"Set": set})
		r.Count = say("export.run.count", words.Data{"N": min(n.Done+1, n.Total), "Of": n.Total})
		if n.Total > 0 {
			r.Part = float64(n.Done) / float64(n.Total)
		}
	default:
		r.Title = say("export.run.attempt", words.Data{"Set": set})
	}
	for s := range stepCount {
		state := Next
		switch {
		case n.Attempt == "": // a batch opens the set
		case s < n.Step:
			state = Done
		case s == n.Step:
			state = Now
		}
		r.Steps = append(r.Steps, StepView{Label: stepLabel(s, say), State: state})
	}
	return r
}

// stepText is what happens now. A batch that opens a set is at no step: there the engine's own sentence stands.
func stepText(n Running, say words.Say) string {
	if n.Attempt == "" && n.Sentence != "" {
		return n.Sentence
	}
	return StepSentence(n.Step, say)
}

func stepLabel(s Step, say words.Say) string {
	switch s {
	case Checks:
		return say("export.step.checks")
	case Front:
		return say("export.step.front")
	case Dialog:
		return say("export.step.dialog")
	case Save:
		return say("export.step.save")
	case Render:
		return say("export.step.render")
	case Finish:
		return say("export.step.finish")
	}
	return say("export.step.verify")
}

// StepSentence is a step as a sentence.
func StepSentence(s Step, say words.Say) string {
	switch s {
	case Checks:
		return say("export.now.checks")
	case Front:
		return say("export.now.front")
	case Dialog:
		return say("export.now.dialog")
	case Save:
		return say("export.now.save")
	case Render:
		return say("export.now.render")
	case Finish:
		return say("export.now.finish")
	}
	return say("export.now.verify")
}

func left(b Batch) int {
	n := 0
	for _, i := range b.Items {
		if i.State != Ended {
			n++
		}
	}
	return n
}

func queue(b Batch, say words.Say) Queue {
	q := Queue{Empty: say("export.queue.empty"), Hint: say("export.queue.hint"), Out: b.Out, Report: b.Report}
	open := left(b)
	q.Run = say("export.queue.run", words.Data{"N": open})
	if open == 0 {
		q.Run = say("export.queue.run.none")
	}
	counts := map[Outcome]int{}
	for _, i := range b.Items {
		row := Row{N: i.N, Number: fmt.Sprint(i.N), Name: i.Name, State: i.State, Outcome: i.Outcome, Attempt: i.Attempt}
		if i.Path != "" {
			row.Where = filepath.Dir(i.Path)
		}
		switch i.State {
		case Ended:
			counts[i.Outcome]++
			row.Badge = OutcomeText(i.Outcome, say)
			row.Text = itemText(i, say)
		case Working:
			row.Badge = say("export.outcome.running")
		case Waiting:
			row.Badge, row.Text = say("export.outcome.waiting"), i.Sentence
		}
		q.Rows = append(q.Rows, row)
	}
	for _, o := range Outcomes() {
		if counts[o] > 0 {
			q.Counts = append(q.Counts, Count{o, counts[o], OutcomeText(o, say)})
		}
	}
	q.Summary = say("export.queue.summary", words.Data{"N": len(b.Items), "Left": open})
	if len(b.Items) == 1 {
		q.Summary = say("export.queue.summary.one", words.Data{"Left": open})
	}
	switch {
	case len(b.Items) == 0:
		q.Summary = ""
	case open == 0:
		q.Summary = say("export.queue.finished", words.Data{"N": len(b.Items)})
	}
	if b.Stopped != nil {
		q.Stopped, q.Next = b.Stopped.Sentence, b.Stopped.Next
	}
	return q
}

// itemText is the file, with its warnings, or the reason why there is none.
func itemText(i Item, say words.Say) string {
	if (i.Outcome != Verified && i.Outcome != WithWarnings) || len(i.Files) == 0 {
		return i.Sentence
	}
	text := filepath.Base(i.Files[0])
	if more := len(i.Files) - 1; more > 0 {
		text = say("export.queue.files", words.Data{"File": text, "More": more})
	}
	return strings.Join(append([]string{text}, i.Warnings...), " · ")
}

// size is a number of bytes as people say it.
func size(bytes int64) string {
	switch {
	case bytes >= 1e9:
		return fmt.Sprintf("%.2f GB", float64(bytes)/1e9)
	case bytes >= 1e6:
		return fmt.Sprintf("%.1f MB", float64(bytes)/1e6)
	}
	return fmt.Sprintf("%d kB", (bytes+999)/1000)
}
