package livefind

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// Find lists the Lives that run: on Linux those in Wine.
func Find(ctx context.Context) ([]Process, error) { return find(ctx, "/proc") }

// ticks of /proc's clock in a second: the same on every Linux that Go runs on (sysconf(_SC_CLK_TCK), see man proc).
const ticks = 100

func find(ctx context.Context, proc string) ([]Process, error) {
	entries, err := os.ReadDir(proc)
	if err != nil {
		return nil, fmt.Errorf("list processes: %w", err)
	}
	boot := bootTime(proc)
	var all []Process
	for _, e := range entries {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		pid, err := strconv.Atoi(e.Name())
		if err != nil {
			continue
		}
		line, err := os.ReadFile(filepath.Join(proc, e.Name(), "cmdline"))
		if err != nil {
			continue // it has ended
		}
		// Only the program itself: an editor that has a file of Live's open is none.
		program, _, _ := strings.Cut(string(line), "\x00")
		p, ok := named(program)
		if !ok {
			continue
		}
		p.PID = pid
		if !boot.IsZero() {
			p.Started = started(filepath.Join(proc, e.Name(), "stat"), boot)
		}
		all = append(all, p)
	}
	return all, nil
}

func bootTime(proc string) time.Time {
	text, err := os.ReadFile(filepath.Join(proc, "stat"))
	if err != nil {
		return time.Time{}
	}
	for line := range strings.Lines(string(text)) {
		if seconds, ok := strings.CutPrefix(line, "btime "); ok {
			if n, err := strconv.ParseInt(strings.TrimSpace(seconds), 10, 64); err == nil {
				return time.Unix(n, 0)
			}
		}
	}
	return time.Time{}
}

// started reads field 22 of a process's stat; the name in field 2 may hold anything, so it counts from behind the last bracket.
func started(path string, boot time.Time) time.Time {
	text, err := os.ReadFile(path)
	if err != nil {
		return time.Time{}
	}
	fields := strings.Fields(string(text)[strings.LastIndexByte(string(text), ')')+1:])
	const field = 22 - 3
	if len(fields) <= field {
		return time.Time{}
	}
	n, err := strconv.ParseInt(fields[field], 10, 64)
	if err != nil {
		return time.Time{}
	}
	return boot.Add(time.Duration(n) * time.Second / ticks)
}
