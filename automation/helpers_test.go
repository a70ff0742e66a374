//go:build linux && cgo

package automation_test

import (
	"strconv"

	"github.com/takebar/takebar/automation"
	"github.com/takebar/takebar/bridge/live"
)

// frozenLink goes on reporting one state.
type frozenLink struct {
	automation.Link
	state live.State
}

func (f frozenLink) State() (live.State, bool) { return f.state, true }

func itoa(id uint32) string { return strconv.FormatUint(uint64(id), 10) }
