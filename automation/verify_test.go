package automation

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// encode makes a file of a known length with the usual encoder.
func encode(t *testing.T, name, sound string, args ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	args = append([]string{"-hide_banner", "-loglevel", "error", "-f", "lavfi", "-i", sound, "-t", "2"}, append(args, path)...)
	if out, err := exec.CommandContext(t.Context(), "ffmpeg", args...).CombinedOutput(); err != nil {
		t.Fatalf("ffmpeg (apt-get install ffmpeg): %v: %s", err, out)
	}
	return path
}

func TestFLACAndMP3(t *testing.T) {
	for _, c := range []struct {
		name, sound, format string
		silent, levels      bool
	}{
		{"a.flac", "sine=440:r=44100", "FLAC", false, true},
		{"b.flac", "anullsrc=r=44100", "FLAC", true, true},
		{"c.mp3", "sine=440:r=44100", "MP3", false, false},
		{"d.mp3", "sine=440:r=22050", "MP3", false, false},
	} {
		path := encode(t, c.name, c.sound)
		if reason, why := completeness(path); reason != "" {
			t.Errorf("%s: %s %s", c.name, reason, why)
		}
		f, refusal := inspect(t.Context(), path)
		if refusal != nil {
			t.Errorf("%s: %v", c.name, refusal)
			continue
		}
		if f.Format != c.format || f.Seconds < 1.95 || f.Seconds > 2.15 || f.Silent != c.silent || (f.PeakDBFS != nil) != c.levels || len(f.SHA256) != 64 {
			t.Errorf("%s: %+v", c.name, f)
		}
	}
}

func TestCutFiles(t *testing.T) {
	for _, name := range []string{"a.flac", "b.mp3"} {
		path := encode(t, name, "sine=440:r=44100")
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, b[:len(b)*2/3-7], 0o600); err != nil {
			t.Fatal(err)
		}
		if _, refusal := inspect(t.Context(), path); refusal == nil || refusal.Reason != ReasonBadHeader {
			t.Errorf("%s cut short: %v", name, refusal)
		}
	}
}

func TestStoppedInspection(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	path := encode(t, "a.wav", "sine=440:r=44100")
	if _, refusal := inspect(ctx, path); refusal == nil || refusal.Reason != ReasonStoppedWatching {
		t.Errorf("%v", refusal)
	}
}

func TestPlausible(t *testing.T) {
	want := []Expect{{"the loop", 8}, {"the whole Arrangement", 200}}
	for seconds, ok := range map[float64]bool{8: true, 8.9: true, 200: true, 203.9: true, 195: false, 100: false, 0.5: false} {
		if plausible(seconds, want) != ok {
			t.Errorf("%g s: %t", seconds, !ok)
		}
	}
	if !plausible(5, nil) {
		t.Error("with nothing expected any length will do")
	}
}

func TestMoveNeverOverwrites(t *testing.T) {
	dir := t.TempDir()
	for i, want := range []string{"Song.wav", "Song (2).wav", "Song (3).wav"} {
		from := filepath.Join(t.TempDir(), "x.wav")
		if err := os.WriteFile(from, []byte{byte(i)}, 0o600); err != nil {
			t.Fatal(err)
		}
		to, err := moveFile(from, dir, "Song", ".wav", "")
		if err != nil || filepath.Base(to) != want {
			t.Errorf("%s, %v; want %s", to, err, want)
		}
		if b, err := os.ReadFile(to); err != nil || !bytes.Equal(b, []byte{byte(i)}) {
			t.Errorf("%s holds %v, %v", to, b, err)
		}
		if _, err := os.Stat(from); !os.IsNotExist(err) {
			t.Errorf("%s is still there", from)
		}
	}
}

func TestSafeName(t *testing.T) {
	for in, want := range map[string]string{
		`a/b\c:d*e?f"g<h>i|j`: "a_b_c_d_e_f_g_h_i_j", " x . ": "x", "": "export", "🎹 ünï": "🎹 ünï", strings.Repeat("ü", 200): strings.Repeat("ü", 90),
	} {
		if got := safeName(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestLocalPath(t *testing.T) {
	for in, want := range map[string]string{`Z:\home\me\Song.als`: "/home/me/Song.als", "/a/b.als": "/a/b.als", `C:\x.als`: `C:\x.als`} {
		if got := localPath(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

// FuzzInspect feeds bytes that look like each kind of file: whatever they are, they are judged without a panic.
func FuzzInspect(f *testing.F) {
	f.Add([]byte("RIFF\x00\x00\x00\x00WAVEfmt "))
	f.Add([]byte("fLaC\x00\x00\x00\x22aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"))
	f.Add([]byte("ID3\x03\x00\x00\x00\x00\x00\x01x\xff\xfb\x90\x44"))
	f.Add([]byte{0xff, 0xfb, 0x90, 0x44, 0, 0, 0, 0})
	f.Add([]byte("FORM\x00\x00\x00\x00AIFF"))
	f.Fuzz(func(t *testing.T, b []byte) {
		path := filepath.Join(t.TempDir(), "x")
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		reason, _ := completeness(path)
		_, refusal := inspect(t.Context(), path)
		if len(b) == 0 && (reason != ReasonZeroLength || refusal == nil) {
			t.Errorf("an empty file: %s, %v", reason, refusal)
		}
	})
}

func FuzzReadTrace(f *testing.F) {
	f.Add([]byte(`{"state":"rendering","what":"enter"}` + "\n" + `{"sta`))
	f.Fuzz(func(_ *testing.T, b []byte) {
		_, _ = ReadTrace(bytes.NewReader(b)) // whatever it is, it is read or refused
	})
}

func FuzzCheckSet(f *testing.F) {
	f.Add([]byte("\x1f\x8b\x08\x00\x00\x00\x00\x00"))
	f.Fuzz(func(t *testing.T, b []byte) {
		path := filepath.Join(t.TempDir(), "x.als")
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		if r := checkSet(path); r == nil && len(b) < 20 {
			t.Errorf("%d bytes are a set", len(b))
		}
	})
}
