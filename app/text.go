package app

import (
	"fmt"
	"strings"
	"time"
	"unicode"

	"github.com/takebar/takebar/bridge/live"
)

// Widest texts of a menu, in characters. Menus do not wrap, so a long name would make the whole menu wide.
const (
	maxName = 44
	maxLine = 96
	// wrapAt is where a sentence goes on in the next line of the menu.
	wrapAt = 64
)

// Clean makes a text from outside (a set, a track, a file) safe to show: one line, valid UTF-8, no control or
// direction-changing characters. D-Bus closes the connection of a program that sends anything but valid UTF-8.
func Clean(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\t' || r == '\n' || r == '\r' || r == '\u2028' || r == '\u2029':
			return ' '
		case unicode.IsControl(r), r >= '\u202A' && r <= '\u202E', r >= '\u2066' && r <= '\u2069':
			return -1
		}
		return r
	}, s)
	return strings.TrimSpace(s)
}

// shorten cleans s and cuts it to at most n characters, the last of which is then an ellipsis.
func shorten(s string, n int) string {
	s = Clean(s)
	runes := []rune(s)
	if len(runes) <= n {
		return s
	}
	return strings.TrimRight(string(runes[:n-1]), " ") + "…"
}

func name(s string) string { return shorten(s, maxName) }

func line(s string) string { return shorten(s, maxLine) }

// wrap parts a sentence into at most n lines at spaces. What does not fit is cut off with an ellipsis.
func wrap(s string, n int) []string {
	var lines []string
	rest := []rune(Clean(s))
	for len(rest) > wrapAt && len(lines) < n-1 {
		at := wrapAt
		for at > 0 && rest[at] != ' ' {
			at--
		}
		if at == 0 {
			at = wrapAt // one endless word
		}
		lines = append(lines, strings.TrimSpace(string(rest[:at])))
		rest = []rune(strings.TrimSpace(string(rest[at:])))
	}
	return append(lines, shorten(string(rest), wrapAt))
}

// Length writes the length of something that is over, to the nearest second.
func Length(d time.Duration) string { return Clock(d.Round(time.Second)) }

// Clock writes a running length as m:ss, or h:mm:ss from an hour on. Parts of a second are dropped, as on a tape counter.
func Clock(d time.Duration) string {
	d = max(d, 0)
	h, m, s := int(d.Hours()), int(d.Minutes())%60, int(d.Seconds())%60
	if h > 0 {
		return fmt.Sprintf("%d:%02d:%02d", h, m, s)
	}
	return fmt.Sprintf("%d:%02d", m, s)
}

// barsBeats writes a length in beats the way Live writes a position: it begins at 1.1. A beat of Live's API is a quarter
// note; a beat of the bar is one unit of the signature's denominator.
func barsBeats(beats float64, numerator, denominator int) string {
	if beats < 0 || numerator <= 0 || denominator <= 0 {
		return ""
	}
	units := int(beats*float64(denominator)/4 + 1e-6)
	return fmt.Sprintf("%d.%d", units/numerator+1, units%numerator+1)
}

// names lists up to three names and counts the rest.
func names(all []string) string {
	const shown = 3
	short := make([]string, 0, shown)
	for i, n := range all {
		if i == shown {
			return fmt.Sprintf("%s and %d more", strings.Join(short, ", "), len(all)-shown)
		}
		short = append(short, name(n))
	}
	return strings.Join(short, ", ")
}

func plural(n int, one, many string) string {
	if n == 1 {
		return fmt.Sprintf("%d %s", n, one)
	}
	return fmt.Sprintf("%d %s", n, many)
}

// setName is the set as Live's title bar has it; older Lives do not tell.
func setName(s live.Set) string {
	switch {
	case s.Name == nil:
		return ""
	case Clean(*s.Name) == "":
		return "untitled set"
	}
	return name(*s.Name)
}
