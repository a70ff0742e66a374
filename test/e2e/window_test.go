//go:build linux

package e2e

import (
	endian "encoding/binary"
	"encoding/json"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/takebar/takebar/internal/audio"
	"github.com/takebar/takebar/internal/audio/tone"
	"github.com/takebar/takebar/internal/simtest"
	"github.com/takebar/takebar/internal/take/sidecar"
)

func float32frombytes(b []byte) float32 { return math.Float32frombits(endian.LittleEndian.Uint32(b)) }

// studio is a desk with a screen and speakers.
type studio struct {
	*desk
	*screen
	*speakers
}

func newStudio(t *testing.T, o options) *studio {
	t.Helper()
	s := &studio{screen: newScreen(t), speakers: newSpeakers(t)}
	o.env = append(o.env, s.screen.env()...)
	o.env = append(o.env, s.speakers.env()...)
	s.desk = newDesk(t, o)
	t.Cleanup(func() { // before the tray ends
		if pid, err := s.windowProcess(); err == nil {
			_ = syscall.Kill(pid, syscall.SIGTERM)
			s.until("the window to end", func() bool { return !running(pid) })
		}
	})
	return s
}

// running says that a process runs; one that only waits to be buried does not.
func running(pid int) bool {
	raw, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "stat"))
	return err == nil && !strings.Contains(string(raw), ") Z ")
}

// env is what a Takebar with a window is started with.
func (s *studio) env() []string {
	return s.desk.env(append(s.screen.env(), s.speakers.env()...)...)
}

func (s *studio) until(what string, ok func() bool) { s.desk.t.Helper(); s.desk.until(what, ok) }
func (s *studio) click(x, y int)                    { s.desk.t.Helper(); s.screen.click(x, y) }

// record makes a take of a track of a second or so.
func (s *studio) record(track, name string) sidecar.Take {
	s.desk.t.Helper()
	s.run(0, "take", "start", "--source", "track:"+track, "--for", "2s", "--name", name, "--wait")
	for _, take := range s.library() {
		if take.Name == name {
			return take
		}
	}
	s.desk.t.Fatalf("no take %q landed", name)
	return sidecar.Take{}
}

func (s *studio) take(id string) (found sidecar.Take) {
	for _, take := range s.library() {
		if take.ID == id {
			found = take
		}
	}
	return found
}

// opened waits for the window.
func (s *studio) opened(title string) {
	s.desk.t.Helper()
	s.until("the window "+title, func() bool { return s.title() == title && s.focused() })
}

// windowProcess finds the window's process.
func (s *studio) windowProcess() (int, error) {
	var file struct {
		PID int `json:"pid"`
	}
	raw, err := os.ReadFile(filepath.Join(s.home, "window.json"))
	if err == nil {
		err = json.Unmarshal(raw, &file)
	}
	return file.PID, err
}

// signal sends the window's process a signal.
func (s *studio) signal(sig syscall.Signal) {
	s.desk.t.Helper()
	pid, err := s.windowProcess()
	if err == nil {
		err = syscall.Kill(pid, sig)
	}
	if err != nil {
		s.desk.t.Fatalf("signal %v to the window: %v", sig, err)
	}
}

// TestWindow works with real keys and clicks on the takes page, and hears what it plays.
func TestWindow(t *testing.T) {
	s := newStudio(t, options{sim: simtest.Options{Args: []string{"--count-in", "0"}}})
	alpha := s.record("Guitar", "Alpha")
	bravo := s.record("Bass", "Bravo")
	charlie := s.record("Guitar", "Charlie")
	s.desk.click("Takes…")
	s.opened("Takes – Takebar")
	s.picture("opened")

	// search as you type, and rate what is found
	s.keys("ctrl+f")
	s.types("brav")
	s.keys("Return")
	s.keys("4")
	s.until("the found take to be rated", func() bool { return s.take(bravo.ID).Rating == 4 })
	s.picture("searched")
	if a, c := s.take(alpha.ID), s.take(charlie.ID); a.Rating != 0 || c.Rating != 0 {
		t.Errorf("other takes were rated: %d, %d", a.Rating, c.Rating)
	}
	s.keys("ctrl+f")
	s.types("5") // goes into the search, it rates nothing
	s.keys("Escape", "Escape")
	if got := s.take(bravo.ID).Rating; got != 4 {
		t.Errorf("a 5 typed into the search rated a take: %d", got)
	}

	// the arrows go through the list: the newest is on top
	s.keys("Home")
	s.keys("5")
	s.until("the newest to be rated", func() bool { return s.take(charlie.ID).Rating == 5 })
	s.keys("Down")
	s.keys("3")
	s.until("the next to be rated", func() bool { return s.take(bravo.ID).Rating == 3 })

	// the mouse chooses, too: the third row
	s.click(300, 306)
	s.presses("2", "the clicked take to be rated", func() bool { return s.take(alpha.ID).Rating == 2 })
	s.keys("Up")
	s.presses("4", "the take above to be chosen again", func() bool { return s.take(bravo.ID).Rating == 4 })

	// rename, with file and sidecar, and undo
	s.keys("F2")
	s.keys("ctrl+a")
	s.types("Delta")
	s.keys("Return")
	s.until("the new name on disk", func() bool {
		now := s.take(bravo.ID)
		return now.Name == "Delta" && strings.Contains(filepath.Base(now.Files[0].Name), "Delta")
	})
	if got, want := hash(t, s.take(bravo.ID).Files[0].Name), bravo.Files[0].SHA256; got != want {
		t.Errorf("renaming changed the audio: %s, was %s", got, want)
	}
	s.undoes("the old name", func() bool { return s.take(bravo.ID).Name == "Bravo" })

	// trash, and undo
	s.keys("Delete")
	s.until("the take in the trash", func() bool { return len(s.library()) == 2 })
	s.undoes("the take to be back", func() bool { return len(s.library()) == 3 })

	s.presses("1", "the restored take to be open", func() bool { return s.take(bravo.ID).Rating == 1 })
	s.plays(bravo)
	s.tidy()
}

// presses presses a key until it has its effect: a window that is still at something else, such as opening another take, may not be ready for it.
func (s *studio) presses(key, what string, ok func() bool) {
	s.desk.t.Helper()
	for range 30 {
		s.keys(key)
		if s.soon(500*time.Millisecond, ok) {
			return
		}
	}
	s.desk.t.Fatalf("pressed %s in vain: %s", key, what)
}

// soon waits for a condition of the outside world until the limit is over.
func (s *studio) soon(limit time.Duration, ok func() bool) bool {
	deadline := time.NewTimer(limit)
	defer deadline.Stop()
	look := time.NewTicker(10 * time.Millisecond)
	defer look.Stop()
	for !ok() {
		select {
		case <-look.C:
		case <-deadline.C:
			return ok()
		}
	}
	return true
}

// undoes presses Ctrl+Z, some times if need be: the disk may show a change before the window knows that it is made.
func (s *studio) undoes(what string, ok func() bool) {
	s.desk.t.Helper()
	for range 3 {
		s.keys("ctrl+z")
		if s.soon(time.Second, ok) {
			return
		}
	}
	s.desk.t.Fatalf("undone in vain: %s", what)
}

// plays plays the open take and compares what comes out with the file.
func (s *studio) plays(take sidecar.Take) {
	s.desk.t.Helper()
	l := s.listen()
	defer l.stop()
	s.keys("space")
	const enough = second // frames: a second
	s.until("a second of sound", func() bool { return len(l.heard()) > enough })
	s.picture("playing")
	r, err := audio.Open(take.Files[0].Name)
	if err != nil {
		s.desk.t.Fatal(err)
	}
	defer r.Close() //nolint:errcheck // it was only read
	samples := make([]float32, int(r.Info().Frames)*r.Info().Channels)
	if _, err := r.ReadFloat32(s.ctx, samples); err != nil {
		s.desk.t.Fatal(err)
	}
	recorded := tone.Channel(samples, r.Info().Channels, 0)
	loud, hz := tone.Floor, 0.0
	for _, one := range s.sim.Takes(s.desk.t) { // the true tone of this recording
		if one.SHA256 != nil && *one.SHA256 == take.Files[0].SHA256 {
			hz = *one.ToneHz
			loud = tone.Level(recorded[len(recorded)/2:], r.Info().Rate, hz)
		}
	}
	played := l.heard()[2400:] // fades are over
	got := tone.Level(played[:min(len(played), enough/2)], 48000, hz)
	if math.Abs(got-loud) > 0.5 || loud < -60 {
		s.desk.t.Errorf("the tone of %v Hz is at %.1f dBFS in the file and at %.1f dBFS in the air", hz, loud, got)
	}
	if other := tone.Level(played[:min(len(played), enough/2)], 48000, hz*1.37); other > got-20 {
		s.desk.t.Errorf("another tone is heard at %.1f dBFS", other)
	}
	// the same sine without a break, in the first half second
	if breaks := tone.Breaks(played[:min(len(played), enough/2)], 48000, hz, 0.002); len(breaks) > 0 {
		s.desk.t.Errorf("the sound breaks at %v", breaks[:min(len(breaks), 5)])
	}
	s.keys("space")
}

// TestWindowTwiceShowsOne: a second one has the first show its page.
func TestWindowTwiceShowsOne(t *testing.T) {
	s := newStudio(t, options{})
	s.desk.click("Takes…")
	s.opened("Takes – Takebar")
	cmd := exec.CommandContext(s.ctx, takebar(t), "window", "settings")
	cmd.Env = s.env()
	if out, err := cmd.CombinedOutput(); err != nil || !strings.Contains(string(out), "open already") {
		t.Fatalf("the second window: %v, %s", err, out)
	}
	s.opened("Settings – Takebar")
	for page, title := range map[string]string{"setup": "Set-up – Takebar", "export": "Export – Takebar", "about": "About – Takebar"} {
		cmd := exec.CommandContext(s.ctx, takebar(t), "window", page)
		cmd.Env = s.env()
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("window %s: %v, %s", page, err, out)
		}
		s.opened(title)
		s.picture("page-" + page)
	}
	s.keys("ctrl+1")
	s.opened("Takes – Takebar")
	s.keys("ctrl+w")
	s.until("the window to close", func() bool { return len(s.windows()) == 0 })
	if _, err := os.Stat(filepath.Join(s.home, "window.json")); err == nil {
		s.until("its file to go", func() bool { _, err := os.Stat(filepath.Join(s.home, "window.json")); return err != nil })
	}
}

// TestWindowKilledWhileRecording: recording goes on, and so does the tray.
func TestWindowKilledWhileRecording(t *testing.T) {
	s := newStudio(t, options{sim: simtest.Options{Args: []string{"--count-in", "0"}}})
	s.sim.Do(t, "arm", simtest.Params{"track": "Guitar"}, nil)
	s.menu("the check mark", checked(true, "Arm", "Guitar"))
	s.desk.click("Takes…")
	s.opened("Takes – Takebar")
	s.keys("F9") // record from the window
	s.menu("recording", has("Stop Take"))
	s.grow(second)
	s.signal(syscall.SIGKILL)
	s.until("the window to be gone", func() bool { return len(s.windows()) == 0 })
	s.grow(2 * second)
	s.desk.click("Stop Take")
	truth := s.truth()
	s.notified("landed")
	all := s.library()
	if len(all) != 1 || len(all[0].Files) != 1 || len(all[0].Warnings) != 0 {
		t.Fatalf("in the library: %+v", all)
	}
	s.same(all[0].Files[0], truth)
	s.desk.click("Takes…") // and it opens again
	s.opened("Takes – Takebar")
	s.tidy()
}

// TestWindowFollowsTheCore: the tray may be killed and started again while the window is open.
func TestWindowFollowsTheCore(t *testing.T) {
	s := newStudio(t, options{sim: simtest.Options{Args: []string{"--count-in", "0"}}})
	take := s.record("Guitar", "Alpha")
	s.desk.click("Takes…")
	s.opened("Takes – Takebar")
	s.keys("Home")
	s.keys("2")
	s.until("the take to be rated", func() bool { return s.take(take.ID).Rating == 2 })
	s.kill()
	s.startTray(append(s.screen.env(), s.speakers.env()...)...)
	s.presses("4", "the take to be rated through the next core", func() bool { return s.take(take.ID).Rating == 4 })
	newest := s.record("Bass", "Bravo") // it appears by itself, on top
	s.presses("Home", "the list to have the new take on top", func() bool { s.keys("1"); return s.take(newest.ID).Rating == 1 })
}

// TestWindowAndBadFiles: what lies about in a takes folder is shown or explained; nothing crashes.
func TestWindowAndBadFiles(t *testing.T) {
	s := newStudio(t, options{sim: simtest.Options{Args: []string{"--count-in", "0"}}})
	good := s.record("Guitar", "Good")
	vanished := s.record("Guitar", "Vanished")
	corrupt := s.record("Guitar", "Corrupt")
	long := s.record("Guitar", "Long")
	small := s.record("Guitar", "Small")
	if err := os.Remove(vanished.Files[0].Name); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(corrupt.Files[0].Name, []byte("RIFF\x00\x00\x00\x00WAVEfmt nonsense"), 0o644); err != nil {
		t.Fatal(err)
	}
	hours12(t, long.Files[0].Name)
	eightBit(t, small.Files[0].Name)
	broken := filepath.Join(s.takes, "Broken", "Broken"+sidecar.Suffix) // library does not look there
	if err := os.MkdirAll(filepath.Dir(broken), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(broken, []byte("{ not JSON"), 0o644); err != nil {
		t.Fatal(err)
	}
	s.desk.click("Takes…")
	s.opened("Takes – Takebar")
	s.keys("Home")
	for i := range 7 {
		s.picture("bad-" + strconv.Itoa(i))
		s.keys("space", "space", "Down")
	}
	// it still works
	s.keys("ctrl+f")
	s.types("good")
	s.keys("Return")
	s.keys("4")
	s.until("the good take to be rated", func() bool { return s.take(good.ID).Rating == 4 })
	s.picture("bad-good")
	s.signal(0) // it is still there
}

// hours12 replaces a file by 12 hours of silence in RF64 that take no room on the disk.
func hours12(t *testing.T, path string) {
	t.Helper()
	const rate, block = 48000, 6 // stereo, 24 bits
	data := int64(12*3600*rate) * block
	header := make([]byte, 80)
	copy(header, "RF64\xff\xff\xff\xffWAVEds64")
	endian.LittleEndian.PutUint32(header[16:], 28)
	endian.LittleEndian.PutUint64(header[20:], uint64(data+72))
	endian.LittleEndian.PutUint64(header[28:], uint64(data))
	endian.LittleEndian.PutUint64(header[36:], uint64(data/block))
	copy(header[48:], "fmt ")
	endian.LittleEndian.PutUint32(header[52:], 16)
	endian.LittleEndian.PutUint16(header[56:], 1)
	endian.LittleEndian.PutUint16(header[58:], 2)
	endian.LittleEndian.PutUint32(header[60:], rate)
	endian.LittleEndian.PutUint32(header[64:], rate*block)
	endian.LittleEndian.PutUint16(header[68:], block)
	endian.LittleEndian.PutUint16(header[70:], 24)
	copy(header[72:], "data\xff\xff\xff\xff")
	if err := os.WriteFile(path, header, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(path, int64(len(header))+data); err != nil {
		t.Fatal(err)
	}
}

// eightBit replaces a file by a second of mono at 8 bits.
func eightBit(t *testing.T, path string) {
	t.Helper()
	const rate = 22050
	b := make([]byte, 44+rate)
	copy(b, "RIFF")
	endian.LittleEndian.PutUint32(b[4:], uint32(36+rate))
	copy(b[8:], "WAVEfmt ")
	endian.LittleEndian.PutUint32(b[16:], 16)
	endian.LittleEndian.PutUint16(b[20:], 1)
	endian.LittleEndian.PutUint16(b[22:], 1)
	endian.LittleEndian.PutUint32(b[24:], rate)
	endian.LittleEndian.PutUint32(b[28:], rate)
	endian.LittleEndian.PutUint16(b[32:], 1)
	endian.LittleEndian.PutUint16(b[34:], 8)
	copy(b[36:], "data")
	endian.LittleEndian.PutUint32(b[40:], rate)
	for i := range rate {
		b[44+i] = byte(128 + 100*math.Sin(float64(i)/20))
	}
	if err := os.WriteFile(path, b, 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestWindowOnADiskThatFillsAndGoes: what cannot be written is said, nothing is lost, and the window goes on when the disk is there again.
func TestWindowOnADiskThatFillsAndGoes(t *testing.T) {
	disk := t.TempDir()
	if out, err := exec.CommandContext(t.Context(), "mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", disk).CombinedOutput(); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("mounting a small disk: %v: %s", err, out)
		}
		t.Skipf("mounting a small disk needs root: %s", out)
	}
	t.Cleanup(func() {
		if out, err := exec.Command("umount", "-l", disk).CombinedOutput(); err != nil { //nolint:noctx // a cleanup
			t.Errorf("unmounting: %v: %s", err, out)
		}
	})
	s := newStudio(t, options{sim: simtest.Options{Args: []string{"--count-in", "0"}}, takes: filepath.Join(disk, "Takes")})
	take := s.record("Guitar", "Alpha")
	s.desk.click("Takes…")
	s.opened("Takes – Takebar")
	s.keys("Home")
	s.presses("2", "the take to be rated", func() bool { return s.take(take.ID).Rating == 2 })

	full := filepath.Join(disk, "full")
	f, err := os.Create(full)
	if err != nil {
		t.Fatal(err)
	}
	for chunk := make([]byte, 4096); err == nil; {
		_, err = f.Write(chunk)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if _, said, code := s.command("takes", "rate", "last", "5"); code != 1 || !strings.Contains(said, "full") || !strings.Contains(said, "try again") {
		t.Errorf("rating on a full disk: exit code %d, %q", code, said)
	}
	s.keys("5") // the same from the window
	s.keys("F2", "ctrl+a")
	s.types("Bravo") // nor this
	s.keys("Return", "Escape")
	s.picture("disk-full")
	s.signal(0)
	if now := s.take(take.ID); now.Name != "Alpha" || now.Rating != 2 || hash(t, now.Files[0].Name) != take.Files[0].SHA256 {
		t.Errorf("on a full disk the take became %+v", now)
	}
	if err := os.Remove(full); err != nil {
		t.Fatal(err)
	}
	s.presses("3", "the take to be rated once there is room", func() bool { return s.take(take.ID).Rating == 3 })

	if err := os.Rename(s.takes, s.takes+" away"); err != nil { // as a drive that was pulled out
		t.Fatal(err)
	}
	s.keys("space", "Down", "Up", "4")
	s.picture("disk-gone")
	s.signal(0)
	if err := os.Rename(s.takes+" away", s.takes); err != nil {
		t.Fatal(err)
	}
	s.keys("Home")
	s.presses("1", "the take to be rated when the folder is back", func() bool { return s.take(take.ID).Rating == 1 })
	if got := hash(t, s.take(take.ID).Files[0].Name); got != take.Files[0].SHA256 {
		t.Errorf("the audio changed: %s", got)
	}
	s.tidy()
}
