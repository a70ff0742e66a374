package player

import (
	"context"
	"errors"

	"github.com/takebar/takebar/app/window/ports"
)

// Errors of an Output, for errors.Is. Others mean that the device is there and refuses.
var (
	ErrNoOutput  = errors.New("no sound output")                 // no sound system or no device
	ErrNoDevice  = errors.New("no such sound output")            // the one that was asked for
	ErrNoSupport = errors.New("this program was built silently") // no sound at all in this build
)

// Output is the sound system of this computer. Its methods may be called from any goroutine and may take long.
type Output interface {
	// Devices lists what can be played on.
	Devices(ctx context.Context) ([]ports.Device, error)
	// Open prepares a stream; it does not run yet. device "" means whatever the system plays on, also when that changes.
	Open(device string, rate int, c Callbacks) (Stream, error)
}

// Callbacks are called on threads of the sound system.
type Callbacks struct {
	// Fill writes the next samples: left, right, left, ...; full scale is 1.0. It is not called again before it returns.
	Fill func(dst []float32)
	// Stopped is called when the stream may have ended by itself. It must return at once.
	Stopped func()
}

// Stream is one opened device. Only one goroutine calls its methods.
type Stream interface {
	Start() error
	// Stop holds the stream. What Fill has given and is not heard yet may be heard after the next Start, or never.
	Stop() error
	// Running says that the stream was started and has not ended by itself.
	Running() bool
	// Latency is about how many frames lie between Fill and the ear.
	Latency() int
	Close() error
}
