package convert

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"strconv"
	"sync"

	"github.com/takebar/takebar/internal/audio/loudness"
)

// newMP3Sink takes the best encoder there is.
func newMP3Sink(ctx context.Context, f *os.File, p *plan, tools *Tools) (sink, error) {
	if err := tools.CanMP3(); err != nil {
		return nil, err
	}
	tag := p.tags.id3()
	if _, err := f.Write(tag); err != nil {
		return nil, err
	}
	base := mp3Base{f: f, p: p, tools: tools, begin: int64(len(tag)), rate: mp3Rate(p.info.Rate)}
	if lib := tools.library(); lib != nil {
		stream, err := lib.open(p.info.Rate, base.rate, p.info.Channels, p.format.Quality)
		if err == nil {
			s := &lameSink{mp3Base: base, stream: stream, at: base.begin}
			s.watch = watchPeak(f, lib, base.begin, p.info.Channels)
			return s, nil
		}
		if tools.lame == "" && tools.ffmpeg == "" {
			return nil, failf(CodeEncoderFailed, "", err, "LAME cannot make this MP3 (%v).", err)
		}
	}
	return newToolSink(ctx, base)
}

// mp3Base is what both ways have in common.
type mp3Base struct {
	f     *os.File
	p     *plan
	tools *Tools
	begin int64 // of the first frame in the file
	rate  int
	watch *peakWatch // nil: the peak is looked for in the end
}

// lameSink encodes with the library.
type lameSink struct {
	mp3Base
	stream *lameStream
	at     int64 // end of the file so far
}

// put writes encoded bytes and has them decoded again.
func (s *lameSink) put(b []byte) error {
	n, err := s.f.Write(b)
	s.at += int64(n)
	if err == nil {
		s.watch.upTo(s.at)
	}
	return err
}

// peakWatch reads back an MP3 while it grows, on a core of its own, and decodes
// it. Whoever made it calls end.
type peakWatch struct {
	in   chan int64
	done sync.WaitGroup
	once sync.Once
	peak float64
	err  error
}

// watchPeak starts one; nil without a decoder.
func watchPeak(f io.ReaderAt, lib *lameLibrary, at int64, channels int) *peakWatch {
	if !lib.canDecode() {
		return nil
	}
	d := lib.decoder()
	if d == nil {
		return nil
	}
	const pieces = 16 // to come, before the encoder waits
	w := &peakWatch{in: make(chan int64, pieces)}
	w.done.Go(func() {
		defer d.close()
		var b []byte
		for end := range w.in {
			if w.err != nil || end == at {
				continue
			}
			if n := int(end - at); cap(b) < n {
				b = make([]byte, n)
			}
			b = b[:end-at]
			if _, w.err = f.ReadAt(b, at); w.err == nil {
				var top float64
				top, w.err = d.peak(b, channels)
				w.peak = max(w.peak, top)
			}
			at = end
		}
	})
	return w
}

func (w *peakWatch) upTo(end int64) {
	if w != nil {
		w.in <- end
	}
}

// end waits for the rest of the file.
func (w *peakWatch) end() {
	if w != nil {
		w.once.Do(func() { close(w.in) })
		w.done.Wait()
	}
}

func (s *lameSink) encoder() string { return "libmp3lame " + s.stream.lib.version }

func (s *lameSink) write(_ context.Context, b samples) error {
	out, err := s.stream.encode(b.floats)
	if err != nil {
		return failf(CodeEncoderFailed, "", err, "LAME could not make the file (%v).", err)
	}
	return s.put(out)
}

func (s *lameSink) finish(context.Context, *loudness.Result) error {
	out, err := s.stream.end()
	if err != nil {
		return failf(CodeEncoderFailed, "", err, "LAME could not make the file (%v).", err)
	}
	if err := s.put(out); err != nil {
		return err
	}
	s.watch.end()
	_, err = s.f.WriteAt(s.stream.tag(), s.begin)
	return err
}

func (s *lameSink) abandon() {
	s.watch.end()
	s.stream.close()
}

// toolSink encodes with lame or ffmpeg as a program of its own, into a file
// beside the part; the tag goes before that in the end.
type toolSink struct {
	mp3Base
	name    string
	cmd     *exec.Cmd
	in      io.WriteCloser
	said    bytes.Buffer
	raw     string
	buf     []byte
	waited  sync.Once
	outcome error
}

func newToolSink(ctx context.Context, base mp3Base) (*toolSink, error) {
	s := &toolSink{mp3Base: base, raw: base.f.Name() + ".mp3"}
	// The name is ours: nobody else has a file named after our part.
	program, args := base.tools.lame, s.lameArgs()
	if s.name = "lame"; program == "" {
		program, args, s.name = base.tools.ffmpeg, s.ffmpegArgs(), "ffmpeg"
	}
	s.cmd = exec.CommandContext(ctx, program, args...)
	s.cmd.Stderr = &s.said
	var err error
	if s.in, err = s.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	if err := s.cmd.Start(); err != nil {
		return nil, failf(CodeEncoderFailed, "", err, "The program %s could not be started (%v).", s.name, err)
	}
	return s, nil
}

// lameArgs make lame read integers of 32 bits.
func (s *toolSink) lameArgs() []string {
	khz := func(hz int) string { return strconv.FormatFloat(float64(hz)/1000, 'f', -1, 64) }
	mode := "j"
	if s.p.info.Channels == 1 {
		mode = "m"
	}
	args := []string{"--quiet", "-r", "--bitwidth", "32", "--signed", "--little-endian", "-s", khz(s.p.info.Rate), "--resample", khz(s.rate), "-m", mode}
	switch s.p.format.Quality {
	case Q320:
		args = append(args, "-b", "320")
	case V2:
		args = append(args, "-V", "2")
	default:
		args = append(args, "-V", "0")
	}
	return append(args, "-", s.raw)
}

// ffmpegArgs make ffmpeg read floats.
func (s *toolSink) ffmpegArgs() []string {
	args := []string{
		"-nostdin", "-loglevel", "error", "-f", "f32le", "-ar", strconv.Itoa(s.p.info.Rate), "-ac", strconv.Itoa(s.p.info.Channels), "-i", "pipe:0",
		"-map_metadata", "-1", "-ar", strconv.Itoa(s.rate), "-c:a", "libmp3lame",
	}
	switch s.p.format.Quality {
	case Q320:
		args = append(args, "-b:a", "320k")
	case V2:
		args = append(args, "-q:a", "2")
	default:
		args = append(args, "-q:a", "0")
	}
	return append(args, "-write_xing", "1", "-id3v2_version", "0", "-f", "mp3", "-y", "file:"+s.raw)
}

func (s *toolSink) encoder() string { return s.name }

func (s *toolSink) write(ctx context.Context, b samples) error {
	s.buf = s.buf[:0]
	if s.name == "ffmpeg" {
		s.buf = packFloats(s.buf, b.floats, false)
	} else {
		for _, v := range b.floats {
			x := math.RoundToEven(float64(v) * (1 << 31))
			s.buf = binary.LittleEndian.AppendUint32(s.buf, uint32(int32(min(max(x, math.MinInt32), math.MaxInt32))))
		}
	}
	if _, err := s.in.Write(s.buf); err != nil {
		return s.failed(ctx, errors.Join(err, s.wait()))
	}
	return nil
}

func (s *toolSink) wait() error {
	s.waited.Do(func() { s.outcome = errors.Join(s.in.Close(), s.cmd.Wait()) })
	return s.outcome
}

func (s *toolSink) failed(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	// What a full disk is called differs from program to program; the disk itself can tell.
	if _, werr := s.f.Write(make([]byte, 1<<16)); werr != nil {
		return werr
	}
	return toolError(s.name, s.said.String(), err)
}

func (s *toolSink) finish(ctx context.Context, _ *loudness.Result) error {
	if err := s.wait(); err != nil {
		return s.failed(ctx, err)
	}
	raw, err := os.Open(s.raw)
	if err != nil {
		return s.failed(ctx, err)
	}
	_, err = io.Copy(s.f, raw)
	return errors.Join(err, raw.Close(), removeParts(s.raw))
}

func (s *toolSink) abandon() {
	if s.cmd.Process != nil {
		_ = s.cmd.Process.Kill() // it may have ended
	}
	_ = s.wait() // it was killed
	_ = removeParts(s.raw)
}

// check walks through the frames, which gives the length, and decodes them if
// there is a decoder, which gives the peak.
func (s *mp3Base) check(ctx context.Context) error {
	size, err := s.f.Seek(0, io.SeekEnd)
	if err != nil {
		return err
	}
	info, err := scanMP3(io.NewSectionReader(s.f, s.begin, size-s.begin))
	if err != nil {
		return err
	}
	if info.rate != s.rate || info.channels != s.p.info.Channels {
		return fmt.Errorf("it has %d channels at %d Hz", info.channels, info.rate)
	}
	want := int64(math.Round(float64(s.p.frames) * float64(s.rate) / float64(s.p.info.Rate)))
	slack := int64(0)
	if s.rate != s.p.info.Rate || !info.exact {
		slack = 4 * 1152 // the resampler adds and drops a few
	}
	if d := info.samples - want; d < -slack || d > slack {
		return fmt.Errorf("it has %d samples, not %d", info.samples, want)
	}
	peak, known, err := s.decodedPeak(ctx)
	if err != nil || !known {
		return err
	}
	return comparePeaks(peak, s.p.peak, s.rate == s.p.info.Rate)
}

// comparePeaks fails when a decoded MP3 is much louder or softer than what was
// encoded. Encoding moves peaks by a decibel or two; resampling may also drop
// what nobody hears, so then only silence is wrong.
func comparePeaks(got, want float64, sameRate bool) error {
	const factor = 2 // 6 dB
	want = min(want, 1)
	loud := want > 0.001
	switch {
	case loud && sameRate && got < want/factor, loud && got < want/1000,
		got > max(want, 0.0001)*factor && got > 0.002:
		return fmt.Errorf("its peak is %.3f, not %.3f", got, want)
	}
	return nil
}

// decodedPeak is the highest sample of the finished file; not known without a
// decoder.
func (s *mp3Base) decodedPeak(ctx context.Context) (peak float64, known bool, err error) {
	if s.watch != nil {
		return s.watch.peak, true, s.watch.err
	}
	if s.tools.ffmpeg != "" {
		peak, err = decodePeak(ctx, s.tools.ffmpeg, "-nostdin", "-loglevel", "error", "-i", "file:"+s.f.Name(), "-f", "s16le", "-c:a", "pcm_s16le", "-")
		return peak, true, err
	}
	if s.tools.lame != "" {
		peak, err = decodePeak(ctx, s.tools.lame, "--quiet", "--decode", "--mp3input", "-t", s.f.Name(), "-")
		return peak, true, err
	}
	return 0, false, nil
}

// decodePeak runs a program that writes samples of 16 bits.
func decodePeak(ctx context.Context, program string, args ...string) (float64, error) {
	var said bytes.Buffer
	c := exec.CommandContext(ctx, program, args...)
	c.Stderr = &said
	out, err := c.StdoutPipe()
	if err != nil {
		return 0, err
	}
	if err := c.Start(); err != nil {
		return 0, err
	}
	top := 0
	b := make([]byte, 1<<16)
	for err == nil {
		var n int
		n, err = io.ReadFull(out, b)
		for i := 0; i+1 < n; i += 2 {
			v := int(int16(binary.LittleEndian.Uint16(b[i:])))
			top = max(top, v, -v)
		}
	}
	if err := c.Wait(); err != nil {
		return 0, errors.Join(err, errors.New(said.String()))
	}
	return float64(top) / (1 << 15), nil
}
