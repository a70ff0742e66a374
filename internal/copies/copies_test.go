package copies_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/takebar/takebar/app/window/ports"
	"github.com/takebar/takebar/internal/audio"
	"github.com/takebar/takebar/internal/audio/convert"
	"github.com/takebar/takebar/internal/copies"
	"github.com/takebar/takebar/internal/take/sidecar"
)

const rate = 48000

// record writes a second of a sine at -12 dBFS after a quarter second of silence, and half a second of silence behind it.
func record(t *testing.T, path string) sidecar.File {
	t.Helper()
	var b bytes.Buffer
	frames := rate * 7 / 4
	put := func(v any) {
		if err := binary.Write(&b, binary.LittleEndian, v); err != nil {
			t.Fatal(err)
		}
	}
	b.WriteString("RIFF")
	put(uint32(36 + frames*2))
	b.WriteString("WAVEfmt ")
	put(uint32(16))
	put([]uint16{1, 1})
	put([]uint32{rate, rate * 2})
	put([]uint16{2, 16})
	b.WriteString("data")
	put(uint32(frames * 2))
	for i := range frames {
		v := 0.0
		if i >= rate/4 && i < rate*5/4 {
			v = 0.25 * math.Sin(2*math.Pi*440*float64(i)/rate)
		}
		put(int16(v * 32767))
	}
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return sidecar.File{Name: filepath.Base(path), Track: "Vox", Rate: rate, Bits: 16, Channels: 1, Frames: int64(frames)}
}

func takeOf(t *testing.T, names ...string) sidecar.Entry {
	t.Helper()
	dir := t.TempDir()
	e := sidecar.Entry{Folder: dir, Take: sidecar.Take{ID: "k1", Name: "Take", Number: 3, Tempo: 120, Set: sidecar.Set{Name: "Song"}, RecordedAt: time.Date(2026, 1, 31, 22, 30, 0, 0, time.UTC)}}
	for _, n := range names {
		path := filepath.Join(dir, n)
		e.Files, e.Paths = append(e.Files, record(t, path)), append(e.Paths, path)
	}
	return e
}

func maker() *copies.Maker {
	return copies.New(copies.Options{Version: "1.2.3", Artist: func() string { return "Ada" }, Zone: time.UTC})
}

func TestMake(t *testing.T) {
	e := takeOf(t, "one.wav", "two.wav")
	start := int64(rate / 4)
	e.Files[0].StartSample = &start
	var last ports.CopyProgress
	progress := func(p ports.CopyProgress) {
		if p.Done < last.Done || p.Files != 2 {
			t.Errorf("progress %+v after %+v", p, last)
		}
		last = p
	}
	made, err := maker().Make(t.Context(), ports.CopyWish{Take: e, Format: "aiff", Bits: "24", NoPre: true, TrimEnd: true, Level: "-1dBTP"}, progress)
	if err != nil || len(made) != 2 {
		t.Fatalf("%v, %v", made, err)
	}
	if last.Done != 1 || last.Ready != 2 {
		t.Errorf("at the end: %+v", last)
	}
	for i, want := range []int64{rate, rate + rate/4} {
		info, err := audio.ProbeFile(made[i].Path)
		if err != nil || info.Bits != 24 || info.Container != "aiff" && info.Container != "AIFF" && filepath.Ext(made[i].Path) != ".aiff" {
			t.Errorf("%+v, %v", info, err)
		}
		if d := info.Frames - want; d > 100 || d < -100 {
			t.Errorf("%s has %d frames, want %d", made[i].Path, info.Frames, want)
		}
	}
	if len(made[0].Notes) != 0 || len(made[1].Notes) != 1 || !strings.Contains(made[1].Notes[0], "not known where the take begins in two.wav") {
		t.Errorf("notes %v and %v", made[0].Notes, made[1].Notes)
	}
}

func TestSomeFilesToAFolder(t *testing.T) {
	e := takeOf(t, "one.wav", "two.wav")
	to := filepath.Join(t.TempDir(), "new")
	made, err := maker().Make(t.Context(), ports.CopyWish{Take: e, Files: []int{1, 99}, Format: "flac", Dir: to}, func(ports.CopyProgress) {})
	if err != nil || len(made) != 1 || made[0].Path != filepath.Join(to, "two.flac") {
		t.Fatalf("%v, %v", made, err)
	}
}

func TestTroubles(t *testing.T) {
	code := func(err error) string {
		var known *convert.Error
		if errors.As(err, &known) {
			return known.Code
		}
		return "none"
	}
	none := func(ports.CopyProgress) {}
	e := takeOf(t, "one.wav", "two.wav", "three.wav")
	for _, c := range []struct {
		name string
		wish ports.CopyWish
		want string
	}{
		{"unknown format", ports.CopyWish{Take: e, Format: "ogg"}, convert.CodeBadFormat},
		{"bits of an mp3", ports.CopyWish{Take: e, Format: "mp3", Bits: "16"}, convert.CodeBadFormat},
		{"odd level", ports.CopyWish{Take: e, Format: "wav", Level: "loud"}, convert.CodeBadFormat},
		{"no files", ports.CopyWish{Take: sidecar.Entry{}, Format: "wav"}, convert.CodeNothing},
	} {
		if made, err := maker().Make(t.Context(), c.wish, none); code(err) != c.want || made != nil {
			t.Errorf("%s: %v, %v", c.name, made, err)
		}
	}
	for _, i := range []int{0, 2} {
		if err := os.Remove(e.Paths[i]); err != nil {
			t.Fatal(err)
		}
	}
	made, err := maker().Make(t.Context(), ports.CopyWish{Take: e, Format: "wav", Bits: "24"}, none)
	if code(err) != convert.CodeSourceMissing || !strings.Contains(err.Error(), "2 of 3 copies") {
		t.Errorf("two of three are gone: %v", err)
	}
	if len(made) != 1 || filepath.Base(made[0].Path) != "two (2).wav" && filepath.Ext(made[0].Path) != ".wav" {
		t.Errorf("made %v", made)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if made, err := maker().Make(ctx, ports.CopyWish{Take: e, Files: []int{1}, Format: "flac"}, none); !errors.Is(err, context.Canceled) || len(made) != 0 {
		t.Errorf("cancelled: %v, %v", made, err)
	}
	left, _ := filepath.Glob(filepath.Join(e.Folder, "*.flac*"))
	if len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestJobTags(t *testing.T) {
	e := takeOf(t, "one.wav")
	beat, start := 8.0, int64(1000)
	f := e.Files[0]
	f.StartBeat, f.StartSample = &beat, &start
	job := copies.Job(e.Paths[0], &e.Take, f, time.FixedZone("east", 3600*2))
	tags := job.Tags
	if tags.Title != "one" || tags.Album != "Song" || tags.Comment != "Take 3, track Vox" || tags.BPM != 120 || tags.Date.Day() != 1 || tags.Position != 4*rate-1000 {
		t.Errorf("%+v", tags)
	}
	if !copies.SkipPreRoll(&job, f) || job.Start != 1000 || job.Tags.Position != 4*rate {
		t.Errorf("without the pre-roll: %+v", job)
	}
	e.Note = "mine"
	if got := copies.Job(e.Paths[0], &e.Take, f, time.UTC).Tags.Comment; got != "mine" {
		t.Errorf("the comment is %q", got)
	}
	if got := copies.Job("/x/a b.wav", nil, sidecar.File{}, time.UTC); !slices.Equal([]string{got.Tags.Title, got.Tags.Album}, []string{"a b", ""}) {
		t.Errorf("a file of no take: %+v", got)
	}
}
