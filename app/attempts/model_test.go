package attempts

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/takebar/takebar/app/words"
)

var update = flag.Bool("update", false, "write the golden files anew")

func english(t *testing.T) words.Say {
	t.Helper()
	say, err := words.English()
	if err != nil {
		t.Fatal(err)
	}
	return say
}

const consent = `Attempts press Live's shortcut. Please read this first.

What Takebar does
  - It presses Ctrl+Shift+E, Enter and Enter. It can
    press nothing else but Esc.
  - It never types.

What can go wrong
  - Much.

Record a take instead: it needs no keys.
`

var (
	chordE = Chord{"chord_e", "Ctrl+Shift+E"}
	chordR = Chord{"chord_r", "Ctrl+Shift+R"}
	linked = Facts{Connected: true, Live: "12.3.6", Set: "Song", CanBounce: true}
)

func rehearsed() Books {
	return Books{
		On: true, Chords: []Chord{chordE, chordR}, Consent: Consent{Text: consent, Version: 1},
		Rehearsed: []Rehearsal{
			{Live: "12.3.6", Chord: chordE, Sentence: "Ctrl+Shift+E opened Export MIDI Clip.", Offer: chordR},
			{Live: "12.3.6", Chord: chordR, Passed: true, Sentence: "It opens Export Audio/Video."},
		},
	}
}

func with(change func(*Books)) Books {
	b := rehearsed()
	change(&b)
	return b
}

func five() []Item {
	return []Item{
		{N: 1, Name: "Good", Path: "/music/Good.als", State: Ended, Attempt: "a1", Outcome: Verified, Files: []string{"/out/Good.wav"}},
		{N: 2, Name: "Loud", Path: "/music/Loud.als", State: Ended, Attempt: "a2", Outcome: WithWarnings, Files: []string{"/out/Loud.wav", "/out/Loud 2.wav"}, Warnings: []string{"Loud.wav has 12 clipped samples."}},
		{N: 3, Name: "Silent", Path: "/music/Silent.als", State: Ended, Attempt: "a3", Outcome: Unverified, Sentence: "Silent.wav is complete, but silent from start to end."},
		{N: 4, Name: "Gone", Path: "/music/Gone.als", State: Ended, Outcome: Failed, Sentence: "There is no file /music/Gone.als."},
		{N: 5, Name: "Song - Chorus", State: Ended, Attempt: "a5", Outcome: Cancelled, Sentence: "The render was cancelled in Live."},
	}
}

// TestViews writes each state of the page as text.
func TestViews(t *testing.T) {
	began := time.Date(2026, 11, 22, 21, 4, 5, 0, time.UTC)
	for name, c := range map[string]struct {
		books Books
		facts Facts
	}{
		"off":              {Books{Consent: Consent{Text: consent, Version: 1}, Chords: []Chord{chordE}}, linked},
		"off-outdated":     {Books{Consent: Consent{Text: consent, Version: 1, Outdated: true}}, Facts{}},
		"never-rehearsed":  {with(func(b *Books) { b.Rehearsed = nil }), linked},
		"other-live":       {rehearsed(), Facts{Connected: true, Live: "11.3.1"}},
		"rehearsal-failed": {with(func(b *Books) { b.Rehearsed = b.Rehearsed[:1] }), linked},
		"ready":            {rehearsed(), linked},
		"no-live":          {rehearsed(), Facts{}},
		"recording":        {rehearsed(), Facts{Connected: true, Live: "12.3.6", Taking: true, Bouncing: "Bouncing Main, 40 %", CanBounce: true}},
		"rehearsing":       {with(func(b *Books) { b.Running = Running{Kind: "rehearsal", Own: true, Sentence: "Rehearsing Ctrl+Shift+R"} }), linked},
		"attempt-dialog": {with(func(b *Books) {
			b.Running = Running{Kind: "attempt", Own: true, Attempt: "x", Set: "Song", Step: Dialog}
		}), linked},
		"attempt-rendering": {with(func(b *Books) {
			b.Running = Running{Kind: "attempt", Own: true, Attempt: "x", Step: Render, Watching: true, Bytes: 12345678}
		}), linked},
		"attempt-elsewhere": {with(func(b *Books) {
			b.Running = Running{Kind: "attempt", Attempt: "x", Set: "Song", Step: Render, Watching: true}
		}), linked},
		"batch-waiting": {with(func(b *Books) {
			b.Batch.Items = []Item{{N: 1, Name: `It's "mine" 🎹`, Path: "/music/x/It.als", State: Waiting}, {N: 2, Name: "B", Path: "/music/B.als", State: Waiting}}
		}), linked},
		"batch-opening": {with(func(b *Books) {
			b.Batch.Items = append(five()[:2], Item{N: 3, Name: "Third", Path: "/music/Third.als", State: Working}, Item{N: 4, Name: "Fourth", State: Waiting})
			b.Running = Running{Kind: "batch", Own: true, Set: "Third", Sentence: "Opening Third", Done: 2, Total: 4}
		}), linked},
		"batch-stopped": {with(func(b *Books) {
			b.Batch = Batch{Items: append(five()[:4], Item{N: 5, Name: "Later", State: Waiting}), Out: "/out", Stopped: &Stop{"While opening Live asked something.", "Look at Live."}}
		}), linked},
		"batch-finished": {with(func(b *Books) {
			b.Batch = Batch{Items: five(), Out: "/out", Report: "/out/report.json"}
			b.Past = []Attempt{
				{ID: "a2", Set: "Loud", Outcome: WithWarnings, Began: began, Sentence: "Loud.wav was exported and checked; please look at the warnings."},
				{ID: "a0", Outcome: Cancelled, Reason: "dry_run", DryRun: true, Began: began.Add(-time.Hour), Sentence: "Dry run."},
				{ID: "run", Set: "Song"},
			}
		}), linked},
	} {
		t.Run(name, func(t *testing.T) {
			golden(t, name, text(Build(c.books, c.facts, english(t), time.FixedZone("CET", 3600))))
		})
	}
}

func TestDetails(t *testing.T) {
	peak := -6.02
	began := time.Date(2026, 11, 22, 21, 4, 5, 0, time.UTC)
	lines := []Line{
		{0, "", true, Checks},
		{12 * time.Millisecond, "Live 12.3.6 answers.", false, 0},
		{1500 * time.Millisecond, "", true, Dialog},
		{1600 * time.Millisecond, `Key Ctrl+Shift+R for "Song - Ableton Live 12 Suite".`, false, 0},
	}
	for name, a := range map[string]Attempt{
		"detail-good": {
			ID: "20261122-210405-aaaa", Set: "Song", Live: "12.3.6", Outcome: WithWarnings, Sentence: "Song.wav was exported and checked; please look at the warnings.",
			Warnings: []string{"Song.wav has 3 clipped samples."}, Began: began, Took: 95 * time.Second,
			Files: []File{{Path: "/out/Song.wav", Format: "WAV", Rate: 44100, Bits: 24, Channels: 2, Seconds: 64, PeakDBFS: &peak, SHA256: "ab"}, {Path: "/out/x.mp3", Format: "MP3", Rate: 48000, Channels: 1, Seconds: 2.5}, {Path: "/out/y.wav", Format: "WAV", Channels: 6, Seconds: 1}},
		},
		"detail-failed":  {ID: "b", Set: "Song", Live: "12.3.6", Outcome: Failed, Reason: "overwrite_prompt", Sentence: "A file of that name exists.", Next: "Move it away.", Began: began},
		"detail-running": {ID: "c", Set: "Song", Sentence: "It is running: Live is rendering.", Began: began},
	} {
		t.Run(name, func(t *testing.T) { golden(t, name, Tell(a, lines, english(t), time.UTC).Plain()) })
	}
	if d := Tell(Attempt{}, nil, english(t), time.UTC); len(d.Lines) != 0 || d.Empty == "" || d.Title == "" {
		t.Errorf("without a trace: %+v", d)
	}
}

// TestAnswersDiffer: the five answers have five different words in every language.
func TestAnswersDiffer(t *testing.T) {
	for _, language := range words.Languages() {
		say, err := words.In(language)
		if err != nil {
			t.Fatal(err)
		}
		seen := map[string]Outcome{}
		for _, o := range append(Outcomes(), "") {
			said := OutcomeText(o, say)
			if other, twice := seen[said]; twice || said == "" {
				t.Errorf("%s: %q and %q are both called %q", language, o, other, said)
			}
			seen[said] = o
		}
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name+".txt")
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// text is a view as a person would read it off the screen.
func text(v View) string {
	var b strings.Builder
	p := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	button := func(label string, on bool) {
		if on {
			p("[%s]", label)
		} else {
			p("(%s)", label)
		}
	}
	p("%s", v.Bounce.Text)
	button(v.Bounce.Button, !v.Bounce.Off)
	if !v.On {
		p("# %s", v.Off.Title)
		if v.Off.Again != "" {
			p("! %s", v.Off.Again)
		}
		for _, x := range v.Off.Text {
			switch {
			case x.Heading:
				p("## %s", x.Text)
			case x.Point:
				p("- %s", x.Text)
			default:
				p("%s", x.Text)
			}
		}
		p("[ ] %s", v.Off.Permit)
		button(v.Off.Agree, v.CanSwitch)
		return b.String()
	}
	p("ready %t: %s", v.Ready.OK, v.Ready.Text)
	button(v.Ready.Label, v.CanRehearse)
	button("attempt", v.CanAttempt)
	button(v.Queue.Run, v.CanRun)
	button("change the batch", v.CanChange)
	if v.Why != "" {
		p("because: %s", v.Why)
	}
	if r := v.Running; r != nil {
		p("\n== %s %s (%.2f)", r.Title, r.Count, r.Part)
		p("%s %s", r.Text, r.Size)
		for _, s := range r.Steps {
			p("  %s %s", map[StepState]string{Done: "x", Now: ">", Next: "."}[s.State], s.Label)
		}
		button(r.Stop, v.CanStop)
		p("%s", r.Note)
	}
	p("\n== %s", v.Queue.Summary)
	for _, c := range v.Queue.Counts {
		p("  %d %s", c.N, c.Label)
	}
	for _, r := range v.Queue.Rows {
		p("  %s | %s | %s | %s | %s", r.Number, r.Name, r.Where, r.Badge, r.Text)
	}
	if v.Queue.Stopped != "" {
		p("! %s\n  %s", v.Queue.Stopped, v.Queue.Next)
	}
	p("")
	for _, r := range v.Past {
		p("%s | %s | %s | %s", r.When, r.Name, r.Badge, r.Text)
	}
	return b.String()
}
