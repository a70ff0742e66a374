package automation

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// Plan looks at everything that an attempt would check and prints what it would press. Nothing is pressed, no window is brought to the
// front and no file is written. What is in the way stands in Hindrance.
func (e *Engine) Plan(ctx context.Context, req Request) (Plan, error) {
	if err := e.Allowed(); err != nil {
		return Plan{}, err
	}
	a := &attempt{e: e, plan: Plan{ID: "plan", Made: e.o.Clock.Now(), Chord: e.o.Chord, Dialog: "Export Audio/Video"}}
	a.trace = &trace{clock: e.o.Clock, discard: true}
	a.lastWall, a.lastMono = e.o.Clock.Now(), e.o.Clock.Mono()
	defer func() {
		if a.desk != nil {
			_ = a.desk.Close() // nothing was written through it
		}
	}()
	for _, check := range []func() error{
		func() error { return a.preflight(ctx, req) },
		func() error { return a.bridgeCheck(req) },
		func() error { return a.findWindow(ctx) },
		func() error {
			for _, dir := range a.plan.Folders {
				if err := writable(dir); err != nil {
					return err
				}
			}
			return nil
		},
		func() error { return asRefusal(a.desk.Layout(ctx, a.plan.Chord.Letter())) },
	} {
		err := check()
		var r *Refusal
		if errors.As(err, &r) {
			a.plan.Hindrance = asRefused(r)
			break
		}
		if err != nil {
			return a.plan, err
		}
	}
	return a.plan, nil
}

// sameSet compares the set's path as Live reports it with a .als of this system.
func sameSet(reported *string, want string) bool {
	if reported == nil || *reported == "" {
		return false
	}
	a, b := samePath(localPath(*reported)), samePath(want)
	return a == b
}

func samePath(p string) string {
	if abs, err := filepath.Abs(p); err == nil {
		p = abs
	}
	if real, err := filepath.EvalSymlinks(p); err == nil {
		p = real
	}
	p = norm.NFC.String(filepath.Clean(p))
	if os.PathSeparator == '\\' {
		p = strings.ToLower(p) // Windows' names ignore case
	}
	return p
}
