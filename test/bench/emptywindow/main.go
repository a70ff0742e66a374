//go:build cgo && !nowindow

// Command emptywindow opens a Fyne window with one word in it: the least that a window of this toolkit takes to appear.
package main

import (
	fyneapp "fyne.io/fyne/v2/app"
	"fyne.io/fyne/v2/widget"
)

func main() {
	w := fyneapp.NewWithID("io.github.takebar.emptywindow").NewWindow("Empty")
	w.SetContent(widget.NewLabel("Empty"))
	w.ShowAndRun()
}
