//go:build unix && !darwin

package exporttest

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"

	"github.com/takebar/takebar/bridge/live"
)

const liveClass = "ableton live 12 suite.exe"

// standin is a program that looks and reacts like Live's windows as far as they are known.
type standin struct {
	*screen
	sc      Script
	out     *json.Encoder
	kinds   map[xproto.Window]string // main, export, midi, save, prompt, progress, message
	main    xproto.Window
	state   live.State
	sets    int
	ignored int // Enters that the Save dialog ignored

	later  <-chan time.Time // for something that happens a little later
	what   func() error
	render *renderJob
	tick   *time.Ticker
}

// runStandin is the whole program; it ends with its standard input.
func runStandin(in io.Reader, out io.Writer, sc Script) error {
	scr, err := openScreen()
	if err != nil {
		return err
	}
	s := &standin{screen: scr, out: json.NewEncoder(out), kinds: map[xproto.Window]string{}, tick: time.NewTicker(time.Hour)}
	defer s.tick.Stop()
	if err := s.load(sc); err != nil {
		return err
	}
	if err := s.out.Encode(Event{What: "ready", ID: uint32(s.main)}); err != nil {
		return err
	}
	commands, events := make(chan Command), make(chan xgb.Event)
	go func() { // ends with standard input, and the program with it
		defer close(commands)
		for lines := bufio.NewScanner(in); lines.Scan(); {
			var c Command
			if json.Unmarshal(lines.Bytes(), &c) == nil {
				commands <- c
			}
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
		var err error
		select {
		case c, ok := <-commands:
			if !ok || c.Do == "quit" {
				return nil
			}
			err = s.command(c)
		case e, ok := <-events:
			if !ok {
				return nil
			}
			err = s.event(e)
		case <-s.later:
			do := s.what
			s.later, s.what = nil, nil
			err = do()
		case <-s.tick.C:
			if s.render != nil {
				err = s.renderStep()
			}
		}
		if err != nil {
			return err
		}
	}
}

func (s *standin) in(d time.Duration, do func() error) { s.later, s.what = time.After(d), do }

// load opens another set: new id, new title.
func (s *standin) load(sc Script) error {
	if sc.Version == "" {
		sc.Version = "12 Suite"
	}
	if sc.Live == "" {
		sc.Live = "12.3.6"
	}
	if sc.Chord == "" {
		sc.Chord = "r"
	}
	if sc.Seconds == 0 {
		sc.Seconds = 2
	}
	if sc.ChunkMs == 0 {
		sc.ChunkMs = 2
	}
	if sc.File == "" {
		sc.File = sc.Set + ".wav"
	}
	if sc.LastBeat == 0 {
		sc.LastBeat = sc.Seconds * 2 // at 120 beats a minute
	}
	s.sc, s.ignored, s.render = sc, 0, nil
	s.sets++
	zero := 0
	s.state = live.State{
		Link:      live.Link{Live: sc.Live, Python: "3.11.6", Script: "1.0.0", Protocol: 1, PID: os.Getpid()},
		Set:       live.Set{ID: fmt.Sprintf("s%d", s.sets), Name: &s.sc.Set},
		Transport: live.Transport{Tempo: 120, SignatureNumerator: 4, SignatureDenominator: 4, LastEventTime: sc.LastBeat, IsPlaying: sc.Playing},
		Record:    live.Record{RecordMode: sc.Record},
		App:       live.App{OpenDialogCount: &zero},
	}
	if sc.Path != "" {
		s.state.Set.Path = &s.sc.Path
	}
	title := sc.Title
	if title == "" && !sc.NoTitle {
		title = sc.Set
		if sc.Project != "" {
			title += " [" + sc.Project + "]"
		}
		title += " - Ableton Live " + sc.Version
	}
	if s.main == 0 {
		w, err := s.show(title, liveClass, 640, 400, 0)
		if err != nil {
			return err
		}
		s.main, s.kinds[w] = w, "main"
	} else if err := s.title(s.main, title); err != nil {
		return err
	}
	if sc.Message != "" {
		return s.message(sc.Message, s.main)
	}
	return s.tell()
}

// tell prints the state, as the script inside Live would send it.
func (s *standin) tell() error {
	st := s.state
	return s.out.Encode(Event{What: "state", State: &st})
}

func (s *standin) dialogs(n int) { s.state.App.OpenDialogCount = &n }

func (s *standin) command(c Command) error {
	switch c.Do {
	case "load":
		if err := s.closeAll(); err != nil {
			return err
		}
		return s.load(*c.Script)
	case "play", "stop":
		s.state.Transport.IsPlaying = c.Do == "play"
		return s.tell()
	case "record":
		s.state.Record.RecordMode = true
		return s.tell()
	case "message":
		return s.message(c.Text, s.main)
	case "answer": // the user closes whatever is open
		return s.closeAll()
	}
	return nil
}

func (s *standin) closeAll() error {
	for w, k := range s.kinds {
		if k != "main" {
			if err := s.close(w); err != nil {
				return err
			}
		}
	}
	s.dialogs(0)
	s.state.App.CurrentDialogMessage = nil
	return s.tell()
}

func (s *standin) close(w xproto.Window) error {
	delete(s.kinds, w)
	return xproto.DestroyWindowChecked(s.x, w).Check()
}

// message opens a message box that Live reports on the link.
func (s *standin) message(text string, owner xproto.Window) error {
	if _, err := s.open("message", "Ableton Live 12", owner); err != nil {
		return err
	}
	s.state.App.CurrentDialogMessage = &text
	s.dialogs(1)
	return s.tell()
}

func (s *standin) open(kind, title string, owner xproto.Window) (xproto.Window, error) {
	w, err := s.show(title, liveClass, 420, 220, owner)
	if err != nil {
		return 0, err
	}
	s.kinds[w] = kind
	return w, s.out.Encode(Event{What: "window", Window: kind, ID: uint32(w)})
}

func (s *standin) find(kind string) xproto.Window {
	for w, k := range s.kinds {
		if k == kind {
			return w
		}
	}
	return 0
}

func (s *standin) event(e xgb.Event) error {
	switch e := e.(type) {
	case xproto.KeyPressEvent:
		return s.key(e)
	case xproto.ExposeEvent:
		s.paint(e.Window)
	case xproto.MappingNotifyEvent:
		return s.readKeyboard()
	}
	return nil
}

func (s *standin) paint(w xproto.Window) {
	switch s.kinds[w] {
	case "main":
		s.label(w, "Stand-in for Ableton Live (test program)", "Set: "+s.sc.Set)
	case "export":
		s.label(w, "Rendered Track      Main", "Render Start         1. 1. 1", "Render Length       16. 0. 0", "PCM on   WAV   44100   24 bit", "", "[ Export ]   [ Cancel ]")
	case "save":
		s.label(w, "Save in: "+s.sc.Folder, "Name:    "+s.sc.File, "", "[ Save ]   [ Cancel ]")
	case "prompt":
		s.label(w, s.sc.File+" already exists.", "Do you want to replace it?", "", "[ Yes ]   [ No ]")
	case "progress":
		s.label(w, "Exporting "+s.sc.File, "[ Cancel ]")
	case "message":
		if m := s.state.App.CurrentDialogMessage; m != nil {
			s.label(w, *m, "", "[ OK ]")
		}
	}
}

// key reacts to a real key event with exact modifiers, and to nothing else.
func (s *standin) key(e xproto.KeyPressEvent) error {
	name, with := s.keyName(e), mods(e.State)
	kind := s.kinds[e.Event]
	if strings.HasPrefix(name, "0xffe") {
		return nil // a modifier by itself
	}
	full := name
	if with != "" {
		full = with + "+" + name
	}
	if err := s.out.Encode(Event{What: "key", Window: kind, Key: full}); err != nil {
		return err
	}
	switch kind + " " + full {
	case "main ctrl+shift+" + s.sc.Chord:
		return s.chord()
	case "main ctrl+shift+" + s.sc.MIDI:
		_, err := s.open("midi", "Export MIDI Clip", s.main)
		return err
	case "export Return":
		return s.exportEnter(e.Event)
	case "export Escape":
		s.dialogs(0)
		return s.closeAnd(e.Event)
	case "save Return":
		return s.saveEnter(e.Event)
	case "save Escape", "midi Escape":
		return s.close(e.Event)
	case "midi Return":
		return os.WriteFile(filepath.Join(s.sc.Folder, s.sc.Set+".mid"), []byte("MThd"), 0o600)
	}
	return nil
}

func (s *standin) closeAnd(w xproto.Window) error {
	if err := s.close(w); err != nil {
		return err
	}
	return s.tell()
}

func (s *standin) chord() error {
	if s.find("export") != 0 {
		return nil
	}
	open := func() error {
		_, err := s.open("export", "Export Audio/Video", s.main)
		if err != nil {
			return err
		}
		if s.sc.Counted {
			s.dialogs(1)
		}
		return s.tell()
	}
	switch s.sc.Fault {
	case DialogNever:
		return nil
	case DialogLate:
		s.in(700*time.Millisecond, open)
		return nil
	case DialogUnknown:
		_, err := s.open("message", "Plug-in Settings", s.main)
		return err
	case TitleStar:
		if err := s.title(s.main, s.sc.Set+"* ["+s.sc.Set+" Project] - Ableton Live "+s.sc.Version); err != nil {
			return err
		}
	case TitleOther:
		if err := s.title(s.main, "Something Else - Ableton Live "+s.sc.Version); err != nil {
			return err
		}
	}
	return open()
}

func (s *standin) exportEnter(w xproto.Window) error {
	switch s.sc.Fault {
	case ExportDisabled:
		return nil
	case LengthZero:
		s.dialogs(0)
		return s.closeAnd(w)
	case StopAudio:
		s.state.Transport.IsPlaying = true
		return s.message("Audio is running. Stop it before exporting?", w)
	}
	_, err := s.open("save", "Save Audio File As", w)
	return err
}

func (s *standin) saveEnter(w xproto.Window) error {
	switch {
	case s.sc.Fault == SaveIgnoresAll, s.sc.Fault == SaveIgnoresFirst && s.ignored == 0:
		s.ignored++
		return nil
	case s.find("prompt") != 0:
		return nil
	}
	if _, err := os.Stat(filepath.Join(s.sc.Folder, s.sc.File)); err == nil {
		_, err := s.open("prompt", "Confirm Save As", w)
		return err
	}
	if err := s.close(w); err != nil {
		return err
	}
	if x := s.find("export"); x != 0 {
		if err := s.close(x); err != nil {
			return err
		}
	}
	s.dialogs(0)
	if err := s.tell(); err != nil {
		return err
	}
	if s.sc.Fault == NoFile {
		return nil
	}
	return s.startRender()
}
