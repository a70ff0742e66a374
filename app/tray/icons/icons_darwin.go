package icons

import (
	_ "embed" // the pictures

	"github.com/takebar/takebar/app"
)

var (
	//go:embed no-live-template-32.png
	noLive []byte
	//go:embed connected-template-32.png
	connected []byte
	//go:embed busy-template-32.png
	busy []byte
	//go:embed armed-template-32.png
	armed []byte
	//go:embed recording-template-32.png
	recording []byte
)

func forState(state app.IconState) Icon {
	switch state {
	case app.IconConnected:
		return Icon{Image: connected, Template: true}
	case app.IconBusy:
		return Icon{Image: busy, Template: true}
	case app.IconArmed:
		return Icon{Image: armed, Template: true}
	case app.IconRecording:
		return Icon{Image: recording, Template: true}
	case app.IconNoLive:
	}
	return Icon{Image: noLive, Template: true}
}
