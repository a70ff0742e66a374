//go:build unix && !darwin

package exporttest

import (
	"bufio"
	"encoding/json"
	"io"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"
)

// runVictim shows a window that prints every key it gets. A line "focus" on standard input brings it to the front; "grab" and
// "ungrab" take the keyboard from everybody.
func runVictim(in io.Reader, out io.Writer) error {
	s, err := openScreen()
	if err != nil {
		return err
	}
	w, err := s.show("Letter to Mum - Text Editor", "editor", 300, 200, 0)
	if err != nil {
		return err
	}
	enc := json.NewEncoder(out)
	if err := enc.Encode(Event{What: "ready", ID: uint32(w)}); err != nil {
		return err
	}
	lines, events := make(chan string), make(chan xgb.Event)
	go func() { // ends with standard input, and the program with it
		defer close(lines)
		for sc := bufio.NewScanner(in); sc.Scan(); {
			lines <- sc.Text()
		}
	}()
	go func() { // ends with the display
		defer close(events)
		for {
			e, err := s.x.WaitForEvent()
			if e == nil && err == nil {
				return
			}
			if e != nil {
				events <- e
			}
		}
	}()
	for {
		select {
		case l, ok := <-lines:
			if !ok {
				return nil
			}
			switch l {
			case "focus":
				err = s.activate(w)
			case "grab":
				_, err = xproto.GrabKeyboard(s.x, false, w, xproto.TimeCurrentTime, xproto.GrabModeAsync, xproto.GrabModeAsync).Reply()
				if err == nil {
					err = enc.Encode(Event{What: "grabbed"})
				}
			case "ungrab":
				err = xproto.UngrabKeyboardChecked(s.x, xproto.TimeCurrentTime).Check()
			}
		case e, ok := <-events:
			if !ok {
				return nil
			}
			if _, is := e.(xproto.ExposeEvent); is {
				s.label(w, "Must never get a key", "(test program)")
			}
			if k, is := e.(xproto.KeyPressEvent); is {
				err = enc.Encode(Event{What: "key", Key: mods(k.State) + "+" + s.keyName(k)})
			}
			if k, is := e.(xproto.KeyReleaseEvent); is {
				err = enc.Encode(Event{What: "key", Key: "released " + s.keyName(xproto.KeyPressEvent(k))})
			}
		}
		if err != nil {
			return err
		}
	}
}
