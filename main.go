// Takebar records takes in Ableton Live from the menu bar. This file starts the role that was asked for; wire.go puts the parts together.
package main

import (
	"context"
	"os"
	"os/signal"
	"runtime"
	"syscall"

	"github.com/takebar/takebar/automation/robot"
	"github.com/takebar/takebar/internal/cli"
)

func main() {
	// macOS wants the menu bar on the program's first thread.
	runtime.LockOSThread()
	attachConsole()
	if len(os.Args) == 2 && os.Args[1] == keysRole {
		os.Exit(robot.Serve(context.Background(), os.Stdin, os.Stdout))
	}
	os.Exit(start())
}

func start() int {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	interrupts := make(chan os.Signal, 4)
	signal.Notify(interrupts, os.Interrupt)
	defer signal.Stop(interrupts)
	return cli.Run(ctx, program(interrupts), os.Args[1:])
}
