package main

import (
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/takebar/takebar/automation"
	"github.com/takebar/takebar/internal/cli"
)

// openerPatience is how long an opener may run before it counts as Live itself.
const openerPatience = 10 * time.Second

// bounceSets is what a batch of bounces works with. How a .als is opened is the same setting as for export attempts.
func (p place) bounceSets() cli.BounceSets {
	return cli.BounceSets{
		File: filepath.Join(p.home, "bounce-batch.json"),
		Open: func(ctx context.Context, path string) error {
			return openSet(ctx, automation.OpenCommand(p.file().Load().Config.Export.OpenCommand, path))
		},
	}
}

// openSet runs an opener. Some end at once, others run as long as Live does: such a one is left alone, so neither the end of ctx nor that of this program ends it.
func openSet(ctx context.Context, command []string) error {
	var said bytes.Buffer // read only once the opener has ended
	cmd := exec.CommandContext(context.WithoutCancel(ctx), command[0], command[1:]...)
	cmd.Stderr = &said
	if err := cmd.Start(); err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }() // ends with the opener, or with this program
	patience := time.NewTimer(openerPatience)
	defer patience.Stop()
	select {
	case err := <-ended:
		if err != nil {
			return fmt.Errorf("%s: %w %s", command[0], err, strings.TrimSpace(said.String()))
		}
		return nil
	case <-patience.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
