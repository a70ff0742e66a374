// Package robot is the keys role: it reads one request from standard input, sends at most one key, answers one line and is done. It runs in a
// process of its own, because the library that presses keys may end its process on ordinary events (no display, a layout without Latin letters).
//
// It is the only importer of robotgo, and it may send nothing but the four keys of package keys. With the build tag norobot, or
// without cgo, it answers that it has no key driver. Only main (and tests) may import it.
package robot

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"runtime"
	"time"

	"github.com/takebar/takebar/automation/desktop"
	"github.com/takebar/takebar/automation/keys"
)

const maxLine = 1 << 16 // bytes of a request

// How long the focus may be in passing from one window to the next: window managers report "no window" for some ms at most changes.
const focusPatience = 150 * time.Millisecond

// Built says whether this program can send keys at all.
func Built() bool { return driver != nil }

// driver presses and releases keys; nil in builds without one.
type keyDriver interface {
	tap(key string, modifiers []string) error
	release() error
}

// Serve carries out one request. It must be called on the main goroutine at the start of the process: macOS wants keys to
// be sent on the main thread. The result is the exit status.
func Serve(ctx context.Context, in io.Reader, out io.Writer) int {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	line, err := bufio.NewReader(io.LimitReader(in, maxLine)).ReadBytes('\n')
	var req keys.Request
	if err != nil || json.Unmarshal(line, &req) != nil {
		return answer(out, keys.Reply{Code: keys.CodeHelper, Text: "The request to the key driver is not understood."})
	}
	return answer(out, serve(ctx, req))
}

func answer(out io.Writer, r keys.Reply) int {
	b, err := json.Marshal(r)
	if err != nil {
		return 1
	}
	if _, err := out.Write(append(b, '\n')); err != nil {
		return 1
	}
	return 0
}

func serve(ctx context.Context, req keys.Request) keys.Reply {
	if driver == nil {
		return keys.Reply{Code: keys.CodeHelper, Text: "This build of Takebar has no key driver."}
	}
	desk, err := desktop.Open() // before the key library is touched: it crashes where there is no display
	if err != nil {
		return keys.Reply{Code: keys.CodeSession, Text: err.Error()}
	}
	defer func() { _ = desk.Close() }() // the process ends anyway
	switch req.Do {
	case keys.Probe:
		return keys.Reply{OK: true}
	case keys.Release:
		if err := driver.release(); err != nil {
			return keys.Reply{Code: keys.CodeHelper, Text: err.Error()}
		}
		return keys.Reply{OK: true}
	case keys.Tap:
		if !req.Key.Known() || req.Window == 0 || req.PID == 0 {
			return keys.Reply{Code: keys.CodeHelper, Text: "The key driver was asked for a key that it does not know, or without a window."}
		}
		return tap(ctx, desk, req)
	}
	return keys.Reply{Code: keys.CodeHelper, Text: fmt.Sprintf("The key driver does not know %q.", req.Do)}
}

func tap(ctx context.Context, desk desktop.Driver, req keys.Request) keys.Reply {
	if l := req.Key.Letter(); l != 0 {
		if err := desk.Layout(ctx, l); err != nil {
			return keys.Reply{Code: desktop.LayoutUnsupported, Text: err.Error()}
		}
	}
	held, err := desk.Keys(ctx)
	switch {
	case err != nil:
		return keys.Reply{Code: keys.CodeSession, Text: err.Error()}
	case len(held.Held) > 0:
		return keys.Reply{Code: keys.CodeModifiers, Text: fmt.Sprintf("A key is held down: %v.", held.Held)}
	case held.CapsLock:
		return keys.Reply{Code: keys.CodeCaps, Text: "Caps Lock is on."}
	}
	if req.Deadline != 0 && time.Now().UnixMilli() > req.Deadline {
		return keys.Reply{Code: keys.CodeDeadline, Text: "The time for this key was over."}
	}
	// The last look: the window that is meant, under the title that it had, and nothing else.
	if !focused(ctx, desk, func(id desktop.ID, w desktop.Window) bool {
		return uint64(id) == req.Window && w.PID == req.PID && w.Title == req.Title
	}) {
		return keys.Reply{Code: keys.CodeFocus, Text: "Another window had the focus right before the key; nothing was pressed."}
	}
	if err := driver.tap(keyName(req.Key), req.Key.Modifiers()); err != nil {
		return keys.Reply{Code: keys.CodeHelper, Text: err.Error()}
	}
	reply := keys.Reply{OK: true, Sent: true}
	focused(ctx, desk, func(id desktop.ID, w desktop.Window) bool {
		reply.After, reply.AfterPID = uint64(id), w.PID
		return w.PID == req.PID
	})
	return reply
}

// focused polls until the active window fulfils a condition, or the patience ends.
func focused(ctx context.Context, desk desktop.Driver, is func(desktop.ID, desktop.Window) bool) bool {
	ctx, cancel := context.WithTimeout(ctx, focusPatience)
	defer cancel()
	tick := time.NewTicker(3 * time.Millisecond)
	defer tick.Stop()
	for {
		id, err := desk.Active(ctx)
		if err == nil && id != 0 {
			if w, ok := find(ctx, desk, id); ok && is(id, w) {
				return true
			}
		}
		select {
		case <-ctx.Done():
			return false
		case <-tick.C:
		}
	}
}

func find(ctx context.Context, desk desktop.Driver, id desktop.ID) (desktop.Window, bool) {
	all, err := desk.Windows(ctx)
	if err != nil {
		return desktop.Window{}, false
	}
	for _, w := range all {
		if w.ID == id {
			return w, true
		}
	}
	return desktop.Window{}, false
}

func keyName(k keys.Key) string {
	switch k {
	case keys.Enter:
		return "enter" // "return" is no name of the library
	case keys.Escape:
		return "esc"
	}
	return string(k.Letter())
}
