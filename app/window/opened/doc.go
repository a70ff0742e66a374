// Package opened is the view of one take that is open: its waveforms with ruler, playhead and loop, the player with its meter, the lanes of a
// take of several tracks, name, rating and note edited in place, all facts, and copies in other formats.
//
// What it shows is decided in app/opentake; what it does goes through the core and the ports. It must not open files itself, must never wait on
// the user interface's goroutine, and must not import fyne.io/fyne/v2/app. The page app/window/takes puts it beside its list; main builds what
// its Deps hold.
package opened
