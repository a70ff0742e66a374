package convert

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/takebar/takebar/internal/audio"
)

// Kind is a kind of file to convert to.
type Kind string

// The kinds of files.
const (
	WAV  Kind = "wav"  // becomes RF64 beyond 4 GiB
	AIFF Kind = "aiff" // AIFC for floats
	FLAC Kind = "flac"
	MP3  Kind = "mp3"
)

// Ext returns the end of a file's name, with the dot.
func (k Kind) Ext() string {
	return "." + string(k)
}

// Quality is how an MP3 is encoded.
type Quality string

// The qualities of an MP3, best first: 320 kbit/s all the way, or variable.
const (
	Q320 Quality = "320"
	V0   Quality = "V0"
	V2   Quality = "V2"
)

// Format is what a copy is to be.
type Format struct {
	Kind    Kind
	Bits    int     // of a sample: 16, 24 or 32; 0 = as the source, as far as the kind can
	Float   bool    // with 32 bits: floats
	Quality Quality // of an MP3; "" = V0
}

// ParseFormat reads the words of the command line: a kind, bits (16, 24, 32,
// 32f or "") and a quality (V0, V2, 320 or ""). Errors are *Error with
// CodeBadFormat.
func ParseFormat(kind, bits, quality string) (Format, error) {
	var f Format
	bad := func(format string, args ...any) (Format, error) {
		return Format{}, failf(CodeBadFormat, "", nil, format, args...)
	}
	switch k := strings.ToLower(kind); k {
	case "wav", "aiff", "flac", "mp3":
		f.Kind = Kind(k)
	case "aif":
		f.Kind = AIFF
	default:
		return bad("The format is wav, aiff, flac or mp3, not %q.", kind)
	}
	switch b := strings.ToLower(bits); b {
	case "":
	case "16", "24", "32":
		f.Bits, _ = strconv.Atoi(b)
	case "32f":
		f.Bits, f.Float = 32, true
	default:
		return bad("The bits are 16, 24, 32 or 32f, not %q.", bits)
	}
	switch q := Quality(strings.ToUpper(quality)); q {
	case "", V0, V2, Q320:
		f.Quality = q
	default:
		return bad("The quality is V0, V2 or 320, not %q.", quality)
	}
	switch {
	case f.Kind == MP3 && bits != "":
		return bad("An MP3 has no bits of a sample; its quality is V0, V2 or 320.")
	case f.Kind != MP3 && quality != "":
		return bad("A quality goes with mp3; %s is without loss.", f.Kind)
	case f.Kind == FLAC && f.Bits == 32:
		return bad("A FLAC has 16 or 24 bits.")
	}
	return f, nil
}

// String says the format in a few words, such as "FLAC, 24-bit".
func (f Format) String() string {
	switch {
	case f.Kind == MP3 && f.Quality == Q320:
		return "MP3, 320 kbit/s"
	case f.Kind == MP3:
		return "MP3, " + string(f.Quality)
	case f.Float:
		return strings.ToUpper(string(f.Kind)) + ", 32-bit float"
	}
	return fmt.Sprintf("%s, %d-bit", strings.ToUpper(string(f.Kind)), f.Bits)
}

// resolve fills in what the source decides, and refuses what the kind cannot
// hold. frames is the length of the copy.
func (f Format) resolve(name string, info audio.Info, frames int64) (Format, error) {
	if f.Kind == MP3 {
		f.Bits, f.Float = 0, false
		if f.Quality == "" {
			f.Quality = V0
		}
	} else if f.Bits == 0 {
		f.Bits, f.Float = bitsOf(info)
		if f.Kind == FLAC && f.Bits == 32 {
			f.Bits, f.Float = 24, false
		}
	}
	no := func(format string, args ...any) (Format, error) {
		return f, failf(CodeUnsupported, "Choose another format, such as wav.", nil, "The file %s cannot become %s: "+format,
			append([]any{name, strings.ToUpper(string(f.Kind))}, args...)...)
	}
	bytes := frames * int64(info.Channels) * int64(f.Bits/8)
	switch {
	case f.Kind == MP3 && info.Channels > 2:
		return no("it has %d channels, an MP3 has at most 2.", info.Channels)
	case f.Kind == MP3 && info.Rate < 8000:
		return no("its sample rate of %d Hz is too low.", info.Rate)
	case f.Kind == FLAC && info.Channels > 8:
		return no("it has %d channels, a FLAC has at most 8.", info.Channels)
	case f.Kind == FLAC && info.Rate > maxFlacRate:
		return no("its sample rate of %d Hz is too high.", info.Rate)
	case f.Kind == AIFF && bytes > aiffLimit:
		return no("it would be larger than 4 GiB.")
	}
	return f, nil
}

// maxFlacRate is the highest rate that the header of every FLAC frame can tell (in steps of 10 Hz beyond 65 kHz).
const maxFlacRate = 655350

// aiffLimit leaves room for what an AIFF holds beside its samples.
const aiffLimit = math.MaxUint32 - 1<<20

// bitsOf gives the bits in which a source stays as it is.
func bitsOf(info audio.Info) (bits int, float bool) {
	switch {
	case info.Float:
		return 32, true
	case info.Bits <= 16:
		return 16, false
	case info.Bits <= 24:
		return 24, false
	}
	return 32, false
}

// exact says that a copy with the format's bits holds every sample of the source.
func (f Format) exact(info audio.Info) bool {
	switch {
	case f.Kind == MP3:
		return false
	case f.Float:
		return info.Float && info.Bits == 32 || !info.Float && info.Bits <= 24
	}
	return !info.Float && info.Bits <= f.Bits
}

// mp3Rate returns the sample rate of an MP3 made from a source: the source's own
// where MPEG audio knows it, else half or a quarter, else the next one up.
func mp3Rate(rate int) int {
	known := []int{8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000}
	for _, r := range known {
		if r == rate {
			return r
		}
	}
	for _, r := range []int{48000, 44100} {
		if rate > r && rate%r == 0 {
			return r
		}
	}
	for _, r := range known {
		if r >= rate {
			return r
		}
	}
	return 48000
}

// Target is a level to bring copies to. The zero Target leaves the level alone.
type Target struct {
	LUFS  bool    // the unit of Level: LUFS (integrated loudness) or else dBTP (true peak)
	Level float64 // at most 0
	Set   bool
}

// ParseTarget reads -1dBTP or -14LUFS. "" is the zero Target. Errors are *Error
// with CodeBadFormat.
func ParseTarget(s string) (Target, error) {
	text := strings.ToLower(strings.ReplaceAll(strings.ReplaceAll(s, "−", "-"), " ", ""))
	if text == "" {
		return Target{}, nil
	}
	t := Target{Set: true}
	digits, isPeak := strings.CutSuffix(text, "dbtp")
	if !isPeak {
		digits, t.LUFS = strings.CutSuffix(text, "lufs")
	}
	level, err := strconv.ParseFloat(digits, 64)
	if err != nil || !isPeak && !t.LUFS || !(level <= 0 && level >= -60) {
		return Target{}, failf(CodeBadFormat, "", err, "A level is a true peak like -1dBTP or a loudness like -14LUFS, from -60 to 0, not %q.", s)
	}
	t.Level = level
	return t, nil
}

// String writes the target as ParseTarget reads it.
func (t Target) String() string {
	unit := "dBTP"
	if t.LUFS {
		unit = "LUFS"
	}
	if !t.Set {
		return ""
	}
	return strconv.FormatFloat(t.Level, 'f', -1, 64) + unit
}
