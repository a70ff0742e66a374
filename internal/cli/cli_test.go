package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/takebar/takebar/bridge/live"
	"github.com/takebar/takebar/internal/config"
	"github.com/takebar/takebar/internal/control"
	"github.com/takebar/takebar/internal/take/sidecar"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// outcome is what one command line did.
type outcome struct {
	code        int
	out, errors string
}

func (o outcome) String() string {
	var b strings.Builder
	b.WriteString(o.out)
	for line := range strings.Lines(o.errors) {
		b.WriteString("! " + line)
	}
	if o.code != 0 {
		fmt.Fprintf(&b, "? exit code %d\n", o.code)
	}
	return b.String()
}

func (f *fakeCore) program(out, errs *bytes.Buffer, interrupts <-chan os.Signal) *Program {
	return &Program{
		Version: "1.0.0", Stdout: out, Stderr: errs, Interrupts: interrupts,
		Now: func() time.Time { return at(12) }, Location: time.UTC,
		Open:    func(context.Context, func(string)) (Core, error) { return f, nil },
		Running: func(context.Context) (Core, error) { return f, nil },
		Files:   fakeFiles{f},
	}
}

func (f *fakeCore) run(t *testing.T, args ...string) outcome {
	t.Helper()
	var out, errs bytes.Buffer
	code := Run(t.Context(), f.program(&out, &errs, nil), args)
	return outcome{code, out.String(), errs.String()}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs; go test -update renews it.\ngot\n%s\nwant\n%s", name, got, want)
	}
}

// TestTranscript runs each command line on the same small set; "> " is what the core was asked for, "! " standard error.
func TestTranscript(t *testing.T) {
	lines := []string{
		"version", "version --json", "--version",
		"status", "tracks", "arm 2 Vocals --exclusive no", "arm 1 --json", "disarm Vocals", "disarm --all",
		"monitor 1 off", "input 1", "input 1 --category resampling", "routing Vocals --name Ext. --channel 1",
		"track create Vox", "track rename 1 Lead", "track select Old",
		"play", "continue", "stop", "locate 64", "locate --bar 17.3", "record", "record start --view session", "record stop",
		"take start", "take start --source track:Vocals --view session --name X", "take start --for 8beats", "take start --for 4bars --json", "take start --source main --wait",
		"take stop", "take stop --wait", "take cancel", "toggle", "defaults", "defaults --source main --view session", "defaults --exclusive no",
		"takes list", "takes list vox --set S -n 3 --trash", "takes show 3", "takes path last", "takes reveal 3", "takes play 3",
		"takes note 3 new", "takes rate 3 5", "takes rename 3 Riff", "takes trash 3", "takes restore 3", "takes rescue 3",
		"clip fire Vocals 2", "clip fire 1 1 --record 8", "clip stop 1 1", "message Take 12 landed", "undo", "redo", "capture", "dialog",
		"live list", "live choose 99", "live choose newest", "quit", "quit --force", "help exit-codes",
	}
	var b strings.Builder
	for _, line := range lines {
		f := newFake()
		o := f.run(t, strings.Fields(line)...)
		fmt.Fprintf(&b, "$ takebar %s\n", line)
		for _, call := range f.calls {
			fmt.Fprintf(&b, "> %s\n", call)
		}
		b.WriteString(o.String() + "\n")
		if o.code != 0 {
			t.Errorf("takebar %s: exit code %d\n%s", line, o.code, o)
		}
	}
	golden(t, "transcript.txt", b.String())
}

// TestWrongLines: what cannot be understood is said, with the exit code 2, and nothing is done.
func TestWrongLines(t *testing.T) {
	lines := []string{
		"nonsense", "stauts", "arm", "arm 1 --exclusive maybe", "--nonsense", "disarm", "disarm 1 --all", "monitor 1", "monitor 1 loud", "input 1 --channel 2",
		"track", "track rnme 1 x", "locate", "locate -- -1", "locate x", "locate 1 --bar 2", "locate --bar 0", "locate --bar 1.9", "record maybe", "record --view x",
		"take", "take begin", "take start --source x", "take start --source track:", "take start --source main:1", "take start --for ever", "take start --for -3s", "take start --for 0bars", "take start --view x", "take start now",
		"takes", "takes show", "takes rate 3 9", "takes rate 3 x", "takes rename 3", "takes rename 3 a b", "takes play 3 --file 2", "takes list --limit -1", "clip fire 1", "clip fire 1 0", "clip fire 1 1 --record 0", "live choose x", "status more",
		"defaults --source x", "defaults --exclusive x", "message", "doctor --yes", "demo --json",
	}
	var b strings.Builder
	for _, line := range lines {
		f := newFake()
		o := f.run(t, strings.Fields(line)...)
		if o.code != exitUsage {
			t.Errorf("takebar %s: exit code %d, want 2\n%s", line, o.code, o)
		}
		for _, call := range f.calls {
			if !strings.HasPrefix(call, "Take ") {
				t.Errorf("takebar %s: called %s", line, call)
			}
		}
		if line != "track" && line != "take" && line != "takes" { // those print their help
			fmt.Fprintf(&b, "$ takebar %s\n%s\n", line, o)
		}
	}
	golden(t, "wrong.txt", b.String())
}

func TestFailuresHaveCodes(t *testing.T) {
	tests := []struct {
		name string
		err  error
		code int
	}{
		{"refused", &control.Error{Code: "nothing_armed", Message: "No track is armed.", Hint: "Arm a track in Live."}, 1},
		{"unknown outcome", &control.Error{Code: "outcome_unknown", Message: "The link was lost.", Hint: "Look at Live."}, 4},
		{"not confirmed", &control.Error{Code: "not_confirmed", Message: "Live did not show it."}, 4},
		{"link gone", &control.Error{Code: "not_connected", Message: "Live is gone."}, 3},
		{"wrapped", fmt.Errorf("start: %w", &control.Error{Code: "busy", Message: "Busy."}), 1},
		{"any other", errors.New("something broke"), 1},
		{"a deadline", context.DeadlineExceeded, 4},
	}
	for _, tt := range tests {
		for _, line := range []string{"take start", "take start --json"} {
			f := newFake()
			f.fail = tt.err
			o := f.run(t, strings.Fields(line)...)
			if o.code != tt.code || o.out != "" || o.errors == "" {
				t.Errorf("%s: %s: %+v, want code %d", tt.name, line, o, tt.code)
			}
			if f.closed != 1 {
				t.Errorf("%s: the core was closed %d times", tt.name, f.closed)
			}
			if !strings.Contains(line, "json") {
				continue
			}
			var got struct{ Error failure }
			if err := json.Unmarshal([]byte(o.errors), &got); err != nil || got.Error.Message == "" || got.Error.Code == "" {
				t.Errorf("%s: %q: %v", tt.name, o.errors, err)
			}
		}
	}
}

func TestNoLive(t *testing.T) {
	f := newFake()
	f.noLive = true
	o := f.run(t, "arm", "1")
	if o.code != exitNoLive || len(f.calls) != 0 || !strings.Contains(o.errors, "takebar doctor") {
		t.Errorf("%+v, calls %v", o, f.calls)
	}
	// The library needs no Live.
	if o := f.run(t, "takes", "list"); o.code != 0 {
		t.Errorf("takes list: %+v", o)
	}
	// The status is told all the same.
	f.snapshot = control.Snapshot{Link: control.Link{Status: control.LinkDisconnected, Message: "No Live found.", Hint: "Start Live."}, Settings: f.snapshot.Settings}
	if o = f.run(t, "status"); o.code != exitNoLive || !strings.Contains(o.out, "No Live found.") || o.errors != "" {
		t.Errorf("status: %+v", o)
	}
	var s control.Snapshot
	if o = f.run(t, "status", "--json"); o.code != exitNoLive || json.Unmarshal([]byte(o.out), &s) != nil || s.Link.Hint != "Start Live." {
		t.Errorf("status --json: %+v", o)
	}
}

// TestWatch: a line for each change; the end of a core is none, and Ctrl+C ends it well.
func TestWatch(t *testing.T) {
	watch := func(args ...string) (outcome, int) {
		f := newFake()
		f.more = []control.Snapshot{
			changed(func(s *control.Snapshot) { s.State.Transport.CurrentSongTime = 20 }), // the clock alone is no news
			changed(func(s *control.Snapshot) { s.State.Transport.IsPlaying = true; s.State.Tracks[0].Arm = false }),
			changed(func(s *control.Snapshot) {
				take := runningTake()
				s.State.Take, s.State.Record.RecordMode = &take, true
			}),
			changed(func(s *control.Snapshot) { s.Landings = []control.Landing{{Name: "x", Step: "copying"}} }),
			{Link: control.Link{Status: control.LinkDisconnected, Message: "Live has quit."}, Settings: f.snapshot.Settings, LastTake: f.snapshot.LastTake},
		}
		f.again = make(chan struct{})
		interrupts := make(chan os.Signal)
		go func() {
			<-f.again
			interrupts <- os.Interrupt
		}()
		var out, errs bytes.Buffer
		code := Run(t.Context(), f.program(&out, &errs, interrupts), append([]string{"status", "--watch"}, args...))
		return outcome{code, out.String(), errs.String()}, 2 + len(f.more) // snapshots
	}
	o, _ := watch()
	golden(t, "watch.txt", o.String())

	o, snapshots := watch("--json")
	lines := strings.Split(strings.TrimSpace(o.out), "\n")
	if len(lines) != snapshots || o.code != 0 {
		t.Fatalf("%d lines for %d snapshots:\n%s", len(lines), snapshots, o)
	}
	for i, line := range lines {
		var s control.Snapshot
		if err := json.Unmarshal([]byte(line), &s); err != nil {
			t.Errorf("line %d: %v", i, err)
		}
	}
}

func TestLandedTakes(t *testing.T) {
	with := func(change func(*control.LibraryTake)) control.LibraryTake {
		take := sampleTake()
		change(&take)
		return take
	}
	warned := with(func(s *control.LibraryTake) {
		s.Warnings = []sidecar.Warning{{Code: "silent", Message: "It is silent."}}
	})
	tests := []struct {
		name string
		take control.LibraryTake
		line string
		code int
		out  string
		says string
	}{
		{"good", sampleTake(), "take stop --wait --strict", 0, sampleTake().Paths[0] + "\n", ""},
		{"with a warning", warned, "take stop --wait", 0, sampleTake().Paths[0] + "\n", "Note: It is silent."},
		{"strict", warned, "take start --for 1bar --strict", 5, sampleTake().Paths[0] + "\n", "Note: It is silent."},
		{"midi", with(func(s *control.LibraryTake) { s.Status, s.Paths, s.Files = sidecar.StatusMIDI, nil, nil }), "take stop --wait", 0, "", "MIDI only"},
		{"missing", with(func(s *control.LibraryTake) { s.Status, s.Paths = sidecar.StatusMissing, nil }), "take stop --wait", 1, "", "takes rescue 3"},
		{"partial", with(func(s *control.LibraryTake) { s.Status = sidecar.StatusPartial }), "take stop --wait", 1, sampleTake().Paths[0] + "\n", "takes show 3"},
		{
			"two files", with(func(s *control.LibraryTake) { s.Paths = []string{"/a.wav", "/b.wav"} }), "take start --for 10s", 0, "/a.wav\n/b.wav\n", "",
		},
	}
	for _, tt := range tests {
		f := newFake()
		f.takes = []control.LibraryTake{tt.take}
		o := f.run(t, strings.Fields(tt.line)...)
		if o.code != tt.code || o.out != tt.out || !strings.Contains(o.errors, tt.says) {
			t.Errorf("%s: %+v", tt.name, o)
		}
	}
	// With JSON, the same on standard output as one object.
	f := newFake()
	var take control.LibraryTake
	if o := f.run(t, "take", "start", "--for", "2bars", "--json"); json.Unmarshal([]byte(o.out), &take) != nil || take.ID != sampleTake().ID || o.errors != "" {
		t.Errorf("%+v", o)
	}
}

// TestCtrlCStopsTheTakeFirst: the first Ctrl+C of "take start --wait" stops the take, and the command still ends with the landed file.
func TestCtrlCStopsTheTakeFirst(t *testing.T) {
	f := newFake()
	f.landWait = true
	interrupts := make(chan os.Signal)
	go func() {
		<-f.started
		interrupts <- os.Interrupt
	}()
	var out, errs bytes.Buffer
	code := Run(t.Context(), f.program(&out, &errs, interrupts), []string{"take", "start", "--wait"})
	if code != 0 || out.String() != sampleTake().Paths[0]+"\n" || !strings.Contains(errs.String(), "Stopping the take") {
		t.Errorf("code %d, out %q, errors %q", code, out.String(), errs.String())
	}
	if got := strings.Join(f.calls, ", "); !strings.Contains(got, "StopTake") {
		t.Errorf("calls %s", got)
	}
}

// TestSecondCtrlCLeaves: the take stays as it is.
func TestSecondCtrlCLeaves(t *testing.T) {
	f := newFake()
	f.landWait = true
	f.fail = nil
	interrupts := make(chan os.Signal)
	stuck := &stuckStop{fakeCore: f}
	go func() {
		<-f.started
		interrupts <- os.Interrupt
		interrupts <- os.Interrupt
	}()
	var out, errs bytes.Buffer
	p := f.program(&out, &errs, interrupts)
	p.Open = func(context.Context, func(string)) (Core, error) { return stuck, nil }
	code := Run(t.Context(), p, []string{"take", "start", "--wait"})
	if code != exitUnknown || out.String() != "" || !strings.Contains(errs.String(), "lands as soon as Takebar runs again") {
		t.Errorf("code %d, out %q, errors %q", code, out.String(), errs.String())
	}
}

// stuckStop is a Live that does not answer to stop.
type stuckStop struct{ *fakeCore }

func (s *stuckStop) StopTake(ctx context.Context) (live.Take, error) {
	<-ctx.Done()
	return live.Take{}, ctx.Err()
}

// TestCtrlCEndsOtherCommands with the code that shells expect.
func TestCtrlCEndsOtherCommands(t *testing.T) {
	f := newFake()
	interrupts := make(chan os.Signal, 1)
	waiting := &waitingCore{fakeCore: f, begun: make(chan struct{})}
	go func() {
		<-waiting.begun
		interrupts <- os.Interrupt
	}()
	var out, errs bytes.Buffer
	p := f.program(&out, &errs, interrupts)
	p.Open = func(context.Context, func(string)) (Core, error) { return waiting, nil }
	if code := Run(t.Context(), p, []string{"play"}); code != exitInterrupted || f.closed != 1 {
		t.Errorf("code %d, closed %d times: %s", code, f.closed, errs.String())
	}
}

// waitingCore plays only when it is told to stop trying.
type waitingCore struct {
	*fakeCore
	begun chan struct{}
}

func (w *waitingCore) Play(ctx context.Context) error {
	close(w.begun)
	<-ctx.Done()
	return ctx.Err()
}

func TestConfigCommands(t *testing.T) {
	home := t.TempDir()
	t.Setenv(config.EnvTakes, "")
	f := newFake()
	var out, errs bytes.Buffer
	p := f.program(&out, &errs, nil)
	p.Config = func() (*config.File, error) { return config.New(home, nil), nil }
	p.TakesDir = func(config.Config) (string, error) { return "/takes", nil }
	do := func(args ...string) outcome {
		out.Reset()
		errs.Reset()
		code := Run(t.Context(), p, append([]string{"config"}, args...))
		return outcome{code, out.String(), errs.String()}
	}
	if o := do("path"); strings.TrimSpace(o.out) != filepath.Join(home, "config.toml") {
		t.Errorf("path: %+v", o)
	}
	if o := do("set", "view", "session"); o.code != 0 || !strings.Contains(o.out, "\"session\"") {
		t.Errorf("set: %+v", o)
	}
	for _, bad := range [][]string{{"set", "veiw", "session"}, {"set", "notifications", "maybe"}, {"set", "view", "a", "b"}} {
		if o := do(bad...); o.code != exitUsage {
			t.Errorf("%v: %+v", bad, o)
		}
	}
	if o := do("set", "view", "nowhere"); o.code != exitFailed || !strings.Contains(o.errors, "must be") {
		t.Errorf("bad value: %+v", o)
	}
	if o := do("check"); o.code != 0 || !strings.Contains(o.out, "is fine") {
		t.Errorf("check: %+v", o)
	}
	if err := os.WriteFile(filepath.Join(home, "config.toml"), []byte("view = 1\nviews = 2\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if o := do("check"); o.code != exitFailed || !strings.Contains(o.out, "line 1") || !strings.Contains(o.out, "line 2") {
		t.Errorf("check of a bad file: %+v", o)
	}
	if o := do("show"); o.code != 0 || !strings.Contains(o.out, "stay in force") || !strings.Contains(o.out, "\"session\"") {
		t.Errorf("show of a bad file: %+v", o)
	}
	var shown struct {
		Settings map[string]any `json:"settings"`
	}
	if o := do("show", "--json"); json.Unmarshal([]byte(o.out), &shown) != nil || shown.Settings["view"] != "session" {
		t.Errorf("show --json: %+v", o)
	}
}

func TestParseLength(t *testing.T) {
	for text, want := range map[string]control.TakeRequest{
		"10s": {LengthSecs: 10}, "1.5s": {LengthSecs: 1.5}, "2min": {LengthSecs: 120}, "8beats": {LengthBeats: 8}, "1beat": {LengthBeats: 1}, "4bars": {LengthBars: 4}, " 4 Bars ": {LengthBars: 4},
	} {
		if got, err := parseLength(text); err != nil || got != want {
			t.Errorf("%q: %+v %v", text, got, err)
		}
	}
	for _, text := range []string{"", "s", "10", "bars", "1e3s", "-1s", "0s", "1.2.3s", "4 bar s", "NaNs", "infs"} {
		if got, err := parseLength(text); err == nil {
			t.Errorf("%q: %+v", text, got)
		}
	}
}

func TestReturnLetters(t *testing.T) {
	for index, want := range map[int]string{0: "A", 25: "Z", 26: "AA", 27: "AB"} {
		if got := trackNumber(live.Track{Kind: live.KindReturn, Index: index}); got != want {
			t.Errorf("%d: %s, want %s", index, got, want)
		}
	}
}

// TestHelpNamesEveryCommand: the manual has every command.
func TestHelpNamesEveryCommand(t *testing.T) {
	doc, err := os.ReadFile(filepath.Join("..", "..", "docs", "manual", "commands.md"))
	if err != nil {
		t.Fatal(err)
	}
	r := &run{Program: newFake().program(&bytes.Buffer{}, &bytes.Buffer{}, nil)}
	root := r.root()
	seen := 0
	for _, c := range root.Commands() {
		if c.IsAdditionalHelpTopicCommand() {
			continue
		}
		paths := []string{"takebar " + c.Name()}
		for _, sub := range c.Commands() {
			if c.Name() != "completion" {
				paths = append(paths, "takebar "+c.Name()+" "+sub.Name())
			}
		}
		for _, path := range paths {
			seen++
			if !strings.Contains(string(doc), path) {
				t.Errorf("docs/manual/commands.md does not have %q", path)
			}
			if cmd, _, err := root.Find(strings.Fields(path)[1:]); err != nil || cmd.Short == "" {
				t.Errorf("%q has no short help", path)
			}
		}
	}
	if seen < 40 {
		t.Errorf("only %d commands seen", seen)
	}
}
