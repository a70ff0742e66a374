// Package takes is the page of the window that shows the library: what records now, the search, the list of takes, and beside it the take that is open.
//
// It draws and asks; what the list says is decided in app/takelist, and everything done goes through the core. It must not open audio files or the
// library itself, and must not import fyne.io/fyne/v2/app. app/window and main may import it.
package takes
