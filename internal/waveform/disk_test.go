package waveform

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/takebar/takebar/app/window/ports"
	"github.com/takebar/takebar/internal/audio"
)

// entries are the names in the folder of waveforms; none if it is not there.
func entries(t testing.TB, takes string) []string {
	t.Helper()
	list, err := os.ReadDir(filepath.Join(takes, hiddenDir, peaksDir))
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	var names []string
	for _, e := range list {
		names = append(names, e.Name())
	}
	return names
}

var mono = format{bits: 16, channels: 1}

// take puts a mono file into the takes folder.
func take(t testing.TB, takes, name string, samples []int16) string {
	t.Helper()
	return put(t, filepath.Join(takes, "My Song", name), encode(mono, 48000, samples))
}

func overviewOf(t testing.TB, o Options, path string) *ports.Waveform {
	t.Helper()
	w, err := newStore(t, o).Overview(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// What is kept counts for one state of a file only.
func TestKept(t *testing.T) {
	takes := t.TempDir()
	loud := sound(5000, 1)
	path := take(t, takes, "a.wav", loud)
	first := overviewOf(t, Options{Dir: takes}, path)
	if got := entries(t, takes); len(got) != 1 || !entryName.MatchString(got[0]) {
		t.Fatalf("kept %v", got)
	}
	// The same size and time with other samples: only who looks at what was kept still sees the old ones.
	take(t, takes, "a.wav", make([]int16, 5000))
	if again := overviewOf(t, Options{Dir: takes}, path); !reflect.DeepEqual(again, first) {
		t.Error("what was kept was not used")
	}
	later := old.Add(time.Second)
	if err := os.Chtimes(path, later, later); err != nil {
		t.Fatal(err)
	}
	if changed := overviewOf(t, Options{Dir: takes}, path); reflect.DeepEqual(changed, first) || changed.Data[100] != 0 {
		t.Error("a changed file was drawn as it was before")
	}
	take(t, takes, "a.wav", loud[:4000])
	if shorter := overviewOf(t, Options{Dir: takes}, path); shorter.Frames != 4000 {
		t.Error("a shorter file was drawn as it was before")
	}
	if got := entries(t, takes); len(got) != 1 {
		t.Errorf("one file has %v", got)
	}
}

// A Store notices changes while it runs, and gives what it has in memory otherwise.
func TestMemory(t *testing.T) {
	takes := t.TempDir()
	path := take(t, takes, "a.wav", sound(5000, 1))
	s := newStore(t, Options{})
	first, err := s.Overview(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	take(t, takes, "a.wav", make([]int16, 5000))
	if again, err := s.Overview(t.Context(), path); err != nil || !reflect.DeepEqual(again, first) {
		t.Errorf("not from memory: %v", err)
	}
	take(t, takes, "a.wav", make([]int16, 4999))
	if again, err := s.Overview(t.Context(), path); err != nil || again.Frames != 4999 || again.Data[1] != 0 {
		t.Errorf("not drawn anew: %v", err)
	}
	if entries := entries(t, takes); len(entries) != 0 {
		t.Errorf("%v were kept without a folder", entries)
	}
}

func TestMemoryIsBounded(t *testing.T) {
	m := newMemory(3000)
	peaks := func(values int) kept { return kept{peaks: &audio.Peaks{Data: make([]int16, values)}} }
	for i := range 5 {
		m.put(source{path: fmt.Sprint(i)}, overview, peaks(300))
		m.get(source{path: "0"}, overview)
	}
	var left []string
	for i := range 5 {
		if _, ok := m.get(source{path: fmt.Sprint(i)}, overview); ok {
			left = append(left, fmt.Sprint(i))
		}
	}
	if !reflect.DeepEqual(left, []string{"0", "3", "4"}) || m.used > 3000 {
		t.Errorf("left %v, %d bytes", left, m.used)
	}
	m.put(source{path: "huge"}, overview, peaks(30000))
	if m.used > 3000 || len(m.items) != m.order.Len() {
		t.Errorf("%d bytes in %d items", m.used, len(m.items))
	}
}

// The disk with the takes may be called otherwise tomorrow.
func TestMovedTakesFolder(t *testing.T) {
	root := t.TempDir()
	takes := filepath.Join(root, "Disk")
	path := take(t, takes, "a.wav", sound(5000, 1))
	outside := put(t, filepath.Join(root, "original.wav"), encode(mono, 48000, sound(3000, 1)))
	first, other := overviewOf(t, Options{Dir: takes}, path), overviewOf(t, Options{Dir: takes}, outside)
	moved := filepath.Join(root, "Disk 1")
	if err := os.Rename(takes, moved); err != nil {
		t.Fatal(err)
	}
	path = take(t, moved, "a.wav", make([]int16, 5000)) // same size and time
	put(t, outside, encode(mono, 48000, make([]int16, 3000)))
	if again := overviewOf(t, Options{Dir: moved}, path); !reflect.DeepEqual(again, first) {
		t.Error("what was kept was not found again")
	}
	if again := overviewOf(t, Options{Dir: moved}, outside); !reflect.DeepEqual(again, other) {
		t.Error("what was kept of an original was not found again")
	}
}

func TestWithoutFolder(t *testing.T) {
	samples := sound(5000, 1)
	want := plain(mono, samples, 0, 5000, 2, true)
	for name, prepare := range map[string]func(t *testing.T, takes string){
		"unplugged": func(t *testing.T, takes string) {
			if err := os.Rename(takes, takes+" gone"); err != nil {
				t.Fatal(err)
			}
		},
		"a file in its place": func(t *testing.T, takes string) { put(t, filepath.Join(takes, hiddenDir), []byte("mine")) },
		"deeper": func(t *testing.T, takes string) {
			put(t, filepath.Join(takes, hiddenDir, peaksDir), []byte("mine"))
		},
	} {
		t.Run(name, func(t *testing.T) {
			root := t.TempDir()
			takes := filepath.Join(root, "takes")
			take(t, takes, "a.wav", samples)
			path := put(t, filepath.Join(root, "b.wav"), encode(mono, 48000, samples))
			prepare(t, takes)
			s := newStore(t, Options{Dir: takes})
			for range 2 {
				w, err := s.Overview(t.Context(), path)
				if err != nil {
					t.Fatal(err)
				}
				same(t, w, &ports.Waveform{Rate: 48000, Channels: 1, Frames: 5000, FramesPerColumn: 2, Data: want})
			}
			if _, err := os.Stat(takes); name == "unplugged" && !os.IsNotExist(err) {
				t.Error("the takes folder was made")
			}
		})
	}
}

// Whatever has happened to an entry, the picture is right, and the entry is mended.
func TestDamagedEntries(t *testing.T) {
	takes := t.TempDir()
	path := take(t, takes, "a.wav", sound(5000, 1))
	want := overviewOf(t, Options{Dir: takes}, path)
	entry := filepath.Join(takes, hiddenDir, peaksDir, entries(t, takes)[0])
	good, err := os.ReadFile(entry)
	if err != nil {
		t.Fatal(err)
	}
	flipped := bytes.Clone(good)
	flipped[300] ^= 1
	for name, b := range map[string][]byte{"empty": {}, "cut": good[:len(good)-9], "flipped": flipped, "longer": append(bytes.Clone(good), 0), "noise": []byte("noise")} {
		if err := os.WriteFile(entry, b, 0o644); err != nil {
			t.Fatal(err)
		}
		if got := overviewOf(t, Options{Dir: takes}, path); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: drawn wrongly", name)
		}
		if mended, err := os.ReadFile(entry); err != nil || !bytes.Equal(mended, good) {
			t.Errorf("%s: not mended (%v)", name, err)
		}
	}
	if err := os.RemoveAll(filepath.Join(takes, hiddenDir)); err != nil {
		t.Fatal(err)
	}
	if got := overviewOf(t, Options{Dir: takes}, path); !reflect.DeepEqual(got, want) || len(entries(t, takes)) != 1 {
		t.Error("a deleted folder is not made again")
	}
}

// An entry begins with a .dat file that other programs read.
func TestEntriesAreWaveformFiles(t *testing.T) {
	takes := t.TempDir()
	samples := sound(5000, 1)
	path := take(t, takes, "a.wav", samples)
	overviewOf(t, Options{Dir: takes}, path)
	f, err := os.Open(filepath.Join(takes, hiddenDir, peaksDir, entries(t, takes)[0]))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	p, err := audio.ReadPeaks(f)
	if err != nil || !reflect.DeepEqual(p, &audio.Peaks{Rate: 48000, SamplesPerPixel: 2, Channels: 1, Data: plain(mono, samples, 0, 5000, 2, true)}) {
		t.Errorf("%v, %v", p, err)
	}
}

func TestSweep(t *testing.T) {
	takes := t.TempDir()
	s := newStore(t, Options{Dir: takes})
	draw := func(name string) string {
		path := take(t, takes, name, sound(3000, 1))
		if _, err := s.Overview(t.Context(), path); err != nil {
			t.Fatal(err)
		}
		return path
	}
	gone, changed, stays := draw("gone.wav"), draw("changed.wav"), draw("stays.wav")
	dir := s.disk.dir()
	foreign := put(t, filepath.Join(dir, "notes.txt"), []byte("not ours"))
	oldPart, newPart := put(t, filepath.Join(dir, "1.part"), nil), filepath.Join(dir, "2.part")
	if err := os.WriteFile(newPart, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	broken := put(t, filepath.Join(dir, strings.Repeat("0", 32)+"-overview.dat"), []byte("no entry"))
	if err := os.Remove(gone); err != nil {
		t.Fatal(err)
	}
	later := old.Add(time.Minute)
	if err := os.Chtimes(changed, later, later); err != nil {
		t.Fatal(err)
	}
	s.disk.sweep()
	want := map[string]bool{
		s.disk.file("My Song/gone.wav", overview): false, s.disk.file("My Song/changed.wav", overview): false, oldPart: false, broken: false,
		s.disk.file("My Song/stays.wav", overview): true, foreign: true, newPart: true, stays: true,
	}
	for path, there := range want {
		if _, err := os.Stat(path); (err == nil) != there {
			t.Errorf("%s: there %t, want %t", filepath.Base(path), err == nil, there)
		}
	}
}

// The folder stays below its limit: the oldest entries go.
func TestFolderIsBounded(t *testing.T) {
	takes := t.TempDir()
	path := take(t, takes, "0.wav", sound(3000, 1))
	overviewOf(t, Options{Dir: takes}, path)
	st, err := os.Stat(filepath.Join(takes, hiddenDir, peaksDir, entries(t, takes)[0]))
	if err != nil {
		t.Fatal(err)
	}
	s := newStore(t, Options{Dir: takes, Disk: 10 * st.Size()})
	for i := 1; i <= sweepEvery+1; i++ {
		if _, err := s.Overview(t.Context(), take(t, takes, fmt.Sprintf("%d.wav", i), sound(3000, 1))); err != nil {
			t.Fatal(err)
		}
		at := old.Add(time.Duration(i) * time.Minute)
		if err := os.Chtimes(s.disk.file(fmt.Sprintf("My Song/%d.wav", i), overview), at, at); err != nil && i < sweepEvery+1 {
			t.Fatal(err)
		}
	}
	left := entries(t, takes)
	if len(left) > 10 || len(left) < 8 {
		t.Errorf("%d entries are left of %d", len(left), sweepEvery+2)
	}
	if _, err := os.Stat(s.disk.file(fmt.Sprintf("My Song/%d.wav", sweepEvery), overview)); err != nil {
		t.Errorf("one of the newest is gone: %v", err)
	}
}

func FuzzEntry(f *testing.F) {
	for _, k := range []kept{
		{frames: 5, peaks: &audio.Peaks{Rate: 48000, SamplesPerPixel: 2, Channels: 1, Data: []int16{-1, 1, -2, 2, -3, 3}}},
		{frames: 0, peaks: &audio.Peaks{Rate: 1, SamplesPerPixel: 256, Channels: 2, Data: []int16{}}},
	} {
		b, err := appendEntry(nil, "Löwe/a.wav", source{size: 7, modified: 9}, k)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
		f.Add(b[:len(b)-3])
	}
	f.Add([]byte(strings.Repeat("\xff", entryTail-8) + entryMagic))
	f.Fuzz(func(t *testing.T, b []byte) {
		o, p, err := parseEntry(b)
		if err != nil {
			return
		}
		k := kept{frames: o.frames, peaks: p}
		again, err := appendEntry(nil, o.path, source{size: o.size, modified: o.modified}, k)
		if err != nil {
			t.Fatal(err)
		}
		o2, p2, err := parseEntry(again)
		if err != nil || o2 != o || !reflect.DeepEqual(p, p2) {
			t.Errorf("%+v became %+v (%v)", o, o2, err)
		}
		reduce(k, 0, o.frames, max(p.SamplesPerPixel, int(o.frames/10)))
	})
}
