package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/takebar/takebar/internal/audio"
	"github.com/takebar/takebar/internal/audio/convert"
	"github.com/takebar/takebar/internal/audio/loudness"
)

// convert measures copies in other formats, checked and with their loudness measured as users get them, against the programs
// that people would use; and loudness against ffmpeg's.
func (b *bench) convert(ctx context.Context) error {
	dir, err := os.MkdirTemp(".", ".bench-") // beside the program: a real disk, not a RAM disk
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	seconds, runs := 300, 5
	if b.quick {
		seconds, runs = 20, 2
	}
	src := filepath.Join(dir, "song.wav")
	sox := exec.CommandContext(ctx, "sox", "-R", "-n", "-r", "48000", "-b", "24", "-c", "2", src, "synth", fmt.Sprint(seconds), "pinknoise",
		"synth", fmt.Sprint(seconds), "pluck", "mix", "220", "pluck", "mix", "331", "tremolo", "0.3", "60", "gain", "-4")
	if out, err := sox.CombinedOutput(); err != nil {
		return fmt.Errorf("make a song with sox: %w: %s", err, out)
	}
	tools := convert.FindTools()
	for _, c := range []struct {
		name   string
		format convert.Format
		aim    float64 // 0 = none
		words  []string
	}{
		{"MP3 V0", convert.Format{Kind: convert.MP3, Quality: convert.V0}, 1.05, []string{"lame", "--quiet", "-V0", src}},
		{"MP3 320", convert.Format{Kind: convert.MP3, Quality: convert.Q320}, 1.05, []string{"lame", "--quiet", "-b", "320", src}},
		{"FLAC", convert.Format{Kind: convert.FLAC}, 0, []string{"flac", "-5", "--silent", "-f", src, "-o"}},
	} {
		if err := b.convertOne(ctx, src, c.name, c.format, tools, c.aim, runs, c.words); err != nil {
			return err
		}
	}
	return b.loudness(ctx, src, runs)
}

func (b *bench) convertOne(ctx context.Context, src, name string, format convert.Format, tools *convert.Tools, aim float64, runs int, words []string) error {
	var ours, theirs times
	var bytes, reference int64
	encoder := ""
	for range runs {
		begin := time.Now()
		r, err := convert.Convert(ctx, convert.Job{Source: src, Name: "ours"}, convert.Options{Format: format, Tools: tools})
		if err != nil {
			return err
		}
		ours = append(ours, time.Since(begin))
		bytes, encoder = r.Bytes, r.Encoder
		ref := filepath.Join(filepath.Dir(src), "reference"+format.Kind.Ext())
		begin = time.Now()
		if out, err := exec.CommandContext(ctx, words[0], append(words[1:], ref)...).CombinedOutput(); err != nil {
			return fmt.Errorf("%s: %w: %s", words[0], err, out)
		}
		theirs = append(theirs, time.Since(begin))
		st, err := os.Stat(ref)
		if err != nil {
			return err
		}
		reference = st.Size()
		for _, path := range []string{r.Path, ref} {
			if err := os.Remove(path); err != nil {
				return err
			}
		}
	}
	ratio := float64(ours.at(50)) / float64(theirs.at(50))
	line := result{
		Name:      name + " with check and loudness",
		Measured:  fmt.Sprintf("median %s, %.3f times the size", ms(ours.at(50)), float64(bytes)/float64(reference)),
		Reference: words[0] + ": " + ms(theirs.at(50)), Ratio: ratio,
	}
	if encoder != "" {
		line.Name += " (" + encoder + ")"
	}
	if aim > 0 {
		line.Aim, line.Met = fmt.Sprintf("<= %.2f", aim), yes(ratio <= aim)
	}
	b.add(line)
	return nil
}

// loudness compares the meter, true peak included, with ffmpeg's.
func (b *bench) loudness(ctx context.Context, src string, runs int) error {
	var ours, theirs times
	for range runs {
		begin := time.Now()
		r, err := audio.Open(src)
		if err != nil {
			return err
		}
		_, err = loudness.Measure(ctx, r)
		if closeErr := r.Close(); err == nil {
			err = closeErr
		}
		if err != nil {
			return err
		}
		ours = append(ours, time.Since(begin))
		begin = time.Now()
		if out, err := exec.CommandContext(ctx, "ffmpeg", "-nostdin", "-v", "error", "-i", src, "-af", "ebur128=peak=true", "-f", "null", "-").CombinedOutput(); err != nil {
			return fmt.Errorf("ffmpeg: %w: %s", err, out)
		}
		theirs = append(theirs, time.Since(begin))
	}
	ratio := float64(ours.at(50)) / float64(theirs.at(50))
	b.add(result{"loudness, range and true peak", "median " + ms(ours.at(50)), "ffmpeg ebur128=peak=true: " + ms(theirs.at(50)), ratio, "<= 0.5", yes(ratio <= 0.5)})
	return nil
}
