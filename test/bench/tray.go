package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/godbus/dbus/v5"

	"github.com/takebar/takebar/internal/simtest"
	"github.com/takebar/takebar/internal/traytest"
)

// tray measures what the menu-bar app costs while nothing happens: with Live connected, and with no Live.
func (b *bench) tray(ctx context.Context) error {
	sim, err := simtest.Launch(ctx, simtest.Options{})
	if err != nil {
		return err
	}
	defer sim.Stop()
	if err := b.idleTray(ctx, "tray idle, Live connected", sim.Home); err != nil {
		return err
	}
	home, err := os.MkdirTemp("", "takebar-bench-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(home) }()
	return b.idleTray(ctx, "tray idle, no Live", home)
}

func (b *bench) idleTray(ctx context.Context, name, home string) (err error) {
	long := 60 * time.Second
	if b.quick {
		long = 5 * time.Second
	}
	bus, err := traytest.LaunchBus(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, bus.Close()) }()
	watch, err := bus.Connect()
	if err != nil {
		return err
	}
	defer func() { _ = watch.Close() }()
	if _, err := watch.RequestName("org.kde.StatusNotifierWatcher", dbus.NameFlagDoNotQueue); err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, b.takebar)
	cmd.Env = append(append(os.Environ(), "TAKEBAR_HOME="+home, "TAKEBAR_TAKES="+filepath.Join(home, "takes")), bus.Env()...)
	if err := cmd.Start(); err != nil {
		return err
	}
	defer func() {
		_ = cmd.Process.Signal(os.Interrupt)
		_ = cmd.Wait()
	}()
	time.Sleep(4 * time.Second) // start-up is over
	before, err := cpuTime(cmd.Process.Pid)
	if err != nil {
		return err
	}
	time.Sleep(long)
	after, err := cpuTime(cmd.Process.Pid)
	if err != nil {
		return err
	}
	rss, err := residentKB(cmd.Process.Pid)
	if err != nil {
		return err
	}
	percent := 100 * float64(after-before) / float64(long)
	b.add(result{
		name, fmt.Sprintf("%.2f %% of a core over %.0f s, %.1f MB resident", percent, long.Seconds(), float64(rss)/1024), "", 0,
		"0.0 %, <= 40 MB", yes(percent < 0.05 && rss <= 40*1024),
	})
	return nil
}

func residentKB(pid int) (int, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			return strconv.Atoi(strings.Fields(rest)[0])
		}
	}
	return 0, errors.New("no VmRSS in /proc")
}
