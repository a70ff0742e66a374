package control

import (
	"slices"

	"github.com/takebar/takebar/bridge/live"
	"github.com/takebar/takebar/internal/take/sidecar"
)

// fate is what has become of a take, as far as the core is concerned.
type fate string

const (
	fateRunning fate = "running" // Live has not ended it
	fateEnded   fate = "ended"   // it is to be landed
	fateLanding fate = "landing" // it is being landed
	fateLanded  fate = "landed"  // it is in the library
	fateDropped fate = "dropped" // it was discarded: nothing to land
	fateFailed  fate = "failed"  // it could not be landed
	fateLost    fate = "lost"    // Live went away during it
)

// over says that nothing more happens to the take, unless Live shows it again.
func (f fate) over() bool {
	return f == fateLanded || f == fateDropped || f == fateFailed || f == fateLost
}

// account is what the core knows of one take.
type account struct {
	take    live.Take
	from    live.Link
	pid     int // of the Live that recorded it
	fate    fate
	entry   LibraryTake
	err     error
	watched bool          // it was seen running by this core, so its end is news
	told    bool          // its beginning was told
	noted   live.Phase    // phase that the library was told of
	settled chan struct{} // closed when fate is over
}

// reopen takes an account up again that was over.
func (a *account) reopen() {
	a.fate, a.err = fateRunning, nil
	select {
	case <-a.settled:
		a.settled = make(chan struct{})
	default: // somebody may be waiting for it
	}
}

// An order is something that the ledger wants done. The Controller carries it out.
type order struct {
	kind   orderKind
	take   live.Take
	from   live.Link
	notice *Notice
}

type orderKind string

const (
	orderExpect orderKind = "expect" // tell the library that the take records, or was discarded
	orderLand   orderKind = "land"
	orderLost   orderKind = "lost"
	orderNotice orderKind = "notice"
	orderAsk    orderKind = "ask" // ask Live for its list of takes
)

// ledger knows every take that was seen and sees to it that each one that ended is landed once. One goroutine owns it; it does nothing itself, but answers with
// orders, so that it can be tested as a table.
type ledger struct {
	accounts map[string]*account
	order    []string // ids, oldest first
	linked   bool
	ready    bool   // the library has finished what an earlier run began
	running  string // id of the take that runs, "" if none
}

// accountsKept bounds the memory of takes that are over.
const accountsKept = 500

func newLedger() *ledger { return &ledger{accounts: map[string]*account{}} }

func (l *ledger) open(t live.Take) *account {
	a := l.accounts[t.ID]
	if a == nil {
		a = &account{settled: make(chan struct{}), fate: fateRunning}
		l.accounts[t.ID] = a
		l.order = append(l.order, t.ID)
		l.prune()
	}
	return a
}

func (l *ledger) prune() {
	for i := 0; len(l.order) > accountsKept && i < len(l.order); {
		if id := l.order[i]; l.accounts[id].fate.over() {
			delete(l.accounts, id)
			l.order = slices.Delete(l.order, i, i+1)
			continue
		}
		i++
	}
}

// link takes in a report of the link.
func (l *ledger) link(r live.LinkReport) []order {
	var todo []order
	connected := r.Phase == live.LinkConnected && r.State != nil
	if connected && !l.linked {
		todo = append(todo, order{kind: orderAsk})
	}
	if l.linked && !connected && l.running != "" {
		a := l.accounts[l.running]
		todo = append(todo, order{kind: orderNotice, notice: linkLostNotice(a.take)})
	}
	l.linked = connected
	if connected && r.State.Take != nil {
		// Another take than before without having seen the end of the former: changes are merged for a slow reader.
		if l.running != "" && l.running != r.State.Take.ID {
			todo = append(todo, order{kind: orderAsk})
		}
		todo = append(todo, l.see(*r.State.Take, r.State.Link, r.PID)...)
	}
	if r.Gone != 0 && l.running != "" && l.accounts[l.running].pid == r.Gone {
		a := l.accounts[l.running]
		l.running = ""
		a.fate = fateLost
		todo = append(todo, order{kind: orderLost, take: a.take, from: a.from})
	}
	return todo
}

// list takes in Live's list of takes.
func (l *ledger) list(takes []live.Take, from live.Link, pid int) []order {
	var todo []order
	for _, t := range takes {
		if a := l.accounts[t.ID]; a != nil && a.fate == fateFailed && t.Phase == live.PhaseFinished {
			a.reopen() // the disk may have room again
		}
		todo = append(todo, l.see(t, from, pid)...)
	}
	return todo
}

// see takes in one take as Live shows it.
func (l *ledger) see(t live.Take, from live.Link, pid int) []order {
	a := l.open(t)
	if a.fate.over() && a.fate != fateLost || a.fate == fateLanding {
		return nil
	}
	if a.fate == fateLost { // Live is back with it
		a.reopen()
	}
	a.take, a.from, a.pid = t, from, pid
	if !t.Phase.Ended() {
		return l.runs(a)
	}
	if l.running == t.ID {
		l.running = ""
	}
	if t.Phase == live.PhaseCancelled {
		a.fate = fateDropped
		a.err = errDiscarded()
		close(a.settled)
		return []order{{kind: orderExpect, take: t}} // the library forgets it
	}
	if a.fate == fateEnded {
		return nil // it waits already
	}
	a.fate = fateEnded
	return l.landings()
}

func (l *ledger) runs(a *account) []order {
	var todo []order
	a.fate, a.watched = fateRunning, true
	l.running = a.take.ID
	if a.noted != a.take.Phase {
		a.noted = a.take.Phase
		todo = append(todo, order{kind: orderExpect, take: a.take})
	}
	if !a.told && a.take.Phase == live.PhaseRecording {
		a.told = true
		todo = append(todo, order{kind: orderNotice, notice: startedNotice(a.take)})
	}
	return todo
}

// known notes a take that an earlier run began and the library has finished.
func (l *ledger) known(e LibraryTake) {
	a := l.open(live.Take{ID: e.ID})
	if a.fate == fateRunning || a.fate == fateEnded {
		a.entry, a.fate = e, fateLanded
		close(a.settled)
	}
}

// begin says that the library is ready; landings may start.
func (l *ledger) begin() []order {
	l.ready = true
	return l.landings()
}

// landings orders what waits.
func (l *ledger) landings() []order {
	if !l.ready {
		return nil
	}
	var todo []order
	for _, id := range l.order {
		if a := l.accounts[id]; a.fate == fateEnded {
			a.fate = fateLanding
			todo = append(todo, order{kind: orderLand, take: a.take, from: a.from})
		}
	}
	return todo
}

// landed takes in the end of a landing. again: it was in the library before.
func (l *ledger) landed(id string, entry LibraryTake, err error, again bool) []order {
	a := l.accounts[id]
	if a == nil || a.fate != fateLanding {
		return nil
	}
	a.entry, a.err, a.fate = entry, err, fateLanded
	if err != nil {
		a.fate = fateFailed
	}
	close(a.settled)
	switch {
	case err != nil && (a.watched || a.take.Phase == live.PhaseFinished):
		return []order{{kind: orderNotice, notice: failedNotice(a.take, err)}}
	case err == nil && !again && entry.Source != sidecar.SourceBounce: // a bounce is told of when it is where it was wanted
		return []order{{kind: orderNotice, notice: landedNotice(entry)}}
	}
	return nil
}

// lost takes in what the library found of a take that Live did not finish.
func (l *ledger) lost(id, problem string) []order {
	a := l.accounts[id]
	if a == nil || a.fate != fateLost {
		return nil
	}
	if problem == "" {
		problem = "Live went away while it was recording."
	}
	a.err = &Error{Code: CodeTakeLost, Message: problem, Hint: "Start Live again and look at the set."}
	close(a.settled)
	return []order{{kind: orderNotice, notice: failedNotice(a.take, a.err)}}
}

func errDiscarded() error {
	return &Error{Code: CodeTakeCancelled, Message: "The take was discarded.", Hint: "Its audio file stays in Live's project, if one was made."}
}
