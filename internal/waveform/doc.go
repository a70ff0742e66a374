// Package waveform draws sound files as numbers: the outline of a whole file for lists, and of any stretch of it, channel by channel, for
// a closer look. It implements the port Waveforms of the windows.
//
// What it has once computed it keeps in memory and, beside the takes, in the hidden folder .takebar/peaks of the takes folder. That folder may
// be deleted at any time, and nothing needs it: without it, or where it cannot be written, waveforms are computed again.
//
// The package must not write anywhere else, must not create the takes folder (whose disk may be unplugged), must not know Live, takes
// or a toolkit. The window role imports it; main wires it.
package waveform
