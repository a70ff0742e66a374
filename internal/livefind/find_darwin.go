package livefind

import (
	"context"
	"fmt"
	"os/exec"
	"time"
)

// Find lists the Lives that run.
func Find(ctx context.Context) ([]Process, error) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	out, err := exec.CommandContext(ctx, "/bin/ps", "-axo", "pid=,etime=,comm=").Output()
	if err != nil {
		return nil, fmt.Errorf("list processes: %w", err)
	}
	return parsePS(string(out), time.Now()), nil
}
