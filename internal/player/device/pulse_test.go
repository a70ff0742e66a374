//go:build linux && cgo && !nowindow

package device

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"math"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/takebar/takebar/app/window/ports"
	"github.com/takebar/takebar/internal/audio"
	"github.com/takebar/takebar/internal/audio/tone"
	"github.com/takebar/takebar/internal/audio/trouble"
	"github.com/takebar/takebar/internal/player"
)

// patience is how long a test waits for something that must happen.
const patience = 60 * time.Second

// until waits for a condition.
func until(t *testing.T, what string, done func() bool) {
	t.Helper()
	end := time.After(patience)
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !done() {
		select {
		case <-end:
			t.Fatalf("waited in vain: %s", what)
		case <-tick.C:
		}
	}
}

// server is a PulseAudio of its own, whose sinks are heard through their monitors only.
type server struct {
	t       *testing.T
	dir     string
	process *exec.Cmd
}

func tool(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("what is played must be heard in CI: %v", err)
		}
		t.Skipf("%s is not installed", name)
	}
	return path
}

// newServer starts a server and points this process at it. No ALSA device may come to its help.
func newServer(t *testing.T) *server {
	t.Helper()
	tool(t, "pulseaudio")
	dir := t.TempDir()
	s := &server{t: t, dir: dir}
	noALSA(t)
	t.Setenv("PULSE_SERVER", "unix:"+s.socket())
	t.Setenv("HOME", dir)
	t.Setenv("XDG_RUNTIME_DIR", dir)
	t.Setenv("PULSE_RUNTIME_PATH", filepath.Join(dir, "run"))
	s.start()
	return s
}

func noALSA(t *testing.T) {
	t.Helper()
	empty := filepath.Join(t.TempDir(), "asound.conf")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("ALSA_CONFIG_PATH", empty)
}

func (s *server) socket() string { return filepath.Join(s.dir, "socket") }

func (s *server) start() {
	s.t.Helper()
	_ = os.Remove(s.socket())
	s.process = exec.CommandContext(context.WithoutCancel(s.t.Context()), "pulseaudio", "-n", "--daemonize=no", "--use-pid-file=no", "--exit-idle-time=-1", "--disable-shm=yes", "--log-level=error",
		"--load=module-null-sink sink_name=one format=float32le rate=48000 channels=2",
		"--load=module-null-sink sink_name=two format=float32le rate=48000 channels=2",
		"--load=module-native-protocol-unix auth-anonymous=1 socket="+s.socket())
	if err := s.process.Start(); err != nil {
		s.t.Fatal(err)
	}
	process := s.process
	s.t.Cleanup(func() { s.end(process) })
	until(s.t, "PulseAudio answers", func() bool {
		c, err := new(net.Dialer).DialContext(s.t.Context(), "unix", s.socket())
		if err != nil {
			return false
		}
		return c.Close() == nil && exec.CommandContext(s.t.Context(), "pactl", "info").Run() == nil
	})
	s.control("set-default-sink", "one")
	s.control("set-default-source", "one.monitor") // or recordings would follow the default sink's monitor
}

func (s *server) signal(sig syscall.Signal) {
	s.t.Helper()
	if err := s.process.Process.Signal(sig); err != nil {
		s.t.Fatal(err)
	}
}

func (s *server) end(process *exec.Cmd) {
	if process.ProcessState == nil {
		_ = process.Process.Kill()
		_ = process.Wait()
	}
}

func (s *server) control(words ...string) string {
	s.t.Helper()
	out, err := exec.CommandContext(s.t.Context(), tool(s.t, "pactl"), words...).Output()
	if err != nil {
		s.t.Fatalf("pactl %v: %v", words, err)
	}
	return string(out)
}

// recording is what a sink plays, in stereo at 48 kHz.
type recording struct {
	mu  sync.Mutex
	all []float32
}

func (s *server) record(sink string) *recording {
	s.t.Helper()
	r := &recording{}
	cmd := exec.CommandContext(s.t.Context(), tool(s.t, "parec"), "--device="+sink+".monitor", "--format=float32le", "--rate=48000", "--channels=2", "--raw", "--latency-msec=50")
	out, err := cmd.StdoutPipe()
	if err != nil {
		s.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		in := bufio.NewReader(out)
		var b [8]byte
		for {
			for n := 0; n < len(b); {
				m, err := in.Read(b[n:])
				if n += m; err != nil {
					return
				}
			}
			r.mu.Lock()
			r.all = append(r.all, math.Float32frombits(binary.LittleEndian.Uint32(b[:])), math.Float32frombits(binary.LittleEndian.Uint32(b[4:])))
			r.mu.Unlock()
		}
	}()
	s.t.Cleanup(func() {
		_ = cmd.Process.Kill()
		<-done
		_ = cmd.Wait()
	})
	until(s.t, "the monitor of "+sink+" gives samples", func() bool { return r.frames() > 0 })
	return r
}

func (r *recording) frames() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.all) / 2
}

// sound is everything from the first sample that is not silence on.
func (r *recording) sound() []float32 {
	r.mu.Lock()
	defer r.mu.Unlock()
	i := slices.IndexFunc(r.all, func(v float32) bool { return v != 0 })
	if i < 0 {
		return nil
	}
	return slices.Clone(r.all[i/2*2:])
}

// last is the newest frames.
func (r *recording) last(frames int) []float32 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.all[max(0, len(r.all)-2*frames):])
}

// same compares what was heard with what should be, sample by sample. A busy machine may let the device run dry: such a gap of pure
// silence is allowed, a lost, repeated or altered sample is not. want has no silent frame.
func same(t *testing.T, heard, want []float32) {
	t.Helper()
	gaps := 0
	for i := 0; i < len(want); heard = heard[2:] {
		if len(heard) < 2 {
			t.Fatalf("only %d of %d frames were heard", i/2, len(want)/2)
		}
		switch {
		case heard[0] == want[i] && heard[1] == want[i+1]:
			i += 2
		case heard[0] == 0 && heard[1] == 0:
			gaps++
		default:
			t.Fatalf("frame %d (after %d frames of gaps) is %v, want %v", i/2, gaps, heard[:2], want[i:i+2])
		}
	}
	if gaps > 0 {
		t.Logf("the device ran dry for %d frames", gaps)
	}
}

// file writes a take's file.
func file(t *testing.T, rate, channels, bits int, samples []float32) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "take.wav")
	w, err := audio.Create(path, audio.WriterFormat{Rate: rate, Channels: channels, Bits: bits})
	if err != nil {
		t.Fatal(err)
	}
	var data []byte
	for _, v := range samples {
		b := binary.LittleEndian.AppendUint32(nil, uint32(int32(float64(v)*(1<<31-1))))
		data = append(data, b[4-bits/8:]...)
	}
	if _, err := w.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

// decoded is what a file holds, in stereo.
func decoded(t *testing.T, path string) []float32 {
	t.Helper()
	r, err := audio.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	raw := make([]float32, r.Info().Frames*int64(r.Info().Channels))
	if _, err := r.ReadFloat32(t.Context(), raw); err != nil {
		t.Fatal(err)
	}
	if r.Info().Channels == 2 {
		return raw
	}
	var out []float32
	for _, v := range raw {
		out = append(out, v, v)
	}
	return out
}

// noise has no sample that is zero.
func noise(n int, seed uint64, level float32) []float32 {
	s := make([]float32, n)
	x := seed*0x9E3779B97F4A7C15 + 1
	for i := range s {
		x ^= x << 13
		x ^= x >> 7
		x ^= x << 17
		s[i] = level * (0.01 + 0.99*float32(uint32(x>>32))/(1<<32))
		if x&1 == 1 {
			s[i] = -s[i]
		}
	}
	return s
}

func newPlayer(t *testing.T) *player.Player {
	t.Helper()
	p := player.New(New(nil), player.Options{})
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	return p
}

func begin(t *testing.T, p *player.Player, lanes ...ports.Lane) {
	t.Helper()
	if err := p.Load(t.Context(), lanes); err != nil {
		t.Fatal(err)
	}
	if err := p.Play(); err != nil {
		t.Fatal(err)
	}
}

// A take of two files, one of which begins later, is heard to the last bit, up to its end.
func TestTakeIsHeard(t *testing.T) {
	s := newServer(t)
	const frames = 72_000
	a, b := file(t, 48000, 2, 24, noise(2*frames, 1, 0.4)), file(t, 48000, 1, 16, noise(frames+500, 2, 0.3))
	want, other := decoded(t, a), decoded(t, b)[2*500:]
	for i := range want {
		want[i] += other[i]
	}
	heard := s.record("one")
	p := newPlayer(t)
	begin(t, p, ports.Lane{Path: a}, ports.Lane{Path: b, Start: 500})
	until(t, "the take is played", func() bool { return !p.State().Playing })
	if st := p.State(); st.Problem != "" || st.Position != frames {
		t.Errorf("at the end: %+v", st)
	}
	until(t, "all of it is recorded", func() bool { return len(heard.sound()) >= 2*frames+2*4800 })
	same(t, heard.sound(), want)
	if silence := heard.last(2400); slices.ContainsFunc(silence, func(v float32) bool { return v != 0 }) {
		t.Error("there is sound behind the end")
	}
	if n := p.Underruns(); n > 0 {
		t.Logf("%d frames came too late from the disk", n)
	}
}

// A loop has no seam, and a seek goes to the sample.
func TestLoopIsHeard(t *testing.T) {
	s := newServer(t)
	const frames, from, to = 48_000, 10_001, 22_345
	path := file(t, 48000, 2, 16, noise(2*frames, 3, 0.5))
	all := decoded(t, path)
	heard := s.record("one")
	p := newPlayer(t)
	if err := p.Load(t.Context(), []ports.Lane{{Path: path}}); err != nil {
		t.Fatal(err)
	}
	p.Loop(from, to)
	if err := p.Play(); err != nil {
		t.Fatal(err)
	}
	want := slices.Clone(all[:2*to])
	for range 3 {
		want = append(want, all[2*from:2*to]...)
	}
	until(t, "some rounds are recorded", func() bool { return len(heard.sound()) >= len(want)+9600 })
	if at := p.State().Position; at < from || at >= to {
		t.Errorf("%d is not in the loop", at)
	}
	same(t, heard.sound(), want)
}

// A take at another rate than the device's keeps its pitch and level; what is muted is not heard.
func TestOtherRateAndMute(t *testing.T) {
	s := newServer(t)
	low, high := file(t, 44100, 1, 24, tone.Sine(44100*20, 44100, 440, -12)), file(t, 44100, 1, 24, tone.Sine(44100*20, 44100, 2000, -18))
	heard := s.record("one")
	p := newPlayer(t)
	lanes := []ports.Lane{{Path: low}, {Path: high}}
	begin(t, p, lanes...)
	level := func(hz float64) float64 { return tone.Level(tone.Channel(heard.last(14_400), 2, 0), 48000, hz) }
	near := func(got, want float64) bool { return math.Abs(got-want) < 0.3 }
	until(t, "both tones", func() bool { return near(level(440), -12) && near(level(2000), -18) })
	if peak := p.State().Peak[0]; peak > -8 || peak < -12.5 {
		t.Errorf("the meter shows %v dBFS for tones of -12 and -18", peak)
	}
	lanes[1].Mute = true
	p.Lanes(lanes)
	until(t, "the low tone alone", func() bool { return near(level(440), -12) && level(2000) < -80 })
	lanes[1].Mute, lanes[1].Solo = false, true
	p.Lanes(lanes)
	until(t, "the high tone alone", func() bool { return near(level(2000), -18) && level(440) < -80 })
	p.Pause()
	until(t, "silence", func() bool { return level(2000) < -100 })
	at := p.State().Position
	if err := p.Play(); err != nil {
		t.Fatal(err)
	}
	until(t, "it goes on", func() bool { return near(level(2000), -18) && p.State().Position > at })
}

// The sound follows the system's choice of a device, and the user's.
func TestChoiceOfDevice(t *testing.T) {
	s := newServer(t)
	one, two := s.record("one"), s.record("two")
	p := newPlayer(t)
	sounds := func(r *recording) bool { return tone.Level(tone.Channel(r.last(9600), 2, 0), 48000, 440) > -15 }
	begin(t, p, ports.Lane{Path: file(t, 48000, 1, 16, tone.Sine(48000*60, 48000, 440, -12))})
	until(t, "it plays on the default device", func() bool { return sounds(one) && !sounds(two) })
	s.control("set-default-sink", "two")
	until(t, "it follows the default device", func() bool { return sounds(two) && !sounds(one) })
	if st := p.State(); !st.Playing || st.Problem != "" {
		t.Errorf("%+v", st)
	}
	list, err := p.Devices(t.Context())
	if err != nil || len(list) != 2 {
		t.Fatalf("%+v, %v", list, err)
	}
	for _, d := range list {
		if d.Default != strings.Contains(d.Name, "two") && !strings.EqualFold(d.Name, "Null Output") {
			t.Errorf("%+v", d)
		}
	}
	first := slices.IndexFunc(list, func(d ports.Device) bool { return !d.Default })
	if err := p.Use(t.Context(), list[first].ID); err != nil {
		t.Fatal(err)
	}
	until(t, "it plays on the chosen device", func() bool { return sounds(one) && !sounds(two) })
	// The chosen device is unplugged.
	module, _, _ := strings.Cut(s.control("list", "short", "modules"), "\t")
	s.control("unload-module", module)
	until(t, "the loss is noticed", func() bool { return !p.State().Playing })
	if st := p.State(); !strings.Contains(st.Problem, "is gone") || st.Position == 0 {
		t.Errorf("%+v", st)
	}
	if err := p.Play(); err == nil {
		t.Error("it plays on a device that is gone")
	} else if e := (*trouble.Error)(nil); !errors.As(err, &e) || e.Why != trouble.DeviceGone {
		t.Errorf("%v", err)
	}
	if err := p.Use(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
	if err := p.Play(); err != nil {
		t.Fatal(err)
	}
	until(t, "it plays on the device that is left", func() bool { return sounds(two) })
}

// The sound system dies and comes back.
func TestSoundSystemDies(t *testing.T) {
	s := newServer(t)
	p := newPlayer(t)
	begin(t, p, ports.Lane{Path: file(t, 48000, 1, 16, tone.Sine(48000*60, 48000, 440, -12))})
	until(t, "it plays", func() bool { return p.State().Position > 0 })
	s.end(s.process)
	until(t, "the loss is noticed", func() bool { return !p.State().Playing })
	if st := p.State(); !strings.Contains(st.Problem, "No sound output was found") {
		t.Errorf("%+v", st)
	}
	if err := p.Play(); err == nil {
		t.Error("it plays without a sound system")
	}
	s.start()
	heard := s.record("one")
	if err := p.Play(); err != nil {
		t.Fatal(err)
	}
	until(t, "it plays again", func() bool { return len(heard.sound()) > 0 })
}

// A sound system that hangs holds up nobody.
func TestSoundSystemHangs(t *testing.T) {
	s := newServer(t)
	p := newPlayer(t)
	if err := p.Load(t.Context(), []ports.Lane{{Path: file(t, 48000, 1, 16, tone.Sine(48000*60, 48000, 440, -12))}}); err != nil {
		t.Fatal(err)
	}
	s.signal(syscall.SIGSTOP)
	if err := p.Play(); err != nil {
		t.Errorf("Play does not leave the answer to State: %v", err)
	}
	until(t, "the problem is told", func() bool { return !p.State().Playing && p.State().Problem != "" })
	s.signal(syscall.SIGCONT)
	heard := s.record("one")
	until(t, "it can be played again", func() bool { return p.Play() == nil && p.State().Problem == "" })
	until(t, "it plays", func() bool { return len(heard.sound()) > 0 })
}

// No sound system at all gives a sentence, at once.
func TestNoSoundSystem(t *testing.T) {
	noALSA(t)
	t.Setenv("PULSE_SERVER", "unix:"+filepath.Join(t.TempDir(), "none"))
	t.Setenv("JACK_NO_START_SERVER", "1")
	p := newPlayer(t)
	if err := p.Load(t.Context(), []ports.Lane{{Path: file(t, 48000, 1, 16, tone.Sine(48000, 48000, 440, -12))}}); err != nil {
		t.Fatal(err)
	}
	err := p.Play()
	if e := (*trouble.Error)(nil); !errors.As(err, &e) || e.Why != trouble.NoOutput {
		t.Errorf("%v", err)
	}
	if st := p.State(); st.Playing || st.Problem == "" {
		t.Errorf("%+v", st)
	}
}
