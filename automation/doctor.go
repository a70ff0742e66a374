package automation

import (
	"context"
	"errors"

	"github.com/takebar/takebar/automation/desktop"
	"github.com/takebar/takebar/automation/keys"
)

// Finding is one thing that decides whether attempts are possible on this machine.
type Finding struct {
	Name string
	OK   bool
	Text string
	Fix  string
}

// Examine looks at everything that attempts need here. Nothing is pressed. The first finding says whether attempts are switched on.
func (e *Engine) Examine(ctx context.Context) []Finding {
	on := Finding{Name: "switched on", OK: true, Text: "They are switched on."}
	if err := e.Allowed(); err != nil {
		on = finding("switched on", err)
	}
	all := []Finding{on}
	desk, err := e.o.Desktop()
	if err == nil {
		defer func() { _ = desk.Close() }() // nothing was written through it
		err = desk.Ready(ctx)
	}
	if err != nil {
		return append(all, finding("session", asRefusal(err)))
	}
	all = append(all, Finding{Name: "session", OK: true, Text: "Windows can be seen and reached here."})
	a := &attempt{e: e, trace: &trace{discard: true}}
	if err := a.openDesktop(ctx); err != nil {
		all = append(all, finding("key driver", err))
	} else {
		all = append(all, Finding{Name: "key driver", OK: true, Text: "It starts and answers."})
	}
	if a.desk != nil {
		_ = a.desk.Close() // nothing was written through it
	}
	for _, k := range []keys.Key{keys.ChordE, keys.ChordR} {
		if err := desk.Layout(ctx, k.Letter()); err != nil {
			all = append(all, finding("keyboard layout", asRefusal(err)))
			break
		}
	}
	return append(all, e.examineLive(ctx, desk)...)
}

func (e *Engine) examineLive(ctx context.Context, desk desktop.Driver) []Finding {
	a := &attempt{e: e, desk: desk, trace: &trace{discard: true}}
	s, ok := e.o.Link.State()
	if !ok {
		return []Finding{{Name: "Live", OK: true, Text: "Live is not linked now, so its window was not looked at."}}
	}
	a.plan.Set = s.Set
	var all []Finding
	w, err := a.theLive(ctx)
	if err == nil {
		err = asRefusal(desk.MayType(ctx, w))
	}
	if err != nil {
		all = append(all, finding("Live's window", err))
	} else {
		all = append(all, Finding{Name: "Live's window", OK: true, Text: "It is " + w.String() + "."})
	}
	r, ok, err := e.store.rehearsed(s.Link.Live)
	switch {
	case err != nil:
		all = append(all, finding("rehearsal", err))
	case !ok:
		all = append(all, finding("rehearsal", refuse(ReasonNotRehearsed, "The shortcut has not been rehearsed with Live %s.", s.Link.Live)))
	default:
		all = append(all, Finding{Name: "rehearsal", OK: true, Text: r.Sentence})
	}
	return all
}

func finding(name string, err error) Finding {
	var r *Refusal
	if errors.As(err, &r) {
		return Finding{Name: name, Text: r.Error(), Fix: r.ErrorHint()}
	}
	return Finding{Name: name, Text: err.Error()}
}
