package icons

import _ "embed" // the pictures

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

func forState(state string) Icon {
	switch state {
	case "connected":
		return Icon{Image: connected, Template: false}
	case "busy":
		return Icon{Image: busy, Template: false}
	case "armed":
		return Icon{Image: armed, Template: false}
	case "recording":
		return Icon{Image: recording, Template: false}
	}
	return Icon{Image: noLive, Template: false}
}
