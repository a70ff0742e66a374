package takes

import (
	"github.com/takebar/takebar/internal/control"
	"github.com/takebar/takebar/internal/take/sidecar"
)

func overview(control.Snapshot) sidecar.Overview { return sidecar.Overview{} }
