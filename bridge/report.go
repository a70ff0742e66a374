package bridge

import (
	"slices"

	"github.com/takebar/takebar/bridge/live"
)

// tell reports what is new.
func (k *keeper) tell() {
	if !k.scanned || k.conn != nil && k.conn.parts > 0 { // half a state is none
		return
	}
	r := live.LinkReport{Phase: live.LinkSearching, Lives: k.lives, Gone: k.gone, Problem: k.problem}
	n, want := k.conn, k.pick()
	switch {
	case n != nil && n.state != nil:
		r.Phase, r.Responding, r.Problem = live.LinkConnected, n.responding, ""
		r.State, r.Revision, r.Capabilities = n.state, n.revision, n.hello.Capabilities
		r.PID, r.Script, r.Connection = n.to.PID, n.hello.Script, k.count
	case n != nil:
		r.Phase, r.PID, r.Script = live.LinkConnecting, n.to.PID, n.to.Script
	case want != nil && k.outdated[want.Token] != 0:
		r.Phase, r.PID, r.Script, r.Protocols = live.LinkIncompatible, want.PID, want.Script, k.versions
	case want != nil:
		r.Phase, r.PID, r.Script = live.LinkConnecting, want.PID, want.Script
	case k.hold.pid != 0:
		r.Phase, r.PID = live.LinkWaiting, k.hold.pid
	default:
		r.Problem = ""
	}
	if k.told && same(r, k.last) {
		return
	}
	k.last, k.told = r, true
	k.report(r)
}

func same(a, b live.LinkReport) bool {
	return a.Phase == b.Phase && a.Responding == b.Responding && a.Problem == b.Problem && a.PID == b.PID && a.Script == b.Script &&
		a.State == b.State && a.Revision == b.Revision && a.Gone == b.Gone && slices.Equal(a.Lives, b.Lives) &&
		slices.Equal(a.Protocols, b.Protocols) && slices.Equal(a.Capabilities, b.Capabilities)
}
