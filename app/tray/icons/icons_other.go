//go:build !windows && !darwin

package icons

import (
	_ "embed" // the pictures

	"github.com/takebar/takebar/app"
)

var (
	//go:embed no-live-44.png
	noLive []byte
	//go:embed connected-44.png
	connected []byte
	//go:embed busy-44.png
	busy []byte
	//go:embed armed-44.png
	armed []byte
	//go:embed recording-44.png
	recording []byte
)

func forState(state app.IconState) Icon {
	switch state {
	case app.IconConnected:
		return Icon{Image: connected, Template: false}
	case app.IconBusy:
		return Icon{Image: busy, Template: false}
	case app.IconArmed:
		return Icon{Image: armed, Template: false}
	case app.IconRecording:
		return Icon{Image: recording, Template: false}
	case app.IconNoLive:
	}
	return Icon{Image: noLive, Template: false}
}
