package opentake

import (
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/takebar/takebar/app"
	"github.com/takebar/takebar/app/words"
	"github.com/takebar/takebar/internal/control"
	"github.com/takebar/takebar/internal/take/sidecar"
)

// wording says things about a take in the user's language.
type wording struct {
	say  words.Say
	zone *time.Location
}

const noLevel = -200 // as the sidecar has it: no level at all

func (w wording) name(e control.LibraryTake) string {
	if n := app.Clean(e.Name); n != "" {
		return n
	}
	return w.say("take.unnamed", words.Data{"Number": e.Number})
}

// number writes a number with the language's decimal mark.
func (w wording) number(v float64, places int) string {
	return strings.Replace(strconv.FormatFloat(v, 'f', places, 64), ".", w.say("take.decimal"), 1)
}

// short writes a number with as few places as it needs, at most two.
func (w wording) short(v float64) string {
	text := strings.TrimRight(strings.TrimRight(strconv.FormatFloat(v, 'f', 2, 64), "0"), ".")
	return strings.Replace(text, ".", w.say("take.decimal"), 1)
}

func (w wording) plural(n int, one, many string) string {
	if n == 1 {
		return w.say(one)
	}
	return w.say(many, words.Data{"Number": n})
}

// line is the take in one line: its set, when it was recorded, how long it is and how fast.
func (w wording) line(e control.LibraryTake) string {
	var parts []string
	if set := app.Clean(e.Set.Name); set != "" {
		parts = append(parts, set)
	}
	if !e.RecordedAt.IsZero() {
		parts = append(parts, e.RecordedAt.In(w.zone).Format(w.say("take.date")))
	}
	if d := e.Duration(); d > 0 {
		parts = append(parts, app.Length(d))
	}
	if t := w.tempo(e); t != "" {
		parts = append(parts, t)
	}
	return strings.Join(parts, "  ·  ")
}

func (w wording) tempo(e control.LibraryTake) string {
	if e.Tempo <= 0 {
		return ""
	}
	text := w.say("take.bpm", words.Data{"Tempo": w.short(e.Tempo)})
	if e.SignatureNumerator > 0 && e.SignatureDenominator > 0 {
		text += fmt.Sprintf(", %d/%d", e.SignatureNumerator, e.SignatureDenominator)
	}
	return text
}

// format is a file's format in a few words.
func (w wording) format(f sidecar.File) string {
	var parts []string
	if f.Container != "" {
		parts = append(parts, containerName(f.Container))
	}
	switch {
	case f.Bits > 0 && f.Float:
		parts = append(parts, w.say("take.float", words.Data{"Bits": f.Bits}))
	case f.Bits > 0:
		parts = append(parts, w.say("take.bits", words.Data{"Bits": f.Bits}))
	}
	if f.Rate > 0 {
		parts = append(parts, w.short(float64(f.Rate)/1000)+" kHz")
	}
	if c := w.channels(f); c != "" {
		parts = append(parts, c)
	}
	return strings.Join(parts, ", ")
}

func (w wording) channels(f sidecar.File) string {
	switch {
	case f.Channels == 1:
		return w.say("take.mono")
	case f.Channels == 2:
		return w.say("take.stereo")
	case f.Channels > 2:
		return w.say("take.channels", words.Data{"Number": f.Channels})
	}
	return ""
}

func containerName(c string) string {
	switch c {
	case "aifc":
		return "AIFF-C"
	case "rifx":
		return "WAV (RIFX)"
	}
	return strings.ToUpper(app.Clean(c))
}

func (w wording) missing(m sidecar.Missing) string {
	track := app.Clean(m.Track)
	if track == "" {
		track = app.Clean(filepath.Base(m.OriginalPath))
	}
	d := words.Data{"Track": track}
	switch m.Code {
	case "file_unfinished":
		return w.say("take.missing.unfinished", d)
	case "file_missing":
		return w.say("take.missing.missing", d)
	case "file_changed":
		return w.say("take.missing.changed", d)
	case "file_unreadable":
		return w.say("take.missing.unreadable", d)
	case "not_audio":
		return w.say("take.missing.notaudio", d)
	case "rescue_failed":
		return w.say("take.missing.rescue", d)
	}
	return app.Clean(m.Message)
}

// warning says a warning of the sidecar. Codes that carry nothing but themselves have words of their own; the others are told as they were written.
func (w wording) warning(x sidecar.Warning, track string) string {
	text := ""
	switch x.Code {
	case "silent":
		text = w.say("take.warn.silent")
	case "all_zero":
		text = w.say("take.warn.zero")
	case "clipped":
		text = w.say("take.warn.clipped")
	case "bad_samples":
		text = w.say("take.warn.badsamples")
	case "midi_only":
		text = w.say("take.warn.midi")
	case "file_touched":
		text = w.say("take.warn.touched")
	case "file_changed":
		text = w.say("take.warn.changed")
	case "newer_schema":
		text = w.say("take.warn.newer")
	case "file_vanished":
		text = w.say("take.notice.gone_one")
	default:
		text = app.Clean(x.Message)
	}
	if track != "" && text != "" {
		return w.say("take.of_track", words.Data{"Track": track, "Text": text})
	}
	return text
}

// Clock writes a position with milliseconds, as m:ss.mmm or h:mm:ss.mmm. What lies before the start has a minus sign.
func Clock(frame int64, rate int) string {
	if rate <= 0 {
		return "0:00.000"
	}
	sign := ""
	if frame < 0 {
		sign, frame = "-", -frame
	}
	ms := frame/int64(rate)*1000 + frame%int64(rate)*1000/int64(rate)
	h, m, s := ms/3600000, ms/60000%60, ms/1000%60
	if h > 0 {
		return fmt.Sprintf("%s%d:%02d:%02d.%03d", sign, h, m, s, ms%1000)
	}
	return fmt.Sprintf("%s%d:%02d.%03d", sign, m, s, ms%1000)
}

// Size writes a number of bytes as people say it, with powers of ten as file managers of today do.
func (w wording) size(bytes int64) string {
	units := []string{"kB", "MB", "GB", "TB"}
	if bytes < 1000 {
		return w.say("take.bytes", words.Data{"Number": bytes})
	}
	v := float64(bytes)
	for i, u := range units {
		v /= 1000
		if v < 999.5 || i == len(units)-1 {
			if v < 99.5 {
				return w.number(v, 1) + " " + u
			}
			return w.number(v, 0) + " " + u
		}
	}
	return ""
}
