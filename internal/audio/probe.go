package audio

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
)

// Limits that keep hostile headers cheap and sizes inside an int. They lie far
// beyond what any recorder writes.
const (
	maxChunks   = 4096
	maxRate     = 1 << 24 // Hz
	maxChannels = 1024
)

// unset is the 32-bit size that streams and RF64 files use for "not known here".
const unset = 0xFFFFFFFF

// Probe reads the header of the sound file of size bytes behind r.
//
// A file that a recorder has not finished, or that was cut short, is no error:
// Info then has Complete false and a Reason, and Info.Err gives both as an
// error. An error means that there is no usable Info:
//
//   - ErrUnfinished: too little has been written yet to know the format (an
//     empty file, half a header); ask again later. It also wraps ErrNoFormat.
//   - ErrNotAudio, ErrUnsupported: no point in asking again.
//   - any other error comes from r.
func Probe(r io.ReaderAt, size int64) (Info, error) {
	p := &prober{r: r, size: size}
	container, err := p.sniff()
	if err != nil {
		return Info{}, err
	}
	p.info.Container = container
	switch container {
	case AIFF, AIFC:
		p.order = binary.BigEndian
		p.info.BigEndian = true
		err = p.walk(p.aiffChunk)
	case RIFX:
		p.order = binary.BigEndian
		p.info.BigEndian = true
		err = p.walk(p.waveChunk)
	default:
		p.order = binary.LittleEndian
		err = p.walk(p.waveChunk)
	}
	if err != nil {
		return p.info, err
	}
	if p.info.BlockAlign == 0 {
		return p.info, fmt.Errorf("%w: %w (no %s chunk in its %d bytes)",
			ErrUnfinished, ErrNoFormat, p.formatChunkName(), p.size)
	}
	p.judge()
	return p.info, nil
}

// ProbeFile opens the file at path and probes it. Its errors name the path.
func ProbeFile(path string) (Info, error) {
	f, info, err := openProbed(path)
	if err != nil {
		return info, err
	}
	_ = f.Close() // opened for reading: nothing to lose
	return info, nil
}

// openProbed opens a sound file for reading and probes it.
func openProbed(path string) (*os.File, Info, error) {
	// Looking first keeps a pipe from blocking the opening for ever.
	if st, err := os.Stat(path); err == nil && !st.Mode().IsRegular() {
		return nil, Info{}, fmt.Errorf("open %s: %w: it is no regular file", path, ErrNotAudio)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, Info{}, fmt.Errorf("open sound file: %w", err)
	}
	st, err := f.Stat()
	var info Info
	if err == nil {
		info, err = Probe(f, st.Size())
	}
	if err != nil {
		_ = f.Close()
		return nil, info, fmt.Errorf("read %s: %w", path, err)
	}
	return f, info, nil
}

// prober collects what the chunks say.
type prober struct {
	r     io.ReaderAt
	size  int64 // of the file
	order binary.ByteOrder
	info  Info

	formEnd int64 // where the outermost chunk ends by its own size; -1 when unset

	hasData   bool
	dataUnset bool  // the data chunk names no usable size
	blocked   bool  // SSND pads its samples to blocks
	frames    int64 // as the COMM chunk counts them; -1 when there is no such count

	ds64Form, ds64Data int64 // from ds64; -1 without one
}

// read fills b from offset off. The caller has checked that it is inside.
func (p *prober) read(b []byte, off int64) error {
	n, err := p.r.ReadAt(b, off)
	if n == len(b) {
		return nil
	}
	if err == nil || errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF // the file became shorter while it was read
	}
	return fmt.Errorf("read header at byte %d: %w", off, err)
}

// sniff names the container by the first twelve bytes.
func (p *prober) sniff() (Container, error) {
	p.formEnd, p.ds64Form, p.ds64Data, p.frames = -1, -1, -1, -1
	head := make([]byte, 12)
	if p.size < int64(len(head)) {
		head = head[:max(p.size, 0)]
	}
	if err := p.read(head, 0); err != nil {
		return "", err
	}
	if len(bytes.TrimRight(head, "\x00")) == 0 {
		return "", fmt.Errorf("%w: %w (nothing but %d empty bytes so far)", ErrUnfinished, ErrNoFormat, p.size)
	}
	for _, c := range []struct {
		form, kind string
		is         Container
	}{
		{"RIFF", "WAVE", WAV},
		{"RIFX", "WAVE", RIFX},
		{"RF64", "WAVE", RF64},
		{"BW64", "WAVE", BW64},
		{"FORM", "AIFF", AIFF},
		{"FORM", "AIFC", AIFC},
	} {
		if len(head) < 12 {
			n := min(len(head), 4)
			if string(head[:n]) == c.form[:n] && (len(head) <= 8 || string(head[8:]) == c.kind[:len(head)-8]) {
				return "", fmt.Errorf("%w: %w (only %d bytes of its header so far)", ErrUnfinished, ErrNoFormat, p.size)
			}
			continue
		}
		if string(head[:4]) == c.form && string(head[8:]) == c.kind {
			order := binary.ByteOrder(binary.LittleEndian)
			if c.form == "FORM" || c.form == "RIFX" {
				order = binary.BigEndian
			}
			if n := order.Uint32(head[4:]); n != unset {
				p.formEnd = 8 + int64(n)
			}
			return c.is, nil
		}
	}
	return "", notOurs(head)
}

// notOurs explains what a file is that is neither WAV nor AIFF.
func notOurs(head []byte) error {
	for _, k := range []struct {
		at          int
		magic, name string
	}{
		{0, "fLaC", "a FLAC file"},
		{0, "OggS", "an Ogg file"},
		{0, "ID3", "an MP3 file"},
		{0, "caff", "a Core Audio file"},
		{0, "riff", "a Wave64 file"},
		{4, "ftyp", "an MPEG-4 file"},
	} {
		if len(head) >= k.at+len(k.magic) && string(head[k.at:k.at+len(k.magic)]) == k.magic {
			return fmt.Errorf("%w: it is %s; WAV and AIFF can be read", ErrUnsupported, k.name)
		}
	}
	return fmt.Errorf("%w: it starts with %q", ErrNotAudio, head[:min(len(head), 4)])
}

func (p *prober) formatChunkName() string {
	if p.info.Container == AIFF || p.info.Container == AIFC {
		return "COMM"
	}
	return "fmt"
}

// plausible says whether id could be the name of a chunk: samples rarely are
// four printable characters.
func plausible(id []byte) bool {
	for _, c := range id {
		if c < 0x20 || c > 0x7e {
			return false
		}
	}
	return true
}

// known says whether id is the name of a chunk that often follows others.
func known(id []byte) bool {
	switch string(id) {
	case "data", "fmt ", "fact", "LIST", "bext", "cue ", "smpl", "JUNK", "SSND", "COMM", "MARK", "INST":
		return true
	}
	return false
}

// next reads the header of the chunk at pos. After a chunk of odd length (odd
// true) it looks without the padding byte too, which some programs forget. ok
// is false when there is no chunk header left.
func (p *prober) next(pos int64, odd bool) (id string, n, body int64, ok bool, err error) {
	var h [8]byte
	if odd {
		var pair [9]byte
		if pos+9 <= p.size {
			if err = p.read(pair[:], pos); err != nil {
				return "", 0, 0, false, err
			}
			if !known(pair[:4]) {
				pos++
			}
		} else if pos+8 != p.size {
			pos++
		}
	}
	if pos+8 > p.size {
		return "", 0, pos, false, nil
	}
	if err = p.read(h[:], pos); err != nil {
		return "", 0, 0, false, err
	}
	return string(h[:4]), int64(p.order.Uint32(h[4:])), pos + 8, true, nil
}

// walk hands every chunk to visit until the file ends, a chunk reaches beyond
// its end, or visit returns a negative length. visit returns the true length of
// the body, which differs from the size field only in RF64.
func (p *prober) walk(visit func(id string, n, body int64) (int64, error)) error {
	pos, odd := int64(12), false
	for count := 0; ; count++ {
		if count == maxChunks {
			return fmt.Errorf("%w: it has more than %d chunks", ErrUnsupported, maxChunks)
		}
		id, n, body, ok, err := p.next(pos, odd)
		if err != nil || !ok {
			return err
		}
		if p.hasData && !plausible([]byte(id)) {
			return nil // no chunk, but bytes after the last one
		}
		n, err = visit(id, n, body)
		if err != nil || n < 0 || n > p.size-body {
			return err
		}
		pos, odd = body+n, n&1 == 1
		if p.hasData {
			p.info.lay.keepEnd, p.info.lay.keepOdd = pos, odd
		}
	}
}

// judge compares what the header says with the length of the file and fills in
// the sizes, Complete and Reason.
func (p *prober) judge() {
	i := &p.info
	if !p.hasData {
		p.unfinished("the file has a header, but no samples yet")
		return
	}
	dataEnd := i.DataOffset + i.DataBytes
	rest := p.size - i.DataOffset
	if p.info.Container == RF64 || p.info.Container == BW64 {
		p.formEnd = 8 + p.ds64Form
		if p.ds64Form < 0 {
			p.formEnd = -1
		}
	}
	good := i.lay.keepEnd // end of the last chunk that is whole; 0 when not even the samples are
	i.lay.keepEnd = 0
	formAgrees := p.formEnd >= p.size-1 && p.formEnd <= p.size+1

	switch {
	case rest <= 0:
		p.unfinished("the file has a header, but no samples yet")
	case p.dataUnset, i.DataBytes == 0 && (good != p.size || !formAgrees):
		p.setAvailable(rest)
		p.unfinished(fmt.Sprintf("its header does not say yet how long it is; %s", p.there()))
	case i.DataBytes == 0:
		p.unfinished("the file is whole, but holds no samples")
	case dataEnd > p.size:
		p.setAvailable(rest)
		i.cause = ErrTruncated
		i.Reason = fmt.Sprintf("its header promises %d frames; %s", i.DataBytes/int64(i.BlockAlign), p.there())
	default:
		p.judgeWhole(dataEnd, good, formAgrees)
	}
}

// judgeWhole is judge for a file that has all the samples its data chunk claims.
func (p *prober) judgeWhole(dataEnd, good int64, formAgrees bool) {
	i := &p.info
	chunksFollow := good > dataEnd+1
	toTheEnd := p.size-good < int64(i.BlockAlign) // what follows is less than a frame
	if p.formEnd >= 0 && !formAgrees && p.formEnd >= dataEnd && p.formEnd < p.size {
		toTheEnd = toTheEnd || p.tagged(p.formEnd)
	}
	switch {
	case p.formEnd < dataEnd, p.formEnd < p.size-1 && !toTheEnd:
		// The size of the whole is behind. Without chunks after the samples the
		// recorder may have gone on writing samples.
		if chunksFollow || toTheEnd {
			i.lay.keepEnd = good
			p.setAvailable(i.DataBytes)
			p.unfinished("the size of the whole file in its header is wrong; " + p.there())
			return
		}
		extra := p.size - dataEnd
		p.setAvailable(p.size - i.DataOffset)
		p.unfinished(fmt.Sprintf("it goes on for %d bytes after the samples that its header names; %s", extra, p.there()))
	case p.formEnd > p.size+1:
		i.lay.keepEnd = good
		p.setAvailable(i.DataBytes)
		i.cause = ErrTruncated
		i.Reason = fmt.Sprintf("it is %d bytes shorter than its header says, though all samples are there", p.formEnd-p.size)
	default:
		i.lay.keepEnd = good
		p.setAvailable(i.DataBytes)
		p.judgeFrames()
	}
}

// judgeFrames compares the frame count of a COMM chunk, if there is one, with
// the samples, and declares the file complete.
func (p *prober) judgeFrames() {
	i := &p.info
	switch block := int64(i.BlockAlign); {
	case i.Frames == 0:
		p.unfinished("its samples do not even make one frame")
	case p.frames < 0:
		i.Complete = true
	case p.frames > i.Frames, p.frames == 0,
		p.frames < i.Frames && !p.blocked:
		p.unfinished(fmt.Sprintf("its header counts %d frames; %s", p.frames, p.there()))
	default:
		i.DataBytes = p.frames * block
		p.setAvailable(i.DataBytes)
		i.Complete = true
	}
}

func (p *prober) setAvailable(n int64) {
	p.info.AvailableBytes = n
	p.info.Frames = n / int64(p.info.BlockAlign)
}

func (p *prober) unfinished(why string) {
	p.info.cause = ErrUnfinished
	p.info.Reason = why
}

func (p *prober) there() string {
	return fmt.Sprintf("%d frames are there", p.info.Frames)
}

// tagged says whether a tag of the kinds that music programs append stands at
// off and not samples.
func (p *prober) tagged(off int64) bool {
	var b [8]byte
	if p.size-off < int64(len(b)) || p.read(b[:], off) != nil {
		return false
	}
	return bytes.HasPrefix(b[:], []byte("ID3")) ||
		bytes.Equal(b[:], []byte("APETAGEX")) ||
		bytes.HasPrefix(b[:], []byte("TAG")) && p.size-off == 128
}
