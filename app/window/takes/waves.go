package takes

import (
	"container/list"
	"context"
	"errors"

	"github.com/takebar/takebar/app/window/ports"
	"github.com/takebar/takebar/app/window/ui"
	"github.com/takebar/takebar/internal/control"
)

const (
	wavesKept   = 1024 // outlines; each is some 400 bytes
	wavesAtOnce = 2    // read at the same time: a disk likes no more
)

// waves fetches the waveforms of visible rows in the background and keeps the last ones. All of it belongs to the user interface's goroutine.
type waves struct {
	desk   *ui.Desk
	source ports.Waveforms
	ready  func(path string) // an outline has come

	kept    map[string]*list.Element // of keptWave
	recent  *list.List               // the one used last in front
	wanted  map[string]int           // rows that show a path
	running map[string]context.CancelFunc
	queue   []string // waiting; the last one asked for goes first
}

type keptWave struct {
	path    string
	outline *outline // nil = the file could not be read
}

func newWaves(desk *ui.Desk, source ports.Waveforms, ready func(string)) *waves {
	return &waves{
		desk: desk, source: source, ready: ready,
		kept: map[string]*list.Element{}, recent: list.New(), wanted: map[string]int{}, running: map[string]context.CancelFunc{},
	}
}

// want tells that a row shows a path and gives its outline; known is false where it is still to come.
func (w *waves) want(path string) (o *outline, known bool) {
	w.wanted[path]++
	if e, ok := w.kept[path]; ok {
		w.recent.MoveToFront(e)
		return e.Value.(keptWave).outline, true
	}
	if w.wanted[path] == 1 && w.running[path] == nil {
		w.queue = append(w.queue, path)
		w.next()
	}
	return nil, false
}

// release tells that a row no longer shows a path: where nobody else does, its waveform is not fetched any more.
func (w *waves) release(path string) {
	w.wanted[path]--
	if w.wanted[path] > 0 {
		return
	}
	delete(w.wanted, path)
	if cancel := w.running[path]; cancel != nil {
		cancel()
	}
}

// forget drops what is known of a path, as when its file has changed.
func (w *waves) forget(path string) {
	if e, ok := w.kept[path]; ok {
		w.recent.Remove(e)
		delete(w.kept, path)
	}
}

// renew drops what is known of the files of a take that are others now under the same names.
func (w *waves) renew(before, now control.LibraryTake) {
	for n, f := range before.Files {
		if n < len(before.Paths) && (n >= len(now.Files) || now.Files[n].SHA256 != f.SHA256) {
			w.forget(before.Paths[n])
		}
	}
}

func (w *waves) next() {
	for len(w.running) < wavesAtOnce && len(w.queue) > 0 {
		path := w.queue[len(w.queue)-1]
		w.queue = w.queue[:len(w.queue)-1]
		if w.wanted[path] == 0 || w.running[path] != nil {
			continue
		}
		w.fetch(path)
	}
}

func (w *waves) fetch(path string) {
	ctx, cancel := context.WithCancel(w.desk.Context())
	w.running[path] = cancel
	var o *outline
	w.desk.Run(func(context.Context) error { // ctx ends with the desk's as well
		wave, err := w.source.Overview(ctx, path)
		if err == nil {
			o = newOutline(wave)
		}
		return err
	}, func(err error) {
		cancel()
		delete(w.running, path)
		switch {
		case err == nil || !errors.Is(err, context.Canceled):
			w.keep(path, o)
			w.ready(path)
		case w.wanted[path] > 0: // it went out of sight and came back
			w.queue = append(w.queue, path)
		}
		w.next()
	})
}

func (w *waves) keep(path string, o *outline) {
	w.forget(path)
	w.kept[path] = w.recent.PushFront(keptWave{path, o})
	for w.recent.Len() > wavesKept {
		w.forget(w.recent.Back().Value.(keptWave).path)
	}
}
