package automation

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"time"

	"github.com/gofrs/flock"
)

const (
	lockName   = "attempt.lock"
	statusName = "attempt.status" // what runs, for other processes; not .json, because it changes all the time
	// A look at the lock from another process holds it for an instant; a start gets over that.
	lockPatience, lockPause = 300 * time.Millisecond, 20 * time.Millisecond
)

// Running is what runs now, in this process or in another one of the user's; own says which. Status is zero where nothing runs.
func (e *Engine) Running() (s Status, own bool) {
	if s = e.Status(); s.Kind != "" {
		return s, true
	}
	var stored Status
	if err := readJSON(e.store.path(statusName), &stored); err != nil {
		return Status{}, false // nothing runs, or it has just ended
	}
	lock := flock.New(e.store.path(lockName))
	free, err := lock.TryRLock()
	if err == nil && free {
		_ = lock.Unlock() // closing the file lets go of it in any case
		return Status{}, false
	}
	return stored, false
}

// publish writes down what runs, for Running in other processes. A size alone is written once a second at most.
func (e *Engine) publish(s Status) {
	path := e.store.path(statusName)
	if s.Kind == "" {
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			e.o.Logger.Warn("removing the status", "file", path, "err", err)
		}
		return
	}
	now := e.o.Clock.Mono()
	e.mu.Lock()
	last, at := e.published, e.publishedAt
	last.Bytes = s.Bytes
	skip := last == s && now-at < time.Second
	if !skip {
		e.published, e.publishedAt = s, now
	}
	e.mu.Unlock()
	if skip {
		return
	}
	if err := replaceJSON(path, s, false); err != nil {
		e.o.Logger.Warn("writing the status", "file", path, "err", err)
	}
}

// claim takes the lock over all processes. got is false where another one has it.
func (e *Engine) claim(ctx context.Context) (lock *flock.Flock, got bool, err error) {
	lock = flock.New(e.store.path(lockName))
	ctx, cancel := context.WithTimeout(ctx, lockPatience)
	defer cancel()
	got, err = lock.TryLockContext(ctx, lockPause)
	if errors.Is(err, context.DeadlineExceeded) {
		return lock, false, nil
	}
	return lock, got, err
}
