package cli

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/width"

	"github.com/takebar/takebar/app"
	"github.com/takebar/takebar/bridge/live"
	"github.com/takebar/takebar/internal/control"
)

// table lines columns up by the width that characters have in a terminal; the last column is never padded.
type table struct{ rows [][]string }

func (t *table) row(cells ...string) {
	for i := range cells {
		cells[i] = app.Clean(cells[i])
	}
	t.rows = append(t.rows, cells)
}

// indented is a row whose cell keeps its leading spaces.
func (t *table) indented(column, spaces int, cells ...string) {
	t.row(cells...)
	t.rows[len(t.rows)-1][column] = strings.Repeat(" ", spaces) + t.rows[len(t.rows)-1][column]
}

func (t *table) String() string {
	var widths []int
	for _, row := range t.rows {
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], columns(cell))
		}
	}
	var b strings.Builder
	for _, row := range t.rows {
		line := ""
		for i, cell := range row {
			line += cell
			if i < len(row)-1 {
				line += strings.Repeat(" ", widths[i]-columns(cell)+2)
			}
		}
		b.WriteString(strings.TrimRight(line, " ") + "\n")
	}
	return b.String()
}

// columns is how wide a terminal draws a text.
func columns(s string) int {
	n := 0
	for _, r := range s {
		switch width.LookupRune(r).Kind() {
		case width.EastAsianWide, width.EastAsianFullwidth:
			n += 2
		default:
			n++
		}
	}
	return n
}

// trackNumber is what Live shows: 1, 2, ... for tracks, A, B, ... for returns.
func trackNumber(t live.Track) string {
	switch t.Kind {
	case live.KindMain:
		return "Main"
	case live.KindReturn:
		letters := ""
		for n := t.Index; n >= 0; n = n/26 - 1 {
			letters = string(rune('A'+n%26)) + letters
		}
		return letters
	default:
		return strconv.Itoa(t.Index + 1)
	}
}

func trackList(tracks []live.Track) string {
	if len(tracks) == 0 {
		return "none"
	}
	names := make([]string, len(tracks))
	for i, t := range tracks {
		names[i] = trackNumber(t) + " " + app.Clean(t.Name)
	}
	return strings.Join(names, ", ")
}

func monitoring(m *live.Monitoring) string {
	if m == nil {
		return ""
	}
	switch *m {
	case live.MonitoringIn:
		return "In"
	case live.MonitoringAuto:
		return "Auto"
	case live.MonitoringOff:
		return "Off"
	}
	return strconv.Itoa(int(*m))
}

// position is a song time the way Live writes it, bar.beat, and in beats.
func position(t live.Transport) string {
	beats := strconv.FormatFloat(math.Round(t.CurrentSongTime*100)/100, 'f', -1, 64)
	if t.SignatureNumerator <= 0 || t.SignatureDenominator <= 0 || t.CurrentSongTime < 0 {
		return "beat " + beats
	}
	units := int(t.CurrentSongTime*float64(t.SignatureDenominator)/4 + 1e-6)
	return fmt.Sprintf("%d.%d (beat %s)", units/t.SignatureNumerator+1, units%t.SignatureNumerator+1, beats)
}

func number(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }

// round keeps two decimals at most.
func round(f float64) string { return number(math.Round(f*100) / 100) }

// length writes a duration for reading: 4.2 s below a minute, else a tape counter.
func length(d time.Duration) string {
	if d < time.Minute {
		return fmt.Sprintf("%.1f s", d.Seconds())
	}
	return app.Clock(d)
}

func (r *run) when(t time.Time) string { return t.In(r.Location).Format("2006-01-02 15:04") }

// takeName is what a library take is called, with its number.
func takeName(t control.LibraryTake) string {
	return fmt.Sprintf("%d  %s", t.Number, app.Clean(t.Name))
}

// sourceText says what a running take records.
func sourceText(t live.Take) string {
	if t.Source.Kind == live.SourceMain {
		return "main output"
	}
	names := make([]string, len(t.Tracks))
	for i, track := range t.Tracks {
		names[i] = app.Clean(track.Name)
	}
	if len(names) == 0 {
		return "a take"
	}
	return strings.Join(names, ", ")
}

// size writes bytes for reading.
func size(bytes int64) string {
	units := []string{"bytes", "kB", "MB", "GB", "TB"}
	f, u := float64(bytes), 0
	for f >= 1000 && u < len(units)-1 {
		f /= 1000
		u++
	}
	if u == 0 {
		return fmt.Sprintf("%d bytes", bytes)
	}
	return fmt.Sprintf("%.1f %s", f, units[u])
}

// parseLength reads --for: 10s, 8beats, 4bars (1 beat and 1 bar work too).
func parseLength(s string) (control.TakeRequest, error) {
	var r control.TakeRequest
	text := strings.ToLower(strings.TrimSpace(s))
	unit := strings.TrimLeft(text, "0123456789.")
	value, err := strconv.ParseFloat(strings.TrimSpace(strings.TrimSuffix(text, unit)), 64)
	if err != nil || value <= 0 || math.IsInf(value, 0) {
		return r, usagef("--for %q: say a length like 10s, 8beats or 4bars", s)
	}
	switch strings.TrimSpace(unit) {
	case "s", "sec", "secs", "second", "seconds":
		r.LengthSecs = value
	case "m", "min", "mins", "minute", "minutes":
		r.LengthSecs = value * 60
	case "beat", "beats":
		r.LengthBeats = value
	case "bar", "bars":
		r.LengthBars = value
	default:
		return r, usagef("--for %q: say a length like 10s, 8beats or 4bars", s)
	}
	return r, nil
}
