//go:build linux && cgo

package automation_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/takebar/takebar/automation"
	"github.com/takebar/takebar/automation/desktop"
	"github.com/takebar/takebar/automation/keys"
	"github.com/takebar/takebar/bridge/live"
	"github.com/takebar/takebar/internal/exporttest"
)

func oldConsent(t *testing.T, b *bench) {
	must(t, os.WriteFile(filepath.Join(b.home, "export", "consent.json"), []byte(`{"enabled":true,"text_version":0}`), 0o600))
}

func noHelper(_ *testing.T, b *bench) {
	b.opts.Keys = &keys.Client{Command: []string{"/no/such/takebar", "keys"}}
	b.build()
}

func badHelper(_ *testing.T, b *bench) {
	b.opts.Keys = &keys.Client{Command: []string{"/bin/false"}}
	b.build()
}

func noDisplay(t *testing.T, _ *bench) { t.Setenv("DISPLAY", "") }

func wayland(t *testing.T, _ *bench) {
	t.Setenv("DISPLAY", "")
	t.Setenv("WAYLAND_DISPLAY", "wayland-0")
}

func xwayland(t *testing.T, _ *bench) { t.Setenv("WAYLAND_DISPLAY", "wayland-0") }

func waylandLive(t *testing.T, b *bench) {
	t.Setenv("WAYLAND_DISPLAY", "wayland-0")
	orphanLink(t, b)
}

// guarded is the real desktop with one answer changed, for what this system cannot produce.
type guarded struct {
	desktop.Driver
	ready    error
	mayType  error
	activate func() error
}

func (g guarded) Ready(ctx context.Context) error {
	if g.ready != nil {
		return g.ready
	}
	return g.Driver.Ready(ctx)
}

func (g guarded) MayType(ctx context.Context, w desktop.Window) error {
	if g.mayType != nil {
		return g.mayType
	}
	return g.Driver.MayType(ctx, w)
}

func (g guarded) Activate(ctx context.Context, w desktop.Window) error {
	if g.activate != nil {
		return g.activate()
	}
	return g.Driver.Activate(ctx, w)
}

func (b *bench) withDesktop(change func(*guarded)) {
	b.opts.Desktop = func() (desktop.Driver, error) {
		d, err := desktop.Open()
		if err != nil {
			return nil, err
		}
		g := guarded{Driver: d}
		change(&g)
		return g, nil
	}
	b.build()
}

func elevated(_ *testing.T, b *bench) {
	b.withDesktop(func(g *guarded) {
		g.mayType = &desktop.Problem{Code: desktop.PermissionMissing, Text: "Live runs with administrator rights.", Fix: "Start Live without them."}
	})
}

func stubborn(t *testing.T, b *bench) {
	b.steal()
	b.withDesktop(func(g *guarded) { g.activate = func() error { return nil } })
	_ = t
}

func layout(name string) func(*testing.T, *bench) {
	return func(t *testing.T, _ *bench) {
		set := func(name string) {
			if out, err := exec.CommandContext(context.WithoutCancel(t.Context()), "setxkbmap", name).CombinedOutput(); err != nil {
				t.Fatalf("setxkbmap: %v: %s", err, out)
			}
		}
		set(name)
		t.Cleanup(func() { set("us") })
	}
}

// orphanLink is a link that still answers although Live's windows are gone.
func orphanLink(_ *testing.T, b *bench) {
	s, _ := b.live.State()
	b.live.Kill()
	b.opts.Link = frozenLink{Link: b.live, state: s}
	b.build()
}

func secondLive(t *testing.T, b *bench) {
	other, err := exporttest.StartLive(t.Context(), exporttest.Script{Set: "Other"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { must(t, other.Stop()) })
	b.until("the second Live", func() bool { return b.listed(desktop.ID(other.ID)) })
}

func free(bytes uint64) func(*testing.T, *bench) {
	return func(_ *testing.T, b *bench) {
		b.opts.Free = func(string) (uint64, error) { return bytes, nil }
		b.build()
	}
}

// fillsUp has room at the start and none once Live renders.
func fillsUp(_ *testing.T, b *bench) {
	var mu sync.Mutex
	room := uint64(1 << 40)
	b.opts.Free = func(string) (uint64, error) {
		mu.Lock()
		defer mu.Unlock()
		return room, nil
	}
	b.build()
	b.at(automation.Rendering, func() {
		mu.Lock()
		defer mu.Unlock()
		room = 0
	})
}

func minimised(t *testing.T, b *bench) {
	must(t, exporttest.Xdotool(t.Context(), "windowminimize", "--sync", itoa(b.live.ID)))
}

func hold(key string) func(*testing.T, *bench) {
	return func(t *testing.T, b *bench) {
		must(t, exporttest.Xdotool(t.Context(), "keydown", key))
		b.after = func() { must(t, exporttest.Xdotool(t.Context(), "keyup", key)) }
	}
}

func capsLock(t *testing.T, _ *bench) {
	must(t, exporttest.Xdotool(t.Context(), "key", "Caps_Lock"))
	t.Cleanup(func() { must(t, exporttest.Xdotool(context.WithoutCancel(t.Context()), "key", "Caps_Lock")) })
}

func grabbed(t *testing.T, b *bench) {
	must(t, b.victim.Send("grab"))
	b.until("the grab", func() bool { return len(b.victim.Events("grabbed")) > 0 })
}

func stealAt(s automation.State) func(*testing.T, *bench) {
	return func(_ *testing.T, b *bench) { b.at(s, b.steal) }
}

// stealAfterKey brings the victim to the front between the key and the look after it.
func stealAfterKey(_ *testing.T, b *bench) {
	b.opts.Keys = presser{Client: realKeys(), after: func(r *keys.Reply) {
		b.steal()
		r.After, r.AfterPID = uint64(b.victim.ID), b.victim.PID()
	}}
	b.build()
}

type presser struct {
	*keys.Client
	tap   *keys.Client // for Tap; nil: the real one
	after func(*keys.Reply)
}

func (p presser) Ask(ctx context.Context, r keys.Request) (keys.Reply, error) {
	c := p.Client
	if r.Do == keys.Tap && p.tap != nil {
		c = p.tap
	}
	reply, err := c.Ask(ctx, r)
	if r.Do == keys.Tap && p.after != nil {
		p.after(&reply)
	}
	return reply, err
}

func crashing(_ *testing.T, b *bench) {
	command, env := exporttest.CrashCommand()
	b.opts.Keys = presser{Client: realKeys(), tap: &keys.Client{Command: command, Env: env, Timeout: 10 * time.Second}}
	b.build()
}

// closeAt has the user close the dialog by hand at the wrong moment.
func closeAt(s automation.State) func(*testing.T, *bench) {
	return func(t *testing.T, b *bench) {
		b.at(s, func() {
			must(t, b.live.Send(exporttest.Command{Do: "answer"}))
			w := b.live.Events("window")
			b.until("the dialog closed", func() bool { return !b.listed(desktop.ID(w[0].ID)) })
		})
	}
}

func playAt(s automation.State) func(*testing.T, *bench) {
	return func(t *testing.T, b *bench) {
		b.at(s, func() {
			must(t, b.live.Send(exporttest.Command{Do: "play"}))
			b.until("playing", func() bool { s, ok := b.live.State(); return ok && s.Transport.IsPlaying })
		})
	}
}

// at has something happen when the attempt enters a state, instead of before it.
func at(s automation.State, do func(*testing.T, *bench)) func(*testing.T, *bench) {
	return func(t *testing.T, b *bench) { b.at(s, func() { do(t, b) }) }
}

// sendAt gives the stand-in a command when the attempt enters a state, and waits until the link shows it.
func sendAt(s automation.State, c exporttest.Command, shows func(live.State) bool) func(*testing.T, *bench) {
	return func(t *testing.T, b *bench) {
		b.at(s, func() {
			must(t, b.live.Send(c))
			b.until(c.Do, func() bool { s, ok := b.live.State(); return ok && shows(s) })
		})
	}
}

func recording(s live.State) bool { return s.Record.RecordMode }

func asking(s live.State) bool { return s.App.CurrentDialogMessage != nil }

func oldFile(t *testing.T, b *bench) {
	path := filepath.Join(b.folder, "Song.wav")
	must(t, os.WriteFile(path, []byte("the old mix"), 0o600))
	t.Cleanup(func() {
		if got, err := os.ReadFile(path); err != nil || string(got) != "the old mix" {
			t.Errorf("the old file is now %q, %v", got, err)
		}
	})
}

func stopAt(s automation.State) func(*testing.T, *bench) {
	return func(t *testing.T, b *bench) {
		b.at(s, func() {
			sentence, err := b.Stop()
			if err != nil || sentence == "" {
				t.Errorf("stop: %q, %v", sentence, err)
			}
		})
	}
}

func cornerAt(s automation.State) func(*testing.T, *bench) {
	return func(t *testing.T, b *bench) {
		b.at(s, func() { must(t, exporttest.Xdotool(t.Context(), "mousemove", "0", "0")) })
	}
}

func shortDeadline(_ *testing.T, b *bench) {
	b.opts.Timing.BeforeStart, b.opts.Timing.Dialog = 6*time.Second, time.Minute
	b.build()
}

// jumping is a clock whose wall time can be set forward by an hour.
type jumping struct {
	mu    sync.Mutex
	begin time.Time
	ahead time.Duration
}

func (j *jumping) Now() time.Time {
	j.mu.Lock()
	defer j.mu.Unlock()
	return time.Now().Add(j.ahead)
}

func (j *jumping) Mono() time.Duration { return time.Since(j.begin) }

func jumpAt(s automation.State) func(*testing.T, *bench) {
	return func(_ *testing.T, b *bench) {
		j := &jumping{begin: time.Now()}
		b.opts.Clock = j
		b.build()
		b.at(s, func() {
			j.mu.Lock()
			defer j.mu.Unlock()
			j.ahead = time.Hour
		})
	}
}
