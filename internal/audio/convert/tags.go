package convert

import (
	"cmp"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Tags is what a copy tells about itself. Empty fields are left out.
type Tags struct {
	Title   string
	Artist  string
	Album   string // the Live Set
	Comment string
	TakeID  string
	BPM     float64
	Date    time.Time // when it was recorded, in the location whose clock counts
	// Position is the place of the copy's first frame in the song, in frames of
	// the source's rate. A WAV keeps it as its time reference, which other
	// programs offer as the place to put the file to.
	Position int64
	Software string // what made the copy, such as "Takebar 1.0.0"
}

// maxTag is how many bytes of one tag are kept.
const maxTag = 8000

// clean makes tags that every format can hold.
func (t Tags) clean() Tags {
	for _, s := range []*string{&t.Title, &t.Artist, &t.Album, &t.Comment, &t.TakeID, &t.Software} {
		*s = cleanTag(*s, maxTag)
	}
	if !(t.BPM > 0) || math.IsInf(t.BPM, 0) {
		t.BPM = 0
	}
	t.Position = max(t.Position, 0)
	return t
}

func cleanTag(s string, limit int) string {
	s = strings.ReplaceAll(strings.ToValidUTF8(s, "�"), "\r\n", "\n")
	s = strings.TrimSpace(strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' || r == 0x7f {
			return -1
		}
		return r
	}, s))
	return cutBytes(s, limit)
}

// cutBytes shortens s to at most limit bytes, never within a character.
func cutBytes(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	for limit > 0 && !utf8.RuneStart(s[limit]) {
		limit--
	}
	return s[:limit]
}

func (t Tags) bpm() string {
	if t.BPM == 0 {
		return ""
	}
	return strconv.FormatFloat(math.Round(t.BPM*100)/100, 'f', -1, 64)
}

func (t Tags) date() string {
	if t.Date.IsZero() {
		return ""
	}
	return t.Date.Format(time.DateOnly)
}

// vorbis lists the tags as Vorbis comments (https://xiph.org/vorbis/doc/v-comment.html).
func (t Tags) vorbis() [][2]string {
	all := [][2]string{
		{"TITLE", t.Title},
		{"ARTIST", t.Artist},
		{"ALBUM", t.Album},
		{"DATE", t.date()},
		{"BPM", t.bpm()},
		{"COMMENT", t.Comment},
		{"TAKEBAR_TAKE_ID", t.TakeID},
		{"ENCODED_BY", t.Software},
	}
	return filledTags(all)
}

func filledTags(all [][2]string) [][2]string {
	var kept [][2]string
	for _, tag := range all {
		if tag[1] != "" {
			kept = append(kept, tag)
		}
	}
	return kept
}

// id3 encodes the tags as ID3v2.4 in UTF-8 (https://id3.org/id3v2.4.0-structure);
// nil without tags.
func (t Tags) id3() []byte {
	var b []byte
	text := func(id, s string) {
		if s != "" {
			b = id3Frame(b, id, append([]byte{3}, s...))
		}
	}
	custom := func(name, s string) {
		if s != "" {
			b = id3Frame(b, "TXXX", []byte("\x03"+name+"\x00"+s))
		}
	}
	text("TIT2", t.Title)
	text("TPE1", t.Artist)
	text("TALB", t.Album)
	if t.BPM > 0 {
		text("TBPM", strconv.Itoa(int(math.Round(t.BPM)))) // whole numbers only, says the format
		if t.BPM != math.Round(t.BPM) {
			custom("BPM", t.bpm())
		}
	}
	if !t.Date.IsZero() {
		text("TDRC", t.Date.Format("2006-01-02T15:04:05"))
	}
	if t.Comment != "" {
		b = id3Frame(b, "COMM", []byte("\x03XXX\x00"+t.Comment))
	}
	custom("TAKEBAR_TAKE_ID", t.TakeID)
	text("TENC", t.Software)
	if b == nil {
		return nil
	}
	head := append([]byte("ID3\x04\x00\x00"), syncsafe(len(b))...)
	return append(head, b...)
}

func id3Frame(b []byte, id string, body []byte) []byte {
	b = append(b, id...)
	b = append(b, syncsafe(len(body))...)
	b = append(b, 0, 0)
	return append(b, body...)
}

// syncsafe writes a size with seven bits a byte, so that it never looks like the
// start of an MPEG frame.
func syncsafe(n int) []byte {
	return []byte{byte(n >> 21 & 0x7f), byte(n >> 14 & 0x7f), byte(n >> 7 & 0x7f), byte(n & 0x7f)}
}

// originator is the program's name for fields of fixed length.
func (t Tags) originator() string { return cmp.Or(t.Software, "Takebar") }
