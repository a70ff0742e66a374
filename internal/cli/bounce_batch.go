package cli

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"strings"
	"sync"

	"github.com/takebar/takebar/app"
	"github.com/takebar/takebar/automation"
	"github.com/takebar/takebar/internal/bounces"
	"github.com/takebar/takebar/internal/control"
)

// BounceSets is what a batch of bounces needs besides a core.
type BounceSets struct {
	File string // that keeps the batch
	// Open has the system open a .als.
	Open func(ctx context.Context, path string) error
}

// tidyBounces deletes what bounces have left in the set.
func (r *run) tidyBounces(ctx context.Context, core Core) error {
	b, err := bounceCore(core)
	if err != nil {
		return err
	}
	gone, err := b.TidyBounces(ctx, true)
	if err != nil {
		return err
	}
	return r.show(map[string]any{"deleted": gone}, func() string {
		if len(gone) == 0 {
			return "No bounce has left anything in this set."
		}
		var names []string
		for _, t := range gone {
			names = append(names, t.Name)
		}
		return "Deleted: " + app.Clean(strings.Join(names, ", ")) + "."
	})
}

func bounceCore(core Core) (control.BounceCore, error) {
	if b, ok := core.(control.BounceCore); ok {
		return b, nil
	}
	return nil, errNoBounces()
}

func errNoBounces() error {
	return &control.Error{Code: control.CodeNotSupported, Message: "This Takebar cannot bounce.", Hint: "Record a take of the main output instead."}
}

// bounceBatch begins a batch with the given sets, or goes on with the last one.
func (r *run) bounceBatch(ctx context.Context, w bounceWords, q control.BounceRequest, given []string) error {
	if r.BounceSets == nil {
		return &control.Error{Code: control.CodeNotSupported, Message: "This Takebar cannot bounce several sets."}
	}
	with, err := r.BounceSets()
	if err != nil {
		return err
	}
	release, err := bounces.Acquire(with.File)
	if err != nil {
		return err
	}
	defer func() { _ = release() }() // the system does it in any case
	b, err := bounces.Load(with.File)
	if w.forget {
		b, err = bounces.Batch{}, bounces.Save(with.File, bounces.Batch{})
		if err == nil && len(given) == 0 {
			return r.show(map[string]bool{"forgotten": true}, func() string { return "The batch is empty." })
		}
	}
	if err != nil {
		return err
	}
	switch {
	case len(given) > 0 && b.Left() > 0:
		return &control.Error{
			Code: "batch_left", Message: fmt.Sprintf("%d of %d sets of the last batch are left.", b.Left(), len(b.Items)),
			Hint: "“takebar bounce --batch” goes on with them; add --forget to begin anew.",
		}
	case len(given) > 0:
		sets, skipped, err := automation.FindSets(given)
		if err != nil {
			return err
		}
		for _, s := range skipped {
			r.say(fmt.Sprintf("Left out: %s (%s)", s.Path, s.Why))
		}
		b = bounces.New(r.bounceID(), q, w.leaveSets, sets)
		if err := bounces.Save(with.File, b); err != nil {
			return err
		}
	case b.Left() == 0:
		return usagef("nothing is left of the last batch; say which sets to bounce")
	default:
		b.LeaveSets = b.LeaveSets || w.leaveSets
	}
	return r.once(ctx, withoutLive, func(ctx context.Context, core Core) error { return r.runBatch(ctx, core, b, with) })
}

func (r *run) bounceID() string {
	var random [4]byte
	_, _ = rand.Read(random[:]) // never fails, says crypto/rand
	return r.Now().Format("20060102-150405-") + hex.EncodeToString(random[:])
}

func (r *run) runBatch(ctx context.Context, core Core, b bounces.Batch, with BounceSets) error {
	bouncer, ok := core.(bounces.Core)
	if !ok {
		return errNoBounces()
	}
	_ = core.NeedLive(ctx) // without it, opening a set starts Live
	stop, leave, restore := r.stopOnInterrupt()
	defer restore()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	defer context.AfterFunc(leave, func() { cancel(errLeft) })()
	var beside sync.WaitGroup
	defer beside.Wait()
	watching, done := context.WithCancel(ctx)
	defer done()
	beside.Go(func() { r.bounceProgress(watching, core) })
	beside.Go(func() {
		select {
		case <-watching.Done():
			return
		case <-stop.Done():
		}
		r.say("Stopping the batch. What was recorded of this set still lands; Ctrl+C again leaves without waiting.")
		if core.Snapshot().RunningTake() == nil {
			return // between two sets
		}
		if _, err := bouncer.StopBounce(watching); err != nil && watching.Err() == nil {
			r.complain(err)
		}
	})
	told := map[int]bounces.Status{}
	b, err := bounces.Run(ctx, b, bounces.Options{
		Core: bouncer,
		File: with.File, Open: with.Open, Check: automation.CheckSet, IsOpen: automation.SetIsOpen, NewID: r.bounceID, Now: r.Now, Stopping: stop.Done(),
		Changed: func(b bounces.Batch, n int) {
			if n == 0 || told[n] == b.Items[n-1].Status {
				return
			}
			told[n] = b.Items[n-1].Status
			r.say(fmt.Sprintf("%d of %d, %s: %s", n, len(b.Items), app.Clean(b.Items[n-1].Set), told[n]))
		},
	})
	done()
	if err != nil {
		return err
	}
	if err := r.show(b, func() string { return cleanLines(b.Table()) }); err != nil {
		return err
	}
	if b.Worst() != bounces.Done {
		return silent{exitFailed}
	}
	return nil
}

// cleanLines makes text of several lines fit for a terminal, whatever the names in it are.
func cleanLines(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		rest := strings.TrimLeft(line, " ")
		lines[i] = line[:len(line)-len(rest)] + app.Clean(rest)
	}
	return strings.Join(lines, "\n")
}
