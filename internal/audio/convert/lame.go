//go:build darwin || linux || freebsd || netbsd || windows

package convert

import (
	"errors"
	"fmt"
	"runtime"

	"github.com/ebitengine/purego"
)

// lameLibrary is the user's LAME, loaded into this process. What the functions
// do is written in lame.h.
type lameLibrary struct {
	version string

	start         func() uintptr
	setChannels   func(g uintptr, n int32) int32
	setInRate     func(g uintptr, hz int32) int32
	setOutRate    func(g uintptr, hz int32) int32
	setVBR        func(g uintptr, mode int32) int32
	setVBRQuality func(g uintptr, q int32) int32
	setBitrate    func(g uintptr, kbps int32) int32
	setInfoTag    func(g uintptr, on int32) int32
	setAutoID3    func(g uintptr, on int32)
	setMessages   func(g uintptr, f uintptr) int32
	initialise    func(g uintptr) int32
	encodeMono    func(g uintptr, l, r *float32, frames int32, out *byte, size int32) int32
	encodeStereo  func(g uintptr, s *float32, frames int32, out *byte, size int32) int32
	flush         func(g uintptr, out *byte, size int32) int32
	infoTag       func(g uintptr, out *byte, size uintptr) uintptr
	stop          func(g uintptr) int32

	// The decoder; nil where the library was built without it.
	decodeStart    func() uintptr
	decodeMessages func(h uintptr, f uintptr)
	decode         func(h uintptr, in *byte, n uintptr, l, r *int16) int32
	decodeStop     func(h uintptr) int32
}

// loadLame opens a library; nil if it is not there, of another kind of processor,
// or too old.
func loadLame(name string) *lameLibrary {
	handle, err := openLibrary(name)
	if err != nil {
		return nil
	}
	l := &lameLibrary{}
	var version func() string
	register := func(to any, symbol string) bool {
		address, err := findSymbol(handle, symbol)
		if err != nil || address == 0 {
			return false
		}
		purego.RegisterFunc(to, address)
		return true
	}
	needed := true
	for symbol, to := range map[string]any{
		"get_lame_version":      &version,
		"lame_init":             &l.start,
		"lame_set_num_channels": &l.setChannels, "lame_set_in_samplerate": &l.setInRate, "lame_set_out_samplerate": &l.setOutRate,
		"lame_set_VBR": &l.setVBR, "lame_set_VBR_q": &l.setVBRQuality, "lame_set_brate": &l.setBitrate,
		"lame_set_bWriteVbrTag": &l.setInfoTag, "lame_set_write_id3tag_automatic": &l.setAutoID3,
		"lame_set_errorf":               &l.setMessages,
		"lame_init_params":              &l.initialise,
		"lame_encode_buffer_ieee_float": &l.encodeMono, "lame_encode_buffer_interleaved_ieee_float": &l.encodeStereo,
		"lame_encode_flush": &l.flush, "lame_get_lametag_frame": &l.infoTag, "lame_close": &l.stop,
	} {
		needed = register(to, symbol) && needed
	}
	if !needed {
		return nil
	}
	for symbol, to := range map[string]any{
		"hip_decode_init": &l.decodeStart, "hip_set_errorf": &l.decodeMessages, "hip_decode1": &l.decode, "hip_decode_exit": &l.decodeStop,
	} {
		register(to, symbol)
	}
	l.version = version()
	return l
}

// canDecode says that the library brings a decoder.
func (l *lameLibrary) canDecode() bool {
	return l.decodeStart != nil && l.decodeMessages != nil && l.decode != nil && l.decodeStop != nil
}

// Modes of variable bit rate in lame.h.
const (
	vbrOff     = 0
	vbrDefault = 4
)

// lameStream is one file on its way through the library. It is not safe for
// concurrent use.
type lameStream struct {
	lib      *lameLibrary
	g        uintptr
	channels int
	out      []byte
}

var errLame = errors.New("the LAME library refused")

func (l *lameLibrary) open(inRate, outRate, channels int, q Quality) (*lameStream, error) {
	g := l.start()
	if g == 0 {
		return nil, fmt.Errorf("%w to start", errLame)
	}
	s := &lameStream{lib: l, g: g, channels: channels}
	l.setMessages(g, 0) // nothing on standard error
	codes := []int32{l.setChannels(g, int32(channels)), l.setInRate(g, int32(inRate)), l.setOutRate(g, int32(outRate)), l.setInfoTag(g, 1)}
	l.setAutoID3(g, 0)
	switch q {
	case Q320:
		codes = append(codes, l.setVBR(g, vbrOff), l.setBitrate(g, 320))
	case V2:
		codes = append(codes, l.setVBR(g, vbrDefault), l.setVBRQuality(g, 2))
	default:
		codes = append(codes, l.setVBR(g, vbrDefault), l.setVBRQuality(g, 0))
	}
	for _, code := range append(codes, l.initialise(g)) {
		if code < 0 {
			s.close()
			return nil, fmt.Errorf("%w %d channels at %d Hz (%d)", errLame, channels, inRate, code)
		}
	}
	return s, nil
}

// encode gives the bytes for whole interleaved frames. They are good until the
// next call.
func (s *lameStream) encode(samples []float32) ([]byte, error) {
	frames := len(samples) / s.channels
	if frames == 0 {
		return nil, nil
	}
	s.room(frames)
	var n int32
	if s.channels == 1 {
		n = s.lib.encodeMono(s.g, &samples[0], &samples[0], int32(frames), &s.out[0], int32(len(s.out)))
	} else {
		n = s.lib.encodeStereo(s.g, &samples[0], int32(frames), &s.out[0], int32(len(s.out)))
	}
	if n < 0 {
		return nil, fmt.Errorf("%w to encode (%d)", errLame, n)
	}
	return s.out[:n], nil
}

// room makes the buffer as large as lame.h asks for.
func (s *lameStream) room(frames int) {
	if size := frames + frames/4 + 7200; len(s.out) < size {
		s.out = make([]byte, size)
	}
}

// end gives the last bytes.
func (s *lameStream) end() ([]byte, error) {
	s.room(2304)
	n := s.lib.flush(s.g, &s.out[0], int32(len(s.out)))
	if n < 0 {
		return nil, fmt.Errorf("%w to finish (%d)", errLame, n)
	}
	return s.out[:n], nil
}

// tag gives the first frame of the file as it has to be in the end.
func (s *lameStream) tag() []byte {
	b := make([]byte, 4096)
	n := s.lib.infoTag(s.g, &b[0], uintptr(len(b)))
	if n > uintptr(len(b)) {
		return nil
	}
	return b[:n]
}

func (s *lameStream) close() {
	if s.g != 0 {
		s.lib.stop(s.g)
		s.g = 0
	}
}

// lameDecoder turns frames of an MP3 back into samples.
type lameDecoder struct {
	lib  *lameLibrary
	h    uintptr
	l, r [2 * 1152]int16
}

func (l *lameLibrary) decoder() *lameDecoder {
	h := l.decodeStart()
	if h == 0 {
		return nil
	}
	l.decodeMessages(h, 0)
	return &lameDecoder{lib: l, h: h}
}

// peak decodes more of the file and returns the highest sample of it, full scale
// being 1.0.
func (d *lameDecoder) peak(b []byte, channels int) (float64, error) {
	top := int32(0)
	at := &b[0]
	for size := uintptr(len(b)); ; size = 0 {
		n := d.lib.decode(d.h, at, size, &d.l[0], &d.r[0])
		if n < 0 {
			return 0, errors.New("it cannot be decoded")
		}
		if n == 0 {
			runtime.KeepAlive(d)
			return float64(top) / (1 << 15), nil
		}
		for i := range n {
			top = max(top, int32(d.l[i]), -int32(d.l[i]))
			if channels > 1 {
				top = max(top, int32(d.r[i]), -int32(d.r[i]))
			}
		}
	}
}

func (d *lameDecoder) close() { d.lib.decodeStop(d.h) }
