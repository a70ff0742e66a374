package main

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/takebar/takebar/bridge/live"
	"github.com/takebar/takebar/internal/simtest"
	"github.com/takebar/takebar/internal/take"
)

const landingBytes = 172_800_000 // ten minutes, 48 kHz, 24 bits, stereo

// landing measures a landing against copying, syncing and hashing both files by hand, and the way from stop to landed.
func (b *bench) landing(ctx context.Context) error {
	dir, err := os.MkdirTemp(".", ".bench-") // beside the program: a real disk, not a RAM disk
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	if dir, err = filepath.Abs(dir); err != nil {
		return err
	}
	src := filepath.Join(dir, "Vox 0001.wav")
	size := int64(landingBytes)
	runs := 5
	if b.quick {
		size, runs = size/10, 2
	}
	if err := writeNoise(src, size); err != nil {
		return err
	}
	var land, reference times
	for i := range runs {
		took, err := landOnce(ctx, dir, src, i)
		if err != nil {
			return err
		}
		land = append(land, took)
		begin := time.Now()
		cmd := exec.CommandContext(ctx, "sh", "-c", `cp "$1" "$2" && sync && sha256sum "$1" "$2" >/dev/null`, "sh", src, filepath.Join(dir, "ref.wav"))
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("reference copy: %w: %s", err, out)
		}
		reference = append(reference, time.Since(begin))
		if err := os.Remove(filepath.Join(dir, "ref.wav")); err != nil {
			return err
		}
	}
	ratio := float64(land.at(50)) / float64(reference.at(50))
	b.add(result{
		fmt.Sprintf("landing a %d MB file (copy, hash, fsync, read back, levels, sidecar)", size/1_000_000), "median " + ms(land.at(50)),
		"cp && sync && sha256sum src dst: " + ms(reference.at(50)), ratio, "<= 0.5", yes(ratio <= 0.5),
	})
	return b.stopToLanded(ctx, dir)
}

// landOnce lands the file once. The two polls that make sure that Live has finished are kept short: the reference does not wait either.
func landOnce(ctx context.Context, dir, src string, i int) (time.Duration, error) {
	lib, err := take.Open(take.Options{Dir: filepath.Join(dir, "takes"), Home: filepath.Join(dir, "home"), TakebarVersion: "bench", Poll: time.Millisecond})
	if err != nil {
		return 0, err
	}
	now := time.Now().UnixMilli()
	t := live.Take{
		ID: fmt.Sprintf("bench-%d", i), Phase: live.PhaseFinished, View: live.ViewArrangement, Source: live.Source{Kind: live.SourceArmed},
		RequestedAt: now, StartedAt: &now, Tempo: 120, SignatureNumerator: 4, SignatureDenominator: 4,
		Tracks: []live.TakeTrack{{ID: "t1", Name: "Vox", Kind: live.KindAudio}},
		Clips:  []live.Clip{{Track: "t1", TrackName: "Vox", Kind: live.KindAudio, ClipName: "Vox", FilePath: &src}},
	}
	begin := time.Now()
	entry, err := lib.Land(ctx, t, live.Link{Live: "12.3.6"}, nil)
	took := time.Since(begin)
	if err != nil {
		return 0, err
	}
	if entry.Status != "landed" {
		return 0, fmt.Errorf("the landing ended as %s: %+v", entry.Status, entry.Warnings)
	}
	for _, p := range entry.Paths {
		if err := os.Remove(p); err != nil {
			return 0, err
		}
	}
	return took, nil
}

// writeNoise makes a finished 24-bit stereo WAV.
func writeNoise(path string, size int64) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	h := make([]byte, 44)
	copy(h, "RIFF\x00\x00\x00\x00WAVEfmt ")
	binary.LittleEndian.PutUint32(h[4:], uint32(36+size))
	binary.LittleEndian.PutUint32(h[16:], 16)
	binary.LittleEndian.PutUint16(h[20:], 1)
	binary.LittleEndian.PutUint16(h[22:], 2)
	binary.LittleEndian.PutUint32(h[24:], 48000)
	binary.LittleEndian.PutUint32(h[28:], 48000*6)
	binary.LittleEndian.PutUint16(h[32:], 6)
	binary.LittleEndian.PutUint16(h[34:], 24)
	copy(h[36:], "data")
	binary.LittleEndian.PutUint32(h[40:], uint32(size))
	if _, err := f.Write(h); err != nil {
		return err
	}
	block := make([]byte, 1<<20)
	for left := size; left > 0; left -= int64(len(block)) {
		block = block[:min(int64(len(block)), left)]
		if _, err := rand.Read(block); err != nil {
			return err
		}
		if _, err := f.Write(block); err != nil {
			return err
		}
	}
	if err := f.Sync(); err != nil {
		return err
	}
	return f.Close()
}

// stopToLanded measures from the click on Stop to the take in the library, against the time in which Live itself shows the clip.
func (b *bench) stopToLanded(ctx context.Context, dir string) error {
	n := 8
	if b.quick {
		n = 2
	}
	s, err := start(ctx, simtest.Options{Project: filepath.Join(dir, "Song Project")})
	if err != nil {
		return err
	}
	defer s.stop()
	if _, err := s.sim.Try(ctx, "arm", simtest.Params{"track": 0}, nil); err != nil {
		return err
	}
	lib, err := take.Open(take.Options{Dir: filepath.Join(dir, "takes"), Home: filepath.Join(dir, "home"), TakebarVersion: "bench"})
	if err != nil {
		return err
	}
	var stop, landed times
	for range n {
		if err := s.client.Call(ctx, "take.start", map[string]any{"source": map[string]any{"kind": "armed"}}, nil); err != nil {
			return err
		}
		if _, err := s.sim.Try(ctx, "wait", simtest.Params{"path": "takes.-1.frames", "at_least": 96000, "timeout": 20}, nil); err != nil {
			return err
		}
		begin := time.Now()
		var t live.Take
		if err := s.client.Call(ctx, "take.stop", nil, &t); err != nil {
			return err
		}
		stop = append(stop, time.Since(begin))
		if _, err := lib.Land(ctx, t, live.Link{Live: "12.3.6"}, nil); err != nil {
			return err
		}
		landed = append(landed, time.Since(begin))
	}
	b.add(result{
		"stop to landed, a 2 s take", "median " + ms(landed.at(50)), "Live shows the clip (0.3 s in livesim): " + ms(stop.at(50)),
		float64(landed.at(50)) / float64(stop.at(50)), "", nil,
	})
	return nil
}
