//go:build unix && !darwin

package desktop

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"io"
	"log"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"
)

// x11 asks an X server through its window manager's properties (Extended Window Manager Hints) and the core protocol.
type x11 struct {
	conn  *xgb.Conn
	root  xproto.Window
	setup *xproto.SetupInfo
	atoms map[string]xproto.Atom
	way   bool // the session is Wayland; only windows of XWayland are seen
}

// quiet silences the library, which would write to stderr whenever a window vanishes between two questions.
var quiet = sync.OnceFunc(func() { xgb.Logger = log.New(io.Discard, "", 0) })

// Open connects to the display that DISPLAY names.
func Open() (Driver, error) {
	if os.Getenv("DISPLAY") == "" {
		if os.Getenv("WAYLAND_DISPLAY") != "" {
			return nil, &Problem{
				Code: UnsupportedSession, Text: "This is a Wayland session without X11 programs; other programs' windows cannot be seen or reached in it.",
				Fix: "Log in with an X11 (Xorg) session, or record takes instead: they need no keys.",
			}
		}
		return nil, &Problem{
			Code: UnsupportedSession, Text: "There is no display: DISPLAY is not set.",
			Fix: "Run this inside the desktop session in which Live runs.",
		}
	}
	quiet()
	conn, err := xgb.NewConn()
	if err != nil {
		return nil, &Problem{
			Code: UnsupportedSession, Text: fmt.Sprintf("The display %s does not answer.", os.Getenv("DISPLAY")),
			Fix: "Run this inside the desktop session in which Live runs, as the same user.", Err: err,
		}
	}
	d := &x11{conn: conn, setup: xproto.Setup(conn), atoms: map[string]xproto.Atom{}, way: os.Getenv("WAYLAND_DISPLAY") != ""}
	d.root = d.setup.DefaultScreen(conn).Root
	return d, nil
}

func (d *x11) Close() error {
	d.conn.Close()
	return nil
}

func (d *x11) Ready(context.Context) error {
	wm, err := d.windows32(d.root, "_NET_SUPPORTING_WM_CHECK")
	if err != nil {
		return err
	}
	if len(wm) == 0 {
		return &Problem{
			Code: UnsupportedSession, Text: "No window manager that tells about windows runs on this display.",
			Fix: "Use a desktop with a usual window manager; Takebar must be able to see which window has the focus.",
		}
	}
	return nil
}

// Partial: on Wayland only the windows of X11 programs (XWayland) are seen, which Live under Wine usually is.
func (d *x11) Partial() *Problem {
	if !d.way {
		return nil
	}
	return &Problem{
		Code: UnsupportedSession, Text: "This is a Wayland session, and Live's window is not among its X11 windows, so it cannot be seen or reached.",
		Fix: "Start Live so that it uses X11 (Wine without its Wayland driver), or log in with an X11 session; or record a take instead.",
	}
}

func (d *x11) Windows(context.Context) ([]Window, error) {
	list, err := d.windows32(d.root, "_NET_CLIENT_LIST_STACKING")
	if err == nil && len(list) == 0 {
		list, err = d.windows32(d.root, "_NET_CLIENT_LIST")
	}
	if err != nil {
		return nil, err
	}
	current, err := d.windows32(d.root, "_NET_CURRENT_DESKTOP")
	if err != nil {
		return nil, err
	}
	all := make([]Window, 0, len(list))
	for _, id := range list {
		w, err := d.describe(xproto.Window(id), current)
		if errors.Is(err, ErrGone) {
			return nil, err
		}
		if err == nil { // else it closed meanwhile
			all = append(all, w)
		}
	}
	return all, nil
}

func (d *x11) describe(id xproto.Window, current []uint32) (Window, error) {
	w := Window{ID: ID(id)}
	title, err := d.property(id, "_NET_WM_NAME")
	if err != nil {
		return w, err
	}
	if len(title) == 0 {
		if title, err = d.property(id, "WM_NAME"); err != nil {
			return w, err
		}
	}
	w.Title = cleanTitle(string(title))
	if class, err := d.property(id, "WM_CLASS"); err == nil {
		parts := bytes.Split(bytes.TrimRight(class, "\x00"), []byte{0})
		w.Class = string(parts[len(parts)-1])
	}
	if pid, err := d.windows32(id, "_NET_WM_PID"); err == nil && len(pid) > 0 {
		w.PID = int(pid[0])
		w.Process = processName(w.PID)
	}
	if owner, err := d.windows32(id, "WM_TRANSIENT_FOR"); err == nil && len(owner) > 0 {
		w.Owner = ID(owner[0])
	}
	if state, err := d.windows32(id, "WM_STATE"); err == nil && len(state) > 0 {
		w.Hidden = state[0] == 3 // IconicState, ICCCM 4.1.3.1
	}
	if desk, err := d.windows32(id, "_NET_WM_DESKTOP"); err == nil && len(desk) > 0 && len(current) > 0 {
		w.OtherDesktop = desk[0] != current[0] && desk[0] != 0xFFFFFFFF
	}
	return w, nil
}

// processName reads what a process was started as. Wine shows the program's Windows path there.
func processName(pid int) string {
	cmd, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "cmdline"))
	if err == nil {
		if name, _, _ := strings.Cut(string(cmd), "\x00"); name != "" {
			return cleanTitle(baseName(name))
		}
	}
	if exe, err := os.Readlink(filepath.Join("/proc", strconv.Itoa(pid), "exe")); err == nil {
		return cleanTitle(baseName(exe))
	}
	return ""
}

func (d *x11) Active(context.Context) (ID, error) {
	v, err := d.windows32(d.root, "_NET_ACTIVE_WINDOW")
	if err != nil || len(v) == 0 {
		return 0, err
	}
	return ID(v[0]), nil
}

func (d *x11) Activate(_ context.Context, w Window) error {
	if w.OtherDesktop {
		return &Problem{
			Code: FocusRefused, Text: "Live's window is on another virtual desktop.",
			Fix: "Bring Live to the desktop that you see, then try again.",
		}
	}
	const fromPager = 2 // EWMH: a request in the user's name, not refused as stealing the focus
	atom, err := d.atom("_NET_ACTIVE_WINDOW")
	if err != nil {
		return err
	}
	ev := xproto.ClientMessageEvent{
		Format: 32, Window: xproto.Window(w.ID), Type: atom,
		Data: xproto.ClientMessageDataUnionData32New([]uint32{fromPager, xproto.TimeCurrentTime, 0, 0, 0}),
	}
	mask := uint32(xproto.EventMaskSubstructureNotify | xproto.EventMaskSubstructureRedirect)
	return gone(xproto.SendEventChecked(d.conn, false, d.root, mask, string(ev.Bytes())).Check())
}

func (d *x11) MayType(context.Context, Window) error { return nil }

func (d *x11) Keys(context.Context) (Keys, error) {
	var k Keys
	p, err := xproto.QueryPointer(d.conn, d.root).Reply()
	if err != nil {
		return k, gone(err)
	}
	k.CapsLock = p.Mask&xproto.KeyButMaskLock != 0
	down, err := xproto.QueryKeymap(d.conn).Reply()
	if err != nil {
		return k, gone(err)
	}
	mods, err := xproto.GetModifierMapping(d.conn).Reply()
	if err != nil {
		return k, gone(err)
	}
	n := int(mods.KeycodesPerModifier)
	for _, m := range []struct {
		row  int
		mask uint16
		name string
	}{{0, xproto.KeyButMaskShift, "shift"}, {2, xproto.KeyButMaskControl, "ctrl"}, {3, xproto.KeyButMaskMod1, "alt"}, {6, xproto.KeyButMaskMod4, "cmd"}, {7, xproto.KeyButMaskMod5, "altgr"}} {
		held := p.Mask&m.mask != 0
		for _, code := range mods.Keycodes[m.row*n : (m.row+1)*n] {
			held = held || (code != 0 && down.Keys[code/8]&(1<<(code%8)) != 0)
		}
		if held {
			k.Held = append(k.Held, m.name)
		}
	}
	return k, nil
}

// Grabbed tries to take the keyboard for a moment: X11 has no other way to ask. Programs ignore the change of focus that comes of it
// (mode NotifyGrab), Wine among them.
func (d *x11) Grabbed(context.Context) (bool, error) {
	r, err := xproto.GrabKeyboard(d.conn, false, d.root, xproto.TimeCurrentTime, xproto.GrabModeAsync, xproto.GrabModeAsync).Reply()
	if err != nil {
		return false, gone(err)
	}
	if r.Status != xproto.GrabStatusSuccess {
		return true, nil
	}
	return false, gone(xproto.UngrabKeyboardChecked(d.conn, xproto.TimeCurrentTime).Check())
}

func (d *x11) Layout(_ context.Context, letter rune) error {
	p, err := xproto.QueryPointer(d.conn, d.root).Reply()
	if err != nil {
		return gone(err)
	}
	group := int(p.Mask >> 13 & 3) // where XKB puts the active layout in the core protocol's state
	first := d.setup.MinKeycode
	count := byte(d.setup.MaxKeycode - d.setup.MinKeycode + 1)
	m, err := xproto.GetKeyboardMapping(d.conn, first, count).Reply()
	if err != nil {
		return gone(err)
	}
	per := int(m.KeysymsPerKeycode)
	for at := 0; at+per <= len(m.Keysyms); at += per {
		// Two columns (plain, shifted) a layout; a key without the second layout's columns keeps the first one's.
		col := group * 2
		if col+1 >= per || (m.Keysyms[at+col] == 0 && m.Keysyms[at+col+1] == 0) {
			col = 0
		}
		if m.Keysyms[at+col] == xproto.Keysym(letter) {
			return nil
		}
	}
	return &Problem{
		Code: LayoutUnsupported, Text: fmt.Sprintf("The active keyboard layout has no Latin letter %c, so the shortcut cannot be typed.", letter-'a'+'A'),
		Fix: "Switch to a layout with Latin letters, then try again.",
	}
}

func (d *x11) Corner(context.Context) (bool, error) {
	p, err := xproto.QueryPointer(d.conn, d.root).Reply()
	if err != nil {
		return false, gone(err)
	}
	g, err := xproto.GetGeometry(d.conn, xproto.Drawable(d.root)).Reply()
	if err != nil {
		return false, gone(err)
	}
	return atCorner(int(p.RootX), int(p.RootY), 0, 0, int(g.Width), int(g.Height)), nil
}

func (d *x11) Picture(_ context.Context, w Window) (image.Image, error) {
	g, err := xproto.GetGeometry(d.conn, xproto.Drawable(w.ID)).Reply()
	if err != nil {
		return nil, gone(err)
	}
	pix, err := xproto.GetImage(d.conn, xproto.ImageFormatZPixmap, xproto.Drawable(w.ID), 0, 0, g.Width, g.Height, 0xFFFFFFFF).Reply()
	if err != nil {
		return nil, gone(err)
	}
	img := image.NewRGBA(image.Rect(0, 0, int(g.Width), int(g.Height)))
	if len(pix.Data) < 4*int(g.Width)*int(g.Height) {
		return nil, fmt.Errorf("reading the window's picture: %d bits a pixel are not supported", pix.Depth)
	}
	for i := 0; i < len(img.Pix); i += 4 {
		img.Pix[i], img.Pix[i+1], img.Pix[i+2], img.Pix[i+3] = pix.Data[i+2], pix.Data[i+1], pix.Data[i], 0xFF
	}
	return img, nil
}

func (d *x11) atom(name string) (xproto.Atom, error) {
	if a, ok := d.atoms[name]; ok {
		return a, nil
	}
	r, err := xproto.InternAtom(d.conn, false, uint16(len(name)), name).Reply()
	if err != nil {
		return 0, gone(err)
	}
	d.atoms[name] = r.Atom
	return r.Atom, nil
}

// property reads a property whole; one that is not there is empty.
func (d *x11) property(w xproto.Window, name string) ([]byte, error) {
	atom, err := d.atom(name)
	if err != nil {
		return nil, err
	}
	r, err := xproto.GetProperty(d.conn, false, w, atom, xproto.GetPropertyTypeAny, 0, 1<<16).Reply()
	if err != nil {
		return nil, gone(err)
	}
	return r.Value, nil
}

// windows32 reads a property that is a list of 32-bit numbers.
func (d *x11) windows32(w xproto.Window, name string) ([]uint32, error) {
	b, err := d.property(w, name)
	if err != nil {
		return nil, err
	}
	list := make([]uint32, 0, len(b)/4)
	for ; len(b) >= 4; b = b[4:] {
		list = append(list, binary.LittleEndian.Uint32(b))
	}
	return list, nil
}

// gone tells a lost connection from the server's refusals, such as about a window that closed meanwhile.
func gone(err error) error {
	if err == nil {
		return nil
	}
	var refused xgb.Error
	if errors.As(err, &refused) {
		return err
	}
	return fmt.Errorf("%w: %w", ErrGone, err)
}
