package export

import (
	"fmt"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"

	"github.com/takebar/takebar/app/attempts"
	"github.com/takebar/takebar/app/window/ui"
	"github.com/takebar/takebar/app/window/ui/golden"
)

const consentText = `Export attempts press Live's own export shortcut for you. Please read this first.

What Takebar does
  - It brings Live to the front and presses Ctrl+Shift+E, Enter and Enter. It can press nothing else but Esc.
  - It checks before every key that the right window is in front, watches the folder that Live saves to,
    and calls an export good only when a new, complete, audible file is there.
  - It never types, clicks, overwrites a file or answers a message of Live's.

What can go wrong
  - Ableton offers no way to start an export from outside. A change in Live, another language or an add-on
    can break this at any time. Then the attempt stops and says where.
  - Live uses the settings of its last export: range, tracks, format, folder. Takebar cannot see them.
    A selection left over in the Arrangement decides what is rendered.
  - Keep your hands off while it runs; it takes a few seconds until Live renders. To stop at once, push the
    mouse into a corner of the screen. Once Live renders, stopping only ends the watching.

If you need a file that simply must be there, record a take of the main output instead: it needs no keys at all.
`

// stage is what the frame of the window puts around a page.
func stage(content, overlay fyne.CanvasObject) fyne.CanvasObject {
	return container.NewStack(ui.NewFill(theme.ColorNameBackground), container.NewPadded(container.NewPadded(content)), overlay)
}

func at(minutes int) time.Time { return time.Date(2026, 11, 22, 20, minutes, 0, 0, time.UTC) }

func peak(v float64) *float64 { return &v }

// story is what a good attempt writes down.
func story() []attempts.Line {
	ms := func(n int) time.Duration { return time.Duration(n) * time.Millisecond }
	return []attempts.Line{
		{After: 0, Step: true, Is: attempts.Checks},
		{After: ms(21), Text: "The session can be seen and reached; the key driver answers."},
		{After: ms(22), Text: "Live 12.3.6 answers, is stopped, records nothing and shows no dialog."},
		{After: ms(31), Text: "14 files are in the watched folders."},
		{After: ms(33), Step: true, Is: attempts.Front},
		{After: ms(210), Step: true, Is: attempts.Dialog},
		{After: ms(214), Text: `Key Ctrl+Shift+R for "Blue Hour [Album Project] - Ableton Live 12 Suite" of Ableton Live 12 Suite.exe.`},
		{After: ms(268), Text: "It went out."},
		{After: ms(590), Text: `Window "Export Audio/Video" of Ableton Live 12 Suite.exe: Live's export dialog.`},
		{After: ms(592), Step: true, Is: attempts.Save},
		{After: ms(601), Text: `Key Enter for "Export Audio/Video" of Ableton Live 12 Suite.exe.`},
		{After: ms(640), Text: "It went out."},
		{After: ms(1180), Text: `Key Enter for "Save Audio File As" of Ableton Live 12 Suite.exe.`},
		{After: ms(1225), Text: "It went out."},
		{After: ms(1610), Step: true, Is: attempts.Render},
		{After: ms(1650), Text: "A new file came up. (Blue Hour.wav)"},
		{After: ms(1661), Text: "Live shows its progress window."},
		{After: ms(24400), Text: "Live's progress window closed."},
		{After: ms(25460), Step: true, Is: attempts.Finish},
		{After: ms(25470), Step: true, Is: attempts.Verify},
		{After: ms(25990), Text: "WAV, 3:12, checked. (Blue Hour.wav)"},
	}
}

// finished is a batch with each of the five answers.
func finished() attempts.Books {
	b := ready()
	b.Batch = attempts.Batch{Out: "/music/Exports", Report: "/music/Exports/takebar-batch.json", Items: []attempts.Item{
		{N: 1, Name: "Blue Hour", Path: "/home/mira/Music/Album/Blue Hour Project/Blue Hour.als", State: attempts.Ended, Attempt: "a1", Outcome: attempts.Verified, Files: []string{"/music/Exports/Blue Hour.wav"}},
		{N: 2, Name: "Old Town", Path: "/home/mira/Music/Album/Old Town Project/Old Town.als", State: attempts.Ended, Attempt: "a2", Outcome: attempts.WithWarnings, Files: []string{"/music/Exports/Old Town.wav"}, Warnings: []string{"Old Town.wav has 214 clipped samples."}},
		{N: 3, Name: "Lullaby", Path: "/home/mira/Music/Album/Lullaby Project/Lullaby.als", State: attempts.Ended, Attempt: "a3", Outcome: attempts.Unverified, Sentence: "Lullaby.wav is complete, but silent from start to end."},
		{N: 4, Name: "Rain (a set with a very long name that somebody typed in one go, take 17 final final)", Path: "/home/mira/Music/Album/Rain Project/Rain.als", State: attempts.Ended, Attempt: "a4", Outcome: attempts.Failed, Sentence: `The system asks in "Confirm Save As" whether to replace a file; Takebar never answers that.`},
		{N: 5, Name: "Night Drive - Chorus", Path: "/home/mira/Music/Album/Night Drive Project/Night Drive.als", State: attempts.Ended, Attempt: "a5", Outcome: attempts.Cancelled, Sentence: "The render was cancelled in Live."},
	}}
	b.Past = []attempts.Attempt{
		{ID: "a5", Set: "Night Drive", Live: "12.3.6", Outcome: attempts.Cancelled, Reason: "render_cancelled_in_live", Sentence: "The render was cancelled in Live.", Next: "Nothing to do; try again when you like.", Began: at(41), Took: 12 * time.Second, Folder: "/x"},
		{ID: "a4", Set: "Rain (a set with a very long name that somebody typed in one go)", Live: "12.3.6", Outcome: attempts.Failed, Reason: "overwrite_prompt", Sentence: "A file of that name exists.", Next: "Answer No.", Began: at(38)},
		{ID: "a3", Set: "Lullaby", Live: "12.3.6", Outcome: attempts.Unverified, Reason: "silent", Sentence: "Lullaby.wav is complete, but silent from start to end.", Next: "Check what was rendered.", Began: at(33)},
		{ID: "a1", Set: "Blue Hour", Live: "12.3.6", Outcome: attempts.Verified, Sentence: "Blue Hour.wav was exported and checked.", Began: at(29), Took: 26 * time.Second, Folder: "/music/x", Files: []attempts.File{
			{Path: "/music/Exports/Blue Hour.wav", Format: "WAV", Rate: 44100, Bits: 24, Channels: 2, Seconds: 192.4, PeakDBFS: peak(-0.8)},
		}},
		{ID: "a2", Set: "Old Town", Live: "12.3.6", Outcome: attempts.WithWarnings, Sentence: "Old Town.wav was exported and checked; please look at the warnings.", Warnings: []string{"Old Town.wav has 214 clipped samples."}, Began: at(25)},
		{ID: "a0", Set: "Blue Hour", Live: "12.3.6", Outcome: attempts.Cancelled, Reason: "dry_run", DryRun: true, Sentence: "Dry run: the export dialog opened and closed as expected; nothing was exported.", Began: at(20)},
	}
	return b
}

// crowded is a long batch in the middle of its work.
func crowded() attempts.Books {
	b := finished()
	for i, n := range []string{"Harbour", "Glass", "Weather Report", "Minor Swing", "Tape Loop 3", "Ostinato", "Parallel Fifths", "Coda"} {
		b.Batch.Items = append(b.Batch.Items, attempts.Item{N: 6 + i, Name: n, Path: fmt.Sprintf("/home/mira/Music/Sketches/%s.als", n), State: attempts.Waiting})
	}
	b.Batch.Report = ""
	b.Batch.Items[5].State, b.Batch.Items[5].Attempt = attempts.Working, "now"
	b.Running = attempts.Running{Kind: "batch", Own: true, Attempt: "now", Set: "Harbour", Step: attempts.Render, Watching: true, Bytes: 31_480_000, Done: 5, Total: 13}
	b.Past = append([]attempts.Attempt{{ID: "now", Set: "Harbour", Live: "12.3.6", Began: at(44)}}, b.Past...)
	return b
}

func stopped() attempts.Books {
	b := finished()
	b.Batch.Items = append(b.Batch.Items[:4:4], attempts.Item{N: 5, Name: "Harbour", Path: "/home/mira/Music/Sketches/Harbour.als", State: attempts.Waiting})
	b.Batch.Stopped = &attempts.Stop{
		Sentence: `After "Rain" Live was not provably in a clean state. The system asks in "Confirm Save As" whether to replace a file; Takebar never answers that.`,
		Next:     "Look at Live, close what is open there, then run the batch again.",
	}
	return b
}

func TestPictures(t *testing.T) {
	light, dark := ui.Look{Variant: theme.VariantLight}, ui.Look{Variant: theme.VariantDark}
	waiting := batchOf("Blue Hour", "Old Town", "Lullaby")
	never := ready()
	never.Rehearsed = nil
	for _, c := range []struct {
		name     string
		books    attempts.Books
		language string
		prepare  func(*bench)
		scale    float32
		size     fyne.Size
	}{
		{"off", attempts.Books{Consent: attempts.Consent{Text: consentText, Version: 1}}, "en", nil, 1, usual},
		{"empty", ready(), "en", nil, 1, usual},
		{"unrehearsed", never, "en", nil, 1, usual},
		{"waiting", waiting, "en", func(b *bench) { b.command("Choose the Set Below") }, 1, usual},
		{"running", crowded(), "en", nil, 1, fyne.NewSize(1080, 760)},
		{"finished", finished(), "en", func(b *bench) { b.command("Choose the Set Below"); b.settle() }, 1, fyne.NewSize(1080, 760)},
		{"stopped", stopped(), "en", nil, 1, usual},
		{"finished-2x", finished(), "en", func(b *bench) { b.open("a1", true); b.settle() }, 2, usual},
		{"running-de", crowded(), "de", nil, 1, usual},
	} {
		for name, look := range map[string]ui.Look{"light": light, "dark": dark} {
			if c.scale == 2 && name == "dark" {
				continue
			}
			t.Run(c.name+"-"+name, func(t *testing.T) {
				engine := newEngine(c.books)
				for _, a := range c.books.Past {
					engine.traces[a.ID] = story()
				}
				engine.traces["now"] = story()[:17]
				b := open(t, look, c.language, c.size, engine)
				b.settle()
				if c.prepare != nil {
					c.prepare(b)
					b.settle()
				}
				golden.Image(t, b.window.Canvas(), c.name+"-"+name, c.scale)
			})
		}
	}
}
