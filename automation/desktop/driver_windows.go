package desktop

import (
	"context"
	"fmt"
	"image"
	"sync"
	"syscall"
	"unsafe"

	"golang.org/x/sys/windows"
)

// win asks the Windows desktop. Names of functions are those of the Windows API; MSDN describes them.
type win struct {
	user, gdi *windows.LazyDLL
}

// Open checks that there is a desktop that can be asked.
func Open() (Driver, error) {
	w := &win{user: windows.NewLazySystemDLL("user32.dll"), gdi: windows.NewLazySystemDLL("gdi32.dll")}
	if err := w.user.Load(); err != nil {
		return nil, &Problem{Code: UnsupportedSession, Text: "There is no desktop in this session.", Fix: "Run this inside the desktop session in which Live runs.", Err: err}
	}
	return w, nil
}

func (d *win) call(name string, args ...uintptr) uintptr {
	r, _, _ := d.user.NewProc(name).Call(args...) // the results that matter are values, not last errors
	return r
}

func (d *win) Close() error { return nil }

func (d *win) Ready(context.Context) error {
	// A service, or a session behind a lock screen, has no foreground and no shell.
	if d.call("GetShellWindow") == 0 && windows.GetForegroundWindow() == 0 {
		return &Problem{Code: UnsupportedSession, Text: "No desktop is shown in this session.", Fix: "Unlock the screen, and run this inside the session in which Live runs."}
	}
	return nil
}

// collector is made once: a process has room for some 2,000 callbacks, and none is ever given back.
var collector = sync.OnceValue(func() uintptr {
	return syscall.NewCallback(func(h windows.HWND, into *[]windows.HWND) uintptr {
		*into = append(*into, h)
		return 1
	})
})

func (d *win) Windows(context.Context) ([]Window, error) {
	into := new([]windows.HWND)
	if err := windows.EnumWindows(collector(), unsafe.Pointer(into)); err != nil {
		return nil, fmt.Errorf("listing windows: %w", err)
	}
	handles := *into
	names := map[uint32]string{}
	all := make([]Window, 0, len(handles))
	for i := len(handles) - 1; i >= 0; i-- { // Windows lists the topmost first
		if h := handles[i]; windows.IsWindowVisible(h) {
			all = append(all, d.describe(h, names))
		}
	}
	return all, nil
}

func (d *win) describe(h windows.HWND, names map[uint32]string) Window {
	w := Window{ID: ID(h), Hidden: d.call("IsIconic", uintptr(h)) != 0}
	var title [512]uint16
	if n := d.call("GetWindowTextW", uintptr(h), uintptr(unsafe.Pointer(&title[0])), uintptr(len(title))); n > 0 {
		w.Title = cleanTitle(windows.UTF16ToString(title[:]))
	}
	var class [256]uint16
	if n, err := windows.GetClassName(h, &class[0], int32(len(class))); err == nil && n > 0 {
		w.Class = windows.UTF16ToString(class[:])
	}
	const owner = 4 // GW_OWNER
	w.Owner = ID(d.call("GetWindow", uintptr(h), owner))
	var pid uint32
	if _, err := windows.GetWindowThreadProcessId(h, &pid); err == nil {
		w.PID = int(pid)
		name, known := names[pid]
		if !known {
			name = processName(pid)
			names[pid] = name
		}
		w.Process = name
	}
	return w
}

func processName(pid uint32) string {
	p, err := windows.OpenProcess(windows.PROCESS_QUERY_LIMITED_INFORMATION, false, pid)
	if err != nil {
		return ""
	}
	defer func() { _ = windows.CloseHandle(p) }() // only read from
	var path [windows.MAX_LONG_PATH]uint16
	n := uint32(len(path))
	if err := windows.QueryFullProcessImageName(p, 0, &path[0], &n); err != nil {
		return ""
	}
	return baseName(windows.UTF16ToString(path[:n]))
}

func (d *win) Partial() *Problem { return nil }

func (d *win) Active(context.Context) (ID, error) { return ID(windows.GetForegroundWindow()), nil }

func (d *win) Activate(_ context.Context, w Window) error {
	if w.Hidden {
		const restore = 9 // SW_RESTORE
		d.call("ShowWindow", uintptr(w.ID), restore)
	}
	// Windows grants the focus to a background program only if its input is joined to the foreground's.
	var pid uint32
	front, err := windows.GetWindowThreadProcessId(windows.GetForegroundWindow(), &pid)
	me := windows.GetCurrentThreadId()
	if err == nil && front != me {
		d.call("AttachThreadInput", uintptr(me), uintptr(front), 1)
		defer d.call("AttachThreadInput", uintptr(me), uintptr(front), 0)
	}
	d.call("BringWindowToTop", uintptr(w.ID))
	d.call("SetForegroundWindow", uintptr(w.ID)) // whether it was granted, Active tells
	return nil
}

// MayType refuses a window of an elevated process when this one is not: Windows drops keys to it without a word.
func (d *win) MayType(_ context.Context, w Window) error {
	if windows.GetCurrentProcessToken().IsElevated() {
		return nil
	}
	p, err := windows.OpenProcess(windows.PROCESS_QUERY_LIMITED_INFORMATION, false, uint32(w.PID))
	if err != nil {
		return d.elevated(err)
	}
	defer func() { _ = windows.CloseHandle(p) }() // only read from
	var token windows.Token
	if err := windows.OpenProcessToken(p, windows.TOKEN_QUERY, &token); err != nil {
		return d.elevated(err) // a process above us does not let us look
	}
	defer func() { _ = token.Close() }() // only read from
	if token.IsElevated() {
		return d.elevated(nil)
	}
	return nil
}

func (d *win) elevated(err error) error {
	return &Problem{
		Code: PermissionMissing, Text: "Live runs with administrator rights; Windows does not let Takebar send keys to it.",
		Fix: "Start Live without administrator rights (look at the compatibility settings of its shortcut).", Err: err,
	}
}

func (d *win) Keys(context.Context) (Keys, error) {
	var k Keys
	const (
		shift, ctrl, alt, caps, leftWin, rightWin = 0x10, 0x11, 0x12, 0x14, 0x5B, 0x5C // virtual-key codes
		down                                      = 0x8000
	)
	for _, m := range []struct {
		name  string
		codes []uintptr
	}{{"shift", []uintptr{shift}}, {"ctrl", []uintptr{ctrl}}, {"alt", []uintptr{alt}}, {"cmd", []uintptr{leftWin, rightWin}}} {
		for _, code := range m.codes {
			if d.call("GetAsyncKeyState", code)&down != 0 {
				k.Held = append(k.Held, m.name)
				break
			}
		}
	}
	k.CapsLock = d.call("GetKeyState", caps)&1 != 0
	return k, nil
}

func (d *win) Grabbed(context.Context) (bool, error) { return false, nil } // no program can take the whole keyboard here

func (d *win) Layout(_ context.Context, letter rune) error {
	var pid uint32
	thread, err := windows.GetWindowThreadProcessId(windows.GetForegroundWindow(), &pid)
	if err != nil {
		thread = 0 // this thread's layout
	}
	layout := d.call("GetKeyboardLayout", uintptr(thread))
	if code := d.call("VkKeyScanExW", uintptr(letter), layout) & 0xFFFF; code == 0xFFFF || code>>8 != 0 {
		return &Problem{
			Code: LayoutUnsupported, Text: fmt.Sprintf("The active keyboard layout has no Latin letter %c, so the shortcut cannot be typed.", letter-'a'+'A'),
			Fix: "Switch to a layout with Latin letters, then try again.",
		}
	}
	return nil
}

func (d *win) Corner(context.Context) (bool, error) {
	var p struct{ x, y int32 }
	if d.call("GetCursorPos", uintptr(unsafe.Pointer(&p))) == 0 {
		return false, nil // the secure desktop has the mouse; the focus check will notice
	}
	const left, top, width, height = 76, 77, 78, 79 // SM_XVIRTUALSCREEN and so on
	metric := func(i uintptr) int { return int(int32(d.call("GetSystemMetrics", i))) }
	l, t := metric(left), metric(top)
	return atCorner(int(p.x), int(p.y), l, t, l+metric(width), t+metric(height)), nil
}

type bitmapInfo struct {
	size                   uint32
	width, height          int32
	planes, bits           uint16
	compression, sizeImage uint32
	xPerM, yPerM           int32
	used, important        uint32
	colours                [4]byte
}

func (d *win) Picture(_ context.Context, w Window) (image.Image, error) {
	var r struct{ left, top, right, bottom int32 }
	if d.call("GetWindowRect", uintptr(w.ID), uintptr(unsafe.Pointer(&r))) == 0 {
		return nil, fmt.Errorf("reading the window's place: it closed")
	}
	width, height := int(r.right-r.left), int(r.bottom-r.top)
	if width <= 0 || height <= 0 || width > 1<<14 || height > 1<<14 {
		return nil, fmt.Errorf("reading the window's picture: it is %d by %d", width, height)
	}
	gdi := func(name string, args ...uintptr) uintptr {
		v, _, _ := d.gdi.NewProc(name).Call(args...)
		return v
	}
	screen := d.call("GetDC", 0)
	defer d.call("ReleaseDC", 0, screen)
	mem := gdi("CreateCompatibleDC", screen)
	defer gdi("DeleteDC", mem)
	bmp := gdi("CreateCompatibleBitmap", screen, uintptr(width), uintptr(height))
	defer gdi("DeleteObject", bmp)
	old := gdi("SelectObject", mem, bmp)
	const srcCopy = 0x00CC0020
	ok := gdi("BitBlt", mem, 0, 0, uintptr(width), uintptr(height), screen, uintptr(r.left), uintptr(r.top), srcCopy)
	gdi("SelectObject", mem, old)
	info := bitmapInfo{width: int32(width), height: -int32(height), planes: 1, bits: 32}
	info.size = uint32(unsafe.Offsetof(info.colours))
	img := image.NewRGBA(image.Rect(0, 0, width, height))
	if ok == 0 || gdi("GetDIBits", mem, bmp, 0, uintptr(height), uintptr(unsafe.Pointer(&img.Pix[0])), uintptr(unsafe.Pointer(&info)), 0) == 0 {
		return nil, fmt.Errorf("reading the window's picture: the screen cannot be read")
	}
	for i := 0; i < len(img.Pix); i += 4 {
		img.Pix[i], img.Pix[i+2], img.Pix[i+3] = img.Pix[i+2], img.Pix[i], 0xFF
	}
	return img, nil
}
