//go:build !windows

package main

// hideConsole is for Windows, where a double click opens a console window.
func hideConsole() {}
