//go:build unix && !darwin

package exporttest

import (
	"encoding/binary"
	"fmt"
	"io"
	"log"
	"os"
	"strings"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"
)

// screen is a program's connection to the display, with just enough to show labelled windows and read real keys.
type screen struct {
	x     *xgb.Conn
	root  xproto.Window
	info  *xproto.ScreenInfo
	first xproto.Keycode
	per   byte
	syms  []xproto.Keysym
	gc    xproto.Gcontext
}

func openScreen() (*screen, error) {
	xgb.Logger = log.New(io.Discard, "", 0)
	x, err := xgb.NewConn()
	if err != nil {
		return nil, fmt.Errorf("connecting to the display: %w", err)
	}
	s := &screen{x: x, info: xproto.Setup(x).DefaultScreen(x), first: xproto.Setup(x).MinKeycode}
	s.root = s.info.Root
	if err := s.readKeyboard(); err != nil {
		return nil, err
	}
	font, err := xproto.NewFontId(x)
	if err != nil {
		return nil, fmt.Errorf("naming a font: %w", err)
	}
	if err := xproto.OpenFontChecked(x, font, 5, "fixed").Check(); err != nil {
		return nil, fmt.Errorf("opening the server's font: %w", err)
	}
	if s.gc, err = xproto.NewGcontextId(x); err != nil {
		return nil, fmt.Errorf("naming a context: %w", err)
	}
	err = xproto.CreateGCChecked(x, s.gc, xproto.Drawable(s.root), xproto.GcForeground|xproto.GcBackground|xproto.GcFont, []uint32{0x202020, 0xC8C8C8, uint32(font)}).Check()
	if err != nil {
		return nil, fmt.Errorf("making a context: %w", err)
	}
	return s, nil
}

func (s *screen) readKeyboard() error {
	setup := xproto.Setup(s.x)
	m, err := xproto.GetKeyboardMapping(s.x, setup.MinKeycode, byte(setup.MaxKeycode-setup.MinKeycode+1)).Reply()
	if err != nil {
		return fmt.Errorf("reading the keyboard: %w", err)
	}
	s.per, s.syms = m.KeysymsPerKeycode, m.Keysyms
	return nil
}

// keyName is the key of an event in the active layout: a letter, Return, Escape, or a number.
func (s *screen) keyName(e xproto.KeyPressEvent) string {
	group := int(e.State >> 13 & 3)
	at := int(e.Detail-s.first) * int(s.per)
	col := group * 2
	if col+1 >= int(s.per) || s.syms[at+col] == 0 {
		col = 0
	}
	switch sym := s.syms[at+col]; {
	case sym == 0xFF0D || sym == 0xFF8D:
		return "Return"
	case sym == 0xFF1B:
		return "Escape"
	case sym >= 'a' && sym <= 'z':
		return string(rune(sym))
	default:
		return fmt.Sprintf("%#x", uint32(sym))
	}
}

// mods are the modifiers that count for a shortcut.
func mods(state uint16) string {
	var on []string
	for _, m := range []struct {
		bit  uint16
		name string
	}{{xproto.KeyButMaskControl, "ctrl"}, {xproto.KeyButMaskShift, "shift"}, {xproto.KeyButMaskMod1, "alt"}, {xproto.KeyButMaskMod4, "cmd"}, {xproto.KeyButMaskLock, "caps"}} {
		if state&m.bit != 0 {
			on = append(on, m.name)
		}
	}
	return strings.Join(on, "+")
}

func (s *screen) atom(name string) (xproto.Atom, error) {
	r, err := xproto.InternAtom(s.x, false, uint16(len(name)), name).Reply()
	if err != nil {
		return 0, fmt.Errorf("naming %s: %w", name, err)
	}
	return r.Atom, nil
}

func (s *screen) setText(w xproto.Window, prop, typ, text string) error {
	p, err := s.atom(prop)
	if err != nil {
		return err
	}
	t, err := s.atom(typ)
	if err != nil {
		return err
	}
	return xproto.ChangePropertyChecked(s.x, xproto.PropModeReplace, w, p, t, 8, uint32(len(text)), []byte(text)).Check()
}

func (s *screen) setNumbers(w xproto.Window, prop, typ string, v ...uint32) error {
	p, err := s.atom(prop)
	if err != nil {
		return err
	}
	t, err := s.atom(typ)
	if err != nil {
		return err
	}
	var b []byte
	for _, n := range v {
		b = binary.LittleEndian.AppendUint32(b, n)
	}
	return xproto.ChangePropertyChecked(s.x, xproto.PropModeReplace, w, p, t, 32, uint32(len(v)), b).Check()
}

// show makes and maps a window; title "" leaves it without one.
func (s *screen) show(title, class string, width, height uint16, owner xproto.Window) (xproto.Window, error) {
	w, err := xproto.NewWindowId(s.x)
	if err != nil {
		return 0, fmt.Errorf("naming a window: %w", err)
	}
	events := uint32(xproto.EventMaskKeyPress | xproto.EventMaskKeyRelease | xproto.EventMaskExposure | xproto.EventMaskStructureNotify)
	err = xproto.CreateWindowChecked(s.x, s.info.RootDepth, w, s.root, 60, 60, width, height, 0, xproto.WindowClassInputOutput, s.info.RootVisual,
		xproto.CwBackPixel|xproto.CwEventMask, []uint32{0xC8C8C8, events}).Check()
	if err != nil {
		return 0, fmt.Errorf("making a window: %w", err)
	}
	if title != "" {
		if err := s.title(w, title); err != nil {
			return 0, err
		}
	}
	if err := s.setText(w, "WM_CLASS", "STRING", class+"\x00"+class+"\x00"); err != nil {
		return 0, err
	}
	if err := s.setNumbers(w, "_NET_WM_PID", "CARDINAL", uint32(os.Getpid())); err != nil {
		return 0, err
	}
	host, err := os.Hostname()
	if err != nil {
		return 0, fmt.Errorf("asking for the host's name: %w", err)
	}
	if err := s.setText(w, "WM_CLIENT_MACHINE", "STRING", host); err != nil {
		return 0, err
	}
	if owner != 0 {
		if err := s.setNumbers(w, "WM_TRANSIENT_FOR", "WINDOW", uint32(owner)); err != nil {
			return 0, err
		}
	}
	return w, xproto.MapWindowChecked(s.x, w).Check()
}

func (s *screen) title(w xproto.Window, title string) error {
	if err := s.setText(w, "_NET_WM_NAME", "UTF8_STRING", title); err != nil {
		return err
	}
	return s.setText(w, "WM_NAME", "STRING", title)
}

// label writes lines into a window.
func (s *screen) label(w xproto.Window, lines ...string) {
	xproto.ClearArea(s.x, false, w, 0, 0, 0, 0)
	for i, l := range lines {
		if len(l) > 120 {
			l = l[:120]
		}
		xproto.ImageText8(s.x, byte(len(l)), xproto.Drawable(w), s.gc, 16, int16(28+18*i), l)
	}
}

// activate asks the window manager for the focus, as a pager would.
func (s *screen) activate(w xproto.Window) error {
	a, err := s.atom("_NET_ACTIVE_WINDOW")
	if err != nil {
		return err
	}
	ev := xproto.ClientMessageEvent{Format: 32, Window: w, Type: a, Data: xproto.ClientMessageDataUnionData32New([]uint32{2, 0, 0, 0, 0})}
	return xproto.SendEventChecked(s.x, false, s.root, xproto.EventMaskSubstructureNotify|xproto.EventMaskSubstructureRedirect, string(ev.Bytes())).Check()
}
