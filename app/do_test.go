package app

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/takebar/takebar/bridge/live"
	"github.com/takebar/takebar/internal/control"
	"github.com/takebar/takebar/internal/take/sidecar"
)

// spyCore notes the calls that Do makes. Methods that Do has no business with are missing and would panic.
type spyCore struct {
	control.Core
	calls []string
	take  sidecar.Entry
	err   error
}

func (c *spyCore) call(format string, args ...any) error {
	c.calls = append(c.calls, fmt.Sprintf(format, args...))
	return c.err
}

func (c *spyCore) Snapshot() control.Snapshot {
	return control.Snapshot{Settings: control.Settings{Defaults: control.Defaults{Source: live.SourceMain, View: live.ViewSession}}}
}

func (c *spyCore) StartTake(_ context.Context, r control.TakeRequest) (live.Take, error) {
	return live.Take{}, c.call("StartTake %+v", r)
}

func (c *spyCore) StopTake(context.Context) (live.Take, error) {
	return live.Take{ID: "k1"}, c.call("StopTake")
}

func (c *spyCore) CancelTake(context.Context) (live.Take, error) {
	return live.Take{}, c.call("CancelTake")
}

func (c *spyCore) WaitLanded(_ context.Context, id string) (control.LibraryTake, error) {
	return c.take, c.call("WaitLanded %s", id)
}
func (c *spyCore) Play(context.Context) error { return c.call("Play") }
func (c *spyCore) Stop(context.Context) error { return c.call("Stop") }
func (c *spyCore) SetDefaults(_ context.Context, d control.Defaults) error {
	return c.call("SetDefaults %s %s", d.Source, d.View)
}

func (c *spyCore) Arm(_ context.Context, r control.ArmRequest) ([]live.Track, error) {
	return nil, c.call("Arm %v%s", r.Tracks, r.Exclusive)
}

func (c *spyCore) Disarm(_ context.Context, tracks []control.Ref) ([]live.Track, error) {
	return nil, c.call("Disarm %v", tracks)
}
func (c *spyCore) DisarmAll(context.Context) error             { return c.call("DisarmAll") }
func (c *spyCore) ChooseLive(_ context.Context, pid int) error { return c.call("ChooseLive %d", pid) }
func (c *spyCore) Quit(_ context.Context, force bool) error    { return c.call("Quit %v", force) }
func (c *spyCore) Take(_ context.Context, ref string) (control.LibraryTake, error) {
	return c.take, c.call("Take %s", ref)
}

func (c *spyCore) TrashTake(_ context.Context, ref string) (control.LibraryTake, error) {
	return c.take, c.call("TrashTake %s", ref)
}

func (c *spyCore) RestoreTake(_ context.Context, ref string) (control.LibraryTake, error) {
	return c.take, c.call("RestoreTake %s", ref)
}

func (c *spyCore) InstallScript(_ context.Context, library string) (control.Install, error) {
	return control.Install{Version: "1.0.0", Changed: true, Folder: "/lib/Takebar", NextSteps: "Start Live."}, c.call("InstallScript %q", library)
}

// spyFiles notes what is opened, in the same list.
type spyFiles struct{ core *spyCore }

func (f spyFiles) Reveal(_ context.Context, paths []string) error {
	return f.core.call("reveal %v", paths)
}

func (f spyFiles) Play(_ context.Context, path string) error    { return f.core.call("play %s", path) }
func (f spyFiles) OpenFolder(_ context.Context, d string) error { return f.core.call("open %s", d) }
func (f spyFiles) Copy(_ context.Context, text string) error    { return f.core.call("copy %q", text) }

func TestDo(t *testing.T) {
	tests := []struct {
		in   Intent
		want []string
	}{
		{Intent{Verb: TakeStart}, []string{"StartTake {Source: Track: View: LengthBeats:0 LengthBars:0 LengthSecs:0 Name:}"}},
		{Intent{Verb: TakeStop}, []string{"StopTake"}},
		{Intent{Verb: TakeCancel}, []string{"CancelTake"}},
		{Intent{Verb: TransportPlay}, []string{"Play"}},
		{Intent{Verb: TransportStop}, []string{"Stop"}},
		{Intent{Verb: SetSource, Target: "armed"}, []string{"SetDefaults armed session"}},
		{Intent{Verb: SetView, Target: "arrangement"}, []string{"SetDefaults main arrangement"}},
		{Intent{Verb: ArmTrack, Target: "t3"}, []string{"Arm [#t3]"}},
		{Intent{Verb: DisarmTrack, Target: "t3"}, []string{"Disarm [#t3]"}},
		{Intent{Verb: ArmSelected}, []string{"Arm [selected]"}},
		{Intent{Verb: DisarmAll}, []string{"DisarmAll"}},
		{Intent{Verb: ChooseLive, Target: "99"}, []string{"ChooseLive 99"}},
		{Intent{Verb: InstallScript}, []string{`InstallScript ""`}},
		{Intent{Verb: TrashTake, Target: "k0"}, []string{"TrashTake k0"}},
		{Intent{Verb: RestoreTake, Target: "k0"}, []string{"RestoreTake k0"}},
		{Intent{Verb: RevealTake, Target: "k0"}, []string{"Take k0", "reveal [/a.wav /b.wav]"}},
		{Intent{Verb: PlayTake, Target: "k0", Option: "1"}, []string{"Take k0", "play /b.wav"}},
		{Intent{Verb: CopyTakePath, Target: "k0"}, []string{"Take k0", `copy "/a.wav\n/b.wav"`}},
		{Intent{Verb: OpenTakes, Target: "/takes"}, []string{"open /takes"}},
		{Intent{Verb: ExportAttempt}, []string{"export.attempt"}},
		{Intent{Verb: ExportRehearse, Target: "chord_r"}, []string{"export.rehearse chord_r"}},
		{Intent{Verb: OpenWindow, Target: "setup"}, []string{"window setup"}},
		{Intent{Verb: Quit}, []string{"Quit false"}},
		{Intent{Verb: QuitAnyway}, []string{"Quit true"}},
		{Intent{Verb: StopThenQuit}, []string{"StopTake", "WaitLanded k1", "Quit false"}},
	}
	for _, test := range tests {
		t.Run(test.in.String(), func(t *testing.T) {
			core := &spyCore{take: sidecar.Entry{Paths: []string{"/a.wav", "/b.wav"}}}
			tools := Tools{Files: spyFiles{core}, Export: spyExporter{core}, Windows: spyWindows{core}}
			if _, err := Do(t.Context(), core, tools, test.in); err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(core.calls, test.want) {
				t.Errorf("calls %q, want %q", core.calls, test.want)
			}
		})
	}
}

// TestEveryMenuIntentIsUnderstood clicks everything that any menu of the golden tests offers.
func TestEveryMenuIntentIsUnderstood(t *testing.T) {
	s := band(running(live.PhaseRecording, 0), func(s *control.Snapshot) {
		s.LastTake, s.Settings.ExportEnabled = landed(), true
		s.Link.Lives = append(s.Link.Lives, control.LiveInfo{PID: 1})
	})
	var walk func(items []Item)
	walk = func(items []Item) {
		for _, it := range items {
			if it.Intent != (Intent{}) {
				core := &spyCore{take: *landed()}
				tools := Tools{Files: spyFiles{core}, Export: spyExporter{core}, Windows: spyWindows{core}}
				if _, err := Do(t.Context(), core, tools, it.Intent); err != nil {
					t.Errorf("%s: %v", it.Key, err)
				}
			}
			walk(it.Children)
		}
	}
	walk(BuildMenu(s, UI{Windows: true, Export: exportView(), Trashed: &TrashedTake{ID: "k0"}}, noon).Items)
}

func TestDoFails(t *testing.T) {
	refused := &control.Error{Code: "no_take", Message: "No take runs."}
	for _, verb := range []Verb{TakeStart, TakeStop, TakeCancel, TransportPlay, SetView, ArmTrack, DisarmAll, RevealTake, TrashTake, RestoreTake, InstallScript, Quit, StopThenQuit} {
		core := &spyCore{err: refused}
		if _, err := Do(t.Context(), core, Tools{Files: spyFiles{core}}, Intent{Verb: verb, Target: "1"}); !errors.Is(err, refused) {
			t.Errorf("%s: error %v, want %v", verb, err, refused)
		}
		if len(core.calls) != 1 {
			t.Errorf("%s goes on after a refusal: %q", verb, core.calls)
		}
	}
	bad := []struct {
		in   Intent
		want string
	}{
		{Intent{Verb: "nonsense"}, "unknown intent"},
		{Intent{Verb: ChooseLive, Target: "x"}, "read process id"},
		{Intent{Verb: ExportAttempt}, "no export attempts"},
		{Intent{Verb: OpenWindow, Target: "takes"}, "no windows"},
		{Intent{Verb: PlayTake, Target: "k0", Option: "2"}, "not part of the take"},
		{Intent{Verb: PlayTake, Target: "k0", Option: "-1"}, "not part of the take"},
	}
	for _, test := range bad {
		core := &spyCore{take: *landed()}
		if _, err := Do(t.Context(), core, Tools{Files: spyFiles{core}}, test.in); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: error %v, want %q", test.in, err, test.want)
		}
	}
}

func TestDoOutcomes(t *testing.T) {
	core := &spyCore{take: *landed()}
	out, err := Do(t.Context(), core, Tools{}, Intent{Verb: TrashTake, Target: "k0"})
	if err != nil || out.Trashed == nil || *out.Trashed != (TrashedTake{"k0", "Night Drive 12"}) || !strings.Contains(out.Announce.Text, "Restore") {
		t.Errorf("trash: %+v, %v", out, err)
	}
	out, err = Do(t.Context(), core, Tools{}, Intent{Verb: RestoreTake, Target: "k0"})
	if err != nil || !out.Restored || out.Announce.Title == "" {
		t.Errorf("restore: %+v, %v", out, err)
	}
	out, err = Do(t.Context(), core, Tools{}, Intent{Verb: InstallScript})
	if err != nil || out.Install == nil || out.Announce.Text != "Start Live." {
		t.Errorf("install: %+v, %v", out, err)
	}
	midi := &spyCore{take: sidecar.Entry{Take: sidecar.Take{Number: 3}, Folder: "/takes", Sidecar: "/takes/3.takebar.json"}}
	if _, err := Do(t.Context(), midi, Tools{Files: spyFiles{midi}}, Intent{Verb: RevealTake, Target: "k3"}); err != nil ||
		midi.calls[1] != "reveal [/takes/3.takebar.json]" {
		t.Errorf("reveal of a MIDI take: %q, %v", midi.calls, err)
	}
	if _, err := Do(t.Context(), midi, Tools{Files: spyFiles{midi}}, Intent{Verb: PlayTake, Target: "k3", Option: "0"}); err == nil ||
		!strings.Contains(err.Error(), "Take 3 has no audio file") {
		t.Errorf("play of a MIDI take: %v", err)
	}
}

type spyWindows struct{ core *spyCore }

func (w spyWindows) Open(_ context.Context, page string) error {
	w.core.calls = append(w.core.calls, "window "+page)
	return w.core.err
}
