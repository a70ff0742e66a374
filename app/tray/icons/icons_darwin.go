package icons

import _ "embed" // the pictures

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

func forState(state string) Icon {
	switch state {
	case "connected":
		return Icon{Image: connected, Template: true}
	case "busy":
		return Icon{Image: busy, Template: true}
	case "armed":
		return Icon{Image: armed, Template: true}
	case "recording":
		return Icon{Image: recording, Template: true}
	}
	return Icon{Image: noLive, Template: true}
}
