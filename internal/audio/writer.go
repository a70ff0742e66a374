package audio

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
)

// WriterFormat is what a Writer writes: little-endian PCM of 16, 24 or 32 bits,
// or floats of 32 bits.
type WriterFormat struct {
	Rate     int // Hz
	Channels int
	Bits     int
	Float    bool
}

func (f WriterFormat) blockAlign() int { return f.Channels * f.Bits / 8 }

func (f WriterFormat) check() error {
	switch {
	case f.Rate < 1 || f.Rate > maxRate:
		return fmt.Errorf("%w: a sample rate of %d Hz", ErrUnsupported, f.Rate)
	case f.Channels < 1 || f.Channels > maxChannels:
		return fmt.Errorf("%w: %d channels", ErrUnsupported, f.Channels)
	case f.Float && f.Bits != 32, f.Bits != 16 && f.Bits != 24 && f.Bits != 32:
		return fmt.Errorf("%w: samples of %d bits (float: %t)", ErrUnsupported, f.Bits, f.Float)
	}
	return nil
}

// Writer writes a WAV file so that a crash at any moment costs next to nothing.
// The file grows as name.part and takes its name on Close. Its header fills the
// first page and is written again for every second of sound. Beyond 4 GiB it
// turns into an RF64 in place. It is not safe for concurrent use.
//
// Every Write goes to the file at once. After a crash of the program the samples
// are all there, and [Rescue] brings the header up to date; after a power cut
// the same is true of what came before the last Flush.
type Writer struct {
	f      partFile
	path   string
	format WriterFormat
	block  int64
	limit  int64 // largest size that a field of 32 bits may tell
	data   int64 // bytes of samples in the file
	told   int64 // how many of them the header knew at its last writing
	buf    []byte
}

// partFile is what a Writer needs of a file. Samples go through Write, since
// the WriteAt of an os.File does not tell how much of a piece a full disk took.
type partFile interface {
	io.WriteSeeker
	io.WriterAt
	Truncate(size int64) error
	Sync() error
	Close() error
}

// headerPage is the length of the header: one page, so that writing it again
// touches one page only.
const headerPage = 4096

// maxSize32 is the largest size that fits the 32-bit fields of a WAV; the
// highest value of all means "unset".
const maxSize32 = unset - 1

// partSuffix marks a file that is not finished.
const partSuffix = ".part"

// Create starts the file. Neither path nor path.part may exist (fs.ErrExist).
func Create(path string, f WriterFormat) (*Writer, error) {
	if err := f.check(); err != nil {
		return nil, fmt.Errorf("create sound file: %w", err)
	}
	if err := mustNotExist(path); err != nil {
		return nil, fmt.Errorf("create sound file: %w", err)
	}
	file, err := os.OpenFile(path+partSuffix, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return nil, fmt.Errorf("create sound file: %w", err)
	}
	w, err := newWriter(file, path, f, maxSize32)
	if err != nil {
		return nil, errors.Join(err, file.Close(), os.Remove(path+partSuffix))
	}
	return w, nil
}

func newWriter(file partFile, path string, f WriterFormat, limit int64) (*Writer, error) {
	w := &Writer{f: file, path: path, format: f, block: int64(f.blockAlign()), limit: limit}
	if err := w.writeHeader(); err != nil {
		return nil, err
	}
	return w, w.seekEnd()
}

// seekEnd makes the next Write go behind the samples.
func (w *Writer) seekEnd() error {
	if _, err := w.f.Seek(headerPage+w.data, io.SeekStart); err != nil {
		return fmt.Errorf("write sound file: %w", err)
	}
	return nil
}

func mustNotExist(path string) error {
	_, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil {
		err = &fs.PathError{Op: "create", Path: path, Err: fs.ErrExist}
	}
	return err
}

// Write appends encoded bytes in the file's own format, in pieces of any size.
// When it fails, as on a full disk, the header is brought up to date for what
// was written, so that the file is valid. The bytes it did not take may be
// written again later.
func (w *Writer) Write(p []byte) (int, error) {
	if w.f == nil {
		return 0, fmt.Errorf("write sound file: %w", os.ErrClosed)
	}
	n, err := w.f.Write(p)
	w.data += int64(n)
	if err != nil {
		// The second error, if there is one, has the same cause as the first.
		_ = w.writeHeader()
		return n, fmt.Errorf("write sound file: %w", err)
	}
	if w.data-w.told >= int64(w.format.Rate)*w.block {
		if err := w.writeHeader(); err != nil {
			return n, err
		}
	}
	return n, nil
}

// WriteFloat32 appends interleaved whole frames, full scale being 1.0. Integer
// formats round to the nearest step and limit at full scale; what is not a
// number becomes 0. It returns how many samples were taken, always whole frames.
func (w *Writer) WriteFloat32(samples []float32) (int, error) {
	if len(samples)%w.format.Channels != 0 || w.data%w.block != 0 {
		return 0, fmt.Errorf("write sound file: %d samples after byte %d make no whole frames of %d channels",
			len(samples), w.data, w.format.Channels)
	}
	step := max(4096/w.format.Channels, 1) * w.format.Channels
	size := w.format.Bits / 8
	done := 0
	for done < len(samples) {
		s := samples[done:min(done+step, len(samples))]
		w.buf = w.encode(w.buf[:0], s)
		n, err := w.Write(w.buf)
		if err != nil {
			extra := w.data % w.block
			w.data -= extra
			return done + (n-int(extra))/size, errors.Join(err, w.seekEnd())
		}
		done += len(s)
	}
	return done, nil
}

func (w *Writer) encode(b []byte, samples []float32) []byte {
	if w.format.Float {
		for _, v := range samples {
			b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
		}
		return b
	}
	bits := w.format.Bits
	for _, v := range samples {
		q := uint32(quantize(float64(v), bits))
		switch bits {
		case 16:
			b = append(b, byte(q), byte(q>>8))
		case 24:
			b = append(b, byte(q), byte(q>>8), byte(q>>16))
		default:
			b = append(b, byte(q), byte(q>>8), byte(q>>16), byte(q>>24))
		}
	}
	return b
}

// Frames returns how many whole frames have been written.
func (w *Writer) Frames() int64 { return w.data / w.block }

// Flush writes the header for all whole frames so far and syncs the file.
func (w *Writer) Flush() error {
	if w.f == nil {
		return fmt.Errorf("flush sound file: %w", os.ErrClosed)
	}
	if err := w.writeHeader(); err != nil {
		return err
	}
	if err := w.f.Sync(); err != nil {
		return fmt.Errorf("sync sound file: %w", err)
	}
	return nil
}

// Close finishes the header, syncs, renames name.part to name and syncs the
// folder. After a failed Write, as on a full disk, it still does all this for
// the frames that were written. When Close itself fails, name.part stays, for
// Rescue. When something else has taken the name meanwhile, nothing is
// overwritten (fs.ErrExist).
func (w *Writer) Close() error {
	if w.f == nil {
		return fmt.Errorf("close sound file: %w", os.ErrClosed)
	}
	err := w.finish()
	if cerr := w.f.Close(); err == nil && cerr != nil {
		err = fmt.Errorf("close sound file: %w", cerr)
	}
	w.f = nil
	if err != nil {
		return err
	}
	return publish(w.path+partSuffix, w.path)
}

// publish gives a finished file its name. The .part file, which only one can
// create, stands for the right to the name.
func publish(part, path string) error {
	if err := mustNotExist(path); err != nil {
		return fmt.Errorf("name sound file: %w", err)
	}
	if err := os.Rename(part, path); err != nil {
		return fmt.Errorf("name sound file: %w", err)
	}
	return syncFolder(filepath.Dir(path))
}

// finish drops half a frame, pads the samples to an even length and syncs.
func (w *Writer) finish() error {
	w.data -= w.data % w.block
	if err := w.f.Truncate(headerPage + w.data); err != nil {
		return fmt.Errorf("finish sound file: %w", err)
	}
	if w.data%2 == 1 {
		if _, err := w.f.WriteAt([]byte{0}, headerPage+w.data); err != nil {
			// No room for one byte: without its last frame the file is even.
			w.data -= w.block
			if err := w.f.Truncate(headerPage + w.data); err != nil {
				return fmt.Errorf("finish sound file: %w", err)
			}
		}
	}
	return w.Flush()
}

// Discard gives up and removes name.part.
func (w *Writer) Discard() error {
	if w.f == nil {
		return fmt.Errorf("discard sound file: %w", os.ErrClosed)
	}
	err := w.f.Close()
	w.f = nil
	if err := errors.Join(err, os.Remove(w.path+partSuffix)); err != nil {
		return fmt.Errorf("discard sound file: %w", err)
	}
	return nil
}

func (w *Writer) writeHeader() error {
	data := w.data - w.data%w.block
	if _, err := w.f.WriteAt(w.header(data), 0); err != nil {
		return fmt.Errorf("write header of sound file: %w", err)
	}
	w.told = data
	return nil
}

// header returns the first page of a file with the given bytes of samples:
//
//	RIFF | JUNK, 28 bytes | fmt | fact for floats | JUNK up to the end | data
//
// In an RF64 the first JUNK becomes ds64.
func (w *Writer) header(data int64) []byte {
	le := binary.LittleEndian
	form := headerPage - 8 + data + data&1
	frames := data / w.block
	b := make([]byte, 0, headerPage)
	if form <= w.limit {
		b = append(b, "RIFF"...)
		b = le.AppendUint32(b, uint32(form))
		b = append(b, "WAVEJUNK"...)
		b = le.AppendUint32(b, ds64Size)
		b = append(b, make([]byte, ds64Size)...)
	} else {
		b = appendRF64(b, form, data, frames)
	}
	b = w.appendFmt(b)
	if w.format.Float {
		b = append(b, "fact"...)
		b = le.AppendUint32(b, 4)
		b = le.AppendUint32(b, uint32(min(frames, unset)))
	}
	b = append(b, "JUNK"...)
	b = le.AppendUint32(b, uint32(headerPage-8-len(b)-4))
	b = append(b, make([]byte, headerPage-8-len(b))...)
	b = append(b, "data"...)
	if form <= w.limit {
		return le.AppendUint32(b, uint32(data))
	}
	return le.AppendUint32(b, unset)
}

// appendRF64 appends the start of an RF64 with its ds64 chunk (EBU Tech 3306).
func appendRF64(b []byte, form, data, frames int64) []byte {
	le := binary.LittleEndian
	b = append(b, "RF64\xFF\xFF\xFF\xFFWAVEds64"...)
	b = le.AppendUint32(b, ds64Size)
	b = le.AppendUint64(b, uint64(form))
	b = le.AppendUint64(b, uint64(data))
	b = le.AppendUint64(b, uint64(frames))
	return le.AppendUint32(b, 0) // no table
}

// appendFmt appends the fmt chunk: the short form for one or two channels, which
// everything reads, and the extensible form for more.
func (w *Writer) appendFmt(b []byte) []byte {
	le := binary.LittleEndian
	tag, size := uint16(tagPCM), uint32(16)
	if w.format.Float {
		tag, size = tagFloat, 18
	}
	sub := tag
	if w.format.Channels > 2 {
		tag, size = tagExtensible, 40
	}
	b = append(b, "fmt "...)
	b = le.AppendUint32(b, size)
	b = le.AppendUint16(b, tag)
	b = le.AppendUint16(b, uint16(w.format.Channels))
	b = le.AppendUint32(b, uint32(w.format.Rate))
	b = le.AppendUint32(b, uint32(int64(w.format.Rate)*w.block))
	b = le.AppendUint16(b, uint16(w.block))
	b = le.AppendUint16(b, uint16(w.format.Bits))
	if size >= 18 {
		b = le.AppendUint16(b, uint16(size-18))
	}
	if size == 40 {
		b = le.AppendUint16(b, uint16(w.format.Bits))
		b = le.AppendUint32(b, 0) // no speaker positions
		b = le.AppendUint16(b, sub)
		b = append(b, subFormats[0]...)
	}
	return b
}
