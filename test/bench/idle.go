package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/takebar/takebar/internal/simtest"
)

// pairs of a bare host and one with the script are compared while nobody is connected. What a host wakes up for costs about 0.1 ms, and which of
// many wakes up when differs by more than what the script does then, so one pair says nothing. An even number.
const pairs = 6

// idle measures what the script costs Live while nothing happens, against a script with one empty 10 ms timer and one with nothing. All hosts
// run side by side, bare ones and those with the script in turn, so that they meet the same machine.
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
	nothing, timer := simtest.Options{Script: filepath.Join(scripts, "Nothing")}, simtest.Options{Script: filepath.Join(scripts, "EmptyTimer")}
	hosts := []simtest.Options{timer}
	for range pairs {
		hosts = append(hosts, nothing, simtest.Options{})
	}
	var pids []int
	for _, o := range hosts {
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
	per := func(d time.Duration) string { return fmt.Sprintf("%.3f %% of a core", 100*float64(d)/float64(long)) }
	var bare, alone []time.Duration
	for i := range pairs {
		bare, alone = append(bare, used[1+2*i]), append(alone, used[2+2*i])
	}
	client, empty := used[len(used)-1], used[0]
	b.add(result{
		"script idle, client connected", per(client), "empty 10 ms timer: " + per(empty), float64(client) / float64(empty), "<= 1.5",
		yes(float64(client) <= 1.5*float64(empty)),
	})
	slices.Sort(bare)
	ratio := float64(middle(alone)) / float64(middle(bare))
	b.add(result{
		"script idle, no client", per(middle(alone)), fmt.Sprintf("bare hosts: %s (%s to %s)", per(middle(bare)), per(bare[0]), per(bare[pairs-1])), ratio,
		"<= 1 (within 5 %)", yes(ratio <= 1.05),
	})
	return nil
}

// middle is the median of an even number of durations.
func middle(all []time.Duration) time.Duration {
	slices.Sort(all)
	return (all[len(all)/2-1] + all[len(all)/2]) / 2
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
