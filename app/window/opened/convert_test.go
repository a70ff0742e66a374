package opened

import (
	"errors"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"github.com/takebar/takebar/app/window/ui/golden"
)

// choice finds the n-th choice of the dialog, from 0.
func (r *room) choice(n int) *widget.Select {
	r.t.Helper()
	found := golden.Find(r.window.Canvas(), func(*widget.Select) bool { n--; return n < 0 })
	if found == nil {
		r.t.Fatal("the dialog lacks a choice")
	}
	return found
}

func (r *room) format(label string) {
	r.t.Helper()
	g := golden.Find(r.window.Canvas(), func(*widget.RadioGroup) bool { return true })
	if g == nil {
		r.t.Fatal("the dialog has no formats")
	}
	r.ui(func() { g.SetSelected(label) })
}

func TestConvert(t *testing.T) {
	r := lightRoom(t)
	r.show(bandTake(2))
	r.view.chooseLane(1)
	r.copies.begun, r.copies.hold = make(chan struct{}), make(chan struct{})
	r.key(fyne.KeyE, ctrl)
	r.choice(0).SetSelectedIndex(1) // only this track
	r.format("MP3")
	r.choice(1).SetSelectedIndex(2) // 320
	r.choice(2).SetSelectedIndex(2) // -14 LUFS
	check := golden.Find(r.window.Canvas(), func(*widget.Check) bool { return true })
	test.Tap(check)
	confirm := golden.Find(r.window.Canvas(), func(b *widget.Button) bool { return b.Text == "Convert" })
	test.Tap(confirm)
	<-r.copies.begun
	r.view.turn.Lock()
	running := r.view.copy.running()
	for _, c := range r.view.Commands() {
		if c.Key == fyne.KeyE && !c.Off {
			t.Error("a second conversion can be begun")
		}
	}
	bar := golden.Find(r.window.Canvas(), func(*widget.ProgressBar) bool { return true })
	if !running || bar == nil || bar.Value != 0.4 {
		t.Errorf("running %v, progress %v", running, bar)
	}
	r.view.turn.Unlock()
	close(r.copies.hold)
	r.wait()
	w := r.copies.wish
	if w.Format != "mp3" || w.Quality != "320" || w.Bits != "" || w.Level != "-14LUFS" || !w.TrimEnd || w.NoPre || len(w.Files) != 1 || w.Files[0] != 1 || w.Take.ID != r.view.entry.ID {
		t.Errorf("wished for %+v", w)
	}
	if !r.says("“copy.mp3” is ready") {
		t.Error("no toast")
	}
	r.press("Reveal")
	if got := r.files.calls[len(r.files.calls)-1]; got != "reveal [/music/takes/copy.mp3]" {
		t.Errorf("reveal: %s", got)
	}
	// The last wish comes up again, but for the choice of files.
	r.copies.begun, r.copies.hold = nil, nil
	r.key(fyne.KeyE, ctrl)
	if got := r.choice(1).SelectedIndex(); got != 2 {
		t.Errorf("the quality is %d", got)
	}
	r.press("Cancel")
	if r.view.copy.running() {
		t.Error("cancelled, and something is made")
	}
}

func TestConvertCancel(t *testing.T) {
	r := lightRoom(t)
	r.show(stereoTake())
	r.copies.begun, r.copies.hold = make(chan struct{}), make(chan struct{})
	r.key(fyne.KeyE, ctrl)
	confirm := golden.Find(r.window.Canvas(), func(b *widget.Button) bool { return b.Text == "Convert" })
	test.Tap(confirm)
	<-r.copies.begun
	r.view.turn.Lock()
	stop := golden.Find(r.window.Canvas(), func(b *button) bool { return b.text == "Cancel" })
	r.view.turn.Unlock()
	r.ui(func() { test.Tap(stop) })
	if !r.says("Stopped. Nothing of the copy is left.") || r.view.copy.running() {
		t.Error("not stopped")
	}
}

func TestConvertTroubles(t *testing.T) {
	r := lightRoom(t)
	r.show(stereoTake())
	r.copies.noMP3 = errors.New("no LAME was found; install it")
	r.key(fyne.KeyE, ctrl)
	r.format("MP3")
	if !r.says("No LAME was found; install it.") {
		t.Error("the dialog does not say that MP3 cannot be made")
	}
	r.format("FLAC")
	if r.says("No LAME") {
		t.Error("the refusal stays with another format")
	}
	r.copies.err = errFake
	r.press("Convert")
	if !r.says("The disk is gone.") || r.view.copy.running() {
		t.Error("no word about the failure")
	}
}
