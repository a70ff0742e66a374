package automation

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/mewkiz/flac"

	"github.com/takebar/takebar/internal/audio"
)

// FileFacts is what was found out about a new file.
type FileFacts struct {
	Path     string   `json:"path"`
	Bytes    int64    `json:"bytes"`
	SHA256   string   `json:"sha256"`
	Format   string   `json:"format"` // WAV, AIFF, AIFC, RF64, FLAC, MP3
	Rate     int      `json:"rate,omitempty"`
	Bits     int      `json:"bits,omitempty"`
	Float    bool     `json:"float,omitempty"`
	Channels int      `json:"channels,omitempty"`
	Frames   int64    `json:"frames,omitempty"`
	Seconds  float64  `json:"seconds"`
	PeakDBFS *float64 `json:"peak_dbfs,omitempty"` // nil where the samples were not read
	Silent   bool     `json:"silent"`
	Clipped  int64    `json:"clipped_samples,omitempty"`
}

// completeness looks at a file without reading its samples. reason is "" when it is complete.
func completeness(path string) (reason Reason, why string) {
	st, err := os.Stat(path)
	if err != nil {
		return ReasonFileIncomplete, err.Error()
	}
	if st.Size() == 0 {
		return ReasonZeroLength, "The file has no bytes."
	}
	switch kindOfFile(path) {
	case "FLAC":
		return flacComplete(path)
	case "MP3":
		return "", ""
	}
	info, err := audio.ProbeFile(path)
	switch {
	case errors.Is(err, audio.ErrUnfinished):
		return ReasonFileIncomplete, err.Error()
	case err != nil:
		return ReasonBadHeader, err.Error()
	case info.Complete:
		return "", ""
	case info.Frames == 0 && !errors.Is(info.Err(), audio.ErrTruncated):
		return ReasonZeroLength, info.Reason
	}
	return ReasonFileIncomplete, info.Reason
}

// kindOfFile sniffs what package audio does not read.
func kindOfFile(path string) string {
	f, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer func() { _ = f.Close() }() // opened for reading
	head := make([]byte, 4)
	if _, err := io.ReadFull(f, head); err != nil {
		return ""
	}
	switch {
	case string(head) == "fLaC":
		return "FLAC"
	case string(head[:3]) == "ID3", head[0] == 0xFF && head[1]&0xE6 == 0xE2: // an MPEG layer III frame
		return "MP3"
	}
	return ""
}

// flacComplete looks at the stream header: an encoder fills in the number of samples only at the end.
func flacComplete(path string) (Reason, string) {
	s, err := flac.ParseFile(path)
	if err != nil {
		return ReasonBadHeader, err.Error()
	}
	defer func() { _ = s.Close() }() // opened for reading
	if s.Info.NSamples == 0 {
		return ReasonFileIncomplete, "Its header does not say how long it is yet."
	}
	return "", ""
}

// inspect reads a complete file whole: hash, levels, length.
func inspect(ctx context.Context, path string) (FileFacts, *Refusal) {
	facts := FileFacts{Path: path}
	bad := func(err error) (FileFacts, *Refusal) {
		return facts, &Refusal{Reason: ReasonBadHeader, Detail: fmt.Sprintf("%s cannot be read as a sound file: %v.", filepath.Base(path), err), Err: err}
	}
	f, err := os.Open(path)
	if err != nil {
		return bad(err)
	}
	defer func() { _ = f.Close() }() // opened for reading
	st, err := f.Stat()
	if err != nil {
		return bad(err)
	}
	facts.Bytes = st.Size()
	sum := sha256.New()
	in := &stoppable{ctx: ctx, r: f}
	kind := kindOfFile(path)
	switch kind {
	case "FLAC", "MP3":
		_, err = io.Copy(sum, in)
	default:
		var info audio.Info
		if info, err = audio.Probe(f, st.Size()); err == nil {
			err = info.Err()
		}
		if err != nil {
			return bad(err)
		}
		levels := audio.NewAnalyzer(info)
		if _, err = io.CopyBuffer(io.MultiWriter(sum, levels), in, make([]byte, 1<<18)); err == nil {
			facts.fromWave(info, levels.Stats())
		}
	}
	if ctx.Err() != nil {
		return facts, stopReason(ctx, true)
	}
	if err != nil {
		return bad(err)
	}
	facts.SHA256 = hex.EncodeToString(sum.Sum(nil))
	switch kind {
	case "FLAC":
		err = facts.fromFLAC(ctx, path)
	case "MP3":
		facts.Format = "MP3"
		err = facts.fromMP3(path)
	}
	if err != nil {
		return bad(err)
	}
	return facts, nil
}

func (f *FileFacts) fromWave(info audio.Info, s audio.Stats) {
	f.Format, f.Rate, f.Bits, f.Float, f.Channels = string(info.Container), info.Rate, info.Bits, info.Float, info.Channels
	f.Frames, f.Seconds = info.Frames, info.Duration().Seconds()
	f.PeakDBFS, f.Silent, f.Clipped = &s.PeakDBFS, s.Silent, s.ClippedSamples
}

// fromFLAC decodes the whole file, which also checks the sum of each frame.
func (f *FileFacts) fromFLAC(ctx context.Context, path string) error {
	s, err := flac.ParseFile(path)
	if err != nil {
		return fmt.Errorf("reading the FLAC header: %w", err)
	}
	defer func() { _ = s.Close() }() // opened for reading
	f.Format, f.Rate, f.Bits, f.Channels = "FLAC", int(s.Info.SampleRate), int(s.Info.BitsPerSample), int(s.Info.NChannels)
	var peak, frames int64
	for ctx.Err() == nil {
		fr, err := s.ParseNext()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return fmt.Errorf("decoding FLAC at sample %d: %w", frames, err)
		}
		frames += int64(fr.BlockSize)
		for _, ch := range fr.Subframes {
			for _, v := range ch.Samples {
				peak = max(peak, int64(v), -int64(v))
			}
		}
	}
	if frames != int64(s.Info.NSamples) {
		return fmt.Errorf("it holds %d samples and promises %d", frames, s.Info.NSamples)
	}
	f.Frames, f.Seconds = frames, float64(frames)/float64(max(1, f.Rate))
	level := audio.FloorDBFS
	if peak > 0 {
		level = 20 * math.Log10(float64(peak)/math.Exp2(float64(f.Bits-1)))
	}
	f.PeakDBFS, f.Silent = &level, level < audio.SilentDBFS
	return nil
}

// MPEG layer III: kbit/s and Hz by the numbers in a frame's header (ISO 11172-3, table 3-B.2 and 13818-3).
var (
	mp3Rates1 = [...]int{0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0}
	mp3Rates2 = [...]int{0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0}
	mp3Hz     = [...]int{44100, 48000, 32000, 0}
)

// fromMP3 adds up the frames: the length is all that is checked.
func (f *FileFacts) fromMP3(path string) error {
	file, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("opening: %w", err)
	}
	defer func() { _ = file.Close() }() // opened for reading
	r := bufio.NewReaderSize(file, 1<<16)
	if head, err := r.Peek(10); err == nil && string(head[:3]) == "ID3" {
		n := int(head[6])<<21 | int(head[7])<<14 | int(head[8])<<7 | int(head[9])
		if _, err := r.Discard(10 + n); err != nil {
			return fmt.Errorf("skipping the tags: %w", err)
		}
	}
	for {
		h, err := r.Peek(4)
		if err != nil || h[0] != 0xFF || h[1]&0xE6 != 0xE2 || h[1]&0x18 == 0x08 {
			break // the end, or tags behind the sound
		}
		one := h[1]&0x18 == 0x18 // MPEG 1; else 2 or 2.5
		kbit, hz, samples := mp3Rates2[h[2]>>4], mp3Hz[h[2]>>2&3]/2, 576
		if one {
			kbit, hz, samples = mp3Rates1[h[2]>>4], mp3Hz[h[2]>>2&3], 1152
		} else if h[1]&0x18 == 0 {
			hz /= 2
		}
		if kbit == 0 || hz == 0 {
			break
		}
		length := samples/8*kbit*1000/hz + int(h[2]>>1&1)
		if n, err := r.Discard(length); err != nil {
			return fmt.Errorf("its last frame has %d of %d bytes", n, length)
		}
		f.Rate, f.Channels = hz, 2
		if h[3]>>6 == 3 {
			f.Channels = 1
		}
		f.Frames += int64(samples)
		f.Seconds += float64(samples) / float64(hz)
	}
	if f.Frames == 0 {
		return errors.New("it has no MPEG frames")
	}
	return nil
}

// judge turns facts into warnings, or into the reason why the file is not verified.
func judge(files []FileFacts, p Plan, touched []string) ([]Warning, *Refusal) {
	var w []Warning
	for _, f := range files {
		name := filepath.Base(f.Path)
		if f.Silent {
			return w, refuse(ReasonSilent, "%s is complete, but silent from start to end.", name)
		}
		if !plausible(f.Seconds, p.Expect) {
			var want []string
			for _, x := range p.Expect {
				want = append(want, fmt.Sprintf("%s (%s)", clockText(x.Seconds), x.What))
			}
			w = append(w, Warning{"duration", fmt.Sprintf("%s is %s long; expected was %s. A selection in the Arrangement may have decided.", name, clockText(f.Seconds), strings.Join(want, " or "))})
		}
		if f.Clipped > 0 {
			w = append(w, Warning{"clipped", fmt.Sprintf("%s has %d clipped samples.", name, f.Clipped)})
		}
		if f.Format == "MP3" {
			w = append(w, Warning{"mp3_by_length", name + " is an MP3: only its length was checked, not whether it is silent."})
		}
	}
	if len(files) > 1 {
		w = append(w, Warning{"several_files", fmt.Sprintf("%d new files came up; all of them were checked.", len(files))})
	}
	for _, t := range touched {
		w = append(w, Warning{"file_changed", filepath.Base(t) + " was there before and changed meanwhile; it is not counted as exported."})
	}
	return w, nil
}

// Receipt is written beside an exported file.
type Receipt struct {
	Format   int       `json:"takebar_export"` // version of this format
	Takebar  string    `json:"takebar"`
	Attempt  string    `json:"attempt"`
	Outcome  Outcome   `json:"outcome"`
	Reason   Reason    `json:"reason,omitempty"`
	Warnings []Warning `json:"warnings,omitempty"`
	Set      string    `json:"set"`
	SetPath  string    `json:"set_path,omitempty"`
	Range    *Range    `json:"range,omitempty"`
	Live     string    `json:"live"`
	Tempo    float64   `json:"tempo,omitempty"`
	Began    time.Time `json:"began"`
	Ended    time.Time `json:"ended"`
	File     FileFacts `json:"file"`
}

// receiptSuffix is appended to the name of the exported file.
const receiptSuffix = ".export.json"

// stoppable ends reading when its context ends.
type stoppable struct {
	ctx context.Context
	r   io.Reader
}

func (s *stoppable) Read(p []byte) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, err
	}
	return s.r.Read(p)
}
