package main

import (
	"unsafe"

	"golang.org/x/sys/windows"
)

// hideConsole lets go of the console window that Windows opens for a double click. A console that belongs to a shell, too, is kept.
func hideConsole() {
	kernel := windows.NewLazySystemDLL("kernel32.dll")
	var processes [2]uint32
	// https://learn.microsoft.com/en-us/windows/console/getconsoleprocesslist
	count, _, _ := kernel.NewProc("GetConsoleProcessList").Call(uintptr(unsafe.Pointer(&processes[0])), uintptr(len(processes)))
	if count == 1 {
		_, _, _ = kernel.NewProc("FreeConsole").Call()
	}
}
