package opened

import (
	"flag"
	"testing"

	"fyne.io/fyne/v2/theme"

	"github.com/takebar/takebar/app/opentake"
	"github.com/takebar/takebar/app/window/ui"
	"github.com/takebar/takebar/app/window/ui/golden"
	"github.com/takebar/takebar/internal/take/sidecar"
)

var _ = flag.Bool("update", false, "write the golden pictures anew")

func TestPictures(t *testing.T) {
	states := []struct {
		name          string
		width, height float32
		set           func(r *room)
	}{
		{"nothing", 640, 640, func(*room) {}},
		{"stereo", 640, 640, func(r *room) { r.show(stereoTake()) }},
		{"wide", 1000, 700, func(r *room) { r.show(stereoTake()) }},
		{"narrow", 430, 640, func(r *room) { r.show(bandTake(3)) }},
		{"lanes", 720, 680, func(r *room) {
			r.show(bandTake(8))
			w := r.view.waves
			w.muted(1)
			w.soloed(3)
			w.soloed(0)
			r.view.chooseLane(3)
			r.wait()
		}},
		{"playing", 640, 640, func(r *room) {
			r.show(stereoTake())
			w := r.view.waves
			r.view.setLoop(opentake.Loop{}.Between(w.axis, 40*48000, 95*48000))
			r.view.seek(52 * 48000)
			r.view.toggleBars()
			r.view.playPause()
			r.wait()
			r.player.plays(480, -0.4, -9)
			r.poll()
			for range 8 {
				r.player.plays(480, -14, -16)
				r.poll()
			}
		}},
		{"zoomed", 640, 640, func(r *room) {
			r.show(stereoTake())
			w := r.view.waves
			r.view.seek(-0)
			w.look(w.stretch.Around(w.axis, -4*48000, 6*48000))
			r.wait()
		}},
		{"trashed", 640, 640, func(r *room) {
			e := stereoTake()
			e.Trashed, e.Note = true, ""
			r.show(e)
		}},
		{"missing", 640, 640, func(r *room) {
			e := bandTake(3)
			e.Name = "Missing files"
			r.gone[e.Paths[1]] = true
			r.gone[e.Files[1].OriginalPath] = true
			e.Status = sidecar.StatusPartial
			e.Missing = []sidecar.Missing{{Track: "Piano", Code: "file_unfinished", Message: "x"}}
			e.Files[2].Silent, e.Files[2].PeakDBFS = true, -96
			r.gone[e.Set.Path] = true
			r.show(e)
			r.view.chooseLane(1)
		}},
		{"midi", 640, 640, func(r *room) {
			e := stereoTake()
			e.Files, e.Paths, e.Status = nil, nil, sidecar.StatusMIDI
			e.Warnings = []sidecar.Warning{{Code: "midi_only", Message: "x"}}
			r.show(e)
		}},
		{"convert", 640, 640, func(r *room) {
			r.show(stereoTake())
			r.view.convert()
			r.wait()
		}},
	}
	looks := []struct {
		name string
		look ui.Look
	}{
		{"light", ui.Look{Variant: theme.VariantLight}},
		{"dark", ui.Look{Variant: theme.VariantDark}},
	}
	for _, s := range states {
		for _, l := range looks {
			t.Run(s.name+"-"+l.name, func(t *testing.T) {
				r := newRoom(t, l.look, s.width, s.height)
				s.set(r)
				r.wait()
				golden.Image(t, r.window.Canvas(), s.name+"-"+l.name, 1)
			})
			if s.name == "lanes" || s.name == "playing" {
				t.Run(s.name+"-"+l.name+"-2x", func(t *testing.T) {
					r := newRoom(t, l.look, s.width, s.height)
					s.set(r)
					r.wait()
					golden.Image(t, r.window.Canvas(), s.name+"-"+l.name+"-2x", 2)
				})
			}
		}
	}
}

func TestGermanPicture(t *testing.T) {
	r := newRoomIn(t, "de", ui.Look{Variant: theme.VariantLight}, 640, 640)
	e := stereoTake()
	r.gone[e.Files[0].OriginalPath] = true
	r.show(e)
	r.ui(r.view.convert)
	golden.Image(t, r.window.Canvas(), "convert-german", 1)
	r.press("Abbrechen")
	golden.Image(t, r.window.Canvas(), "stereo-german", 1)
}
