package live

import "context"

// Protocol is the version of docs/protocol.md that this program speaks.
const Protocol = 1

// LinkPhase is how far the link to a Live has come.
type LinkPhase string

// The phases of the link.
const (
	LinkSearching    LinkPhase = "searching"    // no Live with the script is known
	LinkWaiting      LinkPhase = "waiting"      // the Live that we were linked to is expected back (another set loads)
	LinkConnecting   LinkPhase = "connecting"   // a Live is known; connecting, or it does not answer yet
	LinkConnected    LinkPhase = "connected"    // hello and the first state are through
	LinkIncompatible LinkPhase = "incompatible" // no protocol version in common
)

// Instance is one running Live with the script, as its link file describes it.
type Instance struct {
	Protocol int    `json:"protocol"` // highest version that the script speaks
	Port     int    `json:"port"`     // on 127.0.0.1
	Token    string `json:"token"`
	PID      int    `json:"pid"`
	Live     string `json:"live"`
	Script   string `json:"script"`
	Started  int64  `json:"started"` // Unix ms
}

// LinkReport is all that is known of the link at one moment. It is whole each time and never changed after it was made.
type LinkReport struct {
	Phase        LinkPhase
	Responding   bool       // connected, and Live answered within the last 2 s
	Problem      string     // why it is not connected, where more is known than the phase says
	Lives        []Instance // running Lives, newest first
	PID          int        // of the Live that is connected, expected or tried; 0 if none
	Script       string     // version of that Live's script
	Capabilities []string   // that its script offered in hello
	Protocols    []int      // that its script speaks, when incompatible
	State        *State     // nil unless connected
	Revision     uint64     // of State
	Connection   uint64     // counts the connections; the one that State came through
	Gone         int        // process id of the Live that was linked before: it ended, or did not come back in time; else 0
}

// Caller carries one call to the chosen Live and waits for the verdict. See docs/protocol.md for params and result.
type Caller interface {
	Call(ctx context.Context, method string, params, result any) error
}
