package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/takebar/takebar/internal/audio"
	"github.com/takebar/takebar/internal/audio/convert"
	"github.com/takebar/takebar/internal/audio/tone"
	"github.com/takebar/takebar/internal/config"
	"github.com/takebar/takebar/internal/control"
	"github.com/takebar/takebar/internal/take/sidecar"
)

// recording makes a second of sound with a pre-roll of 1000 frames.
func recording(t *testing.T, path string) {
	t.Helper()
	w, err := audio.Create(path, audio.WriterFormat{Rate: 48000, Channels: 1, Bits: 24})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.WriteFloat32(tone.Sine(48000, 48000, 440, -12)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
}

// converts runs the command with an artist in the settings, and a core that must not be asked unless f is given.
func converts(t *testing.T, f *fakeCore, args ...string) outcome {
	t.Helper()
	home := t.TempDir()
	if err := os.WriteFile(filepath.Join(home, config.FileName), []byte("artist = \"Mia & Ö\"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var out, errs bytes.Buffer
	var p *Program
	if f != nil {
		p = f.program(&out, &errs, nil)
	} else {
		p = newFake().program(&out, &errs, nil)
		p.Open = func(context.Context, func(string)) (Core, error) { return nil, errors.New("a core was asked for") }
	}
	p.Config = func() (*config.File, error) { return config.New(home, nil), nil }
	code := Run(t.Context(), p, append([]string{"convert"}, args...))
	return outcome{code, out.String(), errs.String()}
}

// A file needs neither Live nor a core; what its sidecar says becomes tags.
func TestConvertFiles(t *testing.T) {
	dir := t.TempDir()
	src := filepath.Join(dir, "Takes", "Vox 'n \"Tüm\" 🎤.wav")
	if err := os.Mkdir(filepath.Dir(src), 0o755); err != nil {
		t.Fatal(err)
	}
	recording(t, src)
	take := sampleTake().Take
	take.Tempo, take.Note, take.StartBeat = 120, "the one", ptr(8.0)
	take.Files = []sidecar.File{{Name: "Takes/" + filepath.Base(src), Track: "Vox", Rate: 48000, StartSample: ptr(int64(1000)), StartBeat: ptr(8.0)}}
	data, err := json.Marshal(take)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "x"+sidecar.Suffix), data, 0o600); err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(dir, "out dir")
	o := converts(t, nil, src, "--to", out, "--trim-start", "--bits", "16")
	want := filepath.Join(out, filepath.Base(src))
	if o.code != 0 || o.out != want+"\n" || !strings.Contains(o.errors, "WAV, 16-bit, 1.0 s") {
		t.Fatalf("%+v", o)
	}
	b, err := os.ReadFile(want)
	if err != nil {
		t.Fatal(err)
	}
	for _, tag := range []string{"Mia & Ö", "the one", take.ID, "Takebar 1.0.0", "Vox 'n \"Tüm\" 🎤"} {
		if !bytes.Contains(b, []byte(tag)) {
			t.Errorf("%q is not among the tags", tag)
		}
	}
	info, err := audio.ProbeFile(want)
	if err != nil || info.Frames != 47000 || info.Bits != 16 {
		t.Errorf("%+v, %v", info, err)
	}
	if !bytes.Contains(b, []byte{0x00, 0xee, 0x02, 0x00, 0, 0, 0, 0, 2, 0}) { // 8 beats at 120 = 4 s = 192000 frames, then the version
		t.Error("the time reference is not the place in the song")
	}

	// As JSON, with what could not be done.
	o = converts(t, nil, src, filepath.Join(dir, "x"+sidecar.Suffix), "--to", out, "--format", "flac", "--normalize", "-1dBTP", "--json")
	var got converted
	if err := json.Unmarshal([]byte(o.out), &got); err != nil || o.code != exitFailed || len(got.Converted) != 1 || len(got.Failed) != 1 {
		t.Fatalf("%+v, %v", o, err)
	}
	if r := got.Converted[0]; r.Format != convert.FLAC || r.Levels.TruePeakDBTP > -0.99 || r.GainDB < 10.9 || filepath.Ext(r.Path) != ".flac" {
		t.Errorf("%+v", r)
	}
	if f := got.Failed[0]; f.Code != convert.CodeNotAudio || f.Hint == "" {
		t.Errorf("%+v", f)
	}
	if names, _ := filepath.Glob(filepath.Join(out, "*")); len(names) != 2 {
		t.Errorf("made %v", names)
	}

	// Nothing to do, said at once.
	for _, c := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{filepath.Join(dir, "none.wav")}, exitFailed, "There is no file"},
		{[]string{src, "./no/such/file"}, exitFailed, "There is no file"},
		{[]string{src, "--format", "ogg"}, exitUsage, "wav, aiff, flac or mp3"},
		{[]string{src, "--normalize", "loud"}, exitUsage, "-14LUFS"},
		{[]string{src, "--quality", "V0"}, exitUsage, "goes with mp3"},
		{nil, exitUsage, "which files or takes"},
	} {
		if o := converts(t, nil, c.args...); o.code != c.code || o.out != "" || !strings.Contains(o.errors, c.says) {
			t.Errorf("%v: %+v", c.args, o)
		}
	}
}

// A take is found by its name, and each of its files converted.
func TestConvertTakes(t *testing.T) {
	dir := t.TempDir()
	f := newFake()
	e := sampleTake()
	e.Paths, e.Files = nil, nil
	for _, track := range []string{"Vox", "Gtr"} {
		path := filepath.Join(dir, track+".wav")
		recording(t, path)
		e.Paths = append(e.Paths, path)
		e.Files = append(e.Files, sidecar.File{Name: track + ".wav", Track: track, Rate: 48000})
	}
	f.takes = []control.LibraryTake{e}
	loose := filepath.Join(dir, "loose.wav")
	recording(t, loose)
	o := converts(t, f, "3", loose, "--format", "aiff", "--trim-start")
	want := []string{filepath.Join(dir, "Vox.aiff"), filepath.Join(dir, "Gtr.aiff"), filepath.Join(dir, "loose.aiff")}
	if o.code != 0 || o.out != strings.Join(want, "\n")+"\n" || strings.Count(o.errors, "not known where the take begins") != 3 {
		t.Errorf("%+v", o)
	}
	if !slices.ContainsFunc(f.calls, func(c string) bool { return strings.HasPrefix(c, "Take ") }) {
		t.Errorf("calls: %v", f.calls)
	}
}

func TestCtrlCEndsConvert(t *testing.T) {
	dir := t.TempDir()
	src := filepath.Join(dir, "a.wav")
	recording(t, src)
	interrupts := make(chan os.Signal)
	var out, errs bytes.Buffer
	f := newFake()
	p := f.program(&out, &errs, interrupts)
	p.Open = func(ctx context.Context, _ func(string)) (Core, error) { // when the take is looked for
		interrupts <- os.Interrupt
		<-ctx.Done()
		return f, nil
	}
	code := Run(t.Context(), p, []string{"convert", src, "3", "--to", filepath.Join(dir, "out")})
	if code != exitInterrupted || out.Len() > 0 {
		t.Errorf("code %d, %q, %q", code, out.String(), errs.String())
	}
	if _, err := os.Stat(filepath.Join(dir, "out")); err == nil {
		t.Error("something was made")
	}
}
