package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"time"

	"github.com/takebar/takebar/app/window/ports"
	"github.com/takebar/takebar/internal/audio"
	"github.com/takebar/takebar/internal/waveform"
)

// waveform measures drawing a file for the first time against audiowaveform, whose data must be the same to the bit. Few systems have a
// package of that program; where it is missing, ffmpeg's bare decoding of the file stands in, without an aim, and the table says so.
func (b *bench) waveform(ctx context.Context) error {
	dir, err := os.MkdirTemp(".", ".bench-") // beside the program: a real disk, not a RAM disk
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	seconds, runs := 600, 7
	if b.quick {
		seconds, runs = 30, 2
	}
	src := filepath.Join(dir, "song.wav")
	sox := exec.CommandContext(ctx, "sox", "-R", "-n", "-r", "48000", "-b", "24", "-c", "2", src, "synth", fmt.Sprint(seconds), "pinknoise", "tremolo", "0.3", "60", "gain", "-4")
	if out, err := sox.CombinedOutput(); err != nil {
		return fmt.Errorf("make a song with sox: %w: %s", err, out)
	}
	long := time.Now().Add(-time.Hour) // a file that was written just now is not kept
	if err := os.Chtimes(src, long, long); err != nil {
		return err
	}
	for _, c := range []struct {
		name string
		zoom int
		draw func(*waveform.Store) (*ports.Waveform, error)
		more []string
	}{
		{"overview of the whole file, mixed", 0, func(s *waveform.Store) (*ports.Waveform, error) { return s.Overview(ctx, src) }, nil},
		{"every channel, 256 frames a pixel", 256, nil, []string{"--split-channels"}},
	} {
		if c.draw == nil {
			c.draw = func(*waveform.Store) (*ports.Waveform, error) { return channelPeaks(ctx, src, c.zoom) }
		}
		if err := b.waveformOne(ctx, src, fmt.Sprintf("waveform of %d s: %s", seconds, c.name), c.draw, c.more, runs); err != nil {
			return err
		}
	}
	return b.waveformKept(ctx, dir, src, runs)
}

// channelPeaks is what the first close look at a file computes.
func channelPeaks(ctx context.Context, path string, zoom int) (*ports.Waveform, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	st, err := f.Stat()
	if err != nil {
		return nil, err
	}
	info, err := audio.Probe(f, st.Size())
	if err != nil {
		return nil, err
	}
	p, err := audio.MakePeaks(ctx, f, info, zoom, true)
	if err != nil {
		return nil, err
	}
	return &ports.Waveform{Rate: p.Rate, Channels: p.Channels, Frames: info.Frames, FramesPerColumn: zoom, Data: p.Data}, nil
}

func (b *bench) waveformOne(ctx context.Context, src, name string, draw func(*waveform.Store) (*ports.Waveform, error), more []string, runs int) error {
	var ours, theirs times
	program, err := exec.LookPath("audiowaveform")
	installed := err == nil
	dat := filepath.Join(filepath.Dir(src), "reference.dat")
	reference := "audiowaveform"
	for range runs {
		store := waveform.New(waveform.Options{}) // keeps nothing from run to run
		begin := time.Now()
		w, err := draw(store)
		if err != nil {
			return err
		}
		ours = append(ours, time.Since(begin))
		if err := store.Close(); err != nil {
			return err
		}
		words := append([]string{program, "-q", "-i", src, "-o", dat, "-b", "16", "-z", fmt.Sprint(w.FramesPerColumn)}, more...)
		if !installed {
			reference = "audiowaveform is not installed; ffmpeg -f null"
			words = []string{"ffmpeg", "-nostdin", "-v", "error", "-i", src, "-f", "null", "-"}
		}
		begin = time.Now()
		if out, err := exec.CommandContext(ctx, words[0], words[1:]...).CombinedOutput(); err != nil {
			return fmt.Errorf("%s: %w: %s", words[0], err, out)
		}
		theirs = append(theirs, time.Since(begin))
		if installed {
			if err := sameWaveform(w, dat); err != nil {
				return err
			}
		}
	}
	ratio := float64(ours.at(50)) / float64(theirs.at(50))
	line := result{Name: name, Measured: "median " + ms(ours.at(50)), Ratio: ratio}
	if installed {
		reference += ", same data"
		line.Aim, line.Met = "<= 0.5", yes(ratio <= 0.5)
	}
	line.Reference = reference + ": " + ms(theirs.at(50))
	b.add(line)
	return nil
}

// sameWaveform compares with what audiowaveform has written.
func sameWaveform(w *ports.Waveform, dat string) error {
	f, err := os.Open(dat)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	p, err := audio.ReadPeaks(f)
	if err != nil {
		return err
	}
	if p.Channels != w.Channels || p.SamplesPerPixel != w.FramesPerColumn || !slices.Equal(p.Data, w.Data) {
		return fmt.Errorf("audiowaveform draws something else: %d values of %d channels, ours are %d of %d", len(p.Data), p.Channels, len(w.Data), w.Channels)
	}
	return nil
}

// waveformKept measures an overview that was drawn before: what a row of the list waits for.
func (b *bench) waveformKept(ctx context.Context, dir, src string, runs int) error {
	var kept times
	for range 20 * runs {
		store := waveform.New(waveform.Options{Dir: dir})
		begin := time.Now()
		if _, err := store.Overview(ctx, src); err != nil {
			return err
		}
		kept = append(kept, time.Since(begin))
		if err := store.Close(); err != nil {
			return err
		}
	}
	b.add(result{Name: "overview that was kept on disk", Measured: kept[1:].String()})
	return nil
}
