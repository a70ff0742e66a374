// Package device is the sound system of this computer as the player's Output: PulseAudio (also PipeWire's), ALSA or JACK on Linux, WASAPI and
// its elders on Windows, Core Audio on macOS, by way of malgo (miniaudio), which finds their libraries while it runs.
//
// It is the only importer of malgo, and needs cgo; without cgo, or with the build tag nowindow, it answers that this build has no sound.
// It must not decide anything about playing. main wires it into the player.
package device
