package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/takebar/takebar/internal/simtest"
)

// idle measures what the script costs Live while nothing happens, against a script with one empty 10 ms timer and one with nothing. All hosts
// run side by side, so that they meet the same machine.
func (b *bench) idle(ctx context.Context) error {
	long := 40 * time.Second
	if b.quick {
		long = 4 * time.Second
	}
	root, err := simtest.Root()
	if err != nil {
		return err
	}
	scripts := filepath.Join(root, "test/bench/scripts")
	var pids []int
	for _, o := range []simtest.Options{{Script: filepath.Join(scripts, "Nothing")}, {Script: filepath.Join(scripts, "EmptyTimer")}, {}, {Script: filepath.Join(scripts, "Nothing")}} {
		sim, err := simtest.Launch(ctx, o)
		if err != nil {
			return err
		}
		defer sim.Stop()
		pids = append(pids, sim.PID)
	}
	linked, err := start(ctx, simtest.Options{})
	if err != nil {
		return err
	}
	defer linked.stop()
	pids = append(pids, linked.sim.PID)
	time.Sleep(3 * time.Second) // start-up is over; the script has gone to rest
	before := make([]time.Duration, len(pids))
	for i, pid := range pids {
		if before[i], err = cpuTime(pid); err != nil {
			return err
		}
	}
	time.Sleep(long)
	used := make([]time.Duration, len(pids))
	for i, pid := range pids {
		after, err := cpuTime(pid)
		if err != nil {
			return err
		}
		used[i] = after - before[i]
	}
	per := func(i int) string { return fmt.Sprintf("%.3f %% of a core", 100*float64(used[i])/float64(long)) }
	bare, timer, alone, again, client := float64(used[0]), float64(used[1]), float64(used[2]), float64(used[3]), float64(used[4])
	b.add(result{"script idle, client connected", per(4), "empty 10 ms timer: " + per(1), client / timer, "<= 1.5", yes(client <= 1.5*timer)})
	// Two bare hosts side by side differ by some per cent themselves; that much is not the script's.
	b.add(result{
		"script idle, no client", per(2), "two bare hosts: " + per(0) + " and " + per(3), alone / ((bare + again) / 2), "<= 1 (within 5 %)",
		yes(alone <= 1.05*max(bare, again)),
	})
	return nil
}

// cpuTime is the processor time of all threads of a process so far, in nanoseconds as the scheduler counts it.
func cpuTime(pid int) (time.Duration, error) {
	files, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/schedstat", pid))
	if err != nil || len(files) == 0 {
		return 0, fmt.Errorf("no scheduler figures of process %d (Linux only): %w", pid, err)
	}
	var sum time.Duration
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			continue // the thread has ended
		}
		ns, err := strconv.ParseInt(strings.Fields(string(text))[0], 10, 64)
		if err != nil {
			return 0, err
		}
		sum += time.Duration(ns)
	}
	return sum, nil
}
