//go:build windows

// Command wine tests the Windows key driver for real: it shows a small window titled like Live's, finds it, brings it to the front and sends it the
// four keys through the keys process. scripts/wine-test.sh builds and runs it under Wine; it runs on Windows as well.
package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/windows"

	"github.com/takebar/takebar/automation/desktop"
	"github.com/takebar/takebar/automation/keys"
	"github.com/takebar/takebar/automation/robot"
)

const title = "Song [Song Project] - Ableton Live 12 Suite"

func main() {
	runtime.LockOSThread()
	if len(os.Args) == 2 {
		switch os.Args[1] {
		case "keys-role":
			os.Exit(robot.Serve(context.Background(), os.Stdin, os.Stdout))
		case "window":
			if err := window(); err != nil {
				fmt.Fprintln(os.Stderr, err)
				os.Exit(1)
			}
			return
		}
	}
	if err := test(); err != nil {
		fmt.Fprintln(os.Stderr, "FAIL:", err)
		os.Exit(1)
	}
	fmt.Println("PASS")
}

type message struct {
	hwnd           windows.HWND
	message        uint32
	wparam, lparam uintptr
	time           uint32
	x, y           int32
	private        uint32
}

type class struct {
	size, style                        uint32
	proc                               uintptr
	clsExtra, wndExtra                 int32
	instance, icon, cursor, background windows.Handle
	menuName, className                *uint16
	iconSmall                          windows.Handle
}

// window shows a window and prints every key that it gets, until its standard input ends.
func window() error {
	user := windows.NewLazySystemDLL("user32.dll")
	call := func(name string, args ...uintptr) uintptr {
		r, _, _ := user.NewProc(name).Call(args...)
		return r
	}
	down := func(code uintptr) bool { return call("GetKeyState", code)&0x8000 != 0 }
	const keyDown, sysKeyDown, destroy, shift, ctrl, alt = 0x100, 0x104, 0x2, 0x10, 0x11, 0x12
	proc := syscall.NewCallback(func(h windows.HWND, msg uint32, w, l uintptr) uintptr {
		switch msg {
		case keyDown, sysKeyDown:
			name := map[uintptr]string{0x0D: "Enter", 0x1B: "Esc"}[w]
			switch {
			case w == shift || w == ctrl || w == alt || w == 0x5B || w == 0x5C:
				return 0
			case name == "" && w >= 'A' && w <= 'Z':
				name = string(rune(w))
			case name == "":
				name = fmt.Sprintf("%#x", w)
			}
			for _, m := range []struct {
				code uintptr
				name string
			}{{alt, "alt+"}, {shift, "shift+"}, {ctrl, "ctrl+"}} {
				if down(m.code) {
					name = m.name + name
				}
			}
			fmt.Println("key", name)
			return 0
		case destroy:
			call("PostQuitMessage", 0)
			return 0
		}
		return call("DefWindowProcW", uintptr(h), uintptr(msg), w, l)
	})
	name, err := windows.UTF16PtrFromString("Ableton Live Window Class")
	if err != nil {
		return err
	}
	text, err := windows.UTF16PtrFromString(title)
	if err != nil {
		return err
	}
	c := class{proc: proc, className: name, background: 6}
	c.size = uint32(unsafe.Sizeof(c))
	if call("RegisterClassExW", uintptr(unsafe.Pointer(&c))) == 0 {
		return errors.New("the window class cannot be registered")
	}
	const visible = 0x10CF0000 // WS_OVERLAPPEDWINDOW | WS_VISIBLE
	h := call("CreateWindowExW", 0, uintptr(unsafe.Pointer(name)), uintptr(unsafe.Pointer(text)), visible, 100, 100, 500, 300, 0, 0, 0, 0)
	if h == 0 {
		return errors.New("the window cannot be made")
	}
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		call("PostMessageW", h, 0x10, 0, 0) // WM_CLOSE
	}()
	fmt.Println("ready")
	for {
		var m message
		if r := int32(call("GetMessageW", uintptr(unsafe.Pointer(&m)), 0, 0, 0)); r <= 0 {
			return nil
		}
		call("TranslateMessage", uintptr(unsafe.Pointer(&m)))
		call("DispatchMessageW", uintptr(unsafe.Pointer(&m)))
	}
}

// log is what the window printed.
type log struct {
	mu    sync.Mutex
	lines []string
}

func (l *log) has(want ...string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Equal(l.lines, want)
}

func (l *log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Join(l.lines, ", ")
}

func until(what string, ok func() bool) error {
	end := time.Now().Add(30 * time.Second)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for range tick.C {
		if ok() {
			return nil
		}
		if time.Now().After(end) {
			return fmt.Errorf("waited in vain for %s", what)
		}
	}
	return nil
}

func test() error {
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute)
	defer cancel()
	program, err := os.Executable()
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, program, "window")
	in, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		return err
	}
	defer func() {
		_ = in.Close()
		_ = cmd.Wait()
	}()
	seen := &log{}
	go func() {
		for lines := bufio.NewScanner(out); lines.Scan(); {
			seen.mu.Lock()
			seen.lines = append(seen.lines, strings.TrimSpace(lines.Text()))
			seen.mu.Unlock()
		}
	}()
	if err := until("the window", func() bool { return seen.has("ready") }); err != nil {
		return err
	}
	desk, err := desktop.Open()
	if err != nil {
		return err
	}
	defer desk.Close() //nolint:errcheck // the program ends
	w, err := look(ctx, desk, cmd.Process.Pid)
	if err != nil {
		return err
	}
	fmt.Printf("found %s, class %q\n", w, w.Class)
	return press(ctx, desk, w, seen, &keys.Client{Command: []string{program, "keys-role"}, Timeout: 30 * time.Second})
}

// look finds the window, checks what the driver says of it, and brings it to the front.
func look(ctx context.Context, desk desktop.Driver, pid int) (desktop.Window, error) {
	var w desktop.Window
	if err := desk.Ready(ctx); err != nil {
		return w, err
	}
	err := until("the window in the list", func() bool {
		all, err := desk.Windows(ctx)
		i := slices.IndexFunc(all, func(w desktop.Window) bool { return w.PID == pid && w.Title == title })
		if err != nil || i < 0 {
			return false
		}
		w = all[i]
		return true
	})
	if err != nil {
		return w, err
	}
	for _, check := range []error{desk.Layout(ctx, 'e'), desk.Layout(ctx, 'r'), desk.MayType(ctx, w)} {
		if check != nil {
			return w, check
		}
	}
	if k, err := desk.Keys(ctx); err != nil || len(k.Held) > 0 || k.CapsLock {
		return w, fmt.Errorf("keys before: %+v, %w", k, err)
	}
	if corner, err := desk.Corner(ctx); err != nil || corner {
		return w, fmt.Errorf("the mouse is in a corner: %t, %w", corner, err)
	}
	if img, err := desk.Picture(ctx, w); err != nil || img.Bounds().Dx() < 400 {
		return w, fmt.Errorf("the picture of the window: %w", err)
	}
	if err := desk.Activate(ctx, w); err != nil {
		return w, err
	}
	return w, until("the window in front", func() bool {
		id, err := desk.Active(ctx)
		return err == nil && id == w.ID
	})
}

func press(ctx context.Context, desk desktop.Driver, w desktop.Window, seen *log, c *keys.Client) error {
	want := []string{"ready"}
	for _, step := range []struct {
		key  keys.Key
		line string
	}{{keys.ChordE, "key ctrl+shift+E"}, {keys.ChordR, "key ctrl+shift+R"}, {keys.Enter, "key Enter"}, {keys.Escape, "key Esc"}} {
		r, err := c.Ask(ctx, keys.Request{Do: keys.Tap, Key: step.key, Window: uint64(w.ID), PID: w.PID, Title: w.Title})
		if err != nil || !r.Sent {
			return fmt.Errorf("%s: %+v, %w", step.key, r, err)
		}
		want = append(want, step.line)
		if err := until(step.line, func() bool { return seen.has(want...) }); err != nil {
			return fmt.Errorf("%w; the window got: %s", err, seen)
		}
		fmt.Println("received", step.line)
	}
	r, err := c.Ask(ctx, keys.Request{Do: keys.Tap, Key: keys.Enter, Window: uint64(w.ID) + 4, PID: w.PID, Title: w.Title})
	if err != nil || r.Sent || r.Code != keys.CodeFocus {
		return fmt.Errorf("a key for a window that is not in front: %+v, %w", r, err)
	}
	if err := c.Release(ctx); err != nil {
		return err
	}
	if k, err := desk.Keys(ctx); err != nil || len(k.Held) > 0 {
		return fmt.Errorf("keys afterwards: %+v, %w", k, err)
	}
	fmt.Println("refused a key for another window; no modifier is down")
	return nil
}
