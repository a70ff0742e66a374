package convert

import (
	"bytes"
	"context"
	"crypto/md5" // the sum that FLAC keeps of its samples
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"runtime"
	"sync"

	"github.com/mewkiz/flac"
	"github.com/mewkiz/flac/frame"
	"github.com/mewkiz/flac/meta"

	"github.com/takebar/takebar/internal/audio/loudness"
)

// flacSink writes a FLAC. The blocks are encoded on all cores.
type flacSink struct {
	f    *os.File
	p    *plan
	sum  hash.Hash
	buf  []byte
	next *flacJob // the block that is being filled

	number  uint64
	begin   int64 // of the first frame in the file
	jobs    chan *flacJob
	queue   chan *flacJob // the same, in their order
	workers sync.WaitGroup
	writer  sync.WaitGroup
	ended   bool

	mu      sync.Mutex
	spare   []*flacJob
	err     error // of writing
	lengths []int // of the frames in the file
}

// flacJob is one block on its way.
type flacJob struct {
	number   uint64
	channels [][]int32
	encoded  []byte
	done     chan struct{}
}

// The place of the sum of samples in the file: behind "fLaC" and the head of the
// first block (RFC 9639, section 8.2).
const streamInfoMD5 = 8 + 18

func newFlacSink(f *os.File, p *plan) (*flacSink, error) {
	info := &meta.StreamInfo{
		BlockSizeMin: flacBlock, BlockSizeMax: flacBlock, SampleRate: uint32(p.info.Rate),
		NChannels: uint8(p.info.Channels), BitsPerSample: uint8(p.format.Bits), NSamples: uint64(p.frames),
	}
	comments := &meta.Block{
		Header: meta.Header{Type: meta.TypeVorbisComment, Length: 1}, // 0 would leave it empty; the real one is counted
		Body:   &meta.VorbisComment{Vendor: p.tags.originator(), Tags: p.tags.vorbis()},
	}
	room := &meta.Block{Header: meta.Header{Type: meta.TypePadding, Length: 4096}} // for programs that change tags
	var head bytes.Buffer
	if _, err := flac.NewEncoder(&head, info, comments, room); err != nil {
		return nil, fmt.Errorf("write header of FLAC: %w", err)
	}
	if _, err := f.Write(head.Bytes()); err != nil {
		return nil, err
	}
	cores := runtime.GOMAXPROCS(0)
	s := &flacSink{
		f: f, p: p, sum: md5.New(), begin: int64(head.Len()),
		jobs: make(chan *flacJob, 2*cores), queue: make(chan *flacJob, 4*cores),
	}
	for range cores {
		s.workers.Go(func() {
			c := newFlacCoder(p.info.Rate, p.format.Bits)
			for j := range s.jobs {
				j.encoded = c.frame(j.encoded[:0], j.number, j.channels)
				j.done <- struct{}{}
			}
		})
	}
	s.writer.Go(s.collect)
	return s, nil
}

// collect writes the encoded blocks in their order.
func (s *flacSink) collect() {
	for j := range s.queue {
		<-j.done
		s.mu.Lock()
		failed := s.err != nil
		s.mu.Unlock()
		var err error
		if !failed {
			_, err = s.f.Write(j.encoded)
		}
		s.mu.Lock()
		if err != nil {
			s.err = err
		}
		s.lengths = append(s.lengths, len(j.encoded))
		s.spare = append(s.spare, j)
		s.mu.Unlock()
	}
}

// job gives an empty block, and the error that writing has ended with.
func (s *flacSink) job() (*flacJob, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if n := len(s.spare); n > 0 {
		j := s.spare[n-1]
		s.spare = s.spare[:n-1]
		for i := range j.channels {
			j.channels[i] = j.channels[i][:0]
		}
		return j, s.err
	}
	j := &flacJob{done: make(chan struct{}, 1), channels: make([][]int32, s.p.info.Channels)}
	for i := range j.channels {
		j.channels[i] = make([]int32, 0, flacBlock)
	}
	return j, s.err
}

func (s *flacSink) encoder() string { return "" }

func (s *flacSink) write(_ context.Context, b samples) error {
	s.buf = packInts(s.buf[:0], b.ints, s.p.format.Bits, false)
	_, _ = s.sum.Write(s.buf) // a hash never fails
	channels := s.p.info.Channels
	for ints := b.ints; len(ints) > 0; {
		if s.next == nil {
			var err error
			if s.next, err = s.job(); err != nil {
				return err
			}
		}
		have := len(s.next.channels[0])
		n := min(flacBlock-have, len(ints)/channels)
		for ch := range channels {
			to := s.next.channels[ch][:have+n]
			for i := range n {
				to[have+i] = ints[i*channels+ch]
			}
			s.next.channels[ch] = to
		}
		ints = ints[n*channels:]
		if have+n == flacBlock {
			s.send()
		}
	}
	return nil
}

func (s *flacSink) send() {
	j := s.next
	s.next = nil
	j.number = s.number
	s.number++
	s.queue <- j
	s.jobs <- j
}

// end waits for what is on its way.
func (s *flacSink) end() {
	if s.ended {
		return
	}
	s.ended = true
	close(s.jobs)
	close(s.queue)
	s.workers.Wait()
	s.writer.Wait()
}

func (s *flacSink) abandon() { s.end() }

func (s *flacSink) finish(context.Context, *loudness.Result) error {
	if s.next != nil {
		s.send()
	}
	s.end()
	if s.err != nil {
		return s.err
	}
	_, err := s.f.WriteAt(s.sum.Sum(nil), streamInfoMD5)
	return err
}

var errDiffers = errors.New("its samples are not those that were written")

// check decodes the file with a library that had no part in encoding it, on all
// cores, and compares.
func (s *flacSink) check(ctx context.Context) error {
	f, err := os.Open(s.f.Name())
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }() // read only
	if err := s.checkHeader(f); err != nil {
		return err
	}
	type piece struct {
		at   int64
		n    int
		out  []byte
		err  error
		done chan struct{}
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	cores := runtime.GOMAXPROCS(0)
	jobs, queue := make(chan *piece), make(chan *piece, 4*cores)
	var running sync.WaitGroup
	defer running.Wait()
	defer stop() // before waiting
	for range cores {
		running.Go(func() {
			for p := range jobs {
				p.out, p.err = s.decode(f, p.at, p.n)
				close(p.done)
			}
		})
	}
	running.Go(func() {
		defer close(queue)
		defer close(jobs)
		at := s.begin
		for _, n := range s.lengths {
			p := &piece{at: at, n: n, done: make(chan struct{})}
			at += int64(n)
			for _, to := range []chan *piece{queue, jobs} {
				select {
				case to <- p:
				case <-ctx.Done():
					return
				}
			}
		}
	})
	sum := md5.New()
	for p := range queue {
		select {
		case <-p.done:
		case <-ctx.Done():
			return ctx.Err()
		}
		if p.err != nil {
			return p.err
		}
		_, _ = sum.Write(p.out) // a hash never fails
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if !bytes.Equal(sum.Sum(nil), s.sum.Sum(nil)) {
		return errDiffers
	}
	return nil
}

// checkHeader reads the head of the file as the library understands it.
func (s *flacSink) checkHeader(f *os.File) error {
	size, err := f.Seek(0, io.SeekEnd)
	if err != nil {
		return err
	}
	end := s.begin
	for _, n := range s.lengths {
		end += int64(n)
	}
	if size != end {
		return fmt.Errorf("it has %d bytes, not %d", size, end)
	}
	stream, err := flac.Parse(io.NewSectionReader(f, 0, s.begin))
	if err != nil {
		return err
	}
	info := stream.Info
	if int64(info.NSamples) != s.p.frames || int(info.SampleRate) != s.p.info.Rate || int(info.NChannels) != s.p.info.Channels || int(info.BitsPerSample) != s.p.format.Bits {
		return fmt.Errorf("its header tells of %d frames of %d channels with %d bits at %d Hz", info.NSamples, info.NChannels, info.BitsPerSample, info.SampleRate)
	}
	if !bytes.Equal(info.MD5sum[:], s.sum.Sum(nil)) {
		return errDiffers
	}
	return nil
}

// decode gives the samples of one frame, as a WAV would hold them.
func (s *flacSink) decode(f *os.File, at int64, n int) ([]byte, error) {
	b := make([]byte, n)
	if _, err := f.ReadAt(b, at); err != nil {
		return nil, err
	}
	r := bytes.NewReader(b)
	fr, err := frame.Parse(r)
	if err != nil {
		return nil, err
	}
	if r.Len() > 0 || len(fr.Subframes) != s.p.info.Channels {
		return nil, errDiffers
	}
	ints := make([]int32, 0, len(fr.Subframes)*len(fr.Subframes[0].Samples))
	for i := range fr.Subframes[0].Samples {
		for _, sub := range fr.Subframes {
			ints = append(ints, sub.Samples[i])
		}
	}
	return packInts(nil, ints, s.p.format.Bits, false), nil
}
