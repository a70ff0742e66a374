package bridge

import "time"

// beat looks after a connection that is up: Live may stand still for many seconds, which is no reason to give it up.
func (k *keeper) beat(now time.Time) {
	n := k.conn
	heard := n.sess.Heard()
	switch {
	case n.pinged.IsZero():
		if now.Sub(heard) >= beat {
			k.ping(n, now)
		}
	case heard.After(n.pinged):
		n.responding = true
		if now.Sub(heard) >= silenceMost {
			k.silent(n)
		}
	case now.Sub(n.pinged) >= silenceMost:
		k.silent(n)
	case now.Sub(n.pinged) >= missedBeat:
		n.responding = false
	}
}

func (k *keeper) silent(n *connection) {
	k.c.log.Warn("Live has been silent for too long; connecting anew", "pid", n.to.PID)
	k.problem = "Live has not answered for a minute."
	k.drop("")
}

func (k *keeper) ping(n *connection, now time.Time) {
	n.pinged = now
	k.workers.Go(func() {
		err := n.sess.Plain(k.ctx, "ping", nil, nil)
		k.post(func() {
			n.pinged = time.Time{}
			if err == nil {
				n.responding = true
			}
		})
	})
}

func (n *connection) nextBeat(now time.Time) time.Time {
	if n.pinged.IsZero() {
		return n.sess.Heard().Add(beat)
	}
	if due := n.pinged.Add(missedBeat); due.After(now) {
		return due
	}
	return now.Add(beat)
}
