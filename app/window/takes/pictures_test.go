package takes

import (
	"fmt"
	"testing"

	"fyne.io/fyne/v2"

	"github.com/takebar/takebar/app/takelist"
	"github.com/takebar/takebar/app/window/ui"
	"github.com/takebar/takebar/app/window/ui/golden"
	"github.com/takebar/takebar/bridge/live"
	"github.com/takebar/takebar/internal/control"
)

func TestPictures(t *testing.T) {
	states := map[string]func(look ui.Look) *stage{
		"normal": func(look ui.Look) *stage { return open(t, look, &fakeCore{takes: aBand()}, linked()) },
		"empty":  func(look ui.Look) *stage { return open(t, look, &fakeCore{}, control.Snapshot{}) },
		"recording": func(look ui.Look) *stage {
			s := open(t, look, &fakeCore{takes: aBand()}, linked(recording, func(s *control.Snapshot) {
				s.Landings = []control.Landing{
					{TakeID: "l1", Name: "Night Drive 25", Step: "copying", Done: 0.62},
					{TakeID: "l2", Name: "Orchestra, all microphones", Step: "waiting"},
				}
			}))
			s.page.stripView.meters["t1"].set(0.62, 0.55)
			s.page.stripView.meters["t2"].set(0.98, 0.41)
			return s
		},
		"crowded": func(look ui.Look) *stage {
			s := open(t, look, &fakeCore{takes: many(10000)}, linked())
			s.page.setShow(func(q *takelist.Show) { q.Rating, q.Text = 3, "song" })
			s.page.bar.setText("song")
			s.page.list.scrollTo(20000)
			s.settle(func() bool { return len(s.page.waves.running) == 0 && len(s.page.waves.queue) == 0 })
			return s
		},
		"bouncing": func(look ui.Look) *stage {
			return open(t, look, &fakeCore{takes: many(40)}, linked(recording, func(s *control.Snapshot) {
				s.State.Take.Bounce = &live.Bounce{Kind: live.BounceStems, Length: 128, Sources: make([]live.BouncedFrom, 8)}
				s.State.Transport.CurrentSongTime = 47
				s.Landings = []control.Landing{{TakeID: "l1", Name: "A landing that cannot go on, with a name that is rather too long for its column", Step: "copying", Problem: "The disk is full: 2.1 GB are missing. Make room, and it goes on by itself."}}
			}))
		},
		"orchestra": func(look ui.Look) *stage {
			return open(t, look, &fakeCore{takes: many(40)}, linked(func(s *control.Snapshot) {
				for n := range 16 {
					s.State.Tracks = append(s.State.Tracks, live.Track{ID: fmt.Sprint("o", n), Name: fmt.Sprintf("Violins desk %d, close", n+1), Kind: live.KindAudio, Arm: true})
				}
			}))
		},
		"away": func(look ui.Look) *stage {
			return open(t, look, &fakeCore{away: &control.Error{Message: "The takes folder /Volumes/Recordings/Takebar is not there.", Hint: "Plug the disk in, or choose another folder in Settings."}}, linked())
		},
		"behind": func(look ui.Look) *stage {
			s := open(t, look, &fakeCore{takes: aBand()}, linked(func(s *control.Snapshot) {
				s.Library.Problem = "The disk with the takes folder /Volumes/Recordings/Takebar is not connected. Plug it in to play and change these takes."
				s.State.Tracks[0].Arm, s.State.Tracks[1].Arm = false, false
			}))
			s.page.setShow(func(q *takelist.Show) { q.Sort = takelist.ByName })
			s.settle(func() bool { return len(s.page.waves.running) == 0 && len(s.page.waves.queue) == 0 })
			s.key(fyne.KeyF2)
			return s
		},
		"trash": func(look ui.Look) *stage {
			takes := aBand()
			takes[3].Trashed, takes[6].Trashed = true, true
			s := open(t, look, &fakeCore{takes: takes}, linked())
			s.page.setShow(func(q *takelist.Show) { q.Trash = true })
			s.settle(func() bool { return len(s.page.waves.running) == 0 && len(s.page.waves.queue) == 0 })
			return s
		},
	}
	for name, state := range states {
		for variant, look := range map[string]ui.Look{"light": light(), "dark": dark()} {
			t.Run(name+"-"+variant, func(t *testing.T) {
				golden.Image(t, state(look).window.Canvas(), name+"-"+variant, 1)
			})
		}
	}
	t.Run("large", func(t *testing.T) {
		look := dark()
		look.Text = 1.4
		s := open(t, look, &fakeCore{takes: aBand()}, linked(recording))
		golden.Image(t, s.window.Canvas(), "recording-dark-large", 1)
	})
	t.Run("double", func(t *testing.T) {
		s := open(t, light(), &fakeCore{takes: aBand()}, linked(recording))
		s.window.Resize(fyne.NewSize(760, 420))
		golden.Image(t, s.window.Canvas(), "recording-light-2x", 2)
	})
}
