package audio

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
)

// benchInfo returns an Info for 10 s of stereo without a header.
func benchInfo(bits int, float, bigEndian bool) Info {
	i := Info{Container: WAV, Rate: 48000, Channels: 2, Bits: bits, Float: float, BigEndian: bigEndian, BlockAlign: bits / 4, Frames: 480000, Complete: true}
	i.DataBytes = i.Frames * int64(i.BlockAlign)
	i.AvailableBytes = i.DataBytes
	return i
}

var benchFormats = []struct {
	name string
	info Info
}{
	{"16LE", benchInfo(16, false, false)},
	{"16BE", benchInfo(16, false, true)},
	{"24LE", benchInfo(24, false, false)},
	{"24BE", benchInfo(24, false, true)},
	{"32LE", benchInfo(32, false, false)},
	{"32BE", benchInfo(32, false, true)},
	{"F32LE", benchInfo(32, true, false)},
	{"F32BE", benchInfo(32, true, true)},
	{"F64LE", benchInfo(64, true, false)},
}

// music returns the bytes of a quiet tone in the format of info.
func music(info Info) []byte {
	b := make([]byte, 0, info.DataBytes)
	size := info.SampleBytes()
	for i := range int(info.Frames) * info.Channels {
		v := 0.3 * float64((i*i)%997-498) / 498
		b = appendSample(b, v, size, info)
	}
	return b
}

func BenchmarkAnalyzer(b *testing.B) {
	for _, f := range benchFormats {
		data := music(f.info)
		b.Run(f.name, func(b *testing.B) { benchAnalyzer(b, f.info, data) })
	}
	data := music(benchInfo(24, false, false))
	b.Run("24LE+peaks", func(b *testing.B) { benchAnalyzer(b, benchInfo(24, false, false), data, WithPeaks(256)) })
	data = music(benchInfo(16, false, false))
	b.Run("16LE+peaks", func(b *testing.B) { benchAnalyzer(b, benchInfo(16, false, false), data, WithPeaks(256)) })
	b.Run("SHA-256 for comparison", func(b *testing.B) {
		b.SetBytes(int64(len(data)))
		for b.Loop() {
			h := sha256.New()
			h.Write(data)
			h.Sum(nil)
		}
	})
}

func benchAnalyzer(b *testing.B, info Info, data []byte, opts ...AnalyzerOption) {
	b.Helper()
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		a := NewAnalyzer(info, opts...)
		for p := data; len(p) > 0; {
			n := min(len(p), 256<<10)
			if _, err := a.Write(p[:n]); err != nil {
				b.Fatal(err)
			}
			p = p[n:]
		}
		if a.Stats().Frames != info.Frames {
			b.Fatal("frames are missing")
		}
	}
}

func BenchmarkMakePeaks(b *testing.B) {
	for _, f := range benchFormats {
		file := buildFile(f.info, music(f.info))
		b.Run(f.name, func(b *testing.B) {
			info, err := probeBytes(file)
			if err != nil {
				b.Fatal(err)
			}
			b.SetBytes(int64(len(file)))
			for b.Loop() {
				if p, err := MakePeaks(b.Context(), bytes.NewReader(file), info, 256, false); err != nil || p.Len() != 1875 {
					b.Fatal(p.Len(), err)
				}
			}
		})
	}
}

func BenchmarkReaderFloat32(b *testing.B) {
	for _, f := range benchFormats {
		file := buildFile(f.info, music(f.info))
		b.Run(f.name, func(b *testing.B) {
			path := filepath.Join(b.TempDir(), "a.wav")
			if err := os.WriteFile(path, file, 0o600); err != nil {
				b.Fatal(err)
			}
			b.SetBytes(int64(len(file)))
			b.ReportAllocs()
			buf := make([]float32, 8192)
			for b.Loop() {
				r, err := Open(path)
				if err != nil {
					b.Fatal(err)
				}
				for err == nil {
					_, err = r.ReadFloat32(b.Context(), buf)
				}
				if !errors.Is(err, io.EOF) || r.Close() != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkProbe(b *testing.B) {
	path := filepath.Join(b.TempDir(), "a.wav")
	if err := os.WriteFile(path, wav24(ck("bext", noise(602, 1)), ck("data", noise(6000, 2)), ck("LIST", noise(100, 3))), 0o600); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if i, err := ProbeFile(path); err != nil || !i.Complete {
			b.Fatal(i, err)
		}
	}
}

func BenchmarkWriter(b *testing.B) {
	info := benchInfo(24, false, false)
	data := music(info)
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		w, err := Create(filepath.Join(b.TempDir(), "a.wav"), WriterFormat{Rate: 48000, Channels: 2, Bits: 24})
		if err != nil {
			b.Fatal(err)
		}
		for p := data; len(p) > 0; p = p[min(len(p), 2880):] { // 10 ms
			if _, err := w.Write(p[:min(len(p), 2880)]); err != nil {
				b.Fatal(err)
			}
		}
		if err := w.Discard(); err != nil {
			b.Fatal(err)
		}
	}
}
