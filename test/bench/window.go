package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"

	"github.com/takebar/takebar/internal/simtest"
)

// window measures from the start of the window's process to its first picture, against an empty window of the same toolkit.
func (b *bench) window(ctx context.Context) (err error) {
	root, err := simtest.Root()
	if err != nil {
		return err
	}
	room, err := os.MkdirTemp("", "takebar-bench-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(room)) }()
	empty := filepath.Join(room, "emptywindow")
	build := exec.CommandContext(ctx, "go", "build", "-ldflags", "-s -w", "-o", empty, "./test/bench/emptywindow")
	build.Dir = root
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("build the empty window: %w\n%s", err, out)
	}
	display, stop, err := startDisplay(ctx)
	if err != nil {
		return err
	}
	defer stop()
	takes := filepath.Join(room, "takes")
	env := append(os.Environ(), "DISPLAY="+display, "WAYLAND_DISPLAY=", "HOME="+room, "TAKEBAR_HOME="+filepath.Join(room, "home"), "TAKEBAR_TAKES="+takes,
		"DBUS_SESSION_BUS_ADDRESS=unix:path="+filepath.Join(room, "none"), "LIBGL_ALWAYS_SOFTWARE=1")
	if err := os.MkdirAll(filepath.Join(room, ".cache"), 0o700); err != nil {
		return err
	}
	tray := exec.CommandContext(ctx, b.takebar, "tray")
	tray.Env = append(env, "DISPLAY=") // it would open the window itself, as there is no panel here
	if err := tray.Start(); err != nil {
		return err
	}
	defer func() {
		_ = tray.Process.Signal(os.Interrupt)
		_ = tray.Wait() // it was told to end
	}()
	x, err := xgb.NewConnDisplay(display)
	if err != nil {
		return err
	}
	defer x.Close()
	if err := waitFile(ctx, filepath.Join(room, "home", "core.json")); err != nil {
		return err
	}
	runs := 10
	if b.quick {
		runs = 3
	}
	var ours, theirs times
	for range runs {
		for _, one := range []struct {
			command []string
			into    *times
		}{{[]string{empty}, &theirs}, {[]string{b.takebar, "window", "takes"}, &ours}} {
			took, err := firstPicture(ctx, x, one.command, env)
			if err != nil {
				return fmt.Errorf("%s: %w", strings.Join(one.command, " "), err)
			}
			*one.into = append(*one.into, took)
		}
	}
	b.add(result{
		Name: "window: start to first picture", Measured: ms(ours.at(50)), Reference: "an empty window " + ms(theirs.at(50)),
		Ratio: float64(ours.at(50)) / float64(theirs.at(50)),
	})
	return b.scroll(ctx, root)
}

// scroll measures one step through a list of 10,000 takes against the same step through the toolkit's own list of 10,000 plain lines.
func (b *bench) scroll(ctx context.Context, root string) error {
	long := "2s"
	if b.quick {
		long = "200ms"
	}
	cmd := exec.CommandContext(ctx, "go", "test", "-run", "^$", "-bench", "^Benchmark(Scroll|PlainScroll)$", "-benchtime", long, "./app/window/takes")
	cmd.Dir = root
	out, err := cmd.CombinedOutput()
	if err != nil {
		return fmt.Errorf("scroll: %w\n%s", err, out)
	}
	took := map[string]float64{} // ns a step
	for line := range strings.Lines(string(out)) {
		f := strings.Fields(line)
		if len(f) < 4 || f[3] != "ns/op" {
			continue
		}
		name, _, _ := strings.Cut(f[0], "-")
		if took[name], err = strconv.ParseFloat(f[2], 64); err != nil {
			return fmt.Errorf("scroll: %w", err)
		}
	}
	ours, plain := took["BenchmarkScroll"], took["BenchmarkPlainScroll"]
	if ours == 0 || plain == 0 {
		return fmt.Errorf("scroll: the benchmarks did not run:\n%s", out)
	}
	const frame = 1e9 / 60
	b.add(result{
		Name: "window: one step through 10,000 takes", Measured: fmt.Sprintf("%.3f ms", ours/1e6), Reference: fmt.Sprintf("10,000 plain lines %.3f ms", plain/1e6),
		Ratio: ours / plain, Aim: "a tenth of a frame of 1/60 s", Met: yes(ours <= frame/10),
	})
	return nil
}

// firstPicture starts a program and waits until a window of its own shows more than one colour, then ends it.
func firstPicture(ctx context.Context, x *xgb.Conn, command, env []string) (took time.Duration, err error) {
	ctx, cancel := context.WithTimeout(ctx, 60*time.Second)
	defer cancel()
	root := xproto.Setup(x).DefaultScreen(x).Root
	begin := time.Now()
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	cmd.Env = env
	if err := cmd.Start(); err != nil {
		return 0, err
	}
	defer func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait() // it was killed
		for ctx.Err() == nil {
			tree, treeErr := xproto.QueryTree(x, root).Reply()
			if treeErr != nil || !anyShown(x, tree.Children) {
				return
			}
			time.Sleep(time.Millisecond)
		}
	}()
	for {
		tree, err := xproto.QueryTree(x, root).Reply()
		if err != nil {
			return 0, err
		}
		for _, w := range tree.Children {
			if painted(x, w) {
				return time.Since(begin), nil
			}
		}
		select {
		case <-ctx.Done():
			return 0, ctx.Err()
		case <-time.After(2 * time.Millisecond):
		}
	}
}

func anyShown(x *xgb.Conn, windows []xproto.Window) bool {
	for _, w := range windows {
		if a, err := xproto.GetWindowAttributes(x, w).Reply(); err == nil && a.MapState == xproto.MapStateViewable {
			return true
		}
	}
	return false
}

// painted says that a window is on the screen and not of one colour.
func painted(x *xgb.Conn, w xproto.Window) bool {
	a, err := xproto.GetWindowAttributes(x, w).Reply()
	if err != nil || a.MapState != xproto.MapStateViewable || a.Class != xproto.WindowClassInputOutput {
		return false
	}
	g, err := xproto.GetGeometry(x, xproto.Drawable(w)).Reply()
	if err != nil || g.Width < 20 || g.Height < 10 {
		return false
	}
	img, err := xproto.GetImage(x, xproto.ImageFormatZPixmap, xproto.Drawable(w), 0, 0, g.Width, min(g.Height, 200), 0xffffffff).Reply()
	if err != nil {
		return false
	}
	for i := 4; i+3 < len(img.Data); i += 4 {
		if img.Data[i] != img.Data[0] || img.Data[i+1] != img.Data[1] || img.Data[i+2] != img.Data[2] {
			return true
		}
	}
	return false
}

// startDisplay starts an X server on a display number of its own choice.
func startDisplay(ctx context.Context) (display string, stop func(), err error) {
	r, w, err := os.Pipe()
	if err != nil {
		return "", nil, err
	}
	cmd := exec.CommandContext(ctx, "Xvfb", "-displayfd", "3", "-screen", "0", "1280x900x24", "-nolisten", "tcp", "-noreset")
	cmd.ExtraFiles = []*os.File{w}
	err = cmd.Start()
	_ = w.Close()
	if err != nil {
		return "", nil, fmt.Errorf("start Xvfb: %w", err)
	}
	line, err := bufio.NewReader(r).ReadString('\n')
	_ = r.Close()
	stop = func() {
		_ = cmd.Process.Signal(os.Interrupt)
		_ = cmd.Wait() // it was told to end
	}
	if err != nil {
		stop()
		return "", nil, fmt.Errorf("read the display of Xvfb: %w", err)
	}
	return ":" + strings.TrimSpace(line), stop, nil
}

func waitFile(ctx context.Context, path string) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	for {
		if _, err := os.Stat(path); err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("wait for %s: %w", filepath.Base(path), ctx.Err())
		case <-time.After(10 * time.Millisecond):
		}
	}
}
