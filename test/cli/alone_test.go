package cli

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/takebar/takebar/bridge/live"
	"github.com/takebar/takebar/internal/audio"
	"github.com/takebar/takebar/internal/control"
	"github.com/takebar/takebar/internal/simtest"
	"github.com/takebar/takebar/internal/take/sidecar"
)

// Without the menu-bar app, each command works by itself.

func TestTakeOfAFixedLength(t *testing.T) {
	m := withLive(t)
	out := m.run("take", "start", "--source", "track:guitar", "--for", "2beats", "--name", "Riff: one?")
	path := strings.TrimSuffix(out, "\n")
	if strings.Contains(path, "\n") {
		t.Fatalf("more than one path a line: %q", out)
	}
	truth := m.truth()
	m.is(path, truth)
	if truth.TrackName != "Guitar" || truth.View != "arrangement" || !strings.Contains(path, "Riff") {
		t.Errorf("%s, and Live recorded %+v", path, truth)
	}
	if beats := *truth.EndBeat - truth.StartBeat; beats < 2 || beats > 3 {
		t.Errorf("%g beats were recorded instead of 2", beats)
	}
	if simtest.Get[bool](t, m.sim.Control, "tracks.Guitar.arm") || simtest.Get[bool](t, m.sim.Control, "song.record_mode") {
		t.Error("the set was not put back as it was")
	}
	// The sidecar on the disk says the same as the command.
	shown := decode[control.LibraryTake](t, m.run("takes", "show", "last", "--json"))
	data, err := os.ReadFile(shown.Sidecar)
	if err != nil {
		t.Fatal(err)
	}
	if onDisk := decode[sidecar.Take](t, string(data)); onDisk.ID != shown.ID || onDisk.Files[0].SHA256 != *truth.SHA256 || *onDisk.Files[0].StartSample != truth.PreRoll || onDisk.Status != sidecar.StatusLanded {
		t.Errorf("sidecar %+v", onDisk)
	}
}

func TestBothViewsAndEverySource(t *testing.T) {
	m := withLive(t, "--format", "aiff")
	m.sim.Do(t, "arm", simtest.Params{"track": "Bass"}, nil)
	m.sim.Do(t, "arm", simtest.Params{"track": "Vocals", "exclusive": false}, nil)
	paths := strings.Fields(strings.ReplaceAll(m.run("take", "start", "--view", "session", "--for", "1bar"), " ", "\x00"))
	if len(paths) != 2 {
		t.Fatalf("two armed tracks gave %q", paths)
	}
	m.run("track", "select", "Drums")
	one := decode[control.LibraryTake](t, m.run("take", "start", "--source", "selected", "--for", "0.5s", "--json"))
	if truth := m.truth(); truth.TrackName != "Drums" || len(one.Paths) != 1 {
		t.Errorf("%+v, Live recorded %+v", one.Paths, truth)
	} else {
		m.is(one.Paths[0], truth)
	}
	m.run("play")
	main := decode[control.LibraryTake](t, m.run("take", "start", "--source", "main", "--for", "2beats", "--json"))
	truth := m.truth()
	if truth.Source != "resampling" || len(main.Paths) != 1 {
		t.Fatalf("%+v, Live recorded %+v", main.Paths, truth)
	}
	m.is(main.Paths[0], truth)
	if info, err := audio.ProbeFile(main.Paths[0]); err != nil || !info.Complete || !strings.HasPrefix(string(info.Container), "AIF") {
		t.Errorf("%+v %v", info, err)
	}
	if !simtest.Get[bool](t, m.sim.Control, "tracks.Bass.arm") || !simtest.Get[bool](t, m.sim.Control, "tracks.Vocals.arm") {
		t.Error("the armed tracks were not put back")
	}
	if got := len(m.library()); got != 3 {
		t.Errorf("%d takes in the library", got)
	}
}

func TestStartAndStopAreTwoCommands(t *testing.T) {
	m := withLive(t)
	m.run("arm", "Guitar")
	m.run("take", "start")
	m.refused(1, "take_running", "take", "start")
	m.sim.WaitFor(t, simtest.Params{"path": "takes.-1.frames", "at_least": 48000})
	m.is(strings.TrimSpace(m.run("take", "stop", "--wait")), m.truth())
	m.refused(1, "no_take", "take", "stop")
	// Without --wait the command still brings it home: nobody else is there to.
	m.run("toggle")
	m.sim.WaitFor(t, simtest.Params{"path": "takes.-1.frames", "at_least": 48000})
	o := m.try("toggle")
	if o.code != 0 || !strings.Contains(o.errs, "Landed: ") {
		t.Errorf("%+v", o)
	}
	if got := m.library(); len(got) != 2 {
		t.Errorf("%d takes", len(got))
	}
}

// TestNobodyWaited: a take that was stopped in Live while no Takebar ran is brought home by the next command.
func TestNobodyWaited(t *testing.T) {
	m := withLive(t)
	m.run("arm", "Guitar")
	m.run("take", "start", "--name", "Forgotten")
	m.sim.WaitFor(t, simtest.Params{"path": "takes.-1.frames", "at_least": 48000})
	m.sim.Do(t, "stop", nil, nil)
	truth := m.truth()
	until(t, "the script to finish it", func() bool { return decode[live.Take](t, m.run("take", "get", "--json")).Phase == live.PhaseFinished })
	m.run("status")
	all := m.library()
	if len(all) != 1 {
		t.Fatalf("%d takes", len(all))
	}
	m.is(all[0].Paths[0], truth)
}

func TestDiscard(t *testing.T) {
	m := withLive(t)
	m.run("arm", "Guitar")
	m.run("take", "start")
	m.sim.WaitFor(t, simtest.Params{"path": "takes.-1.frames", "at_least": 24000})
	m.run("take", "cancel")
	if n := simtest.Get[int](t, m.sim.Control, "tracks.Guitar.clips.length"); n != 0 {
		t.Errorf("%d clips are left in Live", n)
	}
	if got := m.library(); len(got) != 0 {
		t.Errorf("landed: %+v", got)
	}
	m.refused(1, "no_take", "take", "cancel")
}

func TestTheLibrary(t *testing.T) {
	m := withLive(t)
	path := strings.TrimSpace(m.run("take", "start", "--source", "track:3", "--for", "1beat"))
	if got := strings.TrimSpace(m.run("takes", "path", "last")); got != path {
		t.Errorf("path %q, want %q", got, path)
	}
	m.run("takes", "note", "last", "the good one")
	if got := decode[control.LibraryTake](t, m.run("takes", "rate", "1", "4", "--json")); got.Note != "the good one" || got.Rating != 4 {
		t.Errorf("%+v", got)
	}
	if got := decode[[]control.LibraryTake](t, m.run("takes", "list", "GOOD", "--json")); len(got) != 1 {
		t.Errorf("search found %d", len(got))
	}
	if got := decode[[]control.LibraryTake](t, m.run("takes", "list", "nothing like it", "--json")); len(got) != 0 {
		t.Errorf("search found %d", len(got))
	}
	trashed := decode[control.LibraryTake](t, m.run("takes", "trash", "last", "--json"))
	if _, err := os.Stat(path); err == nil {
		t.Error("the file is still in its place")
	}
	if len(m.library()) != 0 || len(decode[[]control.LibraryTake](t, m.run("takes", "list", "--trash", "--json"))) != 1 {
		t.Error("it is not in the trash")
	}
	m.run("takes", "restore", trashed.ID)
	m.is(path, m.truth())
	m.refused(1, "take_not_found", "takes", "show", "nobody")
}

func TestVerbsShowInLive(t *testing.T) {
	m := withLive(t)
	c := m.sim.Control
	if out := m.run("arm", "2", "voc", "--exclusive", "yes"); out != "Armed: 2 Bass, 4 Vocals\n" {
		t.Errorf("arm said %q", out)
	}
	if !simtest.Get[bool](t, c, "tracks.Bass.arm") || !simtest.Get[bool](t, c, "tracks.Vocals.arm") {
		t.Error("not armed in Live")
	}
	m.run("disarm", "Bass")
	if simtest.Get[bool](t, c, "tracks.Bass.arm") {
		t.Error("still armed in Live")
	}
	m.run("disarm", "--all")
	m.run("monitor", "Guitar", "in")
	m.run("track", "rename", "Guitar", "Lead – Löwe")
	m.run("track", "create", "Extra")
	m.run("input", "Extra", "--category", "resampling")
	m.run("locate", "--bar", "3")
	m.run("message", "hello", "from", "here")
	for path, want := range map[string]any{
		"tracks.Vocals.arm": false, "tracks.Lead – Löwe.monitoring": "in", "tracks.Extra.input_type.category": "resampling",
		"song.current_song_time": 8.0, "application.status_bar": "hello from here",
	} {
		m.sim.Wait(t, path, want)
	}
	m.run("play")
	m.sim.Wait(t, "song.is_playing", true)
	m.run("stop")
	m.sim.Wait(t, "song.is_playing", false)
	m.run("clip", "fire", "Synth", "1")
	m.sim.Wait(t, "tracks.Synth.playing_slot_index", 0)
	m.run("clip", "stop", "Synth", "1")
	m.run("stop")
	m.run("undo")
	m.run("redo")
	m.run("arm", "Bass")
	m.run("record", "start", "--view", "arrangement")
	m.sim.Wait(t, "song.record_mode", true)
	m.run("record")
	m.sim.Wait(t, "song.record_mode", false)
	if got := m.library(); len(got) != 0 {
		t.Errorf("recording without a take landed %+v", got)
	}
}

func TestRefusalsHelp(t *testing.T) {
	m := withLive(t)
	m.refused(1, "nothing_armed", "take", "start", "--source", "armed")
	m.refused(1, "not_armable", "arm", "Choir")
	m.refused(1, "not_armable", "arm", "Strings")
	m.refused(1, "not_found", "arm", "Nobody")
	m.refused(1, "not_found", "take", "start", "--source", "track:99", "--for", "1s")
	m.refused(2, "usage", "take", "start", "--for", "ever")
	m.sim.Fault(t, "device_lost", nil)
	m.refused(1, "audio_off", "take", "start", "--source", "track:Guitar")
}

func TestNoLive(t *testing.T) {
	m := newMachine(t)
	m.refused(3, "no_live", "arm", "1")
	m.refused(3, "no_live", "toggle")
	o := m.try("status", "--json")
	if s := decode[control.Snapshot](t, o.out); o.code != 3 || s.Link.Status != control.LinkDisconnected || s.Link.Hint == "" || s.State != nil {
		t.Errorf("%+v", o)
	}
	if out := m.run("takes", "list"); out != "No takes.\n" {
		t.Errorf("takes list said %q", out)
	}
	if out := m.run("defaults", "--source", "main"); !strings.Contains(out, "main output") {
		t.Errorf("defaults said %q", out)
	}
	if out := m.run("defaults", "--json"); decode[control.Defaults](t, out).Source != "main" {
		t.Errorf("defaults were not kept: %s", out)
	}
	m.run("quit")
}

func TestLeftoversDoNotHurt(t *testing.T) {
	for name, text := range map[string]string{
		"garbage": "{", "a port that nobody listens on": `{"protocol":1,"port":9,"token":"00000000000000000000000000000000","pid":1,"version":"1.0.0"}`, "empty": "",
	} {
		t.Run(name, func(t *testing.T) {
			m := newMachine(t)
			if err := os.MkdirAll(m.home, 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(m.home, "core.json"), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			m.run("takes", "list")
		})
	}
}

// TestManyAtOnce: commands that start together share one core, and all are answered.
func TestManyAtOnce(t *testing.T) {
	m := withLive(t)
	commands := [][]string{
		{"take", "start", "--source", "track:Guitar", "--for", "2s"},
		{"status"},
		{"tracks"},
		{"takes", "list"},
		{"input", "Vocals"},
		{"message", "hi"},
		{"dialog"},
		{"live", "list"},
		{"status", "--json"},
	}
	var all sync.WaitGroup
	outcomes := make([]outcome, len(commands))
	for i, args := range commands {
		p := m.start(args...)
		all.Go(func() {
			<-p.done
			outcomes[i] = outcome{p.out.String(), p.errs.String(), p.cmd.ProcessState.ExitCode()}
		})
	}
	all.Wait()
	for i, o := range outcomes {
		if o.code != 0 || o.out == "" {
			t.Errorf("takebar %v: %+v", commands[i], o)
		}
	}
	m.is(strings.TrimSpace(outcomes[0].out), m.truth())
}

// TestTakesFolder: TAKEBAR_TAKES, takes_dir and a bad takes_dir.
func TestTakesFolder(t *testing.T) {
	m := withLive(t)
	elsewhere := filepath.Join(t.TempDir(), "elsewhere")
	m.run("config", "set", "takes_dir", elsewhere)
	m.run("take", "start", "--source", "track:Guitar", "--for", "1beat")
	if got := audioFiles(t, elsewhere); len(got) != 0 {
		t.Errorf("TAKEBAR_TAKES was not heeded: %v", got)
	}
	m.takes = "" // an empty variable is none
	path := strings.TrimSpace(m.run("take", "start", "--source", "track:Guitar", "--for", "1beat"))
	if !strings.HasPrefix(path, elsewhere) {
		t.Errorf("takes_dir was not heeded: %s", path)
	}
	// A mistake changes nothing.
	file := strings.TrimSpace(m.run("config", "path"))
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	bad := strings.Replace(string(text), "notifications = true", "notifications = 7", 1)
	bad = strings.Replace(bad, elsewhere, "/nowhere", 1)
	if err := os.WriteFile(file, []byte(bad), 0o600); err != nil {
		t.Fatal(err)
	}
	path = strings.TrimSpace(m.run("take", "start", "--source", "track:Guitar", "--for", "1beat"))
	if !strings.HasPrefix(path, elsewhere) {
		t.Errorf("a mistake in config.toml moved the takes: %s", path)
	}
	if o := m.try("config", "check"); o.code != 1 || !strings.Contains(o.out, "notifications must be true or false") {
		t.Errorf("%+v", o)
	}
	if now, err := os.ReadFile(file); err != nil || string(now) != bad {
		t.Errorf("the user's file was changed (%v)", err)
	}
}

func TestStatusWatch(t *testing.T) {
	m := withLive(t)
	p := m.start("status", "--watch", "--json")
	p.out.has(t, `"status":"connected"`)
	m.sim.Do(t, "rename", simtest.Params{"track": "Guitar", "name": "Brand new name"}, nil)
	p.out.has(t, "Brand new name")
	// Another command joins the core of the first; quitting is for the menu-bar app only.
	m.run("arm", "Bass")
	if out := m.run("quit"); !strings.Contains(out, "does not run") {
		t.Errorf("quit said %q", out)
	}
	p.signal(os.Interrupt)
	o := p.wait()
	if o.code != 0 {
		t.Errorf("%+v", o)
	}
	for line := range strings.Lines(o.out) {
		var s control.Snapshot
		if err := json.Unmarshal([]byte(line), &s); err != nil {
			t.Errorf("%v in %q", err, line)
		}
	}
}
