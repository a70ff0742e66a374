package audio

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

var writerFormats = []WriterFormat{
	{Rate: 48000, Channels: 2, Bits: 16},
	{Rate: 44100, Channels: 1, Bits: 24},
	{Rate: 48000, Channels: 2, Bits: 24},
	{Rate: 96000, Channels: 2, Bits: 32},
	{Rate: 48000, Channels: 2, Bits: 32, Float: true},
	{Rate: 48000, Channels: 6, Bits: 24},
	{Rate: 48000, Channels: 3, Bits: 32, Float: true},
}

// wave returns n frames of something that is different in each sample.
func wave(f WriterFormat, n int) []float32 {
	s := make([]float32, n*f.Channels)
	for i := range s {
		s[i] = float32(0.9 * math.Sin(float64(i)*0.37))
	}
	return s
}

func TestWriter(t *testing.T) {
	for _, f := range writerFormats {
		path := filepath.Join(t.TempDir(), "take.wav")
		w, err := Create(path, f)
		if err != nil {
			t.Fatal(err)
		}
		samples := wave(f, 2*f.Rate+12345)
		if n, err := w.WriteFloat32(samples[:f.Channels*1001]); err != nil || n != f.Channels*1001 {
			t.Fatalf("%+v: WriteFloat32 = %d, %v", f, n, err)
		}
		if n, err := w.WriteFloat32(samples[f.Channels*1001:]); err != nil || n != len(samples)-f.Channels*1001 {
			t.Fatalf("%+v: WriteFloat32 = %d, %v", f, n, err)
		}
		if w.Frames() != int64(len(samples)/f.Channels) {
			t.Errorf("%+v: Frames = %d", f, w.Frames())
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		onlyFile(t, path)
		info, err := ProbeFile(path)
		want := Info{
			Container: WAV, Rate: f.Rate, Channels: f.Channels, Bits: f.Bits, Float: f.Float, BlockAlign: f.blockAlign(),
			DataOffset: 4096, DataBytes: int64(len(samples) * f.Bits / 8), AvailableBytes: int64(len(samples) * f.Bits / 8),
			Frames: int64(len(samples) / f.Channels), Complete: true,
		}
		info.lay = layout{}
		if err != nil || info != want {
			t.Errorf("%+v, %v, want\n%+v", info, err, want)
		}
		checkFFprobe(t, path, info)
		if f.Float {
			same(t, "ffmpeg", samples, words(decodeWith(t, path, info, 32), math.Float32frombits, le32, 4))
			continue
		}
		raw, _ := run(t, "sox", path, "-t", "raw", "-e", "signed", "-b", "32", "-L", "-")
		got := words(raw, func(v uint32) int32 { return int32(v) }, le32, 4)
		for i, v := range samples {
			if want := int32(quantize(float64(v), f.Bits) << (32 - f.Bits)); got[i] != want {
				t.Fatalf("%+v: sample %d is %d for sox, want %d", f, i, got[i], want)
			}
		}
	}
}

func le32(b []byte) uint32 {
	return uint32(b[0]) | uint32(b[1])<<8 | uint32(b[2])<<16 | uint32(b[3])<<24
}

// memFile is a file in memory with a disk that fills up.
type memFile struct {
	b      []byte
	room   int // largest length; 0 for no limit
	syncs  int
	header []int // length of the file at each writing of the header
	base   int64 // length of a hole that stands for samples long written
	pos    int64
}

func (m *memFile) WriteAt(p []byte, off int64) (int, error) {
	if off == 0 {
		m.header = append(m.header, len(m.b))
	} else {
		off -= m.base
	}
	n, err := m.put(p, off)
	if err != nil {
		n = 0 // as os.File has it
	}
	return n, err
}

func (m *memFile) Write(p []byte) (int, error) {
	n, err := m.put(p, m.pos-m.base)
	m.pos += int64(n)
	return n, err
}

func (m *memFile) Seek(off int64, _ int) (int64, error) { m.pos = off; return off, nil }

func (m *memFile) put(p []byte, off int64) (int, error) {
	var err error
	if m.room > 0 && int(off)+len(p) > m.room {
		p, err = p[:max(0, m.room-int(off))], syscall.ENOSPC
	}
	if need := int(off) + len(p); need > len(m.b) {
		m.b = append(m.b, make([]byte, need-len(m.b))...)
	}
	return copy(m.b[off:], p), err
}

func (m *memFile) Truncate(n int64) error { m.b = m.b[:n-m.base]; return nil }
func (m *memFile) Sync() error            { m.syncs++; return nil }
func (m *memFile) Close() error           { return nil }

// probe reads the file with its hole filled in.
func (m *memFile) probe(t *testing.T) Info {
	t.Helper()
	i, err := Probe(holed{m}, int64(len(m.b))+m.base)
	if err != nil {
		t.Fatal(err)
	}
	return i
}

// holed reads a memFile with its hole.
type holed struct{ m *memFile }

func (h holed) ReadAt(p []byte, off int64) (int, error) {
	if off >= headerPage {
		off = max(off-h.m.base, headerPage)
	}
	n := copy(p, h.m.b[min(off, int64(len(h.m.b))):])
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

func TestWriterKeepsHeaderUpToDate(t *testing.T) {
	m := &memFile{}
	f := WriterFormat{Rate: 8000, Channels: 1, Bits: 16}
	w, err := newWriter(m, "x", f, maxSize32)
	if err != nil {
		t.Fatal(err)
	}
	if i := m.probe(t); i.Complete || i.Frames != 0 || i.Rate != 8000 {
		t.Errorf("a new file is %+v", i)
	}
	for range 35 { // tenths of a second
		if _, err := w.Write(make([]byte, 1600)); err != nil {
			t.Fatal(err)
		}
	}
	if want := []int{0, 4096 + 16000, 4096 + 32000, 4096 + 48000}; !equalInts(m.header, want) {
		t.Errorf("header written at lengths %v, want %v", m.header, want)
	}
	// Killed here, nothing is lost: half a second waits for a new header.
	if i := m.probe(t); i.Complete || i.Frames != 28000 {
		t.Errorf("half a second after a header: %+v, want 28000 frames, unfinished", i)
	}
	if err := w.Flush(); err != nil || m.syncs != 1 {
		t.Errorf("Flush: %v, %d syncs", err, m.syncs)
	}
	if i := m.probe(t); !i.Complete || i.Frames != 28000 {
		t.Errorf("after Flush: %+v, want 28000 frames, complete", i)
	}
}

func equalInts(a, b []int) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

func TestWriterOnFullDisk(t *testing.T) {
	for _, f := range []WriterFormat{{Rate: 8000, Channels: 2, Bits: 16}, {Rate: 8000, Channels: 1, Bits: 24}, {Rate: 8000, Channels: 1, Bits: 32, Float: true}} {
		for room := 4096 + 5000; room < 4096+5008; room++ {
			m := &memFile{room: room}
			w, err := newWriter(m, "x", f, maxSize32)
			if err != nil {
				t.Fatal(err)
			}
			n, err := w.Write(make([]byte, 6000))
			if !errors.Is(err, syscall.ENOSPC) || n != room-4096 {
				t.Fatalf("Write = %d, %v", n, err)
			}
			frames := int64(n / f.blockAlign())
			if i := m.probe(t); !i.Complete || i.Frames != frames {
				t.Errorf("%+v, room %d: full, the file is %+v, want %d frames, complete", f, room, i, frames)
			}
			if err := w.finish(); err != nil {
				t.Fatal(err)
			}
			i := m.probe(t)
			if whole := int(frames) * f.blockAlign(); whole%2 == 1 && 4096+whole == room {
				frames-- // there was no room for the padding byte
			}
			if !i.Complete || i.Frames != frames || len(m.b)%2 != 0 {
				t.Errorf("%+v, room %d: closed, the file is %+v with %d bytes, want %d frames", f, room, i, len(m.b), frames)
			}
		}
	}
}

// When room is made on the disk, writing goes on where it stopped.
func TestWriterGoesOnAfterFullDisk(t *testing.T) {
	m := &memFile{room: 4096 + 1001}
	w, err := newWriter(m, "x", WriterFormat{Rate: 8000, Channels: 2, Bits: 16}, maxSize32)
	if err != nil {
		t.Fatal(err)
	}
	samples := wave(WriterFormat{Channels: 2}, 500)
	n, err := w.WriteFloat32(samples)
	if !errors.Is(err, syscall.ENOSPC) || n != 500 {
		t.Fatalf("WriteFloat32 = %d, %v; want 500 samples and a full disk", n, err)
	}
	m.room = 0
	if n, err = w.WriteFloat32(samples[n:]); err != nil || n != 500 {
		t.Fatalf("WriteFloat32 = %d, %v; want the other 500", n, err)
	}
	if err := w.finish(); err != nil {
		t.Fatal(err)
	}
	r, err := NewReader(bytes.NewReader(m.b), m.probe(t))
	if err != nil {
		t.Fatal(err)
	}
	got := make([]float32, 1000)
	if n, err := r.ReadFloat32(t.Context(), got); n != 500 || err != nil {
		t.Fatalf("read %d frames, %v", n, err)
	}
	for i := range got {
		if math.Abs(float64(got[i]-samples[i])) > 1.0/32768 {
			t.Fatalf("sample %d is %v, want %v", i, got[i], samples[i])
		}
	}
}

func TestWriterBecomesRF64(t *testing.T) {
	f := WriterFormat{Rate: 48000, Channels: 2, Bits: 24}
	// The hole brings the file to just below 4 GiB without writing so much.
	const hole = (1<<32 - 4096 - 600) / 6 * 6
	m := &memFile{base: hole}
	w, err := newWriter(m, "x", f, maxSize32)
	if err != nil {
		t.Fatal(err)
	}
	w.data = hole
	if err := w.seekEnd(); err != nil {
		t.Fatal(err)
	}
	step := func(n int) Info {
		t.Helper()
		if _, err := w.Write(make([]byte, n)); err != nil {
			t.Fatal(err)
		}
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
		return m.probe(t)
	}
	if i := step(300); i.Container != WAV || !i.Complete || i.Frames != (hole+300)/6 {
		t.Errorf("below 4 GiB: %+v", i)
	}
	if i := step(600); i.Container != RF64 || !i.Complete || i.Frames != (hole+900)/6 || i.DataOffset != 4096 {
		t.Errorf("beyond 4 GiB: %+v", i)
	}
	if i := step(6000); i.Container != RF64 || !i.Complete || i.Frames != (hole+6900)/6 {
		t.Errorf("further on: %+v", i)
	}
	if n := len(m.b); n != 4096+6900 {
		t.Errorf("the file has %d bytes beside the hole", n)
	}
}

// The same with a small limit, for other programs to read.
func TestRF64IsReadByOthers(t *testing.T) {
	for _, f := range writerFormats {
		path := filepath.Join(t.TempDir(), "a.wav")
		file, err := os.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		w, err := newWriter(file, path, f, 50000)
		if err != nil {
			t.Fatal(err)
		}
		samples := wave(f, 30000)
		if _, err := w.WriteFloat32(samples); err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(w.finish(), file.Close()); err != nil {
			t.Fatal(err)
		}
		info, err := ProbeFile(path)
		if err != nil || info.Container != RF64 || !info.Complete || info.Frames != 30000 {
			t.Fatalf("%+v: %+v, %v", f, info, err)
		}
		checkFFprobe(t, path, info)
		r, err := Open(path)
		if err != nil {
			t.Fatal(err)
		}
		same(t, "ffmpeg", words(decodeWith(t, path, info, 32), math.Float32frombits, le32, 4), readAll(t, r, r.ReadFloat32))
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestWriterNames(t *testing.T) {
	f := WriterFormat{Rate: 48000, Channels: 1, Bits: 16}
	path := filepath.Join(t.TempDir(), "take.wav")
	w, err := Create(path, f)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Create(path, f); !errors.Is(err, fs.ErrExist) {
		t.Errorf("the same name twice: %v, want %v", err, fs.ErrExist)
	}
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the name is taken before the end: %v", err)
	}
	if err := os.WriteFile(path, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write([]byte{1, 2, 3}); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); !errors.Is(err, fs.ErrExist) {
		t.Errorf("Close over another file: %v, want %v", err, fs.ErrExist)
	}
	if b, err := os.ReadFile(path); err != nil || string(b) != "mine" {
		t.Errorf("the other file is %q now (%v)", b, err)
	}
	if i, err := ProbeFile(path + ".part"); err != nil || !i.Complete || i.Frames != 1 {
		t.Errorf("the recording is %+v, %v; want one frame, complete", i, err)
	}
	if _, err := Create(path, f); !errors.Is(err, fs.ErrExist) {
		t.Errorf("a taken name: %v, want %v", err, fs.ErrExist)
	}
	for _, err := range []error{w.Close(), w.Flush(), w.Discard(), second(w.Write(nil))} {
		if !errors.Is(err, os.ErrClosed) {
			t.Errorf("after Close: %v, want %v", err, os.ErrClosed)
		}
	}

	path = filepath.Join(t.TempDir(), "take.wav")
	if w, err = Create(path, f); err != nil {
		t.Fatal(err)
	}
	if err := w.Discard(); err != nil {
		t.Fatal(err)
	}
	onlyFile(t, path)
	if _, err := Create(filepath.Join(path, "none", "x.wav"), f); err == nil {
		t.Error("a missing folder is no error")
	}
}

func second(_ int, err error) error { return err }

func TestWriterRefuses(t *testing.T) {
	for _, f := range []WriterFormat{
		{},
		{Rate: 48000, Channels: 1, Bits: 8},
		{Rate: 48000, Channels: 1, Bits: 64, Float: true},
		{Rate: 48000, Channels: 1, Bits: 24, Float: true},
		{Rate: 0, Channels: 1, Bits: 16},
		{Rate: 48000, Channels: 0, Bits: 16},
		{Rate: 48000, Channels: 5000, Bits: 16},
	} {
		path := filepath.Join(t.TempDir(), "a.wav")
		if _, err := Create(path, f); !errors.Is(err, ErrUnsupported) {
			t.Errorf("%+v: %v, want %v", f, err, ErrUnsupported)
		}
		onlyFile(t, path)
	}
	w, err := newWriter(&memFile{}, "x", WriterFormat{Rate: 8000, Channels: 2, Bits: 16}, maxSize32)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.WriteFloat32(make([]float32, 3)); err == nil || !strings.Contains(err.Error(), "whole frames") {
		t.Errorf("one and a half frames: %v", err)
	}
	if _, err := w.Write([]byte{1}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.WriteFloat32(make([]float32, 2)); err == nil {
		t.Error("floats after a quarter of a frame are no error")
	}
}

// failing is a file whose header cannot be written.
type failing struct{ memFile }

func (f *failing) WriteAt(p []byte, off int64) (int, error) { return 0, syscall.EIO }

func TestWriterReportsBrokenDisk(t *testing.T) {
	if _, err := newWriter(&failing{}, "x", WriterFormat{Rate: 8000, Channels: 1, Bits: 16}, maxSize32); !errors.Is(err, syscall.EIO) {
		t.Errorf("newWriter: %v, want %v", err, syscall.EIO)
	}
}

// A take that was killed is rescued whole.
func TestRescueAfterKill(t *testing.T) {
	f := WriterFormat{Rate: 48000, Channels: 2, Bits: 24}
	path := filepath.Join(t.TempDir(), "take.wav")
	w, err := Create(path, f)
	if err != nil {
		t.Fatal(err)
	}
	samples := wave(f, 48000*5/2)
	if _, err := w.WriteFloat32(samples); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write([]byte{1, 2}); err != nil {
		t.Fatal(err)
	}
	// Here the program dies: nobody calls Close.
	rep, err := Rescue(t.Context(), path+".part", path)
	if err != nil || rep.After.Frames != int64(len(samples)/2) || rep.DroppedBytes != 2 {
		t.Fatalf("%+v, %v; want %d frames", rep, err, len(samples)/2)
	}
	if err := w.Discard(); err != nil {
		t.Fatal(err)
	}
	onlyFile(t, path)
}
