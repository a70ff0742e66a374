package bridge

import (
	"context"
	"slices"

	"github.com/takebar/takebar/bridge/live"
)

// levelsCapability is what a script offers that can tell input levels.
const levelsCapability = "levels"

// levels is what one connection was asked for.
type levels struct {
	asked bool // the script tells levels, as far as we know
	busy  bool // a call is under way
}

// Levels gives the input levels of the armed tracks and of those of the running take, about 15 times a second while they change, and only the
// latest to a reader that is slow. Live reads its meters only while somebody listens here. Without a Live, and with a script that
// cannot tell levels, nothing comes; when a Live goes, the last value has no tracks. The channel closes when ctx ends.
func (c *Client) Levels(ctx context.Context) <-chan live.Levels { return c.levels.Listen(ctx) }

// askLevels has the script begin or end telling levels.
func (k *keeper) askLevels(n *connection) {
	want := k.c.levels.Wanted()
	if n.state == nil || n.levels.busy || want == n.levels.asked || !slices.Contains(n.hello.Capabilities, levelsCapability) {
		return
	}
	n.levels.busy = true
	k.workers.Go(func() {
		method := "levels.unsubscribe"
		if want {
			method = "levels.subscribe"
		}
		err := n.sess.Plain(k.ctx, method, nil, nil)
		k.post(func() {
			n.levels = levels{asked: want}
			if err != nil && k.conn == n {
				k.c.log.Warn("cannot ask Live for levels", "wanted", want, "error", err)
			}
		})
	})
}
