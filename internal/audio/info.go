package audio

import (
	"errors"
	"fmt"
	"math/bits"
	"time"
)

// The reasons for which a file cannot be used, for errors.Is. The errors that
// this package returns wrap them in a sentence that tells the particulars.
var (
	// ErrNotAudio says that the bytes are no sound file this package knows.
	ErrNotAudio = errors.New("not a WAV or AIFF file")
	// ErrUnfinished says that the header has not been completed: its sizes are
	// zero, unset or behind what has been written. The recorder is still at
	// work or it crashed.
	ErrUnfinished = errors.New("the file is not finished")
	// ErrTruncated says that the header promises more samples than the file
	// holds.
	ErrTruncated = errors.New("the file is cut short")
	// ErrNoFormat says that the file has no fmt chunk (WAV) or COMM chunk
	// (AIFF), so that rate, channels and bits are unknown. It cannot be rescued
	// by itself.
	ErrNoFormat = errors.New("the file does not say its sample format")
	// ErrUnsupported says that the file is sound, but in a form that this
	// package does not read, such as a compressed one.
	ErrUnsupported = errors.New("this kind of sound file is not supported")
	// ErrComplete says that a file has nothing wrong for Rescue to repair.
	ErrComplete = errors.New("the file is complete")
	// ErrTooLarge says that the samples do not fit the container.
	ErrTooLarge = errors.New("too large for this kind of file")
)

// Container is the kind of file around the samples.
type Container string

// The containers that this package reads.
const (
	WAV  Container = "WAV"  // RIFF/WAVE, sizes of 32 bits, little endian
	RIFX Container = "RIFX" // the big-endian twin of RIFF/WAVE
	RF64 Container = "RF64" // WAVE with sizes of 64 bits in a ds64 chunk (EBU Tech 3306)
	BW64 Container = "BW64" // the same layout under the name of ITU-R BS.2088
	AIFF Container = "AIFF" // big-endian integers
	AIFC Container = "AIFC" // AIFF with a sample encoding of its own
)

// Info describes a sound file by its header and its length.
type Info struct {
	Container Container
	Rate      int // sample rate in Hz; a fractional rate is rounded
	Channels  int
	Bits      int  // meaningful bits of a sample: 8 to 32, or 32 and 64 for floats
	Float     bool // the samples are IEEE floats
	BigEndian bool // byte order of the samples
	Unsigned  bool // 8-bit samples around 128, as WAV stores them

	BlockAlign     int   // bytes of one frame (one sample of every channel)
	DataOffset     int64 // where the first sample starts in the file
	DataBytes      int64 // bytes of samples that the header claims; 0 when it does not say
	AvailableBytes int64 // bytes of samples that are really there
	Frames         int64 // whole frames in AvailableBytes

	// Complete is true when the sizes in the header agree with each other and
	// with the length of the file, and there is at least one frame.
	Complete bool
	// Reason is a sentence that says why Complete is false; empty otherwise.
	Reason string

	cause error  // ErrUnfinished or ErrTruncated while Complete is false
	lay   layout // for Rescue
}

// layout says where the header keeps its sizes. Offsets are in the file; 0
// stands for "there is none", since offset 0 never holds a size.
type layout struct {
	dataSizeAt int64 // size field of the data or SSND chunk
	dataPrefix int64 // bytes between that field's end and the first sample
	ds64At     int64 // first byte of the body of a ds64 chunk
	junkAt     int64 // a JUNK chunk that a ds64 chunk can replace
	factAt     int64 // frame count in the fact chunk (WAV)
	framesAt   int64 // frame count in the COMM chunk (AIFF)
	keepEnd    int64 // where the good part ends; 0 when the samples go on to the end of the file
	keepOdd    bool  // the last chunk of the good part needs a padding byte
}

// Duration returns the length of the frames that are there.
func (i Info) Duration() time.Duration {
	if i.Rate <= 0 || i.Frames <= 0 {
		return 0
	}
	hi, lo := bits.Mul64(uint64(i.Frames), uint64(time.Second))
	if hi >= uint64(i.Rate) {
		return 1<<63 - 1
	}
	q, _ := bits.Div64(hi, lo, uint64(i.Rate))
	return time.Duration(min(q, 1<<63-1))
}

// SampleBytes returns the bytes that one sample of one channel takes in the
// file; 0 for an Info that no Probe has filled.
func (i Info) SampleBytes() int {
	if i.Channels <= 0 {
		return 0
	}
	return i.BlockAlign / i.Channels
}

// Err returns nil for a complete file, and otherwise an error with the Reason
// that wraps ErrUnfinished or ErrTruncated.
func (i Info) Err() error {
	if i.Complete {
		return nil
	}
	cause := i.cause
	if cause == nil {
		cause = ErrUnfinished
	}
	return fmt.Errorf("%w: %s", cause, i.Reason)
}
