package opentake_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/takebar/takebar/app/opentake"
	"github.com/takebar/takebar/app/words"
	"github.com/takebar/takebar/internal/control"
	"github.com/takebar/takebar/internal/take/sidecar"
)

var updateGolden = flag.Bool("update", false, "write the golden files anew")

func num[T any](v T) *T { return &v }

func vox() sidecar.File {
	return sidecar.File{
		Name: "2026-01-31 take 012 - Vox.wav", Track: "Vox", OriginalPath: "/live/Samples/Recorded/Vox 0012.wav",
		SHA256: "9b5f0c6c3a1d4e7f8091a2b3c4d5e6f70123456789abcdef0123456789abcdef", Bytes: 53692460, Container: "wav", Rate: 48000, Bits: 24, Channels: 2,
		Frames: 8948704, StartSample: num(int64(8704)), StartBeat: num(64.0), PeakDBFS: -3.42, IntegratedLUFS: num(-18.3), RangeLU: num(6.1), TruePeakDBTP: num(-3.2),
	}
}

func normal() control.LibraryTake {
	return control.LibraryTake{
		Take: sidecar.Take{
			Schema: 1, ID: "k1", Name: "2026-01-31 take 012", Number: 12, Status: sidecar.StatusLanded,
			RecordedAt: time.Date(2026, 1, 31, 14, 9, 18, 0, time.UTC), Set: sidecar.Set{Name: "My Song", Path: "/live/My Song.als"}, Tempo: 127.5,
			SignatureNumerator: 4, SignatureDenominator: 4, StartBeat: num(64.0), LengthBeats: num(372.5), Files: []sidecar.File{vox()},
			Note: "second verse is the one", Rating: 4, Live: "12.3.6", Script: "1.0.0",
		},
		Folder: "/takes/My Song", Sidecar: "/takes/My Song/2026-01-31 take 012.takebar.json", Paths: []string{"/takes/My Song/2026-01-31 take 012 - Vox.wav"},
	}
}

// cases are takes as they come, good and bad.
func cases() map[string]func() (control.LibraryTake, opentake.Seen) {
	all := map[string]func(e *control.LibraryTake) opentake.Seen{
		"normal": func(*control.LibraryTake) opentake.Seen { return opentake.Seen{} },
		"looked": func(*control.LibraryTake) opentake.Seen {
			return opentake.Seen{Looked: true, Gone: []bool{false}, Originals: []bool{true}, SetGone: true}
		},
		"vanished": func(e *control.LibraryTake) opentake.Seen {
			e.Warnings = []sidecar.Warning{{Code: "file_vanished", Message: "gone"}}
			return opentake.Seen{Looked: true, Gone: []bool{true}, Originals: []bool{false}}
		},
		"vanished-both": func(*control.LibraryTake) opentake.Seen {
			return opentake.Seen{Looked: true, Gone: []bool{true}, Originals: []bool{true}}
		},
		"trashed": func(e *control.LibraryTake) opentake.Seen { e.Trashed = true; return opentake.Seen{} },
		"midi": func(e *control.LibraryTake) opentake.Seen {
			e.Status, e.Files, e.Paths = sidecar.StatusMIDI, nil, nil
			e.Warnings = []sidecar.Warning{{Code: "midi_only", Message: "Only MIDI tracks recorded."}}
			return opentake.Seen{}
		},
		"unreadable": func(e *control.LibraryTake) opentake.Seen {
			*e = control.LibraryTake{Take: sidecar.Take{Name: "broken", Status: sidecar.StatusUnreadable, Warnings: []sidecar.Warning{{Code: "sidecar_unreadable", Message: "The description broken.takebar.json cannot be read (unexpected end). Nothing was changed."}}}, Sidecar: "/takes/broken.takebar.json"}
			return opentake.Seen{}
		},
		"silent": func(e *control.LibraryTake) opentake.Seen {
			f := &e.Files[0]
			f.Silent, f.AllZero, f.PeakDBFS, f.IntegratedLUFS, f.TruePeakDBTP, f.RangeLU = true, true, -200, num(-200.0), num(-200.0), num(-200.0)
			f.Warnings = []sidecar.Warning{{Code: "all_zero", Message: "x"}}
			return opentake.Seen{}
		},
		"clipped": func(e *control.LibraryTake) opentake.Seen {
			f := &e.Files[0]
			f.PeakDBFS, f.ClippedSamples, f.TruePeakDBTP = 0, 1421, num(0.6)
			f.Warnings = []sidecar.Warning{{Code: "clipped", Message: "x"}, {Code: "length_differs", Message: "The file is 2.1 s shorter than the clip in Live."}}
			return opentake.Seen{}
		},
		"unmeasured-float": func(e *control.LibraryTake) opentake.Seen {
			f := &e.Files[0]
			f.Bits, f.Float, f.IntegratedLUFS, f.RangeLU, f.TruePeakDBTP = 32, true, nil, nil, nil
			return opentake.Seen{}
		},
		"8-bit-mono": func(e *control.LibraryTake) opentake.Seen {
			f := &e.Files[0]
			f.Bits, f.Channels, f.Rate, f.Frames, f.StartSample, f.Bytes = 8, 1, 11025, 4410, nil, 4454
			e.Tempo, e.StartBeat, e.LengthBeats = 0, nil, nil
			return opentake.Seen{}
		},
		"twelve-hours": func(e *control.LibraryTake) opentake.Seen {
			f := &e.Files[0]
			f.Container, f.Frames, f.Bytes = "rf64", 12*3600*48000, 12*3600*48000*6
			return opentake.Seen{}
		},
		"partial": func(e *control.LibraryTake) opentake.Seen {
			second := vox()
			second.Track, second.Rate, second.Frames, second.StartSample = "Room", 44100, 4410000, num(int64(44100))
			e.Files, e.Paths = append(e.Files, second), append(e.Paths, "/takes/My Song/2026-01-31 take 012 - Room.wav")
			e.Status = sidecar.StatusPartial
			for _, code := range []string{"file_unfinished", "file_missing", "file_changed", "file_unreadable", "not_audio", "rescue_failed", "else"} {
				e.Missing = append(e.Missing, sidecar.Missing{Track: "Piano", Code: code, Message: "Something else, told " + code + "."})
				e.Warnings = append(e.Warnings, sidecar.Warning{Code: code, Message: "Something else, told " + code + "."})
			}
			for _, code := range []string{"file_touched", "file_changed", "newer_schema", "disk_low"} {
				e.Warnings = append(e.Warnings, sidecar.Warning{Code: code, Message: "Little room is left."})
			}
			e.Files[1].Warnings = []sidecar.Warning{{Code: "bad_samples"}, {Code: "silent"}}
			return opentake.Seen{}
		},
		"hostile": func(e *control.LibraryTake) opentake.Seen {
			e.Name, e.Set.Name, e.Rating = "two\nlines\u202Eback", "a\x00b\xff", 99
			e.Files[0].Frames, e.Files[0].Rate, e.Files[0].StartSample, e.Files[0].SHA256 = -5, -1, num(int64(-9)), "short"
			e.Paths = nil
			return opentake.Seen{Looked: true}
		},
	}
	out := map[string]func() (control.LibraryTake, opentake.Seen){}
	for name, change := range all {
		out[name] = func() (control.LibraryTake, opentake.Seen) {
			e := normal()
			seen := change(&e)
			return e, seen
		}
	}
	return out
}

func TestModels(t *testing.T) {
	for name, make := range cases() {
		t.Run(name, func(t *testing.T) {
			say, err := words.English()
			if err != nil {
				t.Fatal(err)
			}
			e, seen := make()
			o := opentake.Options{Say: say, Zone: time.UTC, Seen: seen}
			golden(t, name, text(opentake.New(e, o), opentake.Facts(e, 0, o)))
		})
	}
}

func TestOtherLanguages(t *testing.T) {
	for _, language := range []string{"de", "ja"} {
		say, err := words.In(language)
		if err != nil {
			t.Fatal(err)
		}
		e, seen := cases()["partial"]()
		o := opentake.Options{Say: say, Zone: time.UTC, Seen: seen}
		golden(t, "partial-"+language, text(opentake.New(e, o), opentake.Facts(e, 1, o)))
	}
}

func text(m opentake.Model, facts []opentake.Group) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n%s\nrating %d, note %q\n", m.Name, m.Line, m.Rating, m.Note)
	for _, n := range m.Notices {
		fmt.Fprintf(&b, "! tone %d: %s", n.Tone, n.Text)
		if n.Label != "" {
			fmt.Fprintf(&b, "  [%s]", n.Label)
		}
		b.WriteString("\n")
	}
	for _, l := range m.Lanes {
		fmt.Fprintf(&b, "lane %s | %s | %s | %d Hz, %d frames from %d | %s\n", l.Name, l.Detail, l.Brief, l.Rate, l.Frames, l.Start, l.Problem)
	}
	if m.Instead != "" {
		fmt.Fprintf(&b, "instead: %s\n", m.Instead)
	}
	fmt.Fprintf(&b, "axis %+v\ncan %+v\n\n", m.Axis, m.Can)
	for _, g := range facts {
		for _, f := range g.Facts {
			if f.Tone != opentake.Plain {
				fmt.Fprintf(&b, "(tone %d) %s\n", f.Tone, f.Label)
			}
		}
	}
	b.WriteString(opentake.FactsText(facts))
	return b.String()
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name+".txt")
	if *updateGolden {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != got {
		t.Errorf("%s differs:\n%s\nwant:\n%s", name, got, want)
	}
}
