//go:build !linux

// Command shots takes pictures of the tray on a desktop of its own. That desktop is made of Linux programs.
package main

import (
	"fmt"
	"os"
)

func main() {
	fmt.Fprintln(os.Stderr, "shots: this works on Linux only")
	os.Exit(1)
}
