//go:build !windows

package main

// attachConsole and hideConsole are for Windows, where programs come with a console window or without any.
func attachConsole() {}
func hideConsole()   {}
