//go:build !race

package waveform

const raceDetector = false
