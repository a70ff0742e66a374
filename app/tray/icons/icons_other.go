//go:build !windows && !darwin

package icons

import _ "embed" // the pictures

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
