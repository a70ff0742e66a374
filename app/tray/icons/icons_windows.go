package icons

import (
	_ "embed" // the pictures

	"github.com/takebar/takebar/app"
)

var (
	//go:embed no-live.ico
	noLive []byte
	//go:embed connected.ico
	connected []byte
	//go:embed busy.ico
	busy []byte
	//go:embed armed.ico
	armed []byte
	//go:embed recording.ico
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
