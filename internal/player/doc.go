// Package player plays the files of a take together: aligned to the sample, with mute and solo, seeking, a loop without a gap, and a level meter.
// It implements the port Player of the windows.
//
// Three parts work at the same time and never wait for each other:
//
//   - A voice reads the files ahead of the sound into a ring, in a goroutine of its own. Every play, seek and change of the loop makes a
//     new voice.
//   - The mixer fills the buffers of the sound device from the rings. It runs on the thread of the device: it must not lock, wait, allocate
//     or touch a file. What it has to tell it leaves in atomic variables.
//   - The engine, one goroutine, opens and stops the device, makes voices and hands them to the mixer, so that what the user does
//     takes effect without anybody waiting for a device.
//
// The package knows no sound system: it plays into an Output (internal/player/device has the real one), and so runs under test without a device
// and without cgo. It must not know takes, Live or a toolkit. The window role imports it; main wires it.
package player
