package main

import (
	"os"
	"unsafe"

	"golang.org/x/sys/windows"
)

var kernel = windows.NewLazySystemDLL("kernel32.dll")

// attachConsole gives a program that was built without a console (-H windowsgui) the one of the shell that started it, so that commands
// can answer there. Output that was redirected to a file or a pipe is left alone.
func attachConsole() {
	const parent = ^uintptr(0) // ATTACH_PARENT_PROCESS
	if h, err := windows.GetStdHandle(windows.STD_OUTPUT_HANDLE); err == nil && h != 0 && h != windows.InvalidHandle {
		return
	}
	if ok, _, _ := kernel.NewProc("AttachConsole").Call(parent); ok == 0 {
		return // started by a double click: there is none
	}
	if out, err := os.OpenFile("CONOUT$", os.O_RDWR, 0); err == nil {
		os.Stdout, os.Stderr = out, out
	}
}

// hideConsole lets go of the console window that Windows opens for a double click. A console that belongs to a shell, too, is kept.
func hideConsole() {
	var processes [2]uint32
	// https://learn.microsoft.com/en-us/windows/console/getconsoleprocesslist
	count, _, _ := kernel.NewProc("GetConsoleProcessList").Call(uintptr(unsafe.Pointer(&processes[0])), uintptr(len(processes)))
	if count == 1 {
		_, _, _ = kernel.NewProc("FreeConsole").Call()
	}
}
