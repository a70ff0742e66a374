// Package wire carries JSON-RPC 2.0 lines over the loopback address: framing with a line limit, the handshake from both ends, link files that
// only their owner can read, calls with deadlines, and feeds of what the other end tells. The link to Live and the core's
// own endpoint both stand on it, so that there is one transport to test.
//
// It must not know a method, a track or a take. bridge and internal/control may import it; of this module it imports nothing.
package wire

import "time"

const (
	// MaxLine is the longest line of the protocol, in bytes, its LF not counted.
	MaxLine = 1 << 20
	// MaxHello is the longest first line.
	MaxHello = 4096
	// HelloWait is how long the accepting end waits for the first line.
	HelloWait = 10 * time.Second
	// writeWait is how long a peer may refuse to read before it counts as gone. Live's main thread may stand still for many
	// seconds, and a full socket buffer takes long to fill with our small requests.
	writeWait = 60 * time.Second
)
