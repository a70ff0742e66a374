package bridge

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/takebar/takebar/bridge/live"
	"github.com/takebar/takebar/internal/wire"
)

// queueMost bounds the changes that wait to be applied. More of them say that this program stands still; then the whole state is read again.
const queueMost = 4096

// connection is one connection to one Live, from the attempt to its end. Only the keeper's goroutine touches it, but for the queue.
type connection struct {
	to     found
	cancel context.CancelFunc // ends everything that works for it
	sess   *wire.Session      // nil while connecting
	hello  live.HelloResult

	state      *live.State // nil until the first one came
	revision   uint64
	syncing    bool      // state.subscribe waits for its answer
	parts      int       // changes that have yet to come until the state of a big set is whole
	pinged     time.Time // zero: no ping waits
	responding bool
	bye        string // reason
	levels     levels

	queue queue
}

// queue keeps events in order until the keeper takes them.
type queue struct {
	mu     sync.Mutex
	deltas []json.RawMessage
	lost   bool // there were too many
	bye    string
	ring   chan<- struct{}
	meters func(live.Levels) // gets levels at once: they have no order among the changes
}

// put is called by the session's reader.
func (q *queue) put(method string, params json.RawMessage) {
	if method == "levels.changed" {
		var l live.Levels
		if json.Unmarshal(params, &l) == nil {
			l.At = time.Now()
			q.meters(l)
		}
		return
	}
	q.mu.Lock()
	switch {
	case method == "bye":
		var p struct {
			Reason string `json:"reason"`
		}
		_ = json.Unmarshal(params, &p) // a bye without a reason is one all the same
		q.bye = p.Reason
		if q.bye == "" {
			q.bye = "set_closed"
		}
	case method != "state.changed": // from a newer script
	case len(q.deltas) >= queueMost:
		q.deltas, q.lost = nil, true
	case !q.lost:
		q.deltas = append(q.deltas, params)
	}
	q.mu.Unlock()
	select {
	case q.ring <- struct{}{}:
	default:
	}
}

func (q *queue) takeAll() (deltas []json.RawMessage, lost bool, bye string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	deltas, lost, bye = q.deltas, q.lost, q.bye
	q.deltas, q.lost = nil, false
	return deltas, lost, bye
}

// busy says that the link must not be given up for another Live: a take runs or a call waits.
func (n *connection) busy() bool {
	if n.state != nil && n.state.Take != nil && !n.state.Take.Phase.Ended() {
		return true
	}
	waiting := n.sess.Pending()
	if !n.pinged.IsZero() {
		waiting--
	}
	return waiting > 0
}

// apply takes over one change. An error says that the whole state is needed.
func (n *connection) apply(params json.RawMessage) error {
	var d live.Delta
	if err := json.Unmarshal(params, &d); err != nil {
		return fmt.Errorf("read a change: %w", err)
	}
	// The script merges changes for a client that reads slowly, so revisions may leap forward; nothing is lost by that.
	if d.Revision <= n.revision {
		return nil // already in the state that was read
	}
	if err := d.Check(*n.state); err != nil {
		return err
	}
	next := live.Apply(*n.state, d)
	n.state, n.revision = &next, d.Revision
	n.parts = max(0, n.parts-1)
	return nil
}

// incompatible says which versions the script speaks, if that is what err is about.
func incompatible(err error) ([]int, bool) {
	var refused *wire.RemoteError
	if !errors.As(err, &refused) || refused.Code != "incompatible" {
		return nil, false
	}
	var data struct {
		Protocol []int `json:"protocol"`
	}
	_ = json.Unmarshal(refused.Data, &data) // without the list it is incompatible all the same
	return data.Protocol, true
}
