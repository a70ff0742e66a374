// Package uitest gives tests of pages the user interface's goroutine: what the pages' background work wants done there waits in a queue that the
// test works off itself, so that tests are free of races and wait for conditions. It is for tests only.
package uitest

import (
	"testing"
	"time"

	"github.com/takebar/takebar/app/window/ui"
)

// patience is only for what never comes.
const patience = 20 * time.Second

// Queue is what waits for the user interface's goroutine, which is the test's own.
type Queue struct {
	// State is shown where a test waits in vain; nil = nothing.
	State func() string

	t    testing.TB
	desk *ui.Desk
	work chan func()
}

// NewQueue has the desk bring its work here. At the end of the test the desk is closed, before it what was opened after the queue.
func NewQueue(t testing.TB, desk *ui.Desk) *Queue {
	t.Helper()
	q := &Queue{t: t, desk: desk, work: make(chan func(), 1000)}
	desk.Later = func(f func()) {
		select {
		case q.work <- f:
		case <-desk.Context().Done():
		}
	}
	t.Cleanup(desk.Close)
	return q
}

// Drain works off what waits now.
func (q *Queue) Drain() {
	for {
		select {
		case f := <-q.work:
			f()
		default:
			return
		}
	}
}

// Until works off the queue until something is so and nothing waits any more.
func (q *Queue) Until(what string, ok func() bool) {
	q.t.Helper()
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	for {
		if q.Drain(); ok() {
			return
		}
		select {
		case f := <-q.work:
			f()
		case <-deadline.C:
			state := ""
			if q.State != nil {
				state = "\n" + q.State()
			}
			q.t.Fatalf("never came: %s%s", what, state)
		}
	}
}

// Settle works off the queue until nothing is under way.
func (q *Queue) Settle() {
	q.t.Helper()
	q.Until("rest", func() bool { return q.desk.Busy() == 0 && len(q.work) == 0 })
}
